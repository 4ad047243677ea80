//! The traps of JUnit XML, one each.

use tollgate::collect::junit::{MAX_NAME, parse_within};
use tollgate::evidence::{Change, CheckStatus, Completeness, TestCase};

use crate::{Repository, counts, junit_report, reason};

/// The cases of a suite with these elements, which is complete.
fn whole(inside: &str) -> Vec<TestCase> {
    let (cases, source) = Repository::default().tests(&format!("<testsuite name='s'>{inside}</testsuite>"));
    assert_eq!(source.completeness, Completeness::Complete, "{inside}: {source:?}");
    cases
}

/// Why a document is not complete.
fn lacking(text: &str) -> String {
    let (_, source) = Repository::default().tests(text);
    assert_eq!(source.completeness, Completeness::Failed, "{text}: {source:?}");
    reason(&source).to_owned()
}

fn status(inside: &str) -> CheckStatus {
    let cases = whole(&format!("<testcase name='a'>{inside}</testcase>"));
    assert_eq!(cases.len(), 1);
    cases[0].status
}

#[test]
fn a_case_is_what_its_elements_say() {
    use CheckStatus::{Failed, Passed, Skipped};
    for (inside, expected) in [
        ("", Passed),
        ("<system-out>FAILED</system-out>", Passed),
        ("<properties><property name='failure' value='1'/></properties>", Passed),
        ("<warning/>", Passed),
        ("<failure/>", Failed),
        ("<error/>", Failed),
        ("<Failure/>", Failed),
        ("<failed>no</failed>", Failed),
        ("<x:failure xmlns:x='urn:y'/>", Failed),
        ("<skipped/>", Skipped),
        ("<disabled/>", Skipped),
        ("<skipped/><failure/>", Failed),
        ("<failure/><skipped/>", Failed),
        ("<flakyFailure/>", Passed),
        ("<flakyFailure/><failure/>", Failed),
        ("<rerunFailure/><failure/>", Failed),
        ("<rerunError/>", Failed),
        ("<flakyError/><skipped/>", Skipped),
    ] {
        assert_eq!(status(inside), expected, "{inside}");
    }
}

#[test]
fn the_attributes_of_a_case_can_only_make_it_worse() {
    let ended = |attributes: &str, inside: &str| {
        whole(&format!("<testcase name='a' {attributes}>{inside}</testcase>"))[0].status
    };
    for (attributes, inside, expected) in [
        ("status='run' result='completed'", "", CheckStatus::Passed),
        ("status='passed'", "<failure/>", CheckStatus::Failed),
        ("status='notrun' result='suppressed'", "", CheckStatus::Skipped),
        ("status='run' result='skipped'", "<skipped/>", CheckStatus::Skipped),
        ("status='FAIL'", "", CheckStatus::Failed),
        ("result='timed out'", "", CheckStatus::Failed),
        ("status='disabled'", "<failure/>", CheckStatus::Failed),
        ("disabled='true'", "", CheckStatus::Skipped),
        ("disabled='false'", "", CheckStatus::Passed),
    ] {
        assert_eq!(ended(attributes, inside), expected, "{attributes} {inside}");
    }
    let unknown = lacking("<testsuite><testcase name='a' status='flabbergasted'/></testsuite>");
    assert!(unknown.contains("the case `a`: `status` is `flabbergasted`"), "{unknown}");
}

#[test]
fn attempts_are_counted_and_repeated_names_are_not_joined() {
    let cases = whole("<testcase name='a'><flakyFailure message='one'/><flakyError/></testcase>");
    assert!(cases[0].is_flaky() && cases[0].attempts == 3 && cases[0].message.as_deref() == Some("one"));
    let cases = whole("<testcase name='a'><failure message='last'/><rerunFailure message='first'/></testcase>");
    assert!(cases[0].attempts == 2 && cases[0].message.as_deref() == Some("last"));
    // Whether the second is a second attempt or another test of that name, nobody says.
    let cases = whole("<testcase name='a'><failure/></testcase><testcase name='a'/><testcase name='a'/>");
    assert_eq!(counts(&cases), [2, 1, 0, 0]);
}

#[test]
fn totals_that_claim_more_than_there_is_are_problems_and_those_that_claim_less_are_not() {
    for (text, words) in [
        ("<testsuite name='s' tests='6'><testcase/></testsuite>", "the suite `s` claims 6 tests and has 1 cases"),
        (
            "<testsuites tests='2'><testsuite tests='1'><testcase/></testsuite></testsuites>",
            "the report claims 2 tests",
        ),
        ("<testsuite errors='1'><testcase/></testsuite>", "claims 1 failures and errors and its cases show 0"),
        (
            "<testsuites failures='1' errors='1'><testsuite><testcase><error/></testcase></testsuite></testsuites>",
            "claims 2",
        ),
        ("<testsuite name='pytest' tests='3' failures='1'><testcase/></testsuite>", "claims 1 failures"),
        ("<testsuite tests='many'><testcase/></testsuite>", "claims `many` as `tests`, which is no number"),
        (
            "<testsuite failures='18446744073709551615' errors='1'><testcase/></testsuite>",
            "claims 18446744073709551615",
        ),
    ] {
        let found = lacking(text);
        assert!(found.contains(words), "{text}: {found}");
    }
    // Nothing ran, whatever the totals say.
    assert!(
        lacking("<testsuite name='s' tests='6'/>")
            .contains("nothing ran: there is no test case in it; the suite `s` claims 6")
    );
    for text in [
        "<testsuites tests='0' failures='0'><testsuite tests='0'><testcase><error/></testcase></testsuite></testsuites>",
        "<testsuite name='pytest' tests='9'><testcase/></testsuite>",
        "<testsuite failures='2'><testcase><failure/><failure/></testcase></testsuite>",
        "<testsuite failures='1'><testcase status='failed'/></testsuite>",
        "<testsuite tests='' failures=' '><testcase/></testsuite>",
        "<testsuites><testsuite name='empty' tests='0'/><testsuite><testcase/></testsuite></testsuites>",
    ] {
        let (_, source) = Repository::default().tests(text);
        assert_eq!(source.completeness, Completeness::Complete, "{text}: {source:?}");
    }
}

#[test]
fn attempts_that_a_report_shows_may_be_counted_in_its_totals() {
    // Surefire and Gradle count every attempt as a test, and every failed one as a failure.
    let always = "<testsuite tests='4' failures='4'><testcase name='t'><failure/><rerunFailure/><rerunFailure/><rerunError/></testcase></testsuite>";
    assert_eq!(counts(&whole(always)), [0, 1, 0, 0]);
    let flaky = "<testsuite tests='3' failures='1' errors='1'><testcase name='t'><flakyFailure/><flakyError/></testcase></testsuite>";
    let cases = whole(flaky);
    assert_eq!((counts(&cases), cases[0].attempts), ([1, 0, 0, 1], 3));
    // Inside of other suites too, and never more than there are.
    let lost = format!("<testsuites tests='8' failures='7'>{always}{flaky}</testsuites>");
    assert!(lacking(&lost).contains("the report claims 8 tests and has 2 cases"), "{lost}");
    let lost = format!("<testsuites tests='7' failures='7'>{always}{flaky}</testsuites>");
    assert!(lacking(&lost).contains("the report claims 7 failures and errors"), "{lost}");
    let all = format!("<testsuites tests='7' failures='6'>{always}{flaky}</testsuites>");
    assert_eq!(counts(&whole(&all)), [1, 1, 0, 1]);
}

#[test]
fn a_suite_in_the_report_of_pytest_is_one_of_pytest_under_any_name() {
    // The setting `junit_suite_name` names the suite; the report keeps its name.
    let text = |suite: &str| {
        format!(
            "<testsuites name='pytest tests'><testsuite name='{suite}' tests='9'><testcase file='src/a_test.py' line='3'/></testsuite></testsuites>"
        )
    };
    let repository = Repository::new(&["src/a_test.py"], Vec::new());
    for suite in ["pytest", "mine", ""] {
        let (cases, source) = repository.tests(&text(suite));
        assert_eq!(source.completeness, Completeness::Complete, "{suite}: {source:?}");
        assert_eq!(cases[0].line, 4, "{suite}");
    }
    assert!(lacking(&text("mine").replace("pytest tests", "tests")).contains("the suite `mine` claims 9 tests"));
    assert!(lacking(&text("mine").replace("tests='9'", "failures='1'")).contains("claims 1 failures"));
    let without = "<testsuites name='pytest tests'><testsuite name='mine' tests='9'/></testsuites>";
    assert!(lacking(without).contains("nothing ran"));
}

#[test]
fn assertions_that_a_suite_counts_as_its_tests_are_no_lost_cases() {
    for suite in [
        // Catch2, and doctest.
        "name='exe' errors='0' failures='1' tests='2281' hostname='tbd'",
        "name='exe' errors='0' failures='1' tests='98' doctest_version='2.4.11'",
    ] {
        let text = |cases: &str| format!("<testsuites><testsuite {suite}>{cases}</testsuite></testsuites>");
        let cases = whole(&text("<testcase status='run'/><testcase status='run'><failure/></testcase>"));
        assert_eq!(counts(&cases), [1, 1, 0, 0], "{suite}");
        // Each failed assertion is an element, so failures can still be missed.
        assert!(lacking(&text("<testcase status='run'/>")).contains("claims 1 failures"), "{suite}");
        assert!(lacking(&text("")).contains("nothing ran"), "{suite}");
    }
    assert!(lacking("<testsuite tests='9' hostname='ci'><testcase/></testsuite>").contains("claims 9 tests"));
}

#[test]
fn a_report_that_sums_the_totals_of_its_suites_claims_no_more_than_they_do() {
    // As tools write it that merge reports.
    let suites = "<testsuite name='pytest' tests='5'><testcase/></testsuite><testsuite hostname='tbd' tests='7'><testcase/><testcase/></testsuite>\
                  <testsuite name='lost' tests='1'><testcase/></testsuite>";
    let text = |tests: u64| {
        format!("<testsuites tests='{tests}'><testsuite tests='{tests}'>{suites}</testsuite></testsuites>")
    };
    let (cases, source) = Repository::default().tests(&text(13));
    assert_eq!((cases.len(), source.completeness), (4, Completeness::Complete), "{source:?}");
    assert!(lacking(&text(14)).contains("claims 14 tests and has 4 cases"));
    // A suite that has no case excuses none.
    let empty = "<testsuites tests='6'><testsuite name='pytest' tests='5'/><testcase/></testsuites>";
    assert!(lacking(empty).contains("the suite `pytest` claims 5 tests and has 0 cases"));
}

#[test]
fn a_suite_that_did_not_finish_is_a_problem_and_its_cases_still_count() {
    let text = "<testsuites><testsuite name='s'>\n<error message='no database'/>\n<testcase><failure/></testcase></testsuite></testsuites>";
    let (cases, source) = Repository::default().tests(text);
    assert_eq!(counts(&cases), [0, 1, 0, 0]);
    assert_eq!(source.completeness, Completeness::Failed);
    assert!(reason(&source).contains("at line 2: the suite `s` has an element `error` of its own"), "{source:?}");
    let (_, source) = Repository::default().tests("<testsuite><testcase/><system-err>error</system-err></testsuite>");
    assert_eq!(source.completeness, Completeness::Complete);
}

#[test]
fn no_case_is_lost_where_it_stands() {
    let cases = whole("<testcase name='outer'><testcase name='inner'><failure/></testcase></testcase>");
    assert_eq!(counts(&cases), [1, 1, 0, 0]);
    let (cases, source) = Repository::default().tests("<testsuites><testcase name='a'/></testsuites>");
    assert_eq!((cases.len(), source.completeness), (1, Completeness::Complete));
    for text in [
        "<testsuite><testcase/><system-out><testcase><failure/></testcase></system-out></testsuite>",
        "<testsuites><results><testsuite><testcase/></testsuite></results><testcase/></testsuites>",
        "<testsuite><testcase><testsuite/></testcase></testsuite>",
    ] {
        assert!(lacking(text).contains("a case or a suite stands where none is read"), "{text}");
    }
    let commented = whole("<!-- <testcase/> --><testcase/><?pi <testcase/>?>");
    assert_eq!(commented.len(), 1);
}

#[test]
fn names_files_and_lines_are_kept_as_far_as_they_go() {
    let repository = Repository::new(&["src/a_test.py", "src/b_test.py", "tests/a.py"], Vec::new());
    let case = |suite: &str, attributes: &str| {
        let text = format!("<testsuite {suite}><testcase name='n' {attributes}/></testsuite>");
        let (mut cases, source) = repository.tests(&text);
        assert_eq!(source.completeness, Completeness::Complete);
        cases.remove(0)
    };
    let place = |suite: &str, attributes: &str| {
        let case = case(suite, attributes);
        (case.path, case.line)
    };
    let at = |path: &str, line: u32| (Some(path.to_owned()), line);
    assert_eq!(place("", "file='src/a_test.py' line='3'"), at("src/a_test.py", 3));
    assert_eq!(place("", r"file='.\src\a_test.py' line='3'"), at("src/a_test.py", 3));
    assert_eq!(place("", "file='/build/x/src/a_test.py' line='3'"), at("src/a_test.py", 3));
    assert_eq!(place("name='pytest'", "file='src/a_test.py' line='3'"), at("src/a_test.py", 4));
    assert_eq!(place("file='src/b_test.py'", ""), at("src/b_test.py", 0));
    assert_eq!(place("file='src/b_test.py'", "file='src/a_test.py' line='-1'"), at("src/a_test.py", 0));
    for nowhere in ["../../etc/passwd", "/etc/passwd", "src/c_test.py", "http://example.com/a.py", ".py", "src"] {
        assert_eq!(place("", &format!("file='{nowhere}' line='3'")), (None, 0), "{nowhere}");
    }
    assert_eq!(case("", "classname='C' class='D'").class.as_deref(), Some("C"));
    assert_eq!(case("", "class='D'").class.as_deref(), Some("D"));
    assert_eq!(case("", "classname=' '").class, None);
    let long = "ü".repeat(MAX_NAME);
    let cut = case(&format!("name='{long}'"), &format!("classname='{long}'"));
    assert!(cut.suite.len() <= MAX_NAME && cut.class.unwrap().len() <= MAX_NAME);
}

#[test]
fn a_message_is_what_the_first_failure_says_and_is_cut_between_characters() {
    let message = |inside: &str| whole(&format!("<testcase>{inside}</testcase>"))[0].message.clone();
    assert_eq!(message("<failure message='m'>text</failure>").as_deref(), Some("m"));
    assert_eq!(
        message("<failure message=' '>\n  text <![CDATA[<b>]]> &amp; more\n</failure>").as_deref(),
        Some("text <b> & more")
    );
    assert_eq!(message("<failure type='T'/>").as_deref(), Some("T"));
    assert_eq!(
        message("<failure><stackTrace>at x</stackTrace><system-out>no</system-out></failure>").as_deref(),
        Some("at x")
    );
    assert_eq!(message("<skipped message='why'/><failure message='m'/><error message='n'/>").as_deref(), Some("m"));
    assert_eq!(message("<skipped message='why'/>").as_deref(), Some("why"));
    assert_eq!(message("<failure/>"), None);
    let long = message(&format!("<failure>x{}</failure>", "ü".repeat(TestCase::MAX_MESSAGE))).unwrap();
    assert_eq!(long.len(), TestCase::MAX_MESSAGE - 1, "`ü` takes two bytes, and half of one is none");
    let raw = message("<failure message='\u{1b}[31mred&#27;[0m'/>").unwrap();
    assert_eq!(raw, "\u{1b}[31mred\u{1b}[0m", "what terminals understand is kept, and escaped where it is shown");
}

#[test]
fn entities_are_neither_fetched_nor_expanded() {
    let laughs = "<!DOCTYPE testsuite [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><testsuite><testcase name='&c;'/></testsuite>";
    assert!(lacking(laughs).contains("declares entities"));
    let outside = "<!DOCTYPE testsuite [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><testsuite><testcase><failure>&x;</failure></testcase></testsuite>";
    assert!(lacking(outside).contains("declares entities"));
    let parameter =
        "<!DOCTYPE testsuite [<!ENTITY % x SYSTEM 'http://example.com/x.dtd'> %x;]><testsuite><testcase/></testsuite>";
    assert!(lacking(parameter).contains("declares entities"));
    assert!(
        lacking("<testsuite><testcase><failure>&x;</failure></testcase></testsuite>")
            .contains("refers to the entity `x`")
    );
    assert!(lacking("<testsuite><testcase name='&x;'/></testsuite>").contains("refers to the entity `x`"));
    let external = "<!DOCTYPE testsuite SYSTEM 'http://example.com/junit.dtd'><testsuite><testcase/></testsuite>";
    assert_eq!(Repository::default().tests(external).1.completeness, Completeness::Complete);
}

#[test]
fn other_documents_are_refused_with_what_they_are() {
    for (text, words) in [
        ("", "zero bytes"),
        ("\u{feff}", "no element"),
        ("OK (3 tests)", "starts with `OK`"),
        ("{\"tests\": 1}", "is not XML"),
        ("<html><body>502 Bad Gateway</body></html>", "a page of HTML"),
        ("<!DOCTYPE html>\n<html><head><meta charset=utf-8></head></html>", "a page of HTML"),
        ("<TestRun xmlns='http://microsoft.com/schemas/VisualStudio/TeamTest/2010'/>", "TRX"),
        ("<assemblies><assembly><collection><test result='Pass'/></collection></assembly></assemblies>", "xUnit.net"),
        ("<TestLog/>", "Boost.Test"),
        ("<testcase/>", "expected `testsuites` or `testsuite`"),
        ("<coverage line-rate='1'/>", "a coverage report"),
        ("<testsuites/>", "nothing ran"),
        ("<testsuite><testcase/>", "cut short"),
        ("<testsuite><testcase/></testsuite><testsuite/>", "second root element"),
        ("<testsuite><testcase/></testsuites>", "is not XML"),
    ] {
        let found = lacking(text);
        assert!(found.contains(words), "{text}: {found}");
    }
}

#[test]
fn reports_in_other_encodings_are_read() {
    let text = "<testsuite><testcase name='ä'/></testsuite>";
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut latin = b"<?xml version='1.0' encoding='ISO-8859-1'?>".to_vec();
    latin.extend(text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()));
    for bytes in [utf16, latin, format!("\u{feff}{text}").into_bytes()] {
        let (cases, source) = Repository::default().tests_of(&junit_report(&bytes));
        assert_eq!((cases[0].name.as_str(), source.completeness), ("ä", Completeness::Complete));
    }
}

#[test]
fn limits_are_told() {
    let many = format!("<testsuite>{}</testsuite>", "<testcase/>".repeat(5));
    let report = |limit: usize| crate::report("x", many.as_bytes(), |bytes| parse_within(bytes, limit));
    let (cases, source) = Repository::default().tests_of(&report(4));
    assert_eq!((cases.len(), source.completeness), (4, Completeness::Truncated));
    assert_eq!(Repository::default().tests_of(&report(5)).1.completeness, Completeness::Complete);
    let deep = format!("{}<testcase/>{}", "<testsuite>".repeat(1_000), "</testsuite>".repeat(1_000));
    assert_eq!(Repository::default().tests(&deep).1.completeness, Completeness::Truncated);
}

#[test]
fn results_of_another_commit_are_stale() {
    let change = Change { head: Some("a".repeat(40)), ..Change::default() };
    let repository = Repository { change, ..Repository::default() };
    let mut report = junit_report(b"<testsuite><testcase/></testsuite>");
    report.commit = Some("b".repeat(40));
    assert_eq!(repository.tests_of(&report).1.completeness, Completeness::Stale);
    report.commit = Some("a".repeat(40));
    assert_eq!(repository.tests_of(&report).1.completeness, Completeness::Complete);
}
