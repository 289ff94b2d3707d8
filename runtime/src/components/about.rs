//! What components of all kinds say about themselves, and how lists write it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::ComponentError;
use crate::Capability;
use crate::protocol::content;
use crate::result::{Annotations, Meta};
use crate::visibility::ComponentKind;

/// The longest name that all clients accept.
const LONGEST_NAME: usize = 64;

/// An image for people, shown beside a component.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Icon {
    src: String,
    mime_type: String,
    sizes: Vec<String>,
    theme: Option<Theme>,
}

/// The background that an icon is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Theme {
    /// A light one.
    Light,
    /// A dark one.
    Dark,
}

impl Icon {
    /// An icon at this address: `https:` or `data:image/`.
    #[must_use]
    pub fn new(src: impl Into<String>) -> Self {
        Self { src: src.into(), mime_type: String::new(), sizes: Vec::new(), theme: None }
    }

    /// Its media type.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = mime_type.into();
        self
    }

    /// Its sizes: `48x48`, `any`.
    #[must_use]
    pub fn sizes<T: Into<String>>(mut self, sizes: impl IntoIterator<Item = T>) -> Self {
        self.sizes = sizes.into_iter().map(Into::into).collect();
        self
    }

    /// The background that it is for.
    #[must_use]
    pub const fn theme(mut self, theme: Theme) -> Self {
        self.theme = Some(theme);
        self
    }

    fn entry(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("src".to_owned(), json!(self.src));
        put(&mut entry, "mimeType", &self.mime_type);
        if !self.sizes.is_empty() {
            entry.insert("sizes".to_owned(), json!(self.sizes));
        }
        if let Some(theme) = self.theme {
            let theme = if theme == Theme::Light { "light" } else { "dark" };
            entry.insert("theme".to_owned(), json!(theme));
        }
        Value::Object(entry)
    }
}

/// What a component says about itself.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) tags: BTreeSet<String>,
    pub(super) icons: Vec<Icon>,
    pub(super) meta: Meta,
    pub(super) version: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) requires: Vec<Capability>,
}

impl About {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The version as text; empty: none.
    pub(super) fn version(&self) -> &str {
        self.version.as_deref().unwrap_or_default()
    }

    /// What is wrong with it.
    pub(super) fn check(&self, kind: ComponentKind, id: &str) -> Result<(), ComponentError> {
        if let Some(version) = self.version.as_ref().filter(|it| it.is_empty() || it.contains('@'))
        {
            return Err(ComponentError::Version(version.clone()));
        }
        let is_safe = |src: &str| src.starts_with("https://") || src.starts_with("data:image/");
        match self.icons.iter().find(|icon| !is_safe(&icon.src)) {
            Some(icon) => Err(ComponentError::Part {
                key: key(kind, id, self.version()),
                why: format!(
                    "has an icon that clients do not take, `{}`: its address is https: or data:image/",
                    icon.src.chars().take(60).collect::<String>()
                ),
            }),
            None => Ok(()),
        }
    }

    /// What is wrong with its name where clients call it by that.
    pub(super) fn check_name(&self, kind: ComponentKind) -> Result<(), ComponentError> {
        let is_accepted = (1..=LONGEST_NAME).contains(&self.name.len())
            && self.name.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-.".contains(&it));
        if is_accepted {
            return Ok(());
        }
        let why = format!(
            "has a name that clients do not take: they accept up to {LONGEST_NAME} letters, digits, \
             `_`, `-` and `.`"
        );
        Err(ComponentError::Id { kind, id: self.name.chars().take(128).collect(), why })
    }

    /// Appends the keys of an entry that name the component.
    pub(super) fn heading(&self, entry: &mut Map<String, Value>) {
        put(entry, "name", &self.name);
        let title = if self.title.is_empty() { words(&self.name) } else { self.title.clone() };
        put(entry, "title", &title);
        put(entry, "description", &self.description);
    }

    /// Appends the last keys of an entry; `says_meta`: with tags and version.
    pub(super) fn ending(&self, entry: &mut Map<String, Value>, says_meta: bool) {
        if !self.icons.is_empty() {
            let icons = self.icons.iter().map(Icon::entry).collect();
            entry.insert("icons".to_owned(), icons);
        }
        let mut meta = self.meta.clone();
        if says_meta {
            let mut about = json!({ "tags": self.tags });
            if let Some(version) = &self.version {
                about["version"] = json!(version);
            }
            meta.insert("fastmcp".to_owned(), about);
        }
        if !meta.is_empty() {
            entry.insert("_meta".to_owned(), Value::Object(meta));
        }
    }
}

/// What a component is known by: `kind:id@version`.
pub(crate) fn key(kind: ComponentKind, id: &str, version: &str) -> String {
    format!("{kind}:{}@{version}", id.chars().take(128).collect::<String>())
}

/// Appends a text, where there is one.
pub(super) fn put(entry: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        entry.insert(key.to_owned(), Value::from(text));
    }
}

/// Hints about a component that clients may show or act upon; they promise nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Hints {
    pub(super) flags: Vec<(&'static str, bool)>,
    pub(super) annotations: Annotations,
}

impl Hints {
    pub(super) fn set(&mut self, flag: &'static str, value: bool) {
        self.flags.retain(|(known, _)| *known != flag);
        self.flags.push((flag, value));
    }

    /// Appends `annotations`, where there are some.
    pub(super) fn put(&self, entry: &mut Map<String, Value>) {
        let mut out = content::annotation_members(&self.annotations);
        out.extend(self.flags.iter().map(|(flag, value)| ((*flag).to_owned(), json!(value))));
        if !out.is_empty() {
            entry.insert("annotations".to_owned(), Value::Object(out));
        }
    }
}

/// A name in words: `get_book` is "Get Book". Some clients hide what has no title.
fn words(name: &str) -> String {
    let words = name.split(['_', '-', '.', ' ']).filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    });
    let words = words.collect::<Vec<_>>().join(" ");
    if words.is_empty() { name.to_owned() } else { words }
}

/// The methods that say about a component what components of all kinds have.
macro_rules! say_about {
    ($type:ident) => {
        impl $type {
            /// Title for people, instead of the name in words.
            #[must_use]
            pub fn title(mut self, title: impl Into<String>) -> Self {
                self.about.title = title.into();
                self
            }

            /// Description for the model.
            #[must_use]
            pub fn description(mut self, description: impl Into<String>) -> Self {
                self.about.description = description.into();
                self
            }

            /// Its tags, by which [`Criteria`](crate::components::Criteria) and the tag filters of
            /// the declaration know it.
            #[must_use]
            pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
                self.about.tags = tags.into_iter().map(Into::into).collect();
                self
            }

            /// Its icons.
            #[must_use]
            pub fn icons(
                mut self,
                icons: impl IntoIterator<Item = $crate::components::Icon>,
            ) -> Self {
                self.about.icons = icons.into_iter().collect();
                self
            }

            /// Adds a member to its `_meta`. `fastmcp` is written by the server: tags and version.
            #[must_use]
            pub fn meta(
                mut self,
                key: impl Into<String>,
                value: impl Into<serde_json::Value>,
            ) -> Self {
                self.about.meta.insert(key.into(), value.into());
                self
            }

            /// Its version: a number or a text without `@`. Of several versions lists show the
            /// highest, and calls get it unless they ask for another.
            #[must_use]
            pub fn version(mut self, version: impl std::fmt::Display) -> Self {
                self.about.version = Some(version.to_string());
                self
            }

            /// What a client must offer for a call.
            #[must_use]
            pub fn requires(
                mut self,
                capabilities: impl IntoIterator<Item = $crate::Capability>,
            ) -> Self {
                self.about.requires = capabilities.into_iter().collect();
                self
            }

            /// Time for a call, instead of `[limits] tool_time`.
            #[must_use]
            pub const fn timeout(mut self, time: std::time::Duration) -> Self {
                self.about.timeout = Some(time);
                self
            }
        }
    };
}

pub(super) use say_about;

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_title_is_the_name_in_words() {
        for (name, title) in [("get_book", "Get Book"), ("x.y-z", "X Y Z"), ("_", "_"), ("é", "É")]
        {
            assert_eq!(words(name), title);
        }
    }
}
