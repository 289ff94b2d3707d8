//! A list of things to do: a REST API, its description at `/openapi.json`, and MCP at `/mcp`, all from
//! `specs/todo/mcp.toml`.
//!
//! The list is in the file that `TODO_DATABASE` names, `todo.sqlite3` otherwise.

mod handlers;
mod store;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::handlers::Todos;
use crate::store::Store;

fn main() -> ExitCode {
    let path = std::env::var_os("TODO_DATABASE").unwrap_or_else(|| "todo.sqlite3".into());
    let path = PathBuf::from(path);
    match Store::open(&path) {
        Ok(store) => todo_mcp::main(todo_mcp::server(Todos::new(store))),
        Err(error) => {
            eprintln!("error: {} cannot be opened: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
