//! The last line of defence around scripts: time and memory of the process. It decides nothing: where it trips, there is no
//! verdict. Every limit that a policy can be held to again, the same on every machine, is in `sandbox` and `bounded`.
//!
//! It has two parts. The operations of a script themselves look at memory and at the clock every so often, and end the run in
//! order. What does not come back to count an operation (one native call, reading a script) is held by a thread that looks
//! from outside; it can't end a call of another thread, so it ends the process, with the exit code of "no verdict". Nothing
//! is written before all rules have run, so nothing is left half-written.
//!
//! Rules are not run in a process of their own: with the scripts of `tests/attacks`, nothing was left that needs one.
//! What would end the process before anybody can look is refused or given room. Nested values and calls in calls could
//! overflow the stack (on 2 MiB with the usual limits, on 8 MiB with the highest); scripts that can make either run on one of
//! 128 MiB, which held both. Captures, which would need more, are not in the language. A native call that would take all
//! memory (a list of one shared long text, written out or joined: 2 GiB and more), panic (padding by a length whose product
//! overflows) or never come back (padding with nothing) is refused by its size before it works. What remains takes at most
//! twice the memory and a few seconds too many, and is what the thread is for: copies of the stream of a long text's
//! characters, or sorting of shared long texts. A process of its own would cost a start, and all evidence written and read
//! again, for each change.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::limits::Limits;
use crate::diagnostic::{Code, Diagnostic};

/// How many operations there are between two looks at the clock while operations are cheap.
const OPERATIONS_PER_LOOK: u64 = 128;
/// How many operations there are between two looks at memory while little of it is used.
const OPERATIONS_PER_WEIGHING: u64 = 16;
/// From this many bytes on, every operation looks at memory and at the clock: it may copy all of them.
const LARGE_BYTES: usize = 16 << 20;
/// Where this long passed between two looks at the clock, every operation looks at it.
const SLOW: Duration = Duration::from_millis(20);
/// How often the thread looks.
const PERIOD: Duration = Duration::from_millis(5);
/// How long after the end of the time the thread waits for the operations to end the run in order.
const GRACE: Duration = Duration::from_secs(1);

/// Tells how many bytes the process has allocated.
static ALLOCATED: OnceLock<fn() -> usize> = OnceLock::new();
/// Ends the process without a verdict.
static GIVE_UP: OnceLock<fn(&Diagnostic)> = OnceLock::new();
/// What the thread watches; there is none before the first entry.
static WATCHED: Mutex<Option<Vec<Weak<Watch>>>> = Mutex::new(None);

/// Names the function that tells how many bytes the process has allocated. Without one, memory is not watched; the command
/// names one when it starts.
pub fn watch_memory(allocated: fn() -> usize) {
    // Whoever is first stays.
    let _ = ALLOCATED.set(allocated);
}

/// Names the function that ends the process where a script does not come back within its time, or takes twice its memory.
/// Without one, as in a program that has this as its library, nobody looks from outside.
pub fn give_up_with(give_up: fn(&Diagnostic)) {
    let _ = GIVE_UP.set(give_up);
}

/// What ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exhausted {
    Time,
    Memory,
}

impl Exhausted {
    /// What is said of it.
    pub(crate) fn message(self, limits: &Limits) -> String {
        match self {
            Self::Time => format!("the rules took longer than {} milliseconds in all", limits.milliseconds),
            Self::Memory => format!("the rules took more than {} bytes of memory in all", limits.memory_bytes),
        }
    }
}

const NOTHING: u64 = 0;
const TIME: u64 = 1;
const MEMORY: u64 = 2;

/// Watches all rules of one evaluation, or the loading of a policy set.
#[derive(Debug)]
pub(crate) struct Watch {
    limits: Limits,
    start: Instant,
    /// What the process had allocated when it began.
    before: usize,
    operations: AtomicU64,
    /// The operation that looks at memory next.
    next: AtomicU64,
    /// When the clock was looked at, in microseconds after the start.
    looked: AtomicU64,
    slow: AtomicBool,
    exhausted: AtomicU64,
}

impl Watch {
    /// Begins to watch, until it is dropped.
    #[expect(clippy::disallowed_methods, reason = "where time is over there is no verdict, so none depends on it")]
    pub(crate) fn start(limits: &Limits) -> Arc<Self> {
        let watch = Arc::new(Self {
            limits: *limits,
            start: Instant::now(),
            before: ALLOCATED.get().map_or(0, |allocated| allocated()),
            operations: AtomicU64::new(0),
            next: AtomicU64::new(OPERATIONS_PER_WEIGHING),
            looked: AtomicU64::new(0),
            slow: AtomicBool::new(false),
            exhausted: AtomicU64::new(NOTHING),
        });
        if let Some(give_up) = GIVE_UP.get() {
            look_from_outside(&watch, *give_up);
        }
        watch
    }

    /// The limits that it watches by.
    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts an operation; false once something ran out, and from then on.
    pub(crate) fn goes_on(&self) -> bool {
        let operation = self.operations.load(Ordering::Relaxed).wrapping_add(1);
        self.operations.store(operation, Ordering::Relaxed);
        if operation >= self.next.load(Ordering::Relaxed) {
            self.look(operation);
        }
        self.exhausted.load(Ordering::Relaxed) == NOTHING
    }

    fn look(&self, operation: u64) {
        let used = self.used();
        let close = used > LARGE_BYTES || self.slow.load(Ordering::Relaxed);
        // Kept to multiples, among which are those that look at the clock.
        let period = if close { 1 } else { OPERATIONS_PER_WEIGHING };
        self.next.store((operation / period + 1) * period, Ordering::Relaxed);
        if used > self.limits.memory_bytes {
            self.exhausted.store(MEMORY, Ordering::Relaxed);
        } else if close || operation.is_multiple_of(OPERATIONS_PER_LOOK) {
            let now = self.elapsed();
            let since = now.saturating_sub(Duration::from_micros(self.looked.load(Ordering::Relaxed)));
            self.looked.store(u64::try_from(now.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
            self.slow.store(since > SLOW, Ordering::Relaxed);
            if now > self.time() {
                self.exhausted.store(TIME, Ordering::Relaxed);
            }
        }
    }

    fn used(&self) -> usize {
        ALLOCATED.get().map_or(0, |allocated| allocated()).saturating_sub(self.before)
    }

    #[expect(clippy::disallowed_methods, reason = "where time is over there is no verdict, so none depends on it")]
    fn elapsed(&self) -> Duration {
        Instant::now().saturating_duration_since(self.start)
    }

    const fn time(&self) -> Duration {
        Duration::from_millis(self.limits.milliseconds)
    }

    pub(crate) fn exhausted(&self) -> Option<Exhausted> {
        match self.exhausted.load(Ordering::Relaxed) {
            TIME => Some(Exhausted::Time),
            MEMORY => Some(Exhausted::Memory),
            _ => None,
        }
    }

    /// What ran out so far past its end that no operation can have been counted since.
    fn overrun(&self) -> Option<Exhausted> {
        if self.used() / 2 > self.limits.memory_bytes {
            return Some(Exhausted::Memory);
        }
        (self.elapsed() > self.time().saturating_add(GRACE)).then_some(Exhausted::Time)
    }
}

/// Puts a watch among those that the thread looks at, and starts the thread with the first.
fn look_from_outside(watch: &Arc<Watch>, give_up: fn(&Diagnostic)) {
    let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    let begun = watched.is_some();
    watched.get_or_insert_default().push(Arc::downgrade(watch));
    drop(watched);
    if !begun {
        // Where the system gives no thread, the operations still look by themselves.
        let _ = std::thread::Builder::new().name("watch".to_owned()).spawn(move || {
            loop {
                std::thread::sleep(PERIOD);
                if let Some(diagnostic) = overrun() {
                    give_up(&diagnostic);
                }
            }
        });
    }
}

fn overrun() -> Option<Diagnostic> {
    let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    let watched = watched.as_mut()?;
    watched.retain(|watch| watch.strong_count() > 0);
    let (what, limits) =
        watched.iter().filter_map(Weak::upgrade).find_map(|watch| Some((watch.overrun()?, watch.limits)))?;
    Some(
        Diagnostic::new(Code::Abandoned, what.message(&limits))
            .help("this is no verdict: one step did not end in time, and the process was ended"),
    )
}

#[cfg(test)]
mod tests {
    use super::{Exhausted, LARGE_BYTES, OPERATIONS_PER_LOOK, Watch};
    use crate::policy::Limits;
    use std::time::Duration;

    #[test]
    fn time_that_is_over_is_seen_within_the_operations_between_two_looks_and_stays_over() {
        let watch = Watch::start(&Limits { milliseconds: 1, ..Limits::default() });
        std::thread::sleep(Duration::from_millis(5));
        let ended = (0..=OPERATIONS_PER_LOOK).position(|_| !watch.goes_on());
        assert!(ended.is_some());
        assert!(!watch.goes_on());
        assert_eq!(watch.exhausted(), Some(Exhausted::Time));
    }

    #[test]
    fn after_a_slow_operation_every_one_looks_at_the_clock() {
        let watch = Watch::start(&Limits { milliseconds: 60, ..Limits::default() });
        std::thread::sleep(Duration::from_millis(30));
        assert!((0..OPERATIONS_PER_LOOK).all(|_| watch.goes_on()));
        std::thread::sleep(Duration::from_millis(40));
        let ended = (0..OPERATIONS_PER_LOOK).position(|_| !watch.goes_on());
        assert!(ended.is_some_and(|operations| operations < 17), "{ended:?}");
    }

    #[test]
    fn the_clock_is_looked_at_again_after_operations_were_slow_for_a_while() {
        let watch = Watch::start(&Limits { milliseconds: 200, ..Limits::default() });
        std::thread::sleep(Duration::from_millis(30));
        // One look finds it slow, the next, an operation later and off the beat, finds it quick again.
        assert!((0..=OPERATIONS_PER_LOOK).all(|_| watch.goes_on()));
        std::thread::sleep(Duration::from_millis(200));
        assert!((0..=OPERATIONS_PER_LOOK).any(|_| !watch.goes_on()));
    }

    #[test]
    fn only_what_no_operation_can_have_seen_is_an_overrun() {
        let watch = Watch::start(&Limits { milliseconds: 1, ..Limits::default() });
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(watch.overrun(), None);
        assert!(LARGE_BYTES < Limits::default().memory_bytes);
    }
}
