//! What every component says about itself, and how long clients may keep it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::files::{self, Contents};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::{AboutTable, CacheTable, IconTable, Placed, is_address};
use crate::model::{About, Cache, Icon};

/// An image beyond this is no icon: each list would carry it.
const LARGEST_ICON: usize = 64 << 10;

/// `name`: what stands in for a name that is not given.
pub(super) fn lower(
    table: &AboutTable,
    name: Option<Placed<String>>,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<About> {
    let icons = lower_icons(&table.icons, contents, diagnostics);
    let name = table.name.clone().or(name)?;
    Some(About {
        span: name.span,
        name: name.value,
        title: table.title.clone(),
        description: table.description.clone(),
        tags: table.tags.clone(),
        icons,
        meta: table.meta.clone(),
        version: table.version.clone(),
    })
}

/// Icons, their files as addresses.
pub(super) fn lower_icons(
    tables: &[IconTable],
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Vec<Icon> {
    tables.iter().filter_map(|table| lower_icon(table, contents, diagnostics)).collect()
}

fn lower_icon(
    table: &IconTable,
    contents: &Contents,
    diagnostics: &mut Diagnostics,
) -> Option<Icon> {
    const SIZES: &str = "a size is written as \"48x48\", or \"any\" for an image that scales";
    let refuse = |message: String, help: &str| {
        Diagnostic::error(Code::E0307, message).at(table.src.span, "").help(help)
    };
    for size in table.sizes.iter().filter(|size| !is_size(size)) {
        diagnostics.push(refuse(format!("`{size}` is not the size of an icon"), SIZES));
    }
    let icon = |src: String, mime_type: Option<String>| Icon {
        src,
        mime_type,
        sizes: table.sizes.clone(),
        theme: table.theme,
    };
    let src = &table.src.value;
    if is_address(src) {
        let is_safe = src.starts_with("https://") || src.starts_with("data:image/");
        if !is_safe {
            let help = "clients take https: and data:image/ addresses only; a file is embedded";
            diagnostics.push(refuse(format!("`{src}` cannot be the address of an icon"), help));
        }
        return is_safe.then(|| icon(src.clone(), table.mime_type.clone()));
    }
    let bytes = files::bytes(contents, src, table.src.span, diagnostics)?;
    if bytes.len() > LARGEST_ICON {
        let message = format!("{src} has {} bytes, too many for an icon", bytes.len());
        let help = "each list carries it: make the image smaller than 64 KiB, or link to it";
        diagnostics.push(refuse(message, help));
        return None;
    }
    let known = files::media_type(&table.src).filter(|known| known.starts_with("image/"));
    let Some(mime_type) = table.mime_type.clone().or_else(|| known.map(str::to_owned)) else {
        let help = "name it: mime_type = \"image/png\"";
        diagnostics.push(refuse(format!("{src} does not say which kind of image it is"), help));
        return None;
    };
    let address = format!("data:{mime_type};base64,{}", STANDARD.encode(bytes));
    Some(icon(address, Some(mime_type)))
}

fn is_size(text: &str) -> bool {
    let is_number = |text: &str| {
        !text.is_empty() && !text.starts_with('0') && text.bytes().all(|it| it.is_ascii_digit())
    };
    text == "any"
        || text.split_once('x').is_some_and(|(width, height)| is_number(width) && is_number(height))
}

/// A time without a `ttl` was reported.
pub(super) fn lower_cache(table: &CacheTable) -> Option<Cache> {
    Some(Cache { ttl: table.ttl?, public: table.public })
}
