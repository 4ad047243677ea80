//! Nothing weakens silently, and all of it can be refused.

use super::place::{Place, code, stderr, verdict};

fn place() -> Place {
    let place = Place::new(&[], &[("a.txt", "b")]);
    let parameter =
        "[parameters.limit]\ntype = \"integer\"\ndefault = 3\nstricter = \"lower\"\ntunable = { from = 1, to = 5 }\n";
    place.pack("org", parameter, "if f.path.len() < params.limit { note(\"short\"); }");
    place
}

/// Who or what made a run more lenient.
#[track_caller]
fn weakenings(place: &Place, flags: &[&str]) -> Vec<(String, String)> {
    let verdict = verdict(&place.eval(&[flags, &["--format", "json"]].concat()));
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    verdict["weakenings"].as_array().unwrap().iter().map(|one| (text(&one["by"]), text(&one["what"]))).collect()
}

#[track_caller]
fn listed(place: &Place, flags: &[&str], by: &str, what: &str) {
    let all = weakenings(place, flags);
    assert!(all.iter().any(|(own, said)| own == by && said.contains(what)), "{all:?}");
}

const ORG: &[&str] = &["--policy", "out/org"];

#[test]
fn a_run_under_a_named_policy_has_no_weakening() {
    assert_eq!(weakenings(&place(), ORG), []);
}

#[test]
fn the_policy_that_judges_where_none_is_named_is_listed_as_bootstrap() {
    listed(&place(), &[], "bootstrap", "`builtin:baseline`");
}

#[test]
fn a_parameter_that_a_flag_moves_to_a_less_strict_value_is_listed_and_to_a_stricter_one_is_not() {
    let place = place();
    listed(&place, &[ORG, &["--param", "limit=5"]].concat(), "--param", "from 3 to 5");
    assert_eq!(weakenings(&place, &[ORG, &["--param", "limit=2"]].concat()), []);
    assert_eq!(weakenings(&place, &[ORG, &["--param", "limit=3"]].concat()), []);
}

#[test]
fn what_flags_say_against_the_forge_is_listed() {
    let place = place();
    let (base, head) = (place.git(&["rev-parse", "main"]), place.head());
    let repository = |id: u64| serde_json::json!({"id": id, "full_name": "acme/shop", "fork": false});
    let event = serde_json::json!({
        "number": 12, "title": "t", "body": "", "user": {"login": "ada", "id": 1, "type": "User"}, "draft": false,
        "html_url": "https://github.example/acme/shop/pull/12", "labels": [],
        "head": {"ref": "topic", "sha": head, "repo": repository(1)},
        "base": {"ref": "main", "sha": base, "repo": repository(1)},
    });
    place.write("out/event.json", &event.to_string());
    let with = [ORG, &["--change", "out/event.json"]].concat();
    assert_eq!(weakenings(&place, &with), []);
    listed(&place, &[&with[..], &["--author", "eve"]].concat(), "--author", "`eve`, and was known to be `ada`");
    assert_eq!(weakenings(&place, &[&with[..], &["--author", "ada"]].concat()), []);
    assert_eq!(weakenings(&place, &[ORG, &["--author", "eve"]].concat()), [], "nobody else says who it was");
    // The request is to go into `main`, and `main` has gone on.
    place.git(&["checkout", "-q", "main"]);
    place.commit(&[("b.txt", "b")]);
    listed(&place, &[&with[..], &["--base", &base]].concat(), "--base", "is not the tip of `main`");
}

#[test]
fn settings_in_the_place_of_the_repositorys_own_and_flags_over_what_settings_name_are_listed() {
    let place = Place::new(&[("tollgate.toml", "policy = [\"../out/org\"]\n")], &[("a.txt", "b")]);
    place.pack("org", "", "note(\"x\");");
    place.write("out/t.toml", "policy = [\"org\"]\n");
    assert_eq!(weakenings(&place, &[]), []);
    listed(&place, &["--config", "out/t.toml"], "--config", "was not read");
    listed(&place, ORG, "--policy", "the packs that tollgate.toml@");
}

#[test]
fn weakenings_are_refused_one_by_one_and_nothing_is_written() {
    let place = place();
    let flags = ["--dry-run", "--param", "limit=5", "--deny-weakening", "--output", "json=v.json"];
    let output = place.eval(&[ORG, &flags].concat());
    assert_eq!((code(&output), output.stdout.len()), (2, 0));
    let said = stderr(&output);
    assert!(said.contains("--dry-run") && said.contains("--param"), "{said}");
    assert_eq!(said.matches("[denied-weakening]").count(), 2, "{said}");
    assert!(!place.path().join("v.json").exists());
    assert_eq!(code(&place.eval(&[ORG, &["--deny-weakening"]].concat())), 0);
    assert_eq!(code(&place.eval(&["--deny-weakening"])), 2, "no policy is named");
}

#[test]
fn no_flag_takes_back_that_settings_deny_weakenings() {
    let place =
        Place::new(&[("tollgate.toml", "policy = [\"../out/org\"]\ndeny-weakening = true\n")], &[("a.txt", "b")]);
    place.pack("org", "", "note(\"x\");");
    assert_eq!(code(&place.eval(&[])), 0);
    let said = stderr(&place.eval(&["--dry-run"]));
    assert!(said.contains("`deny-weakening` in tollgate.toml@"), "{said}");
    // Neither do other settings.
    place.write("out/t.toml", "policy = [\"org\"]\ndeny-weakening = false\n");
    assert_eq!(code(&place.eval(&["--config", "out/t.toml", "--dry-run"])), 2);
}

#[test]
fn a_commit_for_packs_that_did_not_lead_to_the_base_is_said_to_be_none() {
    let base = super::place::pack("org", "", "note(\"base\");");
    let base: Vec<(String, String)> = base.into_iter().map(|(file, text)| (format!("p/{file}"), text)).collect();
    let base: Vec<(&str, &str)> = base.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let place = Place::new(&base, &[("a.txt", "b")]);
    let flags = ["--policy", "repo/p", "--policy-ref"];
    let all = weakenings(&place, &[&flags[..], &["main"]].concat());
    assert!(all.len() == 1 && all[0].1.contains("not from the base"), "{all:?}");
    listed(&place, &[&flags[..], &["topic"]].concat(), "--policy-ref", "is no commit of the base's history");
    assert!(stderr(&place.eval(&[&flags[..], &["topic"]].concat())).contains("is no commit of the base's history"));
}

#[test]
fn a_broken_policy_at_the_base_gives_no_verdict_and_an_earlier_commit_is_the_way_out() {
    let files = super::place::pack("org", "", "note(\"base\");");
    let files: Vec<(String, String)> = files.into_iter().map(|(file, text)| (format!("p/{file}"), text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let place = Place::new(&files, &[]);
    place.git(&["checkout", "-q", "main"]);
    place.commit(&[("p/pack.toml", "name = 1")]);
    place.git(&["checkout", "-q", "-B", "topic"]);
    place.commit(&files);
    let output = place.eval(&["--policy", "repo/p"]);
    assert_eq!(code(&output), 2);
    let said = stderr(&output);
    assert!(said.contains("[broken-base]") && said.contains("`--policy-ref`"), "{said}");
    assert_eq!(code(&place.eval(&["--policy", "repo/p", "--policy-ref", "main~1"])), 0);
    // A broken pack outside of the repository has another way out.
    place.write("out/bad/pack.toml", "name = 1");
    assert!(!stderr(&place.eval(&["--policy", "out/bad"])).contains("[broken-base]"));
}

#[test]
fn broken_settings_at_the_base_give_no_verdict_and_settings_from_outside_are_the_way_out() {
    let place = Place::new(&[("tollgate.toml", "policy = 1\n"), ("a.txt", "a")], &[("a.txt", "b")]);
    place.pack("org", "", "note(\"org\");");
    let output = place.eval(&[]);
    assert_eq!(code(&output), 2);
    let said = stderr(&output);
    assert!(said.contains("[broken-base]") && said.contains("`--config`"), "{said}");
    place.write("out/tollgate.toml", "policy = [\"org\"]\n");
    let around = ["--config", "out/tollgate.toml"];
    listed(&place, &around, "--config", "was not read");
    assert_eq!(code(&place.eval(&around)), 0);
}
