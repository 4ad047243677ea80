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

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::limits::Limits;
use crate::diagnostic::{Code, Diagnostic};

/// How many looks there are for one at the clock, while operations are cheap; one takes a millisecond at worst.
const LOOKS_PER_TIME: u64 = 8;
/// From this many bytes on, every operation looks, also at the clock: it may copy all of them.
const LARGE_BYTES: usize = 16 << 20;
/// Where this long passed between two looks at the clock, every operation looks.
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

/// What a look at the process found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Something ran out; so says every look from then on.
    Over,
    /// Much is used, or operations are slow: the next one looks again.
    Close,
    /// There is plenty of everything.
    Far,
}

/// Stands for a beginning where nothing has begun.
const IDLE: u64 = u64::MAX;

/// Watches all rules of one evaluation after another, or the loading of a policy set.
#[derive(Debug)]
pub(crate) struct Watch {
    limits: Limits,
    made: Instant,
    /// When what is watched began, in microseconds after it was made.
    begun: AtomicU64,
    /// What the process had allocated then.
    before: AtomicUsize,
    looks: AtomicU64,
    /// When the clock was looked at, in microseconds after it was made.
    looked: AtomicU64,
    slow: AtomicBool,
    exhausted: AtomicU64,
}

impl Watch {
    /// Begins to watch, until it is dropped or told to rest.
    #[expect(clippy::disallowed_methods, reason = "where time is over there is no verdict, so none depends on it")]
    pub(crate) fn start(limits: &Limits) -> Arc<Self> {
        let watch = Arc::new(Self {
            limits: *limits,
            made: Instant::now(),
            begun: AtomicU64::new(IDLE),
            before: AtomicUsize::new(0),
            looks: AtomicU64::new(0),
            looked: AtomicU64::new(0),
            slow: AtomicBool::new(false),
            exhausted: AtomicU64::new(NOTHING),
        });
        watch.begin();
        if let Some(give_up) = GIVE_UP.get() {
            look_from_outside(&watch, *give_up);
        }
        watch
    }

    /// Begins anew, with all time and memory.
    pub(crate) fn begin(&self) {
        let now = self.now();
        self.before.store(allocated(), Ordering::Relaxed);
        self.looked.store(now, Ordering::Relaxed);
        self.slow.store(false, Ordering::Relaxed);
        self.exhausted.store(NOTHING, Ordering::Relaxed);
        // Last, for the thread that looks from outside.
        self.begun.store(now, Ordering::Release);
    }

    /// Watches nothing until it begins anew.
    pub(crate) fn rest(&self) {
        self.begun.store(IDLE, Ordering::Release);
    }

    /// The limits that it watches by.
    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Looks at memory, and at the clock where operations are not known to be cheap, or every few times.
    pub(crate) fn look(&self) -> Look {
        if self.exhausted.load(Ordering::Relaxed) != NOTHING {
            return Look::Over;
        }
        let look = self.looks.load(Ordering::Relaxed).wrapping_add(1);
        self.looks.store(look, Ordering::Relaxed);
        let used = self.used();
        if used > self.limits.memory_bytes {
            self.exhausted.store(MEMORY, Ordering::Relaxed);
            return Look::Over;
        }
        let close = used > LARGE_BYTES || self.slow.load(Ordering::Relaxed);
        if close || look.is_multiple_of(LOOKS_PER_TIME) {
            let now = self.now();
            let since = now.saturating_sub(self.looked.swap(now, Ordering::Relaxed));
            self.slow.store(Duration::from_micros(since) > SLOW, Ordering::Relaxed);
            if self.elapsed() > self.time() {
                self.exhausted.store(TIME, Ordering::Relaxed);
                return Look::Over;
            }
        }
        if used > LARGE_BYTES || self.slow.load(Ordering::Relaxed) { Look::Close } else { Look::Far }
    }

    fn used(&self) -> usize {
        allocated().saturating_sub(self.before.load(Ordering::Relaxed))
    }

    /// Microseconds since it was made.
    fn now(&self) -> u64 {
        u64::try_from(self.made.elapsed().as_micros()).unwrap_or(IDLE - 1)
    }

    /// How long it has been watching; no time while it rests.
    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.now().saturating_sub(self.begun.load(Ordering::Acquire)))
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
        if self.begun.load(Ordering::Acquire) == IDLE {
            return None;
        }
        if self.used() / 2 > self.limits.memory_bytes {
            return Some(Exhausted::Memory);
        }
        (self.elapsed() > self.time().saturating_add(GRACE)).then_some(Exhausted::Time)
    }
}

fn allocated() -> usize {
    ALLOCATED.get().map_or(0, |allocated| allocated())
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
    use super::{Exhausted, LARGE_BYTES, LOOKS_PER_TIME, Look, Watch};
    use crate::policy::Limits;
    use std::sync::Arc;
    use std::time::Duration;

    fn watch(milliseconds: u64) -> Arc<Watch> {
        Watch::start(&Limits { milliseconds, ..Limits::default() })
    }

    #[test]
    fn time_that_is_over_is_seen_within_a_few_looks_and_stays_over() {
        let watch = watch(1);
        std::thread::sleep(Duration::from_millis(5));
        assert!((0..LOOKS_PER_TIME).any(|_| watch.look() == Look::Over));
        assert_eq!(watch.look(), Look::Over);
        assert_eq!(watch.exhausted(), Some(Exhausted::Time));
    }

    #[test]
    fn after_a_slow_operation_every_look_is_one_at_the_clock() {
        let watch = watch(60);
        std::thread::sleep(Duration::from_millis(30));
        let looks: Vec<Look> = (0..LOOKS_PER_TIME).map(|_| watch.look()).collect();
        assert_eq!(looks.last(), Some(&Look::Close), "{looks:?}");
        std::thread::sleep(Duration::from_millis(40));
        assert_eq!(watch.look(), Look::Over);
    }

    #[test]
    fn the_clock_is_looked_at_again_after_operations_were_slow_for_a_while() {
        let watch = watch(200);
        std::thread::sleep(Duration::from_millis(30));
        // One look finds it slow, the next finds it quick again.
        assert!((0..=LOOKS_PER_TIME).all(|_| watch.look() != Look::Over));
        assert_eq!(watch.look(), Look::Far);
        std::thread::sleep(Duration::from_millis(200));
        assert!((0..=LOOKS_PER_TIME).any(|_| watch.look() == Look::Over));
    }

    #[test]
    fn it_begins_anew_with_all_time() {
        let watch = watch(50);
        std::thread::sleep(Duration::from_millis(60));
        assert!((0..LOOKS_PER_TIME).any(|_| watch.look() == Look::Over));
        watch.begin();
        assert_eq!(watch.exhausted(), None);
        assert!((0..LOOKS_PER_TIME).all(|_| watch.look() != Look::Over));
        std::thread::sleep(Duration::from_millis(60));
        assert!((0..LOOKS_PER_TIME).any(|_| watch.look() == Look::Over));
    }

    #[test]
    fn only_what_no_operation_can_have_seen_is_an_overrun() {
        let watch = watch(1);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(watch.overrun(), None);
        std::thread::sleep(Duration::from_millis(1_100));
        assert_eq!(watch.overrun(), Some(Exhausted::Time));
        watch.rest();
        assert_eq!(watch.overrun(), None);
        assert!(LARGE_BYTES < Limits::default().memory_bytes);
    }
}
