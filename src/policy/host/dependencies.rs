//! Changed packages as rules see them.

use std::sync::OnceLock;

use rhai::{Array, Dynamic, ImmutableString};

use super::collection::{Collection, Item, Matches, Placed, View, placed};
use super::effects::array;
use super::error::HostResult;
use super::findings::unknown_group;
use super::globs::texts;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
use super::words::{WordValue, choices, word, words};
use crate::evidence::{
    DependencyChange, DependencyChangeKind, DependencyScope, Directness, Ecosystem, Evidence, EvidenceKind, Jump,
    SourceKind, Word,
};
use crate::policy::Subject;

/// Changed packages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DependencyRows;

impl Collection for DependencyRows {
    const ITEM: &'static str = "Dependency";
    const VIEW: &'static str = "Dependencies";
    const KIND: EvidenceKind = EvidenceKind::Dependencies;

    fn len(evidence: &Evidence) -> usize {
        evidence.dependencies.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Dependency(row)
    }
}

impl Placed for DependencyRows {
    const UNDER: &'static str = "those whose manifest a glob matches";
    const NOT_UNDER: &'static str = "those whose manifest no glob matches";

    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool> {
        let hit = |dependency: &DependencyChange| dependency.manifest.as_deref().is_some_and(matches);
        evidence.dependencies.iter().map(hit).collect()
    }

    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>> {
        &matches.manifests
    }

    fn everywhere(evidence: &Evidence, row: usize) -> bool {
        evidence.dependencies.get(row).is_none_or(|dependency| dependency.manifest.is_none())
    }
}

impl Stored for DependencyRows {
    type Row = DependencyChange;

    fn stored(evidence: &Evidence) -> &[DependencyChange] {
        &evidence.dependencies
    }
}

type Dependencies = View<DependencyRows>;
type Row = Item<DependencyRows>;

impl Row {
    fn text(&self, text: impl FnOnce(&DependencyChange) -> &str) -> ImmutableString {
        self.get(ImmutableString::new(), |dependency| text(dependency).into())
    }

    fn word<W: Word>(&self, missing: W, of: impl FnOnce(&DependencyChange) -> W) -> WordValue {
        WordValue::of(self.get(missing, of))
    }
}

impl Dependencies {
    fn keep_change(&self, change: DependencyChangeKind) -> Self {
        self.keep_rows(|dependency| dependency.change == change)
    }

    /// Those of which a word is one of several.
    fn keep_words<W: Word>(&self, wanted: &Dynamic, of: impl Fn(&DependencyChange) -> W) -> HostResult<Self> {
        let wanted = words::<W>(wanted)?;
        Ok(self.keep_rows(|dependency| wanted.get(usize::from(of(dependency).index())).copied().unwrap_or(true)))
    }
}

const GROUPS: &[&str] = &["ecosystem", "change", "scope", "directness", "manifest"];

fn group_by(dependencies: &Dependencies, key: &str) -> HostResult<rhai::Map> {
    let group = |of: fn(&DependencyChange) -> &str| {
        dependencies.group_by(move |evidence, row| evidence.dependencies.get(row).map_or("", of))
    };
    Ok(match key {
        "ecosystem" => group(|dependency| dependency.ecosystem.as_str()),
        "change" => group(|dependency| dependency.change.as_str()),
        "scope" => group(|dependency| dependency.scope.as_str()),
        "directness" => group(|dependency| dependency.directness.as_str()),
        "manifest" => group(|dependency| dependency.manifest.as_deref().unwrap_or_default()),
        _ => return Err(unknown_group(key, GROUPS)),
    })
}

/// Versions' major step, or worse, or one of which nothing shows that it is smaller.
fn jump_at_least(dependencies: &Dependencies, jump: Jump) -> Dependencies {
    dependencies.keep_rows(|dependency| dependency.jump.is_some_and(|found| found >= jump))
}

const VIEW: &str = "Dependencies";

/// What every collection has.
pub(super) const COMMON: &[Signature] = &placed::<DependencyRows>();

pub(super) const TABLE: &[Signature] = &[
    Signature::method(
        VIEW,
        "group_by",
        &[("key", Param::Text)],
        "map of Dependencies",
        "parts by `ecosystem`, `change`, `scope`, `directness` or `manifest`",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies, key: &str| group_by(&view, key));
        },
    ),
    select::<DependencyRows>(
        "ecosystem",
        &[("ecosystem", Param::Words(Ecosystem::VOCABULARY))],
        "those of an ecosystem",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| {
                view.keep_words(wanted, |dependency| dependency.ecosystem)
            });
        },
    ),
    select::<DependencyRows>(
        "change",
        &[("change", Param::Words(DependencyChangeKind::VOCABULARY))],
        "those to which something happened",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| {
                view.keep_words(wanted, |dependency| dependency.change)
            });
        },
    ),
    select::<DependencyRows>("added", &[], "new ones", |module, name| {
        module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Added)));
    }),
    select::<DependencyRows>("removed", &[], "those that are gone", |module, name| {
        module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Removed)));
    }),
    select::<DependencyRows>("upgraded", &[], "those whose highest version rose", |module, name| {
        module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Upgraded)));
    }),
    select::<DependencyRows>("downgraded", &[], "those whose highest version fell", |module, name| {
        module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Downgraded)));
    }),
    select::<DependencyRows>(
        "changed",
        &[],
        "those of which the source changed, or versions that can't be ordered",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Changed)));
        },
    ),
    select::<DependencyRows>(
        "jump",
        &[("jump", Param::Words(Jump::VOCABULARY))],
        "those whose highest version moved so far",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| -> HostResult<Dependencies> {
                let wanted = words::<Jump>(wanted)?;
                Ok(view.keep_rows(|dependency| {
                    dependency.jump.is_some_and(|jump| wanted.get(usize::from(jump.index())).copied().unwrap_or(true))
                }))
            });
        },
    ),
    select::<DependencyRows>(
        "jump_at_least",
        &[("jump", Param::Word(Jump::VOCABULARY))],
        "those whose highest version moved so far or farther, and those of which nothing tells how far",
        |module, name| {
            choices(module, name, |view: Dependencies, jump: &Dynamic| Ok(jump_at_least(&view, word::<Jump>(jump)?)));
        },
    ),
    select::<DependencyRows>(
        "direct",
        &[],
        "those that a manifest names, and those of which nothing tells",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| dependency.directness != Directness::Transitive))
            });
        },
    ),
    select::<DependencyRows>("transitive", &[], "those that another package brings in", |module, name| {
        module.set_native_fn(name, |view: Dependencies| {
            Ok(view.keep_rows(|dependency| dependency.directness == Directness::Transitive))
        });
    }),
    select::<DependencyRows>(
        "scope",
        &[("scope", Param::Words(DependencyScope::VOCABULARY))],
        "those with a scope, and those of which nothing tells",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| -> HostResult<Dependencies> {
                let wanted = words::<DependencyScope>(wanted)?;
                Ok(view.keep_rows(|dependency| {
                    dependency.scope == DependencyScope::Unknown
                        || wanted.get(usize::from(dependency.scope.index())).copied().unwrap_or(true)
                }))
            });
        },
    ),
    select::<DependencyRows>(
        "source",
        &[("source", Param::Words(SourceKind::VOCABULARY))],
        "those that come from a kind of place now",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| -> HostResult<Dependencies> {
                let wanted = words::<SourceKind>(wanted)?;
                Ok(view.keep_rows(|dependency| {
                    dependency
                        .sources_after
                        .iter()
                        .any(|source| wanted.get(usize::from(source.kind.index())).copied().unwrap_or(true))
                }))
            });
        },
    ),
    select::<DependencyRows>(
        "from_new_host",
        &[],
        "those downloaded from a host that nothing of their ecosystem came from before",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| !dependency.new_hosts.is_empty()))
            });
        },
    ),
    select::<DependencyRows>("name", &[("names", Param::Texts)], "those of a name", |module, name| {
        choices(module, name, |view: Dependencies, names: &Dynamic| -> HostResult<Dependencies> {
            let names = texts(names)?;
            Ok(view.keep_rows(|dependency| names.iter().any(|name| name.as_str() == dependency.name)))
        });
    }),
    property::<DependencyRows>("ecosystem", "ecosystem", "where packages of its kind come from", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.word(Ecosystem::Cargo, |dependency| dependency.ecosystem)));
    }),
    property::<DependencyRows>("name", "text", "its name", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text(|dependency| &dependency.name)));
    }),
    property::<DependencyRows>("purl", "text", "its package URL", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text(|dependency| &dependency.purl)));
    }),
    property::<DependencyRows>(
        "manifest",
        "text",
        "the lockfile or manifest that shows it; empty where none does",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text(|dependency| dependency.manifest.as_deref().unwrap_or_default()))
            });
        },
    ),
    property::<DependencyRows>("change", "dependency change", "what happened to it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.word(DependencyChangeKind::Changed, |dependency| dependency.change))
        });
    }),
    property::<DependencyRows>("before", "array of texts", "locked versions before", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |dependency| array(&dependency.before))));
    }),
    property::<DependencyRows>("after", "array of texts", "locked versions after", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |dependency| array(&dependency.after))));
    }),
    property::<DependencyRows>(
        "version",
        "text",
        "the highest version after the change; before it, of a removed one",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row
                    .text(|dependency| dependency.after.last().or(dependency.before.last()).map_or("", String::as_str)))
            });
        },
    ),
    property::<DependencyRows>(
        "previous_version",
        "text",
        "the highest version before the change; empty, of a new one",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text(|dependency| dependency.before.last().map_or("", String::as_str)))
            });
        },
    ),
    property::<DependencyRows>(
        "jump",
        "jump",
        "how far the highest version moved; none for added and removed packages",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.word(Jump::Unknown, |dependency| dependency.jump.unwrap_or(Jump::None)))
            });
        },
    ),
    property::<DependencyRows>("directness", "directness", "whether a manifest names it", |module, name| {
        module
            .set_getter_fn(name, |row: &mut Row| Ok(row.word(Directness::Unknown, |dependency| dependency.directness)));
    }),
    property::<DependencyRows>("scope", "dependency scope", "what it is used for", |module, name| {
        module
            .set_getter_fn(name, |row: &mut Row| Ok(row.word(DependencyScope::Unknown, |dependency| dependency.scope)));
    }),
    property::<DependencyRows>("hosts", "array of texts", "hosts that it is downloaded from now", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(Array::new(), |dependency| {
                let hosts: Vec<String> =
                    dependency.sources_after.iter().filter_map(|source| source.host.clone()).collect();
                array(&hosts)
            }))
        });
    }),
    property::<DependencyRows>(
        "new_hosts",
        "array of texts",
        "those of them that nothing of its ecosystem came from before",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |dependency| array(&dependency.new_hosts)))
            });
        },
    ),
    property::<DependencyRows>(
        "locations",
        "array of texts",
        "the places that it comes from now, as the lockfile writes them",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |dependency| {
                    let places: Vec<String> =
                        dependency.sources_after.iter().filter_map(|source| source.location.clone()).collect();
                    array(&places)
                }))
            });
        },
    ),
];
