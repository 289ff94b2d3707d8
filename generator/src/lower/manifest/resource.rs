//! `[[resource]]`

mod fetched;
mod source;

use super::files::Contents;
use super::types::{self, Names};
use super::{about, argument, inject, requires, suggestion, uri};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::manifest::{Placed, ResourceAnnotationsTable, ResourceTable, SecurityTable};
use crate::model::{
    ArgumentType, Declaration, DeclaredArgument, DeclaredResource, ResourceAnnotations,
    ResourceSecurity, ResourceSource, UriPart,
};
use crate::source::Span;

/// Lowers all resources into the declaration, and the URLs that are read as upstreams of it.
pub(super) fn lower_all(
    tables: &[ResourceTable],
    names: &Names,
    declaration: &mut Declaration,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) {
    for table in tables {
        let Some(mut resource) = lower(table, names, contents, diagnostics) else { continue };
        if table.about.disabled {
            let uri = (!resource.is_template()).then_some(resource.uri);
            declaration.disabled.extend(uri);
            continue;
        }
        if let (ResourceSource::Http(upstream), Some(url)) = (&mut resource.source, &table.url) {
            *upstream = fetched::add(&resource.about, url, table.timeout, declaration, diagnostics);
        }
        declaration.resources.push(resource);
    }
}

/// A resource; `None` after a diagnostic.
fn lower(
    table: &ResourceTable,
    names: &Names,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<DeclaredResource> {
    let source = source::lower(table, contents, diagnostics);
    let declared = argument::lower_all(&table.arguments, names, diagnostics);
    let returns = types::lower_optional(table.returns.as_ref(), names, diagnostics);
    let annotations = lower_annotations(&table.annotations, diagnostics);
    let requires = requires::lower(&table.requires, diagnostics);
    let uri = table.uri.as_ref();
    let parts = uri.and_then(|uri| uri::parse(uri, diagnostics));
    let name = uri.map(|uri| Placed { value: name_of(&uri.value), span: uri.span });
    let about = about::lower(&table.about, name, contents, diagnostics);
    let (uri, parts, mut declared) = (uri?, parts?, declared?);
    inject::lower(&table.inject, &mut declared, diagnostics);
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
        requires,
        blocking: table.blocking.as_ref().is_some_and(|it| it.value),
        cache: table.cache.as_ref().and_then(about::lower_cache),
        security: table.security.as_ref().map(|it| security(&it.value)),
    };
    let resource = source::of_template(table, uri, resource, diagnostics);
    check_security(table, &resource, diagnostics);
    if resource.source != ResourceSource::Handler {
        refuse_blocking(table.blocking.as_ref(), "resource", diagnostics);
    }
    Some(resource)
}

/// Reports `blocking` of what no method answers.
pub(super) fn refuse_blocking(
    blocking: Option<&Placed<bool>>,
    kind: &str,
    diagnostics: &mut Diagnostics,
) {
    if let Some(blocking) = blocking.filter(|it| it.value) {
        let message = format!("`blocking` is for methods, and this {kind} has none");
        let help = "remove it: no method is called for what is declared in full";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(blocking.span, "").help(help));
    }
}

/// What the variables of URIs must not be.
pub(super) fn security(table: &SecurityTable) -> ResourceSecurity {
    ResourceSecurity {
        reject_path_traversal: table.reject_path_traversal,
        reject_absolute_paths: table.reject_absolute_paths,
        reject_null_bytes: table.reject_null_bytes,
        exempt_params: table.exempt_params.iter().map(|name| name.value.clone()).collect(),
    }
}

/// Reports a `security` that nothing asks for.
fn check_security(
    table: &ResourceTable,
    resource: &DeclaredResource,
    diagnostics: &mut Diagnostics,
) {
    let Some(security) = &table.security else { return };
    if !resource.is_template() || resource.source != ResourceSource::Handler {
        let message = "`security` is for templates that a handler reads";
        let help = "remove it: nothing of what a client writes becomes a path here, or it is \
                    checked always";
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(security.span, "").help(help));
        return;
    }
    let variables: Vec<&str> =
        resource.arguments.iter().map(|argument| argument.name.as_str()).collect();
    let uri = format!("the uri `{}`", resource.uri);
    refuse_exempt(&security.value, &uri, &variables, diagnostics);
}

/// Reports exceptions that are no variables; `owner`: what has the variables.
pub(super) fn refuse_exempt(
    security: &SecurityTable,
    owner: &str,
    variables: &[&str],
    diagnostics: &mut Diagnostics,
) {
    for name in &security.exempt_params {
        if !variables.contains(&name.value.as_str()) {
            let message = format!("{owner} has no variable `{}`", name.value);
            let help = suggestion(&name.value, variables.iter().copied(), "its variables are");
            let diagnostic = Diagnostic::error(Code::E0306, message).at(name.span, "");
            diagnostics.push(diagnostic.help(help));
        }
    }
}

/// A name for what has none: the words of its URI.
fn name_of(uri: &str) -> String {
    let words = uri.split(|it: char| !it.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
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
        let variables: Vec<(&String, Place)> = match part {
            UriPart::Literal(_) => Vec::new(),
            UriPart::Segment(name) | UriPart::Rest(name) => vec![(name, Place::Path)],
            UriPart::Query(pairs) => pairs.iter().map(|(_, name)| (name, Place::Query)).collect(),
            UriPart::Each(_, name) => vec![(name, Place::Each)],
        };
        for (name, place) in variables {
            let found = declared.iter().position(|it| it.name == *name);
            let found = found.map(|index| declared.remove(index));
            let ty = match place {
                Place::Path | Place::Query => ArgumentType::Str,
                Place::Each => ArgumentType::List(Box::new(ArgumentType::Str)),
            };
            let argument = found.unwrap_or_else(|| DeclaredArgument::required(name, uri.span, ty));
            if argument.injected.is_some() {
                let message = format!("`{name}` is injected and a variable of the uri");
                let help = "clients write it into the uri: inject an argument of another name";
                let diagnostic = Diagnostic::error(Code::E0307, message).at(argument.span, "");
                diagnostics.push(diagnostic.also(uri.span, "the uri").help(help));
            }
            check_variable(&argument, place, names, diagnostics);
            arguments.push(argument);
        }
    }
    let known: Vec<String> = arguments.iter().map(|it| it.name.clone()).collect();
    for argument in declared {
        if argument.injected.is_some() {
            if known.is_empty() {
                let message = format!("`{}` is injected into nothing", argument.name);
                let help = "a resource without variables has no arguments: its handler finds headers, \
                            principal and session in its Context";
                let diagnostic = Diagnostic::error(Code::E0307, message).at(argument.span, "");
                diagnostics.push(diagnostic.help(help));
            }
        } else if argument.default.is_none() || known.is_empty() {
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

/// Where a variable stands in a URI.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// `{name}`, `{name*}`
    Path,
    /// `{?name}`
    Query,
    /// `{?name*}`
    Each,
}

fn check_variable(
    argument: &DeclaredArgument,
    place: Place,
    names: &Names,
    diagnostics: &mut Diagnostics,
) {
    let name = &argument.name;
    let mut refuse = |message: String, span: Span, help: String| {
        diagnostics.push(Diagnostic::error(Code::E0307, message).at(span, "").help(help));
    };
    let is_list = is_list(&argument.ty);
    match place {
        Place::Path if is_list => {
            let help = format!(
                "a list stands in the query: {{?{name}*}} has a parameter for each item, {{?{name}}} \
                 commas between them"
            );
            return refuse(format!("`{name}` is a list and part of a path"), argument.span, help);
        }
        Place::Each if !is_list => {
            let help =
                format!("write {{?{name}}}, or declare a list: args.{name} = \"list[str] = []\"");
            return refuse(
                format!("`{name}*` in a query is a list, and `{name}` is none"),
                argument.span,
                help,
            );
        }
        _ => {}
    }
    match (place, &argument.default) {
        (Place::Path, Some(_)) => refuse(
            format!("`{name}` is part of a path and has a default"),
            argument.default_span.unwrap_or(argument.span),
            format!("a path has all its parts: remove the default, or write {{?{name}}}"),
        ),
        (Place::Query | Place::Each, None) => refuse(
            format!("`{name}` is in a query, which may leave it out, and has no default"),
            argument.span,
            if is_list {
                format!("give it one: args.{name} = \"list[str] = []\"")
            } else {
                format!("give it one: args.{name} = \"str = ''\"")
            },
        ),
        _ => {}
    }
    if !is_written_in_uris(&argument.ty, names) {
        let help = "variables are texts, numbers and booleans, and in the query lists of these";
        let help = help.to_owned();
        refuse(format!("`{name}` cannot be written in a URI"), argument.span, help);
    }
}

/// Whether it is a list, or may be left out and is one otherwise.
fn is_list(ty: &ArgumentType) -> bool {
    match ty {
        ArgumentType::List(_) | ArgumentType::Set(_) => true,
        ArgumentType::Union(parts) => parts.iter().any(is_list),
        _ => false,
    }
}

fn is_written_in_uris(ty: &ArgumentType, names: &Names) -> bool {
    match ty {
        // Where they are no parts of a path, which is told before.
        ArgumentType::List(item) | ArgumentType::Set(item) => {
            !is_list(item) && is_written_in_uris(item, names)
        }
        ArgumentType::Dict(_)
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
