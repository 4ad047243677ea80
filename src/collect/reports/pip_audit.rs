//! pip-audit, `--format json`: an object since 2.1, before that its list of dependencies alone.
//!
//! - The tool knows no severities.
//! - A dependency with a `skip_reason` was not looked at: the report falls short. That is also how pip-audit reports,
//!   with the exit code of success, that its service could not be reached.
//! - No dependencies at all: nothing was looked at. `fixes` is what `--fix` did and no evidence.
//! - What `--ignore-vuln` leaves out leaves no trace in the report. The place of a dependency is not in it either.

use super::Documents;
use super::ecosystems::package;
use super::json::{Json, quoted, said};
use super::wire::{Entry, NativeReport, fixed_in, title};
use crate::collect::input::Refusal;

pub(super) const TOOL: &str = "pip-audit";

pub(super) fn recognizes(documents: &Documents) -> bool {
    let first = documents.first();
    let dependency = |json: &Json| json.has("name") && (json.has("vulns") || json.has("skip_reason"));
    match first.get("dependencies") {
        Json::List(list) => {
            first.properties().iter().all(|(name, _)| matches!(&**name, "dependencies" | "fixes"))
                || list.first().is_some_and(dependency)
        }
        _ => first.elements().first().is_some_and(dependency),
    }
}

pub(super) fn read(documents: &Documents) -> Result<NativeReport, Refusal> {
    let mut report = NativeReport::of(TOOL);
    let document = super::only(documents)?;
    let (list, at) = match document {
        Json::List(list) => (list.as_slice(), String::new()),
        object => (report.list(object, "", "dependencies"), "/dependencies".to_owned()),
    };
    if list.is_empty() {
        report.looked_at_none("dependency");
    }
    let mut skipped = 0;
    let mut first = None;
    for (index, dependency) in list.iter().enumerate() {
        let at = format!("{at}/{index}");
        if !report.is_object(dependency, &at) {
            continue;
        }
        let name = report.needed(dependency, &at, "name").unwrap_or("unnamed package");
        if dependency.has("skip_reason") {
            skipped += 1;
            let why = report.text(dependency, &at, "skip_reason").unwrap_or("without a reason");
            first = first.or_else(|| Some(format!("{}: {}", quoted(name), said(why))));
        }
        if dependency.has("vulns") || !dependency.has("skip_reason") {
            read_dependency(&mut report, dependency, &at, name);
        }
    }
    if let Some(first) = first {
        report.falls_short(format!("skipped {skipped} of {} dependencies: first {first}", list.len()));
    }
    Ok(report)
}

fn read_dependency(report: &mut NativeReport, dependency: &Json, at: &str, name: &str) {
    let version = report.needed(dependency, at, "version");
    if !dependency.get("vulns").is_list() {
        report.problem(format!("{at}/vulns"), format!("found {}, expected a list", dependency.get("vulns").what()));
    }
    for (index, found) in dependency.get("vulns").elements().iter().enumerate() {
        let at = format!("{at}/vulns/{index}");
        if !report.is_object(found, &at) {
            continue;
        }
        let id = report.needed(found, &at, "id").unwrap_or(super::UNNAMED);
        let aliases = report.texts(found, &at, "aliases");
        let fixed = report.texts(found, &at, "fix_versions");
        let malware = std::iter::once(id).chain(aliases.iter().map(String::as_str)).any(|id| id.starts_with("MAL-"));
        let entry = Entry {
            id: id.to_owned(),
            marks: if malware { vec!["malware"] } else { Vec::new() },
            title: title(report.text(found, &at, "description").unwrap_or(id)),
            package: Some(package("pypi", name, version)),
            fix: fixed_in(&fixed),
            rating: super::wire::Rating { malware, ..Default::default() },
            aliases,
            at,
            ..Entry::default()
        };
        report.push(entry);
    }
}
