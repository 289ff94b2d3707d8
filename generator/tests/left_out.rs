//! What is left out stays unread: templates do not answer for it.

use mcpwright_generator::emit::RuntimeDependency;
use mcpwright_generator::source::SourceMap;
use mcpwright_generator::{Request, plan_server};

const DOCUMENT: &str = r#"
openapi: 3.1.0
info: { title: Shelf, version: "1" }
paths:
  /books: { get: { operationId: listBooks, tags: [internal], responses: { "200": { description: x } } } }
  /books/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { operationId: getBook, responses: { "200": { description: x } } }
  /tenants/{tenant}:
    parameters: [{ name: tenant, in: path, required: true, schema: { type: string } }]
    get: { operationId: getTenant, tags: [internal], responses: { "200": { description: x } } }
  /users/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { operationId: getUser, tags: [internal], responses: { "200": { description: x } } }
  /status: { get: { operationId: getStatus, responses: { "200": { description: x } } } }
"#;

const MANIFEST: &str = r#"
[server]
name = "data"
exclude_tags = ["internal"]

[openapi.shelf]
spec = "openapi.yaml"
credentials = {}
base_url = "https://shelf.example"

[[openapi.shelf.route_map]]
pattern = "^/(users|books/)"
as = "template"

[[openapi.shelf.route_map]]
as = "resource"

[openapi.shelf.operation.getTenant]
args.tenant = { default = "main", hide = true }

[[resource]]
uri = "data://kept"
text = "kept"

[[resource]]
uri = "data://secret"
text = "secret"
tags = ["internal"]

[[resource]]
uri = "data://off"
text = "off"
enabled = false

[[resource]]
uri = "data://off/{id}"
name = "template"
enabled = false

[[resource]]
uri = "data://{id}"
name = "any"

[[route]]
get = "/hidden"
handler = "hidden"
tags = ["internal"]
as = "resource"

[[route]]
get = "/disabled"
handler = "disabled"
enabled = false
as = "resource"

[[route]]
get = "/tool"
handler = "tool"
enabled = false
"#;

/// The URIs that are hidden, with this line more in `[server]`.
fn hidden(line: &str) -> Vec<String> {
    let manifest = MANIFEST.replace("exclude_tags", &format!("{line}\nexclude_tags"));
    let mut sources = SourceMap::default();
    let manifest = Some(sources.add("mcp.toml", manifest));
    let document = sources.add("openapi.yaml", DOCUMENT.to_owned());
    let request = Request {
        name: "data".to_owned(),
        manifest,
        included: Vec::new(),
        documents: vec![("shelf".to_owned(), document)],
        overlays: Vec::new(),
        files: std::collections::BTreeMap::new(),
        lock: None,
        command: String::new(),
        runtime: RuntimeDependency::Version("0.1.0".to_owned()),
    };
    let planned = plan_server(&request, &sources);
    planned.unwrap_or_else(|problems| panic!("{problems:#?}")).plan.resources.hidden
}

#[test]
fn uris_of_what_is_left_out_are_known_sorted_and_are_those_it_would_have() {
    let uris = ["data-api://disabled", "data-api://hidden", "data://off", "data://secret"];
    assert_eq!(hidden(""), [&uris[..], &["shelf://books", "shelf://tenants/"]].concat());
    let named = [
        "data://off",
        "data://secret",
        "resource://disabled",
        "resource://getTenant",
        "resource://hidden",
        "resource://listBooks",
    ];
    assert_eq!(hidden(r#"names = "fastmcp""#), named);
}
