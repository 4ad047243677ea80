//! A verdict with something in every list.

use serde_json::{Value, json};
use tollgate::report::VerdictReport;

fn violation(subject: &Value) -> Value {
    json!({
        "message": "`x` is not allowed", "subject": subject, "location": {"path": "src/a.py", "line": null}, "risk": "high",
        "remedy": null, "approvers": ["team:security"], "fingerprint": "00", "waiver": "W-12"
    })
}

fn rule() -> Value {
    let subjects = [
        json!({"kind": "finding", "tool": "t", "rule": "r", "severity": "high", "fingerprint": "00"}),
        json!({"kind": "file", "path": "a", "previous_path": null, "status": "modified"}),
        json!({"kind": "dependency", "purl": "pkg:npm/a@1", "change": "added", "before": [], "after": ["1"], "manifest": "m"}),
        json!({"kind": "capability", "capability": "network", "path": "a", "line": 3}),
        json!({"kind": "claim", "text": "no new dependencies", "line": 4}),
        json!({"kind": "change"}),
    ];
    json!({
        "id": "no-x", "pack": "acme", "layer": 0, "title": "No x", "category": "vulnerabilities",
        "enforcement": "hard-mandatory", "risk": "high", "set_by": {"enforcement": {"by": "acme", "layer": 0}}, "scope": ["src/**"],
        "approvers": [{"from": ["team:security"], "set_by": {"by": "team", "layer": 1}}], "parameters": {"limit": 3},
        "pending": {"effective_on": "2027-01-01", "days": 39, "enforcement": "hard-mandatory"},
        "outcome": "violated", "incomplete": true, "decision": "rejected", "reason": "6 violations",
        "violations": subjects.iter().map(violation).collect::<Vec<_>>(), "notes": ["n"],
        "evidence": ["findings", "files"],
        "diagnostic": {"code": "script-error", "message": "m", "file": "f", "line": 1, "column": null, "help": null},
        "remedy": "take it out", "docs": null, "controls": ["NIST-SSDF:PW.7.2"]
    })
}

/// The verdict, by way of its own reader.
pub(crate) fn report() -> VerdictReport {
    serde_json::from_value(json!({
        "schema": "tollgate/verdict/v1",
        "engine": {"name": "tollgate", "version": "0.1.0"},
        "subject": {"repository": "acme/shop", "base": null, "merge_base": null, "head": "0f", "author": "mona", "title": "t", "branch": null},
        "as_of": "2026-01-31T00:00:00Z",
        "decision": "rejected",
        "reasons": [], "dry_run": false,
        "override": null,
        "risk": {"overall": "high", "undecided": 0, "advisory": null, "categories": [
            {"category": "vulnerabilities", "risk": "high", "undecided": 0, "advisory": "low", "rules": ["no-x"],
             "assessments": [{"rule": "no-x", "risk": "high", "because": "b", "advisory": false}]}
        ]},
        "rules": [rule()],
        "approvals": {"required": [{
            "from": ["team:security"], "count": 1, "because": ["no-x"], "fingerprint": "00",
            "given": [{"by": "hubot", "commit": null}], "outstanding": 0, "unsatisfiable": null
        }], "satisfied": true},
        "next": [{"kind": "fix", "action": "take it out", "who": null, "rules": ["no-x"], "alone": ["no-x"], "with": []}],
        "findings": {
            "total": 1, "introduced": {"yes": 1, "no": 0, "unknown": 0},
            "compared": {"new": 1, "unchanged": 0, "moved": 0, "unknown": 0, "gone": 2}, "on_changed_lines": 1, "unmapped": 0, "suppressed": 0,
            "by_severity": [{"severity": "high", "total": 1, "introduced": 1, "on_changed_lines": 1}],
            "by_tool": [{"name": "t", "count": 1}],
            "items": [{"tool": "t", "rule": "r", "severity": "high", "message": "m", "path": null, "line": null,
                       "on_changed_line": true, "introduced": "yes", "compared": "new", "fingerprint": "00"}],
            "omitted": 0
        },
        "files": {
            "total": 1, "added": 3, "removed": 1, "uncounted": 0, "by_status": [{"name": "modified", "count": 1}], "by_kind": [],
            "items": [{"path": "a", "previous_path": null, "status": "modified", "kind": "source", "added": 3, "removed": null}],
            "omitted": 0
        },
        "dependencies": {
            "total": 1, "by_change": [{"name": "added", "count": 1}],
            "items": [{"ecosystem": "npm", "name": "a", "purl": "pkg:npm/a@1", "change": "added", "before": [], "after": ["1"],
                       "jump": null, "directness": "direct", "scope": "runtime",
                       "sources": [{"kind": "registry", "host": "registry.npmjs.org", "location": null}], "manifest": "m",
                       "pin": "content", "integrity": "present", "deprecated": null, "signs": ["repointed"],
                       "advisories": [{"id": "GHSA-1", "kind": "vulnerability", "severity": null, "presence": "introduced",
                                       "fixed_in": ["2"], "excused": true,
                                       "vex": [{"status": "not_affected", "by": "acme", "source": "vex.json"}]}],
                       "advisories_omitted": 0,
                       "licences": [{"version": "1", "expression": "MIT", "stated": null, "before": ["ISC"]}]}],
            "omitted": 0,
            "advisories": {
                "introduced": {"total": 1, "excused": 1, "by_severity": [{"name": "unknown", "count": 1}]},
                "carried_over": {"total": 1, "excused": 0, "by_severity": [{"name": "high", "count": 1}]},
                "fixed": {"total": 0, "excused": 0, "by_severity": []},
                "untouched": [{"ecosystem": "npm", "name": "b", "manifest": null,
                               "advisory": {"id": "GHSA-2", "kind": "malware", "severity": "high", "presence": "carried-over",
                                            "fixed_in": [], "excused": false, "vex": []}}],
                "untouched_omitted": 0
            },
            "licences": {"total": 1, "unknown": 0, "changed": 1, "by_expression": [{"name": "MIT", "count": 1}]}
        },
        "tests": {
            "total": 1, "passed": 0, "failed": 1, "skipped": 0, "flaky": 0,
            "items": [{"suite": "s", "class": null, "name": "n", "status": "failed", "attempts": 1, "path": "a", "line": 3,
                       "message": "m"}],
            "omitted": 0
        },
        "coverage": {
            "files": 1, "covered": 1, "missed": 1, "unmeasured": 0,
            "items": [{"path": "a", "covered": 1, "missed": ["3"]}], "omitted": 0
        },
        "reviews": {
            "total": 1, "items": [{"reviewer": "mona", "bot": false, "state": "approved", "commit": null, "at_head": null}],
            "omitted": 0
        },
        "claims": [{"path": null, "line": 4, "text": "no new dependencies", "result": "contradicted", "because": "b (no-x)",
                    "judgements": [{"rule": "no-x", "result": "contradicted", "counts": true, "because": "b"}]}],
        "threats": [{"rule": "no-x", "threat": "t", "category": "network", "likelihood": "low", "impact": "critical", "risk": "high",
                     "mitigation": null, "residual": null}],
        "controls": {"NIST-SSDF:PW.7.2": ["no-x"]},
        "recommendations": [{"rule": "no-x", "text": "t"}],
        "follow_ups": [{"rule": "no-x", "text": "t"}],
        "waivers": [{"id": "W-12", "state": "applied", "why": null, "rule": "no-x", "scope": ["paths a/**"], "owner": "team:x", "reason": "r",
                     "approved_by": "ann", "ticket": null, "created": null, "expires": "2027-03-31", "days_left": 7,
                     "troubles": ["expiring"], "lifts": ["00"], "at": "waivers.toml:1"}],
        "weakenings": [{"what": "w", "by": "--dry-run"}],
        "head_policy": null,
        "sources": [{"kind": "findings", "completeness": "complete", "reason": null, "path": "a.sarif", "sha256": null, "tool": "t",
                     "tool_version": null, "commit": null, "items": 1, "set_aside": 0,
                     "problems": [{"at": "/runs/0", "message": "m"}], "problem_count": 1}],
        "policy": {
            "sha256": "00",
            "parameters": [{"pack": "acme", "name": "severity", "value": "high", "set_by": {"by": "--param", "layer": null}}],
            "thresholds": [{"risk": "high", "rejects": true, "approvals": [{"from": ["any"], "count": 2}],
                            "set_by": {"by": "acme", "layer": 0}}],
            "limits": [{"name": "operations", "value": 1, "default": 2, "set_by": {"by": "acme", "layer": 0}}]
        },
        "packs": [{"name": "acme", "version": "1.4.0", "layer": 0, "sha256": "00", "origin": "builtin"}],
        "settings": [{"setting": "format", "value": "json", "from": "default"}]
    }))
    .unwrap()
}
