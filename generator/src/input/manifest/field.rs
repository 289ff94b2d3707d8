//! Reading a table key by key.

use super::key::{Keys, Value};
use super::words;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::source::{Key, Node, Span, join_pointer, number};

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A table of the manifest.
#[derive(Clone, Debug)]
pub(super) struct Table<'n> {
    node: &'n Node<'n>,
    /// What it is called in messages: `[server]`.
    title: String,
    pointer: String,
}

/// A key of a table with its value.
#[derive(Clone, Debug)]
pub(super) struct Field<'n> {
    key: &'n Key<'n>,
    pub(super) node: &'n Node<'n>,
    /// What the key takes, where its table has fixed keys.
    takes: Option<&'static Value>,
    owner: String,
    pointer: String,
}

impl<'n> Table<'n> {
    pub(super) fn new(node: &'n Node<'n>, title: &str, pointer: &str) -> Self {
        Self { node, title: title.to_owned(), pointer: pointer.to_owned() }
    }

    pub(super) fn span(&self) -> Span {
        self.node.span
    }

    /// What it is called in messages.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// Whether the key is there, be its value readable or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.node.get(key).is_some()
    }

    /// The entries. A value that is not a table has none, which is an error.
    pub(super) fn fields(&self, diagnostics: &mut Diagnostics) -> Vec<Field<'n>> {
        let Some(entries) = self.node.as_object() else {
            let title = match self.title.contains('`') {
                true => self.title.clone(),
                false => format!("`{}`", self.title),
            };
            let message = format!("{title} is {}, a table is expected", self.node.kind());
            diagnostics.push(
                Diagnostic::error(Code::E0302, message)
                    .at(self.node.span, "not a table")
                    .pointer(self.pointer.clone())
                    .help("write its keys below a heading in brackets, or in braces: { … }"),
            );
            return Vec::new();
        };
        let field = |(key, node): &'n (Key<'n>, Node<'n>)| Field {
            key,
            node,
            takes: None,
            owner: self.title.clone(),
            pointer: join_pointer(&self.pointer, &key.name),
        };
        entries.iter().map(field).collect()
    }

    /// The keys with their values, of a table that has fixed keys. Others are reported and left out.
    pub(super) fn known(
        &self,
        keys: &'static Keys,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Field<'n>> {
        let mut known = Vec::new();
        for field in self.fields(diagnostics) {
            match keys.find(field.name()) {
                Some(key) => known.push(Field { takes: Some(&key.value), ..field }),
                None => field.unknown(keys, diagnostics),
            }
        }
        known
    }
}

impl<'n> Field<'n> {
    pub(super) fn name(&self) -> &'n str {
        &self.key.name
    }

    pub(super) fn key_span(&self) -> Span {
        self.key.span
    }

    /// The problem `what` with the value.
    pub(super) fn fault(&self, code: Code, what: &str, label: &str) -> Diagnostic {
        let message = format!("`{}` of {} {what}", self.name(), self.owner);
        Diagnostic::error(code, message).at(self.node.span, label).pointer(self.pointer.clone())
    }

    pub(super) fn wrong_type(&self, expected: &str) -> Diagnostic {
        let what = format!("is {}, {expected} is expected", self.node.kind());
        let name = self.name();
        let help = match expected {
            "a string" => format!("write it in quotes: {name} = \"…\""),
            "a number" => {
                let text = self.node.as_str().filter(|text| text.parse::<f64>().is_ok());
                format!("write it without quotes: {name} = {}", text.unwrap_or("10"))
            }
            "true or false" => format!("write {name} = true or {name} = false, without quotes"),
            "a table" => format!("write it with its keys: {name} = {{ … }}"),
            _ => format!("write it in brackets: {name} = [\"…\"]"),
        };
        self.fault(Code::E0302, &what, expected).help(help)
    }

    /// Whether it is a key of the file itself.
    fn is_at_root(&self) -> bool {
        self.pointer.rfind('/') == Some(0)
    }

    /// The value as a table.
    pub(super) fn table(&self) -> Table<'n> {
        let title = match self.owner.strip_suffix(']').and_then(|owner| owner.strip_prefix('[')) {
            Some(owner) if !owner.starts_with('[') => format!("[{owner}.{}]", self.name()),
            _ if self.is_at_root() => format!("[{}]", self.name()),
            _ => format!("`{}` of {}", self.name(), self.owner),
        };
        Table::new(self.node, &title, &self.pointer)
    }

    /// The items of an array of tables.
    pub(super) fn tables(&self, diagnostics: &mut Diagnostics) -> Vec<Table<'n>> {
        let title = if self.is_at_root() {
            format!("[[{}]]", self.name())
        } else {
            format!("[[{}.{}]]", self.owner.trim_matches(['[', ']']), self.name())
        };
        let Some(items) = self.node.as_array() else {
            let help = format!("write {title} with two brackets");
            diagnostics.push(self.wrong_type("a list of tables").help(help));
            return Vec::new();
        };
        let table = |(index, item)| {
            Table::new(item, &title, &join_pointer(&self.pointer, &usize::to_string(&index)))
        };
        items.iter().enumerate().map(table).collect()
    }

    /// The items of a list. A value that is not a list has none, which is an error.
    pub(super) fn items(&self, diagnostics: &mut Diagnostics) -> &'n [Node<'n>] {
        let items = self.node.as_array();
        if items.is_none() {
            diagnostics.push(self.wrong_type("a list"));
        }
        items.unwrap_or_default()
    }

    /// An item of the list as a table.
    pub(super) fn item_table(&self, item: &'n Node<'n>) -> Table<'n> {
        Table::new(item, &format!("`{}` of {}", self.name(), self.owner), &self.pointer)
    }

    /// A text that may hold whatever a text can.
    pub(super) fn content(&self, diagnostics: &mut Diagnostics) -> Option<Placed<String>> {
        let text = self.node.as_str();
        if text.is_none() {
            diagnostics.push(self.wrong_type("a string"));
        }
        text.map(|text| Placed { value: text.to_owned(), span: self.node.span })
    }

    /// A text that is fixed when the server is generated.
    pub(super) fn text(&self, diagnostics: &mut Diagnostics) -> Option<String> {
        let Some(text) = self.node.as_str() else {
            diagnostics.push(self.wrong_type("a string"));
            return None;
        };
        if text.contains("${") {
            diagnostics.push(
                self.fault(Code::E0307, "is fixed when the server is generated", "not replaced")
                    .help(
                        "`${NAME}` works in base_url, headers, credentials and file_root of \
                         [openapi.NAME], in base_url and headers of [upstream.NAME], in path and \
                         url of [[resource]], in inject, and in keys of [server.request_state]",
                    ),
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// [`Self::text`] with its place.
    pub(super) fn placed_text(&self, diagnostics: &mut Diagnostics) -> Option<Placed<String>> {
        self.text(diagnostics).map(|value| Placed { value, span: self.node.span })
    }

    /// A regular expression.
    pub(super) fn pattern(&self, diagnostics: &mut Diagnostics) -> Option<String> {
        let pattern = self.text(diagnostics)?;
        if let Err(error) = regex_lite::Regex::new(&pattern) {
            let what = format!("cannot be used: {error}");
            let help = "it is a regular expression without look-around and back-references";
            diagnostics.push(self.fault(Code::E0307, &what, "").help(help));
            return None;
        }
        Some(pattern)
    }

    /// A text in which `${NAME}` is replaced when the server starts.
    pub(super) fn run_time_text(&self, diagnostics: &mut Diagnostics) -> Option<String> {
        let text = self.content(diagnostics)?.value;
        self.run_time(&text, diagnostics)
    }

    /// [`Self::run_time_text`] with its place.
    pub(super) fn placed_run_time_text(
        &self,
        diagnostics: &mut Diagnostics,
    ) -> Option<Placed<String>> {
        let span = self.node.span;
        self.run_time_text(diagnostics).map(|value| Placed { value, span })
    }

    /// A list of such texts.
    pub(super) fn run_time_list(&self, diagnostics: &mut Diagnostics) -> Vec<Placed<String>> {
        let texts = self.placed_texts(diagnostics);
        let checked = |text: Placed<String>| {
            let value = self.run_time(&text.value, diagnostics)?;
            Some(Placed { value, span: text.span })
        };
        texts.into_iter().filter_map(checked).collect()
    }

    fn run_time(&self, text: &str, diagnostics: &mut Diagnostics) -> Option<String> {
        if let Some(broken) = broken_variable(text) {
            let what = format!("has `{broken}`, which names no variable");
            let help = "write `${NAME}` or `${NAME:-default}`, the name of letters, digits and `_`";
            diagnostics.push(self.fault(Code::E0307, &what, "").help(help));
            return None;
        }
        Some(text.to_owned())
    }

    /// One of some words.
    pub(super) fn choice<T: Copy>(
        &self,
        choices: &[(&str, T)],
        diagnostics: &mut Diagnostics,
    ) -> Option<T> {
        let text = self.text(diagnostics)?;
        let found = choices.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<String> =
                choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let what = format!("cannot be \"{text}\"");
            let help = format!("it is one of {}", words.join(", "));
            diagnostics.push(self.fault(Code::E0307, &what, "not known").help(help));
        }
        found.map(|(_, value)| *value)
    }

    pub(super) fn flag(&self, diagnostics: &mut Diagnostics) -> Option<bool> {
        let flag = self.node.as_bool();
        if flag.is_none() {
            diagnostics.push(self.wrong_type("true or false"));
        }
        flag
    }

    /// `true` or `false`, and where its key stands.
    pub(super) fn placed_flag(&self, diagnostics: &mut Diagnostics) -> Option<Placed<bool>> {
        let span = self.key_span();
        self.flag(diagnostics).map(|value| Placed { value, span })
    }

    /// A list of texts.
    pub(super) fn texts(&self, diagnostics: &mut Diagnostics) -> Vec<String> {
        self.placed_texts(diagnostics).into_iter().map(|text| text.value).collect()
    }

    /// A list of texts with their places.
    pub(super) fn placed_texts(&self, diagnostics: &mut Diagnostics) -> Vec<Placed<String>> {
        let Some(items) = self.node.as_array() else {
            diagnostics.push(self.wrong_type("a list of strings"));
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.as_str() {
                Some(text) => texts.push(Placed { value: text.to_owned(), span: item.span }),
                None => diagnostics.push(
                    self.fault(Code::E0302, "is a list of strings", "")
                        .at(item.span, format!("this is {}", item.kind())),
                ),
            }
        }
        texts
    }

    /// Keys with texts, `${NAME}` allowed in the texts.
    pub(super) fn run_time_texts(
        &self,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(String, Placed<String>)> {
        let mut texts = Vec::new();
        for field in self.table().fields(diagnostics) {
            if let Some(value) = field.run_time_text(diagnostics) {
                let span = field.key_span();
                texts.push((field.name().to_owned(), Placed { value, span }));
            }
        }
        texts
    }

    /// A number.
    pub(super) fn number(&self, diagnostics: &mut Diagnostics) -> Option<serde_json::Number> {
        let found = self.node.as_number().and_then(number);
        if found.is_none() {
            diagnostics.push(self.wrong_type("a number"));
        }
        found
    }

    /// A whole number of those that the key takes.
    pub(super) fn count(&self, diagnostics: &mut Diagnostics) -> Option<u64> {
        let (least, most) = match self.takes {
            Some(Value::Count(least, most)) => (*least, *most),
            _ => (0, u64::MAX),
        };
        let number = self.number(diagnostics)?;
        let count = number.as_u64().filter(|count| (least..=most).contains(count));
        if count.is_none() {
            let what = format!("cannot be {number}");
            let help = if most == u64::MAX {
                format!("it is a whole number of at least {least}")
            } else {
                format!("it is a whole number from {least} to {most}")
            };
            diagnostics.push(self.fault(Code::E0307, &what, "out of range").help(help));
        }
        count
    }

    /// A time in seconds, more than zero and at most a year.
    pub(super) fn seconds(&self, diagnostics: &mut Diagnostics) -> Option<f64> {
        const YEAR: f64 = 365.0 * 24.0 * 3600.0;
        let number = self.number(diagnostics)?;
        let seconds = number.as_f64().filter(|seconds| *seconds > 0.0 && *seconds <= YEAR);
        if seconds.is_none() {
            let what = format!("cannot be {number}");
            let help = "it is a time in seconds, greater than zero";
            diagnostics.push(self.fault(Code::E0307, &what, "out of range").help(help));
        }
        seconds
    }

    /// Any value.
    pub(super) fn json(&self) -> serde_json::Value {
        self.node.to_json()
    }

    /// A table of any values.
    pub(super) fn object(
        &self,
        diagnostics: &mut Diagnostics,
    ) -> Option<serde_json::Map<String, serde_json::Value>> {
        match self.json() {
            serde_json::Value::Object(object) => Some(object),
            _ => {
                diagnostics.push(self.wrong_type("a table"));
                None
            }
        }
    }

    /// A list of any values with their places.
    pub(super) fn placed_list(
        &self,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Placed<serde_json::Value>> {
        let place = |item: &Node<'_>| Placed { value: item.to_json(), span: item.span };
        self.items(diagnostics).iter().map(place).collect()
    }

    /// A list of any values.
    pub(super) fn list(&self, diagnostics: &mut Diagnostics) -> Vec<serde_json::Value> {
        self.items(diagnostics).iter().map(Node::to_json).collect()
    }

    /// Reports a key that has no meaning here.
    fn unknown(&self, keys: &Keys, diagnostics: &mut Diagnostics) {
        let name = self.name();
        let known: Vec<&str> = keys.names().collect();
        let place =
            |diagnostic: Diagnostic| diagnostic.at(self.key.span, "").pointer(self.pointer.clone());
        if keys.is_reserved(name) {
            let message = format!("`{name}` of {} is reserved for a later version", self.owner);
            let help = "remove it: this version would not do what it says";
            diagnostics.push(place(Diagnostic::error(Code::E0304, message)).help(help));
            return;
        }
        let message = format!("`{name}` is not a key of {}", self.owner);
        let near = || near(&name.to_lowercase(), known.iter().copied());
        let help = words::help(name, &self.owner, keys)
            .or_else(|| near().map(|near| format!("did you mean `{near}`?")))
            .unwrap_or_else(|| format!("its keys are {}", known.join(", ")));
        diagnostics.push(place(Diagnostic::error(Code::E0301, message)).help(help));
    }
}

/// A `${` of a text that begins no `${NAME}` or `${NAME:-default}`, up to its end.
fn broken_variable(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let found = &rest[start..];
        let Some(end) = found.find('}') else { return Some(found) };
        let inside = &found[2..end];
        let name = inside.split_once(":-").map_or(inside, |(name, _)| name);
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if name.is_empty()
            || name.starts_with(|it: char| it.is_ascii_digit())
            || !name.chars().all(plain)
        {
            return Some(&found[..=end]);
        }
        rest = &found[end + 1..];
    }
    None
}
