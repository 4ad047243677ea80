//! Counting what a rule does, so that it ends the same way on every machine.

use std::sync::atomic::{AtomicU64, Ordering};

/// Operations of the rule that is being run, counted by ourselves: the engine's own count does not see callbacks.
#[derive(Debug)]
pub(crate) struct Meter {
    used: AtomicU64,
    limit: u64,
}

impl Meter {
    pub(crate) fn new(limit: u64) -> Self {
        Self { used: AtomicU64::new(0), limit }
    }

    /// Starts counting for the next rule.
    pub(crate) fn reset(&self) {
        self.used.store(0, Ordering::Relaxed);
    }

    /// Counts operations; false once the limit is passed, and from then on. Only one thread counts at a time.
    pub(crate) fn charge(&self, operations: u64) -> bool {
        let used = self.used.load(Ordering::Relaxed).saturating_add(operations);
        self.used.store(used, Ordering::Relaxed);
        used <= self.limit
    }

    pub(crate) fn exhausted(&self) -> bool {
        self.used.load(Ordering::Relaxed) > self.limit
    }
}
