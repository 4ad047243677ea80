//! What became of each waiver, and what of that is itself a violation.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::{JudgedViolation, RuleVerdict, table};
use super::authority::refusal;
use super::{Waiver, Waivers};
use crate::evaluate::{Outcome, RuleOutcome, Subject, Violation};
use crate::evidence::{Completeness, Evidence, EvidenceKind, vocabulary};
use crate::policy::WaiverTrouble;

vocabulary! {
    /// What became of a waiver.
    pub enum WaiverState("waiver state", ordered: false) {
        /// It lifts a violation.
        Applied = "applied",
        /// It lifts nothing, and all that its rule needs is known.
        Unused = "unused",
        /// It lifts nothing, and its rule was not asked, or not all that it needs is known.
        NotChecked = "not_checked",
        /// Its last day is over.
        Expired = "expired",
        /// Nobody who may has approved it.
        Refused = "refused",
    }
}

/// What can be told of a waiver before any violation is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `None` where it is in force.
    pub state: Option<WaiverState>,
    /// Why it is not, in words.
    pub why: Option<String>,
    /// How many days are left after this one: 0 on its last day, less where that is over; `None` where no day is said.
    pub days_left: Option<i64>,
    /// What there is to say against it, in order.
    pub troubles: Vec<WaiverTrouble>,
}

impl Standing {
    /// Whether it may lift something.
    #[must_use]
    pub const fn is_in_force(&self) -> bool {
        self.state.is_none()
    }
}

/// A waiver, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedWaiver {
    /// The waiver.
    pub waiver: Waiver,
    /// What became of it.
    pub state: WaiverState,
    /// Why, in words, where it is expired, refused or not checked.
    pub why: Option<String>,
    /// How many days are left after this one.
    pub days_left: Option<i64>,
    /// What there is to say against it, in order.
    pub troubles: Vec<WaiverTrouble>,
    /// Fingerprints of the violations that it lifts, in order.
    pub lifts: Vec<String>,
    /// Where it is expired or refused: fingerprints of the violations that it would lift were it in force, and that nothing
    /// else lifts, in order.
    pub would_lift: Vec<String>,
}

impl Waiver {
    /// How it stands on a day, in UTC, for a change, or as far as that can be told without one.
    #[must_use]
    pub fn standing(&self, day: Option<Date>, evidence: Option<&Evidence>) -> Standing {
        let days = |from: Date, to: Date| from.duration_until(to).as_hours() / 24;
        let mut troubles = Vec::new();
        let days_left = day.map(|day| days(day, self.expires));
        let expired = days_left.is_some_and(|left| left < 0);
        let (state, why) = match refusal(self, evidence) {
            _ if expired => {
                troubles.push(WaiverTrouble::Expired);
                (Some(WaiverState::Expired), Some(format!("its last day was {}", self.expires)))
            }
            Some(refusal) => {
                troubles.push(WaiverTrouble::Refused);
                troubles.extend(refusal.own.then_some(WaiverTrouble::SelfApproved));
                (Some(WaiverState::Refused), Some(refusal.why))
            }
            None => (None, None),
        };
        if !expired && days_left.is_some_and(|left| left <= i64::from(self.terms.expiring_days)) {
            troubles.push(WaiverTrouble::Expiring);
        }
        // A day of making that is yet to come makes no waiver shorter.
        let from = self.created.into_iter().chain(day).min();
        if let (Some(from), Some(most)) = (from, self.terms.max_days)
            && days(from, self.expires) > i64::from(most)
        {
            troubles.push(WaiverTrouble::OverLong);
        }
        troubles.sort();
        Standing { state, why, days_left, troubles }
    }
}

/// What became of each waiver, by id. `fitting` are the fingerprints of the violations that each of a rule is about.
pub(in crate::verdict) fn judge(
    waivers: &Waivers,
    rules: &[RuleVerdict],
    fitting: &BTreeMap<(String, String), Vec<String>>,
    evidence: &Evidence,
) -> Vec<JudgedWaiver> {
    let mut judged: Vec<JudgedWaiver> = waivers
        .all()
        .iter()
        .map(|waiver| {
            let Standing { state, mut why, days_left, mut troubles } = waiver.standing(waivers.day, Some(evidence));
            let fits = fitting.get(&(waiver.rule.clone(), waiver.id.clone())).cloned().unwrap_or_default();
            let (lifts, would_lift) = match state {
                Some(_) => (Vec::new(), still_open(fits, &waiver.rule, rules)),
                None => (fits, Vec::new()),
            };
            let state = state.unwrap_or_else(|| match (lifts.len(), not_checked(waiver, rules, evidence)) {
                (0, None) => WaiverState::Unused,
                (0, Some(unknown)) => {
                    why = Some(unknown);
                    WaiverState::NotChecked
                }
                _ => WaiverState::Applied,
            });
            troubles.extend((state == WaiverState::Unused).then_some(WaiverTrouble::Unused));
            troubles.extend((lifts.len() > 1).then_some(WaiverTrouble::Broad));
            troubles.sort();
            JudgedWaiver { waiver: waiver.clone(), state, why, days_left, troubles, lifts, would_lift }
        })
        .collect();
    judged.sort_by(|a, b| (&a.waiver.id, &a.waiver.rule).cmp(&(&b.waiver.id, &b.waiver.rule)));
    judged
}

/// Those of a rule's violations that nothing lifts.
fn still_open(fingerprints: Vec<String>, rule: &str, rules: &[RuleVerdict]) -> Vec<String> {
    if fingerprints.is_empty() {
        return fingerprints;
    }
    let own = rules.iter().filter(|judged| judged.id() == rule);
    let open: BTreeSet<&str> =
        own.flat_map(RuleVerdict::open_violations).map(|violation| violation.fingerprint.as_str()).collect();
    fingerprints.into_iter().filter(|fingerprint| open.contains(fingerprint.as_str())).collect()
}

/// Why it can't be told whether there is something to lift.
fn not_checked(waiver: &Waiver, rules: &[RuleVerdict], evidence: &Evidence) -> Option<String> {
    let files = evidence.completeness(EvidenceKind::Files);
    if !waiver.scope.paths.is_empty() && files != Completeness::Complete {
        return Some(format!("which files were moved is not known (files: {files})"));
    }
    let Some(rule) = rules.iter().find(|rule| rule.id() == waiver.rule) else {
        return Some("its rule was not asked".to_owned());
    };
    let unsettled = rule.is_unsettled() || !table::ran(&rule.outcome);
    unsettled.then(|| format!("its rule ended {}: {}", rule.outcome.outcome, rule.outcome.reason))
}

/// The outcome of the rule that waivers themselves can violate.
pub(in crate::verdict) fn hygiene(waivers: &Waivers, judged: &[JudgedWaiver]) -> Option<RuleOutcome> {
    let rule = waivers.rule.as_ref()?;
    let mut violations: Vec<Violation> = judged.iter().flat_map(violations).collect();
    violations.sort();
    let (outcome, reason) = match violations.len() {
        0 => (Outcome::Satisfied, "every waiver is as its pack asks".to_owned()),
        1 => (Outcome::Violated, "1 violation".to_owned()),
        count => (Outcome::Violated, format!("{count} violations")),
    };
    Some(RuleOutcome { outcome, reason, violations, ..RuleOutcome::blank(rule) })
}

/// What the pack of its rule makes a violation of a waiver.
fn violations(judged: &JudgedWaiver) -> Vec<Violation> {
    let JudgedWaiver { waiver, why, days_left, troubles, lifts, .. } = judged;
    let asked = troubles.iter().filter(|trouble| waiver.terms.violations.contains(trouble));
    let message = |trouble: &WaiverTrouble| {
        let said = match trouble {
            WaiverTrouble::Expired | WaiverTrouble::Refused | WaiverTrouble::SelfApproved => {
                format!("is {trouble}: {}", why.as_deref().unwrap_or("nothing says why"))
            }
            WaiverTrouble::Unused => "is unused: it lifts nothing".to_owned(),
            WaiverTrouble::Expiring => {
                format!("ends on {}, in {}", waiver.expires, in_days(days_left.unwrap_or(0)))
            }
            WaiverTrouble::OverLong => format!(
                "is over-long: it ends on {}, and its pack allows {}",
                waiver.expires,
                in_days(i64::from(waiver.terms.max_days.unwrap_or(0)))
            ),
            WaiverTrouble::Broad => format!("is broad: it lifts {} violations", lifts.len()),
        };
        format!("waiver {} of {} {said}", waiver.id, waiver.rule)
    };
    // What is refused because somebody approved his own is told once.
    let own = troubles.contains(&WaiverTrouble::SelfApproved)
        && waiver.terms.violations.contains(&WaiverTrouble::SelfApproved);
    asked
        .filter(|trouble| !(own && **trouble == WaiverTrouble::Refused))
        .map(|trouble| Violation {
            subject: Subject::Change,
            message: message(trouble),
            risk: None,
            remedy: None,
            approvers: Vec::new(),
        })
        .collect()
}

fn in_days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// Which violations each waiver is about: fingerprints by rule and waiver, in order.
pub(in crate::verdict) fn fitting(
    rules: &[(RuleVerdict, Vec<Vec<String>>)],
) -> BTreeMap<(String, String), Vec<String>> {
    let mut fitting: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (rule, by) in rules {
        for (JudgedViolation { fingerprint, .. }, ids) in rule.violations.iter().zip(by) {
            for id in ids {
                fitting.entry((rule.id().to_owned(), id.clone())).or_default().push(fingerprint.clone());
            }
        }
    }
    fitting.values_mut().for_each(|list| list.sort());
    fitting
}
