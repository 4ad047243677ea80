//! Changed paths, from the three ways of describing a change, against git's own word.

#[path = "files/errors.rs"]
mod errors;
#[path = "files/nasty.rs"]
mod nasty;
#[path = "files/refused.rs"]
mod refused;
#[path = "files/repository.rs"]
mod repository;
#[path = "files/table.rs"]
mod table;
#[path = "files/truth.rs"]
mod truth;
