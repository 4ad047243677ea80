//! Suites and their cases, and what suites claim of them.

use super::super::input::Refusal;
use super::super::xml::{Document, Element, Step, quoted};
use super::case::{Attributes, Ending, cut};
use super::wire::{Attempt, JUnitCase, JUnitReport};
use super::words::{self, Child};
use super::{MAX_CASES, MAX_NAME};
use crate::evidence::{Problem, Source};

/// The name that pytest gives its suite, unless `junit_suite_name` is set.
const PYTEST: &str = "pytest";

/// The name that pytest gives the report, whatever its suite is called.
const PYTEST_REPORT: &str = "pytest tests";

/// The host that Catch2 writes for every run, as it looks up none.
const CATCH_HOST: &str = "tbd";

/// What separates the names of nested suites.
const SEPARATOR: &str = " > ";

/// A suite that is being read.
#[derive(Clone, Default)]
struct Suite {
    /// Its name, with those that it stands in.
    path: String,
    /// Its position among those that have cases, once it has one.
    position: Option<usize>,
    file: Option<String>,
    /// Whether pytest wrote it; of the report, whether pytest wrote all of it.
    is_pytest: bool,
    /// Whether its `tests` counts assertions.
    counts_assertions: bool,
}

/// What the attributes of a suite claim.
#[derive(Default)]
struct Claims {
    tests: Option<u64>,
    failures: Option<u64>,
    errors: Option<u64>,
    /// A total that is no number.
    odd: Option<String>,
}

/// What a suite really holds, with those in it.
#[derive(Clone, Copy, Default)]
struct Tally {
    cases: u64,
    /// Failures and errors, each of a case on its own, and cases that failed without one.
    failures: u64,
    /// Attempts besides the last ones.
    attempts: u64,
    /// What suites that count something else claim as tests besides their cases.
    others: u64,
}

impl Tally {
    const fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.failures += other.failures;
        self.attempts += other.attempts;
        self.others = self.others.saturating_add(other.others);
    }
}

pub(super) struct Reader<'t> {
    document: Document<'t>,
    report: JUnitReport,
    max_cases: usize,
}

impl<'t> Reader<'t> {
    pub(super) const fn new(document: Document<'t>, max_cases: usize) -> Self {
        let report =
            JUnitReport { suites: Vec::new(), cases: Vec::new(), total: 0, problems: Vec::new(), problem_count: 0 };
        Self { document, report, max_cases }
    }

    /// Reads everything in the root element.
    pub(super) fn root(&mut self, root: &Element<'_>) -> Result<(), Refusal> {
        let mut outer = Suite::default();
        if root.name() == "testsuite" {
            self.suite(root, &outer).map(drop)
        } else {
            let (report, claims) = named(root, &outer)?;
            outer.is_pytest = report.path == PYTEST_REPORT;
            self.inside(root, outer, &claims).map(drop)
        }
    }

    /// The report, once the document has ended.
    pub(super) fn finish(mut self) -> Result<JUnitReport, Refusal> {
        match self.document.next()? {
            Step::End => Ok(self.report),
            Step::Open(_) | Step::Close | Step::Text(_) => Err(Refusal::failed("is not XML: it goes on after its end")),
        }
    }

    fn suite(&mut self, element: &Element<'_>, outer: &Suite) -> Result<Tally, Refusal> {
        let (suite, claims) = named(element, outer)?;
        self.inside(element, suite, &claims)
    }

    /// Reads what stands in a suite, and compares it with what the suite claims.
    fn inside(&mut self, element: &Element<'_>, mut suite: Suite, claims: &Claims) -> Result<Tally, Refusal> {
        let line = element.line();
        let mut tally = Tally::default();
        loop {
            match self.document.next()? {
                Step::Open(inner) => {
                    let found = match inner.name() {
                        "testsuite" | "testsuites" => self.suite(&inner, &suite)?,
                        "testcase" => self.case(&inner, &mut suite)?,
                        name => {
                            if words::child(name) == Child::Failure {
                                let message = format!("{} has an element {} of its own", of(&suite), quoted(name));
                                self.problem(inner.line(), message);
                            }
                            self.pass_over(&inner)?;
                            Tally::default()
                        }
                    };
                    tally.add(found);
                }
                Step::Close => break,
                Step::Text(_) => {}
                Step::End => break,
            }
        }
        let others = self.compare(line, &suite, claims, tally);
        tally.others = tally.others.saturating_add(others);
        Ok(tally)
    }

    /// Compares what a suite claims with what it holds. Gives how many of its tests are something else than cases.
    fn compare(&mut self, line: usize, suite: &Suite, claims: &Claims, found: Tally) -> u64 {
        if let Some(odd) = &claims.odd {
            self.problem(line, format!("{} {odd}", of(suite)));
        }
        // Surefire and Gradle count every attempt.
        let most = found.cases.saturating_add(found.attempts).saturating_add(found.others);
        // pytest counts subtests, of which it writes no case; Catch2 and doctest count assertions.
        let counts_others = (suite.is_pytest || suite.counts_assertions) && found.cases > 0;
        let more = claims.tests.unwrap_or(0).saturating_sub(most);
        if let Some(tests) = claims.tests.filter(|_| more > 0 && !counts_others) {
            let message = format!("{} claims {tests} tests and has {} cases", of(suite), found.cases);
            self.problem(line, message);
        }
        let failures = claims.failures.unwrap_or(0).saturating_add(claims.errors.unwrap_or(0));
        if failures > found.failures.saturating_add(found.attempts) {
            let message =
                format!("{} claims {failures} failures and errors and its cases show {}", of(suite), found.failures);
            self.problem(line, message);
        }
        if counts_others { more } else { 0 }
    }

    fn case(&mut self, element: &Element<'_>, suite: &mut Suite) -> Result<Tally, Refusal> {
        let line = element.line();
        let attributes = Attributes::of(element)?;
        let mut ending = Ending::default();
        let mut tally = Tally { cases: 1, ..Tally::default() };
        loop {
            match self.document.next()? {
                Step::Open(inner) if inner.name() == "testcase" => {
                    let found = self.case(&inner, suite)?;
                    tally.add(found);
                }
                Step::Open(inner) => match words::child(inner.name()) {
                    Child::Other => self.pass_over(&inner)?,
                    kind => ending.take(kind, &inner, &mut self.document)?,
                },
                Step::Close | Step::End => break,
                Step::Text(_) => {}
            }
        }
        if let Some(unknown) = &attributes.unknown {
            self.problem(line, format!("the case {}: {unknown}", quoted(&attributes.name)));
        }
        let last = attributes.stated.unwrap_or(Attempt::Passed).max(ending.attempt());
        tally.failures += ending.failures.max(u64::from(last == Attempt::Failed));
        tally.attempts += u64::from(ending.flaky) + u64::from(ending.reruns);
        self.keep(attributes, ending, last, suite);
        Ok(tally)
    }

    fn keep(&mut self, attributes: Attributes, ending: Ending, last: Attempt, suite: &mut Suite) {
        self.report.total += 1;
        if self.report.cases.len() >= self.max_cases {
            return;
        }
        let suites = &mut self.report.suites;
        let position = *suite.position.get_or_insert_with(|| {
            suites.push(suite.path.clone());
            suites.len() - 1
        });
        let from_zero = suite.is_pytest && attributes.file.is_some();
        self.report.cases.push(JUnitCase {
            suite: position,
            class: attributes.class,
            name: attributes.name,
            line: if from_zero { attributes.line.saturating_add(1) } else { attributes.line },
            file: attributes.file.or_else(|| suite.file.clone()),
            last,
            flaky: ending.flaky,
            reruns: ending.reruns,
            message: ending.into_message(),
        });
    }

    /// Passes over an element that says nothing of cases. One that holds a case all the same is a problem.
    fn pass_over(&mut self, element: &Element<'_>) -> Result<(), Refusal> {
        let mut hidden = matches!(element.name(), "testcase" | "testsuite").then(|| element.line());
        self.document.skip(|name, line| {
            if matches!(name, "testcase" | "testsuite") {
                hidden.get_or_insert(line);
            }
        })?;
        if let Some(line) = hidden {
            self.problem(line, format!("a case or a suite stands where none is read, in {}", quoted(element.name())));
        }
        Ok(())
    }

    fn problem(&mut self, line: usize, message: String) {
        self.report.problem_count += 1;
        if self.report.problems.len() < Source::MAX_PROBLEMS {
            self.report.problems.push(Problem { at: format!("line {line}"), message });
        }
    }
}

/// A suite in words.
fn of(suite: &Suite) -> String {
    if suite.path.is_empty() { "the report".to_owned() } else { format!("the suite {}", quoted(&suite.path)) }
}

/// The name of a suite, and what it claims.
fn named(element: &Element<'_>, outer: &Suite) -> Result<(Suite, Claims), Refusal> {
    let mut suite = Suite { path: outer.path.clone(), file: outer.file.clone(), ..Suite::default() };
    // A suite of the report, not one of another tool in a suite of pytest.
    suite.is_pytest = outer.is_pytest && outer.path.is_empty();
    let mut claims = Claims::default();
    element.attributes(|name, value| {
        let value = value.trim();
        match name {
            "name" => {
                suite.is_pytest |= value == PYTEST;
                if !value.is_empty() {
                    let separator = if outer.path.is_empty() { "" } else { SEPARATOR };
                    suite.path = cut(&format!("{}{separator}{value}", outer.path), MAX_NAME);
                }
            }
            "hostname" => suite.counts_assertions |= value == CATCH_HOST,
            "doctest_version" => suite.counts_assertions = true,
            "file" | "filepath" if !value.is_empty() => suite.file = Some(value.to_owned()),
            "tests" | "failures" | "errors" if !value.is_empty() => {
                let claim = match name {
                    "tests" => &mut claims.tests,
                    "failures" => &mut claims.failures,
                    _ => &mut claims.errors,
                };
                *claim = value.parse().ok();
                if claim.is_none() {
                    claims.odd = Some(format!("claims {} as `{name}`, which is no number", quoted(value)));
                }
            }
            _ => {}
        }
    })?;
    Ok((suite, claims))
}

impl JUnitReport {
    /// Why not all of it was kept, if it was not.
    #[must_use]
    pub fn truncated(&self) -> Option<String> {
        (self.total > self.cases.len() as u64)
            .then(|| format!("has {} cases, more than the limit of {MAX_CASES}", self.total))
    }
}
