//! What of an earlier verdict says which approvals are still good.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::verdict::VERDICT_SCHEMA;
use crate::verdict::Earlier;

/// The part that counts; an older or newer build may have written more or less beside it.
#[derive(Deserialize)]
struct Wire {
    schema: String,
    subject: Subject,
    approvals: Approvals,
}

#[derive(Deserialize)]
struct Subject {
    head: Option<String>,
}

#[derive(Deserialize)]
struct Approvals {
    required: Vec<Requirement>,
}

#[derive(Deserialize)]
struct Requirement {
    fingerprint: String,
}

/// Reads what a verdict about an earlier head asked for.
///
/// # Errors
/// Why it is no verdict, or none about a head, in words.
pub fn read_earlier(bytes: &[u8]) -> Result<Earlier, String> {
    let wire: Wire = serde_json::from_slice(bytes).map_err(|error| format!("is no verdict: {error}"))?;
    if wire.schema != VERDICT_SCHEMA {
        return Err(format!("is of schema `{}`, expected `{VERDICT_SCHEMA}`", wire.schema));
    }
    let head = wire.subject.head.ok_or("does not say which head it is about, so no review is known to be of it")?;
    let requirements: BTreeSet<String> =
        wire.approvals.required.into_iter().map(|requirement| requirement.fingerprint).collect();
    Ok(Earlier { head, requirements })
}
