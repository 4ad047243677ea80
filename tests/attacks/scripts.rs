//! Whole scripts: what comes before a rule runs, and what only many lines make.

use super::harness::{Attack, End, META, rule};
use End::{Errs, Harmless, Limit, Objects, Refused};

fn numbered(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

/// One expression in another, as deep as the size of a script allows.
fn depths() -> Vec<Attack> {
    let kinds: &[(&str, &str, &str, usize)] = &[
        ("parentheses", "(", ")", 25_000),
        ("brackets", "[", "]", 25_000),
        ("braces of maps", "#{a:", "}", 10_000),
        ("texts in texts", "`${", "}`", 10_000),
        ("functions in functions", "|| {", "}", 8_000),
        ("negations", "!", "", 60_000),
        ("minus", "- ", "", 30_000),
        ("conditions as values", "if true {", "} else { 1 }", 2_500),
        ("calls in calls", "abs(", ")", 10_000),
    ];
    let deep = kinds.iter().map(|(name, open, close, count)| {
        let body = format!("let a = {}1{};", open.repeat(*count), close.repeat(*count));
        Attack::script("deep expressions", format!("deep expressions: {name}"), rule(&body), Refused)
    });
    let chains = [
        ("blocks", "{".repeat(30_000) + &"}".repeat(30_000)),
        ("loops", "loop {".repeat(7_000) + &"}".repeat(7_000)),
        ("otherwise", format!("if false {{}}{}", " else if false {}".repeat(3_500))),
        ("sums", format!("let a = 1{};", "+1".repeat(25_000))),
        ("properties", format!("change{};", ".files".repeat(9_000))),
        ("indices", format!("let a = []; a{};", "[0]".repeat(20_000))),
        ("conditions", format!("let a = true{};", "&&true".repeat(9_000))),
        ("open and never closed", "(".repeat(60_000)),
    ];
    let chains = chains.into_iter().map(|(name, body)| {
        Attack::script("deep expressions", format!("deep expressions: {name}"), rule(&body), Refused)
    });
    deep.chain(chains).collect()
}

/// As deep as expressions and calls may be, on the stack that the process begins with.
fn stacks() -> Vec<Attack> {
    let of = |name: &str, script: String| {
        Attack::script("recursion", format!("recursion: {name}"), format!("{META}{script}"), Limit)
            .limited(&["call_depth=64", "expression_depth=64"])
    };
    let wrap = |open: &str, inner: &str, close: &str, count: usize| open.repeat(count) + inner + &close.repeat(count);
    vec![
        of("of one", "fn f(x) { f(x + 1) }\nfn check(c, p) { f(0); }".to_owned()),
        of("of two", "fn f(x) { g(x) }\nfn g(x) { f(x) }\nfn check(c, p) { f(0); }".to_owned()),
        of("of the rule", "fn check(c, p) { check(c, p); }".to_owned()),
        of(
            "in parentheses",
            format!("fn f(n) {{ {} }}\nfn check(c, p) {{ f(0); }}", wrap("1 + (", "f(n + 1)", ")", 14)),
        ),
        of("in arrays", format!("fn f(n) {{ {} }}\nfn check(c, p) {{ f(0); }}", wrap("[", "f(n + 1)", "]", 14))),
        of(
            "in arguments",
            format!("fn g(x) {{ x }}\nfn f(n) {{ {} }}\nfn check(c, p) {{ f(0); }}", wrap("g(", "f(n + 1)", ")", 28)),
        ),
        of("in texts", format!("fn f(n) {{ {} }}\nfn check(c, p) {{ f(0); }}", wrap("`${", "f(n + 1)", "}`", 14))),
        of(
            "in blocks",
            format!("fn f(n) {{ {} }}\nfn check(c, p) {{ f(0); }}", wrap("if true { ", "f(n + 1);", " }", 14)),
        ),
        of("in callbacks", "fn f(n) { [1].map(|x| f(x)) }\nfn check(c, p) { f(0); }".to_owned()),
        of(
            "in callbacks of callbacks",
            "fn f(n) { [1].map(|x| [x].filter(|y| { f(y); true })) }\nfn check(c, p) { f(0); }".to_owned(),
        ),
        of("in comparers", "fn f(n) { [1, 2].sort(|x, y| f(x)) }\nfn check(c, p) { f(0); }".to_owned()),
        of(
            "without end",
            "fn f(n) { if n < 2 { 1 } else { f(n - 1) + f(n - 2) } }\nfn check(c, p) { f(40); }".to_owned(),
        ),
    ]
}

fn lengths() -> Vec<Attack> {
    let of = |kind: &'static str, name: &str, script: String, end: End| {
        Attack::script(kind, format!("{kind}: {name}"), script, end)
    };
    let long = "long scripts";
    let many = "many names";
    vec![
        of(long, "longer than a script may be", rule(&" ".repeat(64 * 1024)), Refused),
        of(long, "longer than it may be here", rule(&" ".repeat(2_000)), Refused).limited(&["script_bytes=1000"]),
        of(long, "statements", rule(&"1;".repeat(25_000)), Errs),
        of(long, "one line", rule(&"note(\"\");".repeat(6_000)), Harmless),
        of(long, "empty lines", rule(&"\n".repeat(60_000)), Harmless),
        of(long, "a long text", rule(&format!("let a = \"{}\";", "a".repeat(60_000))), Harmless),
        of(long, "a long number", rule(&format!("let a = {};", "9".repeat(60_000))), Harmless),
        of(long, "a text that never ends", rule("let a = \"x;"), Refused),
        of(long, "comments in comments", rule(&"/*".repeat(30_000)), Refused),
        of(long, "elements", rule(&format!("let a = [{}];", "1,".repeat(30_000))), Refused),
        of(long, "arguments", rule(&format!("note({}1);", "1,".repeat(20_000))), Refused),
        of(many, "variables", rule(&numbered(4_000, |i| format!("let a{i}=1;"))), Limit),
        of(many, "variables of one name", rule(&"let a=1;".repeat(7_000)), Harmless),
        of(many, "variables of a function", rule(&numbered(300, |i| format!("let a{i}=1;"))), Limit),
        of(many, "functions", numbered(4_000, |i| format!("fn f{i}(){{}}")) + &rule(""), Refused),
        of(many, "nameless functions", rule(&"|x| x;".repeat(9_000)), Refused),
        of(many, "keys", rule(&format!("let m=#{{{}}};", numbered(6_000, |i| format!("a{i}:1,")))), Harmless),
        of(many, "a key again and again", rule(&format!("let m=#{{{}}};", "a:1,".repeat(9_000))), Refused),
        of(many, "properties that are none", rule(&"change.filez;".repeat(4_500)), Refused),
        of(
            many,
            "names that are near others",
            rule(&format!(
                "let m = #{{ {} }}; {}",
                numbered(2_500, |i| format!("a{i}: 1, ")),
                numbered(2_500, |i| format!("m.b{i};"))
            )),
            Refused,
        ),
        of(many, "a long name", rule(&format!("change.{};", "a".repeat(60_000))), Refused),
        of(
            many,
            "long names that are near",
            rule(&format!("let m = #{{ {}: 1 }}; change.{};", "b".repeat(30_000), "a".repeat(30_000))),
            Refused,
        ),
        of(many, "constants", numbered(3_000, |i| format!("const A{i}=1;")) + &rule(""), Limit),
        of(many, "globs", rule(&numbered(1_100, |i| format!("change.files.under(\"{{b*c,d?}}*/**/[!x]{i}\");"))), Errs),
    ]
}

/// What is read is not what runs.
fn characters() -> Vec<Attack> {
    let of = |name: &str, script: Vec<u8>, end: End| {
        Attack::script("characters", format!("characters: {name}"), script, end)
    };
    let objects = "violation(change, \"x\");";
    vec![
        of("a line hidden in a comment", rule("// nothing \u{2028} violation(change, \"x\");").into(), Refused),
        of("text that is turned round", rule("/* \u{202e} */ violation(change, \"x\");").into(), Refused),
        of("text that is isolated", rule("/* \u{2066} */").into(), Refused),
        of("a name with nothing in it", rule("change.fi\u{200b}les;").into(), Refused),
        of("a name with a joiner in it", rule("let viola\u{200d}tion = 1;").into(), Refused),
        of("a name in another alphabet", rule("change.f\u{456}les;").into(), Refused),
        of(
            "a function in another alphabet",
            format!("{META}fn violati\u{43e}n(a, b) {{}}\nfn check(c, p) {{ violati\u{43e}n(c, \"x\"); }}").into(),
            Refused,
        ),
        of("wide letters", rule("let \u{ff41} = 1;").into(), Refused),
        of("the end of a text inside", rule("let a = \"\0\";").into(), Refused),
        of("the end of a text outside", rule("\0").into(), Refused),
        of("escapes outside of texts", rule("\x1b[31m").into(), Refused),
        of("a carriage return that hides a line", rule("// x\rviolation(change, \"x\");").into(), Refused),
        of("lines that end as on Windows", rule(objects).replace('\n', "\r\n").into(), Objects),
        of("a byte order mark", format!("\u{feff}{}", rule(objects)).into(), Objects),
        of("two byte order marks", format!("\u{feff}\u{feff}{}", rule(objects)).into(), Objects),
        of("another encoding", rule("// caf").into_bytes().into_iter().chain([0xe9, b'\n']).collect(), Refused),
        of("two bytes for each", rule(objects).encode_utf16().flat_map(u16::to_le_bytes).collect(), Refused),
        of("no characters at all", (0..=255).collect(), Refused),
        of("half a character", vec![0xf0, 0x9f, 0x98], Refused),
        of("nothing", Vec::new(), Refused),
        of("a program", b"#!/bin/sh\nrm -rf /\n".to_vec(), Refused),
    ]
}

fn metadata() -> Vec<Attack> {
    let of =
        |name: &str, script: String, end: End| Attack::script("metadata", format!("metadata: {name}"), script, end);
    let with = |old: &str, new: &str| META.replace(old, new) + "fn check(c, p) {}";
    vec![
        of("none", "fn check(c, p) {}".to_owned(), Refused),
        of("twice", format!("{META}{META}fn check(c, p) {{}}"), Refused),
        of(
            "twice, the second harmless",
            format!("{META}{}fn check(c, p) {{}}", META.replace("hard-mandatory", "advisory")),
            Refused,
        ),
        of("a key twice", with("risk: \"high\"", "risk: \"high\", risk: \"none\""), Refused),
        of("computed", with("\"high\"", "\"hi\" + \"gh\""), Refused),
        of("that calls", with("\"high\"", "note(\"x\")"), Refused),
        of("that loops", with("\"high\"", "{ loop {} }"), Refused),
        of("deep", with("\"high\"", &("[".repeat(5_000) + &"]".repeat(5_000))), Refused),
        of("huge", with("title: \"t\"", &format!("title: \"{}\"", "t".repeat(60_000))), Harmless),
        of("many needs", with("[\"files\"]", &format!("[{}]", "\"files\",".repeat(5_000))), Harmless),
        of("unknown needs", with("[\"files\"]", &format!("[{}]", "\"x\",".repeat(5_000))), Refused),
        of("no needs", with("[\"files\"]", "[]"), Harmless),
        of("a word that is none", with("hard-mandatory", "hard_mandatory"), Refused),
        of("an interpolation", with("\"high\"", "`${\"high\"}`"), Refused),
        of("hostile", with("title: \"t\"", "title: \"\\x1b[31m\\u202e\\n# Approved<script>\""), Harmless),
        of("statements beside it", format!("{META}loop {{}}\nfn check(c, p) {{}}"), Refused),
        of("an effect beside it", format!("{META}note(\"x\");\nfn check(c, p) {{}}"), Refused),
        of("a constant that is computed", format!("const X = 1 + 1;\n{}", rule("")), Refused),
        of("a rule without a rule", META.to_owned(), Refused),
        of("two rules", format!("{META}fn check(a, b) {{}}\nfn check(a, b) {{ violation(a, \"x\"); }}"), Refused),
        of("other arguments", format!("{META}fn check(a) {{}}"), Refused),
    ]
}

fn redefinitions() -> Vec<Attack> {
    let of = |name: &str, script: &str, end: End| {
        Attack::script("redefinitions", format!("redefinitions: {name}"), format!("{META}{script}"), end)
    };
    vec![
        of("an effect", "fn violation(a, b) {}\nfn check(c, p) { violation(c, \"x\"); }", Refused),
        of("an effect with other arguments", "fn violation(a) {}\nfn check(c, p) {}", Refused),
        of("a method", "fn Files.under(g) { this }\nfn check(c, p) {}", Refused),
        of("what texts are asked", "fn contains(a, b) { true }\nfn check(c, p) {}", Refused),
        of("print", "fn print(a) { loop {} }\nfn check(c, p) { print(1); }", Refused),
        of("how values are shown", "fn to_string(x) { loop {} }\nfn check(c, p) { let t = `${[1]}`; }", Refused),
        of("a property", "fn get$files(c) { 1 }\nfn check(c, p) {}", Refused),
        of("the parameter that is the effect", "fn check(violation, params) { violation(violation, \"x\"); }", Objects),
        of("the parameters the other way round", "fn check(params, change) { for f in change.files {} }", Errs),
        of("a constant that is changed", "const X = [1];\nfn check(c, p) { global::X.push(1); }", Errs),
        of("the metadata at its run", "fn check(c, p) { global::RULE.enforcement = \"advisory\"; }", Errs),
    ]
}

pub(crate) fn attacks() -> Vec<Attack> {
    [depths(), stacks(), lengths(), characters(), metadata(), redefinitions()].into_iter().flatten().collect()
}
