//! Bytes to wire types: the only code that reads evidence inputs, which are files, git repositories and standard input.
//!
//! A wire type holds what the input says, not what it means: defaults, severities and paths of the repository are
//! `normalize`'s. Nothing here panics on any input, follows a link out of a tree, runs a program or uses the network.

#![expect(clippy::disallowed_methods, reason = "this is where evidence is read")]

pub mod advisories;
pub mod claims;
pub mod codeowners;
pub mod coverage;
pub mod dependency_review;
pub mod diff;
pub mod event;
pub mod evidence;
pub mod forge;
pub mod git;
pub mod input;
pub mod junit;
pub mod lockfiles;
pub mod overrides;
pub mod purls;
pub mod reports;
pub mod reviews;
pub mod sarif;
pub mod sbom;
pub mod snapshot;
pub mod teams;
pub mod trees;
pub mod vex;
pub mod waivers;
mod xml;
