//! Arguments that come as texts: the variables of URIs, and what prompts are given.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::operation::{Argument, Kind};

/// The arguments as one JSON object, of texts by name. What is declared as anything but a text is
/// written as the JSON that the text holds, where it holds some.
pub(crate) fn object_of_texts<'a>(
    table: &[Argument],
    texts: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    object(texts.into_iter().map(|(name, text)| {
        let json = json_inside(table, name, text).map_or_else(|| quoted(text), str::to_owned);
        (name, json)
    }))
}

/// The arguments of a prompt as one JSON object. Clients send texts; other values are taken as they
/// are.
///
/// # Errors
/// What was given is no object.
pub(crate) fn object_of_prompt(
    table: &[Argument],
    given: Option<&str>,
) -> Result<String, serde_json::Error> {
    let given: BTreeMap<String, &RawValue> = serde_json::from_str(given.unwrap_or("{}"))?;
    Ok(object(given.iter().map(|(name, raw)| {
        let text = serde_json::from_str::<String>(raw.get()).ok();
        let inside = text.as_deref().and_then(|text| json_inside(table, name, text));
        (&**name, inside.unwrap_or(raw.get()).to_owned())
    })))
}

fn object<'a>(members: impl Iterator<Item = (&'a str, String)>) -> String {
    let members: Vec<String> =
        members.map(|(name, json)| [&quoted(name), ":", &json].concat()).collect();
    ["{", &members.join(","), "}"].concat()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The JSON that a text holds, where the argument is no text itself.
fn json_inside<'a>(table: &[Argument], name: &str, text: &'a str) -> Option<&'a str> {
    let kind = table.iter().find(|argument| argument.name == name)?.kind;
    if matches!(kind, Kind::Text | Kind::File) {
        return None;
    }
    serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get)
}

#[cfg(test)]
mod tests {
    use super::{object_of_prompt, object_of_texts};
    use crate::operation::{Argument, Kind};

    #[test]
    fn texts_hold_json_where_no_text_is_declared() {
        let table = [
            Argument::value("name", Kind::Text),
            Argument::value("days", Kind::Integer),
            Argument::value("tags", Kind::Texts),
        ];
        let texts = [("name", "7"), ("days", "7"), ("tags", r#"["a"]"#), ("days", "x")];
        assert_eq!(
            object_of_texts(&table, texts),
            r#"{"name":"7","days":7,"tags":["a"],"days":"x"}"#
        );
        assert_eq!(
            object_of_prompt(&table, Some(r#"{"name":"[1]","tags":"[\"a\"]","days":3}"#)).ok(),
            Some(r#"{"days":3,"name":"[1]","tags":["a"]}"#.to_owned())
        );
        assert_eq!(object_of_prompt(&table, None).ok().as_deref(), Some("{}"));
        assert!(object_of_prompt(&table, Some("[]")).is_err());
    }
}
