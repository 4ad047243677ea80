//! An emergency override, as TOML.
//!
//! ```toml
//! head = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
//! reason = "payments are down, and the scanner with them"
//! owner = "team:payments"
//! ticket = "INC-4711"
//! expires = 2026-01-31T18:00:00Z
//! ```
//!
//! `created` may say when it was made. It is a file of the user's, so a mistake in it is a diagnostic. It is read strictly: whoever
//! reaches for it is in a hurry, and a key that is not understood must not be one that would have held something back.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use toml::Spanned;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::{MAX_OVERRIDE_HOURS, Override};

/// The longest file that is read, in bytes: 64 KiB.
pub const MAX_BYTES: u64 = 64 << 10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `head`, `reason`, `owner`, `ticket` and `expires`")]
struct Wire {
    head: Spanned<String>,
    reason: Spanned<String>,
    owner: Spanned<String>,
    ticket: Spanned<String>,
    expires: Spanned<toml::Value>,
    #[serde(default)]
    created: Option<Spanned<toml::Value>>,
}

/// The override of a file. `shown` is the file as the user knows it.
///
/// # Errors
/// Every mistake that the file has, in its order, or the one that it can't be read past.
pub fn parse(shown: &str, text: &str) -> Result<Override, Vec<Diagnostic>> {
    let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(text).into();
    let wire: Wire = toml::from_str(&text).map_err(|error| {
        let place = match error.span() {
            Some(span) => Place::at_offset(shown, &text, span.start),
            None => Place::file(shown),
        };
        vec![Diagnostic::of_toml(Code::BrokenOverride, error.message()).at(place)]
    })?;
    let mut file = File { shown, text: &text, mistakes: Vec::new() };
    let read = file.read(wire);
    file.mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| (place.line, place.column)));
    match read {
        Some(read) if file.mistakes.is_empty() => Ok(read),
        _ => Err(file.mistakes),
    }
}

/// The file, to say where in it something is wrong.
struct File<'a> {
    shown: &'a str,
    text: &'a Arc<str>,
    mistakes: Vec<Diagnostic>,
}

impl File<'_> {
    fn mistake(&mut self, start: usize, message: String, help: &str) {
        let place = Place::at_offset(self.shown, self.text, start);
        self.mistakes.push(Diagnostic::new(Code::BrokenOverride, message).at(place).help(help));
    }

    fn read(&mut self, wire: Wire) -> Option<Override> {
        let head = self.commit(&wire.head);
        let reason = self.said("reason", wire.reason);
        let owner = self.said("owner", wire.owner);
        let ticket = self.said("ticket", wire.ticket);
        let expires = self.time("expires", &wire.expires);
        let created = match &wire.created {
            Some(written) => Some(self.time("created", written)?),
            None => None,
        };
        let expires = expires?;
        if let Some(created) = created {
            let longest = SignedDuration::from_hours(MAX_OVERRIDE_HOURS);
            if expires <= created {
                self.mistake(
                    wire.expires.span().start,
                    format!("it ends at {expires}, before it begins"),
                    "see `created`",
                );
            } else if expires.duration_since(created) > longest {
                let message = format!("it would hold for longer than {MAX_OVERRIDE_HOURS} hours after {created}");
                self.mistake(wire.expires.span().start, message, "let it end earlier; another one can follow it");
            }
        }
        Some(Override { file: self.shown.to_owned(), head: head?, reason, owner, ticket, expires, created })
    }

    fn commit(&mut self, written: &Spanned<String>) -> Option<String> {
        let id = written.as_ref().to_ascii_lowercase();
        if matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(id);
        }
        let message = format!("`{}` is no full commit id", written.as_ref().escape_debug());
        self.mistake(
            written.span().start,
            message,
            "write all 40 or 64 hexadecimal digits of the change's last commit",
        );
        None
    }

    fn said(&mut self, key: &str, written: Spanned<String>) -> String {
        if written.as_ref().trim().is_empty() {
            let help = "an override has a reason, an owner and a ticket, so that somebody answers for it";
            self.mistake(written.span().start, format!("the {key} is blank"), help);
        }
        written.into_inner()
    }

    fn time(&mut self, key: &str, written: &Spanned<toml::Value>) -> Option<Timestamp> {
        let text = match written.as_ref() {
            toml::Value::String(text) => text.clone(),
            toml::Value::Datetime(time) => time.to_string(),
            other => other.to_string(),
        };
        let time = text.parse::<Timestamp>().ok();
        if time.is_none() {
            let message = format!("`{key}` is `{}`, which is no time with its offset", text.escape_debug());
            self.mistake(written.span().start, message, "write RFC 3339, as in `2026-01-31T18:00:00Z`");
        }
        time
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    const HEAD: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    /// A whole file, in which one line is another.
    fn file(key: &str, line: &str) -> String {
        let head = format!("head = \"{HEAD}\"");
        let lines = [
            ("head", head.as_str()),
            ("reason", "reason = \"outage\""),
            ("owner", "owner = \"team:payments\""),
            ("ticket", "ticket = \"INC-1\""),
            ("expires", "expires = 2026-01-31T12:00:00Z"),
        ];
        let lines = lines.map(|(name, own)| if name == key { line } else { own });
        format!("{}\n{}\n", lines.join("\n"), if key == "more" { line } else { "" })
    }

    fn mistakes(text: &str) -> String {
        parse("o.toml", text).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_whole_file_is_read_and_times_may_be_quoted() {
        let read = parse("o.toml", &file("", "")).unwrap();
        assert_eq!((read.head.as_str(), read.owner.as_str(), read.created), (HEAD, "team:payments", None));
        let quoted = parse("o.toml", &file("expires", "expires = \"2026-01-31T14:00:00+02:00\"")).unwrap();
        assert_eq!(quoted.expires, read.expires);
        let upper = parse("o.toml", &file("head", &format!("head = \"{}\"", HEAD.to_uppercase()))).unwrap();
        assert_eq!(upper.head, HEAD);
    }

    #[test]
    fn whatever_is_missing_unknown_or_blank_is_a_mistake_at_its_place() {
        for key in ["head", "reason", "owner", "ticket", "expires"] {
            assert!(mistakes(&file(key, "")).contains(&format!("the key `{key}` is missing")), "{key}");
        }
        for key in ["reason", "owner", "ticket"] {
            let told = mistakes(&file(key, &format!("{key} = \" \"")));
            assert!(told.contains(&format!("the {key} is blank")) && told.contains("o.toml:"), "{told}");
        }
        assert!(mistakes(&file("more", "approved_by = \"me\"")).contains("o.toml:6:1: unknown key `approved_by`"));
        assert!(mistakes(&file("head", "head = \"HEAD\"")).contains("o.toml:1:8: `HEAD` is no full commit id"));
        for time in ["2026-01-31", "2026-01-31T12:00:00", "\"soon\"", "12", "12:00:00"] {
            let told = mistakes(&file("expires", &format!("expires = {time}")));
            assert!(told.contains("o.toml:5:11") && told.contains("no time with its offset"), "{time}: {told}");
        }
    }

    #[test]
    fn it_holds_for_a_day_at_most_after_it_was_made_and_ends_after_it_begins() {
        let created = |time: &str| parse("o.toml", &file("more", &format!("created = {time}")));
        assert!(created("2026-01-30T12:00:00Z").is_ok());
        assert!(mistakes(&file("more", "created = 2026-01-30T11:59:59Z")).contains("longer than 24 hours"));
        assert!(mistakes(&file("more", "created = 2026-01-31T12:00:00Z")).contains("before it begins"));
        assert!(created("2026-01-30").is_err());
    }
}
