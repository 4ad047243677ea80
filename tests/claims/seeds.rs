//! Five security summaries as they were attached to changes, line by line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use tollgate::evidence::{Claim, ClaimKind, Completeness};

use crate::document;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/seeds");

/// Documents, and where somebody read them line by line, the list of what they claim.
const SEEDS: &[(&str, Option<&str>)] = &[
    ("000_013e2b5413507f5c.txt", Some("0-tracemalloc-fix.facts.json")),
    ("001_01d1a181e782bd0d.txt", Some("1-amorsize-iteration-153.facts.json")),
    ("002_d90d10ccdb21d964.txt", None),
    ("003_215dc0d08800e043.txt", None),
    ("004_44fd54e81ac01a51.txt", Some("4-execution-engine-v3.facts.json")),
];

/// How many claims the three lists have.
const LISTED: usize = 355;

/// A line of a listed claim that is none here, and why. The fenced block on line 12 is what a scanner printed; the
/// document claims the same in its own words on lines 9 and 16.
const NOT_HERE: &[(&str, usize)] = &[("004_44fd54e81ac01a51.txt", 12)];

fn read(name: &str) -> Option<String> {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}")).ok();
    if text.is_none() {
        println!("{name} is not here, nothing tested");
    }
    text
}

/// What a line of these documents says, by means that have nothing to do with a parser of Markdown: they have no nested
/// emphasis, no escapes, no HTML, and no statement of more than one line.
fn said(line: &str) -> String {
    let mut rest = line.trim();
    if let Some(cells) = rest.strip_prefix('|').and_then(|rest| rest.strip_suffix('|')) {
        let cells: Vec<String> = cells.split('|').map(|cell| cell.trim().replace("**", "").replace('`', "")).collect();
        return cells.join(" | ");
    }
    rest = rest.strip_prefix("- ").unwrap_or(rest);
    if let Some((number, item)) = rest.split_once(". ")
        && number.len() < 3
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        rest = item;
    }
    for mark in ["[x] ", "[ ] ", "✅ "] {
        rest = rest.strip_prefix(mark).unwrap_or(rest);
    }
    // `amorsize/__init__.py` outside of code is shown with a bold `init`: so the page shows no underscores.
    let rest = if rest.contains('`') { rest.to_owned() } else { rest.replace("__", "") };
    rest.replace("**", "").replace('`', "").trim().to_owned()
}

/// Whether a line is a head, a rule, or in code.
fn states_nothing(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    let fences = lines[..at].iter().filter(|line| line.starts_with("```")).count();
    line.is_empty()
        || line == "---"
        || fences % 2 == 1
        || line.starts_with("```")
        || line.starts_with("|-")
        || lines.get(at + 1).is_some_and(|next| next.starts_with("|-"))
        // The only heading of the five that says something.
        || (line.starts_with('#') && !line.contains("Risk Level:"))
}

fn by_line(claims: &[Claim]) -> BTreeMap<usize, Vec<&Claim>> {
    let mut lines: BTreeMap<usize, Vec<&Claim>> = BTreeMap::new();
    for claim in claims {
        lines.entry(claim.line as usize).or_default().push(claim);
    }
    lines
}

#[test]
fn every_line_that_says_something_is_a_claim_with_its_words_and_no_other_is() {
    let mut wrong = String::new();
    for (name, _) in SEEDS {
        let Some(text) = read(name) else { return };
        let (claims, source) = document(text.as_bytes());
        assert_eq!((source.completeness, source.items), (Completeness::Complete, claims.len() as u64));
        let found = by_line(&claims);
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let texts: Vec<&str> =
                found.get(&(at + 1)).into_iter().flatten().map(|claim| claim.text.as_str()).collect();
            let expected = if states_nothing(&lines, at) { String::new() } else { said(line.trim_start_matches('#')) };
            if texts.join(" ") != expected {
                writeln!(wrong, "{name}:{}: expected {expected:?}, found {texts:?}", at + 1).unwrap();
            }
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn every_claim_that_a_reader_listed_is_found_on_its_line() {
    let mut wrong = String::new();
    let mut checked = 0;
    for (name, list) in SEEDS.iter().filter_map(|(name, list)| list.map(|list| (*name, list))) {
        let (Some(text), Some(list)) = (read(name), read(list)) else { return };
        let (claims, _) = document(text.as_bytes());
        let found = by_line(&claims);
        let list: Value = serde_json::from_str(&list).unwrap();
        for listed in list["claims"].as_array().unwrap() {
            let line = usize::try_from(listed["doc_line"].as_u64().unwrap()).unwrap();
            if NOT_HERE.contains(&(name, line)) {
                assert!(!found.contains_key(&line), "the exception of {name}:{line} is none");
                continue;
            }
            checked += 1;
            // The list has them in the words of its author, so that one telling word in common has to do.
            let words = |text: &str| -> Vec<String> {
                let words = text.split(|character: char| !character.is_alphanumeric());
                words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
            };
            let theirs = words(listed["text"].as_str().unwrap());
            let ours: Vec<String> =
                found.get(&line).into_iter().flatten().flat_map(|claim| words(&claim.text)).collect();
            if !theirs.iter().any(|word| ours.contains(word)) {
                writeln!(wrong, "{name}:{line}: {listed}, found {ours:?}").unwrap();
            }
        }
    }
    assert_eq!(wrong, "");
    assert_eq!(checked, LISTED - NOT_HERE.len());
}

/// Line, kind, label, box, numbers and innermost heading, where one can go wrong.
type Row = (u32, ClaimKind, Option<&'static str>, Option<bool>, &'static str, &'static str);

#[test]
fn claims_of_the_five_have_their_kind_label_box_numbers_and_heading() {
    use ClaimKind::{Bullet, Checkbox, Labelled, Row as TableRow, Sentence};
    let expected: [(&str, &[Row]); 5] = [
        (
            "000_013e2b5413507f5c.txt",
            &[
                // A sentence under the second heading.
                (4, Sentence, None, None, "", "Overview"),
                // `~200` is two hundred.
                (9, Bullet, Some("Lines Changed"), None, "200", "Changes Summary"),
                // The tick is the box, the emphasised words before the colon are the label.
                (14, Checkbox, Some("CodeQL Analysis"), Some(true), "0", "No Vulnerabilities Introduced"),
                // `denial-of-service` has no number and no label.
                (25, Bullet, None, None, "", "1. Memory Tracking Enabled"),
                // A bullet that begins with a tick.
                (45, Checkbox, None, Some(true), "", "Low Risk Changes"),
                (59, Bullet, Some("Tracemalloc overhead"), None, "5", "Memory Overhead"),
                (72, Checkbox, None, Some(true), "0", "Compliance Checklist"),
                // The tick stands behind the label, so that it is no box.
                (83, Labelled, Some("Security Status"), None, "", "Conclusion"),
                // The line ends in a colon, and nine words are no label.
                (85, Sentence, None, None, "", "Conclusion"),
                (88, Bullet, Some("Performance Impact"), None, "5", "Conclusion"),
                // Three lines of one paragraph, each with a label.
                (97, Labelled, Some("Date"), None, "17 2025", "Conclusion"),
                (98, Labelled, Some("Status"), None, "", "Conclusion"),
            ],
        ),
        (
            "001_01d1a181e782bd0d.txt",
            &[
                (6, Labelled, Some("Alerts Found"), None, "0", "CodeQL Analysis Results"),
                // A date is no number.
                (7, Labelled, Some("Scan Date"), None, "", "CodeQL Analysis Results"),
                (17, Bullet, None, None, "", "Python Security Scan"),
                (22, Checkbox, None, Some(true), "", "1. Network Security"),
                // `5-second` is a word.
                (108, Bullet, None, None, "", "4. Network Security"),
                // CommonMark takes this line into the item before it; its author did not mean that.
                (120, Labelled, Some("Risk Level"), None, "", "1. Prometheus HTTP Server"),
                (168, Checkbox, None, Some(true), "0", "1. Static Analysis"),
                (193, Bullet, Some("Prometheus"), None, "", "Production Deployment"),
                (229, Labelled, Some("Risk Assessment"), None, "", "Conclusion"),
                (240, Bullet, None, None, "710", "Conclusion"),
                (249, Labelled, Some("Approved for Production"), None, "", "Conclusion"),
            ],
        ),
        (
            "002_d90d10ccdb21d964.txt",
            &[
                (9, Labelled, Some("CodeQL Analysis"), None, "0", "Security Scan Results"),
                (16, Bullet, None, None, "", "1. amorsize/ml_prediction.py (+175 lines)"),
                (62, Bullet, None, None, "", "Security Best Practices Applied"),
                (65, Bullet, Some("Pattern"), None, "", "Security Best Practices Applied"),
                (122, Labelled, Some("Iteration"), None, "115", "Conclusion"),
            ],
        ),
        (
            "003_215dc0d08800e043.txt",
            &[
                (18, Labelled, Some("Security Impact"), None, "", "1. Enhanced Signal Handling Hooks"),
                // A cross before "does not" takes nothing back: it stays in the text, and is no box.
                (66, Sentence, None, None, "", "What This Fix Does NOT Do"),
                // A heading that says something.
                (74, Labelled, Some("Overall Risk Level"), None, "", "Risk Assessment"),
                (85, TableRow, Some("Dependencies"), None, "", "Overall Risk Level: LOW ✅"),
                (135, Checkbox, None, Some(false), "", "Post-Deployment Monitoring"),
                (144, Checkbox, None, Some(true), "24 48", "Immediate Actions"),
                (171, Labelled, Some("Next Review"), None, "24 48", "Conclusion"),
            ],
        ),
        (
            "004_44fd54e81ac01a51.txt",
            &[
                // A version of three parts is no number.
                (24, Bullet, Some("Version"), None, "", "New Dependencies"),
                (87, Checkbox, Some("Thread Safety"), Some(true), "", "Concurrency Safety"),
                (125, Bullet, None, None, "", "Threats Mitigated"),
                (142, Bullet, Some("Mitigation"), None, "1000", "Threats Mitigated"),
                (230, TableRow, Some("Authentication Bypass"), None, "", "Risk Assessment"),
                (283, Checkbox, Some("Risk Level"), Some(true), "", "Conclusion"),
                (290, Labelled, Some("Date"), None, "", "Conclusion"),
            ],
        ),
    ];
    for (name, rows) in expected {
        let Some(text) = read(name) else { return };
        let (claims, _) = document(text.as_bytes());
        for (line, kind, label, ticked, numbers, heading) in rows {
            let found: Vec<&Claim> = claims.iter().filter(|claim| claim.line == *line).collect();
            assert_eq!(found.len(), 1, "{name}:{line}: {found:?}");
            let found = found[0];
            assert_eq!(
                (found.kind, found.label.as_deref(), found.ticked, found.numbers.join(" ").as_str()),
                (*kind, *label, *ticked, *numbers),
                "{name}:{line}: {}",
                found.text
            );
            assert_eq!(found.section.last().map(String::as_str), Some(*heading), "{name}:{line}");
        }
    }
}
