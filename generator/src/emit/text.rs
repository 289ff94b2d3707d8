//! Foreign text in generated code: literals that nothing escapes from, doc comments, Markdown.

use std::fmt::Write;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

/// A string literal of `text`: raw where that is easier to read and shows every character,
/// else escaped.
///
/// Characters that a reader cannot see, or that change the order of what is shown, are always
/// written as escapes; rustc refuses the latter in raw strings too.
pub(super) fn literal(text: &str) -> Literal {
    raw_literal(text).unwrap_or_else(|| Literal::string(text))
}

fn raw_literal(text: &str) -> Option<Literal> {
    if !text.contains(['"', '\\']) || !text.chars().all(is_plain) {
        return None;
    }
    let hashes = "#".repeat(hashes_needed(text));
    format!("r{hashes}\"{text}\"{hashes}").parse().ok()
}

/// Whether a character stands for itself in a literal, as far as quotes and backslashes go.
fn is_plain(character: char) -> bool {
    matches!(character, '"' | '\'' | '\\') || character.escape_debug().len() == 1
}

/// The number of `#` that no part of `text` can close.
fn hashes_needed(text: &str) -> usize {
    let after_quotes = text.split('"').skip(1);
    let runs = after_quotes.map(|rest| rest.bytes().take_while(|byte| *byte == b'#').count() + 1);
    runs.max().unwrap_or(0)
}

/// A name of the plan as an identifier: raw where it says so, or has to be.
pub(super) fn ident(name: &str) -> Ident {
    let plain = plain_name(name);
    if plain.len() == name.len() && syn::parse_str::<Ident>(name).is_ok() {
        Ident::new(name, Span::call_site())
    } else {
        Ident::new_raw(plain, Span::call_site())
    }
}

/// A name of the plan without the mark of a raw identifier, as files are called.
pub(super) fn plain_name(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// `text` as outer doc attributes, one per line, so that each prints as a `///` line.
pub(super) fn docs(text: &str) -> TokenStream {
    doc_lines(text).map(|line| quote!(#[doc = #line])).collect()
}

/// `text` as inner doc attributes, one per line, so that each prints as a `//!` line.
pub(super) fn inner_docs(text: &str) -> TokenStream {
    doc_lines(text).map(|line| quote!(#![doc = #line])).collect()
}

fn doc_lines(text: &str) -> impl Iterator<Item = String> {
    text.trim().lines().map(|line| {
        let line = visible(line);
        let line = line.trim_end();
        if line.is_empty() { String::new() } else { format!(" {line}") }
    })
}

/// `text` in one line, for comments and messages.
pub(super) fn one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `text` with tabs as spaces, and with control characters and those that change the direction of
/// what follows written as escapes: rustc refuses the latter in comments.
pub(super) fn visible(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => result.push_str("    "),
            '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}' | '\u{2028}' | '\u{2029}' => {
                push_escape(&mut result, character);
            }
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                push_escape(&mut result, character);
            }
            character if character.is_control() => push_escape(&mut result, character),
            character => result.push(character),
        }
    }
    result
}

fn push_escape(result: &mut String, character: char) {
    write!(result, "{}", character.escape_unicode()).expect("a String takes everything");
}

/// `text` as a Markdown code span, whatever backticks it has.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    let runs = text.split(|character| character != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    // CommonMark 6.1: a space on both sides is stripped, and separates backticks of the text.
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// `text` as Markdown that shows it as it is, in one line.
pub(super) fn markdown(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in one_line(text).chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&') {
            result.push('\\');
        }
        result.push(character);
    }
    result
}

/// Markdown for a cell of a table.
pub(super) fn cell(markdown: &str) -> String {
    let mut result = String::with_capacity(markdown.len());
    let mut escaped = false;
    for character in markdown.chars() {
        if character == '|' && !escaped {
            result.push('\\');
        }
        escaped = character == '\\' && !escaped;
        result.push(character);
    }
    result
}

/// A basic string of TOML 1.0.
pub(super) fn toml_string(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                result.push('\\');
                result.push(character);
            }
            character if character.is_control() => {
                write!(result, "\\u{:04X}", u32::from(character))
                    .expect("a String takes everything");
            }
            character => result.push(character),
        }
    }
    result.push('"');
    result
}

/// A `Duration` of so many seconds.
pub(super) fn duration(seconds: f64) -> TokenStream {
    // `as` takes negative values and NaN as 0 and stops at the largest integer, which are the
    // nearest things that a `Duration` can be.
    let milliseconds = (seconds * 1000.0).round() as u64;
    if milliseconds.is_multiple_of(1000) {
        let seconds = Literal::u64_unsuffixed(milliseconds / 1000);
        quote!(Duration::from_secs(#seconds))
    } else {
        let milliseconds = Literal::u64_unsuffixed(milliseconds);
        quote!(Duration::from_millis(#milliseconds))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check_literal(text: &str, expected: &Expect) {
        let literal = literal(text);
        expected.assert_eq(&literal.to_string());
        let read: syn::LitStr = syn::parse2(quote!(#literal)).expect("it is a string literal");
        assert_eq!(read.value(), text);
    }

    #[test]
    fn literals_are_raw_where_that_reads_better() {
        check_literal("plain", &expect![[r#""plain""#]]);
        check_literal(r#""asc""#, &expect![[r##"r#""asc""#"##]]);
        check_literal(r"^\d+$", &expect![[r#"r"^\d+$""#]]);
        check_literal("it's", &expect![[r#""it's""#]]);
    }

    #[test]
    fn literals_hold_whatever_the_text_does() {
        check_literal("\"#; fn main() {}", &expect![[r###"r##""#; fn main() {}"##"###]]);
        check_literal("two\nlines \"quoted\"", &expect![[r#""two\nlines \"quoted\"""#]]);
        check_literal("\"\u{202e}\"", &expect![[r#""\"\u{202e}\"""#]]);
        check_literal(
            "\"#########",
            &expect![[r###########"r##########""#########"##########"###########]],
        );
    }

    #[test]
    fn docs_are_one_line_comments() {
        let docs = docs("One */ two\n\n#[doc = \"x\"]\t\u{202e}\r\n/ slash   \n");
        let file: syn::File = syn::parse2(quote!(#docs struct Documented;)).expect("it parses");
        expect![[r#"
            /// One */ two
            ///
            /// #[doc = "x"]    \u{202e}
            /// / slash
            struct Documented;
        "#]]
        .assert_eq(&prettyplease::unparse(&file));
    }

    #[test]
    fn keywords_are_raw_identifiers() {
        assert_eq!(ident("type").to_string(), "r#type");
        assert_eq!(ident("r#type").to_string(), "r#type");
        assert_eq!(ident("kind").to_string(), "kind");
    }

    #[test]
    fn code_spans_hold_backticks() {
        assert_eq!(code("get_book"), "`get_book`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn pipes_of_cells_are_escaped_once() {
        assert_eq!(cell(r"a|b \| c \\| d"), r"a\|b \| c \\\| d");
    }

    #[test]
    fn toml_strings_are_read_back() {
        let text = "a \"b\" \\ \u{7f}\n\u{1f600}";
        let read: toml::Table = format!("x = {}", toml_string(text)).parse().expect("it is TOML");
        assert_eq!(read["x"].as_str(), Some(text));
    }

    #[test]
    fn durations_keep_milliseconds() {
        assert_eq!(duration(30.0).to_string(), quote!(Duration::from_secs(30)).to_string());
        assert_eq!(duration(0.25).to_string(), quote!(Duration::from_millis(250)).to_string());
        assert_eq!(duration(f64::NAN).to_string(), quote!(Duration::from_secs(0)).to_string());
    }
}
