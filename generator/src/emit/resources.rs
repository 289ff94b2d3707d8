//! `src/resources.rs`: the tables of resources and templates, and the types of their arguments.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::arguments::User;
use super::operation::{self, Table};
use super::{arguments, component, data, module, print::Items, text};
use crate::plan::{Contents, Crate, Part, Read, Resource, ResourceSource, Resources, Security};

/// The items of the module.
pub(super) fn items(plan: &Crate) -> Items {
    let resources = &plan.resources;
    let mut items = Items::default();
    let operations = resources.operations.iter().map(|read| &read.operation);
    let constants = operation::upstream_constants(plan, operations);
    if !constants.is_empty() {
        let constants = constants.iter().map(|constant| text::ident(constant));
        items.import(match constants.len() {
            1 => quote!(use super::upstream::#(#constants)*;),
            _ => quote!(use super::upstream::{#(#constants),*};),
        });
    }
    let handled = || resources.all.iter().filter(|resource| resource.handler().is_some());
    let calls = &resources.operations;
    if handled().any(|resource| component::names_model(&resource.component.arguments))
        || calls.iter().any(|read| module::names_model(&read.arguments, &read.operation))
    {
        items.import(quote!(
            use super::models;
        ));
    }
    items.push(module_table(resources));
    items.push(list(resources, false));
    items.push(list(resources, true));
    items.extend(component::patterns(&resources.patterns));
    for resource in &resources.all {
        items.push(table(resource, resources));
        if resource.handler().is_some() || resources.operation(resource).is_some() {
            items.push(arguments_struct(resource));
            items.push(arguments_impl(resource));
        }
    }
    for read in &resources.operations {
        items.push(operation::table(plan, &resources.patterns, &Table::of_read(read)));
        items.extend(call_arguments(read));
        items.extend(module::typed_call(&read.type_name, &read.operation).into_iter());
    }
    items
}

/// The type with which handlers call the operation.
fn call_arguments(read: &Read) -> impl Iterator<Item = TokenStream> {
    let constant = text::ident(&read.constant);
    let target = quote!(Tool::Forwarded(&#constant));
    let docs = format!("Arguments of {}, for whoever calls it.", text::code(&read.name));
    let structure = arguments::structure(User::Caller, &docs, &read.type_name, &read.arguments);
    let constructor = arguments::constructor(&read.type_name, &read.arguments);
    let reads = module::arguments_impl(&read.type_name, &read.arguments, &target);
    [Some(structure), constructor, Some(reads)].into_iter().flatten()
}

fn module_table(resources: &Resources) -> TokenStream {
    let listing = |templates: bool, file: &str| {
        let is_there = resources.all.iter().any(|it| it.is_template() == templates);
        let file = text::literal(file);
        is_there.then(|| quote!(Listing::new(include_str!(#file))))
    };
    let direct = listing(false, data::RESOURCES).map(|it| quote!(resources: #it,));
    let templates = listing(true, data::TEMPLATES).map(|it| quote!(templates: #it,));
    let mock = (!resources.operations.is_empty()).then(|| {
        let file = text::literal(data::RESOURCES_MOCK);
        quote!(mock: include_str!(#file),)
    });
    quote! {
        /// The prerendered lists of resources and templates.
        pub static MODULE: Module = Module {
            name: "resources",
            #direct
            #templates
            #mock
            ..Module::DEFAULT
        };
    }
}

fn list(resources: &Resources, templates: bool) -> TokenStream {
    let mut found: Vec<_> =
        resources.all.iter().filter(|it| it.is_template() == templates).collect();
    if !templates {
        found.sort_by(|left, right| left.uri.as_bytes().cmp(right.uri.as_bytes()));
    }
    let constants = found.into_iter().map(|it| text::ident(&it.component.constant));
    if templates {
        quote! {
            /// All templates. The first one that matches a URI answers for it.
            pub static TEMPLATES: &[&Template] = &[#(&#constants),*];
        }
    } else {
        quote! {
            /// All resources without variables, sorted by URI.
            pub static RESOURCES: &[&Resource] = &[#(&#constants),*];
        }
    }
}

fn table(resource: &Resource, resources: &Resources) -> TokenStream {
    let common = &resource.component;
    let docs = text::docs(&common.docs);
    let constant = text::ident(&common.constant);
    let (uri, name) = (text::literal(&resource.uri), text::literal(&common.name));
    let mime_type = (!resource.mime_type.is_empty()).then(|| {
        let mime_type = text::literal(&resource.mime_type);
        quote!(mime_type: #mime_type,)
    });
    let operation = resources.operation(resource).map(|read| text::ident(&read.constant));
    let source = match &operation {
        Some(operation) => Some(quote!(Source::Operation(&#operation))),
        None => source(&resource.source),
    };
    let source = source.map(|source| quote!(source: #source,));
    let requires = component::requires(&common.requires);
    let timeout = component::timeout(common.timeout);
    let labels = component::labels(&common.tags, common.version.as_deref());
    let cache = resource.cache.map(component::cache).map(|cache| quote!(cache: Some(#cache),));
    if !resource.is_template() {
        return quote! {
            #docs
            pub static #constant: Resource = Resource {
                uri: #uri,
                name: #name,
                #mime_type
                #source
                #requires
                #timeout
                #cache
                #labels
            ..Resource::DEFAULT
            };
        };
    }
    let parts = resource.parts.iter().map(part);
    let arguments = match (&operation, &resource.source) {
        (Some(operation), _) => Some(quote!(arguments: #operation.arguments,)),
        (None, ResourceSource::Route { module, constant }) => {
            let route = route(module, constant);
            Some(quote!(arguments: #route.tool.arguments,))
        }
        (None, _) => component::arguments(&common.arguments, &resources.patterns),
    };
    let completers = component::completers(&common.completers);
    let inject = component::inject(&common.arguments);
    let security = resource.security.as_ref().map(security).map(|it| quote!(security: #it,));
    quote! {
        #docs
        pub static #constant: Template = Template {
            uri_template: #uri,
            name: #name,
            #mime_type
            parts: &[#(#parts),*],
            #arguments
            #inject
            #source
            #security
            #completers
            #requires
            #timeout
            #cache
            #labels
            ..Template::DEFAULT
        };
    }
}

/// A piece of a template.
pub(super) fn part(part: &Part) -> TokenStream {
    let index = |index: &usize| Literal::usize_unsuffixed(*index);
    match part {
        Part::Literal(text) => {
            let text = text::literal(text);
            quote!(Part::Literal(#text))
        }
        Part::Segment(argument) => {
            let argument = index(argument);
            quote!(Part::Segment(#argument))
        }
        Part::Rest(argument) => {
            let argument = index(argument);
            quote!(Part::Rest(#argument))
        }
        Part::Query(pairs) => {
            let pairs = pairs.iter().map(|(name, argument)| {
                let (name, argument) = (text::literal(name), index(argument));
                quote!((#name, #argument))
            });
            quote!(Part::Query(&[#(#pairs),*]))
        }
        Part::Each(name, argument) => {
            let (name, argument) = (text::literal(name), index(argument));
            quote!(Part::Each(#name, #argument))
        }
    }
}

/// The table of a route.
fn route(module: &str, constant: &str) -> TokenStream {
    let (module, constant) = (text::ident(module), text::ident(constant));
    quote!(super::tools::#module::#constant)
}

/// The source, unless it is the default.
fn source(source: &ResourceSource) -> Option<TokenStream> {
    let contents = match source {
        ResourceSource::Handler(_) | ResourceSource::Operation(_) => return None,
        ResourceSource::Route { module, constant } => {
            let route = route(module, constant);
            return Some(quote!(Source::Route(&#route)));
        }
        ResourceSource::Contents(contents) => contents,
        ResourceSource::File(path) => {
            let path = text::literal(path);
            return Some(quote!(Source::File(Setting(#path))));
        }
        ResourceSource::Folder(folder) => {
            let path = text::literal(&folder.path);
            let pattern = (!folder.pattern.is_empty()).then(|| {
                let pattern = text::literal(&folder.pattern);
                quote!(pattern: #pattern,)
            });
            let recursive = folder.recursive.then(|| quote!(recursive: true,));
            let is_whole = pattern.is_some() && recursive.is_some();
            let base = (!is_whole).then(|| quote!(..Folder::DEFAULT));
            return Some(quote! {
                Source::Folder(&Folder { path: Setting(#path), #pattern #recursive #base })
            });
        }
    };
    Some(match contents {
        Contents::Text(text) => {
            let text = text::literal(text);
            quote!(Source::Text(#text))
        }
        Contents::TextFile(name, _) => {
            let path = text::literal(&data::contents_path(name));
            quote!(Source::Text(include_str!(#path)))
        }
        Contents::BytesFile(name, _) => {
            let path = text::literal(&data::contents_path(name));
            quote!(Source::Bytes(include_bytes!(#path)))
        }
    })
}

/// What the variables of a template must not be.
pub(super) fn security(security: &Security) -> TokenStream {
    if security.is_default() {
        return quote!(ResourceSecurity::DEFAULT);
    }
    let flags = [
        ("reject_path_traversal", security.reject_path_traversal),
        ("reject_absolute_paths", security.reject_absolute_paths),
        ("reject_null_bytes", security.reject_null_bytes),
    ];
    let off = flags.iter().filter(|(_, on)| !on).map(|(name, _)| {
        let name = text::ident(name);
        quote!(#name: false,)
    });
    let exempt = security.exempt.iter().copied().map(Literal::usize_unsuffixed);
    let exempt = (!security.exempt.is_empty()).then(|| quote!(exempt: &[#(#exempt),*],));
    let all_off = flags.iter().all(|(_, on)| !on);
    let base = (exempt.is_none() || !all_off).then(|| quote!(..ResourceSecurity::DEFAULT));
    quote!(ResourceSecurity { #(#off)* #exempt #base })
}

fn arguments_struct(resource: &Resource) -> TokenStream {
    let common = &resource.component;
    let what = if resource.is_template() { "The variables of" } else { "Stands for" };
    let docs = format!("{what} {}.", text::code(&resource.uri));
    arguments::structure(User::Handler, &docs, &common.type_name, &common.arguments)
}

fn arguments_impl(resource: &Resource) -> TokenStream {
    let common = &resource.component;
    let (name, constant) = (text::ident(&common.type_name), text::ident(&common.constant));
    let target = if resource.is_template() {
        quote!(ResourceTarget::Template(&#constant))
    } else {
        quote!(ResourceTarget::Resource(&#constant))
    };
    let read = arguments::read(&common.type_name, &common.arguments);
    quote! {
        impl ResourceArguments for #name {
            const TARGET: ResourceTarget = #target;
            #read
        }
    }
}
