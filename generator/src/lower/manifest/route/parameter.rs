//! Parameters of routes: where each comes from, and whether its type can come from there.

use super::{location_word, path};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::manifest::{ParameterPlace, Placed, RouteTable};
use crate::model::{ArgumentType, DeclaredArgument, Json, Location, UriPart};
use crate::source::Span;

/// Headers that are no parameters: OpenAPI declares what they say elsewhere (3.1, 4.8.12.1).
const NO_PARAMETERS: [&str; 4] = ["accept", "authorization", "content-type", "cookie"];

/// The parameters with their places, in the order of the file. What does not fit is reported; `None`
/// where a parameter has no place.
pub(super) fn place(
    table: &RouteTable,
    parameters: Vec<DeclaredArgument>,
    parts: &[UriPart],
    route: &Placed<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(DeclaredArgument, Location)>> {
    let variables: Vec<&str> = path::variables(parts).collect();
    for variable in &variables {
        if parameters.iter().any(|parameter| parameter.name == *variable) {
            continue;
        }
        let message = format!("the variable `{variable}` of `{}` has no type", route.value);
        let help = format!("declare it: params.{variable} = \"str\"");
        diagnostics.push(Diagnostic::error(Code::E0303, message).at(route.span, "").help(help));
    }
    let mut placed = Vec::new();
    for (parameter, (_, given)) in parameters.into_iter().zip(&table.parameters) {
        let in_path = variables.contains(&parameter.name.as_str());
        let location = match given.as_ref().map(|given| given.value) {
            Some(ParameterPlace::Query) => Location::Query,
            Some(ParameterPlace::Header) => Location::Header,
            Some(ParameterPlace::Cookie) => Location::Cookie,
            Some(ParameterPlace::Path) => Location::Path,
            None if in_path => Location::Path,
            None => Location::Query,
        };
        let place = given.as_ref().map_or(parameter.span, |given| given.span);
        if in_path != (location == Location::Path) {
            diagnostics.push(misplaced(&parameter, in_path, &variables, route, place));
        }
        check(&parameter, location, diagnostics);
        placed.push((parameter, location));
    }
    Some(placed)
}

fn misplaced(
    parameter: &DeclaredArgument,
    in_path: bool,
    variables: &[&str],
    route: &Placed<String>,
    place: Span,
) -> Diagnostic {
    let name = &parameter.name;
    let (message, help) = if in_path {
        let message = format!("`{name}` is a variable of `{}`", route.value);
        (message, "leave `in` out, or take the variable out of the path".to_owned())
    } else {
        let message = format!("`{}` has no variable `{name}`", route.value);
        let help = match near(name, variables.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {{{name}}} into the path, or leave `in` out for the query"),
        };
        (message, help)
    };
    Diagnostic::error(Code::E0307, message).at(place, "").help(help)
}

fn check(parameter: &DeclaredArgument, location: Location, diagnostics: &mut Diagnostics) {
    let name = &parameter.name;
    let word = location_word(location);
    let mut refuse = |message: String, help: &str| {
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(parameter.span, "").help(help));
    };
    if location == Location::Path {
        if parameter.default.is_some() {
            refuse(
                format!("`{name}` is in the path and cannot have a default"),
                "without its value there is no such path; declare another route",
            );
        }
        if !is_scalar(&parameter.ty) {
            refuse(
                format!("a path cannot hold the type of `{name}`"),
                "it is one of int, float, str, bool, datetime, date, time, timedelta, UUID, Path \
                 and Literal[…]",
            );
        }
        return;
    }
    let item = without_none(&parameter.ty);
    let lists = location != Location::Cookie;
    let fits = item.is_some_and(|ty| is_scalar(ty) || lists && is_list_of_scalars(ty));
    if !fits {
        let lists = if lists { ", a list[…] or set[…] of these" } else { "" };
        refuse(
            format!("a {word} cannot hold the type of `{name}`"),
            &format!(
                "it is one of int, float, str, bool, datetime, date, time, timedelta, UUID, Path \
                 and Literal[…]{lists}, or `| None` with a default; a `body` takes anything"
            ),
        );
    }
    if location == Location::Header {
        let header = name.replace('_', "-").to_ascii_lowercase();
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !header.bytes().all(is_token) {
            refuse(
                format!("`{name}` is not the name of a header"),
                "a name is of letters, digits, `-` and `_`",
            );
        } else if NO_PARAMETERS.contains(&header.as_str()) {
            refuse(
                format!("the header `{header}` is no parameter"),
                "bodies and answers are JSON; a handler finds who calls in its Context, and a \
                 cookie is declared with in = \"cookie\"",
            );
        }
    }
    if without_none(&parameter.ty).is_some_and(|ty| *ty != parameter.ty)
        && parameter.default.is_none()
    {
        refuse(
            format!("a {word} has no way to say None for `{name}`"),
            "give it a default, which stands for what is left out: \"str | None = None\"",
        );
    }
}

/// The type beside `None`, where there is just one.
fn without_none(ty: &ArgumentType) -> Option<&ArgumentType> {
    let ArgumentType::Union(members) = ty else { return Some(ty) };
    let mut rest = members.iter().filter(|member| **member != ArgumentType::None);
    rest.next().filter(|_| rest.next().is_none())
}

/// Whether one text says which value is meant.
fn is_scalar(ty: &ArgumentType) -> bool {
    match ty {
        ArgumentType::Int
        | ArgumentType::Float
        | ArgumentType::Str
        | ArgumentType::Bool
        | ArgumentType::Bytes
        | ArgumentType::DateTime
        | ArgumentType::Date
        | ArgumentType::Time
        | ArgumentType::TimeDelta
        | ArgumentType::Uuid
        | ArgumentType::Path => true,
        ArgumentType::Literal(values) => {
            values.iter().all(Json::is_string) || values.iter().all(Json::is_i64)
        }
        _ => false,
    }
}

fn is_list_of_scalars(ty: &ArgumentType) -> bool {
    match ty {
        ArgumentType::List(item) | ArgumentType::Set(item) => is_scalar(item),
        _ => false,
    }
}
