//! `gen`: from inputs to crates on disk, or to the difference between the two.

use std::path::{Path, PathBuf};

use super::again::{self, Given, Runtime};
use super::components;
use super::load::{self, Input};
use super::progress::{Progress, is_watched};
use super::runtime_source::{self, Source};
use super::target::Target;
use super::workspace::{self, Workspace, portable, shown};
use super::{Failure, output, render, say, serve};
use crate::diagnostic::Diagnostics;
use crate::emit::{self, RuntimeDependency};
use crate::files::Files;
use crate::source::{FileId, SourceMap};
use crate::{Generated, Request};

/// Arguments of `gen`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// OpenAPI files (.json, .yaml, .yml), mcp.toml files or folders below specs/; none: every
    /// folder of specs/
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The mcp.toml to use instead of the one beside the document
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Name of the server; the name of its folder or file where absent
    #[arg(long)]
    name: Option<String>,
    /// Folder of the crate; generated/NAME-mcp where absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Folder for hand-written code, made once and never changed again; examples/NAME where the
    /// declaration needs one
    #[arg(long, value_name = "DIR")]
    scaffold: Option<PathBuf>,
    /// Version or path of mcpwright that the crate depends on
    #[arg(long, value_name = "VERSION|PATH")]
    runtime: Option<String>,
    /// Fetch what documents refer to over http and https
    #[arg(long)]
    allow_remote_references: bool,
    /// Write nothing; print what would change and fail if something would
    #[arg(long, conflicts_with = "serve")]
    check: bool,
    /// Build and run the server; what follows goes to it, so this comes last
    #[arg(long, num_args = 0.., allow_hyphen_values = true, value_name = "SERVER-FLAGS")]
    serve: Option<Vec<String>>,
}

/// What became of one input, with the files that its diagnostics point into.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) generated: Generated,
    pub(super) sources: SourceMap,
    /// The documents by the names of their tables.
    pub(super) documents: Vec<(String, FileId)>,
    /// The overlays by the names of the tables whose documents they change.
    pub(super) overlays: Vec<(String, FileId)>,
}

/// Generates every input; an input with errors does not keep the others from being written.
///
/// # Errors
///
/// Fails when an input has errors, when `--check` finds a difference, or on wrong usage.
pub(super) fn run(mut arguments: Arguments) -> Result<(), Failure> {
    arguments.take_inputs_after_serve();
    let targets = arguments.targets()?;
    let runtime = runtime_source::runtime(arguments.runtime.as_deref())?;
    let here = std::env::current_dir()
        .map_err(|error| Failure::failed(format!("the current folder is gone: {error}")))?;
    let run = Run { arguments: &arguments, runtime, workspace: Workspace::find(&here), here };
    if let Some(flags) = &arguments.serve {
        return run.serve(&targets, flags);
    }
    let mut failed = false;
    for target in &targets {
        match run.write_or_check(target) {
            Ok(_) => {}
            Err(Failure::Reported) => failed = true,
            Err(Failure::Failed(message)) => {
                eprintln!("error: {message}");
                failed = true;
            }
            Err(usage) => return Err(usage),
        }
    }
    if failed { Err(Failure::Reported) } else { Ok(()) }
}

/// Generates one input without a trace on disk. Its warnings are for the caller to show.
///
/// # Errors
///
/// Fails when the input has errors, which are printed, or is none.
pub(super) fn in_memory(
    input: &Path,
    config: Option<&Path>,
    options: load::Options,
) -> Result<Outcome, Failure> {
    let targets = Target::resolve(input, config, None)?;
    let [target] = targets.as_slice() else {
        return Err(Failure::usage(format!(
            "{} holds {} inputs; name one of them",
            input.display(),
            targets.len()
        )));
    };
    let runtime = RuntimeDependency::Version(env!("CARGO_PKG_VERSION").to_owned());
    let outcome = generate(target, (runtime, plain_command(target)), options, None)?;
    Ok(outcome)
}

impl Arguments {
    /// `gen --serve specs/bookshop` means the input, although clap gives it to the server: a
    /// server takes no arguments of its own before its flags.
    fn take_inputs_after_serve(&mut self) {
        let Some(flags) = &mut self.serve else { return };
        let is_input = |flag: &&String| !flag.starts_with('-') && flag.as_str() != "run";
        let count = flags.iter().take_while(is_input).count();
        self.inputs.extend(flags.drain(..count).map(PathBuf::from));
    }

    fn targets(&self) -> Result<Vec<Target>, Failure> {
        let mut targets = Vec::new();
        if self.inputs.is_empty() {
            if self.config.is_some() {
                return Err(Failure::usage("--config needs an INPUT"));
            }
            let current = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
            targets = Target::all(&current)?;
        }
        for input in &self.inputs {
            targets.extend(Target::resolve(input, self.config.as_deref(), self.name.as_deref())?);
        }
        if targets.len() > 1 {
            for (flag, given) in [
                ("--name", self.name.is_some()),
                ("--out", self.out.is_some()),
                ("--scaffold", self.scaffold.is_some()),
                ("--config", self.config.is_some()),
                ("--serve", self.serve.is_some()),
            ] {
                if given {
                    let names: Vec<&str> =
                        targets.iter().map(|target| target.name.as_str()).collect();
                    return Err(Failure::usage(format!(
                        "{flag} takes one INPUT, and here are {}: {}",
                        targets.len(),
                        names.join(", ")
                    )));
                }
            }
        }
        Ok(targets)
    }
}

/// One run of the command.
struct Run<'r> {
    arguments: &'r Arguments,
    runtime: Source,
    workspace: Option<Workspace>,
    here: PathBuf,
}

impl Run<'_> {
    fn serve(&self, targets: &[Target], flags: &[String]) -> Result<(), Failure> {
        let [target] = targets else {
            return Err(Failure::usage("--serve takes one INPUT"));
        };
        let (outcome, folder) = self.write_or_check(target)?;
        serve::run(&outcome, &target.name, &folder, flags)
    }

    /// Writes a crate, or compares it; gives what was generated and the folder of the crate that
    /// has the program.
    fn write_or_check(&self, target: &Target) -> Result<(Outcome, PathBuf), Failure> {
        let out = self.out(target);
        let progress = Progress::new(format!("generating {}", target.name));
        let dependency = self.dependency(&out);
        let options = load::Options { remote: self.arguments.allow_remote_references };
        let command = self.portable_command(target, &out);
        let outcome = generate(target, (dependency, command), options, Some(&progress))?;
        let warnings = &outcome.generated.warnings;
        progress.suspend(|| print_problems(warnings, &outcome.sources));
        if self.arguments.check {
            drop(progress);
            self.check(target, &outcome, &out)?;
            return Ok((outcome, out));
        }
        progress.step(format!("writing {}", target.name));
        let written = write(target, &outcome, &out);
        drop(progress);
        let written = written?;
        self.report(target, &outcome.generated, &out, &written)?;
        let runnable = self.scaffold(target, &outcome.generated, &out)?;
        Ok((outcome, runnable))
    }

    fn root(&self) -> &Path {
        self.workspace.as_ref().map_or(&self.here, |workspace| &workspace.root)
    }

    fn out(&self, target: &Target) -> PathBuf {
        let default = || self.root().join("generated").join(format!("{}-mcp", target.name));
        self.arguments.out.clone().unwrap_or_else(default)
    }

    fn dependency(&self, out: &Path) -> RuntimeDependency {
        match &self.runtime {
            Source::Version(version) => RuntimeDependency::Version(version.clone()),
            Source::Path(path) => RuntimeDependency::Path(
                workspace::relative_path(out, path).unwrap_or_else(|| workspace::slashed(path)),
            ),
        }
    }

    fn check(&self, target: &Target, outcome: &Outcome, out: &Path) -> Result<(), Failure> {
        let generated = &outcome.generated;
        let on_disk = on_disk(outcome, out)?;
        let mut diff = generated.files.render_diff(&on_disk, &shown(out));
        let lock_path = target.lock_path();
        let lock_name = lock_path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let lock_folder = shown(lock_path.parent().unwrap_or_else(|| Path::new("")));
        let one = |text: String| Files::from_iter([(lock_name.clone(), text)]);
        let lock = std::fs::read_to_string(&lock_path).map_or_else(|_| Files::default(), one);
        diff.push_str(&one(generated.lock.clone()).render_diff(&lock, &lock_folder));
        if diff.is_empty() {
            return say(&format!("{}: {} is up to date\n", target.name, shown(out)));
        }
        say(&diff)?;
        eprintln!(
            "error: {} is not what the generator writes; run: {}",
            shown(out),
            self.command(target)
        );
        Err(Failure::Reported)
    }

    /// The command that generates this target again: it makes `--check` pass.
    fn command(&self, target: &Target) -> String {
        again::command(target, self.given(), shown)
    }

    /// The same for the files of the crate, with the paths seen from its workspace.
    fn portable_command(&self, target: &Target, out: &Path) -> String {
        let root = Workspace::find(out).map_or_else(|| out.to_owned(), |workspace| workspace.root);
        again::command(target, self.given(), |path| portable(path, &root))
    }

    fn given(&self) -> Given<'_> {
        let text = self.arguments.runtime.as_deref();
        let runtime = text.map(|text| match &self.runtime {
            Source::Version(_) => Runtime::Version(text),
            Source::Path(path) => Runtime::Path(path),
        });
        Given {
            config: self.arguments.config.as_deref(),
            out: self.arguments.out.as_deref(),
            name: self.arguments.name.as_deref(),
            runtime,
            remote: self.arguments.allow_remote_references,
        }
    }

    fn report(
        &self,
        target: &Target,
        generated: &Generated,
        out: &Path,
        written: &Written,
    ) -> Result<(), Failure> {
        say(&format!(
            "{}: {} in {}, {}\n",
            target.name,
            components::counts(&components::rows(&generated.plan)),
            shown(out),
            match (written.files, written.is_new) {
                (0, _) => "nothing changed".to_owned(),
                (count, true) => format!("{count} files written"),
                (1, false) => "1 file changed".to_owned(),
                (count, false) => format!("{count} files changed"),
            }
        ))?;
        self.say_missing_member(out);
        // A hint for a person; in a log it would be noise.
        if written.is_new && self.arguments.serve.is_none() && is_watched() {
            eprintln!("note: try it with: {} --serve", self.command(target));
        }
        Ok(())
    }

    fn say_missing_member(&self, folder: &Path) {
        let around = Workspace::find(folder);
        let missing = around.as_ref().and_then(|workspace| workspace.missing_member(folder));
        if let (Some(workspace), Some(member)) = (around, missing) {
            eprintln!(
                "note: cargo does not see this crate yet; add \"{member}\" to `members` in {}",
                shown(&workspace.root.join("Cargo.toml"))
            );
        }
    }

    /// Makes the crate for hand-written code where one is needed or wanted and not there yet;
    /// gives the folder of the crate that has the program.
    fn scaffold(
        &self,
        target: &Target,
        generated: &Generated,
        out: &Path,
    ) -> Result<PathBuf, Failure> {
        let wanted = self.arguments.scaffold.clone();
        let folder = match wanted {
            Some(folder) => folder,
            None if generated.plan.has_handlers() => {
                self.root().join("examples").join(&target.name)
            }
            None => return Ok(out.to_owned()),
        };
        if folder.join("Cargo.toml").exists() {
            return Ok(folder);
        }
        // Somebody who keeps the handlers elsewhere needs no second place for them.
        let elsewhere = self.workspace.as_ref().filter(|_| self.arguments.scaffold.is_none());
        let package = &generated.plan.package;
        if let Some(program) = elsewhere.and_then(|workspace| workspace.program_using(package)) {
            return Ok(program);
        }
        let runtime = self.dependency(&folder);
        let generated_path =
            workspace::relative_path(&folder, out).unwrap_or_else(|| workspace::slashed(out));
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let options = emit::ScaffoldOptions { name, generated: generated_path, runtime };
        let files = emit::scaffold(&generated.plan, &options);
        // Without a Cargo.toml this is no crate yet, but what lies here is somebody's work.
        if let Some((path, _)) = files.iter().find(|(path, _)| folder.join(path).exists()) {
            return Err(Failure::failed(format!(
                "{} has {path} but no Cargo.toml, and hand-written code is never overwritten; \
                 move the file away, add a Cargo.toml, or name another folder with --scaffold",
                shown(&folder)
            )));
        }
        for (path, text) in files.texts() {
            write_file(&folder.join(path), text)?;
        }
        say(&format!("{}: write your code in {}\n", target.name, shown(&folder.join("src"))))?;
        self.say_missing_member(&folder);
        Ok(folder)
    }
}

/// What a run did to the folder of a crate.
struct Written {
    /// Files that are other than before.
    files: usize,
    /// Whether there was no crate before.
    is_new: bool,
}

/// Puts the lock and the crate on disk.
fn write(target: &Target, outcome: &Outcome, out: &Path) -> Result<Written, Failure> {
    let Generated { files, lock, .. } = &outcome.generated;
    let reported = |problems: Diagnostics| {
        print_problems(&problems, &outcome.sources);
        Failure::Reported
    };
    output::recover(out).map_err(reported)?;
    let before = on_disk(outcome, out)?;
    // The lock comes first: a crate without its lock would get other names the next time. Where
    // the crate is then not written, the lock is as it was, since nothing has its names.
    let lock_path = target.lock_path();
    let lock_before = std::fs::read_to_string(&lock_path).ok();
    write_file(&lock_path, lock)?;
    if before == *files {
        return Ok(Written { files: 0, is_new: false });
    }
    if let Err(problems) = output::replace(out, files) {
        match lock_before {
            Some(text) => write_file(&lock_path, &text)?,
            // What cannot be removed is reported as what it is by the next run.
            None => drop(std::fs::remove_file(&lock_path)),
        }
        return Err(reported(problems));
    }
    let changes = files.changes(&before);
    Ok(Written {
        files: changes.added.len() + changes.changed.len() + changes.removed.len(),
        is_new: before.iter().next().is_none(),
    })
}

fn on_disk(outcome: &Outcome, out: &Path) -> Result<Files, Failure> {
    let read = output::read(out).map_err(|problems| {
        print_problems(&problems, &outcome.sources);
        Failure::Reported
    })?;
    Ok(read.unwrap_or_default())
}

/// Writes a file in one step, and leaves one alone that has this text already.
fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    if std::fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&beside, text))
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| {
        // What cannot be written is most often not there to be removed either.
        let _removed = std::fs::remove_file(&beside);
        Failure::failed(format!("cannot write {}: {error}", shown(path)))
    })
}

fn print_problems(problems: &Diagnostics, sources: &SourceMap) {
    let color = is_watched() && std::env::var_os("NO_COLOR").is_none();
    let look = render::Look { color, ..render::Look::default() };
    eprint!("{}", render::render(problems, sources, &look));
}

/// Generates one input in memory; the text of an error is what `gen` would print.
///
/// # Errors
///
/// Fails when the input has errors, or is none.
pub(super) fn quietly(input: &Path, runtime: RuntimeDependency) -> Result<Outcome, String> {
    let targets = Target::resolve(input, None, None).map_err(Failure::into_message)?;
    let [target] = targets.as_slice() else {
        return Err(format!("{} holds {} inputs", input.display(), targets.len()));
    };
    let made = (runtime, plain_command(target));
    run_pipeline(target, made, load::Options::default()).map_err(|(problems, sources)| {
        render::render(&problems, &sources, &render::Look::default())
    })
}

/// The command for a target alone, as this folder sees it.
fn plain_command(target: &Target) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let root = Workspace::find(&here).map_or(here, |workspace| workspace.root);
    again::command(target, Given::default(), |path| portable(path, &root))
}

/// Reads a target and runs the pipeline. Errors are printed here, with the warnings beside them.
fn generate(
    target: &Target,
    made: (RuntimeDependency, String),
    options: load::Options,
    progress: Option<&Progress>,
) -> Result<Outcome, Failure> {
    run_pipeline(target, made, options).map_err(|(problems, sources)| {
        match progress {
            Some(progress) => progress.suspend(|| print_problems(&problems, &sources)),
            None => print_problems(&problems, &sources),
        }
        Failure::Failed(format!("{} is not generated", target.name))
    })
}

/// Reads a target and runs the pipeline; problems come with the files that they point into.
fn run_pipeline(
    target: &Target,
    (runtime, command): (RuntimeDependency, String),
    options: load::Options,
) -> Result<Outcome, (Diagnostics, SourceMap)> {
    let Input {
        sources, manifest, included, documents, overlays, files, lock, diagnostics, ..
    } = load::load(target, options);
    let request = Request {
        name: target.name.clone(),
        manifest,
        included,
        documents: documents.clone(),
        overlays: overlays.clone(),
        files,
        lock,
        command,
        runtime,
    };
    let result = diagnostics.stop_if_errors().and_then(|_| crate::generate(&request, &sources));
    match result {
        Ok(generated) => Ok(Outcome { generated, sources, documents, overlays }),
        Err(problems) => Err((problems, sources)),
    }
}
