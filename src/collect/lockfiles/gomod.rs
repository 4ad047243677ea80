//! `go.mod`.

use super::place::file_name;
use super::{Context, LockedSet, LockfileError, LockfileFormat};
use crate::evidence::Ecosystem;

/// `go.mod`.
pub(super) struct GoMod;

impl LockfileFormat for GoMod {
    fn name(&self) -> &'static str {
        "go.mod"
    }

    fn ecosystem(&self) -> Ecosystem {
        Ecosystem::Golang
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "go.mod"
    }

    fn parse(&self, _text: &str, _context: &Context<'_>) -> Result<LockedSet, LockfileError> {
        Err(LockfileError::new(None, "is not read yet"))
    }
}
