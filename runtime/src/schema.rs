//! JSON Schemas of tools, for what the tables of arguments do not say and for results: compiled when
//! a schema is first needed, once for each tool.
//!
//! The schemas are those that the lists show, so that what is refused is what was announced.

mod formats;
mod message;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::OnceLock;

use jsonschema::{Draft, ValidationOptions, Validator};
use serde_json::Value;

use crate::declaration::{Declaration, Tool};

/// Violations of one value that are told.
const MOST_VIOLATIONS: usize = 50;

/// A compiled schema, in the words of 2020-12. `format` is an annotation, but for types of the
/// declaration.
pub struct Schema {
    text: Value,
    validator: Validator,
}

/// Something in a value that a schema does not allow.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// Where in the value: names of properties and positions in lists, from outside to inside.
    pub path: Vec<Step>,
    /// What is wrong there, as the end of a sentence.
    pub message: String,
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

/// The schemas of the tools of a declaration, by the index of the tool.
#[derive(Debug)]
pub struct Schemas {
    declaration: &'static Declaration,
    tools: Box<[Slots]>,
    routes: Box<[OnceLock<Option<Box<Schema>>>]>,
}

#[derive(Debug, Default)]
struct Slots {
    input: OnceLock<Option<Box<Schema>>>,
    output: OnceLock<Option<Box<Schema>>>,
}

impl Schemas {
    /// Compiles nothing yet.
    #[must_use]
    pub fn new(declaration: &'static Declaration) -> Self {
        let tools = declaration.tools.iter().map(|_| Slots::default()).collect();
        let routes = declaration.rest.routes.iter().map(|_| OnceLock::new()).collect();
        Self { declaration, tools, routes }
    }

    /// What the arguments of a tool have to fit.
    #[must_use]
    pub fn input(&self, tool: usize) -> Option<&Schema> {
        let slots = self.tools.get(tool)?;
        slots.input.get_or_init(|| self.compile(tool, "inputSchema")).as_deref()
    }

    /// What the arguments of a route have to fit, where its table does not say everything.
    #[must_use]
    pub fn route(&self, route: usize) -> Option<&Schema> {
        let compile = || {
            let text = self.declaration.rest.routes.get(route)?.schema;
            let schema = serde_json::from_str(text).ok()?;
            Schema::of_types(&schema).map(Box::new)
        };
        self.routes.get(route)?.get_or_init(compile).as_deref()
    }

    /// What the structured result of a tool has to fit, on the 2026-07-28 wire; `None` where nothing
    /// is promised.
    #[must_use]
    pub fn output(&self, tool: usize) -> Option<&Schema> {
        let slots = self.tools.get(tool)?;
        slots.output.get_or_init(|| self.compile(tool, "outputSchema")).as_deref()
    }

    fn compile(&self, tool: usize, key: &str) -> Option<Box<Schema>> {
        let tool = self.declaration.tools.get(tool)?;
        let name = tool.name();
        let line = self.listing(name)?;
        let entry: Value = serde_json::from_str(line).ok()?;
        let schema = entry.get(key)?;
        let compiled = match tool {
            // Results are made of types that hold nothing else.
            Tool::Declared(_) if key == "inputSchema" => Schema::of_types(schema),
            Tool::Declared(_) | Tool::Forwarded(_) => Schema::compile(schema),
        };
        let compiled = compiled.map(Box::new);
        if compiled.is_none() {
            tracing::warn!(
                tool = name,
                key,
                "the listed schema cannot be compiled, so nothing is held against it"
            );
        }
        compiled
    }

    /// The entry of a tool in the lists. Its name comes first.
    fn listing(&self, name: &str) -> Option<&'static str> {
        let start = format!("{{\"name\":{},", Value::from(name));
        let mut lines =
            self.declaration.modules.iter().flat_map(|module| module.tools.entries.lines());
        lines.find(|line| line.starts_with(&start))
    }
}
