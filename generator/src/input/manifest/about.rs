//! The keys that every component has: what lists say about it.

use super::field::{Field, Placed, Table};
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
    const KEYS: &[&str] = &["src", "mime_type", "sizes", "theme"];
    const THEMES: &[(&str, &str)] = &[("light", "light"), ("dark", "dark")];
    let mut icons = Vec::new();
    for item in field.items(diagnostics) {
        if let Some(text) = item.as_str() {
            let src = Placed { value: text.to_owned(), span: item.span };
            icons.push(IconTable { src, mime_type: None, sizes: Vec::new(), theme: None });
            continue;
        }
        let table = field.item_table(item);
        let (mut src, mut mime_type, mut sizes, mut theme) = (None, None, Vec::new(), None);
        for field in table.fields(diagnostics) {
            match field.name() {
                "src" => src = field.placed_text(diagnostics),
                "mime_type" => mime_type = field.text(diagnostics),
                "sizes" => sizes = field.texts(diagnostics),
                "theme" => theme = field.choice(THEMES, diagnostics),
                _ => field.unknown(KEYS, &[], diagnostics),
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
    const KEYS: &[&str] = &["ttl", "scope"];
    const SCOPES: &[(&str, bool)] = &[("private", false), ("public", true)];
    let mut cache = CacheTable::default();
    let table = field.table();
    for field in table.fields(diagnostics) {
        match field.name() {
            "ttl" => cache.ttl = field.seconds(diagnostics),
            "scope" => cache.public = field.choice(SCOPES, diagnostics) == Some(true),
            _ => field.unknown(KEYS, &[], diagnostics),
        }
    }
    if field.node.as_object().is_some() && !table.has("ttl") {
        let help = "give the seconds that clients may keep it: ttl = 60";
        diagnostics.push(field.fault(Code::E0303, "has no `ttl`", "").help(help));
    }
    cache
}
