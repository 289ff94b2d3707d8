//! Completing settings from the environment: `${NAME}` and `${NAME:-default}`.

use crate::operation::Setting;

/// A setting that was completed, or the names of the variables that it lacks.
pub(crate) type Resolved = Result<String, Vec<String>>;

/// Completes a setting. A variable that is set but empty takes the default, as in a shell.
///
/// `$` that starts no `${NAME}` stands for itself.
pub(crate) fn resolve(setting: Setting, environment: &dyn Fn(&str) -> Option<String>) -> Resolved {
    let (mut text, mut missing) = (String::new(), Vec::new());
    let mut rest = setting.0;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        let Some((inside, behind)) = after.split_once('}') else {
            text.push_str("${");
            rest = after;
            continue;
        };
        let (name, default) = match inside.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inside, None),
        };
        match (environment(name), default) {
            (Some(value), Some(default)) if value.is_empty() => text.push_str(default),
            (Some(value), _) => text.push_str(&value),
            (None, Some(default)) => text.push_str(default),
            (None, None) => missing.push(name.to_owned()),
        }
        rest = behind;
    }
    text.push_str(rest);
    if missing.is_empty() { Ok(text) } else { Err(missing) }
}

/// Completes a setting from the environment of the process.
pub(crate) fn resolve_from_environment(setting: Setting) -> Resolved {
    resolve(setting, &|name| std::env::var(name).ok())
}

/// What is said of variables that a setting lacks.
pub(crate) fn unset(names: &[String]) -> String {
    match names {
        [name] => format!("the environment variable {name} is not set"),
        names => format!("the environment variables {} are not set", names.join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::operation::Setting;

    fn check(setting: &'static str, expected: Result<&str, &[&str]>) {
        let environment = |name: &str| match name {
            "KEY" => Some("secret".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let expected = expected
            .map(str::to_owned)
            .map_err(|names| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(resolve(Setting(setting), &environment), expected, "{setting}");
    }

    #[test]
    fn variables_are_filled_in_and_missing_ones_named() {
        check("plain", Ok("plain"));
        check("Bearer ${KEY}!", Ok("Bearer secret!"));
        check("${OTHER:-https://x.test/${KEY}", Ok("https://x.test/${KEY"));
        check("${OTHER:-fallback}", Ok("fallback"));
        check("${EMPTY:-fallback}", Ok("fallback"));
        check("${EMPTY}", Ok(""));
        check("${ONE} ${KEY} ${TWO}", Err(&["ONE", "TWO"]));
        check("costs $5 ${", Ok("costs $5 ${"));
    }
}
