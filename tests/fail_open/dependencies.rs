//! Lockfiles that nobody could read, that say less than they did, or that are not where they were.

use crate::{Place, all, decision};

const MANIFEST: &str = r#"{"name": "shop", "version": "1.0.0", "dependencies": {"left-pad": "^1.0.0"}}"#;

/// A lockfile of npm's third version that locks `left-pad` at one version, from one host.
fn lock(version: &str, host: &str) -> String {
    serde_json::json!({"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
        "": {"name": "shop", "version": "1.0.0", "dependencies": {"left-pad": "^1.0.0"}},
        "node_modules/left-pad": {"version": version, "resolved": format!("https://{host}/left-pad/-/left-pad-{version}.tgz"),
            "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="}}})
    .to_string()
}

fn locked() -> String {
    lock("1.0.0", "registry.npmjs.org")
}

type Files<'a> = &'a [(&'a str, &'a str)];

/// What a change of files ends in under a rule that objects to every change of a package.
fn of(name: &str, before: Files<'_>, after: Files<'_>, then: impl FnOnce(&Place)) -> String {
    let place = Place::new();
    place.pack("p", "\"dependencies\"", "for d in change.dependencies { violation(d, d.name); }");
    for (side, files) in [("before", before), ("after", after)] {
        place.write(&format!("{side}/README.md"), side);
        for (file, text) in files {
            place.write(&format!("{side}/{file}"), text);
        }
    }
    then(&place);
    decision(name, &place.eval(&["--trees", "before", "after", "--policy", "p"]))
}

#[test]
fn a_change_without_packages_approves_and_one_with_them_is_seen() {
    let lock_before = locked();
    let files: Files<'_> = &[("package.json", MANIFEST), ("package-lock.json", &lock_before)];
    assert_eq!(of("nothing", files, files, |_| {}), "approved");
    let lock_after = lock("1.3.0", "registry.npmjs.org");
    assert_eq!(of("upgrade", files, &[files[0], ("package-lock.json", &lock_after)], |_| {}), "rejected");
}

#[test]
fn a_lockfile_that_says_less_than_it_should() {
    let lock_before = locked();
    let after = lock("1.3.0", "registry.npmjs.org");
    let other_host = lock("1.0.0", "registry.example.org");
    let files: Files<'_> = &[("package.json", MANIFEST), ("package-lock.json", &lock_before)];
    let manifest = files[0];
    let with = |name: &str, lock: &str| of(name, files, &[manifest, ("package-lock.json", lock)], |_| {});
    let stale = MANIFEST.replace("^1.0.0", "^2.0.0");
    let more = MANIFEST.replace("\"left-pad\"", "\"evil\": \"1.0.0\", \"left-pad\"");
    let repeated = format!("{},\"packages\":{{}}}}", &after[..after.len() - 1]);
    all([
        ("cut short", "indeterminate", with("cut", &after[..after.len() - 20])),
        ("empty", "indeterminate", with("empty", "")),
        ("an empty object", "indeterminate", with("object", "{}")),
        (
            "of a version to come",
            "indeterminate",
            with("version", &after.replace("\"lockfileVersion\":3", "\"lockfileVersion\":9")),
        ),
        ("with its packages twice", "indeterminate", with("twice", &repeated)),
        ("from another host", "rejected", with("host", &other_host)),
        ("with another checksum", "rejected", with("checksum", &lock_before.replace("AAAA==", "BBBB=="))),
        ("without its checksum", "rejected", with("none", &lock_before.replace("\"integrity\"", "\"engines\""))),
        ("deleted", "indeterminate", of("deleted", files, &[manifest], |_| {})),
        (
            "moved away",
            "indeterminate",
            of("moved", files, &[manifest, ("sub/package-lock.json", &lock_before)], |_| {}),
        ),
        (
            "moved with what it locks",
            "approved",
            of("both moved", files, &[("sub/package.json", MANIFEST), ("sub/package-lock.json", &lock_before)], |_| {}),
        ),
        (
            "a manifest that it does not hold",
            "indeterminate",
            of("stale", files, &[("package.json", &stale), files[1]], |_| {}),
        ),
        (
            "a manifest that asks for more",
            "indeterminate",
            of("more", files, &[("package.json", &more), files[1]], |_| {}),
        ),
        ("a manifest without one", "indeterminate", of("alone", &[], &[manifest], |_| {})),
        (
            "too large a number",
            "indeterminate",
            with("number", &after.replace("\"lockfileVersion\":3", "\"lockfileVersion\":1e999")),
        ),
    ]);
}

#[test]
fn formats_that_no_reader_takes() {
    let names = [
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
        "deno.lock",
        "Gemfile.lock",
        "composer.lock",
        "Pipfile.lock",
        "pdm.lock",
        "gradle.lockfile",
        "pom.xml",
        "build.gradle",
        "shop.csproj",
        "setup.py",
        "Gemfile",
        "Package.resolved",
        "packages.lock.json",
        "mix.lock",
        "pubspec.lock",
        "Podfile.lock",
    ];
    all(names.map(|name| (name, "indeterminate", of(name, &[(name, "a\n")], &[(name, "b\n")], |_| {}))));
    all(names.map(|name| (name, "indeterminate", of(name, &[], &[(name, "b\n")], |_| {}))));
    all(names.map(|name| (name, "indeterminate", of(name, &[], &[(&*format!("deep/er/{name}"), "b\n")], |_| {}))));
}

#[test]
fn requirements_that_are_included_under_any_name() {
    for included in ["more.list", "more", "more.txt", "more.cfg", "deps/more.in"] {
        let root = format!("-r {included}\n");
        let hashed = |version: u8| format!("evil=={version}.0 --hash=sha256:{}\n", "a".repeat(64));
        let (one, two) = (hashed(1), hashed(2));
        let before: Files<'_> = &[("requirements.txt", &root), (included, &one)];
        let after: Files<'_> = &[("requirements.txt", &root), (included, &two)];
        assert_eq!(of(included, before, after, |_| {}), "rejected", "{included}");
    }
}

#[cfg(unix)]
#[test]
fn a_lockfile_that_is_a_link() {
    let lock_before = locked();
    let other = lock("1.3.0", "registry.npmjs.org");
    let files: Files<'_> = &[("package.json", MANIFEST), ("package-lock.json", &lock_before), ("other.json", &other)];
    for target in ["other.json", "/etc/hostname", "../outside.json", "nowhere", "package-lock.json"] {
        let found = of(target, files, &[files[0], files[2]], |place| {
            place.write("outside.json", &lock_before);
            std::os::unix::fs::symlink(target, place.path().join("after/package-lock.json")).unwrap();
        });
        assert_eq!(found, "indeterminate", "{target}");
    }
}

#[test]
fn a_lockfile_of_which_only_a_diff_is_there() {
    let place = Place::new();
    place.pack("p", "\"dependencies\"", "for d in change.dependencies { violation(d, d.name); }");
    let diff = |file: &str| {
        format!(
            "diff --git a/{file} b/{file}\nindex 1111111..2222222 100644\n--- a/{file}\n+++ b/{file}\n@@ -1 +1 @@\n-a\n+b\n"
        )
    };
    let of = |file: &str| {
        place.write("d.diff", diff(file));
        decision(file, &place.eval(&["--diff", "d.diff", "--policy", "p"]))
    };
    assert_eq!(of("src/a.js"), "approved");
    all(["package-lock.json", "package.json", "Cargo.lock", "requirements.txt", "yarn.lock"]
        .map(|file| (file, "indeterminate", of(file))));
}

/// An evidence document with one package more, whose licences are said to be complete, and has so many records of them.
fn added(licences: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({
        "schema": "tollgate/evidence/v1",
        "dependencies": {"items": [{"ecosystem": "npm", "name": "left-pad", "purl": "pkg:npm/left-pad@1.3.0", "change": "added",
            "after": ["1.3.0"], "manifest": "package-lock.json"}]},
        "licences": {"items": licences},
        "sources": [{"kind": "dependencies", "completeness": "complete"}, {"kind": "licences", "completeness": "complete"}],
    })
}

#[test]
fn a_package_of_whose_licence_there_is_no_record_is_not_one_with_an_allowed_licence() {
    let judged = |name: &str, licences: serde_json::Value| {
        let place = Place::new();
        let body = "for l in change.licences.not_allowed(\"MIT\") { violation(l, l.name); }";
        place.pack("p", "\"dependencies\", \"licences\"", body);
        place.write("e.json", added(&licences).to_string());
        decision(name, &place.eval(&["--evidence", "e.json", "--policy", "p"]))
    };
    let record = |version: &str| {
        serde_json::json!([{"ecosystem": "npm", "name": "left-pad", "version": version, "purl": "pkg:npm/left-pad@1.3.0",
            "manifest": "package-lock.json", "expression": "MIT", "by": "lockfile"}])
    };
    all([
        ("none", "indeterminate", judged("none", serde_json::json!([]))),
        ("of another version", "indeterminate", judged("other", record("1.2.0"))),
        ("of it", "approved", judged("record", record("1.3.0"))),
    ]);
}

#[test]
fn a_case_that_leaves_the_licence_of_a_new_package_out_is_refused_by_name_and_so_is_a_half_item() {
    let said = |items: &str| {
        let place = Place::new();
        place.pack("p", "\"licences\"", "for l in change.licences.not_allowed(\"MIT\") { violation(l, l.name); }");
        let case = format!(
            "complete = [\"dependencies\", \"licences\"]\n[[evidence.dependencies.items]]\n{items}[expect]\noutcome = \"satisfied\"\n"
        );
        place.write("p/cases/the-rule/new.toml", case);
        let output = place.run(&["test", "p"]);
        assert_eq!(crate::code(&output), 2);
        crate::stderr(&output)
    };
    let whole = "ecosystem = \"npm\"\nname = \"left-pad\"\npurl = \"pkg:npm/left-pad@1.3.0\"\nchange = \"added\"\nafter = [\"1.3.0\"]\nmanifest = \"package-lock.json\"\n";
    let refused = said(whole);
    assert!(refused.contains("has none of the npm package `left-pad` 1.3.0, which is added"), "{refused}");
    let refused = said(&whole.replace("purl = \"pkg:npm/left-pad@1.3.0\"\n", ""));
    assert!(refused.contains("evidence.dependencies.items[0]"), "{refused}");
}
