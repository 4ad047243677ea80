//! Packs in layers, through the library: what later layers may do, and what they may not.
#![cfg(test)]

mod approvers;
mod cli;
mod dates;
mod enforcement;
mod extends;
mod limits;
mod manifest;
mod parameters;
mod scope;

use std::collections::BTreeMap;
use std::sync::Arc;

use tollgate::diagnostic::{Code, Diagnostic};
use tollgate::evaluate::{Options, RuleOutcome, evaluate};
use tollgate::evidence::{Evidence, EvidenceKind, FileChange, FileKind, FileStatus, Source};
use tollgate::policy::{Layer, Outside, PackFiles, PolicySet};
use tollgate::report::{PolicyReport, ReportContext, VerdictReport};
use tollgate::verdict::{Verdict, Waivers, decide};

/// A pack of some name: what its `pack.toml` says beside its name, and its rules by id.
fn pack(name: &str, manifest: &str, rules: &[(&str, &str)]) -> PackFiles {
    let head = format!("name = \"{name}\"\nversion = \"1\"\ndescription = \"d\"\n");
    let mut files = BTreeMap::from([("pack.toml".to_owned(), (head + manifest).into_bytes())]);
    files.extend(rules.iter().map(|(id, text)| (format!("rules/{id}.rhai"), text.as_bytes().to_vec())));
    PackFiles { origin: format!("packs/{name}"), files }
}

/// A rule: metadata beside what every rule has, and the body of its `check`.
fn rule(enforcement: &str, more: &str, body: &str) -> String {
    format!(
        "const RULE = #{{ title: \"t\", category: \"process\", enforcement: \"{enforcement}\", risk: \"high\", needs: [\"files\"]{more} }};\nfn check(change, params) {{ if change.sources.count() > 100000 {{ note(\"never\"); }} {body} }}\n"
    )
}

/// Objects to every change.
fn objecting(enforcement: &str, more: &str) -> String {
    rule(enforcement, more, "violation(change, \"no\")")
}

fn load(layers: &[Vec<PackFiles>]) -> Result<PolicySet, Vec<Diagnostic>> {
    load_with(layers, &[])
}

fn load_with(layers: &[Vec<PackFiles>], parameters: &[(&str, &str)]) -> Result<PolicySet, Vec<Diagnostic>> {
    let parameters: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    PolicySet::load(layers, &parameters)
}

fn loaded(layers: &[Vec<PackFiles>]) -> PolicySet {
    load(layers).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

/// The one mistake of a refused policy: its code, its place, its message and where the other places are.
fn refused(layers: &[Vec<PackFiles>]) -> (Code, String, String, Vec<String>) {
    let mistakes = load(layers).map(drop).unwrap_err();
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    told(&mistakes[0])
}

fn told(mistake: &Diagnostic) -> (Code, String, String, Vec<String>) {
    let place = mistake.place.as_ref().map(|place| place.to_string()).unwrap_or_default();
    let related = mistake.related.iter().map(|related| format!("{}: {}", related.place, related.message));
    (mistake.code, place, mistake.message.clone(), related.collect())
}

fn file(path: &str, previous_path: Option<&str>) -> FileChange {
    FileChange {
        previous_path: previous_path.map(str::to_owned),
        ..FileChange::at(
            path,
            if previous_path.is_some() { FileStatus::Renamed } else { FileStatus::Modified },
            FileKind::Source,
        )
    }
}

/// A change of some files, of which all are known.
fn change(paths: &[&str]) -> Evidence {
    let mut evidence = Evidence {
        files: paths.iter().map(|path| file(path, None)).collect(),
        sources: vec![Source::complete(EvidenceKind::Files)],
        ..Evidence::default()
    };
    evidence.sort();
    evidence
}

fn outcomes(policy: &PolicySet, evidence: &Evidence, as_of: Option<&str>) -> Vec<RuleOutcome> {
    let as_of = as_of.map(|time| time.parse().unwrap());
    evaluate(policy, &Arc::new(evidence.clone()), &Options { without: Vec::new(), as_of, ageless: false })
}

fn verdict(policy: &PolicySet, evidence: &Evidence) -> Verdict {
    decide(outcomes(policy, evidence, None), policy.thresholds(), evidence, &Waivers::default())
}

fn report(policy: &PolicySet, evidence: &Evidence, as_of: &str) -> VerdictReport {
    let verdict = decide(outcomes(policy, evidence, Some(as_of)), policy.thresholds(), evidence, &Waivers::default());
    let context = ReportContext {
        as_of: as_of.to_owned(),
        dry_run: false,
        policy: PolicyReport::from(policy),
        packs: policy.packs(),
        weakenings: Vec::new(),
        settings: Vec::new(),
        extra_sources: &[],
    };
    VerdictReport::new(&verdict, evidence, &context)
}

fn with_limits(layers: &[Vec<PackFiles>], limits: &[(&str, u64)]) -> Result<PolicySet, Vec<Diagnostic>> {
    let layers: Vec<Layer> = layers.iter().map(Layer::from).collect();
    let limits = limits.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    PolicySet::load_layers(&layers, &Outside { parameters: Vec::new(), limits })
}

#[test]
fn of_two_rules_of_one_name_each_path_is_told_once() {
    let text = objecting("advisory", "");
    let named = |name| pack(name, "", &[("same", &text)]);
    let (code, place, message, related) = refused(&[vec![named("a"), named("b")]]);
    assert_eq!(code, Code::DuplicateRule);
    assert_eq!((place.as_str(), message.as_str()), ("packs/b/rules/same.rhai:1:1", "there is another rule `same`"));
    assert_eq!(related, ["packs/a/rules/same.rhai:1:1: declared here"]);
}
