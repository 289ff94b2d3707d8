//! Following the cursors of a list to its end, if it has one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::RpcError;

/// Pages after which a list is given up.
const MOST: usize = 10_000;

/// The pages of a list that were seen.
#[derive(Debug, Default)]
pub(super) struct Pages {
    cursors: BTreeSet<String>,
}

impl Pages {
    /// The cursor of the next page, where there is one; `next` is what the page says.
    ///
    /// # Errors
    /// The list would never end.
    pub(super) fn next(&mut self, next: Value) -> Result<Option<Value>, RpcError> {
        if next.is_null() {
            return Ok(None);
        }
        let endless = |why: String| RpcError { code: 0, message: why, data: Value::Null };
        if !self.cursors.insert(next.to_string()) {
            return Err(endless(format!("the list has no end: its cursor {next} comes again")));
        }
        if self.cursors.len() > MOST {
            return Err(endless(format!("the list has no end after {MOST} pages")));
        }
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{MOST, Pages};

    #[test]
    fn a_list_ends_where_it_has_no_cursor() {
        let mut pages = Pages::default();
        assert_eq!(pages.next(json!("a")), Ok(Some(json!("a"))));
        assert_eq!(pages.next(json!("b")), Ok(Some(json!("b"))));
        assert_eq!(pages.next(Value::Null), Ok(None));
    }

    #[test]
    fn a_cursor_that_comes_again_is_an_error() {
        for cursors in [&["a", "a"][..], &["a", "b", "a"]] {
            let mut pages = Pages::default();
            let last = cursors.iter().map(|cursor| pages.next(json!(cursor))).last();
            let error = last.expect("there is one").expect_err("it leads back");
            assert_eq!(error.message, r#"the list has no end: its cursor "a" comes again"#);
        }
    }

    #[test]
    fn a_list_that_goes_on_is_given_up() {
        let mut pages = Pages::default();
        let error = (0..=MOST).find_map(|page| pages.next(json!(page.to_string())).err());
        assert_eq!(error.expect("an end").message, "the list has no end after 10000 pages");
    }
}
