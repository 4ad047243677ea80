//! govulncheck, `-format json`: a stream of messages, or a list of them; and the single object of versions before 1.0.
//!
//! - One entry per fault and module, with the most precise findings of it: called, else imported, else required. Its
//!   level is that of govulncheck's SARIF: `error` where the code calls it, `warning` where it imports the package,
//!   `note` where a module is required; one step worse for each step that the scan level did not look at. There are no
//!   severities; the level decides. An entry that is not called has the mark `not-called`.
//! - A called fault stands where the trace leaves the code of the module itself: the first frame of its module, seen
//!   from the fault. The others stand nowhere: they are in the module, not in a line.
//! - A stream has no end mark. It falls short without the configuration that comes first, without a message that shows
//!   that the vulnerabilities were checked, or where it looked at no package. Modes that only extract or query are no
//!   scans.
//! - Versions before 1.0 state no version of theirs; their calls stand at the entry point.

use std::collections::BTreeMap;

use super::Documents;
use super::ecosystems::package;
use super::json::{Json, quoted};
use super::wire::{Entry, NativeReport, Place, Rating, title};
use crate::collect::input::Refusal;
use crate::evidence::Level;

pub(super) const TOOL: &str = "govulncheck";

/// What a message can be.
const MESSAGES: &[&str] = &["config", "progress", "SBOM", "osv", "finding"];

pub(super) fn recognizes(documents: &Documents) -> bool {
    let first = documents.first();
    let message = |json: &Json| {
        json.properties().len() == 1 && json.properties().iter().all(|(name, _)| MESSAGES.contains(&&**name))
    };
    message(first) || first.elements().first().is_some_and(message) || is_old(first)
}

fn is_old(json: &Json) -> bool {
    json.has("Vulns") && json.has("Modules")
}

pub(super) fn read(documents: &Documents) -> Result<NativeReport, Refusal> {
    let mut report = NativeReport::of(TOOL);
    if is_old(documents.first()) {
        let document = super::only(documents)?;
        read_old(&mut report, document);
        return Ok(report);
    }
    super::note_breaks(&mut report, documents);
    let mut stream = Stream::default();
    for (line, document) in &documents.all {
        match document {
            Json::List(messages) => {
                for (index, message) in messages.iter().enumerate() {
                    stream.take(&mut report, message, format!("/{index}"));
                }
            }
            message => stream.take(&mut report, message, format!("line {line}: ")),
        }
    }
    stream.finish(&mut report);
    Ok(report)
}

/// How near the code comes to a fault, the nearest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Required,
    Imported,
    Called,
}

/// A fault in a module.
struct Found<'j> {
    at: String,
    reach: Reach,
    version: Option<&'j str>,
    fixed: Option<&'j str>,
    /// Of called ones: places in the module itself, and what is called.
    calls: Vec<(Option<Place>, String)>,
}

/// Facts of a fault from its OSV record.
#[derive(Clone)]
struct Record {
    aliases: Vec<String>,
    title: String,
}

#[derive(Default)]
struct Stream<'j> {
    configured: Option<&'j Json>,
    scope: Option<&'j Json>,
    fetched: bool,
    checked: bool,
    none: bool,
    records: BTreeMap<&'j str, Record>,
    found: BTreeMap<(&'j str, &'j str), Found<'j>>,
}

impl<'j> Stream<'j> {
    fn take(&mut self, report: &mut NativeReport, message: &'j Json, at: String) {
        let Json::Object(properties) = message else {
            report.problem(at, format!("found {}, expected a message", message.what()));
            return;
        };
        for (name, json) in properties {
            let at = format!("{at}/{name}");
            match &**name {
                "config" => {
                    if self.configured.replace(json).is_some() {
                        report.problem(at, "found a second configuration, expected one stream");
                    }
                }
                "SBOM" => self.scope = Some(json),
                "progress" => self.progress(json),
                "osv" => {
                    if let Some(id) = report.needed(json, &at, "id") {
                        let record = record(report, json, &at, id);
                        self.records.insert(id, record);
                    }
                }
                "finding" => self.finding(report, json, at),
                other => report.problem(&at, format!("found a message {}, which is not known", quoted(other))),
            }
        }
    }

    fn progress(&mut self, json: &Json) {
        let said = json.get("message").text().unwrap_or_default();
        self.fetched |= said.starts_with("Fetching");
        self.checked |= said.starts_with("Checking") || said.starts_with("Scanning");
        self.none |= said.starts_with("Scanning your code and 0 packages");
    }

    fn finding(&mut self, report: &mut NativeReport, json: &'j Json, at: String) {
        let id = report.needed(json, &at, "osv").unwrap_or(super::UNNAMED);
        let trace = report.list(json, &at, "trace");
        let Some(frame) = trace.first() else {
            report.problem(format!("{at}/trace"), "found no frame, expected the module that has the fault");
            let entry = Entry { at, title: id.to_owned(), id: id.to_owned(), ..Entry::default() };
            report.push(entry);
            return;
        };
        let frame_at = format!("{at}/trace/0");
        let module = report.needed(frame, &frame_at, "module").unwrap_or("unnamed module");
        let reach = match (frame.get("function").text(), frame.get("package").text()) {
            (Some(_), _) => Reach::Called,
            (None, Some(_)) => Reach::Imported,
            (None, None) => Reach::Required,
        };
        let version = report.text(frame, &frame_at, "version");
        let fixed = report.text(json, &at, "fixed_version");
        let found =
            self.found.entry((id, module)).or_insert_with(|| Found { at, reach, version, fixed, calls: Vec::new() });
        found.version = found.version.or(version);
        found.fixed = found.fixed.or(fixed);
        found.reach = found.reach.max(reach);
        if reach == Reach::Called {
            found.calls.push((place(trace), symbol(frame)));
        }
    }

    fn finish(self, report: &mut NativeReport) {
        self.looked_at(report);
        let config = self.configured.unwrap_or(&Json::Null);
        let scan = match report.text(config, "/config", "scan_level") {
            Some("module") => Reach::Required,
            Some("package") => Reach::Imported,
            _ => Reach::Called,
        };
        for ((id, module), mut found) in self.found {
            found.calls.sort_by(|left, right| order(left).cmp(&order(right)));
            found.calls.dedup();
            let record = self.records.get(id).cloned();
            if record.is_none() {
                report.problem(&found.at, format!("found no record of {}, expected its message `osv`", quoted(id)));
            }
            let entry = entry(id, module, found, scan, record);
            report.push(entry);
        }
    }

    /// What shows that vulnerabilities were looked for, and where.
    fn looked_at(&self, report: &mut NativeReport) {
        let Some(config) = self.configured else {
            report.falls_short("does not begin: found no configuration, which is the first message of every stream");
            return;
        };
        if let Some(name) = report.text(config, "/config", "scanner_name") {
            name.clone_into(&mut report.tool);
        }
        report.version = report.text(config, "/config", "scanner_version").map(str::to_owned);
        if let Some(mode @ ("query" | "extract")) = report.text(config, "/config", "scan_mode") {
            report.falls_short(format!("was made in the mode `{mode}`, which scans nothing"));
        }
        let modules = self.scope.map(|scope| scope.get("modules").elements().len());
        if self.none || modules == Some(0) {
            report.looked_at_none("package");
        }
        if !self.checked {
            let after = if self.fetched { "after vulnerabilities were fetched" } else { "before anything was scanned" };
            report.falls_short(format!("did not finish: the stream ends {after}"));
        }
    }
}

/// The order of calls: by place, then by what is called.
fn order(call: &(Option<Place>, String)) -> (bool, &str, u32, u32, &str) {
    match &call.0 {
        Some(place) => (false, &place.path, place.line, place.column, &call.1),
        None => (true, "", 0, 0, &call.1),
    }
}

fn entry(id: &str, module: &str, found: Found<'_>, scan: Reach, record: Option<Record>) -> Entry {
    let level = match scan as u8 - (found.reach.min(scan)) as u8 {
        0 => Level::Error,
        1 => Level::Warning,
        _ => Level::Note,
    };
    let mut names: Vec<&str> = found.calls.iter().map(|(_, symbol)| symbol.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let how = match found.reach {
        Reach::Called => format!("the code calls {}", listed(&names)),
        Reach::Imported if scan == Reach::Called => "the code imports the package and does not call it".to_owned(),
        Reach::Imported => "the code imports the package".to_owned(),
        Reach::Required if scan == Reach::Required => "the module is required".to_owned(),
        Reach::Required => "the module is required and the package is not imported".to_owned(),
    };
    let record = record.unwrap_or_else(|| Record { aliases: Vec::new(), title: id.to_owned() });
    // Go's own library is a package of no registry; its type of package URLs is the same.
    let version =
        found.version.map(|version| if module == "stdlib" { version.trim_start_matches("go") } else { version });
    Entry {
        id: id.to_owned(),
        aliases: record.aliases,
        marks: if found.reach < scan { vec!["not-called"] } else { Vec::new() },
        title: format!("{}; {how}", record.title),
        package: Some(package("go", module, version)),
        fix: found.fixed.map(|fixed| format!("fixed in {fixed}")),
        place: found.calls.into_iter().find_map(|(place, _)| place),
        rating: Rating { level: Some(level), ..Rating::default() },
        at: found.at,
        ..Entry::default()
    }
}

fn listed(names: &[&str]) -> String {
    let more = names.len().saturating_sub(3);
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

fn record(report: &mut NativeReport, json: &Json, at: &str, id: &str) -> Record {
    let words = report.text(json, at, "summary").or_else(|| json.get("details").text());
    Record { aliases: report.texts(json, at, "aliases"), title: title(words.unwrap_or(id)) }
}

fn symbol(frame: &Json) -> String {
    let text = |name| frame.get(name).text().unwrap_or_default();
    let receiver = text("receiver").trim_start_matches('*');
    match receiver {
        "" => format!("{}.{}", text("package"), text("function")),
        receiver => format!("{}.{receiver}.{}", text("package"), text("function")),
    }
}

/// Where the trace, read from the fault, first comes to the module whose code is scanned: that of its last frame.
fn place(trace: &[Json]) -> Option<Place> {
    let module = trace.last()?.get("module").text();
    let frames = trace.iter().filter(|frame| frame.get("module").text() == module);
    let mut positions = frames.map(|frame| frame.get("position")).filter(|position| number(position, "line") > 0);
    let position = positions.next()?;
    Some(Place {
        path: position.get("filename").text()?.to_owned(),
        outside: false,
        line: number(position, "line"),
        end_line: 0,
        column: number(position, "column"),
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
fn number(json: &Json, name: &str) -> u32 {
    json.get(name)
        .number()
        .filter(|number| (0.0..=f64::from(u32::MAX)).contains(number))
        .map_or(0, |number| number as u32)
}

/// Reads the one object of versions before 1.0: `Vulns` name symbols, and numbers of functions, packages and modules
/// that are 0 where the code does not come to them.
fn read_old(report: &mut NativeReport, document: &Json) {
    let modules: BTreeMap<&str, &str> = report
        .list(document, "", "Modules")
        .iter()
        .filter_map(|module| Some((module.get("Path").text()?, module.get("Version").text()?)))
        .collect();
    if modules.is_empty() {
        report.looked_at_none("module");
    }
    let start = entry_point(document);
    let mut found: BTreeMap<(&str, &str), (Found<'_>, Record)> = BTreeMap::new();
    for (index, json) in report.list(document, "", "Vulns").iter().enumerate() {
        let at = format!("/Vulns/{index}");
        if !report.is_object(json, &at) {
            continue;
        }
        let osv = report.object(json, &at, "OSV");
        let osv_at = format!("{at}/OSV");
        let id = report.needed(osv, &osv_at, "id").unwrap_or(super::UNNAMED);
        let module = report.needed(json, &at, "ModPath").unwrap_or("unnamed module");
        let reach = match (number(json, "CallSink"), number(json, "ImportSink")) {
            (1.., _) => Reach::Called,
            (0, 1..) => Reach::Imported,
            (0, 0) => Reach::Required,
        };
        let record = record(report, osv, &osv_at, id);
        let version = modules.get(module).copied();
        let all = found
            .entry((id, module))
            .or_insert_with(|| (Found { at, reach, version, fixed: None, calls: Vec::new() }, record));
        all.0.reach = all.0.reach.max(reach);
        if reach == Reach::Called {
            let symbol = json.get("Symbol").text().unwrap_or_default();
            let package = json.get("PkgPath").text().unwrap_or_default();
            all.0.calls.push((start.clone(), format!("{package}.{symbol}")));
        }
    }
    for ((id, module), (found, record)) in found {
        let entry = entry(id, module, found, Reach::Called, Some(record));
        report.push(entry);
    }
}

/// The only entry point of the program, where it has only one.
fn entry_point(document: &Json) -> Option<Place> {
    let [entry] = document.get("Calls").get("Entries").elements() else { return None };
    let function = document.get("Calls").get("Functions").get(&entry.number()?.to_string());
    let position = function.get("Pos");
    let (line, column) = (number(position, "Line"), number(position, "Column"));
    Some(Place { path: position.get("Filename").text()?.to_owned(), outside: false, line, end_line: 0, column })
}
