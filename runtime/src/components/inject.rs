//! Arguments of added components that callers do not give.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::{RawValue, to_raw_value};

/// What a handler is given instead of anything that a caller says, as `inject` of `mcp.toml`: callers do
/// not see the argument, and a value that they send under its name is dropped.
///
/// The value is a text. A field of text takes it, any other field the JSON that it holds.
///
/// ```
/// use mcpwright::components::{Inject, Prompt};
/// use mcpwright::Context;
///
/// #[derive(serde::Deserialize)]
/// struct Greet {
///     tone: String,
///     user: String,
/// }
///
/// let greet = Prompt::new("greet", |_: Context, greet: Greet| async move {
///     Ok(format!("Greet {} in a {} tone.", greet.user, greet.tone))
/// })
/// .argument("tone", "How it sounds.")
/// .inject("user", Inject::principal().or("a guest"));
/// # let _ = greet;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Inject {
    source: Source,
    default: Option<String>,
}

/// Where a value comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Source {
    /// This header of the request, in lower case.
    Header(String),
    Principal,
    Session,
}

/// What a request may have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// This header.
    Header(&'a str),
    /// The id of who calls.
    Principal,
    /// The id of the session.
    Session,
}

impl Inject {
    /// A header of the HTTP request. Other transports have none.
    #[must_use]
    pub fn header(name: impl Into<String>) -> Self {
        Self::from(Source::Header(name.into().to_ascii_lowercase()))
    }

    /// The id of whoever calls, as the application around the server has recognized them.
    #[must_use]
    pub const fn principal() -> Self {
        Self::from(Source::Principal)
    }

    /// The id of the session.
    #[must_use]
    pub const fn session() -> Self {
        Self::from(Source::Session)
    }

    /// The value where the request has none; otherwise such a request is refused.
    #[must_use]
    pub fn or(mut self, default: impl Into<String>) -> Self {
        self.default = Some(default.into());
        self
    }

    const fn from(source: Source) -> Self {
        Self { source, default: None }
    }

    fn wanted(&self) -> Wanted<'_> {
        match &self.source {
            Source::Header(name) => Wanted::Header(name),
            Source::Principal => Wanted::Principal,
            Source::Session => Wanted::Session,
        }
    }
}

/// The injected arguments of one component.
#[derive(Clone, Debug, Default)]
pub(crate) struct Injections(Vec<(String, Inject)>);

impl Injections {
    pub(super) fn add(&mut self, argument: String, inject: Inject) {
        self.0.push((argument, inject));
    }

    /// Whether there are none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with them, as the end of a sentence; `is_given`: whether callers give an argument.
    pub(super) fn problem(&self, is_given: impl Fn(&str) -> bool) -> Option<String> {
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let mut seen = BTreeSet::new();
        self.0.iter().find_map(|(name, inject)| match &inject.source {
            _ if is_given(name) => Some(format!("injects `{name}`, which callers give")),
            _ if !seen.insert(name) => Some(format!("injects `{name}` twice")),
            Source::Header(header) if header.is_empty() || !header.bytes().all(is_token) => {
                Some(format!("injects `{name}` from `{header}`, which is not the name of a header"))
            }
            _ => None,
        })
    }

    /// What callers may say: a JSON object without the injected arguments. What is no object stays as it
    /// is.
    pub(crate) fn strip<'t>(&self, object: &'t str) -> Cow<'t, str> {
        if self.is_empty() {
            return Cow::Borrowed(object);
        }
        match serde_json::from_str::<BTreeMap<String, &RawValue>>(object) {
            Ok(mut members) => {
                members.retain(|name, _| !self.0.iter().any(|(injected, _)| injected == name));
                serde_json::to_string(&members).map_or(Cow::Borrowed(object), Cow::Owned)
            }
            Err(_) => Cow::Borrowed(object),
        }
    }

    /// The values as a JSON object of texts; `find`: what the request has.
    ///
    /// # Errors
    /// What the request lacks.
    pub(crate) fn resolve<'c>(
        &self,
        find: impl Fn(Wanted<'_>) -> Option<&'c str>,
    ) -> Result<BTreeMap<&str, String>, Wanted<'_>> {
        let value = |(name, inject): &'_ (String, Inject)| {
            let found = find(inject.wanted()).map(str::to_owned).or_else(|| inject.default.clone());
            found.map(|text| (name.clone(), text))
        };
        let mut values = BTreeMap::new();
        for entry in &self.0 {
            match value(entry) {
                Some((_, text)) => drop(values.insert(entry.0.as_str(), text)),
                None => return Err(entry.1.wanted()),
            }
        }
        Ok(values)
    }
}

/// A JSON object with texts added to it.
pub(crate) fn merge(object: &str, texts: &BTreeMap<&str, String>) -> String {
    let members = serde_json::from_str::<BTreeMap<&str, Box<RawValue>>>(object);
    let mut members = members.unwrap_or_default();
    members.extend(texts.iter().filter_map(|(name, text)| Some((*name, to_raw_value(text).ok()?))));
    serde_json::to_string(&members).unwrap_or_else(|_| object.to_owned())
}

/// The method that says what is injected.
macro_rules! say_injections {
    ($type:ident) => {
        impl $type {
            /// Gives the handler this value as an argument that callers do not see. A value that they send
            /// under its name is dropped.
            #[must_use]
            pub fn inject(
                mut self,
                argument: impl Into<String>,
                value: $crate::components::Inject,
            ) -> Self {
                self.injections.add(argument.into(), value);
                self
            }
        }
    };
}

pub(super) use say_injections;

#[cfg(test)]
mod tests {
    use super::*;

    fn injections(all: &[(&str, Inject)]) -> Injections {
        Injections(all.iter().map(|(name, inject)| ((*name).to_owned(), inject.clone())).collect())
    }

    #[test]
    fn callers_cannot_say_what_is_injected() {
        let user = injections(&[("user", Inject::principal())]);
        assert_eq!(user.strip(r#"{"user":"root","n":[1, 2]}"#), r#"{"n":[1, 2]}"#);
        assert_eq!(user.strip("[1"), "[1");
        assert_eq!(Injections::default().strip("{ }"), "{ }");
    }

    #[test]
    fn values_become_members_of_the_object() {
        let all = injections(&[
            ("user", Inject::principal()),
            ("region", Inject::header("X-Region").or("nowhere")),
        ]);
        let find = |wanted: Wanted<'_>| matches!(wanted, Wanted::Principal).then_some("a \"b\"");
        let texts = all.resolve(find).expect("all are there");
        let merged = merge(r#"{"n":1}"#, &texts);
        assert_eq!(merged, r#"{"n":1,"region":"nowhere","user":"a \"b\""}"#);
        assert!(matches!(all.resolve(|_| None), Err(Wanted::Principal)));
    }

    #[test]
    fn injections_that_cannot_be_are_refused() {
        let problem = |all: &[(&str, Inject)]| injections(all).problem(|name| name == "given");
        let user = || ("user", Inject::principal());
        assert_eq!(problem(&[user()]), None);
        let twice = problem(&[user(), ("user", Inject::session())]);
        assert_eq!(twice.as_deref(), Some("injects `user` twice"));
        let given = problem(&[("given", Inject::session())]);
        assert_eq!(given.as_deref(), Some("injects `given`, which callers give"));
        let header = problem(&[("x", Inject::header("X Y"))]).expect("a problem");
        assert!(header.ends_with("`x y`, which is not the name of a header"), "{header}");
    }
}
