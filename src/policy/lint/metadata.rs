//! Warnings about metadata that a rule may leave out, and that somebody misses: who is asked when it errs, what an auditor
//! counts it for, where more about it is written.

use super::Pack;
use super::rules::Rule;
use crate::diagnostic::{Code, Diagnostic};

/// What may be left out.
struct Entry {
    key: &'static str,
    code: Code,
    /// What a rule does not say where it is left out.
    lacks: &'static str,
    help: &'static str,
    /// Whether a pack is told of it that has it nowhere.
    missed: bool,
}

const ENTRIES: &[Entry] = &[
    Entry {
        key: "owner",
        code: Code::MissingOwner,
        lacks: "who looks after it",
        help: "add `owner: \"..\"` to the metadata: who is asked where the rule errs",
        missed: true,
    },
    Entry {
        key: "controls",
        code: Code::MissingControls,
        lacks: "which controls it stands for",
        help: "add `controls: [\"..\"]` to the metadata, or `controls: []` where it stands for none",
        missed: true,
    },
    // What a rule is for, its `//!` lines say; a link is for packs that have more to say.
    Entry {
        key: "docs",
        code: Code::MissingDocs,
        lacks: "where it is documented",
        help: "add `docs: \"..\"` to the metadata",
        missed: false,
    },
];

/// What rules of one pack leave out: said of the pack where it is nowhere, and else of each rule.
pub(super) fn missing(pack: &Pack<'_>, rules: &[Rule<'_>], found: &mut Vec<Diagnostic>) {
    for entry in ENTRIES {
        let lacking: Vec<&Rule<'_>> = rules.iter().filter(|rule| !rule.facts.says(entry.key)).collect();
        if lacking.len() < rules.len() {
            for rule in lacking {
                let message =
                    format!("the rule `{}` does not say {}, as others of its pack do", rule.meta.id, entry.lacks);
                found.push(rule.facts.warn(entry.code, "const RULE", message).help(entry.help));
            }
        } else if entry.missed && !rules.is_empty() {
            let message = format!("no rule of the pack says {}", entry.lacks);
            found.push(pack.warn(entry.code, &["name ="], message).help(entry.help));
        }
    }
}
