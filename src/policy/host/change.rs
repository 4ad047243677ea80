//! The change itself: the first argument of every rule.
//!
//! Who proposed it, its title and labels are known to the forge alone. To read what is known marks nothing; to read what
//! nobody told marks that the rule asked for the kind `change`, so that without a complete source of it the rule is undecided.

use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::{Dynamic, INT, ImmutableString, Module};

use super::advisories::AdvisoryRows;
use super::capabilities::CapabilityRows;
use super::claims::ClaimRows;
use super::collection::{Collection, Store, View};
use super::coverage::CoverageRows;
use super::dates::{DATE, Day};
use super::dependencies::DependencyRows;
use super::error::{HostError, HostResult};
use super::files::FileRows;
use super::findings::FindingRows;
use super::licences::LicenceRows;
use super::reviews::ReviewRows;
use super::signature::{Param, Signature};
use super::sources::SourceRows;
use super::test_cases::TestRows;
use crate::diagnostic::Code;
use crate::evidence::{Change, Completeness, EvidenceKind};

/// The change as rules see it.
#[derive(Debug, Clone)]
pub(crate) struct ChangeView {
    store: Arc<Store>,
}

impl ChangeView {
    pub(crate) const fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// All of a collection; the rule is known to have asked for its kind.
    pub(super) fn all<C: Collection>(&self) -> View<C> {
        View::all(&self.store)
    }

    /// A tool that found nothing is known by its source, one that found something also by its findings.
    fn tools(&self) -> rhai::Array {
        let evidence = &self.store.evidence;
        let sources = evidence.sources.iter().filter(|source| source.kind == EvidenceKind::Findings);
        let found = (0..evidence.findings.rule_count())
            .filter_map(|symbol| evidence.findings.rule(u32::try_from(symbol).ok()?).map(|(tool, _)| tool));
        let names = sources.filter_map(|source| source.tool.as_deref()).chain(found);
        let names: BTreeSet<String> = names.map(|name| name.trim().to_lowercase()).collect();
        names.into_iter().map(Dynamic::from).collect()
    }

    /// A text; one that nobody told is empty, and the rule is known to have asked for what the forge says.
    fn text(&self, text: impl Fn(&Change) -> &Option<String>) -> ImmutableString {
        let text = text(&self.store.evidence.change).as_deref();
        if text.is_none() {
            self.store.read(EvidenceKind::Change);
        }
        text.unwrap_or("").into()
    }

    /// Texts; where there are none, only what the forge says can tell that there are none.
    fn texts(&self, texts: impl Fn(&Change) -> &Vec<String>) -> rhai::Array {
        let texts = texts(&self.store.evidence.change);
        if texts.is_empty() {
            self.store.read(EvidenceKind::Change);
        }
        texts.iter().map(|text| Dynamic::from(text.clone())).collect()
    }

    /// Whether something is so. Neither answer is safe where nobody told: with no source the rule is undecided, and a
    /// source that does not say ends the rule in an error.
    fn flag(&self, what: &str, flag: impl Fn(&Change) -> Option<bool>) -> HostResult<bool> {
        if let Some(flag) = flag(&self.store.evidence.change) {
            return Ok(flag);
        }
        self.store.read(EvidenceKind::Change);
        if self.store.evidence.completeness(EvidenceKind::Change) == Completeness::Complete {
            let message = format!("nobody says whether the change {what}: its source leaves it open");
            return Err(HostError::new(Code::NotKnown, message).help("not every forge says this").into());
        }
        Ok(true)
    }

    /// The day that the change is judged on. Where nobody says when, there is none: a clock would tell something else each time.
    fn today(&self) -> HostResult<Day> {
        self.store.as_of.map(Day::at).ok_or_else(|| {
            HostError::new(Code::NotKnown, "nobody says when the change is judged, so there is no today")
                .help("ask whether `change.as_of` is empty first; a case says when with `[evidence.change] time = \"..\"`")
                .into()
        })
    }

    /// The day that the change's last commit was made on.
    fn date(&self) -> HostResult<Day> {
        let time = self.store.evidence.change.time.as_deref();
        if time.is_none() {
            self.store.read(EvidenceKind::Change);
        }
        Day::of(time, "the change's last commit was made")
    }

    /// The logins of a team's members.
    fn members(&self, team: &str) -> HostResult<rhai::Array> {
        let members = team_members(&self.store, team)?;
        Ok(members.iter().map(|login| Dynamic::from(login.clone())).collect())
    }
}

/// The members of a team. One that is not there is an error where all teams are known; else nobody is known to be in it.
pub(super) fn team_members<'a>(store: &'a Store, team: &str) -> HostResult<&'a [String]> {
    store.read(EvidenceKind::Teams);
    let teams = &store.evidence.teams;
    if let Some(members) = teams.get(team) {
        return Ok(members);
    }
    if store.evidence.completeness(EvidenceKind::Teams) != Completeness::Complete {
        return Ok(&[]);
    }
    let error = HostError::new(Code::UnknownTeam, format!("there is no team `{team}`"));
    let bare = team.strip_prefix("team:").filter(|bare| teams.contains_key(*bare));
    let error = match bare {
        Some(bare) => error.help(format!("write `{bare}`")),
        None => error.suggest(team, teams.keys().map(String::as_str)),
    };
    Err(error.into())
}

/// Gives the whole of a collection; the rule is known to have asked for its kind.
type Whole = fn(&Arc<Store>) -> Dynamic;

/// The properties of the change that give the whole of a collection.
pub(crate) const COLLECTIONS: &[(&str, Whole)] = &[
    ("findings", whole::<FindingRows>),
    ("files", whole::<FileRows>),
    ("dependencies", whole::<DependencyRows>),
    ("licences", whole::<LicenceRows>),
    ("advisories", whole::<AdvisoryRows>),
    ("reviews", whole::<ReviewRows>),
    ("tests", whole::<TestRows>),
    ("coverage", whole::<CoverageRows>),
    ("claims", whole::<ClaimRows>),
    ("capabilities", whole::<CapabilityRows>),
    ("sources", whole::<SourceRows>),
];

fn whole<C: Collection>(store: &Arc<Store>) -> Dynamic {
    Dynamic::from(View::<C>::all(store))
}

const RECEIVER: &str = "Change";

pub(super) const TABLE: &[Signature] = &[
    Signature::property(RECEIVER, "findings", "Findings", "scanner results", |module, name| {
        all::<FindingRows>(module, name);
    })
    .example("for f in change.findings.introduced().severity_at_least(\"high\") { violation(f, f.message); }"),
    Signature::property(
        RECEIVER,
        "gone_findings",
        "Findings",
        "scanner results of a complete baseline that the head has no more, at their place in the base",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| {
                change.store.read(EvidenceKind::Baseline);
                let gone = change.store.evidence.findings.gone_rows();
                Ok(View::<FindingRows>::rows_of(&change.store, gone))
            });
        },
    )
    .example("note(`${change.gone_findings.count()} findings are gone`);"),
    Signature::property(
        RECEIVER,
        "tools",
        "array of texts",
        "names of the tools whose results were read, in lower case",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| {
                change.store.read(EvidenceKind::Findings);
                Ok(change.tools())
            });
        },
    )
    .example("if !(\"codeql\" in change.tools) { note(\"CodeQL did not report\"); }"),
    Signature::property(RECEIVER, "files", "Files", "changed files", |module, name| {
        all::<FileRows>(module, name);
    })
    .example("for f in change.files.under(\"db/migrations/**\").deleted() { violation(f, \"a migration is gone\"); }"),
    Signature::property(RECEIVER, "dependencies", "Dependencies", "changed packages", |module, name| {
        all::<DependencyRows>(module, name);
    })
    .example("for d in change.dependencies.direct().added() { note(`new: ${d.name}`); }"),
    Signature::property(RECEIVER, "licences", "Licences", "licences of changed packages", |module, name| {
        all::<LicenceRows>(module, name);
    })
    .example("for l in change.licences.known().not_allowed([\"MIT\", \"Apache-2.0\"]) { violation(l, l.expression); }"),
    Signature::property(
        RECEIVER,
        "advisories",
        "Advisories",
        "known problems of the packages of changed lockfiles, before and after the change",
        |module, name| {
            all::<AdvisoryRows>(module, name);
        },
    )
    .example("for a in change.advisories.introduced().severity_at_least(\"high\") { violation(a, a.summary); }"),
    Signature::property(RECEIVER, "reviews", "Reviews", "reviews of the change", |module, name| {
        all::<ReviewRows>(module, name);
    })
    .example("if change.reviews.approved().not_by(change.author).is_empty() { note(\"nobody else looked at it\"); }"),
    Signature::property(RECEIVER, "tests", "Tests", "test cases that were run", |module, name| {
        all::<TestRows>(module, name);
    })
    .example("for t in change.tests.failed() { violation(t, t.message); }"),
    Signature::property(RECEIVER, "coverage", "Coverage", "coverage of changed lines", |module, name| {
        all::<CoverageRows>(module, name);
    })
    .example("let c = change.coverage;\nif c.measured() > 0 && c.percent() < 80 { violation(change, `${c.percent()} of a hundred changed lines were run`); }"),
    Signature::property(RECEIVER, "claims", "Claims", "statements about the change", |module, name| {
        all::<ClaimRows>(module, name);
    })
    .example("for c in change.claims.matching(\"no new dependencies\") {\n    if change.dependencies.added().any() { contradicted(c, \"packages were added\"); }\n}"),
    text("repository", "the repository; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.repository)));
    })
    .example("note(change.repository);"),
    text("base", "full commit id of the target's tip; empty where there is none", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.base)));
    })
    .example("note(`on top of ${change.base}`);"),
    text("merge_base", "full commit id of the best common ancestor; empty where there is none", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.merge_base)));
    })
    .example("if change.base != change.merge_base { note(\"the target moved on\"); }"),
    text("head", "full commit id of the change's last commit; empty where there is none", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.head)));
    })
    .example("note(`up to ${change.head}`);"),
    text("author", "login of who proposed the change; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.author)));
    })
    .example("if change.author == \"\" { note(\"nobody is known to propose it\"); }"),
    flag("author_is_bot", "whether a bot proposed the change", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| {
            change.flag("was proposed by a bot", |change| change.author_is_bot)
        });
    })
    .errors("the forge was read and does not say; not every one does")
    .example("if change.url.contains(\"github.com\") && change.author_is_bot { note(\"by a bot\"); }"),
    Signature::property(
        RECEIVER,
        "commit_authors",
        "array of texts",
        "authors of its commits, co-authors included, as git (`name <address>`) or, without git, the forge (logins) names them",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.texts(|change| &change.commit_authors)));
        },
    )
    .example("if change.commit_authors.len() > 1 { note(\"by several people\"); }"),
    text("title", "title of the change; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.title)));
    })
    .example("if change.title.matches_glob(\"WIP*\") { violation(change, \"it is not done\"); }"),
    text("description", "what its author wrote about it; empty also where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.description)));
    })
    .example("if change.description.len() < 40 { note(\"it is hardly described\"); }"),
    text("branch", "branch of the change; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.branch)));
    })
    .example("if change.branch.matches_glob(\"release/**\") { note(\"a release\"); }"),
    text("target_branch", "branch that it is to go into; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.target_branch)));
    })
    .example("if change.target_branch != \"main\" { note(`goes into ${change.target_branch}`); }"),
    Signature::property(
        RECEIVER,
        "number",
        "number",
        "the number that the forge gives it; 0 where no source says",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| {
                let number = change.store.evidence.change.number;
                if number.is_none() {
                    change.store.read(EvidenceKind::Change);
                }
                Ok(INT::try_from(number.unwrap_or(0)).unwrap_or(INT::MAX))
            });
        },
    )
    .example("if change.number != 0 { note(`request ${change.number}`); }"),
    Signature::property(
        RECEIVER,
        "as_of",
        "text",
        "the time that it is judged at, as in `2026-01-31T12:00:00Z`; empty where nobody says",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| {
                Ok(change.store.as_of.map_or_else(ImmutableString::new, |time| time.to_string().into()))
            });
        },
    )
    .example("if change.as_of != \"\" { note(`judged at ${change.as_of}`); }"),
    Signature::property(RECEIVER, "today", DATE, "the day, in UTC, that it is judged on", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| change.today());
    })
    .errors("nobody says when it is judged; there is no clock")
    .example("if change.as_of != \"\" && change.today.weekday == \"friday\" { note(\"not before the weekend\"); }"),
    text(
        "time",
        "when its last commit was made, as in `2026-01-31T12:00:00Z`; empty where no source says",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.time)));
        },
    )
    .example("note(`last commit: ${change.time}`);"),
    Signature::property(RECEIVER, "date", DATE, "the day, in UTC, that its last commit was made on", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| change.date());
    })
    .errors("no source says when; then the rule also asked for `change`")
    .example("if change.time != \"\" { note(`made on ${change.date}`); }"),
    text("url", "its address on the forge; empty where no source says", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.text(|change| &change.url)));
    })
    .example("note(change.url);"),
    flag("draft", "whether it is a draft", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| change.flag("is a draft", |change| change.draft));
    })
    .errors("the forge was read and does not say; not every one does")
    .example("if change.url.contains(\"github.com\") && change.draft { not_applicable(\"it is a draft\"); }"),
    flag("fork", "whether it comes from another repository", |module, name| {
        module.set_getter_fn(name, |change: &mut ChangeView| change.flag("comes from a fork", |change| change.fork));
    })
    .errors("the forge was read and does not say; not every one does")
    .example("if change.url.contains(\"github.com\") && change.fork { note(\"from another repository\"); }"),
    Signature::property(
        RECEIVER,
        "labels",
        "array of texts",
        "labels that the forge holds for the change",
        |module, name| {
            module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.texts(|change| &change.labels)));
        },
    )
    .example("if \"hotfix\" in change.labels { note(\"in a hurry\"); }"),
    Signature::method(
        RECEIVER,
        "members",
        &[("team", Param::Text)],
        "array of texts",
        "logins of a team's members; an unknown team is an error",
        |module, name| {
            module.set_native_fn(name, |change: ChangeView, team: &str| change.members(team));
        },
    )
    .errors("all teams are known, and none has that name")
    .example("if \"security\" in change.labels { for login in change.members(\"security\") { note(`${login} can help`); } }"),
];

/// Registers the property that gives a whole collection.
fn all<C: Collection>(module: &mut Module, name: &'static str) {
    module.set_getter_fn(name, |change: &mut ChangeView| Ok(change.all::<C>()));
}

const fn text(name: &'static str, doc: &'static str, register: fn(&mut Module, &'static str)) -> Signature {
    Signature::property(RECEIVER, name, "text", doc, register)
}

/// A property that is an error where its source leaves it open.
const fn flag(name: &'static str, doc: &'static str, register: fn(&mut Module, &'static str)) -> Signature {
    Signature::property(RECEIVER, name, "true or false", doc, register)
}

#[cfg(test)]
mod tests {
    use super::COLLECTIONS;
    use crate::policy::host::signatures;

    #[test]
    fn every_property_that_gives_a_selection_is_a_whole_collection_but_that_of_what_is_gone() {
        let views: Vec<&str> = signatures().filter(|of| of.name == "is_empty").map(|of| of.receiver).collect();
        let properties = signatures().filter(|of| of.receiver == "Change" && of.params.is_none());
        let mut selections: Vec<&str> = properties.filter(|of| views.contains(&of.returns)).map(|of| of.name).collect();
        selections.retain(|name| *name != "gone_findings");
        let mut whole: Vec<&str> = COLLECTIONS.iter().map(|(name, _)| *name).collect();
        selections.sort_unstable();
        whole.sort_unstable();
        assert_eq!(selections, whole);
    }
}
