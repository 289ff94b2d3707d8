//! Stage tests of declared tools.

use expect_test::expect;
use serde_json::json;

use super::*;
use crate::model::{About, ArgumentType, DeclaredArgument, Server, Task};
use crate::plan::test_support::span;

fn argument(name: &str, ty: ArgumentType) -> DeclaredArgument {
    DeclaredArgument::required(name, span(), ty)
}

fn tool(
    name: &str,
    arguments: Vec<DeclaredArgument>,
    returns: Option<ArgumentType>,
) -> DeclaredTool {
    DeclaredTool {
        about: About {
            span: span(),
            name: name.to_owned(),
            title: None,
            description: None,
            tags: Vec::new(),
            icons: Vec::new(),
            meta: Map::new(),
            version: None,
        },
        arguments,
        input_schema: None,
        output_schema: None,
        returns,
        annotations: crate::model::Annotations::default(),
        timeout: None,
        requires: Vec::new(),
        task: Task::default(),
        headers: Vec::new(),
        blocking: false,
        examples: Vec::new(),
        route: None,
    }
}

fn named(name: &str) -> Named {
    Named { rust: name.to_owned(), method: name.to_owned(), ..Named::default() }
}

fn no_types() -> Types<'static> {
    Types::new(&[], &mut Diagnostics::default())
}

#[test]
fn calculator_adds_two_integers() {
    let arguments = vec![argument("a", ArgumentType::Int), argument("b", ArgumentType::Int)];
    let declared = tool("add", arguments, Some(ArgumentType::Int));
    let (tool, _) = plan(
        &declared,
        &named("add"),
        &mut no_types(),
        &Server::default(),
        &mut Diagnostics::default(),
    );
    expect![[r#"{"name":"add","title":"Add","inputSchema":{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"],"additionalProperties":false},"outputSchema":{"type":"integer"},"_meta":{"fastmcp":{"tags":[]}}}"#]]
        .assert_eq(&tool.listing);
    assert_eq!((tool.constant.as_str(), tool.type_name.as_str()), ("ADD", "AddArgs"));
    let Target::Handler(Declared { handler, .. }) = tool.target else { panic!("a handler") };
    assert_eq!((handler.method.as_str(), handler.returns), ("add", RustType::Integer));
}

#[test]
fn optional_type_is_nullable_and_required_without_a_default() {
    let ty = ArgumentType::Union(vec![ArgumentType::Str, ArgumentType::None]);
    let declared = tool("greet", vec![argument("name", ty)], None);
    let server = Server { hide_component_meta: true, ..Server::default() };
    let (tool, _) =
        plan(&declared, &named("greet"), &mut no_types(), &server, &mut Diagnostics::default());
    let argument = &tool.arguments[0];
    assert!(argument.required && argument.nullable);
    expect![[r#"{"name":"greet","title":"Greet","inputSchema":{"type":"object","properties":{"name":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["name"],"additionalProperties":false}}"#]]
        .assert_eq(&tool.listing);
}

#[test]
fn default_outside_the_limits_is_refused() {
    let days = DeclaredArgument {
        maximum: Some(7.into()),
        default: Some(json!(9)),
        ..argument("days", ArgumentType::Int)
    };
    let mut diagnostics = Diagnostics::default();
    plan(
        &tool("forecast", vec![days], None),
        &named("forecast"),
        &mut no_types(),
        &Server::default(),
        &mut diagnostics,
    );
    let problems: Vec<_> =
        diagnostics.iter().map(|problem| (problem.code, problem.message.as_str())).collect();
    assert_eq!(problems, [(Code::E0308, "the default 9 of `days` is not at most 7")]);
}
