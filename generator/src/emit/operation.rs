//! The table of one forwarded operation: what the document says and the runtime's default does
//! not.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{argument, component, text};
use crate::plan::{
    Argument, Body, BodyFormat, Crate, Operation, Output, Pattern, Read, Segment, Tool,
};

/// Number of fields of the runtime's `Operation`: with all of them given, no base is named.
const FIELDS: usize = 13;

/// What a table is made of, whatever the operation stands behind.
pub(super) struct Table<'p> {
    name: &'p str,
    constant: &'p str,
    docs: &'p str,
    arguments: &'p [Argument],
    output: Output,
    timeout: Option<f64>,
    tags: &'p [String],
    operation: &'p Operation,
}

impl<'p> Table<'p> {
    /// That of a tool.
    pub(super) fn of_tool(tool: &'p Tool, operation: &'p Operation) -> Self {
        Self {
            name: &tool.name,
            constant: &tool.constant,
            docs: &tool.docs,
            arguments: &tool.arguments,
            output: tool.output,
            timeout: tool.timeout,
            tags: &tool.tags,
            operation,
        }
    }

    /// That of resources, whose contents are whatever the upstream says.
    pub(super) fn of_read(read: &'p Read) -> Self {
        Self {
            name: &read.name,
            constant: &read.constant,
            docs: &read.docs,
            arguments: &read.arguments,
            output: Output::Undeclared,
            timeout: read.timeout,
            tags: &[],
            operation: &read.operation,
        }
    }
}

/// The constant of an operation.
pub(super) fn table(plan: &Crate, patterns: &[Pattern], table: &Table<'_>) -> TokenStream {
    let operation = table.operation;
    let name = text::literal(table.name);
    let method = method(&operation.method);
    let mut fields = vec![quote!(tool: #name)];
    if !operation.id.is_empty() {
        let id = text::literal(&operation.id);
        fields.push(quote!(id: #id));
    }
    // Given even where it is the default: a reader looks for it.
    fields.push(quote!(method: #method));
    if !operation.path.is_empty() {
        let path = operation.path.iter().map(segment);
        fields.push(quote!(path: &[#(#path),*]));
    }
    if !table.arguments.is_empty() {
        let arguments = table.arguments.iter().map(|argument| argument::entry(argument, patterns));
        fields.push(quote!(arguments: &[#(#arguments),*]));
    }
    if let Some(body) = &operation.body {
        let body = body_value(body);
        fields.push(quote!(body: #body));
    }
    if operation.accept != "*/*" {
        let accept = text::literal(&operation.accept);
        fields.push(quote!(accept: #accept));
    }
    if table.output != Output::Undeclared {
        let output = output(table.output);
        fields.push(quote!(output: #output));
    }
    let upstream = plan.upstreams.get(operation.upstream);
    if let Some(upstream) = upstream
        && !operation.security.is_empty()
    {
        let alternatives = operation.security.iter().map(|alternative| {
            let schemes = alternative.iter().filter_map(|index| upstream.schemes.get(*index));
            let schemes = schemes.map(|scheme| text::ident(&scheme.constant));
            quote!(&[#(&#schemes),*])
        });
        fields.push(quote!(security: &[#(#alternatives),*]));
    }
    if let Some(timeout) = table.timeout.map(text::duration) {
        fields.push(quote!(timeout: Some(#timeout)));
    }
    if let Some(upstream) = upstream {
        let constant = text::ident(&upstream.constant);
        fields.push(quote!(upstream: &#constant));
        if !operation.server.is_empty() {
            let server = text::literal(&operation.server);
            fields.push(quote!(server: Setting(#server)));
        }
    }
    if !table.tags.is_empty() {
        let tags = component::texts(table.tags);
        fields.push(quote!(tags: #tags));
    }
    let base = (fields.len() < FIELDS).then(|| quote!(..Operation::DEFAULT));
    let docs = text::docs(table.docs);
    let constant = text::ident(table.constant);
    quote!(#docs pub static #constant: Operation = Operation { #(#fields,)* #base };)
}

/// The constants of the `upstream` module that the tables of `operations` name, sorted.
pub(super) fn upstream_constants<'p>(
    plan: &'p Crate,
    operations: impl Iterator<Item = &'p Operation>,
) -> BTreeSet<&'p str> {
    let mut constants = BTreeSet::new();
    for operation in operations {
        let Some(upstream) = plan.upstreams.get(operation.upstream) else { continue };
        constants.insert(upstream.constant.as_str());
        let schemes = operation.security.iter().flatten();
        let schemes = schemes.filter_map(|index| upstream.schemes.get(*index));
        constants.extend(schemes.map(|scheme| scheme.constant.as_str()));
    }
    constants
}

/// A method of HTTP.
pub(super) fn method(name: &str) -> TokenStream {
    match name {
        "GET" => quote!(Method::Get),
        "PUT" => quote!(Method::Put),
        "POST" => quote!(Method::Post),
        "DELETE" => quote!(Method::Delete),
        "OPTIONS" => quote!(Method::Options),
        "HEAD" => quote!(Method::Head),
        "PATCH" => quote!(Method::Patch),
        "TRACE" => quote!(Method::Trace),
        other => {
            let other = text::literal(other);
            quote!(Method::Other(#other))
        }
    }
}

fn segment(segment: &Segment) -> TokenStream {
    match segment {
        Segment::Literal(literal) => {
            let literal = text::literal(literal);
            quote!(Segment::Literal(#literal))
        }
        Segment::Argument(index) => {
            let index = Literal::usize_unsuffixed(*index);
            quote!(Segment::Argument(#index))
        }
    }
}

fn body_value(body: &Body) -> TokenStream {
    let format = match body.format {
        BodyFormat::Json => quote!(BodyFormat::Json),
        BodyFormat::Form => quote!(BodyFormat::Form),
        BodyFormat::Multipart => quote!(BodyFormat::Multipart),
        BodyFormat::Text => quote!(BodyFormat::Text),
        BodyFormat::Bytes => quote!(BodyFormat::Bytes),
        BodyFormat::JsonLines => quote!(BodyFormat::JsonLines),
        BodyFormat::JsonSequence => quote!(BodyFormat::JsonSequence),
    };
    let media_type = text::literal(&body.media_type);
    let required = body.required.then(|| quote!(.required()));
    quote!(Body::new(#format, #media_type) #required)
}

/// The promise about the result.
pub(super) fn output(output: Output) -> TokenStream {
    match output {
        Output::Undeclared => quote!(Output::Undeclared),
        Output::Object => quote!(Output::Object),
        Output::Wrapped => quote!(Output::Wrapped),
    }
}
