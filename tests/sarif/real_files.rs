//! Files as tools write them, from a folder beside the repository where there is one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;
use tollgate::evidence::{Change, Findings, Severity, Source, Word};
use tollgate::normalize::findings::{NO_RULE_ID, NO_TOOL};
use tollgate::normalize::places::Context;

use crate::of_head;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/sarif");

fn files() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(FOLDER) else {
        println!("no real files here, nothing tested");
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read(path: &std::path::Path) -> (Findings, Vec<Source>) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let input = tollgate::collect::sarif::read(path, name, None);
    let change = Change::default();
    of_head(&[input], &Context { files: &[], change: &change, head_paths: None, roots: &[] })
}

/// Null in place of an index or a text reads as absent, as does -1.
fn position(value: &Value) -> Option<usize> {
    usize::try_from(value.as_i64()?).ok()
}

fn components(run: &Value) -> Vec<&Value> {
    let tool = &run["tool"];
    std::iter::once(&tool["driver"]).chain(tool["extensions"].as_array().into_iter().flatten()).collect()
}

/// The rule of a result, by the words of the format.
fn rule_of<'a>(run: &'a Value, result: &'a Value) -> Option<&'a Value> {
    let components = components(run);
    let stated = &result["rule"]["toolComponent"];
    let by_guid =
        || components.iter().position(|component| !stated["guid"].is_null() && component["guid"] == stated["guid"]);
    let component = position(&stated["index"]).map(|index| index + 1).or_else(by_guid).unwrap_or(0);
    let id = result["ruleId"].as_str().or_else(|| result["rule"]["id"].as_str());
    let rules = |component: &'a Value| component["rules"].as_array().map_or(&[][..], Vec::as_slice);
    let index = position(&result["ruleIndex"]).or_else(|| position(&result["rule"]["index"]));
    let indexed = index.and_then(|index| rules(components.get(component)?).get(index));
    let fits = |rule: &&Value| {
        id.is_none_or(|id| rule["id"].as_str().is_none_or(|own| id == own || id.starts_with(&format!("{own}/"))))
    };
    if let Some(rule) = indexed.filter(fits) {
        return Some(rule);
    }
    if let Some(guid) = result["rule"]["guid"].as_str() {
        let all = components.iter().flat_map(|component| rules(component));
        if let Some(rule) = all.clone().find(|rule| rule["guid"] == guid) {
            return Some(rule);
        }
    }
    let mut id = id?;
    loop {
        let all = components.iter().flat_map(|component| rules(component));
        if let Some(rule) = all.clone().find(|rule| rule["id"] == id) {
            return Some(rule);
        }
        id = id.rsplit_once('/')?.0;
    }
}

fn level_of(run: &Value, result: &Value) -> String {
    if let Some(level) = result["level"].as_str() {
        return level.to_owned();
    }
    if result["kind"].as_str().is_some_and(|kind| kind != "fail") {
        return "none".to_owned();
    }
    let rule = rule_of(run, result);
    let overrides = position(&result["provenance"]["invocationIndex"])
        .and_then(|index| run["invocations"][index]["ruleConfigurationOverrides"].as_array());
    let set = overrides.into_iter().flatten().find(|set| {
        rule.is_some_and(|rule| {
            let index = position(&set["descriptor"]["index"]);
            set["descriptor"]["id"] == rule["id"]
                || index.is_some_and(|index| &run["tool"]["driver"]["rules"][index] == rule)
        })
    });
    let level = set.and_then(|set| set["configuration"]["level"].as_str());
    let level = level.or_else(|| rule?["defaultConfiguration"]["level"].as_str());
    level.unwrap_or("warning").to_owned()
}

#[derive(Debug, Default, PartialEq)]
struct Expected {
    /// Tool, rule id and level of each finding.
    rows: Vec<(String, String, String)>,
    /// Literal messages of findings, and how often.
    messages: BTreeMap<String, usize>,
    set_aside: u64,
}

fn expected(log: &Value) -> Expected {
    let mut expected = Expected::default();
    for run in log["runs"].as_array().into_iter().flatten() {
        let tool = run["tool"]["driver"]["name"].as_str().map_or(NO_TOOL, str::trim);
        for result in run["results"].as_array().into_iter().flatten() {
            let kind = result["kind"].as_str().unwrap_or("fail");
            if matches!(kind, "pass" | "notApplicable" | "informational") || result["baselineState"] == "absent" {
                expected.set_aside += 1;
                continue;
            }
            let id = [&result["ruleId"], &result["rule"]["id"]].into_iter().find_map(Value::as_str);
            let id = id.or_else(|| rule_of(run, result)?["id"].as_str()).unwrap_or(NO_RULE_ID);
            expected.rows.push((tool.to_owned(), id.trim().to_owned(), level_of(run, result)));
            if let (Some(text), None) = (result["message"]["text"].as_str(), result["message"]["arguments"].get(0)) {
                *expected.messages.entry(text.to_owned()).or_default() += 1;
            }
        }
    }
    expected.rows.sort();
    expected
}

#[test]
fn what_the_reference_model_reads_is_read_alike() {
    let mut compared = 0;
    let mut results = 0;
    for path in files() {
        let bytes = std::fs::read(&path).unwrap();
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let Ok(log) = serde_json::from_slice::<serde_sarif::sarif::Sarif>(bytes) else { continue };
        let log = serde_json::to_value(log).unwrap();
        if log["version"] != "2.1.0" {
            continue;
        }
        let expected = expected(&log);
        let (findings, sources) = read(&path);
        let mut rows: Vec<_> = findings
            .iter()
            .map(|finding| (finding.tool.to_owned(), finding.rule.to_owned(), finding.level.to_string()))
            .collect();
        rows.sort();
        assert_eq!(rows, expected.rows, "{}", path.display());
        let mut messages: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in findings.iter() {
            *messages.entry(finding.message).or_default() += 1;
        }
        for (message, count) in &expected.messages {
            assert!(messages.get(message.as_str()) >= Some(count), "{}: {message}", path.display());
        }
        assert_eq!(
            sources.iter().map(|source| source.set_aside).sum::<u64>(),
            expected.set_aside,
            "{}",
            path.display()
        );
        compared += 1;
        results += rows.len();
    }
    println!("{compared} files compared, {results} findings");
    assert!(compared > 100 || files().is_empty());
}

#[test]
fn no_result_of_a_file_that_is_json_is_lost_unless_the_file_is_refused() {
    for path in files() {
        let bytes = std::fs::read(&path).unwrap();
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let Ok(log) = serde_json::from_slice::<Value>(bytes) else { continue };
        let (findings, sources) = read(&path);
        let all = log["runs"].as_array().into_iter().flatten().flat_map(|run| run["results"].as_array());
        let all: usize = all.map(|results| results.iter().filter(|result| result.is_object()).count()).sum();
        let set_aside: u64 = sources.iter().map(|source| source.set_aside).sum();
        let items: u64 = sources.iter().map(|source| source.items).sum();
        assert_eq!(items, findings.len() as u64, "{}", path.display());
        if log["version"] == "2.1.0" {
            assert_eq!(items + set_aside, all as u64, "{}", path.display());
        } else {
            assert!(sources.iter().all(|source| source.completeness.as_str() == "failed"), "{}", path.display());
        }
    }
}

#[test]
fn each_real_file_reads_as_recorded() {
    let mut table = String::new();
    for path in files() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (findings, sources) = read(&path);
        let counts: Vec<String> = Severity::ALL
            .iter()
            .rev()
            .map(|severity| findings.severities().iter().filter(|one| *one == severity).count().to_string())
            .collect();
        writeln!(table, "{name}: {}", counts.join("/")).unwrap();
        for source in &sources {
            let tool = source.tool.as_deref().unwrap_or("-");
            let version = source.tool_version.as_deref().unwrap_or("-");
            let reason: String = source.reason.as_deref().unwrap_or("").chars().take(150).collect();
            let (items, aside, problems) = (source.items, source.set_aside, source.problem_count);
            let completeness = source.completeness;
            let line = format!("  {tool} {version} | {items} {aside} {problems} | {completeness} {reason}");
            writeln!(table, "{}", line.trim_end()).unwrap();
        }
    }
    if !table.is_empty() {
        insta::assert_snapshot!("real_files", table);
    }
}
