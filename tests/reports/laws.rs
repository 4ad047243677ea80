//! Laws: no bytes make it panic, what is cut is not whole, and no order matters.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tollgate::collect::reports::parse;
use tollgate::evidence::Completeness;

use super::{report, take};

/// Small reports of every format.
fn reports() -> Vec<Vec<u8>> {
    let folders = [
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports/printed"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/audit"),
    ];
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let small = files.iter().map(|file| std::fs::read(file).unwrap()).filter(|bytes| bytes.len() < 20_000);
    small.filter(|bytes| !bytes.is_empty()).collect()
}

fn run(cases: u32, law: impl Fn(&[Vec<u8>], usize, usize, u8) -> Result<(), TestCaseError>) {
    let reports = reports();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let input = (0..reports.len(), any::<prop::sample::Index>(), any::<u8>());
    runner.run(&input, |(file, at, byte)| law(&reports, file, at.index(reports[file].len()), byte)).unwrap();
}

#[test]
fn a_byte_that_is_another_never_panics_and_gives_the_same_twice() {
    run(1500, |reports, file, at, byte| {
        let mut bytes = reports[file].clone();
        bytes[at] ^= byte;
        let (findings, sources) = take(&[report(&bytes)]);
        let (again, sources_again) = take(&[report(&bytes)]);
        prop_assert_eq!(findings, again);
        prop_assert_eq!(sources, sources_again);
        Ok(())
    });
}

#[test]
fn a_report_that_is_cut_is_never_complete_unless_it_is_one_all_the_same() {
    run(1500, |reports, file, at, _| {
        let cut = &reports[file][..at];
        let (found, sources) = take(&[report(cut)]);
        if sources[0].completeness == Completeness::Complete {
            // Only blanks are gone; or the tool ends its stream with nothing, and what is left ends at a line.
            let (whole, _) = take(&[report(&reports[file])]);
            let blank = reports[file][at..].iter().all(u8::is_ascii_whitespace);
            let stream = reports[file].starts_with(b"{\"value\"");
            let ends_a_line = reports[file][at..].first().is_none_or(|byte| *byte == b'\n') || cut.ends_with(b"\n");
            prop_assert!((blank && found == whole) || (stream && ends_a_line), "{}", String::from_utf8_lossy(cut));
        }
        Ok(())
    });
}

#[test]
fn bytes_of_any_kind_never_panic() {
    let mut runner = TestRunner::new(Config { cases: 2000, failure_persistence: None, ..Config::default() });
    let text = "[\\[\\]{}:,\"0-9a-z \n]{0,80}";
    runner
        .run(&text, |text| {
            drop(parse(text.as_bytes()));
            Ok(())
        })
        .unwrap();
    runner
        .run(&prop::collection::vec(any::<u8>(), 0..80), |bytes| {
            drop(parse(&bytes));
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_value_of_another_type_loses_no_finding_in_silence() {
    let odd = [
        serde_json::json!(null),
        serde_json::json!(true),
        serde_json::json!(-1.5),
        serde_json::json!(1e300),
        serde_json::json!(""),
        serde_json::json!("x"),
        serde_json::json!([]),
        serde_json::json!([[]]),
        serde_json::json!({}),
        serde_json::json!({"a": {}}),
    ];
    for bytes in reports() {
        let Ok(document) = serde_json::from_slice::<serde_json::Value>(&bytes) else { continue };
        let (whole, _) = take(&[report(&bytes)]);
        let mut pointers = Vec::new();
        walk(&document, String::new(), &mut pointers);
        for pointer in pointers.iter().step_by(1 + pointers.len() / 60) {
            let was = document.pointer(pointer).unwrap();
            for value in &odd {
                // An empty list or object is how a report says that there is nothing; so is null, where Go wrote it.
                let says_none =
                    value.is_null() || value.as_array().is_some_and(Vec::is_empty) || *value == serde_json::json!({});
                if says_none && (was.is_array() || was.is_object()) {
                    continue;
                }
                let mut other = document.clone();
                *other.pointer_mut(pointer).unwrap() = value.clone();
                let (findings, sources) = take(&[report(other.to_string().as_bytes())]);
                let lost = findings.len() < whole.len() && sources[0].completeness == Completeness::Complete;
                assert!(!lost, "{} of {} findings with {value} at {pointer}", findings.len(), whole.len());
            }
        }
    }
}

fn walk(value: &serde_json::Value, at: String, pointers: &mut Vec<String>) {
    match value {
        serde_json::Value::Array(list) => {
            for (index, element) in list.iter().enumerate() {
                walk(element, format!("{at}/{index}"), pointers);
            }
        }
        serde_json::Value::Object(map) => {
            for (name, value) in map {
                walk(value, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), pointers);
            }
        }
        _ => {}
    }
    pointers.push(at);
}

#[test]
fn the_order_of_reports_and_of_their_entries_changes_no_finding() {
    let all: Vec<_> = reports().iter().map(|bytes| report(bytes)).collect();
    let (forward, _) = take(&all);
    let backward: Vec<_> = all.into_iter().rev().collect();
    assert_eq!(forward, take(&backward).0);

    for bytes in reports() {
        let Ok(document) = serde_json::from_slice::<serde_json::Value>(&bytes) else { continue };
        let mut reversed = document.clone();
        reverse(&mut reversed);
        let (findings, sources) = take(&[report(document.to_string().as_bytes())]);
        let (other, other_sources) = take(&[report(reversed.to_string().as_bytes())]);
        if sources[0].problem_count == 0 {
            assert_eq!(super::lines(&findings), super::lines(&other));
            assert_eq!(sources[0].completeness, other_sources[0].completeness);
        }
    }
}

/// Reverses every list whose order says nothing: those of objects.
fn reverse(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Array(list) => {
            list.iter_mut().for_each(reverse);
            // A trace and a stream of messages have an order.
            if list.iter().all(|element| element.is_object() && element.get("function").is_none()) {
                list.reverse();
            }
        }
        serde_json::Value::Object(map) => map.values_mut().for_each(reverse),
        _ => {}
    }
}

#[test]
fn an_update_that_stays_vulnerable_has_the_same_fingerprint() {
    let text = |version: &str| {
        format!(r#"[{{"name": "a", "version": "{version}", "vulns": [{{"id": "PYSEC-1", "fix_versions": []}}]}}]"#)
    };
    let of = |version| take(&[report(text(version).as_bytes())]).0.get(0).unwrap().fingerprint;
    assert_eq!(of("1.0"), of("1.1"));
}
