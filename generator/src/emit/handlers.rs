//! `src/handlers.rs`: the trait that hand-written code implements, and the bindings of its
//! methods.

use proc_macro2::TokenStream;
use quote::quote;

use super::{print::Items, text};
use crate::plan::{Crate, Handler, Module, RustType, Target, Tool};

/// The items of the module.
pub(super) fn items(plan: &Crate) -> Items {
    let mut items = Items::default();
    items.import(quote!(
        use super::tools;
    ));
    items.push(handlers_trait(plan));
    let bindings = handlers(plan).map(binding);
    items.push(quote! {
        /// Binds each declared tool to its method.
        pub(crate) fn bind<H: Handlers>(server: Server, handlers: &Arc<H>) -> Server {
            server #(#bindings)*
        }
    });
    items
}

/// The tools that have a handler.
pub(super) fn handlers(plan: &Crate) -> impl Iterator<Item = (&Module, &Tool, &Handler)> {
    plan.modules.iter().flat_map(|module| {
        module.tools.iter().filter_map(move |tool| match &tool.target {
            Target::Handler(handler) => Some((module, tool, handler)),
            Target::Operation(_) => None,
        })
    })
}

fn handlers_trait(plan: &Crate) -> TokenStream {
    let server = text::one_line(&plan.server.name);
    // `{` starts a parameter in these texts.
    let escape = |text: String| text.replace('{', "{{").replace('}', "}}");
    let message = escape(format!("the tools of the server `{server}` are not implemented by `"));
    let message = format!("{message}{{Self}}`");
    let note = escape(format!(
        "write `impl {}::Handlers for …` with one method per declared tool; the compiler lists those that are missing",
        plan.library
    ));
    let methods = handlers(plan).map(|(module, tool, handler)| {
        let docs = text::docs(&tool.docs);
        let method = text::ident(&handler.method);
        let arguments = arguments_type(module, tool);
        let returns = rust_type(&handler.returns);
        quote! {
            #docs
            fn #method(&self, context: Context, arguments: #arguments)
                -> impl Future<Output = Result<#returns, ToolError>> + Send;
        }
    });
    quote! {
        /// The tools that hand-written code answers: one method each.
        ///
        /// Methods can be written as `async fn`. An error is a result that the model reads.
        #[diagnostic::on_unimplemented(message = #message, note = #note)]
        pub trait Handlers: Send + Sync + 'static {
            #(#methods)*
        }
    }
}

fn binding((module, tool, handler): (&Module, &Tool, &Handler)) -> TokenStream {
    let method = text::ident(&handler.method);
    let arguments = arguments_type(module, tool);
    quote! {
        .on({
            let handlers = Arc::clone(handlers);
            move |context: Context, arguments: #arguments| {
                let handlers = Arc::clone(&handlers);
                async move { handlers.#method(context, arguments).await }
            }
        })
    }
}

fn arguments_type(module: &Module, tool: &Tool) -> TokenStream {
    let (module, name) = (text::ident(&module.name), text::ident(&tool.type_name));
    quote!(tools::#module::#name)
}

/// A type of a result.
pub(super) fn rust_type(ty: &RustType) -> TokenStream {
    match ty {
        RustType::Text => quote!(String),
        RustType::Integer => quote!(i64),
        RustType::Number => quote!(f64),
        RustType::Flag => quote!(bool),
        RustType::Value => quote!(Value),
        RustType::ToolResult => quote!(ToolResult),
        RustType::Unit => quote!(()),
        RustType::List(item) => {
            let item = rust_type(item);
            quote!(Vec<#item>)
        }
        RustType::Optional(value) => {
            let value = rust_type(value);
            quote!(Option<#value>)
        }
    }
}
