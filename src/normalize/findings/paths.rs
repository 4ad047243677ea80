//! Locations of a run as paths of the repository, by SARIF's bases (section 3.14.14).

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::identity;
use crate::collect::sarif::{ArtifactLocation, Run};
use crate::evidence::{NO_SYMBOL, Strings};
use crate::normalize::places::{Absolute, Ground, Place, Resolved, Written, kind_of, spellings};

/// How many bases of `originalUriBaseIds` may stand on each other. What stands on more, or on itself, has no known base.
pub(super) const MAX_BASE_CHAIN: usize = 32;

/// All locations of one run, each with a digest of its path.
pub(super) struct Places {
    known: IndexMap<ArtifactLocation, (Place, u128)>,
}

impl Places {
    pub(super) fn of(run: &Run, strings: &Strings, ground: &Ground<'_>) -> Self {
        let bases = run.bases.iter().rev().map(|base| (base.name, base.location)).collect();
        let reader = Reader { run, strings, ground, bases };
        let mut distinct: IndexMap<ArtifactLocation, ()> = IndexMap::new();
        for location in &run.store.locations {
            distinct.insert(location.artifact, ());
        }
        let resolved: Vec<(ArtifactLocation, String, Resolved)> = distinct
            .into_keys()
            .map(|location| {
                let (written, resolved) = reader.resolve(location);
                (location, written, resolved)
            })
            .collect();
        let root = ground.elsewhere_root(resolved.iter().map(|(_, _, resolved)| resolved));
        let known = resolved
            .into_iter()
            .map(|(location, written, resolved)| {
                let place = ground.place(&resolved, root.as_ref());
                let place = place.unwrap_or(Place::Unmapped(written));
                let (Place::Path { path: text, .. } | Place::Unmapped(text)) = &place;
                let digest = identity::place(text);
                (location, (place, digest))
            })
            .collect();
        Self { known }
    }

    pub(super) fn get(&self, location: ArtifactLocation) -> Option<&(Place, u128)> {
        self.known.get(&location)
    }
}

struct Reader<'a, 'g> {
    run: &'a Run,
    strings: &'a Strings,
    ground: &'a Ground<'g>,
    bases: BTreeMap<u32, ArtifactLocation>,
}

/// What `originalUriBaseIds` says of a base.
enum Base {
    Unknown,
    Absolute(Absolute),
    Relative(String),
}

impl Reader<'_, '_> {
    fn text(&self, symbol: u32) -> &str {
        if symbol == NO_SYMBOL { "" } else { self.strings.get(symbol) }
    }

    /// A location as written, and what that is.
    fn resolve(&self, location: ArtifactLocation) -> (String, Resolved) {
        let artifact = usize::try_from(location.index).ok().and_then(|index| self.run.artifacts.get(index));
        let location = match artifact {
            Some(artifact) if location.uri == NO_SYMBOL => artifact.location,
            _ => location,
        };
        let uri = self.text(location.uri);
        let written = uri.to_owned();
        if uri.trim().is_empty() || artifact.is_some_and(|artifact| artifact.parent >= 0) {
            return (written, Resolved::Elsewhere);
        }
        let resolved = match kind_of(uri) {
            Written::Elsewhere => Resolved::Elsewhere,
            Written::Absolute(path) => Resolved::Absolute(path),
            Written::Relative(path) => match self.base(location.base, MAX_BASE_CHAIN) {
                Base::Unknown => Resolved::Relative(spellings(path)),
                Base::Relative(base) => {
                    Resolved::Relative(spellings(path).iter().map(|path| format!("{base}/{path}")).collect())
                }
                Base::Absolute(base) => {
                    let path = spellings(path).into_iter().next().unwrap_or_default();
                    Resolved::Absolute(Absolute::new(&format!("{}/{path}", base.0)))
                }
            },
        };
        (written, resolved)
    }

    /// What a base stands for.
    fn base(&self, name: u32, left: usize) -> Base {
        let (Some(base), Some(left)) = (self.bases.get(&name), left.checked_sub(1)) else {
            return Base::Unknown;
        };
        match kind_of(self.text(base.uri)) {
            Written::Elsewhere => Base::Unknown,
            // No repository lies at the root of a file system: this is how tools say that they know of no base.
            Written::Absolute(path) if path.0.is_empty() && !self.ground.is_root(&path) => Base::Unknown,
            Written::Absolute(path) => Base::Absolute(path),
            Written::Relative(path) => {
                let path = spellings(path).into_iter().next().unwrap_or_default();
                match self.base(base.base, left) {
                    Base::Absolute(above) => Base::Absolute(Absolute::new(&format!("{}/{path}", above.0))),
                    Base::Relative(above) => Base::Relative(format!("{above}/{path}")),
                    Base::Unknown if path.is_empty() => Base::Unknown,
                    Base::Unknown => Base::Relative(path),
                }
            }
        }
    }
}
