//! What VEX documents say of advisories.

use std::collections::{BTreeMap, BTreeSet};

use super::super::dependencies::PackageSides;
use super::wanted;
use crate::collect::advisories::{PackageKey, Wanted};
use crate::collect::input::Report;
use crate::collect::vex::{Statement, Versions, VexDocument};
use crate::evidence::{Advisory, Ecosystem, EvidenceKind, Source, VexStatement, VexStatus};
use crate::versions::Version;

/// Puts statements of VEX documents on the advisories that they are about; one source for each document. No advisory goes
/// away.
///
/// A statement is about an advisory where it has one of its ids, and the package by its URL: type, namespace and name,
/// qualifiers aside, and the version where the statement has one. Versions are compared as they are written, but for Go's
/// `v` and for the spellings of PEP 440.
///
/// - A product that is the application and not the package says nothing of the package, except through its parts
///   (OpenVEX's subcomponents): whoever hands in the document says that it is about this change. A product that is a package
///   of a registry is another one, and what is not so in its use of a part need not be so in this one.
/// - An advisory can be of several versions: those after the change, or before it where it is fixed. What says that there
///   is nothing to do (not affected, fixed) is honoured where all of them are covered by such statements together; where
///   not, the source has a problem. What says otherwise is listed for any of them.
/// - Of two statements of one document about the same product and vulnerability, the later one counts (OpenVEX). All
///   others are listed, those that contradict each other too.
pub fn vex(advisories: &mut [Advisory], packages: &[PackageSides], documents: &[Report<VexDocument>]) -> Vec<Source> {
    let locked = wanted(packages);
    let mut sources: Vec<(Source, BTreeSet<usize>)> =
        documents.iter().map(|document| (document.source(EvidenceKind::Advisories), BTreeSet::new())).collect();
    let by_package = by_package(documents, &locked);
    for advisory in advisories.iter_mut() {
        let key = PackageKey::of(advisory.ecosystem, &advisory.name);
        let versions = if advisory.after.is_empty() { &advisory.before } else { &advisory.after };
        let found: Vec<Found<'_>> = by_package
            .get(&key)
            .into_iter()
            .flatten()
            .filter(|found| is_about(found.statement, advisory))
            .copied()
            .collect();
        let current: Vec<&Found<'_>> =
            found.iter().filter(|it| !found.iter().any(|other| replaces(other, it))).collect();
        let covers = |found: &Found<'_>, version: &String| found.covers(advisory.ecosystem, version);
        let lacking: Vec<&String> = versions
            .iter()
            .filter(|version| !current.iter().any(|found| found.excuses() && covers(found, version)))
            .collect();
        let mut said = Vec::new();
        for found in current {
            let Some((source, used)) = sources.get_mut(found.document) else { continue };
            let covered: Vec<&String> = versions.iter().filter(|version| covers(found, version)).collect();
            if covered.is_empty() && !versions.is_empty() {
                continue;
            }
            if let (true, Some(version)) = (found.excuses(), lacking.first()) {
                let message = format!(
                    "says {} of {} in `{}`, but nothing does of `{version}`, so it is not honoured",
                    found.statement.status, advisory.id, advisory.name
                );
                source.problem(found.statement.at.clone(), message);
                continue;
            }
            used.insert(found.index);
            said.push(VexStatement {
                status: found.statement.status,
                justification: found.statement.justification.clone(),
                detail: found.statement.detail.clone(),
                author: found.author.cloned(),
                source: source.path.clone().unwrap_or_default(),
            });
        }
        advisory.vex.extend(said);
        advisory.vex.sort();
        advisory.vex.dedup();
    }
    let finish = |((mut source, used), document): ((Source, BTreeSet<usize>), &Report<VexDocument>)| {
        if let Ok(document) = &document.outcome {
            source.items = used.len() as u64;
            source.set_aside = (document.statements.len() - used.len()) as u64;
            source.made = document.statements.iter().filter_map(|it| it.time).max().map(|time| time.to_string());
            for (at, message) in &document.problems {
                source.problem(at.clone(), message.clone());
            }
        }
        source
    };
    let mut sources: Vec<Source> = sources.into_iter().zip(documents).map(finish).collect();
    sources.sort();
    sources.dedup();
    sources
}

/// A statement, and the document that has it.
#[derive(Clone, Copy)]
struct Found<'a> {
    document: usize,
    index: usize,
    author: Option<&'a String>,
    statement: &'a Statement,
}

impl Found<'_> {
    /// Whether it says that there is nothing to do.
    const fn excuses(&self) -> bool {
        matches!(self.statement.status, VexStatus::NotAffected | VexStatus::Fixed)
    }

    fn covers(&self, ecosystem: Ecosystem, version: &str) -> bool {
        match &self.statement.product.versions {
            Versions::All => true,
            Versions::One(stated) => is_same(ecosystem, stated, version),
            Versions::Range(_) => !self.excuses(),
        }
    }
}

/// Statements by their package, without those that are about its use in another package.
fn by_package<'a>(documents: &'a [Report<VexDocument>], locked: &Wanted) -> BTreeMap<&'a PackageKey, Vec<Found<'a>>> {
    let mut by_package: BTreeMap<&PackageKey, Vec<Found<'_>>> = BTreeMap::new();
    for (document, report) in documents.iter().enumerate() {
        let Ok(read) = &report.outcome else { continue };
        for (index, statement) in read.statements.iter().enumerate() {
            let key = &statement.product.key;
            let whole = statement.within.as_ref().and_then(|whole| whole.key.as_ref());
            let found = Found { document, index, author: read.author.as_ref(), statement };
            let other = whole.is_some_and(|whole| whole != key);
            if !other || !found.excuses() && whole.is_none_or(|whole| !locked.contains(whole)) {
                by_package.entry(key).or_default().push(found);
            }
        }
    }
    by_package
}

fn is_about(statement: &Statement, advisory: &Advisory) -> bool {
    statement.ids.iter().any(|id| *id == advisory.id || advisory.aliases.contains(id))
}

/// Whether a statement is a later one of the same document about the same product and vulnerability.
fn replaces(later: &Found<'_>, earlier: &Found<'_>) -> bool {
    let (new, old) = (later.statement, earlier.statement);
    later.document == earlier.document
        && matches!((new.time, old.time), (Some(new), Some(old)) if new > old)
        && new.product == old.product
        && new.within == old.within
        && new.ids.iter().any(|id| old.ids.contains(id))
}

/// Whether two texts are the same version, and not merely versions of the same rank.
fn is_same(ecosystem: Ecosystem, stated: &str, locked: &str) -> bool {
    let plain = |version: &str| version.strip_prefix('v').unwrap_or(version).to_owned();
    stated == locked
        || match ecosystem {
            Ecosystem::Golang => plain(stated) == plain(locked),
            Ecosystem::Pypi => {
                let order = Version::parse(ecosystem, stated).order(&Version::parse(ecosystem, locked));
                order == Some(std::cmp::Ordering::Equal)
            }
            _ => false,
        }
}
