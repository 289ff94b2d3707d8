//! Types from the schemas of a document: what they read they write again, and what operations give
//! and take through them.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use build_script::zoo;
use mcpwright::testing::Client;
use mcpwright::{Context, Json, Options, ToolError};
use serde_json::{Value, json};
use zoo::models::{
    Animal, Event, GetThingsResponse, Mood, PutAnimalPlace, Shape, Things, ThingsLevel,
    ThingsSized, Tree, Vehicle,
};
use zoo::tools::operations::{DeleteAnimal, GetAnimal, GetThings, GetTree, PutAnimal, Readme};
use zoo::upstream::Zoo;

/// Reads a value as a type and writes it again.
fn round<T: serde::de::DeserializeOwned + serde::Serialize>(value: &Value) -> (T, Value) {
    let read: T = serde_json::from_value(value.clone()).expect("the type holds the value");
    let written = serde_json::to_value(&read).expect("it is written");
    (read, written)
}

/// What is read is written again without a loss.
fn whole<T: serde::de::DeserializeOwned + serde::Serialize>(value: &Value) -> T {
    let (read, written) = round(value);
    assert_eq!(written, *value);
    read
}

#[test]
fn discriminator_says_which_object_it_is() {
    let cat = json!({ "species": "kitten", "friend": { "species": "dog", "tricks": ["roll"] } });
    let Animal::Cat(cat) = whole(&cat) else { panic!("a cat") };
    assert!(matches!(cat.friend.as_deref(), Some(Animal::Dog(_))));
    assert_eq!(cat.species, "kitten");
    let cow = json!({ "species": "cow", "milk": 20 });
    assert!(matches!(whole(&cow), Animal::Unknown(kept) if kept == cow));
    assert!(matches!(whole(&json!({ "type": "Closed", "at": "noon" })), Event::Closed(_)));
    assert!(matches!(whole(&json!({ "kind": "bike", "wheels": 2, "gears": 7 })), Vehicle::Bike(_)));
    let error = serde_json::from_value::<Animal>(json!({ "species": "cat", "lives": "nine" }));
    assert!(error.is_err_and(|error| error.to_string().contains("nine")));
}

#[test]
fn constant_property_says_which_object_it_is() {
    let shapes = json!([{ "kind": "box", "width": 1.5 }, null, { "kind": "star", "rays": 5 }]);
    let read: Vec<Option<Shape>> = whole(&shapes);
    assert!(matches!(read.as_slice(), [Some(Shape::Box(_)), None, Some(Shape::Unknown(_))]));
}

#[test]
fn trees_hold_themselves() {
    let tree: Tree = whole(&json!({
        "value": 1,
        "left": { "value": 2, "right": null },
        "children": [{ "value": 3, "holder": { "tree": { "value": 4 } } }],
        "holder": { "tree": "a text" },
    }));
    let left = tree.left.expect("it is there");
    assert_eq!((left.left, left.right), (None, Some(None)));
}

#[test]
fn values_keep_what_the_document_lets_them_have() {
    let things: Things = whole(&json!({
        "labels": { "a": ["x"] },
        "anything": null,
        "number": 18_446_744_073_709_551_615_u64,
        "pair": ["x", 0.5],
        "id": 7,
        "one_or_many": ["a"],
        "either": { "a": "1", "b": "2", "c": "3" },
        "level": "extreme",
        "sized": { "unit": "m", "from": 1.0 },
        "options": { "type": "t", "additional_properties": true, "x-a": [1], "Größe": 2.5 },
        "more": 3,
    }));
    assert_eq!(things.level, Some(ThingsLevel::Unknown("extreme".to_owned())));
    assert_eq!(things.anything, Some(Value::Null));
    assert!(matches!(things.sized, Some(ThingsSized::Range(_))));
    assert_eq!(things.additional_properties.get("more"), Some(&3));
    // Where the schema says nothing of other properties they are no error, and not kept.
    let (_, written) = round::<Tree>(&json!({ "value": 1, "unheard_of": true }));
    assert_eq!(written, json!({ "value": 1 }));
}

/// What the upstream was asked: method, path and body.
type Seen = Arc<Mutex<Vec<(Method, String, Value)>>>;

/// A server in front of an upstream that answers each path with what stands here.
async fn start(answer: fn(&str) -> (StatusCode, &'static str, String)) -> (Client, Seen) {
    let seen = Seen::default();
    let recorder = Arc::clone(&seen);
    let service = move |method: Method, uri: Uri, body: String| {
        let path = uri.path().to_owned();
        let (status, media_type, reply) = answer(&path);
        let body = serde_json::from_str(&body).unwrap_or_default();
        recorder.lock().unwrap_or_else(PoisonError::into_inner).push((method, path, body));
        async move { (status, [("content-type", media_type)], reply) }
    };
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(service)).await });
    let options = Options { base_urls: vec![(None, base)], ..Options::default() };
    let server = zoo::server(Greeter)
        .options(options)
        .on(|context: Context, tree: GetTree| async move {
            let tree = context.upstream::<Zoo>().call_typed(&tree).await?;
            Ok(tree.value + tree.left.map_or(0, |left| left.value))
        })
        .on(|context: Context, animal: DeleteAnimal| async move {
            let zoo = context.upstream::<Zoo>();
            let animal = zoo.call_typed(&animal).await?;
            Ok(animal.map_or("none".to_owned(), |animal| format!("{animal:?}")))
        })
        .on(|context: Context, animal: GetAnimal| async move {
            Ok(Json(context.upstream::<Zoo>().call_typed(&animal).await?))
        })
        .on(|context: Context, things: GetThings| async move {
            Ok(match context.upstream::<Zoo>().call_typed(&things).await? {
                GetThingsResponse::Things(_) => "things".to_owned(),
                GetThingsResponse::Status202(later) => later.ticket,
            })
        })
        .on(|context: Context, put: PutAnimal| async move {
            let Some(Animal::Dog(dog)) = Some(put.animal.clone()) else {
                return Err(ToolError::public("only dogs"));
            };
            assert_eq!(put.mood, Some(Some(Mood::Good)));
            let place = PutAnimalPlace { row: Some(9), ..PutAnimalPlace::default() };
            let put = PutAnimal { place: Some(place), mood: Some(None), ..put };
            context.upstream::<Zoo>().call_typed(&put).await?;
            Ok(dog.tricks.map_or(0, |tricks| tricks.len()))
        })
        .on(|context: Context, readme: Readme| async move {
            context.upstream::<Zoo>().call(&readme).await
        });
    (Client::connect(&server).await, seen)
}

struct Greeter;

impl zoo::Handlers for Greeter {
    async fn greet(
        &self,
        _: Context,
        arguments: zoo::tools::declared::GreetArgs,
    ) -> Result<String, ToolError> {
        Ok(arguments.person.name)
    }
}

fn json_reply(value: &Value) -> (StatusCode, &'static str, String) {
    (StatusCode::OK, "application/json", value.to_string())
}

#[tokio::test]
async fn typed_calls_give_what_the_document_describes() {
    let (client, _) = start(|path| match path {
        "/tree" => json_reply(&json!({ "value": 1.0, "left": { "value": 41 } })),
        "/things" => {
            let later = json!({ "ticket": "t-1" }).to_string();
            (StatusCode::ACCEPTED, "application/json", later)
        }
        "/readme" => (StatusCode::OK, "text/markdown", "# Zoo".to_owned()),
        _ => (StatusCode::NO_CONTENT, "", String::new()),
    })
    .await;
    let call = async |tool: &str, arguments: Value| {
        client.call_tool(tool, arguments).await.expect("an answer")["content"][0]["text"].clone()
    };
    assert_eq!(call("getTree", json!({})).await, "42");
    assert_eq!(call("getThings", json!({})).await, "t-1");
    assert_eq!(call("deleteAnimal", json!({ "id": 1 })).await, "none");
    assert_eq!(call("readme", json!({})).await, "# Zoo");
}

#[tokio::test]
async fn reply_that_does_not_fit_is_an_error_that_says_why() {
    let (client, _) = start(|path| match path {
        "/tree" => json_reply(&json!({ "value": "high" })),
        _ => (StatusCode::OK, "text/html", "<html>".to_owned()),
    })
    .await;
    let fails = async |tool: &str, arguments: Value, why: &str| {
        let result = client.call_tool(tool, arguments).await.expect("an answer");
        assert_eq!(result["isError"], true);
        let text = result["content"][0]["text"].as_str().unwrap_or_default().to_owned();
        assert!(text.contains(why), "{text}");
    };
    fails("getTree", json!({}), "is not as its document says: invalid type: string \"high\"").await;
    fails("getAnimal", json!({ "id": 1 }), "answered with text/html, not JSON").await;
}

#[tokio::test]
async fn nested_arguments_are_typed_both_ways() {
    let (client, seen) = start(|_| (StatusCode::NO_CONTENT, "", String::new())).await;
    let arguments = json!({
        "id": 3,
        "animal": { "species": "dog", "tricks": ["sit", "roll"] },
        "mood": "good",
    });
    let result = client.call_tool("putAnimal", arguments).await.expect("an answer");
    assert_eq!(result["content"][0]["text"], "2", "{result}");
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let body = json!({
        "animal": { "species": "dog", "tricks": ["sit", "roll"] },
        "mood": null,
        "place": { "row": 9 },
    });
    assert_eq!(seen, [(Method::PUT, "/animals/3".to_owned(), body)]);
}
