//! Bills of materials: every real document, and pairs of them against the lockfiles that they were made from.

use std::fmt::Write as _;

use tollgate::collect::sbom::{self, SbomFormat};
use tollgate::evidence::{Completeness, DependencyChangeKind, DependencyScope, Directness, Jump};
use tollgate::normalize::dependencies::{Locked, SbomPair};

use crate::{Trees, lines, merged, open, pair, real_lock, real_pair, report, shared, tree};

/// What each real document has, counted by a script of its own over the JSON: packages that can be matched, entries that
/// can't, entries that are no packages (the root among them), and its licences.
const DOCUMENTS: &[(&str, usize, usize, u64, usize)] = &[
    ("cyclonedx-1.4-laravel.json", 62, 0, 1, 62),
    ("cyclonedx-cbom.json", 0, 0, 5, 0),
    ("cyclonedx-dd-jake2.json", 67, 0, 0, 59),
    ("cyclonedx-dd-log4j.json", 1, 0, 1, 0),
    ("cyclonedx-dd-no-severity.json", 0, 0, 0, 0),
    ("cyclonedx-dd-valid-vulnerability-1.4.json", 1, 0, 0, 0),
    ("cyclonedx-saasbom.json", 0, 0, 2, 0),
    ("cyclonedx-vex-case11.json", 0, 0, 1, 0),
    ("cyclonedx-vex-cisa-not_affected.json", 0, 0, 1, 0),
    ("npm-npm-v1-to-v3-js-yaml-cyclonedx/after/bom.cdx.json", 12, 0, 1, 2),
    ("npm-npm-v1-to-v3-js-yaml-cyclonedx/before/bom.cdx.json", 14, 0, 1, 0),
    ("npm-npm-v1-to-v3-js-yaml-spdx/after/bom.spdx.json", 12, 0, 1, 2),
    ("npm-npm-v1-to-v3-js-yaml-spdx/before/bom.spdx.json", 14, 0, 1, 0),
    ("npm-npm-v3-js-yaml-patch-cyclonedx/after/bom.cdx.json", 12, 0, 1, 2),
    ("npm-npm-v3-js-yaml-patch-cyclonedx/before/bom.cdx.json", 12, 0, 1, 2),
    ("npm-npm-v3-js-yaml-patch-spdx/after/bom.spdx.json", 12, 0, 1, 2),
    ("npm-npm-v3-js-yaml-patch-spdx/before/bom.spdx.json", 12, 0, 1, 2),
    ("proton-bridge/after/bom.json", 201, 0, 1, 193),
    ("proton-bridge/before/bom.json", 201, 0, 1, 193),
    // A requirement from git has a package URL without a version, and its commit in a qualifier. `bleach[css]` has none at all.
    ("py-requirements-celery-extras-cyclonedx/after/bom.cdx.json", 67, 1, 0, 0),
    ("py-requirements-celery-extras-cyclonedx/before/bom.cdx.json", 69, 1, 0, 0),
    // Gradle and a file have no package URL; App-BOM-ination is what the document describes.
    ("spdx-2.2-appbomination.json", 4, 2, 1, 4),
    ("spdx-2.3-maven.json", 0, 5, 1, 0),
    ("spdx-2.3-security-refs.json", 1, 0, 1, 0),
];

const REFUSED: &[(&str, &str)] = &[
    ("cyclonedx-dd-spec1.xml", "is CycloneDX in XML"),
    ("spdx-3.0-go-module.json", "is SPDX of version `3.0"),
    ("spdx-3.0-maven.json", "is SPDX of version `3.0"),
    ("spdx-dd-spdx_3_unsupported.json", "is SPDX of version `3.0`"),
];

#[test]
fn every_real_document_is_read_whole_or_refused_by_its_name() {
    let Some(root) = shared("sbom") else { return };
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for (path, bytes) in tree(&root) {
        match sbom::parse(&bytes) {
            Ok(sbom) => {
                let licensed = sbom.packages.iter().filter(|package| !package.licences.is_empty()).count();
                found.push((path, sbom.packages.len(), sbom.unmatched.len(), sbom.set_aside, licensed));
            }
            Err(refusal) => {
                assert_eq!(refusal.completeness, Completeness::Failed);
                refused.push((path, refusal.reason));
            }
        }
    }
    let found: Vec<_> = found.iter().map(|it| (it.0.as_str(), it.1, it.2, it.3, it.4)).collect();
    for (found, expected) in found.iter().zip(DOCUMENTS) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), DOCUMENTS.len());
    assert_eq!(refused.len(), REFUSED.len(), "{refused:?}");
    for ((path, reason), (expected, start)) in refused.iter().zip(REFUSED) {
        assert!(path == expected && reason.starts_with(start), "{path}: {reason}");
    }
}

/// The packages that a real pair changes, as a script of its own finds them by comparing the sets of package URLs.
const PAIRS: &[(&str, &[&str])] = &[
    (
        "npm-npm-v1-to-v3-js-yaml",
        &[
            "upgraded argparse 1.0.10 -> 2.0.1",
            "removed esprima 4.0.1 -> ",
            "upgraded js-yaml 3.13.1 -> 4.2.0",
            "removed sprintf-js 1.0.3 -> ",
        ],
    ),
    ("npm-npm-v3-js-yaml-patch", &["upgraded js-yaml 4.3.0 -> 4.3.1"]),
    (
        "proton-bridge",
        &[
            "upgraded github.com/emersion/go-imap-quota v0.0.0-20200423100218-dcfd1b7d2b41 -> v0.0.0-20210203125329-619074823f3c",
            "upgraded github.com/go-resty/resty/v2 v2.3.0 -> v2.6.0",
            "upgraded github.com/miekg/dns v1.1.30 -> v1.1.41",
            "upgraded golang.org/x/net v0.0.0-20200707034311-ab3426394381 -> v0.0.0-20210405180319-a5a99cb37ef4",
            "upgraded golang.org/x/sync v0.0.0-20190911185100-cd5d95a43a6e -> v0.0.0-20210220032951-036812b2e83c",
            "upgraded golang.org/x/sys v0.0.0-20200323222414-85ca7c5b95cd -> v0.0.0-20210330210617-4fbd30eecc44",
            "upgraded golang.org/x/term v0.0.0-20201117132131-f5c789dd3221 -> v0.0.0-20201126162022-7de9c90e9dd1",
        ],
    ),
    ("py-requirements-celery-extras", &["removed boto3 1.41.5 -> ", "removed pycurl 7.45.7 -> "]),
];

fn real(name: &str, format: &str) -> Option<SbomPair> {
    real_pair(&match name {
        "proton-bridge" => name.to_owned(),
        _ => format!("{name}-{format}"),
    })
}

#[test]
fn every_real_pair_gives_the_packages_that_it_changes() {
    if shared("sbom").is_none() {
        return;
    }
    for (name, expected) in PAIRS {
        let formats: &[&str] = if name.starts_with("npm-") { &["cyclonedx", "spdx"] } else { &["cyclonedx"] };
        for format in formats {
            let pair = real(name, format).unwrap();
            let merged = merged(&Trees::default(), &[], std::slice::from_ref(&pair));
            let expected: Vec<String> = expected.iter().map(|line| format!("{line} in - by sbom")).collect();
            let found = lines(&merged.dependencies);
            assert_eq!(found, expected, "{name} {format}");
            // cyclonedx-py loses the version of a requirement with extras.
            let short = "after/bom.cdx.json truncated: lists a package without a version, 1 in all: whether `bleach` changed can't be told";
            let expected = if name.starts_with("py-") { vec![short.to_owned()] } else { Vec::new() };
            assert_eq!(open(&merged.sources), expected);
            let pseudo = |version: &String| version.starts_with("v0.0.0-");
            for item in merged.dependencies.iter().filter(|item| item.after.iter().any(pseudo)) {
                assert_eq!(item.jump, Some(Jump::Unknown), "{}", item.name);
            }
        }
    }
}

#[test]
fn documents_of_two_formats_can_be_compared() {
    let (Some(cyclonedx), Some(spdx)) =
        (real("npm-npm-v1-to-v3-js-yaml", "cyclonedx"), real("npm-npm-v1-to-v3-js-yaml", "spdx"))
    else {
        return;
    };
    assert_eq!(cyclonedx.before.outcome.as_ref().unwrap().format, SbomFormat::CycloneDx);
    let mixed = SbomPair { before: cyclonedx.before, after: spdx.after };
    let merged = merged(&Trees::default(), &[], &[mixed]);
    assert_eq!(merged.dependencies.len(), 4, "{:?}", lines(&merged.dependencies));
}

#[test]
fn pairs_agree_with_the_lockfiles_that_they_were_made_from() {
    for (lockfile, sbom, formats) in [
        ("npm-v1-to-v3-js-yaml", "npm-npm-v1-to-v3-js-yaml", &["cyclonedx", "spdx"][..]),
        ("npm-v3-js-yaml-patch", "npm-npm-v3-js-yaml-patch", &["cyclonedx", "spdx"][..]),
        ("requirements-celery-extras", "py-requirements-celery-extras", &["cyclonedx"][..]),
    ] {
        let Some(trees) = real_lock(lockfile) else { return };
        for format in formats {
            let locked = Locked::of(&trees.inputs());
            let merged = merged(&trees, &[], &[real(sbom, format).unwrap()]);
            let by: Vec<String> = merged.dependencies.iter().map(|item| format!("{:?}", item.stated_by)).collect();
            assert_eq!(merged.dependencies.len(), locked.changes.len(), "{sbom} {format}");
            assert!(by.iter().all(|by| by == "[Lockfile, Sbom]"), "{:?}", lines(&merged.dependencies));
            assert!(merged.dependencies.iter().all(|item| item.disagreements.is_empty()));
            assert_eq!(open(&merged.sources), Vec::<String>::new(), "a lockfile tells of `bleach`");
            // What both list is looked up once.
            assert_eq!(merged.packages, locked.packages, "{sbom} {format}");
        }
    }
}

#[test]
fn npm_tells_what_is_direct_and_what_is_for_development_in_both_formats() {
    for format in ["cyclonedx", "spdx"] {
        let Some(pair) = real("npm-npm-v3-js-yaml-patch", format) else { return };
        let sbom = pair.after.outcome.unwrap();
        let of = |name: &str| {
            let package = sbom.packages.iter().find(|package| package.name == name).unwrap();
            (package.scope, package.directness)
        };
        let runtime = if format == "cyclonedx" { DependencyScope::Runtime } else { DependencyScope::Unknown };
        assert_eq!(of("js-yaml"), (runtime, Directness::Direct));
        assert_eq!(of("argparse"), (runtime, Directness::Transitive));
        assert_eq!(of("ts-node").1, Directness::Direct);
        assert_eq!(of("ts-node").0, DependencyScope::Development);
        let (tool, version) = sbom.tool.unwrap();
        assert!(tool.ends_with("cli") && version.as_deref() == Some("11.19.1"), "{tool} {version:?}");
    }
}

#[test]
fn what_can_not_be_matched_truncates_where_it_differs_and_only_there() {
    let document = |version: &str, extra: &str| {
        format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
            {{"type": "library", "name": "libc", "version": "{version}", "purl": "pkg:deb/debian/libc@{version}"}},
            {{"type": "application", "name": "own"}} {extra}]}}"#
        )
    };
    let of = |before: String, after: String| SbomPair {
        before: report("before", before.as_bytes(), sbom::parse),
        after: report("after", after.as_bytes(), sbom::parse),
    };
    let same = merged(&Trees::default(), &[], &[of(document("1", ""), document("1", ""))]);
    let after = same.sources.iter().find(|source| source.path.as_deref() == Some("after")).unwrap();
    assert_eq!((open(&same.sources), after.set_aside), (Vec::new(), 2));
    let other = merged(
        &Trees::default(),
        &[],
        &[of(document("1", ""), document("2", r#", {"type": "library", "name": "x"}"#))],
    );
    assert!(other.dependencies.is_empty());
    let mut text = String::new();
    for source in other.sources.iter().filter(|source| source.path.is_some()) {
        let _ = writeln!(text, "{:?} {:?} {}", source.path, source.completeness, source.problem_count);
    }
    assert_eq!(text, "Some(\"after\") Truncated 2\nSome(\"before\") Truncated 1\n");
}

#[test]
fn another_content_of_the_same_version_is_a_change() {
    let document = |digest: &str| {
        format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{{"type": "library", "name": "a",
            "purl": "pkg:npm/a@1.0.0", "hashes": [{{"alg": "SHA-256", "content": "{digest}"}}]}}]}}"#
        )
    };
    let of = |before: &str, after: &str| SbomPair {
        before: report("before", document(before).as_bytes(), sbom::parse),
        after: report("after", document(after).as_bytes(), sbom::parse),
    };
    assert!(merged(&Trees::default(), &[], &[of("aa", "aa")]).dependencies.is_empty());
    let items = merged(&Trees::default(), &[], &[of("aa", "bb")]).dependencies;
    assert_eq!((items.len(), items[0].change, items[0].jump), (1, DependencyChangeKind::Changed, Some(Jump::None)));
}

#[test]
fn a_pair_of_which_one_side_is_refused_states_nothing_and_fails() {
    let mut broken = pair("bom", &["pkg:npm/a@1.0.0"], &["pkg:npm/a@2.0.0"]);
    broken.before = report("bom-before", b"{", sbom::parse);
    let merged = merged(&Trees::default(), &[], &[broken]);
    assert!(merged.dependencies.is_empty() && merged.packages.is_empty());
    assert!(merged.sources.iter().any(|source| source.completeness == Completeness::Failed));
}
