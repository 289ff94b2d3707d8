//! The crate that a person goes on with: a program and handlers that say what to write.
//!
//! Written once, so it is text as a person would type it, in the lines that rustfmt makes.

use minijinja::context;
use quote::ToTokens;

use super::{RuntimeDependency, handlers, manifest, template, text};
use crate::files::Files;
use crate::plan::{Crate, RustType, Target};

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

/// `Cargo.toml`, `src/main.rs` and, where the crate has declared tools, `src/handlers.rs` with a
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
            runtime => manifest::dependency(&options.runtime, None),
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
    let mut imports: Vec<_> = handlers::handlers(plan)
        .map(|(module, tool, _)| {
            format!("use {library}::tools::{}::{};\n", text::ident(&module.name), tool.type_name)
        })
        .collect();
    imports.push(format!("use {library}::Handlers;\n"));
    let returns = || handlers::handlers(plan).map(|(_, _, handler)| &handler.returns);
    let runtime = if returns().any(|ty| has(ty, &RustType::ToolResult)) {
        "use mcpwright::{Context, ToolError, ToolResult};\n"
    } else {
        "use mcpwright::{Context, ToolError};\n"
    };
    imports.push(runtime.to_owned());
    if returns().any(|ty| has(ty, &RustType::Value)) {
        imports.push("use mcpwright::codegen::Value;\n".to_owned());
    }
    imports.sort_by_key(|import| import.replace(';', ""));
    let methods: Vec<_> = plan
        .tools()
        .filter_map(|tool| match &tool.target {
            Target::Handler(handler) => Some((tool, handler)),
            Target::Operation(_) => None,
        })
        .map(|(tool, handler)| {
            let returns = handlers::rust_type(&handler.returns).to_token_stream().to_string();
            let returns = returns.replace(' ', "");
            let signature = signature(&handler.method, &tool.type_name, &returns);
            let name = text::literal(&tool.name);
            format!("{signature}        unwritten({name})\n    }}\n")
        })
        .collect();
    format!(
        "//! The tools of {} that are written by hand.

{}
/// Answers the declared tools.
#[derive(Debug)]
pub(crate) struct MyHandlers;

impl Handlers for MyHandlers {{
{}}}

/// The answer of a tool whose method is still to be written.
fn unwritten<T>(tool: &str) -> Result<T, ToolError> {{
    let message = format!(\"`{{tool}}` is not written yet: see src/handlers.rs\");
    Err(ToolError::public(message))
}}
",
        text::code(&plan.server.name),
        imports.concat(),
        methods.join("\n"),
    )
}

/// The head of a method, broken as rustfmt does where it does not fit a line.
fn signature(method: &str, arguments: &str, returns: &str) -> String {
    let line = format!(
        "    async fn {method}(&self, _context: Context, _arguments: {arguments}) -> Result<{returns}, ToolError> {{"
    );
    if line.chars().count() <= WIDTH {
        return format!("{line}\n");
    }
    format!(
        "    async fn {method}(
        &self,
        _context: Context,
        _arguments: {arguments},
    ) -> Result<{returns}, ToolError> {{
"
    )
}

fn has(ty: &RustType, wanted: &RustType) -> bool {
    match ty {
        RustType::List(inner) | RustType::Optional(inner) => has(inner, wanted),
        _ => ty == wanted,
    }
}
