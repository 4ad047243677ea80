//! `tollgate/verdict/v1`: what was decided about one change, and why.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{CoverageSummary, ReviewsSummary, TestsSummary};
use super::claims::ClaimReport;
use super::diagnostic::DiagnosticReport;
use super::overrides::{HeadPolicyReport, OverrideReport};
use super::packages::DependenciesSummary;
use super::policy::{ApproversReport, PendingReport, PolicyReport, SetByReport};
use super::provenance::{PackReport, SettingReport, SourceReport, WeakeningReport};
use super::subject::SubjectReport;
use super::summary::{FilesSummary, FindingsSummary};
use super::waivers::WaiverReport;
use crate::evaluate::Outcome;
use crate::evidence::EvidenceKind;
use crate::policy::{Enforcement, Impact, Likelihood, Risk};
use crate::verdict::{ActionKind, Decision};

/// The value of `schema` in every verdict of this version.
pub const VERDICT_SCHEMA: &str = "tollgate/verdict/v1";

/// A verdict. Equal inputs give equal bytes: nothing in it depends on the machine or on the clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tollgate verdict")]
pub struct VerdictReport {
    /// Always `tollgate/verdict/v1`.
    pub schema: String,
    /// What decided.
    pub engine: Engine,
    /// What was decided about.
    pub subject: SubjectOfVerdict,
    /// The time that rules and waivers were judged at: RFC 3339, UTC.
    pub as_of: String,
    /// The decision.
    pub decision: Decision,
    /// What has that decision by itself: rules, thresholds of risk, approvals, or that no rule ran. Empty where approved by
    /// itself; where an override decides, what has the decision that it would have been.
    pub reasons: Vec<ReasonReport>,
    /// Whether the exit code was told to be 0 whatever the decision.
    pub dry_run: bool,
    /// The emergency override that was handed in, whether it is honoured or not.
    #[serde(rename = "override")]
    pub override_: Option<OverrideReport>,
    /// Risk, by category and overall.
    pub risk: RiskReport,
    /// Every rule, by id.
    pub rules: Vec<RuleReport>,
    /// Who has to approve.
    pub approvals: ApprovalsReport,
    /// What would clear it, most effective first.
    pub next: Vec<ActionReport>,
    /// The findings in short.
    pub findings: FindingsSummary,
    /// The changed files in short.
    pub files: FilesSummary,
    /// The changed packages in short.
    pub dependencies: DependenciesSummary,
    /// The test cases in short.
    pub tests: TestsSummary,
    /// Coverage of the changed lines in short.
    pub coverage: CoverageSummary,
    /// What reviewers hold now.
    pub reviews: ReviewsSummary,
    /// Every statement about the change, and what the rules show of it; no decision rests on them.
    pub claims: Vec<ClaimReport>,
    /// Threats that rules described.
    pub threats: Vec<ThreatReport>,
    /// Controls that the rules stand for: name of the control, ids of the rules.
    pub controls: BTreeMap<String, Vec<String>>,
    /// What rules recommend.
    pub recommendations: Vec<NoteReport>,
    /// Open actions after the merge.
    pub follow_ups: Vec<NoteReport>,
    /// Waivers, and what became of each.
    pub waivers: Vec<WaiverReport>,
    /// Everything that made this evaluation more lenient than the policy is by itself.
    pub weakenings: Vec<WeakeningReport>,
    /// What the policy of the head would have decided, where the change edits what configures the gate.
    pub head_policy: Option<HeadPolicyReport>,
    /// Every input, with its completeness.
    pub sources: Vec<SourceReport>,
    /// What judged, as a whole: its identity, and what its layers made of parameters, thresholds and limits.
    pub policy: PolicyReport,
    /// The packs that were asked.
    pub packs: Vec<PackReport>,
    /// Where each setting of this run came from.
    pub settings: Vec<SettingReport>,
}

/// Something whose own decision is the change's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReasonReport {
    /// A rule.
    Rule {
        /// Its id.
        id: String,
    },
    /// A threshold that rejects from a level of risk on.
    Risk {
        /// From this level on.
        level: Risk,
        /// The pack that says so.
        pack: String,
    },
    /// A requirement that is not met.
    Approval {
        /// Its fingerprint.
        fingerprint: String,
    },
    /// No rule ran, so nothing is shown.
    NoRuleRan {},
}

/// What decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// Always `tollgate`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Default for Engine {
    /// This build.
    fn default() -> Self {
        Self { name: "tollgate".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// What was decided about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectOfVerdict {
    /// The repository.
    pub repository: Option<String>,
    /// Full commit id of the target's tip.
    pub base: Option<String>,
    /// Full commit id of the best common ancestor.
    pub merge_base: Option<String>,
    /// Full commit id of the change's last commit.
    pub head: Option<String>,
    /// Login of who proposed it.
    pub author: Option<String>,
    /// Title of the change.
    pub title: Option<String>,
    /// Branch of the change.
    pub branch: Option<String>,
}

/// Risk of the change: what unwaived violations and assessments of mandatory rules say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskReport {
    /// The highest of all categories; `null` where nothing was assessed.
    pub overall: Option<Risk>,
    /// How many mandatory rules could not be decided: the level is "at least" where it is not 0.
    pub undecided: u32,
    /// The highest that advisory rules say; it counts for nothing.
    pub advisory: Option<Risk>,
    /// By category, in the order of the built-in list, then by name.
    pub categories: Vec<CategoryRiskReport>,
}

/// Risk in one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryRiskReport {
    /// The category.
    pub category: String,
    /// The level; `null` where nothing was assessed, which is not "none".
    pub risk: Option<Risk>,
    /// How many of its mandatory rules could not be decided.
    pub undecided: u32,
    /// The highest that advisory rules say.
    pub advisory: Option<Risk>,
    /// Its rules.
    pub rules: Vec<String>,
    /// What rules assessed by their own word.
    pub assessments: Vec<AssessmentReport>,
}

/// A level that a rule gave to a category by its own word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessmentReport {
    /// The rule.
    pub rule: String,
    /// The level.
    pub risk: Risk,
    /// Why.
    pub because: String,
    /// Whether the rule is advisory, so that it counts for nothing.
    pub advisory: bool,
}

/// One rule, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleReport {
    /// The rule's id.
    pub id: String,
    /// The pack that it is from.
    pub pack: String,
    /// The layer of that pack, from 0.
    pub layer: u32,
    /// What it is about.
    pub title: String,
    /// Its category.
    pub category: String,
    /// How binding it is.
    pub enforcement: Enforcement,
    /// The risk of its violations unless they say another.
    pub risk: Risk,
    /// Who has to let a violation pass: of each entry one person, unless the violation names others for the first.
    pub approvers: Vec<ApproversReport>,
    /// Who set its settings, where that is not the rule itself.
    pub set_by: BTreeMap<String, SetByReport>,
    /// Values of parameters that are for this rule alone.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// What is to come, where the rule is not in force yet; it is advisory until then.
    pub pending: Option<PendingReport>,
    /// The paths that it is scoped to; `null` for all.
    pub scope: Option<Vec<String>>,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it read evidence that is not complete.
    pub incomplete: bool,
    /// What that means for the change.
    pub decision: Decision,
    /// Why it ended so, in words.
    pub reason: String,
    /// What it objects to.
    pub violations: Vec<ViolationReport>,
    /// What it remarks.
    pub notes: Vec<String>,
    /// The kinds of evidence that it needs or read.
    pub evidence: Vec<EvidenceKind>,
    /// The script error that ended it.
    pub diagnostic: Option<DiagnosticReport>,
    /// What to do about a violation.
    pub remedy: Option<String>,
    /// Where it is documented.
    pub docs: Option<String>,
    /// Controls that it stands for.
    pub controls: Vec<String>,
}

/// One thing that a rule objects to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViolationReport {
    /// What is wrong.
    pub message: String,
    /// What it is about.
    pub subject: SubjectReport,
    /// Where it is, if it is somewhere.
    pub location: Option<LocationReport>,
    /// Its risk.
    pub risk: Risk,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Who has to approve it, where that is not the rule's approvers.
    pub approvers: Vec<String>,
    /// Identity of the violation: the same in the next run where rule and subject are the same.
    pub fingerprint: String,
    /// The waiver that lifts it.
    pub waiver: Option<String>,
}

/// A place in the repository, on the side after the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationReport {
    /// The path.
    pub path: String,
    /// The line, from 1; `null` for the whole file.
    pub line: Option<u32>,
}

/// Who has to approve the change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalsReport {
    /// Every requirement.
    pub required: Vec<RequirementReport>,
    /// Whether every requirement is met; true where there is none.
    pub satisfied: bool,
}

/// A number of distinct people out of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementReport {
    /// Who may give it: `user:`, `team:`, `owners`, `any`; one of them is enough.
    pub from: Vec<String>,
    /// How many people.
    pub count: u32,
    /// The rules and thresholds that ask for it.
    pub because: Vec<String>,
    /// Identity of the requirement, and of the content of what it is about on both sides of the change.
    pub fingerprint: String,
    /// Approvals that count for it.
    pub given: Vec<GivenApproval>,
    /// How many are left to be given.
    pub outstanding: u32,
    /// The paths that it is about; empty for the change as a whole.
    #[serde(default)]
    pub paths: Vec<String>,
    /// The code owners of these paths, where `owners` are asked.
    #[serde(default)]
    pub owners: Vec<String>,
    /// Who could still give it, as far as that is known.
    #[serde(default)]
    pub candidates: Vec<String>,
    /// Approvals that people hold and that do not count for it, and why; none where it is met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_counted: Vec<NotCountedReport>,
    /// Why no approval counts, or not everybody's who may be asked, where that is so.
    #[serde(default)]
    pub uncounted: Option<String>,
    /// Why nobody can meet it, where that is so.
    pub unsatisfiable: Option<String>,
    /// Whom the pack asks besides where nobody can meet it.
    #[serde(default)]
    pub fallback: Vec<String>,
}

/// An approval that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenApproval {
    /// The reviewer's login.
    pub by: String,
    /// The commit that was reviewed: the head, or an earlier one where nothing of what it is about changed since.
    pub commit: Option<String>,
}

/// An approval that does not count for a requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotCountedReport {
    /// The reviewer's login; `null` where the account is gone.
    pub by: Option<String>,
    /// The commit that was reviewed.
    pub commit: Option<String>,
    /// Why, as what is said of the reviewer.
    pub why: String,
}

/// Something that would bring the change nearer to approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionReport {
    /// What kind of thing it is.
    pub kind: ActionKind,
    /// What to do.
    pub action: String,
    /// Who can do it, where that is known.
    pub who: Option<String>,
    /// The rules that it is for.
    pub rules: Vec<String>,
    /// Those of these rules for which nothing else has to be done as well before it shows.
    pub alone: Vec<String>,
    /// The actions, by their number in the list from 1, that have to be done as well before it shows for the other rules, or at
    /// all where it is for no rule.
    pub with: Vec<u32>,
}

/// A threat that a rule described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThreatReport {
    /// The rule.
    pub rule: String,
    /// What could happen.
    pub threat: String,
    /// The category that it belongs to.
    pub category: String,
    /// How likely it is.
    pub likelihood: Likelihood,
    /// How much it would do.
    pub impact: Impact,
    /// Its level, of likelihood and impact.
    pub risk: Risk,
    /// What stands against it.
    pub mitigation: Option<String>,
    /// The risk that is left with that; `null` where nobody says.
    pub residual: Option<Risk>,
}

/// A sentence that a rule added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteReport {
    /// The rule.
    pub rule: String,
    /// What it says.
    pub text: String,
}
