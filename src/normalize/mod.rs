//! Wire types to evidence: pure, and by each format's own defaulting rules.
//!
//! Nothing here reads a file, asks the clock or prints. What can't be taken as it stands is recorded on its source, and
//! never makes fewer items without a word.

pub mod advisories;
pub mod checks;
pub mod claims;
pub mod dependencies;
pub mod files;
pub mod findings;
mod freshness;
pub mod licences;
pub mod people;
pub mod places;
