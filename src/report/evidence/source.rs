//! The change and the sources in the evidence document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dependency::{strings, texts};
use super::error::{Checked, Fault};
use super::scalars::{Digest, Login, Text, Time};
use super::strict::{objects, word};
use crate::evidence::{Change, Completeness, EvidenceKind, Problem, Source};

/// What was proposed: the commits that it lies between, and what the forge says of it. What is not known is `null`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRecord<'a> {
    /// The repository, as its remote or the forge names it.
    #[serde(default, borrow)]
    pub repository: Option<Text<'a>>,
    /// Full commit id of the target's tip.
    #[serde(default)]
    pub base: Option<Text<'a>>,
    /// Full commit id of the best common ancestor of base and head.
    #[serde(default)]
    pub merge_base: Option<Text<'a>>,
    /// Full commit id of the change's last commit.
    #[serde(default)]
    pub head: Option<Text<'a>>,
    /// Login of who proposed the change.
    #[serde(default)]
    pub author: Option<Login<'a>>,
    /// Whether that is a bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_is_bot: Option<bool>,
    /// Authors of its commits as the commits name them, each once.
    #[serde(default)]
    pub commit_authors: Vec<Text<'a>>,
    /// The title of the change.
    #[serde(default)]
    pub title: Option<Text<'a>>,
    /// What its author wrote about it: Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<'a>>,
    /// The branch that the change is on.
    #[serde(default)]
    pub branch: Option<Text<'a>>,
    /// The branch that it is to go into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_branch: Option<Text<'a>>,
    /// The number that the forge gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Its address on the forge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text<'a>>,
    /// Whether it is a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<bool>,
    /// Whether it comes from another repository than the one that it is to go into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<bool>,
    /// Labels that the forge holds for it.
    #[serde(default)]
    pub labels: Vec<Text<'a>>,
    /// When the head commit was made.
    #[serde(default)]
    pub time: Option<Time<'a>>,
}

impl<'a> From<&'a Change> for ChangeRecord<'a> {
    fn from(change: &'a Change) -> Self {
        let text = |field: &'a Option<String>| field.as_deref().map(Text::from);
        Self {
            repository: text(&change.repository),
            base: text(&change.base),
            merge_base: text(&change.merge_base),
            head: text(&change.head),
            author: change.author.as_deref().map(Login::from),
            commit_authors: texts(&change.commit_authors),
            title: text(&change.title),
            author_is_bot: change.author_is_bot,
            description: text(&change.description),
            branch: text(&change.branch),
            target_branch: text(&change.target_branch),
            number: change.number,
            url: text(&change.url),
            draft: change.draft,
            fork: change.fork,
            labels: texts(&change.labels),
            time: change.time.as_deref().map(Time::from),
        }
    }
}

impl From<ChangeRecord<'_>> for Change {
    fn from(change: ChangeRecord<'_>) -> Self {
        let string = |field: Option<Text<'_>>| field.map(Text::into_string);
        Self {
            repository: string(change.repository),
            base: string(change.base),
            merge_base: string(change.merge_base),
            head: string(change.head),
            author: change.author.map(Login::into_string),
            commit_authors: strings(change.commit_authors),
            title: string(change.title),
            author_is_bot: change.author_is_bot,
            description: string(change.description),
            branch: string(change.branch),
            target_branch: string(change.target_branch),
            number: change.number,
            url: string(change.url),
            draft: change.draft,
            fork: change.fork,
            labels: strings(change.labels),
            time: change.time.map(Time::into_string),
        }
    }
}

/// One input, and how much of it is there. A hand-written one needs `kind` and `completeness`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceRecord<'a> {
    /// What it tells of.
    #[serde(deserialize_with = "word")]
    pub kind: EvidenceKind,
    /// How much of it is there.
    #[serde(deserialize_with = "word")]
    pub completeness: Completeness,
    /// Why it is not complete.
    #[serde(default, borrow)]
    pub reason: Option<Text<'a>>,
    /// Its path as given, or as the repository names it.
    #[serde(default)]
    pub path: Option<Text<'a>>,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    #[serde(default)]
    pub sha256: Option<Digest<'a>>,
    /// How recent what it knows is, where it says so: of a database, when its newest record was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Time<'a>>,
    /// The tool that made it.
    #[serde(default)]
    pub tool: Option<Text<'a>>,
    /// The version of that tool.
    #[serde(default)]
    pub tool_version: Option<Text<'a>>,
    /// The commit that it was made for, where that is known.
    #[serde(default)]
    pub commit: Option<Text<'a>>,
    /// Items read from it that count as evidence. Where it is left out: all items of its kind if it is the only source
    /// of that kind, or else 0.
    #[serde(default)]
    pub items: Option<u64>,
    /// Items that by the format's own word do not count.
    #[serde(default)]
    pub set_aside: u64,
    /// What could not be taken as it stands; the first of them.
    #[serde(default, deserialize_with = "objects")]
    pub problems: Vec<ProblemRecord<'a>>,
    /// How many there were in all; as many as there are in `problems` where it is left out.
    #[serde(default)]
    pub problem_count: Option<u64>,
}

/// Something in a source that could not be taken as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProblemRecord<'a> {
    /// Where: a JSON pointer, or a line number.
    #[serde(borrow)]
    pub at: Text<'a>,
    /// What was found, and what was expected.
    pub message: Text<'a>,
}

impl<'a> From<&'a Source> for SourceRecord<'a> {
    fn from(source: &'a Source) -> Self {
        let text = |field: &'a Option<String>| field.as_deref().map(Text::from);
        let problem = |problem: &'a Problem| ProblemRecord {
            at: problem.at.as_str().into(),
            message: problem.message.as_str().into(),
        };
        Self {
            kind: source.kind,
            completeness: source.completeness,
            reason: text(&source.reason),
            path: text(&source.path),
            sha256: source.sha256.as_deref().map(Digest::from),
            made: source.made.as_deref().map(Time::from),
            tool: text(&source.tool),
            tool_version: text(&source.tool_version),
            commit: text(&source.commit),
            items: Some(source.items),
            set_aside: source.set_aside,
            problems: source.problems.iter().map(problem).collect(),
            problem_count: Some(source.problem_count),
        }
    }
}

impl SourceRecord<'_> {
    /// The source that it states; `default_items` stands for a number of items that is left out.
    pub(super) fn into_source(self, default_items: u64) -> Checked<Source> {
        let listed = self.problems.len() as u64;
        let problem_count = self.problem_count.unwrap_or(listed);
        if problem_count < listed {
            return Err(Fault::field(
                "problem_count",
                format!("found {problem_count}, expected {listed} (listed in `problems`) or more"),
            ));
        }
        let string = |field: Option<Text<'_>>| field.map(Text::into_string);
        Ok(Source {
            kind: self.kind,
            path: string(self.path),
            tool: string(self.tool),
            tool_version: string(self.tool_version),
            commit: string(self.commit),
            sha256: self.sha256.map(Digest::into_string),
            made: self.made.map(Time::into_string),
            completeness: self.completeness,
            reason: string(self.reason),
            items: self.items.unwrap_or(default_items),
            set_aside: self.set_aside,
            problems: self
                .problems
                .into_iter()
                .map(|problem| Problem { at: problem.at.into_string(), message: problem.message.into_string() })
                .collect(),
            problem_count,
        })
    }
}
