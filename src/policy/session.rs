//! Running rules on the evidence of one change, each on its own; an error ends its rule and no other.

use std::sync::Arc;

use jiff::Timestamp;
use rhai::{Dynamic, EvalAltResult};

use super::host::{ChangeView, RuleRun, Store};
use super::runner::{Called, Runner};
use super::set::{PolicySet, Rule};
use super::trouble;
use super::watch::Exhausted;
use super::{Assessment, Judgement, RequiredApproval, RuleMeta, Threat, Violation};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::{Evidence, EvidenceKind};

/// What one rule did, and how it ended.
#[derive(Debug)]
pub struct RuleResult {
    /// What it objects to, in canonical order.
    pub violations: Vec<Violation>,
    /// Levels that it gave.
    pub assessments: Vec<Assessment>,
    /// What it remarked.
    pub notes: Vec<String>,
    /// What it recommended.
    pub recommendations: Vec<String>,
    /// What it says of claims, in canonical order.
    pub judgements: Vec<Judgement>,
    /// Approvals that it asks for, in canonical order.
    pub required_approvals: Vec<RequiredApproval>,
    /// Threats that it describes, in canonical order.
    pub threats: Vec<Threat>,
    /// What it leaves to be done after the merge.
    pub follow_ups: Vec<String>,
    /// Why it does not apply, by its own word.
    pub not_applicable: Option<String>,
    /// The evidence that it asked for.
    pub read: Vec<EvidenceKind>,
    /// The error that it ended in.
    pub error: Option<Diagnostic>,
}

/// One change, ready to be asked about.
pub struct Session<'a> {
    policy: &'a PolicySet,
    store: Arc<Store>,
    runner: Box<Runner>,
    /// The change as a script sees it, unless one put something else in its place.
    change: Dynamic,
}

impl<'a> Session<'a> {
    /// Makes the evidence visible to rules; this happens once per change, however many rules there are. `as_of` is the
    /// time that rules see as now.
    #[must_use]
    pub fn new(policy: &'a PolicySet, evidence: Arc<Evidence>, as_of: Option<Timestamp>) -> Self {
        let runner = policy.sandbox.runner(&policy.modules);
        let store = Store::new(evidence, Arc::clone(&runner.meter), Arc::clone(&runner.globs), as_of);
        runner.shown.set(Some(Arc::clone(&store)));
        Self { policy, store, runner, change: Dynamic::UNIT }
    }

    /// What a rule says of itself.
    #[must_use]
    pub fn meta(&self, rule: &Rule) -> Arc<RuleMeta> {
        self.runner.meta(rule)
    }

    /// Whether something that a rule's scope is about is there, or may be: what has no known place may lie anywhere.
    #[must_use]
    pub fn is_concerned(&self, rule: &Rule) -> bool {
        self.store.look_through(rule.scope.as_ref());
        self.store.sees_anything()
    }

    /// Runs one rule.
    #[must_use]
    pub fn run(&mut self, rule: &Rule) -> RuleResult {
        self.store.forget_read();
        self.store.look_through(rule.scope.as_ref());
        if !self.change.is::<ChangeView>() {
            self.change = Dynamic::from(ChangeView::new(Arc::clone(&self.store)));
        }
        let Called { run, returned } = self.runner.check(self.policy, rule, &mut self.change);
        let meter = &self.runner.meter;
        let error = match returned {
            // Whatever the rule still did: what was running when the process had to be held back is not known.
            _ if meter.watch.exhausted().is_some() => meter.watch.exhausted().map(|what| self.abandoned(rule, what)),
            // A limit that was hit inside a callback can come out as another error, or as none.
            Err(error) if meter.exhausted() => Some(self.limit(&run, self.place(rule, Some(&error)))),
            Ok(_) if meter.exhausted() => Some(self.limit(&run, self.place(rule, None))),
            // The engine gives back the value of the last statement even where it ends in `;`.
            Ok(value) if value.is_unit() || super::host::is_effect(&value) => None,
            Ok(value) => Some(self.returned(rule, &value)),
            Err(error) => {
                let told = trouble::diagnostic(&error, &rule.source, &|source| self.policy.texts.get(source).cloned());
                Some(if told.place.as_ref().is_some_and(|place| place.line > 0) {
                    told
                } else {
                    told.at(self.place(rule, None))
                })
            }
        };
        // The next run begins with nothing said.
        let effects = std::mem::take(&mut *run.effects());
        RuleResult {
            violations: sorted(effects.violations),
            assessments: sorted(effects.assessments),
            notes: sorted(effects.notes),
            recommendations: sorted(effects.recommendations),
            judgements: sorted(effects.judgements),
            required_approvals: sorted(effects.required_approvals),
            threats: sorted(effects.threats),
            follow_ups: sorted(effects.follow_ups),
            not_applicable: effects.not_applicable,
            read: self.store.kinds_read(),
            error,
        }
    }

    /// Leaves what can be used again to the next session of the policy; without it, that one only takes longer to begin.
    pub fn end(self) {
        self.runner.shown.set(None);
        self.policy.sandbox.keep(self.runner);
    }

    /// Where an error happened; where the engine does not know, or there is none, where `check` begins.
    fn place(&self, rule: &Rule, error: Option<&EvalAltResult>) -> Place {
        let text_of = |source: &str| self.policy.texts.get(source).cloned();
        let place = error.map(|error| trouble::place(error, &rule.source, &text_of)).filter(|place| place.line > 0);
        place.unwrap_or_else(|| {
            let text = text_of(&rule.source).unwrap_or_default();
            let offset = text.find("fn check").unwrap_or(0);
            Place::at_offset(rule.source.clone(), &text, offset)
        })
    }

    fn abandoned(&self, rule: &Rule, what: Exhausted) -> Diagnostic {
        let message = what.message(&self.policy.sandbox.limits);
        Diagnostic::new(Code::Abandoned, format!("{message}; `{}` was running", rule.meta.id))
            .at(self.place(rule, None))
            .help("this is no verdict; the limits on counted operations and sizes were not passed, so another machine may come to one")
    }

    fn limit(&self, run: &RuleRun, place: Place) -> Diagnostic {
        if let Some(why) = run.refusal() {
            return Diagnostic::new(Code::LimitExceeded, why).at(place);
        }
        Diagnostic::new(
            Code::LimitExceeded,
            format!("the rule used more than {} operations", self.policy.sandbox.limits.operations),
        )
        .at(place)
        .help("ask with the native queries (`change.findings.severity_at_least(..)`) instead of a loop over all items")
    }

    fn returned(&self, rule: &Rule, value: &Dynamic) -> Diagnostic {
        Diagnostic::new(
            Code::ReturnedValue,
            format!("`check` gave {} back, expected nothing", super::host::type_name(value)),
        )
        .at(self.place(rule, None))
        .help("its last statement is an expression whose value is lost; say what is wrong with `violation(..)`")
    }
}

/// In canonical order, each once.
fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    if list.len() > 1 {
        list.sort();
        list.dedup();
    }
    list
}
