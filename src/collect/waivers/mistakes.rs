//! What a file of waivers can't hold, in words.

use std::sync::Arc;

use super::KEYS;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::nearest;

/// What the TOML reader objects to, at its place.
pub(super) fn unreadable(shown: &str, text: &Arc<str>, error: &toml::de::Error) -> Diagnostic {
    let place = match error.span() {
        Some(span) => Place::at_offset(shown, text, span.start),
        None => Place::file(shown),
    };
    let unknown = error.message().strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'));
    let Some((key, expected)) = unknown else {
        return Diagnostic::of_toml(Code::BrokenWaiver, error.message()).at(place);
    };
    let mistake = Diagnostic::new(Code::BrokenWaiver, format!("unknown key `{key}`")).at(place);
    // Outside of the tables there is but one key.
    if expected.contains("expected `waiver`") {
        return mistake.help("each waiver is a table `[[waiver]]`");
    }
    match nearest(key, KEYS.iter().copied()) {
        Some(near) => mistake.help(format!("did you mean `{near}`?")),
        None => mistake.help(format!("there are {}", KEYS.join(", "))),
    }
}

/// What is never a login, and what to write instead.
pub(super) fn no_login(login: &str) -> Option<(String, Option<String>)> {
    let message = format!("`{}` is no login", login.escape_debug());
    if login.starts_with("team:") || login.contains('/') {
        return Some((
            message,
            Some("expected the login of one person; a team, `team:NAME`, can only be an owner".to_owned()),
        ));
    }
    if login.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return Some((message, None));
    }
    let bare = login.strip_prefix('@').or_else(|| login.strip_prefix("user:"))?;
    let help = if bare.is_empty() { None } else { Some(format!("write `{bare}`")) };
    Some((message, help))
}
