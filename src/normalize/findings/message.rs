//! The text of a message: its own, or a message string of the rule or the tool, with placeholders filled in.

use std::borrow::Cow;

use crate::collect::sarif::{Component, Message, Rule, Run};
use crate::evidence::{NO_SYMBOL, Strings};

/// The largest text that filling in placeholders may give, in bytes; past it the text stays unfilled, which is a problem.
pub(super) const MAX_FILLED: usize = 64 << 10;

/// The text of a result's message, SARIF section 3.11.7: `text`, else `markdown`, else the message string of that id, looked up in the
/// rule and then in the component. Nothing at all is the empty text, and was noted when the file was read.
///
/// # Errors
/// The text that is taken all the same, and what is wrong with it.
pub(super) fn text<'a>(
    message: Message,
    run: &'a Run,
    strings: &'a Strings,
    rule: Option<&Rule>,
    component: Option<&Component>,
) -> Result<Cow<'a, str>, (Cow<'a, str>, String)> {
    let arguments = run.store.arguments.get(message.arguments as usize).map_or(&[][..], |list| &**list);
    let template = if message.text != NO_SYMBOL {
        message.text
    } else if message.id != NO_SYMBOL {
        let in_rule = rule.and_then(|rule| lookup(&rule.messages, message.id));
        let in_component = || component.and_then(|component| lookup(&component.messages, message.id));
        match in_rule.or_else(in_component) {
            Some(template) => template,
            None if message.markdown != NO_SYMBOL => message.markdown,
            None => {
                let id = strings.get(message.id);
                let short: String = id.chars().take(60).collect();
                return Err((
                    Cow::Borrowed(id),
                    format!("found the message id `{short}`, expected one of the rule's message strings"),
                ));
            }
        }
    } else if message.markdown != NO_SYMBOL {
        message.markdown
    } else {
        return Ok(Cow::Borrowed(""));
    };
    let template = strings.get(template);
    if arguments.is_empty() {
        return Ok(Cow::Borrowed(template));
    }
    match filled(template, arguments, strings) {
        Some(text) => Ok(Cow::Owned(text)),
        None => Err((
            Cow::Borrowed(template),
            format!("found placeholders that give more than {MAX_FILLED} bytes, expected less"),
        )),
    }
}

fn lookup(messages: &[(u32, u32)], id: u32) -> Option<u32> {
    messages.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
}

/// Puts arguments in place of `{0}`, `{1}`, ...; `{{` and `}}` are braces (section 3.11.5). A placeholder without an argument
/// stays. `None` where the text would become too long.
fn filled(template: &str, arguments: &[u32], strings: &Strings) -> Option<String> {
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
        if out.len() > MAX_FILLED.max(template.len()) {
            return None;
        }
    }
    out.push_str(rest);
    Some(out)
}

/// The argument that a placeholder at the start of `text` stands for, and what follows it.
fn placeholder<'t>(text: &'t str, arguments: &[u32]) -> Option<(u32, &'t str)> {
    let (number, after) = text.strip_prefix('{')?.split_once('}')?;
    let argument = *arguments.get(number.parse::<usize>().ok()?)?;
    (argument != NO_SYMBOL).then_some((argument, after))
}

#[cfg(test)]
mod tests {
    use super::{MAX_FILLED, filled};
    use crate::evidence::Strings;

    #[test]
    fn placeholders_are_filled_and_doubled_braces_are_braces() {
        let mut strings = Strings::default();
        let arguments = [strings.intern("x"), strings.intern("{0}")];
        assert_eq!(filled("a {0} {{0}} {1} {2} {no} }", &arguments, &strings).unwrap(), "a x {0} {0} {2} {no} }");
    }

    #[test]
    fn a_message_can_not_be_blown_up_by_its_arguments() {
        let mut strings = Strings::default();
        let arguments = [strings.intern(&"x".repeat(1 << 10))];
        assert!(filled(&"{0}".repeat(10), &arguments, &strings).is_some());
        assert!(filled(&"{0}".repeat(MAX_FILLED >> 10 << 1), &arguments, &strings).is_none());
    }
}
