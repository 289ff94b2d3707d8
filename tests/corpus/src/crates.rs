//! All generated crates in one throwaway workspace, compiled together.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use mcpwright_generator::cli::output;
use mcpwright_generator::files::Files;

/// The workspace.
#[derive(Debug)]
pub struct Workspace {
    folder: PathBuf,
    root: PathBuf,
    members: Vec<String>,
}

impl Workspace {
    /// An empty workspace below `target`, with the dependencies of the repository at `root`.
    ///
    /// # Errors
    ///
    /// Fails where the folder cannot be made.
    pub fn new(root: &Path) -> Result<Self> {
        let folder = target(root).join("corpus-crates");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).context("the last workspace cannot be removed")?;
        }
        std::fs::create_dir_all(&folder).context("no folder for the crates")?;
        std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))
            .context("Cargo.lock cannot be copied")?;
        Ok(Self { folder, root: root.to_owned(), members: Vec::new() })
    }

    /// Where the crates find the runtime, as an absolute path.
    #[must_use]
    pub fn runtime(&self) -> String {
        self.root.join("runtime").display().to_string()
    }

    /// Adds a crate. One whose package is there already gets another name.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be written.
    pub fn add(&mut self, package: &str, library: &str, files: &Files) -> Result<()> {
        let mut name = package.to_owned();
        let mut files = files.clone();
        let mut number = 2;
        while self.members.contains(&name) {
            name = format!("{package}-{number}");
            number += 1;
        }
        if let Some(manifest) = files.get("Cargo.toml").filter(|_| name != package) {
            let renamed = manifest.replacen(
                &format!("name = \"{package}\""),
                &format!("name = \"{name}\""),
                1,
            );
            let library = format!("[lib]\nname = \"{library}\"\n\n[dependencies]");
            let text = if renamed.contains("[lib]") {
                renamed
            } else {
                renamed.replacen("[dependencies]", &library, 1)
            };
            files.insert("Cargo.toml", text);
        }
        if output::replace(&self.folder.join(&name), &files).is_err() {
            bail!("{name} cannot be written below {}", self.folder.display());
        }
        self.members.push(name);
        Ok(())
    }

    /// Compiles all crates. A warning in one of them is a failure.
    ///
    /// # Errors
    ///
    /// Fails with what the compiler says.
    pub fn check(&self) -> Result<()> {
        let members: Vec<String> =
            self.members.iter().map(|member| format!("    \"{member}\",\n")).collect();
        let manifest =
            format!("[workspace]\nresolver = \"3\"\nmembers = [\n{}]\n", members.concat());
        std::fs::write(self.folder.join("Cargo.toml"), manifest).context("no manifest")?;
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["check", "--workspace", "--quiet", "--target-dir"])
            .arg(target(&self.root))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .output()
            .context("cargo cannot be run")?;
        let messages = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("generated crates do not compile:\n{messages}");
        }
        let places = self.members.iter().map(|member| format!("--> {member}/"));
        if places.into_iter().any(|place| messages.contains(&place)) {
            bail!("generated crates have warnings:\n{messages}");
        }
        Ok(())
    }
}

/// The folder that builds share.
fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
