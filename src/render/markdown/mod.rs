//! The verdict as Markdown, for the page of a change: the decision first, then what would clear it, then what was seen.
//!
//! The whole stays below [`MAX_BYTES`]. Each section has a share of it, in bytes; lists are cut to the share of their
//! section and say how many entries they leave out. Violations get all that the other sections leave.

mod checks;
mod claims;
mod evidence;
mod head;
mod list;
mod packages;
mod provenance;
mod rules;
mod stated;

use crate::report::VerdictReport;

/// How long a page gets. A comment on GitHub holds 65,536 characters; the rest is for whoever posts it.
pub const MAX_BYTES: usize = 60_000;

/// The shares of the sections, in bytes; headings and fixed sentences come on top.
mod share {
    pub(super) const OVERRIDE: usize = 1_500;
    pub(super) const SUBJECT: usize = 2_000;
    pub(super) const REASONS: usize = 3_000;
    pub(super) const LENIENT: usize = 1_500;
    pub(super) const NEXT: usize = 3_000;
    pub(super) const APPROVALS: usize = 2_500;
    pub(super) const RISK: usize = 3_000;
    pub(super) const RULES: usize = 2_000;
    pub(super) const CHANGES: usize = 2_000;
    pub(super) const DEPENDENCIES: usize = 3_500;
    pub(super) const FINDINGS: usize = 3_500;
    pub(super) const CHECKS: usize = 1_500;
    pub(super) const CLAIMS: usize = 1_600;
    pub(super) const STATED: usize = 800;
    pub(super) const SOURCES: usize = 2_500;
    pub(super) const PROVENANCE: usize = 1_500;
}

/// How many times its share a section gets: more where the violations are few, so that nothing is cut without need.
#[derive(Debug, Clone, Copy)]
struct Scale(usize);

impl Scale {
    const fn of(self, share: usize) -> usize {
        self.0 * share
    }
}

/// The page.
#[must_use]
pub fn render(report: &VerdictReport) -> String {
    for scale in [Scale(4), Scale(2)] {
        let (page, left_out) = page(report, scale);
        if left_out == 0 && page.len() <= MAX_BYTES {
            return page;
        }
    }
    page(report, Scale(1)).0
}

/// The page, and how many violations it leaves out.
fn page(report: &VerdictReport, scale: Scale) -> (String, u64) {
    let before = [
        head::override_in_force(report, scale),
        head::decision(report, scale),
        head::leniency(report, scale),
        head::next(report, scale),
        head::approvals(report, scale),
        head::risk(report, scale),
    ]
    .concat();
    let after = [
        rules::in_short(report, scale),
        evidence::changes(report, scale),
        packages::dependencies(report, scale),
        evidence::findings(report, scale),
        checks::all(report, scale),
        claims::claims(report, scale),
        stated::all(report, scale),
        provenance::sources(report, scale),
        provenance::provenance(report, scale),
    ]
    .concat();
    let room = MAX_BYTES.saturating_sub(before.len() + after.len());
    let (violations, left_out) = rules::violations(report, room);
    ([before, violations, after].concat(), left_out)
}
