//! Which names are of one tool.

/// Names of one tool that differ in more than their case; the first one stands for all.
const ALIASES: &[&[&str]] = &[
    &["codeql", "codeql command-line toolchain", "lgtm.com", "semmle ql"],
    &["semgrep", "semgrep oss"],
    &["nodejsscan", "njsscan"],
];

/// The name that stands for all names of a tool: without blanks around it, in lower case, by the aliases that tools have
/// gone by. Two runs whose names have the same key are of one tool.
#[must_use]
pub fn tool_key(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let group = ALIASES.iter().find(|group| group.contains(&name.as_str()));
    group.and_then(|group| group.first()).map_or(name, |first| (*first).to_owned())
}

#[cfg(test)]
mod tests {
    use super::tool_key;

    #[test]
    fn a_tool_has_one_key_under_all_of_its_names() {
        for (one, other) in [
            ("Semgrep OSS", "semgrep"),
            ("CodeQL", "CodeQL command-line toolchain"),
            ("LGTM.com", "Semmle QL"),
            ("njsscan", "nodejsscan"),
            ("Polyspace ", "polyspace"),
            ("Grype", "grype"),
        ] {
            assert_eq!(tool_key(one), tool_key(other));
        }
        assert_ne!(tool_key("Semgrep"), tool_key("CodeQL"));
        assert_eq!(tool_key(&tool_key("LGTM.com")), tool_key("LGTM.com"), "a key is its own key");
    }
}
