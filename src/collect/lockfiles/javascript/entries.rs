//! Objects of lockfiles that are JSON, with their order, and the lines of their keys.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// An object whose keys occur once each; JSON itself would let the last one win.
pub(in crate::collect::lockfiles) struct Entries<T>(pub(in crate::collect::lockfiles) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Unique<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Unique<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of packages")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let (mut entries, mut keys) = (Vec::new(), BTreeSet::new());
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if !keys.insert(key.clone()) {
                        return Err(A::Error::custom(format!("`{key}` stands there twice")));
                    }
                    entries.push((key, value));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Unique(PhantomData))
    }
}

/// Lines of keys that are asked for in the order of the text; one pass over it in all.
pub(in crate::collect::lockfiles) struct Keys<'a> {
    /// What is left of the text; `None` once a key was not found, so that no text is searched twice.
    rest: Option<&'a str>,
    line: usize,
}

impl<'a> Keys<'a> {
    /// The keys behind a first one.
    pub(in crate::collect::lockfiles) fn behind(text: &'a str, first: &str) -> Self {
        let mut keys = Self { rest: Some(text), line: 1 };
        keys.find(&format!("\"{first}\""));
        keys
    }

    /// The line of a key whose value begins with a bracket beside it, as its writer puts it.
    pub(in crate::collect::lockfiles) fn line(&mut self, key: &str, bracket: char) -> Option<u32> {
        self.find(&format!("\"{key}\": {bracket}"))
    }

    /// The line that was found last.
    pub(in crate::collect::lockfiles) fn here(&self) -> Option<u32> {
        self.rest.and(u32::try_from(self.line).ok())
    }

    fn find(&mut self, wanted: &str) -> Option<u32> {
        let rest = self.rest.take()?;
        let at = rest.find(wanted)?;
        let (before, after) = rest.split_at_checked(at)?;
        self.line += before.bytes().filter(|byte| *byte == b'\n').count();
        self.rest = after.get(wanted.len()..);
        u32::try_from(self.line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn keys_have_their_lines_until_one_is_not_found() {
        let text = "{\n\"packages\": {\n\"a\": {\n\"b\": 1},\n\"b\": {}\n}}";
        let mut keys = Keys::behind(text, "packages");
        assert_eq!([keys.line("a", '{'), keys.line("b", '{'), keys.line("c", '{')], [Some(3), Some(5), None]);
        assert_eq!(keys.line("b", '{'), None);
        assert_eq!(Keys::behind(text, "else").line("a", '{'), None);
    }
}
