//! A line on the terminal that says what takes time. Silent where standard error is not one.

use std::borrow::Cow;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A spinner that goes away when it is dropped.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Starts a spinner with a text.
    pub(super) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(text);
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar }
    }

    /// Replaces the text.
    pub(super) fn step(&self, text: impl Into<Cow<'static, str>>) {
        self.bar.set_message(text);
    }

    /// Runs something that prints, with the line out of the way.
    pub(super) fn suspend<R>(&self, action: impl FnOnce() -> R) -> R {
        self.bar.suspend(action)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Whether somebody watches standard error.
pub(super) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}
