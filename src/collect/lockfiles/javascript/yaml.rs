//! Lockfiles that are YAML as their managers write it: no anchors, no aliases, no merged keys, no key twice.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Error, MergeKeyPolicy, Spanned};

use crate::collect::lockfiles::{LockfileError, MAX_BYTES, MAX_DEPTH, MAX_PACKAGES, place};

/// Most nodes of a lockfile: each package has its fields and what it depends on.
const MAX_NODES: usize = 40 * MAX_PACKAGES;

/// A mapping in the order of the file: keys, their lines, values.
pub(in crate::collect::lockfiles) struct Yaml<T>(pub(in crate::collect::lockfiles) Vec<(String, Option<u32>, T)>);

impl<T> Default for Yaml<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Yaml<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lines<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Lines<T> {
            type Value = Yaml<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Yaml<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) = map.next_entry::<Spanned<String>, T>()? {
                    entries.push((key.value, line(key.referenced.line()), value));
                }
                Ok(Yaml(entries))
            }
        }
        deserializer.deserialize_map(Lines(PhantomData))
    }
}

fn line(line: u64) -> Option<u32> {
    u32::try_from(line).ok().filter(|line| *line > 0)
}

/// What YAML documents say, or the line where they are wrong; `what` they should be, and how many at most.
pub(in crate::collect::lockfiles) fn yaml<T: DeserializeOwned>(
    text: &str,
    what: &str,
    documents: usize,
) -> Result<Vec<T>, LockfileError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 4 * MAX_NODES,
            max_nodes: MAX_NODES,
            max_total_scalar_bytes: MAX_BYTES,
            max_depth: MAX_DEPTH,
            max_anchors: 0,
            max_aliases: 0,
            max_documents: documents,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_multiple_with_options(text, options).map_err(|error| {
        let at = error.location().and_then(|location| line(location.line()));
        let message = error.to_string();
        let message = message.lines().next().unwrap_or_default().split(" at line ").next().unwrap_or_default();
        let message = place::one_line(message);
        let message = format!("can't be read as a {what}: {message}");
        match error.without_snippet() {
            Error::Budget { .. } => LockfileError::limit(at, message),
            _ => LockfileError::new(at, message),
        }
    })
}
