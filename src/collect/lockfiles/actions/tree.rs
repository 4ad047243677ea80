//! A YAML document as a tree in which every node knows its line; it knows nothing of workflows.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Budget, Error, Spanned};

use crate::collect::lockfiles::place::one_line;
use crate::collect::lockfiles::{LockfileError, MAX_DEPTH};

/// Most nodes of a document, those that aliases repeat among them; workflows of a thousand lines have some thousands.
pub(super) const MAX_NODES: usize = 100_000;
/// Most aliases of a document.
pub(super) const MAX_ALIASES: usize = 1_000;

/// A node and the line that it begins on.
pub(super) struct Node {
    pub(super) line: Option<u32>,
    pub(super) value: Value,
}

/// What a node is. Numbers and truth values are texts: what they spell is what a workflow uses.
pub(super) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping; none of anything else.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key of a mapping.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The items of a list; none of anything else.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }
}

/// The one document of a text.
pub(super) fn parse(text: &str) -> Result<Node, LockfileError> {
    let mut budget = Budget::default();
    budget.max_depth = MAX_DEPTH;
    budget.max_nodes = MAX_NODES;
    budget.max_events = MAX_NODES.saturating_mul(2);
    budget.max_aliases = MAX_ALIASES;
    let mut options = serde_saphyr::Options::default();
    options.budget = Some(budget);
    options.alias_limits.max_total_replayed_events = MAX_NODES;
    options.with_snippet = false;
    serde_saphyr::from_str_with_options(text, options).map_err(|error| refusal(&error))
}

fn refusal(error: &Error) -> LockfileError {
    let line = error.location().and_then(|location| u32::try_from(location.line()).ok()).filter(|line| *line > 0);
    let message = one_line(&error.without_snippet().to_string());
    let message = format!("can't be read as YAML: {message}");
    if is_limit(error) { LockfileError::limit(line, message) } else { LockfileError::new(line, message) }
}

fn is_limit(error: &Error) -> bool {
    match error.without_snippet() {
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. } => true,
        Error::AliasError { error, .. } => is_limit(error),
        _ => false,
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        let line = u32::try_from(spanned.referenced.line()).ok().filter(|line| *line > 0);
        Ok(Self { line, value: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list or a mapping")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let (mut entries, mut keys) = (Vec::new(), BTreeSet::new());
        while let Some((key, node)) = map.next_entry::<String, Node>()? {
            if !keys.insert(key.clone()) {
                return Err(A::Error::custom(format!("`{key}` stands there twice")));
            }
            entries.push((key, node));
        }
        Ok(Value::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_ALIASES, MAX_NODES, parse};
    use crate::collect::lockfiles::MAX_DEPTH;
    use crate::evidence::Completeness;

    #[test]
    fn nodes_know_their_lines_and_texts() {
        let root =
            parse("on: push\njobs:\n  a:\n    v: [1, 1.5, true, ~, '']\n    uses: &x a/b@c\n    other: *x\n").unwrap();
        let job = root.get("jobs").unwrap().get("a").unwrap();
        let texts: Vec<Option<&str>> = job.get("v").unwrap().items().iter().map(super::Node::text).collect();
        assert_eq!(texts, [Some("1"), Some("1.5"), Some("true"), None, Some("")]);
        assert_eq!(root.get("on").unwrap().text(), Some("push"));
        assert_eq!((job.get("uses").unwrap().line, job.get("uses").unwrap().text()), (Some(5), Some("a/b@c")));
        assert_eq!((job.get("other").unwrap().line, job.get("other").unwrap().text()), (Some(6), Some("a/b@c")));
    }

    #[test]
    fn what_is_not_one_document_is_refused_with_its_line() {
        for (text, line) in [("a: 1\na: 2\n", 2), ("a: [\n", 2), ("a: 1\n---\nb: 2\n", 2), ("a:\n  - b\n c: d\n", 3)] {
            let error = parse(text).err().unwrap();
            assert_eq!(error.completeness, Completeness::Failed, "{text}");
            assert!(error.line.is_some_and(|found| found.abs_diff(line) <= 1), "{text:?}: {error:?}");
        }
    }

    #[test]
    fn limits_are_truncations() {
        let deep = format!("a: {}{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
        let block: String = (0..=MAX_DEPTH).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        let many = format!("a:\n{}", "- b\n".repeat(MAX_NODES));
        let aliases = format!("a: &x 1\nb:\n{}", "- *x\n".repeat(MAX_ALIASES + 1));
        let mut laughs = "a0: &a0 [x]\n".to_owned();
        for level in 1..30 {
            laughs.push_str(&format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
        }
        for text in [deep, block, many, aliases, laughs] {
            let error = parse(&text).err().unwrap();
            assert_eq!(error.completeness, Completeness::Truncated, "{error:?}");
        }
    }
}
