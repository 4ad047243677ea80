//! The user's own mistakes, in policies, configuration and on the command line, with the place and what to do.
//!
//! A diagnostic is never a violation (that is about the change) and never a failure of the machine. Its code is stable.

mod explain;

use std::sync::Arc;

pub use explain::reference;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing goes on with it.
    Error,
    /// It works, and is probably not what was meant.
    Warning,
}

impl Level {
    /// The level as it is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Declares the stable codes of all diagnostics. Each is an error unless it says `as Warning`, and each is explained in
/// `codes/<code>.md`: without that file it does not compile.
macro_rules! codes {
    ($( $(#[$meta:meta])* $name:ident = $code:literal $(as $level:ident)?, )+) => {
        /// The stable, kebab-case name of a kind of mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $( $(#[$meta])* $name, )+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$( Self::$name ),+];

            /// The code as it is printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$name => $code, )+ }
            }

            /// How grave it is.
            #[must_use]
            pub const fn level(self) -> Level {
                match self { $( Self::$name => level!($($level)?), )+ }
            }

            /// What it means, with what is refused and what is right, as Markdown.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $( Self::$name => include_str!(concat!("codes/", $code, ".md")), )+ }
            }
        }
    };
}

macro_rules! level {
    () => {
        Level::Error
    };
    ($level:ident) => {
        Level::$level
    };
}

codes! {
    /// A flag or an argument is not usable.
    Usage = "usage",
    /// A configuration file can't be read or is not what it should be.
    BrokenConfig = "broken-config",
    /// The change can't be read: repository, revision, directory.
    UnreadableChange = "unreadable-change",
    /// A pack is not there or can't be read.
    UnreadablePack = "unreadable-pack",
    /// `pack.toml` is not what it should be.
    BrokenPack = "broken-pack",
    /// Two packs of one layer say different things of the same setting.
    LayerConflict = "layer-conflict",
    /// A later layer would relax what an earlier one does not let it relax.
    WeakensLayer = "weakens-layer",
    /// A script does not parse.
    SyntaxError = "syntax-error",
    /// A rule's metadata is not what it should be.
    BrokenMetadata = "broken-metadata",
    /// Two rules of a policy set have the same id.
    DuplicateRule = "duplicate-rule",
    /// A script calls a function that nothing defines.
    UnknownFunction = "unknown-function",
    /// A script reads a property that nothing has.
    UnknownProperty = "unknown-property",
    /// A script reads a parameter that its pack does not have.
    UnknownParameter = "unknown-parameter",
    /// A script defines a function that the host has.
    ShadowedFunction = "shadowed-function",
    /// A script imports a module that its pack does not have.
    UnknownModule = "unknown-module",
    /// A word is not of the closed vocabulary that it should be of.
    UnknownWord = "unknown-word",
    /// A glob is malformed.
    MalformedGlob = "malformed-glob",
    /// A script asks for a team that the evidence does not have.
    UnknownTeam = "unknown-team",
    /// A script asks for something of the change that its source does not say.
    NotKnown = "not-known",
    /// Two values of different types are compared.
    TypeMismatch = "type-mismatch",
    /// A host function was called with arguments that it does not take.
    BadArguments = "bad-arguments",
    /// A variable has a name that stands for something else.
    ShadowedName = "shadowed-name",
    /// A variable is never read.
    UnusedVariable = "unused-variable",
    /// A value is computed and lost.
    UnusedValue = "unused-value",
    /// A statement can never run.
    UnreachableCode = "unreachable-code",
    /// A condition is the same whatever the change is.
    ConstantCondition = "constant-condition",
    /// A query selects nothing whatever the change is.
    EmptySelection = "empty-selection",
    /// A rule can do nothing.
    NoEffect = "no-effect",
    /// A `check` gave a value back.
    ReturnedValue = "returned-value",
    /// A rule hit a limit.
    LimitExceeded = "limit-exceeded",
    /// Time or memory of the process ran out while rules were run: there is no verdict.
    Abandoned = "abandoned",
    /// A script ended in any other error.
    ScriptError = "script-error",
    /// A parameter's value does not fit.
    BadParameter = "bad-parameter",
    /// An evidence document is not what it should be.
    BrokenEvidence = "broken-evidence",
    /// A file of teams is not what it should be.
    BrokenTeams = "broken-teams",
    /// A file of waivers is not what it should be.
    BrokenWaiver = "broken-waiver",
    /// An emergency override is not what it should be.
    BrokenOverride = "broken-override",
    /// A verdict about an earlier head is not what it should be.
    BrokenVerdict = "broken-verdict",
    /// A case is not what it should be.
    BrokenCase = "broken-case",
    /// Something makes the run more lenient, and that was refused.
    DeniedWeakening = "denied-weakening",
    /// What configures the gate is broken at the base, so that nothing can be judged by it.
    BrokenBase = "broken-base",
    /// A report could not be written.
    UnwritableReport = "unwritable-report",
    /// A file that would have to be written is there already.
    FileExists = "file-exists",
    /// A rule does not say why it is there.
    MissingDescription = "missing-description" as Warning,
    /// A rule does not say what to do about a violation.
    MissingRemedy = "missing-remedy" as Warning,
    /// A rule does not say who looks after it.
    MissingOwner = "missing-owner" as Warning,
    /// A rule does not say where it is documented, as others of its pack do.
    MissingDocs = "missing-docs" as Warning,
    /// A rule does not say which controls it stands for.
    MissingControls = "missing-controls" as Warning,
    /// Nothing calls a function.
    UnusedFunction = "unused-function" as Warning,
    /// Nothing imports a module.
    UnusedModule = "unused-module" as Warning,
    /// A script calls nothing of a module that it imports.
    UnusedImport = "unused-import" as Warning,
    /// No script reads a parameter.
    UnusedParameter = "unused-parameter" as Warning,
    /// Nobody may move a parameter.
    FixedParameter = "fixed-parameter" as Warning,
    /// The ids of two rules are easily taken for each other.
    SimilarIds = "similar-ids" as Warning,
    /// The id of a rule is not spelled as ids are.
    UnusualId = "unusual-id" as Warning,
    /// No case shows what a rule does.
    MissingCases = "missing-cases" as Warning,
    /// The cases of a rule show only one of its sides.
    OneSidedCases = "one-sided-cases" as Warning,
    /// A mandatory rule has no way to object.
    CannotObject = "cannot-object" as Warning,
    /// A rule needs evidence that it never reads.
    UnreadEvidence = "unread-evidence" as Warning,
    /// A rule reads evidence that it does not name.
    UndeclaredEvidence = "undeclared-evidence" as Warning,
    /// A rule asks nothing of the change.
    ReadsNothing = "reads-nothing" as Warning,
    /// Approvals are asked for at a level of risk that no rule reaches.
    UnreachedThreshold = "unreached-threshold" as Warning,
    /// A tool is expected twice.
    RepeatedTool = "repeated-tool" as Warning,
    /// A glob matches no path of the repository.
    UnmatchedGlob = "unmatched-glob" as Warning,
    /// A glob is the name of a directory, as it seems, and matches no file in it.
    BareDirectory = "bare-directory" as Warning,
    /// A rule judges by a share of measured lines, and none asks which files were not measured.
    UnaskedFiles = "unasked-files" as Warning,
    /// Nothing in the repository mentions a tool.
    UnmentionedTool = "unmentioned-tool" as Warning,
    /// No lockfile of the repository has a package, or any package of an ecosystem.
    UnlockedPackage = "unlocked-package" as Warning,
    /// No file of the repository is in a language.
    UnusedLanguage = "unused-language" as Warning,
    /// A later layer gives a rule the value of a parameter that it has already.
    PinnedParameter = "pinned-parameter" as Warning,
}

/// A place in a file of the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as the user knows it.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: u32,
    /// The column in characters, from 1; 0 for the line as a whole.
    pub column: u32,
    /// The file's text, where it is at hand.
    pub text: Option<Arc<str>>,
}

impl Place {
    /// A file as a whole.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: 0, column: 0, text: None }
    }

    /// The place of a byte offset in a text.
    #[must_use]
    pub fn at_offset(file: impl Into<String>, text: &Arc<str>, offset: usize) -> Self {
        let before = text.get(..offset.min(text.len())).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self {
            file: file.into(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            text: Some(Arc::clone(text)),
        }
    }
}

impl std::fmt::Display for Place {
    /// `file:line:column`, as far as it is known.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

/// One mistake, where it is, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// What was found, and what was expected: lower case, no final period, user text in backticks.
    pub message: String,
    /// Where, if it is in a file. Boxed: most results that carry a diagnostic are without one.
    pub place: Option<Box<Place>>,
    /// Other places that have to do with it, each with what it has to do with it: where something was declared, who called.
    pub related: Vec<Related>,
    /// What to do.
    pub help: Option<String>,
}

/// A place that has to do with a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The place.
    pub place: Place,
    /// What it has to do with the mistake, in lower case and without a final period.
    pub message: String,
}

impl Diagnostic {
    /// A mistake without a place.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None, related: Vec::new(), help: None }
    }

    /// What the TOML reader objects to, in the words of TOML instead of the reader's types.
    #[must_use]
    pub fn of_toml(code: Code, message: &str) -> Self {
        let message = message.trim_end().replace('\n', ", ");
        let unknown = |start: &str, what: &str| {
            let (written, known) = message.strip_prefix(start)?.rsplit_once("`, expected ")?;
            let mistake = Self::new(code, format!("unknown {what} `{written}`, expected {known}"));
            Some(mistake.suggest(written, known.split('`').skip(1).step_by(2)))
        };
        if let Some(mistake) = unknown("unknown field `", "key").or_else(|| unknown("unknown variant `", "word")) {
            return mistake;
        }
        if let Some(name) = message.strip_prefix("missing field ") {
            return Self::new(code, format!("the key {name} is missing"));
        }
        let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
        let wrong = wrong.and_then(|wrong| wrong.rsplit_once(", expected "));
        match wrong {
            Some((found, expected)) => {
                Self::new(code, format!("found {}, expected {}", toml_value(found), toml_type(expected)))
            }
            None => Self::new(code, message),
        }
    }

    /// The same mistake at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// The same mistake with another place that has to do with it.
    #[must_use]
    pub fn related(mut self, place: Place, message: impl Into<String>) -> Self {
        self.related.push(Related { place, message: message.into() });
        self
    }

    /// The same mistake with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same mistake, and "did you mean" where a candidate is near to what was written.
    #[must_use]
    pub fn suggest<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match crate::evidence::nearest(written, candidates) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// What was found, as the reader of TOML calls it: `integer `3``, `string "x"`, `sequence`.
fn toml_value(found: &str) -> String {
    let bare = |text: &str| text.trim_matches('`').to_owned();
    match found.split_once(' ') {
        Some(("string", text)) => {
            let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
            format!("the text `{text}`")
        }
        Some(("integer", number)) => format!("the number {}", bare(number)),
        Some(("floating", point)) => format!("the number {}", bare(point.trim_start_matches("point "))),
        Some(("boolean", value)) => value.to_owned(),
        _ if found == "sequence" => "a list".to_owned(),
        _ if found == "map" => "a table".to_owned(),
        _ => found.to_owned(),
    }
}

/// What was expected, likewise.
fn toml_type(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list, as in `[\"a\", \"b\"]`",
        "a map" => "a table",
        "a string" => "a text in quotes",
        "a boolean" => "`true` or `false`",
        "i64" => "a whole number",
        "u32" | "u64" | "usize" => "a whole number from 0",
        _ if expected.starts_with("struct ") => "a table",
        _ => expected,
    }
}

impl std::fmt::Display for Diagnostic {
    /// One line: `file:line:column: message [code]`, and the help on a second one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{} [{}]", self.message, self.code.as_str())?;
        for related in &self.related {
            write!(f, "\n  {}: {}", related.place, related.message)?;
        }
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::{Code, Diagnostic, Place};
    use std::sync::Arc;

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(codes.iter().all(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Code::ALL.len());
    }

    #[test]
    fn what_the_toml_reader_says_is_told_without_its_types() {
        for (said, told) in [
            (
                "unknown field `nme`, expected one of `name`, `version`",
                "unknown key `nme`, expected one of `name`, `version` [usage]\n  help: did you mean `name`?",
            ),
            (
                "unknown variant `hgh`, expected `high`",
                "unknown word `hgh`, expected `high` [usage]\n  help: did you mean `high`?",
            ),
            ("missing field `name`", "the key `name` is missing [usage]"),
            (
                "invalid type: string \"yes\", expected a boolean",
                "found the text `yes`, expected `true` or `false` [usage]",
            ),
            ("invalid type: integer `1`, expected a string", "found the number 1, expected a text in quotes [usage]"),
            (
                "invalid type: floating point `1.5`, expected u32",
                "found the number 1.5, expected a whole number from 0 [usage]",
            ),
            (
                "invalid type: string \"a\", expected a sequence",
                "found the text `a`, expected a list, as in `[\"a\", \"b\"]` [usage]",
            ),
            (
                "invalid value: integer `-1`, expected usize",
                "found the number -1, expected a whole number from 0 [usage]",
            ),
            ("invalid type: sequence, expected struct RiskTable", "found a list, expected a table [usage]"),
            ("unclosed array, expected `]`", "unclosed array, expected `]` [usage]"),
        ] {
            assert_eq!(Diagnostic::of_toml(Code::Usage, said).to_string(), told);
        }
    }

    #[test]
    fn an_offset_is_counted_in_lines_and_characters() {
        let text: Arc<str> = "ä = 1\nöü x".into();
        let place = Place::at_offset("f", &text, text.find('x').unwrap());
        assert_eq!((place.line, place.column), (2, 4));
    }
}
