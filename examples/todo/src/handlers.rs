//! The routes of `todo`: each method answers REST and MCP alike.

use std::collections::BTreeMap;

use mcpwright::{Context, ToolError, Value};
use serde_json::json;
use todo_mcp::Handlers;
use todo_mcp::tools::declared::{
    CreateTodoArgs, DeleteTodoArgs, GetTodoArgs, HealthArgs, ListTodosArgs, UpdateTodoArgs,
};

use crate::store::{Change, Filter, Store, Todo};

/// Answers the routes from a database.
#[derive(Debug)]
pub(crate) struct Todos {
    store: Store,
}

impl Todos {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Handlers for Todos {
    fn list_todos(
        &self,
        _context: Context,
        arguments: ListTodosArgs,
    ) -> Result<Vec<Value>, ToolError> {
        let filter = Filter {
            done: arguments.done,
            search: arguments.search,
            limit: arguments.limit,
            offset: arguments.offset,
        };
        let found = self.store.list(&filter).map_err(broken)?;
        Ok(found.iter().map(shown).collect())
    }

    fn create_todo(
        &self,
        _context: Context,
        arguments: CreateTodoArgs,
    ) -> Result<Value, ToolError> {
        let new = Todo {
            id: 0,
            title: arguments.title,
            notes: arguments.notes,
            priority: arguments.priority.as_str().to_owned(),
            due: arguments.due,
            done: false,
        };
        self.store.add(&new).map(|todo| shown(&todo)).map_err(broken)
    }

    fn get_todo(&self, _context: Context, arguments: GetTodoArgs) -> Result<Value, ToolError> {
        let found = self.store.get(arguments.id).map_err(broken)?;
        found.as_ref().map(shown).ok_or_else(|| missing(arguments.id))
    }

    fn update_todo(
        &self,
        _context: Context,
        arguments: UpdateTodoArgs,
    ) -> Result<Value, ToolError> {
        let change =
            Change { title: arguments.title, notes: arguments.notes, done: arguments.done };
        let changed = self.store.change(arguments.id, &change).map_err(broken)?;
        changed.as_ref().map(shown).ok_or_else(|| missing(arguments.id))
    }

    fn delete_todo(&self, _context: Context, arguments: DeleteTodoArgs) -> Result<(), ToolError> {
        if self.store.remove(arguments.id).map_err(broken)? {
            return Ok(());
        }
        Err(missing(arguments.id))
    }

    fn health(
        &self,
        _context: Context,
        _arguments: HealthArgs,
    ) -> Result<BTreeMap<String, String>, ToolError> {
        self.store.list(&Filter { limit: 1, ..Filter::default() }).map_err(broken)?;
        Ok(BTreeMap::from([("status".to_owned(), "ok".to_owned())]))
    }
}

fn shown(todo: &Todo) -> Value {
    json!({
        "id": todo.id,
        "title": todo.title,
        "notes": todo.notes,
        "priority": todo.priority,
        "due": todo.due,
        "done": todo.done,
    })
}

/// What a model reads as the result of its call, and others as status 404.
fn missing(id: i64) -> ToolError {
    ToolError::public(format!("There is no todo {id}.")).with_status(404)
}

fn broken(error: rusqlite::Error) -> ToolError {
    ToolError::internal("the list cannot be reached").with_source(error)
}
