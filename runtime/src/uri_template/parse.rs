//! Reading the text of a template that is added at run time.

use super::{Matched, match_parts};
use crate::declaration::Part;

/// A template that was read from its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    parts: Vec<Part<String, Vec<(String, usize)>>>,
    /// Names of its variables, hyphens as underscores, in order.
    variables: Vec<String>,
}

impl Pattern {
    /// Names of its variables.
    pub(crate) fn variables(&self) -> &[String] {
        &self.variables
    }

    /// The values of `uri`, where it matches.
    pub(crate) fn matches(&self, uri: &str) -> Option<Matched> {
        match_parts(&self.parts, uri)
    }

    fn variable(&mut self, name: &str) -> Result<usize, String> {
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'-');
        if !is_name {
            return Err(format!("has `{{{name}}}`, which names no variable"));
        }
        let name = name.replace('-', "_");
        if self.variables.contains(&name) {
            return Err(format!("has the variable `{name}` twice"));
        }
        self.variables.push(name);
        Ok(self.variables.len() - 1)
    }

    /// Appends what stands between braces.
    fn add(&mut self, inner: &str) -> Result<(), String> {
        let Some(list) = inner.strip_prefix('?') else {
            let part = match inner.strip_suffix('*') {
                Some(name) => Part::Rest(self.variable(name)?),
                None => Part::Segment(self.variable(inner)?),
            };
            self.parts.push(part);
            return Ok(());
        };
        for name in list.split(',') {
            let part = match name.strip_suffix('*') {
                Some(name) => Part::Each(name.to_owned(), self.variable(name)?),
                None => Part::Query(vec![(name.to_owned(), self.variable(name)?)]),
            };
            self.parts.push(part);
        }
        Ok(())
    }
}

/// Reads a URI or a template: `{name}`, `{name*}` and, at the end, `{?a,b,list*}`.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(crate) fn parse(uri: &str) -> Result<Pattern, String> {
    let scheme = uri.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
    };
    if !scheme.is_some_and(is_scheme) {
        return Err("has no scheme".to_owned());
    }
    if uri.len() > super::MAX_URI {
        return Err(format!("is longer than {} bytes", super::MAX_URI));
    }
    let mut pattern = Pattern { parts: Vec::new(), variables: Vec::new() };
    let mut rest = uri;
    while !rest.is_empty() {
        if matches!(pattern.parts.last(), Some(Part::Query(_) | Part::Each(..))) {
            return Err("goes on behind its query".to_owned());
        }
        let Some(inner) = rest.strip_prefix('{') else {
            let (literal, after) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
            let is_allowed = |it: char| it.is_ascii_graphic() && !"<>\"\\^`|}".contains(it);
            if let Some(character) = literal.chars().find(|it| !is_allowed(*it)) {
                return Err(format!("has the character {character:?}"));
            }
            pattern.parts.push(Part::Literal(literal.to_owned()));
            rest = after;
            continue;
        };
        let Some((inner, after)) = inner.split_once('}') else {
            return Err("has a `{` without its `}`".to_owned());
        };
        let follows_variable = !matches!(pattern.parts.last(), None | Some(Part::Literal(_)));
        if follows_variable && !inner.starts_with('?') {
            return Err("has two variables with nothing between them".to_owned());
        }
        pattern.add(inner)?;
        rest = after;
    }
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn each_form_of_a_variable_is_read_and_matches() {
        let pattern = parse("shop://{kind}/{path*}{?first-page,size}").expect("a template");
        assert_eq!(pattern.variables(), ["kind", "path", "first_page", "size"]);
        let matched = pattern.matches("shop://books/a/b?size=3").expect("it matches");
        let values: Vec<_> = (0..4).map(|index| matched.value(index)).collect();
        assert_eq!(values, [Some("books"), Some("a/b"), None, Some("3")]);
        assert!(pattern.matches("shop://books").is_none());
        let pattern = parse("shop://all{?tags*,size,ids*}").expect("a template");
        assert_eq!(pattern.variables(), ["tags", "size", "ids"]);
        let matched =
            pattern.matches("shop://all?tags=a%2Cb&ids=&size=3&tags=c").expect("it matches");
        assert_eq!(matched.items(0), Some(vec!["a,b", "c"]));
        assert_eq!(matched.value(1), Some("3"));
        assert_eq!(matched.items(2), Some(vec![""]));
        assert!(parse("docs://readme").expect("a URI").variables().is_empty());
    }

    #[test]
    fn what_is_no_template_says_why() {
        for (text, why) in [
            ("readme", "has no scheme"),
            ("a://{x", "has a `{` without its `}`"),
            ("a://x}", "has the character '}'"),
            ("a://{}", "has `{}`, which names no variable"),
            ("a://{x}/{x}", "has the variable `x` twice"),
            ("a://{x}{y}", "has two variables with nothing between them"),
            ("a://{?x}/y", "goes on behind its query"),
            ("a:// b", "has the character ' '"),
        ] {
            assert_eq!(parse(text), Err(why.to_owned()), "{text}");
        }
    }
}
