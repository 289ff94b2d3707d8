//! Regular expressions of schemas, which are those of ECMA-262 (JSON Schema 2020-12 core, 6.4), in a
//! form that every engine reads alike: what JavaScript takes for a plain character only where no `u`
//! stands behind the expression is escaped, and what other languages write in their own way is
//! written in its.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

/// Classes of POSIX and what is in them.
const POSIX: [(&str, &str); 9] = [
    ("alnum", "a-zA-Z0-9"),
    ("alpha", "a-zA-Z"),
    ("digit", "0-9"),
    ("lower", "a-z"),
    ("punct", "!-\\/:-@\\[-`\\{-~"),
    ("space", "\\s"),
    ("upper", "A-Z"),
    ("word", "\\w"),
    ("xdigit", "0-9a-fA-F"),
];

/// The same expression for every engine; `None` where it is none.
pub(super) fn portable(pattern: &str) -> Option<Cow<'_, str>> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '^' | '$');
    if pattern.chars().all(is_plain) {
        return Some(Cow::Borrowed(pattern));
    }
    let mut writer = Writer { rest: pattern.chars().peekable(), out: String::new(), groups: 0 };
    writer.expression()?;
    Some(if writer.out == pattern { Cow::Borrowed(pattern) } else { Cow::Owned(writer.out) })
}

/// What stands before a place outside of a class.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Before {
    /// Nothing that could be repeated.
    Nothing,
    /// What can be repeated.
    Atom,
    /// A repetition, after which a `?` may stand.
    Repetition,
}

struct Writer<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
    /// How many groups are open.
    groups: usize,
}

impl Writer<'_> {
    fn expression(&mut self) -> Option<()> {
        let mut before = Before::Nothing;
        while let Some(letter) = self.rest.next() {
            before = match letter {
                '\\' => {
                    self.escape()?;
                    Before::Atom
                }
                '[' => {
                    self.class()?;
                    Before::Atom
                }
                '(' => {
                    self.groups += 1;
                    self.group();
                    Before::Nothing
                }
                ')' => {
                    self.groups = self.groups.checked_sub(1)?;
                    self.out.push(')');
                    Before::Atom
                }
                '|' => {
                    self.out.push('|');
                    Before::Nothing
                }
                '^' => {
                    self.out.push('^');
                    Before::Nothing
                }
                '*' | '+' | '?' => self.repetition(letter, before)?,
                '{' => match self.count() {
                    Some(count) if before == Before::Atom => {
                        self.out.push_str(&count);
                        Before::Repetition
                    }
                    Some(_) => return None,
                    None => self.literal('{'),
                },
                '}' | ']' => self.literal(letter),
                _ => {
                    self.out.push(letter);
                    Before::Atom
                }
            };
        }
        (self.groups == 0).then_some(())
    }

    fn literal(&mut self, letter: char) -> Before {
        self.out.extend(['\\', letter]);
        Before::Atom
    }

    fn repetition(&mut self, letter: char, before: Before) -> Option<Before> {
        self.out.push(letter);
        match (before, letter) {
            (Before::Atom, _) => Some(Before::Repetition),
            (Before::Repetition, '?') => Some(Before::Nothing),
            _ => None,
        }
    }

    /// What follows an opening bracket: `?:`, `?=`, `?<name>`; Python writes `?P<name>`.
    fn group(&mut self) {
        self.out.push('(');
        if self.rest.next_if_eq(&'?').is_none() {
            return;
        }
        self.out.push('?');
        let mut ahead = self.rest.clone();
        if ahead.next() == Some('P') && ahead.next() == Some('<') {
            self.rest.next();
        }
        while let Some(letter) = self.rest.next_if(|it| !matches!(it, '(' | ')' | '\\' | '[')) {
            self.out.push(letter);
            // The first of these ends what is special.
            if matches!(letter, ':' | '=' | '!' | '>') {
                break;
            }
        }
    }

    /// The rest of `{2}`, `{2,}` or `{2,5}`, and of `{,5}` of Python; `None` where it is none.
    fn count(&mut self) -> Option<String> {
        let mut ahead = self.rest.clone();
        let mut text = String::new();
        while let Some(letter) = ahead.next_if(|it| it.is_ascii_digit() || *it == ',') {
            text.push(letter);
        }
        ahead.next_if_eq(&'}')?;
        let (least, most) = text.split_once(',').unwrap_or((&text, ""));
        if most.contains(',') || least.is_empty() && most.is_empty() {
            return None;
        }
        let least = if least.is_empty() { "0" } else { least };
        let comma = if text.contains(',') { "," } else { "" };
        self.rest = ahead;
        Some(format!("{{{least}{comma}{most}}}"))
    }

    /// What follows a backslash outside of a class.
    fn escape(&mut self) -> Option<()> {
        let letter = self.rest.next()?;
        match letter {
            'b' | 'B' | 'k' => self.out.extend(['\\', letter]),
            '1'..='9' => self.out.extend(['\\', letter]),
            // Anchors of other languages, which are plain letters in this one.
            'A' => self.out.push('^'),
            'z' | 'Z' => self.out.push('$'),
            _ => self.character(letter),
        }
        Some(())
    }

    /// An escape that means the same in a class and outside of it.
    fn character(&mut self, letter: char) {
        match letter {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' | 't' | 'n' | 'r' | 'f' | 'v' => {
                self.out.extend(['\\', letter]);
            }
            'p' | 'P' | 'u' if self.rest.peek() == Some(&'{') => {
                self.out.extend(['\\', letter]);
                while let Some(letter) = self.rest.next_if(|it| *it != '}') {
                    self.out.push(letter);
                }
                self.out.extend(self.rest.next());
            }
            '0' => self.out.push_str("\\x00"),
            'c' => match self.rest.next_if(char::is_ascii_alphabetic) {
                Some(control) => self.out.push_str(&format!("\\x{:02x}", control as u32 % 32)),
                None => self.out.push('c'),
            },
            'x' => self.code(2, 'x'),
            'u' => self.code(4, 'u'),
            '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|'
            | '/' => self.out.extend(['\\', letter]),
            // A backslash before anything else says nothing.
            _ => self.out.push(letter),
        }
    }

    /// A character by its code; halves of one are put together. Without the digits it is a letter.
    fn code(&mut self, digits: usize, letter: char) {
        let Some(code) = hexadecimal(&mut self.rest, digits) else {
            self.out.push(letter);
            return;
        };
        let mut ahead = self.rest.clone();
        let second = (0xd800..0xdc00).contains(&code)
            && ahead.next() == Some('\\')
            && ahead.next() == Some('u');
        if second
            && let Some(low) =
                hexadecimal(&mut ahead, 4).filter(|low| (0xdc00..0xe000).contains(low))
        {
            self.rest = ahead;
            let code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            self.out.extend(char::from_u32(code));
            return;
        }
        self.out.push_str(&format!("\\{letter}{code:0digits$x}"));
    }

    /// A class, its opening bracket read.
    fn class(&mut self) -> Option<()> {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut member = Member::None;
        // Not even JavaScript's empty classes are meant by a bracket that comes first.
        if self.rest.next_if_eq(&']').is_some() {
            self.out.push_str("\\]");
            member = Member::One;
        }
        loop {
            let letter = self.rest.next()?;
            member = match letter {
                ']' => {
                    self.out.push(']');
                    return Some(());
                }
                '-' => self.hyphen(member),
                '[' => match self.posix() {
                    Some(members) => {
                        self.out.push_str(members);
                        Member::Set
                    }
                    None => {
                        self.out.push_str("\\[");
                        member.then()
                    }
                },
                '\\' => {
                    let escaped = self.rest.next()?;
                    match escaped {
                        'b' => self.out.push_str("\\x08"),
                        '-' => self.out.push_str("\\-"),
                        _ => self.member(escaped),
                    }
                    if matches!(escaped, 'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'p' | 'P') {
                        Member::Set
                    } else {
                        member.then()
                    }
                }
                _ => {
                    self.literal_member(letter);
                    member.then()
                }
            };
        }
    }

    fn member(&mut self, escaped: char) {
        if matches!(escaped, '&' | '~') {
            self.literal_member(escaped);
        } else {
            self.character(escaped);
        }
    }

    /// A plain character in a class. Two of these together combine classes in some languages.
    fn literal_member(&mut self, letter: char) {
        if matches!(letter, '&' | '~') && self.out.ends_with(letter) {
            self.out.push_str(&format!("\\x{:02x}", letter as u32));
        } else {
            self.out.push(letter);
        }
    }

    /// A hyphen makes a range between two characters; elsewhere it is itself.
    fn hyphen(&mut self, member: Member) -> Member {
        let mut ahead = self.rest.clone();
        let is_before_set = match (ahead.next(), ahead.next()) {
            (Some(']'), _) | (None, _) => true,
            (Some('\\'), Some(escaped)) => matches!(escaped, 'd' | 'D' | 'w' | 'W' | 's' | 'S'),
            _ => false,
        };
        if member == Member::One && !is_before_set {
            self.out.push('-');
            return Member::Range;
        }
        self.out.push_str("\\-");
        Member::One
    }

    /// What is in a class of POSIX whose opening bracket was read, if it is one.
    fn posix(&mut self) -> Option<&'static str> {
        let mut ahead = self.rest.clone();
        ahead.next_if_eq(&':')?;
        let mut name = String::new();
        while let Some(letter) = ahead.next_if(char::is_ascii_alphabetic) {
            name.push(letter);
        }
        let is_closed = ahead.next() == Some(':') && ahead.next() == Some(']');
        let (_, members) = POSIX.iter().find(|(known, _)| is_closed && *known == name)?;
        self.rest = ahead;
        Some(members)
    }
}

/// What stands before a place in a class.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Member {
    /// Nothing, or a whole range.
    None,
    /// A character, with which a range could begin.
    One,
    /// A character and a hyphen: the next one ends the range.
    Range,
    /// Several characters at once, such as `\d`.
    Set,
}

impl Member {
    /// What stands there after one more character.
    fn then(self) -> Self {
        if self == Self::Range { Self::None } else { Self::One }
    }
}

/// Takes digits of a number.
fn hexadecimal(rest: &mut Peekable<Chars<'_>>, digits: usize) -> Option<u32> {
    let mut ahead = rest.clone();
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + ahead.next()?.to_digit(16)?;
    }
    *rest = ahead;
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::portable;

    /// Patterns of documents, what becomes of them, a text that matches and one that does not.
    const TABLE: &[(&str, &str, &str, &str)] = &[
        ("^[a-z]+$", "^[a-z]+$", "abc", "aBc"),
        ("^{id}$", r"^\{id\}$", "{id}", "id"),
        ("^a{b}c{2}$", r"^a\{b\}c{2}$", "a{b}cc", "abcc"),
        ("^a{2,}]$", r"^a{2,}\]$", "aaa]", "a]"),
        ("^a{,2}$", "^a{0,2}$", "aa", "aaa"),
        ("^{,}$", r"^\{,\}$", "{,}", ","),
        (r"^\/v\d+\/$", r"^\/v\d+\/$", "/v1/", "v1"),
        (r"^\_\-\#\@\:\ \<$", "^_-#@: <$", "_-#@: <", r"\_"),
        (r"^[\w\.\-\_]+$", r"^[\w\.\-_]+$", "a.b-_", "a b"),
        (r"^[\w-.]+$", r"^[\w\-.]+$", "a-.", "a b"),
        (r"^[a-\d]+$", r"^[a\-\d]+$", "a-1", "b"),
        ("^[a-c-e]+$", r"^[a-c\-e]+$", "b-e", "d"),
        ("^[-a]+[a-]+$", r"^[\-a]+[a\-]+$", "-aa-", "b"),
        ("^[a[]+$", r"^[a\[]+$", "[a", "]"),
        ("^[a&&b~~]+$", r"^[a&\x26b~\x7e]+$", "&a~", "c"),
        (r"^[[:alpha:]_]+$", "^[a-zA-Z_]+$", "aZ_", ":"),
        (r"^[[:punct:]]+$", r"^[!-\/:-@\[-`\{-~]+$", "!]{", "a"),
        (r"^\cJ\0$", r"^\x0a\x00$", "\n\0", "cJ0"),
        (r"^[\b]$", r"^[\x08]$", "\u{8}", "b"),
        (r"^\x41\u0042\ug$", r"^\x41\u0042ug$", "ABug", "AB"),
        (r"^\ud83d\ude00$", "^😀$", "😀", "x"),
        (r"\Aab\Z", "^ab$", "ab", "Aab"),
        (r"^(?P<year>\d{4})-\d\d$", r"^(?<year>\d{4})-\d\d$", "2026-11", "26-11"),
        (r"^(?:a|b){2}?$", r"^(?:a|b){2}?$", "ab", "abb"),
        ("^[]a]$", r"^[\]a]$", "]", "b"),
        ("^\\é\\a$", "^éa$", "éa", "\u{7}"),
        ("(?i)^abc$", "(?i)^abc$", "ABC", "ab"),
    ];

    #[test]
    fn patterns_mean_the_same_in_every_engine() {
        for (pattern, expected, good, bad) in TABLE {
            let written = portable(pattern).unwrap_or_else(|| panic!("`{pattern}` is refused"));
            assert_eq!(written, *expected, "of `{pattern}`");
            let read =
                regex_lite::Regex::new(&written).unwrap_or_else(|why| panic!("{pattern}: {why}"));
            assert!(read.is_match(good), "`{pattern}` as `{written}` refuses {good:?}");
            assert!(!read.is_match(bad), "`{pattern}` as `{written}` accepts {bad:?}");
            assert_eq!(portable(&written).as_deref(), Some(*expected), "twice: `{pattern}`");
        }
    }

    #[test]
    fn what_only_some_engines_know_stays() {
        for pattern in
            [r"^(?=.*\d)(?!x)a$", r"(?<=a)b(?<!c)", r"(a)\1\k<n>", r"^\p{L}[\p{Lu}-]\u{1f600}$"]
        {
            let expected = pattern.replace("Lu}-]", r"Lu}\-]");
            assert_eq!(portable(pattern).as_deref(), Some(&*expected));
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for pattern in ["*.txt", "+1", "a**", "(a", "a)", "[a", "a\\", "^{2}", "a|*", "?", "[a\\"] {
            assert_eq!(portable(pattern), None, "`{pattern}`");
        }
    }
}
