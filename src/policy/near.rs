//! Where a pack is that somebody looked for at another place.

use std::path::Path;

use crate::evidence::nearest;

/// How many places are named at once.
const NAMED: usize = 3;

/// What to say of a place that is no pack, by the places that are: one that it lies in, those below it, or one with nearly
/// the same path. Paths have `/`; that of a repository's root is empty.
pub(crate) fn meant(place: &str, packs: &[String]) -> Option<String> {
    let lies_in = |inner: &str, outer: &str| outer.is_empty() || inner.starts_with(&format!("{outer}/"));
    let around = packs.iter().filter(|pack| lies_in(place, pack)).max_by_key(|pack| pack.len());
    if let Some(pack) = around.filter(|pack| !pack.is_empty()) {
        return Some(format!("the pack is `{pack}`"));
    }
    let mut below: Vec<&str> =
        packs.iter().map(String::as_str).filter(|pack| *pack != place && lies_in(pack, place)).collect();
    below.sort_by_key(|pack| (pack.matches('/').count(), *pack));
    if !below.is_empty() && !place.is_empty() {
        let named: Vec<String> = below.iter().take(NAMED).map(|pack| format!("`{pack}`")).collect();
        return Some(format!("did you mean {}?", named.join(" or ")));
    }
    nearest(place, packs.iter().map(String::as_str).filter(|pack| !pack.is_empty()))
        .map(|pack| format!("did you mean `{pack}`?"))
}

/// The packs around a directory, and right below and beside it; the directory is called `shown`.
pub(crate) fn beside(directory: &Path, shown: &str) -> Vec<String> {
    let shown = Path::new(shown);
    let is_pack = |path: &Path| path.join("pack.toml").is_file();
    let slashes = |path: &Path| path.to_string_lossy().replace('\\', "/");
    let around = directory.ancestors().zip(shown.ancestors()).skip(1);
    let around = around.filter(|(path, shown)| !shown.as_os_str().is_empty() && is_pack(path));
    let mut packs: Vec<String> = around.map(|(_, shown)| slashes(shown)).collect();
    for (path, shown) in directory.ancestors().zip(shown.ancestors()).take(2) {
        for entry in entries(path).into_iter().filter(|entry| is_pack(entry)) {
            packs.extend(entry.file_name().map(|name| slashes(&shown.join(name))));
        }
    }
    packs.sort();
    packs
}

#[expect(clippy::disallowed_methods, reason = "packs are looked for here")]
fn entries(directory: &Path) -> Vec<std::path::PathBuf> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let entries = std::fs::read_dir(directory).into_iter().flatten();
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::{beside, meant};

    #[test]
    fn a_place_around_comes_before_those_below_and_those_before_what_is_written_alike() {
        let packs = ["policies/org", "policies/org/teams/web", "policies/team"].map(str::to_owned);
        let said = |place: &str| meant(place, &packs);
        assert_eq!(said("policies/org/pack.toml").as_deref(), Some("the pack is `policies/org`"));
        assert_eq!(said("policies/org/teams/web/rules").as_deref(), Some("the pack is `policies/org/teams/web`"));
        assert_eq!(
            said("policies").as_deref(),
            Some("did you mean `policies/org` or `policies/team` or `policies/org/teams/web`?")
        );
        assert_eq!(said("policies/tem").as_deref(), Some("did you mean `policies/team`?"));
        assert_eq!(said("elsewhere"), None);
        assert_eq!(meant("", &packs), None);
        assert_eq!(meant("policy", &[String::new()]), None, "the root is not named");
    }

    #[test]
    fn packs_on_the_disk_are_found_one_level_around() {
        let root = tempfile::tempdir().unwrap();
        for pack in ["a/policy", "a/other", "a/policy/inner/deep"] {
            make(root.path().join(pack));
        }
        let found = |place: &str| beside(&root.path().join(place), &format!("x/{place}"));
        assert_eq!(found("a"), ["x/a/other", "x/a/policy"]);
        assert_eq!(found("a/polcy"), ["x/a/other", "x/a/policy"]);
        assert_eq!(found("a/policy/rules/one.rhai"), ["x/a/policy"]);
        assert!(found("b/c/d").is_empty());
    }

    #[expect(clippy::disallowed_methods, reason = "makes a pack to be found")]
    fn make(pack: std::path::PathBuf) {
        std::fs::create_dir_all(&pack).unwrap();
        std::fs::write(pack.join("pack.toml"), "").unwrap();
    }
}
