//! Who looked at the change, and what they said.

use super::vocabulary::vocabulary;

vocabulary! {
    /// What a reviewer said.
    pub enum ReviewState("review state", ordered: false) {
        /// They approve.
        Approved = "approved",
        /// They ask for changes.
        ChangesRequested = "changes_requested",
        /// They only commented.
        Commented = "commented",
        /// Somebody took their review back, or they took it back themselves.
        Dismissed = "dismissed",
        /// It is not submitted yet, or the reviewer was only asked.
        Pending = "pending",
    }
}

/// One review of the change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Review {
    /// The reviewer's login, as the forge spells it; `None` for a deleted account.
    pub reviewer: Option<String>,
    /// Whether the reviewer is a bot.
    pub bot: bool,
    /// What they said.
    pub state: ReviewState,
    /// Whether it is what the reviewer holds now: their latest review that approves, asks for changes or was dismissed.
    /// A comment takes nothing back. Never true for a deleted account, whose reviews can't be told apart.
    pub latest: bool,
    /// The commit that they looked at, where the forge says.
    pub commit: Option<String>,
    /// When: RFC 3339, UTC.
    pub time: Option<String>,
}
