//! What a handler reaches through its context: the server's own components, the session, the lifespan.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mcpwright::codegen::{
    Argument, ArgumentErrors, Arguments, Declaration, DeclaredTool, Kind, Listing, Message, Module,
    Part, Prompt, PromptSource, Reader, Resource, ResourceArguments, ResourceTarget, Role, Source,
    Template, Tool, Writer,
};
use mcpwright::testing::Client;
use mcpwright::{Context, Principal, ResourceContents, Server, ToolError};
use serde_json::{Value, json};

static RUN: DeclaredTool = DeclaredTool { name: "run", ..DeclaredTool::DEFAULT };
static NOTE: Resource = Resource {
    uri: "note://one",
    name: "note",
    source: Source::Text("remember the milk"),
    ..Resource::DEFAULT
};
static LOOP: Template = Template {
    uri_template: "loop://{depth}",
    name: "loop",
    parts: &[Part::Literal("loop://"), Part::Segment(0)],
    arguments: &[Argument::value("depth", Kind::Integer).required()],
    ..Template::DEFAULT
};
static GREET: Prompt = Prompt {
    name: "greet",
    arguments: &[Argument::value("name", Kind::Text).required()],
    source: PromptSource::Messages(&[Message { role: Role::User, text: "Hello, {{ name }}!" }]),
    ..Prompt::DEFAULT
};
static MODULE: Module = Module {
    resources: Listing::new(r#"{"uri":"note://one","name":"note"}"#),
    prompts: Listing::new(r#"{"name":"greet"}"#),
    ..Module::DEFAULT
};
static SERVER: Declaration = Declaration {
    name: "s",
    modules: &[&MODULE],
    tools: &[Tool::Declared(&RUN)],
    resources: &[&NOTE],
    templates: &[&LOOP],
    prompts: &[&GREET],
    revision: mcpwright::codegen::REVISION,
    ..Declaration::DEFAULT
};

struct Run;

impl Arguments for Run {
    const TOOL: Tool = Tool::Declared(&RUN);
    fn read(_: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
        Ok(Self)
    }
    fn write(&self, _: &mut Writer) {}
}

struct Loop(i64);

impl ResourceArguments for Loop {
    const TARGET: ResourceTarget = ResourceTarget::Template(&LOOP);
    fn read(reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
        Ok(Self(reader.integer(0)))
    }
}

/// A server whose tool runs `body`, and whose template reads itself one deeper, down to 0.
fn server<F, Fut>(body: F) -> Server
where
    F: Fn(Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<String, ToolError>> + Send + 'static,
{
    Server::new(&SERVER).on(move |context: Context, _: Run| body(context)).on_resource(
        |context: Context, deeper: Loop| async move {
            if deeper.0 == 0 {
                return Ok("the ground".to_owned());
            }
            let below = context.read_resource(&format!("loop://{}", deeper.0 - 1)).await?;
            Ok(text(&below.contents[0].contents).to_owned())
        },
    )
}

fn text(contents: &ResourceContents) -> &str {
    match contents {
        ResourceContents::Text(text) => text,
        ResourceContents::Blob(_) => "",
    }
}

async fn run(client: &Client) -> String {
    let result = client.call_tool("run", json!({})).await.expect("a result");
    result["content"][0]["text"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_handler_reads_and_renders_what_its_server_has() {
    let server = server(|context| async move {
        let note = context.read_resource("note://one").await?;
        let prompt = context.get_prompt("greet", &json!({ "name": "Ada" })).await?;
        let said = serde_json::to_string(&prompt.messages.len()).unwrap_or_default();
        let lists = [
            context.list_resources().len(),
            context.list_resource_templates().len(),
            context.list_prompts().len(),
        ];
        let deep = context.read_resource("loop://9").await?;
        let deep = text(&deep.contents[0].contents).to_owned();
        Ok(format!("{} {said} {lists:?} {deep}", text(&note.contents[0].contents)))
    });
    assert_eq!(
        run(&Client::connect(&server).await).await,
        "remember the milk 1 [1, 0, 1] the ground"
    );
}

#[tokio::test]
async fn what_is_not_there_and_what_has_no_end_is_told() {
    for (uri, expected) in [
        ("note://two", "Resource not found"),
        ("loop://x", "depth"),
        ("loop://1000000", "does one use itself?"),
    ] {
        let server = server(move |context| async move {
            context.read_resource(uri).await.map(|_| "read".to_owned())
        });
        let said = run(&Client::connect(&server).await).await;
        assert!(said.contains(expected), "{uri}: {said}");
    }
    for (name, arguments, expected) in [
        ("greets", json!({}), "did you mean 'greet'?"),
        ("greet", json!({}), "name"),
        ("greet", json!([]), "`arguments` is not an object"),
    ] {
        let server = server(move |context| {
            let arguments = arguments.clone();
            async move { context.get_prompt(name, &arguments).await.map(|_| "got".to_owned()) }
        });
        let said = run(&Client::connect(&server).await).await;
        assert!(said.contains(expected), "{name}: {said}");
    }
}

/// Whoever keeps a context after its request has that of this request, and is told that it is over.
#[tokio::test]
async fn a_context_stays_that_of_its_request() {
    let (keep, mut kept) = tokio::sync::mpsc::unbounded_channel();
    let server = server(move |context| {
        let keep = keep.clone();
        async move {
            drop(keep.send(context));
            Ok("kept".to_owned())
        }
    });
    let names = ["alice", "bob"];
    for name in names {
        let client =
            Client::builder().roots(["file:///a"]).principal(Principal::Named(name.into()));
        let client = client.connect(&server).await;
        let params = json!({ "name": "run", "_meta": { "a.example/of": name } });
        client.request("tools/call", params).await.expect("a result");
    }
    for name in names {
        let context = kept.recv().await.expect("a context was kept");
        assert_eq!(context.principal().id(), Some(name));
        assert_eq!(context.request_meta()["a.example/of"], name);
        assert!(context.is_over());
        let late = context.list_roots("late").await.expect_err("nobody is there any more");
        assert_eq!(late.message(), "the call has ended with its questions");
    }
}

#[tokio::test]
async fn state_belongs_to_one_session() {
    let server = server(|context| async move {
        let count: u64 = context.get_state("count")?.unwrap_or_default();
        if count == 3 {
            assert!(context.delete_state("count")?, "there is one");
            return Ok("again".to_owned());
        }
        context.set_state("count", &(count + 1))?;
        Ok(count.to_string())
    });
    let one = Client::with_handshake(&server, "2025-11-25").await;
    let other = Client::with_handshake(&server, "2025-06-18").await;
    for expected in ["0", "1", "2", "again", "0"] {
        assert_eq!(run(&one).await, expected);
    }
    assert_eq!(run(&other).await, "0");
    let said = run(&Client::connect(&server).await).await;
    assert!(said.contains("state is kept in a session"), "{said}");
}

#[tokio::test]
async fn a_session_keeps_a_bounded_amount_and_types_are_checked() {
    let server = server(|context| async move {
        context.set_state("text", "a")?;
        let wrong = context.get_state::<u64>("text").expect_err("it is a text");
        assert!(wrong.message().contains("`text` is no u64"), "{wrong}");
        let large = context.set_state("large", &"x".repeat(1 << 20)).expect_err("too much");
        Ok(large.message().to_owned())
    });
    let said = run(&Client::with_handshake(&server, "2025-11-25").await).await;
    assert_eq!(said, "the session keeps as much state as it may; delete some first");
}

struct Pool(Arc<AtomicUsize>);

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.fetch_add(1000, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn the_lifespan_starts_once_and_ends_after_the_last_request() {
    let made = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&made);
    let server = server(|context| async move {
        let pool = context.lifespan::<Pool>().await?;
        let wrong = context.lifespan::<String>().await.expect_err("it is a pool");
        assert!(wrong.message().contains("makes no alloc::string::String"), "{wrong}");
        Ok(pool.0.load(Ordering::SeqCst).to_string())
    })
    .lifespan(move || {
        let counter = Arc::clone(&counter);
        async move {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(Pool(counter))
        }
    });
    let clients =
        [Client::connect(&server).await, Client::with_handshake(&server, "2025-11-25").await];
    let calls = [&clients[0], &clients[1], &clients[0]];
    let [first, second, third] = calls.map(run);
    assert_eq!(tokio::join!(first, second, third), ("1".into(), "1".into(), "1".into()));
    drop(server);
    assert_eq!(run(&clients[1]).await, "1", "a client is left");
    drop(clients);
    assert_eq!(made.load(Ordering::SeqCst), 1001);
}

#[tokio::test]
async fn a_lifespan_that_fails_is_tried_again_by_the_next_call() {
    let tries = Arc::new(AtomicUsize::new(0));
    let server = server(|context| async move {
        context.lifespan::<Value>().await.map(|state| state.to_string())
    })
    .lifespan(move || {
        let before = tries.fetch_add(1, Ordering::SeqCst);
        async move {
            match before {
                0 => Err(ToolError::public("the database is away")),
                _ => Ok(json!("there")),
            }
        }
    });
    let client = Client::connect(&server).await;
    assert_eq!(run(&client).await, "the database is away");
    assert_eq!(run(&client).await, "\"there\"");
}
