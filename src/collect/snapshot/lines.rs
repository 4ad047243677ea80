//! Lines that differ between two texts, as git's Myers counts and places them. Nothing here reads a file.

use gix::diff::blob::{Algorithm, Diff, InternedInput, sources};

use crate::evidence::Hunk;

/// How many bytes at the start of a file are searched for a NUL byte, as git does.
pub(super) const BINARY_PROBE: usize = 8_000;

/// Whether git takes a content for binary: a NUL byte in its first 8,000 bytes.
pub(super) fn looks_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(BINARY_PROBE).any(|byte| *byte == 0)
}

/// The blocks of `git diff`: Myers, with the indent heuristic. A last line without a newline differs from one with it.
/// (Under `-U0` alone, git places a few blocks elsewhere, because only there it sets a common end aside first.)
pub(super) fn changed_blocks(before: &[u8], after: &[u8]) -> Vec<Hunk> {
    let input = InternedInput::new(sources::byte_lines(before), sources::byte_lines(after));
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    diff.hunks().map(|hunk| block(hunk.before.start, hunk.before.end, hunk.after.start, hunk.after.end)).collect()
}

/// All lines of one side gone, all lines of the other new: what git shows of a file that became something else.
pub(super) fn replaced(before: &[u8], after: &[u8]) -> Vec<Hunk> {
    match (count(before), count(after)) {
        (0, 0) => Vec::new(),
        (old, new) => vec![block(0, old, 0, new)],
    }
}

fn count(bytes: &[u8]) -> u32 {
    u32::try_from(sources::byte_lines(bytes).count()).unwrap_or(u32::MAX)
}

/// Ranges that count lines from 0 to a block that counts them from 1, and names the line before where a side has none.
fn block(old_start: u32, old_end: u32, new_start: u32, new_end: u32) -> Hunk {
    Hunk {
        old_start: old_start + u32::from(old_end > old_start),
        old_lines: old_end.saturating_sub(old_start),
        new_start: new_start + u32::from(new_end > new_start),
        new_lines: new_end.saturating_sub(new_start),
    }
}
