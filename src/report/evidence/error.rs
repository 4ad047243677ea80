//! What is wrong with an evidence document: where, what was found, what was expected, what was probably meant.

use std::fmt;
use std::sync::Arc;

use serde_json::error::Category;

use super::place::{Dotted, Step, key_offset, line_and_column, value_offset};
use super::{EVIDENCE_SCHEMA, EvidenceDocument, strict};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::nearest;

/// How much of a text out of the document a message repeats, in characters.
const MAX_QUOTED: usize = 80;

/// Why a text is not an evidence document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    /// Where, as a path such as `findings.items[3].severity`; empty for the document as a whole.
    pub path: String,
    /// The line, from 1; 0 where the document was not read from a text.
    pub line: u32,
    /// The column in characters, from 1; 0 where the document was not read from a text.
    pub column: u32,
    /// What was found, and what was expected.
    pub message: String,
    /// What was probably meant.
    pub help: Option<String>,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        f.write_str(&self.located())?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl std::error::Error for DocumentError {}

impl DocumentError {
    /// The error as a diagnostic of a file; `text` is the file's content where that is UTF-8.
    #[must_use]
    pub fn diagnostic(&self, file: &str, text: Option<&Arc<str>>) -> Diagnostic {
        let place = Place { file: file.to_owned(), line: self.line, column: self.column, text: text.map(Arc::clone) };
        let diagnostic = Diagnostic::new(Code::BrokenEvidence, self.located()).at(place);
        match &self.help {
            Some(help) => diagnostic.help(help.clone()),
            None => diagnostic,
        }
    }

    /// The message after the path.
    fn located(&self) -> String {
        match self.path.as_str() {
            "" => self.message.clone(),
            path => format!("{path}: {}", self.message),
        }
    }

    /// An error of the document as a whole.
    fn whole(message: &str, (line, column): (u32, u32)) -> Self {
        Self { path: String::new(), line, column, message: message.to_owned(), help: None }
    }
}

/// The text of a document: UTF-8, with or without a byte order mark, and not empty.
pub(super) fn document_text(bytes: &[u8]) -> Result<&str, DocumentError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or("");
        DocumentError::whole("is not UTF-8", line_and_column(valid, valid.len()))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.trim_ascii().is_empty() {
        true => Err(DocumentError::whole("is empty, expected an evidence document", (1, 1))),
        false => Ok(text),
    }
}

/// A contradiction between values that are well formed each by itself. Built from the inside out.
#[derive(Debug)]
pub(super) struct Fault {
    /// The path, innermost step first.
    steps: Vec<Step>,
    message: String,
}

/// The result of a check. Boxed: nearly all of them are well.
pub(super) type Checked<T> = Result<T, Box<Fault>>;

impl Fault {
    /// Something is wrong with a field of the record at hand.
    pub(super) fn field(name: &str, message: impl Into<String>) -> Box<Self> {
        Box::new(Self { steps: vec![Step::Field(name.to_owned())], message: message.into() })
    }

    /// Something is wrong with the record at hand as a whole.
    pub(super) fn record(message: impl Into<String>) -> Box<Self> {
        Box::new(Self { steps: Vec::new(), message: message.into() })
    }

    /// The same fault, in the element of this number.
    pub(super) fn in_element(mut self: Box<Self>, index: usize) -> Box<Self> {
        self.steps.push(Step::Index(index));
        self
    }

    /// The same fault, in the value of a field.
    pub(super) fn in_field(mut self: Box<Self>, name: &str) -> Box<Self> {
        self.steps.push(Step::Field(name.to_owned()));
        self
    }

    /// The error that it is, placed in the text where there is one.
    pub(super) fn into_error(self, text: Option<&str>) -> DocumentError {
        let steps: Vec<Step> = self.steps.into_iter().rev().collect();
        let (line, column) = text.map_or((0, 0), |text| line_and_column(text, value_offset(text, &steps)));
        DocumentError { path: Dotted(&steps).to_string(), line, column, message: self.message, help: None }
    }
}

/// A text out of the document, short enough for a message and without characters that can't be seen.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("`");
    for character in text.chars().take(MAX_QUOTED) {
        match character {
            '"' | '\'' | '\\' => quoted.push(character),
            _ => quoted.extend(character.escape_debug()),
        }
    }
    let cut = text.chars().nth(MAX_QUOTED).is_some();
    quoted.push_str(if cut { "...`" } else { "`" });
    quoted
}

/// What a failed reading means. It reads the text once more, with its path in mind: that is slow, and errors are rare.
pub(super) fn explain(text: &str, error: &serde_json::Error) -> DocumentError {
    match error.classify() {
        Category::Data => explain_data(text).unwrap_or_else(|| syntax(text, error)),
        _ => syntax(text, error),
    }
}

/// The text is no JSON, or not to its end.
fn syntax(text: &str, error: &serde_json::Error) -> DocumentError {
    let found = bare_message(error);
    let message = match found.strip_prefix("EOF while parsing ") {
        Some("a list") => "ends early, inside an array".to_owned(),
        Some(inside) => format!("ends early, inside {}", inside.replace("a value", "an object or an array")),
        None if found == "trailing characters" => "goes on after its end".to_owned(),
        None => format!("is not JSON: {found}"),
    };
    DocumentError::whole(&message, serde_place(text, error))
}

/// The message of an error of the JSON reader, without the place that it appends.
fn bare_message(error: &serde_json::Error) -> String {
    let all = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    all.strip_suffix(&place).unwrap_or(&all).to_owned()
}

/// The JSON reader counts columns in bytes.
fn serde_place(text: &str, error: &serde_json::Error) -> (u32, u32) {
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or("");
    let mut end = error.column().saturating_sub(1).min(line.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let before = line.get(..end).unwrap_or("");
    (u32::try_from(error.line()).unwrap_or(u32::MAX), line_and_column(before, end).1)
}

/// The text is JSON as far as it was read, and something in it is not what it should be.
fn explain_data(text: &str) -> Option<DocumentError> {
    if let Some(error) = other_version(text) {
        return Some(error);
    }
    let mut track = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_str(text);
    let reader = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let error = strict::object::<_, EvidenceDocument<'_>>(reader).err()?;
    let steps: Vec<Step> = track
        .path()
        .iter()
        .filter_map(|segment| match segment {
            serde_path_to_error::Segment::Seq { index } => Some(Step::Index(*index)),
            serde_path_to_error::Segment::Map { key } => Some(Step::Field(key.clone())),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => None,
        })
        .collect();
    Some(translate(text, steps, &error))
}

/// A document of another version is one of another version, whatever else is unknown in it.
fn other_version(text: &str) -> Option<DocumentError> {
    #[derive(serde::Deserialize)]
    struct Version {
        schema: Option<String>,
    }
    let version: Version = strict::object(&mut serde_json::Deserializer::from_str(text)).ok()?;
    let found = version.schema.filter(|schema| schema != EVIDENCE_SCHEMA)?;
    let (line, column) = line_and_column(text, value_offset(text, &[Step::Field("schema".to_owned())]));
    let message = format!("found {}, expected `{EVIDENCE_SCHEMA}`", quoted(&found));
    Some(DocumentError { path: "schema".to_owned(), line, column, message, help: None })
}

/// An error of the reader in our words. What is parsed here are the sentences of `serde::de::Error`, whose ends are made
/// of field names and words alone: text of the document stands before them and can't be taken for them.
fn translate(text: &str, mut steps: Vec<Step>, error: &serde_json::Error) -> DocumentError {
    let found = bare_message(error);
    let mut help = None;
    let mut place = None;
    let message = if let Some((written, known)) = unknown(&found, "unknown field `") {
        if steps.last() == Some(&Step::Field(written.to_owned())) {
            steps.pop();
        }
        place = Some(line_and_column(text, key_offset(text, &steps, written)));
        help = suggestion(written, &known);
        format!("unknown field {}, expected {}", quoted(written), one_of(&known))
    } else if let Some((written, known)) = unknown(&found, "unknown variant `") {
        help = suggestion(written, &known);
        format!("unknown word {}, expected {}", quoted(written), one_of(&known))
    } else if let Some(name) = found.strip_prefix("duplicate field ") {
        if matches!(steps.last(), Some(Step::Field(last)) if name == format!("`{last}`")) {
            steps.pop();
        }
        place = Some(serde_place(text, error));
        format!("field {name} is there twice")
    } else {
        mismatch(&found).unwrap_or(found)
    };
    let (line, column) = place.unwrap_or_else(|| line_and_column(text, value_offset(text, &steps)));
    DocumentError { path: Dotted(&steps).to_string(), line, column, message, help }
}

/// What was written, and the words that are known, of "unknown ... `x`, expected one of `a`, `b`".
fn unknown<'a>(message: &'a str, start: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let (written, known) = message.strip_prefix(start)?.rsplit_once("`, expected ")?;
    Some((written, known.split('`').skip(1).step_by(2).collect()))
}

fn suggestion(written: &str, known: &[&str]) -> Option<String> {
    // Distance is quadratic in length, and nobody means a word by a whole sentence.
    let short = written.chars().nth(MAX_QUOTED).is_none();
    let near = short.then(|| nearest(written, known.iter().copied())).flatten()?;
    Some(format!("did you mean `{near}`?"))
}

fn one_of(known: &[&str]) -> String {
    match known {
        [only] => format!("`{only}`"),
        _ => format!("one of `{}`", known.join("`, `")),
    }
}

/// What "invalid type: integer `3`, expected a string" and "invalid value: ..." mean.
fn mismatch(message: &str) -> Option<String> {
    let (wrong_type, wrong) = match message.strip_prefix("invalid type: ") {
        Some(wrong) => (true, wrong),
        None => (false, message.strip_prefix("invalid value: ")?),
    };
    let (found, wanted) = wrong.rsplit_once(", expected ")?;
    let found = match found.strip_prefix("string \"").and_then(|rest| rest.strip_suffix('"')) {
        Some(text) if wrong_type => format!("the string {}", quoted(text)),
        Some(text) => quoted(text),
        None => unexpected(found),
    };
    Some(format!("found {found}, expected {}", expected(wanted)))
}

/// What was found, in JSON's words.
fn unexpected(what: &str) -> String {
    match what {
        "map" => "an object".to_owned(),
        "sequence" => "an array".to_owned(),
        _ => ["floating point ", "integer ", "boolean "]
            .iter()
            .find_map(|kind| what.strip_prefix(kind))
            .unwrap_or(what)
            .replace('`', ""),
    }
}

/// What was expected, in JSON's words; whatever is not a type of ours says it itself.
fn expected(wanted: &str) -> String {
    match wanted {
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "a nonzero u32" => format!("a whole number from 1 to {}", u32::MAX),
        "u64" => "a whole number from 0".to_owned(),
        "f32" => "a number".to_owned(),
        "a sequence" => "an array".to_owned(),
        "a boolean" => "true or false".to_owned(),
        _ => wanted.to_owned(),
    }
}
