//! Values for a schema: mostly valid ones, and what is made of them by small changes. The same seed
//! gives the same values.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

/// Deepest value that is made.
const DEPTH: usize = 6;

/// A generator of numbers (SplitMix64).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// One that always gives the same numbers for a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound that is not zero.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or_default()
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> Option<&'t T> {
        items.get(self.below(items.len()))
    }
}

/// A value that a schema is likely to allow.
#[must_use]
pub fn valid(schema: &Value, root: &Value, random: &mut Random) -> Value {
    make(schema, root, random, 0)
}

fn make(schema: &Value, root: &Value, random: &mut Random, depth: usize) -> Value {
    if let Some(target) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'))
    {
        return match root.pointer(target) {
            Some(target) if depth < 2 * DEPTH => make(target, root, random, depth + 1),
            _ => Value::Null,
        };
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(value) = schema["enum"].as_array().and_then(|values| random.pick(values)) {
        return value.clone();
    }
    let own = of_type(schema, root, random, depth);
    let branch = ["anyOf", "oneOf"].into_iter().find_map(|key| schema[key].as_array());
    let mut parts: Vec<&Value> = schema["allOf"].as_array().into_iter().flatten().collect();
    parts.extend(branch.and_then(|branches| random.pick(branches)));
    parts
        .into_iter()
        .fold(own, |value, part| match (value, make(part, root, random, depth + 1)) {
            (Some(Value::Object(mut all)), Value::Object(more)) => {
                all.extend(more);
                Some(Value::Object(all))
            }
            (None, made) => Some(made),
            (kept, _) => kept,
        })
        .unwrap_or_else(|| json!("any"))
}

/// A value by the type of the schema itself; `None` where it says nothing of it.
fn of_type(schema: &Value, root: &Value, random: &mut Random, depth: usize) -> Option<Value> {
    let ty = match &schema["type"] {
        Value::String(one) => one.as_str(),
        Value::Array(types) => random.pick(types)?.as_str()?,
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ => return None,
    };
    Some(match ty {
        "null" => Value::Null,
        "boolean" => Value::Bool(random.below(2) == 0),
        "integer" => integer(schema, random),
        "number" if random.below(2) == 0 => integer(schema, random),
        "number" => {
            schema["minimum"].as_f64().map_or_else(|| json!(1.5), |least| json!(least + 0.5))
        }
        "string" => string(schema, random),
        "array" => array(schema, root, random, depth),
        _ => object(schema, root, random, depth),
    })
}

fn integer(schema: &Value, random: &mut Random) -> Value {
    let bound = |key: &str| schema[key].as_i64();
    let least =
        bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least.saturating_add(1)));
    let most =
        bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most.saturating_sub(1)));
    let step = bound("multipleOf").filter(|step| *step > 0).unwrap_or(1);
    let start = least.unwrap_or_else(|| most.map_or(0, |most| most.min(0)));
    let value = start.saturating_add(random.below(20) as i64);
    let value = most.map_or(value, |most| value.min(most));
    json!(value.saturating_sub(value.rem_euclid(step)).max(least.unwrap_or(i64::MIN)))
}

fn string(schema: &Value, random: &mut Random) -> Value {
    const WORDS: [&str; 8] = [
        "a",
        "plain",
        "2026-01-02",
        "2026-01-02T03:04:05Z",
        "é",
        "a b",
        "",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    ];
    let least = schema["minLength"].as_u64().unwrap_or_default().min(500) as usize;
    let most = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok());
    if let Some(text) = schema["pattern"].as_str().and_then(|pattern| {
        let fits = |text: &String| {
            let length = text.chars().count();
            length >= least && most.is_none_or(|most| length <= most)
        };
        matching(pattern, random).find(fits)
    }) {
        return Value::from(text);
    }
    let mut text = (*random.pick(&WORDS).unwrap_or(&"a")).to_owned();
    while text.chars().count() < least {
        text.push('x');
    }
    if let Some(most) = most {
        text = text.chars().take(most).collect();
    }
    Value::from(text)
}

/// A few texts that match a pattern; none where it is no pattern that texts can be made from.
fn matching(pattern: &str, random: &mut Random) -> impl Iterator<Item = String> + use<> {
    // What stands between the anchors: the texts have nothing before and behind it.
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix('$').filter(|it| !it.ends_with('\\')).unwrap_or(inner);
    let strategy = proptest::string::string_regex(inner).ok();
    let seed: Vec<u8> = (0..4).flat_map(|_| random.next().to_le_bytes()).collect();
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let text = move |_| Some(strategy.as_ref()?.new_tree(&mut runner).ok()?.current());
    (0..8).map_while(text)
}

fn array(schema: &Value, root: &Value, random: &mut Random, depth: usize) -> Value {
    let least = schema["minItems"].as_u64().unwrap_or_default().min(20) as usize;
    let more = if depth < DEPTH { random.below(3) } else { 0 };
    let most = schema["maxItems"].as_u64().and_then(|most| usize::try_from(most).ok());
    let count = most.map_or(least + more, |most| (least + more).min(most));
    let prefix = schema["prefixItems"].as_array().map(Vec::as_slice).unwrap_or_default();
    let any = json!({});
    let item = schema.get("items").unwrap_or(&any);
    (0..count)
        .map(|index| make(prefix.get(index).unwrap_or(item), root, random, depth + 1))
        .collect()
}

fn object(schema: &Value, root: &Value, random: &mut Random, depth: usize) -> Value {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut members = Map::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if required.contains(&name.as_str()) || depth < DEPTH && random.below(3) == 0 {
            members.insert(name.clone(), make(property, root, random, depth + 1));
        }
    }
    for name in required {
        members.entry(name).or_insert_with(|| json!("x"));
    }
    if let Some(additional) = schema.get("additionalProperties").filter(|it| it.is_object())
        && depth < DEPTH
        && random.below(2) == 0
    {
        members.insert("extra".to_owned(), make(additional, root, random, depth + 1));
    }
    Value::Object(members)
}

/// The value with one place of it changed.
#[must_use]
pub fn mutated(value: &Value, random: &mut Random) -> Value {
    let mut value = value.clone();
    let places = count(&value);
    let mut at = random.below(places);
    change(&mut value, &mut at, random);
    value
}

/// How many values there are in a value, itself among them.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0_usize,
    }
}

/// Changes the place with this number; true where it was found.
fn change(value: &mut Value, at: &mut usize, random: &mut Random) -> bool {
    if *at == 0 {
        *value = changed(value, random);
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| change(item, at, random)),
        Value::Object(members) => members.values_mut().any(|member| change(member, at, random)),
        _ => false,
    }
}

fn changed(value: &Value, random: &mut Random) -> Value {
    let others = [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.0),
        json!(1.5),
        json!(1_000_000_000_000_i64),
        json!("10"),
        json!("true"),
        json!(""),
        json!("x".repeat(300)),
        json!([]),
        json!([1, 1]),
        json!(["a", "a"]),
        json!([{}, null]),
        json!({}),
        json!({ "unknown": 1 }),
    ];
    match value {
        Value::Object(members) if random.below(2) == 0 => {
            let mut members = members.clone();
            let names: Vec<String> = members.keys().cloned().collect();
            match (random.below(2), random.pick(&names)) {
                (0, Some(name)) => drop(members.remove(name)),
                _ => drop(members.insert("unknown_name".to_owned(), json!(1))),
            }
            Value::Object(members)
        }
        Value::Array(items) if !items.is_empty() && random.below(2) == 0 => {
            let mut items = items.clone();
            items.extend(items.first().cloned());
            Value::Array(items)
        }
        Value::Number(number) if random.below(2) == 0 => {
            number.as_i64().map_or_else(|| json!(-0.25), |number| json!(number.saturating_sub(1)))
        }
        Value::String(text) if random.below(2) == 0 => json!(format!("{text}~")),
        _ => random.pick(&others).cloned().unwrap_or_default(),
    }
}
