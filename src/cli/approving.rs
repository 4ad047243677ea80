//! What a run says about approvals beside the reviews: verdicts about earlier heads, and the head that was reviewed.

use super::console::Console;
use super::judge::Run;
use super::pipeline::{Approving, PolicySet, read_earlier};
use super::said::Location;
use crate::collect::input;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::{Change, Completeness};

/// The largest verdict that is read, in bytes: 256 MiB.
pub const MAX_BYTES: u64 = 256 << 20;

/// Reads what the settings name. A verdict that is not there is said and does without: then only approvals of the head count.
///
/// # Errors
/// A file that is no verdict, that does not say what it is about, or that the change brings along.
pub fn approving(
    run: &Run,
    policy: &PolicySet,
    change: &Change,
    console: &Console,
) -> Result<Approving, Vec<Diagnostic>> {
    let settings = &run.settings;
    let mut approving = Approving {
        reviewed_head: settings.reviewed_head.value.clone(),
        fallbacks: policy.fallbacks(),
        ..Approving::default()
    };
    let mut mistakes = Vec::new();
    for file in &settings.previous.value {
        let input = match input::read(&file.path, MAX_BYTES) {
            Ok(input) => input,
            Err(refusal) if refusal.completeness == Completeness::Missing => {
                console.warning(&format!(
                    "`{}`, named by `--previous`, {}: approvals of earlier heads are not kept",
                    file.shown, refusal.reason
                ));
                continue;
            }
            Err(refusal) => {
                mistakes.push(broken(file, refusal.reason));
                continue;
            }
        };
        let brought = change.head.as_deref().zip(run.checkout.as_ref());
        if brought.is_some_and(|(head, checkout)| checkout.is_in(head, &file.path, &input.sha256)) {
            let what = "is a file of the change itself, which can't say what was asked for before";
            mistakes.push(broken(file, what.to_owned()).help("keep verdicts outside of what is committed"));
            continue;
        }
        match read_earlier(&input.bytes) {
            Ok(earlier) => approving.previous.push(earlier),
            Err(reason) => mistakes.push(broken(file, reason)),
        }
    }
    if mistakes.is_empty() { Ok(approving) } else { Err(mistakes) }
}

fn broken(file: &Location, reason: String) -> Diagnostic {
    Diagnostic::new(Code::BrokenVerdict, reason).at(Place::file(file.shown.clone()))
}
