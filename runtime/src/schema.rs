//! JSON Schemas of tools, for what the tables of arguments do not say and for results: compiled when
//! a schema is first needed, once for each tool.
//!
//! The schemas are those that the lists show, so that what is refused is what was announced.

mod broken;
mod formats;
mod message;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::OnceLock;

pub(crate) use jsonschema::JsonType;
use jsonschema::{Draft, ValidationOptions, Validator};
use serde_json::Value;

use crate::declaration::{Declaration, DeclaredTool, Tool};
use crate::format::Format;

/// Violations of one value that are told.
const MOST_VIOLATIONS: usize = 50;

/// A compiled schema, in the words of 2020-12. `format` is an annotation, but for types of the
/// declaration.
pub struct Schema {
    text: Value,
    validator: Validator,
}

/// Something in a value that a schema does not allow.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Where in the value: names of properties and positions in lists, from outside to inside.
    pub path: Vec<Step>,
    /// What is wrong there, as the end of a sentence.
    pub message: String,
    /// The rule that is broken, for whoever says it in other words.
    pub(crate) broken: Broken,
    /// The value that breaks it, as JSON text; none where it is long.
    pub(crate) given: Option<Box<str>>,
}

/// A rule of a schema.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Broken {
    /// `required`: this property.
    Missing(String),
    /// `type`, where it is one.
    Type(JsonType),
    /// `enum` or `const`
    OneOf(Vec<Value>),
    /// A bound of a number, by its keyword.
    Bound(&'static str, Value),
    /// A bound of a length, by its keyword, and the length.
    Length(&'static str, u64, usize),
    /// `pattern`
    Pattern(String),
    /// `format` or `contentEncoding` of a declared type.
    Format(Format),
    /// Any other.
    Other,
}

/// A step into a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// To a property.
    Property(String),
    /// To an item.
    Item(usize),
}

impl Schema {
    /// Compiles a schema. A pattern that no engine understands is passed over; `None` for what is no
    /// schema at all.
    #[must_use]
    pub fn compile(schema: &Value) -> Option<Self> {
        Self::build(schema, &options())
    }

    /// Compiles a schema that the generator made of declared types: formats are rules there.
    #[must_use]
    pub(crate) fn of_types(schema: &Value) -> Option<Self> {
        Self::build(schema, &formats::asserted(options()))
    }

    fn build(schema: &Value, options: &ValidationOptions<'static>) -> Option<Self> {
        let validator = options.build(schema).ok().or_else(|| {
            let mut schema = schema.clone();
            remove_broken_patterns(&mut schema);
            options.build(&schema).ok()
        })?;
        Some(Self { text: schema.clone(), validator })
    }

    /// Compiles a schema all of which has to be understood.
    ///
    /// # Errors
    /// Why it is no schema.
    pub fn try_compile(schema: &Value) -> Result<Self, String> {
        match options().build(schema) {
            Ok(validator) => Ok(Self { text: schema.clone(), validator }),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The schema itself.
    #[must_use]
    pub(crate) const fn text(&self) -> &Value {
        &self.text
    }

    /// Whether the schema allows the value.
    #[must_use]
    pub fn allows(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    /// What the schema does not allow in the value, in the order of its keywords.
    #[must_use]
    pub fn violations(&self, value: &Value) -> Vec<Violation> {
        let errors = self.validator.iter_errors(value).take(MOST_VIOLATIONS);
        let mut violations: Vec<Violation> = Vec::new();
        for violation in errors.map(|error| message::of(&self.text, &error)) {
            if !violations.contains(&violation) {
                violations.push(violation);
            }
        }
        violations
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Schema").finish_non_exhaustive()
    }
}

fn options() -> ValidationOptions<'static> {
    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(false)
}

/// Removes the patterns that cannot be compiled, wherever they stand. A property of this name is no
/// text and stays.
fn remove_broken_patterns(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let is_broken =
                members.get("pattern").filter(|pattern| pattern.is_string()).is_some_and(
                    |pattern| options().build(&serde_json::json!({ "pattern": pattern })).is_err(),
                );
            if is_broken {
                members.remove("pattern");
            }
            members.values_mut().for_each(remove_broken_patterns);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_broken_patterns),
        _ => {}
    }
}

/// A schema that is compiled when it is first needed; `None` where there is none.
type Slot = OnceLock<Option<Box<Schema>>>;

/// The schemas of the components of a declaration, by the index of the component.
#[derive(Debug)]
pub struct Schemas {
    declaration: &'static Declaration,
    tools: Box<[Slots]>,
    routes: Box<[Slots]>,
    prompts: Box<[Slot]>,
}

/// Those of what is given to a tool or a route, and of what it gives.
#[derive(Debug, Default)]
struct Slots {
    input: Slot,
    output: Slot,
}

impl Schemas {
    /// Compiles nothing yet.
    #[must_use]
    pub fn new(declaration: &'static Declaration) -> Self {
        Self {
            declaration,
            tools: declaration.tools.iter().map(|_| Slots::default()).collect(),
            routes: declaration.rest.routes.iter().map(|_| Slots::default()).collect(),
            prompts: declaration.prompts.iter().map(|_| Slot::new()).collect(),
        }
    }

    /// What the arguments of a tool have to fit.
    #[must_use]
    pub fn input(&self, tool: usize) -> Option<&Schema> {
        let compile = || {
            let schema = self.listed(tool, "inputSchema")?;
            match self.declaration.tools.get(tool)? {
                Tool::Declared(_) => self.compile(tool, Schema::of_types(&schema)),
                Tool::Forwarded(_) => self.compile(tool, Schema::compile(&schema)),
            }
        };
        self.tools.get(tool)?.input.get_or_init(compile).as_deref()
    }

    /// What the arguments of a route have to fit, where its table does not say everything.
    #[must_use]
    pub fn route(&self, route: usize) -> Option<&Schema> {
        let compile = || of_text(self.declaration.rest.routes.get(route)?.schema);
        self.routes.get(route)?.input.get_or_init(compile).as_deref()
    }

    /// What the arguments of a prompt have to fit, where its table does not say everything.
    #[must_use]
    pub fn prompt(&self, prompt: usize) -> Option<&Schema> {
        let compile = || of_text(self.declaration.prompts.get(prompt)?.schema);
        self.prompts.get(prompt)?.get_or_init(compile).as_deref()
    }

    /// What the structured result of a tool has to fit, on the 2026-07-28 wire; `None` where nothing
    /// is promised, or the type of the result keeps to it by itself.
    #[must_use]
    pub fn output(&self, tool: usize) -> Option<&Schema> {
        let compile = || match self.declaration.tools.get(tool)? {
            Tool::Declared(declared) => of_output(declared),
            Tool::Forwarded(_) => {
                self.compile(tool, Schema::compile(&self.listed(tool, "outputSchema")?))
            }
        };
        self.tools.get(tool)?.output.get_or_init(compile).as_deref()
    }

    /// The same for what a route answers.
    #[must_use]
    pub fn answer(&self, route: usize) -> Option<&Schema> {
        let compile = || of_output(self.declaration.rest.routes.get(route)?.tool);
        self.routes.get(route)?.output.get_or_init(compile).as_deref()
    }

    /// Says so where a listed schema is none.
    fn compile(&self, tool: usize, compiled: Option<Schema>) -> Option<Box<Schema>> {
        if compiled.is_none() {
            let tool = self.declaration.tools.get(tool).map_or("", Tool::name);
            tracing::warn!(
                tool,
                "a listed schema cannot be compiled, so nothing is held against it"
            );
        }
        compiled.map(Box::new)
    }

    /// A schema in the entry of a tool in the lists. Its name comes first; its versions are in the
    /// order of the table.
    fn listed(&self, tool: usize, key: &str) -> Option<Value> {
        let (before, rest) = self.declaration.tools.split_at_checked(tool)?;
        let name = rest.first()?.name();
        let before = before.iter().rev().take_while(|it| it.name() == name).count();
        let start = format!("{{\"name\":{},", Value::from(name));
        let lines = self.declaration.modules.iter().flat_map(|module| module.tools.entries.lines());
        let line = lines.filter(|line| line.starts_with(&start)).nth(before)?;
        let mut entry: Value = serde_json::from_str(line).ok()?;
        entry.get_mut(key).map(Value::take)
    }
}

/// The schema of arguments of declared types.
fn of_text(text: &str) -> Option<Box<Schema>> {
    Schema::of_types(&serde_json::from_str(text).ok()?).map(Box::new)
}

/// The schema of results, in which formats are what types write.
fn of_output(tool: &DeclaredTool) -> Option<Box<Schema>> {
    Schema::compile(&serde_json::from_str(tool.output_schema).ok()?).map(Box::new)
}
