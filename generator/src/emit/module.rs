//! `src/tools/NAME.rs`: the patterns, tables and argument structs of one module.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::arguments::User;
use super::operation::{self, Table};
use super::types::outside;
use super::{argument, arguments, component, data, declared, print::Items, resources, text};
use crate::plan::{Argument, Crate, Declared, Module, Operation, Route, RustType, Target, Tool};

/// For whom the arguments of an operation have a type.
pub(super) const FOR_CALLERS: &str = ", for whoever overrides it or calls it";

/// The items of a module.
pub(super) fn items(plan: &Crate, module: &Module) -> Items {
    let mut items = Items::default();
    let operations = module.tools.iter().filter_map(|tool| match &tool.target {
        Target::Operation(operation) => Some(&**operation),
        Target::Handler(_) => None,
    });
    let constants = operation::upstream_constants(plan, operations);
    if !constants.is_empty() {
        let constants = constants.iter().map(|constant| text::ident(constant));
        items.import(match constants.len() {
            1 => quote!(use super::super::upstream::#(#constants)*;),
            _ => quote!(use super::super::upstream::{#(#constants),*};),
        });
    }
    let is_named = |tool: &Tool| match &tool.target {
        Target::Operation(operation) => names_model(&tool.arguments, operation),
        Target::Handler(_) => component::names_model(&tool.arguments),
    };
    if module.tools.iter().any(is_named) {
        items.import(quote!(
            use super::super::models;
        ));
    }
    items.push(module_table(module));
    items.extend(component::patterns(&module.patterns));
    for tool in &module.tools {
        items.push(match &tool.target {
            Target::Operation(operation) => {
                operation::table(plan, &module.patterns, &Table::of_tool(tool, operation))
            }
            Target::Handler(declared) => declared_tool(module, tool, declared),
        });
        if let Some(route) = tool.route() {
            items.push(route_table(tool, route));
        }
        let constant = text::ident(&tool.constant);
        let (user, whom, target) = match tool.target {
            Target::Operation(_) => {
                (User::Caller, FOR_CALLERS, quote!(Tool::Forwarded(&#constant)))
            }
            Target::Handler(_) => (User::Handler, "", quote!(Tool::Declared(&#constant))),
        };
        let docs = format!("Arguments of {}{whom}.", text::code(&tool.name));
        items.push(arguments::structure(user, &docs, &tool.type_name, &tool.arguments));
        if let Target::Operation(_) = &tool.target {
            items.extend(arguments::constructor(&tool.type_name, &tool.arguments).into_iter());
        }
        items.push(arguments_impl(&tool.type_name, &tool.arguments, &target));
        if let Target::Operation(operation) = &tool.target {
            items.extend(typed_call(&tool.type_name, operation).into_iter());
        }
    }
    items
}

/// What a typed call gives, where the operation has a type.
pub(super) fn typed_call(type_name: &str, operation: &Operation) -> Option<TokenStream> {
    let name = text::ident(type_name);
    let response = outside(operation.response.as_ref()?);
    Some(quote! {
        impl TypedCall for #name {
            type Response = #response;
        }
    })
}

/// Whether the types of an operation name an item of the module `models`.
pub(super) fn names_model(arguments: &[Argument], operation: &Operation) -> bool {
    component::names_model(arguments)
        || operation.response.as_ref().is_some_and(RustType::names_model)
}

fn module_table(module: &Module) -> TokenStream {
    let name = text::literal(&module.name);
    let file = |suffix: &str| {
        let file = text::literal(&data::file_name(module, suffix));
        quote!(include_str!(#file))
    };
    let entries = file(data::LISTING);
    let legacy = data::has_legacy_listing(module).then(|| {
        let legacy = file(data::LEGACY_LISTING);
        quote!(.legacy(#legacy))
    });
    let tools = data::has_listing(module);
    let tools = tools.then(|| quote!(tools: Listing::new(#entries)#legacy,));
    let mock = data::has_mock(module).then(|| {
        let mock = file(data::MOCK);
        quote!(mock: #mock,)
    });
    quote! {
        /// The prerendered data of the tools of this module.
        pub static MODULE: Module = Module {
            name: #name,
            #tools
            #mock
            ..Module::DEFAULT
        };
    }
}

fn declared_tool(module: &Module, tool: &Tool, declared: &Declared) -> TokenStream {
    let docs = text::docs(&tool.docs);
    let constant = text::ident(&tool.constant);
    let name = text::literal(&tool.name);
    let arguments =
        tool.arguments.iter().map(|argument| argument::entry(argument, &module.patterns));
    let output = operation::output(tool.output);
    let inject = component::inject(&tool.arguments);
    let more = declared::fields(declared);
    let timeout = component::timeout(tool.timeout);
    let labels = component::labels(&tool.tags, tool.version.as_deref());
    quote! {
        #docs
        pub static #constant: DeclaredTool = DeclaredTool {
            name: #name,
            arguments: &[#(#arguments),*],
            #inject
            output: #output,
            #timeout
            #more
            #labels
            ..DeclaredTool::DEFAULT
        };
    }
}

fn route_table(tool: &Tool, route: &Route) -> TokenStream {
    let path = route.template.replace('`', "'");
    let docs =
        text::docs(&format!("`{} {path}`, answered by {}.", route.method, text::code(&tool.name)));
    let (constant, tool) = (text::ident(&route.constant), text::ident(&tool.constant));
    let method = operation::method(&route.method);
    let path = route.path.iter().map(resources::part);
    let status = (route.status != 200).then(|| {
        let status = Literal::u16_unsuffixed(route.status);
        quote!(status: #status,)
    });
    let security = route.security.as_ref().map(resources::security);
    let security = security.map(|it| quote!(security: Some(#it),));
    let schema = route.schema.as_deref().map(text::literal).map(|it| quote!(schema: #it,));
    quote! {
        #docs
        pub static #constant: Route = Route {
            method: #method,
            path: &[#(#path),*],
            tool: &#tool,
            #status
            #security
            #schema
            ..Route::DEFAULT
        };
    }
}

/// What reads and writes the struct; `target`: what it is given to.
pub(super) fn arguments_impl(
    type_name: &str,
    arguments: &[Argument],
    target: &TokenStream,
) -> TokenStream {
    let name = text::ident(type_name);
    let (read, write) = (arguments::read(type_name, arguments), arguments::write(arguments));
    quote! {
        impl Arguments for #name {
            const TOOL: Tool = #target;
            #read
            #write
        }
    }
}
