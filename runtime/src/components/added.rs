//! A component that was added, checked and ready to be listed and called.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::Injections;
use super::completer::Completers;
use super::prompt::{self, Argument};
use crate::arguments::{ArgumentErrors, Mode};
use crate::declaration::{Cache, Capability, ResourceSecurity, Task};
use crate::handler::Handler;
use crate::operation::Output;
use crate::uri_template::{Pattern, security};
use crate::visibility::{ComponentKind, Described, Tags};

/// A component that was added.
#[derive(Debug)]
pub(crate) struct Added {
    /// Name, URI, or text of the template.
    pub(crate) id: Box<str>,
    /// Its name.
    pub(crate) name: Box<str>,
    /// Its version; empty: none.
    pub(crate) version: Box<str>,
    /// Its tags.
    pub(crate) tags: BTreeSet<String>,
    /// Its entry in lists, as compact JSON.
    pub(crate) entry: String,
    /// The same for wires up to 2025-11-25, where it differs.
    pub(crate) legacy: Option<String>,
    /// Time for a call.
    pub(crate) timeout: Option<Duration>,
    /// What a client must offer.
    pub(crate) requires: Vec<Capability>,
    /// The arguments that callers do not give.
    pub(crate) injections: Injections,
    /// What answers.
    pub(crate) handler: Handler,
    /// What its kind has beside that.
    pub(crate) body: Body,
}

/// What one kind of component has.
#[derive(Debug)]
pub(crate) enum Body {
    /// A tool.
    #[cfg_attr(
        not(feature = "schema"),
        expect(dead_code, reason = "tools are added with the feature alone")
    )]
    Tool(AddedTool),
    /// A resource.
    Resource(AddedResource),
    /// A resource template.
    Template {
        /// What it has in common with resources.
        resource: AddedResource,
        /// Which URIs match.
        pattern: Pattern,
        /// What its variables must not be.
        security: ResourceSecurity,
        /// What completes its variables.
        completers: Completers,
    },
    /// A prompt.
    Prompt {
        /// Its description.
        description: String,
        /// Its arguments.
        arguments: Vec<Argument>,
        /// What completes them.
        completers: Completers,
    },
}

/// What a tool has.
pub(crate) struct AddedTool {
    /// What it promises about its result.
    pub(crate) output: Output,
    /// How calls become tasks.
    pub(crate) task: Task,
    /// The arguments that clients repeat in headers, with the keys that lead to them: the header without
    /// `Mcp-Param-`, in lower case.
    pub(crate) headers: Vec<(String, Vec<String>)>,
    /// Holds arguments, a JSON object, against the input schema.
    pub(crate) check: Box<Check>,
}

/// Gives the arguments as the schema wants them, or what is wrong with them.
pub(crate) type Check = dyn Fn(&str, Mode) -> Result<String, ArgumentErrors> + Send + Sync;

/// What resources and templates have.
#[derive(Clone, Debug)]
pub(crate) struct AddedResource {
    /// Media type of its contents; empty: that of the contents.
    pub(crate) mime_type: String,
    /// How long clients may keep them.
    pub(crate) cache: Option<Cache>,
}

impl AddedResource {
    /// What gives contents of this media type.
    pub(crate) fn of(mime_type: &str) -> Self {
        Self { mime_type: mime_type.to_owned(), cache: None }
    }
}

impl fmt::Debug for AddedTool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AddedTool").field("output", &self.output).finish_non_exhaustive()
    }
}

impl Added {
    /// Its kind.
    pub(crate) const fn kind(&self) -> ComponentKind {
        match self.body {
            Body::Tool(_) => ComponentKind::Tool,
            Body::Resource(_) => ComponentKind::Resource,
            Body::Template { .. } => ComponentKind::Template,
            Body::Prompt { .. } => ComponentKind::Prompt,
        }
    }

    /// What it is selected by.
    pub(crate) fn described(&self) -> Described<'_> {
        Described {
            kind: self.kind(),
            id: &self.id,
            name: &self.name,
            version: &self.version,
            tags: Tags::Added(&self.tags),
        }
    }

    /// What completes its arguments.
    pub(crate) const fn completers(&self) -> Option<&Completers> {
        match &self.body {
            Body::Template { completers, .. } | Body::Prompt { completers, .. } => Some(completers),
            Body::Tool(_) | Body::Resource(_) => None,
        }
    }

    /// Whether this is a template that matches `uri`.
    pub(crate) fn matches(&self, uri: &str) -> bool {
        match &self.body {
            Body::Template { pattern, .. } => pattern.matches(uri).is_some(),
            _ => false,
        }
    }

    /// The variables of `uri` as a JSON object of texts, and of lists of them where each item has a
    /// parameter; none where this is no template; `None` where they are not what its handler may be given.
    pub(crate) fn variables(&self, uri: &str) -> Option<String> {
        let Body::Template { pattern, security, .. } = &self.body else {
            return Some("{}".to_owned());
        };
        let matched = pattern.matches(uri).filter(|it| security::allows(security, it, |_| true))?;
        let values = pattern.variables().iter().enumerate();
        let given = |index| {
            let list = matched.items(index).filter(|_| matched.is_list(index));
            list.map(Value::from).or_else(|| matched.value(index).map(Value::from))
        };
        let values: BTreeMap<&str, Value> =
            values.filter_map(|(index, name)| Some((name.as_str(), given(index)?))).collect();
        serde_json::to_string(&values).ok()
    }
}

/// Holds what was given to an added prompt, a JSON object, against its arguments.
///
/// # Errors
/// What is missing or unknown, in words for the client.
pub(crate) fn check_prompt(added: &Added, given: &str) -> Result<(), String> {
    match &added.body {
        Body::Prompt { arguments, .. } => prompt::check(arguments, given),
        _ => Err("it is no prompt".to_owned()),
    }
}
