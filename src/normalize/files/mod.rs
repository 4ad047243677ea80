//! Changed paths: what each file is for, and its language. Pure; judged by the path alone.

use crate::collect::snapshot::RawFile;
use crate::evidence::{FileChange, FileKind};

/// Raw changed paths to evidence, by path. Owners are added later.
#[must_use]
pub fn files(raw: Vec<RawFile>) -> Vec<FileChange> {
    let mut files: Vec<FileChange> = raw
        .into_iter()
        .map(|file| FileChange {
            kind: kind_of(&file.path),
            language: language_of(&file.path).map(str::to_owned),
            path: file.path,
            previous_path: file.previous_path,
            status: file.status,
            mode_before: file.mode_before,
            mode_after: file.mode_after,
            binary: file.binary,
            added: file.added,
            removed: file.removed,
            hunks: file.hunks,
            owners: Vec::new(),
        })
        .collect();
    files.sort();
    files
}

/// What a file is for, by its path.
#[must_use]
pub fn kind_of(path: &str) -> FileKind {
    let _ = path;
    FileKind::Other
}

/// The language of a file by GitHub Linguist's name, where its path tells.
#[must_use]
pub fn language_of(path: &str) -> Option<&'static str> {
    let _ = path;
    None
}
