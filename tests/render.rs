//! What every format holds to, whatever the report says.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that panics has failed"
)]

#[path = "render/generate.rs"]
mod generate;
#[path = "render/packages.rs"]
mod packages;
#[path = "render/reports.rs"]
mod reports;

use proptest::prelude::*;
use pulldown_cmark::{Event, Parser, Tag};
use tollgate::render::{Format, Options, escape, explanation, markdown, render};
use tollgate::report::{
    ActionKind, ActionReport, ExplanationReport, HeadPolicyReport, NoteReport, PolicyDifference, VerdictReport,
    ViolationReport, WeakeningReport,
};

fn bytes(format: Format, report: &VerdictReport) -> Vec<u8> {
    render(format, report, &Options::default()).unwrap()
}

fn shown(format: Format, report: &VerdictReport) -> String {
    String::from_utf8(bytes(format, report)).unwrap()
}

/// Why the change is not approved, then each rule and each violation, as text.
fn explained(report: &VerdictReport) -> Vec<String> {
    let names = report.rules.iter().flat_map(|rule| {
        let own = rule.violations.iter().map(|violation| violation.fingerprint.clone());
        std::iter::once(rule.id.clone()).chain(own)
    });
    // Made-up fingerprints need not be any.
    let named = names.filter_map(|name| ExplanationReport::named(report, &name).ok());
    let all = std::iter::once(ExplanationReport::why_not(report)).chain(named);
    all.map(|explained| explanation(&explained, &Options::default())).collect()
}

fn sarif(report: &VerdictReport) -> serde_json::Value {
    serde_json::from_slice(&bytes(Format::Sarif, report)).unwrap()
}

fn violations(report: &VerdictReport) -> Vec<&ViolationReport> {
    report.rules.iter().flat_map(|rule| &rule.violations).collect()
}

/// How many violations a human format says it leaves out.
fn left_out(page: &str) -> usize {
    let mut total = 0;
    for mark in [" more violation not shown here", " more violations not shown here"] {
        for (at, _) in page.match_indices(mark) {
            let digits: String = page[..at].chars().rev().take_while(char::is_ascii_digit).collect();
            total += digits.chars().rev().collect::<String>().parse::<usize>().unwrap();
        }
    }
    total
}

/// The lines of the section on violations.
fn section<'a>(page: &'a str, begins: &str, ends: &[&str]) -> &'a str {
    let Some(start) = page.find(begins) else { return "" };
    let rest = &page[start..];
    let end = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    &rest[..end]
}

#[test]
fn pages_read_as_they_should() {
    for (name, report) in reports::all().into_iter().chain([("packages", packages::report())]) {
        insta::assert_snapshot!(format!("{name}.md"), shown(Format::Markdown, &report));
        insta::assert_snapshot!(format!("{name}.txt"), shown(Format::Terminal, &report));
        insta::assert_snapshot!(format!("{name}.why.txt"), explained(&report).remove(0));
    }
    insta::assert_snapshot!("hostile.sarif", shown(Format::Sarif, &reports::hostile()));
}

#[test]
fn an_override_comes_first() {
    let mut report = reports::new_dependency();
    report.override_ = Some(reports::overriding("outage", None));
    report.decision = tollgate::report::Decision::Approved;
    let page = shown(Format::Markdown, &report);
    assert!(page.starts_with("## Override in force"), "{page}");
    assert!(page.contains("would have been: rejected") && page.contains("## Decision: approved (by override)"));
    let screen = shown(Format::Terminal, &report);
    assert!(screen.starts_with("Override in force") && screen.contains("Decision: approved (by override)"), "{screen}");
    assert_eq!(first_notification(&report)["descriptor"]["id"], "override");
    assert_eq!(sarif(&report)["runs"][0]["properties"]["override"]["ticket"], "INC-4");
}

fn first_notification(report: &VerdictReport) -> serde_json::Value {
    sarif(report)["runs"][0]["invocations"][0]["toolExecutionNotifications"][0].clone()
}

#[test]
fn an_override_that_is_not_honoured_is_told_with_why_and_never_as_the_one_that_decides() {
    let mut report = reports::new_dependency();
    report.override_ = Some(reports::overriding("outage", Some("it expired")));
    let (page, screen) = (shown(Format::Markdown, &report), shown(Format::Terminal, &report));
    for shown in [&page, &screen] {
        assert!(shown.contains("Override not honoured") && shown.contains("not honoured: it expired"), "{shown}");
        assert!(!shown.contains("(by override)") && !shown.contains("Override in force"), "{shown}");
    }
    assert!(first_notification(&report)["message"]["text"].as_str().unwrap().contains("not honoured: it expired"));
}

#[test]
fn weakenings_and_the_policy_of_the_head_are_in_every_format() {
    let mut report = reports::hostile();
    report.weakenings = vec![WeakeningReport { what: "nothing is asked".into(), by: "bootstrap".into() }];
    let failure = HeadPolicyReport {
        edited: vec!["tollgate.toml".into()],
        decision: None,
        differences: vec![],
        failure: Some("<b>broken</b>".into()),
    };
    for (head, told) in [(report.head_policy.clone().unwrap(), "approved"), (failure, "not known")] {
        report.head_policy = Some(head);
        for format in [Format::Markdown, Format::Terminal, Format::Sarif, Format::Json] {
            let page = shown(format, &report);
            assert!(page.contains("nothing is asked") && page.contains("bootstrap"), "{format}: {page}");
            assert!(format == Format::Json || page.contains(told), "{format}: {page}");
            assert!(format != Format::Markdown || !page.contains("<b>"), "{format}: {page}");
        }
    }
}

#[test]
fn json_is_the_report_and_ends_in_one_newline() {
    for (_, report) in reports::all() {
        let page = shown(Format::Json, &report);
        assert!(page.ends_with("}\n") && !page.ends_with("\n\n"));
        assert_eq!(serde_json::from_str::<VerdictReport>(&page).unwrap(), report);
    }
}

#[test]
fn what_was_not_looked_at_is_never_none() {
    let mut report = reports::no_scanner();
    for sources in [report.sources.clone(), vec![]] {
        report.sources = sources;
        let page = shown(Format::Markdown, &report);
        let findings = section(&page, "### Findings", &["### Claims"]);
        assert!(findings.contains("Not known"), "{findings}");
        assert!(!findings.contains("None") && !page.contains("0 findings"), "{findings}");
        assert!(shown(Format::Terminal, &report).contains("findings: not known"));
    }
    let page = shown(Format::Markdown, &reports::approved());
    assert!(section(&page, "### Findings", &["### Controls"]).contains("None reported by CodeQL"));
    assert!(page.contains("Not assessed: supply-chain, licences"));
}

#[test]
fn contradicted_claims_come_first_and_what_is_cut_is_counted() {
    let mut report = reports::hostile();
    let pattern = report.claims.clone();
    report.claims = (0..3_000).map(|number| pattern[number % 3].clone()).collect();
    let page = shown(Format::Markdown, &report);
    assert!(page.len() <= markdown::MAX_BYTES);
    let claims = section(&page, "### Claims", &["### Threats"]);
    assert!(claims.contains("3000 claims (1000 contradicted, 1000 supported, 1000 undecided)"), "{claims}");
    let first = claims.find("| supported").unwrap_or(claims.len());
    let (contradicted, rest) = claims.split_at(first);
    let told = contradicted.matches("| **contradicted**").count();
    assert!(told > 3 && !rest.contains("**contradicted**"), "{claims}");
    assert!(contradicted.contains(&format!("_{} more claims not shown here._", 1_000 - told)), "{claims}");
    let screen = shown(Format::Terminal, &report);
    assert_eq!(screen.matches("- contradicted, ").count(), tollgate::render::terminal::MAX_ENTRIES);
    assert!(screen.contains("(980 more contradicted claims not shown here)"), "{screen}");
}

#[test]
fn an_approved_change_with_violations_says_that_there_are_some() {
    let mut report = reports::new_dependency();
    report.decision = tollgate::verdict::Decision::Approved;
    report.rules[3].decision = report.decision;
    report.approvals.satisfied = true;
    for format in [Format::Markdown, Format::Terminal] {
        let page = shown(format, &report).replace("\n  ", " ");
        assert!(page.contains("1 approved, 1 waived. All required approvals are given."), "{page}");
        assert!(!page.contains("No mandatory rule objects"));
    }
}

#[test]
fn an_empty_report_claims_nothing() {
    let mut report = reports::approved();
    report.decision = tollgate::verdict::Decision::Indeterminate;
    report.rules.clear();
    report.sources.clear();
    report.files = Default::default();
    report.risk = Default::default();
    let page = shown(Format::Markdown, &report);
    assert!(page.contains("## Decision: indeterminate") && page.contains("No rule was asked."));
    assert_eq!(page.matches("**Not known:**").count(), 3, "{page}");
    assert!(page.contains("### Risk: not assessed"));
    assert_eq!(sarif(&report)["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn colour_is_only_where_it_is_wanted_and_only_ours() {
    let report = reports::hostile();
    let plain = shown(Format::Terminal, &report);
    assert!(!plain.contains('\u{1b}'));
    let color = render(Format::Terminal, &report, &Options { color: true, width: 100 }).unwrap();
    let color = String::from_utf8(color).unwrap();
    assert!(color.contains("\u{1b}[1m\u{1b}[31mrejected\u{1b}[0m"), "{color:?}");
    let without = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[31m"].iter().fold(color, |text, code| text.replace(code, ""));
    assert_eq!(without, plain);
}

#[test]
fn sarif_says_what_a_scanner_would() {
    let document = sarif(&reports::new_dependency());
    let run = &document["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "tollgate");
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 1);
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["properties"]["security-severity"], "5.5");
    assert_eq!(rule["helpUri"], "https://policy.acme.example/rules/new-direct-dependency");
    assert_eq!(run["results"][0]["level"], "warning");
    assert_eq!(run["results"][0]["suppressions"], serde_json::json!([]));
    assert_eq!(run["results"][1]["suppressions"][0]["kind"], "external");
    assert_eq!(
        run["results"][1]["suppressions"][0]["justification"],
        "waiver W-12: leaves the tree in March (owner team:payments, approved by security-lead, last day 2027-03-31)"
    );
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    assert_eq!(run["properties"]["decision"], "approval_required");

    let document = sarif(&reports::no_scanner());
    let invocation = &document["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let levels: Vec<_> =
        invocation["toolExecutionNotifications"].as_array().unwrap().iter().map(|n| &n["level"]).collect();
    assert_eq!(levels, ["note", "note", "warning", "error"]);

    let document = sarif(&reports::hostile());
    let place = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "src/%E9%5Bx%5D%28y%29%7C.py");
}

#[test]
fn a_violation_without_a_place_says_so_in_sarif() {
    let mut report = reports::new_dependency();
    report.rules[3].violations[0].location = None;
    let document = sarif(&report);
    let location = &document["runs"][0]["results"][0]["locations"][0];
    assert_eq!(
        location["physicalLocation"]["artifactLocation"]["uri"],
        "no%20file%20associated%20with%20this%20violation"
    );
    assert!(location["message"]["text"].as_str().unwrap().contains("not about a file"));
}

#[test]
fn a_long_page_is_cut_and_counts_what_it_leaves_out() {
    let mut report = reports::hostile();
    let one = report.rules[1].violations[0].clone();
    report.rules[1].violations = vec![one; 5_000];
    let page = shown(Format::Markdown, &report);
    assert!(page.len() <= markdown::MAX_BYTES + 200, "{}", page.len());
    let listed = section(&page, "### Violations", &["### Rules"]).matches("tainted value").count();
    assert!(listed > 50, "{listed}");
    assert_eq!(listed + left_out(&page), 5_000);
    let screen = shown(Format::Terminal, &report);
    assert_eq!(left_out(&screen), 5_000 - tollgate::render::terminal::MAX_VIOLATIONS);
    assert_eq!(sarif(&report)["runs"][0]["results"].as_array().unwrap().len(), 5_000);
}

#[test]
fn a_page_of_long_lists_stays_short_and_still_has_violations() {
    let mut report = reports::no_scanner();
    let long = "&a<\u{e0041}@b".repeat(400);
    let many = |number: usize| std::iter::repeat_n(long.clone(), number);
    report.override_ = Some(reports::overriding(&long.repeat(30), Some(&long)));
    report.subject.title = Some(long.clone());
    report.subject.author = Some(long.clone());
    let action = ActionReport {
        kind: ActionKind::Fix,
        action: long.clone(),
        who: Some(long.clone()),
        rules: many(50).collect(),
        alone: many(50).collect(),
        with: (1..=300).collect(),
    };
    report.next = vec![action; 300];
    report.weakenings = vec![WeakeningReport { what: "x".repeat(50), by: long.clone() }; 300];
    report.head_policy = Some(HeadPolicyReport {
        edited: many(300).collect(),
        decision: None,
        differences: vec![PolicyDifference { rule: long.clone(), base: None, head: None }; 300],
        failure: Some(long.clone()),
    });
    report.claims = reports::hostile().claims.iter().cycle().take(500).cloned().collect();
    report.follow_ups = vec![NoteReport { rule: "r".into(), text: "follow up ".repeat(9) }; 300];
    report.recommendations = report.follow_ups.clone();
    let mut rule = report.rules[0].clone();
    rule.reason = long.clone();
    rule.notes = many(50).collect();
    rule.violations =
        vec![reports::violation("a message of usual length, with some words in it", Some("src/a.rs"), Some(7)); 30];
    report.rules = vec![rule; 100];
    report.risk.categories.iter_mut().for_each(|category| category.category = long.clone());
    report
        .sources
        .iter_mut()
        .for_each(|source| (source.reason, source.tool) = (Some(long.clone()), Some(long.clone())));
    report.sources = report.sources.iter().cycle().take(300).cloned().collect();
    report.findings = reports::hostile().findings;
    report.findings.by_tool = many(200).map(|tool| reports::count(&tool, 1)).collect();
    report.files.items = report.files.items.iter().cycle().take(200).cloned().collect();
    report.controls = many(300).enumerate().map(|(n, text)| (format!("{n}{text}"), vec![text; 9])).collect();
    report.packs = report.packs.iter().cycle().take(300).cloned().collect();
    let page = shown(Format::Markdown, &report);
    assert!(page.len() < 65_536, "{} bytes", page.len());
    assert!(page.len() > 40_000, "{} bytes: cut without need", page.len());
    let listed = section(&page, "### Violations", &["\n### Rules"]);
    let entries = listed.lines().filter(|line| line.starts_with("- ")).count();
    assert!(entries >= 50, "{entries} violations");
    assert_eq!(entries + left_out(listed), 3_000);
}

#[test]
fn a_screen_is_not_wider_than_asked() {
    for (asked, width) in [(60, 60), (0, tollgate::render::terminal::MIN_WIDTH)] {
        for (_, report) in reports::all() {
            let screen = render(Format::Terminal, &report, &Options { color: false, width: asked }).unwrap();
            let screen = String::from_utf8(screen).unwrap();
            let fits = |line: &str| line.chars().count() <= width || line.split_whitespace().count() == 1;
            // Headlines are our own words, and short.
            let wide: Vec<_> = screen.lines().filter(|line| line.starts_with(' ') && !fits(line)).collect();
            assert!(wide.is_empty(), "{wide:?}");
        }
    }
}

fn schema() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inputs/sarif-schema-2.1.0.json");
    #[expect(clippy::disallowed_methods, reason = "a test reads its input")]
    let text = std::fs::read_to_string(path).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

fn check_schema(schema: &jsonschema::Validator, report: &VerdictReport) -> Result<(), TestCaseError> {
    let document = sarif(report);
    let errors: Vec<String> = schema.iter_errors(&document).map(|e| format!("{e} at {}", e.instance_path())).collect();
    prop_assert!(errors.is_empty(), "{:?}", errors);
    Ok(())
}

#[test]
fn sarif_follows_the_schema() {
    let schema = schema();
    assert!(!schema.is_valid(&serde_json::json!({"version": "2.1.0", "runs": [{}]})), "the schema refuses nothing");
    for (_, report) in reports::all() {
        check_schema(&schema, &report).unwrap();
    }
}

/// Each violation is listed, or counted as left out; in the documents for programs each is there.
fn same_violations(report: &VerdictReport) -> Result<(), TestCaseError> {
    let expected = violations(report);
    let parsed: VerdictReport = serde_json::from_slice(&bytes(Format::Json, report)).unwrap();
    prop_assert_eq!(&parsed, report);

    let document = sarif(report);
    let results = document["runs"][0]["results"].as_array().unwrap();
    prop_assert_eq!(results.len(), expected.len());
    for (result, violation) in results.iter().zip(&expected) {
        let text = escape::sarif(&violation.message);
        prop_assert_eq!(result["message"]["text"].as_str().unwrap(), text);
        prop_assert_eq!(result["suppressions"].as_array().unwrap().len(), usize::from(violation.waiver.is_some()));
    }

    let page = shown(Format::Markdown, report);
    let listed = section(&page, "### Violations", &["\n### Rules"]);
    let entries = listed.lines().filter(|line| line.starts_with("- ")).count();
    prop_assert_eq!(entries + left_out(listed), expected.len(), "{}", listed);
    let found = expected.iter().filter(|violation| listed.contains(&escape::markdown(&violation.message))).count();
    prop_assert!(found + left_out(listed) >= expected.len());

    let options = Options { color: false, width: usize::MAX };
    let screen = String::from_utf8(render(Format::Terminal, report, &options).unwrap()).unwrap();
    let listed = section(&screen, "\nViolations: ", &["\nNot decided, or", "\nRisk: "]);
    let entries = listed.lines().filter(|line| line.starts_with("    - ")).count();
    prop_assert_eq!(entries + left_out(listed), expected.len(), "{}", listed);
    Ok(())
}

fn same_decision(report: &VerdictReport) -> Result<(), TestCaseError> {
    let word = tollgate::evidence::Word::as_str(report.decision);
    let said = word.replace('_', " ");
    let json: serde_json::Value = serde_json::from_slice(&bytes(Format::Json, report)).unwrap();
    prop_assert_eq!(&json["decision"], word);
    prop_assert_eq!(&sarif(report)["runs"][0]["properties"]["decision"], word);
    let headlines = |page: &str, start: &str| -> Vec<String> {
        page.lines()
            .filter_map(|line| line.strip_prefix(start))
            .map(|rest| rest.replace(" (by override)", ""))
            .collect()
    };
    prop_assert_eq!(headlines(&shown(Format::Markdown, report), "## Decision: "), vec![said.clone()]);
    prop_assert_eq!(headlines(&shown(Format::Terminal, report), "Decision: "), vec![said]);
    Ok(())
}

/// Markdown has no more than what the page itself is made of: no link, image or foreign HTML, and our headings only.
fn only_our_markup(page: &str) -> Result<(), TestCaseError> {
    let ours = ["<details><summary>", "</details>"];
    let mut headings = 0;
    let options = pulldown_cmark::Options::ENABLE_TABLES | pulldown_cmark::Options::ENABLE_FOOTNOTES;
    for event in Parser::new_ext(page, options) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::BlockQuote(_)) => {
                return Err(TestCaseError::fail(format!("{event:?} in {page}")));
            }
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Html(html) | Event::InlineHtml(html) => {
                prop_assert!(html.trim().is_empty() || ours.iter().any(|tag| html.starts_with(tag)), "{}", html);
            }
            _ => {}
        }
    }
    prop_assert_eq!(headings, page.lines().filter(|line| line.starts_with("## ") || line.starts_with("### ")).count());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_format_has_the_same_violations_and_the_same_decision(report in generate::report()) {
        same_violations(&report)?;
        same_decision(&report)?;
    }

    #[test]
    fn no_page_does_what_the_change_says(report in generate::report()) {
        for format in [Format::Json, Format::Sarif] {
            let document = shown(format, &report);
            prop_assert!(!document.contains(|c| c != '\n' && escape::is_hidden(c)));
            prop_assert!(!document.contains("##[") && !document.contains("##vso["));
        }
        let page = shown(Format::Markdown, &report);
        only_our_markup(&page)?;
        // Some forges act on lines such as `/merge`.
        prop_assert!(!page.lines().any(|line| line.trim_start().starts_with('/')));
        prop_assert!(page.len() < 65_536, "{} bytes", page.len());
        let screen = shown(Format::Terminal, &report);
        for text in explained(&report).iter().chain([&page, &screen]) {
            prop_assert!(!text.contains(|c| c != '\n' && escape::is_hidden(c)));
            for line in text.lines() {
                let start = line.trim_start();
                prop_assert!(!start.starts_with("::"), "{}", line);
                prop_assert!(!line.contains("##[") && !line.contains("##vso["), "{}", line);
            }
        }
    }

    #[test]
    fn equal_reports_give_equal_bytes(report in generate::report()) {
        for format in <Format as tollgate::evidence::Word>::ALL {
            prop_assert_eq!(bytes(*format, &report), bytes(*format, &report.clone()));
        }
    }
}

#[test]
fn sarif_of_any_report_follows_the_schema() {
    let schema = schema();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(32));
    runner.run(&generate::report(), |report| check_schema(&schema, &report)).unwrap();
}

#[test]
fn the_same_in_every_format_on_written_reports() {
    for (_, report) in reports::all() {
        same_violations(&report).unwrap();
        same_decision(&report).unwrap();
        only_our_markup(&shown(Format::Markdown, &report)).unwrap();
    }
}
