//! The laws of the decision (docs/decision.md), over generated outcomes.

#[cfg(test)]
mod claims;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod publishing;
#[cfg(test)]
mod table;
