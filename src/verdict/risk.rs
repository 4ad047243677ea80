//! How much the change endangers, by category and overall: the highest that mandatory rules say, with what they could not
//! tell beside it. What nobody assessed has no level; "none" is somebody's finding.

use std::collections::{BTreeMap, BTreeSet};

use super::RuleVerdict;
use crate::evaluate::Outcome;
use crate::policy::{BUILTIN_CATEGORIES, Risk};

/// Risk of the change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RiskSummary {
    /// The highest of all categories; `None` where nothing was assessed.
    pub overall: Option<Risk>,
    /// Mandatory rules that left something undecided; the level is "at least" where it is not 0.
    pub undecided: u32,
    /// The highest that advisory rules say; it counts for nothing.
    pub advisory: Option<Risk>,
    /// The categories that a rule belongs to or assessed: built-in ones in their order, then others by name.
    pub categories: Vec<CategoryRisk>,
}

/// Risk in one category.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryRisk {
    /// The category.
    pub category: String,
    /// The highest over unwaived violations and assessments of mandatory rules; `None` where nothing was assessed, and
    /// where nothing was found but a rule was excused from looking: what was not looked at is not "none".
    pub risk: Option<Risk>,
    /// Mandatory rules with a say in it that left something undecided.
    pub undecided: u32,
    /// The highest that advisory rules say.
    pub advisory: Option<Risk>,
    /// Ids of the rules that belong to it or assessed it.
    pub rules: Vec<String>,
    /// Levels that rules gave by their own word, by rule.
    pub assessments: Vec<WeighedAssessment>,
}

/// A level that a rule gave to a category by its own word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WeighedAssessment {
    /// The rule's id.
    pub rule: String,
    /// The level.
    pub risk: Risk,
    /// Why.
    pub because: String,
    /// Whether the rule is advisory, so that it counts for nothing.
    pub advisory: bool,
}

impl RiskSummary {
    /// Whether the change is at a level or above it. Every change is at `none` or above, also one that nobody assessed.
    #[must_use]
    pub fn reaches(&self, level: Risk) -> bool {
        self.overall.unwrap_or(Risk::None) >= level
    }
}

/// The risk that judged rules, in the order of their ids, amount to.
pub(super) fn summarize(rules: &[RuleVerdict]) -> RiskSummary {
    let mut categories: BTreeMap<&str, CategoryRisk> = BTreeMap::new();
    for rule in rules {
        for category in categories_of(rule) {
            add(categories.entry(category).or_default(), category, rule);
        }
    }
    for rule in rules.iter().filter(|rule| rule.outcome.excused) {
        if let Some(entry) = categories.get_mut(rule.outcome.rule.category.as_str()) {
            // Others looked at other evidence; what this one is there to see, nobody saw. Who assesses speaks for the whole.
            let said = |advisory: bool| entry.assessments.iter().any(|said| said.advisory == advisory);
            let (by_mandatory, by_advisory) = (said(false), said(true));
            entry.advisory = entry.advisory.filter(|level| *level != Risk::None || by_advisory);
            if rule.is_mandatory() {
                entry.risk = entry.risk.filter(|level| *level != Risk::None || by_mandatory);
            }
        }
    }
    let mut categories: Vec<CategoryRisk> = categories.into_values().collect();
    categories.sort_by(|a, b| rank(&a.category).cmp(&rank(&b.category)));
    RiskSummary {
        overall: categories.iter().filter_map(|category| category.risk).max(),
        // Not the categories' sum: a rule may have a say in several.
        undecided: count(rules.iter().filter(|rule| rule.is_mandatory() && rule.is_unsettled()).count()),
        advisory: categories.iter().filter_map(|category| category.advisory).max(),
        categories,
    }
}

/// Its own category, and those that it assessed.
fn categories_of(rule: &RuleVerdict) -> BTreeSet<&str> {
    let assessed = rule.outcome.assessments.iter().map(|assessment| assessment.category.as_str());
    assessed.chain([rule.outcome.rule.category.as_str()]).collect()
}

fn add(entry: &mut CategoryRisk, category: &str, rule: &RuleVerdict) {
    category.clone_into(&mut entry.category);
    entry.rules.push(rule.id().to_owned());
    let advisory = !rule.is_mandatory();
    let level = level_of(rule, category);
    if advisory {
        entry.advisory = entry.advisory.max(level);
    } else {
        entry.risk = entry.risk.max(level);
        entry.undecided += u32::from(rule.is_unsettled());
    }
    let assessments = rule.outcome.assessments.iter().filter(|assessment| assessment.category == category);
    entry.assessments.extend(assessments.map(|assessment| WeighedAssessment {
        rule: rule.id().to_owned(),
        risk: assessment.risk,
        because: assessment.because.clone(),
        advisory,
    }));
}

/// What one rule says of one category; `None` where it says nothing.
pub(super) fn level_of(rule: &RuleVerdict, category: &str) -> Option<Risk> {
    let assessed = rule
        .outcome
        .assessments
        .iter()
        .filter(|assessment| assessment.category == category)
        .map(|assessment| assessment.risk)
        .max();
    if category != rule.outcome.rule.category {
        return assessed;
    }
    let violations = rule.open_violations().map(|violation| violation.risk).max();
    // It looked at all there is, and what it found, if anything, is waived.
    let looked = match rule.outcome.outcome {
        Outcome::Satisfied | Outcome::Violated => !rule.outcome.incomplete,
        Outcome::NotApplicable | Outcome::Undecided | Outcome::Errored => false,
    };
    assessed.max(violations).max(looked.then_some(Risk::None))
}

/// The highest that one rule says of any category.
pub(super) fn highest_of(rule: &RuleVerdict) -> Option<Risk> {
    categories_of(rule).into_iter().filter_map(|category| level_of(rule, category)).max()
}

/// Built-in categories in their order, then others by name.
fn rank(category: &str) -> (usize, &str) {
    let position = BUILTIN_CATEGORIES.iter().position(|known| *known == category);
    (position.unwrap_or(BUILTIN_CATEGORIES.len()), category)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
