//! Tests of requests to a model: how wires write them, the rules of messages, and answers.

use expect_test::{Expect, expect};
use serde_json::{Map, Value, json};

use super::{
    ModelPreferences, Sampled, Sampling, SamplingContent, SamplingMessage, SamplingTool, ToolChoice,
};
use crate::declaration::Capability;
use crate::protocol::ask::tests::{STATELESS, V2024, V2025_06, raw};
use crate::protocol::ask::{Ask, AskForm};
use crate::result::{Content, Role};

#[expect(clippy::needless_pass_by_value, reason = "expect! makes values")]
#[track_caller]
fn check_params(ask: &Sampling, form: AskForm, expected: Expect) {
    assert_eq!(ask.check(), Ok(()));
    let text = ask.params(form, "");
    let _: Value = serde_json::from_str(&text).expect("params are JSON");
    expected.assert_eq(&text.replace("},", "},\n"));
}

fn tool_use(id: &str) -> SamplingContent {
    let input = Map::from_iter([("city".to_owned(), json!("Oslo"))]);
    SamplingContent::ToolUse { id: id.to_owned(), name: "weather".to_owned(), input }
}

fn tool_result(id: &str) -> SamplingContent {
    SamplingContent::ToolResult {
        tool_use_id: id.to_owned(),
        content: vec![Content::text("rain")],
        structured: None,
        is_error: false,
    }
}

#[test]
fn a_question_has_what_was_given() {
    check_params(
        &Sampling::new(100).user("Hi"),
        STATELESS,
        expect![[r#"
            {"messages":[{"role":"user","content":{"type":"text","text":"Hi"}}],"maxTokens":100}"#]],
    );
    let preferences = ModelPreferences {
        hints: vec!["small".into(), "other".into()],
        cost: Some(1.0),
        speed: Some(0.5),
        intelligence: None,
    };
    let ask = Sampling::new(1)
        .user("Hi")
        .assistant("Yes?".to_owned())
        .system_prompt("Be \"brief\"")
        .preferences(preferences)
        .temperature(0.5)
        .stop_sequence("END")
        .metadata("k", 1);
    assert_eq!(ask.needs(), Capability::Sampling);
    check_params(
        &ask,
        V2025_06,
        expect![[r#"
            {"messages":[{"role":"user","content":{"type":"text","text":"Hi"}},
            {"role":"assistant","content":{"type":"text","text":"Yes?"}}],"maxTokens":1,"systemPrompt":"Be \"brief\"","modelPreferences":{"hints":[{"name":"small"},
            {"name":"other"}],"costPriority":1.0,"speedPriority":0.5},
            "temperature":0.5,"stopSequences":["END"],"metadata":{"k":1}}"#]],
    );
}

#[test]
fn several_blocks_are_several_messages_where_a_message_has_one() {
    let audio = SamplingContent::Audio { data: "AA==".into(), mime_type: "audio/wav".into() };
    let image = SamplingContent::Image { data: "AA==".into(), mime_type: "image/png".into() };
    let ask = Sampling::new(9).message(SamplingMessage::user([image, audio]));
    check_params(
        &ask,
        STATELESS,
        expect![[r#"
            {"messages":[{"role":"user","content":[{"type":"image","data":"AA==","mimeType":"image/png"},
            {"type":"audio","data":"AA==","mimeType":"audio/wav"}]}],"maxTokens":9}"#]],
    );
    check_params(
        &ask,
        V2024,
        expect![[r#"
            {"messages":[{"role":"user","content":{"type":"image","data":"AA==","mimeType":"image/png"}},
            {"role":"user","content":{"type":"text","text":"[audio audio/wav, which this protocol version cannot carry]"}}],"maxTokens":9}"#]],
    );
}

#[test]
fn tools_need_a_capability_of_their_own() {
    let tool = SamplingTool {
        name: "weather".into(),
        description: "Of a city".into(),
        input_schema: json!({ "type": "object" }),
    };
    let ask = Sampling::new(9)
        .user("Oslo?")
        .message(SamplingMessage::assistant([tool_use("1")]))
        .message(SamplingMessage::user([tool_result("1")]))
        .tool(tool)
        .tool_choice(ToolChoice::Required);
    assert_eq!(ask.needs(), Capability::SamplingTools);
    check_params(
        &ask,
        STATELESS,
        expect![[r#"
            {"messages":[{"role":"user","content":{"type":"text","text":"Oslo?"}},
            {"role":"assistant","content":{"type":"tool_use","id":"1","name":"weather","input":{"city":"Oslo"}}},
            {"role":"user","content":{"type":"tool_result","toolUseId":"1","content":[{"type":"text","text":"rain"}]}}],"maxTokens":9,"tools":[{"name":"weather","description":"Of a city","inputSchema":{"type":"object"}}],"toolChoice":{"mode":"required"}}"#]],
    );
    let answered = Sampling::new(9)
        .message(SamplingMessage::assistant([tool_use("1")]))
        .message(SamplingMessage::user([tool_result("1")]));
    assert_eq!(answered.needs(), Capability::SamplingTools);
    assert_eq!(Sampling::new(9).tool_choice(ToolChoice::None).needs(), Capability::SamplingTools);
}

#[test]
fn every_use_of_a_tool_is_answered() {
    let check = |messages: &[SamplingMessage]| {
        let ask = messages.iter().cloned().fold(Sampling::new(1), Sampling::message);
        ask.check().map_err(std::borrow::Cow::into_owned)
    };
    let uses = |ids: &[&str]| SamplingMessage::assistant(ids.iter().map(|id| tool_use(id)));
    let results = |ids: &[&str]| SamplingMessage::user(ids.iter().map(|id| tool_result(id)));
    let text = || SamplingMessage::user(["x".into()]);
    assert_eq!(check(&[text(), uses(&["1", "2"]), results(&["2", "1"]), text()]), Ok(()));
    assert_eq!(check(&[uses(&["1"]), results(&["1"]), uses(&["1"]), results(&["1"])]), Ok(()));
    for (messages, expected) in [
        (&[][..], "no message"),
        (&[SamplingMessage::user([])], "no content"),
        (&[uses(&["1"])], "`1` is not answered"),
        (&[uses(&["1"]), text()], "`1` is not answered by the next message"),
        (&[uses(&["1", "2"]), results(&["1"])], "`2` is not answered by the next message"),
        (&[uses(&["1"]), results(&["1", "1"])], "`1` answers no use"),
        (&[results(&["1"])], "`1` answers no use"),
        (&[uses(&["1", "1"])], "two uses"),
        (&[SamplingMessage::user([tool_use("1")])], "messages of the assistant"),
        (&[SamplingMessage::assistant([tool_result("1")])], "message of the user"),
        (
            &[uses(&["1"]), SamplingMessage::user([tool_result("1"), "x".into()])],
            "has nothing else",
        ),
    ] {
        let refused = check(messages).expect_err(expected);
        assert!(refused.contains(expected), "{refused}");
    }
}

#[test]
fn numbers_are_in_their_bounds() {
    let ask = || Sampling::new(1).user("x");
    let preferences = |cost| ModelPreferences { cost: Some(cost), ..ModelPreferences::default() };
    assert!(Sampling::new(0).user("x").check().is_err());
    assert!(ask().temperature(f64::NAN).check().is_err());
    assert!(ask().preferences(preferences(1.1)).check().is_err());
    assert!(ask().preferences(preferences(f64::NAN)).check().is_err());
    let schema = json!([]);
    let tool = SamplingTool { name: "t".into(), description: String::new(), input_schema: schema };
    assert!(ask().tool(tool).check().is_err());
}

fn answer(text: &str) -> Option<Sampled> {
    Sampling::new(1).user("x").answer(STATELESS, &raw(text)).ok()
}

#[test]
fn answers_are_read() {
    let text = r#"{"role":"assistant","content":{"type":"text","text":"Hi","_meta":{}},
        "model":"m","stopReason":"endTurn","_meta":{}}"#;
    let sampled = answer(text).expect("it is an answer");
    assert_eq!((sampled.role, sampled.text().as_str()), (Role::Assistant, "Hi"));
    assert_eq!((sampled.model.as_str(), sampled.stop_reason.as_deref()), ("m", Some("endTurn")));
    let text = r#"{"role":"assistant","content":[{"type":"text","text":"a"},
        {"type":"tool_use","id":"1","name":"weather","input":{"city":"Oslo"}},
        {"type":"image","data":"","mimeType":"image/png"},{"type":"text","text":"b"}],"model":"m"}"#;
    let sampled = answer(text).expect("it is an answer");
    assert_eq!(sampled.text(), "ab");
    assert_eq!(sampled.content.get(1), Some(&tool_use("1")));
    assert_eq!(sampled.stop_reason, None);
    assert!(sampled.into_message().uses_tools());
}

#[test]
fn malformed_answers_are_errors() {
    for text in [
        "[]",
        "{}",
        r#"{"role":"assistant","model":"m"}"#,
        r#"{"role":"system","content":[],"model":"m"}"#,
        r#"{"role":"assistant","content":"Hi","model":"m"}"#,
        r#"{"role":"assistant","content":[["text","Hi"]],"model":"m"}"#,
        r#"{"role":"assistant","content":{"type":"video"},"model":"m"}"#,
        r#"{"role":"assistant","content":{"type":"text"},"model":"m"}"#,
        r#"{"role":"assistant","content":{"type":"tool_use","id":"1","name":"n","input":[]},"model":"m"}"#,
        r#"{"role":"assistant","content":{"type":"text","text":"x"},"model":1}"#,
    ] {
        assert_eq!(answer(text), None, "{text}");
    }
}
