//! Threats that a rule describes: what could happen, how likely it is and how bad, and what stands against it.

use rhai::{Dynamic, ImmutableString, Map, NativeCallContext};

use super::compare::type_name;
use super::effects::{RuleRun, add, category, run_of};
use super::error::{HostError, HostResult};
use super::signature::{Entry, Param, Signature};
use super::words::word;
use crate::diagnostic::Code;
use crate::evidence::Word as _;
use crate::policy::{Impact, Likelihood, Risk, Threat};

const fn required(name: &'static str, takes: Param) -> Entry {
    Entry { name, takes, required: true }
}

const fn optional(name: &'static str, takes: Param) -> Entry {
    Entry { name, takes, required: false }
}

const ENTRIES: &[Entry] = &[
    required("threat", Param::Text),
    required("category", Param::Text),
    required("likelihood", Param::Word(Likelihood::VOCABULARY)),
    required("impact", Param::Word(Impact::VOCABULARY)),
    optional("mitigation", Param::Text),
    optional("residual", Param::Word(Risk::VOCABULARY)),
];

fn wrong(message: String) -> HostError {
    HostError::new(Code::BadArguments, message)
}

/// A text of the map that says something.
fn text(map: &Map, name: &str) -> HostResult<Option<String>> {
    let Some(value) = map.get(name) else { return Ok(None) };
    match value.read_lock::<ImmutableString>() {
        Some(text) if !text.trim().is_empty() => Ok(Some(text.to_string())),
        Some(_) => Err(wrong(format!("`{name}` of the threat is an empty text")).into()),
        None => {
            let message = format!("`{name}` of the threat: found {}, expected a text", type_name(value));
            Err(HostError::new(Code::TypeMismatch, message).into())
        }
    }
}

fn read(run: &RuleRun, map: &Map) -> HostResult<Threat> {
    if let Some(fault) = Entry::fault(ENTRIES, map.keys().map(|name| name.as_str())) {
        return Err(fault.into());
    }
    // Whatever is required is there.
    let of = |name: &str| map.get(name).cloned().unwrap_or(Dynamic::UNIT);
    let threat = Threat {
        threat: text(map, "threat")?.unwrap_or_default(),
        category: category(run, &text(map, "category")?.unwrap_or_default())?,
        likelihood: word::<Likelihood>(&of("likelihood"))?,
        impact: word::<Impact>(&of("impact"))?,
        mitigation: text(map, "mitigation")?,
        residual: map.get("residual").map(word::<Risk>).transpose()?,
    };
    match threat.residual {
        Some(_) if threat.mitigation.is_none() => {
            Err(wrong("the threat has a `residual` risk and no `mitigation` that leaves it".to_owned()).into())
        }
        Some(residual) if residual > threat.risk() => {
            let message = format!("the `residual` risk {residual} is above that of the threat, {}", threat.risk());
            Err(wrong(message).into())
        }
        _ => Ok(threat),
    }
}

pub(super) const TABLE: &[Signature] = &[Signature::method(
    "",
    "threat",
    &[("threat", Param::Map(ENTRIES))],
    "",
    "describes what could happen and what stands against it; its risk comes from likelihood and impact by the matrix of \
     threats, and `residual` says what is left with the mitigation",
    |module, name| {
        module.set_native_fn(name, |context: NativeCallContext<'_>, map: Map| {
            let run = run_of(&context)?;
            let threat = read(&run, &map)?;
            let said = [&threat.threat, threat.mitigation.as_ref().unwrap_or(&threat.category)].map(String::as_str);
            add(&run, &said.concat(), |effects| effects.threats.push(threat))
        });
    },
)
.errors(
    "an unknown entry, or one that is missing; an unknown word or category; an empty text; a residual risk without a \
     mitigation, or above the threat's; the rule says more than its limits allow",
)
.example(
    "if change.files.under(\"src/upload/**\").any() {\n    \
         threat(#{\n        threat: \"an upload is run as a program\", category: \"injection\", likelihood: \"medium\", impact: \"high\",\n        \
         mitigation: \"uploads are stored without the right to be run\", residual: \"low\",\n    });\n}",
)];
