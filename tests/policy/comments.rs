//! Comments are comments wherever they stand: what they are written with is no part of what a rule says.

use super::*;

#[test]
fn comments_of_every_kind_may_stand_anywhere() {
    let whole = rule("/*HERE*/");
    let puts = |before: &str, comment: &str| whole.replacen(before, &format!("{comment}{before}"), 1);
    for comment in ["// a\n", "/// a\n", "//// a\n", "//! a\n", "/* a */ ", "/** a */ ", "/** a\n * b\n */ ", "/**/ "] {
        let places = [
            puts("const RULE", comment),
            puts("title:", comment),
            puts("fn check", comment),
            puts("fn check", &format!("{comment}// and another\n")),
            puts("fn hide", comment),
            puts("change, params)", comment),
            puts("if hide", comment),
            puts("note(", comment),
            puts("/*HERE*/", comment),
            puts("/*HERE*/", &format!("let x = 1 {comment} + 2; note(`${{x}}`);")),
            puts("/*HERE*/", &format!("note(\"x\"); {comment}")),
            format!("{whole}{comment}"),
            format!("{whole}{}", comment.trim_end()),
        ];
        for text in places {
            let loaded = load(&[("rules/a.rhai", &text)]);
            assert!(loaded.is_ok(), "{text}\n{:?}", loaded.err());
        }
    }
}

#[test]
fn a_file_of_nothing_but_comments_is_no_rule() {
    for text in ["/// a\n", "/** a */", "// a"] {
        let wrong = load(&[("rules/a.rhai", text)]).map(|_| ()).expect_err(text);
        assert!(wrong.iter().all(|wrong| wrong.code == Code::BrokenMetadata), "{text}: {wrong:?}");
    }
}

#[test]
fn what_looks_like_a_comment_in_a_text_is_text() {
    let outcome = run("note(\"/// a\"); note(`/** b */`); note(\"//! c\");");
    assert_eq!(outcome.notes, ["/** b */", "//! c", "/// a"]);
}
