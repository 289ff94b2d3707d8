//! `cargo xtask corpus`, as a program of its own: xtask stays free of the runtime.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use corpus::crates::Workspace;
use corpus::documents::{self, Document};
use corpus::generation::{self, Outcome};
use corpus::report::{self, Row};
use corpus::upstream::Recorder;
use corpus::{agreement, described, golden};
use mcpwright_generator::emit::RuntimeDependency;

/// Differences of one document that are shown.
const SHOWN: usize = 20;

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask corpus",
    about = "Generate real documents and compare their requests"
)]
struct CommandLine {
    /// A folder of OpenAPI documents
    folder: PathBuf,
    /// Compile all generated crates; a warning is a failure
    #[arg(long)]
    check_crates: bool,
    /// A folder of recorded calls, PATH/DOCUMENT.jsonl or DOCUMENT.jsonl for each document
    #[arg(long, value_name = "DIR")]
    golden: Option<PathBuf>,
    /// Compare the checks of all arguments with their listed schemas
    #[arg(long)]
    agreement: bool,
    /// Documents whose name contains this only
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Write every unclassified difference to this file
    #[arg(long, value_name = "FILE")]
    differences: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&CommandLine::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the table is the result of the command")]
async fn run(arguments: &CommandLine) -> Result<bool> {
    let recorder = Recorder::start().await?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let mut workspace = if arguments.check_crates { Some(Workspace::new(&root)?) } else { None };
    let mut rows = Vec::new();
    let mut differences = String::new();
    for document in documents::find(&arguments.folder)? {
        if arguments.only.as_ref().is_some_and(|only| !document.name.contains(only.as_str())) {
            continue;
        }
        eprintln!("{}", document.name);
        let row = one(&document, arguments, &recorder, workspace.as_mut()).await?;
        let unclassified = row.replay.iter().flat_map(|replay| &replay.unclassified);
        for (number, difference) in unclassified.enumerate() {
            if number < SHOWN && arguments.differences.is_none() {
                eprintln!("{}: unclassified: {difference}", document.name);
            }
            differences.push_str(&format!("{}: {difference}\n", document.name));
        }
        rows.push(row);
    }
    if let Some(file) = &arguments.differences {
        std::fs::write(file, differences)?;
    }
    print!("{}", report::render(&rows));
    let mut succeeded = !rows.is_empty() && rows.iter().all(|row| row.failures.is_empty());
    if let Some(workspace) = &workspace
        && let Err(error) = workspace.check()
    {
        eprintln!("error: {error:#}");
        succeeded = false;
    }
    Ok(succeeded)
}

async fn one(
    document: &Document,
    arguments: &CommandLine,
    recorder: &Recorder,
    workspace: Option<&mut Workspace>,
) -> Result<Row> {
    let described = described::operations(&document.path);
    let is_empty = described.as_ref().is_some_and(BTreeMap::is_empty);
    let described = described.unwrap_or_default();
    let mut row =
        Row { name: document.name.clone(), operations: described.len(), ..Row::default() };
    let runtime = workspace.as_ref().map_or_else(
        || RuntimeDependency::Version(env!("CARGO_PKG_VERSION").to_owned()),
        |workspace| RuntimeDependency::Path(workspace.runtime()),
    );
    let (outcome, time) = generation::generate(document, runtime);
    row.time = time;
    let generated = match outcome {
        Outcome::Generated(generated) => generated,
        // A document without operations has nothing to become, and says so.
        Outcome::Refused(_) if is_empty => return Ok(row),
        Outcome::Refused(problems) => {
            row.failures.push(format!("refused:\n{problems}"));
            return Ok(row);
        }
        Outcome::Panicked(message) => {
            row.failures.push(format!("the generator panicked: {message}"));
            return Ok(row);
        }
    };
    row.measure(&described, &generated);
    if arguments.agreement {
        let agreement = agreement::compare(&generated.plan, 1);
        eprintln!(
            "{}: {} schemas, {} values allowed, {} refused, {} disagreements",
            row.name,
            agreement.schemas,
            agreement.allowed,
            agreement.refused,
            agreement.disagreements.len()
        );
        for disagreement in agreement.disagreements.iter().take(SHOWN) {
            eprintln!("  {disagreement}");
        }
        if !agreement.disagreements.is_empty() {
            let count = agreement.disagreements.len();
            row.failures.push(format!("{count} values on which check and schema disagree"));
        }
    }
    if let Some(workspace) = workspace {
        workspace.add(&generated.plan.package, &generated.plan.library, &generated.files)?;
    }
    let recording = arguments.golden.as_ref().and_then(|folder| document.recording(folder));
    if let Some(recording) = recording {
        eprintln!("{}: replaying {}", row.name, recording.display());
        let replay = golden::replay(&generated.plan, &described, &recording, recorder).await?;
        if !replay.unclassified.is_empty() {
            let count = replay.unclassified.len();
            row.failures.push(format!("{count} requests differ and no rule says why"));
        }
        row.replay = Some(replay);
    }
    Ok(row)
}
