//! A kind of evidence that no reader fills yet; it has its place in the document and its completeness (`missing`).

/// Something that the change makes the code able to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capability {
    /// Where it shows.
    pub path: String,
    /// On which line of the side after.
    pub line: u32,
    /// What the code can do now.
    pub kind: String,
    /// The text that shows it.
    pub what: String,
}
