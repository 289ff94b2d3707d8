//! Limits and formats hold inside of values, wherever they come from, and for what handlers give back.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use declared::{Handlers, server};
use mcpwright::testing::Client;
use serde_json::{Value, json};
use tower::ServiceExt as _;

const ID: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

fn trip(days: i64) -> Value {
    let stop = json!({ "name": "Oslo", "at": "2026-03-01T09:30:00Z", "kind": "meal" });
    json!({ "id": ID, "start": "2026-03-01", "days": days, "stops": [stop] })
}

/// A trip, with everything wrong that can be.
fn wrong() -> Value {
    json!({
        "id": 7, "start": "soon", "days": "3",
        "stops": [{ "name": "o", "at": "2026-03-01", "kind": "nap" }, { "name": "Rome" }, {}],
    })
}

async fn client() -> Client {
    Client::connect(&server::server(Handlers::default())).await
}

/// Status and body of the answer to a request to the route.
async fn post(path: &str, body: &Value) -> (u16, Value) {
    let request = Request::post(path)
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    let router = server::server(Handlers::default()).router();
    let answer = router.oneshot(request).await.expect("an answer");
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    (status, serde_json::from_slice(&body).expect("JSON"))
}

#[tokio::test]
async fn results_are_held_against_the_limits_of_their_type() {
    let client = client().await;
    let result = client.call_tool("lengthen", json!({ "trip": trip(8) })).await.expect("an answer");
    assert_eq!(result["structuredContent"], trip(9));
    let result = client.call_tool("lengthen", json!({ "trip": trip(9) })).await.expect("an answer");
    assert_eq!(result["isError"], true);
    assert!(result.get("structuredContent").is_none(), "{result}");
    assert_eq!(
        result["content"][0]["text"],
        "Error calling tool 'lengthen': the result is not what `lengthen` promises: days: 10 is more \
         than the maximum 9"
    );
}

#[tokio::test]
async fn answers_of_routes_are_held_against_the_same_limits() {
    let (status, body) = post("/trips", &json!({ "trip": trip(8) })).await;
    assert_eq!((status, body), (200, trip(9)));
    let (status, body) = post("/trips?by=2", &json!({ "trip": trip(8) })).await;
    assert_eq!((status, body), (500, json!({ "detail": "Internal Server Error" })));
}

/// `type` and `loc` of each entry, then its `msg`.
fn entries(body: &Value) -> Vec<String> {
    let entries = body["detail"].as_array().expect("a list");
    let mut told: Vec<String> = entries
        .iter()
        .map(|entry| {
            let (ty, place) = (&entry["type"], &entry["loc"]);
            let message = entry["msg"].as_str().expect("a text");
            assert!(!message.contains(" at line "), "{message}");
            format!("{} {place}: {message}", ty.as_str().expect("a text"))
        })
        .collect();
    told.sort();
    told
}

#[tokio::test]
async fn requests_that_do_not_fit_inside_are_told_as_fastapi_tells_them() {
    let (status, body) = post("/trips", &json!({ "trip": wrong() })).await;
    assert_eq!(status, 422);
    assert_eq!(
        entries(&body),
        [
            r#"date_parsing ["body","trip","start"]: Input should be a valid date in the format YYYY-MM-DD, expected a date, such as 2026-03-01"#,
            r#"datetime_parsing ["body","trip","stops",0,"at"]: Input should be a valid datetime, expected a date and time with its offset, such as 2026-03-01T09:30:00Z"#,
            r#"int_parsing ["body","trip","days"]: Input should be a valid integer, unable to parse string as an integer"#,
            r#"literal_error ["body","trip","stops",0,"kind"]: Input should be 'meal' or 'sleep'"#,
            r#"missing ["body","trip","stops",1,"at"]: Field required"#,
            r#"missing ["body","trip","stops",1,"kind"]: Field required"#,
            r#"missing ["body","trip","stops",2,"at"]: Field required"#,
            r#"missing ["body","trip","stops",2,"kind"]: Field required"#,
            r#"missing ["body","trip","stops",2,"name"]: Field required"#,
            r#"string_pattern_mismatch ["body","trip","stops",0,"name"]: String should match pattern '^[A-Z]'"#,
            r#"string_too_short ["body","trip","stops",0,"name"]: String should have at least 2 characters"#,
            r#"string_type ["body","trip","id"]: Input should be a valid string"#,
            r#"too_long ["body","trip","stops"]: List should have at most 2 items after validation, not 3"#,
        ]
    );
    let missing = body["detail"].as_array().into_iter().flatten();
    let missing = missing.filter(|entry| entry["loc"] == json!(["body", "trip", "stops", 1, "at"]));
    assert_eq!(
        missing.map(|entry| &entry["input"]).collect::<Vec<_>>(),
        [&json!({ "name": "Rome" })]
    );
}

#[tokio::test]
async fn parameters_and_properties_of_other_formats_are_told_as_fastapi_tells_them() {
    let body = json!({ "trip": trip(1), "left": 1_700_000_000 });
    let (status, body) = post("/trips?by=x&since=1%20day", &body).await;
    assert_eq!(status, 422);
    assert_eq!(
        entries(&body),
        [
            r#"datetime_type ["body","left"]: Input should be a valid datetime"#,
            r#"int_parsing ["query","by"]: Input should be a valid integer, unable to parse string as an integer"#,
            r#"time_delta_parsing ["query","since"]: Input should be a valid timedelta, expected a duration of weeks, days and less, such as P1DT2H30M"#,
        ]
    );
}

#[tokio::test]
async fn prompts_hold_what_is_inside_of_their_arguments_against_the_same_limits() {
    let client = client().await;
    let right = trip(3).to_string();
    let prompt = client.get_prompt("describe_trip", json!({ "trip": right })).await;
    assert_eq!(prompt.expect("it renders")["messages"][0]["content"]["text"], "Describe 3 days.");
    let prompt = client.get_prompt("praise_trip", json!({ "trip": right })).await;
    let text = &prompt.expect("it renders")["messages"][0]["content"]["text"];
    assert_eq!(text, "Praise the start on 2026-03-01.");
    for (member, value, told) in [
        ("days", json!(10), "argument `trip`.days: 10 is more than the maximum 9"),
        // `strict_input_validation`: what stands inside of a text is JSON.
        ("days", json!("3"), "argument `trip`.days: expected an integer, not \"3\""),
        (
            "start",
            json!("soon"),
            "argument `trip`.start: expected a date, such as 2026-03-01, not \"soon\"",
        ),
        ("stops", json!([{}]), "argument `trip`.stops[0]: the property `name` is missing"),
    ] {
        let mut wrong = trip(3);
        wrong[member] = value;
        let wrong = wrong.to_string();
        for prompt in ["describe_trip", "praise_trip"] {
            let error = client.get_prompt(prompt, json!({ "trip": wrong })).await;
            let error = error.expect_err("it does not fit").message;
            assert!(error.contains(told), "{told}: {error}");
        }
    }
}

#[tokio::test]
async fn templates_hold_their_variables_against_formats_and_limits() {
    let client = client().await;
    let read = client.read_resource(&format!("trips://{ID}?days=3")).await.expect("it is there");
    assert_eq!(read[0]["text"], "3 days from 2026-03-01: 67e5504410b1426f9247bb680e5fe0c8");
    for (uri, told) in [
        ("trips://oslo".to_owned(), "argument `id`: expected a UUID"),
        (format!("trips://{ID}?start=soon"), "argument `start`: expected a date"),
        (format!("trips://{ID}?days=10"), "argument `days`: 10 is more than the maximum 9"),
    ] {
        let error = client.read_resource(&uri).await.expect_err("it does not fit").message;
        assert!(error.starts_with("Resource not found"), "{error}");
        assert!(error.contains(told), "{told}: {error}");
    }
}
