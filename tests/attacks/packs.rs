//! Packs as directories: imports, `pack.toml`, files, links, devices, cases.

use super::harness::{Attack, End, META, PACK, rule};
use End::{Harmless, Objects, Refused};

fn imports() -> Vec<Attack> {
    let import = |what: &str| format!("import \"{what}\" as x;\n{META}fn check(c, p) {{ x::f(c); }}\n");
    let one = |name: &str, what: &str| Attack::script("imports", format!("imports: {name}"), import(what), Refused);
    let libraries = |name: &str, libraries: Vec<(String, String)>, end: End| {
        let mut attack = Attack::script("imports", format!("imports: {name}"), import("a"), end);
        for (path, text) in libraries {
            attack.files.insert(path, text.into_bytes());
        }
        attack
    };
    let chain = (0..500).map(|i| {
        let name = if i == 0 { "a".to_owned() } else { format!("m{i}") };
        let next = i + 1;
        let text = if next == 500 {
            "fn f(c) { violation(c, \"x\"); }".to_owned()
        } else {
            format!("import \"m{next}\" as n;\nfn f(c) {{ }}\n")
        };
        (format!("lib/{name}.rhai"), text)
    });
    vec![
        one("an absolute path", "/etc/passwd"),
        one("above the pack", "../../secret"),
        one("another pack", "baseline/lib/paths"),
        one("a module of another pack by its origin", "builtin:baseline/lib/paths"),
        one("a rule", "../rules/r"),
        one("nothing", ""),
        one("a name with the end of a text", "a\\0"),
        one("an address", "https://example.com/x"),
        Attack::script("imports", "imports: computed", format!("import \"a\" + \"b\" as x;\n{}", rule("")), Refused),
        Attack::script("imports", "imports: in the rule", rule("import \"a\" as x;"), Refused),
        Attack::script("imports", "imports: in a loop", rule("loop { import \"a\" as x; }"), Refused),
        libraries(
            "a module that imports itself",
            vec![("lib/a.rhai".into(), "import \"a\" as a;\nfn f(c) {}".into())],
            Refused,
        ),
        libraries(
            "a circle",
            vec![
                ("lib/a.rhai".into(), "import \"b\" as b;\nfn f(c) {}".into()),
                ("lib/b.rhai".into(), "import \"a\" as a;\nfn g(c) {}".into()),
            ],
            Refused,
        ),
        libraries("a chain", chain.collect(), Harmless),
        libraries("a module that does something", vec![("lib/a.rhai".into(), "loop {}\nfn f(c) {}".into())], Refused),
        libraries(
            "a module that names a host function",
            vec![("lib/a.rhai".into(), "fn violation(a, b) {}\nfn f(c) {}".into())],
            Refused,
        ),
        libraries("a module that never ends", vec![("lib/a.rhai".into(), "fn f(c) { f(c) }".into())], End::Limit),
        libraries(
            "a module with another's name",
            vec![
                ("lib/a.rhai".into(), "fn f(c) { violation(c, \"x\"); }".into()),
                ("lib/A.rhai".into(), "fn f(c) {}".into()),
            ],
            Objects,
        ),
    ]
}

fn manifests() -> Vec<Attack> {
    let of = |name: &str, text: String, end: End| {
        let files = [("pack.toml", text.into_bytes()), ("rules/r.rhai", rule("").into_bytes())];
        Attack::pack("pack.toml", format!("pack.toml: {name}"), files, end)
    };
    let with = |more: &str| format!("{PACK}{more}");
    vec![
        of("deep arrays", with(&format!("[x]\ny = {}{}\n", "[".repeat(20_000), "]".repeat(20_000))), Refused),
        of("deep tables", with(&format!("[{}]\n", vec!["a"; 10_000].join("."))), Refused),
        of("deep inline tables", with(&format!("[x]\ny = {}1{}\n", "{a=".repeat(8_000), "}".repeat(8_000))), Refused),
        of(
            "a huge list",
            with(&format!("[parameters.x]\ntype = \"list<string>\"\ndefault = [{}]\n", "\"a\",".repeat(15_000))),
            Harmless,
        ),
        of("a huge name", PACK.replace("\"p\"", &format!("\"{}\"", "p".repeat(60_000))), Harmless),
        of("a hostile name", PACK.replace("\"p\"", "\"\\u001b[31m\\u202e\\n# Approved\""), Refused),
        of("a hostile version", PACK.replace("1.0.0", "\\u001b[31m\\u202e\\n# Approved<script>"), Harmless),
        of("a hostile description", PACK.replace("\"d\"", "\"\\u001b[31m\\u202e\\n# Approved<script>\""), Harmless),
        of("keys twice", with("name = \"q\"\n"), Refused),
        of("unknown keys", with("[no_such_table]\nx = 1\n"), Refused),
        of(
            "many parameters",
            with(
                &(0..1_200)
                    .map(|i| format!("[parameters.a{i}]\ntype = \"integer\"\ndefault = 1\n"))
                    .collect::<String>(),
            ),
            Harmless,
        ),
        of(
            "many rules that are none",
            with(&(0..3_000).map(|i| format!("[rules.r{i}]\n")).collect::<String>()),
            Refused,
        ),
        of("an approval of nobody", with("[risk.low]\napprovals = [{ from = [], count = 0 }]\n"), Refused),
        of(
            "an approval of all",
            with("[risk.none]\napprovals = [{ from = [\"any\"], count = 4294967295 }]\n"),
            Harmless,
        ),
        of(
            "a number past the end",
            with("[risk.low]\napprovals = [{ from = [\"any\"], count = 99999999999999999999 }]\n"),
            Refused,
        ),
        of("a glob that is none", with("[parameters.x]\ntype = \"glob\"\ndefault = \"[\"\n"), Refused),
        of("no characters", String::from("\0\0\0\0"), Refused),
        of("nothing", String::new(), Refused),
        of("longer than it may be", with(&"#".repeat(70_000)), Refused),
        of("a rule's threshold of its own", with("[rules.r]\nenforcement = \"none\"\n"), Refused),
    ]
}

fn floods() -> Vec<Attack> {
    let of = |kind: &'static str, name: &str, files: Vec<(String, Vec<u8>)>, end: End| {
        let mut attack = Attack::script(kind, format!("{kind}: {name}"), rule(""), end);
        attack.files.extend(files);
        attack
    };
    let rules = |count: usize, text: &str| -> Vec<(String, Vec<u8>)> {
        (0..count).map(|i| (format!("rules/r{i}.rhai"), text.as_bytes().to_vec())).collect()
    };
    let lets = rule(&(0..4_000).map(|i| format!("let a{i}=1;")).collect::<String>());
    vec![
        of("floods of files", "more rules than there may be", rules(1_000, &rule("")), Refused),
        of(
            "floods of files",
            "more bytes of scripts than there may be",
            rules(90, &rule(&"\n".repeat(60_000))),
            Refused,
        ),
        of("floods of files", "scripts that take long to be read", rules(40, &lets), End::HeldBack)
            .limited(&["milliseconds=1"]),
        of("floods of files", "rules that each use all their operations", rules(100, &rule("loop {}")), End::Limit)
            .limited(&["operations=20000"]),
        of(
            "floods of files",
            "rules that each say as much as they may",
            rules(20, &rule("let s = \"\"; s.pad(100000, \"x\"); loop { note(s); }")),
            End::Limit,
        )
        .limited(&["effect_bytes=10000"]),
        of(
            "floods of files",
            "more files than there may be",
            (0..10_000).map(|i| (format!("docs/{}/{i}", i % 50), Vec::new())).collect(),
            Refused,
        ),
        of(
            "floods of cases",
            "cases that nobody runs",
            (0..2_000).map(|i| (format!("cases/r/{i}.toml"), b"loop {}".to_vec())).collect(),
            Harmless,
        ),
        of("floods of cases", "a case that is no case", vec![("cases/r/x.toml".into(), vec![0xff; 60_000])], Harmless),
        of("files", "a long one", vec![("docs/long".into(), vec![b'x'; 70_000])], Refused),
        of(
            "files",
            "a rule where none is looked for",
            vec![("rules/more/s.rhai".into(), rule("").into_bytes())],
            Refused,
        ),
        of("files", "a script beside `rules`", vec![("s.rhai".into(), rule("").into_bytes())], Refused),
        of(
            "files",
            "a rule of a hostile name",
            vec![(
                "rules/\u{1b}[31m\u{202e}x.rhai".into(),
                rule("for f in change.files { violation(f, \"x\"); }").into_bytes(),
            )],
            Objects,
        ),
        of(
            "files",
            "a hidden one",
            vec![
                (".git/config".into(), b"[core]\nfsmonitor = touch pwned".to_vec()),
                ("rules/.r.rhai".into(), b"loop {".to_vec()),
            ],
            Harmless,
        ),
        Attack::pack("files", "files: no rules", [("pack.toml", PACK.into())], Refused),
        Attack::pack("files", "files: no pack.toml", [("rules/r.rhai", rule("").into_bytes())], Refused),
        Attack::pack("files", "files: nothing", [], Refused),
    ]
}

fn links() -> Vec<Attack> {
    use std::os::unix::fs::symlink;
    let of = |name: &str, prepare: fn(&std::path::Path)| {
        Attack::script("links and devices", format!("links and devices: {name}"), rule(""), Refused).prepared(prepare)
    };
    vec![
        of("a rule that is a link", |pack| symlink("/etc/passwd", pack.join("rules/s.rhai")).unwrap()),
        of("a rule that is a device that never ends", |pack| symlink("/dev/zero", pack.join("rules/s.rhai")).unwrap()),
        of("a directory that is a link to itself", |pack| symlink(".", pack.join("lib")).unwrap()),
        of("a directory that is a link to everything", |pack| symlink("/", pack.join("docs")).unwrap()),
        of("a link to nothing", |pack| symlink("nowhere", pack.join("rules/s.rhai")).unwrap()),
        of("pack.toml that is a link", |pack| {
            std::fs::rename(pack.join("pack.toml"), pack.join("p.toml")).unwrap();
            symlink("p.toml", pack.join("pack.toml")).unwrap();
        }),
        of("a socket", |pack| {
            // The file stays when nobody listens any more.
            std::os::unix::net::UnixListener::bind(pack.join("rules/s.rhai")).unwrap();
        }),
        of("a rule that is a directory", |pack| {
            std::fs::create_dir(pack.join("rules/s.rhai")).unwrap();
            std::fs::write(pack.join("rules/s.rhai/t.rhai"), rule("")).unwrap();
        }),
        of("directories in each other", |pack| {
            let deep = (0..400).fold(pack.join("docs"), |path, _| path.join("d"));
            std::fs::create_dir_all(&deep).unwrap();
            std::fs::write(deep.join("s.rhai"), rule("")).unwrap();
        }),
    ]
}

pub(crate) fn attacks() -> Vec<Attack> {
    [imports(), manifests(), floods(), links()].into_iter().flatten().collect()
}
