//! Tokens to text: items separated by blank lines, imports of exactly the names used.

use std::collections::BTreeSet;

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::{format_ident, quote};

/// Names that generated code imports, with the module each comes from.
///
/// The names of generated items are chosen so that none of them is among these.
pub(super) const IMPORTS: &[(&str, &[&str])] = &[
    ("std::collections", &["BTreeMap"]),
    ("std::future", &["Future"]),
    ("std::process", &["ExitCode"]),
    ("std::sync", &["Arc"]),
    ("std::time", &["Duration"]),
    (
        "mcpwright::codegen",
        &[
            "Argument",
            "ArgumentErrors",
            "Arguments",
            "Body",
            "BodyFormat",
            "Bound",
            "Cache",
            "CallerAuthorization",
            "Capability",
            "Completer",
            "Completing",
            "Completion",
            "CompletionError",
            "CompletionTarget",
            "Completions",
            "Context",
            "Credential",
            "Declaration",
            "DeclaredTool",
            "Deployment",
            "Forward",
            "HeaderArgument",
            "Json",
            "Kind",
            "Limits",
            "Listing",
            "Message",
            "Method",
            "Module",
            "Operation",
            "Output",
            "Part",
            "Pattern",
            "Prompt",
            "PromptArguments",
            "PromptError",
            "PromptResult",
            "PromptSource",
            "REVISION",
            "Reader",
            "RequestState",
            "Resource",
            "ResourceArguments",
            "ResourceError",
            "ResourceResult",
            "ResourceTarget",
            "Rest",
            "Role",
            "Route",
            "SecurityScheme",
            "Segment",
            "Server",
            "Setting",
            "Source",
            "Style",
            "Task",
            "TaskStart",
            "Template",
            "TokenEndpoint",
            "TokenGrant",
            "Tool",
            "ToolError",
            "ToolResult",
            "Transport",
            "Upstream",
            "UpstreamSpec",
            "Validation",
            "Value",
            "Writer",
        ],
    ),
    ("serde", &["Deserialize", "Serialize"]),
];

/// The items of one Rust file, in order.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// Inner docs of a crate root.
    inner_docs: TokenStream,
    /// `use` items in addition to those found by name.
    uses: Vec<TokenStream>,
    items: Vec<TokenStream>,
    /// The only names of [`IMPORTS`] that are imported, where they are not found by name.
    only: Option<BTreeSet<String>>,
}

impl Items {
    /// Adds an item.
    pub(super) fn push(&mut self, item: TokenStream) {
        self.items.push(item);
    }

    /// Adds items.
    pub(super) fn extend(&mut self, items: impl Iterator<Item = TokenStream>) {
        self.items.extend(items);
    }

    /// Adds an import of something that is not one of [`IMPORTS`].
    pub(super) fn import(&mut self, import: TokenStream) {
        self.uses.push(import);
    }

    /// Imports these of [`IMPORTS`] and no others.
    pub(super) fn import_only(&mut self, names: impl IntoIterator<Item = &'static str>) {
        self.only = Some(names.into_iter().map(str::to_owned).collect());
    }

    /// Sets the docs of a crate root.
    pub(super) fn inner_docs(&mut self, docs: TokenStream) {
        self.inner_docs = docs;
    }

    /// The file, below `header`, its only comment that is not documentation.
    ///
    /// # Panics
    ///
    /// Panics when an item is not Rust: a mistake of the module that quoted it.
    pub(super) fn print(self, header: &str) -> String {
        let mut blocks = vec![header.to_owned()];
        if !self.inner_docs.is_empty() {
            blocks.push(print_tokens(self.inner_docs));
        }
        let used = self.only.unwrap_or_else(|| {
            let mut used = BTreeSet::new();
            self.items.iter().for_each(|item| collect_names(item, &mut used));
            used
        });
        let (of_std, of_runtime): (Vec<_>, Vec<_>) =
            IMPORTS.iter().partition(|(path, _)| path.starts_with("std"));
        for group in [of_std, of_runtime] {
            let imports: TokenStream =
                group.into_iter().map(|(path, names)| import(path, names, &used)).collect();
            if !imports.is_empty() {
                blocks.push(print_tokens(imports));
            }
        }
        if !self.uses.is_empty() {
            blocks.push(print_tokens(self.uses.into_iter().collect()));
        }
        blocks.extend(self.items.into_iter().map(|item| space_members(&print_tokens(item))));
        let mut text = String::with_capacity(blocks.iter().map(|block| block.len() + 2).sum());
        for block in blocks {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(block.trim_end());
            text.push('\n');
        }
        text
    }
}

fn print_tokens(tokens: TokenStream) -> String {
    let file = syn::parse2(tokens).expect("what is quoted here is Rust");
    prettyplease::unparse(&file)
}

/// The `use` item for those of `names` that are used.
fn import(path: &str, names: &[&str], used: &BTreeSet<String>) -> TokenStream {
    let path: syn::Path = syn::parse_str(path).expect("the table holds paths");
    let mut found: Vec<_> = names
        .iter()
        .filter(|name| used.contains(**name))
        .map(|name| format_ident!("{name}"))
        .collect();
    match found.len() {
        0 => TokenStream::new(),
        1 => {
            let name = found.remove(0);
            quote!(use #path::#name;)
        }
        _ => quote!(use #path::{#(#found),*};),
    }
}

/// Adds the identifiers that start a path: those behind `::` or `.` name something inside another
/// thing, and those before `=` an associated type.
fn collect_names(tokens: &TokenStream, names: &mut BTreeSet<String>) {
    let mut tokens = tokens.clone().into_iter().peekable();
    let mut inside = false;
    let mut colons = 0;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) => {
                let binding = matches!(
                    tokens.peek(),
                    Some(TokenTree::Punct(punct))
                        if punct.as_char() == '=' && punct.spacing() == Spacing::Alone
                );
                if !inside && !binding {
                    names.insert(ident.to_string());
                }
                (inside, colons) = (false, 0);
            }
            TokenTree::Punct(punct) => {
                colons = match (punct.as_char(), punct.spacing(), colons) {
                    (':', Spacing::Joint, 0) => 1,
                    (':', _, 1) => 2,
                    _ => 0,
                };
                inside = colons == 2 || punct.as_char() == '.';
            }
            TokenTree::Group(group) => {
                collect_names(&group.stream(), names);
                (inside, colons) = (false, 0);
            }
            TokenTree::Literal(_) => (inside, colons) = (false, 0),
        }
    }
}

/// Puts a blank line before each function of a printed `impl` or `trait`, its docs included,
/// unless it is the first member.
///
/// The items of this generator have no literal with a line break, so that a line is what it
/// looks like.
fn space_members(item: &str) -> String {
    let is_block = |line: &str| {
        ["impl ", "impl<", "pub trait "].iter().any(|start| line.starts_with(start))
            && line.ends_with('{')
    };
    let Some(head) = item.lines().position(is_block) else { return item.to_owned() };
    let mut text = String::with_capacity(item.len() + 16);
    // Whether the line before ended a member.
    let mut ended = false;
    for (index, line) in item.lines().enumerate() {
        let member = index > head && line.starts_with("    ") && !line.starts_with("     ");
        let closing = line.starts_with("    }") || line.starts_with("    )");
        if member && !closing && ended {
            text.push('\n');
        }
        ended = member && line.ends_with(['}', ';']);
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn names_behind_a_path_are_not_imported() {
        let mut items = Items::default();
        items.push(quote!(
            static A: &[Segment] = &[Segment::Argument(0), module::Kind];
        ));
        items.push(quote!(
            fn wait(self) -> Duration {
                self.Output.value(Self::Style)
            }
        ));
        expect![[r#"
            // Header.

            use std::time::Duration;

            use mcpwright::codegen::Segment;

            static A: &[Segment] = &[Segment::Argument(0), module::Kind];

            fn wait(self) -> Duration {
                self.Output.value(Self::Style)
            }
        "#]]
        .assert_eq(&items.print("// Header."));
    }

    #[test]
    fn members_are_separated() {
        let mut items = Items::default();
        items.push(quote! {
            /// Docs.
            pub trait Handlers: Send {
                /// One.
                fn one(&self) -> impl Future<Output = Result<LongNameOfAType, AnotherLongName>> + Send + Sync;
                /// Two.
                fn two(&self) {}
            }
        });
        expect![[r#"
            // Header.

            use std::future::Future;

            /// Docs.
            pub trait Handlers: Send {
                /// One.
                fn one(
                    &self,
                ) -> impl Future<Output = Result<LongNameOfAType, AnotherLongName>> + Send + Sync;

                /// Two.
                fn two(&self) {}
            }
        "#]]
        .assert_eq(&items.print("// Header."));
    }
}
