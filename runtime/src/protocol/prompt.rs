//! `prompts/get`: the result, on either wire.

use bytes::{BufMut, BytesMut};

use crate::protocol::{Wire, content, escape, response};
use crate::result::PromptResult;

/// Appends the response to a request for a prompt; `description` is the declared one.
pub(crate) fn encode_result(
    buffer: &mut BytesMut,
    wire: Wire,
    id: &[u8],
    description: &str,
    result: &PromptResult,
    info: &str,
) {
    response::open(buffer, id, wire);
    buffer.put_slice(br#""messages":["#);
    for (index, message) in result.messages.iter().enumerate() {
        buffer.put_slice(if index > 0 { br#",{"role":"# } else { br#"{"role":"#.as_slice() });
        escape::string(buffer, content::role(message.role));
        buffer.put_slice(br#","content":"#);
        content::block(buffer, wire, &message.content);
        buffer.put_u8(b'}');
    }
    buffer.put_u8(b']');
    let own = result.description.as_str();
    content::member(buffer, "description", if own.is_empty() { description } else { own });
    response::meta(buffer, wire, info, &result.meta, None);
    buffer.put_slice(b"}}");
}
