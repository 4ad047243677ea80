//! Sections of manifests that name dependencies.
