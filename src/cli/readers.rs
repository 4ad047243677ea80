//! The readers behind the flags that name evidence. Wiring alone, as in `pipeline`: every choice is a stage's own.

use super::inputs::EvidenceFile;
use crate::collect::snapshot::SnapshotError;
use crate::collect::{claims, codeowners, coverage, event, junit, reports, reviews, sarif};
use crate::evidence::{
    Change, Claim, Completeness, Evidence, EvidenceKind, FileChange, FileCoverage, Findings, Review, Source, TestCase,
};
use crate::normalize;
use crate::normalize::findings::Inputs;
use crate::normalize::places::Context;

/// What reports are placed in, besides the changed files.
#[derive(Debug, Default)]
pub struct Ground {
    /// All files of the head, in byte order; `None` where they are not known.
    pub head_paths: Option<Vec<String>>,
    /// All files of the side before, likewise.
    pub base_paths: Option<Vec<String>>,
    /// Absolute directories that are known to be the repository's root.
    pub roots: Vec<String>,
    /// Why nothing can be placed, where the changed files are not known.
    pub unknown: Option<String>,
}

impl Ground {
    fn context<'a>(&'a self, evidence: &'a Evidence) -> Context<'a> {
        Context {
            files: &evidence.files,
            change: &evidence.change,
            head_paths: self.head_paths.as_deref(),
            roots: &self.roots,
        }
    }

    /// A failed source for each file, where the changed files are not known: nobody can tell what it says of the change.
    #[must_use]
    pub fn unplaced(&self, kind: EvidenceKind, files: &[&[EvidenceFile]]) -> Option<Vec<Source>> {
        let why = self.unknown.as_ref()?;
        let source = |file: &EvidenceFile| {
            Source::incomplete(kind, Completeness::Failed, why.clone()).at(file.file.shown.clone())
        };
        Some(files.iter().copied().flatten().map(source).collect())
    }
}

/// Reads each of some files.
fn each<T>(files: &[EvidenceFile], read: impl Fn(&std::path::Path, &str, Option<&str>) -> T) -> Vec<T> {
    files.iter().map(|file| read(&file.file.path, &file.file.shown, file.commit.as_deref())).collect()
}

/// Says of each source whose file is not there that what follows an `@` in its name is no commit: `a.sarif@main` is as good
/// as a file's name, and nothing else would say why it is none.
fn explain_names(sources: &mut [Source]) {
    for source in sources.iter_mut().filter(|source| source.completeness == Completeness::Missing) {
        let name = source.path.as_deref().and_then(|path| path.rsplit_once('@')).map(|(_, name)| name);
        if let (Some(name), Some(reason)) = (name.filter(|name| !name.contains('/')), &mut source.reason) {
            reason.push_str(&format!("; `{name}` is no commit id, which has 7 to 40 hexadecimal digits"));
        }
    }
}

/// Scanner results, scanners' own reports, and what became of their findings since the results of the base, as evidence.
#[must_use]
pub fn findings(
    [sarif, reports, baseline]: [&[EvidenceFile]; 3],
    evidence: &Evidence,
    ground: &Ground,
) -> (Findings, Vec<Source>) {
    let inputs = Inputs {
        sarif: &each(sarif, sarif::read),
        reports: &each(reports, reports::read),
        baseline: &each(baseline, sarif::read),
        base_paths: ground.base_paths.as_deref(),
    };
    let (findings, mut sources) = normalize::findings::findings(&inputs, &ground.context(evidence));
    explain_names(&mut sources);
    (findings, sources)
}

/// Test results as evidence.
#[must_use]
pub fn tests(files: &[EvidenceFile], evidence: &Evidence, ground: &Ground) -> (Vec<TestCase>, Vec<Source>) {
    let (tests, mut sources) = normalize::checks::test_cases(&each(files, junit::read), &ground.context(evidence));
    explain_names(&mut sources);
    (tests, sources)
}

/// Coverage as evidence.
#[must_use]
pub fn coverage(files: &[EvidenceFile], evidence: &Evidence, ground: &Ground) -> (Vec<FileCoverage>, Vec<Source>) {
    let (coverage, mut sources) = normalize::checks::coverage(&each(files, coverage::read), &ground.context(evidence));
    explain_names(&mut sources);
    (coverage, sources)
}

/// Reviews as evidence.
#[must_use]
pub fn reviews(files: &[EvidenceFile], change: &Change) -> (Vec<Review>, Vec<Source>) {
    let (reviews, mut sources) = normalize::people::reviews(&each(files, reviews::read), change);
    explain_names(&mut sources);
    (reviews, sources)
}

/// Makes the reviews of an evidence document stale where an event beside it is of another request.
pub fn reviews_of_another_request(sources: &mut [Source], before: &Change, now: &Change) {
    normalize::people::of_another_request(sources, before, now);
}

/// The change with what an event of the forge says of it.
#[must_use]
pub fn event(file: &EvidenceFile, change: &Change, head_parents: &[String]) -> (Change, Source) {
    let report = event::read(&file.file.path, &file.file.shown, file.commit.as_deref());
    normalize::people::change(&report, change, head_parents)
}

/// Statements of documents as evidence.
#[must_use]
pub fn claims(files: &[EvidenceFile]) -> (Vec<Claim>, Vec<Source>) {
    normalize::claims::claims(&each(files, |path, shown, _| claims::read(path, shown)))
}

/// Statements of the change's own description as evidence; `None` where nobody told of one.
#[must_use]
pub fn claims_of_description(change: &Change) -> Option<(Vec<Claim>, Vec<Source>)> {
    normalize::claims::of_description(change).map(|(claims, source)| (claims, vec![source]))
}

/// Tells changed files who owns them, by the CODEOWNERS that `file` gives of the base.
pub fn owners(
    file: impl Fn(&str) -> Result<Option<Vec<u8>>, SnapshotError>,
    commit: Option<&str>,
    files: &mut [FileChange],
) -> Source {
    normalize::files::own(files, &codeowners::read(file, commit))
}

/// The source of owners where the base is not at hand.
#[must_use]
pub fn unknown_owners() -> Source {
    normalize::files::unknown()
}
