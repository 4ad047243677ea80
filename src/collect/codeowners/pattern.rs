//! Which paths a line is about, in the two dialects.
//!
//! GitHub's patterns are those of `.gitignore` with exceptions (from its documentation, and from what it is seen to do):
//! no `!`, no sets, no `\#`; a `*` that is the last name fits files alone, nothing below (`docs/*`, `/*`), while `*` on its
//! own is every file. GitLab's are those of Ruby's `File.fnmatch` with `FNM_PATHNAME` and `FNM_DOTMATCH`, after `/**/` has
//! been put before one without a leading slash and `**/*` after one with a trailing slash: so a directory is meant only
//! with that slash, and a trailing `**` is no more than `*`. Both are case-sensitive, and fit names that begin with a dot.

use super::glob::{Glob, Unclosed};

/// How many ways a line that GitHub can't read is tried in, so that nobody who is meant by it is missed; braces make them.
pub const MAX_READINGS: usize = 64;

/// Which paths a line is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern {
    /// From the root of the repository.
    pub steps: Vec<Step>,
    /// What of the place that the steps lead to is meant.
    pub end: End,
}

/// One step of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// `**/`: any number of directories, none too.
    Directories,
    /// One name.
    Name(Glob),
}

/// What of a place is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The file that is there.
    Here,
    /// The file that is there, and everything in the directory that is there.
    HereOrBelow,
    /// Everything in the directory that is there.
    Below,
}

impl Pattern {
    /// Every path.
    #[must_use]
    pub fn everything() -> Self {
        Self { steps: vec![Step::Directories, Step::Name(Glob::any())], end: End::Here }
    }

    /// A pattern of GitHub.
    ///
    /// # Errors
    /// What is wrong with it, where GitHub passes over the line.
    pub fn github(text: &str) -> Result<Self, &'static str> {
        if text.starts_with('!') {
            return Err("`!` can't exclude anything");
        }
        if text.starts_with("\\#") {
            return Err("`\\#` can't begin a pattern");
        }
        if unescaped(text, &['[', ']']) {
            return Err("`[ ]` is no range of characters");
        }
        if text.contains("***") {
            return Err("three `*` in a row mean nothing");
        }
        if text.chars().rev().take_while(|character| *character == '\\').count() % 2 == 1 {
            return Err("there is nothing after the last `\\`");
        }
        if text == "/" {
            return Err("`/` matches nothing, `*` is every file");
        }
        if text.contains("//") {
            return Err("there is no name between two `/`");
        }
        Self::ignore_like(text, false).ok_or("the pattern can't be read")
    }

    /// As `.gitignore` would have it, but for a last `*`; `None` where a set is not closed.
    fn ignore_like(text: &str, sets: bool) -> Option<Self> {
        let mut names: Vec<String> = split(text);
        let rooted = names.first().is_some_and(String::is_empty) && names.len() > 1;
        if rooted {
            names.remove(0);
        }
        let below = names.len() > 1 && names.last().is_some_and(String::is_empty);
        if below {
            names.pop();
        }
        let mut steps = Vec::with_capacity(names.len() + 1);
        if !rooted && names.len() == 1 {
            steps.push(Step::Directories);
        }
        for name in names.iter().filter(|name| !name.is_empty()) {
            steps.push(if name == "**" { Step::Directories } else { Step::Name(Glob::parse(name, sets).ok()?) });
        }
        steps.dedup_by(|next, kept| *next == Step::Directories && *kept == Step::Directories);
        let end = match steps.last() {
            _ if below => End::Below,
            // `a/**` is everything below `a`, and `**` is everything.
            Some(Step::Directories) => {
                steps.pop();
                if steps.is_empty() {
                    return Some(Self::everything());
                }
                End::Below
            }
            Some(Step::Name(glob)) if *glob == Glob::any() => End::Here,
            _ => End::HereOrBelow,
        };
        Some(Self { steps, end })
    }

    /// All that the author of a line may have meant which GitHub can't read or reads literally: without `!`, `[ ]` as a range
    /// and as itself, `{a,b}` as alternatives.
    #[must_use]
    pub fn readings(text: &str) -> Vec<Self> {
        let text = text.strip_prefix('!').unwrap_or(text);
        if text == "/" {
            return vec![Self::everything()];
        }
        let mut texts = vec![text.replace("***", "**")];
        // Each round opens one pair of braces of each text.
        while let Some(at) = texts.iter().position(|text| has_braces(text)) {
            let text = texts.swap_remove(at);
            texts.extend(alternatives(&text).into_iter().flatten().take(MAX_READINGS + 1));
            if texts.len() > MAX_READINGS {
                return vec![Self::everything()];
            }
        }
        let mut readings: Vec<Self> = texts
            .iter()
            .flat_map(|text| [Self::ignore_like(text, false), Self::ignore_like(text, true)])
            .flatten()
            .collect();
        readings.sort();
        readings.dedup();
        readings
    }

    /// A pattern of GitLab. `sets` is whether `[` begins a set of characters, as it does there, or stands for itself.
    ///
    /// # Errors
    /// Where a set is not closed: then it matches nothing.
    pub fn gitlab(text: &str, sets: bool) -> Result<Self, Unclosed> {
        let mut names = split(text);
        let rooted = names.len() > 1 && names.first().is_some_and(String::is_empty);
        if rooted {
            names.remove(0);
        }
        let mut steps = Vec::with_capacity(names.len() + 2);
        if !rooted {
            steps.push(Step::Directories);
        }
        let last = names.len().saturating_sub(1);
        for (index, name) in names.iter().enumerate() {
            if name == "**" && index < last {
                steps.push(Step::Directories);
            } else if name.is_empty() && index == last {
                // A trailing slash: everything in the directory.
                steps.extend([Step::Directories, Step::Name(Glob::any())]);
            } else {
                steps.push(Step::Name(Glob::parse(name, sets)?));
            }
        }
        steps.dedup_by(|next, kept| *next == Step::Directories && *kept == Step::Directories);
        Ok(Self { steps, end: End::Here })
    }
}

/// Names between slashes; an escaped slash is one.
fn split(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let (escaped, character) = match character {
            '\\' => match characters.next() {
                Some(next) => (true, next),
                None => (false, '\\'),
            },
            _ => (false, character),
        };
        if character == '/' {
            names.push(String::new());
        } else if let Some(name) = names.last_mut() {
            if escaped {
                name.push('\\');
            }
            name.push(character);
        }
    }
    names
}

/// Whether one of some characters stands in a text without a `\` before it.
fn unescaped(text: &str, wanted: &[char]) -> bool {
    let mut escaped = false;
    text.chars().any(|character| {
        let found = !escaped && wanted.contains(&character);
        escaped = !escaped && character == '\\';
        found
    })
}

/// Whether a pattern has braces, which in CODEOWNERS stand for themselves.
pub(super) fn has_braces(text: &str) -> bool {
    alternatives(text).is_some()
}

/// What the first innermost `{a,b}` of a text may be replaced with; `None` where there is none.
fn alternatives(text: &str) -> Option<impl Iterator<Item = String>> {
    let (before, inside, after) = text.match_indices('}').find_map(|(close, _)| {
        let (before, inside) = text.get(..close)?.rsplit_once('{')?;
        Some((before, inside, text.get(close + 1..)?))
    })?;
    Some(inside.split(',').map(move |inside| format!("{before}{inside}{after}")))
}
