//! The workspace around a folder: where generated crates go, and whether cargo sees them there.

use std::path::{Component, Path, PathBuf};

/// A Cargo workspace on disk.
#[derive(Debug)]
pub(super) struct Workspace {
    /// The folder of its Cargo.toml.
    pub(super) root: PathBuf,
    members: Vec<String>,
    exclude: Vec<String>,
}

impl Workspace {
    /// The workspace that `folder` lies in: the nearest Cargo.toml upwards with `[workspace]`.
    pub(super) fn find(folder: &Path) -> Option<Self> {
        // `..` has to go: the folder before it is no ancestor.
        let folder = clean(&std::path::absolute(folder).ok()?);
        folder.ancestors().find_map(Self::read)
    }

    fn read(root: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(root.join("Cargo.toml")).ok()?;
        let manifest: toml::Table = text.parse().ok()?;
        let workspace = manifest.get("workspace")?.as_table()?;
        let strings = |key: &str| -> Vec<String> {
            let list = workspace.get(key).and_then(toml::Value::as_array);
            list.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        Some(Self {
            root: root.to_owned(),
            members: strings("members"),
            exclude: strings("exclude"),
        })
    }

    /// The path of `folder` seen from the root, with `/`; `None` where it lies outside.
    pub(super) fn relative(&self, folder: &Path) -> Option<String> {
        let folder = clean(&std::path::absolute(folder).ok()?);
        let inside = folder.strip_prefix(clean(&self.root)).ok()?;
        Some(slashed(inside))
    }

    /// What has to be added to the workspace so that cargo builds `crate_folder`; `None` where
    /// nothing has to.
    pub(super) fn missing_member(&self, crate_folder: &Path) -> Option<String> {
        let relative = self.relative(crate_folder)?;
        let covered = |patterns: &[String]| {
            patterns.iter().any(|pattern| matches_pattern(pattern, &relative))
        };
        let excluded = self
            .exclude
            .iter()
            .any(|folder| relative == *folder || relative.starts_with(&format!("{folder}/")));
        (!covered(&self.members) && !excluded).then_some(relative)
    }
}

impl Workspace {
    /// The folder of a member that depends on `package` and is a program.
    pub(super) fn program_using(&self, package: &str) -> Option<PathBuf> {
        let folders = self.members.iter().flat_map(|pattern| self.folders_of(pattern));
        let mut found: Vec<PathBuf> = folders
            .filter(|folder| folder.join("src/main.rs").is_file() && depends_on(folder, package))
            .collect();
        found.sort();
        found.into_iter().next()
    }

    /// The folders that a pattern of `members` stands for, where `*` is its last component.
    fn folders_of(&self, pattern: &str) -> Vec<PathBuf> {
        let Some(parent) = pattern.strip_suffix("/*") else {
            return vec![self.root.join(pattern)];
        };
        let entries = std::fs::read_dir(self.root.join(parent)).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }
}

/// Whether the crate in `folder` names `package` among its dependencies.
fn depends_on(folder: &Path, package: &str) -> bool {
    let text = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let manifest: toml::Table = text.parse().unwrap_or_default();
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
    dependencies.is_some_and(|dependencies| dependencies.contains_key(package))
}

/// Whether a pattern of `members` covers a path: `*` and `?` stay inside one component.
fn matches_pattern(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
    let mut patterns = pattern.split('/');
    let mut components = path.split('/');
    loop {
        match (patterns.next(), components.next()) {
            (None, None) => return true,
            (Some("**"), Some(_)) => return true,
            (Some(pattern), Some(component)) if matches_component(pattern, component) => {}
            _ => return false,
        }
    }
}

fn matches_component(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(before) else {
        return false;
    };
    rest.char_indices()
        .map(|(at, _)| at)
        .chain([rest.len()])
        .any(|at| rest.get(at..).is_some_and(|tail| matches_component(after, tail)))
}

/// The way from one folder to another with `/`, where both have a common root; else `None`.
pub(super) fn relative_path(from: &Path, to: &Path) -> Option<String> {
    let from = clean(&std::path::absolute(from).ok()?);
    let to = clean(&std::path::absolute(to).ok()?);
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return None;
    }
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    let down = to.components().skip(common);
    let path: PathBuf = up.chain(down).collect();
    Some(if path.as_os_str().is_empty() { ".".to_owned() } else { slashed(&path) })
}

/// A path as messages and generated files show it: from the root of the workspace where it lies
/// inside, else as it was given.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| Workspace::find(&here)?.relative(path));
    match inside {
        Some(inside) if inside.is_empty() => ".".to_owned(),
        Some(inside) => inside,
        None => slashed(path),
    }
}

/// A path for generated files, seen from `root`. They must not tell of the machine that they were
/// made on: what lies in another repository, or in none, is told by its name alone.
pub(super) fn portable(path: &Path, root: &Path) -> String {
    let way = relative_path(root, path).filter(|way| {
        let climbs = way.split('/').take_while(|part| *part == "..").count();
        let top = std::path::absolute(root).ok().map(|root| clean(&root));
        let around = top.as_deref().and_then(|top| top.ancestors().nth(climbs));
        let is_repository = |folder: &Path| folder.join(".git").exists();
        climbs == 0 || around.is_some_and(|around| around.ancestors().any(is_repository))
    });
    match way {
        Some(way) if way.is_empty() => ".".to_owned(),
        Some(way) => way,
        None => path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default(),
    }
}

/// Removes `.` and resolves `..` by name, without asking the disk.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !cleaned.pop() {
                    cleaned.push(component);
                }
            }
            other => cleaned.push(other),
        }
    }
    cleaned
}

/// A path as text with `/` on every system.
pub(super) fn slashed(path: &Path) -> String {
    let parts: Vec<_> =
        path.components().map(|component| component.as_os_str().to_string_lossy()).collect();
    parts.join("/").replacen("//", "/", 1)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Workspace, matches_pattern, relative_path};

    #[test]
    fn member_patterns_match_one_component() {
        assert!(matches_pattern("generated/*", "generated/bookshop-mcp"));
        assert!(matches_pattern("./generated/*-mcp/", "generated/bookshop-mcp"));
        assert!(!matches_pattern("generated/*", "generated/deep/bookshop-mcp"));
        assert!(!matches_pattern("generated/*", "generated"));
        assert!(!matches_pattern("crates/*", "generated/bookshop-mcp"));
    }

    #[test]
    fn program_that_uses_a_crate_is_found_among_the_members() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        write("Cargo.toml", "[workspace]\nmembers = [\"tests/*\"]\n");
        write("tests/library/Cargo.toml", "[dependencies]\nshop-mcp = \"1\"\n");
        write("tests/program/Cargo.toml", "[dependencies]\nshop-mcp = \"1\"\n");
        write("tests/program/src/main.rs", "fn main() {}\n");
        let workspace = Workspace::find(folder.path()).expect("a workspace");
        let found = workspace.program_using("shop-mcp").expect("a program");
        assert!(found.ends_with("tests/program"));
        assert_eq!(workspace.program_using("bank-mcp"), None);
    }

    #[test]
    fn uncovered_crate_is_named_for_the_members() {
        let workspace = Workspace {
            root: "/project".into(),
            members: vec!["generated/*".to_owned()],
            exclude: vec!["vendor".to_owned()],
        };
        let missing = |folder: &str| workspace.missing_member(Path::new(folder));
        assert_eq!(missing("/project/generated/a-mcp"), None);
        assert_eq!(missing("/project/vendor/a-mcp"), None);
        assert_eq!(missing("/elsewhere/a-mcp"), None);
        assert_eq!(missing("/project/servers/a-mcp"), Some("servers/a-mcp".to_owned()));
    }

    #[test]
    fn workspace_that_a_path_leaves_again_is_not_around_it() {
        let outside = tempfile::tempdir().expect("a temporary folder");
        let inside = outside.path().join("repository");
        std::fs::create_dir(&inside).expect("a folder");
        std::fs::write(inside.join("Cargo.toml"), "[workspace]\n").expect("a manifest");
        assert!(Workspace::find(&inside).is_some());
        assert!(Workspace::find(&inside.join("..")).is_none());
    }

    #[test]
    fn relative_path_goes_up_and_down() {
        let path = |from: &str, to: &str| relative_path(Path::new(from), Path::new(to));
        assert_eq!(path("/p/generated/a-mcp", "/p/runtime").as_deref(), Some("../../runtime"));
        assert_eq!(path("/p", "/p/./x/../runtime").as_deref(), Some("runtime"));
        assert_eq!(path("/p", "/p").as_deref(), Some("."));
    }
}
