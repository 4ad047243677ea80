//! One run being made into findings.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use super::collected::{BaseFiles, Collected, Trace};
use super::identity::{self, Identity, Proof};
use super::message;
use super::paths::Places;
use super::rules::Rules;
use super::severity::{self, Score};
use super::source::Tally;
use super::stated::{self, Claim};
use crate::collect::sarif::{BaselineWord, LocationRow, ResultKind, ResultRow, Run, SarifLog, Stated};
use crate::evidence::{
    BaselineState, Comparison, EvidenceKind, FileStatus, FindingKind, FindingRow, Level, NO_SYMBOL, Problem, Strings,
    Suppression,
};
use crate::normalize::places::{Context, Ground, Place};

/// Which side of the change results are of.
#[derive(Clone, Copy)]
pub(super) enum Side<'a> {
    /// What is judged.
    Head,
    /// What it is compared with.
    Base(&'a BaseFiles),
}

impl Side<'_> {
    pub(super) const fn kind(self) -> EvidenceKind {
        match self {
            Self::Head => EvidenceKind::Findings,
            Self::Base(_) => EvidenceKind::Baseline,
        }
    }
}

/// One run being made into findings.
pub(super) struct Reading<'a, 'b> {
    ground: RunGround<'a>,
    side: Side<'a>,
    /// The run's position in its file.
    index: usize,
    rules: Rules<'a>,
    tally: Tally,
    /// Bytes that filling in messages may still give.
    room: usize,
    /// Room for the text of one result.
    text: String,
    /// Results that state fingerprints.
    claims: Vec<Claim>,
    collected: &'b mut Collected,
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
    /// A digest of the path, or of what was written.
    place: u128,
    location: LocationRow,
    /// Its position in the change, where its file is changed.
    file: Option<usize>,
    on_changed_line: bool,
}

/// Where a result is in one file.
#[derive(Clone, Copy)]
struct InFile<'p> {
    /// Its first location there, by which it is recognised.
    first: Spot<'p>,
    /// The first that lies on a changed line or can't be placed, else the first of all.
    shown: Spot<'p>,
}

impl<'p> InFile<'p> {
    const fn at(spot: Spot<'p>) -> Self {
        Self { first: spot, shown: spot }
    }

    const fn add(&mut self, spot: Spot<'p>) {
        if !self.shown.on_changed_line && spot.on_changed_line {
            self.shown = spot;
        }
    }
}

impl<'a, 'b> Reading<'a, 'b> {
    pub(super) fn new(
        log: &'a SarifLog,
        index: usize,
        run: &'a Run,
        ground: &'a Ground<'_>,
        side: Side<'a>,
        collected: &'b mut Collected,
    ) -> Self {
        let strings = &log.strings;
        let mut problems = log.problems.clone();
        problems.append(&run.problems);
        let places = Places::of(run, strings, ground);
        let rules = Rules::of(run, strings, index);
        Self {
            ground: RunGround { run, strings, context: ground.context, places },
            side,
            index,
            rules,
            room: message::MAX_FILLED_IN_RUN,
            tally: Tally { items: 0, set_aside: 0, odd: run.odd_results, problems },
            text: String::new(),
            claims: Vec::new(),
            collected,
        }
    }

    pub(super) fn read(mut self) -> Tally {
        for row in self.ground.run.results.iter().flatten() {
            match counts(row) {
                Some((kind, baseline_state)) => self.push(row, kind, baseline_state),
                None => self.tally.set_aside += 1,
            }
        }
        self.judge_claims();
        self.tally
    }

    /// Sets aside what does not identify of the fingerprints that the tool states.
    fn judge_claims(&mut self) {
        let claims = std::mem::take(&mut self.claims);
        if let Some(first) = claims.first() {
            let one = claims.iter().all(|claim| claim.stated == first.stated).then_some(first.stated);
            let known = self.collected.only_stated.entry(self.rules.tool_key.clone()).or_insert(one);
            if *known != one {
                *known = None;
            }
        }
        for row in stated::set_aside(claims) {
            self.collected.forget_stated(row as usize);
        }
    }

    fn push(&mut self, row: &ResultRow, kind: FindingKind, baseline_state: BaselineState) {
        let (run, strings) = (self.ground.run, self.ground.strings);
        let facts = self.rules.of_result(row, &mut self.collected.rows, &mut self.tally.problems);
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
        let (first, others) = self.ground.spots(row);
        let spots = std::iter::once((first, row.stated)).chain(others.into_iter().map(|spot| (spot, None)));
        for (InFile { first, shown }, stated) in spots {
            self.tally.items += 1;
            let snippet = Some(first.location.snippet).filter(|snippet| *snippet != NO_SYMBOL);
            let text = identity::content_text(snippet.map(|snippet| strings.get(snippet)), &message, &mut self.text);
            let (trace, own, claim) = self.trace(stated, facts.who, &first, text);
            self.claims.extend(claim);
            let finding = FindingRow {
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
                fingerprint: 0,
                suppression: row.suppression.unwrap_or(Suppression::No),
                baseline_state,
                on_changed_line: shown.on_changed_line,
                compared: Comparison::Unknown,
            };
            self.collected.push(&finding, trace, own);
        }
    }

    /// What tells a result from others in another run; what it is at its own path, where that is another than the
    /// head's; and what its tool states of its identity.
    fn trace(
        &self,
        stated: Option<Stated>,
        who: u128,
        first: &Spot<'_>,
        text: (u128, Proof),
    ) -> (Trace, Option<Identity>, Option<Claim>) {
        let place = first.place;
        let claim = stated.map(|stated| {
            let short = |digest: u128| u64::try_from(digest >> 64).unwrap_or(0);
            let number = u32::try_from(self.collected.rows.len()).unwrap_or(NO_SYMBOL);
            Claim { stated, rule: short(who), text: short(text.0), place: short(place), row: number }
        });
        let own = identity::identity(who, place, text, stated);
        let line = first.location.line;
        let touched = first.on_changed_line && first.path.is_some() && line > 0;
        let file = first.file.and_then(|file| self.ground.context.files.get(file));
        let in_added_file = file.is_some_and(|file| file.status == FileStatus::Added);
        let mut trace = Trace { identity: own, line, touched, in_added_file, expected: None, is_foreign: false };
        let Side::Base(files) = self.side else { return (trace, None, claim) };
        if first.path.is_some() && line > 0 {
            trace.expected = files.line_in_head(first.file, line).and_then(NonZeroU32::new);
        }
        match first.file.and_then(|file| files.renamed(file)) {
            None => (trace, None, claim),
            Some(path) => {
                trace.identity = identity::identity(who, identity::place(path), text, stated);
                (trace, Some(own), claim)
            }
        }
    }
}

impl RunGround<'_> {
    /// Where a result is: in the file of its first location, and in each other one that it names.
    fn spots(&self, row: &ResultRow) -> (InFile<'_>, Vec<InFile<'_>>) {
        let first = row.first_location as usize;
        let locations = self.run.store.locations.get(first..first + row.locations as usize).unwrap_or_default();
        let mut spots = locations.iter().map(|location| self.spot(location));
        let mut first = InFile::at(spots.next().unwrap_or_else(|| self.spot(&LocationRow::default())));
        let mut others: Vec<InFile<'_>> = Vec::new();
        let mut known: BTreeMap<u128, usize> = BTreeMap::new();
        for spot in spots {
            if spot.place == first.first.place {
                first.add(spot);
                continue;
            }
            let position = *known.entry(spot.place).or_insert(others.len());
            match others.get_mut(position) {
                Some(other) => other.add(spot),
                None => others.push(InFile::at(spot)),
            }
        }
        (first, others)
    }

    fn spot(&self, location: &LocationRow) -> Spot<'_> {
        let unmapped = |written| Spot {
            path: None,
            unmapped: Some(written),
            place: identity::place(written),
            location: *location,
            file: None,
            on_changed_line: true,
        };
        match self.places.get(location.artifact) {
            Some((Place::Path { path, file, moved }, place)) => {
                let changed = file.and_then(|index| self.context.files.get(index));
                let on_changed_line = changed.is_some_and(|file| {
                    *moved
                        || file.status == FileStatus::Deleted
                        || location.line == 0
                        || file.touches(location.line, location.end_line.max(location.line))
                });
                let (path, unmapped) = (Some(path.as_str()), None);
                Spot { path, unmapped, place: *place, location: *location, file: *file, on_changed_line }
            }
            Some((Place::Unmapped(written), _)) if !written.trim().is_empty() => unmapped(written.as_str()),
            _ if location.logical != NO_SYMBOL => unmapped(self.strings.get(location.logical)),
            Some((Place::Unmapped(written), _)) => unmapped(written.as_str()),
            None => unmapped(""),
        }
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
