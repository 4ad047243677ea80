//! A version as bytes whose order is that of the version, written by the module of its ecosystem.

use std::cmp::Ordering;

/// A version as bytes, with what a jump needs to know of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Key {
    /// Compared byte by byte; empty for what comes before all others.
    bytes: Vec<u8>,
    /// Only versions of one group have an order among themselves.
    group: Box<str>,
    /// Epoch, major, minor, patch.
    numbers: [u64; 4],
    /// A number was too large for `numbers`.
    huge: bool,
    /// How many bytes spell the numbers of the release, whatever comes before or after it.
    release: usize,
    stage: Stage,
}

/// Where a version stands to the release that its numbers name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// It, or something after it.
    #[default]
    Release,
    /// Before it.
    Before,
    /// A commit before it.
    Commit,
}

/// From this length of a number on, the length takes two more bytes.
const LONG: u8 = u8::MAX;

impl Key {
    /// What comes before every version.
    pub(super) fn first() -> Self {
        Self::default()
    }

    fn is_first(&self) -> bool {
        self.bytes.is_empty()
    }

    /// A byte that says what follows, or that nothing does.
    pub(super) fn tag(&mut self, tag: u8) {
        self.bytes.push(tag);
    }

    /// A number in decimal digits; zeros before it don't count.
    pub(super) fn digits(&mut self, digits: &str) {
        let digits = digits.trim_start_matches('0');
        match u8::try_from(digits.len()) {
            Ok(short) if short < LONG => self.bytes.push(short),
            _ => {
                let long = u16::try_from(digits.len()).unwrap_or(u16::MAX);
                self.bytes.push(LONG);
                self.bytes.extend(long.to_be_bytes());
            }
        }
        self.bytes.extend(digits.as_bytes());
    }

    /// A number; not to be mixed with `digits` in one place.
    pub(super) fn number(&mut self, number: u64) {
        self.bytes.extend(number.to_be_bytes());
    }

    /// A text without control characters, in the order of its bytes.
    pub(super) fn text(&mut self, text: &str) {
        self.bytes.extend(text.as_bytes());
        self.bytes.push(0);
    }

    /// The epoch, of an ecosystem that has one.
    pub(super) fn set_epoch(&mut self, epoch: u64) {
        if let Some(place) = self.numbers.first_mut() {
            *place = epoch;
        }
    }

    /// The release's number of a position, for jumps; what stands after the third one does not count here.
    pub(super) fn set_number(&mut self, position: usize, number: u64) {
        if let Some(place) = self.numbers.get_mut(position + 1) {
            *place = number;
        }
    }

    /// The same, in decimal digits.
    pub(super) fn set_digits(&mut self, position: usize, digits: &str) {
        match digits.parse() {
            Ok(number) => self.set_number(position, number),
            Err(_) => self.huge |= position + 1 < self.numbers.len(),
        }
    }

    /// All numbers of the release are written.
    pub(super) fn end_release(&mut self) {
        self.release = self.bytes.len();
    }

    pub(super) fn set_stage(&mut self, stage: Stage) {
        self.stage = stage;
    }

    pub(super) fn set_group(&mut self, group: &str) {
        self.group = group.into();
    }

    /// Epoch, major, minor and patch, where they are not too large.
    pub(super) fn numbers(&self) -> Option<&[u64; 4]> {
        (!self.huge).then_some(&self.numbers)
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    /// Whether all numbers of the release are the same.
    pub(super) fn same_release(&self, other: &Self) -> bool {
        self.bytes.get(..self.release) == other.bytes.get(..other.release)
    }

    /// The order; `None` between versions of two groups.
    pub(super) fn order(&self, other: &Self) -> Option<Ordering> {
        let comparable = self.group == other.group || self.is_first() || other.is_first();
        comparable.then(|| self.bytes.cmp(&other.bytes))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

/// Group by group.
impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let first = other.is_first().cmp(&self.is_first());
        first.then_with(|| self.group.cmp(&other.group)).then_with(|| self.bytes.cmp(&other.bytes))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Takes the digits that a text begins with; `None` where there are none.
pub(super) fn take_digits<'a>(text: &mut &'a str) -> Option<&'a str> {
    take(text, |byte| byte.is_ascii_digit())
}

/// Takes the ASCII letters that a text begins with; `None` where there are none.
pub(super) fn take_letters<'a>(text: &mut &'a str) -> Option<&'a str> {
    take(text, |byte| byte.is_ascii_alphabetic())
}

/// Takes the ASCII characters of a class that a text begins with.
fn take<'a>(text: &mut &'a str, class: impl Fn(u8) -> bool) -> Option<&'a str> {
    let end = text.bytes().position(|byte| !class(byte)).unwrap_or(text.len());
    let (taken, rest) = text.split_at_checked(end)?;
    *text = rest;
    (!taken.is_empty()).then_some(taken)
}

/// Takes one of some ASCII characters, where the text begins with one.
pub(super) fn take_one(text: &mut &str, of: &[char]) -> bool {
    let rest = text.strip_prefix(of);
    *text = rest.unwrap_or(text);
    rest.is_some()
}
