//! A change given as two commits of a git repository. No git is run, and no configuration but the repository's own is
//! read; filters, text conversions, external diffs, hooks, replacements and grafts never act. Uncommitted work is no part of it, and is only named.

mod objects;
mod revisions;
mod worktree;

use std::path::{Path, PathBuf};

use self::objects::{GitSnapshot, ObjectContents, missing_object};
use super::snapshot::{Attributes, RawChange, Snapshot, SnapshotError, compare};
use crate::evidence::{path_from_bytes, path_to_bytes};

/// Which change of which repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitOptions {
    /// A directory in the repository.
    pub repo: PathBuf,
    /// The branch that the change is to go into. `None` for the remote's default branch as git knows it, else `main` or
    /// `master`; where that branch holds the head already, the head's first parent.
    pub base: Option<String>,
    /// The last commit of the change; `None` for `HEAD`.
    pub head: Option<String>,
}

/// How many bytes of unpacked contents are kept for those that are stored as differences to them; git's own measure is
/// 96 MiB (`core.deltaBaseCacheLimit`).
const DELTA_BASE_BYTES: usize = 96 << 20;

/// A repository, open for reading.
pub struct GitRepository {
    repo: gix::Repository,
}

/// Reads the change between the merge base of base and head, and the head.
///
/// # Errors
/// Where the repository, a revision, enough of the history, or an object can't be had; it says what to do.
pub fn read(options: &GitOptions) -> Result<RawChange, SnapshotError> {
    GitRepository::open(&options.repo)?.read(options.base.as_deref(), options.head.as_deref())
}

impl GitRepository {
    /// Opens the repository that a directory lies in: a checkout, a linked worktree or a bare repository.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub fn open(path: &Path) -> Result<Self, SnapshotError> {
        let trust =
            gix::sec::trust::Mapping { full: gix::open::Options::isolated(), reduced: gix::open::Options::isolated() };
        let mut repo: gix::Repository =
            gix::ThreadSafeRepository::discover_opts(path, gix::discover::upwards::Options::default(), trust)
                .map_err(|error| {
                    if !path.is_dir() {
                        unusable(
                            format!("there is no directory `{}`", path.display()),
                            "name a checkout of a git repository",
                        )
                    } else if error.is_not_found() {
                        unusable(
                            format!("`{}` is not in a git repository", path.display()),
                            "name a checkout with `--repo`, or describe the change with `--trees` or `--diff`",
                        )
                    } else {
                        unusable(
                            format!("the repository of `{}` can't be opened: {}", path.display(), said(&error)),
                            "only repositories with SHA-1 ids can be read; `git fsck` tells of damage",
                        )
                    }
                })?
                .into();
        repo.objects.ignore_replacements = true;
        repo.object_cache_size_if_unset(16 << 20);
        // Contents lie in packs as chains of differences; without their bases at hand each chain would be unpacked anew.
        repo.objects
            .set_pack_cache(|| Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(DELTA_BASE_BYTES)));
        Ok(Self { repo })
    }

    /// Reads the change between two of its commits; see [`GitOptions`].
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self, base: Option<&str>, head: Option<&str>) -> Result<RawChange, SnapshotError> {
        self.read_by(base, head, None)
    }

    /// [`GitRepository::read`], where the attributes of another commit than the base tell what files are.
    ///
    /// # Errors
    /// As [`read`], and where there is no such commit.
    pub fn read_by(
        &self,
        base: Option<&str>,
        head: Option<&str>,
        attributes: Option<&str>,
    ) -> Result<RawChange, SnapshotError> {
        let span = self.span(base, head)?;
        let tree = |commit| self.tree_of(commit);
        let (before, after) = (span.merge_base.map(tree).transpose()?, tree(span.head)?);
        let trusted = match attributes {
            Some(revision) => Some(tree(self.commit(revision)?)?),
            None => span.base.map(tree).transpose()?,
        };
        let pairs = self.changed_entries(before, after)?;
        let attributes = Attributes::above(pairs.iter().map(|pair| pair.path.as_slice()), |path| match trusted {
            Some(tree) => self.regular_file(tree, path),
            None => Ok(None),
        })?;
        let files = compare(pairs, &ObjectContents { repo: &self.repo }, &attributes)?;
        let change = self.describe(&span, head)?;
        let snapshot = GitSnapshot { repository: Self { repo: self.repo.clone() }, before, after };
        Ok(RawChange { change, files, snapshot: Some(Box::new(snapshot)) })
    }

    /// The root of its checkout; `None` of a bare repository.
    #[must_use]
    pub fn root(&self) -> Option<PathBuf> {
        self.repo.workdir().map(Path::to_path_buf)
    }

    /// The full id of the commit that a revision names.
    ///
    /// # Errors
    /// Where there is no such commit, or more than one.
    pub fn resolve(&self, revision: &str) -> Result<String, SnapshotError> {
        self.commit(revision).map(|id| id.to_string())
    }

    /// The full ids of the parents of the commit that a revision names, in order. They need not be in a shallow clone.
    ///
    /// # Errors
    /// Where there is no such commit, or it can't be read.
    pub fn parents(&self, revision: &str) -> Result<Vec<String>, SnapshotError> {
        let id = self.commit(revision)?;
        let commit = self.repo.find_commit(id).map_err(|error| broken(b"", id, &error))?;
        Ok(commit.parent_ids().map(|parent| parent.to_string()).collect())
    }

    /// Whether the history of a commit holds another one, or is it.
    ///
    /// # Errors
    /// Where there is no such commit, or the history can't be read.
    pub fn is_ancestor(&self, ancestor: &str, of: &str) -> Result<bool, SnapshotError> {
        let (ancestor, of) = (self.commit(ancestor)?, self.commit(of)?);
        Ok(self.merge_base(of, ancestor)? == ancestor)
    }

    /// Regular files under a directory of a commit (all of them under ``), with their content, by path.
    ///
    /// # Errors
    /// Where the commit or a file of it can't be read.
    pub fn files_under(&self, commit: &str, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, SnapshotError> {
        let root = self.tree_of(self.commit(commit)?)?;
        let prefix = path_to_bytes(prefix.trim_matches('/'));
        let Some(tree) = self.directory(root, &prefix)? else {
            return Ok(Vec::new());
        };
        let mut files = Vec::new();
        for entry in self.entries(tree)? {
            if entry.mode.is_blob() {
                let path = if prefix.is_empty() {
                    entry.filepath.to_vec()
                } else {
                    [&prefix, &b"/"[..], &entry.filepath].concat()
                };
                let bytes = self.blob(entry.oid, &path)?;
                files.push((path_from_bytes(&path), bytes));
            }
        }
        files.sort();
        Ok(files)
    }

    /// All files of a commit, as the side after a change that adds them.
    ///
    /// # Errors
    /// Where there is no such commit, or it can't be read.
    pub fn snapshot(&self, revision: &str) -> Result<Box<dyn Snapshot>, SnapshotError> {
        let after = self.tree_of(self.commit(revision)?)?;
        Ok(Box::new(GitSnapshot { repository: Self { repo: self.repo.clone() }, before: None, after }))
    }

    /// The content of one regular file of a commit; `None` where there is none.
    ///
    /// # Errors
    /// Where the commit or the file can't be read.
    pub fn file(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        self.regular_file(self.tree_of(self.commit(commit)?)?, &path_to_bytes(path))
    }
}

fn unusable(message: impl Into<String>, help: impl Into<String>) -> SnapshotError {
    SnapshotError::Unusable { message: message.into(), help: help.into() }
}

/// What the object store says of an error, innermost cause last.
fn said(error: &gix::Error) -> String {
    let mut causes: Vec<String> = Vec::new();
    for cause in error.iter_errors().map(|cause| cause.to_string()) {
        if !causes.iter().any(|known| known.contains(&cause)) {
            causes.push(cause);
        }
    }
    // An error may hold line breaks; a message is one line.
    causes.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn broken(path: &[u8], id: gix::ObjectId, error: &gix::Error) -> SnapshotError {
    if error.is_not_found() {
        return missing_object(path, id);
    }
    about(path, format!("object {id}: {}", said(error)), "the repository is damaged; `git fsck` tells more")
}

/// Of a file where there is a path, of the repository where there is none.
fn about(path: &[u8], message: String, help: &str) -> SnapshotError {
    if path.is_empty() {
        return unusable(message, help);
    }
    SnapshotError::Unreadable { path: path_from_bytes(path), message, help: help.to_owned() }
}
