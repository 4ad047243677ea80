//! Mistakes, each with the code that it is refused with at the line that has it.

use tollgate::diagnostic::Code;

use super::{MARK, load, rule, told};

/// Statements in a branch that no evidence leads to; or whole scripts. The mistaken line is the marked one, or the first.
#[rustfmt::skip]
const MISTAKES: &[(&str, Code, &str)] = &[
    // Variables that are set to what they are.
    ("flag that is set to what it was", Code::ConstantCondition, "let bad = false;\nfor f in change.files { if f.added > 100 { bad = false; } }\nif bad { //~\n violation(change, \"m\"); }"),
    ("flag with the wrong operator", Code::ConstantCondition, "let bad = false;\nfor f in change.files { bad &= f.added > 100; }\nif bad { //~\n violation(change, \"m\"); }"),
    ("flag that needs itself", Code::ConstantCondition, "let bad = false;\nfor f in change.files { bad = bad && f.added > 100; }\nif bad { //~\n violation(change, \"m\"); }"),
    ("flag that stays whatever is found", Code::ConstantCondition, "let good = true;\nfor f in change.files { good = good || f.added < 100; }\nif !good { //~\n violation(change, \"m\"); }"),
    ("count that grows by nothing", Code::ConstantCondition, "let n = 0;\nfor f in change.files { if f.binary { n += 0; } }\nif n > 2 { //~\n violation(change, \"m\"); }"),
    ("text that grows by nothing", Code::ConstantCondition, "let names = \"\";\nfor f in change.files { if f.binary { names += \"\"; } }\nif names != \"\" { //~\n violation(change, names); }"),
    // Words as keys.
    ("word that is misspelled in a map", Code::UnknownWord, "let limits = #{ sorce: 50, test: 500 };\nfor f in change.files {\n let k = `${f.kind}`;\n let limit = if k in limits { limits[k] } else { 100000 }; //~\n if f.added > limit { violation(f, \"m\"); } }"),
    ("word that is misspelled in a constant", Code::UnknownWord, "const LIMITS = #{ hihg: 1, low: 9 };\nfn check(change, params) { for f in change.findings { if global::LIMITS[`${f.severity}`] > 3 { violation(f, f.message); } } //~\n}"),
    // Selections of which each leaves nothing of the other.
    ("how far new packages moved", Code::EmptySelection, "for d in change.dependencies.added().jump_at_least(\"major\") { violation(d, d.name); }"),
    ("how far a parameter says that removed ones moved", Code::EmptySelection, "for d in change.dependencies.jump_at_least(params.names[0]).direct().removed() { violation(d, d.name); }"),
    ("pins of removed packages", Code::EmptySelection, "for d in change.dependencies.removed().unpinned() { violation(d, d.name); }"),
    ("versions of removed packages", Code::EmptySelection, "for d in change.dependencies.removed().name(\"lodash\").with_version_below(\"4.17.21\") { violation(d, d.name); }"),
    ("new packages that come from another place", Code::EmptySelection, "for d in change.dependencies.added().repointed() { violation(d, d.name); }"),
    // Texts that are never so.
    ("capitals in what was made small", Code::ConstantCondition, "if change.title.to_lower().contains(\"Refund\") { violation(change, \"m\"); }"),
    ("capitals beside what was made small", Code::ConstantCondition, "let title = change.title.to_lower();\nif title == \"WIP\" { //~\n violation(change, \"m\"); }"),
    ("capitals at the start of what was made small", Code::ConstantCondition, "for l in change.labels { if l.to_lower().starts_with(\"[Sec\") { violation(change, l); } }"),
    ("small letters among capitals", Code::ConstantCondition, "for l in change.labels { if l.to_upper() in [\"HOTFIX\", \"urgent\"] { violation(change, l); } }"),
    ("small letters in what was made large in place", Code::ConstantCondition, "let title = change.title;\ntitle.make_upper();\nif title.contains(\"wip\") { //~\n violation(change, \"m\"); }"),
    ("misspelled key between quotes", Code::UnknownWord, "let limits = #{ \"sorce\": 50, \"test\": 500 };\nfor f in change.files {\n if limits[`${f.kind}`] > 3 { violation(f, \"m\"); } //~\n}"),
    ("tool as it calls itself", Code::ConstantCondition, "if \"CodeQL\" !in change.tools { violation(change, \"m\"); }"),
    ("author as mentioned", Code::ConstantCondition, "if change.author == \"@dev\" { violation(change, \"m\"); }"),
    ("reviewer as mentioned", Code::ConstantCondition, "for r in change.reviews { if r.reviewer in [\"@sue\"] { note(\"m\"); } }"),
    // Numbers of another size.
    ("percentage like a share", Code::ConstantCondition, "if change.coverage.measured() > 0 && change.coverage.percent() < 0.8 { violation(change, \"m\"); }"),
    ("share that lost its fraction in a variable", Code::ConstantCondition, "let share = change.coverage.missed() / change.coverage.measured();\nif share > 0.2 { //~\n violation(change, \"m\"); }"),
    ("share as a constant", Code::ConstantCondition, "const LEAST = 0.8;\nfn check(change, params) { if global::LEAST > change.coverage.percent() { violation(change, \"m\"); } //~\n}"),
    ("whole number that is to be a fraction", Code::ConstantCondition, "if change.files.count() == 2.5 { violation(change, \"m\"); }"),
    ("nothing behind what may be there", Code::TypeMismatch, "let first = change.labels.get(0);\nif first != () { //~\n violation(change, first); }"),
    ("nothing behind what was looked for", Code::TypeMismatch, "let found = change.labels.find(|l| l == \"x\");\nif () == found { //~\n violation(change, \"m\"); }"),
    // Names of another type.
    ("method of another selection", Code::UnknownFunction, "for f in change.findings.added() { note(f.path); }"),
    ("property that is misspelled", Code::UnknownProperty, "for f in change.findings { note(f.mesage); }"),
    ("property of another item", Code::UnknownProperty, "for d in change.dependencies { note(d.path); }"),
    ("property of the change in the singular", Code::UnknownProperty, "for f in change.finding { note(f.path); }"),
    ("property of the item on the selection", Code::UnknownProperty, "note(change.findings.path);"),
    ("property like a method", Code::UnknownFunction, "for f in change.findings { note(f.path()); }"),
    ("method like a property", Code::UnknownProperty, "if change.findings.count > 3 { note(\"m\"); }"),
    ("method of a text on a number", Code::UnknownFunction, "for f in change.findings { note(f.line.to_upper()); }"),
    ("property of a text that is none", Code::UnknownProperty, "note(`${change.title.length}`);"),
    ("method of an array that is none", Code::UnknownFunction, "note(change.labels.first());"),
    ("selection after an item", Code::UnknownFunction, "for f in change.files { note(`${f.added()}`); }"),
    ("too many arguments for this type", Code::UnknownFunction, "for f in change.findings.introduced(\"yes\") { note(f.path); }"),
    ("too few arguments", Code::UnknownFunction, "for f in change.findings.under() { note(f.path); }"),
    ("effect without a message", Code::UnknownFunction, "violation(change);"),
    ("entry that the map does not have", Code::UnknownProperty, "let m = #{ one: 1 }; note(`${m.two}`);"),
    ("entry in brackets that the map does not have", Code::UnknownProperty, "let m = #{ one: 1 }; note(`${m[\"two\"]}`);"),
    ("parameter that the pack does not have", Code::UnknownParameter, "note(`${params.limitt}`);"),
    ("parameter in brackets", Code::UnknownParameter, "note(`${params[\"limitt\"]}`);"),
    ("parameter in a helper of another name", Code::UnknownParameter, "fn check(change, params) { say(change, params); }\nfn say(c, p) {\n if p.limitt > 3 { violation(c, \"m\"); } //~\n}"),
    ("function that is misspelled", Code::UnknownFunction, "violaton(change, \"m\");"),
    ("function of a module that is misspelled", Code::UnknownFunction, "for f in change.findings { note(helpers::plase(f)); }"),
    ("module that is not imported", Code::SyntaxError, "note(helper::place(change));"),
    ("constant that is not there", Code::UnknownProperty, "note(global::NAME);"),
    ("constant of a module that is not there", Code::UnknownProperty, "note(helpers::WORD[0]);"),
    ("property of a licence on an advisory", Code::UnknownProperty, "for a in change.advisories { note(a.expression); }"),
    ("property on what a violation gives", Code::UnknownProperty, "violation(change, \"m\").severity;"),
    ("text that is not filled", Code::SyntaxError, "for f in change.findings { note(\"in ${f.path}\"); }"),
    ("path that is not filled", Code::SyntaxError, "let name = \"ci\";\nif !change.files.under(\"${name}/**\").is_empty() { note(\"m\"); } //~"),
    ("list that is only filled", Code::UnusedVariable, "let names = []; //~\nfor f in change.files { push(names, f.path); }"),
    // Arguments.
    ("number for a glob", Code::BadArguments, "for f in change.files.under(3) { note(f.path); }"),
    ("flag for a word", Code::BadArguments, "for f in change.findings.severity_at_least(true) { note(f.path); }"),
    ("text for a subject", Code::BadArguments, "violation(\"x\", \"y\");"),
    ("selection for a subject", Code::BadArguments, "violation(change.findings, \"m\");"),
    ("number for a message", Code::BadArguments, "note(3);"),
    ("word for a message", Code::BadArguments, "for f in change.findings { note(f.severity); }"),
    ("array for a message", Code::BadArguments, "violation(change, change.labels);"),
    ("item for files", Code::BadArguments, "for f in change.files { if !change.findings.in_files(f).is_empty() { note(\"m\"); } }"),
    ("dependencies for files", Code::BadArguments, "if !change.findings.in_files(change.dependencies).is_empty() { note(\"m\"); }"),
    ("text for a number", Code::BadArguments, "if !change.findings.cwe(\"79\").is_empty() { note(\"m\"); }"),
    ("finding for a claim", Code::BadArguments, "for f in change.findings { supported(f, \"m\"); }"),
    ("number through a variable", Code::BadArguments, "let g = 3;\nfor f in change.files.under(g) { note(f.path); } //~"),
    ("parameter of another type", Code::BadArguments, "for f in change.findings.severity(params.limit) { note(f.path); }"),
    ("number through a helper", Code::BadArguments, "fn check(change, params) { say(change, 3); }\nfn say(c, m) {\n violation(c, m); //~\n}"),
    ("selection through a helper of a module", Code::UnknownProperty, "fn check(change, params) {\n if change.draft { violation(change, helpers::place(change.files)); }\n}"),
    ("number for a text of the engine", Code::BadArguments, "if change.title.starts_with(3) { note(\"m\"); }"),
    ("name of a function for a function", Code::BadArguments, "note(change.labels.filter(\"is_empty\").join(\", \"));"),
    ("number as a separator", Code::BadArguments, "note(change.labels.join(1));"),
    ("share of whole numbers beside a decimal", Code::TypeMismatch, "if change.findings.count() / change.files.count() > 0.5 { note(\"m\"); }"),
    ("share of whole numbers in percent", Code::TypeMismatch, "if change.findings.count() / change.files.count() * 100 > 50 { note(\"m\"); }"),
    ("percent of a share of whole numbers", Code::TypeMismatch, "if 100 * (change.findings.count() / change.files.count()) > 50 { note(\"m\"); }"),
    // Words.
    ("word that is misspelled", Code::UnknownWord, "for f in change.findings.severity(\"hihg\") { note(f.path); }"),
    ("word in a list that is misspelled", Code::UnknownWord, "for f in change.findings.severity([\"high\", \"critcal\"]) { note(f.path); }"),
    ("word through a variable", Code::UnknownWord, "let s = \"hihg\";\nfor f in change.findings.severity_at_least(s) { note(f.path); } //~"),
    ("word of a list through a variable", Code::UnknownWord, "let s = [\"high\", \"lwo\"];\nfor f in change.findings.severity(s) { note(f.path); } //~"),
    ("word through a loop", Code::UnknownWord, "for s in [\"high\", \"lwo\"] {\n for f in change.findings.severity(s) { note(f.path); } //~\n}"),
    ("word through a helper", Code::UnknownWord, "fn check(change, params) { say(change, \"hihg\"); }\nfn say(c, s) {\n for f in c.findings.severity(s) { violation(f, \"m\"); } //~\n}"),
    ("word through a constant", Code::UnknownWord, "const LEVEL = \"hihg\";\nfn check(change, params) {\n for f in change.findings.severity(global::LEVEL) { violation(f, \"m\"); } //~\n}"),
    ("word of another vocabulary", Code::BadArguments, "for f in change.findings { if !change.files.kind(f.severity).is_empty() { note(\"m\"); } }"),
    ("word of a level for a severity", Code::UnknownWord, "for f in change.findings.severity(\"warning\") { note(f.path); }"),
    ("risk that is misspelled", Code::UnknownWord, "violation(change, \"m\").risk(\"hihg\");"),
    ("glob that is malformed", Code::MalformedGlob, "for f in change.files.under(\"src/[a\") { note(f.path); }"),
    ("glob through a variable", Code::MalformedGlob, "let g = \"/src/**\";\nfor f in change.files.under(g) { note(f.path); } //~"),
    ("licence that nobody knows", Code::UnknownWord, "for l in change.licences.allowed([\"MTI\"]) { note(l.name); }"),
    ("category that is misspelled", Code::UnknownWord, "assess(\"proces\", \"high\", \"m\");"),
    ("approver of no kind", Code::UnknownWord, "violation(change, \"m\").approvers([\"securty\"]);"),
    ("word in a comparison", Code::UnknownWord, "for f in change.findings { if f.severity == \"hihg\" { note(f.path); } }"),
    ("word in a comparison through a variable", Code::UnknownWord, "let s = \"hihg\";\nfor f in change.findings { if f.severity == s { note(f.path); } } //~"),
    ("word in a list of a comparison", Code::UnknownWord, "for f in change.findings { if f.severity in [\"high\", \"lwo\"] { note(f.path); } }"),
    // Comparisons.
    ("number and text", Code::TypeMismatch, "for f in change.findings { if f.line == \"3\" { note(f.path); } }"),
    ("word and number", Code::TypeMismatch, "for f in change.findings { if f.severity > 2 { note(f.path); } }"),
    ("selection and number", Code::TypeMismatch, "if change.findings > 0 { note(\"m\"); }"),
    ("text and nothing", Code::TypeMismatch, "for d in change.dependencies { if d.version == () { note(d.name); } }"),
    ("words of two vocabularies", Code::TypeMismatch, "for f in change.findings { if f.severity == f.level { note(f.path); } }"),
    ("order of words that have none", Code::TypeMismatch, "for f in change.files { if f.status > \"added\" { note(f.path); } }"),
    ("order of true and false", Code::TypeMismatch, "if change.draft > change.fork { note(\"m\"); }"),
    ("items of two types", Code::TypeMismatch, "for f in change.findings { for g in change.files { if f == g { note(\"m\"); } } }"),
    ("flag and text", Code::TypeMismatch, "if change.draft == \"true\" { note(\"m\"); }"),
    ("character and text", Code::TypeMismatch, "if change.title[0] == \"x\" { note(\"m\"); }"),
    ("parameter and text", Code::TypeMismatch, "if params.limit == \"3\" { note(\"m\"); }"),
    ("element of another type in a list", Code::TypeMismatch, "for f in change.findings { if f.line in [\"1\", \"2\"] { note(f.path); } }"),
    ("search in what has no elements", Code::TypeMismatch, "if \"src/a\" in change.files { note(\"m\"); }"),
    ("search for a number in a text", Code::TypeMismatch, "if 3 in change.title { note(\"m\"); }"),
    ("search for an item in a map", Code::TypeMismatch, "let m = #{ a: 1 }; for f in change.files { if f in m { note(\"m\"); } }"),
    // The text of a word, and maps from words.
    ("key of counts that is no word", Code::UnknownWord, "let counts = change.findings.count_by(\"severity\");\nif counts.contains(\"hihg\") { note(\"m\"); } //~"),
    ("word looked for in counts", Code::UnknownWord, "let counts = change.findings.count_by(\"severity\"); if \"hihg\" in counts { note(\"m\"); }"),
    ("word looked for in groups", Code::UnknownWord, "if \"hihg\" !in change.findings.group_by(\"severity\") { note(\"m\"); }"),
    ("word that is taken out of counts", Code::UnknownWord, "let counts = change.findings.count_by(\"severity\"); print(counts.get(\"hihg\"));"),
    ("word in brackets behind counts", Code::UnknownWord, "let counts = change.findings.count_by(\"severity\"); note(`${counts[\"hihg\"]}`);"),
    ("word behind a dot of counts", Code::UnknownWord, "let counts = change.findings.count_by(\"severity\"); note(`${counts.hihg}`);"),
    ("key in a loop over keys", Code::UnknownWord, "let counts = change.findings.count_by(\"severity\");\nfor k in counts.keys() { if k == \"hihg\" { note(k); } } //~"),
    ("word among keys", Code::UnknownWord, "if change.files.count_by(\"status\").keys().contains(\"Modified\") { note(\"m\"); }"),
    ("key in a function without a name", Code::UnknownWord, "if change.findings.count_by(\"severity\").keys().some(|k| k == \"hihg\") { note(\"m\"); }"),
    ("key of a map that a rule fills by words", Code::UnknownWord, "let seen = #{};\nfor f in change.findings { seen[`${f.severity}`] = true; }\nif \"hihg\" in seen { note(\"m\"); } //~"),
    ("text of a word between backticks", Code::UnknownWord, "for f in change.findings { if `${f.severity}` == \"hihg\" { note(f.path); } }"),
    ("text of a word in a variable", Code::UnknownWord, "for f in change.findings { let s = `${f.severity}`; if s in [\"high\", \"hgih\"] { note(f.path); } }"),
    ("word as a text in capitals", Code::UnknownWord, "for f in change.findings { if f.severity.to_string() == \"HIGH\" { note(f.path); } }"),
    ("word and nothing behind it", Code::UnknownWord, "for f in change.findings { if f.severity + \"\" == \"hgh\" { note(f.path); } }"),
    ("words that are joined", Code::UnknownWord, "for l in change.licences { if l.stated_by.join(\",\").contains(\"lockfle\") { note(l.name); } }"),
    ("part of a word", Code::UnknownWord, "for f in change.findings { if `${f.severity}`.starts_with(\"hih\") { note(f.path); } }"),
    ("order of words as texts", Code::TypeMismatch, "for f in change.findings { if `${f.severity}` >= \"high\" { note(f.path); } }"),
    // Changes that nobody sees.
    ("parameter that is counted up", Code::UnusedValue, "fn check(change, params) { let n = 0; bump(n); violation(change, `${n}`); }\nfn bump(n) {\n n += 1; //~\n}"),
    ("parameter that grows", Code::UnusedValue, "fn check(change, params) { let a = []; add(a, change.title); violation(change, a.join(\", \")); }\nfn add(a, t) {\n a.push(t); //~\n}"),
    ("parameter that grows in a loop", Code::UnusedValue, "fn check(change, params) { let a = []; add(a, change.labels); violation(change, a.join(\", \")); }\nfn add(a, list) {\n for l in list {\n  a.push(l); //~\n }\n}"),
    ("entry of a parameter that is counted up", Code::UnusedValue, "fn check(change, params) { let m = #{ c: 0 }; add(m); violation(change, `${m.c}`); }\nfn add(m) {\n m[\"c\"] += 1; //~\n}"),
    ("entry of a parameter that is set", Code::UnusedValue, "fn check(change, params) { let m = #{ c: 0 }; add(m); violation(change, `${m.c}`); }\nfn add(m) {\n m.c = 3; //~\n}"),
    ("parameter that is given another text", Code::UnusedValue, "fn check(change, params) { let s = \"\"; add(s, change.title); violation(change, s); }\nfn add(s, p) {\n s += p; //~\n}"),
    ("parameter that is read before alone", Code::UnusedValue, "fn check(change, params) { let a = []; add(a, change.title); violation(change, a.join(\", \")); }\nfn add(a, t) {\n if a.len() > 3 { note(t); }\n a.push(t); //~\n}"),
    ("element that is changed", Code::UnusedValue, "let list = [1, 2]; for n in list { n += 1; } note(`${list.len()}`);"),
    ("element that grows", Code::UnusedValue, "let list = [[1], [2]]; for n in list { n.push(1); } note(`${list.len()}`);"),
    ("element in a function without a name", Code::UnusedValue, "let list = [1, 2]; list.for_each(|n| n += 1); note(`${list.len()}`);"),
    ("copy that grows", Code::UnusedVariable, "let a = change.labels; let b = a; b.push(\"x\"); note(a.join(\", \"));"),
    ("copy that grows after it was read", Code::UnusedValue, "let b = change.labels; note(b.join(\", \"));\nb.push(\"x\"); //~"),
    // One name for two variables.
    ("variable of an outer block", Code::ShadowedName, "let bad = false;\nfor f in change.files { let bad = f.binary; note(`${bad}`); } //~\nif bad { note(\"m\"); }"),
    ("variable of a condition", Code::ShadowedName, "let bad = false;\nif change.draft { let bad = true; note(`${bad}`); } //~\nif bad { note(\"m\"); }"),
    ("loop variable with the name of another", Code::ShadowedName, "for f in change.files {\n for f in change.findings { note(f.path); } //~\n note(f.path);\n}"),
    ("parameter of a function without a name", Code::ShadowedName, "let l = change.title;\nif change.labels.some(|l| l == \"x\") { note(l); } //~"),
    ("variable with the name of a parameter", Code::ShadowedName, "fn check(change, params) { note(say(\"a\")); }\nfn say(t) {\n let t = t + \"x\"; //~\n t\n}"),
    ("same name twice", Code::ShadowedName, "let n = 1; note(`${n}`);\nlet n = \"x\"; //~\nnote(n);"),
    // What can never hold or run.
    ("range that goes down", Code::UnreachableCode, "for i in 5..0 { note(`${i}`); }"),
    ("range without a number", Code::UnreachableCode, "for i in 0..0 { note(`${i}`); }"),
    ("range that ends before it begins", Code::UnreachableCode, "for i in 0..=-1 { note(`${i}`); }"),
    ("function for a range that goes down", Code::UnreachableCode, "for i in range(5, 0) { note(`${i}`); }"),
    ("steps in the other direction", Code::UnreachableCode, "for i in range(0, 10, -1) { note(`${i}`); }"),
    ("constant array without an element", Code::UnreachableCode, "const A = [];\nfn check(change, params) {\n for i in global::A { note(i); } //~\n}"),
    ("array that nothing was put into", Code::UnreachableCode, "let a = [];\nfor i in a { note(i); } //~"),
    ("element of an empty array", Code::ConstantCondition, "if \"x\" in [] { note(\"m\"); }"),
    ("comparison of constants", Code::ConstantCondition, "const LIMIT = 3;\nfn check(change, params) {\n if global::LIMIT > 5 { note(\"m\"); } //~\n}"),
    ("comparison of numbers in a variable", Code::ConstantCondition, "let a = 1 > 2; if a { note(\"m\"); }"),
    ("number that nothing counts", Code::ConstantCondition, "let seen = 0;\nfor f in change.files { note(f.path); }\nif seen > 3 { violation(change, \"m\"); } //~"),
    ("number that nothing counts beside a parameter", Code::ConstantCondition, "let seen = 0;\nfor f in change.files { note(f.path); }\nif params.limit < seen { violation(change, \"m\"); } //~"),
    ("number that nothing counts beside a constant", Code::ConstantCondition, "const LIMIT = 3;\nfn check(change, params) {\n let seen = -1;\n if seen >= global::LIMIT { violation(change, \"m\"); } //~\n}"),
    ("number that is counted under another name", Code::ConstantCondition, "let seen = 0; let sen = 0;\nfor f in change.files { if f.binary { sen += 1; } }\nif seen > 3 && sen < 9 { violation(change, \"m\"); } //~"),
    ("decimal that nothing is added to", Code::ConstantCondition, "let sum = 0.0;\nfor f in change.findings { note(f.message); }\nif sum > 3.5 { violation(change, \"m\"); } //~"),
    ("flag that nothing sets", Code::ConstantCondition, "let found = false;\nfor f in change.files { note(f.path); }\nif found && change.fork { violation(change, \"m\"); } //~"),
    ("flag that nothing takes back", Code::ConstantCondition, "let ok = true;\nfor f in change.files { note(f.path); }\nif ok == false { violation(change, \"m\"); } //~"),
    ("flag that nothing sets, the other way round", Code::ConstantCondition, "let found = false;\nfor f in change.files { note(f.path); }\nif !found { return; } //~\nviolation(change, \"m\");"),
    ("text that nothing sets", Code::ConstantCondition, "let worst = \"low\";\nfor f in change.findings { note(f.message); }\nif worst == \"high\" { violation(change, \"m\"); } //~"),
    ("text that stays empty", Code::ConstantCondition, "let first = \"\";\nfor f in change.files { note(f.path); }\nif first.len() > 0 { violation(change, \"m\"); } //~"),
    ("list that nothing fills", Code::ConstantCondition, "let names = [];\nfor f in change.files { note(f.path); }\nif names.len() > params.limit { violation(change, \"m\"); } //~"),
    ("list that nothing fills, asked for emptiness", Code::ConstantCondition, "let names = [];\nfor f in change.files { note(f.path); }\nif !names.is_empty() { violation(change, \"m\"); } //~"),
    ("map that nothing fills", Code::ConstantCondition, "let seen = #{};\nfor f in change.files { note(f.path); }\nif seen.len() >= 1 { violation(change, \"m\"); } //~"),
    ("number that nothing counts in a helper", Code::ConstantCondition, "fn check(change, params) { if many(change.files) { violation(change, \"m\"); } }\nfn many(files) {\n let n = 0; for f in files { note(f.path); }\n n > 5 //~\n}"),
    ("constant as a condition", Code::ConstantCondition, "const STRICT = true;\nfn check(change, params) {\n if global::STRICT { note(\"m\"); } //~\n}"),
    ("query for no glob", Code::EmptySelection, "for f in change.files.under([]) { note(f.path); }"),
    ("query for no word", Code::EmptySelection, "for f in change.findings.severity([]) { note(f.path); }"),
    ("query for all but no glob", Code::EmptySelection, "for f in change.files.not_under([]) { note(f.path); }"),
    ("query for a constant without an element", Code::EmptySelection, "const A = [];\nfn check(change, params) {\n for f in change.files.under(global::A) { note(f.path); } //~\n}"),
    ("entry that a map never has", Code::ConstantCondition, "if \"limt\" in #{ limit: 1 } { note(\"m\"); }"),
    ("entry that the map in a variable never has", Code::ConstantCondition, "let m = #{ limit: 1 };\nif m.contains(\"limt\") { note(\"m\"); } //~"),
    ("two words for one property", Code::EmptySelection, "for f in change.findings.severity(\"high\").severity(\"low\") { note(f.path); }"),
    ("word below the least one", Code::EmptySelection, "for f in change.findings.severity_at_least(\"high\").severity([\"low\", \"medium\"]) { note(f.path); }"),
    ("added and deleted", Code::EmptySelection, "for f in change.files.added().deleted() { note(f.path); }"),
    ("under and not under", Code::EmptySelection, "for f in change.files.under(\"src/**\").added().not_under(\"src/**\") { note(f.path); }"),
    ("suppressed and not suppressed", Code::EmptySelection, "for f in change.findings.suppressed().not_suppressed() { note(f.path); }"),
    ("one property with two values", Code::ConstantCondition, "for f in change.findings { if f.severity == \"high\" && f.severity == \"critical\" { note(f.path); } }"),
    ("one property other than either of two", Code::ConstantCondition, "for f in change.findings { if f.tool != \"a\" || f.tool != \"b\" { note(f.path); } }"),
    ("count of at least nothing", Code::ConstantCondition, "if change.files.count() >= 0 { note(\"m\"); }"),
    ("count below nothing", Code::ConstantCondition, "if change.files.added().count() < 0 { note(\"m\"); }"),
    ("line below nothing", Code::ConstantCondition, "for f in change.findings { if f.line < 0 { note(f.path); } }"),
    ("length below nothing, the other way round", Code::ConstantCondition, "if 0 > change.title.len() { note(\"m\"); }"),
    // Globs, and names that are none.
    ("glob with two slashes", Code::MalformedGlob, "for f in change.files.under(\"src//a.py\") { note(f.path); }"),
    ("glob that is negated", Code::MalformedGlob, "for f in change.files.under([\"src/**\", \"!src/gen/**\"]) { note(f.path); }"),
    ("glob like a regular expression", Code::MalformedGlob, "for f in change.files.under(\"^src/**\") { note(f.path); }"),
    ("glob with a space behind it", Code::MalformedGlob, "for f in change.files.under(\"src/** \") { note(f.path); }"),
    ("globs in one text", Code::MalformedGlob, "for f in change.files.under(\"src/**,lib/**\") { note(f.path); }"),
    ("pattern for a rule", Code::BadArguments, "for f in change.findings.rule(\"py/*\") { note(f.path); }"),
    ("pattern for a name", Code::BadArguments, "for d in change.dependencies.name([\"left-*\"]) { note(d.name); }"),
    ("constant without its prefix", Code::SyntaxError, "const SEV = \"high\";\nfn check(change, params) {\n for f in change.findings.severity(SEV) { note(f.path); } //~\n}"),
    ("variable around a function without a name", Code::SyntaxError, "for f in change.findings { if change.labels.some(|l| l == f.tool) { note(f.path); } }"),
    // What is said to people.
    ("second rule in one file", Code::BrokenMetadata, "fn check(change, params) { note(\"m\"); }\nfn check(change) { violation(change, \"m\"); } //~"),
    ("violation without a text", Code::BadArguments, "violation(change, \"\");"),
    ("remark without a text", Code::BadArguments, "note(\" \");"),
    ("recommendation without a text", Code::BadArguments, "recommend(\"\");"),
    ("follow-up without a text", Code::BadArguments, "follow_up(\"\");"),
    ("assessment without a reason", Code::BadArguments, "assess(\"payments\", \"high\", \"\");"),
    ("remedy without a text", Code::BadArguments, "violation(change, \"m\").remedy(\"\");"),
    ("threat without a text", Code::BadArguments, "threat(#{ threat: \"\", category: \"payments\", likelihood: \"low\", impact: \"low\" });"),
    // Versions, licences and paths.
    ("order of versions", Code::TypeMismatch, "for d in change.dependencies { if d.version < \"1.10.0\" { note(d.name); } }"),
    ("order of versions of an array", Code::TypeMismatch, "for d in change.dependencies { for v in d.before { if v >= d.version { note(d.name); } } }"),
    ("licence that SPDX calls otherwise", Code::UnknownWord, "for l in change.licences { if l.expression == \"GPL-3.0\" { note(l.name); } }"),
    ("licence in a list", Code::UnknownWord, "for l in change.licences { if l.expression in [\"MIT\", \"Apache2\"] { note(l.name); } }"),
    ("path that is compared with a glob", Code::ConstantCondition, "for f in change.files { if f.path == \"src/**\" { note(f.path); } }"),
    ("path that begins with a slash", Code::ConstantCondition, "for f in change.files { if f.path.starts_with(\"/src\") { note(f.path); } }"),
    ("path that has a glob in it", Code::ConstantCondition, "for f in change.files { if f.path.contains(\"src/*\") { note(f.path); } }"),
    // Not in.
    ("element of another type that is not in a list", Code::TypeMismatch, "for f in change.findings { if f.line !in [\"1\", \"2\"] { note(f.path); } }"),
    ("word that is not in a list", Code::UnknownWord, "for f in change.findings { if f.severity !in [\"high\", \"lwo\"] { note(f.path); } }"),
    ("negation of what has no elements", Code::TypeMismatch, "if \"src/a\" !in change.files { note(\"m\"); }"),
    // Conditions.
    ("selection as a condition", Code::TypeMismatch, "if change.findings { note(\"m\"); }"),
    ("number as a condition", Code::TypeMismatch, "if change.findings.count() { note(\"m\"); }"),
    ("text as a condition", Code::TypeMismatch, "while change.title { note(\"m\"); }"),
    ("text that is negated", Code::TypeMismatch, "if !change.title { note(\"m\"); }"),
    ("selection beside a condition", Code::TypeMismatch, "if change.draft && change.findings { note(\"m\"); }"),
    ("word as one side of a condition", Code::TypeMismatch, "for f in change.findings { if f.severity == \"high\" || f.level { note(f.path); } }"),
    // Texts and numbers.
    ("text and nothing together", Code::TypeMismatch, "note(\"x\" + ());"),
    ("number and text together", Code::TypeMismatch, "note(1 + \"1\");"),
    ("text and selection together", Code::TypeMismatch, "note(\"found \" + change.findings);"),
    ("text and array together", Code::TypeMismatch, "note(\"labels \" + change.labels);"),
    ("selection in a text", Code::TypeMismatch, "note(`found ${change.findings}`);"),
    ("item in a text", Code::TypeMismatch, "for f in change.findings { note(`${f}`); }"),
    ("array in a text", Code::TypeMismatch, "note(`${change.labels}`);"),
    ("map in a text", Code::TypeMismatch, "note(`${#{ a: 1 }}`);"),
    ("nothing in a text", Code::TypeMismatch, "note(`${note(\"m\")}`);"),
    ("selection as a text", Code::BadArguments, "note(\"\".to_string() + change.title.split(change.findings).len());"),
    ("sum of a selection", Code::TypeMismatch, "if change.findings + 1 > 3 { note(\"m\"); }"),
    ("product of texts", Code::TypeMismatch, "let n = change.title * 2; note(`${n}`);"),
    ("negated text", Code::TypeMismatch, "let n = -change.title; note(`${n}`);"),
    ("number that grows by a text", Code::TypeMismatch, "let n = 1;\nn += \"x\"; //~\nnote(`${n}`);"),
    // Brackets and loops.
    ("selection with a number in brackets", Code::TypeMismatch, "note(change.findings[0].path);"),
    ("number with a number in brackets", Code::TypeMismatch, "let n = 5; if n[0] { note(\"m\"); }"),
    ("array with a text in brackets", Code::TypeMismatch, "note(change.labels[\"a\"]);"),
    ("map with a number in brackets", Code::TypeMismatch, "let m = change.findings.group_by(\"tool\"); note(`${m[0].count()}`);"),
    ("loop over a number", Code::TypeMismatch, "for i in change.findings.count() { note(`${i}`); }"),
    ("loop over an item", Code::TypeMismatch, "for f in change.findings { for g in f { note(g.path); } }"),
    ("loop over a map", Code::TypeMismatch, "for g in change.findings.group_by(\"tool\") { note(g); }"),
    ("loop over nothing", Code::TypeMismatch, "for x in note(\"m\") { note(x); }"),
    ("loop over an empty array", Code::UnreachableCode, "for x in [] { note(x); }"),
    ("element of a parameter that is a number", Code::TypeMismatch, "for x in params.limit { note(x); }"),
    // Values that are lost.
    ("selection that nobody reports", Code::UnusedValue, "change.findings.severity_at_least(\"high\");"),
    ("comparison that nobody asks", Code::UnusedValue, "for f in change.findings { f.severity == \"high\"; }"),
    ("property that nobody reads", Code::UnusedValue, "change.title;"),
    ("text that nobody says", Code::UnusedValue, "\"the change is large\";"),
    ("number that nobody counts", Code::UnusedValue, "change.findings.count();"),
    ("value at the end of a branch", Code::UnusedValue, "if change.draft { change.findings } else { note(\"m\"); }"),
    ("value at the end of a loop", Code::UnusedValue, "for f in change.findings { f.path }"),
    ("result of a helper", Code::UnusedValue, "fn check(change, params) {\n worst(change); //~\n note(\"m\");\n}\nfn worst(c) { c.findings.severity(\"critical\") }"),
    ("change of a copy", Code::UnusedValue, "change.title.trim();"),
    ("change of a property that nothing keeps", Code::UnusedValue, "for f in change.files { f.path.replace(\"a\", \"b\"); }"),
    ("variable that nobody reads", Code::UnusedVariable, "let worst = change.findings.severity(\"critical\");"),
    ("variable that is only written", Code::UnusedVariable, "let found = false;\nfor f in change.findings { found = true; note(f.path); }"),
    ("value that the rule gives", Code::ReturnedValue, "fn check(change, params) {\n note(\"m\");\n change.files.count() > 3 //~\n}"),
    ("value that the rule gives in one branch", Code::ReturnedValue, "fn check(change, params) {\n if change.draft { note(\"m\"); } else {\n  change.findings //~\n }\n}"),
    ("value that the rule returns", Code::ReturnedValue, "if change.draft { return false; }"),
    ("value that the rule gives through a helper", Code::ReturnedValue, "fn check(change, params) {\n note(\"m\");\n ok(change) //~\n}\nfn ok(c) { c.findings.is_empty() }"),
    // Nothing where a value is needed.
    ("nothing in a variable", Code::TypeMismatch, "let x = note(\"a\"); note(`${x}`);"),
    ("nothing as an argument", Code::TypeMismatch, "violation(change, note(\"m\"));"),
    ("condition without otherwise as a value", Code::TypeMismatch, "let x = if change.draft { \"draft\" }; note(x);"),
    ("helper that gives a value on some paths", Code::TypeMismatch, "fn check(change, params) {\n note(kind(change)); //~\n}\nfn kind(c) { if c.draft { return \"draft\"; } }"),
    ("changed text as a value", Code::TypeMismatch, "let p = change.title; let q = p.replace(\"a\", \"b\"); note(q + p);"),
    ("nothing that is counted", Code::TypeMismatch, "note(`${note(\"m\").len()}`);"),
    // What never runs, and what is always the same.
    ("statement after the end", Code::UnreachableCode, "return;\nviolation(change, \"m\"); //~"),
    ("statement after the end of a loop", Code::UnreachableCode, "for f in change.findings {\nbreak;\nnote(f.path); //~\n}"),
    ("statement after the next item", Code::UnreachableCode, "for f in change.findings {\ncontinue;\nnote(f.path); //~\n}"),
    ("statement after both branches", Code::UnreachableCode, "if change.draft { return; } else { return; }\nviolation(change, \"m\"); //~"),
    ("statement after an endless loop", Code::UnreachableCode, "loop { note(\"m\"); }\nnote(\"n\"); //~"),
    ("loop that never runs", Code::UnreachableCode, "while false { note(\"m\"); }"),
    ("condition that is written out", Code::ConstantCondition, "if true { note(\"m\"); }"),
    ("comparison of what is written out", Code::ConstantCondition, "if 4 > 3 { note(\"m\"); }"),
    ("number and text that are written out", Code::TypeMismatch, "if 4 > \"0\" { note(\"m\"); }"),
    ("one side that is written out", Code::ConstantCondition, "if true || change.draft { note(\"m\"); }"),
    ("negation of what is written out", Code::ConstantCondition, "if !false { note(\"m\"); }"),
    ("rule without an effect", Code::NoEffect, "fn check(change, params) { //~\n for f in change.findings { print(f.path); }\n}"),
    ("rule that calls nobody who does something", Code::NoEffect, "fn check(change, params) { //~\n if change.draft { print(say(change)); }\n}\nfn say(c) { c.title }\nfn object(c) { violation(c, \"m\"); }"),
    ("empty rule", Code::NoEffect, "fn check(change, params) {} //~"),
    // Names that stand for something else.
    ("variable named like the change", Code::ShadowedName, "let change = change.findings; note(`${change.count()}`);"),
    ("loop variable named like the parameters", Code::ShadowedName, "for params in change.labels { note(params); }"),
    ("variable named like an effect", Code::ShadowedName, "let violation = 1; note(`${violation}`);"),
    ("function of the pack under a variable's name", Code::ShadowedName, "fn check(change, params) {\n let say = 1;\n say(change, `${say}`); //~\n}\nfn say(c, m) { violation(c, m); }"),
    ("change that is given another value", Code::ShadowedName, "change = 3;"),
    ("parameters that are given another value", Code::ShadowedName, "params = #{};"),
    ("parameter that is given another value", Code::ShadowedName, "params.limit = 100;"),
    ("parameters the other way round", Code::UnknownParameter, "fn check(params, change) {\n for f in change.files { violation(f, \"m\"); } //~\n}"),
    ("evidence that is changed", Code::TypeMismatch, "for f in change.files { f.path = \"x\"; }"),
    // Functions without a name.
    ("property in a function without a name", Code::UnknownProperty, "let a = [1, 2].filter(|n| n.path == \"x\"); note(`${a.len()}`);"),
    ("filter that gives no answer", Code::TypeMismatch, "let a = change.labels.filter(|l| l.len()); note(a.join(\", \"));"),
    ("filter that answers on some paths only", Code::TypeMismatch, "let a = change.labels.filter(|l| if l == \"x\" { true }); note(a.join(\", \"));"),
    ("filter of a map that gives no answer", Code::TypeMismatch, "let a = #{ a: 1 }.filter(|k, v| k.len()); note(a.keys().join(\", \"));"),
    ("filter of a map that changes it and gives no answer", Code::TypeMismatch, "let a = #{ a: 1 }; a.retain(|k| k.len()); note(a.keys().join(\", \"));"),
    ("comparison in a function without a name", Code::TypeMismatch, "let a = change.labels.filter(|l| l > 3); note(a.join(\", \"));"),
    ("sum in a function without a name", Code::TypeMismatch, "let a = change.labels.map(|l| l * 2); note(`${a.len()}`);"),
    ("words in a function without a name", Code::UnknownWord, "let a = [\"lwo\"].map(|s| s); for f in change.findings.severity(\"lwo\") { note(a.join(f.path)); }"),
    // Helpers that nobody calls are looked at as well.
    ("function in a helper that nobody calls", Code::UnknownFunction, "fn check(change, params) { note(\"m\"); }\nfn other(c) {\n violaton(c, \"m\"); //~\n}"),
    ("property in a helper that nobody calls", Code::UnknownProperty, "fn check(change, params) { note(\"m\"); }\nfn other(f) {\n f.severty //~\n}"),
    ("word in a helper that nobody calls", Code::UnknownWord, "fn check(change, params) { note(\"m\"); }\nfn other(c) {\n c.severity_at_least(\"hihg\") //~\n}"),
];

#[test]
fn every_mistake_is_refused_before_a_rule_runs_and_at_its_line() {
    let wrong: Vec<String> = MISTAKES
        .iter()
        .filter_map(|(name, code, text)| {
            let script = rule(text);
            let whole = text.contains("fn check(");
            let first = if whole { 3 } else { 5 };
            let marked = script.lines().position(|line| line.contains(MARK)).map(|index| index + 1);
            let expected = marked.unwrap_or(if whole { first + 1 } else { first });
            let mistakes = match load(&script) {
                Ok(_) => return Some(format!("{name}: was loaded")),
                Err(mistakes) => mistakes,
            };
            let at = |mistake: &tollgate::diagnostic::Diagnostic| {
                let lines = mistake.place.iter().map(|place| (place.file.clone(), place.line as usize));
                let lines =
                    lines.chain(mistake.related.iter().map(|near| (near.place.file.clone(), near.place.line as usize)));
                lines.into_iter().any(|(file, line)| file == "p/rules/r.rhai" && line == expected)
            };
            let hit = mistakes.iter().any(|mistake| mistake.code == *code && at(mistake));
            (!hit).then(|| format!("{name}: expected {} at line {expected}\n{}", code.as_str(), told(&mistakes)))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), MISTAKES.len(), wrong.join("\n"));
    assert!(MISTAKES.len() >= 80);
}

/// The message names the type that was found, and the help a name of that type.
#[test]
fn what_is_told_names_the_type_and_what_it_has() {
    let said = |text: &str| {
        let mistakes = load(&rule(text)).expect_err(text);
        (mistakes[0].message.clone(), mistakes[0].help.clone().unwrap_or_default())
    };
    let (message, help) = said("for f in change.findings { note(f.severty.to_upper()); }");
    assert_eq!(message, "a `Finding` has no property `severty`");
    assert_eq!(help, "did you mean `severity`?");
    let (message, help) = said("for f in change.findings.aded() { note(f.path); }");
    assert_eq!(message, "there is no function `aded` for a `Findings`");
    assert!(!help.contains("added"), "{help}");
    let (message, _) = said("for f in change.files.under(3) { note(f.path); }");
    assert_eq!(message, "`under` takes a glob or an array of globs, found a number");
    let (_, help) = said("note(change.findings.path);");
    assert_eq!(help, "a `Finding` has it: go through the selection with `for`");
    let (message, help) = said(
        "const SEV = \"high\";\nfn check(change, params) { for f in change.findings.severity(SEV) { note(f.path); } }",
    );
    assert_eq!(message, "undefined variable: SEV");
    assert!(help.starts_with("write `global::SEV`"), "{help}");
    let (message, help) = said("for f in change.findings { if change.labels.some(|l| l == f.tool) { note(f.path); } }");
    assert_eq!(message, "undefined variable: f");
    assert!(help.contains("sees its own parameters"), "{help}");
    let (message, help) = said(
        "let bad = false;\nfor f in change.files { let bad = f.binary; note(`${bad}`); }\nif bad { note(\"m\"); }",
    );
    assert_eq!(message, "`bad` is already there, at line 5");
    assert_eq!(help, "assign without `let`, or use another name");
    let (_, help) = said("for d in change.dependencies { if d.version < \"1.10.0\" { note(d.name); } }");
    assert_eq!(help, "write `compare_versions(ecosystem, left, right) < 0`");
    let (message, _) = said("for a in change.advisories { if a.id == 3 { note(a.name); } }");
    assert_eq!(message, "can't compare a text with a number");
}

/// Where a helper is wrong for what it is given, the place of the call is told as well.
#[test]
fn a_mistake_in_a_helper_tells_who_called_it_with_what() {
    let script = rule(
        "fn check(change, params) {\n for f in change.files { violation(f, place(f)); }\n}\nfn place(f) { f.tool }",
    );
    let mistakes = load(&script).unwrap_err();
    assert_eq!(mistakes.len(), 1, "{}", told(&mistakes));
    assert_eq!(mistakes[0].message, "a `File` has no property `tool`");
    assert_eq!(mistakes[0].place.as_ref().unwrap().line, 6);
    let related = &mistakes[0].related[0];
    assert_eq!((related.place.line, related.message.as_str()), (4, "called here with a `File`"));
}
