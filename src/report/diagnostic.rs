//! Mistakes of the user's own as published documents: alone on a line, in a verdict, or as all that `lint` found.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Engine;
use crate::diagnostic::{Code, Diagnostic, Level, Place, Related};

/// The value of `schema` in every diagnostic that is a document of its own.
pub const DIAGNOSTIC_SCHEMA: &str = "tollgate/diagnostic/v1";
/// The value of `schema` in every document of `lint`.
pub const LINT_SCHEMA: &str = "tollgate/lint/v1";

/// A mistake in a user's own file, or a script error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiagnosticReport {
    /// The stable name of the mistake.
    pub code: String,
    /// What was found.
    pub message: String,
    /// The file, if it is in one.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
    /// What to do.
    pub help: Option<String>,
    /// Other places that have to do with it, such as the calls that led to it, innermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedReport>,
}

/// A place that has to do with a mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelatedReport {
    /// What it has to do with the mistake.
    pub message: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
}

/// How grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MessageLevel {
    /// Nothing goes on with it.
    Error,
    /// It works, and is probably not what was meant.
    Warning,
    /// Said for information.
    Note,
}

/// One message about the user's own files, flags or inputs: a line of standard error with `--message-format json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tollgate diagnostic")]
pub struct DiagnosticDocument {
    /// Always `tollgate/diagnostic/v1`.
    pub schema: String,
    /// How grave it is.
    pub level: MessageLevel,
    /// The stable name of the mistake, which `tollgate explain` explains; `null` where the message is about none.
    pub code: Option<String>,
    /// What was found.
    pub message: String,
    /// The file, if it is in one.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column in characters, from 1.
    pub column: Option<u32>,
    /// What to do.
    pub help: Option<String>,
    /// Other places that have to do with it.
    pub related: Vec<RelatedReport>,
}

/// What `tollgate lint` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tollgate lint report")]
pub struct LintReport {
    /// Always `tollgate/lint/v1`.
    pub schema: String,
    /// What made the report.
    pub engine: Engine,
    /// The packs that were read.
    pub packs: Vec<LintedPack>,
    /// What the packs were compared with, in words; empty without `--repo`.
    pub compared: Vec<String>,
    /// What was found, by file, line and column.
    pub diagnostics: Vec<DiagnosticDocument>,
    /// What each code means that was found, by code.
    pub codes: Vec<CodeReport>,
}

/// A pack that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LintedPack {
    /// Where it was read from.
    pub origin: String,
    /// SHA-256 over the files that decide.
    pub sha256: String,
}

/// What a code means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeReport {
    /// The code.
    pub code: String,
    /// How grave it is.
    pub level: MessageLevel,
    /// What it means, in a sentence or two.
    pub meaning: String,
}

impl From<Level> for MessageLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
        }
    }
}

impl From<&Related> for RelatedReport {
    fn from(related: &Related) -> Self {
        Self {
            message: related.message.clone(),
            file: related.place.file.clone(),
            line: line(&related.place),
            column: column(&related.place),
        }
    }
}

fn line(place: &Place) -> Option<u32> {
    Some(place.line).filter(|line| *line > 0)
}

fn column(place: &Place) -> Option<u32> {
    Some(place.column).filter(|column| *column > 0)
}

impl From<&Diagnostic> for DiagnosticReport {
    fn from(diagnostic: &Diagnostic) -> Self {
        let place = diagnostic.place.as_deref();
        Self {
            code: diagnostic.code.as_str().to_owned(),
            message: diagnostic.message.clone(),
            file: place.map(|place| place.file.clone()),
            line: place.and_then(line),
            column: place.and_then(column),
            help: diagnostic.help.clone(),
            related: diagnostic.related.iter().map(RelatedReport::from).collect(),
        }
    }
}

impl From<&Diagnostic> for DiagnosticDocument {
    fn from(diagnostic: &Diagnostic) -> Self {
        let DiagnosticReport { code, message, file, line, column, help, related } = diagnostic.into();
        let level = diagnostic.code.level().into();
        Self {
            schema: DIAGNOSTIC_SCHEMA.to_owned(),
            level,
            code: Some(code),
            message,
            file,
            line,
            column,
            help,
            related,
        }
    }
}

impl DiagnosticDocument {
    /// A message that is about no place.
    #[must_use]
    pub fn plain(level: MessageLevel, message: String) -> Self {
        Self {
            schema: DIAGNOSTIC_SCHEMA.to_owned(),
            level,
            code: None,
            message,
            file: None,
            line: None,
            column: None,
            help: None,
            related: Vec::new(),
        }
    }

    /// The document on one line.
    #[must_use]
    pub fn line(&self) -> String {
        // Texts and numbers can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl LintReport {
    /// The report about packs, each given by where it was read from and its digest.
    #[must_use]
    pub fn new(packs: Vec<(String, String)>, compared: Vec<String>, found: &[Diagnostic]) -> Self {
        let codes: BTreeSet<Code> = found.iter().map(|diagnostic| diagnostic.code).collect();
        Self {
            schema: LINT_SCHEMA.to_owned(),
            engine: Engine::default(),
            packs: packs.into_iter().map(|(origin, sha256)| LintedPack { origin, sha256 }).collect(),
            compared,
            diagnostics: found.iter().map(DiagnosticDocument::from).collect(),
            codes: codes.into_iter().map(CodeReport::from).collect(),
        }
    }
}

impl From<Code> for CodeReport {
    fn from(code: Code) -> Self {
        Self { code: code.as_str().to_owned(), level: code.level().into(), meaning: code.meaning() }
    }
}
