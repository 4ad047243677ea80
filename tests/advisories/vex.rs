//! What VEX documents say of advisories, and which are refused.

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::collect::vex::{VexDocument, parse, read};
use tollgate::evidence::{Advisory, Completeness, Ecosystem, Source, VexStatus};
use tollgate::normalize::advisories::vex;
use tollgate::normalize::dependencies::PackageSides;

use crate::{Files, npm, package};

fn openvex(statements: Value) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex-1",
        "author": "Ann",
        "timestamp": "2024-01-01T00:00:00Z",
        "version": 1,
        "statements": statements,
    })
}

fn statement(product: Value, status: &str) -> Value {
    json!({
        "vulnerability": {"name": "CVE-1", "aliases": ["GHSA-9"]},
        "products": [product],
        "status": status,
        "impact_statement": "not called",
    })
}

fn cyclonedx(component: Value, affects: Value, state: &str) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"authors": [{"name": "Ben"}], "component": {"bom-ref": "app", "name": "app", "type": "application"}},
        "components": [{"bom-ref": "outer", "name": "outer", "components": [component]}],
        "vulnerabilities": [{"id": "CVE-1", "analysis": {"state": state, "justification": "code_not_reachable", "detail": "d"}, "affects": [affects]}],
    })
}

fn advisory(after: &[&str]) -> Advisory {
    Advisory {
        aliases: vec!["CVE-1".into()],
        after: after.iter().map(|it| (*it).to_owned()).collect(),
        ..Advisory::at(Ecosystem::Npm, "@s/a", "pkg:npm/%40s/a", "GHSA-1")
    }
}

fn locked() -> Vec<PackageSides> {
    vec![npm("@s/a", &[], &["1.0.0"]), npm("dependency", &[], &["1.0.0"])]
}

/// What documents say of one advisory.
fn said(mut advisory: Advisory, documents: &[Value]) -> (Advisory, Vec<Source>) {
    let files = Files::new();
    let reports: Vec<_> = documents
        .iter()
        .enumerate()
        .map(|(place, document)| {
            read(&files.write(&format!("{place}.json"), document.to_string()), &format!("{place}.json"))
        })
        .collect();
    let sources = vex(std::slice::from_mut(&mut advisory), &locked(), &reports);
    (advisory, sources)
}

fn words(advisory: &Advisory) -> Vec<&str> {
    advisory.vex.iter().map(|it| it.status.as_str()).collect()
}

use tollgate::evidence::Word as _;

#[test]
fn a_statement_is_about_the_package_and_the_version_that_it_names() {
    for (product, expected) in [
        (json!({"@id": "pkg:npm/%40s/a@1.0.0"}), true),
        (json!({"@id": "pkg:npm/%40s/a"}), true),
        (json!("pkg:npm/%40s/a@1.0.0"), true),
        (json!({"@id": "https://example.com/x", "identifiers": {"purl": "pkg:npm/%40s/a@1.0.0?vcs_url=x"}}), true),
        (json!({"@id": "pkg:npm/%40s/a@1.0.1"}), false),
        (json!({"@id": "pkg:npm/a@1.0.0"}), false),
        (json!({"@id": "pkg:pypi/a@1.0.0"}), false),
        (json!({"@id": "pkg:oci/app@sha256:1"}), false),
        (json!({"@id": "@s/a"}), false),
        // Through the parts of an application, but not of another package's.
        (json!({"@id": "pkg:oci/app@1", "subcomponents": [{"@id": "pkg:npm/%40s/a@1.0.0"}]}), true),
        (json!({"@id": "my app", "subcomponents": ["pkg:npm/%40s/a"]}), true),
        (json!({"@id": "pkg:npm/app", "subcomponents": [{"@id": "pkg:npm/%40s/a@1.0.0"}]}), false),
        (json!({"@id": "pkg:npm/dependency@1.0.0", "subcomponents": [{"@id": "pkg:npm/%40s/a@1.0.0"}]}), false),
        (json!({"@id": "pkg:oci/app@1", "subcomponents": [{"@id": "pkg:npm/%40s/a@2.0.0"}]}), false),
        (json!({"@id": "pkg:oci/app@1", "subcomponents": [{"@id": "pkg:npm/other"}]}), false),
    ] {
        let (advisory, sources) =
            said(advisory(&["1.0.0"]), &[openvex(json!([statement(product.clone(), "not_affected")]))]);
        assert_eq!(advisory.is_excused(), expected, "{product}");
        assert_eq!((sources[0].completeness, sources[0].items), (Completeness::Complete, u64::from(expected)));
        if expected {
            let it = &advisory.vex[0];
            assert_eq!(
                (it.author.as_deref(), it.detail.as_deref(), it.source.as_str()),
                (Some("Ann"), Some("not called"), "0.json")
            );
        }
    }
}

#[test]
fn a_statement_is_about_the_vulnerability_by_any_of_its_ids() {
    for (vulnerability, expected) in [
        (json!("CVE-1"), true),
        (json!({"name": "GHSA-1"}), true),
        (json!({"name": "X", "aliases": ["CVE-1"]}), true),
        (json!({"@id": "https://nvd.nist.gov/vuln/detail/CVE-1"}), true),
        (json!({"@id": "https://nvd.nist.gov/vuln/detail/CVE-1", "name": "CVE-2"}), false),
        (json!("CVE-10"), false),
    ] {
        let mut statement = statement(json!("pkg:npm/%40s/a"), "fixed");
        statement["vulnerability"] = vulnerability.clone();
        assert_eq!(
            said(advisory(&["1.0.0"]), &[openvex(json!([statement]))]).0.is_excused(),
            expected,
            "{vulnerability}"
        );
    }
}

#[test]
fn parts_of_the_first_versions_stand_beside_the_products() {
    for context in ["https://openvex.dev/ns", "https://openvex.dev/ns/v0.0.1"] {
        let mut document = openvex(json!([{
            "vulnerability": "CVE-1", "products": ["pkg:oci/app"], "subcomponents": ["pkg:npm/%40s/a@1.0.0"],
            "status": "not_affected", "justification": "component_not_present",
        }]));
        document["@context"] = json!(context);
        let (advisory, _) = said(advisory(&["1.0.0"]), &[document]);
        assert_eq!(advisory.vex[0].justification.as_deref(), Some("component_not_present"), "{context}");
    }
}

#[test]
fn the_latest_statement_of_a_document_counts_and_documents_do_not_replace_each_other() {
    let at = |status: &str, time: &str| {
        let mut statement = statement(json!("pkg:npm/%40s/a"), status);
        statement["timestamp"] = json!(time);
        statement
    };
    let (old, new) = (at("not_affected", "2024-02-01T00:00:00+00:00"), at("affected", "2024-02-01T00:00:01Z"));
    for statements in [json!([old, new]), json!([new, old])] {
        let (advisory, sources) = said(advisory(&["1.0.0"]), &[openvex(statements)]);
        assert_eq!(words(&advisory), ["affected"]);
        assert_eq!(
            (sources[0].items, sources[0].set_aside, sources[0].made.as_deref()),
            (1, 1, Some("2024-02-01T00:00:01Z"))
        );
    }
    let (both, _) = said(advisory(&["1.0.0"]), &[openvex(json!([old])), openvex(json!([new]))]);
    assert_eq!(words(&both), ["not_affected", "affected"]);
    assert!(!both.is_excused());
    // Of the same time, of another version, of another application: each is listed.
    let same = at("affected", "2024-02-01T00:00:00Z");
    assert_eq!(words(&said(advisory(&["1.0.0"]), &[openvex(json!([old, same]))]).0).len(), 2);
    let mut version = new.clone();
    version["products"] = json!(["pkg:npm/%40s/a@1.0.0"]);
    assert_eq!(words(&said(advisory(&["1.0.0"]), &[openvex(json!([old, version]))]).0).len(), 2);
    let (mut one, mut two) = (old, new);
    one["products"] = json!([{"@id": "pkg:oci/one", "subcomponents": ["pkg:npm/%40s/a"]}]);
    two["products"] = json!([{"@id": "pkg:oci/two", "subcomponents": ["pkg:npm/%40s/a"]}]);
    assert_eq!(words(&said(advisory(&["1.0.0"]), &[openvex(json!([one, two]))]).0).len(), 2);
}

#[test]
fn what_excuses_one_version_excuses_no_other() {
    let of = |version: &str, status: &str| statement(json!(format!("pkg:npm/%40s/a@{version}")), status);
    let (one, sources) = said(advisory(&["1.0.0", "2.0.0"]), &[openvex(json!([of("1.0.0", "not_affected")]))]);
    assert!(one.vex.is_empty());
    assert!(sources[0].problems[0].message.contains("nothing does of `2.0.0`"), "{sources:?}");
    let statements = json!([of("1.0.0", "not_affected"), of("2.0.0", "fixed")]);
    assert!(said(advisory(&["1.0.0", "2.0.0"]), &[openvex(statements.clone())]).0.is_excused());
    assert_eq!(
        words(&said(advisory(&["1.0.0", "2.0.0"]), &[openvex(json!([of("1.0.0", "affected")]))]).0),
        ["affected"]
    );
    let fixed = Advisory { before: vec!["1.0.0".into()], ..advisory(&[]) };
    assert!(said(fixed, &[openvex(statements)]).0.is_excused(), "before the change, where it is fixed");
}

#[test]
fn cyclonedx_says_it_of_components_and_their_versions() {
    let component = json!({"bom-ref": "c", "name": "a", "version": "1.0.0", "purl": "pkg:npm/%40s/a@1.0.0"});
    for (component, affects, state, expected) in [
        (component.clone(), json!({"ref": "c"}), "not_affected", &["not_affected"][..]),
        (component.clone(), json!({"ref": "c"}), "false_positive", &["not_affected"]),
        (component.clone(), json!({"ref": "c"}), "resolved", &["fixed"]),
        (component.clone(), json!({"ref": "c"}), "resolved_with_pedigree", &["fixed"]),
        (component.clone(), json!({"ref": "c"}), "exploitable", &["affected"]),
        (component.clone(), json!({"ref": "c"}), "in_triage", &["under_investigation"]),
        (
            json!({"bom-ref": "c", "name": "a", "version": "1.0.1", "purl": "pkg:npm/%40s/a"}),
            json!({"ref": "c"}),
            "resolved",
            &[],
        ),
        (component.clone(), json!({"ref": "pkg:npm/%40s/a"}), "resolved", &["fixed"]),
        (component.clone(), json!({"ref": "app"}), "not_affected", &[]),
        (component.clone(), json!({"ref": "urn:cdx:x/1#c"}), "not_affected", &[]),
        (component.clone(), json!({"ref": "c", "versions": [{"version": "2.0.0"}]}), "exploitable", &[]),
        (component.clone(), json!({"ref": "c", "versions": [{"version": "1.0.0"}]}), "not_affected", &["not_affected"]),
        (
            component.clone(),
            json!({"ref": "c", "versions": [{"version": "1.0.0", "status": "unaffected"}]}),
            "exploitable",
            &["not_affected"],
        ),
        (
            component.clone(),
            json!({"ref": "c", "versions": [{"version": "1.0.0", "status": "unaffected"}]}),
            "resolved",
            &["fixed"],
        ),
        (
            component.clone(),
            json!({"ref": "c", "versions": [{"version": "1.0.0", "status": "unknown"}]}),
            "not_affected",
            &["under_investigation"],
        ),
        (
            component.clone(),
            json!({"ref": "c", "versions": [{"version": "1.0.0", "status": "unknown"}]}),
            "exploitable",
            &["affected"],
        ),
        (component.clone(), json!({"ref": "c", "versions": [{"range": "vers:npm/<9"}]}), "not_affected", &[]),
        (component.clone(), json!({"ref": "c", "versions": [{"range": "vers:npm/<9"}]}), "exploitable", &["affected"]),
    ] {
        let (advisory, sources) = said(advisory(&["1.0.0"]), &[cyclonedx(component, affects.clone(), state)]);
        assert_eq!(words(&advisory), expected, "{affects} {state}");
        assert_eq!(sources[0].completeness, Completeness::Complete);
        if let Some(it) = advisory.vex.first() {
            assert_eq!((it.author.as_deref(), it.justification.as_deref()), (Some("Ben"), Some("code_not_reachable")));
        }
    }
    let mut by_reference = cyclonedx(component, json!({"ref": "c"}), "exploitable");
    by_reference["vulnerabilities"][0]["id"] = json!("X-1");
    by_reference["vulnerabilities"][0]["references"] = json!([{"id": "GHSA-1", "source": {"name": "GitHub"}}]);
    assert_eq!(words(&said(advisory(&["1.0.0"]), &[by_reference]).0), ["affected"]);
}

#[test]
fn versions_of_go_and_python_are_compared_as_they_are_spelled_there() {
    for (ecosystem, name, locked, stated, expected) in [
        (Ecosystem::Golang, "github.com/a/b", "1.2.3", "pkg:golang/github.com/a/b@v1.2.3", true),
        (Ecosystem::Golang, "go", "1.20.1", "pkg:golang/stdlib@1.20.1", true),
        (Ecosystem::Pypi, "a-b", "1.0.0", "pkg:pypi/a_b@1.0", true),
        (Ecosystem::Cargo, "a", "1.0.0+x", "pkg:cargo/a@1.0.0", false),
    ] {
        let it = Advisory { after: vec![locked.into()], ..Advisory::at(ecosystem, name, "pkg:x/x", "CVE-1") };
        let (it, _) = said(it, &[openvex(json!([statement(json!(stated), "fixed")]))]);
        assert_eq!(it.is_excused(), expected, "{stated}");
    }
    assert!(package(Ecosystem::Npm, "a", &[], &[]).after.is_empty());
}

#[test]
fn a_document_that_breaks_the_rules_is_refused() {
    let good = statement(json!("pkg:npm/a"), "not_affected");
    let with = |name: &str, value: Value| {
        let mut statement = good.clone();
        statement[name] = value;
        openvex(json!([good, statement]))
    };
    let other = |name: &str, value: Value| {
        let mut document = openvex(json!([good]));
        document[name] = value;
        document
    };
    let component = json!({"bom-ref": "c", "name": "a", "purl": "pkg:npm/a"});
    let bom = |change: &dyn Fn(&mut Value)| {
        let mut document = cyclonedx(component.clone(), json!({"ref": "c"}), "resolved");
        change(&mut document);
        document
    };
    for (document, word) in [
        (with("impact_statement", json!(null)), "/statements/1: is not_affected without a justification"),
        (with("impact_statement", json!(" \n")), "without a justification"),
        (with("status", json!("fine")), "status `fine`, expected one of not_affected, affected"),
        (with("status", json!(null)), "status ``"),
        (with("justification", json!("because")), "justification `because`"),
        (with("vulnerability", json!(null)), "names no vulnerability"),
        (with("vulnerability", json!({})), "names no vulnerability"),
        (with("timestamp", json!("today")), "timestamp `today`"),
        (with("products", json!([7])), "can't be read"),
        (
            with("products", json!([{"@id": "pkg:npm/a", "identifiers": {"purl": "pkg:npm/b"}}])),
            "as `pkg:npm/a` and as `pkg:npm/b`",
        ),
        (other("timestamp", json!(null)), "no timestamp"),
        (other("statements", json!(null)), "no `statements`"),
        (other("@context", json!("https://openvex.dev/ns/v0.3.0")), "expected that of OpenVEX 0.0.1 to 0.2.0"),
        (other("@context", json!("https://example.com")), "expected that of OpenVEX"),
        (other("@context", json!(["https://openvex.dev/ns"])), "expected that of OpenVEX"),
        (other("bomFormat", json!("CycloneDX")), "has both"),
        (json!({"statements": []}), "has neither"),
        (json!([]), "can't be read"),
        (bom(&|it| it["specVersion"] = json!("1.3")), "expected CycloneDX 1.4"),
        (bom(&|it| it["bomFormat"] = json!("x")), "expected CycloneDX"),
        (bom(&|it| it["vulnerabilities"] = json!(null)), "no `vulnerabilities`"),
        (
            bom(&|it| it["vulnerabilities"][0]["analysis"]["state"] = json!("fine")),
            "/vulnerabilities/0: has the state `fine`",
        ),
        (bom(&|it| it["vulnerabilities"][0]["analysis"]["justification"] = json!("x")), "justification `x`"),
        (bom(&|it| it["vulnerabilities"][0]["id"] = json!(null)), "names no vulnerability"),
        (bom(&|it| it["vulnerabilities"][0]["affects"][0]["versions"] = json!([{}])), "both or neither"),
        (
            bom(&|it| it["vulnerabilities"][0]["affects"][0]["versions"] = json!([{"version": "1", "status": "x"}])),
            "status `x`",
        ),
        (bom(&|it| it["metadata"]["component"]["bom-ref"] = json!("c")), "two components with the bom-ref `c`"),
    ] {
        let refusal = parse(document.to_string().as_bytes()).unwrap_err();
        assert_eq!(refusal.completeness, Completeness::Failed);
        assert!(refusal.reason.contains(word), "{word}: {}", refusal.reason);
    }
    for (text, word) in [("", "is empty"), ("<bom/>", "is XML"), ("{", "cut short"), ("\u{feff}{}", "has neither")] {
        assert!(parse(text.as_bytes()).unwrap_err().reason.contains(word), "{text}");
    }
    let twice = r#"{"@context": "https://openvex.dev/ns", "timestamp": "2024-01-01T00:00:00Z", "statements": [{"status": "fixed", "status": "affected"}]}"#;
    assert!(parse(twice.as_bytes()).unwrap_err().reason.contains("duplicate"));
    let (_, sources) = said(advisory(&["1.0.0"]), &[json!({})]);
    assert_eq!((sources[0].completeness, sources[0].path.as_deref()), (Completeness::Failed, Some("0.json")));
}

#[test]
fn analyses_that_are_none_say_nothing() {
    let mut document =
        cyclonedx(json!({"bom-ref": "c", "name": "a", "purl": "pkg:npm/%40s/a"}), json!({"ref": "c"}), "resolved");
    document["vulnerabilities"][0]["analysis"]["state"] = json!(null);
    assert!(parse(document.to_string().as_bytes()).unwrap().statements.is_empty());
    document["vulnerabilities"][0]["analysis"] = json!(null);
    assert_eq!(
        parse(document.to_string().as_bytes()).unwrap(),
        VexDocument { format: "CycloneDX", author: Some("Ben".into()), ..VexDocument::default() }
    );
}

proptest! {
    /// No document takes an advisory away, and what one says excuses only where all of it does.
    #[test]
    fn an_advisory_stays_whatever_is_said(
        rows in proptest::collection::vec((prop::sample::select(VexStatus::ALL), prop::sample::select(vec!["", "@1.0.0", "@2.0.0"]), 0u8..4), 0..6)
    ) {
        let statements: Vec<Value> = rows.iter().map(|(status, version, second)| {
            let mut statement = statement(json!(format!("pkg:npm/%40s/a{version}")), status.as_str());
            statement["timestamp"] = json!(format!("2024-01-01T00:00:0{second}Z"));
            statement
        }).collect();
        let (it, sources) = said(advisory(&["1.0.0", "2.0.0"]), &[openvex(json!(statements))]);
        prop_assert_eq!((it.id.as_str(), it.after.len()), ("GHSA-1", 2));
        // The last word on each spelling of the product, by hand.
        let mut last: std::collections::BTreeMap<&str, (u8, Vec<VexStatus>)> = std::collections::BTreeMap::new();
        for (status, version, second) in &rows {
            let entry = last.entry(version).or_insert((*second, vec![]));
            if entry.0 < *second { *entry = (*second, vec![]); }
            if entry.0 == *second { entry.1.push(*status); }
        }
        let fine = |status: &VexStatus| matches!(status, VexStatus::NotAffected | VexStatus::Fixed);
        let all_fine = last.values().all(|(_, all)| all.iter().all(fine));
        let covered = |version: &str| last.iter().any(|(stated, _)| stated.is_empty() || *stated == version);
        prop_assert_eq!(it.is_excused(), all_fine && covered("@1.0.0") && covered("@2.0.0"));
        prop_assert_eq!(sources[0].items + sources[0].set_aside, rows.len() as u64);
    }
}
