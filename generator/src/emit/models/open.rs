//! Enums that take more values than the document knows, and those that a property tells apart.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{SERDE, described};
use crate::emit::text;
use crate::emit::types::inside;
use crate::plan::{Tagged, TaggedVariant, Variant};

/// An enum of texts that keeps any other text too.
pub(super) fn texts(
    docs: &TokenStream,
    name: &Ident,
    variants: &[Variant<String>],
    other: &str,
) -> Vec<TokenStream> {
    let other = text::ident(other);
    let names: Vec<Ident> = variants.iter().map(|variant| text::ident(&variant.name)).collect();
    let values: Vec<_> = variants.iter().map(|variant| text::literal(&variant.value)).collect();
    let members = variants.iter().zip(&names).map(|(variant, name)| {
        let docs = text::docs(&format!("{}.", text::code(&variant.value)));
        quote!(#docs #name)
    });
    vec![
        quote! {
            #docs
            #[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq)]
            #[serde(crate = #SERDE, from = "String")]
            pub enum #name {
                #(#members,)*
                /// Any other text.
                #other(String),
            }
        },
        quote! {
            impl #name {
                /// The value as it is written.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#names => #values,)*
                        Self::#other(text) => text,
                    }
                }
            }
        },
        quote! {
            impl From<String> for #name {
                fn from(text: String) -> Self {
                    match text.as_str() {
                        #(#values => Self::#names,)*
                        _ => Self::#other(text),
                    }
                }
            }
        },
        quote! {
            impl Serialize for #name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }
        },
    ]
}

/// An enum of objects that a property tells apart.
pub(super) fn tagged(docs: &TokenStream, name: &Ident, tagged: &Tagged) -> Vec<TokenStream> {
    let property = text::literal(&tagged.property);
    let members = tagged.variants.iter().map(|variant| {
        let tags: Vec<String> = variant.tags.iter().map(|tag| text::code(tag)).collect();
        let tags = tags.join(" or ");
        let docs =
            format!("{} where {} is {tags}.", described(&variant.ty), text::code(&tagged.property));
        let docs = text::docs(&docs);
        let (name, ty) = (text::ident(&variant.name), inside(&variant.ty));
        quote!(#docs #name(#ty),)
    });
    let others = tagged.others.as_ref().map(|(name, ty)| {
        let docs = text::docs(&format!("Where {} is anything else.", text::code(&tagged.property)));
        let (name, ty) = (text::ident(name), inside(ty));
        quote!(#docs #name(#ty),)
    });
    let arms = tagged.variants.iter().map(arm);
    let last = match &tagged.others {
        Some((name, _)) => {
            let name = text::ident(name);
            quote!(_ => tagged.read().map(Self::#name),)
        }
        None => quote!(_ => Err(tagged.refused()),),
    };
    vec![
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, Serialize)]
            #[serde(crate = #SERDE, untagged)]
            pub enum #name { #(#members)* #others }
        },
        quote! {
            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let tagged = TaggedValue::new(deserializer, #property)?;
                    match tagged.tag() {
                        #(#arms)*
                        #last
                    }
                }
            }
        },
    ]
}

fn arm(variant: &TaggedVariant) -> TokenStream {
    let tags = variant.tags.iter().map(|tag| text::literal(tag));
    let name = text::ident(&variant.name);
    quote!(#(#tags)|* => tagged.read().map(Self::#name),)
}
