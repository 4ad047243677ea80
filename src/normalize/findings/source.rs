//! How much of a run is there: what the tool says of itself, which commit it was made for, and what could not be read.

use crate::collect::sarif::{Component, MAX_ENTRIES, Problems, Run, SarifInput};
use crate::evidence::{Change, Completeness, EvidenceKind, NO_SYMBOL, Source, Strings};
use crate::normalize::freshness::{self, words};

/// What was read of one run.
pub(super) struct Tally {
    pub(super) items: u64,
    pub(super) set_aside: u64,
    /// Results with a problem.
    pub(super) odd: u64,
    pub(super) problems: Problems,
}

/// The source for one run, which tells of the head or is its baseline.
pub(super) fn of_run(
    input: &SarifInput,
    run: &Run,
    strings: &Strings,
    tally: Tally,
    change: &Change,
    kind: EvidenceKind,
) -> Source {
    let mut source = input.source(kind);
    source.tool = tool_name(&run.driver, strings).map(str::to_owned);
    source.tool_version = tool_version(&run.driver, strings).map(str::to_owned);
    source.items = tally.items;
    source.set_aside = tally.set_aside;
    source.problem_count = tally.problems.count;
    source.problems = tally.problems.kept;

    let fresh = if kind == EvidenceKind::Baseline { of_base } else { of_head };
    if let Err(reason) = fresh(input.commit.as_deref(), run, strings, change) {
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

/// A baseline of the same bytes as a report of the head would clear all that the head has. Tools do write the same bytes
/// where nothing changed, so it is believed where somebody says for which commit it was made, or where it clears nothing.
pub(super) fn doubt(source: &mut Source, head: &[SarifInput]) {
    let twin = head.iter().find(|input| input.sha256.is_some() && input.sha256 == source.sha256);
    if let (Some(twin), None, 1..) = (twin, &source.commit, source.items) {
        let reason = format!(
            "has the same bytes as the head's {}, and nobody says for which commit it was made; expected FILE@COMMIT of the base",
            words(&twin.path)
        );
        source.worsen(Completeness::Stale, reason);
    }
}

/// Why a baseline that has a finding in a file that the change adds is none of the base.
pub(super) fn not_of_the_base(added: &str) -> String {
    format!("has findings in {}, which the change adds, so that it was not made from the base", words(added))
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
        // What SpotBugs before 4.8.4 wrote after a run without bugs; no signal has this name.
        if let Some(signal) = text(invocation.signal, strings).filter(|signal| *signal != "SUCCESS") {
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
fn of_head(stated: Option<&str>, run: &Run, strings: &Strings, change: &Change) -> Result<(), String> {
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

/// Whether a run of a baseline was made for the base or the merge base. Where nobody says so, it is believed; the tool's
/// own word is a cross-check here too.
fn of_base(stated: Option<&str>, run: &Run, strings: &Strings, change: &Change) -> Result<(), String> {
    let mut bases: Vec<&str> = [&change.merge_base, &change.base].into_iter().flatten().map(String::as_str).collect();
    bases.dedup();
    let of_a_base = |written: &str| bases.iter().any(|base| freshness::names_base(written, base, change));
    if let Some(stated) = stated {
        if !bases.is_empty() && !of_a_base(stated) {
            let expected: Vec<String> = bases.iter().map(|base| format!("`{base}`")).collect();
            return Err(format!("was made for commit {}, expected the base: {}", words(stated), expected.join(" or ")));
        }
        if bases.is_empty() && change.head.as_deref().is_some_and(|head| freshness::names(stated, head, change)) {
            return Err("was made for the head itself, which tells nothing about what was there before".to_owned());
        }
    }
    let mut revisions = run.revisions.iter().filter_map(|symbol| text(*symbol, strings)).peekable();
    match revisions.peek().copied() {
        Some(first) if !bases.is_empty() && !revisions.any(of_a_base) => {
            Err(format!("names commit {} as its own, expected the base", words(first)))
        }
        _ => Ok(()),
    }
}
