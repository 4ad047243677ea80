//! Reports that are recognized only to be refused with advice: how the same tool says it in a form that is read.

use super::json::Json;

/// A report that is not read.
struct Other {
    name: &'static str,
    recognizes: fn(&Json) -> bool,
    /// What to do instead.
    advice: &'static str,
}

/// Whether a value, or the first of a list, fits.
fn first(json: &Json, fits: fn(&Json) -> bool) -> bool {
    if json.is_list() { json.elements().first().is_some_and(fits) } else { fits(json) }
}

const OTHERS: &[Other] = &[
    Other {
        name: "a SARIF log",
        recognizes: |json| json.has("runs") && (json.has("version") || json.has("$schema")),
        advice: "give it with `--sarif`",
    },
    Other {
        name: "a report of Bandit",
        recognizes: |json| json.has("results") && json.has("metrics") && json.has("generated_at"),
        advice: "run `bandit -f sarif`, and give the result with `--sarif`",
    },
    Other {
        name: "a report of Semgrep",
        recognizes: |json| json.has("results") && json.has("errors") && json.has("paths"),
        advice: "run `semgrep --sarif`, and give the result with `--sarif`",
    },
    Other {
        name: "a report of Checkov",
        recognizes: |json| first(json, |json| json.has("check_type") || json.get("results").has("failed_checks")),
        advice: "run `checkov -o sarif`, and give the result with `--sarif`",
    },
    Other {
        name: "a report of Snyk",
        recognizes: |json| {
            first(json, |json| {
                json.has("vulnerabilities") && (json.has("packageManager") || json.has("licensesPolicy"))
            })
        },
        advice: "run `snyk test --sarif`, and give the result with `--sarif`",
    },
    Other {
        name: "a report of gitleaks",
        recognizes: |json| first(json, |json| json.has("RuleID") && json.has("Fingerprint")),
        advice: "run `gitleaks --report-format sarif`, and give the result with `--sarif`",
    },
    Other {
        name: "a report of ESLint",
        recognizes: |json| first(json, |json| json.has("filePath") && json.has("messages")),
        advice: "run ESLint with `--format @microsoft/eslint-formatter-sarif`, and give the result with `--sarif`",
    },
    Other {
        name: "a report of Hadolint",
        recognizes: |json| first(json, |json| json.has("code") && json.has("level") && json.has("file")),
        advice: "run `hadolint --format sarif`, and give the result with `--sarif`",
    },
    Other {
        name: "a report of Dependency-Check",
        recognizes: |json| json.has("reportSchema") && json.has("scanInfo"),
        advice: "run it with `--format SARIF`, and give the result with `--sarif`",
    },
    Other {
        name: "a report of Trivy about a cluster",
        recognizes: |json| {
            json.has("ClusterName")
                && (json.has("Resources") || json.has("Vulnerabilities") || json.has("Misconfigurations"))
        },
        advice: "it tells of what runs and not of the change; run `trivy fs` or `trivy config` over the repository",
    },
    Other {
        name: "an OpenVEX document",
        recognizes: |json| json.get("@context").text().is_some_and(|context| context.contains("openvex")),
        advice: "it says what a scanner found and why it does not matter; give the scanner's own report",
    },
    Other {
        name: "a report of composer audit",
        recognizes: |json| json.has("advisories") && (json.has("abandoned") || json.get("advisories").is_list()),
        advice: "osv-scanner reads `composer.lock`, and its report is read",
    },
    Other {
        name: "a report of bundler-audit",
        recognizes: |json| json.has("results") && json.has("created_at") && json.has("version"),
        advice: "osv-scanner reads `Gemfile.lock`, and its report is read",
    },
    Other {
        name: "an answer of GitHub about vulnerability alerts",
        recognizes: |json| json.get("data").has("repository") || first(json, |json| json.has("security_advisory")),
        advice: "it tells of the default branch and not of the change",
    },
    Other {
        name: "an answer of GitHub about code scanning alerts",
        recognizes: |json| first(json, |json| json.has("most_recent_instance")),
        advice: "ask the analysis itself for SARIF, and give that with `--sarif`",
    },
    Other {
        name: "a bill of materials",
        recognizes: |json| json.has("bomFormat") || json.has("spdxVersion"),
        advice: "give the report of a scanner that read it",
    },
];

/// What a report is that is not read, and what to do instead.
pub(super) fn advice(json: &Json) -> Option<(&'static str, &'static str)> {
    OTHERS.iter().find(|other| (other.recognizes)(json)).map(|other| (other.name, other.advice))
}

/// The same for texts that are no JSON.
pub(super) fn advice_on_text(text: &str) -> Option<(&'static str, &'static str)> {
    let start: String = text.trim_start().chars().take(2_000).collect();
    if start.starts_with('<') && start.contains("dependency-check") {
        return Some((
            "a report of Dependency-Check",
            "run it with `--format SARIF`, and give the result with `--sarif`",
        ));
    }
    if start.starts_with("Name: ") && start.contains("\nAdvisory: ") {
        return Some(("a report of bundler-audit", "osv-scanner reads `Gemfile.lock`, and its report is read"));
    }
    None
}
