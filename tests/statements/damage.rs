//! Real files cut short or changed: refused, or as if nothing had happened, and never fewer changes without a word.

use tollgate::collect::{dependency_review, sbom};
use tollgate::evidence::Completeness;

use crate::{shared, tree};

/// Where a file is cut: everywhere in a small one, at a few hundred places in a large one.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by((length / 300).max(1))
}

#[test]
fn a_real_file_that_is_cut_short_is_refused_or_whole() {
    let (Some(reviews), Some(sboms)) = (shared("dep-review"), shared("sbom")) else { return };
    for (name, bytes) in tree(&reviews) {
        let Ok(whole) = dependency_review::parse(&bytes) else { continue };
        for cut in cuts(bytes.len()) {
            match dependency_review::parse(&bytes[..cut]) {
                Ok(found) => assert_eq!(found, whole, "{name} cut at {cut}"),
                Err(refusal) => assert_eq!(refusal.completeness, Completeness::Failed),
            }
        }
    }
    for (name, bytes) in tree(&sboms) {
        let Ok(whole) = sbom::parse(&bytes) else { continue };
        for cut in cuts(bytes.len()) {
            match sbom::parse(&bytes[..cut]) {
                Ok(found) => assert_eq!(found, whole, "{name} cut at {cut}"),
                Err(refusal) => assert_eq!(refusal.completeness, Completeness::Failed),
            }
        }
    }
}

#[test]
fn one_entry_that_is_damaged_is_never_missed() {
    // Each string of a property that decides is replaced once, by nothing and by something of another type.
    let Some(root) = shared("dep-review") else { return };
    for (name, bytes) in tree(&root) {
        let Ok(whole) = dependency_review::parse(&bytes) else { continue };
        let text = String::from_utf8(bytes).unwrap();
        for property in ["change_type", "ecosystem", "name", "version"] {
            let quoted = format!("\"{property}\": \"");
            for (at, _) in text.match_indices(&quoted) {
                let start = at + quoted.len() - 1;
                let end = start + 1 + text[start + 1..].find('"').unwrap() + 1;
                for instead in ["\"\"", "7", "null", "[]"] {
                    let damaged = format!("{}{instead}{}", &text[..start], &text[end..]);
                    let found = dependency_review::parse(damaged.as_bytes());
                    let told = match &found {
                        Ok(found) => found.problems.count > 0 && found.changes.len() + 1 == whole.changes.len(),
                        Err(_) => true,
                    };
                    assert!(told, "{name}: {property} at {at} as {instead}: {found:?}");
                }
            }
        }
    }
    let Some(root) = shared("sbom") else { return };
    for (name, bytes) in tree(&root) {
        let Ok(whole) = sbom::parse(&bytes) else { continue };
        let text = String::from_utf8(bytes).unwrap();
        for (at, _) in text.match_indices("\"purl\": \"").chain(text.match_indices("\"purl\" : \"")).take(50) {
            let start = at + text[at..].find(": \"").unwrap() + 2;
            let end = start + 1 + text[start + 1..].find('"').unwrap() + 1;
            for instead in ["\"\"", "7", "null", "\"pkg:\"", "\"pkg:other/a@1\""] {
                let damaged = format!("{}{instead}{}", &text[..start], &text[end..]);
                let Ok(found) = sbom::parse(damaged.as_bytes()) else { continue };
                let entries =
                    |it: &sbom::Sbom| it.packages.len() + it.unmatched.len() + usize::try_from(it.set_aside).unwrap();
                assert!(entries(&found) >= entries(&whole), "{name}: at {at} as {instead}");
            }
        }
    }
}
