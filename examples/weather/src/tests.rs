//! What clients see of tools that take and give models.

use jsonschema::Validator;
use mcpwright::testing::Client;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use weather_mcp::models::{Forecast, Region, WindOrRain};

use crate::handlers::Station;

async fn call(tool: &str, arguments: Value) -> Value {
    let client = Client::connect(&weather_mcp::server(Station)).await;
    client.call_tool(tool, arguments).await.expect("the tool is there")
}

/// The text of a refusal.
async fn refusal(tool: &str, arguments: Value) -> String {
    let result = call(tool, arguments).await;
    assert_eq!(result["isError"], true, "{result}");
    result["content"][0]["text"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn models_go_in_and_come_out() {
    let place = json!({ "latitude": 41.9, "longitude": 12.5, "name": "Rome" });
    let result = call("forecast", json!({ "place": place, "days": 1 })).await;
    let day = json!({ "date": "2026-06-01", "sky": "clear", "celsius": [10.0, 20.0] });
    assert_eq!(result["structuredContent"], json!({ "place": place, "days": [day] }));
}

#[tokio::test]
async fn defaults_and_absent_fields_are_left_out() {
    let place = json!({ "latitude": 0, "longitude": 0 });
    let result = call("forecast", json!({ "place": place, "unit": "fahrenheit" })).await;
    let forecast = &result["structuredContent"];
    assert_eq!(forecast["place"], json!({ "latitude": 0.0, "longitude": 0.0 }));
    assert_eq!(forecast["days"].as_array().map(Vec::len), Some(3));
    assert_eq!(forecast["days"][0]["celsius"], json!([50.0, 68.0]));
}

#[tokio::test]
async fn unions_are_told_apart_and_recursion_ends() {
    let place = json!({ "latitude": 0, "longitude": 0 });
    let measured = json!([
        { "kind": "wind", "knots": 31.0 },
        { "kind": "rain", "millimetres": 5 },
        { "kind": "rain", "millimetres": 21 },
    ]);
    let result = call("report", json!({ "place": place, "measured": measured })).await;
    assert_eq!(result["structuredContent"], json!(2), "{result}");
    let inner = json!({ "latitude": 1, "longitude": 1, "name": "Prati" });
    let region = json!({ "latitude": 0, "longitude": 0, "name": "Rome", "parts": [inner, inner] });
    let result = call("count_places", json!({ "region": region })).await;
    assert_eq!(result["structuredContent"], json!({ "Prati": 2, "Rome": 1 }));
}

#[tokio::test]
async fn nested_texts_are_read_as_what_is_declared() {
    let place = json!({ "latitude": "41.9", "longitude": "12.5", "name": "10" });
    let result = call("forecast", json!({ "place": place, "days": "1" })).await;
    let place = json!({ "latitude": 41.9, "longitude": 12.5, "name": "10" });
    assert_eq!(result["structuredContent"]["place"], place, "{result}");
}

#[tokio::test]
async fn refusals_name_the_place() {
    let place = json!({ "latitude": 91, "longitude": 0 });
    let text = refusal("forecast", json!({ "place": place })).await;
    assert!(text.contains("argument `place`.latitude"), "{text}");
    let text = refusal("forecast", json!({ "place": "{\"latitude\":1}" })).await;
    assert!(text.contains("argument `place`: expected an object"), "{text}");
    let place = json!({ "latitude": 1, "longitude": 0 });
    let measured = json!([{ "kind": "hail" }]);
    let text = refusal("report", json!({ "place": place, "measured": measured })).await;
    assert!(text.contains("argument `measured`[0]"), "{text}");
    let text = refusal("forecast", json!({ "place": place, "unit": "kelvin" })).await;
    assert!(text.contains("argument `unit`: \"kelvin\" is not accepted"), "{text}");
}

#[tokio::test]
async fn prompts_take_models_as_json_in_a_text() {
    let client = Client::connect(&weather_mcp::server(Station)).await;
    let day = r#"{"date":"2026-06-01","sky":"rain","celsius":[1,2]}"#;
    let result = client.get_prompt("describe", json!({ "day": day })).await.expect("a prompt");
    let text = &result["messages"][0]["content"]["text"];
    assert_eq!(text, "Describe 2026-06-01: rain, and not clear.");
}

#[tokio::test]
async fn a_forecast_tells_how_far_it_is() {
    let client = Client::connect(&weather_mcp::server(Station)).await;
    let place = json!({ "latitude": 0, "longitude": 0 });
    let result = client.call_tool("forecast", json!({ "place": place, "days": 2 })).await;
    assert_ne!(result.expect("a result")["isError"], true);
    let told: Vec<Value> =
        client.notifications().iter().map(|it| it["params"]["progress"].clone()).collect();
    assert_eq!(told, [json!(1.0), json!(2.0)]);
}

#[tokio::test]
async fn the_weather_of_a_city_is_read() {
    let client = Client::connect(&weather_mcp::server(Station)).await;
    let contents = client.read_resource("weather://Oslo/current").await.expect("a resource");
    let day: Value =
        serde_json::from_str(contents[0]["text"].as_str().expect("a text")).expect("JSON");
    assert_eq!(day, json!({ "date": "2026-06-01", "sky": "clear", "celsius": [10.0, 20.0] }));
    let cities = client.complete("weather://{city}/current", "city", "li").await;
    assert_eq!(cities.as_deref(), Ok(&["Lima".to_owned(), "Lisbon".to_owned()][..]));
}

/// A value that is often right: now and then another one stands in its place.
fn near(right: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    let odd = prop_oneof![
        Just(Value::Null),
        Just(json!("text")),
        Just(json!(1.5)),
        Just(json!([1])),
        Just(json!({ "x": 1 })),
    ];
    prop_oneof![20 => right, 1 => odd].boxed()
}

/// An object in which a member is missing now and then.
fn object(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let member = |(name, value): (&'static str, BoxedStrategy<Value>)| {
        (Just(name), value, prop::bool::weighted(0.95))
    };
    let members: Vec<_> = members.into_iter().map(member).collect();
    let made = members.prop_map(|members| {
        let kept = members.into_iter().filter(|(.., kept)| *kept);
        Value::Object(kept.map(|(name, value, _)| (name.to_owned(), value)).collect())
    });
    near(made)
}

fn number() -> BoxedStrategy<Value> {
    near(prop_oneof![(-95.0..95.0_f64).prop_map(Value::from), (-3..3_i64).prop_map(Value::from)])
}

fn one_of(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    near(prop::sample::select(words).prop_map(Value::from))
}

fn list(items: BoxedStrategy<Value>, most: usize) -> BoxedStrategy<Value> {
    near(prop::collection::vec(items, 0..=most).prop_map(Value::Array))
}

fn place() -> Vec<(&'static str, BoxedStrategy<Value>)> {
    let name = prop_oneof![Just(Value::Null), Just(json!("Rome"))];
    vec![("latitude", number()), ("longitude", number()), ("name", near(name))]
}

fn forecast() -> BoxedStrategy<Value> {
    let pair = near((number(), number()).prop_map(|(low, high)| json!([low, high])));
    let sky = one_of(&["clear", "cloudy", "rain", "snow"]);
    let day = object(vec![("date", one_of(&["2026-06-01"])), ("sky", sky), ("celsius", pair)]);
    object(vec![("place", object(place())), ("days", list(day, 3))])
}

fn region() -> BoxedStrategy<Value> {
    object(place())
        .prop_recursive(3, 12, 3, |inner| {
            let mut members = place();
            members.push(("parts", list(inner.boxed(), 3)));
            object(members)
        })
        .boxed()
}

fn measured() -> BoxedStrategy<Value> {
    object(vec![
        ("kind", one_of(&["wind", "rain"])),
        ("knots", near((0..9_i64).prop_map(Value::from))),
        ("millimetres", number()),
    ])
}

/// The schema of an argument, or of the result, of a tool.
fn schema(tool: &str, pointer: &str) -> Validator {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let tools = runtime.block_on(async {
        let client = Client::connect(&weather_mcp::server(Station)).await;
        client.list_tools().await.expect("a list")
    });
    let tool = tools.iter().find(|entry| entry["name"] == tool).expect("it is listed");
    let mut schema = tool.pointer(pointer).expect("it is there").clone();
    // Definitions stand at the root of the input schema.
    if let (Value::Object(schema), Some(definitions)) =
        (&mut schema, tool.pointer("/inputSchema/$defs"))
    {
        schema.entry("$defs").or_insert_with(|| definitions.clone());
    }
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
    options.should_validate_formats(true).build(&schema).expect("a schema")
}

/// Whatever the schema accepts is a value of the type, and is written as the schema accepts it.
fn check<T: DeserializeOwned + Serialize>(schema: &Validator, value: &Value) {
    let read = serde_json::from_value::<T>(value.clone());
    if schema.is_valid(value) {
        let read = read.unwrap_or_else(|error| panic!("{error}: {value}"));
        let written = serde_json::to_value(&read).expect("it is JSON");
        assert!(schema.is_valid(&written), "{value} became {written}");
        let again: T = serde_json::from_value(written.clone()).expect("it is read again");
        assert_eq!(serde_json::to_value(&again).expect("it is JSON"), written);
    }
}

/// Holds the property for many values, of which a good part has to be accepted.
fn hold<T: DeserializeOwned + Serialize>(values: &BoxedStrategy<Value>, schema: &Validator) {
    let mut accepted = 0;
    let mut runner = prop::test_runner::TestRunner::deterministic();
    for _ in 0..2_000 {
        let tree = values.new_tree(&mut runner).expect("a value");
        let value = proptest::strategy::ValueTree::current(&tree);
        accepted += usize::from(schema.is_valid(&value));
        check::<T>(schema, &value);
    }
    assert!(accepted > 100, "only {accepted} values were accepted");
}

#[test]
fn types_hold_what_schemas_accept() {
    hold::<Forecast>(&forecast(), &schema("forecast", "/outputSchema"));
    hold::<Region>(&region(), &schema("count_places", "/inputSchema/properties/region"));
    let measured_schema = schema("report", "/inputSchema/properties/measured/items");
    hold::<WindOrRain>(&measured(), &measured_schema);
}
