//! How bad a finding is, through whole reports.

use serde_json::{Value, json};
use tollgate::evidence::{FindingKind, Level, Severity, SeverityFrom, Suppression};

use super::{failed, whole};

fn trivy(vulnerability: Value) -> String {
    let mut vulnerability = vulnerability;
    for (name, value) in [("VulnerabilityID", "CVE-2024-1"), ("PkgName", "a"), ("InstalledVersion", "1.0")] {
        vulnerability[name] = json!(value);
    }
    let result =
        json!({"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": [vulnerability]});
    json!({"SchemaVersion": 2, "ArtifactType": "filesystem", "Results": [result]}).to_string()
}

/// Severity, origin, score and level of the only finding.
fn of(report: &str) -> (Severity, SeverityFrom, Option<f32>, Level) {
    let findings = whole(report);
    let finding = findings.get(0).unwrap();
    (finding.severity, finding.severity_from, finding.score, finding.level)
}

#[test]
fn trivy_s_score_counts_where_it_is_of_the_source_of_the_word_and_is_shown_where_not() {
    let both = json!({"Severity": "LOW", "SeveritySource": "ghsa", "CVSS": {"ghsa": {"V3Score": 9.8}}});
    assert_eq!(of(&trivy(both)), (Severity::Critical, SeverityFrom::SecuritySeverity, Some(9.8), Level::Note));
    let other = json!({"Severity": "LOW", "SeveritySource": "debian", "CVSS": {"nvd": {"V3Score": 9.8}}});
    assert_eq!(of(&trivy(other)), (Severity::Low, SeverityFrom::Producer, Some(9.8), Level::Note));
    let newer =
        json!({"Severity": "HIGH", "SeveritySource": "ghsa", "CVSS": {"ghsa": {"V40Score": 9.3, "V3Score": 5.0}}});
    assert_eq!(of(&trivy(newer)).2, Some(9.3));
}

#[test]
fn what_trivy_calls_unknown_is_high_or_by_the_highest_score_of_anybody() {
    let unknown = json!({"Severity": "UNKNOWN"});
    assert_eq!(of(&trivy(unknown)), (Severity::High, SeverityFrom::Level, None, Level::Error));
    let scored = json!({"Severity": "UNKNOWN", "CVSS": {"nvd": {"V3Score": 5.0}, "redhat": {"V3Score": 9.1}}});
    assert_eq!(of(&trivy(scored)).0, Severity::Critical);
}

#[test]
fn a_word_that_nobody_knows_is_a_problem_and_the_finding_is_high() {
    let (findings, reason) = failed(&trivy(json!({"Severity": "Schwer"})));
    assert!(reason.contains("found the severity `Schwer`"), "{reason}");
    assert_eq!(findings.get(0).unwrap().severity, Severity::High);
}

#[test]
fn unrated_findings_have_a_tag() {
    let findings = whole(&trivy(json!({})));
    assert!(findings.get(0).unwrap().tags().any(|tag| tag == "severity-unknown"));
    let findings = whole(&trivy(json!({"Severity": "LOW"})));
    assert!(!findings.get(0).unwrap().tags().any(|tag| tag == "severity-unknown"));
}

#[test]
fn ubuntu_s_severity_in_an_osv_record_is_a_word_and_no_vector() {
    let record = json!({"id": "UBUNTU-CVE-1", "severity": [{"type": "Ubuntu", "score": "low"}]});
    let package = json!({"package": {"name": "a", "version": "1", "ecosystem": "Ubuntu:22.04:LTS"}, "vulnerabilities": [record],
        "groups": [{"ids": ["UBUNTU-CVE-1"], "aliases": ["UBUNTU-CVE-1"], "max_severity": ""}]});
    let text = json!({"results": [{"source": {"path": "a", "type": "os"}, "packages": [package]}]}).to_string();
    assert_eq!(of(&text), (Severity::Low, SeverityFrom::Producer, None, Level::Note));
    assert_eq!(whole(&text).get(0).unwrap().package, Some("pkg:deb/ubuntu/a@1"));
}

#[test]
fn osv_s_group_has_the_highest_score_and_without_it_that_of_its_vectors() {
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N";
    let text = |max: &str| {
        let record = json!({"id": "GHSA-1", "severity": [{"type": "CVSS_V3", "score": vector}]});
        let package = json!({"package": {"name": "a", "version": "1", "ecosystem": "npm"}, "vulnerabilities": [record],
            "groups": [{"ids": ["GHSA-1"], "max_severity": max}]});
        json!({"results": [{"source": {"path": "a", "type": "lockfile"}, "packages": [package]}]}).to_string()
    };
    assert_eq!(of(&text("9.8")).2, Some(9.8));
    assert_eq!(of(&text("")).2, Some(7.5));
    assert!(failed(&text("high")).1.contains("found `high`, expected a score"));
}

#[test]
fn cargo_audit_s_warnings_are_medium_marks_and_its_ignored_ids_are_open_and_suppressed() {
    let package = json!({"name": "a", "version": "1.0.0", "source": null});
    let advisory = json!({"id": "RUSTSEC-2024-0001", "package": "a", "title": "gone", "informational": "unmaintained", "cvss": null});
    let text = json!({
        "database": {"advisory-count": 5}, "lockfile": {"dependency-count": 2},
        "settings": {"ignore": ["RUSTSEC-2023-0071"], "severity": null},
        "vulnerabilities": {"found": false, "count": 0, "list": []},
        "warnings": {"unmaintained": [{"kind": "unmaintained", "package": package, "advisory": advisory, "versions": {"patched": []}}],
                     "yanked": [{"kind": "yanked", "package": package, "advisory": null}]},
    })
    .to_string();
    let findings = whole(&text);
    assert_eq!(
        super::lines(&findings),
        [
            "RUSTSEC-2023-0071 high level ",
            "RUSTSEC-2024-0001 medium level pkg:cargo/a@1.0.0",
            "yanked medium level pkg:cargo/a@1.0.0"
        ]
    );
    let ignored = findings.iter().find(|finding| finding.rule == "RUSTSEC-2023-0071").unwrap();
    assert_eq!((ignored.kind, ignored.suppression), (FindingKind::Open, Suppression::External));
    let marks: Vec<String> =
        findings.iter().flat_map(|finding| finding.tags().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(marks.iter().any(|mark| mark == "unmaintained") && marks.iter().any(|mark| mark == "yanked"));
}
