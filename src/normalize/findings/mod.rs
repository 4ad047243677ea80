//! SARIF results as findings, by the format's own defaulting rules; pure, and never fewer findings without a word.
//!
//! Every result of a run is either a finding (counted in `Source::items`) or set aside by the format's own word (counted
//! in `Source::set_aside`): kinds `pass`, `notApplicable` and `informational`, and baseline state `absent`. One that has such
//! a kind and yet the level `warning` or `error` is a finding, and a problem. Suppressions
//! are recorded and honoured by nobody here. Each run is a source of its own, also where two are of one tool. What the
//! format leaves open is decided here so:
//!
//! - A result with several locations is at the first that lies on a changed line or can't be placed, else at the first of all; its
//!   fingerprint is always made from the first.
//! - A result without any location is unmapped. So is one whose path the head does not have (see `paths`).
//! - A finding reported at a file's path before its renaming is at the new path, and counts as on a changed line: its
//!   lines are those of another content. So does one in a file that the change deletes: what was scanned is not the head.
//! - A result that names no rule has the rule id [`NO_RULE_ID`]; that alone is no problem, for the format allows it.
//!   Where `ruleIndex` contradicts `ruleId` or points nowhere, the id is believed; that is a problem where no rule of
//!   that id is described, because the rule's level and score are then unknown.
//! - Where a severity word stands in place of a score, the severity is the producer's. An unreadable score is a problem,
//!   and the level decides.
//! - Levels: the result's, else the override of its invocation, else the rule's, else `warning`; a kind other than `fail`
//!   without a level of its own has none.

mod message;
mod native;
mod paths;
mod rating;
mod rules;
mod severity;
mod source;

use sha2::{Digest, Sha256};

use self::paths::Places;
use self::rules::Rules;
pub use self::rules::{NO_RULE_ID, NO_TOOL};
use self::severity::Score;
use self::source::Tally;
use super::places::{Context, Ground, Place};
use crate::collect::input::Report;
use crate::collect::reports::NativeReport;
use crate::collect::sarif::{BaselineWord, LocationRow, ResultKind, ResultRow, Run, SarifInput, SarifLog};
use crate::evidence::{
    BaselineState, EvidenceKind, FileStatus, FindingKind, FindingRow, Findings, FindingsBuilder, Introduced, Level,
    NO_SYMBOL, Problem, Source, Strings, Suppression,
};

/// The findings of all inputs, and one source for each run, or for each input that could not be read.
#[must_use]
pub fn findings(inputs: &[SarifInput], context: &Context<'_>) -> (Findings, Vec<Source>) {
    all(inputs, &[], context)
}

/// The findings of SARIF and of scanners' own reports, and one source for each run and each report.
#[must_use]
pub fn all(inputs: &[SarifInput], reports: &[Report<NativeReport>], context: &Context<'_>) -> (Findings, Vec<Source>) {
    let ground = Ground::new(context);
    let mut builder = FindingsBuilder::default();
    let mut sources = native::add(reports, &ground, &mut builder);
    for input in inputs {
        match &input.outcome {
            Err(_) => sources.push(input.source(EvidenceKind::Findings)),
            Ok(log) => {
                for (index, run) in log.runs.iter().enumerate() {
                    let tally = Reading::new(log, index, run, &ground, &mut builder).read();
                    sources.push(source::of_run(input, run, &log.strings, tally, context));
                }
            }
        }
    }
    (builder.finish(), sources)
}

/// The findings of scanners' own reports, and one source for each.
#[must_use]
pub fn native(reports: &[Report<NativeReport>], context: &Context<'_>) -> (Findings, Vec<Source>) {
    let mut builder = FindingsBuilder::default();
    let sources = native::add(reports, &Ground::new(context), &mut builder);
    (builder.finish(), sources)
}

/// One run being made into findings.
struct Reading<'a, 'b> {
    ground: RunGround<'a>,
    /// The run's position in its file.
    index: usize,
    rules: Rules<'a>,
    tally: Tally,
    /// Bytes that filling in messages may still give.
    room: usize,
    builder: &'b mut FindingsBuilder,
}

/// A run and where its locations lie.
struct RunGround<'a> {
    run: &'a Run,
    strings: &'a Strings,
    context: &'a Context<'a>,
    places: Places,
}

/// Where a finding is.
#[derive(Clone, Copy)]
struct Spot<'p> {
    path: Option<&'p str>,
    unmapped: Option<&'p str>,
    location: LocationRow,
    on_changed_line: bool,
}

impl<'a, 'b> Reading<'a, 'b> {
    fn new(
        log: &'a SarifLog,
        index: usize,
        run: &'a Run,
        ground: &Ground<'a>,
        builder: &'b mut FindingsBuilder,
    ) -> Self {
        let strings = &log.strings;
        let mut problems = log.problems.clone();
        problems.append(&run.problems);
        let places = Places::of(run, strings, ground);
        Self {
            ground: RunGround { run, strings, context: ground.context, places },
            index,
            rules: Rules::of(run, strings, index),
            room: message::MAX_FILLED_IN_RUN,
            tally: Tally { items: 0, set_aside: 0, odd: run.odd_results, problems },
            builder,
        }
    }

    fn read(mut self) -> Tally {
        for row in self.ground.run.results.iter().flatten() {
            match counts(row) {
                Some((kind, baseline_state)) => self.push(row, kind, baseline_state),
                None => self.tally.set_aside += 1,
            }
        }
        self.tally
    }

    fn push(&mut self, row: &ResultRow, kind: FindingKind, baseline_state: BaselineState) {
        let (run, strings) = (self.ground.run, self.ground.strings);
        let facts = self.rules.of_result(row, self.builder, &mut self.tally.problems);
        let mut noted = row.odd;
        if let Some((field, message)) = &facts.problem {
            note(&mut self.tally, &mut noted, self.index, row, field, message.clone());
        }
        if contradicts(row) {
            let problem = "found a level of its own beside a kind that is no finding, expected `none`".to_owned();
            note(&mut self.tally, &mut noted, self.index, row, "/kind", problem);
        }
        let template = |id| self.rules.template(&facts, id);
        let message =
            message::text(row.message, run, strings, &mut self.room, template).unwrap_or_else(|(text, problem)| {
                note(&mut self.tally, &mut noted, self.index, row, "/message", problem);
                text
            });
        let own_score = match row.security_severity {
            NO_SYMBOL => None,
            symbol => Score::parse(strings.get(symbol)).map_or_else(
                |problem| {
                    note(&mut self.tally, &mut noted, self.index, row, "/properties/security-severity", problem);
                    None
                },
                Some,
            ),
        };
        let level = row.level.unwrap_or_else(|| match kind {
            FindingKind::Fail => {
                self.rules.overridden(row.invocation, &facts).or(facts.level).unwrap_or(Level::Warning)
            }
            FindingKind::Review | FindingKind::Open => Level::None,
        });
        let (severity, severity_from, score) = severity::severity(own_score.or(facts.score), level);
        let hints = run.store.hints.get(row.hints as usize);
        let own_cwe = hints.map(|hints| self.rules.cwe_of_hints(hints, &facts.cwe));
        self.tally.items += 1;
        let (first, shown) = self.ground.spots(row);
        let fingerprint = self.ground.fingerprint(self.rules.tool, &facts.id, &first, &message);
        self.builder.push(&FindingRow {
            rule: facts.rule,
            kind,
            level,
            severity,
            severity_from,
            score,
            message: &message,
            path: shown.path,
            unmapped: shown.unmapped,
            line: shown.location.line,
            end_line: shown.location.end_line.max(shown.location.line),
            column: shown.location.column,
            cwe: own_cwe.as_deref().unwrap_or(&facts.cwe),
            package: None,
            fingerprint,
            suppression: row.suppression.unwrap_or(Suppression::No),
            baseline_state,
            on_changed_line: shown.on_changed_line,
            introduced: Introduced::Unknown,
        });
    }
}

impl RunGround<'_> {
    /// The first location of a result, and the one that it is shown at.
    fn spots(&self, row: &ResultRow) -> (Spot<'_>, Spot<'_>) {
        let first = row.first_location as usize;
        let locations = self.run.store.locations.get(first..first + row.locations as usize).unwrap_or_default();
        let mut spots = locations.iter().map(|location| self.spot(location));
        let Some(first) = spots.next() else {
            let nowhere = self.spot(&LocationRow::default());
            return (nowhere, nowhere);
        };
        if first.on_changed_line {
            return (first, first);
        }
        (first, spots.find(|spot| spot.on_changed_line).unwrap_or(first))
    }

    fn spot(&self, location: &LocationRow) -> Spot<'_> {
        let unmapped =
            |written| Spot { path: None, unmapped: Some(written), location: *location, on_changed_line: true };
        match self.places.get(location.artifact) {
            Some(Place::Path { path, file, moved }) => {
                let file = file.and_then(|index| self.context.files.get(index));
                let on_changed_line = file.is_some_and(|file| {
                    *moved
                        || file.status == FileStatus::Deleted
                        || location.line == 0
                        || file.touches(location.line, location.end_line.max(location.line))
                });
                Spot { path: Some(path), unmapped: None, location: *location, on_changed_line }
            }
            Some(Place::Unmapped(written)) if !written.trim().is_empty() => unmapped(written.as_str()),
            _ if location.logical != NO_SYMBOL => unmapped(self.strings.get(location.logical)),
            Some(Place::Unmapped(written)) => unmapped(written.as_str()),
            None => unmapped(""),
        }
    }

    /// The finding's identity without its position in the file: the first 128 bits of a SHA-256 over tool, rule, path
    /// and the text of the place, or the message where the tool gives no such text.
    fn fingerprint(&self, tool: &str, rule: &str, first: &Spot<'_>, message: &str) -> u128 {
        let text = match first.location.snippet {
            NO_SYMBOL => message,
            snippet => self.strings.get(snippet),
        };
        let place = first.path.or(first.unmapped).unwrap_or("");
        let mut hash = Sha256::new();
        for part in [tool, rule, place, text] {
            hash.update(part);
            hash.update([0]);
        }
        let digest = hash.finalize();
        digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
    }
}

/// What a result states, and against which baseline; `None` where by the format's own word it is no finding.
const fn counts(row: &ResultRow) -> Option<(FindingKind, BaselineState)> {
    let kind = match row.kind {
        None | Some(ResultKind::Fail) => FindingKind::Fail,
        Some(ResultKind::Review) => FindingKind::Review,
        Some(ResultKind::Open) => FindingKind::Open,
        Some(ResultKind::Pass | ResultKind::NotApplicable | ResultKind::Informational) if contradicts(row) => {
            FindingKind::Fail
        }
        Some(ResultKind::Pass | ResultKind::NotApplicable | ResultKind::Informational) => return None,
    };
    let baseline_state = match row.baseline {
        None => BaselineState::Unstated,
        Some(BaselineWord::New) => BaselineState::New,
        Some(BaselineWord::Unchanged) => BaselineState::Unchanged,
        Some(BaselineWord::Updated) => BaselineState::Updated,
        Some(BaselineWord::Absent) => return None,
    };
    Some((kind, baseline_state))
}

/// Whether a result says both that it is no finding and how bad it is. Its level should be `none` then (section 3.27.10).
const fn contradicts(row: &ResultRow) -> bool {
    matches!(row.kind, Some(ResultKind::Pass | ResultKind::NotApplicable | ResultKind::Informational))
        && matches!(row.level, Some(Level::Error | Level::Warning))
}

/// Notes a problem of one result; `noted` is whether it already had one.
fn note(tally: &mut Tally, noted: &mut bool, run: usize, row: &ResultRow, field: &str, message: String) {
    tally.odd += u64::from(!std::mem::replace(noted, true));
    tally.problems.push(Problem { at: format!("/runs/{run}/results/{}{field}", row.index), message });
}
