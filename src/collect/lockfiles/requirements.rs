//! `requirements.txt`.

use super::place::file_name;
use super::{Context, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::Ecosystem;

/// `requirements.txt`.
pub(super) struct Requirements;

impl LockfileFormat for Requirements {
    fn name(&self) -> &'static str {
        "requirements.txt"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Pypi
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "requirements.txt"
    }

    fn parse(&self, _text: &str, _context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        Err(LockfileError::new(None, "is not read yet"))
    }
}
