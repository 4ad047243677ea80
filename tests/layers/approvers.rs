//! Approvers of later layers are asked besides the earlier ones, never instead of them.

use tollgate::policy::Approver;
use tollgate::verdict::Decision;

use super::{change, loaded, objecting, pack, report, rule, verdict};

fn asked(policy: &tollgate::policy::PolicySet) -> Vec<Vec<String>> {
    let verdict = verdict(policy, &change(&["a"]));
    assert_eq!(verdict.decision, Decision::ApprovalRequired);
    verdict.approvals.iter().map(|required| required.from.iter().map(Approver::to_string).collect()).collect()
}

fn team(layer: &str, approver: &str) -> tollgate::policy::PackFiles {
    pack(layer, &format!("[rules.r]\napprovers = [\"{approver}\"]\n"), &[])
}

#[test]
fn each_layers_approvers_are_a_requirement_of_their_own() {
    let org = pack("org", "", &[("r", &objecting("soft-mandatory", ", approvers: [\"team:org\"]"))]);
    let layers = [vec![org], vec![team("team", "team:team")], vec![team("repo", "user:repo")]];
    let policy = loaded(&layers);
    assert_eq!(asked(&policy), [["user:repo"], ["team:org"], ["team:team"]]);
    let report = report(&policy, &change(&["a"]), "2026-01-01T00:00:00Z");
    let by: Vec<(&str, Option<u32>)> = report.rules[0]
        .approvers
        .iter()
        .map(|approvers| (approvers.set_by.by.as_str(), approvers.set_by.layer))
        .collect();
    assert_eq!(by, [("org", Some(0)), ("team", Some(1)), ("repo", Some(2))]);
}

#[test]
fn a_violation_that_names_its_own_approvers_still_asks_those_of_later_layers() {
    let body = "violation(change, \"no\").approvers([\"user:own\"])";
    let org = pack("org", "", &[("r", &rule("soft-mandatory", ", approvers: [\"team:org\"]", body))]);
    assert_eq!(asked(&loaded(&[vec![org.clone()]])), [["user:own"]]);
    assert_eq!(asked(&loaded(&[vec![org], vec![team("team", "team:team")]])), [["user:own"], ["team:team"]]);
}

#[test]
fn a_pack_of_the_rules_own_layer_names_other_approvers() {
    let org = pack("org", "", &[("r", &objecting("soft-mandatory", ", approvers: [\"team:org\"]"))]);
    assert_eq!(asked(&loaded(&[vec![org, team("same", "any")]])), [["any"]]);
}

#[test]
fn where_a_rule_names_nobody_the_later_layer_is_asked_alone() {
    let org = pack("org", "", &[("r", &objecting("advisory", ""))]);
    let manifest = "[rules.r]\nenforcement = \"soft-mandatory\"\napprovers = [\"team:a\", \"any\"]\n";
    assert_eq!(asked(&loaded(&[vec![org], vec![pack("team", manifest, &[])]])), [["team:a", "any"]]);
}
