//! `Cargo.lock`.

use super::place::file_name;
use super::{Context, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::Ecosystem;

/// `Cargo.lock`.
pub(super) struct CargoLock;

impl LockfileFormat for CargoLock {
    fn name(&self) -> &'static str {
        "Cargo.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Cargo
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "Cargo.lock"
    }

    fn parse(&self, _text: &str, _context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        Err(LockfileError::new(None, "is not read yet"))
    }
}
