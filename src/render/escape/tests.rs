use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::{is_hidden, markdown, markdown_name, markdown_short, name, prose, sarif, terminal, terminal_name};

/// Pieces that mean something to some reader; strung together at random with anything else.
const HOSTILE: &[&str] = &[
    "[a](https://evil.example)",
    "![a](x)",
    "<script>alert(1)</script>",
    "<!-- x",
    "-->",
    "&lt;",
    "&#64;",
    "@admin",
    "@",
    "#12",
    "GH-7",
    "!5",
    "~bug",
    "$x$",
    "$`x`$",
    "https://evil.example",
    "www.evil.example",
    "a@b.example",
    ":tada:",
    "::error::x",
    "##vso[task.x]",
    "##[error]",
    "`",
    "```",
    "~~~",
    "|",
    "\\",
    "\\|",
    "*a*",
    "_b_",
    "**",
    "# h",
    "- [x] ",
    "1. ",
    "1) ",
    "> q",
    "---",
    "===",
    "+",
    "\n",
    "\r\n",
    "\n\n",
    "\t",
    "  ",
    "    ",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{200b}",
    "\u{2066}",
    "\u{feff}",
    "\u{10ff80}",
    "\u{10ffff}",
    "\u{e0041}",
    "\u{85}",
    "\u{2028}",
    "\u{a0}",
    "[^1]",
    "[[w]]",
    "{{x}}",
    "</details>",
    "[x]: /u",
    "::",
    ":",
    "##",
    "teamcity[",
    "www",
    ".",
    "/",
    "\u{0}",
    "\u{7}",
    "^a^",
    "~a~",
    "<a@b.c>",
    "]",
    "(",
    ")",
    "[!NOTE]",
    "/merge",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        1 => "[ -~]{0,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// What a reader sees of a Markdown text, or the first event in it that is more than text.
fn read(source: &str) -> Result<String, String> {
    let mut options = Options::all();
    options.remove(Options::ENABLE_SMART_PUNCTUATION | Options::ENABLE_OLD_FOOTNOTES);
    let mut seen = String::new();
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Start(Tag::Paragraph | Tag::List(None) | Tag::Item) | Event::End(_) => {}
            Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell) => {}
            Event::Text(text) | Event::Code(text) => seen.push_str(&text),
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(seen)
}

/// Where a text may come to stand on our pages: alone, in a list item, after our words, in a table.
const PLACES: [(&str, &str); 4] = [("", "\n"), ("- ", "\n"), ("- words: ", " (words)\n"), ("| |\n|---|\n| ", " |\n")];

fn without_breaks(seen: &str) -> String {
    seen.replace('\u{200b}', "")
}

/// Whether a forge's filter, which sees the rendered text, would find something to link.
fn live(seen: &str) -> bool {
    let characters: Vec<char> = seen.chars().collect();
    let mention = characters.windows(2).any(|pair| "@#!~%$&^".contains(pair[0]) && pair[1].is_alphanumeric());
    let lower = seen.to_lowercase();
    mention || lower.contains("://") || lower.contains("www.") || lower.contains(":tada:") || lower.contains("gh-7")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn markdown_shows_the_text_and_nothing_else(text in text()) {
        for (before, after) in PLACES {
            let seen = read(&format!("{before}{}{after}", markdown(&text)));
            let seen = seen.map_err(|event| TestCaseError::fail(format!("{event} in {before:?}")))?;
            prop_assert!(!live(&seen), "{}", seen);
            let words = |mark: &str| mark.trim_start_matches("- ").replace(['|', '-', '\n'], "");
            let shown = prose(&text, super::MAX_TEXT);
            let shown = if shown.is_empty() { super::EMPTY } else { &shown };
            let expected = format!("{}{shown}{}", words(before).trim_start(), words(after));
            prop_assert_eq!(without_breaks(&seen).trim().to_owned(), expected.trim());
        }
    }

    #[test]
    fn a_name_in_markdown_is_shown_as_it_is(text in text()) {
        for (before, after) in PLACES {
            let seen = read(&format!("{before}{}{after}", markdown_name(&text)));
            let seen = without_breaks(&seen.map_err(TestCaseError::fail)?);
            let shown = name(&text, super::MAX_NAME);
            prop_assert!(seen.contains(&shown) || shown.is_empty(), "{} in {}", shown, seen);
        }
    }

    #[test]
    fn no_human_format_has_hidden_characters_or_commands_to_a_runner(text in text()) {
        for shown in [terminal(&text), terminal_name(&text), markdown(&text), markdown_name(&text), markdown_short(&text)] {
            prop_assert!(!shown.contains(is_hidden), "{:?}", shown);
            prop_assert!(!shown.starts_with("::"));
            prop_assert!(!shown.contains("##[") && !shown.contains("##vso[") && !shown.contains("##teamcity["));
        }
        // However they are wrapped.
        for shown in [terminal(&text), terminal_name(&text)] {
            prop_assert!(shown.split(' ').all(|word| !word.trim_start().starts_with("::")), "{:?}", shown);
        }
    }

    #[test]
    fn names_that_differ_look_different(left in "[ab \t\n]{0,4}", right in "[ab \t\n]{0,4}") {
        prop_assert_eq!(left == right, name(&left, 300) == name(&right, 300));
    }

    #[test]
    fn a_sarif_message_has_no_link(text in text()) {
        prop_assert!(!sarif(&text).contains("]("));
        prop_assert!(!sarif(&text).contains(is_hidden));
    }
}

#[test]
fn what_is_invisible_is_shown() {
    assert_eq!(terminal("a\u{202e}b\u{1b}[31m\u{10ff80}\u{10ffff}"), r"a<U+202E>b<U+001B>[31m\x80\xFF");
    assert_eq!(markdown("a\u{200b}b"), "a&lt;U+200B&gt;b");
    assert_eq!(markdown_name("src/\u{10ffe9}.c"), r"src/\\xE9.c");
    assert_eq!(markdown_name("src/a.c"), "`src/a.c`");
    assert_eq!(name(" a  b ", 300), "<U+0020>a <U+0020>b<U+0020>");
}

#[test]
fn what_a_forge_links_is_broken_up() {
    assert_eq!(markdown("ask @admin about #12"), r"ask @&#8203;admin about \#&#8203;12");
    assert_eq!(markdown("see https://x.example"), "see https:&#8203;//x.example");
    assert_eq!(markdown("a: b, 3:4, a@ b"), "a: b, 3:4, a@ b");
}

#[test]
fn commands_to_a_runner_are_kept_apart() {
    assert_eq!(terminal("::error::x std::vec :::y"), ": :error::x std::vec : : :y");
    assert_eq!(terminal("x ##vso[a] ##[b] ## c"), "x # #vso[a] # #[b] ## c");
}

#[test]
fn long_texts_are_cut_and_say_so() {
    let long = "x".repeat(super::MAX_TEXT + 7);
    assert!(markdown(&long).ends_with("x \u{2026} (7 more characters)"));
    assert!(terminal(&long).ends_with("x \u{2026} (7 more characters)"));
    assert!(prose(&"\u{e0041}".repeat(super::MAX_TEXT), super::MAX_TEXT).len() < super::MAX_TEXT + 50);
    let name = "n".repeat(super::MAX_NAME + 1);
    assert!(markdown_name(&name).ends_with("(1 more character)`"));
}
