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

pub use self::judged::{JudgedWaiver, Standing, WaiverState};
pub(super) use self::judged::{hygiene, judge, lifted};
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

    /// Those of a rule that are in force for a change.
    pub(super) fn in_force<'a>(&'a self, rule: &str, evidence: &Evidence) -> InForce<'a> {
        let start = self.sorted.partition_point(|waiver| waiver.rule.as_str() < rule);
        let own = self.sorted.iter().skip(start).take_while(|waiver| waiver.rule == rule);
        InForce(own.filter(|waiver| waiver.standing(self.day, Some(evidence)).is_in_force()).collect())
    }
}

/// The waivers of one rule that are in force, by id.
pub(super) struct InForce<'a>(Vec<&'a Waiver>);

impl InForce<'_> {
    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ids of those that lift a violation, in order. `names` are the names that it has and no other violation of its rule.
    pub(super) fn lifting(
        &self,
        subject: Subject,
        names: &[String],
        evidence: &Evidence,
        renames: &Renames<'_>,
    ) -> Vec<String> {
        let fits = |waiver: &&&Waiver| waiver.scope.fits(subject, names, evidence, renames);
        self.0.iter().filter(fits).map(|waiver| waiver.id.clone()).collect()
    }
}
