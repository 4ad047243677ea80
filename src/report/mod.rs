//! The published documents: separate, versioned types with one JSON Schema each.
//!
//! What is inside the crate may change its shape; what is here may not, within a version. Only data and conversions:
//! nothing here decides, reads a file or renders.

mod catalogue;
mod checks;
mod claims;
mod diagnostic;
mod earlier;
pub mod evidence;
mod explanation;
mod from_verdict;
mod overrides;
mod packages;
mod policy;
mod provenance;
mod schema;
mod subject;
mod summary;
mod verdict;
mod waivers;

// The closed vocabularies that the documents are written in; whoever reads a report needs nothing else of the crate.
pub use crate::evaluate::Outcome;
pub use crate::evidence::{
    AdvisoryKind, CheckStatus, Comparison, Completeness, DependencyChangeKind, DependencyScope, Directness, Ecosystem,
    EvidenceKind, FileKind, FileStatus, Integrity, Introduced, Jump, Pin, Presence, ReviewState, Severity, SourceKind,
    VexStatus, Vocabulary, Word,
};
pub use crate::policy::{Enforcement, Impact, Likelihood, Risk, WaiverTrouble};
pub use crate::verdict::{ActionKind, ClaimResult, Decision, WaiverState};
pub use catalogue::{
    CATALOGUE_SCHEMA, Catalogue, CatalogueEvidence, CataloguePack, CatalogueParameter, CatalogueRule,
    CatalogueRuleParameter, RangeReport,
};
pub use checks::{CoverageItem, CoverageSummary, ReviewItem, ReviewsSummary, TestItem, TestsSummary};
pub use claims::{ClaimJudgementReport, ClaimReport};
pub use diagnostic::{
    CodeReport, DIAGNOSTIC_SCHEMA, DiagnosticDocument, DiagnosticReport, LINT_SCHEMA, LintReport, LintedPack,
    MessageLevel, RelatedReport,
};
pub use earlier::{OpenViolation, read_earlier, read_open_violations, read_verdict};
pub use evidence::{DocumentError, EVIDENCE_SCHEMA, EvidenceDocument, read_evidence, write_evidence};
pub use explanation::{
    AboutReport, EXPLANATION_SCHEMA, ExplanationReport, MIN_FINGERPRINT, NumberedActionReport, PartReport, ReadReport,
    RulePartReport, Unexplained,
};
pub use from_verdict::ReportContext;
pub use overrides::{HeadPolicyReport, OverrideReport, PolicyDifference};
pub use packages::{
    AdvisoriesSummary, AdvisoryCounts, AdvisoryItem, DependenciesSummary, DependencyItem, LicenceItem, LicencesSummary,
    PackageSourceItem, Sign, UntouchedAdvisory, VexItem,
};
pub use policy::{
    ApproversReport, LimitReport, NumberReport, ParameterValueReport, PendingReport, PolicyReport, SetByReport,
    ThresholdReport,
};
pub use provenance::{PackReport, ProblemReport, SettingReport, SourceReport, WeakeningReport};
pub use schema::{Document, schema, schema_text};
pub use subject::SubjectReport;
pub use summary::{
    ComparedCounts, Count, FileItem, FilesSummary, FindingItem, FindingsSummary, IntroducedCounts, SeverityCount,
};
pub use verdict::{
    ActionReport, ApprovalsReport, AssessmentReport, CategoryRiskReport, Engine, GivenApproval, LocationReport,
    NotCountedReport, NoteReport, ReasonReport, RequirementReport, RiskReport, RuleReport, SubjectOfVerdict,
    ThreatReport, VERDICT_SCHEMA, VerdictReport, ViolationReport,
};
pub use waivers::WaiverReport;
