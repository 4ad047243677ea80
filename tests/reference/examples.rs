//! Every example is a rule that loads and runs, on evidence with nothing in it and on evidence with something of each kind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use tollgate::diagnostic::Diagnostic;
use tollgate::evaluate::{Options, RuleOutcome, evaluate};
use tollgate::evidence::Evidence;
use tollgate::policy::{Name, PackFiles, PolicySet, host_names};
use tollgate::report::read_evidence;

/// Receivers whose names may still be without an example.
const WITHOUT: &[&str] = &[];

/// Names that every selection has, which may still be without an example.
const COMMON: &[&str] = &[];

const PACK: &str = "name = \"examples\"\nversion = \"1.0.0\"\ndescription = \"the examples of the reference\"\n\
    [parameters.severity]\ntype = \"severity\"\ndefault = \"high\"\n\
    [parameters.limit]\ntype = \"integer\"\ndefault = 3\n";

const HEAD: &str = "const RULE = #{ title: \"t\", category: \"process\", enforcement: \"soft-mandatory\", risk: \"high\", \
    needs: [\"findings\"], approvers: [\"any\"] };";

fn document(name: &str) -> Arc<Evidence> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    Arc::new(read_evidence(&std::fs::read(&path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error:?}")))
}

/// Rules with an id each.
fn load(rules: &[(String, String)]) -> Result<PolicySet, Vec<Diagnostic>> {
    let mut files = BTreeMap::from([("pack.toml".to_owned(), PACK.as_bytes().to_vec())]);
    files.extend(rules.iter().map(|(id, text)| (format!("rules/{id}.rhai"), text.as_bytes().to_vec())));
    PolicySet::load(&[PackFiles { origin: "examples".to_owned(), files }], &[])
}

/// How one rule ends.
pub(crate) fn run(rule: &str, evidence: &str) -> Result<RuleOutcome, Vec<Diagnostic>> {
    let set = load(&[("example".to_owned(), rule.to_owned())])?;
    let as_of = "2026-01-31T12:00:00Z".parse().ok();
    Ok(evaluate(&set, &document(evidence), &Options { as_of, ..Options::default() }).remove(0))
}

#[test]
fn the_evidence_that_examples_run_on_has_nothing_in_it_or_something_of_each_kind() {
    let counts = |evidence: &Evidence| {
        [
            evidence.findings.len(),
            evidence.findings.gone_rows().len(),
            evidence.files.len(),
            evidence.files.iter().map(|file| file.ownership.len()).sum(),
            evidence.dependencies.len(),
            evidence.licences.len(),
            evidence.advisories.len(),
            evidence.reviews.len(),
            evidence.tests.len(),
            evidence.coverage.len(),
            evidence.claims.len(),
        ]
    };
    assert_eq!(counts(&document("nothing.json")), [0; 11]);
    let everything = counts(&document("everything.json"));
    assert!(everything.iter().all(|count| *count > 0), "{everything:?}");
}

#[test]
fn every_example_loads_and_runs_on_any_evidence() {
    let examples: Vec<Name> = host_names().filter(|entry| !entry.example.is_empty()).collect();
    assert!(examples.len() > 200, "{}", examples.len());
    let rules: Vec<(String, String)> = (0_usize..)
        .zip(&examples)
        .map(|(index, entry)| {
            (format!("e{index:04}"), format!("{HEAD}\nfn check(change, params) {{\n{}\n}}\n", entry.example))
        })
        .collect();
    let set = load(&rules).unwrap_or_else(|mistakes| panic!("{}", said(&mistakes, &rules)));
    for evidence in ["nothing.json", "everything.json"] {
        let outcomes = evaluate(&set, &document(evidence), &Options::default());
        assert_eq!(outcomes.len(), examples.len());
        let errors: Vec<Diagnostic> = outcomes.into_iter().filter_map(|outcome| outcome.diagnostic).collect();
        assert!(errors.is_empty(), "on {evidence}:\n{}", said(&errors, &rules));
    }
}

/// Mistakes with the rules that they are in.
fn said(mistakes: &[Diagnostic], rules: &[(String, String)]) -> String {
    let one = |mistake: &Diagnostic| {
        let shown = mistake.to_string();
        let rule = rules.iter().find(|(id, _)| shown.contains(id.as_str())).map_or("", |(_, text)| text.as_str());
        format!("{shown}\n{}", rule.trim_start_matches(HEAD))
    };
    mistakes.iter().map(one).collect()
}

#[test]
fn every_example_uses_the_name_that_it_is_an_example_of() {
    for entry in host_names().filter(|entry| !entry.example.is_empty()) {
        let called = entry.signature.contains('(');
        let used = match (entry.receiver.is_empty(), called) {
            (true, _) => entry.example.contains(&format!("{}(", entry.name)),
            (false, true) => entry.example.contains(&format!(".{}(", entry.name)),
            (false, false) => entry
                .example
                .split(&format!(".{}", entry.name))
                .skip(1)
                .any(|rest| !rest.starts_with(|next: char| next == '(' || next == '_' || next.is_alphanumeric())),
        };
        // `in` calls `contains`.
        let used = used || entry.name == "contains" && entry.example.contains(" in ");
        assert!(used, "{} of `{}`: {}", entry.name, entry.receiver, entry.example);
    }
}

#[test]
fn every_name_has_an_example() {
    let missing: BTreeSet<String> = host_names()
        .filter(|entry| entry.example.is_empty())
        .filter(|entry| !WITHOUT.contains(&entry.receiver) && !COMMON.contains(&entry.name))
        .map(|entry| format!("{} of `{}`", entry.name, entry.receiver))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
