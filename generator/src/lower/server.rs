//! Servers: that of the document, and those that paths and operations have of their own.

use super::Lowering;
use super::operation::Surroundings;
use crate::diagnostic::Code;
use crate::input::openapi::{self as raw, Note};
use crate::model::{Api, ApiServer, ServerName, ServerVariable};

impl<'d> Lowering<'d> {
    /// The server of a document that is called: the one that is `wanted`, where there is such a one,
    /// else the first. The others are counted.
    pub(super) fn document_server(
        &mut self,
        servers: &[raw::Server<'d>],
        wanted: Option<&str>,
    ) -> Option<ApiServer> {
        let found = wanted.and_then(|wanted| servers.iter().position(|it| name_of(it).is(wanted)));
        self.one_server(servers, found.unwrap_or_default())
    }

    /// One of `servers`, which is called; the others are counted.
    fn one_server(&mut self, servers: &[raw::Server<'d>], index: usize) -> Option<ApiServer> {
        for _ in servers.iter().skip(1) {
            self.reader.notes.count("server beside the one that is called");
        }
        servers.get(index).map(|server| self.lower_server(server))
    }

    /// The server of the operation, else of its path, where that is not the document's.
    pub(super) fn own_server(
        &mut self,
        raw: &raw::Operation<'d>,
        around: Surroundings<'d, '_>,
    ) -> Option<ApiServer> {
        let of_items = || around.items.iter().map(|item| &item.servers);
        let mut lists = std::iter::once(&raw.servers).chain(of_items());
        let server = self.one_server(lists.find(|list| !list.is_empty())?, 0)?;
        let is_shared = around.server.is_some_and(|shared| shared.is_like(&server));
        (!is_shared).then_some(server)
    }

    fn lower_server(&mut self, server: &raw::Server<'d>) -> ApiServer {
        // A URL without a scheme takes that of the document; documents come over HTTPS.
        let scheme = if server.url.starts_with("//") { "https:" } else { "" };
        let mut lowered = ApiServer {
            span: server.span,
            url: format!("{scheme}{}", server.url.trim()),
            variables: indexmap::IndexMap::new(),
        };
        for raw in &server.variables {
            let variable = self.lower_server_variable(raw, server);
            lowered.variables.insert(raw.name.to_owned(), variable);
        }
        let names = lowered.url.split('{').skip(1).filter_map(|part| part.split_once('}'));
        for (name, _) in names {
            if !lowered.variables.contains_key(name) {
                self.reader.notes.warn(Note {
                    kind: "server variable that is not declared",
                    code: Code::E0204,
                    message: format!(
                        "the variable `{name}` of the server `{}` is not declared, so it has no \
                         default",
                        server.url
                    ),
                    span: server.span,
                    help: "declare it under `variables` of the server, or give its value in \
                           mcp.toml: variables = { NAME = \"…\" }",
                });
            }
        }
        lowered
    }

    fn lower_server_variable(
        &mut self,
        raw: &raw::ServerVariable<'d>,
        server: &raw::Server<'d>,
    ) -> ServerVariable {
        let values: Vec<String> = raw.values.iter().map(|value| (*value).to_owned()).collect();
        let default = raw.default.or_else(|| raw.values.first().copied());
        // `${NAME}` stands for a variable of the environment in settings of a server, and no
        // document may ask for one.
        let is_plain = |text: &&str| !text.contains(['$', '{', '}']);
        if default.is_some_and(|default| !is_plain(&default)) {
            self.reader.notes.warn(Note {
                kind: "default of a server variable that cannot be part of a URL",
                code: Code::E0203,
                message: format!(
                    "the default of the server variable `{}` has `$`, `{{` or `}}` in it; it is \
                     left out",
                    raw.name
                ),
                span: server.span,
                help: "give its value in mcp.toml: variables = { NAME = \"…\" }",
            });
        }
        ServerVariable { default: default.filter(is_plain).map(str::to_owned), values }
    }
}

/// What a server is called.
pub(super) fn name_of(server: &raw::Server<'_>) -> ServerName {
    ServerName {
        url: server.url.to_owned(),
        name: server.name.map(str::to_owned),
        description: server.description.map(str::to_owned),
    }
}

/// Makes the server that all operations name the one of a document that has none.
pub(super) fn take_common_server(api: &mut Api) {
    let mut servers = api.operations.iter().map(|operation| operation.server.as_ref());
    let Some(Some(first)) = servers.next() else { return };
    if servers.all(|other| other.is_some_and(|other| other.is_like(first))) {
        api.server = Some(first.clone());
        for operation in &mut api.operations {
            operation.server = None;
        }
    }
}
