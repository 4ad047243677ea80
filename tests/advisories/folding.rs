//! Advisories of one fault under several ids.

use proptest::prelude::*;
use serde_json::json;
use tollgate::evidence::{Advisory, AdvisoryKind, AdvisorySeverityFrom, Ecosystem, Presence, Severity, Word};
use tollgate::normalize::advisories::fold;

use crate::{Files, about, look, package, range};

fn at(ecosystem: Ecosystem, id: &str, aliases: &[&str]) -> Advisory {
    Advisory {
        aliases: aliases.iter().map(|it| (*it).to_owned()).collect(),
        after: vec!["1.0.0".into()],
        ..Advisory::at(ecosystem, "a", "pkg:x/a@1.0.0", id)
    }
}

fn ids(advisories: &[Advisory]) -> Vec<(String, String)> {
    advisories.iter().map(|it| (it.id.clone(), it.aliases.join(","))).collect()
}

#[test]
fn aliases_are_followed_over_as_many_steps_as_it_takes() {
    let folded = fold(vec![
        at(Ecosystem::Npm, "GHSA-1", &["CVE-1"]),
        at(Ecosystem::Npm, "OSV-1", &["CVE-2"]),
        at(Ecosystem::Npm, "GHSA-9", &[]),
        at(Ecosystem::Npm, "SNYK-1", &["CVE-2", "GHSA-1"]),
    ]);
    assert_eq!(ids(&folded), [("CVE-1".into(), "CVE-2,GHSA-1,OSV-1,SNYK-1".into()), ("GHSA-9".into(), String::new())]);
}

#[test]
fn the_ecosystems_own_id_stands_for_all_and_else_a_cve() {
    for (ecosystem, all, expected) in [
        (Ecosystem::Cargo, ["GHSA-1", "CVE-1", "RUSTSEC-1"], "RUSTSEC-1"),
        (Ecosystem::Pypi, ["GHSA-1", "CVE-1", "PYSEC-1"], "PYSEC-1"),
        (Ecosystem::Golang, ["GHSA-1", "CVE-1", "GO-1"], "GO-1"),
        (Ecosystem::Npm, ["GHSA-1", "CVE-1", "RUSTSEC-1"], "CVE-1"),
        (Ecosystem::Npm, ["GHSA-1", "MAL-1", "X-1"], "MAL-1"),
        (Ecosystem::Npm, ["GHSA-1", "OSV-1", "X-1"], "GHSA-1"),
        (Ecosystem::Npm, ["CVE-2", "CVE-1", "X-1"], "CVE-1"),
        (Ecosystem::Npm, ["A", "B", "C"], "A"),
    ] {
        assert_eq!(fold(vec![at(ecosystem, all[0], &all[1..])])[0].id, expected, "{all:?}");
    }
}

#[test]
fn another_package_or_manifest_is_another_advisory() {
    let one = at(Ecosystem::Npm, "GHSA-1", &["CVE-1"]);
    let others = [
        Advisory { name: "b".into(), ..one.clone() },
        Advisory { manifest: Some("x".into()), ..one.clone() },
        Advisory { ecosystem: Ecosystem::Pypi, ..one.clone() },
    ];
    assert_eq!(fold(others.into_iter().chain([one]).collect()).len(), 4);
}

#[test]
fn what_they_say_is_united_and_the_worst_of_it_counts() {
    let left = Advisory {
        before: vec!["0.9.0".into()],
        after: vec![],
        presence: Presence::Fixed,
        fixed_in: vec!["1.10.0".into()],
        severity: Some(Severity::Low),
        severity_from: Some(AdvisorySeverityFrom::CvssV4),
        published: Some("2024-01-02T00:00:00Z".into()),
        summary: "left".into(),
        sources: vec!["b".into()],
        kind: AdvisoryKind::Unsound,
        ..at(Ecosystem::Cargo, "GHSA-1", &["CVE-1"])
    };
    let right = Advisory {
        after: vec!["1.2.0".into()],
        fixed_in: vec!["1.9.0".into(), "1.10.0".into()],
        severity: Some(Severity::Critical),
        severity_from: Some(AdvisorySeverityFrom::Database),
        published: Some("2024-01-01T00:00:00Z".into()),
        summary: "right".into(),
        sources: vec!["a".into()],
        ..at(Ecosystem::Cargo, "RUSTSEC-1", &["CVE-1"])
    };
    let folded = fold(vec![left, right]);
    let [it] = folded.as_slice() else { panic!("{folded:?}") };
    assert_eq!((it.before.join(","), it.after.join(",")), ("0.9.0".into(), "1.2.0".into()));
    assert_eq!((it.presence, it.kind), (Presence::CarriedOver, AdvisoryKind::Vulnerability));
    assert_eq!(it.fixed_in, ["1.9.0", "1.10.0"]);
    assert_eq!((it.severity, it.severity_from), (Some(Severity::Low), Some(AdvisorySeverityFrom::CvssV4)));
    assert_eq!((it.summary.as_str(), it.purl.as_str()), ("right", "pkg:cargo/a@1.2.0"));
    assert_eq!((it.sources.join(","), it.published.as_deref()), ("a,b".into(), Some("2024-01-01T00:00:00Z")));
}

#[test]
fn databases_that_name_each_other_give_one_advisory_with_both_sources() {
    let files = Files::new();
    let mut rustsec = about("RUSTSEC-1", "crates.io", "a", json!([range("i0 f2.0.0")]), json!([]));
    rustsec["aliases"] = json!(["CVE-1"]);
    let mut ghsa = about("GHSA-1", "crates.io", "a", json!([range("i0 f2.0.1")]), json!([]));
    ghsa["aliases"] = json!(["CVE-1"]);
    let (first, second) = (files.list("rustsec.json", &[rustsec]), files.list("ghsa.json", &[ghsa]));
    let (advisories, sources) = look(&[package(Ecosystem::Cargo, "a", &[], &["1.0.0"])], &[&first, &second]);
    assert_eq!(ids(&advisories), [("RUSTSEC-1".into(), "CVE-1,GHSA-1".into())]);
    assert_eq!(advisories[0].sources, ["ghsa.json", "rustsec.json"]);
    assert_eq!(advisories[0].fixed_in, ["2.0.0", "2.0.1"]);
    assert!(sources.iter().all(|it| it.items == 1));
}

fn any_advisory() -> impl Strategy<Value = Advisory> {
    let id = || prop::sample::select(vec!["CVE-1", "CVE-2", "GHSA-1", "GHSA-2", "RUSTSEC-1", "OSV-1", "X"]);
    let version = || prop::sample::select(vec!["1.0.0", "1.0.0+b", "2.0.0", "10.0.0", "main"]).prop_map(str::to_owned);
    let versions = || proptest::collection::vec(version(), 0..3);
    (
        (id(), proptest::collection::vec(id(), 0..3), prop::sample::select(vec!["a", "b"])),
        (versions(), versions(), versions()),
        prop::option::of((prop::sample::select(Severity::ALL), prop::sample::select(AdvisorySeverityFrom::ALL))),
        prop::option::of(prop::sample::select(vec!["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "broken"])),
        (prop::sample::select(AdvisoryKind::ALL), "[a-c]{0,2}", prop::option::of("202[0-3]")),
    )
        .prop_map(
            |((id, aliases, name), (before, after, fixed_in), severity, cvss, (kind, summary, published))| Advisory {
                aliases: aliases.into_iter().map(str::to_owned).collect(),
                before,
                after,
                fixed_in,
                severity: severity.map(|it| it.0),
                severity_from: severity.map(|it| it.1),
                cvss: cvss.map(str::to_owned),
                kind,
                sources: vec![summary.clone()],
                summary,
                published,
                ..Advisory::at(Ecosystem::Cargo, name, format!("pkg:cargo/{name}"), id)
            },
        )
}

proptest! {
    #[test]
    fn folding_again_changes_nothing_and_neither_does_the_order(
        (advisories, shuffled) in proptest::collection::vec(any_advisory(), 0..7)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        let folded = fold(advisories.clone());
        prop_assert_eq!(&fold(folded.clone()), &folded);
        prop_assert_eq!(&fold(shuffled), &folded);
        // No two of a package share an id, and no id and no affected version is lost.
        for (place, it) in folded.iter().enumerate() {
            for other in folded.iter().skip(place + 1).filter(|other| other.name == it.name) {
                prop_assert!(it.id != other.id && !it.aliases.contains(&other.id) && !other.aliases.contains(&it.id));
                prop_assert!(!it.aliases.iter().any(|alias| other.aliases.contains(alias)));
            }
        }
        for advisory in &advisories {
            let home = folded.iter().find(|it| it.name == advisory.name && (it.id == advisory.id || it.aliases.contains(&advisory.id)));
            prop_assert!(home.is_some_and(|home| advisory.after.iter().all(|version| home.after.contains(version))));
        }
    }
}
