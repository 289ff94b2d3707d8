//! What a handler tells its client while it works: log messages and progress.

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

use super::Context;
use crate::protocol::level::LogLevel;
use crate::protocol::{content, escape};

impl Context {
    /// Tells the client's log something, where the client wants to hear messages of this level.
    ///
    /// `data` is a text or anything that can be written as JSON; it must hold no secrets. `logger` names
    /// the source and may be empty. On the 2026-07-28 wire a client asks for messages with each
    /// request; after a handshake it sets a level for all of them (MCP, logging).
    ///
    /// Waits while the client does not read what was told before. Dropping the future drops the
    /// message.
    pub async fn log(&self, level: LogLevel, logger: &str, data: impl Serialize + Send) {
        if self.call.outbox.is_closed() || !self.wants_log(level) {
            return;
        }
        let mut message = notification("notifications/message");
        message.put_slice(br#"{"level":"#);
        escape::string(&mut message, level.as_str());
        content::member(&mut message, "logger", logger);
        message.put_slice(br#","data":"#);
        content::json(&mut message, &data);
        message.put_slice(b"}}");
        self.call.outbox.send(message.freeze()).await;
    }

    /// [`Context::log`] at level `debug`.
    pub async fn debug(&self, data: impl Serialize + Send) {
        self.log(LogLevel::Debug, "", data).await;
    }

    /// [`Context::log`] at level `info`.
    pub async fn info(&self, data: impl Serialize + Send) {
        self.log(LogLevel::Info, "", data).await;
    }

    /// [`Context::log`] at level `notice`.
    pub async fn notice(&self, data: impl Serialize + Send) {
        self.log(LogLevel::Notice, "", data).await;
    }

    /// [`Context::log`] at level `warning`.
    pub async fn warning(&self, data: impl Serialize + Send) {
        self.log(LogLevel::Warning, "", data).await;
    }

    /// [`Context::log`] at level `error`.
    pub async fn error(&self, data: impl Serialize + Send) {
        self.log(LogLevel::Error, "", data).await;
    }

    /// The least level of log messages that the client wants; `None`: it wants none.
    #[must_use]
    pub fn requested_log_level(&self) -> Option<LogLevel> {
        match &self.call.session {
            Some(session) => Some(session.log_level()),
            None => self.call.log_level,
        }
    }

    fn wants_log(&self, level: LogLevel) -> bool {
        self.requested_log_level().is_some_and(|least| level >= least)
    }

    /// Tells the client how far the call has come, where it has asked for that: `progress` of `total`,
    /// in any unit, with a text for people. Nothing is told of progress that goes backwards. Of a task
    /// the text becomes the message of its status.
    ///
    /// Waits while the client does not read what was told before. Dropping the future drops the
    /// report.
    pub async fn report_progress(&self, progress: f64, total: Option<f64>, message: Option<&str>) {
        if let Some(message) = message
            && let Some(task) = self.call.dialog.task()
        {
            task.tell(message).await;
        }
        if let Some(report) = self.progress(progress, total, message) {
            self.call.outbox.send(report).await;
        }
    }

    /// Whether the client wants to hear of progress.
    #[cfg(feature = "upstream")]
    pub(crate) fn wants_progress(&self) -> bool {
        self.call.progress_token.is_some()
    }

    /// Reports a number of things that are done, where the client has read what was reported before.
    #[cfg(feature = "upstream")]
    pub(crate) fn count_progress(&self, done: u64) {
        // Exact far beyond any number of items that comes in one response.
        #[expect(clippy::cast_precision_loss, reason = "a count of items is far below 2^53")]
        if let Some(report) = self.progress(done as f64, None, None) {
            self.call.outbox.offer(report);
        }
    }

    /// The report as a message, where the client wants it and it goes on from the last one.
    fn progress(&self, progress: f64, total: Option<f64>, message: Option<&str>) -> Option<Bytes> {
        let token = self.call.progress_token.as_ref()?;
        if self.call.outbox.is_closed() || !self.call.advances(progress) {
            return None;
        }
        let mut report = notification("notifications/progress");
        report.put_slice(br#"{"progressToken":"#);
        report.put_slice(token);
        report.put_slice(br#","progress":"#);
        content::json(&mut report, &progress);
        if let Some(total) = total {
            report.put_slice(br#","total":"#);
            content::json(&mut report, &total);
        }
        let message = message.filter(|_| self.call.version.has_progress_text());
        content::member(&mut report, "message", message.unwrap_or_default());
        report.put_slice(b"}}");
        Some(report.freeze())
    }
}

/// A notification up to its parameters.
fn notification(method: &str) -> BytesMut {
    let mut message = BytesMut::with_capacity(160);
    message.put_slice(br#"{"jsonrpc":"2.0","method":""#);
    message.put_slice(method.as_bytes());
    message.put_slice(br#"","params":"#);
    message
}
