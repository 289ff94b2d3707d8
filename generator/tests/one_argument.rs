//! What it takes to give a tool one argument more: a line of the declaration, and a line of the handler
//! that uses it. The compiler asks for nothing else.

#![expect(clippy::disallowed_methods, reason = "tests write crates and compile them")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use mcpwright_generator::emit::RuntimeDependency;
use mcpwright_generator::source::SourceMap;
use mcpwright_generator::{Request, generate};

/// The declaration and the handler of `examples/weather`, where the argument is added.
const LAST_ARGUMENT: &str = "args.days = { type = \"int\", ge = 1, le = 7, default = 3 }\n";
const NEW_ARGUMENT: &str = "args.language = \"str = 'en'\"\n";
const OLD_LINE: &str = "context.info(format!(\"looking {} days ahead\", arguments.days)).await;";
const NEW_LINE: &str =
    "context.info(format!(\"{}: {} days\", arguments.language, arguments.days)).await;";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).expect(path)
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
    std::fs::write(path, text).expect("a file can be written");
}

/// The text with one place changed.
fn changed(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} is to be there once");
    text.replace(from, to)
}

/// A workspace with the generated crate and the hand-written one.
struct Project {
    root: PathBuf,
}

impl Project {
    fn new() -> Self {
        let root = repository().join("target/one-argument");
        if root.exists() {
            std::fs::remove_dir_all(&root).expect("the last run can be removed");
        }
        let members = "[workspace]\nresolver = \"3\"\nmembers = [\"weather\", \"weather-mcp\"]\n";
        write(&root.join("Cargo.toml"), members);
        write(&root.join("Cargo.lock"), read("Cargo.lock"));
        let runtime = repository().join("runtime");
        let manifest = format!(
            "[package]\nname = \"weather\"\nedition = \"2024\"\n\n[dependencies]\nweather-mcp = {{ path = \
             \"../weather-mcp\" }}\nmcpwright = {{ path = {:?} }}\n",
            runtime.to_string_lossy()
        );
        write(&root.join("weather/Cargo.toml"), manifest);
        write(&root.join("weather/src/main.rs"), read("examples/weather/src/main.rs"));
        Self { root }
    }

    /// Writes what is generated; the names that were given stay as they are.
    fn declare(&self, declaration: &str) {
        let lock = read("specs/weather/mcp.lock");
        let mut sources = SourceMap::default();
        let request = Request {
            name: "weather".to_owned(),
            manifest: Some(sources.add("mcp.toml", declaration)),
            included: Vec::new(),
            documents: Vec::new(),
            overlays: Vec::new(),
            files: BTreeMap::new(),
            lock: Some(sources.add("mcp.lock", &*lock)),
            command: "cargo xtask gen".to_owned(),
            runtime: RuntimeDependency::Path(repository().join("runtime").display().to_string()),
        };
        let generated = generate(&request, &sources).expect("the declaration is accepted");
        assert_eq!(generated.lock, lock, "an argument is no name of a component");
        for (path, content) in generated.files.iter() {
            write(&self.root.join("weather-mcp").join(path), content);
        }
    }

    /// What the compiler says about the handlers.
    fn check(&self, handlers: &str) -> Result<(), String> {
        write(&self.root.join("weather/src/handlers.rs"), handlers);
        let output = Command::new(env!("CARGO"))
            .args(["check", "--package", "weather", "--quiet", "--target-dir"])
            .arg(repository().join("target"))
            .current_dir(&self.root)
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(said) }
    }
}

#[test]
fn one_argument_more_is_a_line_of_the_declaration_and_a_line_of_the_handler() {
    let declaration = read("specs/weather/mcp.toml");
    let handlers = read("examples/weather/src/handlers.rs");
    let with_argument = format!("{LAST_ARGUMENT}{NEW_ARGUMENT}");
    let new_declaration = changed(&declaration, LAST_ARGUMENT, &with_argument);
    let new_handlers = changed(&handlers, OLD_LINE, NEW_LINE);
    let project = Project::new();
    // Only the declaration makes the argument: without its line the handler has none.
    project.declare(&declaration);
    let said = project.check(&new_handlers).expect_err("there is no such argument");
    assert!(said.contains("no field `language`"), "{said}");
    // With it, the handler is as good as it was, and may use the argument.
    project.declare(&new_declaration);
    project.check(&handlers).expect("the compiler asks for nothing");
    project.check(&new_handlers).expect("the argument is there");
}
