//! Which packages a manifest names, and what they are used for: what can be reached from what.

use crate::evidence::{DependencyScope, Directness};

/// Packages by their place in the lockfile, and which of them bring in which.
pub(in crate::collect::lockfiles) struct Graph(Vec<Vec<usize>>);

/// Packages that manifests name, by section.
#[derive(Default)]
pub(in crate::collect::lockfiles) struct Roots {
    /// To be shipped.
    pub(in crate::collect::lockfiles) runtime: Vec<usize>,
    /// To develop, test or build with.
    pub(in crate::collect::lockfiles) development: Vec<usize>,
    /// Named, but the section is not known.
    pub(in crate::collect::lockfiles) unknown: Vec<usize>,
    /// Named without being asked for: peers.
    pub(in crate::collect::lockfiles) named: Vec<usize>,
}

impl Graph {
    pub(in crate::collect::lockfiles) fn new(packages: usize) -> Self {
        Self(vec![Vec::new(); packages])
    }

    /// Notes that one package brings in others.
    pub(in crate::collect::lockfiles) fn edges(&mut self, from: usize, to: impl IntoIterator<Item = usize>) {
        if let Some(edges) = self.0.get_mut(from) {
            edges.extend(to);
        }
    }

    /// Directness and scope of every package; `None` roots are manifests that are not at hand.
    pub(in crate::collect::lockfiles) fn uses(&self, roots: Option<&Roots>) -> Vec<(Directness, DependencyScope)> {
        let Some(roots) = roots else {
            return vec![(Directness::Unknown, DependencyScope::Unknown); self.0.len()];
        };
        let [runtime, development, unknown] =
            [&roots.runtime, &roots.development, &roots.unknown].map(|from| self.reached(from));
        let mut direct = vec![false; self.0.len()];
        for at in [&roots.runtime, &roots.development, &roots.unknown, &roots.named].into_iter().flatten() {
            if let Some(direct) = direct.get_mut(*at) {
                *direct = true;
            }
        }
        let is = |set: &[bool], at: usize| set.get(at) == Some(&true);
        let scope = |at: usize| match (is(&runtime, at), is(&unknown, at), is(&development, at)) {
            (true, _, _) => DependencyScope::Runtime,
            (false, true, _) => DependencyScope::Unknown,
            (false, false, true) => DependencyScope::Development,
            // Nothing brings it in that the files tell of.
            (false, false, false) => DependencyScope::Unknown,
        };
        let directness = |at: usize| if is(&direct, at) { Directness::Direct } else { Directness::Transitive };
        (0..self.0.len()).map(|at| (directness(at), scope(at))).collect()
    }

    fn reached(&self, from: &[usize]) -> Vec<bool> {
        let mut reached = vec![false; self.0.len()];
        let mut queue = from.to_vec();
        while let Some(at) = queue.pop() {
            let Some(seen) = reached.get_mut(at) else { continue };
            if !std::mem::replace(seen, true) {
                queue.extend(self.0.get(at).into_iter().flatten());
            }
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::{Graph, Roots};
    use crate::evidence::{DependencyScope, Directness};

    #[test]
    fn what_is_reached_from_both_is_shipped_and_loops_end() {
        let mut graph = Graph::new(5);
        graph.edges(0, [2]);
        graph.edges(1, [2, 3]);
        graph.edges(3, [1]);
        let roots = Roots { runtime: vec![0], development: vec![1], ..Roots::default() };
        let uses = graph.uses(Some(&roots));
        assert_eq!(uses[0], (Directness::Direct, DependencyScope::Runtime));
        assert_eq!(uses[1], (Directness::Direct, DependencyScope::Development));
        assert_eq!(uses[2], (Directness::Transitive, DependencyScope::Runtime));
        assert_eq!(uses[3], (Directness::Transitive, DependencyScope::Development));
        assert_eq!(uses[4], (Directness::Transitive, DependencyScope::Unknown));
        assert_eq!(graph.uses(None)[0], (Directness::Unknown, DependencyScope::Unknown));
    }
}
