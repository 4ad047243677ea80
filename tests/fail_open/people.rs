//! Approvals that are none: of the author, of a bot, of another commit, taken back, or read out of a file that says two things.

use serde_json::{Value, json};

use crate::{Place, all, decision, pack_toml, rule};

/// A repository whose change needs an approval of `team:security`, and what lies outside of it.
pub(crate) struct World {
    pub(crate) place: Place,
    pub(crate) away: Place,
    pub(crate) head: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let (place, away) = (Place::new(), Place::new());
        place.git(&["init", "-q", "-b", "main"]);
        place.write("src/auth.js", "a\n");
        place.write("docs/page.md", "a page\n");
        place.commit();
        place.git(&["checkout", "-q", "-b", "change"]);
        place.write("src/auth.js", "b\n");
        let head = place.commit();
        away.write("p/pack.toml", pack_toml("p"));
        away.write("p/rules/the-rule.rhai", asks("team:security", ""));
        away.write("teams.toml", "[teams]\nsecurity = [\"sam\", \"ann\"]\n");
        Self { place, away, head }
    }

    pub(crate) fn at(&self, file: &str) -> String {
        self.away.path().join(file).to_str().unwrap().to_owned()
    }

    /// What the change ends in with reviews that a file has.
    pub(crate) fn with(&self, name: &str, reviews: &str, more: &[&str]) -> String {
        self.away.write("reviews.json", reviews);
        let (pack, teams, reviews) = (self.at("p"), self.at("teams.toml"), self.at("reviews.json"));
        let all = ["--base", "main", "--policy", &pack, "--teams", &teams, "--reviews", &reviews];
        let author: &[&str] = if more.contains(&"--author") { &[] } else { &["--author", "dev"] };
        decision(name, &self.place.eval(&[&all, author, more].concat()))
    }

    fn of(&self, name: &str, review: Value) -> String {
        self.with(name, &json!([review]).to_string(), &[])
    }

    /// An approval of the head, with parts replaced.
    pub(crate) fn review(&self, with: Value) -> Value {
        let mut review = json!({"id": 1, "user": {"login": "sam", "id": 1, "type": "User"}, "state": "APPROVED",
            "commit_id": self.head, "submitted_at": "2026-01-30T12:00:00Z", "body": ""});
        for (key, value) in with.as_object().unwrap() {
            review[key] = value.clone();
        }
        review
    }

    fn by(&self, name: &str, login: &str) -> String {
        self.of(name, self.review(json!({"user": {"login": login, "id": 1, "type": "User"}})))
    }
}

/// A rule that asks somebody for approval of each changed file under `src`.
pub(crate) fn asks(whom: &str, more: &str) -> String {
    rule("\"files\"", "for f in change.files.under(\"src/**\") { violation(f, f.path); }")
        .replace("hard-mandatory", "soft-mandatory")
        .replace("needs:", &format!("approvers: [\"{whom}\"], {more} needs:"))
}

#[test]
fn an_approval_of_somebody_who_is_asked_approves() {
    let world = World::new();
    assert_eq!(world.of("control", world.review(json!({}))), "approved");
    assert_eq!(world.by("in capitals", "SAM"), "approved");
    assert_eq!(world.by("with a blank behind", "sam "), "approved");
    assert_eq!(world.with("none", "[]", &[]), "approval_required");
}

#[test]
fn approvals_of_one_who_may_not_give_them() {
    let world = World::new();
    let teams = |text: &str| world.away.write("teams.toml", text);
    let author = |name: &'static str, author: &str| {
        (name, world.with(name, &json!([world.review(json!({}))]).to_string(), &["--author", author]))
    };
    let mut rows = vec![
        ("somebody who is not asked", world.by("x", "eve")),
        ("an at before the login", world.by("x", "@sam")),
        ("a login with something unseen", world.by("x", "sam\u{200b}")),
        ("a login of another alphabet", world.by("x", "s\u{430}m")),
        ("a login with a long s", world.by("x", "\u{17f}am")),
        ("the team itself", world.by("x", "security")),
        ("an empty login", world.by("x", "")),
        ("nobody", world.of("x", world.review(json!({"user": null})))),
        ("a bot", world.of("x", world.review(json!({"user": {"login": "sam", "type": "Bot"}})))),
        ("a bot by its name", world.by("x", "sam[bot]")),
        ("the author", author("x", "sam").1),
        ("the author in capitals", author("x", "SAM").1),
        ("an author who is not known", {
            let (pack, teams, reviews) = (world.at("p"), world.at("teams.toml"), world.at("reviews.json"));
            let all = ["--base", "main", "--policy", &pack, "--teams", &teams, "--reviews", &reviews];
            decision("unknown", &world.place.eval(&all))
        }),
    ];
    teams("[teams]\nsecurity = []\n");
    rows.push(("a team that was emptied", world.by("x", "sam")));
    teams("[teams]\nsafety = [\"sam\"]\n");
    rows.push(("a team that was renamed", world.by("x", "sam")));
    teams("[teams]\nSecurity = [\"sam\"]\n");
    rows.push(("a team in other capitals", world.by("x", "sam")));
    teams("[teams]\nsecurity = [\"ann\"]\nother = [\"sam\"]\n");
    rows.push(("a member of another team", world.by("x", "sam")));
    all(rows.iter().map(|(name, found)| (*name, "approval_required", found.clone())));
    let broken = [
        ("a team twice", "[teams]\nsecurity = [\"ann\"]\nsecurity = [\"sam\"]\n"),
        ("a team twice in other capitals", "[teams]\nsecurity = [\"ann\"]\nSecurity = [\"sam\"]\n"),
        ("a team inside of a team", "[teams]\nsecurity = [\"team:all\"]\nall = [\"sam\"]\n"),
        ("a team that is a table", "[teams.security]\nmembers = [\"sam\"]\n"),
        ("a member with an at", "[teams]\nsecurity = [\"@sam\"]\n"),
        ("teams that are cut short", "[teams]\nsecurity = [\"sam\""),
    ];
    all(broken.map(|(name, text)| {
        teams(text);
        (name, "none", world.by(name, "sam"))
    }));
}

/// After a commit that sam had a part in, sam's approval is none, and ann's is one.
fn commit_of_sams(name: &str, how: &[&str]) {
    let world = World::new();
    world.place.write("src/more.js", "a\n");
    world.place.git(&["add", "-A"]);
    world.place.git(&[&["commit", "-q"][..], how].concat());
    let head = world.place.git(&["rev-parse", "HEAD"]);
    let found = world.of(name, world.review(json!({"commit_id": head})));
    assert_eq!(found, "approval_required", "{name}");
    let other = world.review(json!({"commit_id": head, "user": {"login": "ann", "type": "User"}}));
    assert_eq!(world.of("control", other), "approved", "{name}");
}

#[test]
fn approvals_of_the_author_by_another_spelling() {
    for (name, author) in [
        ("by the name", "sam <x@example.org>"),
        ("by the address", "Sam Smith <sam@example.org>"),
        ("by the forge's address", "Sam Smith <12345+sam@users.noreply.github.com>"),
        ("by the forge's old address", "Sam Smith <sam@users.noreply.github.com>"),
        ("by gitlab's address", "Sam Smith <12345-sam@users.noreply.gitlab.com>"),
        ("in capitals", "SAM <x@example.org>"),
        ("by an address in capitals", "X <Sam@Example.org>"),
        ("with blanks", "  sam   <x@example.org>"),
        ("by the name with an at", "@sam <x@example.org>"),
        ("by an address with a tag", "Sam Smith <sam+work@example.org>"),
    ] {
        commit_of_sams(name, &["-m", "x", "--author", author]);
    }
}

#[test]
fn approvals_of_who_wrote_a_commit_with_somebody() {
    for (name, trailer) in [
        ("as a forge writes it", "Co-authored-by: Sam Smith <sam@example.org>"),
        ("in another case", "co-Authored-By:sam <x@example.org>"),
        ("before other lines", "Co-authored-by: sam <x@example.org>\n\nSigned-off-by: ann <ann@example.org>"),
        ("without an address", "Co-authored-by: Sam"),
    ] {
        commit_of_sams(name, &["-m", &format!("x\n\n{trailer}\n")]);
    }
}

#[test]
fn approvals_of_another_commit_or_taken_back() {
    let world = World::new();
    let base = world.place.git(&["rev-parse", "main"]);
    let of = |commit: Value| world.of("x", world.review(json!({ "commit_id": commit })));
    let (short, upper) = (world.head[..12].to_owned(), world.head.to_uppercase());
    let two = |a: Value, b: Value| world.with("x", &json!([world.review(a), world.review(b)]).to_string(), &[]);
    let later = "2026-01-31T12:00:00Z";
    let raw = |from: &str, to: &str| {
        let text = json!([world.review(json!({}))]).to_string();
        assert!(text.contains(from), "{text}");
        world.with("x", &text.replace(from, to), &[])
    };
    all([
        ("in capitals", "approved", of(json!(upper))),
        ("of the base", "approval_required", of(json!(base))),
        ("of the head, shortened", "approval_required", of(json!(short))),
        ("of no commit", "approval_required", of(json!(null))),
        ("of a name", "approval_required", of(json!("HEAD"))),
        ("of an empty commit", "approval_required", of(json!(""))),
        ("pending", "approval_required", world.of("x", world.review(json!({"state": "PENDING"})))),
        ("commented", "approval_required", world.of("x", world.review(json!({"state": "COMMENTED"})))),
        ("dismissed", "approval_required", world.of("x", world.review(json!({"state": "DISMISSED"})))),
        ("of an unknown state", "approval_required", world.of("x", world.review(json!({"state": "LGTM"})))),
        ("of no state", "approval_required", world.of("x", world.review(json!({"state": null})))),
        ("then dismissed", "approval_required", two(json!({}), json!({"state": "DISMISSED", "submitted_at": later}))),
        (
            "then changes asked for",
            "approval_required",
            two(json!({}), json!({"state": "CHANGES_REQUESTED", "submitted_at": later})),
        ),
        (
            "then changes asked for, in other capitals",
            "approval_required",
            two(
                json!({}),
                json!({"state": "CHANGES_REQUESTED", "submitted_at": later, "user": {"login": "Sam", "type": "User"}}),
            ),
        ),
        (
            "then changes asked for, in another zone",
            "approval_required",
            two(
                json!({"submitted_at": "2026-01-30T23:00:00+02:00"}),
                json!({"state": "CHANGES_REQUESTED", "submitted_at": "2026-01-30T22:00:00Z"}),
            ),
        ),
        (
            "changes asked for at a time nobody knows",
            "approval_required",
            two(json!({}), json!({"state": "CHANGES_REQUESTED", "submitted_at": null})),
        ),
        (
            "a state twice",
            "approval_required",
            raw("\"state\":\"APPROVED\"", "\"state\":\"CHANGES_REQUESTED\",\"state\":\"APPROVED\""),
        ),
        (
            "a person twice",
            "approval_required",
            raw("\"user\":", "\"user\":{\"login\":\"dev\",\"type\":\"User\"},\"user\":"),
        ),
        ("a login twice", "approval_required", raw("\"login\":\"sam\"", "\"login\":\"dev\",\"login\":\"sam\"")),
        (
            "a commit twice",
            "approval_required",
            raw("\"commit_id\":", &format!("\"commit_id\":\"{base}\",\"commit_id\":")),
        ),
        ("cut short", "approval_required", {
            let text = json!([world.review(json!({}))]).to_string();
            world.with("x", &text[..text.len() - 1], &[])
        }),
        ("an empty file", "approval_required", world.with("x", "", &[])),
        ("the forge's error", "approval_required", {
            world.with("x", "{\"message\": \"API rate limit exceeded\", \"status\": \"403\"}", &[])
        }),
        ("a page of HTML", "approval_required", world.with("x", "<html>502</html>", &[])),
        ("one review alone", "approval_required", world.with("x", &world.review(json!({})).to_string(), &[])),
        ("a full page", "approval_required", {
            world.with("x", &json!(vec![world.review(json!({})); 30]).to_string(), &[])
        }),
        (
            "of another repository",
            "approval_required",
            world.with(
                "x",
                &json!([world.review(json!({"pull_request_url": "https://api.github.com/repos/eve/shop/pulls/1"}))])
                    .to_string(),
                &["--repository", "acme/shop"],
            ),
        ),
    ]);
}

#[test]
fn an_author_of_a_document_that_is_spelled_as_nobody_is() {
    let world = World::new();
    world.away.write("reviews.json", json!([world.review(json!({}))]).to_string());
    let (teams, reviews, document, pack) =
        (world.at("teams.toml"), world.at("reviews.json"), world.at("e.json"), world.at("p"));
    let collect = ["collect", "--base", "main", "--author", "dev", "--teams", &teams, "--reviews", &reviews];
    let collected = world.place.run(&[&collect[..], &["--output", &document]].concat());
    assert_eq!(crate::code(&collected), 0, "{}", crate::stderr(&collected));
    let whole: Value = serde_json::from_slice(&std::fs::read(&document).unwrap()).unwrap();
    let of = |name: &'static str, author: &str| {
        let mut edited = whole.clone();
        edited["change"]["author"] = json!(author);
        world.away.write("e.json", edited.to_string());
        (name, decision(name, &world.place.eval(&["--evidence", &document, "--policy", &pack])))
    };
    assert_eq!(of("control", "dev").1, "approved");
    assert_eq!(of("the reviewer", "Sam").1, "approval_required");
    let odd = [
        of("nobody by name", ""),
        of("only blanks", " "),
        of("a blank before", " sam"),
        of("a blank behind", "sam "),
        of("a line more", "sam\n"),
        of("an at", "@sam"),
    ];
    all(odd.map(|(name, found)| (name, "none", found)));
}
