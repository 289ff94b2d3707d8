//! Small documents with one difficulty each, and the requests that their operations make, byte by
//! byte: what the OpenAPI text says about writing values, through generator and runtime.

#[path = "requests/bodies.rs"]
mod bodies;
#[path = "requests/parameters.rs"]
mod parameters;
#[path = "requests/reading.rs"]
mod reading;

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use corpus::documents::Document;
use corpus::generation::{self, Outcome};
use corpus::tables::{self, Checks};
use expect_test::Expect;
use mcpwright::arguments::{self, Mode};
use mcpwright::schema::Schema;
use mcpwright::upstream::{Options, Upstreams};
use mcpwright_generator::Generated;
use mcpwright_generator::emit::RuntimeDependency;
use serde_json::Value;
use tokio::net::TcpListener;

/// Headers that are the same for every request.
const USUAL: [&str; 5] = ["accept", "accept-encoding", "content-length", "host", "user-agent"];

/// Generates files, the first of which is the document.
fn generate(files: &[(&str, &str)]) -> Generated {
    let temporary = tempfile::tempdir().expect("a folder");
    // The name of the folder is that of the server.
    let folder = temporary.path().join("shop");
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let name = files[0].0.to_owned();
    let document = Document { path: folder.join(&name), name };
    let runtime = RuntimeDependency::Version("0.1.0".to_owned());
    match generation::generate(&document, runtime).0 {
        Outcome::Generated(generated) => *generated,
        Outcome::Refused(problems) => panic!("refused: {problems}"),
        Outcome::Panicked(message) => panic!("panicked: {message}"),
    }
}

/// Compares the requests of calls: the name of a tool, and its arguments in JSON.
fn check(paths: &str, calls: &[(&str, &str)], expected: &Expect) {
    check_files(&[("openapi.yaml", &format!("openapi: 3.1.0\n{paths}"))], calls, expected);
}

/// The same of a document with its version line, and files beside it.
fn check_files(files: &[(&str, &str)], calls: &[(&str, &str)], expected: &Expect) {
    let generated = generate(files);
    let executor = tokio::runtime::Runtime::new().expect("an executor");
    let mut shown = String::new();
    for warning in &generated.warnings {
        if warning.message.ends_with("names no server") {
            continue;
        }
        shown.push_str(&format!("warning: {}\n", warning.message));
    }
    executor.block_on(async {
        let upstream = Upstream::start().await;
        for (tool, arguments) in calls {
            shown.push_str(&upstream.call(&generated, tool, arguments).await);
            shown.push('\n');
        }
    });
    expected.assert_eq(&shown);
}

/// Answers everything, and remembers requests as text.
struct Upstream {
    base: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Upstream {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let base = format!("http://{}/base", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&requests);
        let answer = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            recorded.lock().expect("a lock").push(show(&method, &uri, &headers, &body));
            async { "{}" }
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, requests }
    }

    async fn call(&self, generated: &Generated, tool: &str, text: &str) -> String {
        let declaration = tables::declaration(&generated.plan, Checks::All);
        let operations = tables::operations(declaration);
        let Some(operation) = operations.get(tool).copied() else {
            let known: Vec<&str> = declaration.tools.iter().map(|tool| tool.name()).collect();
            return format!("no tool {tool} among {}", known.join(", "));
        };
        let name = declaration.upstreams.first().map(|upstream| upstream.name.to_owned());
        let options = Options { base_urls: vec![(name, self.base.clone())], mock: false };
        let upstreams = Upstreams::start(declaration, &options).expect("it starts");
        let values = match arguments::parse(operation.arguments, Some(text), Mode::default()) {
            Ok(values) => values,
            Err(errors) => return format!("refused: {errors}"),
        };
        if values.need_schema(operation.arguments) {
            let planned = generated.plan.tools().find(|planned| planned.name == tool);
            let listing = &planned.expect("a tool").listing;
            let listing: Value = serde_json::from_str(listing).expect("JSON");
            let schema = Schema::compile(&listing["inputSchema"]).expect("a schema");
            if let Err(errors) = values.conform(operation.arguments, &schema) {
                return format!("refused: {errors}");
            }
        }
        let reply = match upstreams.client(operation.upstream).call(operation, &values) {
            Ok(reply) => reply.await,
            Err(error) => return format!("refused: {error}"),
        };
        if let Err(error) = reply {
            return format!("failed: {error}");
        }
        let requests = std::mem::take(&mut *self.requests.lock().expect("a lock"));
        requests.join("\nand ")
    }
}

fn show(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> String {
    let mut shown = format!("{method} {uri}");
    let mut headers: Vec<(&str, String)> = headers
        .iter()
        .filter(|(name, _)| !USUAL.contains(&name.as_str()))
        .map(|(name, value)| {
            (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    headers.sort();
    for (name, value) in headers {
        shown.push_str(&format!("\n  {name}: {value}"));
    }
    for line in String::from_utf8_lossy(body).lines() {
        shown.push_str(&format!("\n  | {line}"));
    }
    shown
}
