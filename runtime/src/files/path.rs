//! The path of a file as a client writes it in a URI.

use std::path::PathBuf;

use crate::uri_template::security::layers;

/// A path that goes down from a folder, by its text alone; `None` for every other one: absolute, with
/// `.` or `..` or an empty part, with a NUL, with the separators or drives of another system, in the
/// text as it is or in what is left of it when it is decoded again, as often as that is possible.
pub(super) fn relative(text: &str) -> Option<PathBuf> {
    let goes_down = |text: &str| {
        !text.contains(['\0', '\\'])
            && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && !has_drive(text)
    };
    layers(text)?.all(|text| goes_down(&text)).then(|| text.split('/').collect())
}

/// `C:` of Windows.
fn has_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}
