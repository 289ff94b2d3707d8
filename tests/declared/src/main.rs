//! The server as a program; with `BROKEN` in the environment its lifespan cannot start.

use std::process::ExitCode;

use declared::{Handlers, server};

fn main() -> ExitCode {
    let is_broken = std::env::var_os("BROKEN").is_some();
    server::main(server::server(Handlers { is_broken, ..Handlers::default() }))
}
