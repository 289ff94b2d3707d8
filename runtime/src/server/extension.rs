//! What a transport keeps at a server, in a box that only the transport opens.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// One value of a type that the server does not know; empty at first. Clones share the value.
#[derive(Clone, Default)]
pub(crate) struct Extension(Option<Arc<dyn Any + Send + Sync>>);

impl Extension {
    /// The value, if there is one of this type.
    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0.as_deref()?.downcast_ref()
    }

    /// Replaces the value.
    pub(crate) fn set<T: Any + Send + Sync>(&mut self, value: T) {
        self.0 = Some(Arc::new(value));
    }
}

impl fmt::Debug for Extension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Extension").field("is_set", &self.0.is_some()).finish()
    }
}
