//! References to container images, as Dockerfiles and workflows write them, by the grammar of `distribution/reference`.
//!
//! - The name is that of package URLs of type `docker`: the path in its registry, without the registry and without the
//!   `library/` that Docker puts before a name of one part. The source has the registry and the whole path.
//! - The version is the tag; without a tag, the digest; without either, `latest`, which is what is taken.
//! - A digest holds an image to its content, a tag other than `latest` to a version, anything else to nothing.

use super::LockedPackage;
use crate::evidence::{Directness, Ecosystem, PackageSource, Pin, SourceKind};

/// The registry that names without one are looked up in.
const DEFAULT_REGISTRY: &str = "docker.io";
/// What Docker puts before a name of one part in its own registry.
const OFFICIAL: &str = "library/";
/// The tag that is taken where none is written.
const LATEST: &str = "latest";
/// Longest tag, by the grammar.
const MAX_TAG: usize = 128;
/// Longest name with its registry, by the grammar.
const MAX_NAME: usize = 255;

/// The package that an image reference names; `None` where the text is none.
pub(super) fn package(text: &str) -> Option<LockedPackage> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    // A port has a colon too, but a path after it.
    let (name, tag) = match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (rest, None),
    };
    let (registry, path) = registry(name);
    let well = name.len() <= MAX_NAME
        && is_path(path)
        && is_registry(&registry)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest);
    if !well {
        return None;
    }
    let short = path.strip_prefix(OFFICIAL).filter(|_| registry == DEFAULT_REGISTRY).unwrap_or(path);
    let whole = if registry == DEFAULT_REGISTRY && !path.contains('/') {
        format!("{registry}/{OFFICIAL}{path}")
    } else {
        format!("{registry}/{path}")
    };
    let pin = match (digest, tag) {
        (Some(_), _) => Pin::Content,
        (None, Some(tag)) if tag != LATEST => Pin::Version,
        (None, _) => Pin::Floating,
    };
    let host = registry.split(':').next().map(str::to_owned);
    Some(LockedPackage {
        sources: vec![PackageSource { kind: SourceKind::Registry, host, location: Some(whole) }],
        directness: Directness::Direct,
        integrity: digest.map(str::to_owned).into_iter().collect(),
        pin: Some(pin),
        ..LockedPackage::new(Ecosystem::Docker, short, tag.or(digest).unwrap_or(LATEST))
    })
}

/// The package of a reference with parts that are decided when it is built or run. It keeps the text as its name; a
/// digest that is written out holds it to its content all the same.
pub(super) fn unresolved(text: &str, version: &str) -> LockedPackage {
    let digest = text.rsplit_once('@').map(|(_, digest)| digest).filter(|digest| is_digest(digest));
    LockedPackage {
        sources: vec![PackageSource { kind: SourceKind::Unknown, host: None, location: Some(text.to_owned()) }],
        directness: Directness::Direct,
        integrity: digest.map(str::to_owned).into_iter().collect(),
        pin: Some(if digest.is_some() { Pin::Content } else { Pin::Floating }),
        ..LockedPackage::new(Ecosystem::Docker, text, version)
    }
}

/// Packages of one file, each once, at the place where it stands first. Where one tag stands for several digests, they
/// are part of the version: all of them are meant, one for each platform.
pub(super) fn once(packages: Vec<LockedPackage>) -> Vec<LockedPackage> {
    use std::collections::{BTreeMap, BTreeSet};
    let mut digests: BTreeMap<_, BTreeSet<Vec<String>>> = BTreeMap::new();
    let key = |package: &LockedPackage| {
        (package.ecosystem, package.name.clone(), package.version.clone(), package.sources.clone())
    };
    for package in packages.iter().filter(|package| !package.integrity.is_empty()) {
        digests.entry(key(package)).or_default().insert(package.integrity.clone());
    }
    let mut seen = BTreeSet::new();
    let mut kept = Vec::with_capacity(packages.len());
    for mut package in packages {
        if digests.get(&key(&package)).is_some_and(|digests| digests.len() > 1)
            && let Some(digest) = package.integrity.first()
        {
            package.version = format!("{}@{digest}", package.version);
        }
        if seen.insert((key(&package), package.integrity.clone(), package.scope)) {
            kept.push(package);
        }
    }
    kept
}

/// The registry of a name, and the rest: the first part is a registry where it can't be part of a path.
fn registry(name: &str) -> (String, &str) {
    match name.split_once('/') {
        Some((first, path))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.bytes().any(|byte| byte.is_ascii_uppercase()) =>
        {
            let first = first.to_ascii_lowercase();
            (if first == "index.docker.io" { DEFAULT_REGISTRY.to_owned() } else { first }, path)
        }
        _ => (DEFAULT_REGISTRY.to_owned(), name),
    }
}

fn is_registry(registry: &str) -> bool {
    let (host, port) = registry.split_once(':').map_or((registry, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let digits = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    host.split('.').all(label) && port.is_none_or(digits)
}

fn is_path(path: &str) -> bool {
    path.split('/').all(is_component)
}

/// Lower-case letters and digits, with separators between them: a period, one or two underscores, any number of dashes.
fn is_component(component: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let runs = component.split(|c: char| c.is_ascii() && u8::try_from(c).is_ok_and(plain));
    let inner = |run: &str| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|byte| byte == b'-');
    let ends = [component.bytes().next(), component.bytes().next_back()];
    ends.into_iter().all(|end| end.is_some_and(plain)) && runs.into_iter().all(inner)
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= MAX_TAG
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => hex.len() == 64,
        "sha384" => hex.len() == 96,
        "sha512" => hex.len() == 128,
        _ => false,
    };
    length && hex.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::{once, package, unresolved};
    use crate::evidence::Pin;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn names_are_resolved_as_docker_does() {
        for (text, name, version, location, pin) in [
            ("alpine", "alpine", "latest", "docker.io/library/alpine", Pin::Floating),
            ("alpine:latest", "alpine", "latest", "docker.io/library/alpine", Pin::Floating),
            ("alpine:3.20", "alpine", "3.20", "docker.io/library/alpine", Pin::Version),
            ("library/alpine:3.20", "alpine", "3.20", "docker.io/library/alpine", Pin::Version),
            ("docker.io/library/alpine:3", "alpine", "3", "docker.io/library/alpine", Pin::Version),
            ("index.docker.io/a/b:3", "a/b", "3", "docker.io/a/b", Pin::Version),
            ("bitnami/redis:7", "bitnami/redis", "7", "docker.io/bitnami/redis", Pin::Version),
            ("ghcr.io/a/b/c:edge", "a/b/c", "edge", "ghcr.io/a/b/c", Pin::Version),
            ("GHCR.io/a:1", "a", "1", "ghcr.io/a", Pin::Version),
            ("localhost/a:1", "a", "1", "localhost/a", Pin::Version),
            ("localhost:5000/a__b/c-.d", "", "", "", Pin::Unknown),
            ("localhost:5000/a__b/c--d", "a__b/c--d", "latest", "localhost:5000/a__b/c--d", Pin::Floating),
        ] {
            let Some(found) = package(text) else {
                assert_eq!(name, "", "{text}");
                continue;
            };
            assert_eq!((found.name.as_str(), found.version.as_str(), found.pin), (name, version, Some(pin)), "{text}");
            assert_eq!(found.sources[0].location.as_deref(), Some(location), "{text}");
        }
    }

    #[test]
    fn a_digest_holds_the_content_and_a_tag_beside_it_is_the_version() {
        let both = package(&format!("alpine:3.20@{DIGEST}")).unwrap();
        assert_eq!((both.version.as_str(), both.pin), ("3.20", Some(Pin::Content)));
        assert_eq!(both.integrity, [DIGEST]);
        let digest = package(&format!("alpine@{DIGEST}")).unwrap();
        assert_eq!((digest.version.as_str(), digest.pin), (DIGEST, Some(Pin::Content)));
    }

    #[test]
    fn what_is_no_reference_is_none() {
        for text in [
            "",
            "/",
            "a/",
            ":1",
            "a:",
            "a@",
            "Alpine",
            "a b",
            "a:1:2",
            "{{ base }}",
            "$IMAGE",
            "a@sha256:0",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "é",
            "a:é",
            "http://a/b",
            "a:.1",
            "a.b:x/c",
        ] {
            assert_eq!(package(text), None, "{text}");
        }
        assert_eq!(package(&format!("a:{}", "1".repeat(129))), None);
        assert_eq!(package(&"a".repeat(256)), None);
    }

    #[test]
    fn what_is_decided_later_floats_unless_its_digest_is_written() {
        assert_eq!(unresolved("${BASE}:1", "1").pin, Some(Pin::Floating));
        assert_eq!(unresolved(&format!("${{BASE}}@{DIGEST}"), "1").pin, Some(Pin::Content));
    }

    #[test]
    fn digests_of_one_tag_are_versions_of_their_own() {
        let other = DIGEST.replace("0123", "3210");
        let texts = [format!("a:1@{DIGEST}"), format!("a:1@{other}"), format!("a:1@{DIGEST}"), "b:1".to_owned()];
        let versions: Vec<String> =
            once(texts.iter().map(|text| package(text).unwrap()).collect()).into_iter().map(|it| it.version).collect();
        assert_eq!(versions, [format!("1@{DIGEST}"), format!("1@{other}"), "1".to_owned()]);
    }
}
