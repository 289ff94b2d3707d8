//! What other tools call the keys of `mcp.toml`: `FastMCP`'s constructor, decorators and settings,
//! fastmcp.json, `FastAPI`, JSON Schema, and common habit. One list per table; the description of the
//! table ([`Keys`](super::key::Keys)) names the lists that hold for it.
//!
//! A key in camel case or with hyphens needs no entry where its snake case is a key.

pub(super) mod components;
pub(super) mod documents;
pub(super) mod settings;

use super::key::Keys;
use super::settings::{DEPLOYMENT_KEYS, LIMITS_KEYS, SERVER_KEYS};

/// A word of another tool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    /// The word.
    pub(super) other: &'static str,
    /// What it is here.
    pub(super) here: Here,
}

/// What a word of another tool is here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Here {
    /// This key of the same table.
    Key(&'static str),
    /// No key of this table; what to do instead.
    Instead(&'static str),
}

const fn key(other: &'static str, ours: &'static str) -> Word {
    Word { other, here: Here::Key(ours) }
}

const fn instead(other: &'static str, what: &'static str) -> Word {
    Word { other, here: Here::Instead(what) }
}

/// The tables of settings. People put the key of one into another.
const SETTINGS: &[(&str, &Keys)] =
    &[("[server]", &SERVER_KEYS), ("[deployment]", &DEPLOYMENT_KEYS), ("[limits]", &LIMITS_KEYS)];

/// What to do about the key `name`, which the table `owner` does not have, where a word says it.
pub(super) fn help(name: &str, owner: &str, keys: &Keys) -> Option<String> {
    if let Some(word) = keys.word(name) {
        return Some(match word.here {
            Here::Key(ours) => format!("`{name}` is called `{ours}`"),
            Here::Instead(what) => what.to_owned(),
        });
    }
    let snake = snake_case(name);
    if keys.find(&snake).is_some() {
        return Some(format!("`{name}` is called `{snake}`"));
    }
    let is_setting = owner == super::FILE || SETTINGS.iter().any(|(title, _)| *title == owner);
    is_setting.then(|| setting(name, owner)).flatten()
}

/// Says which other table of settings has the key.
pub(super) fn setting(name: &str, owner: &str) -> Option<String> {
    let others = || SETTINGS.iter().filter(|(title, _)| *title != owner);
    if let Some((title, _)) = others().find(|(_, keys)| keys.find(name).is_some()) {
        return Some(format!("it is a key of {title}"));
    }
    others().find_map(|(title, keys)| match keys.word(name)?.here {
        Here::Key(ours) => Some(format!("`{name}` is called `{ours}`, a key of {title}")),
        Here::Instead(what) => Some(what.to_owned()),
    })
}

/// `readOnly` and `read-only` as `read_only`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(if letter == '-' { '_' } else { letter.to_ascii_lowercase() });
    }
    snake
}

const NO_SERIALIZER: &str = "a handler gives the text itself, in a ToolResult";

const LAYER: &str = "middleware is reserved for a later version; a layer of tower around the server is \
                     added in main.rs: `server.http_layer(…)`";

const FUNCTION: &str = "the handler is a method of the trait `Handlers`, called like the component";

#[cfg(test)]
mod tests;
