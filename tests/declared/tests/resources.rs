//! Resources of one name, their media types, and what they cannot be.

use declared::{Handlers, server};
use mcpwright::testing::Client;
use serde_json::{Value, json};

#[tokio::test]
async fn a_name_may_be_that_of_several_uris() {
    let client = Client::connect(&server::server(Handlers::default())).await;
    let listed = client.list_resources().await.expect("a list");
    let shelves: Vec<&Value> = listed.iter().filter(|it| it["name"] == "shelf").collect();
    let shown: Vec<_> = shelves.iter().map(|it| (&it["uri"], &it["mimeType"])).collect();
    assert_eq!(
        shown,
        [
            (&json!("shelf://left"), &json!("text/plain")),
            (&json!("shelf://right"), &json!("application/json")),
            (&json!("shelf://label"), &json!("text/plain")),
        ]
    );
    for (uri, text) in [("shelf://left", "books"), ("shelf://label", "Fragile.")] {
        let read = client.read_resource(uri).await.expect("it is there");
        assert_eq!((&read[0]["text"], &read[0]["mimeType"]), (&json!(text), &json!("text/plain")));
    }
}

/// JSON has no such number, and null would say that there is nothing.
#[tokio::test]
async fn a_number_that_json_lacks_is_an_error_that_names_its_place() {
    let client = Client::connect(&server::server(Handlers::default())).await;
    let error = client.read_resource("shelf://right").await.expect_err("it has NaN");
    assert!(error.message.ends_with("which has no NaN (at `[1]`)"), "{error}");
}
