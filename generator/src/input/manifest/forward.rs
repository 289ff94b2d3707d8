//! `[openapi.NAME.forward]`: what of a caller's HTTP request goes on to the API.

use super::field::{Field, Placed};
use super::key::{Key, Keys, Value};
use super::openapi::{LOGIN_KEYS, LoginTable, parse_login};
use super::words::documents;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Span;

/// `[openapi.NAME.forward]`
#[derive(Clone, Debug, Default)]
pub struct ForwardTable {
    /// `headers`, in lower case.
    pub headers: Vec<String>,
    /// `cookies`
    pub cookies: Vec<String>,
    /// `authorization`, with the place of its key.
    pub authorization: Option<(CallerAuthorizationTable, Span)>,
}

/// `authorization`
#[derive(Clone, Debug)]
pub enum CallerAuthorizationTable {
    /// `"never"`
    Never,
    /// `"passthrough"`
    Passthrough,
    /// The table of an exchange.
    Exchange(LoginTable),
}

/// Headers of a request that are made anew for the one to the API.
const OF_THE_CONNECTION: &[&str] = &[
    "accept",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "mcp-session-id",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The words of `authorization`.
const WORDS: &[(&str, bool)] = &[("never", false), ("passthrough", true)];

pub(super) const KEYS: Keys = Keys::of(&[
    Key::new(
        "headers",
        Value::Texts,
        "Headers that are copied where the request to the API has none of this name",
    ),
    Key::new("cookies", Value::Texts, "Cookies that are copied one by one"),
    Key::new(
        "authorization",
        Value::OneOf(&[Value::Words(&WORDS), Value::Table(&LOGIN_KEYS)]),
        "What becomes of the `Authorization` header of callers; a table exchanges their tokens",
    ),
])
.called(&[documents::FORWARD]);

pub(super) fn parse_forward(field: &Field<'_>, diagnostics: &mut Diagnostics) -> ForwardTable {
    let mut forward = ForwardTable::default();
    for field in field.table().known(&KEYS, diagnostics) {
        match field.name() {
            "headers" => {
                let names = field.placed_texts(diagnostics);
                forward.headers =
                    names.iter().filter_map(|name| header(name, diagnostics)).collect();
            }
            "cookies" => {
                let names = field.placed_texts(diagnostics);
                forward.cookies =
                    names.into_iter().filter_map(|name| cookie(name, diagnostics)).collect();
            }
            "authorization" => {
                let span = field.key_span();
                let authorization = authorization(&field, diagnostics);
                forward.authorization = authorization.map(|authorization| (authorization, span));
            }
            _ => {}
        }
    }
    forward
}

fn authorization(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<CallerAuthorizationTable> {
    if field.node.as_object().is_none() {
        return field.choice(WORDS, diagnostics).map(|passthrough| {
            if passthrough {
                CallerAuthorizationTable::Passthrough
            } else {
                CallerAuthorizationTable::Never
            }
        });
    }
    let login = parse_login(field, diagnostics);
    for (key, value) in [
        ("token_url", &login.token_url),
        ("client_id", &login.client_id),
        ("client_secret", &login.client_secret),
    ] {
        if value.is_none() {
            let message = format!("the exchange of callers' tokens has no `{key}`");
            let help = "it needs token_url, client_id and client_secret; audience and scopes may \
                        be left out";
            diagnostics
                .push(Diagnostic::error(Code::E0303, message).at(field.key_span(), "").help(help));
        }
    }
    Some(CallerAuthorizationTable::Exchange(login))
}

/// The name of a header that may go on.
fn header(name: &Placed<String>, diagnostics: &mut Diagnostics) -> Option<String> {
    let lower = name.value.to_ascii_lowercase();
    let (what, help) = match lower.as_str() {
        "authorization" => (
            "is forwarded by a key of its own",
            "write authorization = \"passthrough\", or a table that exchanges it",
        ),
        "cookie" => ("is forwarded cookie by cookie", "write cookies = [\"NAME\"]"),
        name if OF_THE_CONNECTION.contains(&name) || name.starts_with("proxy-") => (
            "belongs to the connection between the client and this server",
            "leave it out: the request to the API gets its own",
        ),
        name if !is_token(name) => {
            ("cannot be the name of a header", "use letters, digits and `-`, as in X-Request-Id")
        }
        _ => return Some(lower),
    };
    let message = format!("`{}` {what}", name.value);
    diagnostics.push(Diagnostic::error(Code::E0307, message).at(name.span, "").help(help));
    None
}

fn cookie(name: Placed<String>, diagnostics: &mut Diagnostics) -> Option<String> {
    if is_token(&name.value) {
        return Some(name.value);
    }
    let message = format!("`{}` cannot be the name of a cookie", name.value);
    let help = "use letters, digits, `-` and `_`, as in session_id";
    diagnostics.push(Diagnostic::error(Code::E0307, message).at(name.span, "").help(help));
    None
}

/// `token` of RFC 9110, section 5.6.2.
pub(super) fn is_token(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(allowed)
}
