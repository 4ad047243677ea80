//! How the versions of `pnpm-lock.yaml` name packages, and how they refer to them.

use semver::Version;

/// How keys are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `/a/1.0.0_peer@1.0.0`: lockfile versions 5.
    Slash,
    /// `/a@1.0.0(peer@1.0.0)`: lockfile versions 6.
    SlashAt,
    /// `a@1.0.0(peer@1.0.0)`: lockfile version 9.
    At,
}

/// A key without the peers that it was resolved with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key<'k> {
    /// The package's name, where the key has it.
    pub(super) name: Option<&'k str>,
    /// Its version, where the key has it.
    pub(super) version: Option<&'k str>,
    /// The key without peers.
    pub(super) plain: &'k str,
}

impl Style {
    /// How the keys of a version are written; `None` of versions that are not known.
    pub(super) fn of(version: &str) -> Option<Self> {
        match version {
            "5" | "5.0" | "5.1" | "5.2" | "5.3" | "5.4" | "5.3-inlineSpecifiers" | "5.4-inlineSpecifiers" => {
                Some(Self::Slash)
            }
            "6.0" | "6.1" => Some(Self::SlashAt),
            "9.0" => Some(Self::At),
            _ => None,
        }
    }

    /// A key of `packages`, taken apart; `None` where it can't be.
    pub(super) fn key(self, text: &str) -> Option<Key<'_>> {
        let plain = without_peers(text)?;
        let anonymous = Key { name: None, version: None, plain };
        match self {
            Self::At => {
                let (name, version) = split_at(plain)?;
                let version = Version::parse(version).is_ok().then_some(version);
                Some(Key { name: Some(name), version, plain })
            }
            _ if plain.starts_with("file:") => Some(anonymous),
            Self::SlashAt => {
                let Some((name, version)) = self.registry(plain).and_then(split_at) else {
                    return (!plain.starts_with('/')).then_some(anonymous);
                };
                match Version::parse(version) {
                    Ok(_) => Some(Key { name: Some(name), version: Some(version), plain }),
                    Err(_) => (!plain.starts_with('/')).then_some(anonymous),
                }
            }
            Self::Slash => {
                // Scopes have a slash of their own; those of peers were written with a plus sign.
                let split = self.registry(plain).and_then(|rest| rest.rsplit_once('/'));
                let split = split.map(|(name, version)| (name, version.split('_').next().unwrap_or_default()));
                match split.filter(|(name, version)| is_name(name) && Version::parse(version).is_ok()) {
                    Some((name, version)) => Some(Key { name: Some(name), version: Some(version), plain }),
                    None => (!plain.starts_with('/')).then_some(anonymous),
                }
            }
        }
    }

    /// A key without the slash, or without the host of another registry.
    fn registry(self, plain: &str) -> Option<&str> {
        plain.split_once('/').map(|(_, rest)| rest)
    }

    /// The key that a dependency refers to; `None` where it is a directory of the repository.
    pub(super) fn refer(self, name: &str, reference: &str) -> Option<String> {
        if reference.starts_with("link:") {
            return None;
        }
        let peers = reference.find('(').unwrap_or(reference.len());
        let before = reference.get(..peers).unwrap_or(reference);
        Some(match self {
            Self::Slash | Self::SlashAt if reference.starts_with("file:") => reference.to_owned(),
            Self::Slash if !reference.contains('/') => format!("/{name}/{reference}"),
            Self::SlashAt if !before.contains('/') => format!("/{name}@{reference}"),
            Self::Slash | Self::SlashAt => reference.to_owned(),
            // `b@1.0.0` is another name; an address has its colon before any sign like that.
            Self::At if reference.starts_with('@') => reference.to_owned(),
            Self::At => match (before.find('@'), before.find(':')) {
                (Some(at), colon) if colon.is_none_or(|colon| at < colon) => reference.to_owned(),
                _ => format!("{name}@{reference}"),
            },
        })
    }
}

/// `name@rest`, cut at the first sign behind the name.
fn split_at(text: &str) -> Option<(&str, &str)> {
    let at = text.get(1..)?.find('@')? + 1;
    let (name, rest) = (text.get(..at)?, text.get(at + 1..)?);
    (is_name(name) && !rest.is_empty()).then_some((name, rest))
}

fn is_name(name: &str) -> bool {
    let (scope, plain) = match name.strip_prefix('@').map(|scoped| scoped.split_once('/')) {
        None => ("s", name),
        Some(Some((scope, plain))) => (scope, plain),
        Some(None) => return false,
    };
    [scope, plain].iter().all(|part| !part.is_empty() && !part.contains(['/', '@', ':', ' ', '(']))
}

/// A key without `(..)` at its end; `None` where brackets don't match.
pub(super) fn without_peers(text: &str) -> Option<&str> {
    let Some(peers) = text.find('(').filter(|_| text.ends_with(')')) else {
        return Some(text);
    };
    let mut depth = 0_usize;
    for byte in text.bytes().skip(peers) {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    if depth == 0 { text.get(..peers) } else { None }
}

#[cfg(test)]
mod tests {
    use super::Style;

    #[test]
    fn keys_have_name_and_version_whatever_peers_follow() {
        for (style, key, name, version) in [
            (Style::Slash, "/a/1.0.0", "a", "1.0.0"),
            (Style::Slash, "/@s/a/1.0.0_b@2.0.0+@t+c@1.0.0", "@s/a", "1.0.0"),
            (Style::Slash, "/a/1.0.0-rc.1_0123456789abcdef", "a", "1.0.0-rc.1"),
            (Style::Slash, "npm.example/@s/a/1.0.0", "@s/a", "1.0.0"),
            (Style::SlashAt, "/@s/a@1.0.0(b@2.0.0)(@t/c@1.0.0)", "@s/a", "1.0.0"),
            (Style::SlashAt, "npm.example/a@1.0.0", "a", "1.0.0"),
            (Style::At, "@s/a@1.0.0(b@2.0.0(c@1.0.0))", "@s/a", "1.0.0"),
            (Style::At, "a@1.0.0+build", "a", "1.0.0+build"),
        ] {
            let found = style.key(key).unwrap();
            assert_eq!((found.name, found.version), (Some(name), Some(version)), "{key}");
        }
    }

    #[test]
    fn addresses_have_no_version_and_what_is_no_key_is_none() {
        for (style, key) in [
            (Style::Slash, "github.com/o/r/0a2d2506c1fe299691fc5db53a2097db3bd615bc"),
            (Style::Slash, "@host/path/a-1.0.0.tgz"),
            (Style::Slash, "file:../a_react@1.0.0"),
            (Style::SlashAt, "@codeload.github.com/o/r/tar.gz/0123"),
            (Style::At, "a@https://h/a.tgz"),
            (Style::At, "a@file:b"),
        ] {
            assert_eq!(style.key(key).unwrap().version, None, "{key}");
        }
        for (style, key) in [
            (Style::Slash, "/a"),
            (Style::Slash, "/a/b/1.0.0"),
            (Style::Slash, "/a/latest"),
            (Style::SlashAt, "/a/1.0.0"),
            (Style::SlashAt, "/a@latest"),
            (Style::At, "/a@1.0.0"),
            (Style::At, "a"),
            (Style::At, "a@"),
            (Style::At, "a@1.0.0(b))"),
            (Style::At, ""),
        ] {
            assert_eq!(style.key(key), None, "{key}");
        }
    }

    #[test]
    fn references_lead_to_keys() {
        for (style, name, reference, key) in [
            (Style::Slash, "a", "1.0.0_b@2.0.0", Some("/a/1.0.0_b@2.0.0")),
            (Style::Slash, "a", "/b/1.0.0", Some("/b/1.0.0")),
            (Style::Slash, "a", "link:../a", None),
            (Style::SlashAt, "a", "1.0.0(@s/b@2.0.0)", Some("/a@1.0.0(@s/b@2.0.0)")),
            (Style::SlashAt, "a", "/@s/b@1.0.0(c@1.0.0)", Some("/@s/b@1.0.0(c@1.0.0)")),
            (Style::SlashAt, "a", "file:../a(b@1.0.0)", Some("file:../a(b@1.0.0)")),
            (Style::At, "a", "1.0.0(b@2.0.0)", Some("a@1.0.0(b@2.0.0)")),
            (Style::At, "a", "b@1.0.0", Some("b@1.0.0")),
            (Style::At, "a", "@s/b@1.0.0(c@1.0.0)", Some("@s/b@1.0.0(c@1.0.0)")),
            (Style::At, "a", "https://u@h/a.tgz", Some("a@https://u@h/a.tgz")),
        ] {
            assert_eq!(style.refer(name, reference).as_deref(), key, "{name} {reference}");
        }
    }
}
