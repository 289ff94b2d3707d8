//! `README.md` of the generated crate: everything in it is from the plan.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::{methods, scaffold, template, text, upstream};
use crate::plan::{
    CallerAuthorization, Crate, Handler, Module, Operation, Prompt, Resource, Target,
    TokenEndpoint, Tool, Upstream,
};

/// The README.
pub(super) fn text(plan: &Crate) -> String {
    let introduction = match plan.server.docs.trim() {
        "" => format!("The MCP server {}.", text::code(&plan.server.name)),
        docs => docs.lines().map(text::visible).collect::<Vec<_>>().join("\n"),
    };
    template::render(
        "README.md",
        include_str!("templates/README.md.txt"),
        context! {
            // A comment of HTML ends at the first `--`.
            header => super::header_text(plan).replace("--", "-\u{200b}-"),
            package => text::one_line(&plan.package),
            introduction,
            has_handlers => plan.has_handlers(),
            has_upstreams => !plan.upstreams.is_empty(),
            handlers_sentence => handlers_sentence(plan),
            program => plan.has_handlers().then(|| scaffold::main_text(plan)),
            variables => variables(plan),
            anonymous => anonymous(plan),
            tools => plan.tools().filter(|tool| tool.listed).map(tool_row).collect::<Vec<_>>(),
            routes => plan.tools().filter_map(route_row).collect::<Vec<_>>(),
            resources => plan.resources.all.iter().map(|it| resource_row(plan, it)).collect::<Vec<_>>(),
            prompts => plan.prompts.all.iter().map(prompt_row).collect::<Vec<_>>(),
            override => override_example(plan),
            notices => plan.notices.iter().map(|notice| text::markdown(notice)).collect::<Vec<_>>(),
            operations => (plan.report.operations > 0).then(|| plan.report.operations_in_words()),
            report => plan.report.lists().flat_map(|(list, entries)| entries.iter().map(move |it| {
                context! {
                    list,
                    what => text::cell(&text::visible(&it.0)),
                    count => it.1.to_string(),
                }
            })).collect::<Vec<_>>(),
            command => text::one_line(&plan.command),
            inputs => inputs(plan),
        },
    )
}

fn inputs(plan: &Crate) -> String {
    plan.inputs.iter().map(|input| text::code(input)).collect::<Vec<_>>().join(", ")
}

/// The upstreams that are called as nobody.
fn anonymous(plan: &Crate) -> String {
    let is_anonymous = |upstream: &&Upstream| {
        upstream.schemes.is_empty()
            && upstream.headers.is_empty()
            && matches!(upstream.forward.authorization, CallerAuthorization::Never)
    };
    let names = plan.upstreams.iter().filter(is_anonymous).map(|it| text::code(&it.name));
    names.collect::<Vec<_>>().join(", ")
}

fn handlers_sentence(plan: &Crate) -> String {
    let methods: Vec<_> = methods::all(plan).iter().map(|method| text::code(method.name)).collect();
    match methods.as_slice() {
        [method] => format!("its trait `Handlers` has the method {method} to be written by hand."),
        _ => format!("its trait `Handlers` has {} methods to be written by hand.", methods.len()),
    }
}

fn tool_row(tool: &Tool) -> Value {
    let (target, summary) = match &tool.target {
        Target::Operation(operation) => (route(operation), of_operation(&tool.docs)),
        Target::Handler(declared) => (method_of(&declared.handler), first_sentence(&tool.docs)),
    };
    context! {
        name => text::cell(&versioned(&tool.name, tool.version.as_deref())),
        target => text::cell(&target),
        summary => text::cell(&summary),
    }
}

/// A name, and the version where there is one.
fn versioned(name: &str, version: Option<&str>) -> String {
    let name = text::code(name);
    version.map_or_else(|| name.clone(), |version| format!("{name} {}", text::visible(version)))
}

fn route_row(tool: &Tool) -> Option<Value> {
    let route = tool.route()?;
    Some(context! {
        name => text::cell(&text::code(&format!("{} {}", route.method, route.template))),
        target => text::cell(&tool.handler().map(method_of).unwrap_or_default()),
        summary => text::cell(&first_sentence(&tool.docs)),
    })
}

fn route(operation: &Operation) -> String {
    text::code(&format!("{} {}", operation.method, operation.template))
}

fn method_of(handler: &Handler) -> String {
    text::code(&format!("Handlers::{}", handler.method))
}

fn resource_row(plan: &Crate, resource: &Resource) -> Value {
    let docs = &resource.component.docs;
    let (target, summary) = match (plan.resources.operation(resource), resource.handler()) {
        (Some(read), _) => (route(&read.operation), of_operation(docs)),
        (None, Some(handler)) => (method_of(handler), first_sentence(docs)),
        (None, None) => ("part of the program".to_owned(), first_sentence(docs)),
    };
    context! {
        name => text::cell(&versioned(&resource.uri, resource.component.version.as_deref())),
        target => text::cell(&target),
        summary => text::cell(&summary),
    }
}

fn prompt_row(prompt: &Prompt) -> Value {
    let target =
        prompt.handler().map_or_else(|| "messages of the declaration".to_owned(), method_of);
    context! {
        name => text::cell(&versioned(&prompt.component.name, prompt.component.version.as_deref())),
        target => text::cell(&target),
        summary => text::cell(&text::one_line(&prompt.component.docs)),
    }
}

/// The first sentence of the documentation of an operation; empty where it only names it.
fn of_operation(docs: &str) -> String {
    if docs.trim().contains("\n\n") { first_sentence(docs) } else { String::new() }
}

/// What descriptions of deprecated operations begin with.
const DEPRECATED: &str = "Deprecated. ";

/// The first sentence of the documentation, behind the word that it is deprecated.
fn first_sentence(docs: &str) -> String {
    let line = text::one_line(docs.trim().split("\n\n").next().unwrap_or_default());
    // That a tool is deprecated, said before its description, is not what it does.
    let said = line.strip_prefix(DEPRECATED).map_or(0, |_| DEPRECATED.len());
    match line[said..].find(". ").map(|end| said + end) {
        Some(end) => line[..=end].to_owned(),
        None => line,
    }
}

/// The servers that operations of an upstream have of their own, each once.
fn own_servers<'p>(plan: &'p Crate, upstream: &Upstream) -> BTreeSet<&'p str> {
    let is_its = |operation: &&Operation| {
        plan.upstreams.get(operation.upstream).is_some_and(|one| one.name == upstream.name)
    };
    plan.operations().filter(is_its).map(|operation| operation.server.as_str()).collect()
}

/// The environment variables, each with its purposes.
fn variables(plan: &Crate) -> Vec<Value> {
    let mut variables: BTreeMap<String, (Vec<String>, Option<String>)> = BTreeMap::new();
    let mut add = |setting: &str, purpose: &str| {
        for (name, default) in placeholders(setting) {
            let entry = variables.entry(name.to_owned()).or_default();
            entry.0.push(purpose.to_owned());
            entry.1 = entry.1.take().or_else(|| default.map(str::to_owned));
        }
    };
    for key in &plan.server.request_state.keys {
        add(key, "seals the state of dialogs with a client, at least 32 bytes");
    }
    for upstream in &plan.upstreams {
        let api = text::code(&upstream.name);
        let base_url = format!("base URL of {api}");
        if !upstream.base_url_variable.is_empty() {
            let default = &upstream.base_url;
            let setting = if default.is_empty() || default.contains(['$', '}']) {
                format!("${{{}}}", upstream.base_url_variable)
            } else {
                format!("${{{}:-{default}}}", upstream.base_url_variable)
            };
            add(&setting, &base_url);
        }
        add(&upstream.base_url, &base_url);
        add(&upstream.file_root, &format!("folder of files that {api} may be sent"));
        for server in own_servers(plan, upstream) {
            add(server, &format!("server of some tools of {api}"));
        }
        for (name, value) in &upstream.headers {
            add(value, &format!("header {} of each request to {api}", text::code(name)));
        }
        for scheme in &upstream.schemes {
            let sent = upstream::credential_text(&scheme.credential);
            add(
                &scheme.secret,
                &format!("credential {} of {api}, {sent}", text::code(&scheme.name)),
            );
            if let Some(grant) = &scheme.grant {
                let whose =
                    format!("with which tokens for {} are fetched", text::code(&scheme.name));
                add(&grant.client_id, &format!("client id of {api}, {whose}"));
                add(&grant.client_secret, &format!("client secret of {api}, {whose}"));
                add(&grant.audience, &format!("audience of tokens for {api}"));
                let (TokenEndpoint::Url(url) | TokenEndpoint::Metadata(url)) = &grant.endpoint;
                add(url, &format!("where tokens for {api} come from"));
            }
        }
    }
    let rows = variables.into_iter().map(|(name, (purposes, default))| {
        context! {
            name => text::cell(&text::code(&name)),
            purpose => text::cell(&purposes.join("; ")),
            default => default
                .filter(|default| !default.is_empty())
                .map_or_else(String::new, |default| text::cell(&text::code(&default))),
        }
    });
    rows.collect()
}

/// The `${NAME}` and `${NAME:-default}` of a setting.
fn placeholders(setting: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    setting.split("${").skip(1).filter_map(|rest| {
        let (inner, _) = rest.split_once('}')?;
        Some(match inner.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inner, None),
        })
    })
}

/// A program that answers one of the forwarded tools itself, at best one that has arguments.
fn override_example(plan: &Crate) -> Option<String> {
    let forwarded = || {
        plan.modules.iter().flat_map(|module| {
            module.tools.iter().filter_map(move |tool| match &tool.target {
                Target::Operation(operation) => Some((module, tool, operation.as_ref())),
                Target::Handler(_) => None,
            })
        })
    };
    let has_argument = |tool: &Tool| tool.arguments.iter().any(|argument| !argument.hidden);
    let chosen = forwarded().find(|(_, tool, _)| has_argument(tool)).or_else(|| forwarded().next());
    chosen.map(|(module, tool, operation)| override_text(plan, module, tool, operation))
}

fn override_text(plan: &Crate, module: &Module, tool: &Tool, operation: &Operation) -> String {
    let library = &plan.library;
    let arguments = &tool.type_name;
    let upstream = plan.upstreams.get(operation.upstream);
    let upstream = upstream.map_or("", |upstream| upstream.type_name.as_str());
    let (modules, server) = match plan.has_handlers() {
        true => ("mod handlers;\n\n", "server(MyHandlers)"),
        false => ("", "server()"),
    };
    let mut imports = vec![
        "use mcpwright::Context;".to_owned(),
        format!("use {library}::tools::{}::{arguments};", text::ident(&module.name)),
        format!("use {library}::upstream::{upstream};"),
    ];
    imports.sort_unstable();
    if plan.has_handlers() {
        imports.push("\nuse crate::handlers::MyHandlers;".to_owned());
    }
    let imports = imports.join("\n");
    format!(
        "{modules}use std::process::ExitCode;

{imports}

fn main() -> ExitCode {{
    let server = {library}::{server}.on(|context: Context, arguments: {arguments}| async move {{
        // Look at the arguments, change them, answer without a call, or call as usual:
        context.upstream::<{upstream}>().call(&arguments).await
    }});
    {library}::main(server)
}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_with_their_defaults() {
        let found: Vec<_> = placeholders("a ${ONE} ${TWO:-2}${ ${THREE").collect();
        assert_eq!(found, [("ONE", None), ("TWO", Some("2"))]);
    }

    #[test]
    fn summary_is_the_first_sentence() {
        assert_eq!(of_operation("Gets\na book. By ISBN.\n\n`GET /books`"), "Gets a book.");
        assert_eq!(of_operation("`GET /books`"), "");
        assert_eq!(first_sentence("Adds two\nnumbers. Both are integers."), "Adds two numbers.");
        assert_eq!(first_sentence("Adds two numbers."), "Adds two numbers.");
        assert_eq!(first_sentence("Deprecated. Adds. Slowly."), "Deprecated. Adds.");
        assert_eq!(first_sentence(""), "");
    }
}
