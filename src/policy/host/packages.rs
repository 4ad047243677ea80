//! What collections of things about packages have in common: which package it is, and how those of one are found.

use std::sync::{Arc, OnceLock};

use rhai::{Array, Dynamic, ImmutableString};

use super::collection::{Store, View};
use super::error::HostResult;
use super::globs::texts;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
use super::words::{WordValue, choices};
use crate::evidence::{Ecosystem, Word};

/// Which package a row is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package<'a> {
    pub(crate) ecosystem: Ecosystem,
    pub(crate) name: &'a str,
    pub(crate) purl: &'a str,
    pub(crate) manifest: Option<&'a str>,
}

impl<'a> Package<'a> {
    /// What rows are looked up by: a row that names no manifest is about the package in each of them.
    const fn key(&self) -> (Ecosystem, &'a str) {
        (self.ecosystem, self.name)
    }

    fn is(&self, other: &Package<'_>) -> bool {
        self.key() == other.key()
            && (self.manifest.is_none() || other.manifest.is_none() || self.manifest == other.manifest)
    }
}

/// A collection of things about packages.
pub(crate) trait Packaged: Stored {
    /// The package that a row is about.
    fn package(row: &Self::Row) -> Package<'_>;

    /// Where the rows in the order of their packages are kept.
    fn slot(orders: &Orders) -> &OnceLock<Vec<u32>>;
}

/// Rows of each collection in the order of their packages, made at the first use.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    pub(super) dependencies: OnceLock<Vec<u32>>,
    pub(super) licences: OnceLock<Vec<u32>>,
    pub(super) advisories: OnceLock<Vec<u32>>,
}

/// The rows about a package, ascending.
fn rows<C: Packaged>(store: &Store, package: &Package<'_>) -> Vec<u32> {
    let stored = C::stored(&store.evidence);
    let of = |row: u32| stored.get(row as usize).map(C::package);
    let order = C::slot(&store.orders).get_or_init(|| {
        store.meter.charge(1 + stored.len() as u64);
        let mut order: Vec<u32> = (0..u32::try_from(stored.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by_key(|row| (of(*row).map(|package| package.key()), *row));
        order
    });
    let from = order.partition_point(|row| of(*row).map(|found| found.key()) < Some(package.key()));
    let rest = order.get(from..).unwrap_or_default().iter().copied();
    let sees = store.sees::<C>();
    rest.take_while(|row| of(*row).is_some_and(|found| found.key() == package.key()))
        .filter(|row| of(*row).is_some_and(|found| found.is(package)) && sees(*row))
        .collect()
}

/// The part of a collection that is about a package; the rule is known to have asked for its kind.
pub(super) fn about<C: Packaged>(store: &Arc<Store>, package: Option<Package<'_>>) -> View<C> {
    let rows = package.map(|package| rows::<C>(store, &package)).unwrap_or_default();
    View::listed(store, rows.into_iter())
}

/// Those that are about a package of which the other collection has something; the rule is known to have asked for it.
pub(super) fn with<C: Packaged, Other: Packaged>(view: &View<C>) -> View<C> {
    let store = &view.store;
    store.read(Other::KIND);
    view.keep_rows(|row| !rows::<Other>(store, &C::package(row)).is_empty())
}

/// Words as scripts see them in a list.
pub(super) fn word_list<W: Word>(words: impl IntoIterator<Item = W>) -> Array {
    words.into_iter().map(|word| Dynamic::from(WordValue::of(word))).collect()
}

/// The names that every such collection has, with an example for each.
pub(super) const fn packaged<C: Packaged>(examples: [&'static str; 6]) -> [Signature; 6] {
    let [by_ecosystem, by_name, ecosystem, name, purl, manifest] = examples;
    [
        select::<C>(
            "ecosystem",
            &[("ecosystem", Param::Words(Ecosystem::VOCABULARY))],
            "those of an ecosystem",
            |module, name| {
                choices(module, name, |view: View<C>, wanted: &Dynamic| {
                    view.keep_words(wanted, |row| C::package(row).ecosystem)
                });
            },
        )
        .example(by_ecosystem),
        select::<C>("name", &[("names", Param::Texts)], "those of a package, by its whole name", |module, name| {
            choices(module, name, |view: View<C>, names: &Dynamic| -> HostResult<View<C>> {
                let names = texts(names)?;
                Ok(view.keep_rows(|row| names.iter().any(|name| name.as_str() == C::package(row).name)))
            });
        })
        .example(by_name),
        property::<C>("ecosystem", "ecosystem", "where packages of its kind come from", |module, name| {
            module.set_getter_fn(name, |item: &mut super::collection::Item<C>| {
                Ok(item.word_of(Ecosystem::Cargo, |row| C::package(row).ecosystem))
            });
        })
        .example(ecosystem),
        property::<C>("name", "text", "the package's name", |module, name| {
            module.set_getter_fn(name, |item: &mut super::collection::Item<C>| {
                Ok(item.text_of(|row| C::package(row).name))
            });
        })
        .example(name),
        property::<C>("purl", "text", "the package URL, as in `pkg:npm/left-pad@1.3.0`", |module, name| {
            module.set_getter_fn(name, |item: &mut super::collection::Item<C>| {
                Ok(item.text_of(|row| C::package(row).purl))
            });
        })
        .example(purl),
        property::<C>(
            "manifest",
            "text",
            "path of the lockfile or manifest that has the package; empty where none does",
            |module, name| {
                module.set_getter_fn(name, |item: &mut super::collection::Item<C>| {
                    Ok(item.text_of(|row| C::package(row).manifest.unwrap_or_default()))
                });
            },
        )
        .example(manifest),
    ]
}

/// Examples of [`packaged`] for the collection that the change has under a name.
macro_rules! package_examples {
    ($of:literal) => {
        [
            concat!("for p in change.", $of, r#".ecosystem(["npm", "pypi"]) { note(`${p.name} is not ours`); }"#),
            concat!("for p in change.", $of, r#".name("left-pad") { violation(p, "write these lines yourself"); }"#),
            concat!("for p in change.", $of, r#" { if p.ecosystem == "docker" { note(`image ${p.name}`); } }"#),
            concat!("for p in change.", $of, r#" { if p.name.starts_with("@acme/") { note(`${p.name} is ours`); } }"#),
            concat!("for p in change.", $of, " { note(`${p.purl} in ${p.manifest}`); }"),
            concat!("for p in change.", $of, r#" { if p.manifest == "" { note(`no lockfile has ${p.name}`); } }"#),
        ]
    };
}
pub(super) use package_examples;

/// A text of each that is there, for messages.
pub(super) fn texts_of<T>(items: &[T], text: impl Fn(&T) -> String) -> Array {
    items.iter().map(|item| Dynamic::from(ImmutableString::from(text(item)))).collect()
}
