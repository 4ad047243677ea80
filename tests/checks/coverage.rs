//! The traps of coverage reports, one each.

use std::fmt::Write as _;

use tollgate::collect::coverage::{CoverageFormat, parse, parse_within};
use tollgate::evidence::{Change, Completeness, FileCoverage, FileStatus};

use crate::{Repository, coverage_report, modified, reason};

const A: &str = "src/a.py";

/// A repository with two files, of the first of which lines 2 to 4 and 8 change.
fn two() -> Repository {
    Repository::new(&[A, "src/b.py", "lib/c.py"], vec![modified(A, &[(2, 3), (8, 1)])])
}

fn entry(path: &str, covered: &[u32], missed: &[u32]) -> FileCoverage {
    FileCoverage { path: path.to_owned(), covered: covered.to_vec(), missed: missed.to_vec() }
}

/// The same lines in every format: which ran, which did not.
fn every_format(path: &str, covered: &[u32], missed: &[u32]) -> Vec<(&'static str, String)> {
    let each = |line: &dyn Fn(u32, bool) -> String| -> String {
        let ran = covered.iter().map(|number| line(*number, true));
        ran.chain(missed.iter().map(|number| line(*number, false))).collect()
    };
    let lcov = each(&|line, ran| format!("DA:{line},{}\n", u8::from(ran)));
    let cobertura = each(&|line, ran| format!("<line number='{line}' hits='{}'/>", u8::from(ran)));
    let jacoco = each(&|line, ran| format!("<line nr='{line}' mi='{}' ci='{}'/>", u8::from(!ran), u8::from(ran)));
    let (package, name) = path.rsplit_once('/').unwrap_or(("", path));
    vec![
        ("LCOV", format!("TN:\nSF:{path}\n{lcov}end_of_record\n")),
        (
            "Cobertura",
            format!(
                "<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\"><coverage line-rate='1'>\
                 <packages><package><classes><class filename='{path}'><lines>{cobertura}</lines></class></classes>\
                 </package></packages></coverage>"
            ),
        ),
        (
            "JaCoCo",
            format!(
                "<!DOCTYPE report PUBLIC '-//JACOCO//DTD Report 1.0//EN' 'report.dtd'><report name='r'><group name='g'>\
                 <package name='{package}'><sourcefile name='{name}'>{jacoco}</sourcefile></package></group></report>"
            ),
        ),
        (
            "coverage.py",
            format!(
                r#"{{"meta": {{"format": 3, "version": "7.1"}}, "files": {{"{path}": {{"executed_lines": {covered:?}, "missing_lines": {missed:?}, "excluded_lines": [5]}}}}, "totals": {{}}}}"#
            ),
        ),
    ]
}

#[test]
fn changed_lines_are_read_alike_from_every_format() {
    for (format, text) in every_format(A, &[1, 2, 4, 7, 9], &[3, 8, 10]) {
        let (files, source) = two().coverage(&text);
        assert_eq!(source.completeness, Completeness::Complete, "{format}: {source:?}");
        assert_eq!(files, [entry(A, &[2, 4], &[3, 8])], "{format}");
        assert_eq!((source.items, source.set_aside), (1, 0), "{format}");
    }
    // A file whose changed lines could not have run was measured all the same.
    for (format, text) in every_format(A, &[1], &[100]) {
        assert_eq!(two().coverage(&text).0, [entry(A, &[], &[])], "{format}");
    }
    for (format, text) in every_format("src/b.py", &[2], &[]) {
        let (files, source) = two().coverage(&text);
        assert!(files.is_empty() && source.completeness == Completeness::Complete, "{format}: {source:?}");
        assert_eq!((source.items, source.set_aside), (0, 1), "{format}");
    }
}

#[test]
fn a_line_that_ran_in_any_report_is_covered() {
    let texts: Vec<String> = every_format(A, &[2, 3], &[4])
        .into_iter()
        .chain(every_format(A, &[8], &[2, 4]))
        .map(|(_, text)| text)
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (files, sources) = two().coverages(&texts);
    assert_eq!(files, [entry(A, &[2, 3, 8], &[4])]);
    assert_eq!(sources.len(), texts.len());
}

#[test]
fn lcov_is_read_as_tools_write_it() {
    let text = "# a comment\n\nTN:a,b\r\nSF:src/a.py\r\nVER:1\nFN:1,f(int, int),x\nFNL:0,1\nFNDA:1,f(int, int),x\nFNF:1\nFNH:1\n\
                BRDA:2,0,jump to line 68,-\nBRDA:3,0,1,1\nMCDC:1,2,t,1,0,x\nDA:2,1,abc==\nDA:3,-7\nDA:4,=====\nDA:0,1\n\
                LF:900\nLH:900\n\nend_of_record\nTN:\nSF:src/a.py\nDA:8,4294967296000\nend_of_record";
    let (files, source) = two().coverage(text);
    assert_eq!(source.completeness, Completeness::Complete, "{source:?}");
    assert_eq!(files, [entry(A, &[2, 8], &[3, 4])]);
}

#[test]
fn what_lcov_does_not_say_is_a_problem_and_no_execution() {
    for (text, words) in [
        ("SF:src/a.py\nDA:2\nend_of_record\n", "at line 2: found `DA:2`"),
        ("SF:src/a.py\nDA:2,\nend_of_record\n", "expected `DA:line,count`"),
        ("SF:src/a.py\nDA:x,1\nDA:2,0\nend_of_record\n", "found `DA:x,1`"),
        (
            "SF:src/a.py\nDA:2,0\nSF:src/b.py\nend_of_record\n",
            "at line 3: the record of `src/a.py` from line 1 has no `end_of_record`",
        ),
        ("SF:src/a.py\nDA:2,0\nend_of_record\nDA:3,1\n", "a line outside of any record"),
        ("SF:src/a.py\nDA:2,0\nend_of_record\nend_of_record\n", "and none is open"),
        ("SF:src/a.py\nDA:2,0\nhello world\nend_of_record\n", "found `hello world`, expected a line of LCOV"),
        ("SF:src/a.py\nDA:2,0\nend_of_record\nSF:\nend_of_record\n", "a record without a path"),
    ] {
        let (files, source) = two().coverage(text);
        assert_eq!(source.completeness, Completeness::Failed, "{text}: {source:?}");
        assert!(reason(&source).contains(words), "{text}: {source:?}");
        assert_eq!(files, [entry(A, &[], &[2])], "{text}");
    }
    let (files, source) = two().coverage("SF:src/a.py\nDA:2,1\n");
    assert!(files.is_empty() && reason(&source).contains("cut short"), "{source:?}");
}

#[test]
fn cobertura_joins_classes_and_finds_its_sources() {
    let class = |file: &str, lines: &str| {
        format!("<class filename='{file}'><methods><method><lines/></method></methods><lines>{lines}</lines></class>")
    };
    let whole = |sources: &str, classes: &str| {
        format!(
            "<coverage line-rate='0'><sources>{sources}</sources><packages><package><classes>{classes}</classes></package></packages></coverage>"
        )
    };
    let lines = "<line number='2' hits='0'/><line number='3' hits='1.5'/><line number='4' hits='-1'/>";
    let twice = class("a.py", lines) + &*class("a.py", "<line number='2' hits='9'/><line number='4' hits='0'/>");
    for sources in [
        "<source>src</source>",
        "<source>/home/ci/build/src</source>",
        "<source>/home/ci/build/src/</source><source>/usr/include</source>",
        "<source>\n C:\\agent\\1\\src\\ </source>",
    ] {
        let (files, source) = two().coverage(&whole(sources, &twice));
        assert_eq!(source.completeness, Completeness::Complete, "{sources}: {source:?}");
        assert_eq!(files, [entry(A, &[2, 3], &[4])], "{sources}");
    }
    for file in ["src/a.py", r"src\a.py", "/home/ci/src/a.py", r"D:\a\src\a.py", "./src/a.py"] {
        let (files, source) = two().coverage(&whole("<source>.</source>", &class(file, lines)));
        assert_eq!((files.len(), source.completeness), (1, Completeness::Complete), "{file}: {source:?}");
    }
    for (classes, words) in [
        (class("src/a.py", "<line number='2'/>"), "found number `2` and hits ``"),
        (class("src/a.py", "<line hits='2'/><line number='2' hits='0'/>"), "found number `` and hits `2`"),
        (class("src/a.py", "<line number='2' hits='yes'/>"), "hits `yes`"),
        (class("src/a.py", "<line number='2' hits='0'/>") + &*class("", ""), "a class without `filename`"),
        (class("src/a.py", "<line number='2' hits='0'/>") + "<line number='3' hits='1'/>", "of a class"),
    ] {
        let (files, source) = two().coverage(&whole("", &classes));
        assert_eq!(source.completeness, Completeness::Failed, "{classes}");
        assert!(reason(&source).contains(words), "{classes}: {source:?}");
        assert_eq!(files, [entry(A, &[], &[2])], "{classes}");
    }
}

#[test]
fn a_path_that_fits_several_directories_is_not_guessed() {
    let repository =
        Repository::new(&["one/util.py", "two/util.py", "three/x.py"], vec![modified("one/util.py", &[(1, 9)])]);
    let text = |file: &str| {
        format!(
            "<coverage line-rate='1'><sources><source>/ci/one</source><source>/ci/two</source></sources><packages><package><classes>\
             <class filename='{file}'><lines><line number='1' hits='1'/></lines></class></classes></package></packages></coverage>"
        )
    };
    let (files, source) = repository.coverage(&text("util.py"));
    assert!(files.is_empty() && source.completeness == Completeness::Failed, "{source:?}");
    assert!(reason(&source).contains("in several of the directories"), "{source:?}");
    // JaCoCo names no directory at all.
    let jacoco =
        "<report><package name=''><sourcefile name='util.py'><line nr='1' ci='1'/></sourcefile></package></report>";
    let (files, source) = repository.coverage(jacoco);
    assert!(files.is_empty() && reason(&source).contains("fits several files"), "{source:?}");
    // Where nothing that fits is changed, nobody asks which it is.
    let other = Repository { files: vec![modified("three/x.py", &[(1, 1)])], ..repository };
    assert_eq!(other.coverage(&text("util.py")).1.completeness, Completeness::Complete);
    assert_eq!(other.coverage("SF:/ci/three/x.py\nDA:1,1\nend_of_record\n").0, [entry("three/x.py", &[1], &[])]);
}

#[test]
fn jacoco_names_are_the_end_of_one_path() {
    let path = "core/src/main/java/org/acme/App.java";
    let repository =
        Repository::new(&[path, "core/src/test/java/org/acme/AppTest.java"], vec![modified(path, &[(1, 9)])]);
    let text = |package: &str, lines: &str| {
        format!(
            "<report name='r'><sessioninfo id='i'/><package name='{package}'><class name='x'><method name='m' line='1'/></class><sourcefile name='App.java'>{lines}</sourcefile></package></report>"
        )
    };
    let lines = "<line nr='1' mi='0' ci='3' mb='0' cb='0'/><line nr='2' mi='2' ci='1'/><line nr='3' mi='2' ci='0'/>";
    let (files, source) = repository.coverage(&text("org/acme", lines));
    assert_eq!((files, source.completeness), (vec![entry(path, &[1, 2], &[3])], Completeness::Complete));
    let (files, source) = repository.coverage(&text("org/other", lines));
    assert!(files.is_empty() && reason(&source).contains("has the name of a changed file"), "{source:?}");
    let (_, source) = repository.coverage(&text("org/acme", "<line nr='2'/>"));
    assert!(reason(&source).contains("line `2` has no `ci`, so nobody can tell"), "{source:?}");
    let (_, source) = repository.coverage(&text("org/acme", "<line nr='2' ci=''/>"));
    assert!(reason(&source).contains("found nr `2` and ci ``"), "{source:?}");
    let unknown = Repository { head: None, ..repository };
    let (_, source) = unknown.coverage(&text("org/acme", lines));
    assert!(reason(&source).contains("files of the head are not known"), "{source:?}");
}

#[test]
fn what_may_be_a_changed_file_is_not_passed_over() {
    let lcov = |path: &str| format!("SF:{path}\nDA:2,1\nend_of_record\nSF:src/b.py\nDA:1,1\nend_of_record\n");
    let (files, source) = two().coverage(&lcov("elsewhere/a.py"));
    assert!(files.is_empty() && reason(&source).contains("has the name of a changed file"), "{source:?}");
    let (_, source) = two().coverage(&lcov("../../src/a.py"));
    assert_eq!(source.completeness, Completeness::Failed, "{source:?}");
    // Nothing else of the system is asked for.
    let (_, source) = two().coverage(&lcov("/usr/include/stdio.h"));
    assert_eq!((source.completeness, source.set_aside), (Completeness::Complete, 2), "{source:?}");
    // Two files of another machine that both end in the changed one.
    let twice = "SF:/ci/build/src/a.py\nDA:2,0\nend_of_record\nSF:/ci/build/vendor/src/a.py\nDA:2,1\nend_of_record\n";
    let (files, source) = two().coverage(twice);
    assert_eq!((files, source.completeness), (vec![entry(A, &[], &[2])], Completeness::Failed));
    assert!(reason(&source).contains("can both be `src/a.py`"), "{source:?}");
}

#[test]
fn sources_of_dependencies_are_none_of_the_repository() {
    let repository =
        Repository::new(&["src/lib.rs", "src/main.rs", "src/sync/lazy.rs"], vec![modified("src/lib.rs", &[(1, 9)])]);
    let own = |directory: &str| {
        format!(
            "SF:{directory}src/lib.rs\nDA:2,1\nend_of_record\nSF:{directory}src/sync/lazy.rs\nDA:1,1\nend_of_record\n"
        )
    };
    for dependency in [
        "/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/serde-1.0.1/src/lib.rs",
        "/home/x/.cargo/git/checkouts/a-0123456789abcdef/0123456/src/lib.rs",
        r"C:\Users\x\.cargo\registry\src\index.crates.io-1949cf8c6b5b557f\serde-1.0.1\src\lib.rs",
        "/home/x/.rustup/toolchains/stable/lib/rustlib/src/rust/library/core/src/lib.rs",
        "/rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/core/src/lib.rs",
        "node_modules/x/lib.rs",
        "/ci/build/node_modules/x/src/lib.rs",
    ] {
        let record = format!("SF:{dependency}\nDA:3,1\nend_of_record\n");
        for directory in ["", "/ci/build/"] {
            let own = own(directory);
            for text in [format!("{own}{record}"), format!("{record}{own}")] {
                let (files, source) = repository.coverage(&text);
                assert_eq!(source.completeness, Completeness::Complete, "{text}: {source:?}");
                assert_eq!(files, [entry("src/lib.rs", &[2], &[])], "{text}");
            }
        }
        // Alone it is a report of nothing in the repository.
        let (files, source) = repository.coverage(&record);
        assert!(files.is_empty() && source.completeness == Completeness::Failed, "{dependency}: {source:?}");
    }
    // A repository may hold such a directory itself, and a name may look like one.
    let path = "node_modules/x/lib.js";
    let vendored = Repository::new(&[path], vec![modified(path, &[(1, 9)])]);
    let (files, _) = vendored.coverage("SF:/ci/build/node_modules/x/lib.js\nDA:2,1\nend_of_record\n");
    assert_eq!(files, [entry(path, &[2], &[])]);
    let own = own("");
    let (_, source) = repository.coverage(&format!("{own}SF:/my_node_modules/x/src/lib.rs\nDA:3,1\nend_of_record\n"));
    assert_eq!(source.completeness, Completeness::Failed, "{source:?}");
}

#[test]
fn a_report_of_another_tree_or_commit_is_none_of_this_one() {
    let (_, source) = two().coverage("SF:other/x.rs\nDA:2,1\nend_of_record\nSF:other/y.rs\nDA:2,1\nend_of_record\n");
    assert_eq!(reason(&source), "none of the 2 files that it names is in the repository: first `other/x.rs`");
    let mut renamed = modified("src/new.py", &[(2, 1)]);
    renamed.status = FileStatus::Renamed;
    renamed.previous_path = Some("src/old.py".to_owned());
    let mut deleted = modified("src/gone.py", &[]);
    deleted.status = FileStatus::Deleted;
    let repository = Repository::new(&["src/new.py"], vec![renamed, deleted]);
    for (path, words) in [("src/old.py", "before the change"), ("src/gone.py", "is deleted by the change")] {
        let (files, source) = repository.coverage(&format!("SF:{path}\nDA:2,1\nend_of_record\n"));
        assert!(files.is_empty() && reason(&source).contains(words), "{path}: {source:?}");
    }
    let mut stale = coverage_report(b"SF:src/a.py\nDA:2,1\nend_of_record\n");
    stale.commit = Some("b".repeat(40));
    let mut at_head = two();
    at_head.change = Change { head: Some("a".repeat(40)), ..Change::default() };
    let (_, sources) = tollgate::normalize::checks::coverage(&[stale], &at_head.context());
    assert_eq!(sources[0].completeness, Completeness::Stale);
}

#[test]
fn of_a_file_whose_lines_cannot_be_shown_every_line_counts() {
    let mut hidden = modified(A, &[]);
    hidden.binary = true;
    let repository = Repository::new(&[A], vec![hidden]);
    let (files, _) = repository.coverage("SF:src/a.py\nDA:2,1\nDA:4294967295,0\nend_of_record\n");
    assert_eq!(files, [entry(A, &[2], &[u32::MAX])]);
    let only_removed = Repository::new(&[A], vec![modified(A, &[(2, 0)])]);
    assert_eq!(only_removed.coverage("SF:src/a.py\nDA:2,0\nDA:3,0\nend_of_record\n").0, [entry(A, &[], &[])]);
}

#[test]
fn other_documents_are_refused_with_what_they_are() {
    for (text, words) in [
        ("", "zero bytes"),
        (" \n", "no known format"),
        ("TN:\n", "nothing was measured"),
        ("mode: set\nexample.com/a/b.go:3.2,5.1 1 1\n", "a coverage profile of Go"),
        ("<coverage clover='1'><project><file name='a'/></project></coverage>", "of Clover"),
        ("<coverage generated='1'><project timestamp='1'/></coverage>", "of Clover"),
        ("<coverage version='1'><file path='a'><lineToCover/></file></coverage>", "of SonarQube"),
        ("<coverage line-rate='1'><packages/></coverage>", "nothing was measured"),
        ("<report name='r'/>", "nothing was measured"),
        ("<report><item/></report>", "a `report` that begins with `item`"),
        ("<CoverageSession/>", "of OpenCover"),
        ("<testsuites><testsuite/></testsuites>", "JUnit XML"),
        ("<html/>", "a page of HTML"),
        ("<!DOCTYPE coverage [<!ENTITY x 'y'>]><coverage/>", "declares entities"),
        ("<coverage line-rate='&x;'/>", "refers to the entity"),
        ("<coverage line-rate='1'><packages>", "cut short"),
        (r#"{"/a/b.js": {"path": "/a/b.js", "statementMap": {}, "s": {}}}"#, "a report of Istanbul"),
        (r#"{"version": "2.1.0", "runs": []}"#, "SARIF"),
        (r#"{"data": [], "type": "llvm.coverage.json.export"}"#, "an export of llvm-cov"),
        ("[]", "is no coverage report"),
        (r#"{"meta": {}, "files": {}"#, "cut short"),
        (r#"{"meta": {}, "files": {}}"#, "nothing was measured"),
        (r#"{"meta": {}, "files": {"a": {"executed_lines": [-1], "missing_lines": []}}}"#, "at `files"),
        (r#"{"meta": {}, "files": {"a": {"executed_lines": [1]}}}"#, "missing field `missing_lines`"),
        (r#"{"meta": {}, "files": {}, "files": {}}"#, "duplicate field"),
    ] {
        let (files, source) = two().coverage(text);
        assert!(files.is_empty() && source.completeness == Completeness::Failed, "{text}: {source:?}");
        assert!(reason(&source).contains(words), "{text}: {source:?}");
    }
}

#[test]
fn the_format_and_its_tool_are_told() {
    for ((_, text), format) in every_format(A, &[2], &[]).into_iter().zip([
        CoverageFormat::Lcov,
        CoverageFormat::Cobertura,
        CoverageFormat::Jacoco,
        CoverageFormat::CoveragePy,
    ]) {
        assert_eq!(parse(text.as_bytes()).unwrap().format, format);
        let with_mark: Vec<u8> = b"\xEF\xBB\xBF".iter().copied().chain(text.bytes()).collect();
        assert_eq!(parse(&with_mark).unwrap().format, format);
    }
    let (_, source) = two().coverage(&every_format(A, &[2], &[])[3].1);
    assert_eq!((source.tool.as_deref(), source.tool_version.as_deref()), (Some("coverage.py"), Some("7.1")));
}

#[test]
fn limits_are_told() {
    let mut text = String::new();
    for file in 0..5 {
        let _ = write!(text, "SF:src/{file}.py\nDA:1,1\nend_of_record\n");
    }
    assert_eq!(parse_within(text.as_bytes(), 5).unwrap().truncated, None);
    let report = parse_within(text.as_bytes(), 4).unwrap();
    assert_eq!(report.files.len(), 4);
    let report = crate::report("x", text.as_bytes(), |bytes| parse_within(bytes, 4));
    let repository = Repository::new(&["src/0.py"], Vec::new());
    let (_, sources) = tollgate::normalize::checks::coverage(&[report], &repository.context());
    assert_eq!(sources[0].completeness, Completeness::Truncated);
}
