//! One argument of a tool: its line in the table, and its field in the argument struct.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::text;
use super::types::outside;
use crate::plan::{Argument, Format, Kind, Pattern, Place, Rules, Style};

/// The entry of the table: a constructor and a call for each thing that differs from its defaults.
pub(super) fn entry(argument: &Argument, patterns: &[Pattern]) -> TokenStream {
    let name = text::literal(&argument.name);
    let kind = kind(argument.kind);
    let base = base(argument.place);
    let constructor = base.constructor;
    let mut calls = Vec::new();
    if argument.place != Place::Handler && argument.wire != argument.name {
        let wire = text::literal(&argument.wire);
        calls.push(quote!(.wire(#wire)));
    }
    if argument.required && argument.place != Place::Path {
        calls.push(quote!(.required()));
    }
    if argument.nullable {
        calls.push(quote!(.nullable()));
    }
    let default = argument.default.as_ref().map(|json| text::literal(&json.to_string()));
    match (argument.hidden, default) {
        (true, Some(default)) => calls.push(quote!(.hidden(#default))),
        // Hidden without a value: nothing is sent, whatever the caller gives.
        (true, None) => calls.push(quote!(.hidden(""))),
        (false, Some(default)) => calls.push(quote!(.default(#default))),
        (false, None) => {}
    }
    if argument.style != base.style {
        let style = style(argument.style);
        calls.push(quote!(.style(#style)));
    }
    if argument.explode != base.explode && is_explode_read(argument) {
        let explode = argument.explode;
        calls.push(quote!(.explode(#explode)));
    }
    if argument.allow_reserved {
        calls.push(quote!(.allow_reserved()));
    }
    if !argument.media_type.is_empty() {
        let media_type = text::literal(&argument.media_type);
        calls.push(quote!(.media_type(#media_type)));
    }
    if !argument.part_headers.is_empty() {
        let headers = argument.part_headers.iter().map(|(name, value)| {
            let (name, value) = (text::literal(name), text::literal(value));
            quote!((#name, #value))
        });
        calls.push(quote!(.part_headers(&[#(#headers),*])));
    }
    push_rules(&argument.rules, patterns, &mut calls);
    if argument.schema {
        calls.push(quote!(.schema()));
    }
    quote!(Argument::#constructor(#name, #kind) #(#calls)*)
}

/// What the runtime's constructor for a place fills in.
struct Base {
    constructor: Ident,
    style: Style,
    explode: bool,
}

fn base(place: Place) -> Base {
    let (constructor, style, explode) = match place {
        Place::Path => ("path", Style::Simple, false),
        Place::Query => ("query", Style::Form, true),
        Place::QueryString => ("query_string", Style::Content, true),
        Place::Header => ("header", Style::Simple, false),
        Place::Cookie => ("cookie", Style::Form, true),
        Place::Property => ("property", Style::Content, true),
        Place::Properties => ("properties", Style::Content, true),
        Place::Body => ("body", Style::Content, true),
        Place::Handler => ("value", Style::Form, true),
    };
    Base { constructor: format_ident!("{constructor}"), style, explode }
}

/// Whether `explode` makes a difference: for values of several parts, in the styles that have it.
const fn is_explode_read(argument: &Argument) -> bool {
    let is_scalar = matches!(
        argument.kind,
        Kind::Text | Kind::Integer | Kind::Number | Kind::Flag | Kind::File
    );
    !is_scalar && !matches!(argument.style, Style::DeepObject | Style::Content | Style::Json)
}

fn style(style: Style) -> TokenStream {
    match style {
        Style::Simple => quote!(Style::Simple),
        Style::Label => quote!(Style::Label),
        Style::Matrix => quote!(Style::Matrix),
        Style::Form => quote!(Style::Form),
        Style::SpaceDelimited => quote!(Style::SpaceDelimited),
        Style::PipeDelimited => quote!(Style::PipeDelimited),
        Style::TabDelimited => quote!(Style::TabDelimited),
        Style::DeepObject => quote!(Style::DeepObject),
        Style::Cookie => quote!(Style::Cookie),
        Style::Content => quote!(Style::Content),
        Style::Json => quote!(Style::Json),
    }
}

fn kind(kind: Kind) -> TokenStream {
    match kind {
        Kind::Any => quote!(Kind::Any),
        Kind::Text => quote!(Kind::Text),
        Kind::Integer => quote!(Kind::Integer),
        Kind::Number => quote!(Kind::Number),
        Kind::Flag => quote!(Kind::Flag),
        Kind::Texts => quote!(Kind::Texts),
        Kind::Integers => quote!(Kind::Integers),
        Kind::Numbers => quote!(Kind::Numbers),
        Kind::Flags => quote!(Kind::Flags),
        Kind::List => quote!(Kind::List),
        Kind::Object => quote!(Kind::Object),
        Kind::File => quote!(Kind::File),
        Kind::Files => quote!(Kind::Files),
    }
}

fn push_rules(rules: &Rules, patterns: &[Pattern], calls: &mut Vec<TokenStream>) {
    let bounds = [
        ("at_least", &rules.minimum),
        ("at_most", &rules.maximum),
        ("above", &rules.above),
        ("below", &rules.below),
        ("multiple_of", &rules.multiple_of),
    ];
    for (name, number) in bounds {
        if let Some(number) = number {
            let (name, bound) = (format_ident!("{name}"), bound(number));
            calls.push(quote!(.#name(#bound)));
        }
    }
    let counts = [
        ("min_length", rules.min_length),
        ("max_length", rules.max_length),
        ("min_items", rules.min_items),
        ("max_items", rules.max_items),
    ];
    for (name, count) in counts {
        if let Some(count) = count {
            let (name, count) = (format_ident!("{name}"), Literal::u32_unsuffixed(count));
            calls.push(quote!(.#name(#count)));
        }
    }
    if rules.unique_items {
        calls.push(quote!(.unique_items()));
    }
    if let Some(pattern) = rules.pattern.and_then(|index| patterns.get(index)) {
        let constant = text::ident(&pattern.constant);
        calls.push(quote!(.pattern(&#constant)));
    }
    let format = rules.format.and_then(|format| match format {
        Format::DateTime => Some(quote!(.date_time())),
        Format::Date => Some(quote!(.date())),
        Format::Time => Some(quote!(.time())),
        Format::Duration => Some(quote!(.duration())),
        Format::Uuid => Some(quote!(.uuid())),
        Format::Base64 => Some(quote!(.base64())),
        Format::Path => None,
    });
    calls.extend(format);
    let texts: Option<Vec<_>> = rules.one_of.iter().map(|value| value.as_str()).collect();
    match texts {
        Some(texts) if texts.is_empty() => {}
        Some(texts) => {
            let texts = texts.into_iter().map(text::literal);
            calls.push(quote!(.one_of(&[#(#texts),*])));
        }
        None => {
            let values = rules.one_of.iter().map(|json| text::literal(&json.to_string()));
            calls.push(quote!(.one_of_json(&[#(#values),*])));
        }
    }
}

/// A bound, the sign apart from the digits as in Rust's grammar.
fn bound(number: &serde_json::Number) -> TokenStream {
    let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    if let Some(integer) = integer {
        let sign = (integer < 0).then(|| quote!(-));
        let digits = Literal::u128_unsuffixed(integer.unsigned_abs());
        return quote!(Bound::Integer(#sign #digits));
    }
    let number = number.as_f64().filter(|number| number.is_finite()).unwrap_or_default();
    let sign = number.is_sign_negative().then(|| quote!(-));
    let digits = Literal::f64_unsuffixed(number.abs());
    quote!(Bound::Number(#sign #digits))
}

/// How a value is held by the argument struct.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Presence {
    /// Always there.
    Plain,
    /// May be left out.
    Optional,
    /// Always there, but may be `null`.
    Nullable,
    /// May be left out, which is not the same as `null`.
    Patch,
}

/// The name that methods of reader and writer have for a type.
fn value_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::File => "text",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Flag => "flag",
        Kind::Texts | Kind::Files => "texts",
        Kind::Integers => "integers",
        Kind::Numbers => "numbers",
        Kind::Flags => "flags",
        Kind::Any | Kind::List | Kind::Object => "value",
    }
}

/// The same for an argument, which may have a type of its own.
fn type_name(argument: &Argument) -> &'static str {
    match &argument.ty {
        Some(ty) if ty.has_wire_form() => "wire",
        Some(_) => "typed",
        None => value_name(argument.kind),
    }
}

fn presence(argument: &Argument) -> Presence {
    // `null` is a `Value`.
    let nullable = argument.nullable && type_name(argument) != "value";
    match (argument.required || argument.filled, nullable) {
        (true, false) => Presence::Plain,
        (false, false) => Presence::Optional,
        (true, true) => Presence::Nullable,
        (false, true) => Presence::Patch,
    }
}

fn value_type(kind: Kind) -> TokenStream {
    match value_name(kind) {
        "text" => quote!(String),
        "integer" => quote!(i64),
        "number" => quote!(f64),
        "flag" => quote!(bool),
        "texts" => quote!(Vec<String>),
        "integers" => quote!(Vec<i64>),
        "numbers" => quote!(Vec<f64>),
        "flags" => quote!(Vec<bool>),
        _ => quote!(Value),
    }
}

/// The method of reader and writer: `optional_texts`.
fn method(argument: &Argument) -> Ident {
    let name = type_name(argument);
    match presence(argument) {
        Presence::Plain => format_ident!("{name}"),
        Presence::Optional => format_ident!("optional_{name}"),
        Presence::Nullable => format_ident!("nullable_{name}"),
        Presence::Patch => format_ident!("patch_{name}"),
    }
}

/// The field of the argument struct.
pub(super) fn field(argument: &Argument) -> TokenStream {
    let docs = if argument.docs.trim().is_empty() {
        text::docs(&format!("The argument {}.", text::code(&argument.name)))
    } else {
        text::docs(&argument.docs)
    };
    let name = text::ident(&argument.field);
    let ty = field_type(argument);
    quote!(#docs pub #name: #ty)
}

fn field_type(argument: &Argument) -> TokenStream {
    let value = argument.ty.as_ref().map_or_else(|| value_type(argument.kind), outside);
    match presence(argument) {
        Presence::Plain => value,
        Presence::Optional | Presence::Nullable => quote!(Option<#value>),
        Presence::Patch => quote!(Option<Option<#value>>),
    }
}

/// Whether the field is `None` where nothing is given.
pub(super) fn is_optional(argument: &Argument) -> bool {
    matches!(presence(argument), Presence::Optional | Presence::Patch)
}

/// The parameter of a constructor: `isbn: impl Into<String>`.
pub(super) fn parameter(argument: &Argument) -> TokenStream {
    let name = text::ident(&argument.field);
    let ty = field_type(argument);
    if is_text(argument) { quote!(#name: impl Into<#ty>) } else { quote!(#name: #ty) }
}

/// The field where only what is required is given: `isbn: isbn.into()`, `limit: None`.
pub(super) fn initial(argument: &Argument) -> TokenStream {
    let name = text::ident(&argument.field);
    match (is_optional(argument), is_text(argument)) {
        (true, _) => quote!(#name: None),
        (false, true) => quote!(#name: #name.into()),
        (false, false) => quote!(#name),
    }
}

/// Whether the field is a `String`.
fn is_text(argument: &Argument) -> bool {
    type_name(argument) == "text" && presence(argument) == Presence::Plain
}

/// The field read from the reader: `isbn: reader.text(0)`.
pub(super) fn read(index: usize, argument: &Argument) -> TokenStream {
    let (name, method) = (text::ident(&argument.field), method(argument));
    let index = Literal::usize_unsuffixed(index);
    // Kinds are checked whole before anything is read; of types, their own reader is the last word.
    let fails = argument.ty.is_some().then(|| quote!(?));
    quote!(#name: reader.#method(#index) #fails)
}

/// The field given to the writer: `writer.text(0, &self.isbn);`.
pub(super) fn write(index: usize, argument: &Argument) -> TokenStream {
    let (name, method) = (text::ident(&argument.field), method(argument));
    let index = Literal::usize_unsuffixed(index);
    let value = type_name(argument);
    let copied = matches!(value, "integer" | "number" | "flag");
    let is_typed = argument.ty.is_some();
    let field = match presence(argument) {
        _ if copied => quote!(self.#name),
        Presence::Plain => quote!(&self.#name),
        Presence::Optional if value == "value" => quote!(self.#name.as_ref()),
        Presence::Optional | Presence::Nullable if is_typed => quote!(self.#name.as_ref()),
        Presence::Patch if is_typed => quote!(self.#name.as_ref().map(Option::as_ref)),
        Presence::Optional | Presence::Nullable => quote!(self.#name.as_deref()),
        Presence::Patch => quote!(self.#name.as_ref().map(Option::as_deref)),
    };
    quote!(writer.#method(#index, #field);)
}
