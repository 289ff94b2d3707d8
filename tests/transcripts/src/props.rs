//! The server `props`: what the scenes need of a server and no other server here has.

#[expect(
    clippy::allow_attributes,
    reason = "the included file allows that a part of it goes unused"
)]
pub mod declared {
    //! The server as the build script wrote it.
    include!(concat!(env!("OUT_DIR"), "/mcp/server.rs"));
}

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mcpwright::elicitation::{Elicited, Field, Form, UrlElicited};
use mcpwright::sampling::{Sampling, SamplingContent, SamplingMessage, SamplingTool};
use mcpwright::{Content, Context, LogLevel, ResourceError, Server, ToolError, ToolResult};
use serde_json::json;

use self::declared::Handlers;
use self::declared::resources;
use self::declared::tools::declared::{
    ChargeArgs, FailArgs, FateArgs, GrumbleArgs, HurryArgs, ResearchArgs, SignInArgs,
    SignInFirstArgs, TouchArgs, WaitArgs,
};

/// How long `fate` waits for a call to end that has been cancelled.
const MERCY: Duration = Duration::from_secs(5);

/// The server, to be run on any transport.
#[must_use]
pub fn server() -> Server {
    declared::server(Props::default())
}

/// What the calls have done so far.
#[derive(Debug, Default)]
struct Props(Arc<Mutex<Record>>);

#[derive(Debug, Default)]
struct Record {
    begun: BTreeSet<String>,
    dropped: BTreeSet<String>,
    charges: BTreeMap<String, u32>,
}

impl Props {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes that a call has been dropped.
struct Waiting(Arc<Mutex<Record>>, String);

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut record = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        record.dropped.insert(std::mem::take(&mut self.1));
    }
}

fn says(text: impl Into<String>) -> Result<ToolResult, ToolError> {
    Ok(ToolResult::text(text))
}

impl Handlers for Props {
    async fn wait(&self, context: Context, arguments: WaitArgs) -> Result<ToolResult, ToolError> {
        let _waiting = Waiting(Arc::clone(&self.0), arguments.label.clone());
        self.record().begun.insert(arguments.label);
        context.report_progress(1.0, None, None).await;
        pending().await
    }

    async fn fate(&self, _context: Context, arguments: FateArgs) -> Result<ToolResult, ToolError> {
        let label = arguments.label;
        if !self.record().begun.contains(&label) {
            return says("never begun");
        }
        let ended = async {
            while !self.record().dropped.contains(&label) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let is_dropped = tokio::time::timeout(MERCY, ended).await.is_ok();
        says(if is_dropped { "dropped" } else { "running" })
    }

    async fn sign_in(
        &self,
        context: Context,
        _arguments: SignInArgs,
    ) -> Result<ToolResult, ToolError> {
        let page = "https://login.example.com/start";
        says(match context.elicit_url("login", "Please sign in.", page).await? {
            UrlElicited::Accepted => "on the way",
            UrlElicited::Declined => "declined",
            UrlElicited::Cancelled => "cancelled",
        })
    }

    async fn sign_in_first(
        &self,
        _context: Context,
        _arguments: SignInFirstArgs,
    ) -> Result<ToolResult, ToolError> {
        let page = json!({
            "mode": "url",
            "elicitationId": "login-1",
            "url": "https://login.example.com/start",
            "message": "Please sign in.",
        });
        Err(ToolError::public("Sign in first")
            .with_code(-32042)
            .with_data(json!({ "elicitations": [page] })))
    }

    async fn research(
        &self,
        context: Context,
        arguments: ResearchArgs,
    ) -> Result<ToolResult, ToolError> {
        let lookup = || SamplingTool {
            name: "lookup".to_owned(),
            description: "Looks a word up.".to_owned(),
            input_schema: json!({ "type": "object", "properties": { "word": { "type": "string" } } }),
        };
        let question = Sampling::new(100).user(arguments.question).tool(lookup());
        let first = context.sample("first", question.clone()).await?;
        let used = first.content.iter().find_map(|block| match block {
            SamplingContent::ToolUse { id, input, .. } => Some((id.clone(), input.clone())),
            _ => None,
        });
        let Some((tool_use_id, input)) = used else { return says(first.text()) };
        let found = Content::text(format!("{} is a word", input["word"].as_str().unwrap_or("it")));
        let result = SamplingContent::ToolResult {
            tool_use_id,
            content: vec![found],
            structured: None,
            is_error: false,
        };
        let answered =
            question.message(first.into_message()).message(SamplingMessage::user([result]));
        says(context.sample("second", answered).await?.text())
    }

    async fn charge(
        &self,
        context: Context,
        arguments: ChargeArgs,
    ) -> Result<ToolResult, ToolError> {
        let label = arguments.label;
        let charge = || async {
            let mut record = self.record();
            let charges = record.charges.entry(label.clone()).or_default();
            *charges += 1;
            Ok(format!("receipt {charges}"))
        };
        let receipt = context.once("charge", charge).await?;
        let form = Form::new().field("ok", Field::boolean());
        let elicited = context.elicit("confirm", "Is that right?", form).await?;
        let word = if matches!(elicited, Elicited::Accepted(_)) { "confirmed" } else { "disputed" };
        let charges = self.record().charges.get(&label).copied().unwrap_or_default();
        says(format!("{receipt} {word}, charged {charges} times"))
    }

    async fn grumble(
        &self,
        context: Context,
        _arguments: GrumbleArgs,
    ) -> Result<ToolResult, ToolError> {
        for level in [
            LogLevel::Debug,
            LogLevel::Info,
            LogLevel::Notice,
            LogLevel::Warning,
            LogLevel::Error,
            LogLevel::Critical,
            LogLevel::Alert,
            LogLevel::Emergency,
        ] {
            context.log(level, "props", format!("{level:?}")).await;
        }
        says("grumbled")
    }

    async fn hurry(
        &self,
        context: Context,
        _arguments: HurryArgs,
    ) -> Result<ToolResult, ToolError> {
        for (progress, message) in [(1.0, "on"), (0.5, "back"), (1.0, "nowhere"), (2.5, "on")] {
            context.report_progress(progress, Some(4.0), Some(message)).await;
        }
        says("there")
    }

    async fn touch(&self, context: Context, arguments: TouchArgs) -> Result<ToolResult, ToolError> {
        context.components().resource_updated(&arguments.uri);
        says("touched")
    }

    async fn fail(&self, _context: Context, arguments: FailArgs) -> Result<ToolResult, ToolError> {
        let code = i32::try_from(arguments.code).unwrap_or(-32603);
        Err(ToolError::public("It failed, as it was told to").with_code(code))
    }

    async fn third(&self, _context: Context) -> Result<String, ResourceError> {
        Err(ResourceError::internal("the third note is lost"))
    }

    async fn letter(
        &self,
        _context: Context,
        arguments: resources::Letter,
    ) -> Result<String, ResourceError> {
        Ok(format!("Dear {}", arguments.to))
    }
}
