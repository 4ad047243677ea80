//! Growth: each operator and each function that makes something larger, as often as it will go or by as much as it will take.

use super::harness::{Attack, End, META, rule};
use End::{Errs, Harmless, HeldBack, Limit};

const LONG: &str = "let s = \"\"; s.pad(200000, \"x\"); ";
/// A list of one long text many times: no more memory than one, until something is made of it.
const SHARED: &str = "let s = \"\"; s.pad(200000, \"x\"); let a = []; a.pad(9000, 0); for i in 0..9000 { a[i] = s; } ";
const SHARED_MAP: &str = "let s = \"\"; s.pad(200000, \"x\"); let m = #{}; for i in 0..3000 { m[`k${i}`] = s; } ";

/// Kind, name, what comes before, body, end.
#[rustfmt::skip]
const GROWTH: &[(&str, &str, &str, &str, End)] = &[
    ("texts grow", "+", "", "let t = \"aa\"; loop { t = t + t; }", Limit),
    ("texts grow", "+=", "", "let t = \"aa\"; loop { t += t; }", Limit),
    ("texts grow", "interpolation", "", "let t = \"aa\"; loop { t = `${t}${t}`; }", Limit),
    ("texts grow", "append", "", "let t = \"aa\"; loop { t.append(t); }", Limit),
    ("texts grow", "pad", "", "let t = \"a\"; t.pad(1000000000000, \"x\");", Limit),
    ("texts grow", "pad with a character", "", "let t = \"a\"; t.pad(9223372036854775807, 'x');", Limit),
    ("texts grow", "pad with nothing", "", "let t = \"a\"; t.pad(10, \"\");", Errs),
    ("texts grow", "pad with a long text", LONG, "let t = \"\"; t.pad(262144, s); t.pad(262145, s);", Limit),
    ("texts grow", "pad with wide characters", "", "let t = \"\"; t.pad(262144, \"\u{1f600}\");", Limit),
    ("texts grow", "replace", LONG, "s.replace(\"x\", s);", Limit),
    ("texts grow", "replace nothing", LONG, "s.replace(\"\", s);", Limit),
    ("texts grow", "replace a character", LONG, "s.replace('x', s);", Limit),
    ("texts grow", "raised", "", "let t = \"\"; t.pad(130000, \"\u{149}\"); t.make_upper();", Limit),
    ("texts grow", "split into nothing", LONG, "let x = s.split(\"\");", Limit),
    ("texts grow", "split by each", LONG, "let x = s.split('x');", Limit),
    ("texts grow", "split from the end", LONG, "let x = s.split_rev(\"x\");", Limit),
    ("texts grow", "characters", LONG, "let x = s.to_chars();", Limit),
    ("texts grow", "number and text", LONG, "let t = s; loop { t = 1 + t + s; }", Limit),

    ("values as text", "an array", SHARED, "let t = a.to_string();", Limit),
    ("values as text", "an array for debugging", SHARED, "let t = a.to_debug();", Limit),
    ("values as text", "interpolated", SHARED, "let t = `${a}`;", Limit),
    ("values as text", "added", SHARED, "let t = \"\" + a;", Errs),
    ("values as text", "added before", SHARED, "let t = a + \"\";", Limit),
    ("values as text", "added to", SHARED, "let t = \"\"; t += a;", Errs),
    ("values as text", "appended", SHARED, "let t = \"\"; t.append(a);", Errs),
    ("values as text", "printed", SHARED, "print(a);", Limit),
    ("values as text", "debugged", SHARED, "debug(a);", Limit),
    ("values as text", "joined", SHARED, "let t = a.join(\"\");", Limit),
    ("values as text", "joined by a long text", LONG, "let b = []; b.pad(9000, \"\"); let t = b.join(s);", Limit),
    ("values as text", "a map", SHARED_MAP, "let t = m.to_string();", Limit),
    ("values as text", "a map interpolated", SHARED_MAP, "let t = `${m}`;", Limit),
    ("values as text", "a map as JSON", SHARED_MAP, "let t = m.to_json();", Limit),
    ("values as text", "an array in an array", SHARED, "let b = [0]; b[0] = a; let t = `${b}`;", Limit),
    ("values as text", "quotes that are doubled", "let s = \"\"; s.pad(200000, \"\\\"\"); ", "let t = s.to_debug();", Limit),

    ("arrays grow", "push", "", "let a = []; loop { a.push(1); }", Limit),
    ("arrays grow", "+", "", "let a = [1]; loop { a = a + a; }", Limit),
    ("arrays grow", "+=", "", "let a = [1]; loop { a += a; }", Limit),
    ("arrays grow", "append", "", "let a = [1]; loop { a.append(a); }", Limit),
    ("arrays grow", "insert", "", "let a = []; loop { a.insert(0, 1); }", Limit),
    ("arrays grow", "splice", "", "let a = [1]; loop { a.splice(0, 0, a); }", Limit),
    ("arrays grow", "pad", "", "let a = []; a.pad(9223372036854775807, 0);", Limit),
    ("arrays grow", "pad so that the product is a small number", "", "let a = []; a.pad(4611686018427387904, [0, 0, 0]);", Limit),
    ("arrays grow", "pad with arrays", "", "let b = []; b.pad(9999, 0); let a = []; a.pad(9999, b);", Limit),
    ("arrays grow", "pad with long texts", LONG, "let a = []; a.pad(9999, s);", Limit),
    ("arrays grow", "pad with characters of a long text", LONG, "let a = []; a.pad(9999, s.chars());", HeldBack),
    ("arrays grow", "characters of long texts by index", LONG, "let a = []; a.pad(9999, 0); for i in 0..9999 { a[i] = s.chars(); }", HeldBack),
    ("arrays grow", "long texts by index", LONG, "let a = []; a.pad(9999, 0); for i in 0..9999 { a[i] = s + `${i}`; }", HeldBack),
    ("arrays grow", "arrays by index", "", "let b = []; b.pad(9999, 0); let a = []; a.pad(9999, 0); for i in 0..9999 { a[i] = b; }", HeldBack),
    ("arrays grow", "doubled by index", "", "let a = [0, 0]; loop { let b = [0, 0]; b[0] = a; b[1] = a; a = b; }", Limit),
    ("arrays grow", "map to long texts", "let s = \"\"; s.pad(100000, \"x\"); let b = []; b.pad(5000, s); ", "let x = b.map(|t| t + \"y\");", Limit),
    ("arrays grow", "an array literal of arrays", "let b = []; b.pad(9000, 0); ", "let x = [b, b, b, b, b, b, b, b];", Limit),

    ("maps grow", "by index", "", "let m = #{}; let i = 0; loop { m[`k${i}`] = i; i += 1; }", Limit),
    ("maps grow", "by set", "", "let m = #{}; let i = 0; loop { m.set(`k${i}`, i); i += 1; }", Limit),
    ("maps grow", "long keys", LONG, "let m = #{}; let i = 0; loop { m[s + `${i}`] = i; i += 1; }", HeldBack),
    ("maps grow", "long values", LONG, "let m = #{}; let i = 0; loop { m[`k${i}`] = s + `${i}`; i += 1; }", HeldBack),
    ("maps grow", "mixin", "let m = #{}; for i in 0..4000 { m[`a${i}`] = i; } let n = #{}; for i in 0..9000 { n[`b${i}`] = i; } ", "m.mixin(n);", Limit),
    ("maps grow", "+", "let m = #{}; for i in 0..4000 { m[`a${i}`] = i; } let n = #{}; for i in 0..9000 { n[`b${i}`] = i; } ", "let x = m + n;", Limit),
    ("maps grow", "fill_with", "let m = #{}; for i in 0..4000 { m[`a${i}`] = i; } let n = #{}; for i in 0..9000 { n[`b${i}`] = i; } ", "m.fill_with(n);", Limit),
    ("maps grow", "maps in maps", "", "let m = #{ a: 1, b: 2 }; loop { m = #{ a: m, b: m }; }", Limit),

    ("dear operations", "texts searched", LONG, "let t = s; t.pop(); t += \"y\"; loop { let x = s.contains(t); }", HeldBack),
    ("dear operations", "texts raised", LONG, "loop { let x = s.to_upper(); }", HeldBack),
    ("dear operations", "texts reversed", LONG, "loop { for c in s { break; } }", HeldBack),
    ("dear operations", "arrays copied", "let a = []; a.pad(9999, 0); ", "loop { let b = a; }", HeldBack),
    ("dear operations", "arrays sorted", "let a = []; a.pad(9999, 0); ", "loop { a.sort(); }", HeldBack),
    ("dear operations", "arrays shown", "let a = []; a.pad(9999, 0); ", "loop { let x = a.to_string(); }", Limit),
    ("dear operations", "arrays compared", "let a = []; a.pad(9999, 0); ", "let b = a; loop { let x = a == b; }", HeldBack),
    ("dear operations", "elements taken from the front", "let a = []; a.pad(9999, 0); ", "loop { a.push(a.shift()); }", HeldBack),
    ("dear operations", "doubles removed", SHARED, "a.dedup();", Harmless),
    ("dear operations", "keys asked for", "let m = #{}; for i in 0..3000 { m[`k${i}`] = i; } ", "loop { let x = m.keys(); }", HeldBack),
    ("dear operations", "groups of files", "", "loop { let g = change.files.group_by(\"kind\"); }", Limit),
    ("dear operations", "texts kept apart", LONG, "let x = s.crop(0, 199999); let y = s.sub_string(1); let z = s.to_lower();", Harmless),
];

pub(crate) fn attacks() -> Vec<Attack> {
    let mut attacks: Vec<Attack> = GROWTH
        .iter()
        .map(|(kind, name, before, body, end)| {
            // What comes before takes operations that are not the attack's.
            let attack = Attack::script(kind, format!("{kind}: {name}"), rule(&format!("{before}{body}")), *end);
            attack.limited(&["operations=400000", "map_entries=3000"])
        })
        .collect();
    let frame: String = (0..100).map(|i| format!("let v{i} = \"\"; v{i}.pad(100000, \"x\"); ")).collect();
    let kind = "full frames";
    attacks.push(Attack::script(
        kind,
        "frames of long texts in each other",
        format!("{META}fn f(n) {{ {frame} if n > 0 {{ f(n - 1); }} }}\nfn check(c, p) {{ f(25); }}"),
        HeldBack,
    ));
    attacks.push(Attack::script(
        kind,
        "arguments that are copied at each call",
        format!("{META}fn f(a, n) {{ if n > 0 {{ f(a, n - 1); f(a, n - 1); }} }}\nfn check(c, p) {{ let a = []; a.pad(9999, 0); f(a, 25); }}"),
        HeldBack,
    ));
    attacks
}
