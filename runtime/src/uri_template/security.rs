//! What the variables of a URI must not be.

use percent_encoding::percent_decode_str;

use super::Matched;
use crate::declaration::ResourceSecurity;

/// How often a value may be encoded before it is refused.
const MOST_LAYERS: usize = 32;

/// Whether all values of a URI are what a template allows; `takes_list`: whether the handler is given the
/// items of an argument one by one, so that each has to be allowed.
#[must_use]
pub fn allows(
    security: &ResourceSecurity,
    matched: &Matched,
    takes_list: impl Fn(usize) -> bool,
) -> bool {
    let mut values = matched.values.iter().filter(|it| !security.exempt.contains(&it.argument));
    values.all(|value| {
        let items = value.items.iter().filter(|_| value.is_list || takes_list(value.argument));
        std::iter::once(&value.text).chain(items).all(|text| {
            layers(text).is_some_and(|mut texts| texts.all(|text| is_allowed(security, &text)))
        })
    })
}

/// A value, and what is left of it when it is decoded again, until there is nothing to decode: a
/// handler or what is behind it may do that. `None` where there is no end in sight.
pub(crate) fn layers(text: &str) -> Option<impl Iterator<Item = String> + use<>> {
    let mut all = vec![text.to_owned()];
    while let Some(last) = all.last() {
        let decoded = percent_decode_str(last).decode_utf8_lossy();
        if decoded == *last {
            return Some(all.into_iter());
        }
        if all.len() == MOST_LAYERS {
            return None;
        }
        let decoded = decoded.into_owned();
        all.push(decoded);
    }
    None
}

fn is_allowed(security: &ResourceSecurity, text: &str) -> bool {
    !(security.reject_path_traversal && climbs(text)
        || security.reject_absolute_paths && is_absolute(text)
        || security.reject_null_bytes && text.contains('\0'))
}

/// Whether `..` leads above where the path starts.
fn climbs(text: &str) -> bool {
    let mut depth = 0_usize;
    for part in text.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(above) => depth = above,
                None => return true,
            },
            _ => depth += 1,
        }
    }
    false
}

/// Whether it is a path from the root of a file system, or from a drive of Windows.
fn is_absolute(text: &str) -> bool {
    text.starts_with(['/', '\\'])
        || matches!(text.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}
