//! Where findings stand, and for which commit they were made.

use serde_json::{Value, json};
use tollgate::evidence::{Change, Completeness, FileChange, FileKind, FileStatus, Findings, Hunk, Source};
use tollgate::normalize::findings::{Inputs, findings};
use tollgate::normalize::places::Context;

use super::report;

const HEAD: &str = "1111111111111111111111111111111111111111";

fn place(text: &str, head: &[&str], files: &[FileChange], commit: Option<&str>) -> (Findings, Source) {
    let change = Change { head: Some(HEAD.to_owned()), ..Change::default() };
    let head: Vec<String> = head.iter().map(|path| (*path).to_owned()).collect();
    let mut report = report(text.as_bytes());
    report.commit = commit.map(str::to_owned);
    let context = Context { files, change: &change, head_paths: Some(&head), roots: &[] };
    let (findings, mut sources) = findings(&Inputs { reports: &[report], ..Inputs::default() }, &context);
    (findings, sources.remove(0))
}

fn osv(path: &str, image: Option<Value>) -> String {
    let package = json!({"package": {"name": "a", "version": "1", "ecosystem": "npm"}, "vulnerabilities": [{"id": "GHSA-1"}],
        "groups": [{"ids": ["GHSA-1"]}]});
    let mut report = json!({"results": [{"source": {"path": path, "type": "lockfile"}, "packages": [package]}]});
    if let Some(image) = image {
        report["image_metadata"] = image;
    }
    report.to_string()
}

#[test]
fn paths_of_another_machine_are_mapped_by_their_end_and_those_of_images_never() {
    let (findings, _) = place(&osv("/build/a/yarn.lock", None), &["a/yarn.lock", "b.txt"], &[], None);
    assert_eq!(findings.get(0).unwrap().path, Some("a/yarn.lock"));
    let (findings, _) = place(&osv("/build/a/yarn.lock", Some(json!({}))), &["a/yarn.lock"], &[], None);
    let finding = findings.get(0).unwrap();
    assert_eq!((finding.path, finding.unmapped), (None, Some("/build/a/yarn.lock")));
    assert!(finding.on_changed_line, "what can't be placed may be on a changed line");
    let (findings, _) = place(&osv("../../etc/yarn.lock", None), &["a/yarn.lock"], &[], None);
    assert_eq!(findings.get(0).unwrap().path, None, "no path leaves the repository");
}

#[test]
fn a_finding_about_a_whole_lockfile_is_on_a_changed_line_where_the_lockfile_changed() {
    let changed = [FileChange::at("a/yarn.lock", FileStatus::Modified, FileKind::Lockfile)];
    let on = |files: &[FileChange]| {
        place(&osv("a/yarn.lock", None), &["a/yarn.lock"], files, None).0.get(0).unwrap().on_changed_line
    };
    assert!(on(&changed) && !on(&[]));
}

#[test]
fn a_tool_that_names_no_file_read_the_only_lockfile_that_it_can_have_read() {
    let npm = json!({"auditReportVersion": 2, "vulnerabilities": {"a": {"name": "a", "severity": "high", "nodes": ["node_modules/a"],
        "via": [{"source": 1, "name": "a", "title": "t", "url": "https://github.com/advisories/GHSA-1111-2222-3333", "severity": "high"}],
        "effects": [], "range": "<2", "fixAvailable": false}},
        "metadata": {"vulnerabilities": {"high": 1, "total": 1}, "dependencies": {"prod": 1, "total": 1}}})
    .to_string();
    let changed = [FileChange::at("web/package-lock.json", FileStatus::Modified, FileKind::Lockfile)];
    let found = |head: &[&str], files: &[FileChange]| {
        let (findings, source) = place(&npm, head, files, None);
        assert_eq!((findings.len(), source.completeness), (1, Completeness::Complete), "{:?}", source.reason);
        let finding = findings.get(0).unwrap();
        (finding.path.map(str::to_owned), finding.on_changed_line)
    };
    let here = Some("web/package-lock.json".to_owned());
    assert_eq!(found(&["src/a.js", "web/package-lock.json"], &[]), (here.clone(), false));
    assert_eq!(found(&["src/a.js", "web/package-lock.json"], &changed), (here, true));
    // Which of several it was nobody says, and so for the manager.
    assert_eq!(found(&["package-lock.json", "web/package-lock.json"], &changed), (None, true));
    assert_eq!(found(&["web/package-lock.json", "yarn.lock"], &[]), (None, true));
    assert_eq!(found(&["src/a.js"], &[]), (None, true));
}

#[test]
fn misconfigurations_and_secrets_of_trivy_have_lines() {
    let misconfiguration = json!({"ID": "DS-0002", "AVDID": "AVD-DS-0002", "Title": "root user", "Severity": "HIGH", "Status": "FAIL",
        "CauseMetadata": {"StartLine": 3, "EndLine": 5}});
    let passed = json!({"ID": "DS-0001", "Status": "PASS"});
    let excepted = json!({"ID": "DS-0003", "Status": "EXCEPTION", "Severity": "LOW", "Title": "t"});
    let secret = json!({"RuleID": "aws-access-key-id", "Severity": "CRITICAL", "Title": "AWS key", "StartLine": 9, "EndLine": 9, "Match": "AKIA"});
    let text = json!({"SchemaVersion": 2, "ArtifactType": "filesystem", "Results": [
        {"Target": "Dockerfile", "Class": "config", "Type": "dockerfile", "Misconfigurations": [misconfiguration, passed, excepted]},
        {"Target": "b.txt", "Class": "secret", "Secrets": [secret]},
    ]})
    .to_string();
    let hunk = Hunk { old_start: 4, old_lines: 0, new_start: 4, new_lines: 1 };
    let changed = [FileChange {
        hunks: vec![hunk],
        ..FileChange::at("Dockerfile", FileStatus::Modified, FileKind::Infrastructure)
    }];
    let (findings, source) = place(&text, &["Dockerfile", "b.txt"], &changed, None);
    assert_eq!((source.completeness, source.items, source.set_aside), (Completeness::Complete, 3, 1));
    let get = |rule: &str| findings.iter().find(|finding| finding.rule == rule).unwrap();
    let found = get("DS-0002");
    assert_eq!((found.path, found.line, found.end_line, found.on_changed_line), (Some("Dockerfile"), 3, 5, true));
    assert!(found.tags().any(|tag| tag == "AVD-DS-0002"));
    let found = get("aws-access-key-id");
    assert_eq!((found.path, found.line, found.on_changed_line), (Some("b.txt"), 9, false));
    assert!(!found.message.contains("AKIA"), "a secret is not repeated");
    assert_ne!(get("DS-0003").suppression, tollgate::evidence::Suppression::No);
}

#[test]
fn grype_s_paths_start_at_the_directory_that_was_scanned() {
    let text = |target: Value, kind: &str| {
        let found = json!({"vulnerability": {"id": "CVE-1", "severity": "High"}, "artifact": {"name": "a", "version": "1", "type": "npm",
            "locations": [{"path": "/sub/package-lock.json"}]}});
        json!({"matches": [found], "source": {"type": kind, "target": target}, "descriptor": {"name": "grype", "version": "0.9", "db": {}}})
            .to_string()
    };
    let head = ["package-lock.json", "sub/package-lock.json", "x/sub/package-lock.json"];
    let path = |target: Value, kind: &str| {
        place(&text(target, kind), &head, &[], None).0.get(0).unwrap().path.map(str::to_owned)
    };
    assert_eq!(path(json!("."), "directory").as_deref(), Some("sub/package-lock.json"));
    assert_eq!(path(json!("x"), "directory").as_deref(), Some("x/sub/package-lock.json"));
    assert_eq!(path(json!({"userInput": "alpine:3"}), "image"), None);
}

#[test]
fn a_report_for_another_commit_is_stale_by_the_user_s_word_and_by_its_own() {
    let clean = r#"{"results": [], "experimental_config": {}}"#;
    let completeness = |commit| place(clean, &[], &[], commit).1.completeness;
    assert_eq!(completeness(None), Completeness::Complete);
    assert_eq!(completeness(Some(HEAD)), Completeness::Complete);
    assert_eq!(completeness(Some("2222222222222222222222222222222222222222")), Completeness::Stale);
    let trivy = |commit: &str| {
        json!({"SchemaVersion": 2, "ArtifactType": "repository", "Metadata": {"Commit": commit},
               "Results": [{"Target": "go.mod", "Class": "lang-pkgs", "Type": "gomod"}]})
        .to_string()
    };
    assert_eq!(place(&trivy(HEAD), &[], &[], None).1.completeness, Completeness::Complete);
    assert_eq!(place(&trivy("2222222"), &[], &[], None).1.completeness, Completeness::Stale);
}

#[test]
fn a_called_fault_stands_where_the_trace_leaves_the_module_itself() {
    let trace = json!([
        {"module": "golang.org/x/text", "version": "v0.3.0", "package": "golang.org/x/text/language", "function": "Parse",
         "position": {"filename": "language/parse.go", "line": 33, "column": 6}},
        {"module": "example.org/app", "package": "example.org/app/in", "function": "read", "position": {"filename": "in/read.go", "line": 7, "column": 3}},
        {"module": "example.org/app", "package": "example.org/app", "function": "main", "position": {"filename": "main.go", "line": 2, "column": 1}}
    ]);
    let text = [
        json!({"config": {"protocol_version": "v1.0.0", "scanner_name": "govulncheck", "scanner_version": "v1.1.3", "scan_level": "symbol"}}),
        json!({"SBOM": {"go_version": "go1.22", "modules": [{"path": "example.org/app"}], "roots": ["example.org/app"]}}),
        json!({"progress": {"message": "Checking the code against the vulnerabilities..."}}),
        json!({"osv": {"id": "GO-2021-0113", "aliases": ["CVE-2021-38561"], "summary": "out of bounds read"}}),
        json!({"finding": {"osv": "GO-2021-0113", "fixed_version": "v0.3.7", "trace": [{"module": "golang.org/x/text", "version": "v0.3.0"}]}}),
        json!({"finding": {"osv": "GO-2021-0113", "fixed_version": "v0.3.7", "trace": trace}}),
    ]
    .map(|message| message.to_string())
    .join("\n");
    let (findings, source) = place(&text, &["in/read.go", "main.go"], &[], None);
    assert_eq!((source.completeness, findings.len()), (Completeness::Complete, 1), "{:?}", source.reason);
    let finding = findings.get(0).unwrap();
    assert_eq!((finding.path, finding.line, finding.column), (Some("in/read.go"), 7, 3));
    assert_eq!((finding.rule, finding.tool_version), ("GO-2021-0113", Some("v1.1.3")));
    assert_eq!(finding.package, Some("pkg:golang/golang.org/x/text@v0.3.0"));
    assert!(finding.message.contains("golang.org/x/text/language.Parse"), "{}", finding.message);
}

#[test]
fn names_that_trivy_gives_to_many_files_are_no_files_of_the_repository() {
    let found = |path: Option<&str>| json!({"VulnerabilityID": "CVE-1", "PkgName": "a", "InstalledVersion": "1", "Severity": "HIGH", "PkgPath": path});
    let text = json!({"SchemaVersion": 2, "ArtifactType": "filesystem", "Results": [
        {"Target": "Node.js", "Class": "lang-pkgs", "Type": "node-pkg", "Vulnerabilities": [found(None), found(Some("web/package.json"))]},
        {"Target": "yarn.lock", "Class": "lang-pkgs", "Type": "yarn", "Vulnerabilities": [found(None)],
         "Packages": [{"Name": "a", "Version": "1", "Locations": [{"StartLine": 7, "EndLine": 12}]}]},
    ]})
    .to_string();
    // The files of the head are not known, so that a relative path would be taken on trust.
    let (findings, _) = super::take(&[report(text.as_bytes())]);
    let places: Vec<_> =
        findings.iter().map(|finding| (finding.path, finding.unmapped, finding.line, finding.end_line)).collect();
    assert_eq!(
        places,
        [(Some("web/package.json"), None, 0, 0), (Some("yarn.lock"), None, 7, 12), (None, Some("Node.js"), 0, 0)]
    );
}
