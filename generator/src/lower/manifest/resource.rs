//! `[[resource]]`

use super::files::{self, Contents};
use super::types::{self, Names};
use super::{about, argument, uri};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::manifest::{Placed, ResourceAnnotationsTable, ResourceKind, ResourceTable};
use crate::model::{
    ArgumentType, DeclaredArgument, DeclaredResource, ResourceAnnotations, ResourceSource, UriPart,
};
use crate::source::Span;

/// A resource; `None` after a diagnostic, or where it is not enabled.
pub(super) fn lower(
    table: &ResourceTable,
    names: &Names,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<DeclaredResource> {
    let source = lower_source(table, contents, diagnostics);
    let declared = argument::lower_all(&table.arguments, names, diagnostics);
    let returns = types::lower_optional(table.returns.as_ref(), names, diagnostics);
    let annotations = lower_annotations(&table.annotations, diagnostics);
    let uri = table.uri.as_ref();
    let parts = uri.and_then(|uri| uri::parse(uri, diagnostics));
    let name = uri.map(|uri| Placed { value: name_of(&uri.value), span: uri.span });
    let about = about::lower(&table.about, name, contents, diagnostics);
    let (uri, parts, declared) = (uri?, parts?, declared?);
    let arguments = match_arguments(uri, &parts, declared, names, diagnostics);
    let (source, mime_type) = source?;
    let resource = DeclaredResource {
        about: about?,
        uri: uri.value.clone(),
        uri_span: uri.span,
        parts,
        mime_type: table.mime_type.clone().or(mime_type),
        source,
        arguments,
        returns: returns?,
        annotations,
        timeout: table.timeout,
        cache: table.cache.as_ref().and_then(about::lower_cache),
    };
    if resource.is_template() && resource.source != ResourceSource::Handler {
        let message = format!("`{}` has variables and contents that are fixed", resource.uri);
        diagnostics.push(
            Diagnostic::error(Code::E0307, message)
                .at(uri.span, "")
                .help("leave the contents to a handler, which is given the variables"),
        );
    }
    (!table.about.disabled).then_some(resource)
}

/// A name for what has none: the words of its URI.
fn name_of(uri: &str) -> String {
    let words = uri.split(|it: char| !it.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// Where the contents come from, and the media type that they have by themselves.
fn lower_source(
    table: &ResourceTable,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<(ResourceSource, Option<String>)> {
    let kind = table.kind.as_ref().map(|kind| kind.value);
    let span = table.kind.as_ref().map_or(table.about.span, |kind| kind.span);
    let mut refuse = |message: &str, span: Span, help: &str| {
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(span, "").help(help));
        None
    };
    match (kind, &table.text, &table.file) {
        (_, Some(_), Some(file)) => {
            refuse("a resource has `text` and `file`", file.span, "keep one of the two")
        }
        (Some(ResourceKind::Handler), Some(given), None)
        | (Some(ResourceKind::Handler), None, Some(given)) => {
            let help = "remove the contents, or the kind";
            refuse("a resource has a handler and contents", given.span, help)
        }
        (Some(ResourceKind::Binary), Some(text), None) => {
            let help = "bytes come from a file: file = \"image.png\"";
            refuse("a binary resource has a `text`", text.span, help)
        }
        (Some(ResourceKind::Text | ResourceKind::Binary), None, None) => {
            let help = "add text = \"…\" or file = \"…\"";
            refuse("a resource has no contents", span, help)
        }
        (None | Some(ResourceKind::Handler), None, None) => Some((ResourceSource::Handler, None)),
        (_, Some(text), None) => {
            let source = ResourceSource::Text(text.value.clone());
            Some((source, Some("text/plain".to_owned())))
        }
        (kind, None, Some(file)) => {
            let bytes = files::bytes(contents, &file.value, file.span, diagnostics)?;
            let is_text = !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok();
            let as_text = match kind {
                Some(ResourceKind::Text) => true,
                Some(ResourceKind::Binary) => false,
                _ => is_text,
            };
            let source = if as_text {
                let text = files::text(contents, &file.value, file.span, diagnostics)?;
                ResourceSource::Text(text.to_owned())
            } else {
                ResourceSource::Bytes(bytes.to_vec())
            };
            let fallback = if as_text { "text/plain" } else { "application/octet-stream" };
            Some((source, Some(files::media_type(file).unwrap_or(fallback).to_owned())))
        }
    }
}

/// The arguments in the order of the URI, those that are not declared as texts. What a path needs
/// is required; what a query or a handler may be given has a default.
fn match_arguments(
    uri: &Placed<String>,
    parts: &[UriPart],
    mut declared: Vec<DeclaredArgument>,
    names: &Names,
    diagnostics: &mut Diagnostics,
) -> Vec<DeclaredArgument> {
    let mut arguments = Vec::new();
    for part in parts {
        let variables: Vec<(&String, bool)> = match part {
            UriPart::Literal(_) => Vec::new(),
            UriPart::Segment(name) | UriPart::Rest(name) => vec![(name, true)],
            UriPart::Query(pairs) => pairs.iter().map(|(_, name)| (name, false)).collect(),
        };
        for (name, required) in variables {
            let found = declared.iter().position(|it| it.name == *name);
            let found = found.map(|index| declared.remove(index));
            let argument = found
                .unwrap_or_else(|| DeclaredArgument::required(name, uri.span, ArgumentType::Str));
            check_variable(&argument, required, names, diagnostics);
            arguments.push(argument);
        }
    }
    let known: Vec<String> = arguments.iter().map(|it| it.name.clone()).collect();
    for argument in declared {
        if argument.default.is_none() || known.is_empty() {
            let message = format!("the uri `{}` has no variable `{}`", uri.value, argument.name);
            let help = match near(&argument.name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    format!("write {{{0}}} or {{?{0}}} where it stands in the uri", argument.name)
                }
            };
            diagnostics.push(
                Diagnostic::error(Code::E0306, message)
                    .at(argument.span, "")
                    .also(uri.span, "the uri")
                    .help(help),
            );
        }
        arguments.push(argument);
    }
    arguments
}

fn check_variable(
    argument: &DeclaredArgument,
    in_path: bool,
    names: &Names,
    diagnostics: &mut Diagnostics,
) {
    let name = &argument.name;
    let mut refuse = |message: String, span: Span, help: String| {
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(span, "").help(help));
    };
    match (in_path, &argument.default) {
        (true, Some(_)) => refuse(
            format!("`{name}` is part of a path and has a default"),
            argument.default_span.unwrap_or(argument.span),
            format!("a path has all its parts: remove the default, or write {{?{name}}}"),
        ),
        (false, None) => refuse(
            format!("`{name}` is in a query, which may leave it out, and has no default"),
            argument.span,
            format!("give it one: args.{name} = \"str = ''\""),
        ),
        _ => {}
    }
    if !is_written_in_uris(&argument.ty, names) {
        let help =
            "variables are texts, numbers and booleans; split a text in the handler".to_owned();
        refuse(format!("`{name}` cannot be written in a URI"), argument.span, help);
    }
}

fn is_written_in_uris(ty: &ArgumentType, names: &Names) -> bool {
    match ty {
        ArgumentType::List(_)
        | ArgumentType::Set(_)
        | ArgumentType::Dict(_)
        | ArgumentType::Tuple { .. }
        | ArgumentType::None
        | ArgumentType::Any => false,
        ArgumentType::Literal(_) | ArgumentType::Model(_) => names.is_choice(ty),
        // `str | None`: absent in a query.
        ArgumentType::Union(parts) => {
            let mut parts = parts.iter().filter(|part| **part != ArgumentType::None);
            parts.next().is_some_and(|part| is_written_in_uris(part, names))
                && parts.next().is_none()
        }
        _ => true,
    }
}

fn lower_annotations(
    table: &ResourceAnnotationsTable,
    diagnostics: &mut Diagnostics,
) -> ResourceAnnotations {
    for word in table.audience.iter().filter(|it| !matches!(&*it.value, "user" | "assistant")) {
        let message = format!("`{}` is not an audience", word.value);
        let help = "it is \"user\" or \"assistant\", or both";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(word.span, "").help(help));
    }
    if let Some(time) = &table.last_modified
        && !is_time(&time.value)
    {
        let message = format!("`{}` is not a time of ISO 8601", time.value);
        let help = "write it as \"2026-01-31T12:00:00Z\"";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(time.span, "").help(help));
    }
    ResourceAnnotations {
        audience: table.audience.iter().map(|it| it.value.clone()).collect(),
        priority: table.priority.clone(),
        last_modified: table.last_modified.as_ref().map(|it| it.value.clone()),
        read_only: table.read_only,
        idempotent: table.idempotent,
    }
}

/// A date, perhaps with a time of day and a zone.
fn is_time(text: &str) -> bool {
    regex_lite::Regex::new(
        r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$",
    )
    .is_ok_and(|pattern| pattern.is_match(text))
}
