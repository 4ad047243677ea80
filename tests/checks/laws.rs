//! Laws over generated and damaged reports.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::prelude::*;
use tollgate::collect::{coverage, junit};
use tollgate::evidence::{CheckStatus, Completeness, FileCoverage};
use tollgate::normalize::checks;

use crate::{Repository, counts, coverage_report, junit_report, modified};

const JUNIT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE testsuites>\n<testsuites tests='5'>\n<testsuite name='é > ü' tests='5' failures='1'>\n\
    <properties><property name='a' value='b'/></properties>\n<testcase classname='C' name='a&amp;b' file='src/a.py' line='3'/>\n\
    <testcase name='b' status='run'><failure message='m&#10;n' type='T'><![CDATA[<x>]]> &lt;</failure></testcase>\n\
    <testcase name='c'><skipped/></testcase><!-- x --><testcase name='d'><flakyFailure/><system-out>o</system-out></testcase>\n\
    <testsuite name='in'><testcase name='e'/></testsuite>\n</testsuite>\n</testsuites>";

const LCOV: &str =
    "TN:x\nSF:src/a.py\nFN:1,f\nDA:2,1\nDA:3,0\nLF:2\nLH:1\nend_of_record\nTN:y\nSF:src/b.py\nDA:1,1\nend_of_record\n";

const COBERTURA: &str = "<?xml version='1.0'?><!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>\
    <coverage line-rate='1'><sources><source>src</source></sources><packages><package><classes><class filename='a.py'>\
    <lines><line number='2' hits='1'/><line number='3' hits='0'/></lines></class></classes></package></packages></coverage>";

const JACOCO: &str = "<?xml version='1.0'?><!DOCTYPE report PUBLIC '-//JACOCO//DTD Report 1.0//EN' 'report.dtd'><report name='r'>\
    <package name='src'><sourcefile name='a.py'><line nr='2' mi='0' ci='1'/><line nr='3' mi='1' ci='0'/></sourcefile></package></report>";

const PYTHON: &str = r#"{"meta": {"version": "7.1"}, "files": {"src/a.py": {"executed_lines": [2], "missing_lines": [3], "excluded_lines": []}}}"#;

fn repository() -> Repository {
    Repository::new(&["src/a.py", "src/b.py"], vec![modified("src/a.py", &[(2, 2)])])
}

#[test]
fn a_report_that_is_cut_short_is_never_complete() {
    for at in 0..JUNIT.len() {
        let (_, source) = repository().tests_of(&junit_report(&JUNIT.as_bytes()[..at]));
        assert_eq!(source.completeness, Completeness::Failed, "{at}: {source:?}");
    }
    for text in [LCOV, COBERTURA, JACOCO, PYTHON] {
        for at in 0..text.len() {
            let cut = &text[..at];
            let (_, source) = repository().coverage(cut);
            // Between two records of LCOV nothing tells that there were more.
            let between = text == LCOV
                && cut.lines().last().is_some_and(|last| last == "end_of_record" || last.starts_with("TN:"));
            assert!(source.completeness == Completeness::Failed || between, "{cut}: {source:?}");
        }
        assert_eq!(repository().coverage(text).1.completeness, Completeness::Complete, "{text}");
    }
    assert_eq!(counts(&repository().tests(JUNIT).0), [3, 1, 1, 1]);
}

#[test]
fn the_order_of_reports_changes_nothing() {
    let other = "<testsuite><testcase name='z'><error/></testcase></testsuite>";
    let tests = [junit_report(JUNIT.as_bytes()), junit_report(other.as_bytes()), junit_report(b"<html/>")];
    let measured: Vec<_> = [LCOV, COBERTURA, JACOCO, PYTHON, "x"].map(|text| coverage_report(text.as_bytes())).into();
    let repository = repository();
    let mut reversed = (tests.to_vec(), measured.clone());
    reversed.0.reverse();
    reversed.1.reverse();
    assert_eq!(
        checks::test_cases(&tests, &repository.context()),
        checks::test_cases(&reversed.0, &repository.context())
    );
    assert_eq!(
        checks::coverage(&measured, &repository.context()),
        checks::coverage(&reversed.1, &repository.context())
    );
}

/// A suite with cases, and suites in it.
#[derive(Debug, Clone)]
enum Tree {
    Case(CheckStatus, u8),
    Suite(Vec<Tree>),
}

fn tree() -> impl Strategy<Value = Tree> {
    let status = prop_oneof![Just(CheckStatus::Passed), Just(CheckStatus::Failed), Just(CheckStatus::Skipped)];
    let case = (status, 0..3_u8).prop_map(|(status, tries)| Tree::Case(status, tries));
    case.prop_recursive(4, 60, 6, |inner| proptest::collection::vec(inner, 0..6).prop_map(Tree::Suite))
}

/// Writes a tree; gives how many cases passed, failed, were skipped, were flaky.
fn write(tree: &Tree, out: &mut String) -> [usize; 4] {
    match tree {
        Tree::Case(status, tries) => {
            out.push_str("<testcase name='n'>");
            let tries = if *status == CheckStatus::Skipped { 0 } else { *tries };
            let (element, again) = match status {
                CheckStatus::Failed => ("<failure/>", "<rerunFailure/>"),
                CheckStatus::Skipped => ("<skipped/>", ""),
                CheckStatus::Passed => ("", "<flakyFailure/>"),
            };
            out.push_str(element);
            out.push_str(&again.repeat(usize::from(tries)));
            out.push_str("</testcase>");
            let is = |wanted: CheckStatus| usize::from(*status == wanted);
            let flaky = usize::from(*status == CheckStatus::Passed && tries > 0);
            [is(CheckStatus::Passed), is(CheckStatus::Failed), is(CheckStatus::Skipped), flaky]
        }
        Tree::Suite(inner) => {
            let mut body = String::new();
            let mut sums = [0; 4];
            for tree in inner {
                let found = write(tree, &mut body);
                sums.iter_mut().zip(found).for_each(|(sum, found)| *sum += found);
            }
            let tests: usize = sums[..3].iter().sum();
            let _ = write!(out, "<testsuite name='s' tests='{tests}' failures='{}'>{body}</testsuite>", sums[1]);
            sums
        }
    }
}

type Mentions = Vec<(u32, bool)>;

fn mentions() -> impl Strategy<Value = Mentions> {
    proptest::collection::vec((1..40_u32, any::<bool>()), 0..60)
}

proptest! {
    #[test]
    fn every_case_counts_once_however_suites_are_nested(inner in proptest::collection::vec(tree(), 0..6)) {
        let mut text = String::new();
        let expected = write(&Tree::Suite(inner), &mut text);
        let (cases, source) = repository().tests(&text);
        prop_assert_eq!(counts(&cases), expected);
        let ran = expected[..3].iter().sum::<usize>() > 0;
        let complete = if ran { Completeness::Complete } else { Completeness::Failed };
        prop_assert_eq!(source.completeness, complete, "{:?}", source);
    }

    #[test]
    fn coverage_of_changed_lines_is_what_sets_of_lines_say(
        reports in proptest::collection::vec(mentions(), 1..4),
        blocks in proptest::collection::vec((1..40_u32, 0..6_u32), 0..5),
    ) {
        let texts: Vec<String> = reports.iter().map(|mentions| {
            let lines: String = mentions.iter().map(|(line, ran)| format!("DA:{line},{}\n", u8::from(*ran))).collect();
            format!("SF:src/a.py\n{lines}end_of_record\n")
        }).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let repository = Repository::new(&["src/a.py"], vec![modified("src/a.py", &blocks)]);
        let (files, _) = repository.coverages(&texts);
        let changed: BTreeSet<u32> = blocks.iter().flat_map(|(start, lines)| *start..start + lines).collect();
        let mut ran: BTreeMap<u32, bool> = BTreeMap::new();
        for (line, hit) in reports.iter().flatten().filter(|(line, _)| changed.contains(line)) {
            *ran.entry(*line).or_default() |= hit;
        }
        let lines = |wanted: bool| ran.iter().filter(|(_, hit)| **hit == wanted).map(|(line, _)| *line).collect();
        let expected = FileCoverage { path: "src/a.py".to_owned(), covered: lines(true), missed: lines(false) };
        prop_assert_eq!(files, [expected]);
    }

    #[test]
    fn damaged_reports_never_panic(
        at in 0..5_usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..8),
    ) {
        let mut bytes = [JUNIT, LCOV, COBERTURA, JACOCO, PYTHON][at].as_bytes().to_vec();
        for (index, byte, insert) in edits {
            let index = index.index(bytes.len());
            if insert {
                bytes.insert(index, byte);
            } else {
                bytes[index] = byte;
            }
        }
        let _ = repository().tests_of(&junit_report(&bytes));
        let report = coverage_report(&bytes);
        let _ = checks::coverage(&[report], &repository().context());
    }

    #[test]
    fn texts_that_look_like_xml_never_panic(
        text in "(<|>|/|!|\\?|\\[|\\]|--|&|;|#|'|=| |<testsuite>|</testsuite>|<testcase |/>|name=|<!DOCTYPE |<!\\[CDATA\\[|[a-zé]){0,40}",
    ) {
        let _ = junit::parse(text.as_bytes());
        let _ = coverage::parse(text.as_bytes());
        let _ = junit::parse(format!("<testsuite>{text}</testsuite>").as_bytes());
    }

    #[test]
    fn lines_that_look_like_lcov_never_panic(text in "(SF:|DA:|TN:|end_of_record|[0-9,=#-]|\n|[a-zé/.]){0,60}") {
        let _ = repository().coverage(&format!("TN:\n{text}"));
    }
}

#[test]
#[ignore = "takes a while without optimization; prints how long, for a person to look at"]
fn a_large_report_is_read_in_time_that_grows_with_its_size() {
    for millions_of_bytes in [5, 10, 50, 100] {
        let mut text = String::from("<testsuites><testsuite name='s'>");
        let output = "line of output &amp; more <b>".replace('<', "&lt;").repeat(40);
        let mut number = 0;
        while text.len() < millions_of_bytes * 1_000_000 {
            number += 1;
            let _ = write!(text, "<testcase classname='org.acme.C{}' name='test{number}' time='0.01'>", number % 1_000);
            let _ = writeln!(text, "<system-out>{output}</system-out></testcase>");
        }
        text.push_str("</testsuite></testsuites>");
        #[expect(clippy::disallowed_methods, reason = "the time is what is asked for")]
        let start = std::time::Instant::now();
        let report = junit::parse(text.as_bytes()).unwrap();
        println!("{millions_of_bytes} MB, {} cases: {:?}", report.total, start.elapsed());
        assert_eq!(report.total, number);
    }
}
