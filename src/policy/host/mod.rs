//! What rules see of a change: typed native views over the evidence, and the effects that a rule may have.
//!
//! Evidence is shared, never copied into scripts: a view is the store and a selection of rows, an item is the store and
//! one row. Every name, its parameters and its meaning stand in one table of [`Signature`]s, from which registration, the
//! checks at load and the suggestions all come.

mod advisories;
mod aggregates;
mod capabilities;
mod change;
mod claims;
mod collection;
mod columns;
mod common;
mod compare;
mod coverage;
mod dates;
mod demands;
mod dependencies;
mod effects;
mod error;
mod files;
mod findings;
mod globs;
mod guide;
mod judgements;
mod licence_list;
mod licences;
mod lists;
mod matching;
mod ordering;
mod owners;
mod packages;
mod reviews;
mod sets;
mod signature;
mod sources;
mod stored;
mod test_cases;
mod threats;
mod types;
pub(crate) mod words;

pub(crate) use change::ChangeView;
pub(crate) use collection::{Meter, Store};
pub(crate) use compare::type_name;
pub(crate) use dates::{check_date, date_value};
pub(crate) use effects::{RuleRun, approver, is_effect};
pub(crate) use error::HostError;
pub(crate) use globs::{Globs, check_glob};
pub(crate) use licence_list::check_licence;
pub(crate) use signature::{Entry, Param, Signature};
pub(crate) use types::Type;
pub(crate) use words::WordValue;

/// The whole host API as data.
pub(crate) fn signatures() -> impl Iterator<Item = &'static Signature> {
    [
        change::TABLE,
        findings::TABLE,
        files::TABLE,
        owners::TABLE,
        dependencies::PACKAGED,
        dependencies::SELECTIONS,
        dependencies::PROPERTIES,
        licences::PACKAGED,
        licences::TABLE,
        advisories::PACKAGED,
        advisories::TABLE,
        reviews::TABLE,
        test_cases::TABLE,
        coverage::TABLE,
        claims::TABLE,
        effects::TABLE,
        demands::TABLE,
        threats::TABLE,
        judgements::TABLE,
        lists::TABLE,
        matching::TABLE,
        ordering::TABLE,
        sources::TABLE,
        capabilities::TABLE,
        dates::TABLE,
    ]
    .into_iter()
    .chain(common::TABLES.iter().copied())
    .flatten()
}

/// The reference of the host API, as Markdown: one table for each type.
#[must_use]
pub fn reference() -> String {
    use std::fmt::Write as _;
    let mut out = String::from(
        "# What rules can ask and do\n\nGenerated from the table that the functions are registered from.\n\n\
         A rule is `fn check(change, params)`; `change` is a `Change`, `params` has the pack's parameters as properties.\n\
         A parameter that takes a word of a closed vocabulary refuses every other word.\n",
    );
    out.push_str(&guide::text());
    let mut receivers: Vec<&str> = Vec::new();
    for signature in signatures() {
        if !receivers.contains(&signature.receiver) {
            receivers.push(signature.receiver);
        }
    }
    for receiver in receivers {
        let title = if receiver.is_empty() { "Functions" } else { receiver };
        // Writing to a string can't fail.
        let _ = write!(out, "\n## {title}\n\n| name | gives | meaning |\n| --- | --- | --- |\n");
        for signature in signatures().filter(|signature| signature.receiver == receiver) {
            let takes: Vec<String> =
                signature.params.unwrap_or_default().iter().map(|(name, param)| format!("`{name}`: {param}")).collect();
            let takes = if takes.is_empty() { String::new() } else { format!("; {}", takes.join(", ")) };
            let errors =
                if signature.errors.is_empty() { String::new() } else { format!("; errs: {}", signature.errors) };
            let _ = writeln!(out, "| `{signature}` | {} | {}{takes}{errors} |", signature.returns, signature.doc);
        }
        for signature in
            signatures().filter(|signature| signature.receiver == receiver && !signature.example.is_empty())
        {
            let _ = write!(out, "\n```rhai\n{}\n```\n", signature.example);
        }
    }
    out
}

/// The whole host API as one module, to be built once and shared by every engine.
pub(crate) fn module() -> rhai::Module {
    let mut module = rhai::Module::new();
    collection::register_types(&mut module);
    owners::register(&mut module);
    words::register(&mut module);
    dates::register(&mut module);
    compare::register(&mut module);
    for signature in signatures() {
        (signature.register)(&mut module, signature.name);
    }
    module
}
