//! Files of the machine that resources are read from when they are asked for.
//!
//! The operator's declaration names files and folders; a client names a file below a folder, by the
//! variable of a template. What a client names is looked at as text first ([`path`]) and opened
//! below the folder only, whatever links say ([`cap_std`]). Nothing but regular files is opened, so
//! that no pipe and no device can hold a thread.

mod path;
mod pattern;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde_json::json;

use crate::declaration::{Declaration, Folder, Source};
use crate::media_type;
use crate::operation::Setting;
use crate::result::{HandlerError, ResourceContent, ResourceResult};
use crate::setting;

/// Folders in folders that a list goes into.
const DEEPEST: usize = 32;

/// Files that a list names.
const MOST_FILES: usize = 10_000;

/// The files and folders of a server. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The paths of the declaration as they are on this machine.
    paths: BTreeMap<&'static str, PathBuf>,
    /// Largest contents, in bytes.
    limit: usize,
}

/// Why there are no contents.
#[derive(Debug)]
pub(crate) enum FileError {
    /// There is no such file, or none that may be read; the reason is for the log.
    Absent(String),
    /// There is one, and it cannot be sent.
    Failed(HandlerError),
}

impl Files {
    /// Completes the paths of the declaration from the environment. Paths that are not absolute are
    /// seen from the folder in which the server is started.
    ///
    /// # Errors
    /// The variables that are not set.
    pub(crate) fn start(declaration: &Declaration) -> Result<Self, String> {
        let (mut paths, mut problems) = (BTreeMap::new(), Vec::new());
        let resources = declaration.resources.iter().map(|it| (it.uri, it.source));
        let templates = declaration.templates.iter().map(|it| (it.uri_template, it.source));
        for (uri, source) in resources.chain(templates) {
            let path = match source {
                Source::File(path) => path,
                Source::Folder(folder) => folder.path,
                _ => continue,
            };
            match setting::resolve_from_environment(path) {
                Ok(resolved) => {
                    paths.insert(path.0, PathBuf::from(resolved));
                }
                Err(missing) => {
                    let unset = setting::unset(&missing);
                    problems.push(format!("the path of the resource {uri}: {unset}"));
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems.join("\n"));
        }
        let limit = declaration.limits.resource_size;
        Ok(Self { inner: Arc::new(Inner { paths, limit }) })
    }

    /// The contents of a file that the declaration names.
    ///
    /// # Errors
    /// There is none, or it is too large.
    pub(crate) async fn read(self, path: Setting) -> Result<ResourceResult, FileError> {
        self.run(move |inner| {
            let path = inner.path(path)?;
            let shown = path.display();
            let metadata = std::fs::metadata(path).map_err(|error| absent(&shown, &error))?;
            if !metadata.is_file() {
                return Err(FileError::Absent(format!("{shown} is no regular file")));
            }
            let file = std::fs::File::open(path).map_err(|error| absent(&shown, &error))?;
            let bytes = inner.contents(file, &shown)?;
            Ok(ResourceResult::from(content(bytes)))
        })
        .await
    }

    /// The contents of a file below a folder, by the value that a client has written in a URI;
    /// `says_type`: the declaration knows the media type.
    ///
    /// # Errors
    /// There is none, it may not be read, or it is too large.
    pub(crate) async fn read_below(
        self,
        folder: &'static Folder,
        wanted: String,
        says_type: bool,
    ) -> Result<ResourceResult, FileError> {
        let relative = path::relative(&wanted);
        let inside = |path: &PathBuf| folder.recursive || path.components().count() == 1;
        let Some(relative) = relative.filter(inside) else {
            return Err(FileError::Absent("the path leads out of the folder".to_owned()));
        };
        self.run(move |inner| {
            let shown = relative.display();
            let name = relative.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !pattern::matches(folder.pattern, name) {
                return Err(FileError::Absent(format!("{shown} does not match the pattern")));
            }
            let root = inner.open(folder)?;
            let metadata = root.metadata(&relative).map_err(|error| absent(&shown, &error))?;
            if !metadata.is_file() {
                return Err(FileError::Absent(format!("{shown} is no regular file")));
            }
            let file = root.open(&relative).map_err(|error| absent(&shown, &error))?;
            let bytes = inner.contents(file.into_std(), &shown)?;
            let content = content(bytes);
            let media_type = media_type::of_name(name).filter(|_| !says_type);
            Ok(ResourceResult::from(match media_type {
                Some(media_type) => content.with_mime_type(media_type),
                None => content,
            }))
        })
        .await
    }

    /// The files of a folder, as `{"files": […]}` with paths from the folder, in the order of their
    /// bytes. Links to what is not below the folder are left out, and so are pipes and devices.
    ///
    /// # Errors
    /// There is no such folder, or it has more files than can be listed.
    pub(crate) async fn list(self, folder: &'static Folder) -> Result<ResourceResult, FileError> {
        self.run(move |inner| {
            let root = inner.open(folder)?;
            let mut found = Vec::new();
            collect(&root, folder, Path::new(""), 0, &mut found)?;
            found.sort_unstable();
            let text = json!({ "files": found }).to_string();
            if text.len() > inner.limit {
                return Err(too_large(inner.limit));
            }
            let content = ResourceContent::text(text).with_mime_type("application/json");
            Ok(ResourceResult::from(content))
        })
        .await
    }

    /// Runs what waits for a disk on a thread of its own.
    async fn run<T, F>(self, work: F) -> Result<T, FileError>
    where
        T: Send + 'static,
        F: FnOnce(&Inner) -> Result<T, FileError> + Send + 'static,
    {
        let done = tokio::task::spawn_blocking(move || work(&self.inner)).await;
        done.unwrap_or_else(|_| Err(FileError::Absent("the server ends".to_owned())))
    }
}

impl Inner {
    fn path(&self, setting: Setting) -> Result<&Path, FileError> {
        let path = self.paths.get(setting.0).map(PathBuf::as_path);
        path.ok_or_else(|| FileError::Absent(format!("{} is not configured", setting.0)))
    }

    fn open(&self, folder: &Folder) -> Result<Dir, FileError> {
        let path = self.path(folder.path)?;
        let shown = path.display();
        Dir::open_ambient_dir(path, ambient_authority()).map_err(|error| absent(&shown, &error))
    }

    /// The bytes of an open file. What it was when it was looked for may have been exchanged since.
    fn contents(
        &self,
        file: std::fs::File,
        shown: &std::path::Display<'_>,
    ) -> Result<Vec<u8>, FileError> {
        let metadata = file.metadata().map_err(|error| absent(shown, &error))?;
        if !metadata.is_file() {
            return Err(FileError::Absent(format!("{shown} is no regular file")));
        }
        let limit = self.limit as u64;
        if metadata.len() > limit {
            return Err(too_large(self.limit));
        }
        let mut bytes = Vec::new();
        let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| absent(shown, &error))?;
        if bytes.len() > self.limit { Err(too_large(self.limit)) } else { Ok(bytes) }
    }
}

/// Adds the files of `root` below `at`. Links to folders are not followed: they may lead in a circle.
fn collect(
    root: &Dir,
    folder: &Folder,
    at: &Path,
    depth: usize,
    found: &mut Vec<String>,
) -> Result<(), FileError> {
    let here = if at.as_os_str().is_empty() { Path::new(".") } else { at };
    let entries = root.read_dir(here).map_err(|error| absent(&at.display(), &error))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let (Some(name), Ok(kind)) = (name.to_str(), entry.file_type()) else { continue };
        let path = at.join(name);
        if kind.is_dir() {
            if folder.recursive && depth < DEEPEST {
                collect(root, folder, &path, depth + 1, found)?;
            }
            continue;
        }
        if !pattern::matches(folder.pattern, name) {
            continue;
        }
        let is_file = kind.is_file()
            || kind.is_symlink() && root.metadata(&path).is_ok_and(|found| found.is_file());
        if is_file {
            if found.len() == MOST_FILES {
                let text = format!("the folder has more than {MOST_FILES} files");
                return Err(FileError::Failed(HandlerError::public(text)));
            }
            found.extend(path.to_str().map(|path| path.replace('\\', "/")));
        }
    }
    Ok(())
}

/// As text where it is one.
fn content(bytes: Vec<u8>) -> ResourceContent {
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => ResourceContent::text(text),
        Ok(text) => ResourceContent::bytes(text),
        Err(error) => ResourceContent::bytes(error.as_bytes()),
    }
}

fn absent(shown: &std::path::Display<'_>, error: &io::Error) -> FileError {
    FileError::Absent(format!("{shown}: {error}"))
}

fn too_large(limit: usize) -> FileError {
    let text = format!("the contents are larger than the limit of {limit} bytes");
    FileError::Failed(HandlerError::public(text))
}
