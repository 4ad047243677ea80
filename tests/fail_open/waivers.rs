//! Waivers that lift more than they name, that are over, or that the change brings along.

use serde_json::{Value, json};

use crate::people::World;
use crate::{Place, all, code, decision, pack_toml, rule};

/// A waiver of `the-rule` with a scope.
pub(crate) fn waiver(id: &str, scope: &str, expires: &str) -> String {
    format!(
        "[[waiver]]\nid = \"{id}\"\nrule = \"the-rule\"\n{scope}\nowner = \"team:payments\"\nreason = \"r\"\napproved_by = \"lead\"\nexpires = {expires}\n"
    )
}

fn under(glob: &str) -> String {
    waiver("W-1", &format!("paths = [\"{glob}\"]"), "2026-12-31")
}

/// What a change of one file ends in under a rule that objects to each changed file.
fn of_file(before: &[(&str, &str)], after: &[(&str, &str)], waivers: &str) -> String {
    let place = Place::new();
    place.pack("p", "\"files\"", "for f in change.files { violation(f, f.path); }");
    for (side, files) in [("before", before), ("after", after)] {
        place.write(&format!("{side}/README.md"), "same\n");
        for (file, text) in files {
            place.write(&format!("{side}/{file}"), text);
        }
    }
    place.write("w.toml", waivers);
    let all = ["--trees", "before", "after", "--policy", "p", "--waivers", "w.toml", "--author", "dev"];
    decision(waivers, &place.eval(&all))
}

#[test]
fn a_waiver_of_what_changed_is_the_only_one_that_approves() {
    for glob in ["legacy/**", "legacy/a.js", "**", "**/a.js", "legacy/*", "./legacy/a.js"] {
        let found = of_file(&[("legacy/a.js", "a\n")], &[("legacy/a.js", "b\n")], &under(glob));
        let expected = if glob.starts_with('.') { "none" } else { "approved" };
        assert_eq!(found, expected, "{glob}");
    }
}

#[test]
fn paths_of_waivers_that_reach_further_than_they_say() {
    let text: String = (0..30).map(|line| format!("line {line}\n")).collect();
    let changed = |path: &str, glob: &str| of_file(&[(path, "a\n")], &[(path, "b\n")], &under(glob));
    let moved = |from: &str, to: &str, glob: &str| of_file(&[(from, &text)], &[(to, &text)], &under(glob));
    all([
        ("another directory", "rejected", changed("src/a.js", "legacy/**")),
        ("another case", "rejected", changed("Legacy/a.js", "legacy/**")),
        ("another Unicode form", "rejected", changed("l\u{e9}gacy/a.js", "le\u{301}gacy/**")),
        ("a longer name", "rejected", changed("legacy2/a.js", "legacy/**")),
        ("a name that ends so", "rejected", changed("src/legacy/a.js", "legacy/**")),
        ("a name in front", "rejected", changed("xlegacy/a.js", "legacy/**")),
        ("two stars inside of a name", "rejected", changed("legacy-b/c/a.js", "legacy**")),
        ("one star over directories", "rejected", changed("legacy/b/a.js", "legacy/*")),
        ("a question mark for a slash", "rejected", changed("legacy/a.js", "legacy?a.js")),
        ("up and down again", "none", changed("src/a.js", "legacy/../src/**")),
        ("from above", "none", changed("src/a.js", "../**")),
        ("from the root", "none", changed("src/a.js", "/src/**")),
        ("a back slash", "rejected", changed("src/a.js", "src\\\\\\\\a.js")),
        ("everything but", "none", changed("src/a.js", "!legacy/**")),
        ("a file moved out of what is waived", "rejected", moved("legacy/a.js", "src/a.js", "legacy/**")),
        ("a file moved into what is waived", "rejected", moved("src/a.js", "legacy/a.js", "legacy/**")),
        ("a file moved by its case", "rejected", moved("Legacy/a.js", "legacy/a.js", "legacy/**")),
        (
            "a copy of what is waived",
            "rejected",
            of_file(&[("legacy/a.js", &text)], &[("legacy/a.js", &text), ("src/a.js", &text)], &under("legacy/**")),
        ),
        (
            "two files that change places",
            "rejected",
            of_file(
                &[("legacy/a.js", &text), ("src/b.js", "b\n")],
                &[("src/b.js", &text), ("legacy/a.js", "b\n")],
                &under("legacy/**"),
            ),
        ),
    ]);
}

/// A report with one serious finding at some places.
fn report(places: &[(&str, u32)], with: Value) -> String {
    let locations: Vec<Value> = places
        .iter()
        .map(|(uri, line)| json!({"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}))
        .collect();
    let mut result = json!({"ruleId": "r", "level": "error", "message": {"text": "m"}, "locations": locations});
    for (key, value) in with.as_object().unwrap() {
        result[key] = value.clone();
    }
    log(&[result])
}

fn log(results: &[Value]) -> String {
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "CodeQL"}},
        "invocations": [{"executionSuccessful": true}], "results": results}]})
    .to_string()
}

fn scanned() -> Place {
    let place = Place::new();
    place.pack("p", "\"findings\", \"files\"", "for f in change.findings { violation(f, f.message); }");
    for (side, text) in [("before", "a\n"), ("after", "b\nb\nb\nb\n")] {
        for file in ["legacy/a.js", "src/a.js"] {
            place.write(&format!("{side}/{file}"), text);
        }
    }
    place
}

fn of_report(place: &Place, report: &str, waivers: &str) -> String {
    place.write("s.sarif", report);
    place.write("w.toml", waivers);
    let change = ["--trees", "before", "after", "--policy", "p", "--sarif", "s.sarif", "--author", "dev"];
    decision(waivers, &place.eval(&[&change[..], &["--waivers", "w.toml"]].concat()))
}

#[test]
fn findings_that_are_made_to_lie_under_a_waiver() {
    let place = scanned();
    let of = |places: &[(&str, u32)]| of_report(&place, &report(places, json!({})), &under("legacy/**"));
    assert_eq!(of(&[("legacy/a.js", 1)]), "approved");
    all([
        ("elsewhere", "rejected", of(&[("src/a.js", 1)])),
        ("up and down again", "rejected", of(&[("legacy/../src/a.js", 1)])),
        ("up and down again, escaped", "rejected", of(&[("legacy/%2e%2e/src/a.js", 1)])),
        ("with back slashes", "rejected", of(&[("legacy\\..\\src\\a.js", 1)])),
        ("at two places, the waived one first", "rejected", of(&[("legacy/a.js", 1), ("src/a.js", 1)])),
        ("at two places, the waived one last", "rejected", of(&[("src/a.js", 1), ("legacy/a.js", 1)])),
        ("nowhere", "rejected", of(&[])),
        ("in the directory", "rejected", of(&[("legacy", 1)])),
        ("out of the repository", "rejected", of(&[("../legacy/a.js", 1)])),
        ("absolute, and of either file", "rejected", of(&[("/a.js", 1)])),
        ("in another case", "rejected", of(&[("Legacy/a.js", 1)])),
    ]);
    let scoped =
        |scope: &str| of_report(&place, &report(&[("src/a.js", 1)], json!({})), &waiver("W-1", scope, "2026-12-31"));
    all([
        ("of the tool", "approved", scoped("tool = \"codeql\"")),
        ("of another tool", "rejected", scoped("tool = \"CodeQL2\"")),
        ("of the tool's rule", "approved", scoped("finding_rule = \"r\"")),
        ("of another rule", "rejected", scoped("finding_rule = \"R\"")),
        ("of any rule", "rejected", scoped("finding_rule = \"*\"")),
        ("of two that do not both fit", "rejected", scoped("finding_rule = \"r\"\npaths = [\"legacy/**\"]")),
        ("of an advisory", "rejected", scoped("advisory = \"r\"")),
    ]);
}

#[test]
fn findings_that_all_have_one_fingerprint() {
    let place = scanned();
    let same = json!({"partialFingerprints": {"primaryLocationLineHash": "requires login"},
        "fingerprints": {"x": "requires login"}});
    let at = |file: &str, line: u32, text: &str| {
        let mut result = json!({"ruleId": "r", "level": "error", "message": {"text": text}, "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": line}}}]});
        for (key, value) in same.as_object().unwrap() {
            result[key] = value.clone();
        }
        result
    };
    let first = [at("src/a.js", 1, "m")];
    place.write("s.sarif", log(&first));
    let all_of = ["--trees", "before", "after", "--policy", "p", "--sarif", "s.sarif", "--author", "dev"];
    let verdict: Value = serde_json::from_slice(&place.eval(&all_of).stdout).unwrap();
    let fingerprint = verdict["rules"][0]["violations"][0]["fingerprint"].as_str().unwrap().to_owned();
    let waived = waiver("W-1", &format!("fingerprint = \"{fingerprint}\""), "2026-12-31");
    let with = |more: &[Value]| of_report(&place, &log(&[&first, more].concat()), &waived);
    all([
        ("itself", "approved", with(&[])),
        ("the same twice", "rejected", with(&first)),
        ("on another line", "rejected", with(&[at("src/a.js", 2, "m")])),
        ("in another file", "rejected", with(&[at("legacy/a.js", 1, "m")])),
        ("with another text", "rejected", with(&[at("src/a.js", 1, "n")])),
        ("on a line before it", "rejected", with(&[at("src/a.js", 3, "m"), at("src/a.js", 4, "m")])),
        ("another one in its place", "rejected", of_report(&place, &log(&[at("legacy/a.js", 1, "m")]), &waived)),
        ("another text in its place", "rejected", of_report(&place, &log(&[at("src/a.js", 1, "n")]), &waived)),
    ]);
}

#[test]
fn a_report_that_is_cut_while_its_one_finding_is_waived_or_approved() {
    let place = scanned();
    let whole = report(&[("legacy/a.js", 1)], json!({}));
    assert_eq!(of_report(&place, &whole, &under("legacy/**")), "approved");
    let failed = whole.replace("true", "false");
    let truncated = whole.replace("[{\"executionSuccessful\":true}]", "[]");
    all([
        ("cut in the middle", "indeterminate", of_report(&place, &whole[..whole.len() - 9], &under("legacy/**"))),
        ("not successful", "indeterminate", of_report(&place, &failed, &under("legacy/**"))),
        ("that does not say it finished", "approved", of_report(&place, &truncated, &under("legacy/**"))),
    ]);
    let world = World::new();
    world.away.write("p/rules/the-rule.rhai", {
        rule("\"findings\"", "for f in change.findings { violation(f, f.message); }")
            .replace("hard-mandatory", "soft-mandatory")
            .replace("needs:", "approvers: [\"team:security\"], needs:")
    });
    let of = |name: &str, text: &str| {
        world.away.write("s.sarif", text);
        let sarif = world.at("s.sarif");
        let reviews = json!([world.review(json!({}))]).to_string();
        (world.with(name, "[]", &["--sarif", &sarif]), world.with(name, &reviews, &["--sarif", &sarif]))
    };
    let at = report(&[("src/auth.js", 1)], json!({}));
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(of("whole", &at), pair("approval_required", "approved"));
    assert_eq!(of("failed", &at.replace("true", "false")), pair("indeterminate", "indeterminate"));
}

#[test]
fn packages_that_a_waiver_does_not_name() {
    let dependency = |name: &str, after: Value| {
        json!({"schema": "tollgate/evidence/v1", "change": {"author": "dev"}, "files": {"items": []},
            "dependencies": {"items": [{"ecosystem": "npm", "name": name, "purl": "pkg:npm/left-pad@1.3.0",
                "manifest": "package-lock.json", "change": "added", "after": after}]},
            "sources": [{"kind": "files", "completeness": "complete"}, {"kind": "dependencies", "completeness": "complete"}]})
    };
    let of = |name: &str, versions: Value, scope: &str| {
        let place = Place::new();
        place.pack("p", "\"dependencies\"", "for d in change.dependencies { violation(d, d.name); }");
        place.write("e.json", dependency(name, versions).to_string());
        place.write("w.toml", waiver("W-1", scope, "2026-12-31"));
        decision(scope, &place.eval(&["--evidence", "e.json", "--policy", "p", "--waivers", "w.toml"]))
    };
    let one = || json!(["1.3.0"]);
    all([
        ("by its name", "approved", of("left-pad", one(), "package = \"pkg:npm/left-pad\"")),
        ("by its version", "approved", of("left-pad", one(), "package = \"pkg:npm/left-pad@1.3.0\"")),
        ("escaped", "approved", of("@a/b", one(), "package = \"pkg:npm/%40a/b\"")),
        ("with blanks around", "approved", of("left-pad", one(), "package = \" pkg:npm/left-pad@1.3.0\"")),
        ("by another name", "rejected", of("left-pad", one(), "package = \"pkg:npm/left-pad2\"")),
        ("in another ecosystem", "rejected", of("left-pad", one(), "package = \"pkg:pypi/left-pad\"")),
        ("by the name inside of a scope", "rejected", of("@a/left-pad", one(), "package = \"pkg:npm/left-pad\"")),
        ("by a longer scope", "rejected", of("left-pad", one(), "package = \"pkg:npm/%40a/left-pad\"")),
        ("by a part of the version", "rejected", of("left-pad", one(), "package = \"pkg:npm/left-pad@1.3\"")),
        ("by a range", "rejected", of("left-pad", one(), "package = \"pkg:npm/left-pad\"\nversions = [\"^1.0.0\"]")),
        ("by any version", "rejected", of("left-pad", one(), "package = \"pkg:npm/left-pad\"\nversions = [\"*\"]")),
        ("an empty version", "none", of("left-pad", one(), "package = \"pkg:npm/left-pad\"\nversions = [\"\"]")),
        ("no version", "none", of("left-pad", one(), "package = \"pkg:npm/left-pad\"\nversions = []")),
        (
            "one of two versions",
            "rejected",
            of("left-pad", json!(["1.3.0", "1.4.0"]), "package = \"pkg:npm/left-pad@1.3.0\""),
        ),
        ("a name with a star", "rejected", of("left-pad", one(), "package = \"pkg:npm/*\"")),
    ]);
}

#[test]
fn waivers_that_are_over_in_every_verb() {
    let place = Place::new();
    place.pack("p", "\"files\"", "for f in change.files { violation(f, f.path); }");
    place.write("before/legacy/a.js", "a\n");
    place.write("after/legacy/a.js", "b\n");
    place.write("w.toml", waiver("W-1", "paths = [\"legacy/**\"]", "2026-01-31"));
    let trees: &[&str] = &["--trees", "before", "after"];
    let collected = place.run(&[&["collect", "--author", "dev", "--output", "e.json"], trees].concat());
    assert_eq!(code(&collected), 0, "{}", crate::stderr(&collected));
    for (time, holds) in [
        ("2026-01-31", true),
        ("2026-01-31T23:59:59Z", true),
        ("2026-01-31T23:59:59.999999999Z", true),
        ("2026-02-01T01:59:59+02:00", true),
        ("2026-02-01", false),
        ("2026-02-01T00:00:00Z", false),
        ("2026-01-31T23:59:59-00:01", false),
        ("2026-01-31T14:00:00-10:00", false),
        ("2026-01-31T23:59:60Z", true),
        ("2027-01-31", false),
    ] {
        let with = ["--policy", "p", "--waivers", "w.toml", "--as-of", time];
        let run = |verb: &[&str], more: &[&str]| {
            let mut command = place.command(&[verb, more, &with].concat());
            // The day is that of UTC wherever the machine stands.
            code(&command.env("TZ", "Pacific/Honolulu").output().unwrap())
        };
        assert_eq!(run(&["eval", "--author", "dev"], trees) == 0, holds, "{time}");
        assert_eq!(run(&["eval"], &["--evidence", "e.json"]) == 0, holds, "stored, {time}");
        assert_eq!(run(&["eval", "--dry-run", "--deny-weakening"], &["--evidence", "e.json"]), 2);
        // One on its last day is `expiring`, and one that is over is not in force: `check` objects to both.
        assert_eq!(run(&["waivers", "check"], &[]), 1, "{time}");
        assert_eq!(run(&["waivers", "check"], &["--evidence", "e.json"]), 1, "{time}");
    }
}

#[test]
fn waivers_that_no_file_can_hold() {
    let good = waiver("W-1", "paths = [\"legacy/**\"]", "2026-12-31");
    let of = |text: &str| of_file(&[("legacy/a.js", "a\n")], &[("legacy/a.js", "b\n")], text);
    let again = good.replace("[[waiver]]\n", "");
    all([
        ("as it is", "approved", of(&good)),
        ("without a last day", "none", of(&good.replace("expires = 2026-12-31\n", ""))),
        ("with a time of day", "none", of(&good.replace("2026-12-31", "2026-12-31T23:59:59-12:00"))),
        ("with a last day for ever", "none", of(&good.replace("2026-12-31", "\"never\""))),
        ("with a year of five digits", "none", of(&good.replace("2026-12-31", "\"12026-12-31\""))),
        ("with a last day twice", "none", of(&format!("{good}expires = 2020-01-01\n"))),
        ("with a mistyped key", "none", of(&good.replace("expires", "expire"))),
        ("nobody approved it", "rejected", of(&good.replace("approved_by = \"lead\"\n", ""))),
        ("the author approved it", "rejected", of(&good.replace("lead", "DEV"))),
        ("the author approved it, with a blank", "rejected", of(&good.replace("lead", "dev "))),
        ("the author approved it, with an at", "none", of(&good.replace("lead", "@dev"))),
        ("its owner approved it", "rejected", of(&good.replace("team:payments", "Lead"))),
        ("two of one id that contradict", "none", of(&format!("{good}{}", good.replace("2026-12-31", "2020-01-01")))),
        ("two of one id in other capitals", "none", of(&format!("{good}{}", good.replace("W-1", "w-1")))),
        ("a table and not a list", "none", of(&format!("[waiver]\n{again}"))),
        ("for all rules", "none", of(&good.replace("the-rule", "*"))),
        ("without a scope", "none", of(&good.replace("paths = [\"legacy/**\"]\n", ""))),
        ("with an empty scope", "none", of(&good.replace("\"legacy/**\"", ""))),
        ("cut short", "none", of(&good[..good.len() - 4])),
        ("an empty file", "none", of("")),
        ("not UTF-8", "none", of("\u{fffe}")),
        ("beside one that is over", "approved", {
            of(&format!("{good}{}", good.replace("2026-12-31", "2020-01-01").replace("W-1", "W-2")))
        }),
    ]);
    let over = good.replace("2026-12-31", "2020-01-01");
    assert_eq!(of(&over), "rejected", "over");
}

#[cfg(unix)]
#[test]
fn waivers_that_the_change_brings_along() {
    use std::os::unix::fs::symlink;
    let world = World::new();
    let wide = waiver("W-1", "paths = [\"**\"]", "2026-12-31");
    world.away.write("p/pack.toml", pack_toml("p"));
    world.away.write("w.toml", &wide);
    world.place.write("waivers.toml", &wide);
    world.place.write("sub/waivers.toml", &wide);
    symlink("../waivers.toml", world.place.path().join("sub/link.toml")).unwrap();
    symlink(world.at("w.toml"), world.place.path().join("out.toml")).unwrap();
    world.place.commit();
    // Lies in the checkout, and git ignores it.
    world.place.write(".git/info/exclude", "ignored.toml\n");
    world.place.write("ignored.toml", &wide);
    world.place.write("untracked.toml", &wide);
    world.place.write(".git/waivers.toml", &wide);
    let checkout = world.place.path();
    symlink(checkout, world.away.path().join("repository")).unwrap();
    symlink(checkout.join("waivers.toml"), world.away.path().join("link.toml")).unwrap();
    let inside = |file: &str| checkout.join(file).to_str().unwrap().to_owned();
    let with = |file: &str| world.with(file, "[]", &["--waivers", file]);
    assert_eq!(with(&world.at("w.toml")), "approved");
    for file in [
        "waivers.toml",
        "./waivers.toml",
        "sub/../waivers.toml",
        "sub/waivers.toml",
        "sub/link.toml",
        "out.toml",
        "ignored.toml",
        "untracked.toml",
        "nowhere.toml",
        "sub",
        &inside("waivers.toml"),
        &world.at("link.toml"),
        &world.at("repository/waivers.toml"),
        &world.at("repository/sub/../waivers.toml"),
    ] {
        assert_eq!(with(file), "none", "{file}");
    }
}
