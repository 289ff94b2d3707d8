//! Inputs that are refused, read with tolerance, or accepted although they look hostile: one folder
//! each under `cases/`, with what the user sees in `expected.txt`.
//!
//! A folder is generated as the command line would do it, in a process of its own. Run with
//! `UPDATE_EXPECT=1` to write the `expected.txt` files, then read them.

#[path = "cases/fixture.rs"]
mod fixture;
#[path = "cases/output.rs"]
mod output;
#[path = "cases/rules.rs"]
mod rules;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clap::Parser as _;
use fixture::{Case, Kind, cases};
use mcpwright_generator::diagnostic::Code;

/// Arguments for the process that stands in for the command line, one a line.
const ARGUMENTS: &str = "MCPWRIGHT_TEST_ARGUMENTS";
const UPDATE: &str = "UPDATE_EXPECT";

#[test]
fn every_case_ends_as_expected() {
    let mut failures = String::new();
    let found = cases();
    assert!(found.len() >= 40, "only {} cases found", found.len());
    for case in &found {
        if let Err(problem) = check(case) {
            let _ = writeln!(failures, "\n== {}\n{problem}", case.name());
        }
    }
    assert!(failures.is_empty(), "{failures}\nRead them; if they are right: {UPDATE}=1");
}

#[test]
fn every_code_has_a_case() {
    let mut shown = String::new();
    for case in cases() {
        shown.push_str(&std::fs::read_to_string(case.expected()).unwrap_or_default());
    }
    let missing: Vec<_> = Code::ALL
        .iter()
        .filter(|code| !shown.contains(&format!("[{}]", code.as_str())))
        .map(|code| format!("{}: {}", code.as_str(), code.sentence()))
        .collect();
    assert!(missing.is_empty(), "no case shows these problems:\n{}", missing.join("\n"));
}

/// Generates all accepted and skipped cases into one workspace and lets the compiler judge them.
#[test]
fn accepted_cases_compile_without_a_warning() {
    let root = fixture::repository();
    let workspace = root.join("target/cases");
    if workspace.exists() {
        std::fs::remove_dir_all(&workspace).expect("the last run can be removed");
    }
    std::fs::create_dir_all(workspace.join("generated")).expect("a folder can be made");
    let mut members = Vec::new();
    for case in cases() {
        if case.kind == Kind::Refused || case.settings.large {
            continue;
        }
        let run = Run::start(&case, Some(&workspace));
        assert!(run.output.status.success(), "{} is refused:\n{}", case.name(), run.messages());
        members.push(format!("\"generated/{}\"", run.package));
    }
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", "));
    std::fs::write(workspace.join("Cargo.toml"), manifest).expect("a file can be written");
    std::fs::copy(root.join("Cargo.lock"), workspace.join("Cargo.lock")).expect("a copy");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--workspace", "--quiet", "--target-dir"])
        .arg(root.join("target"))
        .current_dir(&workspace)
        .output()
        .expect("cargo runs");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "generated crates do not compile:\n{messages}");
    assert!(!messages.contains("--> generated/"), "generated crates have warnings:\n{messages}");
}

/// Not a test of its own: the command line, when a test of this file starts this program again.
#[test]
fn command_line() {
    #[derive(clap::Parser)]
    struct CommandLine {
        #[command(subcommand)]
        command: mcpwright_generator::cli::Command,
    }

    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let line = CommandLine::parse_from(std::iter::once("cargo xtask").chain(arguments.lines()));
    let code = line.command.run();
    std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
}

/// One run of `gen` over a case.
struct Run {
    output: Output,
    package: String,
    /// Where the case was laid out; removed with the value.
    folder: tempfile::TempDir,
    /// Where the crate is, if there is one.
    written: PathBuf,
}

impl Run {
    /// Generates the case into a folder of its own, or as a member of a workspace.
    fn start(case: &Case, workspace: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let input = folder.path().join(&case.folder_name);
        case.lay_out(&input);
        let package = format!("{}-mcp", case.folder_name.replace('_', "-"));
        let written = workspace.map_or_else(
            || folder.path().join("out").join(&package),
            |workspace| workspace.join("generated").join(&package),
        );
        case.prepare_output(&written);
        let runtime = fixture::repository().join("runtime");
        let given = match case.settings.input.as_str() {
            "" => case.folder_name.clone(),
            file => format!("{}/{file}", case.folder_name),
        };
        let arguments = [
            "gen",
            &given,
            "--name",
            package.trim_end_matches("-mcp"),
            "--out",
            &written.to_string_lossy(),
            "--scaffold",
            "hand_written",
            "--runtime",
            &runtime.to_string_lossy(),
        ]
        .join("\n");
        let output = Command::new(std::env::current_exe().expect("this program has a path"))
            .args(["--exact", "command_line", "--nocapture", "--test-threads", "1"])
            .env(ARGUMENTS, arguments)
            .env("NO_COLOR", "1")
            .current_dir(folder.path())
            .output()
            .expect("this program runs");
        Self { output, package, folder, written }
    }

    /// What the user sees, without the paths of this machine.
    fn messages(&self) -> String {
        messages(&self.output, self.folder.path())
    }
}

/// Runs `gen` over `input` as a user would in `folder`.
fn generate(folder: &Path, input: &str, name: &str, out: &Path) -> Output {
    let runtime = fixture::repository().join("runtime");
    let arguments = [
        "gen",
        input,
        "--name",
        name,
        "--out",
        &out.to_string_lossy(),
        "--scaffold",
        "hand_written",
        "--runtime",
        &runtime.to_string_lossy(),
    ]
    .join("\n");
    Command::new(std::env::current_exe().expect("this program has a path"))
        .args(["--exact", "command_line", "--nocapture", "--test-threads", "1"])
        .env(ARGUMENTS, arguments)
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .expect("this program runs")
}

/// What the user sees of a run in `folder`, without the paths of this machine.
fn messages(output: &Output, folder: &Path) -> String {
    let mut text = String::from_utf8_lossy(&output.stderr).replace('\r', "\\r");
    let real = folder.canonicalize().expect("the folder is there");
    for path in [&real, folder] {
        text = text.replace(&format!("{}/", path.display()), "");
    }
    text = text.replace(&format!("{}/", fixture::repository().display()), "REPOSITORY/");
    let lines = text.lines().filter(|line| !output::is_about_success(line));
    lines.map(|line| format!("{}\n", line.trim_end())).collect()
}

fn check(case: &Case) -> Result<(), String> {
    let run = Run::start(case, None);
    let messages = run.messages();
    if messages.contains("panicked at") || run.output.status.code().is_none() {
        return Err(format!("the generator panicked ({}):\n{messages}", run.output.status));
    }
    let mut actual = messages;
    if case.kind == Kind::Refused {
        if run.output.status.code() != Some(1) {
            return Err(format!("exit code 1 is due, it is {}:\n{actual}", run.output.status));
        }
        let left = case.changed_output(&run.written, &run.folder.path().join(&case.folder_name));
        if !left.is_empty() {
            return Err(format!("a refused input leaves files behind: {left:?}\n{actual}"));
        }
    } else {
        if !run.output.status.success() {
            return Err(format!("exit code 0 is due, it is {}:\n{actual}", run.output.status));
        }
        let warned = actual.contains("warning[");
        if warned != (case.kind == Kind::Skipped) {
            let word = if warned { "no warning is due" } else { "a warning is due" };
            return Err(format!("{word}:\n{actual}"));
        }
        output::parses_as_rust(&run.written)?;
        if !actual.is_empty() {
            actual.push('\n');
        }
        actual.push_str(&output::listing(&run.written)?);
    }
    compare(&case.expected(), &actual)
}

fn compare(file: &Path, actual: &str) -> Result<(), String> {
    let expected = std::fs::read_to_string(file).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    if std::env::var_os(UPDATE).is_some() {
        return std::fs::write(file, actual).map_err(|error| error.to_string());
    }
    let diff = similar::TextDiff::from_lines(expected.as_str(), actual);
    Err(diff.unified_diff().header("expected", "actual").to_string())
}

#[test]
fn case_names_are_unique_across_kinds() {
    let all = cases();
    let names: BTreeSet<_> = all.iter().map(|case| case.folder_name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "two cases become the same crate");
}
