//! The files that `include` of a manifest names: paths, and patterns of a shell.

use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern, glob_with};

use super::comparable;
use crate::cli::workspace::{relative_path, shown};
use crate::diagnostic::{Code, Diagnostic};

/// As in a shell: `*` stops at `/`, and names that begin with a dot are written out.
const AS_IN_A_SHELL: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// Whether an entry of `include` is a pattern, and no path.
pub(super) fn is_pattern(entry: &str) -> bool {
    entry.contains(['*', '?', '['])
}

/// The folder below which all matches of a pattern lie: what is in front of its first wildcard.
pub(super) fn folder_of_pattern(folder: &Path, pattern: &str) -> PathBuf {
    let fixed = pattern.split('/').take_while(|part| !is_pattern(part));
    fixed.fold(folder.to_owned(), |folder, part| folder.join(part))
}

/// The files that match a pattern, sorted, without the manifest itself. `folder`: that of the manifest.
///
/// # Errors
/// It is no pattern of this folder, or nothing matches it.
pub(super) fn expand(pattern: &str, manifest: &Path, folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let climbs = |part: Component<'_>| !matches!(part, Component::Normal(_) | Component::CurDir);
    if Path::new(pattern).components().any(climbs) {
        return Err(Box::new(
            Diagnostic::error(Code::E0307, format!("the pattern `{pattern}` leaves the folder"))
                .help("patterns are for files below this one; name a file elsewhere by its path"),
        ));
    }
    let looked_at = folder_of_pattern(folder, pattern);
    let below = Pattern::escape(&folder.to_string_lossy());
    let whole = if below.is_empty() { pattern.to_owned() } else { format!("{below}/{pattern}") };
    let found = glob_with(&whole, AS_IN_A_SHELL).map_err(|error| {
        let message = format!("`{pattern}` is not a pattern: {}", error.msg);
        let help = "`*` and `?` stand for parts of a name, `[ab]` for one of these letters, `**` for \
                    folders, `[[]` for a bracket";
        Box::new(Diagnostic::error(Code::E0307, message).help(help))
    })?;
    let (mut files, own) = (Vec::new(), real(manifest));
    for path in found {
        let path = path.map_err(|error| unreadable(error.path(), error.error()))?;
        if path.is_dir() || real(&path) == own {
            continue;
        }
        if !real(&path).starts_with(real(folder)) {
            let message = format!("{} leads out of the folder of the pattern", shown(&path));
            let help = "name the file that it leads to by its path";
            return Err(Box::new(Diagnostic::error(Code::E0307, message).help(help)));
        }
        files.push(path);
    }
    // Not the order of the system: `a/b.toml` comes before `a_b.toml` on each of them.
    files.sort_by_cached_key(|path| relative_path(folder, path));
    if files.is_empty() {
        let message = format!("no file matches `{pattern}`");
        let folder = shown(&looked_at);
        let help = match looked_at.is_dir() {
            true => format!("the files of {folder} were looked at: check the names, or remove it"),
            false => format!("there is no folder {folder}: check the pattern"),
        };
        return Err(Box::new(Diagnostic::error(Code::E0101, message).help(help)));
    }
    Ok(files)
}

/// Why a pattern names no files.
type Fault = Box<Diagnostic>;

/// Where a path leads.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| comparable(path))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    let message = format!("cannot read {}: {error}", shown(path));
    Box::new(Diagnostic::error(Code::E0101, message).help("check the permissions of the folder"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{expand, folder_of_pattern};

    const FILES: [&str; 8] = [
        "mcp.toml",
        "a.toml",
        "b [1].toml",
        "parts/2.toml",
        "parts/10.toml",
        "parts/.hidden.toml",
        "parts/deep/er/x.toml",
        "parts/readme.md",
    ];

    fn found(folder: &Path, pattern: &str) -> Result<Vec<String>, String> {
        let files = expand(pattern, &folder.join("mcp.toml"), folder);
        let files = files.map_err(|fault| {
            assert!(fault.help.is_some(), "{}", fault.message);
            fault.message
        })?;
        let relative = |path: &std::path::PathBuf| {
            let path = path.strip_prefix(folder).expect("below the folder");
            path.to_string_lossy().replace('\\', "/")
        };
        Ok(files.iter().map(relative).collect())
    }

    fn folder() -> tempfile::TempDir {
        // Its own name looks like a pattern.
        let folder = tempfile::Builder::new().prefix("[a]*").tempdir().expect("a folder");
        for file in FILES {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, "").expect("a file");
        }
        folder
    }

    #[test]
    fn patterns_match_as_in_a_shell_in_sorted_order_and_never_the_file_itself() {
        let folder = folder();
        for (pattern, expected) in [
            ("*.toml", &["a.toml", "b [1].toml"][..]),
            ("parts/*.toml", &["parts/10.toml", "parts/2.toml"]),
            ("parts/?.toml", &["parts/2.toml"]),
            ("parts/[0-9]*.toml", &["parts/10.toml", "parts/2.toml"]),
            ("./parts/*.md", &["parts/readme.md"]),
            ("b [[]1].toml", &["b [1].toml"]),
            ("parts/**/*.toml", &["parts/10.toml", "parts/2.toml", "parts/deep/er/x.toml"]),
        ] {
            let expected: Vec<String> = expected.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(found(folder.path(), pattern), Ok(expected), "{pattern}");
        }
    }

    #[test]
    fn pattern_that_is_none_leaves_or_finds_nothing_is_refused() {
        let folder = folder();
        let refused = |pattern| found(folder.path(), pattern).expect_err(pattern);
        assert_eq!(refused("none/*.toml"), "no file matches `none/*.toml`");
        assert_eq!(refused("parts/*.json"), "no file matches `parts/*.json`");
        assert!(refused("../*.toml").ends_with("leaves the folder"));
        assert!(refused("parts/../*.toml").ends_with("leaves the folder"));
        assert!(refused("/etc/*.toml").ends_with("leaves the folder"));
        assert!(refused("a**.toml").starts_with("`a**.toml` is not a pattern"));
        assert!(refused("[.toml").starts_with("`[.toml` is not a pattern"));
    }

    #[cfg(unix)]
    #[test]
    fn link_that_leads_out_is_refused() {
        let (folder, other) = (folder(), folder());
        std::os::unix::fs::symlink(other.path(), folder.path().join("out")).expect("a link");
        let refused = found(folder.path(), "out/*.toml").expect_err("it leads out");
        assert!(refused.ends_with("leads out of the folder of the pattern"), "{refused}");
    }

    #[test]
    fn folder_of_a_pattern_is_what_stands_before_its_wildcards() {
        let folder = |pattern| folder_of_pattern(Path::new("s"), pattern);
        assert_eq!(folder("parts/a*/b.toml"), Path::new("s/parts"));
        assert_eq!(folder("**/*.toml"), Path::new("s"));
    }
}
