//! Limits of a policy set: the first layer sets them, later ones lower them.

use tollgate::diagnostic::Code;
use tollgate::evaluate::Outcome;

use super::{change, loaded, outcomes, pack, refused, rule, with_limits};

fn limits(name: &str, limits: &str) -> tollgate::policy::PackFiles {
    let text = rule("advisory", "", "let n = 0; while n < 10000 { n += 1; }");
    pack(name, &format!("[limits]\n{limits}\n"), &[(&format!("{name}-r"), &text)])
}

#[test]
fn the_first_layer_raises_and_lowers_and_what_is_raised_is_told() {
    let policy = loaded(&[vec![limits("org", "operations = 2_000_000\ncall_depth = 8")]]);
    assert_eq!(policy.raised_limits(), [("operations", 2_000_000, "org (layer 0)".to_owned())]);
    let policy = loaded(&[vec![limits("org", "operations = 1000")]]);
    assert!(policy.raised_limits().is_empty());
    let outcome = outcomes(&policy, &change(&["a"]), None).remove(0);
    assert_eq!(outcome.outcome, Outcome::Errored);
    assert!(outcome.reason.contains("more than 1000 operations"), "{}", outcome.reason);
}

#[test]
fn a_later_layer_only_lowers() {
    let policy = loaded(&[vec![limits("org", "operations = 2_000_000")], vec![limits("team", "operations = 500")]]);
    assert_eq!(policy.limits()[0].set_by.to_string(), "team (layer 1)");
    let stopped = outcomes(&policy, &change(&["a"]), None).remove(0);
    assert_eq!(stopped.limited_by.as_deref(), Some("team (layer 1)"), "{}", stopped.reason);
    let org = || limits("org", "operations = 300");
    let (code, place, message, related) = refused(&[vec![org()], vec![limits("team", "operations = 301")]]);
    assert_eq!((code, place.as_str()), (Code::WeakensLayer, "packs/team/pack.toml:5:14"));
    assert!(message.contains("can't be raised from 300 to 301"), "{message}");
    assert_eq!(related, ["packs/org/pack.toml:5:14: set here"]);
    let (code, _, _, related) = refused(&[vec![org()], vec![limits("team", "call_depth = 33")]]);
    assert_eq!(code, Code::WeakensLayer, "also above the default, which nobody set");
    assert_eq!(related, ["packs/org/pack.toml:1:8: the first layer, which could raise it and does not"]);
}

#[test]
fn a_limit_that_is_hit_is_told_by_its_name_and_its_value() {
    let deep = "//! Why.\nconst RULE = #{ title: \"A rule\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [\"files\"] };\n\
                fn down(n) { down(n + 1) }\nfn check(change, params) { note(`${[down(0), 1][0]}`); }\n";
    let outcome = |extra: &str| {
        let policy = loaded(&[vec![pack("org", extra, &[("r", deep)])]]);
        outcomes(&policy, &change(&["a"]), None).remove(0)
    };
    let message = "the rule hit the limit `call_depth`, which is 32: too many calls inside calls";
    assert_eq!((outcome("").reason.as_str(), outcome("").limited_by), (message, None));
    let lowered = outcome("[limits]\ncall_depth = 8\n");
    assert_eq!(lowered.diagnostic.unwrap().message, message.replace("32", "8"));
    assert_eq!(lowered.limited_by.as_deref(), Some("org (layer 0)"));
}

#[test]
fn packs_of_one_layer_agree_about_a_limit() {
    loaded(&[vec![limits("b", "operations = 300"), limits("a", "operations = 300")]]);
    let (code, place, _, related) = refused(&[vec![limits("b", "operations = 300"), limits("a", "operations = 301")]]);
    assert_eq!((code, place.as_str()), (Code::LayerConflict, "packs/b/pack.toml:5:14"));
    assert_eq!(related, ["packs/a/pack.toml:5:14: set here"]);
}

#[test]
fn an_unknown_limit_and_a_value_out_of_bounds_are_refused() {
    for (text, expected) in [
        ("operation = 3", "did you mean `operations`?"),
        ("operations = 0", "can't be 0"),
        ("call_depth = 65", "can't be 65, only from 1 to 64"),
        ("operations = -1", "found the number -1, expected a whole number from 0"),
    ] {
        let (code, place, message, _) = refused(&[vec![limits("org", text)]]);
        assert_eq!(code, Code::BrokenPack);
        assert!(message.contains(expected) && place.starts_with("packs/org/pack.toml:5:"), "{place} {message}");
    }
}

#[test]
fn from_outside_a_limit_of_a_pack_is_lowered_and_another_one_set() {
    let layers = [vec![limits("org", "operations = 300")]];
    assert_eq!(with_limits(&layers, &[("operations", 200)]).unwrap().limits()[0].set_by.to_string(), "--limit");
    let raised = with_limits(&layers, &[("call_depth", 64)]).unwrap().raised_limits();
    assert_eq!(raised, [("call_depth", 64, "--limit".to_owned())]);
    for (limits, expected) in [
        ([("operations", 301)], "can't be raised to 301: org (layer 0) sets it to 300"),
        ([("call_depth", 65)], "can't be 65"),
        ([("call_dept", 1)], "did you mean `call_depth`?"),
    ] {
        let mistakes = with_limits(&layers, &limits).map(drop).unwrap_err();
        assert_eq!(mistakes[0].code, Code::Usage);
        assert!(mistakes[0].message.contains(expected), "{mistakes:?}");
    }
}

#[test]
fn everything_that_is_set_from_outside_is_part_of_the_digest() {
    let layers = [vec![limits("org", "operations = 300")]];
    let digest = |limits: &[(&str, u64)]| with_limits(&layers, limits).unwrap().sha256().to_owned();
    assert_eq!(digest(&[]), digest(&[]));
    assert_ne!(digest(&[]), digest(&[("call_depth", 8)]));
    assert_eq!(digest(&[("call_depth", 8), ("functions", 7)]), digest(&[("functions", 7), ("call_depth", 8)]));
}
