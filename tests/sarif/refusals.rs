//! Files that are not one SARIF 2.1.0 log in which something ran: failed, with one clear reason.

use serde_json::json;
use tollgate::collect::sarif::{parse, parse_within, read};
use tollgate::evidence::{Change, Completeness};
use tollgate::normalize::places::Context;

use crate::of_head;

fn reason(bytes: impl AsRef<[u8]>) -> String {
    let refusal = parse(bytes.as_ref()).unwrap_err();
    assert_eq!(refusal.completeness, Completeness::Failed);
    refusal.reason
}

const CLEAN: &str = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": []}]}"#;

#[test]
fn a_clean_log_is_not_refused() {
    assert!(parse(CLEAN.as_bytes()).is_ok());
}

#[test]
fn what_is_not_json_is_named_in_words() {
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(CLEAN.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let cases: &[(&[u8], &str)] = &[
        (b"", "zero bytes"),
        (b" \r\n ", "blanks only"),
        (b"\xEF\xBB\xBF", "blanks only"),
        (&CLEAN.as_bytes()[..CLEAN.len() - 3], "cut short: the JSON ends unfinished at line 1, column 79"),
        (b"{\"version\": \"2.1.0\", \"runs\": [{\"tool\": \"\xC3", "cut short"),
        (b"{\"version\": \"\xFF\"}", "not UTF-8 at line 1, column 14"),
        (&utf16, "UTF-16"),
        (b"warning: x\n{\"version\": \"2.1.0\"}", "other text before the JSON: `warning: x`"),
        (b"no such file", "is not JSON: it starts with `no such file`"),
        (b"{\"version\": \"2.1.0\", \"runs\": [}", "is not JSON: expected value at line 1, column 31"),
        (b"{\"version\": \"a\nb\"}", "control character"),
        (b"{\"version\": \"2.1.0\",}", "trailing comma"),
    ];
    for (bytes, expected) in cases {
        let reason = reason(bytes);
        assert!(reason.contains(expected), "{reason}\n  expected {expected}");
    }
    assert!(reason(format!("{CLEAN}\n{CLEAN}")).contains("a second document at line 2, column 1"));
    assert!(reason(format!("{CLEAN} done")).contains("other text after the JSON"));
}

#[test]
fn what_is_json_but_no_sarif_log_of_this_version_says_what_was_found() {
    let cases = [
        (json!([]), "found an array, expected a SARIF log"),
        (json!("2.1.0"), "found the string `2.1.0`"),
        (json!(null), "found null"),
        (json!({}), "found no version, expected `2.1.0`"),
        (json!({"version": "2.0.0", "runs": []}), "found version `2.0.0`, expected `2.1.0`"),
        (json!({"version": "2.2.0", "runs": [{}]}), "found version `2.2.0`"),
        (json!({"version": 2.1, "runs": [{}]}), "found a version that is no text"),
        (json!({"version": "2.1.0"}), "nothing ran: `runs` is absent"),
        (json!({"version": "2.1.0", "runs": null}), "nothing ran: `runs` is absent"),
        (json!({"version": "2.1.0", "runs": {}}), "nothing ran: `runs` is absent or no array"),
        (json!({"version": "2.1.0", "runs": []}), "nothing ran: `runs` is empty"),
        (
            json!({"version": "2.1.0", "$schema": "https://x.example/sarif-external-property-file-schema-2.1.0.json"}),
            "external properties",
        ),
    ];
    for (log, expected) in cases {
        let reason = reason(log.to_string());
        assert!(reason.contains(expected), "{log}: {reason}");
    }
}

#[test]
fn a_file_that_is_absent_or_refused_is_a_source_that_is_not_complete() {
    let dir = tempfile::tempdir().unwrap();
    let there = dir.path().join("there.sarif");
    std::fs::write(&there, "[]").unwrap();
    let inputs = [
        read(&dir.path().join("none.sarif"), "none.sarif", Some("abc")),
        read(&there, "there.sarif", None),
        read(dir.path(), "folder", None),
    ];
    let change = Change::default();
    let (found, sources) = of_head(&inputs, &Context { files: &[], change: &change, head_paths: None, roots: &[] });
    assert!(found.is_empty());
    let summary: Vec<_> = sources
        .iter()
        .map(|source| (source.path.as_deref().unwrap(), source.completeness, source.sha256.is_some()))
        .collect();
    assert_eq!(
        summary,
        [
            ("none.sarif", Completeness::Missing, false),
            ("there.sarif", Completeness::Failed, true),
            ("folder", Completeness::Failed, false)
        ]
    );
    assert_eq!(sources[0].commit.as_deref(), Some("abc"));
}

#[test]
fn a_byte_order_mark_and_line_ends_of_windows_change_nothing() {
    let windows = format!("\u{FEFF}{}", CLEAN.replace(", ", ",\r\n"));
    assert!(parse(windows.as_bytes()).is_ok());
}

#[test]
fn one_entry_more_than_the_limit_makes_the_run_truncated() {
    let log = crate::log(json!([{"message": {"text": "a"}}, {"message": {"text": "b"}}, {"message": {"text": "c"}}]));
    let completeness = |limit| {
        let outcome = parse_within(log.to_string().as_bytes(), limit);
        let input = tollgate::collect::sarif::SarifInput { outcome, ..crate::input(b"") };
        let change = Change::default();
        let (found, sources) =
            of_head(&[input], &Context { files: &[], change: &change, head_paths: None, roots: &[] });
        (found.len(), sources[0].completeness)
    };
    assert_eq!(completeness(4), (3, Completeness::Complete));
    assert_eq!(completeness(3), (2, Completeness::Truncated));
    assert_eq!(completeness(1), (0, Completeness::Truncated));
    assert_eq!(completeness(0), (0, Completeness::Truncated));
}
