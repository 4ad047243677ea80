//! What a rule and a pack say of themselves, checked.

use std::collections::BTreeMap;
use std::fmt;

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
    /// Controls that it stands for.
    pub controls: Vec<String>,
    /// What to do about a violation.
    pub remedy: Option<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Where it is documented.
    pub docs: Option<String>,
    /// Who set a setting, where that is not the rule itself: setting, pack.
    pub set_by: BTreeMap<String, String>,
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
}
