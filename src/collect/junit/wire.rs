//! What a JUnit report says, case by case.

use crate::evidence::Problem;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JUnitReport {
    /// Names of the suites that have cases: those of nested ones joined by ` > `, outermost first.
    pub suites: Vec<String>,
    /// The cases, in the order of the file.
    pub cases: Vec<JUnitCase>,
    /// How many cases there are in all, also those that were not kept.
    pub total: u64,
    /// What could not be taken as it stands, in the order of the file; the first of them.
    pub problems: Vec<Problem>,
    /// How many problems there are in all.
    pub problem_count: u64,
}

/// One `testcase` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JUnitCase {
    /// The position of its suite in [`JUnitReport::suites`].
    pub suite: usize,
    /// Its class, where there is one.
    pub class: Option<String>,
    /// Its name; empty where it has none.
    pub name: String,
    /// Its file as the report writes it; of its suite where it has none.
    pub file: Option<String>,
    /// The line in that file, from 1; 0 where there is none.
    pub line: u32,
    /// What the last attempt says of itself.
    pub last: Attempt,
    /// How many attempts failed and were made good by a later one.
    pub flaky: u32,
    /// How many further attempts failed.
    pub reruns: u32,
    /// What the first failure says, or why it was skipped.
    pub message: Option<String>,
}

/// What a case says of its last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attempt {
    /// Nothing that is no pass.
    Passed,
    /// That it was not run.
    Skipped,
    /// That it failed, or could not be run.
    Failed,
}
