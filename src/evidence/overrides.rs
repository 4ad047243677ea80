//! An emergency override as its file has it: who takes which change in, why, and until when.

/// How long an override holds at most, in hours: from when it was made, and from when it is used.
pub const MAX_OVERRIDE_HOURS: i64 = 24;

/// What somebody says to let a change pass whatever the rules say of it. Nothing of it is believed without approvals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The file that says so, as it is shown.
    pub file: String,
    /// The commit that it is for: a full id in lower case.
    pub head: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it is followed up.
    pub ticket: String,
    /// The first moment at which it holds no more.
    pub expires: jiff::Timestamp,
    /// When it was made, where it says so.
    pub created: Option<jiff::Timestamp>,
}
