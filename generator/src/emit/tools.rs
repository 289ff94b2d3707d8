//! `src/tools.rs`: the list of modules, and the table by which tools are found.

use quote::quote;

use super::{print::Items, text};
use crate::plan::{Crate, Target};

/// The items of the module.
pub(super) fn items(plan: &Crate) -> Items {
    let mut items = Items::default();
    for module in &plan.modules {
        let docs = if module.docs.trim().is_empty() {
            text::docs(&format!("The tools of {}.", text::code(&module.name)))
        } else {
            text::docs(&module.docs)
        };
        let name = text::ident(&module.name);
        items.push(quote!(#docs #[rustfmt::skip] pub mod #name;));
    }
    let mut tools: Vec<_> = plan
        .modules
        .iter()
        .flat_map(|module| module.tools.iter().map(move |tool| (&module.name, tool)))
        .filter(|(_, tool)| tool.listed)
        .collect();
    tools.sort_by(|(_, left), (_, right)| left.name.as_bytes().cmp(right.name.as_bytes()));
    let tools = tools.into_iter().map(|(module, tool)| {
        let (module, constant) = (text::ident(module), text::ident(&tool.constant));
        match tool.target {
            Target::Operation(_) => quote!(Tool::Forwarded(&#module::#constant)),
            Target::Handler(_) => quote!(Tool::Declared(&#module::#constant)),
        }
    });
    items.push(quote! {
        /// All tools, sorted by name.
        pub static TOOLS: &[Tool] = &[#(#tools),*];
    });
    let routes: Vec<_> = plan
        .routes()
        .map(|(module, route)| {
            let (module, constant) = (text::ident(&module.name), text::ident(&route.constant));
            quote!(&#module::#constant)
        })
        .collect();
    if !routes.is_empty() {
        items.push(quote! {
            /// All routes, in the order in which they are tried.
            pub static ROUTES: &[&Route] = &[#(#routes),*];
        });
    }
    items
}
