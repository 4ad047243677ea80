//! Files as tools write them, from a folder beside the repository where there is one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;
use tollgate::evidence::{Change, Comparison, Findings, Introduced, Severity, Source, Word};
use tollgate::normalize::findings::{Inputs, NO_RULE_ID, NO_TOOL, findings};
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

/// How many files a result names: in each it is a finding. One that names none is a finding, too.
fn files_of(result: &Value) -> usize {
    let locations = result["locations"].as_array().into_iter().flatten();
    let artifacts = locations.map(|location| &location["physicalLocation"]["artifactLocation"]);
    let files: BTreeSet<String> = artifacts
        .map(|artifact| if artifact["uri"].is_string() { &artifact["uri"] } else { &artifact["index"] })
        .map(Value::to_string)
        .collect();
    files.len().max(1)
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
            let row = (tool.to_owned(), id.trim().to_owned(), level_of(run, result));
            expected.rows.extend(std::iter::repeat_n(row, files_of(result)));
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
        let all: usize = all.flatten().filter(|result| result.is_object()).map(files_of).sum();
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

/// What each file reads as, with the reason why that is right; its head says what the columns are.
const GOLDEN: &str = include_str!("golden.tsv");

fn joined<T: ToString>(parts: impl Iterator<Item = T>, by: &str) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(by)
}

#[test]
fn each_real_file_reads_as_was_found_by_looking_into_it() {
    let rows: BTreeMap<&str, Vec<&str>> = GOLDEN
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|columns| (columns[0], columns))
        .collect();
    let mut seen = 0;
    for path in files() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let row = rows.get(name).unwrap_or_else(|| panic!("{name} stands in no row"));
        let (findings, sources) = read(&path);
        let counts = joined(
            Severity::ALL
                .iter()
                .rev()
                .map(|severity| findings.severities().iter().filter(|one| *one == severity).count()),
            "/",
        );
        let tools = joined(sources.iter().map(|source| source.tool.as_deref().unwrap_or("-")), "; ");
        let items = joined(sources.iter().map(|source| source.items), "+");
        let aside = joined(sources.iter().map(|source| source.set_aside), "+");
        let worst = sources.iter().map(|source| source.completeness).max().unwrap();
        assert_eq!([name, &tools, &items, &aside, &counts, worst.as_str()], row[..6], "{sources:?}");
        assert_eq!(row.len(), 8, "{name} has a reason");
        assert!(row[5] == "complete" || !row[6].is_empty(), "{name} says why it is not complete");
        let reasons = joined(sources.iter().filter_map(|source| source.reason.as_deref()), "; ");
        assert!(reasons.contains(row[6]), "{name}: {reasons}");
        assert_eq!(
            row[5] == "complete",
            sources.iter().all(|source| source.problem_count == 0 && source.reason.is_none())
        );
        seen += 1;
    }
    assert!(seen == 0 || seen == rows.len(), "{seen} files of {} rows", rows.len());
}

#[test]
fn every_finding_of_every_real_file_is_unchanged_against_itself() {
    for path in files() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let commit = Some("aaaaaaa0000000000000000000000000000000aa");
        let change = Change { base: commit.map(str::to_owned), ..Change::default() };
        let context = Context { files: &[], change: &change, head_paths: None, roots: &[] };
        let head = [tollgate::collect::sarif::read(&path, name, None)];
        let baseline = [tollgate::collect::sarif::read(&path, name, commit)];
        let (found, sources) = findings(&Inputs { sarif: &head, baseline: &baseline, ..Inputs::default() }, &context);
        // A log that names its own commit, which is none of this change, is no baseline of it.
        let all = sources.iter().all(|source| source.completeness.as_str() == "complete");
        let became = |word: Comparison| found.iter().filter(|finding| finding.compared == word).count();
        assert_eq!((became(Comparison::New), found.gone().count()), (0, 0), "{name}");
        if all {
            assert_eq!(became(Comparison::Moved), 0, "{name}");
            let without_text = found.iter().filter(|finding| finding.message.trim().is_empty()).count();
            assert!(became(Comparison::Unchanged) + without_text >= found.len(), "{name}");
        } else {
            assert!(found.iter().all(|finding| finding.introduced != Introduced::Yes), "{name}");
        }
    }
}

#[test]
fn real_fingerprints_that_do_not_identify_are_set_aside() {
    if files().is_empty() {
        return;
    }
    let prints = |file: &str, log: &dyn Fn(&mut Value)| -> Vec<u128> {
        let bytes = std::fs::read(std::path::Path::new(FOLDER).join(file)).unwrap();
        let mut value: Value = serde_json::from_slice(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes)).unwrap();
        log(&mut value);
        let (found, _) = crate::one(&value);
        let mut all: Vec<u128> = found.iter().map(|finding| finding.fingerprint).collect();
        all.sort_unstable();
        all
    };
    let without = |log: &mut Value| {
        for run in log["runs"].as_array_mut().unwrap() {
            for result in run["results"].as_array_mut().into_iter().flatten() {
                result.as_object_mut().unwrap().retain(|key, _| key != "fingerprints" && key != "partialFingerprints");
            }
        }
    };
    // Semgrep without an account, a person's name and a commit, nested objects, place holders: as if there were none.
    for file in [
        "semgrep-1.182.0-mixed.sarif",
        "semgrep-1.182.0-baseline-commit.sarif",
        "gitleaks-8-simple.sarif",
        "blackduck-nested-fingerprints.sarif",
        "osv-scanner-2.x-custom-format.sarif",
    ] {
        assert_eq!(prints(file, &|_| {}), prints(file, &without), "{file}");
    }
    // detekt and Grype: not one is as if there were none.
    for file in ["detekt-vanilla.sarif", "grype-directory.sarif"] {
        let bare = prints(file, &without);
        assert!(prints(file, &|_| {}).iter().all(|print| bare.binary_search(print).is_err()), "{file}");
    }
    // Of CodeQL and Flawfinder nearly all: one line may have two messages of one rule. Of Semgrep with an account 23 of 77
    // have their id but for its count on different lines of code.
    let some = [
        ("codeql-2021-python.sarif", 60),
        ("flawfinder-2.0.20-mimalloc.sarif", 45),
        ("defectdojo-issue-10191.sarif", 54),
    ];
    for (file, at_least) in some {
        let bare = prints(file, &without);
        let stated = prints(file, &|_| {}).iter().filter(|print| bare.binary_search(print).is_err()).count();
        assert!(stated >= at_least, "{file}: {stated} of {}", bare.len());
    }
}

#[test]
fn the_three_bases_of_one_file_lead_to_the_files_of_the_repository_and_what_lies_in_none_is_kept() {
    let path = std::path::Path::new(FOLDER).join("checkov-3.3.30-conftest.sarif");
    if !path.exists() {
        return;
    }
    // What `checkov -d conftest` was run on, by the listing of that repository.
    let mut head: Vec<String> = [
        ".github/workflows/release.yaml",
        "Dockerfile",
        "examples/awssam/lambda.yaml",
        "examples/configfile/deployment.yaml",
        "examples/data/service.yaml",
        "examples/docker/Dockerfile",
        "examples/exceptions/deployments.yaml",
        "examples/hcl1/gke-show.json",
        "examples/hcl1/gke.tf",
        "examples/hcl2/policy/unencrypted_azure_disk.tf",
        "examples/hcl2/terraform.tf",
        "examples/kubernetes/combine/combine.yaml",
        "examples/kubernetes/combine/deployment.yaml",
        "examples/kubernetes/combine/service.yaml",
        "examples/kubernetes/deployment+service.yaml",
        "examples/kubernetes/deployment.yaml",
        "examples/kubernetes/service.yaml",
        "examples/kustomize/configMap.yaml",
        "examples/kustomize/deployment.yaml",
        "examples/kustomize/kustomization.yaml",
        "examples/kustomize/service.yaml",
    ]
    .map(str::to_owned)
    .into();
    head.sort();
    let change = Change::default();
    let context = Context { files: &[], change: &change, head_paths: Some(&head), roots: &[] };
    let (found, _) = of_head(&[tollgate::collect::sarif::read(&path, "checkov", None)], &context);
    let mut placed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unmapped = Vec::new();
    for finding in found.iter() {
        match (finding.path, finding.unmapped) {
            (Some(path), _) => *placed.entry(path).or_default() += 1,
            (None, written) => unmapped.push((written.unwrap(), finding.on_changed_line)),
        }
    }
    unmapped.sort_unstable();
    // The first can mean two files of the head, and the tool made the second for itself: both count as touching the change.
    let twice = "conftest/examples/docker/Dockerfile";
    let kustomized = "tmplukjk93k/conftest/examples/kustomize/Deployment-default-the-deployment.yaml";
    assert_eq!(unmapped, [(twice, true), (twice, true), (kustomized, true)]);
    assert_eq!(placed.values().sum::<usize>(), 266);
    assert_eq!(placed.len(), head.len() - 1, "each of the others is a file of the repository: {placed:?}");
    let count = |path: &str| placed.get(path).copied();
    assert_eq!(count("examples/kubernetes/deployment+service.yaml"), Some(21), "an escape");
    assert_eq!(count("examples/kustomize/deployment.yaml"), Some(20), "below conftest/conftest");
    assert_eq!(count("examples/kustomize/kustomization.yaml"), Some(21), "below conftest");
    assert_eq!(count("Dockerfile"), Some(2), "not taken for examples/docker/Dockerfile");
}

#[test]
fn a_tool_whose_run_was_lost_by_merging_is_missing() {
    let path = std::path::Path::new(FOLDER).join("multitool-merged-3-tools.sarif");
    if !path.exists() {
        return;
    }
    let (findings, sources) = read(&path);
    let evidence = tollgate::evidence::Evidence { findings, sources, ..tollgate::evidence::Evidence::default() };
    let pack = "name = \"p\"\nversion = \"1.0.0\"\ndescription = \"d\"\n[evidence.findings]\nexpect = [\"ruff\", \"hadolint\", \"Semgrep\"]\n";
    let rule = "const RULE = #{title: \"t\", category: \"process\", enforcement: \"advisory\", risk: \"low\", needs: [\"findings\"]};\n\
                fn check(change, params) { note(`${change.findings.count()}`); }";
    let files =
        [("pack.toml", pack), ("rules/r.rhai", rule)].map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let pack = tollgate::policy::PackFiles { origin: "p".to_owned(), files: files.into() };
    let set = tollgate::policy::PolicySet::load(&[pack], &[]).unwrap();
    let missing: Vec<_> = set.missing_sources(&evidence).into_iter().filter_map(|source| source.tool).collect();
    assert_eq!(missing, ["ruff"], "Semgrep OSS is Semgrep");
}
