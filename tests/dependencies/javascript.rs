//! Lockfiles of yarn, pnpm and bun, and lines of npm's.

use tollgate::collect::lockfiles::{self, LockedPackage, LockedSet, LockfileError};
use tollgate::evidence::{
    Completeness, DependencyChange, DependencyChangeKind, DependencyScope, Directness, FileStatus, Integrity, Source,
    SourceKind,
};
use tollgate::normalize::dependencies::dependencies;

use crate::real::{real, shared, tree};
use crate::{Trees, file};

/// What the lockfiles of two trees give, without the manifests: those are a matter of which lockfile is theirs.
fn of_lockfiles(trees: &Trees) -> (Vec<DependencyChange>, Vec<Source>) {
    let changes =
        trees.changes().into_iter().filter(|file| lockfiles::format_of(&file.path).is_some()).collect::<Vec<_>>();
    dependencies(&lockfiles::read(&changes, Some(trees)))
}

/// One side's lockfile as it is read.
pub(crate) fn locked<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<LockedSet, LockfileError> {
    let trees = Trees::new([], files);
    let path = trees.after.keys().find(|path| lockfiles::format_of(path).is_some()).unwrap().clone();
    let read = lockfiles::read(&[file(&path, FileStatus::Added, None)], Some(&trees));
    read.pairs.into_iter().next().unwrap().after
}

fn named<'s>(set: &'s LockedSet, name: &str) -> Vec<&'s LockedPackage> {
    set.packages.iter().filter(|package| package.name == name).collect()
}

fn one<'s>(set: &'s LockedSet, name: &str) -> &'s LockedPackage {
    let found = named(set, name);
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0]
}

/// Changed packages of each real change, as another program that shares no code with this one found them: it parsed both
/// sides and compared versions and checksums by name. Checksums of yarn's formats 6 and 8 are of archives made in other
/// ways, so that it did not compare these.
const EXPECTED: &str = include_str!("javascript.expected");

#[test]
fn real_changes_are_those_that_an_independent_parse_finds() {
    if shared("lockfile").is_none() {
        return;
    }
    for section in EXPECTED.split("## ").filter(|section| !section.is_empty()) {
        let (name, expected) = section.split_once('\n').unwrap();
        let (changes, sources) = of_lockfiles(&real(name).unwrap());
        assert!(sources.iter().all(|source| source.completeness == Completeness::Complete), "{name}: {sources:?}");
        let mut found: Vec<String> = changes
            .iter()
            .map(|change| {
                let [mut before, mut after] = [change.before.clone(), change.after.clone()];
                before.sort();
                after.sort();
                format!("{} {} -> {}", change.name, before.join(","), after.join(","))
            })
            .collect();
        found.sort();
        let mut expected: Vec<&str> = expected.lines().collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
}

/// The rows of one change in the table above.
fn expected(name: &str) -> Vec<&'static str> {
    let section = EXPECTED.split("## ").find_map(|section| section.strip_prefix(name)?.strip_prefix('\n'));
    section.unwrap().lines().collect()
}

#[test]
fn another_format_of_the_same_packages_is_no_change() {
    // 5.4 to 6.0: 813 packages under other keys, with inline specifiers. The other was only indented otherwise.
    assert!(expected("pnpm-5.4-to-6.0").is_empty());
    assert!(expected("pnpm-6-prettier-reformat-no-dep-change").is_empty());
    // The move to yarn's format 8 came with `@babel/plugin-proposal-private-property-in-object` 7.21.11 and what that
    // brings in, the one to pnpm's 9.0 with the next major version of eslint.
    assert_eq!(expected("yarn-berry-6-to-8").len(), 18);
    assert!(expected("pnpm-6-to-9").contains(&"eslint 8.57.0 -> 9.0.0"));
}

#[test]
fn a_digit_changed_in_checksums_is_a_change_of_these_packages() {
    // A rename of the project by a text replacement, which went through the lockfile too: 30 checksums are other ones.
    let Some(trees) = real("yarn1-rename-root") else { return };
    let (changes, _) = of_lockfiles(&trees);
    let parser = changes.iter().find(|change| change.name == "@babel/parser").unwrap();
    assert_eq!(
        (parser.before.as_slice(), parser.after.as_slice()),
        (&["7.12.10".to_owned()][..], &["7.12.10".to_owned()][..])
    );
}

#[test]
fn the_manifest_tells_what_is_direct_and_what_is_for_development() {
    let Some(trees) = real("yarn1-pdfmake") else { return };
    let (changes, _) = of_lockfiles(&trees);
    let of =
        |name: &str| changes.iter().find(|change| change.name == name).map(|it| (it.directness, it.scope)).unwrap();
    assert_eq!(of("pdfmake").0, Directness::Direct);
    assert_eq!(of("pdfkit"), (Directness::Transitive, of("pdfmake").1));
    let (changes, _) = of_lockfiles(&real("yarn-berry-8-types-node").unwrap());
    for change in &changes {
        // `@types/node` is among the devDependencies, and brings in the other.
        let direct = if change.name == "@types/node" { Directness::Direct } else { Directness::Transitive };
        assert_eq!((change.directness, change.scope), (direct, DependencyScope::Development), "{}", change.name);
        assert_eq!(change.integrity, Integrity::Present);
    }
    let (changes, _) = of_lockfiles(&real("pnpm-9-workspace-nondajor").unwrap());
    let of =
        |name: &str| changes.iter().find(|change| change.name == name).map(|it| (it.directness, it.scope)).unwrap();
    assert_eq!(of("cookie-es"), (Directness::Direct, DependencyScope::Runtime));
    assert_eq!(of("vitest"), (Directness::Direct, DependencyScope::Development));
    assert_eq!(of("@vitest/spy"), (Directness::Transitive, DependencyScope::Development));
    // Another name for a nightly build of the project itself.
    assert_eq!(of("h3-nightly"), (Directness::Direct, DependencyScope::Development));
}

/// yarn locked 708 packages and pnpm locks 705; by yarn's own parser and a YAML reader 64 of them have other versions.
#[test]
fn a_change_of_manager_shows_only_the_packages_that_changed() {
    let Some(trees) = real("yarn1-to-pnpm-5.3") else { return };
    let (changes, sources) = of_lockfiles(&trees);
    assert_eq!(sources.len(), 1, "{sources:?}");
    assert_eq!(sources[0].completeness, Completeness::Complete);
    let of = |kind| changes.iter().filter(|it| it.change == kind).count();
    assert_eq!(
        (changes.len(), of(DependencyChangeKind::Added), of(DependencyChangeKind::Removed)),
        (64, 1, 4),
        "{changes:?}"
    );
    assert!(changes.iter().all(|change| change.before != change.after && change.new_hosts.is_empty()));
}

/// An odd file as it is read under the name of its format.
fn odd(name: &str) -> Option<Result<LockedSet, LockfileError>> {
    let bytes = tree(&shared("lockfile-odd")?).remove(name).unwrap();
    let path = match name.split('-').next().unwrap() {
        "yarn" => "yarn.lock",
        "pnpm" => "pnpm-lock.yaml",
        _ => "bun.lock",
    };
    Some(locked([(path, std::str::from_utf8(&bytes).unwrap())]))
}

/// Name, version, directness and scope of each, in the order of the file.
fn rows(set: &LockedSet) -> Vec<String> {
    let row = |it: &LockedPackage| format!("{} {} {} {}", it.name, it.version, it.directness, it.scope);
    set.packages.iter().map(row).collect()
}

#[test]
fn odd_files_of_bun_are_read_with_aliases_and_nested_packages() {
    let Some(alias) = odd("bun-alias.json5") else { return };
    let alias = alias.unwrap();
    // What stands under another name is listed under its own.
    let expected = [
        "has-flag 4.0.0 transitive runtime",
        "supports-color 7.2.0 direct runtime",
        "supports-color 6.1.0 direct runtime",
        "has-flag 3.0.0 transitive runtime",
    ];
    assert_eq!(rows(&alias), expected);
    assert_eq!(alias.packages.iter().map(|it| it.line.unwrap()).collect::<Vec<_>>(), [13, 15, 17, 19]);
    assert!(alias.packages.iter().all(|it| it.integrity.len() == 1));
    // The `has-flag` of the root is another than the one that `supports-color` sees.
    let expected = [
        "ansi-styles 4.3.0 transitive development",
        "chalk 4.1.2 direct development",
        "color-convert 2.0.1 transitive development",
        "color-name 1.1.4 transitive development",
        "has-flag 2.0.0 direct runtime",
        "supports-color 7.2.0 direct runtime",
        "has-flag 4.0.0 transitive runtime",
    ];
    assert_eq!(rows(&odd("bun-nested-dependencies-dup.json5").unwrap().unwrap()), expected);
}

#[test]
fn odd_files_of_pnpm_are_read_or_refused() {
    let Some(groups) = odd("pnpm-mixed-groups.v9.yaml") else { return };
    let expected =
        ["ansi-regex 5.0.1 direct runtime", "is-number 7.0.0 direct development", "uuid 8.3.2 direct runtime"];
    assert_eq!(rows(&groups.unwrap()), expected);
    assert!(rows(&odd("pnpm-no-packages.yaml").unwrap().unwrap()).is_empty());
    let tarball = odd("pnpm-tarball.yaml").unwrap().unwrap();
    assert_eq!(rows(&tarball), ["@my-org/my-package 3.2.3 direct development"]);
    assert_eq!(tarball.packages[0].sources[0].host.as_deref(), Some("gitlab.my-org.org"));
    for (name, line, why) in [
        // A directory outside of the repository without a name: nobody could say which package that is.
        ("pnpm-files.yaml", Some(44), "no name"),
        ("pnpm-invalid-path.yaml", Some(17), "no name"),
        ("pnpm-not-yaml.txt", Some(1), "can't be read"),
        // Both are parts of files: most of what eslint depends on is not there.
        ("pnpm-peer-dependencies-advanced.v9.yaml", None, "not in the file"),
        ("pnpm-peer-dependencies-advanced.yaml", None, "not in the file"),
    ] {
        let error = odd(name).unwrap().unwrap_err();
        assert!(error.message.contains(why), "{name}: {error:?}");
        assert!(line.is_none() || error.line == line, "{name}: {error:?}");
    }
}

#[test]
fn odd_files_of_yarn_are_read_or_refused() {
    let Some(commits) = odd("yarn-commits.v1.lock") else { return };
    let commits = commits.unwrap();
    // Of 18 entries each is one package; without a manifest nothing is known of who asks for them.
    assert_eq!(commits.packages.len(), 18);
    assert!(rows(&commits).iter().all(|row| row.ends_with(" unknown unknown")), "{:?}", rows(&commits));
    for package in &commits.packages {
        let location = package.sources[0].location.as_deref().unwrap();
        let commit = location.rsplit_once('#').unwrap().1;
        assert!(package.sources[0].kind == SourceKind::Git && commit.len() == 40, "{location}");
        assert!(package.integrity.is_empty() && !location.contains("dummy-token"), "{location}");
    }
    assert_eq!(
        named(&commits, "is-number").iter().map(|it| it.version.as_str()).collect::<Vec<_>>(),
        ["2.0.0", "5.0.0"]
    );
    assert!(commits.problems[0].message.contains("`mine`"), "{:?}", commits.problems);

    let files = odd("yarn-files.v1.lock").unwrap().unwrap();
    assert_eq!(files.packages.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["etag", "filedep", "lodash"]);
    assert_eq!(one(&files, "filedep").sources[0].kind, SourceKind::Path);
    let members: Vec<&str> = files.members.iter().map(String::as_str).collect();
    assert_eq!(members, ["deps/etag", "deps/other_package", "mocks/sprintf-js"]);

    let aliases = odd("yarn-with-aliases.v1.lock").unwrap().unwrap();
    let names: Vec<&str> = aliases.packages.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["ansi-regex", "ansi-regex", "@babel/helper-validator-identifier"]);
    assert!(aliases.packages.iter().all(|it| it.sources[0].kind == SourceKind::Registry && it.integrity.len() == 2));

    let root = odd("yarn-exclude-root.v2.lock").unwrap().unwrap();
    assert_eq!(rows(&root), ["ansi-regex 6.1.0 direct unknown"]);
    assert_eq!(root.members.iter().map(String::as_str).collect::<Vec<_>>(), ["", "ansi-regex"]);
    let outside = odd("yarn-files.v2.lock").unwrap().unwrap();
    assert_eq!(one(&outside, "my-package").sources[0].location.as_deref(), Some("../../deps/my-local-package"));
    assert!(odd("yarn-metadata-only.v2.lock").unwrap().unwrap().packages.is_empty());
    for (name, line, why) in [
        // Yarn itself takes no entry without a link type.
        ("yarn-commits.v2.lock", 8, "`linkType`"),
        ("yarn-with-quotes.v2.lock", 8, "`array-ify`, which is not in the file"),
    ] {
        let error = odd(name).unwrap().unwrap_err();
        assert!(error.line == Some(line) && error.message.contains(why), "{name}: {error:?}");
    }
}

#[test]
fn licences_and_deprecations_of_a_real_package_lock_are_those_that_it_has() {
    let Some(trees) = real("npm-v3-many-vuln-fixes") else { return };
    let text = std::str::from_utf8(&trees.after["package-lock.json"]).unwrap();
    let set = locked([("package-lock.json", text)]).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for package in &set.packages {
        // The line is that of the key, which ends with the name.
        let line = lines[package.line.unwrap() as usize - 1];
        assert!(line.trim_start().starts_with('"') && line.contains("node_modules/"), "{line}");
    }
    let licensed = set.packages.iter().filter(|it| it.licence.is_some()).count();
    assert_eq!((set.packages.len(), licensed), (732, 175));
    let text = &real("npm-v2-to-v3-no-dep-change").unwrap().after["package-lock.json"];
    let set = locked([("package-lock.json", std::str::from_utf8(text).unwrap())]).unwrap();
    let deprecated = set.packages.iter().filter(|it| it.deprecated.is_some()).collect::<Vec<_>>();
    assert_eq!((set.packages.len(), deprecated.len()), (554, 2));
    assert!(
        deprecated.iter().all(|it| it.name == "uuid" && it.deprecated.as_ref().unwrap().starts_with("Please upgrade"))
    );
}

#[test]
fn lockfiles_repeat_what_their_manifests_ask_for() {
    let Some(root) = shared("lockfile") else { return };
    let mut compared = 0;
    for name in std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
        let trees = real(&name).unwrap();
        for side in [&trees.before, &trees.after] {
            let lock = ["yarn.lock", "pnpm-lock.yaml"].into_iter().find(|path| side.contains_key(*path));
            let (Some(lock), Some(manifest)) = (lock, side.get("package.json")) else { continue };
            let json: serde_json::Value = serde_json::from_slice(manifest).unwrap();
            let sections = ["dependencies", "devDependencies", "optionalDependencies"];
            let asked = sections.into_iter().filter_map(|section| json[section].as_object()).flatten();
            let text = |path: &str| std::str::from_utf8(&side[path]).unwrap();
            let set = locked([(lock, text(lock)), ("package.json", text("package.json"))]).unwrap();
            // Pnpm adds the peers that it installs itself.
            for (key, range) in asked {
                assert_eq!(set.asked[""].get(key).map(String::as_str), range.as_str(), "{name}: {key}");
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 16);
}
