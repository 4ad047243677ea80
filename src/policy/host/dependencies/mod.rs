//! Changed packages as rules see them.

mod properties;
mod selections;

use std::sync::OnceLock;

use super::collection::{Collection, Item, Matches, Placed, View};
use super::packages::{Orders, Package, Packaged, package_examples, packaged};
use super::scope::Places;
use super::signature::Signature;
use super::stored::Stored;
use crate::evidence::{DependencyChange, DependencyChangeKind, Evidence, EvidenceKind, Jump};
use crate::policy::Subject;
pub(super) use properties::PROPERTIES;
pub(super) use selections::SELECTIONS;

/// Changed packages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DependencyRows;

impl Collection for DependencyRows {
    const ITEM: &'static str = "Dependency";
    const VIEW: &'static str = "Dependencies";
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Dependencies);
    const PLACES: Option<Places> = Some(Places::of::<Self>());

    fn len(evidence: &Evidence) -> usize {
        evidence.dependencies.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Dependency(row)
    }
}

impl Placed for DependencyRows {
    const UNDER: &'static str = "those whose manifest a glob matches, and those without one";
    const NOT_UNDER: &'static str = "those whose manifest no glob matches, and those without one";

    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool> {
        let hit = |dependency: &DependencyChange| dependency.manifest.as_deref().is_some_and(matches);
        evidence.dependencies.iter().map(hit).collect()
    }

    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>> {
        &matches.manifests
    }

    fn everywhere(evidence: &Evidence, row: usize) -> bool {
        evidence.dependencies.get(row).is_none_or(|dependency| dependency.manifest.is_none())
    }
}

impl Stored for DependencyRows {
    type Row = DependencyChange;

    fn stored(evidence: &Evidence) -> &[DependencyChange] {
        &evidence.dependencies
    }
}

impl Packaged for DependencyRows {
    fn package(row: &DependencyChange) -> Package<'_> {
        Package { ecosystem: row.ecosystem, name: &row.name, purl: &row.purl, manifest: row.manifest.as_deref() }
    }

    fn slot(orders: &Orders) -> &OnceLock<Vec<u32>> {
        &orders.dependencies
    }
}

type Dependencies = View<DependencyRows>;
type Row = Item<DependencyRows>;

impl Dependencies {
    fn keep_change(&self, change: DependencyChangeKind) -> Self {
        self.keep_rows(|dependency| dependency.change == change)
    }
}

/// Versions' major step, or worse, or one of which nothing shows that it is smaller.
fn jump_at_least(dependencies: &Dependencies, jump: Jump) -> Dependencies {
    dependencies.keep_rows(|dependency| dependency.jump.is_some_and(|found| found >= jump))
}

/// What every collection about packages has.
pub(super) const PACKAGED: &[Signature] = &packaged::<DependencyRows>(package_examples!("dependencies"));
