//! Findings of one side of the change while they are collected, with what they are recognised by.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use super::identity::Identity;
use crate::collect::sarif::Stated;
use crate::evidence::{FileChange, FileStatus, FindingRow, FindingsBuilder, Hunk};

/// What tells a row from others when two sides are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trace {
    pub(super) identity: Identity,
    /// Its first line; 0 where there is none.
    pub(super) line: u32,
    /// Whether it is known to lie on a line that the change adds or edits (of the baseline: removes or edits).
    pub(super) touched: bool,
    /// Whether its file is known to be one that the change adds.
    pub(super) in_added_file: bool,
    /// For a row of the baseline, the line of the head that its own became; `None` where it was edited or removed.
    pub(super) expected: Option<NonZeroU32>,
    /// Whether it came without an identity, so that it can't be told from what another format says of the same.
    pub(super) is_foreign: bool,
}

/// Findings of the head, or of the baseline.
#[derive(Debug, Default)]
pub(super) struct Collected {
    /// The findings, in the order of adding.
    pub(super) rows: FindingsBuilder,
    traces: Vec<Trace>,
    /// For rows of the baseline whose file has another path in the head, their identity at their own.
    own: BTreeMap<usize, Identity>,
    /// For each tool that states fingerprints, by its key, the one value that they all have; `None` where there are more.
    pub(super) only_stated: BTreeMap<String, Option<Stated>>,
}

impl Collected {
    /// Adds one finding, whose fingerprint becomes that of its identity; gives its row. `own` is its identity at its own
    /// path, where that of the trace is at another.
    pub(super) fn push(&mut self, finding: &FindingRow<'_>, trace: Trace, own: Option<Identity>) -> usize {
        self.fill();
        let row = self.rows.len();
        let fingerprint = own.unwrap_or(trace.identity).fingerprint();
        self.rows.push(&FindingRow { fingerprint, ..*finding });
        self.traces.push(trace);
        if let Some(own) = own {
            self.own.insert(row, own);
        }
        row
    }

    /// What a finding states does not identify it.
    pub(super) fn forget_stated(&mut self, row: usize) {
        let Some(trace) = self.traces.get_mut(row) else { return };
        trace.identity = trace.identity.without_stated();
        let mut shown = trace.identity;
        if let Some(own) = self.own.get_mut(&row) {
            *own = own.without_stated();
            shown = *own;
        }
        self.rows.set_fingerprint(row, shown.fingerprint());
    }

    /// Takes back all findings but the first ones.
    pub(super) fn truncate(&mut self, len: usize) {
        self.rows.truncate(len);
        self.traces.truncate(len);
        drop(self.own.split_off(&len));
    }

    /// Gives rows that were added without an identity that of their fingerprint.
    pub(super) fn fill(&mut self) {
        for row in self.traces.len()..self.rows.len() {
            let Some(finding) = self.rows.get(row) else { continue };
            self.traces.push(Trace {
                identity: Identity::of_fingerprint(finding.fingerprint),
                line: finding.line,
                touched: finding.on_changed_line && finding.path.is_some() && finding.line > 0,
                in_added_file: false,
                expected: None,
                is_foreign: true,
            });
        }
    }

    /// What tells each row from others, where [`Collected::fill`] was called last.
    pub(super) fn traces(&self) -> &[Trace] {
        &self.traces
    }

    /// Whether the file of a row has another path in the head.
    pub(super) fn is_renamed(&self, row: usize) -> bool {
        self.own.contains_key(&row)
    }
}

/// The changed files as the base has them: where findings of the baseline lie.
pub(super) struct BaseFiles {
    /// Without those that are new; hunks are turned round, so that what a line is on is an edit or a removal.
    pub(super) files: Vec<FileChange>,
    /// The path in the head of each; that of a deleted one as it was.
    heads: Vec<String>,
    /// Files that the change adds, which the base does not have.
    added: Vec<String>,
}

impl BaseFiles {
    pub(super) fn of(files: &[FileChange]) -> Self {
        let there = files.iter().filter(|file| file.status != FileStatus::Added);
        let turned = |hunk: &Hunk| Hunk {
            old_start: hunk.new_start,
            old_lines: hunk.new_lines,
            new_start: hunk.old_start,
            new_lines: hunk.old_lines,
        };
        let before = |file: &FileChange| FileChange {
            path: file.previous_path.clone().unwrap_or_else(|| file.path.clone()),
            previous_path: None,
            status: FileStatus::Modified,
            hunks: file.hunks.iter().map(turned).collect(),
            ..file.clone()
        };
        // Where a file was renamed away, the base had another one at the path of the new one.
        let had: BTreeSet<&str> = files.iter().filter_map(|file| file.previous_path.as_deref()).collect();
        let added = files.iter().filter(|file| file.status == FileStatus::Added && !had.contains(file.path.as_str()));
        Self {
            files: there.clone().map(before).collect(),
            heads: there.map(|file| file.path.clone()).collect(),
            added: added.map(|file| file.path.clone()).collect(),
        }
    }

    /// A file that the change adds and a row from the given one on is in: what has it was not made from the base.
    pub(super) fn added_by(&self, rows: &FindingsBuilder, from: usize) -> Option<&str> {
        if self.added.is_empty() {
            return None;
        }
        (from..rows.len()).find_map(|row| {
            let finding = rows.get(row)?;
            let written = finding.path.or(finding.unmapped)?;
            let names = |path: &&String| {
                written.strip_suffix(path.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/'))
            };
            self.added.iter().find(names).map(String::as_str)
        })
    }

    /// The path in the head of a changed file, where it is another.
    pub(super) fn renamed(&self, file: usize) -> Option<&str> {
        let path = self.heads.get(file)?;
        (self.files.get(file)?.path != *path).then_some(path)
    }

    /// The line of the head that a line of a file became; `None` where it was edited or removed.
    pub(super) fn line_in_head(&self, file: Option<usize>, line: u32) -> Option<u32> {
        let Some(file) = file.and_then(|index| self.files.get(index)) else { return Some(line) };
        if file.binary || file.touches(line, line) {
            return None;
        }
        let mut moved = i64::from(line);
        for hunk in &file.hunks {
            // With no lines before, the block stands after that line.
            let is_above = if hunk.new_lines == 0 { line > hunk.new_start } else { line >= hunk.new_start };
            if is_above {
                moved += i64::from(hunk.old_lines) - i64::from(hunk.new_lines);
            }
        }
        u32::try_from(moved).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::BaseFiles;
    use crate::evidence::{FileChange, FileKind, FileStatus, Hunk};

    #[test]
    fn a_line_is_followed_through_the_edits_around_it() {
        let hunk = |old_start, old_lines, new_start, new_lines| Hunk { old_start, old_lines, new_start, new_lines };
        let file = FileChange {
            // Two lines put in after line 2, line 10 edited into three, lines 20 and 21 removed.
            hunks: vec![hunk(2, 0, 3, 2), hunk(10, 1, 12, 3), hunk(20, 2, 23, 0)],
            ..FileChange::at("a.py", FileStatus::Modified, FileKind::Source)
        };
        let base = BaseFiles::of(&[file]);
        let lines = [1, 2, 3, 9, 10, 11, 19, 20, 21, 22].map(|line| base.line_in_head(Some(0), line));
        let expected = [Some(1), Some(2), Some(5), Some(11), None, Some(15), Some(23), None, None, Some(24)];
        assert_eq!(lines, expected);
        assert_eq!(base.line_in_head(None, 7), Some(7), "a file that does not change");
    }
}
