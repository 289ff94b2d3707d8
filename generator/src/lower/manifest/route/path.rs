//! Paths of routes: `/users/{user_id}`, and `{name:path}` for all that follows.

use super::Route;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::Placed;
use crate::model::UriPart;
use crate::source::Span;

/// The path without the types of its variables, and its pieces; `None` after a diagnostic.
pub(super) fn parse(
    path: &Placed<String>,
    diagnostics: &mut Diagnostics,
) -> Option<(String, Vec<UriPart>)> {
    match pieces(&path.value) {
        Ok(parts) => Some((written(&parts), parts)),
        Err((what, help)) => {
            let message = format!("the path `{}` {what}", path.value);
            diagnostics.push(Diagnostic::error(Code::E0307, message).at(path.span, "").help(help));
            None
        }
    }
}

const FORMS: &str = "variables are written {name}, or {name:path} for all that follows";

type Fault = (String, String);

fn pieces(path: &str) -> Result<Vec<UriPart>, Fault> {
    let fault = |what: String, help: &str| Err((what, help.to_owned()));
    if !path.starts_with('/') {
        return fault("does not begin with `/`".to_owned(), &format!("write \"/{path}\""));
    }
    let mut parts: Vec<UriPart> = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let Some(inner) = rest.strip_prefix('{') else {
            let (literal, after) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
            let is_allowed = |it: &char| it.is_ascii_graphic() && !"<>\"\\^`|}?#".contains(*it);
            if let Some(character) = literal.chars().find(|it| !is_allowed(it)) {
                let help = match character {
                    '}' => FORMS,
                    '?' | '#' => "a query is declared in `params`",
                    _ => "write it percent-encoded: %20 for a space",
                };
                return fault(format!("has the character {character:?}"), help);
            }
            parts.push(UriPart::Literal(literal.to_owned()));
            rest = after;
            continue;
        };
        let Some((inner, after)) = inner.split_once('}') else {
            return fault("has a `{` without its `}`".to_owned(), FORMS);
        };
        if !matches!(parts.last(), Some(UriPart::Literal(_))) {
            let help = "put a text such as `/` between two variables";
            return fault("has two variables with nothing between them".to_owned(), help);
        }
        let (name, ty) = inner.split_once(':').unwrap_or((inner, ""));
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
        if !is_name {
            let help = "a name is of letters, digits and `_`";
            return fault(format!("has `{{{inner}}}`, which names no variable"), help);
        }
        let is_taken = |part: &UriPart| match part {
            UriPart::Segment(known) | UriPart::Rest(known) => known == name,
            UriPart::Literal(_) | UriPart::Query(_) | UriPart::Each(..) => false,
        };
        if parts.iter().any(is_taken) {
            return fault(format!("has the variable `{name}` twice"), FORMS);
        }
        parts.push(match ty {
            "" => UriPart::Segment(name.to_owned()),
            "path" if after.is_empty() => UriPart::Rest(name.to_owned()),
            "path" => {
                return fault("goes on behind all that follows".to_owned(), FORMS);
            }
            "int" | "float" | "str" | "uuid" => {
                let help = format!("write {{{name}}}, and its type in params.{name}");
                return fault(format!("has a type in `{{{inner}}}`"), &help);
            }
            _ => return fault(format!("has `{{{inner}}}`, which names no variable"), FORMS),
        });
        rest = after;
    }
    Ok(parts)
}

fn written(parts: &[UriPart]) -> String {
    let text = |part: &UriPart| match part {
        UriPart::Literal(text) => text.clone(),
        UriPart::Segment(name) | UriPart::Rest(name) => format!("{{{name}}}"),
        UriPart::Query(_) | UriPart::Each(..) => String::new(),
    };
    parts.iter().map(text).collect()
}

/// The names of the variables.
pub(super) fn variables(parts: &[UriPart]) -> impl Iterator<Item = &str> {
    parts.iter().filter_map(|part| match part {
        UriPart::Segment(name) | UriPart::Rest(name) => Some(name.as_str()),
        UriPart::Literal(_) | UriPart::Query(_) | UriPart::Each(..) => None,
    })
}

/// Reports a route that is never reached: its path is that of the server itself, or all that it
/// matches goes to a route before it.
pub(super) fn refuse_taken(
    route: &Route<'_>,
    endpoint: &str,
    served: &[(&'static str, Vec<UriPart>, Span)],
    diagnostics: &mut Diagnostics,
) {
    let mut refuse = |message: String, first: Option<Span>, help: &str| {
        let mut problem =
            Diagnostic::error(Code::E0307, message).at(route.span, "this one").help(help);
        if let Some(first) = first {
            problem = problem.also(first, "the first one");
        }
        diagnostics.push(problem);
    };
    if route.path == endpoint || route.path == "/openapi.json" {
        let what = if route.path == endpoint { "MCP" } else { "the description of the routes" };
        refuse(format!("{} is where {what} is served", route.path), None, "choose another path");
        return;
    }
    let same_method = served.iter().filter(|(method, ..)| *method == route.method);
    for (_, parts, span) in same_method {
        let (name, shape) = (format!("{} {}", route.method, route.path), shape(&route.parts));
        if self::shape(parts) == shape {
            let help = "names of variables make no difference: remove one, or change its path";
            refuse(format!("the route {name} is declared twice"), Some(*span), help);
            return;
        }
        if covers(&self::shape(parts), &shape) {
            let help = "routes are tried in their order: put this one before the other";
            let message = format!("the route {name} is never reached");
            refuse(message, Some(*span), help);
            return;
        }
    }
}

/// The path with all variables alike.
fn shape(parts: &[UriPart]) -> String {
    let text = |part: &UriPart| match part {
        UriPart::Literal(text) => text.clone(),
        UriPart::Segment(_) => "{}".to_owned(),
        UriPart::Rest(_) => "{*}".to_owned(),
        UriPart::Query(_) | UriPart::Each(..) => String::new(),
    };
    parts.iter().map(text).collect()
}

/// Whether each path of the second shape is one of the first. Parts that are a text and a variable
/// are told apart from others only by being the same.
fn covers(first: &str, second: &str) -> bool {
    let (mut first, mut second) = (first.split('/'), second.split('/'));
    loop {
        match (first.next(), second.next()) {
            (None, None) => return true,
            (Some("{*}"), Some(part)) => return !part.is_empty(),
            (Some(one), Some(other)) if one == other => {}
            (Some("{}"), Some(part)) if !part.is_empty() && part != "{*}" => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &Expect) {
        let text = match pieces(path) {
            Ok(parts) => format!("{} {}", written(&parts), shape(&parts)),
            Err((what, help)) => format!("{what}; {help}"),
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn paths_are_read_as_fastapi_reads_them() {
        check("/", &expect!["/ /"]);
        check("/users/{user_id}/items", &expect!["/users/{user_id}/items /users/{}/items"]);
        check("/files/{name}.{end}", &expect!["/files/{name}.{end} /files/{}.{}"]);
        check("/files/{file_path:path}", &expect!["/files/{file_path} /files/{*}"]);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        check("users", &expect![[r#"does not begin with `/`; write "/users""#]]);
        check("/a?b={b}", &expect!["has the character '?'; a query is declared in `params`"]);
        check(
            "/{a",
            &expect![
                "has a `{` without its `}`; variables are written {name}, or {name:path} for all that follows"
            ],
        );
        check(
            "/{a}{b}",
            &expect![
                "has two variables with nothing between them; put a text such as `/` between two variables"
            ],
        );
        check("/{a:int}", &expect!["has a type in `{a:int}`; write {a}, and its type in params.a"]);
        check(
            "/{a}/{a}",
            &expect![
                "has the variable `a` twice; variables are written {name}, or {name:path} for all that follows"
            ],
        );
        check(
            "/{1}",
            &expect!["has `{1}`, which names no variable; a name is of letters, digits and `_`"],
        );
        check(
            "/{a:path}/b",
            &expect![
                "goes on behind all that follows; variables are written {name}, or {name:path} for all that follows"
            ],
        );
    }

    #[test]
    fn a_path_is_covered_by_variables_before_it() {
        for (first, second, expected) in [
            ("/users/{}", "/users/me", true),
            ("/users/me", "/users/{}", false),
            ("/users/{}", "/users/me/items", false),
            ("/files/{*}", "/files/a/b", true),
            ("/files/{*}", "/files/{*}", true),
            ("/files/{}", "/files/{*}", false),
            ("/a.{}", "/a.b", false),
        ] {
            assert_eq!(covers(first, second), expected, "{first} {second}");
        }
    }
}
