//! What dependency reviews and pairs of bills of materials state, brought to one shape, and how complete each file is.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::key;
use super::{PackageSides, dependencies, packages};
use crate::collect::dependency_review::DependencyReview;
use crate::collect::forge::Problems;
use crate::collect::input::Report;
use crate::collect::lockfiles::LockfileInputs;
use crate::collect::sbom::{Sbom, contradict};
use crate::evidence::{
    Change, Completeness, DependencyChange, DependencyOrigin, DependencyScope, Directness, Ecosystem, EvidenceKind,
    Source,
};
use crate::normalize::freshness;
use crate::versions;

/// What the lockfiles of a change say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Locked {
    /// Their changed packages.
    pub changes: Vec<DependencyChange>,
    /// All their packages.
    pub packages: Vec<PackageSides>,
    /// One source of `dependencies` for each, and for each manifest that nothing resolves.
    pub sources: Vec<Source>,
}

impl Locked {
    /// All that lockfiles and manifests say.
    #[must_use]
    pub fn of(inputs: &LockfileInputs) -> Self {
        let (changes, sources) = dependencies(inputs);
        Self { changes, packages: packages(inputs), sources }
    }

    /// What a document says of dependencies; of packages that did not change it says nothing.
    #[must_use]
    pub fn stated(changes: &[DependencyChange], sources: &[Source]) -> Self {
        let package = |change: &DependencyChange| PackageSides {
            ecosystem: change.ecosystem,
            name: change.name.clone(),
            manifest: change.manifest.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        };
        let mut packages: Vec<PackageSides> = changes.iter().map(package).collect();
        packages.sort();
        packages.dedup();
        let sources = sources.iter().filter(|source| source.kind == EvidenceKind::Dependencies);
        Self { changes: changes.to_vec(), packages, sources: sources.cloned().collect() }
    }
}

/// Two bills of materials of one thing.
#[derive(Debug, Clone)]
pub struct SbomPair {
    /// Before the change; made for a base.
    pub before: Report<Sbom>,
    /// After the change; made for the head.
    pub after: Report<Sbom>,
}

/// What others than lockfiles state. The order of files means nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Statements<'a> {
    /// GitHub's comparisons of dependencies.
    pub reviews: &'a [Report<DependencyReview>],
    /// Pairs of bills of materials.
    pub sboms: &'a [SbomPair],
}

/// What one source states of one package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stated {
    pub(super) ecosystem: Ecosystem,
    pub(super) name: String,
    pub(super) manifest: Option<String>,
    /// Of a review, versions that went; of bills of materials, all versions before.
    pub(super) before: Vec<String>,
    /// Of a review, versions that came; of bills of materials, all versions after.
    pub(super) after: Vec<String>,
    /// Whether a version that is on both sides has another content.
    pub(super) content: bool,
    pub(super) scope: DependencyScope,
    pub(super) directness: Directness,
    pub(super) by: DependencyOrigin,
    pub(super) source: String,
}

impl Stated {
    pub(super) fn changes(&self) -> bool {
        self.content || self.before != self.after
    }
}

impl Statements<'_> {
    /// What all reviews state, in canonical order.
    pub(super) fn of_reviews(&self) -> Vec<Stated> {
        let mut stated: Vec<Stated> = self.reviews.iter().flat_map(of_review).collect();
        stated.sort();
        stated.dedup();
        stated
    }

    /// What all pairs of bills of materials state, in canonical order.
    pub(super) fn of_sboms(&self) -> Vec<Stated> {
        let mut stated: Vec<Stated> = self.sboms.iter().flat_map(of_pair).collect();
        stated.sort();
        stated.dedup();
        stated
    }

    /// One source of `dependencies` for each file.
    pub(super) fn sources(&self, locked: &Locked, change: &Change) -> Vec<Source> {
        let reviews = self.reviews.iter().map(|report| {
            let mut source = review_source(report, EvidenceKind::Dependencies, change);
            if let (Ok(review), Some(why)) = (&report.outcome, shown_otherwise(locked))
                && review.changes.is_empty()
            {
                source.worsen(Completeness::Failed, why);
            }
            source
        });
        let known: BTreeSet<_> = locked.packages.iter().map(|it| (it.ecosystem, key(it.ecosystem, &it.name))).collect();
        let sboms = self.sboms.iter().flat_map(|pair| {
            let [before, mut after] = pair_sources(pair, EvidenceKind::Dependencies, change);
            untold(&mut after, pair, &known);
            [before, after]
        });
        reviews.chain(sboms).collect()
    }
}

/// Why a review without any entry is no proof that nothing changed; `None` where lockfiles show the same. GitHub does not
/// look at images, and not at what a version that stays is made of.
fn shown_otherwise(locked: &Locked) -> Option<String> {
    const WHY: &str = "GitHub says in a header of its answer alone whether its data are incomplete";
    let seen = |change: &&DependencyChange| change.ecosystem != Ecosystem::Docker && change.before != change.after;
    let count = locked.changes.iter().filter(seen).count();
    if count > 0 {
        let packages = if count == 1 { "a changed package" } else { "changed packages" };
        let number = if count == 1 { String::new() } else { format!("{count} ") };
        return Some(format!("states no change, though lockfiles show {number}{packages}; {WHY}"));
    }
    let open = locked.sources.iter().any(|source| source.completeness != Completeness::Complete);
    open.then(|| format!("states no change, and no lockfile shows that there is none; {WHY}"))
}

/// The source of one review, whatever kind it tells of.
pub(crate) fn review_source(report: &Report<DependencyReview>, kind: EvidenceKind, change: &Change) -> Source {
    let mut source = freshness::source(report, kind, change);
    source.tool = report.outcome.is_ok().then(|| "GitHub".to_owned());
    if let Ok(review) = &report.outcome {
        source.items = review.changes.len() as u64;
        tell(&mut source, &review.problems);
        if let Some(first) = review.problems.kept.first() {
            let reason = format!("an entry could not be taken as it stands: `{}`: {}", first.at, first.message);
            source.worsen(Completeness::Failed, reason);
        }
        tell(&mut source, &review.notes);
        if let Some(why) = &review.incomplete {
            source.worsen(Completeness::Truncated, why.clone());
        }
    }
    source
}

fn tell(source: &mut Source, problems: &Problems) {
    for problem in &problems.kept {
        source.problem(problem.at.clone(), problem.message.clone());
    }
    source.problem_count += problems.count.saturating_sub(problems.kept.len() as u64);
}

/// The sources of a pair, whatever kind it tells of.
pub(crate) fn pair_sources(pair: &SbomPair, kind: EvidenceKind, change: &Change) -> [Source; 2] {
    let mut sources = [pair.before.source(kind), freshness::source(&pair.after, kind, change)];
    let [before, after] = &mut sources;
    if let Some(reason) = other_base(pair.before.commit.as_deref(), change) {
        before.worsen(Completeness::Stale, reason);
    }
    for (source, report) in [(&mut *before, &pair.before), (&mut *after, &pair.after)] {
        if let Ok(sbom) = &report.outcome {
            source.items = sbom.packages.len() as u64;
            source.set_aside = sbom.set_aside;
            (source.tool, source.tool_version) =
                sbom.tool.clone().map_or((None, None), |(name, version)| (Some(name), version));
            tell(source, &sbom.notes);
            if let Some(why) = &sbom.incomplete {
                source.worsen(Completeness::Truncated, why.clone());
            }
        }
    }
    if let (Ok(old), Ok(new)) = (&pair.before.outcome, &pair.after.outcome) {
        unmatched(before, old, new, "after");
        unmatched(after, new, old, "before");
    }
    sources
}

/// Notes packages of which neither the documents nor any lockfile tells the version.
fn untold(source: &mut Source, pair: &SbomPair, known: &BTreeSet<(Ecosystem, String)>) {
    let documents = [&pair.before, &pair.after].into_iter().flat_map(|report| &report.outcome);
    let packages: BTreeSet<_> = documents.flat_map(|sbom| &sbom.versionless).collect();
    let untold: Vec<_> =
        packages.into_iter().filter(|(kind, name)| !known.contains(&(*kind, key(*kind, name)))).collect();
    for (_, name) in &untold {
        source.problem("", format!("{} has no version", freshness::words(name)));
    }
    if let Some((_, name)) = untold.first() {
        let count = untold.len();
        let packages = if count == 1 { "a package" } else { "packages" };
        let reason = format!(
            "lists {packages} without a version, {count} in all: whether {} changed can't be told",
            freshness::words(name)
        );
        source.worsen(Completeness::Truncated, reason);
    }
}

/// Notes what one document lists, the other does not, and nothing can be told of.
fn unmatched(source: &mut Source, own: &Sbom, other: &Sbom, side: &str) {
    let alone: Vec<_> = own.unmatched.iter().filter(|(text, _)| !other.unmatched.contains_key(*text)).collect();
    source.set_aside += (own.unmatched.len() - alone.len()) as u64;
    for (text, why) in &alone {
        source.problem("", format!("{} {why}, and is not there {side} the change", freshness::words(text)));
    }
    if let Some((text, why)) = alone.first() {
        let count = alone.len();
        let entries = if count == 1 { "lists an entry" } else { "lists entries" };
        let reason = format!("{entries} that can't be compared, {count} in all: {} {why}", freshness::words(text));
        source.worsen(Completeness::Truncated, reason);
    }
}

/// Why the commit that a document of the side before is said to be made for is no base of the change.
fn other_base(stated: Option<&str>, change: &Change) -> Option<String> {
    let stated = stated?;
    let mut bases = [&change.base, &change.merge_base].into_iter().flatten().peekable();
    bases.peek()?;
    let base = bases.clone().next().map(String::as_str).unwrap_or_default();
    let names = bases.any(|base| freshness::names_base(stated, base, change));
    (!names).then(|| format!("was made for commit {}, expected base `{base}`", freshness::words(stated)))
}

fn of_review(report: &Report<DependencyReview>) -> Vec<Stated> {
    let Ok(review) = &report.outcome else { return Vec::new() };
    let mut stated: BTreeMap<(Ecosystem, &str, Option<&str>), Stated> = BTreeMap::new();
    for change in &review.changes {
        let key = (change.ecosystem, change.name.as_str(), change.manifest.as_deref());
        let entry = stated.entry(key).or_insert_with(|| Stated {
            ecosystem: change.ecosystem,
            name: change.name.clone(),
            manifest: change.manifest.clone(),
            before: Vec::new(),
            after: Vec::new(),
            content: false,
            scope: DependencyScope::Unknown,
            directness: Directness::Unknown,
            by: DependencyOrigin::DependencyReview,
            source: report.path.clone(),
        });
        let side = if change.added { &mut entry.after } else { &mut entry.before };
        side.push(change.version.clone());
        // What is there now decides, as with lockfiles.
        if change.added || entry.after.is_empty() {
            entry.scope = scope(entry.scope, change.scope);
        }
    }
    stated.into_values().map(Stated::ordered).collect()
}

/// Runtime where either is; else what is known.
fn scope(left: DependencyScope, right: DependencyScope) -> DependencyScope {
    match (left, right) {
        (DependencyScope::Unknown, known) | (known, DependencyScope::Unknown) => known,
        (DependencyScope::Development, DependencyScope::Development) => DependencyScope::Development,
        _ => DependencyScope::Runtime,
    }
}

/// Every package of a pair, changed or not.
fn of_pair(pair: &SbomPair) -> Vec<Stated> {
    let (Ok(before), Ok(after)) = (&pair.before.outcome, &pair.after.outcome) else { return Vec::new() };
    let mut stated: BTreeMap<(Ecosystem, &str), Stated> = BTreeMap::new();
    let mut facts: BTreeMap<(Ecosystem, &str, bool), (DependencyScope, Directness)> = BTreeMap::new();
    for (sbom, is_after) in [(before, false), (after, true)] {
        for package in &sbom.packages {
            let key = (package.ecosystem, package.name.as_str());
            let entry = stated.entry(key).or_insert_with(|| Stated {
                ecosystem: package.ecosystem,
                name: package.name.clone(),
                manifest: None,
                before: Vec::new(),
                after: Vec::new(),
                content: false,
                scope: DependencyScope::Unknown,
                directness: Directness::Unknown,
                by: DependencyOrigin::Sbom,
                source: pair.after.path.clone(),
            });
            let side = if is_after { &mut entry.after } else { &mut entry.before };
            side.push(package.version.clone());
            let fact = (package.scope, package.directness);
            let known = facts.entry((key.0, key.1, is_after)).or_insert(fact);
            *known = (
                crate::collect::sbom::stronger_scope(known.0, fact.0),
                crate::collect::sbom::stronger_directness(known.1, fact.1),
            );
        }
    }
    for key in other_contents(before, after) {
        if let Some(entry) = stated.get_mut(&key) {
            entry.content = true;
        }
    }
    for ((ecosystem, name), entry) in &mut stated {
        let fact = facts.get(&(*ecosystem, *name, true)).or_else(|| facts.get(&(*ecosystem, *name, false)));
        (entry.scope, entry.directness) = fact.copied().unwrap_or((entry.scope, entry.directness));
    }
    stated.into_values().map(Stated::ordered).collect()
}

/// Packages of which one package URL has other hashes than before.
fn other_contents<'s>(before: &'s Sbom, after: &'s Sbom) -> BTreeSet<(Ecosystem, &'s str)> {
    let old: BTreeMap<(&str, &str), &[String]> =
        before.packages.iter().map(|it| ((it.purl.as_str(), it.version.as_str()), it.hashes.as_slice())).collect();
    let other = |package: &&crate::collect::sbom::SbomPackage| {
        let known = old.get(&(package.purl.as_str(), package.version.as_str()));
        known.is_some_and(|hashes| contradict(hashes, &package.hashes))
    };
    after.packages.iter().filter(other).map(|it| (it.ecosystem, it.name.as_str())).collect()
}

impl Stated {
    fn ordered(mut self) -> Self {
        for side in [&mut self.before, &mut self.after] {
            versions::sort(self.ecosystem, side);
            side.dedup();
        }
        self
    }
}
