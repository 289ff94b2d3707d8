//! What the entries of all lists have in common: titles, icons, `_meta`.

use std::collections::BTreeSet;

use serde_json::{Map, json};

use super::listing::title_of_name;
use super::wire_schema::put;
use crate::model::{About, Icon, Json};

/// The first keys of an entry, those that name the component.
pub(super) fn heading(about: &About, title: Option<&str>) -> Map<String, Json> {
    let mut out = Map::new();
    put(&mut out, "name", about.name.as_str());
    let title = about.title.as_deref().or(title).map(str::to_owned);
    put(&mut out, "title", title.unwrap_or_else(|| title_of_name(&about.name)));
    if let Some(description) = &about.description {
        put(&mut out, "description", description.as_str());
    }
    out
}

/// The last keys of an entry.
pub(super) fn ending(out: &mut Map<String, Json>, icons: &[Icon], meta: Map<String, Json>) {
    if !icons.is_empty() {
        put(out, "icons", icons_of(icons));
    }
    if !meta.is_empty() {
        put(out, "_meta", meta);
    }
}

/// Icons as clients read them.
pub(super) fn icons_of(icons: &[Icon]) -> Json {
    let icon = |icon: &Icon| {
        let mut out = Map::new();
        put(&mut out, "src", icon.src.as_str());
        if let Some(mime_type) = &icon.mime_type {
            put(&mut out, "mimeType", mime_type.as_str());
        }
        if !icon.sizes.is_empty() {
            put(&mut out, "sizes", icon.sizes.clone());
        }
        if let Some(theme) = icon.theme {
            put(&mut out, "theme", theme);
        }
        Json::Object(out)
    };
    icons.iter().map(icon).collect()
}

/// `_meta` of a declared component.
pub(super) fn meta(about: &About, hide: bool) -> Map<String, Json> {
    let mut meta = about.meta.clone();
    if !hide {
        let tags = about.tags.iter().cloned().collect();
        put(&mut meta, "fastmcp", fastmcp(&tags, about.version.as_deref()));
    }
    meta
}

/// What `FastMCP` says about a component in its `_meta`.
pub(super) fn fastmcp(tags: &BTreeSet<String>, version: Option<&str>) -> Json {
    match version {
        None => json!({ "tags": tags }),
        Some(version) => json!({ "tags": tags, "version": version }),
    }
}
