//! What a rule and a pack say of themselves, checked.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::waiving::WaiverTerms;
use crate::evidence::{EvidenceKind, vocabulary};

vocabulary! {
    /// How binding a rule is, in Sentinel's words.
    pub enum Enforcement("enforcement", ordered: true) {
        /// It is listed and decides nothing.
        Advisory = "advisory",
        /// Its approvers may let a violation pass.
        SoftMandatory = "soft-mandatory",
        /// A violation rejects the change.
        HardMandatory = "hard-mandatory",
    }
}

vocabulary! {
    /// How much a change endangers.
    pub enum Risk("risk", ordered: true) {
        /// Looked at, and nothing there.
        None = "none",
        /// Little.
        Low = "low",
        /// Some.
        Medium = "medium",
        /// Much.
        High = "high",
        /// As much as can be.
        Critical = "critical",
    }
}

/// The categories that every pack has; `pack.toml` may add more.
pub const BUILTIN_CATEGORIES: &[&str] = &[
    "vulnerabilities",
    "secrets",
    "authentication",
    "authorization",
    "input-validation",
    "injection",
    "data-exposure",
    "network",
    "cryptography",
    "concurrency",
    "error-handling",
    "resources",
    "configuration",
    "dependencies",
    "licences",
    "supply-chain",
    "compatibility",
    "performance",
    "tests",
    "process",
];

/// Who may approve.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Approver {
    /// One person, by login.
    User(String),
    /// A member of a team.
    Team(String),
    /// A code owner of the paths concerned.
    Owners,
    /// A member of some team.
    Any,
}

impl Approver {
    /// Reads `user:LOGIN`, `team:NAME`, `owners` or `any`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "owners" => Some(Self::Owners),
            None if text == "any" => Some(Self::Any),
            Some(("user", login)) if !login.trim().is_empty() => Some(Self::User(login.trim().to_owned())),
            Some(("team", name)) if !name.trim().is_empty() => Some(Self::Team(name.trim().to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Approver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(login) => write!(f, "user:{login}"),
            Self::Team(name) => write!(f, "team:{name}"),
            Self::Owners => f.write_str("owners"),
            Self::Any => f.write_str("any"),
        }
    }
}

/// Who gave a setting its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetBy {
    /// The name of a pack, or a flag with its dashes.
    pub by: String,
    /// The layer of the pack, from 0; `None` for a flag, which comes after all layers.
    pub layer: Option<u32>,
}

impl SetBy {
    /// A pack of a layer.
    #[must_use]
    pub fn pack(name: &str, layer: u32) -> Self {
        Self { by: name.to_owned(), layer: Some(layer) }
    }

    /// A flag.
    #[must_use]
    pub fn flag(name: &str) -> Self {
        Self { by: name.to_owned(), layer: None }
    }
}

impl fmt::Display for SetBy {
    /// `acme (layer 0)`, `--param`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.layer {
            Some(layer) => write!(f, "{} (layer {layer})", self.by),
            None => f.write_str(&self.by),
        }
    }
}

/// Approvers that a later layer asks for besides the rule's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FurtherApprovers {
    /// Who may approve; one of them is enough.
    pub from: Vec<Approver>,
    /// Who asks for them.
    pub set_by: SetBy,
}

/// A rule that is not in force yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// The day from which on it is, in UTC.
    pub effective_on: jiff::civil::Date,
    /// How many days are left until then, at least 1.
    pub days: u32,
    /// How binding it is from then on.
    pub enforcement: Enforcement,
}

/// A parameter's value as a rule reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleParameter {
    /// The parameter's name.
    pub name: String,
    /// The value.
    pub value: serde_json::Value,
    /// Whether it is for this rule alone.
    pub own: bool,
    /// Who set it.
    pub set_by: SetBy,
}

/// What a rule says of itself, with what layers made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMeta {
    /// The stem of its file, unique in the policy set.
    pub id: String,
    /// The name of the pack that it is from.
    pub pack: String,
    /// The layer of that pack, from 0.
    pub layer: u32,
    /// What it is about.
    pub title: String,
    /// Why it is there: the `//!` lines of its file.
    pub description: String,
    /// Its category.
    pub category: String,
    /// How binding it is.
    pub enforcement: Enforcement,
    /// The risk of its violations unless they say another.
    pub risk: Risk,
    /// Evidence without which it can't be decided.
    pub needs: Vec<EvidenceKind>,
    /// Evidence that it may do without.
    pub optional: Vec<EvidenceKind>,
    /// Who may let a violation pass; one of them is enough.
    pub approvers: Vec<Approver>,
    /// Whom later layers ask besides, each a requirement of its own.
    pub further_approvers: Vec<FurtherApprovers>,
    /// Controls that it stands for.
    pub controls: Vec<String>,
    /// What to do about a violation.
    pub remedy: Option<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Where it is documented.
    pub docs: Option<String>,
    /// The globs that its pack is scoped to; `None` for the whole repository.
    pub scope: Option<Vec<String>>,
    /// The day from which on it is as binding as it says, in UTC; advisory before.
    pub effective_on: Option<jiff::civil::Date>,
    /// What is to come, where the rule is judged before that day; `enforcement` is advisory then.
    pub pending: Option<Pending>,
    /// The parameters that it reads.
    pub parameters: Vec<RuleParameter>,
    /// Who set a setting, where that is not the rule itself.
    pub set_by: BTreeMap<String, SetBy>,
}

impl RuleMeta {
    /// The rule as it is on a day: advisory where that is before the one from which on it is in force. Without a day it is
    /// in force.
    #[must_use]
    pub fn on(self: &Arc<Self>, day: Option<jiff::civil::Date>) -> Arc<Self> {
        match (self.effective_on, day) {
            (Some(effective_on), Some(day)) if day < effective_on && self.enforcement != Enforcement::Advisory => {
                let days = effective_on.duration_since(day).as_hours() / 24;
                let days = u32::try_from(days).unwrap_or(u32::MAX);
                let pending = Pending { effective_on, days, enforcement: self.enforcement };
                Arc::new(Self { enforcement: Enforcement::Advisory, pending: Some(pending), ..Self::clone(self) })
            }
            _ => Arc::clone(self),
        }
    }
}

/// What a level of risk asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// From this level on.
    pub risk: Risk,
    /// Whether the change is rejected.
    pub rejects: bool,
    /// Who has to approve: approvers of whom one kind is enough, and how many people.
    pub approvals: Vec<(Vec<Approver>, u32)>,
    /// The pack that says so.
    pub pack: String,
    /// The layer of that pack, from 0.
    pub layer: u32,
}

/// What a pack says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackMeta {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is for.
    pub description: String,
    /// Its layer, from 0.
    pub layer: u32,
    /// SHA-256 over all its files.
    pub sha256: String,
    /// Where it was read from.
    pub origin: String,
    /// Tools expected, by kind of evidence.
    pub expect: BTreeMap<EvidenceKind, Vec<String>>,
    /// Kinds of evidence for which `--without` is honoured.
    pub may_lack: Vec<EvidenceKind>,
    /// How many days old what a source knows may be, by kind of evidence.
    pub max_age_days: BTreeMap<EvidenceKind, u32>,
    /// The globs that its rules are scoped to; `None` for the whole repository.
    pub scope: Option<Vec<String>>,
    /// Whom it asks besides where nobody can give an approval that it asks for.
    pub fallback: Vec<Approver>,
    /// What it asks of waivers of its rules; `None` where it says nothing.
    pub waivers: Option<WaiverTerms>,
    /// What it asks for before an emergency override is honoured: who, and how many different people.
    pub override_approvals: Vec<(Vec<Approver>, u32)>,
}

/// An approval that a pack of the first layer asks for before an emergency override is honoured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideTerms {
    /// The pack.
    pub pack: String,
    /// Who may give it; one of them is enough.
    pub from: Vec<Approver>,
    /// How many different people.
    pub count: u32,
}
