//! Names of arguments: flat, parameters and body properties together, as `FastMCP` has them.
//!
//! A name that a client may refuse is mapped to one that none does, and gives way to one that
//! needs no mapping. Of two with the same name the one from the body keeps it and the others get
//! `__location`; what a location does not tell apart gets a hash of its own name. A name that
//! `mcp.lock` knows stays.

use std::collections::BTreeMap;

use super::tool::{LIMIT, is_accepted, with_hash};
use crate::model::variable_name;
use crate::plan::Place;

/// What the names depend on.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    /// Where the value goes.
    pub(crate) place: Place,
    /// Name on the wire.
    pub(crate) wire: &'a str,
    /// The name that `mcp.toml` gives.
    pub(crate) explicit: Option<&'a str>,
}

/// The word for a place in names and in `mcp.lock`.
pub(crate) const fn word(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query | Place::QueryString => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
        Place::Property | Place::Properties | Place::Body => "body",
        Place::Handler => "handler",
    }
}

/// The key of an argument in `mcp.lock`.
pub(crate) fn key(place: Place, wire: &str) -> String {
    format!("{}:{wire}", word(place))
}

/// Names for the arguments of one tool.
pub(crate) fn allocate(wanted: &[Wanted<'_>], locked: &BTreeMap<String, String>) -> Vec<String> {
    let fixed = |wanted: &Wanted<'_>| -> Option<String> {
        let explicit = wanted.explicit.map(str::to_owned);
        explicit.or_else(|| locked.get(&key(wanted.place, wanted.wire)).cloned())
    };
    let claims: Vec<Claim<'_>> = wanted
        .iter()
        .map(|wanted| {
            let fixed = fixed(wanted);
            let is_fixed = fixed.is_some();
            let name = fixed.unwrap_or_else(|| match wanted.place {
                Place::Path => accepted(variable_name(wanted.wire)),
                _ => accepted(wanted.wire),
            });
            let is_own = is_fixed || name == wanted.wire;
            Claim { wanted, name, is_fixed, is_own }
        })
        .collect();
    let mut groups: BTreeMap<&str, Vec<&Claim<'_>>> = BTreeMap::new();
    for claim in &claims {
        groups.entry(&claim.name).or_default().push(claim);
    }
    let mut names: Vec<String> = claims
        .iter()
        .map(|claim| claim.settle(groups.get(claim.name.as_str()).map_or(&[], Vec::as_slice)))
        .collect();
    let uses = count(&names);
    for (name, claim) in names.iter_mut().zip(&claims) {
        // A location behind a name can make one that the document has itself.
        let clashes = uses.get(name).is_some_and(|uses| *uses > 1);
        if clashes && !claim.is_fixed && *name != claim.wanted.wire {
            *name = with_hash(name, LIMIT, &claim.key());
        }
    }
    yield_to_each_other(wanted, locked, &mut names);
    names
}

/// An argument with the name that it would have if there were no others.
struct Claim<'w> {
    wanted: &'w Wanted<'w>,
    name: String,
    /// The name is in `mcp.toml` or in `mcp.lock`.
    is_fixed: bool,
    /// The name is fixed, or the one on the wire.
    is_own: bool,
}

impl Claim<'_> {
    fn key(&self) -> String {
        key(self.wanted.place, self.wanted.wire)
    }

    fn is_in_body(&self) -> bool {
        matches!(self.wanted.place, Place::Property | Place::Properties | Place::Body)
    }

    /// The name among all that claim the same one, itself included.
    fn settle(&self, group: &[&Claim<'_>]) -> String {
        // What is mapped gives way to what is not, never the reverse.
        let is_rival = |other: &&&Claim<'_>| {
            !std::ptr::eq(self.wanted, other.wanted) && (other.is_own || !self.is_own)
        };
        let rivals = || group.iter().filter(is_rival);
        if self.is_fixed || rivals().next().is_none() {
            return self.name.clone();
        }
        let is_first_in_body = self.is_in_body()
            && !rivals().any(|rival| rival.is_fixed || rival.is_in_body())
            && (self.is_own || !rivals().any(|rival| rival.is_own));
        if is_first_in_body {
            return self.name.clone();
        }
        let place = word(self.wanted.place);
        if rivals().any(|rival| word(rival.wanted.place) == place) {
            with_hash(&self.name, LIMIT, &self.key())
        } else {
            cut(format!("{}__{place}", self.name), self.wanted.wire)
        }
    }
}

/// Gives a hash to what still has the name of another one: a name in `mcp.lock` stays before one
/// of the document. A clash with a name that the user wrote is left, since it has to be told.
fn yield_to_each_other(
    wanted: &[Wanted<'_>],
    locked: &BTreeMap<String, String>,
    names: &mut [String],
) {
    let rank = |index: &usize| {
        let wanted = &wanted[*index];
        let is_locked = locked.contains_key(&key(wanted.place, wanted.wire));
        (wanted.explicit.is_none(), !is_locked)
    };
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(rank);
    let mut holders: BTreeMap<String, usize> = BTreeMap::new();
    for index in order {
        let holder = holders.get(&names[index]).copied();
        if holder.is_some_and(|holder| wanted[holder].explicit.is_none()) {
            let key = key(wanted[index].place, wanted[index].wire);
            names[index] = with_hash(&names[index], LIMIT, &key);
        }
        holders.entry(names[index].clone()).or_insert(index);
    }
}

fn count(names: &[String]) -> BTreeMap<String, usize> {
    let mut uses = BTreeMap::new();
    for name in names {
        *uses.entry(name.clone()).or_default() += 1;
    }
    uses
}

/// A name that no client refuses.
fn accepted(wire: &str) -> String {
    if is_accepted(wire) {
        return wire.to_owned();
    }
    let (stem, comparison) = split_comparison(wire);
    let mut name = String::new();
    for letter in stem.chars() {
        let plain = letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
        match (plain, name.ends_with('_')) {
            (true, _) => name.push(letter),
            (false, false) => name.push('_'),
            (false, true) => {}
        }
    }
    match name.trim_matches('_') {
        "" => with_hash("argument", LIMIT, wire),
        trimmed => cut(format!("{trimmed}{comparison}"), wire),
    }
}

/// A name that ends with a comparison, `StartTime>=` or `size[<]`, and the word for that.
fn split_comparison(wire: &str) -> (&str, &'static str) {
    let open = wire.strip_suffix(']').unwrap_or(wire);
    let words = [("<=", "_lte"), (">=", "_gte"), ("<", "_lt"), (">", "_gt")];
    let found = words.iter().find_map(|(sign, word)| Some((open.strip_suffix(sign)?, *word)));
    // `<name>` compares nothing.
    found.filter(|(stem, _)| !stem.contains(['<', '>'])).unwrap_or((wire, ""))
}

fn cut(name: String, wire: &str) -> String {
    if name.len() <= LIMIT { name } else { with_hash(&name, LIMIT, wire) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &[(Place, &str)], expected: &[&str]) {
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(place, wire)| Wanted { place: *place, wire, explicit: None })
            .collect();
        assert_eq!(allocate(&wanted, &BTreeMap::new()), expected);
    }

    #[test]
    fn body_keeps_its_name_on_a_clash() {
        check(
            &[
                (Place::Path, "id"),
                (Place::Query, "id"),
                (Place::Header, "id"),
                (Place::Property, "id"),
            ],
            &["id__path", "id__query", "id__header", "id"],
        );
        check(&[(Place::Path, "id"), (Place::Query, "id")], &["id__path", "id__query"]);
    }

    #[test]
    fn refused_characters_are_mapped() {
        check(
            &[
                (Place::Query, "filter[name]"),
                (Place::Query, "$top"),
                (Place::Query, "@type"),
                (Place::Query, "X-Ok.1"),
            ],
            &["filter_name", "top", "type", "X-Ok.1"],
        );
    }

    #[test]
    fn patterns_of_path_variables_are_no_part_of_their_names() {
        check(
            &[
                (Place::Path, "proxy+"),
                (Place::Path, "path*"),
                (Place::Path, "id:[0-9]+"),
                (Place::Path, "user:key"),
            ],
            &["proxy", "path", "id", "user_key"],
        );
    }

    #[test]
    fn comparison_is_said_in_words() {
        check(
            &[
                (Place::Query, "StartTime"),
                (Place::Query, "StartTime<"),
                (Place::Query, "StartTime>"),
                (Place::Query, "size[<=]"),
                (Place::Query, "size>="),
                (Place::Query, "<name>"),
            ],
            &["StartTime", "StartTime_lt", "StartTime_gt", "size_lte", "size_gte", "name"],
        );
    }

    #[test]
    fn place_is_said_only_where_it_tells_names_apart() {
        check(
            &[(Place::Query, "top"), (Place::Query, "$top"), (Place::Header, "$top")],
            &["top", "top_3bdb6af0", "top__header"],
        );
        check(
            &[(Place::Property, "$top"), (Place::Header, "@top"), (Place::Query, "$top")],
            &["top", "top__header", "top__query"],
        );
        // What the body needs mapped gives way too.
        check(&[(Place::Property, "$top"), (Place::Query, "top")], &["top__body", "top"]);
        // A place behind a name can make a name of the document.
        let names = [(Place::Path, "id"), (Place::Query, "id"), (Place::Query, "id__path")]
            .map(|(place, wire)| Wanted { place, wire, explicit: None });
        let names = allocate(&names, &BTreeMap::new());
        assert_eq!(names[1..], ["id__query", "id__path"]);
        assert!(names[0].starts_with("id__path_"), "{names:?}");
    }

    #[test]
    fn mapped_name_yields_to_one_that_needs_no_mapping() {
        let wanted = [(Place::Property, "a[b]"), (Place::Property, "a_b")]
            .map(|(place, wire)| Wanted { place, wire, explicit: None });
        let names = allocate(&wanted, &BTreeMap::new());
        assert_eq!(names[1], "a_b");
        assert!(names[0].starts_with("a_b_"), "{names:?}");
    }

    #[test]
    fn newcomer_yields_to_an_allocated_rename() {
        let locked = BTreeMap::from([("query:a[b]".to_owned(), "a_b".to_owned())]);
        let wanted = [(Place::Query, "a_b"), (Place::Query, "a[b]")].map(|(place, wire)| Wanted {
            place,
            wire,
            explicit: None,
        });
        let names = allocate(&wanted, &locked);
        assert_eq!(names[1], "a_b");
        assert!(names[0].starts_with("a_b_"), "{names:?}");
        // In the body too, where names are not told apart by their place.
        let locked = BTreeMap::from([("body:a[b]".to_owned(), "a_b".to_owned())]);
        let wanted = [(Place::Property, "a_b"), (Place::Property, "a[b]")]
            .map(|(place, wire)| Wanted { place, wire, explicit: None });
        let names = allocate(&wanted, &locked);
        assert_eq!(names[1], "a_b");
        assert!(names[0].starts_with("a_b_"), "{names:?}");
    }

    #[test]
    fn allocated_rename_stays() {
        let locked = BTreeMap::from([("query:id".to_owned(), "id__query".to_owned())]);
        let wanted = [Wanted { place: Place::Query, wire: "id", explicit: None }];
        assert_eq!(allocate(&wanted, &locked), ["id__query"]);
    }
}
