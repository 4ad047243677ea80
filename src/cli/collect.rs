//! `tollgate collect`: the evidence document of a change, for a later `eval --evidence`.

use super::Exit;
use super::args::{self, ChangeArgs, EvidenceArgs};
use super::console::Console;
use super::output::{self, Document};
use super::{gather, judge, pipeline};
use crate::diagnostic::Diagnostic;
use crate::evidence::Completeness;

const EXAMPLES: &str = "\
Exit codes: 0 every source is complete, 1 one is not, 2 the evidence could not be collected or written.

Examples:
  tollgate collect --base origin/main --sarif codeql.sarif --output evidence.json
  tollgate collect --trees before after";

/// Arguments of `collect`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct CollectArgs {
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
    /// File to write the evidence document to [default: standard output]
    #[arg(long, value_name = "PATH", help_heading = "Output")]
    output: Option<String>,
}

/// Runs the verb.
pub fn run(args: CollectArgs, console: &Console) -> Exit {
    match collect(args, console) {
        Ok(exit) => exit,
        Err(mistakes) => console.refuse(&mistakes),
    }
}

fn collect(args: CollectArgs, console: &Console) -> Result<Exit, Vec<Diagnostic>> {
    let flags = args::said(&args.change, args.evidence);
    let mut run = judge::prepare(flags, args.change.config.as_deref())?;
    let evidence = gather::gather(&mut run)?;
    console.sources(&evidence.sources);
    let bytes = pipeline::write_evidence(&evidence);
    match args.output {
        Some(shown) => output::write(&[Document { path: shown.clone().into(), shown, bytes }]).map_err(|m| vec![m])?,
        None => {
            if let Err(exit) = console.stdout(&bytes) {
                return Ok(exit);
            }
        }
    }
    let complete = evidence.sources.iter().all(|source| source.completeness == Completeness::Complete);
    Ok(if complete { Exit::Clean } else { Exit::Found })
}
