//! Running rules on the evidence of one change, each on its own; an error ends its rule and no other.

use std::sync::Arc;

use rhai::{CallFnOptions, Dynamic, Engine, EvalAltResult, Position, Scope};

use super::host::{ChangeView, HostError, Meter, RuleRun, Store};
use super::sandbox::LimitHit;
use super::set::{PolicySet, Rule};
use super::watch::{Exhausted, Watch};
use super::{Assessment, Judgement, Violation};
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
    meter: Arc<Meter>,
    watch: Arc<Watch>,
    engine: Engine,
}

impl<'a> Session<'a> {
    /// Makes the evidence visible to rules; this happens once per change, however many rules there are.
    #[must_use]
    pub fn new(policy: &'a PolicySet, evidence: Arc<Evidence>) -> Self {
        let meter = Arc::new(Meter::new(policy.sandbox.limits.operations));
        let watch = Arc::new(Watch::new(&policy.sandbox.limits));
        let engine = policy.sandbox.runner(&meter, &watch, policy.modules.clone());
        let store = Store::new(evidence, Arc::clone(&meter), Arc::clone(&policy.globs));
        Self { policy, store, meter, watch, engine }
    }

    /// Runs one rule.
    #[must_use]
    pub fn run(&self, rule: &Rule) -> RuleResult {
        self.meter.reset();
        self.store.take_read();
        let run = Arc::new(RuleRun::new(Arc::clone(&self.policy.categories)));
        let change = Dynamic::from(ChangeView::new(Arc::clone(&self.store)));
        let options =
            CallFnOptions::new().eval_ast(rule.top_level).rewind_scope(true).with_tag(Dynamic::from(Arc::clone(&run)));
        let returned = self.engine.call_fn_with_options::<Dynamic>(
            options,
            &mut Scope::new(),
            &rule.ast,
            "check",
            (change, Dynamic::from(rule.parameters.clone())),
        );
        let error = match returned {
            // Whatever the rule still did: what was running when the process had to be held back is not known.
            _ if self.watch.exhausted().is_some() => self.watch.exhausted().map(|what| self.abandoned(rule, what)),
            // A limit that was hit inside a callback can come out as another error, or as none.
            Err(error) if self.meter.exhausted() => Some(self.limit(self.place(rule, Some(&error)))),
            Ok(_) if self.meter.exhausted() => Some(self.limit(self.place(rule, None))),
            // The engine gives back the value of the last statement even where it ends in `;`.
            Ok(value) if value.is_unit() || super::host::is_effect(&value) => None,
            Ok(value) => Some(self.returned(rule, &value)),
            Err(error) => {
                let place = self.place(rule, Some(&error));
                Some(describe(innermost(&error)).at(place))
            }
        };
        let mut effects = run.effects();
        RuleResult {
            violations: sorted(std::mem::take(&mut effects.violations)),
            assessments: sorted(std::mem::take(&mut effects.assessments)),
            notes: sorted(std::mem::take(&mut effects.notes)),
            recommendations: sorted(std::mem::take(&mut effects.recommendations)),
            judgements: sorted(std::mem::take(&mut effects.judgements)),
            not_applicable: effects.not_applicable.take(),
            read: self.store.take_read(),
            error,
        }
    }

    /// Where an error happened; where the engine does not know, or there is none, where `check` begins.
    fn place(&self, rule: &Rule, error: Option<&EvalAltResult>) -> Place {
        let text_of = |source: &str| self.policy.texts.get(source).cloned();
        let place = error.map(|error| place(error, &rule.source, &text_of)).filter(|place| place.line > 0);
        place.unwrap_or_else(|| {
            let text = text_of(&rule.source).unwrap_or_default();
            let offset = text.find("fn check").unwrap_or(0);
            Place::at_offset(rule.source.clone(), &text, offset)
        })
    }

    fn abandoned(&self, rule: &Rule, what: Exhausted) -> Diagnostic {
        let limits = &self.policy.sandbox.limits;
        let message = match what {
            Exhausted::Time => format!("the rules took longer than {} milliseconds in all", limits.milliseconds),
            Exhausted::Memory => format!("the rules took more than {} bytes of memory in all", limits.memory_bytes),
        };
        Diagnostic::new(Code::Abandoned, format!("{message}; `{}` was running", rule.meta.id))
            .at(self.place(rule, None))
            .help("this is no verdict; the limits on counted operations and sizes were not passed, so another machine may come to one")
    }

    fn limit(&self, place: Place) -> Diagnostic {
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
    list.sort();
    list.dedup();
    list
}

/// A script error as a diagnostic, at the innermost place that the engine knows.
pub(crate) fn diagnostic(
    error: &EvalAltResult,
    source: &str,
    text_of: &dyn Fn(&str) -> Option<Arc<str>>,
) -> Diagnostic {
    describe(innermost(error)).at(place(error, source, text_of))
}

/// The error that the calls around it only pass on.
fn innermost(error: &EvalAltResult) -> &EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, cause, _) | EvalAltResult::ErrorInModule(_, cause, _) => {
            innermost(cause)
        }
        _ => error,
    }
}

/// The innermost place that the engine knows.
fn place(error: &EvalAltResult, source: &str, text_of: &dyn Fn(&str) -> Option<Arc<str>>) -> Place {
    let mut source = source.to_owned();
    let mut position = Position::NONE;
    let mut inner = error;
    loop {
        if !inner.position().is_none() {
            position = inner.position();
        }
        match inner {
            EvalAltResult::ErrorInFunctionCall(_, called, cause, _) => {
                if !called.is_empty() {
                    source.clone_from(called);
                }
                inner = cause;
            }
            EvalAltResult::ErrorInModule(module, cause, _) => {
                if !module.is_empty() {
                    source.clone_from(module);
                }
                inner = cause;
            }
            _ => break,
        }
    }
    let number = |number: Option<usize>| number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    Place { line: number(position.line()), column: number(position.position()), text: text_of(&source), file: source }
}

/// What went wrong, in the words of the people who write policies.
fn describe(error: &EvalAltResult) -> Diagnostic {
    match error {
        EvalAltResult::ErrorRuntime(value, _) => match value.read_lock::<HostError>() {
            Some(host) => Diagnostic { help: host.help.clone(), ..Diagnostic::new(host.code, host.message.clone()) },
            None => Diagnostic::new(Code::ScriptError, format!("the script ended itself: {value}")),
        },
        EvalAltResult::ErrorTerminated(value, _) if value.is::<LimitHit>() => {
            Diagnostic::new(Code::LimitExceeded, "the rule used too many operations")
        }
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorStackOverflow(_)
        | EvalAltResult::ErrorDataTooLarge(..)
        | EvalAltResult::ErrorTooManyVariables(_)
        | EvalAltResult::ErrorTooManyModules(_) => {
            Diagnostic::new(Code::LimitExceeded, format!("the rule hit a limit: {}", plain(error)))
        }
        EvalAltResult::ErrorFunctionNotFound(call, _) => not_found(call),
        EvalAltResult::ErrorPropertyNotFound(name, _) => {
            Diagnostic::new(Code::UnknownProperty, format!("the map has no entry `{name}`"))
        }
        EvalAltResult::ErrorDotExpr(message, _) => unknown_property(message),
        EvalAltResult::ErrorMismatchDataType(expected, found, _) => {
            Diagnostic::new(Code::TypeMismatch, format!("found {}, expected {}", type_word(found), type_word(expected)))
        }
        other => Diagnostic::new(Code::ScriptError, plain(other)),
    }
}

/// The engine's words without the place, which the diagnostic has.
fn plain(error: &EvalAltResult) -> String {
    let mut text = error.to_string();
    if let Some(index) = text.rfind(" (line ") {
        text.truncate(index);
    }
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

fn type_word(name: &str) -> &str {
    match name {
        "i64" => "a number",
        "f64" => "a decimal number",
        "string" | "&str" | "ImmutableString" => "a text",
        "bool" => "true or false",
        "()" => "nothing",
        other => other,
    }
}

/// `under (Findings, i64)`: a function that is there, called with what it does not take.
fn not_found(call: &str) -> Diagnostic {
    let (name, found) = call.split_once(" (").unwrap_or((call, ""));
    let found: Vec<&str> =
        found.trim_end_matches(')').split(", ").filter(|part| !part.is_empty()).map(type_word).collect();
    if let Some(property) = name.strip_prefix("get$") {
        return unknown_property(&format!("Unknown property '{property}' for {}", found.join(", ")));
    }
    let diagnostic = Diagnostic::new(
        Code::BadArguments,
        format!(
            "there is no `{name}` for {}",
            if found.is_empty() { "no arguments".to_owned() } else { found.join(", ") }
        ),
    );
    match super::host::signatures().find(|signature| signature.name == name) {
        Some(signature) => {
            let takes: Vec<String> =
                signature.params.unwrap_or_default().iter().map(|(name, param)| format!("{name}: {param}")).collect();
            diagnostic.help(format!(
                "`{signature}` takes {}",
                if takes.is_empty() { "nothing".to_owned() } else { takes.join(", ") }
            ))
        }
        None => diagnostic,
    }
}

/// A property that the value's type does not have, though another type does.
fn unknown_property(message: &str) -> Diagnostic {
    let mut quoted = message.split(['\'', '`']).skip(1).step_by(2);
    let property = quoted.next().unwrap_or("").to_owned();
    let of = message.rsplit(' ').next().unwrap_or("").trim_matches(['\'', '`', '.']);
    let candidates: Vec<&str> = super::host::signatures()
        .filter(|signature| signature.params.is_none() && signature.receiver == of)
        .map(|signature| signature.name)
        .collect();
    Diagnostic::new(Code::UnknownProperty, format!("a {of} has no property `{property}`"))
        .suggest(&property, candidates)
}
