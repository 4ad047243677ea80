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
mod definitions;
mod demands;
mod dependencies;
mod effects;
mod error;
mod files;
mod finding;
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
mod reference;
mod reviews;
mod rows;
mod scope;
mod sets;
mod signature;
mod sources;
mod stored;
mod test_cases;
mod threats;
mod types;
pub(crate) mod words;

pub(crate) use change::{COLLECTIONS, ChangeView};
pub(crate) use collection::Store;
pub(crate) use compare::{equal, order, type_name};
pub(crate) use dates::{DATE, check_date, date_value};
pub use definitions::{Definitions, definitions};
pub(crate) use effects::{RuleRun, approver, is_effect, run_of};
pub(crate) use error::{HostError, HostResult};
pub(crate) use globs::{Globs, Pattern, check_glob};
pub(crate) use licence_list::{check_expression, check_licence};
pub use reference::{Name, Page, names, reference};
pub(crate) use scope::PathScope;
pub(crate) use signature::{Entry, Param, Signature};
pub(crate) use types::{Type, article, is_item, item_of};
pub(crate) use words::{WordValue, one_scale};

/// The whole host API as data.
pub(crate) fn signatures() -> impl Iterator<Item = &'static Signature> {
    [
        change::TABLE,
        findings::TABLE,
        finding::TABLE,
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

/// Puts the host API into a module: of the names of the table those that are wanted, and what the language itself asks for.
pub(crate) fn register(module: &mut rhai::Module, wanted: &dyn Fn(&str) -> bool) {
    collection::register_types(module);
    owners::register(module);
    words::register(module);
    dates::register(module);
    compare::register(module);
    // `in` calls it without naming it.
    let wanted = |name: &str| name == "contains" || wanted(name);
    for signature in signatures().filter(|signature| wanted(signature.name)) {
        (signature.register)(module, signature.name);
    }
}
