//! Sources as rules see them: which inputs there were, of which commit, and how much of each is there.
//!
//! To look at them asks for no kind of evidence: a rule that says what it thinks of a missing source has to end in its own
//! words, not undecided.

use rhai::{Dynamic, INT};

use super::change::ChangeView;
use super::collection::{Collection, Item, View};
use super::columns::{Column, Tabular, number, of, text, word};
use super::dates::{DATE, Day};
use super::error::HostResult;
use super::globs::texts;
use super::packages::texts_of;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
use super::words::choices;
use crate::evidence::{Completeness, Evidence, EvidenceKind, Source, Word as _, tool_key};
use crate::policy::Subject;

/// Sources.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceRows;

impl Collection for SourceRows {
    const ITEM: &'static str = "Source";
    const VIEW: &'static str = "Sources";
    const KIND: Option<EvidenceKind> = None;

    fn len(evidence: &Evidence) -> usize {
        evidence.sources.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Source(row)
    }
}

impl Stored for SourceRows {
    type Row = Source;

    fn stored(evidence: &Evidence) -> &[Source] {
        &evidence.sources
    }
}

impl Tabular for SourceRows {
    const COLUMNS: &'static [Column] = &[
        word::<EvidenceKind>("kind", |evidence, row| {
            of::<Self, _>(evidence, row, EvidenceKind::Change, |source| source.kind).index()
        }),
        word::<Completeness>("completeness", |evidence, row| {
            of::<Self, _>(evidence, row, Completeness::Missing, |source| source.completeness).index()
        }),
        text("tool", |evidence, row| {
            of::<Self, _>(evidence, row, "", |source| source.tool.as_deref().unwrap_or_default())
        }),
        number("items", |evidence, row| {
            of::<Self, _>(evidence, row, 0, |source| INT::try_from(source.items).unwrap_or(INT::MAX))
        }),
    ];
    const GROUPS: &'static str = "map of Sources";
}

type Sources = View<SourceRows>;
type Row = Item<SourceRows>;

pub(super) const TABLE: &[Signature] = &[
    Signature::property(
        "Change",
        "sources",
        SourceRows::VIEW,
        "every input that evidence was read from, or could not be; to look at them asks for no kind of evidence, and a tool that a pack expects and nobody supplied is none of them",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.all::<SourceRows>()));
        },
    )
    .example(
        "for s in change.sources.kind(\"findings\").completeness(\"complete\").of_unknown_commit() {\n    \
             violation(s, `nothing says which commit ${s.tool} looked at`);\n}",
    ),
    select::<SourceRows>(
        "kind",
        &[("kind", Param::Words(EvidenceKind::VOCABULARY))],
        "those of a kind of evidence",
        |module, name| {
            choices(module, name, |view: Sources, wanted: &Dynamic| view.keep_words(wanted, |source| source.kind));
        },
    )
    .errors("an unknown kind of evidence")
    .example("note(`${change.sources.kind([\"findings\", \"baseline\"]).count()} reports of scanners`);"),
    select::<SourceRows>(
        "completeness",
        &[("completeness", Param::Words(Completeness::VOCABULARY))],
        "those of which so much is there: `complete`, `not_expected`, `truncated`, `stale`, `failed`, `missing`",
        |module, name| {
            choices(module, name, |view: Sources, wanted: &Dynamic| {
                view.keep_words(wanted, |source| source.completeness)
            });
        },
    )
    .errors("another word")
    .example("for s in change.sources.completeness([\"stale\", \"failed\"]) { note(`${s.path}: ${s.reason}`); }"),
    select::<SourceRows>(
        "tool",
        &[("names", Param::Texts)],
        "those of a tool, by its name without regard to case, or another name that it is known by",
        |module, name| {
            choices(module, name, |view: Sources, names: &Dynamic| -> HostResult<Sources> {
                let names: Vec<String> = texts(names)?.iter().map(|name| tool_key(name)).collect();
                Ok(view.keep_rows(|source| source.tool.as_deref().is_some_and(|tool| names.contains(&tool_key(tool)))))
            });
        },
    )
    .example("if change.sources.tool(\"CodeQL\").is_empty() { note(\"no report of CodeQL\"); }"),
    select::<SourceRows>(
        "of_unknown_commit",
        &[],
        "those of which nothing says the commit that they were made for; ask for a kind first, because some, as teams, are of no commit",
        |module, name| {
            module.set_native_fn(name, |view: Sources| Ok(view.keep_rows(|source| source.commit.is_none())));
        },
    )
    .example("note(`${change.sources.kind(\"tests\").of_unknown_commit().count()} of no known commit`);"),
    property::<SourceRows>("kind", "kind of evidence", "what it tells of", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.word_of(EvidenceKind::Change, |source| source.kind)));
    })
    .example("for s in change.sources { if s.kind == \"findings\" { note(s.tool); } }"),
    property::<SourceRows>("completeness", "completeness", "how much of it is there", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.word_of(Completeness::Missing, |source| source.completeness)));
    })
    .example("for s in change.sources { if s.completeness >= \"stale\" { note(`can't be used: ${s.path}`); } }"),
    property::<SourceRows>("reason", "text", "why it is not complete; empty where nothing is said", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|source| source.reason.as_deref().unwrap_or_default())));
    })
    .example("for s in change.sources { if s.reason != \"\" { note(s.reason); } }"),
    property::<SourceRows>("path", "text", "its path as it was given; empty where it is no file", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|source| source.path.as_deref().unwrap_or_default())));
    })
    .example("for s in change.sources { if s.path.ends_with(\".sarif\") { note(s.path); } }"),
    property::<SourceRows>("tool", "text", "the tool that made it; empty where nothing says", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|source| source.tool.as_deref().unwrap_or_default())));
    })
    .example("for s in change.sources { note(`${s.kind} by ${s.tool}`); }"),
    property::<SourceRows>(
        "tool_version",
        "text",
        "the version of that tool; empty where nothing says",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text_of(|source| source.tool_version.as_deref().unwrap_or_default()))
            });
        },
    )
    .example("for s in change.sources.tool(\"CodeQL\") { note(`CodeQL ${s.tool_version}`); }"),
    property::<SourceRows>(
        "commit",
        "text",
        "the commit that it was made for; empty where nothing says",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text_of(|source| source.commit.as_deref().unwrap_or_default()))
            });
        },
    )
    .example("for s in change.sources { if s.commit != \"\" { note(`${s.path} is of ${s.commit}`); } }"),
    property::<SourceRows>(
        "made",
        "text",
        "how recent what it knows is, as in `2026-01-31T12:00:00Z`; empty where it does not say",
        |module, name| {
            module
                .set_getter_fn(name, |row: &mut Row| Ok(row.text_of(|source| source.made.as_deref().unwrap_or_default())));
        },
    )
    .example("for s in change.sources.kind(\"advisories\") { note(`known until ${s.made}`); }"),
    property::<SourceRows>("made_date", DATE, "the day, in UTC, of `made`", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            let source = SourceRows::stored(&row.store.evidence).get(row.row as usize);
            Day::of(source.and_then(|source| source.made.as_deref()), "the source was made")
        });
    })
    .errors("it does not say when")
    .example(
        "for s in change.sources.kind(\"advisories\") {\n    \
             if s.made != \"\" && change.as_of != \"\" && change.today.days_since(s.made_date) > 7 { note(\"old news\"); }\n}",
    ),
    property::<SourceRows>("items", "number", "how many items of evidence were read from it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(0, |source| INT::try_from(source.items).unwrap_or(INT::MAX)))
        });
    })
    .example("for s in change.sources { note(`${s.path}: ${s.items}`); }"),
    property::<SourceRows>(
        "problems",
        "array of texts",
        "the first of what could not be taken as it stands, each with its place",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(rhai::Array::new(), |source| {
                    texts_of(&source.problems, |problem| format!("{}: {}", problem.at, problem.message))
                }))
            });
        },
    )
    .example("for s in change.sources { for problem in s.problems { note(problem); } }"),
];
