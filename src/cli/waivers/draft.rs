//! `tollgate waivers draft`: a waiver for each open violation of a verdict. Owner and reason are left empty, so that a draft
//! is refused until somebody answers for it.

use std::sync::Arc;

use super::Written;
use crate::cli::approving::MAX_BYTES;
use crate::cli::args::{self, PolicyArgs};
use crate::cli::console::one_line;
use crate::cli::output::{self, Document};
use crate::cli::pipeline::{OpenViolation, read_open_violations};
use crate::cli::{Exit, said, standing};
use crate::collect::input;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::policy::{DEFAULT_DAYS, WAIVERS_RULE, WaiverTerms};

/// How much of a fingerprint is part of a draft's id.
const ID_DIGITS: usize = 12;

/// Arguments of `waivers draft`.
#[derive(Debug, clap::Args)]
pub(super) struct DraftArgs {
    /// Verdict, as `tollgate eval --output json=FILE` wrote it
    #[arg(long, value_name = "FILE")]
    verdict: String,
    #[command(flatten)]
    policy: PolicyArgs,
    /// Settings file whose `policy`, `param` and `limit` are used where no flag says otherwise [default: tollgate.toml of the
    /// current directory, where there is one]
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    config: Option<String>,
    /// File to write to [default: standard output]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    output: Option<String>,
}

/// Runs the verb. Each draft ends after `default_days` of its rule's pack, counted from the day of the verdict.
pub(super) fn run(args: DraftArgs) -> Written {
    let broken = |reason: String| vec![Diagnostic::new(Code::BrokenVerdict, reason).at(Place::file(&*args.verdict))];
    let file = args::here(&args.verdict);
    let bytes = input::read(&file.path, MAX_BYTES).map_err(|refusal| broken(refusal.reason))?.bytes;
    let (as_of, violations) = read_open_violations(&bytes).map_err(broken)?;
    let day = said::time(&as_of).map(crate::cli::pipeline::utc_day).map_err(broken)?;
    let file = standing::settings(args.config.as_deref())?;
    // Nobody named a policy: nothing is known of what its packs ask.
    let terms = match args.policy.policy.is_empty() && file.policy.is_none() {
        true => std::collections::BTreeMap::default(),
        false => standing::policy(args.policy, file)?.waiver_terms(),
    };
    let mut text = String::new();
    for violation in violations.iter().filter(|violation| violation.rule != WAIVERS_RULE) {
        let days = terms.get(&violation.pack).map_or(DEFAULT_DAYS, |terms: &Arc<WaiverTerms>| terms.default_days);
        let expires = day.checked_add(jiff::Span::new().days(i64::from(days)));
        let expires = expires.map_err(|error| broken(format!("no day is {days} days later: {error}")))?;
        text.push_str(&draft(violation, day, expires));
    }
    let Some(output) = &args.output else { return Ok((text, Exit::Clean)) };
    let target = args::here(output);
    let document = Document { path: target.path, shown: target.shown, bytes: text.into_bytes() };
    output::write(&[document]).map_err(|mistake| vec![mistake])?;
    Ok((String::new(), Exit::Clean))
}

fn draft(violation: &OpenViolation, created: jiff::civil::Date, expires: jiff::civil::Date) -> String {
    let OpenViolation { rule, fingerprint, message, .. } = violation;
    let id = fingerprint.get(..ID_DIGITS).unwrap_or(fingerprint);
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    format!(
        "# {}\n[[waiver]]\nid = {}\nrule = {}\nfingerprint = {}\nowner = \"\"\nreason = \"\"\napproved_by = \"\"\ncreated = {created}\nexpires = {expires}\n\n",
        one_line(message),
        quoted(&format!("W-{id}")),
        quoted(rule),
        quoted(fingerprint),
    )
}
