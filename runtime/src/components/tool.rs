//! A tool to be added.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::about::{About, Hints, key, put, say_about};
use super::header::mirrored;
use super::inject::say_injections;
use super::{Added, AddedTool, Body, Component, ComponentError, Injections};
use crate::arguments::{conform_whole, with_texts};
use crate::context::Context;
use crate::declaration::{Task, TaskSupport};
use crate::handler::{self, CallFuture, Handler, on_own_thread};
use crate::operation::Output;
use crate::result::{HandlerError, IntoToolResult, ToolError};
use crate::schema::Schema;
use crate::visibility::ComponentKind;

/// What begins a call: the arguments are a JSON object that the input schema allows.
type Start = dyn Fn(Context, Given<'_>, Output) -> CallFuture + Send + Sync;

/// What a call is given: two JSON objects, the second one of texts.
#[derive(Clone, Copy, Debug)]
struct Given<'a> {
    arguments: &'a str,
    injected: &'a str,
}

/// A tool to be added to a server. Needs the feature `schema`, which holds arguments against the
/// input schema.
///
/// ```
/// use mcpwright::components::Tool;
/// use mcpwright::Context;
/// use serde_json::json;
///
/// #[derive(serde::Deserialize)]
/// struct Add {
///     a: i64,
///     b: i64,
/// }
///
/// let add = Tool::new("add", |_: Context, add: Add| async move { Ok(add.a + add.b) })
///     .description("Adds two numbers.")
///     .input_schema(json!({
///         "type": "object",
///         "properties": { "a": { "type": "integer" }, "b": { "type": "integer" } },
///         "required": ["a", "b"],
///         "additionalProperties": false,
///     }))
///     .output_schema(json!({ "type": "integer" }))
///     .read_only(true);
/// # let _ = add;
/// ```
#[derive(Clone)]
pub struct Tool {
    about: About,
    input_schema: Value,
    output_schema: Option<Value>,
    hints: Hints,
    task: Task,
    injections: Injections,
    start: Arc<Start>,
}

say_about!(Tool);
say_injections!(Tool);

impl Tool {
    /// A tool that a handler answers. Without [`Tool::input_schema`] it takes no arguments.
    ///
    /// The future is dropped at its next await when the call is cancelled or out of time. A panic
    /// becomes a failed call.
    #[must_use]
    pub fn new<A, F, Fut, R>(name: impl Into<String>, handler: F) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, ToolError>> + Send + 'static,
        R: IntoToolResult,
    {
        Self::starting(name, move |context, given, output| {
            let arguments = match read(given) {
                Ok(arguments) => arguments,
                Err(refused) => return refused,
            };
            let name = context.name().to_owned();
            let answer = handler(context, arguments);
            Box::pin(async move { handler::promised(&name, output, answer.await?) })
        })
    }

    /// [`Tool::new`] for a handler that blocks its thread, as
    /// [`Server::on_blocking`](crate::Server::on_blocking).
    #[must_use]
    pub fn blocking<A, F, R>(name: impl Into<String>, handler: F) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        F: Fn(Context, A) -> Result<R, ToolError> + Send + Sync + 'static,
        R: IntoToolResult + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self::new(name, move |context, arguments: A| {
            let handler = Arc::clone(&handler);
            on_own_thread(context, move |context| handler(context, arguments))
        })
    }

    fn starting(
        name: impl Into<String>,
        start: impl Fn(Context, Given<'_>, Output) -> CallFuture + Send + Sync + 'static,
    ) -> Self {
        Self {
            about: About::new(name),
            input_schema: json!({
                "type": "object", "properties": {}, "additionalProperties": false
            }),
            output_schema: None,
            hints: Hints::default(),
            task: Task::NEVER,
            injections: Injections::default(),
            start: Arc::new(start),
        }
    }

    /// What its arguments have to fit: a JSON Schema (2020-12) of an object. What fits it has to fit
    /// the argument type of the handler too. `x-mcp-header` at a property says that HTTP clients repeat
    /// the argument in a header, which is held against it.
    #[must_use]
    pub fn input_schema(mut self, schema: Value) -> Self {
        self.input_schema = schema;
        self
    }

    /// What its structured result fits: a JSON Schema (2020-12).
    #[must_use]
    pub fn output_schema(mut self, schema: Value) -> Self {
        self.output_schema = Some(schema);
        self
    }

    /// A call changes nothing.
    #[must_use]
    pub fn read_only(mut self, value: bool) -> Self {
        self.hints.set("readOnlyHint", value);
        self
    }

    /// A call may destroy something.
    #[must_use]
    pub fn destructive(mut self, value: bool) -> Self {
        self.hints.set("destructiveHint", value);
        self
    }

    /// Calling twice is as good as calling once.
    #[must_use]
    pub fn idempotent(mut self, value: bool) -> Self {
        self.hints.set("idempotentHint", value);
        self
    }

    /// A call reaches beyond the server.
    #[must_use]
    pub fn open_world(mut self, value: bool) -> Self {
        self.hints.set("openWorldHint", value);
        self
    }

    /// Whether a call can outlive its request.
    #[must_use]
    pub const fn task(mut self, task: Task) -> Self {
        self.task = task;
        self
    }

    fn build(self, says_meta: bool) -> Result<Added, ComponentError> {
        let kind = ComponentKind::Tool;
        self.about.check_name(kind)?;
        self.about.check(kind, &self.about.name)?;
        let input = self.compile("input_schema", &self.input_schema)?;
        if self.input_schema.get("type") != Some(&json!("object")) {
            return Err(self.refuse("input_schema", "is not that of an object".to_owned()));
        }
        let headers =
            mirrored(&self.input_schema).map_err(|why| self.refuse("input_schema", why))?;
        if let Some(why) = self.injections.problem(|name| self.takes(name)) {
            let key = key(kind, &self.about.name, self.about.version());
            return Err(ComponentError::Part { key, why });
        }
        let mut output = Output::Undeclared;
        if let Some(schema) = &self.output_schema {
            self.compile("output_schema", schema)?;
            let is_object = schema.get("type") == Some(&json!("object"));
            output = if is_object { Output::Object } else { Output::Wrapped };
        }
        let (entry, legacy) = self.entries(output, says_meta);
        let Self { about, task, injections, start, .. } = self;
        let check = move |text: &str, mode| conform_whole(text, &input, mode).map(Cow::into_owned);
        Ok(Added {
            id: about.name.as_str().into(),
            version: about.version().into(),
            name: about.name.into(),
            tags: about.tags,
            entry,
            legacy,
            timeout: about.timeout,
            requires: about.requires,
            injections,
            handler: Handler::new(move |context, values| {
                let given = Given {
                    arguments: values.get(0).unwrap_or("{}"),
                    injected: values.get(1).unwrap_or("{}"),
                };
                start(context, given, output)
            }),
            body: Body::Tool(AddedTool { output, task, headers, check: Box::new(check) }),
        })
    }

    /// Whether the input schema has an argument of this name.
    fn takes(&self, name: &str) -> bool {
        let required = self.input_schema.get("required").and_then(Value::as_array);
        self.input_schema.pointer("/properties").is_some_and(|it| it.get(name).is_some())
            || required.is_some_and(|names| names.iter().any(|it| it == name))
    }

    fn compile(&self, which: &'static str, schema: &Value) -> Result<Schema, ComponentError> {
        Schema::try_compile(schema)
            .map_err(|error| self.refuse(which, format!("is no JSON Schema: {error}")))
    }

    fn refuse(&self, which: &'static str, why: String) -> ComponentError {
        ComponentError::Schema { tool: self.about.name.clone(), which, why }
    }

    /// The entry on the 2026-07-28 wire, and that on older ones where it differs.
    fn entries(&self, output: Output, says_meta: bool) -> (String, Option<String>) {
        let support = match self.task.support {
            TaskSupport::Never => None,
            TaskSupport::Optional => Some("optional"),
            TaskSupport::Required => Some("required"),
        };
        let entry = self.entry(self.output_schema.as_ref(), None, says_meta);
        let wrapped = self.output_schema.as_ref().filter(|_| output == Output::Wrapped).map(wrap);
        let differs = wrapped.is_some() || support.is_some();
        let legacy = differs.then(|| {
            let schema = wrapped.as_ref().or(self.output_schema.as_ref());
            self.entry(schema, support, says_meta)
        });
        (entry, legacy)
    }

    fn entry(&self, output: Option<&Value>, task: Option<&str>, says_meta: bool) -> String {
        let mut entry = Map::new();
        self.about.heading(&mut entry);
        entry.insert("inputSchema".to_owned(), self.input_schema.clone());
        if let Some(output) = output {
            entry.insert("outputSchema".to_owned(), output.clone());
        }
        self.hints.put(&mut entry);
        if let Some(task) = task {
            let mut execution = Map::new();
            put(&mut execution, "taskSupport", task);
            entry.insert("execution".to_owned(), Value::Object(execution));
        }
        self.about.ending(&mut entry, says_meta);
        Value::Object(entry).to_string()
    }
}

/// The arguments, or the answer where the schema allows what the handler does not take.
fn read<A: DeserializeOwned>(given: Given<'_>) -> Result<A, CallFuture> {
    let read = match given.injected {
        "{}" => serde_json::from_str(given.arguments),
        texts => with_texts(given.arguments, texts),
    };
    read.map_err(|error| -> CallFuture {
        let error = HandlerError::public(format!("the arguments do not fit: {error}"));
        Box::pin(std::future::ready(Err(error)))
    })
}

/// The schema of an object that holds what is no object in `result`, as wires up to 2025-11-25 want
/// it. References into the schema lead to where it is then.
fn wrap(schema: &Value) -> Value {
    let mut inner = schema.clone();
    let definitions = inner.as_object_mut().and_then(|members| members.remove("$defs"));
    move_references(&mut inner);
    let mut wrapped = json!({
        "type": "object",
        "properties": { "result": inner },
        "required": ["result"],
        "x-fastmcp-wrap-result": true,
    });
    if let Some(mut definitions) = definitions {
        move_references(&mut definitions);
        wrapped["$defs"] = definitions;
    }
    wrapped
}

fn move_references(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get_mut("$ref")
                && let Some(pointer) = target.strip_prefix('#')
                && !pointer.starts_with("/$defs/")
                && (pointer.is_empty() || pointer.starts_with('/'))
            {
                *target = format!("#/properties/result{pointer}");
            }
            members.values_mut().for_each(move_references);
        }
        Value::Array(items) => items.iter_mut().for_each(move_references),
        _ => {}
    }
}

impl From<Tool> for Component {
    fn from(tool: Tool) -> Self {
        Self::new(move |says_meta| tool.build(says_meta))
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tool").field("name", &self.about.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::wrap;

    #[test]
    fn a_wrapped_schema_keeps_its_references() {
        let list = json!({
            "type": "array",
            "items": { "anyOf": [{ "$ref": "#" }, { "$ref": "#/$defs/Leaf" }] },
            "$defs": { "Leaf": { "type": "integer" } },
        });
        let expected = json!({
            "type": "object",
            "properties": { "result": {
                "type": "array",
                "items": { "anyOf": [{ "$ref": "#/properties/result" }, { "$ref": "#/$defs/Leaf" }] },
            } },
            "required": ["result"],
            "x-fastmcp-wrap-result": true,
            "$defs": { "Leaf": { "type": "integer" } },
        });
        assert_eq!(wrap(&list), expected);
    }
}
