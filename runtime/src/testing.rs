//! A client inside the process, for tests of servers: `#[tokio::test]` without sockets or processes.
//!
//! ```
//! # use mcpwright::testing::Client;
//! # async fn example(server: mcpwright::Server) {
//! let client = Client::connect(&server).await;
//! let result = client.call_tool("add", serde_json::json!({ "a": 1, "b": 2 })).await.unwrap();
//! assert_eq!(result["structuredContent"], 3);
//! # }
//! ```
//!
//! [`Client::connect`] speaks 2026-07-28, [`Client::with_handshake`] the versions before; a test of a
//! server that works in both runs with both.
//!
//! # Handlers that ask
//!
//! A handler may ask its client: for a form, for a completion of its model, for its folders. The
//! client answers as the test says:
//!
//! ```
//! # use mcpwright::testing::Client;
//! # async fn example(server: mcpwright::Server) {
//! let client = Client::builder()
//!     .on_elicitation(|_| serde_json::json!({ "action": "accept", "content": { "ok": true } }))
//!     .connect(&server)
//!     .await;
//! # }
//! ```
//!
//! What is answered decides what the client says it can do. With a handshake the handler waits for the
//! answer where it asked. On the 2026-07-28 wire the call ends with the question, and the client calls
//! again with the answer: **the handler runs again from its start**, and finds the answer when it asks
//! the same key. So what it did before the question happens twice, unless
//! [`Context::once`](crate::Context::once) guards it. [`Client::rounds`] tells how many calls it took:
//! a test that counts side effects over two rounds shows whether a handler is ready for that.

mod pages;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use self::pages::Pages;
use crate::context::Principal;
use crate::server::Server;
use crate::transport::memory::{self, Connection};

/// Rounds after which a client gives up a call whose handler does not stop asking.
const MOST_ROUNDS: usize = 20;

/// The version without a handshake.
const STATELESS: &str = "2026-07-28";

type Respond = Arc<dyn Fn(&Value) -> Value + Send + Sync>;

/// A client of one server.
pub struct Client {
    connection: Connection,
    version: String,
    script: Script,
    next: AtomicU64,
    rounds: AtomicUsize,
    messages: Mutex<Vec<Value>>,
}

/// How a client is made: what it can be asked, and what it answers.
#[derive(Clone, Default)]
pub struct ClientBuilder {
    script: Script,
    principal: Principal,
}

#[derive(Clone, Default)]
struct Script {
    by_method: BTreeMap<&'static str, Respond>,
    capabilities: Map<String, Value>,
    log_level: Option<String>,
}

/// An error of JSON-RPC that a server gave.
#[derive(Clone, Debug, PartialEq)]
pub struct RpcError {
    /// The code.
    pub code: i64,
    /// The message.
    pub message: String,
    /// `data`, null where there is none.
    pub data: Value,
}

impl fmt::Display for RpcError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for RpcError {}

impl ClientBuilder {
    /// Answers forms and pages: `params` of `elicitation/create` to its result.
    #[must_use]
    pub fn on_elicitation(self, answer: impl Fn(&Value) -> Value + Send + Sync + 'static) -> Self {
        let modes = json!({ "form": {}, "url": {} });
        self.on("elicitation/create", "elicitation", modes, answer)
    }

    /// Answers in place of a model: `params` of `sampling/createMessage` to its result.
    #[must_use]
    pub fn on_sampling(self, answer: impl Fn(&Value) -> Value + Send + Sync + 'static) -> Self {
        self.on("sampling/createMessage", "sampling", json!({ "tools": {} }), answer)
    }

    /// Tells these folders when it is asked for its roots: URIs.
    #[must_use]
    pub fn roots<U: Into<String>>(self, uris: impl IntoIterator<Item = U>) -> Self {
        let roots: Vec<Value> = uris.into_iter().map(|uri| json!({ "uri": uri.into() })).collect();
        self.on("roots/list", "roots", json!({}), move |_| json!({ "roots": roots }))
    }

    /// Wants to hear log messages of this level and above.
    #[must_use]
    pub fn log_level(mut self, level: crate::LogLevel) -> Self {
        self.script.log_level = Some(level.as_str().to_owned());
        self
    }

    /// Connects as somebody whom the server knows.
    #[must_use]
    pub fn principal(mut self, principal: Principal) -> Self {
        self.principal = principal;
        self
    }

    /// Says that it takes tasks, by the extension of 2026-07-28.
    #[must_use]
    pub fn tasks(self) -> Self {
        self.extension("io.modelcontextprotocol/tasks", json!({}))
    }

    /// Says that it has this extension of the protocol, with these settings: an object.
    #[must_use]
    pub fn extension(mut self, id: impl Into<String>, settings: Value) -> Self {
        let extensions = self.script.capabilities.entry("extensions").or_insert_with(|| json!({}));
        if let Value::Object(extensions) = extensions {
            extensions.insert(id.into(), settings);
        }
        self
    }

    fn on(
        mut self,
        method: &'static str,
        capability: &str,
        settings: Value,
        answer: impl Fn(&Value) -> Value + Send + Sync + 'static,
    ) -> Self {
        self.script.capabilities.insert(capability.to_owned(), settings);
        self.script.by_method.insert(method, Arc::new(answer));
        self
    }

    /// Connects by 2026-07-28.
    pub async fn connect(self, server: &Server) -> Client {
        self.client(server, STATELESS)
    }

    /// Connects and shakes hands by a version up to `2025-11-25`. What the server has negotiated is
    /// what [`Client::version`] says.
    ///
    /// # Panics
    /// The server refuses to shake hands.
    pub async fn with_handshake(self, server: &Server, version: &str) -> Client {
        let mut client = self.client(server, version);
        let params = json!({
            "protocolVersion": version,
            "capabilities": client.script.capabilities,
            "clientInfo": { "name": "test", "version": "1" },
        });
        let result = match client.once("initialize", &params).await {
            Ok(result) => result,
            Err(error) => panic!("the server does not shake hands: {error}"),
        };
        client.version = result["protocolVersion"].as_str().unwrap_or(version).to_owned();
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        client.connection.send(&initialized.to_string()).await;
        if let Some(level) = client.script.log_level.clone() {
            // A server that has no log says so, and sends no messages.
            drop(client.once("logging/setLevel", &json!({ "level": level })).await);
        }
        client
    }

    fn client(self, server: &Server, version: &str) -> Client {
        Client {
            connection: memory::connect_as(server, self.principal),
            version: version.to_owned(),
            script: self.script,
            next: AtomicU64::new(1),
            rounds: AtomicUsize::new(0),
            messages: Mutex::default(),
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let capabilities = &self.script.capabilities;
        formatter.debug_struct("ClientBuilder").field("capabilities", capabilities).finish()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("version", &self.version).finish_non_exhaustive()
    }
}

impl Client {
    /// A client that can be asked nothing, by 2026-07-28.
    pub async fn connect(server: &Server) -> Self {
        Self::builder().connect(server).await
    }

    /// A client that can be asked nothing, after a handshake by a version up to `2025-11-25`.
    ///
    /// # Panics
    /// The server refuses to shake hands.
    pub async fn with_handshake(server: &Server, version: &str) -> Self {
        Self::builder().with_handshake(server, version).await
    }

    /// A client that can be asked something.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The version of the protocol that is spoken.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many calls the last request took: one, and one more for each time that the server asked on the
    /// 2026-07-28 wire.
    #[must_use]
    pub fn rounds(&self) -> usize {
        self.rounds.load(Ordering::Relaxed)
    }

    /// The notifications that the server has sent while it answered requests so far: logs, progress,
    /// changes. A change that is told between two requests comes with the next.
    #[must_use]
    pub fn notifications(&self) -> Vec<Value> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Calls a tool and gives its result: `content`, `structuredContent`, `isError`.
    ///
    /// # Errors
    /// What the server refuses by an error of JSON-RPC. A tool that fails is a result.
    pub async fn call_tool(&self, name: &str, arguments: Value) -> Result<Value, RpcError> {
        self.request("tools/call", json!({ "name": name, "arguments": arguments })).await
    }

    /// Reads a resource and gives its `contents`.
    ///
    /// # Errors
    /// There is no such resource, or it cannot be read.
    pub async fn read_resource(&self, uri: &str) -> Result<Value, RpcError> {
        let result = self.request("resources/read", json!({ "uri": uri })).await?;
        Ok(result["contents"].clone())
    }

    /// Renders a prompt and gives its result: `description`, `messages`.
    ///
    /// # Errors
    /// There is no such prompt, its arguments do not fit, or it cannot be rendered.
    pub async fn get_prompt(&self, name: &str, arguments: Value) -> Result<Value, RpcError> {
        self.request("prompts/get", json!({ "name": name, "arguments": arguments })).await
    }

    /// Completes an argument of the prompt or of the resource template (by its text) with this name, and
    /// gives the suggestions.
    ///
    /// # Errors
    /// There is neither.
    pub async fn complete(
        &self,
        component: &str,
        argument: &str,
        typed: &str,
    ) -> Result<Vec<String>, RpcError> {
        let reference = if component.contains([':', '{']) {
            json!({ "type": "ref/resource", "uri": component })
        } else {
            json!({ "type": "ref/prompt", "name": component })
        };
        let argument = json!({ "name": argument, "value": typed });
        let params = json!({ "ref": reference, "argument": argument });
        let result = self.request("completion/complete", params).await?;
        let values = result["completion"]["values"].as_array();
        Ok(values
            .into_iter()
            .flatten()
            .filter_map(|value| Some(value.as_str()?.to_owned()))
            .collect())
    }

    /// The tools, of all pages.
    ///
    /// # Errors
    /// The server has none, or a list without an end.
    pub async fn list_tools(&self) -> Result<Vec<Value>, RpcError> {
        self.list("tools/list", "tools").await
    }

    /// The resources, of all pages.
    ///
    /// # Errors
    /// The server has none, or a list without an end.
    pub async fn list_resources(&self) -> Result<Vec<Value>, RpcError> {
        self.list("resources/list", "resources").await
    }

    /// The resource templates, of all pages.
    ///
    /// # Errors
    /// The server has neither resources nor templates, or a list without an end.
    pub async fn list_resource_templates(&self) -> Result<Vec<Value>, RpcError> {
        self.list("resources/templates/list", "resourceTemplates").await
    }

    /// The prompts, of all pages.
    ///
    /// # Errors
    /// The server has none, or a list without an end.
    pub async fn list_prompts(&self) -> Result<Vec<Value>, RpcError> {
        self.list("prompts/list", "prompts").await
    }

    async fn list(&self, method: &str, key: &str) -> Result<Vec<Value>, RpcError> {
        let (mut entries, mut pages) = (Vec::new(), Pages::default());
        let mut params = json!({});
        loop {
            let mut page = self.request(method, params.clone()).await?;
            if let Value::Array(found) = page[key].take() {
                entries.extend(found);
            }
            match pages.next(page["nextCursor"].take())? {
                None => return Ok(entries),
                Some(cursor) => params = json!({ "cursor": cursor }),
            }
        }
    }

    /// Sends any request, answers what the server asks meanwhile, and gives the result. Members of
    /// `_meta` in `params` go beside those that the client writes.
    ///
    /// # Errors
    /// What the server refuses by an error of JSON-RPC, and a handler that does not stop asking.
    pub async fn request(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        self.rounds.store(0, Ordering::Relaxed);
        let mut params = params;
        for _ in 0..MOST_ROUNDS {
            let mut result = self.once(method, &params).await?;
            self.take_waiting().await;
            if result["resultType"] != "input_required" {
                return Ok(result);
            }
            let mut answers = Map::new();
            if let Value::Object(questions) = result["inputRequests"].take() {
                for (key, question) in questions {
                    let asked = question["method"].as_str().unwrap_or_default();
                    answers.insert(key, self.answer(asked, &question["params"])?);
                }
            }
            params["inputResponses"] = Value::Object(answers);
            match result["requestState"].take() {
                Value::Null => {}
                state => params["requestState"] = state,
            }
        }
        Err(RpcError {
            code: 0,
            message: format!("the server asked {MOST_ROUNDS} times and did not answer"),
            data: Value::Null,
        })
    }

    /// Sends a request once, and answers what comes as a request meanwhile.
    async fn once(&self, method: &str, params: &Value) -> Result<Value, RpcError> {
        self.rounds.fetch_add(1, Ordering::Relaxed);
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut params = params.clone();
        let own = params.as_object_mut().and_then(|params| params.remove("_meta"));
        if self.version == STATELESS {
            let mut meta = json!({
                "io.modelcontextprotocol/protocolVersion": STATELESS,
                "io.modelcontextprotocol/clientCapabilities": self.script.capabilities,
                "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
                "progressToken": id,
            });
            if let Some(level) = &self.script.log_level {
                meta["io.modelcontextprotocol/logLevel"] = level.clone().into();
            }
            params["_meta"] = meta;
        } else if method != "initialize" {
            params["_meta"] = json!({ "progressToken": id });
        }
        if let (Some(Value::Object(own)), Value::Object(meta)) = (own, &mut params["_meta"]) {
            meta.extend(own);
        }
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let text = message.to_string();
        let mut sending = std::pin::pin!(self.connection.send(&text));
        let answer = loop {
            tokio::select! {
                biased;
                answer = &mut sending => break answer,
                message = self.connection.receive() => self.take(&message).await,
            }
        };
        let answer: Value = serde_json::from_str(&answer.unwrap_or_default()).unwrap_or_default();
        match answer.get("error") {
            Some(error) => Err(RpcError {
                code: error["code"].as_i64().unwrap_or_default(),
                message: error["message"].as_str().unwrap_or_default().to_owned(),
                data: error["data"].clone(),
            }),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Takes what has come and was not looked at.
    async fn take_waiting(&self) {
        while let Some(message) = self.connection.try_receive() {
            self.take(&message).await;
        }
    }

    /// Takes a message of the server: answers a request, keeps a notification.
    async fn take(&self, message: &str) {
        let message: Value = serde_json::from_str(message).unwrap_or_default();
        let Some(id) = message.get("id") else {
            self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message);
            return;
        };
        let method = message["method"].as_str().unwrap_or_default();
        let answer = match self.answer(method, &message["params"]) {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(error) => {
                let error = json!({ "code": error.code, "message": error.message });
                json!({ "jsonrpc": "2.0", "id": id, "error": error })
            }
        };
        self.connection.send(&answer.to_string()).await;
    }

    fn answer(&self, method: &str, params: &Value) -> Result<Value, RpcError> {
        match self.script.by_method.get(method) {
            Some(answer) => Ok(answer(params)),
            None => Err(RpcError {
                code: -32601,
                message: format!("the test answers no {method}"),
                data: Value::Null,
            }),
        }
    }
}
