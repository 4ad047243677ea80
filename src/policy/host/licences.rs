//! Licences of changed packages as rules see them.

use std::sync::OnceLock;

use rhai::{Dynamic, ImmutableString};

use super::collection::{Collection, Item, Matches, Placed, View};
use super::effects::array;
use super::error::HostResult;
use super::licence_list::LicenceList;
use super::packages::{Orders, Package, Packaged, package_examples, packaged, word_list};
use super::scope::Places;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
use super::words::{choices, words};
use crate::evidence::{DependencyOrigin, Evidence, EvidenceKind, Licence, Word};
use crate::policy::Subject;

/// Licences.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LicenceRows;

impl Collection for LicenceRows {
    const ITEM: &'static str = "Licence";
    const VIEW: &'static str = "Licences";
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Licences);
    const PLACES: Option<Places> = Some(Places::of::<Self>());

    fn len(evidence: &Evidence) -> usize {
        evidence.licences.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Licence(row)
    }
}

impl Placed for LicenceRows {
    const UNDER: &'static str = "those whose manifest a glob matches, and those without one";
    const NOT_UNDER: &'static str = "those whose manifest no glob matches, and those without one";

    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool> {
        evidence.licences.iter().map(|licence| licence.manifest.as_deref().is_some_and(matches)).collect()
    }

    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>> {
        &matches.licences
    }

    fn everywhere(evidence: &Evidence, row: usize) -> bool {
        evidence.licences.get(row).is_none_or(|licence| licence.manifest.is_none())
    }
}

impl Stored for LicenceRows {
    type Row = Licence;

    fn stored(evidence: &Evidence) -> &[Licence] {
        &evidence.licences
    }
}

impl Packaged for LicenceRows {
    fn package(row: &Licence) -> Package<'_> {
        Package { ecosystem: row.ecosystem, name: &row.name, purl: &row.purl, manifest: row.manifest.as_deref() }
    }

    fn slot(orders: &Orders) -> &OnceLock<Vec<u32>> {
        &orders.licences
    }
}

type Licences = View<LicenceRows>;
type Row = Item<LicenceRows>;

/// Whether a version before the change stated something else.
fn is_changed(licence: &Licence) -> bool {
    let now = [&licence.expression, &licence.stated];
    licence.before.iter().any(|old| !now.into_iter().flatten().any(|new| new == old))
}

/// Those that a list allows, or those that it does not.
fn by_list(licences: &Licences, list: &Dynamic, wanted: bool) -> HostResult<Licences> {
    let list = LicenceList::read(list)?;
    // An expression is read for each row, which costs more than to look at it.
    licences.store.meter.charge(licences.len() as u64);
    Ok(licences
        .keep_rows(|licence| licence.expression.as_deref().is_some_and(|expression| list.allows(expression)) == wanted))
}

/// What every collection about packages has.
pub(super) const PACKAGED: &[Signature] = &packaged::<LicenceRows>(package_examples!("licences"));

const LIST: &[(&str, Param)] = &[("licences", Param::Licences)];

pub(super) const TABLE: &[Signature] = &[
    select::<LicenceRows>("known", &[], "those stated as an SPDX expression", |module, name| {
        module.set_native_fn(name, |view: Licences| Ok(view.keep_rows(|licence| licence.expression.is_some())));
    })
    .example(r#"for l in change.licences.known().not_allowed(["MIT", "Apache-2.0"]) { violation(l, `${l.name} is ${l.expression}`); }"#),
    select::<LicenceRows>("unknown", &[], "those of which no SPDX expression is stated", |module, name| {
        module.set_native_fn(name, |view: Licences| Ok(view.keep_rows(|licence| licence.expression.is_none())));
    })
    .example("for l in change.licences.unknown() { note(`no licence of ${l.name} is known`); }"),
    select::<LicenceRows>(
        "allowed",
        LIST,
        "those that can be taken under the given licences: of `OR` one side is enough, of `AND` both are needed; \
         `L-or-later` and `L+` can be taken under `L` and later versions; with an exception it is another licence than without",
        |module, name| {
            choices(module, name, |view: Licences, list: &Dynamic| by_list(&view, list, true));
        },
    )
    .errors("an entry that SPDX does not know")
    .example(r#"let free = change.licences.allowed(["MIT", "Apache-2.0", "BSD-3-Clause"]);
// `MIT OR GPL-3.0-only` can be taken under either, so copyleft is what can't be taken without it.
for l in change.licences.known().except(free) { if l.expression.contains("GPL") { violation(l, `${l.name} is ${l.expression}`); } }"#),
    select::<LicenceRows>(
        "not_allowed",
        LIST,
        "the others, and with them those that are unknown: `known().not_allowed(..)` leaves these out",
        |module, name| {
            choices(module, name, |view: Licences, list: &Dynamic| by_list(&view, list, false));
        },
    )
    .errors("an entry that SPDX does not know")
    .example(r#"for l in change.licences.not_allowed(["MIT", "Apache-2.0", "BSD-3-Clause"]) { violation(l, `${l.name} is ${l.expression}`); }"#),
    select::<LicenceRows>(
        "changed",
        &[],
        "those of packages of which a version before the change stated something else",
        |module, name| {
            module.set_native_fn(name, |view: Licences| Ok(view.keep_rows(is_changed)));
        },
    )
    .example(r#"for l in change.licences.changed() { violation(l, `${l.name} was ${l.before.join(", ")}, is ${l.expression}`); }"#),
    select::<LicenceRows>(
        "stated_by",
        &[("origins", Param::Words(DependencyOrigin::VOCABULARY))],
        "those that a kind of source states",
        |module, name| {
            choices(module, name, |view: Licences, wanted: &Dynamic| -> HostResult<Licences> {
                let wanted = words::<DependencyOrigin>(wanted)?;
                Ok(view.keep_rows(|licence| {
                    licence.by.is_some_and(|by| wanted.get(usize::from(by.index())).copied().unwrap_or(true))
                }))
            });
        },
    )
    .example(r#"for l in change.licences.stated_by("sbom") { note(`${l.name}: ${l.expression}, says the bill of materials`); }"#),
    property::<LicenceRows>("version", "text", "the version after the change", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|licence| &licence.version)));
    })
    .example("for l in change.licences.unknown() { violation(l, `no licence of ${l.name} ${l.version} is known`); }"),
    property::<LicenceRows>(
        "expression",
        "text",
        "the licence as an SPDX expression; empty where none is stated",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text_of(|licence| licence.expression.as_deref().unwrap_or_default()))
            });
        },
    )
    .example(r#"for l in change.licences { if l.expression.contains("AGPL") { violation(l, l.expression); } }"#),
    property::<LicenceRows>(
        "stated",
        "text",
        "the licence as it is written; empty where nothing is",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |licence| {
                    licence.stated.as_deref().or(licence.expression.as_deref()).unwrap_or_default().into()
                }))
            });
        },
    )
    .example(r#"for l in change.licences.unknown() { violation(l, `${l.name} only says "${l.stated}"`); }"#),
    property::<LicenceRows>(
        "before",
        "array of texts",
        "what versions before the change state; empty also where that is not known",
        |module, name| {
            module
                .set_getter_fn(name, |row: &mut Row| Ok(row.get(rhai::Array::new(), |licence| array(&licence.before))));
        },
    )
    .example(r#"for l in change.licences.changed() { note(`${l.name} was ${l.before.join(", ")}`); }"#),
    property::<LicenceRows>(
        "stated_by",
        "array of dependency origins",
        "the kind of source that states it; empty where none does",
        |module, name| {
            module
                .set_getter_fn(name, |row: &mut Row| Ok(row.get(rhai::Array::new(), |licence| word_list(licence.by))));
        },
    )
    .example(r#"for l in change.licences { if "lockfile" in l.stated_by { note(`${l.name}: ${l.expression}`); } }"#),
];
