//! What SARIF is told of each rule.

use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor};

use super::text;
use crate::render::words;
use crate::report::Outcome;
use crate::report::RuleReport;
use crate::report::Word;
use crate::report::{Enforcement, Risk};

/// The notification for a rule that ended, but on evidence that is not complete.
pub(super) const INCOMPLETE: &str = "incomplete";

/// The notification for an override that was handed in.
pub(super) const OVERRIDE: &str = "override";

/// The notification for something that made the run more lenient.
pub(super) const WEAKENING: &str = "weakening";

/// The notification for what the policy of the head would have decided.
pub(super) const HEAD_POLICY: &str = "head-policy";

/// A score in the middle of CVSS v3.1's band for a level of risk; `None` for no risk at all.
fn security_severity(risk: Risk) -> Option<&'static str> {
    match risk {
        Risk::None => None,
        Risk::Low => Some("2.0"),
        Risk::Medium => Some("5.5"),
        Risk::High => Some("8.0"),
        Risk::Critical => Some("9.5"),
    }
}

fn said(text: String) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

/// A rule as SARIF describes it.
pub(super) fn descriptor(rule: &RuleReport) -> ReportingDescriptor {
    let mut descriptor = ReportingDescriptor::builder().id(rule.id.clone()).build();
    let title = text(&rule.title);
    let about = format!(
        "{title} (category {}, {}, risk {}, pack {})",
        text(&rule.category),
        rule.enforcement,
        rule.risk,
        text(&rule.pack)
    );
    descriptor.name = Some(rule.id.clone());
    descriptor.short_description = Some(said(title));
    descriptor.full_description = Some(said(about));
    let remedy =
        rule.remedy.as_ref().or_else(|| rule.violations.iter().find_map(|violation| violation.remedy.as_ref()));
    descriptor.help =
        Some(said(remedy.map_or_else(|| "no remedy is named by the rule".to_owned(), |remedy| text(remedy))));
    descriptor.help_uri = rule.docs.as_ref().filter(|docs| is_url(docs)).cloned();
    let mut configuration = ReportingConfiguration::builder().build();
    configuration.level = Some(json!(match rule.enforcement {
        Enforcement::HardMandatory => "error",
        Enforcement::SoftMandatory => "warning",
        Enforcement::Advisory => "note",
    }));
    descriptor.default_configuration = Some(configuration);
    descriptor.properties = Some(properties(rule));
    descriptor
}

fn properties(rule: &RuleReport) -> PropertyBag {
    // `security` is what makes code scanning read `security-severity`; tags are a set (section 3.8.2).
    let mut tags = vec!["security".to_owned()];
    for tag in [&rule.category].into_iter().chain(&rule.controls) {
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    let mut bag = PropertyBag::builder().tags(tags).build();
    let risk = words::highest_risk(rule).max(rule.risk);
    bag.additional_properties.extend([
        ("category".to_owned(), json!(rule.category)),
        ("enforcement".to_owned(), json!(rule.enforcement)),
        ("pack".to_owned(), json!(rule.pack)),
        ("outcome".to_owned(), json!(rule.outcome)),
        ("decision".to_owned(), json!(rule.decision)),
    ]);
    if let Some(score) = security_severity(risk) {
        bag.additional_properties.insert("security-severity".to_owned(), json!(score));
    }
    bag
}

/// Whether a link leads to a page, in characters that a URI may have; anything else (a path, a script) is no `helpUri`.
fn is_url(docs: &str) -> bool {
    let Some(rest) = docs.strip_prefix("https://").or_else(|| docs.strip_prefix("http://")) else { return false };
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let clean = |c: char| c.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=%".contains(c);
    let encoded = |after: &str| after.len() >= 2 && after.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
    host.starts_with(|c: char| c.is_ascii_alphanumeric())
        && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
        && port.chars().all(|c| c.is_ascii_digit())
        && [path, fragment].iter().all(|part| part.chars().all(clean) && part.split('%').skip(1).all(encoded))
}

/// The kinds of notification.
pub(super) fn notification_descriptors() -> Vec<ReportingDescriptor> {
    [
        (Outcome::Errored.as_str(), "the rule ended in an error; what it would have objected to is not known"),
        (Outcome::Undecided.as_str(), "the rule objects to nothing, but what it looked at is not complete"),
        (INCOMPLETE, "the rule ended, but read evidence that is not complete"),
        (OVERRIDE, "an emergency override was handed in"),
        (WEAKENING, "something made the run more lenient than the policy is by itself"),
        (HEAD_POLICY, "the change edits what configures the gate, which was read from the base"),
    ]
    .into_iter()
    .map(|(id, meaning)| {
        let mut descriptor = ReportingDescriptor::builder().id(id.to_owned()).build();
        descriptor.short_description = Some(said(meaning.to_owned()));
        descriptor
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::is_url;

    #[test]
    fn only_a_whole_address_of_a_page_is_a_help_uri() {
        assert!(is_url("https://example.org/rules/x?y=1#z"));
        for other in [
            "docs/x.md",
            "javascript:alert(1)",
            "https://",
            "https:// x",
            "https://a b",
            "ftp://x",
            "https://a/%zz",
            "https://a:b/",
        ] {
            assert!(!is_url(other), "{other}");
        }
    }
}
