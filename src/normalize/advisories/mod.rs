//! Known vulnerabilities of locked packages, from the databases that were given, and what VEX documents say of them.
//!
//! - A version is affected where the record lists it or has it in a range, by OSV's evaluation in the order of the
//!   ecosystem. Where that can't be told (a git ref, a version of another form, a record with commits alone), it counts
//!   as affected, and the database's source has a problem that names package, version and advisory.
//! - Withdrawn records are set aside. Of records with one id the one that was changed last counts, in whichever database
//!   it is. Advisories that name each other are one, see [`fold`].
//! - An ecosystem of which no database holds a record was looked up by nobody: that is a source of its own, `missing`.
//!   Container images are in no such database: a complete source says how many there are.

mod fold;
mod matching;
mod severity;
mod vex;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use self::matching::Answer;
use super::dependencies::{Merged, PackageSides, purl};
use crate::collect::advisories::{Database, Entry, Event, PackageKey, Range, Wanted, osv_name};
use crate::collect::input::Report;
use crate::evidence::{Advisory, AdvisoryKind, Completeness, DependencyOrigin, Ecosystem, EvidenceKind, Source};
use crate::versions;

pub use self::fold::fold;
pub use self::vex::vex;

/// What databases are to be asked for.
#[must_use]
pub fn wanted(packages: &[PackageSides]) -> Wanted {
    packages.iter().map(|package| PackageKey::of(package.ecosystem, &package.name)).collect()
}

/// The source where no database was given: complete where there is nothing that one could hold, else `missing`.
#[must_use]
pub fn without_database(packages: &[PackageSides]) -> Source {
    let wanted = wanted(packages);
    let number = wanted.iter().filter(|key| osv_name(key.ecosystem).is_some()).count();
    if number == 0 {
        let images = nobody_looked(&wanted, &[]).pop();
        return images.unwrap_or_else(|| Source::complete(EvidenceKind::Advisories));
    }
    let reason = format!(
        "nobody looked up {}; give a database of advisories (`--advisories PATH`)",
        count(number, "locked package", "locked packages")
    );
    Source::incomplete(EvidenceKind::Advisories, Completeness::Missing, reason)
}

/// Advisories of locked packages, folded and in canonical order; one source for each database, and those that say what
/// nobody looked up.
///
/// The databases were read with [`wanted`] of the same packages.
#[must_use]
pub fn advisories(packages: &[PackageSides], databases: &[Report<Database>]) -> (Vec<Advisory>, Vec<Source>) {
    if databases.is_empty() {
        return (Vec::new(), vec![without_database(packages)]);
    }
    let wanted = wanted(packages);
    let mut sources: Vec<Source> = databases.iter().map(source).collect();
    let mut packages: Vec<&PackageSides> = packages.iter().collect();
    packages.sort();
    packages.dedup();
    let mut set_aside = BTreeSet::new();
    let mut said = BTreeSet::new();
    let mut found = Vec::new();
    for package in packages {
        let key = PackageKey::of(package.ecosystem, &package.name);
        for (place, entry) in current(databases, &key) {
            let Some(source) = sources.get_mut(place) else { continue };
            if entry.withdrawn {
                if set_aside.insert((place, key.clone(), &entry.id)) {
                    source.set_aside += 1;
                }
            } else if let Some((advisory, problems)) = advisory(package, entry) {
                for problem in problems {
                    if said.insert((place, entry.at.clone(), problem.clone())) {
                        source.problem(entry.at.clone(), problem);
                    }
                }
                let shown = databases.get(place).map(|database| database.path.clone());
                found.push(Advisory { sources: shown.into_iter().collect(), ..advisory });
            }
        }
    }
    let found = fold(found);
    for source in &mut sources {
        let is_here = |advisory: &&Advisory| source.path.as_ref().is_some_and(|path| advisory.sources.contains(path));
        source.items = found.iter().filter(is_here).count() as u64;
    }
    sources.extend(nobody_looked(&wanted, databases));
    sources.sort();
    sources.dedup();
    (found, sources)
}

/// All that is known of packages: what databases hold and what dependency reviews state, folded together.
///
/// Where there is no database, the packages that changed have to be in a dependency review, which GitHub answers from its
/// own. What a lockfile holds that could not be read nobody looked up.
#[must_use]
pub fn known(merged: &Merged, databases: &[Report<Database>]) -> (Vec<Advisory>, Vec<Source>) {
    let unread = || merged.sources.iter().filter(|source| source.completeness != Completeness::Complete);
    if databases.is_empty() && merged.advisory_sources.is_empty() {
        let nobody = without_database(&merged.packages);
        // Packages that could not be read are packages as well.
        let unread = unread().next().filter(|_| nobody.completeness == Completeness::Complete);
        let nobody = unread.map_or(nobody, |_| {
            let reason = "nobody looked up the packages of what could not be read; give a database of advisories \
                          (`--advisories PATH`)";
            Source::incomplete(EvidenceKind::Advisories, Completeness::Missing, reason)
        });
        return (Vec::new(), vec![nobody]);
    }
    let (mut found, mut sources) = match databases.is_empty() {
        true => (Vec::new(), unreviewed(merged).into_iter().collect()),
        false => advisories(&merged.packages, databases),
    };
    found.extend(merged.advisories.iter().cloned());
    sources.extend(merged.advisory_sources.iter().cloned());
    let unread = unread();
    sources.extend(unread.map(|source| {
        let why = source.reason.as_deref().unwrap_or("it was not read");
        let reason = format!("what packages there are is not known: {why}");
        let unknown = Source::incomplete(EvidenceKind::Advisories, source.completeness, reason);
        Source { path: source.path.clone(), commit: source.commit.clone(), ..unknown }
    }));
    sources.sort();
    sources.dedup();
    (fold(found), sources)
}

/// The source where there are dependency reviews alone: packages that came with the change and that no dependency review states.
fn unreviewed(merged: &Merged) -> Option<Source> {
    let open = merged.dependencies.iter().filter(|item| {
        !item.after.is_empty()
            && osv_name(item.ecosystem).is_some()
            && !item.stated_by.contains(&DependencyOrigin::DependencyReview)
    });
    let number = open.count();
    let reason = format!(
        "nobody looked up {}; give a database of advisories (`--advisories PATH`)",
        count(number, "changed package", "changed packages")
    );
    (number > 0).then(|| Source::incomplete(EvidenceKind::Advisories, Completeness::Missing, reason))
}

fn source(database: &Report<Database>) -> Source {
    let mut source = database.source(EvidenceKind::Advisories);
    if let Ok(database) = &database.outcome {
        source.tool.clone_from(&database.name);
        source.made.clone_from(&database.newest);
    }
    source
}

/// One source for each ecosystem of which no database holds a record, and one for images. Where a database could not be
/// read nobody knows what it would have held; its own source says so.
fn nobody_looked(wanted: &Wanted, databases: &[Report<Database>]) -> Vec<Source> {
    let mut packages: BTreeMap<Ecosystem, usize> = BTreeMap::new();
    for key in wanted {
        *packages.entry(key.ecosystem).or_default() += 1;
    }
    let unreadable = databases.iter().any(|database| database.outcome.is_err());
    let mut sources = Vec::new();
    for (ecosystem, number) in packages {
        let holds = |database: &Report<Database>| {
            database
                .outcome
                .as_ref()
                .is_ok_and(|database| database.ecosystems.get(&ecosystem).is_some_and(|it| *it > 0))
        };
        match osv_name(ecosystem) {
            None => {
                let mut source = Source::complete(EvidenceKind::Advisories);
                let message = format!("{} in no database of advisories", count_of_images(number));
                source.problem(ecosystem.to_string(), message);
                sources.push(source);
            }
            Some(name) if !unreadable && !databases.iter().any(holds) => {
                let reason = format!(
                    "no database that was given holds a record of {name}, of which {} locked; give one that does",
                    count(number, "package is", "packages are")
                );
                sources.push(Source::incomplete(EvidenceKind::Advisories, Completeness::Missing, reason));
            }
            Some(_) => {}
        }
    }
    sources
}

fn count_of_images(number: usize) -> String {
    count(number, "container image, which is", "container images, which are")
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What all databases say of a package, with the place of the database: of entries with one id those that were changed
/// last (OSV: that one is authoritative).
fn current<'a>(databases: &'a [Report<Database>], key: &PackageKey) -> Vec<(usize, &'a Entry)> {
    let held =
        databases.iter().enumerate().filter_map(|(place, database)| Some((place, database.outcome.as_ref().ok()?)));
    let mut by_id: BTreeMap<&str, Vec<(usize, &Entry)>> = BTreeMap::new();
    for (place, database) in held {
        for entry in database.entries.get(key).into_iter().flatten() {
            by_id.entry(&entry.id).or_default().push((place, entry));
        }
    }
    let changed = |entry: &Entry| entry.modified.parse::<Timestamp>().unwrap_or(Timestamp::MIN);
    let mut current = Vec::new();
    for mut entries in by_id.into_values() {
        if entries.len() > 1 {
            let last = entries.iter().map(|(_, entry)| changed(entry)).max();
            entries.retain(|(_, entry)| Some(changed(entry)) == last);
        }
        current.extend(entries);
    }
    current
}

/// The advisory that an entry is for a package, and what could not be told of it; `None` where no version is affected.
fn advisory(package: &PackageSides, entry: &Entry) -> Option<(Advisory, Vec<String>)> {
    let (ecosystem, name) = (package.ecosystem, &package.name);
    let mut problems = Vec::new();
    let mut affected = |versions: &[String]| -> Vec<String> {
        let mut affected = Vec::new();
        for version in versions {
            match matching::affects(ecosystem, name, entry, version) {
                Answer::No => continue,
                Answer::Unclear => problems.push(format!(
                    "`{name}` at `{version}` has no place among the versions of {}, so it counts as affected",
                    entry.id
                )),
                Answer::Yes => {}
            }
            affected.push(version.clone());
        }
        affected
    };
    let (before, after) = (affected(&package.before), affected(&package.after));
    let presence = fold::presence(&before, &after)?;
    let (rated, problem) = severity::rated(entry);
    problems.extend(problem.map(|problem| format!("{} {problem}", entry.id)));
    let mut fixed_in = fixed_in(entry);
    versions::sort(ecosystem, &mut fixed_in);
    let highest = after.last().or(before.last()).map(String::as_str);
    let advisory = Advisory {
        manifest: package.manifest.clone(),
        aliases: entry.aliases.iter().filter(|alias| **alias != entry.id).cloned().collect(),
        kind: kind(entry),
        summary: entry.summary.clone(),
        presence,
        severity: rated.as_ref().map(|rated| rated.severity),
        severity_from: rated.as_ref().map(|rated| rated.from),
        cvss: rated.and_then(|rated| rated.cvss),
        fixed_in,
        published: entry.published.clone(),
        ..Advisory::at(ecosystem, name.clone(), purl(ecosystem, name, highest), entry.id.clone())
    };
    Some((Advisory { before, after, ..advisory }, problems))
}

fn fixed_in(entry: &Entry) -> Vec<String> {
    let ranges = entry.affected.iter().flat_map(|affected| &affected.ranges);
    let events = ranges.filter_map(|range| if let Range::Ordered(events) = range { Some(events) } else { None });
    let fixed =
        events.flatten().filter_map(|event| if let Event::Fixed(version) = event { Some(version) } else { None });
    fixed.collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

/// Malware by its id or by its weakness (CWE-506), else what RustSec says that it is.
fn kind(entry: &Entry) -> AdvisoryKind {
    let is_malware = |id: &String| id.starts_with("MAL-");
    if entry.malicious || is_malware(&entry.id) || entry.aliases.iter().any(is_malware) {
        return AdvisoryKind::Malware;
    }
    match entry.informational.as_deref() {
        None => AdvisoryKind::Vulnerability,
        Some("unmaintained") => AdvisoryKind::Unmaintained,
        Some("unsound") => AdvisoryKind::Unsound,
        Some(_) => AdvisoryKind::Notice,
    }
}
