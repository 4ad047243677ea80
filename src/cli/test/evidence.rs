//! The evidence of a case: its document, with a default for whatever the case does not say.

use super::case::Case;
use crate::cli::pipeline;
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::{Evidence, Source};

/// The evidence of a case, with a complete source for each kind that it says is complete.
///
/// # Errors
/// Where the case's evidence is none.
pub(super) fn of(case: &Case) -> Result<Evidence, Diagnostic> {
    let mut evidence = pipeline::evidence_of_case(case.evidence.clone())
        .map_err(|message| Diagnostic::new(Code::BrokenCase, message).at(case.place.clone()))?;
    evidence.sources.extend(case.complete.iter().map(|kind| Source::complete(*kind)));
    evidence.sort();
    Ok(evidence)
}
