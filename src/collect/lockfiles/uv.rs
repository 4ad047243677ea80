//! `uv.lock`.

use super::place::file_name;
use super::{Context, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::Ecosystem;

/// `uv.lock`.
pub(super) struct UvLock;

impl LockfileFormat for UvLock {
    fn name(&self) -> &'static str {
        "uv.lock"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Pypi
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "uv.lock"
    }

    fn parse(&self, _text: &str, _context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        Err(LockfileError::new(None, "is not read yet"))
    }
}
