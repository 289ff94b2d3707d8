//! Tests of matching and expanding.

use std::time::{Duration, Instant};

use proptest::prelude::{Strategy, any, prop_oneof, proptest};

use super::{Given, MAX_URI, expand, matches};
use crate::declaration::Part::{self, Each, Literal, Query, Rest, Segment};

#[track_caller]
fn check(parts: &[Part], uri: &str, expected: Option<&[Option<&str>]>) {
    let found = matches(parts, uri);
    let shown: Option<Vec<_>> = found.as_ref().map(|matched| {
        (0..expected.map_or(0, <[_]>::len)).map(|index| matched.value(index)).collect()
    });
    assert_eq!(shown.as_deref(), expected, "{uri}");
}

const ITEM: &[Part] = &[Literal("shop://items/"), Segment(0)];
const FILE: &[Part] = &[Literal("repo://"), Segment(0), Literal("/file/"), Rest(1)];
const SEARCH: &[Part] = &[Literal("shop://search"), Query(&[("q", 0), ("page-size", 1)])];

#[test]
fn a_segment_has_no_slash() {
    check(ITEM, "shop://items/7", Some(&[Some("7")]));
    check(ITEM, "shop://items/7/8", None);
    check(ITEM, "shop://items/", None);
    check(ITEM, "shop://items", None);
    check(ITEM, "SHOP://items/7", None);
    check(ITEM, "xshop://items/7", None);
}

#[test]
fn a_rest_may_have_slashes() {
    check(FILE, "repo://a/file/b", Some(&[Some("a"), Some("b")]));
    check(FILE, "repo://a/file/b/c.rs", Some(&[Some("a"), Some("b/c.rs")]));
    check(FILE, "repo://a/file//", Some(&[Some("a"), Some("/")]));
    check(FILE, "repo://a/file/", None);
    check(FILE, "repo://a/b/file/c", None);
}

#[test]
fn a_comma_parts_items_unless_it_is_encoded() {
    let items = |uri: &str| {
        let matched = matches(SEARCH, uri).expect("it matches");
        matched.items(0).map(|items| items.join("|"))
    };
    assert_eq!(items("shop://search?q=a%2Cb,c+d").as_deref(), Some("a,b|c d"));
    assert_eq!(items("shop://search?q=a%2Cb").as_deref(), Some("a,b"));
    assert_eq!(items("shop://search?q=").as_deref(), Some(""));
    assert_eq!(items("shop://search"), None);
}

const TAGGED: &[Part] =
    &[Literal("shop://all"), Query(&[("q", 0)]), Each("tag", 1), Query(&[("n", 2)])];

#[test]
fn a_list_has_a_parameter_for_each_item() {
    let items = |uri: &str| {
        let matched = matches(TAGGED, uri).expect("it matches");
        matched.items(1).map(|items| items.join("|"))
    };
    assert_eq!(items("shop://all?tag=red&q=x&tag=light+green").as_deref(), Some("red|light green"));
    assert_eq!(items("shop://all?tag=a,b&tag=").as_deref(), Some("a,b|"));
    assert_eq!(items("shop://all?tag").as_deref(), Some(""));
    assert_eq!(items("shop://all?tags=a"), None);
    assert_eq!(items("shop://all"), None);
    assert!(matches(TAGGED, "shop://all?tag=a&tag=%FF").is_none());
    check(TAGGED, "shop://all?n=3&q=x&tag=a", Some(&[Some("x"), Some("a"), Some("3")]));
}

/// The forms of RFC 6570, 3.2.8: `{?list}` and `{?list*}`.
#[test]
fn lists_are_written_in_both_forms() {
    let colors: &[&str] = &["red", "a,b", "c&d"];
    let given = [Some(Given::List(colors)), Some(Given::List(colors)), Some(Given::Text("1"))];
    let uri = "shop://all?q=red,a%2Cb,c%26d&tag=red&tag=a%2Cb&tag=c%26d&n=1";
    assert_eq!(expand(TAGGED, &given), uri);
    let matched = matches(TAGGED, uri).expect("it matches");
    for list in [0, 1] {
        assert_eq!(matched.items(list).as_deref(), Some(colors));
    }
    let none = [Some(Given::List(&[])), Some(Given::List(&[])), None];
    assert_eq!(expand(TAGGED, &none), "shop://all");
    assert_eq!(expand(TAGGED, &[None, Some("one"), None]), "shop://all?tag=one");
}

#[test]
fn values_are_decoded_once() {
    check(ITEM, "shop://items/a%20b%C3%A9", Some(&[Some("a bé")]));
    check(ITEM, "shop://items/%252F", Some(&[Some("%2F")]));
    check(ITEM, "shop://items/..%2f..", Some(&[Some("../..")]));
    check(ITEM, "shop://items/100%", Some(&[Some("100%")]));
    check(ITEM, "shop://items/%zz", Some(&[Some("%zz")]));
    check(ITEM, "shop://items/%FF", None);
    check(SEARCH, "shop://search?q=%FF", None);
    check(ITEM, "shop://items/é", Some(&[Some("é")]));
}

#[test]
fn literals_match_what_is_equivalent() {
    check(&[Literal("x://café/"), Segment(0)], "x://caf%C3%A9/1", Some(&[Some("1")]));
    check(&[Literal("x://a-b/"), Segment(0)], "x://%61%2db/1", Some(&[Some("1")]));
    check(&[Literal("x://a/"), Segment(0)], "x://a%2F1", None);
    check(&[Literal("x://100%/"), Segment(0)], "x://100%/1", Some(&[Some("1")]));
}

#[test]
fn several_parts_share_a_path() {
    let parts = [Rest(0), Literal("/to/"), Rest(1)];
    check(&parts, "a/to/b/to/c", Some(&[Some("a"), Some("b/to/c")]));
    let parts = [Literal("x://"), Rest(0), Literal(".json")];
    check(&parts, "x://a.json.b.json", Some(&[Some("a.json.b")]));
    check(&parts, "x://.json", None);
    let parts = [Segment(0), Literal("-"), Segment(1)];
    check(&parts, "a-b-c", Some(&[Some("a-b"), Some("c")]));
    let parts = [Segment(0), Segment(1)];
    check(&parts, "abc", Some(&[Some("ab"), Some("c")]));
    check(&parts, "a%2F", Some(&[Some("a"), Some("/")]));
    check(&parts, "%2F", None);
    check(&[Segment(0), Literal("2F")], "a%2F", None);
}

#[test]
fn an_argument_that_stands_twice_has_one_value() {
    let parts = [Segment(0), Literal("/"), Segment(0)];
    check(&parts, "a/%61", Some(&[Some("a")]));
    check(&parts, "a/b", None);
}

#[test]
fn parameters_of_the_query_are_free() {
    check(SEARCH, "shop://search", Some(&[None, None]));
    check(SEARCH, "shop://search?", Some(&[None, None]));
    check(SEARCH, "shop://search?page-size=2&other=%FF&q=a+b%2B", Some(&[Some("a b+"), Some("2")]));
    check(SEARCH, "shop://search?q=&q=second", Some(&[Some(""), None]));
    check(SEARCH, "shop://search?q", Some(&[Some(""), None]));
    check(SEARCH, "shop://search?%71=a=b", Some(&[Some("a=b"), None]));
    check(SEARCH, "shop://search/x?q=1", None);
}

#[test]
fn query_and_fragment_do_not_belong_to_the_path() {
    check(ITEM, "shop://items/7?x=1", Some(&[Some("7")]));
    check(ITEM, "shop://items/7#top", Some(&[Some("7")]));
    check(&[Literal("x://a#"), Segment(0)], "x://a#b", Some(&[Some("b")]));
    check(&[Literal("x://a?k="), Segment(0)], "x://a?k=b", Some(&[Some("b")]));
}

#[test]
fn a_template_without_values_is_a_uri() {
    check(&[Literal("x://a")], "x://a", Some(&[]));
    check(&[Literal("x://a")], "x://ab", None);
    check(&[], "", Some(&[]));
    check(&[], "x", None);
}

#[test]
fn values_are_encoded_into_a_uri() {
    let uri = expand(FILE, &[Some("a/b"), Some("c d/é.rs")]);
    assert_eq!(uri, "repo://a%2Fb/file/c%20d/%C3%A9.rs");
    assert_eq!(expand(SEARCH, &[Some("a&b=c"), None]), "shop://search?q=a%26b%3Dc");
    assert_eq!(expand::<&str>(SEARCH, &[]), "shop://search");
    assert_eq!(expand::<&str>(&[Literal("x://é {")], &[]), "x://%C3%A9%20%7B");
}

#[test]
fn no_uri_takes_long() {
    let parts = [
        Rest(0),
        Literal("a"),
        Rest(1),
        Literal("a"),
        Rest(2),
        Literal("a"),
        Segment(3),
        Literal("b"),
        Rest(4),
        Literal("c"),
    ];
    let uri = "a".repeat(MAX_URI);
    let start = Instant::now();
    check(&parts, &uri, None);
    // A search that goes back would take years.
    assert!(start.elapsed() < Duration::from_secs(20));
    check(&[Rest(0)], &"a".repeat(MAX_URI + 1), None);
}

/// Templates in which a reserved character stands between any two parts with a value.
const CLEAR: &[&[Part]] = &[
    ITEM,
    FILE,
    SEARCH,
    &[Literal("x://"), Rest(0), Literal("/"), Segment(1), Query(&[("a", 2)])],
    &[Rest(0), Literal(":"), Rest(1), Literal("-,b"), Segment(2)],
    &[Literal("é://"), Segment(0), Literal("-/-"), Rest(1), Literal(".json")],
    &[Segment(2), Literal("/x/"), Rest(1), Query(&[("a b", 0), ("é", 3)])],
    &[Literal("x://a?k="), Segment(0), Literal("&l="), Segment(1)],
];

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        prop_oneof!["a", "/", "%", "%2F", "é", "aa"]
            .prop_map(|text: String| { Literal(&*Box::leak(text.into_boxed_str())) }),
        (0_usize..3).prop_map(Segment),
        (0_usize..3).prop_map(Rest),
        (0_usize..3).prop_map(|index| Query(Box::leak(Box::new([("a", index)])) as &'static _)),
    ]
}

proptest! {
    #[test]
    fn what_is_expanded_matches(values in proptest::collection::vec(".{1,6}|[a/:%,.?#&=+-]{1,6}", 4)) {
        let given: Vec<_> = values.iter().map(|value| Some(value.as_str())).collect();
        for parts in CLEAR {
            let uri = expand(parts, &given);
            assert!(uri.is_ascii() && !uri.contains(' '), "{uri}");
            let matched = matches(parts, &uri).unwrap_or_else(|| panic!("{uri} matches {parts:?}"));
            for (index, value) in values.iter().enumerate() {
                let takes = |part: &Part| match part {
                    Literal(_) | Each(..) => false,
                    Segment(found) | Rest(found) => *found == index,
                    Query(names) => names.iter().any(|(_, found)| *found == index),
                };
                let expected = parts.iter().any(takes).then_some(value.as_str());
                assert_eq!(matched.value(index), expected, "{uri}");
            }
        }
    }

    /// The oracle goes back wherever it can.
    #[test]
    fn exactly_what_fits_matches(
        parts in proptest::collection::vec(part(), 0..5),
        uri in "[a/%2Fé]{0,8}",
        prefix in any::<bool>(),
    ) {
        let uri = if prefix { format!("a{uri}") } else { uri };
        let twice = (0..3).any(|index| {
            let takes = |part: &&Part| matches!(part, Segment(found) | Rest(found) if *found == index);
            parts.iter().filter(takes).count() > 1
        });
        if let Some(matched) = matches(&parts, &uri) {
            assert!(fits(&parts, uri.as_bytes(), 0), "{uri} {parts:?} {matched:?}");
        } else if !twice && !uri.contains('%') && uri.is_ascii() {
            assert!(!fits(&parts, uri.as_bytes(), 0), "{uri} {parts:?}");
        }
    }
}

fn fits(parts: &[Part], uri: &[u8], at: usize) -> bool {
    let Some((part, rest)) = parts.split_first() else { return at == uri.len() };
    match part {
        Query(_) | Each(..) => fits(rest, uri, at),
        Literal(text) => super::literal_end(text, uri, at).is_some_and(|end| fits(rest, uri, end)),
        Segment(_) | Rest(_) => (at + 1..=uri.len()).any(|end| {
            (matches!(part, Rest(_)) || !uri[at..end].contains(&b'/')) && fits(rest, uri, end)
        }),
    }
}
