//! Approvals that a rule asks for without objecting to anything.

use rhai::{Dynamic, INT, NativeCallContext};

use super::effects::{add, approvers, run_of, subject};
use super::error::{HostError, HostResult};
use super::signature::{Param, Signature};
use crate::diagnostic::Code;
use crate::policy::RequiredApproval;

fn demand(about: &Dynamic, from: &Dynamic, count: INT, because: &str) -> HostResult<RequiredApproval> {
    let wrong = |message: String| HostError::new(Code::BadArguments, message);
    let subject = subject(about)?;
    let from = approvers(from)?;
    if from.is_empty() {
        return Err(wrong("`require_approval` names nobody who can approve".to_owned()).into());
    }
    let count = u32::try_from(count)
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| wrong(format!("`require_approval` asks for at least one person, found {count}")))?;
    if because.trim().is_empty() {
        return Err(wrong("`require_approval` needs why, found an empty text".to_owned()).into());
    }
    Ok(RequiredApproval { subject, from, count, because: because.to_owned() })
}

pub(super) const TABLE: &[Signature] = &[Signature::method(
    "",
    "require_approval",
    &[("subject", Param::Subject), ("from", Param::Approvers), ("count", Param::Number), ("because", Param::Text)],
    "",
    "asks for the approval of so many people, and says why; until they have given it, a mandatory rule's decision is \
     `approval_required`, and an advisory one's only lists it",
    |module, name| {
        module.set_native_fn(
            name,
            |context: NativeCallContext<'_>, about: Dynamic, from: Dynamic, count: INT, because: &str| {
                let asked = demand(&about, &from, count, because)?;
                add(&*run_of(&context)?, because, |effects| effects.required_approvals.push(asked))
            },
        );
    },
)
.errors("nobody is named; an unknown approver; a count below 1; no reason; the rule says more than its limits allow")
.example(
    "for f in change.files.under(\"db/migrations/**\") {\n    \
         require_approval(f, [\"team:database\", \"owners\"], 1, `${f.path} changes the schema`);\n}",
)];
