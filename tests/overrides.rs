//! An emergency override: what it needs, what it changes, and whatever else makes a run more lenient.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test may panic, and makes its inputs"
)]

#[path = "support/git.rs"]
mod git;
#[path = "overrides/head.rs"]
mod head;
#[path = "overrides/lenient.rs"]
mod lenient;
#[path = "overrides/place.rs"]
mod place;

use place::{Place, code, stderr, verdict};

/// A repository with a change that its own policy rejects, in which an override by `command` can be honoured.
fn place() -> Place {
    let place = Place::new(&[], &[("a.txt", "b")]);
    place.pack("org", "[override]\napprovals = [{ from = [\"team:command\"] }]\n", "violation(f, \"changed\");");
    place.write("out/teams.toml", "[teams]\ncommand = [\"ann\", \"bob\", \"carl\"]\n");
    place.reviews(&[("bob", &place.head())]);
    place.over(&place.head(), "2026-01-31T12:00:00Z");
    place
}

const FLAGS: &[&str] = &[
    "--policy",
    "out/org",
    "--teams",
    "out/teams.toml",
    "--reviews",
    "out/reviews.json",
    "--author",
    "ann",
    "--as-of",
    "2026-01-31T00:00:00Z",
];

/// With the flags of all these tests, an override, and more.
fn eval(place: &Place, more: &[&str]) -> std::process::Output {
    place.eval(&[FLAGS, &["--override", "out/override.toml", "--format", "json"], more].concat())
}

/// The verdict says why, and is the one that there is without.
#[track_caller]
fn not_honoured(place: &Place, told: &str) {
    let output = eval(place, &[]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let verdict = verdict(&output);
    assert_eq!((&verdict["decision"], &verdict["override"]["honoured"]), (&"rejected".into(), &false.into()));
    let why = verdict["override"]["why"].as_str().unwrap();
    assert!(why.contains(told), "{why}");
    assert!(stderr(&output).contains("the override is not honoured"), "{}", stderr(&output));
}

#[test]
fn an_honoured_override_changes_the_decision_and_nothing_else() {
    let place = place();
    let output = eval(&place, &[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let mut with = verdict(&output);
    let given = with["override"].take();
    assert_eq!((&with["decision"], &given["honoured"]), (&"approved".into(), &true.into()));
    assert_eq!((&given["would_have_been"], &given["ticket"]), (&"rejected".into(), &"INC-1".into()));
    assert_eq!(given["approvals"][0]["given"][0]["by"], "bob");
    let weakenings = with["weakenings"].as_array().unwrap().clone();
    assert!(weakenings.iter().any(|one| one["by"] == "--override"), "{weakenings:?}");

    let mut without = verdict(&place.eval(&[FLAGS, &["--format", "json"]].concat()));
    assert_eq!(without["decision"], "rejected");
    for verdict in [&mut with, &mut without] {
        for key in ["decision", "override", "weakenings", "settings"] {
            verdict[key].take();
        }
    }
    assert_eq!(with, without);
}

#[test]
fn every_format_says_an_honoured_override_first() {
    let place = place();
    for (format, start) in [("markdown", "## Override in force"), ("terminal", "Override in force")] {
        let output = place.eval(&[FLAGS, &["--override", "out/override.toml", "--format", format]].concat());
        let page = String::from_utf8(output.stdout).unwrap();
        assert!(page.starts_with(start) && page.contains("would have been: rejected"), "{page}");
    }
}

#[test]
fn an_override_of_another_head_is_not_honoured() {
    let place = place();
    place.over(&place.git(&["rev-parse", "main"]), "2026-01-31T12:00:00Z");
    not_honoured(&place, "and the change is at");
}

#[test]
fn an_override_that_has_ended_or_would_hold_for_more_than_a_day_is_not_honoured() {
    let place = place();
    place.over(&place.head(), "2026-01-31T00:00:00Z");
    not_honoured(&place, "it expired");
    place.over(&place.head(), "2026-02-01T00:00:01Z");
    not_honoured(&place, "24 hours");
}

#[test]
fn an_override_without_enough_approvals_of_others_at_this_head_is_not_honoured() {
    let place = place();
    let base = place.git(&["rev-parse", "main"]);
    for (by, commit) in [("ann", place.head()), ("Ann", place.head()), ("eve", place.head()), ("bob", base)] {
        place.reviews(&[(by, &commit)]);
        not_honoured(&place, "1 of 1 approvals of this head by team:command are not given");
    }
    place.write("out/reviews.json", "[");
    not_honoured(&place, "reviews: failed");
}

#[test]
fn what_a_queue_says_was_reviewed_gives_no_override_its_approvals() {
    let place = place();
    let base = place.git(&["rev-parse", "main"]);
    place.reviews(&[("bob", &base)]);
    let output = eval(&place, &["--reviewed-head", &base]);
    let verdict = verdict(&output);
    assert_eq!((code(&output), &verdict["override"]["honoured"]), (1, &false.into()));
    let weakenings = verdict["weakenings"].as_array().unwrap();
    assert!(weakenings.iter().any(|one| one["by"] == "--reviewed-head"), "{weakenings:?}");
}

#[test]
fn an_override_is_not_honoured_where_no_pack_of_the_first_layer_names_who_approves_it() {
    let place = place();
    place.pack("org", "", "violation(f, \"changed\");");
    not_honoured(&place, "no pack of the first layer");
}

#[test]
fn a_later_layer_cannot_say_who_approves_an_override() {
    let place = place();
    place.pack("team", "[override]\napprovals = [{ from = [\"any\"] }]\n", "note(\"x\");");
    let output = eval(&place, &["--policy", "out/team"]);
    assert_eq!(code(&output), 2);
    let said = stderr(&output);
    assert!(said.contains("[weakens-layer]") && said.contains("out/team/pack.toml:5:"), "{said}");
}

#[test]
fn a_pack_that_names_nobody_for_an_override_does_not_load() {
    let place = place();
    for (approvals, told) in [
        ("[]", "nobody is named"),
        ("[{ from = [] }]", "needs somebody"),
        ("[{ from = [\"any\"], count = 0 }]", "needs somebody"),
    ] {
        place.pack("org", &format!("[override]\napprovals = {approvals}\n"), "note(\"x\");");
        let output = eval(&place, &[]);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
}

#[test]
fn an_override_that_the_change_brings_along_gives_no_verdict() {
    let place = Place::new(&[], &[("a.txt", "b"), ("override.toml", "")]);
    place.pack("org", "[override]\napprovals = [{ from = [\"any\"] }]\n", "violation(f, \"changed\");");
    place.over(&place.head(), "2026-01-31T12:00:00Z");
    let text = std::fs::read_to_string(place.path().join("out/override.toml")).unwrap();
    place.write("repo/override.toml", &text);
    let output = place.eval(&["--policy", "out/org", "--override", "repo/override.toml"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("has no such file"), "{}", stderr(&output));
}

#[test]
fn a_broken_override_gives_no_verdict_and_says_where() {
    let place = place();
    for text in ["", "head = 1", "head = \"x\"\nhead = \"y\"", "approved = true"] {
        place.write("out/override.toml", text);
        let output = eval(&place, &[]);
        assert_eq!(code(&output), 2, "{text}");
        assert!(stderr(&output).contains("[broken-override]"), "{}", stderr(&output));
        assert!(stderr(&output).contains("out/override.toml"), "{}", stderr(&output));
    }
    std::fs::remove_file(place.path().join("out/override.toml")).unwrap();
    assert_eq!(code(&eval(&place, &[])), 2);
}

#[test]
fn settings_may_name_an_override_and_no_override_lifts_that_there_is_no_verdict() {
    let place = place();
    place.write("out/t.toml", "override = \"override.toml\"\n");
    let output = place.eval(&[FLAGS, &["--config", "out/t.toml", "--format", "json"]].concat());
    let verdict = verdict(&output);
    assert_eq!((code(&output), &verdict["override"]["honoured"]), (0, &true.into()));
    let by: Vec<&str> = verdict["weakenings"].as_array().unwrap().iter().filter_map(|one| one["by"].as_str()).collect();
    assert!(by.contains(&"`override` in out/t.toml"), "{by:?}");

    place.pack("org", "[override]\napprovals = [{ from = [\"any\"] }]\n", "no_such_function(f);");
    assert_eq!(code(&eval(&place, &[])), 2);
}
