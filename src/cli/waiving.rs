//! The waivers of a run: from the files that the settings name, each as the base has it where it lies inside the repository.

use std::path::PathBuf;
use std::sync::Arc;

use super::judge::{Checkout, configuration, normal, through_links};
use super::pipeline::{PolicySet, Scope, Waiver, Waivers, utc_day};
use super::said::Location;
use crate::collect::waivers::{self, MAX_BYTES, WrittenWaiver};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::{PathGlob, WAIVERS_RULE};

/// Reads every file, and judges on the day of `as_of` what is in them.
///
/// # Errors
/// Every mistake of every file: then no waiver counts.
pub fn waivers(
    files: &[Location],
    checkout: Option<&Checkout>,
    policy: &PolicySet,
    as_of: jiff::Timestamp,
) -> Result<Waivers, Vec<Diagnostic>> {
    let mut written = Vec::new();
    let mut mistakes = Vec::new();
    let mut known: Vec<(PathBuf, &Location)> = Vec::new();
    for file in files {
        let path = through_links(&normal(&file.path));
        if let Some((_, other)) = known.iter().find(|(one, _)| *one == path) {
            mistakes.push(named_twice(file, other));
            continue;
        }
        known.push((path, file));
        let read = configuration(checkout, file, MAX_BYTES, Code::BrokenWaiver).map_err(|mistake| vec![mistake]);
        match read.and_then(|(shown, text)| waivers::parse(&shown, &text)) {
            Ok(waivers) => written.extend(waivers),
            Err(found) => mistakes.extend(found),
        }
    }
    // Of one file alone they are told already.
    if mistakes.is_empty() {
        mistakes.extend(waivers::twice(&written));
    }
    let terms = policy.waiver_terms();
    let mut ready = Vec::new();
    for waiver in written {
        let rule = policy.rules().iter().find(|rule| rule.meta.id == waiver.rule.value);
        if rule.is_none() {
            mistakes.push(no_rule(&waiver, policy));
        }
        let terms = rule.and_then(|rule| terms.get(&rule.meta.pack)).map(Arc::clone).unwrap_or_default();
        let mut paths = Vec::new();
        for glob in &waiver.paths {
            match PathGlob::parse(&glob.value) {
                Ok(glob) => paths.push(glob),
                Err(mistake) => mistakes.push(mistake.at(glob.place.clone())),
            }
        }
        ready.push(Waiver {
            at: format!("{}:{}", waiver.id.place.file, waiver.id.place.line),
            id: waiver.id.value,
            rule: waiver.rule.value,
            scope: Scope {
                paths,
                fingerprint: waiver.fingerprint,
                advisory: waiver.advisory,
                package: waiver.package,
                versions: waiver.versions,
                tool: waiver.tool,
                finding_rule: waiver.finding_rule,
            },
            owner: waiver.owner,
            reason: waiver.reason,
            approved_by: waiver.approved_by,
            ticket: waiver.ticket,
            created: waiver.created,
            expires: waiver.expires,
            terms,
        });
    }
    if mistakes.is_empty() { Ok(Waivers::new(ready, utc_day(as_of), policy.waivers_rule())) } else { Err(mistakes) }
}

/// A file that was read already: each of its waivers would be there twice.
fn named_twice(file: &Location, other: &Location) -> Diagnostic {
    let mistake = Diagnostic::new(Code::BrokenWaiver, "this file of waivers is named twice");
    let same = if file.shown == other.shown { String::new() } else { format!(": `{}` is the same", other.shown) };
    mistake.at(Place::file(file.shown.clone())).help(format!("name it once{same}"))
}

/// A waiver of a rule that the policy does not have.
fn no_rule(waiver: &WrittenWaiver, policy: &PolicySet) -> Diagnostic {
    let rule = &waiver.rule;
    if rule.value == WAIVERS_RULE {
        let message = format!("no waiver lifts what `{WAIVERS_RULE}` says of waivers");
        return Diagnostic::new(Code::BrokenWaiver, message).at(rule.place.clone());
    }
    let known = policy.rules().iter().map(|rule| rule.meta.id.as_str());
    Diagnostic::new(Code::BrokenWaiver, format!("the policy has no rule `{}`", rule.value))
        .at(rule.place.clone())
        .suggest(&rule.value, known)
}
