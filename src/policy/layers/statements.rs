//! What the packs of one layer say of rules and parameters, each setting once. Packs of a layer have the same authority, so
//! that two of them that say different things of one setting contradict each other.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::pack::Pack;
use super::values::{Declarations, Draft, fit};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::manifest::RuleTable;
use crate::policy::metadata::{Approver, Enforcement, SetBy};
use crate::policy::parameter::{LAST_YEAR, date_of};

/// One setting. Their order is the one in which they are applied: what a rule has of its own is judged by the value that it
/// had before the layer, so it comes before the values of packs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// How binding a rule is, by the rule's position.
    Enforcement(usize),
    /// What later layers may lower that to.
    Tunable(usize),
    /// Who may let its violations pass.
    Approvers(usize),
    /// From when on it is in force.
    EffectiveOn(usize),
    /// A parameter's value for a rule alone.
    Own(usize, String),
    /// A parameter's value, by the position of its pack.
    Value(usize, String),
}

/// What is said of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    Enforcement(Enforcement),
    Enforcements(Vec<Enforcement>),
    Approvers(Vec<Approver>),
    Date(Date),
    Value(toml::Value),
}

/// Who says it, and where.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) said: Said,
    pub(super) set_by: SetBy,
    pub(super) place: Option<Place>,
    /// Whether it is said of every pack that declares a parameter of the name.
    pub(super) of_all: bool,
}

/// Everything that one layer says.
pub(super) struct Statements<'a> {
    /// The packs of all layers, by layer and name.
    pub(super) packs: &'a [Pack],
    pub(super) drafts: &'a [Draft],
    pub(super) declarations: &'a [Declarations],
    pub(super) said: BTreeMap<Slot, Statement>,
    pub(super) mistakes: Vec<Diagnostic>,
}

impl<'a> Statements<'a> {
    pub(super) fn new(packs: &'a [Pack], drafts: &'a [Draft], declarations: &'a [Declarations]) -> Self {
        Self { packs, drafts, declarations, said: BTreeMap::new(), mistakes: Vec::new() }
    }

    /// What a pack says in `[rules.<id>]` and `[set]`.
    pub(super) fn of_pack(&mut self, pack: &Pack) {
        for (id, table) in &pack.manifest.rules {
            match self.drafts.iter().position(|draft| draft.meta.id == *id.get_ref() && draft.meta.layer <= pack.layer)
            {
                Some(index) => self.of_rule(pack, index, table),
                None => {
                    let known = self.drafts.iter().filter(|draft| draft.meta.layer <= pack.layer);
                    let message = format!("there is no rule `{}` in this layer or an earlier one", id.get_ref());
                    self.mistakes.push(
                        pack.broken(id.span(), message)
                            .suggest(id.get_ref(), known.map(|draft| draft.meta.id.as_str())),
                    );
                }
            }
        }
        for (name, value) in &pack.manifest.set {
            let of_all = !name.get_ref().contains('.');
            let found = self.targets(name.get_ref(), pack.layer);
            match found {
                Ok(targets) => {
                    for (index, name) in targets {
                        let read = self.declarations.get(index).map(|known| fit(known, &name, value.get_ref()));
                        match read {
                            Some(Ok(read)) => self.claim(
                                Slot::Value(index, name),
                                Statement {
                                    said: Said::Value(read),
                                    set_by: pack.set_by(),
                                    place: Some(pack.place(value.span())),
                                    of_all,
                                },
                            ),
                            Some(Err(mistake)) => self.mistakes.push(mistake.at(pack.place(value.span()))),
                            None => {}
                        }
                    }
                }
                Err(mistake) => self.mistakes.push(mistake.at(pack.place(name.span()))),
            }
        }
    }

    fn pack(&self, index: usize) -> &str {
        self.packs.get(index).map_or("", Pack::name)
    }

    /// The packs of a layer or an earlier one that declare a parameter, by `name` or `pack.name`.
    pub(super) fn targets(&self, written: &str, layer: u32) -> Result<Vec<(usize, String)>, Diagnostic> {
        let (of, name) = match written.rsplit_once('.') {
            Some((pack, name)) => (Some(pack), name),
            None => (None, written),
        };
        let packs = || self.packs.iter().enumerate().filter(|(_, pack)| pack.layer <= layer);
        if let Some(of) = of
            && !packs().any(|(_, pack)| pack.name() == of)
        {
            let known = packs().map(|(_, pack)| pack.name());
            let message = format!("there is no pack `{of}` in this layer or an earlier one");
            return Err(Diagnostic::new(Code::BadParameter, message).suggest(of, known));
        }
        let declares = |index: usize| self.declarations.get(index).is_some_and(|known| known.contains_key(name));
        let targets: Vec<(usize, String)> = packs()
            .filter(|(index, pack)| of.is_none_or(|of| pack.name() == of) && declares(*index))
            .map(|(index, _)| (index, name.to_owned()))
            .collect();
        if targets.is_empty() {
            let known = packs()
                .filter(|(_, pack)| of.is_none_or(|of| pack.name() == of))
                .filter_map(|(index, _)| self.declarations.get(index))
                .flat_map(|known| known.keys().map(String::as_str));
            let message = match of {
                Some(of) => format!("the pack `{of}` has no parameter `{name}`"),
                None => format!("no pack has a parameter `{name}`"),
            };
            return Err(Diagnostic::new(Code::BadParameter, message).suggest(name, known));
        }
        Ok(targets)
    }

    fn of_rule(&mut self, pack: &Pack, index: usize, table: &RuleTable) {
        let mut say = |slot: Slot, said: Said, span: std::ops::Range<usize>| {
            let place = Some(pack.place(span));
            self.claim(slot, Statement { said, set_by: pack.set_by(), place, of_all: false });
        };
        if let Some(enforcement) = &table.enforcement {
            say(Slot::Enforcement(index), Said::Enforcement(*enforcement.get_ref()), enforcement.span());
        }
        if let Some(tunable) = &table.tunable {
            let mut words = tunable.get_ref().enforcement.clone();
            words.sort_unstable();
            words.dedup();
            say(Slot::Tunable(index), Said::Enforcements(words), tunable.span());
        }
        let mut mistakes = Vec::new();
        if let Some(approvers) = &table.approvers {
            let from = pack.approvers(approvers.get_ref(), &mut mistakes);
            if from.is_empty() && mistakes.is_empty() {
                mistakes.push(pack.broken(approvers.span(), "the list of approvers is empty"));
            }
            say(Slot::Approvers(index), Said::Approvers(from), approvers.span());
        }
        if let Some(date) = &table.effective_on {
            match date_of(date.get_ref()) {
                Some(day) if day.year() > LAST_YEAR => {
                    let message =
                        format!("`effective_on` is in the year {}, expected one up to {LAST_YEAR}", day.year());
                    mistakes.push(pack.broken(date.span(), message));
                }
                Some(day) => say(Slot::EffectiveOn(index), Said::Date(day), date.span()),
                None => mistakes.push(pack.broken(date.span(), "`effective_on` has to be a date, as in `2027-01-01`")),
            }
        }
        let home = self.drafts.get(index).map_or(0, |draft| draft.pack);
        for (name, value) in &table.parameters {
            let Some(known) = self.declarations.get(home) else { continue };
            match fit(known, name.get_ref(), value.get_ref()) {
                Ok(read) => {
                    let place = Some(pack.place(value.span()));
                    let slot = Slot::Own(index, name.get_ref().clone());
                    let said = Said::Value(read);
                    self.claim(slot, Statement { said, set_by: pack.set_by(), place, of_all: false });
                }
                Err(mistake) => mistakes.push(mistake.at(pack.place(name.span()))),
            }
        }
        self.mistakes.extend(mistakes);
    }

    /// Takes a statement in, unless another one contradicts it.
    pub(super) fn claim(&mut self, slot: Slot, statement: Statement) {
        let Some(other) = self.said.get(&slot) else {
            self.said.insert(slot, statement);
            return;
        };
        if other.said == statement.said {
            return;
        }
        if other.set_by == statement.set_by && other.of_all != statement.of_all {
            // A pack that says something of all, and something else of one, means the latter for that one.
            if other.of_all {
                self.said.insert(slot, statement);
            }
            return;
        }
        let what = self.name(&slot);
        let message = format!("{what} is set otherwise by {}, of the same layer", described(&other.set_by));
        let mut mistake = Diagnostic::new(Code::LayerConflict, message)
            .help("packs of one layer have the same authority: set it in one of them, or alike in both");
        if let Some(place) = &other.place {
            mistake = mistake.related(place.clone(), "set here");
        }
        self.mistakes.push(match statement.place {
            Some(place) => mistake.at(place),
            None => mistake,
        });
    }

    /// A setting as messages name it.
    pub(super) fn name(&self, slot: &Slot) -> String {
        let rule = |index: &usize| self.drafts.get(*index).map_or("", |draft| draft.meta.id.as_str());
        match slot {
            Slot::Enforcement(index) => format!("the enforcement of `{}`", rule(index)),
            Slot::Tunable(index) => format!("what may be relaxed of `{}`", rule(index)),
            Slot::Approvers(index) => format!("who may let violations of `{}` pass", rule(index)),
            Slot::EffectiveOn(index) => format!("the day from which on `{}` is in force", rule(index)),
            Slot::Own(index, name) => format!("the parameter `{name}` of the rule `{}`", rule(index)),
            Slot::Value(index, name) => format!("the parameter `{name}` of the pack `{}`", self.pack(*index)),
        }
    }
}

pub(super) fn described(set_by: &SetBy) -> String {
    match set_by.layer {
        Some(_) => format!("the pack `{}`", set_by.by),
        None => format!("another `{}`", set_by.by),
    }
}
