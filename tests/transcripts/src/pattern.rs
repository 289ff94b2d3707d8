//! Messages against what they are expected to be.

use std::collections::BTreeMap;

use serde_json::Value;

const MORE: &str = "...";

/// Values that a scene has given names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(BTreeMap<String, Value>);

impl Names {
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The text with names replaced: as JSON where a name stands between quotes, else as it is.
    pub(crate) fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| {
            let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.replace(&format!("\"<{name}>\""), &value.to_string())
                .replace(&format!("<{name}>"), &plain)
        })
    }

    /// Where `found` is not as expected, one line for each place. What gets a name is remembered
    /// only where everything is.
    pub(crate) fn compare(&mut self, expected: &Value, found: &Value) -> Vec<String> {
        let mut names = self.clone();
        let mut differences = Vec::new();
        names.walk("", expected, found, &mut differences);
        if differences.is_empty() {
            *self = names;
        }
        differences
    }

    fn walk(&mut self, at: &str, expected: &Value, found: &Value, differences: &mut Vec<String>) {
        match (expected, found) {
            (Value::String(text), _) if is_pattern(text) => {
                if !self.fits(text, found) {
                    differences.push(format!("{at}: expected {text}, found {found}"));
                }
            }
            (Value::Object(expected), Value::Object(found)) => {
                for (name, expected) in expected.iter().filter(|(name, _)| *name != MORE) {
                    let at = format!("{at}/{name}");
                    match found.get(name) {
                        Some(found) => self.walk(&at, expected, found, differences),
                        None => differences.push(format!("{at}: missing, expected {expected}")),
                    }
                }
                for (name, found) in found.iter().filter(|(name, _)| !expected.contains_key(*name))
                {
                    if !expected.contains_key(MORE) {
                        differences.push(format!("{at}/{name}: not expected, found {found}"));
                    }
                }
            }
            (Value::Array(expected), Value::Array(found)) => {
                let open = expected.last().is_some_and(|last| last == MORE);
                let expected =
                    expected.get(..expected.len() - usize::from(open)).unwrap_or_default();
                if found.len() < expected.len() || (!open && found.len() > expected.len()) {
                    let lengths = (expected.len(), found.len());
                    differences.push(format!("{at}: {} elements, found {}", lengths.0, lengths.1));
                }
                for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                    self.walk(&format!("{at}/{index}"), expected, found, differences);
                }
            }
            _ if expected == found => {}
            _ => differences.push(format!("{at}: expected {expected}, found {found}")),
        }
    }

    fn fits(&mut self, pattern: &str, found: &Value) -> bool {
        let name = pattern.trim_start_matches('<').trim_end_matches('>');
        match name.split_once(':') {
            Some(("contains", words)) => found.as_str().is_some_and(|text| text.contains(words)),
            _ => match name {
                "any" => true,
                "text" => found.as_str().is_some_and(|text| !text.is_empty()),
                "number" => found.is_number(),
                name => self.0.entry(name.to_owned()).or_insert_with(|| found.clone()) == found,
            },
        }
    }
}

fn is_pattern(text: &str) -> bool {
    text.starts_with('<') && text.ends_with('>') && text.len() > 2
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Names;

    #[test]
    fn equal_messages_do_not_differ() {
        let mut names = Names::default();
        assert!(names.compare(&json!({ "a": [1, "b"] }), &json!({ "a": [1, "b"] })).is_empty());
    }

    #[test]
    fn differences_are_named_by_their_place() {
        let mut names = Names::default();
        let found = names.compare(&json!({ "a": [1, 2], "b": 1 }), &json!({ "a": [1, 3], "c": 1 }));
        assert_eq!(
            found,
            ["/a/1: expected 2, found 3", "/b: missing, expected 1", "/c: not expected, found 1",]
        );
        assert_eq!(names.compare(&json!([1]), &json!([1, 2])), [": 1 elements, found 2"]);
    }

    #[test]
    fn dots_allow_more() {
        let mut names = Names::default();
        let expected = json!({ "a": [1, "..."], "...": "<any>" });
        assert!(names.compare(&expected, &json!({ "a": [1, 2], "b": 3 })).is_empty());
        assert!(!names.compare(&expected, &json!({ "a": [] })).is_empty());
    }

    #[test]
    fn name_is_the_same_value_from_then_on() {
        let mut names = Names::default();
        assert!(names.compare(&json!({ "id": "<ask>" }), &json!({ "id": 7 })).is_empty());
        assert!(!names.compare(&json!("<ask>"), &json!(8)).is_empty());
        assert_eq!(names.fill(r#"{"id":"<ask>"} <ask>"#), r#"{"id":7} 7"#);
    }

    #[test]
    fn patterns_ask_for_a_type() {
        let mut names = Names::default();
        assert!(names.compare(&json!("<text>"), &json!("a")).is_empty());
        assert!(!names.compare(&json!("<text>"), &json!("")).is_empty());
        assert!(!names.compare(&json!("<number>"), &json!("1")).is_empty());
        assert!(names.compare(&json!("<contains:no such>"), &json!("no such tool")).is_empty());
    }
}
