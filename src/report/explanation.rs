//! `tollgate/explanation/v1`: why a verdict is what it is, of the change, of one rule, or of one violation. A view of the
//! verdict: everything in it stands there, and nothing is decided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::overrides::OverrideReport;
use super::provenance::{SourceReport, WeakeningReport};
use super::verdict::{
    ActionReport, Engine, ReasonReport, RequirementReport, RiskReport, RuleReport, SubjectOfVerdict, VerdictReport,
    ViolationReport,
};
use super::waivers::WaiverReport;
use crate::evidence::{Completeness, EvidenceKind, nearest};
use crate::policy::Risk;
use crate::verdict::{ActionKind, Decision, WaiverState};

/// The value of `schema` in every explanation of this version.
pub const EXPLANATION_SCHEMA: &str = "tollgate/explanation/v1";

/// The fewest characters of a fingerprint that name a violation.
pub const MIN_FINGERPRINT: usize = 8;

/// Why a verdict is what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tollgate explanation")]
pub struct ExplanationReport {
    /// Always `tollgate/explanation/v1`.
    pub schema: String,
    /// What made the verdict.
    pub engine: Engine,
    /// What was decided about.
    pub subject: SubjectOfVerdict,
    /// The time that was judged at: RFC 3339, UTC.
    pub as_of: String,
    /// The decision about the change.
    pub decision: Decision,
    /// What is explained.
    pub about: AboutReport,
    /// The emergency override that was handed in, whether it is honoured or not.
    #[serde(rename = "override")]
    pub override_: Option<OverrideReport>,
    /// Of the change: everything that keeps it from approved, worst first; where an override decides, what would without it.
    /// Of a rule or a violation: that rule alone.
    pub parts: Vec<PartReport>,
    /// Of an approved change: requirements that are met. Else empty.
    pub approvals: Vec<RequirementReport>,
    /// Of an approved change: waivers that lift something. Else empty.
    pub waivers: Vec<WaiverReport>,
    /// Everything that made the evaluation more lenient than the policy is by itself.
    pub weakenings: Vec<WeakeningReport>,
    /// What would clear it, in the verdict's order.
    pub next: Vec<NumberedActionReport>,
}

/// What an explanation is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum AboutReport {
    /// The change.
    Change {},
    /// A rule.
    Rule {
        /// Its id.
        id: String,
    },
    /// A violation.
    Violation {
        /// The id of its rule.
        rule: String,
        /// Its fingerprint.
        fingerprint: String,
    },
}

/// Something that keeps a change from approved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PartReport {
    /// A rule, with its own decision.
    Rule {
        /// The rule, and all that belongs to it.
        part: Box<RulePartReport>,
    },
    /// A threshold that rejects from a level of risk on.
    Risk {
        /// From this level on.
        level: Risk,
        /// The pack that says so.
        pack: String,
        /// The risk of the change.
        risk: RiskReport,
    },
    /// No rule ran, so nothing is shown.
    NoRuleRan {},
    /// An approval that is not given and that no rule asks for.
    Approval {
        /// What is asked for.
        requirement: Box<RequirementReport>,
    },
}

/// A rule, and all of the verdict that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulePartReport {
    /// The rule; of one violation, with that violation alone.
    pub rule: RuleReport,
    /// How many violations the rule has in all.
    pub violations: u64,
    /// Whether its decision is the change's, or would be without the override.
    pub decides: bool,
    /// The evidence that it needs or read.
    pub read: Vec<ReadReport>,
    /// The approvals that it asks for.
    pub approvals: Vec<RequirementReport>,
    /// Waivers of it, in force or not.
    pub waivers: Vec<WaiverReport>,
    /// The actions that are for it, by their number in the verdict's list from 1.
    pub next: Vec<u32>,
}

/// A kind of evidence that a rule needs or read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadReport {
    /// The kind.
    pub kind: EvidenceKind,
    /// How much of it is there: as much as of its worst source.
    pub completeness: Completeness,
    /// Its sources; none where nobody supplied any.
    pub sources: Vec<SourceReport>,
}

/// An action with its number in the verdict's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberedActionReport {
    /// Its number, from 1.
    pub number: u32,
    /// What to do.
    pub action: ActionReport,
}

/// Why nothing is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unexplained {
    /// What is wrong.
    pub message: String,
    /// What was probably meant.
    pub help: Option<String>,
}

impl ExplanationReport {
    /// Why a change is not approved; of one that is, what that rests on.
    #[must_use]
    pub fn why_not(verdict: &VerdictReport) -> Self {
        let mut parts: Vec<(Decision, PartReport)> = Vec::new();
        let nothing_ran = verdict.reasons.contains(&ReasonReport::NoRuleRan {})
            || verdict.next.iter().any(|action| action.kind == ActionKind::AddPolicy);
        parts.extend(nothing_ran.then_some((Decision::Indeterminate, PartReport::NoRuleRan {})));
        let rules = verdict.rules.iter().filter(|rule| rule.decision != Decision::Approved);
        parts.extend(rules.map(|rule| (rule.decision, PartReport::Rule { part: Box::new(part(verdict, rule, None)) })));
        for reason in &verdict.reasons {
            if let ReasonReport::Risk { level, pack } = reason {
                let risk = verdict.risk.clone();
                parts.push((Decision::Rejected, PartReport::Risk { level: *level, pack: pack.clone(), risk }));
            }
        }
        let outstanding = verdict.approvals.required.iter().filter(|requirement| requirement.outstanding > 0);
        let of_no_rule =
            |requirement: &&RequirementReport| !verdict.rules.iter().any(|rule| requirement.because.contains(&rule.id));
        parts.extend(outstanding.filter(of_no_rule).map(|requirement| {
            (Decision::ApprovalRequired, PartReport::Approval { requirement: Box::new(requirement.clone()) })
        }));
        // Stable: what decides alike stays in the order of above.
        parts.sort_by_key(|(decision, _)| std::cmp::Reverse(*decision));
        let approved = verdict.decision == Decision::Approved;
        let met = |requirement: &&RequirementReport| approved && requirement.outstanding == 0;
        let applied = |waiver: &&WaiverReport| approved && waiver.state == WaiverState::Applied;
        Self {
            parts: parts.into_iter().map(|(_, part)| part).collect(),
            approvals: verdict.approvals.required.iter().filter(met).cloned().collect(),
            waivers: verdict.waivers.iter().filter(applied).cloned().collect(),
            next: numbered(verdict, |_| true),
            ..Self::about(verdict, AboutReport::Change {})
        }
    }

    /// Explains what a name names: a rule by its id, or a violation by the beginning of its fingerprint.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn named(verdict: &VerdictReport, name: &str) -> Result<Self, Unexplained> {
        if let Some(rule) = verdict.rules.iter().find(|rule| rule.id == name) {
            return Ok(Self::of(verdict, rule, None));
        }
        let wanted = name.to_ascii_lowercase();
        let hexadecimal = !wanted.is_empty() && wanted.bytes().all(|byte| byte.is_ascii_hexdigit());
        let all = verdict.rules.iter().flat_map(|rule| rule.violations.iter().map(move |found| (rule, found)));
        let mut found = all.filter(|(_, violation)| hexadecimal && violation.fingerprint.starts_with(&wanted));
        let unexplained = |message: String, help: Option<String>| Err(Unexplained { message, help });
        match (found.next(), found.count()) {
            (Some(_), _) if wanted.len() < MIN_FINGERPRINT => {
                let message = format!("`{name}` is too short for a fingerprint");
                unexplained(message, Some(format!("give at least {MIN_FINGERPRINT} characters of it")))
            }
            (Some((rule, violation)), 0) => Ok(Self::of(verdict, rule, Some(violation))),
            (Some(_), more) => {
                let message = format!("`{name}` is the beginning of {} fingerprints", more + 1);
                unexplained(message, Some("give more of it".to_owned()))
            }
            (None, _) => {
                let ids = || verdict.rules.iter().map(|rule| rule.id.as_str());
                let help = match nearest(name, ids()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if verdict.rules.is_empty() => "the verdict has no rules".to_owned(),
                    None => "a rule is named by its id, a violation by its fingerprint; `--why-not` lists what matters"
                        .to_owned(),
                };
                unexplained(format!("the verdict has no rule and no violation `{name}`"), Some(help))
            }
        }
    }

    fn of(verdict: &VerdictReport, rule: &RuleReport, violation: Option<&ViolationReport>) -> Self {
        let about = match violation {
            None => AboutReport::Rule { id: rule.id.clone() },
            Some(violation) => {
                AboutReport::Violation { rule: rule.id.clone(), fingerprint: violation.fingerprint.clone() }
            }
        };
        Self {
            parts: vec![PartReport::Rule { part: Box::new(part(verdict, rule, violation)) }],
            next: numbered(verdict, |action| action.rules.contains(&rule.id)),
            ..Self::about(verdict, about)
        }
    }

    fn about(verdict: &VerdictReport, about: AboutReport) -> Self {
        Self {
            schema: EXPLANATION_SCHEMA.to_owned(),
            engine: verdict.engine.clone(),
            subject: verdict.subject.clone(),
            as_of: verdict.as_of.clone(),
            decision: verdict.decision,
            about,
            override_: verdict.override_.clone(),
            parts: Vec::new(),
            approvals: Vec::new(),
            waivers: Vec::new(),
            weakenings: verdict.weakenings.clone(),
            next: Vec::new(),
        }
    }

    /// Whether an override decides.
    #[must_use]
    pub fn is_overridden(&self) -> bool {
        self.override_.as_ref().is_some_and(|given| given.honoured)
    }
}

fn numbered(verdict: &VerdictReport, wanted: impl Fn(&ActionReport) -> bool) -> Vec<NumberedActionReport> {
    let all = (1..).zip(&verdict.next).filter(|(_, action)| wanted(action));
    all.map(|(number, action)| NumberedActionReport { number, action: action.clone() }).collect()
}

fn part(verdict: &VerdictReport, rule: &RuleReport, violation: Option<&ViolationReport>) -> RulePartReport {
    let mut shown = rule.clone();
    if let Some(violation) = violation {
        shown.violations = vec![violation.clone()];
    }
    let asks = |requirement: &&RequirementReport| {
        let path = violation.and_then(|violation| violation.location.as_ref()).map(|location| &location.path);
        let elsewhere = path.is_some_and(|path| !requirement.paths.is_empty() && !requirement.paths.contains(path));
        requirement.because.contains(&rule.id) && !elsewhere
    };
    let concerns = |waiver: &&WaiverReport| {
        waiver.rule == rule.id
            && violation.is_none_or(|violation| {
                let fingerprint = &violation.fingerprint;
                waiver.lifts.contains(fingerprint) || waiver.would_lift.contains(fingerprint)
            })
    };
    RulePartReport {
        violations: rule.violations.len() as u64,
        decides: rule.decision != Decision::Approved && rule.decision == by_itself(verdict),
        read: rule.evidence.iter().map(|kind| read(verdict, *kind)).collect(),
        approvals: verdict.approvals.required.iter().filter(asks).cloned().collect(),
        waivers: verdict.waivers.iter().filter(concerns).cloned().collect(),
        next: numbered(verdict, |action| action.rules.contains(&rule.id)).iter().map(|next| next.number).collect(),
        rule: shown,
    }
}

/// What is decided without an override.
fn by_itself(verdict: &VerdictReport) -> Decision {
    verdict.honoured_override().map_or(verdict.decision, |given| given.would_have_been)
}

fn read(verdict: &VerdictReport, kind: EvidenceKind) -> ReadReport {
    let sources: Vec<SourceReport> = verdict.sources.iter().filter(|source| source.kind == kind).cloned().collect();
    let worst = sources.iter().map(|source| source.completeness).max();
    ReadReport { kind, completeness: worst.unwrap_or(Completeness::Missing), sources }
}
