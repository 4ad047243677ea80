//! `tollgate explain`: what the code of a diagnostic means; and of a verdict, why the change is not approved, or what became of
//! one rule or one violation.

use super::Exit;
use super::approving::MAX_BYTES;
use super::args;
use super::console::Console;
use super::pipeline::{ExplanationReport, RenderOptions, explanation, explanation_json, read_verdict};
use crate::collect::input;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::vocabulary;

const EXAMPLES: &str = "\
A verdict is what `tollgate eval --format json` or `--output json=FILE` wrote. Nothing is decided
anew, and the exit code does not tell what was.
Exit codes: 0 explained, 2 there is no such code, rule or violation, or the file is no verdict.

Examples:
  tollgate explain --verdict verdict.json --why-not   # why the change is not approved
  tollgate explain --verdict verdict.json new-critical-finding
  tollgate explain --verdict verdict.json 5f0c1d2e    # begins a violation's fingerprint
  tollgate explain unknown-function                   # a code of a diagnostic
  tollgate explain                                    # lists all codes";

vocabulary! {
    /// How what is explained of a verdict is written.
    pub enum ExplainFormat("format", ordered: false) {
        /// Plain text for a screen.
        Terminal = "terminal",
        /// For programs, see `tollgate schema explanation`.
        Json = "json",
    }
}

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// With `--verdict`: the id of a rule, or the beginning of a violation's fingerprint, 8 characters at least. Else the code of a
    /// diagnostic, as it stands in brackets after `error` or `warning`; without any, all codes are listed
    #[arg(value_name = "RULE|FINGERPRINT|CODE")]
    name: Option<String>,
    /// Verdict to explain
    #[arg(long, value_name = "FILE")]
    verdict: Option<String>,
    /// Why the change is not approved, what each thing that stands in its way rests on, and what would clear it; of an approved
    /// one, what that rests on [default where no rule or violation is named]
    #[arg(long, requires = "verdict", conflicts_with = "name")]
    why_not: bool,
    /// Format of standard output
    #[arg(long, value_name = "FORMAT", value_parser = args::word::<ExplainFormat>(), requires = "verdict", help_heading = "Output")]
    format: Option<ExplainFormat>,
}

/// Runs the verb.
pub fn run(args: &ExplainArgs, console: &Console) -> Exit {
    let text = match &args.verdict {
        Some(verdict) => of_verdict(args, verdict, console),
        None => args.name.as_deref().map_or_else(|| Ok(list()), explained),
    };
    match text {
        Ok(text) => console.print(&text),
        Err(mistake) => console.refuse(&[mistake]),
    }
}

fn of_verdict(args: &ExplainArgs, shown: &str, console: &Console) -> Result<String, Diagnostic> {
    let broken = |reason: String| Diagnostic::new(Code::BrokenVerdict, reason).at(Place::file(shown));
    let bytes = input::read(&args::here(shown).path, MAX_BYTES).map_err(|refusal| broken(refusal.reason))?.bytes;
    let verdict = read_verdict(&bytes).map_err(broken)?;
    let report = match &args.name {
        None => ExplanationReport::why_not(&verdict),
        Some(name) => ExplanationReport::named(&verdict, name).map_err(|unexplained| {
            let mistake = Diagnostic::new(Code::Usage, unexplained.message).at(Place::file(shown));
            // Whoever has a code at hand may have taken it for a rule.
            match (Code::named(name), unexplained.help) {
                (Ok(_), _) => {
                    mistake.help(format!("`tollgate explain {name}`, without `--verdict`, explains the code"))
                }
                (Err(_), Some(help)) => mistake.help(help),
                (Err(_), None) => mistake,
            }
        })?,
    };
    match args.format.unwrap_or(ExplainFormat::Terminal) {
        ExplainFormat::Terminal => {
            let options = RenderOptions { color: console.stdout_color(), width: console.width() };
            Ok(explanation(&report, &options))
        }
        ExplainFormat::Json => explanation_json(&report)
            .map_err(|error| error.to_string())
            .and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string()))
            .map_err(|error| {
                Diagnostic::new(Code::UnwritableReport, format!("the explanation can't be written: {error}"))
            }),
    }
}

fn explained(name: &str) -> Result<String, Diagnostic> {
    // As it is printed is as good as by itself.
    let bare = name.trim().trim_start_matches("error").trim_start_matches("warning");
    let bare = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    let code = Code::named(bare).map_err(|mistake| {
        const MEANT: &str =
            "the rules of a policy are listed with `tollgate rules --policy DIR`; a verdict is named with `--verdict FILE`";
        // No code is named like a pack or a file.
        if bare.contains(['/', '\\', ':']) { mistake.help(MEANT) } else { mistake }
    })?;
    Ok(format!("{}[{}]\n\n{}", code.level().as_str(), code.as_str(), code.explanation()))
}

fn list() -> String {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
    let mut codes: Vec<Code> = Code::ALL.to_vec();
    codes.sort_by_key(|code| (code.level(), code.as_str()));
    let line = |code: &Code| format!("{:7}  {:width$}  {}\n", code.level().as_str(), code.as_str(), code.meaning());
    codes.iter().map(line).collect()
}
