//! What `.gitattributes` of the base make of a file that its path alone makes something else of.
//!
//! Attributes win over paths, with one exception: what decides over changes, runs in CI, builds and ships, or names what is
//! used of others (policy, ci, infrastructure, manifest, lockfile) stays that, whatever they say. The base is trusted, but a
//! `* linguist-generated` is written for a language statistic and for shorter diffs, and rules ask for these kinds to find
//! out who may pass a gate. An attribute that is set makes a file vendored, generated or docs, in this order; one that is unset
//! takes such a kind from the path away, and the next kind that fits is taken. A language makes a file what its path
//! makes of files in that language, so a template in PHP is source; but it takes no source away, and no test.

use super::kinds::kind_among;
use super::languages::{Sort, by_name, look_up};
use crate::collect::snapshot::Linguist;
use crate::evidence::{FileKind, FileKindFrom};

/// Kinds that attributes can't make something else of.
const KEPT: &[FileKind] =
    &[FileKind::Policy, FileKind::Ci, FileKind::Infrastructure, FileKind::Manifest, FileKind::Lockfile];

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) kind: FileKind,
    pub(super) from: FileKindFrom,
    pub(super) language: Option<String>,
}

/// What a file is, by its path and its attributes.
pub(super) fn told(path: &str, linguist: &Linguist) -> Told {
    let of_path = look_up(path);
    let named = linguist.language.as_deref().and_then(by_name);
    let language = match (&linguist.language, named) {
        // A language that is not known here is still the one that is stated.
        (Some(written), None) => Some(written.clone()),
        _ => named.or(of_path).map(|(language, _)| language.to_owned()),
    };
    let sort = of_path.map(|(_, sort)| sort);
    let by_path = kind_among(path, &[], sort);
    let by_attributes =
        if KEPT.contains(&by_path) { None } else { kind(path, linguist, by_path, named.map(|(_, sort)| sort)) };
    match by_attributes {
        Some(kind) => Told { kind, from: FileKindFrom::Attributes, language },
        None => Told { kind: by_path, from: FileKindFrom::Path, language },
    }
}

/// The kind, where attributes have a say in it.
fn kind(path: &str, linguist: &Linguist, by_path: FileKind, named: Option<Sort>) -> Option<FileKind> {
    let says = [
        (FileKind::Vendored, linguist.vendored),
        (FileKind::Generated, linguist.generated),
        (FileKind::Docs, linguist.documentation),
    ];
    if let Some((kind, _)) = says.iter().find(|(_, said)| *said == Some(true)) {
        return Some(*kind);
    }
    let but: Vec<FileKind> = says.iter().filter(|(_, said)| *said == Some(false)).map(|(kind, _)| *kind).collect();
    let sort = look_up(path).map(|(_, sort)| sort);
    let without = kind_among(path, &but, sort);
    let raised = match named {
        Some(named) if !matches!(without, FileKind::Source | FileKind::Test) => kind_among(path, &but, Some(named)),
        _ => without,
    };
    // Said of a kind that the path does not make it, an unset attribute has changed nothing.
    (raised != by_path || but.contains(&by_path)).then_some(raised)
}

#[cfg(test)]
mod tests {
    use super::{KEPT, told};
    use crate::collect::snapshot::Linguist;
    use crate::evidence::{FileKind, FileKindFrom};
    use crate::normalize::files::kind_of;

    fn said(attribute: &str, value: bool) -> Linguist {
        let mut linguist = Linguist::default();
        match attribute {
            "vendored" => linguist.vendored = Some(value),
            "generated" => linguist.generated = Some(value),
            "documentation" => linguist.documentation = Some(value),
            language => linguist.language = Some(language.to_owned()),
        }
        linguist
    }

    #[test]
    fn attributes_win_over_the_path() {
        use FileKind::{Config, Docs, Generated, Other, Source, Test, Vendored};
        for (path, attribute, value, kind, from) in [
            ("src/a.rs", "generated", true, Generated, FileKindFrom::Attributes),
            ("src/a.rs", "vendored", true, Vendored, FileKindFrom::Attributes),
            ("src/a.rs", "documentation", true, Docs, FileKindFrom::Attributes),
            ("tests/a.rs", "generated", true, Generated, FileKindFrom::Attributes),
            ("vendor/a.rs", "vendored", true, Vendored, FileKindFrom::Attributes),
            ("vendor/a.rs", "vendored", false, Source, FileKindFrom::Attributes),
            ("vendor/tests/a.rs", "vendored", false, Test, FileKindFrom::Attributes),
            ("vendor/a.pb.go", "vendored", false, Generated, FileKindFrom::Attributes),
            ("api/a.pb.go", "generated", false, Source, FileKindFrom::Attributes),
            ("docs/a.png", "documentation", false, Other, FileKindFrom::Attributes),
            ("docs/a.md", "documentation", false, Docs, FileKindFrom::Attributes),
            ("src/a.rs", "generated", false, Source, FileKindFrom::Path),
            ("vendor/a.rs", "generated", false, Vendored, FileKindFrom::Path),
            ("a.inc", "PHP", true, Source, FileKindFrom::Attributes),
            ("a.inc", "php", true, Source, FileKindFrom::Attributes),
            ("docs/a.tpl", "js", true, Source, FileKindFrom::Attributes),
            ("a.tpl", "Markdown", true, Docs, FileKindFrom::Attributes),
            ("a.rs", "Text", true, Source, FileKindFrom::Path),
            ("tests/a.rs", "Text", true, Test, FileKindFrom::Path),
            ("a.json", "JSON-with-Comments", true, Config, FileKindFrom::Path),
            ("a.x", "OpenStep-Property-List", true, Other, FileKindFrom::Path),
        ] {
            let told = told(path, &said(attribute, value));
            assert_eq!((told.kind, told.from), (kind, from), "{path} {attribute}={value}");
        }
    }

    #[test]
    fn no_attribute_hides_what_gates_and_what_is_used() {
        for path in [
            ".github/workflows/a.yml",
            "tollgate.toml",
            ".gitattributes",
            "CODEOWNERS",
            "Dockerfile",
            "Cargo.lock",
            "Cargo.toml",
            "tests/fixtures/package.json",
        ] {
            assert!(KEPT.contains(&kind_of(path)), "{path}");
            for attribute in ["generated", "vendored", "documentation", "Text"] {
                for value in [true, false] {
                    let told = told(path, &said(attribute, value));
                    assert_eq!((told.kind, told.from), (kind_of(path), FileKindFrom::Path), "{path} {attribute}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_longer_vendored_may_be_a_workflow() {
        let told = told("vendor/ours/.github/workflows/a.yml", &said("vendored", false));
        assert_eq!((told.kind, told.from), (FileKind::Ci, FileKindFrom::Attributes));
    }

    #[test]
    fn of_several_attributes_vendored_comes_first() {
        let all = Linguist { vendored: Some(true), generated: Some(true), documentation: Some(true), language: None };
        assert_eq!(told("a.rs", &all).kind, FileKind::Vendored);
        let some = Linguist { vendored: Some(false), generated: Some(true), ..Linguist::default() };
        assert_eq!(told("vendor/a.rs", &some).kind, FileKind::Generated);
    }

    #[test]
    fn the_language_is_the_stated_one_under_its_own_name() {
        for (path, written, language) in [
            ("a.es", "js", Some("JavaScript")),
            ("a.h", "C++", Some("C++")),
            ("a.txt", "json-with-comments", Some("JSON with Comments")),
            ("a.glyphs", "OpenStep-Property-List", Some("OpenStep-Property-List")),
            (".github/workflows/a.yml", "JSON", Some("JSON")),
        ] {
            assert_eq!(told(path, &said(written, true)).language.as_deref(), language, "{path}");
        }
        assert_eq!(told("a.rs", &Linguist::default()).language.as_deref(), Some("Rust"));
    }
}
