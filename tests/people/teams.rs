//! `teams.toml`: what it says, and every mistake at its place.

use tollgate::collect::teams::parse;

fn mistakes(text: &str) -> Vec<String> {
    parse("teams.toml", text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn teams_are_sorted_and_keep_their_spelling() {
    let text =
        "\u{feff}# people\n[teams]\nsecurity = [\"b\", \"Ada\", \"renovate[bot]\", \"557058:x-y\"]\n\"a team\" = []\n";
    let mistakes = mistakes(text);
    assert_eq!(mistakes, ["teams.toml:4:2: the name `a team` of a team has blanks in it [broken-teams]"]);
    let teams = parse("teams.toml", &text.replace("a team", "platform")).unwrap();
    let shown: Vec<String> = teams.iter().map(|(name, members)| format!("{name}: {}", members.join(" "))).collect();
    assert_eq!(shown, ["platform: ", "security: 557058:x-y Ada b renovate[bot]"]);
    assert!(parse("t", "[teams]").unwrap().is_empty());
}

#[test]
fn every_mistake_is_told_at_its_place() {
    for (text, expected) in [
        ("", "the key `teams` is missing"),
        (
            "[team]\na = []",
            "teams.toml:1:2: unknown key `team`, expected `teams` [broken-teams]\n  help: did you mean `teams`?",
        ),
        ("[teams]\na = \"x\"", "teams.toml:2:5: found the text `x`, expected a list"),
        ("[teams]\na = [1]", "teams.toml:2:6: found the number 1, expected a text in quotes"),
        ("[teams.a]\nmembers = []", "teams.toml:1:1: found a table, expected a list"),
        ("teams = []", "teams.toml:1:9: found a list, expected a table"),
        ("[teams]\na = [\"x\"]\na = [\"y\"]", "teams.toml:3:1: duplicate key"),
        ("[teams]\na = [\"x\"", "teams.toml:2:"),
        ("[teams]\na = [\"x\", \"\"]", "teams.toml:2:11: the name of a member is empty"),
        ("[teams]\n\"\" = []", "teams.toml:2:1: the name of a team is empty"),
        ("[teams]\na = [\"x y\"]", "teams.toml:2:7: the name `x y` of a member has blanks in it"),
        ("[teams]\na = [\"Ada\", \"ada\"]", "teams.toml:2:14: `ada` is in `a` already, as `Ada`"),
        ("[teams]\na = []\nA = []", "teams.toml:3:1: the team `A` differs from `a` by case alone"),
        ("[teams]\na = [\"@ada\"]", "teams.toml:2:7: `@ada` is no login [broken-teams]\n  help: write `ada`"),
        ("[teams]\na = [\"user:ada\"]", "`user:ada` is no login [broken-teams]\n  help: write `ada`"),
        (
            "[teams]\na = [\"acme/security\"]",
            "`acme/security` is no login [broken-teams]\n  help: a team has people in it",
        ),
        ("[teams]\na = [\"@acme/security\"]", "help: a team has people in it"),
        ("[teams]\na = [\"team:b\"]", "help: a team has people in it"),
        ("[teams]\n\"team:a\" = []", "teams.toml:2:2: `team:a` is no name of a team [broken-teams]\n  help: write `a`"),
    ] {
        let mistakes = mistakes(text);
        assert!(mistakes.len() == 1 && mistakes[0].contains(expected), "{text}: {mistakes:?}");
    }
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_file() {
    let mistakes = mistakes("[teams]\nb = [\"@x\", \"y\", \"Y\"]\na = [\"\"]\n");
    let places: Vec<&str> = mistakes.iter().map(|mistake| mistake.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["teams.toml:2:7", "teams.toml:2:18", "teams.toml:3:6"]);
}
