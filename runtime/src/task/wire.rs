//! Tasks on the wires: the extension `io.modelcontextprotocol/tasks` of 2026-07-28, and the tasks of
//! 2025-11-25.
//!
//! They differ in names of members, in where a task stands in an answer, in how its end is fetched,
//! and in what a tool that failed is: a completed task on the first, a failed one on the second.

use bytes::{BufMut, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::record::{Outcome, Status, Task};
use crate::protocol::content::{json, member, put_line};
use crate::protocol::{Wire, escape, response, time};

/// The key of `_meta` that names the task to which a message of 2025-11-25 belongs.
const RELATED: &str = "io.modelcontextprotocol/related-task";

/// The key of `_meta` that names the subscription on which a notification of 2026-07-28 comes.
const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// The code for the end of a task that was cancelled, which has no result.
const CANCELLED: i32 = -32603;

impl Task {
    /// Appends the answer to a call that became this task. `info` is the server's name and version.
    pub(crate) fn encode_created(&self, buffer: &mut BytesMut, wire: Wire, id: &str, info: &str) {
        envelope(buffer, id);
        if wire.stateless {
            buffer.put_slice(br#"{"resultType":"task","#);
            self.members(buffer, wire);
            response::server_info(buffer, info);
            buffer.put_slice(b"}}");
        } else {
            buffer.put_slice(br#"{"task":{"#);
            self.members(buffer, wire);
            buffer.put_slice(b"}}}");
        }
    }

    /// Appends the answer to `tasks/get`.
    pub(crate) fn encode_get(&self, buffer: &mut BytesMut, wire: Wire, id: &str, info: &str) {
        response::open(buffer, id.as_bytes(), wire);
        self.members(buffer, wire);
        if wire.stateless {
            self.details(buffer);
            response::server_info(buffer, info);
        }
        buffer.put_slice(b"}}");
    }

    /// Appends the answer to `tasks/cancel`: the task, or what [`encode_acknowledged`] gives.
    pub(crate) fn encode_cancelled(&self, buffer: &mut BytesMut, wire: Wire, id: &str, info: &str) {
        if wire.stateless {
            encode_acknowledged(buffer, id, info);
        } else {
            self.encode_get(buffer, wire, id, info);
        }
    }

    /// Appends the answer to `tasks/result` of 2025-11-25, what the call would have been answered
    /// without a task; `false` where the task has not ended.
    pub(crate) fn encode_result(&self, buffer: &mut BytesMut, id: &str) -> bool {
        let Some(outcome) = self.outcome() else { return false };
        match outcome {
            Outcome::Result { result, .. } => {
                envelope(buffer, id);
                put_line(buffer, &related(result.get(), &self.id));
                buffer.put_u8(b'}');
            }
            Outcome::Error { code, message, data } => {
                encode_error(buffer, id, *code, message, data.as_deref());
            }
            Outcome::Cancelled => {
                encode_error(buffer, id, CANCELLED, "The task was cancelled", None);
            }
        }
        true
    }

    /// The notification of what the task is: `notifications/tasks` with all details for the
    /// `subscription` that listens, given as JSON text, or `notifications/tasks/status`.
    pub(crate) fn notification(&self, wire: Wire, subscription: Option<&str>) -> BytesMut {
        let mut buffer = BytesMut::with_capacity(384);
        buffer.put_slice(br#"{"jsonrpc":"2.0","method":"notifications/tasks"#);
        buffer.put_slice(if wire.stateless { b"" } else { b"/status".as_slice() });
        buffer.put_slice(br#"","params":{"#);
        self.members(&mut buffer, wire);
        if wire.stateless {
            self.details(&mut buffer);
        }
        if let Some(subscription) = subscription {
            buffer.put_slice(br#","_meta":{""#);
            buffer.put_slice(SUBSCRIPTION.as_bytes());
            buffer.put_slice(br#"":"#);
            buffer.put_slice(subscription.as_bytes());
            buffer.put_u8(b'}');
        }
        buffer.put_slice(b"}}");
        buffer
    }

    /// Appends the members of a `Task`, without its braces.
    fn members(&self, buffer: &mut BytesMut, wire: Wire) {
        buffer.put_slice(br#""taskId":"#);
        escape::string(buffer, &self.id);
        member(buffer, "status", self.status_name(wire));
        member(buffer, "statusMessage", &self.message);
        member(buffer, "createdAt", &time::rfc3339(self.created));
        member(buffer, "lastUpdatedAt", &time::rfc3339(self.updated));
        let (ttl, poll_interval) = if wire.stateless {
            (br#","ttlMs":"#.as_slice(), br#","pollIntervalMs":"#.as_slice())
        } else {
            (br#","ttl":"#.as_slice(), br#","pollInterval":"#.as_slice())
        };
        buffer.put_slice(ttl);
        json(buffer, &self.ttl);
        if let Some(interval) = self.poll_interval {
            buffer.put_slice(poll_interval);
            json(buffer, &interval);
        }
    }

    fn status_name(&self, wire: Wire) -> &'static str {
        let tool_failed = matches!(self.outcome(), Some(Outcome::Result { is_error: true, .. }));
        match self.status() {
            Status::Working => "working",
            Status::InputRequired => "input_required",
            Status::Completed if tool_failed && !wire.stateless => "failed",
            Status::Completed => "completed",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
        }
    }

    /// Appends what 2026-07-28 tells of a task beside its members: what it waits for, or how it
    /// ended.
    fn details(&self, buffer: &mut BytesMut) {
        match self.outcome() {
            None if self.requests().is_empty() => {}
            None => {
                buffer.put_slice(br#","inputRequests":{"#);
                for (index, (key, request)) in self.requests().iter().enumerate() {
                    if index > 0 {
                        buffer.put_u8(b',');
                    }
                    escape::string(buffer, key);
                    buffer.put_slice(br#":{"method":"#);
                    escape::string(buffer, &request.method);
                    buffer.put_slice(br#","params":"#);
                    put_line(buffer, request.params.get());
                    buffer.put_u8(b'}');
                }
                buffer.put_u8(b'}');
            }
            Some(Outcome::Result { result, .. }) => {
                buffer.put_slice(br#","result":"#);
                put_line(buffer, result.get());
            }
            Some(Outcome::Error { code, message, data }) => {
                buffer.put_slice(br#","error":"#);
                error_object(buffer, *code, message, data.as_deref());
            }
            Some(Outcome::Cancelled) => {}
        }
    }
}

/// Appends the answer to `tasks/update` and `tasks/cancel` of 2026-07-28, which has no members.
pub(crate) fn encode_acknowledged(buffer: &mut BytesMut, id: &str, info: &str) {
    envelope(buffer, id);
    buffer.put_slice(br#"{"resultType":"complete""#);
    response::server_info(buffer, info);
    buffer.put_slice(b"}}");
}

/// Appends the answer to `tasks/list` of 2025-11-25.
pub(crate) fn encode_list(
    buffer: &mut BytesMut,
    wire: Wire,
    id: &str,
    tasks: &[Task],
    next: Option<&str>,
) {
    envelope(buffer, id);
    buffer.put_slice(br#"{"tasks":["#);
    for (index, task) in tasks.iter().enumerate() {
        buffer.put_slice(if index > 0 { b",{" } else { b"{".as_slice() });
        task.members(buffer, wire);
        buffer.put_u8(b'}');
    }
    buffer.put_u8(b']');
    member(buffer, "nextCursor", next.unwrap_or_default());
    buffer.put_slice(b"}}");
}

/// A result or parameters, given as the text of an object, with the task to which they belong named
/// in `_meta`, as 2025-11-25 wants it.
pub(crate) fn related(object: &str, task: &str) -> String {
    #[derive(Deserialize)]
    struct WithMeta<'a> {
        #[serde(borrow, default, rename = "_meta")]
        meta: Option<&'a RawValue>,
    }
    let mut name = BytesMut::new();
    escape::string(&mut name, RELATED);
    name.put_slice(br#":{"taskId":"#);
    escape::string(&mut name, task);
    name.put_u8(b'}');
    let name = String::from_utf8_lossy(&name);
    let meta = serde_json::from_str::<WithMeta<'_>>(object).ok().and_then(|found| found.meta);
    let place = match meta.filter(|meta| meta.get().starts_with('{')) {
        // The value is a part of the text, so this is where it stands.
        Some(meta) => (meta.get().as_ptr() as usize).checked_sub(object.as_ptr() as usize),
        None => object.find('{'),
    };
    let Some((before, after)) = place.and_then(|place| object.split_at_checked(place + 1)) else {
        return object.to_owned();
    };
    let comma = if after.trim_start().starts_with('}') { "" } else { "," };
    if meta.is_some() {
        [before, &name, comma, after].concat()
    } else {
        [before, "\"_meta\":{", &name, "}", comma, after].concat()
    }
}

fn envelope(buffer: &mut BytesMut, id: &str) {
    buffer.put_slice(br#"{"jsonrpc":"2.0","id":"#);
    buffer.put_slice(id.as_bytes());
    buffer.put_slice(br#","result":"#);
}

fn encode_error(
    buffer: &mut BytesMut,
    id: &str,
    code: i32,
    message: &str,
    data: Option<&RawValue>,
) {
    buffer.put_slice(br#"{"jsonrpc":"2.0","id":"#);
    buffer.put_slice(id.as_bytes());
    buffer.put_slice(br#","error":"#);
    error_object(buffer, code, message, data);
    buffer.put_u8(b'}');
}

fn error_object(buffer: &mut BytesMut, code: i32, message: &str, data: Option<&RawValue>) {
    buffer.put_slice(br#"{"code":"#);
    json(buffer, &code);
    buffer.put_slice(br#","message":"#);
    escape::string(buffer, message);
    if let Some(data) = data {
        buffer.put_slice(br#","data":"#);
        put_line(buffer, data.get());
    }
    buffer.put_u8(b'}');
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use expect_test::{Expect, expect};
    use serde_json::Value;

    use super::{encode_acknowledged, encode_list, related};
    use crate::protocol::Wire;
    use crate::task::record::tests::{raw, request};
    use crate::task::record::{Outcome, Task};

    const EXTENSION: Wire = Wire { stateless: true, structured: true, audio: true };
    const V2025_11: Wire = Wire { stateless: false, structured: true, audio: true };
    const INFO: &str = r#"{"name":"s","version":"1"}"#;

    fn task() -> Task {
        let mut task = Task::new("t\"1".to_owned(), Some("ada".to_owned()), 1_785_231_000_000);
        task.ttl = Some(60_000);
        task
    }

    fn ended(outcome: Outcome) -> Task {
        let mut task = task();
        task.updated += 1500;
        task.finish(outcome).expect("it goes on");
        task
    }

    fn failed_tool() -> Task {
        ended(Outcome::Result {
            result: raw("{\"content\":[],\n\"isError\":true}"),
            is_error: true,
        })
    }

    fn error() -> Task {
        let data = Some(raw(r#"{"uri":"x:y"}"#));
        ended(Outcome::Error { code: -32602, message: "no \"x\"".to_owned(), data })
    }

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes values")]
    #[track_caller]
    fn check(write: impl FnOnce(&mut BytesMut), expected: Expect) {
        let mut buffer = BytesMut::new();
        write(&mut buffer);
        let text = std::str::from_utf8(&buffer).expect("UTF-8");
        let _: Value = serde_json::from_str(text).expect("it is JSON");
        assert!(!text.contains('\n'), "one line on stdio");
        expected.assert_eq(text);
    }

    #[test]
    fn a_new_task_is_the_answer() {
        check(
            |buffer| task().encode_created(buffer, EXTENSION, "1", INFO),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"task","taskId":"t\"1","status":"working","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:00.000Z","ttlMs":60000,"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#
            ]],
        );
        let mut task = task();
        (task.ttl, task.poll_interval) = (None, Some(500));
        check(
            |buffer| task.encode_created(buffer, V2025_11, "\"a\"", INFO),
            expect![[
                r#"{"jsonrpc":"2.0","id":"a","result":{"task":{"taskId":"t\"1","status":"working","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:00.000Z","ttl":null,"pollInterval":500}}}"#
            ]],
        );
    }

    #[test]
    fn a_task_that_waits_says_for_what() {
        let mut task = task();
        task.tell("Which folder?").expect("it goes on");
        task.ask("where", request()).expect("it goes on");
        task.ask("who", request()).expect("it goes on");
        check(
            |buffer| task.encode_get(buffer, EXTENSION, "1", INFO),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","taskId":"t\"1","status":"input_required","statusMessage":"Which folder?","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:00.000Z","ttlMs":60000,"inputRequests":{"where":{"method":"roots/list","params":{}},"who":{"method":"roots/list","params":{}}},"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#
            ]],
        );
        check(
            |buffer| task.encode_get(buffer, V2025_11, "1", INFO),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"taskId":"t\"1","status":"input_required","statusMessage":"Which folder?","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:00.000Z","ttl":60000}}"#
            ]],
        );
    }

    #[test]
    fn a_tool_that_failed_completes_a_task_of_one_wire_and_fails_that_of_the_other() {
        check(
            |buffer| failed_tool().encode_get(buffer, EXTENSION, "1", INFO),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","taskId":"t\"1","status":"completed","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:01.500Z","ttlMs":60000,"result":{"content":[], "isError":true},"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#
            ]],
        );
        check(
            |buffer| failed_tool().encode_get(buffer, V2025_11, "1", INFO),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"taskId":"t\"1","status":"failed","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:01.500Z","ttl":60000}}"#
            ]],
        );
    }

    #[test]
    fn an_error_of_the_protocol_fails_a_task() {
        check(
            |buffer| error().encode_get(buffer, EXTENSION, "1", INFO),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","taskId":"t\"1","status":"failed","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:01.500Z","ttlMs":60000,"error":{"code":-32602,"message":"no \"x\"","data":{"uri":"x:y"}},"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#
            ]],
        );
    }

    #[test]
    fn a_cancelled_task_is_told_or_acknowledged() {
        let task = ended(Outcome::Cancelled);
        let acknowledged = expect![[
            r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}}}"#
        ]];
        check(|buffer| task.encode_cancelled(buffer, EXTENSION, "1", INFO), acknowledged);
        let (mut one, mut other) = (BytesMut::new(), BytesMut::new());
        task.encode_cancelled(&mut one, EXTENSION, "1", INFO);
        encode_acknowledged(&mut other, "1", INFO);
        assert_eq!(one, other);
        check(
            |buffer| task.encode_cancelled(buffer, V2025_11, "1", INFO),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"taskId":"t\"1","status":"cancelled","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:01.500Z","ttl":60000}}"#
            ]],
        );
    }

    #[test]
    fn the_result_of_a_task_is_that_of_the_call() {
        check(
            |buffer| assert!(failed_tool().encode_result(buffer, "1")),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t\"1"}},"content":[], "isError":true}}"#
            ]],
        );
        check(
            |buffer| assert!(error().encode_result(buffer, "1")),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no \"x\"","data":{"uri":"x:y"}}}"#
            ]],
        );
        check(
            |buffer| assert!(ended(Outcome::Cancelled).encode_result(buffer, "1")),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"The task was cancelled"}}"#
            ]],
        );
        let mut buffer = BytesMut::new();
        assert!(!task().encode_result(&mut buffer, "1") && buffer.is_empty());
    }

    #[test]
    fn what_belongs_to_a_task_says_so() {
        let related = |text: &str| -> Value {
            serde_json::from_str(&related(text, "7")).expect("still an object")
        };
        let expected = serde_json::json!({ "taskId": "7" });
        for text in [
            "{}",
            " { } ",
            r#"{"a":{"_meta":{}}}"#,
            r#"{"_meta":{}}"#,
            r#"{"a":1,"_meta" : { "k": 1 }, "b":2}"#,
            r#"{"_m\u0065ta":{"k":1}}"#,
        ] {
            let value = related(text);
            assert_eq!(value["_meta"]["io.modelcontextprotocol/related-task"], expected, "{text}");
            let mut kept = value.clone();
            let meta = kept["_meta"].as_object_mut().expect("an object");
            meta.remove("io.modelcontextprotocol/related-task");
            let before: Value = serde_json::from_str(text).expect("an object");
            let had = before.get("_meta").is_some();
            if !had {
                kept.as_object_mut().expect("an object").remove("_meta");
            }
            assert_eq!(kept, before);
        }
    }

    #[test]
    fn a_list_goes_on() {
        check(
            |buffer| encode_list(buffer, V2025_11, "1", &[task(), failed_tool()], Some("c")),
            expect![[
                r#"{"jsonrpc":"2.0","id":1,"result":{"tasks":[{"taskId":"t\"1","status":"working","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:00.000Z","ttl":60000},{"taskId":"t\"1","status":"failed","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:01.500Z","ttl":60000}],"nextCursor":"c"}}"#
            ]],
        );
        check(
            |buffer| encode_list(buffer, V2025_11, "1", &[], None),
            expect![[r#"{"jsonrpc":"2.0","id":1,"result":{"tasks":[]}}"#]],
        );
    }

    #[test]
    fn notifications_tell_the_task() {
        check(
            |buffer| *buffer = error().notification(EXTENSION, Some("4")),
            expect![[
                r#"{"jsonrpc":"2.0","method":"notifications/tasks","params":{"taskId":"t\"1","status":"failed","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:01.500Z","ttlMs":60000,"error":{"code":-32602,"message":"no \"x\"","data":{"uri":"x:y"}},"_meta":{"io.modelcontextprotocol/subscriptionId":4}}}"#
            ]],
        );
        check(
            |buffer| *buffer = failed_tool().notification(V2025_11, None),
            expect![[
                r#"{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t\"1","status":"failed","createdAt":"2026-07-28T09:30:00.000Z","lastUpdatedAt":"2026-07-28T09:30:01.500Z","ttl":60000}}"#
            ]],
        );
    }
}
