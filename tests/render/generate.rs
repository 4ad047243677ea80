//! Verdicts at random, full of text that is up to no good.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use tollgate::evaluate::Outcome;
use tollgate::evidence::{Completeness, EvidenceKind, FileKind, FileStatus, Severity, Word};
use tollgate::policy::{Enforcement, Risk};
use tollgate::report::*;
use tollgate::verdict::Decision;

use crate::reports;

const HOSTILE: &[&str] = &[
    "[a](https://evil.example)",
    "![a](x)",
    "<script>",
    "<!--",
    "</details>",
    "@admin",
    "#12",
    "::error::x",
    "##vso[a]",
    "##[b]",
    "`",
    "```\n",
    "|",
    "\\",
    "**",
    "\n# h\n",
    "- [x] ",
    "\n\n",
    "\r",
    "\t",
    "    ",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{200b}",
    "\u{10ffff}",
    "\u{e0041}",
    "plain words here",
    "src/a.rs",
    "$x$",
    "::",
    ":",
    " ",
];

pub(crate) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => select(HOSTILE).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from), 2 => "[a-z ]{0,9}"];
    prop_oneof![29 => vec(piece.clone(), 0..5).prop_map(|pieces| pieces.concat()), 1 => vec(piece, 150..200).prop_map(|pieces| pieces.concat())]
}

fn word<W: Word + std::fmt::Debug>() -> impl Strategy<Value = W> {
    select(W::ALL)
}

fn violation() -> impl Strategy<Value = ViolationReport> {
    let place = option::of((text(), option::of(0_u32..99)));
    (text(), place, word::<Risk>(), option::of(text()), vec(text(), 0..3), "[0-9a-f]{32}", option::of(text())).prop_map(
        |(message, place, risk, remedy, approvers, fingerprint, waiver)| ViolationReport {
            message,
            subject: SubjectReport::Change {},
            location: place.map(|(path, line)| LocationReport { path, line }),
            risk,
            remedy,
            approvers,
            fingerprint,
            waiver,
        },
    )
}

fn diagnostic() -> impl Strategy<Value = DiagnosticReport> {
    let related = (text(), text(), option::of(1_u32..9)).prop_map(|(message, file, line)| RelatedReport {
        message,
        file,
        line,
        column: line,
    });
    (text(), option::of(text()), option::of(1_u32..9), option::of(text()), vec(related, 0..3)).prop_map(
        |(message, file, line, help, related)| {
            let code = "script-error".into();
            DiagnosticReport { code, message, file, line, column: line, help, related }
        },
    )
}

fn rule() -> impl Strategy<Value = RuleReport> {
    let words = (word::<Enforcement>(), word::<Outcome>(), word::<Decision>(), word::<Risk>(), any::<bool>());
    let texts = (text(), text(), text(), option::of(text()), vec(text(), 0..4));
    let violations = prop_oneof![3 => vec(violation(), 0..4), 1 => vec(violation(), 10..25)];
    (words, texts, violations, option::of(diagnostic()), option::of("(https://a\\.example/|x)[ -~]{0,8}")).prop_map(
        |(
            (enforcement, outcome, decision, risk, incomplete),
            (title, category, reason, remedy, lists),
            violations,
            diagnostic,
            docs,
        )| {
            RuleReport {
                decision,
                risk,
                incomplete,
                violations,
                notes: lists.clone(),
                controls: lists,
                diagnostic,
                remedy,
                docs,
                ..reports::rule("", &title, &category, enforcement, outcome, &reason)
            }
        },
    )
}

fn source() -> impl Strategy<Value = SourceReport> {
    (
        word::<EvidenceKind>(),
        word::<Completeness>(),
        option::of(text()),
        option::of(text()),
        option::of(text()),
        0_u64..3,
    )
        .prop_map(|(kind, completeness, reason, tool, path, items)| SourceReport {
            reason,
            items,
            problem_count: items,
            problems: vec![ProblemReport { at: "/runs/0".into(), message: tool.clone().unwrap_or_default() }],
            ..reports::source(kind, completeness, tool.as_deref(), path.as_deref())
        })
}

fn findings() -> impl Strategy<Value = FindingsSummary> {
    let item = (text(), text(), option::of(text()), word::<Severity>(), word::<Comparison>()).prop_map(
        |(tool, message, path, severity, compared)| FindingItem {
            rule: tool.clone(),
            tool,
            severity,
            message,
            path,
            line: Some(3),
            on_changed_line: true,
            introduced: compared.introduced(),
            compared,
            fingerprint: "f".into(),
        },
    );
    (vec(item, 0..14), 0_u64..3).prop_map(|(items, omitted)| FindingsSummary {
        total: items.len() as u64 + omitted,
        by_tool: items.iter().map(|item| reports::count(&item.tool, 1)).collect(),
        compared: ComparedCounts { gone: omitted, moved: omitted, ..ComparedCounts::default() },
        items,
        omitted,
        ..FindingsSummary::default()
    })
}

fn files() -> impl Strategy<Value = FilesSummary> {
    vec((text(), option::of(text())), 0..20).prop_map(|paths| FilesSummary {
        total: paths.len() as u64,
        items: paths
            .into_iter()
            .map(|(path, previous_path)| FileItem {
                path,
                previous_path,
                status: FileStatus::Renamed,
                kind: FileKind::Source,
                added: None,
                removed: None,
            })
            .collect(),
        ..FilesSummary::default()
    })
}

pub(crate) fn report() -> impl Strategy<Value = VerdictReport> {
    let head = (word::<Decision>(), any::<bool>(), option::of(text()), option::of(text()), vec((text(), text()), 0..4));
    let lists = (
        vec((text(), option::of(text()), vec(text(), 0..8)), 0..6),
        vec((text(), word::<ClaimResult>(), text()), 0..6),
    );
    (head, vec(rule(), 0..5), vec(source(), 0..8), findings(), files(), lists).prop_map(
        |((decision, dry_run, reason, title, weakenings), mut rules, sources, findings, files, (actions, said))| {
            for (index, rule) in rules.iter_mut().enumerate() {
                rule.id = format!("rule-{index}");
            }
            let mut report = reports::new_dependency();
            report.decision = decision;
            report.dry_run = dry_run;
            report.override_ = reason.map(|reason| reports::overriding(&reason, (!dry_run).then_some(reason.as_str())));
            report.subject.title.clone_from(&title);
            report.subject.author = title;
            report.weakenings = weakenings.into_iter().map(|(what, by)| WeakeningReport { what, by }).collect();
            report.risk.categories.iter_mut().zip(&rules).for_each(|(category, rule)| {
                category.category.clone_from(&rule.category);
                category.rules = vec![rule.id.clone()];
            });
            report.rules = rules;
            report.sources = sources;
            report.findings = findings;
            report.files = files;
            let action = |(action, who, rules): (String, Option<String>, Vec<String>)| ActionReport {
                kind: ActionKind::Fix,
                alone: rules.clone(),
                action,
                who,
                rules,
                with: vec![],
            };
            report.next = actions.into_iter().map(action).collect();
            let note = |text: &String| NoteReport { rule: "r".into(), text: text.clone() };
            report.recommendations = said.iter().map(|(text, _, _)| note(text)).collect();
            report.follow_ups = report.recommendations.clone();
            report.claims = said
                .into_iter()
                .map(|(text, result, because)| {
                    let path = (result != ClaimResult::Supported).then(|| because.clone());
                    ClaimReport { path, line: 1, text, result, because, judgements: Vec::new() }
                })
                .collect();
            report
        },
    )
}
