//! Changed paths.

use super::vocabulary::vocabulary;

vocabulary! {
    /// What happened to a path.
    pub enum FileStatus("file status", ordered: false) {
        /// It is new.
        Added = "added",
        /// Its content or its mode changed.
        Modified = "modified",
        /// It is gone.
        Deleted = "deleted",
        /// It was at another path before.
        Renamed = "renamed",
        /// A file became a symbolic link or a submodule, or the other way round.
        TypeChanged = "type-changed",
    }
}

vocabulary! {
    /// What a file is for, by its path.
    pub enum FileKind("file kind", ordered: false) {
        /// Program text.
        Source = "source",
        /// Tests and their inputs.
        Test = "test",
        /// Documentation.
        Docs = "docs",
        /// Settings of programs and tools.
        Config = "config",
        /// What runs in continuous integration.
        Ci = "ci",
        /// Containers, clusters, machines, and what builds programs.
        Infrastructure = "infrastructure",
        /// What a package asks for.
        Manifest = "manifest",
        /// What was resolved from it.
        Lockfile = "lockfile",
        /// Made by a program.
        Generated = "generated",
        /// Copied in from elsewhere.
        Vendored = "vendored",
        /// What decides over changes: policies, waivers, code owners.
        Policy = "policy",
        /// Anything else.
        Other = "other",
    }
}

/// Git's mode of an entry: the six octal digits of `git diff --raw`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileMode(pub u32);

impl FileMode {
    /// A regular file.
    pub const REGULAR: Self = Self(0o100_644);
    /// A regular file that may be executed.
    pub const EXECUTABLE: Self = Self(0o100_755);
    /// A symbolic link.
    pub const SYMLINK: Self = Self(0o120_000);
    /// A submodule: a commit of another repository.
    pub const SUBMODULE: Self = Self(0o160_000);

    /// Whether two modes are of the same type of entry, so that a change between them is no type change.
    #[must_use]
    pub const fn same_type(self, other: Self) -> bool {
        self.0 & 0o170_000 == other.0 & 0o170_000
    }
}

impl std::fmt::Display for FileMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:06o}", self.0)
    }
}

/// A block of changed lines, without context lines: what `git diff -U0` shows. Line numbers start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hunk {
    /// First line on the side before; with no lines there, the line after which the block stands.
    pub old_start: u32,
    /// Lines on the side before.
    pub old_lines: u32,
    /// First line on the side after; with no lines there, the line after which the block stands.
    pub new_start: u32,
    /// Lines on the side after.
    pub new_lines: u32,
}

/// One changed path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileChange {
    /// The path after the change; of a deleted file, the path before.
    pub path: String,
    /// The path before, of a renamed file.
    pub previous_path: Option<String>,
    /// What happened to it.
    pub status: FileStatus,
    /// Mode before; `None` where it was not there.
    pub mode_before: Option<FileMode>,
    /// Mode after; `None` where it is gone.
    pub mode_after: Option<FileMode>,
    /// Whether one side is binary (a NUL byte in its first 8,000 bytes, or attributes of the base that say so): then no lines are counted.
    pub binary: bool,
    /// Lines added; `None` where they can't be counted.
    pub added: Option<u32>,
    /// Lines removed; `None` where they can't be counted.
    pub removed: Option<u32>,
    /// The changed blocks, in order; empty for binary files, and for modes and renames alone.
    pub hunks: Vec<Hunk>,
    /// The language, by GitHub Linguist's name, where the path tells.
    pub language: Option<String>,
    /// What the file is for.
    pub kind: FileKind,
    /// Code owners of the path and of the previous path.
    pub owners: Vec<String>,
}

impl FileChange {
    /// Whether either side is a symbolic link.
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        self.has_mode(FileMode::SYMLINK)
    }

    /// Whether either side is a submodule.
    #[must_use]
    pub fn is_submodule(&self) -> bool {
        self.has_mode(FileMode::SUBMODULE)
    }

    /// Whether the file may be executed after the change.
    #[must_use]
    pub fn is_executable(&self) -> bool {
        self.mode_after == Some(FileMode::EXECUTABLE)
    }

    /// Whether it may be executed now and could not before.
    #[must_use]
    pub fn becomes_executable(&self) -> bool {
        self.is_executable() && self.mode_before != Some(FileMode::EXECUTABLE)
    }

    /// Whether a line of the side after, or any line of a range that starts there, is added or edited by the change.
    /// Of a binary file every line is.
    #[must_use]
    pub fn touches(&self, start: u32, end: u32) -> bool {
        if self.binary {
            return true;
        }
        self.hunks.iter().any(|hunk| {
            hunk.new_lines > 0
                && start < hunk.new_start.saturating_add(hunk.new_lines)
                && end.max(start) >= hunk.new_start
        })
    }

    fn has_mode(&self, mode: FileMode) -> bool {
        self.mode_before == Some(mode) || self.mode_after == Some(mode)
    }
}
