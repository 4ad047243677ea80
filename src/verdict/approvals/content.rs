//! What of the change a requirement is about, by content: what is the same before and after another push is still approved.

use std::collections::BTreeMap;

use super::paths_of_file;
use crate::evidence::{Completeness, Evidence, EvidenceKind, FileChange, FileMode, FileStatus};

/// The changed files of a change, by both their paths: where two files change places, each path is of both.
pub(super) struct Content<'a> {
    files: BTreeMap<&'a str, Vec<&'a FileChange>>,
    /// Stands for what is not known: it is another one at every head.
    unknown: String,
    /// Whether all changed files are there.
    complete: bool,
}

impl<'a> Content<'a> {
    pub(super) fn of(evidence: &'a Evidence) -> Self {
        let mut files: BTreeMap<&str, Vec<&FileChange>> = BTreeMap::new();
        for file in &evidence.files {
            for path in paths_of_file(file) {
                files.entry(path).or_default().push(file);
            }
        }
        Self {
            files,
            unknown: format!(
                "not known at {}",
                evidence.change.head.as_deref().unwrap_or("a commit that is not known")
            ),
            complete: evidence.completeness(EvidenceKind::Files) == Completeness::Complete,
        }
    }

    /// One part for each file: the paths that are asked for or, of none, of the whole change.
    pub(super) fn parts(&self, paths: &[String]) -> Vec<String> {
        let mut parts: Vec<String> = if paths.is_empty() {
            self.files.values().flatten().map(|file| self.part(file)).collect()
        } else {
            let parts = |path: &String| match self.files.get(path.as_str()) {
                Some(files) => files.iter().map(|file| self.part(file)).collect(),
                None => vec![self.unknown.clone()],
            };
            paths.iter().flat_map(parts).collect()
        };
        if !self.complete {
            parts.push(self.unknown.clone());
        }
        parts.sort();
        parts.dedup();
        parts
    }

    fn part(&self, file: &FileChange) -> String {
        let side = |there: bool, mode: Option<FileMode>, blob: &Option<String>| match (there, blob) {
            (false, _) => Some("nothing".to_owned()),
            (true, Some(blob)) => Some(format!("{} {blob}", mode.map(|mode| mode.to_string()).unwrap_or_default())),
            (true, None) => None,
        };
        let before = side(file.status != FileStatus::Added, file.mode_before, &file.blob_before);
        let after = side(file.status != FileStatus::Deleted, file.mode_after, &file.blob_after);
        match before.zip(after) {
            Some((before, after)) => {
                format!("{} to {}: {before} to {after}", file.previous_path.as_deref().unwrap_or_default(), file.path)
            }
            None => self.unknown.clone(),
        }
    }
}
