//! What was enabled and disabled so far: the latest word on a component counts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Criteria, Described};

/// Marks that one session keeps.
const MOST_OF_SESSION: usize = 256;

/// Criteria with what was said of them, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    all: Vec<(Criteria, bool)>,
}

impl Marks {
    /// Adds the latest word. What it takes back altogether is forgotten, so that switching something on
    /// and off for ever does not grow.
    pub(crate) fn push(&mut self, criteria: Criteria, is_enabled: bool) {
        if criteria.is_all {
            self.all.clear();
        } else {
            self.all.retain(|(known, _)| *known != criteria);
        }
        self.all.push((criteria, is_enabled));
    }

    /// The latest word on this component, where there is one.
    pub(crate) fn decide(&self, component: &Described<'_>) -> Option<bool> {
        let mut latest = self.all.iter().rev();
        latest.find(|(criteria, _)| criteria.select(component)).map(|(_, enabled)| *enabled)
    }
}

/// The marks of one session, above those of its server.
#[derive(Debug, Default)]
pub(crate) struct SessionMarks {
    is_set: AtomicBool,
    marks: Mutex<Arc<Marks>>,
}

/// A session keeps as many marks as it may.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TooManyMarks;

impl SessionMarks {
    /// The marks, where the session has some.
    pub(crate) fn get(&self) -> Option<Arc<Marks>> {
        if !self.is_set.load(Ordering::Acquire) {
            return None;
        }
        Some(Arc::clone(&self.marks.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Adds the latest word.
    ///
    /// # Errors
    /// There is no room for it.
    pub(crate) fn push(&self, criteria: &Criteria, is_enabled: bool) -> Result<(), TooManyMarks> {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Marks::clone(&marks);
        next.push(criteria.clone(), is_enabled);
        if next.all.len() > MOST_OF_SESSION {
            return Err(TooManyMarks);
        }
        *marks = Arc::new(next);
        self.is_set.store(true, Ordering::Release);
        Ok(())
    }

    /// Forgets them all.
    pub(crate) fn clear(&self) {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        *marks = Arc::default();
        self.is_set.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_OF_SESSION, Marks, SessionMarks, TooManyMarks};
    use crate::visibility::{ComponentKind, Criteria, Described, Tags};

    const ADD: Described<'_> = Described {
        kind: ComponentKind::Tool,
        id: "add",
        name: "add",
        version: "",
        tags: Tags::Declared(&["math"]),
    };

    #[test]
    fn the_latest_word_counts_and_earlier_ones_are_forgotten() {
        let mut marks = Marks::default();
        assert_eq!(marks.decide(&ADD), None);
        let (name, tag) = (Criteria::new().names(["add"]), Criteria::new().tags(["math"]));
        for _ in 0..100 {
            marks.push(name.clone(), true);
            marks.push(tag.clone(), false);
        }
        assert_eq!((marks.decide(&ADD), marks.all.len()), (Some(false), 2));
        marks.push(name, true);
        assert_eq!(marks.decide(&ADD), Some(true));
        marks.push(Criteria::all(), false);
        assert_eq!((marks.decide(&ADD), marks.all.len()), (Some(false), 1));
    }

    #[test]
    fn a_session_keeps_so_many_marks_and_no_more() {
        let marks = SessionMarks::default();
        assert!(marks.get().is_none());
        for number in 0..MOST_OF_SESSION {
            let name = Criteria::new().names([number.to_string()]);
            assert_eq!(marks.push(&name, false), Ok(()));
        }
        assert_eq!(marks.push(&Criteria::new().names(["one more"]), false), Err(TooManyMarks));
        assert_eq!(marks.push(&Criteria::new().names(["0"]), true), Ok(()), "one that is known");
        marks.clear();
        assert!(marks.get().is_none());
    }
}
