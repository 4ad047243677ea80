//! Queries in one chain that leave nothing together.

use rhai::{Expr, FnCallExpr, ImmutableString, Position};

use super::arguments::literal_texts;
use super::calls::Holder;
use super::checker::Checker;
use super::kind::Kind;
use crate::diagnostic::Code;
use crate::policy::host::{Param, item_of};

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

/// A query of a chain, as far as it is written out.
#[derive(Debug, Clone)]
pub(super) struct Query {
    name: ImmutableString,
    /// The words or texts that it asks for; `None` where they are not known.
    texts: Option<Vec<ImmutableString>>,
}

impl Checker<'_> {
    /// The queries of a chain with one more, which is told of where nothing can be in it and in those before.
    pub(super) fn queried(&mut self, holder: &Holder, call: &FnCallExpr, gives: &Kind, at: Position) -> Vec<Query> {
        let Kind::Host(view) = holder.kind else { return Vec::new() };
        if item_of(view).is_none() || *gives != holder.kind {
            return Vec::new();
        }
        let mut queries = holder.queries.clone();
        // `or` and the like make another selection.
        if matches!(call.name.as_str(), "or" | "and" | "except") {
            return Vec::new();
        }
        let query = self.query(view, call);
        if let Some(other) = queries.iter().find(|other| excludes(view, other, &query)) {
            let name = &query.name;
            let message = if other.name == *name {
                format!("nothing is left: `{name}` before it left none of these")
            } else {
                format!("nothing is left: no item is in both `{}` and `{name}`", other.name)
            };
            let help = "for those that are in one of both, give an array of words, or join two selections with `or`";
            self.report(Code::EmptySelection, at, message, Some(help));
        }
        queries.push(query);
        queries
    }

    fn query(&self, view: &str, call: &FnCallExpr) -> Query {
        let texts = call.args.iter().flat_map(literal_texts).map(|(text, _)| text).collect::<Vec<_>>();
        let whole = |argument: &Expr| match argument {
            Expr::Array(elements, _) => elements.len(),
            _ => 1,
        };
        let texts = (texts.len() == call.args.iter().map(whole).sum::<usize>()).then_some(texts);
        let name = call.name.as_str();
        // Words from one on are those that it stands for.
        if let (Some(column), Some([least])) = (name.strip_suffix("_at_least"), texts.as_deref())
            && let Some(signature) = self.names.known.of(view).iter().find(|known| known.name == name)
            && let Some([(_, Param::Word(words))]) = signature.params
            && let Some(from) = words.index_of(least)
        {
            let texts = words.words.iter().skip(from).map(|word| ImmutableString::from(*word)).collect();
            return Query { name: column.into(), texts: Some(texts) };
        }
        let is_word = |known: &&&'static crate::policy::host::Signature| {
            known.name == name && matches!(known.params, Some([(_, Param::Words(_))]) | Some([]))
        };
        let known = self.names.known.of(view).iter().any(|signature| is_word(&signature));
        let opposite = name.starts_with("not_")
            || self.names.known.of(view).iter().any(|other| other.name.strip_prefix("not_") == Some(name));
        Query { name: call.name.clone(), texts: texts.filter(|_| known || opposite) }
    }
}

/// Whether no item is in both.
fn excludes(view: &str, left: &Query, right: &Query) -> bool {
    let (Some(some), Some(others)) = (&left.texts, &right.texts) else { return false };
    if left.name == right.name {
        let not = left.name.starts_with("not_") || matches!(left.name.as_str(), "under" | "by" | "allowed");
        return !not && !some.is_empty() && !others.is_empty() && !some.iter().any(|text| others.contains(text));
    }
    let negated = |one: &Query, other: &Query| one.name.strip_prefix("not_") == Some(other.name.as_str());
    if negated(left, right) || negated(right, left) {
        return some == others;
    }
    let in_one = |names: &[&str]| names.contains(&left.name.as_str()) && names.contains(&right.name.as_str());
    some.is_empty() && others.is_empty() && ONE_OF.iter().any(|(of, names)| *of == view && in_one(names))
}
