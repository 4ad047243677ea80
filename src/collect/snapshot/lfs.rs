//! What stands in a repository for a file that Git LFS keeps elsewhere.
//!
//! A pointer is what Git LFS itself takes for one and puts other content in place of: the keys `version`, `oid` and `size` in
//! this order, between them nothing but extensions (`ext-0-name`), one of its three version addresses, a SHA-256, a size in
//! bytes, less than [`MAX_BYTES`] in all. That is a little more than its specification (version 1) allows to be written (empty
//! lines, CR LF, no newline at the end); anything else is a file like any other, whatever it looks like.

use crate::evidence::LfsPointer;

/// A pointer has fewer bytes than this.
pub(super) const MAX_BYTES: usize = 1_024;

/// The present one, and two from before its first release that it still reads.
const VERSIONS: &[&str] =
    &["https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1", "http://git-media.io/v/2"];

/// The pointer that a content is; `None` where it is none.
pub(super) fn pointer(bytes: &[u8]) -> Option<LfsPointer> {
    if bytes.len() >= MAX_BYTES {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).filter(|line| !line.is_empty());
    let mut found: [Option<&str>; 3] = [None; 3];
    let mut keys = ["version", "oid", "size"].iter().zip(&mut found).peekable();
    for line in lines {
        let (key, value) = line.split_once(' ')?;
        match keys.next_if(|(expected, _)| **expected == key) {
            Some((_, place)) => *place = Some(value),
            None if is_extension(key) => {}
            None => return None,
        }
    }
    let [Some(version), Some(oid), Some(size)] = found else { return None };
    let oid = oid.strip_prefix("sha256:")?;
    let whole = VERSIONS.contains(&version)
        && oid.len() == 64
        && oid.bytes().all(|digit| digit.is_ascii_hexdigit())
        && size.bytes().all(|digit| digit.is_ascii_digit());
    if !whole {
        return None;
    }
    Some(LfsPointer { oid: oid.to_ascii_lowercase(), size: size.parse().ok()? })
}

/// `ext-`, a digit, `-`, a name.
fn is_extension(key: &str) -> bool {
    let Some((priority, name)) = key.strip_prefix("ext-").and_then(|rest| rest.split_once('-')) else { return false };
    let word = |character: char| character.is_ascii_alphanumeric() || character == '_' || character == '-';
    priority.len() == 1
        && priority.bytes().all(|digit| digit.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(word)
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, pointer};

    const OID: &str = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";

    fn text(version: &str, between: &str, oid: &str, size: &str) -> String {
        format!("version {version}\n{between}oid sha256:{oid}\nsize {size}\n")
    }

    const V1: &str = "https://git-lfs.github.com/spec/v1";

    #[test]
    fn what_git_lfs_takes_for_a_pointer_is_one() {
        let extensions = format!("ext-0-foo sha256:{OID}\next-1-bar sha256:{OID}\n");
        for (text, size) in [
            (text(V1, "", OID, "12345"), 12_345),
            (text(V1, "", OID, "0"), 0),
            (text("https://hawser.github.com/spec/v1", "", OID, "12345"), 12_345),
            (text(V1, &extensions, OID, "7"), 7),
            (text(V1, "", OID, "7").trim_end().to_owned(), 7),
            (text(V1, "", OID, "7").replace('\n', "\r\n"), 7),
            (text(V1, "", &OID.to_uppercase(), "7"), 7),
        ] {
            let found = pointer(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.oid.as_str(), found.size), (OID, size));
        }
    }

    #[test]
    fn what_only_looks_like_a_pointer_is_none() {
        for text in [
            String::new(),
            format!("version {V1}\n"),
            format!("oid sha256:{OID}\nversion {V1}\nsize 1\n"),
            text("https://git-lfs.github.com/spec/v2", "", OID, "1"),
            text(&V1.to_uppercase(), "", OID, "1"),
            text(V1, "", OID.trim_start_matches('4'), "1"),
            text(V1, "", &OID.replace('4', "g"), "1"),
            text(V1, "", OID, "-1"),
            text(V1, "", OID, "1e3"),
            text(V1, "", OID, ""),
            text(V1, "", OID, "99999999999999999999"),
            text(V1, "unknown key\n", OID, "1"),
            text(V1, "ext-10-foo x\n", OID, "1"),
            text(V1, "", OID, "1") + "x y\n",
            text(V1, "", OID, "1") + "size 2\n",
            text(V1, "", OID, "1").replace("sha256", "md5"),
            text(V1, "", OID, "1").replace("oid ", "oid  "),
            text(V1, "", OID, "1") + "\n".repeat(MAX_BYTES).as_str(),
        ] {
            assert_eq!(pointer(text.as_bytes()), None, "{text}");
        }
        assert_eq!(pointer(&[0xff; 100]), None);
        let padded = |length: usize| {
            let name = "x".repeat(length - text(V1, "ext-0- s\n", OID, "1").len());
            text(V1, &format!("ext-0-{name} s\n"), OID, "1")
        };
        assert_eq!(padded(MAX_BYTES).len(), MAX_BYTES);
        assert!(pointer(padded(MAX_BYTES - 1).as_bytes()).is_some() && pointer(padded(MAX_BYTES).as_bytes()).is_none());
    }
}
