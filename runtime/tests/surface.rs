//! What the crate exports at its top, in one place: a name more is a promise more.

use expect_test::expect;

#[test]
fn the_public_surface_is_named_here() {
    let text = include_str!("../src/lib.rs");
    let code: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//") && !line.starts_with("#["))
        .collect();
    let code = code.join(" ");
    let public = code.split(';').map(str::trim).filter(|item| item.starts_with("pub "));
    let public: Vec<String> =
        public.map(|item| item.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    expect![[r#"
        pub mod arguments
        pub mod cli
        pub mod codegen
        pub mod components
        pub mod context
        pub mod declaration
        pub mod elicitation
        pub mod fuzzing
        pub mod operation
        pub mod result
        pub mod roots
        pub mod sampling
        pub mod schema
        pub mod store
        pub mod testing
        pub mod transport
        pub mod upstream
        pub mod uri_template
        pub use jiff
        pub use uuid
        pub use serde_json::Value
        pub use crate::context::{Context, LogLevel, Principal}
        pub use crate::declaration::{Capability, Declaration}
        pub use crate::result::{ Annotations, Completing, Completion, CompletionError, Content, HandlerError, IntoPromptResult, IntoResourceResult, IntoToolResult, Json, Meta, PromptError, PromptMessage, PromptResult, ResourceContent, ResourceContents, ResourceError, ResourceLink, ResourceResult, Role, ToolError, ToolResult, }
        pub use crate::server::{CompletionTarget, Components, Options, Server, Usage}
    "#]].assert_eq(&(public.join("\n") + "\n"));
}
