//! A garden with everything that `mcp.toml` can declare, each thing once: `specs/everything`.

mod handlers;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use crate::handlers::Garden;

fn main() -> ExitCode {
    everything_mcp::main(everything_mcp::server(Garden))
}
