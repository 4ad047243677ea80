//! Test reports as test cases, coverage reports as coverage of changed lines; pure, and one source for each report.

mod coverage;
mod dependencies;
mod results;

pub use self::coverage::coverage;
pub use self::results::test_cases;
use crate::evidence::{Completeness, Problem, Source};

/// Records what could not be taken as it stands; any of it makes the source `failed`, while the rest still counts.
fn tell(source: &mut Source, problems: &[Problem], count: u64) {
    source.problems.extend_from_slice(problems);
    source.problems.truncate(Source::MAX_PROBLEMS);
    source.problem_count += count;
    if let Some(first) = source.problems.first() {
        let (all, at, message) = (source.problem_count, &first.at, &first.message);
        let reason = format!("{all} of its statements could not be taken as they stand: first at {at}: {message}");
        source.worsen(Completeness::Failed, reason);
    }
}
