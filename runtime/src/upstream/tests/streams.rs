//! Responses that are sequences, from a server that ends them and from one that does not.

use std::sync::{Arc, Mutex};

use expect_test::{Expect, expect};

use crate::arguments::{self, Mode};
use crate::operation::Operation;
use crate::upstream::CallOptions;
use crate::upstream::Observer;

use super::{NOWHERE, loopback};

/// What the observer is told, then the result.
async fn check(path: &'static str, expected: &Expect) {
    let (upstreams, _) = loopback::start().await;
    let operation: &'static Operation = loopback::at(path);
    let values = arguments::parse(&[], None, Mode::default()).expect("no arguments");
    let told = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&told);
    let observer: Observer = Box::new(move |item| {
        shared.lock().expect("no panic").push(format!("{} {}", item.number, item.json));
    });
    let call = upstreams
        .client(&NOWHERE)
        .call_for(
            operation,
            &values,
            CallOptions { observer: Some(observer), ..CallOptions::default() },
        )
        .expect("a request");
    let result = match call.await {
        Ok(reply) => {
            let result = reply.into_tool_result(operation).expect("a result");
            assert!(result.structured.is_none());
            format!("{:?}", result.content)
        }
        Err(error) => error.to_string(),
    };
    let told = told.lock().expect("no panic").join("\n");
    expected.assert_eq(&format!("{told}\n{result}"));
}

#[tokio::test]
async fn events_are_told_and_collected() {
    check(
        "/events",
        &expect![[r#"
            1 {"n":1}
            2 {"event":"end","data":"bye"}
            [Text("[{\"n\":1},{\"event\":\"end\",\"data\":\"bye\"}]")]"#]],
    )
    .await;
}

#[tokio::test]
async fn a_sequence_without_an_end_gives_what_has_come() {
    check(
        "/endless",
        &expect![[r#"
            1 1
            2 2
            [Text("[1,2]"), Text("Only the first 2 items: the upstream was still sending when the time of the call ended.")]"#]],
    )
    .await;
    check(
        "/flood",
        &expect![[r#"

            the upstream's response is larger than the limit of 1000 bytes; ask for less, for example with a filter or a smaller page"#]],
    )
    .await;
}
