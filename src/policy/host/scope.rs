//! The part of the repository that the rules of a pack see: of everything that has a place, what lies under the pack's globs,
//! and what can't be placed. Found out once for each scope of a change, however many rules look through it.

use std::sync::{Arc, OnceLock};

use super::collection::{Collection, Placed};
use super::error::HostError;
use super::globs::{Pattern, check_glob};
use super::rows::Rows;
use crate::evidence::{Evidence, EvidenceKind, Word as _};

/// The globs of a scope, compiled.
#[derive(Debug)]
pub(crate) struct PathScope {
    /// Tells one scope of a policy set from another.
    id: usize,
    globs: Vec<String>,
    patterns: Vec<Pattern>,
}

impl PathScope {
    pub(crate) const fn new(id: usize) -> Self {
        Self { id, globs: Vec::new(), patterns: Vec::new() }
    }

    /// Takes in one more glob.
    pub(crate) fn add(&mut self, glob: &str) -> Result<(), HostError> {
        self.patterns.push(check_glob(glob)?);
        self.globs.push(glob.to_owned());
        self.globs.sort();
        self.globs.dedup();
        Ok(())
    }

    /// In order, each once.
    pub(crate) fn globs(&self) -> &[String] {
        &self.globs
    }

    fn matches(&self, path: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(path))
    }
}

/// For each place that rows may lie at, whether a test holds for it.
type Hits = fn(&Evidence, &dyn Fn(&str) -> bool) -> Vec<bool>;

/// How to tell where the rows of a collection lie.
pub(crate) struct Places {
    hits: Hits,
    lies: fn(&Evidence, usize, &[bool]) -> bool,
}

impl Places {
    pub(super) const fn of<C: Placed>() -> Self {
        Self { hits: C::hits, lies: lies::<C> }
    }
}

/// What can't be placed may lie anywhere.
fn lies<C: Placed>(evidence: &Evidence, row: usize, hits: &[bool]) -> bool {
    C::under(evidence, row, hits) || C::everywhere(evidence, row)
}

/// What lies in a scope of one change, each part found out at its first use.
#[derive(Debug)]
pub(super) struct Scoped {
    scope: Arc<PathScope>,
    /// By kind of evidence.
    parts: Vec<Part>,
}

/// The scope that a rule looks through, and all that rules looked through before.
#[derive(Debug, Default)]
pub(super) struct Looking {
    pub(super) current: Option<Arc<Scoped>>,
    known: Vec<Arc<Scoped>>,
}

impl Looking {
    pub(super) fn through(&mut self, scope: Option<&Arc<PathScope>>) {
        self.current = scope.map(|scope| {
            let known = self.known.iter().find(|known| known.scope.id == scope.id).map(Arc::clone);
            known.unwrap_or_else(|| {
                let new = Arc::new(Scoped::new(Arc::clone(scope)));
                self.known.push(Arc::clone(&new));
                new
            })
        });
    }
}

#[derive(Debug, Default)]
struct Part {
    hits: OnceLock<Vec<bool>>,
    rows: OnceLock<Rows>,
}

impl Scoped {
    fn new(scope: Arc<PathScope>) -> Self {
        let parts = EvidenceKind::ALL.iter().map(|_| Part::default()).collect();
        Self { scope, parts }
    }

    /// Whether a row lies in it.
    pub(super) fn has<C: Collection>(&self, evidence: &Evidence, row: u32) -> bool {
        let part = C::KIND.and_then(|kind| self.parts.get(usize::from(kind.index())));
        let (Some(places), Some(part)) = (C::PLACES, part) else { return true };
        let hits = part.hits.get_or_init(|| (places.hits)(evidence, &|path| self.scope.matches(path)));
        (places.lies)(evidence, row as usize, hits)
    }

    /// The rows that lie in it; `None` for all, of a collection that has no places.
    pub(super) fn rows<C: Collection>(&self, evidence: &Evidence) -> Option<&Rows> {
        C::PLACES?;
        let part = self.parts.get(usize::from(C::KIND?.index()))?;
        let all = u32::try_from(C::len(evidence)).unwrap_or(u32::MAX);
        Some(part.rows.get_or_init(|| Rows::of((0..all).filter(|row| self.has::<C>(evidence, *row)))))
    }
}
