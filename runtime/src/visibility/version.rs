//! How versions of components compare: those of the form of PEP 440 by their parts, as in
//! `1.10 > 1.9` and `2.0rc1 < 2.0`, others as texts. A `v` in front is not looked at.

use std::cmp::Ordering;

/// Compares two versions; the empty one, which is none, is the lowest. One of the form of PEP 440 is
/// higher than one of another form, so that the order of any number of them is one. Those that are
/// as high as each other, as `1` and `1.0`, compare as texts.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    let by_form = match (parse(left), parse(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => return Ordering::Greater,
        (None, Some(_)) => return Ordering::Less,
        (None, None) => Ordering::Equal,
    };
    by_form.then_with(|| bare(left).cmp(bare(right))).then_with(|| left.cmp(right))
}

fn bare(version: &str) -> &str {
    version.trim_start_matches(['v', 'V'])
}

/// A version by its parts, in the order in which they count.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Parts {
    epoch: u64,
    /// Without zeros at its end.
    release: Vec<u64>,
    pre: Pre,
    /// `.postN`; none is less.
    post: Option<u64>,
    /// `.devN`, as one more than no `.dev` is less.
    dev: Dev,
    /// `+local`; none is less. Numbers are above texts.
    local: Option<Vec<Local>>,
}

/// What comes before a release.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Pre {
    /// `1.0.dev1`, which is before `1.0a1`.
    DevOnly,
    Alpha(u64),
    Beta(u64),
    Candidate(u64),
    /// Nothing: the release itself.
    None,
}

#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Dev {
    Number(u64),
    None,
}

#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Local {
    Text(String),
    Number(u64),
}

fn parse(version: &str) -> Option<Parts> {
    let text = bare(version).to_ascii_lowercase();
    let (public, local) = match text.split_once('+') {
        Some((public, local)) => (public, Some(local)),
        None => (text.as_str(), None),
    };
    let (epoch, public) = match public.split_once('!') {
        Some((epoch, rest)) => (epoch.parse().ok()?, rest),
        None => (0, public),
    };
    let mut rest = Rest(public);
    let mut release = vec![rest.number()?];
    while rest.0.starts_with('.') && rest.0.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
        rest.0 = rest.0.get(1..)?;
        release.push(rest.number()?);
    }
    while release.len() > 1 && release.last() == Some(&0) {
        release.pop();
    }
    let pre = match rest.marked(&["alpha", "beta", "preview", "pre", "rc", "a", "b", "c"])? {
        Some(("alpha" | "a", number)) => Some(Pre::Alpha(number)),
        Some(("beta" | "b", number)) => Some(Pre::Beta(number)),
        Some((_, number)) => Some(Pre::Candidate(number)),
        None => None,
    };
    let post = match rest.0.strip_prefix('-') {
        // `1.0-1` is `1.0.post1`.
        Some(number) if number.starts_with(|it: char| it.is_ascii_digit()) => {
            rest.0 = number;
            Some(rest.number()?)
        }
        _ => rest.marked(&["post", "rev", "r"])?.map(|(_, number)| number),
    };
    let dev = rest.marked(&["dev"])?.map(|(_, number)| number);
    if !rest.0.is_empty() {
        return None;
    }
    let local = match local {
        Some(local) => {
            Some(local.split(['.', '-', '_']).map(part_of_local).collect::<Option<_>>()?)
        }
        None => None,
    };
    let is_dev_only = pre.is_none() && post.is_none() && dev.is_some();
    Some(Parts {
        epoch,
        release,
        pre: pre.unwrap_or(if is_dev_only { Pre::DevOnly } else { Pre::None }),
        post,
        dev: dev.map_or(Dev::None, Dev::Number),
        local,
    })
}

fn part_of_local(part: &str) -> Option<Local> {
    let is_part = !part.is_empty() && part.bytes().all(|it| it.is_ascii_alphanumeric());
    is_part.then(|| part.parse().map_or_else(|_| Local::Text(part.to_owned()), Local::Number))
}

/// What is not read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn number(&mut self) -> Option<u64> {
        let end = self.0.find(|it: char| !it.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits.parse().ok()
    }

    /// One of these words with its number, 0 where it has none. `None` outside: a number that is too
    /// large.
    #[expect(clippy::option_option, reason = "no word is not a word that cannot be read")]
    fn marked(&mut self, words: &[&'a str]) -> Option<Option<(&'a str, u64)>> {
        let after = self.0.trim_start_matches(['.', '-', '_']);
        let found = words.iter().find_map(|word| Some((*word, after.strip_prefix(word)?)));
        let Some((word, after)) = found else { return Some(None) };
        let digits = after.trim_start_matches(['.', '-', '_']);
        if !digits.starts_with(|it: char| it.is_ascii_digit()) {
            self.0 = after;
            return Some(Some((word, 0)));
        }
        self.0 = digits;
        Some(Some((word, self.number()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn versions_have_one_order() {
        // The example of PEP 440, with what is no such version below.
        let ordered = [
            "",
            "alpha",
            "beta-build",
            "0.9",
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.1.dev1",
            "1.9",
            "1.10",
            "2025.1",
            "1!0.1",
        ];
        for (at, left) in ordered.iter().enumerate() {
            for (other, right) in ordered.iter().enumerate() {
                assert_eq!(compare(left, right), at.cmp(&other), "{left} and {right}");
            }
        }
    }

    #[test]
    fn spellings_of_one_version_are_as_high() {
        for (left, right) in [("v1.0", "1.0"), ("1.0-1", "1.0.post1"), ("1.0c1", "1.0rc1")] {
            assert!(compare(left, "0.9").is_gt() && compare(right, "0.9").is_gt());
            assert!(compare(left, "2").is_lt() && compare(right, "2").is_lt());
        }
        assert!(compare("v2", "1.5").is_gt());
        assert!(compare("99999999999999999999", "1").is_lt(), "a number too large is a text");
    }
}
