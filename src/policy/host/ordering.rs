//! Versions in the order of their ecosystem.
//!
//! A package can be locked at several versions at once, and then "is it below 2.0.0" has no one answer. So a rule asks
//! whether it *has* a version below, or one at or above: what it objects to is found whichever other versions there are.

use std::cmp::Ordering;

use rhai::{Dynamic, INT};

use super::collection::{Item, View};
use super::dependencies::DependencyRows;
use super::error::{HostError, HostResult};
use super::signature::{Param, Signature};
use super::stored::{Stored as _, select};
use super::words::word;
use crate::diagnostic::Code;
use crate::evidence::{DependencyChange, Ecosystem, Word as _};
use crate::versions::Version;

/// The order of two versions. One without an order may lie anywhere, so that there is no answer.
fn compare(ecosystem: Ecosystem, left: &str, right: &str) -> HostResult<Ordering> {
    let [first, second] = [left, right].map(|text| Version::parse(ecosystem, text));
    first.order(&second).ok_or_else(|| {
        let message = format!("nothing tells the order of `{left}` and `{right}` among versions of {ecosystem}");
        HostError::new(Code::NotKnown, message).help("branches, commits and addresses have no order").into()
    })
}

/// A version that a rule compares with; one without an order is its own mistake.
fn bound(ecosystem: Ecosystem, text: &str) -> HostResult<Version> {
    let version = Version::parse(ecosystem, text);
    if version.is_opaque() {
        let message = format!("`{text}` has no order among versions of {ecosystem}");
        return Err(HostError::new(Code::BadArguments, message).into());
    }
    Ok(version)
}

/// Whether a version that is locked after the change lies on a side of a bound; `None` where the others don't and of one
/// nothing tells.
fn has(dependency: &DependencyChange, bound: &Version, wanted: fn(Ordering) -> bool) -> Option<bool> {
    let orders = dependency.after.iter().map(|text| Version::parse(dependency.ecosystem, text).order(bound));
    let mut known = true;
    for order in orders {
        match order {
            Some(order) if wanted(order) => return Some(true),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(false)
}

fn one(item: &Item<DependencyRows>, text: &str, wanted: fn(Ordering) -> bool) -> HostResult<bool> {
    let Some(dependency) = DependencyRows::stored(&item.store.evidence).get(item.row as usize) else {
        return Ok(true);
    };
    item.store.meter.charge(dependency.after.len() as u64);
    let bound = bound(dependency.ecosystem, text)?;
    has(dependency, &bound, wanted).ok_or_else(|| {
        let message = format!(
            "nothing tells on which side of `{text}` {} lies: {}",
            dependency.name,
            dependency.after.join(", ")
        );
        HostError::new(Code::NotKnown, message).help("branches, commits and addresses have no order").into()
    })
}

type Dependencies = View<DependencyRows>;

fn part(view: &Dependencies, text: &str, wanted: fn(Ordering) -> bool) -> HostResult<Dependencies> {
    // Versions are read for each row, which costs more than to look at it.
    view.store.meter.charge(view.len() as u64);
    let mut bounds: Vec<Option<Version>> = vec![None; Ecosystem::ALL.len()];
    for dependency in view.each() {
        if let Some(slot @ None) = bounds.get_mut(usize::from(dependency.ecosystem.index())) {
            *slot = Some(bound(dependency.ecosystem, text)?);
        }
    }
    Ok(view.keep_rows(|dependency| {
        let bound = bounds.get(usize::from(dependency.ecosystem.index())).and_then(Option::as_ref);
        bound.and_then(|bound| has(dependency, bound, wanted)).unwrap_or(true)
    }))
}

const VERSION: &[(&str, Param)] = &[("version", Param::Text)];

pub(super) const TABLE: &[Signature] = &[
    Signature::method(
        "",
        "compare_versions",
        &[("ecosystem", Param::Word(Ecosystem::VOCABULARY)), ("left", Param::Text), ("right", Param::Text)],
        "number",
        "the order of two versions of an ecosystem: -1 where the left one comes first, 0 where they are the same, 1 where the \
         right one comes first",
        |module, name| {
            module.set_native_fn(name, |ecosystem: Dynamic, left: &str, right: &str| -> HostResult<INT> {
                Ok(compare(word::<Ecosystem>(&ecosystem)?, left, right)? as INT)
            });
        },
    )
    .errors("an unknown ecosystem; two versions of which nothing tells the order, as branches or commits")
    .example("if compare_versions(\"npm\", \"1.10.0\", \"1.9.0\") > 0 { note(\"numbers, not texts\"); }"),
    select::<DependencyRows>(
        "with_version_below",
        VERSION,
        "those that have a version below another one after the change, in the order of their ecosystem, and those of which \
         nothing tells; without removed ones",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies, text: &str| part(&view, text, Ordering::is_lt));
        },
    )
    .errors("a version without an order in an ecosystem that is there")
    .example(
        "for d in change.dependencies.ecosystem(\"npm\").name(\"lodash\").with_version_below(\"4.17.21\") {\n    \
             violation(d, `${d.name} ${d.version} is too old`);\n}",
    ),
    select::<DependencyRows>(
        "with_version_at_least",
        VERSION,
        "those that have another version, or one above it, after the change, in the order of their ecosystem, and those of \
         which nothing tells; without removed ones",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies, text: &str| part(&view, text, Ordering::is_ge));
        },
    )
    .errors("a version without an order in an ecosystem that is there")
    .example(
        "for d in change.dependencies.ecosystem(\"npm\").name(\"left-pad\").with_version_at_least(\"2.0.0\") {\n    \
             note(`${d.name} is not to be used from 2.0.0 on`);\n}",
    ),
    version_of(
        "has_version_below",
        "whether one of its versions after the change is below another, in the order of its ecosystem",
        |module, name| {
            module.set_native_fn(name, |item: Item<DependencyRows>, text: &str| one(&item, text, Ordering::is_lt));
        },
    )
    .example(
        "for d in change.dependencies.ecosystem(\"npm\").name(\"lodash\") {\n    \
             if d.has_version_below(\"4.17.21\") { violation(d, \"too old\"); }\n}",
    ),
    version_of(
        "has_version_at_least",
        "whether one of its versions after the change is another, or above it, in the order of its ecosystem",
        |module, name| {
            module.set_native_fn(name, |item: Item<DependencyRows>, text: &str| one(&item, text, Ordering::is_ge));
        },
    )
    .example(
        "for d in change.dependencies.ecosystem(\"npm\").name(\"lodash\") {\n    \
             if !d.has_version_at_least(\"5.0.0\") { note(\"still the fourth\"); }\n}",
    ),
];

const fn version_of(name: &'static str, doc: &'static str, register: fn(&mut rhai::Module, &'static str)) -> Signature {
    Signature::method("Dependency", name, VERSION, "true or false", doc, register)
        .errors("a version without an order; versions of the package of which nothing tells on which side they lie")
}
