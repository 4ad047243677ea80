//! What a rule may do: object, remark, assess, recommend, or say that it does not apply.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rhai::{Array, Dynamic, ImmutableString, NativeCallContext};

use super::collection::ItemKey;
use super::compare::type_name;
use super::error::{HostError, HostResult};
use super::globs::texts;
use super::signature::{Param, Signature};
use super::words::word;
use crate::diagnostic::Code;
use crate::evidence::Word;
use crate::policy::meter::Meter;
use crate::policy::{Approver, Assessment, Judgement, RequiredApproval, Risk, Subject, Threat, Violation};

/// What one rule did.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) violations: Vec<Violation>,
    pub(crate) assessments: Vec<Assessment>,
    pub(crate) notes: Vec<String>,
    pub(crate) recommendations: Vec<String>,
    pub(crate) judgements: Vec<Judgement>,
    pub(crate) required_approvals: Vec<RequiredApproval>,
    pub(crate) threats: Vec<Threat>,
    pub(crate) follow_ups: Vec<String>,
    pub(crate) not_applicable: Option<String>,
    /// Bytes of all texts that the rule gave, those that it replaced included.
    bytes: usize,
}

impl Effects {
    /// Counts a text that the rule gave.
    fn charge(&mut self, text: &str, limit: usize) -> HostResult<()> {
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes > limit {
            return Err(HostError::new(
                Code::LimitExceeded,
                format!("what the rule says has more than {limit} bytes in all"),
            )
            .help("report a count or a group instead of each item")
            .into());
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.violations.len()
            + self.assessments.len()
            + self.notes.len()
            + self.recommendations.len()
            + self.judgements.len()
            + self.required_approvals.len()
            + self.threats.len()
            + self.follow_ups.len()
    }
}

/// What one rule does, run after run.
#[derive(Debug)]
pub(crate) struct RuleRun {
    categories: Arc<[String]>,
    /// Operations of the rule, which native calls count by what they are given; and time and memory of the process, for those
    /// that go on for long.
    pub(crate) meter: Arc<Meter>,
    /// What a native call refused where it could give back no error.
    refusal: OnceLock<String>,
    effects: Mutex<Effects>,
}

impl RuleRun {
    pub(crate) fn new(categories: Arc<[String]>, meter: Arc<Meter>) -> Self {
        Self { categories, meter, refusal: OnceLock::new(), effects: Mutex::default() }
    }

    /// Counts operations; false once the limit is passed.
    pub(super) fn charge(&self, operations: u64) -> bool {
        self.meter.charge(operations)
    }

    /// Ends the rule at its next operation, for what a native call can't refuse by an error: the engine would take another
    /// way, without a bound.
    pub(crate) fn refuse(&self, why: String) {
        // The first reason stays.
        let _ = self.refusal.set(why);
        self.meter.charge(u64::MAX);
    }

    /// Why the rule was ended.
    pub(crate) fn refusal(&self) -> Option<String> {
        self.refusal.get().cloned()
    }

    pub(crate) fn effects(&self) -> MutexGuard<'_, Effects> {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The violation that `violation(..)` gave, to say more about it.
#[derive(Debug, Clone)]
struct ViolationHandle {
    run: Arc<RuleRun>,
    index: usize,
}

/// Whether a value is what an effect gave, so that a script may let it go.
pub(crate) fn is_effect(value: &Dynamic) -> bool {
    value.is::<ViolationHandle>()
}

impl ViolationHandle {
    fn change(&mut self, edit: impl FnOnce(&mut Violation)) -> Self {
        if let Some(violation) = self.run.effects().violations.get_mut(self.index) {
            edit(violation);
        }
        self.clone()
    }
}

/// The run that a call belongs to.
pub(crate) fn run_of(context: &NativeCallContext<'_>) -> HostResult<Arc<RuleRun>> {
    context.tag().and_then(|tag| tag.read_lock::<Arc<RuleRun>>().map(|run| Arc::clone(&run))).ok_or_else(|| {
        HostError::new(Code::BadArguments, format!("`{}` can be called only by a rule", context.fn_name())).into()
    })
}

/// Adds an effect, unless the rule has too many already.
pub(super) fn add<T>(run: &RuleRun, text: &str, effect: impl FnOnce(&mut Effects) -> T) -> HostResult<T> {
    let mut effects = run.effects();
    let limits = run.meter.watch.limits();
    effects.charge(text, limits.effect_bytes)?;
    if effects.len() >= limits.effects {
        return Err(HostError::new(
            Code::LimitExceeded,
            format!(
                "the rule has more than {} violations, notes, assessments, recommendations and judgements of claims",
                limits.effects
            ),
        )
        .help("report a count or a group instead of each item")
        .into());
    }
    Ok(effect(&mut effects))
}

pub(super) fn subject(value: &Dynamic) -> HostResult<Subject> {
    ItemKey::of(value).map(|key| key.0).ok_or_else(|| {
        HostError::new(
            Code::BadArguments,
            format!("found {}, expected an item of the evidence or `change`", type_name(value)),
        )
        .into()
    })
}

/// Somebody who can approve.
pub(crate) fn approver(text: &str) -> Result<Approver, HostError> {
    Approver::parse(text).ok_or_else(|| {
        HostError::new(
            Code::UnknownWord,
            format!("unknown approver `{text}`, expected `user:LOGIN`, `team:NAME`, `owners` or `any`"),
        )
    })
}

/// Those who can approve, in order, each once.
pub(super) fn approvers(value: &Dynamic) -> HostResult<Vec<Approver>> {
    let mut approvers =
        texts(value)?.iter().map(|text| approver(text)).collect::<Result<Vec<Approver>, HostError>>()?;
    approvers.sort();
    approvers.dedup();
    Ok(approvers)
}

/// The category of a text; another one than the pack's is an error.
pub(super) fn category(run: &RuleRun, text: &str) -> HostResult<String> {
    if run.categories.iter().any(|known| known == text) {
        return Ok(text.to_owned());
    }
    Err(HostError::new(Code::UnknownWord, format!("unknown category `{text}`"))
        .suggest(text, run.categories.iter().map(String::as_str))
        .into())
}

const VIOLATION: &str = "Violation";

pub(super) const TABLE: &[Signature] = &[
    Signature::method(
        "",
        "violation",
        &[("subject", Param::Subject), ("message", Param::Text)],
        "Violation",
        "objects to an item or to the change as a whole",
        |module, name| {
            module.set_custom_type::<ViolationHandle>(VIOLATION);
            module.set_native_fn(name, |context: NativeCallContext<'_>, about: Dynamic, message: ImmutableString| {
                let run = run_of(&context)?;
                let violation = Violation {
                    subject: subject(&about)?,
                    message: message.as_str().to_owned(),
                    risk: None,
                    remedy: None,
                    approvers: Vec::new(),
                };
                let index = add(&run, &message, |effects| {
                    effects.violations.push(violation);
                    effects.violations.len() - 1
                })?;
                Ok(ViolationHandle { run, index })
            });
        },
    )
    .errors("a subject that is neither an item nor `change`; the rule says more than its limits allow")
    .example("for f in change.files.under(\"secrets/**\").added() { violation(f, `${f.path} looks like a secret`); }"),
    Signature::method(
        VIOLATION,
        "risk",
        &[("risk", Param::Word(Risk::VOCABULARY))],
        VIOLATION,
        "its risk, where it is not the rule's",
        |module, name| {
            module.set_native_fn(name, |handle: &mut ViolationHandle, risk: Dynamic| -> HostResult<ViolationHandle> {
                let risk = word::<Risk>(&risk)?;
                Ok(handle.change(|violation| violation.risk = Some(risk)))
            });
        },
    )
    .errors("an unknown risk")
    .example("for f in change.findings.introduced().severity(\"low\") { violation(f, f.message).risk(\"low\"); }"),
    Signature::method(
        VIOLATION,
        "remedy",
        &[("text", Param::Text)],
        VIOLATION,
        "what to do about it, where it is not the rule's remedy",
        |module, name| {
            module.set_native_fn(name, move |handle: &mut ViolationHandle, remedy: ImmutableString| {
                handle.run.effects().charge(&remedy, handle.run.meter.watch.limits().effect_bytes)?;
                Ok(handle.change(|violation| violation.remedy = Some(remedy.to_string())))
            });
        },
    )
    .errors("the rule says more than its limits allow")
    .example("for f in change.files.binary().added() { violation(f, \"a binary\").remedy(\"keep it with Git LFS\"); }"),
    Signature::method(
        VIOLATION,
        "approvers",
        &[("approvers", Param::Approvers)],
        VIOLATION,
        "who may let it pass, where it is not the rule's approvers",
        |module, name| {
            module.set_native_fn(name, |handle: &mut ViolationHandle, who: Dynamic| -> HostResult<ViolationHandle> {
                let who = approvers(&who)?;
                Ok(handle.change(|violation| violation.approvers = who))
            });
        },
    )
    .errors("an unknown approver")
    .example("for f in change.files.under(\"billing/**\") { violation(f, \"billing\").approvers([\"team:billing\", \"owners\"]); }"),
    Signature::method(
        "",
        "not_applicable",
        &[("reason", Param::Text)],
        "",
        "says that the rule does not apply to this change, and why",
        |module, name| {
            module.set_native_fn(name, |context: NativeCallContext<'_>, reason: &str| {
                if reason.trim().is_empty() {
                    return Err(HostError::new(
                        Code::BadArguments,
                        "`not_applicable` needs a reason, found an empty text",
                    )
                    .into());
                }
                run_of(&context)?.effects().not_applicable = Some(reason.to_owned());
                Ok(())
            });
        },
    )
    .errors("an empty reason")
    .example("if change.files.not_under(\"docs/**\").is_empty() { not_applicable(\"only documents change\"); }"),
    Signature::method(
        "",
        "note",
        &[("message", Param::Text)],
        "",
        "remarks something without objecting",
        |module, name| {
            module.set_native_fn(name, |context: NativeCallContext<'_>, message: &str| {
                add(&*run_of(&context)?, message, |effects| effects.notes.push(message.to_owned()))
            });
        },
    )
    .errors("the rule says more than its limits allow")
    .example("note(`${change.files.count()} files`);"),
    Signature::method("", "recommend", &[("text", Param::Text)], "", "recommends something", |module, name| {
        module.set_native_fn(name, |context: NativeCallContext<'_>, text: &str| {
            add(&*run_of(&context)?, text, |effects| effects.recommendations.push(text.to_owned()))
        });
    })
    .errors("the rule says more than its limits allow")
    .example("if change.tests.any() && change.coverage.is_empty() { recommend(\"measure coverage\"); }"),
    Signature::method(
        "",
        "follow_up",
        &[("text", Param::Text)],
        "",
        "leaves something to be done after the merge",
        |module, name| {
            module.set_native_fn(name, |context: NativeCallContext<'_>, text: &str| {
                add(&*run_of(&context)?, text, |effects| effects.follow_ups.push(text.to_owned()))
            });
        },
    )
    .errors("the rule says more than its limits allow")
    .example("if !change.files.under(\"migrations/**\").is_empty() { follow_up(\"watch the migration\"); }"),
    Signature::method(
        "",
        "assess",
        &[("category", Param::Text), ("risk", Param::Word(Risk::VOCABULARY)), ("because", Param::Text)],
        "",
        "gives a category a level of risk, and says why",
        |module, name| {
            module.set_native_fn(
                name,
                |context: NativeCallContext<'_>, category: &str, risk: Dynamic, because: &str| {
                    let run = run_of(&context)?;
                    let risk = word::<Risk>(&risk)?;
                    let category = self::category(&run, category)?;
                    let assessment = Assessment { category, risk, because: because.to_owned() };
                    add(&run, because, |effects| effects.assessments.push(assessment))
                },
            );
        },
    )
    .errors("an unknown category or risk; the rule says more than its limits allow")
    .example("if change.files.under(\"src/crypto/**\").any() { assess(\"cryptography\", \"medium\", \"ciphers change\"); }"),
];

/// Texts as a script's array.
pub(super) fn array(texts: &[String]) -> Array {
    texts.iter().map(|text| Dynamic::from(text.clone())).collect()
}
