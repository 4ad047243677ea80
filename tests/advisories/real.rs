//! Real records and documents, which are not part of the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tollgate::collect::vex::{Versions, parse};
use tollgate::evidence::{Ecosystem, VexStatus};

use crate::{Files, look, package};

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(name);
    if !path.is_file() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// Reports of osv-scanner hold the records whole, and the package in which each was found: we find each there too.
#[test]
fn what_osv_scanner_found_is_found_in_its_own_records() {
    for name in ["audit/osv_scanner-some_findings.json"] {
        let Some(path) = shared(name) else { continue };
        let report: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let results = report["results"].as_array().unwrap().iter();
        let mut pairs = 0;
        for found in results.flat_map(|result| result["packages"].as_array().unwrap()) {
            let named = &found["package"];
            let ecosystem = match named["ecosystem"].as_str().unwrap() {
                "npm" => Ecosystem::Npm,
                "PyPI" => Ecosystem::Pypi,
                "Go" => Ecosystem::Golang,
                "crates.io" => Ecosystem::Cargo,
                "Maven" => Ecosystem::Maven,
                "Packagist" => Ecosystem::Composer,
                "RubyGems" => Ecosystem::Gem,
                other => panic!("{other}"),
            };
            let Some(records) = found["vulnerabilities"].as_array().filter(|all| !all.is_empty()) else { continue };
            let files = Files::new();
            let path = files.list("db.json", records);
            let locked =
                package(ecosystem, named["name"].as_str().unwrap(), &[], &[named["version"].as_str().unwrap()]);
            let (advisories, sources) = look(&[locked], &[&path]);
            let ours: BTreeSet<String> =
                advisories.iter().flat_map(|it| std::iter::once(&it.id).chain(&it.aliases)).cloned().collect();
            for record in records.iter().filter(|record| record.get("withdrawn").is_none()) {
                assert!(ours.contains(record["id"].as_str().unwrap()), "{name}: {named} {}", record["id"]);
                pairs += 1;
            }
            let groups = found["groups"].as_array().unwrap().len();
            assert_eq!(advisories.len(), groups, "{name}: {named}: one for each of its groups: {sources:?}");
        }
        println!("{name}: {pairs} records");
        assert!(pairs > 0, "{name}");
    }
}

#[test]
fn real_vex_documents_say_what_they_say() {
    let document = |name| shared(name).map(|path| parse(&std::fs::read(path).unwrap()).unwrap());
    if let Some(many) = document("audit/openvex-openvex_many_vuln.json") {
        // Six statements, each of a package of Alpine, which no lockfile has.
        assert_eq!((many.author.as_deref(), many.statements.len(), many.problems.len()), (Some("Example Org"), 0, 6));
    }
    if let Some(none) = document("audit/openvex-openvex_no_vuln.json") {
        assert!(none.statements.is_empty() && none.problems.is_empty());
    }
    for name in ["sbom/cyclonedx-vex-case11.json", "sbom/cyclonedx-vex-cisa-not_affected.json"] {
        if let Some(product) = document(name) {
            // Of a product without a package URL: of no package of ours.
            assert!(product.statements.is_empty() && !product.problems.is_empty(), "{name}");
        }
    }
}

/// The sample of Alpine with the packages of npm in their place says of each what it said.
#[test]
fn a_real_document_about_our_packages_is_understood() {
    let Some(path) = shared("audit/openvex-openvex_many_vuln.json") else { return };
    let text = std::fs::read_to_string(path).unwrap().replace("pkg:apk/alpine/", "pkg:npm/");
    let document = parse(text.as_bytes()).unwrap();
    let said: Vec<_> =
        document.statements.iter().map(|it| (it.ids[0].as_str(), it.product.key.name.as_str(), it.status)).collect();
    assert_eq!(
        said,
        [
            ("CVE-2024-10001", "apk-tools", VexStatus::NotAffected),
            ("CVE-2024-10002", "busybox", VexStatus::Affected),
            ("CVE-2024-10003", "alpine-baselayout", VexStatus::Fixed),
            ("CVE-2024-10004", "musl", VexStatus::UnderInvestigation),
            ("CVE-2024-10005", "zlib", VexStatus::NotAffected),
            ("CVE-2024-10006", "openssl", VexStatus::NotAffected),
        ]
    );
    assert_eq!(document.statements[4].ids, ["CVE-2024-10005", "GHSA-jfh8-c2jp-5v3q"]);
    assert_eq!(document.statements[5].product.versions, Versions::One("1.1.1k-r0".into()));
}
