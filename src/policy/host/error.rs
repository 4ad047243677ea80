//! An error that a host function ends a rule with: it carries its code and its help through the engine.

use rhai::{Dynamic, EvalAltResult, Position};

use crate::diagnostic::Code;

/// What went wrong in a host function; the engine adds the place.
#[derive(Debug, Clone)]
pub(crate) struct HostError {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// How long a message may be, in characters: it can repeat what a script made.
const MAX_MESSAGE: usize = 1_000;

impl HostError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE) {
            message.truncate(end);
            message.push('…');
        }
        Self { code, message, help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A text for people that has nothing in it.
    pub(crate) fn nothing_said(function: &str) -> Self {
        Self::new(Code::BadArguments, format!("`{function}` needs a text that says something, found an empty one"))
    }

    /// "did you mean", where a candidate is near.
    pub(crate) fn suggest<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match crate::evidence::nearest(written, candidates) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

impl From<HostError> for Box<EvalAltResult> {
    fn from(error: HostError) -> Self {
        Self::new(EvalAltResult::ErrorRuntime(Dynamic::from(error), Position::NONE))
    }
}

/// What a host function gives back.
pub(crate) type HostResult<T> = Result<T, Box<EvalAltResult>>;
