//! The command line: one file per verb; arguments, exit codes, wiring. It decides nothing.

pub mod approving;
pub mod args;
mod brought;
pub mod collect;
pub mod completions;
pub mod config;
pub mod console;
pub mod definitions;
pub mod eval;
pub mod exit;
pub mod explain;
pub mod facts;
pub mod gather;
pub mod head_policy;
pub mod init;
pub mod inputs;
pub mod judge;
pub mod lint;
pub mod log;
mod misplaced;
pub mod output;
mod packages;
pub mod packs;
pub mod pipeline;
pub mod readers;
pub mod rules;
pub mod said;
pub mod schema;
pub mod settings;
pub mod snippet;
mod standing;
pub mod test;
pub mod waivers;
pub mod waiving;
pub mod weakenings;

use std::ffi::OsString;
use std::io::Write as _;

use clap::{CommandFactory as _, Parser as _};

pub use console::{Color, Console, MessageFormat};
pub use exit::Exit;

use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::Word as _;

const ABOUT: &str = "Decides whether a code change may pass, from evidence, under a policy, and says why";

/// The arguments of the process.
#[derive(Debug, clap::Parser)]
#[command(name = "tollgate", version, about = ABOUT, disable_help_subcommand = true)]
#[command(arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
    /// When to colour; `auto` is on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "General")]
    #[arg(value_parser = args::word::<Color>())]
    color: Color,
    /// How messages on standard error are written: for people, or one JSON object on each line
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human", help_heading = "General")]
    #[arg(value_parser = args::word::<MessageFormat>())]
    message_format: MessageFormat,
    /// Log to standard error: a level, or targets with levels [env: TOLLGATE_LOG]
    #[arg(long, global = true, value_name = "FILTER", help_heading = "General")]
    log: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Judge a change: collect, evaluate, decide, render
    Eval(Box<eval::EvalArgs>),
    /// Write the evidence of a change as a document
    Collect(Box<collect::CollectArgs>),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
    /// Explain a verdict, one rule or violation of it, or a code of a diagnostic
    Explain(explain::ExplainArgs),
    /// Write a policy that works: a pack with a rule and its cases, and settings that name it
    Init(init::InitArgs),
    /// Find what works in a policy and is probably not what was meant
    Lint(lint::LintArgs),
    /// List the rules of a policy
    Rules(rules::RulesArgs),
    /// Write definitions of what rules can use, for editors
    Definitions(definitions::DefinitionsArgs),
    /// Print the JSON Schema of a document
    Schema(schema::SchemaArgs),
    /// Run the cases of packs
    Test(test::TestArgs),
    /// List waivers, check them, or draft them from a verdict
    Waivers(waivers::WaiversArgs),
}

/// Runs the process: reads the arguments, does what they say, and says how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString> + std::panic::UnwindSafe) -> Exit {
    // The panic hook has said where; nobody may take the end of a crash for a verdict.
    std::panic::catch_unwind(|| run(arguments)).unwrap_or(Exit::Unable)
}

/// How messages are written, for whoever has no console at hand.
static MESSAGES: std::sync::OnceLock<MessageFormat> = std::sync::OnceLock::new();

/// Ends the process where a script does not come back: says why, and leaves no verdict.
#[expect(clippy::exit, reason = "what runs can't be ended in order, and its exit code is the one of no verdict")]
pub fn give_up(mistake: &Diagnostic) {
    let messages = MESSAGES.get().copied().unwrap_or(MessageFormat::Human);
    std::process::exit(Console::new(Color::Never, messages).refuse(std::slice::from_ref(mistake)).code().into());
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(answer) => {
            if answer.use_stderr() && wants_json(&arguments) {
                let console = Console::new(Color::Never, MessageFormat::Json);
                return console.refuse(&[usage(&misplaced::explained(answer, &arguments))]);
            }
            let answer = misplaced::explained(harmless(answer, &arguments), &arguments);
            let written = answer.print().and_then(|()| std::io::stdout().flush());
            return if answer.use_stderr() || written.is_err() { Exit::Unable } else { Exit::Clean };
        }
    };
    // The process says it once; whoever is first stays.
    let _ = MESSAGES.set(cli.message_format);
    let console = Console::new(cli.color, cli.message_format);
    if let Err(mistake) = log::start(cli.log.as_deref(), console.stderr_color()) {
        return console.refuse(&[mistake]);
    }
    match cli.verb {
        Verb::Eval(args) => eval::run(*args, &console),
        Verb::Collect(args) => collect::run(*args, &console),
        Verb::Completions(args) => completions::run(&args, &console),
        Verb::Explain(args) => explain::run(&args, &console),
        Verb::Init(args) => init::run(&args, &console),
        Verb::Lint(args) => lint::run(&args, &console),
        Verb::Rules(args) => rules::run(args, &console),
        Verb::Definitions(args) => definitions::run(&args, &console),
        Verb::Schema(args) => schema::run(&args, &console),
        Verb::Test(args) => test::run(&args, &console),
        Verb::Waivers(args) => waivers::run(args, &console),
    }
}

/// Whether the arguments, though they are none, ask for messages that programs read.
fn wants_json(arguments: &[OsString]) -> bool {
    const FLAG: &str = "--message-format";
    let json = MessageFormat::Json.as_str();
    let joined = format!("{FLAG}={json}");
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    arguments.iter().any(|argument| *argument == *joined)
        || pairs.into_iter().any(|(flag, value)| *flag == *FLAG && *value == *json)
}

/// What is wrong with the arguments, without the usage that is printed below it.
fn usage(answer: &clap::Error) -> Diagnostic {
    let text = answer.to_string();
    let mut parts = text.split("\n\n").filter(|part| !part.starts_with("Usage:") && !part.starts_with("For more"));
    let message = parts.next().unwrap_or("").trim_start_matches("error: ").trim();
    let help: Vec<&str> = parts.map(str::trim).filter(|part| !part.is_empty()).collect();
    let mistake = Diagnostic::new(Code::Usage, message);
    if help.is_empty() { mistake } else { mistake.help(help.join("\n")) }
}

/// An answer that repeats an argument repeats it as it is; where that could steer a terminal, the same is asked with such
/// characters written out.
fn harmless(answer: clap::Error, arguments: &[OsString]) -> clap::Error {
    let plain: Vec<String> = arguments.iter().map(|argument| console::one_line(&argument.to_string_lossy())).collect();
    if arguments.iter().zip(&plain).all(|(argument, plain)| argument == plain.as_str()) {
        return answer;
    }
    Cli::try_parse_from(plain).err().unwrap_or_else(|| {
        Cli::command().error(clap::error::ErrorKind::InvalidValue, "an argument has characters that can't be shown")
    })
}

#[cfg(test)]
mod tests {
    use super::{Cli, Exit, main};
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn arguments_that_are_none_end_in_two() {
        let run = |arguments: &[&str]| main(arguments.iter().map(Into::into).collect::<Vec<std::ffi::OsString>>());
        assert_eq!(run(&["tollgate", "eval", "--no-such-flag"]), Exit::Unable);
        assert_eq!(run(&["tollgate", "no-such-verb"]), Exit::Unable);
        assert_eq!(run(&["tollgate"]), Exit::Unable);
    }
}
