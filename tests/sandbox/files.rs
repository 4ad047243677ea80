//! Whole scripts: what comes before a rule is run.

use tollgate::diagnostic::Code;
use tollgate::evaluate::Outcome::{Satisfied, Violated};

use super::End::{self, Errs, HeldBack, Is, Refused};
use super::META;

/// Whole files: what comes before a rule is run.
pub(crate) fn files() -> Vec<(&'static str, String, End)> {
    let rule = |body: &str| format!("{META}fn check(change, params) {{ note(\"run\");\n{body}\n}}\n");
    let twice = |text: &str, count: usize| text.repeat(count);
    let numbered = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let deep = |open: &str, close: &str, count: usize| {
        rule(&format!("let a = {}1{};", twice(open, count), twice(close, count)))
    };
    let frame = numbered(100, &|i| format!("let _v{i} = \"\"; _v{i}.pad(100000, \"x\"); "));
    vec![
        ("statements", rule(&twice("1;", 25_000)), Refused(Code::UnusedValue)),
        ("variables of one name", rule(&twice("let _a=1;", 6_000)), Is(Satisfied)),
        ("variables", rule(&numbered(4_000, &|i| format!("let _a{i}=1;"))), Errs(Code::LimitExceeded)),
        ("functions", numbered(4_000, &|i| format!("fn f{i}(){{}}")) + rule("").as_str(), Refused(Code::SyntaxError)),
        ("parentheses", deep("(", ")", 25_000), Refused(Code::SyntaxError)),
        ("brackets", deep("[", "]", 25_000), Refused(Code::SyntaxError)),
        ("texts in texts", deep("`${", "}`", 10_000), Refused(Code::SyntaxError)),
        ("functions in functions", deep("|| {", "}", 8_000), Refused(Code::SyntaxError)),
        ("negations", deep("!", "", 60_000), Refused(Code::SyntaxError)),
        ("blocks", rule(&(twice("{", 30_000) + twice("}", 30_000).as_str())), Refused(Code::SyntaxError)),
        ("conditions", rule(&(twice("if true {", 6_000) + twice("}", 6_000).as_str())), Refused(Code::SyntaxError)),
        ("otherwise", rule(&format!("if false {{}}{}", twice(" else if false {}", 3_500))), Refused(Code::SyntaxError)),
        ("sums", rule(&format!("let a = 1{};", twice("+1", 25_000))), Refused(Code::SyntaxError)),
        ("properties", rule(&format!("change{};", twice(".files", 9_000))), Refused(Code::SyntaxError)),
        ("indices", rule(&format!("let a = []; a{};", twice("[0]", 20_000))), Refused(Code::SyntaxError)),
        ("arguments", rule(&format!("note({}1);", twice("1,", 20_000))), Refused(Code::UnknownFunction)),
        ("long text", rule(&format!("let _a = \"{}\";", twice("a", 64_000))), Is(Satisfied)),
        ("long number", rule(&format!("let _a = {};", twice("9", 60_000))), Is(Satisfied)),
        ("long name", rule(&format!("change.{};", twice("a", 60_000))), Refused(Code::UnknownProperty)),
        (
            "long names that are near",
            rule(&format!("let _m = #{{ {}: 1 }}; change.{};", twice("b", 30_000), twice("a", 30_000))),
            Refused(Code::UnknownProperty),
        ),
        (
            "many names that are near",
            rule(&format!(
                "let m = #{{ {} }}; {}",
                numbered(2_500, &|i| format!("a{i}: 1, ")),
                numbered(2_500, &|i| format!("m.b{i};"))
            )),
            Refused(Code::UnknownProperty),
        ),
        ("larger than a file may be", rule(&twice(" ", 64 * 1024)), Refused(Code::LimitExceeded)),
        ("text that never ends", rule("let a = \"x;"), Refused(Code::SyntaxError)),
        ("comment that never ends", rule(&twice("/*", 30_000)), Refused(Code::SyntaxError)),
        (
            "recursion",
            format!("{META}fn f(x) {{ f(x + 1) }}\nfn check(c, p) {{ note(\"run\"); f(0); }}"),
            Errs(Code::LimitExceeded),
        ),
        (
            "recursion of two",
            format!("{META}fn f(x) {{ g(x) }}\nfn g(x) {{ f(x) }}\nfn check(c, p) {{ note(\"run\"); f(0); }}"),
            Errs(Code::LimitExceeded),
        ),
        (
            "recursion of the rule",
            format!("{META}fn check(c, p) {{ note(\"run\"); check(c, p); }}"),
            Errs(Code::LimitExceeded),
        ),
        (
            "calls without end",
            format!(
                "{META}fn f(n) {{ if n < 2 {{ 1 }} else {{ f(n - 1) + f(n - 2) }} }}\nfn check(c, p) {{ note(\"run\"); f(30); }}"
            ),
            Errs(Code::LimitExceeded),
        ),
        (
            "full frames",
            format!("{META}fn f(n) {{ {frame} if n > 0 {{ f(n - 1); }} }}\nfn check(c, p) {{ note(\"run\"); f(25); }}"),
            HeldBack,
        ),
        (
            "host function redefined",
            format!("{META}fn violation(a, b) {{}}\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::ShadowedFunction),
        ),
        (
            "host function redefined with other arguments",
            format!("{META}fn  violation(a) {{}}\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::ShadowedFunction),
        ),
        (
            "method redefined",
            format!("{META}fn Findings.introduced() {{ this }}\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::ShadowedFunction),
        ),
        (
            "operator's function redefined",
            format!("{META}fn contains(a, b) {{ true }}\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::ShadowedFunction),
        ),
        (
            "parameter named like an effect",
            format!("{META}fn check(violation, params) {{ violation(violation, \"x\"); }}"),
            Refused(Code::ShadowedName),
        ),
        (
            "parameters the other way round",
            format!("{META}fn check(params, change) {{ for f in change.files {{}} }}"),
            Refused(Code::UnknownParameter),
        ),
        ("parameter twice", format!("{META}fn check(change, change) {{}}"), Refused(Code::SyntaxError)),
        (
            "rule twice",
            format!("{META}fn check(a, b) {{ note(\"run\"); }}\nfn check(a, b) {{ violation(a, \"x\"); }}"),
            Refused(Code::SyntaxError),
        ),
        ("metadata twice", format!("{META}{META}fn check(a, b) {{ note(\"run\"); }}"), Refused(Code::BrokenMetadata)),
        (
            "metadata twice, the second harmless",
            format!("{META}{}fn check(a, b) {{ note(\"run\"); }}", META.replace("hard-mandatory", "advisory")),
            Refused(Code::BrokenMetadata),
        ),
        (
            "evidence needed and not",
            META.replace("] }", "], optional: [\"files\"] }") + "fn check(a, b) { note(\"run\"); }",
            Refused(Code::BrokenMetadata),
        ),
        ("constant that is computed", format!("const X = 1 + 1;\n{}", rule("")), Refused(Code::BrokenMetadata)),
        (
            "effect before the rule",
            format!("{META}note(\"x\");\nfn check(c, p) {{ note(\"run\"); }}"),
            Refused(Code::BrokenMetadata),
        ),
        (
            "constant changed",
            format!("const X = [1];\n{META}fn check(c, p) {{ note(\"run\"); global::X.push(1); }}"),
            Refused(Code::UnusedValue),
        ),
        (
            "line that is hidden in a comment",
            rule("// nothing \u{2028} violation(change, \"x\");"),
            Refused(Code::SyntaxError),
        ),
        ("text that is turned round", rule("/* \u{202e} */ violation(change, \"x\");"), Refused(Code::SyntaxError)),
        ("name with a hidden character", rule("change.fi\u{200b}les;"), Refused(Code::SyntaxError)),
        ("name in another alphabet", rule("change.f\u{456}les;"), Refused(Code::SyntaxError)),
        ("end of text inside", rule("let a = \"\0\";"), Refused(Code::SyntaxError)),
        ("lines that end as on Windows", rule("// x\nviolation(change, \"x\");").replace('\n', "\r\n"), Is(Violated)),
        ("byte order mark", format!("\u{feff}{}", rule("violation(change, \"x\");")), Is(Violated)),
    ]
}
