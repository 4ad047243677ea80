//! What holds of every document, also of one that somebody wrote to do harm.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tollgate::collect::claims::{MAX_BYTES, MAX_INDENT, MAX_NESTING, read};
use tollgate::evidence::{Claim, Completeness};
use tollgate::normalize::claims::{MAX_CLAIMS, claims};

use crate::{description, document};

/// Lines as CommonMark ends them.
fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').map(str::to_owned).collect()
}

/// The first word of a claim as its line may write it: letters and digits alone, since markup may stand around it.
fn first_word(claim: &Claim) -> String {
    let words = claim.text.split(|character: char| !character.is_ascii_alphanumeric());
    words.into_iter().find(|word| !word.is_empty()).unwrap_or("").to_owned()
}

/// The first claim whose first word is not on its line. Markup may cut a word of the text in the source.
fn misplaced(text: &str, claims: &[Claim]) -> Option<String> {
    let lines = lines(text);
    claims.iter().find_map(|claim| {
        let line = lines.get(claim.line as usize - 1)?;
        let word = first_word(claim);
        let at_first = claim.text.starts_with(|first: char| first.is_ascii_alphanumeric());
        let broken = line.contains(['&', '<', '*', '_', '~', '\\', '[', '`']);
        (at_first && !broken && !line.contains(&word)).then(|| format!("{word:?} is not on {line:?}: {claim:?}"))
    })
}

/// What every claim is.
fn well_formed(claims: &[Claim]) {
    for claim in claims {
        assert!(claim.line > 0);
        assert_eq!(claim.text.trim(), claim.text);
        assert!(claim.text.chars().any(char::is_alphanumeric), "{claim:?}");
        assert!(!claim.text.contains(['\n', '\r', '\t']), "{claim:?}");
        assert!(claim.section.len() <= 6 && claim.section.iter().all(|heading| heading.len() <= 200));
        for number in &claim.numbers {
            assert!(number.parse::<f64>().is_ok_and(f64::is_finite), "{claim:?}");
        }
        assert_eq!(claim.ticked.is_some(), claim.kind == tollgate::evidence::ClaimKind::Checkbox);
    }
}

fn markdown_files(directory: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = directory.read_dir() else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && depth > 0 {
            markdown_files(&path, depth - 1, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

#[test]
fn documents_of_other_projects_are_read_and_claims_stand_on_their_lines() {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let mut files = Vec::new();
    markdown_files(&home.unwrap_or_default().join("registry/src"), 3, &mut files);
    markdown_files(Path::new(env!("CARGO_MANIFEST_DIR")), 1, &mut files);
    files.sort();
    let (mut misplaced_claims, mut all, mut kinds) = (Vec::new(), 0, BTreeMap::<_, usize>::new());
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        let report = read(file, "doc.md");
        let read = report.outcome.is_ok();
        let (claims, sources) = claims(&[report]);
        assert_eq!(sources[0].items, claims.len() as u64);
        well_formed(&claims);
        if let Ok(text) = std::str::from_utf8(&bytes)
            && text.len() as u64 <= MAX_BYTES
        {
            assert!(read, "{}: {:?}", file.display(), sources[0]);
            misplaced_claims.extend(misplaced(text, &claims).map(|what| format!("{}: {what}", file.display())));
        }
        all += claims.len();
        for claim in &claims {
            *kinds.entry(claim.kind).or_default() += 1;
        }
    }
    println!("{} files, {all} claims: {kinds:?}", files.len());
    assert_eq!(misplaced_claims, [""; 0]);
    assert!(!files.is_empty() && all > 100);
}

#[test]
fn a_document_that_is_not_utf_8_is_failed_at_its_line() {
    let (claims, source) = document(b"# a\nb\n\xff\n");
    assert_eq!((claims.len(), source.completeness), (0, Completeness::Failed));
    assert!(source.reason.as_deref().unwrap().starts_with("line 3: "), "{source:?}");
}

#[test]
fn each_limit_truncates_and_one_less_does_not() {
    let of = |text: &str| {
        let (claims, source) = document(text.as_bytes());
        (claims.len(), source.completeness)
    };
    let limit = usize::try_from(MAX_BYTES).unwrap();
    assert_eq!(of(&"a".repeat(limit)), (1, Completeness::Complete));
    assert_eq!(of(&"a".repeat(limit + 1)), (0, Completeness::Truncated));
    assert_eq!(of(&format!("{}a", "> ".repeat(MAX_NESTING))), (1, Completeness::Complete));
    assert_eq!(of(&format!("{}a", "> ".repeat(MAX_NESTING + 1))), (0, Completeness::Truncated));
    assert_eq!(of(&format!("a\n{}b", " ".repeat(MAX_INDENT))), (1, Completeness::Complete));
    assert_eq!(of(&format!("a\n{}b", " ".repeat(MAX_INDENT + 1))), (0, Completeness::Truncated));
    assert_eq!(of(&"- a\n".repeat(MAX_CLAIMS)), (MAX_CLAIMS, Completeness::Complete));
    // What was read is right, but not all.
    assert_eq!(of(&"- a\n".repeat(MAX_CLAIMS + 1)), (MAX_CLAIMS, Completeness::Truncated));
    let (claims, source) = description(&"- a\n".repeat(MAX_CLAIMS + 1));
    assert_eq!((claims.len(), source.completeness), (MAX_CLAIMS, Completeness::Truncated));
    let (claims, source) = description(&">".repeat(MAX_NESTING + 1));
    assert_eq!((claims.len(), source.completeness), (0, Completeness::Truncated));
    assert!(source.reason.as_deref().unwrap().contains("description"), "{source:?}");
}

#[test]
fn a_document_that_is_given_twice_counts_once_and_the_order_of_documents_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.md");
    std::fs::write(&path, "- a\n- a\n").unwrap();
    let of = |shown: &[&str]| {
        let reports: Vec<_> = shown.iter().map(|shown| read(&path, shown)).collect();
        let (claims, sources) = claims(&reports);
        let mut evidence = tollgate::evidence::Evidence { claims, sources, ..Default::default() };
        evidence.sort();
        (evidence.claims, evidence.sources)
    };
    assert_eq!((of(&["a.md", "a.md"]).0.len(), of(&["a.md", "a.md"]).1.len()), (2, 1));
    assert_eq!(of(&["a.md", "b.md"]), of(&["b.md", "a.md"]));
    assert_eq!(of(&["a.md", "b.md"]).0.len(), 4);
}

#[test]
fn an_absent_document_is_missing() {
    let (claims, sources) = claims(&[read(Path::new("/nowhere/at-all.md"), "at-all.md")]);
    assert_eq!((claims.len(), sources[0].completeness), (0, Completeness::Missing));
}

/// Documents of about so many bytes that are written to take long.
fn bombs(bytes: usize) -> Vec<(&'static str, String)> {
    let square = bytes.isqrt();
    let times = |text: &str| text.repeat(bytes / text.len());
    vec![
        ("quotes", format!("{}\n", ">".repeat(100)).repeat(bytes / 101)),
        ("lazy lines", format!("{}a\n{}", ">".repeat(100), times("A\n"))),
        (
            "nested items",
            [(0..200).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect::<String>(), times("b\n")].concat(),
        ),
        ("blank lines in items", format!("{}a{}", "- ".repeat(100), times("\n"))),
        ("emphasis", [times("*a "), times("**a:")].concat()),
        ("open brackets", times("[")),
        ("open images", [times("!["), times("](a)")].concat()),
        ("ticks", (1..square).map(|count| format!("{} ", "`".repeat(count))).collect()),
        ("open comments", times("a <!-- ")),
        ("open comments in blocks", times("<div> <!--\n\n")),
        ("open tags", format!("<div>\n{}", times("<a b='"))),
        ("open elements", format!("<div>\n{}", times("<s><pre>"))),
        ("end tags", format!("<div>\n<script>{}", times("</a"))),
        ("entities", format!("<div>\n{}", times("&&amp;"))),
        ("wide table", format!("{}|\n{}|\n{}", "|a".repeat(square), "|-".repeat(square), times("|a\n"))),
        ("headings", [times("# a\n"), times("- ###### b\n")].concat()),
        ("long heading", format!("# {}\n\n{}", times("a"), "- b\n".repeat(9_000))),
        ("footnotes", times("[^a]: b\n\n")),
        ("soft breaks", times("A\n")),
        ("labels", times("A: b\n")),
        ("colons", times(":")),
        ("sentence ends", [times(". "), times("A."), times("? ((((")].concat()),
        ("ends in a run", [times("!"), times("! A")].concat()),
        ("marks", [times("✅"), times("✅ ")].concat()),
        ("numbers", [times("1,"), times("1-"), times("1/2 ")].concat()),
        ("bars", format!("|a|\n|-|\n{}", times("\\|"))),
    ]
}

#[test]
fn the_time_grows_with_the_length_and_not_with_its_square() {
    let small = bombs(10_000);
    let large = bombs(100_000);
    let best = |text: &str| {
        (0..2)
            .map(|_| {
                let start = Instant::now();
                let (claims, _) = document(text.as_bytes());
                well_formed(&claims);
                start.elapsed()
            })
            .min()
            .unwrap()
    };
    for ((name, small), (_, large)) in small.iter().zip(&large) {
        let (short, long) = (best(small), best(large));
        // Ten times the length; a hundred times the time would be its square. Short times are noise.
        assert!(long < Duration::from_millis(50) || long < short * 40, "{name}: {short:?}, then {long:?}");
    }
}

#[test]
fn depth_needs_no_stack() {
    let run = std::thread::Builder::new().stack_size(256 << 10).spawn(|| {
        for (_, text) in bombs(50_000) {
            document(text.as_bytes());
        }
    });
    run.unwrap().join().unwrap();
}

const PIECES: &[&str] = &[
    "- ",
    "* ",
    "1. ",
    "> ",
    "# ",
    "## ",
    "[x] ",
    "[ ] ",
    "✅ ",
    "a",
    "B ",
    "Risk: ",
    "**",
    "*",
    "`",
    "``",
    "~~",
    "|",
    "|-|\n",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "  \n",
    "\t",
    "    ",
    "<div>",
    "</div>",
    "<!--",
    "-->",
    "<li>",
    "<tr>",
    "<td>",
    "<pre>",
    "<",
    ">",
    "[^a]",
    "[^a]: ",
    "[",
    "](b)",
    "![",
    "```\n",
    "---\n",
    "&amp;",
    "\\",
    ":",
    ". ",
    "! ",
    "0",
    "1,234",
    "-3",
    "\u{0}",
    "\u{202e}",
    "\u{feff}",
    "é",
    "。",
    "：",
    "$",
    "[!NOTE]\n",
    "<br>",
    "<s>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mixture_of_markup_is_read(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        let text = pieces.concat();
        let (claims, source) = document(text.as_bytes());
        well_formed(&claims);
        prop_assert_eq!(source.completeness, Completeness::Complete);
        // In HTML a sentence after a bare carriage return is told one line too high.
        if !pieces.contains(&"\r") {
            prop_assert_eq!(misplaced(&text, &claims), None);
        }
        let last = u32::try_from(lines(&text).len()).unwrap();
        prop_assert!(claims.iter().all(|claim| claim.line <= last));
        well_formed(&description(&text).0);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (claims, source) = document(&bytes);
        well_formed(&claims);
        prop_assert_eq!(source.completeness == Completeness::Failed, std::str::from_utf8(&bytes).is_err());
    }

    #[test]
    fn other_ends_of_line_change_nothing(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        let text: String = pieces.iter().filter(|piece| !piece.contains('\r')).copied().collect();
        // Inside of a line three backticks are code that may go over its end, where the parser keeps the carriage return.
        let text = text.replace("```", "\n```");
        let (claims, _) = document(text.as_bytes());
        let (other, _) = document(text.replace('\n', "\r\n").as_bytes());
        // The parser keeps a blank at the edge of code that is broken by a carriage return.
        let without_blanks = |claims: Vec<Claim>| -> Vec<(u32, String)> {
            claims.into_iter().map(|claim| (claim.line, claim.text.replace(' ', ""))).collect()
        };
        prop_assert_eq!(without_blanks(claims), without_blanks(other));
    }
}
