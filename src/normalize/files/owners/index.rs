//! Which lines of CODEOWNERS match a path, without asking every line for every path: their steps make a tree, which a path
//! walks down name by name.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::codeowners::pattern::{End, Pattern, Step};
use crate::collect::codeowners::{Effect, Glob, Rule};

/// All patterns of a file.
pub(super) struct Index {
    nodes: Vec<Node>,
}

/// Where some steps of some patterns lead.
#[derive(Default)]
struct Node {
    names: BTreeMap<String, usize>,
    globs: Globs,
    /// After `**/`.
    directories: Option<usize>,
    /// Whether it stands after `**/`, so that any name leads back to it.
    stays: bool,
    ends: [Vec<usize>; 3],
}

/// Globs, found by a part of the names that they fit: the longest text in them, or its beginning.
#[derive(Default)]
struct Globs {
    known: BTreeMap<Glob, usize>,
    by_part: BTreeMap<String, Vec<(Glob, usize)>>,
    /// How long these parts are, in bytes.
    lengths: BTreeSet<usize>,
    /// Those without any text.
    others: Vec<(Glob, usize)>,
}

/// How long a part is at most, in bytes, so that a name has few parts to be looked up.
const MAX_PART: usize = 8;

impl Globs {
    fn add(&mut self, glob: &Glob, node: usize) {
        self.known.insert(glob.clone(), node);
        let text = glob.text();
        let end = (0..=text.len().min(MAX_PART)).rev().find(|end| text.is_char_boundary(*end));
        match text.get(..end.unwrap_or(0)) {
            None | Some("") => self.others.push((glob.clone(), node)),
            Some(part) => {
                self.lengths.insert(part.len());
                self.by_part.entry(part.to_owned()).or_default().push((glob.clone(), node));
            }
        }
    }

    /// The nodes that a name leads to, some of them more than once.
    fn matching<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.candidates(name).filter(|(glob, _)| glob.matches(name)).map(|(_, node)| *node)
    }

    /// All globs that may fit a name.
    fn candidates<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a (Glob, usize)> + 'a {
        let parts =
            self.lengths.iter().flat_map(move |length| (0..name.len()).filter_map(move |at| name.get(at..at + length)));
        let found = parts.filter_map(|part| self.by_part.get(part)).flatten();
        found.chain(&self.others)
    }
}

impl Index {
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut index = Self { nodes: vec![Node::default()] };
        for (number, rule) in rules.iter().enumerate() {
            index.insert(number, &rule.pattern, rules);
        }
        index
    }

    fn insert(&mut self, number: usize, pattern: &Pattern, rules: &[Rule]) {
        let mut at = 0;
        for step in &pattern.steps {
            at = self.child(at, step);
        }
        if let Some(ends) = self.nodes.get_mut(at).and_then(|node| node.ends.get_mut(place(pattern.end))) {
            // Of lines with the same pattern in the same section only the last can decide.
            if let Some(new) = rules.get(number) {
                ends.retain(|old| !rules.get(*old).is_some_and(|old| replaces(new, old)));
            }
            ends.push(number);
        }
    }

    fn child(&mut self, at: usize, step: &Step) -> usize {
        let new = self.nodes.len();
        let Some(node) = self.nodes.get_mut(at) else { return at };
        let literal = if let Step::Name(glob) = step { glob.literal() } else { None };
        let known = match (step, &literal) {
            (Step::Directories, _) => node.directories,
            (_, Some(name)) => node.names.get(name).copied(),
            (Step::Name(glob), None) => node.globs.known.get(glob).copied(),
        };
        if let Some(known) = known {
            return known;
        }
        match (step, literal) {
            (Step::Directories, _) => node.directories = Some(new),
            (_, Some(name)) => drop(node.names.insert(name, new)),
            (Step::Name(glob), None) => node.globs.add(glob, new),
        }
        self.nodes.push(Node { stays: *step == Step::Directories, ..Node::default() });
        new
    }

    /// Numbers of all lines that match, each at least once, in no order.
    pub(super) fn matching(&self, path: &str) -> Vec<usize> {
        let mut found = Vec::new();
        let mut here = Vec::new();
        self.enter(0, &mut here);
        self.take(&here, &[End::Below], &mut found);
        let mut names = path.split('/').peekable();
        while let Some(name) = names.next() {
            let mut next = Vec::new();
            for &at in &here {
                let Some(node) = self.nodes.get(at) else { continue };
                if node.stays {
                    next.push(at);
                }
                for child in node.names.get(name).copied().into_iter().chain(node.globs.matching(name)) {
                    self.enter(child, &mut next);
                }
            }
            next.sort_unstable();
            next.dedup();
            here = next;
            let ends =
                if names.peek().is_some() { [End::Below, End::HereOrBelow] } else { [End::Here, End::HereOrBelow] };
            self.take(&here, &ends, &mut found);
        }
        found
    }

    /// A place, and that behind `**/`, which may be no directory at all.
    fn enter(&self, mut at: usize, places: &mut Vec<usize>) {
        places.push(at);
        while let Some(behind) = self.nodes.get(at).and_then(|node| node.directories) {
            places.push(behind);
            at = behind;
        }
    }

    fn take(&self, places: &[usize], ends: &[End], found: &mut Vec<usize>) {
        for node in places.iter().filter_map(|at| self.nodes.get(*at)) {
            for end in ends {
                found.extend(node.ends.get(place(*end)).into_iter().flatten());
            }
        }
    }
}

fn place(end: End) -> usize {
    match end {
        End::Here => 0,
        End::HereOrBelow => 1,
        End::Below => 2,
    }
}

fn replaces(new: &Rule, old: &Rule) -> bool {
    let kind = |rule: &Rule| match rule.effect {
        Effect::Owned(_) => 0,
        Effect::Excluded => 1,
        Effect::PassedOver => 2,
    };
    let always = |rule: &Rule| rule.doubt.is_some_and(|doubt| doubt.always);
    new.section == old.section && kind(new) == kind(old) && !always(old)
}

#[cfg(test)]
mod tests {
    use super::Index;
    use crate::collect::codeowners::{Dialect, parse};

    #[test]
    fn of_thousands_of_lines_a_path_is_compared_with_few() {
        for line in [
            |number: usize| format!("/src/dir{}/sub{number}/ @a\n", number % 50),
            |number| format!("*.e{number} @a\n"),
            |number| format!("*a{number}b* @a\n"),
            |number| format!("**/x{number}*/**/y*{number}/ @a\n"),
        ] {
            let text: String = (0..3_000).map(line).collect();
            for dialect in [Dialect::GitHub, Dialect::GitLab] {
                let file = parse(text.as_bytes(), Some(dialect)).unwrap();
                let index = Index::new(&file.rules);
                let names = ["src", "dir7", "sub57", "x123y", "y45", "a123b.e123"];
                let compared = |node: &super::Node| names.iter().map(|name| node.globs.candidates(name).count()).max();
                let compared = index.nodes.iter().filter_map(compared).max().unwrap();
                assert!(compared < 10, "{compared} of {}", file.rules.len());
            }
        }
    }
}
