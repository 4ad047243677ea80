//! The readers behind the flags that name evidence. Wiring alone, as in `pipeline`: every choice is a stage's own.

use std::path::Path;

use super::inputs::EvidenceFile;
use super::judge::Checkout;
use crate::collect::dependency_review::{self, DependencyReview};
use crate::collect::input::{Refusal, Report};
use crate::collect::snapshot::SnapshotError;
use crate::collect::{advisories, claims, codeowners, coverage, event, junit, reports, reviews, sarif, sbom, vex};
use crate::evidence::{
    Advisory, Change, Claim, Completeness, Evidence, EvidenceKind, FileChange, FileCoverage, Findings, Review, Source,
    TestCase,
};
use crate::normalize;
use crate::normalize::dependencies::{PackageSides, SbomPair};
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

/// What the repository knows of files that are handed in; without one, nothing.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// The repository.
    pub checkout: Option<&'a Checkout>,
    /// The head of the change.
    pub head: Option<&'a str>,
}

impl Origin<'_> {
    /// Whether a file, by its digest, is one that the head has: whoever writes the change writes what it says.
    #[must_use]
    pub fn is_of_head(&self, path: &Path, sha256: &str) -> bool {
        let known = self.checkout.zip(self.head);
        known.is_some_and(|(checkout, head)| checkout.is_in(head, path, sha256))
    }

    /// The commit that a file is said to be made for. A merge of the head into the base stands for the head.
    fn commit<'c>(&'c self, file: &'c EvidenceFile) -> Option<&'c str> {
        let stated = file.commit.as_deref()?;
        let known = self.checkout.zip(self.head);
        Some(known.filter(|(checkout, head)| checkout.merges(stated, head)).map_or(stated, |(_, head)| head))
    }

    /// Reads each of some files.
    fn each<T>(&self, files: &[EvidenceFile], read: impl Fn(&Path, &str, Option<&str>) -> T) -> Vec<T> {
        files.iter().map(|file| read(&file.file.path, &file.file.shown, self.commit(file))).collect()
    }

    /// Reads files of which nothing may be taken where the change brings them along.
    fn each_foreign<T>(
        &self,
        files: &[EvidenceFile],
        read: impl Fn(&Path, &str, Option<&str>) -> Report<T>,
    ) -> Vec<Report<T>> {
        let mut reports = self.each(files, read);
        for (file, report) in files.iter().zip(&mut reports) {
            if report.sha256.as_ref().is_some_and(|sha256| self.is_of_head(&file.file.path, sha256)) {
                report.outcome = Err(Refusal { completeness: Completeness::Stale, reason: BROUGHT_ALONG.to_owned() });
            }
        }
        reports
    }
}

impl Origin<'_> {
    /// Says of sources what was said of their files: the commit as it was stated, and of a file that is not there that
    /// what follows an `@` in its name is no commit. `a.sarif@main` is as good as a file's name, and nothing else would say why
    /// it is none.
    fn tell(&self, files: &[EvidenceFile], sources: &mut [Source]) {
        for source in sources {
            let of_source = |file: &&EvidenceFile| {
                Some(&file.file.shown) == source.path.as_ref() && self.commit(file) == source.commit.as_deref()
            };
            if let Some(file) = files.iter().find(of_source) {
                source.commit.clone_from(&file.commit);
            }
            let name = source.path.as_deref().and_then(|path| path.rsplit_once('@')).map(|(_, name)| name);
            if let (Completeness::Missing, Some(name), Some(reason)) =
                (source.completeness, name.filter(|name| !name.contains('/')), &mut source.reason)
            {
                reason.push_str(&format!("; `{name}` is no commit id, which has 7 to 40 hexadecimal digits"));
            }
        }
    }
}

/// Why a report that is a file of the head is none about it.
pub const BROUGHT_ALONG: &str = "is a file of the head itself, so it can't have been made for it";

/// Scanner results, scanners' own reports, and what became of their findings since the results of the base, as evidence.
#[must_use]
pub fn findings(
    [sarif, reports, baseline]: [&[EvidenceFile]; 3],
    origin: Origin<'_>,
    evidence: &Evidence,
    ground: &Ground,
) -> (Findings, Vec<Source>) {
    let inputs = Inputs {
        sarif: &origin.each(sarif, sarif::read),
        reports: &origin.each(reports, reports::read),
        baseline: &origin.each_foreign(baseline, sarif::read),
        base_paths: ground.base_paths.as_deref(),
    };
    let (findings, mut sources) = normalize::findings::findings(&inputs, &ground.context(evidence));
    origin.tell(&[sarif, reports, baseline].concat(), &mut sources);
    (findings, sources)
}

/// What the forge's comparisons say of dependencies.
#[must_use]
pub fn dependency_reviews(files: &[EvidenceFile], origin: Origin<'_>) -> Vec<Report<DependencyReview>> {
    origin.each(files, dependency_review::read)
}

/// Bills of materials, two by two.
#[must_use]
pub fn sboms(files: &[EvidenceFile], origin: Origin<'_>) -> Vec<SbomPair> {
    let mut reports = origin.each(files, sbom::read).into_iter();
    std::iter::from_fn(|| Some(SbomPair { before: reports.next()?, after: reports.next()? })).collect()
}

/// Databases of advisories, as far as they tell of packages.
#[must_use]
pub fn advisories(
    files: &[EvidenceFile],
    packages: &[PackageSides],
    cache: Option<&Path>,
) -> Vec<Report<advisories::Database>> {
    let wanted = normalize::advisories::wanted(packages);
    files.iter().map(|file| advisories::read(&file.file.path, &file.file.shown, &wanted, cache)).collect()
}

/// Puts on advisories what VEX documents say of them.
pub fn vex(files: &[EvidenceFile], advisories: &mut [Advisory], packages: &[PackageSides]) -> Vec<Source> {
    let read = |file: &EvidenceFile| vex::read(&file.file.path, &file.file.shown);
    let documents: Vec<_> = files.iter().map(read).collect();
    normalize::advisories::vex(advisories, packages, &documents)
}

/// Test results as evidence.
#[must_use]
pub fn tests(
    files: &[EvidenceFile],
    origin: Origin<'_>,
    evidence: &Evidence,
    ground: &Ground,
) -> (Vec<TestCase>, Vec<Source>) {
    let reports = origin.each(files, junit::read);
    let (tests, mut sources) = normalize::checks::test_cases(&reports, &ground.context(evidence));
    origin.tell(files, &mut sources);
    (tests, sources)
}

/// Coverage as evidence.
#[must_use]
pub fn coverage(
    files: &[EvidenceFile],
    origin: Origin<'_>,
    evidence: &Evidence,
    ground: &Ground,
) -> (Vec<FileCoverage>, Vec<Source>) {
    let reports = origin.each(files, coverage::read);
    let (coverage, mut sources) = normalize::checks::coverage(&reports, &ground.context(evidence));
    origin.tell(files, &mut sources);
    (coverage, sources)
}

/// Reviews as evidence.
#[must_use]
pub fn reviews(files: &[EvidenceFile], origin: Origin<'_>, change: &Change) -> (Vec<Review>, Vec<Source>) {
    let (reviews, mut sources) = normalize::people::reviews(&origin.each(files, reviews::read), change);
    origin.tell(files, &mut sources);
    (reviews, sources)
}

/// Makes the reviews of an evidence document stale where an event beside it is of another request.
pub fn reviews_of_another_request(sources: &mut [Source], before: &Change, now: &Change) {
    normalize::people::of_another_request(sources, before, now);
}

/// The change with what an event of the forge says of it.
#[must_use]
pub fn event(file: &EvidenceFile, origin: Origin<'_>, change: &Change) -> (Change, Option<Source>) {
    let parents = origin.checkout.zip(origin.head).map(|(checkout, head)| checkout.parents(head)).unwrap_or_default();
    match origin.each_foreign(std::slice::from_ref(file), event::read).first() {
        Some(report) => {
            let (change, source) = normalize::people::change(report, change, &parents);
            (change, Some(source))
        }
        None => (change.clone(), None),
    }
}

/// Statements of documents as evidence.
#[must_use]
pub fn claims(files: &[EvidenceFile]) -> (Vec<Claim>, Vec<Source>) {
    let read = |file: &EvidenceFile| claims::read(&file.file.path, &file.file.shown);
    normalize::claims::claims(&files.iter().map(read).collect::<Vec<_>>())
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
