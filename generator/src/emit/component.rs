//! What the tables of resources and prompts have in common.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{argument, text};
use crate::plan::{
    Argument, Cache, Capability, Completer, Completions, Injected, Pattern, RustType,
};

/// The constants of patterns.
pub(super) fn patterns(patterns: &[Pattern]) -> impl Iterator<Item = TokenStream> {
    patterns.iter().map(|pattern| {
        let docs = text::docs(&format!("The pattern {}.", text::code(&pattern.text)));
        let constant = text::ident(&pattern.constant);
        let text = text::literal(&pattern.text);
        quote!(#docs static #constant: Pattern = Pattern::new(#text);)
    })
}

/// `arguments: &[…],`, where there are any.
pub(super) fn arguments(arguments: &[Argument], patterns: &[Pattern]) -> Option<TokenStream> {
    let entries = arguments.iter().map(|argument| argument::entry(argument, patterns));
    (!arguments.is_empty()).then(|| quote!(arguments: &[#(#entries),*],))
}

/// `completers: &[…],`, where there are any.
pub(super) fn completers(completers: &[Completer]) -> Option<TokenStream> {
    let entries = completers.iter().map(|completer| {
        let argument = text::literal(&completer.argument);
        let completions = match &completer.completions {
            Completions::Handler => quote!(Completions::Handler),
            Completions::Values(values) => {
                let values = values.iter().map(|value| text::literal(value));
                quote!(Completions::Values(&[#(#values),*]))
            }
        };
        quote!(Completer { argument: #argument, completions: #completions })
    });
    (!completers.is_empty()).then(|| quote!(completers: &[#(#entries),*],))
}

/// `requires: &[…],`, where a client must offer something.
pub(super) fn requires(capabilities: &[Capability]) -> Option<TokenStream> {
    let words = capabilities.iter().map(|it| capability(*it));
    (!capabilities.is_empty()).then(|| quote!(requires: &[#(#words),*],))
}

fn capability(capability: Capability) -> TokenStream {
    match capability {
        Capability::Elicitation => quote!(Capability::Elicitation),
        Capability::ElicitationUrl => quote!(Capability::ElicitationUrl),
        Capability::Sampling => quote!(Capability::Sampling),
        Capability::SamplingTools => quote!(Capability::SamplingTools),
        Capability::Roots => quote!(Capability::Roots),
    }
}

/// `timeout: Some(…),`, where there is one.
pub(super) fn timeout(seconds: Option<f64>) -> Option<TokenStream> {
    seconds.map(text::duration).map(|time| quote!(timeout: Some(#time),))
}

/// `tags: &[…],` and `version: "…",`, where there are any.
pub(super) fn labels(tags: &[String], version: Option<&str>) -> TokenStream {
    let tags = (!tags.is_empty()).then(|| {
        let tags = texts(tags);
        quote!(tags: #tags,)
    });
    let version = version.map(text::literal).map(|version| quote!(version: #version,));
    quote!(#tags #version)
}

/// The runtime's `Cache`.
pub(super) fn cache(cache: Cache) -> TokenStream {
    let (ttl, public) = (text::duration(cache.ttl), cache.public);
    quote!(Cache { ttl: #ttl, public: #public })
}

/// The arguments that a handler is given, each with its index in the table.
pub(super) fn visible(arguments: &[Argument]) -> impl Iterator<Item = (usize, &Argument)> {
    let is_given = |argument: &Argument| !argument.hidden || argument.injected.is_some();
    arguments.iter().enumerate().filter(move |(_, argument)| is_given(argument))
}

/// `inject: &[…],`, where callers do not give some arguments.
pub(super) fn inject(arguments: &[Argument]) -> Option<TokenStream> {
    let injections = arguments.iter().enumerate().filter_map(|(index, argument)| {
        let source = match argument.injected.as_ref()? {
            // It is the default, which hidden arguments have always.
            Injected::Value => return None,
            Injected::Principal => quote!(InjectionSource::Principal),
            Injected::Session => quote!(InjectionSource::Session),
            Injected::Header(name) => {
                let name = text::literal(name);
                quote!(InjectionSource::Header(#name))
            }
            Injected::Setting(setting) => {
                let setting = text::literal(setting);
                quote!(InjectionSource::Setting(Setting(#setting)))
            }
        };
        let index = Literal::usize_unsuffixed(index);
        Some(quote!(Injection { argument: #index, source: #source }))
    });
    let injections: Vec<TokenStream> = injections.collect();
    (!injections.is_empty()).then(|| quote!(inject: &[#(#injections),*],))
}

/// A list of texts as a slice.
pub(super) fn texts(values: &[String]) -> TokenStream {
    let values: Vec<Literal> = values.iter().map(|value| text::literal(value)).collect();
    quote!(&[#(#values),*])
}

/// Whether an argument names an item of the module `models`.
pub(super) fn names_model(arguments: &[Argument]) -> bool {
    visible(arguments).filter_map(|(_, it)| it.ty.as_ref()).any(RustType::names_model)
}
