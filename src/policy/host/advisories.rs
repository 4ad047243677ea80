//! Advisories about packages as rules see them.

use std::sync::OnceLock;

use rhai::{Array, Dynamic, ImmutableString};

use super::collection::{Collection, Item, Matches, Placed, View};
use super::dependencies::DependencyRows;
use super::effects::array;
use super::globs::texts;
use super::packages::{Orders, Package, Packaged, package_examples, packaged, texts_of, with, word_list};
use super::scope::Places;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
use super::words::{choices, word};
use crate::evidence::{
    Advisory, AdvisoryKind, Evidence, EvidenceKind, Presence, Severity, VexStatement, Word, vocabulary,
};
use crate::policy::Subject;

vocabulary! {
    /// A severity, or that nothing tells it.
    pub(crate) enum Rating("advisory severity", ordered: true) {
        /// No severity.
        None = "none",
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
        /// Critical.
        Critical = "critical",
        /// Nothing tells; counts as worse than any other, because nothing shows that it is not.
        Unknown = "unknown",
    }
}

impl Rating {
    pub(super) const fn of(severity: Option<Severity>) -> Self {
        match severity {
            None => Self::Unknown,
            Some(Severity::None) => Self::None,
            Some(Severity::Low) => Self::Low,
            Some(Severity::Medium) => Self::Medium,
            Some(Severity::High) => Self::High,
            Some(Severity::Critical) => Self::Critical,
        }
    }
}

/// Advisories.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdvisoryRows;

impl Collection for AdvisoryRows {
    const ITEM: &'static str = "Advisory";
    const VIEW: &'static str = "Advisories";
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Advisories);
    const PLACES: Option<Places> = Some(Places::of::<Self>());

    fn len(evidence: &Evidence) -> usize {
        evidence.advisories.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Advisory(row)
    }
}

impl Placed for AdvisoryRows {
    const UNDER: &'static str = "those whose manifest a glob matches, and those without one";
    const NOT_UNDER: &'static str = "those whose manifest no glob matches, and those without one";

    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool> {
        evidence.advisories.iter().map(|advisory| advisory.manifest.as_deref().is_some_and(matches)).collect()
    }

    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>> {
        &matches.advisories
    }

    fn everywhere(evidence: &Evidence, row: usize) -> bool {
        evidence.advisories.get(row).is_none_or(|advisory| advisory.manifest.is_none())
    }
}

impl Stored for AdvisoryRows {
    type Row = Advisory;

    fn stored(evidence: &Evidence) -> &[Advisory] {
        &evidence.advisories
    }
}

impl Packaged for AdvisoryRows {
    fn package(row: &Advisory) -> Package<'_> {
        Package { ecosystem: row.ecosystem, name: &row.name, purl: &row.purl, manifest: row.manifest.as_deref() }
    }

    fn slot(orders: &Orders) -> &OnceLock<Vec<u32>> {
        &orders.advisories
    }
}

type Advisories = View<AdvisoryRows>;
type Row = Item<AdvisoryRows>;

impl Advisories {
    fn keep_presence(&self, presence: Presence) -> Self {
        self.keep_rows(|advisory| advisory.presence == presence)
    }

    fn severity_at_least(&self, severity: Severity) -> Self {
        self.keep_rows(|advisory| advisory.severity.is_none_or(|found| found >= severity))
    }

    /// Those with one of some ids, be it an alias; ids are compared without case.
    fn id(&self, wanted: &[ImmutableString]) -> Self {
        let is_wanted = |id: &String| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(id));
        self.keep_rows(|advisory| is_wanted(&advisory.id) || advisory.aliases.iter().any(is_wanted))
    }
}

/// `not_affected (vulnerable_code_not_in_execute_path), says acme in vex.json: never called`.
fn statement(said: &VexStatement) -> String {
    let why = said.justification.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let by = said.author.as_deref().unwrap_or("nobody by name");
    let detail = said.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
    format!("{}{why}, says {by} in {}{detail}", said.status.as_str(), said.source)
}

/// What every collection about packages has.
pub(super) const PACKAGED: &[Signature] = &packaged::<AdvisoryRows>(package_examples!("advisories"));

pub(super) const TABLE: &[Signature] = &[
    select::<AdvisoryRows>(
        "introduced",
        &[],
        "those that affect a version after the change, and none before it",
        |module, name| {
            module.set_native_fn(name, |view: Advisories| Ok(view.keep_presence(Presence::Introduced)));
        },
    )
    .example("for a in change.advisories.introduced() { violation(a, `${a.id} in ${a.name}: ${a.summary}`); }"),
    select::<AdvisoryRows>("carried_over", &[], "those that affect versions before and after", |module, name| {
        module.set_native_fn(name, |view: Advisories| Ok(view.keep_presence(Presence::CarriedOver)));
    })
    .example(r#"for a in change.advisories.carried_over().fixable() { recommend(`${a.name} ${a.fixed_in.join(" or ")} fixes ${a.id}`); }"#),
    select::<AdvisoryRows>(
        "fixed",
        &[],
        "those that affect a version before the change, and none after it",
        |module, name| {
            module.set_native_fn(name, |view: Advisories| Ok(view.keep_presence(Presence::Fixed)));
        },
    )
    .example("for a in change.advisories.fixed() { note(`${a.id} is gone`); }"),
    select::<AdvisoryRows>(
        "severity",
        &[("severity", Param::Words(Rating::VOCABULARY))],
        "those of a severity; `unknown`: those that nothing rates",
        |module, name| {
            choices(module, name, |view: Advisories, wanted: &Dynamic| {
                view.keep_words(wanted, |advisory| Rating::of(advisory.severity))
            });
        },
    )
    .example(r#"for a in change.advisories.introduced().severity(["critical", "unknown"]) { violation(a, a.summary); }"#),
    select::<AdvisoryRows>(
        "severity_at_least",
        &[("severity", Param::Word(Severity::VOCABULARY))],
        "those of a severity or a worse one, and those that nothing rates",
        |module, name| {
            choices(module, name, |view: Advisories, severity: &Dynamic| {
                Ok(view.severity_at_least(word::<Severity>(severity)?))
            });
        },
    )
    .example(r#"for a in change.advisories.introduced().severity_at_least("high") { violation(a, `${a.id}: ${a.summary}`); }"#),
    select::<AdvisoryRows>(
        "kind",
        &[("kind", Param::Words(AdvisoryKind::VOCABULARY))],
        "those of a kind, which is what they warn of",
        |module, name| {
            choices(module, name, |view: Advisories, wanted: &Dynamic| {
                view.keep_words(wanted, |advisory| advisory.kind)
            });
        },
    )
    .example(r#"for a in change.advisories.kind("malware") { violation(a, `${a.name} is malware`).risk("critical"); }"#),
    select::<AdvisoryRows>(
        "presence",
        &[("presence", Param::Words(Presence::VOCABULARY))],
        "those with a presence, which is the side of the change on which they affect a version",
        |module, name| {
            choices(module, name, |view: Advisories, wanted: &Dynamic| {
                view.keep_words(wanted, |advisory| advisory.presence)
            });
        },
    )
    .example(r#"for a in change.advisories.presence(["introduced", "carried-over"]) { violation(a, a.summary); }"#),
    select::<AdvisoryRows>("fixable", &[], "those of which a version is known that fixes them", |module, name| {
        module.set_native_fn(name, |view: Advisories| Ok(view.keep_rows(|advisory| !advisory.fixed_in.is_empty())));
    })
    .example(r#"for a in change.advisories.introduced().fixable() { violation(a, `take ${a.name} ${a.fixed_in.join(" or ")}`); }"#),
    select::<AdvisoryRows>(
        "excused",
        &[],
        "those of which VEX documents say that there is nothing to do, and none says otherwise",
        |module, name| {
            module.set_native_fn(name, |view: Advisories| Ok(view.keep_rows(Advisory::is_excused)));
        },
    )
    .example(r#"for a in change.advisories.excused() { note(`${a.id}: ${a.vex.join("; ")}`); }"#),
    select::<AdvisoryRows>("not_excused", &[], "the others", |module, name| {
        module.set_native_fn(name, |view: Advisories| Ok(view.keep_rows(|advisory| !advisory.is_excused())));
    })
    .example("for a in change.advisories.introduced().not_excused() { violation(a, a.summary); }"),
    select::<AdvisoryRows>(
        "id",
        &[("ids", Param::Texts)],
        "those with an id, be it an alias, in capitals or not",
        |module, name| {
            choices(module, name, |view: Advisories, ids: &Dynamic| Ok(view.id(&texts(ids)?)));
        },
    )
    .example(r#"for a in change.advisories.id("CVE-2021-44228") { violation(a, `${a.name} ${a.version} has it`); }"#),
    select::<AdvisoryRows>(
        "in_changed_packages",
        &[],
        "those of packages that the change touches in the same manifest; asks for `dependencies`",
        |module, name| {
            module.set_native_fn(name, |view: Advisories| Ok(with::<AdvisoryRows, DependencyRows>(&view)));
        },
    )
    .example("for a in change.advisories.carried_over().in_changed_packages() { violation(a, `${a.name} was touched, ${a.id} was left`); }"),
    property::<AdvisoryRows>("id", "text", "its id", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|advisory| &advisory.id)));
    })
    .example("for a in change.advisories.introduced() { violation(a, `${a.id} in ${a.name}`); }"),
    property::<AdvisoryRows>("aliases", "array of texts", "its other ids", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |advisory| array(&advisory.aliases))));
    })
    .example(r#"for a in change.advisories.introduced() { violation(a, `${a.id} (${a.aliases.join(", ")})`); }"#),
    property::<AdvisoryRows>("kind", "advisory kind", "what it warns of", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.word_of(AdvisoryKind::Vulnerability, |advisory| advisory.kind))
        });
    })
    .example(r#"for a in change.advisories.introduced() { if a.kind == "unmaintained" { recommend(`find another ${a.name}`); } }"#),
    property::<AdvisoryRows>("summary", "text", "what it says in one line", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|advisory| &advisory.summary)));
    })
    .example("for a in change.advisories.introduced() { violation(a, `${a.id}: ${a.summary}`); }"),
    property::<AdvisoryRows>("before", "array of texts", "affected versions before the change", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |advisory| array(&advisory.before))));
    })
    .example(r#"for a in change.advisories.fixed() { note(`${a.name} ${a.before.join(", ")} was affected`); }"#),
    property::<AdvisoryRows>("after", "array of texts", "affected versions after the change", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |advisory| array(&advisory.after))));
    })
    .example(r#"for a in change.advisories.introduced() { violation(a, `${a.name} ${a.after.join(", ")} is affected`); }"#),
    property::<AdvisoryRows>(
        "version",
        "text",
        "the highest affected version after the change; before it, where none is affected any more",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text_of(|advisory| advisory.after.last().or(advisory.before.last()).map_or("", String::as_str)))
            });
        },
    )
    .example("for a in change.advisories.introduced() { violation(a, `${a.name} ${a.version}: ${a.summary}`); }"),
    property::<AdvisoryRows>("presence", "presence", "on which side of the change it is", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.word_of(Presence::Introduced, |advisory| advisory.presence)));
    })
    .example(r#"for a in change.advisories { if a.presence != "fixed" { violation(a, a.summary); } }"#),
    property::<AdvisoryRows>(
        "severity",
        "advisory severity",
        "how bad it is; `unknown`, where nothing rates it, is above `critical`",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.word_of(Rating::Unknown, |advisory| Rating::of(advisory.severity)))
            });
        },
    )
    .example(r#"for a in change.advisories.introduced() { if a.severity >= "high" { violation(a, a.summary); } }"#),
    property::<AdvisoryRows>(
        "severity_from",
        "array of advisory severity origins",
        "what the severity was read from; empty where nothing tells",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |advisory| word_list(advisory.severity_from)))
            });
        },
    )
    .example(r#"for a in change.advisories.introduced() { if !("cvss-v4" in a.severity_from) { note(`${a.id} has no CVSS 4 score`); } }"#),
    property::<AdvisoryRows>("cvss", "text", "its CVSS vector; empty where there is none", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.text_of(|advisory| advisory.cvss.as_deref().unwrap_or_default()))
        });
    })
    .example(r#"for a in change.advisories.introduced() { if a.cvss.contains("AV:N") { violation(a, "can be reached over the network"); } }"#),
    property::<AdvisoryRows>("fixed_in", "array of texts", "versions that fix it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |advisory| array(&advisory.fixed_in))));
    })
    .example(r#"for a in change.advisories.fixable() { recommend(`${a.name} ${a.fixed_in.join(" or ")} fixes ${a.id}`); }"#),
    property::<AdvisoryRows>(
        "published",
        "text",
        "when it was published, as in `2026-01-31T12:00:00Z`; empty where the database does not say",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text_of(|advisory| advisory.published.as_deref().unwrap_or_default()))
            });
        },
    )
    .example("for a in change.advisories.introduced() { note(`${a.id}, known since ${a.published}`); }"),
    property::<AdvisoryRows>("sources", "array of texts", "the databases that have it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |advisory| array(&advisory.sources))));
    })
    .example(r#"for a in change.advisories.introduced() { note(`${a.id} is in ${a.sources.join(", ")}`); }"#),
    property::<AdvisoryRows>(
        "vex",
        "array of texts",
        "what VEX documents say of it, and who says so",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |advisory| texts_of(&advisory.vex, statement)))
            });
        },
    )
    .example(r#"for a in change.advisories.excused() { note(`${a.id}: ${a.vex.join("; ")}`); }"#),
    property::<AdvisoryRows>(
        "excused",
        "true or false",
        "whether VEX documents say that there is nothing to do, and none says otherwise",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(false, Advisory::is_excused)));
        },
    )
    .example("for a in change.advisories.introduced() { if !a.excused { violation(a, a.summary); } }"),
];
