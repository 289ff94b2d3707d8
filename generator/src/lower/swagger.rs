//! Swagger 2.0: the tree of such a document as the tree of an OpenAPI document.
//!
//! What is moved keeps its place in the text, so that messages point to what was written.
//! References of parameters, responses and path items are followed on the way, since what becomes
//! of their targets depends on the operation; those of schemas stay, and so do `definitions`.

mod body;
mod parameter;

use crate::input::openapi::{Bundle, Resolver, is_method, reference_of};
use crate::source::{Key, Node, Span, Value};

/// The media type where a document names none.
const JSON: &str = "application/json";

/// Whether a document is of Swagger 2.0.
pub(super) fn is_swagger(root: &Node<'_>) -> bool {
    let version = root.get("swagger").or_else(|| root.get("openapi"));
    let text = version.and_then(|node| node.as_str().or_else(|| node.as_number()));
    text.is_some_and(|text| text == "2" || text.starts_with("2."))
}

/// Converts a document.
pub(super) fn convert<'d>(bundle: &'d Bundle<'d>) -> Node<'d> {
    let root = bundle.root();
    let mut conversion = Conversion { resolver: Resolver::new(bundle, root), root };
    let mut entries = Vec::new();
    for (key, node) in root.as_object().unwrap_or_default() {
        match &*key.name {
            "swagger" => entries.push((named("openapi", key.span), text("3.0.3", node.span))),
            "paths" => entries.push((key.clone(), conversion.paths(node))),
            "securityDefinitions" => {
                let schemes = security_schemes(conversion.end(node));
                let schemes = (named("securitySchemes", key.span), schemes);
                entries.push((named("components", key.span), object(node.span, vec![schemes])));
            }
            // What else there is was followed, or belongs to all operations.
            "host" | "basePath" | "schemes" | "consumes" | "produces" | "parameters"
            | "responses" => {}
            _ => entries.push((key.clone(), node.clone())),
        }
    }
    if let Some(servers) = conversion.servers(root.get("schemes")) {
        entries.push((named("servers", servers.span), servers));
    }
    object(root.span, entries)
}

struct Conversion<'d> {
    resolver: Resolver<'d>,
    root: &'d Node<'d>,
}

impl<'d> Conversion<'d> {
    /// The server that `host`, `basePath` and these schemes mean.
    fn servers(&self, schemes: Option<&Node<'d>>) -> Option<Node<'d>> {
        let field = |name| self.root.get(name).filter(|node| node.as_str().is_some());
        let (host, path) = (field("host"), field("basePath"));
        let span = host.or(path)?.span;
        let path = path.and_then(Node::as_str).unwrap_or_default();
        let schemes = schemes.and_then(Node::as_array).unwrap_or_default();
        let has = |scheme| schemes.iter().any(|node| node.as_str() == Some(scheme));
        let url = match host.and_then(Node::as_str) {
            // A description does not tell how it was fetched; secrets go over TLS.
            Some(host) if has("http") && !has("https") => format!("http://{host}{path}"),
            Some(host) => format!("https://{host}{path}"),
            None => path.to_owned(),
        };
        let server = object(span, vec![(named("url", span), text(url, span))]);
        Some(Node { span, value: Value::Array(vec![server]) })
    }

    /// What a node stands for, as far as its references can be followed.
    fn end(&mut self, node: &'d Node<'d>) -> &'d Node<'d> {
        self.resolver.follow(node).map_or(node, |followed| followed.node)
    }

    fn paths(&mut self, paths: &'d Node<'d>) -> Node<'d> {
        let paths = self.end(paths);
        let items = paths.as_object().unwrap_or_default();
        let converted = items.iter().map(|(key, node)| {
            let is_path = key.name.starts_with('/');
            let item = if is_path { self.path_item(node) } else { node.clone() };
            (key.clone(), item)
        });
        let converted = converted.collect();
        if paths.as_object().is_some() { object(paths.span, converted) } else { paths.clone() }
    }

    fn path_item(&mut self, node: &'d Node<'d>) -> Node<'d> {
        let Ok(end) = self.resolver.follow(node) else { return node.clone() };
        if end.node.as_object().is_none() {
            return node.clone();
        }
        let shared = self.parameters(end.node.get("parameters").or(node.get("parameters")));
        let mut entries: Vec<(Key<'d>, Node<'d>)> = Vec::new();
        let beside = node.as_object().unwrap_or_default().iter();
        let target = end.node.as_object().unwrap_or_default().iter();
        let target = target.filter(|_| reference_of(node).is_some());
        for (key, value) in beside.chain(target) {
            let name = &*key.name;
            if matches!(name, "$ref" | "parameters")
                || entries.iter().any(|(known, _)| known.name == name)
            {
                continue;
            }
            let value =
                if is_method(name) { self.operation(value, &shared) } else { value.clone() };
            entries.push((key.clone(), value));
        }
        object(end.node.span, entries)
    }

    fn operation(&mut self, node: &'d Node<'d>, shared: &[Found<'d>]) -> Node<'d> {
        let node = self.end(node);
        let Some(fields) = node.as_object() else { return node.clone() };
        let own = self.parameters(node.get("parameters"));
        let replaced = |found: &&Found<'d>| !own.iter().any(|own| own.is_same(found));
        let all: Vec<Found<'d>> = shared.iter().filter(replaced).chain(&own).copied().collect();
        let mut entries = Vec::new();
        for (key, value) in fields {
            match &*key.name {
                "parameters" if self.end(value).as_array().is_some() => {}
                "consumes" | "produces" => {}
                "responses" => entries.push((key.clone(), self.responses(value, node))),
                "schemes" => {
                    if let Some(servers) = self.servers(Some(value)) {
                        entries.push((named("servers", key.span), servers));
                    }
                }
                _ => entries.push((key.clone(), value.clone())),
            }
        }
        let place = node.get("parameters").unwrap_or(node).span;
        let plain: Vec<Node<'d>> =
            all.iter().filter(|found| !found.is_body()).map(Found::convert).collect();
        if !plain.is_empty() {
            let list = Node { span: place, value: Value::Array(plain) };
            entries.push((named("parameters", place), list));
        }
        if let Some(body) = self.request_body(&all, node) {
            entries.push((named("requestBody", body.span), body));
        }
        object(node.span, entries)
    }

    /// The parameters of a list, references followed as far as that is possible.
    fn parameters(&mut self, list: Option<&'d Node<'d>>) -> Vec<Found<'d>> {
        let list = list.map(|list| self.end(list));
        let items = list.and_then(Node::as_array).unwrap_or_default();
        items.iter().map(|node| Found(self.end(node))).collect()
    }

    /// What `consumes` or `produces` of an operation says, else that of the document.
    fn media_types(&mut self, operation: &'d Node<'d>, field: &str) -> Vec<&'d Node<'d>> {
        let list = operation.get(field).or_else(|| self.root.get(field));
        let list = list.map(|list| self.end(list)).and_then(Node::as_array);
        list.unwrap_or_default().iter().filter(|node| node.as_str().is_some()).collect()
    }
}

/// A parameter, wherever it stands.
#[derive(Clone, Copy, Debug)]
struct Found<'d>(&'d Node<'d>);

impl<'d> Found<'d> {
    fn field(&self, name: &str) -> Option<&'d str> {
        self.0.get(name).and_then(Node::as_str)
    }

    fn is_same(&self, other: &Self) -> bool {
        // There is one body at most, whatever its name.
        self.field("in") == other.field("in")
            && (self.field("name") == other.field("name") || self.field("in") == Some("body"))
    }

    fn is_body(&self) -> bool {
        matches!(self.field("in"), Some("body" | "formData"))
    }
}

/// `securityDefinitions` as `securitySchemes`.
fn security_schemes<'d>(node: &'d Node<'d>) -> Node<'d> {
    let schemes = node.as_object().unwrap_or_default();
    let converted = schemes.iter().map(|(key, scheme)| (key.clone(), security_scheme(scheme)));
    object(node.span, converted.collect())
}

fn security_scheme<'d>(node: &'d Node<'d>) -> Node<'d> {
    let Some(entries) = node.as_object() else { return node.clone() };
    match node.get("type").and_then(Node::as_str) {
        Some("basic") => {
            let is_kept = |(key, _): &&(Key<'d>, Node<'d>)| key.name != "type";
            let mut kept: Vec<_> = entries.iter().filter(is_kept).cloned().collect();
            kept.push((named("type", node.span), text("http", node.span)));
            kept.push((named("scheme", node.span), text("basic", node.span)));
            object(node.span, kept)
        }
        Some("oauth2") => {
            let in_flow =
                |name: &str| matches!(name, "flow" | "authorizationUrl" | "tokenUrl" | "scopes");
            let (flow, mut kept): (Vec<_>, Vec<_>) =
                entries.iter().cloned().partition(|(key, _)| in_flow(&key.name));
            let name = match node.get("flow").and_then(Node::as_str) {
                Some("application") => "clientCredentials",
                Some("accessCode") => "authorizationCode",
                Some("password") => "password",
                _ => "implicit",
            };
            let flow = flow.into_iter().filter(|(key, _)| key.name != "flow").collect();
            let flows = vec![(named(name, node.span), object(node.span, flow))];
            kept.push((named("flows", node.span), object(node.span, flows)));
            object(node.span, kept)
        }
        _ => node.clone(),
    }
}

fn named<'d>(name: &'static str, span: Span) -> Key<'d> {
    Key { span, name: name.into() }
}

fn text<'d>(text: impl Into<std::borrow::Cow<'d, str>>, span: Span) -> Node<'d> {
    Node { span, value: Value::String(text.into()) }
}

fn flag<'d>(value: bool, span: Span) -> Node<'d> {
    Node { span, value: Value::Bool(value) }
}

fn object<'d>(span: Span, entries: Vec<(Key<'d>, Node<'d>)>) -> Node<'d> {
    Node { span, value: Value::Object(entries) }
}
