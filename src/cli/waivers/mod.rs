//! `tollgate waivers`: list, check, and draft from a verdict. What is in force is decided by the same code as in `eval`.

mod draft;

use super::approving;
use super::args::{self, ChangeArgs, EvidenceArgs, PolicyArgs};
use super::console::{Console, printable};
use super::packs;
use super::pipeline::{Judging, Outside, PolicySet, Waiver, absent_sources, judge_change, utc_day, waiver_line};
use super::said::{self, Location, Said};
use super::{Exit, eval, gather, judge, standing, waiving};
use crate::diagnostic::{Code, Diagnostic};
use crate::report::WaiverTrouble;

const EXAMPLES: &str = "\
Exit codes: 0 clean, 1 `check` found something, 2 a file or the policy is broken.

Examples:
  tollgate waivers list --waivers waivers.toml --policy policies/org
  tollgate waivers check --waivers waivers.toml --as-of 2027-01-01
  tollgate waivers check --waivers waivers.toml --evidence evidence.json
  tollgate waivers draft --verdict verdict.json >> waivers.toml";

/// Arguments of `waivers`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct WaiversArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List waivers, and how each stands on a day; files and packs are read as they lie on the disk
    List(ListArgs),
    /// The same, and what there is to say against each; with a change also what each lifts
    Check(Box<CheckArgs>),
    /// Write a waiver for each open violation of a verdict, refused until owner and reason are filled in
    Draft(draft::DraftArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    named: NamedArgs,
    /// Settings file whose `waivers`, `policy`, `param` and `limit` are used where no flag says otherwise [default: tollgate.toml of
    /// the current directory, where there is one]
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    config: Option<String>,
}

#[derive(Debug, clap::Args)]
struct CheckArgs {
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    named: NamedArgs,
}

/// Which waivers, and when.
#[derive(Debug, clap::Args)]
struct NamedArgs {
    /// Waivers, as TOML (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    waivers: Vec<String>,
    /// Time to judge at: RFC 3339, or a date [default: now]
    #[arg(long, value_name = "TIME", value_parser = said::time, help_heading = "Policy")]
    as_of: Option<jiff::Timestamp>,
}

impl NamedArgs {
    fn files(&self) -> Option<Vec<Location>> {
        let files = self.waivers.iter().map(|file| args::here(file)).collect();
        args::given(files)
    }
}

/// What a verb writes, and whether it found something.
type Written = Result<(String, Exit), Vec<Diagnostic>>;

/// Runs the verb.
pub fn run(args: WaiversArgs, console: &Console) -> Exit {
    let written = match args.what {
        What::List(args) => list(args),
        What::Check(args) => check(*args, console),
        What::Draft(args) => draft::run(args),
    };
    match written {
        Ok((text, exit)) => match console.stdout(text.as_bytes()) {
            Ok(()) => exit,
            Err(exit) => exit,
        },
        Err(mistakes) => console.refuse(&mistakes),
    }
}

fn list(args: ListArgs) -> Written {
    let file = standing::settings(args.config.as_deref())?;
    as_they_stand(args.policy, &args.named, file).map(|(text, _)| (text, Exit::Clean))
}

fn check(args: CheckArgs, console: &Console) -> Written {
    let CheckArgs { change, evidence, policy, named } = args;
    if change.described().is_some() {
        return of_change(&change, evidence, policy, &named, console);
    }
    let file = standing::settings(change.config.as_deref())?;
    let (text, found) = as_they_stand(policy, &named, file)?;
    Ok((text, if found { Exit::Found } else { Exit::Clean }))
}

/// Every waiver as it stands on a day, without a change, and whether there is something to say against one.
fn as_they_stand(policy: PolicyArgs, named: &NamedArgs, file: Said) -> Result<(String, bool), Vec<Diagnostic>> {
    let files = named.files().or_else(|| file.waivers.clone()).ok_or_else(nothing_named)?;
    let as_of = named.as_of.or(file.as_of).unwrap_or_else(eval::now);
    let policy = standing::policy(policy, file)?;
    let waivers = waiving::waivers(&files, None, &policy, as_of)?;
    let mut found = false;
    let mut text = String::new();
    for waiver in waivers.all() {
        let (line, trouble) = one(waiver, utc_day(as_of));
        found |= trouble;
        text.push_str(&line);
    }
    Ok((text, found))
}

/// `W-12 expiring: new-finding; last day 2027-03-31, 9 days left; ..`, and whether there is something to say against it.
fn one(waiver: &Waiver, day: jiff::civil::Date) -> (String, bool) {
    let standing = waiver.standing(Some(day), None);
    let words: Vec<String> = standing.troubles.iter().map(ToString::to_string).collect();
    let state = if words.is_empty() { "in force".to_owned() } else { words.join(", ") };
    // The last day is told in any case.
    let why = standing.why.filter(|_| !standing.troubles.contains(&WaiverTrouble::Expired));
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    let left = standing.days_left.filter(|left| *left >= 0).map(|left| format!(", {left} days left"));
    let approved = waiver.approved_by.as_deref().unwrap_or("nobody");
    let line = format!(
        "{} {state}: {}{why}; {}; last day {}{}; owner {}, approved by {approved}: {} ({})",
        waiver.id,
        waiver.rule,
        waiver.scope.words().join("; "),
        waiver.expires,
        left.unwrap_or_default(),
        waiver.owner,
        waiver.reason,
        waiver.at
    );
    (format!("{}\n", super::console::one_line(&printable(&line))), !standing.troubles.is_empty())
}

/// Every waiver, and what became of it for a change.
fn of_change(
    change: &ChangeArgs,
    evidence: EvidenceArgs,
    policy: PolicyArgs,
    named: &NamedArgs,
    console: &Console,
) -> Written {
    let flags = Said {
        policy: args::given(policy.policy),
        param: args::given(policy.param),
        limit: args::given(policy.limit),
        waivers: named.files(),
        as_of: named.as_of,
        ..args::said(change, evidence)
    };
    let mut run = judge::prepare(flags, change.config.as_deref())?;
    if run.settings.waivers.value.is_empty() {
        return Err(nothing_named());
    }
    let as_of = run.settings.as_of.value.unwrap_or_else(eval::now);
    let limits = said::limits_said(&run.settings.limit.value);
    let outside = Outside { parameters: run.settings.param.value.clone(), limits };
    let policy = PolicySet::load_layers(&packs::layers(&run)?, &outside)?;
    let waivers = waiving::waivers(&run.settings.waivers.value, run.checkout.as_ref(), &policy, as_of)?;
    let evidence = gather::gather(&mut run)?;
    let absent = absent_sources(&policy, &evidence, &run.settings.without.value, as_of);
    console.sources(evidence.sources.iter().chain(&absent));
    let approving = approving::approving(&run, &policy, &evidence.change, console)?;
    let grounds =
        Judging { absent: &absent, as_of, approving: &approving, waivers: &waivers, overriding: None, further: &[] };
    let judged = judge_change(&policy, evidence, &run.settings, &grounds);
    if let Some(mistake) = judged.abandoned {
        return Err(vec![mistake]);
    }
    let mut text = String::new();
    for waiver in &judged.report.waivers {
        text.push_str(&waiver_line(waiver));
        text.push('\n');
        for fingerprint in &waiver.lifts {
            let rules = judged.report.rules.iter().filter(|rule| rule.id == waiver.rule);
            let lifted = rules.flat_map(|rule| &rule.violations).find(|one| one.fingerprint == *fingerprint);
            let message = lifted.map_or("", |violation| violation.message.as_str());
            text.push_str(&format!("  lifts {fingerprint}: {}\n", super::console::one_line(&printable(message))));
        }
    }
    let found = judged.report.waivers.iter().any(|waiver| !waiver.troubles.is_empty());
    Ok((text, if found { Exit::Found } else { Exit::Clean }))
}

fn nothing_named() -> Vec<Diagnostic> {
    vec![
        Diagnostic::new(Code::Usage, "no file of waivers is named")
            .help("name one with `--waivers FILE`, or in `waivers` of `tollgate.toml`, or of what `--config` names"),
    ]
}
