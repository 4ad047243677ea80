//! Globs: from the root of the repository, case-sensitive, `*` stops at `/`, `**` does not, dotfiles match.

use std::sync::{Arc, Mutex, PoisonError};

use globset::{GlobBuilder, GlobMatcher};
use indexmap::IndexMap;
use rhai::{Array, Dynamic, ImmutableString};

use super::error::{HostError, HostResult};
use crate::diagnostic::Code;

/// How many distinct globs are kept compiled; more are compiled again each time.
const CACHED: usize = 4_096;

/// How long a glob may be, in bytes.
const MAX_BYTES: usize = 1_000;
/// How many alternatives may stand in each other, as in `{a,{b,c}}`.
const MAX_ALTERNATIVES: usize = 16;

/// One compiled glob.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// `dir/**`: everything below a directory.
    Below(Box<str>),
    /// Anything else.
    Glob(GlobMatcher),
}

impl Pattern {
    /// Whether matching is but a comparison of texts.
    pub(crate) const fn is_quick(&self) -> bool {
        matches!(self, Self::Below(_))
    }

    pub(crate) fn matches(&self, path: &str) -> bool {
        match self {
            Self::Below(prefix) => path.len() > prefix.len() && path.starts_with(&**prefix),
            Self::Glob(glob) => glob.is_match(path),
        }
    }
}

/// Compiles a glob, or says what is wrong with it.
pub(crate) fn check_glob(glob: &str) -> Result<Pattern, HostError> {
    let malformed = |what: String| HostError::new(Code::MalformedGlob, what);
    if glob.is_empty() {
        return Err(malformed("the glob is empty".to_owned()).help("`**` matches every path"));
    }
    if glob.len() > MAX_BYTES || alternatives(glob) > MAX_ALTERNATIVES {
        return Err(HostError::new(
            Code::LimitExceeded,
            format!(
                "the glob is longer than {MAX_BYTES} bytes, or has more than {MAX_ALTERNATIVES} `{{` inside each other"
            ),
        )
        .help("give an array of globs"));
    }
    if let Some(rest) = glob.strip_prefix("./").or_else(|| glob.strip_prefix('/')) {
        return Err(malformed(format!(
            "the glob `{glob}` matches nothing: paths start at the root without `/` or `./`"
        ))
        .help(format!("write `{rest}`")));
    }
    if glob.ends_with('/') {
        return Err(malformed(format!("the glob `{glob}` matches nothing: no path ends in `/`"))
            .help(format!("write `{glob}**` for everything below it")));
    }
    if glob.split('/').any(|part| part == ".." || part == ".") {
        return Err(malformed(format!("the glob `{glob}` matches nothing: no path has `.` or `..` in it")));
    }
    if let Some(wrong) = misread(glob) {
        return Err(wrong);
    }
    if let Some(prefix) = glob.strip_suffix("**")
        && prefix.ends_with('/')
        && !prefix.contains(['*', '?', '[', ']', '{', '}', '\\'])
    {
        return Ok(Pattern::Below(prefix.into()));
    }
    GlobBuilder::new(glob)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map(|glob| Pattern::Glob(glob.compile_matcher()))
        .map_err(|error| malformed(format!("the glob `{glob}` is malformed: {}", error.kind())))
}

/// What globs of other tools mean by it, and these do not: then it matches nothing.
fn misread(glob: &str) -> Option<HostError> {
    let wrong = |why: &str, help: String| {
        Some(HostError::new(Code::MalformedGlob, format!("the glob `{glob}` matches nothing: {why}")).help(help))
    };
    if let Some(rest) = glob.strip_prefix('!') {
        return wrong("no glob is negated", format!("write `not_under(\"{rest}\")`, or `!` before the question"));
    }
    if let Some(rest) = glob.strip_prefix('^') {
        return wrong("a glob is no regular expression, and matches from the start", format!("write `{rest}`"));
    }
    let trimmed = glob.trim();
    if trimmed != glob {
        return wrong("it has a space at its start or end", format!("write `{trimmed}`"));
    }
    // An address has two slashes behind its scheme.
    if glob.replacen("://", ":", 1).contains("//") {
        return wrong("no path has two `/` behind each other", format!("write `{}`", glob.replace("//", "/")));
    }
    if lists(glob) {
        let parts: Vec<&str> = glob.split(',').map(str::trim).collect();
        let help = format!("write an array of globs, or `{{{}}}`", parts.join(","));
        return wrong("`,` parts globs only between `{` and `}`", help);
    }
    None
}

/// Whether a comma outside of braces and brackets has a `*` on both of its sides.
fn lists(glob: &str) -> bool {
    let mut depth = 0_usize;
    let mut escaped = false;
    let mut comma = None;
    for (index, letter) in glob.char_indices() {
        match letter {
            _ if escaped => {
                escaped = false;
                continue;
            }
            '\\' => escaped = true,
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 && comma.is_none() && glob.get(..index).is_some_and(|before| before.contains('*')) => {
                comma = Some(index);
            }
            '*' if depth == 0 && comma.is_some() => return true,
            _ => {}
        }
    }
    false
}

/// How many `{` stand inside each other at most; escaped ones count too, which no path needs.
fn alternatives(glob: &str) -> usize {
    let depths = glob.chars().scan(0_usize, |depth, character| {
        *depth = match character {
            '{' => *depth + 1,
            '}' => depth.saturating_sub(1),
            _ => *depth,
        };
        Some(*depth)
    });
    depths.max().unwrap_or(0)
}

/// Compiled globs, shared by rules and by one change after another.
#[derive(Debug, Default)]
pub(crate) struct Globs {
    compiled: Mutex<IndexMap<ImmutableString, Arc<Pattern>>>,
}

impl Globs {
    pub(crate) fn get(&self, glob: &ImmutableString) -> HostResult<Arc<Pattern>> {
        // A thread that panicked inside left nothing half-done: entries are whole.
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = compiled.get(glob) {
            return Ok(Arc::clone(pattern));
        }
        let pattern = Arc::new(check_glob(glob)?);
        if compiled.len() < CACHED {
            compiled.insert(glob.clone(), Arc::clone(&pattern));
        }
        Ok(pattern)
    }
}

/// One text or an array of texts.
pub(crate) fn texts(value: &Dynamic) -> HostResult<Vec<ImmutableString>> {
    let text = |value: &Dynamic| -> HostResult<ImmutableString> {
        value.read_lock::<ImmutableString>().map(|text| text.clone()).ok_or_else(|| {
            HostError::new(Code::TypeMismatch, format!("found {}, expected a text", super::compare::type_name(value)))
                .into()
        })
    };
    match value.read_lock::<Array>() {
        Some(array) => array.iter().map(text).collect(),
        None => Ok(vec![text(value)?]),
    }
}

#[cfg(test)]
mod tests {
    use super::check_glob;

    #[test]
    fn stars_stop_where_they_are_said_to() {
        let matches = |glob: &str, path: &str| check_glob(glob).unwrap().matches(path);
        assert!(matches("src/*.rs", "src/a.rs") && !matches("src/*.rs", "src/b/a.rs"));
        assert!(matches("src/**", "src/b/.hidden") && !matches("src/**", "src") && !matches("src/**", "srcs/a"));
        assert!(matches("**/*.lock", "Cargo.lock") && matches("**/*.lock", "a/b/Cargo.lock"));
        assert!(matches("**", "a") && matches("**", "a/b") && matches("*", ".env") && !matches("*.RS", "a.rs"));
        assert!(matches("{a,b}/**", "b/c") && !matches("{a,b}/**", "c/c"));
    }

    #[test]
    fn globs_that_can_match_nothing_are_refused() {
        for glob in ["", "/src/**", "./src", "src/", "src/../a", "src/[a", "{a"] {
            assert!(check_glob(glob).is_err(), "{glob}");
        }
    }

    #[test]
    fn globs_as_other_tools_have_them_are_refused_with_what_to_write() {
        for (glob, advice) in [
            ("src//a.py", "write `src/a.py`"),
            ("!src/**", "not_under(\"src/**\")"),
            ("^src/**", "write `src/**`"),
            (" src/**", "write `src/**`"),
            ("src/** ", "write `src/**`"),
            ("src/**,lib/**", "`{src/**,lib/**}`"),
            ("*.py, *.rs", "`{*.py,*.rs}`"),
        ] {
            let error = check_glob(glob).expect_err(glob);
            assert!(error.help.as_deref().unwrap_or_default().contains(advice), "{glob}: {error:?}");
        }
        for glob in ["https://example.org/**", "{src/**,lib/**}", "a,b.txt", "src/[,*]a*", "a\\,*", "src/a b", "*\\,*"]
        {
            assert!(check_glob(glob).is_ok(), "{glob}");
        }
    }

    #[test]
    fn globs_past_a_limit_are_refused_and_those_at_it_are_not() {
        let nested = |depth: usize| format!("{}a{}", "{b,".repeat(depth), "}".repeat(depth));
        assert!(check_glob(&nested(super::MAX_ALTERNATIVES)).unwrap().matches("a"));
        assert!(check_glob(&nested(super::MAX_ALTERNATIVES + 1)).is_err());
        assert!(
            check_glob(&"?".repeat(super::MAX_BYTES)).is_ok() && check_glob(&"?".repeat(super::MAX_BYTES + 1)).is_err()
        );
        assert!(
            check_glob(&"[!a]".repeat(super::MAX_BYTES / 4)).is_ok()
                && check_glob(&"*a".repeat(super::MAX_BYTES / 2)).is_ok()
        );
    }
}
