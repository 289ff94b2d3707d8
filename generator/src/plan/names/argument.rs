//! Names of arguments: flat, parameters and body properties together, as `FastMCP` has them.
//!
//! A name that a client may refuse is mapped to one that none does. Of two with the same name the
//! one from the body keeps it and the others get `__location`; what is still the same gets a hash
//! of its own name. A name that `mcp.lock` knows stays.

use std::collections::BTreeMap;

use super::tool::{LIMIT, is_accepted, with_hash};
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
    let plain: Vec<String> = wanted
        .iter()
        .map(|wanted| fixed(wanted).unwrap_or_else(|| accepted(wanted.wire)))
        .collect();
    let mut uses = count(&plain);
    let mut names: Vec<String> = Vec::with_capacity(wanted.len());
    for (wanted, plain) in wanted.iter().zip(&plain) {
        let in_body = matches!(wanted.place, Place::Property | Place::Properties | Place::Body);
        let clashes = uses.get(plain).is_some_and(|uses| *uses > 1);
        if clashes && !in_body && fixed(wanted).is_none() {
            names.push(cut(format!("{plain}__{}", word(wanted.place)), wanted.wire));
        } else {
            names.push(plain.clone());
        }
    }
    uses = count(&names);
    for (index, wanted) in wanted.iter().enumerate() {
        let clashes = uses.get(&names[index]).is_some_and(|uses| *uses > 1);
        let own = fixed(wanted).is_some() || names[index] == wanted.wire;
        if clashes && !own {
            let key = key(wanted.place, wanted.wire);
            names[index] = with_hash(&names[index], LIMIT, &key);
        }
    }
    yield_to_each_other(wanted, locked, &mut names);
    names
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
    let mut name = String::new();
    for letter in wire.chars() {
        let plain = letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
        match (plain, name.ends_with('_')) {
            (true, _) => name.push(letter),
            (false, false) => name.push('_'),
            (false, true) => {}
        }
    }
    let trimmed = name.trim_matches('_');
    if trimmed.is_empty() {
        with_hash("argument", LIMIT, wire)
    } else {
        cut(trimmed.to_owned(), wire)
    }
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
        assert!(names[0].starts_with("a_b__"), "{names:?}");
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
