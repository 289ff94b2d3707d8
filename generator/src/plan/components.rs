//! Resources and prompts together: who is there twice, and what each is called in Rust.

use std::collections::{BTreeMap, BTreeSet};

use super::declared_resource::shape;
use super::declared_type::Types;
use super::modules::place_patterns;
use super::names::rust::{self, Methods};
use super::names::tool;
use super::select::is_selected;
use super::{Prompts, Resources, declared_prompt, declared_resource};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Declaration, DeclaredPrompt, DeclaredResource};
use crate::source::Span;

/// The modules `resources` and `prompts`.
#[derive(Debug, Default)]
pub(super) struct Components {
    pub(super) resources: Resources,
    pub(super) prompts: Prompts,
}

/// Plans all resources and prompts. `methods`: the names that the methods of tools have.
pub(super) fn plan(
    declaration: &Declaration,
    methods: BTreeSet<String>,
    types: &mut Types<'_>,
    diagnostics: &mut Diagnostics,
) -> Components {
    let resources: Vec<&DeclaredResource> =
        declaration.resources.iter().filter(|it| is_selected(declaration, &it.about)).collect();
    let prompts: Vec<&DeclaredPrompt> =
        declaration.prompts.iter().filter(|it| is_selected(declaration, &it.about)).collect();
    refuse_same_resources(&resources, diagnostics);
    refuse_same_prompts(&prompts, diagnostics);
    let hide = declaration.server.hide_component_meta;
    let mut methods = Methods::new(methods);
    let mut planned = Components::default();
    let names: Vec<_> =
        resources.iter().map(|it| (it.about.name.as_str(), it.uri.as_str())).collect();
    let mut taken = BTreeSet::from(["RESOURCES".to_owned(), "TEMPLATES".to_owned()]);
    let names = rust::components(&names, "resource");
    taken.extend(names.iter().map(|name| rust::constant(name)));
    for (resource, name) in resources.into_iter().zip(names) {
        let (mut resource, patterns) =
            declared_resource::plan(resource, &name, types, &mut methods, hide, diagnostics);
        let all = &mut planned.resources.patterns;
        place_patterns(&mut resource.component.arguments, patterns, &mut taken, all);
        planned.resources.all.push(resource);
    }
    let names: Vec<_> =
        prompts.iter().map(|it| (it.about.name.as_str(), it.about.name.as_str())).collect();
    let mut taken = BTreeSet::from(["PROMPTS".to_owned()]);
    let names = rust::components(&names, "prompt");
    taken.extend(names.iter().map(|name| rust::constant(name)));
    for (prompt, name) in prompts.into_iter().zip(names) {
        let (mut prompt, patterns) =
            declared_prompt::plan(prompt, &name, types, &mut methods, hide, diagnostics);
        let all = &mut planned.prompts.patterns;
        place_patterns(&mut prompt.component.arguments, patterns, &mut taken, all);
        planned.prompts.all.push(prompt);
    }
    planned
}

fn twice(message: String, second: Span, first: Span, help: &str) -> Diagnostic {
    Diagnostic::error(Code::E0402, message)
        .at(second, "the second one")
        .also(first, "the first one")
        .help(help)
}

/// Two resources are the same where no URI tells them apart.
fn refuse_same_resources(resources: &[&DeclaredResource], diagnostics: &mut Diagnostics) {
    let mut shapes: BTreeMap<String, &DeclaredResource> = BTreeMap::new();
    let mut names: BTreeMap<&str, &DeclaredResource> = BTreeMap::new();
    for resource in resources {
        let shape = shape(&resource.parts);
        if let Some(first) = shapes.get(&shape) {
            let message = match (first.is_template(), resource.is_template()) {
                (false, false) => format!("two resources have the uri `{}`", resource.uri),
                (true, true) => {
                    format!("`{}` and `{}` match the same URIs", first.uri, resource.uri)
                }
                _ => format!("the template matches the uri of a resource, `{}`", shape),
            };
            let help = "give one of them another uri";
            diagnostics.push(twice(message, resource.uri_span, first.uri_span, help));
            continue;
        }
        shapes.insert(shape, resource);
        match names.get(resource.about.name.as_str()) {
            Some(first) => {
                let message = format!("two resources have the name `{}`", resource.about.name);
                let help = "give one of them another name; each has its own method of `Handlers`";
                diagnostics.push(twice(message, resource.about.span, first.about.span, help));
            }
            None => {
                names.insert(&resource.about.name, resource);
            }
        }
    }
}

fn refuse_same_prompts(prompts: &[&DeclaredPrompt], diagnostics: &mut Diagnostics) {
    let mut names: BTreeMap<&str, &DeclaredPrompt> = BTreeMap::new();
    for prompt in prompts {
        let about = &prompt.about;
        if !tool::is_accepted(&about.name) {
            let message = format!("`{}` cannot be the name of a prompt", about.name);
            let help = "clients accept up to 128 letters, digits, `_`, `-` and `.`";
            diagnostics.push(Diagnostic::error(Code::E0403, message).at(about.span, "").help(help));
        }
        if let Some(first) = names.insert(&about.name, prompt) {
            let message = format!("two prompts have the name `{}`", about.name);
            let help = "give one of them another name";
            diagnostics.push(twice(message, about.span, first.about.span, help));
        }
    }
}
