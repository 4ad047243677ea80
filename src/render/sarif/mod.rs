//! The violations as SARIF 2.1.0, for code scanning; one run.
//!
//! | in the report | in SARIF |
//! | --- | --- |
//! | rule with violations, errored, undecided, or on incomplete evidence | `driver.rules`, in the report's order |
//! | violation of a hard-mandatory rule | `error` |
//! | violation of a soft-mandatory rule | `warning` |
//! | violation of an advisory rule | `note` |
//! | highest risk of a rule's violations (the rule's own where it has none) | `security-severity` of the rule, in the middle of CVSS's band |
//! | waiver | a suppression, kind `external`, status `accepted`, justified by the waiver |
//! | violation without a location | a location that says so, see [`NO_FILE`]: code scanning refuses a result without one |
//! | location without a line | line 1, marked `wholeFile`: code scanning asks for a line |
//! | rule that is errored | an execution notification, `error` |
//! | rule that is undecided or read incomplete evidence | an execution notification, `warning` |
//! | override | an execution notification, `warning`, before all others |
//! | weakening, policy of the head | an execution notification, `note` |
//!
//! `executionSuccessful` is true only where there are rules and each of them ended on complete evidence.

pub(super) mod lint;
mod rules;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, Message, Notification, PhysicalLocation, PropertyBag, Region,
    ReportingDescriptorReference, Result as SarifResult, ResultLevel, Run, Sarif, Suppression, Tool, ToolComponent,
};

use super::escape::{MAX_NAME, name, sarif as text};
use super::waivers::justification;
use super::{RenderError, overrides, words};
use crate::evidence::{Word, path_to_bytes};
use crate::report::Enforcement;
use crate::report::Outcome;
use crate::report::{HeadPolicyReport, LocationReport, RuleReport, VerdictReport, ViolationReport, WeakeningReport};

/// The path that a violation gets that is about no file.
pub const NO_FILE: &str = "no file associated with this violation";

/// The name under which a violation's fingerprint is in `partialFingerprints`.
pub const FINGERPRINT: &str = "tollgateViolation/v1";

/// The base of all paths.
const ROOT: &str = "%SRCROOT%";

/// Where the schema is that the document follows.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What stands in a path of a URI as it is, RFC 3986 section 3.3, without what could be taken for a scheme or a query.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn render(report: &VerdictReport) -> Result<Vec<u8>, RenderError> {
    let told: Vec<&RuleReport> =
        report.rules.iter().filter(|rule| !rule.violations.is_empty() || words::is_unfinished(rule)).collect();
    let results = told
        .iter()
        .zip(0_i64..)
        .flat_map(|(rule, index)| rule.violations.iter().map(move |one| result(report, rule, index, one)));
    let mut driver = ToolComponent::builder().name(report.engine.name.clone()).build();
    driver.version = Some(report.engine.version.clone());
    driver.semantic_version = Some(report.engine.version.clone());
    driver.rules = Some(told.iter().map(|rule| rules::descriptor(rule)).collect());
    driver.notifications = Some(rules::notification_descriptors());
    let tool = Tool::builder().driver(driver).build();
    let mut run = Run::builder().tool(tool).build();
    run.results = Some(results.collect());
    run.invocations = Some(vec![invocation(report, &told)]);
    run.column_kind = Some(json!("unicodeCodePoints"));
    run.properties = Some(properties(report)?);
    let mut document = Sarif::builder().version(json!("2.1.0")).runs(vec![run]).build();
    document.schema = Some(SCHEMA.to_owned());
    super::json::document(&document)
}

/// What the run says of the verdict as a whole.
fn properties(report: &VerdictReport) -> Result<PropertyBag, RenderError> {
    let mut bag = PropertyBag::default();
    bag.additional_properties.extend([
        ("decision".to_owned(), json!(report.decision)),
        ("dryRun".to_owned(), json!(report.dry_run)),
        ("override".to_owned(), json!(report.override_)),
        ("asOf".to_owned(), json!(report.as_of)),
        ("risk".to_owned(), json!(report.risk.overall)),
        ("undecided".to_owned(), json!(report.risk.undecided)),
        ("weakenings".to_owned(), serde_json::to_value(&report.weakenings)?),
        ("headPolicy".to_owned(), serde_json::to_value(&report.head_policy)?),
    ]);
    Ok(bag)
}

fn message(shown: String) -> Message {
    let mut message = Message::builder().build();
    message.text = Some(shown);
    message
}

fn result(report: &VerdictReport, rule: &RuleReport, index: i64, violation: &ViolationReport) -> SarifResult {
    let mut result = SarifResult::builder().message(message(text(&violation.message))).build();
    result.rule_id = Some(rule.id.clone());
    result.rule_index = Some(index);
    result.level = Some(match rule.enforcement {
        Enforcement::HardMandatory => ResultLevel::Error,
        Enforcement::SoftMandatory => ResultLevel::Warning,
        Enforcement::Advisory => ResultLevel::Note,
    });
    result.locations = Some(vec![location(violation.location.as_ref())]);
    result.partial_fingerprints = Some([(FINGERPRINT.to_owned(), violation.fingerprint.clone())].into());
    let waivers = violation.waiver.iter().map(|waiver| {
        let mut suppression = Suppression::builder().kind(json!("external")).build();
        suppression.status = Some(json!("accepted"));
        suppression.justification = Some(text(&justification(report, waiver)));
        suppression
    });
    // An empty list says that somebody looked and suppressed nothing (section 3.27.23), which is so.
    result.suppressions = Some(waivers.collect());
    let mut bag = PropertyBag::default();
    bag.additional_properties.insert("risk".to_owned(), json!(violation.risk));
    if let Some(remedy) = &violation.remedy {
        bag.additional_properties.insert("remedy".to_owned(), json!(text(remedy)));
    }
    result.properties = Some(bag);
    result
}

fn location(place: Option<&LocationReport>) -> Location {
    let mut artifact = ArtifactLocation::builder().build();
    artifact.uri = Some(place.map_or_else(|| uri(NO_FILE), |place| uri(&place.path)));
    artifact.uri_base_id = place.map(|_| ROOT.to_owned());
    let line = place.and_then(|place| place.line).filter(|line| *line > 0);
    let mut region = Region::builder().build();
    region.start_line = Some(i64::from(line.unwrap_or(1)));
    let mut physical = PhysicalLocation::builder().build();
    physical.artifact_location = Some(artifact);
    physical.region = Some(region);
    if line.is_none() {
        let mut bag = PropertyBag::default();
        bag.additional_properties.insert("wholeFile".to_owned(), json!(place.is_some()));
        physical.properties = Some(bag);
    }
    let mut location = Location::builder().build();
    location.physical_location = Some(physical);
    if place.is_none() {
        location.message = Some(message("the violation is about the change, not about a file".to_owned()));
    }
    location
}

/// A path as a relative URI; bytes that are not UTF-8 come back as they were. Slashes at the start are no host.
fn uri(path: &str) -> String {
    let relative = path.trim_start_matches('/');
    let slashes = "%2F".repeat(path.len() - relative.len());
    format!("{slashes}{}", percent_encoding::percent_encode(&path_to_bytes(relative), PATH))
}

fn invocation(report: &VerdictReport, told: &[&RuleReport]) -> Invocation {
    let ended = !report.rules.is_empty() && !report.rules.iter().any(words::is_unfinished);
    let mut invocation = Invocation::builder().execution_successful(ended).build();
    let unfinished = told.iter().zip(0_i64..).filter(|(rule, _)| words::is_unfinished(rule));
    let of_run = overridden(report).into_iter().chain(report.weakenings.iter().map(weakening));
    let of_run = of_run.chain(report.head_policy.iter().map(of_head));
    let of_rules = unfinished.map(|(rule, index)| notification(rule, index));
    invocation.tool_execution_notifications = Some(of_run.chain(of_rules).collect());
    invocation.exit_code = (!report.dry_run).then(|| i64::from(words::exit_code(report.decision)));
    invocation.exit_code_description = Some(words::decision(report.decision).to_owned());
    invocation
}

/// A notification about the run as a whole.
fn about_run(level: &str, id: &str, said: String) -> Notification {
    let mut notification = Notification::builder().message(message(said)).build();
    notification.level = Some(json!(level));
    let mut descriptor = ReportingDescriptorReference::builder().build();
    descriptor.id = Some(id.to_owned());
    notification.descriptor = Some(descriptor);
    notification
}

/// The override that was handed in; it comes first.
fn overridden(report: &VerdictReport) -> Option<Notification> {
    let given = report.override_.as_ref()?;
    let lines = overrides::lines(given, text, |said| name(said, MAX_NAME)).join("; ");
    let said = format!("{}: {} {lines}", overrides::title(given), overrides::meaning(given));
    Some(about_run("warning", rules::OVERRIDE, said))
}

fn weakening(weakening: &WeakeningReport) -> Notification {
    let said = format!("{} (by {})", text(&weakening.what), name(&weakening.by, MAX_NAME));
    about_run("note", rules::WEAKENING, said)
}

fn of_head(head: &HeadPolicyReport) -> Notification {
    let said = overrides::head_policy(head, text, |said| name(said, MAX_NAME));
    about_run("note", rules::HEAD_POLICY, format!("The change edits what judges it. {said}"))
}

fn notification(rule: &RuleReport, index: i64) -> Notification {
    let mut said = format!("rule {} ({}) {}", name(&rule.id, MAX_NAME), rule.enforcement, words::ending(rule));
    if !rule.reason.trim().is_empty() {
        said.push_str(&format!(": {}", text(&rule.reason)));
    }
    if let Some(diagnostic) = &rule.diagnostic {
        said.push_str(&format!(" - {}", text(&words::diagnostic(diagnostic))));
    }
    let (level, id) = match rule.outcome {
        Outcome::Errored => ("error", Outcome::Errored.as_str()),
        Outcome::Undecided => ("warning", Outcome::Undecided.as_str()),
        _ => ("warning", rules::INCOMPLETE),
    };
    let mut notification = Notification::builder().message(message(said)).build();
    notification.level = Some(json!(level));
    let mut descriptor = ReportingDescriptorReference::builder().build();
    descriptor.id = Some(id.to_owned());
    notification.descriptor = Some(descriptor);
    let mut associated = ReportingDescriptorReference::builder().build();
    associated.id = Some(rule.id.clone());
    associated.index = Some(index);
    notification.associated_rule = Some(associated);
    notification
}
