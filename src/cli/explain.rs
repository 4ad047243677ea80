//! `tollgate explain`: what the code of a diagnostic means, and what is right instead.

use super::Exit;
use super::console::Console;
use crate::diagnostic::{Code, Diagnostic};

const EXAMPLES: &str = "\
Exit codes: 0 explained, 2 there is no such code.

Examples:
  tollgate explain unknown-function
  tollgate explain                    # lists all codes";

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// The code, as it stands in brackets after `error` or `warning`; without it, all codes are listed
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// Runs the verb.
pub fn run(args: &ExplainArgs, console: &Console) -> Exit {
    match args.code.as_deref().map_or_else(|| Ok(list()), explained) {
        Ok(text) => console.print(&text),
        Err(mistake) => console.refuse(&[mistake]),
    }
}

fn explained(name: &str) -> Result<String, Diagnostic> {
    // As it is printed is as good as by itself.
    let bare = name.trim().trim_start_matches("error").trim_start_matches("warning");
    let bare = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    let code = Code::named(bare)?;
    Ok(format!("{}[{}]\n\n{}", code.level().as_str(), code.as_str(), code.explanation()))
}

fn list() -> String {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
    let mut codes: Vec<Code> = Code::ALL.to_vec();
    codes.sort_by_key(|code| (code.level(), code.as_str()));
    let line = |code: &Code| format!("{:7}  {:width$}  {}\n", code.level().as_str(), code.as_str(), code.meaning());
    codes.iter().map(line).collect()
}
