//! How much of a run is there: what the tool says of itself, which commit it was made for, and what could not be read.

use crate::collect::sarif::{Component, MAX_ENTRIES, Problems, Run, SarifInput};
use crate::evidence::{Change, Completeness, EvidenceKind, NO_SYMBOL, Source, Strings};
use crate::normalize::freshness::{self, words};
use crate::normalize::places::Context;

/// What was read of one run.
pub(super) struct Tally {
    pub(super) items: u64,
    pub(super) set_aside: u64,
    /// Results with a problem.
    pub(super) odd: u64,
    pub(super) problems: Problems,
}

/// The source for one run.
pub(super) fn of_run(input: &SarifInput, run: &Run, strings: &Strings, tally: Tally, context: &Context<'_>) -> Source {
    let mut source = input.source(EvidenceKind::Findings);
    source.tool = tool_name(&run.driver, strings).map(str::to_owned);
    source.tool_version = tool_version(&run.driver, strings).map(str::to_owned);
    source.items = tally.items;
    source.set_aside = tally.set_aside;
    source.problem_count = tally.problems.count;
    source.problems = tally.problems.kept;

    if let Err(reason) = fresh(input.commit.as_deref(), run, strings, context.change) {
        source.worsen(Completeness::Stale, reason);
    }
    if let Some(reason) = unfinished(run, strings) {
        source.worsen(Completeness::Failed, reason);
    }
    if run.results.is_none() {
        source.worsen(Completeness::Failed, "the tool gave no results: `results` is absent or no array");
    }
    if let Some(first) = source.problems.first() {
        let (at, message) = (&first.at, &first.message);
        let reason = if tally.odd > 0 {
            let (odd, all) = (tally.odd, run.elements);
            format!("{odd} of {all} results could not be taken as they stand: first `{at}`: {message}")
        } else {
            let count = source.problem_count;
            format!("{count} of its statements could not be taken as they stand: first `{at}`: {message}")
        };
        source.worsen(Completeness::Failed, reason);
    }
    if run.truncated {
        source.worsen(Completeness::Truncated, format!("has more entries than the limit of {MAX_ENTRIES}"));
    }
    source
}

/// The tool's name without blanks around it.
pub(super) fn tool_name<'a>(driver: &Component, strings: &'a Strings) -> Option<&'a str> {
    text(driver.name, strings)
}

/// The tool's version: `version`, else `semanticVersion`, else `dottedQuadFileVersion`.
pub(super) fn tool_version<'a>(driver: &Component, strings: &'a Strings) -> Option<&'a str> {
    [driver.version, driver.semantic_version, driver.file_version].into_iter().find_map(|symbol| text(symbol, strings))
}

fn text(symbol: u32, strings: &Strings) -> Option<&str> {
    (symbol != NO_SYMBOL).then(|| strings.get(symbol).trim()).filter(|text| !text.is_empty())
}

/// What the tool says of not having finished, sections 3.20.14 and 3.20.21: any one invocation is enough.
fn unfinished(run: &Run, strings: &Strings) -> Option<String> {
    run.invocations.iter().find_map(|invocation| {
        if let Some(why) = text(invocation.start_failure, strings) {
            return Some(format!("the tool did not start: {}", words(why)));
        }
        if let Some(signal) = text(invocation.signal, strings) {
            return Some(format!("the tool was ended by signal {}", words(signal)));
        }
        let error = (invocation.errors > 0).then(|| {
            let first = text(invocation.first_error, strings).map_or_else(|| "without a text".to_owned(), words);
            match invocation.errors {
                1 => format!("the tool reports an error: {first}"),
                count => format!("the tool reports {count} errors: first {first}"),
            }
        });
        match (invocation.successful, error) {
            (Some(false), None) => Some("the tool says that it did not succeed".to_owned()),
            (Some(false), Some(error)) => Some(format!("the tool says that it did not succeed; {error}")),
            (_, error) => error,
        }
    })
}

/// Whether a run was made for the head. `versionControlProvenance` is no statement of it, only a cross-check: where it
/// names commits and none is the expected one, the run is stale.
fn fresh(stated: Option<&str>, run: &Run, strings: &Strings, change: &Change) -> Result<(), String> {
    freshness::stated(stated, change)?;
    let Some(expected) = change.head.as_deref().or(stated) else { return Ok(()) };
    let mut revisions = run.revisions.iter().filter_map(|symbol| text(*symbol, strings)).peekable();
    match revisions.peek().copied() {
        Some(first) if !revisions.any(|revision| freshness::names(revision, expected, change)) => {
            Err(format!("names commit {} as its own, expected {}", words(first), words(expected)))
        }
        _ => Ok(()),
    }
}
