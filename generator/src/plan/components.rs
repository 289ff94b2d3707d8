//! Resources and prompts together: who is there twice, and what is beside each in its module.

mod reach;

use std::collections::{BTreeMap, BTreeSet};

use super::component::{Resource, ResourceSource};
use super::declared_names::{DeclaredNames, Named, Nameless};
use super::declared_type::Types;
use super::modules::place_patterns;
use super::names::rust;
use super::names::tool;
use super::select::{is_selected, left_out, left_out_routes};
use super::{Prompts, Resources, declared_prompt, declared_resource, fetched, read, versions};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{self, Declaration, DeclaredPrompt, DeclaredResource};
use crate::source::Span;

/// The modules `resources` and `prompts`.
#[derive(Debug, Default)]
pub(super) struct Components {
    pub(super) resources: Resources,
    pub(super) prompts: Prompts,
}

/// Plans all resources and prompts. `reads`: the operations that are read as resources, whose tables
/// name `imported` constants; `routes`: those that are read, each with its resources.
pub(super) fn plan(
    declaration: &Declaration,
    (nameless, named): (&Nameless<'_, '_>, &DeclaredNames),
    reads: Vec<read::Planned>,
    routes: Vec<(Span, Vec<Resource>)>,
    imported: &BTreeSet<String>,
    types: &mut Types<'_>,
    diagnostics: &mut Diagnostics,
) -> Components {
    let declared = (nameless.resources.as_slice(), named.resources.as_slice());
    let read = (reads, routes);
    let mut resources = plan_resources(declaration, declared, read, imported, types, diagnostics);
    resources.hidden = hidden(declaration, &resources.all);
    let declared = (nameless.prompts.as_slice(), named.prompts.as_slice());
    let prompts = plan_prompts(declaration, declared, types, diagnostics);
    Components { resources, prompts }
}

/// The URIs that the declaration leaves out, `planned` having others: no template answers for them.
fn hidden(declaration: &Declaration, planned: &[Resource]) -> Vec<String> {
    let filtered =
        |it: &&DeclaredResource| !it.is_template() && !is_selected(declaration, &it.about);
    let filtered = declaration.resources.iter().filter(filtered).map(|it| it.uri.clone());
    let mut hidden: BTreeSet<String> = declaration.disabled.iter().cloned().collect();
    hidden.extend(filtered);
    let operations = left_out(declaration);
    hidden.extend(operations.iter().filter_map(|one| read::uri_of_operation(declaration, one)));
    let routes = left_out_routes(declaration);
    let server = declaration.server.name.as_ref().unwrap_or(&declaration.name);
    hidden.extend(routes.filter_map(|tool| read::uri_of_route(declaration, server, tool)));
    for resource in planned {
        hidden.remove(&resource.uri);
    }
    hidden.into_iter().collect()
}

fn plan_resources(
    declaration: &Declaration,
    (declared, names): (&[&DeclaredResource], &[Named]),
    (mut reads, routes): (Vec<read::Planned>, Vec<(Span, Vec<Resource>)>),
    imported: &BTreeSet<String>,
    types: &mut Types<'_>,
    diagnostics: &mut Diagnostics,
) -> Resources {
    let nothing = BTreeSet::new();
    let forwards = declared.iter().any(|it| matches!(it.source, model::ResourceSource::Http(_)));
    let imported = if reads.is_empty() && !forwards { &nothing } else { imported };
    let server = &declaration.server;
    let mut planned = Resources::default();
    let mut known = Known::default();
    let mut taken = BTreeSet::from(["RESOURCES".to_owned(), "TEMPLATES".to_owned()]);
    taken.extend(imported.iter().cloned());
    taken.extend(names.iter().map(|named| rust::constant(&named.rust)));
    let mut type_names: BTreeSet<String> =
        names.iter().map(|named| rust::type_name(&named.rust)).collect();
    for (declared, named) in declared.iter().copied().zip(names) {
        let (mut resource, patterns) =
            declared_resource::plan(declared, named, types, server, diagnostics);
        if let Some(mut read) = fetched::plan(declared, &named.rust, &declaration.documents) {
            read.constant = rust::unique_constant(&read.constant, "OPERATION", &mut taken);
            read.type_name = rust::unique_type(&read.type_name, "Operation", &mut type_names);
            resource.source = ResourceSource::Operation(planned.operations.len());
            planned.operations.push(read);
        }
        known.add_declared(declared, &resource, diagnostics);
        let all = &mut planned.patterns;
        place_patterns(&mut resource.component.arguments, patterns, &mut taken, all);
        planned.all.push(resource);
    }
    for (index, (span, resources)) in routes.into_iter().enumerate() {
        for mut resource in resources {
            read::place_resource_name(&mut resource, &mut taken, &mut type_names);
            known.add_uri(&resource, span, Some(Owner::Route(index)), diagnostics);
            planned.all.push(resource);
        }
    }
    read::sort(&mut reads);
    for mut one in reads {
        read::place_names(&mut one, &mut taken, &mut type_names);
        let read::Planned { mut read, patterns, resources, span } = one;
        place_patterns(&mut read.arguments, patterns, &mut taken, &mut planned.patterns);
        let index = planned.operations.len();
        for mut resource in resources {
            known.add_uri(&resource, span, Some(Owner::Operation(index)), diagnostics);
            if resource.is_template() {
                resource.component.arguments.clone_from(&read.arguments);
            }
            resource.source = ResourceSource::Operation(index);
            planned.all.push(resource);
        }
        planned.operations.push(read);
    }
    planned
}

fn plan_prompts(
    declaration: &Declaration,
    (prompts, names): (&[&DeclaredPrompt], &[Named]),
    types: &mut Types<'_>,
    diagnostics: &mut Diagnostics,
) -> Prompts {
    refuse_same_prompts(prompts, diagnostics);
    let hide = declaration.server.hide_component_meta;
    let mut planned = Prompts::default();
    let mut taken = BTreeSet::from(["PROMPTS".to_owned()]);
    taken.extend(names.iter().map(|named| rust::constant(&named.rust)));
    for (prompt, named) in prompts.iter().zip(names) {
        let (mut prompt, patterns) = declared_prompt::plan(prompt, named, types, hide, diagnostics);
        let all = &mut planned.patterns;
        place_patterns(&mut prompt.component.arguments, patterns, &mut taken, all);
        planned.all.push(prompt);
    }
    planned
}

fn twice(message: String, second: Span, first: Span, help: &str) -> Diagnostic {
    Diagnostic::error(Code::E0402, message)
        .at(second, "the second one")
        .also(first, "the first one")
        .help(help)
}

/// The resources so far: two are the same where no URI tells them apart.
#[derive(Default)]
struct Known<'d> {
    /// The declared ones, by their URIs.
    versions: BTreeMap<&'d str, Vec<&'d DeclaredResource>>,
    shapes: BTreeMap<String, Holder>,
    /// The shapes of templates in the order in which they are tried.
    templates: Vec<(String, Span)>,
}

/// What has a URI.
struct Holder {
    uri: String,
    is_template: bool,
    span: Span,
    /// Whom it reads. A resource and the template that takes its query are of one.
    owner: Option<Owner>,
}

/// An operation or a route that is read, by its place among those.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Owner {
    Operation(usize),
    Route(usize),
}

impl<'d> Known<'d> {
    /// Takes the URI of a declared resource, unless it is another version of one that has it.
    fn add_declared(
        &mut self,
        declared: &'d DeclaredResource,
        resource: &Resource,
        diagnostics: &mut Diagnostics,
    ) {
        let about = &declared.about;
        let earlier = self.versions.entry(&declared.uri).or_default();
        let has_version = earlier.iter().chain([&declared]).any(|it| it.about.version.is_some());
        let is_other_version = !earlier.is_empty() && has_version;
        let conflict = earlier.iter().find_map(|first| {
            let spans = (first.uri_span, declared.uri_span);
            versions::conflict(&declared.uri, (&first.about, about), spans)
        });
        earlier.push(declared);
        if let Some(conflict) = conflict {
            diagnostics.push(conflict);
        }
        if !is_other_version {
            self.add_uri(resource, declared.uri_span, None, diagnostics);
        }
    }

    /// Takes a URI; one that was taken is reported.
    fn add_uri(
        &mut self,
        resource: &Resource,
        span: Span,
        owner: Option<Owner>,
        diagnostics: &mut Diagnostics,
    ) {
        let shape = read::shape(resource);
        let uri = &resource.uri;
        let Some(first) = self.shapes.get(&shape) else {
            self.refuse_unreached(&shape, resource, span, owner, diagnostics);
            let is_template = resource.is_template();
            self.shapes.insert(shape, Holder { uri: uri.clone(), is_template, span, owner });
            return;
        };
        if owner.is_some() && first.owner == owner {
            return;
        }
        let message = match (first.is_template, resource.is_template()) {
            (false, false) => format!("two resources have the uri `{uri}`"),
            (true, true) => format!("`{}` and `{uri}` match the same URIs", first.uri),
            _ => format!("the template matches the uri of a resource, `{shape}`"),
        };
        let help = match owner {
            Some(_) => "leave one of them a tool: as = \"tool\"",
            None if first.uri == *uri => "give one of them another uri, or each a `version`",
            // With other names of its variables it is no version of the first.
            None => "give one of them another uri",
        };
        diagnostics.push(twice(message, span, first.span, help));
    }

    /// Reports a template all of whose URIs go to one before it. Operations that are read are sorted,
    /// so none of them takes what another one has.
    fn refuse_unreached(
        &mut self,
        shape: &str,
        resource: &Resource,
        span: Span,
        owner: Option<Owner>,
        diagnostics: &mut Diagnostics,
    ) {
        if !resource.is_template() {
            return;
        }
        let first = self.templates.iter().find(|(earlier, _)| reach::covers(earlier, shape));
        if let Some((_, first)) = first {
            let message = format!("the template `{}` is never reached", resource.uri);
            let help = match owner {
                None => "templates are tried in their order: put this one before the other",
                Some(_) => {
                    "templates are tried in their order, those of [[resource]] first: change the uri \
                     of one, or leave this one a tool: as = \"tool\""
                }
            };
            diagnostics.push(
                Diagnostic::error(Code::E0307, message)
                    .at(span, "this one")
                    .also(*first, "the first one")
                    .help(help),
            );
        }
        self.templates.push((shape.to_owned(), span));
    }
}

fn refuse_same_prompts(prompts: &[&DeclaredPrompt], diagnostics: &mut Diagnostics) {
    let mut names: BTreeMap<&str, Vec<&DeclaredPrompt>> = BTreeMap::new();
    for prompt in prompts {
        let about = &prompt.about;
        if !tool::is_accepted(&about.name) {
            let message = format!("`{}` cannot be the name of a prompt", about.name);
            let help = "clients accept up to 64 letters, digits, `_`, `-` and `.`";
            diagnostics.push(Diagnostic::error(Code::E0403, message).at(about.span, "").help(help));
        }
        let earlier = names.entry(&about.name).or_default();
        let conflict = earlier.iter().find_map(|first| {
            let (first, spans) = (&first.about, (first.about.span, about.span));
            let message = format!("two prompts have the name `{}`", about.name);
            let help = "give one of them another name, or each a `version`";
            match (&first.version, &about.version) {
                (None, None) => Some(twice(message, spans.1, spans.0, help)),
                _ => versions::conflict(&about.name, (first, about), spans),
            }
        });
        if let Some(conflict) = conflict {
            diagnostics.push(conflict);
        }
        earlier.push(prompt);
    }
}
