//! GitLab's dialect: sections that decide separately, default owners, exclusions.
//!
//! From its documentation and its published tests: section names are compared without case, sections of one name are one;
//! each heading's owners and count are those of the lines under it; a section is optional where each of its headings says so.
//! A line without owners takes those of its heading. What a heading holds after its name is read as far as it goes
//! (`[Docs]] @a` is a heading without owners). An exclusion holds wherever in its section it stands.

use std::collections::BTreeMap;

use super::line::{lines, pattern_and_rest, quoted, words};
use super::owner::is_owner;
use super::pattern::Pattern;
use super::{CodeOwners, Dialect, Doubt, Effect, Rule, Section};

/// What the lines after a heading take from it.
struct Heading {
    section: usize,
    count: u32,
    owners: Vec<String>,
    /// The problem that there is with these owners, where none of them can be understood.
    doubt: Option<usize>,
}

pub(super) fn parse(text: &str) -> CodeOwners {
    let mut file = CodeOwners::new(Dialect::GitLab);
    file.sections.push(Section { name: None, optional: false });
    let mut heading = Heading { section: 0, count: 1, owners: Vec::new(), doubt: None };
    // The heading that can't be read, after which nobody knows which section a line was meant for.
    let mut lost = None;
    let mut names = BTreeMap::new();
    for (line, content) in lines(text) {
        if let Some(named) = Named::of(content) {
            heading = read_heading(&mut file, &mut names, line, &named);
            lost = None;
        } else if content.starts_with('[') || content.starts_with("^[") {
            lost = Some(file.problem(
                line,
                format!("{} is no heading of a section: a `]` is missing; GitLab takes what follows for part of the section before", quoted(content)),
            ));
        } else {
            read_entry(&mut file, line, content, &heading, lost);
        }
    }
    file
}

/// The parts of a heading.
pub(super) struct Named<'a> {
    optional: bool,
    name: &'a str,
    /// Between the second pair of brackets.
    count: Option<&'a str>,
    rest: &'a str,
}

impl<'a> Named<'a> {
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let optional = line.starts_with('^');
        let (name, rest) = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?.split_once(']')?;
        let (count, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((count, rest)) => (Some(count), rest),
            None => (None, rest),
        };
        Some(Self { optional, name, count, rest })
    }

    /// Whether it is all that a heading is, so that it can't well be a pattern of GitHub's.
    pub(super) fn is_whole(&self) -> bool {
        let blank = self.rest.is_empty() || self.rest.starts_with([' ', '\t']);
        blank
            && !self.name.is_empty()
            && self.count.is_none_or(|count| count.chars().all(|digit| digit.is_ascii_digit()))
    }
}

fn read_heading(file: &mut CodeOwners, names: &mut BTreeMap<String, usize>, line: u32, named: &Named<'_>) -> Heading {
    if named.name.is_empty() {
        file.problem(line, "a section without a name, expected one between `[` and `]`");
    }
    let section = *names.entry(named.name.to_lowercase()).or_insert_with(|| {
        file.sections.push(Section { name: Some(named.name.to_owned()), optional: true });
        file.sections.len() - 1
    });
    if let (false, Some(section)) = (named.optional, file.sections.get_mut(section)) {
        section.optional = false;
    }
    let count = count(file, line, named);
    let mut owners = Vec::new();
    let rest = named.rest;
    let stranger =
        if rest.is_empty() || rest.starts_with([' ', '\t']) { collect_owners(rest, &mut owners) } else { Some(rest) };
    let problem = stranger.map(|word| {
        file.problem(line, format!("{} in the heading of a section, expected its owners after a blank", quoted(word)))
    });
    Heading { section, count, doubt: problem.filter(|_| owners.is_empty()), owners }
}

/// How many approvals a heading asks for; what is no number of at least 1 counts as 1.
fn count(file: &mut CodeOwners, line: u32, named: &Named<'_>) -> u32 {
    let Some(written) = named.count else { return 1 };
    let digits = written.trim();
    let number = digits.bytes().all(|digit| digit.is_ascii_digit()) && !digits.is_empty();
    if !number || digits.bytes().all(|digit| digit == b'0') {
        file.problem(
            line,
            format!("{} approvals, expected a number of at least 1; GitLab asks for 1", quoted(written)),
        );
        return 1;
    }
    if named.optional {
        file.problem(line, "a number of approvals, which an optional section does not have");
    }
    // A number past all bounds can be met by nobody, and is not made smaller.
    digits.parse().unwrap_or(u32::MAX)
}

fn read_entry(file: &mut CodeOwners, line: u32, content: &str, heading: &Heading, lost: Option<usize>) {
    let (written, rest) = pattern_and_rest(content);
    let (excluded, text) = written.strip_prefix('!').map_or((false, written), |text| (true, text));
    let mut owners = Vec::new();
    let stranger = collect_owners(rest, &mut owners);
    let mut doubt = None;
    if excluded {
        owners.clear();
    } else if words(rest).next().is_none() {
        owners.clone_from(&heading.owners);
        doubt = heading.doubt;
        if owners.is_empty() && doubt.is_none() {
            file.problem(line, format!("{} has no owners; GitLab asks nobody", quoted(written)));
        }
    } else if let Some(word) = stranger {
        let message =
            format!("{} is no owner, expected `@name`, `@@role` or an address; GitLab passes over it", quoted(word));
        let problem = file.problem(line, message);
        doubt = owners.is_empty().then_some(problem);
    }
    let doubt = match lost {
        Some(problem) => Some(Doubt { problem, always: true }),
        None => doubt.map(|problem| Doubt { problem, always: false }),
    };
    let effect = if excluded { Effect::Excluded } else { Effect::Owned(owners) };
    let rule =
        Rule { line, section: heading.section, pattern: Pattern::everything(), effect, count: heading.count, doubt };
    match Pattern::gitlab(text, true) {
        Ok(pattern) => file.rules.push(Rule { pattern, ..rule }),
        Err(_) => {
            let problem =
                file.problem(line, format!("in {} a `]` is missing; GitLab matches nothing with it", quoted(written)));
            // An exclusion that excludes nothing leaves more owners than were meant.
            if let (false, Ok(pattern)) = (excluded, Pattern::gitlab(text, false)) {
                let doubt = Some(Doubt { problem, always: false });
                file.rules.push(Rule { pattern, effect: Effect::PassedOver, doubt, ..rule });
            }
        }
    }
}

/// Owners, each once, in order; the first word that is none. Comments after a pattern are not part of the dialect.
fn collect_owners<'a>(rest: &'a str, owners: &mut Vec<String>) -> Option<&'a str> {
    let mut stranger = None;
    for word in words(rest) {
        if !is_owner(word, Dialect::GitLab) {
            stranger = stranger.or(Some(word));
        } else if !owners.iter().any(|owner| owner == word) {
            owners.push(word.to_owned());
        }
    }
    stranger
}
