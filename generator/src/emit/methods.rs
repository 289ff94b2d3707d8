//! The methods of the trait `Handlers`: one per component that is written by hand, and one per
//! component whose arguments a handler completes.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::text;
use crate::plan::{Component, Crate, Handler, RustType};

/// A method of the trait.
#[derive(Debug)]
pub(super) struct Method<'p> {
    /// Its name.
    pub(super) name: &'p str,
    /// What it answers, as a sentence names it: `tool "add"`.
    pub(super) component: &'p str,
    /// Its documentation.
    pub(super) docs: String,
    /// The type of its arguments, where it is given any.
    pub(super) arguments: Option<Path<'p>>,
    /// What it gives back.
    pub(super) returns: Option<&'p RustType>,
    /// Whether it blocks its thread, so that it is no future.
    pub(super) blocking: bool,
    /// How it is bound.
    pub(super) binding: Binding<'p>,
}

/// A generated type: its modules and its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'p> {
    /// `tools`, `resources`, `prompts`.
    pub(super) module: &'static str,
    /// The module of a tool.
    pub(super) inner: Option<&'p str>,
    /// The type.
    pub(super) name: &'p str,
}

impl Path<'_> {
    /// `tools::declared::AddArgs`
    pub(super) fn tokens(&self) -> TokenStream {
        let (module, name) = (format_ident!("{}", self.module), text::ident(self.name));
        match self.inner.map(text::ident) {
            Some(inner) => quote!(#module::#inner::#name),
            None => quote!(#module::#name),
        }
    }
}

/// How a method is bound to its component.
#[derive(Clone, Copy, Debug)]
pub(super) enum Binding<'p> {
    /// A tool.
    Tool,
    /// A resource or a template, by the type of its arguments.
    Resource(Path<'p>),
    /// A prompt, by the type of its arguments.
    Prompt(Path<'p>),
    /// The completion of a template, by its constant.
    CompleteTemplate(&'p str),
    /// The completion of a prompt, by its constant.
    CompletePrompt(&'p str),
}

impl Method<'_> {
    /// The type of its errors.
    pub(super) const fn error(&self) -> &'static str {
        match self.binding {
            Binding::Tool => "ToolError",
            Binding::Resource(_) => "ResourceError",
            Binding::Prompt(_) => "PromptError",
            Binding::CompleteTemplate(_) | Binding::CompletePrompt(_) => "CompletionError",
        }
    }
}

/// All methods, in the order of the lists.
pub(super) fn all(plan: &Crate) -> Vec<Method<'_>> {
    let mut methods = Vec::new();
    for module in &plan.modules {
        for tool in &module.tools {
            let crate::plan::Target::Handler(declared) = &tool.target else { continue };
            methods.push(Method {
                name: &declared.handler.method,
                component: &tool.name,
                docs: tool.docs.clone(),
                arguments: Some(Path {
                    module: "tools",
                    inner: Some(&module.name),
                    name: &tool.type_name,
                }),
                returns: Some(&declared.handler.returns),
                blocking: declared.handler.blocking,
                binding: Binding::Tool,
            });
        }
    }
    for resource in &plan.resources.all {
        let component = &resource.component;
        let path = Path { module: "resources", inner: None, name: &component.type_name };
        if let Some(handler) = resource.handler() {
            methods.push(answer(component, handler, path, Binding::Resource(path)));
        }
        methods.extend(completion(component, Binding::CompleteTemplate(&component.constant)));
    }
    for prompt in &plan.prompts.all {
        let component = &prompt.component;
        let path = Path { module: "prompts", inner: None, name: &component.type_name };
        if let Some(handler) = prompt.handler() {
            methods.push(answer(component, handler, path, Binding::Prompt(path)));
        }
        methods.extend(completion(component, Binding::CompletePrompt(&component.constant)));
    }
    methods
}

fn answer<'p>(
    component: &'p Component,
    handler: &'p Handler,
    path: Path<'p>,
    binding: Binding<'p>,
) -> Method<'p> {
    Method {
        name: &handler.method,
        component: &component.name,
        docs: component.docs.clone(),
        arguments: (!component.arguments.is_empty()).then_some(path),
        returns: Some(&handler.returns),
        blocking: handler.blocking,
        binding,
    }
}

fn completion<'p>(component: &'p Component, binding: Binding<'p>) -> Option<Method<'p>> {
    Some(Method {
        name: component.completion.as_deref()?,
        component: &component.name,
        docs: format!("Completes arguments of {}.", text::code(&component.name)),
        arguments: None,
        returns: None,
        blocking: false,
        binding,
    })
}
