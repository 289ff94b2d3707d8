//! Bytes as a document or a declaration: the whole generator, without a disk.
//!
//! The first byte chooses the format.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use mcpwright_generator::emit::RuntimeDependency;
use mcpwright_generator::source::SourceMap;
use mcpwright_generator::{Request, generate};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((format, rest)) = bytes.split_first() else { return Corpus::Reject };
    let Ok(text) = std::str::from_utf8(rest) else { return Corpus::Reject };
    let name = ["openapi.json", "openapi.yaml", "mcp.toml"][usize::from(format % 3)];
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let is_manifest = name == "mcp.toml";
    let request = Request {
        name: "fuzzed".to_owned(),
        manifest: is_manifest.then_some(file),
        included: Vec::new(),
        documents: if is_manifest { Vec::new() } else { vec![("fuzzed".to_owned(), file)] },
        overlays: Vec::new(),
        files: std::collections::BTreeMap::new(),
        lock: None,
        command: String::new(),
        runtime: RuntimeDependency::Version("0.1.0".to_owned()),
    };
    if let Err(problems) = generate(&request, &sources) {
        assert!(problems.has_errors(), "refused without a reason");
        for problem in &problems {
            if let Some(label) = &problem.primary {
                let _ = sources.position(label.span);
            }
        }
    }
    Corpus::Keep
});
