//! GitHub's dialect: one rule a line, the last one that matches decides, and a line with a mistake is passed over.

use super::line::{lines, pattern_and_rest, quoted, words};
use super::owner::is_owner;
use super::pattern::{Pattern, has_braces};
use super::{CodeOwners, Dialect, Doubt, Effect, Rule, Section};

pub(super) fn parse(text: &str) -> CodeOwners {
    let mut file = CodeOwners::new(Dialect::GitHub);
    file.sections.push(Section { name: None, optional: false });
    for (line, content) in lines(text) {
        read(&mut file, line, content);
    }
    file
}

fn read(file: &mut CodeOwners, line: u32, content: &str) {
    let (text, rest) = pattern_and_rest(content);
    let mut owners: Vec<String> = Vec::new();
    let mut stranger = None;
    for word in words(rest).take_while(|word| !word.starts_with('#')) {
        if !is_owner(word, Dialect::GitHub) {
            stranger = stranger.or(Some(word));
        }
        if !owners.iter().any(|owner| owner == word) {
            owners.push(word.to_owned());
        }
    }
    let pattern = Pattern::github(text);
    // A line without owners takes owners away: where it is passed over, nobody is missed.
    let matters = !owners.is_empty();
    let mistake = match (&pattern, stranger) {
        (Err(mistake), _) => {
            Some(format!("{} is no pattern of GitHub's: {mistake}; GitHub passes over the line", quoted(text)))
        }
        (Ok(_), Some(word)) => Some(format!(
            "{} is no owner, expected `@login`, `@organization/team` or an address; GitHub passes over the line",
            quoted(word)
        )),
        (Ok(_), None) => None,
    };
    let braces = mistake.is_none() && has_braces(text);
    let doubt = match &mistake {
        Some(mistake) => Some(file.problem(line, mistake.clone())),
        None if braces => Some(file.problem(line, format!("in {} braces stand for themselves", quoted(text)))),
        None => None,
    };
    if let (Some(problem), true) = (doubt, matters) {
        for pattern in Pattern::readings(text) {
            let doubt = Some(Doubt { problem, always: false });
            file.rules.push(Rule { line, section: 0, pattern, effect: Effect::PassedOver, count: 1, doubt });
        }
    }
    if let (Ok(pattern), None) = (pattern, mistake) {
        file.rules.push(Rule { line, section: 0, pattern, effect: Effect::Owned(owners), count: 1, doubt: None });
    }
}
