//! `src/declaration.rs`: the whole server as one constant.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{REVISION, component, data, print::Items, text};
use crate::plan::{Crate, Deployment, Limits, OnDuplicate, Resource, Server, Transport};

/// The items of the module.
pub(super) fn items(plan: &Crate) -> Items {
    let mut items = Items::default();
    items.push(revision_check(plan));
    items.push(server(plan));
    items
}

/// A crate that is older or newer than the runtime says so before anything else does.
fn revision_check(plan: &Crate) -> TokenStream {
    let revision = Literal::u32_unsuffixed(REVISION);
    let message = format!(
        "this crate was generated for another version of mcpwright: run `{}`",
        text::one_line(&plan.command)
    );
    // The message is a format string.
    let message = Literal::string(&message.replace('{', "{{").replace('}', "}}"));
    quote!(
        const _: () = assert!(REVISION == #revision, #message);
    )
}

fn server(plan: &Crate) -> TokenStream {
    let server = &plan.server;
    let name = text::literal(&server.name);
    let version = text::literal(&server.version);
    let info = text::literal(&server.info);
    let instructions = text::literal(&server.instructions);
    let upstreams = plan.upstreams.iter().map(|upstream| text::ident(&upstream.constant));
    let deployment = deployment(&server.deployment);
    let limits = limits(&server.limits);
    let revision = Literal::u32_unsuffixed(REVISION);
    let components = components(plan);
    let settings = settings(server);
    quote! {
        /// The server as constant data.
        pub static SERVER: Declaration = Declaration {
            name: #name,
            version: #version,
            info: #info,
            instructions: #instructions,
            #components
            upstreams: &[#(&super::upstream::#upstreams),*],
            deployment: #deployment,
            limits: #limits,
            #settings
            revision: #revision,
            ..Declaration::DEFAULT
        };
    }
}

/// The modules with their lists, and the tables of components.
fn components(plan: &Crate) -> TokenStream {
    let tools = plan.modules.iter().map(|module| {
        let name = text::ident(&module.name);
        quote!(&super::tools::#name::MODULE)
    });
    let all = &plan.resources.all;
    let resources = (!all.is_empty()).then(|| quote!(&super::resources::MODULE));
    let prompts = (!plan.prompts.all.is_empty()).then(|| quote!(&super::prompts::MODULE));
    let modules: Vec<_> = tools.chain(resources).chain(prompts).collect();
    let tools = (!plan.modules.is_empty()).then(|| quote!(tools: super::tools::TOOLS,));
    let resources = all.iter().any(|it| !it.is_template());
    let resources = resources.then(|| quote!(resources: super::resources::RESOURCES,));
    let templates = all.iter().any(Resource::is_template);
    let templates = templates.then(|| quote!(templates: super::resources::TEMPLATES,));
    let hidden = &plan.resources.hidden;
    let texts = component::texts(hidden);
    let hidden = (!hidden.is_empty()).then(|| quote!(hidden: #texts,));
    let prompts = (!plan.prompts.all.is_empty()).then(|| quote!(prompts: super::prompts::PROMPTS,));
    let rest = plan.routes_document.is_some().then(|| {
        let file = text::literal(data::ROUTES);
        quote!(rest: Rest { routes: super::tools::ROUTES, document: include_str!(#file) },)
    });
    quote!(modules: &[#(#modules),*], #tools #resources #templates #hidden #prompts #rest)
}

/// Keys of `[server]` that were given and are not in `serverInfo`.
fn settings(server: &Server) -> TokenStream {
    let experimental = (!server.experimental.is_empty()).then(|| {
        let experimental = text::literal(&server.experimental);
        quote!(experimental: #experimental,)
    });
    let cache = server.cache.map(component::cache).map(|cache| quote!(cache: #cache,));
    let page = server.list_page_size.map(Literal::u64_unsuffixed);
    let page = page.map(|page| quote!(list_page_size: #page,));
    let meta = server.hide_component_meta.then(|| quote!(component_meta: false,));
    let tags = |tags: &[String], key: &str| {
        let (key, list) = (format_ident!("{key}"), component::texts(tags));
        (!tags.is_empty()).then(|| quote!(#key: #list,))
    };
    let include = tags(&server.include_tags, "include_tags");
    let exclude = tags(&server.exclude_tags, "exclude_tags");
    let on_duplicate = match server.on_duplicate {
        OnDuplicate::Warn => None,
        OnDuplicate::Error => Some(quote!(on_duplicate: OnDuplicate::Error,)),
        OnDuplicate::Replace => Some(quote!(on_duplicate: OnDuplicate::Replace,)),
        OnDuplicate::Ignore => Some(quote!(on_duplicate: OnDuplicate::Ignore,)),
    };
    let state = &server.request_state;
    let secrets = (!state.keys.is_empty()).then(|| {
        let keys = state.keys.iter().map(|key| text::literal(key));
        quote!(secrets: &[#(Setting(#keys)),*])
    });
    let audience = state.audience.as_deref().map(text::literal).map(|it| quote!(audience: #it));
    let ttl = state.ttl.map(text::duration).map(|it| quote!(ttl: #it));
    let fields: Vec<_> = [secrets, audience, ttl].into_iter().flatten().collect();
    let state = (!fields.is_empty()).then(|| {
        let state = over_default(&quote!(RequestState), &fields, 3);
        quote!(request_state: #state,)
    });
    let masked = server.mask_error_details.then(|| quote!(mask_error_details: true,));
    let strict = server.strict_input_validation.then(|| quote!(strict_input_validation: true,));
    quote!(
        #experimental #cache #meta #include #exclude #on_duplicate #page #state #masked #strict
    )
}

/// The runtime's `Deployment`, which has eleven fields.
fn deployment(deployment: &Deployment) -> TokenStream {
    let mut fields = Vec::new();
    match deployment.transport {
        Some(Transport::Stdio) => fields.push(quote!(transport: Transport::Stdio)),
        Some(Transport::Http) => fields.push(quote!(transport: Transport::Http)),
        Some(Transport::Sse) => fields.push(quote!(transport: Transport::Sse)),
        None => {}
    }
    if let Some(host) = deployment.host.as_deref().map(text::literal) {
        fields.push(quote!(host: #host));
    }
    if let Some(port) = deployment.port.map(Literal::u16_unsuffixed) {
        fields.push(quote!(port: #port));
    }
    if let Some(path) = deployment.path.as_deref().map(text::literal) {
        fields.push(quote!(path: #path));
    }
    if let Some(log_level) = deployment.log_level.as_deref().map(text::literal) {
        fields.push(quote!(log_level: #log_level));
    }
    let flags = [
        ("stateless", deployment.stateless),
        ("json_response", deployment.json_response),
        ("cors", deployment.cors),
    ];
    for (name, flag) in flags {
        if let Some(flag) = flag {
            let name = format_ident!("{name}");
            fields.push(quote!(#name: #flag));
        }
    }
    let lists = [
        ("allowed_hosts", &deployment.allowed_hosts),
        ("allowed_origins", &deployment.allowed_origins),
    ];
    for (name, values) in lists {
        if !values.is_empty() {
            let name = format_ident!("{name}");
            let values = values.iter().map(|value| text::literal(value));
            fields.push(quote!(#name: &[#(#values),*]));
        }
    }
    if let Some(allow) = deployment.allow_unauthenticated {
        fields.push(quote!(allow_unauthenticated: #allow));
    }
    over_default(&quote!(Deployment), &fields, 11)
}

/// The runtime's `Limits`, which has thirteen fields. The time of upstream calls is in the tables of
/// the upstreams.
fn limits(limits: &Limits) -> TokenStream {
    let mut fields = Vec::new();
    let counts = [
        ("request_body", limits.request_body),
        ("json_depth", limits.json_depth),
        ("headers", limits.headers),
        ("in_flight", limits.in_flight),
        ("upstream_response", limits.upstream_response),
        ("resource_size", limits.resource_size),
        ("sessions", limits.sessions),
        ("streams", limits.streams),
        ("stream_events", limits.stream_events),
        ("tasks", limits.tasks),
    ];
    for (name, count) in counts {
        if let Some(count) = count.map(Literal::u64_unsuffixed) {
            let name = format_ident!("{name}");
            fields.push(quote!(#name: #count));
        }
    }
    let times = [
        ("tool_time", limits.tool_time),
        ("session_idle", limits.session_idle),
        ("ask_time", limits.ask_time),
    ];
    for (name, seconds) in times {
        if let Some(duration) = seconds.map(text::duration) {
            let name = format_ident!("{name}");
            fields.push(quote!(#name: #duration));
        }
    }
    over_default(&quote!(Limits), &fields, 13)
}

/// `Type::DEFAULT` with these fields of `count` given.
fn over_default(ty: &TokenStream, fields: &[TokenStream], count: usize) -> TokenStream {
    if fields.is_empty() {
        return quote!(#ty::DEFAULT);
    }
    let base = (fields.len() < count).then(|| quote!(..#ty::DEFAULT));
    quote!(#ty { #(#fields,)* #base })
}
