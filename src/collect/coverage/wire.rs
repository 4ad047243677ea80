//! What a coverage report says, file by file.

use indexmap::IndexMap;

use super::MAX_FILES;
use crate::evidence::{Problem, Source};

/// A format of coverage reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverageFormat {
    /// LCOV's trace files, see geninfo(1).
    Lcov,
    /// Cobertura's XML, by its `coverage-04.dtd`.
    Cobertura,
    /// JaCoCo's XML, by its `report.dtd`.
    Jacoco,
    /// The JSON report of coverage.py.
    CoveragePy,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageReport {
    /// Its format.
    pub format: CoverageFormat,
    /// The version of the tool, where the report says; only coverage.py says which tool it is.
    pub tool_version: Option<String>,
    /// Directories that relative paths may lie in, in the order of the report.
    pub bases: Vec<String>,
    /// Every file that it names, once, in the order of the report.
    pub files: Vec<MeasuredFile>,
    /// Whether there were more files than the limit.
    pub truncated: Option<String>,
    /// What could not be taken as it stands, in the order of the file; the first of them.
    pub problems: Vec<Problem>,
    /// How many problems there are in all.
    pub problem_count: u64,
}

/// One measured file. No line is in both lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuredFile {
    /// The path as the report writes it; of JaCoCo, package and name of the source file.
    pub written: String,
    /// Lines that ran, ascending.
    pub covered: Vec<u32>,
    /// Lines that could have run and did not, ascending.
    pub missed: Vec<u32>,
}

/// Lines of one file while they are read; a line may come many times.
#[derive(Default)]
struct Lines {
    seen: Vec<(u32, bool)>,
    /// How many there were after lines were last joined.
    joined: usize,
}

impl Lines {
    /// Below this many, nothing is joined.
    const FEW: usize = 1_024;

    fn push(&mut self, line: u32, ran: bool) {
        self.seen.push((line, ran));
        // A report with many records of one file takes no more room than one with one.
        if self.seen.len() >= Self::FEW && self.seen.len() / 2 >= self.joined {
            self.join();
        }
    }

    /// Each line once: covered where it ran in any of its mentions.
    fn join(&mut self) {
        self.seen.sort_unstable_by_key(|(line, ran)| (*line, !*ran));
        self.seen.dedup_by_key(|(line, _)| *line);
        self.joined = self.seen.len();
    }

    fn into_file(mut self, written: String) -> MeasuredFile {
        self.join();
        let lines = |wanted: bool| self.seen.iter().filter(|(_, ran)| *ran == wanted).map(|(line, _)| *line).collect();
        MeasuredFile { written, covered: lines(true), missed: lines(false) }
    }
}

/// A report while it is read.
pub(super) struct Builder {
    files: IndexMap<String, Lines>,
    max_files: usize,
    more: bool,
    problems: Vec<Problem>,
    problem_count: u64,
    pub(super) bases: Vec<String>,
    pub(super) tool_version: Option<String>,
}

impl Builder {
    pub(super) fn new(max_files: usize) -> Self {
        Self {
            files: IndexMap::new(),
            max_files,
            more: false,
            problems: Vec::new(),
            problem_count: 0,
            bases: Vec::new(),
            tool_version: None,
        }
    }

    /// The position of a file, for [`Builder::line`]; `None` past the limit.
    pub(super) fn file(&mut self, written: &str) -> Option<usize> {
        if let Some(position) = self.files.get_index_of(written) {
            return Some(position);
        }
        if self.files.len() >= self.max_files {
            self.more = true;
            return None;
        }
        Some(self.files.insert_full(written.to_owned(), Lines::default()).0)
    }

    /// One mention of a line; line 0 is none.
    pub(super) fn line(&mut self, file: Option<usize>, line: u32, ran: bool) {
        if let Some((_, lines)) = file.and_then(|file| self.files.get_index_mut(file))
            && line > 0
        {
            lines.push(line, ran);
        }
    }

    pub(super) fn problem(&mut self, at: impl FnOnce() -> String, message: impl FnOnce() -> String) {
        self.problem_count += 1;
        if self.problems.len() < Source::MAX_PROBLEMS {
            self.problems.push(Problem { at: at(), message: message() });
        }
    }

    pub(super) fn finish(self, format: CoverageFormat) -> CoverageReport {
        CoverageReport {
            format,
            tool_version: self.tool_version,
            bases: self.bases,
            files: self.files.into_iter().map(|(written, lines)| lines.into_file(written)).collect(),
            truncated: self.more.then(|| format!("names more files than the limit of {MAX_FILES}")),
            problems: self.problems,
            problem_count: self.problem_count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, MeasuredFile};

    #[test]
    fn a_line_that_ran_once_is_covered_however_often_it_did_not() {
        let mut lines = Lines::default();
        for round in 0..10_000_u32 {
            lines.push(1 + round % 7, round == 3);
        }
        assert!(lines.seen.len() < 2 * Lines::FEW, "repeated lines take no room");
        let file = lines.into_file("a".to_owned());
        assert_eq!(file, MeasuredFile { written: "a".to_owned(), covered: vec![4], missed: vec![1, 2, 3, 5, 6, 7] });
    }
}
