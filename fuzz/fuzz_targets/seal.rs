//! Bytes as a sealed state that a client brings back, and as the arguments beside it.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    let (state, arguments) = text.split_once('\n').unwrap_or((text, ""));
    mcpwright::fuzzing::seal(state, arguments);
    Corpus::Keep
});
