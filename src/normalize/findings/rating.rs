//! How bad an entry of a scanner's own report is, from a score, a vector and a word that may disagree.
//!
//! - Score and word: the worse of the two counts, and the origin says which. Of two alike it is the score. The level is
//!   always the word's where there is one, so that both stay visible.
//! - A score of 0.0 is what tools write where they know none; it decides nothing. Vectors count where there is no
//!   score.
//! - A score of another source than the word's counts where there is neither word nor score of its own.
//! - Neither score nor word: the level, of tools that have levels.
//! - Nothing at all, or a word for "unknown": level `error` and therefore severity `high`, with the origin `level` and
//!   the tag [`UNRATED`]. Most that nobody rated yet is new, so that `low` or `none` would be the wrong guess; a pack
//!   that wants another one has the tag and the origin.
//! - Malware is `critical` whatever is said, by the producer's word for what it is.

use std::str::FromStr as _;

use crate::collect::reports::Rating;
use crate::evidence::{Level, Severity, SeverityFrom};

/// The tag of findings whose severity nobody stated.
pub(super) const UNRATED: &str = "severity-unknown";

/// What a rating comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rated {
    pub(super) severity: Severity,
    pub(super) from: SeverityFrom,
    pub(super) score: Option<f32>,
    pub(super) level: Level,
    /// Whether nobody said how bad it is.
    pub(super) unrated: bool,
}

/// Reads a rating; `problem` takes what can't be understood.
pub(super) fn rated(rating: &Rating, mut problem: impl FnMut(String)) -> Rated {
    let word = rating.word.as_deref().and_then(|word| match severity_of(word) {
        Ok(severity) => severity,
        Err(()) => {
            problem(format!("found the severity {}, expected a known word", short(word)));
            None
        }
    });
    let score = rating.score.and_then(|score| in_range(score, &mut problem)).or_else(|| {
        let scores = rating.vectors.iter().filter_map(|vector| {
            score_of(vector).or_else(|| {
                problem(format!("found {}, expected a whole CVSS vector", short(vector)));
                None
            })
        });
        scores.filter(|score| *score > 0.0).reduce(f32::max)
    });
    let shown = rating.shown.and_then(|score| in_range(score, &mut problem));
    let by_word = word.map(|severity| (severity, SeverityFrom::Producer));
    let by_score =
        |score: Option<f32>| score.map(|score| (Severity::from_score(score), SeverityFrom::SecuritySeverity));
    let decided = match (by_word, by_score(score)) {
        _ if rating.malware => Some((Severity::Critical, SeverityFrom::Producer)),
        (Some(word), Some(score)) => Some(if word.0 > score.0 { word } else { score }),
        (word, score) => word.or(score).or_else(|| by_score(shown)),
    };
    let level = match (word, decided, rating.level) {
        _ if rating.malware => Level::Error,
        (_, _, Some(level)) => level,
        (Some(word), _, None) => level_of(word),
        (None, Some((severity, _)), None) => level_of(severity),
        (None, None, None) => Level::Error,
    };
    let (severity, from) = decided.unwrap_or((level.severity(), SeverityFrom::Level));
    let unrated = decided.is_none() && rating.level.is_none();
    Rated { severity, from, score: score.or(shown), level, unrated }
}

/// The severity that a word stands for; `None` for words that say that nobody knows.
fn severity_of(word: &str) -> Result<Option<Severity>, ()> {
    Ok(match word.trim().to_lowercase().as_str() {
        "critical" => Some(Severity::Critical),
        "high" | "important" => Some(Severity::High),
        "medium" | "moderate" => Some(Severity::Medium),
        "low" | "minor" | "negligible" => Some(Severity::Low),
        "none" | "info" | "informational" => Some(Severity::None),
        "" | "unknown" | "unassigned" | "undefined" => None,
        _ => return Err(()),
    })
}

const fn level_of(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Error,
        Severity::Medium => Level::Warning,
        Severity::Low => Level::Note,
        Severity::None => Level::None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be 0.0 to 10.0; a score has one decimal")]
fn in_range(score: f64, problem: &mut impl FnMut(String)) -> Option<f32> {
    if (0.0..=10.0).contains(&score) {
        return (score > 0.0).then_some(score as f32);
    }
    problem(format!("found the score {score}, expected 0.0 to 10.0"));
    None
}

/// The metrics without which a vector has no score, by its version.
const REQUIRED: [(&str, &[&str]); 3] = [
    ("CVSS:4.0/", &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"]),
    ("CVSS:3.", &["AV", "AC", "PR", "UI", "S", "C", "I", "A"]),
    ("", &["AV", "AC", "Au", "C", "I", "A"]),
];

/// The base score of a CVSS vector of version 2, 3 or 4; `None` where it is none, or lacks a metric of the base.
pub(in crate::normalize) fn score_of(vector: &str) -> Option<f32> {
    let vector = vector.trim().trim_start_matches('(').trim_end_matches(')');
    let vector = vector.strip_prefix("CVSS:2.0/").unwrap_or(vector);
    let (_, required) = REQUIRED.iter().find(|(start, _)| vector.starts_with(start))?;
    let names: Vec<&str> = vector.split('/').filter_map(|metric| Some(metric.split_once(':')?.0)).collect();
    if !required.iter().all(|name| names.contains(name)) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "0.0 to 10.0 with one decimal")]
    let score = cvss::Cvss::from_str(vector).ok()?.score() as f32;
    (0.0..=10.0).contains(&score).then_some(score)
}

fn short(text: &str) -> String {
    let short: String = text.chars().take(80).collect();
    format!("`{short}`")
}

#[cfg(test)]
mod tests {
    use super::{Rated, rated, score_of};
    use crate::collect::reports::Rating;
    use crate::evidence::{Level, Severity, SeverityFrom};

    fn of(word: Option<&str>, score: Option<f64>) -> Rated {
        rated(&Rating { word: word.map(str::to_owned), score, ..Rating::default() }, |problem| panic!("{problem}"))
    }

    #[test]
    fn the_worse_of_word_and_score_counts_and_both_stay_visible() {
        let mild_score = of(Some("HIGH"), Some(5.3));
        assert_eq!((mild_score.severity, mild_score.from), (Severity::High, SeverityFrom::Producer));
        assert_eq!((mild_score.score, mild_score.level), (Some(5.3), Level::Error));
        let mild_word = of(Some("Negligible"), Some(9.8));
        assert_eq!((mild_word.severity, mild_word.from), (Severity::Critical, SeverityFrom::SecuritySeverity));
        assert_eq!((mild_word.score, mild_word.level), (Some(9.8), Level::Note));
        assert_eq!(of(Some("moderate"), Some(5.3)).from, SeverityFrom::SecuritySeverity);
    }

    #[test]
    fn what_nobody_rated_is_high_and_said_to_be_unrated() {
        for rating in [of(None, None), of(Some("UNKNOWN"), None), of(Some("Unknown"), Some(0.0)), of(None, Some(0.0))] {
            assert_eq!((rating.severity, rating.from), (Severity::High, SeverityFrom::Level));
            assert!(rating.unrated && rating.score.is_none());
        }
        assert!(!of(Some("info"), None).unrated);
        assert_eq!(of(Some("info"), None).severity, Severity::None);
    }

    #[test]
    fn malware_is_critical_whatever_is_said() {
        let mild = Rating { word: Some("low".to_owned()), malware: true, ..Rating::default() };
        let rating = rated(&mild, |_| {});
        assert_eq!(
            (rating.severity, rating.from, rating.level),
            (Severity::Critical, SeverityFrom::Producer, Level::Error)
        );
    }

    #[test]
    fn a_word_or_a_score_that_is_none_is_a_problem_and_not_mild() {
        for rating in [
            Rating { word: Some("severe".to_owned()), ..Rating::default() },
            Rating { score: Some(11.0), ..Rating::default() },
            Rating { score: Some(-1.0), ..Rating::default() },
            Rating { vectors: vec!["CVSS:3.1/AV:N".to_owned()], ..Rating::default() },
        ] {
            let mut problems = 0;
            assert_eq!(rated(&rating, |_| problems += 1).severity, Severity::High, "{rating:?}");
            assert_eq!(problems, 1, "{rating:?}");
        }
    }

    #[test]
    fn vectors_have_the_scores_that_were_published_for_them() {
        // FIRST's examples for 3.1 (CVE-2013-1937, CVE-2014-0160, CVE-2014-6271, CVE-2015-1098, CVE-2014-2005), its
        // examples for 4.0 (CVE-2022-41741, CVE-2020-3549, CVE-2014-0160) and its worked examples for 2.0.
        for (vector, score) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
            ("CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8),
            ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
            ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3),
            ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.8),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A", 8.7),
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8),
            ("(AV:N/AC:L/Au:N/C:C/I:C/A:C)", 10.0),
            ("CVSS:2.0/AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2),
        ] {
            assert_eq!(score_of(vector), Some(score), "{vector}");
        }
        for vector in [
            "",
            "7.5",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "CVSS:5.0/AV:N",
            "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        ] {
            assert_eq!(score_of(vector), None, "{vector}");
        }
    }
}
