//! Verdicts that did not get out whole: then there is none, and no file that looks like one.

use std::process::Stdio;

use crate::{Place, code, stderr};

fn place(check: &str) -> Place {
    let place = Place::new();
    place.write("before/a.js", "a\n");
    place.write("after/a.js", "b\n");
    place.pack("p", "\"files\"", check);
    place
}

const EVAL: &[&str] = &["eval", "--trees", "before", "after", "--policy", "p", "--as-of", "2026-01-31"];
const FORMATS: &[&str] = &["json", "terminal", "markdown", "sarif"];

/// What lies in the directory, for what an interrupted writer leaves.
fn listed(place: &Place) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(place.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn an_approval_that_gets_out_is_one() {
    let place = place("note(\"x\");");
    for format in FORMATS {
        assert_eq!(code(&place.run(&[EVAL, &["--format", format, "--output", &format!("{format}=out")]].concat())), 0);
        assert!(place.path().join("out").is_file(), "{format}");
        place.remove("out");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_leaves_no_approval() {
    let place = place("note(\"x\");");
    let before = listed(&place);
    for format in FORMATS {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = place.command(&[EVAL, &["--format", format]].concat());
        let output = command.stdout(Stdio::from(full)).output().unwrap();
        assert_eq!(code(&output), 2, "{format}");
        assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
        let output = place.run(&[EVAL, &["--format", format, "--output", &format!("{format}=/dev/full")]].concat());
        assert_eq!(code(&output), 2, "{format}: {}", stderr(&output));
    }
    // One of several that can't be written is enough, and the others are not written.
    let file = ["--output", "json=good.json"];
    assert_eq!(code(&place.run(&[EVAL, &file, &["--output", "markdown=/dev/full"]].concat())), 2);
    assert_eq!(listed(&place), before, "beside a device");
}

#[cfg(unix)]
#[test]
fn a_directory_that_is_gone_or_closed_leaves_no_approval_and_no_half_file() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    for check in ["note(\"x\");", "violation(change, \"x\");"] {
        let place = place(check);
        std::fs::create_dir(place.path().join("closed")).unwrap();
        std::fs::set_permissions(place.path().join("closed"), std::fs::Permissions::from_mode(0o555)).unwrap();
        symlink("nowhere/at/all", place.path().join("dangling")).unwrap();
        let before = listed(&place);
        for target in ["gone/v.json", "a.js/v.json", "before", "p/pack.toml/v.json", "dangling/v.json", ""] {
            let output = place.run(&[EVAL, &["--output", &format!("json={target}")]].concat());
            assert_eq!(code(&output), 2, "{target}: {}", stderr(&output));
            assert!(stderr(&output).contains(target), "{target}: {}", stderr(&output));
        }
        // One of two that can't be written is enough.
        let two = ["--output", "json=good.json", "--output", "markdown=gone/v.md"];
        assert_eq!(code(&place.run(&[EVAL, &two].concat())), 2);
        assert_eq!(listed(&place), before);
    }
}

#[test]
fn without_a_verdict_an_earlier_report_is_not_touched_and_the_exit_code_says_so() {
    let place = place("note(\"x\");");
    place.write("v.json", "{\"decision\": \"approved\"}");
    place.write("p/rules/the-rule.rhai", "nothing");
    let output = place.run(&[EVAL, &["--output", "json=v.json"]].concat());
    assert_eq!(code(&output), 2);
    assert_eq!(std::fs::read_to_string(place.path().join("v.json")).unwrap(), "{\"decision\": \"approved\"}");
}

#[test]
fn words_of_settings_and_environment_do_not_change_the_exit_code() {
    let place = place("violation(change, \"x\");");
    for (name, value) in [
        ("TOLLGATE_LOG", "off"),
        ("TOLLGATE_DRY_RUN", "true"),
        ("TOLLGATE_POLICY", "builtin:baseline"),
        ("RUST_LOG", "off"),
        ("NO_COLOR", "1"),
        ("CI", "true"),
        ("TERM", "dumb"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("TZ", "Pacific/Kiritimati"),
        ("COLUMNS", "0"),
    ] {
        let output = place.command(EVAL).env(name, value).output().unwrap();
        assert_eq!(code(&output), 1, "{name}: {}", stderr(&output));
    }
}
