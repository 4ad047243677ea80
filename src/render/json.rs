//! The report as JSON: exactly the report, indented, with one newline at the end.

use serde::Serialize;

use super::{RenderError, escape};
use crate::report::VerdictReport;

pub(super) fn render(report: &VerdictReport) -> Result<Vec<u8>, RenderError> {
    document(report)
}

/// Any document as it is written here.
pub(super) fn document(value: &impl Serialize) -> Result<Vec<u8>, RenderError> {
    let mut text = escape::json(&serde_json::to_string_pretty(value)?);
    text.push('\n');
    Ok(text.into_bytes())
}
