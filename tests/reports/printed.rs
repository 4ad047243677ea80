//! What tools printed, asked about one package `lodash` 4.17.19 of a registry on the same machine; and their failures.

use tollgate::evidence::Completeness;

use super::{failed, lines, one, whole};

#[test]
fn npm_11_and_pnpm_9_and_12_tell_found_from_not_found() {
    let npm = include_str!("printed/npm-11.json");
    assert_eq!(lines(&whole(npm)), ["GHSA-35jh-r3h4-6jhm high security-severity pkg:npm/lodash"]);
    assert_eq!(whole(npm).get(0).unwrap().cwe, [77, 94]);
    assert!(whole(include_str!("printed/npm-11-clean.json")).is_empty());

    let twelve = include_str!("printed/pnpm-12.json");
    // The report of version 12 has no score, the registry's answer that version 9 hands on has one.
    assert_eq!(lines(&whole(twelve)), ["GHSA-35jh-r3h4-6jhm high producer pkg:npm/lodash@4.17.19"]);
    let nine = include_str!("printed/pnpm-9.json");
    assert_eq!(lines(&whole(nine)), ["GHSA-35jh-r3h4-6jhm high security-severity pkg:npm/lodash@4.17.19"]);
    for clean in [include_str!("printed/pnpm-12-clean.json"), include_str!("printed/pnpm-9-clean.json")] {
        assert!(whole(clean).is_empty());
    }
    for report in [twelve, nine, include_str!("printed/pnpm-12-clean.json"), include_str!("printed/pnpm-9-clean.json")]
    {
        assert_eq!(one(report).1.tool.as_deref(), Some("pnpm audit"));
    }
}

#[test]
fn yarn_4_prints_nothing_where_it_finds_nothing_which_is_no_clean_report() {
    let found = include_str!("printed/yarn-4.json");
    assert_eq!(lines(&whole(found)), ["GHSA-35jh-r3h4-6jhm high producer pkg:npm/lodash@4.17.19"]);
    assert!(failed("").1.contains("zero bytes"));
}

#[test]
fn failures_are_failures_in_the_tool_s_own_words() {
    for (text, tool, words) in [
        (include_str!("printed/npm-6-crashed.json"), "npm audit", "Cannot read properties of undefined"),
        (include_str!("printed/pnpm-9-error.json"), "pnpm audit", "responded with 405"),
        (include_str!("printed/yarn-1-error.json"), "yarn audit", "did not finish"),
        (
            include_str!("printed/pip-audit-2.10-all-skipped.json"),
            "pip-audit",
            "skipped 3 of 3 dependencies: first `jinja2`",
        ),
    ] {
        let (findings, source) = one(text);
        assert_eq!((findings.len(), source.completeness), (0, Completeness::Failed));
        assert_eq!(source.tool.as_deref(), Some(tool));
        assert!(source.reason.as_ref().unwrap().contains(words), "{:?}", source.reason);
    }
}
