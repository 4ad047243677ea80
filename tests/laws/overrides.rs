//! The law of overrides: one is honoured where all that it takes holds, and changes nothing but the decision.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tollgate::evidence::{EvidenceKind, MAX_OVERRIDE_HOURS, Override};
use tollgate::policy::OverrideTerms;
use tollgate::verdict::{Approving, Decision, judge_override};

use super::draw::{Drawn, config, drawn};
use super::generate::{HEAD, STRANGE, World, expected, make, make_approver};

const NOW: &str = "2026-01-31T12:00:00Z";

/// What is asked for, and what is handed in.
pub(crate) fn case() -> Drawn<(World, Override, Vec<OverrideTerms>)> {
    drawn(800, |draw| {
        let now: jiff::Timestamp = NOW.parse().unwrap();
        let at = |seconds: i64| now + jiff::SignedDuration::from_secs(seconds);
        let day = MAX_OVERRIDE_HOURS * 3600;
        let given = Override {
            file: "o.toml".to_owned(),
            head: draw.text(&[HEAD, HEAD, HEAD, HEAD, "3333333333333333333333333333333333333333", STRANGE]),
            reason: "outage".to_owned(),
            owner: "team:a".to_owned(),
            ticket: "INC-1".to_owned(),
            expires: at(draw.pick(&[day, 1, 3600, 3600, 3600, 0, -1, day + 1])),
            created: draw.maybe(50, |draw| at(draw.pick(&[-3600, -3600, 0, 1]))),
        };
        let pack = |index: usize| ["acme", "other"][index].to_owned();
        let asked = draw.list(0, 3, |draw| (draw.list(1, 3, make_approver), 1 + draw.below(2)));
        let terms = asked.into_iter().enumerate();
        let terms = terms.map(|(index, (from, count))| OverrideTerms { pack: pack(index), from, count }).collect();
        (make(draw), given, terms)
    })
}

/// Every reason there is not to honour one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Not {
    NobodyNamed,
    OtherHead,
    NoHead,
    Expired,
    TooLong,
    MadeLater,
    Unapproved,
}

impl Not {
    pub(crate) const ALL: [Self; 7] = [
        Self::NobodyNamed,
        Self::OtherHead,
        Self::NoHead,
        Self::Expired,
        Self::TooLong,
        Self::MadeLater,
        Self::Unapproved,
    ];
}

/// Why one is not honoured, from docs alone.
pub(crate) fn why_not((world, given, terms): &(World, Override, Vec<OverrideTerms>)) -> BTreeSet<Not> {
    let now: jiff::Timestamp = NOW.parse().unwrap();
    let judged = judge_override(given.clone(), terms, &world.evidence, now, Decision::Rejected);
    let head = world.evidence.change.head.as_deref();
    let told = world.evidence.sources.iter().filter(|source| source.kind == EvidenceKind::Change);
    let own: Vec<&str> = world.evidence.heads().collect();
    let left = (given.expires - now).total(jiff::Unit::Second).unwrap();
    let approving = Approving::default();
    let open = judged.approvals.iter().any(|asked| expected(asked, &[], &world.evidence, &approving).outstanding > 0);
    let is_own = head == Some(given.head.as_str())
        || (own.contains(&given.head.as_str())
            && told.filter_map(|source| source.commit.as_deref()).any(|commit| commit == given.head));
    let all = [
        (terms.is_empty(), Not::NobodyNamed),
        (!is_own && head.is_some(), Not::OtherHead),
        (!is_own && head.is_none(), Not::NoHead),
        (left <= 0.0, Not::Expired),
        (left > 24.0 * 3600.0, Not::TooLong),
        (given.created.is_some_and(|created| created > now), Not::MadeLater),
        (open, Not::Unapproved),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, why)| why).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_override_is_honoured_where_all_that_it_takes_holds_and_nowhere_else(case in case()) {
        let (world, given, terms) = &case;
        let verdict = world.judge();
        let now = NOW.parse().unwrap();
        let judged = judge_override(given.clone(), terms, &world.evidence, now, verdict.decision);
        prop_assert_eq!(judged.why_not.is_none(), why_not(&case).is_empty(), "{:?}", judged.why_not);
        prop_assert_eq!(judged.would_have_been, verdict.decision);
        let expected = if judged.why_not.is_none() { Decision::Approved } else { verdict.decision };
        prop_assert_eq!(judged.decision(), expected);
        // Whatever a pack asks for is asked for, of the people that it names, and nobody stands in for them.
        for term in terms {
            let from: BTreeSet<_> = term.from.iter().collect();
            let asked = judged.approvals.iter().any(|asked| {
                asked.from.iter().collect::<BTreeSet<_>>() == from && asked.count == term.count && asked.fallback.is_empty()
            });
            prop_assert!(asked, "{:?}", term);
        }
        // It is pure: judged again it is the same.
        prop_assert_eq!(&judged, &judge_override(given.clone(), terms, &world.evidence, now, verdict.decision));
    }
}
