//! Texts that look like credentials. Examples of documents have some, and in a committed crate they
//! would stop every scanner for secrets.

use crate::model::Json;

/// How a private key begins (RFC 7468).
const PEM: &str = "-----BEGIN ";
/// How other well-known credentials begin.
const STARTS: [&str; 18] = [
    "AIza",
    "AKIA",
    "SG.",
    "doo_v1_",
    "dop_v1_",
    "gho_",
    "ghp_",
    "ghr_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "rk_live_",
    "sk-",
    "sk_live_",
    "whsec_",
    "xoxb-",
    "xoxp-",
];
/// Fewest characters of one; what is shorter is a word or a name.
const LEAST: usize = 20;
/// What stands in the place of one.
const BLANK: &str = "secret";

fn is_secret(text: &str) -> bool {
    let text = text.trim();
    let is_token = || {
        text.len() >= LEAST
            && !text.contains(char::is_whitespace)
            && STARTS.iter().any(|start| text.starts_with(start))
    };
    text.starts_with(PEM) || is_token()
}

/// Replaces what looks like a credential, also inside of a value.
pub(super) fn blank(value: &mut Json) {
    match value {
        Json::String(text) if is_secret(text) => BLANK.clone_into(text),
        Json::Array(items) => items.iter_mut().for_each(blank),
        Json::Object(members) => members.values_mut().for_each(blank),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn credentials_are_blanked_and_words_are_not() {
        let mut value = json!({
            "pem": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n",
            "tokens": [format!("ghs_{}", "a1".repeat(18)), format!("AKIA{}", "Z".repeat(16))],
            "words": ["sk-learn", "SG.", "ghs_ is how tokens of apps begin", "AKIA", "text"],
        });
        blank(&mut value);
        let expected = json!({
            "pem": "secret",
            "tokens": ["secret", "secret"],
            "words": ["sk-learn", "SG.", "ghs_ is how tokens of apps begin", "AKIA", "text"],
        });
        assert_eq!(value, expected);
    }
}
