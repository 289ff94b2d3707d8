//! The types that people write in `mcp.toml`: `list[str]`, `int | None = None`.
//!
//! The grammar is that of FastAPI users:
//!
//! ```text
//! type     = union ;              union   = atom { "|" atom } ;
//! atom     = "int" | "float" | "str" | "bool" | "bytes" | "datetime" | "date" | "time"
//!          | "timedelta" | "UUID" | "Path" | "Any" | "None"
//!          | "list" [ "[" type "]" ] | "set" "[" type "]"
//!          | "tuple" "[" type { "," type } [ "," "..." ] "]" | "dict" [ "[" "str" "," type "]" ]
//!          | "Literal" "[" literal { "," literal } "]" | Model ;
//! argument = type [ "=" literal ] ;
//! literal  = JSON scalar, list or object | "None" | "True" | "False" ;
//! ```
//!
//! Positions of problems are bytes in the expression; whoever has the document adds them up.

use serde_json::Value as Json;

/// Deepest nesting of a type or a literal.
const DEPTH: usize = 32;

/// A type as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// A name without brackets: `int`, `UUID`, `None`.
    Plain(Plain),
    /// `list[T]`; `list` is `list[Any]`.
    List(Box<Self>),
    /// `set[T]`
    Set(Box<Self>),
    /// `tuple[A, B]`, with `...` at the end `true`.
    Tuple(Vec<Self>, bool),
    /// `dict[str, T]`; `dict` is `dict[str, Any]`.
    Dict(Box<Self>),
    /// `Literal["a", 1]`
    Literal(Vec<Json>),
    /// `A | B`
    Union(Vec<Self>),
    /// The name of a model or an enum, with its place.
    Model(String, usize, usize),
}

/// The types without brackets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Plain {
    /// `int`
    Int,
    /// `float`
    Float,
    /// `str`
    Str,
    /// `bool`
    Bool,
    /// `bytes`
    Bytes,
    /// `datetime`
    DateTime,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `timedelta`
    TimeDelta,
    /// `UUID`
    Uuid,
    /// `Path`
    Path,
    /// `Any`
    Any,
    /// `None`
    None,
}

/// Why an expression does not parse.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// First byte of the place in the expression.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What to write instead, if that is known.
    pub help: Option<String>,
}

const PLAIN: [(&str, Plain); 13] = [
    ("int", Plain::Int),
    ("float", Plain::Float),
    ("str", Plain::Str),
    ("bool", Plain::Bool),
    ("bytes", Plain::Bytes),
    ("datetime", Plain::DateTime),
    ("date", Plain::Date),
    ("time", Plain::Time),
    ("timedelta", Plain::TimeDelta),
    ("UUID", Plain::Uuid),
    ("Path", Plain::Path),
    ("Any", Plain::Any),
    ("None", Plain::None),
];

/// What other languages and older Python call the types.
const OTHER_NAMES: [(&str, &str); 34] = [
    ("integer", "int"),
    ("Int", "int"),
    ("i64", "int"),
    ("i32", "int"),
    ("u64", "int"),
    ("long", "int"),
    ("number", "float"),
    ("double", "float"),
    ("f64", "float"),
    ("Float", "float"),
    ("string", "str"),
    ("String", "str"),
    ("Str", "str"),
    ("text", "str"),
    ("boolean", "bool"),
    ("Bool", "bool"),
    ("bytearray", "bytes"),
    ("uuid", "UUID"),
    ("Uuid", "UUID"),
    ("path", "Path"),
    ("any", "Any"),
    ("object", "dict"),
    ("map", "dict"),
    ("Dict", "dict"),
    ("Map", "dict"),
    ("array", "list"),
    ("List", "list"),
    ("Vec", "list"),
    ("Set", "set"),
    ("Tuple", "tuple"),
    ("null", "None"),
    ("none", "None"),
    ("duration", "timedelta"),
    ("literal", "Literal"),
];

/// Reads a type.
///
/// # Errors
///
/// Says what was expected and where.
pub fn parse_type(text: &str) -> Result<Type, Problem> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let ty = parser.union()?;
    parser.end("`|` or the end of the type")?;
    Ok(ty)
}

/// Reads the type of an argument and its default.
///
/// # Errors
///
/// Says what was expected and where.
pub fn parse_argument(text: &str) -> Result<(Type, Option<Json>), Problem> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let ty = parser.union()?;
    let default = if parser.take("=") { Some(parser.literal()?) } else { None };
    parser.end("`|`, `= default` or the end of the type")?;
    Ok((ty, default))
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn rest(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str, expected: &str) -> Result<(), Problem> {
        if self.take(token) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn end(&mut self, expected: &str) -> Result<(), Problem> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// The next word or character is not what stands here.
    fn unexpected(&mut self, expected: &str) -> Problem {
        let rest = self.rest();
        let length = match word(rest).len() {
            0 => rest.chars().next().map_or(0, char::len_utf8),
            length => length,
        };
        let found = &rest[..length];
        let found =
            if found.is_empty() { "the end of the text".to_owned() } else { format!("`{found}`") };
        Problem {
            message: format!("expected {expected}, found {found}"),
            start: self.at,
            end: self.at + length,
            help: None,
        }
    }

    fn nested<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        if self.depth >= DEPTH {
            return Err(Problem {
                message: format!("more than {DEPTH} levels of brackets"),
                start: self.at,
                end: self.text.len(),
                help: Some("use `Any` for the inner part".to_owned()),
            });
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn union(&mut self) -> Result<Type, Problem> {
        let first = self.atom()?;
        let mut parts = vec![first];
        while self.take("|") {
            parts.push(self.atom()?);
        }
        match <[Type; 1]>::try_from(parts) {
            Ok([only]) => Ok(only),
            Err(parts) => Ok(Type::Union(parts)),
        }
    }

    fn atom(&mut self) -> Result<Type, Problem> {
        let name = word(self.rest());
        let start = self.at;
        if name.is_empty() {
            return Err(self.unexpected("a type"));
        }
        self.at += name.len();
        if let Some((_, plain)) = PLAIN.iter().find(|(known, _)| *known == name) {
            if self.rest().starts_with('[') {
                let mut problem = self.unexpected("no brackets");
                problem.message = format!("`{name}` takes nothing in brackets");
                return Err(problem);
            }
            return Ok(Type::Plain(*plain));
        }
        let any = || Box::new(Type::Plain(Plain::Any));
        match name {
            "list" if !self.rest().starts_with('[') => Ok(Type::List(any())),
            "dict" if !self.rest().starts_with('[') => Ok(Type::Dict(any())),
            "list" => Ok(Type::List(Box::new(self.bracketed(Self::union)?))),
            "set" => Ok(Type::Set(Box::new(self.bracketed(Self::union)?))),
            "tuple" => self.bracketed(Self::tuple),
            "dict" => Ok(Type::Dict(Box::new(self.bracketed(Self::dict)?))),
            "Literal" => Ok(Type::Literal(self.bracketed(Self::literals)?)),
            _ => self.other(name, start),
        }
    }

    /// A name that is no type of the grammar: another word for one, or a model.
    fn other(&mut self, name: &str, start: usize) -> Result<Type, Problem> {
        let end = self.at;
        let problem = |message: String, help: String| {
            Err(Problem { message, start, end, help: Some(help) })
        };
        if let "Optional" | "Union" = name {
            let help = "write `str | None` and `int | str`".to_owned();
            return problem(format!("`{name}` is not in the grammar"), help);
        }
        if let Some((_, ours)) = OTHER_NAMES.iter().find(|(other, _)| *other == name) {
            return problem(format!("`{name}` is called `{ours}`"), format!("write `{ours}`"));
        }
        if self.rest().starts_with('[') {
            let help = "list, set, tuple, dict and Literal take brackets".to_owned();
            return problem(format!("`{name}` takes nothing in brackets"), help);
        }
        if name.starts_with(|letter: char| letter.is_ascii_uppercase()) {
            return Ok(Type::Model(name.to_owned(), start, end));
        }
        let brackets = ["list", "set", "tuple", "dict", "Literal"];
        let known = PLAIN.iter().map(|(known, _)| *known).chain(brackets);
        let near = known
            .map(|known| (strsim::jaro_winkler(name, known), known))
            .filter(|(likeness, _)| *likeness > 0.75)
            .max_by(|left, right| left.0.total_cmp(&right.0));
        let help = near.map_or_else(
            || "types are int, float, str, bool, bytes, datetime, date, time, timedelta, UUID, \
                Path, Any, None, list, set, tuple, dict and Literal"
                .to_owned(),
            |(_, near)| format!("did you mean `{near}`?"),
        );
        problem(format!("`{name}` is not a type"), help)
    }

    fn bracketed<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.expect("[", "`[`")?;
        let inner = self.nested(parse)?;
        self.expect("]", "`]`")?;
        Ok(inner)
    }

    fn tuple(&mut self) -> Result<Type, Problem> {
        let mut items = vec![self.union()?];
        while self.take(",") {
            if self.take("...") {
                return Ok(Type::Tuple(items, true));
            }
            items.push(self.union()?);
        }
        Ok(Type::Tuple(items, false))
    }

    fn dict(&mut self) -> Result<Type, Problem> {
        if word(self.rest()) != "str" {
            let mut problem = self.unexpected("`str`");
            problem.help = Some("the keys of a JSON object are texts: `dict[str, …]`".to_owned());
            return Err(problem);
        }
        self.at += "str".len();
        self.expect(",", "`,`")?;
        self.union()
    }

    fn literals(&mut self) -> Result<Vec<Json>, Problem> {
        let mut values = vec![self.literal()?];
        while self.take(",") {
            values.push(self.literal()?);
        }
        Ok(values)
    }

    fn literal(&mut self) -> Result<Json, Problem> {
        let rest = self.rest();
        for (name, value) in
            [("None", Json::Null), ("True", true.into()), ("False", false.into())]
        {
            if word(rest) == name {
                self.at += name.len();
                return Ok(value);
            }
        }
        if let Some(inner) = rest.strip_prefix('\'') {
            // Python's other quotes, as long as nothing in them needs an escape.
            let text = inner.split_once('\'').map(|(text, _)| text);
            if let Some(text) = text.filter(|text| !text.contains('\\')) {
                self.at += text.len() + 2;
                return Ok(text.into());
            }
        }
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Json>();
        match stream.next() {
            Some(Ok(value)) => {
                self.at += stream.byte_offset();
                Ok(value)
            }
            _ => {
                let mut problem = self.unexpected("a literal");
                problem.help =
                    Some("write JSON, or None, True, False: `= 3`, `= \"text\"`, `= []`".to_owned());
                Err(problem)
            }
        }
    }
}

/// The name at the start of a text.
fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int() -> Type {
        Type::Plain(Plain::Int)
    }

    fn refused(text: &str, message: &str, place: &str, help: Option<&str>) {
        let problem = parse_argument(text).expect_err(text);
        assert_eq!(problem.message, message);
        assert_eq!(text.get(problem.start..problem.end), Some(place), "{text}");
        assert_eq!(problem.help.as_deref(), help);
    }

    #[test]
    fn grammar_is_read() {
        let check = |text: &str, expected: Type| assert_eq!(parse_type(text), Ok(expected));
        check("int", int());
        check(" list [ int ] ", Type::List(Box::new(int())));
        check("list", Type::List(Box::new(Type::Plain(Plain::Any))));
        check("dict[str, set[int]]", Type::Dict(Box::new(Type::Set(Box::new(int())))));
        check("tuple[int, ...]", Type::Tuple(vec![int()], true));
        check("tuple[int, int]", Type::Tuple(vec![int(), int()], false));
        check("Literal[\"a\", 'b', 1, None]", Type::Literal(vec!["a".into(), "b".into(), 1.into(), Json::Null]));
        check("int | None", Type::Union(vec![int(), Type::Plain(Plain::None)]));
        check("Book", Type::Model("Book".to_owned(), 0, 4));
    }

    #[test]
    fn default_follows_an_equals_sign() {
        let default = |text| parse_argument(text).map(|(_, default)| default);
        assert_eq!(default("int = 3"), Ok(Some(3.into())));
        assert_eq!(default("str | None = None"), Ok(Some(Json::Null)));
        assert_eq!(default("bool=True"), Ok(Some(true.into())));
        assert_eq!(default("dict = {\"a\": [1]}"), Ok(Some(serde_json::json!({ "a": [1] }))));
        assert_eq!(default("int"), Ok(None));
    }

    #[test]
    fn problem_names_what_was_expected_and_where() {
        refused("integer", "`integer` is called `int`", "integer", Some("write `int`"));
        refused("list[strr]", "`strr` is not a type", "strr", Some("did you mean `str`?"));
        refused("list[int", "expected `]`, found the end of the text", "", None);
        refused("int ?", "expected `|`, `= default` or the end of the type, found `?`", "?", None);
        refused("set", "expected `[`, found the end of the text", "", None);
        refused("", "expected a type, found the end of the text", "", None);
        refused("int[3]", "`int` takes nothing in brackets", "[", None);
        refused(
            "dict[int, str]",
            "expected `str`, found `int`",
            "int",
            Some("the keys of a JSON object are texts: `dict[str, …]`"),
        );
        refused(
            "Optional[int]",
            "`Optional` is not in the grammar",
            "Optional",
            Some("write `str | None` and `int | str`"),
        );
    }

    #[test]
    fn deep_nesting_is_refused() {
        let text = format!("{}int{}", "list[".repeat(100), "]".repeat(100));
        assert!(parse_type(&text).is_err());
    }
}
