//! Names of files by a pattern, as shells have it: `*` is any characters, `?` is any one.

/// Whether a name matches. An empty pattern matches all names.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    if pattern.is_empty() {
        return true;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut of) = (0, 0);
    // Where the last `*` stands, and where what it takes ends for now.
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = name.get(at) {
        match pattern.get(of) {
            Some('*') => {
                star = Some((of, at));
                of += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == letter => {
                (at, of) = (at + 1, of + 1);
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                (at, of) = (taken + 1, place + 1);
            }
        }
    }
    pattern.get(of..).is_some_and(|rest| rest.iter().all(|letter| *letter == '*'))
}
