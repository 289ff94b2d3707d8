//! Notifications of changes, and the subscriptions of 2026-07-28 that they belong to.

use std::collections::BTreeSet;

use bytes::{BufMut, Bytes, BytesMut};

use crate::protocol::{content, escape, meta};

/// What a subscription was granted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subscription<'a> {
    /// `toolsListChanged`
    pub(crate) tools: bool,
    /// `promptsListChanged`
    pub(crate) prompts: bool,
    /// `resourcesListChanged`
    pub(crate) resources: bool,
    /// `resourceSubscriptions`
    pub(crate) updated: Option<&'a BTreeSet<Box<str>>>,
    /// `taskIds`
    pub(crate) tasks: Option<&'a BTreeSet<Box<str>>>,
}

impl Subscription<'_> {
    /// The first message of the subscription with this id, a JSON text.
    pub(crate) fn acknowledge(&self, id: &[u8]) -> Bytes {
        let mut buffer = BytesMut::with_capacity(256);
        open(&mut buffer, "notifications/subscriptions/acknowledged");
        subscription_id(&mut buffer, id);
        buffer.put_slice(br#"},"notifications":{"#);
        let mut is_first = true;
        let mut key = |buffer: &mut BytesMut, key: &str| {
            if !std::mem::take(&mut is_first) {
                buffer.put_u8(b',');
            }
            buffer.put_u8(b'"');
            buffer.put_slice(key.as_bytes());
            buffer.put_slice(b"\":");
        };
        let flags = [
            ("toolsListChanged", self.tools),
            ("promptsListChanged", self.prompts),
            ("resourcesListChanged", self.resources),
        ];
        for (name, _) in flags.into_iter().filter(|(_, is_granted)| *is_granted) {
            key(&mut buffer, name);
            buffer.put_slice(b"true");
        }
        for (name, names) in [("resourceSubscriptions", self.updated), ("taskIds", self.tasks)] {
            if let Some(names) = names {
                key(&mut buffer, name);
                content::json(&mut buffer, names);
            }
        }
        buffer.put_slice(b"}}}");
        buffer.freeze()
    }
}

/// `notifications/tools/list_changed` and the like; `subscription`: the id of the subscription as JSON
/// text, where it belongs to one.
pub(crate) fn list_changed(list: &str, subscription: Option<&[u8]>) -> Bytes {
    let method = ["notifications/", list, "/list_changed"].concat();
    let mut buffer = BytesMut::with_capacity(128);
    match subscription {
        Some(id) => {
            open(&mut buffer, &method);
            subscription_id(&mut buffer, id);
            buffer.put_slice(b"}}}");
        }
        None => {
            buffer.put_slice(br#"{"jsonrpc":"2.0","method":""#);
            buffer.put_slice(method.as_bytes());
            buffer.put_slice(br#""}"#);
        }
    }
    buffer.freeze()
}

/// `notifications/resources/updated`
pub(crate) fn resource_updated(uri: &str, subscription: Option<&[u8]>) -> Bytes {
    let mut buffer = BytesMut::with_capacity(128 + uri.len());
    match subscription {
        Some(id) => {
            open(&mut buffer, "notifications/resources/updated");
            subscription_id(&mut buffer, id);
            buffer.put_slice(br#"},"uri":"#);
        }
        None => buffer.put_slice(
            br#"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"#,
        ),
    }
    escape::string(&mut buffer, uri);
    buffer.put_slice(b"}}");
    buffer.freeze()
}

/// A notification about a task, for a subscription.
pub(crate) fn task(notification: &Bytes, subscription: Option<&[u8]>) -> Bytes {
    let (Some(id), Some(open)) = (subscription, notification.strip_suffix(b"}}")) else {
        return notification.clone();
    };
    let mut buffer = BytesMut::with_capacity(96 + notification.len());
    buffer.put_slice(open);
    buffer.put_slice(br#","_meta":{"#);
    subscription_id(&mut buffer, id);
    buffer.put_slice(b"}}}");
    buffer.freeze()
}

/// A notification up to the first member of its `_meta`.
pub(crate) fn open(buffer: &mut BytesMut, method: &str) {
    buffer.put_slice(br#"{"jsonrpc":"2.0","method":""#);
    buffer.put_slice(method.as_bytes());
    buffer.put_slice(br#"","params":{"_meta":{"#);
}

/// Appends the member of `_meta` that names a subscription.
pub(crate) fn subscription_id(buffer: &mut BytesMut, id: &[u8]) {
    buffer.put_u8(b'"');
    buffer.put_slice(meta::SUBSCRIPTION_ID.as_bytes());
    buffer.put_slice(b"\":");
    buffer.put_slice(id);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use expect_test::{Expect, expect};

    use super::{Subscription, list_changed, resource_updated};

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes values")]
    fn check(message: &[u8], expected: Expect) {
        serde_json::from_slice::<serde_json::Value>(message).expect("a notification is JSON");
        expected.assert_eq(std::str::from_utf8(message).expect("a notification is UTF-8"));
    }

    #[test]
    fn a_subscription_is_named_by_the_id_of_its_request() {
        let updated = BTreeSet::from([Box::from("a:b")]);
        let granted = Subscription {
            tools: true,
            prompts: false,
            resources: false,
            updated: Some(&updated),
            tasks: None,
        };
        check(
            &granted.acknowledge(b"4"),
            expect![[
                r#"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":4},"notifications":{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}}}"#
            ]],
        );
        check(
            &list_changed("tools", Some(br#""x""#)),
            expect![[
                r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"x"}}}"#
            ]],
        );
        check(
            &list_changed("prompts", None),
            expect![[r#"{"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}"#]],
        );
        check(
            &resource_updated("a:\"b", None),
            expect![[
                r#"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a:\"b"}}"#
            ]],
        );
        check(
            &resource_updated("a:b", Some(b"7")),
            expect![[
                r#"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":7},"uri":"a:b"}}"#
            ]],
        );
    }
}
