//! The laws of the decision (DESIGN.md, section 4), over generated outcomes.

#[cfg(test)]
mod generate;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod publishing;
#[cfg(test)]
mod table;
