//! Both sides of a change: what the three ways of describing one (git, two directories, a diff) have in common.

mod attributes;
mod compare;
mod lfs;
mod lines;
mod renames;

pub(super) use attributes::Attributes;
pub use attributes::Linguist;
pub use compare::MAX_TEXT_BYTES;
pub(super) use compare::{Contents, Entry, Pair, compare};
pub use renames::RENAME_LIMIT;

use crate::evidence::{Change, FileMode, FileStatus, Hunk, LfsPointer};

/// One side of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The merge base, or the directory given first.
    Before,
    /// The head, or the directory given second.
    After,
}

/// Why something of a change could not be read. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The description of the change is not usable: an unknown revision, no repository, a shallow clone, no such directory.
    #[error("{message}")]
    Unusable {
        /// What was found.
        message: String,
        /// What to do.
        help: String,
    },
    /// An object or a file that the change refers to can't be read.
    #[error("can't read `{path}`: {message}")]
    Unreadable {
        /// The path in the repository.
        path: String,
        /// What was found.
        message: String,
        /// What to do.
        help: String,
    },
}

impl SnapshotError {
    /// What to do.
    #[must_use]
    pub fn help(&self) -> &str {
        match self {
            Self::Unusable { help, .. } | Self::Unreadable { help, .. } => help,
        }
    }
}

/// Access to whole files of both sides, by path of the repository (see [`crate::evidence::path_from_bytes`]).
pub trait Snapshot {
    /// The content of a regular file; `None` where that side has no regular file there.
    ///
    /// # Errors
    /// Where the file is there but can't be read.
    fn read(&self, side: Side, path: &str) -> Result<Option<Vec<u8>>, SnapshotError>;

    /// All files of a side (regular files and symbolic links), in byte order.
    ///
    /// # Errors
    /// Where a tree or directory can't be read.
    fn paths(&self, side: Side) -> Result<Vec<String>, SnapshotError>;
}

/// One changed path, as the input states it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RawFile {
    /// The path after the change; of a deleted file, the path before.
    pub path: String,
    /// The path before, of a renamed file.
    pub previous_path: Option<String>,
    /// What happened to it.
    pub status: FileStatus,
    /// Mode before.
    pub mode_before: Option<FileMode>,
    /// Mode after.
    pub mode_after: Option<FileMode>,
    /// Git's id of the content before, of a submodule its commit; `None` where it is not stated whole.
    pub blob_before: Option<String>,
    /// Git's id of the content after.
    pub blob_after: Option<String>,
    /// Whether it is shown as binary.
    pub binary: bool,
    /// Whether it is so by attributes alone, which keep a text that changes from being shown.
    pub hidden: bool,
    /// Lines added; `None` where they can't be counted.
    pub added: Option<u32>,
    /// Lines removed; `None` where they can't be counted.
    pub removed: Option<u32>,
    /// Changed blocks without context lines.
    pub hunks: Vec<Hunk>,
    /// The pointer before, of a file that Git LFS keeps elsewhere.
    pub lfs_before: Option<LfsPointer>,
    /// The pointer after.
    pub lfs_after: Option<LfsPointer>,
    /// What attributes say that the file is.
    pub linguist: Linguist,
}

impl RawFile {
    /// A changed path of which nothing else is stated.
    #[must_use]
    pub fn at(path: impl Into<String>, status: FileStatus) -> Self {
        Self {
            path: path.into(),
            previous_path: None,
            status,
            mode_before: None,
            mode_after: None,
            blob_before: None,
            blob_after: None,
            binary: false,
            hidden: false,
            added: None,
            removed: None,
            hunks: Vec::new(),
            lfs_before: None,
            lfs_after: None,
            linguist: Linguist::default(),
        }
    }
}

/// A change as it was described, with access to its files where the description gives it.
pub struct RawChange {
    /// Commits, author, time, as far as the description has them.
    pub change: Change,
    /// Changed paths, by path.
    pub files: Vec<RawFile>,
    /// Both sides; `None` where only a diff was given.
    pub snapshot: Option<Box<dyn Snapshot>>,
}

#[cfg(test)]
mod tests;
