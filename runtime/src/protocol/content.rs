//! Content blocks and contents of resources, as the wire of a request can carry them.

use bytes::{BufMut, BytesMut};
use serde::Serialize;

use crate::protocol::{Wire, escape};
use crate::result::{Annotations, Content, Meta, ResourceContents, ResourceLink, Role};

/// Appends an array of content blocks.
pub(crate) fn blocks(buffer: &mut BytesMut, wire: Wire, blocks: &[Content]) {
    buffer.put_u8(b'[');
    for (index, content) in blocks.iter().enumerate() {
        if index > 0 {
            buffer.put_u8(b',');
        }
        block(buffer, wire, content);
    }
    buffer.put_u8(b']');
}

/// Appends one content block. What the wire has no block for becomes a text that says so.
pub(crate) fn block(buffer: &mut BytesMut, wire: Wire, content: &Content) {
    open_block(buffer, wire, content);
    buffer.put_u8(b'}');
}

/// Appends a block without its closing brace.
fn open_block(buffer: &mut BytesMut, wire: Wire, content: &Content) {
    match content {
        Content::Text(text) => text_block(buffer, text),
        Content::Image { data, mime_type } => media(buffer, "image", data, mime_type),
        Content::Audio { data, mime_type } if wire.audio => media(buffer, "audio", data, mime_type),
        Content::Audio { mime_type, .. } => {
            let note = ["[audio ", mime_type, ", which this protocol version cannot carry]"];
            text_block(buffer, &note.concat());
        }
        Content::Resource { uri, mime_type, contents } => {
            buffer.put_slice(br#"{"type":"resource","resource":"#);
            resource_contents(buffer, uri, mime_type, contents, None);
        }
        Content::Link(link) if wire.structured => resource_link(buffer, link),
        Content::Link(link) => {
            let note = ["[resource ", &link.name, " at ", &link.uri, "]"];
            text_block(buffer, &note.concat());
        }
        Content::Annotated { content, annotations: hints, meta } => {
            open_block(buffer, wire, content);
            annotations(buffer, hints);
            if wire.structured && !meta.is_empty() {
                buffer.put_slice(br#","_meta":"#);
                json(buffer, meta);
            }
        }
    }
}

fn text_block(buffer: &mut BytesMut, text: &str) {
    buffer.put_slice(br#"{"type":"text","text":"#);
    escape::string(buffer, text);
}

fn media(buffer: &mut BytesMut, kind: &str, data: &str, mime_type: &str) {
    buffer.put_slice(br#"{"type":""#);
    buffer.put_slice(kind.as_bytes());
    buffer.put_slice(br#"","data":"#);
    escape::string(buffer, data);
    buffer.put_slice(br#","mimeType":"#);
    escape::string(buffer, mime_type);
}

/// Appends the contents of a resource as an object.
pub(crate) fn resource_contents(
    buffer: &mut BytesMut,
    uri: &str,
    mime_type: &str,
    contents: &ResourceContents,
    meta: Option<&Meta>,
) {
    buffer.put_slice(br#"{"uri":"#);
    escape::string(buffer, uri);
    member(buffer, "mimeType", mime_type);
    let (key, value) = match contents {
        ResourceContents::Text(text) => (br#","text":"#, text),
        ResourceContents::Blob(blob) => (br#","blob":"#, blob),
    };
    buffer.put_slice(key);
    escape::string(buffer, value);
    if let Some(meta) = meta.filter(|meta| !meta.is_empty()) {
        buffer.put_slice(br#","_meta":"#);
        json(buffer, meta);
    }
    buffer.put_u8(b'}');
}

fn resource_link(buffer: &mut BytesMut, link: &ResourceLink) {
    buffer.put_slice(br#"{"type":"resource_link","uri":"#);
    escape::string(buffer, &link.uri);
    buffer.put_slice(br#","name":"#);
    escape::string(buffer, &link.name);
    member(buffer, "title", &link.title);
    member(buffer, "description", &link.description);
    member(buffer, "mimeType", &link.mime_type);
    if let Some(size) = link.size {
        buffer.put_slice(br#","size":"#);
        buffer.put_slice(itoa::Buffer::new().format(size).as_bytes());
    }
}

fn annotations(buffer: &mut BytesMut, hints: &Annotations) {
    let members = annotation_members(hints);
    if !members.is_empty() {
        buffer.put_slice(br#","annotations":"#);
        json(buffer, &members);
    }
}

/// The members of `annotations` of a content block or a resource.
pub(crate) fn annotation_members(hints: &Annotations) -> Meta {
    let mut members = Meta::new();
    if !hints.audience.is_empty() {
        members
            .insert("audience".to_owned(), hints.audience.iter().map(|who| role(*who)).collect());
    }
    if let Some(priority) = hints.priority {
        members.insert("priority".to_owned(), priority.into());
    }
    if !hints.last_modified.is_empty() {
        members.insert("lastModified".to_owned(), hints.last_modified.clone().into());
    }
    members
}

/// The name of a role.
pub(crate) const fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// Appends a member with a text, unless that is empty.
pub(crate) fn member(buffer: &mut BytesMut, key: &str, text: &str) {
    if !text.is_empty() {
        buffer.put_slice(b",\"");
        buffer.put_slice(key.as_bytes());
        buffer.put_slice(b"\":");
        escape::string(buffer, text);
    }
}

/// Appends a value as compact JSON. One that cannot be written, such as a map whose keys are no texts,
/// becomes `null`.
pub(crate) fn json(buffer: &mut BytesMut, value: &impl Serialize) {
    let start = buffer.len();
    if serde_json::to_writer((&mut *buffer).writer(), value).is_err() {
        buffer.truncate(start);
        buffer.put_slice(b"null");
    }
}

/// Appends JSON text on one line: messages are delimited by line ends on stdio. Line ends in JSON
/// text are white space, those in strings being escaped.
pub(crate) fn put_line(buffer: &mut BytesMut, text: &str) {
    if memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        buffer.put_slice(text.as_bytes());
    } else {
        buffer.extend(text.bytes().map(|byte| match byte {
            b'\n' | b'\r' => b' ',
            other => other,
        }));
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use expect_test::{Expect, expect};

    use super::blocks;
    use crate::protocol::Wire;
    use crate::result::{Annotations, Content, ResourceLink, Role};

    const NEWEST: Wire = Wire { stateless: true, structured: true, audio: true };
    const OLDEST: Wire = Wire { stateless: false, structured: false, audio: false };

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes values")]
    fn check(wire: Wire, expected: Expect) {
        let link = ResourceLink {
            uri: "a:b".into(),
            name: "n".into(),
            size: Some(7),
            ..ResourceLink::default()
        };
        let hints = Annotations {
            audience: vec![Role::User],
            priority: Some(0.5),
            ..Annotations::default()
        };
        let content = [
            Content::audio([0], "audio/wav"),
            Content::resource("x:y", "", "\"\n"),
            Content::Link(Box::new(link)),
            Content::text("t").annotated(hints),
        ];
        let mut buffer = BytesMut::new();
        blocks(&mut buffer, wire, &content);
        serde_json::from_slice::<serde_json::Value>(&buffer).expect("blocks are JSON");
        let text = std::str::from_utf8(&buffer).expect("blocks are UTF-8");
        expected.assert_eq(&text.replace("},{", "},\n{"));
    }

    #[test]
    fn blocks_that_a_wire_lacks_become_texts() {
        check(
            NEWEST,
            expect![[r#"
                [{"type":"audio","data":"AA==","mimeType":"audio/wav"},
                {"type":"resource","resource":{"uri":"x:y","text":"\"\n"}},
                {"type":"resource_link","uri":"a:b","name":"n","size":7},
                {"type":"text","text":"t","annotations":{"audience":["user"],"priority":0.5}}]"#]],
        );
        check(
            OLDEST,
            expect![[r#"
                [{"type":"text","text":"[audio audio/wav, which this protocol version cannot carry]"},
                {"type":"resource","resource":{"uri":"x:y","text":"\"\n"}},
                {"type":"text","text":"[resource n at a:b]"},
                {"type":"text","text":"t","annotations":{"audience":["user"],"priority":0.5}}]"#]],
        );
    }
}
