//! The whole plan: which parts are decided in which order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Map;

use super::allocate::{Allocated, Names, allocate, key};
use super::arguments::{self, Inputs};
use super::census::Census;
use super::declared_names::Nameless;
use super::declared_type::Types;
use super::docs::{markdown, one_line};
use super::lock::{Entry, Lock};
use super::modules::{self, Placed};
use super::names::rust;
use super::select::{Selected, is_listed, is_selected, select};
use super::typed_operation::{self, Wanted};
use super::wire_schema::put;
use super::{
    Argument, Crate, Kind, Module, Operation, Read, Resource, Server, Target, Tool, Upstream,
    idle_rule,
};
use super::{
    about, components, declared_tool, lifespan, listing, mock, output, read, route, server,
    upstream,
};
use crate::diagnostic::Diagnostics;
use crate::model::{self, Declaration, Json, RouteComponent, Validation};
use crate::source::Span;

/// How arguments are counted whose type no single Rust type says.
const WIDE: &str = "arguments that Rust code sees as a JSON value: objects, lists of other than \
                    scalars, several types";

/// The version of a server that names none.
const VERSION: &str = "0.1.0";

/// Decides everything about the output: the crate to write and the lock to keep beside the
/// declaration. `lock` is the one that was there.
///
/// `command` and `inputs` of the crate are what the declaration itself knows of them; whoever
/// knows the command line sets them.
///
/// # Errors
///
/// `None` where an error was reported to `diagnostics`.
pub fn plan(
    declaration: &Declaration,
    lock: Option<&Lock>,
    diagnostics: &mut Diagnostics,
) -> Option<(Crate, Lock)> {
    let mut found = Diagnostics::default();
    idle_rule::report(declaration, &mut found);
    let empty = Lock::default();
    let lock = lock.unwrap_or(&empty);
    let planned = Planner { declaration, lock }.plan(&mut found);
    let failed = found.has_errors();
    diagnostics.append(found);
    (!failed).then_some(planned)
}

/// The resources of the routes that are read, each with where its route stands. `server`: its name.
fn read_routes<'d>(
    declaration: &'d Declaration,
    server: &str,
    modules: &[Module],
    refused: &mut Vec<read::Refused<'d>>,
) -> Vec<(Span, Vec<Resource>)> {
    let mut found = Vec::new();
    for declared in &declaration.tools {
        let Some(route) = declared.route.as_deref() else { continue };
        let is_read =
            matches!(route.component, RouteComponent::Resource | RouteComponent::Template);
        if !is_read || !is_selected(declaration, &declared.about) {
            continue;
        }
        let tools = modules.iter().flat_map(|it| it.tools.iter().map(move |tool| (it, tool)));
        let mut answered = tools.filter_map(|(module, tool)| Some((module, tool, tool.route()?)));
        let Some((module, tool, planned)) =
            answered.find(|(_, tool, _)| tool.name == declared.about.name)
        else {
            continue;
        };
        let source = read::RouteSource {
            declared,
            tool,
            module: &module.name,
            server,
            rule: declaration.server.names,
            hide_meta: declaration.server.hide_component_meta,
        };
        match read::plan_route(source, route, planned) {
            Ok(resources) => found.push((route.span, resources)),
            Err(fault) => refused.push(read::Refused {
                component: route.component,
                said_at: Some(route.said_at),
                operation: (&route.method, &route.path),
                span: route.span,
                pointer: "",
                fault,
            }),
        }
    }
    found
}

struct Planner<'d> {
    declaration: &'d Declaration,
    lock: &'d Lock,
}

impl Planner<'_> {
    fn plan(&self, diagnostics: &mut Diagnostics) -> (Crate, Lock) {
        let declaration = self.declaration;
        let mut census = Census::default();
        for document in &declaration.documents {
            census.add_document(&document.api);
        }
        let selected = select(declaration);
        let nameless = Nameless::new(declaration, self.lock);
        let names = allocate(declaration, &selected, &nameless, self.lock, diagnostics);
        let mut constants: BTreeSet<String> = names
            .operations
            .iter()
            .map(|names| &names.rust)
            .chain(&names.declared)
            .map(|rust| rust::constant(rust))
            .collect();
        constants.extend(nameless.held_constants());
        let own = constants.clone();
        let used = used_operations(declaration, &selected);
        let upstreams = upstream::plan(declaration, &used, &mut constants, diagnostics);
        let mut placed = Vec::new();
        let mut reads = Vec::new();
        let mut refused = Vec::new();
        let server = server(declaration);
        let mut renames = Vec::new();
        let mut typed = Vec::new();
        for (one, names) in selected.iter().zip(&names.operations) {
            let inputs = self.inputs(one, names, &mut census, diagnostics);
            renames.push(inputs.renames.clone());
            typed.extend(Wanted::new(one, &names.tool, &inputs.described));
            if one.component == RouteComponent::Tool {
                placed.push(self.tool(one, names, inputs, &upstreams, &mut census));
                continue;
            }
            match self.read(one, names, inputs, &upstreams, &mut census) {
                Ok(planned) => reads.push(planned),
                Err(fault) => refused.push(read::Refused::operation(one, fault)),
            }
        }
        let imported: BTreeSet<String> = constants.difference(&own).cloned().collect();
        let named = nameless.name(&names.declared, &imported, declaration);
        let mut types = Types::new(&declaration.models, diagnostics);
        let declared = || nameless.tools.iter().copied().zip(&named.tools);
        lifespan::refuse_tools(declaration, declared(), diagnostics);
        for (tool, named) in declared() {
            let listed = is_listed(declaration, tool);
            let of = &declaration.server;
            let (tool, patterns) = declared_tool::plan(tool, named, &mut types, of, diagnostics);
            let tool = Tool { listed, ..tool };
            placed.push(Placed { tool, patterns, document: None, tag: None, locked: None });
        }
        let mut modules = modules::plan(declaration, placed, &imported);
        let operations = self.lock(&selected, &names, renames, &modules);
        let lock = Lock { operations, components: named.entries.clone() };
        let routes = read_routes(declaration, &server.name, &modules, &mut refused);
        read::report(&refused, diagnostics);
        let mut components = components::plan(
            declaration,
            (&nameless, &named),
            reads,
            routes,
            &imported,
            &mut types,
            diagnostics,
        );
        let planned = (modules.as_mut_slice(), components.resources.operations.as_mut_slice());
        typed_operation::plan(declaration, &typed, planned, &mut types, &mut census, diagnostics);
        census.widened(WIDE, wide_arguments(&modules, &components.resources.operations));
        let description = declaration.server.description.as_deref();
        let title = declaration.server.title.as_ref().unwrap_or(&server.name);
        let routes_document = route::document(declaration, title, &server.version, description);
        let package = rust::package(&declaration.name);
        let planned = Crate {
            lifespan: declaration.lifespan.as_ref().map(|(state, _)| state.clone()),
            library: package.replace('-', "_"),
            package,
            command: String::new(),
            inputs: declaration.documents.iter().map(|it| it.api.source.clone()).collect(),
            notices: notices(declaration),
            server,
            routes_document,
            upstreams,
            modules,
            types: types.finish(),
            resources: components.resources,
            prompts: components.prompts,
            report: census.report(selected.len()),
        };
        lifespan::refuse_unused(declaration, planned.has_handlers(), diagnostics);
        (planned, lock)
    }

    fn inputs(
        &self,
        one: &Selected<'_>,
        names: &Names<'_>,
        census: &mut Census,
        diagnostics: &mut Diagnostics,
    ) -> Inputs {
        let nothing = BTreeMap::new();
        let source = arguments::Source {
            schemas: &self.declaration.documents[one.document].api.schemas,
            operation: one.operation,
            settings: one.settings,
            locked: names.entry.map_or(&nothing, |entry| &entry.arguments),
            in_uri: one.component != RouteComponent::Tool,
            own: upstream::sent(&self.declaration.documents[one.document], one.operation),
        };
        arguments::plan(&source, census, diagnostics)
    }

    /// The operation behind a component. Path and body are taken from `inputs`.
    fn operation(
        &self,
        one: &Selected<'_>,
        inputs: &mut Inputs,
        upstreams: &[Upstream],
        census: &mut Census,
    ) -> Operation {
        let document = &self.declaration.documents[one.document];
        let operation = one.operation;
        Operation {
            upstream: one.document,
            server: server::own(document, operation),
            id: operation.operation_id.as_ref().map(|(id, _)| id.clone()).unwrap_or_default(),
            method: operation.method.clone(),
            template: operation.path.clone(),
            path: std::mem::take(&mut inputs.path),
            body: inputs.body.take(),
            accept: output::accept(&document.api.schemas, &operation.responses),
            security: upstream::security(operation, &upstreams[one.document], census),
            mock: mock::reply(&document.api.schemas, operation, census),
            response: None,
        }
    }

    fn read(
        &self,
        one: &Selected<'_>,
        names: &Names<'_>,
        mut inputs: Inputs,
        upstreams: &[Upstream],
        census: &mut Census,
    ) -> Result<read::Planned, read::Fault> {
        let operation = self.operation(one, &mut inputs, upstreams, census);
        let description =
            listing::description(one.operation, one.settings, &[]).unwrap_or_default();
        let source = read::Source {
            document: &self.declaration.documents[one.document],
            one,
            names: (&names.local, &names.tool),
            rust: &names.rust,
            docs: operation_docs(&description, one.operation),
            hide_meta: self.declaration.server.hide_component_meta,
        };
        read::plan(&source, inputs, operation)
    }

    fn tool(
        &self,
        one: &Selected<'_>,
        names: &Names<'_>,
        mut inputs: Inputs,
        upstreams: &[Upstream],
        census: &mut Census,
    ) -> Placed {
        let operation = one.operation;
        let schemas = &self.declaration.documents[one.document].api.schemas;
        // Clients hold results against a listed schema themselves, so what is not checked is not
        // promised.
        let promise = match upstreams[one.document].validate_output {
            Validation::Off => output::Promise::NONE,
            _ => output::promise(schemas, operation, census),
        };
        let annotations = listing::annotations(operation, one.settings);
        let description = listing::description(operation, one.settings, &inputs.conditions)
            .unwrap_or_else(|| format!("Executes {} {}", operation.method, operation.path));
        let hide = self.declaration.server.hide_component_meta;
        let docs = operation_docs(&description, operation);
        let tags = ("fastmcp".to_owned(), about::fastmcp(&one.tags, None));
        let (listing, legacy_listing) = listing::render(&listing::Entry {
            name: &names.tool,
            title: listing::title(&names.local, operation, one.settings, &annotations),
            description: Some(description),
            input_schema: &inputs.schema,
            promise: &promise,
            annotations,
            icons: &[],
            meta: if hide { Map::new() } else { Map::from_iter([tags]) },
            task_support: None,
        });
        let target = self.operation(one, &mut inputs, upstreams, census);
        let tool = Tool {
            name: names.tool.clone(),
            constant: rust::constant(&names.rust),
            type_name: rust::type_name(&names.rust),
            docs,
            listing,
            legacy_listing,
            arguments: inputs.arguments,
            output: promise.output,
            target: Target::Operation(Box::new(target)),
            tags: one.tags.iter().cloned().collect(),
            version: None,
            listed: true,
            timeout: one.settings.and_then(|settings| settings.timeout),
        };
        Placed {
            tool,
            patterns: inputs.patterns,
            document: Some(one.document),
            tag: operation.tags.first().cloned(),
            locked: names.entry.map(|entry| entry.module.clone()).filter(|it| !it.is_empty()),
        }
    }

    /// The operations that are there, for the lock, and tombstones for those that are gone.
    fn lock(
        &self,
        selected: &[Selected<'_>],
        names: &Allocated<'_>,
        renames: Vec<BTreeMap<String, String>>,
        modules: &[Module],
    ) -> Vec<Entry> {
        let module_of: BTreeMap<&str, &str> = modules
            .iter()
            .flat_map(|module| {
                module.tools.iter().map(|tool| (tool.name.as_str(), module.name.as_str()))
            })
            .collect();
        let mut operations: Vec<Entry> = Vec::new();
        let mut matched: BTreeSet<*const Entry> = BTreeSet::new();
        for ((one, names), renames) in selected.iter().zip(&names.operations).zip(renames) {
            let key = key(self.declaration, one);
            matched.extend(names.entry.map(std::ptr::from_ref));
            operations.push(Entry {
                document: key.document.to_owned(),
                path: key.path.to_owned(),
                method: key.method.to_owned(),
                id: key.id.to_owned(),
                tool: names.local.clone(),
                rule: names.rule.to_owned(),
                rust: names.rust.clone(),
                module: module_of.get(names.tool.as_str()).copied().unwrap_or_default().to_owned(),
                arguments: renames,
                removed: false,
            });
        }
        for entry in &self.lock.operations {
            if !matched.contains(&std::ptr::from_ref(entry)) {
                operations.push(Entry { removed: true, ..entry.clone() });
            }
        }
        operations.sort();
        operations
    }
}

/// The operations of each document that become components.
fn used_operations<'d>(
    declaration: &Declaration,
    selected: &[Selected<'d>],
) -> Vec<Vec<&'d model::Operation>> {
    let mut used = vec![Vec::new(); declaration.documents.len()];
    for one in selected {
        used[one.document].push(one.operation);
    }
    used
}

/// How many arguments of operations are JSON values in Rust.
fn wide_arguments(modules: &[Module], reads: &[Read]) -> usize {
    let is_operation = |tool: &&Tool| matches!(tool.target, Target::Operation(_));
    let of_tools = modules.iter().flat_map(|module| &module.tools).filter(is_operation);
    let arguments =
        of_tools.map(|tool| &tool.arguments).chain(reads.iter().map(|it| &it.arguments));
    let is_wide = |it: &&Argument| {
        it.ty.is_none() && matches!(it.kind, Kind::Any | Kind::List | Kind::Object)
    };
    arguments.flatten().filter(is_wide).count()
}

/// The summary, what the tool list says beside it, and the route.
fn operation_docs(description: &str, operation: &model::Operation) -> String {
    let summary = operation.summary.as_deref().map(str::trim).unwrap_or_default();
    let text = if description.contains(summary) {
        markdown(description)
    } else {
        format!("{}\n\n{}", markdown(summary), markdown(description))
    };
    let path = operation.path.replace('`', "'");
    let route = format!("`{} {path}`", operation.method);
    let note = if operation.deprecated { " (deprecated)" } else { "" };
    format!("{text}\n\n{route}{note}").trim_start().to_owned()
}

fn server(declaration: &Declaration) -> Server {
    let server = &declaration.server;
    // Upstreams without a document say nothing about the server.
    let said = |api: &&model::Api| !(api.title.is_empty() && api.version.is_empty());
    let mut apis = declaration.documents.iter().map(|document| &document.api).filter(said);
    let api = apis.next().filter(|_| apis.next().is_none());
    let written = |text: Option<&String>| {
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let name = server.name.clone().unwrap_or_else(|| declaration.name.clone());
    let version = server
        .version
        .clone()
        .or_else(|| written(api.map(|api| &api.version)))
        .unwrap_or_else(|| VERSION.to_owned());
    let title = server.title.clone().or_else(|| written(api.map(|api| &api.title)));
    let description = server
        .description
        .clone()
        .or_else(|| written(api.and_then(|api| api.description.as_ref())));
    let mut info = Map::new();
    put(&mut info, "name", name.as_str());
    put(&mut info, "version", version.as_str());
    for (key, text) in
        [("title", &title), ("description", &description), ("websiteUrl", &server.website_url)]
    {
        if let Some(text) = text {
            put(&mut info, key, text.as_str());
        }
    }
    about::ending(&mut info, &server.icons, Map::new());
    let docs = match (&title, &description) {
        (_, Some(description)) => markdown(description),
        (Some(title), None) => format!("MCP server for {}.", one_line(title)),
        (None, None) => format!("MCP server {}.", one_line(&name)),
    };
    Server {
        name,
        version,
        info: Json::Object(info).to_string(),
        docs,
        instructions: server
            .instructions
            .clone()
            .map(|text| text.trim().to_owned())
            .unwrap_or_default(),
        experimental: if server.experimental.is_empty() {
            String::new()
        } else {
            Json::Object(server.experimental.clone()).to_string()
        },
        cache: server.cache,
        list_page_size: server.list_page_size,
        request_state: server.request_state.clone(),
        deployment: declaration.deployment.clone(),
        limits: declaration.limits.clone(),
        mask_error_details: server.mask_error_details,
        strict_input_validation: server.strict_input_validation,
        hide_component_meta: server.hide_component_meta,
        include_tags: server.include_tags.clone(),
        exclude_tags: server.exclude_tags.clone(),
        on_duplicate: server.on_duplicate,
    }
}

/// Licence and terms of each document, for the README.
fn notices(declaration: &Declaration) -> Vec<String> {
    let mut notices = Vec::new();
    for document in &declaration.documents {
        let api = &document.api;
        let title = if api.title.is_empty() { &document.name } else { &api.title };
        if let Some(license) = &api.license {
            notices.push(format!("{}: licence {}", one_line(title), one_line(license)));
        }
        if let Some(terms) = &api.terms_of_service {
            notices.push(format!("{}: terms of service {}", one_line(title), one_line(terms)));
        }
    }
    notices
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
