//! `src/models.rs`: the types that are declared, and those of documents.

mod open;
mod size;

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use self::size::Sizes;
use super::types::inside;
use super::{print::Items, text};
use crate::plan::{Absent, Expression, Field, RustType, Shape, TypeItem, Variant};

/// Where derives find serde: a generated crate depends on the runtime alone.
const SERDE: &str = "mcpwright::codegen::serde";
/// What gives fields their form on the wire, where serde gives them another one.
const WIRE: &str = "mcpwright::codegen::wire";
/// What keeps null and absent apart.
const PRESENT: &str = "mcpwright::codegen::present";

/// A word to clippy, about an enum: its reader matches on it, and a box in it would be one more thing
/// to know.
fn of_any_size() -> TokenStream {
    quote! {
        #[allow(
            clippy::allow_attributes,
            clippy::large_enum_variant,
            reason = "variants are as large as what they stand for"
        )]
    }
}

/// The items of the module; `on_wire`: those that stand inside of types with a form of their own.
pub(super) fn items(types: &[TypeItem], on_wire: &BTreeSet<&str>) -> Items {
    let mut items = Items::default();
    items.import_only(imports(types));
    let sizes = Sizes::new(types);
    for item in types {
        let name = text::ident(&item.name);
        let mut docs = text::docs(&item.docs);
        if sizes.is_large_enum(item) {
            docs.extend(of_any_size());
        }
        items.extend(
            match &item.shape {
                Shape::Struct(fields) => structure(&docs, &item.name, fields),
                Shape::Texts(variants) => texts(&docs, &name, variants),
                Shape::OpenTexts { variants, other } => open::texts(&docs, &name, variants, other),
                Shape::Integers(variants) => integers(&docs, &name, variants),
                Shape::Union(variants) => vec![union(&docs, &name, variants)],
                Shape::Tagged(tagged) => open::tagged(&docs, &name, tagged),
            }
            .into_iter(),
        );
        if on_wire.contains(item.name.as_str()) {
            items.push(quote!(impl mcpwright::codegen::Plain for #name {}));
        }
    }
    items
}

/// The names that the types need. Variants are called like anything, so names are not looked for.
fn imports(types: &[TypeItem]) -> BTreeSet<&'static str> {
    fn collect(ty: &RustType, found: &mut BTreeSet<&'static str>) {
        match ty {
            RustType::Value => drop(found.insert("Value")),
            RustType::Map(value) => {
                found.insert("BTreeMap");
                collect(value, found);
            }
            RustType::List(inner) | RustType::Optional(inner) | RustType::Boxed(inner) => {
                collect(inner, found);
            }
            RustType::Tuple(items) => items.iter().for_each(|item| collect(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::from(["Deserialize", "Serialize"]);
    types.iter().flat_map(|item| item.shape.types()).for_each(|ty| collect(ty, &mut found));
    for item in types {
        match &item.shape {
            Shape::OpenTexts { .. } => drop(found.insert("Serializer")),
            Shape::Tagged(_) => found.extend(["Deserializer", "TaggedValue"]),
            _ => {}
        }
    }
    found
}

fn structure(docs: &TokenStream, name: &str, fields: &[Field]) -> Vec<TokenStream> {
    let ident = text::ident(name);
    let members = fields.iter().map(|field| member(name, field));
    // Whoever fills a few of many fields writes `..Default::default()`.
    let is_optional =
        |field: &Field| matches!(field.absent, Absent::None | Absent::Apart | Absent::Rest);
    let default = fields.iter().all(is_optional).then(|| quote!(Default,));
    let mut items = vec![quote! {
        #docs
        #[derive(Clone, Debug, #default Deserialize, PartialEq, Serialize)]
        #[serde(crate = #SERDE)]
        pub struct #ident { #(#members),* }
    }];
    let defaults: Vec<TokenStream> = fields.iter().filter_map(default_function).collect();
    if !defaults.is_empty() {
        items.push(quote!(impl #ident { #(#defaults)* }));
    }
    items
}

fn member(owner: &str, field: &Field) -> TokenStream {
    let docs = if field.docs.trim().is_empty() {
        text::docs(&format!("The field {}.", text::code(&field.wire)))
    } else {
        text::docs(&field.docs)
    };
    let name = text::ident(&field.name);
    let ty = inside(&field.ty);
    let on_wire = wire_form(&field.ty);
    let mut says = Vec::new();
    if text::plain_name(&field.name) != field.wire {
        let wire = text::literal(&field.wire);
        says.push(quote!(rename = #wire));
    }
    match &field.absent {
        Absent::Refused => {}
        Absent::None => {
            // Where serde does not know that it is an option.
            says.extend(on_wire.is_some().then(|| quote!(default)));
            says.push(quote!(skip_serializing_if = "Option::is_none"));
        }
        Absent::Apart => {
            says.push(quote!(default));
            says.push(quote!(deserialize_with = #PRESENT));
            says.push(quote!(skip_serializing_if = "Option::is_none"));
        }
        Absent::Rest => says = vec![quote!(flatten)],
        Absent::TypeDefault => says.push(quote!(default)),
        Absent::Value(_) => {
            let path = text::literal(&format!("{owner}::{}", default_name(field)));
            says.push(quote!(default = #path));
        }
    }
    says.extend(on_wire);
    let serde = (!says.is_empty()).then(|| quote!(#[serde(#(#says),*)]));
    quote!(#docs #serde pub #name: #ty)
}

/// What serde has to be told of a type with a form of its own on the wire.
fn wire_form(ty: &RustType) -> Option<TokenStream> {
    ty.has_wire_form().then(|| quote!(with = #WIRE))
}

fn default_name(field: &Field) -> String {
    format!("default_{}", text::plain_name(&field.name))
}

/// What gives the default of a field.
fn default_function(field: &Field) -> Option<TokenStream> {
    let Absent::Value(value) = &field.absent else { return None };
    let name = format_ident!("{}", default_name(field));
    let (ty, value) = (inside(&field.ty), expression(value));
    Some(quote!(fn #name() -> #ty { #value }))
}

fn expression(value: &Expression) -> TokenStream {
    match value {
        Expression::Text(value) => {
            let value = text::literal(value);
            quote!(#value.to_owned())
        }
        Expression::Integer(value) => integer(*value),
        Expression::Number(value) => {
            let sign = value.is_sign_negative().then(|| quote!(-));
            let value = Literal::f64_unsuffixed(value.abs());
            quote!(#sign #value)
        }
        Expression::Flag(value) => quote!(#value),
        Expression::None => quote!(None),
        Expression::Some(value) => {
            let value = expression(value);
            quote!(Some(#value))
        }
        Expression::List(items) => {
            let items = items.iter().map(expression);
            quote!(vec![#(#items),*])
        }
        Expression::Map(members) => {
            let members = members.iter().map(|(key, value)| {
                let (key, value) = (text::literal(key), expression(value));
                quote!((#key.to_owned(), #value))
            });
            quote!([#(#members),*].into())
        }
        Expression::Tuple(items) => {
            let comma = (items.len() == 1).then(|| quote!(,));
            let items = items.iter().map(expression);
            quote!((#(#items),* #comma))
        }
        Expression::Boxed(value) => {
            let value = expression(value);
            quote!(Box::new(#value))
        }
        Expression::Unit(ty, variant) => {
            let (ty, variant) = (text::ident(ty), text::ident(variant));
            quote!(#ty::#variant)
        }
        Expression::Variant(ty, variant, value) => {
            let (ty, variant, value) = (text::ident(ty), text::ident(variant), expression(value));
            quote!(#ty::#variant(#value))
        }
        Expression::Struct(ty, fields) => {
            let ty = text::ident(ty);
            let fields = fields.iter().map(|(name, value)| {
                let (name, value) = (text::ident(name), expression(value));
                quote!(#name: #value)
            });
            quote!(#ty { #(#fields),* })
        }
        Expression::Json(text) | Expression::Parsed(text) => {
            let text = text::literal(text);
            quote!(#text.parse().unwrap_or_default())
        }
        Expression::Duration(duration) => {
            let seconds = integer(duration.as_secs());
            match duration.subsec_nanos() {
                0 => quote!(mcpwright::jiff::SignedDuration::from_secs(#seconds)),
                nanos => {
                    let nanos = integer(nanos.into());
                    quote!(mcpwright::jiff::SignedDuration::new(#seconds, #nanos))
                }
            }
        }
        Expression::Bytes(bytes) => {
            let bytes = Literal::byte_string(bytes);
            quote!(#bytes.to_vec())
        }
        Expression::Path(path) => {
            let path = text::literal(path);
            quote!(std::path::PathBuf::from(#path))
        }
    }
}

/// An integer, the sign apart from the digits as in the grammar of Rust.
fn integer(value: i64) -> TokenStream {
    let sign = (value < 0).then(|| quote!(-));
    let digits = Literal::u64_unsuffixed(value.unsigned_abs());
    quote!(#sign #digits)
}

fn texts(
    docs: &TokenStream,
    name: &proc_macro2::Ident,
    variants: &[Variant<String>],
) -> Vec<TokenStream> {
    let members = variants.iter().map(|variant| {
        let docs = text::docs(&format!("{}.", text::code(&variant.value)));
        let name = text::ident(&variant.name);
        let value = text::literal(&variant.value);
        let rename = (variant.name != variant.value).then(|| quote!(#[serde(rename = #value)]));
        quote!(#docs #rename #name)
    });
    let arms = variants.iter().map(|variant| {
        let (name, value) = (text::ident(&variant.name), text::literal(&variant.value));
        quote!(Self::#name => #value)
    });
    vec![
        quote! {
            #docs
            #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
            #[serde(crate = #SERDE)]
            pub enum #name { #(#members),* }
        },
        quote! {
            impl #name {
                /// The value as it is written.
                #[must_use]
                pub const fn as_str(self) -> &'static str {
                    match self { #(#arms),* }
                }
            }
        },
    ]
}

fn integers(
    docs: &TokenStream,
    name: &proc_macro2::Ident,
    variants: &[Variant<i64>],
) -> Vec<TokenStream> {
    let names: Vec<_> = variants.iter().map(|variant| text::ident(&variant.name)).collect();
    let values: Vec<_> = variants.iter().map(|variant| integer(variant.value)).collect();
    let members = variants.iter().zip(&names).map(|(variant, name)| {
        let docs = text::docs(&format!("`{}`.", variant.value));
        quote!(#docs #name)
    });
    let list: Vec<String> = variants.iter().map(|variant| variant.value.to_string()).collect();
    let refusal = text::literal(&format!("{{value}} is none of {}", list.join(", ")));
    vec![
        quote! {
            #docs
            #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
            #[serde(crate = #SERDE, try_from = "i64", into = "i64")]
            pub enum #name { #(#members),* }
        },
        quote! {
            impl TryFrom<i64> for #name {
                type Error = String;
                fn try_from(value: i64) -> Result<Self, String> {
                    match value {
                        #(#values => Ok(Self::#names),)*
                        _ => Err(format!(#refusal)),
                    }
                }
            }
        },
        quote! {
            impl From<#name> for i64 {
                fn from(value: #name) -> Self {
                    match value { #(#name::#names => #values),* }
                }
            }
        },
    ]
}

fn union(
    docs: &TokenStream,
    name: &proc_macro2::Ident,
    variants: &[(String, RustType)],
) -> TokenStream {
    let variants = variants.iter().map(|(variant, ty)| {
        let docs = text::docs(&format!("As {}.", described(ty)));
        let on_wire = wire_form(ty).map(|says| quote!(#[serde(#says)]));
        let (variant, ty) = (text::ident(variant), inside(ty));
        quote!(#docs #variant(#on_wire #ty))
    });
    quote! {
        #docs
        #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
        #[serde(crate = #SERDE, untagged)]
        pub enum #name { #(#variants),* }
    }
}

/// A type as Markdown.
fn described(ty: &RustType) -> String {
    let plain = if let RustType::Boxed(inner) = ty { inner } else { ty };
    text::code(&inside(plain).to_string().replace(' ', "").replace(',', ", "))
}
