//! Each payload that says what the change is, and those that do not.

use serde_json::{Value, json};
use tollgate::evidence::{Change, Completeness};

use super::{eventful, id, user};

/// A pull request as GitHub has it.
pub(super) fn pull_request() -> Value {
    let repository = |id: u64, name: &str| json!({"id": id, "full_name": name, "fork": false});
    json!({
        "number": 12, "title": "Sell shoes", "body": "- [x] tested", "user": user("ada"), "draft": false,
        "html_url": "https://github.example/acme/shop/pull/12",
        "labels": [{"name": "ui"}, {"name": "bug"}, {"name": "ui"}],
        "head": {"ref": "shoes", "sha": id('a'), "repo": repository(1, "acme/shop")},
        "base": {"ref": "main", "sha": id('b'), "repo": repository(1, "acme/shop")},
    })
}

fn merge_request() -> Value {
    json!({
        "id": 99, "iid": 12, "project_id": 1, "title": "Sell shoes", "description": "- [x] tested", "state": "opened",
        "source_branch": "shoes", "target_branch": "main", "source_project_id": 1, "target_project_id": 1,
        "author": {"id": 5, "username": "ada", "bot": false}, "labels": ["ui", "bug", "ui"], "draft": false,
        "sha": id('a'), "diff_refs": {"base_sha": id('c'), "head_sha": id('a'), "start_sha": id('b')},
        "references": {"short": "!12", "full": "acme/shop!12"}, "web_url": "https://github.example/acme/shop/pull/12",
    })
}

fn merge_request_event() -> Value {
    json!({
        "object_kind": "merge_request", "event_type": "merge_request",
        "user": {"id": 5, "username": "ada", "bot": false}, "project": {"id": 1, "path_with_namespace": "acme/shop"},
        "labels": [{"id": 1, "title": "ui"}, {"id": 2, "title": "bug"}],
        "object_attributes": {
            "id": 99, "iid": 12, "author_id": 5, "title": "Sell shoes", "description": "- [x] tested", "draft": false,
            "source_branch": "shoes", "target_branch": "main", "source_project_id": 1, "target_project_id": 1,
            "last_commit": {"id": id('a')}, "url": "https://github.example/acme/shop/pull/12", "action": "open",
        },
    })
}

fn cloud() -> Value {
    let side = |branch: &str, hash: &str| json!({"branch": {"name": branch}, "commit": {"hash": hash}, "repository": {"full_name": "acme/shop"}});
    json!({
        "type": "pullrequest", "id": 12, "title": "Sell shoes", "description": "- [x] tested", "state": "OPEN",
        "source": side("shoes", "aaaaaaaaaaaa"), "destination": side("main", "bbbbbbbbbbbb"), "draft": false,
        "author": {"type": "user", "nickname": "x", "account_id": "5b10", "uuid": "ada"},
        "links": {"html": {"href": "https://github.example/acme/shop/pull/12"}}, "participants": [],
    })
}

fn server() -> Value {
    let side = |branch: &str, commit: char| {
        json!({"id": format!("refs/heads/{branch}"), "displayId": branch, "latestCommit": id(commit),
            "repository": {"id": 1, "slug": "shop", "project": {"key": "acme"}}})
    };
    json!({
        "id": 12, "title": "Sell shoes", "description": "- [x] tested", "fromRef": side("shoes", 'a'), "toRef": side("main", 'b'),
        "author": {"user": {"name": "ada", "slug": "ada", "type": "NORMAL"}, "role": "AUTHOR"}, "reviewers": [],
        "links": {"self": [{"href": "https://github.example/acme/shop/pull/12"}]}, "createdDate": 1_518_863_923_273_u64,
    })
}

/// What all of these say.
fn expected() -> Change {
    let text = |text: &str| Some(text.to_owned());
    Change {
        repository: text("acme/shop"),
        base: Some(id('b')),
        head: Some(id('a')),
        author: text("ada"),
        author_is_bot: Some(false),
        title: text("Sell shoes"),
        description: text("- [x] tested"),
        branch: text("shoes"),
        target_branch: text("main"),
        number: Some(12),
        url: text("https://github.example/acme/shop/pull/12"),
        draft: Some(false),
        fork: Some(false),
        labels: vec!["bug".to_owned(), "ui".to_owned()],
        ..Change::default()
    }
}

pub(super) fn of(payload: &Value) -> (Change, tollgate::evidence::Source) {
    eventful(&payload.to_string(), &Change::default(), &[])
}

#[test]
fn every_dialect_says_the_same() {
    let event =
        json!({"action": "opened", "number": 12, "pull_request": pull_request(), "sender": user("someone-else")});
    let review = json!({"action": "submitted", "review": {}, "pull_request": pull_request()});
    let no_base = || Change { base: None, ..expected() };
    let bare = |change: Change| Change { labels: Vec::new(), ..change };
    let cases = [
        ("GitHub", pull_request(), expected()),
        ("GitHub", event, expected()),
        ("GitHub", review, expected()),
        ("GitLab", merge_request(), expected()),
        ("GitLab", merge_request_event(), no_base()),
        ("Bitbucket Cloud", cloud(), Change { head: None, ..bare(no_base()) }),
        (
            "Bitbucket Cloud",
            json!({"actor": {}, "pullrequest": cloud(), "repository": {}}),
            Change { head: None, ..bare(no_base()) },
        ),
        ("Bitbucket Server", server(), bare(expected())),
        ("Bitbucket Server", json!({"eventKey": "pr:opened", "actor": {}, "pullRequest": server()}), bare(expected())),
    ];
    for (forge, payload, expected) in cases {
        let (change, source) = of(&payload);
        assert_eq!(change, expected, "{payload}");
        assert_eq!(
            (source.completeness, source.tool.as_deref(), source.items),
            (Completeness::Complete, Some(forge), 1)
        );
    }
}

#[test]
fn what_a_payload_does_not_say_is_not_made_up() {
    let without = |mut payload: Value, name: &str| {
        payload.as_object_mut().unwrap().remove(name);
        payload
    };
    let with = |mut payload: Value, at: &str, value: Value| {
        *payload.pointer_mut(at).unwrap() = value;
        payload
    };
    // A description of null is that there is none.
    let (change, source) = of(&with(pull_request(), "/body", Value::Null));
    assert_eq!((change.description.as_deref(), source.completeness), (Some(""), Completeness::Complete));
    // Of a deleted account that is known: nobody.
    let (change, source) = of(&with(pull_request(), "/user", Value::Null));
    assert_eq!((change.author, source.completeness), (None, Completeness::Complete));
    for name in ["labels", "draft", "body"] {
        let (change, source) = of(&without(pull_request(), name));
        let property = if name == "body" { "description" } else { name };
        assert_eq!(source.reason, Some(format!("does not say: {property}")), "{name}");
        assert_eq!(source.completeness, Completeness::Truncated);
        assert!(name != "draft" || change.draft.is_none());
    }
    // An event of GitLab names who acted; the author is somebody else.
    let (change, source) = of(&with(merge_request_event(), "/user/id", json!(6)));
    assert_eq!((change.author, change.author_is_bot), (None, None));
    assert_eq!(source.reason.as_deref(), Some("does not say: author"));
    let mut listed = with(merge_request_event(), "/user/id", json!(6));
    listed["reviewers"] = json!([{"id": 7, "username": "x"}, {"id": 5, "username": "ada"}]);
    let (change, _) = of(&listed);
    assert_eq!((change.author.as_deref(), change.author_is_bot), (Some("ada"), None), "no word on whether it is a bot");
    // Bitbucket Server leaves out an empty description, and had no drafts.
    let (change, source) = of(&without(server(), "description"));
    assert_eq!((change.description.as_deref(), change.draft), (Some(""), Some(false)));
    assert_eq!(source.completeness, Completeness::Complete);
}

#[test]
fn a_fork_is_another_repository_whatever_its_own_origin() {
    let with = |repo: Value| {
        let mut request = pull_request();
        request["head"]["repo"] = repo;
        of(&request).0.fork
    };
    assert_eq!(with(json!({"id": 1, "full_name": "acme/shop", "fork": true})), Some(false), "a fork's own request");
    assert_eq!(with(json!({"id": 2, "full_name": "eve/shop", "fork": true})), Some(true));
    assert_eq!(with(json!({"full_name": "Acme/Shop"})), Some(false), "without numbers, names without case");
    assert_eq!(with(Value::Null), Some(true), "a fork that was deleted");
    let mut request = merge_request();
    request["source_project_id"] = json!(2);
    assert_eq!(of(&request).0.fork, Some(true));
    request["source_project_id"] = Value::Null;
    assert_eq!(of(&request).0.fork, Some(true));
    let mut request = server();
    request["fromRef"]["repository"]["project"]["key"] = json!("~EVE");
    assert_eq!(of(&request).0.fork, Some(true));
    let mut request = cloud();
    request["source"]["repository"] = Value::Null;
    assert_eq!(of(&request).0.fork, Some(true));
}

#[test]
fn a_merge_group_and_a_push_say_commits_and_branches_alone() {
    let group = json!({
        "action": "checks_requested", "repository": {"full_name": "acme/shop"}, "sender": user("ada"),
        "merge_group": {
            "head_sha": id('a'), "head_ref": "refs/heads/gh-readonly-queue/main/pr-12-x", "base_sha": id('b'), "base_ref": "refs/heads/main",
            "head_commit": {"id": id('a'), "author": {"name": "Ada", "email": "ada@acme.example"}},
        },
    });
    let (change, source) = of(&group);
    let known = Change {
        repository: Some("acme/shop".to_owned()),
        base: Some(id('b')),
        head: Some(id('a')),
        branch: Some("gh-readonly-queue/main/pr-12-x".to_owned()),
        target_branch: Some("main".to_owned()),
        ..Change::default()
    };
    assert_eq!(change, known);
    assert_eq!(source.completeness, Completeness::Truncated);
    assert!(source.reason.unwrap().starts_with("is of a merge group, which does not say: author, title,"));

    let commit = |login: &str| json!({"id": id('a'), "author": {"name": "N", "username": login}});
    let push = json!({
        "ref": "refs/heads/main", "before": id('b'), "after": id('a'), "repository": {"full_name": "acme/shop"},
        "commits": [commit("bob"), commit("ada"), commit("bob"), {"author": {"name": "nobody"}}], "pusher": {"name": "ada"}, "sender": user("ada"),
    });
    let (change, source) = of(&push);
    let authors = vec!["ada".to_owned(), "bob".to_owned()];
    assert_eq!(change, Change { branch: Some("main".to_owned()), commit_authors: authors, ..known });
    assert_eq!(source.completeness, Completeness::Truncated);

    let mut first = push.clone();
    first["before"] = json!(id('0'));
    first["ref"] = json!("refs/tags/v1");
    let (change, _) = of(&first);
    assert_eq!((change.base, change.branch), (None, None), "a new reference has no base, a tag is no branch");
    let mut gone = push;
    gone["after"] = json!(id('0'));
    assert!(of(&gone).1.reason.unwrap().contains("takes a branch or a tag away"));
}

#[test]
fn a_field_of_another_type_fails_the_source_and_is_not_taken() {
    for (at, value, message) in [
        ("/title", json!(7), "found the number 7, expected a text"),
        ("/number", json!("12"), "found the text `12`, expected a whole number from 0"),
        ("/draft", json!("no"), "expected true or false"),
        ("/labels", json!("bug"), "expected a list"),
        ("/labels/0", json!({"nom": "x"}), "is absent, expected the label's name"),
        ("/labels/0", json!(7), "expected a label"),
        ("/user", json!("ada"), "expected an object"),
        ("/base/sha", json!("main"), "found `main`, expected a commit id"),
        ("/body", json!([]), "found an empty list, expected a text"),
    ] {
        let mut payload = pull_request();
        *payload.pointer_mut(at).unwrap() = value;
        let (change, source) = of(&payload);
        assert_eq!(source.completeness, Completeness::Failed, "{at}");
        assert!(source.problems.iter().any(|problem| problem.message.contains(message)), "{at}: {source:?}");
        assert!(change.head.is_some(), "{at}: the others count");
        assert!(!at.starts_with("/labels") || change.labels.is_empty(), "{at}: some labels are as good as none");
    }
}

#[test]
fn other_payloads_are_refused_by_their_name() {
    let headless = {
        let mut request = pull_request();
        request["head"]["sha"] = Value::Null;
        request
    };
    let cases: Vec<(String, &str)> = vec![
        (String::new(), "is empty"),
        ("[]".to_owned(), "an empty list"),
        ("{}{}".to_owned(), "holds 2 JSON documents"),
        (json!([pull_request()]).to_string(), "a list of pull requests"),
        (json!({"values": [cloud()], "page": 1}).to_string(), "a page with a list of pull requests"),
        ("HTTP/1.1 200 OK\r\n\r\n{}".to_owned(), "the headers of an answer"),
        (json!({"message": "Not Found"}).to_string(), "error `Not Found`"),
        (json!({"action": "opened", "issue": {}, "sender": {}}).to_string(), "a GitHub `issues` event"),
        (json!({"action": "created", "check_suite": {}}).to_string(), "a GitHub `check_suite` event"),
        (
            json!({"action": "created", "comment": {}, "pull_request": pull_request()}).to_string(),
            "a GitHub `pull_request_review_comment` event",
        ),
        (
            json!({"action": "x", "thread": {}, "pull_request": pull_request()}).to_string(),
            "`pull_request_review_thread`",
        ),
        (json!({"object_kind": "push", "ref": "a", "before": "b", "after": "c"}).to_string(), "a GitLab `push` event"),
        (json!({"object_kind": "note", "merge_request": {}}).to_string(), "a GitLab `note` event"),
        (json!({"approved_by": [], "approvals_left": 1}).to_string(), "give reviews with `--reviews`"),
        (headless.to_string(), "without the id of its last commit"),
        (json!({"eventKey": "repo:refs_changed"}).to_string(), "a Bitbucket `repo:refs_changed` event"),
    ];
    for (text, message) in cases {
        let read = Change { title: Some("kept".to_owned()), ..Change::default() };
        let (change, source) = eventful(&text, &read, &[]);
        assert_eq!((&change, source.completeness), (&read, Completeness::Failed), "{text}");
        assert!(source.reason.as_ref().unwrap().contains(message), "{text}: {source:?}");
    }
}
