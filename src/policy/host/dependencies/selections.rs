//! Parts of the changed packages.

use rhai::Dynamic;

use super::{Dependencies, DependencyRows, jump_at_least};
use crate::evidence::{
    DependencyChange, DependencyChangeKind, DependencyOrigin, DependencyScope, Directness, Integrity, Jump, Pin,
    SourceKind, Word,
};
use crate::policy::host::error::HostResult;
use crate::policy::host::signature::{Param, Signature};
use crate::policy::host::stored::select;
use crate::policy::host::words::{choices, word, words};

/// Whether it is there after the change.
fn is_there(dependency: &DependencyChange) -> bool {
    dependency.change != DependencyChangeKind::Removed
}

pub(in crate::policy::host) const SELECTIONS: &[Signature] = &[
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
    select::<DependencyRows>(
        "pin",
        &[("pin", Param::Words(Pin::VOCABULARY))],
        "those that are held to so much after the change; before it, of removed ones",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| {
                view.keep_words(wanted, |dependency| dependency.pin)
            });
        },
    ),
    select::<DependencyRows>(
        "pin_looser_than",
        &[("pin", Param::Word(Pin::VOCABULARY))],
        "those that are held to less than that, and those of which nothing tells",
        |module, name| {
            choices(module, name, |view: Dependencies, pin: &Dynamic| -> HostResult<Dependencies> {
                let pin = word::<Pin>(pin)?;
                Ok(view.keep_rows(|dependency| dependency.pin > pin || dependency.pin == Pin::Unknown))
            });
        },
    ),
    select::<DependencyRows>(
        "unpinned",
        &[],
        "those held to no content and no version, and those of which nothing tells; without removed ones",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| is_there(dependency) && dependency.pin > Pin::Version))
            });
        },
    ),
    select::<DependencyRows>(
        "integrity",
        &[("integrity", Param::Words(Integrity::VOCABULARY))],
        "those whose checksums are `present`, `absent` or `unrecorded`",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| {
                view.keep_words(wanted, |dependency| dependency.integrity)
            });
        },
    ),
    select::<DependencyRows>(
        "without_integrity",
        &[],
        "those without a checksum in a lockfile that has them of others; without removed ones",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| is_there(dependency) && dependency.integrity == Integrity::Absent))
            });
        },
    ),
    select::<DependencyRows>(
        "repointed",
        &[],
        "those that were there before and come from a place now that they did not come from: another kind of place or host, \
         another git repository, path or archive whatever its commit or version, or, with the same versions, another address \
         of a registry or another content; where nothing tells the place before, those that are not from a registry now",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| Ok(view.keep_rows(DependencyChange::is_repointed)));
        },
    ),
    select::<DependencyRows>(
        "deprecated",
        &[],
        "those that their lockfile says not to use: deprecated, abandoned, yanked",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| dependency.deprecated.is_some()))
            });
        },
    ),
    select::<DependencyRows>(
        "lookalikes",
        &[],
        "new ones that can be taken for a package that was in use before",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| !dependency.similar_to.is_empty()))
            });
        },
    ),
    select::<DependencyRows>(
        "from_second_source",
        &[],
        "those of whose name a package comes from another kind of place or host as well",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| !dependency.other_sources.is_empty()))
            });
        },
    ),
    select::<DependencyRows>("disputed", &[], "those of which sources say different things", |module, name| {
        module.set_native_fn(name, |view: Dependencies| {
            Ok(view.keep_rows(|dependency| !dependency.disagreements.is_empty()))
        });
    }),
    select::<DependencyRows>(
        "stated_by",
        &[("origins", Param::Words(DependencyOrigin::VOCABULARY))],
        "those that a kind of source states",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| -> HostResult<Dependencies> {
                let wanted = words::<DependencyOrigin>(wanted)?;
                let is_wanted = |by: &DependencyOrigin| wanted.get(usize::from(by.index())).copied().unwrap_or(true);
                Ok(view.keep_rows(|dependency| dependency.stated_by.iter().any(is_wanted)))
            });
        },
    ),
];
