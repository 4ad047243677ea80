//! Modules of a pack, as rules use them.

use super::*;

#[test]
fn constants_of_a_module_can_be_read_through_its_import_however_they_are_written() {
    let library = "const LIMIT = 2;\nexport const WORDS = [\"src/**\", \"docs/**\"];\nconst NAMES = #{ high: \"h\" };\n\
                   fn twice() { global::LIMIT * 2 }\n";
    let body = "note(`${c::LIMIT} ${c::WORDS.len()} ${c::NAMES.high} ${c::twice()}`);\n\
                if change.findings.under(c::WORDS).count() > c::LIMIT + 1000 { violation(change, \"m\"); }";
    let rule = format!("import \"limits\" as c;\n{META}\nfn check(change, params) {{\n{body}\n}}\n");
    let policy = load(&[("lib/limits.rhai", library), ("rules/r.rhai", &rule)]).unwrap();
    let verdict = evaluate(&policy, &evidence(), &Options::default());
    let outcome = &verdict[0];
    assert_eq!(outcome.notes, ["2 2 h 4"], "{outcome:?}");
    let misspelt = rule.replace("c::LIMIT + 1000", "c::LIMITS + 1000");
    let refused = load(&[("lib/limits.rhai", library), ("rules/r.rhai", &misspelt)]).unwrap_err();
    assert!(refused[0].to_string().contains("has no constant `LIMITS`"), "{}", refused[0]);
}
