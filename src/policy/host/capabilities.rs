//! Capabilities as rules see them: what the change makes the code able to do that it could not do before.
//!
//! What documents call the kind of a capability is any text, so rules see it as `capability`: a name that other collections
//! have for a closed vocabulary would let a misspelled word of theirs through until it runs.

use std::sync::OnceLock;

use rhai::{Dynamic, INT};

use super::change::ChangeView;
use super::collection::{Collection, Item, Matches, Placed, View};
use super::columns::{Column, Tabular, number, of, text};
use super::error::HostResult;
use super::globs::texts;
use super::scope::Places;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
use super::words::choices;
use crate::evidence::{Capability, Evidence, EvidenceKind};
use crate::policy::Subject;

/// Capabilities.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CapabilityRows;

impl Collection for CapabilityRows {
    const ITEM: &'static str = "Capability";
    const VIEW: &'static str = "Capabilities";
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Capabilities);
    const PLACES: Option<Places> = Some(Places::of::<Self>());

    fn len(evidence: &Evidence) -> usize {
        evidence.capabilities.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Capability(row)
    }
}

impl Placed for CapabilityRows {
    const UNDER: &'static str = "those in a file whose path a glob matches";
    const NOT_UNDER: &'static str = "those in a file whose path no glob matches";

    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool> {
        evidence.capabilities.iter().map(|capability| matches(&capability.path)).collect()
    }

    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>> {
        &matches.capabilities
    }
}

impl Stored for CapabilityRows {
    type Row = Capability;

    fn stored(evidence: &Evidence) -> &[Capability] {
        &evidence.capabilities
    }
}

impl Tabular for CapabilityRows {
    const COLUMNS: &'static [Column] = &[
        text("capability", |evidence, row| of::<Self, _>(evidence, row, "", |capability| &capability.kind)),
        text("path", |evidence, row| of::<Self, _>(evidence, row, "", |capability| &capability.path)),
        number("line", |evidence, row| of::<Self, _>(evidence, row, 0, |capability| INT::from(capability.line))),
    ];
    const GROUPS: &'static str = "map of Capabilities";
}

type Capabilities = View<CapabilityRows>;
type Row = Item<CapabilityRows>;

pub(super) const TABLE: &[Signature] = &[
    Signature::property(
        "Change",
        "capabilities",
        CapabilityRows::VIEW,
        "what the code can do after the change and could not do before",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.all::<CapabilityRows>()));
        },
    )
    .example(
        "for c in change.capabilities.not_under(\"tests/**\") { violation(c, `new: ${c.capability} (${c.what})`); }",
    ),
    select::<CapabilityRows>(
        "capability",
        &[("names", Param::Texts)],
        "those that are one of some, as `network`",
        |module, name| {
            choices(module, name, |view: Capabilities, names: &Dynamic| -> HostResult<Capabilities> {
                let names = texts(names)?;
                Ok(view.keep_rows(|capability| names.iter().any(|name| name.as_str() == capability.kind)))
            });
        },
    )
    .example("for c in change.capabilities.capability([\"network\", \"process\"]) { note(`${c.path} can do more`); }"),
    property::<CapabilityRows>("capability", "text", "what the code can do now", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|capability| &capability.kind)));
    })
    .example("for c in change.capabilities { note(c.capability); }"),
    property::<CapabilityRows>("path", "text", "the file that it shows in", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|capability| &capability.path)));
    })
    .example("for c in change.capabilities { note(c.path); }"),
    property::<CapabilityRows>("line", "number", "the line of that file, after the change", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |capability| INT::from(capability.line))));
    })
    .example("for c in change.capabilities { note(`${c.path}:${c.line}`); }"),
    property::<CapabilityRows>("what", "text", "the text that shows it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|capability| &capability.what)));
    })
    .example("for c in change.capabilities { note(c.what); }"),
];
