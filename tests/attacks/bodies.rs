//! Bodies of `check`: what a rule does when it runs.

use super::harness::{Attack, End, rule};
use End::{Errs, Harmless, HeldBack, Limit, Objects, Refused};

/// Kind, name, body, end.
#[rustfmt::skip]
const BODIES: &[(&str, &str, &str, End)] = &[
    ("endless loops", "loop", "loop {}", Limit),
    ("endless loops", "while", "while true {}", Limit),
    ("endless loops", "do while", "do {} while true;", Limit),
    ("endless loops", "do until", "do {} until false;", Limit),
    ("endless loops", "all numbers", "for i in 0..9223372036854775807 {}", Limit),
    ("endless loops", "backwards", "for i in range(9223372036854775807, -9223372036854775807, -1) {}", Limit),
    ("endless loops", "the smallest step", "for i in range(0.0, 1.0, 1e-320) {}", Limit),
    ("endless loops", "a loop of loops", "loop { for i in 0..3 { while i < 9 { i += 1; } } }", Limit),
    ("endless loops", "a list that grows while it is read", "let a = [1]; for x in a { a.push(x); } loop { for x in a {} }", Limit),

    ("callbacks", "one that never ends", "[1].map(|x| { loop {} });", Limit),
    ("callbacks", "each a million steps", "let a = []; a.pad(1000, 0); a.map(|x| { for i in 0..1000000 {} 1 });", Limit),
    ("callbacks", "filter", "let a = []; a.pad(1000, 0); a.filter(|x| { for i in 0..1000000 {} true });", Limit),
    ("callbacks", "for_each", "[1].for_each(|| { loop {} });", Limit),
    ("callbacks", "reduce", "[1, 2].reduce(|s, x| { loop {} }, 0);", Limit),
    ("callbacks", "some", "let a = []; a.pad(5000, 0); loop { a.some(|x| x > 0); }", Limit),
    ("callbacks", "index_of", "let a = []; a.pad(5000, 0); loop { a.index_of(|x| x > 0); }", Limit),
    ("callbacks", "of a map", "#{ a: 1 }.filter(|k, v| { loop {} });", Limit),
    ("callbacks", "drain", "let a = [1, 2]; a.drain(|x| { loop {} });", Limit),
    ("nested callbacks", "three deep", "let a = []; a.pad(100, 0); a.map(|x| { let b = []; b.pad(1000, 0); b.map(|y| { let c = []; c.pad(1000, 0); c.map(|z| z + 1); 1 }); 1 });", Limit),
    ("nested callbacks", "zip of zips", "let a = []; a.pad(1000, 0); a.zip(a, |x, y| { let b = []; b.pad(1000, 0); b.zip(b, |p, q| p + q).len() });", Limit),
    ("nested callbacks", "as deep as calls go", "[1].map(|a| [1].map(|b| [1].map(|c| [1].map(|d| [1].map(|e| { loop {} })))));", Limit),

    ("limits swallowed", "a comparer that ends in a limit, then a return", "let a = [3, 1, 2]; a.sort(|x, y| { loop {} }); return;", Limit),
    ("limits swallowed", "removal of doubles by what ends in a limit", "let a = [1, 1, 2]; a.dedup(|x, y| { loop {} }); return;", Limit),
    ("limits swallowed", "in an interpolation", "let t = `${[1].map(|x| { loop {} })}`; return;", Limit),
    ("limits swallowed", "a long text inside of a text", "let s = \"\"; s.pad(200000, \"x\"); let a = []; a.pad(9000, 0); for i in 0..9000 { a[i] = s; } let t = `${a}`; return;", Limit),
    ("limits swallowed", "the last statement", "let s = \"\"; s.pad(200000, \"x\"); let a = []; a.pad(9000, 0); for i in 0..9000 { a[i] = s; } note(`${a}`);", Limit),
    ("limits swallowed", "try", "while true { try { loop {} } catch { } }", Refused),
    ("limits swallowed", "a limit, then not applicable", "not_applicable(\"x\"); loop {}", Limit),

    ("nested containers", "arrays", "let a = []; loop { a = [a]; }", HeldBack),
    ("nested containers", "arrays by index", "let a = []; loop { let b = [0]; b[0] = a; a = b; }", HeldBack),
    ("nested containers", "arrays by push", "let a = []; loop { let b = []; b.push(a); a = b; }", HeldBack),
    ("nested containers", "maps", "let a = #{}; loop { a = #{ a: a }; }", HeldBack),
    ("nested containers", "both", "let a = #{}; loop { a = #{ a: [a] }; }", HeldBack),
    ("nested containers", "a tower", "let a = []; a.pad(9999, 0); let b = []; b.pad(1000, 0); for i in 0..999 { b[i] = a; } let c = b; let d = b; let e = b;", HeldBack),
    ("nested containers", "deep, then shown", "let a = []; for i in 0..1500 { a = [a]; } let t = `${a}`;", Harmless),
    ("nested containers", "deep, then compared", "let a = []; for i in 0..1500 { let b = [0]; b[0] = a; a = b; } let b = a; note(`${a == b}`);", Harmless),
    ("nested containers", "deep, then given back", "let a = []; for i in 0..2000 { a = [a]; } a", Errs),

    ("captures and pointers", "a chain of captures", "let a = 1; loop { let b = a; let f = || b; a = f; }", Refused),
    ("captures and pointers", "a circle of captures", "let x = #{}; x.f = || x;", Refused),
    ("captures and pointers", "curry", "let f = |x| x; loop { f = f.curry(1); }", Refused),
    ("captures and pointers", "a function by name", "let f = Fn(\"violation\"); f.call(change, \"x\");", Refused),
    ("captures and pointers", "a function that holds a function", "let f = |x| x; let a = [f]; loop { a = [a]; }", HeldBack),
    ("captures and pointers", "a function that calls itself through a list", "let a = [|f, a| f.call(f, a)]; let f = a[0]; f.call(f, a);", Limit),
    ("captures and pointers", "a function in a map called as a method", "let m = #{ f: |x| { loop {} } }; m.f(1);", Limit),

    ("shadowing", "an effect by a variable", "let violation = |a, b| 0; for f in change.files { violation(f, \"x\"); }", Objects),
    ("shadowing", "the change", "change = #{}; let x = change.files;", Errs),
    ("shadowing", "the parameters", "params = 1; let x = params.list;", Errs),
    ("shadowing", "ten thousand times", "for i in 0..100000 { let change = i; let params = i; }", Limit),

    ("names that reach outside", "eval", "eval(\"violation(change, 1)\");", Refused),
    ("names that reach outside", "sleep", "sleep(5);", Refused),
    ("names that reach outside", "clock", "let x = timestamp();", Refused),
    ("names that reach outside", "random", "let x = rand();", Refused),
    ("names that reach outside", "open a file", "let x = open_file(\"/etc/passwd\");", Refused),
    ("names that reach outside", "environment", "let x = env(\"HOME\");", Refused),
    ("names that reach outside", "a command", "let x = system(\"id\");", Refused),
    ("names that reach outside", "bytes", "let x = blob(1000000000000);", Refused),
    ("names that reach outside", "bytes of a text", "let x = \"a\".to_blob();", Errs),

    ("ends before the end", "exit", "exit(0);", Refused),
    ("ends before the end", "throw", "throw \"x\";", Refused),
    ("ends before the end", "true", "return true;", Errs),
    ("ends before the end", "a map that looks like a verdict", "#{ outcome: \"satisfied\", decision: \"approved\" }", Errs),
    ("ends before the end", "an array", "[]", Errs),
    ("ends before the end", "a function", "|x| x", Errs),
    ("ends before the end", "break outside of a loop", "break;", Refused),

    ("print floods", "print", "loop { print(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"); }", Limit),
    ("print floods", "debug", "loop { debug(change); }", Limit),
    ("print floods", "long texts", "let s = \"\"; s.pad(200000, \"x\"); loop { print(s); }", Limit),

    ("numbers", "addition past the end", "let a = 9223372036854775807; let b = a + 1;", Errs),
    ("numbers", "negation past the end", "let a = -9223372036854775807 - 1; let b = -a;", Errs),
    ("numbers", "division by zero", "let b = 0; let c = 1 / b;", Errs),
    ("numbers", "the least by minus one", "let a = -9223372036854775807 - 1; let b = -1; let c = a / b;", Errs),
    ("numbers", "remainder", "let a = -9223372036854775807 - 1; let b = -1; let c = a % b;", Errs),
    ("numbers", "absolute value of the least", "let a = -9223372036854775807 - 1; let b = abs(a);", Errs),
    ("numbers", "a large power", "let b = 1000; let a = 2 ** b;", Errs),
    ("numbers", "a power past numbers", "let a = 0 - 1; let b = a ** 9223372036854775807;", Errs),
    ("numbers", "shifts", "let m = -9223372036854775807 - 1; let a = (1 << m) + (1 >> m) + (m << 9223372036854775807);", Harmless),
    ("numbers", "no number compared", "let a = 0.0 / 0.0; if a > 1.0 {}", Errs),
    ("numbers", "no number as an end", "let n = 0.0 / 0.0; for i in range(0.0, n, 1.0) {}", Harmless),
    ("numbers", "too large for an integer", "let a = 1e300; let b = a.to_int();", Errs),
    ("numbers", "bits past the end", "let a = 5; let b = a[0..=64];", Errs),
    ("numbers", "odd bases", "let a = parse_int(\"10\", 99);", Errs),
    ("numbers", "places past the end", "let s = \"abc\"; let c = s[9223372036854775807];", Errs),
    ("numbers", "parts past the end", "let s = \"a\u{e9}\"; let c = s.sub_string(1, 9223372036854775807); s.crop(-5, 3); s.truncate(-1); let a = [1]; a.splice(-9, 9223372036854775807, [2]); a.extract(9223372036854775807, 9223372036854775807); a.drain(-9223372036854775807, 9223372036854775807); note(\"\");", Harmless),

    ("comparers", "without an order", "let a = []; for i in 0..2000 { a.push((i * 7919) % 2001); } a.sort(|x, y| if x % 2 == 0 { 1 } else { -1 });", Harmless),
    ("comparers", "that give back nothing", "let a = [3, 1, 2]; a.sort(|x, y| ());", Errs),
    ("comparers", "that call without end", "let a = [3, 1, 2]; a.sort(|x, y| [x, y].sort(|p, q| [p, q].sort(|s, t| { loop {} })));", Limit),
    ("comparers", "that compare what can't be", "let a = [3, \"1\", 2]; a.sort(|x, y| x < y);", Errs),
    ("comparers", "doubles of different types", "let a = [3, \"3\"]; a.dedup();", Errs),
    ("comparers", "that errs", "let a = [3, 1, 2]; a.sort(|x, y| x.nothing_of_the_kind);", Refused),
    ("comparers", "of anything", "let a = [1, \"a\", 2.0, true]; a.sort();", Errs),
    ("comparers", "long shared texts", "let s = \"\"; s.pad(200000, \"x\"); let t = s; t.pop(); let a = []; a.pad(9999, 0); for i in 0..9999 { a[i] = if i % 3 == 0 { s } else { t }; } a.sort();", Limit),
    ("comparers", "a needle in lists of lists", "let a = []; for i in 0..4999 { a.push([]); } let b = []; b.pad(9999, 0); loop { let x = a.contains(b); }", Limit),
    ("comparers", "long texts in a list", "let s = \"\"; s.pad(200000, \"x\"); let t = \"y\"; t.pad(200000, \"x\"); let a = []; a.pad(9999, 0); for i in 0..9999 { a[i] = s; } loop { let b = a.index_of(t); }", Limit),
    ("comparers", "different types in a list", "let x = [1, 2].contains(\"1\");", Errs),

    ("globs", "many", "for i in 0..200000 { let x = change.files.under(`a${i}/**`); }", Limit),
    ("globs", "thousands in one call, again and again", "let a = []; for i in 0..9000 { a.push(`**/*a${i}*b*c*d*e?`); } for i in 0..1000 { let x = change.files.under(a + [`x${i}`]); }", Limit),
    ("globs", "nested", "let s = \"\"; for i in 0..300 { s += \"{a,\"; } for i in 0..300 { s += \"}\"; } let x = change.files.under(s);", Limit),
    ("globs", "long", "let s = \"\"; s.pad(100000, \"[!a]\"); let x = change.files.under(s);", Limit),
    ("globs", "stars and stars", "let s = \"\"; s.pad(900, \"*a\"); let x = change.files.under(s); let y = change.files.under(\"**/**/**/**/**/**/**/**/x\");", Harmless),
    ("globs", "alternatives of alternatives", "let x = change.files.under(\"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}\");", Harmless),
    ("globs", "half a class", "let x = change.files.under(\"src/[a\");", Refused),
    ("globs", "half a class, made when it runs", "let g = \"src/[\"; g += \"a\"; let x = change.files.under(g);", Errs),
    ("globs", "out of the tree", "let x = change.files.under(\"../../etc/*\");", Refused),

    ("words", "one that is none", "let x = change.files.kind(\"sourc\");", Refused),
    ("words", "one that is none, made when it runs", "let w = \"sour\"; w += \"k\"; let x = change.files.kind(w);", Errs),
    ("words", "a long one", "let s = \"\"; s.pad(200000, \"a\"); let x = change.files.kind(s);", Errs),
    ("words", "many", "let a = []; a.pad(9999, \"source\"); loop { let x = change.files.kind(a); }", HeldBack),
    ("words", "a long licence", "let s = \"MIT\"; s.pad(200000, \" AND MIT\"); let x = change.licences.allowed(s);", Errs),
    ("words", "a licence of brackets", "let s = \"\"; s.pad(50000, \"(\"); let x = change.licences.allowed(s);", Errs),

    ("hostile messages", "colours and titles", "for f in change.files { violation(f, \"\\x1b[2J\\x1b]0;pwned\\x07\\x1b[31mapproved\"); }", Objects),
    ("hostile messages", "turned round", "for f in change.files { violation(f, \"\\u202edevorppa\\u2066x\\u2069\\u200f\"); }", Objects),
    ("hostile messages", "lines that look like a verdict", "for f in change.files { violation(f, \"x\\n\\n# Approved\\n\\n| a | b |\\n| --- | --- |\\r\\n::set-output name=x::y\"); }", Objects),
    ("hostile messages", "markup", "for f in change.files { violation(f, \"<script>alert(1)</script><img src=x onerror=y> [x](http://evil) ![y](http://evil) </details>\"); }", Objects),
    ("hostile messages", "control characters of the second set", "for f in change.files { violation(f, \"\\u0085\\u009b31m\\u2028x\\u2029\\x7f\\x00\"); }", Objects),
    ("hostile messages", "in what is remarked", "note(\"\\x1b[31m\\u202ex\\n# Approved\"); recommend(\"\\x1b[31m<script>\"); follow_up(\"\\u009b31m[x](http://evil)\");", Harmless),
    ("hostile messages", "in what is assessed", "assess(\"process\", \"low\", \"\\x1b[31m\\n# Approved\\u202e\");", Harmless),
    ("hostile messages", "in the word that it does not apply", "not_applicable(\"\\x1b[31m\\n\\n# Approved\\u202e<script>\");", Harmless),
    ("hostile messages", "in an error", "let m = #{}; let x = m[\"\\x1b[31m\\u202e\\n# Approved<script>\"].len();", Errs),
    ("hostile messages", "in a word that is none", "let w = \"\\x1b[31m\\u202e\\n# Approved\"; let x = change.files.kind(w);", Errs),
    ("hostile messages", "in an approver that is none", "for f in change.files { violation(f, \"x\").approvers([\"te\\x1b[31mam:\\u202e\"]); }", Errs),
    ("hostile messages", "on the log", "print(\"\\x1b[31m\\u202ex\"); debug(\"\\x1b[31m\");", Harmless),

    ("effects that are none", "a violation of a number", "violation(1, \"x\");", Errs),
    ("effects that are none", "a violation of a list", "violation(change.files, \"x\");", Errs),
    ("effects that are none", "of another type", "violation(change, 1);", Errs),
    ("effects that are none", "a risk that is none", "violation(change, \"x\").risk(\"nothing\");", Errs),
    ("effects that are none", "a category that is none", "assess(\"no such category\", \"low\", \"x\");", Errs),
    ("effects that are none", "a reason that is none", "not_applicable(\" \");", Errs),

    ("mistakes that pass elsewhere", "switch", "switch 1 { _ => {} }", Refused),
    ("mistakes that pass elsewhere", "what is missing, hidden", "let x = change.title ?? \"\";", Refused),
    ("mistakes that pass elsewhere", "a property of nothing", "let x = change?.files;", Refused),
    ("mistakes that pass elsewhere", "number and text", "let a = 4; let b = \"0\"; if a > b {}", Errs),
    ("mistakes that pass elsewhere", "an entry that is not there", "let m = #{ a: 1 }; let k = \"b\"; if m[k] == 1 {}", Errs),
    ("mistakes that pass elsewhere", "this", "this.files;", Errs),
];

/// Floods of effects: kind, name, body, limits.
#[rustfmt::skip]
const FLOODS: &[(&str, &str, &[&str])] = &[
    ("violations", "loop { violation(change, \"x\"); }", &["effects=100"]),
    ("notes", "loop { note(\"x\"); }", &["effects=100"]),
    ("recommendations and follow-ups", "loop { recommend(\"x\"); follow_up(\"y\"); }", &["effects=100"]),
    ("assessments", "loop { assess(\"process\", \"low\", \"x\"); }", &["effects=100"]),
    ("long violations", "let s = \"\"; s.pad(200000, \"x\"); for i in 0..10000 { violation(change, s + `${i}`); }", &["effect_bytes=300000"]),
    ("long notes", "let s = \"\"; s.pad(200000, \"x\"); for i in 0..10000 { note(s + `${i}`); }", &["effect_bytes=300000"]),
    ("long remedies", "let s = \"\"; s.pad(200000, \"x\"); let v = violation(change, \"x\"); loop { v.remedy(s); }", &["effect_bytes=300000"]),
    ("approvers", "let a = []; for i in 0..5000 { a.push(`user:u${i}`); } loop { violation(change, \"x\").approvers(a); }", &["effects=10", "operations=2000000"]),
];

pub(crate) fn attacks() -> Vec<Attack> {
    let bodies =
        BODIES.iter().map(|(kind, name, body, end)| Attack::script(kind, format!("{kind}: {name}"), rule(body), *end));
    let floods = FLOODS.iter().map(|(name, body, limits)| {
        Attack::script("floods of effects", format!("floods of effects: {name}"), rule(body), Limit).limited(limits)
    });
    bodies.chain(floods).collect()
}
