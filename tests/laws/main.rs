//! The laws of the decision (docs/decision.md), over generated outcomes, reviews, waivers and layers.

#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "the environment says how many cases there are"))]

#[cfg(test)]
mod claims;
#[cfg(test)]
mod draw;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod overrides;
#[cfg(test)]
mod people;
#[cfg(test)]
mod publishing;
#[cfg(test)]
mod reach;
#[cfg(test)]
mod table;
#[cfg(test)]
mod waivers;
