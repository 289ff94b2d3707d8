//! Values inside of values in the form that a schema declares: `"10"` is 10 in a property too.
//!
//! The rules are those of [`coerce`](super::coerce). Only what a schema refuses is looked at, so that
//! a text stays a text wherever it may be one.

use serde_json::{Map, Value};

use super::coerce::{self, Scalar, Width};

/// References and compositions that are followed for one value.
const DEPTH: usize = 64;

/// Coerces what `root` refuses in `value`; what cannot be coerced stays as it is.
pub(super) fn coerce(root: &Value, value: &mut Value) {
    Nested { root }.coerce(root, value, 0);
}

/// The schema whose `$defs` references lead to.
struct Nested<'s> {
    root: &'s Value,
}

impl<'s> Nested<'s> {
    fn target(&self, schema: &Map<String, Value>) -> Option<&'s Value> {
        let pointer = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
        self.root.pointer(pointer)
    }

    fn coerce(&self, schema: &Value, value: &mut Value, depth: usize) {
        let Some(schema) = schema.as_object().filter(|_| depth < DEPTH) else { return };
        if let Some(target) = self.target(schema) {
            self.coerce(target, value, depth + 1);
        }
        for part in branches(schema, "allOf") {
            self.coerce(part, value, depth + 1);
        }
        for key in ["anyOf", "oneOf"] {
            self.coerce_union(branches(schema, key), value, depth + 1);
        }
        if !is_of_type(schema, value) {
            coerce_scalar(schema, value);
        }
        match value {
            Value::Array(items) => self.coerce_items(schema, items, depth),
            Value::Object(members) => self.coerce_members(schema, members, depth),
            _ => {}
        }
    }

    /// The first branch that takes the value as it is, else the first that takes it coerced.
    fn coerce_union(&self, branches: &[Value], value: &mut Value, depth: usize) {
        if branches.iter().any(|branch| self.fits(branch, value, depth)) {
            return;
        }
        for branch in branches {
            let mut changed = value.clone();
            self.coerce(branch, &mut changed, depth);
            if self.fits(branch, &changed, depth) {
                *value = changed;
                return;
            }
        }
    }

    fn coerce_items(&self, schema: &Map<String, Value>, items: &mut [Value], depth: usize) {
        let first = branches(schema, "prefixItems");
        for (index, item) in items.iter_mut().enumerate() {
            if let Some(schema) = first.get(index).or_else(|| schema.get("items")) {
                self.coerce(schema, item, depth + 1);
            }
        }
    }

    fn coerce_members(
        &self,
        schema: &Map<String, Value>,
        members: &mut Map<String, Value>,
        depth: usize,
    ) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, member) in members {
            let own = properties.and_then(|properties| properties.get(name));
            if let Some(schema) = own.or_else(|| schema.get("additionalProperties")) {
                self.coerce(schema, member, depth + 1);
            }
        }
    }

    /// Whether a schema takes a value, as far as types, values and required properties decide.
    fn fits(&self, schema: &Value, value: &Value, depth: usize) -> bool {
        let Some(schema) = schema.as_object() else { return schema != &Value::Bool(false) };
        if depth >= DEPTH {
            return true;
        }
        let fits = |schema: &Value, value: &Value| self.fits(schema, value, depth + 1);
        let is_listed = |values: &Value| {
            values.as_array().is_none_or(|values| values.iter().any(|it| it == value))
        };
        self.target(schema).is_none_or(|target| fits(target, value))
            && is_of_type(schema, value)
            && schema.get("enum").is_none_or(is_listed)
            && schema.get("const").is_none_or(|only| only == value)
            && branches(schema, "allOf").iter().all(|part| fits(part, value))
            && ["anyOf", "oneOf"].into_iter().all(|key| {
                let union = branches(schema, key);
                union.is_empty() || union.iter().any(|branch| fits(branch, value))
            })
            && match value {
                Value::Object(members) => {
                    let required = branches(schema, "required").iter();
                    let properties = schema.get("properties").and_then(Value::as_object);
                    let mut names = required.filter_map(Value::as_str);
                    names.all(|name| members.contains_key(name))
                        && members.iter().all(|(name, member)| {
                            let own = properties.and_then(|properties| properties.get(name));
                            own.or_else(|| schema.get("additionalProperties"))
                                .is_none_or(|schema| fits(schema, member))
                        })
                }
                Value::Array(items) => {
                    let first = branches(schema, "prefixItems");
                    items.iter().enumerate().all(|(index, item)| {
                        let schema = first.get(index).or_else(|| schema.get("items"));
                        schema.is_none_or(|schema| fits(schema, item))
                    })
                }
                _ => true,
            }
    }
}

/// The list under a key; empty where there is none.
fn branches<'s>(schema: &'s Map<String, Value>, key: &str) -> &'s [Value] {
    schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The types that a schema names; empty: any.
fn types(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of_type(schema: &Map<String, Value>, value: &Value) -> bool {
    let types = types(schema);
    let is = |ty: &&str| match *ty {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|it| it.fract() == 0.0)
        }
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    types.is_empty() || types.iter().any(is)
}

/// Writes a scalar as the first type that can be read from it.
fn coerce_scalar(schema: &Map<String, Value>, value: &mut Value) {
    if value.is_array() || value.is_object() || value.is_null() {
        return;
    }
    let text = value.to_string();
    for ty in types(schema) {
        let scalar = match ty {
            "integer" => Scalar::Integer,
            "number" => Scalar::Number,
            "boolean" => Scalar::Flag,
            _ => continue,
        };
        let read = coerce::scalar(scalar, Width::Unsigned, &text, false).ok();
        if let Some(read) = read.and_then(|read| serde_json::from_str(&read).ok()) {
            *value = read;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "json! makes values")]
    fn check(schema: Value, value: Value, expected: Value) {
        let mut coerced = value.clone();
        coerce(&schema, &mut coerced);
        assert_eq!(coerced, expected, "{value} by {schema}");
    }

    #[test]
    fn texts_become_what_is_declared_however_deep() {
        let schema = json!({
            "properties": { "trip": { "$ref": "#/$defs/Trip" } },
            "$defs": { "Trip": {
                "type": "object",
                "properties": {
                    "days": { "type": "integer" },
                    "name": { "type": "string" },
                    "next": { "anyOf": [{ "$ref": "#/$defs/Trip" }, { "type": "null" }] },
                    "stops": { "type": "array", "items": { "type": "number" } },
                    "open": { "type": ["boolean", "null"] },
                },
                "additionalProperties": { "type": "integer" },
            } },
        });
        check(
            schema,
            json!({ "trip": {
                "days": "10", "name": "10", "stops": ["1.5", 2], "open": "yes", "more": "7",
                "next": { "days": " 3 " },
            } }),
            json!({ "trip": {
                "days": 10, "name": "10", "stops": [1.5, 2], "open": true, "more": 7,
                "next": { "days": 3 },
            } }),
        );
    }

    #[test]
    fn unions_take_what_fits_as_it_is() {
        let union = json!({ "anyOf": [{ "type": "integer" }, { "type": "string" }] });
        check(union.clone(), json!("10"), json!("10"));
        check(union, json!(10), json!(10));
        let objects = json!({ "anyOf": [
            { "type": "object", "properties": { "kind": { "const": "a" }, "n": { "type": "integer" } } },
            { "type": "object", "properties": { "kind": { "const": "b" }, "n": { "type": "boolean" } } },
        ] });
        check(objects, json!({ "kind": "b", "n": "no" }), json!({ "kind": "b", "n": false }));
    }

    #[test]
    fn what_is_nothing_else_stays() {
        check(json!({ "type": "integer" }), json!("ten"), json!("ten"));
        check(json!({ "type": "object" }), json!("{\"a\":1}"), json!("{\"a\":1}"));
        check(json!({ "type": "string" }), json!(10), json!(10));
        let circle = json!({ "$ref": "#/$defs/A", "$defs": { "A": { "$ref": "#/$defs/A" } } });
        check(circle, json!("1"), json!("1"));
    }
}
