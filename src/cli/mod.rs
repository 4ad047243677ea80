//! The command line: one file per verb; arguments, exit codes, wiring. It decides nothing.

pub mod args;
pub mod collect;
pub mod config;
pub mod console;
pub mod eval;
pub mod exit;
pub mod facts;
pub mod gather;
pub mod inputs;
pub mod judge;
pub mod log;
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
pub mod test;

use std::ffi::OsString;
use std::io::Write as _;

use clap::{CommandFactory as _, Parser as _};

pub use console::{Color, Console};
pub use exit::Exit;

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
    /// List the rules of a policy
    Rules(rules::RulesArgs),
    /// Print the JSON Schema of a document
    Schema(schema::SchemaArgs),
    /// Run the cases of packs
    Test(test::TestArgs),
}

/// Runs the process: reads the arguments, does what they say, and says how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString> + std::panic::UnwindSafe) -> Exit {
    // The panic hook has said where; nobody may take the end of a crash for a verdict.
    std::panic::catch_unwind(|| run(arguments)).unwrap_or(Exit::Unable)
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(answer) => {
            let answer = harmless(answer, &arguments);
            let written = answer.print().and_then(|()| std::io::stdout().flush());
            return if answer.use_stderr() || written.is_err() { Exit::Unable } else { Exit::Clean };
        }
    };
    let console = Console::new(cli.color);
    if let Err(mistake) = log::start(cli.log.as_deref(), console.stderr_color()) {
        return console.refuse(&[mistake]);
    }
    match cli.verb {
        Verb::Eval(args) => eval::run(*args, &console),
        Verb::Collect(args) => collect::run(*args, &console),
        Verb::Rules(args) => rules::run(args, &console),
        Verb::Schema(args) => schema::run(&args, &console),
        Verb::Test(args) => test::run(&args, &console),
    }
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
