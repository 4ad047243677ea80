//! A changed path in the evidence document, and what its fields say of each other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::{Checked, Fault};
use super::scalars::{Mode, RepositoryPath, Text};
use super::strict::{objects, word};
use crate::evidence::{FileChange, FileKind, FileMode, FileStatus, Hunk, Word};

/// One changed path. A hand-written one needs `path`, `status` and `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRecord<'a> {
    /// The path after the change; of a deleted file, the path before.
    #[serde(borrow)]
    pub path: RepositoryPath<'a>,
    /// The path before, of a renamed file and of no other.
    #[serde(default)]
    pub previous_path: Option<RepositoryPath<'a>>,
    /// What happened to it.
    #[serde(deserialize_with = "word")]
    pub status: FileStatus,
    /// What it is for.
    #[serde(deserialize_with = "word")]
    pub kind: FileKind,
    /// The language, by GitHub Linguist's name.
    #[serde(default)]
    pub language: Option<Text<'a>>,
    /// Mode before; `null` where it was not there.
    #[serde(default)]
    pub mode_before: Option<Mode>,
    /// Mode after; `null` where it is gone.
    #[serde(default)]
    pub mode_after: Option<Mode>,
    /// Whether one side is binary, so that no lines are counted.
    #[serde(default)]
    pub binary: bool,
    /// Whether one side is a symbolic link: always what the modes say.
    #[serde(default)]
    pub symlink: Option<bool>,
    /// Whether one side is a submodule: always what the modes say.
    #[serde(default)]
    pub submodule: Option<bool>,
    /// Lines added; `null` where they can't be counted.
    #[serde(default)]
    pub added: Option<u32>,
    /// Lines removed; `null` where they can't be counted.
    #[serde(default)]
    pub removed: Option<u32>,
    /// The changed blocks, in order.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub hunks: Vec<HunkRecord>,
    /// Code owners of the path and of the previous path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Text<'a>>,
}

/// A block of changed lines, without context lines: what `git diff -U0` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HunkRecord {
    /// First line on the side before, from 1; with no lines there, the line after which the block stands.
    pub old_start: u32,
    /// Lines on the side before.
    pub old_lines: u32,
    /// First line on the side after, from 1; with no lines there, the line after which the block stands.
    pub new_start: u32,
    /// Lines on the side after.
    pub new_lines: u32,
}

impl<'a> From<&'a FileChange> for FileRecord<'a> {
    fn from(file: &'a FileChange) -> Self {
        Self {
            path: file.path.as_str().into(),
            previous_path: file.previous_path.as_deref().map(RepositoryPath::from),
            status: file.status,
            kind: file.kind,
            language: file.language.as_deref().map(Text::from),
            mode_before: file.mode_before.map(Mode),
            mode_after: file.mode_after.map(Mode),
            binary: file.binary,
            symlink: Some(file.is_symlink()),
            submodule: Some(file.is_submodule()),
            added: file.added,
            removed: file.removed,
            hunks: file.hunks.iter().map(HunkRecord::from).collect(),
            owners: file.owners.iter().map(|owner| Text::from(owner.as_str())).collect(),
        }
    }
}

impl From<&Hunk> for HunkRecord {
    fn from(hunk: &Hunk) -> Self {
        Self {
            old_start: hunk.old_start,
            old_lines: hunk.old_lines,
            new_start: hunk.new_start,
            new_lines: hunk.new_lines,
        }
    }
}

impl HunkRecord {
    fn into_hunk(self) -> Hunk {
        Hunk {
            old_start: self.old_start,
            old_lines: self.old_lines,
            new_start: self.new_start,
            new_lines: self.new_lines,
        }
    }
}

impl FileRecord<'_> {
    /// The file change that it states.
    pub(super) fn into_change(self) -> Checked<FileChange> {
        self.check_previous_path()?;
        self.check_modes()?;
        check_hunks(&self.hunks)?;
        let (symlink, submodule) = (self.symlink, self.submodule);
        let change = FileChange {
            path: self.path.into_string(),
            previous_path: self.previous_path.map(RepositoryPath::into_string),
            status: self.status,
            mode_before: self.mode_before.map(|mode| mode.0),
            mode_after: self.mode_after.map(|mode| mode.0),
            binary: self.binary,
            added: self.added,
            removed: self.removed,
            hunks: self.hunks.into_iter().map(HunkRecord::into_hunk).collect(),
            language: self.language.map(Text::into_string),
            kind: self.kind,
            owners: self.owners.into_iter().map(Text::into_string).collect(),
        };
        check_derived("symlink", symlink, change.is_symlink(), FileMode::SYMLINK)?;
        check_derived("submodule", submodule, change.is_submodule(), FileMode::SUBMODULE)?;
        Ok(change)
    }

    fn check_previous_path(&self) -> Checked<()> {
        let status = self.status.as_str();
        match (&self.previous_path, self.status) {
            (None, FileStatus::Renamed) => Err(Fault::record("is `renamed`, expected a `previous_path`")),
            (Some(previous), FileStatus::Renamed) if *previous == self.path => {
                Err(Fault::field("previous_path", "is the same as `path` in a `renamed` file"))
            }
            (None, _) | (Some(_), FileStatus::Renamed) => Ok(()),
            (Some(_), _) => Err(Fault::field(
                "previous_path",
                format!("is there in a file that is `{status}`, expected it only where the status is `renamed`"),
            )),
        }
    }

    fn check_modes(&self) -> Checked<()> {
        match self.status {
            FileStatus::Added if self.mode_before.is_some() => {
                Err(Fault::field("mode_before", "is there in a file that is `added`, expected null"))
            }
            FileStatus::Deleted if self.mode_after.is_some() => {
                Err(Fault::field("mode_after", "is there in a file that is `deleted`, expected null"))
            }
            _ => Ok(()),
        }
    }
}

/// What is derived from the modes is written for readers, and never believed.
fn check_derived(field: &str, stated: Option<bool>, derived: bool, mode: FileMode) -> Checked<()> {
    match stated {
        Some(stated) if stated != derived => {
            let found = if derived { "a mode is" } else { "no mode is" };
            Err(Fault::field(field, format!("found {stated}, expected {derived}: {found} `{mode}`")))
        }
        _ => Ok(()),
    }
}

/// Blocks come in order and don't overlap on either side.
fn check_hunks(hunks: &[HunkRecord]) -> Checked<()> {
    let (mut old_free, mut new_free) = (0, 0);
    for (index, hunk) in hunks.iter().enumerate() {
        let fault = |fault: Box<Fault>| fault.in_element(index).in_field("hunks");
        if hunk.old_lines == 0 && hunk.new_lines == 0 {
            return Err(fault(Fault::record("has no lines on either side")));
        }
        old_free = check_side("old", hunk.old_start, hunk.old_lines, old_free).map_err(fault)?;
        new_free = check_side("new", hunk.new_start, hunk.new_lines, new_free).map_err(fault)?;
    }
    Ok(())
}

/// The first line that the next block may start at.
fn check_side(side: &str, start: u32, lines: u32, free: u64) -> Checked<u64> {
    // A block without lines stands after its line, so the first line that it could hold is the next one.
    let first = u64::from(start) + u64::from(lines == 0);
    if first == 0 {
        return Err(Fault::field(&format!("{side}_start"), "found 0, expected a line from 1"));
    }
    if first < free {
        return Err(Fault::field(
            &format!("{side}_start"),
            format!(
                "found {start}, expected blocks in order that don't overlap: the one before reaches line {}",
                free - 1
            ),
        ));
    }
    Ok(first + u64::from(lines))
}
