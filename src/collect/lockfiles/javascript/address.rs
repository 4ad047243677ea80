//! Addresses and checksums as npm's registry and its clients write them.

use crate::collect::lockfiles::place::{nowhere, path, source};
use crate::evidence::{PackageSource, SourceKind};

pub(in crate::collect::lockfiles) fn is_archive(path: &str) -> bool {
    [".tgz", ".tar.gz", ".tar"].iter().any(|end| path.ends_with(end))
}

/// Services whose repositories npm names without an address.
const SHORTHANDS: [(&str, &str); 3] =
    [("github:", "github.com"), ("gitlab:", "gitlab.com"), ("bitbucket:", "bitbucket.org")];

/// Where a package of a name and a version comes from, by the address that its lockfile has; `bundled` in another's archive.
pub(in crate::collect::lockfiles) fn from_address(
    (name, version): (&str, &str),
    address: Option<&str>,
    bundled: bool,
) -> PackageSource {
    let Some(address) = address.filter(|_| !bundled) else {
        return nowhere(SourceKind::Unknown);
    };
    if let Some(local) = address.strip_prefix("file:") {
        return path(local);
    }
    if let Some((rest, host)) = SHORTHANDS.iter().find_map(|(word, host)| Some((address.strip_prefix(word)?, host))) {
        return source(SourceKind::Git, &format!("git+ssh://{host}/{rest}"));
    }
    if address.starts_with("git") {
        return source(SourceKind::Git, address);
    }
    let found = source(SourceKind::Registry, address);
    let location = found.location.as_deref().unwrap_or_default();
    // A registry keeps an archive under its package's name and version; an archive anywhere else is one of its own,
    // whatever the lockfile calls it.
    let version = version.split('+').next().unwrap_or_default();
    let by_name = [format!("/{name}/-/"), format!("/download/{name}/")]
        .iter()
        .any(|start| location.split_once(start.as_str()).is_some_and(|(_, rest)| rest.contains(version)));
    if by_name { found } else { PackageSource { kind: SourceKind::Url, ..found } }
}

/// The archive that a forge makes of a commit, as a git source at that commit; `None` of any other address.
pub(in crate::collect::lockfiles) fn commit_archive(address: &str) -> Option<PackageSource> {
    let rest = address.strip_prefix("https://")?;
    let (start, commit) = if rest.starts_with("codeload.github.com/") {
        rest.split_once("/tar.gz/")?
    } else if rest.starts_with("bitbucket.org/") {
        let (start, file) = rest.split_once("/get/")?;
        (start, file.strip_suffix(".tar.gz")?)
    } else {
        // The only address whose query says which content is meant.
        rest.split_once("/repository/archive.tar.gz?ref=")?
    };
    let commit = commit.split(['#', '&', '?']).next().unwrap_or_default();
    let end = if commit.is_empty() { String::new() } else { format!("#{commit}") };
    Some(source(SourceKind::Git, &format!("https://{start}{end}")))
}

/// `sha512-... sha1-...` as `sha512:...`; options after `?` say nothing of the content.
pub(in crate::collect::lockfiles) fn integrity(text: Option<&str>) -> Vec<String> {
    let words = text.unwrap_or_default().split_whitespace().map(|word| word.split('?').next().unwrap_or_default());
    let mut digests: Vec<String> = words.map(|word| word.replacen('-', ":", 1)).collect();
    digests.sort();
    digests.dedup();
    digests
}

/// Whether each digest is as long as its algorithm makes it: one that is cut short is checked by no manager.
pub(in crate::collect::lockfiles) fn well_formed(text: &str) -> bool {
    let length = |algorithm: &str| match algorithm {
        "md5" => Some(24),
        "sha1" => Some(28),
        "sha256" => Some(44),
        "sha384" => Some(64),
        "sha512" => Some(88),
        _ => None,
    };
    let words = text.split_whitespace().map(|word| word.split('?').next().unwrap_or_default());
    let mut digests = words.map(|word| word.split_once('-').unwrap_or_default()).peekable();
    digests.peek().is_some() && digests.all(|(algorithm, digest)| length(algorithm) == Some(digest.len()))
}

/// `name@range` in two; the range is empty where there is none.
pub(in crate::collect::lockfiles) fn name_and_range(descriptor: &str) -> (&str, &str) {
    let start = descriptor.chars().next().map_or(0, char::len_utf8);
    let at = descriptor.get(start..).and_then(|rest| rest.find('@')).map(|at| at + start);
    at.and_then(|at| Some((descriptor.get(..at)?, descriptor.get(at + 1..)?))).unwrap_or((descriptor, ""))
}

/// The package's own name, where a range asks for it under another: `npm:name@range`.
pub(in crate::collect::lockfiles) fn alias(range: &str) -> Option<&str> {
    let (name, _) = name_and_range(range.strip_prefix("npm:")?);
    let first = name.trim_start_matches('@').chars().next()?;
    // `npm:^1` is a range of the package itself.
    (first.is_ascii_alphabetic() || name.contains('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{alias, commit_archive, name_and_range, well_formed};
    use crate::evidence::SourceKind;

    #[test]
    fn a_descriptor_is_cut_after_the_name_whatever_its_range_holds() {
        assert_eq!(name_and_range("a@1"), ("a", "1"));
        assert_eq!(name_and_range("@s/a@npm:@t/b@1"), ("@s/a", "npm:@t/b@1"));
        assert_eq!(name_and_range("a@git+ssh://git@h/r#1"), ("a", "git+ssh://git@h/r#1"));
        assert_eq!(name_and_range("é@1"), ("é", "1"));
        assert_eq!([name_and_range("a"), name_and_range(""), name_and_range("@")], [("a", ""), ("", ""), ("@", "")]);
    }

    #[test]
    fn only_a_name_is_an_alias() {
        assert_eq!(alias("npm:@s/b@^1"), Some("@s/b"));
        assert_eq!(alias("npm:b"), Some("b"));
        assert_eq!([alias("npm:^1"), alias("npm:1.0.0"), alias("^1"), alias("npm:*")], [None; 4]);
    }

    #[test]
    fn an_archive_of_a_commit_keeps_the_commit() {
        for address in [
            "https://codeload.github.com/o/r/tar.gz/0a2d2506c1fe299691fc5db53a2097db3bd615bc",
            "https://gitlab.com/o/r/repository/archive.tar.gz?ref=0a2d2506c1fe299691fc5db53a2097db3bd615bc",
            "https://bitbucket.org/o/r/get/0a2d2506c1fe299691fc5db53a2097db3bd615bc.tar.gz",
        ] {
            let source = commit_archive(address).unwrap();
            assert_eq!(source.kind, SourceKind::Git);
            assert!(source.location.unwrap().ends_with("/o/r#0a2d2506c1fe299691fc5db53a2097db3bd615bc"), "{address}");
        }
        assert_eq!(commit_archive("https://registry.npmjs.org/a/-/a-1.0.0.tgz"), None);
    }

    #[test]
    fn a_digest_that_is_cut_short_is_not_well_formed() {
        let whole = format!("sha512-{}==", "A".repeat(86));
        assert!(well_formed(&whole) && well_formed(&format!("sha1-{}= {whole}?x", "A".repeat(27))));
        for wrong in ["", "sha512", whole.trim_end_matches('='), "sha0-AAAA", &format!("{whole} x")] {
            assert!(!well_formed(wrong), "{wrong}");
        }
    }
}
