//! One letter too few, or two in the wrong order, in any name of the rules of the repository: none of them is loaded.

use std::collections::BTreeSet;

use tollgate::policy::{PackFiles, PolicySet};

use super::directory;

/// Names in a script: its place and the name. Comments and what stands in quotes are left out, but for what is computed in
/// a text.
fn names(text: &str) -> Vec<(usize, String)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut texts: Vec<u8> = Vec::new();
    let mut braces: Vec<usize> = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while at < bytes.len() {
        let here = bytes[at];
        match texts.last() {
            Some(b'"') => {
                at += if here == b'\\' { 1 } else { 0 };
                if here == b'"' {
                    texts.pop();
                }
            }
            Some(b'`') if bytes[at..].starts_with(b"${") => {
                texts.push(b'{');
                braces.push(depth);
                at += 1;
            }
            Some(b'`') => {
                if here == b'`' {
                    texts.pop();
                }
            }
            _ if bytes[at..].starts_with(b"//") => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                continue;
            }
            _ => match here {
                b'"' | b'`' => texts.push(here),
                b'{' => depth += 1,
                b'}' if braces.last() == Some(&depth) && texts.last() == Some(&b'{') => {
                    braces.pop();
                    texts.pop();
                }
                b'}' => depth -= 1,
                _ if here.is_ascii_alphabetic() || here == b'_' => {
                    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
                    let length = bytes[at..].iter().take_while(|byte| word(byte)).count();
                    found.push((at, text[at..at + length].to_owned()));
                    at += length;
                    continue;
                }
                _ => {}
            },
        }
        at += 1;
    }
    found
}

/// The same name with one letter less, or two of them the other way round.
fn edits(name: &str) -> BTreeSet<String> {
    let mut edits = BTreeSet::new();
    for at in 0..name.len() {
        let mut less = name.to_owned();
        less.remove(at);
        edits.insert(less);
        let mut swapped: Vec<u8> = name.bytes().collect();
        if at + 1 < swapped.len() {
            swapped.swap(at, at + 1);
            edits.insert(String::from_utf8(swapped).unwrap());
        }
    }
    edits.remove(name);
    edits.retain(|edit| edit.starts_with(|first: char| first.is_ascii_alphabetic()));
    edits
}

/// Names that a script may choose by itself: another one is as good, where it is another one everywhere.
fn chosen(script: &str, at: usize, name: &str) -> bool {
    let before = script[..at].trim_end();
    let declared =
        before.ends_with("let") || before.ends_with("for") || before.ends_with("fn") || before.ends_with("as");
    let times = names(script).iter().filter(|(_, other)| other == name).count();
    declared && times == 1
}

/// Of so many edits one is tried: the others are of the same names.
const ONE_OF: usize = 3;
/// How many rules one pack has here; a policy set may have no more than a thousand.
const AT_ONCE: usize = 400;

#[test]
fn no_name_of_a_rule_can_be_misspelled_without_being_told() {
    let mut tried = 0;
    let mut silent = Vec::new();
    for path in ["policies/baseline", "policies/checks"] {
        let pack = directory(path);
        let manifest = String::from_utf8(pack.files["pack.toml"].clone()).unwrap();
        let manifest = manifest.split("[rules.").next().unwrap().as_bytes();
        let mut mutants = Vec::new();
        for (file, text) in pack.files.iter().filter(|(file, _)| file.starts_with("rules/")) {
            let script = String::from_utf8(text.clone()).unwrap();
            let body = script.find("fn check").unwrap();
            for (at, name) in names(&script).into_iter().filter(|(at, _)| *at >= body) {
                if ["change", "params", "check"].contains(&name.as_str()) || chosen(&script, at, &name) {
                    continue;
                }
                for edit in edits(&name) {
                    let mutant = format!("{}{edit}{}", &script[..at], &script[at + name.len()..]);
                    mutants.push((format!("{file}: `{name}` as `{edit}`"), mutant));
                }
            }
        }
        let mutants: Vec<(String, String)> = mutants.into_iter().step_by(ONE_OF).collect();
        tried += mutants.len();
        for some in mutants.chunks(AT_ONCE) {
            // The rules as they are stand beside them: what is told is told of the edit.
            let mut files = pack.files.clone();
            files.insert("pack.toml".to_owned(), manifest.to_vec());
            for (index, (_, mutant)) in some.iter().enumerate() {
                files.insert(format!("rules/r{index}.rhai"), mutant.clone().into_bytes());
            }
            let mistakes = PolicySet::load(&[PackFiles { origin: "p".to_owned(), files }], &[]).unwrap_err();
            let told: BTreeSet<String> =
                mistakes.into_iter().filter_map(|mistake| Some(mistake.place?.file.clone())).collect();
            assert!(told.iter().all(|file| !pack.files.contains_key(&file["p/".len()..])), "{told:?}");
            let passed = some.iter().enumerate().filter(|(index, _)| !told.contains(&format!("p/rules/r{index}.rhai")));
            silent.extend(passed.map(|(_, (what, _))| what.clone()));
        }
    }
    println!("{tried} misspelled names, of which {} were not told of", silent.len());
    assert!(tried > 3_000, "{tried}");
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
