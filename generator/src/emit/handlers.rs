//! `src/handlers.rs`: the trait that hand-written code implements, and the bindings of its
//! methods.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::methods::{self, Binding, Method};
use super::types::outside;
use super::{print::Items, text};
use crate::plan::{Crate, RustType};

/// The items of the module.
pub(super) fn items(plan: &Crate) -> Items {
    let mut items = Items::default();
    let methods = methods::all(plan);
    let mut modules: Vec<_> = methods.iter().filter_map(module).collect();
    if methods.iter().filter_map(|method| method.returns).any(RustType::names_model) {
        modules.push("models");
    }
    modules.sort_unstable();
    modules.dedup();
    let modules: Vec<_> = modules.into_iter().map(|module| format_ident!("{module}")).collect();
    items.import(match modules.as_slice() {
        [one] => quote!(use super::#one;),
        several => quote!(use super::{#(#several),*};),
    });
    items.push(handlers_trait(plan, &methods));
    let lifespan = plan.lifespan.as_ref().map(|_| {
        quote! {
            .lifespan({
                let handlers = Arc::clone(handlers);
                move || {
                    let handlers = Arc::clone(&handlers);
                    async move { handlers.lifespan().await }
                }
            })
        }
    });
    let bindings = methods.iter().map(binding);
    items.push(quote! {
        /// Binds each component to its method.
        pub(crate) fn bind<H: Handlers>(server: Server, handlers: &Arc<H>) -> Server {
            server #lifespan #(#bindings)*
        }
    });
    items
}

/// The module that the method or its binding names.
fn module(method: &Method<'_>) -> Option<&'static str> {
    Some(match method.binding {
        Binding::Tool => "tools",
        Binding::Resource(_) | Binding::CompleteTemplate(_) => "resources",
        Binding::Prompt(_) | Binding::CompletePrompt(_) => "prompts",
    })
}

fn handlers_trait(plan: &Crate, methods: &[Method<'_>]) -> TokenStream {
    let server = text::one_line(&plan.server.name);
    // `{` starts a parameter in these texts.
    let escape = |text: String| text.replace('{', "{{").replace('}', "}}");
    let message =
        escape(format!("the components of the server `{server}` are not implemented by `"));
    let message = format!("{message}{{Self}}`");
    let note = escape(format!(
        "write `impl {}::Handlers for …` with one method per component; the compiler lists those that are missing",
        plan.library
    ));
    let methods = methods.iter().map(|method| {
        let docs = text::docs(&method.docs);
        let name = text::ident(method.name);
        let parameter = match (&method.arguments, method.returns) {
            (_, None) => quote!(completing: Completing),
            (Some(path), _) => {
                let path = path.tokens();
                quote!(arguments: #path)
            }
            (None, _) => TokenStream::new(),
        };
        let returns = method.returns.map_or_else(|| quote!(Completion), outside);
        let error = format_ident!("{}", method.error());
        let result = quote!(Result<#returns, #error>);
        let result =
            if method.blocking { result } else { quote!(impl Future<Output = #result> + Send) };
        quote! {
            #docs
            fn #name(&self, context: Context, #parameter) -> #result;
        }
    });
    let lifespan = plan.lifespan.as_deref().map(lifespan);
    quote! {
        /// What hand-written code answers: one method for each component.
        ///
        /// Methods that give a future can be written as `async fn`. The error of a tool is a result
        /// that the model reads.
        #[diagnostic::on_unimplemented(message = #message, note = #note)]
        pub trait Handlers: Send + Sync + 'static {
            #lifespan
            #(#methods)*
        }
    }
}

/// The type that the server is started with, and the method that makes it.
fn lifespan(state: &str) -> TokenStream {
    let name = text::ident(state);
    let docs = text::docs(&format!(
        "Makes what lives as long as the server, before the first request. Its error ends the \
         program.\n\n\
         The other methods get it from their context: `context.lifespan::<Self::{state}>().await?`. It is \
         dropped after the last request."
    ));
    quote! {
        /// What lives as long as the server.
        type #name: Send + Sync + 'static;

        #docs
        fn lifespan(&self) -> impl Future<Output = Result<Self::#name, HandlerError>> + Send;
    }
}

fn binding(method: &Method<'_>) -> TokenStream {
    let name = text::ident(method.name);
    let with_arguments = method.arguments.is_some();
    let (ty, argument) = match (method.binding, &method.arguments) {
        (Binding::CompleteTemplate(_) | Binding::CompletePrompt(_), _) => {
            (quote!(Completing), quote!(completing))
        }
        (Binding::Resource(path) | Binding::Prompt(path), None) => (path.tokens(), quote!(_)),
        (_, Some(path)) => (path.tokens(), quote!(arguments)),
        (Binding::Tool, None) => (quote!(()), quote!(_)),
    };
    let given = match method.returns {
        None => quote!(, completing),
        Some(_) if with_arguments => quote!(, arguments),
        Some(_) => quote!(),
    };
    let serialized = method.returns.and_then(|returns| serialized(method.binding, returns));
    let bound = if method.blocking {
        quote! {
            {
                let handlers = Arc::clone(handlers);
                move |context: Context, #argument: #ty| handlers.#name(context #given) #serialized
            }
        }
    } else {
        quote! {
            {
                let handlers = Arc::clone(handlers);
                move |context: Context, #argument: #ty| {
                    let handlers = Arc::clone(&handlers);
                    async move { handlers.#name(context #given).await #serialized }
                }
            }
        }
    };
    match method.binding {
        Binding::Tool if method.blocking => quote!(.on_blocking(#bound)),
        Binding::Tool => quote!(.on(#bound)),
        Binding::Resource(_) if method.blocking => quote!(.on_blocking_resource(#bound)),
        Binding::Resource(_) => quote!(.on_resource(#bound)),
        Binding::Prompt(_) if method.blocking => quote!(.on_blocking_prompt(#bound)),
        Binding::Prompt(_) => quote!(.on_prompt(#bound)),
        Binding::CompleteTemplate(constant) => {
            let constant = text::ident(constant);
            quote!(.on_completion(CompletionTarget::Template(&resources::#constant), #bound))
        }
        Binding::CompletePrompt(constant) => {
            let constant = text::ident(constant);
            quote!(.on_completion(CompletionTarget::Prompt(&prompts::#constant), #bound))
        }
    }
}

/// What makes a result of a value that the runtime knows by serde alone.
fn serialized(binding: Binding<'_>, returns: &RustType) -> Option<TokenStream> {
    if let Binding::Resource(_) = binding {
        return match returns {
            returns if returns.is_contents() => None,
            returns if returns.has_wire_form() => Some(quote!(.map(OnWire))),
            _ => Some(quote!(.map(Json))),
        };
    }
    match returns {
        returns if returns.has_wire_form() => Some(quote!(.map(OnWire))),
        RustType::Optional(inner) if inner.is_serialized() => {
            Some(quote!(.map(|value| value.map(Json))))
        }
        returns => returns.is_serialized().then(|| quote!(.map(Json))),
    }
}
