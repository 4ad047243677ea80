//! Text of the change, of scanners and of file names that would steer a terminal, a page or a CI: through every format, and
//! through what is said on standard error.

use serde_json::json;

use crate::{Place, code, pack_toml, rule};

/// What must not come out as it went in.
const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m",
    "\u{202e}gpj.exe\u{2066}",
    "a\u{200b}b\u{feff}c",
    "\n::error file=x::owned",
    "\r\n::add-mask::x\r\n##[error]owned",
    "\n::set-output name=decision::approved",
    "\u{2028}::stop-commands::x",
    "</td></tr><script>alert(1)</script>",
    "<!-- --><img src=x onerror=alert(1)>",
    "](javascript:alert(1)) ![x](https://example.org/x.png)",
    "``` \n# Decision: approved\n| a | b |\n|---|---|",
    "@everyone #1 https://example.org",
    "\u{0}\u{1}\u{7f}\u{85}",
    "{{7*7}} ${7*7} %s %n $(id) `id`",
];

const FORMATS: &[&str] = &["json", "terminal", "markdown", "sarif"];

/// What no output may hold, whatever it is for.
#[track_caller]
fn harmless(what: &str, output: &str) {
    let bad = output.chars().find(|c| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    });
    assert_eq!(bad, None, "{what}");
    for line in output.lines().map(str::trim_start) {
        assert!(!line.starts_with("::") && !line.starts_with("##["), "{what}: {line}");
    }
    assert!(!output.contains("panicked"), "{what}: {output}");
}

/// JSON may hold any character, written out or not, as long as it holds the same text; lines are those of its writer.
#[track_caller]
fn check(what: &str, format: &str, stdout: &[u8], stderr: &[u8]) {
    harmless(what, std::str::from_utf8(stderr).unwrap());
    let text = String::from_utf8(stdout.to_vec()).unwrap();
    if matches!(format, "json" | "sarif") {
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
        let bad = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(bad, None, "{what}");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{what}");
    } else {
        harmless(what, &text);
    }
    if format == "markdown" {
        page(what, &text);
        assert!(!text.lines().any(|line| line.starts_with("# Decision: approved")), "{what}: {text}");
        assert!(text.len() < 70_000, "{what}");
    }
}

/// What a reader of Markdown makes of it: no element but ours, no picture, no link that somebody else chose.
#[track_caller]
fn page(what: &str, text: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = ["<details>", "</details>", "<summary>", "</summary>", "<br>"];
                let rest = ours.iter().fold(html.to_string(), |rest, tag| rest.replace(tag, ""));
                assert!(!rest.contains('<'), "{what}: {html}");
            }
            Event::Start(Tag::Image { dest_url, .. } | Tag::Link { dest_url, .. }) => panic!("{what}: {dest_url}"),
            _ => {}
        }
    }
}

fn report(text: &str) -> String {
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": format!("tool{text}"), "version": text, "rules": [{"id": text, "name": text, "shortDescription": {"text": text}}]}},
        "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"level": "error", "message": {"text": text}}]}],
        "results": [
            {"ruleId": text, "level": "error", "message": {"text": text}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": text}, "region": {"startLine": 1}}}]},
            {"ruleId": "r", "level": text, "kind": text, "message": {"text": text, "markdown": text}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.txt"}}}]},
        ]}]})
    .to_string()
}

fn place() -> Place {
    let place = Place::new();
    place.write("before/a.txt", "a\n");
    place.write("after/a.txt", "b\n");
    place.write("p/pack.toml", pack_toml("p"));
    let body = "for f in change.findings { violation(f, `${f.tool} ${f.rule} ${f.path} ${f.message}`).remedy(f.message); note(f.message); recommend(f.message); }
        for f in change.files { violation(f, f.path); } for d in change.dependencies { violation(d, d.name); }
        assess(\"process\", \"high\", change.title); note(change.author);";
    place.write("p/rules/the-rule.rhai", rule("\"findings\", \"files\"", body));
    place
}

const EVAL: &[&str] = &["eval", "--as-of", "2026-01-31", "--policy", "p"];

#[test]
fn scanners_and_flags_that_say_hostile_things() {
    let place = place();
    for text in HOSTILE {
        place.write("s.sarif", report(text));
        for format in FORMATS {
            // An argument can't hold a NUL.
            let said = text.replace('\0', "");
            // What can't be a login is refused as an author.
            let unseen = |character: char| matches!(character, '\u{200b}' | '\u{202e}' | '\u{2066}' | '\u{feff}');
            let no_login = |character: char| {
                character.is_whitespace() || character.is_control() || character == '/' || unseen(character)
            };
            let author = format!("x{}", said.replace(no_login, ""));
            let output = place.run(
                &[
                    EVAL,
                    &[
                        "--trees", "before", "after", "--sarif", "s.sarif", "--title", &said, "--author", &author,
                        "--format", format,
                    ],
                ]
                .concat(),
            );
            assert_eq!(code(&output), 1, "{text:?}: {}", String::from_utf8_lossy(&output.stderr));
            check(&format!("{text:?} as {format}"), format, &output.stdout, &output.stderr);
        }
    }
}

#[test]
fn texts_of_a_megabyte() {
    let place = place();
    for text in ["x".repeat(1 << 20), "\u{1b}[".repeat(1 << 19), "<b>`|".repeat(1 << 17), "\n::error::".repeat(1 << 16)]
    {
        place.write("s.sarif", report(&text));
        for format in FORMATS {
            let output =
                place.run(&[EVAL, &["--trees", "before", "after", "--sarif", "s.sarif", "--format", format]].concat());
            assert!(matches!(code(&output), 1 | 4), "{}", String::from_utf8_lossy(&output.stderr));
            check(format, format, &output.stdout, &output.stderr);
            assert!(output.stderr.len() < 20_000, "{format}: {} bytes on standard error", output.stderr.len());
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_with_hostile_names() {
    let place = place();
    for (index, text) in HOSTILE.iter().enumerate() {
        let name = text.replace(['/', '\0'], "_");
        for file in ["package-lock.json", "Cargo.toml", "x.js"] {
            place.write(&format!("after/{index}{name}/{file}"), "{");
            place.write(&format!("before/{index}{name}{file}"), "[");
        }
    }
    for format in FORMATS {
        let output = place.run(&[EVAL, &["--trees", "before", "after", "--format", format]].concat());
        assert_eq!(code(&output), 1);
        check(format, format, &output.stdout, &output.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn inputs_that_cannot_be_read_and_say_hostile_things() {
    let place = place();
    for text in HOSTILE {
        let name = text.replace(['/', '\0'], "_");
        let said = text.replace('\0', "");
        place.write("broken.toml", format!("{said} = 1"));
        place.write("unknown.toml", format!("{} = 1", json!(said)));
        place.write("e.json", json!({ "schema": text }).to_string());
        place.write("f.json", json!({ "schema": "tollgate/evidence/v1", *text: 1 }).to_string());
        place.write("d.diff", format!("diff --git {text}\n{text}"));
        place.write("q/pack.toml", pack_toml("q"));
        place.write(&format!("q/rules/{name}.rhai"), rule("\"files\"", &format!("violation(change, {said});")));
        let rows: &[&[&str]] = &[
            &["--trees", &name, &name],
            &["--diff", &name],
            &["--diff", "d.diff"],
            &["--evidence", &name],
            &["--evidence", "e.json"],
            &["--evidence", "f.json"],
            &["--config", &name],
            &["--config", "broken.toml"],
            &["--config", "unknown.toml"],
            &["--trees", "before", "after", "--policy", &name],
            &["--trees", "before", "after", "--policy", "q"],
            &["--trees", "before", "after", "--sarif", &name],
            &["--trees", "before", "after", "--param", &said],
            &["--trees", "before", "after", "--param", &format!("{said}=1")],
            &["--trees", "before", "after", "--policy-ref", &said],
            &["--repo", ".", "--base", &said],
        ];
        for row in rows {
            let output = place.run(&[EVAL, *row, &["--format", "terminal"]].concat());
            assert_ne!(code(&output), 0, "{row:?}");
            check(&format!("{row:?}"), "terminal", &output.stdout, &output.stderr);
        }
        std::fs::remove_dir_all(place.path().join("q")).unwrap();
    }
}

/// What clap itself refuses repeats the argument.
#[test]
fn arguments_that_are_none_and_say_hostile_things() {
    let place = place();
    for text in HOSTILE {
        let said = text.replace('\0', "");
        for row in [
            vec![said.as_str()],
            vec!["eval", "--format", &said],
            vec!["eval", "--as-of", &said],
            vec!["eval", "--without", &said],
            vec!["--color", &said],
        ] {
            let output = place.run(&row);
            assert_eq!(code(&output), 2, "{row:?}");
            check(&format!("{row:?}"), "terminal", &output.stdout, &output.stderr);
        }
    }
}
