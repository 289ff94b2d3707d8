//! Schemas as they stand in listings: compact JSON Schema 2020-12.
//!
//! Dropped: titles and examples of the document, discriminators, what only documentation tools
//! read. `oneOf` is written as `anyOf`, since two branches may well accept one value once the
//! discriminator is gone. Inputs lose `readOnly` properties, outputs `writeOnly` ones, also from
//! `required`. References are either followed or kept as `$defs`, whichever is smaller; cycles
//! always keep `$defs`.

use std::collections::{BTreeSet, VecDeque};

use indexmap::IndexMap;
use serde_json::{Map, json};

use super::discriminator;
use super::kind::positive;
use crate::model::{Json, Schema, SchemaId, Schemas};

/// Most schema objects in the closure of one tool.
const NODES: usize = 20_000;
/// Deepest nesting that is written.
const DEPTH: usize = 128;
/// Most schemas that are looked at to see what is hidden; compositions of compositions multiply.
const STEPS: usize = 512;
/// Keywords that say something about a value and forbid none: beside a reference they take the
/// place of its target's.
pub(super) const ANNOTATIONS: [&str; 3] = ["description", "default", "deprecated"];
/// Longest listing of arguments in which the heirs of schemas stand.
const HEIRS_BYTES: usize = 16 * 1024;
/// A default that is longer is not listed.
const DEFAULT_BYTES: usize = 40;

/// Which way a value goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Direction {
    /// To the upstream.
    Input,
    /// From the upstream.
    Output,
}

/// How much is written at most, or was written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    /// Schema objects.
    pub(super) nodes: usize,
    /// What is certain to stand in the text: types and the names of properties. The whole text is
    /// longer.
    pub(super) bytes: usize,
}

/// Schemas of one tool, ready for its listing.
#[derive(Clone, Debug, Default)]
pub(super) struct Rendered {
    /// One for each schema that was asked for.
    pub(super) roots: Vec<Json>,
    /// What they refer to as `#/$defs/NAME`.
    pub(super) definitions: Map<String, Json>,
    /// Whether schemas were met that have heirs, and what became of those.
    pub(super) heirs: Option<Heirs>,
}

/// The closure of schemas is too large to be listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooLarge {
    /// It would be smaller without the heirs of schemas.
    pub(super) has_heirs: bool,
}

/// Whether the heirs of a schema stand in listings in its place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Heirs {
    /// All of them.
    Listed,
    /// None: the schema itself accepts them, as far as it describes them.
    Omitted,
}

/// Renders schemas together. `None` where their closure is too large to be listed.
pub(super) fn render(
    schemas: &Schemas,
    direction: Direction,
    roots: &[SchemaId],
) -> Option<Rendered> {
    let room = Room { nodes: NODES, bytes: usize::MAX };
    let without = match render_within(room, schemas, direction, Heirs::Listed, roots) {
        Ok(all) if all.heirs.is_none() || all.bytes() <= HEIRS_BYTES => return Some(all),
        Err(TooLarge { has_heirs: false }) => return None,
        _ => render_within(room, schemas, direction, Heirs::Omitted, roots),
    };
    without.ok()
}

/// [`render`] that gives up where the listing has no room: much of a large document would be
/// written only to be thrown away.
pub(super) fn render_within(
    room: Room,
    schemas: &Schemas,
    direction: Direction,
    heirs: Heirs,
    roots: &[SchemaId],
) -> Result<Rendered, TooLarge> {
    let mut referring = Renderer::new(schemas, direction, heirs, false, room);
    let Some(with_definitions) = referring.render(roots) else {
        return Err(TooLarge { has_heirs: referring.met_heirs && heirs == Heirs::Listed });
    };
    if with_definitions.definitions.is_empty() {
        return Ok(with_definitions);
    }
    let bytes = with_definitions.bytes();
    // Following every reference cannot be smaller once it takes many times the schema objects.
    let nodes = (referring.used.nodes * 2 + 64).min(room.nodes);
    let mut following = Renderer::new(schemas, direction, heirs, true, Room { nodes, bytes });
    match following.render(roots) {
        Some(inlined) if inlined.bytes() <= bytes => Ok(inlined),
        _ => Ok(with_definitions),
    }
}

/// Whether a property is not seen in this direction, also through `$ref` and `allOf`.
pub(super) fn is_hidden(schemas: &Schemas, direction: Direction, id: SchemaId) -> bool {
    fn search(
        schemas: &Schemas,
        direction: Direction,
        id: SchemaId,
        depth: usize,
        steps: &mut usize,
    ) -> bool {
        *steps += 1;
        let node = &schemas[id];
        let here = match direction {
            Direction::Input => node.read_only,
            Direction::Output => node.write_only,
        };
        here || depth < 16
            && *steps < STEPS
            && node
                .reference
                .iter()
                .chain(&node.all_of)
                .any(|part| search(schemas, direction, *part, depth + 1, steps))
    }
    search(schemas, direction, id, 0, &mut 0)
}

impl Rendered {
    fn bytes(&self) -> usize {
        let roots: usize = self.roots.iter().map(|root| root.to_string().len()).sum();
        let definitions = if self.definitions.is_empty() {
            0
        } else {
            json!({ "$defs": self.definitions }).to_string().len()
        };
        roots + definitions
    }
}

struct Renderer<'s> {
    schemas: &'s Schemas,
    direction: Direction,
    heirs: Heirs,
    /// A schema with heirs was met.
    met_heirs: bool,
    /// References are followed, except where they close a cycle.
    inline: bool,
    room: Room,
    used: Room,
    depth: usize,
    overflow: bool,
    /// Targets of references that are being followed.
    open: Vec<SchemaId>,
    names: IndexMap<SchemaId, String>,
    taken: BTreeSet<String>,
    pending: VecDeque<SchemaId>,
}

impl<'s> Renderer<'s> {
    fn new(
        schemas: &'s Schemas,
        direction: Direction,
        heirs: Heirs,
        inline: bool,
        room: Room,
    ) -> Self {
        Self {
            schemas,
            direction,
            heirs,
            met_heirs: false,
            inline,
            room,
            used: Room::default(),
            depth: 0,
            overflow: false,
            open: Vec::new(),
            names: IndexMap::new(),
            taken: BTreeSet::new(),
            pending: VecDeque::new(),
        }
    }

    fn render(&mut self, roots: &[SchemaId]) -> Option<Rendered> {
        let roots: Vec<Json> = roots.iter().map(|root| self.schema(*root)).collect();
        let mut definitions = Map::new();
        while let Some(id) = self.pending.pop_front() {
            self.open.push(id);
            let definition = self.schema(id);
            self.open.pop();
            let name = self.names.get(&id).cloned().unwrap_or_default();
            definitions.insert(name, definition);
        }
        self.overflow |= self.used.bytes > self.room.bytes;
        let heirs = self.met_heirs.then_some(self.heirs);
        (!self.overflow).then_some(Rendered { roots, definitions, heirs })
    }

    fn schema(&mut self, id: SchemaId) -> Json {
        self.used.nodes += 1;
        let is_long =
            self.met_heirs && self.heirs == Heirs::Listed && self.used.bytes > HEIRS_BYTES;
        if is_long
            || self.used.nodes > self.room.nodes
            || self.used.bytes > self.room.bytes
            || self.depth > DEPTH
        {
            self.overflow = true;
        }
        if self.overflow {
            return json!({});
        }
        self.depth += 1;
        let schemas = self.schemas;
        let id = self.in_place_of(id);
        let node = &schemas[id];
        let written = if node.never {
            json!({ "not": {} })
        } else {
            let own = self.own_keywords(id, node);
            match node.reference {
                Some(target) => self.referring(own, target),
                None => Json::Object(own),
            }
        };
        self.depth -= 1;
        written
    }

    /// The schema that stands in the listing for one that may have heirs.
    fn in_place_of(&mut self, id: SchemaId) -> SchemaId {
        let base = self.schemas[id].discriminator.as_ref().and_then(|it| it.base);
        self.met_heirs |= base.is_some();
        base.filter(|_| self.heirs == Heirs::Omitted).unwrap_or(id)
    }

    /// A schema with a `$ref` and what stands beside it.
    fn referring(&mut self, mut own: Map<String, Json>, target: SchemaId) -> Json {
        if !self.inline || self.open.contains(&target) {
            let name = self.definition(target);
            own.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
            return Json::Object(own);
        }
        self.open.push(target);
        let followed = self.schema(target);
        self.open.pop();
        let Json::Object(mut followed) = followed else { return followed };
        if own.keys().all(|key| ANNOTATIONS.contains(&key.as_str())) {
            followed.extend(own);
            return Json::Object(followed);
        }
        let followed = Json::Object(followed);
        match own.get_mut("allOf") {
            Some(Json::Array(members)) => members.insert(0, followed),
            _ => {
                own.insert("allOf".to_owned(), json!([followed]));
            }
        }
        Json::Object(own)
    }

    /// The name of a definition, which is written later.
    fn definition(&mut self, target: SchemaId) -> String {
        if let Some(name) = self.names.get(&target) {
            return name.clone();
        }
        let plain: String = self.schemas[target]
            .name
            .as_deref()
            .unwrap_or("schema")
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
            .collect();
        let mut name = plain.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{plain}_{number}");
            number += 1;
        }
        self.names.insert(target, name.clone());
        self.pending.push_back(target);
        name
    }

    /// Everything but the reference.
    fn own_keywords(&mut self, id: SchemaId, node: &'s Schema) -> Map<String, Json> {
        let mut out = Map::new();
        match node.types.as_slice() {
            [] => {}
            [one] => {
                self.used.bytes += r#""type":"""#.len() + one.as_str().len();
                put(&mut out, "type", one.as_str());
            }
            several => {
                let unique: BTreeSet<_> = several.iter().collect();
                let names: Vec<_> = unique.iter().map(|ty| ty.as_str()).collect();
                put(&mut out, "type", names);
            }
        }
        if let Some(description) = &node.description {
            put(&mut out, "description", description.trim());
        }
        if let Some(values) = &node.enumeration {
            put(&mut out, "enum", values.clone());
        }
        if let Some(value) = &node.constant {
            put(&mut out, "const", value.clone());
        }
        text_keywords(&mut out, node);
        number_keywords(&mut out, node);
        self.list_keywords(&mut out, node);
        self.object_keywords(&mut out, id, node);
        self.composition_keywords(&mut out, node);
        if let Some(default) = &node.default
            && default.to_string().len() <= DEFAULT_BYTES
        {
            put(&mut out, "default", default.clone());
        }
        if node.deprecated {
            put(&mut out, "deprecated", true);
        }
        out
    }

    fn list_keywords(&mut self, out: &mut Map<String, Json>, node: &Schema) {
        use crate::model::schema::JsonType::Array;
        if !node.prefix_items.is_empty() {
            let items: Vec<Json> =
                node.prefix_items.iter().map(|item| self.schema(*item)).collect();
            put(out, "prefixItems", items);
        }
        if let Some(items) = node.items {
            let items = if self.schemas[items].never { false.into() } else { self.schema(items) };
            put(out, "items", items);
        } else if node.types.contains(&Array) && node.prefix_items.is_empty() {
            // Some clients refuse a list that does not say what is in it.
            put(out, "items", json!({}));
        }
        // Kubernetes says of every parameter that its items are unique.
        if node.types.is_empty() || node.types.contains(&Array) {
            put_some(out, "minItems", node.min_items);
            put_some(out, "maxItems", node.max_items);
            if node.unique_items {
                put(out, "uniqueItems", true);
            }
        }
    }

    fn object_keywords(&mut self, out: &mut Map<String, Json>, id: SchemaId, node: &Schema) {
        let mut properties = Map::new();
        for (name, property) in &node.properties {
            if !is_hidden(self.schemas, self.direction, *property) {
                self.used.bytes += r#""":"#.len() + name.len();
                properties.insert(name.clone(), self.schema(*property));
            }
        }
        if !properties.is_empty() {
            put(out, "properties", properties);
        }
        if !node.required.is_empty() {
            let mut hidden = BTreeSet::new();
            hidden_properties(self.schemas, self.direction, id, (0, &mut 0), &mut hidden);
            let mut seen = BTreeSet::new();
            let required: Vec<_> = node
                .required
                .iter()
                .filter(|name| !hidden.contains(name.as_str()) && seen.insert(name.as_str()))
                .cloned()
                .collect();
            if !required.is_empty() {
                put(out, "required", required);
            }
        }
        if let Some(additional) = node.additional_properties {
            if self.schemas[additional].never {
                put(out, "additionalProperties", false);
            } else {
                let additional = self.schema(additional);
                if additional != json!({}) {
                    put(out, "additionalProperties", additional);
                }
            }
        }
        put_some(out, "minProperties", node.min_properties);
        put_some(out, "maxProperties", node.max_properties);
    }

    /// A member of a union. Where only a discriminator says which values of its property mean the
    /// member, the listed member says so: whoever sends it has to know, and has to send the property.
    fn member(&mut self, union: &'s Schema, id: SchemaId) -> Json {
        let mut member = self.schema(id);
        let wanted = union.discriminator.as_ref().filter(|_| self.direction == Direction::Input);
        if let Some(discriminator) = wanted
            && let Some(values) = discriminator::unsaid(self.schemas, discriminator, id)
            && let Json::Object(own) = &mut member
            && let Json::Object(properties) = own.entry("properties").or_insert_with(|| json!({}))
            && let Json::Object(property) =
                properties.entry(&discriminator.property).or_insert_with(|| json!({}))
        {
            put(property, "enum", values);
        }
        if let Some(discriminator) = wanted
            && discriminator::is_left_open(self.schemas, discriminator, id)
            && let Json::Object(own) = &mut member
            && let Json::Array(required) = own.entry("required").or_insert_with(|| json!([]))
        {
            required.push(discriminator.property.as_str().into());
        }
        member
    }

    fn composition_keywords(&mut self, out: &mut Map<String, Json>, node: &'s Schema) {
        let mut any: Vec<Json> = node.any_of.iter().map(|id| self.member(node, *id)).collect();
        let one: Vec<Json> = node.one_of.iter().map(|id| self.member(node, *id)).collect();
        let mut all: Vec<Json> = node.all_of.iter().map(|id| self.schema(*id)).collect();
        if any.is_empty() {
            any = one;
        } else if !one.is_empty() {
            all.push(json!({ "anyOf": one }));
        }
        if !all.is_empty() {
            put(out, "allOf", all);
        }
        // What tells branches apart may be of no matter here.
        let any = any.into_iter().fold(Vec::new(), |mut unlike, branch| {
            if !unlike.contains(&branch) {
                unlike.push(branch);
            }
            unlike
        });
        if !any.is_empty() {
            put(out, "anyOf", any);
        }
        if let Some(not) = node.not {
            let not = self.schema(not);
            put(out, "not", not);
        }
        const ONE: [&str; 8] = [
            "if",
            "then",
            "else",
            "contains",
            "propertyNames",
            "unevaluatedProperties",
            "unevaluatedItems",
            "contentSchema",
        ];
        for (keyword, id) in &node.applicators {
            if ONE.contains(&keyword.as_str()) {
                let written = self.schema(*id);
                put(out, keyword, written);
            }
        }
        for (keyword, map) in &node.applicator_maps {
            if matches!(keyword.as_str(), "patternProperties" | "dependentSchemas") {
                let written: Map<String, Json> =
                    map.iter().map(|(name, id)| (name.clone(), self.schema(*id))).collect();
                put(out, keyword, written);
            }
        }
        for (keyword, value) in &node.keywords {
            let fits = match keyword.as_str() {
                "minContains" | "maxContains" => value.is_u64(),
                "dependentRequired" => value.as_object().is_some_and(|map| {
                    map.values().all(|names| {
                        names.as_array().is_some_and(|names| names.iter().all(Json::is_string))
                    })
                }),
                _ => false,
            };
            if fits {
                put(out, keyword, value.clone());
            }
        }
    }
}

fn text_keywords(out: &mut Map<String, Json>, node: &Schema) {
    put_some(out, "format", node.format.as_deref());
    put_some(out, "pattern", node.pattern.as_deref());
    put_some(out, "minLength", node.min_length);
    put_some(out, "maxLength", node.max_length);
    put_some(out, "contentEncoding", node.content_encoding.as_deref());
    put_some(out, "contentMediaType", node.content_media_type.as_deref());
}

fn number_keywords(out: &mut Map<String, Json>, node: &Schema) {
    let multiple = node.multiple_of.as_ref().filter(|number| positive(number));
    for (keyword, value) in [
        ("minimum", node.minimum.as_ref()),
        ("maximum", node.maximum.as_ref()),
        ("exclusiveMinimum", node.exclusive_minimum.as_ref()),
        ("exclusiveMaximum", node.exclusive_maximum.as_ref()),
        ("multipleOf", multiple),
    ] {
        if let Some(number) = value {
            put(out, keyword, Json::Number(number.clone()));
        }
    }
}

/// The properties of a schema, its reference and its `allOf` that are not seen in this direction.
fn hidden_properties<'s>(
    schemas: &'s Schemas,
    direction: Direction,
    id: SchemaId,
    (depth, steps): (usize, &mut usize),
    found: &mut BTreeSet<&'s str>,
) {
    *steps += 1;
    let node = &schemas[id];
    for (name, property) in &node.properties {
        if is_hidden(schemas, direction, *property) {
            found.insert(name);
        }
    }
    if depth < 16 && *steps < STEPS {
        for part in node.reference.iter().chain(&node.all_of) {
            hidden_properties(schemas, direction, *part, (depth + 1, steps), found);
        }
    }
}

/// The names of the definitions that schemas refer to, also through each other; `find` knows the
/// definitions by their names.
pub(super) fn referred<'j>(
    schemas: impl IntoIterator<Item = &'j Json>,
    find: impl Fn(&str) -> Option<(&'j String, &'j Json)>,
) -> BTreeSet<&'j str> {
    let mut names = BTreeSet::new();
    let mut todo: Vec<&Json> = schemas.into_iter().collect();
    while let Some(value) = todo.pop() {
        match value {
            Json::Object(members) => {
                let target = members.get("$ref").and_then(Json::as_str);
                let found = target.and_then(|it| find(it.strip_prefix("#/$defs/")?));
                if let Some((name, definition)) = found
                    && names.insert(name.as_str())
                {
                    todo.push(definition);
                }
                todo.extend(members.values());
            }
            Json::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    names
}

pub(super) fn put(out: &mut Map<String, Json>, key: &str, value: impl Into<Json>) {
    out.insert(key.to_owned(), value.into());
}

fn put_some<T: Into<Json>>(out: &mut Map<String, Json>, key: &str, value: Option<T>) {
    if let Some(value) = value {
        put(out, key, value);
    }
}

#[cfg(test)]
#[path = "wire_schema_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "wire_schema/heirs/tests.rs"]
mod heirs_tests;
