//! Test results as tools write them, from a folder beside the repository where there is one. What is right for each was found by
//! counting its elements with another reader of XML, and reading it.

use std::path::PathBuf;

use tollgate::evidence::{CheckStatus, Completeness};

use crate::{Repository, counts, junit_report, reason};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/junit");

/// What is right for a file.
enum Right {
    /// Passed, failed, skipped, and of the passed those that failed before; complete.
    Whole([usize; 4]),
    /// The same, and words of why the source failed.
    Lacking([usize; 4], &'static str),
    /// Words of why nothing of it is read.
    Refused(&'static str),
}

use Right::{Lacking, Refused, Whole};

/// Every file, what is right for it, and why.
const TABLE: &[(&str, Right, &str)] = &[
    (
        "dorny-dotnet-nunit.xml",
        Refused("`test-run`, a report of NUnit 3"),
        "NUnit 3's own format: `test-case`, not `testcase`",
    ),
    ("dorny-empty-java-junit.xml", Refused("nothing ran"), "a suite without any element"),
    ("dorny-empty-jest-junit-empty-testsuite.xml", Refused("nothing ran"), "one suite, and no case in it"),
    ("dorny-empty-jest-junit.xml", Refused("nothing ran"), "no suite at all"),
    (
        "dorny-java-junit4-basic.xml",
        Whole([5, 1, 0, 0]),
        "6 cases, one `failure`; three more stand in a comment; no totals anywhere",
    ),
    (
        "dorny-java-junit4-complete.xml",
        Whole([5, 2, 1, 0]),
        "8 cases: one `failure`, one `error`, one `skipped`, as its totals say",
    ),
    (
        "dorny-java-pulsar-test-report.xml",
        Whole([793, 1, 14, 0]),
        "808 cases, as its totals say; one test is there skipped and failed: two cases",
    ),
    ("dorny-jest-junit.xml", Whole([1, 4, 1, 0]), "6 cases, 4 `failure`, 1 `skipped`"),
    ("dorny-phpunit-junit-basic.xml", Whole([8, 1, 0, 0]), "9 cases, 3 of them in a suite in a suite; no totals"),
    (
        "dorny-python-xunit-pytest.xml",
        Whole([6, 2, 2, 0]),
        "10 cases; pytest's total of 15 counts subtests; an expected failure is skipped",
    ),
    ("dorny-python-xunit-unittest.xml", Whole([4, 2, 2, 0]), "8 cases: `failure`, `error`, 2 `skipped`"),
    (
        "dorny-test-errors-jest-jest-test-results.xml",
        Whole([0, 2, 0, 0]),
        "suites that could not be run, as cases with `error`, under totals of 0 tests",
    ),
    (
        "enricomi-junit.multiresult.xml",
        Whole([1, 2, 1, 0]),
        "skipped beside failure, and beside failure and error: failed",
    ),
    ("enricomi-minimal-attributes.xml", Whole([1, 2, 1, 0]), "empty `failure` and `error` elements are some"),
    ("enricomi-mocha-latex-utensils.xml", Whole([109, 0, 0, 0]), "109 cases, some of one name"),
    ("enricomi-no-attributes.xml", Whole([1, 2, 1, 0]), "4 cases without any attribute; they are not one"),
    ("enricomi-no-cases.xml", Refused("nothing ran"), "pytest that collected nothing"),
    ("enricomi-non-junit.xml", Refused("its root element is `suites`"), "`suites`, `suite` and `case`: another format"),
    ("enricomi-non-xml.xml", Refused("is not XML: it starts with `this`"), "a line of English"),
    ("enricomi-pytest-corrupt-xml.xml", Refused("is cut short"), "ends inside of the text of `skipped`"),
    ("enricomi-pytest-junit.fail.xml", Whole([3, 1, 1, 0]), "5 cases, 1 `failure`, 1 `skipped`"),
    ("enricomi-pytest-junit.gloo.standalone.xml", Whole([80, 0, 17, 0]), "97 cases, 17 `skipped`, as its totals say"),
    (
        "enricomi-scalatest-TEST-uk.co.gresearch.spark.diff.DiffOptionsSuite.xml",
        Whole([5, 0, 0, 0]),
        "5 cases under a root `testsuite` with many properties",
    ),
    ("enricomi-testsuite-in-testsuite.xml", Whole([5, 0, 0, 0]), "5 cases on three levels, each counted once"),
    ("enricomi-testsuite-root.xml", Whole([5, 0, 0, 0]), "the same without `testsuites`"),
    (
        "enricomi-xunit-xunit.xml",
        Lacking([2, 0, 0, 0], "claims 173 tests and has 2 cases"),
        "171 cases of its own total are not there",
    ),
    (
        "mikepenz-TEST-action.surefire.report.calc.StringUtilsTest.xml",
        Whole([2, 2, 1, 0]),
        "5 cases, 2 failed, 1 skipped, as its totals say",
    ),
    (
        "mikepenz-container-structure-test.xml",
        Lacking([3, 0, 0, 0], "claims 8 tests and has 3 cases"),
        "5 cases of its own total are not there",
    ),
    (
        "mikepenz-corrupt-junit-e2e-tests-corrupt-target-sf-reports-TEST-test.CorruptTest.xml",
        Refused("is cut short"),
        "ends in an open CDATA section",
    ),
    ("mikepenz-cunit-testFailure.xml", Whole([3, 1, 0, 0]), "4 cases, 1 `failure`"),
    (
        "mikepenz-issues-testDisabled.xml",
        Whole([6, 6, 10, 0]),
        "22 cases: 10 of status `disabled`, 4 `failure`, 2 `error`, 6 passed",
    ),
    (
        "mikepenz-issues-testFailedDisabled.xml",
        Whole([0, 1, 0, 0]),
        "status `disabled` and a `failure`: it ran and failed",
    ),
    (
        "mikepenz-multiple_failures-test_multiple_errors.xml",
        Whole([1, 2, 0, 0]),
        "its totals count elements, not cases: 3 errors and 1 failure in 2 cases",
    ),
    ("mikepenz-multiple_failures-test_multiple_failures.xml", Whole([1, 2, 1, 0]), "4 `failure` elements in 2 cases"),
    ("mikepenz-nextest-basic.xml", Whole([2, 1, 0, 0]), "3 cases, 1 `failure`"),
    ("mikepenz-xunit-report.xml", Whole([3, 1, 0, 0]), "4 cases, 1 `failure`"),
    (
        "nextest-fixture-project-junit.xml",
        Whole([2, 1, 0, 1]),
        "one case with 3 `flakyFailure` passed at the fourth attempt; one with 2 `rerunFailure` failed",
    ),
    ("nextest-setup-script-junit.xml", Whole([1, 0, 0, 0]), "a setup script is written as a case"),
    ("other-nunit3-sec-xxe-file.xml", Refused("declares entities"), "an entity that is to be read from a file"),
    ("other-nunit3.xml", Refused("`test-results`, a report of NUnit 2"), "NUnit 2's own format"),
    ("pytest-unidiff.xml", Whole([61, 0, 0, 0]), "61 cases on one line"),
];

fn file(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(FOLDER).join(name);
    std::fs::read(path).ok()
}

#[test]
fn every_real_file_reads_as_it_is_argued() {
    let Ok(folder) = std::fs::read_dir(FOLDER) else {
        println!("no real files here, nothing tested");
        return;
    };
    let mut names: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, TABLE.iter().map(|(name, ..)| *name).collect::<Vec<_>>(), "the table has every file");
    let mut wrong = Vec::new();
    for (name, right, why) in TABLE {
        let report = junit_report(&file(name).unwrap());
        let (cases, source) = Repository::default().tests_of(&report);
        let fits = match right {
            Whole(expected) => counts(&cases) == *expected && source.completeness == Completeness::Complete,
            Lacking(expected, words) => {
                counts(&cases) == *expected
                    && source.completeness == Completeness::Failed
                    && reason(&source).contains(words)
            }
            Refused(words) => {
                cases.is_empty() && source.completeness == Completeness::Failed && reason(&source).contains(words)
            }
        };
        assert_eq!(source.items, cases.len() as u64, "{name}");
        if !fits {
            wrong.push(format!("{name}: {:?} {source:?}, but {why}", counts(&cases)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_case_says_of_itself_is_kept() {
    let Some(bytes) = file("nextest-fixture-project-junit.xml") else {
        println!("no real files here, nothing tested");
        return;
    };
    let (cases, _) = Repository::default().tests_of(&junit_report(&bytes));
    let named = |name: &str| cases.iter().find(|case| case.name == name).unwrap();
    assert_eq!(named("test_flaky_mod_4").attempts, 4, "three that failed, and one that passed");
    assert!(named("test_flaky_mod_4").message.as_deref().unwrap().starts_with("thread 'test_flaky_mod_4' panicked"));
    let failed = named("test_failure_assert");
    assert_eq!((failed.attempts, failed.status), (3, CheckStatus::Failed), "one, and two further ones");
    assert!(!failed.message.as_deref().unwrap().contains("running 1 test"), "output is no message");
    assert_eq!(
        (failed.suite.as_str(), failed.class.as_deref()),
        ("fixture-project::basic", Some("fixture-project::basic"))
    );

    let repository = Repository::new(&["src/test_other.py", "horovod/test/test_spark.py"], Vec::new());
    let (cases, _) = repository.tests_of(&junit_report(&file("enricomi-pytest-junit.fail.xml").unwrap()));
    let failed = cases.iter().find(|case| case.status == CheckStatus::Failed).unwrap();
    assert_eq!(failed.path.as_deref(), Some("horovod/test/test_spark.py"), "`test/test_spark.py` ends it, and only it");
    assert_eq!(failed.line, 820, "pytest counts lines from 0: its own text says test_spark.py:821 for the second line");

    let (cases, _) = Repository::default().tests_of(&junit_report(&file("enricomi-testsuite-root.xml").unwrap()));
    let suites: Vec<&str> = cases.iter().map(|case| case.suite.as_str()).collect();
    assert!(suites.contains(&"Project Test Suite > TestSuite2 > TestSuite2.1"), "{suites:?}");
}
