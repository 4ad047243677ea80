//! Queries in one chain that leave nothing together.

use rhai::{Expr, FnCallExpr, ImmutableString, Position};

use super::arguments::literal_texts;
use super::calls::Holder;
use super::checker::Checker;
use super::kind::Kind;
use crate::diagnostic::Code;
use crate::policy::host::{Param, Signature, item_of};

/// Queries of which an item is in one at most.
const ONE_OF: &[(&str, &[&str])] = &[
    ("Files", &["added", "modified", "deleted", "renamed"]),
    ("Dependencies", &["added", "removed", "upgraded", "downgraded"]),
    ("Advisories", &["carried_over", "fixed"]),
    ("Advisories", &["introduced", "fixed"]),
    ("Advisories", &["introduced", "carried_over"]),
    ("Claims", &["ticked", "open"]),
    ("Licences", &["known", "unknown"]),
    ("Tests", &["failed", "passed", "skipped"]),
    ("Reviews", &["approved", "changes_requested"]),
];

/// Pairs of queries that no item is in, whatever they are given, by what the reference says of each.
const NEVER: &[(&str, &[&str], &[&str])] = &[
    ("Dependencies", &["added", "removed"], &["jump", "jump_at_least"]),
    ("Dependencies", &["removed"], &["unpinned", "without_integrity", "with_version_below", "with_version_at_least"]),
    ("Dependencies", &["added"], &["repointed"]),
];

/// Queries by what an item may have several of, each with one of the same name behind `not_`.
const OPPOSITES: &[&str] = &["under", "by", "allowed"];

/// Queries that also leave items of which nobody knows what they ask for, which is the word `unknown`.
const KEEP_UNKNOWN: &[(&str, &str)] = &[("Dependencies", "scope"), ("Advisories", "severity_at_least")];

/// A query of a chain, as far as it is written out.
#[derive(Debug, Clone)]
pub(super) struct Query {
    name: &'static str,
    /// The name as it stands in the script.
    written: &'static str,
    /// The words or texts that it asks for; `None` where they are not known.
    texts: Option<Vec<ImmutableString>>,
    /// Whether items are left of which nobody knows that.
    keeps_unknown: bool,
}

impl Checker<'_> {
    /// The queries of a chain with one more, which is told of where nothing can be in it and in those before.
    pub(super) fn queried(&mut self, holder: &Holder, call: &FnCallExpr, gives: &Kind, at: Position) -> Vec<Query> {
        let signature = self.called.take();
        let Kind::Host(view) = holder.kind else { return Vec::new() };
        if item_of(view).is_none() || *gives != holder.kind {
            return Vec::new();
        }
        let mut queries = holder.queries.clone();
        // `or` and the like make another selection.
        if matches!(call.name.as_str(), "or" | "and" | "except") {
            return Vec::new();
        }
        let Some(query) = signature.map(|signature| query(view, signature, call)) else { return Vec::new() };
        if let Some(other) = queries.iter().find(|other| excludes(view, other, &query)) {
            let message = if other.name == query.name {
                format!("nothing is left: `{}` before it left none of these", query.name)
            } else {
                format!("nothing is left: no item is in both `{}` and `{}`", other.written, query.written)
            };
            let help = "for those that are in one of both, give an array of words, or join two selections with `or`";
            self.report(Code::EmptySelection, at, message, Some(help));
        }
        queries.push(query);
        queries
    }
}

/// One query, by the function of the host that it calls.
fn query(view: &str, signature: &Signature, call: &FnCallExpr) -> Query {
    let name = signature.name;
    let keeps_unknown = KEEP_UNKNOWN.contains(&(view, name));
    let told = match signature.params {
        Some([] | [(_, Param::Words(_))]) => true,
        Some([(_, Param::Word(_))]) => name.ends_with("_at_least"),
        _ => OPPOSITES.contains(&name.strip_prefix("not_").unwrap_or(name)),
    };
    let texts = if told { literals(&call.args) } else { None };
    // Words from one on are those that it stands for.
    if let (Some(column), Some([least]), Some([(_, Param::Word(words))])) =
        (name.strip_suffix("_at_least"), texts.as_deref(), signature.params)
        && let Some(from) = words.index_of(least)
    {
        let texts = words.words.iter().skip(from).map(|word| ImmutableString::from(*word)).collect();
        return Query { name: column, written: name, texts: Some(texts), keeps_unknown };
    }
    Query { name, written: name, texts, keeps_unknown }
}

/// The texts of arguments that are all written out.
fn literals(arguments: &[Expr]) -> Option<Vec<ImmutableString>> {
    let mut texts = Vec::new();
    for argument in arguments {
        let count = match argument {
            Expr::Array(elements, _) => elements.len(),
            _ => 1,
        };
        let found = literal_texts(argument);
        if found.len() != count {
            return None;
        }
        texts.extend(found.into_iter().map(|(text, _)| text));
    }
    Some(texts)
}

/// Whether no item is in both.
fn excludes(view: &str, left: &Query, right: &Query) -> bool {
    let never = |(of, some, others): &(&str, &[&str], &[&str])| {
        let pair = |one: &Query, other: &Query| some.contains(&one.name) && others.contains(&other.name);
        *of == view && (pair(left, right) || pair(right, left))
    };
    if NEVER.iter().any(never) {
        return true;
    }
    let (Some(some), Some(others)) = (&left.texts, &right.texts) else { return false };
    if left.name == right.name {
        let not = left.name.starts_with("not_") || OPPOSITES.contains(&left.name);
        let keeps = |query: &Query, texts: &[ImmutableString]| {
            query.keeps_unknown || texts.iter().any(|text| text == "unknown")
        };
        let is_in_both = some.iter().any(|text| others.contains(text)) || keeps(left, some) && keeps(right, others);
        return !not && !some.is_empty() && !others.is_empty() && !is_in_both;
    }
    let negated = |one: &Query, other: &Query| one.name.strip_prefix("not_") == Some(other.name);
    if negated(left, right) || negated(right, left) {
        return some == others;
    }
    let in_one = |names: &[&str]| names.contains(&left.name) && names.contains(&right.name);
    some.is_empty() && others.is_empty() && ONE_OF.iter().any(|(of, names)| *of == view && in_one(names))
}
