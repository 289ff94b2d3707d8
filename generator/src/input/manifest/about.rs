//! The keys that every component has: what lists say about it.

use super::field::{Field, Placed, Table};
use super::key::{Key, Keys, Value};
use super::words::components;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// What a component says about itself.
#[derive(Clone, Debug)]
pub struct AboutTable {
    /// Where its table stands.
    pub span: crate::source::Span,
    /// `name`
    pub name: Option<Placed<String>>,
    /// `title`
    pub title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `tags`
    pub tags: Vec<String>,
    /// `icons`
    pub icons: Vec<IconTable>,
    /// `meta`
    pub meta: serde_json::Map<String, serde_json::Value>,
    /// `version`
    pub version: Option<String>,
    /// `enabled = false`
    pub disabled: bool,
}

/// One of `icons`.
#[derive(Clone, Debug)]
pub struct IconTable {
    /// `src`: an address, or a file.
    pub src: Placed<String>,
    /// `mime_type`
    pub mime_type: Option<String>,
    /// `sizes`
    pub sizes: Vec<String>,
    /// `theme`
    pub theme: Option<&'static str>,
}

/// `ttl` and `scope`, wherever clients are told how long they may keep something.
#[derive(Clone, Copy, Debug, Default)]
pub struct CacheTable {
    /// `ttl`, in seconds.
    pub ttl: Option<f64>,
    /// `scope = "public"`
    pub public: bool,
}

/// The words of `theme`.
const THEMES: &[(&str, &str)] = &[("light", "light"), ("dark", "dark")];

const ICON_KEYS: Keys = Keys::of(&[
    Key::new(
        "src",
        Value::Text,
        "An `https:` or `data:image/` address, or a file beside this one that is embedded",
    ),
    Key::new("mime_type", Value::Text, "Media type of the image"),
    Key::new("sizes", Value::Texts, "Sizes such as `48x48`, or `any`"),
    Key::new("theme", Value::Words(&THEMES), "The background that it is for"),
])
.require(&["src"])
.called(&[components::ICON]);

/// `icons`: tables, or just where the image is.
pub(super) const ICONS: Value =
    Value::List(&Value::OneOf(&[Value::Text, Value::Table(&ICON_KEYS)]));

/// The words of `scope`.
const SCOPES: &[(&str, bool)] = &[("private", false), ("public", true)];

pub(super) const CACHE_KEYS: Keys = Keys::of(&[
    Key::new("ttl", Value::Seconds, "Seconds for which it may be kept"),
    Key::new(
        "scope",
        Value::Words(&SCOPES),
        "Whether others may be given what one caller was given",
    ),
])
.require(&["ttl"])
.called(&[components::CACHE]);

/// The keys of every component.
pub(super) const ABOUT: &[Key] = &[
    Key::new("name", Value::Text, "Name for clients"),
    Key::new("title", Value::Text, "Title for people"),
    Key::new("description", Value::Text, "Description for the model"),
    Key::new("tags", Value::Texts, "Words that filters know it by"),
    Key::new("icons", ICONS, "Icons for people"),
    Key::new("meta", Value::Object, "Sent to clients as `_meta`"),
    Key::new("version", Value::OneOf(&[Value::Text, Value::Number]), "Version of the component"),
    Key::new("enabled", Value::Flag, "`false`: it is checked and left out"),
];

impl AboutTable {
    pub(super) fn new(table: &Table<'_>) -> Self {
        Self {
            span: table.span(),
            name: None,
            title: None,
            description: None,
            tags: Vec::new(),
            icons: Vec::new(),
            meta: serde_json::Map::new(),
            version: None,
            disabled: false,
        }
    }

    /// Takes the value where the key is one of those of every component.
    pub(super) fn take(&mut self, field: &Field<'_>, diagnostics: &mut Diagnostics) -> bool {
        match field.name() {
            "name" => self.name = field.placed_text(diagnostics),
            "title" => self.title = field.text(diagnostics),
            "description" => self.description = field.text(diagnostics),
            "tags" => self.tags = field.texts(diagnostics),
            "icons" => self.icons = parse_icons(field, diagnostics),
            "meta" => self.meta = parse_meta(field, diagnostics),
            "version" => self.version = parse_version(field, diagnostics),
            "enabled" => self.disabled = field.flag(diagnostics) == Some(false),
            _ => return false,
        }
        true
    }

    /// Reports a component without a name, unless its name could not be read.
    pub(super) fn expect_name(&self, table: &Table<'_>, diagnostics: &mut Diagnostics) {
        if !table.has("name") {
            let message = format!("a {} has no `name`", table.title());
            diagnostics.push(
                Diagnostic::error(Code::E0303, message)
                    .at(table.span(), "this one")
                    .help("add a line: name = \"…\""),
            );
        }
    }
}

fn parse_meta(
    field: &Field<'_>,
    diagnostics: &mut Diagnostics,
) -> serde_json::Map<String, serde_json::Value> {
    let meta = field.object(diagnostics).unwrap_or_default();
    if meta.contains_key("fastmcp") {
        let help = "`tags` and `version` of the component are put there";
        let fault = field.fault(Code::E0307, "has a key `fastmcp`, which is written for you", "");
        diagnostics.push(fault.help(help));
    }
    meta
}

fn parse_version(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let version = match field.node.as_number() {
        Some(number) => number.to_owned(),
        None => field.text(diagnostics)?,
    };
    if version.trim().is_empty() || version.contains('@') {
        let help = "it is a text such as \"2.0\" without an `@`, or a number";
        diagnostics.push(field.fault(Code::E0307, "is not a version", "").help(help));
        return None;
    }
    Some(version)
}

/// `icons`: tables, or just where the image is.
pub(super) fn parse_icons(field: &Field<'_>, diagnostics: &mut Diagnostics) -> Vec<IconTable> {
    let mut icons = Vec::new();
    for item in field.items(diagnostics) {
        if let Some(text) = item.as_str() {
            let src = Placed { value: text.to_owned(), span: item.span };
            icons.push(IconTable { src, mime_type: None, sizes: Vec::new(), theme: None });
            continue;
        }
        let table = field.item_table(item);
        let (mut src, mut mime_type, mut sizes, mut theme) = (None, None, Vec::new(), None);
        for field in table.known(&ICON_KEYS, diagnostics) {
            match field.name() {
                "src" => src = field.placed_text(diagnostics),
                "mime_type" => mime_type = field.text(diagnostics),
                "sizes" => sizes = field.texts(diagnostics),
                "theme" => theme = field.choice(THEMES, diagnostics),
                _ => {}
            }
        }
        match src {
            Some(src) => icons.push(IconTable { src, mime_type, sizes, theme }),
            None if item.as_object().is_some() && !table.has("src") => diagnostics.push(
                Diagnostic::error(Code::E0303, "an icon has no `src`")
                    .at(item.span, "this one")
                    .help("write src = \"icon.png\", or an https: or data: address"),
            ),
            None => {}
        }
    }
    icons
}

/// `cache = { ttl = 60, scope = "private" }`
pub(super) fn parse_cache(field: &Field<'_>, diagnostics: &mut Diagnostics) -> CacheTable {
    let mut cache = CacheTable::default();
    let table = field.table();
    for field in table.known(&CACHE_KEYS, diagnostics) {
        match field.name() {
            "ttl" => cache.ttl = field.seconds(diagnostics),
            "scope" => cache.public = field.choice(SCOPES, diagnostics) == Some(true),
            _ => {}
        }
    }
    if field.node.as_object().is_some() && !table.has("ttl") {
        let help = "give the seconds that clients may keep it: ttl = 60";
        diagnostics.push(field.fault(Code::E0303, "has no `ttl`", "").help(help));
    }
    cache
}
