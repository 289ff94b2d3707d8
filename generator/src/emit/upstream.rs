//! `src/upstream.rs`: the APIs behind the server and their credentials.

use proc_macro2::TokenStream;
use quote::quote;

use super::{print::Items, text};
use crate::plan::{
    CallerAuthorization, Crate, Credential, Forward, SecurityScheme, TokenEndpoint, TokenGrant,
    Upstream, Validation,
};

/// Seconds that the runtime gives a call where the table says nothing.
const DEFAULT_TIMEOUT: f64 = 30.0;

/// The items of the module.
pub(super) fn items(plan: &Crate) -> Items {
    let mut items = Items::default();
    for upstream in &plan.upstreams {
        let title = upstream_title(upstream);
        let type_name = text::ident(&upstream.type_name);
        let constant = text::ident(&upstream.constant);
        let docs =
            text::docs(&format!("{title}, for `context.upstream::<{}>()`.", upstream.type_name));
        items.push(quote!(#docs #[derive(Clone, Copy, Debug)] pub struct #type_name;));
        items.push(quote! {
            impl Upstream for #type_name {
                const SPEC: &'static UpstreamSpec = &#constant;
            }
        });
        items.push(table(upstream));
        items.extend(upstream.schemes.iter().map(scheme));
    }
    items
}

/// The title as Markdown, the name where there is none.
fn upstream_title(upstream: &Upstream) -> String {
    let title = text::markdown(&upstream.title);
    if title.is_empty() { format!("The API {}", text::code(&upstream.name)) } else { title }
}

fn table(upstream: &Upstream) -> TokenStream {
    let constant = text::ident(&upstream.constant);
    let name = text::literal(&upstream.name);
    let base_url = text::literal(&upstream.base_url);
    let variable = text::literal(&upstream.base_url_variable);
    let mut fields = vec![
        quote!(name: #name),
        quote!(base_url: Setting(#base_url)),
        quote!(base_url_variable: #variable),
    ];
    let other_timeout = (upstream.timeout - DEFAULT_TIMEOUT).abs() > f64::EPSILON;
    if other_timeout {
        let timeout = text::duration(upstream.timeout);
        fields.push(quote!(timeout: #timeout));
    }
    if !upstream.headers.is_empty() {
        let headers = upstream.headers.iter().map(|(name, value)| {
            let (name, value) = (text::literal(name), text::literal(value));
            quote!((#name, Setting(#value)))
        });
        fields.push(quote!(headers: &[#(#headers),*]));
    }
    if !upstream.file_root.is_empty() {
        let folder = text::literal(&upstream.file_root);
        fields.push(quote!(file_root: Setting(#folder)));
    }
    if let Some(forward) = forward(&upstream.forward) {
        fields.push(quote!(forward: #forward));
    }
    match upstream.validate_output {
        Validation::Strict => fields.push(quote!(validate_output: Validation::Strict)),
        Validation::Off => fields.push(quote!(validate_output: Validation::Off)),
        Validation::Warn => {}
    }
    if !upstream.variables.is_empty() {
        let variables = upstream.variables.iter().map(|(name, values)| {
            let name = text::literal(name);
            let values = values.iter().map(|value| text::literal(value));
            quote!((#name, &[#(#values),*]))
        });
        fields.push(quote!(variables: &[#(#variables),*]));
    }
    let base = (fields.len() < 9).then(|| quote!(..UpstreamSpec::NONE));
    let docs =
        text::docs(&format!("Where {} is and how it is called.", text::code(&upstream.name)));
    quote!(#docs pub static #constant: UpstreamSpec = UpstreamSpec { #(#fields,)* #base };)
}

/// What goes on of a caller's request; `None` where nothing does.
fn forward(forward: &Forward) -> Option<TokenStream> {
    let authorization = match &forward.authorization {
        CallerAuthorization::Never => None,
        CallerAuthorization::Passthrough => Some(quote!(CallerAuthorization::Passthrough)),
        CallerAuthorization::Exchange(grant) => {
            let grant = token_grant(grant);
            Some(quote!(CallerAuthorization::Exchange(&#grant)))
        }
    };
    let names = |names: &[String]| {
        let names = names.iter().map(|name| text::literal(name));
        quote!(&[#(#names),*])
    };
    let mut fields = Vec::new();
    if !forward.headers.is_empty() {
        let headers = names(&forward.headers);
        fields.push(quote!(headers: #headers));
    }
    if !forward.cookies.is_empty() {
        let cookies = names(&forward.cookies);
        fields.push(quote!(cookies: #cookies));
    }
    fields.extend(authorization.map(|authorization| quote!(authorization: #authorization)));
    let base = (fields.len() < 3).then(|| quote!(..Forward::NOTHING));
    (!fields.is_empty()).then(|| quote!(Forward { #(#fields,)* #base }))
}

fn scheme(scheme: &SecurityScheme) -> TokenStream {
    let docs = text::docs(&format!(
        "The security scheme {}: {}.",
        text::code(&scheme.name),
        credential_text(&scheme.credential)
    ));
    let constant = text::ident(&scheme.constant);
    let name = text::literal(&scheme.name);
    let secret = text::literal(&scheme.secret);
    let credential = match &scheme.credential {
        Credential::Header(name) => {
            let name = text::literal(name);
            quote!(Credential::Header(#name))
        }
        Credential::Query(name) => {
            let name = text::literal(name);
            quote!(Credential::Query(#name))
        }
        Credential::Cookie(name) => {
            let name = text::literal(name);
            quote!(Credential::Cookie(#name))
        }
        Credential::Basic => quote!(Credential::Basic),
        Credential::Bearer => quote!(Credential::Bearer),
    };
    let rest = match &scheme.grant {
        Some(grant) => {
            let grant = token_grant(grant);
            quote!(grant: Some(&#grant))
        }
        None => quote!(..SecurityScheme::NONE),
    };
    quote! {
        #docs
        pub static #constant: SecurityScheme = SecurityScheme {
            name: #name,
            credential: #credential,
            secret: Setting(#secret),
            #rest
        };
    }
}

fn token_grant(grant: &TokenGrant) -> TokenStream {
    let endpoint = match &grant.endpoint {
        TokenEndpoint::Url(url) => {
            let url = text::literal(url);
            quote!(TokenEndpoint::Url(Setting(#url)))
        }
        TokenEndpoint::Metadata(url) => {
            let url = text::literal(url);
            quote!(TokenEndpoint::Metadata(Setting(#url)))
        }
    };
    let client_id = text::literal(&grant.client_id);
    let client_secret = text::literal(&grant.client_secret);
    let scopes = grant.scopes.iter().map(|scope| text::literal(scope));
    let audience = text::literal(&grant.audience);
    quote! {
        TokenGrant {
            endpoint: #endpoint,
            client_id: Setting(#client_id),
            client_secret: Setting(#client_secret),
            scopes: &[#(#scopes),*],
            audience: Setting(#audience),
        }
    }
}

/// What is sent, as Markdown.
pub(super) fn credential_text(credential: &Credential) -> String {
    match credential {
        Credential::Header(name) => format!("sent in the header {}", text::code(name)),
        Credential::Query(name) => format!("sent in the query parameter {}", text::code(name)),
        Credential::Cookie(name) => format!("sent in the cookie {}", text::code(name)),
        Credential::Basic => {
            "`user:password`, sent in the header `Authorization: Basic`".to_owned()
        }
        Credential::Bearer => "sent in the header `Authorization: Bearer`".to_owned(),
    }
}
