//! Locked packages of both sides to changed packages; pure, and silent about nothing that could not be read.

mod versions;

use crate::collect::lockfiles::LockfileInputs;
use crate::evidence::{DependencyChange, Source};

/// Changed packages, and one source for each lockfile and each unresolved manifest, both in their canonical order.
#[must_use]
pub fn dependencies(inputs: &LockfileInputs) -> (Vec<DependencyChange>, Vec<Source>) {
    let _ = inputs;
    (Vec::new(), Vec::new())
}
