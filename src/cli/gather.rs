//! The evidence of a run: the change, and everything that was named beside it.
//!
//! Each kind is read from what the flags name for it. Beside an evidence document, what a flag names takes the place of all
//! that the document has of that kind; what no flag names stays.

use std::path::Path;

use super::facts::Fact;
use super::inputs::Input;
use super::judge::{self, Checkout, Run};
use super::packages;
use super::pipeline::{self, Side};
use super::readers::{self, BROUGHT_ALONG, Ground, Origin};
use super::said::{Described, Location};
use super::settings::Settings;
use super::weakenings::Contradiction;
use crate::collect::lockfiles::{self, LockfileInputs};
use crate::collect::snapshot::{RawChange, Snapshot};
use crate::collect::{input, teams};
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::{Change, Claim, Completeness, Evidence, EvidenceKind, FileChange, Source};

/// Collects and normalizes everything that a run names.
///
/// # Errors
/// Where the change can't be read as described, or a file that configures the gate is broken.
pub fn gather(run: &mut Run) -> Result<Evidence, Vec<Diagnostic>> {
    let raw = run.raw.take();
    let settings = &run.settings;
    let one = |mistake: Diagnostic| vec![mistake];
    let (mut evidence, ground, lockfiles) = match (&settings.change.value, raw) {
        (_, Some(raw)) => of_change(raw, None, run),
        (Described::Git { .. }, None) => (Evidence::default(), Ground::default(), None),
        (Described::Trees(before, after), None) => {
            of_change(pipeline::read_trees(before, after).map_err(one)?, None, run)
        }
        (Described::Diff(file), None) => match read_diff(file) {
            Ok((raw, sha256)) => of_change(raw, Some((file, sha256)), run),
            Err(refusal) => without_files(file, &refusal),
        },
        (Described::Evidence(file), None) => (pipeline::read_evidence(file).map_err(one)?, Ground::default(), None),
    };
    let contradictions = forge(&mut evidence, run);
    packages::packages(&mut evidence, lockfiles.as_ref(), run);
    scans(&mut evidence, &ground, run)?;
    checks(&mut evidence, &ground, run);
    people(&mut evidence, run)?;
    claims(&mut evidence, settings);
    if let Some(checkout) = &run.checkout {
        brought_along(&mut evidence, checkout, settings);
    }
    evidence.sort();
    run.contradictions = contradictions;
    Ok(evidence)
}

/// What the repository knows of the files that a run names.
fn origin<'a>(run: &'a Run, change: &'a Change) -> Origin<'a> {
    Origin { checkout: run.checkout.as_ref(), head: change.head.as_deref() }
}

/// Puts sources in the place of all that there are of some kinds.
pub(super) fn replace(evidence: &mut Evidence, kinds: &[EvidenceKind], sources: Vec<Source>) {
    evidence.sources.retain(|source| !kinds.contains(&source.kind));
    evidence.sources.extend(sources);
}

/// The evidence of a change whose files are known, and what else can be placed in them.
fn of_change(raw: RawChange, file: Option<(&Location, String)>, run: &Run) -> Gathered {
    let RawChange { change, files, snapshot } = raw;
    let snapshot = snapshot.as_deref();
    let mut evidence = Evidence { change, files: pipeline::files(files), ..Evidence::default() };
    let mut source = Source::complete(EvidenceKind::Files);
    source.items = evidence.files.len() as u64;
    if let Some((file, sha256)) = file {
        source.path = Some(file.shown.clone());
        source.sha256 = Some(sha256);
    } else {
        source.commit.clone_from(&evidence.change.head);
    }
    evidence.sources.push(source);
    let owners = owners(&mut evidence, snapshot, run);
    evidence.sources.push(owners);

    let lockfiles = lockfiles::read(&evidence.files, snapshot);
    let ground = ground(snapshot, &run.settings);
    (evidence, ground, Some(lockfiles))
}

/// What is known of a change so far, what else can be placed in it, and the lockfiles that it concerns.
type Gathered = (Evidence, Ground, Option<LockfileInputs>);

/// What reports are placed in: the files of the head are asked for only where a report has to be placed.
fn ground(snapshot: Option<&dyn Snapshot>, settings: &Settings) -> Ground {
    const PLACED: [Input; 5] = [Input::Sarif, Input::Report, Input::BaselineSarif, Input::Tests, Input::Coverage];
    if PLACED.iter().all(|input| settings.files(*input).is_empty()) {
        return Ground::default();
    }
    // Where the paths of a side can't be had, locations are mapped by the changed files alone.
    let paths = |side| snapshot.and_then(|snapshot| snapshot.paths(side).ok());
    Ground { head_paths: paths(Side::After), base_paths: paths(Side::Before), roots: roots(settings), unknown: None }
}

/// Directories that a tool may have named its files under.
fn roots(settings: &Settings) -> Vec<String> {
    let directory = match &settings.change.value {
        Described::Git { repo, .. } => repo.as_ref().map_or_else(|| ".".into(), |repo| repo.path.clone()),
        Described::Trees(_, after) => after.path.clone(),
        Described::Diff(_) | Described::Evidence(_) => return Vec::new(),
    };
    directory.canonicalize().ok().and_then(|path| path.to_str().map(str::to_owned)).into_iter().collect()
}

/// A diff that could not be read: nothing is known of files, nor of what depends on them.
fn without_files(file: &Location, refusal: &input::Refusal) -> Gathered {
    let source = |kind| Source::incomplete(kind, refusal.completeness, refusal.reason.clone()).at(file.shown.clone());
    let kinds = [
        EvidenceKind::Files,
        EvidenceKind::Owners,
        EvidenceKind::Dependencies,
        EvidenceKind::Licences,
        EvidenceKind::Advisories,
    ];
    let evidence = Evidence { sources: kinds.into_iter().map(source).collect(), ..Evidence::default() };
    let unknown = "was not read: without the diff nobody can tell which lines the change touches";
    (evidence, Ground { unknown: Some(unknown.to_owned()), ..Ground::default() }, None)
}

fn read_diff(file: &Location) -> Result<(RawChange, String), input::Refusal> {
    let input = if file.shown == "-" {
        input::read_from(std::io::stdin().lock(), 0, pipeline::MAX_DIFF_BYTES)?
    } else {
        input::read(&file.path, pipeline::MAX_DIFF_BYTES)?
    };
    Ok((pipeline::read_diff(&input.bytes)?, input.sha256))
}

/// Code owners, from the target's tip where there is one, else from the side before.
fn owners(evidence: &mut Evidence, snapshot: Option<&dyn Snapshot>, run: &Run) -> Source {
    let tip = run.checkout.as_ref().and_then(Checkout::base);
    match (tip, snapshot, &run.settings.change.value) {
        (Some((base, repository)), ..) => {
            readers::owners(|path| repository.file(base, path), Some(base), &mut evidence.files)
        }
        (None, Some(snapshot), Described::Trees(..)) => {
            readers::owners(|path| snapshot.read(Side::Before, path), None, &mut evidence.files)
        }
        _ => readers::unknown_owners(),
    }
}

/// What the forge says of the change, and then what flags say of it; what of that goes against what was known.
fn forge(evidence: &mut Evidence, run: &Run) -> Vec<Contradiction> {
    let settings = &run.settings;
    if let Some(file) = settings.files(Input::Change).first() {
        let (change, source) = readers::event(file, origin(run, &evidence.change), &evidence.change);
        readers::reviews_of_another_request(&mut evidence.sources, &evidence.change, &change);
        evidence.change = change;
        replace(evidence, &[EvidenceKind::Change], source.into_iter().collect());
        let told = readers::claims_of_description(&evidence.change);
        replace_claims(evidence, |path| path.is_none(), told);
    }
    let known = !settings.files(Input::Change).is_empty() || matches!(settings.change.value, Described::Evidence(_));
    let mut contradictions = Vec::new();
    for (fact, stated) in &settings.facts {
        let before = fact.known(&evidence.change);
        fact.tell(&stated.value, &mut evidence.change);
        let said = fact.known(&evidence.change);
        if let (true, Some(known), Some(said)) = (known && before != said, before, said) {
            contradictions.push(Contradiction { fact: *fact, known, said });
        }
    }
    if settings.facts.contains_key(&Fact::Description) {
        let told = readers::claims_of_description(&evidence.change);
        replace_claims(evidence, |path| path.is_none(), told);
    }
    contradictions
}

/// Scanner results, and what became of them since those of the base.
fn scans(evidence: &mut Evidence, ground: &Ground, run: &Run) -> Result<(), Vec<Diagnostic>> {
    let settings = &run.settings;
    let files = [Input::Sarif, Input::Report, Input::BaselineSarif].map(|input| settings.files(input));
    let [sarif, reports, baseline] = files;
    if files.iter().all(|files| files.is_empty()) {
        return Ok(());
    }
    if let (Described::Evidence(_), [], []) = (&settings.change.value, sarif, reports) {
        let reason = "`--baseline-sarif` beside `--evidence` has no results of the head to compare with";
        return Err(vec![
            Diagnostic::new(Code::Usage, reason)
                .help("findings are compared where they are collected: give `--sarif` as well, or collect anew"),
        ]);
    }
    let unplaced = |kind, files: &[&[_]]| ground.unplaced(kind, files);
    let sources = match unplaced(EvidenceKind::Findings, &[sarif, reports]) {
        Some(mut sources) => {
            sources.extend(unplaced(EvidenceKind::Baseline, &[baseline]).into_iter().flatten());
            sources
        }
        None => {
            let (findings, sources) = readers::findings(files, origin(run, &evidence.change), evidence, ground);
            evidence.findings = findings;
            sources
        }
    };
    // What became of findings is told of these findings: a document's own baseline was compared with others.
    replace(evidence, &[EvidenceKind::Findings, EvidenceKind::Baseline], sources);
    Ok(())
}

/// Test results and coverage.
fn checks(evidence: &mut Evidence, ground: &Ground, run: &Run) {
    let settings = &run.settings;
    let tests = settings.files(Input::Tests);
    if !tests.is_empty() {
        let (read, sources) = readers::tests(tests, origin(run, &evidence.change), evidence, ground);
        evidence.tests = read;
        replace(evidence, &[EvidenceKind::Tests], sources);
    }
    let coverage = settings.files(Input::Coverage);
    if !coverage.is_empty() {
        let sources = match ground.unplaced(EvidenceKind::Coverage, &[coverage]) {
            Some(sources) => sources,
            None => {
                let (read, sources) = readers::coverage(coverage, origin(run, &evidence.change), evidence, ground);
                evidence.coverage = read;
                sources
            }
        };
        replace(evidence, &[EvidenceKind::Coverage], sources);
    }
}

/// Reviews, and who is in which team.
fn people(evidence: &mut Evidence, run: &Run) -> Result<(), Vec<Diagnostic>> {
    let reviews = run.settings.files(Input::Reviews);
    if !reviews.is_empty() {
        let (read, sources) = readers::reviews(reviews, origin(run, &evidence.change), &evidence.change);
        evidence.reviews = read;
        replace(evidence, &[EvidenceKind::Reviews], sources);
    }
    if let Some(file) = run.settings.files(Input::Teams).first() {
        let source = teams(evidence, run, &file.file)?;
        replace(evidence, &[EvidenceKind::Teams], vec![source]);
    }
    Ok(())
}

/// The teams of a file, which counts as the base has it where it lies inside the repository.
pub(super) fn teams(evidence: &mut Evidence, run: &Run, file: &Location) -> Result<Source, Vec<Diagnostic>> {
    let (shown, text) = judge::configuration(run.checkout.as_ref(), file, teams::MAX_BYTES, Code::BrokenTeams)
        .map_err(|mistake| vec![mistake])?;
    evidence.teams = teams::parse(&shown, &text)?;
    let mut source = Source::complete(EvidenceKind::Teams).at(shown);
    source.sha256 = Some(input::sha256_hex(text.as_bytes()));
    source.items = evidence.teams.len() as u64;
    Ok(source)
}

/// What documents state about the change. What its own description states is there already.
fn claims(evidence: &mut Evidence, settings: &Settings) {
    let documents = settings.files(Input::Claims);
    if !documents.is_empty() {
        let (claims, sources) = readers::claims(documents);
        replace_claims(evidence, |path| path.is_some(), [(claims, sources)]);
    }
}

/// Puts claims in the place of those of the description, or of those of documents.
fn replace_claims(
    evidence: &mut Evidence,
    replaced: impl Fn(Option<&str>) -> bool,
    read: impl IntoIterator<Item = (Vec<Claim>, Vec<Source>)>,
) {
    evidence.claims.retain(|claim| !replaced(claim.path.as_deref()));
    evidence.sources.retain(|source| source.kind != EvidenceKind::Claims || !replaced(source.path.as_deref()));
    for (claims, sources) in read {
        evidence.claims.extend(claims);
        evidence.sources.extend(sources);
    }
}

/// Whether the change touches what lies in a directory.
pub(super) fn touches(files: &[FileChange], checkout: &Checkout, directory: &Path) -> bool {
    let Some(inside) = checkout.inside(directory) else { return false };
    let below =
        |path: &String| inside.is_empty() || path.strip_prefix(&inside).is_some_and(|rest| rest.starts_with('/'));
    files.iter().any(|file| below(&file.path) || file.previous_path.as_ref().is_some_and(below))
}

/// A report that is a file of the head was there before the head was, so it is none about it; and whoever writes the change
/// writes what it says. Documents that state something about the change are meant to be written so, and teams are read
/// from the base.
fn brought_along(evidence: &mut Evidence, checkout: &Checkout, settings: &Settings) {
    const OWN: [Input; 2] = [Input::Claims, Input::Teams];
    // These are made for no commit: those that the base has as well are nobody's word for this change.
    const STANDING: [Input; 2] = [Input::Advisories, Input::Vex];
    let Some(head) = evidence.change.head.clone() else { return };
    let made_for_it = settings.inputs.iter().filter(|(input, _)| !OWN.contains(input));
    let files: Vec<_> =
        made_for_it.flat_map(|(input, files)| files.value.iter().map(move |file| (*input, file))).collect();
    for source in &mut evidence.sources {
        let file = files.iter().find(|(_, file)| Some(&file.file.shown) == source.path.as_ref());
        if let Some((Input::Advisories, file)) = file
            && touches(&evidence.files, checkout, &file.file.path)
        {
            source
                .worsen(Completeness::Stale, "is a directory in which the change itself adds, edits or deletes files");
        }
        if let (Some((input, file)), Some(sha256)) = (file, &source.sha256)
            && checkout.is_in(&head, &file.file.path, sha256)
        {
            let base = checkout.base().map(|(base, _)| base);
            if STANDING.contains(input) && base.is_some_and(|base| checkout.is_in(base, &file.file.path, sha256)) {
                continue;
            }
            source.worsen(Completeness::Stale, BROUGHT_ALONG);
        }
    }
}
