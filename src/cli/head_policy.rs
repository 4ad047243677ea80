//! What the change's own settings, packs and owners would have decided, where it edits any of them. Nothing follows from it: it is
//! a note beside a verdict that rests on the base's, and where it can't be told, that is a note too.

use std::collections::{BTreeMap, BTreeSet};

use super::gather;
use super::inputs::Input;
use super::judge::{self, Checkout, Run};
use super::packs;
use super::pipeline::{self, Approving, Judging, Layer, Outside, PolicySet, absent_sources, ask};
use super::readers;
use super::said;
use super::settings::Settings;
use super::waiving;
use crate::collect::codeowners;
use crate::diagnostic::Diagnostic;
use crate::evidence::{Evidence, EvidenceKind};
use crate::report::{Decision, HeadPolicyReport, PolicyDifference, VerdictReport};

/// What says how paths are to be taken, in any directory.
const ATTRIBUTES: &str = ".gitattributes";

/// The changed paths that configure the gate and lie in the repository, in order.
#[must_use]
pub fn edited(run: &Run, layers: &[Layer], evidence: &Evidence) -> Vec<String> {
    let Some(checkout) = &run.checkout else { return Vec::new() };
    if checkout.base().is_none() || evidence.change.head.is_none() {
        return Vec::new();
    }
    let settings = &run.settings;
    let files = settings.files(Input::Teams).iter().map(|file| &file.file);
    let files = files.chain(&settings.waivers.value).chain(&settings.override_.value);
    let mut exact: BTreeSet<String> = files.filter_map(|file| checkout.inside(&file.path)).collect();
    exact.extend(run.own_settings.clone());
    exact.extend(codeowners::PLACES.map(str::to_owned));
    let commit = checkout.packs_commit(settings);
    let directories: Vec<String> = layers
        .iter()
        .flat_map(Layer::packs)
        .filter_map(|pack| {
            pack.origin.strip_suffix(&format!("@{}", judge::short(commit.as_deref()?))).map(str::to_owned)
        })
        .collect();
    let below = |path: &str, directory: &String| {
        directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
    };
    let configures = |path: &&String| {
        exact.contains(*path) || is_attributes(path) || directories.iter().any(|directory| below(path, directory))
    };
    let paths = evidence.files.iter().flat_map(|file| file.previous_path.iter().chain([&file.path]));
    paths.filter(configures).cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

fn is_attributes(path: &str) -> bool {
    path.rsplit('/').next() == Some(ATTRIBUTES)
}

/// What the head's own would have decided on the same evidence, beside what the base's did.
#[must_use]
pub fn report(
    run: &Run,
    edited: Vec<String>,
    policy: &PolicySet,
    evidence: Evidence,
    judging: &Judging<'_>,
    judged: &VerdictReport,
) -> HeadPolicyReport {
    let base: BTreeMap<&str, Decision> = judged.rules.iter().map(|rule| (rule.id.as_str(), rule.decision)).collect();
    let attributed = edited.iter().any(|path| is_attributes(path));
    match of_head(run, policy, evidence, attributed, judging) {
        Err(failure) => HeadPolicyReport { edited, decision: None, differences: Vec::new(), failure: Some(failure) },
        Ok((decision, head)) => {
            let ids: BTreeSet<&str> = base.keys().copied().chain(head.keys().map(String::as_str)).collect();
            let difference = |rule: &str| PolicyDifference {
                rule: rule.to_owned(),
                base: base.get(rule).copied(),
                head: head.get(rule).copied(),
            };
            let differences = ids.into_iter().map(difference).filter(|one| one.base != one.head).collect();
            HeadPolicyReport { edited, decision: Some(decision), differences, failure: None }
        }
    }
}

/// The decision, and that of each rule; `attributed` where the head's attributes tell something else of files.
fn of_head(
    run: &Run,
    policy: &PolicySet,
    mut evidence: Evidence,
    attributed: bool,
    judging: &Judging<'_>,
) -> Result<(Decision, BTreeMap<String, Decision>), String> {
    let first =
        |mistakes: Vec<Diagnostic>| mistakes.first().map_or_else(|| "it can't be read".to_owned(), ToString::to_string);
    let nothing = || "the repository has no head to read it from".to_owned();
    let head = evidence.change.head.clone().ok_or_else(nothing)?;
    let checkout = run.checkout.as_ref().ok_or_else(nothing)?.reading(&head).map_err(first)?;
    let run = at_head(run, checkout, &head).map_err(first)?;
    let outside =
        Outside { parameters: run.settings.param.value.clone(), limits: said::limits_said(&run.settings.limit.value) };
    let own = PolicySet::load_layers(&packs::layers(&run).map_err(first)?, &outside).map_err(first)?;
    bounded(&own, policy)?;

    let checkout = run.checkout.as_ref().ok_or_else(nothing)?;
    if let Some((commit, repository)) = checkout.base() {
        if attributed {
            let raw = repository.read_by(evidence.change.base.as_deref(), Some(&head), Some(&head));
            evidence.files = pipeline::files(raw.map_err(|error| error.to_string())?.files);
        }
        let owners = readers::owners(|path| repository.file(commit, path), Some(commit), &mut evidence.files);
        gather::replace(&mut evidence, &[EvidenceKind::Owners], vec![owners]);
    }
    if let Some(file) = run.settings.files(Input::Teams).first() {
        let source = gather::teams(&mut evidence, &run, &file.file).map_err(first)?;
        gather::replace(&mut evidence, &[EvidenceKind::Teams], vec![source]);
    }
    evidence.sort();
    let without = &run.settings.without.value;
    let absent = absent_sources(&own, &evidence, without, judging.as_of);
    let approving = Approving { fallbacks: own.fallbacks(), ..judging.approving.clone() };
    let waivers = waiving::waivers(&run.settings.waivers.value, run.checkout.as_ref(), &own, judging.as_of);
    let waivers = waivers.map_err(first)?;
    let judging = Judging {
        absent: &absent,
        approving: &approving,
        waivers: &waivers,
        overriding: None,
        further: &[],
        ..*judging
    };
    let verdict = ask(&own, evidence, &run.settings, &judging)?;
    let rules = verdict.rules.iter().map(|rule| (rule.id().to_owned(), rule.decision)).collect();
    Ok((verdict.decision, rules))
}

/// The run as the head would have it: its own settings, where those of the repository count at all.
fn at_head(run: &Run, checkout: Checkout, head: &str) -> Result<Run, Vec<Diagnostic>> {
    let mut settings = match &run.own_settings {
        Some(path) => Settings::merge(run.flags.clone(), checkout.settings_at(head, path)?),
        None => run.settings.clone(),
    };
    settings.policy_ref.value = None;
    Ok(Run {
        settings,
        checkout: Some(checkout),
        raw: None,
        flags: run.flags.clone(),
        own_settings: run.own_settings.clone(),
        named_config: run.named_config,
        contradictions: Vec::new(),
        unmerged: None,
    })
}

/// Nobody agreed to what the head's packs would use: they get no more than the base's.
fn bounded(own: &PolicySet, policy: &PolicySet) -> Result<(), String> {
    let raised = own.limits().iter().find(|limit| {
        let known = policy.limits().iter().find(|known| known.name == limit.name);
        limit.value > known.map_or(limit.default, |known| known.value)
    });
    match raised {
        Some(limit) => {
            Err(format!("it raises the limit of {} to {}, and was not asked for that", limit.name, limit.value))
        }
        None => Ok(()),
    }
}
