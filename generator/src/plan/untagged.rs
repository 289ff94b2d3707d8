//! Which module an operation without a tag is in, where a document has many of them: that of what
//! its path is about.

use std::collections::BTreeMap;

/// Most operations without a tag that are one module. A module that nothing but the names of paths
/// could divide stays whole, however long.
const MOST: usize = 64;

/// The words behind the name of a module for each of these path templates; all empty where they are
/// few. What all paths begin with, such as a version, is no word.
pub(super) fn labels(templates: &[&str]) -> Vec<Vec<String>> {
    let mut labels = vec![Vec::new(); templates.len()];
    let paths: Vec<Vec<&str>> = templates.iter().map(|template| words(template)).collect();
    let all: Vec<usize> = (0..paths.len()).collect();
    let shared = shared(&paths);
    divide(&paths, &all, shared, shared, &mut labels);
    labels
}

/// The words of a path: its segments without variables and endings.
fn words(template: &str) -> Vec<&str> {
    let path = template.split(['?', '#']).next().unwrap_or_default();
    let segments = path.split('/').filter(|segment| !segment.contains('{'));
    let words = segments.map(|segment| segment.split('.').next().unwrap_or_default());
    words.filter(|word| word.contains(|letter: char| letter.is_ascii_alphanumeric())).collect()
}

/// How many words all paths begin with.
fn shared(paths: &[Vec<&str>]) -> usize {
    let Some((first, rest)) = paths.split_first() else { return 0 };
    rest.iter().fold(first.len(), |shared, path| {
        let same = first.iter().zip(path).take_while(|(one, other)| one == other).count();
        shared.min(same)
    })
}

/// Divides operations whose paths are the same up to `depth`, as long as they are too many; `start`:
/// where names begin.
fn divide(
    paths: &[Vec<&str>],
    members: &[usize],
    start: usize,
    depth: usize,
    labels: &mut [Vec<String>],
) {
    if members.len() <= MOST {
        return;
    }
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for member in members {
        if let Some(word) = paths[*member].get(depth) {
            groups.entry(word).or_default().push(*member);
        }
    }
    for group in groups.into_values() {
        for member in &group {
            labels[*member] =
                paths[*member][start..=depth].iter().map(|word| (*word).to_owned()).collect();
        }
        divide(paths, &group, start, depth + 1, labels);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(templates: &[String], of: &str, expected: &str) {
        let templates: Vec<&str> = templates.iter().map(String::as_str).collect();
        let place = templates.iter().position(|template| *template == of).expect("the path");
        assert_eq!(labels(&templates)[place].join(" "), expected, "{of}");
    }

    fn many(prefix: &str) -> Vec<String> {
        (0..MOST).map(|number| format!("{prefix}/thing{number}/{{id}}")).collect()
    }

    #[test]
    fn few_operations_are_together() {
        check(&many("/v1"), "/v1/thing7/{id}", "");
    }

    #[test]
    fn many_are_divided_by_what_comes_after_what_all_begin_with() {
        let mut paths = many("/v1");
        paths.extend(["/v1/charges.json".into(), "/v1/charges/{id}/refunds".into(), "/v1".into()]);
        check(&paths, "/v1/charges.json", "charges");
        check(&paths, "/v1/charges/{id}/refunds", "charges");
        check(&paths, "/v1/thing7/{id}", "thing7");
        check(&paths, "/v1", "");
    }

    #[test]
    fn a_part_with_too_many_is_divided_again() {
        let mut paths = many("/2010/Accounts/{sid}");
        paths.extend(["/2010/Accounts".into(), "/2010/Health".into()]);
        check(&paths, "/2010/Accounts/{sid}/thing7/{id}", "Accounts thing7");
        check(&paths, "/2010/Accounts", "Accounts");
        check(&paths, "/2010/Health", "Health");
    }

    #[test]
    fn paths_without_words_stay_together() {
        let paths: Vec<String> = (0..=MOST).map(|number| format!("/{{id{number}}}")).collect();
        check(&paths, "/{id3}", "");
    }
}
