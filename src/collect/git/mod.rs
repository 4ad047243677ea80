//! A change given as two commits of a git repository, read without running git, its configuration, filters or hooks.

use std::path::{Path, PathBuf};

use super::snapshot::{RawChange, SnapshotError};

/// Which change of which repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitOptions {
    /// A directory in the repository.
    pub repo: PathBuf,
    /// The branch that the change is to go into; `None` for the remote's default branch.
    pub base: Option<String>,
    /// The last commit of the change; `None` for `HEAD`.
    pub head: Option<String>,
}

/// A repository, open for reading.
pub struct GitRepository {
    repo: gix::Repository,
}

/// Reads the change between the merge base and the head.
///
/// # Errors
/// Where the repository, a revision or an object can't be had; it says what to do.
pub fn read(options: &GitOptions) -> Result<RawChange, SnapshotError> {
    let _ = GitRepository::open(&options.repo)?;
    Err(SnapshotError::Unusable { message: "is not read yet".to_owned(), help: String::new() })
}

impl GitRepository {
    /// Opens the repository that a directory lies in.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub fn open(path: &Path) -> Result<Self, SnapshotError> {
        gix::discover(path)
            .map(|repo| Self { repo })
            .map_err(|error| SnapshotError::Unusable { message: error.to_string(), help: String::new() })
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
        Err(SnapshotError::Unusable { message: format!("`{revision}` is not read yet"), help: String::new() })
    }

    /// Regular files under a directory of a commit, with their content, by path.
    ///
    /// # Errors
    /// Where the commit or a file of it can't be read.
    pub fn files_under(&self, commit: &str, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, SnapshotError> {
        let _ = prefix;
        self.resolve(commit).map(|_| Vec::new())
    }

    /// The content of one regular file of a commit; `None` where there is none.
    ///
    /// # Errors
    /// Where the commit or the file can't be read.
    pub fn file(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        let _ = path;
        self.resolve(commit).map(|_| None)
    }
}
