//! What JavaScript's managers have in common: addresses, checksums, manifests, and who brings in whom. It reads no lockfile.

mod address;
mod entries;
mod graph;
mod manifest;
mod yaml;

pub(super) use address::{alias, commit_archive, from_address, integrity, is_archive, name_and_range, well_formed};
pub(super) use entries::{Entries, Keys};
pub(super) use graph::{Graph, Roots};
pub(super) use manifest::{Manifest, manifest_of, workspaces};
pub(super) use yaml::{Yaml, yaml};
