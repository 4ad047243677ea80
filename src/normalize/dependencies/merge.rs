//! Lockfiles, dependency reviews and bills of materials as one list of changed packages.
//!
//! Lockfiles come first: what one of them shows is an item as it is, whatever others say. What others state of the same
//! package either corroborates it or is a [`Disagreement`] on it. What no lockfile shows is an item of its own. So every
//! stated change is an item or a disagreement, and no item of a lockfile is lost or changed in its versions.
//!
//! - A review speaks of one manifest. That is the lockfile of this path, else those of the same ecosystem in the same
//!   directory ([`Ground::homes`]). A manifest that is no lockfile states ranges where it has no exact versions; a range says
//!   that the package changed, not to what, so it is compared with nothing.
//! - Of a package that a lockfile which was read shows unchanged, what a review or bills of materials state is an item with
//!   the lockfile's versions as a disagreement.
//! - Bills of materials have no manifest. A pair is compared by ecosystem and name with all lockfiles together, then with each
//!   alone, because it may tell of a part of the repository. What it does not have it does not speak of.
//! - Nothing is repaired: a manifest that could not be read stays a source that has failed.

use std::collections::BTreeMap;

use super::ground::{Ground, is_covered, is_range, key, review_agrees, same, sbom_agrees};
use super::statements::{Locked, Stated, Statements};
use super::{PackageSides, incomparable, movement, purl, vulnerabilities};
use crate::collect::lockfiles;
use crate::evidence::{
    Advisory, Change, DependencyChange, DependencyOrigin, DependencyScope, Directness, Disagreement, Ecosystem, Jump,
    Source,
};
use crate::versions;

/// All that is stated of dependencies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merged {
    /// Changed packages.
    pub dependencies: Vec<DependencyChange>,
    /// All packages, changed or not, with all versions that any source states: what is looked up in databases.
    pub packages: Vec<PackageSides>,
    /// Sources of `dependencies`: those of lockfiles as they were, and one for each other file.
    pub sources: Vec<Source>,
    /// Advisories that dependency reviews state, each once in each manifest.
    pub advisories: Vec<Advisory>,
    /// Sources of `advisories`: one for each dependency review.
    pub advisory_sources: Vec<Source>,
}

/// Merges what lockfiles say with what others state; everything in its canonical order, whatever the order of the files.
#[must_use]
pub fn merge(locked: Locked, statements: &Statements<'_>, change: &Change) -> Merged {
    let ground = Ground::of(&locked);
    let (reviews, sboms) = (statements.of_reviews(), statements.of_sboms());
    let mut sources = statements.sources(&locked, change);
    let mut packages = Packages::of(locked.packages);
    let mut merging = Merging::new(&ground, locked.changes);
    for stated in &reviews {
        merging.review(stated);
        packages.review(stated, &ground);
    }
    for stated in sboms.iter().filter(|stated| stated.changes()) {
        merging.own_of_sbom(stated);
    }
    for stated in &sboms {
        merging.sbom(stated);
        packages.sbom(stated, &ground);
    }
    let mut dependencies = merging.items;
    for item in &mut dependencies {
        item.stated_by.sort();
        item.stated_by.dedup();
        item.disagreements.sort();
        item.disagreements.dedup();
    }
    dependencies.sort();
    sources.extend(locked.sources);
    sources.sort();
    let (advisories, advisory_sources) = vulnerabilities::advisories(statements, &ground, change);
    Merged { dependencies, packages: packages.finish(), sources, advisories, advisory_sources }
}

struct Merging<'g> {
    ground: &'g Ground,
    items: Vec<DependencyChange>,
    /// Numbers of items, by what names are compared by.
    by_name: BTreeMap<(Ecosystem, String), Vec<usize>>,
}

/// What one lockfile makes of a statement.
enum Answer {
    /// It shows the same change.
    Corroborated(usize),
    /// It shows another change.
    Contradicted(usize),
    /// It shows no change, and none is stated.
    Nothing,
    /// It shows no change.
    Unchanged(PackageSides),
}

impl<'g> Merging<'g> {
    fn new(ground: &'g Ground, items: Vec<DependencyChange>) -> Self {
        let mut merging = Self { ground, items: Vec::with_capacity(items.len()), by_name: BTreeMap::new() };
        for item in items {
            merging.push(item);
        }
        merging
    }

    fn push(&mut self, item: DependencyChange) {
        let name = (item.ecosystem, key(item.ecosystem, &item.name));
        self.by_name.entry(name).or_default().push(self.items.len());
        self.items.push(item);
    }

    /// Items of a package, by number.
    fn named(&self, stated: &Stated) -> impl Iterator<Item = (usize, &DependencyChange)> {
        let numbers = self.by_name.get(&(stated.ecosystem, key(stated.ecosystem, &stated.name)));
        numbers.into_iter().flatten().filter_map(|index| self.items.get(*index).map(|item| (*index, item)))
    }

    fn review(&mut self, stated: &Stated) {
        let homes = self.ground.homes(stated.manifest.as_deref(), stated.ecosystem);
        let answers: Vec<Answer> = homes.iter().map(|home| self.answer(stated, home)).collect();
        let corroborated = |answer: &Answer| if let Answer::Corroborated(index) = answer { Some(*index) } else { None };
        let contradicted = |answer: &Answer| if let Answer::Contradicted(index) = answer { Some(*index) } else { None };
        let agreeing: Vec<usize> = answers.iter().filter_map(corroborated).collect();
        let contrary: Vec<usize> = answers.iter().filter_map(contradicted).collect();
        if !agreeing.is_empty() {
            for index in agreeing {
                self.corroborate(index, stated);
            }
        } else if answers.iter().any(|answer| matches!(answer, Answer::Nothing)) {
            // Both say that nothing changed.
        } else if !contrary.is_empty() {
            for index in contrary {
                self.contradict(index, stated);
            }
        } else {
            let shown = answers.into_iter().filter_map(|answer| match answer {
                Answer::Unchanged(sides) => Some(of_lockfile(&sides)),
                _ => None,
            });
            self.own(stated, shown.collect());
        }
    }

    fn answer(&self, stated: &Stated, home: &str) -> Answer {
        let sides = self.ground.sides_in(home, stated.ecosystem, &stated.name);
        let of_home = |item: &DependencyChange| {
            is_of_lockfile(item) && item.manifest.as_deref() == Some(home) && item.name == sides.name
        };
        let item = self.named(stated).find(|(_, item)| of_home(item)).map(|(index, _)| index);
        let beside = stated.manifest.as_deref() != Some(home);
        let ranged = beside && stated.before.iter().chain(&stated.after).any(|version| is_range(version));
        match item {
            Some(index) if ranged || review_agrees(stated, &sides) => Answer::Corroborated(index),
            Some(index) => Answer::Contradicted(index),
            None if review_agrees(stated, &sides) => Answer::Nothing,
            None => Answer::Unchanged(sides),
        }
    }

    /// Items that bills of materials can speak of, by number: those of lockfiles, and others.
    fn candidates(&self, stated: &Stated) -> (Vec<usize>, Vec<usize>) {
        let exact = self.named(stated).any(|(_, item)| item.name == stated.name);
        let meant = self.named(stated).filter(|(_, item)| !exact || item.name == stated.name);
        let (locked, others): (Vec<_>, Vec<_>) = meant.partition(|(_, item)| is_of_lockfile(item));
        let numbers = |items: Vec<(usize, &DependencyChange)>| items.into_iter().map(|(index, _)| index).collect();
        (numbers(locked), numbers(others))
    }

    /// An item of its own for what no other source shows to have changed.
    fn own_of_sbom(&mut self, stated: &Stated) {
        let (locked, others) = self.candidates(stated);
        if locked.is_empty() && others.is_empty() {
            let shown = self.ground.sides(stated.ecosystem, &stated.name).into_iter().map(of_lockfile).collect();
            self.own(stated, shown);
        }
    }

    fn sbom(&mut self, stated: &Stated) {
        let (locked, others) = self.candidates(stated);
        let sides = self.ground.sides(stated.ecosystem, &stated.name);
        let all = |of: fn(&PackageSides) -> &Vec<String>| -> Vec<String> {
            sides.iter().flat_map(|sides| of(sides)).cloned().collect()
        };
        let together =
            !sides.is_empty() && sbom_agrees(stated, &all(|sides| &sides.before), &all(|sides| &sides.after));
        let agrees = |item: &DependencyChange| sbom_agrees(stated, &item.before, &item.after);
        let explained: Vec<usize> =
            locked.iter().copied().filter(|index| together || self.items.get(*index).is_some_and(agrees)).collect();
        let contrary = if explained.is_empty() { locked } else { Vec::new() };
        let (same, other): (Vec<usize>, Vec<usize>) =
            others.into_iter().partition(|index| self.items.get(*index).is_some_and(agrees));
        for index in explained.into_iter().chain(same) {
            if stated.changes() {
                self.corroborate(index, stated);
            }
        }
        for index in contrary.into_iter().chain(other) {
            self.contradict(index, stated);
        }
    }

    fn corroborate(&mut self, index: usize, stated: &Stated) {
        let Some(item) = self.items.get_mut(index) else { return };
        item.stated_by.push(stated.by);
        fill(item, stated, self.ground);
    }

    fn contradict(&mut self, index: usize, stated: &Stated) {
        let Some(item) = self.items.get_mut(index) else { return };
        item.disagreements.push(Disagreement {
            by: stated.by,
            source: stated.source.clone(),
            before: stated.before.clone(),
            after: stated.after.clone(),
        });
    }

    /// An item of its own; where another file states the same package in the same place, one item for both.
    fn own(&mut self, stated: &Stated, shown: Vec<Disagreement>) {
        let same_place = |item: &DependencyChange| !is_of_lockfile(item) && item.manifest == stated.manifest;
        let known = self.named(stated).find(|(_, item)| same_place(item)).map(|(index, _)| index);
        let Some(index) = known else {
            return self.push(item(stated, shown, self.ground));
        };
        let agrees = self.items.get(index).is_some_and(|item| {
            same(item.ecosystem, &item.before, &stated.before) && same(item.ecosystem, &item.after, &stated.after)
        });
        if agrees {
            self.corroborate(index, stated);
        } else {
            self.contradict(index, stated);
        }
        if let Some(item) = self.items.get_mut(index) {
            item.disagreements.extend(shown);
        }
    }
}

fn is_of_lockfile(item: &DependencyChange) -> bool {
    item.stated_by.contains(&DependencyOrigin::Lockfile)
}

/// What a lockfile has of a package that it shows unchanged.
fn of_lockfile(sides: &PackageSides) -> Disagreement {
    Disagreement {
        by: DependencyOrigin::Lockfile,
        source: sides.manifest.clone().unwrap_or_default(),
        before: sides.before.clone(),
        after: sides.after.clone(),
    }
}

fn item(stated: &Stated, shown: Vec<Disagreement>, ground: &Ground) -> DependencyChange {
    let ecosystem = stated.ecosystem;
    let (change, mut jump) = movement(ecosystem, stated.before.last(), stated.after.last());
    if jump.is_some() && incomparable(ecosystem, &stated.before, &stated.after) {
        jump = Some(Jump::Unknown);
    }
    let version = stated.after.last().or(stated.before.last()).map(String::as_str);
    let mut item = DependencyChange {
        manifest: stated.manifest.clone(),
        change,
        jump,
        before: stated.before.clone(),
        after: stated.after.clone(),
        stated_by: vec![stated.by],
        disagreements: shown,
        ..DependencyChange::at(ecosystem, stated.name.clone(), purl(ecosystem, &stated.name, version))
    };
    fill(&mut item, stated, ground);
    item
}

/// Tells an item what it does not know yet. What a manifest that is no lockfile names is direct: it names nothing else.
fn fill(item: &mut DependencyChange, stated: &Stated, ground: &Ground) {
    if item.scope == DependencyScope::Unknown {
        item.scope = stated.scope;
    }
    if item.directness == Directness::Unknown {
        let named = |path: &str| !ground.is_read(path) && is_manifest(path);
        item.directness =
            if stated.manifest.as_deref().is_some_and(named) { Directness::Direct } else { stated.directness };
    }
}

/// Manifests that list what they ask for and nothing that this brings in.
fn is_manifest(path: &str) -> bool {
    const NAMES: [&str; 6] = ["package.json", "Cargo.toml", "Gemfile", "composer.json", "pyproject.toml", "pom.xml"];
    lockfiles::format_of(path).is_none() && NAMES.contains(&path.rsplit('/').next().unwrap_or_default())
}

/// What is looked up, each package once in each manifest.
struct Packages(BTreeMap<(Ecosystem, String, Option<String>), [Vec<String>; 2]>);

impl Packages {
    fn of(packages: Vec<PackageSides>) -> Self {
        let mut all = Self(BTreeMap::new());
        for package in packages {
            all.add((package.ecosystem, package.name, package.manifest), package.before, package.after);
        }
        all
    }

    fn add(
        &mut self,
        key: (Ecosystem, String, Option<String>),
        before: impl IntoIterator<Item = String>,
        after: impl IntoIterator<Item = String>,
    ) {
        let [known_before, known_after] = self.0.entry(key).or_default();
        known_before.extend(before);
        known_after.extend(after);
    }

    /// A range beside a lockfile that was read names no version, and the lockfile does.
    fn review(&mut self, stated: &Stated, ground: &Ground) {
        let homes = ground.homes(stated.manifest.as_deref(), stated.ecosystem);
        let mut stated = stated.clone();
        if !homes.is_empty() {
            for side in [&mut stated.before, &mut stated.after] {
                side.retain(|version| !is_range(version));
            }
        }
        let sides: Vec<PackageSides> =
            homes.iter().map(|home| ground.sides_in(home, stated.ecosystem, &stated.name)).collect();
        let all: Vec<&PackageSides> = sides.iter().collect();
        if !is_covered(&stated, &all) {
            let name = sides.first().map_or(stated.name, |sides| sides.name.clone());
            self.add((stated.ecosystem, name, stated.manifest), stated.before, stated.after);
        }
    }

    fn sbom(&mut self, stated: &Stated, ground: &Ground) {
        let sides = ground.sides(stated.ecosystem, &stated.name);
        if !is_covered(stated, &sides) {
            let name = sides.first().map_or(&stated.name, |sides| &sides.name).clone();
            self.add((stated.ecosystem, name, None), stated.before.clone(), stated.after.clone());
        }
    }

    fn finish(self) -> Vec<PackageSides> {
        let sides = self.0.into_iter().map(|((ecosystem, name, manifest), [mut before, mut after])| {
            for side in [&mut before, &mut after] {
                versions::sort(ecosystem, side);
                side.dedup();
            }
            PackageSides { ecosystem, name, manifest, before, after }
        });
        let mut sides: Vec<PackageSides> = sides.collect();
        sides.sort();
        sides
    }
}
