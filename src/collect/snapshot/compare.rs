//! Two lists of entries to changed paths, the same for commits and directories: types, renames, lines. Contents come
//! from a loader; nothing here knows where they lie.

use gix::ObjectId;

use super::attributes::{Attributes, DiffAttribute};
use super::{RawFile, Side, SnapshotError, lines, renames};
use crate::evidence::{FileMode, FileStatus, Hunk, path_from_bytes};

/// The largest file whose lines are counted, in bytes: 64 MiB. A larger one is taken as binary, and as a renamed one
/// only where nothing of it changed. (Git's own limit, `core.bigFileThreshold`, is 512 MiB.)
pub const MAX_TEXT_BYTES: u64 = 64 << 20;

/// What stands at a path on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::collect) struct Entry {
    pub(in crate::collect) mode: FileMode,
    /// Git's id of the content; of a submodule, its commit.
    pub(in crate::collect) id: ObjectId,
}

/// A path that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::collect) struct Pair {
    pub(in crate::collect) path: Vec<u8>,
    pub(in crate::collect) before: Option<Entry>,
    pub(in crate::collect) after: Option<Entry>,
}

/// Where contents are had from. Never asked for a submodule's.
pub(in crate::collect) trait Contents {
    /// The length of a content in bytes.
    fn size(&self, side: Side, path: &[u8], entry: Entry) -> Result<u64, SnapshotError>;
    /// A content; of a symbolic link, its target.
    fn load(&self, side: Side, path: &[u8], entry: Entry) -> Result<Vec<u8>, SnapshotError>;
}

/// One side of a changed path.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) side: Side,
    pub(super) path: &'a [u8],
    pub(super) entry: Entry,
}

/// A content as far as lines are concerned.
pub(super) enum Text {
    Lines(Vec<u8>),
    /// Binary by its bytes, its attributes, or its size.
    Binary,
}

pub(super) struct Comparison<'a> {
    pub(super) contents: &'a dyn Contents,
    pub(super) attributes: &'a Attributes,
}

/// Changed paths with their renames and lines, by path.
///
/// # Errors
/// Where a content can't be had.
pub(in crate::collect) fn compare(
    mut pairs: Vec<Pair>,
    contents: &dyn Contents,
    attributes: &Attributes,
) -> Result<Vec<RawFile>, SnapshotError> {
    pairs.sort_by(|a, b| a.path.cmp(&b.path));
    let comparison = Comparison { contents, attributes };
    let deleted: Vec<At<'_>> = pairs.iter().filter_map(|pair| pair.only(Side::Before)).collect();
    let added: Vec<At<'_>> = pairs.iter().filter_map(|pair| pair.only(Side::After)).collect();
    let renamed = renames::find(&deleted, &added, &comparison)?;

    let mut files = Vec::with_capacity(pairs.len());
    let mut gone = vec![false; deleted.len()];
    for (after, source) in added.iter().zip(renamed) {
        let before = source.and_then(|index| {
            if let Some(taken) = gone.get_mut(index) {
                *taken = true;
            }
            deleted.get(index).copied()
        });
        files.push(comparison.file(before, Some(*after))?);
    }
    for (before, renamed) in deleted.iter().zip(gone) {
        if !renamed {
            files.push(comparison.file(Some(*before), None)?);
        }
    }
    for pair in &pairs {
        if let (Some(before), Some(after)) = (pair.at(Side::Before), pair.at(Side::After)) {
            files.push(comparison.file(Some(before), Some(after))?);
        }
    }
    files.sort();
    Ok(files)
}

impl Pair {
    fn at(&self, side: Side) -> Option<At<'_>> {
        let entry = match side {
            Side::Before => self.before,
            Side::After => self.after,
        };
        entry.map(|entry| At { side, path: &self.path, entry })
    }

    fn only(&self, side: Side) -> Option<At<'_>> {
        if self.before.is_some() && self.after.is_some() { None } else { self.at(side) }
    }
}

impl Comparison<'_> {
    fn file(&self, before: Option<At<'_>>, after: Option<At<'_>>) -> Result<RawFile, SnapshotError> {
        let lines = self.lines(before, after)?;
        let count = |of: fn(&Hunk) -> u32| {
            lines.as_ref().map(|hunks| hunks.iter().fold(0_u32, |sum, hunk| sum.saturating_add(of(hunk))))
        };
        Ok(RawFile {
            path: after.or(before).map(|at| path_from_bytes(at.path)).unwrap_or_default(),
            previous_path: before
                .zip(after)
                .filter(|(before, after)| before.path != after.path)
                .map(|(before, _)| path_from_bytes(before.path)),
            status: status(before, after),
            mode_before: before.map(|at| at.entry.mode),
            mode_after: after.map(|at| at.entry.mode),
            binary: lines.is_none(),
            added: count(|hunk| hunk.new_lines),
            removed: count(|hunk| hunk.old_lines),
            hunks: lines.unwrap_or_default(),
        })
    }

    /// The changed blocks; `None` where a side is binary.
    fn lines(&self, before: Option<At<'_>>, after: Option<At<'_>>) -> Result<Option<Vec<Hunk>>, SnapshotError> {
        let (old, new) = (self.text(before)?, self.text(after)?);
        let (Text::Lines(old), Text::Lines(new)) = (old, new) else {
            return Ok(None);
        };
        Ok(Some(match before.zip(after) {
            Some((before, after)) if before.entry.mode.same_type(after.entry.mode) => {
                if before.entry.id == after.entry.id { Vec::new() } else { lines::changed_blocks(&old, &new) }
            }
            _ => lines::replaced(&old, &new),
        }))
    }

    /// Whether git takes a regular file of this path and content for binary.
    pub(super) fn is_binary(&self, at: &At<'_>, bytes: &[u8]) -> bool {
        match self.attribute(at) {
            DiffAttribute::Set => false,
            DiffAttribute::Unset => true,
            DiffAttribute::Unspecified => lines::looks_binary(bytes),
        }
    }

    /// Attributes are of regular files only.
    fn attribute(&self, at: &At<'_>) -> DiffAttribute {
        if at.entry.mode.same_type(FileMode::REGULAR) {
            self.attributes.diff(at.path)
        } else {
            DiffAttribute::Unspecified
        }
    }

    fn text(&self, at: Option<At<'_>>) -> Result<Text, SnapshotError> {
        let Some(at) = at else {
            return Ok(Text::Lines(Vec::new()));
        };
        if at.entry.mode == FileMode::SUBMODULE {
            return Ok(Text::Lines(format!("Subproject commit {}\n", at.entry.id).into_bytes()));
        }
        if self.attribute(&at) == DiffAttribute::Unset
            || self.contents.size(at.side, at.path, at.entry)? > MAX_TEXT_BYTES
        {
            return Ok(Text::Binary);
        }
        let bytes = self.contents.load(at.side, at.path, at.entry)?;
        Ok(if self.is_binary(&at, &bytes) { Text::Binary } else { Text::Lines(bytes) })
    }
}

fn status(before: Option<At<'_>>, after: Option<At<'_>>) -> FileStatus {
    match (before, after) {
        (None, _) => FileStatus::Added,
        (Some(_), None) => FileStatus::Deleted,
        (Some(before), Some(after)) if before.path != after.path => FileStatus::Renamed,
        (Some(before), Some(after)) if before.entry.mode.same_type(after.entry.mode) => FileStatus::Modified,
        _ => FileStatus::TypeChanged,
    }
}
