//! Risk and evidence in short: one line each, and every source that is not complete.

use super::screen::Screen;
use super::{entries, name, text};
use crate::render::packages;
use crate::render::words::{self, Looked};
use crate::report::{ClaimResult, Completeness, DependencyChangeKind, EvidenceKind};
use crate::report::{DependencyItem, ReviewItem, SourceReport, TestItem, VerdictReport};

/// Overall, then the categories that were assessed.
pub(super) fn risk(screen: &mut Screen, report: &VerdictReport) {
    let risk = &report.risk;
    screen.head(&format!("Risk: {}", words::risk(risk.overall, risk.undecided)));
    let lines: Vec<String> = risk
        .categories
        .iter()
        .filter(|category| category.risk.is_some() || category.undecided > 0)
        .map(|category| format!("- {}: {}", text(&category.category), words::risk(category.risk, category.undecided)))
        .collect();
    entries(screen, 2, &lines, "area");
    let untold = risk.categories.iter().filter(|category| category.risk.is_none() && category.undecided == 0).count();
    if untold > 0 {
        screen.text(2, &format!("not assessed: {}", words::count(untold, "other area")));
    }
    if let Some(advisory) = risk.advisory {
        screen.text(2, &format!("advisory rules, which count for nothing here, say: {advisory}"));
    }
}

/// Rules, changes, packages, findings, sources, packs.
pub(super) fn seen(screen: &mut Screen, report: &VerdictReport) {
    screen.head("What was seen");
    screen.text(2, &format!("rules: {} ({})", report.rules.len(), words::outcome_counts(report)));
    let files = &report.files;
    let uncounted = if files.uncounted > 0 { format!(", {} not counted", files.uncounted) } else { String::new() };
    let lines =
        format!("{}, lines +{} -{}{uncounted}", words::count_u64(files.total, "file"), files.added, files.removed);
    line(screen, report, EvidenceKind::Files, files.total, "changes", &lines);
    dependencies(screen, report);
    let findings = &report.findings;
    let by: Vec<String> = findings.by_severity.iter().map(|by| format!("{} {}", by.total, by.severity)).collect();
    let gone = match findings.compared.gone {
        0 => String::new(),
        gone => format!("; {gone} of the baseline gone"),
    };
    let findings_line = format!(
        "{} ({}); introduced by the change: {} yes, {} no, {} unknown{gone}",
        words::count_u64(findings.total, "finding"),
        by.join(", "),
        findings.introduced.yes,
        findings.introduced.no,
        findings.introduced.unknown
    );
    line(screen, report, EvidenceKind::Findings, findings.total, "findings", &findings_line);
    if findings.total == 0 && findings.compared.gone > 0 {
        screen.text(4, &words::gone(findings.compared.gone));
    }
    checks(screen, report);
    claims(screen, report);
    sources(screen, report);
    let packs: Vec<String> = report.packs.iter().map(|pack| format!("{} {}", pack.name, pack.version)).collect();
    let packs = if packs.is_empty() { "no pack".to_owned() } else { words::listed(&packs, 5, name) };
    let engine = format!("{} {}", name(&report.engine.name), name(&report.engine.version));
    screen.text(2, &format!("decided by {engine} under {packs}, as of {}", name(&report.as_of)));
}

/// Tests, coverage and reviews, each only where somebody supplied it.
fn checks(screen: &mut Screen, report: &VerdictReport) {
    let supplied = |kind| report.sources.iter().any(|source| source.kind == kind);
    if supplied(EvidenceKind::Tests) {
        line(screen, report, EvidenceKind::Tests, report.tests.total, "tests", &words::tests(&report.tests));
        let failed: Vec<String> = report.tests.items.iter().map(test).collect();
        entries(screen, 4, &failed, "test");
    }
    if supplied(EvidenceKind::Coverage) {
        let total = report.coverage.files + report.coverage.unmeasured;
        let counted = words::coverage(&report.coverage);
        line(screen, report, EvidenceKind::Coverage, total, "coverage of changed lines", &counted);
    }
    if supplied(EvidenceKind::Reviews) {
        let reviews: Vec<String> = report.reviews.items.iter().map(review).collect();
        let total = report.reviews.items.len() as u64 + report.reviews.omitted;
        line(screen, report, EvidenceKind::Reviews, total, "reviews", &words::count_u64(total, "reviewer"));
        entries(screen, 4, &reviews, "reviewer");
    }
}

/// What is claimed; of each that is contradicted, by what. Nothing where nobody supplied any.
fn claims(screen: &mut Screen, report: &VerdictReport) {
    let supplied = report.sources.iter().any(|source| source.kind == EvidenceKind::Claims);
    if !supplied && report.claims.is_empty() {
        return;
    }
    line(screen, report, EvidenceKind::Claims, report.claims.len() as u64, "claims", &words::claims(report));
    let contradicted: Vec<String> = words::claims_by_result(report)
        .into_iter()
        .filter(|claim| claim.result == ClaimResult::Contradicted)
        .map(|claim| {
            let place = claim.path.as_ref().map_or_else(|| "description".to_owned(), |path| name(path));
            format!("- contradicted, {place}:{}: {} - {}", claim.line, text(&claim.text), text(&claim.because))
        })
        .collect();
    entries(screen, 4, &contradicted, "contradicted claim");
}

fn test(item: &TestItem) -> String {
    let message = item.message.as_ref().map(|message| format!(": {}", text(message))).unwrap_or_default();
    format!("- {}: {}{message}", item.status, name(&item.name))
}

fn review(item: &ReviewItem) -> String {
    let at = if item.at_head == Some(true) { "" } else { ", not known to be at this head" };
    let bot = if item.bot { " (a bot)" } else { "" };
    format!("- {}{bot} {}{at}", name(&item.reviewer), words::review_state(item.state))
}

/// One kind of evidence: nothing is said of what was not looked at, and an empty result only where it is knowledge.
fn line(screen: &mut Screen, report: &VerdictReport, kind: EvidenceKind, total: u64, label: &str, counted: &str) {
    let said = match (words::looked(report, kind), total) {
        (Looked::Fully, 0) => "none".to_owned(),
        (Looked::Fully, _) => counted.to_owned(),
        (Looked::Partly(_), 0) => "none in what was read, which is not all".to_owned(),
        (Looked::Partly(_), _) => format!("{counted}; not all of it was looked at"),
        (Looked::Not(sources), 0) => format!("not known: {}", words::lacking(&sources, name)),
        (Looked::Not(sources), _) => format!("{counted}; not shown to be all: {}", words::lacking(&sources, name)),
    };
    screen.text(2, &format!("{label}: {said}"));
}

/// Changed packages: those that a reader has to see, and new ones; then what is known against packages.
fn dependencies(screen: &mut Screen, report: &VerdictReport) {
    let summary = &report.dependencies;
    let by: Vec<String> = summary.by_change.iter().map(|by| format!("{} {}", by.count, text(&by.name))).collect();
    let counted = format!("{} ({})", words::count_u64(summary.total, "package"), words::listed(&by, 6, str::to_owned));
    line(screen, report, EvidenceKind::Dependencies, summary.total, "dependencies", &counted);
    let shown = |item: &&DependencyItem| item.stands_out() || item.change == DependencyChangeKind::Added;
    let lines: Vec<String> = summary.items.iter().filter(shown).map(|item| package(report, item)).collect();
    entries(screen, 4, &lines, "package");
    let advisories = packages::advisory_total(report);
    if summary.total > 0 || advisories > 0 {
        let said = packages::advisories(report);
        line(screen, report, EvidenceKind::Advisories, advisories, "known vulnerabilities of packages", &said);
        let licences = &summary.licences;
        line(screen, report, EvidenceKind::Licences, licences.total, "licences", &packages::licences(licences, text));
    }
}

/// `- added: npm left-pad 1.3.0 (direct, runtime); no checksum; new: critical GHSA-1 (fixed in 1.3.1); licence MIT`
fn package(report: &VerdictReport, item: &DependencyItem) -> String {
    let mut said = vec![format!(
        "- {}: {} {} {} ({}, {})",
        item.change,
        item.ecosystem,
        name(&item.name),
        packages::versions(item, "->", name),
        item.directness,
        item.scope
    )];
    said.extend(item.signs.iter().map(|sign| packages::sign(*sign).to_owned()));
    said.extend(item.deprecated.iter().map(|why| format!("not to be used: {}", text(why))));
    if !item.advisories.is_empty() {
        said.push(packages::known(report, item, name, |text| text));
    }
    if !item.licences.is_empty() {
        said.push(format!("licence {}", packages::licence(report, item, text, |text| text)));
    }
    said.join("; ")
}

fn sources(screen: &mut Screen, report: &VerdictReport) {
    let complete = report.sources.iter().filter(|source| source.completeness == Completeness::Complete).count();
    screen.text(2, &format!("sources: {complete} of {} complete", report.sources.len()));
    let mut rest: Vec<&SourceReport> =
        report.sources.iter().filter(|source| source.completeness != Completeness::Complete).collect();
    rest.sort_by_key(|source| std::cmp::Reverse(source.completeness));
    let lines: Vec<String> = rest
        .iter()
        .map(|source| {
            let which = source.tool.as_ref().or(source.path.as_ref()).map(|which| format!(" {}", name(which)));
            let reason = source.reason.as_ref().map(|reason| format!(": {}", text(reason)));
            let state = words::completeness(source.completeness);
            format!("- {}{} {state}{}", source.kind, which.unwrap_or_default(), reason.unwrap_or_default())
        })
        .collect();
    entries(screen, 4, &lines, "source");
    let without = words::kinds_without_source(report);
    if !without.is_empty() {
        screen.text(4, &format!("- not looked at, for want of a source: {}", without.join(", ")));
    }
}
