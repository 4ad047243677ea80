//! Outcomes to a decision: one table, pure; the time is an argument.

use crate::evidence::vocabulary;

vocabulary! {
    /// What happens to the change. The worst of all rules' decisions is the change's.
    pub enum Decision("decision", ordered: true) {
        /// It may pass.
        Approved = "approved",
        /// It may pass once certain people agree.
        ApprovalRequired = "approval_required",
        /// It can't be told: evidence is not complete, a rule erred, or nothing was asked.
        Indeterminate = "indeterminate",
        /// It may not pass.
        Rejected = "rejected",
    }
}
