//! The data files beside a module: prerendered list entries and the replies of `--mock`, one line
//! per component, and contents of resources.

use serde_json::{Map, Value};

use super::text;
use crate::plan::{Contents, Crate, MockBody, MockReply, Module, ResourceSource, Target, Tool};

/// Entries of `tools/list`.
pub(super) const LISTING: &str = "tools.jsonl";
/// Entries of `tools/list` on older wires.
pub(super) const LEGACY_LISTING: &str = "tools.legacy.jsonl";
/// Replies of `--mock`.
pub(super) const MOCK: &str = "mock.jsonl";

/// Entries of `resources/list`, beside `resources.rs`.
pub(super) const RESOURCES: &str = "resources.jsonl";
/// Entries of `resources/templates/list`, beside `resources.rs`.
pub(super) const TEMPLATES: &str = "resources.templates.jsonl";
/// Replies of `--mock` for operations that are read as resources, beside `resources.rs`.
pub(super) const RESOURCES_MOCK: &str = "resources.mock.jsonl";
/// Entries of `prompts/list`, beside `prompts.rs`.
pub(super) const PROMPTS: &str = "prompts.jsonl";

/// The description of the routes, beside `declaration.rs`.
pub(super) const ROUTES: &str = "openapi.json";

/// Where the contents of a resource are, as seen from `resources.rs`.
pub(super) fn contents_path(name: &str) -> String {
    format!("resources/{name}")
}

/// The data files beside `declaration.rs`, `resources.rs` and `prompts.rs`: name and contents.
pub(super) fn of_components(plan: &Crate) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let resources = &plan.resources.all;
    for (name, templates) in [(RESOURCES, false), (TEMPLATES, true)] {
        let found = resources.iter().filter(|it| it.is_template() == templates);
        let text = lines(found.map(|it| it.component.listing.as_str()));
        files.push((name.to_owned(), text.into_bytes()));
    }
    let reads = plan.resources.operations.iter();
    let mock = lines(reads.map(|read| mock_line(&read.name, &read.operation.mock)));
    files.push((RESOURCES_MOCK.to_owned(), mock.into_bytes()));
    let prompts = plan.prompts.all.iter().map(|it| it.component.listing.as_str());
    files.push((PROMPTS.to_owned(), lines(prompts).into_bytes()));
    let routes = plan.routes_document.iter().map(|text| format!("{text}\n").into_bytes());
    files.extend(routes.map(|text| (ROUTES.to_owned(), text)));
    files.retain(|(_, text)| !text.is_empty());
    for resource in resources {
        let ResourceSource::Contents(contents) = &resource.source else { continue };
        match contents {
            Contents::Text(_) => {}
            Contents::TextFile(name, text) => {
                files.push((contents_path(name), text.clone().into_bytes()));
            }
            Contents::BytesFile(name, bytes) => files.push((contents_path(name), bytes.clone())),
        }
    }
    files
}

/// Name of a data file, as seen from the module beside it.
pub(super) fn file_name(module: &Module, suffix: &str) -> String {
    format!("{}.{suffix}", text::plain_name(&module.name))
}

/// Whether clients see a tool of the module.
pub(super) fn has_listing(module: &Module) -> bool {
    listed(module).next().is_some()
}

fn listed(module: &Module) -> impl Iterator<Item = &Tool> {
    module.tools.iter().filter(|tool| tool.listed)
}

/// Whether an entry differs on older wires.
pub(super) fn has_legacy_listing(module: &Module) -> bool {
    listed(module).any(|tool| tool.legacy_listing.is_some())
}

/// Whether a tool of the module is forwarded.
pub(super) fn has_mock(module: &Module) -> bool {
    module.tools.iter().any(|tool| matches!(tool.target, Target::Operation(_)))
}

/// The data files of a module: suffix and text.
pub(super) fn files(module: &Module) -> Vec<(&'static str, String)> {
    let mut files = Vec::new();
    if has_listing(module) {
        files.push((LISTING, lines(listed(module).map(|tool| tool.listing.as_str()))));
    }
    if has_legacy_listing(module) {
        let entries = listed(module).map(|tool| tool.legacy_listing.as_deref());
        files.push((LEGACY_LISTING, lines(entries.map(Option::unwrap_or_default))));
    }
    if has_mock(module) {
        let replies = module.tools.iter().filter_map(|tool| match &tool.target {
            Target::Operation(operation) => Some(mock_line(&tool.name, &operation.mock)),
            Target::Handler(_) => None,
        });
        files.push((MOCK, lines(replies)));
    }
    files
}

fn lines<S: AsRef<str>>(entries: impl Iterator<Item = S>) -> String {
    let mut text = String::new();
    for entry in entries {
        text.push_str(entry.as_ref());
        text.push('\n');
    }
    text
}

fn mock_line(tool: &str, reply: &MockReply) -> String {
    let mut line = Map::new();
    line.insert("tool".to_owned(), tool.into());
    line.insert("status".to_owned(), reply.status.into());
    line.insert("media_type".to_owned(), reply.media_type.as_str().into());
    match &reply.body {
        MockBody::Empty => {}
        MockBody::Json(json) => {
            line.insert("json".to_owned(), json.clone());
        }
        MockBody::Text(text) => {
            line.insert("text".to_owned(), text.as_str().into());
        }
        MockBody::Base64(base64) => {
            line.insert("base64".to_owned(), base64.as_str().into());
        }
    }
    Value::Object(line).to_string()
}
