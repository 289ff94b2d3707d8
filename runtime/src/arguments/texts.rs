//! Arguments that come as texts: the variables of URIs, and what prompts are given.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::operation::{Argument, Kind};
use crate::uri_template::Matched;

/// The variables of a URI as one JSON object. What is declared as anything but a text is written as
/// the JSON that its text holds, where it holds some. A list is what its parameters hold, one by one;
/// where it has one alone and that is no JSON list, it is what stands between commas.
pub(crate) fn object_of_variables(table: &[Argument], matched: &Matched) -> String {
    object(table.iter().enumerate().filter_map(|(index, argument)| {
        let text = matched.value(index)?;
        let items = || matched.items(index).map(|items| list(argument.kind, &items));
        let json = match argument.kind {
            Kind::Texts | Kind::Integers | Kind::Numbers | Kind::Flags | Kind::List
                if matched.is_list(index) || !text.starts_with('[') =>
            {
                items().unwrap_or_default()
            }
            kind => json_inside(kind, text).map_or_else(|| quoted(text), str::to_owned),
        };
        Some((argument.name, json))
    }))
}

/// Texts as a list of this kind. What is no number where numbers are due is left to the check.
fn list(kind: Kind, items: &[&str]) -> String {
    let item = |text: &&str| match json_inside(kind, text) {
        Some(json) if kind != Kind::Texts => json.to_owned(),
        _ => quoted(text),
    };
    ["[", &items.iter().map(item).collect::<Vec<_>>().join(","), "]"].concat()
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
        let kind = table.iter().find(|argument| argument.name == name).map(|it| it.kind);
        let inside = kind.zip(text.as_deref()).and_then(|(kind, text)| json_inside(kind, text));
        (&**name, inside.unwrap_or(raw.get()).to_owned())
    })))
}

/// A text as the JSON that an argument of this kind is given as.
pub(super) fn json_of_text(kind: Kind, text: &str) -> String {
    json_inside(kind, text).map_or_else(|| quoted(text), str::to_owned)
}

fn object<'a>(members: impl Iterator<Item = (&'a str, String)>) -> String {
    let members: Vec<String> =
        members.map(|(name, json)| [&quoted(name), ":", &json].concat()).collect();
    ["{", &members.join(","), "}"].concat()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The JSON that a text holds, where what is declared is no text itself.
fn json_inside(kind: Kind, text: &str) -> Option<&str> {
    if matches!(kind, Kind::Text | Kind::File) {
        return None;
    }
    serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get)
}

#[cfg(test)]
mod tests {
    use super::{object_of_prompt, object_of_variables};
    use crate::declaration::Part;
    use crate::operation::{Argument, Kind};
    use crate::uri_template::matches;

    const TABLE: [Argument; 4] = [
        Argument::value("name", Kind::Text),
        Argument::value("days", Kind::Integer),
        Argument::value("tags", Kind::Texts),
        Argument::value("marks", Kind::Integers),
    ];

    #[track_caller]
    fn check(query: &str, expected: &str) {
        let pairs = &[("name", 0), ("days", 1), ("tags", 2), ("marks", 3)];
        let uri = format!("a://b?{query}");
        let matched = matches(&[Part::Literal("a://b"), Part::Query(pairs)], &uri);
        assert_eq!(object_of_variables(&TABLE, &matched.expect("it matches")), expected);
    }

    #[test]
    fn variables_hold_json_where_no_text_is_declared() {
        check("name=7&days=7", r#"{"name":"7","days":7}"#);
        check("days=x&tags=[%22a%22]", r#"{"days":"x","tags":["a"]}"#);
    }

    #[test]
    fn commas_part_the_items_of_lists() {
        check("tags=a%2Cb,7&marks=4,5", r#"{"tags":["a,b","7"],"marks":[4,5]}"#);
        check("tags=&marks=x", r#"{"tags":[],"marks":["x"]}"#);
        check("name=a,b", r#"{"name":"a,b"}"#);
    }

    #[test]
    fn parameters_of_one_name_are_a_list() {
        let parts = &[Part::Literal("a://b"), Part::Each("tags", 2), Part::Each("marks", 3)];
        let object = |query: &str| {
            let matched = matches(parts, &format!("a://b?{query}")).expect("it matches");
            object_of_variables(&TABLE, &matched)
        };
        assert_eq!(object("tags=a,b&marks=1&tags=7"), r#"{"tags":["a,b","7"],"marks":[1]}"#);
        assert_eq!(object("tags=[1]&marks=x"), r#"{"tags":["[1]"],"marks":["x"]}"#);
        assert_eq!(object(""), "{}");
    }

    #[test]
    fn prompts_are_given_texts() {
        assert_eq!(
            object_of_prompt(&TABLE, Some(r#"{"name":"[1]","tags":"[\"a\"]","days":3}"#)).ok(),
            Some(r#"{"days":3,"name":"[1]","tags":["a"]}"#.to_owned())
        );
        assert_eq!(object_of_prompt(&TABLE, None).ok().as_deref(), Some("{}"));
        assert!(object_of_prompt(&TABLE, Some("[]")).is_err());
    }
}
