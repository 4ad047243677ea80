//! What is claimed of the change, and what the rules show of it.

use super::evidence::{caveat, nothing};
use super::list::{Cut, details};
use super::{Scale, share};
use crate::render::escape::{markdown, markdown_name};
use crate::render::words;
use crate::report::{ClaimReport, ClaimResult, EvidenceKind, VerdictReport};

/// How many claims stand open; beyond that those that nothing contradicts are folded.
const OPEN: usize = 10;

/// Every claim: contradicted ones first, for they are what a reader has to know, then supported ones. Nothing where
/// nobody supplied any.
pub(super) fn claims(report: &VerdictReport, scale: Scale) -> String {
    let claims = words::claims_by_result(report);
    if claims.is_empty() && !report.sources.iter().any(|source| source.kind == EvidenceKind::Claims) {
        return String::new();
    }
    let mut out = format!("### Claims\n\n{}", caveat(report, EvidenceKind::Claims, claims.len() as u64));
    if claims.is_empty() {
        return out + nothing(report, EvidenceKind::Claims, "Nothing is claimed").as_str();
    }
    out.push_str(&format!("{}.\n\n", words::claims(report)));
    let room = scale.of(share::CLAIMS);
    let open = match claims.len() {
        0..=OPEN => claims.len(),
        _ => claims.iter().filter(|claim| claim.result == ClaimResult::Contradicted).count(),
    };
    let (first, rest) = claims.split_at_checked(open).unwrap_or((&claims, &[]));
    let mut used = 0;
    if !first.is_empty() {
        let table = table(first, room);
        used = table.len();
        out.push_str(&table);
        out.push('\n');
    }
    if !rest.is_empty() {
        let title = format!("{} more", rest.len());
        out.push_str(&details(&title, &table(rest, room.saturating_sub(used))));
        out.push('\n');
    }
    out
}

fn table(claims: &[&ClaimReport], room: usize) -> String {
    let rows = Cut::new(room).fill(claims.iter().map(|claim| row(claim)));
    format!("| Result | Where | Claim | Because |\n|---|---|---|---|\n{}", rows.open("claim"))
}

fn row(claim: &ClaimReport) -> String {
    let result = match claim.result {
        ClaimResult::Contradicted => "**contradicted**",
        ClaimResult::Supported => "supported",
        ClaimResult::Undecided => "undecided",
    };
    let place = match &claim.path {
        Some(path) => markdown_name(&format!("{path}:{}", claim.line)),
        None => format!("description, line {}", claim.line),
    };
    format!("| {result} | {place} | {} | {} |\n", markdown(&claim.text), markdown(&claim.because))
}
