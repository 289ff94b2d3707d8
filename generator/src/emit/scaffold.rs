//! The crate that a person goes on with: a program and handlers that say what to write.
//!
//! Written once, so it is text as a person would type it, in the lines that rustfmt makes.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;
use quote::ToTokens;

use super::methods::{self, Method};
use super::types::outside;
use super::{RuntimeDependency, manifest, template, text};
use crate::files::Files;
use crate::plan::{Crate, RustType};

/// What the scaffold depends on and is called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ScaffoldOptions {
    /// Name of its package and program: `calculator`.
    pub name: String,
    /// Folder of the generated crate, as seen from the scaffold.
    pub generated: String,
    /// The runtime, a path as seen from the scaffold.
    pub runtime: RuntimeDependency,
}

/// The longest line that rustfmt leaves alone.
const WIDTH: usize = 100;

/// `Cargo.toml`, `src/main.rs` and, where the crate has handlers, `src/handlers.rs` with a
/// method for each that answers with an error naming what to write.
#[must_use]
pub fn scaffold(plan: &Crate, options: &ScaffoldOptions) -> Files {
    let mut files = Files::default();
    let manifest = template::render(
        "Cargo.toml",
        include_str!("templates/scaffold.toml.txt"),
        context! {
            package => text::toml_string(&options.name),
            rust_version => text::toml_string(env!("CARGO_PKG_RUST_VERSION")),
            generated_package => &plan.package,
            generated => text::toml_string(&options.generated),
            runtime => manifest::dependency(&options.runtime, &[]),
        },
    );
    files.insert("Cargo.toml", manifest);
    let main = main_text(plan);
    let docs = format!("//! The MCP server {}.\n\n", text::code(&plan.server.name));
    files.insert("src/main.rs", format!("{docs}{main}\n"));
    if plan.has_handlers() {
        files.insert("src/handlers.rs", handlers_text(plan));
    }
    files
}

/// `src/main.rs` without its docs.
pub(super) fn main_text(plan: &Crate) -> String {
    let library = &plan.library;
    if plan.has_handlers() {
        format!(
            "mod handlers;

use std::process::ExitCode;

use crate::handlers::MyHandlers;

fn main() -> ExitCode {{
    let server = {library}::server(MyHandlers);
    {library}::main(server)
}}"
        )
    } else {
        format!(
            "use std::process::ExitCode;

fn main() -> ExitCode {{
    let server = {library}::server();
    {library}::main(server)
}}"
        )
    }
}

fn handlers_text(plan: &Crate) -> String {
    let library = &plan.library;
    let methods = methods::all(plan);
    let mut imports: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    imports.insert(library.clone(), BTreeSet::from(["Handlers"]));
    for path in methods.iter().filter_map(|method| method.arguments) {
        let (root, name) = match path.inner {
            Some(inner) => {
                (format!("{library}::{}::{}", path.module, text::ident(inner)), path.name)
            }
            None => (library.clone(), path.module),
        };
        imports.entry(root).or_default().insert(name);
    }
    let mut runtime = BTreeSet::from(["Context", "ToolError"]);
    let lifespan = plan.lifespan.as_deref().map(lifespan_text);
    runtime.extend(lifespan.is_some().then_some("HandlerError"));
    for method in &methods {
        runtime.insert(method.error());
        match method.returns {
            None => runtime.extend(["Completing", "Completion"]),
            Some(returns) => {
                let results = [
                    (RustType::ToolResult, "ToolResult"),
                    (RustType::ResourceResult, "ResourceResult"),
                    (RustType::PromptResult, "PromptResult"),
                ];
                runtime
                    .extend(results.iter().filter(|(ty, _)| returns == ty).map(|(_, name)| *name));
                if returns.names_model() {
                    imports.entry(library.clone()).or_default().insert("models");
                }
                if has(returns, &|ty| matches!(ty, RustType::Map(_))) {
                    imports.insert("std::collections".to_owned(), BTreeSet::from(["BTreeMap"]));
                }
                if has(returns, &|ty| *ty == RustType::Value) {
                    runtime.insert("Value");
                }
            }
        }
    }
    imports.insert("mcpwright".to_owned(), runtime);
    let mut imports: Vec<_> =
        imports.iter().map(|(root, names)| import_line(root, names)).collect();
    // The standard library first; rustfmt puts lists behind single names.
    imports.sort_by_key(|import| {
        (!import.starts_with("use std::"), import.replace(';', "").replace('{', "~"))
    });
    let of_std = imports.iter().take_while(|import| import.starts_with("use std::")).count();
    if of_std > 0 {
        imports.insert(of_std, String::new());
    }
    let bodies: Vec<_> = lifespan.into_iter().chain(methods.iter().map(method_text)).collect();
    format!(
        "//! What is written by hand for {}.

{}

/// Answers the declared components.
#[derive(Debug)]
pub(crate) struct MyHandlers;

impl Handlers for MyHandlers {{
{}}}

/// The answer of a component whose method is still to be written.
fn unwritten<T>(component: &str) -> Result<T, ToolError> {{
    let message = format!(\"`{{component}}` is not written yet: see src/handlers.rs\");
    Err(ToolError::public(message))
}}
",
        text::code(&plan.server.name),
        imports.join("\n"),
        bodies.join("\n"),
    )
}

/// `use root::{a, b};`, broken as rustfmt does where it does not fit a line.
fn import_line(root: &str, names: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = names.iter().copied().collect();
    if let [name] = names.as_slice() {
        return format!("use {root}::{name};");
    }
    let line = format!("use {root}::{{{}}};", names.join(", "));
    if line.chars().count() <= WIDTH {
        return line;
    }
    let mut lines = vec![String::from("   ")];
    for name in names {
        let last = lines.last_mut().expect("there is always a line");
        if last.chars().count() + name.len() + 2 > WIDTH {
            lines.push(format!("    {name},"));
        } else {
            last.push_str(&format!(" {name},"));
        }
    }
    format!("use {root}::{{\n{}\n}};", lines.join("\n"))
}

/// What lives as long as the server: nothing so far.
fn lifespan_text(state: &str) -> String {
    format!(
        "    type {state} = ();

    async fn lifespan(&self) -> Result<Self::{state}, HandlerError> {{
        Ok(())
    }}
"
    )
}

fn method_text(method: &Method<'_>) -> String {
    let returns = method.returns.map_or_else(
        || "Completion".to_owned(),
        |ty| outside(ty).to_token_stream().to_string().replace(' ', "").replace(',', ", "),
    );
    let parameter = match (method.arguments, method.returns) {
        (_, None) => Some("_completing: Completing".to_owned()),
        (Some(path), _) if path.inner.is_some() => Some(format!("_arguments: {}", path.name)),
        (Some(path), _) => Some(format!("_arguments: {}::{}", path.module, path.name)),
        (None, _) => None,
    };
    let returns = format!("Result<{returns}, {}>", method.error());
    let keyword = if method.blocking { "fn" } else { "async fn" };
    let signature = signature(keyword, method.name, parameter.as_deref(), &returns);
    let name = text::literal(method.component);
    format!("{signature}        unwritten({name})\n    }}\n")
}

/// The head of a method, broken as rustfmt does where it does not fit a line.
fn signature(keyword: &str, method: &str, parameter: Option<&str>, returns: &str) -> String {
    let parameters: Vec<&str> =
        ["&self", "_context: Context"].into_iter().chain(parameter).collect();
    let line = format!("    {keyword} {method}({}) -> {returns} {{\n", parameters.join(", "));
    if line.trim_end().chars().count() <= WIDTH {
        return line;
    }
    let parameters: String =
        parameters.iter().map(|parameter| format!("        {parameter},\n")).collect();
    format!("    {keyword} {method}(\n{parameters}    ) -> {returns} {{\n")
}

/// Whether a type is, or holds, one that is looked for.
fn has(ty: &RustType, wanted: &dyn Fn(&RustType) -> bool) -> bool {
    wanted(ty)
        || match ty {
            RustType::List(inner)
            | RustType::Optional(inner)
            | RustType::Map(inner)
            | RustType::Boxed(inner) => has(inner, wanted),
            RustType::Tuple(items) => items.iter().any(|item| has(item, wanted)),
            _ => false,
        }
}
