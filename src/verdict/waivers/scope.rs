//! What a waiver is about. Every part has to fit; a part that a violation's subject has nothing of does not.

use std::collections::BTreeMap;

use super::super::approvals::paths_of;
use crate::evaluate::Subject;
use crate::evidence::{Completeness, Ecosystem, Evidence, EvidenceKind, FileStatus, tool_key};
use crate::policy::PathGlob;

/// Which violations of a rule a waiver is about. What is not said is not asked; one that says nothing is about none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// All paths of the subject match one of them.
    pub paths: Vec<PathGlob>,
    /// A name of the violation, that no other of its rule has: 32 lower-case hexadecimal digits.
    pub fingerprint: Option<String>,
    /// An id or an alias of the advisory, compared without case.
    pub advisory: Option<String>,
    /// The package, as its ecosystem normalizes its name.
    pub package: Option<(Ecosystem, String)>,
    /// The versions that the package may have; empty for all.
    pub versions: Vec<String>,
    /// The scanner of the finding.
    pub tool: Option<String>,
    /// The scanner's rule of the finding.
    pub finding_rule: Option<String>,
}

/// Where files were before, and where they went.
pub(in crate::verdict) struct Renames<'a> {
    other: BTreeMap<&'a str, Vec<&'a str>>,
    /// How much is known of that.
    files: Completeness,
}

impl<'a> Renames<'a> {
    pub(in crate::verdict) fn of(evidence: &'a Evidence) -> Self {
        let mut other: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for file in &evidence.files {
            if let Some(previous) = &file.previous_path {
                other.entry(&file.path).or_default().push(previous);
                if file.status == FileStatus::Renamed {
                    other.entry(previous).or_default().push(&file.path);
                }
            }
        }
        Self { other, files: evidence.completeness(EvidenceKind::Files) }
    }

    /// Whether a path, and what it was called before or is called now, matches. Where that is not known, none does.
    fn all(&self, path: &str, matches: &dyn Fn(&str) -> bool) -> bool {
        self.files == Completeness::Complete
            && matches(path)
            && self.other.get(path).is_none_or(|others| others.iter().all(|other| matches(other)))
    }
}

impl Scope {
    /// Whether it says anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { versions: self.versions.clone(), ..Self::default() }
    }

    /// Whether a violation on a subject is one of those that it is about. `names` are the violation's own.
    pub(super) fn fits(&self, subject: Subject, names: &[String], evidence: &Evidence, renames: &Renames<'_>) -> bool {
        let Self { paths, fingerprint, advisory, package, versions, tool, finding_rule } = self;
        !self.is_empty()
            && fingerprint.as_ref().is_none_or(|fingerprint| names.contains(fingerprint))
            && (paths.is_empty() || lies_under(paths, subject, evidence, renames))
            && advisory.as_ref().is_none_or(|id| is_of_advisory(id, subject, evidence))
            && package.as_ref().is_none_or(|package| is_of_package(package, versions, subject, evidence))
            && tool.as_ref().is_none_or(|tool| is_of_tool(tool, subject, evidence))
            && finding_rule.as_ref().is_none_or(|rule| is_of_finding_rule(rule, subject, evidence))
    }

    /// In words, for people.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let one = |key: &str, value: &Option<String>| value.as_ref().map(|value| format!("{key} {value}"));
        let paths: Vec<&str> = self.paths.iter().map(PathGlob::as_str).collect();
        let package = self.package.as_ref().map(|(ecosystem, name)| format!("package {ecosystem} {name}"));
        [
            (!paths.is_empty()).then(|| format!("paths {}", paths.join(", "))),
            one("fingerprint", &self.fingerprint),
            one("advisory", &self.advisory),
            package,
            (!self.versions.is_empty()).then(|| format!("versions {}", self.versions.join(", "))),
            one("tool", &self.tool),
            one("finding_rule", &self.finding_rule),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Whether a subject has paths, and all of them match.
fn lies_under(globs: &[PathGlob], subject: Subject, evidence: &Evidence, renames: &Renames<'_>) -> bool {
    let matches = |path: &str| globs.iter().any(|glob| glob.matches(path));
    let paths = paths_of(subject, evidence);
    !paths.is_empty() && paths.iter().all(|path| renames.all(path, &matches))
}

fn is_of_advisory(wanted: &str, subject: Subject, evidence: &Evidence) -> bool {
    let Subject::Advisory(index) = subject else { return false };
    evidence.advisories.get(index as usize).is_some_and(|advisory| {
        std::iter::once(&advisory.id).chain(&advisory.aliases).any(|id| id.eq_ignore_ascii_case(wanted))
    })
}

/// Whether a subject is a package, in no other version than those wanted.
fn is_of_package(wanted: &(Ecosystem, String), versions: &[String], subject: Subject, evidence: &Evidence) -> bool {
    let (ecosystem, name, has): (Ecosystem, &str, &[String]) = match subject {
        Subject::Dependency(index) => match evidence.dependencies.get(index as usize) {
            // Of a package that is gone, the versions that it had.
            Some(package) if package.after.is_empty() => (package.ecosystem, &package.name, &package.before),
            Some(package) => (package.ecosystem, &package.name, &package.after),
            None => return false,
        },
        Subject::Advisory(index) => match evidence.advisories.get(index as usize) {
            Some(advisory) if advisory.after.is_empty() => (advisory.ecosystem, &advisory.name, &advisory.before),
            Some(advisory) => (advisory.ecosystem, &advisory.name, &advisory.after),
            None => return false,
        },
        Subject::Licence(index) => match evidence.licences.get(index as usize) {
            Some(licence) => (licence.ecosystem, &licence.name, std::slice::from_ref(&licence.version)),
            None => return false,
        },
        _ => return false,
    };
    let versions_fit = versions.is_empty() || (!has.is_empty() && has.iter().all(|version| versions.contains(version)));
    ecosystem == wanted.0 && name == wanted.1 && versions_fit
}

fn is_of_tool(wanted: &str, subject: Subject, evidence: &Evidence) -> bool {
    let Subject::Finding(index) = subject else { return false };
    evidence.findings.get(index as usize).is_some_and(|finding| tool_key(finding.tool) == tool_key(wanted))
}

fn is_of_finding_rule(wanted: &str, subject: Subject, evidence: &Evidence) -> bool {
    let Subject::Finding(index) = subject else { return false };
    evidence.findings.get(index as usize).is_some_and(|finding| finding.rule == wanted)
}
