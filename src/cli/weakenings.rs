//! What makes a run more lenient beside what its settings say by themselves: what that is depends on the policy, on the
//! repository, or on what the forge says.

use super::config::FILE_NAME;
use super::facts::Fact;
use super::inputs::Input;
use super::judge::{self, Checkout, Run};
use super::pipeline::PolicySet;
use super::said::Described;
use super::settings::{From, Settings};
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::{Change, Word as _};
use crate::report::WeakeningReport;

/// Something that a flag says of the change against what was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What it is about.
    pub fact: Fact,
    /// What was known.
    pub known: String,
    /// What the flag says.
    pub said: String,
}

/// All of them, in any order.
#[must_use]
pub fn further(run: &Run, policy: &PolicySet, change: &Change) -> Vec<WeakeningReport> {
    let mut all = Vec::new();
    of_policy(&run.settings, policy, &mut all);
    if let Some(checkout) = &run.checkout {
        of_repository(run, checkout, change, &mut all);
    }
    for Contradiction { fact, known, said } in &run.contradictions {
        let from = run.settings.facts.get(fact).map(|said| &said.from);
        let by = from.and_then(|from| from.by(fact.as_str()));
        let what = format!("the {} is said to be `{said}`, and was known to be `{known}`", fact.as_str());
        all.extend(by.map(|by| WeakeningReport { what, by }));
    }
    all
}

fn of_policy(settings: &Settings, policy: &PolicySet, all: &mut Vec<WeakeningReport>) {
    if settings.policy.from == From::Default {
        let packs: Vec<String> = settings.policy.value.iter().map(|pack| format!("`{}`", pack.shown())).collect();
        let what = format!("no policy is named, so {} judges", packs.join(", "));
        all.push(WeakeningReport { what, by: "bootstrap".to_owned() });
    }
    for parameter in policy.parameters() {
        if let (Some(before), Some(by)) = (&parameter.relaxed_from, settings.param.from.by("param")) {
            let what = format!(
                "the parameter `{}` of pack `{}` was moved from {before} to {}, which is not stricter",
                parameter.name, parameter.pack, parameter.value
            );
            all.push(WeakeningReport { what, by });
        }
    }
    let Some(file) = &settings.file else { return };
    let teams = settings.inputs.get(&Input::Teams).is_some_and(|teams| teams.replaced);
    let replaced = [
        ("policy", settings.policy.replaced, "the packs"),
        ("param", settings.param.replaced, "the parameters"),
        ("limit", settings.limit.replaced, "the limits"),
        ("teams", teams, "the teams"),
    ];
    for (flag, _, what) in replaced.into_iter().filter(|(_, replaced, _)| *replaced) {
        let what = format!("{what} that {file} names do not count");
        all.push(WeakeningReport { what, by: format!("--{flag}") });
    }
}

fn of_repository(run: &Run, checkout: &Checkout, change: &Change, all: &mut Vec<WeakeningReport>) {
    let settings = &run.settings;
    let Some((base, repository)) = checkout.base() else { return };
    if let Some(reference) = foreign_reference(run) {
        let what =
            format!("`{reference}` is no commit of the base's history: nobody need have agreed to the packs there");
        all.extend(settings.policy_ref.from.by("policy-ref").map(|by| WeakeningReport { what, by }));
    }
    let own = format!("{FILE_NAME}@{}", judge::short(base));
    if run.named_config
        && settings.file.as_ref().is_some_and(|file| *file != own)
        && !matches!(repository.file(base, FILE_NAME), Ok(None))
    {
        all.push(WeakeningReport { what: format!("{own} was not read"), by: "--config".to_owned() });
    }
    let explicit = matches!(&settings.change.value, Described::Git { base: Some(_), .. });
    if let (true, Some(target)) = (explicit, &change.target_branch)
        && let Some(tip) = [format!("refs/remotes/origin/{target}"), format!("refs/heads/{target}")]
            .iter()
            .find_map(|name| checkout.resolve(name).ok())
        && tip != base
    {
        let what =
            format!("the base {} is not the tip of `{target}`, which is {}", judge::short(base), judge::short(&tip));
        let by = settings.change.from.by("base").unwrap_or_else(|| "--base".to_owned());
        all.push(WeakeningReport { what, by });
    }
}

/// The commit of `--policy-ref`, where it is none that led to the base.
#[must_use]
pub fn foreign_reference(run: &Run) -> Option<&str> {
    let reference = run.settings.policy_ref.value.as_deref()?;
    let checkout = run.checkout.as_ref()?;
    let (base, repository) = checkout.base()?;
    let commit = checkout.resolve(reference).ok()?;
    let led_to_base = commit == base || repository.is_ancestor(&commit, base).unwrap_or(false);
    (!led_to_base).then_some(reference)
}

/// Where weakenings are refused, a diagnostic for each.
///
/// # Errors
/// Every weakening, where the settings deny them.
pub fn refuse(settings: &Settings, weakenings: &[WeakeningReport]) -> Result<(), Vec<Diagnostic>> {
    let Some(denied) = settings.deny_weakening.from.by("deny-weakening").filter(|_| settings.deny_weakening.value)
    else {
        return Ok(());
    };
    let refused = |weakening: &WeakeningReport| {
        Diagnostic::new(Code::DeniedWeakening, format!("{} (by {})", weakening.what, weakening.by))
            .help(format!("{denied} lets nothing make the run more lenient than the policy is by itself"))
    };
    let mistakes: Vec<Diagnostic> = weakenings.iter().map(refused).collect();
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}
