//! What a forge says of the change: the payload of the event that a pipeline runs for, or the answer about one request.
//!
//! What is read, told apart by its content:
//!
//! - GitHub events `pull_request`, `pull_request_target`, `pull_request_review`, `merge_group` and `push`, and the REST
//!   answer `pulls/N`.
//! - GitLab's merge request event, and the REST answer `merge_requests/IID`.
//! - Bitbucket Cloud `pullrequests/N` and Bitbucket Server `pull-requests/N`, and the webhooks of both that carry them.
//!
//! Every other event is refused by its name. What the payload does not say is not made up: it stays `None`, and where the
//! forge knows it and this payload lacks it, [`Event::unsaid`] names it, so that the source is `truncated`.
//!
//! Decisions: a description of null is an empty one. `draft` may be absent from Bitbucket alone, whose older releases have
//! no drafts; of a GitHub request without it nothing is known. A merge request event of GitLab names who acted, and its
//! author only by number: the login is taken where the payload has an account of that number. The author of a `push` is
//! whoever pushed, which need not be who proposed it, so it is not said; its branch is both where the change is and
//! where it goes. Bitbucket has no labels.
//!
//! Limits: [`MAX_BYTES`], and [`MAX_VALUES`](super::forge::MAX_VALUES).

mod bitbucket;
mod github;
mod gitlab;

use std::path::Path;

use serde_json::Value;

use super::forge::{Fields, Forge, Notes, Problems, documents, error_of, is_github_pull_request, what_is};
use super::input::{self, Refusal, Report};
use super::reviews::{is_bitbucket_cloud, is_bitbucket_server, unwrapped};

/// The largest payload that is read, in bytes. GitHub sends at most 25 MB.
pub const MAX_BYTES: u64 = 32 << 20;

/// What a payload is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A request to take a branch over: pull request, merge request.
    Request,
    /// A group of requests that a merge queue tries out as one commit.
    MergeGroup,
    /// Commits that are on their branch already.
    Push,
}

/// What one payload says of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The forge that it comes from.
    pub forge: Forge,
    /// What it is about.
    pub kind: EventKind,
    /// `owner/name` of the repository that the change is to go into.
    pub repository: Option<String>,
    /// The tip of the target as the forge last saw it: a commit id, perhaps shortened.
    pub base: Option<String>,
    /// The last commit of the change: a commit id, perhaps shortened.
    pub head: Option<String>,
    /// The login of who proposed it.
    pub author: Option<String>,
    /// Whether that is a bot.
    pub author_is_bot: Option<bool>,
    /// Logins of the authors of its commits.
    pub commit_authors: Vec<String>,
    /// The title.
    pub title: Option<String>,
    /// The description; empty where there is none.
    pub description: Option<String>,
    /// The branch that it is on.
    pub branch: Option<String>,
    /// The branch that it is to go into.
    pub target_branch: Option<String>,
    /// The labels; `None` where the payload does not say.
    pub labels: Option<Vec<String>>,
    /// The number that the forge gives it.
    pub number: Option<u64>,
    /// Its address.
    pub url: Option<String>,
    /// Whether it is a draft.
    pub draft: Option<bool>,
    /// Whether it comes from another repository.
    pub fork: Option<bool>,
    /// What the forge knows of such a change, and this payload does not say: names of properties.
    pub unsaid: Vec<&'static str>,
    /// What could not be taken as it stands.
    pub problems: Problems,
}

/// Reads one payload.
#[must_use]
pub fn read(path: &Path, shown: &str, commit: Option<&str>) -> Report<Event> {
    input::report(path, shown, commit, MAX_BYTES, parse)
}

/// What was expected, for messages.
const EXPECTED: &str =
    "the payload of a pull request, merge request, merge group or push, or a forge's answer about one request";

/// Reads the bytes of one payload.
///
/// # Errors
/// A [`Refusal`] where they are not one payload of a kind that says what the change is.
pub fn parse(bytes: &[u8]) -> Result<Event, Refusal> {
    let documents = documents(bytes, EXPECTED)?;
    let [document] = documents.as_slice() else {
        let count = documents.len();
        return Err(Refusal::failed(format!("holds {count} JSON documents, expected one: {EXPECTED}")));
    };
    if let Some(error) = error_of(document) {
        return Err(Refusal::failed(format!("is the forge's error {error}, expected {EXPECTED}")));
    }
    let notes = Notes::default();
    let refused = || Refusal::failed(format!("is {}, expected {EXPECTED}{}", what_is(document), hint(document)));
    let fields = match document {
        Value::Object(_) => Fields::of(document, String::new(), "a payload", &notes),
        _ => None,
    };
    let mut event = fields.as_ref().and_then(event).ok_or_else(refused)?;
    if event.head.is_none() && event.kind == EventKind::Push {
        return Err(Refusal::failed("is a push that takes a branch or a tag away, expected one that leaves a commit"));
    }
    if event.head.is_none() {
        return Err(Refusal::failed(format!(
            "is {} without the id of its last commit, expected one",
            what_is(document)
        )));
    }
    event.problems = notes.into_problems();
    Ok(event)
}

/// The event, by its shape; `None` where it is none that is read.
fn event(fields: &Fields<'_>) -> Option<Event> {
    let object = fields.map();
    let has = |name: &str| object.get(name).is_some_and(Value::is_object);
    if let Some(kind) = object.get("object_kind") {
        return (kind == "merge_request").then(|| gitlab::webhook(fields))?;
    }
    if has("merge_group") {
        return github::merge_group(fields);
    }
    // Payloads about a comment or a thread carry a request as well, but not all of it.
    if has("pull_request") {
        return if has("thread") || has("comment") { None } else { github::webhook(fields) };
    }
    if ["ref", "before", "after"].iter().all(|name| object.contains_key(*name)) {
        return github::push(fields);
    }
    if is_github_pull_request(object) {
        return Some(github::request(fields, None));
    }
    if object.contains_key("iid") && object.contains_key("source_branch") {
        return Some(gitlab::request(fields));
    }
    let inner = unwrapped(object);
    if is_bitbucket_cloud(inner) {
        return Some(bitbucket::cloud(&inside(fields)));
    }
    is_bitbucket_server(inner).then(|| bitbucket::server(&inside(fields)))
}

/// The request inside a webhook of Bitbucket, or the request itself.
fn inside<'a>(fields: &Fields<'a>) -> Fields<'a> {
    let name = if fields.raw("pullrequest").is_some() { "pullrequest" } else { "pullRequest" };
    fields.object(name).unwrap_or_else(|| fields.clone())
}

/// What to do instead, for answers that people mistake for an event.
fn hint(document: &Value) -> &'static str {
    let Some(object) = document.as_object() else { return "" };
    if object.contains_key("approved_by") || super::forge::is_github_review(object) {
        "; give reviews with `--reviews`"
    } else {
        ""
    }
}

impl Event {
    const fn new(forge: Forge, kind: EventKind) -> Self {
        Self {
            forge,
            kind,
            repository: None,
            base: None,
            head: None,
            author: None,
            author_is_bot: None,
            commit_authors: Vec::new(),
            title: None,
            description: None,
            branch: None,
            target_branch: None,
            labels: None,
            number: None,
            url: None,
            draft: None,
            fork: None,
            unsaid: Vec::new(),
            problems: Problems { kept: Vec::new(), count: 0 },
        }
    }

    /// Lists which of the properties that every request has are not there. `author` is left to the forge's reader: the
    /// account may be deleted.
    fn note_unsaid(&mut self) {
        let there = [
            ("title", self.title.is_some()),
            ("description", self.description.is_some()),
            ("branch", self.branch.is_some()),
            ("target_branch", self.target_branch.is_some()),
            ("labels", self.labels.is_some()),
            ("number", self.number.is_some()),
            ("draft", self.draft.is_some()),
            ("fork", self.fork.is_some()),
        ];
        self.unsaid.extend(there.into_iter().filter(|(_, there)| !there).map(|(name, _)| name));
    }
}

/// Labels of a list of texts, or of objects with the text under a name. Some of them are as good as none: `None`.
fn labels(fields: &Fields<'_>, list: &str, name: &str) -> Option<Vec<String>> {
    let entries = fields.list(list)?;
    if entries.iter().all(Value::is_string) {
        return Some(entries.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    let objects = fields.objects(list, "a label");
    let named = objects.iter().map(|label| {
        let text = label.said(name);
        if text.is_none() {
            label.problem(name, "is absent, expected the label's name");
        }
        text.map(str::to_owned)
    });
    named.collect::<Option<Vec<String>>>().filter(|labels| labels.len() == entries.len())
}

/// The branch that a full reference names.
fn branch_of(reference: &str) -> Option<&str> {
    reference.strip_prefix("refs/heads/").filter(|branch| !branch.is_empty())
}
