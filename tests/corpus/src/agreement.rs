//! Whether our check of arguments, strict and without coercion, agrees with `jsonschema` about the
//! listed schema: on values made for the schema and on changed ones.

use mcpwright::arguments::{self, Mode};
use mcpwright::declaration::Tool;
use mcpwright::schema::Schemas;
use mcpwright_generator::plan;
use serde_json::Value;

use crate::tables::{self, Checks};
use crate::values::{self, Random};

/// Values for one schema: as many made ones as changed ones.
const VALUES: usize = 60;

/// What came out.
#[derive(Debug, Default)]
pub struct Agreement {
    /// Schemas that were looked at.
    pub schemas: usize,
    /// Values that the schemas allow.
    pub allowed: usize,
    /// Values that they refuse.
    pub refused: usize,
    /// Values on which the two disagree.
    pub disagreements: Vec<String>,
}

/// Compares the checks of every `stride`th tool of a plan.
#[must_use]
pub fn compare(plan: &plan::Crate, stride: usize) -> Agreement {
    let declaration = tables::declaration(plan, Checks::All);
    let schemas = Schemas::new(declaration);
    let mut agreement = Agreement::default();
    for (index, tool) in declaration.tools.iter().enumerate().step_by(stride.max(1)) {
        let Some(planned) = plan.tools().find(|planned| planned.name == tool.name()) else {
            continue;
        };
        let listing: Value = serde_json::from_str(&planned.listing).unwrap_or_default();
        agreement.compare_tool(*tool, index, &listing["inputSchema"], &schemas);
    }
    agreement
}

impl Agreement {
    fn compare_tool(&mut self, tool: Tool, index: usize, schema: &Value, schemas: &Schemas) {
        self.schemas += 1;
        let Ok(other) = jsonschema::draft202012::options().build(schema) else {
            self.disagreements.push(format!("{}: no schema", tool.name()));
            return;
        };
        let seed = tool
            .name()
            .bytes()
            .fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let mut random = Random::new(seed);
        for number in 0..VALUES {
            let mut value = values::valid(schema, schema, &mut random);
            if number % 2 == 1 {
                value = values::mutated(&value, &mut random);
            }
            let theirs = other.is_valid(&value);
            let ours = check(tool, index, &value, schemas);
            *(if theirs { &mut self.allowed } else { &mut self.refused }) += 1;
            if ours.is_ok() != theirs {
                let said = ours.err().unwrap_or_else(|| "accepted".to_owned());
                self.disagreements.push(format!("{}: {value}\n  here: {said}", tool.name()));
            }
        }
    }
}

/// What a server does before it calls a tool.
fn check(tool: Tool, index: usize, value: &Value, schemas: &Schemas) -> Result<(), String> {
    let text = value.to_string();
    let table = tool.arguments();
    let mode = Mode { strict: true, ..Mode::default() };
    let values = arguments::parse(table, Some(&text), mode).map_err(|errors| errors.to_string())?;
    match schemas.input(index).filter(|_| values.need_schema(table)) {
        Some(schema) => values.conform(table, schema).map_err(|errors| errors.to_string()),
        None => Ok(()),
    }
}
