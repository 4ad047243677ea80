//! Scripts without a mistake, each of which loads without a complaint.

use tollgate::policy::PolicySet;

use super::{directory, load, rule, told};

#[rustfmt::skip]
const CORRECT: &[(&str, &str)] = &[
    ("loop and report", "for f in change.findings.introduced().severity_at_least(params.severity) { violation(f, `${f.rule} in ${f.path}: ${f.message}`); }"),
    ("expression of a workflow", "for f in change.findings { if f.message.contains(\"${{ github.event }}\") || f.message.contains(\"${TOKEN}\") { violation(f, f.message); } }"),
    ("shares", "let part = change.findings.count(); let all = change.files.count(); if all > 0 && (part * 100 / all > 50 || part.to_float() / all > 0.5 || part / 10 * 10 == 20 || part / all > 3) { violation(change, \"m\"); }"),
    ("list that a function fills", "let names = []; for f in change.files { push(names, f.path); } if len(names) > 3 { violation(change, join(names, \", \")); }"),
    ("count and compare", "if change.findings.count() > params.limit { violation(change, `${change.findings.count()} findings`); }"),
    ("word with a word", "for f in change.findings { if f.severity >= params.severity { violation(f, f.message); } }"),
    ("word with a text", "for f in change.findings { if f.severity != \"low\" && f.level == \"error\" { violation(f, f.message); } }"),
    ("word in a list", "for f in change.files { if f.status in [\"added\", \"renamed\"] { violation(f, f.path); } }"),
    ("word in a text", "for f in change.files { note(`${f.path} is ${f.status}`); note(f.status + \" is \" + f.path); }"),
    ("text and number", "note(\"findings: \" + change.findings.count());"),
    ("decimal and whole number", "for f in change.findings { if f.score > 7 || f.score >= params.ratio { violation(f, `${f.score}`); } }"),
    ("list grows in a loop", "let names = []; for d in change.dependencies { names.push(d.name); } if !names.is_empty() { violation(change, names.join(\", \")); }"),
    ("list grows by another", "let names = []; for d in change.dependencies { names += d.before; names += d.name; } note(names.join(\", \"));"),
    ("map as a set", "let seen = #{}; for f in change.files { seen[f.path] = true; } for f in change.findings { if f.path in seen { violation(f, f.message); } }"),
    ("map with counts", "let counts = #{}; for f in change.findings { let n = if f.tool in counts { counts[f.tool] } else { 0 }; counts[f.tool] = n + 1; } for tool in counts.keys() { note(`${tool}: ${counts[tool]}`); }"),
    ("groups", "let groups = change.findings.group_by(\"tool\"); for tool in groups.keys() { if groups[tool].count() > 3 { violation(change, `${tool}: ${groups[tool].count()}`); } }"),
    ("record", "let limits = #{ npm: 1, pypi: 2 }; if change.dependencies.count() > limits.npm + limits[\"pypi\"] { violation(change, \"m\"); }"),
    ("record that gets an entry", "let m = #{ a: 1 }; m.b = 2; m[\"c\"] = 3; note(`${m.a + m.b + m.c}`);"),
    ("map in a map", "let m = #{ a: #{ b: 1 } }; m.a.b = 2; m.a.c = 3; note(`${m.a.b}`);"),
    ("variable for the first", "let first = \"\"; let others = -1; for f in change.files { if first == \"\" { first = f.path; } others += 1; } if first != \"\" { violation(change, `${first} and ${others} others`); }"),
    ("number with a name", "let limit = 5; let none = 0; if change.files.count() > limit || change.findings.count() > none { violation(change, `${limit}`); }"),
    ("number of each that is counted anew", "for d in change.dependencies { let n = 0; for f in change.files { if f.path == d.name { n += 1; } } if n > 3 { violation(d, \"m\"); } }"),
    ("number beside a parameter that switches off", "if params.limit > 0 && change.files.count() > params.limit { violation(change, \"m\"); }"),
    ("list that is filled in every way", "let a = []; let b = []; let c = []; let m = #{}; a += 1; b.insert(0, 2); c.append([3]); m.set(\"x\", 4); if a.len() > 1 || b.is_empty() || c.len > 1 || m.len() > 2 { violation(change, \"m\"); }"),
    ("list in a map that is filled", "let m = #{ a: [] }; m.a.push(1); let l = [[]]; l[0].push(2); if m.a.len() > 0 && l[0].len() > 0 && l.len() > 1 { violation(change, \"m\"); }"),
    ("number that a function of the script changes", "fn check(change, params) { let n = 0; n.bump(); if n > 0 { violation(change, \"m\"); } }\nfn bump() { this += 1; }"),
    ("numbers of the same name in two blocks", "if change.draft { let n = 0; note(`${n}`); } else { let n = 5; n -= 1; if n > 3 { note(\"m\"); } }"),
    ("flag that a loop sets", "let found = false; for l in change.labels { if l == \"urgent\" { found = true; break; } } if !found { violation(change, \"m\"); }"),
    ("early end", "if change.draft { return; }\nfor f in change.files { if f.binary { continue; } violation(f, f.path); }"),
    ("value of a condition", "let what = if change.draft { \"draft\" } else if change.fork { \"fork\" } else { \"change\" }; note(what);"),
    ("value of a block", "let n = { let a = 1; a + 2 }; note(`${n}`);"),
    ("condition that is an argument", "for f in change.files { violation(f, if f.status == \"added\" { \"new\" } else { `${f.status}` }); }"),
    ("what a violation gives", "let v = violation(change, \"m\"); if change.fork { v.risk(\"low\"); } violation(change, \"n\").risk(\"high\").remedy(\"r\").approvers([\"team:security\", \"owners\"]);"),
    ("text that is cut", "let parts = change.title.split(\"/\"); parts.pop(); note(parts.join(\"/\"));"),
    ("text that is changed", "let t = change.title; t.trim(); t.replace(\"a\", \"b\"); note(t.to_lower());"),
    ("characters", "let n = 0; for c in change.title { if c == ' ' { n += 1; } } note(`${n}`);"),
    ("characters of a function", "for c in change.title.chars() { if c != 'a' { note(`${c}`); } }"),
    ("numbers", "for i in 0..params.limit { note(`${i}`); } for i in range(0, 10, 2) { note(`${i + 1}`); }"),
    ("position in a loop", "for (f, i) in change.files { note(`${i}: ${f.path}`); }"),
    ("numbers of an item", "for f in change.findings { if 79 in f.cwe { violation(f, `${f.cwe.len()}`); } }"),
    ("part of a text", "let t = change.title; if t.len() > 3 && t[0] == 'a' && t[0..2] == \"ab\" && t.sub_string(1, 2) == \"bc\" { note(t); }"),
    ("filter and map", "let long = change.labels.filter(|l| l.len() > 3).map(|l| l.to_upper()); note(long.join(\", \"));"),
    ("some and all", "if change.labels.some(|l| l == \"x\") && params.names.all(|n| n != \"\") { note(\"m\"); }"),
    ("sum", "let n = [1, 2, 3].reduce(|sum, n| sum + n, 0); note(`${n}`);"),
    ("sorting", "let list = change.labels; list.sort(); list.sort(|a, b| if a < b { -1 } else { 1 }); note(list.join(\", \"));"),
    ("whole number with a decimal one", "if change.files.count() > 2.5 || change.coverage.percent() < 80 || change.findings.sum(\"line\").to_float() / 7 < 0.5 { violation(change, \"m\"); }"),
    ("sorting of dates and words", "let days = [change.today, date(\"2027-01-01\")]; days.sort(); let words = []; for f in change.findings { words.push(f.severity); } words.sort_desc(); note(`${days[0]} ${words.len()}`);"),
    ("map by words, with one entry for the rest", "let limits = #{ source: 50, test: 500, other_kinds: 5 }; for f in change.files { let k = `${f.kind}`; let limit = if k in limits { limits[k] } else { limits.other_kinds }; if f.added > limit { violation(f, f.path); } }"),
    ("flags that are set and reset", "let bad = false; let all = true; let any = false; for f in change.files { bad = false; all &= f.added > 3; any = any || f.binary; if f.hidden { bad = true; } } if bad || all || any { violation(change, \"m\"); }"),
    ("map by words, with an entry that reads like one", "let limits = #{ source: 50, rest: 5 }; for f in change.files { let k = `${f.kind}`; let limit = if k in limits { limits[k] } else { limits.rest }; if f.added > limit { violation(f, f.path); } } let named = #{ \"source\": 1, \"rest\": 2 }; for f in change.files { let k = `${f.kind}`; let n = if k in named { named[k] } else { named[\"rest\"] }; if f.added > n { violation(f, \"m\"); } }"),
    ("letters that are made others in place", "let t = change.title.to_lower(); t.make_upper(); let u = change.title.to_lower(); u.replace(\"x\", \"Y\"); let p = change.author; p.replace(\"bot\", \"@bot\"); if t == \"WIP\" || u.contains(\"Y\") || p == \"@bot\" { violation(change, \"m\"); }"),
    ("letters of one case", "let title = change.title.to_lower(); if title.contains(\"refund\") || title in [\"wip\", \"\"] || title != change.title || change.title.to_upper() == \"WIP 1\" || \"codeql\" in change.tools || change.author == \"dev\" { violation(change, title); }"),
    ("function in a variable", "let longer = |text, n| text.len() > n; if longer.call(change.title, 3) { note(\"m\"); }"),
    ("parameters", "for f in change.files.under(params.paths) { if params.strict && params.names.len() < params.limit { violation(f, f.path); } }"),
    ("word of the other scale", "for a in change.advisories { if a.severity >= params.severity { violation(a, a.summary); } }"),
    ("items that are compared", "for f in change.files { for g in change.files { if f == g { note(f.path); } } }"),
    ("assessment", "assess(\"payments\", if change.draft { \"low\" } else { \"high\" }, \"because\"); recommend(\"r\"); follow_up(\"f\");"),
    ("claims", "for c in change.claims.ticked() { if change.findings.is_empty() { supported(c, \"m\"); } else { contradicted(c, \"m\"); } }"),
    ("selections of other selections", "for f in change.findings.in_files(change.files.kind(\"source\").added()) { violation(f, f.message); }"),
    ("selection of two kinds in a variable", "let some = change.findings; if change.fork { some = some.severity(\"high\"); } for f in some { violation(f, f.message); }"),
    ("text that is asked about first", "let s = \"\"; for l in change.labels { if l == \"strict\" { s = \"high\"; } } if s != \"\" { for f in change.findings.severity(s) { violation(f, f.message); } }"),
    ("values of several types", "let list = [1, \"a\"]; for v in list { note(`${v}`); }"),
    ("loop that ends itself", "let n = 0; loop { n += 1; if n > 3 { break; } } note(`${n}`);"),
    ("loop with a value", "let n = loop { break 3; }; note(`${n + 1}`);"),
    ("endless condition", "let n = 0; while true { n += 1; if n > 3 { break; } } do { n -= 1; } while n > 0; note(`${n}`);"),
    ("variable that is not meant to be read", "let _unused = change.title;"),
    ("same name in blocks beside each other", "for f in change.files { let n = f.path; note(n); } for f in change.findings { let n = f.path; note(n); } if change.draft { let n = 1; note(`${n}`); } let n = 2; note(`${n}`);"),
    ("not in", "if \"zzz\" !in params.names && 7 !in [1, params.limit] && !change.draft { note(\"m\"); } for f in change.files { if \"zz\" !in f.path && f.status !in [\"added\"] { note(f.path); } }"),
    ("counts by words", "let counts = change.findings.count_by(\"severity\"); if \"high\" in counts && counts[\"high\"] > 3 && counts.contains(\"low\") { note(`${counts.high}`); } for k in counts.keys() { if k == \"critical\" || k in [\"high\"] { note(`${k}: ${counts[k]}`); } }"),
    ("counts by texts", "let counts = change.findings.count_by(\"tool\"); if \"anything\" in counts { note(`${counts[\"anything\"]}`); }"),
    ("counts by words and something else", "let counts = change.findings.count_by(\"severity\"); counts[\"all\"] = change.findings.count(); note(`${counts[\"all\"]}`); if \"all\" in counts { note(\"m\"); }"),
    ("map that a rule fills by words", "let n = #{ low: 0, high: 0 }; for f in change.findings { let s = `${f.severity}`; if s !in n { n[s] = 0; } n[s] += 1; } if \"critical\" in n { note(`${n.critical}`); }"),
    ("text of a word", "for f in change.findings { let s = `${f.severity}`; if s == \"high\" || s.to_upper() == \"LOW\" || `${s}!` == \"none!\" || \"crit\" in s { note(s); } }"),
    ("order of keys", "let keys = change.findings.count_by(\"severity\").keys(); keys.sort(|a, b| if a < b { -1 } else { 1 }); note(keys.join(\", \"));"),
    ("words that are joined", "for l in change.licences { if l.stated_by.join(\", \").contains(\"lock\") { note(l.name); } }"),
    ("parameter that is given back", "fn check(change, params) { let a = add([], change.title); violation(change, a.join(\", \")); }\nfn add(a, t) { a.push(t); a }"),
    ("parameter that is given back early", "fn check(change, params) { let n = up(1); note(`${n}`); }\nfn up(n) { n += 1; if n > 3 { return n; } n += 1; return n; }"),
    ("parameter that is read in the next round", "fn check(change, params) { say(change.labels, 0); }\nfn say(list, n) { for l in list { if n > 3 { note(l); } n += 1; } }"),
    ("parameter that is read on one path", "fn check(change, params) { say(change, 0); }\nfn say(c, n) { n += 1; if c.draft { note(`${n}`); } }"),
    ("parameter that ends a loop", "fn check(change, params) { say(3); }\nfn say(n) { while n > 0 { note(\"m\"); n -= 1; } }"),
    ("entry of a parameter that is read", "fn check(change, params) { note(say(#{ c: 0 })); }\nfn say(m) { m[\"c\"] += 1; `${m.c}` }"),
    ("variables that are changed", "let n = 0; let first = true; for f in change.files { if !first { n += 1; } first = false; } if n > 3 { note(\"m\"); }"),
    ("function that changes what it is called on", "let list = [1, 2]; list.for_each(|| this += 1); note(`${list[0]}`);"),
    ("element that is taken away", "let list = change.labels; while !list.is_empty() { let l = list.pop(); note(l); }"),
    ("order of versions", "for d in change.dependencies { if compare_versions(d.ecosystem, d.version, \"1.10.0\") < 0 && d.version != \"1.9.0\" && d.version.starts_with(\"1.\") { note(d.name); } }"),
    ("licences that are compared", "for l in change.licences { if l.expression == \"GPL-3.0-only\" || l.expression == \"\" || l.expression in [\"MIT OR Apache-2.0\", \"NOASSERTION\"] || l.expression.contains(\"GPL\") { note(l.name); } }"),
    ("paths that are compared", "for f in change.files { if f.path == \"src/lib.rs\" || f.path.starts_with(\"src/\") || f.path.contains(\"/test/\") || f.path.ends_with(\".rs\") || f.path.matches_glob(\"src/**\") { note(f.path); } }"),
    ("ranges", "for i in 0..params.limit { note(`${i}`); } for i in range(5, 0, -1) { note(`${i}`); } for i in 0..=0 { note(`${i}`); } let list = [1]; list.splice(0..0, [2]); note(`${list.len()}`);"),
    ("map that a loop fills", "let seen = #{}; for f in change.files { if f.path in seen || \"all\" in seen { continue; } seen[f.path] = true; if f.binary { seen[\"all\"] = true; } }"),
    ("array that a loop fills", "let found = []; for f in change.files { if \"a\" in found { note(f.path); } for g in found { note(g); } found.push(f.path); }"),
    ("map that a helper is given", "fn check(change, params) { say(#{ loud: true }); say(#{ quiet: true }); }\nfn say(options) { if \"loud\" in options { note(\"m\"); } }"),
    ("array that a helper is given", "fn check(change, params) { say([]); say([\"a\"]); }\nfn say(list) { for l in list { note(l); } if \"a\" in list { note(\"m\"); } }"),
    ("selections that narrow", "for f in change.findings.severity([\"high\", \"low\"]).severity(\"low\").severity_at_least(\"low\").under(\"src/**\").under(\"**/*.rs\").not_under(\"src/gen/**\").introduced().not_suppressed() { note(f.path); }"),
    ("selections that are joined", "for f in change.files.added().or(change.files.deleted()) { note(f.path); } for f in change.files.added().except(change.files.renamed()) { note(f.path); }"),
    ("two questions of one property", "for f in change.findings { if f.severity == \"high\" || f.severity == \"critical\" { note(f.path); } if f.tool != \"a\" && f.tool != \"b\" && f.line > 0 && f.line != 0 { note(f.path); } }"),
    ("counts", "if change.files.count() == 0 || change.files.count() > 0 && change.title.len() >= 1 && change.files.sum(\"added\") - change.files.sum(\"removed\") < 0 { note(\"m\"); }"),
    ("arrays that are compared", "for d in change.dependencies { if d.before == d.after || d.before.len() == 0 { note(d.name); } }"),
    ("function on what stands before its dot", "if count(change.findings) > 3 && len(change.title) > 2 { note(\"m\"); }"),
    ("constant", "const LEVEL = \"high\";\nconst PATHS = [\"src/**\", \"lib/**\"];\nfn check(change, params) { for f in change.findings.severity(global::LEVEL).under(global::PATHS) { violation(f, f.message); } }"),
    ("constant of a module", "for f in change.findings.severity(helpers::WORDS) { violation(f, helpers::place(f)); }"),
    ("helper for several types", "fn check(change, params) { report(change.files); report(change.findings); }\nfn report(items) { for i in items { violation(i, i.path); } }"),
    ("helper with an early end", "fn check(change, params) { for f in change.findings { violation(f, place(f)); } }\nfn place(f) { if f.line == 0 { return f.path; }\n `${f.path}:${f.line}` }"),
    ("helper that does something and gives something", "fn check(change, params) { report(change); if report(change) { note(\"m\"); } }\nfn report(c) { violation(c, \"m\"); c.draft }"),
    ("helper that calls itself", "fn check(change, params) { note(`${down(3)}`); }\nfn down(n) { if n < 1 { 0 } else { down(n - 1) } }"),
    ("helper on this", "fn check(change, params) { for f in change.findings { violation(f, f.described()); } }\nfn described() { `${this.tool}: ${this.path}` }"),
    ("helper that nobody calls", "fn check(change, params) { note(\"m\"); }\nfn other(f, list) { list.push(f.path); if f.severity == \"high\" { list.len() } else { 0 } }"),
    ("rule that only does not apply", "fn check(change, params) { if change.draft { not_applicable(\"a draft\"); } }"),
    ("other names for the arguments", "fn check(c, p) { for f in c.findings.severity(p.severity) { violation(f, f.message); } }"),
    ("effect through a function without a name", "fn check(c, p) { c.labels.for_each(|l| note(l)); }"),
];

#[test]
fn no_correct_script_is_complained_of() {
    let wrong: Vec<String> = CORRECT
        .iter()
        .filter_map(|(name, text)| load(&rule(text)).err().map(|mistakes| format!("{name}:\n{}", told(&mistakes))))
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), CORRECT.len(), wrong.join("\n"));
    assert!(CORRECT.len() >= 40);
}

#[test]
fn the_packs_of_the_repository_load() {
    for path in ["policies/baseline", "policies/checks"] {
        if let Err(mistakes) = PolicySet::load(&[directory(path)], &[]) {
            panic!("{path}\n{}", told(&mistakes));
        }
    }
}
