//! SARIF results, and entries of scanners' own reports (see `native`), as findings. SARIF results by the format's own defaulting rules; pure, and never fewer findings without a word.
//!
//! Every result of a run is either a finding in each file that it names (counted in `Source::items`) or set aside by the
//! format's own word (counted in `Source::set_aside`): kinds `pass`, `notApplicable` and `informational`, and baseline state `absent`. One that has such
//! a kind and yet the level `warning` or `error` is a finding, and a problem. Suppressions
//! are recorded and honoured by nobody here. Each run is a source of its own, also where two are of one tool. What the
//! format leaves open is decided here so:
//!
//! - A result with locations in several files is a finding in each of them, so that what holds for one path (a waiver, a
//!   scope, code owners) takes nothing from the others. What its tool states of its identity is that of the first.
//! - Of several locations in one file it is at the first that lies on a changed line or can't be placed, else at the first of
//!   all; its fingerprint is always made from the first.
//! - A result without any location is unmapped. So is one whose path the head does not have (see `paths`).
//! - A finding reported at a file's path before its renaming is at the new path, and counts as on a changed line: its
//!   lines are those of another content. So does one in a file that the change deletes: what was scanned is not the head.
//! - A result that names no rule has the rule id [`NO_RULE_ID`]; that alone is no problem, for the format allows it.
//!   Where `ruleIndex` contradicts `ruleId` or points nowhere, the id is believed; that is a problem where no rule of
//!   that id is described, because the rule's level and score are then unknown.
//! - Where a severity word stands in place of a score, the severity is the producer's. An unreadable score is a problem,
//!   and the level decides. `rank`, and words in messages or tags, are no severity.
//! - Levels: the result's, else the override of its invocation, else the rule's, else `warning`; a kind other than `fail`
//!   without a level of its own has none.
//! - A file that is given twice, by its SHA-256, is read once: the runs of the second one are sources whose items are all
//!   set aside. Runs that merely repeat each other's findings are not looked for, and count each.
//!
//! What a finding is recognised by in another run is told in `identity`, `text` and `stated`; what became of it since the
//! baseline in `compare`.

mod collected;
mod compare;
mod identity;
mod message;
mod native;
mod paths;
mod rating;
mod reading;
mod rules;
mod severity;
mod source;
mod stated;
mod text;

use std::collections::BTreeSet;

use self::collected::{BaseFiles, Collected};
pub(in crate::normalize) use self::rating::score_of;
use self::reading::{Reading, Side};
pub use self::rules::{NO_RULE_ID, NO_TOOL};
use super::places::{Context, Ground};
use crate::collect::input::Report;
use crate::collect::reports::NativeReport;
use crate::collect::sarif::SarifInput;
use crate::evidence::{Completeness, Findings, Source};

/// Everything that findings are made of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inputs<'a> {
    /// Results of the head.
    pub sarif: &'a [SarifInput],
    /// Scanners' own reports on the head.
    pub reports: &'a [Report<NativeReport>],
    /// Results of the base, to tell new findings from old ones.
    pub baseline: &'a [SarifInput],
    /// All files of the base, in byte order; `None` where they are not known.
    pub base_paths: Option<&'a [String]>,
}

/// The findings of all inputs, and one source for each run, or for each input that could not be read.
#[must_use]
pub fn findings(inputs: &Inputs<'_>, context: &Context<'_>) -> (Findings, Vec<Source>) {
    let mut head = Collected::default();
    let ground = Ground::new(context);
    let mut sources = read(inputs.sarif, &ground, Side::Head, &[], &mut head);
    sources.extend(native::add(inputs.reports, &ground, &mut head.rows));

    if !inputs.baseline.is_empty() {
        let base_files = BaseFiles::of(context.files);
        let base_context = Context { files: &base_files.files, head_paths: inputs.base_paths, ..*context };
        let mut base = Collected::default();
        let ground = Ground::new(&base_context);
        sources.extend(read(inputs.baseline, &ground, Side::Base(&base_files), inputs.sarif, &mut base));
        compare::compare(&mut head, &mut base, &sources);
    }
    (head.rows.finish(), sources)
}

/// Reads all files of one side. Of the baseline only what is complete is kept; `head` are the files of the head.
fn read<'a>(
    inputs: &'a [SarifInput],
    ground: &'a Ground<'_>,
    side: Side<'a>,
    head: &[SarifInput],
    collected: &mut Collected,
) -> Vec<Source> {
    let mut sources = Vec::new();
    for (input, again) in once_each(inputs) {
        let Ok(log) = &input.outcome else {
            sources.push(input.source(side.kind()));
            continue;
        };
        for (index, run) in log.runs.iter().enumerate() {
            let before = collected.rows.len();
            let mut tally = Reading::new(log, index, run, ground, side, collected).read();
            if again {
                tally.set_aside += std::mem::take(&mut tally.items);
            }
            let mut source = source::of_run(input, run, &log.strings, tally, ground.context.change, side.kind());
            if let Side::Base(files) = side {
                source::doubt(&mut source, head);
                if let Some(added) = files.added_by(&collected.rows, before) {
                    source.worsen(Completeness::Stale, source::not_of_the_base(added));
                }
            }
            if again || (source.completeness != Completeness::Complete && matches!(side, Side::Base(_))) {
                collected.truncate(before);
            }
            sources.push(source);
        }
    }
    sources
}

/// The inputs, each with whether one of the same bytes stands before it by path and commit.
fn once_each(inputs: &[SarifInput]) -> Vec<(&SarifInput, bool)> {
    let mut order: Vec<usize> = (0..inputs.len()).collect();
    order.sort_by_key(|index| inputs.get(*index).map(|input| (&input.path, &input.commit)));
    let mut seen = BTreeSet::new();
    let mut again = vec![false; inputs.len()];
    for index in order {
        let sha256 = inputs.get(index).and_then(|input| input.sha256.as_ref());
        if let (Some(sha256), Some(again)) = (sha256, again.get_mut(index)) {
            *again = !seen.insert(sha256);
        }
    }
    inputs.iter().zip(again).collect()
}
