//! The text of a message: its own, or a message string of the rule or the tool, with placeholders filled in.

use std::borrow::Cow;

use crate::collect::sarif::{Message, Run};
use crate::evidence::{NO_SYMBOL, Strings};

/// The largest text that filling in placeholders may give, in bytes; past it the text stays unfilled, which is a problem.
pub(super) const MAX_FILLED: usize = 64 << 10;

/// The same for all messages of one run together.
pub(super) const MAX_FILLED_IN_RUN: usize = 256 << 20;

/// The text of a result's message, SARIF section 3.11.7: `text`, else the message string of its id, which `template` looks up, else
/// `markdown`. Nothing at all is the empty text, and was noted when the file was read. `room` is how many bytes filling
/// in may still give in this run.
///
/// # Errors
/// The text that is taken all the same, and what is wrong with it.
pub(super) fn text<'a>(
    message: Message,
    run: &Run,
    strings: &'a Strings,
    room: &mut usize,
    template: impl FnOnce(u32) -> Option<u32>,
) -> Result<Cow<'a, str>, (Cow<'a, str>, String)> {
    let found = match (message.text, message.id) {
        (NO_SYMBOL, NO_SYMBOL) => message.markdown,
        (NO_SYMBOL, id) => template(id).unwrap_or(message.markdown),
        (text, _) => text,
    };
    if found == NO_SYMBOL {
        if message.id == NO_SYMBOL {
            return Ok(Cow::Borrowed(""));
        }
        let id = strings.get(message.id);
        let short: String = id.chars().take(60).collect();
        let problem = format!("found the message id `{short}`, expected one of the rule's message strings");
        return Err((Cow::Borrowed(id), problem));
    }
    let plain = strings.get(found);
    let arguments = run.store.arguments.get(message.arguments as usize).map_or(&[][..], |list| &**list);
    if arguments.is_empty() {
        return Ok(Cow::Borrowed(plain));
    }
    match filled(plain, arguments, strings, MAX_FILLED.min(*room)) {
        Some(text) => {
            *room = room.saturating_sub(text.len());
            Ok(Cow::Owned(text))
        }
        None => {
            let problem = "found placeholders that give more text than the limit, expected less";
            Err((Cow::Borrowed(plain), problem.to_owned()))
        }
    }
}

/// Puts arguments in place of `{0}`, `{1}`, ...; `{{` and `}}` are braces (section 3.11.5). A placeholder without an argument
/// stays. `None` where the text would become too long.
fn filled(template: &str, arguments: &[u32], strings: &Strings, limit: usize) -> Option<String> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, here) = rest.split_at_checked(at)?;
        out.push_str(before);
        if let Some(after) = here.strip_prefix("{{").or_else(|| here.strip_prefix("}}")) {
            out.push_str(here.get(..1)?);
            rest = after;
        } else if let Some((argument, after)) = placeholder(here, arguments) {
            out.push_str(strings.get(argument));
            rest = after;
        } else {
            out.push_str(here.get(..1)?);
            rest = here.get(1..)?;
        }
        if out.len() > limit {
            return None;
        }
    }
    out.push_str(rest);
    (out.len() <= limit).then_some(out)
}

/// The argument that a placeholder at the start of `text` stands for, and what follows it.
fn placeholder<'t>(text: &'t str, arguments: &[u32]) -> Option<(u32, &'t str)> {
    let (number, after) = text.strip_prefix('{')?.split_once('}')?;
    let argument = *arguments.get(number.parse::<usize>().ok()?)?;
    (argument != NO_SYMBOL).then_some((argument, after))
}

#[cfg(test)]
mod tests {
    use super::{MAX_FILLED, filled, text};
    use crate::collect::sarif::{Message, Run};
    use crate::evidence::Strings;

    #[test]
    fn all_messages_of_a_run_together_have_a_limit_and_stay_unfilled_past_it() {
        let mut strings = Strings::default();
        let mut run = Run::default();
        run.store.arguments.push([strings.intern("abc")].into());
        let message = Message { text: strings.intern("{0}"), arguments: 0, ..Message::default() };
        let mut room = 5;
        assert_eq!(text(message, &run, &strings, &mut room, |_| None).unwrap(), "abc");
        assert_eq!(text(message, &run, &strings, &mut room, |_| None).unwrap_err().0, "{0}");
    }

    #[test]
    fn placeholders_are_filled_and_doubled_braces_are_braces() {
        let mut strings = Strings::default();
        let arguments = [strings.intern("x"), strings.intern("{0}")];
        assert_eq!(filled("a {0} {{0}} {1} {2} {no} }", &arguments, &strings, 99).unwrap(), "a x {0} {0} {2} {no} }");
    }

    #[test]
    fn a_message_can_not_be_blown_up_by_its_arguments() {
        let mut strings = Strings::default();
        let arguments = [strings.intern(&"x".repeat(1 << 10))];
        assert!(filled(&"{0}".repeat(10), &arguments, &strings, MAX_FILLED).is_some());
        assert!(filled(&"{0}".repeat(MAX_FILLED >> 10 << 1), &arguments, &strings, MAX_FILLED).is_none());
    }
}
