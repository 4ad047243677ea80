//! Values of parameters: of packs and of single rules, and how far later layers move them.

use tollgate::diagnostic::Code;
use tollgate::policy::PolicySet;

use super::{change, load, load_with, loaded, outcomes, pack, refused, rule, told};

const LIMIT: &str =
    "[parameters.limit]\ntype = \"integer\"\ndefault = 5\nstricter = \"lower\"\ntunable = { from = 3, to = 8 }\n";

fn org(more: &str, metadata: &str) -> tollgate::policy::PackFiles {
    let text = rule("advisory", metadata, "note(`${params.limit}`)");
    pack("org", &format!("{LIMIT}{more}"), &[("r", &text), ("s", &rule("advisory", "", "note(`${params.limit}`)"))])
}

/// What the rules `r` and `s` read.
fn read(policy: &PolicySet) -> [String; 2] {
    let outcomes = outcomes(policy, &change(&["a"]), None);
    [outcomes[0].notes[0].clone(), outcomes[1].notes[0].clone()]
}

#[test]
fn a_rule_has_a_value_of_its_own_by_its_metadata_or_by_a_pack_of_its_layer() {
    assert_eq!(read(&loaded(&[vec![org("", ", parameters: #{ limit: 20 }")]])), ["20", "5"]);
    assert_eq!(
        read(&loaded(&[vec![org("[rules.r]\nparameters = { limit = 30 }\n", ", parameters: #{ limit: 20 }")]])),
        ["30", "5"]
    );
    for (metadata, message, place) in [
        (", parameters: #{ limt: 2 }", "the pack has no parameter `limt`", "1:122"),
        (", parameters: #{ limit: \"x\" }", "parameter `limit`: found the text `x`, expected an integer", "1:122"),
        (", parameters: 3", "`parameters` has to be a map, as in `#{ limit: 3 }`", "1:119"),
        (
            ", parameters: #{ limit: () }",
            "the value of `limit` has to be a text, a number, true or false, or a list of these",
            "1:129",
        ),
    ] {
        let (_, at, said, _) = refused(&[vec![org("", metadata)]]);
        assert_eq!((said.as_str(), at), (message, format!("packs/org/rules/r.rhai:{place}")));
    }
}

#[test]
fn a_later_layer_moves_the_value_of_all_rules_but_those_with_their_own() {
    let team = |set: &str| pack("team", set, &[]);
    let layers = |set: &str| [vec![org("", ", parameters: #{ limit: 20 }")], vec![team(set)]];
    assert_eq!(read(&loaded(&layers("[set]\nlimit = 2\n"))), ["20", "2"]);
    assert_eq!(read(&loaded(&layers("[set]\n\"org.limit\" = 7\n"))), ["20", "7"], "inside of what is tunable");
    assert_eq!(
        read(&loaded(&layers("[rules.r]\nparameters = { limit = 19 }\n"))),
        ["19", "5"],
        "from the rule's value"
    );
    assert_eq!(read(&loaded(&layers("[rules.s]\nparameters = { limit = 8 }\n"))), ["20", "8"]);
    let both = "[set]\nlimit = 1\n[rules.s]\nparameters = { limit = 4 }\n";
    assert_eq!(read(&loaded(&layers(both))), ["20", "4"], "judged by the value before the layer");
    let policy = loaded(&layers("[set]\nlimit = 2\n"));
    assert_eq!(policy.parameters()[0].set_by.to_string(), "team (layer 1)");
    assert_eq!(policy.rules()[1].meta.set_by["parameters.limit"].to_string(), "team (layer 1)");
}

#[test]
fn a_value_out_of_the_range_is_refused_with_both_places() {
    let layers = |set: &str| [vec![org("", ", parameters: #{ limit: 20 }")], vec![pack("team", set, &[])]];
    let (code, place, message, related) = refused(&layers("[set]\nlimit = 9\n"));
    assert_eq!((code, place.as_str()), (Code::WeakensLayer, "packs/team/pack.toml:5:9"));
    assert!(message.contains("can't be moved from the number 5 to the number 9"), "{message}");
    assert_eq!(related, ["packs/org/pack.toml:4:13: declared here"]);
    let (_, place, message, related) = refused(&layers("[rules.r]\nparameters = { limit = 21 }\n"));
    assert_eq!(place, "packs/team/pack.toml:5:24");
    assert!(message.contains("the parameter `limit` of the rule `r` can't be moved from the number 20"), "{message}");
    assert_eq!(related, ["packs/org/pack.toml:4:13: declared here", "packs/org/rules/r.rhai:1:129: declared here"]);
    let three = [
        vec![org("", "")],
        vec![pack("team", "[set]\nlimit = 2\n", &[])],
        vec![pack("repo", "[set]\nlimit = 9\n", &[])],
    ];
    let (_, place, _, related) = refused(&three);
    assert_eq!(place, "packs/repo/pack.toml:5:9");
    assert_eq!(related, ["packs/org/pack.toml:4:13: declared here", "packs/team/pack.toml:5:9: set here"]);
}

#[test]
fn a_value_for_all_packs_has_to_suit_each_that_declares_it_and_one_pack_can_be_named() {
    let other = || {
        let manifest = "[parameters.limit]\ntype = \"integer\"\ndefault = 5\nstricter = \"higher\"\n";
        pack("other", manifest, &[("z", &rule("advisory", "", "note(`${params.limit}`)"))])
    };
    let layers = |set: &str| [vec![org("", ""), other()], vec![pack("team", set, &[])]];
    let (_, _, message, _) = refused(&layers("[set]\nlimit = 4\n"));
    assert!(message.contains("the parameter `limit` of the pack `other`"), "{message}");
    let policy = loaded(&layers("[set]\n\"org.limit\" = 4\n\"other.limit\" = 6\n"));
    let values: Vec<String> = policy.parameters().iter().map(|parameter| parameter.value.to_string()).collect();
    assert_eq!(values, ["4", "6"]);
    let policy = loaded(&layers("[set]\nlimit = 6\n\"org.limit\" = 4\n"));
    let values: Vec<String> = policy.parameters().iter().map(|parameter| parameter.value.to_string()).collect();
    assert_eq!(values, ["4", "6"], "what is said of one pack counts for that one");
    for (set, expected) in [
        ("[set]\nlimt = 4\n", "no pack has a parameter `limt`"),
        ("[set]\n\"orgg.limit\" = 4\n", "there is no pack `orgg` in this layer or an earlier one"),
        ("[set]\n\"org.limt\" = 4\n", "the pack `org` has no parameter `limt`"),
        ("[set]\n\"org.limit\" = \"four\"\n", "expected an integer"),
    ] {
        let (_, place, message, _) = refused(&layers(set));
        assert!(message.contains(expected) && place.starts_with("packs/team/pack.toml:5:"), "{place} {message}");
    }
}

#[test]
fn packs_of_one_layer_do_not_contradict_each_other_about_a_value() {
    let set = |name: &str, set: &str| pack(name, &format!("[set]\n{set}\n"), &[]);
    let policy = loaded(&[vec![org("", ""), set("a", "limit = 100"), set("b", "\"org.limit\" = 100")]]);
    assert_eq!(read(&policy), ["100", "100"], "their own layer's is theirs to set");
    let (code, place, _, related) = refused(&[vec![org("", ""), set("a", "limit = 1"), set("b", "\"org.limit\" = 2")]]);
    assert_eq!((code, place.as_str()), (Code::LayerConflict, "packs/b/pack.toml:5:15"));
    assert_eq!(related, ["packs/a/pack.toml:5:9: set here"]);
}

#[test]
fn the_command_line_is_the_set_table_of_a_last_layer() {
    let layers = [vec![org("", ", parameters: #{ limit: 20 }")]];
    let policy = load_with(&layers, &[("limit", "2")]).unwrap();
    assert_eq!(read(&policy), ["20", "2"], "a rule with its own value keeps it");
    assert_eq!(policy.parameters()[0].set_by.to_string(), "--param");
    assert_eq!(read(&load_with(&layers, &[("org.limit", "7")]).unwrap()), ["20", "7"]);
    for (parameters, expected) in [
        (vec![("limit", "9")], "can't be moved from the number 5 to the number 9"),
        (vec![("limit", "4"), ("limit", "3")], "is set otherwise by another `--param`"),
        (vec![("limt", "3")], "no pack has a parameter `limt`"),
    ] {
        let mistakes = load_with(&layers, &parameters).map(drop).unwrap_err();
        assert!(told(&mistakes[0]).2.contains(expected), "{mistakes:?}");
    }
}

#[test]
fn a_broken_declaration_is_told_alone_and_not_of_who_reads_the_parameter() {
    let reads = rule(
        "advisory",
        ", parameters: #{ limit: 4 }",
        "if change.files.count() > params.limit { violation(change, \"no\"); } for f in change.files.under(params.limit) { violation(f, \"no\"); }",
    );
    let library = "fn over(params) { params.limit }\n";
    for (declared, said) in [
        ("type = \"intt\"\ndefault = 3", "unknown parameter type `intt`"),
        ("type = \"integer\"\ndefault = \"three\"", "parameter `limit`: found the text `three`, expected an integer"),
    ] {
        let mut one = pack("one", &format!("[parameters.limit]\n{declared}\n"), &[("a", &reads)]);
        one.files.insert("lib/over.rhai".to_owned(), library.as_bytes().to_vec());
        let (code, _, message, _) = refused(&[vec![one]]);
        assert_eq!(code, Code::BrokenPack);
        assert!(message.starts_with(said), "{message}");
    }
}

#[test]
fn beside_a_broken_declaration_other_mistakes_are_still_told() {
    let reads = rule("advisory", "", "violation(change, `${params.limit} ${params.limits} ${change.fils}`)");
    let one = pack("one", "[parameters.limit]\ntype = \"intt\"\ndefault = 3\n", &[("a", &reads)]);
    let codes: Vec<Code> = load(&[vec![one]]).map(drop).unwrap_err().iter().map(|mistake| mistake.code).collect();
    assert_eq!(codes, [Code::BrokenPack, Code::UnknownParameter, Code::UnknownProperty]);
}
