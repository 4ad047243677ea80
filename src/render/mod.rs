//! A published verdict to bytes. It decides nothing, reads nothing, and never says more than the report says.
//!
//! | format | for whom | cut |
//! | --- | --- | --- |
//! | `json` | programs, auditors | never: it is the report |
//! | `markdown` | the page of a change | to [`markdown::MAX_BYTES`], each list with its count of what is not shown |
//! | `terminal` | whoever runs it | to [`terminal::MAX_VIOLATIONS`] per rule, likewise |
//! | `sarif` | code scanning | violations never; their texts to [`escape::MAX_SARIF_TEXT`] characters |

pub mod escape;
mod json;
pub mod markdown;
mod overrides;
mod packages;
mod place;
pub mod sarif;
pub mod terminal;
mod waivers;
mod words;

use crate::evidence::vocabulary;
use crate::report::{ExplanationReport, LintReport, VerdictReport};

vocabulary! {
    /// What a verdict can be written as.
    pub enum Format("format", ordered: false) {
        /// The report itself.
        Json = "json",
        /// For the page of a change on a forge.
        Markdown = "markdown",
        /// Plain text for a screen.
        Terminal = "terminal",
        /// Violations for code scanning, SARIF 2.1.0.
        Sarif = "sarif",
    }
}

/// What the terminal can do; no other format looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether colours are wanted.
    pub color: bool,
    /// Columns of the screen; fewer than [`terminal::MIN_WIDTH`] count as that many.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}

/// Why a report could not be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A document could not be written as JSON.
    #[error("the report can't be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// A verdict as bytes; equal reports give equal bytes.
///
/// # Errors
///
/// Where a document can't be written as JSON.
pub fn render(format: Format, report: &VerdictReport, options: &Options) -> Result<Vec<u8>, RenderError> {
    match format {
        Format::Json => json::render(report),
        Format::Markdown => Ok(markdown::render(report).into_bytes()),
        Format::Terminal => Ok(terminal::render(report, options).into_bytes()),
        Format::Sarif => sarif::render(report),
    }
}

/// What `lint` found as JSON: the report itself.
///
/// # Errors
///
/// Where it can't be written as JSON.
pub fn lint_json(report: &LintReport) -> Result<Vec<u8>, RenderError> {
    json::document(report)
}

/// What `lint` found as SARIF 2.1.0.
///
/// # Errors
///
/// Where it can't be written as JSON.
pub fn lint_sarif(report: &LintReport) -> Result<Vec<u8>, RenderError> {
    sarif::lint::render(report)
}

/// An explanation as plain text for a screen.
#[must_use]
pub fn explanation(report: &ExplanationReport, options: &Options) -> String {
    terminal::explanation(report, options)
}

/// An explanation as JSON: the report itself.
///
/// # Errors
///
/// Where it can't be written as JSON.
pub fn explanation_json(report: &ExplanationReport) -> Result<Vec<u8>, RenderError> {
    json::document(report)
}

/// A waiver and what became of it as one line of plain text.
#[must_use]
pub fn waiver_line(waiver: &crate::report::WaiverReport) -> String {
    waivers::line(waiver, escape::terminal, escape::terminal_name)
}
