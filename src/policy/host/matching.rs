//! Globs on any text: names of branches, titles, labels. There are no regular expressions: what a rule asks of a text is
//! said by globs, `starts_with`, `ends_with`, `contains` and `==`, which everybody reads alike.

use std::sync::Arc;

use rhai::{Dynamic, ImmutableString, NativeCallContext};

use super::effects::run_of;
use super::error::{HostError, HostResult};
use super::globs::{Globs, texts};
use super::signature::{Param, Signature};
use crate::diagnostic::Code;

/// How many bytes of a text a glob reads for one operation of the limit.
const BYTES_PER_OPERATION: usize = 16;

pub(super) const TABLE: &[Signature] = &[Signature::method(
    "text",
    "matches_glob",
    &[("globs", Param::Globs)],
    "true or false",
    "whether a glob matches all of a text, as it would match a path: `*` stops at `/`, `**` does not, capitals count",
    |module, name| {
        let globs = Arc::new(Globs::default());
        module.set_native_fn(
            name,
            move |context: NativeCallContext<'_>, text: ImmutableString, wanted: Dynamic| -> HostResult<bool> {
                let wanted = texts(&wanted)?;
                let cost = wanted.len().saturating_mul(1 + text.len() / BYTES_PER_OPERATION);
                if !run_of(&context)?.charge(cost as u64) {
                    return Err(HostError::new(Code::LimitExceeded, "the rule used too many operations").into());
                }
                // All are compiled first, so that a malformed one is never passed over.
                let patterns = wanted.iter().map(|glob| globs.get(glob)).collect::<HostResult<Vec<_>>>()?;
                Ok(patterns.iter().any(|pattern| pattern.matches(&text)))
            },
        );
    },
)
.errors("a malformed glob, or one that matches no path, as one that begins or ends with `/`")
.example("if change.target_branch.matches_glob([\"main\", \"release/*\"]) { note(\"goes into a release\"); }")];
