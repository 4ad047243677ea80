//! What became of findings since a baseline: new, unchanged, moved, gone, or not known.

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::collect::sarif::SarifInput;
use tollgate::evidence::{Change, Comparison, Completeness, EvidenceKind, FileChange, FileKind, FileStatus};
use tollgate::evidence::{Findings, Hunk, Introduced, Source, Word};
use tollgate::normalize::findings::{Inputs, findings};
use tollgate::normalize::places::Context;

use crate::{input, log};

const BASE: &str = "aaaaaaa0000000000000000000000000000000aa";
const MERGE_BASE: &str = "bbbbbbb0000000000000000000000000000000bb";
const HEAD: &str = "ccccccc0000000000000000000000000000000cc";

/// A change and what was scanned of it.
#[derive(Default, Clone)]
struct Case {
    head: Vec<SarifInput>,
    baseline: Vec<SarifInput>,
    files: Vec<FileChange>,
    head_paths: Option<Vec<String>>,
    base_paths: Option<Vec<String>>,
}

impl Case {
    fn of(head: Value, baseline: Value) -> Self {
        Self {
            head: vec![named("head", &log(head), None)],
            baseline: vec![named("base", &log(baseline), Some(BASE))],
            ..Self::default()
        }
    }

    fn files(self, files: Vec<FileChange>) -> Self {
        Self { files, ..self }
    }

    fn run(&self) -> (Findings, Vec<Source>) {
        let id = |commit: &str| Some(commit.to_owned());
        let change = Change { base: id(BASE), merge_base: id(MERGE_BASE), head: id(HEAD), ..Change::default() };
        let context =
            Context { files: &self.files, change: &change, head_paths: self.head_paths.as_deref(), roots: &[] };
        let inputs = Inputs {
            sarif: &self.head,
            baseline: &self.baseline,
            base_paths: self.base_paths.as_deref(),
            ..Inputs::default()
        };
        findings(&inputs, &context)
    }

    /// What became of each finding, in the order of lines, and of those that are gone: `message: word`.
    fn became(&self) -> Vec<String> {
        let (findings, _) = self.run();
        for finding in findings.iter() {
            assert_eq!(finding.introduced, finding.compared.introduced());
        }
        assert!(findings.gone().all(|finding| finding.compared == Comparison::Gone));
        findings
            .iter()
            .chain(findings.gone())
            .map(|finding| format!("{}: {}", finding.line, finding.compared))
            .collect()
    }

    fn baseline_source(&self) -> Source {
        let (_, sources) = self.run();
        sources.into_iter().find(|source| source.kind == EvidenceKind::Baseline).unwrap()
    }
}

fn named(path: &str, log: &Value, commit: Option<&str>) -> SarifInput {
    let bytes = log.to_string();
    let sha256 = Some(tollgate::collect::input::sha256_hex(bytes.as_bytes()));
    SarifInput { path: path.to_owned(), commit: commit.map(str::to_owned), sha256, ..input(bytes.as_bytes()) }
}

fn at(path: &str, line: u32, message: &str) -> Value {
    json!({"ruleId": "R", "message": {"text": message}, "locations": [
        {"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": line}}}]})
}

/// The same with a snippet.
fn seen(path: &str, line: u32, snippet: &str) -> Value {
    let mut result = at(path, line, "m");
    result["locations"][0]["physicalLocation"]["region"]["snippet"] = json!({ "text": snippet });
    result
}

fn edited(path: &str, hunks: &[(u32, u32, u32, u32)]) -> FileChange {
    let hunk = |(old_start, old_lines, new_start, new_lines): &(u32, u32, u32, u32)| Hunk {
        old_start: *old_start,
        old_lines: *old_lines,
        new_start: *new_start,
        new_lines: *new_lines,
    };
    FileChange {
        hunks: hunks.iter().map(hunk).collect(),
        ..FileChange::at(path, FileStatus::Modified, FileKind::Source)
    }
}

fn renamed(from: &str, to: &str) -> FileChange {
    FileChange { previous_path: Some(from.to_owned()), ..FileChange::at(to, FileStatus::Renamed, FileKind::Source) }
}

#[test]
fn without_a_baseline_nothing_is_known() {
    let case = Case { baseline: Vec::new(), ..Case::of(json!([at("a.py", 1, "m")]), json!([])) };
    assert_eq!(case.became(), ["1: unknown"]);
    assert_eq!(case.run().1.len(), 1);
}

#[test]
fn a_finding_is_new_unchanged_moved_or_gone() {
    let case = Case::of(
        json!([at("a.py", 1, "same"), at("a.py", 5, "moved"), at("a.py", 7, "new")]),
        json!([at("a.py", 1, "same"), at("a.py", 3, "moved"), at("a.py", 9, "gone")]),
    );
    assert_eq!(case.became(), ["1: unchanged", "5: moved", "7: new", "9: gone"]);
    let (findings, sources) = case.run();
    assert_eq!((findings.len(), sources[0].items, sources[1].items), (3, 3, 3), "those that are gone are no findings");
    let introduced: Vec<Introduced> = findings.iter().map(|finding| finding.introduced).collect();
    assert_eq!(introduced, [Introduced::No, Introduced::No, Introduced::Yes]);
}

#[test]
fn three_equal_findings_against_two_are_one_new_and_it_is_the_one_on_a_changed_line() {
    let head = json!([at("a.py", 3, "m"), at("a.py", 11, "m"), at("a.py", 21, "m")]);
    let baseline = json!([at("a.py", 10, "m"), at("a.py", 20, "m")]);
    // One line was put in behind line 2.
    let case = Case::of(head.clone(), baseline.clone()).files(vec![edited("a.py", &[(2, 0, 3, 1)])]);
    assert_eq!(case.became(), ["3: new", "11: moved", "21: moved"]);
    let count = |case: &Case, word: &str| case.became().iter().filter(|line| line.ends_with(word)).count();
    assert_eq!(count(&Case::of(head.clone(), baseline.clone()), "new"), 1, "without a diff too");
    // And the other way round one is gone.
    let case = Case::of(baseline, head);
    assert_eq!((count(&case, "new"), count(&case, "gone")), (0, 1));
}

#[test]
fn a_new_finding_on_the_line_of_an_old_one_that_moved_is_the_new_one() {
    // The line that was 10 is 11 now; what stands at 10 is new.
    let case = Case::of(json!([at("a.py", 10, "m"), at("a.py", 11, "m")]), json!([at("a.py", 10, "m")]));
    assert_eq!(case.files(vec![edited("a.py", &[(9, 0, 10, 1)])]).became(), ["10: new", "11: moved"]);
}

#[test]
fn a_message_alone_does_not_show_that_a_finding_on_an_edited_line_is_the_old_one() {
    // A secret that was leaked again in place of the old one has the same message.
    let files = || vec![edited("a.py", &[(3, 1, 3, 1)])];
    let case = Case::of(json!([at("a.py", 3, "secret")]), json!([at("a.py", 3, "secret")])).files(files());
    assert_eq!(case.became(), ["3: unknown"]);
    let case = Case::of(json!([seen("a.py", 3, "key = 1")]), json!([seen("a.py", 3, "key  =  1")])).files(files());
    assert_eq!(case.became(), ["3: unchanged"], "a snippet does");
    let case = Case::of(json!([seen("a.py", 3, "key = 2")]), json!([seen("a.py", 3, "key = 1")])).files(files());
    assert_eq!(case.became(), ["3: new", "3: gone"]);
    let case = Case::of(json!([at("a.py", 4, "secret")]), json!([at("a.py", 4, "secret")])).files(files());
    assert_eq!(case.became(), ["4: unchanged"], "and an untouched line");
}

#[test]
fn a_finding_without_any_text_is_known_again_only_on_an_untouched_line() {
    let bare = |line: u32| at("a.py", line, " ");
    assert_eq!(Case::of(json!([bare(3)]), json!([bare(3)])).became(), ["3: unchanged"]);
    assert_eq!(Case::of(json!([bare(3)]), json!([bare(4)])).became(), ["3: unknown"]);
}

#[test]
fn paths_of_the_baseline_follow_renamings() {
    let files = vec![renamed("old/a.py", "new/a.py")];
    let case = Case {
        head_paths: Some(vec!["new/a.py".to_owned()]),
        base_paths: Some(vec!["old/a.py".to_owned()]),
        ..Case::of(json!([at("new/a.py", 4, "m")]), json!([at("old/a.py", 4, "m"), at("old/a.py", 9, "x")]))
            .files(files)
    };
    assert_eq!(case.became(), ["4: moved", "9: gone"]);
    let (findings, _) = case.run();
    assert_eq!(findings.gone().next().unwrap().path, Some("old/a.py"), "what is gone is where the base has it");
    // Without the lists of files too.
    let case = Case { head_paths: None, base_paths: None, ..case };
    assert_eq!(case.became(), ["4: moved", "9: gone"]);
}

#[test]
fn what_a_deleted_file_held_is_gone_and_a_path_that_was_taken_over_is_another_file() {
    let deleted = FileChange {
        hunks: vec![Hunk { old_start: 1, old_lines: 9, new_start: 0, new_lines: 0 }],
        ..FileChange::at("a.py", FileStatus::Deleted, FileKind::Source)
    };
    let case = Case {
        head_paths: Some(vec!["b.py".to_owned()]),
        base_paths: Some(vec!["a.py".to_owned(), "b.py".to_owned()]),
        ..Case::of(json!([]), json!([at("a.py", 4, "m")])).files(vec![deleted])
    };
    assert_eq!(case.became(), ["4: gone"]);
    let (findings, _) = case.run();
    assert_eq!(findings.gone().next().unwrap().path, Some("a.py"), "placed by the paths of the base");
    // `old` was renamed to `new`, and another file stands at `old` now.
    let files = vec![renamed("old.py", "new.py"), FileChange::at("old.py", FileStatus::Added, FileKind::Source)];
    let case = Case::of(json!([at("old.py", 0, "m")]), json!([at("old.py", 0, "m")])).files(files);
    assert_eq!(case.became(), ["0: new", "0: gone"]);
}

#[test]
fn findings_that_have_no_place_are_compared_too() {
    let nowhere = |message: &str| json!({"ruleId": "R", "message": {"text": message}});
    let case = Case::of(json!([nowhere("old"), nowhere("new")]), json!([nowhere("old"), nowhere("gone")]));
    let (findings, _) = case.run();
    let became: Vec<String> =
        findings.iter().chain(findings.gone()).map(|one| format!("{} {}", one.message, one.compared)).collect();
    assert_eq!(became, ["new new", "old unchanged", "gone gone"]);
    let image = |tag: &str| at(&format!("library/postgres:{tag}"), 1, "m");
    assert_eq!(Case::of(json!([image("12")]), json!([image("12")])).became(), ["1: unchanged"]);
    assert_eq!(Case::of(json!([image("13")]), json!([image("12")])).became(), ["1: new", "1: gone"]);
}

/// One finding, the same in the baseline, whose run has these properties on top.
fn with_run(more: Value, commit: Option<&str>) -> Case {
    let results = json!([at("a.py", 1, "m")]);
    let mut baseline = log(json!([at("a.py", 1, "m"), at("a.py", 2, "other")]));
    baseline["runs"][0].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Case { baseline: vec![named("base", &baseline, commit)], ..Case::of(results, json!([])) }
}

#[test]
fn a_baseline_that_is_not_complete_tells_nothing_and_leaves_findings_as_they_are() {
    let failed = json!({"invocations": [{"executionSuccessful": false}]});
    let other = json!({"tool": {"driver": {"name": "Other"}}});
    let vcp = |id: &str| json!({"versionControlProvenance": [{"revisionId": id}]});
    let cases = [
        (json!({}), None, "unchanged", Completeness::Complete),
        (json!({}), Some(BASE), "unchanged", Completeness::Complete),
        (json!({}), Some(MERGE_BASE), "unchanged", Completeness::Complete),
        (json!({}), Some("bbbbbbb0"), "unchanged", Completeness::Complete),
        (vcp(BASE), None, "unchanged", Completeness::Complete),
        (failed, None, "unknown", Completeness::Failed),
        (json!({"results": null}), None, "unknown", Completeness::Failed),
        (other, None, "unknown", Completeness::Complete),
        (json!({}), Some(HEAD), "unknown", Completeness::Stale),
        (json!({}), Some("ddddddd0000000000000000000000000000000dd"), "unknown", Completeness::Stale),
        (json!({}), Some("main"), "unknown", Completeness::Stale),
        (vcp(HEAD), None, "unknown", Completeness::Stale),
        (vcp("ddddddd"), Some(BASE), "unknown", Completeness::Stale),
    ];
    for (more, commit, word, completeness) in cases {
        let case = with_run(more.clone(), commit);
        let became = case.became();
        assert_eq!(became[0], format!("1: {word}"), "{more} {commit:?}");
        assert_eq!(became.len() > 1, word == "unchanged", "nothing is known to be gone: {more} {commit:?}");
        assert_eq!(case.baseline_source().completeness, completeness, "{more} {commit:?}");
        let of_head: Vec<Source> = case.run().1.into_iter().filter(|one| one.kind == EvidenceKind::Findings).collect();
        assert_eq!(of_head.iter().map(|one| one.completeness).collect::<Vec<_>>(), [Completeness::Complete]);
    }
}

#[test]
fn a_file_of_the_baseline_that_can_not_be_read_may_be_of_any_tool() {
    let mut case = Case::of(json!([at("a.py", 1, "old"), at("a.py", 2, "new")]), json!([at("a.py", 1, "old")]));
    case.baseline.push(SarifInput { path: "broken".to_owned(), ..input(b"") });
    assert_eq!(case.became(), ["1: unchanged", "2: unknown"], "what another file has is no news all the same");
}

#[test]
fn one_incomplete_run_of_a_tool_takes_nothing_from_its_complete_one() {
    let mut case = Case::of(json!([at("a.py", 1, "old"), at("a.py", 2, "new")]), json!([at("a.py", 1, "old")]));
    let mut failed = log(json!([at("a.py", 2, "new")]));
    failed["runs"][0]["invocations"] = json!([{"executionSuccessful": false}]);
    case.baseline.push(named("failed", &failed, None));
    assert_eq!(case.became(), ["1: unchanged", "2: unknown"], "what only the failed run has is not believed");
}

#[test]
fn nothing_is_gone_where_the_tool_did_not_finish_over_the_head() {
    let mut head = log(json!([]));
    let baseline = named("base", &log(json!([at("a.py", 1, "m")])), None);
    let gone = |head: &Value| {
        Case { head: vec![named("head", head, None)], baseline: vec![baseline.clone()], ..Case::default() }.became()
    };
    assert_eq!(gone(&head), ["1: gone"]);
    head["runs"][0]["invocations"] = json!([{"executionSuccessful": false}]);
    assert!(gone(&head).is_empty());
    head["runs"][0] = json!({"tool": {"driver": {"name": "Other"}}, "results": []});
    assert!(gone(&head).is_empty());
}

#[test]
fn the_heads_own_bytes_are_no_baseline_unless_somebody_says_of_which_commit() {
    let results = json!([at("a.py", 1, "m")]);
    let with = |commit| {
        let log = log(results.clone());
        Case { head: vec![named("head", &log, None)], baseline: vec![named("base", &log, commit)], ..Case::default() }
    };
    assert_eq!(with(None).became(), ["1: unknown"]);
    let source = with(None).baseline_source();
    assert_eq!(source.completeness, Completeness::Stale);
    assert!(source.reason.unwrap().contains("same bytes as the head's `head`"));
    assert_eq!(with(Some(BASE)).became(), ["1: unchanged"]);
    assert_eq!(with(Some(HEAD)).became(), ["1: unknown"]);
    // What is empty clears nothing, and clean tools do write the same bytes.
    let clean = log(json!([]));
    let case = Case {
        head: vec![named("head", &clean, None)],
        baseline: vec![named("base", &clean, None)],
        ..Case::default()
    };
    assert_eq!(case.baseline_source().completeness, Completeness::Complete);
}

#[test]
fn what_the_base_can_not_have_had_clears_nothing_on_lines_of_the_change() {
    // Results of the head that are said to be of the base; line 3 is put in behind line 2.
    let results = json!([seen("a.py", 3, "eval(x)"), seen("a.py", 9, "eval(y)")]);
    let put_in = || vec![edited("a.py", &[(2, 0, 3, 1)])];
    let case = Case::of(results.clone(), results.clone()).files(put_in());
    assert_eq!(case.became(), ["3: unknown", "9: unchanged"], "line 3 of the base is line 4 of the head");
    // A line that the change left where it was is not the one that it adds.
    let case = Case::of(json!([seen("a.py", 3, "eval(x)")]), json!([seen("a.py", 20, "eval(x)")])).files(put_in());
    assert_eq!(case.became(), ["3: unknown"]);
    // What the tool states of its identity shows it as little.
    let stated = |line| {
        json!([stating(at("a.py", line, "m"), "11111111aaaaaaaa"), stating(at("z.py", 9, "z"), "22222222bbbbbbbb")])
    };
    let case = Case::of(stated(3), stated(3)).files(put_in());
    assert_eq!(case.became(), ["3: unknown", "9: unchanged"]);
    // A line that was moved was taken out elsewhere.
    let case = Case::of(json!([seen("a.py", 3, "eval(x)")]), json!([seen("a.py", 20, "eval(x)")]))
        .files(vec![edited("a.py", &[(2, 0, 3, 1), (20, 1, 21, 0)])]);
    assert_eq!(case.became(), ["3: moved"]);
    // A finding over several lines, one of which is edited, stays where it begins.
    let long = |line: u32| {
        let mut result = stating(at("a.py", line, "m"), "11111111aaaaaaaa");
        result["locations"][0]["physicalLocation"]["region"]["endLine"] = json!(line + 5);
        json!([result, stating(at("z.py", 9, "z"), "22222222bbbbbbbb")])
    };
    let case = Case::of(long(4), long(4)).files(vec![edited("a.py", &[(6, 1, 6, 1)])]);
    assert_eq!(case.became(), ["4: unchanged", "9: unchanged"]);
}

#[test]
fn the_base_has_nothing_in_a_file_that_the_change_adds() {
    let added = FileChange {
        hunks: vec![Hunk { old_start: 0, old_lines: 0, new_start: 1, new_lines: 9 }],
        ..FileChange::at("new.py", FileStatus::Added, FileKind::Source)
    };
    let results = json!([seen("new.py", 3, "eval(x)")]);
    let case = Case::of(results.clone(), results).files(vec![added]);
    assert_eq!(case.became(), ["3: unknown"]);
    let head_paths = Some(vec!["new.py".to_owned(), "a.py".to_owned()]);
    let case = Case { head_paths, base_paths: Some(vec!["a.py".to_owned()]), ..case };
    assert_eq!(case.became(), ["3: unknown"]);
}

#[test]
fn another_version_or_name_of_a_tool_is_the_same_tool_and_a_rule_it_did_not_have_is_new() {
    let of = |name: &str, version: &str, results: Value| {
        let mut log = log(results);
        log["runs"][0]["tool"]["driver"] = json!({"name": name, "version": version});
        vec![named(name, &log, None)]
    };
    let mut of_new_rule = at("a.py", 2, "m");
    of_new_rule["ruleId"] = "N".into();
    let case = Case {
        head: of("Semgrep OSS", "2.0", json!([at("a.py", 1, "m"), of_new_rule])),
        baseline: of("semgrep ", "1.0", json!([at("a.py", 1, "m")])),
        ..Case::default()
    };
    assert_eq!(case.became(), ["1: unchanged", "2: new"]);
}

fn stating(result: Value, value: &str) -> Value {
    let mut result = result;
    result["partialFingerprints"] = json!({"contextHash/v1": value});
    result
}

#[test]
fn what_a_tool_states_is_believed_over_the_content() {
    let (one, other) = ("11111111aaaaaaaa", "22222222bbbbbbbb");
    let more = |results: Vec<Value>| {
        let mut results = results;
        results.push(stating(at("z.py", 99, "z"), "33333333cccccccc"));
        Value::from(results)
    };
    let case = |head: Value, base: Value| {
        Case::of(more(vec![head]), more(vec![base])).files(vec![edited("a.py", &[(1, 9, 1, 9)])]).became()
    };
    assert_eq!(
        case(stating(at("a.py", 5, "reworded"), one), stating(at("a.py", 1, "m"), one)),
        ["5: moved", "99: unchanged"]
    );
    assert_eq!(
        case(stating(at("a.py", 1, "m"), one), stating(at("a.py", 1, "m"), other)),
        ["1: new", "99: unchanged", "1: gone"]
    );
    // Where one side states nothing, the content has to do; on an edited line a message is no proof.
    assert_eq!(case(stating(seen("a.py", 1, "x"), one), seen("a.py", 2, "x")), ["1: moved", "99: unchanged"]);
    assert_eq!(case(stating(at("a.py", 1, "m"), one), at("a.py", 2, "m")), ["1: unknown", "99: unchanged"]);
    // On a line that the diff shows to be the same, equal contents are the same whatever surrounds them.
    let untouched =
        Case::of(more(vec![stating(at("a.py", 1, "m"), one)]), more(vec![stating(at("a.py", 1, "m"), other)]));
    assert_eq!(untouched.became(), ["1: unchanged", "99: unchanged"]);
}

#[test]
fn one_value_on_everything_clears_nothing() {
    let constant = "0123456789abcdef";
    let files = vec![edited("a.py", &[(1, 9, 1, 9)])];
    let case = Case::of(
        json!([stating(seen("a.py", 1, "new"), constant)]),
        json!([stating(seen("a.py", 1, "old"), constant)]),
    );
    assert_eq!(
        case.files(files).became(),
        ["1: new", "1: gone"],
        "one result on each side does not show that it is constant"
    );
}

#[test]
fn a_file_that_is_given_twice_counts_once() {
    let results = json!([at("a.py", 1, "old"), at("a.py", 2, "new")]);
    let mut case = Case::of(results.clone(), json!([at("a.py", 1, "old")]));
    case.head.push(named("copy", &log(results), None));
    case.baseline.push(named("copy of base", &log(json!([at("a.py", 1, "old")])), None));
    assert_eq!(case.became(), ["1: unchanged", "2: new"]);
    let (_, sources) = case.run();
    assert_eq!(sources.iter().map(|source| source.items).sum::<u64>(), 3);
    assert_eq!(sources.iter().map(|source| source.set_aside).sum::<u64>(), 3);
}

#[test]
fn what_a_baseline_says_of_suppression_or_of_its_own_baseline_clears_nothing_by_itself() {
    let mut suppressed = at("a.py", 1, "m");
    suppressed["suppressions"] = json!([{"kind": "inSource"}]);
    suppressed["baselineState"] = "unchanged".into();
    assert_eq!(Case::of(json!([suppressed.clone()]), json!([])).became(), ["1: new"]);
    assert_eq!(Case::of(json!([at("a.py", 1, "m")]), json!([suppressed])).became(), ["1: unchanged"]);
    let mut absent = at("a.py", 1, "m");
    absent["baselineState"] = "absent".into();
    assert_eq!(Case::of(json!([at("a.py", 1, "m")]), json!([absent])).became(), ["1: new"], "the base has it no more");
}

#[test]
fn a_scanners_own_report_is_not_told_from_its_sarif() {
    let report = json!({
        "matches": [{"vulnerability": {"id": "CVE-2021-1", "severity": "High", "fix": {"versions": [], "state": "unknown"}},
            "relatedVulnerabilities": [], "matchDetails": [],
            "artifact": {"name": "x", "version": "1", "type": "npm", "purl": "pkg:npm/x@1", "locations": [{"path": "/a.py"}]}}],
        "source": {"type": "directory", "target": "."}, "distro": {}, "descriptor": {"name": "grype", "version": "0.100", "db": {"status": {"valid": true}}},
    });
    let outcome = tollgate::collect::reports::parse(report.to_string().as_bytes());
    let report = tollgate::collect::input::Report { path: "own".to_owned(), commit: None, sha256: None, outcome };
    let mut baseline = log(json!([at("a.py", 1, "m")]));
    baseline["runs"][0]["tool"]["driver"]["name"] = "Grype".into();
    let baseline = [named("base", &baseline, Some(BASE))];
    let change = Change { base: Some(BASE.to_owned()), ..Change::default() };
    let context = Context { files: &[], change: &change, head_paths: None, roots: &[] };
    let (found, sources) = findings(&Inputs { reports: &[report], baseline: &baseline, ..Inputs::default() }, &context);
    assert!(sources.iter().all(|source| source.completeness == Completeness::Complete), "{sources:?}");
    assert_eq!(found.iter().map(|one| one.compared).collect::<Vec<_>>(), [Comparison::Unknown]);
    assert_eq!(found.gone().count(), 0);
}

fn rows() -> impl Strategy<Value = Vec<(u8, u8, u32)>> {
    proptest::collection::vec((0u8..2, 0u8..2, 1u32..6), 0..10)
}

fn results(rows: &[(u8, u8, u32)], with_snippet: bool) -> Value {
    let one = |(file, text, line): &(u8, u8, u32)| {
        let (path, text) = (format!("f{file}.py"), format!("t{text}"));
        if with_snippet { seen(&path, *line, &text) } else { at(&path, *line, &text) }
    };
    rows.iter().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_those_of_multisets(head in rows(), base in rows(), with_snippet: bool) {
        let (findings, _) = Case::of(results(&head, with_snippet), results(&base, with_snippet)).run();
        let mut new = 0;
        let mut gone = 0;
        for file in 0..2 {
            for text in 0..2 {
                let count = |rows: &[(u8, u8, u32)]| rows.iter().filter(|row| (row.0, row.1) == (file, text)).count();
                new += count(&head).saturating_sub(count(&base));
                gone += count(&base).saturating_sub(count(&head));
            }
        }
        prop_assert_eq!(findings.iter().filter(|one| one.introduced == Introduced::Yes).count(), new);
        prop_assert_eq!(findings.gone().count(), gone);
        prop_assert_eq!(findings.len(), head.len());
        prop_assert!(findings.iter().all(|one| one.compared != Comparison::Unknown));
    }

    #[test]
    fn the_order_of_results_and_of_files_changes_nothing(
        head in rows(), base in rows(), turn in 0usize..10, start in 1u32..6, with_snippet: bool,
    ) {
        let files = vec![edited("f0.py", &[(start, 1, start, 2)])];
        let case = Case::of(results(&head, with_snippet), results(&base, with_snippet)).files(files);
        let split = |rows: &[(u8, u8, u32)], name: &str, commit: &str| -> Vec<SarifInput> {
            let at = turn % (rows.len() + 1);
            let (one, other) = rows.split_at(at);
            let reversed: Vec<_> = one.iter().rev().copied().collect();
            let other = results(other, with_snippet);
            let mut other = log(other);
            other["runs"][0]["columnKind"] = name.into();
            let first = log(results(&reversed, with_snippet));
            vec![named(&format!("{name} 2"), &other, Some(commit)), named(&format!("{name} 1"), &first, Some(commit))]
        };
        let (head, baseline) = (split(&head, "head", HEAD), split(&base, "base", BASE));
        let turned = Case { head, baseline, ..case.clone() };
        prop_assert_eq!(case.run().0, turned.run().0);
    }

    #[test]
    fn a_baseline_never_adds_nor_takes_a_finding(head in rows(), base in rows()) {
        let (with, _) = Case::of(results(&head, false), results(&base, false)).run();
        let (without, _) = Case { baseline: Vec::new(), ..Case::of(results(&head, false), json!([])) }.run();
        let say = |findings: &Findings| -> Vec<String> {
            findings.iter().map(|one| format!("{:?} {} {} {:x}", one.path, one.line, one.message, one.fingerprint)).collect()
        };
        let (mut with, mut without) = (say(&with), say(&without));
        with.sort();
        without.sort();
        prop_assert_eq!(with, without);
    }
}

#[test]
fn every_word_says_whether_the_change_brings_a_finding_in() {
    let words: Vec<String> = Comparison::ALL.iter().map(|word| format!("{word} {}", word.introduced())).collect();
    assert_eq!(words, ["new yes", "unchanged no", "moved no", "gone no", "unknown unknown"]);
}

#[test]
fn a_baseline_with_a_finding_in_a_file_that_the_change_adds_is_not_of_the_base() {
    let added = || vec![FileChange::at("src/new.py", FileStatus::Added, FileKind::Source)];
    for written in ["src/new.py", "/build/x/src/new.py", "file:///build/x/src/new.py"] {
        let case = Case::of(json!([at("old.py", 3, "m")]), json!([at("old.py", 3, "m"), at(written, 1, "n")]));
        let source = case.files(added()).baseline_source();
        assert_eq!(source.completeness, Completeness::Stale, "{written}");
        assert!(source.reason.unwrap().contains("`src/new.py`, which the change adds"));
    }
    let case = Case::of(json!([at("old.py", 3, "m")]), json!([at("old.py", 3, "m"), at("src/renew.py", 1, "n")]));
    assert_eq!(case.files(added()).baseline_source().completeness, Completeness::Complete);
}
