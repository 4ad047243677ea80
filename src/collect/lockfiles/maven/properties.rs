//! `${name}` in a POM, as far as files of the repository say what it stands for.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::lockfiles::LockfileError;

/// Longest text that properties may grow to.
pub(super) const MAX_LENGTH: usize = 4_096;
/// Most properties that one text is filled in with, one in another.
pub(super) const MAX_STEPS: usize = 1_000;

/// Where names are looked up.
pub(super) struct Scope<'m> {
    /// `project.version` and its like, by every name that they have.
    pub(super) project: &'m BTreeMap<String, String>,
    /// Properties: of a profile, of the project, of its parents.
    pub(super) layers: Vec<&'m BTreeMap<String, String>>,
}

/// A text with its properties filled in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Filled {
    /// What can't be filled in stays as it is written.
    pub(super) text: String,
    /// Whether all of it was.
    pub(super) whole: bool,
}

impl Scope<'_> {
    /// Fills in a text; names that were looked up are noted.
    ///
    /// # Errors
    /// Where it grows past a limit.
    pub(super) fn fill(&self, text: &str, used: &mut BTreeSet<String>) -> Result<Filled, LockfileError> {
        let mut filled = Filled { text: String::new(), whole: true };
        let mut steps = 0;
        self.step(text, &mut filled, used, &mut Vec::new(), &mut steps)?;
        Ok(filled)
    }

    fn value(&self, name: &str) -> Option<&str> {
        let found = self.project.get(name).or_else(|| self.layers.iter().find_map(|layer| layer.get(name)));
        found.map(String::as_str)
    }

    fn step(
        &self,
        text: &str,
        out: &mut Filled,
        used: &mut BTreeSet<String>,
        open: &mut Vec<String>,
        steps: &mut usize,
    ) -> Result<(), LockfileError> {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.text.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                out.whole = false;
                out.text.push_str("${");
                rest = after;
                continue;
            };
            used.insert(name.to_owned());
            *steps += 1;
            match self.value(name).filter(|_| !open.iter().any(|outer| outer == name)) {
                Some(value) => {
                    if *steps > MAX_STEPS {
                        let message = format!("the property `{name}` takes more than {MAX_STEPS} steps to fill in");
                        return Err(LockfileError::limit(None, message));
                    }
                    open.push(name.to_owned());
                    self.step(value, out, used, open, steps)?;
                    open.pop();
                }
                // A property that stands for itself is one that nothing fills in.
                None => {
                    out.whole = false;
                    out.text.push_str("${");
                    out.text.push_str(name);
                    out.text.push('}');
                }
            }
            if out.text.len() > MAX_LENGTH {
                let message = format!("the property `{name}` grows to more than {MAX_LENGTH} bytes");
                return Err(LockfileError::limit(None, message));
            }
            rest = behind;
        }
        out.text.push_str(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{Filled, Scope};
    use crate::evidence::Completeness;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_nearest_value_counts_and_what_has_none_stays() {
        let (project, own, parent) =
            (map(&[("project.version", "${v}-x")]), map(&[("v", "2")]), map(&[("v", "1"), ("w", "${v}.${w}")]));
        let scope = Scope { project: &project, layers: vec![&own, &parent] };
        let fill = |text: &str| {
            let Filled { text, whole } = scope.fill(text, &mut BTreeSet::new()).unwrap();
            format!("{text} {whole}")
        };
        assert_eq!(fill("1.0"), "1.0 true");
        assert_eq!(fill("a${v}b${project.version}"), "a2b2-x true");
        assert_eq!(fill("${u}-${v}"), "${u}-2 false");
        assert_eq!(fill("${w}"), "2.${w} false");
        assert_eq!(fill("${v"), "${v false");
    }

    #[test]
    fn properties_that_multiply_are_a_limit() {
        for seed in ["xx", ""] {
            let mut entries = vec![("a0".to_owned(), seed.to_owned())];
            entries.extend((1..40).map(|at| (format!("a{at}"), format!("${{a{0}}}${{a{0}}}", at - 1))));
            let (project, own) = (BTreeMap::new(), entries.into_iter().collect());
            let scope = Scope { project: &project, layers: vec![&own] };
            let error = scope.fill("${a39}", &mut BTreeSet::new()).unwrap_err();
            assert_eq!(error.completeness, Completeness::Truncated, "{error:?}");
        }
    }
}
