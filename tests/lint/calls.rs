//! An error shows its innermost place and the calls that led there.

use serde_json::Value;

use crate::{files, manifest, tollgate};

const EVIDENCE: &str = r#"{
    "schema": "tollgate/evidence/v1",
    "sources": [{"kind": "files", "completeness": "complete"}],
    "files": {"items": [{"path": "a/b.rs", "status": "modified", "kind": "source"}]}
}"#;

const METADATA: &str = "//! Why.\n\nconst RULE = #{ title: \"Example\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [\"files\"] };\n";

/// The diagnostic that the rule of a pack ends in.
fn diagnostic(scripts: &[(&str, &str)]) -> Value {
    let manifest = manifest("p");
    let scripts: Vec<(&str, String)> = scripts
        .iter()
        .map(|(name, text)| {
            let metadata = if name.starts_with("p/rules/") { METADATA } else { "" };
            (*name, text.replace("METADATA\n", metadata))
        })
        .collect();
    let all = scripts.iter().map(|(name, text)| (*name, text.as_str()));
    let directory = files(all.chain([("p/pack.toml", manifest.as_str()), ("evidence.json", EVIDENCE)]));
    let ran = tollgate(directory.path(), &["eval", "--evidence", "evidence.json", "--policy", "p", "--format", "json"]);
    assert!(ran.said.is_empty() || ran.code != 2, "{}", ran.said);
    ran.json()["rules"][0]["diagnostic"].clone()
}

fn place(value: &Value) -> String {
    format!("{}:{}:{}", value["file"].as_str().unwrap(), value["line"], value["column"])
}

fn path(diagnostic: &Value) -> Vec<String> {
    let related = diagnostic["related"].as_array().cloned().unwrap_or_default();
    related.iter().map(|one| format!("{} {}", place(one), one["message"].as_str().unwrap())).collect()
}

#[test]
fn an_error_three_calls_deep_names_each_call_innermost_first() {
    let told = diagnostic(&[
        (
            "p/rules/r.rhai",
            "METADATA\nimport \"outer\" as outer;\nfn check(change, params) {\n    for f in change.files { outer::one(f.path); }\n}\n",
        ),
        (
            "p/lib/outer.rhai",
            "import \"inner\" as inner;\nfn one(path) {\n    two(path)\n}\nfn two(path) {\n    inner::three(path)\n}\n",
        ),
        ("p/lib/inner.rhai", "fn three(path) {\n    let parts = path.split(\"/\");\n    note(parts[7]);\n}\n"),
    ]);
    assert_eq!(told["code"], "script-error");
    assert_eq!(place(&told), "p/lib/inner.rhai:3:16", "{told}");
    assert_eq!(
        path(&told),
        [
            "p/lib/outer.rhai:6:12 called from `two`",
            "p/lib/outer.rhai:3:5 called from `one`",
            "p/rules/r.rhai:6:36 called from `check`",
        ]
    );
}

#[test]
fn of_a_long_recursion_both_ends_are_shown_and_how_many_calls_are_left_out() {
    let told = diagnostic(&[(
        "p/rules/r.rhai",
        "METADATA\nfn check(change, params) {\n    for f in change.files { down(f.path, 20); }\n}\nfn down(path, n) {\n    if n == 0 { let parts = path.split(\"/\"); note(parts[7]); } else { down(path, n - 1); }\n}\n",
    )]);
    let path = path(&told);
    assert_eq!(path.len(), 8, "{path:?}");
    assert!(path[4].ends_with("called from `down`; 13 calls between are left out"), "{path:?}");
    assert_eq!(path[7], "p/rules/r.rhai:5:29 called from `check`");
}

#[test]
fn a_call_out_of_a_nameless_function_says_so() {
    let told = diagnostic(&[(
        "p/rules/r.rhai",
        "METADATA\nfn check(change, params) {\n    let found = [7].filter(|n| third(n));\n    if found.len() == change.files.count() { note(\"found\"); }\n}\nfn third(n) {\n    let parts = [1];\n    parts[n] == 1\n}\n",
    )]);
    assert_eq!(place(&told), "p/rules/r.rhai:10:11", "{told}");
    let path = path(&told);
    assert_eq!(path[0], "p/rules/r.rhai:5:32 called from a nameless function", "{path:?}");
    assert_eq!(path.len(), 2, "{path:?}");
    assert!(path[1].contains("called from `check`"), "{path:?}");
}

#[test]
fn an_error_in_check_itself_has_no_calls() {
    let told = diagnostic(&[(
        "p/rules/r.rhai",
        "METADATA\nfn check(change, params) {\n    for f in change.files { let parts = f.path.split(\"/\"); note(parts[7]); }\n}\n",
    )]);
    assert_eq!(place(&told), "p/rules/r.rhai:5:71", "{told}");
    assert!(told.get("related").is_none(), "{told}");
}
