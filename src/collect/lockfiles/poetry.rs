//! `poetry.lock`.

use super::place::file_name;
use super::{Context, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::Ecosystem;

/// `poetry.lock`.
pub(super) struct PoetryLock;

impl LockfileFormat for PoetryLock {
    fn name(&self) -> &'static str {
        "poetry.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Pypi
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "poetry.lock"
    }

    fn parse(&self, _text: &str, _context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        Err(LockfileError::new(None, "is not read yet"))
    }
}
