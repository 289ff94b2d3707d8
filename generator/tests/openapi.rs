//! Real OpenAPI documents through the reader and into the model.
//!
//! The documents belong to their vendors and are no part of this repository: they are looked up in
//! a folder `shared/specs` above it, and the tests say so where there is none.

#[path = "openapi/corpus.rs"]
mod corpus;
#[path = "openapi/oracle.rs"]
mod oracle;

use std::path::{Path, PathBuf};

use mcpwright_generator::diagnostic::Diagnostics;
use mcpwright_generator::input::openapi::Bundle;
use mcpwright_generator::lower;
use mcpwright_generator::model::Api;
use mcpwright_generator::source::{FileId, SourceMap};

/// The folder of the documents, if there is one above this package.
fn specs() -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = package.ancestors().map(|folder| folder.join("shared/specs")).find(|p| p.is_dir());
    if found.is_none() {
        eprintln!("skipped: no folder shared/specs above {}", package.display());
    }
    found
}

/// A document of the folder.
struct Text {
    sources: SourceMap,
    file: FileId,
}

impl Text {
    fn read(folder: &Path, name: &str) -> Self {
        let text = std::fs::read_to_string(folder.join(name)).expect("the document can be read");
        let mut sources = SourceMap::default();
        let file = sources.add(name, text);
        Self { sources, file }
    }

    fn bundle(&self, diagnostics: &mut Diagnostics) -> Bundle<'_> {
        let bundle = Bundle::read(&self.sources, self.file, &[], diagnostics);
        bundle.expect("the document has a tree")
    }

    fn lower(bundle: &Bundle<'_>, diagnostics: &mut Diagnostics) -> Option<Api> {
        lower::document("api", bundle, None, diagnostics)
    }
}
