//! Descriptions that are written in HTML, as Markdown: paragraphs, lists, code, emphasis and links.
//! `CommonMark` allows it, and older documents describe everything so.

use std::borrow::Cow;

/// A text with the tags of HTML that have a form in Markdown in that form. Other tags, and what stands
/// in code, stay as they are.
pub(super) fn to_markdown(text: &str) -> Cow<'_, str> {
    // A block of code would have to be read as such, and whoever writes one writes Markdown.
    if !text.contains('<') || text.contains("```") || text.contains("~~~") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    // The addresses of the open links; empty for one that leads nowhere on the web.
    let mut links: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '`']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if rest.starts_with('`') {
            code_span(rest)
        } else if let Some((tag, length)) = Tag::read(rest) {
            tag.write(&mut links, &mut out);
            rest = &rest[length..];
            continue;
        } else {
            1
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The length of a code span, or of backticks that open none.
fn code_span(rest: &str) -> usize {
    let run = rest.len() - rest.trim_start_matches('`').len();
    rest[run..].find(&rest[..run]).map_or(run, |end| run + end + run)
}

/// A tag that is known here.
struct Tag<'t> {
    name: &'static str,
    closes: bool,
    attributes: &'t str,
}

const NAMES: [&str; 13] =
    ["p", "br", "div", "ul", "ol", "li", "code", "b", "strong", "i", "em", "a", "tt"];

impl<'t> Tag<'t> {
    /// The tag at the start of a text, and its length.
    fn read(rest: &'t str) -> Option<(Self, usize)> {
        let end = rest.find('>')?;
        let inside = &rest[1..end];
        let closes = inside.starts_with('/');
        let inside = inside.trim_start_matches('/').trim_end_matches('/');
        let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        let name = NAMES.into_iter().find(|known| name.eq_ignore_ascii_case(known))?;
        Some((Self { name, closes, attributes }, end + 1))
    }

    fn write(&self, links: &mut Vec<&'t str>, out: &mut String) {
        match (self.name, self.closes) {
            ("p" | "div" | "ul" | "ol", _) => out.push_str("\n\n"),
            ("br", _) => out.push('\n'),
            ("li", false) => out.push_str("\n- "),
            ("code" | "tt", _) => out.push('`'),
            ("b" | "strong", _) => out.push_str("**"),
            ("i" | "em", _) => out.push('*'),
            ("a", false) => {
                let address = self.address();
                if !address.is_empty() {
                    out.push('[');
                }
                links.push(address);
            }
            ("a", true) => {
                if let Some(address) = links.pop().filter(|address| !address.is_empty()) {
                    out.push_str("](");
                    out.push_str(address);
                    out.push(')');
                }
            }
            _ => {}
        }
    }

    /// Where a link leads, if that is an address of the web.
    fn address(&self) -> &'t str {
        let value = self.attributes.split_once("href=").map_or("", |(_, value)| value);
        let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
        let address = match quote {
            Some(quote) => value[1..].split(quote).next(),
            None => value.split_whitespace().next(),
        };
        address.filter(|it| it.starts_with("https://") || it.starts_with("http://")).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::to_markdown;

    #[test]
    fn tags_with_a_form_in_markdown_take_it() {
        for (html, markdown) in [
            ("<p>One.</p><p>Two <b>now</b>.</p>", "\n\nOne.\n\n\n\nTwo **now**.\n\n"),
            ("A<br/>B <em>c</em>", "A\nB *c*"),
            ("<ul><li>a</li><LI>b</li></ul>", "\n\n\n- a\n- b\n\n"),
            ("Set <code>x &lt; y</code>", "Set `x &lt; y`"),
            (r#"<a href="https://a.test/b" class=c>docs</a>"#, "[docs](https://a.test/b)"),
            (r#"See <a href="/docs">docs</a>."#, "See docs."),
        ] {
            assert_eq!(to_markdown(html), markdown);
        }
    }

    #[test]
    fn what_is_no_known_tag_stays() {
        for text in
            ["Vec<Item>", "a < b > c", "`<p>` opens", "```\n<p>\n```", "<p", "<script>x</script>"]
        {
            assert_eq!(to_markdown(text), text);
        }
        assert_eq!(to_markdown("</a> and </p>"), " and \n\n");
    }
}
