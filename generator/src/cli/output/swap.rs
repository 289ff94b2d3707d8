//! Putting a new folder in the place of an old one, and cleaning up after a killed run.
//!
//! Beside the folder `NAME` may stand, all of them only while a run works or after it was killed:
//! - `.NAME.mcpwright-new`: the new folder while it is written; after an exchange the old one;
//! - `.NAME.mcpwright-journal`: written where folders cannot be exchanged, once the new folder is
//!   complete; as long as it exists a replacement is under way;
//! - `.NAME.mcpwright-old`: the old folder, moved out of the way under the journal.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{KEPT, create_folder, exists, one, sync_folder, unwritable};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// A folder to be replaced, and the names beside it.
pub(super) struct Swap {
    folder: PathBuf,
    parent: PathBuf,
    name: OsString,
    /// Whether to try to exchange folders in one step. Tests turn it off.
    exchange: bool,
}

impl Swap {
    pub(super) fn of(folder: &Path) -> Result<Self, Diagnostics> {
        // Behind a link, the folder it leads to is replaced and not the link.
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
            let message = format!("`{}` cannot be a folder for a crate", folder.display());
            return Err(one(Diagnostic::error(Code::E0501, message).help("name one with `--out`")));
        };
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let (parent, name) = (parent.to_owned(), name.to_owned());
        Ok(Self { folder, parent, name, exchange: true })
    }

    #[cfg(test)]
    pub(super) fn without_exchange(mut self) -> Self {
        self.exchange = false;
        self
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the new folder is written.
    pub(super) fn staging(&self) -> PathBuf {
        self.beside("new")
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.beside("journal")
    }

    pub(super) fn old(&self) -> PathBuf {
        self.beside("old")
    }

    fn beside(&self, what: &str) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(format!(".mcpwright-{what}"));
        self.parent.join(name)
    }

    /// Waits until no other run replaces a folder here; the turn ends with the value.
    pub(super) fn wait_for_turn(&self) -> Result<Option<File>, Diagnostics> {
        create_folder(&self.parent)?;
        // Where folders cannot be locked, runs at the same time are on their own.
        let folder = File::open(&self.parent).ok();
        Ok(folder.filter(|folder| folder.lock().is_ok()))
    }

    /// Puts the complete staging folder in the place of the folder.
    pub(super) fn put_in_place(&self) -> Result<(), Diagnostics> {
        let staging = self.staging();
        if !exists(&self.folder) {
            rename(&staging, &self.folder)?;
            sync_folder(&self.parent);
            return Ok(());
        }
        let exchanged = self.exchange
            && exchange(&staging, &self.folder)
                .map_err(|error| unwritable(&self.folder, &error))?;
        if exchanged {
            sync_folder(&self.parent);
            return self.retire(&staging);
        }
        let journal = self.journal();
        let write = || {
            fs::write(&journal, "mcpwright replaces this folder\n")?;
            File::open(&journal)?.sync_all()
        };
        write().map_err(|error| unwritable(&journal, &error))?;
        sync_folder(&self.parent);
        rename(&self.folder, &self.old())?;
        if let Err(problem) = rename(&staging, &self.folder) {
            // The old crate goes back; if it cannot, the next run completes what is left.
            if rename(&self.old(), &self.folder).is_ok() {
                let _ = remove(&journal);
            }
            return Err(problem);
        }
        self.finish_journal()
    }

    /// Completes or takes back what a killed run left.
    pub(super) fn recover(&self) -> Result<(), Diagnostics> {
        let (staging, old) = (self.staging(), self.old());
        if !exists(&self.journal()) {
            // Half a new folder, or the old one after an exchange.
            return if exists(&staging) { self.retire(&staging) } else { Ok(()) };
        }
        match (exists(&self.folder), exists(&old), exists(&staging)) {
            // Nothing was moved. The folder may have changed since, so the run begins anew.
            (true, false, _) => {
                remove(&staging)?;
                remove(&self.journal())
            }
            (false, _, true) => {
                rename(&staging, &self.folder)?;
                self.finish_journal()
            }
            (false, true, false) => {
                rename(&old, &self.folder)?;
                remove(&self.journal())
            }
            (true, true, false) => self.finish_journal(),
            (false, false, false) => remove(&self.journal()),
            (true, true, true) => {
                let message = format!(
                    "an interrupted run left `{}`, and `{}` was made anew since",
                    old.display(),
                    self.folder.display()
                );
                let help = format!(
                    "keep one of the two and remove the other, and remove `{}`",
                    self.journal().display()
                );
                Err(one(Diagnostic::error(Code::E0501, message).help(help)))
            }
        }
    }

    /// The last steps under the journal. It goes last, so that these can be repeated.
    fn finish_journal(&self) -> Result<(), Diagnostics> {
        sync_folder(&self.parent);
        if exists(&self.old()) {
            self.retire(&self.old())?;
        }
        remove(&self.journal())
    }

    /// Moves what Cargo left from a folder that is no longer needed, and removes it.
    fn retire(&self, retired: &Path) -> Result<(), Diagnostics> {
        if self.folder.is_dir() {
            for kept in KEPT {
                let (from, to) = (retired.join(kept), self.folder.join(kept));
                if exists(&from) && !exists(&to) {
                    rename(&from, &to)?;
                }
            }
            sync_folder(&self.folder);
        }
        remove(retired)
    }
}

/// Exchanges two folders in one step; `false` where the system cannot.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        // An old kernel, or a file system without it.
        Err(Errno::NOSYS | Errno::INVAL | Errno::OPNOTSUPP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Exchanges two folders in one step; `false` where the system cannot.
#[cfg(not(target_os = "linux"))]
fn exchange(_one: &Path, _other: &Path) -> io::Result<bool> {
    Ok(false)
}

fn rename(from: &Path, to: &Path) -> Result<(), Diagnostics> {
    fs::rename(from, to).map_err(|error| {
        let message = format!("cannot move `{}` to `{}`: {error}", from.display(), to.display());
        let help = "run the command again to complete it";
        one(Diagnostic::error(Code::E0501, message).help(help))
    })
}

/// Removes a file or a folder with all it holds, if it exists.
fn remove(path: &Path) -> Result<(), Diagnostics> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    };
    removed.map_err(|error| {
        let message = format!("cannot remove `{}`: {error}", path.display());
        one(Diagnostic::error(Code::E0501, message).help("remove it by hand"))
    })
}
