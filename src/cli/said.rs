//! What one place, the flags or a configuration file, says of a run. Every value is checked; nothing is merged here.

use std::path::{Path, PathBuf};

use super::facts::Facts;
use super::inputs::Inputs;
use super::pipeline::Format;
use crate::evidence::{EvidenceKind, nearest};
use crate::policy::{Limit, Limits};

/// A path, and how the user wrote it: documents show the latter, so that they don't depend on the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The path to be opened.
    pub path: PathBuf,
    /// The path as it was written.
    pub shown: String,
}

impl Location {
    /// A path as it was written, relative to a directory.
    #[must_use]
    pub fn new(directory: &Path, written: &str) -> Self {
        Self { path: directory.join(written), shown: written.to_owned() }
    }
}

/// Where a pack is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackPlace {
    /// Inside the binary, by name.
    Builtin(String),
    /// A directory.
    Directory(Location),
}

impl PackPlace {
    /// The place as it was written.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Builtin(name) => format!("builtin:{name}"),
            Self::Directory(location) => location.shown.clone(),
        }
    }
}

/// Where a report goes, and in which format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The format.
    pub format: Format,
    /// The file.
    pub file: Location,
}

/// How a change is described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Described {
    /// Two commits of a repository.
    Git {
        /// A directory in it; `None` for the current one.
        repo: Option<Location>,
        /// The target's tip.
        base: Option<String>,
        /// The last commit of the change.
        head: Option<String>,
    },
    /// Two directories.
    Trees(Location, Location),
    /// A diff; `-` is standard input.
    Diff(Location),
    /// An evidence document.
    Evidence(Location),
}

/// What one place says. `None` is "nothing", so that the next place is asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Said {
    /// The change.
    pub change: Option<Described>,
    /// Files of evidence; a flag that names none is not there.
    pub inputs: Inputs,
    /// Where indexes of advisories are kept.
    pub advisory_cache: Option<Location>,
    /// What is said of the change; a fact of which nothing is said is not there.
    pub facts: Facts,
    /// Packs, in layer order.
    pub policy: Option<Vec<PackPlace>>,
    /// The commit that packs inside the repository are read from.
    pub policy_ref: Option<String>,
    /// Files of waivers.
    pub waivers: Option<Vec<Location>>,
    /// Values of parameters.
    pub param: Option<Vec<(String, String)>>,
    /// Limits of rules.
    pub limit: Option<Vec<(&'static str, u64)>>,
    /// Evidence that is not to be expected.
    pub without: Option<Vec<EvidenceKind>>,
    /// The time to judge at.
    pub as_of: Option<jiff::Timestamp>,
    /// Verdicts about earlier heads of the change.
    pub previous: Option<Vec<Location>>,
    /// The commit that the judged one was made from.
    pub reviewed_head: Option<String>,
    /// The emergency override.
    pub override_: Option<Location>,
    /// Whether to give no verdict where anything makes the run more lenient.
    pub deny_weakening: Option<bool>,
    /// Whether to exit with 0 whatever the decision.
    pub dry_run: Option<bool>,
    /// The format of standard output.
    pub format: Option<Format>,
    /// Reports to files.
    pub output: Option<Vec<OutputFile>>,
}

/// Reads `builtin:NAME` or a directory.
#[must_use]
pub fn pack_place(directory: &Path, written: &str) -> PackPlace {
    match written.strip_prefix("builtin:") {
        Some(name) => PackPlace::Builtin(name.to_owned()),
        None => PackPlace::Directory(Location::new(directory, written)),
    }
}

/// What elsewhere is standard output. A file of that name is what nobody means.
pub const STDOUT: &str = "-";

/// Why [`STDOUT`] is not taken for a report's path.
pub const NO_STDOUT: &str = "`-` is no path: what standard output gets is said with `--format`";

/// Reads `FORMAT=PATH`.
///
/// # Errors
/// What was found, and what was expected.
pub fn output_file(directory: &Path, written: &str) -> Result<OutputFile, String> {
    let Some((format, path)) = written.split_once('=') else {
        return Err("expected FORMAT=PATH, as in `markdown=summary.md`".to_owned());
    };
    if path.is_empty() {
        return Err("there is no path after `=`".to_owned());
    }
    if path == STDOUT {
        return Err(NO_STDOUT.to_owned());
    }
    let format = word::<Format>(format)?;
    Ok(OutputFile { format, file: Location::new(directory, path) })
}

/// Reads a full commit id.
///
/// # Errors
/// What was found, and what was expected.
pub fn commit(written: &str) -> Result<String, String> {
    let id = written.to_ascii_lowercase();
    if matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(id);
    }
    Err(format!("`{written}` is no full commit id, expected 40 or 64 hexadecimal digits"))
}

/// Reads `NAME=VALUE`.
///
/// # Errors
/// What was found, and what was expected.
pub fn parameter(written: &str) -> Result<(String, String), String> {
    match written.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE, as in `severity=critical`".to_owned()),
    }
}

/// Reads the name of a limit and a value that it can have.
///
/// # Errors
/// What was found, and what was expected.
pub fn limit_of(name: &str, value: &str) -> Result<(&'static str, u64), String> {
    let limit = Limit::named(name)?;
    Ok((limit.name, limit.read(value)?))
}

/// Reads `NAME=VALUE` of a limit.
///
/// # Errors
/// What was found, and what was expected.
pub fn limit(written: &str) -> Result<(&'static str, u64), String> {
    match written.split_once('=') {
        Some((name, value)) => limit_of(name.trim(), value.trim()),
        None => Err("expected NAME=VALUE, as in `operations=500000`".to_owned()),
    }
}

/// The limits that were set, each as it was said last.
#[must_use]
pub fn limits_said(said: &[(&'static str, u64)]) -> Vec<(String, u64)> {
    let last: std::collections::BTreeMap<&str, u64> = said.iter().copied().collect();
    last.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The limits that rules are held to.
#[must_use]
pub fn limits(said: &[(&'static str, u64)]) -> Limits {
    let mut limits = Limits::default();
    for (name, value) in said {
        // They were read by the same names, and within what each can be.
        if let Some(limit) = Limits::ALL.iter().find(|limit| limit.name == *name) {
            let _ = limit.set(&mut limits, *value);
        }
    }
    limits
}

/// Reads a time: RFC 3339 with an offset, or a date, which is its first moment in UTC. Whole seconds.
///
/// # Errors
/// What was found, and what was expected.
pub fn time(written: &str) -> Result<jiff::Timestamp, String> {
    let date = || {
        let date: jiff::civil::Date = written.parse().ok()?;
        // A date parser that takes a longer text would drop its time without a word.
        (written.len() == 10).then_some(())?;
        date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    let parsed = written.parse::<jiff::Timestamp>().ok().or_else(date);
    parsed.and_then(|time| jiff::Timestamp::from_second(time.as_second()).ok()).ok_or_else(|| {
        "expected a time with its offset, as in `2026-01-31T12:00:00Z`, or a date, as in `2026-01-31`".to_owned()
    })
}

/// Reads a word of a closed vocabulary.
///
/// # Errors
/// What was found, what was expected, and what was probably meant.
pub fn word<W: crate::evidence::Word>(written: &str) -> Result<W, String> {
    W::parse(written).ok_or_else(|| {
        let words = W::VOCABULARY.words;
        let listed = words.join(", ");
        match nearest(written, words.iter().copied()) {
            Some(near) => {
                format!("`{written}` is no {}, did you mean `{near}`? there are {listed}", W::VOCABULARY.name)
            }
            None => format!("`{written}` is no {}, there are {listed}", W::VOCABULARY.name),
        }
    })
}

/// The words of values, joined for a reader.
#[must_use]
pub fn joined<W: crate::evidence::Word>(values: &[W]) -> String {
    values.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{PackPlace, limit, limits, output_file, pack_place, parameter, time};
    use crate::policy::Limits;
    use std::path::Path;

    #[test]
    fn a_time_is_rfc_3339_or_a_date_and_nothing_else() {
        assert_eq!(time("2026-01-31").unwrap().to_string(), "2026-01-31T00:00:00Z");
        assert_eq!(time("2026-01-31T02:00:00.5+02:00").unwrap().to_string(), "2026-01-31T00:00:00Z");
        for bad in ["", "now", "2026-02-30", "2026-01-31T12:00:00", "31.01.2026", "1769817600"] {
            assert!(time(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_parameter_may_have_an_equals_sign_in_its_value_and_must_have_a_name() {
        assert_eq!(parameter("a=b=c").unwrap(), ("a".to_owned(), "b=c".to_owned()));
        assert!(parameter("=b").is_err());
        assert!(parameter("a").is_err());
    }

    #[test]
    fn a_limit_has_a_known_name_and_a_value_within_what_it_can_be() {
        let said = limit("operations=500").unwrap();
        assert_eq!(limits(&[said]), Limits { operations: 500, ..Limits::default() });
        assert!(limit("operation=5").unwrap_err().contains("did you mean `operations`?"));
        for bad in ["operations", "operations=", "operations=0", "operations=1000000000000", "=5", ""] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_output_needs_a_known_format_and_a_path() {
        assert_eq!(output_file(Path::new(""), "json=a=b.json").unwrap().file.shown, "a=b.json");
        assert!(output_file(Path::new(""), "jsn=a").unwrap_err().contains("did you mean `json`?"));
        assert!(output_file(Path::new(""), "json=").is_err());
        assert!(output_file(Path::new(""), "a.json").is_err());
    }

    #[test]
    fn a_report_is_not_written_to_a_file_called_dash() {
        assert!(output_file(Path::new(""), "json=-").unwrap_err().contains("`--format`"));
        assert!(output_file(Path::new(""), "json=./-").is_ok());
    }

    #[test]
    fn a_pack_is_a_directory_unless_it_is_said_to_be_built_in() {
        assert_eq!(pack_place(Path::new(""), "builtin:baseline"), PackPlace::Builtin("baseline".to_owned()));
        assert!(matches!(pack_place(Path::new(""), "baseline"), PackPlace::Directory(_)));
    }
}
