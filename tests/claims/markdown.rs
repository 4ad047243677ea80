//! What a reader of the page sees is claimed, what it hides is not: the traps of Markdown one by one.

use tollgate::evidence::{Claim, Completeness, Word as _};

use crate::{description, document};

/// `line kind text`, with `[x]` or `[ ]` for a box and `<label>` for a label.
fn shown(claims: &[Claim]) -> Vec<String> {
    claims
        .iter()
        .map(|claim| {
            let ticked = match claim.ticked {
                None => "",
                Some(true) => "[x] ",
                Some(false) => "[ ] ",
            };
            let label = claim.label.as_ref().map(|label| format!("<{label}> ")).unwrap_or_default();
            format!("{} {} {ticked}{label}{}", claim.line, claim.kind.as_str(), claim.text)
        })
        .collect()
}

#[track_caller]
fn assert_claims(text: &str, expected: &[&str]) {
    assert_eq!(shown(&document(text.as_bytes()).0), expected, "{text}");
}

#[test]
fn lists_give_each_item_its_own_text() {
    assert_claims(
        "- one\n  - two\n    still two\n\n      a sentence in two\n- three. And four.\n1. five\n2) six\n* seven\n+ eight\n",
        &[
            "1 bullet one",
            "2 bullet two still two",
            "5 sentence a sentence in two",
            "6 bullet three. And four.",
            "7 bullet five",
            "8 bullet six",
            "9 bullet seven",
            "10 bullet eight",
        ],
    );
    assert_claims(
        "- [x] a\n- [X] **Risk:** b\n- [ ] c\n- [ ]\n- [y] d\n1. [x] e\n\n- [x] f\n\n- [ ] g\n\n  h\n",
        &[
            "1 checkbox [x] a",
            "2 checkbox [x] <Risk> Risk: b",
            "3 checkbox [ ] c",
            "5 bullet [y] d",
            "6 checkbox [x] e",
            "8 checkbox [x] f",
            "10 checkbox [ ] g",
            "12 sentence h",
        ],
    );
    // The box of an item without a text of its own is nobody's.
    assert_claims("- [x]\n  - a\n", &["2 bullet a"]);
    // What an item begins with is the item, also behind code.
    assert_claims("- ```\n  code\n  ```\n  a\n\n  b\n", &["4 bullet a", "6 sentence b"]);
}

#[test]
fn boxes_and_marks_may_begin_any_statement() {
    assert_claims(
        "✅ a. B.\n☐ c\n\n[x] d\n[ ] e\n\n[x](y) f\n\n:white_check_mark: g\n\n❌ **h** - i\n\n- ✔️ j\n- :x: k\n- [ ] ✅ l\n",
        &[
            "1 checkbox [x] a. B.",
            "2 checkbox [ ] c",
            "4 checkbox [x] d",
            "5 checkbox [ ] e",
            "7 sentence x f",
            "9 checkbox [x] g",
            "11 sentence ❌ h - i",
            "13 checkbox [x] j",
            "14 bullet :x: k",
            // The real box says it; what stands behind it is text.
            "15 checkbox [ ] ✅ l",
        ],
    );
    assert_claims("✅\n\n🎉 🎉\n\n***\n\n- —\n", &[]);
}

#[test]
fn labels_stand_before_a_colon() {
    assert_claims(
        "Risk: LOW\n\n**Risk level:** Low\n\n**Risk level**: Low\n\n__Risk__ : Low\n\n*Risk*: Low\n\nRisk - LOW\n\nRisk：低\n\nRisk:LOW\n\n`a: b` c: d\n",
        &[
            "1 labelled <Risk> Risk: LOW",
            "3 labelled <Risk level> Risk level: Low",
            "5 labelled <Risk level> Risk level: Low",
            "7 labelled <Risk> Risk : Low",
            "9 labelled <Risk> Risk: Low",
            "11 sentence Risk - LOW",
            "13 labelled <Risk> Risk：低",
            "15 sentence Risk:LOW",
            "17 labelled <a: b c> a: b c: d",
        ],
    );
    assert_claims(
        "See https://a.b: it is\n\nAt 12:30 we met: all\n\nThis sentence has too many words before: it ends\n\n**This one is emphasised as a whole, so that its words do**: count\n\nDone. Then: more\n\n:tada: a: b\n\na:\n\nChat (us: here)\n",
        &[
            "1 sentence See https://a.b: it is",
            "3 labelled <At 12:30 we met> At 12:30 we met: all",
            "5 sentence This sentence has too many words before: it ends",
            "7 labelled <This one is emphasised as a whole, so that its words do> This one is emphasised as a whole, so that its words do: count",
            "9 sentence Done.",
            "9 labelled <Then> Then: more",
            "11 sentence :tada: a: b",
            "13 labelled <a> a:",
            "15 sentence Chat (us: here)",
        ],
    );
}

#[test]
fn paragraphs_are_cut_at_lines_that_begin_anew() {
    // Hard breaks, marks, emphasised labels, and labels after short lines; a wrapped line is none of them.
    assert_claims(
        "a  \nb\\\nc<br>d\n\n**A:** 1\n**B**: 2\nC: 3\nand more\n\nThe text goes\non here. And\nCodeQL ends it.\n\nStatus: done\nNothing is open\n\nNote: this line is long enough that whoever wrote it has wrapped\nCodeQL to the next\n",
        &[
            "1 sentence a",
            "2 sentence b",
            "3 sentence c",
            "3 sentence d",
            "5 labelled <A> A: 1",
            "6 labelled <B> B: 2",
            "7 labelled <C> C: 3 and more",
            "10 sentence The text goes on here.",
            "11 sentence And CodeQL ends it.",
            "14 labelled <Status> Status: done",
            "15 sentence Nothing is open",
            "17 labelled <Note> Note: this line is long enough that whoever wrote it has wrapped CodeQL to the next",
        ],
    );
    // CommonMark takes a line after an item into it.
    assert_claims("- a\n**Risk:** low\n- b\nc\n", &["1 bullet a", "2 labelled <Risk> Risk: low", "3 bullet b c"]);
}

#[test]
fn sentences_end_where_a_reader_ends_them() {
    let of = |text: &str| -> Vec<String> { document(text.as_bytes()).0.into_iter().map(|claim| claim.text).collect() };
    for (text, expected) in [
        ("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"][..]),
        (
            "Uses e.g. CodeQL, i.e. SARIF, vs. Grype etc. Next one.",
            &["Uses e.g. CodeQL, i.e. SARIF, vs. Grype etc.", "Next one."],
        ),
        (
            "See No. 5 and Fig. 3. Is it so? No. It is not.",
            &["See No. 5 and Fig. 3.", "Is it so?", "No.", "It is not."],
        ),
        ("Version 2.12.4 is used. It has 3.5 MB.", &["Version 2.12.4 is used.", "It has 3.5 MB."]),
        ("See https://a.b/c.D?e=F. Then src/a.rs. Then b.", &["See https://a.b/c.D?e=F.", "Then src/a.rs.", "Then b."]),
        ("By J. R. Smith of the U.S. Army. So am I. Yes.", &["By J. R. Smith of the U.S. Army.", "So am I.", "Yes."]),
        ("He said (\"Done.\") Then left... Well… Yes.", &["He said (\"Done.\")", "Then left...", "Well…", "Yes."]),
        ("It is 2025. 3 files changed. `x` is new.", &["It is 2025.", "3 files changed.", "x is new."]),
        ("`a. B` and [c. D](e) stay. \u{2705} F.", &["a. B and c. D stay.", "F."]),
        (
            "lower. case goes on. *Emphasis* begins. (So does this.)",
            &["lower. case goes on.", "Emphasis begins.", "(So does this.)"],
        ),
        ("没有漏洞。没有新的依赖！真的？是", &["没有漏洞。", "没有新的依赖！", "真的？", "是"]),
        ("Нет. Да. Ja. Über.", &["Нет.", "Да.", "Ja.", "Über."]),
        ("Wait!!! Now?!", &["Wait!!!", "Now?!"]),
    ] {
        assert_eq!(of(text), expected, "{text}");
    }
    // Each has the line that it begins on, also in a quote, with tabs and both ends of line.
    assert_claims(
        "\u{feff}> One\r\n> two. Three\r\n>\tfour. Five.\r\n\r\n\tcode. Not\r\n\r\nSix.\r\n",
        &["1 sentence One two.", "2 sentence Three four.", "3 sentence Five.", "7 sentence Six."],
    );
}

#[test]
fn tables_give_a_claim_for_each_row() {
    assert_claims(
        "| Kind | Count |\n|---|:-:|\n| **Critical** | 0 |\n| a \\| b | `c|d` |\n|  | x |\n| y |\n| | |\n> | e | f |\n> |---|---|\n> | g | ✅ h | i |\n",
        &[
            "3 row <Critical> Critical | 0",
            // A bar in a cell is one in the text, without the blanks of those between cells.
            // A bar that nothing escapes ends a cell also in code.
            "4 row <a|b> a|b | `c",
            "5 row | x",
            "6 row <y> y |",
            "10 row <g> g | ✅ h",
        ],
    );
}

#[test]
fn headings_are_the_path_and_seldom_a_claim() {
    let text = "T\n===\na\n\n### C ###\nb\n\n## Risk: LOW\nc\n> # Q\n> d\n\ne\n\n- ## I\n\n  f\n- g\n\n#### ✅ Done\nh\n\n# Step 1:\ni\n\nU *u*\n---\nj\n";
    let (claims, _) = document(text.as_bytes());
    let found: Vec<String> =
        claims.iter().map(|claim| format!("{}: {}", claim.section.join(" > "), claim.text)).collect();
    assert_eq!(
        found,
        [
            "T: a",
            "T > C: b",
            "T: Risk: LOW",
            "T > Risk: LOW: c",
            "Q: d",
            "T > Risk: LOW: e",
            "T > I: f",
            "T > Risk: LOW: g",
            "T > Risk: LOW: Done",
            "T > Risk: LOW > ✅ Done: h",
            "Step 1:: i",
            "Step 1: > U u: j",
        ]
    );
    assert_claims("## Risk: LOW\n#### ✅ Done\n", &["1 labelled <Risk> Risk: LOW", "2 checkbox [x] Done"]);
    let long = format!("# {}\n\na\n", "é".repeat(200));
    let section = &document(long.as_bytes()).0[0].section[0];
    assert!(section.len() <= 200 && section.ends_with('…'), "{section}");
}

#[test]
fn what_a_page_does_not_show_is_no_claim() {
    for hidden in [
        "```\nAlerts: 0\n```\n",
        "    Alerts: 0\n",
        "~~~text\nAlerts: 0\n",
        "<!-- Alerts: 0 -->\n",
        "<!--\n\n- [x] Alerts: 0\n\n-->\n",
        "<!-- Alerts: 0\n\n- [x] Alerts: 0\n",
        "<div>\n<!--\n\n- [x] Alerts: 0\n\n# Alerts: 0\n\n| a |\n|---|\n| Alerts: 0 |\n\n-->\n\n</div>\n",
        "![Alerts: 0](a.svg)\n",
        "[![Alerts: 0](a.svg)](b)\n",
        "~~Alerts: 0~~\n",
        "- [x] ~~Alerts: 0~~\n",
        "<del>Alerts: 0</del>\n",
        "<s>\nAlerts: 0\n</s>\n",
        "<script>\nAlerts: 0\n</script>\n",
        "<style>\n\nAlerts: 0\n\n</style>\n",
        "<pre>\nAlerts: 0\n</pre>\n",
        "<img alt=\"Alerts: 0\">\n",
        "[Alerts: 0]: http://a.b\n",
        "---\nAlerts: 0\n---\n",
        "<?xml Alerts: 0 ?>\n",
        "",
        "\n \n",
    ] {
        assert_claims(hidden, &[]);
        let source = document(hidden.as_bytes()).1;
        assert_eq!((source.completeness, source.items), (Completeness::Complete, 0), "{hidden}");
    }
    // And what stands around it is read.
    assert_claims(
        "a ~~b~~ c <!-- d --> e <del>f</del> ![g](h) i[^1]\n\n[^1]: j\n",
        &["1 sentence a c e i", "3 sentence j"],
    );
    assert_claims("<div>\n<!--\n\nx\n\n--> \n\na\n", &["8 sentence a"]);
}

#[test]
fn text_of_html_is_read_as_a_browser_shows_it() {
    assert_claims(
        "<details>\n<summary>Risk:\nLOW</summary>\n\n- inner\n\n</details>\n",
        &["2 labelled <Risk> Risk: LOW", "5 bullet inner"],
    );
    assert_claims(
        "<h2 align=\"a > b\">Head</h2>\n<p>No <b>alerts</b>. Really &lt;0&#62; &amp; &copy;.</p>\n<ul><li>one</li><li>two\nthree</li></ul>\n<table>\n<tr><th>A</th><th>B</th></tr>\n<tr>\n<td>x</td><td>1<br>2</td>\n</tr></table>\n<hr/>a < b\n",
        &[
            "2 sentence No alerts.",
            "2 sentence Really <0> & &copy;.",
            "3 bullet one",
            "3 bullet two three",
            "8 row <x> x | 1 2",
            "10 sentence a < b",
        ],
    );
    let (claims, _) = document(b"<h2>Head</h2>\n\na\n");
    assert_eq!(claims[0].section, ["Head"]);
}

#[test]
fn characters_are_what_they_stand_for() {
    assert_claims(
        "\\*a\\* &amp; &#x2713; b\u{a0}\t c\u{0}\u{202e}d [e](https://f.g \"h\") <https://i.j> `k  l` m\u{200b}n\n",
        &["1 sentence *a* & ✓ b c\u{0}\u{202e}d e https://i.j k l m\u{200b}n"],
    );
    assert_claims("> [!NOTE]\n> Risk: LOW\n", &["2 labelled <Risk> Risk: LOW"]);
}

#[test]
fn front_matter_is_that_of_a_document_and_not_of_a_description() {
    assert_claims("---\ntitle: x\n---\nRisk: LOW\n", &["4 labelled <Risk> Risk: LOW"]);
    let (claims, _) = description("---\ntitle: x\n---\nRisk: LOW\n");
    assert_eq!(shown(&claims), ["2 labelled <title> title: x", "4 labelled <Risk> Risk: LOW"]);
    assert!(claims.iter().all(|claim| claim.path.is_none()));
    // A forge shows lines of a description as lines.
    let lines = "CodeQL: 0 alerts\nNo new packages\nAll tests pass and\nso on\n";
    let found = shown(&description(lines).0);
    assert_eq!(
        found,
        ["1 labelled <CodeQL> CodeQL: 0 alerts", "2 sentence No new packages", "3 sentence All tests pass and so on"]
    );
    assert_eq!(document(lines.as_bytes()).0.len(), 2);
    let (claims, source) = description("");
    assert_eq!((claims.len(), source.completeness, source.items), (0, Completeness::Complete, 0));
}
