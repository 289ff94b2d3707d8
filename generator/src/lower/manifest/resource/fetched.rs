//! Resources that are read from a URL: each is an upstream with this URL and nothing else.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::Placed;
use crate::model::{About, Api, Declaration, Document, DocumentSettings};

/// Adds the upstream, and gives its name: that of the resource, with which `--base-url` and the
/// environment replace its URL.
pub(super) fn add(
    about: &About,
    url: &Placed<String>,
    timeout: Option<f64>,
    declaration: &mut Declaration,
    diagnostics: &mut Diagnostics,
) -> String {
    let name = upstream_name(&about.name);
    if declaration.documents.iter().any(|known| known.name == name) {
        let message = format!("two upstreams are called `{name}`: one is this resource");
        let help = "give it another name: name = \"…\"";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(about.span, "").help(help));
    }
    declaration.documents.push(Document {
        name: name.clone(),
        api: Api { source: "mcp.toml".to_owned(), ..Api::default() },
        settings: DocumentSettings {
            base_url: Some(url.value.clone()),
            timeout,
            ..DocumentSettings::default()
        },
    });
    name
}

/// The words of a name, as the name of an `[upstream.NAME]` has them.
fn upstream_name(name: &str) -> String {
    let words = name.split(|it: char| !it.is_ascii_alphanumeric());
    let name = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
    if name.starts_with(|it: char| it.is_ascii_alphabetic()) { name } else { format!("url_{name}") }
}
