//! An index of a database gives what the database gives.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::collect::advisories::{Database, read};
use tollgate::normalize::advisories::wanted;
use tollgate::normalize::dependencies::PackageSides;

use crate::{Files, about, npm, package, range, record, zip};
use tollgate::evidence::Ecosystem;

fn at(path: &Path, packages: &[PackageSides], cache: Option<&Path>) -> Database {
    read(path, "db", &wanted(packages), cache).outcome.unwrap()
}

fn indexes(cache: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn records() -> Vec<Value> {
    let mut records: Vec<Value> =
        (0..40).map(|place| record(&format!("GHSA-{place}"), ["a", "b", "c/d"][place % 3], "i0 f2.0.0")).collect();
    records.push(about("PYSEC-1", "PyPI", "A.b", json!([range("i0")]), json!(["1.0"])));
    records.push(about("DSA-1", "Debian:11", "a", json!([]), json!(["1.0"])));
    records[3]["withdrawn"] = json!("2024-01-01T00:00:00Z");
    records[4]["affected"]
        .as_array_mut()
        .unwrap()
        .push(json!({"package": {"ecosystem": "PyPI", "name": "a-b"}, "versions": ["2"]}));
    records
}

fn packages() -> Vec<PackageSides> {
    vec![npm("a", &[], &["1.0.0"]), npm("zz", &[], &["1.0.0"]), package(Ecosystem::Pypi, "a-b", &[], &["1.0"])]
}

#[test]
fn the_second_run_reads_the_index_and_not_the_database() {
    let (files, cache) = (Files::new(), Files::new());
    let cache = cache.0.path();
    let path = files.list("db.json", &records());
    let plain = at(&path, &packages(), None);
    assert_eq!(at(&path, &packages(), Some(cache)), plain, "the run that makes it");
    let made = indexes(cache);
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(at(&path, &packages(), Some(cache)), plain, "the run that reads it");
    assert_eq!(plain.records, 42);
    assert_eq!(plain.foreign, 1);

    // The marks of a run that did not parse the database: what is in the index is what is given.
    let bytes = fs::read(&made[0]).unwrap();
    assert_eq!(at(&path, &packages(), Some(cache)), plain);
    assert_eq!(fs::read(&made[0]).unwrap(), bytes, "it was not made anew");
    let modified = fs::metadata(&made[0]).unwrap().modified().unwrap();
    let other = [npm("b", &[], &["1.0.0"])];
    assert_eq!(at(&path, &other, Some(cache)), at(&path, &other, None), "other packages of the same database");
    assert_eq!(fs::metadata(&made[0]).unwrap().modified().unwrap(), modified);
}

#[test]
fn another_database_has_another_index() {
    let (files, cache) = (Files::new(), Files::new());
    let path = files.list("db.json", &records());
    at(&path, &packages(), Some(cache.0.path()));
    let path = files.list("db.json", &records()[..5]);
    assert_eq!(at(&path, &packages(), Some(cache.0.path())), at(&path, &packages(), None));
    assert_eq!(indexes(cache.0.path()).len(), 2);
}

#[test]
fn a_database_that_is_refused_leaves_no_index() {
    let (files, cache) = (Files::new(), Files::new());
    let mut all = records();
    all.push(json!({}));
    let path = files.list("db.json", &all);
    for _ in 0..2 {
        assert!(read(&path, "db", &wanted(&packages()), Some(cache.0.path())).outcome.is_err());
    }
    assert!(indexes(cache.0.path()).is_empty());
}

#[test]
fn a_cache_that_can_not_be_used_is_as_good_as_none() {
    let files = Files::new();
    let path = files.list("db.json", &records());
    let plain = at(&path, &packages(), None);
    assert_eq!(at(&path, &packages(), Some(&path)), plain, "a file");
    assert_eq!(at(&path, &packages(), Some(Path::new("/nowhere/at/all"))), plain);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_damaged_index_is_made_anew(place in any::<prop::sample::Index>(), byte in any::<u8>(), truncate: bool) {
        let (files, cache) = (Files::new(), Files::new());
        let path = files.list("db.json", &records());
        let plain = at(&path, &packages(), Some(cache.0.path()));
        let made = indexes(cache.0.path()).remove(0);
        let good = fs::read(&made).unwrap();
        let mut bytes = good.clone();
        let place = place.index(bytes.len());
        if truncate {
            bytes.truncate(place);
        } else {
            bytes[place] = byte;
        }
        fs::write(&made, &bytes).unwrap();
        prop_assert_eq!(at(&path, &packages(), Some(cache.0.path())), plain);
        // Damage outside of what was asked for may stay; else the index is what it was.
        let now = fs::read(&made).unwrap();
        prop_assert!(now == good || now == bytes);
    }

    /// For any records and any packages.
    #[test]
    fn results_with_an_index_are_those_without(
        rows in proptest::collection::vec((0usize..30, "[ab]/?[ab]?", prop::sample::select(vec!["npm", "PyPI", "Go", "Alpine:v3"]), "[0-2]\\.[0-2]"), 1..20),
        asked in proptest::collection::btree_set(("[ab]/?[ab]?", prop::sample::select(vec![Ecosystem::Npm, Ecosystem::Pypi, Ecosystem::Golang])), 0..4),
        archive: bool,
    ) {
        let records: Vec<Value> = rows.iter().map(|(id, name, osv, version)| about(&format!("X-{id}"), osv, name, json!([range(&format!("i0 f{version}.0"))]), json!([version]))).collect();
        let packages: Vec<PackageSides> = asked.iter().map(|(name, ecosystem)| package(*ecosystem, name, &["1.0.0"], &["0.1.0"])).collect();
        let (files, cache) = (Files::new(), Files::new());
        let path = match archive {
            true => {
                let texts: Vec<(String, String)> = records.iter().enumerate().map(|(place, record)| (format!("{place}.json"), record.to_string())).collect();
                let entries: Vec<(&str, &[u8])> = texts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
                files.write("db.zip", zip(&entries))
            }
            false => files.list("db.json", &records),
        };
        let plain = at(&path, &packages, None);
        prop_assert_eq!(&at(&path, &packages, Some(cache.0.path())), &plain);
        prop_assert_eq!(&at(&path, &packages, Some(cache.0.path())), &plain);
    }
}
