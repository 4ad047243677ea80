//! Names of manifests and lockfiles.
