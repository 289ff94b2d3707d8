//! Resources that are read from a URL: the one operation of an upstream that is this URL.

use super::component::Read;
use super::names::rust;
use super::{MockBody, MockReply, Operation};
use crate::model::{DeclaredResource, Document, ResourceSource};

/// The operation that reads a resource; `None` where no URL does. `name`: its name in snake case.
pub(super) fn plan(
    declared: &DeclaredResource,
    name: &str,
    documents: &[Document],
) -> Option<Read> {
    let ResourceSource::Http(upstream) = &declared.source else { return None };
    let upstream = documents.iter().position(|document| document.name == *upstream)?;
    let name = format!("get_{name}");
    let media_type = declared.mime_type.as_deref();
    Some(Read {
        constant: rust::constant(&name),
        type_name: rust::type_name(&name),
        docs: format!("Reads the URL of the resource `{}`.", declared.uri.replace('`', "'")),
        name,
        arguments: Vec::new(),
        operation: Operation {
            upstream,
            server: String::new(),
            id: String::new(),
            method: "GET".to_owned(),
            template: String::new(),
            path: Vec::new(),
            body: None,
            accept: media_type.unwrap_or("*/*").to_owned(),
            security: Vec::new(),
            mock: MockReply {
                status: 200,
                media_type: media_type.unwrap_or("text/plain").to_owned(),
                body: MockBody::Text(String::new()),
            },
        },
        timeout: declared.timeout,
    })
}
