//! Licences of changed packages.

use tollgate::collect::sbom;
use tollgate::evidence::{Licence, Word as _};
use tollgate::normalize::dependencies::SbomPair;

use crate::{
    Trees, cargo_lock, entries, licensed, npm_lock, open, pair, real_lock, real_pair, real_review, report, review,
    trees,
};

fn lines(licences: &[Licence]) -> Vec<String> {
    let line = |it: &Licence| {
        format!(
            "{} {} {} stated {} before {} by {}",
            it.name,
            it.version,
            it.expression.as_deref().unwrap_or("-"),
            it.stated.as_deref().unwrap_or("-"),
            it.before.join(","),
            it.by.map_or("-", |by| by.as_str())
        )
    };
    licences.iter().map(line).collect()
}

fn boms(before: &[(&str, &str)], after: &[(&str, &str)]) -> SbomPair {
    let document = |packages: &[(&str, &str)]| {
        let component = |(purl, licence): &(&str, &str)| {
            format!(r#"{{"type": "library", "name": "x", "purl": "{purl}", "licenses": [{licence}]}}"#)
        };
        let components: Vec<String> = packages.iter().map(component).collect();
        format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{}]}}"#, components.join(","))
    };
    SbomPair {
        before: report("bom-before", document(before).as_bytes(), sbom::parse),
        after: report("bom", document(after).as_bytes(), sbom::parse),
    }
}

fn id(id: &str) -> String {
    format!(r#"{{"license": {{"id": "{id}"}}}}"#)
}

#[test]
fn a_lockfile_states_the_licence_before_and_after() {
    let trees = trees(&[(
        "package-lock.json",
        &npm_lock(&[("a", "1.0.0", "MIT"), ("b", "1.0.0", "MIT"), ("c", "1.0.0", "MIT")]),
        &npm_lock(&[("a", "2.0.0", "(MIT OR GPL-2.0)"), ("b", "1.0.0", "MIT"), ("d", "1.0.0", "UNLICENSED")]),
    )]);
    let (_, licences, sources) = licensed(&trees, &[], &[]);
    assert_eq!(
        lines(&licences),
        [
            "a 2.0.0 MIT OR GPL-2.0-only stated (MIT OR GPL-2.0) before MIT by lockfile",
            "d 1.0.0 - stated UNLICENSED before  by lockfile",
        ],
        "what stayed and what is gone has no licence to look at"
    );
    assert_eq!((open(&sources), sources.len(), sources[0].items), (Vec::new(), 1, 2));
    assert_eq!(licences[0].purl, "pkg:npm/a@2.0.0");
}

#[test]
fn where_nothing_is_stated_a_record_says_so_and_the_kind_is_missing() {
    let trees = trees(&[
        ("Cargo.lock", &cargo_lock(&[]), &cargo_lock(&[("a", "1.0.0"), ("b", "1.0.0")])),
        ("x/Cargo.lock", &cargo_lock(&[("c", "1.0.0")]), &cargo_lock(&[("c", "1.0.1")])),
    ]);
    let (_, licences, sources) = licensed(&trees, &[], &[]);
    assert_eq!(
        lines(&licences),
        ["a 1.0.0 - stated - before  by -", "b 1.0.0 - stated - before  by -", "c 1.0.1 - stated - before  by -"]
    );
    assert_eq!(
        open(&sources),
        [
            "- missing: 3 changed packages have no stated licence (2 of `Cargo.lock`, 1 of `x/Cargo.lock`); give a dependency \
          review with `--dependencies` or bills of materials with `--sbom`"
        ]
    );
    // No statement is none, and `NONE` is one.
    let bom = |text: &str| {
        boms(&[], &[("pkg:cargo/a@1.0.0", text), ("pkg:cargo/b@1.0.0", &id("MIT")), ("pkg:cargo/c@1.0.1", &id("NONE"))])
    };
    let (_, licences, sources) = licensed(&trees, &[], &[bom(&id("NOASSERTION"))]);
    assert_eq!(
        lines(&licences),
        [
            "a 1.0.0 - stated - before  by -",
            "b 1.0.0 MIT stated - before  by sbom",
            "c 1.0.1 - stated NONE before  by sbom"
        ]
    );
    assert!(open(&sources)[0].contains("1 changed package has no stated licence (1 of `Cargo.lock`)"));
    let (_, _, sources) = licensed(&trees, &[], &[bom(&id("MIT"))]);
    assert!(open(&sources).is_empty(), "{sources:?}");
}

#[test]
fn where_nothing_changed_there_is_one_complete_source() {
    let (_, licences, sources) = licensed(&Trees::default(), &[], &[]);
    assert_eq!((licences.len(), sources.len(), open(&sources).len()), (0, 1, 0));
    let removed = trees(&[("Cargo.lock", &cargo_lock(&[("a", "1.0.0")]), &cargo_lock(&[]))]);
    let (_, licences, sources) = licensed(&removed, &[], &[]);
    assert_eq!((licences.len(), sources.len(), open(&sources).len()), (0, 1, 0));
}

#[test]
fn where_changed_packages_are_not_known_neither_are_their_licences() {
    let broken = trees(&[("Cargo.lock", &cargo_lock(&[]), "x")]);
    let (_, licences, sources) = licensed(&broken, &[], &[]);
    assert!(licences.is_empty());
    assert!(
        open(&sources)[0].starts_with("Cargo.lock failed: what packages changed is not known: Cargo.lock:1:"),
        "{sources:?}"
    );
    let (_, _, sources) = licensed(&Trees::default(), &[review("r", "{")], &[]);
    assert_eq!(open(&sources).len(), 1, "{sources:?}");
}

#[test]
fn sources_that_agree_are_one_record_and_others_are_two() {
    let trees = trees(&[(
        "package-lock.json",
        &npm_lock(&[("a", "1.0.0", "ISC")]),
        &npm_lock(&[("a", "2.0.0", "MIT OR Apache-2.0")]),
    )]);
    let stated = |licence: &str| {
        entries(&[(true, "package.json", "npm", "a", "2.0.0")])
            .replace("\"vulnerabilities\"", &format!("\"license\": {licence}, \"vulnerabilities\""))
    };
    let bom = |licence: &str| boms(&[("pkg:npm/a@1.0.0", &id("Zlib"))], &[("pkg:npm/a@2.0.0", licence)]);
    let own = "a 2.0.0 MIT OR Apache-2.0 stated - before ISC by lockfile";
    for (licence, sbom, expected) in [
        ("\"Apache-2.0 OR MIT\"", id("mit OR Apache-2.0"), vec![own]),
        ("null", String::new(), vec![own]),
        ("\"\"", id("NOASSERTION"), vec![own]),
        (
            "\"BSD\"",
            r#"{"expression": "GPL-3.0+"}"#.to_owned(),
            vec![
                "a 2.0.0 - stated BSD before ISC,Zlib by dependency-review",
                "a 2.0.0 GPL-3.0-or-later stated GPL-3.0+ before Zlib by sbom",
                own,
            ],
        ),
        (
            "null",
            format!("{}, {}", id("MIT"), id("ISC")),
            vec!["a 2.0.0 ISC stated - before Zlib by sbom", "a 2.0.0 MIT stated - before Zlib by sbom", own],
        ),
    ] {
        let (_, licences, sources) = licensed(&trees, &[review("r", &stated(licence))], &[bom(&sbom)]);
        assert_eq!(lines(&licences), expected, "{licence} {sbom}");
        assert!(open(&sources).is_empty() && sources.len() == 4, "{sources:?}");
    }
}

#[test]
fn the_licence_is_that_of_the_version_and_of_its_own_lockfile() {
    let lock = |licence| npm_lock(&[("a", "2.0.0", licence)]);
    let trees = trees(&[
        ("x/package-lock.json", &npm_lock(&[]), &lock("MIT")),
        ("y/package-lock.json", &npm_lock(&[]), &lock("")),
    ]);
    let (_, licences, _) = licensed(&trees, &[], &[boms(&[], &[("pkg:npm/a@1.0.0", &id("ISC"))])]);
    let places: Vec<_> =
        licences.iter().map(|it| (it.manifest.as_deref().unwrap(), it.expression.as_deref())).collect();
    assert_eq!(places, [("x/package-lock.json", Some("MIT")), ("y/package-lock.json", None)]);
    // An item that only bills of materials have.
    let (_, licences, _) = licensed(&Trees::default(), &[], &[boms(&[], &[("pkg:npm/a@1.0.0", &id("ISC"))])]);
    assert_eq!(lines(&licences), ["a 1.0.0 ISC stated - before  by sbom"]);
    let (_, licences, _) = licensed(&Trees::default(), &[], &[pair("b", &[], &["pkg:npm/a@1.0.0"])]);
    assert_eq!(lines(&licences), ["a 1.0.0 - stated - before  by -"]);
}

#[test]
fn real_licences_are_what_the_files_state() {
    // js-yaml's licence is in the lockfile since npm's second format, and in both bills of materials.
    let Some(trees) = real_lock("npm-v1-to-v3-js-yaml") else { return };
    let (_, licences, sources) = licensed(&trees, &[], &[]);
    assert_eq!(
        lines(&licences),
        ["argparse 2.0.1 Python-2.0 stated - before  by lockfile", "js-yaml 4.2.0 MIT stated - before  by lockfile"]
    );
    assert!(open(&sources).is_empty());
    let Some(trees) = real_lock("npm-v3-js-yaml-patch") else { return };
    let boms = real_pair("npm-npm-v3-js-yaml-patch-spdx").unwrap();
    let (_, licences, _) = licensed(&trees, &[], &[boms]);
    assert_eq!(lines(&licences), ["js-yaml 4.3.1 MIT stated - before MIT by lockfile"]);

    let proton = real_pair("proton-bridge").unwrap();
    let (_, licences, sources) = licensed(&Trees::default(), &[], &[proton]);
    let expected = [
        "github.com/emersion/go-imap-quota v0.0.0-20210203125329-619074823f3c MIT stated - before MIT by sbom",
        "github.com/go-resty/resty/v2 v2.6.0 MIT stated - before MIT by sbom",
        "github.com/miekg/dns v1.1.41 BSD-3-Clause stated - before BSD-3-Clause by sbom",
        "golang.org/x/net v0.0.0-20210405180319-a5a99cb37ef4 BSD-3-Clause stated - before BSD-3-Clause by sbom",
        "golang.org/x/sync v0.0.0-20210220032951-036812b2e83c BSD-3-Clause stated - before BSD-3-Clause by sbom",
        "golang.org/x/sys v0.0.0-20210330210617-4fbd30eecc44 BSD-3-Clause stated - before BSD-3-Clause by sbom",
        "golang.org/x/term v0.0.0-20201126162022-7de9c90e9dd1 BSD-3-Clause stated - before BSD-3-Clause by sbom",
    ];
    assert_eq!(lines(&licences), expected);
    assert!(open(&sources).is_empty());

    let reviews = [real_review("action-fixture-mixed.json").unwrap(), real_review("github-docs-example.json").unwrap()];
    let (_, licences, sources) = licensed(&Trees::default(), &reviews, &[]);
    assert_eq!(
        lines(&licences),
        [
            "helmet 5.0.0 MIT stated - before MIT by dependency-review",
            "lodash 4.17.20 MIT stated - before  by dependency-review",
            "package-1 1.1.1 MIT stated - before  by dependency-review",
            "actionsomething 3.2.0 - stated BSD before  by dependency-review",
            "ruby-openid 2.7.0 - stated - before  by -",
            "org.apache.logging.log4j:log4j-core 2.15.0 Apache-2.0 stated - before  by dependency-review",
        ]
    );
    assert!(open(&sources)[0].contains("(1 of `Gemfile`)"), "{sources:?}");
}
