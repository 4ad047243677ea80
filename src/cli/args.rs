//! Flags that several verbs share, as clap reads them, and what they say.

use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::facts::Fact;
use super::inputs::{EvidenceFile, Input};
use super::pipeline::Format;
use super::said::{self, Described, Location, OutputFile, PackPlace, Said};
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
    #[arg(long, value_name = "FILE[@COMMIT]")]
    pub sarif: Vec<String>,
    /// A scanner's own report: osv-scanner, cargo-audit, npm audit, yarn audit, pip-audit, grype, trivy or govulncheck
    /// JSON, and the commit that it was made for (repeatable)
    #[arg(long, value_name = "FILE[@COMMIT]")]
    pub report: Vec<String>,
    /// Scanner results of the base in SARIF 2.1.0, to tell new findings from old ones (repeatable)
    #[arg(long, value_name = "FILE[@COMMIT]")]
    pub baseline_sarif: Vec<String>,
    /// What GitHub's dependency review says of the change, and the commit that it was made for (repeatable)
    #[arg(long, value_name = "FILE[@COMMIT]")]
    pub dependencies: Vec<String>,
    /// Bills of materials of both sides of the change, CycloneDX or SPDX in JSON (repeatable)
    #[arg(long, value_names = ["BEFORE", "AFTER"], num_args = 2)]
    pub sbom: Vec<String>,
    /// Known vulnerabilities as OSV has them: a record, a directory of records, or a zip archive of them (repeatable)
    #[arg(long, value_name = "PATH")]
    pub advisories: Vec<String>,
    /// Directory for an index of advisories, so that a database is read once; nobody else should be able to write there
    #[arg(long, value_name = "DIR")]
    pub advisory_cache: Option<String>,
    /// What is known about advisories in the packages' use, as OpenVEX or CycloneDX (repeatable)
    #[arg(long, value_name = "FILE")]
    pub vex: Vec<String>,
    /// What the forge says of the change: the payload of GitHub's `pull_request`, `merge_group` or `push` event or of
    /// GitLab's merge request hook, or what the API of GitHub, GitLab or Bitbucket answers about the request
    #[arg(long, value_name = "EVENT.json")]
    pub change: Option<String>,
    /// Reviews, as the API of GitHub, GitLab or Bitbucket gives them (repeatable)
    #[arg(long, value_name = "FILE")]
    pub reviews: Vec<String>,
    /// Who is in which team, as TOML
    #[arg(long, value_name = "FILE")]
    pub teams: Option<String>,
    /// Test results in JUnit's XML, and the commit that they were made for (repeatable)
    #[arg(long, value_name = "FILE[@COMMIT]")]
    pub tests: Vec<String>,
    /// Coverage as LCOV, Cobertura, JaCoCo or coverage.py JSON, and the commit that it was made for (repeatable)
    #[arg(long, value_name = "FILE[@COMMIT]")]
    pub coverage: Vec<String>,
    /// Markdown document that states something about the change (repeatable)
    #[arg(long, value_name = "FILE")]
    pub claims: Vec<String>,
    /// Login of who proposed the change
    #[arg(long, value_name = "LOGIN", value_parser = |text: &str| Fact::Author.read(text))]
    pub author: Option<String>,
    /// Title of the change
    #[arg(long, value_name = "TEXT", value_parser = |text: &str| Fact::Title.read(text), allow_hyphen_values = true)]
    pub title: Option<String>,
    /// What the author wrote about the change, as Markdown
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub description: Option<String>,
    /// Branch that the change is on
    #[arg(long, value_name = "NAME", value_parser = |text: &str| Fact::Branch.read(text))]
    pub branch: Option<String>,
    /// Branch that the change is to go into
    #[arg(long, value_name = "NAME", value_parser = |text: &str| Fact::TargetBranch.read(text))]
    pub target_branch: Option<String>,
    /// Repository that the change is to go into, as the forge names it
    #[arg(long, value_name = "OWNER/NAME", value_parser = |text: &str| Fact::Repository.read(text))]
    pub repository: Option<String>,
    /// Address of the change on the forge
    #[arg(long, value_name = "URL", value_parser = |text: &str| Fact::Url.read(text))]
    pub url: Option<String>,
    /// Label that the forge holds for the change (repeatable)
    #[arg(long, value_name = "LABEL", value_parser = |text: &str| Fact::Label.read(text))]
    pub label: Vec<String>,
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
    /// Limit of what rules may use, as in `operations=500000`; above the default it is listed as a weakening (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = said::limit)]
    pub limit: Vec<(&'static str, u64)>,
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

/// A path as a flag has it.
#[must_use]
pub fn here(written: &str) -> Location {
    Location::new(Path::new(HERE), written)
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
    let inputs = [
        (Input::Sarif, evidence.sarif),
        (Input::Report, evidence.report),
        (Input::BaselineSarif, evidence.baseline_sarif),
        (Input::Dependencies, evidence.dependencies),
        (Input::Sbom, evidence.sbom),
        (Input::Advisories, evidence.advisories),
        (Input::Vex, evidence.vex),
        (Input::Change, evidence.change.into_iter().collect()),
        (Input::Reviews, evidence.reviews),
        (Input::Teams, evidence.teams.into_iter().collect()),
        (Input::Tests, evidence.tests),
        (Input::Coverage, evidence.coverage),
        (Input::Claims, evidence.claims),
    ];
    let files = |input, written: Vec<String>| {
        written.iter().map(|file| EvidenceFile::named(input, Path::new(HERE), file)).collect()
    };
    let inputs =
        inputs.into_iter().filter_map(|(input, written)| Some((input, files(input, given(written)?)))).collect();
    let facts = [
        (Fact::Author, evidence.author),
        (Fact::Title, evidence.title),
        (Fact::Description, evidence.description),
        (Fact::Branch, evidence.branch),
        (Fact::TargetBranch, evidence.target_branch),
        (Fact::Repository, evidence.repository),
        (Fact::Url, evidence.url),
    ];
    let one = facts.into_iter().filter_map(|(fact, said)| Some((fact, vec![said?])));
    let facts = one.chain(given(evidence.label).map(|labels| (Fact::Label, labels))).collect();
    let advisory_cache = evidence.advisory_cache.map(|written| Location::new(Path::new(HERE), &written));
    Said { change: change.described(), inputs, advisory_cache, facts, ..Said::default() }
}
