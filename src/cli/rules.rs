//! `tollgate rules`: the catalogue of a policy, after all of its layers.

mod text;

use super::Exit;
use super::args::{self, PolicyArgs};
use super::console::Console;
use super::pipeline::PolicySet;
use super::standing;
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::vocabulary;
use crate::report::Catalogue;

const EXAMPLES: &str = "\
Packs are read as they lie on the disk, to see what a policy would be; only `eval` reads them from the base.
Exit codes: 0 listed, 2 the policy can't be loaded.

Examples:
  tollgate rules                             # of the packs of tollgate.toml, or of builtin:baseline
  tollgate rules --policy policies/org --policy policies/team --effective
  tollgate rules --policy policies/org --effective --format markdown > rules.md";

vocabulary! {
    /// How the catalogue is written.
    pub enum CatalogueFormat("format", ordered: false) {
        /// Columns for a screen.
        Table = "table",
        /// For programs: always everything.
        Json = "json",
        /// For a page.
        Markdown = "markdown",
    }
}

/// Arguments of `rules`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct RulesArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Settings file whose `policy`, `param` and `limit` are used where no flag says otherwise [default: tollgate.toml of the
    /// current directory, where there is one]
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    config: Option<String>,
    /// Everything that the layers made of the policy, and which layer set it: enforcement, approvers, parameters, scopes,
    /// thresholds, expected tools, limits
    #[arg(long, help_heading = "Output")]
    effective: bool,
    /// Format of standard output; JSON always has everything
    #[arg(long, value_name = "FORMAT", value_parser = args::word::<CatalogueFormat>(), default_value = "table", help_heading = "Output")]
    format: CatalogueFormat,
}

/// Runs the verb.
pub fn run(args: RulesArgs, console: &Console) -> Exit {
    let (format, effective) = (args.format, args.effective);
    let written = load(args).and_then(|policy| {
        let catalogue = Catalogue::from(&policy);
        match (format, effective) {
            (CatalogueFormat::Table, false) => Ok(text::table(&catalogue)),
            (CatalogueFormat::Table, true) => Ok(text::effective(&catalogue)),
            (CatalogueFormat::Markdown, false) => Ok(text::markdown(&catalogue)),
            (CatalogueFormat::Markdown, true) => Ok(text::effective_markdown(&catalogue)),
            (CatalogueFormat::Json, _) => json(&catalogue).map_err(|mistake| vec![mistake]),
        }
    });
    match written {
        Ok(text) => console.print(&text),
        Err(mistakes) => console.refuse(&mistakes),
    }
}

fn load(args: RulesArgs) -> Result<PolicySet, Vec<Diagnostic>> {
    let file = standing::settings(args.config.as_deref())?;
    standing::policy(args.policy, file)
}

fn json(catalogue: &Catalogue) -> Result<String, Diagnostic> {
    serde_json::to_string_pretty(catalogue)
        .map(|text| text + "\n")
        .map_err(|error| Diagnostic::new(Code::UnwritableReport, format!("the catalogue can't be written: {error}")))
}
