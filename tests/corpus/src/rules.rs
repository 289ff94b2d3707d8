//! Why two requests for one call may differ: the numbered rules of COMPATIBILITY.md, each as a
//! predicate over the two requests, the operation and the arguments.
//!
//! A rule explains a part of a request only where our part is what the OpenAPI text says, by
//! [`crate::oracle`], and that of the other client what its known fault makes of the value.

mod body;
mod pairs;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use mcpwright::operation::{Argument, Operation, Place, Segment, Style};
use serde_json::{Map, Value};

use crate::arguments::Given;
use crate::described::{Described, Route, Unsent};
use crate::oracle;
use crate::request::{Body, Request};

/// The call that was replayed.
#[derive(Debug)]
pub struct Call<'c> {
    /// Its operation.
    pub operation: &'static Operation,
    /// Its method and path.
    pub route: &'c Route,
    /// What the text of the document says of it.
    pub described: &'c Described,
    /// The arguments under our names, as they were recorded.
    pub arguments: &'c Map<String, Value>,
    /// The arguments that are in no request of ours.
    pub unsent: &'c [Given<'c>],
    /// Why the other client made no request. Recordings cut what is long.
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
const NESTED_FIELDS: &str = "B5";
const FILES: &str = "B1";
const MEDIA_TYPES: &str = "B4";
const EMPTY_FORMS: &str = "B7";
const STRAY_PATHS: &str = "Q15";
const READ_ONLY: &str = "B13";
const JSON_TEXT: &str = "B11";
const MEDIA_RANGES: &str = "B12";
const HEADER_TEXT: &str = "Q8";
const EMPTY_PATHS: &str = "Q3";
const WHOLE_NUMBERS: &str = "A2";
const TEMPLATE_QUERIES: &str = "Q11";

/// The rules that explain the difference of two requests; `None` where something stays unexplained.
#[must_use]
pub fn of_requests(call: &Call<'_>, ours: &Request, theirs: &Request) -> Option<Rules> {
    let mut rules = call.unsent();
    let theirs = &call.without_read_only(theirs);
    if ours.asks_for(theirs) {
        return Some(rules);
    }
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
    let headers = call.given(Place::Header).chain(call.given(Place::Cookie));
    let headers = headers.map(|(_, value)| value);
    let unsent = call.unsent.iter().filter(|given| given.why == Unsent::Header);
    let mut values = headers.chain(unsent.map(|given| given.value));
    let is_ascii = values.all(|value| oracle::text(value).is_ascii());
    (!is_ascii && call.failed_to_encode()).then(|| {
        let mut rules = call.unsent();
        rules.insert(HEADER_TEXT);
        rules
    })
}

impl Call<'_> {
    /// The arguments of a place that have a value.
    fn given(&self, place: Place) -> impl Iterator<Item = (&'static Argument, &Value)> {
        let table = self.operation.arguments.iter().filter(move |one| one.place == place);
        table.filter_map(|argument| Some((argument, self.arguments.get(argument.name)?)))
    }

    /// The rules by which arguments are in no request.
    fn unsent(&self) -> Rules {
        let rule = |given: &Given<'_>| match given.why {
            Unsent::Header => RESERVED,
            Unsent::Path => STRAY_PATHS,
            Unsent::ReadOnly => READ_ONLY,
            Unsent::MediaType => MEDIA_TYPES,
        };
        self.unsent.iter().map(rule).collect()
    }

    /// Whether a header has the value of an argument that sets no header here.
    fn is_ignored(&self, name: &str, value: &str) -> bool {
        let mut headers = self.unsent.iter().filter(|given| given.why == Unsent::Header);
        headers.any(|given| given.name == name && oracle::text(given.value) == value)
    }

    /// The request of the other client without the properties that are `readOnly`.
    fn without_read_only(&self, theirs: &Request) -> Request {
        let mut theirs = theirs.clone();
        if let Body::Json(Value::Object(members)) = &mut theirs.body {
            for given in self.unsent.iter().filter(|given| given.why == Unsent::ReadOnly) {
                if members.get(&given.name) == Some(given.value) {
                    members.remove(&given.name);
                }
            }
        }
        theirs
    }

    /// Whether the other client could not encode a header.
    fn failed_to_encode(&self) -> bool {
        const START: &str = "Error building request for ";
        let (method, path) = self.route;
        let expected = format!("{method} {path}: UnicodeEncodeError");
        let said = self.error.and_then(|error| error.split_once(START));
        said.is_some_and(|(_, said)| said.starts_with(&expected) || expected.starts_with(said))
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
            return pairs::explain(rest.trim_start_matches('&'), theirs, &given, rules);
        }
        pairs::explain(ours, theirs, &given, rules)
    }

    fn headers(&self, ours: &Request, theirs: &Request, rules: &mut Rules) -> Option<()> {
        for (name, value) in &theirs.headers {
            if ours.headers.get(name) == Some(value) || self.is_ignored(name, value) {
                continue;
            }
            (name == "cookie").then_some(())?;
            let given: Vec<_> = self.given(Place::Cookie).collect();
            let sent = ours.headers.get(name).map_or("", String::as_str);
            pairs::explain_cookies(sent, value, &given)?;
            rules.insert(COOKIE_STYLES);
        }
        ours.headers.keys().all(|name| theirs.headers.contains_key(name)).then_some(())
    }
}
