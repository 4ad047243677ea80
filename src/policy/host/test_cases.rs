//! Test cases as rules see them.

use std::sync::OnceLock;

use rhai::{Dynamic, INT, ImmutableString};

use super::collection::{Collection, Item, Matches, Placed, View};
use super::error::HostResult;
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
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Tests);
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

pub(super) const TABLE: &[Signature] = &[
    select::<TestRows>(
        "status",
        &[("status", Param::Words(CheckStatus::VOCABULARY))],
        "those with a status, which is how they ended",
        |module, name| {
            choices(module, name, |view: Tests, status: &Dynamic| -> HostResult<Tests> {
                let wanted = words::<CheckStatus>(status)?;
                Ok(view.keep_rows(|case| wanted.get(usize::from(case.status.index())).copied().unwrap_or(true)))
            });
        },
    )
    .example(r#"if change.tests.status(["passed", "failed"]).is_empty() { violation(change, "no test was run"); }"#),
    select::<TestRows>("failed", &[], "those that failed, or could not be run", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_status(CheckStatus::Failed)));
    })
    .example("for t in change.tests.failed() { violation(t, `${t.name}: ${t.message}`); }"),
    select::<TestRows>(
        "passed",
        &[],
        "those that passed, at the last attempt where there were several",
        |module, name| {
            module.set_native_fn(name, |view: Tests| Ok(view.keep_status(CheckStatus::Passed)));
        },
    )
    .example("note(`${change.tests.passed().count()} of ${change.tests.count()} tests passed`);"),
    select::<TestRows>("skipped", &[], "those that were not run", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_status(CheckStatus::Skipped)));
    })
    .example("for t in change.tests.skipped() { note(`${t.name} was not run: ${t.message}`); }"),
    select::<TestRows>("flaky", &[], "those that passed only after having failed", |module, name| {
        module.set_native_fn(name, |view: Tests| Ok(view.keep_rows(TestCase::is_flaky)));
    })
    .example("for t in change.tests.flaky() { violation(t, `passed only at attempt ${t.attempts}`); }"),
    property::<TestRows>("suite", "text", "the suite that it belongs to", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.suite.as_str().into()))
        });
    })
    .example("for t in change.tests.failed() { violation(t, `${t.suite}: ${t.name}`); }"),
    property::<TestRows>(
        "class",
        "text",
        "the class or module that it is of; empty where the report does not say",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |item| item.class.as_deref().unwrap_or("").into()))
            });
        },
    )
    .example("for t in change.tests.failed() { violation(t, `${t.class}.${t.name}`); }"),
    property::<TestRows>("name", "text", "its name", |module, name| {
        module
            .set_getter_fn(name, |row: &mut Row| Ok(row.get(ImmutableString::new(), |item| item.name.as_str().into())));
    })
    .example("for t in change.tests.failed() { violation(t, `${t.name} failed`); }"),
    property::<TestRows>("status", "check status", "how it ended", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(CheckStatus::Failed), |item| WordValue::of(item.status)))
        });
    })
    .example(r#"for t in change.tests { if t.status != "passed" { note(`${t.name}: ${t.status}`); } }"#),
    property::<TestRows>("attempts", "number", "how often it was run", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| INT::from(item.attempts))));
    })
    .example("for t in change.tests { if t.attempts > 2 { violation(t, `was run ${t.attempts} times`); } }"),
    property::<TestRows>("flaky", "true or false", "whether it passed only after having failed", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(false, TestCase::is_flaky)));
    })
    .example("for t in change.tests.passed() { if t.flaky { recommend(`mend ${t.name}`); } }"),
    property::<TestRows>("path", "text", "the file that it is in; empty where that is not known", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.path.as_deref().unwrap_or("").into()))
        });
    })
    .example("for t in change.tests.failed() { violation(t, `${t.name} in ${t.path}`); }"),
    property::<TestRows>(
        "line",
        "number",
        "the line in that file, from 1; 0 where the report gives none",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| INT::from(item.line))));
        },
    )
    .example("for t in change.tests.failed() { violation(t, `${t.path}, line ${t.line}`); }"),
    property::<TestRows>("message", "text", "what the first failure says, or why it was skipped", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.message.as_deref().unwrap_or("").into()))
        });
    })
    .example("for t in change.tests.failed() { violation(t, t.message); }"),
];
