//! The document: its version, `info`, servers, tags, security schemes and all operations.

use indexmap::IndexMap;

use super::Lowering;
use super::operation::{Surroundings, without_fragment};
use super::parameter::location;
use super::schema::Arena;
use super::server::{name_of, take_common_server};
use super::swagger;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::openapi::{self as raw, Bundle, Fault, Note, Reader, Resolver, is_method};
use crate::model::{Api, Operation, SchemaId, SecurityKind, SecurityScheme, Tag, TokenEndpoint};
use crate::source::{Key, Node, Span, join_pointer};

/// Lowers an OpenAPI document; `name` is the name of its table, `server` the one of its servers that
/// the table names.
///
/// The fields of all versions 3 are read, whatever the version line says, and documents of Swagger
/// 2.0 as what they are in the words of version 3. An operation that cannot
/// be used is left out with one warning that starts with its method and its path. `None` means that
/// nothing can be generated; an error among the diagnostics says why.
pub fn document(
    name: &str,
    bundle: &Bundle<'_>,
    server: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Option<Api> {
    let mut root = bundle.root();
    if let Err(problem) = check_version(root) {
        diagnostics.push(*problem);
        return None;
    }
    let converted;
    if swagger::is_swagger(root) {
        converted = swagger::convert(bundle);
        root = &converted;
    }
    let mut reader = Reader::new(Resolver::new(bundle, root));
    let raw = raw::Document::parse(root, &mut reader);
    let mut api = Api {
        source: bundle.name().to_owned(),
        title: raw.info.title.unwrap_or_default().to_owned(),
        version: raw.info.version.unwrap_or_default().to_owned(),
        description: raw.info.description.or(raw.info.summary).map(str::to_owned),
        license: raw.info.license.map(str::to_owned),
        terms_of_service: raw.info.terms_of_service.map(str::to_owned),
        ..Api::default()
    };
    for tag in &raw.tags {
        let description = tag.description.map(str::to_owned);
        api.tags.push(Tag { name: tag.name.to_owned(), description });
    }
    let version = root.get("openapi").and_then(|node| node.as_str().or_else(|| node.as_number()));
    let arena = Arena::new(version.unwrap_or_default());
    let mut lowering = Lowering { reader, arena, skipped: Vec::new() };
    api.servers = raw.servers.iter().map(name_of).collect();
    api.server = lowering.document_server(&raw.servers, server);
    lowering.lower_security_schemes(&raw, &mut api);
    lowering.check_security(&raw.security, &api.security_schemes);
    lowering.lower_paths(&raw, &mut api);
    if raw.servers.is_empty() {
        take_common_server(&mut api);
    }
    lowering.arena.lower_pending(&mut lowering.reader);
    lowering.arena.offer_heirs(&mut lowering.reader.notes);
    lowering.leave_out_broken_schemas(&mut api);
    for (operation, fault) in &lowering.skipped {
        *api.skipped.entry(skip_reason(fault.code).to_owned()).or_default() += 1;
        diagnostics.push(skip_warning(bundle, operation, fault));
    }
    for _ in 0..lowering.reader.resolver.found_elsewhere() {
        lowering.reader.notes.count("reference of a part that is found in the document");
    }
    for _ in raw.webhooks.and_then(Node::as_object).unwrap_or_default() {
        lowering.reader.notes.count("webhook ignored");
    }
    api.schemas = lowering.arena.finish();
    api.census = lowering.reader.notes.finish(|span| bundle.pointer(span), diagnostics);
    if !api.operations.is_empty() {
        return Some(api);
    }
    let place = raw.paths.unwrap_or(root).span;
    let is_readable = raw.paths.is_some() || root.get("paths").is_none_or(Node::is_null);
    if lowering.skipped.is_empty() && is_readable {
        diagnostics.push(no_operation(name, &raw, place, bundle));
        return Some(api);
    }
    let message = format!("no operation of the document `{name}` can be used");
    diagnostics.push(
        Diagnostic::error(Code::E0211, message)
            .at(place, "")
            .pointer(bundle.pointer(place))
            .help("the warnings say what to change"),
    );
    None
}

/// Refuses what is no OpenAPI document of version 3 and no Swagger document of version 2.
fn check_version(root: &Node<'_>) -> Result<(), Box<Diagnostic>> {
    let version = |key| {
        let (key, node) = root.entry(key)?;
        Some((key, node.as_str().or_else(|| node.as_number())?))
    };
    if let Some((key, text)) = version("openapi") {
        if text.starts_with('3') || swagger::is_swagger(root) {
            return Ok(());
        }
        return Err(Box::new(
            refused_version(key, &format!("OpenAPI {text} is not read"))
                .help("convert the document to OpenAPI 3.0 or 3.1 first"),
        ));
    }
    if let Some((key, text)) = version("swagger") {
        if swagger::is_swagger(root) {
            return Ok(());
        }
        return Err(Box::new(
            refused_version(key, &format!("Swagger {text} is not read"))
                .help("convert the document to Swagger 2.0 or OpenAPI 3 first"),
        ));
    }
    let (message, help) = if root.get("mcpServers").is_some() {
        (
            "this is no OpenAPI document: it is the configuration of an MCP client".to_owned(),
            "give the document of an API; servers that forward to other servers are reserved for a \
             later version",
        )
    } else if root.as_object().is_some() {
        (
            "this is no OpenAPI document: it has no `openapi` key".to_owned(),
            "an OpenAPI document starts with a version line such as `openapi: 3.1.0`",
        )
    } else {
        let is_markup = root.as_str().is_some_and(|text| text.trim_start().starts_with('<'));
        let help = if is_markup {
            "this looks like a page for people or XML: download the document itself, often the \
             `raw` link"
        } else {
            "give the file that holds `openapi:` and `paths:`"
        };
        (format!("this is no OpenAPI document: it is {}, not a mapping", root.kind()), help)
    };
    Err(Box::new(Diagnostic::error(Code::E0201, message).at(root.span, "").pointer("").help(help)))
}

fn refused_version(key: &Key<'_>, message: &str) -> Diagnostic {
    let pointer = join_pointer("", &key.name);
    Diagnostic::error(Code::E0202, message).at(key.span, "this version").pointer(pointer)
}

/// A document without operations gives a server without tools, which is hardly what was meant.
fn no_operation(
    name: &str,
    raw: &raw::Document<'_>,
    place: Span,
    bundle: &Bundle<'_>,
) -> Diagnostic {
    let message = format!("the document `{name}` has no operation, so it gives no tool");
    let help = match (raw.paths, raw.webhooks) {
        (None, Some(_)) => {
            "it describes webhooks alone, which the API calls and a client cannot; \
             add operations under `paths`"
        }
        _ => "add operations under `paths`",
    };
    Diagnostic::warning(Code::E0211, message)
        .at(place, "")
        .pointer(bundle.pointer(place))
        .help(help)
}

fn skip_warning(bundle: &Bundle<'_>, operation: &str, fault: &Fault) -> Diagnostic {
    let message = format!("{operation} is left out: {}", fault.message);
    let diagnostic = Diagnostic::warning(fault.code, message)
        .at(fault.span, "")
        .pointer(bundle.pointer(fault.span));
    match &fault.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The reason under which operations that were left out are counted.
const fn skip_reason(code: Code) -> &'static str {
    match code {
        Code::E0205 => "reference to nothing",
        Code::E0206 => "loop of references",
        Code::E0208 => "something that is not supported",
        Code::E0209 => "reference to another file or host",
        Code::E0212 => "parameter or body that cannot be read",
        _ => "not readable",
    }
}

impl<'d> Lowering<'d> {
    fn lower_security_schemes(&mut self, raw: &raw::Document<'d>, api: &mut Api) {
        let Some(schemes) = raw.security_schemes else { return };
        let schemes = match raw::entries(schemes, "security schemes", &mut self.reader) {
            Ok(schemes) => schemes,
            Err(fault) => return self.leave_out_scheme("all security schemes are", &fault),
        };
        for field in schemes {
            let scheme = match raw::SecurityScheme::parse(field.node, &mut self.reader) {
                Ok(scheme) => scheme,
                Err(fault) => {
                    let which = format!("the security scheme `{}` is", field.name());
                    self.leave_out_scheme(&which, &fault);
                    continue;
                }
            };
            let endpoint = self.token_endpoint(field.name(), &scheme);
            let kind = security_kind(&scheme, endpoint);
            api.security_schemes
                .insert(field.name().to_owned(), SecurityScheme { span: scheme.span, kind });
        }
    }

    fn leave_out_scheme(&mut self, which: &str, fault: &Fault) {
        self.reader.notes.warn(Note {
            kind: "security scheme left out",
            code: fault.code,
            message: format!("{which} left out: {}", fault.message),
            span: fault.span,
            help: "correct the reference",
        });
    }

    /// Where a server gets a token for itself. Flows in which a person logs in give it none.
    fn token_endpoint(
        &mut self,
        name: &str,
        scheme: &raw::SecurityScheme<'d>,
    ) -> Option<TokenEndpoint> {
        // `${NAME}` stands for a variable of the environment in settings of a server, and no
        // document may ask for one.
        let mut plain = |url: Option<&'d str>| {
            let url = url?.trim();
            if !url.contains("${") {
                return Some(url.to_owned());
            }
            self.reader.notes.warn(Note {
                kind: "URL of tokens that asks for a variable of the environment",
                code: Code::E0203,
                message: format!(
                    "a URL of the security scheme `{name}` has `${{` in it; it is left out"
                ),
                span: scheme.span,
                help: "give it in mcp.toml, beside the login: credentials.SCHEME = { token_url = \"…\", … }",
            });
            None
        };
        plain(scheme.token_url)
            .map(TokenEndpoint::Url)
            .or_else(|| plain(scheme.metadata_url).map(TokenEndpoint::Metadata))
    }

    pub(super) fn check_security(
        &mut self,
        requirements: &[raw::Requirement<'d>],
        schemes: &IndexMap<String, SecurityScheme>,
    ) {
        for (name, span) in requirements.iter().flat_map(|requirement| &requirement.schemes) {
            if !schemes.contains_key(*name) {
                self.reader.notes.warn(Note {
                    kind: "security scheme that is not declared",
                    code: Code::E0205,
                    message: format!("the security scheme `{name}` is not declared"),
                    span: *span,
                    help: "declare it under `components.securitySchemes`",
                });
            }
        }
    }

    fn lower_paths(&mut self, raw: &raw::Document<'d>, api: &mut Api) {
        let Some(paths) = raw.paths else { return };
        // One that cannot be followed was reported with the document.
        let paths = raw::entries(paths, "paths", &mut self.reader).unwrap_or_default();
        for field in paths {
            let path = field.name();
            if path.starts_with("x-") {
                field.unknown(&mut self.reader);
                continue;
            }
            if !path.starts_with('/') {
                self.reader.notes.warn(Note {
                    kind: "path that does not start with a slash",
                    code: Code::E0203,
                    message: format!("`{path}` is no path: it does not start with `/`"),
                    span: field.key.span,
                    help: "start the path with `/`",
                });
                continue;
            }
            if without_fragment(path) != path {
                self.reader.notes.warn(Note {
                    kind: "path with a fragment",
                    code: Code::E0208,
                    message: format!(
                        "the fragment of the path `{path}` is never sent: its requests go to `{}`",
                        without_fragment(path)
                    ),
                    span: field.key.span,
                    help: "leave its operations out if the API does not tell them apart otherwise",
                });
            }
            self.lower_path(field, raw, api);
        }
    }

    fn lower_path(&mut self, field: raw::Field<'d>, raw: &raw::Document<'d>, api: &mut Api) {
        let path = field.name();
        let items = match self.lower_path_items(field.node) {
            Ok(items) => items,
            Err(fault) => {
                self.skipped.push((path.to_owned(), fault));
                return;
            }
        };
        let mut done = Vec::<&str>::new();
        for (method, node) in items.iter().flat_map(|item| &item.operations) {
            if done.contains(&method.as_str()) {
                self.reader.notes.count("operation replaced by the one beside a reference");
                continue;
            }
            done.push(method);
            let pointer = operation_pointer(path, method);
            let around = Surroundings {
                path,
                path_span: field.key.span,
                pointer: &pointer,
                items: &items,
                security: &raw.security,
                extensions: &raw.extensions,
                server: api.server.as_ref(),
                schemes: &api.security_schemes,
            };
            // Notes of an operation that is left out would only repeat why.
            let before = std::mem::take(&mut self.reader.notes);
            let outcome = self.lower_operation(method, node, around);
            let notes = std::mem::replace(&mut self.reader.notes, before);
            match outcome {
                Ok(operation) => {
                    self.reader.notes.merge(notes);
                    api.operations.push(operation);
                }
                Err(fault) => {
                    let route = format!("{method} {path}");
                    let end = self.reader.resolver.follow(node).map_or(*node, |it| it.node);
                    let id = end.get("operationId").and_then(Node::as_str);
                    api.left_out.extend(id.map(str::to_owned));
                    api.left_out.push(route.clone());
                    self.skipped.push((route, fault));
                }
            }
        }
    }

    /// The path item and those that its `$ref` leads to, the nearest first.
    fn lower_path_items(&mut self, node: &'d Node<'d>) -> Result<Vec<raw::PathItem<'d>>, Fault> {
        let parts = self.reader.resolver.chain(node)?.into_iter();
        parts.map(|part| raw::PathItem::parse(part, &mut self.reader)).collect()
    }

    /// Leaves out the operations whose requests have a schema that leads to one that cannot be read.
    /// Answers with such a schema are left undescribed: they change no request.
    fn leave_out_broken_schemas(&mut self, api: &mut Api) {
        let broken = self.arena.broken();
        if broken.is_empty() {
            return;
        }
        let mut kept = Vec::with_capacity(api.operations.len());
        for mut operation in std::mem::take(&mut api.operations) {
            let fault = request_schemas(&operation).find_map(|id| broken.get(&id));
            if fault.is_none() {
                let route = format!("{} {}", operation.method, operation.path);
                let media = operation.responses.iter_mut().flat_map(|answer| &mut answer.content);
                for schema in media.flat_map(|media| [&mut media.schema, &mut media.item_schema]) {
                    if let Some(fault) = schema.and_then(|id| broken.get(&id)) {
                        self.reader.notes.warn(undescribed(&route, fault));
                        *schema = None;
                    }
                }
            }
            match fault {
                Some(fault) => {
                    let route = format!("{} {}", operation.method, operation.path);
                    api.left_out.extend(operation.operation_id.map(|(id, _)| id));
                    api.left_out.push(route.clone());
                    self.skipped.push((route, (*fault).clone()));
                }
                None => kept.push(operation),
            }
        }
        api.operations = kept;
    }
}

fn operation_pointer(path: &str, method: &str) -> String {
    let item = join_pointer("/paths", path);
    let key = method.to_ascii_lowercase();
    if is_method(&key) {
        join_pointer(&item, &key)
    } else {
        join_pointer(&join_pointer(&item, "additionalOperations"), method)
    }
}

/// The schemas that the requests of an operation name themselves.
fn request_schemas(operation: &Operation) -> impl Iterator<Item = SchemaId> + '_ {
    let parameters = operation.parameters.iter().filter_map(|parameter| parameter.schema);
    let media = operation.body.iter().flat_map(|body| &body.content);
    parameters.chain(media.flat_map(|media| media.schema.into_iter().chain(media.item_schema)))
}

/// What is said of an answer that cannot be read.
pub(super) fn undescribed(operation: &str, fault: &Fault) -> Note {
    Note {
        kind: "answer that cannot be read",
        code: fault.code,
        message: format!("an answer of {operation} is not described: {}", fault.message),
        span: fault.span,
        help: "correct it; until then any answer is taken as it comes",
    }
}

fn security_kind(
    scheme: &raw::SecurityScheme<'_>,
    endpoint: Option<TokenEndpoint>,
) -> SecurityKind {
    let kind = scheme.kind.unwrap_or("without a type");
    match (kind, scheme.scheme.map(str::to_ascii_lowercase).as_deref()) {
        ("apiKey", _) => match (scheme.location.and_then(location), scheme.name) {
            (Some(location), Some(name)) => SecurityKind::ApiKey(location, name.to_owned()),
            _ => SecurityKind::Other("apiKey without `in` or `name`".to_owned()),
        },
        ("http", Some("basic")) => SecurityKind::Basic,
        ("http", Some("bearer")) => SecurityKind::Bearer,
        ("http", Some(other)) => SecurityKind::Other(format!("http {other}")),
        ("oauth2", _) => SecurityKind::OAuth2(endpoint),
        ("openIdConnect", _) => SecurityKind::OpenIdConnect(endpoint),
        (other, _) => SecurityKind::Other(other.to_owned()),
    }
}
