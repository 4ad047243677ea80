//! Which violations are lifted, and by what. Nothing else is: no assessment, no required approval, nothing undecided.
//!
//! A waiver is in force or it is not before any violation is looked at. One that is in force lifts the violations of its rule
//! that its whole scope fits, and the violations of no other.

mod authority;
mod judged;
mod scope;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::civil::Date;

pub(super) use self::authority::lacking;
pub use self::judged::{JudgedWaiver, Standing, WaiverState};
pub(super) use self::judged::{fitting, hygiene, judge};
pub(super) use self::scope::Renames;
pub use self::scope::Scope;

use crate::evaluate::Subject;
use crate::evidence::Evidence;
use crate::policy::{RuleMeta, WaiverTerms};

/// A named, owned, ending exception to violations of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Its id, unique among all.
    pub id: String,
    /// The rule whose violations it lifts.
    pub rule: String,
    /// Which of them.
    pub scope: Scope,
    /// Who answers for it: a login, or `team:NAME`.
    pub owner: String,
    /// Why it is there.
    pub reason: String,
    /// Login of who approved it.
    pub approved_by: Option<String>,
    /// Where it is dealt with.
    pub ticket: Option<String>,
    /// The day on which it was made.
    pub created: Option<Date>,
    /// Its last day, which counts whole, in UTC.
    pub expires: Date,
    /// Where it stands: `FILE:LINE`.
    pub at: String,
    /// What the pack of its rule asks of it.
    pub terms: Arc<WaiverTerms>,
}

/// All waivers of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waivers {
    /// By rule and id.
    sorted: Vec<Waiver>,
    /// The day on which they are judged, in UTC.
    day: Option<Date>,
    /// The rule that they can themselves violate.
    rule: Option<Arc<RuleMeta>>,
}

impl Waivers {
    /// Waivers in any order, judged on a day, in UTC; `rule` is the one that they can themselves violate.
    #[must_use]
    pub fn new(mut waivers: Vec<Waiver>, day: Date, rule: Option<Arc<RuleMeta>>) -> Self {
        waivers.sort_by(|a, b| (&a.rule, &a.id, &a.at).cmp(&(&b.rule, &b.id, &b.at)));
        Self { sorted: waivers, day: Some(day), rule }
    }

    /// Waivers of single violations, each by rule, fingerprint and id, that are in force on every day.
    #[must_use]
    pub fn of_fingerprints(named: impl IntoIterator<Item = (String, String, String)>) -> Self {
        let waiver = |(rule, fingerprint, id)| Waiver {
            id,
            rule,
            scope: Scope { fingerprint: Some(fingerprint), ..Scope::default() },
            owner: "owner".to_owned(),
            reason: "reason".to_owned(),
            approved_by: Some("approver".to_owned()),
            ticket: None,
            created: None,
            expires: Date::MAX,
            at: String::new(),
            terms: Arc::default(),
        };
        let mut sorted: Vec<Waiver> = named.into_iter().map(waiver).collect();
        sorted.sort_by(|a, b| (&a.rule, &a.id).cmp(&(&b.rule, &b.id)));
        Self { sorted, day: None, rule: None }
    }

    /// All of them, by rule and id.
    #[must_use]
    pub fn all(&self) -> &[Waiver] {
        &self.sorted
    }

    /// Those of a rule, each with whether it is in force for a change.
    pub(super) fn of_rule<'a>(&'a self, rule: &str, evidence: &Evidence) -> OfRule<'a> {
        let start = self.sorted.partition_point(|waiver| waiver.rule.as_str() < rule);
        let own = self.sorted.iter().skip(start).take_while(|waiver| waiver.rule == rule);
        OfRule(own.map(|waiver| (waiver, waiver.standing(self.day, Some(evidence)).is_in_force())).collect())
    }
}

/// The waivers of one rule by id, each with whether it is in force.
pub(super) struct OfRule<'a>(Vec<(&'a Waiver, bool)>);

impl OfRule<'_> {
    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first in force that lifts a violation, and the ids of all that are about it, in order, in force or not. `names` are
    /// the names that it has and no other violation of its rule.
    pub(super) fn lifting(
        &self,
        subject: Subject,
        names: &[String],
        evidence: &Evidence,
        renames: &Renames<'_>,
    ) -> (Option<String>, Vec<String>) {
        let fitting = || self.0.iter().filter(|(waiver, _)| waiver.scope.fits(subject, names, evidence, renames));
        let lifts = fitting().find(|(_, in_force)| *in_force).map(|(waiver, _)| waiver.id.clone());
        (lifts, fitting().map(|(waiver, _)| waiver.id.clone()).collect())
    }
}
