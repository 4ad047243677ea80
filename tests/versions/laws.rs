//! Laws of an order, over versions by each ecosystem's grammar, over changes of them, and over any text.

use std::cmp::Ordering;
use std::str::FromStr;

use proptest::prelude::*;
use proptest::sample::select;
use tollgate::evidence::{Ecosystem, Jump};
use tollgate::versions::{Version, compare, sort};

fn ecosystem() -> impl Strategy<Value = Ecosystem> {
    select(vec![
        Ecosystem::Cargo,
        Ecosystem::Npm,
        Ecosystem::Pypi,
        Ecosystem::Golang,
        Ecosystem::Gem,
        Ecosystem::Composer,
        Ecosystem::Maven,
        Ecosystem::Nuget,
        Ecosystem::Github,
        Ecosystem::Docker,
    ])
}

/// A text by an ecosystem's grammar. Numbers and words are few, so that versions are close to one another.
fn grammar(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Cargo => "(0|1|2|10)(\\.(0|1|9|10)){1,2}(-(0|1|10|alpha|beta|rc|a-b)(\\.(0|1|2|10|x))?)?(\\+b)?",
        Ecosystem::Npm => "[v=]?(0|1|2|10)(\\.(0|1|9|01)){2}(-?(alpha|beta|rc)(\\.(0|1|2|10|x))?)?(\\+b)?",
        Ecosystem::Pypi => {
            "([01]!)?[01](\\.(0|1|10)){0,3}(-?(a|b|rc|alpha|c)[0-2]?)?(\\.?post[0-2]?|-1)?(\\.?dev[0-2]?)?(\\+(a|b|1|2|10)(\\.(a|1|2))?)?"
        }
        Ecosystem::Golang => {
            "v?1\\.(0|1|20|21|22)\\.[01](-(rc\\.[12]|0|0\\.20210630005230-0f9fa26af87c|pre))?(\\+incompatible)?|(go)?1\\.(20|21|22)((rc|beta)[12]|\\.[01])?"
        }
        Ecosystem::Gem => "[01](\\.(0|1|10|a|b|a1|0a|rc2)){0,4}(-(0|1|a|x-y))?",
        Ecosystem::Composer => {
            "v?[012](\\.(0|1|10)){0,3}[._-]?((alpha|a|beta|b|RC|pl|p|stable)([.-]?[012]){0,2})?(-?dev)?|[01]\\.x-dev|20100[12]0[12](-20)?|2010-0[12]-01"
        }
        Ecosystem::Maven => "[0-2]?([._-]?(0|1|2|10|a|b|m|alpha|beta|rc|cr|snapshot|ga|final|release|sp|x|y)){0,5}",
        Ecosystem::Nuget => "[01](\\.(0|1|01|10)){0,3}(-(Alpha|alpha|BETA|1|01|10)(\\.(1|X|x))?)?(\\+m)?",
        Ecosystem::Github => "[vV]?[012](\\.(0|1|10)){0,3}(-(rc|1)(\\.1)?)?",
        Ecosystem::Docker => "v?[012](\\.(0|1|04|10)){0,3}(-alpine|-slim|rc1)?",
    }
}

/// A version, perhaps with a character taken away, put in or doubled.
fn version(ecosystem: Ecosystem) -> impl Strategy<Value = String> {
    let text = || proptest::string::string_regex(grammar(ecosystem)).unwrap();
    let extra = select(vec!['0', '1', '9', '.', '-', '_', '+', 'a', 'b', 'm', 'x', 'R', 'v', '!', '~', 'é', ' ']);
    prop_oneof![
        4 => text(),
        1 => Just("0".to_owned()),
        2 => (text(), any::<prop::sample::Index>(), extra, 0..3_u8).prop_map(|(text, at, extra, kind)| {
            let mut characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len() + 1);
            match (kind, characters.get(at).copied()) {
                (0, Some(_)) => drop(characters.remove(at)),
                (1, Some(same)) => characters.insert(at, same),
                _ => characters.insert(at, extra),
            }
            characters.into_iter().collect()
        }),
    ]
}

fn versions(count: usize) -> impl Strategy<Value = (Ecosystem, Vec<String>)> {
    ecosystem().prop_flat_map(move |ecosystem| (Just(ecosystem), prop::collection::vec(version(ecosystem), count)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_order_is_total_within_what_is_comparable((ecosystem, texts) in versions(3)) {
        let parsed: Vec<Version> = texts.iter().map(|text| Version::parse(ecosystem, text)).collect();
        for (version, text) in parsed.iter().zip(&texts) {
            let own = (!version.is_opaque()).then_some(Ordering::Equal);
            prop_assert_eq!(version.order(version), own, "`{}`", text);
        }
        let (a, b, c) = (&parsed[0], &parsed[1], &parsed[2]);
        let backwards = b.order(a).map(Ordering::reverse);
        prop_assert_eq!(a.order(b), backwards);
        prop_assert_eq!(a == b, a.order(b) == Some(Ordering::Equal) || (a.is_opaque() && b.is_opaque()));
        if ecosystem != Ecosystem::Docker && !a.is_opaque() && !b.is_opaque() {
            prop_assert!(a.order(b).is_some());
        }
        // Transitive, also where some are equal; between two groups of tags there may be no order at all.
        if let (Some(first), Some(second), Some(third)) = (a.order(b), b.order(c), a.order(c)) {
            if first == second || second == Ordering::Equal {
                prop_assert_eq!(third, first, "{:?}", &texts);
            } else if first == Ordering::Equal {
                prop_assert_eq!(third, second, "{:?}", &texts);
            }
        }
    }

    #[test]
    fn jumps_are_symmetric_and_none_only_between_equals((ecosystem, texts) in versions(2)) {
        let (a, b) = (Version::parse(ecosystem, &texts[0]), Version::parse(ecosystem, &texts[1]));
        prop_assert_eq!(a.jump(&b), b.jump(&a));
        prop_assert_eq!(a.jump(&b) == Jump::None, a.order(&b) == Some(Ordering::Equal));
        if a.order(&b).is_none() {
            prop_assert_eq!(a.jump(&b), Jump::Unknown);
        }
    }

    #[test]
    fn sorting_does_not_depend_on_the_order_before(
        ((ecosystem, texts), shuffled) in versions(8).prop_flat_map(|(ecosystem, texts)| {
            (Just((ecosystem, texts.clone())), Just(texts).prop_shuffle())
        })
    ) {
        let (mut one, mut other) = (texts, shuffled);
        sort(ecosystem, &mut one);
        sort(ecosystem, &mut other);
        prop_assert_eq!(&one, &other);
        sort(ecosystem, &mut other);
        prop_assert_eq!(&one, &other);
        for pair in one.windows(2) {
            prop_assert_ne!(compare(ecosystem, &pair[0], &pair[1]), Some(Ordering::Greater));
        }
        let opaque: Vec<bool> = one.iter().map(|text| Version::parse(ecosystem, text).is_opaque()).collect();
        prop_assert!(opaque.is_sorted_by(|left, right| left >= right), "{:?}", one);
    }

    #[test]
    fn nothing_comes_before_osv_s_zero((ecosystem, texts) in versions(1)) {
        let expected = match (texts[0].trim(), Version::parse(ecosystem, &texts[0]).is_opaque()) {
            (_, true) => None,
            ("0", _) => Some(Ordering::Equal),
            _ => Some(Ordering::Less),
        };
        prop_assert_eq!(compare(ecosystem, "0", &texts[0]), expected);
    }

    #[test]
    fn any_text_can_be_read(ecosystem in ecosystem(), left in ".{0,40}", right in "[0-9a-zA-Z.+_!@=~ -]{0,1200}") {
        let (left, right) = (Version::parse(ecosystem, &left), Version::parse(ecosystem, &right));
        prop_assert_eq!(left.order(&right), right.order(&left).map(Ordering::reverse));
        prop_assert_eq!(left.jump(&right), right.jump(&left));
    }

    /// The order that we write as bytes is that of the crate which read the version.
    #[test]
    fn python_s_order_is_that_of_pep440_rs(left in version(Ecosystem::Pypi), right in version(Ecosystem::Pypi)) {
        let parse = |text: &str| pep440_rs::Version::from_str(text).ok().filter(|_| text.trim() != "0");
        if let (Some(one), Some(other)) = (parse(&left), parse(&right)) {
            prop_assert_eq!(compare(Ecosystem::Pypi, &left, &right), Some(one.cmp(&other)), "{} {}", left, right);
        }
    }

    /// Cargo's own crate reads fewer forms, and has the same order of those that it reads.
    #[test]
    fn cargo_s_order_is_that_of_semver(left in version(Ecosystem::Cargo), right in version(Ecosystem::Cargo)) {
        for ecosystem in [Ecosystem::Cargo, Ecosystem::Npm, Ecosystem::Golang] {
            if let (Ok(one), Ok(other)) = (semver::Version::parse(&left), semver::Version::parse(&right)) {
                let expected = Some(one.cmp_precedence(&other));
                prop_assert_eq!(compare(ecosystem, &left, &right), expected, "{} {}", left, right);
            }
        }
    }
}
