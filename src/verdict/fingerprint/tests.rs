use super::super::testing::{Edit as _, evidence, satisfied};
use super::super::{JudgedViolation, Waivers, decide};
use crate::evaluate::{RuleOutcome, Subject};
use crate::evidence::{Capability, Evidence};
use crate::policy::Enforcement::HardMandatory;
use crate::policy::Risk;

fn judged(rule: RuleOutcome, evidence: &Evidence, waived: &[&str]) -> Vec<JudgedViolation> {
    let named = waived.iter().map(|fingerprint| ("r".to_owned(), (*fingerprint).to_owned(), "W".to_owned()));
    decide(vec![rule], &[], evidence, &Waivers::of_fingerprints(named)).rules.remove(0).violations
}

fn on_file(messages: &[&str]) -> RuleOutcome {
    messages.iter().fold(satisfied("r", HardMandatory), |rule, message| rule.objects(Subject::File(0), message))
}

#[test]
fn one_violation_on_a_subject_is_the_same_whatever_it_says() {
    let evidence = evidence();
    let (one, other) = (judged(on_file(&["12 lines"]), &evidence, &[]), judged(on_file(&["13 lines"]), &evidence, &[]));
    assert_eq!(one[0].fingerprint, other[0].fingerprint);
    assert_eq!(one[0].fingerprint.len(), 32);
    let on_another = judged(satisfied("r", HardMandatory).objects(Subject::File(1), "12 lines"), &evidence, &[]);
    assert_ne!(one[0].fingerprint, on_another[0].fingerprint);
    let of_another = judged(on_file(&["12 lines"]).meta(|meta| meta.id = "s".to_owned()), &evidence, &[]);
    assert_ne!(one[0].fingerprint, of_another[0].fingerprint);
}

#[test]
fn of_the_change_as_a_whole_the_message_is_the_identity() {
    let of = |message: &str| judged(satisfied("r", HardMandatory).objects(Subject::Change, message), &evidence(), &[]);
    assert_ne!(of("a")[0].fingerprint, of("b")[0].fingerprint);
}

#[test]
fn a_file_that_moved_is_not_the_file_that_was_there_all_along() {
    let mut moved = evidence();
    moved.files[0].previous_path = Some("old".to_owned());
    assert_ne!(
        judged(on_file(&["m"]), &moved, &[])[0].fingerprint,
        judged(on_file(&["m"]), &evidence(), &[])[0].fingerprint
    );
}

#[test]
fn several_on_one_subject_are_told_apart_by_as_little_as_will_do() {
    let evidence = evidence();
    let by_message = judged(on_file(&["a", "b"]), &evidence, &[]);
    assert_ne!(by_message[0].fingerprint, by_message[1].fingerprint);
    let mut rule = on_file(&["a", "a", "b"]);
    rule.violations[1].risk = Some(Risk::Low);
    let by_risk = judged(rule, &evidence, &[]);
    assert_ne!(by_risk[0].fingerprint, by_risk[1].fingerprint);
    assert_eq!(by_risk[2].fingerprint, by_message[1].fingerprint, "`b` is named as it was");
}

#[test]
fn a_capability_is_the_same_one_on_another_line() {
    let at = |lines: &[u32]| {
        let capability = |line: &u32| Capability {
            path: "a".to_owned(),
            line: *line,
            kind: "listen".to_owned(),
            what: "bind()".to_owned(),
        };
        let evidence = Evidence { capabilities: lines.iter().map(capability).collect(), ..evidence() };
        let rule = (0..lines.len()).fold(satisfied("r", HardMandatory), |rule, index| {
            rule.objects(Subject::Capability(u32::try_from(index).unwrap()), "m")
        });
        judged(rule, &evidence, &[]).into_iter().map(|judged| judged.fingerprint).collect::<Vec<_>>()
    };
    assert_eq!(at(&[3]), at(&[9]));
    let two = at(&[3, 9]);
    assert_ne!(two[0], two[1]);
    let twice_the_same = at(&[3, 3]);
    assert_ne!(twice_the_same[0], twice_the_same[1]);
}

#[test]
fn another_violation_on_the_subject_takes_a_name_away_and_gives_none() {
    let evidence = evidence();
    let alone = judged(on_file(&["a"]), &evidence, &[])[0].fingerprint.clone();
    let lifted = |messages: &[&str], waived: &[&str]| {
        judged(on_file(messages), &evidence, waived).iter().map(|judged| judged.waiver.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(lifted(&["a"], &[&alone]), [true]);
    assert_eq!(lifted(&["a", "b"], &[&alone]), [false, false], "which of the two it meant can't be told");
    let beside = judged(on_file(&["a", "b"]), &evidence, &[])[0].fingerprint.clone();
    assert_eq!(lifted(&["a", "b"], &[&beside]), [true, false]);
    assert_eq!(lifted(&["a"], &[&beside]), [true], "it is still the one that was named");
    assert_eq!(lifted(&["b"], &[&beside]), [false]);
}
