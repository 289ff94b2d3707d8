//! `src/prompts.rs`: the tables of prompts, and the types of their arguments.

use proc_macro2::TokenStream;
use quote::quote;

use super::arguments::User;
use super::{arguments, component, data, print::Items, text};
use crate::plan::{Message, Pattern, Prompt, PromptSource, Prompts};

/// The items of the module.
pub(super) fn items(prompts: &Prompts) -> Items {
    let mut items = Items::default();
    let handled = || prompts.all.iter().filter(|prompt| prompt.handler().is_some());
    if handled().any(|prompt| component::names_model(&prompt.component.arguments)) {
        items.import(quote!(
            use super::models;
        ));
    }
    let file = text::literal(data::PROMPTS);
    items.push(quote! {
        /// The prerendered list of prompts.
        pub static MODULE: Module = Module {
            name: "prompts",
            prompts: Listing::new(include_str!(#file)),
            ..Module::DEFAULT
        };
    });
    let mut sorted: Vec<_> = prompts.all.iter().map(|prompt| &prompt.component).collect();
    sorted.sort_by(|left, right| left.name.as_bytes().cmp(right.name.as_bytes()));
    let constants = sorted.into_iter().map(|component| text::ident(&component.constant));
    items.push(quote! {
        /// All prompts, sorted by name.
        pub static PROMPTS: &[&Prompt] = &[#(&#constants),*];
    });
    items.extend(component::patterns(&prompts.patterns));
    for prompt in &prompts.all {
        items.push(table(prompt, &prompts.patterns));
        if prompt.handler().is_some() {
            items.push(arguments_struct(prompt));
            items.push(arguments_impl(prompt));
        }
    }
    items
}

fn table(prompt: &Prompt, patterns: &[Pattern]) -> TokenStream {
    let common = &prompt.component;
    let docs = text::docs(&common.docs);
    let constant = text::ident(&common.constant);
    let name = text::literal(&common.name);
    let description = (!prompt.description.is_empty()).then(|| {
        let description = text::literal(&prompt.description);
        quote!(description: #description,)
    });
    let arguments = component::arguments(&common.arguments, patterns);
    let schema = prompt.schema.as_deref().map(text::literal).map(|it| quote!(schema: #it,));
    let source = match &prompt.source {
        PromptSource::Handler(_) => None,
        PromptSource::Messages(messages) => {
            let messages = messages.iter().map(message);
            Some(quote!(source: PromptSource::Messages(&[#(#messages),*]),))
        }
    };
    let inject = component::inject(&common.arguments);
    let completers = component::completers(&common.completers);
    let requires = component::requires(&common.requires);
    let timeout = component::timeout(common.timeout);
    let labels = component::labels(&common.tags, common.version.as_deref());
    quote! {
        #docs
        pub static #constant: Prompt = Prompt {
            name: #name,
            #description
            #arguments
            #schema
            #inject
            #source
            #completers
            #requires
            #timeout
            #labels
            ..Prompt::DEFAULT
        };
    }
}

fn message(message: &Message) -> TokenStream {
    let role = if message.by_assistant { quote!(Role::Assistant) } else { quote!(Role::User) };
    let text = text::literal(&message.text);
    quote!(Message { role: #role, text: #text })
}

fn arguments_struct(prompt: &Prompt) -> TokenStream {
    let common = &prompt.component;
    let what = if common.arguments.is_empty() { "Stands for" } else { "The arguments of" };
    let docs = format!("{what} {}.", text::code(&common.name));
    arguments::structure(User::Handler, &docs, &common.type_name, &common.arguments)
}

fn arguments_impl(prompt: &Prompt) -> TokenStream {
    let common = &prompt.component;
    let (name, constant) = (text::ident(&common.type_name), text::ident(&common.constant));
    let read = arguments::read(&common.type_name, &common.arguments);
    quote! {
        impl PromptArguments for #name {
            const PROMPT: &'static Prompt = &#constant;
            #read
        }
    }
}
