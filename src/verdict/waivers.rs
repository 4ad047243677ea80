//! Which violations are lifted, and by what. Nothing else is: no assessment, no required approval, nothing undecided.

/// A waiver of one violation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiver {
    /// The rule whose violation it lifts.
    pub rule: String,
    /// The fingerprint of the violation.
    pub fingerprint: String,
    /// The waiver's id.
    pub id: String,
}

/// The waivers that are in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waivers {
    sorted: Vec<Waiver>,
}

impl Waivers {
    /// Waivers in any order.
    #[must_use]
    pub fn new(mut waivers: Vec<Waiver>) -> Self {
        waivers.sort();
        waivers.dedup();
        Self { sorted: waivers }
    }

    /// Whether one names this rule.
    #[must_use]
    pub fn concern(&self, rule: &str) -> bool {
        self.first_from(rule, "").is_some_and(|waiver| waiver.rule == rule)
    }

    /// The id of the waiver that lifts a violation; the first by id where there are several.
    #[must_use]
    pub fn lifting(&self, rule: &str, fingerprint: &str) -> Option<&str> {
        self.first_from(rule, fingerprint)
            .filter(|waiver| waiver.rule == rule && waiver.fingerprint == fingerprint)
            .map(|waiver| waiver.id.as_str())
    }

    fn first_from(&self, rule: &str, fingerprint: &str) -> Option<&Waiver> {
        let start = self
            .sorted
            .partition_point(|waiver| (waiver.rule.as_str(), waiver.fingerprint.as_str()) < (rule, fingerprint));
        self.sorted.get(start)
    }
}

#[cfg(test)]
mod tests {
    use super::{Waiver, Waivers};

    #[test]
    fn a_waiver_is_found_by_rule_and_fingerprint_together() {
        let waiver = |rule: &str, fingerprint: &str, id: &str| Waiver {
            rule: rule.to_owned(),
            fingerprint: fingerprint.to_owned(),
            id: id.to_owned(),
        };
        let waivers = Waivers::new(vec![waiver("b", "2", "W-3"), waiver("b", "2", "W-1"), waiver("a", "1", "W-2")]);
        assert_eq!(waivers.lifting("b", "2"), Some("W-1"));
        assert_eq!(waivers.lifting("a", "2"), None);
        assert_eq!(waivers.lifting("b", "1"), None);
        assert!(waivers.concern("a") && waivers.concern("b"));
        assert!(!waivers.concern("aa") && !waivers.concern("c"));
    }
}
