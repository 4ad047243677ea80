//! How statements meet lockfiles, case by case.

use tollgate::evidence::{Completeness, DependencyScope, Directness};
use tollgate::normalize::dependencies::{Locked, PackageSides};

use crate::{Trees, cargo_lock, entries, lines, merged, npm_lock, pair, review, trees};

fn npm(before: &[(&str, &str)], after: &[(&str, &str)]) -> Trees {
    let lock = |packages: &[(&str, &str)]| {
        let packages: Vec<_> = packages.iter().map(|(name, version)| (*name, *version, "")).collect();
        npm_lock(&packages)
    };
    trees(&[("x/package-lock.json", &lock(before), &lock(after))])
}

fn with_review(trees: &Trees, stated: &[(bool, &str, &str, &str)]) -> Vec<String> {
    let stated: Vec<_> =
        stated.iter().map(|(added, path, name, version)| (*added, *path, "npm", *name, *version)).collect();
    lines(&merged(trees, &[review("r", &entries(&stated))], &[]).dependencies)
}

/// Names and versions.
type Packages = &'static [(&'static str, &'static str)];

const BUMP: (Packages, Packages) = (&[("a", "1.0.0"), ("b", "1.0.0")], &[("a", "2.0.0"), ("b", "1.0.0")]);

#[test]
fn a_review_of_the_same_change_corroborates_it() {
    let (before, after) = BUMP;
    for path in ["x/package-lock.json", "x/package.json"] {
        assert_eq!(
            with_review(&npm(before, after), &[(false, path, "a", "1.0.0"), (true, path, "a", "v2.0.0")]),
            ["upgraded a 1.0.0 -> 2.0.0 in x/package-lock.json by lockfile+dependency-review"],
            "{path}"
        );
    }
    // Versions that stay are stated by nobody.
    let several = npm(&[("a", "1.0.0"), ("a", "3.0.0")], &[("a", "2.0.0"), ("a", "3.0.0")]);
    let path = "x/package-lock.json";
    assert_eq!(
        with_review(&several, &[(false, path, "a", "1.0.0"), (true, path, "a", "2.0.0")]),
        ["changed a 1.0.0,3.0.0 -> 2.0.0,3.0.0 in x/package-lock.json by lockfile+dependency-review"]
    );
}

#[test]
fn a_range_of_the_manifest_beside_the_lockfile_says_that_the_package_changed() {
    let (before, after) = BUMP;
    assert_eq!(
        with_review(
            &npm(before, after),
            &[(false, "x/package.json", "a", "^1.0.0"), (true, "x/package.json", "a", "^2.0.0")]
        ),
        ["upgraded a 1.0.0 -> 2.0.0 in x/package-lock.json by lockfile+dependency-review"]
    );
    // Not so in the lockfile itself, which has no ranges.
    assert_eq!(
        with_review(&npm(before, after), &[(true, "x/package-lock.json", "a", "^2.0.0")]),
        ["upgraded a 1.0.0 -> 2.0.0 in x/package-lock.json by lockfile; dependency-review r:  -> ^2.0.0"]
    );
}

#[test]
fn a_review_of_other_versions_is_a_disagreement_and_both_are_shown() {
    let (before, after) = BUMP;
    for path in ["x/package-lock.json", "x/package.json"] {
        assert_eq!(
            with_review(&npm(before, after), &[(false, path, "a", "1.0.0"), (true, path, "a", "2.0.1")]),
            ["upgraded a 1.0.0 -> 2.0.0 in x/package-lock.json by lockfile; dependency-review r: 1.0.0 -> 2.0.1"]
        );
    }
}

#[test]
fn what_a_lockfile_shows_unchanged_and_a_review_changed_is_an_item_with_the_lockfiles_versions() {
    let (before, after) = BUMP;
    let bump = "upgraded a 1.0.0 -> 2.0.0 in x/package-lock.json by lockfile";
    assert_eq!(
        with_review(
            &npm(before, after),
            &[(false, "x/package-lock.json", "b", "1.0.0"), (true, "x/package-lock.json", "b", "1.1.0")]
        ),
        [
            bump,
            "upgraded b 1.0.0 -> 1.1.0 in x/package-lock.json by dependency-review; lockfile x/package-lock.json: 1.0.0 -> 1.0.0"
        ]
    );
    // A package that it does not have.
    assert_eq!(
        with_review(&npm(before, after), &[(true, "x/package.json", "c", "1.0.0")]),
        [bump, "added c  -> 1.0.0 in x/package.json by dependency-review; lockfile x/package-lock.json:  -> "]
    );
    // Both say that it stayed.
    assert_eq!(
        with_review(
            &npm(before, after),
            &[(false, "x/package.json", "b", "1.0.0"), (true, "x/package.json", "b", "1.0.0")]
        ),
        [bump]
    );
}

#[test]
fn a_manifest_that_no_lockfile_stands_for_has_items_of_its_own() {
    let (before, after) = BUMP;
    let bump = "upgraded a 1.0.0 -> 2.0.0 in x/package-lock.json by lockfile";
    for path in ["package.json", "x/y/package.json", "xx/package.json"] {
        assert_eq!(
            with_review(&npm(before, after), &[(false, path, "a", "1.0.0"), (true, path, "a", "2.0.0")]),
            [format!("upgraded a 1.0.0 -> 2.0.0 in {path} by dependency-review"), bump.to_owned()]
                .into_iter()
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>(),
            "{path}"
        );
    }
    // The same directory, and another ecosystem.
    let stated = entries(&[(true, "x/Cargo.toml", "rust", "a", "2.0.0")]);
    let items = merged(&npm(before, after), &[review("r", &stated)], &[]).dependencies;
    assert_eq!(lines(&items)[0], "added a  -> 2.0.0 in x/Cargo.toml by dependency-review");
    assert_eq!(items[0].directness, Directness::Direct, "a Cargo.toml names what it asks for and nothing else");
}

#[test]
fn a_lockfile_says_nothing_of_its_neighbour() {
    let trees = trees(&[("requirements.txt", "a==1.0\n", "a==2.0\n")]);
    let stated = entries(&[
        (false, "requirements-dev.txt", "pip", "a", "1.0"),
        (true, "requirements-dev.txt", "pip", "a", "2.0"),
        (true, ".github/workflows/a.yml", "actions", "o/a", "4.*.*"),
    ]);
    assert_eq!(
        lines(&merged(&trees, &[review("r", &stated)], &[]).dependencies),
        [
            "upgraded a 1.0 -> 2.0 in requirements-dev.txt by dependency-review",
            "upgraded a 1.0 -> 2.0 in requirements.txt by lockfile",
            "added o/a  -> 4.*.* in .github/workflows/a.yml by dependency-review",
        ]
    );
}

#[test]
fn a_lockfile_that_could_not_be_read_is_not_repaired() {
    let broken = trees(&[("x/package-lock.json", &npm_lock(&[("a", "1.0.0", "")]), "{")]);
    let stated = entries(&[
        (false, "x/package-lock.json", "npm", "a", "1.0.0"),
        (true, "x/package-lock.json", "npm", "a", "2.0.0"),
    ]);
    let merged = merged(&broken, &[review("r", &stated)], &[]);
    assert_eq!(lines(&merged.dependencies), ["upgraded a 1.0.0 -> 2.0.0 in x/package-lock.json by dependency-review"]);
    let own = merged.sources.iter().find(|source| source.path.as_deref() == Some("x/package-lock.json")).unwrap();
    assert_eq!(own.completeness, Completeness::Failed);
}

#[test]
fn two_reviews_that_disagree_are_one_item() {
    let one = review("r1", &entries(&[(true, "pom.xml", "maven", "g:a", "1.0")]));
    let two = review("r2", &entries(&[(true, "pom.xml", "maven", "g:a", "1.1")]));
    assert_eq!(
        lines(&merged(&Trees::default(), &[two, one], &[]).dependencies),
        ["added g:a  -> 1.0 in pom.xml by dependency-review; dependency-review r2:  -> 1.1"]
    );
}

fn with_sbom(trees: &Trees, before: &[&str], after: &[&str]) -> Vec<String> {
    lines(&merged(trees, &[], &[pair("bom", before, after)]).dependencies)
}

#[test]
fn bills_of_materials_corroborate_disagree_or_say_nothing() {
    let (before, after) = BUMP;
    let trees = npm(before, after);
    let bump = "upgraded a 1.0.0 -> 2.0.0 in x/package-lock.json by lockfile";
    for (before, after, expected) in [
        (&["pkg:npm/a@1.0.0"][..], &["pkg:npm/a@2.0.0"][..], &["+sbom"][..]),
        // What stays besides may come from anywhere.
        (&["pkg:npm/a@1.0.0", "pkg:npm/a@0.1.0"], &["pkg:npm/a@2.0.0", "pkg:npm/a@0.1.0"], &["+sbom"]),
        (&["pkg:npm/b@1.0.0"], &["pkg:npm/b@1.0.0"], &[""]),
        (&["pkg:npm/a@1.0.0"], &["pkg:npm/a@1.0.0"], &["; sbom bom: 1.0.0 -> 1.0.0"]),
        (&["pkg:npm/a@1.0.0"], &["pkg:npm/a@3.0.0"], &["; sbom bom: 1.0.0 -> 3.0.0"]),
        (&["pkg:npm/a@1.0.0"], &[], &["; sbom bom: 1.0.0 -> "]),
    ] {
        let expected: Vec<String> = expected.iter().map(|rest| format!("{bump}{rest}")).collect();
        assert_eq!(with_sbom(&trees, before, after), expected, "{before:?} {after:?}");
    }
    assert_eq!(
        with_sbom(&trees, &["pkg:npm/b@1.0.0"], &["pkg:npm/b@1.1.0"]),
        [bump, "upgraded b 1.0.0 -> 1.1.0 in - by sbom; lockfile x/package-lock.json: 1.0.0 -> 1.0.0"]
    );
    assert_eq!(with_sbom(&trees, &[], &["pkg:gem/a@1"]), [bump, "added a  -> 1 in - by sbom"]);
}

#[test]
fn a_pair_that_tells_of_one_part_says_nothing_of_another() {
    let (one, two) = (cargo_lock(&[("a", "1.0.0")]), cargo_lock(&[("a", "2.0.0")]));
    let (three, four) = (cargo_lock(&[("a", "3.0.0")]), cargo_lock(&[("a", "4.0.0")]));
    let trees = trees(&[("p/Cargo.lock", &one, &two), ("q/Cargo.lock", &three, &four)]);
    let (p, q) = (
        "upgraded a 1.0.0 -> 2.0.0 in p/Cargo.lock by lockfile",
        "upgraded a 3.0.0 -> 4.0.0 in q/Cargo.lock by lockfile",
    );
    assert_eq!(with_sbom(&trees, &["pkg:cargo/a@1.0.0"], &["pkg:cargo/a@2.0.0"]), [format!("{p}+sbom"), q.to_owned()]);
    assert_eq!(
        with_sbom(&trees, &["pkg:cargo/a@1.0.0", "pkg:cargo/a@3.0.0"], &["pkg:cargo/a@2.0.0", "pkg:cargo/a@4.0.0"]),
        [format!("{p}+sbom"), format!("{q}+sbom")]
    );
}

#[test]
fn a_review_and_bills_of_materials_without_a_lockfile_are_one_item() {
    let reviews = [review(
        "r",
        &entries(&[(false, "go.sum", "go", "a.b/C", "v1.0.0"), (true, "go.sum", "go", "a.b/C", "v1.1.0")]),
    )];
    let sboms = [pair("bom", &["pkg:golang/a.b/c@v1.0.0"], &["pkg:golang/a.b/c@v1.1.0"])];
    assert_eq!(
        lines(&merged(&Trees::default(), &reviews, &sboms).dependencies),
        ["upgraded a.b/C v1.0.0 -> v1.1.0 in go.sum by dependency-review+sbom"]
    );
}

#[test]
fn what_a_lockfile_does_not_know_is_filled_in_and_what_it_knows_stays() {
    // npm's first format does not say what is direct where there is no manifest beside it.
    let lock = |version: &str| {
        format!(r#"{{"lockfileVersion": 1, "dependencies": {{"a": {{"version": "{version}", "dev": true}}}}}}"#)
    };
    let trees = trees(&[("package-lock.json", &lock("1.0.0"), &lock("2.0.0"))]);
    let stated = entries(&[(false, "package.json", "npm", "a", "1.0.0"), (true, "package.json", "npm", "a", "2.0.0")]);
    let stated = stated.replace("\"vulnerabilities\"", "\"scope\": \"runtime\", \"vulnerabilities\"");
    let items = merged(&trees, &[review("r", &stated)], &[]).dependencies;
    assert_eq!((items[0].scope, items[0].directness), (DependencyScope::Development, Directness::Direct));
}

#[test]
fn packages_are_looked_up_once_and_with_every_version_that_is_stated() {
    let (before, after) = BUMP;
    let trees = npm(before, after);
    let locked = Locked::of(&trees.inputs()).packages;
    let added = |reviews: &[(bool, &str, &str, &str, &str)], sboms: &[(&[&str], &[&str])]| -> Vec<PackageSides> {
        let sboms: Vec<_> = sboms.iter().map(|(before, after)| pair("bom", before, after)).collect();
        let packages = merged(&trees, &[review("r", &entries(reviews))], &sboms).packages;
        assert!(locked.iter().all(|sides| packages.contains(sides)));
        packages.into_iter().filter(|sides| !locked.contains(sides)).collect()
    };
    let row = |sides: &PackageSides| {
        format!("{} {:?} {:?} {:?}", sides.name, sides.manifest.as_deref(), sides.before, sides.after)
    };
    let rows = |packages: Vec<PackageSides>| packages.iter().map(row).collect::<Vec<_>>();
    let path = "x/package.json";
    assert!(added(&[(false, path, "npm", "a", "1.0.0"), (true, path, "npm", "a", "2.0.0")], &[]).is_empty());
    assert!(added(&[(true, path, "npm", "a", "^2.0.0")], &[]).is_empty(), "a range is no version to look up");
    assert!(added(&[], &[(&["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"], &["pkg:npm/a@2.0.0"])]).is_empty());
    assert_eq!(rows(added(&[(true, path, "npm", "a", "2.0.1")], &[])), [r#"a Some("x/package.json") [] ["2.0.1"]"#]);
    assert_eq!(
        rows(added(&[(true, "pom.xml", "maven", "g:a", "[1,2)")], &[])),
        [r#"g:a Some("pom.xml") [] ["[1,2)"]"#]
    );
    // Changed or not.
    assert_eq!(rows(added(&[], &[(&["pkg:npm/z@1.0.0"], &["pkg:npm/z@1.0.0"])])), [r#"z None ["1.0.0"] ["1.0.0"]"#]);
}
