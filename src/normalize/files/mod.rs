//! Changed paths: what each file is for, its language, and who owns it. Pure, and judged by the path and by what
//! `.gitattributes` of the base say of it: a renamed file by its new path, a deleted one by the path that it had.

mod attributes;
mod kinds;
mod languages;
mod owners;
mod tables;

pub use kinds::kind_of;
pub use languages::language_of;
pub use owners::{own, unknown};

use crate::collect::snapshot::RawFile;
use crate::evidence::FileChange;

/// Raw changed paths to evidence, by path. Owners are added by [`own`].
#[must_use]
pub fn files(raw: Vec<RawFile>) -> Vec<FileChange> {
    let mut files: Vec<FileChange> = raw.into_iter().map(file).collect();
    files.sort();
    files
}

fn file(raw: RawFile) -> FileChange {
    let told = attributes::told(&raw.path, &raw.linguist);
    FileChange {
        language: told.language,
        kind_from: told.from,
        previous_path: raw.previous_path,
        mode_before: raw.mode_before,
        mode_after: raw.mode_after,
        blob_before: raw.blob_before,
        blob_after: raw.blob_after,
        binary: raw.binary,
        hidden: raw.hidden,
        added: raw.added,
        removed: raw.removed,
        hunks: raw.hunks,
        lfs_before: raw.lfs_before,
        lfs_after: raw.lfs_after,
        ..FileChange::at(raw.path, raw.status, told.kind)
    }
}

#[cfg(test)]
mod tests;
