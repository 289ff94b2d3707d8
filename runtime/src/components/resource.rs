//! A resource to be added.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Map;

use super::about::{About, Hints, put, say_about};
use super::added::AddedResource;
use super::{Added, Body, Component, ComponentError, Injections};
use crate::context::Context;
use crate::declaration::Cache;
use crate::handler::{Answer, Handler, on_own_thread};
use crate::result::resource::{BYTES, TEXT};
use crate::result::{
    Annotations, IntoResourceResult, ResourceContent, ResourceError, ResourceResult,
};
use crate::uri_template;
use crate::visibility::ComponentKind;

/// A resource to be added to a server.
///
/// ```
/// use mcpwright::components::Resource;
/// use mcpwright::Context;
///
/// let motd = Resource::new("motd://today", "motd", |_: Context| async { Ok("Be kind.") })
///     .mime_type("text/plain")
///     .tags(["public"]);
/// # let _ = motd;
/// ```
#[derive(Clone)]
pub struct Resource {
    about: About,
    uri: String,
    hints: Hints,
    shared: AddedResource,
    size: Option<usize>,
    handler: Handler,
}

say_about!(Resource);

/// The methods that say about a resource or a template what both have.
macro_rules! say_contents {
    ($type:ident) => {
        impl $type {
            /// Media type of its contents, instead of `text/plain` for texts,
            /// `application/octet-stream` for bytes and `application/json` for other values.
            #[must_use]
            pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
                self.shared.mime_type = mime_type.into();
                self
            }

            /// For whom it is, how much it matters, when it was changed.
            #[must_use]
            pub fn annotations(mut self, annotations: Annotations) -> Self {
                self.hints.annotations = annotations;
                self
            }

            /// Reading it changes nothing.
            #[must_use]
            pub fn read_only(mut self, value: bool) -> Self {
                self.hints.set("readOnlyHint", value);
                self
            }

            /// Reading it twice is as good as reading it once.
            #[must_use]
            pub fn idempotent(mut self, value: bool) -> Self {
                self.hints.set("idempotentHint", value);
                self
            }

            /// How long clients may keep its contents; `public`: whether others may be given what
            /// one caller was given.
            #[must_use]
            pub const fn cache(mut self, ttl: Duration, public: bool) -> Self {
                self.shared.cache = Some(Cache { ttl, public });
                self
            }
        }
    };
}

pub(super) use say_contents;

say_contents!(Resource);

impl Resource {
    /// A resource that a handler reads.
    ///
    /// The future is dropped at its next await when the read is cancelled or out of time.
    #[must_use]
    pub fn new<F, Fut, R>(uri: impl Into<String>, name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(Context) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, ResourceError>> + Send + 'static,
        R: IntoResourceResult,
    {
        let handler = Handler::new(move |context, _| {
            let answer = handler(context);
            Box::pin(async move { Ok(Answer::Resource(answer.await?.into_resource_result()?)) })
        });
        Self {
            about: About::new(name),
            uri: uri.into(),
            hints: Hints::default(),
            shared: AddedResource::of(R::MEDIA_TYPE),
            size: None,
            handler,
        }
    }

    /// [`Resource::new`] for a handler that blocks its thread, as
    /// [`Server::on_blocking`](crate::Server::on_blocking).
    #[must_use]
    pub fn blocking<F, R>(uri: impl Into<String>, name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(Context) -> Result<R, ResourceError> + Send + Sync + 'static,
        R: IntoResourceResult + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self::new(uri, name, move |context| {
            let handler = Arc::clone(&handler);
            on_own_thread(context, move |context| handler(context))
        })
    }

    /// A resource with these contents.
    #[must_use]
    pub fn text(uri: impl Into<String>, name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let size = text.len();
        Self::fixed(uri, name, ResourceContent::text(text), size).mime_type(TEXT)
    }

    /// A resource with these contents.
    #[must_use]
    pub fn bytes(uri: impl Into<String>, name: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        let size = bytes.as_ref().len();
        Self::fixed(uri, name, ResourceContent::bytes(bytes), size).mime_type(BYTES)
    }

    fn fixed(
        uri: impl Into<String>,
        name: impl Into<String>,
        content: ResourceContent,
        size: usize,
    ) -> Self {
        let content = Arc::new(content);
        let read = move |_: Context| {
            let content = ResourceContent::clone(&content);
            async move { Ok(ResourceResult::from(content)) }
        };
        Self { size: Some(size), ..Self::new(uri, name, read) }
    }

    fn build(self, says_meta: bool) -> Result<Added, ComponentError> {
        let kind = ComponentKind::Resource;
        let Self { about, uri, hints, shared, size, handler } = self;
        about.check(kind, &uri)?;
        let why = match uri_template::parse(&uri) {
            Err(why) => Some(why),
            Ok(pattern) => {
                let has_variables = !pattern.variables().is_empty();
                has_variables.then(|| "has variables: it is a template".to_owned())
            }
        };
        if let Some(why) = why {
            return Err(ComponentError::Id { kind, id: uri.chars().take(128).collect(), why });
        }
        let mut entry = Map::new();
        put(&mut entry, "uri", &uri);
        about.heading(&mut entry);
        put(&mut entry, "mimeType", &shared.mime_type);
        if let Some(size) = size {
            entry.insert("size".to_owned(), size.into());
        }
        hints.put(&mut entry);
        about.ending(&mut entry, says_meta);
        Ok(Added {
            id: uri.into(),
            version: about.version().into(),
            name: about.name.into(),
            tags: about.tags,
            entry: serde_json::Value::Object(entry).to_string(),
            legacy: None,
            timeout: about.timeout,
            requires: about.requires,
            injections: Injections::default(),
            handler,
            body: Body::Resource(shared),
        })
    }
}

impl From<Resource> for Component {
    fn from(resource: Resource) -> Self {
        Self::new(move |says_meta| resource.build(says_meta))
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Resource").field("uri", &self.uri).finish_non_exhaustive()
    }
}
