//! A server with one declared component of each kind, and components of any kind to be added.

use std::time::Duration;

use mcpwright::codegen::{Argument, Kind, Prompt as DeclaredPrompt, PromptSource};
use mcpwright::codegen::{
    ArgumentErrors, Arguments, Completer, Completions, Declaration, DeclaredTool, Limits, Listing,
    Message, Module, Part, Reader, Resource as DeclaredResource, Role, Source,
    Template as DeclaredTemplate, Tool as AnyTool, Writer,
};
use mcpwright::components::{Component, ComponentKind, Icon, Prompt, Resource, Template, Tool};
use mcpwright::elicitation::{Field, Form};
use mcpwright::testing::{Client, RpcError};
use mcpwright::{
    Capability, Context, HandlerError, Meta, PromptResult, ResourceResult, Server, ToolResult,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The generations: without a handshake, and with one.
pub(crate) const GENERATIONS: [&str; 2] = ["2026-07-28", "2025-11-25"];

static MODULE: Module = Module {
    name: "all",
    tools: Listing::new(
        r#"{"name":"fixed","title":"Fixed","inputSchema":{"type":"object"},"_meta":{"fastmcp":{"tags":["declared"]}}}"#,
    ),
    resources: Listing::new(
        r#"{"uri":"fixed://r","name":"fixed","title":"Fixed","_meta":{"fastmcp":{"tags":["declared"]}}}"#,
    ),
    templates: Listing::new(
        r#"{"uriTemplate":"fixed://t/{word}","name":"fixed","title":"Fixed","_meta":{"fastmcp":{"tags":["declared"]}}}"#,
    ),
    prompts: Listing::new(
        r#"{"name":"fixed","title":"Fixed","arguments":[{"name":"word","required":true}],"_meta":{"fastmcp":{"tags":["declared"]}}}"#,
    ),
    ..Module::DEFAULT
};

const TAGS: &[&str] = &["declared"];
static TOOL: DeclaredTool = DeclaredTool { name: "fixed", tags: TAGS, ..DeclaredTool::DEFAULT };
static RESOURCE: DeclaredResource = DeclaredResource {
    uri: "fixed://r",
    name: "fixed",
    source: Source::Text("declared"),
    tags: TAGS,
    ..DeclaredResource::DEFAULT
};
static TEMPLATE: DeclaredTemplate = DeclaredTemplate {
    uri_template: "fixed://t/{word}",
    name: "fixed",
    parts: &[Part::Literal("fixed://t/"), Part::Segment(0)],
    arguments: &[Argument::value("word", Kind::Text).required()],
    source: Source::Text("declared"),
    completers: &[Completer { argument: "word", completions: Completions::Values(&["one"]) }],
    tags: TAGS,
    ..DeclaredTemplate::DEFAULT
};
static PROMPT: DeclaredPrompt = DeclaredPrompt {
    name: "fixed",
    arguments: &[Argument::value("word", Kind::Text).required()],
    source: PromptSource::Messages(&[Message { role: Role::User, text: "declared" }]),
    completers: &[Completer { argument: "word", completions: Completions::Values(&["one"]) }],
    tags: TAGS,
    ..DeclaredPrompt::DEFAULT
};

pub(crate) const PLAIN: Declaration = Declaration {
    name: "s",
    version: "1",
    info: r#"{"name":"s","version":"1"}"#,
    modules: &[&MODULE],
    tools: &[AnyTool::Declared(&TOOL)],
    resources: &[&RESOURCE],
    templates: &[&TEMPLATE],
    prompts: &[&PROMPT],
    limits: Limits { tool_time: Duration::from_secs(600), ..Limits::DEFAULT },
    revision: mcpwright::codegen::REVISION,
    ..Declaration::DEFAULT
};
pub(crate) static DECLARED: Declaration = PLAIN;
pub(crate) static EMPTY: Declaration =
    Declaration { modules: &[], tools: &[], resources: &[], templates: &[], prompts: &[], ..PLAIN };

#[derive(Debug)]
struct Fixed;

impl Arguments for Fixed {
    const TOOL: AnyTool = AnyTool::Declared(&TOOL);
    fn read(_: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
        Ok(Self)
    }
    fn write(&self, _: &mut Writer) {}
}

/// The server of a declaration, its tool answered.
pub(crate) fn server(declaration: &'static Declaration) -> Server {
    let server = Server::new(declaration);
    if declaration.tools.is_empty() {
        return server;
    }
    server.on(|_: Context, _: Fixed| async { Ok("declared") })
}

/// A client of this generation.
pub(crate) async fn client(server: &Server, version: &str) -> Client {
    match version {
        "2026-07-28" => Client::connect(server).await,
        version => Client::with_handshake(server, version).await,
    }
}

/// A component of any kind.
pub(crate) enum Any {
    Tool(Tool),
    Resource(Resource),
    Template(Template),
    Prompt(Prompt),
}

/// Changes a component by what all kinds have.
macro_rules! each {
    ($any:expr, $it:ident => $change:expr) => {
        match $any {
            Any::Tool($it) => Any::Tool($change),
            Any::Resource($it) => Any::Resource($change),
            Any::Template($it) => Any::Template($change),
            Any::Prompt($it) => Any::Prompt($change),
        }
    };
}

impl From<Any> for Component {
    fn from(any: Any) -> Self {
        match any {
            Any::Tool(it) => it.into(),
            Any::Resource(it) => it.into(),
            Any::Template(it) => it.into(),
            Any::Prompt(it) => it.into(),
        }
    }
}

impl Any {
    pub(crate) fn tags(self, tags: &[&str]) -> Self {
        each!(self, it => it.tags(tags.iter().copied()))
    }

    pub(crate) fn version(self, version: &str) -> Self {
        each!(self, it => it.version(version))
    }

    pub(crate) fn said(self, title: &str, description: &str) -> Self {
        each!(self, it => it.title(title).description(description))
    }

    pub(crate) fn icon(self, icon: Icon) -> Self {
        each!(self, it => it.icons([icon]))
    }

    pub(crate) fn meta(self, key: &str, value: Value) -> Self {
        each!(self, it => it.meta(key, value))
    }

    pub(crate) fn requires(self, capability: Capability) -> Self {
        each!(self, it => it.requires([capability]))
    }

    pub(crate) fn timeout(self, time: Duration) -> Self {
        each!(self, it => it.timeout(time))
    }
}

/// What an added component takes.
#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    word: String,
}

/// What the handler of an added component does.
#[derive(Clone, Copy)]
pub(crate) enum Does {
    Say(&'static str),
    Fail,
    Wait,
}

async fn act(does: Does, word: &str) -> Result<String, HandlerError> {
    match does {
        Does::Say(text) if word.is_empty() => Ok(text.to_owned()),
        Does::Say(text) => Ok(format!("{text} {word}")),
        Does::Fail => Err(HandlerError::internal("the disk is full")),
        Does::Wait => std::future::pending().await,
    }
}

/// A component of this kind, called `name`, known by [`id`].
pub(crate) fn added(kind: ComponentKind, name: &str, does: Does) -> Any {
    match kind {
        ComponentKind::Tool => {
            let tool = Tool::new(name, move |_: Context, given: Given| async move {
                act(does, &given.word).await
            });
            Any::Tool(tool.input_schema(json!({
                "type": "object",
                "properties": { "word": { "type": "string" } },
                "additionalProperties": false,
            })))
        }
        ComponentKind::Resource => {
            let read = move |_: Context| async move { act(does, "").await };
            Any::Resource(Resource::new(id(kind, name), name, read))
        }
        ComponentKind::Template => {
            let read = move |_: Context, given: Given| async move { act(does, &given.word).await };
            Any::Template(Template::new(id(kind, name), name, read))
        }
        ComponentKind::Prompt => {
            let render =
                move |_: Context, given: Given| async move { act(does, &given.word).await };
            Any::Prompt(Prompt::new(name, render).optional_argument("word", "A word."))
        }
    }
}

/// A component of this kind, called `name`, whose handler tells what it knows of its request. A template and
/// a prompt complete `word` with that too.
pub(crate) fn telling(kind: ComponentKind, name: &str) -> Any {
    fn tell(context: &Context) -> String {
        let told = json!({
            "trace": context.request_meta().get("a.example/trace"),
            "settings": context.client_extension_settings("a.example/ui"),
            "has": context.client_supports_extension("a.example/ui"),
            "lacks": !context.client_supports_extension("a.example/other"),
            "client": context.client_info().map(|info| info["name"].clone()),
            "version": context.protocol_version(),
        });
        told.to_string()
    }
    let completed = |context: Context| async move { Ok(vec![tell(&context)].into()) };
    match kind {
        ComponentKind::Tool => {
            let call = |context: Context, _: Given| async move { Ok(tell(&context)) };
            Any::Tool(Tool::new(name, call))
        }
        ComponentKind::Resource => {
            let read = |context: Context| async move { Ok(tell(&context)) };
            Any::Resource(Resource::new(id(kind, name), name, read))
        }
        ComponentKind::Template => {
            let read = |context: Context, _: Given| async move { Ok(tell(&context)) };
            let template = Template::new(id(kind, name), name, read);
            Any::Template(template.on_completion(move |context, _| completed(context)))
        }
        ComponentKind::Prompt => {
            let render = |context: Context, _: Given| async move { Ok(tell(&context)) };
            let prompt = Prompt::new(name, render).optional_argument("word", "A word.");
            Any::Prompt(prompt.on_completion(move |context, _| completed(context)))
        }
    }
}

/// A component of this kind, called `name`, whose result has `_meta`.
pub(crate) fn annotated(kind: ComponentKind, name: &str) -> Any {
    fn meta() -> Meta {
        Meta::from_iter([("a.example/took".to_owned(), json!(5))])
    }
    let contents = || {
        let result = ResourceResult { meta: meta(), ..ResourceResult::text("x") };
        std::future::ready(Ok(result))
    };
    match kind {
        ComponentKind::Tool => Any::Tool(Tool::new(name, |_: Context, _: Given| async {
            Ok(ToolResult { meta: meta(), ..ToolResult::text("x") })
        })),
        ComponentKind::Resource => {
            Any::Resource(Resource::new(id(kind, name), name, move |_: Context| contents()))
        }
        ComponentKind::Template => {
            let read = move |_: Context, _: Given| contents();
            Any::Template(Template::new(id(kind, name), name, read))
        }
        ComponentKind::Prompt => Any::Prompt(Prompt::new(name, |_: Context, _: Given| async {
            Ok(PromptResult { meta: meta(), ..PromptResult::user("x") })
        })),
    }
}

/// A component of this kind, called `name`, whose handler blocks a thread of its own and tells what
/// comes of asking there.
pub(crate) fn blocking(kind: ComponentKind, name: &str) -> Any {
    fn work(context: &Context) -> Result<String, HandlerError> {
        std::thread::sleep(Duration::from_millis(1));
        let form = Form::new().field("ok", Field::boolean());
        let asked = tokio::runtime::Handle::current().block_on(context.elicit("ok", "Ok?", form));
        Ok(asked.map_or_else(|error| error.to_string(), |_| "asked".to_owned()))
    }
    match kind {
        ComponentKind::Tool => {
            Any::Tool(Tool::blocking(name, |context: Context, _: Given| work(&context)))
        }
        ComponentKind::Resource => {
            Any::Resource(Resource::blocking(id(kind, name), name, |context: Context| {
                work(&context)
            }))
        }
        ComponentKind::Template => {
            Any::Template(Template::blocking(id(kind, name), name, |context: Context, _: Given| {
                work(&context)
            }))
        }
        ComponentKind::Prompt => {
            let prompt = Prompt::blocking(name, |context: Context, _: Given| work(&context));
            Any::Prompt(prompt.optional_argument("word", "A word."))
        }
    }
}

/// What a component of this kind and name is known by.
pub(crate) fn id(kind: ComponentKind, name: &str) -> String {
    match kind {
        ComponentKind::Tool | ComponentKind::Prompt => name.to_owned(),
        ComponentKind::Resource => format!("{name}://r"),
        ComponentKind::Template => format!("{name}://t/{{word}}"),
    }
}

/// The entries of a list.
pub(crate) async fn list(client: &Client, kind: ComponentKind) -> Vec<Value> {
    let entries = match kind {
        ComponentKind::Tool => client.list_tools().await,
        ComponentKind::Resource => client.list_resources().await,
        ComponentKind::Template => client.list_resource_templates().await,
        ComponentKind::Prompt => client.list_prompts().await,
    };
    entries.unwrap_or_else(|error| panic!("{kind}: {error}"))
}

/// The names in a list.
pub(crate) async fn names(client: &Client, kind: ComponentKind) -> Vec<String> {
    let entries = list(client, kind).await;
    entries.iter().filter_map(|entry| Some(entry["name"].as_str()?.to_owned())).collect()
}

/// Calls, reads or renders, and gives the text that comes of it.
pub(crate) async fn call(
    client: &Client,
    kind: ComponentKind,
    name: &str,
) -> Result<String, RpcError> {
    let result = match kind {
        ComponentKind::Tool => client.call_tool(name, json!({})).await?["content"][0].clone(),
        ComponentKind::Resource => client.read_resource(&id(kind, name)).await?[0].clone(),
        ComponentKind::Template => {
            client.read_resource(&format!("{name}://t/word")).await?[0].clone()
        }
        ComponentKind::Prompt => {
            let arguments = json!({ "word": "word" });
            client.get_prompt(name, arguments).await?["messages"][0]["content"].clone()
        }
    };
    Ok(result["text"].as_str().unwrap_or_default().to_owned())
}

/// The same, of this version.
pub(crate) async fn call_version(
    client: &Client,
    kind: ComponentKind,
    name: &str,
    version: &str,
) -> Result<Value, RpcError> {
    call_with(client, kind, name, json!({ "fastmcp": { "version": version } })).await
}

/// The whole result of a request with these members of `_meta`.
pub(crate) async fn call_with(
    client: &Client,
    kind: ComponentKind,
    name: &str,
    meta: Value,
) -> Result<Value, RpcError> {
    let (method, mut params) = match kind {
        ComponentKind::Tool => ("tools/call", json!({ "name": name })),
        ComponentKind::Resource => ("resources/read", json!({ "uri": id(kind, name) })),
        ComponentKind::Template => ("resources/read", json!({ "uri": format!("{name}://t/word") })),
        ComponentKind::Prompt => ("prompts/get", json!({ "name": name })),
    };
    params["_meta"] = meta;
    client.request(method, params).await
}

/// What using a component of this kind says that is not there.
pub(crate) fn is_absent(answer: &Result<String, RpcError>) -> bool {
    answer.as_ref().is_err_and(|error| {
        error.message.starts_with("Unknown ") || error.message == "Resource not found"
    })
}
