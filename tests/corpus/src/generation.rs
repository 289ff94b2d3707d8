//! What the generator makes of one document, and what that costs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use mcpwright_generator::Generated;
use mcpwright_generator::cli::generate_in_memory;
use mcpwright_generator::emit::RuntimeDependency;
use mcpwright_generator::plan::{Target, Tool};

use crate::documents::Document;

/// What became of a document.
#[derive(Debug)]
pub enum Outcome {
    /// It became a crate.
    Generated(Box<Generated>),
    /// It was refused, with the text of the diagnostics.
    Refused(String),
    /// The generator panicked.
    Panicked(String),
}

/// Generates a document; a panic does not take the others with it.
#[must_use]
pub fn generate(document: &Document, runtime: RuntimeDependency) -> (Outcome, Duration) {
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| generate_in_memory(&document.path, runtime)));
    let outcome = match outcome {
        Ok(Ok(generated)) => Outcome::Generated(Box::new(generated)),
        Ok(Err(problems)) => Outcome::Refused(problems),
        Err(payload) => Outcome::Panicked(panic_text(payload.as_ref())),
    };
    (outcome, start.elapsed())
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// The tools that forward an operation.
pub fn forwarded(generated: &Generated) -> impl Iterator<Item = &Tool> {
    let tools = generated.plan.tools();
    tools.filter(|tool| matches!(tool.target, Target::Operation(_)))
}

/// Tokens of `tools/list`, at four bytes each.
#[must_use]
pub fn list_tokens(generated: &Generated) -> usize {
    generated.plan.tools().map(|tool| tool.listing.len() + 1).sum::<usize>() / 4
}

/// The median bytes of Rust of a forwarded operation: its table, its argument struct and what reads
/// and writes it, without comments.
///
/// The modules are generated text: an item begins at the left margin and ends before the next.
#[must_use]
pub fn median_rust(generated: &Generated) -> usize {
    let mut sizes: Vec<usize> = forwarded(generated)
        .filter_map(|tool| {
            let heads = [
                format!("pub static {}: Operation", tool.constant),
                format!("pub struct {} ", tool.type_name),
                format!("impl Arguments for {} ", tool.type_name),
            ];
            let files = generated.files.texts().filter(|(path, _)| path.starts_with("src/tools/"));
            let mut sizes = files.map(|(_, text)| bytes_of_items(text, &heads));
            sizes.find(|size| *size > 0)
        })
        .collect();
    sizes.sort_unstable();
    sizes.get(sizes.len() / 2).copied().unwrap_or_default()
}

/// The bytes of the items that begin with one of these heads, without comments.
fn bytes_of_items(text: &str, heads: &[String]) -> usize {
    let mut bytes = 0;
    let mut counts = false;
    for line in text.lines() {
        if !line.starts_with([' ', '}', ')', ']']) && !line.is_empty() {
            // An attribute belongs to the item below it; all derive the same.
            counts = heads.iter().any(|head| line.starts_with(head.as_str()));
        }
        if counts && !line.trim_start().starts_with("//") && !line.is_empty() {
            bytes += line.len() + 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::bytes_of_items;

    #[test]
    fn items_are_measured_without_comments() {
        let text =
            "/// Docs.\npub struct A {\n    /// More.\n    pub a: i64,\n}\n\npub struct B {}\n";
        let size = "pub struct A {\n    pub a: i64,\n}\n".len();
        assert_eq!(bytes_of_items(text, &["pub struct A ".to_owned()]), size);
    }
}
