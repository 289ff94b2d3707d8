//! Whether two Rust files differ only in what `rustfmt` decides.

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Words that a list in parentheses can follow without being called or declared by them.
const NO_NAMES: [&str; 12] =
    ["as", "break", "else", "if", "in", "let", "match", "move", "mut", "ref", "return", "while"];

/// Compares by tokens, doc comments included. A comma before a closing bracket counts as layout
/// unless it makes a tuple. Files that are not Rust are never the same.
pub(super) fn same(old: &str, new: &str) -> bool {
    match (TokenStream::from_str(old), TokenStream::from_str(new)) {
        (Ok(old), Ok(new)) => same_trees(&trees(old), &trees(new), 0),
        _ => false,
    }
}

fn trees(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

/// Brackets nested deeper than this count as different; generated code is far from it.
const DEPTH_LIMIT: usize = 128;

fn same_trees(old: &[TokenTree], new: &[TokenTree], depth: usize) -> bool {
    depth < DEPTH_LIMIT
        && old.len() == new.len()
        && old.iter().zip(new).enumerate().all(|(index, pair)| match pair {
            (TokenTree::Group(old_group), TokenTree::Group(new_group)) => {
                let before = index.checked_sub(1).and_then(|index| old.get(index));
                let delimiter = old_group.delimiter();
                delimiter == new_group.delimiter()
                    && same_trees(
                        &inside(delimiter, before, old_group.stream()),
                        &inside(delimiter, before, new_group.stream()),
                        depth + 1,
                    )
            }
            (TokenTree::Ident(old), TokenTree::Ident(new)) => old == new,
            (TokenTree::Punct(old), TokenTree::Punct(new)) => old.as_char() == new.as_char(),
            (TokenTree::Literal(old), TokenTree::Literal(new)) => {
                old.to_string() == new.to_string()
            }
            _ => false,
        })
}

/// The tokens of a group, without a comma at the end that means nothing.
fn inside(delimiter: Delimiter, before: Option<&TokenTree>, stream: TokenStream) -> Vec<TokenTree> {
    let mut trees = trees(stream);
    let comma =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
    let named = matches!(before, Some(TokenTree::Ident(word))
        if !NO_NAMES.contains(&word.to_string().as_str()));
    let commas = trees.iter().filter(|tree| comma(tree)).count();
    let makes_tuple = delimiter == Delimiter::Parenthesis && commas == 1 && !named;
    if !makes_tuple && trees.last().is_some_and(comma) {
        trees.pop();
    }
    trees
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn layout_is_no_difference() {
        assert!(same(
            "fn a(b:u8,c:u8)->u8{b+c}",
            "fn a(\n    b: u8,\n    c: u8,\n) -> u8 {\n    b + c\n}\n"
        ));
        assert!(same("static A: &[u8] = &[1,2];", "static A: &[u8] = &[\n    1,\n    2,\n];"));
        assert!(same("fn a() { b(c) }", "fn a() {\n    b(\n        c,\n    )\n}"));
        assert!(same("// one\nfn a() {}", "fn a() {}"));
    }

    #[test]
    fn content_is_a_difference() {
        assert!(!same("fn a() {}", "fn b() {}"));
        assert!(!same("/// One.\nfn a() {}", "/// Two.\nfn a() {}"));
        assert!(!same("static A: &str = \"a  b\";", "static A: &str = \"a b\";"));
        assert!(!same("fn a() -> (u8,) { (1,) }", "fn a() -> (u8) { (1) }"));
        assert!(!same("fn a() { return (1,) }", "fn a() { return (1) }"));
        assert!(!same("fn a() {", "fn a() {}"));
        let deep = |inner| format!("{}{inner}{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(!same(&deep("1"), &deep("2")));
    }
}
