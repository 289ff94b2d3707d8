//! Schemas as a graph: edges, references, cycles, and who may see a property.

use super::{Schema, SchemaId, Schemas};

/// The direction in which values travel; it decides which properties exist.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Access {
    /// Sent by the caller: `readOnly` properties are absent.
    Request,
    /// Sent by the server: `writeOnly` properties are absent.
    Response,
}

/// Which schemas lead back to themselves, computed once for an arena.
#[derive(Clone, Debug)]
pub struct Cycles {
    /// The number of the strongly connected component of each schema.
    component: Vec<u32>,
    recursive: Vec<bool>,
}

impl Cycles {
    /// Finds the cycles of any graph: for each node the nodes that it leads to (Tarjan's algorithm,
    /// without recursion).
    pub(crate) fn of(edges: Vec<Vec<usize>>) -> Self {
        let mut search = Search::new(edges);
        for start in 0..search.edges.len() {
            search.visit(start);
        }
        Self { component: search.component, recursive: search.recursive }
    }

    /// Whether two nodes lead to each other, or are one that leads to itself.
    pub(crate) fn joins(&self, from: usize, to: usize) -> bool {
        let same = self.component.get(from) == self.component.get(to);
        same && self.recursive.get(from).copied().unwrap_or_default()
    }

    /// Whether a schema leads back to itself.
    #[must_use]
    pub fn is_recursive(&self, id: SchemaId) -> bool {
        self.recursive.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The strongly connected component of a schema: two schemas of one component lead to each
    /// other. A component has a smaller number than those that lead to it.
    #[must_use]
    pub fn component(&self, id: SchemaId) -> u32 {
        self.component.get(id.0 as usize).copied().unwrap_or(u32::MAX)
    }
}

impl Schema {
    /// The schemas that this one leads to directly: its reference first, then its parts in a fixed
    /// order. The mapping of a discriminator is not among them.
    pub fn edges(&self) -> impl Iterator<Item = SchemaId> + '_ {
        let singles = [self.items, self.additional_properties, self.not];
        let maps = self.applicator_maps.values().flat_map(|map| map.values());
        let lists = [&self.prefix_items, &self.all_of, &self.any_of, &self.one_of];
        self.reference
            .into_iter()
            .chain(self.properties.values().copied())
            .chain(singles.into_iter().flatten())
            .chain(lists.into_iter().flatten().copied())
            .chain(self.applicators.values().copied())
            .chain(maps.copied())
    }

    /// Whether it is a reference and nothing else: whoever follows it loses nothing.
    #[must_use]
    pub fn is_pure_reference(&self) -> bool {
        self.reference.is_some() && self.is_annotation_only() && !self.has_annotations()
    }

    /// Whether it says nothing about values beside its reference.
    fn is_annotation_only(&self) -> bool {
        let own_edges = self.edges().nth(usize::from(self.reference.is_some())).is_some();
        self.has_no_rules() && !own_edges
    }

    /// Whether it says nothing about values but what the schemas say that it leads to.
    #[must_use]
    pub fn has_no_rules(&self) -> bool {
        let text = self.min_length.is_none()
            && self.max_length.is_none()
            && self.pattern.is_none()
            && self.format.is_none()
            && self.content_encoding.is_none()
            && self.content_media_type.is_none();
        let number = self.minimum.is_none()
            && self.maximum.is_none()
            && self.exclusive_minimum.is_none()
            && self.exclusive_maximum.is_none()
            && self.multiple_of.is_none();
        let list = self.min_items.is_none() && self.max_items.is_none() && !self.unique_items;
        let object = self.required.is_empty()
            && self.min_properties.is_none()
            && self.max_properties.is_none()
            && self.discriminator.is_none();
        let any = !self.never
            && self.types.is_empty()
            && self.enumeration.is_none()
            && self.constant.is_none()
            && self.keywords.is_empty();
        text && number && list && object && any
    }

    fn has_annotations(&self) -> bool {
        self.title.is_some()
            || self.description.is_some()
            || self.default.is_some()
            || !self.examples.is_empty()
            || self.deprecated
            || self.read_only
            || self.write_only
    }

    /// Whether it accepts every value.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.reference.is_none() && self.is_annotation_only()
    }
}

impl Schemas {
    /// The schema at the end of a chain of references without anything beside them.
    #[must_use]
    pub fn resolve(&self, id: SchemaId) -> SchemaId {
        self.walk(id, Schema::is_pure_reference)
    }

    /// The schema at the end of a chain of references, whatever stands beside them.
    #[must_use]
    pub fn target(&self, id: SchemaId) -> SchemaId {
        self.walk(id, |_| true)
    }

    fn walk(&self, id: SchemaId, goes_on: fn(&Schema) -> bool) -> SchemaId {
        let mut id = id;
        // Loops are left out when a document is lowered; the bound holds for arenas built by hand.
        for _ in 0..self.len() {
            match self[id].reference {
                Some(next) if goes_on(&self[id]) => id = next,
                _ => break,
            }
        }
        id
    }

    /// Whether a property with this schema exists in values of that direction.
    #[must_use]
    pub fn is_visible(&self, id: SchemaId, access: Access) -> bool {
        let hidden = |schema: &Schema| match access {
            Access::Request => schema.read_only,
            Access::Response => schema.write_only,
        };
        let mut id = id;
        for _ in 0..self.len() {
            if hidden(&self[id]) {
                return false;
            }
            match self[id].reference {
                Some(next) => id = next,
                None => break,
            }
        }
        true
    }

    /// Finds the strongly connected components.
    #[must_use]
    pub fn cycles(&self) -> Cycles {
        let edges = |id| self[id].edges().map(|edge: SchemaId| edge.0 as usize).collect();
        Cycles::of(self.ids().map(edges).collect())
    }
}

const UNSEEN: u32 = u32::MAX;

/// The state of Tarjan's algorithm.
#[derive(Debug)]
struct Search {
    edges: Vec<Vec<usize>>,
    /// When a schema was met.
    order: Vec<u32>,
    /// The earliest schema of the stack that it leads to.
    low: Vec<u32>,
    met: u32,
    stack: Vec<usize>,
    component: Vec<u32>,
    components: u32,
    recursive: Vec<bool>,
}

impl Search {
    fn new(edges: Vec<Vec<usize>>) -> Self {
        let count = edges.len();
        Self {
            edges,
            order: vec![UNSEEN; count],
            low: vec![UNSEEN; count],
            met: 0,
            stack: Vec::new(),
            component: vec![UNSEEN; count],
            components: 0,
            recursive: vec![false; count],
        }
    }

    /// Visits everything that `start` leads to. All indexes are indexes of the arena.
    fn visit(&mut self, start: usize) {
        if self.order[start] != UNSEEN {
            return;
        }
        let mut path = vec![(start, 0)];
        self.enter(start);
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            let edge = self.edges[at].get(*next).copied();
            *next += 1;
            match edge {
                Some(edge) if self.order[edge] == UNSEEN => {
                    self.enter(edge);
                    path.push((edge, 0));
                }
                Some(edge) => {
                    if self.component[edge] == UNSEEN {
                        self.low[at] = self.low[at].min(self.order[edge]);
                        self.recursive[at] |= edge == at;
                    }
                }
                None => {
                    path.pop();
                    if let Some((user, _)) = path.last() {
                        self.low[*user] = self.low[*user].min(self.low[at]);
                    }
                    self.leave(at);
                }
            }
        }
    }

    fn enter(&mut self, at: usize) {
        self.order[at] = self.met;
        self.low[at] = self.met;
        self.met += 1;
        self.stack.push(at);
    }

    /// Closes the component of `at`, if it is the first one met of it.
    fn leave(&mut self, at: usize) {
        if self.low[at] != self.order[at] {
            return;
        }
        let start = self.stack.iter().rposition(|member| *member == at).unwrap_or_default();
        let members = self.stack.split_off(start);
        for member in &members {
            self.component[*member] = self.components;
            self.recursive[*member] |= members.len() > 1;
        }
        self.components += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(target: u32) -> Schema {
        Schema { reference: Some(SchemaId(target)), ..Schema::default() }
    }

    #[test]
    fn schemas_that_lead_back_to_themselves_are_recursive() {
        let mut schemas = Schemas::default();
        // 0 → 1 ⇄ 2, 3 → 3, 4 → 0
        schemas.push(reference(1));
        schemas.push(Schema { items: Some(SchemaId(2)), ..Schema::default() });
        schemas.push(reference(1));
        schemas.push(Schema { all_of: vec![SchemaId(3)], ..Schema::default() });
        schemas.push(reference(0));
        let cycles = schemas.cycles();
        let recursive = schemas.ids().map(|id| cycles.is_recursive(id)).collect::<Vec<_>>();
        assert_eq!(recursive, [false, true, true, true, false]);
        assert_eq!(cycles.component(SchemaId(1)), cycles.component(SchemaId(2)));
        assert!(cycles.component(SchemaId(1)) < cycles.component(SchemaId(0)));
    }

    #[test]
    fn references_with_something_beside_them_are_not_resolved_away() {
        let mut schemas = Schemas::default();
        schemas.push(reference(1));
        schemas.push(Schema { description: Some("a text".to_owned()), ..reference(2) });
        schemas.push(Schema { read_only: true, ..Schema::default() });
        assert_eq!(schemas.resolve(SchemaId(0)), SchemaId(1));
        assert_eq!(schemas.target(SchemaId(0)), SchemaId(2));
        assert!(!schemas.is_visible(SchemaId(0), Access::Request));
        assert!(schemas.is_visible(SchemaId(0), Access::Response));
    }
}
