//! What was proposed: the commits it lies between, and what the forge says of it.

/// One proposed set of edits. Everything is optional: what no source said is not made up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The repository, as its remote or the forge names it.
    pub repository: Option<String>,
    /// The tip of the branch that the change is to go into: a full commit id.
    pub base: Option<String>,
    /// The best common ancestor of base and head: a full commit id.
    pub merge_base: Option<String>,
    /// The last commit of the change: a full commit id.
    pub head: Option<String>,
    /// The login of who proposed the change.
    pub author: Option<String>,
    /// Whether that is a bot, where the forge says.
    pub author_is_bot: Option<bool>,
    /// Authors of its commits, and the co-authors that their messages name (`Co-authored-by:`), as the commits name them; each
    /// once.
    pub commit_authors: Vec<String>,
    /// The title of the change.
    pub title: Option<String>,
    /// What its author wrote about it: Markdown.
    pub description: Option<String>,
    /// The branch that the change is on.
    pub branch: Option<String>,
    /// The branch that it is to go into.
    pub target_branch: Option<String>,
    /// The number that the forge gives it.
    pub number: Option<u64>,
    /// Its address on the forge.
    pub url: Option<String>,
    /// Whether it is a draft, where the forge says.
    pub draft: Option<bool>,
    /// Whether it comes from another repository than the one that it is to go into, where the forge says.
    pub fork: Option<bool>,
    /// Labels that the forge holds for it.
    pub labels: Vec<String>,
    /// When the head commit was made: RFC 3339, UTC.
    pub time: Option<String>,
}
