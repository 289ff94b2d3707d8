//! `[upstream.NAME]`: an API without a document, for routes that go to it.

use super::field::{Field, Placed};
use super::key::{Key, Keys, Value};
use super::openapi::{base_url, headers, is_plain_name, namespace};
use super::words::documents;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// `[upstream.NAME]`
#[derive(Clone, Debug)]
pub struct UpstreamTable {
    /// The name of the table.
    pub name: Placed<String>,
    /// `base_url`
    pub base_url: Option<String>,
    /// `namespace`
    pub namespace: Option<String>,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `headers`
    pub headers: Vec<(String, Placed<String>)>,
}

pub(super) const KEYS: Keys = Keys::of(&[
    Key::new("base_url", Value::Start, "Where requests go"),
    Key::new("namespace", Value::Text, "Prefix of the tool names"),
    Key::new("timeout", Value::Seconds, "Seconds for a call"),
    Key::new("headers", Value::Map(&Value::Start), "Sent with every request"),
])
.require(&["base_url"])
.reserve(&["forward", "credentials"])
.called(&[documents::UPSTREAM]);

pub(super) fn parse_upstream(field: &Field<'_>, diagnostics: &mut Diagnostics) -> UpstreamTable {
    let name = Placed { value: field.name().to_owned(), span: field.key_span() };
    if !is_plain_name(&name.value) {
        let help = "it begins with a letter and goes on with letters, digits, `-` and `_`";
        let diagnostic = field.fault(Code::E0307, "is not a name for an upstream", "");
        diagnostics.push(diagnostic.at(field.key_span(), "").help(help));
    }
    let mut upstream =
        UpstreamTable { name, base_url: None, namespace: None, timeout: None, headers: Vec::new() };
    let table = field.table();
    for field in table.known(&KEYS, diagnostics) {
        match field.name() {
            "base_url" => upstream.base_url = base_url(&field, diagnostics),
            "namespace" => upstream.namespace = namespace(&field, diagnostics),
            "timeout" => upstream.timeout = field.seconds(diagnostics),
            "headers" => upstream.headers = headers(&field, diagnostics),
            _ => {}
        }
    }
    if !table.has("base_url") {
        let message = format!("{} has no `base_url`", table.title());
        diagnostics.push(
            Diagnostic::error(Code::E0303, message)
                .at(upstream.name.span, "")
                .help("say where its requests go: base_url = \"https://api.example.com\""),
        );
    }
    upstream
}
