//! What every report comes to, whatever tool wrote it: its words, not yet what they mean for the repository.

use super::json::Json;
use crate::evidence::{Level, Problem, Source};

/// The most entries that are kept of one report; those past it are left out, and the report is `truncated`.
pub const MAX_ENTRIES: usize = 500_000;

/// The most characters of a title; advisories can be described in whole pages.
const MAX_TITLE: usize = 300;

/// The most fixed versions that a message repeats.
const MAX_FIXED: usize = 10;

/// The most aliases, weaknesses, vectors or fixed versions that are kept of one entry.
const MAX_LIST: usize = 200;

/// One report of a scanner in its own format.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NativeReport {
    /// The tool's name as its SARIF has it.
    pub tool: String,
    /// The tool's version, where the report states it.
    pub version: Option<String>,
    /// The commit that the report states as scanned.
    pub commit: Option<String>,
    /// What the tool found, in the order of the file.
    pub entries: Vec<Entry>,
    /// Statements that by the tool's own word are no findings: checks that passed, names that lead to another entry.
    pub set_aside: u64,
    /// Why the report does not tell everything: errors that the tool states, packages that it skipped, nothing that it
    /// looked at, an end that is missing.
    pub shortcomings: Vec<String>,
    /// What could not be taken as it stands, at most [`Source::MAX_PROBLEMS`] of it.
    pub problems: Vec<Problem>,
    /// How many problems there were in all.
    pub problem_count: u64,
    /// Whether entries were left out because of [`MAX_ENTRIES`].
    pub truncated: bool,
}

/// One thing that a tool found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// Where it stands in the report: a JSON pointer, after a line number where the report is several documents.
    pub at: String,
    /// The advisory or check, by the id that the tool reports first.
    pub id: String,
    /// Other ids of the same advisory.
    pub aliases: Vec<String>,
    /// Marks that are no ids: `malware`, `unmaintained`, `licence`, ...
    pub marks: Vec<&'static str>,
    /// What it is, in one line.
    pub title: String,
    /// The package that it is in.
    pub package: Option<PackageName>,
    /// Versions that fix it, or what else the tool says of fixing it.
    pub fix: Option<String>,
    /// The file that it is in, as the tool names it.
    pub place: Option<Place>,
    /// Texts that name weaknesses.
    pub cwe: Vec<String>,
    /// How bad it is.
    pub rating: Rating,
    /// Whether the tool set it aside on somebody's word: an ignore list, a VEX statement.
    pub suppressed: bool,
    /// Whether the tool did not look rather than found.
    pub open: bool,
}

/// A package as a tool names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageName {
    /// The package URL that the tool writes.
    pub purl: Option<String>,
    /// The type of package URLs of its ecosystem, where that is known.
    pub kind: Option<&'static str>,
    /// The namespace that all packages of its ecosystem have: the distribution's name.
    pub namespace: Option<&'static str>,
    /// The name as the ecosystem writes it.
    pub name: String,
    /// The version that is installed.
    pub version: Option<String>,
}

/// A place in a file as a tool names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The path, or the name of what was scanned.
    pub path: String,
    /// Whether `path` is known to be no file of the repository: the name of a container image, a file inside of one.
    pub outside: bool,
    /// First line, from 1; 0 where there is none.
    pub line: u32,
    /// Last line; 0 where there is none.
    pub end_line: u32,
    /// Column, from 1; 0 where there is none.
    pub column: u32,
}

/// What a tool says of how bad an entry is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rating {
    /// The tool's word.
    pub word: Option<String>,
    /// The CVSS score that the tool's word rests on.
    pub score: Option<f64>,
    /// CVSS vectors that the tool's word rests on; they count where there is no score.
    pub vectors: Vec<String>,
    /// The score of another source than the word's: shown, and counted only where there is neither word nor score.
    pub shown: Option<f64>,
    /// SARIF's level, of tools that know no severities but how near the code comes to the fault.
    pub level: Option<Level>,
    /// Whether it is malware: critical by its nature.
    pub malware: bool,
}

impl NativeReport {
    /// A report of a tool, still without entries.
    pub(super) fn of(tool: &str) -> Self {
        Self { tool: tool.to_owned(), ..Self::default() }
    }

    /// Adds an entry, as long as there is room.
    pub(super) fn push(&mut self, entry: Entry) {
        self.push_within(entry, MAX_ENTRIES);
    }

    fn push_within(&mut self, entry: Entry, max_entries: usize) {
        if self.entries.len() < max_entries {
            self.entries.push(entry);
        } else {
            self.truncated = true;
        }
    }

    /// Notes something that can't be taken as it stands.
    pub(super) fn problem(&mut self, at: impl Into<String>, message: impl Into<String>) {
        self.problem_count += 1;
        if self.problems.len() < Source::MAX_PROBLEMS {
            self.problems.push(Problem { at: at.into(), message: message.into() });
        }
    }

    /// Notes why the report does not tell everything.
    pub(super) fn falls_short(&mut self, why: impl Into<String>) {
        if self.shortcomings.len() < Source::MAX_PROBLEMS {
            self.shortcomings.push(why.into());
        }
    }

    fn unexpected(&mut self, at: &str, name: &str, found: &Json, expected: &str) {
        self.problem(format!("{at}/{}", escaped(name)), format!("found {}, expected {expected}", found.what()));
    }

    /// A text that may be absent or null.
    pub(super) fn text<'j>(&mut self, json: &'j Json, at: &str, name: &str) -> Option<&'j str> {
        match json.get(name) {
            Json::Null => None,
            Json::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            other => {
                self.unexpected(at, name, other, "a text");
                None
            }
        }
    }

    /// A text without which an entry says less than it should.
    pub(super) fn needed<'j>(&mut self, json: &'j Json, at: &str, name: &str) -> Option<&'j str> {
        match json.get(name) {
            Json::Text(text) if !text.trim().is_empty() => Some(text.trim()),
            other => {
                self.unexpected(at, name, other, "a text");
                None
            }
        }
    }

    /// A number that may be absent or null.
    pub(super) fn number(&mut self, json: &Json, at: &str, name: &str) -> Option<f64> {
        match json.get(name) {
            Json::Null => None,
            Json::Number(number) => Some(*number),
            other => {
                self.unexpected(at, name, other, "a number");
                None
            }
        }
    }

    /// A count that may be absent or null.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be a whole number in range"
    )]
    pub(super) fn count(&mut self, json: &Json, at: &str, name: &str) -> Option<u64> {
        match self.number(json, at, name)? {
            number if (0.0..=9e15).contains(&number) && number.fract() == 0.0 => Some(number as u64),
            _ => {
                self.unexpected(at, name, json.get(name), "a count");
                None
            }
        }
    }

    /// A position in a file; 0 where there is none.
    pub(super) fn position(&mut self, json: &Json, at: &str, name: &str) -> u32 {
        self.count(json, at, name).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
    }

    /// A list that may be absent or null, which is how Go programs write an empty one.
    pub(super) fn list<'j>(&mut self, json: &'j Json, at: &str, name: &str) -> &'j [Json] {
        match json.get(name) {
            Json::Null => &[],
            Json::List(elements) => elements,
            other => {
                self.unexpected(at, name, other, "a list");
                &[]
            }
        }
    }

    /// An object that may be absent or null.
    pub(super) fn object<'j>(&mut self, json: &'j Json, at: &str, name: &str) -> &'j Json {
        let found = json.get(name);
        if !found.is_null() && !found.is_object() {
            self.unexpected(at, name, found, "an object");
        }
        found
    }

    /// Texts of a list that may be absent or null; a text alone is a list of one.
    pub(super) fn texts(&mut self, json: &Json, at: &str, name: &str) -> Vec<String> {
        if let Json::Text(text) = json.get(name) {
            return Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned).into_iter().collect();
        }
        let mut texts = Vec::new();
        for (index, element) in self.list(json, at, name).iter().enumerate() {
            match element {
                Json::Text(text) if texts.len() < MAX_LIST => texts.push(text.trim().to_owned()),
                Json::Text(_) => {}
                other => {
                    let at = format!("{at}/{}/{index}", escaped(name));
                    self.problem(at, format!("found {}, expected a text", other.what()));
                }
            }
        }
        texts.retain(|text| !text.is_empty());
        texts
    }

    /// Whether a value is an object; another one is a problem.
    pub(super) fn is_object(&mut self, json: &Json, at: &str) -> bool {
        if !json.is_object() {
            self.problem(at, format!("found {}, expected an object", json.what()));
        }
        json.is_object()
    }

    /// Notes that the tool looked at nothing, where it says of how much.
    pub(super) fn looked_at_none(&mut self, of_what: &str) {
        self.falls_short(format!("looked at no {of_what}: an empty result is no clean one"));
    }
}

/// A name as one step of a JSON pointer, RFC 6901.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The first line of a text, cut to a length.
pub(super) fn title(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut short: String = line.chars().take(MAX_TITLE).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

/// What a list of fixed versions says.
pub(super) fn fixed_in(versions: &[String]) -> Option<String> {
    let shown = versions.get(..MAX_FIXED).unwrap_or(versions);
    let more = if shown.len() < versions.len() { ", ..." } else { "" };
    (!versions.is_empty()).then(|| format!("fixed in {}{more}", shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::{Entry, NativeReport, fixed_in, title};

    #[test]
    fn an_entry_past_the_limit_is_left_out_and_said_to_be() {
        let mut report = NativeReport::of("x");
        report.push_within(Entry::default(), 1);
        assert!(!report.truncated);
        report.push_within(Entry::default(), 1);
        assert_eq!((report.entries.len(), report.truncated), (1, true));
    }

    #[test]
    fn titles_and_lists_of_versions_are_cut() {
        assert_eq!(title("\n  first \nsecond"), "first");
        assert!(title(&"x".repeat(9_999)).len() < 400);
        let versions: Vec<String> = (0..99).map(|number| number.to_string()).collect();
        assert_eq!(fixed_in(&versions).unwrap(), "fixed in 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...");
        assert_eq!(fixed_in(&[]), None);
    }
}
