//! Changed paths: what each file is for, and its language. Pure, and judged by the path alone: a renamed file by its new
//! path, a deleted one by the path that it had.

mod kinds;
mod languages;
mod owners;
mod tables;

pub use kinds::kind_of;
pub use languages::language_of;

use crate::collect::snapshot::RawFile;
use crate::evidence::FileChange;

/// Raw changed paths to evidence, by path. Owners are added later.
#[must_use]
pub fn files(raw: Vec<RawFile>) -> Vec<FileChange> {
    let mut files: Vec<FileChange> = raw
        .into_iter()
        .map(|file| FileChange {
            language: language_of(&file.path).map(str::to_owned),
            previous_path: file.previous_path,
            mode_before: file.mode_before,
            mode_after: file.mode_after,
            binary: file.binary,
            added: file.added,
            removed: file.removed,
            hunks: file.hunks,
            ..FileChange::at(file.path.as_str(), file.status, kind_of(&file.path))
        })
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests;
