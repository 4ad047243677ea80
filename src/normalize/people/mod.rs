//! What people say about the change: reviews, and what the forge knows of the request.

mod change;
mod latest;
mod reviews;

pub use change::change;
pub use reviews::{of_another_request, reviews};

use crate::collect::forge::Problems;
use crate::evidence::{Completeness, Source};

/// Puts problems on their source, which fails for them.
fn failed_for(source: &mut Source, problems: &Problems) {
    source.problems.clone_from(&problems.kept);
    source.problem_count = problems.count;
    if let Some(first) = source.problems.first() {
        let (at, message) = (&first.at, &first.message);
        let place = if at.is_empty() { String::new() } else { format!("`{at}`: ") };
        let reason = match problems.count {
            1 => format!("a statement in it could not be taken as it stands: {place}{message}"),
            count => format!("{count} of its statements could not be taken as they stand: first {place}{message}"),
        };
        source.worsen(Completeness::Failed, reason);
    }
}
