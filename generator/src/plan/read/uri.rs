//! URIs of operations that are read as resources.
//!
//! By the rule of this project the path itself: `GET /books/{isbn}` of the document `shop` is
//! `shop://books/{isbn}`. By `FastMCP`'s the name: `resource://get_book/{isbn}`, the variables of the
//! path in the order of the alphabet. Parameters of the query follow as `{?limit}` in both.

use std::fmt::Write as _;

use super::Fault;
use crate::plan::{Argument, Part, Place};

/// How URIs are made.
pub(in crate::plan) enum Rule<'a> {
    /// Of the path, with this name as the scheme.
    Path(&'a str),
    /// Of the name of the component.
    Name {
        /// What the names of its document begin with.
        namespace: Option<&'a str>,
        /// The name without it.
        local: &'a str,
    },
}

/// A URI, or a template.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(in crate::plan) struct Uri {
    /// As clients see it.
    pub(in crate::plan) text: String,
    /// In pieces; empty: it has no variables.
    pub(in crate::plan) parts: Vec<Part>,
    /// The variables: name and index of the argument.
    pub(in crate::plan) variables: Vec<(String, usize)>,
}

/// Schemes that mean something already, which no document takes for itself.
const KNOWN_SCHEMES: &[&str] = &[
    "about",
    "data",
    "file",
    "ftp",
    "git",
    "http",
    "https",
    "javascript",
    "mailto",
    "resource",
    "ui",
    "urn",
    "ws",
    "wss",
];

/// The whole URI of an operation, the parameters of its query among the variables.
///
/// # Errors
///
/// Nothing stands between two variables of the path, so no URI says where the first one ends.
pub(super) fn plan(rule: &Rule<'_>, path: &[Part], arguments: &[Argument]) -> Result<Uri, Fault> {
    let mut writer = Writer { uri: Uri::default(), arguments };
    match rule {
        Rule::Path(name) => {
            writer.literal(&format!("{}://", scheme(name)));
            writer.path(path)?;
        }
        Rule::Name { namespace, local } => {
            let namespace = namespace.map(|name| format!("{name}/")).unwrap_or_default();
            writer.literal(&format!("resource://{namespace}{local}"));
            let mut variables: Vec<&Part> = path.iter().collect();
            let named = |part: &Part| variable(part).and_then(|index| arguments.get(index));
            variables.retain(|part| named(part).is_some_and(|it| !it.hidden));
            variables.sort_by_key(|part| named(part).map(|it| it.wire.as_str()));
            for part in variables {
                writer.literal("/");
                writer.variable(part)?;
            }
        }
    }
    writer.query();
    Ok(writer.finish())
}

/// The argument whose value a piece of a path is.
const fn variable(part: &Part) -> Option<usize> {
    match part {
        Part::Segment(index) | Part::Rest(index) => Some(*index),
        Part::Literal(_) | Part::Query(_) | Part::Each(..) => None,
    }
}

/// The name of a document as the scheme of URIs (RFC 3986, 3.1).
fn scheme(name: &str) -> String {
    let mut scheme: String = name
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { '-' })
        .collect();
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) {
        scheme.insert_str(0, "api-");
    }
    if KNOWN_SCHEMES.contains(&scheme.as_str()) {
        scheme.push_str("-api");
    }
    scheme
}

struct Writer<'a> {
    uri: Uri,
    arguments: &'a [Argument],
}

impl Writer<'_> {
    /// The path of the operation without the slash that begins it. A query that it has itself is
    /// always sent, so it is no part of the URI.
    fn path(&mut self, path: &[Part]) -> Result<(), Fault> {
        for (at, part) in path.iter().enumerate() {
            match part {
                Part::Literal(text) => {
                    let is_bare = path.len() == 1 && text == "/";
                    let joins = at == 0 || self.uri.text.ends_with('/');
                    let text = match text.strip_prefix('/') {
                        Some(rest) if joins && !is_bare => rest,
                        _ => text,
                    };
                    let end = text.find(['?', '#']).unwrap_or(text.len());
                    self.literal(text.get(..end).unwrap_or(text));
                    if end < text.len() {
                        break;
                    }
                }
                // What is hidden is not shown in URIs either; the slash behind it goes with it.
                Part::Segment(index) | Part::Rest(index) if self.is_hidden(*index) => {}
                Part::Segment(_) | Part::Rest(_) => self.variable(part)?,
                Part::Query(_) | Part::Each(..) => {}
            }
        }
        Ok(())
    }

    fn is_hidden(&self, index: usize) -> bool {
        self.arguments.get(index).is_some_and(|argument| argument.hidden)
    }

    fn literal(&mut self, text: &str) {
        let text = encoded(text);
        self.uri.text.push_str(&text);
        match self.uri.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Literal(last)) => last.push_str(&text),
            _ => self.uri.parts.push(Part::Literal(text)),
        }
    }

    fn variable(&mut self, part: &Part) -> Result<(), Fault> {
        let Some(index) = variable(part) else { return Ok(()) };
        if self.uri.parts.last().and_then(variable).is_some() {
            return Err(Fault::Adjacent);
        }
        let name = self.name(index);
        let star = if matches!(part, Part::Rest(_)) { "*" } else { "" };
        let _ = write!(self.uri.text, "{{{name}{star}}}");
        self.uri.parts.push(part.clone());
        self.uri.variables.push((name, index));
        Ok(())
    }

    /// Whatever is left, can be in a URI, and the caller may give.
    fn query(&mut self) {
        let mut pairs = Vec::new();
        for (index, argument) in self.arguments.iter().enumerate() {
            let is_there = self.uri.variables.iter().any(|(_, known)| *known == index);
            let is_elsewhere = matches!(argument.place, Place::Header | Place::Cookie);
            if argument.hidden || is_there || is_elsewhere {
                continue;
            }
            let name = self.name(index);
            pairs.push((name.clone(), index));
            self.uri.variables.push((name, index));
        }
        if pairs.is_empty() {
            return;
        }
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        let _ = write!(self.uri.text, "{{?{}}}", names.join(","));
        self.uri.parts.push(Part::Query(pairs));
    }

    /// The name of an argument as that of a variable, which has no `-` and no `.` (RFC 6570, 2.3).
    fn name(&self, index: usize) -> String {
        let plain = self.arguments.get(index).map_or("", |argument| argument.name.as_str());
        let mut name: String =
            plain.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
        while self.uri.variables.iter().any(|(known, _)| *known == name) {
            name.push('_');
        }
        name
    }

    fn finish(self) -> Uri {
        let mut uri = self.uri;
        if uri.variables.is_empty() {
            uri.parts.clear();
        }
        uri
    }
}

/// A text with what no URI has in it percent-encoded; what is encoded already stays.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/@!$&'()*+,;=%[]".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

impl Uri {
    /// The URI where nothing is given.
    pub(super) fn without_query(&self) -> Self {
        let text = match self.parts.last() {
            Some(Part::Query(_)) => self.text.split_once("{?").map_or("", |(before, _)| before),
            _ => &self.text,
        };
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// Sorts templates: of each part of the path between slashes, how little of it is written out.
pub(in crate::plan) fn specificity(parts: &[Part]) -> Vec<u8> {
    let mut ranks = vec![0];
    let mut has_text = false;
    for part in parts {
        match part {
            Part::Literal(text) => {
                for (at, piece) in text.split('/').enumerate() {
                    if at > 0 {
                        ranks.push(0);
                        has_text = false;
                    }
                    has_text |= !piece.is_empty();
                    if has_text && ranks.last() == Some(&2) {
                        ranks.pop();
                        ranks.push(1);
                    }
                }
            }
            Part::Segment(_) | Part::Rest(_) => {
                if let Some(rank) = ranks.last_mut() {
                    *rank = if has_text { 1 } else { 2 };
                }
            }
            Part::Query(_) | Part::Each(..) => {}
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::test_support;
    use crate::plan::{Kind, Place};

    fn named(name: &str, place: Place) -> Argument {
        Argument {
            name: name.to_owned(),
            wire: name.to_owned(),
            place,
            required: place == Place::Path,
            ..test_support::argument(Kind::Text)
        }
    }

    fn literal(text: &str) -> Part {
        Part::Literal(text.to_owned())
    }

    #[track_caller]
    fn check(path: &[Part], arguments: &[Argument], expected: [&str; 2]) {
        let by_path = Rule::Path("shop");
        let by_name = Rule::Name { namespace: None, local: "get_it" };
        let texts = [by_path, by_name].map(|rule| match plan(&rule, path, arguments) {
            Ok(uri) => uri.text,
            Err(fault) => format!("{fault:?}"),
        });
        assert_eq!(texts, expected);
    }

    #[test]
    fn path_is_the_uri_and_the_query_follows() {
        check(&[literal("/books")], &[], ["shop://books", "resource://get_it"]);
        check(&[literal("/")], &[], ["shop:///", "resource://get_it"]);
        check(
            &[literal("/z/"), Part::Segment(0), literal("/a/"), Part::Segment(1)],
            &[
                named("z", Place::Path),
                named("a-b", Place::Path),
                named("page[size]", Place::Query),
            ],
            ["shop://z/{z}/a/{a_b}{?page_size_}", "resource://get_it/{a_b}/{z}{?page_size_}"],
        );
        check(
            &[literal("/a b?sort=x&y="), Part::Segment(0)],
            &[named("y", Place::Path)],
            ["shop://a%20b{?y}", "resource://get_it/{y}"],
        );
    }

    #[test]
    fn rest_of_a_path_is_a_rest_and_headers_are_no_part_of_it() {
        check(
            &[literal("/files/"), Part::Rest(0)],
            &[named("name", Place::Path), named("x_token", Place::Header)],
            ["shop://files/{name*}", "resource://get_it/{name*}"],
        );
    }

    #[test]
    fn hidden_values_are_not_shown_and_names_stay_apart() {
        let hidden = Argument {
            hidden: true,
            default: Some("eu west".into()),
            ..named("region", Place::Path)
        };
        let path = [literal("/in/"), Part::Segment(0), literal("/x")];
        let more = [hidden, named("a.b", Place::Query), named("a-b", Place::Query)];
        check(&path, &more, ["shop://in/x{?a_b,a_b_}", "resource://get_it{?a_b,a_b_}"]);
    }

    #[test]
    fn variables_without_a_text_between_them_are_refused() {
        let path = [literal("/"), Part::Segment(0), Part::Segment(1)];
        let both = [named("a", Place::Path), named("b", Place::Path)];
        check(&path, &both, ["Adjacent", "resource://get_it/{a}/{b}"]);
    }

    #[test]
    fn scheme_is_one_of_a_uri_and_of_nobody_else() {
        for (name, expected) in
            [("Book_Shop", "book-shop"), ("2go", "api-2go"), ("file", "file-api"), ("büro", "b-ro")]
        {
            assert_eq!(scheme(name), expected);
        }
    }

    #[test]
    fn what_is_written_out_comes_first() {
        let text = |text: &str| Part::Literal(text.to_owned());
        let me = [text("a://users/me")];
        let part = [text("a://users/v"), Part::Segment(0)];
        let one = [text("a://users/"), Part::Segment(0)];
        assert!(specificity(&me) < specificity(&part));
        assert!(specificity(&part) < specificity(&one));
    }
}
