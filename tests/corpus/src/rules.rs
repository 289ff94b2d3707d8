//! Why two requests for one call may differ: the numbered rules of COMPATIBILITY.md, each as a
//! predicate over the two requests, the operation and the arguments.
//!
//! A rule explains a part of a request only where our part is what the OpenAPI text says, by
//! [`crate::oracle`], and that of the other client what its known fault makes of the value.

use std::collections::BTreeSet;

use mcpwright::operation::{
    Argument, BodyFormat, Kind, Operation, Place, RESERVED_HEADERS, Segment, Style,
};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::multipart;
use crate::oracle::{self, Pair};
use crate::request::{Body, Request};

/// The call that was replayed.
#[derive(Debug)]
pub struct Call<'c> {
    /// Its operation.
    pub operation: &'static Operation,
    /// The arguments under our names, as they were recorded.
    pub arguments: &'c Map<String, Value>,
    /// Why the other client made no request.
    pub error: Option<&'c str>,
}

/// The names of rules.
pub type Rules = BTreeSet<&'static str>;

/// Arguments that the schema refuses are refused before the call.
pub const INVALID_ARGUMENTS: &str = "A1";
const SPACES: &str = "Q1";
const DELIMITERS: &str = "Q14";
const JSON_PARAMETERS: &str = "Q9";
const DEEP_OBJECTS: &str = "Q4";
const PATH_STYLES: &str = "Q2";
const COOKIE_STYLES: &str = "Q6";
const RESERVED: &str = "Q12";
const REQUIRED_BODIES: &str = "B9";
const OPTIONAL_BODIES: &str = "B10";
const PART_VALUES: &str = "B2";
const NESTED_VALUES: &str = "Q13";
const FILES: &str = "B1";
const MEDIA_TYPES: &str = "B4";
const EMPTY_FORMS: &str = "B7";
const HEADER_TEXT: &str = "Q8";
const EMPTY_PATHS: &str = "Q3";
const WHOLE_NUMBERS: &str = "A2";
const TEMPLATE_QUERIES: &str = "Q11";

/// The rules that explain the difference of two requests; `None` where something stays unexplained.
#[must_use]
pub fn of_requests(call: &Call<'_>, ours: &Request, theirs: &Request) -> Option<Rules> {
    let mut rules = Rules::new();
    (ours.method == theirs.method).then_some(())?;
    call.path(ours, theirs, &mut rules)?;
    call.query(&ours.query, &theirs.query, &mut rules)?;
    call.headers(ours, theirs, &mut rules)?;
    call.body(ours, theirs, &mut rules)?;
    Some(rules)
}

/// The rules that explain a request that only the other client makes.
#[must_use]
pub fn of_refusal(call: &Call<'_>) -> Option<Rules> {
    let is_empty = |value: &Value| match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(|item| item.as_str() == Some("")),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    let mut given = call.given(Place::Path);
    given.any(|(_, value)| is_empty(value)).then(|| Rules::from([EMPTY_PATHS]))
}

/// The rules that explain a request that only we make.
#[must_use]
pub fn of_request(call: &Call<'_>) -> Option<Rules> {
    let error = call.error.unwrap_or_default();
    let mut headers = call.given(Place::Header).chain(call.given(Place::Cookie));
    let encoding = error.contains("UnicodeEncodeError");
    (encoding && headers.any(|(_, value)| !oracle::text(value).is_ascii()))
        .then(|| Rules::from([HEADER_TEXT]))
}

impl Call<'_> {
    /// The arguments of a place that have a value.
    fn given(&self, place: Place) -> impl Iterator<Item = (&'static Argument, &Value)> {
        let table = self.operation.arguments.iter().filter(move |one| one.place == place);
        table.filter_map(|argument| Some((argument, self.arguments.get(argument.name)?)))
    }

    fn path(&self, ours: &Request, theirs: &Request, rules: &mut Rules) -> Option<()> {
        if ours.path == theirs.path {
            return Some(());
        }
        let mut expected = String::from("/base");
        for segment in self.operation.path {
            match segment {
                Segment::Literal(text) => {
                    let (text, ended) =
                        text.split_once('#').map_or((*text, false), |it| (it.0, true));
                    expected.push_str(text);
                    if ended {
                        break;
                    }
                }
                Segment::Argument(index) => {
                    let argument = self.operation.arguments.get(usize::from(*index))?;
                    expected.push_str(&oracle::path(argument, self.arguments.get(argument.name)?));
                }
            }
        }
        let styled = |argument: &Argument| matches!(argument.style, Style::Label | Style::Matrix);
        let any = self.given(Place::Path).any(|(argument, _)| styled(argument));
        (any && ours.path == expected).then(|| {
            rules.insert(PATH_STYLES);
        })
    }

    fn query(&self, ours: &str, theirs: &str, rules: &mut Rules) -> Option<()> {
        let given: Vec<_> = self.given(Place::Query).collect();
        // The template may have a query of its own, which the other client drops.
        let literals = self.operation.path.iter().filter_map(|segment| match segment {
            Segment::Literal(text) => text.split_once('?'),
            Segment::Argument(_) => None,
        });
        let own = literals.map(|(_, query)| query.split('#').next().unwrap_or_default()).next();
        let rest = own
            .and_then(|own| ours.strip_prefix(own))
            .filter(|_| !theirs.contains(own.unwrap_or("?")));
        if let Some(rest) = rest {
            rules.insert(TEMPLATE_QUERIES);
            return explain_pairs(rest.trim_start_matches('&'), theirs, &given, rules);
        }
        explain_pairs(ours, theirs, &given, rules)
    }

    fn headers(&self, ours: &Request, theirs: &Request, rules: &mut Rules) -> Option<()> {
        for (name, value) in &theirs.headers {
            if ours.headers.get(name) == Some(value) {
                continue;
            }
            if RESERVED_HEADERS.contains(&name.as_str()) && name != "cookie" {
                rules.insert(RESERVED);
            } else if name == "cookie" {
                let given: Vec<_> = self.given(Place::Cookie).collect();
                explain_cookies(ours.headers.get(name).map_or("", String::as_str), value, &given)?;
                rules.insert(COOKIE_STYLES);
            } else {
                return None;
            }
        }
        ours.headers.keys().all(|name| theirs.headers.contains_key(name)).then_some(())
    }

    fn body(&self, ours: &Request, theirs: &Request, rules: &mut Rules) -> Option<()> {
        let body = &self.operation.body;
        let is_empty =
            |body: &Body| matches!(body, Body::Json(Value::Object(all)) if all.is_empty());
        let same_type = ours.content_type == theirs.content_type;
        match (&ours.body, &theirs.body) {
            (ours, theirs) if same_type && ours == theirs => Some(()),
            (given, Body::None) if is_empty(given) && body.required => {
                rules.insert(REQUIRED_BODIES);
                Some(())
            }
            (Body::None, given) if is_empty(given) && !body.required => {
                rules.insert(OPTIONAL_BODIES);
                Some(())
            }
            (Body::Json(one), Body::Json(other)) if same_type && same_numbers(one, other) => {
                rules.insert(WHOLE_NUMBERS);
                Some(())
            }
            (Body::Text(one), Body::Text(other))
                if same_type && body.format == BodyFormat::Form =>
            {
                explain_pairs(one, other, &self.fields(), rules)
            }
            (Body::Multipart(one), Body::Multipart(other)) if same_type => {
                self.parts(one, other, rules)
            }
            // The steps of a JSON Patch, which stands behind other JSON.
            (Body::Json(one), Body::Json(other))
                if theirs.content_type.as_deref() == Some("application/json-patch+json")
                    && one == other =>
            {
                rules.insert(MEDIA_TYPES);
                Some(())
            }
            // JSON that has a place for a file: multipart, here without a part.
            (Body::None, Body::Json(_))
                if is_empty(&theirs.body) && body.format == BodyFormat::Multipart =>
            {
                rules.extend([MEDIA_TYPES, EMPTY_FORMS]);
                Some(())
            }
            // Declared beside JSON, which is preferred.
            (Body::Json(_), Body::Multipart(_) | Body::Text(_)) if !same_type => {
                rules.insert(MEDIA_TYPES);
                Some(())
            }
            (Body::Multipart(_), Body::Json(_) | Body::Text(_)) if !same_type => {
                rules.insert(MEDIA_TYPES);
                Some(())
            }
            _ => None,
        }
    }

    fn fields(&self) -> Vec<(&'static Argument, &Value)> {
        self.given(Place::Property).collect()
    }

    /// Parts are compared one by one, the equal ones first.
    fn parts(&self, ours: &str, theirs: &str, rules: &mut Rules) -> Option<()> {
        let (mut ours, mut theirs) = (multipart::parts(ours), multipart::parts(theirs));
        ours.retain(|part| match theirs.iter().position(|other| other == part) {
            Some(at) => {
                theirs.remove(at);
                false
            }
            None => true,
        });
        for (argument, value) in self.fields() {
            let own: Vec<_> = take(&mut ours, |part| {
                part.name == argument.wire || part.name.starts_with(&format!("{}[", argument.wire))
            });
            let other: Vec<_> = take(&mut theirs, |part| part.name == argument.wire);
            if own.is_empty() && other.is_empty() {
                continue;
            }
            if matches!(argument.kind, Kind::File | Kind::Files) {
                let same = own.len() == other.len()
                    && own.iter().zip(&other).all(|(one, two)| one.content == two.content);
                same.then(|| rules.insert(FILES))?;
                continue;
            }
            // The other client writes every value as Python does.
            let repeated =
                value.as_array().map_or_else(|| vec![value], |items| items.iter().collect());
            // A style writes nothing of an empty list or object; without one it is a part of JSON.
            let says_nothing =
                argument.media_type.is_empty() && oracle::pairs(argument, value).is_empty();
            if own.is_empty() && !repeated.is_empty() && !says_nothing {
                return None;
            }
            let python = |part: &multipart::Part| {
                part.content == oracle::python(value)
                    || repeated.iter().any(|item| part.content == oracle::python(item))
            };
            let fits = own.iter().all(|part| {
                let json = serde_json::from_str::<Value>(&part.content);
                json.is_ok_and(|json| json == *value || repeated.contains(&&json))
                    || repeated.iter().any(|item| oracle::text(item) == part.content)
                    || oracle::pairs(argument, value)
                        .iter()
                        .any(|(name, text)| *name == part.name && *text == part.content)
            });
            (fits && other.iter().all(python)).then(|| rules.insert(PART_VALUES))?;
        }
        (ours.is_empty() && theirs.is_empty()).then_some(())
    }
}

/// Explains two queries or forms, pair by pair, the equal ones first.
fn explain_pairs(
    ours: &str,
    theirs: &str,
    given: &[(&'static Argument, &Value)],
    rules: &mut Rules,
) -> Option<()> {
    let spaced = theirs.replace('+', "%20");
    if ours == theirs {
        return Some(());
    }
    if spaced != theirs {
        rules.insert(SPACES);
    }
    let (mut ours, mut theirs) = (raw_pairs(ours), raw_pairs(&spaced));
    let sent: Vec<Pair> = ours.iter().cloned().map(decoded).collect();
    ours.retain(|pair| match theirs.iter().position(|other| other == pair) {
        Some(at) => {
            theirs.remove(at);
            false
        }
        None => true,
    });
    let mut ours: Vec<Pair> = ours.into_iter().map(decoded).collect();
    let mut theirs: Vec<Pair> = theirs.into_iter().map(decoded).collect();
    for (argument, value) in given {
        let expected = oracle::pairs(argument, value);
        if !expected.iter().all(|pair| sent.contains(pair)) {
            return None;
        }
        let own = take(&mut ours, |pair| expected.contains(pair));
        let keys: Vec<&str> =
            value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let other = take(&mut theirs, |(name, _)| {
            name == argument.wire
                || name.starts_with(&format!("{}[", argument.wire))
                || (argument.explode || argument.style == Style::Json)
                    && keys.contains(&name.as_str())
        });
        if own.is_empty() && other.is_empty() {
            continue;
        }
        let rule = match argument.style {
            Style::Json => JSON_PARAMETERS,
            Style::DeepObject => DEEP_OBJECTS,
            // Once decoded the two are the same: only the delimiter was encoded.
            _ if own == other => DELIMITERS,
            _ => {
                let nested =
                    value.as_array().map_or_else(|| vec![*value], |items| items.iter().collect());
                let texts = nested.iter().map(|item| oracle::python(item)).collect::<Vec<_>>();
                let python = |(_, text): &Pair| {
                    *text == oracle::python(value)
                        || texts.contains(text)
                        || value.as_object().is_some_and(|members| {
                            members.values().any(|inner| oracle::python(inner) == *text)
                        })
                };
                other.iter().all(python).then_some(NESTED_VALUES)?
            }
        };
        rules.insert(rule);
    }
    (ours.is_empty() && theirs.is_empty()).then_some(())
}

/// The other client writes cookies as Python does, with neither style nor encoding.
fn explain_cookies(ours: &str, theirs: &str, given: &[(&'static Argument, &Value)]) -> Option<()> {
    let split = |text: &str| -> Vec<Pair> {
        text.split("; ")
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    };
    let mut theirs = split(theirs);
    let mut ours: Vec<Pair> = split(ours).into_iter().map(decoded).collect();
    let sent = ours.clone();
    for (argument, value) in given {
        take(&mut theirs, |(name, text)| name == argument.wire && *text == oracle::python(value));
        let expected = oracle::pairs(argument, value);
        if !expected.iter().all(|pair| sent.contains(pair)) {
            return None;
        }
        take(&mut ours, |pair| expected.contains(pair));
    }
    (ours.is_empty() && theirs.is_empty()).then_some(())
}

fn raw_pairs(query: &str) -> Vec<Pair> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn decoded((name, value): Pair) -> Pair {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    (decode(&name), decode(&value))
}

/// Takes what fits out of a list.
fn take<T>(list: &mut Vec<T>, fits: impl Fn(&T) -> bool) -> Vec<T> {
    let (taken, kept) = std::mem::take(list).into_iter().partition(fits);
    *list = kept;
    taken
}

/// Whether two values are the same but for `2.0` written as `2`.
fn same_numbers(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same_numbers(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| {
                    other.get(name).is_some_and(|other| same_numbers(value, other))
                })
        }
        (one, other) => one == other,
    }
}
