//! Databases in every form, and damaged in every way.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::collect::advisories::{MAX_DEPTH, MAX_RATIO, RATIO_FROM, read};
use tollgate::evidence::Completeness;
use tollgate::normalize::advisories::wanted;

use crate::{Files, look, npm, range, record, refusal, zip};

fn three() -> Vec<Value> {
    let mut several = record("GHSA-3", "b", "i0");
    several["affected"]
        .as_array_mut()
        .unwrap()
        .push(json!({"package": {"ecosystem": "npm", "name": "a"}, "ranges": [range("i0 f1.0.1")]}));
    vec![record("GHSA-1", "a", "i0"), record("GHSA-2", "z", "i0"), several]
}

#[test]
fn every_form_of_a_database_says_the_same() {
    let files = Files::new();
    let records = three();
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let pretty: Vec<String> = records.iter().map(|it| serde_json::to_string_pretty(it).unwrap()).collect();
    let named: Vec<(String, &[u8])> =
        lines.iter().enumerate().map(|(place, line)| (format!("x/{place}.json"), line.as_bytes())).collect();
    let mut entries: Vec<(&str, &[u8])> = named.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    entries.insert(1, ("README.md", b"no record"));
    for (place, line) in lines.iter().enumerate() {
        files.write(&format!("dir/2024/{place}/r.json"), line);
    }
    files.write("dir/README.md", "no record");
    files.write("dir/.git/x.json", "{}");
    let forms = [
        files.list("list", &records),
        files.write("lines", lines.join("\n")),
        files.write("pretty", pretty.join("\n")),
        files.write("mark", format!("\u{feff}{}", lines.join("\r\n"))),
        files.write("archive", zip(&entries)),
        files.0.path().join("dir"),
    ];
    let packages = [npm("a", &["1.0.1"], &["1.0.0"]), npm("b", &[], &["1.0.0"])];
    for form in &forms {
        let (mut advisories, sources) = look(&packages, &[form]);
        advisories.iter_mut().for_each(|it| it.sources.clear());
        let rows: Vec<_> =
            advisories.iter().map(|it| (it.id.as_str(), it.name.as_str(), it.before.len(), it.after.len())).collect();
        assert_eq!(rows, [("GHSA-1", "a", 1, 1), ("GHSA-3", "a", 0, 1), ("GHSA-3", "b", 0, 1)], "{form:?}");
        assert_eq!(
            (sources.len(), sources[0].completeness, sources[0].items),
            (1, Completeness::Complete, 3),
            "{form:?}"
        );
        let database = read(form, "db", &wanted(&packages), None);
        assert_eq!(database.sha256.unwrap().len(), 64);
        assert_eq!(database.outcome.unwrap().records, 3);
    }
}

#[test]
fn the_digest_of_a_directory_is_that_of_its_names_and_contents() {
    let digest = |files: &[(&str, &str)]| {
        let dir = Files::new();
        for (name, text) in files {
            dir.write(name, text);
        }
        read(dir.0.path(), "db", &wanted(&[]), None).sha256.unwrap()
    };
    let (one, two) = (record("X-1", "a", "i0").to_string(), record("X-2", "a", "i0").to_string());
    let first = digest(&[("a/1.json", &one), ("a/2.json", &two)]);
    assert_eq!(first, digest(&[("a/2.json", &two), ("a/1.json", &one), ("a/x.md", "")]));
    assert_ne!(first, digest(&[("a/1.json", &one), ("b/2.json", &two)]));
    assert_ne!(first, digest(&[("a/1.json", &two), ("a/2.json", &one)]));
}

#[test]
fn a_database_that_is_not_there_is_missing() {
    assert_eq!(refusal(Path::new("/nowhere/at/all")).0, Completeness::Missing);
}

/// One good record, and one that is changed.
fn with(change: impl FnOnce(&mut Value)) -> Vec<Value> {
    let mut changed = record("GHSA-2", "other", "i0");
    change(&mut changed);
    vec![record("GHSA-1", "a", "i0"), changed]
}

#[test]
fn a_record_that_is_none_refuses_the_database_with_place_and_reason() {
    let files = Files::new();
    for (records, word) in [
        (with(|it| *it = json!({"name": "package", "version": "1.0.0"})), "has no `id`"),
        (with(|it| it["id"] = json!(null)), "has no `id`"),
        (with(|it| it["id"] = json!(7)), "expected a text"),
        (with(|it| it["id"] = json!("")), "expected a word"),
        (with(|it| it["id"] = json!("GHSA\u{0}x")), "expected a word"),
        (with(|it| it["id"] = json!("x".repeat(129))), "expected a word"),
        (with(|it| it["aliases"] = json!(["a b"])), "expected a word"),
        (with(|it| drop(it.as_object_mut().unwrap().remove("modified"))), "has no `modified`"),
        (with(|it| it["modified"] = json!("yesterday")), "expected an RFC 3339 time"),
        (with(|it| it["withdrawn"] = json!("no")), "expected an RFC 3339 time"),
        (with(|it| it["schema_version"] = json!("2.0.0")), "schema version `2.0.0`, expected 1"),
        (with(|it| it["schema_version"] = json!("v1.0.0")), "schema version `v1.0.0`"),
        (with(|it| it["schema_version"] = json!("10.0.0")), "schema version `10.0.0`"),
        (with(|it| it["affected"] = json!({})), "can't be read"),
        (with(|it| it["affected"] = json!([[]])), "can't be read"),
        (with(|it| it["affected"][0]["package"] = json!({"name": "a"})), "without its ecosystem"),
        (with(|it| it["affected"][0]["versions"] = json!([1.0])), "expected a text"),
        (with(|it| it["affected"][0]["ranges"][0]["events"] = json!([])), "no `introduced`"),
        (with(|it| it["affected"][0]["ranges"][0]["events"] = json!([{"fixed": "1"}])), "no `introduced`"),
        (with(|it| it["affected"][0]["ranges"][0]["events"] = json!([{"introduced": "0", "fixed": "1"}])), "with 2 of"),
        (
            with(|it| it["affected"][0]["ranges"][0]["events"] = json!([{"introduced": "0"}, {"patched": "1"}])),
            "with 0 of",
        ),
        (with(|it| it["affected"][0]["ranges"][0]["type"] = json!(null)), "expected a text"),
    ] {
        for (path, place) in [
            (files.list("db.json", &records), "record 2"),
            (
                files.write(
                    "db.zip",
                    zip(&[
                        ("1.json", records[0].to_string().as_bytes()),
                        ("../../2.json", records[1].to_string().as_bytes()),
                    ]),
                ),
                "entry `../../2.json`",
            ),
        ] {
            let (completeness, reason) = refusal(&path);
            assert_eq!(completeness, Completeness::Failed);
            assert!(reason.contains(word) && reason.contains(place), "{word}: {reason}");
        }
    }
    files.write("dir/a/1.json", record("GHSA-1", "a", "i0").to_string());
    files.write("dir/b/package.json", "{\"name\": \"x\"}");
    let (completeness, reason) = refusal(&files.0.path().join("dir"));
    assert!(completeness == Completeness::Failed && reason.starts_with("b/package.json: is no OSV record"), "{reason}");
}

#[test]
fn a_property_that_is_stated_twice_refuses_the_database() {
    let files = Files::new();
    for text in [
        r#"{"id":"X-1","id":"X-2","modified":"2024-01-01T00:00:00Z"}"#,
        r#"{"id":"X-1","modified":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"a","name":"b"}}]}"#,
        r#"{"id":"X-1","modified":"2024-01-01T00:00:00Z","database_specific":{"severity":"LOW","severity":"HIGH"}}"#,
    ] {
        let (completeness, reason) = refusal(&files.write("db", text));
        assert!(
            completeness == Completeness::Failed && (reason.contains("duplicate") || reason.contains("twice")),
            "{reason}"
        );
    }
}

#[test]
fn what_is_no_database_is_refused() {
    let files = Files::new();
    let good = record("X-1", "a", "i0").to_string();
    let deep = format!(
        "{{\"id\":\"X-1\",\"modified\":\"2024-01-01T00:00:00Z\",\"database_specific\":{{\"cwe_ids\":{}1{}}}}}",
        "[".repeat(200),
        "]".repeat(200)
    );
    for (bytes, word) in [
        (Vec::new(), "is empty"),
        (b"[]".to_vec(), "holds no record"),
        (b"null".to_vec(), "begins with"),
        (b"<html>".to_vec(), "begins with"),
        (b"\x1f\x8b\x08".to_vec(), "begins with"),
        (b"\0\0\0\0".to_vec(), "begins with"),
        (b"\xff\xfe{\0".to_vec(), "begins with"),
        (format!("{good}\0").into_bytes(), "after record 1"),
        (good.as_bytes()[..good.len() - 1].to_vec(), "cut short"),
        (good.replace("fault", "fa\0lt").into_bytes(), "can't be read"),
        ([&good.as_bytes()[..good.len() - 1], b",\"x\":\"\xff\"}"].concat(), "not UTF-8"),
        (deep.into_bytes(), "recursion limit"),
        (zip(&[]), "holds no record"),
        (zip(&[("README.md", b"x")]), "holds no record"),
        (zip(&[("1.json", b"")]), "entry `1.json`"),
        (zip(&[("1.json", b"[]")]), "entry `1.json`"),
    ] {
        let path = files.write("db", &bytes);
        let (completeness, reason) = refusal(&path);
        assert_eq!(completeness, Completeness::Failed, "{reason}");
        assert!(reason.contains(word), "{word}: {reason}");
    }
}

#[test]
fn huge_numbers_where_nothing_is_read_are_no_matter() {
    let files = Files::new();
    let mut text = record("X-1", "a", "i0").to_string();
    text.insert_str(1, "\"x\": [1e999, -0.0, 99999999999999999999999999999999999999999, 1e-999],");
    assert_eq!(look(&[npm("a", &[], &["1.0.0"])], &[&files.write("db", text)]).0.len(), 1);
    let mut record = record("X-1", "a", "i0 f99999999999999999999999999.0.0");
    record["affected"][0]["versions"] = json!(["99999999999999999999999999999999.1"]);
    let (advisories, _) = look(&[npm("a", &[], &["1.0.0"])], &[&files.list("db", &[record])]);
    assert_eq!(advisories.len(), 1, "what can't be compared counts as affected");
}

#[test]
fn an_archive_that_unpacks_too_large_is_truncated() {
    let files = Files::new();
    let filler = |size: usize| {
        let mut record = record("X-1", "a", "i0");
        record["details"] = json!("x".repeat(size));
        record.to_string().into_bytes()
    };
    let limit = usize::try_from(RATIO_FROM).unwrap();
    assert_eq!(
        look(&[npm("a", &[], &["1.0.0"])], &[&files.write("db", zip(&[("1.json", &filler(limit - 1000))]))]).0.len(),
        1
    );
    let (completeness, reason) = refusal(&files.write("db", zip(&[("1.json", &filler(4 * limit))])));
    assert_eq!(completeness, Completeness::Truncated);
    assert!(reason.contains(&format!("more than {MAX_RATIO} times")) && reason.contains("`1.json`"), "{reason}");
}

#[test]
fn no_byte_of_an_archive_hides_an_entry_but_those_of_its_name() {
    let lines: Vec<String> = three().iter().map(Value::to_string).collect();
    let names = ["11.json", "22.json", "33.json"];
    let entries: Vec<(&str, &[u8])> = names.into_iter().zip(lines.iter().map(String::as_bytes)).collect();
    let good = zip(&entries);
    let named: Vec<usize> =
        (0..good.len()).filter(|at| names.iter().any(|name| good[*at..].starts_with(name.as_bytes()))).collect();
    assert_eq!(named.len(), 6, "in front of each entry and in the directory");
    let files = Files::new();
    for place in 0..good.len() {
        for change in [1_u8, 2, 3, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[place] ^= change;
            let read = read(&files.write("db", bytes), "db", &wanted(&[]), None);
            let is_name = named.iter().any(|at| (*at..*at + 7).contains(&place));
            if let Ok(database) = read.outcome {
                assert!(database.records == 3 || is_name, "byte {place} ^ {change}: {} records", database.records);
            }
        }
    }
}

#[test]
fn two_entries_of_one_name_refuse_the_archive() {
    let files = Files::new();
    let one = record("X-1", "a", "i0").to_string();
    let mut bytes = zip(&[("1.json", one.as_bytes()), ("2.json", one.as_bytes())]);
    for place in 0..bytes.len() - 6 {
        if &bytes[place..place + 6] == b"2.json" {
            bytes[place] = b'1';
        }
    }
    let (completeness, reason) = refusal(&files.write("db", bytes));
    assert!(completeness == Completeness::Failed && reason.contains("same name"), "{reason}");
}

#[test]
fn directories_lie_only_so_deep_and_links_are_not_followed() {
    let files = Files::new();
    let good = record("X-1", "a", "i0").to_string();
    files.write(&format!("ok/{}1.json", "d/".repeat(MAX_DEPTH)), &good);
    assert_eq!(look(&[npm("a", &[], &["1.0.0"])], &[&files.0.path().join("ok")]).0.len(), 1);
    files.write(&format!("deep/{}1.json", "d/".repeat(MAX_DEPTH + 1)), &good);
    let (completeness, reason) = refusal(&files.0.path().join("deep"));
    assert!(completeness == Completeness::Truncated && reason.contains("deeper"), "{reason}");
    #[cfg(unix)]
    {
        files.write("links/1.json", &good);
        std::os::unix::fs::symlink(files.0.path(), files.0.path().join("links/loop")).unwrap();
        assert_eq!(look(&[npm("a", &[], &["1.0.0"])], &[&files.0.path().join("links")]).0.len(), 1);
        std::os::unix::fs::symlink(files.write("other.json", "{}"), files.0.path().join("links/2.json")).unwrap();
        assert!(refusal(&files.0.path().join("links")).1.contains("no regular file"));
    }
    // What may hold records is not passed over.
    for (name, why) in
        [("all.zip", "archive"), ("a.json.gz", "archive"), ("more.ndjson", "stream"), ("X.JSONL", "stream")]
    {
        let files = Files::new();
        files.write("1.json", &good);
        files.write(name, "x");
        let (completeness, reason) = refusal(files.0.path());
        assert!(completeness == Completeness::Failed && reason.contains(name) && reason.contains(why), "{reason}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Cut off anywhere, or with any byte changed, a database is whole or refused: it never holds fewer records.
    #[test]
    fn a_damaged_database_never_holds_fewer_records(cut in any::<prop::sample::Index>(), byte in any::<u8>(), archive: bool, truncate: bool) {
        let lines: Vec<String> = three().iter().map(Value::to_string).collect();
        let mut bytes = match archive {
            true => zip(&[("1.json", lines[0].as_bytes()), ("2.json", lines[1].as_bytes()), ("3.json", lines[2].as_bytes())]),
            false => format!("[{}]", lines.join(",")).into_bytes(),
        };
        let place = cut.index(bytes.len());
        if truncate {
            bytes.truncate(place);
        } else {
            bytes[place] = byte;
        }
        let files = Files::new();
        if let Ok(database) = read(&files.write("db", bytes), "db", &wanted(&[]), None).outcome {
            // A changed byte may turn the name of an entry into one that is passed over.
            prop_assert!(database.records == 3 || (archive && !truncate && database.records == 2), "{}", database.records);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), start in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"[", b"{\"id\":"])) {
        let files = Files::new();
        let _ = read(&files.write("db", [start, &bytes].concat()), "db", &wanted(&[]), None);
    }
}
