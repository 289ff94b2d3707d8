//! An upstream that answers everything and remembers what it was asked.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::request::Request;

/// The upstream; it runs on the executor that it was started on.
#[derive(Clone, Debug)]
pub struct Recorder {
    base: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Recorder {
    /// Starts it on a free port of this machine.
    ///
    /// # Errors
    ///
    /// Fails where no port can be had.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no free port")?;
        let base = format!("http://{}/base", listener.local_addr()?);
        let requests = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&requests);
        let answer = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let target = (uri.path(), uri.query().unwrap_or_default());
            let request = Request::of_wire(method.as_str(), target, &headers, &body);
            recorded.lock().unwrap_or_else(PoisonError::into_inner).push(request);
            async { Json::<Value>(json!({})) }
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { base, requests })
    }

    /// Its base URL.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The requests since the last time that they were taken.
    #[must_use]
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
