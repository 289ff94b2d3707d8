//! The server under test, and a client that writes HTTP by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mcpwright::codegen::{
    Argument, ArgumentErrors, Arguments, Declaration, DeclaredTool, Deployment, Kind, Limits,
    Listing, Module, Output, Reader, Tool, Writer,
};
use mcpwright::{Context, Server, ToolError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) static MODULE: Module = Module {
    name: "all",
    tools: Listing::new("{\"name\":\"add\",\"inputSchema\":{\"type\":\"object\"},\"outputSchema\":{\"type\":\"integer\"}}\n\
              {\"name\":\"boom\",\"inputSchema\":{\"type\":\"object\"}}\n\
              {\"name\":\"caller\",\"inputSchema\":{\"type\":\"object\"}}\n\
              {\"name\":\"fail\",\"inputSchema\":{\"type\":\"object\"}}\n\
              {\"name\":\"hang\",\"inputSchema\":{\"type\":\"object\"}}\n\
              {\"name\":\"who\",\"inputSchema\":{\"type\":\"object\"}}\n")
    .legacy("{\"name\":\"add\",\"inputSchema\":{\"type\":\"object\"},\"outputSchema\":{\"type\":\"object\"}}\n\n\n\n\n\n"),
    ..Module::DEFAULT
};

macro_rules! tool {
    ($table:ident, $name:literal, $output:ident, $arguments:expr) => {
        static $table: DeclaredTool = DeclaredTool {
            name: $name,
            arguments: $arguments,
            output: Output::$output,
            ..DeclaredTool::DEFAULT
        };
    };
}

macro_rules! no_arguments {
    ($($type:ident $table:ident),*) => {$(
        #[derive(Debug)]
        pub(crate) struct $type;

        impl Arguments for $type {
            const TOOL: Tool = Tool::Declared(&$table);
            fn read(_: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
                Ok(Self)
            }
            fn write(&self, _: &mut Writer) {}
        }
    )*};
}

tool!(
    ADD,
    "add",
    Wrapped,
    &[
        Argument::value("a", Kind::Integer).required(),
        Argument::value("b", Kind::Integer).required(),
    ]
);
tool!(BOOM, "boom", Undeclared, &[]);
tool!(CALLER, "caller", Undeclared, &[]);
tool!(FAIL, "fail", Undeclared, &[]);
tool!(WHO, "who", Undeclared, &[]);
static HANG: DeclaredTool = DeclaredTool {
    name: "hang",
    timeout: Some(Duration::from_secs(3600)),
    ..DeclaredTool::DEFAULT
};

no_arguments!(Boom BOOM, Caller CALLER, Fail FAIL, Hang HANG, Who WHO);

#[derive(Debug)]
pub(crate) struct Add {
    a: i64,
    b: i64,
}

impl Arguments for Add {
    const TOOL: Tool = Tool::Declared(&ADD);
    fn read(reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
        Ok(Self { a: reader.integer(0), b: reader.integer(1) })
    }
    fn write(&self, writer: &mut Writer) {
        writer.integer(0, self.a);
        writer.integer(1, self.b);
    }
}

pub(crate) const PLAIN: Declaration = Declaration {
    name: "s",
    version: "1",
    info: r#"{"name":"s","version":"1"}"#,
    modules: &[&MODULE],
    tools: &[
        Tool::Declared(&ADD),
        Tool::Declared(&BOOM),
        Tool::Declared(&CALLER),
        Tool::Declared(&FAIL),
        Tool::Declared(&HANG),
        Tool::Declared(&WHO),
    ],
    deployment: Deployment { stateless: true, ..Deployment::DEFAULT },
    limits: Limits { request_body: 4096, ..Limits::DEFAULT },
    revision: mcpwright::codegen::REVISION,
    ..Declaration::DEFAULT
};

pub(crate) static STATELESS: Declaration = PLAIN;
pub(crate) static MASKED: Declaration = Declaration { mask_error_details: true, ..PLAIN };
pub(crate) static STATEFUL: Declaration = Declaration { deployment: Deployment::DEFAULT, ..PLAIN };
pub(crate) static NARROW: Declaration =
    Declaration { limits: Limits { in_flight: 1, ..PLAIN.limits }, ..PLAIN };
pub(crate) static EMPTY: Declaration = Declaration { tools: &[], modules: &[], ..PLAIN };

/// How many calls of `hang` are running.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hanging(Arc<AtomicUsize>);

struct Running(Hanging);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Hanging {
    fn start(&self) -> Running {
        self.0.fetch_add(1, Ordering::SeqCst);
        Running(self.clone())
    }

    /// Waits until so many calls are running.
    pub(crate) async fn wait_for(&self, count: usize) {
        let reached = async {
            while self.0.load(Ordering::SeqCst) != count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reached).await.expect("the count is reached");
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// The server with all its handlers.
pub(crate) fn server(declaration: &'static Declaration) -> (Server, Hanging) {
    let hanging = Hanging::default();
    if declaration.tools.is_empty() {
        return (Server::new(declaration), hanging);
    }
    let counter = hanging.clone();
    let server = Server::new(declaration)
        .on(|_: Context, add: Add| async move {
            add.a.checked_add(add.b).ok_or_else(|| ToolError::public("the sum is too large"))
        })
        .on(|_: Context, _: Boom| async move {
            if true {
                panic!("a secret of the handler");
            }
            Ok(())
        })
        .on(|context: Context, _: Caller| async move {
            let headers = context.http_headers();
            let mut names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
            names.sort_unstable();
            let head = context.http_request();
            Ok(format!(
                "{:?} {:?} {:?} [{}] {:?}",
                context.principal().id(),
                context.transport(),
                context.session_id().map(str::len),
                names.join(" "),
                head.and_then(|head| head.headers.get("authorization")),
            ))
        })
        .on(|_: Context, _: Fail| async move {
            Err::<(), _>(
                ToolError::internal("the disk is full").with_source(std::io::Error::other("sda1")),
            )
        })
        .on(move |_: Context, _: Hang| {
            let counter = counter.clone();
            async move {
                let _running = counter.start();
                std::future::pending::<()>().await;
                Ok(())
            }
        })
        .on(|context: Context, _: Who| async move {
            let name =
                context.client_info().and_then(|info| Some(info["name"].as_str()?.to_owned()));
            let name = name.unwrap_or_else(|| "nobody".to_owned());
            Ok(format!("{name} {} {}", context.protocol_version(), context.request_id()))
        });
    (server, hanging)
}

/// Serves on a free loopback port.
pub(crate) async fn listen(server: &Server) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the listener is bound");
    let server = server.clone();
    tokio::spawn(async move {
        mcpwright::transport::http::serve(&server, listener, "/mcp", std::future::pending()).await
    });
    address
}

/// A response, with the head as text.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A request as text. `headers` replace the usual ones of the same name; an empty value drops one.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let length = body.len().to_string();
    let usual = [
        ("Host", "localhost"),
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("Content-Length", &length),
        ("Connection", "close"),
    ];
    let mut text = format!("{method} {path} HTTP/1.1\r\n");
    let replaced = |name: &str| headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    let kept = usual.iter().filter(|(name, _)| !replaced(name));
    for (name, value) in kept.chain(headers.iter().filter(|(_, value)| !value.is_empty())) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) async fn send(address: SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(request).await.expect("the server reads");
    read_answer(&mut stream).await
}

pub(crate) async fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    // A server that refuses a body may reset the connection after its answer.
    drop(stream.read_to_end(&mut bytes).await);
    let text = String::from_utf8(bytes).expect("the answer is UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("the answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Answer {
        status: status.expect("the answer has a status"),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

pub(crate) async fn post(address: SocketAddr, headers: &[(&str, &str)], body: &str) -> Answer {
    send(address, &request("POST", "/mcp", headers, body.as_bytes())).await
}

/// A request of 2026-07-28.
pub(crate) fn modern(id: &str, method: &str, params: &str) -> String {
    let comma = if params.is_empty() { "" } else { "," };
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{{{params}{comma}"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
    )
}

/// Its headers.
pub(crate) fn mirrored<'a>(method: &'a str, name: &'a str) -> [(&'a str, &'a str); 3] {
    [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method), ("Mcp-Name", name)]
}

/// A request of the versions before.
pub(crate) fn legacy(id: &str, method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{{{params}}}}}"#)
}
