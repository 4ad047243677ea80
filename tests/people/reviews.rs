//! Each dialect of reviews, and what is no review.

use serde_json::{Value, json};
use tollgate::evidence::{Change, Completeness, ReviewState};

use super::{id, one, rest, shown, take, user};

#[test]
fn github_rest_has_everything() {
    let list = json!([
        rest("Ada", "APPROVED", 1),
        rest("dependabot[bot]", "APPROVED", 2),
        rest("bob", "CHANGES_REQUESTED", 3),
        rest("cy", "DISMISSED", 4),
        rest("di", "PENDING", 5),
        {"user": null, "state": "APPROVED", "commit_id": null, "submitted_at": "2026-03-01T12:30:00+02:00"},
    ]);
    let (reviews, source) = one(&list.to_string());
    assert_eq!(
        (source.completeness, source.items, source.tool.as_deref()),
        (Completeness::Complete, 6, Some("GitHub"))
    );
    let expected = [
        "- approved",
        "Ada approved latest",
        "bob changes_requested latest",
        "cy dismissed latest",
        "dependabot[bot] approved latest bot",
        "di pending",
    ];
    assert_eq!(shown(&reviews), expected);
    assert_eq!(reviews[0].time.as_deref(), Some("2026-03-01T10:30:00Z"), "times are of UTC");
    assert_eq!((reviews[0].commit.as_deref(), reviews[1].commit.as_ref()), (None, Some(&id('a'))));
}

#[test]
fn a_webhook_of_github_is_one_review_in_lower_case() {
    let mut review = rest("ada", "approved", 1);
    review["commit_id"] = json!(id('A'));
    let event = json!({"action": "submitted", "review": review, "pull_request": {"number": 12}, "sender": user("ada")});
    let (reviews, source) = one(&event.to_string());
    assert_eq!(shown(&reviews), ["ada approved latest"]);
    assert_eq!(reviews[0].commit, Some(id('a')), "commit ids are in lower case");
    assert_eq!(source.completeness, Completeness::Truncated);
}

#[test]
fn graphql_spells_bots_as_rest_does() {
    let node = json!({"author": {"__typename": "Bot", "login": "renovate"}, "state": "APPROVED",
        "submittedAt": "2026-03-01T10:01:00Z", "commit": {"oid": id('a')}});
    let gone = json!({"author": null, "state": "APPROVED"});
    let answer = json!({"data": {"node": {"reviews": {"pageInfo": {"hasNextPage": false}, "edges": [{"node": node}, {"node": gone}]}}}});
    let of_rest = json!([rest("renovate[bot]", "APPROVED", 1)]).to_string();
    let (reviews, sources) = take(&[&answer.to_string(), &of_rest], &Change::default());
    assert_eq!(shown(&reviews), ["- approved", "renovate[bot] approved latest bot"], "both files have the same review");
    assert!(sources.iter().all(|source| source.completeness == Completeness::Complete), "{sources:?}");
}

#[test]
fn gitlab_says_who_approves_now() {
    let approvals = json!({
        "id": 5, "iid": 5, "project_id": 1, "title": "t", "state": "opened", "approvals_required": 2, "approvals_left": 0,
        "approved": true,
        "approved_by": [
            {"user": {"id": 1, "username": "ada", "state": "active"}, "approved_at": "2026-03-01T12:00:00.123+01:00"},
            {"user": {"id": 2, "username": "project_7_bot_4ffca2"}},
        ],
    });
    let (reviews, source) = one(&approvals.to_string());
    assert_eq!(shown(&reviews), ["ada approved latest", "project_7_bot_4ffca2 approved latest bot"]);
    assert_eq!(reviews[0].time.as_deref(), Some("2026-03-01T11:00:00.123Z"));
    assert_eq!((source.completeness, source.tool.as_deref()), (Completeness::Complete, Some("GitLab")));

    let rule = |name: &str, by: Value| json!({"id": 1, "name": name, "rule_type": "regular", "approvals_required": 1, "approved_by": by});
    let ada = json!({"id": 1, "username": "ada"});
    let state = json!({"approval_rules_overwritten": false,
        "rules": [rule("all", json!([ada, {"id": 2, "username": "bob"}])), rule("security", json!([ada])), rule("none", json!([]))]});
    let (reviews, source) = one(&state.to_string());
    assert_eq!(shown(&reviews), ["ada approved latest", "bob approved latest"]);
    assert_eq!((source.completeness, source.items), (Completeness::Complete, 2));
}

#[test]
fn bitbucket_cloud_knows_people_by_their_account() {
    let participant = |id: &str, role: &str, approved: bool, state: Value| {
        let user = json!({"type": "user", "nickname": "security-lead", "account_id": "5b10", "uuid": id});
        json!({"type": "participant", "user": user, "role": role, "approved": approved, "state": state, "participated_on": "2026-03-01T10:00:00+00:00"})
    };
    let mut program = participant("9:p", "PARTICIPANT", true, Value::Null);
    program["user"]["type"] = json!("app_user");
    let request = json!({
        "type": "pullrequest", "id": 3, "source": {"commit": {"hash": "aaaaaaaaaaaa"}}, "destination": {},
        "participants": [
            participant("1:a", "REVIEWER", true, json!("approved")),
            participant("2:b", "REVIEWER", false, json!("changes_requested")),
            participant("3:c", "REVIEWER", false, Value::Null),
            participant("4:d", "PARTICIPANT", false, Value::Null),
            program,
        ],
    });
    let expected = [
        "1:a approved latest",
        "2:b changes_requested latest",
        "3:c pending",
        "4:d commented",
        "9:p approved latest bot",
    ];
    for text in [request.to_string(), json!({"actor": {}, "pullrequest": request, "repository": {}}).to_string()] {
        let (reviews, source) = one(&text);
        assert_eq!(
            (shown(&reviews), source.completeness),
            (expected.map(str::to_owned).to_vec(), Completeness::Complete)
        );
    }
    let listed = json!({"type": "pullrequest", "id": 3, "source": {}, "destination": {}});
    assert!(one(&listed.to_string()).1.reason.unwrap().contains("without `participants`"));
}

#[test]
fn bitbucket_server_says_of_which_commit() {
    let participant = |name: &str, role: &str, approved: bool, status: &str| {
        json!({"user": {"name": name, "slug": name, "type": "NORMAL"}, "role": role, "approved": approved, "status": status,
            "lastReviewedCommit": id('b')})
    };
    let request = json!({
        "id": 4, "fromRef": {}, "toRef": {},
        "reviewers": [
            participant("ada", "REVIEWER", true, "APPROVED"),
            participant("bob", "REVIEWER", false, "NEEDS_WORK"),
            participant("cy", "REVIEWER", false, "UNAPPROVED"),
            {"user": {"name": "ci", "type": "SERVICE"}, "role": "REVIEWER", "approved": true},
        ],
        "participants": [participant("di", "PARTICIPANT", false, "UNAPPROVED"), participant("me", "AUTHOR", false, "UNAPPROVED")],
    });
    let expected =
        ["ada approved latest", "bob changes_requested latest", "ci approved latest bot", "cy pending", "di commented"];
    for text in [request.to_string(), json!({"eventKey": "pr:reviewer:approved", "pullRequest": request}).to_string()] {
        let (reviews, source) = one(&text);
        assert_eq!(
            (shown(&reviews), source.completeness),
            (expected.map(str::to_owned).to_vec(), Completeness::Complete)
        );
        assert_eq!((source.items, source.set_aside), (5, 1), "the author is no reviewer");
        assert_eq!(reviews[0].commit, Some(id('b')));
    }
}

#[test]
fn an_entry_that_can_not_be_taken_fails_the_file_and_the_others_count() {
    let with = |name: &str, value: Value| {
        let mut review = rest("bob", "APPROVED", 2);
        review[name] = value;
        review
    };
    let without = |name: &str| {
        let mut review = rest("bob", "APPROVED", 2);
        review.as_object_mut().unwrap().remove(name);
        review
    };
    let cases: Vec<(Value, &str, usize)> = vec![
        (json!("x"), "found the text `x`, expected a review", 1),
        (with("state", json!("APROVED")), "did you mean `APPROVED`?", 1),
        (with("state", json!(7)), "found the number 7, expected a text", 1),
        (without("state"), "is absent, expected a state", 1),
        (without("user"), "is absent, expected an account", 1),
        (with("user", json!({"login": ""})), "has no `login`", 1),
        (with("commit_id", json!("main")), "found `main`, expected a commit id", 2),
        (with("submitted_at", json!("yesterday")), "found `yesterday` for a time", 2),
        (with("submitted_at", json!([])), "expected a time", 2),
    ];
    for (entry, message, count) in cases {
        let (reviews, source) = one(&json!([rest("ada", "APPROVED", 1), entry]).to_string());
        assert_eq!(reviews.len(), count, "{entry}");
        assert!(shown(&reviews).contains(&"ada approved latest".to_owned()), "{entry}");
        assert_eq!((source.completeness, source.problem_count), (Completeness::Failed, 1), "{entry}: {source:?}");
        assert!(source.problems[0].message.contains(message), "{entry}: {source:?}");
        assert!(source.problems[0].at.starts_with("/1"), "{entry}: {source:?}");
    }
}

#[test]
fn contradictions_of_bitbucket_say_nothing() {
    let server = |approved: Value, status: &str| {
        json!({"id": 1, "fromRef": {}, "toRef": {}, "reviewers": [
            {"user": {"name": "ada", "type": "NORMAL"}, "role": "REVIEWER", "approved": approved, "status": status}]})
    };
    for (approved, status) in
        [(json!(true), "UNAPPROVED"), (json!(true), "NEEDS_WORK"), (json!(false), "APPROVED"), (json!(true), "MAYBE")]
    {
        let (reviews, source) = one(&server(approved, status).to_string());
        assert!(reviews.is_empty() && source.completeness == Completeness::Failed, "{status}: {reviews:?}");
    }
}

#[test]
fn what_is_no_review_is_refused_by_its_name() {
    let request = json!({"number": 1, "head": {}, "base": {}, "user": user("ada"), "state": "open"});
    let cases: Vec<(String, &str)> = vec![
        (String::new(), "is empty"),
        ("<html></html>".to_owned(), "is no JSON"),
        ("null".to_owned(), "is null"),
        ("7".to_owned(), "the number 7"),
        ("\"approved\"".to_owned(), "the text `approved`"),
        ("{}".to_owned(), "an object with no keys"),
        ("[[[]]]".to_owned(), "a list that begins with a list"),
        (json!({"message": "Not Found", "documentation_url": "x", "status": "404"}).to_string(), "error `Not Found`"),
        (json!({"message": "401 Unauthorized"}).to_string(), "error `401 Unauthorized`"),
        (json!({"error": "404 Not Found"}).to_string(), "error `404 Not Found`"),
        (json!({"type": "error", "error": {"message": "Access denied"}}).to_string(), "error `Access denied`"),
        (json!({"errors": [{"message": "No such pull request"}]}).to_string(), "error `No such pull request`"),
        (json!({"data": null, "errors": [{"message": "Bad query"}]}).to_string(), "error `Bad query`"),
        (json!({"data": {"repository": {"pullRequest": null}}}).to_string(), "GraphQL without reviews"),
        (json!({"users": [user("ada")], "teams": []}).to_string(), "did not give one yet"),
        (json!([user("ada")]).to_string(), "did not give one yet"),
        (request.to_string(), "`--change`"),
        (json!([request]).to_string(), "a list of pull requests"),
        (json!({"object_kind": "merge_request", "object_attributes": {}}).to_string(), "merge_requests/IID/approvals"),
        (json!({"iid": 1, "source_branch": "a", "target_branch": "b"}).to_string(), "merge_requests/IID/approvals"),
        (
            json!([{"id": 1, "user": user("ada"), "path": "a", "diff_hunk": "", "commit_id": id('a')}]).to_string(),
            "comments",
        ),
        ("[{\"state\": \"APPROVED\", \"state\": \"DISMISSED\"}]".to_owned(), "`state` stands twice"),
    ];
    for (text, message) in cases {
        let (reviews, source) = one(&text);
        assert!(reviews.is_empty() && source.completeness == Completeness::Failed, "{text}: {source:?}");
        assert!(source.reason.as_ref().unwrap().contains(message), "{text}: {source:?}");
    }
}

#[test]
fn a_list_of_reviews_inside_another_document_is_no_answer_of_a_forge() {
    let (_, source) = one(&json!({"reviews": []}).to_string());
    assert_eq!(source.completeness, Completeness::Complete, "as `gh pr view --json reviews` writes it");
    for other in [
        json!({"danger": {"github": {"pr": {}, "reviews": []}}}),
        json!({"package": {"reviews": [], "name": "left-pad"}}),
        json!({"data": {"product": {"reviews": []}}}),
    ] {
        let (reviews, source) = one(&other.to_string());
        assert!(reviews.is_empty() && source.completeness == Completeness::Failed, "{other}: {source:?}");
    }
}

#[test]
fn reviews_of_another_request_say_nothing_about_this_one() {
    let list = json!([rest("ada", "APPROVED", 1)]).to_string();
    let numbered = |number| Change { number: Some(number), ..Change::default() };
    assert_eq!(take(&[&list], &numbered(12)).1[0].completeness, Completeness::Complete);
    let (_, sources) = take(&[&list], &numbered(13));
    assert_eq!(sources[0].completeness, Completeness::Failed);
    assert_eq!(sources[0].reason.as_deref(), Some("holds reviews of request 12, expected those of 13"));

    let mut other = rest("bob", "APPROVED", 2);
    other["pull_request_url"] = json!("https://api.github.com/repos/acme/shop/pulls/13");
    let (_, source) = one(&json!([rest("ada", "APPROVED", 1), other]).to_string());
    assert_eq!(source.reason.as_deref(), Some("holds reviews of the requests 12, 13, expected those of one"));
}

#[test]
fn reviews_of_a_request_with_the_same_number_in_another_repository_say_nothing_about_this_one() {
    let list = json!([rest("ada", "APPROVED", 1)]).to_string();
    let of = |name: &str| Change { repository: Some(name.to_owned()), number: Some(12), ..Change::default() };
    assert_eq!(take(&[&list], &of("Acme/Shop")).1[0].completeness, Completeness::Complete);
    let (_, sources) = take(&[&list], &of("acme/shop-fork"));
    assert_eq!(sources[0].completeness, Completeness::Failed);
    let reason = "holds reviews of a request of `acme/shop`, expected those of `acme/shop-fork`";
    assert_eq!(sources[0].reason.as_deref(), Some(reason));

    // What git says is where it was cloned from, perhaps a mirror.
    for cloned_from in ["https://mirror.example/shop.git", "git@github.com:ada/shop.git", "../shop", "/srv/git/shop"] {
        assert_eq!(take(&[&list], &of(cloned_from)).1[0].completeness, Completeness::Complete, "{cloned_from}");
    }

    let mut other = rest("bob", "APPROVED", 2);
    other["pull_request_url"] = json!("https://forge.example/api/v3/repos/acme/till/pulls/12");
    let (_, source) = one(&json!([rest("ada", "APPROVED", 1), other]).to_string());
    let reason = "holds reviews of the repositories `acme/shop` and `acme/till`, expected those of one";
    assert_eq!(source.reason.as_deref(), Some(reason));

    let webhook = json!({"review": rest("ada", "approved", 1), "pull_request": {"number": 12},
        "repository": {"full_name": "acme/till"}});
    let (_, sources) = take(&[&webhook.to_string()], &of("acme/shop"));
    assert_eq!(sources[0].completeness, Completeness::Failed);
}

#[test]
fn the_commit_that_a_file_was_made_for_is_compared_with_the_head() {
    let change = Change { head: Some(id('a')), ..Change::default() };
    let outcome = || tollgate::collect::reviews::parse(b"[]");
    for (commit, completeness) in [("aaaaaaa", Completeness::Complete), ("bbbbbbb", Completeness::Stale)] {
        let mut report = super::report(outcome());
        report.commit = Some(commit.to_owned());
        let (_, sources) = tollgate::normalize::people::reviews(&[report], &change);
        assert_eq!((sources[0].completeness, sources[0].commit.as_deref()), (completeness, Some(commit)));
    }
}

#[test]
fn files_that_agree_count_once_and_files_that_contradict_each_other_both_stay() {
    let list = json!([rest("Ada", "APPROVED", 1), rest("bob", "COMMENTED", 2)]).to_string();
    let mut again = rest("ada", "approved", 1);
    again["submitted_at"] = json!("2026-03-01T11:01:00+01:00");
    let event = |review: &Value| json!({"action": "x", "review": review, "pull_request": {"number": 12}}).to_string();
    let (reviews, sources) = take(&[&list, &event(&again)], &Change::default());
    assert_eq!(shown(&reviews), ["Ada approved latest", "bob commented"]);
    assert_eq!((sources[0].items, sources[1].items), (2, 1));

    again["state"] = json!("dismissed");
    let (reviews, _) = take(&[&list, &event(&again)], &Change::default());
    assert_eq!(shown(&reviews), ["Ada approved", "ada dismissed latest", "bob commented"]);
    assert!(reviews.iter().all(|review| review.state != ReviewState::Approved || !review.latest));
}

#[test]
fn a_missing_file_is_a_missing_source() {
    let report = tollgate::collect::reviews::read(std::path::Path::new("no/such.json"), "no/such.json", None);
    let (reviews, sources) = tollgate::normalize::people::reviews(&[report], &Change::default());
    assert!(reviews.is_empty() && sources[0].completeness == Completeness::Missing);
}
