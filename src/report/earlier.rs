//! Reading a verdict: as a whole, or the part of it that tells which approvals are still good or what is open.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::verdict::{VERDICT_SCHEMA, VerdictReport};
use crate::verdict::Earlier;

/// What every version of a verdict begins with.
#[derive(Deserialize)]
#[serde(expecting = "an object with `schema`")]
struct Header {
    schema: String,
    engine: Option<Made>,
}

#[derive(Deserialize)]
struct Made {
    version: Option<String>,
}

/// Reads a verdict, or a part of one.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let header: Header = serde_json::from_slice(bytes).map_err(|error| format!("is no verdict: {error}"))?;
    if header.schema != VERDICT_SCHEMA {
        return Err(format!("is of schema `{}`, expected `{VERDICT_SCHEMA}`", header.schema));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let own = env!("CARGO_PKG_VERSION");
        match header.engine.and_then(|made| made.version).filter(|version| version != own) {
            Some(version) => format!("is a verdict of tollgate {version} that {own} can't read: {error}"),
            None => format!("is no verdict: {error}"),
        }
    })
}

/// Reads a whole verdict.
///
/// # Errors
/// Why it is none, or none that this version reads, in words.
pub fn read_verdict(bytes: &[u8]) -> Result<VerdictReport, String> {
    read(bytes)
}

/// The part that counts; an older or newer build may have written more or less beside it.
#[derive(Deserialize)]
struct Wire {
    subject: Subject,
    approvals: Approvals,
}

#[derive(Deserialize)]
struct Subject {
    head: Option<String>,
}

#[derive(Deserialize)]
struct Approvals {
    required: Vec<Requirement>,
}

#[derive(Deserialize)]
struct Requirement {
    fingerprint: String,
}

/// Reads what a verdict about an earlier head asked for.
///
/// # Errors
/// Why it is no verdict, or none about a head, in words.
pub fn read_earlier(bytes: &[u8]) -> Result<Earlier, String> {
    let wire: Wire = read(bytes)?;
    let head = wire.subject.head.ok_or("does not say which head it is about, so no review is known to be of it")?;
    let requirements: BTreeSet<String> =
        wire.approvals.required.into_iter().map(|requirement| requirement.fingerprint).collect();
    Ok(Earlier { head, requirements })
}

/// A violation of a verdict that nothing lifts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenViolation {
    /// The id of its rule.
    pub rule: String,
    /// The name of the rule's pack.
    pub pack: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// What it says.
    pub message: String,
}

#[derive(Deserialize)]
struct Rules {
    as_of: String,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
    pack: String,
    violations: Vec<Violation>,
}

#[derive(Deserialize)]
struct Violation {
    message: String,
    fingerprint: String,
    waiver: Option<String>,
}

/// Reads the time of a verdict, and the violations that nothing lifts, in its order.
///
/// # Errors
/// Why it is no verdict, in words.
pub fn read_open_violations(bytes: &[u8]) -> Result<(String, Vec<OpenViolation>), String> {
    let wire: Rules = read(bytes)?;
    let of_rule = |Rule { id, pack, violations }: Rule| {
        let open = violations.into_iter().filter(|violation| violation.waiver.is_none());
        open.map(move |Violation { message, fingerprint, .. }| OpenViolation {
            rule: id.clone(),
            pack: pack.clone(),
            fingerprint,
            message,
        })
    };
    Ok((wire.as_of, wire.rules.into_iter().flat_map(of_rule).collect()))
}
