use super::{MAX_DEPTH, Sbom, SbomPackage, contradict, parse, parse_within};
use crate::evidence::{Completeness, DependencyScope, Directness};

fn cyclonedx(rest: &str) -> Result<Sbom, super::Refusal> {
    parse(format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5"{rest}}}"#).as_bytes())
}

fn spdx(rest: &str) -> Result<Sbom, super::Refusal> {
    parse(format!(r#"{{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT"{rest}}}"#).as_bytes())
}

fn component(name: &str, rest: &str) -> String {
    format!(r#"{{"type": "library", "bom-ref": "{name}", "name": "{name}", "purl": "pkg:npm/{name}@1.0.0"{rest}}}"#)
}

fn package(name: &str, rest: &str) -> String {
    format!(
        r#"{{"SPDXID": "{name}", "name": "{name}", "versionInfo": "1.0.0", "externalRefs": [{{"referenceCategory":
        "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/{name}@1.0.0"}}]{rest}}}"#
    )
}

fn find<'s>(sbom: &'s Sbom, name: &str) -> &'s SbomPackage {
    sbom.packages.iter().find(|package| package.name == name).unwrap()
}

#[test]
fn a_document_without_components_is_legal_and_versions_are_those_of_the_specification() {
    for version in ["1.2", "1.3", "1.4", "1.5", "1.6"] {
        let text = format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "{version}"}}"#);
        assert!(parse(text.as_bytes()).unwrap().packages.is_empty());
    }
    for version in ["2.2", "2.3"] {
        assert_eq!(parse(format!(r#"{{"spdxVersion": "SPDX-{version}"}}"#).as_bytes()).unwrap().version, version);
    }
}

#[test]
fn what_is_not_read_is_refused_by_its_name() {
    for (text, reason) in [
        (r#"{"bomFormat": "CycloneDX", "specVersion": "1.7"}"#, "CycloneDX of version `1.7`"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "1.1"}"#, "CycloneDX of version `1.1`"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": 1.5}"#, "without a `specVersion`"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "spdxVersion": "SPDX-2.3"}"#, "both"),
        (r#"{"spdxVersion": "SPDX-2.1"}"#, "SPDX of version `2.1`"),
        (r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}"#, "SPDX of version `3.0.1`"),
        (r#"{"@context": "https://schema.org", "@graph": []}"#, "JSON-LD"),
        (r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"/>"#, "CycloneDX in XML"),
        ("<html>", "XML or HTML"),
        ("SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0", "tags and values"),
        ("{}", "without `bomFormat` or `spdxVersion`"),
        ("[]", "shape"),
        ("", "is empty"),
        ("{\"bomFormat\"", "no JSON"),
        (r#"{"bomFormat": "CycloneDX", "bomFormat": "CycloneDX", "specVersion": "1.5"}"#, "duplicate field"),
    ] {
        let refusal = parse(text.as_bytes()).unwrap_err();
        assert_eq!(refusal.completeness, Completeness::Failed);
        assert!(refusal.reason.contains(reason), "{text}: {}", refusal.reason);
    }
}

#[test]
fn what_is_not_of_its_shape_is_refused_whole() {
    for rest in [
        r#", "components": {}"#,
        r#", "components": [1]"#,
        r#", "components": [{"type": "library"}]"#,
        r#", "components": [{"name": "a", "version": 1}]"#,
        r#", "components": [{"name": "a", "purl": "pkg:npm/a@1", "purl": "pkg:npm/b@1"}]"#,
        r#", "components": [], "components": []"#,
        r#", "dependencies": [{"dependsOn": []}]"#,
    ] {
        assert!(cyclonedx(rest).unwrap_err().reason.contains("shape"), "{rest}");
    }
    for rest in [r#", "packages": [{"name": "a"}]"#, r#", "relationships": [{}]"#, r#", "packages": 1"#] {
        assert!(spdx(rest).unwrap_err().reason.contains("shape"), "{rest}");
    }
}

#[test]
fn components_are_found_wherever_they_are_nested() {
    let inner = component("c", "");
    let middle = component("b", &format!(r#", "components": [{inner}]"#));
    let sbom = cyclonedx(&format!(
        r#", "metadata": {{"component": {{"name": "root", "purl": "pkg:npm/root@1.0.0", "components": [{}]}}}},
           "components": [{}]"#,
        component("in-root", ""),
        component("a", &format!(r#", "components": [{middle}]"#))
    ))
    .unwrap();
    let names: Vec<&str> = sbom.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["in-root", "a", "b", "c"]);
    assert_eq!(sbom.set_aside, 1, "the root is what the document is about");
}

#[test]
fn limits_are_truncated() {
    let nested = |depth: usize| {
        (0..depth).fold(component("x", ""), |inner, _| component("x", &format!(r#", "components": [{inner}]"#)))
    };
    assert!(cyclonedx(&format!(r#", "components": [{}]"#, nested(MAX_DEPTH))).is_ok());
    let refusal = cyclonedx(&format!(r#", "components": [{}]"#, nested(MAX_DEPTH + 1))).unwrap_err();
    assert_eq!(refusal.completeness, Completeness::Truncated);
    let refusal = cyclonedx(&format!(r#", "components": [{}]"#, nested(10_000))).unwrap_err();
    assert!(refusal.reason.contains("recursion limit"), "{}", refusal.reason);

    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{}, {}]}}"#,
        component("a", ""),
        component("b", "")
    );
    assert!(parse_within(text.as_bytes(), 2).is_ok());
    assert_eq!(parse_within(text.as_bytes(), 1).unwrap_err().completeness, Completeness::Truncated);
    let text = format!(r#"{{"spdxVersion": "SPDX-2.3", "packages": [{}, {}]}}"#, package("a", ""), package("b", ""));
    assert!(parse_within(text.as_bytes(), 2).is_ok());
    assert_eq!(parse_within(text.as_bytes(), 1).unwrap_err().completeness, Completeness::Truncated);
}

#[test]
fn scope_and_directness_follow_the_specification() {
    let sbom = cyclonedx(&format!(
        r#", "metadata": {{"component": {{"name": "root", "bom-ref": "root"}}}},
           "components": [{}, {}, {}, {}, {}],
           "dependencies": [{{"ref": "root", "dependsOn": ["a", "b"]}}, {{"ref": "a", "dependsOn": ["b", "c"]}}]"#,
        component("a", ""),
        component("b", r#", "scope": "required""#),
        component("c", r#", "scope": "excluded""#),
        component("d", r#", "scope": "optional""#),
        component("e", r#", "properties": [{"name": "cdx:npm:package:development", "value": "true"}]"#),
    ))
    .unwrap();
    let found: Vec<_> = sbom.packages.iter().map(|it| (it.name.as_str(), it.scope, it.directness)).collect();
    assert_eq!(
        found,
        [
            ("a", DependencyScope::Runtime, Directness::Direct),
            ("b", DependencyScope::Runtime, Directness::Direct),
            ("c", DependencyScope::Development, Directness::Transitive),
            ("d", DependencyScope::Unknown, Directness::Unknown),
            ("e", DependencyScope::Development, Directness::Unknown),
        ]
    );
    let sbom = spdx(&format!(
        r#", "packages": [{}, {}, {}, {}], "relationships": [
           {{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "root"}},
           {{"spdxElementId": "root", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "a"}},
           {{"spdxElementId": "b", "relationshipType": "DEV_DEPENDENCY_OF", "relatedSpdxElement": "root"}},
           {{"spdxElementId": "c", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "a"}}]"#,
        package("root", ""),
        package("a", ""),
        package("b", ""),
        package("c", "")
    ))
    .unwrap();
    let found: Vec<_> = sbom.packages.iter().map(|it| (it.name.as_str(), it.scope, it.directness)).collect();
    assert_eq!(
        found,
        [
            ("a", DependencyScope::Unknown, Directness::Direct),
            ("b", DependencyScope::Development, Directness::Direct),
            ("c", DependencyScope::Unknown, Directness::Transitive),
        ]
    );
}

#[test]
fn a_document_that_describes_several_packages_lists_what_it_is_about() {
    let sbom = spdx(&format!(
        r#", "documentDescribes": ["a", "b"], "packages": [{}, {}]"#,
        package("a", ""),
        package("b", "")
    ))
    .unwrap();
    assert_eq!(sbom.packages.len(), 2);
}

#[test]
fn what_can_not_be_matched_is_kept_and_what_is_no_package_is_set_aside() {
    let sbom = cyclonedx(
        r#", "services": [{"name": "s"}], "components": [
          {"type": "library", "group": "g", "name": "a", "version": "1"},
          {"type": "library", "name": "b", "purl": "nonsense"},
          {"type": "library", "name": "c", "version": "1", "purl": "pkg:deb/debian/c@1"},
          {"type": "library", "name": "d", "purl": "pkg:npm/d"},
          {"type": "library", "name": "e", "version": "2", "purl": "pkg:npm/e"},
          {"type": "file", "name": "f", "purl": "pkg:npm/f@1"},
          {"type": "file", "name": "g"}, {"type": "operating-system", "name": "h", "version": "1"},
          {"type": "cryptographic-asset", "name": "i"}, {"type": "container", "name": "j"}, {"name": "k"}]"#,
    )
    .unwrap();
    let packages: Vec<_> = sbom.packages.iter().map(|it| (it.name.as_str(), it.version.as_str())).collect();
    assert_eq!(packages, [("e", "2"), ("f", "1")]);
    let unmatched: Vec<_> = sbom.unmatched.iter().map(|(text, why)| (text.as_str(), *why)).collect();
    assert_eq!(
        unmatched,
        [
            ("container j", super::NO_PURL),
            ("k", super::NO_PURL),
            ("library g a 1", super::NO_PURL),
            ("nonsense library b", super::BAD_PURL),
            ("pkg:deb/debian/c@1? 1", super::OTHER_KIND),
            ("pkg:npm/d? library d", super::NO_VERSION),
        ]
    );
    assert_eq!((sbom.set_aside, sbom.notes.count), (4, 1));
}

#[test]
fn one_package_url_with_two_contents_is_refused() {
    let hashed =
        |digest: &str| component("a", &format!(r#", "hashes": [{{"alg": "SHA-256", "content": "{digest}"}}]"#));
    let both =
        |left: &str, right: &str| cyclonedx(&format!(r#", "components": [{}, {}]"#, hashed(left), hashed(right)));
    assert_eq!(both("AA", "aa").unwrap().packages.len(), 1);
    assert!(both("aa", "bb").unwrap_err().reason.contains("twice, with different hashes"));
    let sum = |digest: &str| {
        package("a", &format!(r#", "checksums": [{{"algorithm": "SHA256", "checksumValue": "{digest}"}}]"#))
    };
    assert!(spdx(&format!(r#", "packages": [{}, {}]"#, sum("aa"), sum("bb"))).is_err());
    // Other qualifiers are another artifact.
    let other = hashed("bb").replace("@1.0.0", "@1.0.0?arch=arm64");
    assert_eq!(cyclonedx(&format!(r#", "components": [{}, {other}]"#, hashed("aa"))).unwrap().packages.len(), 2);
    let list = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert!(contradict(&list("sha1:a sha256:b"), &list("sha1:a sha256:c")));
    assert!(!contradict(&list("sha1:a"), &list("sha256:c")));
}

#[test]
fn licences_are_taken_as_they_are_written() {
    let sbom = cyclonedx(&format!(
        r#", "components": [{}, {}, {}]"#,
        component("a", r#", "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Own"}}]"#),
        component("b", r#", "licenses": [{"expression": "MIT OR ISC"}]"#),
        component("c", r#", "licenses": [{"license": {"name": " "}}]"#)
    ))
    .unwrap();
    assert_eq!(find(&sbom, "a").licences, ["MIT", "Own"]);
    assert_eq!(find(&sbom, "b").licences, ["MIT OR ISC"]);
    assert!(find(&sbom, "c").licences.is_empty());
    for (rest, expected) in [
        (r#", "licenseConcluded": "MIT", "licenseDeclared": "ISC""#, Some("MIT")),
        (r#", "licenseConcluded": "NOASSERTION", "licenseDeclared": "ISC""#, Some("ISC")),
        (r#", "licenseDeclared": "NONE""#, Some("NONE")),
        (r#", "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION""#, None),
        ("", None),
    ] {
        let sbom = spdx(&format!(r#", "packages": [{}]"#, package("a", rest))).unwrap();
        assert_eq!(find(&sbom, "a").licences.first().map(String::as_str), expected, "{rest}");
    }
}

#[test]
fn a_document_that_says_that_it_is_incomplete_is_believed() {
    for (composition, incomplete) in [
        (r#"{"aggregate": "incomplete", "assemblies": ["a"]}"#, true),
        (r#"{"aggregate": "incomplete_third_party_only"}"#, true),
        (r#"{"aggregate": "incomplete", "vulnerabilities": ["v"]}"#, false),
        (r#"{"aggregate": "complete"}"#, false),
        (r#"{"aggregate": "unknown"}"#, false),
    ] {
        let sbom = cyclonedx(&format!(r#", "compositions": [{composition}]"#)).unwrap();
        assert_eq!(sbom.incomplete.is_some(), incomplete, "{composition}");
    }
}

#[test]
fn a_version_that_contradicts_the_package_url_is_noted() {
    let sbom = cyclonedx(&format!(r#", "components": [{}]"#, component("a", r#", "version": "2.0.0""#))).unwrap();
    assert_eq!((sbom.notes.count, sbom.packages[0].version.as_str()), (1, "1.0.0"));
}
