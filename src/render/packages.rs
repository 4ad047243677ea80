//! The words about packages that all human formats share: versions, licences, known vulnerabilities.

use super::words::{self, Looked};
use crate::report::{
    AdvisoryCounts, AdvisoryItem, AdvisoryKind, DependencyChangeKind, DependencyItem, EvidenceKind, LicencesSummary,
    Presence, Sign, VerdictReport,
};

/// How many versions, advisories or licences of one package are told.
const TOLD: usize = 3;

/// `1.0.0 -> 1.1.0`, with the format's own arrow.
pub(super) fn versions(item: &DependencyItem, arrow: &str, escape: impl Fn(&str) -> String) -> String {
    let listed = |versions: &[String]| match versions.is_empty() {
        true => "unknown".to_owned(),
        false => words::listed(versions, TOLD, &escape),
    };
    match item.change {
        DependencyChangeKind::Added => listed(&item.after),
        DependencyChangeKind::Removed => listed(&item.before),
        DependencyChangeKind::Changed if item.before == item.after => listed(&item.after),
        _ => format!("{} {arrow} {}", listed(&item.before), listed(&item.after)),
    }
}

/// What a sign means to a reader.
pub(super) const fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Repointed => "comes from another place than before",
        Sign::Lookalike => "looks like a package in use",
        Sign::WithoutIntegrity => "no checksum",
        Sign::SecondSource => "comes from a second place as well",
        Sign::Disputed => "sources disagree",
        Sign::Unpinned => "not pinned",
    }
}

/// `1 introduced (1 critical), 3 carried over (1 high, 2 low), none fixed`
pub(super) fn advisories(report: &VerdictReport) -> String {
    let told = |counts: &AdvisoryCounts, what: &str| match counts.total {
        0 => format!("none {what}"),
        total => {
            let mut by: Vec<String> =
                counts.by_severity.iter().map(|by| format!("{} {}", by.count, severity_word(&by.name))).collect();
            if counts.excused > 0 {
                by.push(format!("{} of them excused by VEX", counts.excused));
            }
            format!("{total} {what} ({})", by.join(", "))
        }
    };
    let all = &report.dependencies.advisories;
    let parts =
        [told(&all.introduced, "introduced"), told(&all.carried_over, "carried over"), told(&all.fixed, "fixed")];
    parts.join(", ")
}

fn severity_word(name: &str) -> String {
    match name {
        "unknown" => "of unknown severity".to_owned(),
        "none" => "of no severity".to_owned(),
        other => other.to_owned(),
    }
}

/// How many advisories there are in all.
pub(super) const fn advisory_total(report: &VerdictReport) -> u64 {
    let all = &report.dependencies.advisories;
    all.introduced.total.saturating_add(all.carried_over.total).saturating_add(all.fixed.total)
}

/// `7 stated (5 MIT, 2 ISC), 1 not known, 1 other than before`
pub(super) fn licences(summary: &LicencesSummary, escape: impl Fn(&str) -> String) -> String {
    const MAX: usize = 6;
    let by: Vec<String> =
        summary.by_expression.iter().take(MAX).map(|by| format!("{} {}", by.count, escape(&by.name))).collect();
    let more = summary.by_expression.len().saturating_sub(MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let by = if by.is_empty() { String::new() } else { format!(" ({}{more})", by.join(", ")) };
    let unknown = if summary.unknown > 0 { format!(", {} not known", summary.unknown) } else { String::new() };
    let changed = if summary.changed > 0 { format!(", {} other than before", summary.changed) } else { String::new() };
    format!("{} stated{by}{unknown}{changed}", summary.total.saturating_sub(summary.unknown))
}

/// What is known against one package: what the change brings in, then what it keeps; what it fixes is counted.
pub(super) fn known(
    report: &VerdictReport,
    item: &DependencyItem,
    escape: impl Fn(&str) -> String,
    strong: impl Fn(String) -> String,
) -> String {
    let of = |presence| item.advisories.iter().filter(move |advisory| advisory.presence == presence);
    let mut parts: Vec<String> = Vec::new();
    for advisory in of(Presence::Introduced).chain(of(Presence::CarriedOver)).take(TOLD) {
        let said = advisory_text(advisory, &escape);
        match advisory.presence {
            Presence::CarriedOver => parts.push(format!("still {said}")),
            _ if advisory.excused && advisory.kind != AdvisoryKind::Malware => parts.push(format!("new: {said}")),
            _ => parts.push(strong(format!("new: {said}"))),
        }
    }
    let present = (of(Presence::Introduced).count() + of(Presence::CarriedOver).count()).saturating_sub(TOLD) as u64;
    let more = present.saturating_add(item.advisories_omitted);
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    let fixed = of(Presence::Fixed).count();
    if fixed > 0 {
        parts.push(format!("{fixed} fixed"));
    }
    match words::looked(report, EvidenceKind::Advisories) {
        Looked::Fully if parts.is_empty() => "none known".to_owned(),
        Looked::Fully => parts.join("; "),
        Looked::Partly(_) if parts.is_empty() => "none in what was read".to_owned(),
        Looked::Partly(_) => format!("{}; not all looked up", parts.join("; ")),
        Looked::Not(_) if parts.is_empty() => "not looked up".to_owned(),
        Looked::Not(_) => format!("{}; not shown to be all", parts.join("; ")),
    }
}

/// `critical GHSA-1 (fixed in 1.3.1)`
pub(super) fn advisory_text(advisory: &AdvisoryItem, escape: impl Fn(&str) -> String) -> String {
    let severity = match (advisory.kind, advisory.severity) {
        (AdvisoryKind::Malware, _) => "malware".to_owned(),
        (AdvisoryKind::Vulnerability, Some(severity)) => severity.to_string(),
        (AdvisoryKind::Vulnerability, None) => "severity unknown,".to_owned(),
        (kind, Some(severity)) => format!("{kind}, {severity},"),
        (kind, None) => kind.to_string(),
    };
    let mut notes = Vec::new();
    if !advisory.fixed_in.is_empty() {
        notes.push(format!("fixed in {}", words::listed(&advisory.fixed_in, 2, &escape)));
    }
    if advisory.excused {
        let by: Vec<String> = advisory.vex.iter().map(|said| said.by.clone().unwrap_or(said.source.clone())).collect();
        notes.push(format!("excused by {}", words::listed(&by, 2, &escape)));
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
    format!("{severity} {}{notes}", escape(&advisory.id))
}

/// The licences of one package after the change.
pub(super) fn licence(
    report: &VerdictReport,
    item: &DependencyItem,
    escape: impl Fn(&str) -> String,
    strong: impl Fn(String) -> String,
) -> String {
    if item.change == DependencyChangeKind::Removed {
        return "gone".to_owned();
    }
    let mut said: Vec<String> = Vec::new();
    for licence in &item.licences {
        let now = match (&licence.expression, &licence.stated) {
            (Some(expression), _) => escape(expression),
            (None, Some(stated)) => strong(format!("no SPDX licence: {}", escape(stated))),
            (None, None) => strong("not stated".to_owned()),
        };
        let text = match licence.before.is_empty() {
            true => now,
            false => format!("{now}, {}", strong(format!("was {}", words::listed(&licence.before, 2, &escape)))),
        };
        if !said.contains(&text) {
            said.push(text);
        }
    }
    if !said.is_empty() {
        let more = said.len().saturating_sub(TOLD);
        said.truncate(TOLD);
        if more > 0 {
            said.push(format!("{more} more"));
        }
        return said.join("; ");
    }
    match words::looked(report, EvidenceKind::Licences) {
        Looked::Fully => "not stated".to_owned(),
        Looked::Partly(_) => "not in what was read".to_owned(),
        Looked::Not(_) => "not looked up".to_owned(),
    }
}

/// Whether a package belongs into the part of a list that stands open.
pub(super) fn is_prominent(item: &DependencyItem) -> bool {
    item.stands_out() || item.directness == crate::report::Directness::Direct
}
