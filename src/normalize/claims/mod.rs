//! Runs of text to claims: what is stated, under which label, with which box and numbers.
//!
//! - An item of a list is one claim, whatever sentences it has. A paragraph is cut at hard line breaks, before a line that
//!   begins with a mark or a label, and after a short line of that sort where a line follows that begins with a capital.
//!   In a description any short line ends so, because forges show its lines as lines. What remains is cut into [sentences](self). A row of a table is one claim; the head is none.
//! - A box is GitHub's, or `[x]`, `[ ]`, a check mark or an empty ballot box that a statement begins with; it is no part of
//!   the text. A cross is: it stands before "does not happen" as often as before "failed".
//! - A label is what stands before a colon (not a dash, which goes before an explanation): emphasised words, or at most
//!   five words. Any claim may have one; a sentence that does is `labelled`.
//! - A heading is a claim only where it has a label with something after it, or a box.
//!
//! Limit: [`MAX_CLAIMS`]; past it the source is `truncated`.

mod label;
mod marks;
mod numbers;
mod sentences;

use std::ops::Range;

use crate::collect::claims::{Content, Document, Heading, Text, parse_description};
use crate::collect::input::Report;
use crate::evidence::{Change, Claim, ClaimKind, Completeness, EvidenceKind, Source};
use label::label;
use marks::Mark;
use numbers::numbers;

/// How many claims are taken from one document.
pub const MAX_CLAIMS: usize = 10_000;

/// How long a line is at most, in characters, that ends a statement where the next begins with a capital: longer ones are
/// wrapped.
const SHORT_LINE: usize = 60;

/// The claims of documents, and their sources in the same order; one that is given twice counts once.
#[must_use]
pub fn claims(documents: &[Report<Document>]) -> (Vec<Claim>, Vec<Source>) {
    let mut all = Vec::new();
    let mut sources = Vec::new();
    for (at, report) in documents.iter().enumerate() {
        let given = |other: &Report<Document>| other.path == report.path && other.sha256 == report.sha256;
        if report.sha256.is_some() && documents.iter().take(at).any(given) {
            continue;
        }
        let mut source = report.source(EvidenceKind::Claims);
        if let Ok(document) = &report.outcome {
            all.extend(of_document(document, Some(&report.path), &mut source));
        }
        sources.push(source);
    }
    (all, sources)
}

/// The claims of the change's own description; `None` where no source told of one. An empty one is complete.
#[must_use]
pub fn of_description(change: &Change) -> Option<(Vec<Claim>, Source)> {
    let description = change.description.as_deref()?;
    Some(match parse_description(description) {
        Ok(document) => {
            let mut source = Source::complete(EvidenceKind::Claims);
            (of_document(&document, None, &mut source), source)
        }
        Err(refusal) => {
            let reason = format!("the description of the change {}", refusal.reason);
            (Vec::new(), Source::incomplete(EvidenceKind::Claims, refusal.completeness, reason))
        }
    })
}

/// The claims of one document, and how many they are on its source.
fn of_document(document: &Document, path: Option<&str>, source: &mut Source) -> Vec<Claim> {
    let mut taker = Taker { path, claims: Vec::new(), cut: false };
    for passage in &document.passages {
        taker.passage(&passage.content, &passage.section);
        if taker.cut {
            source.worsen(Completeness::Truncated, format!("has more than the limit of {MAX_CLAIMS} claims"));
            break;
        }
    }
    source.items = taker.claims.len() as u64;
    taker.claims
}

struct Taker<'a> {
    path: Option<&'a str>,
    claims: Vec<Claim>,
    cut: bool,
}

/// A claim that is not complete: its text, and where that begins.
struct Statement<'a> {
    line: u32,
    kind: ClaimKind,
    text: &'a str,
    label: Option<&'a str>,
    ticked: Option<bool>,
}

impl Taker<'_> {
    fn passage(&mut self, content: &Content, section: &[Heading]) {
        match content {
            Content::Heading(text) => self.heading(text, section),
            Content::Item { ticked, text } => self.lines(text, Some(*ticked), section),
            Content::Paragraph(text) => self.lines(text, None, section),
            Content::Row { line, cells } => self.row(*line, cells, section),
        }
    }

    fn add(&mut self, statement: &Statement<'_>, section: &[Heading]) {
        // A rule, or a picture alone, states nothing.
        if !statement.text.chars().any(char::is_alphanumeric) {
            return;
        }
        if self.claims.len() >= MAX_CLAIMS {
            self.cut = true;
            return;
        }
        self.claims.push(Claim {
            path: self.path.map(str::to_owned),
            line: statement.line,
            kind: statement.kind,
            text: statement.text.to_owned(),
            label: statement.label.map(str::to_owned),
            section: section.iter().map(|heading| heading.text.clone()).collect(),
            ticked: statement.ticked,
            numbers: numbers(statement.text),
        });
    }

    /// A heading that says more than what it is about.
    fn heading(&mut self, text: &Text, section: &[Heading]) {
        let range = 0..text.string().len();
        let marked = mark_of(text, range.clone());
        let says = label(text, range.start + marked.skipped..range.end).is_some_and(|label| label.says);
        if says || marked.ticked.is_some() {
            self.statement(text, range, ClaimKind::Labelled, section);
        }
    }

    fn row(&mut self, line: u32, cells: &[String], section: &[Heading]) {
        // So that ` | ` in the text is what joins two cells, and nothing else.
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace(" | ", "|")).collect();
        let text = cells.join(" | ");
        let label = cells.first().map(String::as_str).filter(|label| !label.is_empty());
        self.add(&Statement { line, kind: ClaimKind::Row, text: text.trim(), label, ticked: None }, section);
    }

    /// The lines of a run of text that are statements of their own; the first is an item where `item` says so.
    fn lines(&mut self, text: &Text, item: Option<Option<bool>>, section: &[Heading]) {
        let end = text.string().len();
        let mut from = 0;
        let mut own = item;
        for (at, hard) in text.breaks().iter().copied().chain([(end, true)]) {
            if at < end && !hard && !starts(text, at..end) && !self.ends(text, from..at, at..end) {
                continue;
            }
            match own.take() {
                Some(ticked) => self.item(text, from..at, ticked, section),
                None => self.paragraph(text, from..at, section),
            }
            from = at;
        }
    }

    /// Whether a statement ends with its line: it is short, has a label or a box or is one of a description, and what
    /// follows begins anew.
    fn ends(&self, text: &Text, line: Range<usize>, next: Range<usize>) -> bool {
        let anew = slice(text, &next).chars().next().is_some_and(char::is_uppercase);
        anew && line.len() <= SHORT_LINE * 4
            && slice(text, &line).trim().chars().count() <= SHORT_LINE
            && (self.path.is_none()
                || mark_of(text, line.clone()).skipped > 0
                || label(text, line).is_some_and(|label| label.says))
    }

    fn item(&mut self, text: &Text, range: Range<usize>, ticked: Option<bool>, section: &[Heading]) {
        if ticked.is_none() {
            return self.statement(text, range, ClaimKind::Bullet, section);
        }
        let label = label(text, range.clone());
        let line = text.line(range.start);
        let said = slice(text, &range).trim();
        let label = label.map(|label| label.text);
        self.add(&Statement { line, kind: ClaimKind::Checkbox, text: said, label, ticked }, section);
    }

    fn paragraph(&mut self, text: &Text, range: Range<usize>, section: &[Heading]) {
        if mark_of(text, range.clone()).ticked.is_some() {
            return self.statement(text, range, ClaimKind::Sentence, section);
        }
        for sentence in sentences::sentences(text, range) {
            self.statement(text, sentence, ClaimKind::Sentence, section);
        }
    }

    /// One statement; with a box it is a checkbox, and a sentence with a label is labelled.
    fn statement(&mut self, text: &Text, range: Range<usize>, kind: ClaimKind, section: &[Heading]) {
        let marked = mark_of(text, range.clone());
        let range = if marked.ticked.is_some() { range.start + marked.skipped..range.end } else { range };
        let label = label(text, range.clone());
        let kind = match (marked.ticked, kind) {
            (Some(_), _) => ClaimKind::Checkbox,
            (None, ClaimKind::Sentence) if label.is_some() => ClaimKind::Labelled,
            (None, kind) => kind,
        };
        let line = text.line(range.start);
        let label = label.map(|label| label.text);
        let said = slice(text, &range).trim();
        self.add(&Statement { line, kind, text: said, label, ticked: marked.ticked }, section);
    }
}

fn slice<'a>(text: &'a Text, range: &Range<usize>) -> &'a str {
    text.string().get(range.clone()).unwrap_or("")
}

fn mark_of(text: &Text, range: Range<usize>) -> Mark {
    marks::mark(slice(text, &range))
}

/// Whether a line is a statement of its own by how it begins.
fn starts(text: &Text, range: Range<usize>) -> bool {
    let mark = mark_of(text, range.clone());
    mark.skipped > 0
        || label(text, range).is_some_and(|label| {
            label.emphasised || label.text.starts_with(|first: char| first.is_uppercase() || !first.is_ascii())
        })
}
