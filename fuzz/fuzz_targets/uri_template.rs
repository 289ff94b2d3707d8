//! Text as URIs against templates of every kind, and as the values of a URI.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use mcpwright::declaration::Part::{self, Literal, Query, Rest, Segment};
use mcpwright::uri_template::{expand, matches};

const TEMPLATES: &[&[Part]] = &[
    &[Literal("x://"), Segment(0), Literal("/file/"), Rest(1)],
    &[Literal("x://"), Rest(0), Literal("/"), Rest(1), Query(&[("q", 2)])],
    &[Rest(0), Literal(":a"), Segment(1), Query(&[("q", 2), ("é", 3)])],
    // Values that nothing keeps apart: other ones may come back.
    &[Rest(0), Literal("a"), Segment(1), Rest(2), Literal("%2"), Segment(3)],
];

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    for parts in TEMPLATES {
        let Some(matched) = matches(parts, text) else { continue };
        let values: Vec<_> = (0..4).map(|index| matched.value(index)).collect();
        let _ = matches(parts, &expand(parts, &values));
    }
    let values: Vec<_> = text.splitn(4, '\n').map(Some).collect();
    if values.len() < 4 || values.contains(&Some("")) {
        return Corpus::Keep;
    }
    for parts in TEMPLATES.iter().take(3) {
        let uri = expand(parts, &values);
        let Some(matched) = matches(parts, &uri) else {
            assert!(uri.len() > mcpwright::uri_template::MAX_URI, "{uri}");
            continue;
        };
        for (index, value) in values.iter().enumerate() {
            assert!(matched.value(index).is_none_or(|found| Some(found) == *value), "{uri}");
        }
    }
    Corpus::Keep
});
