//! What the formats of JavaScript's managers may hold, and what they may not.

use tollgate::collect::lockfiles::LockedPackage;
use tollgate::evidence::{Completeness, DependencyScope, Directness, Pin};

use crate::Trees;
use crate::javascript::locked;

/// A refused lockfile, as its line and message.
fn refused(path: &str, text: &str) -> (Option<u32>, String) {
    let error = locked([(path, text)]).unwrap_err();
    (error.line, error.message)
}

const DIGEST: &str = "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";

#[test]
fn versions_that_are_not_known_are_refused_with_their_line() {
    for (path, text, line) in [
        ("yarn.lock", "# THIS\n# yarn lockfile v2\n\n\na@1:\n  version \"1.0.0\"\n", Some(2)),
        ("yarn.lock", "__metadata:\n  version: 11\n  cacheKey: 10c0\n", Some(2)),
        ("yarn.lock", "__metadata:\n  version: 3\n", Some(2)),
        ("yarn.lock", "a@1:\n  version \"1.0.0\"\n", None),
        ("yarn.lock", "", None),
        ("pnpm-lock.yaml", "\nlockfileVersion: '10.0'\n", Some(2)),
        ("pnpm-lock.yaml", "lockfileVersion: 7.0\n", Some(1)),
        ("pnpm-lock.yaml", "packages: {}\n", None),
        ("pnpm-lock.yaml", "", None),
        ("bun.lock", "{\n\"lockfileVersion\": 4, \"workspaces\": {}}", Some(2)),
        ("bun.lock", "{\"workspaces\": {}}", None),
        ("bun.lock", "", Some(1)),
    ] {
        let (found, message) = refused(path, text);
        assert_eq!(found, line, "{text}: {message}");
    }
}

#[test]
fn what_stands_there_twice_is_refused() {
    let yarn = "# yarn lockfile v1\na@1:\n  version \"1.0.0\"\n\"b@1\", a@1:\n  version \"1.0.1\"\n";
    assert_eq!(refused("yarn.lock", yarn).0, Some(4));
    let entry = |key: &str| format!("\"{key}\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n  linkType: hard\n");
    let berry = format!("__metadata:\n  version: 8\n{}{}", entry("a@npm:^1"), entry("a@npm:1, a@npm:^1"));
    assert_eq!(refused("yarn.lock", &berry).0, Some(7));
    let key = format!("  a@1.0.0:\n    resolution: {{integrity: {DIGEST}}}\n");
    let pnpm =
        format!("lockfileVersion: '9.0'\nimporters:\n  .: {{}}\npackages:\n{key}{key}snapshots:\n  a@1.0.0: {{}}\n");
    assert!(refused("pnpm-lock.yaml", &pnpm).0.is_some_and(|line| line >= 7));
    let entry = format!("\"a\": [\"a@1.0.0\", \"\", {{}}, \"{DIGEST}\"],\n");
    let bun = format!("{{\"lockfileVersion\": 1, \"workspaces\": {{}}, \"packages\": {{\n{entry}{entry}}}}}");
    assert!(refused("bun.lock", &bun).0.is_some_and(|line| line >= 3));
}

#[test]
fn anchors_and_merged_keys_are_no_part_of_a_lockfile() {
    for text in [
        "lockfileVersion: '9.0'\nimporters: &a\n  .: {}\npackages: *a\n",
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    <<: {dependencies: {}}\n",
    ] {
        assert!(locked([("pnpm-lock.yaml", text)]).is_err(), "{text}");
    }
}

#[test]
fn a_checksum_that_is_cut_short_is_refused_or_no_checksum() {
    let short = DIGEST.trim_end_matches('=');
    let yarn =
        format!("# yarn lockfile v1\na@1:\n  version \"1.0.0\"\n  resolved \"https://h/a.tgz\"\n  integrity {short}\n");
    assert_eq!(refused("yarn.lock", &yarn).0, Some(2));
    let pnpm = format!("lockfileVersion: 5.4\npackages:\n  /a/1.0.0:\n    resolution: {{integrity: {short}}}\n");
    assert_eq!(refused("pnpm-lock.yaml", &pnpm).0, Some(3));
    let bun = format!(
        r#"{{"lockfileVersion": 1, "workspaces": {{}}, "packages": {{ "a": ["a@1.0.0", "", {{}}, "{short}"] }}}}"#
    );
    assert!(refused("bun.lock", &bun).1.contains("no checksum"));
}

#[test]
fn yarn_resolutions_of_every_protocol_are_read() {
    let entry = |key: &str, version: &str, resolution: &str, rest: &str| {
        format!("\"{key}\":\n  version: {version}\n  resolution: \"{resolution}\"\n{rest}  linkType: hard\n\n")
    };
    let commit = "0948d999f2fddf9f90991956493f976273c5da1f";
    let text = [
        "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n".to_owned(),
        entry("a@npm:^1", "1.0.0", "a@npm:1.0.0", "  checksum: 10c0/0a\n"),
        entry(
            "a@patch:a@npm%3A^1#~/.yarn/patches/a.patch",
            "1.0.0",
            "a@patch:a@npm%3A1.0.0#~/.yarn/patches/a.patch::version=1.0.0&hash=01",
            "  checksum: 10c0/0b\n",
        ),
        entry(
            "f@patch:f@npm%3A^1#optional!builtin<compat/f>",
            "1.0.0",
            "f@patch:f@npm%3A1.0.0#optional!builtin<compat/f>::version=1.0.0&hash=02",
            "  checksum: 10c0/0c\n",
        ),
        entry("g@https://github.com/o/g.git", "2.0.0", &format!("g@https://github.com/o/g.git#commit={commit}"), ""),
        entry("h@git@github.com:o/h.git", "2.0.0", &format!("h@git@github.com:o/h.git#commit:{commit}"), ""),
        entry("i@https://h.example/i.tgz", "2.0.0", "i@https://h.example/i.tgz", ""),
        entry("j@file:./j.tgz", "2.0.0", "j@file:./j.tgz#./j.tgz::hash=01&locator=p%40workspace%3A.", ""),
        entry(
            "k@portal:../../k::locator=p%40workspace%3Apackages/p",
            "0.0.0-use.local",
            "k@portal:../../k::locator=p%40workspace%3Apackages/p",
            "",
        ),
        entry(
            "l@link:../../../l::locator=p%40workspace%3Apackages/p",
            "0.0.0-use.local",
            "l@link:../../../l::locator=p%40workspace%3Apackages/p",
            "",
        ),
        entry("m@npm:n@^1", "1.0.0", "n@npm:1.0.0::__archiveUrl=https%3A%2F%2Fnpm.example%2Fn%2F-%2Fn-1.0.0.tgz", ""),
    ];
    let set = locked([("yarn.lock", text.concat().as_str())]).unwrap();
    let row = |it: &LockedPackage| {
        let sources = it.sources.iter().map(|source| {
            format!("{} {}", source.kind, source.location.as_deref().or(source.host.as_deref()).unwrap_or("-"))
        });
        format!("{} {} [{}] {}", it.name, it.version, sources.collect::<Vec<_>>().join(", "), it.integrity.join(" "))
    };
    let rows: Vec<String> = set.packages.iter().map(row).collect();
    assert_eq!(
        rows,
        [
            "a 1.0.0 [registry -] yarn-cache-10c0:0a".to_owned(),
            // The patch is a place that it comes from, and its checksum is none of the package itself.
            "a 1.0.0 [registry -, path .yarn/patches/a.patch] yarn-cache-10c0-patched-01:0b".to_owned(),
            "f 1.0.0 [registry -] yarn-cache-10c0-patched-02:0c".to_owned(),
            format!("g 2.0.0 [git https://github.com/o/g.git#{commit}] "),
            format!("h 2.0.0 [git github.com:o/h.git#{commit}] "),
            "i 2.0.0 [url https://h.example/i.tgz] ".to_owned(),
            "j 2.0.0 [path j.tgz] ".to_owned(),
            "l 0.0.0-use.local [path ../l] ".to_owned(),
            "n 1.0.0 [registry https://npm.example/n/-/n-1.0.0.tgz] ".to_owned(),
        ]
    );
    assert_eq!(set.members.iter().map(String::as_str).collect::<Vec<_>>(), ["k"]);
    for unknown in ["a@ftp://h/a", "a@npm:1.0.0::x=1", "a@patch:b@npm%3A1.0.0#x", "a@workspace:../..", "a@else:1"] {
        let text = format!("__metadata:\n  version: 8\n\n{}", entry("a@npm:1", "1.0.0", unknown, ""));
        assert_eq!(refused("yarn.lock", &text).0, Some(4), "{unknown}");
    }
}

#[test]
fn a_new_patch_of_a_package_is_a_change_of_it_and_one_of_yarn_is_not() {
    let lock = |file: &str, hash: &str| {
        format!(
            "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"a@patch:a@npm%3A^1#{file}\":\n  version: 1.0.0\n  \
             resolution: \"a@patch:a@npm%3A1.0.0#{file}::version=1.0.0&hash={hash}\"\n  checksum: 10c0/{hash}{hash}\n  linkType: hard\n"
        )
    };
    let changed =
        |before: &str, after: &str| Trees::new([("yarn.lock", before)], [("yarn.lock", after)]).evidence().0.len();
    let (ours, others) = ("~/.yarn/patches/a.patch", "~builtin<compat/a>");
    assert_eq!(changed(&lock(others, "01"), &lock(others, "02")), 0);
    assert_eq!(changed(&lock(others, "01"), &lock(ours, "01")), 1);
    // Other content under the same scheme is a change, another scheme is none.
    let plain = |checksum: &str| {
        format!(
            "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"a@npm:^1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n  checksum: {checksum}\n  linkType: hard\n"
        )
    };
    assert_eq!(changed(&plain("10c0/0a"), &plain("10c0/0b")), 1);
    assert_eq!(changed(&plain("10c0/0a"), &plain("0a")), 0);
    assert_eq!(changed(&plain("8/0a"), &plain("10c0/0b")), 0);
}

#[test]
fn workspaces_of_yarn_1_are_those_that_the_patterns_name() {
    let lock = "# yarn lockfile v1\n\n\na@^1:\n  version \"1.0.0\"\n  resolved \"https://r.example/a/-/a-1.0.0.tgz#0\"\n  dependencies:\n    \
                b \"^1\"\n    w \"^1\"\n\nb@^1:\n  version \"1.1.0\"\n  resolved \"https://r.example/b/-/b-1.1.0.tgz#0\"\n\n\
                c@^2:\n  version \"2.0.0\"\n";
    let root = r#"{"workspaces": {"packages": ["packages/*", "!packages/old"]}}"#;
    let files = [
        ("yarn.lock", lock),
        ("package.json", root),
        ("packages/w/package.json", r#"{"name": "w", "dependencies": {"a": "^1"}, "devDependencies": {"c": "^2"}}"#),
        ("packages/old/package.json", r#"{"dependencies": {"b": "^1"}}"#),
        ("packages/w/node_modules/x/package.json", r#"{"dependencies": {"b": "^1"}}"#),
    ];
    let set = locked(files).unwrap();
    let row = |name: &str| {
        set.packages.iter().find(|it| it.name == name).map(|it| (it.directness, it.scope, it.pin)).unwrap()
    };
    assert_eq!(row("a"), (Directness::Direct, DependencyScope::Runtime, None));
    assert_eq!(row("b"), (Directness::Transitive, DependencyScope::Runtime, None));
    // Without an address it is looked up anew each time.
    assert_eq!(row("c"), (Directness::Direct, DependencyScope::Development, Some(Pin::Floating)));
    assert_eq!(set.members.iter().map(String::as_str).collect::<Vec<_>>(), ["", "packages/w"]);
    // Without the workspace's manifest, `w` is a package that nothing locks.
    let message = locked(files[..2].iter().copied()).unwrap_err().message;
    assert!(message.contains("`w`, which is not in the file"), "{message}");
}

#[test]
fn pnpm_reads_git_directories_peers_and_the_document_of_pnpm_itself() {
    let text = format!(
        "---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    packageManagerDependencies:\n      pnpm:\n        specifier: 12.0.0\n        \
         version: 12.0.0\npackages:\n  pnpm@12.0.0:\n    resolution: {{integrity: {DIGEST}}}\nsnapshots:\n  pnpm@12.0.0: {{}}\n---\n\
         lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0(p@2.0.0)\n      \
         g:\n        specifier: o/g\n        version: https://codeload.github.com/o/g/tar.gz/0948d999f2fddf9f90991956493f976273c5da1f\n      \
         l:\n        specifier: link:../l\n        version: link:../l\n      z:\n        specifier: npm:@s/b@1\n        version: '@s/b@1.0.0'\n    \
         devDependencies:\n      a2:\n        specifier: npm:a@1\n        version: a@1.0.0\n  packages/w:\n    dependencies:\n      d:\n        \
         specifier: file:../d\n        version: file:packages/d\n\
         packages:\n  a@1.0.0:\n    resolution: {{integrity: {DIGEST}}}\n    deprecated: use b\n  '@s/b@1.0.0':\n    resolution: {{integrity: {DIGEST}, \
         tarball: https://npm.example/@s/b/-/b-1.0.0.tgz}}\n  d@file:packages/d:\n    resolution: {{directory: packages/d, type: directory}}\n  \
         g@https://codeload.github.com/o/g/tar.gz/0948d999f2fddf9f90991956493f976273c5da1f:\n    \
         resolution: {{tarball: https://codeload.github.com/o/g/tar.gz/0948d999f2fddf9f90991956493f976273c5da1f}}\n    version: 3.0.0\n  \
         p@2.0.0:\n    resolution: {{type: git, repo: git@github.com:o/p.git, commit: 0948d999f2fddf9f90991956493f976273c5da1f}}\n\
         snapshots:\n  a@1.0.0: {{}}\n  a@1.0.0(p@2.0.0):\n    dependencies:\n      p: 2.0.0\n  '@s/b@1.0.0': {{}}\n  d@file:packages/d: {{}}\n  \
         g@https://codeload.github.com/o/g/tar.gz/0948d999f2fddf9f90991956493f976273c5da1f: {{}}\n  p@2.0.0: {{}}\n"
    );
    let set = locked([("pnpm-lock.yaml", text.as_str())]).unwrap();
    let row = |it: &LockedPackage| {
        let source = &it.sources[0];
        format!(
            "{} {} {} {} {} {}",
            it.name,
            it.version,
            it.directness,
            it.scope,
            source.kind,
            source.host.as_deref().unwrap_or("-")
        )
    };
    assert_eq!(
        set.packages.iter().map(row).collect::<Vec<_>>(),
        [
            "pnpm 12.0.0 direct development registry -",
            "a 1.0.0 direct development registry -",
            "@s/b 1.0.0 direct runtime registry npm.example",
            "g 3.0.0 direct runtime git codeload.github.com",
            "p 2.0.0 transitive runtime git github.com",
            "a 1.0.0 direct runtime registry -",
        ]
    );
    assert!(set.packages.iter().filter(|it| it.name == "a").all(|it| it.deprecated.as_deref() == Some("use b")));
    assert_eq!(set.members.iter().map(String::as_str).collect::<Vec<_>>(), ["", "packages/d", "packages/w"]);
    let cut = text.split("\nsnapshots:\n  a@").next().unwrap();
    assert!(locked([("pnpm-lock.yaml", cut)]).unwrap_err().message.contains("`snapshots`"));
    let unknown = text.replace("type: directory", "type: else").replace("directory: packages/d, ", "");
    assert!(locked([("pnpm-lock.yaml", unknown.as_str())]).unwrap_err().message.contains("unknown type `else`"));
}

#[test]
fn bun_reads_workspaces_git_and_archives() {
    let text = format!(
        r#"{{
  // Written by hand, as bun allows.
  "lockfileVersion": 2,
  "configVersion": 1,
  "workspaces": {{
    "": {{ "name": "r", "dependencies": {{ "g": "github:o/g", "t": "https://h.example/t.tgz", "u": "git+https://h.example/u.git", }}, }},
    "packages/w": {{ "name": "@s/w", "devDependencies": {{ "a": "^2.0.0", "l": "file:l", }}, "peerDependencies": {{ "x": "*" }}, }},
  }},
  "packages": {{
    "@s/w": ["@s/w@workspace:packages/w"],
    "@s/w/a": ["a@2.0.0", "https://npm.example/a/-/a-2.0.0.tgz", {{ "peerDependencies": {{ "x": "*" }} }}, "{DIGEST}"],
    "g": ["g@github:o/g#0948d99", {{ "dependencies": {{ "a": "1" }} }}, "o-g-0948d99"],
    "a": ["a@1.0.0", "", {{}}, "{DIGEST}"],
    "l": ["l@file:l", {{}}],
    "t": ["t@https://h.example/t.tgz", {{}}],
    "u": ["u@git+https://h.example/u.git#0948d999f2fddf9f90991956493f976273c5da1f", {{}}, "0948d999f2fddf9f90991956493f976273c5da1f"],
  }}
}}"#
    );
    let set = locked([("bun.lock", text.as_str())]).unwrap();
    let row = |it: &LockedPackage| {
        let source = &it.sources[0];
        format!(
            "{} {} {} {} {} {}",
            it.name,
            it.version,
            it.directness,
            it.scope,
            source.kind,
            source.host.as_deref().unwrap_or("-")
        )
    };
    assert_eq!(
        set.packages.iter().map(row).collect::<Vec<_>>(),
        [
            "a 2.0.0 direct development registry npm.example",
            "g 0948d99 direct runtime git github.com",
            "a 1.0.0 transitive runtime registry -",
            "t 0 direct runtime url h.example",
            "u 0948d999f2fddf9f90991956493f976273c5da1f direct runtime git h.example",
        ]
    );
    assert_eq!(set.members.iter().map(String::as_str).collect::<Vec<_>>(), ["", "l", "packages/w"]);
    for (from, to) in [
        ("\"a\": \"1\"", "\"b\": \"1\""),
        ("\"a@1.0.0\", \"\", {}", "\"a@1.0.0\", {}"),
        ("l@file:l", "l@else:l"),
        ("workspace:packages/w", "workspace:../w"),
        ("\"l\": [\"l@file:l\", {}],", "\"l\": 1,"),
        ("\"^2.0.0\"", "2"),
    ] {
        let wrong = text.replace(from, to);
        assert_ne!(wrong, text, "{from}");
        let error = locked([("bun.lock", wrong.as_str())]).unwrap_err();
        assert_eq!(error.completeness, Completeness::Failed, "{from}");
    }
}

#[test]
fn nesting_and_long_lines_end_before_the_stack_or_the_patience() {
    let deep = "[".repeat(100_000);
    for (path, start) in [
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\nx: "),
        ("yarn.lock", "__metadata:\n  version: 8\n  x: "),
        ("bun.lock", "{\"lockfileVersion\": 1, \"x\": "),
    ] {
        assert!(locked([(path, format!("{start}{deep}").as_str())]).is_err(), "{path}");
    }
    // Quadratic readers would not end here in any time that a test is waited for.
    let words = "a, ".repeat(1 << 19);
    for (path, start) in [
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\nx: ["),
        ("yarn.lock", "# yarn lockfile v1\n"),
        ("yarn.lock", "__metadata:\n  version: 8\n  x: ["),
        ("bun.lock", "{\"lockfileVersion\": 1, \"x\": ["),
    ] {
        assert!(locked([(path, format!("{start}{words}").as_str())]).is_err(), "{path}");
    }
}
