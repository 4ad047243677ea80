//! What rules see of a change: typed native views over the evidence, and the effects that a rule may have.
//!
//! Evidence is shared, never copied into scripts: a view is the store and a selection of rows, an item is the store and
//! one row. Every name, its parameters and its meaning stand in one table of [`Signature`]s, from which registration, the
//! checks at load and the suggestions all come.

mod advisories;
mod change;
mod claims;
mod collection;
mod compare;
mod coverage;
mod definitions;
mod dependencies;
mod effects;
mod error;
mod files;
mod finding;
mod findings;
mod globs;
mod judgements;
mod licence_list;
mod licences;
mod lists;
mod owners;
mod packages;
mod reference;
mod reviews;
mod signature;
mod stored;
mod test_cases;
mod types;
pub(crate) mod words;

pub(crate) use change::ChangeView;
pub(crate) use collection::{Meter, Store};
pub(crate) use compare::type_name;
pub use definitions::{Definitions, definitions};
pub(crate) use effects::{RuleRun, is_effect};
pub(crate) use error::HostError;
pub(crate) use globs::{Globs, check_glob};
pub(crate) use licence_list::check_licence;
pub use reference::{Entry, Page, entries, reference};
pub(crate) use signature::{Param, Signature};
pub(crate) use types::Type;
pub(crate) use words::WordValue;

/// The whole host API as data.
pub(crate) fn signatures() -> impl Iterator<Item = &'static Signature> {
    [
        change::TABLE,
        findings::COMMON,
        findings::TABLE,
        finding::TABLE,
        files::COMMON,
        files::TABLE,
        owners::TABLE,
        dependencies::COMMON,
        dependencies::PACKAGED,
        dependencies::SELECTIONS,
        dependencies::PROPERTIES,
        licences::COMMON,
        licences::PACKAGED,
        licences::TABLE,
        advisories::COMMON,
        advisories::PACKAGED,
        advisories::TABLE,
        reviews::COMMON,
        reviews::TABLE,
        test_cases::COMMON,
        test_cases::TABLE,
        coverage::COMMON,
        coverage::TABLE,
        claims::COMMON,
        claims::TABLE,
        effects::TABLE,
        judgements::TABLE,
        lists::TABLE,
    ]
    .into_iter()
    .flatten()
}

/// The whole host API as one module, to be built once and shared by every engine.
pub(crate) fn module() -> rhai::Module {
    let mut module = rhai::Module::new();
    collection::register_types(&mut module);
    owners::register(&mut module);
    words::register(&mut module);
    compare::register(&mut module);
    for signature in signatures() {
        (signature.register)(&mut module, signature.name);
    }
    module
}
