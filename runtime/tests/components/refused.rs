//! Components that cannot be added, and what is said of them.

use mcpwright::Context;
use mcpwright::components::{Component, Icon, Prompt, Resource, Template, Tool};
use serde_json::{Value, json};

use crate::fixture::{EMPTY, server};

fn tool(name: &str) -> Tool {
    Tool::new(name, |_: Context, _: Value| async { Ok(()) })
}

fn prompt(name: &str) -> Prompt {
    Prompt::new(name, |_: Context, _: Value| async { Ok("x") })
}

fn template(uri: &str) -> Template {
    Template::new(uri, "t", |_: Context, _: Value| async { Ok("x") })
}

#[test]
fn what_is_wrong_with_a_component_is_told() {
    let names = "has a name that clients do not take: they accept up to 64 letters, digits, `_`, `-` \
                 and `.`";
    let cases: Vec<(Component, String)> = vec![
        (tool("").into(), format!("the tool `` {names}")),
        (tool("a b").into(), format!("the tool `a b` {names}")),
        (prompt(&"x".repeat(65)).into(), format!("the prompt `{}` {names}", "x".repeat(65))),
        (Resource::text("readme", "r", "").into(), "the resource `readme` has no scheme".into()),
        (
            Resource::text("a://{x}", "r", "").into(),
            "the resource `a://{x}` has variables: it is a template".into(),
        ),
        (
            template("a://x").into(),
            "the template `a://x` has no variables: it is a resource".into(),
        ),
        (template("a://{x").into(), "the template `a://{x` has a `{` without its `}`".into()),
        (
            tool("t").version("1@2").into(),
            "`1@2` is not a version: it is a text without `@`, and not empty".into(),
        ),
        (
            prompt("p").version("").into(),
            "`` is not a version: it is a text without `@`, and not empty".into(),
        ),
        (
            tool("t").input_schema(json!({ "type": "array" })).into(),
            "the input_schema of the tool `t` is not that of an object".into(),
        ),
        (
            tool("t").icons([Icon::new("http://a.example")]).version(2).into(),
            "`tool:t@2` has an icon that clients do not take, `http://a.example`: its address is \
             https: or data:image/"
                .into(),
        ),
        (prompt("p").argument("", "").into(), "`prompt:p@` has an argument without a name".into()),
        (
            prompt("p").argument("a", "").optional_argument("a", "").into(),
            "`prompt:p@` has the argument `a` twice".into(),
        ),
        (
            prompt("p").complete("a", ["x"]).into(),
            "`prompt:p@` completes `a`, which is none of its arguments".into(),
        ),
        (
            template("a://{x}").complete("y", ["x"]).into(),
            "`template:a://{x}@` completes `y`, which is none of its variables".into(),
        ),
    ];
    let components = server(&EMPTY).components();
    for (component, expected) in cases {
        let error = components.add(component).expect_err(&expected);
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn what_is_no_schema_is_told() {
    let components = server(&EMPTY).components();
    for (schema, which) in [
        (json!({ "type": "things" }), "input_schema"),
        (json!({ "type": "object", "properties": { "a": { "pattern": "(" } } }), "input_schema"),
        (json!({ "type": "object", "required": "a" }), "input_schema"),
        (json!({ "minimum": "1" }), "output_schema"),
        (json!(3), "output_schema"),
    ] {
        let wrong = if which == "input_schema" {
            tool("t").input_schema(schema)
        } else {
            tool("t").output_schema(schema)
        };
        let error = components.add(wrong).expect_err("it is no schema").to_string();
        let start = format!("the {which} of the tool `t` is no JSON Schema: ");
        assert!(error.starts_with(&start), "{error}");
    }
}
