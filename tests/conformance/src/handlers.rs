//! What the suite's scenarios expect of each component.

use std::time::Duration;

use conformance_mcp::tools::declared::{
    ConfirmDeleteArgs, FailingJobArgs, GreetArgs, JsonSchema202012ToolArgs, MultiInputArgs,
    ProtocolErrorJobArgs, SlowComputeArgs, TestAudioContentArgs, TestElicitationArgs,
    TestElicitationSep1034DefaultsArgs, TestElicitationSep1330EnumsArgs, TestEmbeddedResourceArgs,
    TestErrorHandlingArgs, TestImageContentArgs, TestInputRequiredResultCapabilitiesArgs,
    TestInputRequiredResultElicitationArgs, TestInputRequiredResultListRootsArgs,
    TestInputRequiredResultMultiRoundArgs, TestInputRequiredResultMultipleInputsArgs,
    TestInputRequiredResultRequestStateArgs, TestInputRequiredResultSamplingArgs,
    TestInputRequiredResultTamperedStateArgs, TestLoggingToolArgs, TestMissingCapabilityArgs,
    TestMultipleContentTypesArgs, TestReconnectionArgs, TestSamplingArgs, TestSimpleTextArgs,
    TestStreamingElicitationArgs, TestToolWithLoggingArgs, TestToolWithProgressArgs,
    TestToolWithTaskArgs, TestTriggerPromptChangeArgs, TestTriggerToolChangeArgs,
    TestXMcpHeaderArgs,
};
use conformance_mcp::{Handlers, prompts, resources};
use mcpwright::elicitation::{Elicited, Field, Form};
use mcpwright::{
    Capability, Completing, Completion, CompletionError, Content, Context, PromptError,
    PromptMessage, PromptResult, ResourceError, ToolError, ToolResult,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::asking::{ask_text, question, text, tick};
use crate::media::{PIXEL, SILENCE};

/// Time between two things that a scenario wants to see one after the other.
const STEP: Duration = Duration::from_millis(50);

/// Answers the declared components.
#[derive(Debug)]
pub struct Fixture;

fn says(text: impl Into<String>) -> Result<ToolResult, ToolError> {
    Ok(ToolResult::text(text))
}

/// What a user did with a form, in words.
fn in_words(elicited: &Elicited) -> String {
    match elicited {
        Elicited::Accepted(content) => {
            format!("action=accept, content={}", Value::Object(content.clone()))
        }
        Elicited::Declined => "action=decline, content={}".to_owned(),
        Elicited::Cancelled => "action=cancel, content={}".to_owned(),
    }
}

impl Handlers for Fixture {
    async fn test_simple_text(
        &self,
        _context: Context,
        _arguments: TestSimpleTextArgs,
    ) -> Result<ToolResult, ToolError> {
        says("This is a simple text response for testing.")
    }

    async fn test_image_content(
        &self,
        _context: Context,
        _arguments: TestImageContentArgs,
    ) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::blocks([Content::image(PIXEL, "image/png")]))
    }

    async fn test_audio_content(
        &self,
        _context: Context,
        _arguments: TestAudioContentArgs,
    ) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::blocks([Content::audio(&*SILENCE, "audio/wav")]))
    }

    async fn test_embedded_resource(
        &self,
        _context: Context,
        _arguments: TestEmbeddedResourceArgs,
    ) -> Result<ToolResult, ToolError> {
        let text = "This is an embedded resource content.";
        Ok(ToolResult::blocks([Content::resource("test://embedded-resource", "text/plain", text)]))
    }

    async fn test_multiple_content_types(
        &self,
        _context: Context,
        _arguments: TestMultipleContentTypesArgs,
    ) -> Result<ToolResult, ToolError> {
        let data = r#"{"test":"data","value":123}"#;
        Ok(ToolResult::blocks([
            Content::text("Multiple content types test:"),
            Content::image(PIXEL, "image/png"),
            Content::resource("test://mixed-content-resource", "application/json", data),
        ]))
    }

    async fn test_error_handling(
        &self,
        _context: Context,
        _arguments: TestErrorHandlingArgs,
    ) -> Result<ToolResult, ToolError> {
        Err(ToolError::public("This tool intentionally returns an error for testing"))
    }

    async fn test_tool_with_progress(
        &self,
        context: Context,
        _arguments: TestToolWithProgressArgs,
    ) -> Result<ToolResult, ToolError> {
        for progress in [0.0, 50.0, 100.0] {
            context.report_progress(progress, Some(100.0), None).await;
            sleep(STEP).await;
        }
        says("Progress was reported.")
    }

    async fn json_schema_2020_12_tool(
        &self,
        _context: Context,
        arguments: JsonSchema202012ToolArgs,
    ) -> Result<ToolResult, ToolError> {
        says(format!("Given: {}", arguments.value))
    }

    async fn test_tool_with_logging(
        &self,
        context: Context,
        _arguments: TestToolWithLoggingArgs,
    ) -> Result<ToolResult, ToolError> {
        context.info("Tool execution started").await;
        sleep(STEP).await;
        context.info("Tool processing data").await;
        sleep(STEP).await;
        context.info("Tool execution completed").await;
        says("Logs were sent.")
    }

    async fn test_sampling(
        &self,
        context: Context,
        arguments: TestSamplingArgs,
    ) -> Result<ToolResult, ToolError> {
        let sampled = context.sample("prompt", question(&arguments.prompt, 100)).await?;
        says(format!("LLM response: {}", sampled.text()))
    }

    async fn test_elicitation(
        &self,
        context: Context,
        arguments: TestElicitationArgs,
    ) -> Result<ToolResult, ToolError> {
        let form = Form::new()
            .field("username", Field::text().description("User's response"))
            .field("email", Field::text().description("User's email address"));
        let elicited = context.elicit("user", arguments.message, form).await?;
        says(format!("User response: {}", in_words(&elicited)))
    }

    async fn test_elicitation_sep1034_defaults(
        &self,
        context: Context,
        _arguments: TestElicitationSep1034DefaultsArgs,
    ) -> Result<ToolResult, ToolError> {
        let status = Field::choice(["active", "inactive", "pending"]).default("active");
        let form = Form::new()
            .field("name", Field::text().default("John Doe").optional())
            .field("age", Field::integer().default(30).optional())
            .field("score", Field::number().default(95.5).optional())
            .field("status", status.optional())
            .field("verified", Field::boolean().default(true).optional());
        let elicited = context.elicit("user", "Please check the defaults.", form).await?;
        says(format!("Elicitation completed: {}", in_words(&elicited)))
    }

    async fn test_elicitation_sep1330_enums(
        &self,
        context: Context,
        _arguments: TestElicitationSep1330EnumsArgs,
    ) -> Result<ToolResult, ToolError> {
        let options = ["option1", "option2", "option3"];
        let titled =
            [("value1", "First Option"), ("value2", "Second Option"), ("value3", "Third Option")];
        let named = [("opt1", "Option One"), ("opt2", "Option Two"), ("opt3", "Option Three")];
        let choices =
            [("value1", "First Choice"), ("value2", "Second Choice"), ("value3", "Third Choice")];
        let form = Form::new()
            .field("untitledSingle", Field::choice(options).optional())
            .field("titledSingle", Field::titled_choice(titled).optional())
            .field("legacyEnum", Field::titled_choice(named).enum_names().optional())
            .field("untitledMulti", Field::choices(options).optional())
            .field("titledMulti", Field::titled_choices(choices).optional());
        let elicited = context.elicit("choices", "Please choose.", form).await?;
        says(format!("Elicitation completed: {}", in_words(&elicited)))
    }

    async fn test_reconnection(
        &self,
        context: Context,
        _arguments: TestReconnectionArgs,
    ) -> Result<ToolResult, ToolError> {
        context.close_stream(Duration::from_millis(500)).await;
        sleep(Duration::from_millis(100)).await;
        says("The stream was closed and this came all the same.")
    }

    async fn test_missing_capability(
        &self,
        _context: Context,
        _arguments: TestMissingCapabilityArgs,
    ) -> Result<ToolResult, ToolError> {
        says("The client can sample.")
    }

    async fn test_streaming_elicitation(
        &self,
        context: Context,
        _arguments: TestStreamingElicitationArgs,
    ) -> Result<ToolResult, ToolError> {
        let elicited = context.elicit("streaming_elicitation", "A value?", text("value")).await?;
        says(in_words(&elicited))
    }

    async fn test_logging_tool(
        &self,
        context: Context,
        _arguments: TestLoggingToolArgs,
    ) -> Result<ToolResult, ToolError> {
        if let Some(level) = context.requested_log_level() {
            context.log(level, "", "A message at the level that was asked for").await;
        }
        says("Done.")
    }

    async fn test_trigger_tool_change(
        &self,
        context: Context,
        _arguments: TestTriggerToolChangeArgs,
    ) -> Result<ToolResult, ToolError> {
        context.components().tools_changed();
        says("The list of tools has changed.")
    }

    async fn test_trigger_prompt_change(
        &self,
        context: Context,
        _arguments: TestTriggerPromptChangeArgs,
    ) -> Result<ToolResult, ToolError> {
        context.components().prompts_changed();
        says("The list of prompts has changed.")
    }

    async fn test_input_required_result_elicitation(
        &self,
        context: Context,
        _arguments: TestInputRequiredResultElicitationArgs,
    ) -> Result<ToolResult, ToolError> {
        let name = ask_text(&context, "user_name", "What is your name?", "name").await?;
        says(format!("Hello, {name}!"))
    }

    async fn test_input_required_result_sampling(
        &self,
        context: Context,
        _arguments: TestInputRequiredResultSamplingArgs,
    ) -> Result<ToolResult, ToolError> {
        let asked = question("What is the capital of France?", 100);
        let sampled = context.sample("capital_question", asked).await?;
        says(sampled.text())
    }

    async fn test_input_required_result_list_roots(
        &self,
        context: Context,
        _arguments: TestInputRequiredResultListRootsArgs,
    ) -> Result<ToolResult, ToolError> {
        let roots = context.list_roots("client_roots").await?;
        says(format!("{} roots", roots.len()))
    }

    async fn test_input_required_result_request_state(
        &self,
        context: Context,
        _arguments: TestInputRequiredResultRequestStateArgs,
    ) -> Result<ToolResult, ToolError> {
        context.elicit("confirm", "Please confirm.", tick("ok")).await?;
        says("state-ok")
    }

    async fn test_input_required_result_multiple_inputs(
        &self,
        context: Context,
        _arguments: TestInputRequiredResultMultipleInputsArgs,
    ) -> Result<ToolResult, ToolError> {
        let (name, greeting, roots) = tokio::join!(
            ask_text(&context, "user_name", "What is your name?", "name"),
            context.sample("greeting", question("Generate a greeting", 50)),
            context.list_roots("client_roots"),
        );
        says(format!("{} {} ({} roots)", greeting?.text(), name?, roots?.len()))
    }

    async fn test_input_required_result_multi_round(
        &self,
        context: Context,
        _arguments: TestInputRequiredResultMultiRoundArgs,
    ) -> Result<ToolResult, ToolError> {
        let name = ask_text(&context, "step1", "What is your name?", "name").await?;
        let color = ask_text(&context, "step2", "What is your favourite colour?", "color").await?;
        says(format!("{name} likes {color}."))
    }

    async fn test_input_required_result_tampered_state(
        &self,
        context: Context,
        _arguments: TestInputRequiredResultTamperedStateArgs,
    ) -> Result<ToolResult, ToolError> {
        context.elicit("confirm", "Please confirm.", tick("ok")).await?;
        says("The state is as it was.")
    }

    async fn test_input_required_result_capabilities(
        &self,
        context: Context,
        _arguments: TestInputRequiredResultCapabilitiesArgs,
    ) -> Result<ToolResult, ToolError> {
        let can_sample = context.client_supports(Capability::Sampling);
        let can_elicit = context.client_supports(Capability::Elicitation);
        let sample = async {
            if !can_sample {
                return Ok(None);
            }
            context.sample("sample", question("Say something.", 50)).await.map(Some)
        };
        let elicit = async {
            if !can_elicit {
                return Ok(None);
            }
            context.elicit("elicit", "Anything?", text("anything")).await.map(Some)
        };
        let (sampled, elicited): (Result<_, ToolError>, Result<_, ToolError>) =
            tokio::join!(sample, elicit);
        let sampled = sampled?.map_or_else(|| "nothing".to_owned(), |sampled| sampled.text());
        let elicited = elicited?.map_or_else(|| "nothing".to_owned(), |asked| in_words(&asked));
        says(format!("sampled {sampled}, elicited {elicited}"))
    }

    async fn test_x_mcp_header(
        &self,
        _context: Context,
        arguments: TestXMcpHeaderArgs,
    ) -> Result<ToolResult, ToolError> {
        says(format!("Region: {}", arguments.region))
    }

    async fn greet(
        &self,
        _context: Context,
        arguments: GreetArgs,
    ) -> Result<ToolResult, ToolError> {
        says(format!("Hello, {}!", arguments.name))
    }

    async fn slow_compute(
        &self,
        _context: Context,
        arguments: SlowComputeArgs,
    ) -> Result<ToolResult, ToolError> {
        let seconds = arguments.seconds.clamp(0.0, 60.0);
        sleep(Duration::from_secs_f64(seconds)).await;
        says(format!("{} took {seconds} s", arguments.label))
    }

    async fn failing_job(
        &self,
        _context: Context,
        _arguments: FailingJobArgs,
    ) -> Result<ToolResult, ToolError> {
        sleep(Duration::from_secs(1)).await;
        Err(ToolError::public("The job failed, as it always does."))
    }

    async fn protocol_error_job(
        &self,
        _context: Context,
        _arguments: ProtocolErrorJobArgs,
    ) -> Result<ToolResult, ToolError> {
        Err(ToolError::public("The job broke the protocol.").with_code(-32603))
    }

    async fn confirm_delete(
        &self,
        context: Context,
        arguments: ConfirmDeleteArgs,
    ) -> Result<ToolResult, ToolError> {
        let file = arguments.filename.as_str();
        let message = format!("Delete {file}?");
        let elicited = context.elicit("confirm", message, tick("confirm")).await?;
        let confirmed = match &elicited {
            Elicited::Accepted(content) => content.get("confirm") == Some(&Value::Bool(true)),
            Elicited::Declined | Elicited::Cancelled => false,
        };
        says(if confirmed { format!("Deleted {file}.") } else { format!("Kept {file}.") })
    }

    async fn multi_input(
        &self,
        context: Context,
        _arguments: MultiInputArgs,
    ) -> Result<ToolResult, ToolError> {
        let form = || {
            Form::new()
                .field("name", Field::text().optional())
                .field("confirm", Field::boolean().optional())
        };
        let (first, second) = tokio::join!(
            context.elicit("first", "The first question.", form()),
            context.elicit("second", "The second question.", form()),
        );
        says(format!("{}; {}", in_words(&first?), in_words(&second?)))
    }

    async fn test_tool_with_task(
        &self,
        context: Context,
        _arguments: TestToolWithTaskArgs,
    ) -> Result<ToolResult, ToolError> {
        let name = ask_text(&context, "user_name", "What is your name?", "name").await?;
        context.start_task().await;
        sleep(STEP).await;
        says(format!("Hello, {name}!"))
    }

    async fn watched_resource(&self, _context: Context) -> Result<String, ResourceError> {
        Ok("This resource can be watched.".to_owned())
    }

    async fn template_data(
        &self,
        _context: Context,
        arguments: resources::TemplateData,
    ) -> Result<Value, ResourceError> {
        let id = arguments.id;
        let data = format!("Data for ID: {id}");
        Ok(json!({ "id": id, "templateTest": true, "data": data }))
    }

    async fn complete_test_prompt_with_arguments(
        &self,
        _context: Context,
        completing: Completing,
    ) -> Result<Completion, CompletionError> {
        Ok(Completion::matching(["paris", "park", "party"], &completing.value))
    }

    async fn test_prompt_with_embedded_resource(
        &self,
        _context: Context,
        arguments: prompts::TestPromptWithEmbeddedResource,
    ) -> Result<PromptResult, PromptError> {
        let text = "Embedded resource content for testing.";
        Ok(PromptResult::new([
            PromptMessage::user(Content::resource(arguments.resource_uri, "text/plain", text)),
            PromptMessage::user("Please process the embedded resource above."),
        ]))
    }

    async fn test_prompt_with_image(&self, _context: Context) -> Result<PromptResult, PromptError> {
        Ok(PromptResult::new([
            PromptMessage::user(Content::image(PIXEL, "image/png")),
            PromptMessage::user("Please analyze the image above."),
        ]))
    }

    async fn test_input_required_result_prompt(
        &self,
        context: Context,
    ) -> Result<PromptResult, PromptError> {
        let given = ask_text(&context, "user_context", "In what context?", "context").await?;
        Ok(PromptResult::user(format!("Keep this in mind: {given}")))
    }
}
