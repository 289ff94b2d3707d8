//! Bytes as a header and as the argument that it mirrors, a line each.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let value = lines.next().unwrap_or_default();
    let argument = String::from_utf8_lossy(lines.next().unwrap_or_default());
    mcpwright::fuzzing::header(value, &argument);
});
