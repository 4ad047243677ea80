//! Lists that are cut to a share of the page and say what they leave out.

/// How many entries of a list stand open; a longer one is folded after [`OPEN_WHEN_FOLDED`].
pub(super) const OPEN: usize = 10;

/// How many entries of a folded list stand open.
pub(super) const OPEN_WHEN_FOLDED: usize = 5;

/// How many entries are tried in vain before a list counts as full.
const MISFITS: u64 = 20;

/// Entries, each ending in a newline, cut to a number of bytes.
pub(super) struct Cut {
    entries: Vec<String>,
    room: usize,
    left_out: u64,
}

impl Cut {
    /// Room for `bytes` bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self { entries: Vec::new(), room: bytes, left_out: 0 }
    }

    /// Takes the entries that fit, in order, and counts the others. One that is too long does not hide those after it;
    /// once [`MISFITS`] did not fit, the rest is counted unseen.
    pub(super) fn fill<I>(mut self, entries: I) -> Self
    where
        I: IntoIterator<Item = String, IntoIter: ExactSizeIterator>,
    {
        let mut entries = entries.into_iter();
        while self.left_out < MISFITS {
            let Some(entry) = entries.next() else { return self };
            if entry.len() <= self.room {
                self.room -= entry.len();
                self.entries.push(entry);
            } else {
                self.left_out += 1;
            }
        }
        self.left_out = self.left_out.saturating_add(u64::try_from(entries.len()).unwrap_or(u64::MAX));
        self
    }

    /// Counts entries that the report itself leaves out.
    pub(super) fn and_left_out(mut self, number: u64) -> Self {
        self.left_out = self.left_out.saturating_add(number);
        self
    }

    /// The entries, all open.
    pub(super) fn open(self, noun: &str) -> String {
        let note = self.note(noun);
        self.entries.concat() + note.as_str()
    }

    /// The entries; a long list is folded after the first of them.
    pub(super) fn folded(self, noun: &str) -> String {
        let note = self.note(noun);
        if self.entries.len() <= OPEN {
            return self.entries.concat() + note.as_str();
        }
        let (first, rest) = self.entries.split_at(OPEN_WHEN_FOLDED.min(self.entries.len()));
        format!("{}\n{}{note}", first.concat(), details(&format!("{} more", rest.len()), &rest.concat()))
    }

    /// How many entries are left out.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    fn note(&self, noun: &str) -> String {
        not_shown(self.left_out, noun)
    }
}

/// What says that a list was cut; empty where it was not. The noun is one that takes an s.
pub(super) fn not_shown(number: u64, noun: &str) -> String {
    if number == 0 {
        return String::new();
    }
    let s = if number == 1 { "" } else { "s" };
    format!("\n_{number} more {noun}{s} not shown here._\n")
}

/// A folded part of the page; the summary is ours, never the change's.
pub(super) fn details(summary: &str, body: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{body}\n</details>\n")
}
