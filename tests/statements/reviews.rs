//! GitHub's comparisons of dependencies: every real file, staleness, empty answers, advisories.

use tollgate::evidence::{Change, Completeness, EvidenceKind, Presence, Severity, Word as _};
use tollgate::normalize::dependencies::{Locked, Statements, merge};

use crate::{Trees, cargo_lock, entries, lines, merged, npm_lock, open, real_review, review, trees};

#[test]
fn every_real_file_gives_the_changes_that_it_states() {
    // By hand from the files: removed and added of one package in one manifest are one change, and the version is that of
    // `version` where `package_url` has another one.
    for (name, expected, problems) in [
        (
            "action-fixture-mixed.json",
            &[
                "added lodash  -> 4.17.20 in package.json by dependency-review",
                "added package-1  -> 1.1.1 in requirements.txt by dependency-review",
                "added actionsomething  -> 3.2.0 in Gemfile.lock by dependency-review",
                "added org.apache.logging.log4j:log4j-core  -> 2.15.0 in pom.xml by dependency-review",
            ][..],
            1,
        ),
        (
            "github-docs-example.json",
            &[
                "upgraded helmet 4.6.0 -> 5.0.0 in package.json by dependency-review",
                "added ruby-openid  -> 2.7.0 in Gemfile by dependency-review",
            ][..],
            0,
        ),
        (
            "openapi-schema-example.json",
            &["added @actions/core  -> 1.0.0 in path/to/package-lock.json by dependency-review"][..],
            1,
        ),
    ] {
        let Some(review) = real_review(name) else { return };
        let merged = merged(&Trees::default(), &[review], &[]);
        assert_eq!(lines(&merged.dependencies), expected, "{name}");
        let source = merged.sources.iter().find(|source| source.path.is_some()).unwrap();
        assert_eq!((source.completeness, source.problem_count), (Completeness::Complete, problems), "{source:?}");
    }
    let merged = merged(&Trees::default(), &[real_review("error-403-not-enabled.json").unwrap()], &[]);
    assert!(merged.dependencies.is_empty());
    let reasons = open(&merged.sources);
    assert!(reasons[0].contains("failed: is GitHub's error `Dependency review is not supported"), "{reasons:?}");
}

#[test]
fn vulnerabilities_are_advisories() {
    let Some(review) = real_review("action-fixture-mixed.json") else { return };
    let advisories = merged(&Trees::default(), &[review], &[]).advisories;
    let rows: Vec<_> = advisories
        .iter()
        .map(|it| (it.name.as_str(), it.id.as_str(), it.severity.unwrap(), it.presence, it.sources.join(",")))
        .collect();
    let source = "action-fixture-mixed.json".to_owned();
    let row = |name, id, severity| (name, id, severity, Presence::Introduced, source.clone());
    assert_eq!(
        rows,
        [
            row("lodash", "GHSA-29mw-wpgm-hmr9", Severity::Medium),
            row("lodash", "GHSA-35jh-r3h4-6jhm", Severity::High),
            row("package-1", "second-random_string", Severity::Medium),
            row("actionsomething", "second-random_string", Severity::Medium),
            row("actionsomething", "third-random_string", Severity::Low),
            row("org.apache.logging.log4j:log4j-core", "second-random_string", Severity::Critical),
        ]
    );
    assert_eq!(advisories[0].purl, "pkg:npm/lodash@4.17.20");
    assert_eq!(advisories[0].summary, "Regular Expression Denial of Service (ReDoS) in lodash");
}

fn vulnerable(added: bool, version: &str, manifest: &str, ids: &[&str]) -> String {
    let ids: Vec<String> = ids
        .iter()
        .map(|id| {
            format!(
                r#"{{"severity": "high", "advisory_ghsa_id": "{id}", "advisory_summary": "s", "advisory_url": "u"}}"#
            )
        })
        .collect();
    let kind = if added { "added" } else { "removed" };
    format!(
        r#"{{"change_type": "{kind}", "manifest": "{manifest}", "ecosystem": "npm", "name": "a", "version": "{version}", "vulnerabilities": [{}]}}"#,
        ids.join(",")
    )
}

#[test]
fn an_advisory_is_introduced_carried_over_or_fixed() {
    let text = format!(
        "[{},{}]",
        vulnerable(false, "1.0.0", "package-lock.json", &["old", "both"]),
        vulnerable(true, "2.0.0", "package-lock.json", &["both", "new"])
    );
    let trees = trees(&[("package-lock.json", &npm_lock(&[("a", "1.0.0", "")]), &npm_lock(&[("a", "2.0.0", "")]))]);
    let merged = merged(&trees, &[review("r", &text), review("again", &text)], &[]);
    let rows: Vec<String> = merged
        .advisories
        .iter()
        .map(|it| format!("{} {} {:?} {:?} {}", it.id, it.presence.as_str(), it.before, it.after, it.purl))
        .collect();
    assert_eq!(
        rows,
        [
            r#"old fixed ["1.0.0"] [] pkg:npm/a@1.0.0"#,
            r#"both carried-over ["1.0.0"] ["2.0.0"] pkg:npm/a@2.0.0"#,
            r#"new introduced [] ["2.0.0"] pkg:npm/a@2.0.0"#,
        ]
    );
    assert!(merged.advisories.iter().all(|it| it.sources == ["again", "r"]));
    assert!(merged.advisory_sources.iter().all(|it| it.kind == EvidenceKind::Advisories && it.items == 4));
}

#[test]
fn an_advisory_of_a_manifest_is_one_of_the_lockfile_beside_it_that_has_the_version() {
    let trees = trees(&[("x/package-lock.json", &npm_lock(&[("a", "1.0.0", "")]), &npm_lock(&[("a", "2.0.0", "")]))]);
    for (version, manifest, expected) in [
        ("2.0.0", "x/package.json", "x/package-lock.json"),
        ("^2.0.0", "x/package.json", "x/package.json"),
        ("2.0.0", "y/package.json", "y/package.json"),
    ] {
        let text = format!("[{}]", vulnerable(true, version, manifest, &["id"]));
        let advisories = merged(&trees, &[review("r", &text)], &[]).advisories;
        assert_eq!(advisories[0].manifest.as_deref(), Some(expected), "{version} {manifest}");
    }
}

#[test]
fn an_empty_answer_is_complete_only_where_lockfiles_show_that_nothing_changed() {
    let changed = trees(&[("Cargo.lock", &cargo_lock(&[("a", "1.0.0")]), &cargo_lock(&[("a", "2.0.0")]))]);
    let unread = trees(&[("Cargo.lock", "", "x")]);
    for (trees, expected) in
        [(Trees::default(), Completeness::Complete), (changed, Completeness::Failed), (unread, Completeness::Failed)]
    {
        for text in ["[]", "[[]]", "[][]"] {
            let merged = merged(&trees, &[review("r", text)], &[]);
            let source = merged.sources.iter().find(|source| source.path.as_deref() == Some("r")).unwrap();
            assert_eq!(source.completeness, expected, "{:?}", source.reason);
        }
    }
}

#[test]
fn files_of_another_commit_are_stale() {
    let change = Change {
        base: Some("b".repeat(40)),
        head: Some("a".repeat(40)),
        merge_base: Some("c".repeat(40)),
        ..Change::default()
    };
    let at = |commit: &str, text: &str| {
        let mut review = review("r", text);
        review.commit = Some(commit.to_owned());
        review
    };
    let text = entries(&[(true, "go.mod", "gomod", "a.b/c", "v1.0.0")]);
    for (commit, stale) in [("a", false), ("b", true), ("d", true)] {
        let reviews = [at(&commit.repeat(40), &text)];
        let statements = Statements { reviews: &reviews, sboms: &[] };
        let merged = merge(Locked::default(), &statements, &change);
        assert_eq!(open(&merged.sources).len(), usize::from(stale), "{commit}");
        assert_eq!(open(&merged.advisory_sources).len(), usize::from(stale), "{commit}");
    }
    // A pair is made for a base and the head.
    for (before, after, stale) in [("b", "a", 0), ("c", "a", 0), ("a", "a", 1), ("b", "b", 1), ("d", "d", 2)] {
        let mut pair = crate::pair("bom", &["pkg:npm/a@1.0.0"], &["pkg:npm/a@2.0.0"]);
        (pair.before.commit, pair.after.commit) = (Some(before.repeat(40)), Some(after.repeat(40)));
        let statements = Statements { reviews: &[], sboms: &[pair] };
        assert_eq!(open(&merge(Locked::default(), &statements, &change).sources).len(), stale, "{before} {after}");
    }
}
