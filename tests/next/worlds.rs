//! Everything that can keep a change from approved, each by itself; all of them can be put together.

use tollgate::evidence::{
    BaselineState, CheckStatus, Claim, ClaimKind, Comparison, Completeness, DependencyChange, Ecosystem, EvidenceKind,
    FindingKind, FindingRow, FindingsBuilder, Level, ReviewState, Severity, SeverityFrom, Source, Suppression,
    TestCase,
};
use tollgate::policy::PathGlob;
use tollgate::verdict::{Scope, Waiver};

use super::world::World;

const HARD: &str = "enforcement: \"hard-mandatory\", risk: \"low\"";

fn soft(approvers: &str) -> String {
    format!("enforcement: \"soft-mandatory\", risk: \"low\", approvers: [{approvers}]")
}

/// Objects to all files of a folder that the rule is named after.
fn objects(folder: &str) -> String {
    format!("for f in change.files.under(\"{folder}/**\") {{ violation(f, `${{f.path}} is here`); }}")
}

fn objecting(world: &mut World, id: &str, manifest: &str, more: &str) {
    world.rule(id, manifest, more, &objects(id));
    world.file(&format!("{id}/one"), &[]);
}

fn needing(world: &mut World, id: &str, manifest: &str, kinds: &[EvidenceKind]) {
    let needs: Vec<String> = kinds.iter().map(|kind| format!("\"{kind}\"")).collect();
    world.rule(id, manifest, &format!("{HARD}, needs: [{}]", needs.join(", ")), "note(\"looked\");");
}

fn bad(kind: EvidenceKind, completeness: Completeness, tool: Option<&str>, path: Option<&str>) -> Source {
    Source {
        tool: tool.map(str::to_owned),
        path: path.map(str::to_owned),
        ..Source::incomplete(kind, completeness, "so it is")
    }
}

fn waiver(rule: &str, expires: &str, approved_by: Option<&str>) -> Waiver {
    let paths = vec![PathGlob::parse("**").unwrap()];
    Waiver {
        id: format!("W-{rule}"),
        rule: rule.to_owned(),
        scope: Scope { paths, ..Scope::default() },
        owner: "team:payments".to_owned(),
        reason: "why".to_owned(),
        approved_by: approved_by.map(str::to_owned),
        ticket: None,
        created: None,
        expires: expires.parse().unwrap(),
        at: "waivers.toml:1".to_owned(),
        terms: std::sync::Arc::default(),
    }
}

fn finding() -> tollgate::evidence::Findings {
    let mut findings = FindingsBuilder::default();
    let rule = findings.rule("scanner", None, "R1", None, &[]);
    findings.push(&FindingRow {
        rule,
        kind: FindingKind::Fail,
        level: Level::Error,
        severity: Severity::High,
        severity_from: SeverityFrom::Level,
        score: None,
        message: "message",
        path: Some("README.md"),
        unmapped: None,
        line: 1,
        end_line: 1,
        column: 0,
        cwe: &[],
        fingerprint: 7,
        suppression: Suppression::No,
        baseline_state: BaselineState::Unstated,
        package: None,
        on_changed_line: true,
        compared: Comparison::Unknown,
    });
    findings.finish()
}

/// What it is, and what brings it about.
pub(crate) type Named = (&'static str, fn(&mut World));

/// Each with a name.
pub(crate) const ALL: &[Named] = &[
    ("a violation of a hard rule", |world| objecting(world, "hard", "", HARD)),
    ("several violations of one rule, each with a remedy", |world| {
        objecting(world, "several", "", &format!("{HARD}, remedy: \"take it out\""));
        world.file("several/two", &[]);
        world.file("several/three", &[]);
    }),
    ("a violation of the change as a whole", |world| {
        world.evidence.change.labels = vec!["blocked".to_owned()];
        let body = "if \"blocked\" in change.labels { violation(change, \"it is blocked\"); }";
        world.rule("labels", "", &format!("{HARD}, needs: [\"change\"]"), body);
    }),
    ("a finding", |world| {
        world.evidence.findings = finding();
        let body = "for f in change.findings { violation(f, f.message); }";
        world.rule("finding", "", &format!("{HARD}, needs: [\"findings\"]"), body);
    }),
    ("a package", |world| {
        world.evidence.dependencies.push(DependencyChange::at(Ecosystem::Npm, "left-pad", "pkg:npm/left-pad@1"));
        let body = "for p in change.dependencies { violation(p, p.name); }";
        world.rule("package", "", &format!("{HARD}, needs: [\"dependencies\"]"), body);
    }),
    ("a failed test, and a claim", |world| {
        world.evidence.tests.push(TestCase {
            suite: "s".to_owned(),
            class: None,
            name: "n".to_owned(),
            status: CheckStatus::Failed,
            attempts: 1,
            path: None,
            line: 0,
            message: None,
        });
        world.evidence.claims.push(Claim {
            path: None,
            line: 1,
            kind: ClaimKind::Sentence,
            text: "all is well".to_owned(),
            label: None,
            section: Vec::new(),
            ticked: None,
            numbers: Vec::new(),
        });
        let body =
            "for t in change.tests.failed() { violation(t, t.name); } for c in change.claims { violation(c, c.text); }";
        world.rule("test", "", &format!("{}, needs: [\"tests\", \"claims\"]", soft("\"user:rita\"")), body);
    }),
    ("changes are asked for", |world| {
        world.review("rob", ReviewState::ChangesRequested);
        let body = "for r in change.reviews.changes_requested() { violation(r, `${r.reviewer} asks for changes`); }";
        world.rule("requested", "", &format!("{HARD}, needs: [\"reviews\"]"), body);
    }),
    ("a violation that a team approves", |world| objecting(world, "team", "", &soft("\"team:security\""))),
    ("a violation that a user or a team approves", |world| {
        objecting(world, "either", "", &soft("\"user:rita\", \"team:leads\""));
    }),
    ("a violation that owners approve", |world| {
        world.rule("owned", "", &soft("\"owners\""), &objects("owned"));
        world.file("owned/one", &["@olga"]);
        world.file("owned/two", &["@org/security"]);
    }),
    ("an owner whose login nothing tells", |world| {
        world.rule("mail", "", &soft("\"owners\""), &objects("mail"));
        world.file("mail/one", &["somebody@example.org"]);
    }),
    ("a file without an owner", |world| objecting(world, "unowned", "", &soft("\"owners\""))),
    ("approvals that a rule asks for", |world| {
        let body = "require_approval(change, \"any\", 2, \"so\"); require_approval(change, \"user:rita\", 1, \"so\");";
        world.rule("asking", "", HARD, body);
    }),
    ("one approval of two is given", |world| {
        world.review("lea", ReviewState::Approved);
        world.rule("second", "", HARD, "require_approval(change, \"team:leads\", 2, \"so\");");
    }),
    ("only the author could approve", |world| objecting(world, "alone", "", &soft("\"team:sole\""))),
    ("too few could approve", |world| {
        world.rule("few", "", HARD, "require_approval(change, \"team:security\", 3, \"so\");");
    }),
    ("only the author could, and others are asked instead", |world| {
        let manifest = "[approvals]\nfallback = [\"team:leads\"]\n";
        objecting(world, "instead", manifest, &soft("\"team:sole\""));
    }),
    ("nor can those who are asked instead", |world| {
        objecting(world, "neither", "[approvals]\nfallback = [\"team:empty\"]\n", &soft("\"team:sole\""));
    }),
    ("a risk that is assessed and rejected", |world| {
        let body = "if change.files.under(\"net/**\").any() { assess(\"network\", \"critical\", \"it listens\"); }";
        world.rule("assessing", "[risk.critical]\ndecision = \"rejected\"\n", HARD, body);
        world.file("net/port", &[]);
    }),
    ("a risk of violations that is rejected whoever approves", |world| {
        let more = "enforcement: \"soft-mandatory\", risk: \"critical\", approvers: [\"team:leads\"]";
        objecting(world, "risky", "[risk.critical]\ndecision = \"rejected\"\n", more);
    }),
    ("a risk that has to be approved", |world| {
        let body = "assess(\"network\", \"medium\", \"it listens\");";
        let manifest = "[risk.medium]\napprovals = [{ from = [\"team:leads\"], count = 2 }]\n";
        world.rule("medium", manifest, HARD, body);
    }),
    ("a policy that rejects every change", |world| {
        world.rule("never", "[risk.none]\ndecision = \"rejected\"\n", HARD, "note(\"looked\");");
    }),
    ("nothing was supplied", |world| {
        world.lacks(EvidenceKind::Findings);
        needing(world, "lacking", "", &[EvidenceKind::Findings]);
    }),
    ("an expected tool did not speak", |world| {
        needing(world, "expecting", "[evidence.findings]\nexpect = [\"CodeQL\"]\n", &[EvidenceKind::Findings]);
    }),
    ("two expected tools did not speak", |world| {
        needing(world, "both", "[evidence.tests]\nexpect = [\"unit\", \"system\"]\n", &[EvidenceKind::Tests]);
    }),
    ("an expected tool did not speak, and what may lack does", |world| {
        world.lacks(EvidenceKind::Coverage);
        let more = format!("{HARD}, needs: [\"claims\"], optional: [\"coverage\"]");
        let body = "note(`${change.coverage.count()}`);";
        world.rule("optional", "[evidence.claims]\nexpect = [\"notes\"]\n", &more, body);
    }),
    ("sources that are no good", |world| {
        world.has(bad(EvidenceKind::Baseline, Completeness::Failed, Some("semgrep"), Some("base.sarif")));
        world.has(bad(EvidenceKind::Baseline, Completeness::Stale, Some("gitleaks"), None));
        world.has(bad(EvidenceKind::Capabilities, Completeness::Truncated, None, Some("tree")));
        world.has(bad(EvidenceKind::Licences, Completeness::NotExpected, None, None));
        let kinds = [EvidenceKind::Baseline, EvidenceKind::Capabilities, EvidenceKind::Licences];
        needing(world, "poor", "", &kinds);
        needing(world, "poor-too", "", &kinds[..1]);
    }),
    ("a source that is too old", |world| {
        world.has(Source {
            tool: Some("osv".to_owned()),
            made: Some("2025-06-01T00:00:00Z".to_owned()),
            ..Source::complete(EvidenceKind::Advisories)
        });
        needing(world, "old", "[evidence.advisories]\nmax_age_days = 7\n", &[EvidenceKind::Advisories]);
    }),
    ("a violation of a soft rule on incomplete evidence", |world| {
        world.has(bad(EvidenceKind::Tests, Completeness::Failed, None, Some("junit.xml")));
        let more = format!("{}, needs: [\"files\", \"tests\"]", soft("\"team:leads\""));
        objecting(world, "unsure", "", &more);
    }),
    ("a rule that erred", |world| {
        world.rule("erring", "", HARD, "let all = [1, 2]; note(`${all[change.files.count() + 5]}`);");
        world.mended("erring", HARD, "note(\"looked\");");
    }),
    ("a rule that erred after it objected", |world| {
        let broken = format!("{} let all = [1, 2]; note(`${{all[change.files.count() + 5]}}`);", objects("late"));
        world.rule("late", "", HARD, &broken);
        world.mended("late", HARD, &objects("late"));
        world.file("late/one", &[]);
    }),
    ("a limit that a pack lowered", |world| {
        let body = "let n = 0; while n < 2000 { n += 1; } note(`${n}`);";
        world.rule("limited", "[limits]\noperations = 3000\n", HARD, body);
    }),
    ("no rule", |_| {}),
    ("rules that were excused", |world| {
        world.lacks(EvidenceKind::Tests);
        world.without.push(EvidenceKind::Tests);
        needing(world, "excused", "[evidence.tests]\nmay_lack = true\n", &[EvidenceKind::Tests]);
    }),
    ("only an advisory rule, and that erred", |world| {
        let more = "enforcement: \"advisory\", risk: \"low\"";
        world.rule("advising", "", more, "let all = [1, 2]; note(`${all[change.files.count() + 5]}`);");
        world.mended("advising", more, "note(\"looked\");");
    }),
    ("nobody says who proposed it", |world| {
        world.evidence.change.author = None;
        objecting(world, "author", "", &soft("\"team:security\""));
    }),
    ("nobody says which commit it is", |world| {
        world.evidence.change.head = None;
        objecting(world, "head", "", &soft("\"team:security\""));
    }),
    ("no reviews", |world| {
        world.lacks(EvidenceKind::Reviews);
        objecting(world, "reviews", "", &soft("\"team:security\""));
    }),
    ("no teams", |world| {
        world.lacks(EvidenceKind::Teams);
        world.evidence.teams.remove("leads");
        objecting(world, "teams", "", &soft("\"team:leads\""));
    }),
    ("no owners", |world| {
        world.lacks(EvidenceKind::Owners);
        world.rule("owners", "", &soft("\"owners\""), &objects("owners"));
        world.file("owners/one", &["@olga"]);
    }),
    ("a waiver that is over", |world| {
        objecting(world, "waived", "", HARD);
        world.waivers.push(waiver("waived", "2026-01-01", Some("sam")));
    }),
    ("a waiver that nobody who may has approved", |world| {
        objecting(world, "refused", "[waivers]\nby = [\"team:security\"]\n", &soft("\"team:leads\""));
        world.waivers.push(waiver("refused", "2026-06-01", Some("eve")));
    }),
    ("a waiver that is itself a violation", |world| {
        let manifest = "[waivers]\nviolations = [\"expired\"]\nenforcement = \"hard-mandatory\"\n";
        world.rule("hygiene", manifest, HARD, &objects("hygiene"));
        world.waivers.push(waiver("hygiene", "2026-01-01", Some("sam")));
    }),
];
