//! Tools.

use std::time::Duration;

use super::Injection;
use crate::operation::{Argument, Operation, Output};

/// A tool and what is behind it.
#[derive(Clone, Copy, Debug)]
pub enum Tool {
    /// An operation of an upstream.
    Forwarded(&'static Operation),
    /// A hand-written handler.
    Declared(&'static DeclaredTool),
}

impl Tool {
    /// Name of the tool.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Forwarded(operation) => operation.tool,
            Self::Declared(tool) => tool.name,
        }
    }

    /// The table of its arguments.
    #[must_use]
    pub const fn arguments(&self) -> &'static [Argument] {
        match self {
            Self::Forwarded(operation) => operation.arguments,
            Self::Declared(tool) => tool.arguments,
        }
    }

    /// Its tags.
    #[must_use]
    pub const fn tags(&self) -> &'static [&'static str] {
        match self {
            Self::Forwarded(operation) => operation.tags,
            Self::Declared(tool) => tool.tags,
        }
    }

    /// Its version; empty: none.
    #[must_use]
    pub const fn version(&self) -> &'static str {
        match self {
            Self::Forwarded(_) => "",
            Self::Declared(tool) => tool.version,
        }
    }

    /// What it promises about its result.
    #[must_use]
    pub const fn output(&self) -> Output {
        match self {
            Self::Forwarded(operation) => operation.output,
            Self::Declared(tool) => tool.output,
        }
    }
}

/// A tool declared in `mcp.toml`, implemented by a handler.
#[derive(Debug)]
pub struct DeclaredTool {
    /// Name of the tool.
    pub name: &'static str,
    /// Its arguments. Where [`schema`](Self::schema) is given: one, of kind
    /// [`Any`](crate::operation::Kind::Any), that stands for the whole object.
    pub arguments: &'static [Argument],
    /// The input schema as JSON text where the declaration writes it by hand; empty: the table says
    /// it all.
    pub schema: &'static str,
    /// What it promises about its result.
    pub output: Output,
    /// The output schema as JSON text, where the type of the results does not keep to it by itself:
    /// they are held against it. Empty: it does, or nothing is promised.
    pub output_schema: &'static str,
    /// Time for a call, instead of [`Limits::tool_time`](super::Limits::tool_time).
    pub timeout: Option<Duration>,
    /// What a client must offer for the tool to be called.
    pub requires: &'static [Capability],
    /// The arguments that HTTP clients repeat in a header.
    pub headers: &'static [HeaderArgument],
    /// Whether a call can outlive its request.
    pub task: Task,
    /// The arguments that callers do not give.
    pub inject: &'static [Injection],
    /// Its tags.
    pub tags: &'static [&'static str],
    /// Its version; empty: none.
    pub version: &'static str,
}

impl DeclaredTool {
    /// A tool without arguments.
    pub const DEFAULT: Self = Self {
        name: "",
        arguments: &[],
        schema: "",
        output: Output::Undeclared,
        output_schema: "",
        timeout: None,
        requires: &[],
        headers: &[],
        task: Task::NEVER,
        inject: &[],
        tags: &[],
        version: "",
    };
}

/// Something that a server may ask of a client (MCP 2026-07-28, `ClientCapabilities`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Capability {
    /// Forms: `elicitation`
    Elicitation,
    /// Pages to open: `elicitation.url`
    ElicitationUrl,
    /// Completions by the client's model: `sampling`
    Sampling,
    /// The same with tools: `sampling.tools`
    SamplingTools,
    /// The folders that the client works in: `roots`
    Roots,
}

/// An argument that clients of the 2026-07-28 wire repeat in an HTTP header: `x-mcp-header` of its
/// schema.
#[derive(Clone, Copy, Debug)]
pub struct HeaderArgument {
    /// The keys that lead to the value from the arguments on: one for an argument itself.
    pub path: &'static [&'static str],
    /// The header without `Mcp-Param-`, in lower case: `region`.
    pub header: &'static str,
}

/// How a tool makes tasks of its calls: the extension `io.modelcontextprotocol/tasks`, and the tasks
/// of 2025-11-25.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Task {
    /// Whether it does.
    pub support: TaskSupport,
    /// When a call becomes a task.
    pub start: TaskStart,
    /// Time that a client should wait between two questions about a task.
    pub poll_interval: Duration,
    /// Time for which a task is kept, counted from its start. Its work has the timeout of the tool, and
    /// at most nine tenths of this, so that the result can be fetched.
    pub ttl: Duration,
}

impl Task {
    /// Calls are answered in their own time.
    pub const NEVER: Self = Self {
        support: TaskSupport::Never,
        start: TaskStart::Call,
        poll_interval: Duration::from_secs(5),
        ttl: Duration::from_secs(300),
    };

    /// A task where the client can take one.
    pub const OPTIONAL: Self = Self { support: TaskSupport::Optional, ..Self::NEVER };

    /// Always a task; clients of 2025-11-25 and 2026-07-28 that take none are refused. Those of the
    /// versions before, which know no tasks, are answered in the call's own time.
    pub const REQUIRED: Self = Self { support: TaskSupport::Required, ..Self::NEVER };
}

/// Whether calls of a tool can be tasks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TaskSupport {
    /// They cannot.
    Never,
    /// They can, and need not.
    Optional,
    /// They have to.
    Required,
}

/// When a call becomes a task.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TaskStart {
    /// At once: what the handler asks is asked in the task.
    Call,
    /// When the handler says so, by [`Context::start_task`](crate::Context::start_task). What it asks
    /// before is asked in the call.
    Handler,
}
