//! The evidence of a run: the change, and everything that was named beside it.

use super::judge::{Checkout, Run};
use super::pipeline::{self, Side};
use super::said::{Described, Location};
use super::settings::Settings;
use crate::collect::input;
use crate::collect::snapshot::RawChange;
use crate::diagnostic::Diagnostic;
use crate::evidence::{Completeness, Evidence, EvidenceKind, Source};

/// Collects and normalizes everything that a run names.
///
/// # Errors
/// Where the change can't be read as described.
pub fn gather(run: &mut Run) -> Result<Evidence, Vec<Diagnostic>> {
    let one = |mistake: Diagnostic| vec![mistake];
    let settings = &run.settings;
    let mut evidence = match (&settings.change.value, run.raw.take()) {
        (_, Some(raw)) => of_change(raw, None, settings),
        (Described::Git { .. }, None) => Evidence::default(),
        (Described::Trees(before, after), None) => {
            of_change(pipeline::read_trees(before, after).map_err(one)?, None, settings)
        }
        (Described::Diff(file), None) => match read_diff(file) {
            Ok((raw, sha256)) => of_change(raw, Some((file, sha256)), settings),
            Err(refusal) => without_files(file, &refusal, settings),
        },
        (Described::Evidence(file), None) => {
            let mut evidence = pipeline::read_evidence(file).map_err(one)?;
            replace_findings(&mut evidence, settings);
            evidence
        }
    };
    describe(&mut evidence, settings);
    if let Some(checkout) = &run.checkout {
        brought_along(&mut evidence, checkout, settings);
    }
    evidence.sort();
    Ok(evidence)
}

/// A report that is a file of the head was there before the head was, so it is none about it; and whoever writes the change
/// writes what it says.
fn brought_along(evidence: &mut Evidence, checkout: &Checkout, settings: &Settings) {
    let Some(head) = evidence.change.head.clone() else { return };
    for source in &mut evidence.sources {
        let file = settings.sarif.value.iter().find(|file| Some(&file.file.shown) == source.path.as_ref());
        if let (EvidenceKind::Findings, Some(file), Some(sha256)) = (source.kind, file, &source.sha256)
            && checkout.is_in(&head, &file.file.path, sha256)
        {
            source.worsen(Completeness::Stale, "is a file of the head itself, so it can't have been made for it");
        }
    }
}

/// Flags that say something of the change replace what the evidence says of it.
fn describe(evidence: &mut Evidence, settings: &Settings) {
    if let Some(author) = &settings.author.value {
        evidence.change.author = Some(author.clone());
    }
    if let Some(title) = &settings.title.value {
        evidence.change.title = Some(title.clone());
    }
}

/// Scanner results beside an evidence document stand for all that it has of their kind.
fn replace_findings(evidence: &mut Evidence, settings: &Settings) {
    if settings.sarif.value.is_empty() {
        return;
    }
    evidence.sources.retain(|source| source.kind != EvidenceKind::Findings);
    describe(evidence, settings);
    let (findings, sources) =
        pipeline::read_findings(&settings.sarif.value, &evidence.files, &evidence.change, None, &[]);
    evidence.findings = findings;
    evidence.sources.extend(sources);
}

/// The evidence of a change whose files are known.
fn of_change(raw: RawChange, file: Option<(&Location, String)>, settings: &Settings) -> Evidence {
    let RawChange { change, files, snapshot } = raw;
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
    describe(&mut evidence, settings);

    let (dependencies, sources) = pipeline::read_dependencies(&evidence.files, snapshot.as_deref());
    evidence.dependencies = dependencies;
    evidence.sources.extend(sources);

    if !settings.sarif.value.is_empty() {
        // Where the paths of the head can't be had, locations are mapped by the changed files alone.
        let paths = snapshot.as_ref().and_then(|snapshot| snapshot.paths(Side::After).ok());
        let (findings, sources) = pipeline::read_findings(
            &settings.sarif.value,
            &evidence.files,
            &evidence.change,
            paths.as_deref(),
            &roots(settings),
        );
        evidence.findings = findings;
        evidence.sources.extend(sources);
    }
    evidence
}

/// Directories that a scanner may have named its files under.
fn roots(settings: &Settings) -> Vec<String> {
    let directory = match &settings.change.value {
        Described::Git { repo, .. } => repo.as_ref().map_or_else(|| ".".into(), |repo| repo.path.clone()),
        Described::Trees(_, after) => after.path.clone(),
        Described::Diff(_) | Described::Evidence(_) => return Vec::new(),
    };
    directory.canonicalize().ok().and_then(|path| path.to_str().map(str::to_owned)).into_iter().collect()
}

/// A diff that could not be read: nothing is known of files, nor of what depends on them.
fn without_files(file: &Location, refusal: &input::Refusal, settings: &Settings) -> Evidence {
    let source = |kind| Source::incomplete(kind, refusal.completeness, refusal.reason.clone()).at(file.shown.clone());
    let mut sources: Vec<Source> = [EvidenceKind::Files, EvidenceKind::Dependencies].into_iter().map(source).collect();
    let unplaced = "was not read: without the diff nobody can tell which findings the change touches";
    sources.extend(settings.sarif.value.iter().map(|sarif| {
        Source::incomplete(EvidenceKind::Findings, Completeness::Failed, unplaced).at(sarif.file.shown.clone())
    }));
    Evidence { sources, ..Evidence::default() }
}

fn read_diff(file: &Location) -> Result<(RawChange, String), input::Refusal> {
    let input = if file.shown == "-" {
        input::read_from(std::io::stdin().lock(), 0, pipeline::MAX_DIFF_BYTES)?
    } else {
        input::read(&file.path, pipeline::MAX_DIFF_BYTES)?
    };
    Ok((pipeline::read_diff(&input.bytes)?, input.sha256))
}
