//! The traps of each format, one by one, in inputs of our own making.

use serde_json::{Value, json};
use tollgate::evidence::{Level, Severity, Suppression};

use super::{failed, lines, one, whole};

// osv-scanner

fn osv(package: Value) -> String {
    json!({"results": [{"source": {"path": "Cargo.lock", "type": "lockfile"}, "packages": [package]}]}).to_string()
}

#[test]
fn ids_of_one_group_are_one_finding_and_the_others_are_its_tags() {
    let package = json!({"package": {"name": "a", "version": "1", "ecosystem": "crates.io"},
        "vulnerabilities": [{"id": "GHSA-2", "aliases": ["CVE-3"]}, {"id": "RUSTSEC-1", "aliases": ["CVE-3"]}, {"id": "GHSA-9"}],
        "groups": [{"ids": ["GHSA-2", "RUSTSEC-1"], "aliases": ["CVE-3", "GHSA-2", "RUSTSEC-1"], "max_severity": "5.0"}, {"ids": ["GHSA-9"]}]});
    let findings = whole(&osv(package));
    assert_eq!(lines(&findings), ["CVE-3 medium security-severity pkg:cargo/a@1", "GHSA-9 high level pkg:cargo/a@1"]);
    let grouped = findings.iter().find(|finding| finding.rule == "CVE-3").unwrap();
    assert_eq!(grouped.tags().collect::<Vec<_>>(), ["GHSA-2", "RUSTSEC-1"]);
}

#[test]
fn without_groups_aliases_of_one_another_count_once() {
    let package = json!({"package": {"name": "a", "version": "1", "ecosystem": "crates.io"},
        "vulnerabilities": [{"id": "GHSA-2"}, {"id": "RUSTSEC-1", "aliases": ["GHSA-2"]}]});
    assert_eq!(lines(&whole(&osv(package))), ["GHSA-2 high level pkg:cargo/a@1"]);
}

#[test]
fn a_group_whose_record_is_not_there_is_a_problem_and_still_a_finding() {
    let package = json!({"package": {"name": "a", "version": "1", "ecosystem": "npm"}, "groups": [{"ids": ["GHSA-2"], "max_severity": "9.1"}]});
    let (findings, reason) = failed(&osv(package));
    assert_eq!(lines(&findings), ["GHSA-2 critical security-severity pkg:npm/a@1"]);
    assert!(reason.contains("expected the id of a vulnerability"), "{reason}");
}

#[test]
fn what_an_analysis_calls_unimportant_is_suppressed_and_what_it_calls_unreached_is_marked() {
    for name in ["experimental_analysis", "experimentalAnalysis"] {
        let mut group = json!({"ids": ["GO-1"], "max_severity": "9.1"});
        group[name] = json!({"GO-1": {"called": false, "unimportant": true}});
        let package = json!({"package": {"name": "a", "version": "1", "ecosystem": "Go"}, "vulnerabilities": [{"id": "GO-1"}], "groups": [group]});
        let findings = whole(&osv(package));
        let finding = findings.get(0).unwrap();
        assert_eq!((finding.suppression, finding.severity), (Suppression::External, Severity::Critical));
        assert!(finding.tags().any(|tag| tag == "not-called"));
    }
}

#[test]
fn malware_is_critical_by_any_of_its_ids() {
    let package = json!({"package": {"name": "a", "version": "1", "ecosystem": "npm"},
        "vulnerabilities": [{"id": "GHSA-2", "aliases": ["MAL-2024-1"], "database_specific": {"severity": "LOW"}}],
        "groups": [{"ids": ["GHSA-2"], "aliases": ["GHSA-2", "MAL-2024-1"]}]});
    let findings = whole(&osv(package));
    assert_eq!(lines(&findings), ["MAL-2024-1 critical producer pkg:npm/a@1"]);
    assert!(findings.get(0).unwrap().tags().any(|tag| tag == "malware"));
}

#[test]
fn licence_violations_stand_beside_vulnerabilities() {
    let package = json!({"package": {"name": "a", "version": "1", "ecosystem": "npm"}, "licenses": ["GPL-3.0"], "license_violations": ["GPL-3.0"]});
    assert_eq!(lines(&whole(&osv(package))), ["licence:GPL-3.0 high level pkg:npm/a@1"]);
}

// npm 7

fn npm(vulnerabilities: Value, total: u64) -> String {
    json!({"auditReportVersion": 2, "vulnerabilities": vulnerabilities,
        "metadata": {"vulnerabilities": {"total": total}, "dependencies": {"total": 9}}})
    .to_string()
}

fn cause(id: &str, severity: &str) -> Value {
    json!({"source": 1, "name": "deep", "title": "t", "url": format!("https://github.com/advisories/{id}"), "severity": severity})
}

#[test]
fn a_wrapper_is_no_finding_and_an_advisory_counts_once_for_each_node() {
    let text = npm(
        json!({
            "top": {"severity": "high", "via": ["mid"], "nodes": ["node_modules/top"], "fixAvailable": true},
            "mid": {"severity": "high", "via": ["deep"], "nodes": ["node_modules/mid"]},
            "deep": {"severity": "high", "via": [cause("GHSA-1", "high")], "nodes": ["node_modules/deep", "node_modules/mid/node_modules/deep"]},
        }),
        3,
    );
    let (findings, source) = one(&text);
    assert_eq!((findings.len(), source.set_aside, source.reason), (2, 2, None));
    let mut places: Vec<_> = findings.iter().map(|finding| finding.unmapped.unwrap().to_owned()).collect();
    places.sort();
    assert_eq!(places, ["node_modules/deep", "node_modules/mid/node_modules/deep"]);
    assert_ne!(findings.get(0).unwrap().fingerprint, findings.get(1).unwrap().fingerprint);
}

#[test]
fn causes_that_lead_in_a_circle_lead_to_no_advisory() {
    let (findings, reason) = failed(&npm(
        json!({"a": {"severity": "critical", "via": ["b"]}, "b": {"severity": "critical", "via": ["a"]}}),
        2,
    ));
    assert_eq!(lines(&findings), ["no-id critical producer pkg:npm/a", "no-id critical producer pkg:npm/b"]);
    assert!(reason.contains("found no cause"), "{reason}");
}

#[test]
fn fewer_packages_than_are_counted_or_no_dependency_at_all_fall_short() {
    assert!(failed(&npm(json!({}), 3)).1.contains("found 3, and 0 packages are listed"));
    let none = r#"{"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 0}}}"#;
    assert!(failed(none).1.contains("looked at no dependency"));
    assert!(failed(r#"{"auditReportVersion": 2, "vulnerabilities": {}}"#).1.contains("expected what was looked at"));
    assert!(
        failed(r#"{"auditReportVersion": 2, "error": {"code": "ENOLOCK", "summary": "no lock"}}"#)
            .1
            .contains("no lock")
    );
}

#[test]
fn a_package_may_have_any_name() {
    for name in ["toString", "metadata", "Packages", "a/b~c"] {
        let findings = whole(&npm(json!({name: {"severity": "low", "via": [cause("GHSA-1", "low")]}}), 1));
        assert_eq!(findings.len(), 1, "{name}");
    }
}

// npm 6, pnpm

fn six(advisories: Value, high: u64) -> String {
    json!({"actions": [], "advisories": advisories, "muted": [],
        "metadata": {"vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": high, "critical": 0}, "totalDependencies": 5}})
    .to_string()
}

fn advisory(paths: &[&str]) -> Value {
    json!({"id": 7, "module_name": "a", "severity": "high", "title": "t", "url": "https://npmjs.com/advisories/7", "cves": ["CVE-1"],
        "cwe": ["CWE-79", "CWE-89"], "findings": [{"version": "1.0.0", "paths": paths}, {"version": "2.0.0", "paths": paths}]})
}

#[test]
fn an_advisory_counts_once_for_each_installed_version() {
    let findings = whole(&six(json!({"7": advisory(&["x>a", "b>a"])}), 4));
    assert_eq!(lines(&findings), ["npm:7 high producer pkg:npm/a@1.0.0", "npm:7 high producer pkg:npm/a@2.0.0"]);
    assert!(findings.iter().all(|finding| finding.cwe == [79, 89] && finding.message.contains("through b>a")));
}

#[test]
fn advisories_that_are_counted_and_not_listed_were_left_out_by_somebody() {
    assert!(
        failed(&six(json!({"7": advisory(&["x>a"])}), 3))
            .1
            .contains("counts 3 vulnerabilities of severity `high` and lists 2")
    );
    assert!(failed(&six(json!({}), 1)).1.contains("lists 0"));
    // Where the registry left the paths out, nothing can be compared.
    assert_eq!(whole(&six(json!({"7": advisory(&[])}), 3)).len(), 2);
}

// yarn

fn yarn(path: &str, id: u64) -> String {
    json!({"type": "auditAdvisory", "data": {"resolution": {"id": id, "path": path}, "advisory": {"id": id, "module_name": "a",
        "severity": "high", "title": "t", "url": "u", "findings": [{"version": "1.0.0", "paths": [path]}]}}})
    .to_string()
}

fn summary(high: u64, dependencies: u64) -> String {
    json!({"type": "auditSummary", "data": {"vulnerabilities": {"high": high}, "totalDependencies": dependencies}})
        .to_string()
}

#[test]
fn yarn_1_repeats_an_advisory_for_each_path_and_ends_with_a_summary() {
    let lines_of = [yarn("b>a", 1), yarn("c>a", 1), yarn("c>a", 2), summary(3, 5)];
    assert_eq!(whole(&lines_of.join("\n")).len(), 2);
    assert!(failed(&lines_of[..3].join("\n")).1.contains("did not finish"), "the stream is cut at a line");
    assert!(failed(&[yarn("b>a", 1), summary(3, 5)].join("\n")).1.contains("counts 3"), "a line is gone");
    assert!(failed(&summary(0, 0)).1.contains("looked at no dependency"));
    assert!(whole(&summary(0, 5)).is_empty());
}

#[test]
fn a_broken_line_is_a_problem_and_the_others_count() {
    let broken = [yarn("b>a", 1), "{\"type\":\"auditAdv".to_owned(), summary(1, 5)].join("\n");
    let (findings, reason) = failed(&broken);
    assert_eq!(findings.len(), 1);
    assert!(reason.contains("line 2"), "{reason}");
}

#[test]
fn an_error_of_yarn_is_a_failure_whatever_else_it_says() {
    let error = json!({"type": "error", "data": "connect ECONNREFUSED"}).to_string();
    let (findings, reason) = failed(&[yarn("b>a", 1), error.clone(), summary(1, 5)].join("\n"));
    assert_eq!(findings.len(), 1);
    assert!(reason.contains("reports an error in line 2: `connect ECONNREFUSED`"), "{reason}");
    assert!(failed(&error).1.contains("ECONNREFUSED"));
}

#[test]
fn yarn_2_and_3_say_who_they_are_behind_a_clean_answer() {
    let clean = [
        six(json!({}), 0),
        json!({"type": "info", "name": null, "displayName": "YN0001", "data": "No audit suggestions"}).to_string(),
    ];
    let (_, source) = one(&clean.join("\n"));
    assert_eq!((source.tool.as_deref(), source.reason), (Some("yarn audit"), None));
}

// pip-audit

#[test]
fn one_skipped_dependency_is_enough_to_fall_short_and_the_old_list_reads_as_the_object() {
    let found = json!({"name": "a", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": ["CVE-1"]}]});
    for text in [json!([found]).to_string(), json!({"dependencies": [found], "fixes": []}).to_string()] {
        let findings = whole(&text);
        let finding = findings.get(0).unwrap();
        assert_eq!((finding.rule, finding.tags().collect::<Vec<_>>()), ("PYSEC-1", vec!["CVE-1", "severity-unknown"]));
        assert_eq!(finding.message, "a 1.0: PYSEC-1 (fixed in 1.1)");
    }
    let (findings, reason) = failed(&json!([found, {"name": "b", "skip_reason": "no network"}]).to_string());
    assert_eq!(
        (findings.len(), reason.contains("skipped 1 of 2 dependencies: first `b`: `no network`")),
        (1, true),
        "{reason}"
    );
    assert!(failed(&json!([{"name": "a", "vulns": null}, found]).to_string()).1.contains("expected a"));
}

// Grype

fn grype(document: Value) -> String {
    let mut whole = json!({"matches": [], "source": {"type": "directory", "target": "."}, "descriptor": {"name": "grype", "version": "1", "db": {"status": {"valid": true}}}});
    for (name, value) in document.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole.to_string()
}

#[test]
fn ignored_matches_are_visible_and_suppressed() {
    let found = |id| json!({"vulnerability": {"id": id, "severity": "High", "fix": {"state": "wont-fix", "versions": []}}, "artifact": {"name": "a", "version": "1", "type": "gem"}});
    let findings = whole(&grype(json!({"matches": [found("CVE-1")], "ignoredMatches": [found("CVE-2")]})));
    let suppressed: Vec<_> = findings.iter().map(|finding| (finding.rule.to_owned(), finding.suppression)).collect();
    assert_eq!(suppressed, [("CVE-1".to_owned(), Suppression::No), ("CVE-2".to_owned(), Suppression::External)]);
    assert_eq!(findings.get(0).unwrap().package, Some("pkg:gem/a@1"));
    assert!(findings.get(0).unwrap().message.ends_with("(will not be fixed)"));
}

#[test]
fn grype_without_a_good_database_or_a_source_did_not_look() {
    assert!(whole(&grype(json!({}))).is_empty());
    for (document, words) in [
        (json!({"descriptor": {"db": {"error": "db could not be loaded"}}}), "db could not be loaded"),
        (json!({"descriptor": {"db": {"status": {"valid": false}}}}), "`valid` is false"),
        (json!({"descriptor": {"name": "grype"}}), "names no database"),
        (json!({"source": null}), "names no source"),
        (json!({"matches": null}), "expected a list"),
    ] {
        let reason = failed(&grype(document)).1;
        assert!(reason.contains(words), "{reason}");
    }
}

// Trivy

#[test]
fn trivy_without_results_looked_at_nothing_and_with_a_clean_one_at_that() {
    let text = |results: Value| {
        json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": results}).to_string()
    };
    for results in [json!(null), json!([])] {
        assert!(failed(&text(results)).1.contains("looked at no file"));
    }
    assert!(whole(&text(json!([{"Target": "Cargo.lock", "Class": "lang-pkgs", "Type": "cargo"}]))).is_empty());
    assert!(whole(r#"[{"Target": "alpine:3.9", "Vulnerabilities": null}]"#).is_empty(), "before schema 2");
    assert!(failed(&text(json!([{"Target": "Cargo.lock", "Vulnerabilities": {}}]))).1.contains("expected a list"));
}

#[test]
fn what_trivy_was_told_to_ignore_is_visible_and_suppressed() {
    let found = json!({"VulnerabilityID": "CVE-1", "PkgName": "a", "InstalledVersion": "1", "Severity": "CRITICAL"});
    let modified = json!([{"Type": "vulnerability", "Status": "ignored", "Source": ".trivyignore", "Finding": found}]);
    let text = |modified: Value| {
        json!({"SchemaVersion": 2, "ArtifactName": ".", "Results": [{"Target": "Cargo.lock", "Class": "lang-pkgs", "Type": "cargo",
            "ExperimentalModifiedFindings": modified}]})
        .to_string()
    };
    let findings = whole(&text(modified));
    let finding = findings.get(0).unwrap();
    assert_eq!(
        (finding.rule, finding.severity, finding.suppression),
        ("CVE-1", Severity::Critical, Suppression::External)
    );
    assert!(failed(&text(json!([{"Type": "other", "Finding": {}}]))).1.contains("is not read"));
}

// cargo-audit

fn cargo(document: Value) -> String {
    let mut whole = json!({"database": {"advisory-count": 9}, "lockfile": {"dependency-count": 9}, "settings": {"ignore": [], "severity": null},
        "vulnerabilities": {"found": false, "count": 0, "list": []}, "warnings": {}});
    for (name, value) in document.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole.to_string()
}

#[test]
fn cargo_audit_falls_short_where_it_looked_at_nothing_or_left_something_out() {
    assert!(whole(&cargo(json!({}))).is_empty());
    for (document, words) in [
        (json!({"lockfile": {"dependency-count": 0}}), "looked at no package"),
        (json!({"database": {"advisory-count": 0}}), "looked at no advisory"),
        (json!({"lockfile": null}), "expected what was looked at"),
        (json!({"settings": {"severity": "high"}}), "below `high`"),
        (json!({"vulnerabilities": {"found": true, "count": 2, "list": []}}), "beside a list of 0"),
        (json!({"warnings": {"yanked": "a"}}), "expected a list"),
    ] {
        let reason = failed(&cargo(document)).1;
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn reports_of_cargo_audit_about_several_binaries_follow_one_another() {
    let clean = cargo(json!({}));
    assert!(whole(&format!("{clean}\n{clean}\n")).is_empty());
    let cut = format!("{clean}\n{}", clean.split_at(clean.len() / 2).0);
    assert!(failed(&cut).1.contains("line 2"), "the second is cut");
}

// govulncheck

fn messages(messages: &[Value]) -> String {
    messages.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn config(level: &str) -> Value {
    json!({"config": {"protocol_version": "v1.0.0", "scanner_name": "govulncheck", "scan_level": level}})
}

fn progress(message: &str) -> Value {
    json!({"progress": {"message": message}})
}

const CHECKING: &str = "Checking the code against the vulnerabilities...";

#[test]
fn a_stream_of_govulncheck_shows_that_it_got_to_checking() {
    let fetching = progress("Fetching vulnerabilities from the database...");
    assert!(whole(&messages(&[config("symbol"), fetching.clone(), progress(CHECKING)])).is_empty());
    for (stream, words) in [
        (vec![config("symbol")], "before anything was scanned"),
        (vec![config("symbol"), fetching], "after vulnerabilities were fetched"),
        (vec![progress(CHECKING)], "found no configuration"),
        (vec![config("symbol"), json!({"SBOM": {"modules": []}}), progress(CHECKING)], "looked at no package"),
        (vec![json!({"config": {"scan_mode": "query"}}), progress(CHECKING)], "scans nothing"),
        (vec![config("symbol"), config("symbol"), progress(CHECKING)], "second configuration"),
        (vec![config("symbol"), json!({"vulnerability": {}}), progress(CHECKING)], "is not known"),
    ] {
        let reason = failed(&messages(&stream)).1;
        assert!(reason.contains(words), "{reason}");
        assert!(failed(&json!(stream).to_string()).1.contains(words), "as a list");
    }
}

#[test]
fn levels_of_govulncheck_are_those_of_its_sarif() {
    let frame = |reach: u8| match reach {
        0 => json!({"module": "m", "version": "v1.0.0"}),
        1 => json!({"module": "m", "version": "v1.0.0", "package": "m/p"}),
        _ => json!({"module": "m", "version": "v1.0.0", "package": "m/p", "function": "F"}),
    };
    for (scan, reach, level, severity) in [
        ("symbol", 2, Level::Error, Severity::High),
        ("symbol", 1, Level::Warning, Severity::Medium),
        ("symbol", 0, Level::Note, Severity::Low),
        ("package", 1, Level::Error, Severity::High),
        ("package", 0, Level::Warning, Severity::Medium),
        ("module", 0, Level::Error, Severity::High),
    ] {
        let stream = [
            config(scan),
            progress(CHECKING),
            json!({"osv": {"id": "GO-1", "summary": "s"}}),
            json!({"finding": {"osv": "GO-1", "trace": [frame(reach)]}}),
            // A less precise finding of the same fault changes nothing, wherever it stands.
            json!({"finding": {"osv": "GO-1", "trace": [frame(0)]}}),
        ];
        let findings = whole(&messages(&stream));
        assert_eq!(findings.len(), 1);
        let finding = findings.get(0).unwrap();
        assert_eq!((finding.level, finding.severity), (level, severity), "{scan} {reach}");
        assert_eq!(finding.tags().any(|tag| tag == "not-called"), level != Level::Error);
    }
}

#[test]
fn a_finding_without_a_trace_or_a_record_is_a_problem_and_still_counts() {
    let stream = |finding: Value| messages(&[config("symbol"), progress(CHECKING), json!({"finding": finding})]);
    let (findings, reason) = failed(&stream(json!({"osv": "GO-1", "trace": []})));
    assert_eq!((findings.len(), findings.get(0).unwrap().severity), (1, Severity::High));
    assert!(reason.contains("found no frame"), "{reason}");
    let (findings, reason) = failed(&stream(json!({"osv": "GO-1", "trace": [{"module": "m"}]})));
    assert_eq!(findings.len(), 1);
    assert!(reason.contains("found no record of `GO-1`"), "{reason}");
}
