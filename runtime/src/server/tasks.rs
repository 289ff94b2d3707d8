//! Tasks while they run: calls that go on after their request was answered. What is known of a task is
//! in the store ([`crate::task`]); here is what runs it, and what it asks meanwhile.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::{oneshot, watch};
use tokio::task::AbortHandle;

use crate::clock::milliseconds as now;
use crate::context::{Context, Question};
use crate::handler::{self, Answer, CallFuture};
use crate::lifecycle::Version;
use crate::lifecycle::changes::{Change, Changes};
use crate::protocol::error::ErrorKind;
use crate::protocol::tool::encode_result;
use crate::result::{HandlerError, ToolResult};
use crate::server::Core;
use crate::server::call::{CalledTool, Failure, Target, panic_error};
use crate::store::Store;
use crate::task::record::{Broken, InputRequest, Outcome, Task};
use crate::task::tasks::{Tasks as Records, TasksError};

/// The tasks of a server.
#[derive(Debug)]
pub(crate) struct Tasks {
    records: Records,
    running: Mutex<HashMap<String, Arc<TaskRun>>>,
    changes: Arc<Changes>,
}

/// A task that runs in this process.
pub(crate) struct TaskRun {
    id: String,
    owner: Option<String>,
    core: Arc<Core>,
    asked: Mutex<HashMap<String, Asked>>,
    abort: OnceLock<AbortHandle>,
    /// Whether it was cancelled, which can be before there is something to abort.
    is_cancelled: AtomicBool,
    /// Goes up with everything that happens to the task.
    news: watch::Sender<u64>,
}

/// Where the answer to a question goes, or why there is none.
type Asked = oneshot::Sender<Result<Box<RawValue>, HandlerError>>;

impl Tasks {
    pub(super) fn new(store: Arc<dyn Store>, limit: usize, changes: Arc<Changes>) -> Self {
        let records = Records::new(store, limit.max(1));
        Self { records, running: Mutex::default(), changes }
    }

    /// How many run in this process.
    pub(super) fn running(&self) -> usize {
        self.lock().len()
    }

    /// The records of all tasks.
    pub(super) const fn records(&self) -> &Records {
        &self.records
    }

    /// The task with this id, where it runs in this process.
    pub(super) fn run(&self, id: &str) -> Option<Arc<TaskRun>> {
        self.lock().get(id).cloned()
    }

    /// Tells everybody what a task has come to.
    pub(super) fn tell(&self, task: &Task) {
        let message = task.notification(Version::STATELESS_WIRE, None).freeze();
        let owner = task.owner.as_deref();
        self.changes.tell(Change::Task { id: &task.id, owner, detail: &message });
        if let Some(run) = self.run(&task.id) {
            run.news.send_modify(|count| *count += 1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<TaskRun>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TaskRun {
    /// Asks the client, who answers by `tasks/update` or while it waits for the result.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        key: &str,
        question: &Question,
    ) -> Result<Box<RawValue>, HandlerError> {
        let (sender, answer) = oneshot::channel();
        self.lock().insert(key.to_owned(), sender);
        let params = RawValue::from_string(question.params.clone()).map_err(|error| {
            HandlerError::internal("a question cannot be written").with_source(error)
        })?;
        let request = InputRequest { method: question.method.to_owned(), params };
        self.change(|task| task.ask(key, request.clone())).await?;
        let time = self.core.declaration().limits.ask_time;
        let mut open = OpenQuestion { run: self, key, is_answered: false };
        let answered = match tokio::time::timeout(time, answer).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(_)) => Err(HandlerError::public("the task has ended without an answer")),
            Err(_) => {
                Err(HandlerError::public(format!("the client gave no answer within {time:?}")))
            }
        };
        open.is_answered = answered.is_ok();
        answered
    }

    /// The client does not answer a question.
    pub(super) async fn refused(self: &Arc<Self>, key: &str, why: &HandlerError) {
        self.withdraw(key).await;
        let asked = self.lock().remove(key);
        if let Some(asked) = asked {
            let why = HandlerError::public(why.message().to_owned());
            // The handler may have stopped waiting.
            drop(asked.send(Err(why)));
        }
    }

    /// Takes back a question, so that nobody is asked it any more.
    async fn withdraw(&self, key: &str) {
        let withdraw = |task: &mut Task| {
            task.withdraw(key);
            Ok(())
        };
        if let Err(error) = self.change(withdraw).await {
            tracing::debug!(%error, task = self.id, "a question was not taken back");
        }
    }

    /// Says something about the status.
    pub(crate) async fn tell(&self, message: &str) {
        if let Err(error) = self.change(|task| task.tell(message)).await {
            tracing::debug!(%error, task = self.id, "the message of a task was not noted");
        }
    }

    /// Hands over answers that were taken.
    pub(super) fn answered(&self, answers: BTreeMap<String, Box<RawValue>>) {
        let mut asked = self.lock();
        for (key, answer) in answers {
            if let Some(sender) = asked.remove(&key) {
                // The handler may have stopped waiting.
                drop(sender.send(Ok(answer)));
            }
        }
    }

    /// Drops the handler at its next await.
    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Release);
        if let Some(abort) = self.abort.get() {
            abort.abort();
        }
    }

    /// What goes up with everything that happens to the task.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    async fn change(
        &self,
        change: impl FnMut(&mut Task) -> Result<(), Broken> + Send,
    ) -> Result<(), HandlerError> {
        let tasks = self.core.tasks();
        let changed = tasks.records.change(&self.id, self.owner.as_deref(), now(), change).await;
        let task = changed.map_err(|error| {
            HandlerError::internal("the task cannot be changed").with_source(error)
        })?;
        tasks.tell(&task);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question of a task, taken back when its handler stops waiting for the answer.
struct OpenQuestion<'a> {
    run: &'a Arc<TaskRun>,
    key: &'a str,
    is_answered: bool,
}

impl Drop for OpenQuestion<'_> {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        self.run.lock().remove(self.key);
        let (run, key) = (Arc::clone(self.run), self.key.to_owned());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { run.withdraw(&key).await });
        }
    }
}

impl fmt::Debug for TaskRun {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TaskRun").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Core {
    /// Makes a task of a call whose handler has started; gives the response that says so.
    pub(super) fn start_task(
        context: Context,
        tool: CalledTool,
        started: CallFuture,
    ) -> CallFuture {
        let policy = tool.task;
        Box::pin(async move {
            let core = Arc::clone(context.core());
            let owner = context.principal().id();
            let (ttl, poll) = (Some(policy.ttl), Some(policy.poll_interval));
            let task = core.tasks().records.create(owner, ttl, poll, now()).await;
            let task = task.map_err(refused)?;
            let run = Arc::new(TaskRun {
                id: task.id.clone(),
                owner: task.owner.clone(),
                core: Arc::clone(&core),
                asked: Mutex::default(),
                abort: OnceLock::new(),
                is_cancelled: AtomicBool::new(false),
                news: watch::Sender::new(0),
            });
            // The request is answered by this; nobody reads what the handler tells from now on.
            context.outbox().close();
            context.dialog().moved_to(Arc::clone(&run));
            core.tasks().lock().insert(task.id.clone(), Arc::clone(&run));
            let mut response = BytesMut::with_capacity(384);
            let id = String::from_utf8_lossy(context.request_id_text()).into_owned();
            let wire = context.version().wire();
            task.encode_created(&mut response, wire, &id, core.declaration().info);
            // Made before the task is spawned, so that one which is cancelled before its first turn ends too.
            let ending = Ending { context: context.clone(), run: Arc::clone(&run) };
            // So that there is time to note its end, and to fetch the result.
            let most = policy.ttl.mul_f64(0.9);
            let time = tool.timeout.map_or(most, |time| time.min(most));
            let work = run_task(context, tool, started, ending, time);
            let abort = tokio::spawn(work).abort_handle();
            // Nobody but this one sets it.
            let abort = run.abort.get_or_init(|| abort);
            if run.is_cancelled.load(Ordering::Acquire) {
                abort.abort();
            }
            Ok(Answer::Response(response.freeze()))
        })
    }
}

async fn run_task(
    context: Context,
    tool: CalledTool,
    mut work: CallFuture,
    ending: Ending,
    time: Duration,
) {
    let run = &ending.run;
    let finished = poll_fn(|task| handler::poll_caught(&mut work, task));
    let target = Target::Tool(tool);
    let core = context.core();
    let outcome = match tokio::time::timeout(time, finished).await {
        Ok(Ok(Ok(Answer::Tool(result)))) => outcome(&context, tool, &result),
        Ok(Ok(Ok(_))) => failed(
            core.failure_of(
                &target,
                &context,
                &HandlerError::internal("an answer of another kind"),
            ),
            &context,
            tool,
        ),
        Ok(Ok(Err(error))) => failed(core.failure_of(&target, &context, &error), &context, tool),
        Ok(Err(panicked)) => {
            let error = panic_error(&target, context.name(), &panicked);
            failed(core.failure_of(&target, &context, &error), &context, tool)
        }
        Err(_) => {
            let name = context.name();
            let error = HandlerError::public(format!("Tool '{name}' timed out after {time:?}"));
            failed(core.failure_of(&target, &context, &error), &context, tool)
        }
    };
    note_end(run, outcome).await;
}

/// Notes how a task ended. A task that was cancelled meanwhile stays so; an outcome that the store does
/// not take becomes an error, so that nobody waits for it.
async fn note_end(run: &TaskRun, outcome: Outcome) {
    let Err(error) = run.change(|task| task.finish(outcome.clone())).await else { return };
    tracing::debug!(%error, task = run.id, "the end of a task was not noted");
    let lost = Outcome::Error {
        code: ErrorKind::Internal.code(),
        message: "the result of the task could not be kept".to_owned(),
        data: None,
    };
    if let Err(error) = run.change(|task| task.finish(lost.clone())).await {
        tracing::debug!(%error, task = run.id, "a task has ended in another way");
    }
}

/// What is left to do when a task ends, however it does.
struct Ending {
    context: Context,
    run: Arc<TaskRun>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.context.end();
        self.run.core.tasks().lock().remove(&self.run.id);
        self.run.news.send_modify(|count| *count += 1);
    }
}

fn failed(failure: Failure, context: &Context, tool: CalledTool) -> Outcome {
    match failure {
        Failure::Result(result) => outcome(context, tool, &result),
        Failure::Error(error) => Outcome::Error {
            code: error.kind.code(),
            message: error.message.into_owned(),
            data: error.data.and_then(|data| RawValue::from_string(data).ok()),
        },
    }
}

/// The result of a tool as the client of the task will read it.
fn outcome(context: &Context, tool: CalledTool, result: &ToolResult) -> Outcome {
    #[derive(Deserialize)]
    struct Response {
        result: Box<RawValue>,
    }
    let mut response = BytesMut::new();
    let info = context.core().declaration().info;
    encode_result(&mut response, context.version().wire(), b"0", tool.output, result, info);
    match serde_json::from_slice::<Response>(&response) {
        Ok(Response { result: encoded }) => {
            Outcome::Result { result: encoded, is_error: result.is_error }
        }
        Err(error) => {
            tracing::error!(%error, "the result of a task cannot be kept");
            Outcome::Error { code: -32603, message: "Internal error".to_owned(), data: None }
        }
    }
}

/// Why there is no task, for the one who asks.
pub(super) fn refused(error: TasksError) -> HandlerError {
    match error {
        TasksError::Unknown => HandlerError::public("Unknown task").with_code(-32602),
        TasksError::Cursor => {
            HandlerError::public("Invalid params: unknown cursor; begin again without one")
                .with_code(-32602)
        }
        TasksError::Full => HandlerError::public("The server is busy: too many tasks; retry later")
            .with_code(-32603),
        error => HandlerError::internal("the tasks cannot be reached")
            .with_source(error)
            .with_code(-32603),
    }
}

/// The text of a response.
pub(super) fn response(buffer: BytesMut) -> Answer {
    Answer::Response(Bytes::from(buffer))
}
