//! Which versions are affected, on which side, and how that is told.

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::evidence::{AdvisoryKind, AdvisorySeverityFrom, Completeness, Ecosystem, Presence, Severity};
use tollgate::normalize::advisories::{advisories, without_database};

use crate::{Files, about, found, look, npm, package, range, record};

#[test]
fn the_side_of_a_change_on_which_a_package_is_affected_is_told_for_each_manifest() {
    let mut other = npm("a", &["2.0.0"], &["1.0.0"]);
    other.manifest = Some("other".into());
    let packages =
        [npm("a", &["1.0.0"], &["2.0.0"]), other, npm("b", &[], &["1.0.0"]), npm("c", &["1.0.0"], &["1.1.0", "2.0.0"])];
    let records = ["a", "b", "c"].map(|name| record(&format!("GHSA-{name}"), name, "i0 f2.0.0"));
    let (advisories, _) = found(&packages, &records);
    let rows: Vec<_> = advisories
        .iter()
        .map(|it| {
            (it.name.as_str(), it.manifest.as_deref().unwrap(), it.presence, it.before.join(","), it.after.join(","))
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("a", "lock", Presence::Fixed, "1.0.0".into(), String::new()),
            ("a", "other", Presence::Introduced, String::new(), "1.0.0".into()),
            ("b", "lock", Presence::Introduced, String::new(), "1.0.0".into()),
            ("c", "lock", Presence::CarriedOver, "1.0.0".into(), "1.1.0".into()),
        ]
    );
    assert_eq!(advisories[0].purl, "pkg:npm/a@1.0.0");
    assert!(advisories.iter().all(|it| it.fixed_in == ["2.0.0"] && it.sources == ["db.json"]));
}

#[test]
fn names_are_compared_as_their_ecosystem_does() {
    for (osv, stated, ecosystem, locked) in [
        ("PyPI", "zope.interface", Ecosystem::Pypi, "zope-interface"),
        ("crates.io", "serde", Ecosystem::Cargo, "serde"),
        ("Go", "github.com/A/b", Ecosystem::Golang, "github.com/A/b"),
        ("Go", "stdlib", Ecosystem::Golang, "go"),
        ("Go", "toolchain", Ecosystem::Golang, "go"),
        ("RubyGems", "rack", Ecosystem::Gem, "rack"),
        ("Packagist", "drupal/core", Ecosystem::Composer, "drupal/core"),
        ("Packagist:https://packages.drupal.org/8", "drupal/Core", Ecosystem::Composer, "drupal/core"),
        ("Maven", "g:a", Ecosystem::Maven, "g:a"),
        ("Maven:https://maven.google.com", "g:a", Ecosystem::Maven, "g:a"),
        ("NuGet", "Newtonsoft.Json", Ecosystem::Nuget, "newtonsoft.json"),
        ("GitHub Actions", "tj-actions/Changed-Files", Ecosystem::Github, "tj-actions/changed-files"),
        ("GitHub Actions", "github/codeql-action", Ecosystem::Github, "github/codeql-action/init"),
    ] {
        let records = [about("X-1", osv, stated, json!([range("i0")]), json!([]))];
        let (advisories, _) = found(&[package(ecosystem, locked, &[], &["1.0.0"])], &records);
        assert_eq!(advisories.len(), 1, "{osv} {stated}");
        assert_eq!(advisories[0].name, locked, "the name is that of the lockfile");
    }
    let debian = [about("X-1", "Debian:11", "a", json!([range("i0")]), json!([])), record("X-2", "other", "i0")];
    let (advisories, sources) = found(&[npm("a", &[], &["1.0.0"])], &debian);
    assert!(advisories.is_empty() && sources.iter().all(|it| it.completeness == Completeness::Complete));
}

#[test]
fn a_package_that_is_named_by_its_url_alone_or_otherwise_is_found() {
    let mut by_url = record("X-1", "a", "i0");
    by_url["affected"][0]["package"] = json!({"purl": "pkg:npm/%40s/a"});
    let mut both = record("X-2", "a", "i0");
    both["affected"][0]["package"]["purl"] = json!("pkg:npm/%40s/a");
    let (advisories, _) = found(&[npm("@s/a", &[], &["1.0.0"])], &[by_url, both]);
    assert_eq!(advisories.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["X-1", "X-2"]);
}

#[test]
fn a_version_without_a_place_counts_as_affected_and_says_so() {
    let packages = [package(Ecosystem::Pypi, "a", &[], &["main"])];
    let records = [about(
        "PYSEC-1",
        "PyPI",
        "a",
        json!([{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}]),
        json!(["1.0"]),
    )];
    let (advisories, sources) = found(&packages, &records);
    assert_eq!((advisories.len(), advisories[0].after.as_slice()), (1, &["main".to_owned()][..]));
    assert_eq!((sources[0].completeness, sources[0].problem_count), (Completeness::Complete, 1));
    let problem = &sources[0].problems[0];
    assert!(["`a`", "`main`", "PYSEC-1"].iter().all(|word| problem.message.contains(word)), "{problem:?}");
    assert_eq!(problem.at, "record 1");
}

#[test]
fn a_withdrawn_record_is_set_aside_and_of_one_id_the_last_change_counts() {
    let packages = [npm("a", &[], &["1.0.0"])];
    let mut withdrawn = record("GHSA-1", "a", "i0");
    withdrawn["withdrawn"] = json!("2024-06-01T00:00:00Z");
    let (advisories, sources) = found(&packages, std::slice::from_ref(&withdrawn));
    assert!(advisories.is_empty());
    assert_eq!((sources[0].items, sources[0].set_aside), (0, 1));

    let (old, mut new) = (record("GHSA-1", "a", "i0"), withdrawn);
    new["modified"] = json!("2024-06-01T00:00:00+00:00");
    let files = Files::new();
    let (first, second) = (files.list("1.json", &[old]), files.list("2.json", std::slice::from_ref(&new)));
    assert!(look(&packages, &[&first, &second]).0.is_empty(), "withdrawn later");
    new["modified"] = json!("2024-04-01T00:00:00Z");
    let second = files.list("2.json", &[new]);
    assert_eq!(look(&packages, &[&second, &first]).0.len(), 1, "taken up again");
}

#[test]
fn kinds_are_told_by_ids_weaknesses_and_rustsecs_word() {
    let packages = [npm("a", &[], &["1.0.0"])];
    let with = |id: &str, specific: Value, at_package: bool| {
        let mut record = record(id, "a", "i0");
        if at_package {
            record["affected"][0]["database_specific"] = specific;
        } else {
            record["database_specific"] = specific;
        }
        record
    };
    for (record, kind) in [
        (with("MAL-2024-1", json!({}), false), AdvisoryKind::Malware),
        (with("GHSA-1", json!({"cwe_ids": ["CWE-506"]}), false), AdvisoryKind::Malware),
        (with("GHSA-1", json!({"cwe_ids": ["CWE-79"], "x": [1, {"severity": 3}]}), false), AdvisoryKind::Vulnerability),
        (with("RUSTSEC-1", json!({"informational": "unmaintained"}), true), AdvisoryKind::Unmaintained),
        (with("RUSTSEC-1", json!({"informational": "unsound"}), true), AdvisoryKind::Unsound),
        (with("RUSTSEC-1", json!({"informational": "notice"}), true), AdvisoryKind::Notice),
        (with("RUSTSEC-1", json!({"informational": null, "cvss": null}), true), AdvisoryKind::Vulnerability),
    ] {
        assert_eq!(found(&packages, std::slice::from_ref(&record)).0[0].kind, kind, "{record}");
    }
}

const V4: &str = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N";
const V3: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const V2: &str = "AV:N/AC:L/Au:N/C:P/I:P/A:P";

#[test]
fn a_severity_is_that_of_the_newest_vector_and_else_the_databases_word() {
    let packages = [npm("a", &[], &["1.0.0"])];
    let vector = |kind: &str, score: &str| json!({"type": kind, "score": score});
    for (severity, word, expected) in [
        (
            json!([vector("CVSS_V3", V3), vector("CVSS_V4", V4)]),
            "LOW",
            (Some(Severity::Medium), Some(AdvisorySeverityFrom::CvssV4), Some(V4)),
        ),
        (
            json!([vector("CVSS_V2", V2), vector("CVSS_V3", V3)]),
            "LOW",
            (Some(Severity::Critical), Some(AdvisorySeverityFrom::CvssV3), Some(V3)),
        ),
        (json!([vector("CVSS_V2", V2)]), "LOW", (Some(Severity::High), Some(AdvisorySeverityFrom::CvssV2), Some(V2))),
        (json!([]), "MODERATE", (Some(Severity::Medium), Some(AdvisorySeverityFrom::Database), None)),
        (
            json!([vector("Ubuntu", "high")]),
            "CRITICAL",
            (Some(Severity::Critical), Some(AdvisorySeverityFrom::Database), None),
        ),
        (json!([]), "who knows", (None, None, None)),
        // A place that was not filled in.
        (
            json!([vector("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N")]),
            "CRITICAL",
            (Some(Severity::Critical), Some(AdvisorySeverityFrom::Database), None),
        ),
    ] {
        let mut record = record("GHSA-1", "a", "i0");
        record["severity"] = severity.clone();
        record["database_specific"] = json!({"severity": word});
        let (advisories, sources) = found(&packages, &[record]);
        let it = &advisories[0];
        assert_eq!((it.severity, it.severity_from, it.cvss.as_deref()), expected, "{severity}");
        assert_eq!(sources[0].problem_count, 0);
    }
    let mut record = record("GHSA-1", "a", "i0");
    record["affected"][0]["severity"] = json!([vector("CVSS_V3", "7.5")]);
    record["database_specific"] = json!({"severity": "HIGH"});
    let (advisories, sources) = found(&packages, &[record]);
    assert_eq!(advisories[0].severity_from, Some(AdvisorySeverityFrom::Database));
    assert!(sources[0].problems[0].message.contains("expected a CVSS vector"), "{:?}", sources[0].problems);
    // Beside one that can't be read, one that is low is not known to be all.
    let mut beside = super::record("GHSA-1", "a", "i0");
    beside["severity"] = json!([vector("CVSS_V4", "7.5"), vector("CVSS_V2", V2)]);
    assert_eq!(found(&packages, &[beside]).0[0].severity, None);
}

#[test]
fn what_nobody_looked_up_is_missing_and_nothing_is_complete() {
    let (a, gem) = (npm("a", &[], &["1.0.0"]), package(Ecosystem::Gem, "g", &[], &["1"]));
    let image = package(Ecosystem::Docker, "nginx", &[], &["1.27"]);
    let (_, sources) = found(&[a.clone(), gem, image.clone()], &[record("X-1", "b", "i0")]);
    let missing: Vec<_> = sources.iter().filter(|it| it.completeness == Completeness::Missing).collect();
    assert_eq!(missing.len(), 1);
    assert!(missing[0].reason.as_ref().unwrap().contains("RubyGems, of which 1 package is locked"), "{missing:?}");
    let images =
        sources.iter().find(|it| it.problems.iter().any(|problem| problem.message.contains("1 container image")));
    assert_eq!(images.unwrap().completeness, Completeness::Complete);

    assert_eq!(without_database(&[]).completeness, Completeness::Complete);
    assert_eq!(without_database(&[image]).completeness, Completeness::Complete);
    let source = without_database(std::slice::from_ref(&a));
    assert_eq!(source.completeness, Completeness::Missing);
    assert!(source.reason.as_ref().unwrap().contains("--advisories"));
    assert_eq!(advisories(&[a], &[]).1, [source]);
}

#[test]
fn the_source_says_whose_database_it_is_and_how_old() {
    let mut newer = record("GHSA-2", "b", "i0");
    newer["modified"] = json!("2025-01-02T03:04:05+01:00");
    let mut zero = record("GHSA-3", "b", "i0");
    zero["modified"] = json!("0001-01-01T00:00:00Z");
    let packages = [npm("a", &[], &["1.0.0"])];
    let (_, sources) = found(&packages, &[record("GHSA-1", "a", "i0"), newer.clone(), zero]);
    let source = &sources[0];
    assert_eq!(source.tool.as_deref(), Some("GitHub Advisory Database"));
    assert_eq!(source.made.as_deref(), Some("2025-01-02T02:04:05Z"));
    assert_eq!((source.items, source.sha256.as_ref().unwrap().len()), (1, 64));
    let (_, sources) = found(&packages, &[newer, record("MAL-1", "a", "i0")]);
    assert_eq!(sources[0].tool, None, "of several databases");
}

/// A version of few parts, so that equal ones are met often.
fn version() -> impl Strategy<Value = (u32, u32)> {
    (0u32..4, 0u32..4)
}

fn text((minor, patch): (u32, u32)) -> String {
    format!("1.{minor}.{patch}")
}

proptest! {
    /// Against intervals that are cut by hand: pairs of ascending versions, each affected from the first up to the second.
    #[test]
    fn ranges_hold_what_their_intervals_hold(
        cuts in proptest::collection::btree_set(version(), 1..6),
        shuffle in any::<prop::sample::Index>(),
        listed in proptest::collection::vec(version(), 0..3),
        locked in version(),
    ) {
        let cuts: Vec<(u32, u32)> = cuts.into_iter().collect();
        let mut events: Vec<Value> = cuts.iter().enumerate().map(|(place, cut)| match place % 2 {
            0 => json!({"introduced": text(*cut)}),
            _ => json!({"fixed": text(*cut)}),
        }).collect();
        let middle = shuffle.index(events.len());
        events.rotate_left(middle);
        let model = cuts.chunks(2).any(|pair| match pair {
            [from, to] => *from <= locked && locked < *to,
            [from] => *from <= locked,
            _ => false,
        }) || listed.contains(&locked);
        let listed: Vec<String> = listed.into_iter().map(text).collect();
        let records = [about("X-1", "npm", "a", json!([{"type": "SEMVER", "events": events}]), json!(listed))];
        let (advisories, _) = found(&[npm("a", &[], &[text(locked).as_str()])], &records);
        prop_assert_eq!(advisories.len() == 1, model);
    }

    #[test]
    fn a_package_at_a_fixed_version_is_never_affected(
        cuts in proptest::collection::btree_set(version(), 2..7),
        ecosystem in prop::sample::select(vec![("npm", Ecosystem::Npm), ("PyPI", Ecosystem::Pypi), ("crates.io", Ecosystem::Cargo), ("Go", Ecosystem::Golang)]),
    ) {
        let cuts: Vec<String> = cuts.into_iter().map(text).collect();
        let words: Vec<String> = cuts.iter().enumerate().map(|(place, cut)| format!("{}{cut}", ["i", "f"][place % 2])).collect();
        let fixed: Vec<&str> = cuts.iter().skip(1).step_by(2).map(String::as_str).collect();
        let records = [about("X-1", ecosystem.0, "a", json!([range(&words.join(" "))]), json!([]))];
        let (advisories, sources) = found(&[package(ecosystem.1, "a", &[], &fixed)], &records);
        prop_assert!(advisories.is_empty(), "{:?}", advisories);
        prop_assert_eq!(sources[0].problem_count, 0);
    }

    /// Whatever the order of records, packages and databases is, the evidence is the same.
    #[test]
    fn the_order_of_inputs_does_not_matter(order in Just(vec![0usize, 1, 2, 3]).prop_shuffle()) {
        let mut records = [record("GHSA-1", "a", "i0"), record("GHSA-2", "a", "i0 f3.0.0"), record("CVE-1", "b", "i0"), record("CVE-2", "a", "i0")];
        records[0]["aliases"] = json!(["CVE-2"]);
        records[1]["aliases"] = json!(["CVE-3"]);
        let packages = [npm("a", &[], &["1.0.0", "main"]), npm("b", &["1.0.0"], &[]), npm("c", &[], &["1.0.0"])];
        let files = Files::new();
        let paths: Vec<_> = records.iter().enumerate().map(|(place, record)| files.write(&format!("{place}.json"), record.to_string())).collect();
        let all: Vec<&std::path::Path> = paths.iter().map(std::path::PathBuf::as_path).collect();
        let expected = look(&packages, &all);
        let shuffled: Vec<&std::path::Path> = order.iter().map(|place| all[*place]).collect();
        let packages: Vec<_> = order.iter().filter_map(|place| packages.get(*place).cloned()).collect();
        prop_assert_eq!(look(&packages, &shuffled), expected);
    }
}
