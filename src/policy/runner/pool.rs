//! Runners between two evaluations.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Runner;

/// How many runners are kept; threads beyond that make new ones.
const KEPT: usize = 16;

/// Room for a runner, on lines of memory that no other thread's room lies on.
#[derive(Default)]
#[repr(align(128))]
struct Slot(Mutex<Option<Box<Runner>>>);

/// Runners that nobody uses.
#[derive(Default)]
pub(crate) struct Runners {
    slots: [Slot; KEPT],
    any: AtomicBool,
}

impl Runners {
    /// The runner that this thread put back last, else one that another did.
    pub(crate) fn take(&self) -> Option<Box<Runner>> {
        let own = slot();
        let (before, after) = self.slots.split_at_checked(own)?;
        after.iter().chain(before).find_map(|slot| slot.0.try_lock().ok()?.take())
    }

    /// Whether a runner that is made now is the first of all.
    pub(crate) fn is_first(&self) -> bool {
        !self.any.swap(true, Ordering::Relaxed)
    }

    /// Keeps a runner for the next evaluation.
    pub(crate) fn put(&self, runner: Box<Runner>) {
        if let Some(slot) = self.slots.get(slot()) {
            *slot.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(runner);
        }
    }
}

/// The place of this thread: what a processor has at hand is found again by the thread that used it.
fn slot() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<Option<usize>> = const { Cell::new(None) };
    }
    OWN.get().unwrap_or_else(|| {
        let own = NEXT.fetch_add(1, Ordering::Relaxed) % KEPT;
        OWN.set(Some(own));
        own
    })
}
