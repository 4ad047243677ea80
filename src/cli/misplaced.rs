//! Arguments that stand where a verb takes none, or as a flag where it takes them bare: the answer says how they are given.

use std::ffi::OsString;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Cli;

/// What is said of an argument without a flag, by verb.
const BARE: &[(&str, &str)] = &[
    (
        "eval",
        "a policy is named with '--policy DIR', the change with '--repo DIR', '--base REV' and '--head REV', results of scanners with '--sarif FILE'",
    ),
    (
        "collect",
        "the change is named with '--repo DIR', '--base REV' and '--head REV', results of scanners with '--sarif FILE'; evidence is collected without a policy",
    ),
    ("rules", "a policy is named with '--policy DIR'"),
    ("explain", "one name is explained at a time; a verdict is named with '--verdict FILE'"),
    ("definitions", "where to is said with '--out DIR'"),
    ("draft", "a verdict is named with '--verdict FILE'"),
    ("list", "a file of waivers is named with '--waivers FILE', a policy with '--policy DIR'"),
    ("check", "a file of waivers is named with '--waivers FILE', a policy with '--policy DIR'"),
    ("waivers", "waivers are listed with 'tollgate waivers list --waivers FILE --policy DIR'"),
];

/// What is said of `--policy`, by verbs that don't have it.
const POLICY: &[(&str, &str)] = &[
    ("lint", "packs are named without a flag, as in 'tollgate lint DIR'"),
    ("test", "packs are named without a flag, as in 'tollgate test DIR'"),
    ("init", "where the pack is written is named without a flag, as in 'tollgate init DIR'"),
    ("explain", "the rules of a policy are listed with 'tollgate rules --policy DIR'"),
    ("collect", "evidence is collected without a policy; one is named for 'tollgate eval'"),
    ("waivers", "it goes behind the verb, as in 'tollgate waivers list --policy DIR'"),
];

/// The answer to arguments that are none, with how what was probably meant is given.
pub(super) fn explained(mut answer: clap::Error, arguments: &[OsString]) -> clap::Error {
    if let Some(tip) = tip(&answer, arguments) {
        answer.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    answer
}

fn tip(answer: &clap::Error, arguments: &[OsString]) -> Option<&'static str> {
    let found = match answer.kind() {
        ErrorKind::UnknownArgument => text(answer, ContextKind::InvalidArg),
        ErrorKind::InvalidSubcommand => text(answer, ContextKind::InvalidSubcommand),
        _ => None,
    };
    let found = found?;
    let said = match found.split('=').next() {
        Some("--policy") => POLICY,
        _ if found.starts_with('-') => return None,
        _ => BARE,
    };
    // A word that is nearly another needs no more than that one.
    if [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand].into_iter().any(|kind| answer.get(kind).is_some())
    {
        return None;
    }
    let verb = verb(arguments)?;
    said.iter().find(|(of, _)| *of == verb).map(|(_, tip)| *tip)
}

fn text(answer: &clap::Error, kind: ContextKind) -> Option<&str> {
    match answer.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

/// The innermost verb that the arguments name.
fn verb(arguments: &[OsString]) -> Option<String> {
    let mut command = Cli::command();
    let mut verb = None;
    for argument in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
        if let Some(inner) = command.find_subcommand(argument) {
            verb = Some(inner.get_name().to_owned());
            command = inner.clone();
        }
    }
    verb
}
