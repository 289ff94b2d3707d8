//! Several versions of one component in a declaration.

use mcpwright::codegen::{
    Argument, ArgumentErrors, Arguments, Declaration, DeclaredTool, Kind, Listing, Message, Module,
    Part, Prompt as DeclaredPrompt, PromptSource, Reader, Resource as DeclaredResource, Role,
    Source, Template as DeclaredTemplate, Tool as AnyTool, Writer,
};
use mcpwright::components::{ComponentError, ComponentKind, Criteria};
use mcpwright::{Context, Server};
use serde_json::{Value, json};

use crate::fixture::{Does, GENERATIONS, PLAIN, added, call, call_version, client, id, list};

// The higher version is declared first: lists and tables have the order of the declaration.
static MODULE: Module = Module {
    name: "all",
    tools: Listing::new(concat!(
        r#"{"name":"it","inputSchema":{"type":"object"},"_meta":{"fastmcp":{"tags":[],"version":"1.10"}}}"#,
        "\n",
        r#"{"name":"other","inputSchema":{"type":"object"},"_meta":{"fastmcp":{"tags":[]}}}"#,
        "\n",
        r#"{"name":"it","inputSchema":{"type":"object"},"_meta":{"fastmcp":{"tags":[],"version":"1.9"}}}"#,
    )),
    resources: Listing::new(concat!(
        r#"{"uri":"it://r","name":"it","_meta":{"fastmcp":{"tags":[],"version":"1.10"}}}"#,
        "\n",
        r#"{"uri":"it://r","name":"it","_meta":{"fastmcp":{"tags":[],"version":"1.9"}}}"#,
    )),
    templates: Listing::new(concat!(
        r#"{"uriTemplate":"it://t/{word}","name":"it","_meta":{"fastmcp":{"tags":[],"version":"1.10"}}}"#,
        "\n",
        r#"{"uriTemplate":"it://t/{word}","name":"it","_meta":{"fastmcp":{"tags":[],"version":"1.9"}}}"#,
    )),
    prompts: Listing::new(concat!(
        r#"{"name":"it","_meta":{"fastmcp":{"tags":[],"version":"1.10"}}}"#,
        "\n",
        r#"{"name":"it","_meta":{"fastmcp":{"tags":[],"version":"1.9"}}}"#,
    )),
    ..Module::DEFAULT
};

/// The same without `_meta`, so that nothing but the titles tells the entries apart.
static BARE: Module = Module {
    name: "all",
    prompts: Listing::new(concat!(
        r#"{"name":"it","title":"New"}"#,
        "\n",
        r#"{"name":"it","title":"Old"}"#,
    )),
    ..Module::DEFAULT
};

const WORD: &[Argument] = &[Argument::value("word", Kind::Text)];

const fn tool(version: &'static str) -> DeclaredTool {
    DeclaredTool { name: "it", version, ..DeclaredTool::DEFAULT }
}
const fn resource(version: &'static str, text: &'static str) -> DeclaredResource {
    let source = Source::Text(text);
    DeclaredResource { uri: "it://r", name: "it", source, version, ..DeclaredResource::DEFAULT }
}
const fn template(version: &'static str, text: &'static str) -> DeclaredTemplate {
    DeclaredTemplate {
        uri_template: "it://t/{word}",
        name: "it",
        parts: &[Part::Literal("it://t/"), Part::Segment(0)],
        arguments: WORD,
        source: Source::Text(text),
        version,
        ..DeclaredTemplate::DEFAULT
    }
}
const fn prompt(version: &'static str, messages: &'static [Message]) -> DeclaredPrompt {
    let source = PromptSource::Messages(messages);
    DeclaredPrompt { name: "it", arguments: WORD, source, version, ..DeclaredPrompt::DEFAULT }
}

static NEW_TOOL: DeclaredTool = tool("1.10");
static OLD_TOOL: DeclaredTool = tool("1.9");
static OTHER: DeclaredTool = DeclaredTool { name: "other", ..DeclaredTool::DEFAULT };
static NEW_RESOURCE: DeclaredResource = resource("1.10", "new");
static OLD_RESOURCE: DeclaredResource = resource("1.9", "old");
static NEW_TEMPLATE: DeclaredTemplate = template("1.10", "new");
static OLD_TEMPLATE: DeclaredTemplate = template("1.9", "old");
static NEW_PROMPT: DeclaredPrompt = prompt("1.10", &[Message { role: Role::User, text: "new" }]);
static OLD_PROMPT: DeclaredPrompt = prompt("1.9", &[Message { role: Role::User, text: "old" }]);

const VERSIONS: Declaration = Declaration {
    modules: &[&MODULE],
    tools: &[AnyTool::Declared(&NEW_TOOL), AnyTool::Declared(&OLD_TOOL), AnyTool::Declared(&OTHER)],
    resources: &[&NEW_RESOURCE, &OLD_RESOURCE],
    templates: &[&NEW_TEMPLATE, &OLD_TEMPLATE],
    prompts: &[&NEW_PROMPT, &OLD_PROMPT],
    ..PLAIN
};
static DECLARED: Declaration = VERSIONS;
static PAGED: Declaration = Declaration { list_page_size: 1, ..VERSIONS };
static QUIET: Declaration = Declaration {
    modules: &[&BARE],
    tools: &[],
    resources: &[],
    templates: &[],
    component_meta: false,
    ..VERSIONS
};

/// A type for the arguments of a tool that has none.
macro_rules! arguments {
    ($name:ident, $tool:ident) => {
        #[derive(Debug)]
        struct $name;

        impl Arguments for $name {
            const TOOL: AnyTool = AnyTool::Declared(&$tool);
            fn read(_: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
                Ok(Self)
            }
            fn write(&self, _: &mut Writer) {}
        }
    };
}
arguments!(New, NEW_TOOL);
arguments!(Old, OLD_TOOL);

fn server(declaration: &'static Declaration) -> Server {
    Server::new(declaration)
        .on(|_: Context, _: Old| async { Ok("old") })
        .on(|_: Context, _: New| async { Ok("new") })
}

fn cells() -> impl Iterator<Item = (ComponentKind, &'static str)> {
    ComponentKind::ALL.into_iter().flat_map(|kind| GENERATIONS.map(|version| (kind, version)))
}

#[tokio::test]
async fn the_highest_declared_version_is_listed_and_called_unless_another_is_asked_for() {
    for (kind, wire) in cells() {
        let server = server(&DECLARED);
        let client = client(&server, wire).await;
        let entries = list(&client, kind).await;
        let mut entries = entries.iter().filter(|entry| entry["name"] == "it");
        let meta = json!({ "tags": [], "version": "1.10", "versions": ["1.10", "1.9"] });
        assert_eq!(
            entries.next().expect("it is listed")["_meta"]["fastmcp"],
            meta,
            "{kind} {wire}"
        );
        assert!(entries.next().is_none(), "{kind} {wire}: listed once");
        assert_eq!(call(&client, kind, "it").await.as_deref(), Ok("new"), "{kind} {wire}");
        for (version, says) in [("1.9", "old"), ("1.10", "new")] {
            let result = call_version(&client, kind, "it", version).await.expect("it is there");
            assert!(result.to_string().contains(&format!("\"{says}\"")), "{kind} {wire}: {result}");
        }
        let refused = call_version(&client, kind, "it", "2").await.expect_err("there is none");
        assert!([-32602, -32002].contains(&refused.code), "{kind}: {refused}");
    }
}

#[tokio::test]
async fn declared_versions_are_disabled_removed_and_added_to_one_by_one() {
    for (kind, wire) in cells() {
        let server = server(&DECLARED);
        let components = server.components();
        let client = client(&server, wire).await;
        let add =
            |version: &str| components.add(added(kind, "it", Does::Say("newest")).version(version));
        assert_eq!(add("2"), Ok(()));
        let entry = list(&client, kind).await.into_iter().find(|entry| entry["name"] == "it");
        let versions = &entry.expect("it is listed")["_meta"]["fastmcp"]["versions"];
        assert_eq!(*versions, json!(["2", "1.10", "1.9"]), "{kind} {wire}");
        components.disable(&Criteria::new().version_from("1.10"));
        assert_eq!(call(&client, kind, "it").await.as_deref(), Ok("old"), "{kind} {wire}");
        components.enable(&Criteria::new().version("1.10"));
        components.remove_version(kind, &id(kind, "it"), "1.9").expect("it is there");
        assert_eq!(call(&client, kind, "it").await.as_deref(), Ok("new"), "{kind} {wire}");
        assert!(call_version(&client, kind, "it", "1.9").await.is_err(), "{kind} {wire}");
        let mixed = components.add(added(kind, "it", Does::Say("x")));
        assert!(matches!(mixed, Err(ComponentError::Mixed(_))), "{kind}: {mixed:?}");
        components.remove(kind, &id(kind, "it")).expect("all versions at once");
        assert!(call(&client, kind, "it").await.is_err(), "{kind} {wire}");
    }
}

#[tokio::test]
async fn pages_have_each_component_once() {
    for wire in GENERATIONS {
        let client = client(&server(&PAGED), wire).await;
        let mut names = Vec::new();
        let mut params = json!({});
        loop {
            let page = client.request("tools/list", params).await.expect("a page");
            names.extend(
                page["tools"].as_array().into_iter().flatten().map(|it| it["name"].clone()),
            );
            let Some(cursor) = page["nextCursor"].as_str() else { break };
            params = json!({ "cursor": cursor });
        }
        assert_eq!(names, [json!("it"), json!("other")], "{wire}");
    }
}

#[tokio::test]
async fn the_entry_of_a_version_is_found_where_it_does_not_say_its_version() {
    for wire in GENERATIONS {
        let server = Server::new(&QUIET);
        let client = client(&server, wire).await;
        let title =
            async || -> Value { list(&client, ComponentKind::Prompt).await[0]["title"].clone() };
        assert_eq!(title().await, "New", "{wire}");
        server.components().disable(&Criteria::new().version("1.10"));
        assert_eq!(title().await, "Old", "{wire}");
    }
}
