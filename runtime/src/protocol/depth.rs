//! The bound on nesting, checked on raw bytes because raw JSON values are skipped, not descended
//! into, when a message is parsed.

/// Whether arrays and objects in `text` nest at most `limit` deep. The text need not be valid.
pub(crate) fn within(text: &[u8], limit: usize) -> bool {
    // Few opening brackets cannot nest deeply; this loop has no branches and settles nearly all.
    let opening = text.iter().filter(|byte| matches!(byte, b'{' | b'[')).count();
    opening <= limit || deepest(text) <= limit
}

fn deepest(text: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in text {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn brackets_inside_strings_do_not_nest() {
        assert!(within(br#"{"a":"[[[[\"[[["}"#, 1));
        assert!(within(br#"[1,[2],[3],[4]]"#, 2));
        assert!(!within(br#"[1,[2,[3]]]"#, 2));
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        let text = format!("{}{}", "[".repeat(128), "]".repeat(128));
        assert!(within(text.as_bytes(), 128));
        assert!(!within(text.as_bytes(), 127));
    }
}
