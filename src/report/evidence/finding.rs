//! A finding in the evidence document: defaults for what a hand-written one leaves out, and what belongs together.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::{Checked, Fault};
use super::scalars::{Fingerprint, RepositoryPath, Score, Text};
use super::strict::{objects, optional_word, word};
use crate::evidence::{
    BaselineState, Comparison, Finding, FindingKind, FindingRow, Findings, FindingsBuilder, Introduced, Level,
    Severity, SeverityFrom, Suppression,
};

/// One normalized scanner result. A hand-written one needs `tool`, `rule`, `message`, and `severity` or `level`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["severity"]}, {"required": ["level"]}, {"required": ["score"]}]))]
pub struct FindingRecord<'a> {
    /// The tool.
    #[serde(borrow)]
    pub tool: Text<'a>,
    /// The version of the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_version: Option<Text<'a>>,
    /// The tool's rule.
    pub rule: Text<'a>,
    /// The name of that rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_name: Option<Text<'a>>,
    /// The tags of that rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Text<'a>>,
    /// What kind of statement it is.
    #[serde(default = "default_kind", deserialize_with = "word")]
    pub kind: FindingKind,
    /// SARIF's level. Where it is left out, that of the severity: `error` for critical and high, `warning` for medium,
    /// `note` for low.
    #[serde(default, deserialize_with = "optional_word")]
    pub level: Option<Level>,
    /// How bad it is. Where it is left out, that of the score, or else of the level.
    #[serde(default, deserialize_with = "optional_word")]
    pub severity: Option<Severity>,
    /// Which scale the severity was read from. Where it is left out: `security-severity` with a score, `level` where the
    /// severity is left out too, or else `producer`.
    #[serde(default, deserialize_with = "optional_word")]
    pub severity_from: Option<SeverityFrom>,
    /// The CVSS score, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// What the tool says.
    pub message: Text<'a>,
    /// The path in the repository; `null` where the location could not be mapped into it.
    #[serde(default)]
    pub path: Option<RepositoryPath<'a>>,
    /// The location as the tool wrote it, where it could not be mapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unmapped: Option<Text<'a>>,
    /// First line, from 1; `null` where the tool gives none.
    #[serde(default)]
    pub line: Option<NonZeroU32>,
    /// Last line; `line` where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<NonZeroU32>,
    /// First column, from 1, as the tool counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<NonZeroU32>,
    /// CWE numbers.
    #[serde(default)]
    pub cwe: Vec<NonZeroU32>,
    /// The package that it is about, as a package URL with its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Text<'a>>,
    /// Identity of the finding. Where it is left out, the first 16 bytes of the SHA-256 over tool, rule, path (or the
    /// location that could not be mapped, or nothing) and message, each in UTF-8 after its length in 8 bytes, big-endian.
    #[serde(default)]
    pub fingerprint: Option<Fingerprint>,
    /// What the upload says of suppression.
    #[serde(
        default = "default_suppression",
        deserialize_with = "word",
        skip_serializing_if = "is_default_suppression"
    )]
    pub suppression: Suppression,
    /// What the upload says of its own baseline.
    #[serde(default = "default_baseline", deserialize_with = "word", skip_serializing_if = "is_default_baseline")]
    pub baseline_state: BaselineState,
    /// Whether it lies on a line that the change adds or edits, or can't be placed. Where it is left out, it does:
    /// nothing shows that it does not.
    #[serde(default = "default_on_changed_line")]
    pub on_changed_line: bool,
    /// Whether the change brings it in. Where it is left out, what `compared` says of that, or else `unknown`.
    #[serde(default, deserialize_with = "optional_word")]
    pub introduced: Option<Introduced>,
    /// What became of it since the baseline; `gone` of those in `findings.gone`, and of no other. Where it is left out, `new`
    /// of an introduced one, `unchanged` of one that is not, or else `unknown`.
    #[serde(default, deserialize_with = "optional_word", skip_serializing_if = "is_unknown")]
    pub compared: Option<Comparison>,
}

/// Scanner results, and those that the head has no more.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingsRecord<'a> {
    /// All of them.
    #[serde(borrow, deserialize_with = "objects")]
    pub items: Vec<FindingRecord<'a>>,
    /// Those of a complete baseline that the head has no more, at their place in the base: `on_changed_line` is whether it
    /// lies on a line that the change removes or edits. They need a source of kind `baseline`.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "objects")]
    pub gone: Vec<FindingRecord<'a>>,
}

fn is_unknown(compared: &Option<Comparison>) -> bool {
    matches!(compared, None | Some(Comparison::Unknown))
}

const fn default_kind() -> FindingKind {
    FindingKind::Fail
}

const fn default_suppression() -> Suppression {
    Suppression::No
}

fn is_default_suppression(suppression: &Suppression) -> bool {
    *suppression == default_suppression()
}

const fn default_baseline() -> BaselineState {
    BaselineState::Unstated
}

fn is_default_baseline(state: &BaselineState) -> bool {
    *state == default_baseline()
}

const fn default_on_changed_line() -> bool {
    true
}

impl<'a> From<Finding<'a>> for FindingRecord<'a> {
    fn from(finding: Finding<'a>) -> Self {
        Self {
            tool: finding.tool.into(),
            tool_version: finding.tool_version.map(Text::from),
            rule: finding.rule.into(),
            rule_name: finding.rule_name.map(Text::from),
            tags: finding.tags().map(Text::from).collect(),
            kind: finding.kind,
            level: Some(finding.level),
            severity: Some(finding.severity),
            severity_from: Some(finding.severity_from),
            score: finding.score.map(Score),
            message: finding.message.into(),
            path: finding.path.map(RepositoryPath::from),
            unmapped: finding.unmapped.map(Text::from),
            line: NonZeroU32::new(finding.line),
            end_line: NonZeroU32::new(finding.end_line).filter(|end| end.get() != finding.line),
            column: NonZeroU32::new(finding.column),
            cwe: finding.cwe.iter().copied().filter_map(NonZeroU32::new).collect(),
            package: finding.package.map(Text::from),
            fingerprint: Some(Fingerprint(finding.fingerprint)),
            suppression: finding.suppression,
            baseline_state: finding.baseline_state,
            on_changed_line: finding.on_changed_line,
            introduced: Some(finding.introduced),
            compared: Some(finding.compared),
        }
    }
}

impl<'a> From<&'a Findings> for FindingsRecord<'a> {
    fn from(findings: &'a Findings) -> Self {
        let records = |found: &mut dyn Iterator<Item = Finding<'a>>| found.map(FindingRecord::from).collect();
        Self { items: records(&mut findings.iter()), gone: records(&mut findings.gone()) }
    }
}

impl FindingRecord<'_> {
    /// Adds it to findings that are being collected, as one of the head.
    pub(super) fn add_to(&self, findings: &mut FindingsBuilder) -> Checked<()> {
        let compared = match (self.introduced, self.compared) {
            (_, Some(Comparison::Gone)) => {
                return Err(Fault::field("compared", "found `gone`, expected such a finding in `findings.gone`"));
            }
            (None, None) => Comparison::Unknown,
            (None, Some(compared)) => compared,
            (Some(introduced), None) => default_comparison(introduced),
            (Some(introduced), Some(compared)) if compared.introduced() == introduced => compared,
            (Some(introduced), Some(compared)) => {
                let expected = compared.introduced();
                let message = format!("found `{introduced}` of one that is `{compared}`, expected `{expected}`");
                return Err(Fault::field("introduced", message));
            }
        };
        self.add(findings, compared)
    }

    /// Adds it to findings that are being collected, as one that the head has no more.
    pub(super) fn add_gone_to(&self, findings: &mut FindingsBuilder) -> Checked<()> {
        if let Some(compared) = self.compared.filter(|compared| *compared != Comparison::Gone) {
            return Err(Fault::field("compared", format!("found `{compared}` of one that is gone, expected `gone`")));
        }
        if let Some(introduced) = self.introduced.filter(|introduced| *introduced != Introduced::No) {
            return Err(Fault::field("introduced", format!("found `{introduced}` of one that is gone, expected `no`")));
        }
        self.add(findings, Comparison::Gone)
    }

    fn add(&self, findings: &mut FindingsBuilder, compared: Comparison) -> Checked<()> {
        let (severity, severity_from) = self.severity()?;
        let (line, end_line) = self.lines()?;
        if self.path.is_none() && !self.on_changed_line {
            return Err(Fault::field(
                "on_changed_line",
                "found false without a `path`, expected true: what can't be placed may be on a changed line",
            ));
        }
        let tags: Vec<&str> = self.tags.iter().map(Text::as_str).collect();
        let mut cwe: Vec<u32> = self.cwe.iter().map(|number| number.get()).collect();
        cwe.sort_unstable();
        cwe.dedup();
        let rule = findings.rule(
            self.tool.as_str(),
            self.tool_version.as_ref().map(Text::as_str),
            self.rule.as_str(),
            self.rule_name.as_ref().map(Text::as_str),
            &tags,
        );
        findings.push(&FindingRow {
            rule,
            kind: self.kind,
            level: self.level.unwrap_or(level_of(severity)),
            severity,
            severity_from,
            score: self.score.map(|score| score.0),
            message: self.message.as_str(),
            path: self.path.as_ref().map(RepositoryPath::as_str),
            unmapped: self.unmapped.as_ref().map(Text::as_str),
            line,
            end_line,
            column: self.column.map_or(0, NonZeroU32::get),
            cwe: &cwe,
            package: self.package.as_ref().map(Text::as_str),
            fingerprint: self.fingerprint.map_or_else(|| self.default_fingerprint(), |fingerprint| fingerprint.0),
            suppression: self.suppression,
            baseline_state: self.baseline_state,
            on_changed_line: self.on_changed_line,
            compared,
        });
        Ok(())
    }

    fn severity(&self) -> Checked<(Severity, SeverityFrom)> {
        let (severity, from) = match (self.severity, self.score, self.level) {
            (Some(severity), None, _) => (severity, SeverityFrom::Producer),
            (Some(severity), Some(_), _) => (severity, SeverityFrom::SecuritySeverity),
            // As in SARIF: a score of zero hides no level.
            (None, Some(score), Some(level)) if score.0 <= 0.0 => (level.severity(), SeverityFrom::Level),
            (None, Some(score), _) => (Severity::from_score(score.0), SeverityFrom::SecuritySeverity),
            (None, None, Some(level)) => (level.severity(), SeverityFrom::Level),
            (None, None, None) => {
                return Err(Fault::record("has no `severity`, no `level` and no `score`, expected one of them"));
            }
        };
        Ok((severity, self.severity_from.unwrap_or(from)))
    }

    /// First and last line; 0 where there is none.
    fn lines(&self) -> Checked<(u32, u32)> {
        match (self.line.map(NonZeroU32::get), self.end_line.map(NonZeroU32::get)) {
            (None, None) => Ok((0, 0)),
            (Some(line), None) => Ok((line, line)),
            (Some(line), Some(end_line)) if end_line >= line => Ok((line, end_line)),
            (Some(line), Some(end_line)) => {
                Err(Fault::field("end_line", format!("found {end_line}, expected {line} (`line`) or more")))
            }
            (None, Some(end_line)) => Err(Fault::field("end_line", format!("found {end_line} without a `line`"))),
        }
    }

    /// The fingerprint of a finding that comes without one.
    fn default_fingerprint(&self) -> u128 {
        let place = self.path.as_ref().map(RepositoryPath::as_str).or(self.unmapped.as_ref().map(Text::as_str));
        let mut digest = Sha256::new();
        for part in [self.tool.as_str(), self.rule.as_str(), place.unwrap_or(""), self.message.as_str()] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        digest.finalize().iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
    }
}

/// What became of a finding of which only is said whether the change brings it in.
const fn default_comparison(introduced: Introduced) -> Comparison {
    match introduced {
        Introduced::Yes => Comparison::New,
        Introduced::No => Comparison::Unchanged,
        Introduced::Unknown => Comparison::Unknown,
    }
}

/// The level that a severity stands for where there is none: the other way round than [`Level::severity`].
const fn level_of(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Error,
        Severity::Medium => Level::Warning,
        Severity::Low => Level::Note,
        Severity::None => Level::None,
    }
}
