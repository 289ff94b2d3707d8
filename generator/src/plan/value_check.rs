//! Whether a value of `mcp.toml` fits the argument that it is for.

use super::kind::Accepted;
use super::{Kind, Rules};
use crate::model::Json;

/// Why a value is not accepted, as the end of a sentence; `None` where it is.
pub(super) fn violation(accepted: &Accepted, value: &Json) -> Option<String> {
    if value.is_null() {
        return (!accepted.nullable)
            .then(|| "is null, which the argument does not accept".to_owned());
    }
    let wrong = |what: &str| Some(format!("is not {what}"));
    let each = |fits: fn(&Json) -> bool, what: &str| match value.as_array() {
        Some(items) if items.iter().all(fits) => items
            .iter()
            .find_map(|item| scalar(&accepted.rules, item))
            .or_else(|| list(&accepted.rules, items)),
        _ => wrong(what),
    };
    match accepted.kind {
        Kind::Any => scalar(&accepted.rules, value),
        Kind::Text | Kind::File if !value.is_string() => wrong("a text"),
        Kind::Integer if !is_integer(value) => wrong("an integer"),
        Kind::Number if !value.is_number() => wrong("a number"),
        Kind::Flag if !value.is_boolean() => wrong("true or false"),
        Kind::Object if !value.is_object() => wrong("an object"),
        Kind::Text | Kind::File | Kind::Integer | Kind::Number | Kind::Flag | Kind::Object => {
            scalar(&accepted.rules, value).or_else(|| pattern(accepted, value))
        }
        Kind::Texts | Kind::Files => each(Json::is_string, "a list of texts"),
        Kind::Integers => each(is_integer, "a list of integers"),
        Kind::Numbers => each(Json::is_number, "a list of numbers"),
        Kind::Flags => each(Json::is_boolean, "a list of true and false"),
        Kind::List => each(|_| true, "a list"),
    }
}

/// Whether a number has no fraction.
pub(super) fn is_integer(value: &Json) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn scalar(rules: &Rules, value: &Json) -> Option<String> {
    if !rules.one_of.is_empty() && !rules.one_of.contains(value) {
        let list: Vec<String> = rules.one_of.iter().map(Json::to_string).collect();
        return Some(format!("is none of {}", list.join(", ")));
    }
    if let Some(number) = value.as_f64() {
        let bound =
            |bound: &Option<serde_json::Number>, broken: fn(f64, f64) -> bool, words: &str| {
                let bound = bound.as_ref()?;
                broken(number, bound.as_f64()?).then(|| format!("is not {words} {bound}"))
            };
        return bound(&rules.minimum, |value, bound| value < bound, "at least")
            .or_else(|| bound(&rules.maximum, |value, bound| value > bound, "at most"))
            .or_else(|| bound(&rules.above, |value, bound| value <= bound, "greater than"))
            .or_else(|| bound(&rules.below, |value, bound| value >= bound, "less than"))
            .or_else(|| {
                let multiple = |value: f64, bound: f64| {
                    let ratio = value / bound;
                    bound > 0.0 && (ratio - ratio.round()).abs() > 1e-9
                };
                bound(&rules.multiple_of, multiple, "a multiple of")
            });
    }
    let length = value.as_str()?.chars().count();
    if rules.min_length.is_some_and(|least| length < least as usize) {
        return Some("is too short".to_owned());
    }
    rules.max_length.is_some_and(|most| length > most as usize).then(|| "is too long".to_owned())
}

fn list(rules: &Rules, items: &[Json]) -> Option<String> {
    if rules.min_items.is_some_and(|least| items.len() < least as usize) {
        return Some("has too few items".to_owned());
    }
    if rules.max_items.is_some_and(|most| items.len() > most as usize) {
        return Some("has too many items".to_owned());
    }
    let repeated = items.iter().enumerate().any(|(at, item)| items[..at].contains(item));
    (rules.unique_items && repeated).then(|| "has an item twice".to_owned())
}

fn pattern(accepted: &Accepted, value: &Json) -> Option<String> {
    let pattern = accepted.pattern.as_ref()?;
    let compiled = regex_lite::Regex::new(pattern).ok()?;
    let text = value.as_str()?;
    (!compiled.is_match(text)).then(|| format!("does not match `{pattern}`"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(accepted: &Accepted, value: &Json, expected: Option<&str>) {
        assert_eq!(violation(accepted, value).as_deref(), expected, "{value}");
    }

    #[test]
    fn value_is_held_against_kind_and_limits() {
        let mut days = Accepted::plain(Kind::Integer, false);
        days.rules.minimum = Some(1.into());
        days.rules.maximum = Some(7.into());
        check(&days, &json!(3), None);
        check(&days, &json!(0), Some("is not at least 1"));
        check(&days, &json!(8), Some("is not at most 7"));
        check(&days, &json!("3"), Some("is not an integer"));
        check(&days, &Json::Null, Some("is null, which the argument does not accept"));
        let mut order = Accepted::plain(Kind::Text, true);
        order.rules.one_of = vec![json!("asc"), json!("desc")];
        check(&order, &json!("up"), Some("is none of \"asc\", \"desc\""));
        check(&order, &Json::Null, None);
        let texts = Accepted::plain(Kind::Texts, false);
        check(&texts, &json!(["a", 1]), Some("is not a list of texts"));
    }
}
