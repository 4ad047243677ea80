//! The last line of defence around scripts: time and memory of the process. It decides nothing: where it trips, there is no
//! verdict. Every limit that a policy can be held to again, the same on every machine, is in `sandbox`.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::limits::Limits;

/// How many operations there are between two looks at the clock; one operation takes a millisecond at worst.
const OPERATIONS_PER_LOOK: u64 = 128;
/// How many operations there are between two looks at memory; one operation makes a text of the longest size at worst.
const OPERATIONS_PER_WEIGHING: u64 = 16;

/// Tells how many bytes the process has allocated.
static ALLOCATED: OnceLock<fn() -> usize> = OnceLock::new();

/// Names the function that tells how many bytes the process has allocated. Without one, memory is not watched; the command
/// names one when it starts.
pub fn watch_memory(allocated: fn() -> usize) {
    // Whoever is first stays.
    let _ = ALLOCATED.set(allocated);
}

/// What ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exhausted {
    Time,
    Memory,
}

const NOTHING: u64 = 0;
const TIME: u64 = 1;
const MEMORY: u64 = 2;

/// Watches all rules of one evaluation.
#[derive(Debug)]
pub(crate) struct Watch {
    end: Option<Instant>,
    most_bytes: usize,
    operations: AtomicU64,
    exhausted: AtomicU64,
}

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "where time is over there is no verdict, so none depends on it")]
    pub(crate) fn new(limits: &Limits) -> Self {
        let allocated = ALLOCATED.get().map_or(0, |allocated| allocated());
        Self {
            end: Instant::now().checked_add(Duration::from_millis(limits.milliseconds)),
            most_bytes: allocated.saturating_add(limits.memory_bytes),
            operations: AtomicU64::new(0),
            exhausted: AtomicU64::new(NOTHING),
        }
    }

    /// Counts an operation; false once something ran out, and from then on.
    pub(crate) fn goes_on(&self) -> bool {
        let operation = self.operations.load(Ordering::Relaxed).wrapping_add(1);
        self.operations.store(operation, Ordering::Relaxed);
        if operation.is_multiple_of(OPERATIONS_PER_WEIGHING) {
            self.look(operation);
        }
        self.exhausted.load(Ordering::Relaxed) == NOTHING
    }

    #[expect(clippy::disallowed_methods, reason = "where time is over there is no verdict, so none depends on it")]
    fn look(&self, operation: u64) {
        if ALLOCATED.get().is_some_and(|allocated| allocated() > self.most_bytes) {
            self.exhausted.store(MEMORY, Ordering::Relaxed);
        } else if operation.is_multiple_of(OPERATIONS_PER_LOOK) && self.end.is_some_and(|end| Instant::now() > end) {
            self.exhausted.store(TIME, Ordering::Relaxed);
        }
    }

    pub(crate) fn exhausted(&self) -> Option<Exhausted> {
        match self.exhausted.load(Ordering::Relaxed) {
            TIME => Some(Exhausted::Time),
            MEMORY => Some(Exhausted::Memory),
            _ => None,
        }
    }
}
