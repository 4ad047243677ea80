//! GitHub's events and its answer about one pull request.

use super::{Event, EventKind, branch_of, labels};
use crate::collect::forge::{Fields, Forge, github};

/// `pull_request`, `pull_request_target` and `pull_request_review`.
pub(super) fn webhook(fields: &Fields<'_>) -> Option<Event> {
    let inner = fields.object("pull_request")?;
    let mut event = request(&inner, repository(fields));
    if event.number.is_none() {
        event.number = fields.number("number");
    }
    Some(event)
}

fn repository<'a>(fields: &Fields<'a>) -> Option<&'a str> {
    fields.object("repository")?.said("full_name")
}

/// A pull request.
pub(super) fn request(fields: &Fields<'_>, repository: Option<&str>) -> Event {
    let mut event = Event::new(Forge::GitHub, EventKind::Request);
    let (base, head) = (fields.object("base"), fields.object("head"));
    let base_repository = base.as_ref().and_then(|base| base.object("repo"));
    let base_name = base_repository.as_ref().and_then(|repository| repository.said("full_name"));
    event.repository = base_name.or(repository).map(str::to_owned);
    event.base = base.as_ref().and_then(|base| base.commit("sha"));
    event.target_branch = base.as_ref().and_then(|base| base.said("ref")).map(str::to_owned);
    event.head = head.as_ref().and_then(|head| head.commit("sha"));
    event.branch = head.as_ref().and_then(|head| head.said("ref")).map(str::to_owned);
    event.fork = head.as_ref().and_then(|head| {
        // The repository of a request from a fork that was deleted is null; one's own can't be deleted.
        if head.raw("repo").is_some_and(serde_json::Value::is_null) {
            return Some(true);
        }
        let (head, base) = (head.object("repo")?, base_repository.as_ref()?);
        match (head.number("id"), base.number("id")) {
            (Some(head), Some(base)) => Some(head != base),
            _ => Some(!head.said("full_name")?.eq_ignore_ascii_case(base.said("full_name")?)),
        }
    });
    let author = github(fields, "user");
    if author.is_none() {
        event.unsaid.push("author");
    }
    if let Some(author) = author {
        (event.author, event.author_is_bot) = (author.login, author.bot);
    }
    event.title = fields.said("title").map(str::to_owned);
    event.description = fields.prose("body");
    event.labels = labels(fields, "labels", "name");
    event.number = fields.number("number");
    event.url = fields.said("html_url").map(str::to_owned);
    event.draft = fields.flag("draft");
    event.note_unsaid();
    event
}

/// `merge_group`: the queue's own commit. Which requests are in it is not in the event.
pub(super) fn merge_group(fields: &Fields<'_>) -> Option<Event> {
    let group = fields.object("merge_group")?;
    let mut event = Event::new(Forge::GitHub, EventKind::MergeGroup);
    event.repository = repository(fields).map(str::to_owned);
    event.base = group.commit("base_sha");
    event.head = group.commit("head_sha");
    event.target_branch = group.said("base_ref").and_then(branch_of).map(str::to_owned);
    event.branch = group.said("head_ref").and_then(branch_of).map(str::to_owned);
    event.commit_authors = group.object("head_commit").as_ref().and_then(username).into_iter().collect();
    not_a_request(&mut event);
    Some(event)
}

/// The login in a commit's `author`; its `name` is whatever its owner wrote.
fn username(commit: &Fields<'_>) -> Option<String> {
    commit.object("author")?.said("username").map(str::to_owned)
}

/// `push`.
pub(super) fn push(fields: &Fields<'_>) -> Option<Event> {
    let present = |id: &String| id.bytes().any(|byte| byte != b'0');
    let mut event = Event::new(Forge::GitHub, EventKind::Push);
    event.repository = repository(fields).map(str::to_owned);
    event.base = fields.commit("before").filter(present);
    event.head = fields.commit("after").filter(present);
    event.branch = fields.said("ref").and_then(branch_of).map(str::to_owned);
    event.target_branch.clone_from(&event.branch);
    event.commit_authors = fields.objects("commits", "a commit").iter().filter_map(username).collect();
    not_a_request(&mut event);
    Some(event)
}

/// What only requests have.
fn not_a_request(event: &mut Event) {
    event.unsaid = vec!["author", "title", "description", "labels", "number", "draft", "fork"];
}
