//! Laws over generated lockfiles of JavaScript's managers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::prelude::*;
use tollgate::collect::lockfiles::{LockedSet, LockfileError};
use tollgate::evidence::{DependencyScope, Directness, SourceKind};

use crate::javascript::locked;

const FORMATS: [&str; 5] = ["yarn 1", "yarn 8", "pnpm 6", "pnpm 9", "bun"];

/// A package, which depends on packages behind it, and the section of the manifest that names it.
#[derive(Debug, Clone)]
struct Made {
    name: String,
    version: String,
    dependencies: Vec<usize>,
    section: Option<bool>,
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    let names = proptest::collection::btree_map("(@[a-z]{1,3}/)?[a-z]{1,6}x", any::<(u8, u16, u8)>(), 0..12);
    names.prop_map(|names| {
        let length = names.len();
        let mut all: Vec<Made> = Vec::new();
        for (at, (name, (minor, edges, section))) in names.into_iter().enumerate() {
            let dependencies = (at + 1..length).filter(|to| edges >> (to - at - 1) & 3 == 3).collect();
            let section = [None, Some(true), Some(false)][usize::from(section % 3)];
            all.push(Made { name, version: format!("1.{minor}.0"), dependencies, section });
        }
        all
    })
}

/// Name, version, directness and scope of each, by an own walk.
fn expected(all: &[Made]) -> BTreeSet<(String, String, Directness, DependencyScope)> {
    let reached = |runtime: bool| {
        let mut set: BTreeSet<usize> = (0..all.len()).filter(|at| all[*at].section == Some(runtime)).collect();
        // What a package depends on stands behind it.
        for (at, it) in all.iter().enumerate() {
            if set.contains(&at) {
                set.extend(it.dependencies.iter().copied());
            }
        }
        set
    };
    let (runtime, development) = (reached(true), reached(false));
    let scope = |at: &usize| match (runtime.contains(at), development.contains(at)) {
        (true, _) => DependencyScope::Runtime,
        (false, true) => DependencyScope::Development,
        (false, false) => DependencyScope::Unknown,
    };
    let directness = |it: &Made| if it.section.is_some() { Directness::Direct } else { Directness::Transitive };
    (0..all.len()).map(|at| (all[at].name.clone(), all[at].version.clone(), directness(&all[at]), scope(&at))).collect()
}

fn digest(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("sha512-{letters:A<86}==")
}

/// The files of a project with these packages: the lockfile first.
fn files(format: &str, all: &[Made], reversed: bool) -> Vec<(&'static str, String)> {
    let mut order: Vec<&Made> = all.iter().collect();
    if reversed {
        order.reverse();
    }
    let section = |runtime: bool| order.iter().filter(move |it| it.section == Some(runtime));
    let json = |runtime: bool| {
        section(runtime).map(|it| format!("\"{}\": \"^1.0.0\"", it.name)).collect::<Vec<_>>().join(", ")
    };
    let manifest = format!(r#"{{"dependencies": {{{}}}, "devDependencies": {{{}}}}}"#, json(true), json(false));
    let mut out = String::new();
    match format {
        "yarn 1" => {
            out.push_str("# yarn lockfile v1\n\n\n");
            for it in order {
                let Made { name, version, dependencies, .. } = it;
                let _ = write!(out, "\"{name}@^1.0.0\":\n  version \"{version}\"\n");
                let file = name.rsplit('/').next().unwrap();
                let _ =
                    writeln!(out, "  resolved \"https://registry.example/{name}/-/{file}-{version}.tgz#{:040}\"", 1);
                let _ = writeln!(out, "  integrity {}", digest(name));
                if !dependencies.is_empty() {
                    out.push_str("  dependencies:\n");
                }
                for to in dependencies {
                    let _ = writeln!(out, "    \"{}\" \"^1.0.0\"", all[*to].name);
                }
                out.push('\n');
            }
            vec![("yarn.lock", out), ("package.json", manifest)]
        }
        "yarn 8" => {
            out.push_str("__metadata:\n  version: 8\n  cacheKey: 10c0\n\n");
            let list = |out: &mut String, names: Vec<&str>| {
                if !names.is_empty() {
                    out.push_str("  dependencies:\n");
                }
                for name in names {
                    let _ = writeln!(out, "    \"{name}\": \"npm:^1.0.0\"");
                }
            };
            out.push_str(
                "\"project@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"project@workspace:.\"\n",
            );
            list(&mut out, all.iter().filter(|it| it.section.is_some()).map(|it| it.name.as_str()).collect());
            out.push_str("  languageName: unknown\n  linkType: soft\n");
            for it in order {
                let Made { name, version, dependencies, .. } = it;
                let _ = write!(
                    out,
                    "\n\"{name}@npm:^1.0.0\":\n  version: {version}\n  resolution: \"{name}@npm:{version}\"\n"
                );
                list(&mut out, dependencies.iter().map(|to| all[*to].name.as_str()).collect());
                let _ = writeln!(out, "  checksum: 10c0/{:0128}\n  languageName: node\n  linkType: hard", 7);
            }
            vec![("yarn.lock", out), ("package.json", manifest)]
        }
        "pnpm 6" | "pnpm 9" => {
            let nine = format == "pnpm 9";
            let _ = write!(out, "lockfileVersion: '{}'\n\nimporters:\n\n  .:\n", if nine { "9.0" } else { "6.0" });
            for (runtime, word) in [(true, "dependencies"), (false, "devDependencies")] {
                if section(runtime).count() > 0 {
                    let _ = writeln!(out, "    {word}:");
                }
                for it in section(runtime) {
                    let _ = writeln!(
                        out,
                        "      '{}':\n        specifier: ^1.0.0\n        version: {}",
                        it.name, it.version
                    );
                }
            }
            if section(true).count() + section(false).count() == 0 {
                out = out.replace("  .:\n", "  .: {}\n");
            }
            let key = |it: &Made| format!("{}{}@{}", if nine { "" } else { "/" }, it.name, it.version);
            let list = |out: &mut String, it: &Made| {
                if !it.dependencies.is_empty() {
                    out.push_str("    dependencies:\n");
                }
                for to in &it.dependencies {
                    let _ = writeln!(out, "      '{}': {}", all[*to].name, all[*to].version);
                }
            };
            if !all.is_empty() {
                out.push_str("\npackages:\n");
            }
            for it in &order {
                let _ = writeln!(out, "\n  '{}':\n    resolution: {{integrity: {}}}", key(it), digest(&it.name));
                if !nine {
                    list(&mut out, it);
                }
            }
            if nine && !all.is_empty() {
                out.push_str("\nsnapshots:\n");
                for it in order {
                    let empty = if it.dependencies.is_empty() { " {}" } else { "" };
                    let _ = writeln!(out, "\n  '{}':{empty}", key(it));
                    list(&mut out, it);
                }
            }
            vec![("pnpm-lock.yaml", out)]
        }
        _ => {
            let root = format!("\"dependencies\": {{{}}}, \"devDependencies\": {{{}}},", json(true), json(false));
            out = format!(
                "{{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {{\n    \"\": {{ {root} }},\n  }},\n  \"packages\": {{\n"
            );
            for it in order {
                let names = it.dependencies.iter().map(|to| format!("\"{}\": \"^1.0.0\"", all[*to].name));
                let names = names.collect::<Vec<_>>().join(", ");
                let _ = writeln!(
                    out,
                    "    \"{0}\": [\"{0}@{1}\", \"\", {{ \"dependencies\": {{ {names} }} }}, \"{2}\"],\n",
                    it.name,
                    it.version,
                    digest(&it.name)
                );
            }
            out.push_str("  }\n}\n");
            vec![("bun.lock", out)]
        }
    }
}

fn read(files: &[(&str, String)]) -> Result<LockedSet, LockfileError> {
    locked(files.iter().map(|(path, text)| (*path, text.as_str())))
}

proptest! {
    #[test]
    fn what_a_manager_wrote_is_read_back_in_any_order(all in made(), at in 0..FORMATS.len()) {
        let set = read(&files(FORMATS[at], &all, false)).unwrap();
        let rows = |set: &LockedSet| -> BTreeSet<_> {
            set.packages.iter().map(|it| (it.name.clone(), it.version.clone(), it.directness, it.scope)).collect()
        };
        prop_assert_eq!(rows(&set), expected(&all), "{}", FORMATS[at]);
        prop_assert_eq!(set.packages.len(), all.len());
        for package in &set.packages {
            prop_assert!(!package.integrity.is_empty() && package.line.is_some());
            prop_assert_eq!(package.sources[0].kind, SourceKind::Registry);
        }
        prop_assert_eq!(rows(&read(&files(FORMATS[at], &all, true)).unwrap()), expected(&all));
        let asked: BTreeMap<String, String> = all.iter().filter(|it| it.section.is_some())
            .map(|it| (it.name.clone(), "^1.0.0".to_owned())).collect();
        prop_assert_eq!(&set.asked[""], &asked);
    }

    #[test]
    fn a_file_that_is_cut_short_never_has_fewer_packages_unseen(all in made(), at in 0..FORMATS.len(), cut in 0..1000usize) {
        // What nothing asks for stands in no real lockfile, and can't be missed in one.
        let asked = |at: usize| all.iter().any(|it| it.dependencies.contains(&at));
        let all: Vec<Made> = (0..all.len())
            .map(|at| Made { section: all[at].section.or((!asked(at)).then_some(true)), ..all[at].clone() })
            .collect();
        let mut files = files(FORMATS[at], &all, false);
        let whole = files[0].1.clone();
        let end = whole.len() * cut / 1000;
        files[0].1.truncate(end);
        if let Ok(set) = read(&files) {
            let (kept, rest) = whole.split_at(end);
            // Between two entries of yarn's formats nothing tells that there was another; between two lines of an entry
            // of yarn 1 neither, but the entry is there, and is held to less.
            let line = kept.ends_with([' ', '\n']) || rest.starts_with('\n');
            let entry = rest.trim_start_matches('\n').starts_with('"');
            // So it is in an entry of pnpm's older formats, whose dependencies come after its checksum.
            let lines = ["yarn 1", "pnpm 6"].contains(&FORMATS[at]);
            let between = lines && line || FORMATS[at] == "yarn 8" && entry;
            // Before its first dependency a file is that of an empty project.
            let empty = match FORMATS[at] {
                "pnpm 6" => !kept.contains("version: 1"),
                "yarn 8" => !kept.contains('@'),
                _ => false,
            };
            prop_assert!(set.packages.len() == all.len() || between || empty, "{}", files[0].1);
        }
    }

    #[test]
    fn bytes_that_are_changed_never_panic(
        all in made(), at in 0..FORMATS.len(), place in 0..1000usize, with in "[a-z@:{}\\[\\]\"#/(_\n -]{0,3}",
    ) {
        let mut files = files(FORMATS[at], &all, false);
        let text = &mut files[0].1;
        let place = text.len() * place / 1000;
        text.replace_range(place..(place + 2).min(text.len()), &with);
        let _ = read(&files);
    }
}
