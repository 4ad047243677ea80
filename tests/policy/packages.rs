//! What rules ask of packages, licences and advisories: each question has its answer, and what nobody tells counts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use tollgate::evaluate::{Options, Outcome, Subject, evaluate};
use tollgate::evidence::{Evidence, EvidenceKind, Source};
use tollgate::report::read_evidence;

use crate::{load, rule};

/// Two packages: `held` is held to its content, `loose` to nothing; both have licences and advisories.
fn evidence(kinds: &[&str]) -> Arc<Evidence> {
    let sources: Vec<_> =
        kinds.iter().map(|kind| serde_json::json!({"kind": kind, "completeness": "complete"})).collect();
    let package = |name: &str, more: serde_json::Value| {
        let mut package = serde_json::json!({"ecosystem": "npm", "name": name, "purl": format!("pkg:npm/{name}@2.0.0"),
            "manifest": format!("{name}/package-lock.json")});
        package.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        package
    };
    let advisory = |name: &str, id: &str, presence: &str, more: serde_json::Value| {
        let before: &[&str] = if presence == "introduced" { &[] } else { &["1.0.0"] };
        let after: &[&str] = if presence == "fixed" { &[] } else { &["2.0.0"] };
        let mut advisory = package(name, more);
        let fields = serde_json::json!({"id": id, "presence": presence, "before": before, "after": after});
        advisory.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        advisory
    };
    let vex = serde_json::json!([{"status": "not_affected", "justification": "component_not_present", "author": "acme", "source": "vex.json"}]);
    let document = serde_json::json!({
        "schema": "tollgate/evidence/v1",
        "change": {},
        "dependencies": {"items": [
            package("held", serde_json::json!({"change": "upgraded", "before": ["1.0.0"], "after": ["2.0.0"], "jump": "major",
                "pin": "content", "integrity": "present", "stated_by": ["lockfile", "sbom"],
                "disagreements": [{"by": "sbom", "source": "bom.json", "before": ["1.0.0"], "after": ["2.1.0"]}]})),
            package("loose", serde_json::json!({"change": "added", "after": ["2.0.0"], "pin": "floating", "stated_by": ["dependency-review"],
                "similar_to": ["lose"], "other_sources": [{"kind": "git", "host": "example.org", "location": "https://example.org/a"}]})),
            package("untold", serde_json::json!({"change": "removed", "before": ["1.0.0"]})),
        ]},
        "licences": {"items": [
            package("held", serde_json::json!({"version": "2.0.0", "expression": "MIT OR GPL-3.0-only", "before": ["ISC"], "by": "lockfile"})),
            package("loose", serde_json::json!({"version": "2.0.0", "stated": "see LICENSE"})),
        ]},
        "advisories": {"items": [
            advisory("held", "GHSA-1", "introduced", serde_json::json!({"severity": "high", "severity_from": "cvss-v3", "aliases": ["CVE-1"], "vex": vex})),
            advisory("held", "GHSA-2", "fixed", serde_json::json!({"severity": "low"})),
            advisory("loose", "GHSA-3", "introduced", serde_json::json!({"kind": "malware"})),
            advisory("other", "GHSA-4", "carried-over", serde_json::json!({"severity": "medium", "fixed_in": ["3.0.0"]})),
        ]},
        "sources": sources
    });
    Arc::new(read_evidence(document.to_string().as_bytes()).unwrap())
}

const ALL: &[&str] = &["dependencies", "licences", "advisories", "files", "findings"];

#[track_caller]
fn holds(check: &str) {
    let text = rule(&format!("if !({check}) {{ violation(change, \"no\"); }}"));
    let set = load(&[("rules/r.rhai", &text)]).unwrap_or_else(|mistakes| panic!("{check}: {mistakes:?}"));
    let outcome = evaluate(&set, &evidence(ALL), &Options::default()).remove(0);
    assert_eq!(outcome.outcome, Outcome::Satisfied, "{check}: {}", outcome.reason);
}

#[test]
fn every_question_has_its_answer() {
    for check in [
        "change.dependencies.pin([\"content\", \"version\"]).count() == 1",
        "change.dependencies.pin_looser_than(\"content\").count() == 2",
        "change.dependencies.pin_looser_than(\"unknown\").count() == 1",
        "change.dependencies.unpinned().count() == 1",
        "change.dependencies.integrity(\"present\").count() == 1",
        "change.dependencies.stated_by([\"sbom\", \"dependency-review\"]).count() == 2",
        "change.dependencies.disputed().name(\"held\").count() == 1",
        "change.dependencies.lookalikes().from_second_source().name(\"loose\").count() == 1",
        "change.licences.known().count() == 1 && change.licences.unknown().name(\"loose\").count() == 1",
        "change.licences.allowed(\"MIT\").count() == 1 && change.licences.allowed([\"GPL-3.0-only\"]).count() == 1",
        "change.licences.not_allowed([\"MIT\"]).name(\"loose\").count() == 1",
        "change.licences.not_allowed([\"ISC\"]).count() == 2 && change.licences.allowed([[], 1][0]).is_empty()",
        "change.licences.changed().name(\"held\").count() == 1",
        "change.licences.under(\"held/**\").count() == 1 && change.licences.not_under(\"held/**\").count() == 1",
        "change.licences.stated_by(\"lockfile\").count() == 1 && change.licences.stated_by(\"sbom\").is_empty()",
        "change.licences.group_by(\"expression\").len() == 2",
        "change.advisories.introduced().count() == 2 && change.advisories.fixed().id(\"GHSA-2\").count() == 1",
        "change.advisories.id([\"cve-1\", \"GHSA-9\"]).count() == 1",
        "change.advisories.carried_over().fixable().count() == 1 && change.advisories.fixable().count() == 1",
        "change.advisories.severity([\"high\", \"unknown\"]).count() == 2",
        "change.advisories.severity_at_least(\"critical\").kind(\"malware\").count() == 1",
        "change.advisories.severity_at_least(\"medium\").count() == 3",
        "change.advisories.excused().count() == 1 && change.advisories.not_excused().count() == 3",
        "change.advisories.presence([\"introduced\", \"fixed\"]).count() == 3",
        "change.advisories.in_changed_packages().count() == 3",
        "change.advisories.ecosystem(\"npm\").under(\"other/**\").count() == 1",
        "change.advisories.group_by(\"severity\")[\"unknown\"].count() == 1",
    ] {
        holds(check);
    }
}

#[test]
fn every_property_says_what_it_should() {
    for (item, check) in [
        (
            "change.dependencies.name(\"held\")",
            "i.pin == \"content\" && i.integrity == \"present\" && \"sbom\" in i.stated_by",
        ),
        ("change.dependencies.name(\"held\")", "i.stated_by.join(\", \") == \"lockfile, sbom\""),
        ("change.dependencies.name(\"held\")", "i.disputes == [\"sbom in bom.json: 1.0.0 before, 2.1.0 after\"]"),
        ("change.dependencies.name(\"held\")", "i.advisories.count() == 2 && i.licences.known().count() == 1"),
        (
            "change.dependencies.name(\"loose\")",
            "i.advisories.kind(\"malware\").count() == 1 && i.similar_to == [\"lose\"]",
        ),
        (
            "change.dependencies.name(\"loose\")",
            "i.other_sources == [\"git https://example.org/a\"] && i.sources.is_empty()",
        ),
        (
            "change.dependencies.name(\"untold\")",
            "i.pin == \"unknown\" && i.pin > \"floating\" && i.advisories.is_empty()",
        ),
        ("change.licences.name(\"held\")", "i.expression == \"MIT OR GPL-3.0-only\" && i.stated == i.expression"),
        (
            "change.licences.name(\"held\")",
            "i.before == [\"ISC\"] && \"lockfile\" in i.stated_by && i.version == \"2.0.0\"",
        ),
        (
            "change.licences.name(\"loose\")",
            "i.expression == \"\" && i.stated == \"see LICENSE\" && i.stated_by.is_empty()",
        ),
        (
            "change.advisories.id(\"GHSA-1\")",
            "i.severity == \"high\" && i.severity >= \"medium\" && i.excused && \"cvss-v3\" in i.severity_from",
        ),
        (
            "change.advisories.id(\"GHSA-1\")",
            "i.vex == [\"not_affected (component_not_present), says acme in vex.json\"]",
        ),
        (
            "change.advisories.id(\"GHSA-3\")",
            "i.severity == \"unknown\" && i.severity > \"critical\" && i.kind == \"malware\"",
        ),
        ("change.advisories.id(\"GHSA-2\")", "i.presence == \"fixed\" && i.version == \"1.0.0\" && i.after.is_empty()"),
    ] {
        holds(&format!("{{ let ok = {item}.count() == 1; for i in {item} {{ ok = ok && ({check}); }} ok }}"));
    }
}

#[test]
fn violations_name_licences_and_advisories() {
    let text = rule(
        "for l in change.licences { violation(l, l.name); } for a in change.advisories.fixed() { violation(a, a.id); }",
    );
    let set = load(&[("rules/r.rhai", &text)]).unwrap();
    let outcome = evaluate(&set, &evidence(ALL), &Options::default()).remove(0);
    let subjects: Vec<Subject> = outcome.violations.iter().map(|violation| violation.subject).collect();
    assert_eq!(subjects, [Subject::Licence(0), Subject::Licence(1), Subject::Advisory(1)]);
}

#[test]
fn whoever_asks_has_asked_for_the_kind() {
    for (check, kind) in [
        ("let _n = change.licences.count();", EvidenceKind::Licences),
        ("let _n = change.advisories.count();", EvidenceKind::Advisories),
        ("let _n = change.advisories.in_changed_packages();", EvidenceKind::Dependencies),
        ("for d in change.dependencies { let _n = d.licences.count(); }", EvidenceKind::Licences),
        ("for d in change.dependencies { let _n = d.advisories.count(); }", EvidenceKind::Advisories),
    ] {
        let set = load(&[("rules/r.rhai", &rule(check))]).unwrap();
        let mut lacking = Evidence::clone(&evidence(ALL));
        lacking.sources.retain(|source| source.kind != kind);
        let asked = |evidence: Evidence| evaluate(&set, &Arc::new(evidence), &Options::default()).remove(0);
        assert_eq!(asked(lacking.clone()).outcome, Outcome::Undecided, "{check}");
        lacking.sources.push(Source::complete(kind));
        assert_eq!(asked(lacking).outcome, Outcome::Satisfied, "{check}");
    }
}

#[test]
fn severities_of_findings_and_of_advisories_are_one_scale_and_risk_is_another() {
    let outcome = |check: &str| {
        let set = load(&[("rules/r.rhai", &rule(check))]).unwrap();
        evaluate(&set, &evidence(ALL), &Options::default()).remove(0).outcome
    };
    let toml = format!(
        "{}[parameters.from]\ntype = \"severity\"\ndefault = \"medium\"\n[parameters.risk]\ntype = \"risk\"\ndefault = \"medium\"\n",
        crate::PACK
    );
    let with = |check: &str| {
        let set = load(&[("rules/r.rhai", &rule(check)), ("pack.toml", &toml)]).unwrap();
        evaluate(&set, &evidence(ALL), &Options::default()).remove(0).outcome
    };
    assert_eq!(
        with("for a in change.advisories.severity_at_least(params.from) { violation(a, a.id); }"),
        Outcome::Violated
    );
    assert_eq!(
        with("for a in change.advisories { if a.severity >= params.from { violation(a, a.id); } }"),
        Outcome::Violated
    );
    assert_eq!(
        with("for a in change.advisories { if a.severity >= hide(params.risk) { note(a.id); } }"),
        Outcome::Errored
    );
    assert_eq!(
        outcome("for a in change.advisories { hide(change.findings.severity_at_least(a.severity)); }"),
        Outcome::Errored
    );
}
