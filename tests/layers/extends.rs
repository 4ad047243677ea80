//! Packs that join the same layer.

use tollgate::diagnostic::{Code, Diagnostic};
use tollgate::policy::{Layer, MAX_PACKS, Outside, PackFiles, PolicySet};

use super::{load, loaded, objecting, pack, refused};

/// A layer of a pack and those that it extends, by name.
fn gather(root: &str, packs: &[PackFiles]) -> Result<Layer, Vec<Diagnostic>> {
    let look_up = |name: &str| {
        let origin = format!("packs/{name}");
        packs
            .iter()
            .find(|pack| pack.origin == origin)
            .cloned()
            .ok_or_else(|| Diagnostic::new(Code::UnreadablePack, format!("there is no pack `{name}`")))
    };
    Layer::gather((), look_up(root).unwrap(), &|(), written| look_up(written).map(|pack| ((), pack)))
}

fn extending(name: &str, extends: &[&str]) -> PackFiles {
    pack(name, &format!("extends = {extends:?}\n"), &[(&format!("{name}-r"), &objecting("advisory", ""))])
}

fn names(policy: &PolicySet) -> Vec<(&str, u32)> {
    policy.packs().iter().map(|pack| (pack.name.as_str(), pack.layer)).collect()
}

#[test]
fn a_pack_that_is_reached_twice_counts_once_and_in_its_earliest_layer() {
    let packs = [
        extending("a", &["b", "c"]),
        extending("b", &["d"]),
        extending("c", &["d"]),
        extending("d", &[]),
        extending("e", &["d", "b"]),
    ];
    let layers = [gather("a", &packs).unwrap(), gather("e", &packs).unwrap()];
    let policy = PolicySet::load_layers(&layers, &Outside::default()).unwrap();
    assert_eq!(names(&policy), [("a", 0), ("b", 0), ("c", 0), ("d", 0), ("e", 1)]);
    assert_eq!(policy.rules().len(), 5);
}

#[test]
fn the_same_name_with_another_content_is_told_with_both_places() {
    let other = PackFiles { origin: "elsewhere/b".to_owned(), ..pack("b", "", &[("x", &objecting("advisory", ""))]) };
    for layers in [[vec![extending("b", &[]), other.clone()], vec![]], [vec![extending("b", &[])], vec![other]]] {
        let (_, place, message, related) = refused(&layers);
        assert!(message.contains("the pack `b` is there twice with different contents"), "{message}");
        let mut places = vec![place.clone(), related[0].clone()];
        places.sort();
        assert_eq!(places.len(), 2);
        assert!(
            places[0].starts_with("elsewhere/b/pack.toml:1:8") && places[1].starts_with("packs/b/pack.toml:1:8"),
            "{places:?}"
        );
    }
}

#[test]
fn a_circle_is_told_with_its_chain() {
    let packs = [extending("a", &["b"]), extending("b", &["c"]), extending("c", &["b"])];
    let told = gather("a", &packs).unwrap_err()[0].to_string();
    assert!(told.contains("`packs/b` extends `packs/c` extends `packs/b`"), "{told}");
    assert!(told.starts_with("packs/c/pack.toml:4:12"), "{told}");
}

#[test]
fn what_is_not_there_is_told_where_it_is_extended() {
    let told = gather("a", &[extending("a", &["nowhere"])]).unwrap_err()[0].to_string();
    assert!(told.starts_with("packs/a/pack.toml:4:12: there is no pack `nowhere`"), "{told}");
}

#[test]
fn there_are_no_more_than_a_hundred_packs() {
    let chain = |number: usize| -> Vec<PackFiles> {
        let name = |index: usize| format!("p{index:03}");
        let next = |index: usize| if index + 1 < number { vec![name(index + 1)] } else { Vec::new() };
        let pack = |index: usize| {
            let next = next(index);
            extending(&name(index), &next.iter().map(String::as_str).collect::<Vec<_>>())
        };
        (0..number).map(pack).collect()
    };
    assert!(gather("p000", &chain(MAX_PACKS)).is_ok());
    let told = gather("p000", &chain(MAX_PACKS + 1)).unwrap_err()[0].to_string();
    assert!(told.contains("there are more than 100 packs"), "{told}");
    let half =
        |prefix: &str| -> Vec<PackFiles> { (0..60).map(|index| extending(&format!("{prefix}{index}"), &[])).collect() };
    let mistakes = load(&[half("a"), half("b")]).map(drop).unwrap_err();
    assert!(mistakes[0].message.contains("the policy set has 120 packs, the limit is 100"), "{mistakes:?}");
}

#[test]
fn what_a_pack_extends_is_never_passed_over() {
    // As a plain pack, whose place nobody knows: what is inside the binary is found, anything else is refused.
    let policy = loaded(&[vec![extending("a", &["builtin:checks"])]]);
    assert_eq!(names(&policy), [("a", 0), ("checks", 0)]);
    let (code, place, ..) = refused(&[vec![extending("a", &["../b"])]]);
    assert_eq!((code, place.as_str()), (Code::UnreadablePack, "packs/a/pack.toml:4:12"));
}

#[test]
fn a_pack_without_rules_is_one_only_if_it_says_something_else() {
    loaded(&[vec![extending("a", &[])], vec![pack("b", "[rules.a-r]\nenforcement = \"hard-mandatory\"\n", &[])]]);
    let (_, _, message, _) = refused(&[vec![extending("a", &[])], vec![pack("b", "categories = [\"x\"]\n", &[])]]);
    assert_eq!(message, "the pack has no rules");
}

#[test]
fn a_category_of_a_later_layer_gives_an_earlier_rule_nothing_to_say() {
    let text = super::rule("hard-mandatory", "", "assess([\"own\", 1][0], \"none\", \"so\")");
    let org = || pack("org", "", &[("r", &text)]);
    let later = pack("later", "categories = [\"own\"]\n", &[("l", &objecting("advisory", ""))]);
    for layers in [vec![vec![org()]], vec![vec![org()], vec![later]]] {
        let outcomes = super::outcomes(&loaded(&layers), &super::change(&["a"]), None);
        let outcome = outcomes.iter().find(|outcome| outcome.rule.id == "r").unwrap();
        assert_eq!(outcome.outcome, tollgate::evaluate::Outcome::Errored);
    }
}
