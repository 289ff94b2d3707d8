//! Replaying recorded calls of another client against our tables, and comparing the requests.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use anyhow::{Context as _, Result};
use mcpwright::Declaration;
use mcpwright::arguments::{self, Mode};
use mcpwright::operation::{Operation, UpstreamSpec};
use mcpwright::schema::Schema;
use mcpwright::upstream::{Options, UpstreamError, Upstreams};
use mcpwright_generator::plan::{self, Target};
use serde_json::{Map, Value};

use crate::arguments::{in_order, translate, with_files};
use crate::described::{Described, Operations as DescribedOperations, Route};
use crate::request::{ANYTHING, Request, is_json};
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
    described: &DescribedOperations,
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
        described,
    };
    let mut replay = Replay::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line: Value = serde_json::from_str(line).context("a recorded call is no JSON")?;
        replayer.line(&line, &mut replay).await;
    }
    Ok(replay)
}

/// The tools by method and path of their operations.
fn by_route(plan: &plan::Crate) -> HashMap<Route, &plan::Tool> {
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
    tools: HashMap<Route, &'r plan::Tool>,
    upstreams: [Upstreams; 2],
    recorder: &'r Recorder,
    /// What the text of the document says of each operation.
    described: &'r DescribedOperations,
}

impl Replayer<'_> {
    async fn line(&self, line: &Value, replay: &mut Replay) {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let route = (text("method"), text("path"));
        let name = format!("{} {} {}", route.0, route.1, line["arguments"]);
        let tool = self.tools.get(&route).copied();
        let found = |all: &Operations| tool.and_then(|it| all.get(it.name.as_str()).copied());
        let (Some(tool), Some(operation), Some(relaxed), Some(described)) =
            (tool, found(&self.operations), found(&self.relaxed), self.described.get(&route))
        else {
            replay.unclassified.push(format!("{name}\n  there is no such tool"));
            return;
        };
        let listing: Value = serde_json::from_str(&tool.listing).unwrap_or_default();
        let schema = &listing["inputSchema"];
        let empty = Map::new();
        let given = line["arguments"].as_object().unwrap_or(&empty);
        let translated = translate(operation, &route.1, described, given);
        if !translated.stray.is_empty() {
            let stray = translated.stray.join(", ");
            replay.unclassified.push(format!("{name}\n  these have no place here: {stray}"));
            return;
        }
        let arguments = in_order(&Value::Object(translated.arguments), schema, schema);
        let arguments = arguments.as_object().unwrap_or(&empty);
        let sent = with_files(operation, arguments);
        let mut ours = self.call(operation, &sent, schema).await;
        let mut rules = Rules::new();
        if let Some(body) = translated.body {
            ours = Err(format!("the body is {body}, and has properties"));
            rules.insert(rules::INVALID_ARGUMENTS);
        } else if ours.is_err() && !allows(schema, &sent) {
            rules.insert(rules::INVALID_ARGUMENTS);
            // What would be sent all the same is compared too.
            ours = self.call(relaxed, &sent, &Value::Bool(true)).await.or(ours);
        }
        let theirs = line.get("request").map(Request::of_golden);
        let error = line["error"].as_str();
        let unsent = &translated.unsent;
        let call = Call { operation, route: &route, described, arguments, unsent, error };
        let more = match (&ours, &theirs) {
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
                ours.accepted() == acceptable(described)
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

/// What `Accept` names by rule H1: the media types of success, with their weights.
fn acceptable(described: &Described) -> BTreeSet<String> {
    if described.success.is_empty() {
        return BTreeSet::from([ANYTHING.to_owned()]);
    }
    let has_json = described.success.iter().any(|name| is_json(name));
    let weighed = described.success.iter().map(|name| match has_json && !is_json(name) {
        true => format!("{name};q=0.1"),
        false => name.clone(),
    });
    weighed.collect()
}

/// Whether a schema allows the arguments.
fn allows(schema: &Value, arguments: &Map<String, Value>) -> bool {
    let compiled = Schema::compile(schema);
    compiled.is_none_or(|schema| schema.allows(&Value::Object(arguments.clone())))
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
