//! The evidence in short: what changed, and what the scanners say; what was not looked at is said, never "none".

use super::list::{Cut, details};
use super::{Scale, share};
use crate::render::escape::{markdown, markdown_name, markdown_short};
use crate::render::words::{self, Looked};
use crate::report::{Count, EvidenceKind, FileItem, FindingItem, FindingsSummary, VerdictReport};

/// How far a kind of evidence was looked at, where that is not all of it.
pub(super) fn caveat(report: &VerdictReport, kind: EvidenceKind, total: u64) -> String {
    match words::looked(report, kind) {
        Looked::Fully => String::new(),
        Looked::Not(sources) => {
            let said = if total == 0 { "Not known" } else { "Not shown to be all" };
            format!("**{said}:** {}.\n\n", words::lacking(&sources, markdown_short))
        }
        Looked::Partly(sources) => {
            format!("**Not all of it was looked at:** {}. What was read:\n\n", words::lacking(&sources, markdown_short))
        }
    }
}

/// What to say of an empty result: nothing where nothing was looked at.
pub(super) fn nothing(report: &VerdictReport, kind: EvidenceKind, what: &str) -> String {
    match words::looked(report, kind) {
        Looked::Fully => format!("{what}.\n\n"),
        Looked::Partly(_) => format!("{what} in what was read.\n\n"),
        Looked::Not(_) => String::new(),
    }
}

pub(super) fn counts(counts: &[Count]) -> String {
    let shown: Vec<String> =
        counts.iter().take(12).map(|count| format!("{} {}", count.count, markdown_short(&count.name))).collect();
    let more = counts.len().saturating_sub(12);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// Changed files.
pub(super) fn changes(report: &VerdictReport, scale: Scale) -> String {
    let files = &report.files;
    let mut out = format!("### Changes\n\n{}", caveat(report, EvidenceKind::Files, files.total));
    if files.total == 0 {
        return out + nothing(report, EvidenceKind::Files, "No file changed").as_str();
    }
    let uncounted = match files.uncounted {
        0 => String::new(),
        number => format!(" (without {}, whose lines can't be counted)", words::count_u64(number, "file")),
    };
    out.push_str(&format!(
        "{}, lines +{} -{}{uncounted}.\n\n- by kind: {}\n- by status: {}\n\n",
        words::count_u64(files.total, "file"),
        files.added,
        files.removed,
        counts(&files.by_kind),
        counts(&files.by_status)
    ));
    let list =
        Cut::new(scale.of(share::CHANGES)).fill(files.items.iter().map(file)).and_left_out(files.omitted).open("file");
    out + details("Files", &format!("| File | Status | Kind | Lines |\n|---|---|---|---|\n{list}")).as_str() + "\n"
}

fn file(file: &FileItem) -> String {
    let previous =
        file.previous_path.as_ref().map(|path| format!(" (was {})", markdown_name(path))).unwrap_or_default();
    let lines = match (file.added, file.removed) {
        (Some(added), Some(removed)) => format!("+{added} -{removed}"),
        _ => "not counted".to_owned(),
    };
    format!("| {}{previous} | {} | {} | {lines} |\n", markdown_name(&file.path), file.status, file.kind)
}

/// What the scanners say.
pub(super) fn findings(report: &VerdictReport, scale: Scale) -> String {
    let findings = &report.findings;
    let mut out = format!("### Findings\n\n{}", caveat(report, EvidenceKind::Findings, findings.total));
    if findings.total == 0 {
        let tools: Vec<String> = report
            .sources
            .iter()
            .filter(|source| source.kind == EvidenceKind::Findings && words::was_read(source))
            .filter_map(|source| source.tool.clone())
            .collect();
        let by =
            if tools.is_empty() { String::new() } else { format!(" by {}", words::listed(&tools, 5, markdown_short)) };
        out.push_str(&nothing(report, EvidenceKind::Findings, &format!("None reported{by}")));
        return match findings.compared.gone {
            0 => out,
            gone => format!("{out}{}\n\n", words::gone(gone)),
        };
    }
    out.push_str(&finding_counts(findings));
    let entries = findings.items.iter().map(finding);
    out + Cut::new(scale.of(share::FINDINGS)).fill(entries).and_left_out(findings.omitted).folded("finding").as_str()
        + "\n"
}

fn finding_counts(findings: &FindingsSummary) -> String {
    let introduced = &findings.introduced;
    let mut out = format!(
        "{}. Introduced by the change: {} yes, {} no, {} unknown. On changed lines, or at no known line: {}.",
        words::count_u64(findings.total, "finding"),
        introduced.yes,
        introduced.no,
        introduced.unknown,
        findings.on_changed_lines
    );
    if findings.compared.moved > 0 {
        out.push_str(&format!(" {} moved since the baseline.", findings.compared.moved));
    }
    if findings.compared.gone > 0 {
        out.push_str(&format!(" {}", words::gone(findings.compared.gone)));
    }
    if findings.unmapped > 0 {
        out.push_str(&format!(" {} at a place outside the repository.", findings.unmapped));
    }
    if findings.suppressed > 0 {
        out.push_str(&format!(
            " {} suppressed by the tool's own word, which does not count here.",
            findings.suppressed
        ));
    }
    out.push_str(
        "\n\n| Severity | All | Introduced, or unknown | On changed lines, or at no known line |\n|---|---|---|---|\n",
    );
    for row in &findings.by_severity {
        out.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            row.severity, row.total, row.introduced, row.on_changed_lines
        ));
    }
    out.push_str(&format!("\nBy tool: {}.\n\n", counts(&findings.by_tool)));
    out
}

fn finding(item: &FindingItem) -> String {
    let place = match (&item.path, item.line) {
        (Some(path), Some(line)) => markdown_name(&format!("{path}:{line}")),
        (Some(path), None) => markdown_name(path),
        (None, _) => "no place".to_owned(),
    };
    let line = if item.on_changed_line { "on a changed line, or at no known line" } else { "not on a changed line" };
    format!(
        "- {} {} {} at {place}: {} (introduced: {}; {line})\n",
        item.severity,
        markdown_name(&item.tool),
        markdown_name(&item.rule),
        markdown(&item.message),
        item.introduced
    )
}
