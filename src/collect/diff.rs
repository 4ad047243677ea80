//! A change given as a unified diff in git's format. What it leaves out can't be known, so whatever could hide a change is refused.

use super::input::Refusal;
use super::snapshot::RawChange;

/// The longest diff that is read, in bytes: 256 MiB.
pub const MAX_BYTES: u64 = 256 << 20;

/// Reads a whole diff.
///
/// # Errors
/// A [`Refusal`] where it is not one complete git diff of one change.
pub fn read(bytes: &[u8]) -> Result<RawChange, Refusal> {
    let _ = bytes;
    Err(Refusal::failed("is not read yet"))
}
