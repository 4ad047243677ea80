//! Known vulnerabilities of locked packages: databases, matching, folding, and VEX documents.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests may fail, print and read as the tests do"
)]

mod cache;
mod databases;
mod folding;
mod matching;
mod real;
mod vex;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate::collect::advisories::{Database, read};
use tollgate::collect::input::Report;
use tollgate::evidence::{Advisory, Completeness, Ecosystem, Source};
use tollgate::normalize::advisories::{advisories, wanted};
use tollgate::normalize::dependencies::PackageSides;

/// A record about one npm package in one range, from events as `i0 f1.0.0`.
fn record(id: &str, name: &str, events: &str) -> Value {
    about(id, "npm", name, json!([range(events)]), json!([]))
}

fn about(id: &str, ecosystem: &str, name: &str, ranges: Value, versions: Value) -> Value {
    json!({
        "schema_version": "1.6.0",
        "id": id,
        "modified": "2024-05-01T00:00:00Z",
        "published": "2024-04-01T00:00:00Z",
        "aliases": [],
        "summary": format!("fault {id}"),
        "details": "Text\nof several lines.",
        "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges, "versions": versions}],
        "references": [{"type": "WEB", "url": "https://example.com"}],
    })
}

/// `i` introduced, `f` fixed, `l` last affected, `m` limit; the rest of a word is the version.
fn range(events: &str) -> Value {
    let event = |word: &str| match word.split_at(1) {
        ("i", version) => json!({"introduced": version}),
        ("f", version) => json!({"fixed": version}),
        ("l", version) => json!({"last_affected": version}),
        (_, version) => json!({"limit": version}),
    };
    json!({"type": "SEMVER", "events": events.split_whitespace().map(event).collect::<Vec<_>>()})
}

fn package(ecosystem: Ecosystem, name: &str, before: &[&str], after: &[&str]) -> PackageSides {
    let texts = |versions: &[&str]| versions.iter().map(|it| (*it).to_owned()).collect();
    PackageSides {
        ecosystem,
        name: name.to_owned(),
        manifest: Some("lock".to_owned()),
        before: texts(before),
        after: texts(after),
    }
}

fn npm(name: &str, before: &[&str], after: &[&str]) -> PackageSides {
    package(Ecosystem::Npm, name, before, after)
}

/// A directory of files that are gone with it.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn list(&self, name: &str, records: &[Value]) -> PathBuf {
        self.write(name, Value::from(records.to_vec()).to_string())
    }
}

/// An archive of entries.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = ::zip::write::SimpleFileOptions::default();
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Reads databases for some packages, and what they say of them.
fn look(packages: &[PackageSides], databases: &[&Path]) -> (Vec<Advisory>, Vec<Source>) {
    let wanted = wanted(packages);
    let shown = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let reports: Vec<Report<Database>> = databases.iter().map(|path| read(path, &shown(path), &wanted, None)).collect();
    advisories(packages, &reports)
}

/// What one list of records says of some packages.
fn found(packages: &[PackageSides], records: &[Value]) -> (Vec<Advisory>, Vec<Source>) {
    let files = Files::new();
    look(packages, &[&files.list("db.json", records)])
}

/// Why a database is not complete.
fn refusal(path: &Path) -> (Completeness, String) {
    let report = read(path, "db", &wanted(&[npm("a", &[], &["1.0.0"])]), None);
    let refusal = report.outcome.unwrap_err();
    (refusal.completeness, refusal.reason)
}
