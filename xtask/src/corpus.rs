//! `cargo xtask corpus`: a folder of real documents through the generator and the runtime.
//!
//! The work is in the package `corpus`, a program of its own, so that xtask stays free of the runtime.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::command::cargo_command;

/// Arguments of `corpus`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder of OpenAPI documents, its own and those of the folders in it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Compile all generated crates together; a warning is a failure
    #[arg(long)]
    check_crates: bool,
    /// Replay the recorded calls of this folder: PATH/DOCUMENT.jsonl or DOCUMENT.jsonl for each
    /// document
    #[arg(long, value_name = "DIR")]
    golden: Option<PathBuf>,
    /// Compare the checks of all arguments with their listed schemas
    #[arg(long)]
    agreement: bool,
    /// Documents whose path contains this only
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Write all requests that differ without a reason to this file
    #[arg(long, value_name = "FILE")]
    differences: Option<PathBuf>,
    /// Build with optimisations, so that the seconds are those of a user
    #[arg(long)]
    release: bool,
}

/// Builds and runs the program.
///
/// # Errors
///
/// Fails when it does not build, or finds something wrong.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let here = std::env::current_dir().context("the current folder is gone")?;
    let mut command = cargo_command(&["run", "--quiet", "--package", "corpus"]);
    if arguments.release {
        command.arg("--release");
    }
    command.arg("--").arg(here.join(&arguments.folder));
    if arguments.check_crates {
        command.arg("--check-crates");
    }
    if arguments.agreement {
        command.arg("--agreement");
    }
    for (flag, path) in [("--golden", &arguments.golden), ("--differences", &arguments.differences)]
    {
        if let Some(path) = path {
            command.arg(flag).arg(here.join(path));
        }
    }
    if let Some(only) = &arguments.only {
        command.arg("--only").arg(only);
    }
    let status = command.status().context("cargo cannot be run")?;
    if !status.success() {
        bail!("the corpus has failures");
    }
    Ok(())
}
