//! Rules that are in force from some day on: advisory until then, and counted down.

use tollgate::diagnostic::Code;
use tollgate::policy::Enforcement;
use tollgate::render::{Format, Options, render};
use tollgate::verdict::Decision;

use super::{change, loaded, objecting, outcomes, pack, refused, report};

fn org() -> tollgate::policy::PackFiles {
    pack("org", "", &[("r", &objecting("hard-mandatory", ", effective_on: \"2027-01-01\""))])
}

#[test]
fn a_rule_is_advisory_until_its_day_and_binding_from_its_first_moment_on() {
    let policy = loaded(&[vec![org()]]);
    let days = |as_of: Option<&str>| {
        let meta = outcomes(&policy, &change(&["a"]), as_of).remove(0).rule;
        (meta.enforcement, meta.pending.map(|pending| (pending.days, pending.enforcement)))
    };
    let advisory = |days| (Enforcement::Advisory, Some((days, Enforcement::HardMandatory)));
    assert_eq!(days(Some("2026-11-23T23:59:59Z")), advisory(39));
    assert_eq!(days(Some("2026-12-31T23:59:59Z")), advisory(1));
    assert_eq!(days(Some("2027-01-01T00:30:00+01:00")), advisory(1), "the day is that of UTC");
    assert_eq!(days(Some("2027-01-01T00:00:00Z")), (Enforcement::HardMandatory, None));
    assert_eq!(days(None), (Enforcement::HardMandatory, None), "without a time it is in force");
}

#[test]
fn the_verdict_and_its_renderings_count_the_days() {
    let policy = loaded(&[vec![org()]]);
    let before = report(&policy, &change(&["a"]), "2026-11-23T12:00:00Z");
    assert_eq!(before.decision, Decision::Approved);
    let pending = before.rules[0].pending.as_ref().unwrap();
    assert_eq!((pending.effective_on.as_str(), pending.days), ("2027-01-01", 39));
    for format in [Format::Markdown, Format::Terminal] {
        let text = String::from_utf8(render(format, &before, &Options::default()).unwrap()).unwrap();
        let told = text.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("advisory until 2027-01-01, 39 days; then hard-mandatory"), "{text}");
    }
    let after = report(&policy, &change(&["a"]), "2027-01-01T00:00:00Z");
    assert_eq!((after.decision, after.rules[0].pending.is_none()), (Decision::Rejected, true));
}

#[test]
fn a_pack_of_the_layer_sets_the_day_and_a_later_layer_only_moves_it_to_an_earlier_one() {
    let set = |name: &str, day: &str| pack(name, &format!("[rules.r]\neffective_on = {day}\n"), &[]);
    let day =
        |layers: &[Vec<tollgate::policy::PackFiles>]| loaded(layers).rules()[0].meta.effective_on.unwrap().to_string();
    assert_eq!(day(&[vec![org(), set("same", "2028-01-01")]]), "2028-01-01");
    assert_eq!(day(&[vec![org()], vec![set("team", "2026-12-01")]]), "2026-12-01");
    assert_eq!(day(&[vec![org()], vec![set("team", "\"2027-01-01\"")]]), "2027-01-01");
    let (code, place, message, related) = refused(&[vec![org()], vec![set("team", "2027-01-02")]]);
    assert_eq!((code, place.as_str()), (Code::WeakensLayer, "packs/team/pack.toml:5:16"));
    assert!(message.contains("can't be put off from 2027-01-01 to 2027-01-02"), "{message}");
    assert_eq!(related, ["packs/org/rules/r.rhai:1:127: declared here"]);
    let in_force = pack("org", "", &[("r", &objecting("hard-mandatory", ""))]);
    let (_, place, message, related) = refused(&[vec![in_force], vec![set("team", "2020-01-01")]]);
    assert_eq!((place.as_str(), related.len()), ("packs/team/pack.toml:5:16", 1));
    assert!(message.contains("it is in force already"), "{message}");
}

#[test]
fn what_is_no_day_is_refused() {
    for (metadata, manifest) in
        [("tomorrow", "2027-01-01"), ("2027-1-1", "2027-01-01"), ("2027-01-01", "2027-01-01T00:00:00Z")]
    {
        let text = objecting("hard-mandatory", &format!(", effective_on: \"{metadata}\""));
        let manifest = format!("[rules.r]\neffective_on = {manifest}\n");
        let (_, _, message, _) = refused(&[vec![pack("org", &manifest, &[("r", &text)])]]);
        assert!(message.contains("`effective_on` has to be a date, as in `2027-01-01`"), "{message}");
    }
    let manifest = "[rules.r]\neffective_on = 2207-01-01\n";
    let text = objecting("hard-mandatory", "");
    let (_, _, message, _) = refused(&[vec![pack("org", manifest, &[("r", &text)])]]);
    assert!(message.contains("`effective_on` is in the year 2207, expected one up to 2100"), "{message}");
}

#[test]
fn in_a_case_of_which_nobody_says_when_it_is_judged_the_rule_is_in_force() {
    let case = |time: &str, decision: &str| {
        let text = format!(
            "complete = [\"files\"]\n[evidence.change]\n{time}\n[expect]\noutcome = \"violated\"\ndecision = \"{decision}\"\n"
        );
        let mut pack = org();
        pack.files.insert("cases/r/one.toml".to_owned(), text.into_bytes());
        let result = tollgate::cli::test::run_pack(&pack).unwrap();
        assert!(result.failed() == 0, "{result:?}");
    };
    case("", "rejected");
    case("time = 2027-01-01T00:00:00Z", "rejected");
    case("time = 2026-12-31T23:59:59Z", "approved");
}

#[test]
fn in_a_case_of_which_nobody_says_when_it_is_judged_a_rule_that_asks_for_today_is_errored() {
    let asks = "//! Why.\nconst RULE = #{ title: \"A rule\", category: \"process\", enforcement: \"hard-mandatory\", risk: \"low\", needs: [\"files\"] };\n\
                fn check(change, params) { if change.today < date(\"2000-01-01\") { violation(change, \"old\"); } }\n";
    let case = |time: &str, outcome: &str| {
        let text = format!("complete = [\"files\"]\n[evidence.change]\n{time}\n[expect]\noutcome = \"{outcome}\"\n");
        let mut pack = pack("org", "[evidence.files]\nmax_age_days = 1\n", &[("r", asks)]);
        pack.files.insert("cases/r/one.toml".to_owned(), text.into_bytes());
        let result = tollgate::cli::test::run_pack(&pack).unwrap();
        assert!(result.failed() == 0, "{result:?}");
    };
    case("", "errored");
    case("time = 2027-01-01T00:00:00Z", "satisfied");
    case("time = 1970-01-01T00:00:00Z", "violated");
}
