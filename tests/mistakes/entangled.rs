//! What is checked before a rule runs is bounded: no script makes the check hang, nor overflow the stack of a thread.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{load, rule};

/// Loads a script on a thread with the stack that threads have by default.
fn loaded(script: String) -> Result<(), String> {
    let load = move || load(&rule(&script)).map(drop).map_err(|mistakes| mistakes[0].message.clone());
    std::thread::Builder::new().stack_size(2 << 20).spawn(load).unwrap().join().expect("no script may panic")
}

fn nested(open: &str, inside: &str, close: &str, depth: usize) -> String {
    format!("{}{inside}{}", open.repeat(depth), close.repeat(depth))
}

/// The script with as much of what stands in itself as the parser takes.
fn deepest(script: impl Fn(usize) -> String) -> String {
    let fits = |depth: &usize| {
        let end = load(&rule(&script(*depth)));
        end.err().is_none_or(|mistakes| !mistakes[0].message.contains("maximum complexity"))
    };
    let depth = (2..40).rev().find(fits).unwrap();
    println!("{depth} inside of each other");
    script(depth)
}

#[test]
fn scripts_as_entangled_as_the_language_allows_are_checked_in_time() {
    let chain = deepest(|depth| {
        let mut chain = "fn check(change, params) { f0(change); }\nfn f60(c) { violation(c, \"m\"); }\n".to_owned();
        for index in 0..60 {
            let next = format!("if c.draft {{ f{}(c) }} else {{ note(\"m\") }}", index + 1);
            writeln!(chain, "fn f{index}(c) {{ {} }}", nested("if c.fork { ", &next, " }", depth)).unwrap();
        }
        chain
    });
    let mut tree = "fn check(change, params) { f0(change.findings); violation(change, \"m\"); }\n".to_owned();
    for index in 0..60 {
        writeln!(tree, "fn f{index}(x) {{ f{0}(x); f{0}([x]); f{0}(#{{ a: x }}); }}", index + 1).unwrap();
    }
    tree.push_str("fn f60(x) { print(`${[x].len()}`); }\n");
    let grown = "let m = #{}; let n = #{}; ".to_owned()
        + "m = #{ a: m, b: m }; n = #{ a: n, b: n }; ".repeat(60).as_str()
        + "if change.draft { m = n; } note(`${m.len()}`);";
    let mut shifted = (0..40).fold(String::new(), |text, index| text + format!("let v{index} = {index}; ").as_str());
    shifted += "for f in change.files { ";
    for index in 0..39 {
        write!(shifted, "v{index} = v{}; ", index + 1).unwrap();
    }
    shifted += "v39 = f.path; } ";
    for index in 0..40 {
        write!(shifted, "note(`${{v{index}}}`); ").unwrap();
    }
    let loops = |depth| {
        let inside =
            |body: String, index: usize| format!("for f{index} in change.files {{ b = a; {body} a = [f{index}]; }}");
        let body = (0..depth).fold("a = \"x\";".to_owned(), inside);
        format!("let a = 1; let b = 1; {body} note(`${{a == b}}`);")
    };
    let conditions = |depth| nested("if change.draft { ", "note(\"m\");", " } else { note(\"n\"); }", depth);
    let scripts = [
        ("chain of functions", chain),
        ("tree of functions", tree),
        ("maps that double", grown),
        ("types that move through a loop", shifted),
        ("loops in loops", deepest(loops)),
        ("conditions in conditions", deepest(conditions)),
        ("arrays in arrays", format!("let a = []; {} note(`${{a.len()}}`);", "a = [a]; a.push(a); ".repeat(800))),
        ("many statements", "note(change.title + \"x\");".repeat(2_000)),
    ];
    for (name, script) in scripts {
        let start = Instant::now();
        let end = loaded(script);
        println!("{name}: {end:?} after {:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(20), "{name} took {:?}", start.elapsed());
        if let Err(message) = end {
            assert!(message.contains("too entangled"), "{name}: {message}");
        }
    }
}
