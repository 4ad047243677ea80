//! Pull requests of Bitbucket Cloud and of Bitbucket Server.

use super::{Event, EventKind};
use crate::collect::forge::{Fields, Forge, Person, bitbucket_cloud, bitbucket_server};

/// A pull request of Bitbucket Cloud. Its commit ids are shortened.
pub(super) fn cloud(fields: &Fields<'_>) -> Event {
    let mut event = Event::new(Forge::BitbucketCloud, EventKind::Request);
    let side = |name: &str| fields.object(name);
    let name_of = |side: &Fields<'_>| side.object("repository").and_then(|it| it.said("full_name").map(str::to_owned));
    let commit = |side: &Fields<'_>| side.object("commit").and_then(|commit| commit.commit("hash"));
    let branch = |side: &Fields<'_>| side.object("branch").and_then(|branch| branch.said("name").map(str::to_owned));
    if let (Some(source), Some(target)) = (side("source"), side("destination")) {
        let (from, to) = (name_of(&source), name_of(&target));
        (event.head, event.base) = (commit(&source), commit(&target));
        (event.branch, event.target_branch) = (branch(&source), branch(&target));
        // The repository of a request from a fork that was deleted is null.
        let gone = source.raw("repository").is_some_and(serde_json::Value::is_null);
        event.fork = match (&from, &to) {
            (Some(from), Some(to)) => Some(!from.eq_ignore_ascii_case(to)),
            _ => gone.then_some(true),
        };
        event.repository = to;
    }
    let raw = || fields.object("summary").and_then(|summary| summary.prose("raw"));
    event.description = fields.prose("description").or_else(raw);
    event.url = fields.object("links").and_then(|links| links.object("html")?.said("href").map(str::to_owned));
    finish(event, fields, bitbucket_cloud(fields, "author"))
}

/// A pull request of Bitbucket Server. It leaves out the description where there is none.
pub(super) fn server(fields: &Fields<'_>) -> Event {
    let mut event = Event::new(Forge::BitbucketServer, EventKind::Request);
    if let (Some(from), Some(to)) = (fields.object("fromRef"), fields.object("toRef")) {
        (event.head, event.base) = (from.commit("latestCommit"), to.commit("latestCommit"));
        (event.branch, event.target_branch) = (branch(&from), branch(&to));
        let names = (repository(&from), repository(&to));
        event.fork = match &names {
            (Some(from), Some(to)) => Some(!from.eq_ignore_ascii_case(to)),
            _ => None,
        };
        event.repository = names.1;
    }
    event.description = Some(fields.prose("description").unwrap_or_default());
    let link = fields.object("links").and_then(|links| links.objects("self", "a link").into_iter().next());
    event.url = link.and_then(|link| link.said("href").map(str::to_owned));
    let author = fields.object("author").and_then(|author| bitbucket_server(&author, "user"));
    finish(event, fields, author)
}

/// `PROJECT/name`.
fn repository(side: &Fields<'_>) -> Option<String> {
    let repository = side.object("repository")?;
    let project = repository.object("project")?;
    Some(format!("{}/{}", project.said("key")?, repository.said("slug")?))
}

fn branch(side: &Fields<'_>) -> Option<String> {
    let name = side.said("id").and_then(super::branch_of).or_else(|| side.said("displayId"))?;
    Some(name.to_owned())
}

/// What both have alike.
fn finish(mut event: Event, fields: &Fields<'_>, author: Option<Person>) -> Event {
    match author {
        Some(author) => (event.author, event.author_is_bot) = (author.login, author.bot),
        None => event.unsaid.push("author"),
    }
    event.title = fields.said("title").map(str::to_owned);
    event.number = fields.number("id");
    event.draft = Some(fields.flag("draft").unwrap_or(false));
    event.labels = Some(Vec::new());
    event.note_unsaid();
    event
}
