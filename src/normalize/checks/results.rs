//! Cases of JUnit reports as test cases: every case of every report once, in canonical order.
//!
//! A case that was tried again counts with its last attempt, and with how often it was run. A case that is there several times
//! under one name counts as often: see `collect::junit`. A file that can't be mapped into the repository is left out of its case,
//! which then lies under every glob.

use indexmap::IndexSet;

use super::tell;
use crate::collect::input::Report;
use crate::collect::junit::{Attempt, JUnitCase, JUnitReport};
use crate::evidence::{CheckStatus, Completeness, EvidenceKind, Source, TestCase};
use crate::normalize::freshness;
use crate::normalize::places::{Context, Ground, Place};

/// The test cases of all reports, and one source for each report.
#[must_use]
pub fn test_cases(reports: &[Report<JUnitReport>], context: &Context<'_>) -> (Vec<TestCase>, Vec<Source>) {
    let ground = Ground::new(context);
    let mut cases = Vec::new();
    let mut sources = Vec::new();
    for report in reports {
        let mut source = freshness::source(report, EvidenceKind::Tests, context.change);
        if let Ok(results) = &report.outcome {
            tell(&mut source, &results.problems, results.problem_count);
            if let Some(reason) = results.truncated() {
                source.worsen(Completeness::Truncated, reason);
            }
            let places = Places::of(results, &ground);
            source.items = results.cases.len() as u64;
            cases.extend(results.cases.iter().map(|case| test_case(case, results, &places)));
        }
        sources.push(source);
    }
    cases.sort();
    sources.sort();
    (cases, sources)
}

/// Where the files of one report lie, each looked for once.
struct Places<'r> {
    written: IndexSet<&'r str>,
    places: Vec<Place>,
}

impl<'r> Places<'r> {
    fn of(results: &'r JUnitReport, ground: &Ground<'_>) -> Self {
        let written: IndexSet<&str> = results.cases.iter().filter_map(|case| case.file.as_deref()).collect();
        let all: Vec<&str> = written.iter().copied().collect();
        Self { places: ground.map(&all, &[]), written }
    }

    fn get(&self, written: &str) -> Option<&Place> {
        self.places.get(self.written.get_index_of(written)?)
    }
}

fn test_case(case: &JUnitCase, results: &JUnitReport, places: &Places<'_>) -> TestCase {
    let (path, line) = match case.file.as_deref().and_then(|file| places.get(file)) {
        Some(Place::Path { path, moved: false, .. }) => (Some(path.clone()), case.line),
        // The line is that of another content.
        Some(Place::Path { path, .. }) => (Some(path.clone()), 0),
        Some(Place::Unmapped(_)) | None => (None, 0),
    };
    TestCase {
        suite: results.suites.get(case.suite).cloned().unwrap_or_default(),
        class: case.class.clone(),
        name: case.name.clone(),
        status: match case.last {
            Attempt::Passed => CheckStatus::Passed,
            Attempt::Skipped => CheckStatus::Skipped,
            Attempt::Failed => CheckStatus::Failed,
        },
        attempts: case.flaky.saturating_add(case.reruns).saturating_add(1),
        path,
        line,
        message: case.message.clone(),
    }
}
