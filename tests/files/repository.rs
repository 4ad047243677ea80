//! A git repository in a temporary directory, untouched by the user's configuration.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Repository {
    pub(crate) directory: tempfile::TempDir,
}

pub(crate) fn git(directory: &Path, arguments: &[&str], index: Option<&Path>) -> Vec<u8> {
    let mut command = Command::new("git");
    command.current_dir(directory).args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "A U Thor"),
        ("GIT_AUTHOR_EMAIL", "author@example.com"),
        ("GIT_COMMITTER_NAME", "C O Mitter"),
        ("GIT_COMMITTER_EMAIL", "committer@example.com"),
        ("GIT_AUTHOR_DATE", "2026-01-02T03:04:05+0100"),
        ("GIT_COMMITTER_DATE", "2026-01-02T03:04:05+0100"),
    ] {
        command.env(name, value);
    }
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

impl Repository {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        git(directory.path(), &["init", "--quiet", "--initial-branch=main"], None);
        Self { directory }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> Vec<u8> {
        git(self.path(), arguments, None)
    }

    pub(crate) fn line(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.git(arguments)).unwrap().trim().to_owned()
    }

    pub(crate) fn place(&self, path: impl AsRef<[u8]>) -> PathBuf {
        let place = self.path().join(OsStr::from_bytes(path.as_ref()));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        place
    }

    pub(crate) fn write(&self, path: impl AsRef<[u8]>, content: impl AsRef<[u8]>) {
        fs::write(self.place(path), content).unwrap();
    }

    pub(crate) fn executable(&self, path: &str, on: bool) {
        fs::set_permissions(self.place(path), fs::Permissions::from_mode(if on { 0o755 } else { 0o644 })).unwrap();
    }

    pub(crate) fn link(&self, path: &str, target: &str) {
        let place = self.place(path);
        let _ = fs::remove_file(&place);
        std::os::unix::fs::symlink(target, place).unwrap();
    }

    pub(crate) fn remove(&self, path: impl AsRef<[u8]>) {
        fs::remove_file(self.place(path)).unwrap();
    }

    pub(crate) fn rename(&self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) {
        fs::rename(self.place(from), self.place(to)).unwrap();
    }

    /// Commits everything in the checkout, and the submodule entries given.
    pub(crate) fn commit(&self, message: &str, submodules: &[(&str, &str)]) -> String {
        self.git(&["add", "--all"]);
        for (path, commit) in submodules {
            self.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},{path}")]);
        }
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.line(&["rev-parse", "HEAD"])
    }

    /// The files of a commit in a directory of their own.
    pub(crate) fn check_out(&self, commit: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let index = tempfile::tempdir().unwrap();
        let index = index.path().join("index");
        git(self.path(), &["read-tree", commit], Some(&index));
        let prefix = format!("--prefix={}/", directory.path().display());
        git(self.path(), &["checkout-index", "--all", &prefix], Some(&index));
        directory
    }
}
