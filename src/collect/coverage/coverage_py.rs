//! The JSON report of coverage.py: `meta`, and under `files` the lines that ran, did not run, and are left out of the count.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::super::input::Refusal;
use super::super::xml::quoted;
use super::READ;
use super::wire::{Builder, CoverageFormat, CoverageReport};

/// How many names of a foreign document are told.
const MAX_NAMES: usize = 5;

/// How far into a document that is none of ours is looked for what it may be, in bytes.
const MAX_SEARCH: usize = 1 << 16;

#[derive(Deserialize)]
struct Whole {
    meta: Meta,
    #[serde(deserialize_with = "files")]
    files: Vec<(String, Lines)>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    version: Option<String>,
}

/// Lines that are left out (`excluded_lines`) are neither.
#[derive(Deserialize)]
struct Lines {
    executed_lines: Vec<u32>,
    missing_lines: Vec<u32>,
}

/// Reads a report.
///
/// # Errors
/// A [`Refusal`] where the document is not JSON, or not coverage.py's.
pub(super) fn parse(bytes: &[u8], mut builder: Builder) -> Result<CoverageReport, Refusal> {
    let names: Names = serde_json::from_slice(bytes).map_err(|error| refused(&error))?;
    if !(names.0.contains("meta") && names.0.contains("files")) {
        return Err(foreign(bytes, &names));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let whole: Whole = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        Refusal::failed(format!("is no report of coverage.py: at {}: {error}", quoted(&path)))
    })?;
    builder.tool_version = whole.meta.version;
    for (path, lines) in &whole.files {
        let file = builder.file(path.trim());
        for (list, ran) in [(&lines.executed_lines, true), (&lines.missing_lines, false)] {
            for line in list {
                builder.line(file, *line, ran);
            }
        }
    }
    Ok(builder.finish(CoverageFormat::CoveragePy))
}

fn refused(error: &serde_json::Error) -> Refusal {
    let what = if error.is_eof() { "is cut short: the JSON ends unfinished" } else { "is no coverage report" };
    Refusal::failed(format!("{what}: {error}, expected {READ}"))
}

/// What a JSON document of another tool is.
fn foreign(bytes: &[u8], names: &Names) -> Refusal {
    let start = String::from_utf8_lossy(bytes.get(..MAX_SEARCH).unwrap_or(bytes)).into_owned();
    let has = |name: &str| names.0.contains(name);
    let what = if has("runs") && (has("$schema") || has("version")) {
        "SARIF"
    } else if start.contains("\"statementMap\"") {
        "a report of Istanbul"
    } else if start.contains("llvm.coverage.json.export") {
        "an export of llvm-cov"
    } else if has("gcovr/format_version") || has("gcc_version") {
        "a report of gcov or gcovr"
    } else {
        "another document"
    };
    let names: Vec<String> = names.0.iter().take(MAX_NAMES).map(|name| quoted(name)).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    Refusal::failed(format!("is no coverage report: JSON with {names}, {what}, expected {READ}"))
}

/// The names at the top of a document; none of an array.
struct Names(BTreeSet<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Top;
        impl<'de> Visitor<'de> for Top {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = BTreeSet::new();
                while let Some((name, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    // A document of another tool may have a name for every file.
                    if names.len() < 1_000 || matches!(name.as_str(), "meta" | "files") {
                        names.insert(name);
                    }
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Top)
    }
}

/// Entries of an object in its order; one that is there twice counts twice.
fn files<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, Lines)>, D::Error> {
    struct Entries;
    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<(String, Lines)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with an entry for each file")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry()? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }
    deserializer.deserialize_map(Entries)
}
