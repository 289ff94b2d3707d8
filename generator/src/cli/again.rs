//! The command that generates a crate again, for messages and for what is written.

use std::fmt::Write as _;
use std::path::Path;

use super::target::Target;

/// What was given to the command besides its input, as far as the crate depends on it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Given<'g> {
    /// `--config`
    pub(super) config: Option<&'g Path>,
    /// `--out`
    pub(super) out: Option<&'g Path>,
    /// `--name`
    pub(super) name: Option<&'g str>,
    /// `--runtime`
    pub(super) runtime: Option<Runtime<'g>>,
    /// `--allow-remote-references`
    pub(super) remote: bool,
}

/// The value of `--runtime`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Runtime<'g> {
    Version(&'g str),
    Path(&'g Path),
}

/// The command for a target; `path` writes the paths in it.
pub(super) fn command(target: &Target, given: Given<'_>, path: impl Fn(&Path) -> String) -> String {
    let mut command = format!("cargo xtask gen {}", quoted(&path(&target.input)));
    let (version, folder) = match given.runtime {
        Some(Runtime::Version(version)) => (Some(version), None),
        Some(Runtime::Path(folder)) => (None, Some(folder)),
        None => (None, None),
    };
    let flags = [
        ("--config", given.config.map(&path)),
        ("--name", given.name.map(str::to_owned)),
        ("--out", given.out.map(&path)),
        ("--runtime", version.map(str::to_owned).or_else(|| folder.map(&path))),
    ];
    for (flag, value) in flags {
        if let Some(value) = value {
            let _ = write!(command, " {flag} {}", quoted(&value));
        }
    }
    if given.remote {
        command.push_str(" --allow-remote-references");
    }
    command
}

/// A word of a command line.
fn quoted(text: &str) -> String {
    if text.contains(|character: char| {
        character.is_whitespace() || "'\"$&;()|<>`\\*?[]{}#!".contains(character)
    }) {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::workspace::portable;
    use super::*;

    #[test]
    fn command_has_what_was_given_and_no_path_of_the_machine() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let (own, other) = (root.path().join("shop/rust"), root.path().join("elsewhere"));
        std::fs::create_dir_all(root.path().join("shop/.git")).expect("folders");
        std::fs::create_dir_all(&own).expect("folders");
        let target = Target {
            name: "shop".to_owned(),
            manifest: None,
            document: None,
            input: root.path().join("shop/api/it's.yaml"),
        };
        let (out, runtime): (PathBuf, PathBuf) = (own.join("crates/shop"), other.join("runtime"));
        let config = own.join("mcp.toml");
        let given = Given {
            config: Some(&config),
            out: Some(&out),
            name: Some("shop"),
            runtime: Some(Runtime::Path(&runtime)),
            remote: true,
        };
        assert_eq!(
            command(&target, given, |path| portable(path, &own)),
            r"cargo xtask gen '../api/it'\''s.yaml' --config mcp.toml --name shop --out crates/shop --runtime runtime --allow-remote-references"
        );
        let version = Given { runtime: Some(Runtime::Version("0.1")), ..Given::default() };
        assert_eq!(
            command(&target, version, |path| portable(path, &root.path().join("shop"))),
            r"cargo xtask gen 'api/it'\''s.yaml' --runtime 0.1"
        );
    }
}
