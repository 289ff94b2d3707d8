//! The one store of a server: values under keys, each with a revision and, where wanted, a time to
//! live.
//!
//! Whatever outlives a request goes through it: events of resumable streams, tasks, values used
//! once. [`MemoryStore`] keeps them in the process; a shared store behind the same trait lets
//! replicas read each other's. A task runs in the process that began it: an answer or a cancellation
//! has to reach that one.

mod memory;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

pub use self::memory::MemoryStore;

/// What a [`Store`] promises to answer.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Values under keys, with revisions for changes that must not overwrite each other.
///
/// Whoever writes keys brings a prefix of their own; a store gives keys no meaning. Dropping a
/// future before it is ready leaves open whether the change was made.
pub trait Store: Send + Sync + fmt::Debug {
    /// The value under `key`, unless there is none or its time has passed.
    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Entry>>;

    /// Writes `value` under `key`, whatever was there. Without `ttl` it stays until it is deleted.
    fn put<'a>(
        &'a self,
        key: &'a str,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> StoreFuture<'a, Revision>;

    /// Deletes the value under `key`; whether there was one.
    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, bool>;

    /// Writes `value` where the value under `key` still has the revision `expected`, `None` meaning
    /// that there is no value. The answer is the new revision, or `None` where another change came
    /// first and nothing was written.
    fn compare_and_swap<'a>(
        &'a self,
        key: &'a str,
        expected: Option<Revision>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> StoreFuture<'a, Option<Revision>>;
}

/// A stored value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The value.
    pub value: Bytes,
    /// Which writing of it this is.
    pub revision: Revision,
}

/// Which writing of a value: two writings under one key never have the same.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Revision(u64);

impl Revision {
    /// For stores, which choose the number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number that the store chose.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// A store could not do what was asked.
#[derive(Debug)]
pub struct StoreError {
    message: Cow<'static, str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error with a message for the log; clients never see it.
    #[must_use]
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
