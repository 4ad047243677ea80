//! Statements of a Markdown document, or of the change's own description: the runs of text that stand in it, each with
//! its form, its lines and the headings that it stands under. What is a claim, and what it says, is `normalize`'s.
//!
//! Markdown is CommonMark with GitHub's tables, task lists, strikethrough, footnotes and alerts. A reader sees some of
//! the source and not the rest, and so does this:
//!
//! - Not read: code blocks (they show an example or what a program printed; who relies on it says so in words), HTML
//!   comments, what is struck out (it was taken back), images with their alternative text, addresses of links, front
//!   matter of a document. A comment that an HTML block leaves open goes on to its end, as in a browser.
//! - Read: list items each by itself, paragraphs also in quotes and footnotes, rows of tables without the head, the text
//!   of HTML blocks (`<details><summary>`), texts of links, code spans, entities and escaped characters as what they
//!   stand for, control characters as they are.
//! - Headings are the path of what follows, within the quote, item or footnote that they stand in.
//!
//! Limits: [`MAX_BYTES`], [`MAX_NESTING`] and [`MAX_INDENT`]; past one the document is `truncated`, and nothing is taken
//! from it. [`MAX_HEADING`] cuts headings where they are the path of something else.

mod front;
mod html;
mod markdown;
mod text;

use std::path::Path;
use std::sync::Arc;

pub use text::Text;

use super::input::{Refusal, Report, report};

/// How many bytes a document may have.
pub const MAX_BYTES: u64 = 1 << 20;

/// How many quotes, items and footnotes one line may open inside each other.
pub const MAX_NESTING: usize = 100;

/// How many columns a line may be indented; nested lists are.
pub const MAX_INDENT: usize = 400;

/// How many bytes of a heading are kept as the path of what follows.
pub const MAX_HEADING: usize = 200;

/// A document as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its runs of text, in the order in which they end.
    pub passages: Vec<Passage>,
}

/// One run of text: an item, a paragraph, a row, a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The headings that it stands under, outermost first.
    pub section: Arc<Vec<Heading>>,
    /// What it is.
    pub content: Content,
}

/// A heading that other text stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its level, 1 to 6.
    pub level: u8,
    /// Its text, cut to [`MAX_HEADING`] bytes.
    pub text: String,
}

/// The form of a run of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A heading itself.
    Heading(Text),
    /// What an item of a list begins with.
    Item {
        /// Whether its box is ticked; `None` where it has none.
        ticked: Option<bool>,
        /// Its own text, without that of items in it.
        text: Text,
    },
    /// A paragraph, also one further down in an item, in a quote or in a footnote.
    Paragraph(Text),
    /// A row of a table that is not its head.
    Row {
        /// Its line, from 1.
        line: u32,
        /// Its cells, blanks folded.
        cells: Vec<String>,
    },
}

/// Reads one document; `shown` is its path as evidence names it. Any text is Markdown, so what a failed download or another
/// flag's file leaves is refused by what it begins with: an empty document would be one that claims nothing.
#[must_use]
pub fn read(path: &Path, shown: &str) -> Report<Document> {
    report(path, shown, None, MAX_BYTES, |bytes| match other_format(bytes) {
        Some(found) => Err(Refusal::failed(format!("is {found}, expected a Markdown document"))),
        None => parse(bytes),
    })
}

/// What bytes are that nobody writes as Markdown.
fn other_format(bytes: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    let begins = |start: &str| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    let is_json = || text.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    match () {
        () if text.is_empty() => Some("empty"),
        () if begins("<!doctype") || begins("<html") => Some("an HTML page"),
        () if begins("<?xml") => Some("an XML document"),
        () if is_json() => Some("a JSON document"),
        () => None,
    }
}

/// Reads the bytes of a document.
///
/// # Errors
/// A [`Refusal`] where they are not UTF-8, or past a limit.
pub fn parse(bytes: &[u8]) -> Result<Document, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
        Refusal::failed(format!("line {line}: found bytes that are not UTF-8, expected Markdown in UTF-8"))
    })?;
    parse_from(text, front::matter(text))
}

/// Reads what the author of a change wrote about it. It has no front matter: a forge shows all of it.
///
/// # Errors
/// A [`Refusal`] past a limit.
pub fn parse_description(text: &str) -> Result<Document, Refusal> {
    parse_from(text, 0)
}

/// Reads a text from an offset on; lines are counted from its beginning.
fn parse_from(text: &str, from: usize) -> Result<Document, Refusal> {
    let truncated = |reason: String| Refusal { completeness: crate::evidence::Completeness::Truncated, reason };
    if text.len() as u64 > MAX_BYTES {
        return Err(truncated(format!("is larger than the limit of {MAX_BYTES} bytes")));
    }
    if let Some(line) = front::too_deep(text, from) {
        return Err(truncated(format!(
            "line {line}: found more than {MAX_NESTING} quotes and items inside each other, or an indentation of more than \
             {MAX_INDENT} columns"
        )));
    }
    Ok(markdown::document(text, from))
}
