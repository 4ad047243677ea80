//! What is known of one changed package.

use rhai::Array;

use super::{DependencyRows, Row};
use crate::evidence::{
    DependencyChangeKind, DependencyScope, Directness, Disagreement, Integrity, Jump, PackageSource, Pin, Word as _,
};
use crate::policy::host::advisories::AdvisoryRows;
use crate::policy::host::effects::array;
use crate::policy::host::licences::LicenceRows;
use crate::policy::host::packages::{Package, Packaged as _, about, texts_of, word_list};
use crate::policy::host::signature::Signature;
use crate::policy::host::stored::{Stored as _, property};

fn package(row: &Row) -> Option<Package<'_>> {
    DependencyRows::stored(&row.store.evidence).get(row.row as usize).map(DependencyRows::package)
}

/// `git https://example.org/a`: the kind of place, and the place as far as it is known.
fn place(source: &PackageSource) -> String {
    match source.location.as_deref().or(source.host.as_deref()) {
        Some(place) => format!("{} {place}", source.kind.as_str()),
        None => source.kind.as_str().to_owned(),
    }
}

/// `dependency-review in review.json: none before, 1.3.0 after`.
fn dispute(said: &Disagreement) -> String {
    let versions = |versions: &[String]| if versions.is_empty() { "none".to_owned() } else { versions.join(", ") };
    format!(
        "{} in {}: {} before, {} after",
        said.by.as_str(),
        said.source,
        versions(&said.before),
        versions(&said.after)
    )
}

pub(in crate::policy::host) const PROPERTIES: &[Signature] = &[
    property::<DependencyRows>("change", "dependency change", "what happened to it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.word_of(DependencyChangeKind::Changed, |dependency| dependency.change))
        });
    })
    .example("for d in change.dependencies.direct() { note(`${d.name}: ${d.change}`); }"),
    property::<DependencyRows>("before", "array of texts", "locked versions before the change, lowest first; empty of a new one", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |dependency| array(&dependency.before))));
    })
    .example(r#"for d in change.dependencies.removed() { note(`${d.name} ${d.before.join(", ")} is gone`); }"#),
    property::<DependencyRows>("after", "array of texts", "locked versions after the change, lowest first; empty of a removed one", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |dependency| array(&dependency.after))));
    })
    .example("for d in change.dependencies.direct() { if d.after.len() > 1 { note(`${d.name} is there ${d.after.len()} times`); } }"),
    property::<DependencyRows>(
        "version",
        "text",
        "the highest version after the change; before it, of a removed one",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text_of(|dependency| {
                    dependency.after.last().or(dependency.before.last()).map_or("", String::as_str)
                }))
            });
        },
    )
    .example("for d in change.dependencies.added() { violation(d, `${d.name} ${d.version} is new`); }"),
    property::<DependencyRows>(
        "previous_version",
        "text",
        "the highest version before the change; empty, of a new one",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text_of(|dependency| dependency.before.last().map_or("", String::as_str)))
            });
        },
    )
    .example("for d in change.dependencies.upgraded() { note(`${d.name} ${d.previous_version} to ${d.version}`); }"),
    property::<DependencyRows>(
        "jump",
        "jump",
        "how far the highest version moved; none for added and removed packages",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.word_of(Jump::Unknown, |dependency| dependency.jump.unwrap_or(Jump::None)))
            });
        },
    )
    .example(r#"for d in change.dependencies.direct() { if d.jump >= "major" { recommend(`read the changelog of ${d.name}`); } }"#),
    property::<DependencyRows>("directness", "directness", "whether a manifest names it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.word_of(Directness::Unknown, |dependency| dependency.directness))
        });
    })
    .example(r#"for d in change.dependencies.added() { if d.directness == "direct" { violation(d, `${d.name} needs a reason`); } }"#),
    property::<DependencyRows>("scope", "dependency scope", "what it is used for", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.word_of(DependencyScope::Unknown, |dependency| dependency.scope))
        });
    })
    .example(r#"for d in change.dependencies.added() { if d.scope != "development" { violation(d, `${d.name} may ship`); } }"#),
    property::<DependencyRows>("hosts", "array of texts", "hosts that it is downloaded from now", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(Array::new(), |dependency| {
                let hosts: Vec<String> =
                    dependency.sources_after.iter().filter_map(|source| source.host.clone()).collect();
                array(&hosts)
            }))
        });
    })
    .example(r#"for d in change.dependencies.added() { if !("registry.npmjs.org" in d.hosts) { note(`from ${d.hosts.join(", ")}`); } }"#),
    property::<DependencyRows>(
        "new_hosts",
        "array of texts",
        "those of them that nothing of its ecosystem came from before",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |dependency| array(&dependency.new_hosts)))
            });
        },
    )
    .example(r#"for d in change.dependencies.from_new_host() { violation(d, `${d.name} comes from ${d.new_hosts.join(", ")}`); }"#),
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
    )
    .example(r#"for d in change.dependencies.source("git") { note(`${d.name}: ${d.locations.join(", ")}`); }"#),
    property::<DependencyRows>("pin", "pin", "what its version is held to", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.word_of(Pin::Unknown, |dependency| dependency.pin)));
    })
    .example(r#"for d in change.dependencies.added() { if d.pin > "version" { violation(d, `${d.name} is pinned to nothing`); } }"#),
    property::<DependencyRows>("integrity", "integrity", "whether its checksums are locked", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.word_of(Integrity::Unrecorded, |dependency| dependency.integrity))
        });
    })
    .example(r#"for d in change.dependencies.added() { if d.integrity == "absent" { violation(d, `${d.name} has no checksum`); } }"#),
    property::<DependencyRows>(
        "deprecated",
        "text",
        "what its lockfile says against using it; empty where it says nothing",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text_of(|dependency| dependency.deprecated.as_deref().unwrap_or_default()))
            });
        },
    )
    .example(r#"for d in change.dependencies.direct() { if d.deprecated != "" { violation(d, d.deprecated); } }"#),
    property::<DependencyRows>(
        "similar_to",
        "array of texts",
        "of a new one, the packages in use before that it can be taken for",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |dependency| array(&dependency.similar_to)))
            });
        },
    )
    .example(r#"for d in change.dependencies.lookalikes() { violation(d, `did you mean ${d.similar_to.join(" or ")}?`); }"#),
    property::<DependencyRows>(
        "sources",
        "array of texts",
        "the places that it comes from now, in words",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |dependency| texts_of(&dependency.sources_after, place)))
            });
        },
    )
    .example(r#"for d in change.dependencies.repointed() { violation(d, `comes from ${d.sources.join(", ")}`); }"#),
    property::<DependencyRows>(
        "sources_before",
        "array of texts",
        "the places that it came from before, in words",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |dependency| texts_of(&dependency.sources_before, place)))
            });
        },
    )
    .example(r#"for d in change.dependencies.repointed() { note(`${d.name} came from ${d.sources_before.join(", ")}`); }"#),
    property::<DependencyRows>(
        "other_sources",
        "array of texts",
        "places of another kind or host from which a package of its name comes as well, in words",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |dependency| texts_of(&dependency.other_sources, place)))
            });
        },
    )
    .example(r#"for d in change.dependencies.from_second_source() { violation(d, `also from ${d.other_sources.join(", ")}`); }"#),
    property::<DependencyRows>(
        "stated_by",
        "array of dependency origins",
        "the kinds of sources that state it",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |dependency| word_list(dependency.stated_by.iter().copied())))
            });
        },
    )
    .example(r#"for d in change.dependencies.added() { if !("lockfile" in d.stated_by) { note(`no lockfile has ${d.name}`); } }"#),
    property::<DependencyRows>(
        "disputes",
        "array of texts",
        "what other sources say, where that is something else, and which source says so",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |dependency| texts_of(&dependency.disagreements, dispute)))
            });
        },
    )
    .example(r#"for d in change.dependencies.disputed() { note(`${d.name}: ${d.disputes.join("; ")}`); }"#),
    property::<DependencyRows>(
        "licences",
        "Licences",
        "what is known of its licences; asks for `licences`",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(about::<LicenceRows>(&row.store, package(row))));
        },
    )
    .example("for d in change.dependencies.added() { if d.licences.known().is_empty() { violation(d, `no licence of ${d.name} is known`); } }"),
    property::<DependencyRows>(
        "advisories",
        "Advisories",
        "known problems of it, before and after the change; asks for `advisories`",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(about::<AdvisoryRows>(&row.store, package(row))));
        },
    )
    .example(r#"for d in change.dependencies.added() { for a in d.advisories.severity_at_least("high") { violation(d, a.summary); } }"#),
];
