//! `subscriptions/listen` of 2026-07-28: a request that is answered by changes until somebody ends it.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};

use bytes::{BufMut, Bytes, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lifecycle::Principal;
use crate::lifecycle::changes::{Filter, Listener, Told};
use crate::protocol::change::{self, Subscription};
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::response;
use crate::server::core::Place;
use crate::server::{Core, Reply, Step};
use crate::uri_template;

/// URIs and ids that one subscription may name.
const MOST_NAMES: usize = 1024;

/// An open subscription. Dropping it ends it.
pub(crate) struct Listen {
    id: Bytes,
    listener: Arc<Listener>,
    next: Next,
    acknowledgement: Option<Bytes>,
    _place: Place,
}

/// The notification of a change; `subscription`: the id of the request that it answers, where there is
/// one.
pub(crate) fn told_message(told: &Told, subscription: Option<&[u8]>) -> Bytes {
    match told {
        Told::Tools => change::list_changed("tools", subscription),
        Told::Prompts => change::list_changed("prompts", subscription),
        Told::Resources => change::list_changed("resources", subscription),
        Told::Updated(uri) => change::resource_updated(uri, subscription),
        Told::Task(_, detail) => change::task(detail, subscription),
    }
}

type Next = Pin<Box<dyn Future<Output = Told> + Send>>;

/// Waits for the next change.
fn next(listener: Arc<Listener>) -> Next {
    Box::pin(async move { listener.next().await })
}

impl fmt::Debug for Listen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Listen").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wanted {
    tools_list_changed: bool,
    prompts_list_changed: bool,
    resources_list_changed: bool,
    resource_subscriptions: Option<Vec<Box<str>>>,
    task_ids: Option<Vec<Box<str>>>,
}

impl Listen {
    /// Opens a subscription to what `notifications` names, as far as the server has it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParams`] for what is no filter, [`ErrorKind::MissingCapability`] for tasks
    /// that the client cannot take, [`ErrorKind::Busy`] where too many streams are open.
    pub(super) fn open(
        core: &Core,
        id: Bytes,
        notifications: Option<&RawValue>,
        takes_tasks: bool,
        principal: &Principal,
    ) -> Result<Self, ProtocolError> {
        let wanted: Wanted = match notifications {
            None => Wanted::default(),
            Some(raw) => serde_json::from_str(raw.get()).map_err(|error| {
                ProtocolError::new(
                    ErrorKind::InvalidParams,
                    format!("Invalid params: `notifications` is no filter: {error}"),
                )
            })?,
        };
        let names = wanted.resource_subscriptions.as_ref().map_or(0, Vec::len)
            + wanted.task_ids.as_ref().map_or(0, Vec::len);
        if names > MOST_NAMES {
            return Err(ProtocolError::new(
                ErrorKind::InvalidParams,
                format!("Invalid params: a subscription names at most {MOST_NAMES} URIs and tasks"),
            ));
        }
        let all = wanted.resource_subscriptions.iter().chain(&wanted.task_ids).flatten();
        if all.into_iter().any(|name| name.len() > uri_template::MAX_URI) {
            return Err(ProtocolError::new(
                ErrorKind::InvalidParams,
                format!(
                    "Invalid params: a subscription names no URI of more than {} bytes",
                    uri_template::MAX_URI
                ),
            ));
        }
        if wanted.task_ids.is_some() && !takes_tasks {
            return Err(crate::server::capability::tasks_missing());
        }
        let offer = core.offer();
        let set = |names: Option<Vec<Box<str>>>, offered: bool| -> Option<BTreeSet<Box<str>>> {
            names.filter(|_| offered).map(|names| names.into_iter().collect())
        };
        let updated = set(wanted.resource_subscriptions, offer.resources);
        let tasks = set(wanted.task_ids, offer.tasks);
        let granted = Subscription {
            tools: wanted.tools_list_changed && offer.tools,
            prompts: wanted.prompts_list_changed && offer.prompts,
            resources: wanted.resources_list_changed && offer.resources,
            updated: updated.as_ref(),
            tasks: tasks.as_ref(),
        };
        let acknowledgement = granted.acknowledge(&id);
        let filter = Filter {
            tools: granted.tools,
            prompts: granted.prompts,
            resources: granted.resources,
            updated: updated.unwrap_or_default(),
            tasks: tasks.unwrap_or_default(),
            principal: principal.clone(),
        };
        let place = core.open_stream()?;
        // Listening before the client knows: what changes once it knows is not lost.
        let listener = Arc::new(core.changes().listen(filter));
        let next = next(Arc::clone(&listener));
        let acknowledgement = Some(acknowledgement);
        Ok(Self { id, listener, next, acknowledgement, _place: place })
    }

    /// The id of the request as JSON text.
    pub(crate) fn id(&self) -> &str {
        std::str::from_utf8(&self.id).unwrap_or_default()
    }

    pub(super) fn poll_step(&mut self, task: &mut TaskContext<'_>) -> Poll<Step> {
        if let Some(acknowledgement) = self.acknowledgement.take() {
            return Poll::Ready(Step::Message(acknowledgement));
        }
        let told = ready!(self.next.as_mut().poll(task));
        self.next = next(Arc::clone(&self.listener));
        Poll::Ready(Step::Message(told_message(&told, Some(&self.id))))
    }

    /// The result of a subscription that the server ends.
    pub(super) fn end(&self) -> Reply {
        let mut buffer = BytesMut::with_capacity(160);
        response::open_with_meta(&mut buffer, &self.id);
        change::subscription_id(&mut buffer, &self.id);
        buffer.put_slice(b"}}}");
        Reply::ok(buffer.freeze())
    }
}
