//! What a document is that is not what was asked for, in words: the wrong answer of a forge should be told by its name.

use serde_json::{Map, Value};

/// How much of a text of the file goes into a message, in characters.
const MAX_QUOTED: usize = 100;

/// A text of the file on one line, cut to a length, in backticks.
pub(in crate::collect) fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
    let mut short: String = line.chars().take(MAX_QUOTED).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    format!("`{short}`")
}

/// What a forge says went wrong, where a document is such an answer.
pub(in crate::collect) fn error_of(value: &Value) -> Option<String> {
    let object = value.as_object()?;
    // Whatever else an answer holds: an error means that not all of it is there.
    let listed = object.get("errors").and_then(Value::as_array).and_then(|errors| errors.first());
    let told = listed.or_else(|| object.get("error").filter(|error| !error.is_null())).or_else(|| {
        // Commits and notes have messages too.
        let bare = !["id", "sha", "commit", "object_kind", "ref"].iter().any(|key| object.contains_key(*key));
        object.get("message").filter(|_| bare)
    })?;
    Some(match told {
        Value::String(text) => quoted(text),
        Value::Object(inner) => match inner.get("message") {
            Some(Value::String(text)) => quoted(text),
            _ => quoted(&told.to_string()),
        },
        other => quoted(&other.to_string()),
    })
}

/// Whether an object is one review as GitHub's REST API gives it.
pub(in crate::collect) fn is_github_review(object: &Map<String, Value>) -> bool {
    let told = ["submitted_at", "commit_id", "pull_request_url", "_links"].iter().any(|key| object.contains_key(*key));
    // Comments on lines have a path, statuses a context.
    let other = ["path", "diff_hunk", "context", "head", "base"].iter().any(|key| object.contains_key(*key));
    told && !other && (object.contains_key("state") || object.contains_key("submitted_at"))
}

/// Whether an object is a pull request as GitHub's REST API and its webhooks give it.
pub(in crate::collect) fn is_github_pull_request(object: &Map<String, Value>) -> bool {
    object.get("head").is_some_and(Value::is_object) && object.get("base").is_some_and(Value::is_object)
}

/// Webhooks of GitHub that carry an object under a name of their own; the more telling names first.
const WEBHOOKS: &[(&str, &str)] = &[
    ("check_run", "check_run"),
    ("check_suite", "check_suite"),
    ("thread", "pull_request_review_thread"),
    ("review", "pull_request_review"),
    ("issue", "issues"),
    ("merge_group", "merge_group"),
    ("deployment_status", "deployment_status"),
    ("deployment", "deployment"),
    ("release", "release"),
    ("workflow_job", "workflow_job"),
    ("workflow_run", "workflow_run"),
    ("discussion", "discussion"),
];

/// What a value is: "a list of users", "a GitHub `check_run` event", "an object with the keys `a`, `b`".
pub(in crate::collect) fn what_is(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {}", quoted(text)),
        Value::Array(_) => one_list(value),
        Value::Object(object) => object_is(object),
    }
}

fn one_list(list: &Value) -> String {
    match list.as_array().and_then(|entries| entries.first()) {
        None => "an empty list".to_owned(),
        Some(Value::Object(first)) => format!("a list of {}", entries_are(first)),
        Some(first) => format!("a list that begins with {}", one_level(first)),
    }
}

/// The same without looking further inside, so that lists in lists end somewhere.
fn one_level(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        other => what_is(other),
    }
}

fn entries_are(first: &Map<String, Value>) -> String {
    let has = |keys: &[&str]| keys.iter().all(|key| first.contains_key(*key));
    if has(&["filename", "status"]) {
        "changed files".to_owned()
    } else if has(&["sha", "commit"]) {
        "commits".to_owned()
    } else if has(&["login", "id"]) || has(&["username", "id"]) {
        "users".to_owned()
    } else if is_github_pull_request(first)
        || has(&["source_branch", "target_branch"])
        || has(&["source", "destination"])
        || has(&["fromRef", "toRef"])
    {
        "pull requests".to_owned()
    } else if has(&["diff_hunk"]) || has(&["body", "created_at"]) {
        "comments".to_owned()
    } else {
        format!("objects with {}", keys(first))
    }
}

fn object_is(object: &Map<String, Value>) -> String {
    let has = |keys: &[&str]| keys.iter().all(|key| object.contains_key(*key));
    if let Some(Value::String(kind)) = object.get("object_kind") {
        return format!("a GitLab {} event", quoted(kind));
    }
    if let Some(Value::String(kind)) = object.get("eventKey") {
        return format!("a Bitbucket {} event", quoted(kind));
    }
    if has(&["users", "teams"]) {
        return "the list of requested reviewers".to_owned();
    }
    if has(&["action"]) || has(&["sender"]) {
        if let Some((_, name)) = WEBHOOKS.iter().find(|(key, _)| object.get(*key).is_some_and(Value::is_object)) {
            return format!("a GitHub `{name}` event");
        }
        if has(&["comment", "pull_request"]) {
            return "a GitHub `pull_request_review_comment` event".to_owned();
        }
        if has(&["pull_request"]) {
            return "a GitHub `pull_request` event".to_owned();
        }
    }
    if has(&["ref", "before", "after"]) {
        return "a `push` event".to_owned();
    }
    if is_github_pull_request(object) {
        return "a GitHub pull request".to_owned();
    }
    if has(&["iid", "source_branch"]) {
        return "a GitLab merge request".to_owned();
    }
    if has(&["fromRef", "toRef"]) || has(&["source", "destination"]) {
        return "a Bitbucket pull request".to_owned();
    }
    if has(&["approved_by"]) {
        return "GitLab's approvals of a merge request".to_owned();
    }
    if is_github_review(object) {
        return "a GitHub review".to_owned();
    }
    if has(&["data"]) {
        return "an answer of GraphQL".to_owned();
    }
    if let Some(values @ Value::Array(_)) = object.get("values") {
        return format!("a page with {}", one_list(values));
    }
    format!("an object with {}", keys(object))
}

fn keys(object: &Map<String, Value>) -> String {
    const SHOWN: usize = 4;
    if object.is_empty() {
        return "no keys".to_owned();
    }
    let shown: Vec<String> = object.keys().take(SHOWN).map(|key| quoted(key)).collect();
    let more = if object.len() > SHOWN { ", …" } else { "" };
    format!("the keys {}{more}", shown.join(", "))
}
