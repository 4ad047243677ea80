//! Metadata that a rule may leave out, and that somebody misses then.

use crate::{Ran, files, manifest, tollgate};

/// A rule with more metadata than the least.
fn rule(more: &str) -> String {
    format!(
        "//! Why.\n\nconst RULE = #{{\n    title: \"Example\", category: \"process\", enforcement: \"advisory\", risk: \"low\",\n    needs: [\"files\"], remedy: \"mend it\",{more}\n}};\n\nfn check(change, params) {{\n    for f in change.files {{ violation(f, f.path); }}\n}}\n"
    )
}

/// What lint says of a pack whose rules say this beside the least, cases apart.
fn told(rules: &[(&str, &str)]) -> Vec<String> {
    let scripts: Vec<(String, String)> =
        rules.iter().map(|(id, more)| (format!("p/rules/{id}.rhai"), rule(more))).collect();
    let manifest = manifest("p");
    let all = scripts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let directory = files(all.chain([("p/pack.toml", manifest.as_str())]));
    let ran: Ran = tollgate(directory.path(), &["lint", "p", "--format", "json", "--allow", "missing-cases"]);
    let report = ran.json();
    let found = report["diagnostics"].as_array().unwrap();
    let told = |one: &serde_json::Value| {
        format!("{} {}:{}", one["code"].as_str().unwrap(), one["file"].as_str().unwrap(), one["line"])
    };
    found.iter().map(told).collect()
}

const WHOLE: &str = " owner: \"team:platform\", docs: \"https://example.com/rules\", controls: [\"C-1\"]";

#[test]
fn a_pack_whose_rules_all_leave_it_out_is_told_once_at_its_manifest() {
    assert_eq!(
        told(&[("one", ""), ("other-rule", "")]),
        ["missing-owner p/pack.toml:1", "missing-controls p/pack.toml:1"]
    );
}

#[test]
fn a_rule_that_leaves_out_what_others_of_its_pack_say_is_told_itself() {
    assert_eq!(
        told(&[("one", WHOLE), ("other-rule", "")]),
        [
            "missing-owner p/rules/other-rule.rhai:3",
            "missing-docs p/rules/other-rule.rhai:3",
            "missing-controls p/rules/other-rule.rhai:3"
        ]
    );
}

#[test]
fn what_is_said_is_enough_and_no_control_at_all_can_be_said() {
    assert_eq!(told(&[("one", WHOLE), ("other-rule", WHOLE)]), [] as [&str; 0]);
    let none = " owner: \"team:platform\", controls: []";
    assert_eq!(told(&[("one", none)]), [] as [&str; 0], "documentation is `//!` where no rule has more");
    assert_eq!(told(&[("one", none), ("other-rule", " owner: \"team:web\", controls: [\"C-1\"]")]), [] as [&str; 0]);
}
