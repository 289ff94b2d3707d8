//! Feature by kind: each test runs for all kinds and both generations.

use std::time::Duration;

use mcpwright::codegen::{Declaration, OnDuplicate, Role};
use mcpwright::components::{ComponentError, ComponentKind, Criteria, Icon, Theme};
use mcpwright::testing::Client;
use mcpwright::{Annotations, Capability};
use serde_json::{Value, json};

use crate::fixture::{
    Any, DECLARED, Does, EMPTY, GENERATIONS, PLAIN, added, annotated, blocking, call, call_with,
    client, id, is_absent, list, names, server, telling,
};

static MASKED: Declaration = Declaration { mask_error_details: true, ..PLAIN };
static BARE: Declaration = Declaration { component_meta: false, ..PLAIN };
static FILTERED: Declaration =
    Declaration { include_tags: &["public"], exclude_tags: &["beta"], ..EMPTY_BASE };
const EMPTY_BASE: Declaration =
    Declaration { modules: &[], tools: &[], resources: &[], templates: &[], prompts: &[], ..PLAIN };
static STRICT: Declaration = Declaration { on_duplicate: OnDuplicate::Error, ..PLAIN };
static LOUD: Declaration = Declaration { on_duplicate: OnDuplicate::Warn, ..PLAIN };
static QUIET: Declaration = Declaration { on_duplicate: OnDuplicate::Replace, ..PLAIN };
static KEEPING: Declaration = Declaration { on_duplicate: OnDuplicate::Ignore, ..PLAIN };

/// What a client says to a declared or added component that answers.
fn says(kind: ComponentKind, text: &str) -> String {
    match kind {
        ComponentKind::Tool | ComponentKind::Resource => text.to_owned(),
        ComponentKind::Template | ComponentKind::Prompt => format!("{text} word"),
    }
}

#[tokio::test]
async fn what_is_added_is_there_until_it_is_removed() {
    for (kind, version) in cells() {
        for declaration in [&DECLARED, &EMPTY] {
            let server = server(declaration);
            let components = server.components();
            components.add(added(kind, "early", Does::Say("early"))).expect("before the start");
            let client = client(&server, version).await;
            let declared = declaration.tools.len();
            let before = [&["fixed"; 1][..declared], &["early"]].concat();
            assert_eq!(names(&client, kind).await, before, "{kind} {version}");
            components.add(added(kind, "late", Does::Say("late"))).expect("while it runs");
            assert_eq!(names(&client, kind).await, [before.as_slice(), &["late"]].concat());
            for name in ["early", "late"] {
                assert_eq!(call(&client, kind, name).await, Ok(says(kind, name)), "{kind}");
            }
            components.remove(kind, &id(kind, "late")).expect("it is there");
            assert_eq!(names(&client, kind).await, before);
            assert!(is_absent(&call(&client, kind, "late").await), "{kind} {version}");
            let again = components.remove(kind, &id(kind, "late"));
            assert!(matches!(again, Err(ComponentError::Unknown(_))), "{again:?}");
        }
    }
}

#[tokio::test]
async fn what_was_declared_can_be_removed_and_replaced() {
    for (kind, version) in cells() {
        let server = server(&QUIET);
        let client = client(&server, version).await;
        let components = server.components();
        assert_eq!(call(&client, kind, "fixed").await.as_deref(), Ok("declared"), "{kind}");
        components.add(added(kind, "fixed", Does::Say("added"))).expect("it takes the place");
        assert_eq!(names(&client, kind).await, ["fixed"], "{kind} {version}");
        assert_eq!(call(&client, kind, "fixed").await, Ok(says(kind, "added")));
        components.remove(kind, &id(kind, "fixed")).expect("it is there");
        assert!(names(&client, kind).await.is_empty(), "{kind}: neither comes back");
        assert!(is_absent(&call(&client, kind, "fixed").await));
        components.add(added(kind, "fixed", Does::Say("again"))).expect("there is none");
        assert_eq!(call(&client, kind, "fixed").await, Ok(says(kind, "again")));
    }
}

#[tokio::test]
async fn what_is_disabled_is_not_there_by_any_criterion() {
    for (kind, version) in cells() {
        let server = server(&DECLARED);
        let components = server.components();
        components.add(added(kind, "extra", Does::Say("extra")).tags(&["x", "y"])).expect("added");
        let client = client(&server, version).await;
        let new = Criteria::new;
        for (criteria, left) in [
            (new().names(["extra"]), &["fixed"][..]),
            (new().names([id(kind, "fixed")]), &["extra"]),
            (new().keys([format!("{kind}:{}@", id(kind, "fixed"))]), &["extra"]),
            (new().keys([format!("{kind}:{}@1", id(kind, "fixed"))]), &["fixed", "extra"]),
            (new().tags(["y", "z"]), &["fixed"]),
            (new().tags(["declared"]), &["extra"]),
            (new().tags(["declared"]).names(["extra"]), &["fixed", "extra"]),
            (new().kinds([kind]), &[]),
            (Criteria::all(), &[]),
            (new(), &["fixed", "extra"]),
        ] {
            components.disable(&criteria);
            assert_eq!(names(&client, kind).await, left, "{kind} {version} {criteria:?}");
            for name in ["fixed", "extra"] {
                let answer = call(&client, kind, name).await;
                assert_eq!(is_absent(&answer), !left.contains(&name), "{kind} {criteria:?}");
            }
            components.enable(&criteria);
            assert_eq!(names(&client, kind).await, ["fixed", "extra"], "{kind} {criteria:?}");
        }
        components.enable_only(&new().names(["extra"]));
        assert_eq!(names(&client, kind).await, ["extra"], "{kind}");
        components.add(added(kind, "later", Does::Say("later"))).expect("added");
        assert_eq!(names(&client, kind).await, ["extra"], "it is none of those");
        components.enable(&new().names(["later"]));
        assert_eq!(names(&client, kind).await, ["extra", "later"]);
    }
}

/// One name of several kinds is several components.
#[tokio::test]
async fn one_key_is_one_component() {
    let server = server(&DECLARED);
    let client = client(&server, GENERATIONS[0]).await;
    server.components().disable(&Criteria::new().keys(["prompt:fixed@"]));
    for kind in ComponentKind::ALL {
        let is_hidden = kind == ComponentKind::Prompt;
        assert_eq!(names(&client, kind).await.is_empty(), is_hidden, "{kind}");
        assert_eq!(is_absent(&call(&client, kind, "fixed").await), is_hidden, "{kind}");
    }
}

#[tokio::test]
async fn a_duplicate_is_treated_as_the_declaration_says() {
    for (kind, version) in cells() {
        for (declaration, expected) in [
            (&STRICT, None),
            (&LOUD, Some("second")),
            (&QUIET, Some("second")),
            (&KEEPING, Some("first")),
        ] {
            for name in ["extra", "fixed"] {
                let server = server(declaration);
                let components = server.components();
                if name == "extra" {
                    components.add(added(kind, name, Does::Say("first"))).expect("the first");
                }
                let second = components.add(added(kind, name, Does::Say("second")));
                let client = client(&server, version).await;
                let told = call(&client, kind, name).await.expect("one of them answers");
                let first =
                    if name == "extra" { says(kind, "first") } else { "declared".to_owned() };
                match expected {
                    None => {
                        let key = format!("{kind}:{}@", id(kind, name));
                        assert_eq!(second, Err(ComponentError::Duplicate(key)));
                        assert_eq!(told, first);
                    }
                    Some("first") => assert_eq!((second, told), (Ok(()), first)),
                    Some(_) => assert_eq!((second, told), (Ok(()), says(kind, "second"))),
                }
                let same = names(&client, kind).await.iter().filter(|it| *it == name).count();
                assert_eq!(same, 1, "{kind} {version} {name}");
            }
        }
    }
}

#[tokio::test]
async fn tag_filters_hold_for_what_is_added() {
    for (kind, version) in cells() {
        let server = server(&FILTERED);
        let components = server.components();
        for (name, tags) in [("a", &["public"][..]), ("b", &["public", "beta"]), ("c", &[])] {
            components.add(added(kind, name, Does::Say(name_of(name))).tags(tags)).expect("taken");
        }
        components.enable(&Criteria::all());
        let client = client(&server, version).await;
        assert_eq!(names(&client, kind).await, ["a"], "{kind} {version}");
        assert!(is_absent(&call(&client, kind, "b").await), "{kind}");
        components.remove(kind, &id(kind, "b")).expect("it was taken");
    }
}

fn name_of(name: &str) -> &'static str {
    if name == "a" { "a" } else { "other" }
}

#[tokio::test]
async fn lists_say_about_an_added_component_what_it_says() {
    for (kind, version) in cells() {
        for declaration in [&DECLARED, &BARE] {
            let server = server(declaration);
            let icon = Icon::new("https://a.example/i.png").mime_type("image/png");
            let full = added(kind, "get-it", Does::Say("x"))
                .said("It", "Gets it.")
                .icon(icon.sizes(["48x48"]).theme(Theme::Dark))
                .meta("a.example/price", json!(3))
                .tags(&["b", "a"])
                .version("2");
            server.components().add(full).expect("added");
            server.components().add(added(kind, "say-all", Does::Say("x"))).expect("added");
            let client = client(&server, version).await;
            let entries = list(&client, kind).await;
            let [_, full, bare] = entries.as_slice() else { panic!("{kind}: {entries:?}") };
            assert_eq!(full["title"], "It");
            assert_eq!(full["description"], "Gets it.");
            let icon = json!({
                "src": "https://a.example/i.png", "mimeType": "image/png", "sizes": ["48x48"],
                "theme": "dark",
            });
            assert_eq!(full["icons"], json!([icon]), "{kind}");
            let mut meta = json!({ "a.example/price": 3 });
            if declaration.component_meta {
                meta["fastmcp"] = json!({ "tags": ["a", "b"], "version": "2" });
            }
            assert_eq!(full["_meta"], meta, "{kind} {version}");
            assert_eq!(bare["title"], "Say All");
            assert_eq!(bare.get("description"), None);
            assert_eq!(bare.get("_meta").is_some(), declaration.component_meta);
        }
    }
}

#[tokio::test]
async fn annotations_are_listed_where_the_protocol_has_them() {
    let server = server(&EMPTY);
    let annotations = Annotations {
        audience: vec![Role::User],
        priority: Some(0.5),
        last_modified: "2026-07-28T00:00:00Z".to_owned(),
    };
    for kind in ComponentKind::ALL {
        let component = match added(kind, "hinted", Does::Say("x")) {
            Any::Tool(it) => {
                Any::Tool(it.read_only(true).destructive(false).idempotent(true).open_world(false))
            }
            Any::Resource(it) => {
                Any::Resource(it.annotations(annotations.clone()).read_only(true).idempotent(true))
            }
            Any::Template(it) => {
                Any::Template(it.annotations(annotations.clone()).read_only(true).idempotent(true))
            }
            prompt @ Any::Prompt(_) => prompt,
        };
        server.components().add(component).expect("added");
    }
    let client = client(&server, GENERATIONS[0]).await;
    for kind in ComponentKind::ALL {
        let expected = match kind {
            ComponentKind::Tool => json!({
                "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true,
                "openWorldHint": false,
            }),
            ComponentKind::Resource | ComponentKind::Template => json!({
                "audience": ["user"], "priority": 0.5, "lastModified": "2026-07-28T00:00:00Z",
                "readOnlyHint": true, "idempotentHint": true,
            }),
            ComponentKind::Prompt => Value::Null,
        };
        assert_eq!(list(&client, kind).await[0]["annotations"], expected, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_has_its_time() {
    for (kind, version) in cells() {
        let server = server(&EMPTY);
        let slow = added(kind, "slow", Does::Wait).timeout(Duration::from_secs(3));
        server.components().add(slow).expect("added");
        let client = client(&server, version).await;
        let text = match call(&client, kind, "slow").await {
            Ok(text) => text,
            Err(error) => error.message,
        };
        assert!(text.ends_with("timed out after 3s"), "{kind} {version}: {text}");
    }
}

#[tokio::test]
async fn a_client_offers_what_a_component_requires() {
    for (kind, version) in cells() {
        let server = server(&EMPTY);
        let asking = added(kind, "asking", Does::Say("asked")).requires(Capability::Elicitation);
        server.components().add(asking).expect("added");
        let without = client(&server, version).await;
        assert_eq!(names(&without, kind).await, ["asking"], "{kind}: it is listed all the same");
        match call(&without, kind, "asking").await {
            // After a handshake the model reads it.
            Ok(text) => {
                assert_eq!((kind, version), (ComponentKind::Tool, "2025-11-25"));
                assert!(text.ends_with("needs a client with the capability elicitation"), "{text}");
            }
            Err(refused) => {
                assert_eq!(refused.code, -32021, "{kind} {version}: {refused}");
                let required = json!({ "requiredCapabilities": { "elicitation": {} } });
                assert_eq!(refused.data, required, "{kind} {version}");
            }
        }
        let with = Client::builder().on_elicitation(|_| json!({ "action": "cancel" }));
        let with = match version {
            "2026-07-28" => with.connect(&server).await,
            version => with.with_handshake(&server, version).await,
        };
        assert_eq!(call(&with, kind, "asking").await, Ok(says(kind, "asked")), "{kind} {version}");
    }
}

#[tokio::test]
async fn a_handler_knows_the_meta_of_its_request_and_the_extensions_of_its_client() {
    for (kind, version) in cells() {
        let server = server(&EMPTY);
        server.components().add(telling(kind, "tell")).expect("added");
        let client = Client::builder().extension("a.example/ui", json!({ "dark": true }));
        let client = match version {
            "2026-07-28" => client.connect(&server).await,
            version => client.with_handshake(&server, version).await,
        };
        let meta = json!({ "a.example/trace": "t-1" });
        let result = call_with(&client, kind, "tell", meta).await.expect("it answers");
        let text = result.pointer(match kind {
            ComponentKind::Tool => "/content/0/text",
            ComponentKind::Resource | ComponentKind::Template => "/contents/0/text",
            ComponentKind::Prompt => "/messages/0/content/text",
        });
        let told = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        let mut expected = json!({
            "trace": "t-1", "settings": { "dark": true }, "has": true, "lacks": true,
            "client": "test", "version": version,
        });
        let text = text.and_then(Value::as_str).expect("a text");
        assert_eq!(told(text), expected, "{kind} {version}");
        if matches!(kind, ComponentKind::Template | ComponentKind::Prompt) {
            let completed = client.complete(&id(kind, "tell"), "word", "").await.expect("a value");
            expected["trace"] = Value::Null;
            assert_eq!(told(&completed[0]), expected, "{kind} {version}");
        }
    }
}

#[tokio::test]
async fn results_carry_the_meta_that_handlers_give() {
    for (kind, version) in cells() {
        let server = server(&EMPTY);
        server.components().add(annotated(kind, "meta")).expect("added");
        let client = client(&server, version).await;
        let result = call_with(&client, kind, "meta", json!({})).await.expect("it answers");
        assert_eq!(result["_meta"]["a.example/took"], 5, "{kind} {version}: {result}");
        assert_eq!(result.get("meta"), None, "{kind} {version}");
    }
}

/// Rounds end with their questions, and a thread cannot be ended with them.
#[tokio::test]
async fn a_handler_that_blocks_has_its_own_thread_and_cannot_ask() {
    for (kind, version) in cells() {
        let server = server(&EMPTY);
        server.components().add(blocking(kind, "slow")).expect("added");
        let asked = Client::builder().on_elicitation(|_| json!({ "action": "cancel" }));
        let asked = match version {
            "2026-07-28" => asked.connect(&server).await,
            version => asked.with_handshake(&server, version).await,
        };
        let told = call(&asked, kind, "slow").await;
        let expected =
            "a handler that blocks its thread cannot ask: declare it without `blocking = true`";
        assert_eq!(told.as_deref(), Ok(expected), "{kind} {version}");
        assert_eq!(asked.rounds(), 1, "{kind} {version}");
    }
}

#[tokio::test]
async fn what_failed_is_masked() {
    for (kind, version) in cells() {
        for (declaration, is_masked) in [(&DECLARED, false), (&MASKED, true)] {
            let server = server(declaration);
            server.components().add(added(kind, "broken", Does::Fail)).expect("added");
            let client = client(&server, version).await;
            let text = match call(&client, kind, "broken").await {
                Ok(text) => text,
                Err(error) => error.message,
            };
            assert!(text.starts_with("Error "), "{kind} {version}: {text}");
            assert_eq!(text.contains("the disk is full"), !is_masked, "{kind} {version}: {text}");
        }
    }
}

#[tokio::test]
async fn arguments_are_completed_where_the_protocol_has_that() {
    for version in GENERATIONS {
        let server = server(&EMPTY);
        let components = server.components();
        for kind in [ComponentKind::Template, ComponentKind::Prompt] {
            let component = match added(kind, "told", Does::Say("x")) {
                Any::Template(it) => Any::Template(it.complete("word", ["one", "two"])),
                Any::Prompt(it) => Any::Prompt(it.complete("word", ["one", "two"])),
                other => other,
            };
            components.add(component).expect("added");
            let component =
                match added(kind, "asked", Does::Say("x")) {
                    Any::Template(it) => Any::Template(it.on_completion(|_, given| async move {
                        Ok(vec![given.value + "!"].into())
                    })),
                    Any::Prompt(it) => Any::Prompt(it.on_completion(|_, given| async move {
                        Ok(vec![given.value + "!"].into())
                    })),
                    other => other,
                };
            components.add(component).expect("added");
            let client = client(&server, version).await;
            let complete = async |name: &str| client.complete(&id(kind, name), "word", "t").await;
            assert_eq!(complete("told").await, Ok(vec!["two".to_owned()]), "{kind} {version}");
            assert_eq!(complete("asked").await, Ok(vec!["t!".to_owned()]), "{kind} {version}");
            components.disable(&Criteria::new().names(["told"]));
            let refused = complete("told").await.expect_err("it is not there");
            assert_eq!(refused.code, -32602, "{kind}: {refused}");
            assert!(!refused.message.contains("did you mean 'told'"), "{refused}");
            components.enable(&Criteria::all());
        }
    }
}

#[tokio::test]
async fn a_suggestion_names_nothing_that_is_hidden() {
    for kind in [ComponentKind::Tool, ComponentKind::Prompt] {
        let server = server(&EMPTY);
        let components = server.components();
        components.add(added(kind, "secret_plan", Does::Say("x"))).expect("added");
        let client = client(&server, GENERATIONS[0]).await;
        let near = async || call(&client, kind, "secret_plam").await.expect_err("no such").message;
        assert!(near().await.ends_with("did you mean 'secret_plan'?"), "{kind}");
        components.disable(&Criteria::all());
        assert!(!near().await.contains("secret_plan"), "{kind}");
    }
}

fn cells() -> impl Iterator<Item = (ComponentKind, &'static str)> {
    ComponentKind::ALL.into_iter().flat_map(|kind| GENERATIONS.map(|version| (kind, version)))
}
