//! `tollgate/evidence/v1`: to be written.

/// The value of `schema` in every evidence document of this version.
pub const EVIDENCE_SCHEMA: &str = "tollgate/evidence/v1";

/// To be written.
#[derive(Debug)]
pub struct EvidenceDocument;
