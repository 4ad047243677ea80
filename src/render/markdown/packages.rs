//! Changed packages: what a reader has to see stands open, direct ones with it; the rest is one folded line.

use super::evidence::{caveat, counts, nothing};
use super::list::{Cut, details};
use super::{Scale, share};
use crate::render::escape::{markdown, markdown_name, markdown_short};
use crate::render::packages;
use crate::render::words::{self, Looked};
use crate::report::{Count, DependencyItem, EvidenceKind, UntouchedAdvisory, VerdictReport};

/// How many packages stand open; the others are folded.
const OPEN_PACKAGES: usize = 20;

const HEAD: &str = "| Package | Change | Use | From | Licence | Known vulnerabilities |\n|---|---|---|---|---|---|\n";

/// Changed packages, and what is known against them.
pub(super) fn dependencies(report: &VerdictReport, scale: Scale) -> String {
    let summary = &report.dependencies;
    let total = summary.total;
    let mut out = format!("### Dependencies\n\n{}", caveat(report, EvidenceKind::Dependencies, total));
    let room = scale.of(share::DEPENDENCIES);
    if total == 0 {
        out.push_str(&nothing(report, EvidenceKind::Dependencies, "No locked package changed"));
        if packages::advisory_total(report) > 0 {
            out.push_str(&vulnerabilities(report));
            out.push('\n');
        }
        return out + untouched(report, room / 4).as_str();
    }
    out.push_str(&format!("{}.\n\n- by change: {}\n", words::count_u64(total, "package"), counts(&summary.by_change)));
    out.push_str(&vulnerabilities(report));
    let licences = match words::looked(report, EvidenceKind::Licences) {
        Looked::Not(sources) if summary.licences.total == 0 => {
            format!("**not looked up**: {}", words::lacking(&sources, markdown_short))
        }
        Looked::Fully => packages::licences(&summary.licences, markdown_short),
        Looked::Partly(_) | Looked::Not(_) => {
            format!("{}; not shown to be all", packages::licences(&summary.licences, markdown_short))
        }
    };
    out.push_str(&format!("- licences: {licences}\n\n"));

    let shows_lockfile =
        summary.items.iter().any(|item| Some(&item.manifest) != summary.items.first().map(|it| &it.manifest));
    let row = |item: &DependencyItem| package(report, item, shows_lockfile);
    let lockfile = summary.items.first().and_then(|item| item.manifest.as_ref()).filter(|_| !shows_lockfile);
    if let Some(lockfile) = lockfile {
        out.push_str(&format!("All in {}.\n\n", markdown_name(lockfile)));
    }
    let (mut open, mut rest): (Vec<&DependencyItem>, Vec<&DependencyItem>) =
        summary.items.iter().partition(|item| packages::is_prominent(item));
    // A list that is short anyway is not worth folding.
    if summary.omitted == 0 && summary.items.len() <= OPEN_PACKAGES / 2 {
        open = summary.items.iter().collect();
        rest.clear();
    }
    rest.splice(0..0, open.split_off(open.len().min(OPEN_PACKAGES)));
    if !open.is_empty() {
        let table = Cut::new(room * 3 / 5).fill(open.iter().map(|item| row(item))).open("package");
        out.push_str(&format!("{HEAD}{table}"));
        if !rest.is_empty() || summary.omitted > 0 || !summary.advisories.untouched.is_empty() {
            out.push('\n');
        }
    }
    if !rest.is_empty() || summary.omitted > 0 {
        let number = summary.omitted.saturating_add(rest.len() as u64);
        let left: Vec<Count> = summary
            .by_change
            .iter()
            .map(|by| Count {
                name: by.name.clone(),
                count: by
                    .count
                    .saturating_sub(open.iter().filter(|item| item.change.to_string() == by.name).count() as u64),
            })
            .filter(|by| by.count > 0)
            .collect();
        let table =
            Cut::new(room / 4).fill(rest.iter().map(|item| row(item))).and_left_out(summary.omitted).open("package");
        out.push_str(&details(&format!("{number} more: {}", counts(&left)), &format!("{HEAD}{table}")));
    }
    out + untouched(report, room * 3 / 20).as_str() + "\n"
}

fn vulnerabilities(report: &VerdictReport) -> String {
    let said = packages::advisories(report);
    let said = match words::looked(report, EvidenceKind::Advisories) {
        Looked::Fully => said,
        Looked::Not(sources) if packages::advisory_total(report) == 0 => {
            format!("**not looked up**: {}", words::lacking(&sources, markdown_short))
        }
        Looked::Partly(sources) | Looked::Not(sources) => {
            format!("{said}; **not shown to be all**: {}", words::lacking(&sources, markdown_short))
        }
    };
    format!("- known vulnerabilities: {said}\n")
}

fn package(report: &VerdictReport, item: &DependencyItem, shows_lockfile: bool) -> String {
    let strong = |text: String| format!("**{text}**");
    let mut signs: Vec<String> = item.signs.iter().map(|sign| strong(packages::sign(*sign).to_owned())).collect();
    if let Some(why) = &item.deprecated {
        signs.push(format!("{}: {}", strong("not to be used".to_owned()), markdown_short(why)));
    }
    let signs = if signs.is_empty() { String::new() } else { format!(": {}", signs.join("; ")) };
    let lockfile = match &item.manifest {
        Some(path) if shows_lockfile => format!(" in {}", markdown_name(path)),
        _ => String::new(),
    };
    let jump = item.jump.map(|jump| format!(", {jump}")).unwrap_or_default();
    let from: Vec<String> = item
        .sources
        .iter()
        .map(|source| match source.host.as_ref().or(source.location.as_ref()) {
            Some(place) => format!("{} {place}", source.kind),
            None => source.kind.to_string(),
        })
        .collect();
    format!(
        "| {} {}{lockfile}{signs} | {} {}{jump} | {}, {} | {} | {} | {} |\n",
        item.ecosystem,
        markdown_name(&item.name),
        item.change,
        packages::versions(item, "\u{2192}", markdown_short),
        item.directness,
        item.scope,
        words::listed(&from, 2, markdown_short),
        packages::licence(report, item, markdown_short, strong),
        packages::known(report, item, markdown_short, strong),
    )
}

/// Known vulnerabilities of packages that the change does not touch.
fn untouched(report: &VerdictReport, room: usize) -> String {
    let all = &report.dependencies.advisories;
    let number = all.untouched_omitted.saturating_add(all.untouched.len() as u64);
    if number == 0 {
        return String::new();
    }
    let entry = |it: &UntouchedAdvisory| {
        let place = it.manifest.as_ref().map(|path| format!(" in {}", markdown_name(path))).unwrap_or_default();
        let said = packages::advisory_text(&it.advisory, |text| markdown(text).to_string());
        format!("- {} {}{place}: {said}\n", it.ecosystem, markdown_name(&it.name))
    };
    let list = Cut::new(room).fill(all.untouched.iter().map(entry)).and_left_out(all.untouched_omitted);
    let what = if number == 1 { "1 known vulnerability" } else { &format!("{number} known vulnerabilities") };
    details(&format!("{what} in packages that the change does not touch"), &list.open("known problem"))
}
