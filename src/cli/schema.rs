//! `tollgate schema`: the JSON Schema of a published document.

use super::console::Console;
use super::pipeline::{DocumentKind, schema_text};
use super::{Exit, args};

const EXAMPLES: &str = "\
Examples:
  tollgate schema verdict
  tollgate schema evidence > evidence.schema.json";

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SchemaArgs {
    /// The document
    #[arg(value_name = "DOCUMENT", value_parser = args::word::<DocumentKind>())]
    document: DocumentKind,
}

/// Runs the verb.
pub fn run(args: &SchemaArgs, console: &Console) -> Exit {
    console.print(&schema_text(args.document))
}
