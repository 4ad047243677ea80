//! Packs and rules: loading, metadata, layers, the sandbox, and the host API that rules see.
//!
//! A policy set is loaded whole or not at all: every mistake that can be known without running a rule is a diagnostic
//! here. Nothing in this module judges a change.

mod metadata;

pub use metadata::{Approver, BUILTIN_CATEGORIES, Enforcement, PackMeta, Risk, RuleMeta, Threshold};
