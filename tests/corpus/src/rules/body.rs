//! Bodies: which is sent at all, and how values are written into forms and parts.

use mcpwright::operation::{Argument, BodyFormat, Kind, Place, Style};
use serde_json::Value;

use super::pairs::{self, take};
use super::{
    Call, EMPTY_FORMS, FILES, JSON_TEXT, MEDIA_RANGES, MEDIA_TYPES, OPTIONAL_BODIES, PART_VALUES,
    REQUIRED_BODIES, Rules, WHOLE_NUMBERS,
};
use crate::multipart;
use crate::oracle;
use crate::request::{Body, Request, essence};

impl Call<'_> {
    pub(super) fn body(&self, ours: &Request, theirs: &Request, rules: &mut Rules) -> Option<()> {
        let body = &self.operation.body;
        let is_empty =
            |body: &Body| matches!(body, Body::Json(Value::Object(all)) if all.is_empty());
        let same_type = ours.content_type == theirs.content_type
            || theirs.content_type.as_ref().is_some_and(|it| self.is_ignored("content-type", it));
        match (&ours.body, &theirs.body) {
            (ours, theirs) if same_type && ours == theirs => Some(()),
            (Body::None, Body::None)
                if body.required
                    && body.format == BodyFormat::Form
                    && ours.content_type.as_deref()
                        == Some("application/x-www-form-urlencoded")
                    && theirs.content_type.is_none() =>
            {
                rules.insert(EMPTY_FORMS);
                Some(())
            }
            (given, Body::None) if is_empty(given) && body.required => {
                rules.insert(REQUIRED_BODIES);
                Some(())
            }
            (Body::None, given)
                if is_empty(given) && !body.required && body.format != BodyFormat::None =>
            {
                rules.insert(OPTIONAL_BODIES);
                Some(())
            }
            (Body::Json(one), Body::Json(other)) if same_type && same_numbers(one, other) => {
                rules.insert(WHOLE_NUMBERS);
                Some(())
            }
            (Body::Text(one), Body::Text(other))
                if same_type && body.format == BodyFormat::Form =>
            {
                pairs::explain(one, other, &self.fields(), rules)
            }
            (Body::Multipart(one), Body::Multipart(other)) if same_type => {
                self.parts(one, other, rules)
            }
            // The steps of a JSON Patch, which stands behind other JSON.
            (Body::Json(one), Body::Json(other))
                if theirs.content_type.as_deref() == Some("application/json-patch+json")
                    && one == other =>
            {
                rules.insert(MEDIA_TYPES);
                Some(())
            }
            (Body::Text(one), Body::Text(other))
                if one == other
                    && ours.content_type.as_deref() == Some("application/octet-stream")
                    && theirs.content_type.as_ref().is_some_and(|it| it.ends_with("/*")) =>
            {
                rules.insert(MEDIA_RANGES);
                Some(())
            }
            // JSON that has a place for a file: multipart, here without a part.
            (Body::None, Body::Json(_))
                if is_empty(&theirs.body) && body.format == BodyFormat::Multipart =>
            {
                rules.extend([MEDIA_TYPES, EMPTY_FORMS]);
                Some(())
            }
            // Both are declared, and another one is preferred.
            (Body::Json(_), Body::Multipart(_) | Body::Text(_))
            | (Body::Multipart(_), Body::Json(_) | Body::Text(_))
                if !same_type && self.are_declared(ours, theirs) =>
            {
                rules.insert(MEDIA_TYPES);
                Some(())
            }
            _ => None,
        }
    }

    fn are_declared(&self, ours: &Request, theirs: &Request) -> bool {
        let mut types = [ours, theirs].into_iter().filter_map(|it| it.content_type.as_deref());
        types.all(|sent| self.described.body.keys().any(|one| essence(one) == essence(sent)))
    }

    /// The fields of a form: the arguments that are properties, and the members of those that hold
    /// several.
    fn fields(&self) -> Vec<(&'static Argument, &Value)> {
        let whole = self.given(Place::Body).chain(self.given(Place::Properties));
        let members = whole.filter_map(|(_, value)| value.as_object()).flatten();
        let members = members.map(|(name, value)| (member(name), value));
        self.given(Place::Property).chain(members).collect()
    }

    /// Parts are compared one by one, the equal ones first.
    fn parts(&self, ours: &str, theirs: &str, rules: &mut Rules) -> Option<()> {
        let (mut ours, mut theirs) = (multipart::parts(ours), multipart::parts(theirs));
        ours.retain(|part| match theirs.iter().position(|other| other == part) {
            Some(at) => {
                theirs.remove(at);
                false
            }
            None => true,
        });
        for (argument, value) in self.fields() {
            let own: Vec<_> = take(&mut ours, |part| {
                part.name == argument.wire || part.name.starts_with(&format!("{}[", argument.wire))
            });
            let other: Vec<_> = take(&mut theirs, |part| part.name == argument.wire);
            if own.is_empty() && other.is_empty() {
                continue;
            }
            if matches!(argument.kind, Kind::File | Kind::Files) {
                let same = own.len() == other.len()
                    && own.iter().zip(&other).all(|(one, two)| one.content == two.content);
                same.then(|| rules.insert(FILES))?;
                continue;
            }
            // The other client writes every value as Python does.
            let repeated =
                value.as_array().map_or_else(|| vec![value], |items| items.iter().collect());
            // A style writes nothing of an empty list or object; without one it is a part of JSON.
            let says_nothing =
                argument.media_type.is_empty() && oracle::pairs(argument, value).is_empty();
            if own.is_empty() && !repeated.is_empty() && !says_nothing {
                return None;
            }
            let python = |part: &multipart::Part| {
                part.content == oracle::python(value)
                    || repeated.iter().any(|item| part.content == oracle::python(item))
            };
            let fits = own.iter().all(|part| {
                let json = serde_json::from_str::<Value>(&part.content);
                json.is_ok_and(|json| json == *value || repeated.contains(&&json))
                    || repeated.iter().any(|item| oracle::text(item) == part.content)
                    || oracle::pairs(argument, value)
                        .iter()
                        .any(|(name, text)| *name == part.name && *text == part.content)
            });
            fits.then_some(())?;
            let texts = |parts: &[multipart::Part]| {
                parts.iter().map(|part| part.content.clone()).collect::<Vec<_>>()
            };
            rules.insert(match () {
                () if other.iter().all(python) => PART_VALUES,
                () if pairs::same_json(&texts(&own), &texts(&other)) => JSON_TEXT,
                () => return None,
            });
        }
        (ours.is_empty() && theirs.is_empty()).then_some(())
    }
}

/// An argument for a member of a form; like the tables it lives as long as the process.
fn member(name: &str) -> &'static Argument {
    let argument = Argument::property(name.to_owned().leak(), Kind::Any);
    Box::leak(Box::new(argument.style(Style::Content)))
}

/// Whether two values are the same but for `2.0` written as `2`.
fn same_numbers(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same_numbers(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| {
                    other.get(name).is_some_and(|other| same_numbers(value, other))
                })
        }
        (one, other) => one == other,
    }
}
