//! What was tested, which changed lines ran, and what reviewers hold; each only where somebody supplied it.

use super::evidence::{caveat, nothing};
use super::list::Cut;
use super::{Scale, share};
use crate::render::escape::{markdown, markdown_name, markdown_short};
use crate::render::words;
use crate::report::{CoverageItem, EvidenceKind, ReviewItem, TestItem, VerdictReport};

/// How many ranges of missed lines are shown of one file.
const RANGES: usize = 12;

/// Each of them that there is a source for.
pub(super) fn all(report: &VerdictReport, scale: Scale) -> String {
    type Section = fn(&VerdictReport, Scale) -> String;
    let sections: [(EvidenceKind, Section); 3] =
        [(EvidenceKind::Tests, tests), (EvidenceKind::Coverage, coverage), (EvidenceKind::Reviews, reviews)];
    let supplied = |kind| report.sources.iter().any(|source| source.kind == kind);
    sections.into_iter().filter(|(kind, _)| supplied(*kind)).map(|(_, section)| section(report, scale)).collect()
}

fn tests(report: &VerdictReport, scale: Scale) -> String {
    let tests = &report.tests;
    let mut out = format!("### Tests\n\n{}", caveat(report, EvidenceKind::Tests, tests.total));
    if tests.total == 0 {
        return out + nothing(report, EvidenceKind::Tests, "No test case").as_str();
    }
    out.push_str(&format!("{}.\n\n", words::tests(tests)));
    let list = Cut::new(scale.of(share::CHECKS)).fill(tests.items.iter().map(test)).and_left_out(tests.omitted);
    out + list.folded("test").as_str() + "\n"
}

fn test(item: &TestItem) -> String {
    let name = [Some(&item.suite), item.class.as_ref(), Some(&item.name)];
    let name: Vec<&str> = name.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let place = match (&item.path, item.line) {
        (Some(path), Some(line)) => format!(" at {}", markdown_name(&format!("{path}:{line}"))),
        (Some(path), None) => format!(" at {}", markdown_name(path)),
        (None, _) => String::new(),
    };
    let how = match item.attempts {
        0 | 1 => format!("**{}**", item.status),
        attempts => format!("**{}** after {attempts} attempts", item.status),
    };
    let message = item.message.as_ref().map(|message| format!(": {}", markdown_short(message))).unwrap_or_default();
    format!("- {how} {}{place}{message}\n", markdown_name(&name.join(" > ")))
}

fn coverage(report: &VerdictReport, scale: Scale) -> String {
    let coverage = &report.coverage;
    let mut out =
        format!("### Coverage of changed lines\n\n{}", caveat(report, EvidenceKind::Coverage, coverage.files));
    if coverage.files == 0 && coverage.unmeasured == 0 {
        return out + nothing(report, EvidenceKind::Coverage, "No changed file was measured").as_str();
    }
    out.push_str(&format!("{}.\n\n", words::coverage(coverage)));
    let list = Cut::new(scale.of(share::CHECKS)).fill(coverage.items.iter().map(missed)).and_left_out(coverage.omitted);
    out + list.folded("file").as_str() + "\n"
}

fn missed(item: &CoverageItem) -> String {
    let lines = words::listed(&item.missed, RANGES, str::to_owned);
    format!("- {}: not run: {lines} ({} covered)\n", markdown_name(&item.path), words::count_u64(item.covered, "line"))
}

fn reviews(report: &VerdictReport, scale: Scale) -> String {
    let reviews = &report.reviews;
    let mut out = format!("### Reviews\n\n{}", caveat(report, EvidenceKind::Reviews, reviews.total));
    if reviews.items.is_empty() {
        return out + nothing(report, EvidenceKind::Reviews, "Nobody has approved or asked for changes").as_str();
    }
    let list = Cut::new(scale.of(share::CHECKS)).fill(reviews.items.iter().map(review)).and_left_out(reviews.omitted);
    out.push_str(&list.folded("reviewer"));
    out + "\n"
}

fn review(item: &ReviewItem) -> String {
    let bot = if item.bot { " (a bot)" } else { "" };
    let at = match (item.at_head, &item.commit) {
        (Some(true), _) => ", at this head".to_owned(),
        (Some(false), Some(commit)) => format!(", at {}", markdown(&words::short_commit(Some(commit)))),
        _ => ", at an unknown commit".to_owned(),
    };
    format!("- {}{bot}: {}{at}\n", markdown_name(&item.reviewer), words::review_state(item.state))
}
