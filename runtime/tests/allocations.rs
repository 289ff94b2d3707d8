//! What a call takes from the allocator: counted, so that the way of declared components stays as short
//! as it is.

use allocation_counter::{AllocationInfo, measure};
use mcpwright::codegen::{
    ArgumentErrors, Arguments, Declaration, DeclaredTool, Listing, Module, Reader, Tool, Writer,
};
use mcpwright::components::{Criteria, Resource};
use mcpwright::transport::memory::{Connection, connect};
use mcpwright::{Context, Server};

static TOOL: DeclaredTool = DeclaredTool { name: "t", ..DeclaredTool::DEFAULT };
static MODULE: Module = Module {
    tools: Listing::new(r#"{"name":"t","inputSchema":{"type":"object"}}"#),
    ..Module::DEFAULT
};
static SERVER: Declaration = Declaration {
    modules: &[&MODULE],
    tools: &[Tool::Declared(&TOOL)],
    revision: mcpwright::codegen::REVISION,
    ..Declaration::DEFAULT
};

#[derive(Debug)]
struct Empty;

impl Arguments for Empty {
    const TOOL: Tool = Tool::Declared(&TOOL);
    fn read(_: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
        Ok(Self)
    }
    fn write(&self, _: &mut Writer) {}
}

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;

/// Sends a message a hundred times, and gives what one of them took.
fn each(runtime: &tokio::runtime::Runtime, connection: &Connection, message: &str) -> u64 {
    let send = |times: usize| {
        runtime.block_on(async {
            for _ in 0..times {
                let answer = connection.send(message).await.expect("a request is answered");
                assert!(answer.contains("\"result\""), "{answer}");
            }
        });
    };
    // What is made once is made here.
    send(10);
    let AllocationInfo { count_total, .. } = measure(|| send(100));
    count_total / 100
}

#[test]
fn what_was_declared_takes_no_more_where_components_can_be_added() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    let server = || Server::new(&SERVER).on(|_: Context, _: Empty| async { Ok("x") });
    let call = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"t",{META}}}}}"#
    );
    let list = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{{META}}}}}"#);

    let plain = server();
    let connection = connect(&plain);
    let before = [&call, &list].map(|message| each(&runtime, &connection, message));

    // A handle that changes nothing costs nothing.
    let components = plain.components();
    let with_handle = [&call, &list].map(|message| each(&runtime, &connection, message));
    assert_eq!(with_handle, before);

    // Neither does a change to a call of what was declared.
    components.add(Resource::text("a://b", "b", "c")).expect("added");
    components.disable(&Criteria::new().names(["other"]));
    let touched = [&call, &list].map(|message| each(&runtime, &connection, message));
    assert_eq!(touched, before);

    // The numbers themselves: raise them only for a reason.
    assert_eq!(before, [15, 5], "allocations of a call and of a list");
}
