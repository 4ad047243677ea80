//! What is no report that is read is refused in words, and never empty.

use tollgate::collect::input::Report;
use tollgate::collect::reports::{MAX_BYTES, NativeReport, parse, recognize};
use tollgate::collect::sarif;
use tollgate::evidence::Completeness;

fn refusal(bytes: &[u8]) -> String {
    let refusal = parse(bytes).unwrap_err();
    assert_eq!(refusal.completeness, Completeness::Failed);
    refusal.reason
}

#[test]
fn nothing_and_emptiness_are_no_clean_reports() {
    for text in ["", " \n", "{}", "[]", "null", "0", "\"\"", "true", "[null]", "[[]]", "{\"results\": []}", "\u{feff}"]
    {
        let reason = refusal(text.as_bytes());
        assert!(reason.contains("expected a report of osv-scanner"), "{text}: {reason}");
    }
}

#[test]
fn an_entry_in_another_encoding_or_cut_inside_of_a_character_is_told() {
    let utf16: Vec<u8> = "{\"a\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refusal(&utf16).contains("UTF-16"));
    assert!(refusal(b"{\"a\": \"\xc3").contains("cut short"));
    assert!(refusal(b"{\"a\": \"\xff\"}").contains("is not UTF-8 at line 1"));
    assert!(refusal(b"npm WARN config\n{\"auditReportVersion\": 2}").contains("other text before the JSON"));
    assert!(refusal(b"{\"auditReportVersion\": 2, \"vuln").contains("cut short"));
}

#[test]
fn sarif_is_sent_to_its_own_flag_and_a_native_report_given_as_sarif_to_this_one() {
    let log = br#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Trivy"}}, "results": []}]}"#;
    let reason = refusal(log);
    assert!(reason.contains("found a SARIF log") && reason.contains("give it with `--sarif`"), "{reason}");
    let native = br#"{"auditReportVersion": 2, "vulnerabilities": {}}"#;
    let reason = sarif::parse(native).unwrap_err().reason;
    assert!(reason.ends_with("it is a report of npm audit in its own format: give it with `--report`"), "{reason}");
    assert!(!sarif::parse(b"{}").unwrap_err().reason.contains("--report"));
    assert_eq!((recognize(native), recognize(log), recognize(b"")), (Some("npm audit"), None, None));
}

#[test]
fn a_report_of_trivy_about_a_cluster_is_refused_with_advice() {
    for parts in [r#""Resources": []"#, r#""Vulnerabilities": [], "Misconfigurations": []"#] {
        let reason = refusal(format!(r#"{{"ClusterName": "c", {parts}}}"#).as_bytes());
        assert!(reason.contains("found a report of Trivy about a cluster"), "{reason}");
        assert!(reason.contains("run `trivy fs` or `trivy config`"), "{reason}");
    }
}

#[test]
fn another_version_of_a_format_is_refused_and_not_guessed() {
    assert!(refusal(br#"{"auditReportVersion": 3, "vulnerabilities": {}}"#).contains("found version the number 3"));
    assert!(refusal(br#"{"SchemaVersion": 3, "Results": []}"#).contains("found schema the number 3"));
    assert!(refusal(br#"{"auditReportVersion": "2", "vulnerabilities": {}}"#).contains("expected 2"));
}

#[test]
fn a_second_document_or_a_property_stated_twice_is_refused() {
    let clean = r#"{"results": [], "experimental_config": {}}"#;
    assert!(parse(clean.as_bytes()).is_ok());
    assert!(refusal(format!("{clean}\n{clean}").as_bytes()).contains("second document"));
    let twice = r#"{"results": [{"source": {}, "packages": []}], "experimental_config": {}, "results": []}"#;
    assert!(refusal(twice.as_bytes()).contains("states `results` twice"));
}

#[test]
fn nesting_past_the_limit_is_refused_without_a_crash() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(refusal(deep.as_bytes()).contains("recursion limit"));
}

#[test]
fn a_file_past_the_limit_is_truncated_and_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.json");
    std::fs::File::create(&path).unwrap().set_len(MAX_BYTES + 1).unwrap();
    let report = tollgate::collect::reports::read(&path, "large.json", None);
    assert_eq!(report.outcome.unwrap_err().completeness, Completeness::Truncated);
}

#[test]
fn a_report_with_more_entries_than_the_limit_is_truncated() {
    let native = NativeReport { tool: "x".to_owned(), truncated: true, ..NativeReport::default() };
    let report = Report { path: "a".to_owned(), commit: None, sha256: None, outcome: Ok(native) };
    let source = super::take(&[report]).1.remove(0);
    assert_eq!(source.completeness, Completeness::Truncated);
    assert!(source.reason.unwrap().contains("more entries than the limit"));
}
