//! The catalogue for people: tables for a screen, Markdown for a page.

use crate::cli::console::printable;
use crate::evidence::Word;
use crate::report::{
    ApproversReport, Catalogue, CatalogueEvidence, CatalogueParameter, CatalogueRule, LimitReport, SetByReport,
    ThresholdReport,
};

const COLUMNS: [&str; 6] = ["rule", "enforcement", "risk", "category", "needs", "title"];

/// How many characters of a cell of the larger tables stand on one line, as far as it can be broken.
const WIDEST: usize = 40;

fn cells(rule: &CatalogueRule) -> Vec<String> {
    vec![
        rule.id.clone(),
        rule.enforcement.to_string(),
        rule.risk.to_string(),
        rule.category.clone(),
        joined(&rule.needs),
        rule.title.clone(),
    ]
}

fn joined<W: Word>(words: &[W]) -> String {
    words.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", ")
}

/// Rules with what they say of themselves.
pub(super) fn table(catalogue: &Catalogue) -> String {
    columns(&COLUMNS, catalogue.rules.iter().map(cells).collect(), usize::MAX)
}

/// The same as a table of Markdown.
pub(super) fn markdown(catalogue: &Catalogue) -> String {
    markdown_table(&COLUMNS, catalogue.rules.iter().map(cells).collect())
}

/// Tables of everything, each line with who set it.
pub(super) fn effective(catalogue: &Catalogue) -> String {
    let mut out = format!("policy sha256 {}\n", catalogue.sha256);
    for section in sections(catalogue) {
        if !section.rows.is_empty() {
            out.push_str(&format!("\n{}\n", section.title));
            out.push_str(&columns(section.columns, section.rows, WIDEST));
        }
    }
    out
}

/// A page of everything: the tables, and of each rule what it is for.
pub(super) fn effective_markdown(catalogue: &Catalogue) -> String {
    let mut out = format!("# Policy\n\nsha256 `{}`\n", catalogue.sha256);
    for section in sections(catalogue) {
        if !section.rows.is_empty() {
            out.push_str(&format!("\n## {}\n\n", section.title));
            out.push_str(&markdown_table(section.columns, section.rows));
        }
    }
    out.push_str("\n## What the rules are for\n");
    for rule in &catalogue.rules {
        out.push_str(&rule_page(rule));
    }
    out
}

struct Section {
    title: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

fn sections(catalogue: &Catalogue) -> Vec<Section> {
    let pack = |pack: &crate::report::CataloguePack| {
        vec![pack.layer.to_string(), pack.name.clone(), pack.version.clone(), pack.sha256.clone()]
    };
    let reads = |rule: &CatalogueRule| {
        let parameters = rule.parameters.iter();
        let row = |parameter: &crate::report::CatalogueRuleParameter| {
            vec![rule.id.clone(), parameter.name.clone(), parameter.value.to_string(), who(&parameter.set_by)]
        };
        parameters.filter(|parameter| parameter.own).map(row).collect::<Vec<_>>()
    };
    vec![
        Section {
            title: "Packs",
            columns: &["layer", "pack", "version", "sha256"],
            rows: catalogue.packs.iter().map(pack).collect(),
        },
        Section {
            title: "Rules",
            columns: &["rule", "pack", "enforcement", "set by", "in force from", "approvers", "scope"],
            rows: catalogue.rules.iter().map(rule_row).collect(),
        },
        Section {
            title: "Parameters",
            columns: &["pack", "parameter", "type", "value", "set by", "default", "later layers may"],
            rows: catalogue.parameters.iter().map(parameter_row).collect(),
        },
        Section {
            title: "Parameters of single rules",
            columns: &["rule", "parameter", "value", "set by"],
            rows: catalogue.rules.iter().flat_map(reads).collect(),
        },
        Section {
            title: "Thresholds",
            columns: &["risk from", "asks for", "set by"],
            rows: catalogue.thresholds.iter().map(threshold_row).collect(),
        },
        Section {
            title: "Expected evidence",
            columns: &["evidence", "tools", "may lack", "days old at most", "set by"],
            rows: catalogue.evidence.iter().map(evidence_row).collect(),
        },
        Section {
            title: "Limits",
            columns: &["limit", "value", "default", "set by"],
            rows: catalogue.limits.iter().map(limit_row).collect(),
        },
    ]
}

fn who(set_by: &SetByReport) -> String {
    match set_by.layer {
        Some(layer) => format!("{} (layer {layer})", set_by.by),
        None => set_by.by.clone(),
    }
}

fn approvers(approvers: &[ApproversReport]) -> String {
    let one = |approvers: &ApproversReport| format!("{} by {}", approvers.from.join(" or "), who(&approvers.set_by));
    approvers.iter().map(one).collect::<Vec<_>>().join("; and ")
}

fn rule_row(rule: &CatalogueRule) -> Vec<String> {
    vec![
        rule.id.clone(),
        format!("{} (layer {})", rule.pack, rule.layer),
        rule.enforcement.to_string(),
        who(&rule.enforcement_set_by),
        in_force_from(rule).unwrap_or_default(),
        approvers(&rule.approvers),
        rule.scope.as_ref().map_or_else(String::new, |globs| globs.join(", ")),
    ]
}

/// The day, and who set it.
fn in_force_from(rule: &CatalogueRule) -> Option<String> {
    let day = rule.effective_on.as_ref()?;
    Some(rule.effective_on_set_by.as_ref().map_or_else(|| day.clone(), |by| format!("{day} by {}", who(by))))
}

fn parameter_row(parameter: &CatalogueParameter) -> Vec<String> {
    vec![
        parameter.pack.clone(),
        parameter.name.clone(),
        parameter.kind.clone(),
        parameter.value.to_string(),
        who(&parameter.set_by),
        if parameter.value == parameter.default { String::new() } else { parameter.default.to_string() },
        freedom(parameter),
    ]
}

/// What later layers may do with a parameter, in words.
fn freedom(parameter: &CatalogueParameter) -> String {
    let stricter = parameter.stricter.as_ref().map(|way| match way.as_str() {
        "subset" => "take entries out".to_owned(),
        "superset" => "add entries".to_owned(),
        way => format!("set it {way}"),
    });
    let range = parameter.tunable.as_ref().map(|range| format!("set it from {} to {}", range.from, range.to));
    let may: Vec<String> = stricter.into_iter().chain(range).collect();
    if may.is_empty() { "not change it".to_owned() } else { may.join(", or ") }
}

fn threshold_row(threshold: &ThresholdReport) -> Vec<String> {
    let approvals = threshold.approvals.iter().map(|asked| format!("{} of {}", asked.count, asked.from.join(" or ")));
    let mut asks: Vec<String> = approvals.collect();
    if threshold.rejects {
        asks.push("rejected".to_owned());
    }
    vec![threshold.risk.to_string(), asks.join("; and "), who(&threshold.set_by)]
}

fn evidence_row(expected: &CatalogueEvidence) -> Vec<String> {
    vec![
        expected.kind.to_string(),
        expected.expect.join(", "),
        if expected.may_lack { "yes" } else { "no" }.to_owned(),
        expected.max_age_days.map_or_else(String::new, |days| days.to_string()),
        who(&expected.set_by),
    ]
}

fn limit_row(limit: &LimitReport) -> Vec<String> {
    vec![limit.name.clone(), limit.value.to_string(), limit.default.to_string(), who(&limit.set_by)]
}

fn rule_page(rule: &CatalogueRule) -> String {
    let mut out = format!("\n### {}\n\n{}\n", plain(&rule.id), plain(&rule.title));
    if !rule.description.is_empty() {
        out.push_str(&format!("\n{}\n", plain(&rule.description)));
    }
    let mut facts = vec![
        format!("category {}, risk {}, {}", plain(&rule.category), rule.risk, rule.enforcement),
        format!("needs {}", if rule.needs.is_empty() { "nothing".to_owned() } else { joined(&rule.needs) }),
    ];
    let mut fact = |label: &str, value: Option<String>| {
        facts.extend(value.filter(|value| !value.is_empty()).map(|value| format!("{label} {}", plain(&value))));
    };
    fact("does without", Some(joined(&rule.optional)));
    fact("in force from", in_force_from(rule));
    fact("approval by", Some(approvers(&rule.approvers)));
    fact("scope", rule.scope.as_ref().map(|globs| globs.join(", ")));
    for parameter in &rule.parameters {
        fact("parameter", Some(format!("{} = {}, by {}", parameter.name, parameter.value, who(&parameter.set_by))));
    }
    fact("controls", Some(rule.controls.join(", ")));
    fact("to do:", rule.remedy.clone());
    fact("owner", rule.owner.clone());
    fact("see", rule.docs.clone());
    out.push('\n');
    out.extend(facts.iter().map(|fact| format!("- {fact}\n")));
    out
}

/// Text of the policy in Markdown: it is the user's own, and only what would break the page is escaped.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for character in printable(text).chars() {
        match character {
            '\\' | '|' | '*' | '`' | '[' | '#' => plain.extend(['\\', character]),
            '<' => plain.push_str("&lt;"),
            other => plain.push(other),
        }
    }
    plain
}

/// Cells under each other; what is longer than `widest` goes on in the next line where it can be broken.
fn columns(titles: &[&str], rows: Vec<Vec<String>>, widest: usize) -> String {
    let broken = |cell: &str| broken(&printable(cell).replace('\n', " "), widest);
    let mut lines = vec![titles.iter().map(|title| vec![(*title).to_owned()]).collect::<Vec<_>>()];
    lines.extend(rows.into_iter().map(|row| row.iter().map(|cell| broken(cell)).collect()));
    let mut widths = vec![0; titles.len()];
    for row in &lines {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.iter().map(|part| part.chars().count()).max().unwrap_or(0).max(*width);
        }
    }
    let mut out = String::new();
    for row in &lines {
        for part in 0..row.iter().map(Vec::len).max().unwrap_or(0) {
            let cell = |(cell, width): (&Vec<String>, &usize)| {
                let text = cell.get(part).map_or("", String::as_str);
                format!("{text:width$}", width = *width)
            };
            let cells: Vec<String> = row.iter().zip(&widths).map(cell).collect();
            out.push_str(cells.join("  ").trim_end());
            out.push('\n');
        }
    }
    out
}

/// A text in parts of at most so many characters, as far as blanks and commas allow.
fn broken(text: &str, widest: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in text.split_inclusive([' ', ',']) {
        let length = word.trim_end().chars().count();
        match parts.last_mut() {
            Some(part) if part.is_empty() || part.chars().count() + length <= widest => part.push_str(word),
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

fn markdown_table(titles: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut out = format!("| {} |\n| {} |\n", titles.join(" | "), vec!["---"; titles.len()].join(" | "));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| plain(cell).replace('\n', " ")).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{effective, effective_markdown, markdown, table};
    use crate::policy::{PackFiles, PolicySet};
    use crate::report::Catalogue;
    use std::collections::BTreeMap;

    fn catalogue(rules: &[(&str, &str)]) -> Catalogue {
        let manifest = "name = \"p\"\nversion = \"1\"\ndescription = \"d\"\n[parameters.limit]\ntype = \"integer\"\ndefault = 3\nstricter = \"lower\"\n[risk.high]\ndecision = \"rejected\"\n";
        let mut files = BTreeMap::from([("pack.toml".to_owned(), manifest.as_bytes().to_vec())]);
        for (id, title) in rules {
            let text = format!(
                "//! So that it shows.\nconst RULE = #{{ title: \"{title}\", category: \"secrets\", enforcement: \"hard-mandatory\", risk: \"high\", needs: [\"findings\", \"files\"] }};\nfn check(change, params) {{ note(\"x\"); }}\n"
            );
            files.insert(format!("rules/{id}.rhai"), text.into_bytes());
        }
        let pack = PackFiles { origin: "p".to_owned(), files };
        Catalogue::from(&PolicySet::load(&[pack], &[("limit".to_owned(), "2".to_owned())]).unwrap())
    }

    #[test]
    fn the_columns_of_a_table_stand_under_each_other() {
        insta::assert_snapshot!(table(&catalogue(&[("a", "First"), ("longer-id", "Second")])), @r"
        rule       enforcement     risk  category  needs            title
        a          hard-mandatory  high  secrets   findings, files  First
        longer-id  hard-mandatory  high  secrets   findings, files  Second
        ");
    }

    #[test]
    fn a_long_cell_goes_on_in_the_next_line_and_pads_no_other() {
        let globs: Vec<String> = (0..60).map(|number| format!("services/number-{number}/**")).collect();
        let lines =
            super::columns(&["a", "globs", "c"], vec![vec!["x".to_owned(), globs.join(", "), "y".to_owned()]], 40);
        assert!(lines.lines().all(|line| line.chars().count() <= 50), "{lines}");
        assert!(lines.contains("services/number-59/**") && lines.lines().count() > 30, "{lines}");
    }

    #[test]
    fn a_title_cannot_break_the_markdown_table() {
        let text = markdown(&catalogue(&[("a", "x | y\\n<b>")]));
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains("x \\| y &lt;b>"), "{text}");
    }

    #[test]
    fn everything_that_layers_made_is_told_with_who_made_it() {
        let catalogue = catalogue(&[("a", "First")]);
        for text in [effective(&catalogue), effective_markdown(&catalogue)] {
            for told in ["p (layer 0)", "--param", "set it lower", "rejected", &catalogue.sha256] {
                assert!(text.contains(told), "{told} in\n{text}");
            }
        }
        assert!(effective_markdown(&catalogue).contains("So that it shows."));
    }
}
