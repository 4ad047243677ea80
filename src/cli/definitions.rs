//! `tollgate definitions`: what editors read to complete the names that rules can use.

use std::path::{Path, PathBuf};

use super::Exit;
use super::console::Console;
use super::output::{self, Document};
use crate::policy;

const EXAMPLES: &str = "\
Rhai's language server (https://github.com/rhaiscript/lsp) finds definitions in the workspace by
their ending. They may lie in a pack, outside of its rules/ and lib/: there they are no part of it,
and are never read.

Examples:
  mkdir .rhai && tollgate definitions --out .rhai
  tollgate definitions --out ../tollgate.d.rhai
  tollgate definitions | less";

/// Arguments of `definitions`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct DefinitionsArgs {
    /// Where to: a directory that is there, which gets a file for each part, or a file with the ending .d.rhai for all of
    /// them [default: standard output]
    #[arg(long, value_name = "DIR|FILE")]
    out: Option<String>,
}

/// Runs the verb.
pub fn run(args: &DefinitionsArgs, console: &Console) -> Exit {
    let definitions = policy::definitions();
    let Some(out) = &args.out else {
        return console.print(&definitions.single());
    };
    let path = Path::new(out);
    // A directory that is not there, and not a file of its name, is what was meant by a name without the ending.
    let documents: Vec<Document> = if out.ends_with(policy::DEFINITIONS) && !path.is_dir() {
        vec![document(path.to_path_buf(), definitions.single())]
    } else {
        definitions.files().into_iter().map(|(name, text)| document(path.join(name), text)).collect()
    };
    match output::write(&documents) {
        Ok(()) => Exit::Clean,
        Err(mistake) => console.refuse(&[mistake]),
    }
}

fn document(path: PathBuf, text: String) -> Document {
    Document { shown: path.display().to_string(), path, bytes: text.into_bytes() }
}
