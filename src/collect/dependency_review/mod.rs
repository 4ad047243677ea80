//! What GitHub says of changed dependencies: `GET /repos/../dependency-graph/compare/BASE...HEAD`.
//!
//! A list of packages that came or went, each in one manifest; several lists in a row (one for each page), a list of lists
//! (`gh api --paginate --slurp`), or one package per line (`--jq '.[]'`). Other answers are refused by their name, GitHub's
//! errors with its own words. Traps, and what becomes of them:
//!
//! - An update is one `removed` and one `added` that nothing links. Putting them together is `normalize`'s.
//! - The severity `moderate` is ours `medium`.
//! - `package_url` may say something else than `name` and `version`, which win; that is noted.
//! - A version may be a range where the manifest is no lockfile.
//! - A package of an ecosystem that is not ours is left out, noted, and the file is `truncated`.
//! - An entry that can't be taken as it stands is a problem, and the file has `failed`; the others still count.
//! - GitHub tells in a header of its answer alone, which no file has, that its data are incomplete. So an empty list is no
//!   proof that nothing changed, and a list of exactly 30 or 100 entries, the lengths of a full page, is `truncated` unless
//!   the file shows that its pages were asked for one after the other.
//!
//! Limits: [`MAX_BYTES`], [`MAX_CHANGES`], and [`MAX_VALUES`](super::forge::MAX_VALUES).

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::forge::{Fields, Notes, Problems, documents, error_of, quoted, what_is};
use super::input::{self, Refusal, Report};
use super::purls;
use crate::evidence::{Completeness, DependencyScope, Ecosystem, Severity};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 32 << 20;

/// How many entries of one file are read.
pub const MAX_CHANGES: usize = 100_000;

/// The id of an advisory that has none.
pub const UNNAMED: &str = "no-id";

/// Lengths of a full page: GitHub's usual one, and the longest that can be asked for.
const FULL_PAGES: [usize; 2] = [30, 100];

const EXPECTED: &str = "GitHub's comparison of dependencies (`dependency-graph/compare`)";

/// What one file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DependencyReview {
    /// In the order of the file.
    pub changes: Vec<ReviewChange>,
    /// Why there may be more than it has, and what to do.
    pub incomplete: Option<String>,
    /// What could not be taken as it stands.
    pub problems: Problems,
    /// What contradicts itself and still can be taken.
    pub notes: Problems,
}

/// A package that came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewChange {
    /// Where it stands: a JSON pointer.
    pub at: String,
    /// Whether it came; else it went.
    pub added: bool,
    /// The manifest or lockfile, as GitHub names it.
    pub manifest: Option<String>,
    /// Where packages of its kind come from.
    pub ecosystem: Ecosystem,
    /// The name as its ecosystem normalizes it.
    pub name: String,
    /// The version; of a manifest that is no lockfile, a range perhaps.
    pub version: String,
    /// The licence as it is written.
    pub licence: Option<String>,
    /// What it is used for.
    pub scope: DependencyScope,
    /// What is known to be wrong with that version.
    pub vulnerabilities: Vec<Vulnerability>,
}

/// An advisory of GitHub's database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vulnerability {
    /// Its id.
    pub id: String,
    /// What it says in one line.
    pub summary: String,
    /// Its severity.
    pub severity: Option<Severity>,
}

/// Reads one file.
#[must_use]
pub fn read(path: &Path, shown: &str, commit: Option<&str>) -> Report<DependencyReview> {
    input::report(path, shown, commit, MAX_BYTES, parse)
}

/// Reads the bytes of one file.
///
/// # Errors
/// A [`Refusal`] where they are not GitHub's comparison, or past a limit.
pub fn parse(bytes: &[u8]) -> Result<DependencyReview, Refusal> {
    parse_within(bytes, MAX_CHANGES)
}

fn parse_within(bytes: &[u8], limit: usize) -> Result<DependencyReview, Refusal> {
    let documents = documents(bytes, EXPECTED)?;
    let (pages, paged) = pages(&documents)?;
    let count: usize = pages.iter().map(|(_, entries)| entries.len()).sum();
    if count > limit {
        let reason = format!("has more than the limit of {limit} changes");
        return Err(Refusal { completeness: Completeness::Truncated, reason });
    }
    let (failing, harmless) = (Notes::default(), Notes::default());
    let mut reading = Reading { failing: &failing, harmless: &harmless, unread: BTreeMap::new(), changes: Vec::new() };
    for (at, entries) in &pages {
        for (index, entry) in entries.iter().enumerate() {
            reading.entry(entry, format!("{at}/{index}"));
        }
    }
    let full = !paged && FULL_PAGES.contains(&count);
    let incomplete = incomplete(&reading.unread).or_else(|| {
        full.then(|| {
            format!(
                "has exactly {count} changes, the length of a full page; get the others too: `gh api --paginate --slurp`"
            )
        })
    });
    let changes = reading.changes;
    Ok(DependencyReview { changes, incomplete, problems: failing.into_problems(), notes: harmless.into_problems() })
}

/// A JSON pointer, and the entries there.
type Page<'v> = (String, &'v [Value]);

/// The entries of each page with its JSON pointer, and whether the file shows that all pages were asked for.
fn pages(documents: &[Value]) -> Result<(Vec<Page<'_>>, bool), Refusal> {
    if let Some(error) = documents.iter().find_map(github_error) {
        return Err(Refusal::failed(format!("is GitHub's error {error}, expected {EXPECTED}")));
    }
    if documents.iter().all(is_change) {
        return Ok((vec![(String::new(), documents)], true));
    }
    if let [Value::Array(lists)] = documents
        && !lists.is_empty()
        && lists.iter().all(Value::is_array)
    {
        let pages = lists.iter().enumerate();
        let pages = pages.map(|(index, page)| (format!("/{index}"), page.as_array().map_or(&[][..], Vec::as_slice)));
        return checked(pages.collect(), true);
    }
    let mut found = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let Some(entries) = document.as_array() else {
            return Err(Refusal::failed(format!("is {}, expected {EXPECTED}", what_is(document))));
        };
        let at = if documents.len() == 1 { String::new() } else { format!("document {}: ", index + 1) };
        found.push((at, entries.as_slice()));
    }
    let paged = documents.len() > 1;
    checked(found, paged)
}

/// Lists of something else are refused; one entry of another shape among changes is a problem of that entry.
fn checked(pages: Vec<Page<'_>>, paged: bool) -> Result<(Vec<Page<'_>>, bool), Refusal> {
    let mut entries = pages.iter().flat_map(|(_, entries)| entries.iter());
    match entries.clone().next() {
        Some(first) if !entries.any(is_change) => {
            Err(Refusal::failed(format!("is a list that begins with {}, expected {EXPECTED}", what_is(first))))
        }
        _ => Ok((pages, paged)),
    }
}

fn is_change(value: &Value) -> bool {
    value.get("change_type").is_some()
}

/// What GitHub says went wrong. A change has no message.
fn github_error(value: &Value) -> Option<String> {
    if is_change(value) { None } else { error_of(value) }
}

fn incomplete(unread: &BTreeMap<String, u64>) -> Option<String> {
    let count: u64 = unread.values().sum();
    let names: Vec<String> = unread.keys().take(5).map(|name| quoted(name)).collect();
    let what = if count == 1 { "a change of an ecosystem that is" } else { "changes of ecosystems that are" };
    let number = if count == 1 { String::new() } else { format!("{count} ") };
    (count > 0).then(|| format!("has {number}{what} not read: {}", names.join(", ")))
}

/// GitHub's names of ecosystems, and the types of package URLs that submitted snapshots have instead.
const ECOSYSTEMS: &[(&str, Ecosystem)] = &[
    ("actions", Ecosystem::Github),
    ("cargo", Ecosystem::Cargo),
    ("composer", Ecosystem::Composer),
    ("docker", Ecosystem::Docker),
    ("gem", Ecosystem::Gem),
    ("githubactions", Ecosystem::Github),
    ("go", Ecosystem::Golang),
    ("golang", Ecosystem::Golang),
    ("gomod", Ecosystem::Golang),
    ("maven", Ecosystem::Maven),
    ("npm", Ecosystem::Npm),
    ("nuget", Ecosystem::Nuget),
    ("packagist", Ecosystem::Composer),
    ("pip", Ecosystem::Pypi),
    ("pypi", Ecosystem::Pypi),
    ("rubygems", Ecosystem::Gem),
    ("rust", Ecosystem::Cargo),
];

const SCOPES: &[(&str, DependencyScope)] = &[
    ("runtime", DependencyScope::Runtime),
    ("development", DependencyScope::Development),
    ("unknown", DependencyScope::Unknown),
];

const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("moderate", Severity::Medium),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
];

struct Reading<'n> {
    failing: &'n Notes,
    harmless: &'n Notes,
    /// Ecosystems that are not ours, and how many changes each has.
    unread: BTreeMap<String, u64>,
    changes: Vec<ReviewChange>,
}

impl Reading<'_> {
    fn entry(&mut self, entry: &Value, at: String) {
        let Some(fields) = Fields::of(entry, at.clone(), "a changed dependency", self.failing) else { return };
        let kind = needed(&fields, "change_type");
        let added = match kind {
            Some("added") => true,
            Some("removed") => false,
            Some(other) => {
                let found = quoted(other);
                return fields.problem("change_type", format!("found {found}, expected `added` or `removed`"));
            }
            None => return,
        };
        let Some(name) = needed(&fields, "name") else { return };
        let Some(ecosystem) = self.ecosystem(&fields) else { return };
        let Some(version) = needed(&fields, "version") else { return };
        let name = purls::normalized(ecosystem, name);
        self.check_url(&fields, ecosystem, &name, version);
        let vulnerabilities = fields.objects("vulnerabilities", "an advisory").iter().map(vulnerability).collect();
        self.changes.push(ReviewChange {
            added,
            manifest: fields.said("manifest").map(str::to_owned),
            ecosystem,
            version: version.to_owned(),
            licence: fields.said("license").map(str::to_owned),
            scope: word(&fields, "scope", SCOPES).unwrap_or(DependencyScope::Unknown),
            vulnerabilities,
            at,
            name,
        });
    }

    fn ecosystem(&mut self, fields: &Fields<'_>) -> Option<Ecosystem> {
        let written = needed(fields, "ecosystem")?;
        let lower = written.to_ascii_lowercase();
        let known = ECOSYSTEMS.iter().find(|(name, _)| *name == lower).map(|(_, ecosystem)| *ecosystem);
        if known.is_none() {
            let found = quoted(written);
            self.harmless.push(fields.pointer("ecosystem"), format!("found the ecosystem {found}, which is not read"));
            *self.unread.entry(lower).or_default() += 1;
        }
        known
    }

    /// The package URL is made from the other fields by somebody else; where it differs they win.
    fn check_url(&self, fields: &Fields<'_>, ecosystem: Ecosystem, name: &str, version: &str) {
        let Some(text) = fields.said("package_url") else { return };
        let found = quoted(text);
        let message = match purls::parse(text) {
            None => format!("found {found}, which is no package URL"),
            Some(purl) => {
                let same = purl.ecosystem == Some(ecosystem)
                    && purl.name.eq_ignore_ascii_case(name)
                    && purl.version.as_deref().is_none_or(|stated| stated == version);
                if same {
                    return;
                }
                format!("found {found} for `{name}` at {}; name and version count", quoted(version))
            }
        };
        self.harmless.push(fields.pointer("package_url"), message);
    }
}

/// A text without which an entry does not say what it should.
fn needed<'a>(fields: &Fields<'a>, name: &str) -> Option<&'a str> {
    let said = fields.said(name);
    if said.is_none() && fields.get(name).is_none_or(Value::is_string) {
        fields.problem(name, "found nothing, expected a text");
    }
    said
}

/// A word out of a list; an unknown one is noted.
fn word<T: Copy>(fields: &Fields<'_>, name: &str, words: &[(&str, T)]) -> Option<T> {
    let written = fields.said(name)?;
    let known = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(written));
    if known.is_none() {
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        fields.problem(name, format!("found {}, expected one of {}", quoted(written), all.join(", ")));
    }
    known.map(|(_, value)| *value)
}

fn vulnerability(fields: &Fields<'_>) -> Vulnerability {
    Vulnerability {
        id: needed(fields, "advisory_ghsa_id").unwrap_or(UNNAMED).to_owned(),
        summary: fields.said("advisory_summary").unwrap_or_default().to_owned(),
        severity: word(fields, "severity", SEVERITIES),
    }
}

#[cfg(test)]
mod tests;
