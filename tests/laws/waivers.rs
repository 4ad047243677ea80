//! The laws of waivers: which are in force, what each lifts, and that nothing else changes.

use proptest::prelude::*;
use proptest::sample::Index;
use tollgate::evaluate::Subject;
use tollgate::evidence::{Completeness, Ecosystem, Evidence, EvidenceKind};
use tollgate::policy::{Approver, PathGlob, WAIVERS_RULE, WaiverTrouble};
use tollgate::report::{PolicyReport, ReportContext, VerdictReport};
use tollgate::verdict::{
    Action, Decision, JudgedViolation, JudgedWaiver, RuleVerdict, Scope, Verdict, Waiver, WaiverState,
};

use super::draw::config;
use super::generate::{DAY, day, scope, waiver, world};

/// Why a waiver is not in force, from docs/waivers.md alone.
fn out_of_force(waiver: &Waiver, evidence: &Evidence) -> Option<WaiverState> {
    if waiver.expires < DAY {
        return Some(WaiverState::Expired);
    }
    let lower = |login: &str| login.to_lowercase();
    let refused = Some(WaiverState::Refused);
    let Some(by) = waiver.approved_by.as_deref().map(lower) else { return refused };
    let Some(author) = evidence.change.author.as_deref().map(lower) else { return refused };
    if by == author || by == lower(&waiver.owner) {
        return refused;
    }
    let is_in = |members: &Vec<String>| members.iter().any(|member| lower(member) == by);
    let fits = |approver: &Approver| match approver {
        Approver::User(login) => lower(login) == by,
        Approver::Team(team) => evidence.teams.get(team).is_some_and(is_in),
        Approver::Any => evidence.teams.values().any(is_in),
        Approver::Owners => false,
    };
    if waiver.terms.by.iter().all(|list| list.iter().any(fits)) { None } else { refused }
}

/// Whether a scope is about a violation that is published at a path, from docs/waivers.md alone.
fn is_about(scope: &Scope, judged: &JudgedViolation, path: Option<&str>, evidence: &Evidence) -> bool {
    let subject = judged.violation.subject;
    let says = !scope.paths.is_empty()
        || [&scope.fingerprint, &scope.advisory, &scope.tool, &scope.finding_rule].iter().any(|key| key.is_some())
        || scope.package.is_some();
    let at = |index: u32| index as usize;
    let matches = |path: &str| scope.paths.iter().any(|glob| glob.matches(path));
    let lies_there = path.is_some_and(|path| {
        let moves = evidence.files.iter().filter_map(|file| Some([file.previous_path.as_deref()?, file.path.as_str()]));
        evidence.completeness(EvidenceKind::Files) == Completeness::Complete
            && matches(path)
            && moves.filter(|both| both.contains(&path)).flatten().all(matches)
    });
    let advisory = match subject {
        Subject::Advisory(index) => Some(&evidence.advisories[at(index)]),
        _ => None,
    };
    let package = match subject {
        Subject::Dependency(index) => evidence.dependencies.get(at(index)).map(|one| (&one.name, one.after.clone())),
        Subject::Licence(index) => evidence.licences.get(at(index)).map(|one| (&one.name, vec![one.version.clone()])),
        Subject::Advisory(index) => evidence.advisories.get(at(index)).map(|one| (&one.name, one.after.clone())),
        _ => None,
    };
    let finding = match subject {
        Subject::Finding(index) => evidence.findings.get(at(index)),
        _ => None,
    };
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    says && (scope.paths.is_empty() || lies_there)
        && scope.fingerprint.as_ref().is_none_or(|name| *name == judged.fingerprint)
        && scope.advisory.as_ref().is_none_or(|id| {
            advisory
                .is_some_and(|advisory| same(&advisory.id, id) || advisory.aliases.iter().any(|alias| same(alias, id)))
        })
        && scope.package.as_ref().is_none_or(|(ecosystem, name)| {
            package.is_some_and(|(own, versions)| {
                *ecosystem == Ecosystem::Npm
                    && own == name
                    && (scope.versions.is_empty() || versions.iter().all(|version| scope.versions.contains(version)))
            })
        })
        && scope.tool.as_ref().is_none_or(|tool| finding.is_some_and(|finding| same(finding.tool, tool)))
        && scope.finding_rule.as_ref().is_none_or(|rule| finding.is_some_and(|finding| finding.rule == rule))
}

/// Where each violation of each rule is published to lie.
fn places(verdict: &Verdict, evidence: &Evidence) -> Vec<Vec<Option<String>>> {
    let context = ReportContext {
        as_of: "2026-01-31T00:00:00Z".to_owned(),
        dry_run: false,
        policy: PolicyReport::default(),
        packs: &[],
        weakenings: Vec::new(),
        settings: Vec::new(),
        extra_sources: &[],
    };
    let report = VerdictReport::new(verdict, evidence, &context);
    let place = |violation: tollgate::report::ViolationReport| violation.location.map(|location| location.path);
    report.rules.into_iter().map(|rule| rule.violations.into_iter().map(place).collect()).collect()
}

/// The verdict without its list of waivers.
/// All but the waivers, and but what could be done, of which bringing one in force is a part.
fn rest(verdict: Verdict) -> Verdict {
    Verdict { waivers: Vec::new(), next: Vec::new(), ..verdict }
}

fn judged<'a>(verdict: &'a Verdict, waiver: &Waiver) -> &'a JudgedWaiver {
    verdict.waivers.iter().find(|judged| judged.waiver.id == waiver.id).unwrap()
}

/// Whether each violation is lifted, by rule and in order.
fn lifted(verdict: &Verdict) -> Vec<(&str, &JudgedViolation)> {
    verdict.rules.iter().flat_map(|rule| rule.violations.iter().map(|judged| (rule.id(), judged))).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_violation_is_lifted_by_what_is_in_force_and_about_it_and_by_nothing_else(world in world()) {
        let verdict = world.judge();
        let places = places(&verdict, &world.evidence);
        let all = world.all_waivers();
        let mut lifts: Vec<(&str, String)> = Vec::new();
        for (rule, places) in verdict.rules.iter().zip(&places) {
            for (judged, place) in rule.violations.iter().zip(places) {
                let fits = |waiver: &&Waiver| {
                    waiver.rule == rule.id() && rule.id() != WAIVERS_RULE
                        && out_of_force(waiver, &world.evidence).is_none()
                        && is_about(&waiver.scope, judged, place.as_deref(), &world.evidence)
                };
                let by: Vec<&str> = all.all().iter().filter(fits).map(|waiver| waiver.id.as_str()).collect();
                prop_assert_eq!(judged.waiver.as_deref(), by.first().copied(), "{:?}", judged);
                lifts.extend(by.into_iter().map(|id| (id, judged.fingerprint.clone())));
            }
        }
        prop_assert_eq!(verdict.waivers.len(), world.waivers.len());
        for judged in &verdict.waivers {
            let mut own: Vec<String> =
                lifts.iter().filter(|(id, _)| *id == judged.waiver.id).map(|(_, name)| name.clone()).collect();
            own.sort();
            prop_assert_eq!(&judged.lifts, &own);
        }
    }

    #[test]
    fn each_waiver_is_told_by_its_state_and_what_there_is_to_say_against_it(world in world()) {
        let verdict = world.judge();
        for JudgedWaiver { waiver, state, troubles, lifts, .. } in &verdict.waivers {
            // What waivers violate is judged after them: of that rule, none has been checked.
            let rule = verdict.rules.iter().find(|rule| rule.id() == waiver.rule && rule.id() != WAIVERS_RULE);
            let settled = rule.is_some_and(|rule| !rule.is_unsettled() && tollgate::verdict::ran(&rule.outcome));
            let files = world.evidence.completeness(EvidenceKind::Files) == Completeness::Complete;
            let known = settled && (waiver.scope.paths.is_empty() || files);
            let expected = out_of_force(waiver, &world.evidence).unwrap_or(match (lifts.is_empty(), known) {
                (false, _) => WaiverState::Applied,
                (true, true) => WaiverState::Unused,
                (true, false) => WaiverState::NotChecked,
            });
            prop_assert_eq!(*state, expected, "{:?}", waiver);
            let says = |trouble| troubles.contains(&trouble);
            prop_assert_eq!(says(WaiverTrouble::Expired), *state == WaiverState::Expired);
            prop_assert_eq!(says(WaiverTrouble::Refused), *state == WaiverState::Refused);
            prop_assert_eq!(says(WaiverTrouble::Unused), *state == WaiverState::Unused);
            prop_assert_eq!(says(WaiverTrouble::Broad), lifts.len() > 1);
            prop_assert_eq!(says(WaiverTrouble::Expiring), waiver.expires >= DAY && waiver.expires <= day(14));
            let from = waiver.created.unwrap_or(DAY).min(DAY);
            let over = |most: u32| from.checked_add(jiff::Span::new().days(i64::from(most))).unwrap() < waiver.expires;
            prop_assert_eq!(says(WaiverTrouble::OverLong), waiver.terms.max_days.is_some_and(over));
            prop_assert!(!says(WaiverTrouble::SelfApproved) || *state == WaiverState::Refused);
        }
    }

    #[test]
    fn an_expired_or_refused_waiver_changes_nothing_but_the_list(
        world in world(), extra in waiver(), how in 0..4_u8,
    ) {
        let mut extra = extra;
        match how {
            0 => extra.expires = day(-1),
            1 => extra.approved_by = None,
            2 => extra.approved_by = Some(extra.owner.to_uppercase()),
            _ => extra.approved_by = world.evidence.change.author.clone(),
        }
        let mut other = world.clone();
        other.waivers.push(extra.clone());
        let (before, now) = (world.judge(), other.judge());
        let listed = judged(&now, &extra);
        prop_assert!(listed.lifts.is_empty());
        prop_assert!(matches!(listed.state, WaiverState::Expired | WaiverState::Refused));
        if world.hygiene.is_none() {
            let still = |action: &Action| now.next.iter().any(|other| other.action == action.action);
            prop_assert!(before.next.iter().all(still), "what clears it without the waiver clears it beside it");
            prop_assert_eq!(rest(before), rest(now));
        } else {
            // What it violates itself is the rule's of waivers; no other rule ends in another way.
            let others = |verdict: &Verdict| -> Vec<_> {
                let all = verdict.rules.iter().filter(|rule| rule.id() != WAIVERS_RULE);
                all.map(|rule| (rule.outcome.clone(), rule.violations.clone())).collect()
            };
            prop_assert_eq!(others(&before), others(&now));
            prop_assert!(now.decision >= before.decision);
        }
    }

    /// Approvals of earlier heads are of what was asked for: a requirement of which a waiver takes a violation is another one.
    #[test]
    fn another_waiver_lifts_what_it_is_about_and_decides_nothing_else(world in world(), extra in waiver()) {
        let world = world.without_previous();
        let mut other = world.clone();
        other.waivers.push(extra.clone());
        let (before, now) = (world.judge(), other.judge());
        for ((rule, was), (_, is)) in lifted(&before).into_iter().filter(|(id, _)| *id != WAIVERS_RULE)
            .zip(lifted(&now).into_iter().filter(|(id, _)| *id != WAIVERS_RULE))
        {
            prop_assert_eq!((&was.violation, &was.fingerprint), (&is.violation, &is.fingerprint));
            let by_this = was.waiver.is_none() && is.waiver.as_ref() == Some(&extra.id) && rule == extra.rule;
            prop_assert!(was.waiver == is.waiver || by_this);
        }
        let by_id = |verdict: &Verdict| -> Vec<RuleVerdict> {
            verdict.rules.iter().filter(|rule| rule.id() != WAIVERS_RULE).cloned().collect()
        };
        for (was, is) in by_id(&before).iter().zip(&by_id(&now)) {
            prop_assert_eq!(&was.outcome, &is.outcome, "no assessment, no required approval, nothing that it said");
            prop_assert!(!(was.is_mandatory() && was.is_unsettled()) || is.decision >= Decision::Indeterminate);
        }
        let unsettled = |verdict: &Verdict| verdict.rules.iter().any(|rule| rule.is_mandatory() && rule.is_unsettled());
        prop_assert_eq!(unsettled(&before), unsettled(&now));
        let open = before.decision == Decision::Indeterminate || unsettled(&before) || !world.something_ran();
        prop_assert!(!open || now.decision >= Decision::Indeterminate, "{} to {}", before.decision, now.decision);
        if world.hygiene.is_none() {
            prop_assert!(now.decision <= before.decision && now.risk.overall <= before.risk.overall);
            for (was, is) in by_id(&before).iter().zip(&by_id(&now)) {
                prop_assert!(is.decision <= was.decision);
            }
        }
        // Approvals that a rule asks for by its own word are asked for still.
        for spec in world.specs.iter().filter(|spec| spec.mandatory()) {
            for asked in &spec.required {
                let is_it = |kept: &tollgate::verdict::Requirement| kept.is_of(&spec.meta.id) && kept.count == asked.count;
                prop_assert!(now.approvals.iter().any(is_it));
            }
        }
    }

    #[test]
    fn a_waiver_that_says_more_lifts_no_more(world in world(), at in any::<Index>(), more in scope()) {
        prop_assume!(!world.waivers.is_empty());
        let at = at.index(world.waivers.len());
        let mut narrower = world.clone();
        let Scope { paths, fingerprint, advisory, package, versions, tool, finding_rule } = &mut narrower.waivers[at].scope;
        // One that says nothing is about nothing.
        let says_something = !world.waivers[at].scope.is_empty();
        if paths.is_empty() {
            *paths = more.paths;
        }
        if package.is_none() {
            *package = more.package;
        }
        if versions.is_empty() {
            *versions = more.versions;
        }
        *fingerprint = fingerprint.take().or(more.fingerprint);
        *advisory = advisory.take().or(more.advisory);
        *tool = tool.take().or(more.tool);
        *finding_rule = finding_rule.take().or(more.finding_rule);
        let (before, now) = (world.judge(), narrower.judge());
        let (wide, narrow) = (judged(&before, &world.waivers[at]), judged(&now, &world.waivers[at]));
        prop_assert!(!says_something || narrow.lifts.iter().all(|name| wide.lifts.contains(name)));
    }

    #[test]
    fn what_waivers_violate_never_improves_and_no_waiver_lifts_it(world in world(), mut extra in waiver()) {
        extra.rule = WAIVERS_RULE.to_owned();
        extra.scope = Scope { paths: vec![PathGlob::parse("**").unwrap()], ..Scope::default() };
        let mut world = world;
        let told = world.judge();
        extra.scope.fingerprint = told.rules.iter().find(|rule| rule.id() == WAIVERS_RULE)
            .and_then(|rule| rule.violations.first()).map(|judged| judged.fingerprint.clone());
        if extra.scope.fingerprint.is_some() {
            extra.scope.paths.clear();
        }
        world.waivers.push(extra);
        let with = world.judge();
        for rule in with.rules.iter().filter(|rule| rule.id() == WAIVERS_RULE) {
            prop_assert!(rule.violations.iter().all(|judged| judged.waiver.is_none()));
        }
        let without = world.clone().without_hygiene().judge();
        prop_assert!(with.decision >= without.decision);
        let ran = world.something_ran();
        prop_assert!(ran || with.decision >= Decision::Indeterminate, "that waivers are in order shows nothing");
    }
}
