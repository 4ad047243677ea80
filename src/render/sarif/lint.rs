//! What `lint` found as SARIF 2.1.0, for code scanning; one run.

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, MultiformatMessageString, PhysicalLocation, Region, ReportingConfiguration,
    ReportingDescriptor, Result as SarifResult, ResultLevel, Run, Sarif, Tool, ToolComponent,
};

use super::{NO_FILE, ROOT, SCHEMA, message, text, uri};
use crate::render::RenderError;
use crate::report::{CodeReport, DiagnosticDocument, LintReport, MessageLevel};

/// The report as SARIF.
pub(in crate::render) fn render(report: &LintReport) -> Result<Vec<u8>, RenderError> {
    let mut driver = ToolComponent::builder().name(format!("{} lint", report.engine.name)).build();
    driver.version = Some(report.engine.version.clone());
    driver.semantic_version = Some(report.engine.version.clone());
    driver.rules = Some(report.codes.iter().map(descriptor).collect());
    let mut run = Run::builder().tool(Tool::builder().driver(driver).build()).build();
    run.results = Some(report.diagnostics.iter().map(|found| result(found, &report.codes)).collect());
    run.invocations = Some(vec![Invocation::builder().execution_successful(true).build()]);
    run.column_kind = Some(json!("unicodeCodePoints"));
    let mut document = Sarif::builder().version(json!("2.1.0")).runs(vec![run]).build();
    document.schema = Some(SCHEMA.to_owned());
    crate::render::json::document(&document)
}

fn descriptor(code: &CodeReport) -> ReportingDescriptor {
    let mut descriptor = ReportingDescriptor::builder().id(code.code.clone()).build();
    let said = |text: &str| MultiformatMessageString::builder().text(text.to_owned()).build();
    descriptor.name = Some(code.code.clone());
    descriptor.short_description = Some(said(&code.meaning));
    descriptor.help = Some(said(&format!("tollgate explain {}", code.code)));
    let mut configuration = ReportingConfiguration::builder().build();
    configuration.level = Some(json!(match code.level {
        MessageLevel::Error => "error",
        MessageLevel::Warning => "warning",
        MessageLevel::Note => "note",
    }));
    descriptor.default_configuration = Some(configuration);
    descriptor
}

fn result(found: &DiagnosticDocument, codes: &[CodeReport]) -> SarifResult {
    let said = match &found.help {
        Some(help) => format!("{} ({help})", found.message),
        None => found.message.clone(),
    };
    let mut result = SarifResult::builder().message(message(text(&said))).build();
    let index = codes.iter().position(|code| Some(&code.code) == found.code.as_ref());
    result.rule_id.clone_from(&found.code);
    result.rule_index = index.and_then(|index| i64::try_from(index).ok());
    result.level = Some(match found.level {
        MessageLevel::Error => ResultLevel::Error,
        MessageLevel::Warning => ResultLevel::Warning,
        MessageLevel::Note => ResultLevel::Note,
    });
    result.locations = Some(vec![location(found.file.as_deref(), found.line, found.column)]);
    let related = found.related.iter().zip(1_i64..).map(|(one, id)| {
        let mut place = location(Some(&one.file), one.line, one.column);
        place.id = Some(id);
        place.message = Some(message(text(&one.message)));
        place
    });
    let related: Vec<Location> = related.collect();
    result.related_locations = Some(related).filter(|related| !related.is_empty());
    result
}

fn location(file: Option<&str>, line: Option<u32>, column: Option<u32>) -> Location {
    let mut artifact = ArtifactLocation::builder().build();
    artifact.uri = Some(uri(file.unwrap_or(NO_FILE)));
    // A path outside of the checkout is no path of its root.
    artifact.uri_base_id = file.filter(|file| !file.starts_with('/')).map(|_| ROOT.to_owned());
    let mut region = Region::builder().build();
    region.start_line = Some(i64::from(line.unwrap_or(1)));
    region.start_column = line.and(column).map(i64::from);
    let mut physical = PhysicalLocation::builder().build();
    physical.artifact_location = Some(artifact);
    physical.region = Some(region);
    let mut location = Location::builder().build();
    location.physical_location = Some(physical);
    location
}
