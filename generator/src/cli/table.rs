//! Text in aligned columns.

/// How a column stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Renders a heading and rows, each column as wide as its widest cell, without trailing blanks.
pub(super) fn render<const N: usize>(heading: [(&str, Align); N], rows: &[[String; N]]) -> String {
    let mut widths = heading.map(|(name, _)| name.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let aligns = heading.map(|(_, align)| align);
    let mut text = line(&heading.map(|(name, _)| name.to_owned()), &widths, &aligns);
    for row in rows {
        text.push_str(&line(row, &widths, &aligns));
    }
    text
}

fn line(cells: &[String], widths: &[usize], aligns: &[Align]) -> String {
    let padded: Vec<String> = cells
        .iter()
        .zip(widths)
        .zip(aligns)
        .map(|((cell, width), align)| match align {
            Align::Left => format!("{cell:<width$}"),
            Align::Right => format!("{cell:>width$}"),
        })
        .collect();
    format!("{}\n", padded.join("  ").trim_end())
}

/// A number with separators between thousands: `1,223`.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The first line of a text, at most `limit` characters long.
pub(super) fn summary(text: &str, limit: usize) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let visible = plain(line);
    if visible.chars().count() <= limit {
        return visible;
    }
    let kept: String = visible.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A line of escaped Markdown as it is read.
fn plain(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    let mut letters = markdown.chars().filter(|letter| !letter.is_control()).peekable();
    while let Some(letter) = letters.next() {
        let escaped = letters.next_if(|next| letter == '\\' && next.is_ascii_punctuation());
        plain.push(escaped.unwrap_or(letter));
    }
    plain
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::{Align, render, summary, thousands};

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["get_book".to_owned(), "96".to_owned()], ["é".to_owned(), "1".to_owned()]];
        let text = render([("tool", Align::Left), ("tokens", Align::Right)], &rows);
        expect![[r"
            tool      tokens
            get_book      96
            é              1
        "]]
        .assert_eq(&text);
    }

    #[test]
    fn thousands_are_separated() {
        let texts = [7, 999, 1_000, 1_234_567].map(thousands);
        assert_eq!(texts, ["7", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn summary_is_one_bounded_line() {
        assert_eq!(summary("\n  Fetch one book.\nMore.", 40), "Fetch one book.");
        assert_eq!(summary("Fetch one book.", 8), "Fetch o…");
        assert_eq!(summary(r"Fetch \[one\] \<book\>", 40), "Fetch [one] <book>");
        assert_eq!(summary(r"Where 1 \< 2 or C:\x", 40), r"Where 1 < 2 or C:\x");
    }
}
