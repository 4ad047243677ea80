//! Whether a package that was there before comes from somewhere else now.

use super::dependencies::{DependencyChange, DependencyChangeKind, PackageSource, SourceKind};

impl DependencyChange {
    /// Whether it was there before, stays, and comes from a place that it did not come from before:
    ///
    /// - from a kind of place that none of its versions came from, or from another host, or from no known host or place
    ///   where one was known;
    /// - from another git repository, path or archive, whatever the commit, branch, tag or version in its address;
    /// - from another address of the same registry, where no version came or went;
    /// - from the same place, at the same versions, with another content.
    ///
    /// Where nothing tells where it came from before, it is repointed unless it comes from a registry now.
    #[must_use]
    pub fn is_repointed(&self) -> bool {
        if self.before.is_empty() || self.after.is_empty() {
            return false;
        }
        let same = self.before == self.after && self.sources_before == self.sources_after;
        if same && self.change == DependencyChangeKind::Changed {
            return true;
        }
        let known = !self.sources_before.is_empty()
            && self.sources_before.iter().all(|source| source.kind != SourceKind::Unknown);
        if !known {
            let outside = |source: &PackageSource| !matches!(source.kind, SourceKind::Registry | SourceKind::Unknown);
            return self.sources_after.iter().any(outside);
        }
        self.sources_after.is_empty() || self.sources_after.iter().any(|now| !self.came_from(now))
    }

    fn came_from(&self, now: &PackageSource) -> bool {
        let same_versions = self.before == self.after;
        self.sources_before.iter().any(|old| {
            old.kind == now.kind
                && (old.host.is_none() || old.host == now.host)
                && match now.kind {
                    SourceKind::Registry => !same_versions || old.location.is_none() || old.location == now.location,
                    SourceKind::Git | SourceKind::Url | SourceKind::Path | SourceKind::Unknown => {
                        old.location.as_deref().map(|place| trunk(place, &self.before))
                            == now.location.as_deref().map(|place| trunk(place, &self.after))
                    }
                }
        })
    }
}

/// An address without what says which version of its content is meant, so that those of two versions can be compared.
fn trunk(location: &str, versions: &[String]) -> String {
    let end = location.find(['#', '?']).unwrap_or(location.len());
    let location = location.get(..end).unwrap_or(location);
    let location = location.strip_prefix("git+").unwrap_or(location).trim_end_matches('/');
    let location = match location.rsplit_once('@') {
        // `https://host/owner/name@commit`, but not `git@host:owner/name`.
        Some((address, revision)) if !revision.contains([':', '/']) => address,
        _ => location,
    };
    let mut parts: Vec<String> = location.split('/').map(str::to_owned).collect();
    // Longer ones first: `1.0.0` holds `1.0`. The first parts are the scheme and the host.
    let mut versions: Vec<&String> = versions.iter().filter(|version| version.contains('.')).collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.len()));
    for part in parts.iter_mut().skip(3) {
        for version in &versions {
            *part = part.replace(version.as_str(), "*");
        }
        let name = part.split('.').next().unwrap_or_default();
        if matches!(name.len(), 40 | 64) && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            *part = part.replacen(name, "*", 1);
        }
    }
    let joined = parts.join("/");
    joined.strip_suffix(".git").map(str::to_owned).unwrap_or(joined)
}

#[cfg(test)]
mod tests {
    use crate::evidence::{DependencyChange, Ecosystem, PackageSource, SourceKind};

    fn place(kind: SourceKind, host: Option<&str>, location: Option<&str>) -> PackageSource {
        PackageSource { kind, host: host.map(Into::into), location: location.map(Into::into) }
    }

    fn moved(before: Vec<PackageSource>, after: Vec<PackageSource>, versions: [&str; 2]) -> bool {
        let [old, new] = versions.map(|version| vec![version.to_owned()]);
        let package = DependencyChange::at(Ecosystem::Npm, "a", "pkg:npm/a");
        DependencyChange { before: old, after: new, sources_before: before, sources_after: after, ..package }
            .is_repointed()
    }

    fn registry(host: &str, path: &str) -> PackageSource {
        place(SourceKind::Registry, Some(host), Some(&format!("https://{host}/{path}")))
    }

    fn git(address: &str) -> PackageSource {
        place(SourceKind::Git, Some("example.org"), Some(address))
    }

    fn archive(address: &str) -> PackageSource {
        place(SourceKind::Url, Some("example.org"), Some(address))
    }

    #[test]
    fn another_kind_host_or_repository_is_another_place() {
        let old = || vec![registry("r.example", "a-1.0.0.tgz")];
        let steps = ["1.0.0", "1.1.0"];
        for (name, after) in [
            ("host", vec![registry("evil.example", "a-1.1.0.tgz")]),
            ("git", vec![git("https://example.org/a/a#1")]),
            ("archive", vec![archive("https://r.example/a-1.1.0.tgz")]),
            ("one of two", vec![registry("evil.example", "a-1.1.0.tgz"), registry("r.example", "a-1.0.0.tgz")]),
            ("no host any more", vec![place(SourceKind::Registry, None, None)]),
            ("nothing tells", vec![place(SourceKind::Unknown, None, None)]),
            ("no place", vec![]),
        ] {
            assert!(moved(old(), after, steps), "{name}");
        }
        assert!(!moved(old(), vec![registry("r.example", "a-1.1.0.tgz")], steps));
        assert!(
            moved(old(), vec![registry("r.example", "b-1.0.0.tgz")], ["1.0.0", "1.0.0"]),
            "other content, no version"
        );
        assert!(moved(old(), old(), ["1.0.0", "1.0.0"]), "nothing but the content can have changed");
        assert!(!moved(old(), old(), steps));
    }

    #[test]
    fn another_commit_branch_or_version_of_the_same_repository_or_archive_is_the_same_place() {
        for (old, new) in [
            ("git+https://example.org/o/r.git#1111", "https://example.org/o/r#2222"),
            ("https://example.org/o/r?branch=a#1", "https://example.org/o/r?tag=b#2"),
            ("https://example.org/o/r@v1", "https://example.org/o/r@v2"),
            ("git@example.org:o/r.git#1", "git@example.org:o/r#2"),
        ] {
            assert!(!moved(vec![git(old)], vec![git(new)], ["0", "0"]), "{old} {new}");
        }
        let commits = [1, 2].map(|digit| format!("https://example.org/o/r/{}.tgz", digit.to_string().repeat(40)));
        assert!(!moved(vec![archive(&commits[0])], vec![archive(&commits[1])], ["0", "0"]));
        let v = |version: &str, owner: &str| vec![archive(&format!("https://example.org/{owner}/r/v{version}.tgz"))];
        assert!(!moved(v("1.0.0", "o"), v("1.1.0", "o"), ["1.0.0", "1.1.0"]));
        assert!(moved(v("1.0.0", "o"), v("1.1.0", "evil"), ["1.0.0", "1.1.0"]));
        assert!(moved(vec![git("git@example.org:o/r")], vec![git("git@example.org:evil/r")], ["0", "0"]));
        assert!(moved(vec![git("https://example.org/o/r")], vec![git("https://example.org/o/r2")], ["0", "0"]));
    }

    #[test]
    fn where_nothing_told_before_only_what_is_outside_of_a_registry_counts() {
        for before in [vec![], vec![place(SourceKind::Unknown, None, None)]] {
            assert!(!moved(before.clone(), vec![registry("r.example", "a")], ["1", "2"]));
            assert!(moved(before, vec![git("https://example.org/o/r")], ["1", "2"]));
        }
        let bare = || vec![place(SourceKind::Registry, None, None)];
        assert!(!moved(bare(), vec![registry("r.example", "a")], ["1", "2"]), "a lockfile that begins to name hosts");
    }

    #[test]
    fn what_is_new_or_gone_was_not_repointed() {
        let package = DependencyChange::at(Ecosystem::Npm, "a", "pkg:npm/a");
        let new = DependencyChange { after: vec!["1".into()], sources_after: vec![git("x")], ..package.clone() };
        let gone = DependencyChange { before: vec!["1".into()], sources_before: vec![git("x")], ..package };
        assert!(!new.is_repointed() && !gone.is_repointed());
    }
}
