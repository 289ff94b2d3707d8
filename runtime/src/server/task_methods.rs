//! `tasks/…`: the methods by which clients follow tasks, of both generations.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use serde_json::value::RawValue;
use tokio::sync::watch;

use crate::clock::milliseconds as now;
use crate::context::{Context, Question};
use crate::protocol::error::{ErrorKind, ProtocolError};
use crate::protocol::{envelope, round};
use crate::result::HandlerError;
use crate::server::dispatch::Admitted;
use crate::server::tasks::{refused, response};
use crate::server::{Core, Outcome, capability};
use crate::task::record::{Broken, Outcome as End, Task};
use crate::task::tasks::TasksError;
use crate::task::wire;

/// Tasks on one page of a list.
const PAGE: usize = 100;

/// Time for the store to answer.
const STORE_TIME: Duration = Duration::from_secs(30);

/// A client may wait for the result of a task for as long as that takes.
const RESULT_TIME: Duration = Duration::from_secs(24 * 3600);

/// Time between two looks at a task that runs elsewhere.
const LOOK: Duration = Duration::from_millis(500);

impl Core {
    /// `tasks/get`
    pub(super) fn get_task(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let id = task_id(admitted)?;
        self.answer_later(admitted, "tasks/get", STORE_TIME, |context| {
            Box::pin(async move {
                let core = context.core();
                let caller = context.principal().id();
                let task = core.tasks().records().get(&id, caller, now()).await.map_err(refused)?;
                let mut buffer = BytesMut::new();
                let form = context.version().wire();
                task.encode_get(&mut buffer, form, &request(&context), core.declaration().info);
                Ok(response(buffer))
            })
        })
    }

    /// `tasks/update` of 2026-07-28
    pub(super) fn update_task(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let id = task_id(admitted)?;
        let answers = match admitted.params.input_responses {
            Some(answers) => round::answers(answers)?,
            None => BTreeMap::new(),
        };
        self.answer_later(admitted, "tasks/update", STORE_TIME, |context| {
            Box::pin(async move {
                take_answers(&context, &id, answers).await?;
                let mut buffer = BytesMut::new();
                let info = context.core().declaration().info;
                wire::encode_acknowledged(&mut buffer, &request(&context), info);
                Ok(response(buffer))
            })
        })
    }

    /// `tasks/cancel`
    pub(super) fn cancel_task(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let id = task_id(admitted)?;
        self.answer_later(admitted, "tasks/cancel", STORE_TIME, |context| {
            Box::pin(async move {
                let core = context.core();
                let (tasks, caller) = (core.tasks(), context.principal().id());
                let form = context.version().wire();
                let cancel = |task: &mut Task| task.finish(End::Cancelled);
                let task = match tasks.records().change(&id, caller, now(), cancel).await {
                    Ok(task) => {
                        if let Some(run) = tasks.run(&id) {
                            run.cancel();
                        }
                        tasks.tell(&task);
                        task
                    }
                    Err(TasksError::Broken(Broken::Final)) if form.stateless => {
                        tasks.records().get(&id, caller, now()).await.map_err(refused)?
                    }
                    Err(TasksError::Broken(Broken::Final)) => {
                        return Err(
                            HandlerError::public("The task has ended already").with_code(-32602)
                        );
                    }
                    Err(error) => return Err(refused(error)),
                };
                let mut buffer = BytesMut::new();
                let info = core.declaration().info;
                task.encode_cancelled(&mut buffer, form, &request(&context), info);
                Ok(response(buffer))
            })
        })
    }

    /// `tasks/list` of 2025-11-25
    pub(super) fn list_tasks(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        if admitted.facts.requester.is_one_of_many() {
            return Err(ProtocolError::new(
                ErrorKind::MethodNotFound,
                "Method not found: tasks/list is for clients that the server can tell apart",
            ));
        }
        let cursor = admitted.params.cursor.and_then(envelope::string).map(Cow::into_owned);
        self.answer_later(admitted, "tasks/list", STORE_TIME, |context| {
            Box::pin(async move {
                let records = context.core().tasks().records();
                let caller = context.principal().id();
                let page = records.list(caller, cursor.as_deref(), PAGE, now()).await;
                let page = page.map_err(refused)?;
                let mut buffer = BytesMut::new();
                let (form, next) = (context.version().wire(), page.next.as_deref());
                wire::encode_list(&mut buffer, form, &request(&context), &page.tasks, next);
                Ok(response(buffer))
            })
        })
    }

    /// `tasks/result` of 2025-11-25, which waits for the end of the task and meanwhile asks what the
    /// task asks.
    pub(super) fn task_result(
        self: &Arc<Self>,
        admitted: &Admitted<'_>,
    ) -> Result<Outcome, ProtocolError> {
        let id = task_id(admitted)?;
        self.answer_later(admitted, "tasks/result", RESULT_TIME, |context| {
            Box::pin(async move { wait_for_result(&context, &id).await.map(response) })
        })
    }
}

async fn wait_for_result(context: &Context, id: &str) -> Result<BytesMut, HandlerError> {
    let tasks = context.core().tasks();
    let caller = context.principal().id();
    loop {
        // Before the record is read, so that nothing in between is missed.
        let mut news = tasks.run(id).map(|run| run.news());
        let task = tasks.records().get(id, caller, now()).await.map_err(refused)?;
        let mut buffer = BytesMut::new();
        if task.encode_result(&mut buffer, &request(context)) {
            return Ok(buffer);
        }
        let asked = task.requests().iter().next();
        if let Some((key, asked)) = asked {
            let params = wire::related(asked.params.get(), id);
            let question = Question { method: known(&asked.method), params };
            let answered = tokio::select! {
                biased;
                // The task goes on, or ends, without the answer: it is looked at again.
                withdrawn = withdrawn(context, id, key, &mut news) => {
                    withdrawn?;
                    continue;
                }
                answered = context.ask(key, question) => answered,
            };
            match answered {
                Ok(answer) => {
                    let answers = BTreeMap::from([(key.clone(), answer)]);
                    take_answers(context, id, answers).await?;
                }
                // What asks is told, and goes on or fails; the result says which.
                Err(error) => match tasks.run(id) {
                    Some(run) => run.refused(key, &error).await,
                    None => return Err(error),
                },
            }
            continue;
        }
        tokio::select! {
            () = changed(&mut news) => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Waits until a task asks a question no more. News may still be on their way of what was read with the
/// question, and a client must not be asked twice for that.
async fn withdrawn(
    context: &Context,
    id: &str,
    key: &str,
    news: &mut Option<watch::Receiver<u64>>,
) -> Result<(), HandlerError> {
    let tasks = context.core().tasks();
    loop {
        changed(news).await;
        let caller = context.principal().id();
        let task = tasks.records().get(id, caller, now()).await.map_err(refused)?;
        if !task.requests().contains_key(key) {
            return Ok(());
        }
    }
}

/// Waits until something happens to a task that runs here.
async fn changed(news: &mut Option<watch::Receiver<u64>>) {
    let is_over = match news {
        Some(news) => news.changed().await.is_err(),
        None => std::future::pending().await,
    };
    if is_over {
        // The sender is gone with the task, whose end is news too, and the last.
        *news = None;
    }
}

/// The method of a question that was kept.
fn known(method: &str) -> &'static str {
    match method {
        "sampling/createMessage" => "sampling/createMessage",
        "roots/list" => "roots/list",
        _ => "elicitation/create",
    }
}

/// Gives answers of the client to a task.
async fn take_answers(
    context: &Context,
    id: &str,
    answers: BTreeMap<String, Box<RawValue>>,
) -> Result<(), HandlerError> {
    let tasks = context.core().tasks();
    let mut taken = BTreeMap::new();
    let take = |task: &mut Task| {
        let keys = task.answer(answers.clone());
        taken = answers.clone();
        taken.retain(|key, _| keys.contains(key));
        Ok(())
    };
    let caller = context.principal().id();
    let task = tasks.records().change(id, caller, now(), take).await.map_err(refused)?;
    if let Some(run) = tasks.run(id) {
        run.answered(taken);
    }
    tasks.tell(&task);
    Ok(())
}

/// The id of the request as JSON text.
fn request(context: &Context) -> String {
    String::from_utf8_lossy(context.request_id_text()).into_owned()
}

fn task_id(admitted: &Admitted<'_>) -> Result<String, ProtocolError> {
    // Whoever takes no tasks by the extension of this wire cannot have one.
    if admitted.version.is_stateless()
        && !capability::takes_tasks(admitted.capabilities().as_deref())
    {
        return Err(capability::tasks_missing());
    }
    admitted.params.task_id.and_then(envelope::string).map(Cow::into_owned).ok_or_else(|| {
        ProtocolError::new(
            ErrorKind::InvalidParams,
            "Invalid params: `taskId` is missing or is not a string",
        )
    })
}
