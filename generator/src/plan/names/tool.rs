//! Names of tools.
//!
//! The rule: an operation id with every character outside `A-Z a-z 0-9 _` mapped to `_`, its case
//! kept; the default ids of `FastAPI` without the path and method they end with; without an id,
//! method and path. At most 64 characters together with the namespace; what is longer is cut and
//! gets a hash of the operation. `FastMCP`'s rule is there for those who come from it.

use crate::model::{NameRule, Operation};
use crate::plan::hash;

/// Most characters of a tool name, its namespace included.
pub(crate) const LIMIT: usize = 64;
/// Most characters under `FastMCP`'s rule, which does not count the namespace.
const FASTMCP_LIMIT: usize = 56;

/// The name of an operation before anything else is known.
pub(crate) fn base(rule: NameRule, operation: &Operation) -> String {
    match rule {
        NameRule::Mcpwright => {
            let id = operation.operation_id.as_ref().map(|(id, _)| id.as_str());
            let plain = id.map(|id| fastapi_name(operation, id).unwrap_or(id)).map(mapped);
            match plain {
                Some(name) if name.bytes().any(|byte| byte.is_ascii_alphanumeric()) => name,
                _ => from_path(operation),
            }
        }
        NameRule::Fastmcp => fastmcp(operation),
    }
}

/// Method and path: `GET /books/{isbn}` gives `get_books_isbn`.
pub(crate) fn from_path(operation: &Operation) -> String {
    let mut name = operation.method.to_ascii_lowercase();
    for letter in operation.path.chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    mapped(name.trim_end_matches('_'))
}

/// The function name in a default id of `FastAPI`: name, path with `\W` as `_`, `_`, method.
pub(crate) fn fastapi_name<'o>(operation: &Operation, id: &'o str) -> Option<&'o str> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let path: String =
        operation.path.chars().map(|letter| if is_word(letter) { letter } else { '_' }).collect();
    let suffix = format!("{path}_{}", operation.method.to_ascii_lowercase());
    id.strip_suffix(&suffix).filter(|name| !name.is_empty())
}

/// Whether the id of an operation is a default id of `FastAPI`.
pub(crate) fn is_fastapi(operation: &Operation) -> bool {
    operation.operation_id.as_ref().is_some_and(|(id, _)| fastapi_name(operation, id).is_some())
}

/// Every character that not all clients accept as `_`.
pub(crate) fn mapped(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

/// A name of at most `limit` characters; `key` tells apart what is cut to the same.
pub(crate) fn cut(name: &str, limit: usize, key: &str) -> String {
    if name.len() <= limit {
        return name.to_owned();
    }
    with_hash(name, limit, key)
}

/// A name with the hash of `key` at its end, of at most `limit` characters.
pub(crate) fn with_hash(name: &str, limit: usize, key: &str) -> String {
    let hash = hash::short(key);
    let room = limit.saturating_sub(hash.len() + 1).max(1);
    // Names are ASCII here, so every byte is a character.
    let kept: String = name.chars().take(room).collect();
    format!("{}_{hash}", kept.trim_end_matches('_'))
}

/// What stands before the name of each tool of a document.
pub(crate) fn prefix(namespace: Option<&str>) -> String {
    namespace.map(|namespace| format!("{namespace}_")).unwrap_or_default()
}

/// Whether all clients accept a name: `[A-Za-z0-9_.-]`, at most 64 characters, not empty.
pub(crate) fn is_accepted(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !name.is_empty() && name.len() <= LIMIT && name.bytes().all(plain)
}

/// `FastMCP`'s rule: the id up to its first `__`, else the summary, else method and path;
/// separators as `_`, other characters dropped, cut to 56.
fn fastmcp(operation: &Operation) -> String {
    let path = || format!("{}_{}", operation.method, operation.path);
    let text = match (&operation.operation_id, &operation.summary) {
        (Some((id, _)), _) => id.split("__").next().unwrap_or_default().to_owned(),
        (None, Some(summary)) if !summary.is_empty() => summary.clone(),
        _ => path(),
    };
    let slug = slug(&text);
    let slug = if slug.is_empty() { self::slug(&path()) } else { slug };
    slug.chars().take(FASTMCP_LIMIT).collect()
}

fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars() {
        let letter =
            if letter.is_whitespace() || matches!(letter, '-' | '.') { '_' } else { letter };
        let repeated = letter == '_' && slug.ends_with('_');
        if (letter.is_ascii_alphanumeric() || letter == '_') && !repeated {
            slug.push(letter);
        }
    }
    slug.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::test_support::operation;

    fn check(rule: NameRule, method: &str, path: &str, id: Option<&str>, expected: &str) {
        assert_eq!(base(rule, &operation(method, path, id)), expected);
    }

    #[test]
    fn id_keeps_its_case_and_loses_its_separators() {
        check(NameRule::Mcpwright, "GET", "/x", Some("getBook"), "getBook");
        check(
            NameRule::Mcpwright,
            "GET",
            "/x",
            Some("repos/list-for org.v1:all"),
            "repos_list_for_org_v1_all",
        );
        check(NameRule::Mcpwright, "GET", "/x/{id}", Some("获取"), "get_x_id");
    }

    #[test]
    fn fastapi_default_id_loses_path_and_method() {
        let path = "/api/flows/{id}";
        check(NameRule::Mcpwright, "GET", path, Some("read_flow_api_flows__id__get"), "read_flow");
        check(
            NameRule::Mcpwright,
            "POST",
            path,
            Some("read_flow_api_flows__id__get"),
            "read_flow_api_flows__id__get",
        );
    }

    #[test]
    fn operation_without_id_is_named_by_method_and_path() {
        check(NameRule::Mcpwright, "GET", "/books/{isbn}/cover", None, "get_books_isbn_cover");
        check(NameRule::Mcpwright, "GET", "/", None, "get");
    }

    #[test]
    fn fastmcp_rule_is_exact() {
        check(NameRule::Fastmcp, "GET", "/x", Some("repos/get-content__v2"), "reposget_content");
        let id = "put_files_id_metadata_enterprise_securityClassification-6VMVochwUWo";
        let expected = "put_files_id_metadata_enterprise_securityClassification_";
        check(NameRule::Fastmcp, "PUT", "/x", Some(id), expected);
        check(NameRule::Fastmcp, "GET", "/a/{b}", None, "GET_ab");
    }

    #[test]
    fn long_name_is_cut_with_a_hash_of_the_operation() {
        let long = "a".repeat(80);
        let name = cut(&long, 60, "GET /a");
        assert_eq!(name, format!("{}_bf2c633e", "a".repeat(51)));
        assert_ne!(name, cut(&long, 60, "GET /b"));
        assert_eq!(cut("short", 60, "GET /a"), "short");
    }
}
