//! `waivers.toml`: named, owned, ending exceptions to violations.
//!
//! ```toml
//! [[waiver]]
//! id = "W-12"
//! rule = "new-critical-finding"
//! paths = ["legacy/**"]
//! owner = "team:payments"
//! reason = "legacy module leaves the tree in March"
//! approved_by = "security-lead"
//! expires = 2027-03-31
//! ```
//!
//! It is a file of the user's, so a mistake in it is a diagnostic. It is read whole or not at all: what a waiver is about, who
//! answers for it, why, and until when is never guessed.

mod mistakes;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use self::mistakes::{no_login, unreadable};
use super::purls;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::Ecosystem;

/// The longest file that is read, in bytes: 1 MiB.
pub const MAX_BYTES: u64 = 1 << 20;

/// Hexadecimal digits of a violation's fingerprint.
const FINGERPRINT_DIGITS: usize = 32;

/// Something, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// What is written.
    pub value: T,
    /// Where.
    pub place: Place,
}

/// A waiver as it is written, each part checked by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenWaiver {
    /// Its id, unique in its file.
    pub id: At<String>,
    /// The id of the rule whose violations it lifts.
    pub rule: At<String>,
    /// Globs of paths: all paths of what it lifts match one.
    pub paths: Vec<At<String>>,
    /// The fingerprint of the one violation that it lifts: 32 lower-case hexadecimal digits.
    pub fingerprint: Option<String>,
    /// An id or an alias of the advisory that it is about.
    pub advisory: Option<String>,
    /// The package that it is about: its ecosystem, and its name as that ecosystem normalizes it.
    pub package: Option<(Ecosystem, String)>,
    /// The versions of the package; empty for all.
    pub versions: Vec<String>,
    /// The scanner whose findings it is about.
    pub tool: Option<String>,
    /// The scanner's rule whose findings it is about.
    pub finding_rule: Option<String>,
    /// Who answers for it: a login, or `team:NAME`.
    pub owner: String,
    /// Why it is there.
    pub reason: String,
    /// Login of who approved it.
    pub approved_by: Option<String>,
    /// Where it is dealt with.
    pub ticket: Option<String>,
    /// The day on which it was made.
    pub created: Option<Date>,
    /// Its last day, which counts whole, in UTC.
    pub expires: Date,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "tables `[[waiver]]`")]
struct Wire {
    waiver: Vec<Spanned<WaiverWire>>,
}

/// The keys of a waiver.
const KEYS: &[&str] = &[
    "id",
    "rule",
    "paths",
    "fingerprint",
    "advisory",
    "package",
    "versions",
    "tool",
    "finding_rule",
    "owner",
    "reason",
    "approved_by",
    "ticket",
    "created",
    "expires",
];

/// The keys that say what a waiver is about.
const SCOPE: &str = "`paths`, `fingerprint`, `advisory`, `package`, `tool` or `finding_rule`";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of a waiver")]
struct WaiverWire {
    id: Option<Spanned<String>>,
    rule: Option<Spanned<String>>,
    paths: Option<Spanned<Vec<Spanned<String>>>>,
    fingerprint: Option<Spanned<String>>,
    advisory: Option<Spanned<String>>,
    package: Option<Spanned<String>>,
    versions: Option<Spanned<Vec<Spanned<String>>>>,
    tool: Option<Spanned<String>>,
    finding_rule: Option<Spanned<String>>,
    owner: Option<Spanned<String>>,
    reason: Option<Spanned<String>>,
    approved_by: Option<Spanned<String>>,
    ticket: Option<Spanned<String>>,
    created: Option<Spanned<toml::Value>>,
    expires: Option<Spanned<toml::Value>>,
}

/// The waivers of a file, in its order. `shown` is the file as the user knows it.
///
/// # Errors
/// Every mistake that the file has, in its order, or the one that it can't be read past.
pub fn parse(shown: &str, text: &str) -> Result<Vec<WrittenWaiver>, Vec<Diagnostic>> {
    let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(text).into();
    let wire: Wire = toml::from_str(&text).map_err(|error| vec![unreadable(shown, &text, &error)])?;
    let mut file = File { shown, text, mistakes: Vec::new() };
    let waivers: Vec<WrittenWaiver> = wire.waiver.into_iter().filter_map(|waiver| file.waiver(waiver)).collect();
    file.mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| (place.line, place.column)));
    file.mistakes.extend(twice(&waivers));
    if file.mistakes.is_empty() { Ok(waivers) } else { Err(file.mistakes) }
}

/// A mistake for each waiver whose id another one before it has. Ids are compared without case: people read them.
#[must_use]
pub fn twice(waivers: &[WrittenWaiver]) -> Vec<Diagnostic> {
    let mut known: BTreeMap<String, &At<String>> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for WrittenWaiver { id, .. } in waivers {
        match known.get(&id.value.to_lowercase()) {
            Some(other) => mistakes.push(
                Diagnostic::new(Code::BrokenWaiver, format!("there is another waiver `{}`", other.value))
                    .at(id.place.clone())
                    .related(other.place.clone(), "the other one")
                    .help("give each waiver an id of its own"),
            ),
            None => {
                known.insert(id.value.to_lowercase(), id);
            }
        }
    }
    mistakes
}

/// The file, to say where in it something is wrong.
struct File<'a> {
    shown: &'a str,
    text: Arc<str>,
    mistakes: Vec<Diagnostic>,
}

impl File<'_> {
    /// Where a value stands: the caret is under the word, not under its quote.
    fn place(&self, span: &Range<usize>) -> Place {
        let quote = self.text.get(span.start..).is_some_and(|rest| rest.starts_with(['"', '\'']));
        Place::at_offset(self.shown, &self.text, span.start + usize::from(quote && span.len() > 2))
    }

    fn mistake(&mut self, span: &Range<usize>, message: impl Into<String>, help: Option<String>) {
        let mistake = Diagnostic::new(Code::BrokenWaiver, message).at(self.place(span));
        self.mistakes.push(match help {
            Some(help) => mistake.help(help),
            None => mistake,
        });
    }

    fn waiver(&mut self, waiver: Spanned<WaiverWire>) -> Option<WrittenWaiver> {
        let all = waiver.span();
        let wire = waiver.into_inner();
        let scoped = wire.paths.is_some()
            || wire.fingerprint.is_some()
            || wire.advisory.is_some()
            || wire.package.is_some()
            || wire.tool.is_some()
            || wire.finding_rule.is_some();
        if !scoped {
            let help = "a waiver of all that a rule may ever find is no exception to it".to_owned();
            self.mistake(&all, format!("the waiver has no scope, expected at least one of {SCOPE}"), Some(help));
        }
        let id = self.required(&all, "id", wire.id);
        let rule = self.required(&all, "rule", wire.rule);
        let owner = self.required(&all, "owner", wire.owner).and_then(|owner| self.owner(owner));
        let reason = self.required(&all, "reason", wire.reason);
        let expires = match wire.expires {
            Some(written) => self.day("expires", &written),
            None => {
                let help = Some("name its last day, as in `expires = 2027-03-31`".to_owned());
                self.mistake(&all, "the waiver has no `expires`", help);
                None
            }
        };
        let created = wire.created.and_then(|written| Some((self.day("created", &written)?, written.span())));
        if let (Some((created, span)), Some(expires)) = (&created, expires)
            && *created > expires
        {
            self.mistake(span, format!("the waiver was created on {created}, after its last day, {expires}"), None);
        }
        if let (Some(versions), None) = (&wire.versions, &wire.package) {
            self.mistake(&versions.span(), "`versions` are of a package, and no `package` is named", None);
        }
        let paths = self.texts("paths", wire.paths);
        let mut versions = self.texts("versions", wire.versions);
        let package = wire.package.and_then(|written| self.package(&written, &mut versions));
        let approved_by = self.said("approved_by", wire.approved_by).and_then(|login| self.login(login));
        let written = WrittenWaiver {
            id: id?,
            rule: rule?,
            paths,
            fingerprint: wire.fingerprint.and_then(|written| self.fingerprint(&written)),
            advisory: self.said("advisory", wire.advisory).map(|said| said.value),
            package,
            versions: versions.into_iter().map(|version| version.value).collect(),
            tool: self.said("tool", wire.tool).map(|said| said.value),
            finding_rule: self.said("finding_rule", wire.finding_rule).map(|said| said.value),
            owner: owner?,
            reason: reason?.value,
            approved_by,
            ticket: self.said("ticket", wire.ticket).map(|said| said.value),
            created: created.map(|(created, _)| created),
            expires: expires?,
        };
        Some(written)
    }

    fn required(&mut self, all: &Range<usize>, key: &str, written: Option<Spanned<String>>) -> Option<At<String>> {
        if written.is_none() {
            self.mistake(all, format!("the waiver has no `{key}`"), None);
        }
        self.said(key, written)
    }

    /// A text that says something.
    fn said(&mut self, key: &str, written: Option<Spanned<String>>) -> Option<At<String>> {
        let written = written?;
        if written.as_ref().trim().is_empty() {
            self.mistake(&written.span(), format!("`{key}` is blank"), None);
            return None;
        }
        let place = self.place(&written.span());
        Some(At { value: written.into_inner().trim().to_owned(), place })
    }

    fn texts(&mut self, key: &str, written: Option<Spanned<Vec<Spanned<String>>>>) -> Vec<At<String>> {
        let Some(written) = written else { return Vec::new() };
        if written.as_ref().is_empty() {
            self.mistake(&written.span(), format!("`{key}` is empty, so that the waiver is about nothing"), None);
        }
        written.into_inner().into_iter().filter_map(|text| self.said(key, Some(text))).collect()
    }

    fn owner(&mut self, owner: At<String>) -> Option<String> {
        match owner.value.strip_prefix("team:") {
            Some(team) if !team.trim().is_empty() => Some(owner.value),
            _ => self.login(owner),
        }
    }

    fn login(&mut self, written: At<String>) -> Option<String> {
        match no_login(&written.value) {
            None => Some(written.value),
            Some((message, help)) => {
                let mistake = Diagnostic::new(Code::BrokenWaiver, message).at(written.place);
                self.mistakes.push(match help {
                    Some(help) => mistake.help(help),
                    None => mistake,
                });
                None
            }
        }
    }

    fn fingerprint(&mut self, written: &Spanned<String>) -> Option<String> {
        let digits = written.as_ref().trim();
        let fits = digits.len() == FINGERPRINT_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !fits {
            let message =
                format!("`{}` is no fingerprint of a violation, expected 32 hexadecimal digits", written.as_ref());
            self.mistake(&written.span(), message, Some("a verdict names it at each violation".to_owned()));
        }
        fits.then(|| digits.to_ascii_lowercase())
    }

    /// A package by its URL; the version that it has is one of `versions`.
    fn package(&mut self, written: &Spanned<String>, versions: &mut Vec<At<String>>) -> Option<(Ecosystem, String)> {
        let example = || Some("as in `pkg:npm/lodash`, or `pkg:npm/lodash@4.17.20` for one version".to_owned());
        let Some(purl) = purls::parse(written.as_ref()) else {
            self.mistake(&written.span(), format!("`{}` is no package URL", written.as_ref()), example());
            return None;
        };
        let Some(ecosystem) = purl.ecosystem else {
            self.mistake(&written.span(), format!("packages of the type `{}` are not known", purl.kind), example());
            return None;
        };
        if let Some(version) = purl.version {
            if !versions.is_empty() {
                self.mistake(&written.span(), "the package has a version, and there are `versions` besides", example());
            }
            versions.push(At { value: version, place: self.place(&written.span()) });
        }
        Some((ecosystem, purl.name))
    }

    fn day(&mut self, key: &str, written: &Spanned<toml::Value>) -> Option<Date> {
        let text = match written.as_ref() {
            toml::Value::String(text) => text.trim().to_owned(),
            toml::Value::Datetime(time) => time.to_string(),
            other => other.to_string(),
        };
        // A date parser that takes a longer text would drop its time without a word.
        let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
        if day.is_none() {
            let help = Some("write a day, as in `2027-03-31`; it counts whole, in UTC".to_owned());
            self.mistake(&written.span(), format!("`{key}` is `{text}`, which is no day"), help);
        }
        day
    }
}
