//! Licences of changed packages as rules see them.

use std::sync::OnceLock;

use rhai::{Dynamic, ImmutableString};

use super::collection::{Collection, Item, Matches, Placed, View, placed};
use super::effects::array;
use super::error::HostResult;
use super::findings::unknown_group;
use super::licence_list::LicenceList;
use super::packages::{Orders, Package, Packaged, packaged, word_list};
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
    const KIND: EvidenceKind = EvidenceKind::Licences;
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

const GROUPS: &[&str] = &["ecosystem", "name", "expression", "manifest"];

fn group_by(licences: &Licences, key: &str) -> HostResult<rhai::Map> {
    let group =
        |of: fn(&Licence) -> &str| licences.group_by(move |evidence, row| evidence.licences.get(row).map_or("", of));
    Ok(match key {
        "ecosystem" => group(|licence| licence.ecosystem.as_str()),
        "name" => group(|licence| &licence.name),
        "expression" => group(|licence| licence.expression.as_deref().unwrap_or("")),
        "manifest" => group(|licence| licence.manifest.as_deref().unwrap_or("")),
        _ => return Err(unknown_group(key, GROUPS)),
    })
}

/// What every collection has.
pub(super) const COMMON: &[Signature] = &placed::<LicenceRows>();

/// What every collection about packages has.
pub(super) const PACKAGED: &[Signature] = &packaged::<LicenceRows>();

const LIST: &[(&str, Param)] = &[("licences", Param::Licences)];

pub(super) const TABLE: &[Signature] = &[
    Signature::method(
        LicenceRows::VIEW,
        "group_by",
        &[("key", Param::Text)],
        "map of Licences",
        "parts by `ecosystem`, `name`, `expression` or `manifest`",
        |module, name| {
            module.set_native_fn(name, |view: Licences, key: &str| group_by(&view, key));
        },
    ),
    select::<LicenceRows>("known", &[], "those stated as an SPDX expression", |module, name| {
        module.set_native_fn(name, |view: Licences| Ok(view.keep_rows(|licence| licence.expression.is_some())));
    }),
    select::<LicenceRows>("unknown", &[], "those of which no SPDX expression is stated", |module, name| {
        module.set_native_fn(name, |view: Licences| Ok(view.keep_rows(|licence| licence.expression.is_none())));
    }),
    select::<LicenceRows>(
        "allowed",
        LIST,
        "those that can be taken under the given licences: of `OR` one side is enough, of `AND` both are needed; \
         `L-or-later` and `L+` can be taken under `L` and later versions; with an exception it is another licence than without",
        |module, name| {
            choices(module, name, |view: Licences, list: &Dynamic| by_list(&view, list, true));
        },
    ),
    select::<LicenceRows>(
        "not_allowed",
        LIST,
        "the others, and with them those that are unknown: `known().not_allowed(..)` leaves these out",
        |module, name| {
            choices(module, name, |view: Licences, list: &Dynamic| by_list(&view, list, false));
        },
    ),
    select::<LicenceRows>(
        "changed",
        &[],
        "those of packages of which a version before the change stated something else",
        |module, name| {
            module.set_native_fn(name, |view: Licences| Ok(view.keep_rows(is_changed)));
        },
    ),
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
    ),
    property::<LicenceRows>("version", "text", "the version after the change", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|licence| &licence.version)));
    }),
    property::<LicenceRows>(
        "expression",
        "text",
        "the licence as an SPDX expression; empty where none is stated",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text_of(|licence| licence.expression.as_deref().unwrap_or_default()))
            });
        },
    ),
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
    ),
    property::<LicenceRows>(
        "before",
        "array of texts",
        "what versions before the change state; empty also where that is not known",
        |module, name| {
            module
                .set_getter_fn(name, |row: &mut Row| Ok(row.get(rhai::Array::new(), |licence| array(&licence.before))));
        },
    ),
    property::<LicenceRows>(
        "stated_by",
        "array of dependency origins",
        "the kind of source that states it; empty where none does",
        |module, name| {
            module
                .set_getter_fn(name, |row: &mut Row| Ok(row.get(rhai::Array::new(), |licence| word_list(licence.by))));
        },
    ),
];
