//! The files that a manifest names, by the paths that it names them with.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::manifest::Placed;
use crate::source::Span;

/// Contents by path.
pub type Contents = BTreeMap<String, Vec<u8>>;

/// The bytes of a file.
pub(super) fn bytes<'f>(
    files: &'f Contents,
    path: &str,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Option<&'f [u8]> {
    let found = files.get(path);
    if found.is_none() {
        let message = format!("cannot read {path}: there is no such file");
        let help = "check the path: it is seen from the folder of mcp.toml";
        diagnostics.push(Diagnostic::error(Code::E0101, message).at(span, "").help(help));
    }
    found.map(Vec::as_slice)
}

/// The text of a file.
pub(super) fn text<'f>(
    files: &'f Contents,
    path: &str,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Option<&'f str> {
    match std::str::from_utf8(bytes(files, path, span, diagnostics)?) {
        Ok(text) => Some(text),
        Err(error) => {
            let message = format!("cannot read {path}: byte {} is not UTF-8", error.valid_up_to());
            let help = "save the file as UTF-8; other files are embedded with kind = \"binary\"";
            diagnostics.push(Diagnostic::error(Code::E0101, message).at(span, "").help(help));
            None
        }
    }
}

/// The media type that the end of a path stands for.
pub(super) fn media_type(path: &Placed<String>) -> Option<&'static str> {
    const ENDS: &[(&str, &str)] = &[
        ("bmp", "image/bmp"),
        ("css", "text/css"),
        ("csv", "text/csv"),
        ("gif", "image/gif"),
        ("htm", "text/html"),
        ("html", "text/html"),
        ("ico", "image/x-icon"),
        ("jpeg", "image/jpeg"),
        ("jpg", "image/jpeg"),
        ("js", "text/javascript"),
        ("json", "application/json"),
        ("md", "text/markdown"),
        ("mp3", "audio/mpeg"),
        ("mp4", "video/mp4"),
        ("ogg", "audio/ogg"),
        ("pdf", "application/pdf"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
        ("toml", "application/toml"),
        ("txt", "text/plain"),
        ("wasm", "application/wasm"),
        ("wav", "audio/wav"),
        ("webp", "image/webp"),
        ("xml", "application/xml"),
        ("yaml", "application/yaml"),
        ("yml", "application/yaml"),
        ("zip", "application/zip"),
    ];
    let (_, end) = path.value.rsplit_once('.')?;
    ENDS.iter().find(|(known, _)| end.eq_ignore_ascii_case(known)).map(|(_, ty)| *ty)
}
