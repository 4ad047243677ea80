//! The laws of layers, over generated packs, reviews and waivers: order inside of a layer changes nothing, and a later layer
//! only tightens, but for what an earlier one declares tunable.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tollgate::diagnostic::{Code, Diagnostic};
use tollgate::evaluate::{Options, evaluate};
use tollgate::evidence::{Completeness, Evidence, EvidenceKind, FileChange, FileKind, FileStatus, Source};
use tollgate::policy::{Limits, PackFiles, PathGlob, PolicySet};
use tollgate::report::{PolicyReport, ReportContext, VerdictReport};
use tollgate::verdict::{
    Approving, Decision, Grounds, Reason, Scope, Verdict, Waiver, WaiverState, Waivers, decide_on,
};

use super::draw::config;
use super::generate::approval;

const RULES: [&str; 4] = ["a", "b", "c", "d"];
const PLACES: [&str; 4] = ["src/a.rs", "src/b.rs", "docs/x.md", "libs/y/z.rs"];

/// One rule, as its file has it.
#[derive(Debug, Clone)]
struct RuleSpec {
    enforcement: &'static str,
    risk: &'static str,
    needs: &'static str,
    body: &'static str,
    own_limit: Option<i64>,
    effective_on: Option<&'static str>,
}

/// `[rules.<id>]` of a pack.
#[derive(Debug, Clone)]
struct TableSpec {
    enforcement: Option<&'static str>,
    approvers: Option<&'static str>,
    limit: Option<i64>,
    effective_on: Option<&'static str>,
    tunable: Option<Vec<&'static str>>,
}

#[derive(Debug, Clone)]
struct PackSpec {
    rules: BTreeMap<&'static str, RuleSpec>,
    tables: BTreeMap<&'static str, TableSpec>,
    limit: Option<i64>,
    tunable_limit: bool,
    set: Option<i64>,
    scope: Option<&'static str>,
    threshold: Option<(&'static str, bool)>,
    expect: bool,
    max_calls: Option<u64>,
    fallback: Option<&'static str>,
    /// Whose approval makes a waiver valid.
    waivers_by: Option<&'static str>,
}

const ENFORCEMENTS: [&str; 3] = ["advisory", "soft-mandatory", "hard-mandatory"];
const DAYS: [&str; 2] = ["2026-06-01", "2027-01-01"];
/// Objects to more the lower the limit is, asks for approval, does not apply, errs, reads what may be incomplete.
const BODIES: [&str; 9] = [
    "",
    "violation(change, \"no\")",
    "if change.files.count() > params.limit { violation(change, \"many\") }",
    "for f in change.files { if params.limit < 3 { violation(f, f.path).approvers([\"user:own\"]) } }",
    "for f in change.files { violation(f, f.path) }",
    "require_approval(change, [\"team:asked\"], 1, \"so\")",
    "not_applicable(\"by its own word\")",
    "let x = []; x[1];",
    "assess(\"injection\", if params.limit < 2 { \"high\" } else { \"low\" }, \"so\")",
];

fn rule() -> impl Strategy<Value = RuleSpec> {
    let words = (select(&ENFORCEMENTS[..]), select(&["low", "high"][..]), select(&["\"files\"", "\"tests\""][..]));
    (words, select(&BODIES[..]), option::weighted(0.2, 0..5_i64), option::weighted(0.2, select(&DAYS[..]))).prop_map(
        |((enforcement, risk, needs), body, own_limit, effective_on)| RuleSpec {
            enforcement,
            risk,
            needs,
            body,
            own_limit,
            effective_on,
        },
    )
}

fn table() -> impl Strategy<Value = TableSpec> {
    let approvers = option::weighted(0.3, select(&["team:x", "any", "owners"][..]));
    let tunable = option::weighted(0.2, vec(select(&ENFORCEMENTS[..]), 0..2));
    let day = option::weighted(0.15, select(&DAYS[..]));
    (option::weighted(0.4, select(&ENFORCEMENTS[..])), approvers, option::weighted(0.3, 0..5_i64), day, tunable)
        .prop_map(|(enforcement, approvers, limit, effective_on, tunable)| TableSpec {
            enforcement,
            approvers,
            limit,
            effective_on,
            tunable,
        })
}

/// A pack whose rules are of some ids, and whose tables are about others, too.
fn pack_spec(own: &'static [&'static str], about: &'static [&'static str]) -> impl Strategy<Value = PackSpec> {
    let threshold = option::weighted(0.3, (select(&["low", "high"][..]), any::<bool>()));
    let scope = option::weighted(0.2, select(&["src/**", "libs/**"][..]));
    let rest = (option::weighted(0.3, 0..5_i64), scope, threshold, prop::bool::weighted(0.1));
    let calls = option::weighted(0.1, select(&[8_u64, 32][..]));
    let people = option::weighted(0.15, select(&["user:own", "team:x"][..]));
    let last = (calls, people.clone(), people);
    let declared = (option::weighted(0.5, 0..5_i64), any::<bool>());
    (btree_map(select(own), rule(), 0..3), btree_map(select(about), table(), 0..2), declared, rest, last).prop_map(
        |(
            rules,
            tables,
            (limit, tunable_limit),
            (set, scope, threshold, expect),
            (max_calls, fallback, waivers_by),
        )| PackSpec {
            // A rule that reads a parameter has to have one.
            limit: if rules.is_empty() { limit } else { Some(limit.unwrap_or(3)) },
            rules,
            tables,
            tunable_limit,
            set,
            scope,
            threshold,
            expect,
            max_calls,
            fallback,
            waivers_by,
        },
    )
}

impl PackSpec {
    fn files(&self, name: &str) -> PackFiles {
        let mut toml = format!("name = \"{name}\"\nversion = \"1\"\ndescription = \"d\"\n");
        let mut say = |text: String| {
            toml.push_str(&text);
            toml.push('\n');
        };
        if let Some(limit) = self.limit {
            say(format!("[parameters.limit]\ntype = \"integer\"\ndefault = {limit}\nstricter = \"lower\""));
            if self.tunable_limit {
                say("tunable = { from = 1, to = 4 }".to_owned());
            }
        }
        for (id, table) in &self.tables {
            say(format!("[rules.{id}]"));
            table.enforcement.iter().for_each(|word| say(format!("enforcement = \"{word}\"")));
            table.approvers.iter().for_each(|who| say(format!("approvers = [\"{who}\"]")));
            table.limit.iter().for_each(|limit| say(format!("parameters = {{ limit = {limit} }}")));
            table.effective_on.iter().for_each(|day| say(format!("effective_on = {day}")));
            table.tunable.iter().for_each(|words| say(format!("tunable = {{ enforcement = {words:?} }}")));
        }
        self.set.iter().for_each(|limit| say(format!("[set]\nlimit = {limit}")));
        self.scope.iter().for_each(|glob| say(format!("[scope]\npaths = [\"{glob}\"]")));
        if let Some((risk, rejects)) = self.threshold {
            let what = if rejects { "decision = \"rejected\"" } else { "approvals = [{ from = [\"team:risk\"] }]" };
            say(format!("[risk.{risk}]\n{what}"));
        }
        if self.expect {
            say("[evidence.tests]\nexpect = [\"runner\"]".to_owned());
        }
        self.max_calls.iter().for_each(|calls| say(format!("[limits]\ncall_depth = {calls}")));
        self.fallback.iter().for_each(|who| say(format!("[approvals]\nfallback = [\"{who}\"]")));
        self.waivers_by.iter().for_each(|who| say(format!("[waivers]\nby = [\"{who}\"]")));
        let mut files = BTreeMap::from([("pack.toml".to_owned(), toml.into_bytes())]);
        for (id, rule) in &self.rules {
            let own = rule.own_limit.map_or_else(String::new, |limit| format!(", parameters: #{{ limit: {limit} }}"));
            let day = rule.effective_on.map_or_else(String::new, |day| format!(", effective_on: \"{day}\""));
            let text = format!(
                "const RULE = #{{ title: \"t\", category: \"process\", enforcement: \"{}\", risk: \"{}\", needs: [{}], approvers: [\"team:own\"]{own}{day} }};\nfn check(change, params) {{ {} }}\n",
                rule.enforcement, rule.risk, rule.needs, rule.body
            );
            files.insert(format!("rules/{id}.rhai"), text.into_bytes());
        }
        PackFiles { origin: format!("packs/{name}"), files }
    }
}

/// What is judged: evidence with its reviews, and waivers by rule, glob and who approved them.
#[derive(Debug, Clone)]
struct Situation {
    evidence: Evidence,
    waivers: Vec<(&'static str, &'static str, &'static str)>,
}

/// Everybody whom a pack may ask, each in one team.
const PEOPLE: [(&str, &str); 4] = [("own", "olga"), ("risk", "rita"), ("asked", "asa"), ("x", "xeno")];
const HEAD: &str = "1111111111111111111111111111111111111111";

fn situation() -> impl Strategy<Value = Situation> {
    let source = |kind| {
        select(&[Completeness::Complete, Completeness::Complete, Completeness::Missing][..]).prop_map(move |state| {
            match state {
                Completeness::Complete => Source::complete(kind),
                state => Source::incomplete(kind, state, "so"),
            }
        })
    };
    let files = subsequence(&PLACES[..], 0..=PLACES.len());
    let approved = subsequence(&["olga", "rita", "asa", "xeno", "own", "author"][..], 0..=6);
    let waiver = (select(&RULES[..]), select(&["src/**", "**", "docs/*"][..]), select(&["xeno", "own", "author"][..]));
    let sources = (source(EvidenceKind::Files), source(EvidenceKind::Tests), prop::bool::weighted(0.85));
    (files, approved, vec(waiver, 0..3), sources).prop_map(|(paths, approved, waivers, (files, tests, reviews))| {
        let file = |path: &&str| FileChange::at(*path, FileStatus::Modified, FileKind::Source);
        let mut sources =
            vec![files, tests, Source::complete(EvidenceKind::Teams), Source::complete(EvidenceKind::Owners)];
        sources.extend(reviews.then(|| Source::complete(EvidenceKind::Reviews)));
        let mut evidence = Evidence {
            files: paths.iter().map(file).collect(),
            reviews: approved.iter().map(|login| approval(login, HEAD)).collect(),
            teams: PEOPLE.map(|(team, login)| (team.to_owned(), vec![login.to_owned()])).into(),
            sources,
            ..Evidence::default()
        };
        evidence.change.author = Some("author".to_owned());
        evidence.change.head = Some(HEAD.to_owned());
        evidence.sort();
        Situation { evidence, waivers }
    })
}

const AS_OF: &str = "2026-09-01T00:00:00Z";

fn load(layers: &[Vec<PackFiles>], parameters: &[(String, String)]) -> Result<PolicySet, Vec<Diagnostic>> {
    PolicySet::load(layers, parameters)
}

/// The verdict of a policy, with the terms and fallbacks that its packs say.
fn judge(policy: &PolicySet, Situation { evidence, waivers }: &Situation) -> Verdict {
    let options = Options { without: Vec::new(), as_of: AS_OF.parse().ok(), ageless: false };
    let outcomes = evaluate(policy, &Arc::new(evidence.clone()), &options);
    let terms = policy.waiver_terms();
    let waiver = |(index, (rule, glob, by)): (usize, &(&str, &str, &str))| {
        let known = policy.rules().iter().find(|known| known.meta.id == *rule)?;
        let drafted = Waivers::of_fingerprints([((*rule).to_owned(), String::new(), format!("W-{index}"))]);
        Some(Waiver {
            scope: Scope { paths: vec![PathGlob::parse(glob).ok()?], ..Scope::default() },
            approved_by: Some((*by).to_owned()),
            terms: terms.get(&known.meta.pack).cloned()?,
            ..drafted.all().first()?.clone()
        })
    };
    let waivers = waivers.iter().enumerate().filter_map(waiver).collect();
    let waivers = Waivers::new(waivers, jiff::civil::date(2026, 9, 1), policy.waivers_rule());
    let packs = policy.packs().iter().filter(|pack| !pack.fallback.is_empty());
    let fallbacks = packs.map(|pack| (pack.name.clone(), pack.fallback.clone())).collect();
    let approving = Approving { fallbacks, ..Approving::default() };
    decide_on(
        outcomes,
        &Grounds { thresholds: policy.thresholds(), evidence, waivers: &waivers, approving: &approving, absent: &[] },
    )
}

fn bytes(policy: &PolicySet, verdict: &Verdict, evidence: &Evidence) -> Vec<u8> {
    let context = ReportContext {
        as_of: AS_OF.to_owned(),
        dry_run: false,
        policy: PolicyReport::from(policy),
        packs: policy.packs(),
        weakenings: Vec::new(),
        settings: Vec::new(),
        extra_sources: &[],
    };
    serde_json::to_vec(&VerdictReport::new(verdict, evidence, &context)).unwrap()
}

fn told(result: &Result<PolicySet, Vec<Diagnostic>>) -> Vec<String> {
    result.as_ref().err().into_iter().flatten().map(ToString::to_string).collect()
}

/// Without what would let a later layer relax anything.
fn fixed(mut pack: PackSpec) -> PackSpec {
    pack.tunable_limit = false;
    pack.tables.values_mut().for_each(|table| table.tunable = None);
    pack
}

fn first() -> impl Strategy<Value = (PackSpec, PackSpec)> {
    (pack_spec(&["a", "b"], &["a", "b"]), pack_spec(&["c"], &["a", "c"])).prop_map(|(mut one, mut two)| {
        let known: Vec<&str> = one.rules.keys().chain(two.rules.keys()).copied().collect();
        one.tables.retain(|id, _| known.contains(id));
        two.tables.retain(|id, _| known.contains(id));
        (one, two)
    })
}

/// A pack that sets what others have.
fn settings() -> impl Strategy<Value = PackSpec> {
    pack_spec(&["d"], &["a", "b", "c"]).prop_map(|pack| PackSpec { rules: BTreeMap::new(), ..pack })
}

/// Whether a decision rests on nothing but that no rule ran: then any further rule is the first to show something.
fn nothing_ran(verdict: &Verdict) -> bool {
    verdict.reasons == [Reason::NoRuleRan]
}

/// The laws say nothing where the earlier layers by themselves don't load.
fn base(first: &(PackSpec, PackSpec)) -> Option<(Vec<PackFiles>, PolicySet)> {
    let packs = vec![first.0.files("one"), first.1.files("two")];
    let policy = load(std::slice::from_ref(&packs), &[]).ok()?;
    Some((packs, policy))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn packs_of_a_layer_in_another_order_or_loaded_again_change_no_byte(
        first in first(), third in pack_spec(&["d"], &RULES), later in option::of(settings()), situation in situation(),
        order in select(&[[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [1, 0, 2]][..]), rendered in prop::bool::weighted(0.1),
    ) {
        let one = [first.0.files("one"), first.1.files("two"), third.files("three")];
        let load = |order: [usize; 3]| {
            let mut layers = vec![order.map(|index| one[index].clone()).to_vec()];
            layers.extend(later.as_ref().map(|later| vec![later.files("later")]));
            load(&layers, &[])
        };
        let (known, other) = (load([0, 1, 2]), load(order));
        prop_assert_eq!(told(&known), told(&other));
        if let (Ok(known), Ok(other)) = (&known, &other) {
            prop_assert_eq!(known.sha256(), other.sha256());
            let (before, after) = (judge(known, &situation), judge(other, &situation));
            prop_assert_eq!(&before, &after);
            // Equal verdicts are rendered by the same code: some of them do.
            if rendered {
                prop_assert_eq!(bytes(known, &before, &situation.evidence), bytes(other, &after, &situation.evidence));
            }
        }
    }

    #[test]
    fn where_nothing_is_tunable_a_later_layer_never_improves_the_decision(
        first in first().prop_map(|(one, two)| (fixed(one), fixed(two))),
        later in pack_spec(&["d"], &RULES),
        param in option::weighted(0.3, 0..5_i64),
        situation in situation(),
    ) {
        // A lowered limit ends a rule earlier: see the law on limits.
        let later = PackSpec { max_calls: None, ..later };
        let Some((packs, alone)) = base(&first) else { return Ok(()) };
        let parameters: Vec<(String, String)> =
            param.iter().map(|limit| ("limit".to_owned(), limit.to_string())).collect();
        match load(&[packs, vec![later.files("later")]], &parameters) {
            Ok(both) => {
                let before = judge(&alone, &situation);
                if !nothing_ran(&before) {
                    let after = judge(&both, &situation);
                    prop_assert!(after.decision >= before.decision, "{} to {}", before.decision, after.decision);
                }
                for rule in alone.rules() {
                    let other = both.rules().iter().find(|other| other.meta.id == rule.meta.id).unwrap();
                    prop_assert!(other.meta.enforcement >= rule.meta.enforcement);
                    prop_assert!(other.meta.effective_on <= rule.meta.effective_on);
                    prop_assert_eq!(&other.meta.approvers, &rule.meta.approvers);
                    prop_assert_eq!(&other.meta.scope, &rule.meta.scope);
                }
            }
            Err(mistakes) => {
                for mistake in mistakes.iter().filter(|mistake| mistake.code == Code::WeakensLayer) {
                    let place = mistake.place.as_ref().unwrap();
                    prop_assert!(place.file.starts_with("packs/later/") && place.line > 0, "{}", mistake);
                    let earlier = |related: &tollgate::diagnostic::Related| {
                        (related.place.file.starts_with("packs/one/") || related.place.file.starts_with("packs/two/"))
                            && related.place.line > 0
                    };
                    prop_assert!(!mistake.related.is_empty() && mistake.related.iter().all(earlier), "{}", mistake);
                }
            }
        }
    }

    #[test]
    fn what_is_tunable_is_left_only_for_what_is_tunable(first in first(), later in settings()) {
        let Some((packs, alone)) = base(&first) else { return Ok(()) };
        let Ok(both) = load(&[packs, vec![later.files("later")]], &[]) else { return Ok(()) };
        for rule in alone.rules() {
            let other = both.rules().iter().find(|other| other.meta.id == rule.meta.id).unwrap();
            let lowered = other.meta.enforcement < rule.meta.enforcement;
            let tables = [&first.0, &first.1].into_iter().filter_map(|pack| pack.tables.get(rule.meta.id.as_str()));
            let word = other.meta.enforcement.to_string();
            let tunable = tables.filter_map(|table| table.tunable.as_ref()).any(|words| words.contains(&word.as_str()));
            prop_assert!(!lowered || tunable, "{} was lowered to {}", rule.meta.id, word);
            let value = |policy: &PolicySet| policy.rules().iter().find(|known| known.meta.id == rule.meta.id)
                .and_then(|rule| rule.meta.parameters.first().and_then(|known| known.value.as_i64()));
            if let (Some(before), Some(after)) = (value(&alone), value(&both)) {
                let tunable = if rule.meta.pack == "one" { first.0.tunable_limit } else { first.1.tunable_limit };
                prop_assert!(after <= before || (tunable && (1..=4).contains(&after)), "{} to {}", before, after);
            }
        }
    }

    #[test]
    fn a_limit_that_a_later_layer_lowers_lets_nothing_pass(
        first in first().prop_map(|(one, two)| (fixed(one), fixed(two))), operations in 1..400_u64, situation in situation()
    ) {
        let Some((packs, alone)) = base(&first) else { return Ok(()) };
        let later = format!("name = \"later\"\nversion = \"1\"\ndescription = \"d\"\n[limits]\noperations = {operations}\n");
        let files = BTreeMap::from([("pack.toml".to_owned(), later.into_bytes())]);
        let both = load(&[packs, vec![PackFiles { origin: "packs/later".to_owned(), files }]], &[]).unwrap();
        let (before, after) = (judge(&alone, &situation).decision, judge(&both, &situation).decision);
        prop_assert!(after >= before.min(Decision::Indeterminate), "{} to {}", before, after);
        prop_assert!(both.limits().iter().all(|limit| limit.value <= Limits::default().operations || limit.name != "operations"));
    }

    /// Of rules without a scope, whose word it is that a part of the change is not theirs.
    #[test]
    fn without_a_source_that_a_mandatory_rule_needs_nothing_is_approved(
        first in first(), situation in situation(), kind in select(&[EvidenceKind::Files, EvidenceKind::Tests][..]),
        what in select(&[Completeness::Missing, Completeness::Stale, Completeness::Failed, Completeness::Truncated][..]),
    ) {
        let Some((_, policy)) = base(&first) else { return Ok(()) };
        let mut less = situation;
        less.evidence.sources.retain(|source| source.kind != kind);
        if what != Completeness::Missing {
            less.evidence.sources.push(Source::incomplete(kind, what, "so"));
        }
        let verdict = judge(&policy, &less);
        let asks = |rule: &&tollgate::verdict::RuleVerdict| {
            let meta = &rule.outcome.rule;
            rule.is_mandatory() && meta.scope.is_none() && meta.needs.contains(&kind)
        };
        if let Some(rule) = verdict.rules.iter().find(asks) {
            prop_assert!(verdict.decision >= Decision::Indeterminate, "{} is {}", rule.id(), rule.decision);
        }
    }
}

#[test]
fn the_generated_layers_are_refused_and_taken_and_decide_in_every_way() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut taken, mut refused, mut decisions) = (0, 0, std::collections::BTreeSet::new());
    let (mut given, mut applied) = (false, false);
    for _ in 0..300 {
        let first = first().new_tree(&mut runner).unwrap().current();
        let later = pack_spec(&["d"], &RULES).new_tree(&mut runner).unwrap().current();
        let situation = situation().new_tree(&mut runner).unwrap().current();
        let Some((packs, _)) = base(&first) else { continue };
        match load(&[packs, vec![later.files("later")]], &[]) {
            Ok(both) => {
                taken += 1;
                let verdict = judge(&both, &situation);
                given |= verdict.approvals.iter().any(|asked| !asked.given.is_empty());
                applied |= verdict.waivers.iter().any(|judged| judged.state == WaiverState::Applied);
                decisions.insert(verdict.decision);
            }
            Err(mistakes) => refused += usize::from(mistakes.iter().any(|mistake| mistake.code == Code::WeakensLayer)),
        }
    }
    assert!(given, "no approval counted");
    assert!(applied, "no waiver applied");
    assert!(taken > 8 && refused > 3 && decisions.len() == 4, "{taken} taken, {refused} refused, {decisions:?}");
}
