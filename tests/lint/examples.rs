//! Every explanation of a code: what it calls wrong gives that code and no other, and what it calls right gives none.

use std::collections::{BTreeMap, BTreeSet};

use tollgate::diagnostic::{Code, Level, reference};

use crate::{Ran, files, manifest, root, tollgate};

/// Files and a command.
#[derive(Default)]
struct Example {
    files: BTreeMap<String, String>,
    command: Option<String>,
}

/// The examples under `Wrong:` and `Right:`.
fn examples(explanation: &str) -> [Example; 2] {
    let mut found = [Example::default(), Example::default()];
    let mut side = None;
    let mut named = None;
    let mut lines = explanation.lines();
    while let Some(line) = lines.next() {
        match line {
            "Wrong:" => side = Some(0),
            "Right:" => side = Some(1),
            _ => {
                if let Some(name) = line.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
                    named = Some(name.to_owned());
                }
                let Some(language) = line.strip_prefix("```") else { continue };
                let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                let example = &mut found[side.expect("an example stands under `Wrong:` or `Right:`")];
                if language == "console" {
                    example.command = Some(text[0].strip_prefix("$ tollgate ").unwrap().to_owned());
                } else {
                    let name = named.take().unwrap_or_else(|| "pack/rules/example.rhai".to_owned());
                    example.files.insert(name, text.join("\n") + "\n");
                }
            }
        }
    }
    found
}

/// A rule where an example shows only what matters of it.
fn whole(script: &str) -> String {
    let check = if script.contains("fn check") {
        script.to_owned()
    } else {
        format!("fn check(change, params) {{\n{script}}}\n")
    };
    if script.contains("const RULE") {
        return check;
    }
    let needs: Vec<String> = ["files", "findings", "dependencies", "claims", "teams"]
        .into_iter()
        .filter(|kind| script.contains(&format!("change.{kind}")))
        .map(|kind| format!("\"{kind}\""))
        .collect();
    let metadata = format!(
        "const RULE = #{{ title: \"Example\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [{}], remedy: \"mend it\" }};\n",
        needs.join(", ")
    );
    format!("//! Why the rule is there.\n\n{metadata}\n{check}")
}

fn run(example: &Example) -> Ran {
    let mut all = example.files.clone();
    for (name, text) in &example.files {
        let Some((pack, rest)) = name.split_once('/') else { continue };
        if rest.starts_with("rules/") {
            all.insert(name.clone(), whole(text));
            all.entry(format!("{pack}/pack.toml")).or_insert_with(|| manifest(pack));
        }
    }
    if all.contains_key("pack/pack.toml") && !all.keys().any(|name| name.starts_with("pack/rules/")) {
        let rule = "for f in change.files.binary() { violation(f, f.path); }\n";
        all.insert("pack/rules/example.rhai".to_owned(), whole(rule));
    }
    let directory = files(all.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let command = example.command.clone().unwrap_or_else(|| "lint pack".to_owned());
    let mut arguments: Vec<&str> = command.split(' ').collect();
    if matches!(arguments[0], "lint" | "eval") {
        arguments.extend(["--format", "json"]);
    }
    arguments.extend(["--message-format", "json"]);
    tollgate(directory.path(), &arguments)
}

#[test]
fn every_wrong_example_gives_its_code_alone_and_every_right_one_none() {
    let mut faults = Vec::new();
    for code in Code::ALL {
        let name = code.as_str();
        let [wrong, right] = examples(code.explanation());
        // One depends on the machine, the other is about a repository with commits: no example shows them.
        if matches!(code, Code::Abandoned | Code::BrokenBase) {
            assert!(wrong.files.is_empty() && wrong.command.is_none());
            continue;
        }
        let level = code.level().as_str();
        let given = |ran: &Ran| -> BTreeSet<String> {
            // Examples of other warnings come without cases, and with no more metadata than they are about.
            let mut codes = ran.codes(level);
            for apart in [Code::MissingCases, Code::MissingOwner, Code::MissingControls] {
                if *code != apart && code.level() == Level::Warning {
                    codes.remove(apart.as_str());
                }
            }
            codes
        };
        let (ran, better) = (run(&wrong), run(&right));
        if given(&ran) != BTreeSet::from([name.to_owned()]) {
            faults.push(format!("{name}: the wrong example gives {:?}\n{}{}", given(&ran), ran.said, ran.out));
        }
        if !given(&better).is_empty() || !better.codes("error").is_empty() {
            faults.push(format!("{name}: the right example gives {:?}\n{}", given(&better), better.said));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_page_of_all_codes_is_the_one_in_the_repository() {
    let path = root("docs/diagnostics.md");
    let page = reference();
    if std::env::var_os("TOLLGATE_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "{} has drifted; set TOLLGATE_BLESS=1 to rewrite it", path.display());
}

#[test]
fn every_explanation_has_a_reason_beside_its_meaning_and_no_file_is_left_over() {
    for code in Code::ALL {
        let paragraphs: Vec<&str> = code.explanation().split("\n\n").collect();
        assert!(paragraphs.len() >= 2 && !paragraphs[1].contains("Wrong:"), "{}", code.as_str());
    }
    let mut kept: Vec<String> = std::fs::read_dir(root("src/diagnostic/codes"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    kept.sort();
    let mut known: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    known.sort_unstable();
    assert_eq!(kept, known);
}

#[test]
fn a_code_is_explained_as_it_is_printed_and_an_unknown_one_is_refused_with_a_suggestion() {
    let here = root("");
    for written in ["unknown-word", "error[unknown-word]", "[unknown-word]"] {
        let ran = tollgate(&here, &["explain", written]);
        assert_eq!(ran.code, 0, "{}", ran.said);
        assert!(ran.out.starts_with("error[unknown-word]\n\n") && ran.out.contains("severity_at_least"), "{}", ran.out);
    }
    let listed = tollgate(&here, &["explain"]);
    assert_eq!(listed.out.lines().count(), Code::ALL.len());
    let ran = tollgate(&here, &["explain", "unknwon-word"]);
    assert_eq!(ran.code, 2);
    assert!(ran.said.contains("did you mean `unknown-word`?"), "{}", ran.said);
}
