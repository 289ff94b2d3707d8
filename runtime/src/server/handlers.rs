//! The handlers that are bound to the components of a server.

use crate::declaration::{Completions, Declaration, PromptSource, Source, Tool};
use crate::handler::{Completer, Form, Handler};

/// One place per component, in the order of the declaration's tables.
#[derive(Clone, Debug)]
pub(crate) struct Handlers {
    /// For [`Declaration::tools`].
    pub(super) tools: Vec<Option<Handler>>,
    /// For the routes of [`Declaration::rest`].
    pub(super) routes: Vec<Option<Handler>>,
    /// For [`Declaration::resources`].
    pub(super) resources: Vec<Option<Handler>>,
    /// For [`Declaration::templates`].
    pub(super) templates: Vec<Option<Handler>>,
    /// For [`Declaration::prompts`].
    pub(super) prompts: Vec<Option<Handler>>,
    /// What completes the arguments of templates.
    pub(super) template_completers: Vec<Option<Completer>>,
    /// What completes the arguments of prompts.
    pub(super) prompt_completers: Vec<Option<Completer>>,
}

impl Handlers {
    /// No handlers yet.
    pub(super) fn none(declaration: &Declaration) -> Self {
        Self {
            tools: vec![None; declaration.tools.len()],
            routes: vec![None; declaration.rest.routes.len()],
            resources: vec![None; declaration.resources.len()],
            templates: vec![None; declaration.templates.len()],
            prompts: vec![None; declaration.prompts.len()],
            template_completers: vec![None; declaration.templates.len()],
            prompt_completers: vec![None; declaration.prompts.len()],
        }
    }

    /// Binds what answers the tool `name` to the routes that it answers, and to the resources that are
    /// read by them; whether there is such a route.
    pub(super) fn bind_route(
        &mut self,
        declaration: &Declaration,
        name: &str,
        handler: &Handler,
    ) -> bool {
        let routes = declaration.rest.routes.iter().zip(&mut self.routes);
        let mut bound = false;
        for (_, slot) in routes.filter(|(route, _)| route.tool.name == name) {
            *slot = Some(handler.giving(Form::Json));
            bound = true;
        }
        let resources = declaration.resources.iter().map(|it| it.source).zip(&mut self.resources);
        let templates = declaration.templates.iter().map(|it| it.source).zip(&mut self.templates);
        for (source, slot) in resources.chain(templates) {
            if let Source::Route(route) = source
                && route.tool.name == name
            {
                *slot = Some(handler.giving(Form::Contents));
            }
        }
        bound
    }

    /// The components that need a handler and have none, as people name them.
    pub(super) fn missing(&self, declaration: &Declaration) -> Vec<String> {
        let mut missing = Vec::new();
        let mut check = |is_there: bool, kind: &str, name: &str| {
            if !is_there {
                missing.push(format!("{kind} `{name}`"));
            }
        };
        for (tool, handler) in declaration.tools.iter().zip(&self.tools) {
            let needed = matches!(tool, Tool::Declared(_));
            check(!needed || handler.is_some(), "tool", tool.name());
        }
        for (route, handler) in declaration.rest.routes.iter().zip(&self.routes) {
            check(handler.is_some(), "route", route.tool.name);
        }
        for (resource, handler) in declaration.resources.iter().zip(&self.resources) {
            let needed = matches!(resource.source, Source::Handler);
            check(!needed || handler.is_some(), "resource", resource.uri);
        }
        for (template, handler) in declaration.templates.iter().zip(&self.templates) {
            let needed = matches!(template.source, Source::Handler);
            check(!needed || handler.is_some(), "resource template", template.uri_template);
        }
        for (prompt, handler) in declaration.prompts.iter().zip(&self.prompts) {
            let needed = matches!(prompt.source, PromptSource::Handler);
            check(!needed || handler.is_some(), "prompt", prompt.name);
        }
        let handled = |completers: &[crate::declaration::Completer]| {
            let is_handled = |completer: &crate::declaration::Completer| {
                matches!(completer.completions, Completions::Handler)
            };
            completers.iter().any(is_handled)
        };
        for (template, completer) in declaration.templates.iter().zip(&self.template_completers) {
            let needed = handled(template.completers);
            check(!needed || completer.is_some(), "completion of", template.uri_template);
        }
        for (prompt, completer) in declaration.prompts.iter().zip(&self.prompt_completers) {
            let needed = handled(prompt.completers);
            check(!needed || completer.is_some(), "completion of", prompt.name);
        }
        missing
    }
}
