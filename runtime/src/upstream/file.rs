//! File arguments: base64, `data:` URIs, and `file:` URIs below the folder that the operator names.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::media_type;
use crate::operation::Argument;

/// Standard alphabet, with or without padding.
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
/// The alphabet for URLs, with or without padding.
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Largest file that is read for an upload, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// The value of a file argument.
#[derive(Debug)]
pub(super) struct File {
    /// The media type that came with it, or that its name stands for.
    pub(super) media_type: Option<String>,
    /// The name that came with it.
    pub(super) name: Option<String>,
    pub(super) content: Content,
}

/// Bytes that are here, or still on the disk.
#[derive(Debug)]
pub(super) enum Content {
    Here(Vec<u8>),
    OnDisk(OnDisk),
}

/// A file below the allowed folder.
#[derive(Clone, Debug)]
pub(super) struct OnDisk {
    /// Name of the argument, for messages.
    argument: &'static str,
    root: PathBuf,
    path: PathBuf,
}

impl Content {
    /// Reads what is on the disk.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, that leads out of the folder, or that is too large.
    pub(super) async fn load(&mut self) -> Result<(), String> {
        if let Self::OnDisk(file) = self {
            let file = file.clone();
            let read = tokio::task::spawn_blocking(move || file.read()).await;
            *self = Self::Here(read.unwrap_or_else(|_| Err("a file cannot be read".to_owned()))?);
        }
        Ok(())
    }

    pub(super) const fn is_here(&self) -> bool {
        matches!(self, Self::Here(_))
    }

    /// The bytes; none for what was not loaded.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Here(bytes) => bytes,
            Self::OnDisk(_) => &[],
        }
    }
}

impl OnDisk {
    fn read(&self) -> Result<Vec<u8>, String> {
        let cannot = |why: &str| format!("argument `{}`: the file {why}", self.argument);
        let path = self.path.canonicalize().map_err(|_| cannot("cannot be read"))?;
        // A link inside of the folder may lead out of it.
        if !path.starts_with(&self.root) {
            return Err(cannot("is not below the folder that this server may read"));
        }
        let file = std::fs::File::open(&path).map_err(|_| cannot("cannot be read"))?;
        let metadata = file.metadata().map_err(|_| cannot("cannot be read"))?;
        if !metadata.is_file() {
            return Err(cannot("is no regular file"));
        }
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|_| cannot("cannot be read"))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(cannot(&format!("is larger than {} MiB", MOST_BYTES >> 20)));
        }
        Ok(bytes)
    }
}

/// Reads the value of a file argument. `root` is the folder, its links followed.
///
/// # Errors
///
/// A text that is none of the three, and a `file:` URI that is not below the folder.
pub(super) fn read(
    argument: &'static Argument,
    text: &str,
    root: Option<&Path>,
) -> Result<File, String> {
    let wrong = || {
        format!(
            "argument `{}` is a file: give its content as base64 or as a `data:` URI",
            argument.name
        )
    };
    if let Some(rest) = without_scheme(text, "file:") {
        return on_disk(argument, text, rest, root);
    }
    let Some(data) = without_scheme(text, "data:") else {
        let content = Content::Here(base64(text).ok_or_else(wrong)?);
        return Ok(File { media_type: None, name: None, content });
    };
    let (head, content) = data.split_once(',').ok_or_else(wrong)?;
    let mut parameters = head.split(';').map(str::trim);
    let media_type = parameters.next().unwrap_or_default();
    let (mut is_base64, mut name, mut kept) = (false, None, media_type.to_owned());
    for parameter in parameters {
        match parameter.split_once('=') {
            None if parameter.eq_ignore_ascii_case("base64") => is_base64 = true,
            Some(("name" | "filename", text)) => {
                name = Some(percent_decode_str(text).decode_utf8_lossy().into_owned());
            }
            _ => {
                kept.push(';');
                kept.push_str(parameter);
            }
        }
    }
    let decoded: Vec<u8> = percent_decode_str(content).collect();
    let bytes = if is_base64 {
        std::str::from_utf8(&decoded).ok().and_then(base64).ok_or_else(wrong)?
    } else {
        decoded
    };
    // A control character in the media type would end the part's header.
    let usable = !media_type.is_empty() && kept.bytes().all(|byte| byte.is_ascii_graphic());
    Ok(File { media_type: usable.then_some(kept), name, content: Content::Here(bytes) })
}

/// A name for a file that came without one. Some servers tell files by the end of their names.
pub(super) fn name_for(argument: &Argument, media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    match media_type::ending(essence) {
        Some(ending) => format!("{}.{ending}", argument.wire),
        None => argument.wire.to_owned(),
    }
}

fn without_scheme<'t>(text: &'t str, scheme: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn on_disk(
    argument: &'static Argument,
    text: &str,
    rest: &str,
    root: Option<&Path>,
) -> Result<File, String> {
    let refused = |why: &str| format!("argument `{}`: {why}", argument.name);
    let root = root.ok_or_else(|| {
        refused("this server reads no files: give the content as base64 or as a `data:` URI")
    })?;
    let path = if rest.starts_with('/') {
        let url = Url::parse(text).map_err(|_| refused("the `file:` URI is not valid"))?;
        url.to_file_path().map_err(|()| refused("the `file:` URI is not valid"))?
    } else {
        let relative = percent_decode_str(rest).decode_utf8_lossy();
        root.join(relative.as_ref())
    };
    // By its text first, so that nobody can ask which files there are elsewhere.
    let climbs = path.components().any(|component| component == Component::ParentDir);
    if climbs || !path.starts_with(root) {
        return Err(refused("the file is not below the folder that this server may read"));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let media_type = name.as_deref().and_then(media_type::of_name).map(str::to_owned);
    let content = Content::OnDisk(OnDisk { argument: argument.name, root: root.to_owned(), path });
    Ok(File { media_type, name, content })
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    STANDARD.decode(&text).or_else(|_| URL_SAFE.decode(&text)).ok()
}
