//! URIs of resources and their templates: the part of RFC 6570 that `FastMCP` reads.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::Placed;
use crate::model::UriPart;

/// The pieces of a URI; `None` after a diagnostic.
pub(super) fn parse(uri: &Placed<String>, diagnostics: &mut Diagnostics) -> Option<Vec<UriPart>> {
    match pieces(&uri.value) {
        Ok(parts) => Some(parts),
        Err((what, help)) => {
            let message = format!("the uri `{}` {what}", uri.value);
            diagnostics.push(Diagnostic::error(Code::E0307, message).at(uri.span, "").help(help));
            None
        }
    }
}

const FORMS: &str = "variables are written {name}, {name*} and, at the end, {?a,b,list*}";

type Fault = (String, String);

fn pieces(uri: &str) -> Result<Vec<UriPart>, Fault> {
    let fault = |what: &str, help: &str| Err((what.to_owned(), help.to_owned()));
    let scheme = uri.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
    };
    if !scheme.is_some_and(is_scheme) {
        return fault("has no scheme", "begin it with one of your own: \"docs://readme\"");
    }
    let mut parts: Vec<UriPart> = Vec::new();
    let mut rest = uri;
    while !rest.is_empty() {
        if matches!(parts.last(), Some(UriPart::Query(_) | UriPart::Each(..))) {
            return fault("goes on behind its query", "put {?a,b} at the end");
        }
        let Some(inner) = rest.strip_prefix('{') else {
            let end = rest.find('{').unwrap_or(rest.len());
            let (literal, after) = rest.split_at(end);
            check_literal(literal)?;
            parts.push(UriPart::Literal(literal.to_owned()));
            rest = after;
            continue;
        };
        let Some((inner, after)) = inner.split_once('}') else {
            return fault("has a `{` without its `}`", FORMS);
        };
        if !matches!(parts.last(), None | Some(UriPart::Literal(_))) && !inner.starts_with('?') {
            let help = "put a text such as `/` between two variables";
            return fault("has two variables with nothing between them", help);
        }
        parts.extend(variables(inner)?);
        rest = after;
    }
    let mut names: Vec<&str> = Vec::new();
    for part in &parts {
        let found: Vec<&str> = match part {
            UriPart::Literal(_) => Vec::new(),
            UriPart::Segment(name) | UriPart::Rest(name) | UriPart::Each(_, name) => vec![name],
            UriPart::Query(pairs) => pairs.iter().map(|(_, name)| name.as_str()).collect(),
        };
        for name in found {
            if names.contains(&name) {
                return Err((format!("has the variable `{name}` twice"), FORMS.to_owned()));
            }
            names.push(name);
        }
    }
    Ok(parts)
}

fn check_literal(text: &str) -> Result<(), Fault> {
    let is_allowed = |it: char| it.is_ascii_graphic() && !"<>\"\\^`|}".contains(it);
    match text.chars().find(|it| !is_allowed(*it)) {
        None => Ok(()),
        Some('}') => Err(("has a `}` without its `{`".to_owned(), FORMS.to_owned())),
        Some(character) => Err((
            format!("has the character {character:?}"),
            "write it percent-encoded: %20 for a space".to_owned(),
        )),
    }
}

/// What stands between braces: one variable of a path, or those of a query.
fn variables(inner: &str) -> Result<Vec<UriPart>, Fault> {
    let Some(list) = inner.strip_prefix('?') else {
        if let Some(operator @ ('+' | '#' | '.' | '/' | ';' | '&')) = inner.chars().next() {
            let what = format!("has a variable with the operator `{operator}`");
            return Err((what, FORMS.to_owned()));
        }
        return Ok(vec![match inner.strip_suffix('*') {
            Some(name) => UriPart::Rest(argument(name)?),
            None => UriPart::Segment(argument(inner)?),
        }]);
    };
    let mut parts = Vec::new();
    for name in list.split(',') {
        match (name.strip_suffix('*'), parts.last_mut()) {
            (Some(name), _) => parts.push(UriPart::Each(name.to_owned(), argument(name)?)),
            (None, Some(UriPart::Query(pairs))) => pairs.push((name.to_owned(), argument(name)?)),
            (None, _) => {
                parts.push(UriPart::Query(vec![(name.to_owned(), argument(name)?)]));
            }
        }
    }
    Ok(parts)
}

/// The argument that a variable stands for, hyphens as underscores.
fn argument(name: &str) -> Result<String, Fault> {
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'-');
    if is_name {
        return Ok(name.replace('-', "_"));
    }
    Err((
        format!("has `{{{name}}}`, which names no variable"),
        "a name is of letters, digits, `_` and `-`".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(uri: &str, expected: &Expect) {
        let text = match pieces(uri) {
            Ok(parts) => format!("{parts:?}"),
            Err((what, help)) => format!("{what}; {help}"),
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn each_form_of_a_variable_is_read() {
        check("docs://readme", &expect![[r#"[Literal("docs://readme")]"#]]);
        check(
            "weather://{city}/days{?count,unit-system}",
            &expect![[
                r#"[Literal("weather://"), Segment("city"), Literal("/days"), Query([("count", "count"), ("unit-system", "unit_system")])]"#
            ]],
        );
        check(
            "books://all{?q,page-size,tags*,lang}",
            &expect![[
                r#"[Literal("books://all"), Query([("q", "q"), ("page-size", "page_size")]), Each("tags", "tags"), Query([("lang", "lang")])]"#
            ]],
        );
        check(
            "files://{path*}.md",
            &expect![[r#"[Literal("files://"), Rest("path"), Literal(".md")]"#]],
        );
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        check(
            "readme",
            &expect!["has no scheme; begin it with one of your own: \"docs://readme\""],
        );
        check(
            "a://{b",
            &expect![
                "has a `{` without its `}`; variables are written {name}, {name*} and, at the end, {?a,b,list*}"
            ],
        );
        check(
            "a://b}",
            &expect![
                "has a `}` without its `{`; variables are written {name}, {name*} and, at the end, {?a,b,list*}"
            ],
        );
        check(
            "a://{b}{c}",
            &expect![
                "has two variables with nothing between them; put a text such as `/` between two variables"
            ],
        );
        check(
            "a://{b}/{b}",
            &expect![
                "has the variable `b` twice; variables are written {name}, {name*} and, at the end, {?a,b,list*}"
            ],
        );
        check("a://{?b}/c", &expect!["goes on behind its query; put {?a,b} at the end"]);
        check(
            "a://{+b}",
            &expect![
                "has a variable with the operator `+`; variables are written {name}, {name*} and, at the end, {?a,b,list*}"
            ],
        );
        check(
            "a://{1}",
            &expect![
                "has `{1}`, which names no variable; a name is of letters, digits, `_` and `-`"
            ],
        );
        check(
            "a://b c",
            &expect!["has the character ' '; write it percent-encoded: %20 for a space"],
        );
    }
}
