//! One OSV record: what is read of it, and what makes it none.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ecosystems::{PackageKey, action_path, ecosystem};
use super::loose::{Specific, Text};

/// Most characters of an id; the longest in use have about 30.
const MAX_ID: usize = 128;
/// Most characters that are kept of a summary.
const MAX_SUMMARY: usize = 300;

/// What one record says of one package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where the record is in its database: an entry, a path, or a number from 1.
    pub at: String,
    /// The record's id.
    pub id: String,
    /// Ids of the same fault in other databases.
    pub aliases: Vec<String>,
    /// When it was last changed (RFC 3339).
    pub modified: String,
    /// When it was published (RFC 3339).
    pub published: Option<String>,
    /// Whether its database has taken it back.
    pub withdrawn: bool,
    /// What it says in one line: the summary, or else the first line of the details.
    pub summary: String,
    /// Scores: those of the package where it has any of its own, else those of the record.
    pub severity: Vec<Score>,
    /// The severity in a word of the database's own.
    pub word: Option<String>,
    /// What RustSec says a record is instead of a vulnerability.
    pub informational: Option<String>,
    /// Whether the record says that the code was made to do harm (CWE-506).
    pub malicious: bool,
    /// Which versions it is about.
    pub affected: Vec<Affected>,
}

/// A score as the record states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// `CVSS_V2`, `CVSS_V3`, `CVSS_V4`, or another scale.
    pub kind: String,
    /// The vector, or a word of that scale.
    pub score: String,
}

/// Versions of one package that a record is about: those listed, and those in any of the ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Of an action, its path inside of the repository, in lower case.
    pub path: Option<String>,
    /// Versions, one by one.
    pub versions: Vec<String>,
    /// Ranges of versions.
    pub ranges: Vec<Range>,
}

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Range {
    /// In the order of the ecosystem (`SEMVER`, `ECOSYSTEM`): what happens at which version, in the order of the record.
    Ordered(Vec<Event>),
    /// In another order (`GIT`, or one that is not known), in which versions can't be placed.
    Other(String),
}

/// What happens at a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It and later ones are affected; `0` is before all versions.
    Introduced(String),
    /// It and later ones are not.
    Fixed(String),
    /// Later ones are not.
    LastAffected(String),
    /// Nothing is said of it and later ones; `*` is after all versions.
    Limit(String),
}

/// One record, read and checked.
#[derive(Debug)]
pub(super) struct Record<'a> {
    wire: Wire<'a>,
    pub(super) modified: Timestamp,
    /// Packages of ecosystems that are read, with the places in `affected` that are about them.
    pub(super) packages: BTreeMap<PackageKey, Vec<usize>>,
}

/// Reads one record.
///
/// # Errors
/// What was found, and what was expected.
pub(super) fn parse(bytes: &[u8]) -> Result<Record<'_>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let wire: Wire<'_> = serde_json::from_str(text).map_err(|error| why(&error))?;
    let version = wire.schema_version.as_ref().map_or("1.0.0", Text::as_str);
    if version.split('.').next() != Some("1") {
        return Err(format!("has schema version `{}`, expected 1", short(version)));
    }
    let (Some(id), Some(modified)) = (&wire.id, &wire.modified) else {
        let lacking = if wire.id.is_none() { "id" } else { "modified" };
        return Err(format!("is no OSV record: it has no `{lacking}`"));
    };
    for id in std::iter::once(id).chain(wire.aliases.iter().flatten()) {
        check_id(id.as_str())?;
    }
    let modified = time("modified", modified)?;
    for (name, stated) in [("published", &wire.published), ("withdrawn", &wire.withdrawn)] {
        if let Some(stated) = stated {
            time(name, stated)?;
        }
    }
    let packages = packages(&wire)?;
    Ok(Record { wire, modified, packages })
}

impl Record<'_> {
    pub(super) fn id(&self) -> &str {
        self.wire.id.as_ref().map_or("", Text::as_str)
    }

    /// What the record says of one of its packages.
    pub(super) fn entry(&self, at: &str, places: &[usize]) -> Entry {
        let wire = &self.wire;
        let affected: Vec<&WireAffected<'_>> =
            places.iter().filter_map(|place| wire.affected.as_ref()?.get(*place)).collect();
        let own: Vec<Score> = affected.iter().flat_map(|affected| scores(affected.severity.as_deref())).collect();
        let specific = || {
            let of_package = affected.iter().flat_map(|it| [&it.ecosystem_specific, &it.database_specific]);
            of_package.chain([&wire.database_specific]).flatten()
        };
        let summary = wire.summary.as_ref().map(|summary| one_line(summary.as_str())).filter(|line| !line.is_empty());
        let details = || wire.details.as_ref().map(|details| first_line(details.as_str())).unwrap_or_default();
        Entry {
            at: at.to_owned(),
            id: self.id().to_owned(),
            aliases: wire.aliases.iter().flatten().map(Text::to_owned).collect(),
            modified: wire.modified.as_ref().map(Text::to_owned).unwrap_or_default(),
            published: wire.published.as_ref().map(Text::to_owned),
            withdrawn: wire.withdrawn.is_some(),
            summary: summary.unwrap_or_else(details),
            severity: if own.is_empty() { scores(wire.severity.as_deref()).collect() } else { own },
            word: specific().find_map(|it| it.severity.clone()),
            informational: specific().find_map(|it| it.informational.clone()),
            malicious: specific().any(|it| it.malicious),
            affected: affected.iter().map(|affected| affected.read()).collect(),
        }
    }
}

/// Packages of ecosystems that are read. Whatever the record says of others is not checked.
fn packages(wire: &Wire<'_>) -> Result<BTreeMap<PackageKey, Vec<usize>>, String> {
    let mut packages: BTreeMap<PackageKey, Vec<usize>> = BTreeMap::new();
    for (place, affected) in wire.affected.iter().flatten().enumerate() {
        let Some(package) = &affected.package else { continue };
        let named = match (&package.ecosystem, &package.name) {
            (Some(kind), Some(name)) => {
                ecosystem(kind.as_str()).map(|ecosystem| PackageKey::of(ecosystem, name.as_str()))
            }
            (None, None) if package.purl.is_some() => None,
            _ => return Err(format!("affected[{place}] names a package without its ecosystem, name or purl")),
        };
        // Where the two contradict each other, either may be the one that is meant.
        let by_purl = package.purl.as_ref().and_then(|purl| PackageKey::of_purl(purl.as_str())).map(|(key, _)| key);
        let (first, second) = (named.clone(), by_purl.filter(|key| named.as_ref() != Some(key)));
        for key in [first, second].into_iter().flatten() {
            affected.check().map_err(|why| format!("affected[{place}] {why}"))?;
            packages.entry(key).or_default().push(place);
        }
    }
    Ok(packages)
}

/// An id becomes part of messages and of other documents: it is one word, and no longer than one.
fn check_id(id: &str) -> Result<(), String> {
    if id.is_empty() || id.chars().count() > MAX_ID || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(format!("has the id `{}`, expected a word of at most {MAX_ID} characters", short(id)));
    }
    Ok(())
}

fn time(name: &str, stated: &Text<'_>) -> Result<Timestamp, String> {
    stated.as_str().parse().map_err(|_| format!("`{name}` is `{}`, expected an RFC 3339 time", short(stated.as_str())))
}

fn scores<'a>(severity: Option<&'a [WireScore<'a>]>) -> impl Iterator<Item = Score> + 'a {
    let read = |score: &WireScore<'_>| Score { kind: score.kind.to_owned(), score: score.score.to_owned() };
    severity.unwrap_or_default().iter().map(read)
}

/// What a JSON reader says, with the place inside of the record.
fn why(error: &serde_json::Error) -> String {
    if error.is_eof() { "is cut short: the JSON ends unfinished".to_owned() } else { format!("can't be read: {error}") }
}

/// A text from the database in a message.
pub(super) fn short(text: &str) -> String {
    let mut line = one_line(text);
    if let Some((end, _)) = line.char_indices().nth(60) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// A text as one line of at most [`MAX_SUMMARY`] characters, without control characters.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let mut line = String::new();
    for word in words {
        if line.len() > MAX_SUMMARY * 4 {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if let Some((end, _)) = line.char_indices().nth(MAX_SUMMARY) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// The first line that says something, without Markdown's marks of a heading.
fn first_line(details: &str) -> String {
    let lines = details.lines().map(|line| line.trim_start_matches(['#', ' ']));
    lines.map(one_line).find(|line| !line.is_empty()).unwrap_or_default()
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an OSV record, which is an object")]
struct Wire<'a> {
    #[serde(borrow)]
    schema_version: Option<Text<'a>>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    modified: Option<Text<'a>>,
    #[serde(borrow)]
    published: Option<Text<'a>>,
    #[serde(borrow)]
    withdrawn: Option<Text<'a>>,
    #[serde(borrow)]
    aliases: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    summary: Option<Text<'a>>,
    #[serde(borrow)]
    details: Option<Text<'a>>,
    #[serde(borrow)]
    severity: Option<Vec<WireScore<'a>>>,
    #[serde(borrow)]
    affected: Option<Vec<WireAffected<'a>>>,
    database_specific: Option<Specific>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with `type` and `score`")]
struct WireScore<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    score: Text<'a>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with `package`, `ranges` and `versions`")]
struct WireAffected<'a> {
    #[serde(borrow)]
    package: Option<WirePackage<'a>>,
    #[serde(borrow)]
    severity: Option<Vec<WireScore<'a>>>,
    #[serde(borrow)]
    ranges: Option<Vec<WireRange<'a>>>,
    #[serde(borrow)]
    versions: Option<Vec<Text<'a>>>,
    ecosystem_specific: Option<Specific>,
    database_specific: Option<Specific>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with `ecosystem` and `name`")]
struct WirePackage<'a> {
    #[serde(borrow)]
    ecosystem: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    purl: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with `type` and `events`")]
struct WireRange<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    events: Option<Vec<WireEvent<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with one of `introduced`, `fixed`, `last_affected` and `limit`")]
struct WireEvent<'a> {
    #[serde(borrow)]
    introduced: Option<Text<'a>>,
    #[serde(borrow)]
    fixed: Option<Text<'a>>,
    #[serde(borrow)]
    last_affected: Option<Text<'a>>,
    #[serde(borrow)]
    limit: Option<Text<'a>>,
}

impl WireAffected<'_> {
    /// Whether all of its ordered ranges are of their form.
    fn check(&self) -> Result<(), String> {
        for (place, range) in self.ranges.iter().flatten().enumerate().filter(|(_, range)| range.is_ordered()) {
            let events = range.events.as_deref().unwrap_or_default();
            if let Some(event) = events.iter().find(|event| event.stated().count() != 1) {
                let found = event.stated().count();
                return Err(format!(
                    "has an event in ranges[{place}] with {found} of `introduced`, `fixed`, `last_affected` and `limit`, \
                     expected one"
                ));
            }
            if !events.iter().any(|event| event.introduced.is_some()) {
                return Err(format!("has no `introduced` in ranges[{place}], expected at least one"));
            }
        }
        Ok(())
    }

    fn read(&self) -> Affected {
        let name = self.package.as_ref().and_then(|package| package.name.as_ref()).map_or("", Text::as_str);
        let kind = self.package.as_ref().and_then(|package| ecosystem(package.ecosystem.as_ref()?.as_str()));
        Affected {
            path: kind.filter(|kind| *kind == crate::evidence::Ecosystem::Github).and_then(|_| action_path(name)),
            versions: self.versions.iter().flatten().map(Text::to_owned).collect(),
            ranges: self.ranges.iter().flatten().map(WireRange::read).collect(),
        }
    }
}

impl WireRange<'_> {
    fn is_ordered(&self) -> bool {
        matches!(self.kind.as_str(), "SEMVER" | "ECOSYSTEM")
    }

    fn read(&self) -> Range {
        if !self.is_ordered() {
            return Range::Other(short(self.kind.as_str()));
        }
        Range::Ordered(self.events.iter().flatten().flat_map(WireEvent::stated).collect())
    }
}

impl WireEvent<'_> {
    fn stated(&self) -> impl Iterator<Item = Event> {
        let text = |text: &Option<Text<'_>>| text.as_ref().map(Text::to_owned);
        let all = [
            text(&self.introduced).map(Event::Introduced),
            text(&self.fixed).map(Event::Fixed),
            text(&self.last_affected).map(Event::LastAffected),
            text(&self.limit).map(Event::Limit),
        ];
        all.into_iter().flatten()
    }
}
