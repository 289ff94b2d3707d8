//! Argument structs: what handlers are given, and what calls of operations are made of.

use proc_macro2::TokenStream;
use quote::quote;

use super::component::visible;
use super::{argument, text};
use crate::plan::Argument;

/// Most parameters of a constructor: where more is required, field names tell more than places.
const MOST_PARAMETERS: usize = 6;

/// Whom a struct of arguments is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum User {
    /// The handler of a component, whose tests compare what it is given.
    Handler,
    /// Whoever calls an operation or answers in its place. There may be a thousand of these, and each
    /// trait costs every build.
    Caller,
}

/// The struct. It has a `Default` where nothing has to be given; a field that has always a value
/// has none, since that of its type is not the one that callers get.
pub(super) fn structure(user: User, docs: &str, name: &str, arguments: &[Argument]) -> TokenStream {
    let docs = text::docs(docs);
    let ident = text::ident(name);
    let fields: Vec<_> =
        visible(arguments).map(|(_, argument)| argument::field(argument)).collect();
    if fields.is_empty() {
        let traits = match user {
            User::Handler => quote!(Clone, Copy, Debug, Default, Eq, PartialEq),
            User::Caller => quote!(Clone, Copy, Debug, Default),
        };
        let body = if is_unit(name) { quote!(;) } else { quote!({}) };
        return quote! {
            #docs
            #[derive(#traits)]
            pub struct #ident #body
        };
    }
    let can_be_left_out = |(_, argument): (usize, &Argument)| argument::is_optional(argument);
    let default = visible(arguments).all(can_be_left_out).then(|| quote!(, Default));
    let equality = (user == User::Handler).then(|| quote!(, PartialEq));
    quote! {
        #docs
        #[derive(Clone, Debug #default #equality)]
        pub struct #ident { #(#fields),* }
    }
}

/// Whether a struct without fields is written without braces: then it is a value too, which one
/// that is written as a constant, `V2`, must not be.
fn is_unit(name: &str) -> bool {
    name.contains(|letter: char| letter.is_lowercase())
}

/// `new` of what is required, beside fields that may be left out.
pub(super) fn constructor(name: &str, arguments: &[Argument]) -> Option<TokenStream> {
    let (optional, required): (Vec<&Argument>, Vec<&Argument>) = visible(arguments)
        .map(|(_, argument)| argument)
        .partition(|argument| argument::is_optional(argument));
    if optional.is_empty() || required.is_empty() || required.len() > MOST_PARAMETERS {
        return None;
    }
    let ident = text::ident(name);
    let parameters = required.iter().map(|argument| argument::parameter(argument));
    let fields = visible(arguments).map(|(_, argument)| argument::initial(argument));
    Some(quote! {
        impl #ident {
            /// What is required, and nothing else.
            pub fn new(#(#parameters),*) -> Self {
                Self { #(#fields),* }
            }
        }
    })
}

/// `fn read` of the struct.
pub(super) fn read(name: &str, arguments: &[Argument]) -> TokenStream {
    let reads: Vec<_> =
        visible(arguments).map(|(index, argument)| argument::read(index, argument)).collect();
    let (reader, value) = match (reads.is_empty(), is_unit(name)) {
        (true, true) => (quote!(_), quote!(Self)),
        (true, false) => (quote!(_), quote!(Self {})),
        (false, _) => (quote!(reader), quote!(Self { #(#reads),* })),
    };
    quote! {
        fn read(#reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
            Ok(#value)
        }
    }
}

/// `fn write` of the struct.
pub(super) fn write(arguments: &[Argument]) -> TokenStream {
    let writes: Vec<_> =
        visible(arguments).map(|(index, argument)| argument::write(index, argument)).collect();
    let writer = if writes.is_empty() { quote!(_) } else { quote!(writer) };
    quote! {
        fn write(&self, #writer: &mut Writer) {
            #(#writes)*
        }
    }
}
