//! JSON (RFC 8259) to a tree with spans.
//!
//! Accepts what the RFC accepts and no more, apart from a byte order mark at the start. Strings
//! without escapes are borrowed. Slips that leave the meaning plain (a comma too many, a comma
//! missing) are errors too, but reading goes on behind them. A key that is given twice is a warning.

use std::borrow::Cow;

use super::problems::{self, LIMIT, Repeated, excerpt};
use super::{DEPTH_LIMIT, FileId, Key, Node, Span, Value};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Reads a JSON text. Problems are E0102, E0105, E0106 and E0107.
pub fn parse<'s>(text: &'s str, file: FileId, diagnostics: &mut Diagnostics) -> Option<Node<'s>> {
    let (_, start) = problems::without_mark(text);
    let mut reader = Reader {
        text,
        at: start,
        depth: 0,
        file,
        problems: Vec::new(),
        repeated: Repeated::default(),
    };
    let root = reader.document();
    reader.problems.extend(reader.repeated.warning());
    problems::hand_over(reader.problems, root.as_ref(), diagnostics);
    root
}

/// A list or a mapping: how it closes, and what a reader is told to write.
struct Brackets {
    open: usize,
    close: u8,
    name: &'static str,
    shut: &'static str,
}

struct Reader<'s> {
    text: &'s str,
    at: usize,
    depth: usize,
    file: FileId,
    problems: Vec<Diagnostic>,
    repeated: Repeated,
}

impl<'s> Reader<'s> {
    fn document(&mut self) -> Option<Node<'s>> {
        self.skip_space();
        if self.peek().is_none() {
            self.problems.push(problems::empty_file(self.file));
            return None;
        }
        let root = self.value()?;
        self.skip_space();
        if self.peek().is_some() {
            let problem = self.unexpected("expected the end of the file after the document");
            return self.fail(problem.help("a JSON file holds one value"));
        }
        Some(root)
    }

    fn value(&mut self) -> Option<Node<'s>> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.mapping()?,
            Some(b'[') => self.list()?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(Cow::Borrowed(self.number()?)),
            Some(byte) if byte.is_ascii_alphabetic() => self.word()?,
            _ => return self.no_value(),
        };
        Some(Node { span: self.span(start, self.at), value })
    }

    fn no_value(&mut self) -> Option<Node<'s>> {
        let problem = self.unexpected("expected a value");
        let help = match self.peek() {
            Some(b'\'') => "JSON strings stand in double quotes: \"…\"",
            Some(b'+' | b'.') => "a JSON number begins with a digit or `-`: 0.5",
            Some(b'}' | b']') => "write a value before it, or remove what announces one",
            Some(b'<') => {
                "this looks like a page for people or XML: download the document itself, \
                 often the `raw` link"
            }
            _ => return self.fail(problem),
        };
        self.fail(problem.help(help))
    }

    fn mapping(&mut self) -> Option<Value<'s>> {
        let brackets = Brackets { open: self.at, close: b'}', name: "mapping", shut: "`}`" };
        let mut entries = Vec::new();
        let mut more = self.open(&brackets)?;
        while more {
            let key = self.key(&brackets)?;
            self.skip_space();
            if self.peek() != Some(b':') {
                let problem = self.unexpected("expected `:` after this key");
                return self.fail(problem.also(key.span, "the key"));
            }
            self.at += 1;
            self.skip_space();
            let value = self.value()?;
            entries.push((key, value));
            more = self.separator(&brackets)?;
        }
        self.depth -= 1;
        entries.shrink_to_fit();
        self.repeated.drop_from(&mut entries);
        Some(Value::Object(entries))
    }

    fn list(&mut self) -> Option<Value<'s>> {
        let brackets = Brackets { open: self.at, close: b']', name: "list", shut: "`]`" };
        let mut items = Vec::new();
        let mut more = self.open(&brackets)?;
        while more {
            items.push(self.value()?);
            more = self.separator(&brackets)?;
        }
        self.depth -= 1;
        items.shrink_to_fit();
        Some(Value::Array(items))
    }

    fn key(&mut self, brackets: &Brackets) -> Option<Key<'s>> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => {
                let name = self.string()?;
                Some(Key { span: self.span(start, self.at), name })
            }
            None => self.not_closed(brackets),
            Some(_) => self.fail(self.unexpected("expected a key in double quotes")),
        }
    }

    /// Goes behind the opening bracket; tells whether something stands inside.
    fn open(&mut self, brackets: &Brackets) -> Option<bool> {
        if self.depth == DEPTH_LIMIT {
            let problem = problems::too_deep(self.span(self.at, self.at + 1));
            return self.fail(problem);
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        match self.peek() {
            Some(byte) if byte == brackets.close => {
                self.at += 1;
                Some(false)
            }
            None => self.not_closed(brackets),
            Some(_) => Some(true),
        }
    }

    /// Goes behind what follows a value; tells whether another value comes.
    fn separator(&mut self, brackets: &Brackets) -> Option<bool> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                let comma = self.span(self.at, self.at + 1);
                self.at += 1;
                self.skip_space();
                if self.peek() != Some(brackets.close) {
                    return if self.peek().is_none() {
                        self.not_closed(brackets)
                    } else {
                        Some(true)
                    };
                }
                self.at += 1;
                let message = format!("a comma stands before {}", brackets.shut);
                let problem = Diagnostic::error(Code::E0102, message).at(comma, "remove this");
                self.recover(problem, false)
            }
            Some(byte) if byte == brackets.close => {
                self.at += 1;
                Some(false)
            }
            None => self.not_closed(brackets),
            Some(byte) => {
                let message = format!("expected `,` or {} after this value", brackets.shut);
                let problem = self.unexpected(&message);
                // What begins a key or a value shows that only the comma was forgotten.
                if byte == b'"' || brackets.close == b']' && matches!(byte, b'{' | b'[') {
                    self.recover(problem, true)
                } else {
                    self.fail(problem)
                }
            }
        }
    }

    fn not_closed<T>(&mut self, brackets: &Brackets) -> Option<T> {
        let message = format!("the file ends within this {}", brackets.name);
        let problem = Diagnostic::error(Code::E0102, message)
            .at(self.span(self.at, self.at), format!("expected {} before this", brackets.shut))
            .also(self.span(brackets.open, brackets.open + 1), "it begins here")
            .help("was the file downloaded completely?");
        self.fail(problem)
    }

    fn word(&mut self) -> Option<Value<'s>> {
        let start = self.at;
        let rest = self.rest();
        let end = rest.find(|char: char| !char.is_alphanumeric() && char != '_');
        let word = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        self.at += word.len();
        let instead = match word {
            "true" => return Some(Value::Bool(true)),
            "false" => return Some(Value::Bool(false)),
            "null" => return Some(Value::Null),
            "True" | "TRUE" => "write `true`",
            "False" | "FALSE" => "write `false`",
            "None" | "NULL" | "Null" | "nil" | "undefined" => "write `null`",
            "NaN" | "Infinity" | "inf" | "nan" => "JSON has finite numbers only",
            _ => "text stands in double quotes: \"…\"",
        };
        let message = format!("expected a value, found `{}`", excerpt(word));
        let span = self.span(start, self.at);
        self.fail(Diagnostic::error(Code::E0102, message).at(span, "").help(instead))
    }

    fn number(&mut self) -> Option<&'s str> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.at;
        self.digits(start, "a digit")?;
        if self.text.as_bytes().get(first) == Some(&b'0') && self.at > first + 1 {
            let span = self.span(start, self.at);
            let problem = Diagnostic::error(Code::E0102, "a number begins with a needless `0`");
            return self.fail(
                problem.at(span, "").help("remove the zero, or put the number in double quotes"),
            );
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits(start, "a digit after the decimal point")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits(start, "a digit in the exponent")?;
        }
        self.text.get(start..self.at)
    }

    fn digits(&mut self, number: usize, wanted: &str) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start {
            return Some(());
        }
        let problem = self.unexpected(&format!("expected {wanted}"));
        let span = self.span(number, self.at);
        self.fail(if number < start { problem.also(span, "of this number") } else { problem })
    }

    fn string(&mut self) -> Option<Cow<'s, str>> {
        let open = self.at;
        self.at += 1;
        let plain = self.plain_run();
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Some(Cow::Borrowed(plain));
        }
        let mut text = String::with_capacity(plain.len() * 2);
        text.push_str(plain);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Some(Cow::Owned(text));
                }
                Some(b'\\') => {
                    text.push(self.escape(open)?);
                    text.push_str(self.plain_run());
                }
                Some(b'\n' | b'\r') => {
                    let span = self.span(open, self.at);
                    let problem =
                        Diagnostic::error(Code::E0102, "a string does not end on its line");
                    return self.fail(
                        problem
                            .at(span, "no closing `\"`")
                            .help("a line break in a string is written \\n"),
                    );
                }
                Some(byte) => {
                    let message = format!("a control character (U+{byte:04X}) stands in a string");
                    let span = self.span(self.at, self.at + 1);
                    let help = if byte == b'\t' {
                        "write \\t".to_owned()
                    } else {
                        format!("write \\u{byte:04x}")
                    };
                    return self
                        .fail(Diagnostic::error(Code::E0102, message).at(span, "").help(help));
                }
                None => return self.open_string(open),
            }
        }
    }

    /// Goes behind the characters that stand for themselves.
    fn plain_run(&mut self) -> &'s str {
        let rest = self.rest();
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let end = rest.as_bytes().iter().position(special).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn open_string<T>(&mut self, open: usize) -> Option<T> {
        let span = self.span(open, open + 1);
        let problem = Diagnostic::error(Code::E0102, "the file ends within a string");
        self.fail(problem.at(span, "it begins here").help("was the file downloaded completely?"))
    }

    fn escape(&mut self, open: usize) -> Option<char> {
        let start = self.at;
        let Some(letter) = self.rest().chars().nth(1) else {
            return self.open_string(open);
        };
        self.at += 1 + letter.len_utf8();
        Some(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode_escape(start),
            _ => {
                let span = self.span(start, self.at);
                let message =
                    format!("a string has the unknown escape `\\{}`", problems::visible(letter));
                let problem = Diagnostic::error(Code::E0102, message).at(span, "");
                return self.fail(problem.help("a backslash itself is written \\\\"));
            }
        })
    }

    fn unicode_escape(&mut self, start: usize) -> Option<char> {
        let unit = self.four_digits(start)?;
        let code = if (0xd800..0xdc00).contains(&unit) && self.rest().starts_with("\\u") {
            self.at += 2;
            let low = self.four_digits(start)?;
            // Half a pair that no other half follows is no character and fails below.
            if (0xdc00..0xe000).contains(&low) {
                0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
            } else {
                unit
            }
        } else {
            unit
        };
        char::from_u32(code).or_else(|| {
            let problem =
                Diagnostic::error(Code::E0102, "a `\\u` escape is half of a surrogate pair");
            let span = self.span(start, self.at);
            self.fail(
                problem
                    .at(span, "not a character")
                    .help("write both halves, or the character itself"),
            )
        })
    }

    fn four_digits(&mut self, start: usize) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                self.at += 4;
                Some(unit)
            }
            None => {
                let span = self.span(start, self.at);
                let problem =
                    Diagnostic::error(Code::E0102, "expected four hexadecimal digits after `\\u`");
                self.fail(problem.at(span, ""))
            }
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        problems::span(self.file, start, end)
    }

    /// A problem with what stands here.
    fn unexpected(&self, expectation: &str) -> Diagnostic {
        let found = self.rest().chars().next();
        let (end, found) = match found {
            None => (self.at, "the end of the file".to_owned()),
            Some(char) => (self.at + char.len_utf8(), format!("`{}`", problems::visible(char))),
        };
        let problem = Diagnostic::error(Code::E0102, format!("{expectation}, found {found}"))
            .at(self.span(self.at, end), "");
        if self.rest().starts_with("//") || self.rest().starts_with("/*") {
            problem.help("JSON has no comments; remove this one, or save the document as YAML")
        } else {
            problem
        }
    }

    fn fail<T>(&mut self, problem: Diagnostic) -> Option<T> {
        self.problems.push(problem);
        None
    }

    /// Reports a problem that reading can go on behind, up to a limit.
    fn recover<T>(&mut self, problem: Diagnostic, value: T) -> Option<T> {
        self.problems.push(problem);
        (self.problems.len() < LIMIT).then_some(value)
    }
}
