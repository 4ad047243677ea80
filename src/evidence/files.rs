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

vocabulary! {
    /// What told what a file is for.
    pub enum FileKindFrom("origin of a file kind", ordered: false) {
        /// Its path.
        Path = "path",
        /// A `linguist-*` attribute of the base.
        Attributes = "attributes",
    }
}

/// What stands in the repository for a file that Git LFS keeps elsewhere, by its specification, version 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LfsPointer {
    /// SHA-256 of the content, in lower-case hexadecimal.
    pub oid: String,
    /// Bytes of the content.
    pub size: u64,
}

/// What one rule of CODEOWNERS asks for one path. GitHub's files have one such rule for a path at most; of GitLab's each
/// section has one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ownership {
    /// The path that it is about: the file's, or its previous one.
    pub path: String,
    /// The section; `None` outside of any.
    pub section: Option<String>,
    /// Logins and teams with their `@`, and e-mail addresses, as they are written; never empty.
    pub owners: Vec<String>,
    /// How many of them the section asks for.
    pub count: u32,
    /// Whether the section only suggests.
    pub optional: bool,
    /// The line of CODEOWNERS, from 1.
    pub line: u32,
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
    /// Git's id of the content before, in lower-case hexadecimal, of a submodule its commit; `None` where it was not there, and
    /// where it is not known whole.
    pub blob_before: Option<String>,
    /// Git's id of the content after.
    pub blob_after: Option<String>,
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
    /// What told so.
    pub kind_from: FileKindFrom,
    /// Whether attributes of the base (`-diff`, `binary`) keep text from being shown: then it is `binary` only by them.
    pub hidden: bool,
    /// The pointer before, of a file that Git LFS keeps elsewhere.
    pub lfs_before: Option<LfsPointer>,
    /// The pointer after.
    pub lfs_after: Option<LfsPointer>,
    /// Code owners of the path and of the previous path, in order, each once; those that are only suggested too.
    pub owners: Vec<String>,
    /// What CODEOWNERS of the base asks for each of these paths, rule by rule.
    pub ownership: Vec<Ownership>,
}

impl FileChange {
    /// A changed path of which nothing else is known.
    #[must_use]
    pub fn at(path: impl Into<String>, status: FileStatus, kind: FileKind) -> Self {
        Self {
            path: path.into(),
            previous_path: None,
            status,
            mode_before: None,
            mode_after: None,
            blob_before: None,
            blob_after: None,
            binary: false,
            added: None,
            removed: None,
            hunks: Vec::new(),
            language: None,
            kind,
            kind_from: FileKindFrom::Path,
            hidden: false,
            lfs_before: None,
            lfs_after: None,
            owners: Vec::new(),
            ownership: Vec::new(),
        }
    }

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

    /// Whether either side is a pointer to content that Git LFS keeps elsewhere, so that nobody has seen what changes.
    #[must_use]
    pub const fn is_lfs(&self) -> bool {
        self.lfs_before.is_some() || self.lfs_after.is_some()
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
