use proptest::prelude::*;

use super::path::relative;
use super::pattern::matches;

#[test]
fn patterns_are_those_of_shells() {
    for (pattern, name, expected) in [
        ("", "anything", true),
        ("*", "", true),
        ("*.md", "a.md", true),
        ("*.md", ".md", true),
        ("*.md", "a.md.bak", false),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("?", "ä", true),
        ("?", "", false),
        ("a?", "a", false),
        ("A.md", "a.md", false),
    ] {
        assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn value_that_is_encoded_for_ever_is_refused() {
    let mut text = "a".to_owned();
    for _ in 0..40 {
        text = format!("%25{}", text.replace('%', "%25"));
    }
    assert_eq!(relative(&text), None);
}

proptest! {
    /// Whatever is written, what is left is a path of plain names.
    #[test]
    fn path_goes_down(text in r"([a-c.%/\\:]|%2[ef]|%5c|%252e){0,12}") {
        if let Some(path) = relative(&text) {
            let all_plain = path
                .components()
                .all(|part| matches!(part, std::path::Component::Normal(_)));
            prop_assert!(all_plain && path.components().count() > 0, "{:?}", path);
        }
    }

    #[test]
    fn pattern_of_a_name_matches_it(name in "[a-c.]{0,8}", cut in 0_usize..8) {
        prop_assert!(matches(&name, &name));
        let cut = cut.min(name.len());
        let star = format!("{}*", &name[..cut]);
        prop_assert!(matches(&star, &name));
    }
}
