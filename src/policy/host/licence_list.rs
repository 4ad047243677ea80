//! Lists of licences that a rule allows, and whether an SPDX expression can be taken under them (SPDX 2.3, annex D).
//!
//! A licence of a package is one that it may be taken under. `OR` offers a choice, so that one allowed side is enough;
//! `AND` demands both. `L-or-later` and `L+` offer `L` and every later version of it, so that one of these in the list is
//! enough; the other way round nothing is offered: `GPL-2.0-or-later` in the list does not allow `GPL-2.0-only`.
//! A licence `WITH` an exception is another licence than without it.

use rhai::Dynamic;
use spdx::{AdditionItem, Expression, LicenseItem, LicenseRef, LicenseReq, ParseError};

use super::error::{HostError, HostResult};
use super::globs::texts;
use crate::diagnostic::Code;

/// Checks one entry of a list; a licence that SPDX does not know is an error.
pub(crate) fn check_licence(text: &str) -> Result<(), HostError> {
    Term::parse(text).map(drop)
}

/// Checks an expression that one of the evidence is compared with: evidence has SPDX expressions alone.
pub(crate) fn check_expression(text: &str) -> Result<(), HostError> {
    Expression::parse(text).map(drop).map_err(|error| refused(text, &error))
}

/// Licences that are allowed.
pub(super) struct LicenceList(Vec<Term>);

impl LicenceList {
    /// Reads one licence or an array of them.
    pub(super) fn read(value: &Dynamic) -> HostResult<Self> {
        let terms = texts(value)?.iter().map(|text| Term::parse(text)).collect::<Result<_, _>>()?;
        Ok(Self(terms))
    }

    /// Whether a package under this expression can be taken; one that can't be read can't.
    pub(super) fn allows(&self, expression: &str) -> bool {
        Expression::parse(expression).is_ok_and(|expression| {
            expression.evaluate(|asked| {
                let asked = Term::of(asked);
                self.0.iter().any(|entry| asked.offers(entry))
            })
        })
    }
}

/// One licence, with its exception.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    base: Base,
    /// Whether later versions are offered as well.
    later: bool,
    addition: Option<AdditionItem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Base {
    Listed {
        /// The id, of a GNU licence without `-only` and `-or-later`.
        id: &'static str,
        /// The id before its version, and the version; `None` where it has none, or something comes after it.
        version: Option<(&'static str, Vec<u32>)>,
    },
    Reference(Box<LicenseRef>),
}

impl Term {
    fn parse(text: &str) -> Result<Self, HostError> {
        let expression = Expression::parse(text).map_err(|error| refused(text, &error))?;
        let mut asked = expression.requirements();
        match (asked.next(), asked.next()) {
            (Some(one), None) => Ok(Self::of(&one.req)),
            _ => Err(HostError::new(Code::UnknownWord, format!("`{text}` is more than one licence"))
                .help("give each licence as an entry of its own")),
        }
    }

    fn of(asked: &LicenseReq) -> Self {
        let (base, later) = match &asked.license {
            LicenseItem::Spdx { id, or_later } => {
                let (name, later) = match id.name.strip_suffix("-or-later").filter(|_| id.is_gnu()) {
                    Some(name) => (name, true),
                    None => (id.name.strip_suffix("-only").filter(|_| id.is_gnu()).unwrap_or(id.name), *or_later),
                };
                (Base::Listed { id: name, version: version(name) }, later)
            }
            LicenseItem::Other(reference) => (Base::Reference(reference.clone()), false),
        };
        Self { base, later, addition: asked.addition.clone() }
    }

    /// Whether what is under this licence can be taken under the other.
    fn offers(&self, other: &Self) -> bool {
        if self.addition != other.addition {
            return false;
        }
        if self.base == other.base {
            return self.later || !other.later;
        }
        let (Base::Listed { version: Some((family, from)), .. }, Base::Listed { version: Some((same, version)), .. }) =
            (&self.base, &other.base)
        else {
            return false;
        };
        self.later && family == same && version > from
    }
}

/// `Apache`, 2.0 of `Apache-2.0`: what comes after the last dash, where it is numbers with dots between them.
fn version(id: &'static str) -> Option<(&'static str, Vec<u32>)> {
    let (family, version) = id.rsplit_once('-')?;
    let numbers: Vec<u32> = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    (numbers.len() > 1).then_some((family, numbers))
}

fn refused(text: &str, error: &ParseError) -> HostError {
    let refusal = HostError::new(Code::UnknownWord, format!("`{text}` is no SPDX licence: {}", error.reason));
    if let Some(only) = spdx::gnu_license_id(text, false) {
        return refusal.help(format!("write `{}` or `{text}-or-later`", only.name));
    }
    if let Some((licence, exception)) = text.split_once(" WITH ")
        && spdx::license_id(licence).is_some()
    {
        let known = spdx::identifiers::EXCEPTIONS.iter().map(|known| known.name);
        return match crate::evidence::nearest(exception, known) {
            Some(near) => refusal.help(format!("did you mean `{licence} WITH {near}`?")),
            None => refusal.help("an exception of the SPDX list comes after `WITH`"),
        };
    }
    let known = spdx::identifiers::LICENSES
        .iter()
        .filter(|licence| spdx::license_id(licence.name).is_some_and(|id| !id.is_deprecated()));
    let refusal = refusal.suggest(text, known.map(|licence| licence.name));
    if refusal.help.is_some() {
        return refusal;
    }
    match spdx::imprecise_license_id(text) {
        Some((id, _)) => refusal.help(format!("did you mean `{}`?", id.name)),
        None => refusal.help("an id of the SPDX licence list, or `LicenseRef-NAME`, in the list's own capitals"),
    }
}

#[cfg(test)]
mod tests {
    use rhai::Dynamic;

    use super::{LicenceList, check_licence};

    fn allows(list: &[&str], expression: &str) -> bool {
        let list: rhai::Array = list.iter().map(|entry| Dynamic::from((*entry).to_owned())).collect();
        LicenceList::read(&Dynamic::from(list)).unwrap().allows(expression)
    }

    #[test]
    fn one_side_of_or_is_enough_and_both_of_and_are_needed() {
        let list = ["MIT", "Apache-2.0"];
        for (expression, allowed) in [
            ("MIT", true),
            ("ISC", false),
            ("GPL-3.0-only OR MIT", true),
            ("GPL-3.0-only AND MIT", false),
            ("MIT AND Apache-2.0", true),
            ("MIT AND (GPL-3.0-only OR Apache-2.0)", true),
            ("(MIT AND GPL-3.0-only) OR ISC", false),
            ("mit", false),
            ("", false),
            ("NOASSERTION", false),
            ("LicenseRef-MIT", false),
            ("MIT/Apache-2.0", false),
        ] {
            assert_eq!(allows(&list, expression), allowed, "{expression}");
        }
        assert!(!allows(&[], "MIT"));
    }

    #[test]
    fn later_versions_are_offered_and_never_taken_for_granted() {
        for (list, expression, allowed) in [
            ("Apache-2.0", "Apache-2.0+", true),
            ("Apache-2.0", "Apache-1.1+", true),
            ("Apache-1.1", "Apache-2.0+", false),
            ("Apache-2.0", "Apache-1.1", false),
            ("Apache-2.0+", "Apache-2.0", false),
            ("GPL-3.0-only", "GPL-2.0-or-later", true),
            ("GPL-2.0-only", "GPL-2.0-or-later", true),
            ("GPL-3.0-or-later", "GPL-2.0-or-later", true),
            ("GPL-2.0-or-later", "GPL-2.0-or-later", true),
            ("GPL-2.0-or-later", "GPL-2.0-only", false),
            ("GPL-2.0-or-later", "GPL-3.0-or-later", false),
            ("GPL-2.0-only", "GPL-3.0-only", false),
            ("LGPL-3.0-only", "GPL-2.0-or-later", false),
            ("AGPL-3.0-only", "GPL-2.0-or-later", false),
            // Clauses are no versions.
            ("BSD-3-Clause", "BSD-2-Clause+", false),
            // Ten is later than two.
            ("MPL-2.0", "MPL-1.1+", true),
        ] {
            assert_eq!(allows(&[list], expression), allowed, "{list} for {expression}");
        }
    }

    #[test]
    fn an_exception_makes_another_licence() {
        let with = "Apache-2.0 WITH LLVM-exception";
        assert!(allows(&[with], with));
        assert!(!allows(&["Apache-2.0"], with) && !allows(&[with], "Apache-2.0"));
        assert!(allows(
            &["GPL-3.0-only WITH Classpath-exception-2.0"],
            "GPL-2.0-or-later WITH Classpath-exception-2.0"
        ));
        assert!(!allows(&["GPL-2.0-only WITH Classpath-exception-2.0"], "GPL-2.0-only WITH GCC-exception-2.0"));
        assert!(allows(&["LicenseRef-acme"], "LicenseRef-acme OR GPL-3.0-only"));
    }

    #[test]
    fn an_entry_that_spdx_does_not_know_is_refused_with_advice() {
        for (entry, advice) in [
            ("Apache2", "Apache-2.0"),
            ("mit", "MIT"),
            ("Apache 2.0", "Apache-2.0"),
            ("GPL-2.0", "`GPL-2.0-only` or `GPL-2.0-or-later`"),
            ("MIT OR Apache-2.0", "entry of its own"),
            ("MIT AND ISC", "entry of its own"),
            ("Apache-2.0 WITH LLVM-exceptoin", "`Apache-2.0 WITH LLVM-exception`"),
            ("", "SPDX"),
            ("xyzzy", "SPDX"),
        ] {
            let error = check_licence(entry).expect_err(entry);
            assert!(error.help.as_deref().unwrap_or_default().contains(advice), "{entry}: {error:?}");
        }
        for entry in
            ["MIT", "0BSD", "Apache-2.0 WITH LLVM-exception", "GPL-2.0-or-later", "Apache-2.0+", "LicenseRef-a"]
        {
            assert!(check_licence(entry).is_ok(), "{entry}");
        }
    }
}
