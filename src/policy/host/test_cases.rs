//! Test cases as rules see them.

use std::sync::OnceLock;

use rhai::{Dynamic, INT, ImmutableString, Module};

use super::collection::{Collection, Item, Matches, Placed, View, placed};
use super::error::HostResult;
use super::findings::unknown_group;
use super::signature::{Param, Signature};
use super::words::{WordValue, choices, words};
use crate::evidence::{CheckStatus, Evidence, EvidenceKind, TestCase, Word};
use crate::policy::Subject;

/// Test cases.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TestRows;

impl Collection for TestRows {
    const ITEM: &'static str = "Test";
    const VIEW: &'static str = "Tests";
    const KIND: EvidenceKind = EvidenceKind::Tests;

    fn len(evidence: &Evidence) -> usize {
        evidence.tests.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Test(row)
    }
}

impl Placed for TestRows {
    const UNDER: &'static str = "those in a file whose path a glob matches, and those whose file is not known";
    const NOT_UNDER: &'static str = "those in a file whose path no glob matches, and those whose file is not known";

    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool> {
        evidence.tests.iter().map(|test| test.path.as_deref().is_none_or(matches)).collect()
    }

    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>> {
        &matches.tests
    }

    fn everywhere(evidence: &Evidence, row: usize) -> bool {
        evidence.tests.get(row).is_none_or(|test| test.path.is_none())
    }
}

type Tests = View<TestRows>;
type Row = Item<TestRows>;

impl Row {
    /// A property of the row; rows of a view are always there.
    fn get<T>(&self, missing: T, property: impl FnOnce(&TestCase) -> T) -> T {
        self.store.evidence.tests.get(self.row as usize).map_or(missing, property)
    }
}

impl Tests {
    fn keep_cases(&self, test: impl Fn(&TestCase) -> bool) -> Self {
        self.keep(|evidence, row| evidence.tests.get(row).is_none_or(&test))
    }

    fn keep_status(&self, status: CheckStatus) -> Self {
        self.keep_cases(|case| case.status == status)
    }
}

const GROUPS: &[&str] = &["suite", "class", "status", "path"];

fn group_by(tests: &Tests, key: &str) -> HostResult<rhai::Map> {
    let group = |of: fn(&TestCase) -> &str| tests.group_by(move |evidence, row| evidence.tests.get(row).map_or("", of));
    Ok(match key {
        "suite" => group(|case| &case.suite),
        "class" => group(|case| case.class.as_deref().unwrap_or("")),
        "status" => group(|case| case.status.as_str()),
        "path" => group(|case| case.path.as_deref().unwrap_or("")),
        _ => return Err(unknown_group(key, GROUPS)),
    })
}

const VIEW: &str = "Tests";
const ITEM: &str = "Test";

const fn select(
    name: &'static str,
    params: &'static [(&'static str, Param)],
    doc: &'static str,
    register: fn(&mut Module, &'static str),
) -> Signature {
    Signature::method(VIEW, name, params, "Tests", doc, register)
}

const fn property(
    name: &'static str,
    returns: &'static str,
    doc: &'static str,
    register: fn(&mut Module, &'static str),
) -> Signature {
    Signature::property(ITEM, name, returns, doc, register)
}

/// What every collection has.
pub(super) const COMMON: &[Signature] = &placed::<TestRows>();

pub(super) const TABLE: &[Signature] = &[
    Signature::method(
        VIEW,
        "group_by",
        &[("key", Param::Text)],
        "map of Tests",
        "parts by `suite`, `class`, `status` or `path`",
        |module, name| {
            module.set_native_fn(name, |view: Tests, key: &str| group_by(&view, key));
        },
    ),
    select("status", &[("status", Param::Words(CheckStatus::VOCABULARY))], "those that ended so", |module, name| {
        choices(module, name, |view: Tests, status: &Dynamic| -> HostResult<Tests> {
            let wanted = words::<CheckStatus>(status)?;
            Ok(view.keep_cases(|case| wanted.get(usize::from(case.status.index())).copied().unwrap_or(true)))
        });
    }),
    select("failed", &[], "those that failed, or could not be run", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_status(CheckStatus::Failed)));
    }),
    select("passed", &[], "those that passed, at the last attempt where there were several", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_status(CheckStatus::Passed)));
    }),
    select("skipped", &[], "those that were not run", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_status(CheckStatus::Skipped)));
    }),
    select("flaky", &[], "those that passed only after having failed", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_cases(TestCase::is_flaky)));
    }),
    property("suite", "text", "the suite that it belongs to", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.suite.as_str().into()))
        });
    }),
    property(
        "class",
        "text",
        "the class or module that it is of; empty where the report does not say",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |item| item.class.as_deref().unwrap_or("").into()))
            });
        },
    ),
    property("name", "text", "its name", |module, name| {
        module
            .set_getter_fn(name, |row: &mut Row| Ok(row.get(ImmutableString::new(), |item| item.name.as_str().into())));
    }),
    property("status", "check status", "how it ended", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(CheckStatus::Failed), |item| WordValue::of(item.status)))
        });
    }),
    property("attempts", "number", "how often it was run", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| INT::from(item.attempts))));
    }),
    property("flaky", "true or false", "whether it passed only after having failed", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(false, TestCase::is_flaky)));
    }),
    property("path", "text", "the file that it is in; empty where that is not known", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.path.as_deref().unwrap_or("").into()))
        });
    }),
    property("line", "number", "the line in that file; 0 where the report gives none", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| INT::from(item.line))));
    }),
    property("message", "text", "what the first failure says, or why it was skipped", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.message.as_deref().unwrap_or("").into()))
        });
    }),
];
