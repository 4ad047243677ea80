//! What somebody states about the change, in its description or in a document.

use super::vocabulary::vocabulary;

vocabulary! {
    /// The form in which a statement stands in its document.
    pub enum ClaimKind("claim kind", ordered: false) {
        /// An item with a box that is ticked or open.
        Checkbox = "checkbox",
        /// An item of a list.
        Bullet = "bullet",
        /// A line with a label before a colon, such as `Risk: LOW`.
        Labelled = "labelled",
        /// A row of a table.
        Row = "row",
        /// A sentence of a paragraph.
        Sentence = "sentence",
    }
}

/// A statement about the change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// The document; `None` for the change's own description.
    pub path: Option<String>,
    /// Its line, from 1.
    pub line: u32,
    /// Its form.
    pub kind: ClaimKind,
    /// What it says, without markup, blanks folded; of a row, its cells joined by ` | `.
    pub text: String,
    /// What stands before the colon of a labelled line, or in the first cell of a row.
    pub label: Option<String>,
    /// The headings that it stands under, outermost first.
    pub section: Vec<String>,
    /// Whether its box is ticked; `None` where it has none.
    pub ticked: Option<bool>,
    /// The numbers in it, in the order of the text, as decimals without separators of thousands: `1234`, `-3`, `0.5`.
    pub numbers: Vec<String>,
}
