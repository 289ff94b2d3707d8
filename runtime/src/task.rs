//! Tasks: calls that go on after their request was answered.
//!
//! A [`record::Task`] is a record and the rules of its life; [`tasks::Tasks`] keeps the records in
//! the store; [`wire`] writes them. What runs a task, and how it is notified, is for others.

pub(crate) mod record;
pub(crate) mod tasks;
pub(crate) mod wire;
