//! Files as forges wrote them, from a folder beside the repository where there is one. What each one is was found by
//! reading it; the reasons stand beside it.

use std::collections::BTreeSet;

use tollgate::evidence::{Change, Completeness};

use super::{eventful, one, shown};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/reviews");

/// What a file should be read as.
enum Is {
    /// Nothing: what the refusal says.
    Refused(&'static str),
    /// Reviews, or facts of the change, with this completeness, and what the reason says.
    Read(&'static [&'static str], Completeness, &'static str),
}
use Is::{Read, Refused};

/// File, as reviews, as the change, why.
type Row = (&'static str, Is, Is, &'static str);

fn rows() -> Vec<Row> {
    use Completeness::{Complete, Failed, Truncated};
    vec![
        (
            "danger-js-bitbucket_server_pr.json",
            Read(&["danger commented"], Complete, ""),
            Read(&["PROJ/repo#1 by test: foo -> master, d6725486"], Complete, ""),
            "`reviewers` is empty; the one participant is UNAPPROVED without being asked; a request of the server is both",
        ),
        (
            "danger-js-requested_reviewers.json",
            Refused("a list of users"),
            Refused("a list of users"),
            "who was asked has not said anything",
        ),
        (
            "danger-js-reviews.json",
            Read(&["orta commented"; 4], Complete, ""),
            Refused("a list of objects"),
            "4 times COMMENTED by one person, at two commits and four times: nothing is decided",
        ),
        (
            "danger-rb-inline_comments_pr_diff_files.json",
            Refused("a list of changed files"),
            Refused("a list of changed files"),
            "`pulls/N/files`; its `status` is no state of a review",
        ),
        (
            "danger-rb-pr_response.json",
            Refused("give it with `--change`"),
            Read(
                &["artsy/eigen#800 by orta: orta-circle_ci2 -> master, 561827e4"],
                Truncated,
                "does not say: labels, draft",
            ),
            "`pulls/800` of 2015, when requests had neither `labels` nor `draft` in this answer",
        ),
        (
            "danger-rb-pr_review_response.json",
            Read(&["conichi-ci approved latest"], Truncated, "one review"),
            Refused("give reviews with `--reviews`"),
            "`pulls/2/reviews/15629060`: one of possibly many; of `type` User whatever its name says",
        ),
        (
            "danger-rb-pr_reviews_response.json",
            Read(&["conichi-ci approved latest"], Failed, "`REQUESTED_CHANGES`"),
            Refused("a list of"),
            "two of three have a state that GitHub does not have: they may be requests for changes, so the file fails",
        ),
        (
            "policy-bot-pull_commits.yml",
            Refused("is no JSON"),
            Refused("is no JSON"),
            "a recording in YAML; its bodies are looked at below",
        ),
        ("policy-bot-pull_no_reviews.yml", Refused("is no JSON"), Refused("is no JSON"), "likewise"),
        ("policy-bot-pull_reviews_comments.yml", Refused("is no JSON"), Refused("is no JSON"), "likewise"),
        (
            "policy-bot-repo_statuses_e05fcae367230ee709313dd2720da527d178ce43.yml",
            Refused("is no JSON"),
            Refused("is no JSON"),
            "likewise",
        ),
        (
            "webhook-check_run-completed.payload.json",
            Refused("a GitHub `check_run` event"),
            Refused("a GitHub `check_run` event"),
            "names requests only by number and commit",
        ),
        (
            "webhook-pull_request-review_requested.payload.json",
            Refused("give it with `--change`"),
            Read(&["Codertocat/Hello-World#2 by Codertocat: changes -> master, ec26c3e5 [bug]"], Complete, ""),
            "`pull_request` with everything, one label; head and base are in the same repository",
        ),
        (
            "webhook-pull_request_review-submitted.with-organization.payload.json",
            Read(&["Codertocat commented"], Truncated, "one review"),
            Read(&["Codertocat/Hello-World#2 by Codertocat: changes -> master, ec26c3e5 [bug]"], Complete, ""),
            "a review in lower case, and the request that it is of",
        ),
        (
            "webhook-pull_request_review_thread-unresolved.payload.json",
            Refused("`pull_request_review_thread` event"),
            Refused("`pull_request_review_thread` event"),
            "about a thread of comments",
        ),
    ]
}

fn text_of(name: &str) -> Option<String> {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}")).ok();
    if text.is_none() {
        println!("no `{name}` here, not tested");
    }
    text
}

#[test]
fn every_real_file_is_read_for_what_it_is() {
    for (name, reviews, change, why) in rows() {
        let Some(text) = text_of(name) else { continue };
        let (found, source) = one(&text);
        check(name, why, &reviews, &shown(&found), source.completeness, source.reason.as_deref());

        let (found, source) = eventful(&text, &Change::default(), &[]);
        let labels = if found.labels.is_empty() { String::new() } else { format!(" [{}]", found.labels.join(", ")) };
        let fact = found.head.as_ref().map(|head| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            format!(
                "{}#{} by {}: {} -> {}, {}{labels}",
                text(&found.repository),
                found.number.unwrap_or(0),
                text(&found.author),
                text(&found.branch),
                text(&found.target_branch),
                &head[..8]
            )
        });
        let facts: Vec<String> = fact.into_iter().collect();
        check(name, why, &change, &facts, source.completeness, source.reason.as_deref());
    }
}

fn check(name: &str, why: &str, expected: &Is, found: &[String], completeness: Completeness, reason: Option<&str>) {
    let said = reason.unwrap_or("");
    match expected {
        Refused(text) => {
            assert_eq!((completeness, found), (Completeness::Failed, &[][..]), "{name}: {why}: {said}");
            assert!(said.contains(text), "{name}: {why}: {said}");
        }
        Read(items, expected, text) => {
            assert_eq!(found, *items, "{name}: {why}: {said}");
            assert_eq!(completeness, *expected, "{name}: {why}: {said}");
            assert!(said.contains(text) && said.is_empty() == text.is_empty(), "{name}: {why}: {said}");
        }
    }
}

#[test]
fn no_file_of_the_folder_stands_outside_of_the_table() {
    let Ok(entries) = std::fs::read_dir(FOLDER) else {
        println!("no real files here, nothing tested");
        return;
    };
    let there: BTreeSet<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let known: BTreeSet<String> = rows().iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(there, known);
}

/// The bodies of a recording: what stands under `body: |`, without its four blanks.
fn bodies(name: &str) -> Vec<String> {
    let text = text_of(name).unwrap_or_default();
    let mut bodies: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.trim() == "body: |" {
            inside = true;
            bodies.push(String::new());
        } else if let (true, Some(rest)) = (inside, line.strip_prefix("    ")) {
            let body = bodies.last_mut().unwrap();
            body.push_str(rest);
            body.push('\n');
        } else {
            inside = false;
        }
    }
    bodies
}

#[test]
fn bodies_of_recordings_are_read_for_what_they_are() {
    let [none] = bodies("policy-bot-pull_no_reviews.yml").try_into().unwrap_or([const { String::new() }]);
    if none.is_empty() {
        return;
    }
    // No review, and `hasNextPage` is false: that there is none is known.
    let (reviews, source) = one(&none);
    assert!(reviews.is_empty() && source.completeness == Completeness::Complete, "{source:?}");

    // Two pages: a request for changes, then an approval and a comment. Alone, the first says that there is more and the
    // second does not say whether it is the first. Whether the one who approves is a bot was not asked for.
    let pages = bodies("policy-bot-pull_reviews_comments.yml");
    let (reviews, source) = one(&pages.concat());
    let all = ["bkeyes approved latest", "jgiannuzzi commented", "mhaypenny changes_requested latest"];
    assert_eq!(shown(&reviews), all);
    assert_eq!(source.completeness, Completeness::Truncated);
    assert!(source.reason.as_ref().unwrap().contains("__typename"), "{source:?}");
    let (reviews, source) = one(&format!("[{}, {}]", pages[0], pages[1]));
    assert_eq!(shown(&reviews), all);
    assert!(source.reason.unwrap().contains("__typename"));
    let (reviews, source) = one(&pages[0]);
    assert_eq!(shown(&reviews), ["mhaypenny changes_requested latest"]);
    assert!(source.completeness == Completeness::Truncated && source.reason.unwrap().contains("last page"));

    // With `__typename` beside each login the same two pages are all there is to know.
    let typed: Vec<&str> = pages.iter().flat_map(|page| page.lines()).map(str::trim).collect();
    let typed = typed.concat().replace("{\"login\"", "{\"__typename\": \"User\", \"login\"");
    let (reviews, source) = one(&typed);
    assert_eq!((shown(&reviews), source.completeness), (all.map(str::to_owned).to_vec(), Completeness::Complete));

    for body in bodies("policy-bot-pull_commits.yml") {
        let (reviews, source) = one(&body);
        assert!(reviews.is_empty() && source.reason.unwrap().contains("GraphQL without reviews"));
    }
    for body in bodies("policy-bot-repo_statuses_e05fcae367230ee709313dd2720da527d178ce43.yml") {
        let (reviews, source) = one(&body);
        assert!(reviews.is_empty() && source.reason.unwrap().contains("a list of objects with the keys `created_at`"));
    }
}
