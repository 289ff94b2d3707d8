//! What completes the arguments of added prompts and templates.

use crate::context::Context;
use crate::handler::{Answer, CallFuture, Completer};
use crate::result::{Completing, Completion};

/// What completes the arguments of one component.
#[derive(Clone, Debug, Default)]
pub(crate) struct Completers {
    /// Suggestions for arguments, by their names.
    pub(super) values: Vec<(String, Vec<String>)>,
    /// What completes the other arguments.
    pub(super) handler: Option<Completer>,
}

impl Completers {
    /// Whether anything is completed.
    pub(crate) const fn is_empty(&self) -> bool {
        self.values.is_empty() && self.handler.is_none()
    }

    /// An argument with a list of values that is no argument.
    pub(super) fn unknown(&self, is_known: impl Fn(&str) -> bool) -> Option<&str> {
        self.values.iter().map(|(argument, _)| argument.as_str()).find(|name| !is_known(name))
    }

    /// Begins to complete.
    pub(crate) fn complete(&self, context: Context, completing: Completing) -> CallFuture {
        let known = self.values.iter().find(|(argument, _)| *argument == completing.argument);
        let completion = match (known, &self.handler) {
            (Some((_, values)), _) => {
                Completion::matching(values.iter().map(String::as_str), &completing.value)
            }
            (None, Some(handler)) => return handler.call(context, completing),
            (None, None) => Completion::default(),
        };
        Box::pin(std::future::ready(Ok(Answer::Completion(completion))))
    }
}

/// The methods that say how arguments are completed.
macro_rules! say_completions {
    ($type:ident) => {
        impl $type {
            /// Suggests those of `values` that begin with what was typed for this argument.
            #[must_use]
            pub fn complete<T: Into<String>>(
                mut self,
                argument: impl Into<String>,
                values: impl IntoIterator<Item = T>,
            ) -> Self {
                let values = values.into_iter().map(Into::into).collect();
                self.completers.values.push((argument.into(), values));
                self
            }

            /// Completes the arguments that have no list of values.
            #[must_use]
            pub fn on_completion<F, Fut>(mut self, handler: F) -> Self
            where
                F: Fn($crate::Context, $crate::Completing) -> Fut + Send + Sync + 'static,
                Fut: Future<Output = Result<$crate::Completion, $crate::CompletionError>>
                    + Send
                    + 'static,
            {
                self.completers.handler = Some($crate::handler::Completer::new(handler));
                self
            }
        }
    };
}

pub(super) use say_completions;
