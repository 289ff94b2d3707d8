//! Rust types as tokens.

use proc_macro2::TokenStream;
use quote::quote;

use super::text;
use crate::plan::{Format, RustType, Width};

/// A type as modules beside `models` name it.
pub(super) fn outside(ty: &RustType) -> TokenStream {
    tokens(ty, &quote!(models::))
}

/// A type as the module `models` names it.
pub(super) fn inside(ty: &RustType) -> TokenStream {
    tokens(ty, &TokenStream::new())
}

fn tokens(ty: &RustType, models: &TokenStream) -> TokenStream {
    match ty {
        RustType::Text => quote!(String),
        RustType::Integer => quote!(i64),
        RustType::Sized(Width::I32) => quote!(i32),
        RustType::Sized(Width::U32) => quote!(u32),
        RustType::Sized(Width::U64) => quote!(u64),
        RustType::Number => quote!(f64),
        RustType::Flag => quote!(bool),
        RustType::Value => quote!(Value),
        RustType::ToolResult => quote!(ToolResult),
        RustType::ResourceResult => quote!(ResourceResult),
        RustType::PromptResult => quote!(PromptResult),
        RustType::Bytes => quote!(Vec<u8>),
        RustType::Formatted(format) => formatted(*format),
        RustType::Unit => quote!(()),
        RustType::List(item) => {
            let item = tokens(item, models);
            quote!(Vec<#item>)
        }
        RustType::Optional(value) => {
            let value = tokens(value, models);
            quote!(Option<#value>)
        }
        RustType::Map(value) => {
            let value = tokens(value, models);
            quote!(BTreeMap<String, #value>)
        }
        RustType::Boxed(value) => {
            let value = tokens(value, models);
            quote!(Box<#value>)
        }
        RustType::Tuple(items) => {
            let comma = (items.len() == 1).then(|| quote!(,));
            let items = items.iter().map(|item| tokens(item, models));
            quote!((#(#items),* #comma))
        }
        RustType::Model(name) => {
            let name = text::ident(name);
            quote!(#models #name)
        }
    }
}

/// The type of texts of a format. Models are called like anything, so its path is whole.
fn formatted(format: Format) -> TokenStream {
    match format {
        Format::DateTime => quote!(mcpwright::jiff::Timestamp),
        Format::Date => quote!(mcpwright::jiff::civil::Date),
        Format::Time => quote!(mcpwright::jiff::civil::Time),
        Format::Duration => quote!(mcpwright::jiff::SignedDuration),
        Format::Uuid => quote!(mcpwright::uuid::Uuid),
        Format::Base64 => quote!(Vec<u8>),
        Format::Path => quote!(std::path::PathBuf),
    }
}
