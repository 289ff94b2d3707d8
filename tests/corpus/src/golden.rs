//! Replaying recorded calls of another client against our tables, and comparing the requests.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use mcpwright::Declaration;
use mcpwright::arguments::{self, Mode};
use mcpwright::operation::{Kind, Operation, Place, UpstreamSpec};
use mcpwright::schema::Schema;
use mcpwright::upstream::{Options, UpstreamError, Upstreams};
use mcpwright_generator::plan::{self, Target};
use serde_json::{Map, Value};

use crate::documents;
use crate::request::{Request, is_json};
use crate::rules::{self, Call, Rules};
use crate::tables::{self, Checks};
use crate::upstream::Recorder;

/// What became of the recorded calls of a document.
#[derive(Debug, Default)]
pub struct Replay {
    /// Requests that are the same.
    pub equal: usize,
    /// Requests that differ, by the rules that say why, joined by ` + `.
    pub different: BTreeMap<String, usize>,
    /// Differences that no rule explains, in words.
    pub unclassified: Vec<String>,
    /// Requests that name the media types of success, where the others accept anything (H1): among
    /// those that are the same otherwise, and among those that differ.
    pub accepts: usize,
}

impl Replay {
    /// Counts one request.
    fn add(&mut self, rules: &Rules) {
        if rules.is_empty() {
            self.equal += 1;
            return;
        }
        let names: Vec<&str> = rules.iter().copied().collect();
        *self.different.entry(names.join(" + ")).or_default() += 1;
    }

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
pub async fn replay(
    plan: &plan::Crate,
    document: &Path,
    recording: &Path,
    recorder: &Recorder,
) -> Result<Replay> {
    let text = std::fs::read_to_string(recording)
        .with_context(|| format!("cannot read {}", recording.display()))?;
    let declaration = tables::declaration(plan, Checks::All);
    let relaxed = tables::declaration(plan, Checks::Types);
    let replayer = Replayer {
        operations: tables::operations(declaration),
        relaxed: tables::operations(relaxed),
        tools: by_route(plan),
        upstreams: [start(declaration, recorder)?, start(relaxed, recorder)?],
        recorder,
        success: documents::success(document),
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

fn start(declaration: &'static Declaration, recorder: &Recorder) -> Result<Upstreams> {
    let name = |upstream: &&UpstreamSpec| Some(upstream.name.to_owned());
    let upstreams = declaration.upstreams.iter();
    let base_urls =
        upstreams.map(|upstream| (name(upstream), recorder.base().to_owned())).collect();
    Upstreams::start(declaration, &Options { base_urls, mock: false })
        .map_err(|error| anyhow::anyhow!("{error}"))
}

type Operations = HashMap<&'static str, &'static Operation>;

struct Replayer<'r> {
    operations: Operations,
    /// The same without limits.
    relaxed: Operations,
    tools: HashMap<(String, String), &'r plan::Tool>,
    upstreams: [Upstreams; 2],
    recorder: &'r Recorder,
    /// The media types of success of each operation, by method and path.
    success: documents::Success,
}

impl Replayer<'_> {
    async fn line(&self, line: &Value, replay: &mut Replay) {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let route = (text("method"), text("path"));
        let (method, path) = route.clone();
        let name = format!("{method} {path} {}", line["arguments"]);
        let tool = self.tools.get(&route).copied();
        let found = |all: &Operations| tool.and_then(|it| all.get(it.name.as_str()).copied());
        let (Some(tool), Some(operation), Some(relaxed)) =
            (tool, found(&self.operations), found(&self.relaxed))
        else {
            replay.unclassified.push(format!("{name}\n  there is no such tool"));
            return;
        };
        let listing: Value = serde_json::from_str(&tool.listing).unwrap_or_default();
        let schema = &listing["inputSchema"];
        let empty = Map::new();
        let given = line["arguments"].as_object().unwrap_or(&empty);
        let (arguments, stray) = translate(operation, given);
        let arguments = in_order(&Value::Object(arguments), schema, schema);
        let arguments = arguments.as_object().unwrap_or(&empty);
        let sent = with_files(operation, arguments);
        let is_valid = stray.is_empty() && allows(schema, &sent);
        let mut ours = if stray.is_empty() {
            self.call(operation, &sent, schema).await
        } else {
            Err(format!("unknown arguments: {}", stray.join(", ")))
        };
        let mut rules = Rules::new();
        if ours.is_err() && !is_valid {
            rules.insert(rules::INVALID_ARGUMENTS);
        }
        if !rules.is_empty() && stray.is_empty() {
            // What would be sent all the same is compared too.
            ours = self.call(relaxed, &sent, &Value::Bool(true)).await.or(ours);
        }
        let theirs = line.get("request").map(Request::of_golden);
        let error = line["error"].as_str();
        let call = Call { operation, arguments, error };
        let more = match (&ours, &theirs) {
            (Ok(ours), Some(theirs)) if ours.asks_for(theirs) => Some(Rules::new()),
            (Ok(ours), Some(theirs)) => rules::of_requests(&call, ours, theirs),
            (Ok(_), None) => rules::of_request(&call),
            // It was refused for its arguments, and cannot be made without the checks either.
            (Err(_), _) if !rules.is_empty() => Some(Rules::new()),
            (Err(_), Some(_)) => rules::of_refusal(&call),
            (Err(_), None) => None,
        };
        let is_accept_known = match (&ours, &theirs) {
            (Ok(ours), Some(theirs)) if ours.accept != theirs.accept => {
                replay.accepts += 1;
                self.success.get(&route).is_some_and(|expected| {
                    let has_json = expected.iter().any(|name| is_json(name));
                    let weighed = expected.iter().map(|name| match has_json && !is_json(name) {
                        true => format!("{name};q=0.1"),
                        false => name.clone(),
                    });
                    ours.accepted() == weighed.collect()
                })
            }
            _ => true,
        };
        match more {
            Some(more) if is_accept_known => {
                rules.extend(more);
                replay.add(&rules);
            }
            _ => replay.unclassified.push(describe(&name, &ours, theirs.as_ref(), error)),
        }
    }

    /// The request that a call makes, where the arguments fit table and schema.
    async fn call(
        &self,
        operation: &'static Operation,
        arguments: &Map<String, Value>,
        schema: &Value,
    ) -> Result<Request, String> {
        let text = Value::Object(arguments.clone()).to_string();
        let reply = {
            let table = operation.arguments;
            let values = arguments::parse(table, Some(&text), Mode::default())
                .map_err(|errors| errors.to_string())?;
            if values.need_schema(table) {
                let schema = Schema::compile(schema).ok_or("the schema is none")?;
                values.conform(table, &schema).map_err(|errors| errors.to_string())?;
            }
            let of = |all: &Upstreams| all.client(operation.upstream).call(operation, &values);
            let [checked, relaxed] = &self.upstreams;
            match of(checked) {
                Err(UpstreamError::Unavailable(_)) => of(relaxed),
                outcome => outcome,
            }
            .map_err(|error| error.to_string())?
        };
        reply.await.map_err(|error| error.to_string())?;
        let mut requests = self.recorder.take();
        match (requests.pop(), requests.is_empty()) {
            (Some(request), true) => Ok(request),
            (last, _) => Err(format!("{} requests", requests.len() + usize::from(last.is_some()))),
        }
    }
}

/// Whether a schema allows the arguments.
fn allows(schema: &Value, arguments: &Map<String, Value>) -> bool {
    let compiled = Schema::compile(schema);
    compiled.is_none_or(|schema| schema.allows(&Value::Object(arguments.clone())))
}

/// The members of objects in the order of the properties of their schema, which is the order in which
/// they were given: recordings are sorted by name.
fn in_order(value: &Value, schema: &Value, root: &Value) -> Value {
    let schema = target(schema, root);
    match value {
        Value::Array(items) => {
            items.iter().map(|item| in_order(item, &schema["items"], root)).collect()
        }
        Value::Object(members) => {
            let parts = ["allOf", "anyOf"].map(|key| schema[key].as_array());
            let parts = parts.into_iter().flatten().flatten().map(|part| target(part, root));
            let properties = std::iter::once(schema).chain(parts);
            let known = properties.filter_map(|part| part["properties"].as_object()).flatten();
            let mut ordered = Map::new();
            for (name, schema) in known {
                if let Some(value) = members.get(name) {
                    ordered.insert(name.clone(), in_order(value, schema, root));
                }
            }
            for (name, value) in members {
                if !ordered.contains_key(name) {
                    ordered.insert(name.clone(), value.clone());
                }
            }
            Value::Object(ordered)
        }
        other => other.clone(),
    }
}

/// The schema that a chain of references leads to.
fn target<'s>(mut schema: &'s Value, root: &'s Value) -> &'s Value {
    for _ in 0..16 {
        let target = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        match target.and_then(|pointer| root.pointer(pointer)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// Recorded files are their content; ours are given as base64 of it.
fn with_files(operation: &Operation, arguments: &Map<String, Value>) -> Map<String, Value> {
    let encode = |value: &Value| match value.as_str() {
        Some(text) => Value::from(base64::engine::general_purpose::STANDARD.encode(text)),
        None => value.clone(),
    };
    let mut sent = arguments.clone();
    let files =
        operation.arguments.iter().filter(|one| matches!(one.kind, Kind::File | Kind::Files));
    for argument in files {
        if let Some(value) = sent.get_mut(argument.name) {
            *value = match &*value {
                Value::Array(items) => items.iter().map(encode).collect(),
                one => encode(one),
            };
        }
    }
    sent
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

/// Our name of an argument that was recorded as `name`. What is hidden here is found too: a caller may
/// give it, and what is sent is the value of the table.
fn find(operation: &Operation, name: &str) -> Option<&'static str> {
    let all = || operation.arguments.iter();
    let suffixed = name.rsplit_once("__").and_then(|(wire, location)| {
        let place = match location {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            "cookie" => Place::Cookie,
            _ => return None,
        };
        all().find(|argument| argument.place == place && argument.wire == wire)
    });
    let body = || property(operation, name);
    let wire = || all().find(|argument| argument.wire == name && argument.place != Place::Body);
    suffixed.map(|argument| argument.name).or_else(body).or_else(|| Some(wire()?.name))
}

/// Our name of a property of the body.
fn property(operation: &Operation, wire: &str) -> Option<&'static str> {
    let mut all = operation.arguments.iter();
    let found = all.find(|argument| argument.place == Place::Property && argument.wire == wire);
    found.map(|argument| argument.name)
}
