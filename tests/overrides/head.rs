//! What the change's own policy would have decided is told, and nothing follows from it.

use serde_json::json;

use super::place::{Place, code, pack, stderr, verdict};

const NOTE: &str = "note(\"x\");";
const VIOLATE: &str = "violation(f, \"changed\");";

/// Files of a change, with a pack in `p` that does something.
fn files(settings: &str, more: &str, check: &str) -> Vec<(String, String)> {
    let pack = pack("org", more, check).into_iter().map(|(file, text)| (format!("p/{file}"), text));
    pack.chain([("tollgate.toml".to_owned(), settings.to_owned())]).collect()
}

fn place(base: &[(String, String)], head: &[(String, String)]) -> Place {
    let base: Vec<(&str, &str)> = base.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let mut head: Vec<(&str, &str)> = head.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    head.push(("a.txt", "b"));
    Place::new(&base, &head)
}

const SETTINGS: &str = "policy = [\"p\"]\n";

#[test]
fn a_change_of_a_pack_is_judged_by_the_base_and_says_what_its_own_would_have_decided() {
    let place = place(&files(SETTINGS, "", VIOLATE), &files(SETTINGS, "", NOTE));
    let output = place.eval(&["--format", "json"]);
    let verdict = verdict(&output);
    assert_eq!((code(&output), &verdict["decision"]), (1, &json!("rejected")));
    let head = &verdict["head_policy"];
    assert_eq!(head["edited"], json!(["p/rules/the-org-rule.rhai"]));
    assert_eq!((&head["decision"], &head["failure"]), (&json!("approved"), &json!(null)));
    assert_eq!(head["differences"], json!([{"rule": "the-org-rule", "base": "rejected", "head": "approved"}]));
}

#[test]
fn a_change_of_nothing_that_judges_says_nothing_of_it() {
    let same = files(SETTINGS, "", NOTE);
    let place = place(&same, &same);
    assert_eq!(verdict(&place.eval(&["--format", "json"]))["head_policy"], json!(null));
}

#[test]
fn settings_of_the_head_are_read_for_it_too_and_so_is_what_only_they_name() {
    let mut head = files("policy = [\"q\"]\n", "", VIOLATE);
    let other = pack("other", "", NOTE).into_iter().map(|(file, text)| (format!("q/{file}"), text));
    head.extend(other);
    let place = place(&files(SETTINGS, "", VIOLATE), &head);
    let verdict = verdict(&place.eval(&["--format", "json"]));
    assert_eq!(verdict["decision"], "rejected");
    assert_eq!(verdict["head_policy"]["decision"], "approved");
    assert_eq!(verdict["head_policy"]["edited"], json!(["tollgate.toml"]));
    let differences = json!([
        {"rule": "the-org-rule", "base": "rejected", "head": null},
        {"rule": "the-other-rule", "base": null, "head": "approved"},
    ]);
    assert_eq!(verdict["head_policy"]["differences"], differences);
}

#[test]
fn a_policy_of_the_head_that_is_broken_raises_limits_or_never_ends_is_a_note_and_no_error() {
    let base = files(SETTINGS, "", NOTE);
    let endless = "let n = 0; while n >= 0 { n += 1; } note(`${n}`);";
    for (settings, more, check, told) in [
        (SETTINGS, "", "no_such_function(f);", "no_such_function"),
        (SETTINGS, "[limits]\noperations = 100000000\n", NOTE, "raises the limit"),
        ("polcy = []\n", "", NOTE, "unknown key"),
        ("policy = [\"gone\"]\n", "", NOTE, "no pack `gone`"),
    ] {
        let place = place(&base, &files(settings, more, check));
        let output = place.eval(&["--format", "json"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let head = verdict(&output)["head_policy"].clone();
        assert_eq!(head["decision"], json!(null));
        assert!(head["failure"].as_str().unwrap().contains(told), "{head}");
    }
    let place = place(&base, &files(SETTINGS, "", endless));
    let output = place.eval(&["--format", "json"]);
    assert_eq!(code(&output), 0);
    let head = verdict(&output)["head_policy"].clone();
    assert_eq!(head["decision"], "indeterminate", "{head}");
}

#[test]
fn owners_and_teams_of_the_head_change_what_it_would_have_decided_and_nothing_else() {
    let settings = "policy = [\"p\"]\nteams = \"teams.toml\"\nreviews = [\"../out/reviews.json\"]\nauthor = \"ann\"\n";
    let ask = "require_approval(f, [\"team:security\"], 1, \"because\");";
    let mut base = files(settings, "", ask);
    let mut head = base.clone();
    base.push(("teams.toml".to_owned(), "[teams]\nsecurity = [\"sue\"]\n".to_owned()));
    head.push(("teams.toml".to_owned(), "[teams]\nsecurity = [\"eve\"]\n".to_owned()));
    head.push(("CODEOWNERS".to_owned(), "* @eve\n".to_owned()));
    let place = place(&base, &head);
    place.reviews(&[("eve", &place.head())]);
    let output = place.eval(&["--format", "json"]);
    let verdict = verdict(&output);
    assert_eq!((code(&output), &verdict["decision"]), (3, &json!("approval_required")), "{}", stderr(&output));
    assert_eq!(verdict["head_policy"]["edited"], json!(["CODEOWNERS", "teams.toml"]));
    assert_eq!(verdict["head_policy"]["decision"], "approved");
}

#[test]
fn attributes_of_the_head_make_of_files_what_they_would_and_count_for_nothing() {
    let source = "if f.kind == \"source\" { violation(f, \"source\"); }";
    let base = files(SETTINGS, "", source);
    let mut head = base.clone();
    head.push(("src/a.py".to_owned(), "print(1)\n".to_owned()));
    head.push((".gitattributes".to_owned(), "src/** linguist-documentation\n".to_owned()));
    let place = place(&base, &head);
    let verdict = verdict(&place.eval(&["--format", "json"]));
    assert_eq!(verdict["decision"], "rejected");
    assert_eq!(verdict["head_policy"]["edited"], json!([".gitattributes"]));
    assert_eq!(
        (&verdict["head_policy"]["decision"], &verdict["head_policy"]["failure"]),
        (&json!("approved"), &json!(null))
    );
}
