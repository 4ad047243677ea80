//! Coverage reports as coverage of changed lines. What is left open is decided here so:
//!
//! - A changed file that a report names has an entry, also where none of its changed lines could have run. One without
//!   an entry was not measured.
//! - Reports are joined: a line that ran in any of them is covered, one that could have run in any and ran in none is missed.
//! - Which lines a file has is not known here, so a report that speaks of lines beyond its end is not found out; those lines are no
//!   changed ones, and count nowhere.
//! - A file that can't be mapped and has the name of a changed one may be it, which is a problem. So is a changed file that the
//!   report names in two ways, one that it names as it was before the change or that the change deletes, and a path that fits
//!   several of the report's directories. Any other path that is not in the repository (a generated file, a header of the system) is set aside.
//! - Files in a directory of dependencies (`node_modules`, Cargo's registry, ...; see [`super::dependencies`]) are set aside before any
//!   path is looked for, unless the repository holds such a directory itself.
//! - A report of which no file is in the repository was made for another tree, or its paths could not be mapped: it failed. Where the
//!   files of the head are not known, that can't be told.
//! - JaCoCo's files are those whose path ends in package and name, where the head has only one such path.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::dependencies::Dependencies;
use super::tell;
use crate::collect::coverage::{CoverageFormat, CoverageReport, MeasuredFile};
use crate::collect::input::Report;
use crate::evidence::{Completeness, EvidenceKind, FileChange, FileCoverage, FileStatus, Hunk, Problem, Source};
use crate::normalize::freshness::{self, words};
use crate::normalize::places::{Context, Ground, Place};

/// Lines of one changed file, and whether they ran.
type Lines = BTreeMap<u32, bool>;

/// Coverage of the changed files that the reports name, by path, and one source for each report.
#[must_use]
pub fn coverage(reports: &[Report<CoverageReport>], context: &Context<'_>) -> (Vec<FileCoverage>, Vec<Source>) {
    let repository = Repository::new(context);
    let mut files: BTreeMap<&str, Lines> = BTreeMap::new();
    let mut sources = Vec::new();
    for report in reports {
        let mut source = freshness::source(report, EvidenceKind::Coverage, context.change);
        if let Ok(measured) = &report.outcome {
            repository.read(measured, &mut source, &mut files);
        }
        sources.push(source);
    }
    let lines =
        |lines: &Lines, wanted: bool| lines.iter().filter(|(_, ran)| **ran == wanted).map(|(line, _)| *line).collect();
    let files = files.into_iter().map(|(path, found)| FileCoverage {
        path: path.to_owned(),
        covered: lines(&found, true),
        missed: lines(&found, false),
    });
    let files = files.collect();
    sources.sort();
    (files, sources)
}

/// The repository, as coverage needs it.
struct Repository<'a> {
    context: &'a Context<'a>,
    ground: Ground<'a>,
    /// Names of changed files, without their directories and in one case.
    names: BTreeSet<String>,
    /// Where in the change a path stands.
    positions: BTreeMap<&'a str, usize>,
    /// Paths of the head by their last part; none where they are not known.
    by_name: IndexMap<&'a str, Vec<&'a str>>,
    dependencies: Dependencies,
}

impl<'a> Repository<'a> {
    fn new(context: &'a Context<'a>) -> Self {
        let positions = context.files.iter().enumerate().map(|(at, file)| (file.path.as_str(), at)).collect();
        let there = context.files.iter().filter(|file| file.status != FileStatus::Deleted);
        let mut by_name: IndexMap<&str, Vec<&str>> = IndexMap::new();
        for path in context.head_paths.into_iter().flatten() {
            by_name.entry(last_part(path)).or_default().push(path);
        }
        let names = there.map(|file| last_part(&file.path).to_lowercase()).collect();
        let changed = context.files.iter().map(|file| file.path.as_str());
        let all = context.head_paths.into_iter().flatten().map(String::as_str).chain(changed);
        let dependencies = Dependencies::not_in(all);
        Self { context, ground: Ground::new(context), names, positions, by_name, dependencies }
    }

    /// Takes one report in.
    fn read(&self, report: &CoverageReport, source: &mut Source, files: &mut BTreeMap<&'a str, Lines>) {
        source.tool_version.clone_from(&report.tool_version);
        if report.format == CoverageFormat::CoveragePy {
            source.tool = Some("coverage.py".to_owned());
        }
        let mut problems = Vec::new();
        let mut named: BTreeMap<usize, String> = BTreeMap::new();
        let mut mapped = 0_usize;
        let own: Vec<&MeasuredFile> =
            report.files.iter().filter(|file| !self.dependencies.have(&file.written)).collect();
        source.set_aside += (report.files.len() - own.len()) as u64;
        let places = self.places(report, &own);
        for (file, place) in own.into_iter().zip(places) {
            let position = match &place {
                Ok(Place::Path { path, file, .. }) => {
                    mapped += usize::from(file.is_some() || self.has(path));
                    *file
                }
                Ok(Place::Unmapped(_)) | Err(_) => None,
            };
            match self.objection(file, &place, position, &mut named) {
                Some(problem) => problems.push(problem),
                None => {
                    if let Some(change) = position.and_then(|position| self.context.files.get(position)) {
                        source.items += 1;
                        join(files.entry(change.path.as_str()).or_default(), change, file);
                        continue;
                    }
                }
            }
            source.set_aside += 1;
        }
        tell(source, &report.problems, report.problem_count);
        tell(source, &problems, problems.len() as u64);
        if mapped == 0 && self.context.head_paths.is_some() {
            let first = report.files.first().map_or_else(String::new, |file| words(&file.written));
            let count = report.files.len();
            source.worsen(
                Completeness::Failed,
                format!("none of the {count} files that it names is in the repository: first {first}"),
            );
        }
        if let Some(reason) = &report.truncated {
            source.worsen(Completeness::Truncated, reason.clone());
        }
    }

    /// Why what is said of a file can't be taken as it stands.
    fn objection(
        &self,
        file: &MeasuredFile,
        place: &Result<Place, &'static str>,
        position: Option<usize>,
        named: &mut BTreeMap<usize, String>,
    ) -> Option<Problem> {
        let written = words(&file.written);
        let problem = |message: String| Some(Problem { at: written.clone(), message });
        match place {
            Err(why) if self.may_be_changed(&file.written) => problem((*why).to_owned()),
            Ok(Place::Unmapped(_)) if self.may_be_changed(&file.written) => {
                problem("can't be mapped into the repository, and has the name of a changed file".to_owned())
            }
            Ok(Place::Unmapped(_)) | Err(_) => None,
            Ok(Place::Path { moved: true, path, .. }) => {
                problem(format!("is where `{path}` was before the change: the report is of another commit"))
            }
            Ok(Place::Path { path, .. }) => {
                let position = position?;
                let change = self.context.files.get(position)?;
                if change.status == FileStatus::Deleted {
                    return problem("is deleted by the change: the report is of another commit".to_owned());
                }
                let plain = plain(&file.written);
                let known = named.entry(position).or_insert_with(|| plain.clone());
                (*known != plain).then(|| Problem {
                    at: written.clone(),
                    message: format!("and {} can both be `{path}`, which the change touches", words(known)),
                })
            }
        }
    }

    /// Where each of these files of a report lies, or why that can't be told.
    fn places(&self, report: &CoverageReport, files: &[&MeasuredFile]) -> Vec<Result<Place, &'static str>> {
        if report.format == CoverageFormat::Jacoco {
            return files.iter().map(|file| self.only_end(&file.written)).collect();
        }
        let written: Vec<&str> = files.iter().map(|file| file.written.as_str()).collect();
        let bases: Vec<&str> = report.bases.iter().map(String::as_str).collect();
        let mut places: Vec<Result<Place, &'static str>> =
            self.ground.map(&written, &bases).into_iter().map(Ok).collect();
        if bases.len() > 1 {
            self.refuse_ambiguous(&written, &bases, &mut places);
        }
        places
    }

    /// A relative path that is there in several of a report's directories may be either. Asked of what may be changed alone.
    fn refuse_ambiguous(&self, written: &[&str], bases: &[&str], places: &mut [Result<Place, &'static str>]) {
        let asked: Vec<usize> = (0..written.len())
            .filter(|index| written.get(*index).is_some_and(|written| self.may_be_changed(written)))
            .collect();
        let paths: Vec<&str> = asked.iter().filter_map(|index| written.get(*index).copied()).collect();
        let mut found: Vec<BTreeSet<String>> = vec![BTreeSet::new(); paths.len()];
        for base in bases {
            for (place, found) in self.ground.map(&paths, &[base]).into_iter().zip(&mut found) {
                if let Place::Path { path, file, .. } = place
                    && (file.is_some() || self.has(&path))
                {
                    found.insert(path);
                }
            }
        }
        for (index, found) in asked.into_iter().zip(found) {
            if let Some(place) = places.get_mut(index).filter(|_| found.len() > 1) {
                *place = Err("is there in several of the directories that the report names");
            }
        }
    }

    /// The one path of the head that ends in package and name.
    fn only_end(&self, written: &str) -> Result<Place, &'static str> {
        if self.context.head_paths.is_none() {
            return Err("can't be mapped: the files of the head are not known");
        }
        let candidates = self.by_name.get(last_part(written)).map_or(&[][..], Vec::as_slice);
        let ends = |path: &&&str| path.strip_suffix(written).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        let mut fitting = candidates.iter().filter(ends);
        match (fitting.next(), fitting.next()) {
            (Some(path), None) => {
                let file = self.positions.get(path).copied();
                Ok(Place::Path { path: (*path).to_owned(), file, moved: false })
            }
            (Some(_), Some(_)) => Err("fits several files of the repository"),
            (None, _) => Ok(Place::Unmapped(written.to_owned())),
        }
    }

    /// Whether the head has a path, as far as that is known.
    fn has(&self, path: &str) -> bool {
        let held = |head: &[String]| head.binary_search_by(|known| known.as_str().cmp(path)).is_ok();
        self.context.head_paths.is_none_or(held)
    }

    /// Whether a path has the name of a changed file.
    fn may_be_changed(&self, written: &str) -> bool {
        self.names.contains(&last_part(&written.trim().replace('\\', "/")).to_lowercase())
    }
}

/// Takes the changed lines of one file in. Of a file whose lines can't be shown, every line counts as changed.
fn join(into: &mut Lines, change: &FileChange, file: &MeasuredFile) {
    let block = |hunk: &Hunk| (u64::from(hunk.new_start), u64::from(hunk.new_start) + u64::from(hunk.new_lines));
    let mut ranges: Vec<(u64, u64)> = change.hunks.iter().map(block).collect();
    if change.binary {
        ranges = vec![(0, u64::MAX)];
    }
    ranges.sort_unstable();
    for (lines, ran) in [(&file.covered, true), (&file.missed, false)] {
        let mut left = ranges.iter().peekable();
        for line in lines {
            let at = u64::from(*line);
            while left.next_if(|(_, end)| *end <= at).is_some() {}
            if left.peek().is_some_and(|(start, _)| *start <= at) {
                *into.entry(*line).or_default() |= ran;
            }
        }
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path with one kind of separator, and without `.`, `..` and empty parts.
fn plain(written: &str) -> String {
    let path = written.trim().replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
