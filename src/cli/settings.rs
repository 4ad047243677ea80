//! The settings of one run: flags over file over defaults, and which of them gave each.

use std::collections::BTreeMap;

use super::config::FILE_NAME;
use super::facts::Fact;
use super::inputs::{EvidenceFile, Input};
use super::pipeline::Format;
use super::said::{Described, Location, OutputFile, PackPlace, Said, joined, limits};
use crate::evidence::{EvidenceKind, Word as _};
use crate::policy::Limits;
use crate::report::{SettingReport, WeakeningReport};
use crate::verdict::JudgedOverride;

/// Which place gave a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A flag.
    Flag,
    /// The settings file, as it is shown.
    File(String),
    /// Nobody said anything.
    Default,
}

impl From {
    /// How a weakening names a setting that this place gave; `None` where nobody said anything.
    #[must_use]
    pub fn by(&self, flag: &str) -> Option<String> {
        match self {
            Self::Flag => Some(format!("--{flag}")),
            Self::File(file) => Some(format!("`{flag}` in {file}")),
            Self::Default => None,
        }
    }

    fn shown(&self) -> &str {
        match self {
            Self::Flag => "flag",
            Self::File(shown) => shown,
            Self::Default => "default",
        }
    }
}

/// A setting and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Which place gave it.
    pub from: From,
    /// Whether it took the place of what the settings file says.
    pub replaced: bool,
}

impl<T> Setting<T> {
    /// Whether a verdict has to say where it came from, of a setting that names evidence. The sources and the subject name
    /// what a flag alone names, and a verdict on the collected document is the same as one on its sources.
    fn is_worth_telling(&self) -> bool {
        self.from != From::Flag || self.replaced
    }
}

/// Everything that a run needs to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The change.
    pub change: Setting<Described>,
    /// Files of evidence, by the flag that names them; one that names none is not there.
    pub inputs: BTreeMap<Input, Setting<Vec<EvidenceFile>>>,
    /// Where indexes of advisories are kept; `None` for nowhere.
    pub advisory_cache: Setting<Option<Location>>,
    /// What is said of the change; a fact of which nothing is said is not there.
    pub facts: BTreeMap<Fact, Setting<Vec<String>>>,
    /// Packs, in layer order.
    pub policy: Setting<Vec<PackPlace>>,
    /// The commit that packs inside the repository are read from.
    pub policy_ref: Setting<Option<String>>,
    /// Files of waivers.
    pub waivers: Setting<Vec<Location>>,
    /// Values of parameters.
    pub param: Setting<Vec<(String, String)>>,
    /// Limits of what rules may use.
    pub limit: Setting<Vec<(&'static str, u64)>>,
    /// Evidence that is not to be expected.
    pub without: Setting<Vec<EvidenceKind>>,
    /// The time to judge at; `None` for now.
    pub as_of: Setting<Option<jiff::Timestamp>>,
    /// Verdicts about earlier heads of the change.
    pub previous: Setting<Vec<Location>>,
    /// The commit that the judged one was made from; `None` for itself.
    pub reviewed_head: Setting<Option<String>>,
    /// The emergency override.
    pub override_: Setting<Option<Location>>,
    /// Whether to give no verdict where anything makes the run more lenient. Neither place can take back what the other says.
    pub deny_weakening: Setting<bool>,
    /// Whether to exit with 0 whatever the decision.
    pub dry_run: Setting<bool>,
    /// The format of standard output.
    pub format: Setting<Format>,
    /// Reports to files.
    pub output: Setting<Vec<OutputFile>>,
    /// The settings file that was read.
    pub file: Option<String>,
}

/// The pack that judges where nobody says which.
#[must_use]
pub fn bootstrap() -> Vec<PackPlace> {
    vec![PackPlace::Builtin("baseline".to_owned())]
}

impl Settings {
    /// A flag wins over the file: it replaces what the file says of the same setting, whole lists too.
    #[must_use]
    pub fn merge(flags: Said, file: Option<(String, Said)>) -> Self {
        let (shown, file) = match file {
            Some((shown, file)) => (Some(shown), file),
            None => (None, Said::default()),
        };
        let pick = Pick { file: shown.clone().unwrap_or_else(|| FILE_NAME.to_owned()) };
        Self {
            change: pick.or(flags.change, file.change, Described::Git { repo: None, base: None, head: None }),
            inputs: pick.each(flags.inputs, file.inputs),
            advisory_cache: pick.maybe(flags.advisory_cache, file.advisory_cache),
            facts: pick.each(flags.facts, file.facts),
            policy: pick.or(flags.policy, file.policy, bootstrap()),
            policy_ref: pick.maybe(flags.policy_ref, file.policy_ref),
            waivers: pick.or(flags.waivers, file.waivers, Vec::new()),
            param: pick.or(flags.param, file.param, Vec::new()),
            limit: pick.or(flags.limit, file.limit, Vec::new()),
            without: pick.or(flags.without, file.without, Vec::new()),
            as_of: pick.maybe(flags.as_of, file.as_of),
            previous: pick.or(flags.previous, file.previous, Vec::new()),
            reviewed_head: pick.maybe(flags.reviewed_head, file.reviewed_head),
            override_: pick.maybe(flags.override_, file.override_),
            deny_weakening: pick.or(flags.deny_weakening.filter(|deny| *deny), file.deny_weakening, false),
            dry_run: pick.or(flags.dry_run, file.dry_run, false),
            format: pick.or(flags.format, file.format, Format::Terminal),
            output: pick.or(flags.output, file.output, Vec::new()),
            file: shown,
        }
    }

    /// The files that a flag or the settings file names for one kind of input.
    #[must_use]
    pub fn files(&self, input: Input) -> &[EvidenceFile] {
        self.inputs.get(&input).map_or(&[], |files| &files.value)
    }

    /// Where each setting came from: all that were said, and the defaults that decide something. Where reports go and in
    /// which format is left out, for it is no part of what was decided; so is evidence that flags alone name.
    #[must_use]
    pub fn reports(&self) -> Vec<SettingReport> {
        let mut reports = Vec::new();
        let mut add = |setting: &str, value: String, from: &From| {
            reports.push(SettingReport { setting: setting.to_owned(), value, from: from.shown().to_owned() });
        };
        if self.change.is_worth_telling() {
            for (setting, value) in described(&self.change.value) {
                add(setting, value, &self.change.from);
            }
        }
        for (input, files) in self.inputs.iter().filter(|(_, files)| files.is_worth_telling()) {
            for file in &files.value {
                add(input.as_str(), file.shown(), &files.from);
            }
        }
        if let (Some(cache), true) = (&self.advisory_cache.value, self.advisory_cache.is_worth_telling()) {
            add("advisory-cache", cache.shown.clone(), &self.advisory_cache.from);
        }
        for (fact, said) in self.facts.iter().filter(|(_, said)| said.is_worth_telling()) {
            for value in &said.value {
                add(fact.as_str(), value.clone(), &said.from);
            }
        }
        if let Some(value) = &self.policy_ref.value {
            add("policy-ref", value.clone(), &self.policy_ref.from);
        }
        for pack in &self.policy.value {
            add("policy", pack.shown(), &self.policy.from);
        }
        for file in &self.waivers.value {
            add("waivers", file.shown.clone(), &self.waivers.from);
        }
        for (name, value) in &self.param.value {
            add("param", format!("{name}={value}"), &self.param.from);
        }
        for (name, value) in &self.limit.value {
            add("limit", format!("{name}={value}"), &self.limit.from);
        }
        if !self.without.value.is_empty() {
            add("without", joined(&self.without.value), &self.without.from);
        }
        if let Some(time) = self.as_of.value {
            add("as-of", time.to_string(), &self.as_of.from);
        }
        for file in &self.previous.value {
            add("previous", file.shown.clone(), &self.previous.from);
        }
        if let Some(head) = &self.reviewed_head.value {
            add("reviewed-head", head.clone(), &self.reviewed_head.from);
        }
        if let Some(file) = &self.override_.value {
            add("override", file.shown.clone(), &self.override_.from);
        }
        if self.deny_weakening.value {
            add("deny-weakening", "true".to_owned(), &self.deny_weakening.from);
        }
        if self.dry_run.value {
            add("dry-run", "true".to_owned(), &self.dry_run.from);
        }
        reports.sort();
        reports
    }

    /// Everything among the settings that makes the evaluation more lenient. `time` is the change's own; `without` says of
    /// each kind that is not to be expected why that is not honoured, where it is not.
    #[must_use]
    pub fn weakenings(&self, time: Option<&str>, without: &[(EvidenceKind, Option<String>)]) -> Vec<WeakeningReport> {
        let mut weakenings = Vec::new();
        let mut add = |what: String, flag: &str, from: &From| {
            let Some(by) = from.by(flag) else { return };
            weakenings.push(WeakeningReport { what, by });
        };
        if self.dry_run.value {
            add("the exit code is 0 whatever the decision".to_owned(), "dry-run", &self.dry_run.from);
        }
        for (kind, refusal) in without {
            let refusal = refusal.as_ref().map(|why| format!(", which is not honoured: {why}")).unwrap_or_default();
            add(format!("{kind} are said not to be expected{refusal}"), "without", &self.without.from);
        }
        let limits = limits(&self.limit.value);
        for limit in Limits::ALL.iter().filter(|limit| limit.of(&limits) > limit.default_value()) {
            let (name, value, usual) = (limit.name, limit.of(&limits), limit.default_value());
            add(format!("the limit of {name} was raised from {usual} to {value}"), "limit", &self.limit.from);
        }
        if let Some(head) = &self.reviewed_head.value {
            let what = format!("reviews of {head} count as reviews of the judged commit");
            add(what, "reviewed-head", &self.reviewed_head.from);
        }
        if let Some(reference) = &self.policy_ref.value {
            let what = format!("packs inside the repository were read from `{reference}`, not from the base");
            add(what, "policy-ref", &self.policy_ref.from);
        }
        let own = time.and_then(|time| time.parse::<jiff::Timestamp>().ok());
        if let (Some(as_of), Some(own)) = (self.as_of.value, own)
            && as_of < own
        {
            add(format!("judged at {as_of}, before the change's own time, {own}"), "as-of", &self.as_of.from);
        }
        weakenings.sort();
        weakenings
    }

    /// What an override makes more lenient, by what became of it at a time.
    #[must_use]
    pub fn weakenings_of_override(&self, judged: &JudgedOverride, as_of: jiff::Timestamp) -> Vec<WeakeningReport> {
        let what = match &judged.why_not {
            None => format!("the change is approved by an override; it would have been {}", judged.would_have_been),
            Some(why) => format!("an override was handed in, which is not honoured: {why}"),
        };
        let told = self.override_.from.by("override").map(|by| WeakeningReport { what, by });
        // A time that was said can bring an override back that has ended.
        let said = self.as_of.value.and_then(|_| self.as_of.from.by("as-of"));
        let time = said.map(|by| WeakeningReport { what: format!("the override was judged at {as_of}, not now"), by });
        told.into_iter().chain(time).collect()
    }
}

fn described(change: &Described) -> Vec<(&'static str, String)> {
    match change {
        Described::Git { repo, base, head } => {
            [("repo", repo.as_ref().map(|repo| repo.shown.clone())), ("base", base.clone()), ("head", head.clone())]
                .into_iter()
                .filter_map(|(setting, value)| Some((setting, value?)))
                .collect()
        }
        Described::Trees(before, after) => vec![("trees", format!("{} {}", before.shown, after.shown))],
        Described::Diff(file) => vec![("diff", file.shown.clone())],
        Described::Evidence(file) => vec![("evidence", file.shown.clone())],
    }
}

struct Pick {
    file: String,
}

impl Pick {
    fn or<T>(&self, flag: Option<T>, file: Option<T>, default: T) -> Setting<T> {
        match (flag, file) {
            (Some(value), file) => Setting { value, from: From::Flag, replaced: file.is_some() },
            (None, Some(value)) => Setting { value, from: From::File(self.file.clone()), replaced: false },
            (None, None) => Setting { value: default, from: From::Default, replaced: false },
        }
    }

    fn each<K: Ord, T>(&self, flags: BTreeMap<K, T>, file: BTreeMap<K, T>) -> BTreeMap<K, Setting<T>> {
        let mut each: BTreeMap<K, Setting<T>> = file
            .into_iter()
            .map(|(key, value)| (key, Setting { value, from: From::File(self.file.clone()), replaced: false }))
            .collect();
        for (key, value) in flags {
            let replaced = each.contains_key(&key);
            each.insert(key, Setting { value, from: From::Flag, replaced });
        }
        each
    }

    fn maybe<T>(&self, flag: Option<T>, file: Option<T>) -> Setting<Option<T>> {
        self.or(flag.map(Some), file.map(Some), None)
    }
}

#[cfg(test)]
mod tests {
    use super::{EvidenceFile, From, Input, Settings};
    use crate::cli::config::parse;
    use crate::cli::inputs::Inputs;
    use crate::cli::said::{Described, Said};
    use crate::evidence::EvidenceKind;
    use std::path::Path;

    fn file(text: &str) -> Option<(String, Said)> {
        Some(("c/tollgate.toml".to_owned(), parse("c/tollgate.toml", text, Path::new("c")).unwrap()))
    }

    #[test]
    fn a_flag_replaces_the_files_of_its_own_kind_and_no_other() {
        let files = |input, written: &str| Inputs::from([(input, vec![EvidenceFile::parse(Path::new(""), written)])]);
        let flags = Said { inputs: files(Input::Tests, "flag.xml"), ..Said::default() };
        let settings = Settings::merge(flags, file("tests = [\"a.xml\", \"b.xml\"]\nreviews = [\"r.json\"]"));
        let shown = |input| settings.files(input).iter().map(EvidenceFile::shown).collect::<Vec<_>>();
        assert_eq!(
            (shown(Input::Tests), shown(Input::Reviews)),
            (vec!["flag.xml".to_owned()], vec!["r.json".to_owned()])
        );
        assert!(shown(Input::Claims).is_empty());
    }

    #[test]
    fn a_flag_replaces_the_whole_list_of_the_file_and_the_report_says_so() {
        let flags = Said { without: Some(vec![EvidenceKind::Tests]), ..Said::default() };
        let settings =
            Settings::merge(flags, file("without = [\"findings\", \"files\"]\nauthor = \"dev\"\ndry-run = true"));
        assert_eq!(settings.without.value, [EvidenceKind::Tests]);
        let reports = settings.reports();
        let shown: Vec<String> = reports.iter().map(|r| format!("{}={} ({})", r.setting, r.value, r.from)).collect();
        assert_eq!(
            shown,
            [
                "author=dev (c/tollgate.toml)",
                "dry-run=true (c/tollgate.toml)",
                "policy=builtin:baseline (default)",
                "without=tests (flag)"
            ]
        );
    }

    #[test]
    fn what_weakens_is_listed_whoever_asked_for_it() {
        let flags = Said { policy_ref: Some("v1".to_owned()), ..Said::default() };
        let settings = Settings::merge(flags, file("without = [\"findings\"]\ndry-run = true\nas-of = 2026-01-01"));
        let weakenings = settings.weakenings(Some("2026-01-02T00:00:00Z"), &[(EvidenceKind::Findings, None)]);
        let by: Vec<&str> = weakenings.iter().map(|w| w.by.as_str()).collect();
        assert_eq!(
            by,
            [
                "`without` in c/tollgate.toml",
                "`as-of` in c/tollgate.toml",
                "--policy-ref",
                "`dry-run` in c/tollgate.toml"
            ]
        );
    }

    #[test]
    fn a_limit_weakens_where_it_ends_above_its_default() {
        let of = |text: &str| {
            let weakenings = Settings::merge(Said::default(), file(text)).weakenings(None, &[]);
            weakenings.into_iter().map(|w| format!("{} by {}", w.what, w.by)).collect::<Vec<_>>()
        };
        assert_eq!(
            of("limit = { operations = 2000000, rules = 7, call_depth = 32 }"),
            ["the limit of operations was raised from 1000000 to 2000000 by `limit` in c/tollgate.toml"]
        );
        let flags = Said { limit: Some(vec![("operations", 2_000_000), ("operations", 5)]), ..Said::default() };
        assert!(Settings::merge(flags, file("limit = { rules = 5000 }")).weakenings(None, &[]).is_empty());
    }

    #[test]
    fn a_time_after_the_change_is_no_weakening_and_neither_is_a_default() {
        let settings = Settings::merge(Said::default(), file("as-of = 2026-01-03"));
        assert!(settings.weakenings(Some("2026-01-02T00:00:00Z"), &[]).is_empty());
        let settings = Settings::merge(Said::default(), None);
        assert!(settings.weakenings(Some("2026-01-02T00:00:00Z"), &[]).is_empty());
        assert_eq!(settings.policy.from, From::Default);
    }

    #[test]
    fn a_flag_that_describes_the_change_replaces_the_files_description() {
        let flags = Said {
            change: Some(Described::Git { repo: None, base: Some("main".to_owned()), head: None }),
            ..Said::default()
        };
        let settings = Settings::merge(flags, file("trees = [\"a\", \"b\"]"));
        assert!(matches!(settings.change.value, Described::Git { .. }));
        assert_eq!(settings.change.from, From::Flag);
    }
}
