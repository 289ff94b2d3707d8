//! A resource template to be added.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Map;

use super::about::{About, Hints, key, put, say_about};
use super::added::AddedResource;
use super::completer::{Completers, say_completions};
use super::inject::say_injections;
use super::resource::say_contents;
use super::{Added, Body, Component, ComponentError, Injections};
use crate::arguments::from_texts;
use crate::context::Context;
use crate::declaration::{Cache, ResourceSecurity};
use crate::handler::{Answer, Handler, on_own_thread};
use crate::result::{Annotations, HandlerError, IntoResourceResult, ResourceError};
use crate::uri_template;
use crate::visibility::ComponentKind;

/// A resource template to be added to a server: `{name}` for a segment of the path, `{name*}` for
/// several, `{?a,b}` at the end for parameters of the query, each of which may be absent, and
/// `{?list*}` for a parameter for each item of a list.
///
/// The values of a URI that matches are read into the argument type of the handler: a text where the
/// type wants a text, else the JSON that the text holds, and a list of what stands between commas, which
/// no item has in it unless the list is `{?list*}`.
/// [`Template::security`] says which values the handler is not given.
///
/// ```
/// use mcpwright::components::Template;
/// use mcpwright::Context;
///
/// #[derive(serde::Deserialize)]
/// struct Day {
///     city: String,
///     day: Option<u8>,
/// }
///
/// let weather = Template::new("weather://{city}{?day}", "weather", |_: Context, day: Day| async move {
///     Ok(format!("{} on day {:?}", day.city, day.day))
/// })
/// .complete("city", ["Bath", "Bern"]);
/// # let _ = weather;
/// ```
#[derive(Clone)]
pub struct Template {
    about: About,
    uri_template: String,
    hints: Hints,
    shared: AddedResource,
    security: ResourceSecurity,
    completers: Completers,
    injections: Injections,
    handler: Handler,
}

say_about!(Template);
say_injections!(Template);
say_contents!(Template);
say_completions!(Template);

impl Template {
    /// A template that a handler reads.
    ///
    /// The future is dropped at its next await when the read is cancelled or out of time.
    #[must_use]
    pub fn new<A, F, Fut, R>(
        uri_template: impl Into<String>,
        name: impl Into<String>,
        handler: F,
    ) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, ResourceError>> + Send + 'static,
        R: IntoResourceResult,
    {
        let handler = Handler::new(move |context, values| {
            let arguments = match from_texts(values.get(0).unwrap_or("{}")) {
                Ok(arguments) => arguments,
                // The URI names nothing, as one that does not match.
                Err(error) => {
                    let error = HandlerError::public(format!("Resource not found: {error}"));
                    return Box::pin(std::future::ready(Err(error.with_code(-32002))));
                }
            };
            let answer = handler(context, arguments);
            Box::pin(async move { Ok(Answer::Resource(answer.await?.into_resource_result()?)) })
        });
        Self {
            about: About::new(name),
            uri_template: uri_template.into(),
            hints: Hints::default(),
            shared: AddedResource::of(R::MEDIA_TYPE),
            security: ResourceSecurity::DEFAULT,
            completers: Completers::default(),
            injections: Injections::default(),
            handler,
        }
    }

    /// [`Template::new`] for a handler that blocks its thread, as
    /// [`Server::on_blocking`](crate::Server::on_blocking).
    #[must_use]
    pub fn blocking<A, F, R>(
        uri_template: impl Into<String>,
        name: impl Into<String>,
        handler: F,
    ) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        F: Fn(Context, A) -> Result<R, ResourceError> + Send + Sync + 'static,
        R: IntoResourceResult + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self::new(uri_template, name, move |context, arguments: A| {
            let handler = Arc::clone(&handler);
            on_own_thread(context, move |context| handler(context, arguments))
        })
    }

    /// What its variables must not be. Unless this says otherwise, the handler is given no value that
    /// climbs out of a folder, is an absolute path, or has a NUL in it: such a URI names nothing. Its
    /// variables have the indices of their places in the template.
    #[must_use]
    pub const fn security(mut self, security: ResourceSecurity) -> Self {
        self.security = security;
        self
    }

    fn build(self, says_meta: bool) -> Result<Added, ComponentError> {
        let kind = ComponentKind::Template;
        let Self {
            about,
            uri_template: uri,
            hints,
            shared,
            security,
            completers,
            injections,
            handler,
        } = self;
        about.check(kind, &uri)?;
        let refuse = |why: String| {
            Err(ComponentError::Id { kind, id: uri.chars().take(128).collect(), why })
        };
        let pattern = match uri_template::parse(&uri) {
            Err(why) => return refuse(why),
            Ok(pattern) if pattern.variables().is_empty() => {
                return refuse("has no variables: it is a resource".to_owned());
            }
            Ok(pattern) => pattern,
        };
        let variables = pattern.variables();
        if let Some(name) = completers.unknown(|name| variables.iter().any(|it| it == name)) {
            let why = format!("completes `{name}`, which is none of its variables");
            return Err(ComponentError::Part { key: key(kind, &uri, about.version()), why });
        }
        if let Some(why) = injections.problem(|name| variables.iter().any(|it| it == name)) {
            return Err(ComponentError::Part { key: key(kind, &uri, about.version()), why });
        }
        let mut entry = Map::new();
        put(&mut entry, "uriTemplate", &uri);
        about.heading(&mut entry);
        put(&mut entry, "mimeType", &shared.mime_type);
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
            injections,
            handler,
            body: Body::Template { resource: shared, pattern, security, completers },
        })
    }
}

impl From<Template> for Component {
    fn from(template: Template) -> Self {
        Self::new(move |says_meta| template.build(says_meta))
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = &self.uri_template;
        formatter.debug_struct("Template").field("uri_template", uri).finish_non_exhaustive()
    }
}
