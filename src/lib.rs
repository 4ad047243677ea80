//! Tollgate decides whether a code change may pass, and says why.
//!
//! Data goes one way through the modules: [`collect`] reads bytes into wire types, [`normalize`] makes them
//! [`evidence`], [`evaluate`] asks every rule of a [`policy`] about it, [`verdict`] decides, [`report`] is the published
//! form of that, and [`render`] turns a report into bytes. [`cli`] wires them together and decides nothing. [`versions`]
//! is the order of versions in each ecosystem, for whoever has to compare two of them.
//!
//! The command line and the published documents are the stable interface; this library is what they are made of.

pub mod cli;
pub mod collect;
pub mod diagnostic;
pub mod evaluate;
pub mod evidence;
pub mod normalize;
pub mod policy;
pub mod render;
pub mod report;
pub mod verdict;
pub mod versions;
