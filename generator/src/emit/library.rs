//! The root of the crate, which is a table of contents: `src/lib.rs`, the root file of the form
//! that a build script writes, and `src/main.rs`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Form, print::Items, text};
use crate::plan::Crate;

/// The items of the root.
pub(super) fn items(plan: &Crate, form: Form) -> Items {
    let mut items = Items::default();
    if form == Form::Crate {
        items.inner_docs(text::inner_docs(&crate_docs(plan)));
    }
    for (name, visible, docs) in modules(plan) {
        let long = (name == "handlers").then(|| allow_long(form)).flatten();
        let name = format_ident!("{name}");
        let visibility = visible.then(|| quote!(pub));
        let docs = text::docs(docs);
        let allow = allow_unused(form);
        items.push(quote!(#docs #[rustfmt::skip] #allow #long #visibility mod #name;));
    }
    items.push(reexports(plan, form));
    items.push(server_function(plan, form));
    let allow = allow_unused(form);
    items.push(quote! {
        /// Runs `server` as its command line says: on standard input and output, or over HTTP.
        ///
        /// `run --help` lists the flags. Gives the exit code of the process.
        #[must_use]
        #allow
        pub fn main(server: Server) -> ExitCode {
            mcpwright::cli::main(server)
        }
    });
    items
}

/// The modules below the root: name, whether it is public, docs.
fn modules(plan: &Crate) -> Vec<(&'static str, bool, &'static str)> {
    let mut modules = vec![("declaration", false, "The server as constant data.")];
    if plan.has_handlers() {
        modules.push(("handlers", false, "The trait to implement, and who calls its methods."));
    }
    if !plan.modules.is_empty() {
        modules.push(("tools", true, "The tools: tables, and the types of their arguments."));
    }
    if !plan.types.is_empty() {
        modules.push(("models", true, "The types of arguments and results."));
    }
    if !plan.resources.all.is_empty() {
        let docs = "The resources and templates: tables, and the types of their variables.";
        modules.push(("resources", true, docs));
    }
    if !plan.prompts.all.is_empty() {
        modules.push(("prompts", true, "The prompts: tables, and the types of their arguments."));
    }
    if !plan.upstreams.is_empty() {
        modules.push(("upstream", true, "The APIs behind the tools."));
    }
    modules
}

fn reexports(plan: &Crate, form: Form) -> TokenStream {
    let allow = allow_unused(form);
    let handlers = plan.has_handlers().then(|| quote!(#allow pub use self::handlers::Handlers;));
    quote!(#allow pub use self::declaration::SERVER; #handlers)
}

/// What a file offers and the crate that includes it does not use is no fault of that crate.
fn allow_unused(form: Form) -> Option<TokenStream> {
    (form == Form::Build).then(|| {
        quote! {
            #[allow(
                dead_code,
                unreachable_pub,
                unused_imports,
                reason = "may go unused"
            )]
        }
    })
}

/// One function binds all handlers.
fn allow_long(form: Form) -> Option<TokenStream> {
    (form == Form::Build)
        .then(|| quote!(#[allow(clippy::too_many_lines, reason = "a block for each component")]))
}

fn server_function(plan: &Crate, form: Form) -> TokenStream {
    let allow = allow_unused(form);
    if plan.has_handlers() {
        quote! {
            /// The server, its components answered by `handlers`.
            ///
            /// [`Server::on`] replaces what answers a single tool.
            #[must_use]
            #allow
            pub fn server(handlers: impl Handlers) -> Server {
                handlers::bind(Server::new(&SERVER), &Arc::new(handlers))
            }
        }
    } else {
        quote! {
            /// The server. [`Server::on`] replaces what answers a single tool.
            #[must_use]
            #allow
            pub fn server() -> Server {
                Server::new(&SERVER)
            }
        }
    }
}

fn crate_docs(plan: &Crate) -> String {
    let mut docs = plan.server.docs.trim().to_owned();
    if docs.is_empty() {
        docs = format!("The MCP server {}.", text::code(&plan.server.name));
    }
    docs.push_str("\n\n[`server`] builds the server and [`main`] runs it.");
    if plan.has_handlers() {
        docs.push_str(" [`Handlers`] lists what is written by hand.");
    }
    if plan.modules.is_empty() {
        return docs;
    }
    docs.push_str(
        "\n[`tools`] has a module for each group of tools, with the table and the argument type of\n\
         each; [`Server::on`] takes such a type, and what answers its tool from then on.",
    );
    docs
}

/// The items of `src/main.rs`.
pub(super) fn main_items(plan: &Crate) -> Items {
    let library = text::ident(&plan.library);
    let mut items = Items::default();
    items.inner_docs(text::inner_docs(&format!(
        "The MCP server {} as a program.",
        text::code(&plan.server.name)
    )));
    items.push(quote! {
        fn main() -> ExitCode {
            let server = #library::server();
            #library::main(server)
        }
    });
    items
}
