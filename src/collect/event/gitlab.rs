//! GitLab's merge request event and its answer about one merge request.

use super::{Event, EventKind, labels};
use crate::collect::forge::{Fields, Forge, gitlab, gitlab_account};

/// The event `merge_request`.
pub(super) fn webhook(fields: &Fields<'_>) -> Option<Event> {
    let request = fields.object("object_attributes")?;
    let mut event = Event::new(Forge::GitLab, EventKind::Request);
    let project = fields.object("project").or_else(|| request.object("target"));
    event.repository = project.and_then(|project| project.said("path_with_namespace").map(str::to_owned));
    event.head = request.object("last_commit").and_then(|commit| commit.commit("id"));
    common(&mut event, &request);
    event.labels = labels(fields, "labels", "title").or_else(|| labels(&request, "labels", "title"));
    event.url = request.said("url").map(str::to_owned);
    event.fork = fork(&request);
    author(&mut event, fields, request.number("author_id"));
    event.note_unsaid();
    Some(event)
}

/// `user` is who acted. The author is whoever of the accounts in the payload has the author's number.
fn author(event: &mut Event, fields: &Fields<'_>, id: Option<u64>) {
    let listed = ["assignees", "reviewers"].iter().flat_map(|name| fields.objects(name, "an account"));
    let known = fields.object("user").into_iter().chain(listed);
    let author = id.and_then(|id| {
        known.into_iter().find(|account| account.get("id").and_then(serde_json::Value::as_u64) == Some(id))
    });
    match author.as_ref().and_then(gitlab_account) {
        Some(person) => (event.author, event.author_is_bot) = (person.login, person.bot),
        None => event.unsaid.push("author"),
    }
}

/// A merge request.
pub(super) fn request(fields: &Fields<'_>) -> Event {
    let mut event = Event::new(Forge::GitLab, EventKind::Request);
    let full = fields.object("references").and_then(|references| references.said("full"));
    event.repository = full.and_then(|full| full.rsplit_once('!')).map(|(project, _)| project.to_owned());
    let refs = fields.object("diff_refs");
    // `base_sha` is the merge base; where the target stood then is `start_sha`.
    event.base = refs.as_ref().and_then(|refs| refs.commit("start_sha"));
    event.head = fields.commit("sha").or_else(|| refs.as_ref().and_then(|refs| refs.commit("head_sha")));
    common(&mut event, fields);
    event.labels = labels(fields, "labels", "name");
    event.url = fields.said("web_url").map(str::to_owned);
    event.fork = fork(fields);
    match gitlab(fields, "author") {
        Some(person) => (event.author, event.author_is_bot) = (person.login, person.bot),
        None => event.unsaid.push("author"),
    }
    event.note_unsaid();
    event
}

fn common(event: &mut Event, fields: &Fields<'_>) {
    event.title = fields.said("title").map(str::to_owned);
    event.description = fields.prose("description");
    event.branch = fields.said("source_branch").map(str::to_owned);
    event.target_branch = fields.said("target_branch").map(str::to_owned);
    event.number = fields.number("iid");
    event.draft = fields.flag("draft").or_else(|| fields.flag("work_in_progress"));
}

fn fork(fields: &Fields<'_>) -> Option<bool> {
    let target = fields.number("target_project_id")?;
    match fields.raw("source_project_id") {
        // The fork was deleted.
        Some(serde_json::Value::Null) => Some(true),
        _ => Some(fields.number("source_project_id")? != target),
    }
}
