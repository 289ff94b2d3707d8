//! The folders of cases, and the inputs that are described rather than kept.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// How a case ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Exit code 1, nothing written.
    Refused,
    /// Exit code 0 with a warning, the rest generated.
    Skipped,
    /// Exit code 0 without a warning.
    Accepted,
}

/// One folder.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) folder_name: String,
    pub(crate) settings: Settings,
    path: PathBuf,
}

/// `case.toml`: what cannot be, or should not be, a file of the folder.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Files that are put together from parts.
    file: Vec<File>,
    /// What lies in the output folder before the run.
    existing: Vec<Existing>,
    /// There is a file where the output folder should be.
    output_is_a_file: bool,
    /// The file of the folder that is given to `gen`; the folder itself where absent.
    pub(crate) input: String,
    /// Left out where cases are compiled.
    pub(crate) large: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    #[serde(default)]
    text: String,
    /// Bytes that are no text.
    #[serde(default)]
    hex: String,
    #[serde(default = "once")]
    times: usize,
    /// `{n}` in the text is the number of the repetition.
    #[serde(default)]
    numbered: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Existing {
    name: String,
    text: String,
}

const fn once() -> usize {
    1
}

/// All cases, sorted by kind and name.
pub(crate) fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let kinds =
        [(Kind::Refused, "refused"), (Kind::Skipped, "skipped"), (Kind::Accepted, "accepted")];
    let mut found = Vec::new();
    for (kind, folder) in kinds {
        let mut paths: Vec<_> = fs::read_dir(root.join(folder))
            .expect("the folder of cases is there")
            .map(|entry| entry.expect("the folder can be read").path())
            .filter(|path| path.is_dir())
            .collect();
        paths.sort();
        found.extend(paths.into_iter().map(|path| Case::read(kind, path)));
    }
    found
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}

impl Case {
    fn read(kind: Kind, path: PathBuf) -> Self {
        let folder_name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(path.join("case.toml")).unwrap_or_default();
        let settings =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{folder_name}: {error}"));
        Self { kind, folder_name, settings, path }
    }

    /// For messages: `Refused/empty_json`.
    pub(crate) fn name(&self) -> String {
        format!("{:?}/{}", self.kind, self.folder_name)
    }

    pub(crate) fn expected(&self) -> PathBuf {
        self.path.join("expected.txt")
    }

    /// Copies the inputs into `folder` and makes those that are described.
    pub(crate) fn lay_out(&self, folder: &Path) {
        copy_folder(&self.path, folder);
        for file in &self.settings.file {
            let mut bytes = Vec::new();
            for part in &file.parts {
                part.append_to(&mut bytes);
            }
            fs::write(folder.join(&file.name), bytes).expect("a file can be written");
        }
    }

    /// Puts into place what the output folder holds before the run.
    pub(crate) fn prepare_output(&self, output: &Path) {
        if self.settings.output_is_a_file {
            fs::create_dir_all(output.parent().expect("a parent")).expect("a folder can be made");
            fs::write(output, "").expect("a file can be written");
        }
        for existing in &self.settings.existing {
            let path = output.join(&existing.name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder can be made");
            fs::write(path, &existing.text).expect("a file can be written");
        }
    }

    /// What a run that was to write nothing wrote or removed: paths below the output folder, and
    /// the lock beside the input.
    pub(crate) fn changed_output(&self, output: &Path, input: &Path) -> Vec<String> {
        let mut changed = Vec::new();
        let mut folders = vec![output.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.expect("the output can be read").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(output).expect("below the output");
                let name = name.to_string_lossy().into_owned();
                let text = fs::read_to_string(&path).unwrap_or_default();
                let kept = |existing: &Existing| existing.name == name && existing.text == text;
                if !self.settings.existing.iter().any(kept) {
                    changed.push(name);
                }
            }
        }
        for existing in &self.settings.existing {
            if !output.join(&existing.name).is_file() {
                changed.push(format!("{} is gone", existing.name));
            }
        }
        let lock = fs::read(input.join("mcp.lock")).ok();
        if lock != fs::read(self.path.join("mcp.lock")).ok() {
            changed.push("mcp.lock".to_owned());
        }
        changed
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the case can be read") {
        let path = entry.expect("the case can be read").path();
        let name = path.file_name().expect("a name");
        if path.is_dir() {
            copy_folder(&path, &to.join(name));
        } else if name != "case.toml" && name != "expected.txt" {
            fs::copy(&path, to.join(name)).expect("a file can be copied");
        }
    }
}

impl Part {
    fn append_to(&self, bytes: &mut Vec<u8>) {
        for number in 0..self.times {
            if self.numbered {
                bytes.extend(self.text.replace("{n}", &number.to_string()).into_bytes());
            } else {
                bytes.extend(self.text.as_bytes());
            }
        }
        for pair in self.hex.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).expect("hexadecimal digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal digits"));
        }
    }
}
