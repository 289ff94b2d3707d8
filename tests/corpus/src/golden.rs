//! Replaying recorded calls of another client against our tables, and comparing the requests.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context as _, Result};
use mcpwright::arguments::{self, Mode};
use mcpwright::operation::{Operation, Place};
use mcpwright::upstream::{Options, Upstreams};
use mcpwright_generator::plan::{self, Target};
use serde_json::{Map, Value};

use crate::request::Request;
use crate::rules::{self, Call};
use crate::tables;
use crate::upstream::Recorder;

/// What became of the recorded calls of a document.
#[derive(Debug, Default)]
pub struct Replay {
    /// Requests that are the same.
    pub equal: usize,
    /// Requests that differ, by the rules that say why, joined by `+`.
    pub different: BTreeMap<String, usize>,
    /// Differences that no rule explains, in words.
    pub unclassified: Vec<String>,
}

impl Replay {
    /// How many differ under a rule.
    #[must_use]
    pub fn by_rule(&self) -> usize {
        self.different.values().sum()
    }
}

/// Replays the lines of a file.
///
/// # Errors
///
/// Fails where the recording cannot be read, or the upstream not be reached.
pub async fn replay(plan: &plan::Crate, recording: &Path, recorder: &Recorder) -> Result<Replay> {
    let text = std::fs::read_to_string(recording)
        .with_context(|| format!("cannot read {}", recording.display()))?;
    let declaration = tables::declaration(plan);
    let mut base_urls = Vec::new();
    for upstream in declaration.upstreams {
        base_urls.push((Some(upstream.name.to_owned()), recorder.base().to_owned()));
    }
    let upstreams = Upstreams::start(declaration, &Options { base_urls, mock: false })
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let replayer = Replayer {
        operations: tables::operations(declaration),
        tools: by_route(plan),
        upstreams,
        recorder,
    };
    let mut replay = Replay::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line: Value = serde_json::from_str(line).context("a recorded call is no JSON")?;
        replayer.line(&line, &mut replay).await;
    }
    Ok(replay)
}

/// The tools by method and path of their operations.
fn by_route(plan: &plan::Crate) -> HashMap<(String, String), &plan::Tool> {
    let mut routes = HashMap::new();
    for tool in plan.tools() {
        if let Target::Operation(operation) = &tool.target {
            routes.insert((operation.method.clone(), operation.template.clone()), tool);
        }
    }
    routes
}

struct Replayer<'r> {
    operations: HashMap<&'static str, &'static Operation>,
    tools: HashMap<(String, String), &'r plan::Tool>,
    upstreams: Upstreams,
    recorder: &'r Recorder,
}

impl Replayer<'_> {
    async fn line(&self, line: &Value, replay: &mut Replay) {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let (method, path) = (text("method"), text("path"));
        let name = format!("{method} {path} {}", line["arguments"]);
        let tool = self.tools.get(&(method, path)).copied();
        let operation = tool.and_then(|tool| self.operations.get(tool.name.as_str()).copied());
        let (Some(tool), Some(operation)) = (tool, operation) else {
            replay.unclassified.push(format!("{name}\n  there is no such tool"));
            return;
        };
        let empty = Map::new();
        let given = line["arguments"].as_object().unwrap_or(&empty);
        let (arguments, stray) = translate(operation, given);
        let ours = self.call(operation, &arguments).await;
        let theirs = line.get("request").map(Request::of_golden);
        let error = line["error"].as_str();
        let call = Call { operation, tool, arguments: &arguments, stray: &stray, error };
        match (ours, theirs) {
            (Ok(ours), Some(theirs)) if ours == theirs => replay.equal += 1,
            (ours, theirs) => match rules::explain(&call, ours.as_ref(), theirs.as_ref()) {
                Some(rules) => *replay.different.entry(rules).or_default() += 1,
                None => replay.unclassified.push(describe(&name, &ours, theirs.as_ref(), error)),
            },
        }
    }

    /// The request that a call makes.
    async fn call(
        &self,
        operation: &'static Operation,
        arguments: &Map<String, Value>,
    ) -> Result<Request, String> {
        let text = Value::Object(arguments.clone()).to_string();
        let reply = {
            let values = arguments::parse(operation.arguments, Some(&text), Mode::default())
                .map_err(|errors| errors.to_string())?;
            let client = self.upstreams.client(operation.upstream);
            client.call(operation, &values).map_err(|error| error.to_string())?
        };
        reply.await.map_err(|error| error.to_string())?;
        let mut requests = self.recorder.take();
        match (requests.pop(), requests.is_empty()) {
            (Some(request), true) => Ok(request),
            (last, _) => Err(format!("{} requests", requests.len() + usize::from(last.is_some()))),
        }
    }
}

fn describe(
    name: &str,
    ours: &Result<Request, String>,
    theirs: Option<&Request>,
    error: Option<&str>,
) -> String {
    let ours = match ours {
        Ok(request) => request.to_string(),
        Err(error) => format!("refused: {error}"),
    };
    let theirs = theirs
        .map_or_else(|| format!("refused: {}", error.unwrap_or_default()), ToString::to_string);
    format!("{name}\n  here:  {ours}\n  there: {theirs}")
}

/// Recorded arguments under the names that they have here, and those that have no place.
///
/// Names are the same, except where characters had to be replaced, where only one side needed a
/// suffix for the location, and where a body is one argument on one side only.
fn translate(
    operation: &Operation,
    given: &Map<String, Value>,
) -> (Map<String, Value>, Vec<String>) {
    let mut arguments = Map::new();
    let mut rest = Vec::new();
    for (name, value) in given {
        match find(operation, name) {
            Some(here) => {
                arguments.insert(here.to_owned(), value.clone());
            }
            None => rest.push((name, value)),
        }
    }
    let whole = operation.arguments.iter().find(|argument| argument.place == Place::Body);
    let mut stray = Vec::new();
    let mut members = Map::new();
    let alone = rest.len() == 1;
    for (name, value) in rest {
        match (whole, value) {
            // The body is one argument on both sides, under another name.
            (Some(whole), value) if alone && !arguments.contains_key(whole.name) => {
                arguments.insert(whole.name.to_owned(), value.clone());
            }
            // The body is one argument here only.
            (Some(_), value) => {
                members.insert(name.clone(), value.clone());
            }
            // The body is one argument there only.
            (None, Value::Object(body)) => {
                for (name, value) in body {
                    match property(operation, name) {
                        Some(here) => {
                            arguments.insert(here.to_owned(), value.clone());
                        }
                        None => stray.push(name.clone()),
                    }
                }
            }
            (None, _) => stray.push(name.clone()),
        }
    }
    if let Some(whole) = whole.filter(|_| !members.is_empty()) {
        arguments.insert(whole.name.to_owned(), Value::Object(members));
    }
    (arguments, stray)
}

/// Our name of an argument that was recorded as `name`.
fn find(operation: &Operation, name: &str) -> Option<&'static str> {
    let listed = || operation.arguments.iter().filter(|argument| !argument.hidden);
    let suffixed = name.rsplit_once("__").and_then(|(wire, location)| {
        let place = match location {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            "cookie" => Place::Cookie,
            _ => return None,
        };
        listed().find(|argument| argument.place == place && argument.wire == wire)
    });
    let body = || property(operation, name);
    let wire = || listed().find(|argument| argument.wire == name && argument.place != Place::Body);
    suffixed.map(|argument| argument.name).or_else(body).or_else(|| Some(wire()?.name))
}

/// Our name of a property of the body.
fn property(operation: &Operation, wire: &str) -> Option<&'static str> {
    let mut listed = operation.arguments.iter().filter(|argument| !argument.hidden);
    let found = listed.find(|argument| argument.place == Place::Property && argument.wire == wire);
    found.map(|argument| argument.name)
}
