//! The line grammar of yarn 1: entries at the margin, fields below them, and lists of dependencies below these.

use crate::collect::lockfiles::LockfileError;

/// One entry.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) line: Option<u32>,
    /// `name@range`, each of which this entry answers.
    pub(super) descriptors: Vec<String>,
    /// The package's own name, where that is another than the descriptors'.
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) resolved: Option<String>,
    pub(super) integrity: Option<String>,
    /// Names and ranges, the optional ones among them.
    pub(super) dependencies: Vec<(String, String)>,
    /// Fields that it has, each once.
    fields: Vec<&'static str>,
}

/// What yarn 1 writes; it never wrote anything else, and is not developed any more.
const FIELDS: [&str; 10] = [
    "name",
    "version",
    "uid",
    "resolved",
    "registry",
    "integrity",
    "dependencies",
    "optionalDependencies",
    "permissions",
    "prebuiltVariants",
];
const LISTS: [&str; 4] = ["dependencies", "optionalDependencies", "permissions", "prebuiltVariants"];

/// The entries in the order of the file.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, LockfileError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut list = "";
    for (index, raw) in text.lines().enumerate() {
        let line = u32::try_from(index + 1).ok();
        let wrong = |what: &str| LockfileError::new(line, format!("{what}: `{}`", raw.trim()));
        let content = raw.trim_start_matches(' ');
        if content.trim().is_empty() || content.starts_with('#') {
            continue;
        }
        match (raw.len() - content.len(), entries.last_mut()) {
            (0, _) => {
                let descriptors =
                    descriptors(content).ok_or_else(|| wrong("is no list of descriptors with a colon"))?;
                entries.push(Entry { line, descriptors, ..Entry::default() });
                list = "";
            }
            (2, Some(entry)) => {
                let (name, rest) = token(content).ok_or_else(|| wrong("is no field"))?;
                let Some(field) = FIELDS.into_iter().find(|field| *field == name) else {
                    return Err(wrong("is a field that yarn 1 does not write"));
                };
                if entry.fields.contains(&field) {
                    return Err(wrong("stands there twice"));
                }
                entry.fields.push(field);
                list = if LISTS.contains(&field) { field } else { "" };
                match (list.is_empty(), rest.trim_end()) {
                    (false, ":") => {}
                    (true, rest) => entry.set(field, value(rest).ok_or_else(|| wrong("is no field with one value"))?),
                    (false, _) => return Err(wrong("is no list")),
                }
            }
            (4, Some(entry)) if !list.is_empty() => {
                let (name, rest) = token(content).ok_or_else(|| wrong("is no dependency"))?;
                let range = value(rest).ok_or_else(|| wrong("is no dependency with one range"))?;
                if matches!(list, "dependencies" | "optionalDependencies") {
                    entry.dependencies.push((name, range));
                }
            }
            _ => return Err(wrong("is indented as no part of an entry is")),
        }
    }
    Ok(entries)
}

impl Entry {
    fn set(&mut self, field: &str, value: String) {
        match field {
            "name" => self.name = Some(value),
            "version" => self.version = Some(value),
            "resolved" => self.resolved = Some(value),
            "integrity" => self.integrity = Some(value),
            _ => {}
        }
    }
}

/// `a@1, "b@2":`
fn descriptors(line: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = line.trim_end();
    loop {
        let (descriptor, behind) = token(rest)?;
        found.push(descriptor);
        match behind.strip_prefix(',') {
            Some(more) => rest = more.trim_start_matches(' '),
            None => return (behind == ":").then_some(found),
        }
    }
}

/// A value with a blank before it and nothing behind it.
fn value(rest: &str) -> Option<String> {
    let (value, rest) = token(rest.strip_prefix(' ')?.trim_start_matches(' '))?;
    rest.trim_end().is_empty().then_some(value)
}

/// A quoted string or a bare word, and what stands behind it.
fn token(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        // Quoted as in JSON.
        let mut escaped = false;
        let end = text.char_indices().skip(1).find_map(|(at, char)| {
            let ends = char == '"' && !escaped;
            escaped = char == '\\' && !escaped;
            ends.then_some(at + 1)
        })?;
        return Some((serde_json::from_str(text.get(..end)?).ok()?, text.get(end..)?));
    }
    let end = text.find([':', ',', ' ', '"']).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    let word = word.trim_end();
    (!word.is_empty()).then(|| (word.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn an_entry_has_its_descriptors_fields_and_dependencies() {
        let text = "# yarn lockfile v1\r\n\r\n\"@s/a@^1\", b@2, \"c@npm:@s/a@1\":\r\n  version \"1.0.0\"\r\n  \
                    resolved \"https://h/a\\\"b#1\"\r\n  dependencies:\r\n    d \"^1 || ^2\"\r\n    \"@s/e\" x\r\n";
        let entries = entries(text).unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].descriptors, ["@s/a@^1", "b@2", "c@npm:@s/a@1"]);
        assert_eq!((entries[0].line, entries[0].version.as_deref()), (Some(3), Some("1.0.0")));
        assert_eq!(entries[0].resolved.as_deref(), Some("https://h/a\"b#1"));
        let dependencies = [("d".to_owned(), "^1 || ^2".to_owned()), ("@s/e".to_owned(), "x".to_owned())];
        assert_eq!(entries[0].dependencies, dependencies);
    }

    #[test]
    fn what_is_none_is_refused_with_its_line() {
        for (text, line) in [
            ("a@1\n", 1),
            ("a@1 b@2:\n", 1),
            ("\"a@1:\n", 1),
            ("a@1,:\n", 1),
            ("  version \"1\"\n", 1),
            ("a@1:\n version \"1\"\n", 2),
            ("a@1:\n\tversion \"1\"\n", 2),
            ("a@1:\n  version\n", 2),
            ("a@1:\n  version \"1\" \"2\"\n", 2),
            ("a@1:\n  version \"1\n", 2),
            ("a@1:\n  version \"1\"\n  version \"2\"\n", 3),
            ("a@1:\n  else \"1\"\n", 2),
            ("a@1:\n  dependencies \"1\"\n", 2),
            ("a@1:\n  version \"1\"\n    b \"1\"\n", 3),
            ("a@1:\n  dependencies:\n    b\n", 3),
            ("<<<<<<< HEAD\na@1:\n  version \"1\"\n", 1),
        ] {
            assert_eq!(entries(text).unwrap_err().line, Some(line), "{text}");
        }
    }
}
