//! Warnings about single rules: what they say of themselves, and whether that is what they do.

use std::collections::BTreeSet;

use super::Pack;
use super::cases::Shown;
use super::reach::Reach;
use super::script::Facts;
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::{EvidenceKind, Word as _};
use crate::policy::host::{Type, signatures};
use crate::policy::{Enforcement, Risk, RuleMeta};

/// The longest id that is not called unusual, in characters.
const MAX_ID: usize = 60;

/// Functions by which a rule objects, or asks for more than it got.
const OBJECTS: &[&str] = &["violation", "assess", "require_approval", "threat", "contradicted"];

/// Kinds of evidence that the queries of another kind may ask for.
const ALONG: &[(EvidenceKind, &[EvidenceKind])] = &[
    (EvidenceKind::Findings, &[EvidenceKind::Files, EvidenceKind::Baseline]),
    (EvidenceKind::Licences, &[EvidenceKind::Dependencies]),
    (EvidenceKind::Advisories, &[EvidenceKind::Dependencies]),
    (EvidenceKind::Coverage, &[EvidenceKind::Files]),
    (EvidenceKind::Files, &[EvidenceKind::Owners]),
    (EvidenceKind::Reviews, &[EvidenceKind::Change, EvidenceKind::Teams, EvidenceKind::Owners, EvidenceKind::Files]),
];

/// One rule, and what is known of it.
pub(super) struct Rule<'a> {
    pub(super) facts: &'a Facts,
    pub(super) meta: &'a RuleMeta,
    pub(super) reach: Reach<'a>,
}

impl<'a> Rule<'a> {
    pub(super) fn of(facts: &'a Facts, meta: &'a RuleMeta, pack: &'a Pack<'a>) -> Self {
        Self { facts, meta, reach: Reach::of(facts, pack) }
    }

    /// Whatever is to be said of it.
    pub(super) fn warn(&self, shown: &Shown, found: &mut Vec<Diagnostic>) {
        self.metadata(found);
        self.id(found);
        self.cases(shown, found);
        self.objections(shown, found);
        self.evidence(found);
    }

    fn metadata(&self, found: &mut Vec<Diagnostic>) {
        if self.meta.description.is_empty() {
            let message = format!("the rule `{}` does not say why it is there", self.meta.id);
            found.push(
                self.facts
                    .warn(Code::MissingDescription, "const RULE", message)
                    .help("begin the file with `//! ..`, the reason in a sentence"),
            );
        }
        let says = self.reach.calls().any(|call| call.method && call.name == "remedy");
        if self.meta.remedy.is_none() && !says && self.reach.calls_host(&["violation"]) {
            let message = format!("the rule `{}` does not say what to do about a violation", self.meta.id);
            found.push(
                self.facts
                    .warn(Code::MissingRemedy, "const RULE", message)
                    .help("add `remedy: \"..\"` to its metadata"),
            );
        }
    }

    fn id(&self, found: &mut Vec<Diagnostic>) {
        let id = &self.meta.id;
        let plain =
            |part: &str| !part.is_empty() && part.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit());
        if !id.split('-').all(plain) || id.chars().count() > MAX_ID {
            let message = format!("the id `{id}` is not of lower case words joined by dashes");
            let message = if id.split('-').all(plain) {
                format!("the id `{id}` is longer than {MAX_ID} characters")
            } else {
                message
            };
            let place = crate::diagnostic::Place::file(self.facts.script.name.clone());
            found.push(Diagnostic::new(Code::UnusualId, message).at(place).help("rename the file and its cases"));
        }
    }

    fn cases(&self, shown: &Shown, found: &mut Vec<Diagnostic>) {
        let id = &self.meta.id;
        if !shown.any(id) {
            let message = format!("no case shows what the rule `{id}` does");
            let help = format!("write one that it objects to and one that it lets pass into `cases/{id}/`");
            found.push(self.facts.warn(Code::MissingCases, "const RULE", message).help(help));
            return;
        }
        if !self.reach.calls_host(&["violation"]) {
            return;
        }
        let passes = shown.one_of(id, &["satisfied", "not_applicable"]);
        let objects = shown.one_of(id, &["violated"]);
        if passes && objects {
            return;
        }
        let (is, lacks) = match (passes, objects) {
            (true, _) => ("lets pass", "`violated`"),
            (_, true) => ("objects to", "`satisfied` or `not_applicable`"),
            _ => ("can't decide", "`satisfied` and one of `violated`"),
        };
        let message = format!("the cases of `{id}` show only what it {is}");
        let help = format!("add a case whose outcome is {lacks}");
        found.push(self.facts.warn(Code::OneSidedCases, "const RULE", message).help(help));
    }

    fn objections(&self, shown: &Shown, found: &mut Vec<Diagnostic>) {
        // A rule that is there to be undecided where evidence lacks says so by a case.
        let is_meant = shown.one_of(&self.meta.id, &["undecided"]);
        if self.meta.enforcement == Enforcement::Advisory || self.reach.calls_host(OBJECTS) || is_meant {
            return;
        }
        let message = format!("the rule `{}` is {} and has no way to object", self.meta.id, self.meta.enforcement);
        found.push(self.facts.warn_of(Code::CannotObject, "check", message).help(
            "call `violation(..)` where it objects; where it is there to be undecided without its evidence, show that by a case",
        ));
    }

    fn evidence(&self, found: &mut Vec<Diagnostic>) {
        let id = &self.meta.id;
        let mut asked: BTreeSet<EvidenceKind> = BTreeSet::new();
        let mut told: BTreeSet<EvidenceKind> = BTreeSet::new();
        for property in self.reach.properties() {
            let (Some(variable), Some(kind)) = (&property.of, of_change(&property.name)) else { continue };
            asked.insert(kind);
            // Where other types have a property of that name, only what is called as in `check(change, ..)` is certain.
            let is_certain = variable == "change" || is_of_change_alone(&property.name);
            let is_named = self.meta.needs.contains(&kind) || self.meta.optional.contains(&kind);
            if is_named || !is_certain || !told.insert(kind) {
                continue;
            }
            let message = format!("the rule `{id}` reads {kind}, which neither `needs` nor `optional` names");
            let help = format!("add \"{kind}\" to `needs`, or to `optional` where it may do without");
            // The place is in the rule where the property is read there, and else where the metadata stand.
            let here =
                self.facts.named("check").any(|check| check.properties.iter().any(|one| std::ptr::eq(one, property)));
            let warning = if here {
                self.facts.script.mistake(Code::UndeclaredEvidence, property.at, message)
            } else {
                self.facts.warn(Code::UndeclaredEvidence, "needs", message)
            };
            found.push(warning.help(help));
        }
        let along = |kind: &EvidenceKind| ALONG.iter().any(|(of, along)| asked.contains(of) && along.contains(kind));
        for kind in self.meta.needs.iter().chain(&self.meta.optional) {
            // Of the kinds that are no collection of the change it can't be told by names alone.
            let can_be_told = of_change(kind.as_str()).is_some();
            if can_be_told && !asked.contains(kind) && !along(kind) {
                let message = format!("the rule `{id}` names {kind}, and never reads them");
                found.push(self.facts.warn(Code::UnreadEvidence, "needs", message).help(format!("take `{kind}` out")));
            }
        }
        if self.meta.needs.is_empty() && self.meta.optional.is_empty() && asked.is_empty() && !self.asks_the_change() {
            let message = format!("the rule `{id}` asks nothing of the change");
            found.push(
                self.facts.warn_of(Code::ReadsNothing, "check", message).help("it ends the same way on every change"),
            );
        }
    }

    fn asks_the_change(&self) -> bool {
        let has = |name: &str| signatures().any(|one| one.receiver == "Change" && one.name == name);
        self.reach.properties().any(|property| has(&property.name))
            || self.reach.calls().any(|call| call.method && has(&call.name))
    }

    /// The highest risk that it can give to a change, as far as it says so without being run.
    pub(super) fn highest_risk(&self) -> Option<Risk> {
        if self.meta.enforcement == Enforcement::Advisory {
            return None;
        }
        let mut highest = None;
        for call in self.reach.calls().filter(|call| call.alias.is_none()) {
            let risk = match (call.name.as_str(), call.method) {
                ("violation", false) => Some(self.meta.risk),
                ("risk", true) => Some(literal(call.arguments.first())),
                ("assess", false) => Some(literal(call.arguments.get(1))),
                ("threat", false) => Some(Risk::Critical),
                _ => None,
            };
            highest = highest.max(risk);
        }
        highest
    }
}

/// Files that no report names are not in a percentage of what was measured: some rule has to ask for them.
pub(super) fn unasked_files(rules: &[Rule<'_>], found: &mut Vec<Diagnostic>) {
    let calls = |rule: &Rule<'_>, name: &str| rule.reach.calls().any(|call| call.method && call.name == name);
    if rules.iter().any(|rule| calls(rule, "unmeasured")) {
        return;
    }
    for rule in rules.iter().filter(|rule| calls(rule, "percent")) {
        let message = format!(
            "the rule `{}` reads the percentage of lines that are covered, and no rule asks for files that no report names",
            rule.meta.id
        );
        found.push(rule.facts.warn(Code::UnaskedFiles, ".percent()", message).help(
            "object to them: `for f in change.coverage.unmeasured(change.files.kind(\"source\")) { violation(f, \"no report has it\"); }`",
        ));
    }
}

/// A risk that is written out; what is computed may be any.
fn literal(argument: Option<&super::script::Argument>) -> Risk {
    argument.and_then(super::script::Argument::word).and_then(Risk::parse).unwrap_or(Risk::Critical)
}

/// The kind of evidence that a property of this name gives all of, where it is one of the change.
fn of_change(name: &str) -> Option<EvidenceKind> {
    let gives = |returns| matches!(Type::parse(returns), Some(Type::Host(_)));
    let mut of_change = signatures().filter(|one| one.receiver == "Change" && one.params.is_none() && one.name == name);
    of_change.any(|one| gives(one.returns)).then(|| EvidenceKind::parse(name)).flatten()
}

/// Whether no other type has a property of this name.
fn is_of_change_alone(name: &str) -> bool {
    signatures().filter(|one| one.params.is_none() && one.name == name).all(|one| one.receiver == "Change")
}
