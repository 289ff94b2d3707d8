//! `init`: the xtask of another project.

use std::path::{Path, PathBuf};

use super::runtime_source::{self, Source};
use super::workspace::{self, Workspace};
use super::{Failure, say};

const MAIN: &str = "fn main() -> std::process::ExitCode {
    mcpwright_generator::cli::main()
}
";
const ALIAS: &str = "[alias]
xtask = \"run --quiet --package xtask --\"
";
const GENERATED: &str = "# Generated crates

Written by `cargo xtask gen`. Never edited: change the declaration and run the command again.
";

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the project
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Version or path of mcpwright-generator; its own version where absent, its path where this
    /// runs in its repository
    #[arg(long, value_name = "VERSION|PATH")]
    generator: Option<String>,
}

/// Writes the files, and says what is left to do.
///
/// # Errors
///
/// Refuses to write over a file that is there.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let folder = &arguments.folder;
    if !folder.is_dir() {
        return Err(Failure::usage(format!("{} is not a folder", folder.display())));
    }
    let source = runtime_source::generator(arguments.generator.as_deref())?;
    let around = Workspace::find(folder);
    let mut files = vec![
        ("xtask/Cargo.toml", manifest(&source, &folder.join("xtask"))),
        ("xtask/src/main.rs", MAIN.to_owned()),
        (".cargo/config.toml", ALIAS.to_owned()),
    ];
    let makes_workspace = around.is_none() && !folder.join("Cargo.toml").exists();
    if makes_workspace {
        files.push(("Cargo.toml", WORKSPACE.to_owned()));
        files.push(("generated/README.md", GENERATED.to_owned()));
    }
    refuse_existing(folder, &files)?;
    for (path, text) in &files {
        write(&folder.join(path), text)?;
    }
    let written = |path: &str| format!("wrote {}\n", workspace::slashed(&folder.join(path)));
    let list: String = files.iter().map(|(path, _)| written(path)).collect();
    say(&format!("{list}\n{}\n", next_steps(folder, around.as_ref(), makes_workspace, &source)))
}

const WORKSPACE: &str = "[workspace]
resolver = \"3\"
members = [\"xtask\", \"generated/*\"]
";

fn manifest(source: &Source, folder: &Path) -> String {
    let dependency = match source {
        Source::Version(version) => format!("\"{version}\""),
        Source::Path(path) => {
            let path =
                workspace::relative_path(folder, path).unwrap_or_else(|| workspace::slashed(path));
            // A JSON string is a TOML string too.
            format!("{{ path = {} }}", serde_json::Value::String(path))
        }
    };
    format!(
        "[package]\nname = \"xtask\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         publish = false\n\n[dependencies]\nmcpwright-generator = {dependency}\n"
    )
}

fn refuse_existing(folder: &Path, files: &[(&str, String)]) -> Result<(), Failure> {
    let there: Vec<String> = files
        .iter()
        .map(|(path, _)| folder.join(path))
        .filter(|path| path.exists())
        .map(|path| path.display().to_string())
        .collect();
    if there.is_empty() {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "nothing was written, because there is already {}. What `init` would add:\n\n\
         .cargo/config.toml:\n{ALIAS}\nxtask/src/main.rs:\n{MAIN}",
        there.join(" and ")
    )))
}

fn next_steps(
    folder: &Path,
    around: Option<&Workspace>,
    makes_workspace: bool,
    source: &Source,
) -> String {
    let mut steps = Vec::new();
    if let Some(workspace) = around {
        let mut missing: Vec<String> = ["xtask", "generated/NAME-mcp"]
            .iter()
            .filter_map(|member| workspace.missing_member(&folder.join(member)))
            .map(|member| format!("\"{}\"", member.replace("NAME-mcp", "*")))
            .collect();
        if !missing.is_empty() {
            // A pattern of members that matches nothing is an error of cargo.
            missing.retain(|member| !member.contains('*'));
            steps.push(format!(
                "add to `members` in {}: {}, and \"generated/*\" once the first crate is there",
                workspace.root.join("Cargo.toml").display(),
                missing.join(", ")
            ));
        }
    } else if !makes_workspace {
        steps.push(
            "add to Cargo.toml: [workspace] with members = [\"xtask\"], and \"generated/*\" once \
             the first crate is there"
                .to_owned(),
        );
    }
    let runtime = match source {
        Source::Version(_) => String::new(),
        Source::Path(generator) => {
            let runtime = generator.with_file_name("runtime");
            let path = workspace::relative_path(folder, &runtime)
                .unwrap_or_else(|| workspace::slashed(&runtime));
            format!(" --runtime {path}")
        }
    };
    steps.push(
        "put your OpenAPI document at specs/NAME/openapi.yaml (or .json); NAME is the server's"
            .to_owned(),
    );
    let place = match workspace::relative_path(Path::new("."), folder).as_deref() {
        Some(".") => String::new(),
        _ => format!(" in {}", workspace::slashed(folder)),
    };
    steps.push(
        "where there is a specs/NAME/mcp.toml, let editors complete it: cargo xtask schema > \
         specs/mcp.schema.json, and #:schema ../mcp.schema.json in its first line"
            .to_owned(),
    );
    steps.push(format!("run{place}: cargo xtask gen specs/NAME{runtime} --serve"));
    let numbered: Vec<String> =
        steps.iter().enumerate().map(|(index, step)| format!("{}. {step}", index + 1)).collect();
    format!("What comes next:\n{}", numbered.join("\n"))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| Failure::failed(format!("cannot write {}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Failure, run};

    #[test]
    fn files_are_written_once_and_never_replaced() {
        let project = tempfile::tempdir().expect("a temporary folder");
        let arguments =
            Arguments { folder: project.path().to_owned(), generator: Some("0.1.0".to_owned()) };
        run(&arguments).expect("the files are written");
        let main = project.path().join("xtask/src/main.rs");
        assert!(std::fs::read_to_string(&main).expect("a main").contains("cli::main()"));
        std::fs::write(&main, "mine").expect("a changed file");
        let again = run(&arguments);
        assert!(matches!(again, Err(Failure::Failed(_))), "{again:?}");
        assert_eq!(std::fs::read_to_string(&main).expect("a main"), "mine");
    }
}
