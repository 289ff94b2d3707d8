//! Doors for the fuzz targets, to what is private. Each panics where a promise does not hold.

use serde_json::value::RawValue;

use crate::lifecycle::decision::Mirror;
use crate::lifecycle::stateless::mirror;
use crate::lifecycle::stateless::seal::Seal;
use crate::lifecycle::stateless::state::{State, binding};

/// A header and the argument that it mirrors: what is encoded decodes, and agrees with itself.
pub fn header(value: &[u8], argument: &str) {
    let _ = mirror::decode(value);
    let header = mirror::encode(argument);
    assert_eq!(mirror::decode(header.as_bytes()).as_deref(), Some(argument.as_bytes()));
    let quoted = serde_json::value::to_raw_value(argument).expect("a string is JSON");
    let own = Mirror::Once(header.as_bytes());
    assert!(mirror::check_param("Mcp-Param-X", own, Some(&quoted)).is_ok());
    let raw: Option<&RawValue> = serde_json::from_str(argument).ok();
    for value in [Mirror::Absent, Mirror::Once(value), Mirror::Repeated] {
        let _ = mirror::check_param("Mcp-Param-X", value, raw);
    }
}

/// A text as `requestState`, and arguments that it would be bound to: no text opens that was not
/// sealed, and what was sealed opens.
pub fn seal(text: &str, arguments: &str) {
    let seal = Seal::from_secrets(&[&[1; 32], &[2; 32]]).expect("the secrets are long enough");
    let raw: Option<&RawValue> = serde_json::from_str(arguments).ok();
    let binding = binding("server", "tools/call", "tool", raw, None);
    assert!(State::open(&seal, text, &binding, 0).is_err());
    let sealed = seal.seal(text.as_bytes(), &binding).expect("the system has randomness");
    assert_eq!(seal.open(&sealed, &binding).as_deref(), Some(text.as_bytes()));
    assert!(
        Seal::ephemeral().expect("the system has randomness").open(&sealed, &binding).is_none()
    );
    let state = State { expires: 1, ..State::default() };
    let sealed = state.seal(&seal, &binding).expect("a state is JSON");
    assert!(State::open(&seal, &sealed, &binding, 0).is_ok());
    assert!(State::open(&seal, &sealed, &binding, 1).is_err());
}
