//! Plays a transcript and says where the server leaves it.

use std::time::Duration;

use blackbox::programs::PATIENCE;
use serde_json::{Value, json};

use crate::pattern::Names;
use crate::read::{Expected, Said, Scene, Step, Transcript, values};
use crate::wires::{Received, Stage, Transport, Wire};

const STATELESS: &str = "2026-07-28";
/// How long what must not come is waited for.
const MOMENT: Duration = Duration::from_millis(50);

/// Plays the transcript in every combination of its scenes, revisions and transports.
///
/// # Panics
///
/// Panics with every difference when there is one, and where the text is no transcript.
pub fn play(text: &str) {
    let transcript = Transcript::read(text);
    let mut stage = Stage::new(&transcript.server);
    let mut problems = Vec::new();
    let mut plays = 0;
    for scene in &transcript.scenes {
        for revision in &scene.revisions {
            for transport in &scene.transports {
                plays += 1;
                let mut names = Names::default();
                names.set("play", format!("play {plays}").into());
                let actor = Actor {
                    scene,
                    revision,
                    transport: *transport,
                    wire: stage.connect(*transport, scene.is_raw),
                    names,
                    early: Vec::new(),
                };
                let place = format!("{}, {revision} over {transport:?}", scene.title);
                let found = actor.play().into_iter();
                problems.extend(found.map(|problem| format!("── {place}\n{problem}")));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

struct Actor<'scene> {
    scene: &'scene Scene,
    revision: &'scene str,
    transport: Transport,
    wire: Box<dyn Wire>,
    names: Names,
    /// What has come in HTTP answers with another status than the one that was expected then.
    early: Vec<Received>,
}

impl Actor<'_> {
    /// Plays the scene up to its first difference.
    fn play(mut self) -> Option<String> {
        let played = self.run();
        let mut rest = self.early;
        rest.extend(self.wire.end());
        played.err().or_else(|| {
            let rest: Vec<_> = rest.iter().map(|received| format!("{received:?}")).collect();
            (!rest.is_empty()).then(|| format!("left at the end:\n{}", rest.join("\n")))
        })
    }

    fn run(&mut self) -> Result<(), String> {
        if !self.scene.is_raw && self.revision != STATELESS {
            self.shake_hands()?;
        }
        for step in &self.scene.steps {
            match step {
                Step::Client(said) => self.say(said),
                Step::Server(expected) => self.expect(expected)?,
                Step::HangUp => self.wire.hang_up(),
            }
        }
        match self.wire.receive(MOMENT) {
            None => Ok(()),
            Some(received) => Err(format!("not expected:\n{received:?}")),
        }
    }

    fn shake_hands(&mut self) -> Result<(), String> {
        let initialize = json!({
            "jsonrpc": "2.0",
            "id": "handshake",
            "method": "initialize",
            "params": {
                "protocolVersion": self.revision,
                "capabilities": self.scene.capabilities,
                "clientInfo": { "name": "transcript", "version": "1" },
            },
        });
        self.send(&initialize, &[]);
        let answer = self.wire.receive(PATIENCE).and_then(|received| received.message);
        let protocol = answer.as_ref().map(|answer| &answer["result"]["protocolVersion"]);
        if protocol.and_then(Value::as_str) != Some(self.revision) {
            return Err(format!("the handshake is answered by {answer:?}"));
        }
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }), &[]);
        Ok(())
    }

    /// Sends a block: as it stands, or message by message with what every client sends.
    fn say(&mut self, said: &Said) {
        if let Some(session) = self.wire.session() {
            self.names.set("session", session.into());
        }
        let fill = |(name, value): &(String, Option<String>)| {
            (name.clone(), value.as_ref().map(|value| self.names.fill(value)))
        };
        let headers: Vec<_> = said.headers.iter().map(fill).collect();
        let text = self.names.fill(&said.text);
        let path = said.path.as_ref().map(|path| self.names.fill(path));
        if self.scene.is_raw {
            self.wire.send(&Said { text, path, headers, ..said.clone() });
        } else if said.method == "POST" && path.is_none() {
            for message in values(said.line, &text) {
                self.send(&message, &headers);
            }
        } else {
            let headers = self.with_own(None, &headers);
            self.wire.send(&Said { text, path, headers, ..said.clone() });
        }
    }

    fn send(&mut self, message: &Value, headers: &[(String, Option<String>)]) {
        let mut message = message.clone();
        if self.revision == STATELESS && message.get("method").is_some() {
            self.add_meta(&mut message);
        }
        let headers = self.with_own(Some(&message), headers);
        let (line, method, text) = (0, "POST".to_owned(), message.to_string());
        self.wire.send(&Said { line, method, path: None, headers, text });
    }

    /// Adds what a request of the stateless revision has to say about its client.
    fn add_meta(&self, message: &mut Value) {
        let defaults = [
            ("io.modelcontextprotocol/protocolVersion", json!(self.revision)),
            ("io.modelcontextprotocol/clientCapabilities", self.scene.capabilities.clone()),
        ];
        if message.get("params").is_none() {
            message["params"] = json!({});
        }
        for (key, value) in defaults {
            if message["params"]["_meta"].get(key).is_none() {
                message["params"]["_meta"][key] = value;
            }
        }
    }

    /// The headers of a request: those that the block names, and besides what a client would send.
    fn with_own(
        &self,
        message: Option<&Value>,
        given: &[(String, Option<String>)],
    ) -> Vec<(String, Option<String>)> {
        if self.transport != Transport::Http || self.scene.is_raw {
            return given.to_vec();
        }
        let mut own: Vec<(&str, String)> = Vec::new();
        let text = |message: &Value, pointer| {
            message.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
        };
        if self.revision == STATELESS {
            own.push(("MCP-Protocol-Version", self.revision.to_owned()));
            if let Some(method) = message.and_then(|message| text(message, "/method")) {
                let source = match method.as_str() {
                    "tools/call" | "prompts/get" => Some("/params/name"),
                    "resources/read" => Some("/params/uri"),
                    "tasks/get" | "tasks/update" | "tasks/cancel" => Some("/params/taskId"),
                    _ => None,
                };
                let name = source.and_then(|source| text(message?, source));
                own.extend(name.map(|name| ("Mcp-Name", name)));
                own.push(("Mcp-Method", method));
            }
        } else if let Some(session) = self.wire.session() {
            own.push(("Mcp-Session-Id", session));
            own.push(("MCP-Protocol-Version", self.revision.to_owned()));
        }
        let is_given = |name: &str| given.iter().any(|(it, _)| it.eq_ignore_ascii_case(name));
        let own = own.into_iter().filter(|(name, _)| !is_given(name));
        let own = own.map(|(name, value)| (name.to_owned(), Some(value)));
        given.iter().cloned().chain(own).collect()
    }

    fn expect(&mut self, expected: &Expected) -> Result<(), String> {
        let at = |problem: String| format!("block of line {}: {problem}", expected.line);
        let count = expected.messages.len().max(1);
        let mut found = Vec::new();
        for _ in 0..count {
            let Some(received) = self.receive(expected.status) else {
                let early = &self.early;
                return Err(at(format!("{} of {count} messages came, {early:?}", found.len())));
            };
            found.push(received);
        }
        let mut left: Vec<&Value> = expected.messages.iter().collect();
        for received in &found {
            let fitting = |it: &&Value| match &received.message {
                Some(message) => self.names.clone().compare(it, message).is_empty(),
                None => false,
            };
            let chosen = if expected.in_any_order { left.iter().position(fitting) } else { None };
            let chosen = (!left.is_empty()).then(|| left.remove(chosen.unwrap_or_default()));
            self.judge(chosen, received).map_err(at)?;
        }
        Ok(())
    }

    /// The next message, over HTTP the next one with this status: answers overtake each other.
    fn receive(&mut self, status: u16) -> Option<Received> {
        let fits = |received: &Received| received.status.is_none_or(|found| found == status);
        if let Some(index) = self.early.iter().position(fits) {
            return Some(self.early.remove(index));
        }
        loop {
            let patience = if self.early.is_empty() { PATIENCE } else { MOMENT * 4 };
            let received = self.wire.receive(patience)?;
            if fits(&received) {
                return Some(received);
            }
            self.early.push(received);
        }
    }

    fn judge(&mut self, expected: Option<&Value>, received: &Received) -> Result<(), String> {
        match (expected, &received.message) {
            (None, None) => Ok(()),
            (Some(expected), Some(message)) => {
                let differences = self.names.compare(expected, message);
                if differences.is_empty() {
                    return Ok(());
                }
                Err(format!("{}\nfound: {message:#}", differences.join("\n")))
            }
            _ => Err(format!("expected {expected:?}, found {received:?}")),
        }
    }
}
