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
        "those with a kind of change",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| {
                view.keep_words(wanted, |dependency| dependency.change)
            });
        },
    )
    .example(r#"for d in change.dependencies.change(["added", "upgraded"]) { violation(d, `${d.name} ${d.version} is new here`); }"#),
    select::<DependencyRows>("added", &[], "new ones", |module, name| {
        module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Added)));
    })
    .example("for d in change.dependencies.added().direct() { violation(d, `${d.name} is a new dependency`); }"),
    select::<DependencyRows>("removed", &[], "those that are gone", |module, name| {
        module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Removed)));
    })
    .example("for d in change.dependencies.removed() { note(`${d.name} is gone`); }"),
    select::<DependencyRows>("upgraded", &[], "those whose highest version rose", |module, name| {
        module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Upgraded)));
    })
    .example("for d in change.dependencies.upgraded() { note(`${d.name} ${d.previous_version} to ${d.version}`); }"),
    select::<DependencyRows>("downgraded", &[], "those whose highest version fell", |module, name| {
        module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Downgraded)));
    })
    .example("for d in change.dependencies.downgraded() { violation(d, `${d.name} falls to ${d.version}`); }"),
    select::<DependencyRows>(
        "changed",
        &[],
        "those of which the source changed, or versions that can't be ordered",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| Ok(view.keep_change(DependencyChangeKind::Changed)));
        },
    )
    .example("for d in change.dependencies.changed() { violation(d, `${d.name} is not what it was`); }"),
    select::<DependencyRows>(
        "jump",
        &[("jump", Param::Words(Jump::VOCABULARY))],
        "those whose highest version moved just so far; without added and removed ones",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| -> HostResult<Dependencies> {
                let wanted = words::<Jump>(wanted)?;
                Ok(view.keep_rows(|dependency| {
                    dependency.jump.is_some_and(|jump| wanted.get(usize::from(jump.index())).copied().unwrap_or(true))
                }))
            });
        },
    )
    .example(r#"for d in change.dependencies.jump("major") { recommend(`read what ${d.name} ${d.version} breaks`); }"#),
    select::<DependencyRows>(
        "jump_at_least",
        &[("jump", Param::Word(Jump::VOCABULARY))],
        "those whose highest version moved so far or farther, and those of which nothing tells how far; without added and removed ones",
        |module, name| {
            choices(module, name, |view: Dependencies, jump: &Dynamic| Ok(jump_at_least(&view, word::<Jump>(jump)?)));
        },
    )
    .example(r#"for d in change.dependencies.direct().jump_at_least("major") { violation(d, `${d.previous_version} to ${d.version}`); }"#),
    select::<DependencyRows>(
        "direct",
        &[],
        "those that a manifest names, and those of which nothing tells",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| dependency.directness != Directness::Transitive))
            });
        },
    )
    .example("for d in change.dependencies.direct().added() { violation(d, `${d.name} needs a reason`); }"),
    select::<DependencyRows>("transitive", &[], "those that another package brings in", |module, name| {
        module.set_native_fn(name, |view: Dependencies| {
            Ok(view.keep_rows(|dependency| dependency.directness == Directness::Transitive))
        });
    })
    .example("let deep = change.dependencies.transitive().added().count();\n\
             if deep > 50 { violation(change, `${deep} packages come with it`); }"),
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
    )
    .example(r#"for d in change.dependencies.scope("runtime").added() { violation(d, `${d.name} ships to customers`); }"#),
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
    )
    .example(r#"for d in change.dependencies.source(["git", "url"]) { violation(d, `${d.name} comes from no registry`); }"#),
    select::<DependencyRows>(
        "from_new_host",
        &[],
        "those downloaded from a host that nothing of their ecosystem came from before",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| !dependency.new_hosts.is_empty()))
            });
        },
    )
    .example(r#"for d in change.dependencies.from_new_host() { violation(d, `${d.new_hosts.join(", ")} is a new host`); }"#),
    select::<DependencyRows>(
        "pin",
        &[("pin", Param::Words(Pin::VOCABULARY))],
        "those with a pin, which is what their version is held to after the change; before it, of removed ones",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| {
                view.keep_words(wanted, |dependency| dependency.pin)
            });
        },
    )
    .example(r#"for d in change.dependencies.pin("floating") { violation(d, `${d.name} may change any day`); }"#),
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
    )
    .example(r#"for d in change.dependencies.ecosystem("docker").pin_looser_than("content") { violation(d, `${d.name} has no digest`); }"#),
    select::<DependencyRows>(
        "unpinned",
        &[],
        "those held to no content and no version, and those of which nothing tells; without removed ones",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| is_there(dependency) && dependency.pin > Pin::Version))
            });
        },
    )
    .example("for d in change.dependencies.unpinned() { violation(d, `${d.name} is pinned to nothing`); }"),
    select::<DependencyRows>(
        "integrity",
        &[("integrity", Param::Words(Integrity::VOCABULARY))],
        "those whose checksums are `present`, `absent` or `unrecorded`",
        |module, name| {
            choices(module, name, |view: Dependencies, wanted: &Dynamic| {
                view.keep_words(wanted, |dependency| dependency.integrity)
            });
        },
    )
    .example(r#"for d in change.dependencies.integrity("unrecorded") { note(`no checksum is kept for ${d.name}`); }"#),
    select::<DependencyRows>(
        "without_integrity",
        &[],
        "those without a checksum in a lockfile that has them of others; without removed ones",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| is_there(dependency) && dependency.integrity == Integrity::Absent))
            });
        },
    )
    .example("for d in change.dependencies.without_integrity() { violation(d, `${d.name} has no checksum, others have`); }"),
    select::<DependencyRows>(
        "repointed",
        &[],
        "those that were there before and come from a place now that they did not come from: another kind of place or host, \
         another git repository, path or archive whatever its commit or version, or, with the same versions, another address \
         of a registry or another content; where nothing tells the place before, those that are not from a registry now",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| Ok(view.keep_rows(DependencyChange::is_repointed)));
        },
    )
    .example(r#"for d in change.dependencies.repointed() { violation(d, `${d.name} comes from ${d.sources.join(", ")} now`); }"#),
    select::<DependencyRows>(
        "deprecated",
        &[],
        "those that their lockfile says not to use: deprecated, abandoned, yanked",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| dependency.deprecated.is_some()))
            });
        },
    )
    .example("for d in change.dependencies.deprecated() { violation(d, `${d.name}: ${d.deprecated}`); }"),
    select::<DependencyRows>(
        "lookalikes",
        &[],
        "new ones that can be taken for a package that was in use before",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| !dependency.similar_to.is_empty()))
            });
        },
    )
    .example(r#"for d in change.dependencies.lookalikes() { violation(d, `${d.name} looks like ${d.similar_to.join(", ")}`); }"#),
    select::<DependencyRows>(
        "from_second_source",
        &[],
        "those of whose name a package comes from another kind of place or host as well",
        |module, name| {
            module.set_native_fn(name, |view: Dependencies| {
                Ok(view.keep_rows(|dependency| !dependency.other_sources.is_empty()))
            });
        },
    )
    .example(r#"for d in change.dependencies.from_second_source() { violation(d, `also from ${d.other_sources.join(", ")}`); }"#),
    select::<DependencyRows>("disputed", &[], "those of which sources say different things", |module, name| {
        module.set_native_fn(name, |view: Dependencies| {
            Ok(view.keep_rows(|dependency| !dependency.disagreements.is_empty()))
        });
    })
    .example(r#"for d in change.dependencies.disputed() { note(`${d.name}: ${d.disputes.join("; ")}`); }"#),
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
    )
    .example(r#"for d in change.dependencies.stated_by("sbom") { note(`${d.name} is in the bill of materials`); }"#),
];
