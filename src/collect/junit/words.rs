//! What the attributes `status` and `result` of a case say, in the words of the tools that write them.

use super::wire::Attempt;

/// What a word says of a case: `None` for a word that nobody knows. Case, blanks, `-` and `_` make no difference.
///
/// Words of GoogleTest (`run`, `notrun`, `completed`, `suppressed`), CTest (`fail`, `disabled`), Qt Test (`xfail`, `xpass`), behave (`undefined`, `untested`), Allure (`broken`) and others.
pub(super) fn attempt(word: &str) -> Option<Attempt> {
    let word: String =
        word.chars().filter(|c| !matches!(c, '-' | '_') && !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    Some(match word.as_str() {
        "" | "run" | "ran" | "completed" | "complete" | "done" | "executed" | "pass" | "passed" | "success"
        | "successful" | "succeeded" | "ok" | "true" | "warning" | "finished" => Attempt::Passed,
        "notrun" | "notexecuted" | "disabled" | "suppressed" | "skip" | "skipped" | "ignore" | "ignored"
        | "pending" | "todo" | "inactive" | "untested" | "excluded" | "filtered" | "xfail" | "inconclusive" => {
            Attempt::Skipped
        }
        "fail" | "failed" | "failure" | "error" | "errored" | "broken" | "timeout" | "timedout" | "aborted"
        | "abort" | "crash" | "crashed" | "killed" | "cancelled" | "canceled" | "interrupted" | "incomplete"
        | "undefined" | "xpass" | "ko" | "false" | "exception" => Attempt::Failed,
        _ => return None,
    })
}

/// What an element of a case is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Child {
    /// The last attempt failed.
    Failure,
    /// An attempt failed, and a later one did not.
    Flaky,
    /// A further attempt failed.
    Rerun,
    /// It was not run.
    Skipped,
    /// Anything else.
    Other,
}

/// What an element is for, by its name; one that speaks of failing or an error is a failure, however it is spelled.
pub(super) fn child(name: &str) -> Child {
    match name {
        "failure" | "error" => Child::Failure,
        "flakyFailure" | "flakyError" => Child::Flaky,
        "rerunFailure" | "rerunError" => Child::Rerun,
        "skipped" | "disabled" | "ignored" | "notrun" => Child::Skipped,
        "system-out" | "system-err" | "properties" => Child::Other,
        _ => {
            let name = name.to_ascii_lowercase();
            if name.contains("fail") || name.contains("error") {
                Child::Failure
            } else if name.starts_with("skip") {
                Child::Skipped
            } else {
                Child::Other
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Child, attempt, child};

    #[test]
    fn words_are_known_in_every_spelling_and_others_are_not() {
        assert_eq!(attempt("Not_Run"), Some(Attempt::Skipped));
        assert_eq!(attempt(" PASSED "), Some(Attempt::Passed));
        assert_eq!(attempt("time-out"), Some(Attempt::Failed));
        assert_eq!(attempt("passable"), None);
    }

    #[test]
    fn an_element_that_speaks_of_failing_is_a_failure() {
        for name in ["failure", "error", "Failure", "failed", "errors", "FAIL"] {
            assert_eq!(child(name), Child::Failure, "{name}");
        }
        assert_eq!(child("flakyError"), Child::Flaky);
        assert_eq!(child("warning"), Child::Other);
    }
}
