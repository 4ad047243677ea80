//! Flags that several verbs share, as clap reads them, and what they say.

use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::pipeline::Format;
use super::said::{self, Described, Location, OutputFile, PackPlace, Said, SarifFile};
use crate::evidence::{EvidenceKind, Word};

/// Flag paths are relative to the current directory.
const HERE: &str = "";

/// Takes the words of a closed vocabulary; clap names them, and suggests one.
pub fn word<W: Word + Send + Sync>() -> impl TypedValueParser<Value = W> {
    PossibleValuesParser::new(W::VOCABULARY.words).try_map(|text| said::word::<W>(&text))
}

/// The change, and where settings come from.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Change (one of: a repository, --trees, --diff, --evidence)")]
pub struct ChangeArgs {
    /// Git repository that the change is in [default: the one around the current directory]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["trees", "diff", "evidence"])]
    pub repo: Option<String>,
    /// Branch or commit that the change is to go into [default: the remote's default branch]
    #[arg(long, value_name = "REV", conflicts_with_all = ["trees", "diff", "evidence"])]
    pub base: Option<String>,
    /// Last commit of the change [default: HEAD]
    #[arg(long, value_name = "REV", conflicts_with_all = ["trees", "diff", "evidence"])]
    pub head: Option<String>,
    /// Two directories: before and after
    #[arg(long, num_args = 2, value_names = ["BEFORE", "AFTER"], conflicts_with_all = ["diff", "evidence"])]
    pub trees: Option<Vec<String>>,
    /// Unified diff in git's format; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "evidence")]
    pub diff: Option<String>,
    /// Evidence document, as `tollgate collect` writes it
    #[arg(long, value_name = "FILE")]
    pub evidence: Option<String>,
    /// Settings file [default: tollgate.toml at the root of the repository, as the base has it]
    #[arg(long, value_name = "FILE")]
    pub config: Option<String>,
}

/// Evidence beside the files of the change.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Evidence")]
pub struct EvidenceArgs {
    /// Scanner results in SARIF 2.1.0, and the commit that they were made for (repeatable)
    #[arg(long, value_name = "FILE[@COMMIT]", value_parser = |text: &str| Ok::<_, String>(said::sarif_file(Path::new(HERE), text)))]
    pub sarif: Vec<SarifFile>,
    /// Login of who proposed the change
    #[arg(long, value_name = "LOGIN")]
    pub author: Option<String>,
    /// Title of the change
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
}

/// The policy.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Policy")]
pub struct PolicyArgs {
    /// Pack of rules; the order is that of layers (repeatable) [default: builtin:baseline]
    #[arg(long, value_name = "DIR|builtin:NAME", value_parser = |text: &str| Ok::<_, String>(said::pack_place(Path::new(HERE), text)))]
    pub policy: Vec<PackPlace>,
    /// Value of a parameter of the policy (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = said::parameter)]
    pub param: Vec<(String, String)>,
}

/// Text of the possible kinds, for help.
pub fn kind() -> impl TypedValueParser<Value = EvidenceKind> {
    word::<EvidenceKind>()
}

/// Text of the possible formats, for help.
pub fn format() -> impl TypedValueParser<Value = Format> {
    word::<Format>()
}

/// Reads `FORMAT=PATH`.
pub fn output(text: &str) -> Result<OutputFile, String> {
    said::output_file(Path::new(HERE), text)
}

/// `None` for a repeatable flag that was not given.
pub fn given<T>(values: Vec<T>) -> Option<Vec<T>> {
    Some(values).filter(|values| !values.is_empty())
}

impl ChangeArgs {
    /// How the flags describe the change.
    #[must_use]
    pub fn described(&self) -> Option<Described> {
        let here = |written: &String| Location::new(Path::new(HERE), written);
        if let Some([before, after]) = self.trees.as_deref() {
            return Some(Described::Trees(here(before), here(after)));
        }
        if let Some(diff) = &self.diff {
            return Some(Described::Diff(here(diff)));
        }
        if let Some(evidence) = &self.evidence {
            return Some(Described::Evidence(here(evidence)));
        }
        (self.repo.is_some() || self.base.is_some() || self.head.is_some()).then(|| Described::Git {
            repo: self.repo.as_ref().map(here),
            base: self.base.clone(),
            head: self.head.clone(),
        })
    }
}

/// What change and evidence flags say.
#[must_use]
pub fn said(change: &ChangeArgs, evidence: EvidenceArgs) -> Said {
    Said {
        change: change.described(),
        sarif: given(evidence.sarif),
        author: evidence.author,
        title: evidence.title,
        ..Said::default()
    }
}
