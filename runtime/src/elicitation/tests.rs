//! Tests of forms: how wires write them, and what answers pass.

use expect_test::{Expect, expect};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Elicited, Field, Form, FormElicitation, Format, UrlElicitation, UrlElicited};
use crate::protocol::ask::Ask;
use crate::protocol::ask::AskForm;
use crate::protocol::ask::tests::{STATELESS, V2025_06, V2025_11, raw};

fn everything() -> Form {
    Form::new()
        .field("name", Field::text().title("Name").description("Yours").min_length(1).max_length(9))
        .field("mail", Field::text().format(Format::Email).default("a@b").optional())
        .field("age", Field::integer().minimum(0).maximum(150).default(7))
        .field("ratio", Field::number().minimum(0.5).maximum(1.0).default(0.75))
        .field("sure", Field::boolean().default(true))
        .field("size", Field::choice(["s", "l"]).default("s"))
        .field("color", Field::titled_choice([("r", "Red"), ("g", "Green")]).default("g"))
        .field("shade", Field::titled_choice([("d", "Dark")]).enum_names().optional())
        .field("days", Field::choices(["mo", "tu"]).min_items(1).max_items(2).default(["mo"]))
        .field("hours", Field::titled_choices([("m", "Morning"), ("n", "Night")]).optional())
}

#[expect(clippy::needless_pass_by_value, reason = "expect! makes values")]
#[track_caller]
fn check_params(ask: &impl Ask, form: AskForm, expected: Expect) {
    assert_eq!(ask.check(), Ok(()));
    let text = ask.params(form, "e1");
    let _: Value = serde_json::from_str(&text).expect("params are JSON");
    // A line for each field, to be read.
    expected.assert_eq(&text.replace("},\"", "},\n\""));
}

#[test]
fn a_form_has_what_the_wire_knows() {
    let ask = FormElicitation::new("Who?", everything());
    let rich = expect![[r#"
        {"mode":"form","message":"Who?","requestedSchema":{"type":"object","properties":{"name":{"type":"string","title":"Name","description":"Yours","minLength":1,"maxLength":9},
        "mail":{"type":"string","format":"email","default":"a@b"},
        "age":{"type":"integer","minimum":0,"maximum":150,"default":7},
        "ratio":{"type":"number","minimum":0.5,"maximum":1.0,"default":0.75},
        "sure":{"type":"boolean","default":true},
        "size":{"type":"string","enum":["s","l"],"default":"s"},
        "color":{"type":"string","oneOf":[{"const":"r","title":"Red"},{"const":"g","title":"Green"}],"default":"g"},
        "shade":{"type":"string","enum":["d"],"enumNames":["Dark"]},
        "days":{"type":"array","items":{"type":"string","enum":["mo","tu"]},
        "minItems":1,"maxItems":2,"default":["mo"]},
        "hours":{"type":"array","items":{"anyOf":[{"const":"m","title":"Morning"},{"const":"n","title":"Night"}]}}},
        "required":["name","age","ratio","sure","size","color","days"]}}"#]];
    check_params(&ask, STATELESS, rich);
    assert_eq!(ask.params(STATELESS, ""), ask.params(V2025_11, ""));
    check_params(
        &ask,
        V2025_06,
        expect![[r#"
            {"message":"Who?","requestedSchema":{"type":"object","properties":{"name":{"type":"string","title":"Name","description":"Yours","minLength":1,"maxLength":9},
            "mail":{"type":"string","format":"email"},
            "age":{"type":"integer","minimum":0,"maximum":150},
            "ratio":{"type":"number","minimum":0.5,"maximum":1.0},
            "sure":{"type":"boolean","default":true},
            "size":{"type":"string","enum":["s","l"]},
            "color":{"type":"string","enum":["r","g"],"enumNames":["Red","Green"]},
            "shade":{"type":"string","enum":["d"],"enumNames":["Dark"]},
            "days":{"type":"string","description":"Any of the following, separated by commas: mo, tu"},
            "hours":{"type":"string","description":"Any of the following, separated by commas: m (Morning), n (Night)"}},
            "required":["name","age","ratio","sure","size","color","days"]}}"#]],
    );
}

#[test]
fn a_form_without_fields_asks_for_consent() {
    let ask = FormElicitation::new("Sure?", Form::new());
    check_params(
        &ask,
        STATELESS,
        expect![[
            r#"{"mode":"form","message":"Sure?","requestedSchema":{"type":"object","properties":{}}}"#
        ]],
    );
    let accepted = ask.answer(STATELESS, &raw(r#"{"action":"accept"}"#));
    assert_eq!(accepted, Ok(Elicited::Accepted(serde_json::Map::new())));
}

/// The values that a handler gets, or why it gets none.
#[track_caller]
fn answer(form: &Form, wire: AskForm, result: &Value) -> Result<Value, String> {
    let ask = FormElicitation::new("", form.clone());
    match ask.answer(wire, &raw(&result.to_string())) {
        Ok(Elicited::Accepted(values)) => Ok(values.into()),
        Ok(other) => Ok(format!("{other:?}").into()),
        Err(error) => Err(error.to_string()),
    }
}

fn accept(form: &Form, wire: AskForm, content: &Value) -> Result<Value, String> {
    answer(form, wire, &json!({ "action": "accept", "content": content }))
}

#[test]
fn what_was_left_out_has_its_default() {
    for wire in [STATELESS, V2025_06] {
        assert_eq!(
            accept(&everything(), wire, &json!({ "name": "Ada", "other": 1, "shade": null })),
            Ok(json!({
                "name": "Ada", "mail": "a@b", "age": 7, "ratio": 0.75, "sure": true, "size": "s",
                "color": "g", "days": ["mo"],
            }))
        );
    }
    assert_eq!(
        accept(&everything(), STATELESS, &json!({})),
        Err("`content.name` is missing".to_owned())
    );
}

#[test]
fn values_fit_their_fields() {
    let fits = |field: &str, value: Value| {
        let content = json!({ "name": "Ada", field: value });
        accept(&everything(), STATELESS, &content).map(|values| values[field].clone())
    };
    for (field, value) in [
        ("name", json!("ééééééééé")),
        ("mail", json!("x@y.example")),
        ("age", json!(150)),
        ("ratio", json!(1)),
        ("sure", json!(false)),
        ("size", json!("l")),
        ("color", json!("r")),
        ("shade", json!("d")),
        ("days", json!(["tu", "mo"])),
        ("hours", json!([])),
    ] {
        assert_eq!(fits(field, value.clone()), Ok(value));
    }
    assert_eq!(fits("age", json!(8.0)), Ok(json!(8)), "a whole number is an integer");
    for (field, value, wanted) in [
        ("name", json!(""), "a text of at least 1 characters"),
        ("name", json!("0123456789"), "a text of at most 9 characters"),
        ("name", json!(1), "a text"),
        ("mail", json!("nobody"), "an email address"),
        ("age", json!("7"), "an integer"),
        ("age", json!(7.5), "an integer"),
        ("age", json!(1e300), "an integer"),
        ("age", json!(-1), "a number of at least 0"),
        ("age", json!(151), "a number of at most 150"),
        ("ratio", json!(0.4), "a number of at least 0.5"),
        ("ratio", json!("1"), "a number"),
        ("sure", json!("true"), "a boolean"),
        ("size", json!("m"), "one of the values to choose from"),
        ("color", json!("Red"), "one of the values to choose from"),
        ("days", json!("mo"), "an array"),
        ("days", json!([]), "an array of at least 1 items"),
        ("days", json!(["mo", "tu", "mo"]), "an array of at most 2 items"),
        ("days", json!(["we"]), "an array of the values to choose from"),
        ("hours", json!([{}]), "an array of the values to choose from"),
    ] {
        assert_eq!(fits(field, value), Err(format!("`content.{field}` is not {wanted}")));
    }
}

#[test]
fn formats_are_checked() {
    let fits = |format, text: &str| {
        let form = Form::new().field("x", Field::text().format(format));
        accept(&form, STATELESS, &json!({ "x": text })).is_ok()
    };
    assert!(fits(Format::Uri, "https://a.example/b") && fits(Format::Uri, "urn:x:y"));
    assert!(!fits(Format::Uri, "a.example/b"));
    assert!(fits(Format::Date, "2026-07-28") && !fits(Format::Date, "28.7.2026"));
    assert!(fits(Format::DateTime, "2026-07-28T09:30:00Z"));
    assert!(!fits(Format::DateTime, "2026-07-28"));
    assert!(
        fits(Format::Email, "a@b") && !fits(Format::Email, "a b@c") && !fits(Format::Email, "@")
    );
}

#[test]
fn several_values_are_one_text_where_there_are_no_arrays() {
    let form = Form::new().field("x", Field::choices(["a, b", "c"]));
    assert_eq!(
        accept(&form, V2025_06, &json!({ "x": "c; a, b;" })),
        Ok(json!({ "x": ["c", "a, b"] }))
    );
    assert_eq!(accept(&form, V2025_06, &json!({ "x": ["c"] })), Ok(json!({ "x": ["c"] })));
    assert!(accept(&form, V2025_06, &json!({ "x": "d" })).is_err());
}

#[test]
fn a_no_is_an_answer() {
    let form = everything();
    assert_eq!(answer(&form, STATELESS, &json!({ "action": "decline" })), Ok("Declined".into()));
    let cancelled = json!({ "action": "cancel", "content": 7 });
    assert_eq!(answer(&form, STATELESS, &cancelled), Ok("Cancelled".into()));
}

#[test]
fn malformed_answers_are_errors() {
    for result in [
        json!([]),
        json!(null),
        json!({}),
        json!({ "action": 1 }),
        json!({ "action": "accepted" }),
        json!({ "action": "accept", "content": [] }),
        json!({ "action": "accept", "content": "x" }),
    ] {
        assert!(answer(&everything(), STATELESS, &result).is_err(), "{result}");
    }
    let ask = FormElicitation::new("", everything());
    let error = ask.answer(STATELESS, &raw("[]")).expect_err("it is no object");
    let error = error.to_protocol(FormElicitation::METHOD);
    assert_eq!(error.kind.code(), -32602);
    assert_eq!(
        error.message,
        "Invalid params: the answer to elicitation/create is malformed: the result is not an object"
    );
}

#[test]
fn values_become_types() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Guest {
        name: String,
        age: u8,
    }
    let values = json!({ "name": "Ada", "age": 36 });
    let accepted = Elicited::Accepted(values.as_object().expect("an object").clone());
    let guest = Guest { name: "Ada".to_owned(), age: 36 };
    assert_eq!(accepted.clone().accepted().expect("it fits"), Some(guest));
    assert_eq!(Elicited::Declined.accepted::<Guest>().expect("nothing to fit"), None);
    assert!(accepted.accepted::<Vec<u8>>().is_err());
}

#[test]
fn a_schema_written_by_hand_is_sent_as_it_is() {
    let ask = FormElicitation::new("Who?", everything());
    let params: Value = serde_json::from_str(&ask.params(STATELESS, "")).expect("params are JSON");
    let mut schema = params["requestedSchema"].clone();
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    let by_hand = Form::raw(schema.clone()).expect("the protocol allows it");
    let again = FormElicitation::new("Who?", by_hand.clone());
    let text = again.params(STATELESS, "");
    let params: Value = serde_json::from_str(&text).expect("params are JSON");
    assert_eq!(params["requestedSchema"], schema);
    let one = |ask: &FormElicitation| -> Value {
        serde_json::from_str(&ask.params(V2025_06, "")).expect("params are JSON")
    };
    let sort = |mut value: Value| {
        if let Some(required) = value["requestedSchema"]["required"].as_array_mut() {
            required.sort_by_key(ToString::to_string);
        }
        value
    };
    assert_eq!(sort(one(&again)), sort(one(&ask)), "older wires get their subset");
    assert!(accept(&by_hand, STATELESS, &json!({ "name": "Ada" })).is_ok());
    assert!(accept(&by_hand, STATELESS, &json!({ "name": 1 })).is_err());
}

#[test]
fn a_schema_that_is_no_form_is_refused() {
    let refused = |schema: Value| Form::raw(schema).expect_err("it is no form").to_string();
    let property =
        |property: Value| refused(json!({ "type": "object", "properties": { "x": property } }));
    assert!(refused(json!([])).contains("`\"type\": \"object\"`"));
    assert!(refused(json!({ "type": "object" })).contains("`properties`"));
    let missing = json!({ "type": "object", "properties": {}, "required": ["y"] });
    assert!(refused(missing).contains("names `y`"));
    for (schema, expected) in [
        (json!({ "type": "object", "properties": {} }), "its `type` is one of"),
        (json!({ "$ref": "#/$defs/x" }), "its `type` is one of"),
        (json!(true), "it is not an object"),
        (json!({ "type": "string", "pattern": "a" }), "has no `pattern` there"),
        (json!({ "type": "string", "format": "ipv4" }), "`format` has a value"),
        (json!({ "type": "integer", "minimum": "0" }), "`minimum` has a value"),
        (json!({ "type": "integer", "enum": [1] }), "has no `enum` there"),
        (json!({ "type": "array", "items": { "type": "integer" } }), "`items` has a value"),
        (json!({ "type": "array" }), "an array has `items`"),
        (json!({ "type": "string", "enum": [] }), "nothing to choose from"),
        (json!({ "type": "string", "enum": ["a"], "default": "b" }), "the default of"),
        (json!({ "type": "string", "enum": ["a"], "enumNames": [] }), "one name for each"),
        (json!({ "type": "string", "enum": ["a"], "oneOf": [] }), "either `enum` or `oneOf`"),
    ] {
        let message = property(schema);
        assert!(message.contains(expected) && message.contains("`x`"), "{message}");
    }
}

#[test]
fn a_default_has_to_fit() {
    let form = Form::new().field("x", Field::integer().minimum(5).default(4));
    let refused = FormElicitation::new("", form).check().expect_err("4 is less than 5");
    assert_eq!(refused, "the default of the field `x` is not a number of at least 5");
    let form = Form::new().field("x", Field::choice(Vec::<String>::new()).optional());
    assert!(FormElicitation::new("", form).check().is_err());
}

#[test]
fn a_url_has_an_id_where_the_wire_wants_one() {
    let ask = UrlElicitation::new("Pay", "https://pay.example/1");
    check_params(
        &ask,
        STATELESS,
        expect![[r#"{"mode":"url","message":"Pay","url":"https://pay.example/1"}"#]],
    );
    check_params(
        &ask,
        V2025_11,
        expect![[
            r#"{"mode":"url","message":"Pay","url":"https://pay.example/1","elicitationId":"e1"}"#
        ]],
    );
    let answer = |text: &str| ask.answer(STATELESS, &raw(text)).ok();
    assert_eq!(answer(r#"{"action":"accept"}"#), Some(UrlElicited::Accepted));
    assert_eq!(answer(r#"{"action":"decline"}"#), Some(UrlElicited::Declined));
    assert_eq!(answer(r#"{"action":"cancel"}"#), Some(UrlElicited::Cancelled));
    assert_eq!(answer(r#"{"action":"maybe"}"#), None);
    assert!(UrlElicitation::new("", "javascript:alert(1)").check().is_err());
    assert!(UrlElicitation::new("", "/relative").check().is_err());
}
