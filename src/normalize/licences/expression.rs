//! What is stated of a licence, as an SPDX licence expression (SPDX 3.0, annex B), where it certainly is one.
//!
//! Taken besides what the specification has: identifiers in any case; deprecated ones, of which GNU's are spelled as their
//! successors (`GPL-2.0` is `GPL-2.0-only`, `GPL-2.0+` is `GPL-2.0-or-later`); between crates `/` for `OR`, which was Cargo's own
//! way of writing it; and the names in [`NAMES`]. Redundant parentheses go. Everything else stays as it is stated: a guess
//! would turn a licence that nobody knows into one that is allowed.

use spdx::expression::{ExprNode, ExpressionReq, Operator};
use spdx::{Expression, LicenseItem, LicenseReq, ParseMode};

use crate::evidence::Ecosystem;

/// The longest text that is taken for an expression, in bytes: whole licences are put where names belong.
pub const MAX_EXPRESSION: usize = 2_000;

/// Names that mean one licence, in lower case, each with why. Names of families (`BSD`, `GPL`, `Apache`, `LGPL`) mean several.
const NAMES: &[(&str, &str)] = &[
    // The name and the version, which differ from the identifier in spelling alone.
    ("apache 2", "Apache-2.0"),
    ("apache 2.0", "Apache-2.0"),
    ("apache-2", "Apache-2.0"),
    ("apache2", "Apache-2.0"),
    ("apache license 2.0", "Apache-2.0"),
    ("apache license, 2.0", "Apache-2.0"),
    ("apache license version 2.0", "Apache-2.0"),
    ("apache license, version 2.0", "Apache-2.0"),
    ("the apache license, version 2.0", "Apache-2.0"),
    ("the apache software license, version 2.0", "Apache-2.0"),
    ("apache software license 2.0", "Apache-2.0"),
    ("apache-2.0 license", "Apache-2.0"),
    // `MIT` as SPDX has it; X11's and others' have names of their own.
    ("mit license", "MIT"),
    ("the mit license", "MIT"),
    ("the mit license (mit)", "MIT"),
    ("mit license (mit)", "MIT"),
    // What Debian calls MIT's, because several are called so.
    ("expat", "MIT"),
    ("expat license", "MIT"),
    ("isc license", "ISC"),
    ("isc license (iscl)", "ISC"),
    // The number of clauses tells them apart.
    ("bsd 2-clause", "BSD-2-Clause"),
    ("bsd 2-clause license", "BSD-2-Clause"),
    ("bsd-2-clause license", "BSD-2-Clause"),
    ("bsd 3-clause", "BSD-3-Clause"),
    ("bsd 3-clause license", "BSD-3-Clause"),
    ("bsd-3-clause license", "BSD-3-Clause"),
    ("the bsd 3-clause license", "BSD-3-Clause"),
    ("3-clause bsd license", "BSD-3-Clause"),
    ("2-clause bsd license", "BSD-2-Clause"),
    ("new bsd license", "BSD-3-Clause"),
    ("simplified bsd license", "BSD-2-Clause"),
    ("mozilla public license 2.0", "MPL-2.0"),
    ("mozilla public license 2.0 (mpl 2.0)", "MPL-2.0"),
    ("mpl 2.0", "MPL-2.0"),
    ("the unlicense", "Unlicense"),
    ("the unlicense (unlicense)", "Unlicense"),
    ("eclipse public license 1.0", "EPL-1.0"),
    ("eclipse public license 2.0", "EPL-2.0"),
    ("eclipse public license - v 1.0", "EPL-1.0"),
    ("eclipse public license - v 2.0", "EPL-2.0"),
];

/// Texts that state nothing: SPDX's word for no statement, and what registries write where a field is empty. SPDX's `NONE` is a
/// statement (there is no licence), and so are npm's `UNLICENSED` (nobody may use it) and `SEE LICENSE IN ..`.
const NOTHING: &[&str] = &["", "noassertion", "unknown", "null", "n/a"];

/// What the crate lists among licences and are none: SPDX's words for no statement and for no licence.
const NO_LICENCES: [&str; 2] = ["NOASSERTION", "NONE"];

/// Whether a text states anything.
pub(super) fn is_statement(text: &str) -> bool {
    !NOTHING.contains(&text.trim().to_ascii_lowercase().as_str())
}

/// The expression that a text certainly is.
pub(super) fn expression(ecosystem: Ecosystem, text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.len() > MAX_EXPRESSION {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if let Some((_, expression)) = NAMES.iter().find(|(name, _)| *name == lower) {
        return Some((*expression).to_owned());
    }
    const MODE: ParseMode = ParseMode {
        allow_slash_as_or_operator: false,
        // The crate's own table takes `gpl` for GPL-2.0 and `gnu gpl v2` for GPL-3.0.
        allow_imprecise_license_names: false,
        allow_postfix_plus_on_gpl: true,
        allow_deprecated: true,
        allow_unknown: false,
    };
    let spelled = spelled(&if ecosystem == Ecosystem::Cargo { text.replace('/', " OR ") } else { text });
    let parsed = Expression::parse_mode(&spelled, MODE).ok()?;
    let states_none =
        |requirement: &ExpressionReq| requirement.req.license.id().is_some_and(|id| NO_LICENCES.contains(&id.name));
    if parsed.requirements().any(states_none) { None } else { rendered(&parsed) }
}

/// Every identifier in the case of the list.
fn spelled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for character in text.chars().chain(['\n']) {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | ':') {
            word.push(character);
        } else {
            out.push_str(&identifier(&word));
            word.clear();
            out.push(character);
        }
    }
    out.trim_end().to_owned()
}

fn identifier(word: &str) -> String {
    let licences = spdx::identifiers::LICENSES.iter().map(|licence| licence.name);
    let exceptions = spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name);
    let operators = ["AND", "OR", "WITH"].into_iter();
    let known = operators.chain(licences).chain(exceptions).find(|known| known.eq_ignore_ascii_case(word));
    known.map_or_else(|| word.to_owned(), str::to_owned)
}

/// A part of an expression, and what joins its own parts.
type Part = (String, Option<Operator>);

/// The expression without parentheses that change nothing, its operands in their order.
fn rendered(expression: &Expression) -> Option<String> {
    let mut stack: Vec<Part> = Vec::new();
    for node in expression.iter() {
        match node {
            ExprNode::Req(requirement) => stack.push((licence(&requirement.req), None)),
            ExprNode::Op(operator) => {
                let (right, left) = (stack.pop()?, stack.pop()?);
                let word = match operator {
                    Operator::And => "AND",
                    Operator::Or => "OR",
                };
                // AND binds more tightly than OR.
                let operand = |(text, inner): Part| match (operator, inner) {
                    (Operator::And, Some(Operator::Or)) => format!("({text})"),
                    _ => text,
                };
                stack.push((format!("{} {word} {}", operand(left), operand(right)), Some(*operator)));
            }
        }
    }
    match stack.pop() {
        Some((text, _)) if stack.is_empty() => Some(text),
        _ => None,
    }
}

/// One licence with its exception. Of GNU's licences whether later versions count is part of the name.
fn licence(requirement: &LicenseReq) -> String {
    let mut text = requirement.license.to_string();
    if let LicenseItem::Spdx { id, or_later } = &requirement.license
        && id.is_gnu()
    {
        let ending = if *or_later { "-or-later" } else { "-only" };
        let full = format!("{}{ending}", id.name.trim_end_matches('+'));
        if spdx::license_id(&full).is_some_and(|id| id.name == full) {
            text = full;
        }
    }
    if let Some(addition) = &requirement.addition {
        text.push_str(&format!(" WITH {addition}"));
    }
    text
}

/// What is equal for expressions that differ in the order of their operands alone.
pub(super) fn comparable(expression: &str) -> Vec<&str> {
    // With both operators in it the order can matter.
    let mixed = expression.contains('(') || (expression.contains(" AND ") && expression.contains(" OR "));
    if mixed {
        return vec![expression];
    }
    let (word, separator) = if expression.contains(" AND ") { ("AND", " AND ") } else { ("OR", " OR ") };
    let mut parts: Vec<&str> = expression.split(separator).collect();
    parts.sort_unstable();
    parts.dedup();
    if parts.len() > 1 {
        parts.push(word);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{MAX_EXPRESSION, NAMES, comparable, expression, is_statement};
    use crate::evidence::Ecosystem;

    fn npm(text: &str) -> Option<String> {
        expression(Ecosystem::Npm, text)
    }

    #[test]
    fn what_certainly_is_an_expression_is_one() {
        for (text, expected) in [
            ("MIT", "MIT"),
            (" mit ", "MIT"),
            ("(MIT OR Apache-2.0)", "MIT OR Apache-2.0"),
            ("mit or apache-2.0", "MIT OR Apache-2.0"),
            ("MIT AND (BSD-3-Clause OR ISC)", "MIT AND (BSD-3-Clause OR ISC)"),
            ("(MIT AND BSD-3-Clause) OR ISC", "MIT AND BSD-3-Clause OR ISC"),
            ("((MIT))", "MIT"),
            ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
            ("GPL-2.0", "GPL-2.0-only"),
            ("GPL-2.0+", "GPL-2.0-or-later"),
            ("gpl-2.0-or-later", "GPL-2.0-or-later"),
            ("LGPL-3.0", "LGPL-3.0-only"),
            ("AGPL-3.0", "AGPL-3.0-only"),
            ("GPL-2.0 WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
            ("MPL-1.1+", "MPL-1.1+"),
            ("Apache 2.0", "Apache-2.0"),
            ("Apache License,  Version 2.0", "Apache-2.0"),
            ("LicenseRef-1 AND MIT", "LicenseRef-1 AND MIT"),
        ] {
            assert_eq!(npm(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(expression(Ecosystem::Cargo, "MIT/Apache-2.0").as_deref(), Some("MIT OR Apache-2.0"));
        assert_eq!(expression(Ecosystem::Cargo, "Unlicense / MIT").as_deref(), Some("Unlicense OR MIT"));
    }

    #[test]
    fn what_is_not_certain_is_none() {
        for text in [
            "",
            "BSD",
            "GPL",
            "gpl v2",
            "Apache",
            "LGPL",
            "AGPL",
            "MPL",
            "MIT/X11",
            "MIT, Apache-2.0",
            "MIT Apache-2.0",
            "UNLICENSED",
            "SEE LICENSE IN LICENSE.md",
            "NOASSERTION",
            "NONE",
            "NOASSERTION AND MIT",
            "Custom",
            "MIT OR",
            "(MIT",
            "MIT)",
            "AND",
            "MIT WITH",
            "GooglePatentClause",
            "Copyright © 2020",
            "MIT OR Custom",
            "gnu gpl v2",
        ] {
            assert_eq!(npm(text), None, "{text}");
        }
        assert_eq!(npm(&format!("MIT{}", " OR MIT".repeat(MAX_EXPRESSION))), None);
    }

    #[test]
    fn every_expression_is_one_by_the_specification_and_stays_as_it_is() {
        for text in NAMES.iter().map(|(_, text)| *text).chain(["GPL-2.0+ OR (MIT AND ISC)", "LGPL-2.1", "GFDL-1.3"]) {
            let first = npm(text).unwrap();
            assert!(spdx::Expression::parse(&first).is_ok(), "{first}");
            assert_eq!(npm(&first).as_deref(), Some(first.as_str()));
        }
        for (name, _) in NAMES {
            assert_eq!(*name, name.to_lowercase());
        }
    }

    #[test]
    fn some_texts_state_nothing() {
        for text in ["", " ", "NOASSERTION", "UNKNOWN", "unknown"] {
            assert!(!is_statement(text), "{text}");
        }
        for text in ["NONE", "UNLICENSED", "SEE LICENSE IN x", "MIT", "x"] {
            assert!(is_statement(text), "{text}");
        }
    }

    #[test]
    fn the_order_of_equal_operands_is_none() {
        assert_eq!(comparable("MIT OR ISC"), comparable("ISC OR MIT"));
        assert_ne!(comparable("MIT OR ISC"), comparable("ISC AND MIT"));
        assert_ne!(comparable("MIT AND ISC OR Zlib"), comparable("MIT AND Zlib OR ISC"));
    }
}
