//! The syntax of types in `mcp.toml`: `list[int] | None = None`.
//!
//! Reads texts into trees with positions. What the names in them mean is decided when the
//! manifest is lowered.
//!
//! ```text
//! argument = type [ "=" literal ] ;
//! type     = atom { "|" atom } ;
//! atom     = "None" | name [ "[" item { "," item } "]" ] ;
//! item     = type | literal | "..." ;
//! literal  = JSON value | "None" | "True" | "False" | a text in single quotes ;
//! ```

use serde_json::Value as Json;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Node, Span};

/// Deepest nesting of brackets.
const DEPTH_LIMIT: usize = 32;

/// An argument as it is declared in one text.
#[derive(Clone, Debug)]
pub struct ArgumentExpression {
    /// The type.
    pub ty: TypeExpression,
    /// What stands after `=`.
    pub default: Option<(Json, Span)>,
}

/// A type, or a part of one.
#[derive(Clone, Debug)]
pub struct TypeExpression {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TypeKind,
}

/// The forms of types.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `int`, `list[int]`; `None` has no brackets, `list[]` has empty ones.
    Name(String, Option<Vec<TypeExpression>>),
    /// `A | B`, at least two.
    Union(Vec<TypeExpression>),
    /// A value, as in `Literal["a"]`.
    Literal(Json),
    /// `...`
    Rest,
}

/// What was read, or one problem that points at what cannot be.
pub type Parsed<T> = Result<T, Box<Diagnostic>>;

/// Reads an argument: a type and perhaps a default.
///
/// # Errors
///
/// One diagnostic (E0305) that points at what cannot be read.
pub fn parse_argument(node: &Node<'_>, text: &str) -> Parsed<ArgumentExpression> {
    let mut parser = Parser::new(node, text);
    let ty = parser.union(0)?;
    let default = if parser.take('=') { Some(parser.default()?) } else { None };
    parser.end()?;
    Ok(ArgumentExpression { ty, default })
}

/// Reads a type without a default.
///
/// # Errors
///
/// One diagnostic (E0305) that points at what cannot be read.
pub fn parse_type(node: &Node<'_>, text: &str) -> Parsed<TypeExpression> {
    let mut parser = Parser::new(node, text);
    let ty = parser.union(0)?;
    if parser.rest().starts_with('=') {
        let help = "write the default as a key of its own: default = …";
        return Err(parser.fault("a default has no place here").help(help).into());
    }
    parser.end()?;
    Ok(ty)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    span: Span,
    /// Whether offsets in the text are offsets in the file: not where it has escapes.
    exact: bool,
}

impl<'t> Parser<'t> {
    fn new(node: &Node<'_>, text: &'t str) -> Self {
        let length = (node.span.end - node.span.start) as usize;
        Self { text, at: 0, span: node.span, exact: length == text.len() + 2 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, expected: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len_utf8();
        }
        found
    }

    fn part(&self, start: usize, end: usize) -> Span {
        if !self.exact {
            return self.span;
        }
        let offset = |at: usize| self.span.start + 1 + u32::try_from(at).unwrap_or(0);
        Span { start: offset(start), end: offset(end), ..self.span }
    }

    fn fault(&self, label: &str) -> Diagnostic {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        let message = format!("the type `{}` cannot be read", shortened(self.text));
        Diagnostic::error(Code::E0305, message).at(self.part(self.at, self.at + length), label)
    }

    fn end(&mut self) -> Parsed<()> {
        self.skip_space();
        if self.rest().is_empty() {
            return Ok(());
        }
        Err(self
            .fault("expected `|`, `=` or the end")
            .help("a type is written as in Python: \"list[int] | None = None\"")
            .into())
    }

    fn union(&mut self, depth: usize) -> Parsed<TypeExpression> {
        if depth > DEPTH_LIMIT {
            let help = "declare a [model.NAME] for the inner part";
            return Err(self.fault("nested too deeply").help(help).into());
        }
        self.skip_space();
        let start = self.at;
        let mut members = vec![self.atom(depth)?];
        while self.take('|') {
            members.push(self.atom(depth)?);
        }
        if members.len() == 1 {
            return Ok(members.remove(0));
        }
        Ok(TypeExpression { span: self.part(start, self.at), kind: TypeKind::Union(members) })
    }

    fn atom(&mut self, depth: usize) -> Parsed<TypeExpression> {
        self.skip_space();
        let start = self.at;
        let name: &str = word(self.rest());
        if name.is_empty() {
            return Err(self
                .fault("expected the name of a type")
                .help("types are int, float, str, bool, list[…], dict[str, …], Literal[…], …")
                .into());
        }
        self.at += name.len();
        let arguments = if self.take('[') { Some(self.items(depth)?) } else { None };
        let kind = TypeKind::Name(name.to_owned(), arguments);
        Ok(TypeExpression { span: self.part(start, self.at), kind })
    }

    fn items(&mut self, depth: usize) -> Parsed<Vec<TypeExpression>> {
        let mut items = Vec::new();
        loop {
            if self.take(']') {
                return Ok(items);
            }
            items.push(self.item(depth)?);
            if !self.take(',') && !self.rest().starts_with(']') {
                let help = "close the bracket: \"list[int]\", \"dict[str, int]\"";
                return Err(self.fault("expected `,` or `]`").help(help).into());
            }
        }
    }

    fn item(&mut self, depth: usize) -> Parsed<TypeExpression> {
        self.skip_space();
        let start = self.at;
        if self.rest().starts_with("...") {
            self.at += 3;
            return Ok(TypeExpression { span: self.part(start, self.at), kind: TypeKind::Rest });
        }
        let is_value = |first: char| first.is_ascii_digit() || "-\"'{[".contains(first);
        let is_word = matches!(word(self.rest()), "True" | "False" | "true" | "false" | "null");
        if is_word || self.rest().starts_with(is_value) {
            let value = self.literal()?;
            let kind = TypeKind::Literal(value);
            return Ok(TypeExpression { span: self.part(start, self.at), kind });
        }
        self.union(depth + 1)
    }

    /// The value after `=`. `None` is a value here.
    fn default(&mut self) -> Parsed<(Json, Span)> {
        self.skip_space();
        let start = self.at;
        let value = self.literal()?;
        Ok((value, self.part(start, self.at)))
    }

    fn literal(&mut self) -> Parsed<Json> {
        let name = word(self.rest());
        let constant = match name {
            "None" => Some(Json::Null),
            "True" => Some(Json::Bool(true)),
            "False" => Some(Json::Bool(false)),
            _ => None,
        };
        if let Some(constant) = constant {
            self.at += name.len();
            return Ok(constant);
        }
        if let Some(quoted) = self.rest().strip_prefix('\'') {
            let end = quoted.find('\'').ok_or_else(|| {
                self.fault("this text does not end").help("end it with a quote: 'text'")
            })?;
            self.at += end + 2;
            return Ok(Json::String(quoted[..end].to_owned()));
        }
        let mut values = serde_json::Deserializer::from_str(self.rest()).into_iter::<Json>();
        match values.next() {
            Some(Ok(value)) => {
                self.at += values.byte_offset();
                Ok(value)
            }
            _ => Err(self.fault("expected a value").help(value_help(self.rest())).into()),
        }
    }
}

/// How the value is written that somebody meant.
fn value_help(text: &str) -> String {
    match text.chars().next() {
        Some('[') => "a list is JSON, with texts in double quotes: [1, 2], [\"a\"]".to_owned(),
        Some('{') => "an object is JSON, with its keys in double quotes: {\"x\": 1}".to_owned(),
        Some(first) if first.is_alphabetic() => {
            format!("a text stands in quotes: '{}'", word(text))
        }
        _ => "a value is None, True, False, or JSON: 3, \"text\", [1, 2], {}".to_owned(),
    }
}

/// The name at the beginning of a text.
fn word(text: &str) -> &str {
    let end = text.find(|character: char| !character.is_alphanumeric() && character != '_');
    &text[..end.unwrap_or(text.len())]
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    text.chars().take(60).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::source::{FileId, Value};

    fn show(expression: &TypeExpression) -> String {
        let list = |items: &[TypeExpression], between: &str| {
            items.iter().map(show).collect::<Vec<_>>().join(between)
        };
        match &expression.kind {
            TypeKind::Name(name, None) => name.clone(),
            TypeKind::Name(name, Some(items)) => format!("{name}[{}]", list(items, ", ")),
            TypeKind::Union(members) => format!("({})", list(members, " | ")),
            TypeKind::Literal(value) => format!("={value}"),
            TypeKind::Rest => "...".to_owned(),
        }
    }

    fn check(text: &str, expected: &Expect) {
        let span = Span { file: FileId(0), start: 0, end: text.len() as u32 + 2 };
        let node = Node { span, value: Value::String(text.into()) };
        let shown = match parse_argument(&node, text) {
            Ok(argument) => match argument.default {
                None => show(&argument.ty),
                Some((default, _)) => format!("{} := {default}", show(&argument.ty)),
            },
            Err(fault) => {
                let label = fault.primary.expect("every fault has a place");
                format!("{}..{}: {}", label.span.start - 1, label.span.end - 1, label.text)
            }
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn reads_every_form() {
        check("int", &expect!["int"]);
        check(" list[ int ] | None = None ", &expect!["(list[int] | None) := null"]);
        check("dict[str, list[float]]", &expect!["dict[str, list[float]]"]);
        check("tuple[int, str, ...]", &expect!["tuple[int, str, ...]"]);
        check(
            r#"Literal["a", 'b', 1, True, None]"#,
            &expect![[r#"Literal[="a", ="b", =1, =true, None]"#]],
        );
        check(
            r#"dict[str, Any] = {"a": [1, null]}"#,
            &expect![[r#"dict[str, Any] := {"a":[1,null]}"#]],
        );
        check("str = 'en'", &expect![[r#"str := "en""#]]);
        check("float = -1.5e3", &expect!["float := -1500.0"]);
        check("list[]", &expect!["list[]"]);
    }

    #[test]
    fn points_at_what_it_cannot_read() {
        check("", &expect!["0..0: expected the name of a type"]);
        check("int |", &expect!["5..5: expected the name of a type"]);
        check("list[int", &expect!["8..8: expected `,` or `]`"]);
        check("int int", &expect!["4..5: expected `|`, `=` or the end"]);
        check("int = ", &expect!["6..6: expected a value"]);
        check("str = 'en", &expect!["6..7: this text does not end"]);
        check("int = 3 4", &expect!["8..9: expected `|`, `=` or the end"]);
        check(&"list[".repeat(40), &expect!["165..166: nested too deeply"]);
    }
}
