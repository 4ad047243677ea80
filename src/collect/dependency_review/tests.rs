use super::{parse, parse_within};
use crate::evidence::{Completeness, DependencyScope, Ecosystem, Severity};

fn entry(extra: &str) -> String {
    format!(
        r#"{{"change_type": "added", "manifest": "go.mod", "ecosystem": "gomod", "name": "a.b/c", "version": "v1.0.0"{extra}}}"#
    )
}

#[test]
fn pages_stand_in_a_row_in_a_list_or_one_change_per_line() {
    let one = entry("");
    for text in [
        format!("[{one}, {one}]"),
        format!("[{one}]\n[{one}]"),
        format!("[[{one}], [{one}]]"),
        format!("[[], [{one}, {one}]]"),
        format!("{one}\n{one}\n"),
    ] {
        let review = parse(text.as_bytes()).unwrap();
        assert_eq!((review.changes.len(), review.problems.count, review.incomplete), (2, 0, None), "{text}");
    }
    for text in ["[]", "[][]", "[[], []]"] {
        assert!(parse(text.as_bytes()).unwrap().changes.is_empty(), "{text}");
    }
}

#[test]
fn every_field_is_taken_as_github_means_it() {
    let review = parse(
        br#"[{"change_type": "removed", "manifest": "requirements.txt", "ecosystem": "pip", "name": "Ruamel.Yaml",
              "version": "1.0", "package_url": "pkg:pypi/ruamel-yaml@1.0", "license": " Apache 2.0 ", "scope": "development",
              "vulnerabilities": [{"severity": "moderate", "advisory_ghsa_id": "GHSA-x", "advisory_summary": "s"}]}]"#,
    )
    .unwrap();
    let change = &review.changes[0];
    assert_eq!((change.added, change.ecosystem, change.name.as_str()), (false, Ecosystem::Pypi, "ruamel-yaml"));
    assert_eq!((change.scope, change.licence.as_deref()), (DependencyScope::Development, Some("Apache 2.0")));
    assert_eq!(change.vulnerabilities[0].severity, Some(Severity::Medium));
    assert_eq!((review.problems.count, review.notes.count), (0, 0), "{:?}", review.notes);
}

#[test]
fn ecosystems_have_githubs_names_and_an_unknown_one_truncates() {
    for (name, ecosystem) in super::ECOSYSTEMS {
        let text = format!("[{}]", entry("").replace("gomod", name));
        assert_eq!(parse(text.as_bytes()).unwrap().changes[0].ecosystem, *ecosystem);
    }
    let review = parse(format!("[{}, {}]", entry(""), entry("").replace("gomod", "pub")).as_bytes()).unwrap();
    assert_eq!((review.changes.len(), review.notes.count, review.problems.count), (1, 1, 0));
    assert_eq!(review.incomplete.unwrap(), "has a change of an ecosystem that is not read: `pub`");
}

#[test]
fn an_entry_that_is_not_of_its_shape_is_a_problem_and_hides_no_other() {
    for (wrong, at) in [
        ("7".to_owned(), "/1"),
        (entry("").replace("added", "moved"), "/1/change_type"),
        (entry("").replace("\"v1.0.0\"", "null"), "/1/version"),
        (entry("").replace("\"v1.0.0\"", "1"), "/1/version"),
        (entry("").replace("a.b/c", " "), "/1/name"),
        (entry("").replace("gomod", ""), "/1/ecosystem"),
        (entry(r#", "scope": "test""#), "/1/scope"),
        (entry(r#", "vulnerabilities": [1]"#), "/1/vulnerabilities/0"),
        (
            entry(r#", "vulnerabilities": [{"severity": "bad", "advisory_ghsa_id": "G"}]"#),
            "/1/vulnerabilities/0/severity",
        ),
        (entry(r#", "vulnerabilities": [{"severity": "low"}]"#), "/1/vulnerabilities/0/advisory_ghsa_id"),
        (entry(r#", "license": ["MIT"]"#), "/1/license"),
    ] {
        let review = parse(format!("[{}, {wrong}, {}]", entry(""), entry("")).as_bytes()).unwrap();
        assert_eq!(review.problems.count, 1, "{wrong}: {:?}", review.problems);
        assert_eq!(review.problems.kept[0].at, at);
        assert!(review.changes.len() >= 2);
    }
}

#[test]
fn a_package_url_that_disagrees_is_noted_and_the_name_counts() {
    for (url, notes) in [
        ("pkg:golang/a.b/c@v1.0.0", 0),
        ("pkg:golang/A.B/c@v1.0.0", 0),
        ("pkg:golang/a.b/c", 0),
        ("pkg:golang/a.b/c@v1.0.1", 1),
        ("pkg:golang/a.b/d@v1.0.0", 1),
        ("pkg:npm/a.b/c@v1.0.0", 1),
        ("c@1", 1),
    ] {
        let review = parse(format!("[{}]", entry(&format!(r#", "package_url": "{url}""#))).as_bytes()).unwrap();
        assert_eq!((review.notes.count, review.problems.count), (notes, 0), "{url}");
        assert_eq!((review.changes[0].name.as_str(), review.changes[0].version.as_str()), ("a.b/c", "v1.0.0"));
    }
}

#[test]
fn what_is_no_comparison_is_refused_by_its_name() {
    for (text, reason) in [
        (r#"{"message": "Not Found", "status": "404"}"#, "is GitHub's error `Not Found`"),
        (r#"[{"change_type": "added"}]{"message": "API rate limit exceeded"}"#, "`API rate limit exceeded`"),
        (r#"{"message": "API rate limit exceeded"}"#, "`API rate limit exceeded`"),
        ("[1]", "is a list that begins with the number 1"),
        (r#"[{"sha": "a", "commit": {}}]"#, "begins with an object"),
        (r#"{"changes": []}"#, "is an object with the keys `changes`"),
        ("null", "is null"),
        ("", "is empty"),
        ("[{", "EOF"),
        ("<html>", "is no JSON"),
        (r#"[{"change_type": "added", "change_type": "removed"}]"#, "stands twice"),
    ] {
        let refusal = parse(text.as_bytes()).unwrap_err();
        assert_eq!(refusal.completeness, Completeness::Failed);
        assert!(refusal.reason.contains(reason), "{text}: {}", refusal.reason);
    }
}

#[test]
fn a_list_as_long_as_a_page_is_truncated_unless_it_was_paged() {
    for count in [29, 30, 31, 100] {
        let entries = vec![entry(""); count].join(",");
        let alone = parse(format!("[{entries}]").as_bytes()).unwrap();
        assert_eq!(alone.incomplete.is_some(), matches!(count, 30 | 100), "{count}");
        assert_eq!(parse(format!("[[{entries}]]").as_bytes()).unwrap().incomplete, None);
    }
}

#[test]
fn one_change_more_than_the_limit_is_truncated() {
    let text = format!("[{0}, {0}]", entry(""));
    assert!(parse_within(text.as_bytes(), 2).is_ok());
    assert_eq!(parse_within(text.as_bytes(), 1).unwrap_err().completeness, Completeness::Truncated);
}
