//! Several versions of one component.

use mcpwright::codegen::{Declaration, OnDuplicate};
use mcpwright::components::{ComponentError, ComponentKind, Criteria};
use serde_json::{Value, json};

use crate::fixture::{
    DECLARED, Does, EMPTY, GENERATIONS, PLAIN, added, call, call_version, client, id, is_absent,
    list, server,
};

static REPLACING: Declaration = Declaration { on_duplicate: OnDuplicate::Replace, ..PLAIN };

fn cells() -> impl Iterator<Item = (ComponentKind, &'static str)> {
    ComponentKind::ALL.into_iter().flat_map(|kind| GENERATIONS.map(|version| (kind, version)))
}

/// The text of a result of any kind.
fn text(result: &Value) -> String {
    let contents = [
        &result["content"][0]["text"],
        &result["contents"][0]["text"],
        &result["messages"][0]["content"]["text"],
    ];
    let text = contents.into_iter().find_map(Value::as_str).expect("a text");
    text.split(' ').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_highest_version_is_listed_and_called_unless_another_is_asked_for() {
    for (kind, wire) in cells() {
        let server = server(&EMPTY);
        let components = server.components();
        for (version, says) in [("1.9", "old"), ("1.10", "new"), ("1.10rc1", "trial")] {
            components.add(added(kind, "it", Does::Say(says)).version(version)).expect("added");
        }
        let client = client(&server, wire).await;
        let entries = list(&client, kind).await;
        let [entry] = entries.as_slice() else { panic!("{kind}: {entries:?}") };
        let meta = json!({ "tags": [], "version": "1.10", "versions": ["1.10", "1.10rc1", "1.9"] });
        assert_eq!(entry["_meta"]["fastmcp"], meta, "{kind} {wire}");
        let told = call(&client, kind, "it").await.expect("it answers");
        assert!(told.starts_with("new"), "{kind} {wire}: {told}");
        for (version, says) in [("1.9", "old"), ("1.10rc1", "trial"), ("1.10", "new")] {
            let result = call_version(&client, kind, "it", version).await.expect("it is there");
            assert_eq!(text(&result), says, "{kind} {wire} {version}");
        }
        let refused = call_version(&client, kind, "it", "2").await.expect_err("there is none");
        assert!([-32602, -32002].contains(&refused.code), "{kind}: {refused}");
        assert!(!refused.message.contains("did you mean"), "{refused}");

        // What is disabled makes room for the next one, in lists and in calls.
        components.disable(&Criteria::new().version("1.10"));
        assert_eq!(list(&client, kind).await[0]["_meta"]["fastmcp"]["version"], "1.10rc1");
        let told = call(&client, kind, "it").await.expect("it answers");
        assert!(told.starts_with("trial"), "{kind} {wire}: {told}");
        let hidden = call_version(&client, kind, "it", "1.10").await;
        assert!(hidden.is_err(), "{kind} {wire}");

        components.remove_version(kind, &id(kind, "it"), "1.10rc1").expect("it is there");
        let told = call(&client, kind, "it").await.expect("it answers");
        assert!(told.starts_with("old"), "{kind} {wire}: {told}");
        let meta = json!({ "tags": [], "version": "1.9" });
        assert_eq!(list(&client, kind).await[0]["_meta"]["fastmcp"], meta, "one is left to see");
        let none = components.remove_version(kind, &id(kind, "it"), "7");
        assert!(matches!(none, Err(ComponentError::Unknown(_))), "{none:?}");
        components.remove(kind, &id(kind, "it")).expect("all versions at once");
        assert!(is_absent(&call(&client, kind, "it").await), "{kind} {wire}");
    }
}

#[tokio::test]
async fn a_version_that_nothing_has_is_not_there() {
    for (kind, wire) in cells() {
        let client = client(&server(&DECLARED), wire).await;
        let refused = call_version(&client, kind, "fixed", "1").await.expect_err("it has none");
        assert!([-32602, -32002].contains(&refused.code), "{kind} {wire}: {refused}");
        let odd = json!({ "name": "fixed", "_meta": { "fastmcp": { "version": [] } } });
        let odd = client.request("tools/call", odd).await.expect_err("no version");
        assert_eq!((odd.code, odd.message.contains("version")), (-32602, true), "{odd}");
        let other = json!({ "name": "fixed", "_meta": { "fastmcp": { "other": 1 } } });
        assert!(client.request("tools/call", other).await.is_ok(), "nothing is asked for");
    }
}

#[tokio::test]
async fn what_has_versions_has_none_without() {
    for kind in ComponentKind::ALL {
        let components = server(&REPLACING).components();
        let add = |name, version: Option<&str>| {
            let component = added(kind, name, Does::Say("x"));
            components.add(match version {
                Some(version) => component.version(version),
                None => component,
            })
        };
        let is_mixed = |added| matches!(added, Err(ComponentError::Mixed(_)));
        assert!(is_mixed(add("fixed", Some("2"))), "{kind}: the declared one has none");
        assert_eq!(add("it", Some("1")), Ok(()));
        assert!(is_mixed(add("it", None)), "{kind}");
        assert_eq!(add("it", Some("1")), Ok(()), "it takes the place of the other");
        assert_eq!(add("plain", None), Ok(()));
        assert!(is_mixed(add("plain", Some("1"))), "{kind}");
    }
}
