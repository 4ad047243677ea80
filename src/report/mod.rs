//! The published documents: separate, versioned types with one JSON Schema each.
//!
//! What is inside the crate may change its shape; what is here may not, within a version. Only data and conversions:
//! nothing here decides, reads a file or renders.

pub mod evidence;
mod from_verdict;
mod schema;
mod summary;
mod verdict;

pub use evidence::{DocumentError, EVIDENCE_SCHEMA, EvidenceDocument, read_evidence, write_evidence};
pub use from_verdict::ReportContext;
pub use schema::{Document, schema, schema_text};
pub use summary::{
    Count, DependenciesSummary, DependencyItem, FileItem, FilesSummary, FindingItem, FindingsSummary, IntroducedCounts,
    PackageSourceItem, SeverityCount,
};
pub use verdict::{
    ActionReport, ApprovalsReport, AssessmentReport, CategoryRiskReport, ClaimReport, DiagnosticReport, Engine,
    GivenApproval, LocationReport, NoteReport, PackReport, ProblemReport, RequirementReport, RiskReport, RuleReport,
    SettingReport, SourceReport, SubjectOfVerdict, SubjectReport, ThreatReport, VERDICT_SCHEMA, VerdictReport,
    ViolationReport, WaiverReport, WeakeningReport,
};
