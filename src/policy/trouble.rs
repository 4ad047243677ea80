//! Errors of scripts in the words of the people who write policies, with the place that they have to look at.

use std::sync::Arc;

use rhai::{EvalAltResult, Position};

use super::host::{HostError, signatures};
use super::sandbox::LimitHit;
use crate::diagnostic::{Code, Diagnostic, Place};

/// A script error as a diagnostic, at the innermost place that the engine knows.
pub(crate) fn diagnostic(
    error: &EvalAltResult,
    source: &str,
    text_of: &dyn Fn(&str) -> Option<Arc<str>>,
) -> Diagnostic {
    describe(innermost(error)).at(place(error, source, text_of))
}

/// The error that the calls around it only pass on.
fn innermost(error: &EvalAltResult) -> &EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, cause, _) | EvalAltResult::ErrorInModule(_, cause, _) => {
            innermost(cause)
        }
        _ => error,
    }
}

/// The innermost place that the engine knows.
pub(super) fn place(error: &EvalAltResult, source: &str, text_of: &dyn Fn(&str) -> Option<Arc<str>>) -> Place {
    let mut source = source.to_owned();
    let mut position = Position::NONE;
    let mut inner = error;
    loop {
        if !inner.position().is_none() {
            position = inner.position();
        }
        match inner {
            EvalAltResult::ErrorInFunctionCall(_, called, cause, _) => {
                if !called.is_empty() {
                    source.clone_from(called);
                }
                inner = cause;
            }
            EvalAltResult::ErrorInModule(module, cause, _) => {
                if !module.is_empty() {
                    source.clone_from(module);
                }
                inner = cause;
            }
            _ => break,
        }
    }
    let number = |number: Option<usize>| number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    Place { line: number(position.line()), column: number(position.position()), text: text_of(&source), file: source }
}

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
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorStackOverflow(_)
        | EvalAltResult::ErrorDataTooLarge(..)
        | EvalAltResult::ErrorTooManyVariables(_)
        | EvalAltResult::ErrorTooManyModules(_) => {
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

/// The engine's words without the place, which the diagnostic has.
fn plain(error: &EvalAltResult) -> String {
    let mut text = error.to_string();
    if let Some(index) = text.rfind(" (line ") {
        text.truncate(index);
    }
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

fn type_word(name: &str) -> &str {
    match name {
        "i64" => "a number",
        "f64" => "a decimal number",
        "string" | "&str" | "ImmutableString" => "a text",
        "bool" => "true or false",
        "()" => "nothing",
        other => other,
    }
}

/// `under (Findings, i64)`: a function that is there, called with what it does not take.
fn not_found(call: &str) -> Diagnostic {
    let (name, found) = call.split_once(" (").unwrap_or((call, ""));
    let found: Vec<&str> =
        found.trim_end_matches(')').split(", ").filter(|part| !part.is_empty()).map(type_word).collect();
    if let Some(property) = name.strip_prefix("get$") {
        return unknown_property(&format!("Unknown property '{property}' for {}", found.join(", ")));
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
