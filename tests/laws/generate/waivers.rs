//! Generated waivers: every key of a scope, around the day that is judged, with and without authority.

use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use tollgate::evidence::Ecosystem;
use tollgate::policy::{Approver, Enforcement, PathGlob, RuleMeta, WAIVERS_RULE, WaiverTerms, WaiverTrouble};
use tollgate::verdict::{Scope, Waiver};

use super::super::draw::{Draw, Drawn, drawn};
use super::rules::make_spec;

/// The day that is judged.
pub(crate) const DAY: Date = jiff::civil::date(2026, 1, 31);

/// A scope with this fingerprint is about some violation that there is: see `World`.
pub(super) const SOME: &str = "some violation";

static GLOBS: LazyLock<Vec<PathGlob>> = LazyLock::new(|| {
    let globs =
        ["src/**", "**", "src/0.rs", "src/1.rs", "src/{1,old}.rs", "src/a.rs", "*.json", "CHANGES.md", "docs/**"];
    globs.map(|glob| PathGlob::parse(glob).unwrap()).to_vec()
});

/// A waiver of one of the rules of a world, or of another.
pub(crate) fn waiver() -> Drawn<Waiver> {
    drawn(40, make_waiver)
}

pub(crate) fn scope() -> Drawn<Scope> {
    drawn(24, make_scope)
}

pub(super) fn make_waiver(draw: &mut Draw<'_>) -> Waiver {
    let rule = draw.text(&["rule-0", "rule-0", "rule-1", "rule-1", "rule-2", "rule-3", "new", WAIVERS_RULE]);
    let scope = make_scope(draw);
    let (owner, approved_by) = match draw.below(10) {
        0..6 => ("owner", Some("approver")),
        6 => ("Owner", draw.pick(&[Some("owner"), None])),
        7 => ("owner", draw.pick(&[Some("author"), Some("Author")])),
        8 => ("team:a", Some("ann")),
        _ => ("owner", draw.pick(&[Some("u"), Some("U"), Some("eve")])),
    };
    let days = draw.pick(&[40, 40, 15, 14, 1, 0, -1, -2, 400]);
    Waiver {
        id: "W-new".to_owned(),
        rule,
        scope,
        owner: owner.to_owned(),
        reason: "reason".to_owned(),
        approved_by: approved_by.map(str::to_owned),
        ticket: None,
        created: draw.maybe(30, |draw| day(draw.pick(&[-30, -1, 0, 5]))),
        expires: day(days),
        at: "waivers.toml:1".to_owned(),
        terms: Arc::new(terms(draw)),
    }
}

/// So many days after the one that is judged.
pub(crate) fn day(after: i64) -> Date {
    DAY.checked_add(jiff::Span::new().days(after)).unwrap()
}

/// What a pack asks of waivers of its rules; nothing in most cases.
fn terms(draw: &mut Draw<'_>) -> WaiverTerms {
    if draw.chance(50) {
        return WaiverTerms::default();
    }
    let mut violations = draw.list(0, 3, |draw| draw.word::<WaiverTrouble>());
    violations.sort();
    violations.dedup();
    let team = |name: &str| Approver::Team(name.to_owned());
    let approver = Approver::User("Approver".to_owned());
    let by = [vec![approver.clone(), team("a")], vec![team("a")], vec![Approver::Any], vec![approver, team("empty")]];
    WaiverTerms {
        by: if draw.chance(50) { draw.list(1, 3, |draw| draw.pick(&by)) } else { Vec::new() },
        max_days: draw.maybe(40, |draw| draw.pick(&[10, 90])),
        violations,
        ..WaiverTerms::default()
    }
}

/// One key in most cases; none in few.
fn make_scope(draw: &mut Draw<'_>) -> Scope {
    let mut scope = Scope::default();
    for _ in 0..draw.pick(&[1, 1, 1, 2, 2, 3, 0]) {
        match draw.below(12) {
            0..4 => scope.paths.push(draw.pick(&GLOBS)),
            4 => scope.fingerprint = Some(if draw.chance(90) { SOME.to_owned() } else { "0".repeat(32) }),
            5..7 => {
                scope.advisory =
                    Some(draw.text(&["GHSA-0000-0000-0001", "ghsa-0000-0000-0000", "cve-2026-0001", "none"]))
            }
            7..9 => {
                let ecosystem = draw.pick(&[Ecosystem::Npm, Ecosystem::Npm, Ecosystem::Npm, Ecosystem::Pypi]);
                scope.package = Some((ecosystem, draw.text(&["package-1", "package-0", "package-2"])));
                scope.versions = draw.list(0, 3, |draw| draw.text(&["2.0.0", "1.0.0", "0.0.0"]));
            }
            9 => scope.tool = Some(draw.text(&["scanner", "SCANNER", "Other Scanner", "none"])),
            _ => scope.finding_rule = Some(draw.text(&["R1", "R2", "none"])),
        }
    }
    scope
}

/// The rule that waivers can violate.
pub(super) fn hygiene(draw: &mut Draw<'_>) -> Arc<RuleMeta> {
    let mut meta = make_spec(draw).meta;
    meta.id = WAIVERS_RULE.to_owned();
    meta.pack = "acme".to_owned();
    meta.category = "process".to_owned();
    if meta.enforcement == Enforcement::SoftMandatory {
        meta.approvers = vec![Approver::Team("a".to_owned())];
    }
    Arc::new(meta)
}
