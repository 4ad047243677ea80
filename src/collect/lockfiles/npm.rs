//! `package-lock.json`.

use super::place::file_name;
use super::{Context, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::Ecosystem;

/// `package-lock.json`.
pub(super) struct PackageLock;

impl LockfileFormat for PackageLock {
    fn name(&self) -> &'static str {
        "package-lock.json"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Npm
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "package-lock.json"
    }

    fn parse(&self, _text: &str, _context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        Err(LockfileError::new(None, "is not read yet"))
    }
}
