//! Warnings about what `pack.toml` says, and about how rules are named beside each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Pack;
use super::rules::Rule;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::{Word as _, tool_key};
use crate::policy::Risk;

impl Pack<'_> {
    /// A warning at the first place where one of some texts stands in `pack.toml`.
    pub(super) fn warn(&self, code: Code, needles: &[&str], message: String) -> Diagnostic {
        let name = self.files.name_of("pack.toml");
        let found = needles.iter().find_map(|needle| self.text.find(needle));
        let place = match found {
            Some(offset) => Place::at_offset(name, &self.text, offset),
            None => Place { text: Some(Arc::clone(&self.text)), ..Place::file(name) },
        };
        Diagnostic::new(code, message).at(place)
    }

    /// Whatever is to be said of parameters and expected tools.
    pub(super) fn manifest(&self, found: &mut Vec<Diagnostic>) {
        let functions = || self.rules.iter().chain(&self.modules).flat_map(|script| &script.functions);
        let reads = |name: &str| {
            functions().any(|function| {
                // A parameter may also be read as `params["name"]`, or be handed on with all of them.
                function.properties.iter().any(|property| property.name == name)
                    || function.texts.iter().any(|text| text == name)
            })
        };
        for (name, table) in &self.manifest.parameters {
            let name = name.get_ref();
            let header = format!("[parameters.{name}]");
            let needles = [header.as_str(), "[parameters]"];
            if !reads(name) {
                let message = format!("no script reads the parameter `{name}`");
                found.push(
                    self.warn(Code::UnusedParameter, &needles, message)
                        .help(format!("read it as `params.{name}`, or remove it")),
                );
            }
            let set = self.manifest.rules.values().any(|rule| rule.parameters.keys().any(|key| key.get_ref() == name));
            if table.stricter.is_none() && table.tunable.is_none() && !set {
                let message = format!("nobody may move the parameter `{name}`");
                found.push(
                    self.warn(Code::FixedParameter, &needles, message)
                        .help("say which way is `stricter`, or write its value into the script"),
                );
            }
        }
        for (kind, table) in &self.manifest.evidence {
            let mut seen: BTreeMap<String, &str> = BTreeMap::new();
            for tool in &table.expect {
                if let Some(before) = seen.insert(tool_key(tool), tool) {
                    let message = if before == tool {
                        format!("the tool `{tool}` is expected twice for {kind}")
                    } else {
                        format!("`{before}` and `{tool}` are one tool, which is expected twice for {kind}")
                    };
                    let quoted = format!("\"{tool}\"");
                    found.push(self.warn(Code::RepeatedTool, &[&quoted], message).help("name it once"));
                }
            }
        }
    }

    /// Levels of risk at which somebody is asked, and which none of some rules reaches.
    pub(super) fn thresholds(&self, highest: Option<Risk>, found: &mut Vec<Diagnostic>) {
        for (level, table) in &self.manifest.risk {
            if table.approvals.is_empty() || highest.is_some_and(|highest| highest >= *level) {
                continue;
            }
            let header = format!("[risk.{level}]");
            let message = format!("approvals are asked for at risk `{level}`, which no mandatory rule can reach");
            let reached = match highest {
                Some(highest) => format!("the highest that one can give is `{}`", highest.as_str()),
                None => "no mandatory rule gives the change any risk".to_owned(),
            };
            found.push(self.warn(Code::UnreachedThreshold, &[&header, "[risk]"], message).help(reached));
        }
    }
}

/// Ids that are easily taken for each other.
pub(super) fn similar(rules: &[Rule<'_>], found: &mut Vec<Diagnostic>) {
    let mut ids: Vec<&Rule<'_>> = rules.iter().collect();
    ids.sort_by_key(|rule| &rule.meta.id);
    for (index, one) in ids.iter().enumerate() {
        for other in ids.iter().skip(index + 1) {
            if !are_similar(&one.meta.id, &other.meta.id) {
                continue;
            }
            let message = format!("the ids `{}` and `{}` are easily taken for each other", one.meta.id, other.meta.id);
            found.push(
                Diagnostic::new(Code::SimilarIds, message)
                    .at(Place::file(other.facts.script.name.clone()))
                    .related(Place::file(one.facts.script.name.clone()), "the other rule")
                    .help("rename one of them"),
            );
        }
    }
}

fn are_similar(one: &str, other: &str) -> bool {
    let bare = |id: &str| id.replace(['-', '_'], "").to_lowercase();
    let letters = |id: &str| id.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    if bare(one) == bare(other) {
        return true;
    }
    // Rules that are counted differ in a digit by intent.
    let about_as_long = one.len().abs_diff(other.len()) <= 4;
    about_as_long && letters(one) != letters(other) && strsim::damerau_levenshtein(one, other) == 1
}

/// The highest risk that any of some rules can give to a change.
pub(super) fn highest_risk(rules: &[Rule<'_>]) -> Option<Risk> {
    rules.iter().filter_map(Rule::highest_risk).collect::<BTreeSet<Risk>>().pop_last()
}

#[cfg(test)]
mod tests {
    use super::are_similar;

    #[test]
    fn ids_are_similar_by_case_joints_or_one_letter_but_not_by_a_digit() {
        for (one, other) in [("no-link", "no_link"), ("no-link", "no-Link"), ("no-link", "no-links"), ("a-bc", "a-cb")]
        {
            assert!(are_similar(one, other), "{one} {other}");
        }
        for (one, other) in [("no-link", "no-binary"), ("stage-1", "stage-2"), ("tests", "texture")] {
            assert!(!are_similar(one, other), "{one} {other}");
        }
    }
}
