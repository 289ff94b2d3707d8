//! The folders that the client works in.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::declaration::Capability;
use crate::protocol::ask::{self, AnswerError, Ask, AskForm};

/// A folder or a file that the client works in. It informs; it does not limit what may be read.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Root {
    /// Its URI, `file:///home/ada/project`.
    pub uri: String,
    /// Its name for people.
    #[serde(default)]
    pub name: Option<String>,
}

/// Asks for all of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListRoots;

#[derive(Deserialize)]
struct Answer {
    roots: Vec<Root>,
}

impl Ask for ListRoots {
    type Answer = Vec<Root>;

    const METHOD: &'static str = "roots/list";

    fn needs(&self) -> Capability {
        Capability::Roots
    }

    fn params(&self, _form: AskForm, _id: &str) -> String {
        "{}".to_owned()
    }

    fn answer(&self, _form: AskForm, result: &RawValue) -> Result<Vec<Root>, AnswerError> {
        let answer: Answer = ask::read(result)?;
        match answer.roots.iter().find(|root| url::Url::parse(&root.uri).is_err()) {
            Some(root) => Err(AnswerError::new(format!("the root `{}` is no URI", root.uri))),
            None => Ok(answer.roots),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ListRoots, Root};
    use crate::protocol::ask::Ask;
    use crate::protocol::ask::tests::{STATELESS, raw};

    #[test]
    fn roots_are_read() {
        assert_eq!(ListRoots.params(STATELESS, ""), "{}");
        let text = r#"{"roots":[{"uri":"file:///a","name":"A","_meta":{}},{"uri":"file:///b"}]}"#;
        let roots = ListRoots.answer(STATELESS, &raw(text)).expect("they are roots");
        let root = |uri: &str, name: Option<&str>| Root {
            uri: uri.to_owned(),
            name: name.map(str::to_owned),
        };
        assert_eq!(roots, [root("file:///a", Some("A")), root("file:///b", None)]);
        for text in [
            "[]",
            "{}",
            r#"{"roots":{}}"#,
            r#"{"roots":[{}]}"#,
            r#"{"roots":[{"uri":1}]}"#,
            r#"{"roots":[{"uri":"a/b"}]}"#,
        ] {
            assert!(ListRoots.answer(STATELESS, &raw(text)).is_err(), "{text}");
        }
    }
}
