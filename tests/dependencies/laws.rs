//! Limits, and laws over generated lockfiles.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::prelude::*;
use tollgate::collect::lockfiles::{FORMATS, MAX_MESSAGE, MAX_PACKAGES};
use tollgate::evidence::{Completeness, DependencyChangeKind};

use crate::{Files, Trees, failures};

#[test]
fn limits_stop_a_lockfile_and_say_so() {
    let nested = (0..45)
        .fold("{}".to_owned(), |inner, _| format!(r#"{{"a": {{"version": "1.0.0", "dependencies": {inner}}}}}"#));
    let deep = format!(r#"{{"lockfileVersion": 1, "dependencies": {nested}}}"#);
    let (_, sources) = Trees::new([], [("package-lock.json", &*deep)]).evidence();
    assert_eq!(sources[0].completeness, Completeness::Truncated, "{sources:?}");

    let mut many = "module m\ngo 1.22\nrequire (\n".to_owned();
    for number in 0..=MAX_PACKAGES {
        let _ = writeln!(many, "a.b/c{number} v1.0.0");
    }
    many.push_str(")\n");
    let (changes, sources) = Trees::new([], [("go.mod", &*many)]).evidence();
    assert!(changes.is_empty());
    assert_eq!(sources[0].completeness, Completeness::Truncated, "{:?}", sources[0].reason);

    let files: Vec<(String, String)> =
        (0..50).map(|number| (format!("r{number}.txt"), format!("-r r{}.txt\n", number + 1))).collect();
    let first = [("requirements.txt", "-r r0.txt\n")];
    let rest = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let (_, sources) = Trees::new([], first.into_iter().chain(rest)).evidence();
    assert_eq!(sources[0].completeness, Completeness::Truncated, "{sources:?}");

    let wide: String = (0..201).map(|number| format!("-r r{number}.txt\n")).collect();
    let files: Vec<(String, &str)> = (0..201).map(|number| (format!("r{number}.txt"), "a==1\n")).collect();
    let rest = files.iter().map(|(path, text)| (path.as_str(), *text));
    let (_, sources) = Trees::new([], [("requirements.txt", &*wide)].into_iter().chain(rest)).evidence();
    assert_eq!(sources[0].completeness, Completeness::Truncated, "{sources:?}");

    // Both parsers stop before their own stack does.
    for (path, open, close) in [("Cargo.lock", "[", "]"), ("package-lock.json", "[", "]")] {
        let prefix = if path == "Cargo.lock" { "version = 4\nx = " } else { r#"{"x": "# };
        let deep = format!("{prefix}{}{}", open.repeat(100_000), close.repeat(100_000));
        assert_eq!(failures(&Trees::new([], [(path, &*deep)])).len(), 1, "{path}");
    }
}

/// One package as each format writes it, and a whole lockfile of some.
fn render(format: &str, packages: &BTreeMap<String, u32>, reversed: bool) -> String {
    let mut entries: Vec<(&String, &u32)> = packages.iter().collect();
    if reversed {
        entries.reverse();
    }
    let each =
        |one: &dyn Fn(&str, u32) -> String| entries.iter().map(|(name, minor)| one(name, **minor)).collect::<String>();
    match format {
        "Cargo.lock" => format!(
            "version = 4\n{}",
            each(&|name, minor| format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1.{minor}.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
            ))
        ),
        "poetry.lock" => format!(
            "{}[metadata]\nlock-version = \"2.1\"\n",
            each(&|name, minor| format!("[[package]]\nname = \"{name}\"\nversion = \"1.{minor}.0\"\nfiles = []\n"))
        ),
        "uv.lock" => format!(
            "version = 1\n{}",
            each(&|name, minor| format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1.{minor}.0\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\n"
            ))
        ),
        "go.mod" => format!("module m\ngo 1.22\n{}", each(&|name, minor| format!("require x.y/{name} v1.{minor}.0\n"))),
        "requirements.txt" => each(&|name, minor| format!("{name}==1.{minor}.0\n")),
        _ => {
            let body = each(&|name, minor| format!(r#", "node_modules/{name}": {{"version": "1.{minor}.0"}}"#));
            format!(r#"{{"lockfileVersion": 3, "packages": {{"": {{}}{body}}}}}"#)
        }
    }
}

fn packages() -> impl Strategy<Value = BTreeMap<String, u32>> {
    proptest::collection::btree_map("[a-z]{1,6}x", 0..50u32, 0..12)
}

proptest! {
    #[test]
    fn exactly_the_packages_that_differ_are_reported(before in packages(), after in packages(), at in 0..6usize) {
        let format = FORMATS[at].name();
        let trees = Trees::new([(format, &*render(format, &before, false))], [(format, &*render(format, &after, false))]);
        let (changes, sources) = trees.evidence();
        let mut expected: BTreeSet<(String, DependencyChangeKind)> = BTreeSet::new();
        for name in before.keys().chain(after.keys()) {
            let kind = match (before.get(name), after.get(name)) {
                (None, _) => DependencyChangeKind::Added,
                (_, None) => DependencyChangeKind::Removed,
                (Some(old), Some(new)) if old < new => DependencyChangeKind::Upgraded,
                (Some(old), Some(new)) if old > new => DependencyChangeKind::Downgraded,
                _ => continue,
            };
            expected.insert((name.clone(), kind));
        }
        let found: BTreeSet<(String, DependencyChangeKind)> =
            changes.iter().map(|it| (it.name.trim_start_matches("x.y/").to_owned(), it.change)).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(sources.iter().map(|it| it.items).sum::<u64>(), changes.len() as u64);
        prop_assert!(sources.iter().all(|it| it.completeness == Completeness::Complete), "{:?}", sources);
    }

    #[test]
    fn the_order_of_packages_changes_nothing(set in packages(), at in 0..6usize) {
        let format = FORMATS[at].name();
        let (left, right) = (render(format, &set, false), render(format, &set, true));
        prop_assert!(Trees::new([(format, &*left)], [(format, &*right)]).evidence().0.is_empty());
        let one = Trees::new([], [(format, &*left)]).evidence().0;
        prop_assert_eq!(one, Trees::new([], [(format, &*right)]).evidence().0);
    }

    #[test]
    fn bytes_that_are_no_lockfile_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..6usize) {
        let path = FORMATS[at].name().to_owned();
        let _ = Trees { before: Files::new(), after: [(path, bytes)].into() }.evidence();
    }

    #[test]
    fn a_lockfile_with_bytes_changed_never_panics(
        set in packages(),
        at in 0..6usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let path = FORMATS[at].name();
        let mut bytes = render(path, &set, false).into_bytes();
        for (index, byte) in edits {
            if !bytes.is_empty() {
                let at = index.index(bytes.len());
                bytes[at] = byte;
            }
        }
        let _ = Trees { before: Files::new(), after: [(path.to_owned(), bytes)].into() }.evidence();
    }

    #[test]
    fn lines_of_requirements_never_panic(text in "([a-z=@:/#;\\[\\](), -]|--hash=|git\\+|\\\\\n|\n|é|\\$\\{){0,40}") {
        let _ = Trees::new([], [("requirements.txt", &*text)]).evidence();
    }

    #[test]
    fn lines_of_a_go_mod_never_panic(text in "(module|require|replace|go|=>|v1\\.0|[a-z./\"`(),\\[\\] é]|// indirect|\n){0,40}") {
        let _ = Trees::new([], [("go.mod", &*text)]).evidence();
    }

    #[test]
    fn addresses_and_versions_never_panic(
        address in "([a-z:/@?#%é\\[\\].-]|git\\+|https://|registry\\+|npm:|file:|github:|\\.\\./){0,12}",
        version in "([0-9v.+é*!-]|rc|npm:|file:|git\\+ssh://|@){0,8}",
    ) {
        let (quoted, version) = (serde_json::to_string(&address).unwrap(), serde_json::to_string(&version).unwrap());
        for (path, text) in [
            ("package-lock.json", format!(r#"{{"lockfileVersion": 3, "packages": {{{quoted}: {{"link": true, "resolved": {quoted}}}, "node_modules/a": {{"version": {version}, "resolved": {quoted}}}}}}}"#)),
            ("package-lock.json", format!(r#"{{"lockfileVersion": 1, "dependencies": {{"a": {{"version": {version}, "resolved": {quoted}}}}}}}"#)),
            ("Cargo.lock", format!("version = 4\n[[package]]\nname = \"a\"\nversion = {version}\nsource = {quoted}\n")),
            ("uv.lock", format!("version = 1\n[[package]]\nname = \"a\"\nversion = {version}\nsource = {{ git = {quoted} }}\n")),
            ("poetry.lock", format!("[[package]]\nname = \"a\"\nversion = {version}\nsource = {{ type = \"directory\", url = {quoted} }}\n[metadata]\n")),
        ] {
            let other = text.replace(&version, "\"1.0\"");
            let _ = Trees::new([(path, &*text)], [(path, &*other)]).evidence();
        }
    }

    #[test]
    fn manifests_never_panic(text in "([a-z=\\[\\]{}\":;,.@ é-]|\\[project\\]|dependencies|\n|npm:){0,40}", at in 0..4usize) {
        let path = ["Cargo.toml", "package.json", "pyproject.toml", "setup.cfg"][at];
        let _ = Trees::new([(path, "")], [(path, &*text)]).evidence();
    }
}

#[test]
fn one_long_line_takes_no_longer_than_its_length() {
    // Quadratic readers would not end here in any time that a test is waited for.
    let words = "a ".repeat(1 << 20);
    for path in ["go.mod", "requirements.txt", "Cargo.lock", "package-lock.json"] {
        let found = failures(&Trees::new([], [(path, &*words)]));
        assert_eq!(found.len(), 1, "{path}");
        assert!(found[0].1.chars().count() < MAX_MESSAGE + 100, "{path}");
    }
}
