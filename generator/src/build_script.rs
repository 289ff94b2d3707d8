//! Generation from a `build.rs`: the modules of a server below `OUT_DIR`, included by the crate.
//!
//! Touches files, the environment and standard output, as build scripts do, and no network. What
//! a server is made of stays with [`crate::plan_server`] and [`crate::emit`].

#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads what cargo sets and writes below OUT_DIR"
)]
#![expect(clippy::print_stdout, reason = "a build script talks to cargo on standard output")]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::load::{self, Input};
use crate::cli::render::{Look, render};
use crate::diagnostic::Diagnostic;
use crate::emit::{self, RuntimeDependency};
use crate::files::Files;
use crate::source::SourceMap;
use crate::{Planned, Request};

/// Warnings that cargo shows, so that a large document does not bury everything else.
const MOST_WARNINGS: usize = 20;

/// A server to generate while a crate is built.
///
/// In `build.rs`, with `mcpwright-generator` among the build dependencies:
///
/// ```no_run
/// mcpwright_generator::build_script::Build::new("mcp.toml").emit();
/// ```
///
/// and in the crate, which depends on `mcpwright` (with its feature `upstream` for a server made
/// from an OpenAPI document):
///
/// ```ignore
/// mod bookshop {
///     include!(concat!(env!("OUT_DIR"), "/mcp/server.rs"));
/// }
/// ```
///
/// The folder is called like the input file; [`Build::folder`] gives another name.
#[derive(Clone, Debug)]
pub struct Build {
    input: PathBuf,
    folder: Option<String>,
}

impl Build {
    /// A server from this mcp.toml or OpenAPI document. Its path is relative to the package.
    pub fn new(input: impl Into<PathBuf>) -> Self {
        Self { input: input.into(), folder: None }
    }

    /// The name of the folder below `OUT_DIR`, for packages with several servers.
    #[must_use]
    pub fn folder(mut self, name: impl Into<String>) -> Self {
        self.folder = Some(name.into());
        self
    }

    /// Generates the server, and tells cargo which files it was made from.
    ///
    /// Files that are up to date are not touched. Where there are errors it prints them and ends
    /// the build script with exit code 1.
    pub fn emit(self) {
        let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let (Some(package), Some(out)) = (variable("CARGO_MANIFEST_DIR"), variable("OUT_DIR"))
        else {
            eprintln!("error: this runs in build scripts only: cargo sets OUT_DIR for them");
            std::process::exit(1);
        };
        let name = std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "server".to_owned());
        let report = self.run(&name, &package, &out);
        for line in &report.cargo {
            println!("{line}");
        }
        if let Some(errors) = report.errors {
            eprintln!("{errors}");
            std::process::exit(1);
        }
    }

    /// Generates into `out`; the path of the input is relative to `package`.
    fn run(&self, name: &str, package: &Path, out: &Path) -> Report {
        let mut report = Report::default();
        let input = match load::load_file(&package.join(&self.input)) {
            Ok(input) => input,
            Err(message) => {
                report.errors = Some(format!("error: {message}"));
                return report;
            }
        };
        let Input {
            sources,
            manifest,
            included,
            documents,
            overlays,
            files,
            lock,
            paths,
            diagnostics,
        } = input;
        for path in &paths {
            report.cargo.push(format!("cargo::rerun-if-changed={}", path.display()));
        }
        let request = Request {
            name: name.to_owned(),
            manifest,
            included,
            documents,
            overlays,
            files,
            lock,
            command: "cargo build".to_owned(),
            runtime: RuntimeDependency::Version(env!("CARGO_PKG_VERSION").to_owned()),
        };
        let planned =
            diagnostics.stop_if_errors().and_then(|_| crate::plan_server(&request, &sources));
        let planned = match planned {
            Ok(planned) => planned,
            Err(problems) => {
                report.errors = Some(render(&problems, &sources, &Look::default()));
                return report;
            }
        };
        report.cargo.extend(warning_lines(&planned, &sources));
        let folder = out.join(self.folder_name());
        if let Err(error) = write(&emit::emit_build(&planned.plan), &folder) {
            report.errors = Some(format!("error: cannot write {}: {error}", folder.display()));
        }
        report
    }

    /// The folder below `OUT_DIR`: as it was given, else called like the input.
    fn folder_name(&self) -> String {
        let stem = || self.input.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        self.folder.clone().or_else(stem).unwrap_or_else(|| "mcp".to_owned())
    }
}

/// What a run has to say.
#[derive(Debug, Default)]
struct Report {
    /// Lines for cargo.
    cargo: Vec<String>,
    /// Why nothing was generated.
    errors: Option<String>,
}

/// A problem in one line: code, message and place.
fn line(problem: &Diagnostic, sources: &SourceMap) -> String {
    let place = problem.primary.as_ref().map(|label| {
        let (line, column) = sources.position(label.span);
        format!(" ({}:{line}:{column})", sources.name(label.span.file))
    });
    let message = problem.message.replace(['\n', '\r'], " ");
    format!("[{}]: {message}{}", problem.code.as_str(), place.unwrap_or_default())
}

fn warning_lines(planned: &Planned, sources: &SourceMap) -> Vec<String> {
    let mut lines: Vec<_> = planned
        .warnings
        .iter()
        .take(MOST_WARNINGS)
        .map(|warning| format!("cargo::warning={}", line(warning, sources)))
        .collect();
    let more = planned.warnings.len().saturating_sub(MOST_WARNINGS);
    if more > 0 {
        lines.push(format!(
            "cargo::warning=… and {more} more; `inspect` of the generator lists all"
        ));
    }
    lines
}

/// Makes `folder` hold these files and no others, without touching those that are up to date.
fn write(files: &Files, folder: &Path) -> io::Result<()> {
    let mut wanted = BTreeSet::new();
    for (path, text) in files.iter() {
        let path = folder.join(path);
        if fs::read(&path).ok().as_deref() != Some(text) {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, text)?;
        }
        wanted.insert(path);
    }
    remove_others(folder, &wanted)
}

fn remove_others(folder: &Path, wanted: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, wanted)?;
        } else if !wanted.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(texts: &[(&str, &str)]) -> Files {
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn unchanged_files_are_not_touched_and_stale_ones_go() {
        let out = tempfile::tempdir().expect("a temporary folder");
        let folder = out.path().join("mcp");
        let old = files(&[("server.rs", "1"), ("tools/a.rs", "2"), ("tools/b.rs", "3")]);
        write(&old, &folder).expect("files");
        let written = |name: &str| {
            fs::metadata(folder.join(name)).and_then(|found| found.modified()).expect("a time")
        };
        // Read-only: writing it again would fail.
        let server = folder.join("server.rs");
        let mut permissions = fs::metadata(&server).expect("a file").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&server, permissions).expect("permissions");
        let before = written("server.rs");
        write(&files(&[("server.rs", "1"), ("tools/b.rs", "4")]), &folder).expect("files");
        assert_eq!(written("server.rs"), before);
        assert!(!folder.join("tools/a.rs").exists());
        assert_eq!(fs::read_to_string(folder.join("tools/b.rs")).expect("a file"), "4");
    }

    #[test]
    fn missing_input_is_an_error_of_the_build() {
        let package = tempfile::tempdir().expect("a temporary folder");
        let out = tempfile::tempdir().expect("a temporary folder");
        let report = Build::new("none.toml").run("shop", package.path(), out.path());
        assert!(report.errors.is_some_and(|text| text.contains("none.toml")));
        assert_eq!(fs::read_dir(out.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn broken_input_is_shown_and_watched() {
        let package = tempfile::tempdir().expect("a temporary folder");
        let out = tempfile::tempdir().expect("a temporary folder");
        fs::write(package.path().join("openapi.json"), "{\"openapi\": ").expect("a file");
        let report = Build::new("openapi.json").run("shop", package.path(), out.path());
        assert!(report.errors.is_some_and(|text| text.contains("error[E0102]")));
        assert!(report.cargo.iter().any(|line| {
            line.starts_with("cargo::rerun-if-changed=") && line.ends_with("openapi.json")
        }));
        assert_eq!(fs::read_dir(out.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn folders_of_patterns_are_watched_also_where_nothing_matches() {
        let package = tempfile::tempdir().expect("a temporary folder");
        let out = tempfile::tempdir().expect("a temporary folder");
        fs::write(package.path().join("mcp.toml"), "include = [\"parts/*/a.toml\"]")
            .expect("a file");
        let report = Build::new("mcp.toml").run("shop", package.path(), out.path());
        assert!(report.errors.is_some_and(|text| text.contains("no file matches")));
        let watched = |line: &String| line.ends_with("parts");
        assert!(report.cargo.iter().any(watched), "{:?}", report.cargo);
    }

    #[test]
    fn folder_is_called_like_the_input() {
        assert_eq!(Build::new("specs/mcp.toml").folder_name(), "mcp");
        assert_eq!(Build::new("openapi.yaml").folder("shop").folder_name(), "shop");
    }
}
