//! Laws over generated lockfiles, reviews and bills of materials.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tollgate::collect::dependency_review::{self, DependencyReview};
use tollgate::collect::input::Report;
use tollgate::collect::sbom;
use tollgate::evidence::{Change, DependencyChange, DependencyOrigin};
use tollgate::normalize::dependencies::{Locked, Merged, SbomPair, Statements, merge};
use tollgate::normalize::licences::licences;

use crate::{Trees, cargo_lock, entries, npm_lock, pair, report, review, trees};

/// Versions of a few packages on two sides.
type Sides = BTreeMap<&'static str, (Vec<u8>, Vec<u8>)>;

fn sides() -> impl Strategy<Value = Sides> {
    let versions = || proptest::collection::btree_set(1..4u8, 0..3).prop_map(|set| set.into_iter().collect());
    proptest::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), (versions(), versions()), 0..4)
}

#[derive(Debug, Clone)]
struct Stated {
    trees: [Sides; 3],
    reviews: Vec<Vec<(bool, usize, &'static str, u8)>>,
    sboms: Vec<Sides>,
}

const LOCKFILES: [&str; 3] = ["package-lock.json", "x/package-lock.json", "Cargo.lock"];
const MANIFESTS: [(&str, &str); 5] = [
    ("package-lock.json", "npm"),
    ("package.json", "npm"),
    ("x/package.json", "npm"),
    ("y/package.json", "npm"),
    ("Cargo.toml", "rust"),
];

fn stated() -> impl Strategy<Value = Stated> {
    let name = prop::sample::select(vec!["a", "b", "c"]);
    let entry = (any::<bool>(), 0..MANIFESTS.len(), name, 1..4u8);
    let reviews = proptest::collection::vec(proptest::collection::vec(entry, 0..6), 0..3);
    ([sides(), sides(), sides()], reviews, proptest::collection::vec(sides(), 0..3))
        .prop_map(|(trees, reviews, sboms)| Stated { trees, reviews, sboms })
}

fn flat(sides: &Sides, after: bool) -> Vec<(&'static str, String)> {
    let of = |(before, now): &(Vec<u8>, Vec<u8>)| if after { now.clone() } else { before.clone() };
    sides.iter().flat_map(|(name, both)| of(both).into_iter().map(|it| (*name, format!("{it}.0.0")))).collect()
}

impl Stated {
    fn trees(&self) -> Trees {
        let lock = |index: usize, after: bool| {
            let packages = flat(&self.trees[index], after);
            if index == 2 {
                cargo_lock(&packages.iter().map(|(name, version)| (*name, version.as_str())).collect::<Vec<_>>())
            } else {
                npm_lock(&packages.iter().map(|(name, version)| (*name, version.as_str(), "MIT")).collect::<Vec<_>>())
            }
        };
        let files: Vec<(&str, String, String)> =
            (0..3).map(|index| (LOCKFILES[index], lock(index, false), lock(index, true))).collect();
        trees(&files.iter().map(|(path, before, after)| (*path, before.as_str(), after.as_str())).collect::<Vec<_>>())
    }

    fn reviews(&self) -> Vec<Report<DependencyReview>> {
        let one = |(index, rows): (usize, &Vec<(bool, usize, &'static str, u8)>)| {
            let versions: Vec<String> = rows.iter().map(|row| format!("{}.0.0", row.3)).collect();
            let rows: Vec<_> = rows
                .iter()
                .zip(&versions)
                .map(|((added, at, name, _), version)| {
                    (*added, MANIFESTS[*at].0, MANIFESTS[*at].1, *name, version.as_str())
                })
                .collect();
            review(&format!("r{index}"), &entries(&rows))
        };
        self.reviews.iter().enumerate().map(one).collect()
    }

    fn sboms(&self) -> Vec<SbomPair> {
        let one = |(index, sides): (usize, &Sides)| {
            let purls = |after| -> Vec<String> {
                flat(sides, after).iter().map(|(name, version)| format!("pkg:npm/{name}@{version}")).collect()
            };
            let (before, after) = (purls(false), purls(true));
            pair(
                &format!("bom{index}"),
                &before.iter().map(String::as_str).collect::<Vec<_>>(),
                &after.iter().map(String::as_str).collect::<Vec<_>>(),
            )
        };
        self.sboms.iter().enumerate().map(one).collect()
    }
}

fn merged(locked: &Locked, reviews: &[Report<DependencyReview>], sboms: &[SbomPair]) -> Merged {
    merge(locked.clone(), &Statements { reviews, sboms }, &Change::default())
}

proptest! {
    #[test]
    fn the_order_of_files_changes_nothing(stated in stated()) {
        let locked = Locked::of(&stated.trees().inputs());
        let (mut reviews, mut sboms) = (stated.reviews(), stated.sboms());
        let one = merged(&locked, &reviews, &sboms);
        reviews.reverse();
        sboms.reverse();
        let mut turned = locked.clone();
        turned.changes.reverse();
        turned.packages.reverse();
        turned.sources.reverse();
        prop_assert_eq!(one, merged(&turned, &reviews, &sboms));
    }

    #[test]
    fn what_is_given_twice_counts_once(stated in stated()) {
        let inputs = stated.trees().inputs();
        let locked = Locked::of(&inputs);
        let (reviews, sboms) = (stated.reviews(), stated.sboms());
        let once = merged(&locked, &reviews, &sboms);
        let twice_reviews = [reviews.clone(), reviews.clone()].concat();
        let twice_sboms = [sboms.clone(), sboms.clone()].concat();
        let mut twice = merged(&locked, &twice_reviews, &twice_sboms);
        twice.sources.dedup();
        twice.advisory_sources.dedup();
        let mut expected = once.clone();
        expected.sources.dedup();
        prop_assert_eq!(&twice, &expected);
        let change = Change::default();
        let of = |reviews: &[_], sboms: &[_], merged: &Merged| licences(&inputs, &Statements { reviews, sboms }, merged, &change).0;
        prop_assert_eq!(of(&twice_reviews, &twice_sboms, &twice), of(&reviews, &sboms, &once));
        // What was merged once is merged.
        let again = Locked { changes: once.dependencies.clone(), ..locked };
        let again = merged(&again, &reviews, &sboms);
        prop_assert_eq!(again.dependencies, once.dependencies);
        prop_assert_eq!(again.packages, once.packages);
    }

    #[test]
    fn no_change_of_a_lockfile_is_lost_or_altered(stated in stated()) {
        let locked = Locked::of(&stated.trees().inputs());
        let merged = merged(&locked, &stated.reviews(), &stated.sboms());
        let kept: Vec<_> =
            merged.dependencies.iter().filter(|it| it.stated_by.contains(&DependencyOrigin::Lockfile)).collect();
        prop_assert_eq!(kept.len(), locked.changes.len());
        for (kept, before) in kept.iter().zip(&locked.changes) {
            let bare = DependencyChange { stated_by: before.stated_by.clone(), disagreements: Vec::new(), directness: before.directness, scope: before.scope, ..(*kept).clone() };
            prop_assert_eq!(&bare, before);
        }
        for sides in &locked.packages {
            prop_assert!(merged.packages.iter().any(|it| it.name == sides.name && it.manifest == sides.manifest && sides.after.iter().all(|version| it.after.contains(version)) && sides.before.iter().all(|version| it.before.contains(version))));
        }
        let all: Vec<_> = merged.packages.iter().map(|it| (it.ecosystem, &it.name, &it.manifest)).collect();
        let mut unique = all.clone();
        unique.dedup();
        prop_assert_eq!(all, unique, "no package twice in one place");
        let all: Vec<_> = merged.dependencies.iter().map(|it| (it.ecosystem, &it.name, &it.manifest, it.stated_by.contains(&DependencyOrigin::Lockfile))).collect();
        let mut unique = all.clone();
        unique.dedup();
        prop_assert_eq!(all, unique, "no item twice in one place");
    }

    #[test]
    fn every_stated_change_is_an_item_or_a_disagreement(stated in stated()) {
        let locked = Locked::of(&stated.trees().inputs());
        let merged = merged(&locked, &stated.reviews(), &stated.sboms());
        let told = |name: &str, by: DependencyOrigin, before: &[String], after: &[String]| {
            merged.dependencies.iter().filter(|item| item.name == name).any(|item| {
                let same = before.iter().all(|it| item.before.contains(it)) && after.iter().all(|it| item.after.contains(it));
                let stated = item.stated_by.contains(&by);
                let other = item.disagreements.iter().any(|it| it.by == by && it.before == before && it.after == after);
                // An item that bills of materials corroborate may have fewer versions than they have.
                stated && (same || by == DependencyOrigin::Sbom) || other
            })
        };
        for rows in &stated.reviews {
            let mut groups: BTreeMap<(usize, &str), [Vec<String>; 2]> = BTreeMap::new();
            for (added, at, name, version) in rows {
                groups.entry((*at, name)).or_default()[usize::from(*added)].push(format!("{version}.0.0"));
            }
            for ((at, name), [mut before, mut after]) in groups {
                for side in [&mut before, &mut after] {
                    side.sort();
                    side.dedup();
                }
                if before != after {
                    let stayed: Vec<String> = before.iter().filter(|it| after.contains(it)).cloned().collect();
                    let fine = told(name, DependencyOrigin::DependencyReview, &before, &after);
                    prop_assert!(fine, "{} {name} {before:?} {after:?} {stayed:?}: {:?}", MANIFESTS[at].0, crate::lines(&merged.dependencies));
                }
            }
        }
        for sides in &stated.sboms {
            for (name, (before, after)) in sides.iter().filter(|(_, (before, after))| before != after) {
                let list = |side: &Vec<u8>| side.iter().map(|it| format!("{it}.0.0")).collect::<Vec<_>>();
                let fine = told(name, DependencyOrigin::Sbom, &list(before), &list(after));
                prop_assert!(fine, "{name} {before:?} {after:?}: {:?}", crate::lines(&merged.dependencies));
            }
        }
        for item in &merged.dependencies {
            prop_assert!(!item.stated_by.is_empty());
        }
    }

    #[test]
    fn every_changed_version_has_a_licence_or_says_that_it_has_none(stated in stated()) {
        let inputs = stated.trees().inputs();
        let (reviews, sboms) = (stated.reviews(), stated.sboms());
        let merged = merged(&Locked::of(&inputs), &reviews, &sboms);
        let statements = Statements { reviews: &reviews, sboms: &sboms };
        let (licences, sources) = licences(&inputs, &statements, &merged, &Change::default());
        for item in &merged.dependencies {
            for version in item.after.iter().filter(|version| !item.before.contains(version)) {
                prop_assert!(licences.iter().any(|it| it.name == item.name && &it.version == version && it.manifest == item.manifest));
            }
        }
        let silent = licences.iter().any(|it| it.by.is_none());
        let missing = sources.iter().any(|it| it.completeness == tollgate::evidence::Completeness::Missing);
        prop_assert_eq!(silent, missing);
    }

    #[test]
    fn bytes_never_panic(text in "([\\[\\]{}:,\" a1é]|\"change_type\": |\"added\"|\"bomFormat\": \"CycloneDX\"|\"specVersion\": \"1.5\"|\"spdxVersion\": \"SPDX-2.3\"|\"components\": |\"purl\": |\"pkg:npm/@|%zz|@1){0,40}") {
        let _ = dependency_review::parse(text.as_bytes());
        let _ = sbom::parse(text.as_bytes());
    }

    #[test]
    fn texts_in_documents_never_panic(text in "([a-z0-9@/:?#%&=+.é ~<>()-]|pkg:|npm/|golang/|vcs_url=|MIT|GPL-2.0| OR | AND | WITH |LicenseRef-){0,16}") {
        let text = serde_json::to_string(&text).unwrap();
        let document = format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{{"name": {text}, "version": {text}, "purl": {text}, "licenses": [{{"expression": {text}}}]}}, {{"name": "a", "purl": "pkg:cargo/a@1.0.0", "licenses": [{{"expression": {text}}}]}}]}}"#);
        let of = |text: &str| report("bom", text.as_bytes(), sbom::parse);
        let sboms = [SbomPair { before: of(r#"{"bomFormat": "CycloneDX", "specVersion": "1.5"}"#), after: of(&document) }];
        let change = format!(r#"[{{"change_type": "added", "manifest": {text}, "ecosystem": "npm", "name": {text}, "version": {text}, "package_url": {text}, "license": {text}}}]"#);
        let reviews = [review("r", &change)];
        let merged = merged(&Locked::default(), &reviews, &sboms);
        let statements = Statements { reviews: &reviews, sboms: &sboms };
        for licence in licences(&Trees::default().inputs(), &statements, &merged, &Change::default()).0 {
            if let Some(expression) = licence.expression {
                prop_assert!(spdx::Expression::parse(&expression).is_ok() || expression.contains('+'), "{expression}");
            }
        }
    }
}
