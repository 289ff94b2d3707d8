//! Descriptions of documents as Markdown that is safe in a doc comment.
//!
//! Nothing of it is compiled as a doctest, links to an item, leaves a block open, or is read as
//! HTML; rustdoc and clippy have nothing to say about it. Code, emphasis, lists, tables and links
//! to the web stay what they are.

mod html;

use std::fmt::Write as _;

/// A description as Markdown for a doc comment; empty for an empty one.
pub(super) fn markdown(text: &str) -> String {
    let mut writer = Writer::default();
    for line in html::to_markdown(text).lines() {
        writer.line(line);
    }
    writer.finish()
}

/// The first line of a description, shortened, for where one line is wanted.
pub(super) fn one_line(text: &str) -> String {
    let text = html::to_markdown(text);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let plain = line.trim_start_matches('#').trim();
    inline(&visible(plain))
}

#[derive(Default)]
struct Writer {
    lines: Vec<String>,
    /// The marker of the open code block.
    fence: Option<String>,
    in_list: bool,
}

impl Writer {
    fn line(&mut self, line: &str) {
        let line = visible(line);
        let trimmed = line.trim();
        if let Some(fence) = &self.fence {
            if trimmed.starts_with(fence.as_str()) && trimmed.trim_matches(['`', '~']).is_empty() {
                self.lines.push("```".to_owned());
                self.fence = None;
            } else {
                // Three backticks inside would close the block that is written.
                self.lines.push(line.trim_end().replace("```", "'''").replace("*/", "* /"));
            }
            return;
        }
        let marker = ["```", "~~~"].into_iter().find(|marker| trimmed.starts_with(marker));
        if let Some(marker) = marker
            && !trimmed[marker.len()..].contains('`')
        {
            self.blank();
            // A block of another language, or of none, must not be compiled as Rust.
            self.lines.push("```text".to_owned());
            self.fence = Some(marker.to_owned());
            return;
        }
        if trimmed.is_empty() {
            self.blank();
        } else if let Some((marker, rest)) = list_item(trimmed) {
            self.lines.push(format!("{marker} {}", block(rest)));
            self.in_list = true;
        } else if trimmed.starts_with('#') {
            let heading = trimmed.trim_matches('#').trim();
            self.blank();
            if !heading.is_empty() {
                self.lines.push(format!("#### {}", inline(heading)));
                self.blank();
            }
        } else if let (true, Some(last)) = (self.in_list, self.lines.last_mut()) {
            // The rest of a list item has to be indented; one line needs no indentation.
            last.push(' ');
            last.push_str(&inline(trimmed));
        } else {
            self.lines.push(block(trimmed));
        }
    }

    fn blank(&mut self) {
        self.in_list = false;
        if self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn finish(mut self) -> String {
        if self.fence.is_some() {
            self.lines.push("```".to_owned());
        }
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        self.lines.join("\n")
    }
}

/// The marker and the text of a list item.
fn list_item(trimmed: &str) -> Option<(String, &str)> {
    let (marker, rest) = trimmed.split_once(char::is_whitespace)?;
    if matches!(marker, "-" | "*" | "+") {
        return Some(("-".to_owned(), rest.trim()));
    }
    let number = marker.strip_suffix(['.', ')'])?;
    let plain =
        !number.is_empty() && number.len() < 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| (format!("{number}."), rest.trim()))
}

/// A line of a paragraph: what would make it another block is escaped.
fn block(trimmed: &str) -> String {
    let text = inline(trimmed);
    let underline =
        trimmed.bytes().all(|byte| byte == b'=') || trimmed.bytes().all(|byte| byte == b'-');
    let starts = ["#", ">", "+ ", "- ", "* "].iter().any(|start| text.starts_with(start));
    if underline || starts { format!("\\{text}") } else { text }
}

/// Code spans and web links as they are; brackets, angle brackets and lone backticks escaped.
fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '`' => code_span(rest, &mut out),
            '\\' => {
                let next = rest[1..].chars().next().filter(char::is_ascii_punctuation);
                out.push('\\');
                out.push(next.unwrap_or('\\'));
                1 + next.map_or(0, char::len_utf8)
            }
            '[' => web_link(rest, &mut out).unwrap_or_else(|| escaped(first, &mut out)),
            '<' => auto_link(rest, &mut out).unwrap_or_else(|| escaped(first, &mut out)),
            ']' | '>' => escaped(first, &mut out),
            '*' if rest.starts_with("*/") => {
                out.push_str("*\\/");
                2
            }
            'h' if rest.starts_with("http://") || rest.starts_with("https://") => {
                let address = address(rest);
                let _ = write!(out, "<{address}>");
                address.len()
            }
            _ => {
                out.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    out
}

fn escaped(letter: char, out: &mut String) -> usize {
    out.push('\\');
    out.push(letter);
    letter.len_utf8()
}

/// A code span that ends in the same line, else the backticks escaped.
fn code_span(rest: &str, out: &mut String) -> usize {
    let run = rest.len() - rest.trim_start_matches('`').len();
    let marker = &rest[..run];
    let inside = &rest[run..];
    let mut from = 0;
    while let Some(at) = inside[from..].find(marker).map(|at| at + from) {
        let after = &inside[at + run..];
        let longer = after.starts_with('`');
        if !longer {
            let span = &rest[..run + at + run];
            out.push_str(&span.replace("*/", "* /"));
            return span.len();
        }
        from = at + run + (after.len() - after.trim_start_matches('`').len());
    }
    out.push_str(&"\\`".repeat(run));
    run
}

/// `[text](https://…)`.
fn web_link(rest: &str, out: &mut String) -> Option<usize> {
    let (text, after) = rest.strip_prefix('[')?.split_once("](")?;
    let (target, _) = after.split_once(')')?;
    let plain = !text.is_empty() && !text.contains(['[', ']', '`', '<', '\\']);
    let web = target.starts_with("https://") || target.starts_with("http://");
    if !plain || !web || target.contains([' ', '(', '<', '>', '"', '\\']) {
        return None;
    }
    let text = text.replace("*/", "*\\/").replace("https://", "").replace("http://", "");
    let _ = write!(out, "[{text}](<{target}>)");
    Some(rest.len() - after.len() + target.len() + 1)
}

/// `<https://…>`.
fn auto_link(rest: &str, out: &mut String) -> Option<usize> {
    let (target, _) = rest.strip_prefix('<')?.split_once('>')?;
    let web = target.starts_with("https://") || target.starts_with("http://");
    if !web || target.contains([' ', '<']) {
        return None;
    }
    let _ = write!(out, "<{target}>");
    Some(target.len() + 2)
}

/// The address at the start of a text, without the punctuation of the sentence around it.
fn address(rest: &str) -> &str {
    let ends = |letter: char| letter.is_whitespace() || "<>\"'`()[]{}|\\^*".contains(letter);
    let address = rest.split(ends).next().unwrap_or_default();
    address.trim_end_matches(['.', ',', ';', ':', '!', '?', '_'])
}

/// Control characters and those that change the direction of the text, spelled out.
fn visible(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '\t' => out.push_str("    "),
            '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}' => {
                let _ = write!(out, "(U+{:04X})", letter as u32);
            }
            letter if letter.is_control() => {
                let _ = write!(out, "(U+{:04X})", letter as u32);
            }
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: &Expect) {
        expected.assert_eq(&markdown(text));
    }

    #[test]
    fn code_blocks_are_closed_and_never_compiled() {
        check(
            "Call it:\n```\nlet x = 1;",
            &expect![[r"
                Call it:

                ```text
                let x = 1;
                ```"]],
        );
        check("    indented\n", &expect!["indented"]);
    }

    #[test]
    fn brackets_link_to_nothing() {
        check(
            "See [Book], [the site](https://example.com/a), `[x]` and https://example.com/b.",
            &expect![[
                r"See \[Book\], [the site](<https://example.com/a>), `[x]` and <https://example.com/b>."
            ]],
        );
    }

    #[test]
    fn hostile_text_stays_text() {
        check(
            "*/ <script> \"#[doc]\" {{ x }} \u{202e}rtl ` lone",
            &expect![[r##"*\/ \<script\> "#\[doc\]" {{ x }} (U+202E)rtl \` lone"##]],
        );
    }

    #[test]
    fn headings_and_lists_keep_their_form() {
        check(
            "# Title\ntext\n* one\n  more\n+ two\n\n> quote\n===",
            &expect![[r#"
                #### Title

                text
                - one more
                - two

                \> quote
                \==="#]],
        );
    }
}
