//! Resources that are read from files and folders: what is sent, and what is not even opened.

use std::fs;
use std::path::Path;

use mcpwright::codegen::{
    Argument, Declaration, Folder, Kind, Limits, Part, Resource, Setting, Source, Template,
};
use mcpwright::testing::{Client, RpcError};
use mcpwright::{Options, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

static PATH: &[Argument] = &[Argument::value("path", Kind::Text).required()];
static BELOW: &[Part] = &[Part::Literal("docs://"), Part::Rest(0)];
static BESIDE: &[Part] = &[Part::Literal("flat://"), Part::Segment(0)];

/// What a declaration has for the life of the program.
fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn setting(path: &Path) -> Setting {
    Setting(leak(path.to_str().expect("UTF-8").to_owned()))
}

/// A folder `docs` with files, and beside it what nobody may read.
fn folder() -> TempDir {
    let all = tempfile::tempdir().expect("a temporary folder");
    let docs = all.path().join("docs");
    fs::create_dir_all(docs.join("inner/deep")).expect("a folder");
    for (name, text) in [
        ("readme.md", &b"# Read me"[..]),
        ("notes.txt", b"notes"),
        ("100%.txt", b"percent"),
        ("data.bin", b"\x00\xff"),
        ("inner/page.md", b"page"),
        ("inner/deep/leaf.md", b"leaf"),
        ("large.txt", &[b'x'; 2000]),
        ("../secret.txt", b"secret"),
    ] {
        fs::write(docs.join(name), text).expect("a file");
    }
    all
}

/// A server over the folder: its list, the files below it, those in it, and one file.
fn server(all: &TempDir, pattern: &'static str, recursive: bool) -> Server {
    let path = setting(&all.path().join("docs"));
    let folder = |recursive, pattern| Source::Folder(leak(Folder { path, pattern, recursive }));
    let list = Resource {
        uri: "list://docs",
        name: "list",
        source: folder(recursive, pattern),
        ..Resource::DEFAULT
    };
    let one = Resource {
        uri: "one://readme",
        name: "one",
        mime_type: "text/markdown",
        source: Source::File(setting(&all.path().join("docs/readme.md"))),
        ..Resource::DEFAULT
    };
    let pipe = Resource {
        uri: "one://pipe",
        name: "pipe",
        source: Source::File(setting(&all.path().join("docs/pipe"))),
        ..Resource::DEFAULT
    };
    let below = Template {
        uri_template: "docs://{path*}",
        name: "below",
        parts: BELOW,
        arguments: PATH,
        source: folder(true, pattern),
        ..Template::DEFAULT
    };
    let beside = Template {
        uri_template: "flat://{path}",
        name: "beside",
        mime_type: "text/x-own",
        parts: BESIDE,
        arguments: PATH,
        source: folder(false, ""),
        ..Template::DEFAULT
    };
    Server::new(leak(Declaration {
        name: "files",
        resources: leak([leak(list), leak(pipe), leak(one)]),
        templates: leak([leak(below), leak(beside)]),
        limits: Limits { resource_size: 1000, ..Limits::DEFAULT },
        ..Declaration::DEFAULT
    }))
}

async fn read(server: &Server, uri: &str) -> Result<Value, RpcError> {
    let mut contents = Client::connect(server).await.read_resource(uri).await?;
    Ok(contents[0].take())
}

async fn check(server: &Server, uri: &str, media_type: &str, text: &str) {
    let content = read(server, uri).await.unwrap_or_else(|error| panic!("{uri}: {error}"));
    assert_eq!(content, json!({ "uri": uri, "mimeType": media_type, "text": text }));
}

/// Both generations say that there is none, each in its words, and nothing tells why.
async fn check_absent(server: &Server, uri: &str) {
    let error = read(server, uri).await.expect_err(uri);
    assert_eq!((error.code, error.message.as_str()), (-32602, "Resource not found"), "{uri}");
    assert_eq!(error.data, json!({ "uri": uri }));
    let legacy = Client::with_handshake(server, "2025-06-18").await;
    let error = legacy.read_resource(uri).await.expect_err(uri);
    assert_eq!((error.code, error.message.as_str()), (-32002, "Resource not found"), "{uri}");
}

#[tokio::test]
async fn files_are_read_when_they_are_asked_for() {
    let all = folder();
    let server = server(&all, "", true);
    check(&server, "one://readme", "text/markdown", "# Read me").await;
    fs::write(all.path().join("docs/readme.md"), "# Changed").expect("a file");
    check(&server, "one://readme", "text/markdown", "# Changed").await;
    check(&server, "docs://readme.md", "text/markdown", "# Changed").await;
    check(&server, "docs://inner/deep/leaf.md", "text/markdown", "leaf").await;
    check(&server, "docs://inner%2Fpage.md", "text/markdown", "page").await;
    check(&server, "docs://100%25.txt", "text/plain", "percent").await;
    check(&server, "flat://notes.txt", "text/x-own", "notes").await;
    let binary = read(&server, "docs://data.bin").await.expect("bytes");
    let expected = json!({
        "uri": "docs://data.bin", "mimeType": "application/octet-stream", "blob": "AP8="
    });
    assert_eq!(binary, expected);
    fs::remove_file(all.path().join("docs/readme.md")).expect("it is there");
    check_absent(&server, "one://readme").await;
}

#[tokio::test]
async fn folders_are_listed() {
    let all = folder();
    for (pattern, recursive, expected) in [
        ("*.md", false, json!(["readme.md"])),
        ("*.md", true, json!(["inner/deep/leaf.md", "inner/page.md", "readme.md"])),
        ("????.*", true, json!(["100%.txt", "data.bin", "inner/deep/leaf.md", "inner/page.md"])),
        ("", false, json!(["100%.txt", "data.bin", "large.txt", "notes.txt", "readme.md"])),
        ("*.none", true, json!([])),
    ] {
        let content = read(&server(&all, pattern, recursive), "list://docs").await.expect("a list");
        assert_eq!(content["mimeType"], "application/json");
        let text = content["text"].as_str().expect("a text");
        let found: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(found, json!({ "files": expected }), "{pattern}");
    }
}

#[tokio::test]
async fn nothing_outside_of_the_folder_is_read() {
    let all = folder();
    let server = server(&all, "", true);
    let root = all.path().display().to_string();
    for uri in [
        "docs://../secret.txt",
        "docs://inner/../../secret.txt",
        "docs://inner/../readme.md",
        "docs://./readme.md",
        "docs://inner//page.md",
        "docs:///readme.md",
        "docs://..",
        "docs://inner",
        "docs://%2e%2e/secret.txt",
        "docs://%2e%2e%2fsecret.txt",
        "docs://%252e%252e/secret.txt",
        "docs://%252e%252e%252fsecret.txt",
        "docs://%25252e%25252e%25252fsecret.txt",
        "docs://..%5csecret.txt",
        "docs://..%255csecret.txt",
        "docs://inner%5cpage.md",
        "docs://C:%5creadme.md",
        "docs://C:/readme.md",
        "docs://readme.md%00",
        "docs://readme.md%2500",
        "docs://readme.md/",
        "docs://none.md",
        "docs:///etc/passwd",
        "docs://%2Fetc%2Fpasswd",
        "flat://inner%2Fpage.md",
        "flat://..%2Fsecret.txt",
    ] {
        check_absent(&server, uri).await;
    }
    check_absent(&server, &format!("docs://{root}/secret.txt")).await;
}

#[tokio::test]
async fn patterns_and_limits_hold_for_what_is_read() {
    let all = folder();
    let server = server(&all, "*.txt", true);
    check(&server, "docs://notes.txt", "text/plain", "notes").await;
    check_absent(&server, "docs://readme.md").await;
    let error = read(&server, "docs://large.txt").await.expect_err("it is too large");
    assert_eq!(error.message, "the contents are larger than the limit of 1000 bytes");
}

#[cfg(unix)]
#[tokio::test]
async fn links_and_special_files_lead_nowhere() {
    use std::os::unix::fs::symlink;

    let all = folder();
    let docs = all.path().join("docs");
    symlink("../secret.txt", docs.join("out.txt")).expect("a link");
    symlink(all.path().join("secret.txt"), docs.join("absolute.txt")).expect("a link");
    symlink("..", docs.join("up")).expect("a link");
    symlink("loop", docs.join("loop")).expect("a link");
    symlink("readme.md", docs.join("inside.md")).expect("a link");
    symlink("/dev/zero", docs.join("zero")).expect("a link");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        docs.join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .expect("a pipe");
    let server = server(&all, "", true);
    for name in ["out.txt", "absolute.txt", "up/secret.txt", "up/docs/readme.md", "loop", "zero"] {
        check_absent(&server, &format!("docs://{name}")).await;
    }
    // Whoever opened it would wait for somebody to write.
    check_absent(&server, "docs://pipe").await;
    check_absent(&server, "one://pipe").await;
    check(&server, "docs://inside.md", "text/markdown", "# Read me").await;
    let content = read(&server, "list://docs").await.expect("a list");
    let text = content["text"].as_str().expect("a text");
    assert!(text.contains("inside.md"), "{text}");
    for name in ["out.txt", "absolute.txt", "up", "loop", "zero", "pipe", "secret"] {
        assert!(!text.contains(&format!("{name}\"")), "{name} is in {text}");
    }
}

#[tokio::test]
async fn missing_variable_is_named_at_start() {
    let one = leak(Resource {
        uri: "one://readme",
        name: "one",
        source: Source::File(Setting("${NO_SUCH_FOLDER_OF_TESTS}/readme.md")),
        ..Resource::DEFAULT
    });
    let declaration = Declaration { name: "f", resources: leak([one]), ..Declaration::DEFAULT };
    let server = Server::new(leak(declaration)).options(Options::default());
    let error = read(&server, "one://readme").await.expect_err("it is not configured");
    assert!(error.message.contains("NO_SUCH_FOLDER_OF_TESTS"), "{error}");
}
