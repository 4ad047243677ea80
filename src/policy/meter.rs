//! Counting what a rule does, so that it ends the same way on every machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::limits::Limits;
use super::watch::{Look, Watch};

/// How many operations there are between two looks at the process while little of it is used; one operation makes a text of
/// the longest size at worst.
const OPERATIONS_PER_LOOK: u64 = 16;

/// Operations of the rule that is being run, counted by ourselves: the engine's own count does not see callbacks.
#[derive(Debug)]
pub(crate) struct Meter {
    used: AtomicU64,
    /// Below this nothing has to be looked at: one comparison for each operation is all that counting costs.
    next_look: AtomicU64,
    limit: u64,
    /// The last line of defence.
    pub(crate) watch: Arc<Watch>,
}

impl Meter {
    /// Counts rule after rule, and watches the process from now on.
    pub(crate) fn start(limits: &Limits) -> Self {
        Self {
            used: AtomicU64::new(0),
            next_look: AtomicU64::new(0),
            limit: limits.operations,
            watch: Watch::start(limits),
        }
    }

    /// Starts counting for the next rule. The looks at the process go on as if it were the same one.
    pub(crate) fn begin_rule(&self) {
        let left = self.next_look.load(Ordering::Relaxed).saturating_sub(self.used.load(Ordering::Relaxed));
        self.used.store(0, Ordering::Relaxed);
        self.look_after(left);
    }

    /// Counts operations; false once a limit is passed, and from then on. Only one thread counts at a time.
    pub(crate) fn charge(&self, operations: u64) -> bool {
        let used = self.used.load(Ordering::Relaxed).saturating_add(operations);
        self.used.store(used, Ordering::Relaxed);
        used < self.next_look.load(Ordering::Relaxed) || self.look()
    }

    /// How many operations were counted.
    #[cfg(test)]
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    pub(crate) fn exhausted(&self) -> bool {
        self.used.load(Ordering::Relaxed) > self.limit
    }

    /// Whether the rule may go on. Where it may not, the next look is not put off, so that every operation comes here.
    #[cold]
    fn look(&self) -> bool {
        if self.exhausted() {
            return false;
        }
        match self.watch.look() {
            Look::Over => return false,
            Look::Close => self.look_after(1),
            Look::Far => self.look_after(OPERATIONS_PER_LOOK),
        }
        true
    }

    fn look_after(&self, operations: u64) {
        let next = self.used.load(Ordering::Relaxed).saturating_add(operations);
        self.next_look.store(next.min(self.limit.saturating_add(1)), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Meter, OPERATIONS_PER_LOOK};
    use crate::policy::Limits;

    fn meter(operations: u64) -> Meter {
        Meter::start(&Limits { operations, milliseconds: 600_000, ..Limits::default() })
    }

    #[test]
    fn a_rule_has_as_many_operations_as_the_limit_says_whatever_was_counted_before() {
        for before in [0, 1, OPERATIONS_PER_LOOK - 1, OPERATIONS_PER_LOOK, 1_000, u64::MAX] {
            for limit in [0, 1, OPERATIONS_PER_LOOK - 1, OPERATIONS_PER_LOOK, OPERATIONS_PER_LOOK + 1, 1_000] {
                let meter = meter(limit);
                meter.charge(before);
                meter.begin_rule();
                assert!(!meter.exhausted());
                let counted = (0..2_000).take_while(|_| meter.charge(1)).count() as u64;
                assert_eq!(counted, limit, "after {before}");
                assert!(!meter.charge(0) && meter.exhausted());
            }
        }
    }

    #[test]
    fn what_is_counted_at_once_counts_as_what_is_counted_one_by_one() {
        let meter = meter(100);
        meter.begin_rule();
        assert!(meter.charge(100));
        assert!(!meter.charge(1));
        meter.begin_rule();
        assert!(!meter.charge(101));
        meter.begin_rule();
        assert!(!meter.charge(u64::MAX));
        assert!(!meter.charge(u64::MAX));
    }
}
