//! Warnings of `lint`, beyond the examples of their explanations: what they must see through, and what they must not say.

use std::path::Path;

use crate::{Ran, files, git, manifest, root, tollgate, write};

const META: &str = "//! Why.\n\nconst RULE = #{ title: \"Example\", category: \"process\", enforcement: \"ENFORCEMENT\", risk: \"low\", needs: [NEEDS], remedy: \"mend it\", owner: \"team:a\", controls: [] };\n";

fn rule(needs: &str, enforcement: &str, rest: &str) -> String {
    let parts: (String, &str) = match rest.split_once("fn check") {
        Some((imports, _)) => (imports.to_owned(), &rest[imports.len()..]),
        None => (String::new(), rest),
    };
    format!("{}{}{}", META.replace("NEEDS", needs).replace("ENFORCEMENT", enforcement), parts.0, parts.1)
}

fn lint(directory: &Path, arguments: &[&str]) -> Ran {
    let all: Vec<&str> =
        ["lint", "--format", "json", "--message-format", "json"].into_iter().chain(arguments.iter().copied()).collect();
    tollgate(directory, &all)
}

/// What is told as `code file:line:column`, cases apart.
fn told(ran: &Ran) -> Vec<String> {
    let report = ran.json();
    let found = report["diagnostics"].as_array().unwrap();
    let told = found.iter().filter(|one| one["code"] != "missing-cases").map(|one| {
        let line = one["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
        format!("{} {}{line}", one["code"].as_str().unwrap(), one["file"].as_str().unwrap())
    });
    told.collect()
}

fn pack(scripts: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = files(scripts.iter().copied());
    if !directory.path().join("p/pack.toml").exists() {
        write(directory.path(), "p/pack.toml", &manifest("p"));
    }
    directory
}

#[test]
fn the_packs_inside_the_binary_are_clean() {
    for name in ["builtin:baseline", "builtin:checks"] {
        let ran = lint(&root(""), &[name, "--deny", "warnings"]);
        assert_eq!(ran.code, 0, "{}", ran.out);
        assert_eq!(ran.json()["diagnostics"].as_array().unwrap().len(), 0, "{}", ran.out);
    }
    let both = tollgate(&root(""), &["lint", "builtin:baseline", "builtin:checks", "--repo", "."]);
    assert!(
        both.out.starts_with("no warning about builtin:baseline, builtin:checks; compared with `.`"),
        "{}",
        both.out
    );
}

#[test]
fn a_function_is_used_where_only_another_module_a_nameless_function_or_a_loop_calls_it() {
    let script = rule(
        "\"files\"",
        "advisory",
        "import \"a\" as a;\nfn check(change, params) {\n    let odd = [1, 2].filter(|n| one_of_two(n));\n    for f in change.files { violation(f, a::one(f) + odd.len()); }\n}\nfn one_of_two(n) { n % 2 == 1 }\n",
    );
    let directory = pack(&[
        ("p/rules/r.rhai", &script),
        ("p/lib/a.rhai", "import \"b\" as b;\nfn one(f) { two(f) }\nfn two(f) { b::three(f) }\n"),
        ("p/lib/b.rhai", "fn three(f) { f.path }\nfn four(f) { five(f) }\nfn five(f) { f.path }\n"),
    ]);
    // What only an unused function calls is unused as well.
    assert_eq!(
        told(&lint(directory.path(), &["p"])),
        ["unused-function p/lib/b.rhai:2", "unused-function p/lib/b.rhai:3"]
    );
}

#[test]
fn a_rule_objects_through_its_helpers_and_one_that_is_there_to_be_undecided_says_so_by_a_case() {
    let through = rule(
        "\"files\"",
        "hard-mandatory",
        "import \"a\" as a;\nfn check(change, params) {\n    for f in change.files { a::object(f); }\n}\n",
    );
    let never = rule(
        "\"findings\"",
        "hard-mandatory",
        "fn check(change, params) {\n    note(`${change.findings.count()}`);\n}\n",
    );
    let directory = pack(&[
        ("p/rules/through.rhai", &through),
        ("p/rules/never.rhai", &never),
        ("p/lib/a.rhai", "fn object(f) { violation(f, f.path); }\n"),
    ]);
    assert_eq!(told(&lint(directory.path(), &["p"])), ["cannot-object p/rules/never.rhai:4"]);
    write(directory.path(), "p/cases/never/nothing.toml", "[expect]\noutcome = \"undecided\"\n");
    assert_eq!(told(&lint(directory.path(), &["p"])), [] as [&str; 0]);
}

#[test]
fn evidence_that_a_query_asks_for_along_the_way_may_be_named_and_what_a_helper_reads_has_to_be() {
    let along = rule(
        "\"advisories\", \"dependencies\"",
        "advisory",
        "fn check(change, params) {\n    for a in change.advisories.in_changed_packages() { violation(a, a.id); }\n}\n",
    );
    let helper = rule(
        "\"files\"",
        "advisory",
        "fn check(change, params) {\n    if change.files.count() > 1 { tell(change); }\n}\nfn tell(all) {\n    for d in all.dependencies { violation(d, d.name); }\n}\n",
    );
    let directory = pack(&[("p/rules/along.rhai", &along), ("p/rules/helper.rhai", &helper)]);
    assert_eq!(told(&lint(directory.path(), &["p"])), ["undeclared-evidence p/rules/helper.rhai:3"]);
}

#[test]
fn a_parameter_is_read_by_its_name_in_brackets_and_is_movable_where_a_rule_sets_it() {
    let toml = manifest("p")
        + "\n[parameters.limit]\ntype = \"integer\"\ndefault = 3\n\n[rules.r]\nparameters = { limit = 4 }\n";
    let script = rule(
        "\"files\"",
        "advisory",
        "fn check(change, params) {\n    if change.files.count() > params[\"limit\"] { violation(change, \"many\"); }\n}\n",
    );
    let directory = pack(&[("p/pack.toml", &toml), ("p/rules/r.rhai", &script)]);
    assert_eq!(told(&lint(directory.path(), &["p"])), [] as [&str; 0]);
}

#[test]
fn a_threshold_is_reached_by_the_rules_of_any_pack_and_by_a_risk_that_is_computed() {
    let threshold = manifest("p") + "\n[risk.critical]\napprovals = [{ from = [\"any\"], count = 1 }]\n";
    let check = |risk: &str| {
        format!("fn check(change, params) {{\n    for f in change.files {{ violation(f, f.path){risk}; }}\n}}\n")
    };
    let quiet = rule("\"files\"", "hard-mandatory", &check(""));
    let directory = pack(&[("p/pack.toml", &threshold), ("p/rules/quiet.rhai", &quiet)]);
    assert_eq!(told(&lint(directory.path(), &["p"])), ["unreached-threshold p/pack.toml:5"]);
    for risk in [".risk(\"critical\")", ".risk(f.path)"] {
        let loud = rule("\"files\"", "hard-mandatory", &check(risk));
        write(directory.path(), "q/rules/loud.rhai", &loud);
        write(directory.path(), "q/pack.toml", &manifest("q"));
        assert_eq!(told(&lint(directory.path(), &["p", "q"])), [] as [&str; 0], "{risk}");
    }
}

#[test]
fn warnings_fail_only_where_they_are_denied_errors_always_and_what_is_allowed_is_not_told() {
    let script = rule(
        "\"files\"",
        "advisory",
        "fn check(change, params) {\n    for f in change.files { violation(f, f.path); }\n}\n",
    );
    let directory = pack(&[("p/rules/r.rhai", &script)]);
    let here = directory.path();
    assert_eq!(lint(here, &["p"]).codes("warning").into_iter().collect::<Vec<_>>(), ["missing-cases"]);
    assert_eq!(lint(here, &["p"]).code, 0);
    assert_eq!(lint(here, &["p", "--deny", "warnings"]).code, 1);
    assert_eq!(lint(here, &["p", "--deny", "warnings", "--allow", "missing-cases"]).code, 0);
    assert_eq!(lint(here, &["p", "--allow", "unknown-word"]).code, 2, "an error can't be allowed");
    write(here, "p/rules/broken.rhai", &script.replace("f.path", "f.pth"));
    let broken = lint(here, &["p"]);
    assert_eq!((broken.code, broken.out.as_str()), (2, ""));
    assert_eq!(broken.codes("error").into_iter().collect::<Vec<_>>(), ["unknown-property"]);
}

#[test]
fn without_a_pack_those_of_the_settings_are_read_and_without_settings_one_has_to_be_named() {
    let script = rule(
        "\"files\"",
        "advisory",
        "fn check(change, params) {\n    for f in change.files { violation(f, f.path); }\n}\n",
    );
    let directory = pack(&[("p/rules/r.rhai", &script)]);
    assert_eq!(lint(directory.path(), &[]).codes("error").into_iter().collect::<Vec<_>>(), ["usage"]);
    write(directory.path(), "tollgate.toml", "policy = [\"builtin:baseline\", \"p\"]\n");
    let report = lint(directory.path(), &[]).json();
    let origins: Vec<&str> =
        report["packs"].as_array().unwrap().iter().map(|pack| pack["origin"].as_str().unwrap()).collect();
    assert_eq!(origins, ["builtin:baseline", "p"]);
}

#[test]
fn open_words_are_compared_with_what_git_has_at_head_and_not_with_what_lies_around() {
    let script = rule(
        "\"files\", \"findings\", \"dependencies\"",
        "advisory",
        "fn check(change, params) {\n    for f in change.files.under([\"src/**\", \"scr/**\"]) { violation(f, f.path); }\n    for f in change.findings.tool(\"semgrepp\") { violation(f, f.message); }\n    for f in change.findings.tool([\"own-tool\", \"Trivy\"]) { violation(f, f.message); }\n    for d in change.dependencies.name(\"left-pda\") { violation(d, d.name); }\n    for d in change.dependencies.ecosystem(\"cargo\") { violation(d, d.name); }\n}\n",
    );
    let lock = "{\"name\": \"x\", \"lockfileVersion\": 3, \"packages\": {\"\": {}, \"node_modules/left-pad\": {\"version\": \"1.3.0\"}}}";
    let repo = files([
        ("src/a.rs", "fn a() {}\n"),
        (".github/workflows/ci.yml", "jobs: {a: {steps: [{run: own-tool --sarif}]}}\n"),
        ("package-lock.json", lock),
    ]);
    git(repo.path(), &["init", "-q"]);
    git(repo.path(), &["add", "."]);
    git(repo.path(), &["commit", "-q", "-m", "first"]);
    write(repo.path(), "scr/not-committed.rs", "");
    let directory = pack(&[("p/rules/r.rhai", &script)]);
    let path = repo.path().to_str().unwrap();
    let ran = lint(directory.path(), &["p", "--repo", path]);
    assert_eq!(
        told(&ran),
        [
            "unmatched-glob p/rules/r.rhai:5",
            "unmentioned-tool p/rules/r.rhai:6",
            "unlocked-package p/rules/r.rhai:8",
            "unlocked-package p/rules/r.rhai:9"
        ]
    );
    let report = ran.json();
    let helps: Vec<&str> =
        report["diagnostics"].as_array().unwrap().iter().filter_map(|one| one["help"].as_str()).collect();
    assert!(helps.contains(&"did you mean `Semgrep`?") && helps.contains(&"did you mean `left-pad`?"), "{helps:?}");
    let compared = report["compared"][0].as_str().unwrap();
    assert!(compared.ends_with(": 3 paths, 1 files that run tools, 1 locked packages"), "{compared}");
}

#[test]
fn languages_paths_scopes_and_settings_are_compared_with_the_repository() {
    let script = rule(
        "\"files\"",
        "advisory",
        "fn check(change, params) {\n    for f in change.files.language([\"pyton\", \"python\"]) { violation(f, f.path); }\n    for f in change.files.under(params.places) {\n        if f.path == \"src/b.py\" || \"src/a.py\" != f.path || f.path == \"\" { violation(f, f.path); }\n    }\n}\n",
    );
    let repo = files([("src/a.py", "pass\n")]);
    let toml = "name = \"p\"\nversion = \"1.0.0\"\ndescription = \"d\"\n[parameters.places]\ntype = \"list<glob>\"\ndefault = [\"src/**\"]\nstricter = \"superset\"\n[scope]\npaths = [\"src/**\", \"scope/**\"]\n";
    let team = "name = \"team\"\nversion = \"1.0.0\"\ndescription = \"d\"\n[set]\nplaces = [\"src/**\", \"set/**\"]\n[rules.r]\nparameters = { places = [\"src/**\", \"own/**\"] }\n";
    let directory = files([("p/pack.toml", toml), ("p/rules/r.rhai", script.as_str()), ("team/pack.toml", team)]);
    let ran = lint(directory.path(), &["p", "team", "--repo", repo.path().to_str().unwrap()]);
    let found: Vec<String> = told(&ran).into_iter().filter(|one| !one.contains("-cases")).collect();
    assert_eq!(
        found,
        [
            "unmatched-glob p/pack.toml:9",
            "unused-language p/rules/r.rhai:5",
            "unmatched-glob p/rules/r.rhai:7",
            "unmatched-glob team/pack.toml:5",
            "unmatched-glob team/pack.toml:7"
        ],
        "{}",
        ran.out
    );
}

#[test]
fn a_warning_repeats_nothing_hostile_of_a_pack() {
    let script = rule(
        "\"files\"",
        "advisory",
        "fn check(change, params) {\n    for f in change.files { violation(f, f.path); }\n}\n",
    );
    let directory = pack(&[("p/rules/a\u{1b}[31m\u{202e}b.rhai", &script)]);
    let ran = tollgate(directory.path(), &["lint", "p"]);
    assert!(ran.out.contains("unusual-id") && ran.out.contains("\\u{1b}[31m\\u{202e}b"), "{}", ran.out);
    assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{}", ran.out);
}

#[test]
fn a_glob_that_seems_a_directory_is_told_without_a_repository_and_with_one_its_paths_tell() {
    let one = rule(
        "\"files\"",
        "advisory",
        "fn check(change, params) {\n    for f in change.files.under([\"src/auth\", \"Makefile\"]) { violation(f, f.path); }\n    for f in change.files.under(params.places).not_under(\"docs\") { violation(f, f.path); }\n}\n",
    );
    let manifest = manifest("p")
        + "[parameters.places]\ntype = \"list<glob>\"\ndefault = [\"db/migrations\", \"db/**\"]\ndescription = \"d\"\nstricter = \"superset\"\n";
    let directory =
        pack(&[("p/rules/one.rhai", &one), ("p/pack.toml", &manifest), ("docs", "a file\n"), ("src/auth/a.rs", "\n")]);
    let ran = lint(directory.path(), &["p"]);
    assert_eq!(
        told(&ran),
        ["bare-directory p/pack.toml:6", "bare-directory p/rules/one.rhai:5", "bare-directory p/rules/one.rhai:6"],
        "{}",
        ran.out
    );
    assert!(ran.out.contains("did you mean `src/auth/**`?"), "{}", ran.out);
    git(directory.path(), &["init", "-q", "-b", "main"]);
    git(directory.path(), &["add", "-A"]);
    git(directory.path(), &["commit", "-q", "-m", "one"]);
    let ran = lint(directory.path(), &["p", "--repo", "."]);
    assert!(told(&ran).contains(&"unmatched-glob p/rules/one.rhai:5".to_owned()), "{}", ran.out);
    assert!(!ran.out.contains("bare-directory") && !ran.out.contains("`docs`"), "{}", ran.out);
    assert!(ran.out.contains("did you mean `src/auth/**`?"), "{}", ran.out);
}

#[test]
fn a_percentage_of_coverage_is_enough_where_any_rule_asks_for_files_that_were_not_measured() {
    let reads = rule(
        "\"coverage\"",
        "advisory",
        "fn check(change, params) {\n    if change.coverage.measured() > 0 && change.coverage.percent() < 80 { violation(change, \"low\"); }\n}\n",
    );
    let asks = rule(
        "\"coverage\", \"files\"",
        "advisory",
        "import \"a\" as a;\nfn check(change, params) {\n    a::whole(change);\n}\n",
    );
    let library =
        "fn whole(change) {\n    for f in change.coverage.unmeasured(change.files) { violation(f, f.path); }\n}\n";
    let directory = pack(&[("p/rules/reads.rhai", &reads)]);
    let ran = lint(directory.path(), &["p"]);
    assert_eq!(told(&ran), ["unasked-files p/rules/reads.rhai:5"], "{}", ran.out);
    write(directory.path(), "p/rules/asks.rhai", &asks);
    write(directory.path(), "p/lib/a.rhai", library);
    let ran = lint(directory.path(), &["p"]);
    assert_eq!(told(&ran), [""; 0], "{}", ran.out);
}
