//! The report as JSON: exactly the report, indented, with one newline at the end.

use super::RenderError;
use crate::report::VerdictReport;

pub(super) fn render(report: &VerdictReport) -> Result<Vec<u8>, RenderError> {
    let mut bytes = serde_json::to_vec_pretty(report)?;
    bytes.push(b'\n');
    Ok(bytes)
}
