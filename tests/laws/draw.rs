//! Cases out of bytes: a case is what a function makes of a string of bytes, a shorter or smaller string makes a simpler one,
//! and none at all the simplest. That is far cheaper than a tree of strategies, so that there can be many cases.

use std::fmt;

use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;
use tollgate::evidence::Word;

/// How many cases each law is held against: all of them where a change is checked, fewer at a desk.
pub(crate) fn cases() -> u32 {
    let checked = std::env::var("CI").is_ok_and(|value| value == "true");
    if checked { 10_000 } else { 2_000 }
}

/// What every law is run with. What failed once is kept in `tests/proptest-regressions`, in a file for each file of laws.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig { cases: cases(), max_global_rejects: 8 * cases(), ..ProptestConfig::default() }
}

/// Choices, one after the other. Where the bytes are used up, every choice is the first that there is.
pub(crate) struct Draw<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl Draw<'_> {
    /// A number below an end, which is at most 256.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        u32::from(self.bytes.next().copied().unwrap_or(0)) % end
    }

    /// Yes in so many of 100 cases.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(256) * 100 >= (100 - percent) * 256
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(u32::try_from(from.len()).unwrap()) as usize].clone()
    }

    pub(crate) fn word<T: Word>(&mut self) -> T {
        self.pick(T::ALL)
    }

    pub(crate) fn text(&mut self, from: &[&str]) -> String {
        self.pick(from).to_owned()
    }

    /// As many as one end says and fewer than the other.
    pub(crate) fn list<T>(&mut self, from: u32, to: u32, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = from + self.below(to - from);
        (0..count).map(|_| make(self)).collect()
    }

    pub(crate) fn maybe<T>(&mut self, percent: u32, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let is_there = self.chance(percent);
        is_there.then(|| make(self))
    }

    /// The same in another order.
    pub(crate) fn shuffled<T: Clone>(&mut self, list: &[T]) -> Vec<T> {
        let mut left = list.to_vec();
        let mut out = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let at = self.below(u32::try_from(left.len()).unwrap()) as usize;
            out.push(left.remove(at));
        }
        out
    }
}

/// Cases that a function makes of so many bytes.
pub(crate) struct Drawn<T> {
    length: usize,
    make: fn(&mut Draw<'_>) -> T,
}

pub(crate) fn drawn<T: fmt::Debug>(length: usize, make: fn(&mut Draw<'_>) -> T) -> Drawn<T> {
    Drawn { length, make }
}

impl<T> fmt::Debug for Drawn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cases of {} bytes", self.length)
    }
}

impl<T: fmt::Debug> Strategy for Drawn<T> {
    type Tree = DrawnTree<T>;
    type Value = T;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let mut state = any::<u64>().new_tree(runner)?.current();
        let mut bytes = Vec::with_capacity(self.length + 8);
        while bytes.len() < self.length {
            // SplitMix64.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            bytes.extend((mixed ^ (mixed >> 31)).to_le_bytes());
        }
        let size = bytes.len();
        Ok(DrawnTree { bytes, make: self.make, size, at: 0, undo: None })
    }
}

/// One case, and how far it is simplified: pieces are put to zero, ever smaller ones.
pub(crate) struct DrawnTree<T> {
    bytes: Vec<u8>,
    make: fn(&mut Draw<'_>) -> T,
    size: usize,
    at: usize,
    undo: Option<(usize, Vec<u8>)>,
}

impl<T: fmt::Debug> ValueTree for DrawnTree<T> {
    type Value = T;

    fn current(&self) -> T {
        (self.make)(&mut Draw { bytes: self.bytes.iter() })
    }

    fn simplify(&mut self) -> bool {
        self.undo = None;
        while self.size > 0 {
            while self.at < self.bytes.len() {
                let start = self.at;
                self.at = (start + self.size).min(self.bytes.len());
                let piece = &mut self.bytes[start..self.at];
                if piece.iter().any(|byte| *byte != 0) {
                    self.undo = Some((start, piece.to_vec()));
                    piece.fill(0);
                    return true;
                }
            }
            self.at = 0;
            self.size /= 2;
        }
        false
    }

    fn complicate(&mut self) -> bool {
        let Some((start, piece)) = self.undo.take() else { return false };
        self.bytes[start..start + piece.len()].copy_from_slice(&piece);
        // That it still fails is known: on to the next piece.
        self.simplify()
    }
}

#[test]
fn each_file_of_laws_has_a_file_of_its_failures() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for laws in ["claims", "laws", "layers", "overrides", "people", "waivers"] {
        let text = std::fs::read_to_string(directory.join(format!("laws/{laws}.rs"))).unwrap();
        assert!(text.contains("#![proptest_config(config())]"), "{laws} is not run as the others are");
        let kept = directory.join(format!("proptest-regressions/{laws}.txt"));
        assert!(kept.is_file(), "{} is not there", kept.display());
    }
}
