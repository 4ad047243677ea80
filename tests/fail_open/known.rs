//! The defects that other gates are known for (OPA and Conftest, Sentinel, policy-bot, cargo-deny, GitHub's dependency review,
//! Kyverno, InSpec, and home-made ones), each with the tests and rows that hold this one against it.
//!
//! A name is that of a test, or of a row of its table. What is renamed or taken away fails here, and so does a test of this
//! folder that stands beside no defect.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A defect, in a file below `tests/`, held by tests and rows of these names.
type Known = (&'static str, &'static str, &'static [&'static str]);

const NOTHING_EVALUATED: &[Known] = &[
    ("nothing is evaluated", POLICY, &["packs_that_judge_nothing", "nothing", "empty", "cases-only", "builtin:none"]),
    ("nothing is evaluated", JUDGES, &["nothing at all was asked"]),
    ("a filter matches nothing", JUDGES, &["a scope that matches nothing", "a scope in another case", "a scope that is empty"]),
    ("a filter matches nothing", POLICY, &["a glob", "a glob that matches nothing", "a glob that is empty"]),
    ("a filter matches nothing", MISTAKES, &["glob"]),
    ("a rule that errs is skipped", POLICY, &["an error", "an error in an advisory rule alone"]),
    ("a rule in the wrong place is not found", POLICY, &["elsewhere", "deeper", "misspelled", "suffix", "hidden"]),
    ("a function of another name is not asked", POLICY, &["no check", "a check without parameters", "no metadata"]),
    ("a rule ends before it looks", JUDGES, &["return at the top", "exit", "exit with a value", "break out of the loop"]),
    ("a rule ends before it looks", POLICY, &["a value given back", "a query that nobody uses"]),
    ("a limit ends the rule", POLICY, &["a limit, then return", "a limit in a callback"]),
    ("not applicable, for want of evidence", POLICY, &["not applicable, on what is missing", "not applicable, because nothing was read", "evidence read and not needed"]),
    ("a field with a typo is never there", POLICY, &["a field", "a field of an item", "a parameter", "a word compared", "an unknown key", "an unknown field"]),
    ("two types are compared, and never equal", POLICY, &["a number and a text", "a number and nothing", "a file and its path", "two words of different kinds"]),
    ("a pack hides a rule of another one", POLICY, &["packs_that_would_hide_one_another"]),
    ("hostile text hides or forges what is said", HOSTILE, &["scanners_and_flags_that_say_hostile_things"]),
];
