//! VEX documents: what somebody who looked says of a vulnerability in a product.
//!
//! Two formats are read, told apart by what they hold: OpenVEX 0.0.1 to 0.2.0 (<https://github.com/openvex/spec>), and
//! the `vulnerabilities` of CycloneDX 1.4 to 1.7 in JSON (<https://cyclonedx.org/docs/1.6/json/>). A document is read
//! whole or refused. Which package and version of the change a statement is about is `normalize`'s.
//!
//! What is refused besides what the formats refuse: OpenVEX that calls a product not affected and gives neither
//! justification nor impact statement, or one of a time that is none; two CycloneDX components with one `bom-ref`.

mod cyclonedx;
mod openvex;

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::advisories::PackageKey;
use super::input::{self, Refusal, Report};
use crate::evidence::{Completeness, VexStatus};

/// The largest document that is read, in bytes.
pub const MAX_BYTES: u64 = 64 << 20;
/// Most statements of one document, counting each product and each version of one.
pub const MAX_STATEMENTS: usize = 200_000;
/// Most characters that are kept of a text.
const MAX_TEXT: usize = 1000;

/// What a document says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VexDocument {
    /// The format, for messages.
    pub format: &'static str,
    /// Who says so.
    pub author: Option<String>,
    /// What is said, one product or version each, in the order of the document.
    pub statements: Vec<Statement>,
    /// What says nothing of any package, and why.
    pub problems: Vec<(String, String)>,
}

/// One thing that is said of one product, or of one of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Ids of the vulnerability.
    pub ids: Vec<String>,
    /// What it is said of.
    pub product: Product,
    /// Of a part of a product, that product: the statement is about the part as it is used there.
    pub within: Option<Whole>,
    /// What is said.
    pub status: VexStatus,
    /// Why, in the format's words.
    pub justification: Option<String>,
    /// Why, in the author's words.
    pub detail: Option<String>,
    /// When; of two about the same thing in one document the later counts. Always there in OpenVEX, never in CycloneDX.
    pub time: Option<Timestamp>,
    /// Where it is in the document, as a JSON pointer.
    pub at: String,
}

/// A product that has the vulnerability through one of its parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole {
    /// Its id, as the document has it.
    pub id: String,
    /// The package that it is, if it is one.
    pub key: Option<PackageKey>,
}

/// A package of a kind that lockfiles are read of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Product {
    /// The package.
    pub key: PackageKey,
    /// Which versions of it.
    pub versions: Versions,
}

/// Which versions of a package a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Versions {
    /// All of them: the statement names none.
    All,
    /// One.
    One(String),
    /// A range, which is not evaluated: nothing is excused by it, and nothing that it warns of is passed over.
    Range(String),
}

/// Reads one file; never fails, for one that can't be read is knowledge too.
#[must_use]
pub fn read(path: &Path, shown: &str) -> Report<VexDocument> {
    input::report(path, shown, None, MAX_BYTES, parse)
}

/// What tells the formats apart.
#[derive(Deserialize)]
#[serde(expecting = "a VEX document, which is an object")]
struct Marks {
    #[serde(rename = "@context")]
    context: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom: Option<IgnoredAny>,
}

/// Reads the bytes of one document.
///
/// # Errors
/// A [`Refusal`] where they are none of the two formats, or break their rules.
pub fn parse(bytes: &[u8]) -> Result<VexDocument, Refusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::failed("is not UTF-8"))?;
    match text.trim_start().chars().next() {
        None => return Err(Refusal::failed(format!("is empty, {EXPECTED}"))),
        Some('<') => return Err(Refusal::failed(format!("is XML, {EXPECTED}"))),
        Some(_) => {}
    }
    let marks: Marks = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    let document = match (marks.context, marks.bom) {
        (Some(_), None) => openvex::parse(text)?,
        (None, Some(_)) => cyclonedx::parse(text)?,
        (Some(_), Some(_)) => {
            return Err(Refusal::failed(format!("has both `@context` and `bomFormat`, {EXPECTED}")));
        }
        (None, None) => {
            return Err(Refusal::failed(format!("has neither `@context` nor `bomFormat`, {EXPECTED}")));
        }
    };
    if document.statements.len() > MAX_STATEMENTS {
        let reason = format!("has more statements than the limit of {MAX_STATEMENTS}");
        return Err(Refusal { completeness: Completeness::Truncated, reason });
    }
    Ok(document)
}

const EXPECTED: &str = "expected OpenVEX or CycloneDX in JSON";

fn unreadable(error: &serde_json::Error) -> Refusal {
    if error.is_eof() {
        return Refusal::failed("is cut short: the JSON ends unfinished");
    }
    Refusal::failed(format!("can't be read as VEX: {error}"))
}

/// A text of the document on one line and of bounded length; `None` where it is blank.
fn text(stated: Option<&String>) -> Option<String> {
    let words: Vec<&str> =
        stated?.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let mut line = words.join(" ");
    if let Some((end, _)) = line.char_indices().nth(MAX_TEXT) {
        line.truncate(end);
        line.push('…');
    }
    Some(line).filter(|line| !line.is_empty())
}

/// A text that was found, in a message.
fn short(found: &str) -> String {
    let mut line = text(Some(&found.to_owned())).unwrap_or_default();
    if let Some((end, _)) = line.char_indices().nth(60) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// A package URL as a product.
fn product(purl: &str) -> Option<Product> {
    let (key, version) = PackageKey::of_purl(purl)?;
    Some(Product { key, versions: version.map_or(Versions::All, Versions::One) })
}
