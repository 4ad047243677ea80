//! What the cases of a pack show of each rule, as far as the words of `[expect]` tell.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::files::PackFiles;

/// How cases expect each rule to end, by rule.
pub(super) struct Shown(BTreeMap<String, BTreeSet<String>>);

impl Shown {
    /// Reads the cases of a pack. What is no case, `tollgate test` tells; here it shows nothing.
    pub(super) fn of(pack: &PackFiles) -> Self {
        let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, bytes) in &pack.files {
            let Some((rule, name)) = path.strip_prefix("cases/").and_then(|path| path.split_once('/')) else {
                continue;
            };
            if name.contains('/') || !name.ends_with(".toml") {
                continue;
            }
            let outcome = std::str::from_utf8(bytes).ok().and_then(|text| {
                let case: toml::Table = toml::from_str(text).ok()?;
                Some(case.get("expect")?.get("outcome")?.as_str()?.to_owned())
            });
            if let Some(outcome) = outcome {
                shown.entry(rule.to_owned()).or_default().insert(outcome);
            }
        }
        Self(shown)
    }

    /// Whether a rule has any case.
    pub(super) fn any(&self, rule: &str) -> bool {
        self.0.contains_key(rule)
    }

    /// Whether a case of a rule expects one of some outcomes.
    pub(super) fn one_of(&self, rule: &str, outcomes: &[&str]) -> bool {
        self.0.get(rule).is_some_and(|shown| outcomes.iter().any(|outcome| shown.contains(*outcome)))
    }
}
