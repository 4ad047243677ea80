//! Whether a source was made for the change that is judged.

use crate::collect::input::Report;
use crate::evidence::{Change, Completeness, EvidenceKind, Source};

/// How much of a tool's own words goes into a reason, in characters.
const MAX_WORDS: usize = 200;

/// The shortest start of a commit id that names it.
const MIN_COMMIT_PREFIX: usize = 7;

/// The source of one report: complete, refused, or stale where it is said to be made for another commit.
pub(super) fn source<T>(report: &Report<T>, kind: EvidenceKind, change: &Change) -> Source {
    let mut source = report.source(kind);
    if let Err(reason) = stated(report.commit.as_deref(), change) {
        source.worsen(Completeness::Stale, reason);
    }
    source
}

/// Whether the commit that a source is said to be made for is the head; what nobody says is believed.
///
/// # Errors
/// Why it is another one.
pub(super) fn stated(stated: Option<&str>, change: &Change) -> Result<(), String> {
    match (stated, change.head.as_deref()) {
        (Some(stated), Some(head)) if !names(stated, head, change) => {
            Err(format!("was made for commit {}, expected head `{head}`", words(stated)))
        }
        _ => Ok(()),
    }
}

/// A tool's own words on one line, cut to a length.
pub(super) fn words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(MAX_WORDS).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    format!("`{short}`")
}

/// Whether a full or shortened commit id names the head, and no other commit of the change.
pub(super) fn names(written: &str, commit: &str, change: &Change) -> bool {
    names_among(written, commit, [&change.base, &change.merge_base])
}

/// Whether a full or shortened commit id names a base, and not the head.
pub(super) fn names_base(written: &str, commit: &str, change: &Change) -> bool {
    names_among(written, commit, [&change.head])
}

fn names_among<'c>(written: &str, commit: &str, others: impl IntoIterator<Item = &'c Option<String>>) -> bool {
    let written = written.trim();
    if written.eq_ignore_ascii_case(commit) {
        return true;
    }
    let starts = |commit: &str| commit.get(..written.len()).is_some_and(|start| start.eq_ignore_ascii_case(written));
    let shortened = written.len() >= MIN_COMMIT_PREFIX && written.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ambiguous = others.into_iter().flatten().any(|other| !other.eq_ignore_ascii_case(commit) && starts(other));
    shortened && starts(commit) && !ambiguous
}
