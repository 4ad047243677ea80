//! Changed packages, their licences and their known vulnerabilities: what lockfiles, dependency reviews, bills of
//! materials, databases and VEX documents say, as evidence. Wiring alone, as in `pipeline`.

use std::path::Path;

use super::gather::{replace, touches};
use super::inputs::{EvidenceFile, Input};
use super::judge::Run;
use super::readers::{self, Origin};
use crate::collect::lockfiles::LockfileInputs;
use crate::evidence::{Evidence, EvidenceKind};
use crate::normalize::advisories;
use crate::normalize::dependencies::{Locked, Merged, Statements, merge};
use crate::normalize::licences::licences;

/// The flags that say something of packages.
const STATEMENTS: [Input; 2] = [Input::Dependencies, Input::Sbom];
const LOOKUPS: [Input; 2] = [Input::Advisories, Input::Vex];

/// Fills in what there is to know of packages. `lockfiles` are those of the change; a document has no lockfiles any more,
/// but what they showed: what flags name beside it is merged with that, and what none names stays.
pub(super) fn packages(evidence: &mut Evidence, lockfiles: Option<&LockfileInputs>, run: &Run) {
    let settings = &run.settings;
    let named = |inputs: &[Input]| inputs.iter().any(|input| !settings.files(*input).is_empty());
    if lockfiles.is_none() && !named(&STATEMENTS) && !named(&LOOKUPS) {
        return;
    }
    let origin = Origin { checkout: run.checkout.as_ref(), head: evidence.change.head.as_deref() };
    let reviews = readers::dependency_reviews(settings.files(Input::Dependencies), origin);
    let sboms = readers::sboms(settings.files(Input::Sbom), origin);
    let statements = Statements { reviews: &reviews, sboms: &sboms };
    let locked = match lockfiles {
        Some(inputs) => Locked::of(inputs),
        None => Locked::stated(&evidence.dependencies, &evidence.sources),
    };
    let mut merged = merge(locked, &statements, &evidence.change);
    if lockfiles.is_some() || named(&STATEMENTS) {
        let nothing = LockfileInputs::default();
        let (found, sources) = licences(lockfiles.unwrap_or(&nothing), &statements, &merged, &evidence.change);
        evidence.licences = found;
        replace(evidence, &[EvidenceKind::Licences], sources);
        evidence.dependencies.clone_from(&merged.dependencies);
        replace(evidence, &[EvidenceKind::Dependencies], merged.sources.clone());
    }
    let databases = settings.files(Input::Advisories);
    if lockfiles.is_some() || named(&STATEMENTS) || !databases.is_empty() {
        look_up(evidence, &mut merged, databases, run);
    }
    let documents = settings.files(Input::Vex);
    if !documents.is_empty() {
        let sources = readers::vex(documents, &mut evidence.advisories, &merged.packages);
        evidence.sources.extend(sources);
    }
}

fn look_up(evidence: &mut Evidence, merged: &mut Merged, databases: &[EvidenceFile], run: &Run) {
    let cache = run.settings.advisory_cache.value.as_ref().map(|cache| cache.path.as_path());
    // Whoever writes the change would write what was found.
    let own = |cache: &&Path| run.checkout.as_ref().is_some_and(|it| touches(&evidence.files, it, cache));
    let cache = cache.filter(|cache| !own(cache));
    let databases = readers::advisories(databases, &merged.packages, cache);
    let (found, sources) = advisories::known(merged, &databases);
    evidence.advisories = found;
    replace(evidence, &[EvidenceKind::Advisories], sources);
}
