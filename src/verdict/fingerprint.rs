//! Identity: of a violation, so that a waiver can name it, and of anything else that is told apart by its parts.
//!
//! A violation has several names, from the subject alone to everything that it says. It is published under the shortest
//! that no other violation of its rule has, and a waiver may use any that no other has. So another violation on the same
//! subject can only take a name away, never give one: adding a violation never lifts another.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::JudgedViolation;
use super::waivers::{OfRule, Renames};
use crate::evaluate::{RuleOutcome, Subject, Violation};
use crate::evidence::{Evidence, Word as _};

/// How many hexadecimal digits of SHA-256 name a violation.
const VIOLATION_DIGITS: usize = 32;

/// How much of a violation a name covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    /// The subject; of the change as a whole also the message, because there the message is all there is.
    Subject,
    /// And the message.
    Message,
    /// And line, risk, remedy and approvers.
    Everything,
    /// And the position in the evidence: unique in a verdict, not stable between two.
    Position,
}

impl Depth {
    const ALL: [Self; 4] = [Self::Subject, Self::Message, Self::Everything, Self::Position];
}

/// Names a rule's violations, and finds the waivers that lift them: for each violation, the ids of all that are about it, in
/// order, in force or not.
pub(super) fn judge(
    outcome: &RuleOutcome,
    evidence: &Evidence,
    waivers: &OfRule<'_>,
    renames: &Renames<'_>,
) -> (Vec<JudgedViolation>, Vec<Vec<String>>) {
    let rule = &outcome.rule;
    let waivable = !waivers.is_empty();
    // Every name that a violation has and no other.
    let mut own: Vec<Vec<String>> = outcome.violations.iter().map(|_| Vec::new()).collect();
    let mut judged: Vec<JudgedViolation> = outcome
        .violations
        .iter()
        .map(|violation| JudgedViolation {
            violation: violation.clone(),
            risk: violation.risk.unwrap_or(rule.risk),
            fingerprint: String::new(),
            waiver: None,
        })
        .collect();
    let identities: Vec<(Vec<String>, u32)> =
        outcome.violations.iter().map(|violation| identity(violation, evidence)).collect();
    for depth in Depth::ALL {
        let named = judged.iter().zip(&identities);
        let names: Vec<String> =
            named.map(|(judged, identity)| name(&rule.id, &judged.violation, identity, depth)).collect();
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for name in &names {
            *times.entry(name).or_default() += 1;
        }
        for ((judged, own), name) in judged.iter_mut().zip(&mut own).zip(&names) {
            if times.get(name.as_str()) != Some(&1) {
                continue;
            }
            if judged.fingerprint.is_empty() {
                judged.fingerprint.clone_from(name);
            }
            if waivable {
                own.push(name.clone());
            }
        }
        if !waivable && judged.iter().all(|judged| !judged.fingerprint.is_empty()) {
            break;
        }
    }
    let mut lifted = Vec::new();
    for (judged, own) in judged.iter_mut().zip(&own) {
        let (by, about) = match waivable {
            true => waivers.lifting(judged.violation.subject, own, evidence, renames),
            false => (None, Vec::new()),
        };
        judged.waiver = by;
        lifted.push(about);
    }
    (judged, lifted)
}

fn name(rule: &str, violation: &Violation, (identity, line): &(Vec<String>, u32), depth: Depth) -> String {
    // Names of different depths are of different lists, so that none is taken for another.
    let mut parts = vec![format!("{depth:?}"), rule.to_owned()];
    parts.extend_from_slice(identity);
    if depth >= Depth::Message {
        parts.push(format!("message {}", violation.message));
    }
    if depth >= Depth::Everything {
        parts.push(format!("line {line}"));
        parts.push(format!("risk {}", violation.risk.map_or("", |risk| risk.as_str())));
        parts.push(format!("remedy {:?}", violation.remedy));
        parts.extend(violation.approvers.iter().map(ToString::to_string));
    }
    if depth >= Depth::Position {
        parts.push(format!("{:?}", violation.subject));
    }
    let mut digest = sha256(&parts);
    digest.truncate(VIOLATION_DIGITS);
    digest
}

/// What makes a subject the same one in the next run, and the line that it stands on, which does not.
fn identity(violation: &Violation, evidence: &Evidence) -> (Vec<String>, u32) {
    let at = |index: u32| index as usize;
    let found = match violation.subject {
        Subject::Change => None,
        Subject::Finding(index) => evidence
            .findings
            .get(at(index))
            .map(|finding| (vec!["finding".to_owned(), format!("{:032x}", finding.fingerprint)], 0)),
        Subject::File(index) => evidence.files.get(at(index)).map(|file| {
            let mut parts = vec!["file".to_owned(), file.path.clone()];
            parts.extend(file.previous_path.clone());
            (parts, 0)
        }),
        Subject::Dependency(index) => evidence.dependencies.get(at(index)).map(|dependency| {
            let ecosystem = dependency.ecosystem.as_str().to_owned();
            let change = dependency.change.as_str().to_owned();
            let manifest = dependency.manifest.clone().unwrap_or_default();
            let parts = ["dependency".to_owned(), ecosystem, dependency.name.clone(), manifest, change];
            (parts.into(), 0)
        }),
        Subject::Licence(index) => evidence.licences.get(at(index)).map(|licence| {
            let ecosystem = licence.ecosystem.as_str().to_owned();
            let stated = licence.expression.clone().or_else(|| licence.stated.clone()).unwrap_or_default();
            let manifest = licence.manifest.clone().unwrap_or_default();
            (["licence".to_owned(), ecosystem, licence.name.clone(), manifest, stated].into(), 0)
        }),
        Subject::Advisory(index) => evidence.advisories.get(at(index)).map(|advisory| {
            let ecosystem = advisory.ecosystem.as_str().to_owned();
            let manifest = advisory.manifest.clone().unwrap_or_default();
            (["advisory".to_owned(), ecosystem, advisory.name.clone(), manifest, advisory.id.clone()].into(), 0)
        }),
        Subject::Capability(index) => evidence.capabilities.get(at(index)).map(|capability| {
            let parts = ["capability", &capability.path, &capability.kind, &capability.what].map(str::to_owned);
            (parts.into(), capability.line)
        }),
        Subject::Review(index) => evidence.reviews.get(at(index)).map(|review| {
            let mut parts = vec!["review".to_owned(), review.state.as_str().to_owned()];
            parts.extend(review.reviewer.clone());
            parts.extend(review.commit.clone());
            (parts, 0)
        }),
        Subject::Test(index) => evidence.tests.get(at(index)).map(|test| {
            let class = test.class.clone().unwrap_or_default();
            (vec!["test".to_owned(), test.suite.clone(), class, test.name.clone()], test.line)
        }),
        Subject::Coverage(index) => {
            evidence.coverage.get(at(index)).map(|coverage| (vec!["coverage".to_owned(), coverage.path.clone()], 0))
        }
        Subject::Claim(index) => evidence.claims.get(at(index)).map(|claim| {
            let mut parts = vec!["claim".to_owned(), claim.text.clone()];
            parts.extend(claim.path.clone());
            (parts, claim.line)
        }),
        Subject::Source(index) => evidence.sources.get(at(index)).map(|source| {
            let tool = source.tool.clone().unwrap_or_default();
            let path = source.path.clone().unwrap_or_default();
            (["source".to_owned(), source.kind.as_str().to_owned(), tool, path].into(), 0)
        }),
    };
    found.unwrap_or_else(|| (vec!["change".to_owned(), violation.message.clone()], 0))
}

/// SHA-256 over parts, each with its length before it so that no two lists read alike; lower-case hexadecimal.
pub(super) fn sha256(parts: &[impl AsRef<str>]) -> String {
    let mut text = Vec::new();
    for part in parts {
        let part = part.as_ref().as_bytes();
        text.extend_from_slice(&(part.len() as u64).to_be_bytes());
        text.extend_from_slice(part);
    }
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(&text) {
        hex.extend([byte >> 4, byte & 15].into_iter().filter_map(|digit| char::from_digit(u32::from(digit), 16)));
    }
    hex
}

#[cfg(test)]
mod tests;
