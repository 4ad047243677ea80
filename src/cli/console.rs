//! Standard output and standard error: the only place that prints. A failed write is reported, never ignored.

use std::io::{IsTerminal, Write};

use super::{Exit, snippet};
use crate::diagnostic::{Code, Diagnostic};
use crate::evidence::{Source, vocabulary};
use crate::report::{DiagnosticDocument, MessageLevel};

/// Columns that are assumed where the terminal does not tell.
const DEFAULT_WIDTH: usize = 100;

vocabulary! {
    /// When to colour.
    pub enum Color("time to colour", ordered: false) {
        /// On a terminal, unless `NO_COLOR` is set.
        Auto = "auto",
        /// Always.
        Always = "always",
        /// Never.
        Never = "never",
    }
}

vocabulary! {
    /// How messages on standard error are written.
    pub enum MessageFormat("message format", ordered: false) {
        /// For people: with the source line.
        Human = "human",
        /// For programs: one JSON object on each line.
        Json = "json",
    }
}

/// Where the process writes, and how.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    stdout_color: bool,
    stderr_color: bool,
    width: usize,
    messages: MessageFormat,
}

impl Console {
    /// Looks at the terminal once.
    #[must_use]
    pub fn new(color: Color, messages: MessageFormat) -> Self {
        let auto = |choice: anstream::ColorChoice| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => choice != anstream::ColorChoice::Never,
        };
        Self {
            stdout_color: auto(anstream::AutoStream::choice(&std::io::stdout())),
            stderr_color: auto(anstream::AutoStream::choice(&std::io::stderr())),
            width: width(),
            messages,
        }
    }

    /// Whether standard output is coloured.
    #[must_use]
    pub const fn stdout_color(&self) -> bool {
        self.stdout_color
    }

    /// Whether standard error is coloured.
    #[must_use]
    pub const fn stderr_color(&self) -> bool {
        self.stderr_color
    }

    /// Columns of the terminal.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Writes a whole document to standard output.
    ///
    /// # Errors
    /// [`Exit::Unable`] where it could not all be written, which includes a reader that went away.
    pub fn stdout(&self, bytes: &[u8]) -> Result<(), Exit> {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| {
            self.diagnostic(&unwritten(&error));
            Exit::Unable
        })
    }

    /// Prints a text that is all that a verb has to give. Whoever stopped reading it has what they wanted, and is told
    /// nothing; that it was not all written stays in the exit code.
    #[must_use]
    pub fn print(&self, text: &str) -> Exit {
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Ok(()) => Exit::Clean,
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Unable,
            Err(error) => self.refuse(&[unwritten(&error)]),
        }
    }

    /// Says one mistake on standard error.
    pub fn diagnostic(&self, diagnostic: &Diagnostic) {
        self.stderr(&match self.messages {
            MessageFormat::Human => self.shown(diagnostic, self.stderr_color),
            MessageFormat::Json => DiagnosticDocument::from(diagnostic).line(),
        });
    }

    /// A mistake as people are shown it.
    #[must_use]
    pub fn shown(&self, diagnostic: &Diagnostic, color: bool) -> String {
        snippet::render(diagnostic, color, self.width)
    }

    /// Says mistakes on standard error, and what that means for the exit code.
    pub fn refuse(&self, diagnostics: &[Diagnostic]) -> Exit {
        for diagnostic in diagnostics {
            self.diagnostic(diagnostic);
        }
        Exit::Unable
    }

    /// Says something that is no mistake on standard error.
    pub fn note(&self, text: &str) {
        self.message(MessageLevel::Note, "tollgate: ", text);
    }

    /// Says on standard error what the user should know of.
    pub fn warning(&self, text: &str) {
        self.message(MessageLevel::Warning, "warning: ", text);
    }

    /// Says on standard error which evidence is not complete, one line each.
    pub fn sources<'a>(&self, sources: impl IntoIterator<Item = &'a Source>) {
        for source in sources {
            if let Some(text) = warning(source) {
                self.warning(&text);
            }
        }
    }

    /// Says a text that is about no place; programs get it as it is, people on one line that steers nothing.
    fn message(&self, level: MessageLevel, start: &str, text: &str) {
        self.stderr(&match self.messages {
            MessageFormat::Human => format!("{start}{}", one_line(text)),
            MessageFormat::Json => DiagnosticDocument::plain(level, text.to_owned()).line(),
        });
    }

    /// Nothing is left to be told where standard error is closed, so a failure here is not reported.
    fn stderr(&self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = writeln!(stderr, "{text}").and_then(|()| stderr.flush());
    }
}

fn unwritten(error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(Code::UnwritableReport, format!("standard output could not be written: {error}"))
}

/// What there is to say about a source that is not complete.
fn warning(source: &Source) -> Option<String> {
    use crate::evidence::Completeness::{Complete, NotExpected};
    if matches!(source.completeness, Complete | NotExpected) {
        return None;
    }
    let what = source.path.as_deref().or(source.tool.as_deref());
    let what = what.map(|what| format!(" `{what}`")).unwrap_or_default();
    let reason = source.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    Some(format!("{}{what} {}{reason}", source.kind, source.completeness))
}

fn width() -> usize {
    if !std::io::stdout().is_terminal() && !std::io::stderr().is_terminal() {
        return DEFAULT_WIDTH;
    }
    terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0).max(40))
}

/// The longest text of somebody else's that is shown on one line, in characters.
const MAX_LINE: usize = 2_000;

/// Text as [`printable`], on one line: what follows a line break could be taken for a line of ours, or for a command to the
/// CI that reads it.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_LINE).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    printable(&short).replace('\n', "\\n")
}

/// Text with every character that could steer a terminal or reorder a line written out.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character != '\n' && is_hostile(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Whether a character could steer a terminal or reorder or hide text.
pub(super) fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::{MAX_LINE, one_line, printable, warning};
    use crate::evidence::{Completeness, EvidenceKind, Source};

    #[test]
    fn a_reason_cannot_steer_the_terminal() {
        let source = Source::incomplete(EvidenceKind::Findings, Completeness::Failed, "\u{1b}[2Jgone \u{202e}txet")
            .at("a\u{7}.sarif");
        assert_eq!(
            one_line(&warning(&source).unwrap()),
            "findings `a\\u{7}.sarif` failed: \\u{1b}[2Jgone \\u{202e}txet"
        );
    }

    #[test]
    fn nothing_of_somebody_else_begins_a_line() {
        let source = Source::incomplete(EvidenceKind::Findings, Completeness::Failed, "a\r\n::error::b\n##[c]");
        assert_eq!(one_line(&warning(&source.at("x\n::add-mask::y")).unwrap()).lines().count(), 1);
        assert_eq!(one_line("a\nb"), "a\\nb");
        assert_eq!(one_line(&"x".repeat(MAX_LINE + 1)).chars().count(), MAX_LINE + 1, "and a sign that there was more");
    }

    #[test]
    fn complete_evidence_is_not_warned_of() {
        assert_eq!(warning(&Source::complete(EvidenceKind::Files)), None);
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        assert_eq!(printable("größer → 日本\nnext"), "größer → 日本\nnext");
    }
}
