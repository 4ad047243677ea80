//! How binding rules are: raised by anyone, lowered only where the rule's own layer says so.

use tollgate::diagnostic::Code;
use tollgate::policy::{Enforcement, SetBy};

use super::{loaded, objecting, pack, refused};

#[test]
fn a_later_layer_raises_and_the_verdict_says_who_did() {
    let org = || pack("org", "", &[("r", &objecting("advisory", ""))]);
    let team = pack("team", "[rules.r]\nenforcement = \"soft-mandatory\"\napprovers = [\"team:a\"]\n", &[]);
    let repository = pack("repo", "[rules.r]\nenforcement = \"hard-mandatory\"\n", &[]);
    let policy = loaded(&[vec![org()], vec![team], vec![repository]]);
    let meta = &policy.rules()[0].meta;
    assert_eq!(meta.enforcement, Enforcement::HardMandatory);
    assert_eq!(meta.set_by["enforcement"], SetBy::pack("repo", 2));
    assert_eq!(loaded(&[vec![org()]]).rules()[0].meta.set_by, std::collections::BTreeMap::new());
}

#[test]
fn a_later_layer_lowers_to_what_is_tunable_and_to_nothing_else() {
    let org = |tunable: &str| {
        let manifest = format!("[rules.r]\napprovers = [\"any\"]\n{tunable}");
        pack("org", &manifest, &[("r", &objecting("hard-mandatory", ""))])
    };
    let team = |to: &str| pack("team", &format!("[rules.r]\nenforcement = \"{to}\"\n"), &[]);
    let soft = "tunable = { enforcement = [\"soft-mandatory\"] }\n";
    let policy = loaded(&[vec![org(soft)], vec![team("soft-mandatory")]]);
    assert_eq!(policy.rules()[0].meta.enforcement, Enforcement::SoftMandatory);
    let (code, place, message, related) = refused(&[vec![org(soft)], vec![team("advisory")]]);
    assert_eq!((code, place.as_str()), (Code::WeakensLayer, "packs/team/pack.toml:5:15"));
    assert!(message.contains("can't be lowered from hard-mandatory to advisory"), "{message}");
    assert!(message.contains("to `soft-mandatory` alone"), "{message}");
    assert_eq!(related, ["packs/org/rules/r.rhai:1:63: declared here", "packs/org/pack.toml:6:11: declared here"]);
    let (_, _, message, related) = refused(&[vec![org("")], vec![team("soft-mandatory")]]);
    assert!(message.ends_with("its own layer does not declare it `tunable`"), "{message}");
    assert_eq!(related, ["packs/org/rules/r.rhai:1:63: declared here"]);
}

#[test]
fn what_is_tunable_is_narrowed_by_a_later_layer_and_never_widened() {
    let org = || {
        let manifest = "[rules.r]\ntunable = { enforcement = [\"advisory\", \"soft-mandatory\"] }\n";
        pack("org", manifest, &[("r", &objecting("hard-mandatory", ", approvers: [\"any\"]"))])
    };
    let team = |words: &str| pack("team", &format!("[rules.r]\ntunable = {{ enforcement = [{words}] }}\n"), &[]);
    let repository = pack("repo", "[rules.r]\nenforcement = \"advisory\"\n", &[]);
    loaded(&[vec![org()], vec![team("\"advisory\"")], vec![repository.clone()]]);
    let (code, place, ..) = refused(&[vec![org()], vec![team("\"soft-mandatory\"")], vec![repository]]);
    assert_eq!((code, place.as_str()), (Code::WeakensLayer, "packs/repo/pack.toml:5:15"));
    let plain = pack("org", "", &[("r", &objecting("hard-mandatory", ""))]);
    let (_, place, message, related) = refused(&[vec![plain], vec![team("\"advisory\"")]]);
    assert_eq!(place, "packs/team/pack.toml:5:11");
    assert!(message.contains("can't be widened by `advisory`") && related.len() == 1, "{message} {related:?}");
}

#[test]
fn packs_of_one_layer_set_each_others_rules_freely_and_do_not_contradict_each_other() {
    let rules = pack("rules", "", &[("r", &objecting("hard-mandatory", ""))]);
    let lower = |name: &str, to: &str| pack(name, &format!("[rules.r]\nenforcement = \"{to}\"\n"), &[]);
    let policy = loaded(&[vec![rules.clone(), lower("a", "advisory")]]);
    assert_eq!(policy.rules()[0].meta.enforcement, Enforcement::Advisory);
    loaded(&[vec![lower("b", "advisory"), rules.clone(), lower("a", "advisory")]]);
    let (code, place, message, related) =
        refused(&[vec![lower("b", "advisory"), rules.clone(), lower("a", "hard-mandatory")]]);
    assert_eq!((code, place.as_str()), (Code::LayerConflict, "packs/b/pack.toml:5:15"));
    assert!(message.contains("the enforcement of `r` is set otherwise by the pack `a`"), "{message}");
    assert_eq!(related, ["packs/a/pack.toml:5:15: set here"]);
}

#[test]
fn an_unknown_rule_is_told_with_the_nearest_and_a_rule_of_a_later_layer_is_unknown() {
    let org = |id: &str| {
        pack("org", &format!("[rules.{id}]\nenforcement = \"advisory\"\n"), &[("rr", &objecting("advisory", ""))])
    };
    let later = pack("later", "", &[("late", &objecting("advisory", ""))]);
    for id in ["rx", "late"] {
        let (code, place, message, _) = refused(&[vec![org(id)], vec![later.clone()]]);
        assert_eq!((code, place.as_str()), (Code::BrokenPack, "packs/org/pack.toml:4:8"));
        assert!(message.contains(&format!("there is no rule `{id}` in this layer or an earlier one")), "{message}");
    }
}

#[test]
fn a_rule_that_becomes_soft_mandatory_needs_somebody_to_ask() {
    let org = pack("org", "", &[("r", &objecting("advisory", ""))]);
    let team = pack("team", "[rules.r]\nenforcement = \"soft-mandatory\"\n", &[]);
    let (_, place, message, _) = refused(&[vec![org], vec![team]]);
    assert_eq!(
        (place.as_str(), message.as_str()),
        ("packs/team/pack.toml:5:15", "a soft-mandatory rule needs `approvers`")
    );
}
