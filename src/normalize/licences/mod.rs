//! Licences of changed packages, as lockfiles, dependency reviews and bills of materials state them.
//!
//! Looked at are versions that are there after the change and were not before; of a package whose versions stayed while its
//! source or content changed, all of them. A lockfile speaks of its own packages; a review and a bill of materials speak of
//! a version wherever it is used.
//!
//! Sources that state the same are one record, that of the first of them in the order of [`DependencyOrigin`]; the order of
//! operands counts for nothing. Sources that state different things are several records, and so are several licences of
//! one component of CycloneDX, which does not say how they relate: whoever wants all of them to be allowed is safe. A version of
//! which nothing is stated has a record without `by`, and makes the kind `missing`.

mod expression;

use std::collections::{BTreeMap, BTreeSet};

pub use expression::MAX_EXPRESSION;
use expression::{comparable, expression, is_statement};

use crate::collect::lockfiles::{LockedSet, LockfileInputs};
use crate::evidence::{
    Change, Completeness, DependencyChange, DependencyChangeKind, DependencyOrigin, Ecosystem, Evidence, EvidenceKind,
    Licence, Source,
};
use crate::normalize::dependencies::{Merged, Statements, key, pair_sources, purl, review_source, same_version};

/// The longest text that a record repeats, in characters.
pub const MAX_STATED: usize = 200;

/// How many manifests a reason names.
const MAX_NAMED: usize = 5;

/// Licences of changed packages, and the sources that state any; both in canonical order, whatever the order of the files.
///
/// There is one source for each lockfile that has licences and each other file, one that has failed for each source of
/// `dependencies` that is not complete (what changed there nobody knows), and a missing one where a changed package has no
/// statement. Where nothing changed there is one complete source without items.
#[must_use]
pub fn licences(
    inputs: &LockfileInputs,
    statements: &Statements<'_>,
    merged: &Merged,
    change: &Change,
) -> (Vec<Licence>, Vec<Source>) {
    let said = Said::of(inputs, statements);
    let mut licences = Vec::new();
    for item in &merged.dependencies {
        for version in looked_at(item) {
            licences.extend(records(item, version, &said));
        }
    }
    licences.sort();
    licences.dedup();
    let mut sources = sources(inputs, statements, &licences, change);
    for open in merged.sources.iter().filter(|source| source.completeness != Completeness::Complete) {
        let known = |source: &Source| source.path == open.path && source.completeness >= open.completeness;
        if !sources.iter().any(known) {
            let why = open.reason.as_deref().unwrap_or("they were not read");
            let reason = format!("what packages changed is not known: {why}");
            let source = Source::incomplete(EvidenceKind::Licences, open.completeness, reason);
            sources.push(Source { path: open.path.clone(), commit: open.commit.clone(), ..source });
        }
    }
    sources.extend(missing(&licences));
    if sources.is_empty() {
        sources.push(Source::complete(EvidenceKind::Licences));
    }
    sources.sort();
    sources.dedup();
    (licences, sources)
}

/// Versions of which the licence matters.
fn looked_at(item: &DependencyChange) -> Vec<&str> {
    if item.change == DependencyChangeKind::Removed {
        return Vec::new();
    }
    let stayed = item.before == item.after;
    item.after.iter().filter(|version| stayed || !item.before.contains(version)).map(String::as_str).collect()
}

/// Versions that a change brings in and of which evidence has no record, though each that was looked at has one: what nothing
/// is stated of has a record that says so. Where there is one, licences are not complete whatever a source says.
#[must_use]
pub fn without_record(evidence: &Evidence) -> Vec<(&DependencyChange, &str)> {
    let has = |item: &DependencyChange, version: &str| {
        evidence.licences.iter().any(|record| {
            record.ecosystem == item.ecosystem
                && key(record.ecosystem, &record.name) == key(item.ecosystem, &item.name)
                && record.version == version
        })
    };
    let lacking = |item| {
        looked_at(item).into_iter().filter(move |version| !has(item, version)).map(move |version| (item, version))
    };
    evidence.dependencies.iter().flat_map(lacking).collect()
}

/// A package, by what names are compared by.
type Name = (Ecosystem, String);
/// Versions and licences as they are written.
type Texts = BTreeSet<(String, String)>;

#[derive(Default)]
struct Side {
    /// Of each lockfile, by path.
    lockfiles: BTreeMap<String, BTreeMap<Name, Texts>>,
    others: BTreeMap<Name, BTreeSet<(DependencyOrigin, String, String)>>,
}

#[derive(Default)]
struct Said {
    before: Side,
    after: Side,
}

impl Said {
    fn of(inputs: &LockfileInputs, statements: &Statements<'_>) -> Self {
        let mut said = Self::default();
        for pair in &inputs.pairs {
            let (Ok(before), Ok(after)) = (&pair.before, &pair.after) else { continue };
            said.before.lockfile(&pair.path, before);
            said.after.lockfile(&pair.path, after);
        }
        for change in
            statements.reviews.iter().filter_map(|report| report.outcome.as_ref().ok()).flat_map(|it| &it.changes)
        {
            let side = if change.added { &mut said.after } else { &mut said.before };
            let package = (change.ecosystem, change.name.as_str(), change.version.as_str());
            side.other(DependencyOrigin::DependencyReview, package, change.licence.as_deref());
        }
        for pair in statements.sboms {
            let (Ok(before), Ok(after)) = (&pair.before.outcome, &pair.after.outcome) else { continue };
            for (side, sbom) in [(&mut said.before, before), (&mut said.after, after)] {
                for package in &sbom.packages {
                    let name = (package.ecosystem, package.name.as_str(), package.version.as_str());
                    for text in &package.licences {
                        side.other(DependencyOrigin::Sbom, name, Some(text));
                    }
                }
            }
        }
        said
    }
}

impl Side {
    fn lockfile(&mut self, path: &str, set: &LockedSet) {
        let names = self.lockfiles.entry(path.to_owned()).or_default();
        for package in &set.packages {
            if let Some(text) = package.licence.as_deref().filter(|text| is_statement(text)) {
                let name = (package.ecosystem, key(package.ecosystem, &package.name));
                names.entry(name).or_default().insert((package.version.clone(), text.to_owned()));
            }
        }
    }

    fn other(&mut self, by: DependencyOrigin, (ecosystem, name, version): (Ecosystem, &str, &str), text: Option<&str>) {
        if let Some(text) = text.filter(|text| is_statement(text)) {
            let name = (ecosystem, key(ecosystem, name));
            self.others.entry(name).or_default().insert((by, version.to_owned(), text.to_owned()));
        }
    }

    /// What is stated of some versions of an item's package.
    fn about(&self, item: &DependencyChange, versions: &[&str]) -> BTreeSet<(DependencyOrigin, &str)> {
        let name = (item.ecosystem, key(item.ecosystem, &item.name));
        let meant = |stated: &str| versions.iter().any(|version| same_version(item.ecosystem, stated, version));
        let lockfile = item.manifest.as_ref().and_then(|path| self.lockfiles.get(path)).and_then(|it| it.get(&name));
        let locked = lockfile.into_iter().flatten().filter(|(version, _)| meant(version));
        let others = self.others.get(&name).into_iter().flatten().filter(|(_, version, _)| meant(version));
        let locked = locked.map(|(_, text)| (DependencyOrigin::Lockfile, text.as_str()));
        locked.chain(others.map(|(by, _, text)| (*by, text.as_str()))).collect()
    }
}

fn records(item: &DependencyChange, version: &str, said: &Said) -> Vec<Licence> {
    let before: Vec<&str> = item.before.iter().map(String::as_str).collect();
    let before = said.before.about(item, &before);
    let bare = Licence {
        ecosystem: item.ecosystem,
        name: item.name.clone(),
        version: version.to_owned(),
        purl: purl(item.ecosystem, &item.name, Some(version)),
        manifest: item.manifest.clone(),
        expression: None,
        stated: None,
        before: was(item.ecosystem, &before, None),
        by: None,
    };
    let mut seen: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut records = Vec::new();
    for (by, text) in said.after.about(item, &[version]) {
        let text = text.trim();
        let expression = expression(item.ecosystem, text);
        let same = expression.as_deref().map_or_else(|| vec!["as written", text], comparable);
        if seen.insert(same.into_iter().map(str::to_owned).collect()) {
            records.push(Licence {
                stated: (expression.as_deref() != Some(text)).then(|| shortened(text)),
                expression,
                before: was(item.ecosystem, &before, Some(by)),
                by: Some(by),
                ..bare.clone()
            });
        }
    }
    if records.is_empty() {
        records.push(bare);
    }
    records
}

/// What was stated before: by the same kind of source if it states anything, because each has its own way of writing it.
fn was(ecosystem: Ecosystem, before: &BTreeSet<(DependencyOrigin, &str)>, by: Option<DependencyOrigin>) -> Vec<String> {
    let own: Vec<_> = before.iter().filter(|(origin, _)| Some(*origin) == by).collect();
    let meant = if own.is_empty() { before.iter().collect() } else { own };
    let texts =
        meant.into_iter().map(|(_, text)| expression(ecosystem, text).unwrap_or_else(|| shortened(text.trim())));
    texts.collect::<BTreeSet<_>>().into_iter().collect()
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(MAX_STATED).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

fn sources(inputs: &LockfileInputs, statements: &Statements<'_>, licences: &[Licence], change: &Change) -> Vec<Source> {
    let mut sources = Vec::new();
    for pair in &inputs.pairs {
        let (Ok(before), Ok(after)) = (&pair.before, &pair.after) else { continue };
        let states = |set: &LockedSet| set.packages.iter().any(|package| package.licence.is_some());
        if states(before) || states(after) {
            let mut source = Source::complete(EvidenceKind::Licences).at(pair.path.clone());
            source.sha256.clone_from(&pair.sha256);
            let own =
                |it: &&Licence| it.by == Some(DependencyOrigin::Lockfile) && it.manifest.as_ref() == Some(&pair.path);
            source.items = licences.iter().filter(own).count() as u64;
            sources.push(source);
        }
    }
    for report in statements.reviews {
        let mut source = review_source(report, EvidenceKind::Licences, change);
        let entries = report.outcome.iter().flat_map(|review| &review.changes);
        source.items = entries.filter(|it| it.licence.as_deref().is_some_and(is_statement)).count() as u64;
        sources.push(source);
    }
    for pair in statements.sboms {
        let reports = [&pair.before, &pair.after];
        for (mut source, report) in pair_sources(pair, EvidenceKind::Licences, change).into_iter().zip(reports) {
            let packages = report.outcome.iter().flat_map(|sbom| &sbom.packages);
            source.items = packages.filter(|it| it.licences.iter().any(|text| is_statement(text))).count() as u64;
            sources.push(source);
        }
    }
    sources
}

/// The source that is not there, where changed packages have no licence.
fn missing(licences: &[Licence]) -> Option<Source> {
    let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for licence in licences.iter().filter(|licence| licence.by.is_none()) {
        *places.entry(licence.manifest.as_deref()).or_default() += 1;
    }
    let count: usize = places.values().sum();
    let one = |(place, count): (&Option<&str>, &usize)| match place {
        Some(place) => format!("{count} of `{place}`"),
        None => format!("{count} of no manifest"),
    };
    let named: Vec<String> = places.iter().take(MAX_NAMED).map(one).collect();
    let more = if places.len() > MAX_NAMED { ", ..." } else { "" };
    let packages = if count == 1 { "changed package has" } else { "changed packages have" };
    let reason = format!(
        "{count} {packages} no stated licence ({}{more}); give a dependency review with `--dependencies` or bills of materials \
         with `--sbom`",
        named.join(", ")
    );
    (count > 0).then(|| Source::incomplete(EvidenceKind::Licences, Completeness::Missing, reason))
}
