//! Orders of versions.
