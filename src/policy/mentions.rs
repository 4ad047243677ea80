//! Which names the scripts of a policy may call, told from their words: what none of them mentions need not be registered.
//!
//! No function is called by a name that a script puts together: `Fn` is not in the language. So each name that a script calls
//! stands in its text as a word, and to look at words is much less than to register every function for every policy.

/// How many places words are noted at; two words at one place only mean that a function is there which nobody calls.
const PLACES: usize = 8_192;

/// The words of some scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mentions {
    places: Box<[u64; PLACES / 64]>,
}

impl Mentions {
    /// No words.
    pub(crate) fn none() -> Self {
        Self { places: Box::new([0; PLACES / 64]) }
    }

    /// Every word there is.
    #[cfg(test)]
    pub(crate) fn all() -> Self {
        Self { places: Box::new([u64::MAX; PLACES / 64]) }
    }

    /// Notes each word of a script, also those of its comments and texts.
    pub(crate) fn note(&mut self, script: &[u8]) {
        let mut hash = EMPTY;
        let mut inside = false;
        for byte in script {
            if is_of_a_word(*byte) {
                hash = with(hash, *byte);
                inside = true;
            } else if inside {
                self.set(hash);
                hash = EMPTY;
                inside = false;
            }
        }
        self.set(hash);
    }

    fn set(&mut self, hash: u32) {
        let place = place(hash);
        if let Some(bits) = self.places.get_mut(place / 64) {
            *bits |= 1 << (place % 64);
        }
    }

    /// Whether a name may have been noted; true for each that was.
    pub(crate) fn may_have(&self, name: &str) -> bool {
        let place = place(name.bytes().fold(EMPTY, with));
        self.places.get(place / 64).is_some_and(|bits| bits & (1 << (place % 64)) != 0)
    }
}

const fn is_of_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The FNV-1a hash of no bytes.
const EMPTY: u32 = 0x811c_9dc5;

/// The FNV-1a hash of a word and one byte more, which is short to compute for short words.
const fn with(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

/// Where a word is noted.
const fn place(hash: u32) -> usize {
    (hash ^ (hash >> 16)) as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::Mentions;
    use crate::policy::host::signatures;

    #[test]
    fn each_word_of_a_script_is_mentioned_wherever_it_stands() {
        let mut mentions = Mentions::none();
        mentions.note(b"change.findings\n.severity_at_least(\"high\")// top_of\n`${x.y2}`\xffunder(lines_changed");
        for word in ["change", "findings", "severity_at_least", "high", "top_of", "x", "y2", "under", "lines_changed"] {
            assert!(mentions.may_have(word), "{word}");
        }
        assert!(Mentions::all().may_have("anything"));
    }

    #[test]
    fn few_names_that_nobody_mentions_are_taken_for_mentioned() {
        let mut mentions = Mentions::none();
        mentions.note(b"fn check(change, params) { if change.files.count() > 100 { violation(change, \"large\"); } }");
        let mut names: Vec<&str> = signatures().map(|signature| signature.name).collect();
        names.sort_unstable();
        names.dedup();
        let taken: Vec<&str> = names.iter().copied().filter(|name| mentions.may_have(name)).collect();
        assert!(["count", "files", "violation"].iter().all(|name| taken.contains(name)), "{taken:?}");
        assert!(taken.len() < 12 && names.len() > 200, "{taken:?} of {}", names.len());
    }
}
