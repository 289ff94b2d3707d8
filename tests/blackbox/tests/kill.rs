//! A generator that is killed while it writes leaves the old crate or the new one, and the next
//! run succeeds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use blackbox::programs::{self, Guarded};
use blackbox::repository;

/// Runs that are killed at moments spread over the whole run.
const SPREAD: u32 = 24;
/// Runs that are killed soon after the first sign of writing, each a little later.
const WRITING: u32 = 48;
const STEP: Duration = Duration::from_micros(150);

/// What lies in a folder: path to content.
type Snapshot = BTreeMap<PathBuf, Vec<u8>>;

/// A workspace with one server, and a program that generates it.
struct Project {
    folder: tempfile::TempDir,
    generator: PathBuf,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"generated/*\"]\n";
        fs::write(folder.path().join("Cargo.toml"), workspace).expect("a file can be written");
        fs::create_dir_all(folder.path().join("specs/shop")).expect("a folder can be made");
        Self { folder, generator: programs::program("xtask") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn declare(&self, document: &str) {
        fs::write(self.path("specs/shop/openapi.yaml"), document).expect("a file can be written");
    }

    fn start(&self) -> Guarded {
        let child = Command::new(&self.generator)
            .args(["gen", "specs/shop", "--runtime"])
            .arg(repository::root().join("runtime"))
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Guarded(child.expect("the generator starts"))
    }

    fn generate(&self) {
        let output = Command::new(&self.generator)
            .args(["gen", "specs/shop", "--runtime"])
            .arg(repository::root().join("runtime"))
            .current_dir(self.folder.path())
            .output()
            .expect("the generator starts");
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the generator fails:\n{messages}");
    }

    fn generated(&self) -> Snapshot {
        snapshot(&self.path("generated/shop-mcp"))
    }

    /// Everything that a run may change.
    fn state(&self) -> (Snapshot, Snapshot) {
        (snapshot(&self.path("generated")), snapshot(&self.path("specs")))
    }

    fn restore(&self, state: &(Snapshot, Snapshot)) {
        for (name, files) in [("generated", &state.0), ("specs", &state.1)] {
            let folder = self.path(name);
            fs::remove_dir_all(&folder).expect("a folder can be removed");
            for (path, content) in files {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
                fs::write(path, content).expect("a file can be written");
            }
        }
    }

    /// Names beside the crate: a run that writes shows here first.
    fn siblings(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("generated")).into_iter().flatten().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn lock(&self) -> Option<Vec<u8>> {
        fs::read(self.path("specs/shop/mcp.lock")).ok()
    }
}

/// A document with many files in its crate, so that writing takes a while.
fn document(version: &str, tags: usize) -> String {
    let mut text = format!(
        "openapi: 3.1.0\ninfo: {{ title: Shop, version: {version} }}\n\
         servers: [{{ url: 'https://shop.example' }}]\npaths:\n"
    );
    for tag in 0..tags {
        for operation in 0..4 {
            let _ = writeln!(
                text,
                "  /t{tag}/o{operation}:\n    get:\n      operationId: read{tag}x{operation}\n      \
                 tags: [group{tag}]\n      summary: Of version {version}\n      parameters:\n        \
                 - {{ name: page, in: query, schema: {{ type: integer }} }}\n      responses: {{}}"
            );
        }
    }
    text
}

fn snapshot(folder: &Path) -> Snapshot {
    let mut found = Snapshot::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below the folder").to_owned();
                found.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

#[test]
fn killed_generator_leaves_the_old_crate_or_the_new_one() {
    let project = Project::new();
    project.declare(&document("1.0.0", 40));
    project.generate();
    let old = project.generated();
    assert!(old.len() > 40, "the crate has {} files", old.len());
    let siblings = project.siblings();
    let (generated, _) = project.state();
    project.declare(&document("2.0.0", 44));
    let before = (generated, project.state().1);

    let start = Instant::now();
    project.generate();
    let whole = start.elapsed();
    let new = project.generated();
    let new_lock = project.lock();
    assert_ne!(old, new, "the two documents make a difference");

    let mut ends = [0, 0];
    for point in 0..SPREAD + WRITING {
        project.restore(&before);
        let mut run = project.start();
        if point < SPREAD {
            std::thread::sleep(whole * point / SPREAD);
        } else {
            wait_for_writing(&project, &mut run, &siblings, whole * 4);
            std::thread::sleep(STEP * (point - SPREAD));
        }
        let _ = run.0.kill();
        run.wait();

        let found = project.generated();
        let is_new = found == new;
        assert!(
            is_new || found == old,
            "killed at point {point}, the crate is neither the old one nor the new one: {:?}",
            difference(&found, &old, &new)
        );
        ends[usize::from(is_new)] += 1;

        project.generate();
        assert_eq!(project.siblings(), siblings, "something is left after point {point}");
        assert!(project.generated() == new, "the run after point {point} does not repair");
        assert!(project.lock() == new_lock, "the lock after point {point} differs");
    }
    eprintln!("killed {} times: {} old, {} new", SPREAD + WRITING, ends[0], ends[1]);
}

/// Waits until something in the folder of crates changes, or the run ends.
fn wait_for_writing(project: &Project, run: &mut Guarded, siblings: &[String], most: Duration) {
    let start = Instant::now();
    while start.elapsed() < most
        && matches!(run.0.try_wait(), Ok(None))
        && project.siblings() == siblings
    {
        std::hint::spin_loop();
    }
}

/// Paths that are in neither of two states, or missing from both.
fn difference(found: &Snapshot, old: &Snapshot, new: &Snapshot) -> Vec<String> {
    let strange = found
        .iter()
        .filter(|(path, content)| {
            old.get(*path) != Some(content) && new.get(*path) != Some(content)
        })
        .map(|(path, content)| format!("{} ({} bytes)", path.display(), content.len()));
    let missing = old
        .keys()
        .filter(|path| new.contains_key(*path) && !found.contains_key(*path))
        .map(|path| format!("{} is missing", path.display()));
    strange.chain(missing).take(10).collect()
}
