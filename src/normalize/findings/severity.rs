//! How bad a finding is, and which weaknesses it is of, from texts that producers write in many ways.

use crate::evidence::{Level, Severity, SeverityFrom, Word};

/// What a property `security-severity` says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Score {
    /// A CVSS score.
    Number(f32),
    /// A word of the producer's.
    Word(Severity),
}

impl Score {
    /// Reads the text of the property.
    ///
    /// # Errors
    /// Where it is neither a score from 0.0 to 10.0 nor a known word.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        if let Ok(score) = trimmed.parse::<f32>()
            && (0.0..=10.0).contains(&score)
        {
            // A negative zero would not come back from the column.
            return Ok(Self::Number(score.abs()));
        }
        let word = trimmed.to_lowercase();
        let severity = match word.as_str() {
            "moderate" => Some(Severity::Medium),
            "important" => Some(Severity::High),
            "info" | "informational" | "information" => Some(Severity::None),
            "negligible" | "minor" => Some(Severity::Low),
            other => Severity::parse(other),
        };
        severity.map(Self::Word).ok_or_else(|| {
            let short: String = trimmed.chars().take(60).collect();
            format!("found `{short}`, expected a score from 0.0 to 10.0")
        })
    }
}

/// Severity, where it is from, and the score itself.
pub(super) fn severity(score: Option<Score>, level: Level) -> (Severity, SeverityFrom, Option<f32>) {
    match score {
        // Tools write 0.0 where they know no score. That is no reason to believe it rather than their own level.
        Some(Score::Number(score)) if score <= 0.0 => (level.severity(), SeverityFrom::Level, Some(score)),
        Some(Score::Number(score)) => (Severity::from_score(score), SeverityFrom::SecuritySeverity, Some(score)),
        Some(Score::Word(severity)) => (severity, SeverityFrom::Producer, None),
        None => (level.severity(), SeverityFrom::Level, None),
    }
}

/// The numbers in a text that names weaknesses: `external/cwe/cwe-079`, `CWE-79`, `CWE-78: Improper ...`, `cwe:79`.
pub(super) fn cwe_in(text: &str) -> impl Iterator<Item = u32> {
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.as_str();
    let mut found = Vec::new();
    while let Some(at) = rest.find("cwe") {
        let (before, here) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let starts_word = !before.ends_with(|c: char| c.is_alphanumeric());
        rest = here.strip_prefix("cwe").unwrap_or("");
        let digits = rest.trim_start_matches(['-', '_', ':', ' ', '#']);
        if starts_word && let Some(number) = leading_number(digits) {
            found.push(number);
        }
    }
    found.into_iter()
}

/// The number of a taxon of the CWE: `79`, `079`, `CWE-79`.
pub(super) fn cwe_of_taxon(id: &str) -> Option<u32> {
    leading_number(id.trim()).or_else(|| cwe_in(id).next())
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Score, cwe_in, cwe_of_taxon, severity};
    use crate::evidence::{Level, Severity};

    #[test]
    fn a_score_of_zero_does_not_hide_a_level() {
        let of = |score, level| severity(Score::parse(score).ok(), level).0;
        assert_eq!((of("0.0", Level::Error), of("0", Level::None)), (Severity::High, Severity::None));
        assert_eq!((of("0.1", Level::Error), of("9.8", Level::None)), (Severity::Low, Severity::Critical));
    }

    #[test]
    fn weaknesses_are_found_in_every_spelling() {
        for text in ["external/cwe/cwe-079", "CWE-79", "CWE-79: Improper Neutralization", "cwe:79", "CWE79", "cwe_079"]
        {
            assert_eq!(cwe_in(text).collect::<Vec<_>>(), [79], "{text}");
        }
        assert_eq!(cwe_in("CWE-78, CWE-89").collect::<Vec<_>>(), [78, 89]);
        assert_eq!(cwe_in("scwe-1 security cwe").count(), 0);
        assert_eq!(cwe_in("CWE-99999999999").count(), 0);
        assert_eq!((cwe_of_taxon("079"), cwe_of_taxon("CWE-79"), cwe_of_taxon("x")), (Some(79), Some(79), None));
    }

    #[test]
    fn a_score_is_a_number_or_a_word_within_bounds() {
        assert_eq!(Score::parse(" 9.8 "), Ok(Score::Number(9.8)));
        assert_eq!(Score::parse("HIGH"), Ok(Score::Word(Severity::High)));
        assert_eq!(Score::parse("Moderate"), Ok(Score::Word(Severity::Medium)));
        for text in ["10.1", "-1", "NaN", "inf", "1e999", "", "severe"] {
            assert!(Score::parse(text).is_err(), "{text}");
        }
    }
}
