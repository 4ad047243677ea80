//! `teams.toml`: who is in which team.
//!
//! ```toml
//! [teams]
//! security = ["security-lead", "second-reviewer"]
//! ```
//!
//! It is a file of the user's, so a mistake in it is a diagnostic, never a source that failed. It is read strictly: a member
//! is a bare login. `@login` (as CODEOWNERS writes it), `org/team` and `user:login` are refused with what to write, because
//! a name that is never anybody's login would make a team smaller without a word. A team may have no members; what asks
//! for it is then met by nobody. Names of teams are compared as they stand, logins without case.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use crate::diagnostic::{Code, Diagnostic, Place};

/// The longest file that is read, in bytes: 1 MiB.
pub const MAX_BYTES: u64 = 1 << 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table `teams`")]
struct Wire {
    teams: IndexMap<Spanned<String>, Vec<Spanned<String>>>,
}

/// The members of each team, in order. `shown` is the file as the user knows it.
///
/// # Errors
/// Every mistake that the file has, in its order, or the one that it can't be read past.
pub fn parse(shown: &str, text: &str) -> Result<BTreeMap<String, Vec<String>>, Vec<Diagnostic>> {
    let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(text).into();
    let wire: Wire = toml::from_str(&text).map_err(|error| {
        let place = match error.span() {
            Some(span) => Place::at_offset(shown, &text, span.start),
            None => Place::file(shown),
        };
        let mistake = Diagnostic::of_toml(Code::BrokenTeams, error.message()).at(place);
        let form = "write `[teams]`, and below it a line for each team, as in `security = [\"ada\", \"bob\"]`";
        vec![if mistake.help.is_none() { mistake.help(form) } else { mistake }]
    })?;
    let mut file = File { shown, text: &text, mistakes: Vec::new() };
    let teams = file.teams(wire);
    file.mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| (place.line, place.column)));
    if file.mistakes.is_empty() { Ok(teams) } else { Err(file.mistakes) }
}

/// The file, to say where in it something is wrong.
struct File<'a> {
    shown: &'a str,
    text: &'a Arc<str>,
    mistakes: Vec<Diagnostic>,
}

impl File<'_> {
    fn mistake(&mut self, written: &Spanned<String>, message: String, help: Option<String>) {
        // The caret stands under the word, not under its quote.
        let start = written.span().start;
        let quote = self.text.get(start..).is_some_and(|rest| rest.starts_with(['"', '\'']));
        let place = Place::at_offset(self.shown, self.text, start + usize::from(quote && written.span().len() > 2));
        let mistake = Diagnostic::new(Code::BrokenTeams, message).at(place);
        self.mistakes.push(match help {
            Some(help) => mistake.help(help),
            None => mistake,
        });
    }

    fn teams(&mut self, wire: Wire) -> BTreeMap<String, Vec<String>> {
        let mut teams = BTreeMap::new();
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for (name, members) in wire.teams {
            let written = name.as_ref();
            if let Some((message, help)) = no_name(written, "team") {
                self.mistake(&name, message, help);
            } else if let Some(bare) = written.strip_prefix("team:") {
                self.mistake(&name, format!("`{written}` is no name of a team"), Some(format!("write `{bare}`")));
            } else if let Some(other) = names.insert(written.to_lowercase(), written.clone()) {
                let message = format!("the team `{written}` differs from `{other}` by case alone");
                self.mistake(&name, message, None);
            }
            let members = self.members(name.as_ref(), &members);
            teams.insert(name.into_inner(), members);
        }
        teams
    }

    fn members(&mut self, team: &str, written: &[Spanned<String>]) -> Vec<String> {
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for member in written {
            let login = member.as_ref();
            let mistake = no_name(login, "member").or_else(|| no_login(login));
            if let Some((message, help)) = mistake {
                self.mistake(member, message, help);
            } else if let Some(other) = known.insert(login.to_lowercase(), login.clone()) {
                self.mistake(member, format!("`{login}` is in `{team}` already, as `{other}`"), None);
            }
        }
        let mut members: Vec<String> = known.into_values().collect();
        members.sort();
        members
    }
}

type Mistake = (String, Option<String>);

fn no_name(name: &str, of: &str) -> Option<Mistake> {
    if name.trim().is_empty() {
        return Some((format!("the name of a {of} is empty"), None));
    }
    let odd = name.chars().any(|character| character.is_whitespace() || character.is_control());
    odd.then(|| (format!("the name `{}` of a {of} has blanks in it", name.escape_debug()), None))
}

/// What is never a login, and what to write instead.
fn no_login(login: &str) -> Option<Mistake> {
    let message = format!("`{login}` is no login");
    if login.starts_with("team:") || login.contains('/') {
        return Some((message, Some("a team has people in it, not teams: list their logins".to_owned())));
    }
    let bare = login.strip_prefix('@').or_else(|| login.strip_prefix("user:"))?;
    let help = if bare.is_empty() { None } else { Some(format!("write `{bare}`")) };
    Some((message, help))
}
