//! The least that an HTTP server of this stack can do: one axum route that returns fixed bytes.
//!
//! `floor PORT` listens on loopback until it is stopped.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use tokio::net::TcpListener;

/// As long as the reply of a tool that adds two integers.
const REPLY: &[u8] = br#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"3"}],"structuredContent":{"result":3},"isError":false}}"#;

#[tokio::main]
async fn main() -> Result<(), String> {
    let port = std::env::args().nth(1).and_then(|text| text.parse::<u16>().ok());
    let port = port.ok_or("usage: floor PORT")?;
    let reply = async || ([(CONTENT_TYPE, "application/json")], REPLY);
    let router = Router::new().route("/mcp", post(reply));
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.map_err(|error| format!("cannot listen on {port}: {error}"))?;
    axum::serve(listener, router).await.map_err(|error| error.to_string())
}
