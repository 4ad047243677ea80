//! What a rule says of a claim: that the evidence shows it, or that it shows otherwise. Neither is an objection; a rule
//! that objects to a false claim also calls `violation(claim, ..)`.

use rhai::{Dynamic, Module, NativeCallContext};

use super::collection::ItemKey;
use super::compare::type_name;
use super::effects::{add, run_of};
use super::error::{HostError, HostResult};
use super::signature::{Param, Signature};
use crate::diagnostic::Code;
use crate::policy::{Judgement, Subject};

const PARAMETERS: &[(&str, Param)] = &[("claim", Param::Claim), ("because", Param::Text)];

const fn function(name: &'static str, doc: &'static str, register: fn(&mut Module, &'static str)) -> Signature {
    Signature::method("", name, PARAMETERS, "", doc, register)
}

pub(super) const TABLE: &[Signature] = &[
    function("supported", "says that the evidence shows what a claim states, and how", |module, name| {
        register(module, name, true);
    })
    .errors("something else than a claim; nothing said of what shows it; the rule says more than its limits allow")
    .example("for c in change.claims.matching(\"no new dependencies\") {\n    if change.dependencies.added().is_empty() { supported(c, \"no package was added\"); }\n}"),
    function("contradicted", "says that the evidence shows otherwise than a claim states, and how", |module, name| {
        register(module, name, false);
    })
    .errors("something else than a claim; nothing said of what shows it; the rule says more than its limits allow")
    .example("for c in change.claims.matching(\"all tests pass\") {\n    if change.tests.failed().any() { contradicted(c, `${change.tests.failed().count()} failed`); }\n}"),
];

fn register(module: &mut Module, name: &'static str, holds: bool) {
    module.set_native_fn(name, move |context: NativeCallContext<'_>, claim: Dynamic, because: &str| {
        let Some(ItemKey(Subject::Claim(claim))) = ItemKey::of(&claim) else {
            let found = type_name(&claim);
            return wrong(format!("`{name}` is said of a claim, found {found}"));
        };
        if because.trim().is_empty() {
            return wrong(format!("`{name}` needs what shows it, found an empty text"));
        }
        let judgement = Judgement { claim, holds, because: because.to_owned() };
        add(&*run_of(&context)?, because, |effects| effects.judgements.push(judgement))
    });
}

fn wrong(message: String) -> HostResult<()> {
    Err(HostError::new(Code::BadArguments, message).into())
}
