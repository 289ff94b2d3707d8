//! Where generated crates find `mcpwright`, and a consumer's xtask the generator.

use std::path::{Path, PathBuf};

use super::Failure;
use super::workspace::Workspace;

/// A crate to depend on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Source {
    /// This version, from the registry.
    Version(String),
    /// The crate in this folder.
    Path(PathBuf),
}

/// The runtime that `--runtime` names; without it that of this workspace, else the version of the
/// generator.
///
/// # Errors
///
/// Fails where the value is neither a version nor the folder of `mcpwright`.
pub(super) fn runtime(given: Option<&str>) -> Result<Source, Failure> {
    read("--runtime", given, "mcpwright", "runtime")
}

/// The generator that `--generator` names, by the same rules.
///
/// # Errors
///
/// Fails where the value is neither a version nor the folder of `mcpwright-generator`.
pub(super) fn generator(given: Option<&str>) -> Result<Source, Failure> {
    read("--generator", given, "mcpwright-generator", "generator")
}

fn read(flag: &str, given: Option<&str>, package: &str, folder: &str) -> Result<Source, Failure> {
    let Some(given) = given else {
        let workspace = std::env::current_dir().ok().and_then(|here| Workspace::find(&here));
        let own = workspace.map(|workspace| workspace.root.join(folder));
        return Ok(match own.filter(|path| is_package(path, package)) {
            Some(path) => Source::Path(path),
            None => Source::Version(env!("CARGO_PKG_VERSION").to_owned()),
        });
    };
    if is_version(given) {
        return Ok(Source::Version(given.to_owned()));
    }
    let path = std::path::absolute(given).unwrap_or_else(|_| PathBuf::from(given));
    if is_package(&path, package) {
        return Ok(Source::Path(path));
    }
    Err(Failure::usage(format!(
        "{flag} {given}: neither a version such as {} nor a folder with the package `{package}`",
        env!("CARGO_PKG_VERSION")
    )))
}

fn is_version(text: &str) -> bool {
    let digits = text.trim_start_matches(['^', '=', '~', '>', '<', ' ']);
    digits.starts_with(|character: char| character.is_ascii_digit())
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "^=~><.+-, ".contains(character))
        && !Path::new(text).exists()
}

fn is_package(folder: &Path, name: &str) -> bool {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).ok();
    let table = manifest.and_then(|text| text.parse::<toml::Table>().ok());
    let found = table.as_ref().and_then(|table| table.get("package")?.get("name")?.as_str());
    found == Some(name)
}

#[cfg(test)]
mod tests {
    use super::{Source, runtime};

    #[test]
    fn version_and_path_are_told_apart() {
        assert_eq!(runtime(Some("0.1.0")).ok(), Some(Source::Version("0.1.0".to_owned())));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../runtime");
        assert!(matches!(runtime(Some(folder)), Ok(Source::Path(_))));
        assert!(runtime(Some("../nowhere")).is_err());
    }

    #[test]
    fn own_workspace_is_used_by_its_path() {
        assert!(matches!(runtime(None), Ok(Source::Path(path)) if path.ends_with("runtime")));
    }
}
