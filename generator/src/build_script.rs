//! Generation from a `build.rs`: the modules of a server below `OUT_DIR`, included by the crate.
//!
//! Touches files, the environment and standard output, as build scripts do, and no network. What
//! a server is made of stays with [`crate::plan()`] and [`crate::emit`].

#![expect(clippy::print_stdout, reason = "a build script talks to cargo on standard output")]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::emit::{self, Files};
use crate::source::{FileId, SourceMap};
use crate::{Planned, Request};

/// Largest input file, in bytes.
const LARGEST: u64 = 64 << 20;

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

    /// Generates into `out`; paths of inputs are relative to `package`.
    fn run(&self, name: &str, package: &Path, out: &Path) -> Report {
        let mut inputs = Inputs { package, ..Inputs::new(package) };
        let loaded = inputs.load(name, &self.input);
        let mut report = Report::default();
        for path in &inputs.paths {
            report.cargo.push(format!("cargo::rerun-if-changed={}", path.display()));
        }
        let planned = inputs
            .diagnostics
            .stop_if_errors()
            .and_then(|_| loaded.ok_or_else(Diagnostics::default))
            .and_then(|request| crate::plan(&request, &inputs.sources));
        let planned = match planned {
            Ok(planned) => planned,
            Err(problems) => {
                report.errors = Some(error_text(&problems, &inputs.sources));
                return report;
            }
        };
        report.cargo.extend(warning_lines(&planned, &inputs.sources));
        let stem = self.input.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let folder = self.folder.clone().or(stem).unwrap_or_else(|| "mcp".to_owned());
        let folder = out.join(folder);
        if let Err(error) = write(&emit::emit_build(&planned.plan), &folder) {
            report.errors = Some(format!("error: cannot write {}: {error}", folder.display()));
        }
        report
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

/// The files that the server is made from.
struct Inputs<'p> {
    package: &'p Path,
    sources: SourceMap,
    /// All files that were read, or looked for in vain.
    paths: Vec<PathBuf>,
    diagnostics: Diagnostics,
}

impl<'p> Inputs<'p> {
    fn new(package: &'p Path) -> Self {
        Self {
            package,
            sources: SourceMap::default(),
            paths: Vec::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// Reads a manifest and what it names, or a document, and the lock beside it.
    fn load(&mut self, name: &str, input: &Path) -> Option<Request> {
        let file = self.read(input)?;
        let mut request = Request {
            name: name.to_owned(),
            manifest: None,
            documents: Vec::new(),
            lock: None,
            command: "cargo build".to_owned(),
        };
        let folder = input.parent().unwrap_or_else(|| Path::new(""));
        if input.extension().is_some_and(|extension| extension == "toml") {
            request.manifest = Some(file);
            for (table, spec) in crate::documents_of(self.sources.text(file)) {
                if let Some(document) = self.read(&folder.join(spec)) {
                    request.documents.push((table, document));
                }
            }
        } else {
            request.documents.push((name.to_owned(), file));
        }
        let lock = folder.join("mcp.lock");
        if self.package.join(&lock).exists() {
            request.lock = self.read(&lock);
        }
        Some(request)
    }

    fn read(&mut self, path: &Path) -> Option<FileId> {
        self.paths.push(path.to_owned());
        match read_text(&self.package.join(path)) {
            Ok(text) => Some(self.sources.add(path.display().to_string(), text)),
            Err(error) => {
                let message = format!("cannot read {}: {error}", path.display());
                let help = "the path is relative to the folder of Cargo.toml, those in mcp.toml \
                            to its own folder";
                self.diagnostics.push(Diagnostic::error(Code::E0101, message).help(help));
                None
            }
        }
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    let length = fs::metadata(path)?.len();
    if length > LARGEST {
        return Err(io::Error::other(format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    fs::read_to_string(path)
}

fn error_text(problems: &Diagnostics, sources: &SourceMap) -> String {
    let mut text = String::new();
    for problem in problems {
        let severity = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        text.push_str(&format!("{severity}{}\n", line(problem, sources)));
        if let Some(help) = &problem.help {
            text.push_str(&format!("  help: {help}\n"));
        }
    }
    text
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
        lines.push(format!("cargo::warning=… and {more} more; `inspect` of the generator lists all"));
    }
    lines
}

/// Makes `folder` hold these files and no others, without touching those that are up to date.
fn write(files: &Files, folder: &Path) -> io::Result<()> {
    let mut wanted = BTreeSet::new();
    for (path, text) in files.iter() {
        let path = folder.join(path);
        if fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
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
