//! Two lists of entries to changed paths, the same for commits and directories: types, renames, lines. Contents come
//! from a loader; nothing here knows where they lie.

use gix::ObjectId;

use super::attributes::{Attributes, DiffAttribute};
use super::{Linguist, RawFile, Side, SnapshotError, lfs, lines, renames};
use crate::evidence::{FileMode, FileStatus, Hunk, LfsPointer, path_from_bytes};

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

/// A content as far as it is compared.
#[derive(Default)]
struct Content {
    /// Its text; `None` where it is binary by its bytes, its attributes, or its size.
    text: Option<Vec<u8>>,
    /// Whether it is text by its bytes, and binary by its attributes.
    hidden: bool,
    /// The pointer that it is.
    lfs: Option<LfsPointer>,
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
        let (old, new) = (self.content(before)?, self.content(after)?);
        let lines = blocks(before, after, &old, &new);
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
            blob_before: before.map(|at| at.entry.id.to_string()),
            blob_after: after.map(|at| at.entry.id.to_string()),
            binary: lines.is_none(),
            hidden: hides_text(before, after, &old, &new),
            added: count(|hunk| hunk.new_lines),
            removed: count(|hunk| hunk.old_lines),
            hunks: lines.unwrap_or_default(),
            lfs_before: old.lfs,
            lfs_after: new.lfs,
            linguist: after.or(before).map_or_else(Linguist::default, |at| self.linguist(&at)),
        })
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
        if is_regular(at) { self.attributes.diff(at.path) } else { DiffAttribute::Unspecified }
    }

    fn linguist(&self, at: &At<'_>) -> Linguist {
        if is_regular(at) { self.attributes.linguist(at.path) } else { Linguist::default() }
    }

    fn content(&self, at: Option<At<'_>>) -> Result<Content, SnapshotError> {
        let Some(at) = at else {
            return Ok(Content { text: Some(Vec::new()), ..Content::default() });
        };
        if at.entry.mode == FileMode::SUBMODULE {
            let text = format!("Subproject commit {}\n", at.entry.id).into_bytes();
            return Ok(Content { text: Some(text), ..Content::default() });
        }
        if self.contents.size(at.side, at.path, at.entry)? > MAX_TEXT_BYTES {
            return Ok(Content::default());
        }
        let bytes = self.contents.load(at.side, at.path, at.entry)?;
        let binary = self.is_binary(&at, &bytes);
        let hidden = binary && !lines::looks_binary(&bytes);
        let lfs = if is_regular(&at) { lfs::pointer(&bytes) } else { None };
        Ok(Content { text: (!binary).then_some(bytes), hidden, lfs })
    }
}

fn is_regular(at: &At<'_>) -> bool {
    at.entry.mode.same_type(FileMode::REGULAR)
}

/// The changed blocks; `None` where a side is binary.
fn blocks(before: Option<At<'_>>, after: Option<At<'_>>, old: &Content, new: &Content) -> Option<Vec<Hunk>> {
    let (old, new) = (old.text.as_ref()?, new.text.as_ref()?);
    Some(match before.zip(after) {
        Some((before, after)) if before.entry.mode.same_type(after.entry.mode) => {
            if before.entry.id == after.entry.id {
                Vec::new()
            } else {
                lines::changed_blocks(old, new)
            }
        }
        _ => lines::replaced(old, new),
    })
}

/// Whether attributes, and nothing else, keep a changed text from being shown. That of a pointer is no content.
fn hides_text(before: Option<At<'_>>, after: Option<At<'_>>, old: &Content, new: &Content) -> bool {
    let changed = before.map(|at| at.entry.id) != after.map(|at| at.entry.id);
    let is_text = |content: &Content| content.hidden || content.text.is_some();
    let only_pointers = (before.is_none() || old.lfs.is_some()) && (after.is_none() || new.lfs.is_some());
    changed && (old.hidden || new.hidden) && is_text(old) && is_text(new) && !only_pointers
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
