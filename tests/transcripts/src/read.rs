//! A transcript as scenes and steps.

use serde_json::{Value, json};

use crate::wires::Transport;

/// A file.
#[derive(Debug)]
pub(crate) struct Transcript {
    pub(crate) server: String,
    pub(crate) scenes: Vec<Scene>,
}

/// A conversation of its own connection.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) title: String,
    pub(crate) revisions: Vec<String>,
    /// Whether the runner adds nothing to what the scene says.
    pub(crate) is_raw: bool,
    pub(crate) transports: Vec<Transport>,
    pub(crate) capabilities: Value,
    pub(crate) steps: Vec<Step>,
}

/// A block.
#[derive(Debug)]
pub(crate) enum Step {
    Client(Said),
    Server(Expected),
    HangUp,
}

/// What the client sends.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) line: usize,
    pub(crate) method: String,
    /// Where to, for HTTP; `None`: to the endpoint.
    pub(crate) path: Option<String>,
    /// Headers to set; those without a value are left out.
    pub(crate) headers: Vec<(String, Option<String>)>,
    pub(crate) text: String,
}

/// What the server has to send.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) line: usize,
    pub(crate) status: u16,
    pub(crate) in_any_order: bool,
    pub(crate) messages: Vec<Value>,
}

impl Transcript {
    /// Reads a file. Panics, with the line, where it is none.
    pub(crate) fn read(text: &str) -> Self {
        let mut server = String::new();
        let mut scenes: Vec<Scene> = Vec::new();
        let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        while let Some((line, content)) = lines.next() {
            if let Some(name) = content.strip_prefix("Server: ") {
                name.trim().clone_into(&mut server);
            } else if let Some(heading) = content.strip_prefix("## ") {
                scenes.push(Scene::read(line, heading));
            } else if let Some(info) = content.strip_prefix("```") {
                let block = lines.by_ref().map(|(_, content)| content);
                let block: Vec<_> = block.take_while(|content| *content != "```").collect();
                let scene =
                    scenes.last_mut().unwrap_or_else(|| panic!("line {line}: no scene yet"));
                scene.add(line, info, &block.join("\n"));
            }
        }
        assert!(!scenes.is_empty(), "there is no scene");
        for scene in &scenes {
            let expects = |step: &Step| matches!(step, Step::Server(_));
            assert!(scene.steps.iter().any(expects), "`{}` expects nothing", scene.title);
        }
        Self { server, scenes }
    }
}

impl Scene {
    fn read(line: usize, heading: &str) -> Self {
        let parts = heading.strip_suffix(')').and_then(|heading| heading.rsplit_once(" ("));
        let Some((title, (revisions, transports))) =
            parts.and_then(|(title, played)| Some((title, played.split_once(';')?)))
        else {
            panic!("line {line}: a heading is `## Title (revisions; transports)`");
        };
        let words = |list: &str| list.split(',').map(|it| it.trim().to_owned()).collect::<Vec<_>>();
        let mut revisions = words(revisions);
        let count = revisions.len();
        revisions.retain(|revision| revision != "raw");
        let transports = words(transports);
        let transports = transports.iter().map(|name| {
            Transport::from_name(name)
                .unwrap_or_else(|| panic!("line {line}: `{name}` is no transport"))
        });
        Self {
            title: title.to_owned(),
            is_raw: revisions.len() < count,
            revisions,
            transports: transports.collect(),
            capabilities: json!({}),
            steps: Vec::new(),
        }
    }

    fn add(&mut self, line: usize, info: &str, text: &str) {
        let mut parts = info.split('|').map(str::trim);
        let first = parts.next().unwrap_or_default();
        match first.split_once(' ').unwrap_or((first, "")) {
            ("client", "hang up") => self.steps.push(Step::HangUp),
            ("client", target) => {
                let (method, path) = target.split_once(' ').unwrap_or((target, ""));
                let method = if method.is_empty() { "POST" } else { method };
                let headers = parts.map(|part| match part.strip_prefix('-') {
                    Some(name) => (name.to_owned(), None),
                    None => {
                        let (name, value) = part
                            .split_once(':')
                            .unwrap_or_else(|| panic!("line {line}: `{part}` is no header"));
                        (name.trim().to_owned(), Some(value.trim().to_owned()))
                    }
                });
                self.steps.push(Step::Client(Said {
                    line,
                    method: method.to_owned(),
                    path: (!path.is_empty()).then(|| path.to_owned()),
                    headers: headers.collect(),
                    text: text.to_owned(),
                }));
            }
            ("server", rest) => {
                let in_any_order = rest == "any order";
                let status = if in_any_order || rest.is_empty() { "200" } else { rest };
                let status = status.parse();
                self.steps.push(Step::Server(Expected {
                    line,
                    status: status.unwrap_or_else(|_| panic!("line {line}: `{rest}` is no status")),
                    in_any_order,
                    messages: values(line, text),
                }));
            }
            ("capabilities", _) => {
                self.capabilities = values(line, text).pop().unwrap_or_else(|| json!({}));
            }
            _ => panic!("line {line}: no such block: {info}"),
        }
    }
}

/// The JSON values in a text, one after the other.
pub(crate) fn values(line: usize, text: &str) -> Vec<Value> {
    let values = serde_json::Deserializer::from_str(text).into_iter();
    values.map(|it| it.unwrap_or_else(|error| panic!("block of line {line}: {error}"))).collect()
}
