//! The plan as files: `Cargo.toml`, README, Rust modules, data beside them.
//!
//! Cannot fail and decides nothing: which component, which name, which order and which text is in
//! the plan. Rust is quoted and printed by prettyplease, so that no text of a document escapes its
//! literal; the other files are templates.
//!
//! Modules of the generated crate have neither inner docs nor inner attributes and refer to each
//! other by `super::`, so that the same text also works included from the `OUT_DIR` of a build
//! script. The root is all that differs between the two forms.

mod argument;
mod arguments;
mod component;
mod data;
mod declaration;
mod declared;
mod handlers;
mod library;
mod manifest;
mod methods;
mod models;
mod module;
mod operation;
mod print;
mod prompts;
mod readme;
mod resources;
mod scaffold;
mod template;
mod text;
mod tools;
mod types;
mod upstream;

#[cfg(test)]
mod tests;

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use self::print::Items;
pub use self::scaffold::{ScaffoldOptions, scaffold};
use crate::files::Files;
use crate::plan::{Crate, Module};

/// The contract between generated code and the runtime that this generator writes for; the
/// runtime's `codegen::REVISION` has to be the same.
pub const REVISION: u32 = 1;

/// What the output depends on besides the plan.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the crate finds `mcpwright`.
    pub runtime: RuntimeDependency,
}

/// A dependency on `mcpwright`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RuntimeDependency {
    /// This version, from the registry.
    Version(String),
    /// The package in this folder, as seen from the crate that depends on it, with `/`.
    Path(String),
}

/// The two forms of a root.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    /// A crate of its own, committed.
    Crate,
    /// A file to be included, written by a build script.
    Build,
}

/// The generated crate.
#[must_use]
pub fn emit(plan: &Crate, options: &Options) -> Files {
    let header = header(plan);
    let mut files = Files::default();
    files.insert("Cargo.toml", manifest::text(plan, options));
    files.insert("README.md", readme::text(plan));
    files.insert("src/lib.rs", library::items(plan, Form::Crate).print(&header));
    if !plan.has_handlers() {
        files.insert("src/main.rs", library::main_items(plan).print(&header));
    }
    insert_modules(plan, "src/", &header, &mut files);
    files
}

/// The form that a build script writes below `OUT_DIR`: the root file `server.rs`, to be included
/// in a module of its own, and the modules beside it.
#[must_use]
pub fn emit_build(plan: &Crate) -> Files {
    let header = header(plan);
    let mut files = Files::default();
    files.insert("server.rs", library::items(plan, Form::Build).print(&header));
    insert_modules(plan, "", &header, &mut files);
    files
}

fn insert_modules(plan: &Crate, folder: &str, header: &str, files: &mut Files) {
    let mut insert = |name: &str, items: Items| {
        files.insert(format!("{folder}{name}.rs"), items.print(header));
    };
    insert("declaration", declaration::items(plan));
    if !plan.modules.is_empty() {
        insert("tools", tools::items(plan));
    }
    if !plan.types.is_empty() {
        insert("models", models::items(&plan.types, &plan.models_on_wire()));
    }
    if !plan.resources.all.is_empty() {
        insert("resources", resources::items(plan));
    }
    if !plan.prompts.all.is_empty() {
        insert("prompts", prompts::items(&plan.prompts));
    }
    if plan.has_handlers() {
        insert("handlers", handlers::items(plan));
    }
    if !plan.upstreams.is_empty() {
        insert("upstream", upstream::items(plan));
    }
    for (module, text) in modules(plan, header) {
        files.insert(format!("{folder}tools/{}.rs", text::plain_name(&module.name)), text);
    }
    for module in &plan.modules {
        for (suffix, text) in data::files(module) {
            let name = data::file_name(module, suffix);
            files.insert(format!("{folder}tools/{name}"), text);
        }
    }
    for (name, contents) in data::of_components(plan) {
        files.insert(format!("{folder}{name}"), contents);
    }
}

/// The texts of the modules, printed side by side: that is half the work of a large document.
fn modules<'p>(plan: &'p Crate, header: &str) -> Vec<(&'p Module, String)> {
    let next = AtomicUsize::new(0);
    let print = || {
        let mut printed = Vec::new();
        while let Some(module) = plan.modules.get(next.fetch_add(1, Ordering::Relaxed)) {
            printed.push((module, module::items(plan, module).print(header)));
        }
        printed
    };
    let others = thread::available_parallelism().map_or(0, |cores| cores.get() - 1);
    thread::scope(|scope| {
        let others: Vec<_> = (0..others.min(plan.modules.len().saturating_sub(1)))
            .map(|_| scope.spawn(print))
            .collect();
        let mut printed = print();
        for other in others {
            printed.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        printed
    })
}

/// The first line of each Rust file.
fn header(plan: &Crate) -> String {
    format!("// {}", header_text(plan))
}

/// What made a file, and from what.
fn header_text(plan: &Crate) -> String {
    let inputs: Vec<_> = plan.inputs.iter().map(|input| text::one_line(input)).collect();
    format!("@generated by {} from {}. Do not edit.", text::code(&plan.command), inputs.join(", "))
}
