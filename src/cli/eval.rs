//! `tollgate eval`: collect, evaluate, decide, render. The gate.

use super::Exit;
use super::approving;
use super::args::{self, ChangeArgs, EvidenceArgs, PolicyArgs};
use super::brought;
use super::console::Console;
use super::gather;
use super::head_policy;
use super::judge::{self, Checkout, Run};
use super::output::{self, Document};
use super::packs;
use super::pipeline::{
    Format, Judged, Judging, Outside, PolicySet, RenderOptions, absent_sources, judge_change, refusals, render,
};
use super::said::{self, Described, OutputFile, PackPlace, Said};
use super::settings::{From, Settings};
use super::waiving;
use super::weakenings;
use crate::collect::overrides;
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::{Change, Completeness, EvidenceKind, Override};

const EXAMPLES: &str = "\
Exit codes: 0 approved, 1 rejected, 2 no verdict, 3 approval required, 4 indeterminate.

Examples:
  tollgate eval
      the checkout's branch against the default branch, under builtin:baseline
  tollgate eval --base origin/main --sarif codeql.sarif --policy ../policies/org
  tollgate eval --trees before after --sarif scan.sarif@0f3c2a1 --format json
  tollgate eval --evidence evidence.json --output markdown=summary.md --output json=verdict.json
  git diff main... | tollgate eval --diff - --dry-run";

/// Arguments of `eval`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct EvalArgs {
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    /// Commit to read packs inside the repository from, instead of the base; listed as a weakening
    #[arg(long, value_name = "REV", help_heading = "Policy")]
    policy_ref: Option<String>,
    /// Waivers, as TOML; read from the base where it lies inside the repository (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    waivers: Vec<String>,
    /// Kind of evidence that is not to be expected here; listed as a weakening (repeatable)
    #[arg(long, value_name = "KIND", value_parser = args::kind(), help_heading = "Policy")]
    without: Vec<EvidenceKind>,
    /// Time to judge at: RFC 3339, or a date [default: now]
    #[arg(long, value_name = "TIME", value_parser = said::time, help_heading = "Policy")]
    as_of: Option<jiff::Timestamp>,
    /// Verdict about an earlier head of the change, as `--output json=FILE` wrote it: approvals of that head count where nothing
    /// of what they are about changed since (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Approvals")]
    previous: Vec<String>,
    /// Commit that the judged one was made from, as a merge queue does: its reviews count; listed as a weakening
    #[arg(long, value_name = "SHA", value_parser = said::commit, help_heading = "Approvals")]
    reviewed_head: Option<String>,
    /// Emergency override, as TOML: with it the change passes, where the first layer names who may approve that and they have;
    /// listed as a weakening
    #[arg(long = "override", value_name = "FILE", help_heading = "Approvals")]
    override_: Option<String>,
    /// Give no verdict where anything is listed as a weakening
    #[arg(long, help_heading = "Policy")]
    deny_weakening: bool,
    /// Exit with 0 whatever the decision, unless there is none; listed as a weakening
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
    /// Format of standard output [default: terminal]
    #[arg(long, value_name = "FORMAT", value_parser = args::format(), help_heading = "Output")]
    format: Option<Format>,
    /// Report to a file, whole or not at all (repeatable)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = args::output, help_heading = "Output")]
    output: Vec<OutputFile>,
}

impl EvalArgs {
    /// What the flags say, and the settings file that they name.
    fn said(self) -> (Said, Option<String>) {
        let said = Said {
            policy: args::given(self.policy.policy),
            param: args::given(self.policy.param),
            limit: args::given(self.policy.limit),
            policy_ref: self.policy_ref,
            waivers: args::given(self.waivers).map(|files| files.iter().map(|file| args::here(file)).collect()),
            without: args::given(self.without),
            as_of: self.as_of,
            previous: args::given(self.previous).map(|files| files.iter().map(|file| args::here(file)).collect()),
            reviewed_head: self.reviewed_head,
            override_: self.override_.map(|file| args::here(&file)),
            deny_weakening: self.deny_weakening.then_some(true),
            dry_run: self.dry_run.then_some(true),
            format: self.format,
            output: args::given(self.output),
            ..args::said(&self.change, self.evidence)
        };
        (said, self.change.config)
    }
}

/// Runs the verb.
pub fn run(args: EvalArgs, console: &Console) -> Exit {
    match eval(args, console) {
        Ok(exit) => exit,
        Err(mistakes) => console.refuse(&mistakes),
    }
}

fn eval(args: EvalArgs, console: &Console) -> Result<Exit, Vec<Diagnostic>> {
    let (flags, config) = args.said();
    let mut run = judge::prepare(flags, config.as_deref())?;
    check_outputs(&run.settings)?;
    let outside =
        Outside { parameters: run.settings.param.value.clone(), limits: said::limits_said(&run.settings.limit.value) };
    let as_of = run.settings.as_of.value.unwrap_or_else(now);
    let broken = |mistakes| broken_base(&run, mistakes);
    let layers = packs::layers(&run).map_err(broken)?;
    let policy = PolicySet::load_layers(&layers, &outside).map_err(broken)?;
    let waivers = waiving::waivers(&run.settings.waivers.value, run.checkout.as_ref(), &policy, as_of)?;
    let overriding = overriding(&run)?;
    let evidence = gather::gather(&mut run)?;
    brought::refuse(&run, &layers, &evidence)?;
    let without = &run.settings.without.value;
    let absent = absent_sources(&policy, &evidence, without, as_of);
    console.note(&judged(&run, &evidence.change));
    if let Some(text) = unjudged(&run, &evidence.change) {
        console.note(&text);
    }
    console.sources(evidence.sources.iter().chain(&absent));
    if evidence.files.is_empty() && evidence.completeness(EvidenceKind::Files) == Completeness::Complete {
        console.warning("the change is empty: no file differs; is the right base named, and the right head?");
    }
    for (kind, refusal) in refusals(&policy, &evidence, without) {
        if let Some(why) = refusal {
            console.warning(&format!("`--without {kind}` is not honoured: {why}"));
        }
    }
    let approving = approving::approving(&run, &policy, &evidence.change, console)?;
    let further = weakenings::further(&run, &policy, &evidence.change);
    if let Some(reference) = weakenings::foreign_reference(&run) {
        console.warning(&format!("`{reference}`, which packs were read from, is no commit of the base's history"));
    }
    let grounds = Judging {
        absent: &absent,
        as_of,
        approving: &approving,
        waivers: &waivers,
        overriding: overriding.as_ref(),
        further: &further,
    };
    let edited = head_policy::edited(&run, &layers, &evidence);
    let again = (!edited.is_empty()).then(|| evidence.clone());
    let Judged { mut report, decision, abandoned } = judge_change(&policy, evidence, &run.settings, &grounds);
    if let Some(mistake) = abandoned {
        return Err(vec![mistake]);
    }
    weakenings::refuse(&run.settings, &report.weakenings)?;
    if let Some(why) = report.override_.as_ref().and_then(|given| given.why.as_ref()) {
        console.warning(&format!("the override is not honoured: {why}"));
    }
    if let Some(evidence) = again {
        report.head_policy = Some(head_policy::report(&run, edited, &policy, evidence, &grounds, &report));
    }
    let documents = render_all(&run.settings, console, |format, options| render(format, &report, options))?;
    output::write(&documents.files).map_err(|mistake| vec![mistake])?;
    if let Err(exit) = console.stdout(&documents.stdout) {
        return Ok(exit);
    }
    Ok(Exit::of_decision(decision, run.settings.dry_run.value))
}

/// The emergency override that the settings name, which counts as the base has it where it lies inside the repository.
fn overriding(run: &Run) -> Result<Option<Override>, Vec<Diagnostic>> {
    let Some(file) = &run.settings.override_.value else { return Ok(None) };
    let (shown, text) = judge::configuration(run.checkout.as_ref(), file, overrides::MAX_BYTES, Code::BrokenOverride)
        .map_err(|mistake| vec![mistake])?;
    overrides::parse(&shown, &text).map(Some)
}

/// Mistakes in packs, and where packs of the base are among them, the way out.
fn broken_base(run: &Run, mut mistakes: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let inside = |place: &PackPlace, checkout: &Checkout| match place {
        PackPlace::Builtin(_) => false,
        PackPlace::Directory(location) => checkout.inside(&location.path).is_some(),
    };
    if let (Some(checkout), None) = (&run.checkout, &run.settings.policy_ref.value)
        && let Some((base, _)) = checkout.base()
        && run.settings.policy.value.iter().any(|place| inside(place, checkout))
        // Where no pack is, nothing is to be repaired; that has no place.
        && mistakes.iter().any(|mistake| mistake.code != Code::UnreadablePack || mistake.place.is_some())
    {
        let said = format!(
            "packs inside the repository were read from the base {}, and can't judge as it has them",
            judge::short(base)
        );
        mistakes.push(Diagnostic::new(Code::BrokenBase, said).help(
            "name an earlier commit of the base with `--policy-ref`, which the verdict lists as a weakening, and repair them with that change",
        ));
    }
    mistakes
}

#[expect(clippy::disallowed_methods, reason = "the command line asks the clock, once, and the answer is recorded")]
pub(super) fn now() -> jiff::Timestamp {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// One file can hold one report.
fn check_outputs(settings: &Settings) -> Result<(), Vec<Diagnostic>> {
    let paths = settings.output.value.iter().map(|output| (output.file.path.as_path(), output.file.shown.as_str()));
    match output::shared(paths) {
        None => Ok(()),
        Some(shown) => Err(vec![
            Diagnostic::new(Code::Usage, format!("two reports are to be written to `{shown}`"))
                .help("give each `--output` a path of its own"),
        ]),
    }
}

struct Documents {
    stdout: Vec<u8>,
    files: Vec<Document>,
}

fn render_all(
    settings: &Settings,
    console: &Console,
    render: impl Fn(Format, &RenderOptions) -> Result<Vec<u8>, Diagnostic>,
) -> Result<Documents, Vec<Diagnostic>> {
    let plain = RenderOptions { color: false, ..RenderOptions::default() };
    let screen = RenderOptions { color: console.stdout_color(), width: console.width() };
    let stdout = render(settings.format.value, &screen).map_err(|mistake| vec![mistake])?;
    let mut files = Vec::new();
    for output in &settings.output.value {
        let bytes = render(output.format, &plain).map_err(|mistake| vec![mistake])?;
        files.push(Document { path: output.file.path.clone(), shown: output.file.shown.clone(), bytes });
    }
    Ok(Documents { stdout, files })
}

/// How many files are named of those that are not judged.
const NAMED: usize = 5;

/// What lies in the checkout beside the judged commit and could be taken for a part of the change.
fn unjudged(run: &Run, change: &Change) -> Option<String> {
    let (checkout, head) = (run.checkout.as_ref()?, change.head.as_deref()?);
    let paths = checkout.uncommitted(head);
    let named: Vec<String> = paths.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
    let further = match paths.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let what = match paths.len() {
        0 => return None,
        1 => "1 uncommitted change is".to_owned(),
        count => format!("{count} uncommitted changes are"),
    };
    Some(format!("{what} not judged: {}{further}", named.join(", ")))
}

/// What is judged by what, and what of that nobody chose.
fn judged(run: &Run, change: &Change) -> String {
    let settings = &run.settings;
    let what = match &settings.change.value {
        Described::Git { .. } => {
            let commit = |id: &Option<String>| id.as_deref().map_or("nothing", judge::short).to_owned();
            let chosen = if settings.change.from == From::Default { ", the change of this checkout," } else { "" };
            format!("{}..{}{chosen}", commit(&change.merge_base), commit(&change.head))
        }
        Described::Trees(before, after) => format!("`{}` to `{}`", before.shown, after.shown),
        Described::Diff(file) | Described::Evidence(file) => format!("`{}`", file.shown),
    };
    let packs: Vec<String> = settings.policy.value.iter().map(|pack| format!("`{}`", pack.shown())).collect();
    let under = format!("judging {what} under {}", packs.join(", "));
    match (&run.unmerged, &settings.policy.from) {
        (Some(why), From::Default) => format!("{under}: {why}"),
        (Some(why), _) => format!("{under}; of its settings: {why}"),
        (None, From::Default) => format!("{under}, because no policy was named"),
        (None, _) => under,
    }
}
