//! The list, in a SQLite database: what survives a restart.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Result, Row, named_params};

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Todo {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) notes: String,
    pub(crate) priority: String,
    pub(crate) due: Option<String>,
    pub(crate) done: bool,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) done: Option<bool>,
    pub(crate) search: Option<String>,
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

/// What is changed: everything that is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) title: Option<String>,
    pub(crate) notes: Option<String>,
    pub(crate) done: Option<bool>,
}

/// The database. Calls take turns.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

const COLUMNS: &str = "id, title, notes, priority, due, done";

impl Store {
    /// Opens the database in this file, and makes it where there is none.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS todo (
                 id INTEGER PRIMARY KEY AUTOINCREMENT,
                 title TEXT NOT NULL,
                 notes TEXT NOT NULL,
                 priority TEXT NOT NULL,
                 due TEXT,
                 done INTEGER NOT NULL DEFAULT 0
             ) STRICT",
        )?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A statement is done or not; a panic between two leaves nothing half-done.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What fits the filter, the oldest first.
    pub(crate) fn list(&self, filter: &Filter) -> Result<Vec<Todo>> {
        let connection = self.connection();
        let mut statement = connection.prepare(&format!(
            "SELECT {COLUMNS} FROM todo
             WHERE (:done IS NULL OR done = :done)
               AND (:search IS NULL OR instr(lower(title), lower(:search)) > 0)
             ORDER BY id LIMIT :limit OFFSET :offset"
        ))?;
        let found = statement.query_map(
            named_params! {
                ":done": filter.done,
                ":search": filter.search,
                ":limit": filter.limit,
                ":offset": filter.offset,
            },
            todo,
        )?;
        found.collect()
    }

    /// The todo with this id.
    pub(crate) fn get(&self, id: i64) -> Result<Option<Todo>> {
        let query = format!("SELECT {COLUMNS} FROM todo WHERE id = ?1");
        self.connection().query_row(&query, [id], todo).optional()
    }

    /// Adds a todo, whose id is chosen here.
    pub(crate) fn add(&self, new: &Todo) -> Result<Todo> {
        let query = format!(
            "INSERT INTO todo (title, notes, priority, due) VALUES (?1, ?2, ?3, ?4)
             RETURNING {COLUMNS}"
        );
        let values = (&new.title, &new.notes, &new.priority, &new.due);
        self.connection().query_row(&query, values, todo)
    }

    /// Changes a todo; `None` where there is none with this id.
    pub(crate) fn change(&self, id: i64, change: &Change) -> Result<Option<Todo>> {
        let query = format!(
            "UPDATE todo SET title = coalesce(?2, title), notes = coalesce(?3, notes),
                             done = coalesce(?4, done)
             WHERE id = ?1 RETURNING {COLUMNS}"
        );
        let values = (id, &change.title, &change.notes, change.done);
        self.connection().query_row(&query, values, todo).optional()
    }

    /// Removes a todo; whether there was one.
    pub(crate) fn remove(&self, id: i64) -> Result<bool> {
        Ok(self.connection().execute("DELETE FROM todo WHERE id = ?1", [id])? > 0)
    }
}

fn todo(row: &Row<'_>) -> Result<Todo> {
    Ok(Todo {
        id: row.get("id")?,
        title: row.get("title")?,
        notes: row.get("notes")?,
        priority: row.get("priority")?,
        due: row.get("due")?,
        done: row.get("done")?,
    })
}
