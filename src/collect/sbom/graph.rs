//! What brings a package in, by the references of one document.

use std::collections::BTreeSet;

use crate::evidence::Directness;

/// Who asks for whom.
#[derive(Default)]
pub(super) struct Graph<'d> {
    roots: BTreeSet<&'d str>,
    of_root: BTreeSet<&'d str>,
    of_others: BTreeSet<&'d str>,
}

impl<'d> Graph<'d> {
    pub(super) fn new(roots: impl IntoIterator<Item = &'d str>) -> Self {
        Self { roots: roots.into_iter().collect(), ..Self::default() }
    }

    /// `from` asks for `to`.
    pub(super) fn edge(&mut self, from: &'d str, to: &'d str) {
        if self.roots.contains(from) {
            self.of_root.insert(to);
        } else {
            self.of_others.insert(to);
        }
    }

    /// What nobody asks for is not transitive: its document has no graph, or not all of it.
    pub(super) fn directness(&self, reference: Option<&str>) -> Directness {
        match reference {
            Some(reference) if self.of_root.contains(reference) => Directness::Direct,
            Some(reference) if !self.roots.is_empty() && self.of_others.contains(reference) => Directness::Transitive,
            _ => Directness::Unknown,
        }
    }
}
