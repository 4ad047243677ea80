//! Which rule a result is of, and what the rule says: its level, its severity, its weaknesses.

use std::collections::BTreeMap;
use std::rc::Rc;

use indexmap::IndexMap;

use super::identity;
use super::severity::{Score, cwe_in, cwe_of_taxon};
use super::source::{tool_name, tool_version};
use crate::collect::sarif::{Component, Hints, Problems, Reference, ResultRow, Rule, Run};
use crate::evidence::{FindingsBuilder, Level, NO_SYMBOL, Problem, RuleId, Strings, tool_key};

/// The rule id of results that name none.
pub const NO_RULE_ID: &str = "no-rule-id";
/// The tool name of runs that name none.
pub const NO_TOOL: &str = "unknown";

/// Where a rule stands: the driver is component 0, extensions follow.
type At = (usize, usize);

/// What a result's rule comes to.
#[derive(Debug, Clone)]
pub(super) struct RuleFacts {
    /// The rule in the store of findings.
    pub(super) rule: RuleId,
    /// The rule's id as text.
    pub(super) id: String,
    /// A digest of the tool and that id.
    pub(super) who: u128,
    /// The rule's place in the run, where it is described.
    pub(super) at: Option<At>,
    pub(super) level: Option<Level>,
    pub(super) score: Option<Score>,
    /// CWE numbers, ascending.
    pub(super) cwe: Vec<u32>,
    /// What is wrong with the reference: below the result, and why.
    pub(super) problem: Option<(&'static str, String)>,
}

/// Rules of one run.
pub(super) struct Rules<'a> {
    run: &'a Run,
    strings: &'a Strings,
    index: usize,
    tool: &'a str,
    pub(super) tool_key: String,
    version: Option<&'a str>,
    by_id: BTreeMap<&'a str, Vec<At>>,
    by_guid: BTreeMap<&'a str, At>,
    scores: BTreeMap<At, Option<Score>>,
    known: IndexMap<(u32, i32, u32), Rc<RuleFacts>>,
    overrides: BTreeMap<i32, Overrides<'a>>,
    /// Components and taxonomies by the number of their name or guid; the driver is component 0.
    components: BTreeMap<u32, usize>,
    taxonomies: BTreeMap<u32, usize>,
    /// Message strings by component, rule (`None` for those of the whole component) and id.
    templates: BTreeMap<(usize, Option<usize>, u32), u32>,
}

/// The levels that one invocation sets.
#[derive(Debug, Default)]
struct Overrides<'a> {
    /// Of rules that the run describes.
    described: BTreeMap<At, Level>,
    /// Of others, by id.
    others: BTreeMap<&'a str, Level>,
}

impl<'a> Rules<'a> {
    /// `index` is the run's position in its file.
    pub(super) fn of(run: &'a Run, strings: &'a Strings, index: usize) -> Self {
        let mut by_id: BTreeMap<&str, Vec<At>> = BTreeMap::new();
        let mut by_guid = BTreeMap::new();
        let mut templates = BTreeMap::new();
        for (component, described) in components(run).enumerate() {
            for (id, text) in &described.messages {
                templates.entry((component, None, *id)).or_insert(*text);
            }
            for (position, rule) in described.rules.iter().enumerate() {
                if rule.id != NO_SYMBOL {
                    by_id.entry(strings.get(rule.id)).or_default().push((component, position));
                }
                if rule.guid != NO_SYMBOL {
                    by_guid.entry(strings.get(rule.guid)).or_insert((component, position));
                }
                for (id, text) in &rule.messages {
                    templates.entry((component, Some(position), *id)).or_insert(*text);
                }
            }
        }
        let tool = tool_name(&run.driver, strings).unwrap_or(NO_TOOL);
        Self {
            run,
            strings,
            index,
            tool,
            tool_key: tool_key(tool),
            version: tool_version(&run.driver, strings),
            by_id,
            by_guid,
            scores: BTreeMap::new(),
            known: IndexMap::new(),
            overrides: BTreeMap::new(),
            components: named(components(run)),
            taxonomies: named(run.taxonomies.iter()),
            templates,
        }
    }

    /// The facts of a result's rule. A score that can't be read is noted once, at the rule.
    pub(super) fn of_result(
        &mut self,
        row: &ResultRow,
        builder: &mut FindingsBuilder,
        problems: &mut Problems,
    ) -> Rc<RuleFacts> {
        let key = (row.rule_id, row.rule_index, row.rule);
        if let Some(facts) = self.known.get(&key) {
            return Rc::clone(facts);
        }
        let facts = Rc::new(self.resolve(row, builder, problems));
        self.known.insert(key, Rc::clone(&facts));
        facts
    }

    /// The message string of an id: the rule's, else its component's (section 3.11.7).
    pub(super) fn template(&self, facts: &RuleFacts, id: u32) -> Option<u32> {
        let (component, rule) = facts.at.map_or((0, None), |(component, rule)| (component, Some(rule)));
        self.templates.get(&(component, rule, id)).or_else(|| self.templates.get(&(component, None, id))).copied()
    }

    fn component(&self, index: usize) -> Option<&'a Component> {
        match index.checked_sub(1) {
            None => Some(&self.run.driver),
            Some(extension) => self.run.extensions.get(extension),
        }
    }

    fn rule(&self, at: At) -> Option<&'a Rule> {
        self.component(at.0)?.rules.get(at.1)
    }

    /// The level that an invocation sets for a rule, section 3.27.10. Of two that are set the first counts.
    pub(super) fn overridden(&mut self, invocation: i32, facts: &RuleFacts) -> Option<Level> {
        if !self.overrides.contains_key(&invocation) {
            let read = self.overrides_of(invocation);
            self.overrides.insert(invocation, read);
        }
        let set = self.overrides.get(&invocation)?;
        match facts.at {
            Some(at) => set.described.get(&at).copied(),
            None => ids_upwards(&facts.id).find_map(|id| set.others.get(id).copied()),
        }
    }

    fn overrides_of(&self, invocation: i32) -> Overrides<'a> {
        let mut read = Overrides::default();
        let invocation = usize::try_from(invocation).ok().and_then(|index| self.run.invocations.get(index));
        for (descriptor, level) in invocation.into_iter().flat_map(|invocation| &invocation.overrides) {
            let (Some(reference), Some(level)) = (self.run.store.references.get_index(*descriptor as usize), level)
            else {
                continue;
            };
            if let (Some(at), _) = self.find(reference, -1, NO_SYMBOL) {
                read.described.entry(at).or_insert(*level);
            } else if reference.id != NO_SYMBOL {
                read.others.entry(self.strings.get(reference.id)).or_insert(*level);
            }
        }
        read
    }

    fn resolve(&mut self, row: &ResultRow, builder: &mut FindingsBuilder, problems: &mut Problems) -> RuleFacts {
        let none = Reference::default();
        let reference = self.run.store.references.get_index(row.rule as usize).unwrap_or(&none);
        let (at, problem) = self.find(reference, row.rule_index, row.rule_id);
        let rule = at.and_then(|at| self.rule(at));
        let id = [row.rule_id, reference.id, rule.map_or(NO_SYMBOL, |rule| rule.id)]
            .into_iter()
            .find(|symbol| *symbol != NO_SYMBOL)
            .map(|symbol| self.strings.get(symbol).trim())
            .filter(|id| !id.is_empty())
            .unwrap_or(NO_RULE_ID);
        let name = rule.filter(|rule| rule.name != NO_SYMBOL).map(|rule| self.strings.get(rule.name));
        let tags: Vec<&str> =
            rule.into_iter().flat_map(|rule| &rule.tags).map(|symbol| self.strings.get(*symbol)).collect();
        RuleFacts {
            rule: builder.rule(self.tool, self.version, id, name, &tags),
            id: id.to_owned(),
            who: identity::who(&self.tool_key, id),
            at,
            level: rule.and_then(|rule| rule.level),
            score: at.zip(rule).and_then(|(at, rule)| self.score(at, rule, problems)),
            cwe: rule.map_or_else(Vec::new, |rule| self.cwe_of_rule(rule)),
            problem,
        }
    }

    /// Where the rule is described that a result or an override refers to, and what is wrong with the reference.
    fn find(&self, reference: &Reference, index: i32, id: u32) -> (Option<At>, Option<(&'static str, String)>) {
        let id = if id == NO_SYMBOL { reference.id } else { id };
        let id = (id != NO_SYMBOL).then(|| self.strings.get(id));
        let (component, mut problem) = self.component_of(reference);
        let stated = if index >= 0 { index } else { reference.index };
        if let (Some(stated), Some(described)) = (usize::try_from(stated).ok(), self.component(component)) {
            let field = if index >= 0 { "/ruleIndex" } else { "/rule/index" };
            match described.rules.get(stated) {
                Some(rule) if id.is_none_or(|id| self.fits(rule, id)) => return (Some((component, stated)), problem),
                Some(rule) => {
                    let other = if rule.id == NO_SYMBOL { "" } else { self.strings.get(rule.id) };
                    let short: String = other.chars().take(60).collect();
                    problem =
                        Some((field, format!("found the position of rule `{short}`, expected that of the rule id")));
                }
                None => {
                    let count = described.rules.len();
                    problem = Some((field, format!("found rule {stated} of {count}, expected the position of a rule")));
                }
            }
        }
        if reference.guid != NO_SYMBOL
            && let Some(at) = self.by_guid.get(self.strings.get(reference.guid))
        {
            return (Some(*at), problem);
        }
        match id.and_then(|id| self.by_id(id, component)) {
            Some(at) => (Some(at), None),
            None => (None, problem),
        }
    }

    /// The component that a reference names; the driver where it names none.
    fn component_of(&self, reference: &Reference) -> (usize, Option<(&'static str, String)>) {
        let stated = reference.component;
        if let Ok(index) = usize::try_from(stated.index) {
            if index < self.run.extensions.len() {
                return (index + 1, None);
            }
            let count = self.run.extensions.len();
            let message = format!("found extension {index} of {count}, expected the position of an extension");
            return (0, Some(("/rule/toolComponent/index", message)));
        }
        (by_name_or_guid(&self.components, stated.guid, stated.name).unwrap_or(0), None)
    }

    /// Whether a rule may be the one of that id: the same, or one above it (section 3.27.5). A rule without id fits all.
    fn fits(&self, rule: &Rule, id: &str) -> bool {
        rule.id == NO_SYMBOL || is_below(id, self.strings.get(rule.id))
    }

    /// The rule of an id, or the nearest above it: in the component first, then in the driver, then in extensions.
    fn by_id(&self, id: &str, component: usize) -> Option<At> {
        let places = ids_upwards(id).find_map(|id| self.by_id.get(id))?;
        places.iter().find(|at| at.0 == component).or_else(|| places.first()).copied()
    }

    fn score(&mut self, at: At, rule: &Rule, problems: &mut Problems) -> Option<Score> {
        if rule.security_severity == NO_SYMBOL {
            return None;
        }
        if let Some(known) = self.scores.get(&at) {
            return *known;
        }
        let score = match Score::parse(self.strings.get(rule.security_severity)) {
            Ok(score) => Some(score),
            Err(message) => {
                let tool = match at.0.checked_sub(1) {
                    None => "driver".to_owned(),
                    Some(extension) => format!("extensions/{extension}"),
                };
                let at = format!("/runs/{}/tool/{tool}/rules/{}/properties/security-severity", self.index, at.1);
                problems.push(Problem { at, message });
                None
            }
        };
        self.scores.insert(at, score);
        score
    }

    fn cwe_of_rule(&self, rule: &Rule) -> Vec<u32> {
        let texts = rule.tags.iter().chain(&rule.cwe).flat_map(|symbol| cwe_in(self.strings.get(*symbol)));
        let relations = rule.relations.iter().filter_map(|symbol| self.cwe_of_reference(*symbol));
        ascending(texts.chain(relations).collect())
    }

    /// The weaknesses that a result names itself.
    pub(super) fn cwe_of_hints(&self, hints: &Hints, of_rule: &[u32]) -> Vec<u32> {
        let texts = hints.texts.iter().flat_map(|symbol| cwe_in(self.strings.get(*symbol)));
        let taxa = hints.taxa.iter().filter_map(|symbol| self.cwe_of_reference(*symbol));
        ascending(of_rule.iter().copied().chain(texts).chain(taxa).collect())
    }

    /// The CWE number of a taxon that a rule or a result refers to, in a taxonomy of this file or of another one.
    fn cwe_of_reference(&self, symbol: u32) -> Option<u32> {
        let reference = self.run.store.references.get_index(symbol as usize)?;
        let stated = reference.component;
        let taxonomy = match usize::try_from(stated.index) {
            Ok(index) => self.run.taxonomies.get(index),
            Err(_) => by_name_or_guid(&self.taxonomies, stated.guid, stated.name)
                .and_then(|index| self.run.taxonomies.get(index)),
        };
        let text = |symbol: u32| (symbol != NO_SYMBOL).then(|| self.strings.get(symbol));
        let name = text(stated.name).or_else(|| text(taxonomy?.name));
        let id = text(reference.id).or_else(|| {
            let index = usize::try_from(reference.index).ok()?;
            text(*taxonomy?.taxa.get(index)?)
        })?;
        if name.is_some_and(|name| name.trim().eq_ignore_ascii_case("cwe")) {
            cwe_of_taxon(id)
        } else {
            cwe_in(id).next()
        }
    }
}

fn components(run: &Run) -> impl Iterator<Item = &Component> {
    std::iter::once(&run.driver).chain(&run.extensions)
}

/// Positions of components by the number of their name and of their guid; of equal ones the first.
fn named<'c>(components: impl Iterator<Item = &'c Component>) -> BTreeMap<u32, usize> {
    let mut positions = BTreeMap::new();
    for (index, component) in components.enumerate() {
        for symbol in [component.guid, component.name] {
            positions.entry(symbol).or_insert(index);
        }
    }
    positions.remove(&NO_SYMBOL);
    positions
}

fn by_name_or_guid(positions: &BTreeMap<u32, usize>, guid: u32, name: u32) -> Option<usize> {
    positions.get(&guid).or_else(|| positions.get(&name)).copied()
}

/// An id and those above it in its hierarchy, nearest first.
fn ids_upwards(id: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(id), |id| id.rsplit_once('/').map(|(above, _)| above))
}

/// Whether an id is another, or is below it in a hierarchy.
fn is_below(id: &str, above: &str) -> bool {
    id.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn ascending(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
