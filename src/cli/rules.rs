//! `tollgate rules`: the catalogue of a policy, after all of its layers.

use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Exit;
use super::args::{self, PolicyArgs};
use super::config;
use super::console::{Console, printable};
use super::judge::pack_as_it_stands;
use super::pipeline::{PackFiles, PolicySet};
use super::said::{self, Said, joined};
use super::settings::bootstrap;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::vocabulary;
use crate::policy::RuleMeta;

const EXAMPLES: &str = "\
Packs are read as they lie on the disk, to see what a policy would be; only `eval` reads them from the base.
Exit codes: 0 listed, 2 the policy can't be loaded.

Examples:
  tollgate rules
  tollgate rules --policy policies/org --policy policies/team --format markdown";

vocabulary! {
    /// How the catalogue is written.
    pub enum CatalogueFormat("format", ordered: false) {
        /// Columns for a screen.
        Table = "table",
        /// For programs.
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
    /// Settings file whose `policy`, `param` and `limit` are used where no flag says otherwise
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    config: Option<String>,
    /// Format of standard output
    #[arg(long, value_name = "FORMAT", value_parser = args::word::<CatalogueFormat>(), default_value = "table", help_heading = "Output")]
    format: CatalogueFormat,
}

/// The value of `schema` in every catalogue of this version.
pub const CATALOGUE_SCHEMA: &str = "tollgate/rules/v1";

/// The rules of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tollgate catalogue of rules")]
pub struct Catalogue {
    /// Always `tollgate/rules/v1`.
    pub schema: String,
    /// Every rule, by id.
    pub rules: Vec<CatalogueRule>,
}

/// One rule, with what the layers made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueRule {
    /// Its id.
    pub id: String,
    /// The pack that it is from.
    pub pack: String,
    /// The layer of that pack, from 0.
    pub layer: u32,
    /// What it is about.
    pub title: String,
    /// Why it is there.
    pub description: String,
    /// Its category.
    pub category: String,
    /// How binding it is.
    pub enforcement: String,
    /// The risk of its violations.
    pub risk: String,
    /// Evidence that it needs.
    pub needs: Vec<String>,
    /// Evidence that it may do without.
    pub optional: Vec<String>,
    /// Who may let a violation pass.
    pub approvers: Vec<String>,
    /// Controls that it stands for.
    pub controls: Vec<String>,
    /// What to do about a violation.
    pub remedy: Option<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Where it is documented.
    pub docs: Option<String>,
}

impl From<&RuleMeta> for CatalogueRule {
    fn from(rule: &RuleMeta) -> Self {
        let words = |kinds: &[crate::evidence::EvidenceKind]| kinds.iter().map(ToString::to_string).collect();
        Self {
            id: rule.id.clone(),
            pack: rule.pack.clone(),
            layer: rule.layer,
            title: rule.title.clone(),
            description: rule.description.clone(),
            category: rule.category.clone(),
            enforcement: rule.enforcement.to_string(),
            risk: rule.risk.to_string(),
            needs: words(&rule.needs),
            optional: words(&rule.optional),
            approvers: rule.approvers.iter().map(ToString::to_string).collect(),
            controls: rule.controls.clone(),
            remedy: rule.remedy.clone(),
            owner: rule.owner.clone(),
            docs: rule.docs.clone(),
        }
    }
}

/// Runs the verb.
pub fn run(args: RulesArgs, console: &Console) -> Exit {
    let format = args.format;
    let written = load(args).and_then(|policy| {
        let mut rules: Vec<&Arc<RuleMeta>> = policy.rules().iter().map(|rule| &rule.meta).collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        match format {
            CatalogueFormat::Table => Ok(table(&rules)),
            CatalogueFormat::Markdown => Ok(markdown(&rules)),
            CatalogueFormat::Json => json(&rules).map_err(|mistake| vec![mistake]),
        }
    });
    match written {
        Ok(text) => match console.stdout(text.as_bytes()) {
            Ok(()) => Exit::Clean,
            Err(exit) => exit,
        },
        Err(mistakes) => console.refuse(&mistakes),
    }
}

fn load(args: RulesArgs) -> Result<PolicySet, Vec<Diagnostic>> {
    let file = match &args.config {
        Some(path) => settings(path)?,
        None => Said::default(),
    };
    let places = args::given(args.policy.policy).or(file.policy).unwrap_or_else(bootstrap);
    let parameters = args::given(args.policy.param).or(file.param).unwrap_or_default();
    let packs: Result<Vec<PackFiles>, Diagnostic> = places.iter().map(pack_as_it_stands).collect();
    let limits = said::limits(&args::given(args.policy.limit).or(file.limit).unwrap_or_default());
    PolicySet::load_with(&packs.map_err(|mistake| vec![mistake])?, &parameters, limits)
}

fn settings(path: &str) -> Result<Said, Vec<Diagnostic>> {
    let broken = |reason: String| vec![Diagnostic::new(Code::BrokenConfig, reason).at(Place::file(path))];
    let bytes =
        crate::collect::input::read(Path::new(path), config::MAX_BYTES).map_err(|refusal| broken(refusal.reason))?;
    let text = String::from_utf8(bytes.bytes).map_err(|_| broken("is not UTF-8 text".to_owned()))?;
    config::parse(path, &text, Path::new(path).parent().unwrap_or(Path::new("")))
}

fn json(rules: &[&Arc<RuleMeta>]) -> Result<String, Diagnostic> {
    let rules = rules.iter().map(|rule| CatalogueRule::from(rule.as_ref())).collect();
    let catalogue = Catalogue { schema: CATALOGUE_SCHEMA.to_owned(), rules };
    serde_json::to_string_pretty(&catalogue)
        .map(|text| text + "\n")
        .map_err(|error| Diagnostic::new(Code::UnwritableReport, format!("the catalogue can't be written: {error}")))
}

const COLUMNS: [&str; 6] = ["rule", "enforcement", "risk", "category", "needs", "title"];

fn cells(rule: &RuleMeta) -> [String; 6] {
    [
        rule.id.clone(),
        rule.enforcement.to_string(),
        rule.risk.to_string(),
        rule.category.clone(),
        joined(&rule.needs),
        rule.title.clone(),
    ]
    .map(|cell| printable(&cell).replace('\n', " "))
}

fn table(rules: &[&Arc<RuleMeta>]) -> String {
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    rows.extend(rules.iter().map(|rule| cells(rule)));
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 6]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn markdown(rules: &[&Arc<RuleMeta>]) -> String {
    let row = |cells: &[String; 6]| format!("| {} |\n", cells.join(" | "));
    let mut out = row(&COLUMNS.map(str::to_owned));
    out.push_str(&row(&COLUMNS.map(|_| "---".to_owned())));
    for rule in rules {
        // The policy is the user's own; only what would break the table is escaped.
        let cells = cells(rule).map(|cell| cell.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;"));
        out.push_str(&row(&cells));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{markdown, table};
    use crate::evidence::EvidenceKind;
    use crate::policy::{Enforcement, Risk, RuleMeta};
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn rule(id: &str, title: &str) -> Arc<RuleMeta> {
        Arc::new(RuleMeta {
            id: id.to_owned(),
            pack: "p".to_owned(),
            layer: 0,
            title: title.to_owned(),
            description: String::new(),
            category: "secrets".to_owned(),
            enforcement: Enforcement::HardMandatory,
            risk: Risk::High,
            needs: vec![EvidenceKind::Findings, EvidenceKind::Files],
            optional: Vec::new(),
            approvers: Vec::new(),
            controls: Vec::new(),
            remedy: None,
            owner: None,
            docs: None,
            set_by: BTreeMap::new(),
        })
    }

    #[test]
    fn the_columns_of_a_table_stand_under_each_other() {
        let (a, b) = (rule("a", "First"), rule("longer-id", "Second"));
        insta::assert_snapshot!(table(&[&a, &b]), @r"
        rule       enforcement     risk  category  needs            title
        a          hard-mandatory  high  secrets   findings, files  First
        longer-id  hard-mandatory  high  secrets   findings, files  Second
        ");
    }

    #[test]
    fn a_title_cannot_break_the_markdown_table() {
        let text = markdown(&[&rule("a", "x | y\n<b>")]);
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains("x \\| y &lt;b>"), "{text}");
    }
}
