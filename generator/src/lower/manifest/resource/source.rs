//! Where the contents of a resource come from.

use super::super::files::{self, Contents};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::{Placed, ResourceKind, ResourceTable};
use crate::model::{ArgumentType, DeclaredResource, Folder, ResourceSource, UriPart};
use crate::source::Span;

/// A source, and the media type that its contents have by themselves.
type Found = Option<(ResourceSource, Option<String>)>;

/// Where the contents come from.
pub(super) fn lower(
    table: &ResourceTable,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Found {
    let kind = table.kind.as_ref().map(|kind| kind.value);
    check_keys(table, kind, diagnostics);
    match kind {
        Some(ResourceKind::File) => {
            let path = needed(table.path.as_ref(), "path", "/srv/report.md", table, diagnostics)?;
            let media_type = files::media_type(path).map(str::to_owned);
            Some((ResourceSource::File(path.value.clone()), media_type))
        }
        Some(ResourceKind::Folder) => {
            let path = needed(table.path.as_ref(), "path", "/srv/docs", table, diagnostics)?;
            let folder = Folder {
                path: path.value.clone(),
                pattern: table.pattern.as_ref().map(|it| it.value.clone()).unwrap_or_default(),
                recursive: table.recursive.as_ref().is_some_and(|it| it.value),
            };
            Some((ResourceSource::Folder(folder), Some("application/json".to_owned())))
        }
        Some(ResourceKind::Http) => http(table, diagnostics),
        None if table.url.is_some() => http(table, diagnostics),
        _ => of_the_program(table, kind, contents, diagnostics),
    }
}

/// What a URL answers.
fn http(table: &ResourceTable, diagnostics: &mut Diagnostics) -> Found {
    let example = "https://example.com/feed.json";
    let url = needed(table.url.as_ref(), "url", example, table, diagnostics)?;
    let text = &url.value;
    let is_url = ["http://", "https://", "${"].iter().any(|start| text.starts_with(start));
    if !is_url || text.contains(char::is_whitespace) || text.contains('#') {
        let help = "it begins with `https://` or `http://` and has no fragment; variables of the \
                    uri are for handlers";
        let message = format!("`{text}` cannot be requested");
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(url.span, "").help(help));
        return None;
    }
    // The upstream is known by the name of the resource, which is not settled yet.
    Some((ResourceSource::Http(String::new()), None))
}

/// The value of a key that a kind needs.
fn needed<'t>(
    value: Option<&'t Placed<String>>,
    key: &str,
    example: &str,
    table: &ResourceTable,
    diagnostics: &mut Diagnostics,
) -> Option<&'t Placed<String>> {
    let span = table.kind.as_ref().map_or(table.about.span, |kind| kind.span);
    match value {
        None => {
            let message = format!("a resource of this kind has no `{key}`");
            let help = format!("add a line: {key} = \"{example}\"");
            diagnostics.push(Diagnostic::error(Code::E0303, message).at(span, "").help(help));
            None
        }
        Some(value) if value.value.trim().is_empty() => {
            let message = format!("the `{key}` of a resource is empty");
            let help = format!("write it as {key} = \"{example}\"");
            diagnostics.push(Diagnostic::error(Code::E0307, message).at(value.span, "").help(help));
            None
        }
        found => found,
    }
}

/// Reports keys of another kind.
fn check_keys(table: &ResourceTable, kind: Option<ResourceKind>, diagnostics: &mut Diagnostics) {
    use ResourceKind::{File, Folder, Http};
    let text = |value: &Option<Placed<String>>| value.as_ref().map(|it| it.span);
    let at_run_time = matches!(kind, Some(File | Folder | Http)) || table.url.is_some();
    let folder = kind == Some(Folder);
    let checks: [(&str, Option<Span>, bool, &str); 6] = [
        ("path", text(&table.path), matches!(kind, Some(File | Folder)), PATH),
        ("url", text(&table.url), matches!(kind, Some(Http) | None), "it is for kind = \"http\""),
        ("pattern", text(&table.pattern), folder, "it is for kind = \"dir\""),
        ("recursive", table.recursive.as_ref().map(|it| it.span), folder, RECURSIVE),
        ("text", text(&table.text), !at_run_time, CONTENTS),
        ("file", text(&table.file), !at_run_time, CONTENTS),
    ];
    for (key, span, fits, help) in checks {
        if let Some(span) = span.filter(|_| !fits) {
            let message = format!("`{key}` means nothing for a resource of this kind");
            diagnostics.push(Diagnostic::error(Code::E0307, message).at(span, "").help(help));
        }
    }
}

const PATH: &str = "say what it is: kind = \"file\" or \"dir\" is read when it is asked for; a file \
                    that becomes part of the program is named by `file`";
const RECURSIVE: &str = "it is for kind = \"dir\"";
const CONTENTS: &str = "contents of kind \"file\", \"dir\" and \"http\" are read when they are asked \
                        for, by `path` or `url`";

/// A handler, a text or a file that becomes part of the program.
fn of_the_program(
    table: &ResourceTable,
    kind: Option<ResourceKind>,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Found {
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
        (_, None, None) => Some((ResourceSource::Handler, None)),
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

/// What a template makes of a source: a handler is given its variables, a folder reads the file that
/// its one variable names, and whatever is fixed cannot vary.
pub(super) fn of_template(
    table: &ResourceTable,
    uri: &Placed<String>,
    mut resource: DeclaredResource,
    diagnostics: &mut Diagnostics,
) -> DeclaredResource {
    if !resource.is_template() || resource.source == ResourceSource::Handler {
        return resource;
    }
    let mut refuse = |message: String, span: Span, help: &str| {
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(span, "").help(help));
    };
    let ResourceSource::Folder(folder) = &mut resource.source else {
        let message = format!("`{}` has variables and contents that are fixed", resource.uri);
        let help = "leave the contents to a handler, which is given the variables";
        refuse(message, uri.span, help);
        return resource;
    };
    if let Some(recursive) = &table.recursive {
        let message = "`recursive` is for the list of a folder".to_owned();
        refuse(
            message,
            recursive.span,
            "`{path*}` takes files of inner folders too, `{name}` none",
        );
    }
    let mut variables = resource.parts.iter().filter(|part| !matches!(part, UriPart::Literal(_)));
    folder.recursive = match (variables.next(), variables.next()) {
        (Some(UriPart::Rest(_)), None) => true,
        (Some(UriPart::Segment(_)), None) => false,
        _ => {
            let message = format!("`{}` does not name a file of the folder", resource.uri);
            refuse(message, uri.span, "it has one variable: `{path*}`, or `{name}` for one folder");
            return resource;
        }
    };
    for argument in resource.arguments.iter().skip(1) {
        let message = format!("`{}` means nothing for a folder", argument.name);
        refuse(message, argument.span, "it is read by the variable of its uri alone");
    }
    if let Some(first) = resource.arguments.first()
        && first.ty != ArgumentType::Str
    {
        let message = format!("`{}` names a file and is no text", first.name);
        refuse(message, first.span, "leave it out of `args`, or write \"str\"");
    }
    // Each file has a type of its own.
    resource.mime_type.clone_from(&table.mime_type);
    resource
}
