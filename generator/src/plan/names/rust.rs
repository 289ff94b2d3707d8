//! Rust identifiers: constants, types, fields, modules.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use super::imported::is_imported;
use crate::plan::hash;

/// Keywords of all editions (Rust reference, "Keywords"), which may be raw identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that cannot be raw identifiers.
const NEVER_RAW: &[&str] = &["self", "super", "crate", "_"];

/// Types, traits and values of the prelude, and the trait that generated crates have themselves.
const TYPES: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Error",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Handlers",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// Constants that generated modules have besides those of their tools.
const CONSTANTS: &[&str] = &["DEFAULT", "MODULE", "REVISION", "SERVER", "SPEC", "TOOL"];

/// Names of modules that the crate has besides those of its tags, or that some systems cannot
/// have as files.
const MODULES: &[&str] = &[
    "alloc",
    "aux",
    "build",
    "clock",
    "com1",
    "com2",
    "com3",
    "com4",
    "com5",
    "com6",
    "com7",
    "com8",
    "com9",
    "con",
    "core",
    "declared",
    "lib",
    "lpt1",
    "lpt2",
    "lpt3",
    "lpt4",
    "lpt5",
    "lpt6",
    "lpt7",
    "lpt8",
    "lpt9",
    "main",
    "mcpwright",
    "mod",
    "nul",
    "operations",
    "prn",
    "self",
    "std",
    "super",
    "tools",
    "upstream",
];

/// The constant of a tool, scheme or upstream with this snake case name.
pub(crate) fn constant(snake: &str) -> String {
    snake.to_shouty_snake_case()
}

/// The type of a tool or upstream with this snake case name.
pub(crate) fn type_name(snake: &str) -> String {
    snake.to_upper_camel_case()
}

/// A snake case name that starts with a letter; `fallback` stands in where nothing is left.
pub(crate) fn snake(text: &str, fallback: &str) -> String {
    let ascii: String =
        text.chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
    let snake = with_one_oauth(&ascii).to_snake_case();
    match snake.bytes().next() {
        None => fallback.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{fallback}_{snake}"),
        Some(_) => snake,
    }
}

/// A text in which OAuth is one word: by its capitals alone it would be `o_auth`.
fn with_one_oauth(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive("Auth") {
        let before = part.strip_suffix("Auth").unwrap_or_default();
        // Not the end of another word, as in `NOAuth` and `userDaoAuth`.
        let is_word = match before.strip_suffix(['O', 'o']) {
            Some(rest) if before.ends_with('O') => !rest.ends_with(|it: char| it.is_uppercase()),
            Some(rest) => !rest.ends_with(char::is_alphanumeric),
            None => false,
        };
        if is_word {
            out.push_str(before);
            out.push_str("auth");
        } else {
            out.push_str(part);
        }
    }
    out
}

/// A value identifier: `r#type` for keywords, `self_` for those that cannot be raw.
pub(crate) fn value(snake: &str) -> String {
    if NEVER_RAW.contains(&snake) {
        format!("{}_", if snake == "_" { "" } else { snake })
    } else if KEYWORDS.contains(&snake) {
        format!("r#{snake}")
    } else {
        snake.to_owned()
    }
}

/// Whether a snake case name is free of what generated modules use, as constant and as type.
fn is_free(snake: &str) -> bool {
    is_free_type(&type_name(snake)) && is_free_constant(&constant(snake))
}

fn is_free_type(name: &str) -> bool {
    !TYPES.contains(&name) && !is_imported(name)
}

fn is_free_constant(name: &str) -> bool {
    !CONSTANTS.contains(&name) && !is_imported(name)
}

/// Whether a type is written as a constant, `V2`: a struct without fields is a value too, so that it
/// would clash with one of that name.
fn is_shouted(type_name: &str) -> bool {
    !type_name.contains(|letter: char| letter.is_lowercase())
}

/// Snake case names for tools, unique as constants and as types. `tools`: tool name and the name
/// it had. Names that were allocated stay; of new ones that would be the same, each gets the hash
/// of its tool name, so that no order matters.
pub(crate) fn tools(tools: &[(String, Option<String>)]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let kept: Vec<Option<String>> = tools
        .iter()
        .map(|(_, locked)| {
            let locked = locked.as_ref()?;
            let fits = is_free(locked) && snake(locked, "tool") == *locked;
            (fits && taken.insert(type_name(locked))).then(|| locked.clone())
        })
        .collect();
    let wanted: Vec<String> = tools.iter().map(|(name, _)| for_tool(name)).collect();
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for (wanted, kept) in wanted.iter().zip(&kept) {
        if kept.is_none() {
            *uses.entry(type_name(wanted)).or_default() += 1;
        }
    }
    let mut names = Vec::with_capacity(tools.len());
    for (((name, _), wanted), kept) in tools.iter().zip(wanted).zip(kept) {
        let ty = type_name(&wanted);
        let alone = uses.get(&ty).is_none_or(|uses| *uses == 1) && !taken.contains(&ty);
        names.push(match kept {
            Some(kept) => kept,
            None if alone => wanted,
            None => format!("{wanted}_h{}", hash::short(name)),
        });
    }
    names
}

fn for_tool(name: &str) -> String {
    let snake = snake(name, "tool");
    if is_free(&snake) { snake } else { format!("{snake}_tool") }
}

/// A resource or a prompt that is to be named.
#[derive(Debug)]
pub(crate) struct Component<'a> {
    /// What its name is made of.
    pub(crate) name: &'a str,
    /// What tells it from others of the same name.
    pub(crate) id: &'a str,
    /// The name that it had.
    pub(crate) locked: Option<&'a str>,
}

/// Snake case names for resources or for prompts, unique as constants and as types. Names that were
/// allocated stay; of new ones that would be the same, each gets the hash of its id.
pub(crate) fn components(
    items: &[Component<'_>],
    kind: &str,
    imported: &BTreeSet<String>,
) -> Vec<String> {
    let fits = |snake: &str| {
        let own = ["RESOURCES", "TEMPLATES", "PROMPTS"].contains(&constant(snake).as_str());
        let own = own || imported.contains(&constant(snake)) || is_shouted(&type_name(snake));
        is_free(snake) && !own
    };
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let kept: Vec<Option<&str>> = items
        .iter()
        .map(|item| {
            let is_name = |name: &&str| fits(name) && snake(name, kind) == **name;
            item.locked.filter(is_name).filter(|name| taken.insert(type_name(name)))
        })
        .collect();
    let wanted: Vec<String> = items
        .iter()
        .map(|item| {
            let snake = snake(item.name, kind);
            if fits(&snake) { snake } else { format!("{snake}_{kind}") }
        })
        .collect();
    let is_alone = |ty: &str| {
        let new = wanted.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
        !taken.contains(ty) && new.filter(|(wanted, _)| type_name(wanted) == ty).count() == 1
    };
    let name = |((item, wanted), kept): ((&Component<'_>, &String), &Option<&str>)| match kept {
        Some(kept) => (*kept).to_owned(),
        None if is_alone(&type_name(wanted)) => wanted.clone(),
        None => format!("{wanted}_h{}", hash::short(item.id)),
    };
    items.iter().zip(&wanted).zip(&kept).map(name).collect()
}

/// The names of the methods of `Handlers`, in snake case.
#[derive(Debug, Default)]
pub(crate) struct Methods {
    taken: BTreeSet<String>,
}

impl Methods {
    /// The method of `[lifespan]`.
    pub(crate) const LIFESPAN: &str = "lifespan";

    /// `lifespan`: whether it has a method.
    pub(crate) fn new(lifespan: bool) -> Self {
        Self { taken: lifespan.then(|| Self::LIFESPAN.to_owned()).into_iter().collect() }
    }

    /// Whether a method that was named can keep its name.
    pub(crate) fn keep(&mut self, name: &str) -> bool {
        snake(name, "method") == name && self.taken.insert(name.to_owned())
    }

    /// A method called like the component, with its kind behind where another one is called so.
    pub(crate) fn take(&mut self, snake: &str, kind: &str) -> String {
        let with_kind = format!("{snake}_{kind}");
        let numbered = (2..).map(|number| format!("{with_kind}_{number}"));
        let mut names = [snake.to_owned(), with_kind.clone()].into_iter().chain(numbered);
        let free = names.find(|name| self.taken.insert(name.clone()));
        free.unwrap_or(with_kind)
    }
}

/// A module name that can be a file everywhere.
pub(crate) fn module(tag: &str) -> String {
    let name = snake(tag, "tag");
    if tag.chars().any(|letter| letter.is_alphanumeric() && !letter.is_ascii()) || name == "tag" {
        return format!("{name}_{}", hash::short(tag));
    }
    let reserved = KEYWORDS.contains(&name.as_str()) || MODULES.contains(&name.as_str());
    if reserved { format!("{name}_tools") } else { name }
}

/// Whether a module can have this name.
pub(crate) fn is_module(name: &str) -> bool {
    let special = matches!(name, "operations" | "declared");
    snake(name, "tag") == name && (special || !KEYWORDS.contains(&name) && !MODULES.contains(&name))
}

/// Fields for the arguments of one tool, unique among themselves: `name` and a second choice of
/// suffix for each.
pub(crate) fn fields(arguments: &[(&str, &str)]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    // A name that is a field already keeps it.
    let exact: Vec<bool> = arguments
        .iter()
        .map(|(name, _)| snake(name, "value") == **name && taken.insert((*name).to_owned()))
        .collect();
    let mut list = Vec::new();
    for ((name, suffix), exact) in arguments.iter().zip(exact) {
        let plain = snake(name, "value");
        let mut field = plain.clone();
        if !exact && !taken.insert(field.clone()) {
            field = format!("{plain}_{suffix}");
            let mut number = 2;
            while !taken.insert(field.clone()) {
                field = format!("{plain}_{suffix}_{number}");
                number += 1;
            }
        }
        list.push(value(&field));
    }
    list
}

/// Constants for things that have to differ from `taken` too; `suffix` is added on a clash.
pub(crate) fn unique_constant(wanted: &str, suffix: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = constant(&snake(wanted, &suffix.to_ascii_lowercase()));
    if is_free_constant(&plain) && taken.insert(plain.clone()) {
        return plain;
    }
    let base = format!("{plain}_{suffix}");
    let mut name = base.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}_{number}");
        number += 1;
    }
    name
}

/// A type name that differs from what generated modules use and from `taken`.
pub(crate) fn unique_type(wanted: &str, suffix: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = type_name(&snake(wanted, &suffix.to_ascii_lowercase()));
    if is_free_type(&plain) && !is_shouted(&plain) && taken.insert(plain.clone()) {
        return plain;
    }
    let base = format!("{plain}{}", type_name(&suffix.to_ascii_lowercase()));
    let mut name = base.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}{number}");
        number += 1;
    }
    name
}

/// Names that the module `models` uses, or that mean something in Rust.
const MODELS: &[&str] = &[
    "BTreeMap",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Deserializer",
    "Eq",
    "Err",
    "From",
    "Hash",
    "Into",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Result",
    "Self",
    "Serialize",
    "Serializer",
    "Some",
    "String",
    "TaggedValue",
    "TryFrom",
    "Value",
    "Vec",
];

/// The type of a declared model; `None` where Rust or the generated code has the name.
pub(crate) fn model(name: &str) -> Option<String> {
    let ty = type_name(&snake(name, "model"));
    (!MODELS.contains(&ty.as_str())).then_some(ty)
}

/// A type of the module `models` that differs from `taken`, numbered where it has to be.
pub(crate) fn unique_model(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = type_name(&snake(wanted, "model"));
    if !MODELS.contains(&plain.as_str()) && taken.insert(plain.clone()) {
        return plain;
    }
    let mut number = 2;
    loop {
        let name = format!("{plain}{number}");
        if taken.insert(name.clone()) {
            return name;
        }
        number += 1;
    }
}

/// Variants for values, unique among themselves: `in-progress` gives `InProgress`, `-1` gives
/// `Minus1`, `2d` gives `N2d`, an empty text gives `Empty`.
pub(crate) fn variants<'v>(values: impl Iterator<Item = &'v str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    values
        .map(|value| {
            let plain = variant(value);
            let mut name = plain.clone();
            let mut number = 2;
            while !taken.insert(name.clone()) {
                name = format!("{plain}{number}");
                number += 1;
            }
            name
        })
        .collect()
}

fn variant(value: &str) -> String {
    if value.is_empty() {
        return "Empty".to_owned();
    }
    let (sign, rest) = match value.strip_prefix('-') {
        Some(rest) if rest.starts_with(|it: char| it.is_ascii_digit()) => ("Minus", rest),
        _ => match value.strip_prefix('+') {
            Some(rest) if rest.starts_with(|it: char| it.is_ascii_digit()) => ("Plus", rest),
            _ => ("", value),
        },
    };
    let ascii: String =
        rest.chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
    let name = format!("{sign}{}", ascii.to_upper_camel_case());
    match name.bytes().next() {
        None => symbols(value),
        Some(first) if first.is_ascii_digit() => format!("N{name}"),
        Some(_) if name == "Self" => "Self_".to_owned(),
        Some(_) => name,
    }
}

/// The name of a value without letters and digits: `<=` gives `LessEqual`.
fn symbols(value: &str) -> String {
    let word = |symbol| match symbol {
        '+' => "Plus",
        '-' => "Minus",
        '*' => "Asterisk",
        '/' => "Slash",
        '%' => "Percent",
        '<' => "Less",
        '>' => "Greater",
        '=' => "Equal",
        '!' => "Not",
        '~' => "Tilde",
        '^' => "Caret",
        '&' => "And",
        '|' => "Or",
        '.' => "Dot",
        ',' => "Comma",
        ' ' => "Space",
        '_' => "Underscore",
        _ => "",
    };
    let name: String = value.chars().map(word).collect();
    if name.is_empty() { "Other".to_owned() } else { name }
}

/// Package name from the name of a declaration: `bookshop-mcp`.
pub(crate) fn package(name: &str) -> String {
    format!("{}-mcp", snake(name, "server").replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_tools(names: &[&str]) -> Vec<String> {
        let list: Vec<_> = names.iter().map(|name| ((*name).to_owned(), None)).collect();
        tools(&list)
    }

    #[test]
    fn oauth_is_one_word() {
        assert_eq!(snake("OAuth2ClientSecret", "x"), "oauth2_client_secret");
        assert_eq!(snake("createOAuthToken", "x"), "create_oauth_token");
        assert_eq!(snake("oAuth2", "x"), "oauth2");
        assert_eq!(snake("userDaoAuth", "x"), "user_dao_auth");
        assert_eq!(snake("NOAuth", "x"), "no_auth");
        assert_eq!(constant(&snake("OAuth2", "x")), "OAUTH2");
        assert_eq!(type_name(&snake("OAuth2", "x")), "Oauth2");
    }

    #[test]
    fn hostile_names_become_identifiers() {
        for (name, expected) in [
            ("getBook", "get_book"),
            ("2fa", "tool_2fa"),
            ("___", "tool_tool"),
            ("option", "option_tool"),
            ("Self", "self_tool"),
            ("module", "module_tool"),
            ("GET-v2.books", "get_v2_books"),
        ] {
            assert_eq!(new_tools(&[name]), [expected], "{name}");
        }
    }

    #[test]
    fn names_that_differ_in_case_only_get_hashes_in_any_order() {
        let forward = new_tools(&["getBook", "get_book", "other"]);
        let mut backward = new_tools(&["other", "get_book", "getBook"]);
        backward.reverse();
        assert_eq!(forward, backward);
        assert_ne!(forward[0], forward[1]);
        assert_eq!(forward[2], "other");
    }

    #[test]
    fn allocated_name_stays_when_a_sibling_comes() {
        let names = tools(&[
            ("getBook".to_owned(), Some("get_book".to_owned())),
            ("get_book".to_owned(), None),
        ]);
        assert_eq!(names[0], "get_book");
        assert!(names[1].starts_with("get_book_h"));
    }

    #[test]
    fn fields_are_valid_and_unique() {
        let list = fields(&[
            ("type", "query"),
            ("self", "query"),
            ("userId", "query"),
            ("user_id", "property"),
            ("X-Request-Id", "header"),
            ("1st", "query"),
            ("__", "query"),
        ]);
        assert_eq!(
            list,
            ["r#type", "self_", "user_id_query", "user_id", "x_request_id", "value_1st", "value"]
        );
    }

    #[test]
    fn modules_are_safe_as_files() {
        assert_eq!(module("Books & More"), "books_more");
        assert_eq!(module("mod"), "mod_tools");
        assert_eq!(module("CON"), "con_tools");
        assert!(module("📚").starts_with("tag_"));
        assert_ne!(module("本"), module("书"));
    }
}
