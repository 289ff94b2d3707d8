//! The pipeline as one function, with its gates: problems of a stage are reported together, and
//! the next stage starts only without errors.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::emit::{self, RuntimeDependency};
use crate::files::Files;
use crate::input::openapi::Bundle;
use crate::model::{Declaration, Document, DocumentSettings};
use crate::plan::lock::Lock;
use crate::source::{FileId, SourceMap};
use crate::{input, lower, plan};

/// What to generate.
#[derive(Clone, Debug)]
pub struct Request {
    /// Short name of the server, where the manifest gives none: `bookshop`.
    pub name: String,
    /// The `mcp.toml`.
    pub manifest: Option<FileId>,
    /// The files that the manifest includes, in its order.
    pub included: Vec<FileId>,
    /// The OpenAPI documents, each with the name of its `[openapi.NAME]` table, in the order of
    /// the tables.
    pub documents: Vec<(String, FileId)>,
    /// The overlays, each with the name of the table whose document it changes, in the order in
    /// which they are applied.
    pub overlays: Vec<(String, FileId)>,
    /// The contents of the files that the manifest names besides its documents
    /// ([`Manifest::files`](crate::input::manifest::Manifest::files)), by the paths that it names
    /// them with.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The `mcp.lock`, where there is one.
    pub lock: Option<FileId>,
    /// The command that writes the output again, for the headers of files.
    pub command: String,
    /// Where the crate finds the runtime.
    pub runtime: RuntimeDependency,
}

/// A generated crate.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The files of the crate.
    pub files: Files,
    /// The text of the `mcp.lock` that belongs to them.
    pub lock: String,
    /// What the files were written from.
    pub plan: plan::Crate,
    /// What was left out or read with tolerance.
    pub warnings: Diagnostics,
}

/// A crate that is decided and not written.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The crate.
    pub plan: plan::Crate,
    /// The text of the `mcp.lock` that belongs to it.
    pub lock: String,
    /// What was left out or read with tolerance.
    pub warnings: Diagnostics,
}

/// Generates a crate from texts.
///
/// # Errors
///
/// Gives all problems of the stage that found an error, and the warnings of those before.
pub fn generate(request: &Request, sources: &SourceMap) -> Result<Generated, Diagnostics> {
    let Planned { plan, lock, warnings } = plan_server(request, sources)?;
    let files = emit::emit(&plan, &emit::Options { runtime: request.runtime.clone() });
    Ok(Generated { files, lock, plan, warnings })
}

/// All of [`generate`] but the writing.
///
/// # Errors
///
/// As [`generate`].
pub fn plan_server(request: &Request, sources: &SourceMap) -> Result<Planned, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let lock =
        request.lock.and_then(|file| Lock::parse(sources.text(file), file, &mut diagnostics));
    let declaration = declare(request, sources, &mut diagnostics);
    let mut diagnostics = diagnostics.stop_if_errors()?;
    // A declaration that has nothing is no mistake of mcp.toml, and was said.
    let has_components = declaration.as_ref().is_some_and(|declaration| {
        let mut documents = declaration.documents.iter();
        !declaration.tools.is_empty()
            || !declaration.resources.is_empty()
            || !declaration.prompts.is_empty()
            || documents.any(|document| !document.api.operations.is_empty())
    });
    let planned = declaration
        .and_then(|declaration| plan::plan(&declaration, lock.as_ref(), &mut diagnostics));
    let mut warnings = diagnostics.stop_if_errors()?;
    let Some((mut plan, lock)) = planned else { return Err(warnings) };
    if has_components && plan.is_empty() {
        let message = "nothing becomes a component: mcp.toml leaves all of them out";
        let help = "look at `route_map`, `exclude`, `include_tags` and `exclude_tags`";
        warnings.push(Diagnostic::error(Code::E0211, message).help(help));
        return Err(warnings);
    }
    plan.command.clone_from(&request.command);
    let documents = request.documents.iter().chain(&request.overlays).map(|(_, file)| *file);
    let manifests = request.manifest.into_iter().chain(request.included.iter().copied());
    let inputs = manifests.chain(documents);
    plan.inputs = inputs.map(|file| portable(sources.name(file)).to_owned()).collect();
    Ok(Planned { plan, lock: lock.render(), warnings })
}

/// The name of an input for generated files, which must not tell of the machine that they were
/// made on: only that of the file where its path is absolute.
fn portable(name: &str) -> &str {
    let drive = name.as_bytes().get(1) == Some(&b':');
    let is_absolute = drive || name.starts_with(['/', '\\']);
    if is_absolute { name.rsplit(['/', '\\']).next().unwrap_or(name) } else { name }
}

/// Reads and lowers all inputs. `None` comes with an error.
fn declare(
    request: &Request,
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) -> Option<Declaration> {
    let mut in_manifest = Diagnostics::default();
    let manifest = request
        .manifest
        .map(|file| input::manifest::parse(sources, file, &request.included, &mut in_manifest));
    let server = |name: &str| {
        let tables = manifest.iter().flatten().flat_map(|manifest| &manifest.documents);
        let mut tables = tables.filter(|table| table.name.value == name);
        tables.find_map(|table| Some(table.server.as_ref()?.value.as_str()))
    };
    let mut documents = Vec::new();
    // Kept apart, because the manifest says whether they are errors.
    let mut notes = Vec::new();
    for (name, file) in &request.documents {
        let overlays = request.overlays.iter().filter(|(table, _)| table == name);
        let overlays: Vec<FileId> = overlays.map(|(_, file)| *file).collect();
        let mut syntax = Diagnostics::default();
        let bundle = Bundle::read(sources, *file, &overlays, &mut syntax);
        let mut found = Diagnostics::default();
        for problem in &syntax {
            // Of two values one is left out.
            let is_left_out = problem.code == Code::E0105;
            if is_left_out { &mut found } else { &mut *diagnostics }.push(problem.clone());
        }
        let api = bundle.and_then(|bundle| {
            if input::manifest::fastmcp::is_configuration(bundle.root(), sources.name(*file)) {
                input::manifest::fastmcp::report(bundle.root(), &mut found);
                return None;
            }
            lower::document(name, &bundle, server(name), &mut found)
        });
        if let Some(api) = api {
            let settings = DocumentSettings::default();
            documents.push(Document { name: name.clone(), api, settings });
        }
        notes.push((name, found));
    }
    diagnostics.append(in_manifest);
    let declaration = match &manifest {
        None => {
            Some(Declaration { name: request.name.clone(), documents, ..Declaration::default() })
        }
        Some(manifest) => manifest.as_ref().and_then(|manifest| {
            lower::manifest(&request.name, manifest, documents, &request.files, diagnostics)
        }),
    };
    for (name, found) in notes {
        let documents = declaration.iter().flat_map(|declaration| &declaration.documents);
        let strict = documents
            .filter(|document| document.name == *name)
            .any(|document| document.settings.strict);
        diagnostics.append(if strict { as_errors(&found) } else { found });
    }
    declaration
}

/// The problems of a strict document: what is left out is an error, what is only read with
/// tolerance is none.
fn as_errors(found: &Diagnostics) -> Diagnostics {
    let mut result = Diagnostics::default();
    for problem in found {
        let mut problem = problem.clone();
        if problem.code != Code::E0210 {
            problem.severity = Severity::Error;
        }
        result.push(problem);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn absolute_input_is_called_by_its_file_alone() {
        assert_eq!(portable("/home/somebody/openapi.yaml"), "openapi.yaml");
        assert_eq!(portable("C:\\specs\\openapi.yaml"), "openapi.yaml");
        assert_eq!(portable("specs/shop/openapi.yaml"), "specs/shop/openapi.yaml");
        assert_eq!(portable("../openapi.yaml"), "../openapi.yaml");
    }
}
