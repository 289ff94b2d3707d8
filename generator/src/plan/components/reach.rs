//! Which templates take every URI that others match.

/// Whether each URI of the second shape is one of the first: `{}` is one or more characters without a
/// slash, `{*}` one or more of any. A letter of a variable is told apart from all that are written out,
/// so where both could match in ways that depend on the values, the answer is `false`.
pub(super) fn covers(first: &str, second: &str) -> bool {
    let (first, second) = (pieces(first), pieces(second));
    // What of the first is matched up to here, for each place of the second in turn.
    let mut reached = vec![false; first.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for piece in &second {
        let mut next = vec![false; first.len() + 1];
        for (at, known) in first.iter().enumerate() {
            if takes(*known, *piece) {
                // A variable takes this piece too, or begins with it.
                let goes_on =
                    !matches!(known, Piece::Letter(_)) && next_is_reached(&reached, at + 1);
                let begins = next_is_reached(&reached, at);
                if (goes_on || begins)
                    && let Some(place) = next.get_mut(at + 1)
                {
                    *place = true;
                }
            }
        }
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

fn next_is_reached(reached: &[bool], at: usize) -> bool {
    reached.get(at).copied().unwrap_or_default()
}

/// A part of a shape.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Piece {
    Letter(char),
    Segment,
    Rest,
}

/// Whether the piece may hold all that the other one holds.
fn takes(known: Piece, other: Piece) -> bool {
    match known {
        Piece::Rest => true,
        Piece::Segment => !matches!(other, Piece::Rest | Piece::Letter('/')),
        Piece::Letter(_) => known == other,
    }
}

fn pieces(shape: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = shape;
    loop {
        if let Some(after) = rest.strip_prefix("{}") {
            pieces.push(Piece::Segment);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("{*}") {
            pieces.push(Piece::Rest);
            rest = after;
        } else {
            let mut letters = rest.chars();
            let Some(letter) = letters.next() else { return pieces };
            pieces.push(Piece::Letter(letter));
            rest = letters.as_str();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_shape_covers_what_it_matches_whatever_the_values_are() {
        for (first, second) in [
            ("files://{*}", "files://meta/{*}"),
            ("notes://{}", "notes://search"),
            ("notes://{}", "notes://{}-old"),
            ("notes://{}/{}", "notes://a/{}"),
            ("notes://{*}/end", "notes://{}/{}/end"),
            ("a://{}.{}", "a://x{}.{}"),
        ] {
            assert!(covers(first, second), "{first} {second}");
            assert!(!covers(second, first), "{second} {first}");
        }
    }

    #[test]
    fn a_shape_does_not_cover_what_it_matches_for_some_values_only() {
        for (first, second) in [
            ("notes://{}", "notes://a/b"),
            ("notes://{}", "notes://{*}"),
            ("notes://a{}", "notes://{}"),
            ("notes://a{}", "notes://a"),
            ("notes://{}/a", "notes://a/{}"),
            ("other://{}", "notes://{}"),
        ] {
            assert!(!covers(first, second), "{first} {second}");
        }
    }
}
