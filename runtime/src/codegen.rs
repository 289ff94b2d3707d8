//! What generated crates import: the whole contract between generator and runtime.
//!
//! Nothing else may be imported by generated code, but for the types of `mcpwright::jiff` and
//! `mcpwright::uuid`. A change here that breaks it raises
//! [`REVISION`].

mod tagged;

/// For derives in generated code, so that it depends on one crate.
pub use serde;
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
pub use serde_json::Value;

pub use self::tagged::{TaggedValue, present};
pub use crate::arguments::{
    ArgumentErrors, Arguments, PromptArguments, Reader, ResourceArguments, TypedCall, Writer,
};
pub use crate::context::Context;
pub use crate::declaration::{
    Cache, Capability, Completer, Completions, Declaration, DeclaredTool, Deployment, Folder,
    HeaderArgument, Injection, InjectionSource, Limits, Listing, Message, Module, OnDuplicate,
    Part, Prompt, PromptSource, RequestState, Resource, ResourceSecurity, ResourceTarget, Rest,
    Role, Route, Source, Task, TaskStart, TaskSupport, Template, Tool, Transport,
};
pub use crate::format::wire::{self, OnWire, Plain};
pub use crate::operation::Segment::{self, Literal};
pub use crate::operation::{
    Argument, Body, BodyFormat, Bound, CallerAuthorization, Choices, Credential, Forward, Kind,
    Method, Operation, Output, Pattern, Place, Rules, SecurityScheme, Setting, Style,
    TokenEndpoint, TokenGrant, Upstream, UpstreamSpec, Validation,
};
pub use crate::result::{
    Completing, Completion, CompletionError, HandlerError, IntoPromptResult, IntoResourceResult,
    IntoToolResult, Json, PromptError, PromptResult, ResourceError, ResourceResult, ToolError,
    ToolResult,
};
pub use crate::server::{CompletionTarget, Server};

/// Revision of this contract. Generated code states the one that it was written for.
pub const REVISION: u32 = 1;

/// Stops the build where generated code and runtime do not belong together:
/// `const _: () = mcpwright::codegen::assert_revision(1);`
///
/// # Panics
/// For any revision but [`REVISION`].
pub const fn assert_revision(generated: u32) {
    assert!(
        generated == REVISION,
        "this crate was generated for another version of mcpwright: regenerate it with \
         `cargo xtask gen`"
    );
}
