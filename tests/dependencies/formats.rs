//! What each format says, and what it is refused for.

use tollgate::evidence::{
    Completeness, DependencyChange, DependencyChangeKind, DependencyScope, Directness, SourceKind,
};

use crate::{Trees, failures};

#[test]
fn requirements_follow_includes_and_constraints_inside_the_repository() {
    let trees = Trees::new(
        [
            ("requirements.txt", "-r base.txt\nb\n-c pins/all.txt\n"),
            ("base.txt", "a==1.0\n"),
            ("pins/all.txt", "b==2.0\nunused==1\n"),
        ],
        [
            ("requirements.txt", "-r base.txt\nb\n-c pins/all.txt\n"),
            ("base.txt", "a==1.1\n"),
            ("pins/all.txt", "b==2.1\nunused==1\n"),
        ],
    );
    let (changes, _) = trees.evidence();
    let rows: Vec<_> =
        changes.iter().map(|it| (it.name.as_str(), it.after.join(","), it.manifest.as_deref().unwrap())).collect();
    assert_eq!(rows, [("a", "1.1".to_owned(), "requirements.txt"), ("b", "2.1".to_owned(), "requirements.txt")]);
}

#[test]
fn requirements_that_are_not_pinned_or_include_each_other_are_failed_with_their_line() {
    for (files, path, part) in [
        (vec![("requirements.txt", "a==1\n\nb>=2\n")], "requirements.txt", "requirements.txt:3: `b` is not pinned"),
        (
            vec![("requirements.txt", "-r x.txt\n"), ("x.txt", "a==1\n-r requirements.txt\n")],
            "requirements.txt",
            "x.txt:2: includes `requirements.txt`, which includes it in turn",
        ),
        (
            vec![("requirements.txt", "-r none.txt\n")],
            "requirements.txt",
            "requirements.txt:1: includes `none.txt`, which is not there",
        ),
        (vec![("requirements.txt", "-r ../x.txt\n")], "requirements.txt", "outside of the repository"),
        (vec![("requirements.txt", "-r https://h/x.txt\n")], "requirements.txt", "not a file of the repository"),
        (
            vec![("requirements.txt", "a==1\na==2\n")],
            "requirements.txt",
            "requirements.txt:2: pins `a` to `1` and to `2`",
        ),
        (vec![("requirements.txt", "git+https://h/o/a#egg=a\n")], "requirements.txt", "names no commit"),
    ] {
        let found = failures(&Trees::new([], files));
        assert!(found.iter().any(|(at, reason)| at == path && reason.contains(part)), "{part}: {found:?}");
    }
}

#[test]
fn an_index_that_is_added_is_a_source_of_every_package() {
    let (changes, _) = Trees::new(
        [("requirements.txt", "a==1\nb==1\n")],
        [("requirements.txt", "--extra-index-url https://u:p@evil.example/simple\na==1\nb==1\n")],
    )
    .evidence();
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().all(|change| change.new_hosts == ["evil.example"]));
}

#[test]
fn a_go_mod_of_an_old_release_says_that_it_lists_not_everything() {
    let go = |version: &str| format!("module m\ngo 1.16\nrequire a.b/c {version}\n");
    let (changes, sources) = Trees::new([("go.mod", &*go("v1.0.0"))], [("go.mod", &*go("v1.1.0"))]).evidence();
    assert_eq!(changes.len(), 1);
    assert_eq!(sources[0].completeness, Completeness::Truncated);
}

#[test]
fn a_go_module_replaced_by_a_path_or_with_another_checksum_is_a_change() {
    let go = "module m\ngo 1.22\nrequire a.b/c v1.0.0\n";
    let replaced = format!("{go}replace a.b/c => ../fork\n");
    let (changes, _) = Trees::new([("go.mod", go)], [("go.mod", &*replaced)]).evidence();
    assert_eq!(
        (changes[0].change, changes[0].sources_after[0].kind),
        (DependencyChangeKind::Changed, SourceKind::Path)
    );
    let trees = Trees::new(
        [("go.mod", go), ("go.sum", "a.b/c v1.0.0 h1:AA=\n")],
        [("go.mod", go), ("go.sum", "a.b/c v1.0.0 h1:BB=\n")],
    );
    let (changes, sources) = trees.evidence();
    assert_eq!((changes.len(), changes[0].change), (1, DependencyChangeKind::Changed));
    assert_eq!((sources.len(), sources[0].path.as_deref()), (1, Some("go.mod")));
}

/// What one lockfile adds to nothing, as (name, version, directness, scope, kind and host of each source).
fn added(files: &[(&str, &str)]) -> Vec<(String, String, Directness, DependencyScope, String)> {
    let trees = Trees::new([], files.iter().copied());
    let (changes, sources) = trees.evidence();
    assert!(sources.iter().all(|source| source.completeness == Completeness::Complete), "{sources:?}");
    let row = |change: DependencyChange| {
        let places = change.sources_after.iter().map(|it| format!("{}@{}", it.kind, it.host.as_deref().unwrap_or("-")));
        let places = places.collect::<Vec<_>>().join(" ");
        (change.name, change.after.join(","), change.directness, change.scope, places)
    };
    changes.into_iter().map(row).collect()
}

fn row(
    name: &str,
    version: &str,
    directness: Directness,
    scope: DependencyScope,
    places: &str,
) -> (String, String, Directness, DependencyScope, String) {
    (name.to_owned(), version.to_owned(), directness, scope, places.to_owned())
}

#[test]
fn npm_aliases_have_their_real_name_and_links_and_workspaces_are_no_packages() {
    let lock = r#"{
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "root", "workspaces": ["w"], "dependencies": {"alias": "npm:@s/real@1"}},
            "node_modules/alias": {"name": "@s/real", "version": "1.0.0", "resolved": "https://r.example/@s%2freal/-/real-1.0.0.tgz"},
            "node_modules/w": {"resolved": "w", "link": true},
            "w": {"version": "1.0.0", "devDependencies": {"deep": "1"}},
            "w/node_modules/deep": {"version": "1.0.0", "dev": true, "resolved": "git+ssh://git@github.com/o/deep.git#0123"},
            "node_modules/alias/node_modules/inner": {"version": "3.0.0", "inBundle": true},
            "node_modules/archive": {"version": "2.0.0", "resolved": "https://files.example/archive.tgz"}
        }
    }"#;
    use DependencyScope::{Development, Runtime};
    use Directness::{Direct, Transitive};
    assert_eq!(
        added(&[("package-lock.json", lock)]),
        [
            row("@s/real", "1.0.0", Direct, Runtime, "registry@r.example"),
            row("archive", "2.0.0", Transitive, Runtime, "url@files.example"),
            row("deep", "1.0.0", Direct, Development, "git@github.com"),
            row("inner", "3.0.0", Transitive, Runtime, "unknown@-"),
        ]
    );
}

#[test]
fn npm_links_out_of_the_repository_are_packages() {
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {}, "node_modules/out": {"resolved": "../../out", "link": true}, "../../out": {"version": "1.0.0"}}}"#;
    let rows = added(&[("a/package-lock.json", lock)]);
    assert_eq!(rows, [row("out", "0", Directness::Direct, DependencyScope::Runtime, "path@-")]);
}

#[test]
fn the_tree_of_npm_s_first_format_asks_the_manifest_what_is_direct() {
    let lock = r#"{"lockfileVersion": 1, "dependencies": {
        "a": {"version": "1.0.0", "dependencies": {"a": {"version": "2.0.0", "bundled": true}}},
        "b": {"version": "github:o/b#0123456789abcdef", "dev": true},
        "c": {"version": "file:../c"},
        "d": {"version": "npm:e@3.0.0"}
    }}"#;
    let manifest = r#"{"dependencies": {"a": "1", "d": "npm:e@3"}}"#;
    use DependencyScope::{Development, Runtime};
    assert_eq!(
        added(&[("x/package-lock.json", lock), ("x/package.json", manifest)]),
        [
            row("a", "1.0.0,2.0.0", Directness::Direct, Runtime, "unknown@-"),
            row("b", "0123456789abcdef", Directness::Transitive, Development, "git@github.com"),
            row("e", "3.0.0", Directness::Direct, Runtime, "unknown@-"),
        ]
    );
}

#[test]
fn cargo_s_first_format_keeps_its_checksums_apart() {
    let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n[metadata]\n\"checksum a 1.0.0 (registry+https://github.com/rust-lang/crates.io-index)\" = \"11\"\n";
    let other = lock.replace("\"11\"", "\"22\"");
    let (changes, _) = Trees::new([("Cargo.lock", lock)], [("Cargo.lock", &*other)]).evidence();
    assert_eq!(changes.len(), 1);
    // The same package in a newer format, with its checksum beside it, is the same package.
    let newer = "version = 3\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"11\"\n";
    assert!(Trees::new([("Cargo.lock", lock)], [("Cargo.lock", newer)]).evidence().0.is_empty());
}

#[test]
fn poetry_says_what_each_source_is() {
    let lock = r#"
[[package]]
name = "Zope.Interface"
version = "1.0"
groups = ["dev"]
[package.source]
type = "legacy"
url = "https://u:p@index.example/simple"
[[package]]
name = "g"
version = "1.0"
groups = ["dev", "main"]
[package.source]
type = "git"
url = "https://github.com/o/g.git"
reference = "main"
resolved_reference = "0123"
[[package]]
name = "local"
version = "1.0"
[package.source]
type = "directory"
url = "../local"
[metadata]
lock-version = "2.1"
"#;
    let manifest = "[tool.poetry.dependencies]\ng = { git = \"https://github.com/o/g.git\" }\n";
    use DependencyScope::{Development, Runtime};
    assert_eq!(
        added(&[("x/poetry.lock", lock), ("x/pyproject.toml", manifest)][..1]),
        [
            row("g", "1.0", Directness::Unknown, Runtime, "git@github.com"),
            row("zope-interface", "1.0", Directness::Unknown, Development, "registry@index.example"),
        ]
    );
    let trees = Trees::new([("x/pyproject.toml", manifest)], [("x/poetry.lock", lock), ("x/pyproject.toml", manifest)]);
    let (changes, _) = trees.evidence();
    assert_eq!(
        changes.iter().map(|it| it.directness).collect::<Vec<_>>(),
        [Directness::Direct, Directness::Transitive]
    );
}

#[test]
fn uv_tells_direct_from_transitive_and_shows_where_archives_lie() {
    let lock = r#"
version = 1
[[package]]
name = "root"
version = "0.1.0"
source = { editable = "." }
dependencies = [{ name = "a" }]
[package.dev-dependencies]
dev = [{ name = "d" }]
[[package]]
name = "a"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "b", marker = "x" }]
wheels = [{ url = "https://evil.example/a.whl", hash = "sha256:1" }]
[[package]]
name = "b"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "b"
version = "2.0"
source = { url = "https://files.example/b.whl" }
[[package]]
name = "d"
version = "1.0"
source = { git = "https://github.com/o/d?rev=x#0123" }
"#;
    use DependencyScope::{Development, Runtime};
    assert_eq!(
        added(&[("uv.lock", lock)]),
        [
            row("a", "1.0", Directness::Direct, Runtime, "registry@evil.example registry@pypi.org"),
            row("b", "1.0,2.0", Directness::Transitive, Runtime, "registry@pypi.org url@files.example"),
            row("d", "1.0", Directness::Direct, Development, "git@github.com"),
        ]
    );
}

#[test]
fn compiled_requirements_say_who_asks_for_them() {
    let text = "# This file is autogenerated by pip-compile\na==1.0 \\\n    --hash=sha256:11\n    # via -r requirements.in\nb==1.0 \\\n    --hash=sha256:22\n    # via a\n";
    use DependencyScope::Development;
    assert_eq!(
        added(&[("requirements/dev.txt", text)]),
        [
            row("a", "1.0", Directness::Direct, Development, "registry@-"),
            row("b", "1.0", Directness::Transitive, Development, "registry@-"),
        ]
    );
}

#[test]
fn what_is_not_the_format_is_refused_with_its_reason() {
    for (path, text, part) in [
        ("Cargo.lock", "", "holds neither"),
        ("Cargo.lock", "\nversion = 5", "Cargo.lock:2: is of version 5"),
        (
            "Cargo.lock",
            "version = 4\n[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\"b\"]",
            "Cargo.lock:2: `a` depends on `b`",
        ),
        ("Cargo.lock", "version = 4\n[[package]]\nname = \"a\"\n", "missing field `version`"),
        ("Cargo.lock", "version = 4\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"what\"", "no known kind"),
        ("package-lock.json", "", "can't be read"),
        ("package-lock.json", "{}", "no `lockfileVersion`"),
        ("package-lock.json", r#"{"lockfileVersion": 4}"#, "lockfile version 4"),
        ("package-lock.json", r#"{"lockfileVersion": 2, "dependencies": {}}"#, "has no `packages`"),
        (
            "package-lock.json",
            "{\"lockfileVersion\": 3,\n\"packages\": {\"node_modules/a\": {\"version\": \"1\"},\n\"node_modules/a\": {\"version\": \"2\"}}}",
            "package-lock.json:3: can't be read as a package-lock.json: `node_modules/a` stands there twice",
        ),
        (
            "package-lock.json",
            r#"{"lockfileVersion": 3, "packages": {"node_modules/a": {}}}"#,
            "package-lock.json:1: `node_modules/a` has no version",
        ),
        ("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n", "cut short"),
        ("poetry.lock", "[metadata]\nlock-version = \"3.0\"\n", "lock version `3.0`"),
        ("uv.lock", "version = 2\n", "version 2"),
        (
            "uv.lock",
            "version = 1\n[[package]]\nname = \"a\"\nsource = { registry = \"x\" }\n",
            "uv.lock:2: `a` has no version",
        ),
        (
            "uv.lock",
            "version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"b\" }]\n",
            "uv.lock:2: depends on `b`",
        ),
        ("go.mod", "", "names no module"),
        ("go.mod", "module m\nrequire (\n\ta.b/c v1.0.0\n", "go.mod:2: the block of `require` is never closed"),
        ("go.mod", "module m\nrequire a.b/c latest\n", "go.mod:2: `require a.b/c latest` is not a module at a version"),
        ("go.mod", "module m\n<<<<<<< HEAD\n", "go.mod:2:"),
        ("go.mod", "module m\ngo 1.20\ngo 1.21\n", "go.mod:3:"),
    ] {
        let found = failures(&Trees::new([], [(path, text)]));
        assert!(found.len() == 1 && found[0].1.contains(part), "{path}: expected `{part}`, found {found:?}");
    }
}

#[test]
fn quoted_words_blocks_and_comments_of_a_go_mod_are_read() {
    let text = "module \"m\" // x\ngo 1.22\nrequire ( // block\n\t\"a.b/c\" v1.0.0 // indirect; more\n\td.e/f v1.0.0// indirect\n)\nreplace (\n\td.e/f => g.h/i v2.0.0\n)\nretract [v1.0.0, v1.1.0] // bad\nexclude a.b/c v0.9.0\ntool a.b/c/cmd\n";
    use DependencyScope::Unknown;
    assert_eq!(
        added(&[("go.mod", text)]),
        [
            row("a.b/c", "v1.0.0", Directness::Transitive, Unknown, "registry@a.b"),
            row("d.e/f", "v2.0.0", Directness::Transitive, Unknown, "registry@g.h"),
            row("go", "1.22", Directness::Direct, Unknown, "unknown@-"),
        ]
    );
}

#[test]
fn what_a_crate_is_used_for_is_told_by_the_manifests_of_the_members() {
    let entry = |name: &str, source: &str, dependencies: &str| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{source}dependencies = [{dependencies}]\n\n")
    };
    let registry = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"11\"\n";
    let lock = [
        "version = 4\n\n".to_owned(),
        entry("app", "", "\"core\", \"run\", \"test\", \"build\""),
        entry("core", "", "\"shared\", \"bench\""),
        entry("run", registry, "\"below\""),
        entry("below", registry, ""),
        entry("test", registry, "\"below-test\", \"shared\""),
        entry("below-test", registry, ""),
        entry("build", registry, ""),
        entry("shared", registry, ""),
        entry("bench", registry, ""),
    ]
    .concat();
    let app = "[package]\nname = \"app\"\n[dependencies]\ncore = { path = \"core\" }\n[target.'cfg(unix)'.dependencies]\nr = { workspace = true }\n[dev-dependencies]\ntest = \"1\"\n[build-dependencies]\nbuild = \"1\"\n[workspace]\nmembers = [\"core\"]\n[workspace.dependencies]\nr = { package = \"run\", version = \"1\" }\n";
    let core = "[package]\nname = \"core\"\n[dependencies]\nshared = \"1\"\n[dev-dependencies]\nbench = \"1\"\n";
    let scopes = |core_path: &str| {
        let trees = Trees::new([], [("x/Cargo.lock", &*lock), ("x/Cargo.toml", app), (core_path, core)]);
        let (changes, _) = trees.evidence();
        let runtime: Vec<String> =
            changes.iter().filter(|it| it.scope == DependencyScope::Runtime).map(|it| it.name.clone()).collect();
        let development = changes.iter().filter(|it| it.scope == DependencyScope::Development).count();
        (runtime.join(" "), development)
    };
    assert_eq!(scopes("x/core/Cargo.toml"), ("below run shared".to_owned(), 4));
    assert_eq!(scopes("core/Cargo.toml"), (String::new(), 0), "the manifest of a member is not there");
}
