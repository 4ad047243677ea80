//! `tollgate test`: the cases of packs. A pack without cases has shown nothing, and does not pass.

pub mod case;
mod compare;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use self::case::Case;
use super::Exit;
use super::console::{Console, printable};
use super::packs::as_it_stands;
use super::pipeline::{self, Layer, Outside, PackFiles, PolicySet};
use super::said::{self, PackPlace, pack_place};
use crate::diagnostic::{Code, Diagnostic, Place};

pub use compare::Mismatch;

const EXAMPLES: &str = "\
Exit codes: 0 every case is as expected, 1 one is not, 2 a pack or a case can't be read, or there is none.

A case is a file cases/<rule>/<name>.toml of the pack:
  complete = [\"findings\"]            # kinds of evidence of which everything is there
  [[evidence.findings.items]]        # as `tollgate schema evidence` has it; most of what is left out has a default
  tool = \"CodeQL\"
  rule = \"js/xss\"
  severity = \"critical\"
  [expect]
  outcome = \"violated\"

Examples:
  tollgate test policies/org
  tollgate test policies/org --limit operations=100000
  tollgate test builtin:baseline";

/// Arguments of `test`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct TestArgs {
    /// Packs whose cases are run, each by itself
    #[arg(value_name = "DIR|builtin:NAME", value_parser = |text: &str| Ok::<_, String>(pack_place(Path::new(""), text)), required = true)]
    packs: Vec<PackPlace>,
    /// Limit of what rules may use, as in `operations=500000`; lowers what a pack sets, and sets what no pack does (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = said::limit)]
    limit: Vec<(&'static str, u64)>,
}

/// One case, and where it differs from what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The case, as `<rule>/<name>`.
    pub name: String,
    /// What is otherwise than expected; empty where it passed.
    pub mismatches: Vec<Mismatch>,
}

/// What the cases of one pack showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackResult {
    /// Every case, by rule and name.
    pub cases: Vec<CaseResult>,
    /// Rules of the pack that no case is about.
    pub untested: Vec<String>,
}

impl PackResult {
    /// How many cases are otherwise than expected.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| !case.mismatches.is_empty()).count()
    }
}

/// What came of the cases of one pack, of those with a mistake, too.
struct Ran {
    result: PackResult,
    broken: Vec<Broken>,
}

/// A case that can't be run.
struct Broken {
    /// As `<rule>/<name>`.
    name: String,
    mistakes: Vec<Diagnostic>,
}

/// Runs every case of a pack on the whole pack.
///
/// # Errors
/// Where the pack does not load, a case can't be read or is about no rule of the pack, or there is no case at all.
pub fn run_pack(pack: &PackFiles) -> Result<PackResult, Vec<Diagnostic>> {
    let ran = run_cases(pack, &pack.into(), &[])?;
    let mistakes: Vec<Diagnostic> = ran.broken.into_iter().flat_map(|broken| broken.mistakes).collect();
    if mistakes.is_empty() { Ok(ran.result) } else { Err(mistakes) }
}

/// Runs every case of a pack on the pack and those that it extends, under limits that were set from outside.
fn run_cases(pack: &PackFiles, layer: &Layer, limits: &[(String, u64)]) -> Result<Ran, Vec<Diagnostic>> {
    let mut policies = Policies { layer, limits, loaded: BTreeMap::new() };
    policies.load(&[])?;
    let own = policies.rules_of(pack);
    let (cases, mut broken) = cases(pack, &own);
    if cases.is_empty() && broken.is_empty() {
        return Err(vec![
            Diagnostic::new(
                Code::BrokenCase,
                format!("the pack `{}` has no cases, so nothing was tested", pack.origin),
            )
            .help("write one: `cases/<rule>/<name>.toml` with `[evidence]` and `[expect]`"),
        ]);
    }
    let mut results = Vec::with_capacity(cases.len());
    for case in &cases {
        match policies.run(case) {
            Ok(mismatches) => results.push(CaseResult { name: name(&case.file), mismatches }),
            Err(mistakes) => broken.push(Broken { name: name(&case.file), mistakes }),
        }
    }
    broken.sort_by(|one, other| one.name.cmp(&other.name));
    let about = |rule: &String| {
        let names = results.iter().map(|case| &case.name).chain(broken.iter().map(|broken| &broken.name));
        names.into_iter().any(|name| name.split('/').next() == Some(rule))
    };
    let untested = own.into_iter().filter(|rule| !about(rule)).collect();
    Ok(Ran { result: PackResult { cases: results, untested }, broken })
}

/// The cases of a pack by file, and what is wrong with the others.
fn cases(pack: &PackFiles, rules: &BTreeSet<String>) -> (Vec<Case>, Vec<Broken>) {
    let mut cases = Vec::new();
    let mut broken = Vec::new();
    for (file, bytes) in pack.files.iter().filter(|(file, _)| file.starts_with(case::DIRECTORY)) {
        let shown = pack.name_of(file);
        let mistakes = match case::parse(file, &shown, bytes) {
            Ok(case) if rules.contains(&case.rule) => {
                cases.push(case);
                continue;
            }
            Ok(case) => vec![
                Diagnostic::new(Code::BrokenCase, format!("the pack has no rule `{}`", case.rule))
                    .at(Place::file(shown))
                    .suggest(&case.rule, rules.iter().map(String::as_str)),
            ],
            Err(found) => found,
        };
        broken.push(Broken { name: name(file), mistakes });
    }
    (cases, broken)
}

/// A case by its file, as `<rule>/<name>`.
fn name(file: &str) -> String {
    let name = file.strip_prefix(case::DIRECTORY).unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name).to_owned()
}

/// The pack, compiled once for each set of parameters that its cases ask for.
struct Policies<'a> {
    layer: &'a Layer,
    limits: &'a [(String, u64)],
    loaded: BTreeMap<Vec<(String, String)>, PolicySet>,
}

impl Policies<'_> {
    fn load(&mut self, parameters: &[(String, String)]) -> Result<&PolicySet, Vec<Diagnostic>> {
        let key = parameters.to_vec();
        match self.loaded.entry(key) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let outside = Outside { parameters: entry.key().clone(), limits: self.limits.to_vec() };
                Ok(entry.insert(PolicySet::load_layers(std::slice::from_ref(self.layer), &outside)?))
            }
        }
    }

    /// The rules that are of a pack and not of one that it extends.
    fn rules_of(&self, pack: &PackFiles) -> BTreeSet<String> {
        let mut rules = BTreeSet::new();
        for policy in self.loaded.values() {
            let name = policy.packs().iter().find(|known| known.origin == pack.origin).map(|known| &known.name);
            let own = policy.rules().iter().filter(|rule| Some(&rule.meta.pack) == name);
            rules.extend(own.map(|rule| rule.meta.id.clone()));
        }
        rules
    }

    /// Where what a case finds is otherwise than it expects.
    fn run(&mut self, case: &Case) -> Result<Vec<Mismatch>, Vec<Diagnostic>> {
        let evidence = pipeline::evidence_of_case(case.evidence.clone(), &case.complete)
            .map_err(|message| vec![Diagnostic::new(Code::BrokenCase, &*message).at(case.place_of(&message))])?;
        let policy = self.load(&case.parameters).map_err(|mistakes| {
            let of_case = |mistake: Diagnostic| match mistake.place {
                None => mistake.at(Place::file(case.place.file.clone())),
                Some(_) => mistake,
            };
            mistakes.into_iter().map(of_case).collect::<Vec<_>>()
        })?;
        let found = pipeline::judge_case(policy, evidence, &case.complete, &case.without);
        Ok(compare::compare(case, &found))
    }
}

/// Runs the verb.
pub fn run(args: &TestArgs, console: &Console) -> Exit {
    let mut out = String::new();
    let mut exit = Exit::Clean;
    let limits = said::limits_said(&args.limit);
    for place in &args.packs {
        let result = as_it_stands(place).and_then(|(pack, layer)| run_cases(&pack, &layer, &limits));
        match result {
            Ok(ran) => {
                describe(&mut out, &place.shown(), &ran);
                if !ran.broken.is_empty() {
                    let mistakes = ran.broken.into_iter().flat_map(|broken| broken.mistakes);
                    exit = console.refuse(&mistakes.collect::<Vec<_>>());
                } else if ran.result.failed() > 0 && exit == Exit::Clean {
                    exit = Exit::Found;
                }
            }
            Err(mistakes) => exit = console.refuse(&mistakes),
        }
    }
    match console.stdout(out.as_bytes()) {
        Ok(()) => exit,
        Err(exit) => exit,
    }
}

fn describe(out: &mut String, pack: &str, ran: &Ran) {
    let Ran { result, broken } = ran;
    let mut line = |text: &str| {
        out.push_str(&printable(text));
        out.push('\n');
    };
    line(pack);
    for case in &result.cases {
        line(&format!("  {} {}", if case.mismatches.is_empty() { "pass" } else { "FAIL" }, case.name));
        for mismatch in &case.mismatches {
            line(&format!("       {}: expected {}, found {}", mismatch.what, mismatch.expected, mismatch.found));
        }
    }
    for case in broken {
        line(&format!("  ERROR {}: can't be run", case.name));
    }
    let (total, failed) = (result.cases.len() + broken.len(), result.failed());
    let passed = result.cases.len() - failed;
    let not_run = if broken.is_empty() { String::new() } else { format!(", {} can't be run", broken.len()) };
    line(&format!("  {total} case{}: {passed} as expected, {failed} not{not_run}", if total == 1 { "" } else { "s" }));
    if !result.untested.is_empty() {
        line(&format!("  rules without a case: {}", result.untested.join(", ")));
    }
}
