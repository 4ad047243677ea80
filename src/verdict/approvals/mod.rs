//! Who has to approve: requirements from soft-mandatory violations, from rules that ask for approval, and from the risk.
//!
//! What asks the same people for the same number about the same part of the change is one requirement. Whose approval counts
//! is for [`people`] to say.

mod content;
mod people;

pub(super) use people::People;
pub use people::{Approving, Earlier, Uncounted};

use std::collections::{BTreeMap, BTreeSet};

use super::fingerprint::sha256;
use super::{RiskSummary, RuleVerdict};
use crate::evaluate::Subject;
use crate::evidence::{Evidence, FileChange, Word as _};
use crate::policy::{Approver, Enforcement, OverrideTerms, Threshold};

/// A number of distinct people out of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Who may give it, in order, each once; one of them is enough.
    pub from: Vec<Approver>,
    /// How many distinct people, at least 1.
    pub count: u32,
    /// Ids of the rules that ask for it, in order.
    pub rules: Vec<String>,
    /// The thresholds that ask for it, in order: `risk.LEVEL of PACK`.
    pub thresholds: Vec<String>,
    /// The files that it is about, in order; empty for the change as a whole.
    pub paths: Vec<String>,
    /// The code owners of these files, in order, where `from` has `owners` and it is not about the change as a whole.
    pub owners: Vec<String>,
    /// Fingerprints of the violations that it lets pass, in order.
    pub violations: Vec<String>,
    /// Identity: 64 lower-case hexadecimal digits over all of the above, and the content of the files on both sides.
    pub fingerprint: String,
    /// Approvals that count for it, by person.
    pub given: Vec<Given>,
    /// How many are left to be given.
    pub outstanding: u32,
    /// Who could still give it, as far as that is known, in order.
    pub candidates: Vec<String>,
    /// Approvals that people hold and that do not count for it, by person; none where it is met.
    pub not_counted: Vec<NotCounted>,
    /// Why no approval counts, or not everybody's who may be asked: everything that is not known, in order.
    pub uncounted: Vec<Uncounted>,
    /// Why nobody can meet it, where that is so.
    pub unsatisfiable: Option<String>,
    /// Whom the pack asks besides where nobody can meet it; else empty.
    pub fallback: Vec<Approver>,
}

/// An approval that counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    /// The reviewer's login.
    pub by: String,
    /// The commit that was reviewed.
    pub commit: Option<String>,
}

/// An approval that does not count for a requirement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotCounted {
    /// The reviewer's login; `None` where the account is gone.
    pub by: Option<String>,
    /// The commit that was reviewed.
    pub commit: Option<String>,
    /// Why, as what is said of the reviewer.
    pub why: String,
}

impl Requirement {
    /// Whether a rule asks for it.
    #[must_use]
    pub fn is_of(&self, rule: &str) -> bool {
        self.rules.iter().any(|id| id == rule)
    }

    /// What asks for it: ids of rules, then thresholds.
    pub fn because(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().chain(&self.thresholds).map(String::as_str)
    }

    /// Everything that is not known of who may approve, in words.
    #[must_use]
    pub fn why_uncounted(&self) -> Option<String> {
        let all: Vec<String> = self.uncounted.iter().map(ToString::to_string).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Credits approvals, one per person; logins are compared without case.
    pub(super) fn give(&mut self, mut given: Vec<Given>) {
        given.sort_by(|a, b| (a.by.to_lowercase(), a).cmp(&(b.by.to_lowercase(), b)));
        given.dedup_by(|a, b| a.by.to_lowercase() == b.by.to_lowercase());
        self.given = given;
        // What nobody can meet is not met by anybody, unless somebody else is asked for it.
        if self.unsatisfiable.is_none() || !self.fallback.is_empty() {
            self.outstanding = self.count.saturating_sub(u32::try_from(self.given.len()).unwrap_or(u32::MAX));
        }
    }
}

/// What makes two demands one requirement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    from: Vec<Approver>,
    count: u32,
    /// One about the whole change is dropped by any push; one about some files is not, so they stay apart.
    whole: bool,
    /// `owners` are other people for other files.
    owners: Vec<String>,
    /// A pack has its own people for what nobody can meet.
    fallback: Vec<Approver>,
}

#[derive(Debug, Default)]
struct Demands {
    rules: BTreeSet<String>,
    thresholds: BTreeSet<String>,
    paths: BTreeSet<String>,
    violations: BTreeSet<String>,
}

struct Collector<'a> {
    evidence: &'a Evidence,
    fallbacks: &'a BTreeMap<String, Vec<Approver>>,
    owners: BTreeMap<&'a str, BTreeSet<String>>,
    groups: BTreeMap<Key, Demands>,
}

/// What has to be approved, with nothing given yet, in order of approvers and count.
pub(super) fn required(
    rules: &[RuleVerdict],
    thresholds: &[Threshold],
    risk: &RiskSummary,
    evidence: &Evidence,
    fallbacks: &BTreeMap<String, Vec<Approver>>,
) -> Vec<Requirement> {
    let mut collector = Collector { evidence, fallbacks, owners: owners_by_path(evidence), groups: BTreeMap::new() };
    for rule in rules.iter().filter(|rule| rule.is_mandatory()) {
        collector.add_rule(rule);
    }
    for threshold in thresholds.iter().filter(|threshold| risk.reaches(threshold.risk)) {
        for (from, count) in &threshold.approvals {
            let because = format!("risk.{} of {}", threshold.risk.as_str(), threshold.pack);
            collector.demand(&threshold.pack, from, *count, Subject::Change, |demands| {
                demands.thresholds.insert(because.clone());
            });
        }
    }
    let content = content::Content::of(evidence);
    collector.groups.into_iter().map(|(key, demands)| requirement(key, demands, &content)).collect()
}

/// What packs ask for before an override of the change is honoured, with nothing given yet, in order of approvers and count.
/// Nobody stands in for who can't give it.
pub(super) fn asked_for_override(terms: &[OverrideTerms], evidence: &Evidence) -> Vec<Requirement> {
    let fallbacks = BTreeMap::new();
    let owners = owners_by_path(evidence);
    let mut collector = Collector { evidence, fallbacks: &fallbacks, owners, groups: BTreeMap::new() };
    for OverrideTerms { pack, from, count } in terms {
        collector.demand(pack, from, *count, Subject::Change, |demands| {
            demands.thresholds.insert(format!("override of {pack}"));
        });
    }
    let content = content::Content::of(evidence);
    collector.groups.into_iter().map(|(key, demands)| requirement(key, demands, &content)).collect()
}

impl Collector<'_> {
    fn add_rule(&mut self, rule: &RuleVerdict) {
        let meta = &rule.outcome.rule;
        if meta.enforcement == Enforcement::SoftMandatory {
            for judged in rule.open_violations() {
                let own = &judged.violation.approvers;
                let from = if own.is_empty() { &meta.approvers } else { own };
                let further = meta.further_approvers.iter().map(|further| &further.from);
                // Nobody is asked for the rule itself only where a later layer asks somebody.
                let itself = (!from.is_empty() || meta.further_approvers.is_empty()).then_some(from);
                for from in itself.into_iter().chain(further) {
                    self.demand(&meta.pack, from, 1, judged.violation.subject, |demands| {
                        demands.rules.insert(meta.id.clone());
                        demands.violations.insert(judged.fingerprint.clone());
                    });
                }
            }
        }
        for asked in &rule.outcome.required_approvals {
            self.demand(&meta.pack, &asked.from, asked.count, asked.subject, |demands| {
                demands.rules.insert(meta.id.clone());
            });
        }
    }

    /// Adds a demand of a pack. One of code owners is one for each path that has other owners, about the change as a whole too:
    /// who owns one path can't speak for another, nor who owns where a file went for who owned where it was.
    fn demand(&mut self, pack: &str, from: &[Approver], count: u32, subject: Subject, say: impl Fn(&mut Demands)) {
        let from: BTreeSet<Approver> = from.iter().cloned().collect();
        let paths = paths_of(subject, self.evidence);
        if !from.contains(&Approver::Owners) {
            return say(self.group(pack, from, count, paths, BTreeSet::new()));
        }
        let each: Vec<Vec<String>> = match paths.as_slice() {
            [] => self.evidence.files.iter().map(|file| paths_of_file(file).cloned().collect()).collect(),
            paths => vec![paths.to_vec()],
        };
        let mut owned = false;
        for paths in each {
            let owners: BTreeSet<BTreeSet<String>> =
                paths.iter().filter_map(|path| self.owners.get(path.as_str())).cloned().collect();
            for owners in owners {
                owned = true;
                say(self.group(pack, from.clone(), count, paths.clone(), owners));
            }
        }
        if !owned {
            say(self.group(pack, from, count, paths, BTreeSet::new()));
        }
    }

    fn group(
        &mut self,
        pack: &str,
        from: BTreeSet<Approver>,
        count: u32,
        paths: Vec<String>,
        owners: BTreeSet<String>,
    ) -> &mut Demands {
        let key = Key {
            from: from.into_iter().collect(),
            count: count.max(1),
            whole: paths.is_empty(),
            owners: owners.into_iter().collect(),
            fallback: self.fallbacks.get(pack).cloned().unwrap_or_default(),
        };
        let demands = self.groups.entry(key).or_default();
        demands.paths.extend(paths);
        demands
    }
}

/// The paths of a changed file, before and after.
fn paths_of_file(file: &FileChange) -> impl Iterator<Item = &String> {
    file.previous_path.iter().chain([&file.path])
}

/// Code owners of each path that has any.
fn owners_by_path(evidence: &Evidence) -> BTreeMap<&str, BTreeSet<String>> {
    let mut owners: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in &evidence.files {
        for path in paths_of_file(file) {
            let own = owners_of(file, path);
            if !own.is_empty() {
                owners.entry(path).or_default().extend(own);
            }
        }
    }
    owners
}

/// The code owners of one path of a file whose approval is asked for: those of sections that only suggest where there are no
/// others, and those of the file where it is not told which path they are of.
fn owners_of(file: &FileChange, path: &str) -> Vec<String> {
    if file.ownership.is_empty() {
        return file.owners.clone();
    }
    let own = || file.ownership.iter().filter(|ownership| ownership.path == path);
    let names = |optional: bool| {
        own().filter(move |own| own.optional == optional).flat_map(|own| &own.owners).cloned().collect::<Vec<String>>()
    };
    let asked = names(false);
    if asked.is_empty() { names(true) } else { asked }
}

/// The files that a subject lies in; none for the change as a whole, and for what has no place.
pub(super) fn paths_of(subject: Subject, evidence: &Evidence) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    match subject {
        Subject::Change | Subject::Review(_) | Subject::Source(_) => {}
        Subject::Finding(index) => {
            let finding = evidence.findings.get(index as usize);
            paths.extend(finding.and_then(|finding| finding.path).map(str::to_owned));
        }
        Subject::File(index) => {
            if let Some(file) = evidence.files.get(index as usize) {
                paths.push(file.path.clone());
                paths.extend(file.previous_path.clone());
            }
        }
        Subject::Dependency(index) => {
            paths.extend(evidence.dependencies.get(index as usize).and_then(|dependency| dependency.manifest.clone()));
        }
        Subject::Licence(index) => {
            paths.extend(evidence.licences.get(index as usize).and_then(|licence| licence.manifest.clone()));
        }
        Subject::Advisory(index) => {
            paths.extend(evidence.advisories.get(index as usize).and_then(|advisory| advisory.manifest.clone()));
        }
        Subject::Capability(index) => {
            paths.extend(evidence.capabilities.get(index as usize).map(|capability| capability.path.clone()));
        }
        Subject::Test(index) => {
            paths.extend(evidence.tests.get(index as usize).and_then(|test| test.path.clone()));
        }
        Subject::Coverage(index) => {
            paths.extend(evidence.coverage.get(index as usize).map(|coverage| coverage.path.clone()));
        }
        Subject::Claim(index) => {
            paths.extend(evidence.claims.get(index as usize).and_then(|claim| claim.path.clone()));
        }
    }
    paths
}

fn requirement(key: Key, demands: Demands, content: &content::Content<'_>) -> Requirement {
    let unsatisfiable = key.from.is_empty().then(|| "no approver is named".to_owned());
    let mut requirement = Requirement {
        from: key.from,
        count: key.count,
        rules: demands.rules.into_iter().collect(),
        thresholds: demands.thresholds.into_iter().collect(),
        paths: demands.paths.into_iter().collect(),
        owners: key.owners,
        violations: demands.violations.into_iter().collect(),
        fingerprint: String::new(),
        given: Vec::new(),
        outstanding: key.count,
        candidates: Vec::new(),
        not_counted: Vec::new(),
        uncounted: Vec::new(),
        unsatisfiable,
        fallback: key.fallback,
    };
    requirement.fingerprint = fingerprint(&requirement, content);
    requirement
}

fn fingerprint(requirement: &Requirement, content: &content::Content<'_>) -> String {
    let from: Vec<String> = requirement.from.iter().map(ToString::to_string).collect();
    let mut parts = vec![requirement.count.to_string()];
    let lists = [
        &from,
        &requirement.rules,
        &requirement.thresholds,
        &requirement.paths,
        &requirement.owners,
        &requirement.violations,
        &content.parts(&requirement.paths),
    ];
    for list in lists {
        parts.push(list.len().to_string());
        parts.extend(list.iter().cloned());
    }
    sha256(&parts)
}

#[cfg(test)]
mod tests;
