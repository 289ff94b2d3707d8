//! Several versions of one component: each is a method of its own, and a client gets the highest unless
//! it asks for another.

use build_script::versions::tools::declared::{
    ForecastBetaArgs, ForecastV10Args, ForecastV20rc1Args,
};
use build_script::versions::{Handlers, prompts, resources, server};
use mcpwright::testing::{Client, RpcError};
use mcpwright::{
    Completing, Completion, CompletionError, Context, PromptError, PromptMessage, PromptResult,
    ResourceError, ToolError, ToolResult,
};
use serde_json::{Value, json};

#[derive(Debug)]
struct Weather;

impl Handlers for Weather {
    async fn forecast_v1_0(&self, _: Context, _: ForecastV10Args) -> Result<String, ToolError> {
        Ok("one day".to_owned())
    }

    async fn forecast_v2_0rc1(
        &self,
        _: Context,
        arguments: ForecastV20rc1Args,
    ) -> Result<Vec<String>, ToolError> {
        Ok((0..arguments.days).map(|day| format!("day {day}")).collect())
    }

    async fn forecast_beta(
        &self,
        _: Context,
        _: ForecastBetaArgs,
    ) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::text("perhaps"))
    }

    async fn terms_v1(&self, _: Context) -> Result<String, ResourceError> {
        Ok("The old terms.".to_owned())
    }

    async fn now_v1_9(&self, _: Context, now: resources::NowV19) -> Result<String, ResourceError> {
        Ok(format!("{}: old", now.city))
    }

    async fn now_v1_10(
        &self,
        _: Context,
        now: resources::NowV110,
    ) -> Result<String, ResourceError> {
        Ok(format!("{}: new", now.city))
    }

    async fn complete_now_v1_10(
        &self,
        _: Context,
        _: Completing,
    ) -> Result<Completion, CompletionError> {
        Ok(Completion::from_iter(["Oslo"]))
    }

    async fn pack_v2(
        &self,
        _: Context,
        pack: prompts::PackV2,
    ) -> Result<PromptResult, PromptError> {
        Ok(PromptResult::new([PromptMessage::user(format!("What to pack for {}?", pack.city))]))
    }
}

/// The generations: without a handshake, and with one.
async fn clients() -> [Client; 2] {
    let server = server(Weather);
    [Client::connect(&server).await, Client::with_handshake(&server, "2025-11-25").await]
}

async fn ask(
    client: &Client,
    method: &str,
    mut params: Value,
    version: Option<&str>,
) -> Result<Value, RpcError> {
    if let Some(version) = version {
        params["_meta"] = json!({ "fastmcp": { "version": version } });
    }
    client.request(method, params).await
}

#[tokio::test]
async fn each_version_is_answered_by_its_method() {
    for client in clients().await {
        let call = |arguments: Value, version| {
            let params = json!({ "name": "forecast", "arguments": arguments });
            ask(&client, "tools/call", params, version)
        };
        let rome = || json!({ "city": "Rome", "days": 2 });
        let highest = call(rome(), None).await.expect("it answers");
        assert!(highest.to_string().contains("day 1"), "{highest}");
        let first = call(json!({ "city": "Rome" }), Some("1.0")).await.expect("it answers");
        assert_eq!(first["content"][0]["text"], "one day");
        let beta = call(json!({ "town": 3 }), Some("beta")).await.expect("it answers");
        assert_eq!(beta["content"][0]["text"], "perhaps");
        // Each has its own arguments.
        let refused = call(rome(), Some("1.0")).await.expect("a result");
        assert!(refused["isError"] == true && refused.to_string().contains("days"), "{refused}");
        assert_eq!(call(rome(), Some("3")).await.expect_err("there is none").code, -32602);

        let read =
            |uri: &str, version| ask(&client, "resources/read", json!({ "uri": uri }), version);
        for (uri, version, text) in [
            ("weather://terms", None, "The new terms."),
            ("weather://terms", Some("1"), "The old terms."),
            ("weather://Rome/now", None, "Rome: new"),
            ("weather://Rome/now", Some("1.9"), "Rome: old"),
        ] {
            let found = read(uri, version).await.expect("it is there");
            assert_eq!(found["contents"][0]["text"], text, "{uri} {version:?}");
        }

        let get = |version| {
            let params = json!({ "name": "pack", "arguments": { "city": "Rome" } });
            ask(&client, "prompts/get", params, version)
        };
        let text = |found: Value| found["messages"][0]["content"]["text"].clone();
        assert_eq!(text(get(None).await.expect("it is there")), "What to pack for Rome?");

        let complete = |version| {
            let template = json!({ "type": "ref/resource", "uri": "weather://{city}/now" });
            let params = json!({ "ref": template, "argument": { "name": "city", "value": "" } });
            ask(&client, "completion/complete", params, version)
        };
        let values = |found: Value| found["completion"]["values"].clone();
        assert_eq!(values(complete(None).await.expect("suggestions")), json!(["Oslo"]));
        assert_eq!(values(complete(Some("1.9")).await.expect("suggestions")), json!(["Rome"]));
    }
}

#[tokio::test]
async fn lists_show_the_highest_version_and_say_which_there_are() {
    for client in clients().await {
        let lists = [
            (client.list_tools().await, json!(["2.0rc1", "1.0", "beta"])),
            (client.list_resources().await, json!(["2", "1"])),
            (client.list_resource_templates().await, json!(["1.10", "1.9"])),
            (client.list_prompts().await, json!(["2", "1"])),
        ];
        for (list, versions) in lists {
            let list = list.expect("a list");
            let [entry] = list.as_slice() else { panic!("one entry: {list:?}") };
            let meta = &entry["_meta"]["fastmcp"];
            assert_eq!((&meta["versions"], &meta["version"]), (&versions, &versions[0]));
        }
        let tools = client.list_tools().await.expect("a list");
        assert_eq!(tools[0]["inputSchema"]["required"], json!(["city", "days"]));
    }
}
