//! How bad an advisory is, from its vectors or else from a word of its database.

use std::cmp::Reverse;

use crate::collect::advisories::Entry;
use crate::evidence::{Advisory, AdvisorySeverityFrom, Severity, Word};
use crate::normalize::findings::score_of;

/// The severity, what it was read from, and the vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rated {
    pub(super) severity: Severity,
    pub(super) from: AdvisorySeverityFrom,
    pub(super) cvss: Option<String>,
}

/// What a record says, and what could not be understood of that.
///
/// A vector of version 4 before one of 3, before one of 2, before a word; of several of one version the highest.
pub(super) fn rated(entry: &Entry) -> (Option<Rated>, Option<String>) {
    let mut problem = None;
    let mut vectors = Vec::new();
    for stated in entry.severity.iter().filter(|stated| stated.kind.starts_with("CVSS_V")) {
        match score_of(&stated.score) {
            Some(score) => vectors.push((version(&stated.score), Reverse(tenths(score)), stated.score.trim())),
            None => {
                let short: String = stated.score.chars().filter(|c| !c.is_control()).take(80).collect();
                problem = Some(format!("has `{short}` for a severity, expected a CVSS vector"));
            }
        }
    }
    let word = || {
        entry.word.as_deref().and_then(severity_of).map(|severity| Rated {
            severity,
            from: AdvisorySeverityFrom::Database,
            cvss: None,
        })
    };
    let rated = vectors.into_iter().min().map(|(from, _, vector)| Rated {
        severity: score_of(vector).map_or(Severity::None, Severity::from_score),
        from,
        cvss: Some(vector.to_owned()),
    });
    // Where one vector can't be read nobody knows whether it is the worse one; a vector of no impact at all beside a word
    // is a place that was not filled in.
    let rated = match rated {
        None => word(),
        Some(rated) if problem.is_some() && rated.severity != Severity::Critical => None,
        Some(rated) if rated.severity == Severity::None => word().or(Some(rated)),
        rated => rated,
    };
    (rated, problem)
}

/// The place of an advisory's severity among those of the same fault: the first counts.
pub(super) fn rank(advisory: &Advisory) -> (u8, Reverse<u32>, &Option<String>) {
    let from = advisory.severity_from.map_or(u8::MAX - 1, Word::index);
    let score = match (advisory.cvss.as_deref().and_then(score_of), advisory.severity) {
        (Some(score), _) => tenths(score),
        // Between the scores of the bands, whose order alone counts here.
        (None, severity) => severity.map_or(0, |severity| 20 * u32::from(severity.index())),
    };
    (if advisory.severity.is_none() { u8::MAX } else { from }, Reverse(score), &advisory.cvss)
}

fn version(vector: &str) -> AdvisorySeverityFrom {
    match vector.trim() {
        vector if vector.starts_with("CVSS:4") => AdvisorySeverityFrom::CvssV4,
        vector if vector.starts_with("CVSS:3") => AdvisorySeverityFrom::CvssV3,
        _ => AdvisorySeverityFrom::CvssV2,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0.0 to 10.0 with one decimal")]
fn tenths(score: f32) -> u32 {
    (score * 10.0).round() as u32
}

/// Words of databases; GitHub's `moderate` is medium.
fn severity_of(word: &str) -> Option<Severity> {
    match word.trim().to_ascii_lowercase().as_str() {
        "moderate" => Some(Severity::Medium),
        "important" => Some(Severity::High),
        other => Severity::parse(other),
    }
}
