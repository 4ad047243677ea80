//! What became of findings since the baseline, from both sides' rows wherever they came from; pure.
//!
//! Rows of one tool (by its key, so that another version or name of it is the same tool) are paired one to one: three equal
//! findings against two of the baseline are one new one. A pair is made, in this order,
//!
//! 1. where the tool states the same identifying fingerprints;
//! 2. where the contents are equal and the head's line is the one that the baseline's line became by the diff, neither
//!    of them edited: the surroundings that a fingerprint is made of may have changed;
//! 3. where the contents are equal, unless both state fingerprints of the same kinds, which then differ.
//!
//! Among equal rows those on lines that the change does not touch are paired first, so that what is left over as new is on a
//! changed line if any of them is. What a pair shows:
//!
//! - By 3 alone, a message is no proof on a line that the change adds or edits (another secret in place of the old one has the same
//!   message), and nothing but rule and place is none anywhere: then it is *unknown*. A snippet is a proof.
//! - Nothing is a proof in a file that the change adds, nor on a line that it adds or edits where the line of the baseline is still
//!   there and became another: the base had no such finding, or has lost it. That is also what results of the head look like
//!   that are given for those of the base.
//! - Else it is *unchanged* at the same path and line, and *moved* at another line or by a renaming.
//!
//! A row of the head without a pair is *new* where the tool has a baseline and all of its runs are complete, and
//! *unknown* where it has none, one that is not complete, or where a file of the baseline can't be read at all, since
//! that may have been of this tool. Only complete runs of the baseline are compared with; what one of them has
//! is no news, whatever became of the others. A rule that the baseline's version of the tool did not have, or that was
//! not switched on, gives new findings in old code: nothing shows that they are old.
//!
//! A row of the baseline without a pair is *gone* where all runs of the tool over the head are complete.
//!
//! A scanner's own report and its SARIF don't say the same of one finding. Rows of the head that came without an identity
//! are *unknown* where they have no pair, and nothing of their tool is gone.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::NO_TOOL;
use super::collected::{Collected, Trace};
use super::identity::Proof;
use crate::evidence::{Comparison, Completeness, EvidenceKind, FindingRow, FindingsBuilder, Source, tool_key};

/// Says of each row of the head what became of it, and adds those that are gone.
pub(super) fn compare(head: &mut Collected, base: &mut Collected, sources: &[Source]) {
    head.fill();
    base.fill();
    let (of_head, of_base) = (Tools::of(sources, EvidenceKind::Findings), Tools::of(sources, EvidenceKind::Baseline));
    let pairs = Pairing::new(head, base).pair();

    for (row, pair) in pairs.head.iter().enumerate() {
        let compared = match *pair {
            Some(pair) => relation(head, base, row, pair),
            None if is_foreign(head, row) => Comparison::Unknown,
            None if of_base.all_there(tool(&head.rows, row)) => Comparison::New,
            None => Comparison::Unknown,
        };
        head.rows.set_compared(row, compared);
    }
    let foreign: BTreeSet<String> =
        (0..head.rows.len()).filter(|row| is_foreign(head, *row)).map(|row| tool_key(tool(&head.rows, row))).collect();
    for (row, is_paired) in pairs.base.iter().enumerate() {
        let tool = tool(&base.rows, row);
        if !is_paired && of_head.all_there(tool) && !foreign.contains(&tool_key(tool)) {
            let Some(finding) = base.rows.get(row) else { continue };
            let rule = head.rows.rule_of(&base.rows, finding.rule);
            head.rows.push(&FindingRow { rule, compared: Comparison::Gone, ..finding });
        }
    }
}

fn is_foreign(side: &Collected, row: usize) -> bool {
    side.traces().get(row).is_none_or(|trace| trace.is_foreign)
}

fn tool(rows: &FindingsBuilder, row: usize) -> &str {
    rows.get(row).map_or("", |finding| rows.tool(finding.rule))
}

/// What a pair shows.
fn relation(head: &Collected, base: &Collected, row: usize, pair: Pair) -> Comparison {
    let (Some(new), Some(old)) = (head.traces().get(row), base.traces().get(pair.row)) else {
        return Comparison::Unknown;
    };
    let is_elsewhere = new.touched && old.expected.is_some_and(|line| line.get() != new.line);
    let is_proof = match new.identity.proof.min(old.identity.proof) {
        _ if is_elsewhere || new.in_added_file => false,
        _ if pair.is_certain => true,
        Proof::Snippet => true,
        Proof::Message => !new.touched,
        Proof::Nothing => false,
    };
    match is_proof {
        false => Comparison::Unknown,
        true if new.line == old.line && !base.is_renamed(pair.row) => Comparison::Unchanged,
        true => Comparison::Moved,
    }
}

/// Which tools ran on one side, and whether all of their runs are complete.
#[derive(Debug, Default)]
struct Tools {
    /// By the tool's key.
    complete: BTreeMap<String, bool>,
    /// Whether a file is of nobody knows which tool.
    any_unreadable: bool,
}

impl Tools {
    fn of(sources: &[Source], kind: EvidenceKind) -> Self {
        let mut tools = Self::default();
        for source in sources.iter().filter(|source| source.kind == kind) {
            let is_complete = source.completeness == Completeness::Complete;
            tools.any_unreadable |= source.tool.is_none() && !is_complete;
            let key = tool_key(source.tool.as_deref().unwrap_or(NO_TOOL));
            *tools.complete.entry(key).or_insert(true) &= is_complete;
        }
        tools
    }

    /// Whether everything that the tool found is there.
    fn all_there(&self, tool: &str) -> bool {
        !self.any_unreadable && self.complete.get(&tool_key(tool)).copied().unwrap_or(false)
    }
}

/// The row of the baseline that a row of the head is the same as.
#[derive(Debug, Clone, Copy)]
struct Pair {
    row: usize,
    /// Whether more than equal contents shows it.
    is_certain: bool,
}

/// What was paired.
struct Pairs {
    head: Vec<Option<Pair>>,
    base: Vec<bool>,
}

/// Both sides, being paired.
struct Pairing<'a> {
    head: &'a Collected,
    base: &'a Collected,
    pairs: Pairs,
    /// For each row of the head, whether what it states is to be looked at.
    states: (Vec<bool>, Vec<bool>),
}

impl<'a> Pairing<'a> {
    fn new(head: &'a Collected, base: &'a Collected) -> Self {
        // One value on all findings of both sides is no fingerprint of any.
        let meaningless: Vec<&String> = head
            .only_stated
            .iter()
            .filter(|(tool, value)| value.is_some() && base.only_stated.get(*tool) == Some(value))
            .map(|(tool, _)| tool)
            .collect();
        let states = |side: &Collected| -> Vec<bool> {
            let means = |row: usize| {
                meaningless.is_empty()
                    || !meaningless.iter().any(|tool_name| **tool_name == tool_key(tool(&side.rows, row)))
            };
            side.traces().iter().enumerate().map(|(row, trace)| trace.identity.stated != 0 && means(row)).collect()
        };
        let pairs = Pairs { head: vec![None; head.traces().len()], base: vec![false; base.traces().len()] };
        Self { states: (states(head), states(base)), head, base, pairs }
    }

    fn pair(mut self) -> Pairs {
        let stated = |trace: &Trace, states: bool| states.then_some(trace.identity.stated);
        self.each_group(stated, |pairing, new, old| {
            pairing.join_by_line(new, old);
            pairing.join_in_order(new, old);
        });
        let content = |trace: &Trace, _| Some(trace.identity.content);
        self.each_group(content, |pairing, new, old| {
            pairing.join_by_line(new, old);
            pairing.join_by_kind(new, old);
        });
        self.pairs
    }

    /// Does something with the unpaired rows of both sides that have the same key, in their canonical order.
    fn each_group(
        &mut self,
        key: impl Fn(&Trace, bool) -> Option<u128>,
        mut join: impl FnMut(&mut Self, &[usize], &[usize]),
    ) {
        let keyed = |side: &Collected, states: &[bool], is_paired: &dyn Fn(usize) -> bool| {
            let rows = side.traces().iter().zip(states).enumerate().filter(|(row, _)| !is_paired(*row));
            let mut keyed: Vec<(u128, usize)> =
                rows.filter_map(|(row, (trace, states))| Some((key(trace, *states)?, row))).collect();
            keyed.sort_unstable();
            keyed
        };
        let new = keyed(self.head, &self.states.0, &|row| self.pairs.head.get(row).is_none_or(Option::is_some));
        let old = keyed(self.base, &self.states.1, &|row| self.pairs.base.get(row).is_none_or(|paired| *paired));
        let mut old_groups = old.chunk_by(|one, other| one.0 == other.0).peekable();
        for group in new.chunk_by(|one, other| one.0 == other.0) {
            let Some((key, _)) = group.first() else { continue };
            while old_groups.next_if(|old| old.first().is_some_and(|(old, _)| old < key)).is_some() {}
            let Some(old) = old_groups.next_if(|old| old.first().is_some_and(|(old, _)| old == key)) else { continue };
            let rows = |side: &Collected, group: &[(u128, usize)]| {
                let mut rows: Vec<usize> = group.iter().map(|(_, row)| *row).collect();
                if rows.len() > 1 {
                    rows.sort_by(|one, other| order(side, *one, *other));
                }
                rows
            };
            let (new, old) = (rows(self.head, group), rows(self.base, old));
            join(self, &new, &old);
        }
    }

    fn join(&mut self, new: usize, old: usize, is_certain: bool) {
        if let (Some(slot), Some(paired)) = (self.pairs.head.get_mut(new), self.pairs.base.get_mut(old)) {
            *slot = Some(Pair { row: old, is_certain });
            *paired = true;
        }
    }

    fn is_free(&self, new: usize) -> bool {
        self.pairs.head.get(new).is_some_and(Option::is_none)
    }

    fn is_free_old(&self, old: usize) -> bool {
        self.pairs.base.get(old).is_some_and(|paired| !paired)
    }

    /// Pairs rows on lines that the change does not touch: the line of one became that of the other.
    fn join_by_line(&mut self, new: &[usize], old: &[usize]) {
        let mut by_line: BTreeMap<u32, VecDeque<usize>> = BTreeMap::new();
        for row in old.iter().copied().filter(|row| self.is_free_old(*row)) {
            if let Some(line) = self.base.traces().get(row).and_then(|trace| trace.expected) {
                by_line.entry(line.get()).or_default().push_back(row);
            }
        }
        for row in new {
            let Some(trace) = self.head.traces().get(*row).filter(|trace| !trace.touched) else { continue };
            if let Some(old) = by_line.get_mut(&trace.line).filter(|_| self.is_free(*row)).and_then(VecDeque::pop_front)
            {
                self.join(*row, old, true);
            }
        }
    }

    /// Pairs what is left in the order that it stands in.
    fn join_in_order(&mut self, new: &[usize], old: &[usize]) {
        let mut free = old.iter().copied().filter(|row| self.is_free_old(*row)).collect::<VecDeque<_>>();
        for row in new {
            if self.is_free(*row)
                && let Some(old) = free.pop_front()
            {
                self.join(*row, old, true);
            }
        }
    }

    /// Pairs what is left, unless both state fingerprints of the same kinds.
    fn join_by_kind(&mut self, new: &[usize], old: &[usize]) {
        let kind = |side: &Collected, states: &[bool], row: usize| {
            let states = states.get(row).copied().unwrap_or(false);
            if states { side.traces().get(row).map_or(0, |trace| trace.identity.keys) } else { 0 }
        };
        let mut free: BTreeMap<u32, VecDeque<usize>> = BTreeMap::new();
        for row in old.iter().copied().filter(|row| self.is_free_old(*row)) {
            free.entry(kind(self.base, &self.states.1, row)).or_default().push_back(row);
        }
        for row in new.iter().copied().filter(|row| self.is_free(*row)).collect::<Vec<_>>() {
            let own = kind(self.head, &self.states.0, row);
            // At most two are looked at: only one of the kinds may be its own. Rows that state nothing come first.
            let Some(mut found) = free.keys().copied().find(|kind| own == 0 || *kind != own) else {
                continue;
            };
            // A row that states nothing leaves those that state nothing to others.
            if own == 0 {
                found = free.keys().next_back().copied().unwrap_or(found);
            }
            let rows = free.get_mut(&found);
            if let Some(old) = rows.and_then(VecDeque::pop_front) {
                self.join(row, old, false);
            }
            if free.get(&found).is_some_and(VecDeque::is_empty) {
                free.remove(&found);
            }
        }
    }
}

/// The order in which equal rows are paired: those that the change does not touch first. It depends on what they say
/// alone, not on where they were read.
fn order(side: &Collected, one: usize, other: usize) -> Ordering {
    fn key(side: &Collected, row: usize) -> impl Ord + use<'_> {
        side.rows.get(row).map(|finding| {
            let place = (finding.on_changed_line, finding.line, finding.column, finding.end_line);
            let words = (finding.severity, finding.level, finding.kind, finding.suppression, finding.baseline_state);
            let score = finding.score.map(f32::to_bits);
            (place, finding.path, finding.message, finding.unmapped, words, score, finding.cwe, finding.package)
        })
    }
    key(side, one).cmp(&key(side, other))
}
