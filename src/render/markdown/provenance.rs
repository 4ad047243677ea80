//! The foot of the page: what was looked at and what was not, and what the verdict rests on.

use super::list::{Cut, details};
use super::{Scale, share};
use crate::render::escape::{markdown, markdown_name, markdown_short};
use crate::render::words;
use crate::report::{SourceReport, VerdictReport};

/// Every source with its completeness, and the kinds of evidence that have none.
pub(super) fn sources(report: &VerdictReport, scale: Scale) -> String {
    let mut out = "### Sources\n\n".to_owned();
    if !report.sources.is_empty() {
        out.push_str("| Evidence | Source | Completeness | Items | Remarks |\n|---|---|---|---|---|\n");
        // What is not complete comes first, so that no cut can hide it behind what is.
        let mut sources: Vec<&SourceReport> = report.sources.iter().collect();
        sources.sort_by_key(|source| std::cmp::Reverse(source.completeness));
        out.push_str(&Cut::new(scale.of(share::SOURCES)).fill(sources.into_iter().map(source)).open("source"));
        out.push('\n');
    }
    let without = words::kinds_without_source(report);
    if !without.is_empty() {
        out.push_str(&format!("Not looked at, for want of a source: {}.\n\n", without.join(", ")));
    }
    out
}

fn source(source: &SourceReport) -> String {
    let mut name = String::new();
    if let Some(tool) = &source.tool {
        name.push_str(&markdown_name(tool));
        if let Some(version) = &source.tool_version {
            name.push_str(&format!(" {}", markdown(version)));
        }
    }
    if let Some(path) = &source.path {
        let separator = if name.is_empty() { "" } else { " in " };
        name.push_str(&format!("{separator}{}", markdown_name(path)));
    }
    let mut remarks = Vec::new();
    remarks.extend(source.reason.as_ref().map(|reason| markdown(reason)));
    if source.set_aside > 0 {
        remarks.push(format!("{} set aside", source.set_aside));
    }
    if source.problem_count > 0 {
        let first =
            source.problems.first().map(|problem| markdown(&format!(", first at {}: {}", problem.at, problem.message)));
        remarks.push(format!("{}{}", words::count_u64(source.problem_count, "problem"), first.unwrap_or_default()));
    }
    let completeness = words::completeness(source.completeness);
    let complete = source.completeness == crate::evidence::Completeness::Complete;
    let completeness = if complete { completeness.to_owned() } else { format!("**{completeness}**") };
    let items = if words::was_read(source) { source.items.to_string() } else { "not read".to_owned() };
    format!("| {} | {name} | {completeness} | {items} | {} |\n", source.kind, remarks.join("; "))
}

/// Engine, commits, packs, digests and settings.
pub(super) fn provenance(report: &VerdictReport, scale: Scale) -> String {
    let subject = &report.subject;
    let commit = |label: &str, commit: &Option<String>| match commit {
        Some(commit) => format!("- {label} {}\n", markdown_name(commit)),
        None => format!("- {label} unknown\n"),
    };
    let mut facts = vec![
        format!("- engine {} {}\n", markdown_name(&report.engine.name), markdown(&report.engine.version)),
        format!("- judged as of {}\n", markdown(&report.as_of)),
        format!("- policy sha256 {}\n", markdown_name(&report.policy.sha256)),
        commit("base", &subject.base),
        commit("merge base", &subject.merge_base),
        commit("head", &subject.head),
    ];
    facts.extend(report.packs.iter().map(|pack| {
        format!(
            "- pack {} {}, layer {}, from {}, sha256 {}\n",
            markdown_name(&pack.name),
            markdown(&pack.version),
            pack.layer,
            markdown_name(&pack.origin),
            markdown_name(&pack.sha256)
        )
    }));
    facts.extend(report.sources.iter().filter_map(|source| {
        let digest = source.sha256.as_ref()?;
        let name = source.path.as_ref().or(source.tool.as_ref())?;
        let commit = source.commit.as_ref().map(|commit| format!(", made for {}", markdown_name(commit)));
        Some(format!(
            "- source {}, sha256 {}{}\n",
            markdown_name(name),
            markdown_name(digest),
            commit.unwrap_or_default()
        ))
    }));
    facts.extend(report.settings.iter().map(|setting| {
        let value = markdown_name(&setting.value);
        format!("- setting {} = {value}, from {}\n", markdown_name(&setting.setting), markdown(&setting.from))
    }));
    let packs = match report.packs.is_empty() {
        true => "no pack".to_owned(),
        false => {
            let names: Vec<String> =
                report.packs.iter().map(|pack| format!("{} {}", pack.name, pack.version)).collect();
            words::listed(&names, 3, markdown_short)
        }
    };
    let list = Cut::new(scale.of(share::PROVENANCE)).fill(facts).open("line");
    let first = format!(
        "Decided by {} {} under {packs}.\n\n",
        markdown_short(&report.engine.name),
        markdown_short(&report.engine.version)
    );
    format!("### Provenance\n\n{first}{}", details("Commits, digests and settings", &list))
}
