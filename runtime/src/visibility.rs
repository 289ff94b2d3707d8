//! Which components are there, and for whom: the criteria that `enable` and `disable` take, what
//! comes of several of them, and how versions compare.
//!
//! This is plain data. A server keeps [`Marks`] for all of its clients, a session its own.

mod marks;
pub(crate) mod version;

use std::collections::BTreeSet;
use std::fmt;

pub(crate) use self::marks::{Marks, SessionMarks, TooManyMarks};

/// A kind of component.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ComponentKind {
    /// A tool, known by its name.
    Tool,
    /// A resource, known by its URI.
    Resource,
    /// A resource template, known by its text.
    Template,
    /// A prompt, known by its name.
    Prompt,
}

impl ComponentKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Tool, Self::Resource, Self::Template, Self::Prompt];

    /// How keys begin: `tool`, `resource`, `template`, `prompt`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Resource => "resource",
            Self::Template => "template",
            Self::Prompt => "prompt",
        }
    }
}

impl fmt::Display for ComponentKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What a component is selected by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described<'a> {
    /// Its kind.
    pub(crate) kind: ComponentKind,
    /// Name, URI, or text of the template.
    pub(crate) id: &'a str,
    /// Its name.
    pub(crate) name: &'a str,
    /// Its version; empty: none.
    pub(crate) version: &'a str,
    /// Its tags.
    pub(crate) tags: Tags<'a>,
}

/// The tags of a component.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tags<'a> {
    /// Of a declared one.
    Declared(&'static [&'static str]),
    /// Of one that was added.
    Added(&'a BTreeSet<String>),
}

impl Tags<'_> {
    /// Whether this is one of them.
    pub(crate) fn has(self, tag: &str) -> bool {
        match self {
            Self::Declared(tags) => tags.contains(&tag),
            Self::Added(tags) => tags.contains(tag),
        }
    }
}

/// Which components are meant. Each criterion that is given has to hold; criteria without any mean
/// none at all.
///
/// ```
/// use mcpwright::components::{ComponentKind, Criteria};
///
/// let admin_tools = Criteria::new().tags(["admin", "internal"]).kinds([ComponentKind::Tool]);
/// let one = Criteria::new().keys(["prompt:greet@2"]);
/// # let _ = (admin_tools, one);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Criteria {
    is_all: bool,
    names: Option<BTreeSet<String>>,
    keys: Option<BTreeSet<String>>,
    tags: Option<BTreeSet<String>>,
    kinds: Option<BTreeSet<ComponentKind>>,
    versions: Versions,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Versions {
    exactly: Option<String>,
    from: Option<String>,
    below: Option<String>,
}

impl Criteria {
    /// No criteria yet: nothing is meant.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every component.
    #[must_use]
    pub fn all() -> Self {
        Self { is_all: true, ..Self::default() }
    }

    /// Those with one of these names; of resources and templates also those with one of these URIs.
    #[must_use]
    pub fn names<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.names = Some(set(names));
        self
    }

    /// Those with one of these keys: `kind:id@version`, as in `tool:add@2`. The `@` is always there:
    /// `tool:add@` is the one without a version.
    #[must_use]
    pub fn keys<T: Into<String>>(mut self, keys: impl IntoIterator<Item = T>) -> Self {
        let keys = set(keys);
        for key in keys.iter().filter(|key| !key.contains('@')) {
            tracing::warn!(key, "the key of a component has an `@`: `kind:id@version`");
        }
        self.keys = Some(keys);
        self
    }

    /// Those with one of these tags.
    #[must_use]
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags = Some(set(tags));
        self
    }

    /// Those of these kinds.
    #[must_use]
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = ComponentKind>) -> Self {
        self.kinds = Some(kinds.into_iter().collect());
        self
    }

    /// Those of this version.
    #[must_use]
    pub fn version(mut self, version: impl fmt::Display) -> Self {
        self.versions.exactly = Some(version.to_string());
        self
    }

    /// Those of this version or a later one.
    #[must_use]
    pub fn version_from(mut self, version: impl fmt::Display) -> Self {
        self.versions.from = Some(version.to_string());
        self
    }

    /// Those of a version before this one.
    #[must_use]
    pub fn version_below(mut self, version: impl fmt::Display) -> Self {
        self.versions.below = Some(version.to_string());
        self
    }

    /// Whether this component is meant.
    pub(crate) fn select(&self, component: &Described<'_>) -> bool {
        if self.is_all {
            return true;
        }
        if *self == Self::default() {
            return false;
        }
        let among = |set: &Option<BTreeSet<String>>, test: &dyn Fn(&str) -> bool| {
            set.as_ref().is_none_or(|set| set.iter().any(|one| test(one)))
        };
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&component.kind))
            && among(&self.names, &|name| name == component.name || name == component.id)
            && among(&self.keys, &|key| component.has_key(key))
            && among(&self.tags, &|tag| component.tags.has(tag))
            && self.versions.hold(component.version)
    }
}

impl Versions {
    /// One without a version is of no version that can be asked for.
    fn hold(&self, version: &str) -> bool {
        if *self == Self::default() {
            return true;
        }
        let at_least = |other: &str| version::compare(version, other).is_ge();
        !version.is_empty()
            && self.exactly.as_deref().is_none_or(|exactly| version == exactly)
            && self.from.as_deref().is_none_or(at_least)
            && !self.below.as_deref().is_some_and(at_least)
    }
}

impl Described<'_> {
    /// Whether this is its key: `kind:id@version`.
    fn has_key(&self, key: &str) -> bool {
        key.strip_prefix(self.kind.as_str())
            .and_then(|rest| rest.strip_prefix(':')?.strip_prefix(self.id)?.strip_prefix('@'))
            .is_some_and(|version| version == self.version)
    }
}

fn set<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    texts.into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::{ComponentKind, Criteria, Described, Tags};

    const ADD: Described<'_> = Described {
        kind: ComponentKind::Tool,
        id: "add",
        name: "add",
        version: "2.0",
        tags: Tags::Declared(&["math", "public"]),
    };
    const FILE: Described<'_> = Described {
        kind: ComponentKind::Resource,
        id: "file://a@b",
        name: "a",
        version: "",
        tags: Tags::Declared(&[]),
    };

    #[track_caller]
    fn check(criteria: &Criteria, add: bool, file: bool) {
        assert_eq!((criteria.select(&ADD), criteria.select(&FILE)), (add, file), "{criteria:?}");
    }

    #[test]
    fn all_criteria_hold_and_one_tag_is_enough() {
        let new = Criteria::new;
        check(&new(), false, false);
        check(&Criteria::all(), true, true);
        check(&new().names(["add"]), true, false);
        check(&new().names(["file://a@b"]), false, true);
        check(&new().names(["a", "add"]), true, true);
        check(&new().tags(["math", "absent"]), true, false);
        check(&new().tags(["absent"]), false, false);
        check(&new().tags(Vec::<String>::new()), false, false);
        check(&new().kinds([ComponentKind::Resource]), false, true);
        check(&new().kinds([ComponentKind::Resource]).tags(["math"]), false, false);
        check(&new().keys(["tool:add@2.0"]), true, false);
        check(&new().keys(["tool:add@", "tool:add", "prompt:add@2.0", "tool:add@2"]), false, false);
        check(&new().keys(["resource:file://a@b@"]), false, true);
    }

    #[test]
    fn what_has_no_version_is_of_none() {
        let new = Criteria::new;
        check(&new().version("2.0"), true, false);
        check(&new().version("2"), false, false);
        check(&new().version_from("1.9"), true, false);
        check(&new().version_from("2.0").version_below("3"), true, false);
        check(&new().version_below("2.0"), false, false);
    }
}
