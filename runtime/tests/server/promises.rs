//! Results of forwarded operations, held against what their tools promise.

use mcpwright::codegen::{
    Declaration, Listing, Module, Operation, Output, Tool, UpstreamSpec, Validation,
};
use mcpwright::transport::memory::connect;
use mcpwright::{Options, Server};

use crate::fixture::{PLAIN, modern};

static MODULE: Module = Module {
    name: "all",
    tools: Listing::new(
        "{\"name\":\"get\",\"inputSchema\":{\"type\":\"object\"},\"outputSchema\":{\"type\":\"object\",\
         \"properties\":{\"lines\":{\"items\":{\"type\":\"integer\"}}},\"required\":[\"id\"]}}\n",
    ),
    mock: "{\"tool\":\"get\",\"status\":200,\"media_type\":\"application/json\",\
           \"json\":{\"lines\":[1,\"two\"]}}\n",
    ..Module::DEFAULT
};

static MODULES: &[&Module] = &[&MODULE];

/// A declaration whose only tool gets what it does not promise.
fn declaration(validate_output: Validation) -> &'static Declaration {
    let upstream: &'static UpstreamSpec =
        Box::leak(Box::new(UpstreamSpec { name: "shop", validate_output, ..UpstreamSpec::NONE }));
    let operation: &'static Operation = Box::leak(Box::new(Operation {
        tool: "get",
        output: Output::Object,
        upstream,
        ..Operation::DEFAULT
    }));
    Box::leak(Box::new(Declaration {
        modules: MODULES,
        tools: vec![Tool::Forwarded(operation)].leak(),
        upstreams: vec![upstream].leak(),
        ..PLAIN
    }))
}

async fn call(validate_output: Validation) -> String {
    let options = Options { mock: true, ..Options::default() };
    let server = Server::new(declaration(validate_output)).options(options);
    let connection = connect(&server);
    connection.send(&modern("1", "tools/call", r#""name":"get""#)).await.expect("an answer")
}

#[tokio::test]
async fn a_broken_promise_fails_the_call_only_where_that_is_asked_for() {
    for validation in [Validation::Warn, Validation::Off] {
        let answer = call(validation).await;
        assert!(answer.contains(r#""structuredContent":{"lines":[1,"two"]}"#), "{answer}");
        assert!(answer.contains(r#""isError":false"#), "{answer}");
    }
    let answer = call(Validation::Strict).await;
    assert!(answer.contains(r#""isError":true"#), "{answer}");
    assert!(answer.contains("is not what `get` promises"), "{answer}");
    assert!(answer.contains("lines[1]: "), "{answer}");
    assert!(answer.contains("id"), "{answer}");
}
