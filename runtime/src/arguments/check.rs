//! Checking one value against its table entry.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::choice;
use super::coerce::{self, Mismatch, Scalar, Width};
use super::error::{MOST_MESSAGES, Rule, Violation, shown};
use super::number::Number;
use crate::operation::{Argument, Bound, Kind, Rules};

/// The value in its declared form, or what is wrong with it.
///
/// Each message continues "argument `name`": `: 9 is more than the maximum 7`, or
/// `[2]: expected a string, not 1`.
pub(super) fn value<'a>(
    argument: &'static Argument,
    json: &'a str,
    strict: bool,
) -> Result<Cow<'a, str>, Vec<Violation>> {
    if json == "null" {
        return null(argument);
    }
    let mut problems = Vec::new();
    let text = match shape(argument.kind) {
        Shape::Scalar(scalar) => one(scalar, &argument.rules, json, strict, None, &mut problems),
        Shape::List(items) => list(items, &argument.rules, json, strict, &mut problems),
        Shape::Object if !json.starts_with('{') => {
            let message = format!("expected an object, not {}", shown(json));
            problems.push(Violation::of_value(None, Rule::Type(Kind::Object), json, &message));
            None
        }
        Shape::Object | Shape::Any => anything(&argument.rules, json, None, &mut problems),
    };
    match text {
        Some(text) if problems.is_empty() => Ok(text),
        _ => Err(problems),
    }
}

fn null(argument: &'static Argument) -> Result<Cow<'static, str>, Vec<Violation>> {
    if argument.nullable || argument.kind == Kind::Any {
        return Ok(Cow::Borrowed("null"));
    }
    let hint = if argument.required { "" } else { "; leave the argument out instead" };
    let expected = expected(argument);
    let message = format!("null is not accepted, expected {expected}{hint}");
    Err(vec![Violation::of_value(None, Rule::Type(argument.kind), "null", &message)])
}

enum Shape {
    Scalar(Scalar),
    List(Option<Scalar>),
    Object,
    Any,
}

const fn shape(kind: Kind) -> Shape {
    match kind {
        Kind::Text | Kind::File => Shape::Scalar(Scalar::Text),
        Kind::Integer => Shape::Scalar(Scalar::Integer),
        Kind::Number => Shape::Scalar(Scalar::Number),
        Kind::Flag => Shape::Scalar(Scalar::Flag),
        Kind::Texts | Kind::Files => Shape::List(Some(Scalar::Text)),
        Kind::Integers => Shape::List(Some(Scalar::Integer)),
        Kind::Numbers => Shape::List(Some(Scalar::Number)),
        Kind::Flags => Shape::List(Some(Scalar::Flag)),
        Kind::List => Shape::List(None),
        Kind::Object => Shape::Object,
        Kind::Any => Shape::Any,
    }
}

fn expected(argument: &Argument) -> Cow<'static, str> {
    match shape(argument.kind) {
        Shape::Scalar(scalar) => described(scalar, &argument.rules),
        Shape::List(_) => "a list".into(),
        Shape::Object => "an object".into(),
        Shape::Any => "a value".into(),
    }
}

fn one<'a>(
    scalar: Scalar,
    rules: &Rules,
    json: &'a str,
    strict: bool,
    item: Option<usize>,
    problems: &mut Vec<Violation>,
) -> Option<Cow<'a, str>> {
    match coerce::scalar(scalar, Width::of(rules), json, strict) {
        Ok(text) => {
            limits(rules, &text, json, item, problems);
            Some(text)
        }
        Err(mismatch) => {
            let given = shown(json);
            let kind = scalar.kind();
            let (rule, message) = match mismatch {
                Mismatch::Type => {
                    let expected = described(scalar, rules);
                    let rule = rules.format.map_or(Rule::Type(kind), Rule::Format);
                    (rule, format!("expected {expected}, not {given}"))
                }
                Mismatch::Wide => {
                    (Rule::Range(kind), format!("{given} does not fit a 64-bit integer"))
                }
                Mismatch::Huge => {
                    (Rule::Range(kind), format!("{given} does not fit a 64-bit number"))
                }
                Mismatch::Surrogate => {
                    (Rule::Sound, "the string holds half of a surrogate pair".to_owned())
                }
            };
            problems.push(Violation::of_value(item, rule, json, &message));
            None
        }
    }
}

/// What a scalar has to be, in words.
fn described(scalar: Scalar, rules: &Rules) -> Cow<'static, str> {
    match rules.format {
        Some(format) => Cow::Owned(format.to_string()),
        None => Cow::Borrowed(scalar.described()),
    }
}

/// A value without a declared type: sound JSON, within the limits that its own type has.
fn anything<'a>(
    rules: &Rules,
    json: &'a str,
    item: Option<usize>,
    problems: &mut Vec<Violation>,
) -> Option<Cow<'a, str>> {
    if let Err(error) = serde_json::from_str::<Sound>(json) {
        problems.push(Violation::of_value(item, Rule::Sound, json, &error.to_string()));
        return None;
    }
    limits(rules, json, json, item, problems);
    Some(Cow::Borrowed(json))
}

fn list<'a>(
    scalar: Option<Scalar>,
    rules: &Rules,
    json: &'a str,
    strict: bool,
    problems: &mut Vec<Violation>,
) -> Option<Cow<'a, str>> {
    let mut report = |rule: Rule, message: String| {
        problems.push(Violation::of_value(None, rule, json, &message));
    };
    let Ok(items) = serde_json::from_str::<Vec<&'a RawValue>>(json) else {
        report(Rule::Type(Kind::List), format!("expected a list, not {}", shown(json)));
        return None;
    };
    let (count, min, max) = (items.len(), rules.min_items, rules.max_items);
    if count < min as usize {
        report(Rule::MinItems(min, count), format!("{count} items are fewer than {min}"));
    }
    if count > max as usize {
        report(Rule::MaxItems(max, count), format!("{count} items are more than {max}"));
        // Checking each of too many items would only make the message longer.
        return None;
    }
    let mut checked = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        checked.extend(match scalar {
            Some(scalar) => one(scalar, rules, item.get(), strict, Some(index), problems),
            None => anything(rules, item.get(), Some(index), problems),
        });
        if problems.len() >= MOST_MESSAGES {
            let message = "further items are not checked";
            problems.push(Violation::of_value(None, Rule::Shape, json, message));
            return None;
        }
    }
    if rules.unique_items {
        repeated(&checked, problems);
    }
    if checked.iter().all(|item| matches!(item, Cow::Borrowed(_))) {
        return Some(Cow::Borrowed(json));
    }
    Some(Cow::Owned(format!("[{}]", checked.join(","))))
}

/// Reports the first item that stands in the list twice.
fn repeated(items: &[Cow<'_, str>], problems: &mut Vec<Violation>) {
    let mut seen = HashMap::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        if let Some(first) = seen.insert(choice::canonical(item), index) {
            let message =
                format!("{} stands at [{first}] already, and the items must differ", shown(item));
            problems.push(Violation::of_value(Some(index), Rule::UniqueItems, item, &message));
            return;
        }
    }
}

/// Checks the limits of a single value by its JSON type. `given`: the value as it came.
fn limits(
    rules: &Rules,
    json: &str,
    given: &str,
    item: Option<usize>,
    problems: &mut Vec<Violation>,
) {
    let mut report = |rule: Rule, message: String| {
        problems.push(Violation::of_value(item, rule, given, &message));
    };
    if json.starts_with('"') {
        if let Some(text) = coerce::text(json) {
            text_limits(rules, &text, json, &mut report);
        }
    } else if let Some(number) = Number::parse(json) {
        number_limits(rules, number, json, &mut report);
    }
    if !choice::accepts(rules.one_of, json) {
        let values = rules.one_of.json().map(Cow::into_owned).collect();
        report(Rule::OneOf(values), choice::refusal(rules.one_of, json));
    }
}

fn text_limits(rules: &Rules, text: &str, json: &str, report: &mut impl FnMut(Rule, String)) {
    let (min, max) = (rules.min_length, rules.max_length);
    if min > 0 || max != u32::MAX {
        let length = text.chars().count();
        let has = format!("{} has {length} characters", shown(json));
        if length < min as usize {
            report(Rule::MinLength(min), format!("{has}, fewer than {min}"));
        }
        if length > max as usize {
            report(Rule::MaxLength(max), format!("{has}, more than {max}"));
        }
    }
    if let Some(pattern) = rules.pattern
        && !pattern.matches(text)
    {
        let pattern = pattern.as_str();
        let message = format!("{} does not match the pattern {pattern}", shown(json));
        report(Rule::Pattern(pattern.to_owned()), message);
    }
    if let Some(format) = rules.format
        && !format.allows(text)
    {
        report(Rule::Format(format), format!("expected {format}, not {}", shown(json)));
    }
}

fn number_limits(rules: &Rules, number: Number, json: &str, report: &mut impl FnMut(Rule, String)) {
    let compared =
        |bound: Option<Bound>| bound.and_then(|bound| Some((bound, number.compare(bound)?)));
    let mut report = |rule: Rule, words: &str, bound: Bound| {
        report(rule, format!("{} {words} {bound}", shown(json)));
    };
    if let Some((bound, order)) = compared(rules.minimum)
        && order.is_lt()
    {
        report(Rule::AtLeast(bound), "is less than the minimum", bound);
    }
    if let Some((bound, order)) = compared(rules.maximum)
        && order.is_gt()
    {
        report(Rule::AtMost(bound), "is more than the maximum", bound);
    }
    if let Some((bound, order)) = compared(rules.above)
        && order.is_le()
    {
        report(Rule::Above(bound), "is not greater than", bound);
    }
    if let Some((bound, order)) = compared(rules.below)
        && order.is_ge()
    {
        report(Rule::Below(bound), "is not less than", bound);
    }
    if let Some(bound) = rules.multiple_of
        && !number.is_multiple_of(bound)
    {
        report(Rule::MultipleOf(bound), "is not a multiple of", bound);
    }
}

/// JSON that a tree can be built from: every string is Unicode, every number is finite.
struct Sound;

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SoundVisitor)
    }
}

struct SoundVisitor;

impl<'de> Visitor<'de> for SoundVisitor {
    type Value = Sound;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_str<E>(self, _: &str) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_unit<E>(self) -> Result<Sound, E> {
        Ok(Sound)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Sound, A::Error> {
        while items.next_element::<Sound>()?.is_some() {}
        Ok(Sound)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Sound, A::Error> {
        while members.next_entry::<Sound, Sound>()?.is_some() {}
        Ok(Sound)
    }
}
