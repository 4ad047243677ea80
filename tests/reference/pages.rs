//! The pages: what they lead to is there, and the rules that they show do what they say.

use std::collections::BTreeSet;
use std::path::Path;

use tollgate::evaluate::Outcome;
use tollgate::policy::{host_names, host_reference};

use crate::examples::run;

/// Headings as anchors, the way forges make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut fenced = false;
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        let Some(heading) = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#') && !fenced)
        else {
            continue;
        };
        let kept = heading.to_lowercase().replace(' ', "-");
        let slug: String = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
        let free = (0..).map(|times| if times == 0 { slug.clone() } else { format!("{slug}-{times}") });
        anchors.insert(free.into_iter().find(|anchor| !anchors.contains(anchor)).unwrap());
    }
    anchors
}

#[test]
fn every_link_of_the_reference_leads_somewhere() {
    let pages = host_reference();
    let packs = include_str!("../../docs/packs.md");
    let mut links = 0;
    for page in &pages {
        let directory = Path::new(&page.path).parent().unwrap();
        for link in page.text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if link.starts_with("https://") {
                continue;
            }
            if let Some(anchor) = link.strip_prefix("packs.md") {
                let known = anchor.strip_prefix('#').is_none_or(|anchor| anchors(packs).contains(anchor));
                assert!(known, "{}: no {link}", page.path);
                continue;
            }
            links += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = match file.strip_prefix("../") {
                Some(above) => above.to_owned(),
                None if file.is_empty() => page.path.clone(),
                None => directory.join(file).to_str().unwrap().to_owned(),
            };
            let target = pages.iter().find(|page| page.path == path);
            let target = target.unwrap_or_else(|| panic!("{}: no page {path}", page.path));
            assert!(anchor.is_empty() || anchors(&target.text).contains(anchor), "{}: no {link}", page.path);
        }
    }
    assert!(links > 300, "{links}");
}

/// What rules can ask about days, inputs and threats is looked for where packs are written.
#[test]
fn the_page_about_packs_leads_to_the_reference() {
    let packs = include_str!("../../docs/packs.md");
    let pages = host_reference();
    for link in packs.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        if let Some(page) = pages.iter().find(|page| page.path == format!("docs/{file}") || page.path == file) {
            assert!(anchor.is_empty() || anchors(&page.text).contains(anchor), "no {link}");
        } else {
            assert!(
                matches!(file, "diagnostics.md" | "judging.md" | "waivers.md" | "https://rhai.rs/book/"),
                "no page {link}"
            );
        }
    }
    for wanted in ["(reference/dates.md)", "(reference/sources.md)", "(host-functions.md#the-risk-of-a-threat)"] {
        assert!(packs.contains(wanted), "{wanted}");
    }
}

#[test]
fn every_name_stands_in_the_reference_once_with_its_meaning() {
    let pages = host_reference();
    let all: String = pages.iter().map(|page| page.text.as_str()).collect();
    for entry in host_names() {
        let alike = host_names().filter(|other| other.signature == entry.signature).count();
        let heading = format!("\n### `{}`\n", entry.signature);
        assert_eq!(all.matches(&heading).count(), alike, "{heading}");
        let rest = entry.meaning.chars().skip(1).collect::<String>();
        assert!(all.split(&heading).skip(1).any(|after| after.contains(&rest)), "{}", entry.signature);
    }
}

#[test]
fn every_type_of_the_reference_is_described() {
    for page in host_reference() {
        assert!(page.path != "reference/other.md", "types that nobody described:\n{}", page.text);
    }
}

#[test]
fn the_rule_that_the_reference_begins_with_does_what_it_says() {
    let pages = host_reference();
    let rule = pages[0].text.split("```rhai\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(run(rule, "nothing.json").unwrap().outcome, Outcome::Satisfied);
    let outcome = run(rule, "everything.json").unwrap();
    assert_eq!(outcome.outcome, Outcome::Violated);
    // The key that may be new, the one that is, and one of which nobody knows where it is but that is not high.
    assert_eq!(outcome.violations.len(), 2, "{:?}", outcome.violations);
}
