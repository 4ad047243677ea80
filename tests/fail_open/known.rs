//! The defects that gates are known for (OPA and Conftest, Sentinel, policy-bot, Atlantis, cargo-deny, GitHub's dependency review,
//! Kyverno, InSpec, and home-made ones), each with the tests and rows that hold this one against it.
//!
//! A name is that of a test, or of a row of its table, in a file below `tests`. What is renamed or taken away fails here; so
//! does a test of this folder that stands beside no defect.

use std::collections::BTreeSet;
use std::path::Path;

/// A file, and names in it.
type Held = (&'static str, &'static [&'static str]);

#[rustfmt::skip]
const KNOWN: &[(&str, &[Held])] = &[
    // Nothing was looked at.
    ("no rule is evaluated", &[("fail_open/policy.rs", &["packs_that_judge_nothing", "empty", "cases-only", "nothing", "absent", "nothing at all"])]),
    ("a filter or a scope selects nothing", &[
        ("fail_open/judges.rs", &["a scope that matches nothing", "a scope in another case", "a scope that can match nothing", "a scope that is empty"]),
        ("layers/scope.rs", &["where_nothing_lies_in_the_scope_its_rules_do_not_apply_and_did_not_run"]),
    ]),
    ("a glob is mistyped", &[("fail_open/policy.rs", &["a glob", "a glob that matches nothing", "a glob that is empty"])]),
    ("a rule lies where nobody looks", &[("fail_open/policy.rs", &["elsewhere", "deeper", "misspelled", "suffix", "hidden", "nameless"])]),
    ("a rule's function has another name", &[("fail_open/policy.rs", &["no check", "a check without parameters", "no metadata"])]),
    ("a rule that errs is skipped", &[
        ("fail_open/policy.rs", &["rules_that_did_not_run_to_their_end", "an error", "an error in an advisory rule alone", "not applicable, before an error"]),
    ]),
    ("a rule ends before it looks", &[("fail_open/judges.rs", &["return at the top", "return in a condition that always holds", "exit", "exit with a value", "throw", "break out of the loop"])]),
    ("a limit ends a rule quietly", &[("fail_open/policy.rs", &["a limit, then return", "a limit in a callback"])]),
    ("not applicable, for want of evidence", &[
        ("fail_open/policy.rs", &["not applicable, on what is missing", "not applicable, because nothing was read", "evidence read and not needed", "not applicable, after a violation"]),
        ("fail_open/policy.rs", &["what_nobody_supplied_can_be_said_not_to_be_expected_and_then_nobody_looked", "what_is_lacking_is_told_in_the_number_of_its_word_and_advice_is_what_would_be_honoured"]),
    ]),
    ("a field with a typo is just not there", &[("fail_open/policy.rs", &["a field", "a field of an item", "a parameter", "a word compared", "a word that is made", "metadata", "an unknown key", "an unknown field"])]),
    ("a word with a typo is just not there", &[("fail_open/advisories.rs", &["a_list_of_licences_with_a_typo", "a_word_of_advisories_with_a_typo"])]),
    ("what has two types is compared, and never equal", &[("fail_open/policy.rs", &["a number and a text", "a number and nothing", "a list and a number", "a file and its path", "two words of different kinds"])]),
    ("a rule hides another of its name", &[("fail_open/policy.rs", &["packs_that_would_hide_one_another", "the same rule first"])]),
    // What scanners say.
    ("`runs` is empty", &[("fail_open/findings.rs", &["reports_that_show_nothing", "no runs", "runs that are null", "runs that are absent", "a run that is empty"])]),
    ("`executionSuccessful` is false", &[("fail_open/findings.rs", &["not successful", "one of two not successful", "two runs, one failed"])]),
    ("an error is notified beside success", &[("fail_open/findings.rs", &["an error beside success", "a broken configuration beside success", "a signal beside success"])]),
    ("a report of zero bytes", &[("fail_open/findings.rs", &["zero bytes", "blanks"])]),
    ("a report that was cut short", &[("fail_open/findings.rs", &["a_report_cut_short_anywhere"]), ("fail_open/mutations.rs", &["a_damaged_report_never_approves", "a_file_that_is_dropped_never_approves"])]),
    ("a report that was cut short, and its one finding is waived or approved", &[("fail_open/waivers.rs", &["a_report_that_is_cut_while_its_one_finding_is_waived_or_approved"])]),
    ("all results are suppressed in the upload", &[("fail_open/findings.rs", &["a_finding_that_is_made_to_look_like_none", "all suppressed", "suppressed outside", "suppressed in the source"])]),
    ("all findings have one fingerprint, and one is waived", &[("fail_open/waivers.rs", &["findings_that_all_have_one_fingerprint"])]),
    ("all findings have one fingerprint, and the baseline has one", &[
        ("sarif/baseline.rs", &["one_value_on_everything_clears_nothing"]),
        ("sarif/results.rs", &["equal_fingerprints_of_the_producer_do_not_make_two_findings_one"]),
    ]),
    ("a baseline clears what it can't have had", &[
        ("sarif/baseline.rs", &["a_baseline_that_is_not_complete_tells_nothing_and_leaves_findings_as_they_are", "the_heads_own_bytes_are_no_baseline_unless_somebody_says_of_which_commit"]),
        ("fail_open/findings.rs", &["unchanged since the baseline"]),
    ]),
    ("merging reports lost a run", &[("fail_open/judges.rs", &["merged_reports_that_lost_a_run_or_say_twice_what_they_are", "the clean run of one lost"])]),
    ("only the wrong scanner's report is there", &[("fail_open/findings.rs", &["a_report_of_the_wrong_scanner_or_none_at_all", "the wrong one", "none"])]),
    ("one result in several files is filed under one of them", &[
        ("fail_open/waivers.rs", &["at two places, the waived one first"]),
        ("sarif/places.rs", &["a_result_with_several_places_is_a_finding_in_each_file_and_on_a_changed_line_where_one_is"]),
    ]),
    ("a finding's place is told from that of the change", &[("fail_open/findings.rs", &["a_finding_in_a_file_that_moved_or_is_gone", "a_finding_on_a_line_that_only_moved", "out of the repository", "in another case"])]),
    ("yesterday's report", &[
        ("fail_open/repository.rs", &["reports_that_were_made_for_something_else", "of the base", "that names the base"]),
        ("fail_open/advisories.rs", &["a_database_that_is_older_than_the_pack_allows", "a_stale_database_is_told_of"]),
    ]),
    ("an answer of the forge that is an error", &[("fail_open/people.rs", &["the forge's error", "a page of HTML"]), ("fail_open/findings.rs", &["a page of HTML"])]),
    ("no database of vulnerabilities, or half of one", &[("fail_open/advisories.rs", &["advisories_that_nobody_supplied_or_that_are_not_all", "one that nobody rates"])]),
    ("a lockfile that nobody could read", &[
        ("fail_open/dependencies.rs", &["a_lockfile_that_says_less_than_it_should", "formats_that_no_reader_takes", "a_lockfile_of_which_only_a_diff_is_there", "a_lockfile_that_is_a_link", "requirements_that_are_included_under_any_name"]),
        ("fail_open/mutations.rs", &["a_damaged_lockfile_never_approves"]),
    ]),
    ("a package without a record has no forbidden licence", &[("fail_open/dependencies.rs", &["a_package_of_whose_licence_there_is_no_record_is_not_one_with_an_allowed_licence", "a_case_that_leaves_the_licence_of_a_new_package_out_is_refused_by_name_and_so_is_a_half_item"])]),
    ("of a key that stands twice, the last one counts", &[
        ("fail_open/findings.rs", &["runs twice", "results twice", "success twice"]),
        ("fail_open/people.rs", &["a state twice", "a person twice", "a login twice", "a commit twice", "a team twice"]),
        ("fail_open/waivers.rs", &["with a last day twice"]),
        ("fail_open/policy.rs", &["the same table twice", "metadata twice"]),
    ]),
    ("a document claims to be complete", &[("fail_open/policy.rs", &["evidence_documents_that_claim_more_than_they_hold"])]),
    ("a diff or a change that is not whole", &[("fail_open/findings.rs", &["a_diff_that_does_not_show_everything"]), ("fail_open/repository.rs", &["a_change_that_is_not_there_or_not_whole"])]),
    // How the verdict gets out.
    ("the format of the output changes the exit code", &[
        ("fail_open/policy.rs", &["nothing_about_the_output_changes_the_exit_code"]),
        ("fail_open/outputs.rs", &["words_of_settings_and_environment_do_not_change_the_exit_code"]),
    ]),
    ("whoever reads the verdict goes away", &[("fail_open/policy.rs", &["a_reader_that_goes_away_leaves_no_approval"])]),
    ("half of a verdict is written", &[("fail_open/outputs.rs", &["a_disk_that_is_full_leaves_no_approval", "a_directory_that_is_gone_or_closed_leaves_no_approval_and_no_half_file", "without_a_verdict_an_earlier_report_is_not_touched_and_the_exit_code_says_so"])]),
    ("text of the change forges the verdict", &[("fail_open/hostile.rs", &["scanners_and_flags_that_say_hostile_things", "files_with_hostile_names", "texts_of_a_megabyte", "inputs_that_cannot_be_read_and_say_hostile_things", "arguments_that_are_none_and_say_hostile_things"])]),
    // Waivers.
    ("a waiver that is over counts in another verb, or on stored evidence", &[("fail_open/waivers.rs", &["waivers_that_are_over_in_every_verb"]), ("waivers/main.rs", &["a_waiver_lets_its_violation_pass_until_the_end_of_its_last_day_in_every_verb"])]),
    ("a waiver's last day is that of the machine's time zone", &[("fail_open/waivers.rs", &["waivers_that_are_over_in_every_verb"])]),
    ("a waiver without a last day, or with one that no reader understands", &[("fail_open/waivers.rs", &["without a last day", "with a last day for ever", "with a mistyped key", "with a time of day"])]),
    ("anybody can approve a waiver", &[("fail_open/waivers.rs", &["nobody approved it", "the author approved it", "its owner approved it"]), ("waivers/main.rs", &["a_packs_terms_hold_for_its_own_rules"])]),
    ("a waiver reaches further than it says", &[("fail_open/waivers.rs", &["paths_of_waivers_that_reach_further_than_they_say", "findings_that_are_made_to_lie_under_a_waiver", "packages_that_a_waiver_does_not_name", "a file moved into what is waived", "for all rules", "without a scope"])]),
    ("the list of exceptions grows in the same change", &[
        ("fail_open/waivers.rs", &["waivers_that_the_change_brings_along"]),
        ("waivers/main.rs", &["waivers_inside_the_repository_are_those_of_the_base"]),
    ]),
    ("two waivers of one id", &[("fail_open/waivers.rs", &["waivers_that_no_file_can_hold", "two of one id that contradict", "two of one id in other capitals"])]),
    // Approvals.
    ("an approval outlives a push that it has not seen", &[("fail_open/earlier.rs", &["pushes_that_drop_an_approval", "an_approval_is_not_kept_where_another_policy_asks", "verdicts_that_keep_nothing"])]),
    ("an approval of an outdated commit", &[("fail_open/people.rs", &["of the base", "of the head, shortened", "of no commit"]), ("fail_open/earlier.rs", &["reviewed_heads_that_are_no_commit"])]),
    ("the author approves under another spelling", &[("fail_open/people.rs", &["approvals_of_the_author_by_another_spelling", "approvals_of_who_wrote_a_commit_with_somebody", "an_author_of_a_document_that_is_spelled_as_nobody_is", "the author in capitals", "an author who is not known"]), ("fail_open/earlier.rs", &["an_approval_is_not_kept_for_one_who_wrote_a_commit_since"])]),
    ("an approval that was taken back", &[("fail_open/people.rs", &["approvals_of_another_commit_or_taken_back", "then dismissed", "then changes asked for", "changes asked for at a time nobody knows", "pending"])]),
    ("a bot approves", &[("fail_open/people.rs", &["a bot", "a bot by its name"])]),
    ("anybody can approve", &[("fail_open/people.rs", &["approvals_of_one_who_may_not_give_them", "somebody who is not asked", "a member of another team", "a login of another alphabet"])]),
    ("a team is renamed or emptied", &[("fail_open/people.rs", &["a team that was emptied", "a team that was renamed"])]),
    ("reviews of which a page is missing", &[("fail_open/people.rs", &["a full page", "one review alone"])]),
    ("owners that nobody can tell", &[("fail_open/judges.rs", &["owners_that_nobody_can_read_or_that_the_change_names", "an owner by address", "a later line without owners"])]),
    // What judges.
    ("the change edits its policy or its settings", &[("fail_open/repository.rs", &["the_change_edits_its_judge"]), ("fail_open/judges.rs", &["a_forks_head_brings_no_judge"])]),
    ("the policy is moved, linked, made a submodule or renamed by its case", &[
        ("fail_open/judges.rs", &["the_judge_moves_becomes_a_link_or_another_repository", "the pack becomes a submodule", "the pack is renamed by its case", "other settings below"]),
        ("fail_open/repository.rs", &["links_that_lead_out_of_the_repository_and_into_it"]),
    ]),
    ("a second step judges by the files of the checkout", &[("fail_open/judges.rs", &["without_its_repository_a_change_brings_no_judge_either"])]),
    ("the change brings teams, an override, reviews or owners", &[
        ("fail_open/judges.rs", &["teams_overrides_reviews_and_owners_that_the_change_brings_along", "an owner that a file of the head names in a place that counts more"]),
        ("fail_open/repository.rs", &["that the change brought along"]),
    ]),
    ("attributes hide what changed", &[("fail_open/repository.rs", &["attributes_of_the_change_hide_nothing"]), ("fail_open/findings.rs", &["hidden by an attribute"])]),
    ("git is configured to show something else", &[("fail_open/judges.rs", &["git_is_told_something_else_by_its_environment"]), ("files/errors.rs", &["replacements_and_a_users_configuration_never_act"])]),
    ("there is no policy yet", &[("fail_open/repository.rs", &["a_base_without_a_policy_is_judged_by_the_built_in_one", "settings_that_only_the_checkout_has_are_said_not_to_count_and_without_any_nothing_is_said"])]),
    ("a later layer replaces what is stricter", &[("fail_open/judges.rs", &["later_layers_and_flags_that_would_replace_what_is_stricter", "a risk that asks for less", "a scope that leaves the change out"])]),
    ("a flag or a setting weakens the policy", &[
        ("fail_open/policy.rs", &["manifests_that_say_something_else", "relaxed from outside", "without what may not lack"]),
        ("overrides/lenient.rs", &["settings_in_the_place_of_the_repositorys_own_and_flags_over_what_settings_name_are_listed", "what_flags_say_against_the_forge_is_listed", "no_flag_takes_back_that_settings_deny_weakenings"]),
    ]),
    // What does approve, so that no row above holds by accident.
    ("controls", &[
        ("fail_open/policy.rs", &["a_rule_that_looks_and_finds_nothing_approves", "typing_mistakes_in_rules"]),
        ("fail_open/findings.rs", &["a_report_that_is_whole_and_clean_is_the_only_one_that_approves"]),
        ("fail_open/advisories.rs", &["a_complete_database_without_the_package_approves"]),
        ("fail_open/dependencies.rs", &["a_change_without_packages_approves_and_one_with_them_is_seen"]),
        ("fail_open/people.rs", &["an_approval_of_somebody_who_is_asked_approves"]),
        ("fail_open/waivers.rs", &["a_waiver_of_what_changed_is_the_only_one_that_approves"]),
        ("fail_open/outputs.rs", &["an_approval_that_gets_out_is_one"]),
    ]),
];

fn text(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether a file has a test of this name, or a row that begins with it.
fn has(text: &str, name: &str) -> bool {
    text.contains(&format!("fn {name}(")) || text.contains(&format!("\"{name}\","))
}

#[test]
fn what_holds_against_each_known_defect_is_there() {
    let mut seen = BTreeSet::new();
    for (defect, held) in KNOWN {
        assert!(seen.insert(defect), "{defect}: stands there twice");
        assert!(held.iter().any(|(_, names)| !names.is_empty()), "{defect}: nothing holds against it");
        for (file, names) in *held {
            let text = text(file);
            let lost: Vec<&&str> = names.iter().filter(|name| !has(&text, name)).collect();
            assert!(lost.is_empty(), "{defect}: {file} has no {lost:?}");
        }
    }
}

#[test]
fn each_test_of_this_folder_stands_beside_a_defect() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fail_open")).unwrap() {
        let file = format!("fail_open/{}", entry.unwrap().file_name().to_str().unwrap());
        if file == "fail_open/known.rs" {
            continue;
        }
        let held = KNOWN.iter().flat_map(|(_, held)| *held).filter(|(of, _)| *of == file);
        let names: Vec<&str> = held.flat_map(|(_, names)| names.iter().copied()).collect();
        // Up to the next one, and what is between them, is a test.
        for test in text(&file).split("#[test]\n").skip(1) {
            let beside = names.iter().any(|name| has(test, name));
            assert!(beside, "{file}: no defect names {}", test.lines().next().unwrap_or_default());
        }
    }
}
