//! Reading and comparing both sides of a lockfile of 2,000 packages, of which every fiftieth has another version.
//!
//! `cargo bench --bench dependencies`. The files are made as their managers write them: addresses, checksums, licences, and four
//! dependencies each. What is timed is all that `tollgate collect` does for them once their bytes are at hand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a program of its own")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tollgate::collect::lockfiles;
use tollgate::collect::snapshot::{Side, Snapshot, SnapshotError};
use tollgate::evidence::{Completeness, FileChange, FileKind, FileStatus};
use tollgate::normalize::dependencies::dependencies;

const PACKAGES: usize = 2_000;
const FORMATS: [&str; 5] = ["package-lock 3", "yarn 1", "yarn 8", "pnpm 9", "bun"];

fn main() {
    divan::main();
}

#[divan::bench(args = FORMATS)]
fn read_and_compare(bencher: divan::Bencher<'_, '_>, format: &str) {
    let (path, before) = lockfile(format, 0);
    let (_, after) = lockfile(format, 1);
    let manifest = format!("{{\"dependencies\": {{{}}}}}", asked());
    let side = |text: String| {
        BTreeMap::from([
            (path.to_owned(), text.into_bytes()),
            ("package.json".to_owned(), manifest.clone().into_bytes()),
        ])
    };
    let trees = Trees([side(before), side(after)]);
    let change = [FileChange::at(path, FileStatus::Modified, FileKind::Lockfile)];
    bencher.counter(divan::counter::BytesCount::new(trees.0.iter().map(|side| side[path].len()).sum::<usize>())).bench(
        || {
            let (changes, sources) = dependencies(&lockfiles::read(&change, Some(&trees)));
            assert_eq!(sources[0].completeness, Completeness::Complete, "{sources:?}");
            assert_eq!(changes.len(), PACKAGES / 50);
        },
    );
}

struct Trees([BTreeMap<String, Vec<u8>>; 2]);

impl Snapshot for Trees {
    fn read(&self, side: Side, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        Ok(self.0[usize::from(side == Side::After)].get(path).cloned())
    }

    fn paths(&self, side: Side) -> Result<Vec<String>, SnapshotError> {
        Ok(self.0[usize::from(side == Side::After)].keys().cloned().collect())
    }
}

/// Every tenth package is asked for by the project, and every package by the four before it.
fn asked() -> String {
    (0..PACKAGES).step_by(10).map(|at| format!("\"{}\": \"^1.0.0\"", name(at))).collect::<Vec<_>>().join(", ")
}

fn name(at: usize) -> String {
    if at.is_multiple_of(5) { format!("@scope-{}/package-{at}", at % 40) } else { format!("some-package-{at}") }
}

fn version(at: usize, side: usize) -> String {
    format!("1.{}.{}", at % 30, if at.is_multiple_of(50) { side } else { 0 })
}

fn digest(at: usize, side: usize) -> String {
    let seed = at * 2 + if at.is_multiple_of(50) { side } else { 0 };
    format!(
        "sha512-{:A>86}==",
        ((seed as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) % (1 << 100)).to_string()
    )
}

fn lockfile(format: &str, side: usize) -> (&'static str, String) {
    let needs = |at: usize| (at + 1..=at + 4).filter(|to| *to < PACKAGES);
    let archive = |at: usize| {
        let name = name(at);
        format!("https://registry.npmjs.org/{name}/-/{}-{}.tgz", name.rsplit('/').next().unwrap(), version(at, side))
    };
    let mut out = String::new();
    let quoted = |at: usize| needs(at).map(|to| format!("\"{}\": \"^1.0.0\"", name(to))).collect::<Vec<_>>();
    let roots = (0..PACKAGES).step_by(10);
    let path = match format {
        "package-lock 3" => {
            let _ = write!(
                out,
                "{{\n  \"lockfileVersion\": 3,\n  \"packages\": {{\n    \"\": {{\"dependencies\": {{{}}}}}",
                asked()
            );
            for at in 0..PACKAGES {
                let _ = write!(
                    out,
                    ",\n    \"node_modules/{}\": {{\n      \"version\": \"{}\",\n      \"resolved\": \"{}\",\n      \"integrity\": \"{}\",\n      \
                     \"license\": \"MIT\",\n      \"dependencies\": {{\n        {}\n      }},\n      \"engines\": {{\n        \"node\": \">=18\"\n      }}\n    }}",
                    name(at),
                    version(at, side),
                    archive(at),
                    digest(at, side),
                    quoted(at).join(",\n        ")
                );
            }
            out.push_str("\n  }\n}\n");
            "package-lock.json"
        }
        "yarn 1" => {
            out.push_str("# yarn lockfile v1\n\n\n");
            for at in 0..PACKAGES {
                let (name, version) = (name(at), version(at, side));
                let _ = write!(
                    out,
                    "\"{name}@^1.0.0\":\n  version \"{version}\"\n  resolved \"{}#{:040x}\"\n",
                    archive(at),
                    at * 2 + 1
                );
                let _ = write!(out, "  integrity {}\n  dependencies:\n", digest(at, side));
                for to in needs(at) {
                    let _ = writeln!(out, "    \"{}\" \"^1.0.0\"", self::name(to));
                }
                out.push('\n');
            }
            "yarn.lock"
        }
        "yarn 8" => {
            out.push_str("__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"p@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"p@workspace:.\"\n  dependencies:\n");
            for at in roots {
                let _ = writeln!(out, "    \"{}\": \"npm:^1.0.0\"", name(at));
            }
            out.push_str("  languageName: unknown\n  linkType: soft\n");
            for at in 0..PACKAGES {
                let (name, version) = (name(at), version(at, side));
                let _ = write!(
                    out,
                    "\n\"{name}@npm:^1.0.0\":\n  version: {version}\n  resolution: \"{name}@npm:{version}\"\n"
                );
                if needs(at).count() > 0 {
                    out.push_str("  dependencies:\n");
                }
                for to in needs(at) {
                    let _ = writeln!(out, "    \"{}\": \"npm:^1.0.0\"", self::name(to));
                }
                let _ = writeln!(
                    out,
                    "  checksum: 10c0/{:0128x}\n  languageName: node\n  linkType: hard",
                    at * 2 + side * usize::from(at.is_multiple_of(50))
                );
            }
            "yarn.lock"
        }
        "pnpm 9" => {
            out.push_str("lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n\nimporters:\n\n  .:\n    dependencies:\n");
            for at in roots {
                let _ = writeln!(
                    out,
                    "      '{}':\n        specifier: ^1.0.0\n        version: {}",
                    name(at),
                    version(at, side)
                );
            }
            out.push_str("\npackages:\n");
            for at in 0..PACKAGES {
                let _ = writeln!(
                    out,
                    "\n  '{}@{}':\n    resolution: {{integrity: {}}}\n    engines: {{node: '>=18'}}",
                    name(at),
                    version(at, side),
                    digest(at, side)
                );
            }
            out.push_str("\nsnapshots:\n");
            for at in 0..PACKAGES {
                let end = if needs(at).count() == 0 { " {}" } else { "\n    dependencies:" };
                let _ = writeln!(out, "\n  '{}@{}':{end}", name(at), version(at, side));
                for to in needs(at) {
                    let _ = writeln!(out, "      '{}': {}", name(to), version(to, side));
                }
            }
            "pnpm-lock.yaml"
        }
        _ => {
            let _ = write!(
                out,
                "{{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {{\n    \"\": {{\n      \"dependencies\": {{ {} }},\n    }},\n  }},\n  \"packages\": {{\n",
                asked()
            );
            for at in 0..PACKAGES {
                let _ = writeln!(
                    out,
                    "    \"{0}\": [\"{0}@{1}\", \"\", {{ \"dependencies\": {{ {2} }} }}, \"{3}\"],\n",
                    name(at),
                    version(at, side),
                    quoted(at).join(", "),
                    digest(at, side)
                );
            }
            out.push_str("  }\n}\n");
            "bun.lock"
        }
    };
    (path, out)
}
