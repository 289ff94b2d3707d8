//! What the tables of declared tools have besides their arguments.

use proc_macro2::TokenStream;
use quote::quote;

use super::{component, text};
use crate::plan::{Declared, Task, TaskSupport};

/// The fields that differ from their defaults.
pub(super) fn fields(declared: &Declared) -> TokenStream {
    let schema = declared.schema.as_deref().map(text::literal).map(|it| quote!(schema: #it,));
    let output_schema = declared.output_schema.as_deref().map(text::literal);
    let output_schema = output_schema.map(|it| quote!(output_schema: #it,));
    let requires = component::requires(&declared.requires);
    let headers = (!declared.headers.is_empty()).then(|| {
        let headers = declared.headers.iter().map(|header| {
            let path = component::texts(&header.path);
            let name = text::literal(&header.name.to_ascii_lowercase());
            quote!(HeaderArgument { path: #path, header: #name })
        });
        quote!(headers: &[#(#headers),*],)
    });
    let task = task(declared.task).map(|task| quote!(task: #task,));
    quote!(#schema #output_schema #requires #headers #task)
}

fn task(task: Task) -> Option<TokenStream> {
    let base = match task.support {
        TaskSupport::Never => return None,
        TaskSupport::Optional => quote!(Task::OPTIONAL),
        TaskSupport::Required => quote!(Task::REQUIRED),
    };
    let start = task.by_handler.then(|| quote!(start: TaskStart::Handler,));
    let times = [("poll_interval", task.poll_interval), ("ttl", task.ttl)];
    let times = times.into_iter().filter_map(|(name, seconds)| {
        let (name, time) = (quote::format_ident!("{name}"), text::duration(seconds?));
        Some(quote!(#name: #time,))
    });
    let fields: TokenStream = start.into_iter().chain(times).collect();
    Some(if fields.is_empty() { base } else { quote!(Task { #fields ..#base }) })
}
