//! Test cases as rules see them.

use std::sync::OnceLock;

use rhai::{Dynamic, INT, ImmutableString};

use super::collection::{Collection, Item, Matches, Placed, View, placed};
use super::error::HostResult;
use super::findings::unknown_group;
use super::scope::Places;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
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
    const PLACES: Option<Places> = Some(Places::of::<Self>());

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

impl Stored for TestRows {
    type Row = TestCase;

    fn stored(evidence: &Evidence) -> &[TestCase] {
        &evidence.tests
    }
}

type Tests = View<TestRows>;
type Row = Item<TestRows>;

impl Tests {
    fn keep_status(&self, status: CheckStatus) -> Self {
        self.keep_rows(|case| case.status == status)
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
    select::<TestRows>(
        "status",
        &[("status", Param::Words(CheckStatus::VOCABULARY))],
        "those that ended so",
        |module, name| {
            choices(module, name, |view: Tests, status: &Dynamic| -> HostResult<Tests> {
                let wanted = words::<CheckStatus>(status)?;
                Ok(view.keep_rows(|case| wanted.get(usize::from(case.status.index())).copied().unwrap_or(true)))
            });
        },
    ),
    select::<TestRows>("failed", &[], "those that failed, or could not be run", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_status(CheckStatus::Failed)));
    }),
    select::<TestRows>(
        "passed",
        &[],
        "those that passed, at the last attempt where there were several",
        |module, name| {
            module.set_native_fn(name, |view: Tests| Ok(view.keep_status(CheckStatus::Passed)));
        },
    ),
    select::<TestRows>("skipped", &[], "those that were not run", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_status(CheckStatus::Skipped)));
    }),
    select::<TestRows>("flaky", &[], "those that passed only after having failed", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_rows(TestCase::is_flaky)));
    }),
    property::<TestRows>("suite", "text", "the suite that it belongs to", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.suite.as_str().into()))
        });
    }),
    property::<TestRows>(
        "class",
        "text",
        "the class or module that it is of; empty where the report does not say",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |item| item.class.as_deref().unwrap_or("").into()))
            });
        },
    ),
    property::<TestRows>("name", "text", "its name", |module, name| {
        module
            .set_getter_fn(name, |row: &mut Row| Ok(row.get(ImmutableString::new(), |item| item.name.as_str().into())));
    }),
    property::<TestRows>("status", "check status", "how it ended", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(CheckStatus::Failed), |item| WordValue::of(item.status)))
        });
    }),
    property::<TestRows>("attempts", "number", "how often it was run", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| INT::from(item.attempts))));
    }),
    property::<TestRows>("flaky", "true or false", "whether it passed only after having failed", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(false, TestCase::is_flaky)));
    }),
    property::<TestRows>("path", "text", "the file that it is in; empty where that is not known", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.path.as_deref().unwrap_or("").into()))
        });
    }),
    property::<TestRows>("line", "number", "the line in that file; 0 where the report gives none", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| INT::from(item.line))));
    }),
    property::<TestRows>("message", "text", "what the first failure says, or why it was skipped", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.message.as_deref().unwrap_or("").into()))
        });
    }),
];
