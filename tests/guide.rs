//! The guide for policy authors does what it says: its files are written, its commands are run, and what they print is what it
//! shows, from the first line to the last.
//!
//! A block of code names its file in the line that opens it (```` ```rhai title="acme/rules/a.rhai" ````); the same name again
//! replaces the file, and with `more=yes` adds to it. `console` blocks are run in order, in the directory of these files; `...` stands for lines that are left
//! out, `[..]` for a part of a line, `? 1` after a command for its exit code. A `rhai` block without a file is what stands in
//! a `check`: it has to load and to run, or, with `refused=CODE`, to be refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic, and makes its inputs"
)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use tollgate::evaluate::{Options, Outcome, evaluate};
use tollgate::policy::{PackFiles, PolicySet};

const GUIDE: &str = include_str!("../docs/policy-guide.md");

/// One block of code.
struct Block {
    language: String,
    /// What the opening line says beside the language: `name="value"` or `name=value`.
    said: BTreeMap<String, String>,
    text: String,
    line: usize,
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (event, range) in Parser::new(GUIDE).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let (language, rest) = info.split_once(' ').unwrap_or((&info, ""));
                let said = rest.split_whitespace().map(|part| {
                    let (name, value) = part.split_once('=').unwrap_or_else(|| panic!("`{part}` says nothing"));
                    (name.to_owned(), value.trim_matches('"').to_owned())
                });
                let line = GUIDE[..range.start].matches('\n').count() + 1;
                open = Some(Block { language: language.to_owned(), said: said.collect(), text: String::new(), line });
            }
            Event::Text(text) => {
                if let Some(block) = &mut open {
                    block.text.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

/// The words of a command line; quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = None;
    for character in line.chars() {
        match (quoted, character) {
            (None, ' ') => words.push(String::new()),
            (None, '"' | '\'') => quoted = Some(character),
            (Some(quote), _) if quote == character => quoted = None,
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a command prints on both streams in the order of its printing, and its exit code.
fn run(directory: &Path, line: &str) -> (String, i32) {
    let words = words(line);
    let program = match words[0].as_str() {
        "rm" => {
            std::fs::remove_file(directory.join(&words[1])).unwrap();
            return (String::new(), 0);
        }
        "tollgate" => env!("CARGO_BIN_EXE_tollgate"),
        "git" => "git",
        other => panic!("the guide runs `{other}`, which is none of tollgate, git and rm"),
    };
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut command = Command::new(program);
    command
        .args(&words[1..])
        .current_dir(directory)
        .env("NO_COLOR", "1")
        .env_remove("TOLLGATE_LOG")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs([("GIT_AUTHOR_NAME", "ada"), ("GIT_AUTHOR_EMAIL", "ada@example.org")])
        .envs([("GIT_COMMITTER_NAME", "ada"), ("GIT_COMMITTER_EMAIL", "ada@example.org")])
        .envs([("GIT_AUTHOR_DATE", "2026-01-31T12:00:00Z"), ("GIT_COMMITTER_DATE", "2026-01-31T12:00:00Z")])
        .stdout(writer.try_clone().unwrap())
        .stderr(writer);
    let mut child = command.spawn().unwrap();
    // Its ends of the pipe are closed with it, so that reading ends.
    drop(command);
    let mut printed = String::new();
    reader.read_to_string(&mut printed).unwrap();
    (printed, child.wait().unwrap().code().unwrap_or(-1))
}

/// The commands of a console block: the command, what is shown of its output, and its exit code.
fn commands(text: &str) -> Vec<(String, String, i32)> {
    let mut commands: Vec<(String, String, i32)> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push((command.to_owned(), String::new(), 0));
            continue;
        }
        let (_, shown, code) = commands.last_mut().expect("a console block begins with a command");
        match line.strip_prefix("? ") {
            Some(number) if shown.is_empty() => *code = number.parse().unwrap(),
            _ => {
                shown.push_str(line);
                shown.push('\n');
            }
        }
    }
    commands
}

#[test]
fn every_command_of_the_guide_prints_what_the_guide_shows() {
    let directory = tempfile::tempdir().unwrap();
    for block in blocks() {
        let place = format!("docs/policy-guide.md:{}", block.line);
        let known = matches!(block.language.as_str(), "console" | "rhai") || block.said.contains_key("title");
        assert!(known, "{place}: nothing runs this block of {}", block.language);
        if let Some(path) = block.said.get("title") {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let before = if block.said.contains_key("more") {
                std::fs::read_to_string(&path).unwrap() + "\n"
            } else {
                String::new()
            };
            std::fs::write(path, before + block.text.as_str()).unwrap();
        }
        if block.language != "console" {
            continue;
        }
        for (command, shown, code) in commands(&block.text) {
            let (printed, ended) = run(directory.path(), &command);
            assert_eq!(ended, code, "{place}: `{command}` ended in {ended}, printed:\n{printed}");
            let printed = snapbox::data::Data::text(printed);
            let result = snapbox::Assert::new().try_eq(Some(&command), printed, snapbox::data::Data::text(shown));
            if let Err(difference) = result {
                panic!("{place}: {difference}");
            }
        }
    }
}

/// A pack whose one rule does what a block says.
fn pack(body: &str) -> PackFiles {
    let manifest = "name = \"guide\"\nversion = \"1.0.0\"\ndescription = \"a block of the guide\"\n\
        [parameters.severity]\ntype = \"severity\"\ndefault = \"high\"\n\
        [parameters.guarded]\ntype = \"list<glob>\"\ndefault = [\"src/auth/**\"]\n\
        [parameters.limit]\ntype = \"integer\"\ndefault = 3\n";
    let meta =
        "const RULE = #{ title: \"t\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [] };\n";
    let rule = if body.contains("fn ") {
        format!("{meta}{body}")
    } else {
        format!("{meta}fn check(change, params) {{\n{body}\n}}\n")
    };
    let files = [("pack.toml", manifest.to_owned()), ("rules/snippet.rhai", rule)];
    let files = files.map(|(path, text)| (path.to_owned(), text.into_bytes()));
    PackFiles { origin: "guide".to_owned(), files: files.into() }
}

#[test]
fn every_block_of_a_rule_loads_and_runs_or_is_refused_as_the_guide_says() {
    let evidence = std::fs::read("tests/guide/evidence.json").unwrap();
    let evidence = Arc::new(tollgate::report::read_evidence(&evidence).unwrap());
    let mut seen = 0;
    for block in blocks() {
        if block.language != "rhai" || block.said.contains_key("title") {
            continue;
        }
        seen += 1;
        let place = format!("docs/policy-guide.md:{}", block.line);
        let loaded = PolicySet::load(&[pack(&block.text)], &[]);
        match (block.said.get("refused"), loaded) {
            (Some(code), Err(mistakes)) => {
                let codes: Vec<&str> = mistakes.iter().map(|mistake| mistake.code.as_str()).collect();
                assert!(codes.contains(&code.as_str()), "{place}: refused as {codes:?}, not as {code}");
            }
            (Some(code), Ok(_)) => panic!("{place}: is not refused as {code}"),
            (None, Err(mistakes)) => panic!("{place}: {mistakes:#?}"),
            (None, Ok(policy)) => {
                let as_of = "2026-01-31T00:00:00Z".parse().ok();
                let outcomes = evaluate(&policy, &evidence, &Options { as_of, ..Options::default() });
                for outcome in &outcomes {
                    assert_ne!(outcome.outcome, Outcome::Errored, "{place}: {:?}", outcome.diagnostic);
                }
            }
        }
    }
    assert!(seen > 5, "the guide has {seen} blocks of rules");
}
