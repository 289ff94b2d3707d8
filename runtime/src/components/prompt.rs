//! A prompt to be added.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::about::{About, key, put, say_about};
use super::completer::{Completers, say_completions};
use super::inject::say_injections;
use super::{Added, Body, Component, ComponentError, Injections};
use crate::arguments::from_texts;
use crate::context::Context;
use crate::handler::{Answer, Handler, on_own_thread};
use crate::result::{HandlerError, IntoPromptResult, PromptError};
use crate::visibility::ComponentKind;

/// A prompt to be added to a server.
///
/// Clients send arguments as texts. They are read into the argument type of the handler: a text where
/// the type wants a text, else the JSON that the text holds.
///
/// ```
/// use mcpwright::components::Prompt;
/// use mcpwright::Context;
///
/// #[derive(serde::Deserialize)]
/// struct Greet {
///     name: String,
///     times: Option<u8>,
/// }
///
/// let greet = Prompt::new("greet", |_: Context, greet: Greet| async move {
///     Ok(format!("Greet {} {} times.", greet.name, greet.times.unwrap_or(1)))
/// })
/// .argument("name", "Who is greeted.")
/// .optional_argument("times", "How often, a number.");
/// # let _ = greet;
/// ```
#[derive(Clone)]
pub struct Prompt {
    about: About,
    arguments: Vec<Argument>,
    completers: Completers,
    injections: Injections,
    handler: Handler,
}

/// An argument of a prompt.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    name: String,
    description: String,
    is_required: bool,
}

say_about!(Prompt);
say_completions!(Prompt);
say_injections!(Prompt);

impl Prompt {
    /// A prompt that a handler renders.
    ///
    /// The future is dropped at its next await when the request is cancelled or out of time.
    #[must_use]
    pub fn new<A, F, Fut, R>(name: impl Into<String>, handler: F) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        F: Fn(Context, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, PromptError>> + Send + 'static,
        R: IntoPromptResult,
    {
        let handler = Handler::new(move |context, values| {
            let arguments = match from_texts(values.get(0).unwrap_or("{}")) {
                Ok(arguments) => arguments,
                Err(error) => {
                    let error = HandlerError::public(format!("Invalid params: {error}"));
                    return Box::pin(std::future::ready(Err(error.with_code(-32602))));
                }
            };
            let answer = handler(context, arguments);
            Box::pin(async move { Ok(Answer::Prompt(answer.await?.into_prompt_result()?)) })
        });
        let about = About::new(name);
        Self {
            about,
            arguments: Vec::new(),
            completers: Completers::default(),
            injections: Injections::default(),
            handler,
        }
    }

    /// [`Prompt::new`] for a handler that blocks its thread, as
    /// [`Server::on_blocking`](crate::Server::on_blocking).
    #[must_use]
    pub fn blocking<A, F, R>(name: impl Into<String>, handler: F) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        F: Fn(Context, A) -> Result<R, PromptError> + Send + Sync + 'static,
        R: IntoPromptResult + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self::new(name, move |context, arguments: A| {
            let handler = Arc::clone(&handler);
            on_own_thread(context, move |context| handler(context, arguments))
        })
    }

    /// Adds an argument that has to be given. An empty description is none.
    #[must_use]
    pub fn argument(self, name: impl Into<String>, description: impl Into<String>) -> Self {
        self.with_argument(name.into(), description.into(), true)
    }

    /// Adds an argument that may be absent.
    #[must_use]
    pub fn optional_argument(
        self,
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        self.with_argument(name.into(), description.into(), false)
    }

    fn with_argument(mut self, name: String, description: String, is_required: bool) -> Self {
        self.arguments.push(Argument { name, description, is_required });
        self
    }

    fn build(self, says_meta: bool) -> Result<Added, ComponentError> {
        let kind = ComponentKind::Prompt;
        let Self { about, arguments, completers, injections, handler } = self;
        about.check_name(kind)?;
        about.check(kind, &about.name)?;
        let refuse = |why: String| {
            Err(ComponentError::Part { key: key(kind, &about.name, about.version()), why })
        };
        for (at, Argument { name, .. }) in arguments.iter().enumerate() {
            if name.is_empty() {
                return refuse("has an argument without a name".to_owned());
            }
            if arguments.iter().take(at).any(|before| before.name == *name) {
                return refuse(format!("has the argument `{name}` twice"));
            }
        }
        if let Some(name) = completers.unknown(|name| arguments.iter().any(|it| it.name == name)) {
            return refuse(format!("completes `{name}`, which is none of its arguments"));
        }
        if let Some(why) = injections.problem(|name| arguments.iter().any(|it| it.name == name)) {
            return refuse(why);
        }
        let mut entry = Map::new();
        about.heading(&mut entry);
        if !arguments.is_empty() {
            let listed = arguments.iter().map(Argument::entry).collect();
            entry.insert("arguments".to_owned(), listed);
        }
        about.ending(&mut entry, says_meta);
        Ok(Added {
            id: about.name.as_str().into(),
            version: about.version().into(),
            name: about.name.into(),
            tags: about.tags,
            entry: Value::Object(entry).to_string(),
            legacy: None,
            timeout: about.timeout,
            requires: about.requires,
            injections,
            handler,
            body: Body::Prompt { description: about.description, arguments, completers },
        })
    }
}

impl Argument {
    fn entry(&self) -> Value {
        let mut entry = Map::new();
        put(&mut entry, "name", &self.name);
        put(&mut entry, "description", &self.description);
        entry.insert("required".to_owned(), json!(self.is_required));
        Value::Object(entry)
    }
}

/// Holds what was given, a JSON object, against the arguments of a prompt.
///
/// # Errors
/// What is missing or unknown, in words for the client.
pub(crate) fn check(arguments: &[Argument], given: &str) -> Result<(), String> {
    let given: BTreeMap<String, &RawValue> = serde_json::from_str(given)
        .map_err(|error| format!("`arguments` is no map of texts: {error}"))?;
    let missing = arguments.iter().filter(|it| it.is_required && !given.contains_key(&it.name));
    let mut problems: Vec<String> =
        missing.map(|it| format!("missing required argument `{}`", it.name)).collect();
    let unknown = given.keys().filter(|name| !arguments.iter().any(|it| it.name == **name));
    problems.extend(unknown.take(20).map(|name| {
        let shown: String = name.chars().take(60).collect();
        let names: Vec<String> = arguments.iter().map(|it| format!("`{}`", it.name)).collect();
        match names.as_slice() {
            [] => format!("unknown argument `{shown}`; the prompt takes no arguments"),
            names => format!("unknown argument `{shown}`; the prompt takes {}", names.join(", ")),
        }
    }));
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
}

impl From<Prompt> for Component {
    fn from(prompt: Prompt) -> Self {
        Self::new(move |says_meta| prompt.build(says_meta))
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Prompt").field("name", &self.about.name).finish_non_exhaustive()
    }
}
