//! `resources/read`

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "upstream")]
use super::failed;
use super::{Opening, invalid_params, required_text, unbound};
use crate::arguments::{self, Values};
use crate::components::{Added, Body, merge};
use crate::context::Context;
use crate::declaration::{Cache, Capability, ResourceTarget, Source};
use crate::handler::{Answer, CallFuture, Handler};
use crate::operation::{Argument, Kind, Operation};
use crate::protocol::error::{ErrorKind, ProtocolError};
#[cfg(feature = "upstream")]
use crate::result::HandlerError;
use crate::result::{ResourceContent, ResourceResult};
use crate::server::call::Target;
use crate::server::catalog::Found;
use crate::server::dispatch::Admitted;
use crate::server::find::Seen;
use crate::server::inject::{self, Caller};
#[cfg(feature = "upstream")]
use crate::server::render;
use crate::server::{Core, Outcome, capability};
#[cfg(feature = "upstream")]
use crate::upstream::UpstreamError;
use crate::uri_template;
use crate::visibility::ComponentKind;

/// What answers a read.
enum Reading<'c> {
    /// What was declared, its handler, and the values of its variables.
    Declared(ResourceTarget, Option<&'c Handler>, Values<'static>),
    /// What was added, and the values of its variables.
    Added(Arc<Added>, Values<'static>),
}

impl Reading<'_> {
    fn mime_type(&self) -> Cow<'static, str> {
        match self {
            Self::Declared(target, ..) => Cow::Borrowed(target.mime_type()),
            Self::Added(added, _) => match &added.body {
                Body::Resource(resource) | Body::Template { resource, .. } => {
                    Cow::Owned(resource.mime_type.clone())
                }
                Body::Tool(_) | Body::Prompt { .. } => Cow::Borrowed(""),
            },
        }
    }

    /// What a client must offer.
    fn requires(&self) -> &[Capability] {
        match self {
            Self::Declared(target, ..) => target.requires(),
            Self::Added(added, _) => &added.requires,
        }
    }

    fn cache(&self) -> Option<Cache> {
        match self {
            Self::Declared(target, ..) => target.cache(),
            Self::Added(added, _) => match &added.body {
                Body::Resource(resource) | Body::Template { resource, .. } => resource.cache,
                Body::Tool(_) | Body::Prompt { .. } => None,
            },
        }
    }

    fn time(&self) -> Option<Duration> {
        match self {
            Self::Declared(target, ..) => target.timeout(),
            Self::Added(added, _) => added.timeout,
        }
    }
}

impl Core {
    /// `resources/read`
    pub(in crate::server) fn read_resource(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let uri = required_text(admitted.params.uri, "`uri` of the resource")?;
        let stateless = admitted.version.is_stateless();
        let caller = Caller::of(admitted);
        let reading = self.reading(&uri, &admitted.seen()?, &caller, stateless)?;
        capability::check(reading.requires(), || admitted.capabilities())?;
        let opening = Opening {
            target: Target::Resource {
                mime_type: reading.mime_type(),
                cache: reading.cache().unwrap_or(self.declaration.cache),
            },
            name: Cow::Owned(uri.into_owned()),
            time: reading.time(),
            arguments: None,
            takes_task: false,
            has_dialog: true,
        };
        self.open(admitted, opening, |context| self.start_read(context, &reading))
    }

    fn start_read(&self, context: Context, reading: &Reading<'_>) -> CallFuture {
        match reading {
            Reading::Declared(_, Some(handler), values) => handler.call(context, values),
            Reading::Declared(target, None, values) => match target.source() {
                Source::Text(text) => contents(ResourceContent::text(text)),
                Source::Bytes(bytes) => contents(ResourceContent::bytes(bytes)),
                Source::Operation(operation) => self.forward_read(&context, operation, values),
                Source::File(path) => self.read_file(&context, path),
                Source::Folder(folder) => self.read_folder(&context, *target, folder, values),
                Source::Handler | Source::Route(_) => unbound(),
            },
            Reading::Added(added, values) => added.handler.call(context, values),
        }
    }

    /// Reads a resource of the server itself, for a handler.
    ///
    /// # Errors
    /// There is none with this URI that the client of the call sees, or the client lacks what it requires.
    pub(crate) fn read_own(
        &self,
        context: Context,
        uri: &str,
    ) -> Result<CallFuture, ProtocolError> {
        let stateless = context.version().is_stateless();
        let caller = Caller::behind(&context);
        let reading = self.reading(uri, &Seen::by(&context), &caller, stateless)?;
        capability::check(reading.requires(), || context.capabilities())?;
        Ok(self.start_read(context, &reading))
    }

    /// The resource with this URI, or the first template that matches it. Values that do not fit are refused
    /// by that template, and no other is tried.
    fn reading(
        &self,
        uri: &str,
        seen: &Seen<'_>,
        caller: &Caller<'_>,
        stateless: bool,
    ) -> Result<Reading<'_>, ProtocolError> {
        let absent = || no_resource(uri, stateless);
        let (kind, found) = self.find_resource(uri, seen).ok_or_else(absent)?;
        let index = match found {
            Found::Declared(index) => index,
            Found::Added(added) => {
                let mut values = added.variables(uri).ok_or_else(absent)?;
                if !added.injections.is_empty() {
                    let texts = inject::texts(&added.injections, caller).map_err(invalid_params)?;
                    values = merge(&values, &texts);
                }
                return Ok(Reading::Added(added, Values::whole(&values).into_owned()));
            }
        };
        if kind == ComponentKind::Resource {
            let resource = self.declaration.resources.get(index).ok_or_else(absent)?;
            let handler = self.handlers.resources.get(index).and_then(Option::as_ref);
            let mut values = match resource.source.arguments() {
                [] => Values::default(),
                arguments => self.values(arguments, "{}", uri, stateless)?,
            };
            if let Source::Route(route) = resource.source {
                self.inject(route.tool.arguments, route.tool.inject, &mut values, caller)
                    .map_err(invalid_params)?;
            }
            return Ok(Reading::Declared(ResourceTarget::Resource(resource), handler, values));
        }
        let template = self.declaration.templates.get(index).ok_or_else(absent)?;
        let matched = uri_template::matches(template.parts, uri).ok_or_else(absent)?;
        let is_handled = matches!(template.source, Source::Handler | Source::Route(_));
        let takes_list = |index: usize| {
            let kind = template.arguments.get(index).map(|argument| argument.kind);
            matches!(kind, Some(Kind::Texts | Kind::List))
        };
        if is_handled && !uri_template::security::allows(&template.security, &matched, takes_list) {
            return Err(absent());
        }
        let text = arguments::object_of_variables(template.arguments, &matched);
        let mut values = self.values(template.arguments, &text, uri, stateless)?;
        self.inject(template.arguments, template.inject, &mut values, caller)
            .map_err(invalid_params)?;
        let handler = self.handlers.templates.get(index).and_then(Option::as_ref);
        Ok(Reading::Declared(ResourceTarget::Template(template), handler, values))
    }

    /// What is read with the variables of a URI.
    fn values(
        &self,
        table: &'static [Argument],
        text: &str,
        uri: &str,
        stateless: bool,
    ) -> Result<Values<'static>, ProtocolError> {
        // What comes as text is read as what is declared, however strict arguments are otherwise.
        let mode = arguments::Mode { strict: false, ..self.mode() };
        match arguments::parse(table, Some(text), mode) {
            Ok(values) => Ok(values.into_owned()),
            Err(errors) => {
                let mut error = no_resource(uri, stateless);
                error.message = format!("{}: {errors}", error.message).into();
                Err(error)
            }
        }
    }

    /// Reads a resource by an operation.
    #[cfg(feature = "upstream")]
    fn forward_read(
        &self,
        context: &Context,
        operation: &'static Operation,
        values: &Values<'_>,
    ) -> CallFuture {
        let request = self.upstreams().and_then(|upstreams| {
            let client = upstreams.client(operation.upstream);
            Ok(client.call_for(operation, values, context.call_options())?)
        });
        let stateless = context.version().is_stateless();
        match request {
            Ok(reply) => Box::pin(async move {
                let reply = reply.await.map_err(|error| {
                    let is_absent = matches!(error, UpstreamError::Status { code: 404 | 410, .. });
                    let error = HandlerError::from(error);
                    if is_absent { error.with_code(absent_kind(stateless).code()) } else { error }
                })?;
                let media_type = reply.media_type.split(';').next().map(str::trim);
                let media_type = media_type.unwrap_or_default().to_ascii_lowercase();
                let result = reply.into_tool_result(operation)?;
                render::contents(result, &media_type).map(Answer::Resource)
            }),
            Err(error) => failed(error),
        }
    }

    #[cfg(not(feature = "upstream"))]
    #[expect(clippy::unused_self, reason = "the same call with and without the feature")]
    fn forward_read(&self, _: &Context, _: &'static Operation, _: &Values<'_>) -> CallFuture {
        super::no_upstreams()
    }
}

fn contents(content: ResourceContent) -> CallFuture {
    Box::pin(std::future::ready(Ok(Answer::Resource(ResourceResult::from(content)))))
}

pub(in crate::server) const fn absent_kind(stateless: bool) -> ErrorKind {
    if stateless { ErrorKind::NoResource } else { ErrorKind::LegacyNoResource }
}

pub(in crate::server) fn no_resource(uri: &str, stateless: bool) -> ProtocolError {
    let kind = absent_kind(stateless);
    let data = serde_json::json!({ "uri": uri }).to_string();
    ProtocolError::new(kind, "Resource not found").with_data(data)
}
