//! Programs of this workspace, built once and found whatever the profile is.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::repository;

/// How long a program may take for what takes it milliseconds.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The program of a package of this workspace.
///
/// # Panics
///
/// Panics when it does not build.
#[must_use]
pub fn program(package: &str) -> PathBuf {
    built(&repository::root(), package, &[])
}

/// The program of a package of another workspace, built into the folder that builds share.
///
/// # Panics
///
/// Panics when it does not build.
#[must_use]
pub fn built(workspace: &Path, package: &str, flags: &[&str]) -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", package, "--message-format", "json"])
        .args(flags)
        .arg("--target-dir")
        .arg(repository::target())
        .current_dir(workspace)
        .output()
        .expect("cargo runs");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{package} does not build:\n{messages}");
    let lines = String::from_utf8_lossy(&output.stdout);
    let executable = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back();
    executable.unwrap_or_else(|| panic!("{package} has no program"))
}

/// A child that does not outlive the test.
#[derive(Debug)]
pub struct Guarded(pub Child);

impl Guarded {
    /// Waits for the end of the process.
    ///
    /// # Panics
    ///
    /// Panics when it runs on.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("a child can be asked") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the process does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal by its name: `TERM`, `INT`, `KILL`.
    ///
    /// # Panics
    ///
    /// Panics where there is no `kill`.
    pub fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(status.expect("kill runs").success(), "{name} cannot be sent");
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}
