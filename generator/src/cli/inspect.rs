//! `inspect`: what an input becomes, without writing anything.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::components::{self, Row};
use super::table::{self, Align, thousands};
use super::{Failure, generate, load, say};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan;
use crate::source::SourceMap;

const SUMMARY_WIDTH: usize = 48;
/// Bytes of JSON that make a token, for an estimate.
const BYTES_PER_TOKEN: usize = 4;

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An OpenAPI file (.json, .yaml, .yml), a mcp.toml, or a folder below specs/
    input: PathBuf,
    /// The mcp.toml to use instead of the one beside the document
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Fetch what documents refer to over http and https
    #[arg(long)]
    allow_remote_references: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How the components are printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A table for people
    #[default]
    Text,
    /// JSON, as docs/commands.md describes it
    Json,
}

/// Generates in memory and prints the components.
///
/// # Errors
///
/// Fails where `gen` would.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let options = load::Options { remote: arguments.allow_remote_references };
    let config = arguments.config.as_deref();
    let outcome = generate::in_memory(&arguments.input, config, options)?;
    let report = Report {
        server: &outcome.generated.plan,
        rows: components::rows(&outcome.generated.plan),
        warnings: outcome.generated.warnings.iter().collect(),
        sources: &outcome.sources,
    };
    say(&match arguments.format {
        Format::Text => report.text(),
        Format::Json => format!("{:#}\n", report.json()),
    })
}

struct Report<'r> {
    server: &'r plan::Crate,
    rows: Vec<Row<'r>>,
    warnings: Vec<&'r Diagnostic>,
    sources: &'r SourceMap,
}

impl Report<'_> {
    fn tokens(&self) -> usize {
        self.rows.iter().map(tokens).sum()
    }

    fn text(&self) -> String {
        let heading = [
            ("kind", Align::Left),
            ("name", Align::Left),
            ("from", Align::Left),
            ("arguments", Align::Right),
            ("tokens", Align::Right),
            ("what it does", Align::Left),
        ];
        let rows: Vec<[String; 6]> = self
            .rows
            .iter()
            .map(|row| {
                [
                    row.kind.to_owned(),
                    row.name.to_owned(),
                    row.from.clone(),
                    row.arguments.to_string(),
                    thousands(tokens(row)),
                    table::summary(row.docs, SUMMARY_WIDTH),
                ]
            })
            .collect();
        let mut text = table::render(heading, &rows);
        let mut add = |line: String| {
            writeln!(text, "{line}").expect("writing to a string does not fail");
        };
        add(format!(
            "\n{}, about {} tokens (bytes of the lists ÷ {BYTES_PER_TOKEN})",
            components::counts(&self.rows),
            thousands(self.tokens())
        ));
        let report = &self.server.report;
        if report.operations > 0 {
            add(format!("\nReport\n  {}", report.operations_in_words()));
        }
        for (list, entries) in report.lists() {
            add(format!("  {list}"));
            for (what, count) in entries {
                add(format!("    {:>6}  {what}", thousands(*count)));
            }
        }
        if !self.warnings.is_empty() {
            add("\nWarnings:".to_owned());
        }
        for warning in &self.warnings {
            add(format!("  {}", self.place(warning)));
        }
        text
    }

    fn place(&self, diagnostic: &Diagnostic) -> String {
        let place = diagnostic.primary.as_ref().map(|label| {
            let (line, column) = self.sources.position(label.span);
            format!("{}:{line}:{column}: ", self.sources.name(label.span.file))
        });
        let code = diagnostic.code.as_str();
        format!("{}{} [{code}]", place.unwrap_or_default(), diagnostic.message)
    }

    fn json(&self) -> Value {
        let components: Vec<Value> = self.rows.iter().map(|row| self.component(row)).collect();
        let report = &self.server.report;
        let list = |entries: &[(String, usize)]| -> Value {
            entries.iter().map(|(what, count)| json!({ "what": what, "count": count })).collect()
        };
        let warnings: Vec<Value> =
            self.warnings.iter().map(|warning| self.diagnostic(warning)).collect();
        let count = |kind: &str| self.rows.iter().filter(|row| row.kind == kind).count();
        json!({
            "server": { "name": self.server.server.name, "version": self.server.server.version },
            "components": components,
            "totals": {
                "tools": count("tool"),
                "resources": count("resource"),
                "templates": count("template"),
                "prompts": count("prompt"),
                "tokens": self.tokens(),
                "listing_bytes": self.rows.iter().map(|row| row.listing.len()).sum::<usize>(),
            },
            "report": {
                "operations": report.operations,
                "kept": report.kept,
                "excluded": report.excluded,
                "left_out": list(&report.left_out),
                "widened": list(&report.widened),
                "unenforced": list(&report.unenforced),
                "skipped": list(&report.skipped),
                "tolerated": list(&report.tolerated),
            },
            "warnings": warnings,
        })
    }

    fn component(&self, row: &Row<'_>) -> Value {
        let key = if matches!(row.kind, "resource" | "template") { "uri" } else { "name" };
        let mut component = json!({
            "kind": row.kind,
            key: row.name,
            "arguments": row.arguments,
            "tokens": tokens(row),
            "summary": table::summary(row.docs, usize::MAX),
        });
        let more = match (row.operation, row.handler) {
            (Some(operation), _) => json!({
                "method": operation.method,
                "path": operation.template,
                "operation_id": (!operation.id.is_empty()).then_some(&operation.id),
                "upstream": self.server.upstreams.get(operation.upstream).map(|it| &it.name),
            }),
            (_, Some(handler)) => json!({ "handler": handler.method }),
            (_, None) => json!({}),
        };
        if let (Value::Object(component), Value::Object(more)) = (&mut component, more) {
            component.extend(more);
        }
        component
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) -> Value {
        let place = diagnostic.primary.as_ref().map(|label| {
            let (line, column) = self.sources.position(label.span);
            json!({ "file": self.sources.name(label.span.file), "line": line, "column": column })
        });
        json!({
            "code": diagnostic.code.as_str(),
            "severity": match diagnostic.severity {
                Severity::Warning => "warning",
                Severity::Error => "error",
            },
            "message": diagnostic.message,
            "pointer": diagnostic.pointer,
            "place": place,
            "help": diagnostic.help,
        })
    }
}

/// About how many tokens the entry of a component costs in a list.
fn tokens(row: &Row<'_>) -> usize {
    row.listing.len().div_ceil(BYTES_PER_TOKEN)
}
