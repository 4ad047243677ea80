//! Errors of scripts in the words of the people who write policies, with the place that they have to look at.

use std::sync::Arc;

use rhai::{EvalAltResult, Position};

use super::host::{HostError, signatures};
use super::sandbox::LimitHit;
use crate::diagnostic::{Code, Diagnostic, Place};

/// How many calls that led to an error are shown: half of them next to the error, half of them next to `check`.
const MAX_CALLS: usize = 8;

/// A script error as a diagnostic, at the innermost place that the engine knows, with the calls that led there.
pub(crate) fn diagnostic(
    error: &EvalAltResult,
    source: &str,
    text_of: &dyn Fn(&str) -> Option<Arc<str>>,
) -> Diagnostic {
    let path = Path::of(error, source);
    let mistake = describe(path.error).at(place_at(&path.source, path.position, text_of));
    with_calls(mistake, &path.calls, text_of)
}

/// The innermost place that the engine knows.
pub(super) fn place(error: &EvalAltResult, source: &str, text_of: &dyn Fn(&str) -> Option<Arc<str>>) -> Place {
    let path = Path::of(error, source);
    place_at(&path.source, path.position, text_of)
}

/// One call on the way to an error: where it stands, and in which function.
struct Call {
    source: String,
    position: Position,
    within: String,
}

/// The way from `check` to an error.
struct Path<'a> {
    /// The error that the calls around it only pass on.
    error: &'a EvalAltResult,
    /// The script that it is in, and the innermost place that the engine knows.
    source: String,
    position: Position,
    /// The calls that led there, innermost first.
    calls: Vec<Call>,
}

impl<'a> Path<'a> {
    fn of(error: &'a EvalAltResult, source: &str) -> Self {
        let mut path = Self { error, source: source.to_owned(), position: Position::NONE, calls: Vec::new() };
        let mut within = "check".to_owned();
        loop {
            let position = path.error.position();
            let inner = match path.error {
                EvalAltResult::ErrorInFunctionCall(name, called, cause, _) => {
                    // A function of the host that calls one of the script's stands at the place of its own call: one place
                    // is in one function of a script.
                    let again = path.calls.last().is_some_and(|call| {
                        call.position == position && call.source == path.source && call.within != within
                    });
                    if !position.is_none() && !again {
                        path.calls.push(Call { source: path.source.clone(), position, within });
                    }
                    within = name.clone();
                    Some((called, cause))
                }
                EvalAltResult::ErrorInModule(module, cause, _) => Some((module, cause)),
                _ => None,
            };
            if !position.is_none() {
                path.position = position;
            }
            let Some((called, cause)) = inner else { break };
            if !called.is_empty() {
                path.source.clone_from(called);
            }
            path.error = cause;
        }
        // Where the error itself has no place, the innermost call is all that is known, and is not said twice.
        if path.error.position().is_none()
            && let Some(call) = path.calls.pop()
        {
            path.source = call.source;
        }
        path.calls.reverse();
        path
    }
}

fn place_at(source: &str, position: Position, text_of: &dyn Fn(&str) -> Option<Arc<str>>) -> Place {
    let number = |number: Option<usize>| number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    Place {
        line: number(position.line()),
        column: number(position.position()),
        text: text_of(source),
        file: source.to_owned(),
    }
}

/// The mistake with the calls that led to it, of a long way its two ends.
fn with_calls(mut mistake: Diagnostic, calls: &[Call], text_of: &dyn Fn(&str) -> Option<Arc<str>>) -> Diagnostic {
    let left_out = calls.len().saturating_sub(MAX_CALLS);
    let (near, far) = calls.split_at(if left_out == 0 { calls.len() } else { MAX_CALLS / 2 });
    for (index, call) in near.iter().chain(far.iter().skip(left_out)).enumerate() {
        let within = if call.within.starts_with(NAMELESS) {
            "a nameless function".to_owned()
        } else {
            format!("`{}`", call.within)
        };
        let message = if left_out > 0 && index == near.len() {
            format!("called from {within}; {left_out} calls between are left out")
        } else {
            format!("called from {within}")
        };
        mistake = mistake.related(place_at(&call.source, call.position, text_of), message);
    }
    mistake
}

/// How the engine begins the names of functions that have none.
const NAMELESS: &str = "anon$";

/// What went wrong, in the words of the people who write policies.
fn describe(error: &EvalAltResult) -> Diagnostic {
    match error {
        EvalAltResult::ErrorRuntime(value, _) => match value.read_lock::<HostError>() {
            Some(host) => Diagnostic { help: host.help.clone(), ..Diagnostic::new(host.code, host.message.clone()) },
            None => Diagnostic::new(Code::ScriptError, format!("the script ended itself: {value}")),
        },
        EvalAltResult::ErrorTerminated(value, _) if value.is::<LimitHit>() => {
            Diagnostic::new(Code::LimitExceeded, "the rule used too many operations")
        }
        EvalAltResult::ErrorStackOverflow(_) => limit("call_depth", "too many calls inside calls"),
        EvalAltResult::ErrorTooManyVariables(_) => limit("variables", "too many variables at a time"),
        EvalAltResult::ErrorDataTooLarge(what, _) => match what.as_str() {
            "Length of string" => limit("text_bytes", "a text is too long"),
            "Size of array/BLOB" => limit("array_elements", "an array has too many elements"),
            "Size of object map" => limit("map_entries", "a map has too many entries"),
            _ => Diagnostic::new(Code::LimitExceeded, format!("the rule hit a limit: {}", plain(error))),
        },
        EvalAltResult::ErrorTooManyOperations(_) | EvalAltResult::ErrorTooManyModules(_) => {
            Diagnostic::new(Code::LimitExceeded, format!("the rule hit a limit: {}", plain(error)))
        }
        EvalAltResult::ErrorFunctionNotFound(call, _) => not_found(call),
        EvalAltResult::ErrorPropertyNotFound(name, _) => {
            Diagnostic::new(Code::UnknownProperty, format!("the map has no entry `{name}`"))
        }
        EvalAltResult::ErrorDotExpr(message, _) => unknown_property(message),
        EvalAltResult::ErrorMismatchDataType(expected, found, _) => {
            Diagnostic::new(Code::TypeMismatch, format!("found {}, expected {}", type_word(found), type_word(expected)))
        }
        other => Diagnostic::new(Code::ScriptError, plain(other)),
    }
}

fn limit(name: &str, what: &str) -> Diagnostic {
    Diagnostic::new(Code::LimitExceeded, format!("the rule hit the limit `{name}`: {what}"))
}

/// The engine's words without the place, which the diagnostic has.
fn plain(error: &EvalAltResult) -> String {
    let mut text = error.to_string();
    if let Some(index) = text.rfind(" (line ") {
        text.truncate(index);
    }
    // Where the engine has nothing more to say, it still announces it.
    let text = text.trim_end_matches([':', ' ']);
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

fn type_word(name: &str) -> &str {
    match name {
        "i64" => "a number",
        "f64" => "a decimal number",
        "string" | "&str" | "ImmutableString" | "&str | ImmutableString | String" => "a text",
        "bool" => "true or false",
        "()" => "nothing",
        "char" => "a character",
        "array" => "an array",
        "map" => "a map",
        other => other,
    }
}

/// `under (Findings, i64)`: a function that is there, called with what it does not take.
fn not_found(call: &str) -> Diagnostic {
    let (name, found) = call.split_once(" (").unwrap_or((call, ""));
    // No name of a function has a space: the engine says in words what its own functions can't do.
    if found.is_empty() && name.contains(' ') {
        return Diagnostic::new(Code::TypeMismatch, name);
    }
    let found: Vec<&str> =
        found.trim_end_matches(')').split(", ").filter(|part| !part.is_empty()).map(type_word).collect();
    if let Some(property) = name.strip_prefix("get$") {
        return unknown_property(&format!("Unknown property '{property}' for {}", found.join(", ")));
    }
    // An operator is told as it is before a rule runs, where the types are known.
    if let [left, right] = found.as_slice()
        && !name.starts_with(|first: char| first.is_alphanumeric() || first == '_')
    {
        return Diagnostic::new(Code::TypeMismatch, format!("`{name}` does not go with {left} and {right}"));
    }
    let diagnostic = Diagnostic::new(
        Code::BadArguments,
        format!(
            "there is no `{name}` for {}",
            if found.is_empty() { "no arguments".to_owned() } else { found.join(", ") }
        ),
    );
    let of_that_name = || signatures().filter(|signature| signature.name == name);
    let receiver = found.first().copied().unwrap_or_default();
    match of_that_name().find(|signature| signature.receiver == receiver).or_else(|| of_that_name().next()) {
        Some(signature) => {
            let takes: Vec<String> =
                signature.params.unwrap_or_default().iter().map(|(name, param)| format!("{name}: {param}")).collect();
            diagnostic.help(format!(
                "`{signature}` takes {}",
                if takes.is_empty() { "nothing".to_owned() } else { takes.join(", ") }
            ))
        }
        None => diagnostic,
    }
}

/// A property that the value's type does not have, though another type does.
fn unknown_property(message: &str) -> Diagnostic {
    let mut quoted = message.split(['\'', '`']).skip(1).step_by(2);
    let property = quoted.next().unwrap_or("").to_owned();
    let of = message.rsplit(' ').next().unwrap_or("").trim_matches(['\'', '`', '.']);
    let candidates: Vec<&str> = signatures()
        .filter(|signature| signature.params.is_none() && signature.receiver == of)
        .map(|signature| signature.name)
        .collect();
    Diagnostic::new(Code::UnknownProperty, format!("a {of} has no property `{property}`"))
        .suggest(&property, candidates)
}
