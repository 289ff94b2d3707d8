//! What is written by hand for `todo`.

use mcpwright::codegen::Value;
use mcpwright::{Context, ToolError};
use todo_mcp::Handlers;
use todo_mcp::tools::declared::{
    CreateTodoArgs, DeleteTodoArgs, GetTodoArgs, HealthArgs, ListTodosArgs, UpdateTodoArgs,
};

/// Answers the declared components.
#[derive(Debug)]
pub(crate) struct MyHandlers;

impl Handlers for MyHandlers {
    async fn list_todos(
        &self,
        _context: Context,
        _arguments: ListTodosArgs,
    ) -> Result<Vec<Value>, ToolError> {
        unwritten("list_todos")
    }

    async fn create_todo(
        &self,
        _context: Context,
        _arguments: CreateTodoArgs,
    ) -> Result<Value, ToolError> {
        unwritten("create_todo")
    }

    async fn get_todo(
        &self,
        _context: Context,
        _arguments: GetTodoArgs,
    ) -> Result<Value, ToolError> {
        unwritten("get_todo")
    }

    async fn update_todo(
        &self,
        _context: Context,
        _arguments: UpdateTodoArgs,
    ) -> Result<Value, ToolError> {
        unwritten("update_todo")
    }

    async fn delete_todo(
        &self,
        _context: Context,
        _arguments: DeleteTodoArgs,
    ) -> Result<(), ToolError> {
        unwritten("delete_todo")
    }

    async fn health(&self, _context: Context, _arguments: HealthArgs) -> Result<Value, ToolError> {
        unwritten("health")
    }
}

/// The answer of a component whose method is still to be written.
fn unwritten<T>(component: &str) -> Result<T, ToolError> {
    let message = format!("`{component}` is not written yet: see src/handlers.rs");
    Err(ToolError::public(message))
}
