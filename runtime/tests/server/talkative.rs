//! A second server under test: its tools say much, and ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mcpwright::codegen::{
    ArgumentErrors, Arguments, Declaration, DeclaredTool, Reader, Tool, Writer,
};
use mcpwright::elicitation::{Field, Form};
use mcpwright::{Context, Server};

use crate::fixture::PLAIN;

macro_rules! tools {
    ($($type:ident $table:ident $name:literal),*) => {$(
        static $table: DeclaredTool = DeclaredTool {
            name: $name,
            timeout: Some(Duration::from_secs(3600)),
            ..DeclaredTool::DEFAULT
        };

        #[derive(Debug)]
        pub(crate) struct $type;

        impl Arguments for $type {
            const TOOL: Tool = Tool::Declared(&$table);
            fn read(_: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
                Ok(Self)
            }
            fn write(&self, _: &mut Writer) {}
        }
    )*};
}

tools!(Confirm CONFIRM "confirm", Flood FLOOD "flood", Other OTHER "other", Report REPORT "report");

/// Its declaration, with sessions.
pub(crate) const TALKATIVE: Declaration = Declaration {
    tools: &[
        Tool::Declared(&CONFIRM),
        Tool::Declared(&FLOOD),
        Tool::Declared(&OTHER),
        Tool::Declared(&REPORT),
    ],
    modules: &[],
    deployment: mcpwright::codegen::Deployment::DEFAULT,
    ..PLAIN
};

/// Calls of `flood` that run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Floods(Arc<AtomicUsize>);

struct Running(Floods);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Floods {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// The server with its handlers: `confirm` and `other` ask, `flood` logs for ever, `report` tells its
/// progress once.
pub(crate) fn talkative(declaration: &'static Declaration) -> (Server, Floods) {
    let floods = Floods::default();
    let counter = floods.clone();
    let ask = |context: Context| async move {
        let form = Form::new().field("ok", Field::boolean());
        context.elicit("confirm", "Is that right?", form).await?;
        Ok("confirmed")
    };
    let server = Server::new(declaration)
        .on(move |context: Context, _: Confirm| ask(context))
        .on(move |context: Context, _: Other| ask(context))
        .on(|context: Context, _: Report| async move {
            context.report_progress(1.0, None, None).await;
            Ok("reported")
        })
        .on(move |context: Context, _: Flood| {
            let counter = counter.clone();
            async move {
                counter.0.fetch_add(1, Ordering::SeqCst);
                let _running = Running(counter);
                let line = "x".repeat(64 << 10);
                loop {
                    context.info(&line).await;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                #[expect(unreachable_code, reason = "says what the handler would give")]
                Ok(())
            }
        });
    (server, floods)
}
