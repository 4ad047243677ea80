//! Packs and rules: loading, metadata, layers, the sandbox, and the host API that rules see.
//!
//! A policy set is loaded whole or not at all: every mistake that can be known without running a rule is a diagnostic
//! here. Nothing in this module judges a change.

mod body;
mod bounded;
mod check;
mod concat;
mod effect;
mod files;
mod host;
mod language;
mod layers;
mod limits;
mod lint;
mod manifest;
mod mentions;
mod metadata;
mod meter;
mod modules;
mod near;
mod nesting;
mod ordering;
mod parameter;
mod predicates;
mod rule;
mod runner;
mod sandbox;
mod session;
mod set;
mod trouble;
mod undefined;
mod waiving;
mod watch;

pub use effect::{Assessment, Impact, Judgement, Likelihood, RequiredApproval, Subject, Threat, Violation};
pub use files::{DEFINITIONS, MAX_FILE_BYTES, MAX_FILES, PackFiles};
pub use host::{Definitions, Name, Page, definitions, names as host_names, reference as host_reference};
pub use layers::{Layer, MAX_PACKS, Outside, SetLimit};
pub use limits::{Limit, Limits};
pub use lint::{Repository, lint};
pub use manifest::PackManifest;
pub use metadata::{
    Approver, BUILTIN_CATEGORIES, Enforcement, FurtherApprovers, OverrideTerms, PackMeta, Pending, Risk, RuleMeta,
    RuleParameter, SetBy, Threshold,
};
pub(crate) use near::meant as pack_meant;
pub(crate) use nesting::STACK_BYTES;
pub use session::{RuleResult, Session};
pub use set::{PolicySet, Rule, SetParameter};
pub use waiving::{DEFAULT_DAYS, EXPIRING_DAYS, PathGlob, WAIVERS_RULE, WaiverTerms, WaiverTrouble};
pub use watch::{give_up_with, watch_memory};
