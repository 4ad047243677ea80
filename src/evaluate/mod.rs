//! A policy set and evidence to one outcome per rule; never prints, never stops early.

mod outcome;

pub use outcome::{Assessment, Outcome, RequiredApproval, RuleOutcome, Subject, Threat, Violation};
