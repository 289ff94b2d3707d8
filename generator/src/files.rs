//! The files of a generated crate, and how they differ from those on disk.
//!
//! Does no input or output: what is on disk is passed in.

mod tokens;

use std::collections::{BTreeMap, btree_map};
use std::fmt::Write as _;

use similar::TextDiff;

/// Files of a folder: path relative to it, with `/`, to contents. In the order of the paths.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Files {
    contents: BTreeMap<String, Vec<u8>>,
}

impl Files {
    /// Adds a file, or replaces its contents.
    pub fn insert(&mut self, path: impl Into<String>, contents: impl Into<Vec<u8>>) {
        self.contents.insert(path.into(), contents.into());
    }

    /// The text of a file, where it is one.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.contents.get(path)?).ok()
    }

    /// Whether there is such a file.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.contents.contains_key(path)
    }

    /// Paths and contents, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.contents.iter().map(|(path, contents)| (path.as_str(), contents.as_slice()))
    }

    /// Paths and contents of those that are texts.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().filter_map(|(path, contents)| Some((path, std::str::from_utf8(contents).ok()?)))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contents.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.contents.len()
    }

    /// What has to happen to the files `on_disk` for them to become these.
    ///
    /// Line endings make no difference, and neither does the layout of Rust files: `cargo fmt` in
    /// a generated crate is no change. Comments of Rust files that are not documentation count as
    /// layout.
    #[must_use]
    pub fn changes(&self, on_disk: &Self) -> Changes {
        let mut changes = Changes::default();
        for (path, text) in self.iter() {
            match on_disk.contents.get(path) {
                None => changes.added.push(path.to_owned()),
                Some(old) if !same(path, old, text) => changes.changed.push(path.to_owned()),
                Some(_) => {}
            }
        }
        let stale = on_disk.iter().filter(|(path, _)| !self.contains(path));
        changes.removed = stale.map(|(path, _)| path.to_owned()).collect();
        changes
    }

    /// A unified diff from the files `on_disk` to these, over what [`Files::changes`] names.
    /// Paths are shown below `folder`. Long lines and long diffs are cut, and say so.
    #[must_use]
    pub fn render_diff(&self, on_disk: &Self, folder: &str) -> String {
        let changes = self.changes(on_disk);
        let mut paths: Vec<_> =
            [&changes.added, &changes.changed, &changes.removed].into_iter().flatten().collect();
        paths.sort_unstable();
        let mut diff = String::new();
        for path in paths {
            let name = format!("{folder}/{path}");
            let is_text = |files: &Self| !files.contains(path) || files.get(path).is_some();
            diff.push_str(&if is_text(self) && is_text(on_disk) {
                file_diff(&name, on_disk.get(path), self.get(path))
            } else {
                format!("Binary files {name} differ\n")
            });
        }
        diff
    }
}

impl FromIterator<(String, String)> for Files {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(files: I) -> Self {
        let contents = files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
        Self { contents }
    }
}

impl<'f> IntoIterator for &'f Files {
    type Item = (&'f String, &'f Vec<u8>);
    type IntoIter = btree_map::Iter<'f, String, Vec<u8>>;

    fn into_iter(self) -> Self::IntoIter {
        self.contents.iter()
    }
}

impl std::ops::Index<&str> for Files {
    type Output = str;

    /// # Panics
    ///
    /// Panics when there is no such file.
    fn index(&self, path: &str) -> &str {
        self.get(path).unwrap_or_else(|| panic!("there is no file {path}"))
    }
}

/// How files on disk differ from those that were generated; paths in order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Changes {
    /// Not on disk yet.
    pub added: Vec<String>,
    /// On disk with other content.
    pub changed: Vec<String>,
    /// On disk, and not generated any more.
    pub removed: Vec<String>,
}

impl Changes {
    /// Whether the files on disk are those that were generated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

/// Whether two versions of a file have the same content.
fn same(path: &str, old: &[u8], new: &[u8]) -> bool {
    if old == new {
        return true;
    }
    let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else {
        return false;
    };
    let (old, new) = (with_newlines(old), with_newlines(new));
    old == new || path.ends_with(".rs") && tokens::same(&old, &new)
}

fn with_newlines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The lines that a diff of one file shows at most.
const DIFF_LINES: usize = 200;
/// The characters of a line that a diff shows at most.
const DIFF_COLUMNS: usize = 300;
/// The lines of a file beyond which no diff is computed.
const LONGEST_COMPARED: usize = 50_000;

fn file_diff(path: &str, old: Option<&str>, new: Option<&str>) -> String {
    let name = |prefix: &str, text: Option<&str>| match text {
        Some(_) => format!("{prefix}/{path}"),
        None => "/dev/null".to_owned(),
    };
    let (before, after) = (name("a", old), name("b", new));
    let old = with_newlines(old.unwrap_or_default());
    let new = with_newlines(new.unwrap_or_default());
    let (old_lines, new_lines) = (old.lines().count(), new.lines().count());
    if old_lines.max(new_lines) > LONGEST_COMPARED {
        return format!(
            "--- {before}\n+++ {after}\n({old_lines} lines before, {new_lines} after)\n"
        );
    }
    let lines = TextDiff::from_lines(&old, &new);
    let whole = lines.unified_diff().context_radius(3).header(&before, &after).to_string();
    let mut diff = String::new();
    for line in whole.lines().take(DIFF_LINES) {
        match line.char_indices().nth(DIFF_COLUMNS) {
            None => writeln!(diff, "{line}"),
            Some((cut, _)) => {
                let rest = line.chars().count() - DIFF_COLUMNS;
                writeln!(diff, "{}… ({rest} more characters)", line.get(..cut).unwrap_or_default())
            }
        }
        .expect("writing to a string succeeds");
    }
    let rest = whole.lines().count().saturating_sub(DIFF_LINES);
    if rest > 0 {
        writeln!(diff, "… ({rest} more lines)").expect("writing to a string succeeds");
    }
    diff
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::Files;

    fn files(texts: &[(&str, &str)]) -> Files {
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn added_changed_and_removed_files_are_told_apart() {
        let new = files(&[("a", "1"), ("b", "2"), ("c", "3\n")]);
        let old = files(&[("b", "0"), ("c", "3\r\n"), ("d", "4")]);
        expect![[r#"
            Changes {
                added: [
                    "a",
                ],
                changed: [
                    "b",
                ],
                removed: [
                    "d",
                ],
            }
        "#]]
        .assert_debug_eq(&new.changes(&old));
        assert!(new.changes(&new).is_empty());
    }

    #[test]
    fn diff_shows_each_file_that_differs() {
        let lines: String = (0..20).map(|line| format!("line {line}\n")).collect();
        let new = files(&[
            ("README.md", &lines),
            ("src/new.rs", "fn a() {}\n"),
            ("src/same.rs", "fn b() {}"),
        ]);
        let old = lines.replace("line 10\n", "line ten\r\n");
        let old = files(&[
            ("README.md", &old),
            ("src/old.rs", "fn a() {}\n"),
            ("src/same.rs", "fn b( ) { }"),
        ]);
        expect![[r#"
            --- a/generated/x/README.md
            +++ b/generated/x/README.md
            @@ -8,7 +8,7 @@
             line 7
             line 8
             line 9
            -line ten
            +line 10
             line 11
             line 12
             line 13
            --- /dev/null
            +++ b/generated/x/src/new.rs
            @@ -0,0 +1 @@
            +fn a() {}
            --- a/generated/x/src/old.rs
            +++ /dev/null
            @@ -1 +0,0 @@
            -fn a() {}
        "#]]
        .assert_eq(&new.render_diff(&old, "generated/x"));
    }

    #[test]
    fn diff_cuts_long_lines_and_long_files() {
        let new = files(&[("a.jsonl", &"x".repeat(400)), ("b", &"y\n".repeat(1000))]);
        let diff = new.render_diff(&Files::default(), "x");
        assert!(diff.contains("x… (101 more characters)\n"), "{diff}");
        assert!(diff.ends_with("+y\n… (803 more lines)\n"), "{diff}");
        let huge = files(&[("a", &"y\n".repeat(60_000))]);
        expect![[r#"
            --- /dev/null
            +++ b/x/a
            (0 lines before, 60000 after)
        "#]]
        .assert_eq(&huge.render_diff(&Files::default(), "x"));
    }
}
