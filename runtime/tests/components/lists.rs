//! Lists in order and in pages, capabilities, and what belongs to which server.

use mcpwright::codegen::Declaration;
use mcpwright::components::{ComponentKind, Criteria, Resource, Template, Tool};
use mcpwright::testing::Client;
use mcpwright::{Context, Server};
use serde_json::{Value, json};

use crate::fixture::{
    DECLARED, Does, EMPTY, GENERATIONS, PLAIN, added, call, client, id, is_absent, names, server,
};

static PAGED: Declaration = Declaration { list_page_size: 2, ..PLAIN };
static HIDING: Declaration = Declaration {
    modules: &[],
    tools: &[],
    resources: &[],
    templates: &[],
    prompts: &[],
    hidden: &["doc://left-out", "doc://off"],
    include_tags: &["public"],
    ..PLAIN
};

const fn method(kind: ComponentKind) -> (&'static str, &'static str) {
    match kind {
        ComponentKind::Tool => ("tools/list", "tools"),
        ComponentKind::Resource => ("resources/list", "resources"),
        ComponentKind::Template => ("resources/templates/list", "resourceTemplates"),
        ComponentKind::Prompt => ("prompts/list", "prompts"),
    }
}

async fn page(client: &Client, kind: ComponentKind, cursor: &Value) -> Result<Value, String> {
    let params = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
    client.request(method(kind).0, params).await.map_err(|error| error.message)
}

#[tokio::test]
async fn pages_show_what_was_added_and_cursors_are_good_for_one_state_of_the_list() {
    for kind in ComponentKind::ALL {
        for version in GENERATIONS {
            let server = server(&PAGED);
            let components = server.components();
            let client = client(&server, version).await;
            for name in ["b", "c", "d"] {
                components.add(added(kind, name, Does::Say("x"))).expect("added");
            }
            assert_eq!(names(&client, kind).await, ["fixed", "b", "c", "d"], "{kind}");
            let first = page(&client, kind, &Value::Null).await.expect("a page");
            assert_eq!(first[method(kind).1].as_array().map(Vec::len), Some(2));
            let cursor = first["nextCursor"].clone();
            let second = page(&client, kind, &cursor).await.expect("the next page");
            assert_eq!(second[method(kind).1][0]["name"], "c", "{kind}");
            // What happens to other kinds, or was taken back, leaves the cursor good.
            for other in ComponentKind::ALL.into_iter().filter(|other| *other != kind) {
                components.add(added(other, "unrelated", Does::Say("x"))).expect("added");
            }
            components.disable(&Criteria::new().names(["b"]));
            let stale = page(&client, kind, &cursor).await;
            assert_eq!(
                stale,
                Err("Invalid params: unknown cursor; begin again without one".to_owned()),
                "{kind} {version}"
            );
            components.enable(&Criteria::new().names(["b"]));
            assert_eq!(page(&client, kind, &cursor).await, Ok(second), "{kind} {version}");
        }
    }
}

#[tokio::test]
async fn a_server_offers_what_was_added() {
    let server = server(&EMPTY);
    let early = client(&server, GENERATIONS[1]).await;
    let offer = async || {
        let client = client(&server, GENERATIONS[0]).await;
        let about = client.request("server/discover", json!({})).await;
        about.expect("a server says what it is")["capabilities"].clone()
    };
    assert_eq!(offer().await, json!({ "logging": {} }));
    assert!(page(&early, ComponentKind::Tool, &Value::Null).await.is_err(), "there are no tools");
    for (kind, key) in [
        (ComponentKind::Tool, "tools"),
        (ComponentKind::Template, "resources"),
        (ComponentKind::Prompt, "prompts"),
    ] {
        assert_eq!(offer().await.get(key), None, "{kind}");
        server.components().add(added(kind, "it", Does::Say("x"))).expect("added");
        assert_eq!(offer().await[key]["listChanged"], true, "{kind}");
        server.components().remove(kind, &id(kind, "it")).expect("it is there");
        assert_eq!(offer().await[key]["listChanged"], true, "{kind}: more may come");
        assert!(names(&early, kind).await.is_empty(), "{kind}: the list is there, and empty");
    }
    assert_eq!(offer().await.get("completions"), None);
    let template = Template::new("a://{x}", "a", |_, _: Value| async { Ok("x") });
    server.components().add(template.complete("x", ["one"])).expect("added");
    assert_eq!(offer().await["completions"], json!({}));
}

/// A template does not answer for a resource that is hidden, whatever hides it.
#[tokio::test]
async fn a_hidden_resource_is_not_read_by_a_template() {
    for version in GENERATIONS {
        let server = server(&HIDING);
        let components = server.components();
        let tag = |server: &Server, uri: &str, tag: &str| {
            let added = Resource::text(uri, "added", "added").tags([tag]);
            server.components().add(added).expect("added");
        };
        let any = Template::new("doc://{name}", "any", |_, given: Value| async move {
            Ok(format!("any {}", given["name"].as_str().unwrap_or_default()))
        });
        components.add(any.tags(["public"])).expect("added");
        let hide = Tool::new("hide", |context: Context, _: Value| async move {
            context.disable_components(&Criteria::new().names(["added"]))
        });
        components.add(hide.tags(["public"])).expect("added");
        tag(&server, "doc://shown", "public");
        tag(&server, "doc://filtered", "secret");
        let client = client(&server, version).await;
        let read =
            async |uri: &str| client.read_resource(uri).await.map(|it| it[0]["text"].clone());
        assert_eq!(read("doc://other").await, Ok(json!("any other")));
        assert_eq!(read("doc://shown").await, Ok(json!("added")));
        for uri in ["doc://filtered", "doc://left-out", "doc://off"] {
            let refused = read(uri).await.expect_err("it is hidden");
            assert!(refused.message.contains("Resource not found"), "{uri}: {}", refused.message);
        }
        if version != GENERATIONS[0] {
            client.call_tool("hide", json!({})).await.expect("the session hides it");
            assert!(read("doc://shown").await.is_err(), "the session has hidden it");
            let other = self::client(&server, version).await;
            let seen = other.read_resource("doc://shown").await;
            assert_eq!(seen.expect("others see it")[0]["text"], "added");
        }
        components.remove(ComponentKind::Resource, "doc://filtered").expect("it is there");
        assert_eq!(read("doc://filtered").await, Ok(json!("any filtered")), "it is gone");
        tag(&server, "doc://off", "public");
        let fresh = self::client(&server, version).await.read_resource("doc://off").await;
        assert_eq!(fresh.expect("there is another one")[0]["text"], "added");
    }
}

#[tokio::test]
async fn a_disabled_resource_is_not_read_by_a_template() {
    let server = server(&EMPTY);
    let components = server.components();
    components.add(Resource::text("doc://secret", "secret", "secret")).expect("added");
    let any = Template::new("doc://{name}", "any", |_, given: Value| async move {
        Ok(format!("any {}", given["name"].as_str().unwrap_or_default()))
    });
    components.add(any).expect("added");
    let client = client(&server, GENERATIONS[0]).await;
    let read = async |uri: &str| client.read_resource(uri).await.map(|it| it[0]["text"].clone());
    assert_eq!(read("doc://secret").await, Ok(json!("secret")));
    assert_eq!(read("doc://other").await, Ok(json!("any other")));
    components.disable(&Criteria::new().names(["secret"]));
    assert!(read("doc://secret").await.is_err());
    components.remove(ComponentKind::Resource, "doc://secret").expect("it is there");
    assert_eq!(read("doc://secret").await, Ok(json!("any secret")), "it is there no more");
}

#[tokio::test]
async fn a_disabled_template_makes_room_for_the_next_that_matches() {
    let server = server(&EMPTY);
    let components = server.components();
    for (uri, name) in [("doc://{a}", "first"), ("doc://{b}", "second")] {
        let template = Template::new(uri, name, move |_, _: Value| async move { Ok(name) });
        components.add(template).expect("added");
    }
    let client = client(&server, GENERATIONS[0]).await;
    let read = async || client.read_resource("doc://x").await.map(|it| it[0]["text"].clone());
    assert_eq!(read().await, Ok(json!("first")));
    components.disable(&Criteria::new().names(["first"]));
    assert_eq!(read().await, Ok(json!("second")));
}

#[tokio::test]
async fn resources_with_contents_say_their_size() {
    let server = server(&EMPTY);
    let components = server.components();
    components.add(Resource::text("a://text", "text", "four").mime_type("text/x")).expect("added");
    components.add(Resource::bytes("a://bytes", "bytes", [0, 1, 2])).expect("added");
    let client = client(&server, GENERATIONS[1]).await;
    let entries = client.list_resources().await.expect("there are resources");
    assert_eq!((&entries[0]["size"], &entries[1]["size"]), (&json!(4), &json!(3)));
    assert_eq!(entries[0]["mimeType"], "text/x");
    let text = client.read_resource("a://text").await.expect("it is there");
    assert_eq!(text[0], json!({ "uri": "a://text", "mimeType": "text/x", "text": "four" }));
    let bytes = client.read_resource("a://bytes").await.expect("it is there");
    assert_eq!(
        (&bytes[0]["blob"], &bytes[0]["mimeType"]),
        (&json!("AAEC"), &json!("application/octet-stream"))
    );
}

/// A server that is made of another one begins with its components, and then goes its own way.
#[tokio::test]
async fn servers_have_components_of_their_own() {
    let kind = ComponentKind::Prompt;
    let first = server(&DECLARED);
    first.components().add(added(kind, "shared", Does::Say("x"))).expect("added");
    let second: Server = first.clone().options(mcpwright::Options::default());
    second.components().add(added(kind, "second", Does::Say("x"))).expect("added");
    let clone = first.clone();
    clone.components().add(added(kind, "first", Does::Say("x"))).expect("added");
    let seen = async |server: &Server| names(&client(server, GENERATIONS[0]).await, kind).await;
    assert_eq!(seen(&first).await, ["fixed", "shared", "first"]);
    assert_eq!(seen(&clone).await, seen(&first).await, "clones are one server");
    assert_eq!(seen(&second).await, ["fixed", "shared", "second"]);
    let client = client(&second, GENERATIONS[0]).await;
    assert!(is_absent(&call(&client, kind, "first").await));
}

/// A server that many change and many use at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_and_calls_at_once_agree() {
    let server = server(&DECLARED);
    let kind = ComponentKind::Tool;
    let mut running = Vec::new();
    for worker in 0..4 {
        let server = server.clone();
        running.push(tokio::spawn(async move {
            let client = client(&server, GENERATIONS[worker % 2]).await;
            let name = format!("worker_{worker}");
            for _ in 0..50 {
                server.components().add(added(kind, &name, Does::Say("x"))).expect("added");
                assert!(names(&client, kind).await.contains(&name));
                assert_eq!(call(&client, kind, &name).await.as_deref(), Ok("x"));
                assert_eq!(call(&client, kind, "fixed").await.as_deref(), Ok("declared"));
                server.components().remove(kind, &name).expect("it is there");
                assert!(is_absent(&call(&client, kind, &name).await));
            }
        }));
    }
    for worker in running {
        worker.await.expect("all of it agrees");
    }
    assert_eq!(names(&client(&server, GENERATIONS[0]).await, kind).await, ["fixed"]);
}
