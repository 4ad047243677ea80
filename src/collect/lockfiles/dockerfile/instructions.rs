//! A Dockerfile as its instructions: directives, comments, continued lines, here-documents and flags, as BuildKit's parser
//! reads them (`frontend/dockerfile/parser`). It knows what no instruction means.

use super::words;
use crate::collect::lockfiles::LockfileError;

/// The characters that BuildKit takes for space between words.
pub(super) const SPACE: [char; 5] = [' ', '\t', '\r', '\u{b}', '\u{c}'];
/// Every instruction there is.
const KNOWN: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// One instruction.
pub(super) struct Instruction {
    /// Its keyword, in upper case; of `ONBUILD`, that of what it puts off.
    pub(super) keyword: String,
    /// Its `--name=value` words.
    pub(super) flags: Vec<String>,
    /// What follows them.
    pub(super) arguments: String,
    /// The line that it begins on.
    pub(super) line: u32,
}

/// A whole file.
pub(super) struct File {
    /// The image that reads the file (`# syntax=`), and its line.
    pub(super) syntax: Option<(String, u32)>,
    /// The character that continues a line and escapes the next.
    pub(super) escape: char,
    pub(super) instructions: Vec<Instruction>,
}

/// Lines, with the number of the one that was read last.
struct Lines<'t> {
    lines: std::str::Split<'t, char>,
    number: u32,
}

impl<'t> Iterator for Lines<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let line = self.lines.next()?;
        self.number = self.number.saturating_add(1);
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

/// The instructions of a text.
pub(super) fn parse(text: &str) -> Result<File, LockfileError> {
    let mut file = directives(text)?;
    let mut lines = Lines { lines: text.split('\n'), number: 0 };
    while let Some(line) = lines.next() {
        if is_comment(line) {
            continue;
        }
        let number = lines.number;
        let (start, mut continues) = continued(line.trim_start_matches(SPACE), file.escape);
        if start.trim_matches(SPACE).is_empty() && !continues {
            continue;
        }
        let mut whole = start.to_owned();
        while continues {
            let Some(next) = lines.next() else { break };
            // Comments and empty lines do not end a continued one.
            if is_comment(next) || next.trim_matches(SPACE).is_empty() {
                continue;
            }
            let (part, more) = continued(next, file.escape);
            whole.push_str(part);
            continues = more;
        }
        if whole.trim_matches(SPACE).is_empty() {
            continue;
        }
        let instruction = instruction(&whole, number)?;
        here_documents(&instruction, &mut lines)?;
        file.instructions.push(instruction);
    }
    Ok(file)
}

/// The directives at the top: comments of the form `# name=value`, up to the first line that is none.
fn directives(text: &str) -> Result<File, LockfileError> {
    let mut file = File { syntax: None, escape: '\\', instructions: Vec::new() };
    let mut seen = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some((name, value)) = directive(line) else { break };
        if seen.contains(&name) {
            return Err(LockfileError::new(Some(number), format!("has a second directive `{name}`")));
        }
        match (name.as_str(), value) {
            ("syntax", image) => file.syntax = Some((image.to_owned(), number)),
            ("escape", "\\") => {}
            ("escape", "`") => file.escape = '`',
            ("escape", other) => {
                let message = format!("`{other}` is no escape character: expected a backslash or a backtick");
                return Err(LockfileError::new(Some(number), message));
            }
            ("check", _) => {}
            _ => break,
        }
        seen.push(name);
    }
    Ok(file)
}

fn directive(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.trim_start_matches(SPACE).strip_prefix('#')?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (word && !value.is_empty()).then(|| (name.to_ascii_lowercase(), value))
}

fn is_comment(line: &str) -> bool {
    line.trim_start_matches(SPACE).starts_with('#')
}

/// A line without the escape character that continues it, and whether there was one: the last of the line but for
/// spaces, and not escaped itself.
fn continued(line: &str, escape: char) -> (&str, bool) {
    match line.trim_end_matches([' ', '\t']).strip_suffix(escape) {
        Some(rest) if !rest.ends_with(escape) => (rest, true),
        _ => (line, false),
    }
}

/// The first word and the rest.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim_matches(SPACE);
    text.split_once(SPACE).map_or((text, ""), |(first, rest)| (first, rest.trim_matches(SPACE)))
}

fn instruction(whole: &str, line: u32) -> Result<Instruction, LockfileError> {
    let (keyword, rest) = split(whole);
    let unknown = |found: &str| LockfileError::new(Some(line), format!("`{found}` is no instruction of a Dockerfile"));
    let known = |keyword: &str| {
        let upper = keyword.to_ascii_uppercase();
        KNOWN.contains(&upper.as_str()).then_some(upper).ok_or_else(|| unknown(keyword))
    };
    let mut name = known(keyword)?;
    let mut rest = rest;
    if name == "ONBUILD" {
        let (inner, after) = split(rest);
        name = known(inner)?;
        if matches!(name.as_str(), "ONBUILD" | "FROM" | "MAINTAINER") {
            return Err(LockfileError::new(Some(line), format!("`ONBUILD {name}` is not allowed")));
        }
        rest = after;
    }
    let (flags, arguments) = flags(rest);
    Ok(Instruction { keyword: name, flags, arguments: arguments.to_owned(), line })
}

/// The leading words that begin with `--`, without their quotes, and what follows them.
fn flags(text: &str) -> (Vec<String>, &str) {
    let mut flags = Vec::new();
    let mut rest = text.trim_start();
    while rest.starts_with("--") {
        let (mut word, mut quote, mut escaped) = (String::new(), None, false);
        let mut end = rest.len();
        for (at, character) in rest.char_indices() {
            match (character, quote) {
                _ if escaped => {
                    word.push(character);
                    escaped = false;
                }
                ('\\', _) => escaped = true,
                (found, Some(open)) if found == open => quote = None,
                ('\'' | '"', None) => quote = Some(character),
                (found, None) if found.is_whitespace() => {
                    end = at;
                    break;
                }
                (found, _) => word.push(found),
            }
        }
        rest = rest.get(end..).unwrap_or_default().trim_start();
        if word == "--" {
            break;
        }
        flags.push(word);
    }
    (flags, rest)
}

/// Passes over the documents that the words of an instruction open: their lines are content, whatever they say.
fn here_documents(instruction: &Instruction, lines: &mut Lines<'_>) -> Result<(), LockfileError> {
    let takes = matches!(instruction.keyword.as_str(), "ADD" | "COPY" | "RUN");
    let list = || serde_json::from_str::<Vec<String>>(&instruction.arguments).is_ok();
    if !takes || !instruction.arguments.contains("<<") || list() {
        return Ok(());
    }
    for word in words::split(&instruction.arguments).unwrap_or_default() {
        let Some((name, tabs)) = here_document(&word) else { continue };
        let ended = lines.any(|line| (if tabs { line.trim_start_matches('\t') } else { line }) == name);
        if !ended {
            let message = format!("is cut short: the document `{name}` never ends");
            return Err(LockfileError::new(Some(instruction.line), message));
        }
    }
    Ok(())
}

/// What ends the document that a word opens (`<<EOF`, `2<<-"EOF"`), and whether tabs before it don't count.
fn here_document(word: &str) -> Option<(String, bool)> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let (rest, tabs) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    words::unquoted(rest).map(|name| (name, tabs))
}

#[cfg(test)]
mod tests {
    use super::parse;

    /// Each instruction as `line keyword flags|arguments`.
    fn read(text: &str) -> Result<Vec<String>, String> {
        let file = parse(text).map_err(|error| format!("{:?}: {}", error.line, error.message))?;
        let line =
            |it: super::Instruction| format!("{} {} {}|{}", it.line, it.keyword, it.flags.join(" "), it.arguments);
        Ok(file.instructions.into_iter().map(line).collect())
    }

    #[test]
    fn lines_continue_through_comments_and_empty_lines() {
        let text = "# a\n\nfrom \\\n  # b\n\n a:1 \\  \nas b\r\nRUN x \\\\\nCMD y\\";
        assert_eq!(read(text).unwrap(), ["3 FROM |a:1 as b", "8 RUN |x \\\\", "9 CMD |y"]);
    }

    #[test]
    fn keywords_may_be_continued_too() {
        assert_eq!(read("FR\\\nOM a").unwrap(), ["1 FROM |a"]);
        assert_eq!(read("# escape=`\nFROM `\na\nRUN c:\\\n").unwrap(), ["2 FROM |a", "4 RUN |c:\\"]);
    }

    #[test]
    fn directives_stand_above_everything_and_once() {
        assert_eq!(parse("# syntax = a/b:1\n#escape=`\n").unwrap().syntax, Some(("a/b:1".to_owned(), 1)));
        assert_eq!(parse("# hello\n# syntax=a\n").unwrap().syntax, None);
        assert_eq!(parse("\n# syntax=a\n").unwrap().syntax, None);
        assert_eq!(parse("# other=1\n# syntax=a\n").unwrap().syntax, None);
        assert!(parse("# syntax=a\n# SYNTAX=b\n").is_err());
        assert!(parse("# escape=x\n").is_err());
    }

    #[test]
    fn here_documents_are_content() {
        let text = "RUN cat <<EOF > a && cat <<-'TWO'\nFROM evil\nEOF\nTWO x\n\t\tTWO\nFROM a\n";
        assert_eq!(read(text).unwrap(), ["1 RUN |cat <<EOF > a && cat <<-'TWO'", "6 FROM |a"]);
        // None of these opens one.
        for words in ["cat <<<EOF", "'<<EOF'", "a<<EOF", "$((1<<2))", "[\"<<EOF\"]", "'open <<EOF"] {
            assert_eq!(read(&format!("RUN {words}\nFROM a\n")).unwrap().len(), 2, "{words}");
        }
        assert_eq!(read("CMD <<EOF\nFROM a\n").unwrap().len(), 2, "takes none");
        assert!(read("FROM a\nCOPY <<EOF /b\n").unwrap_err().contains("Some(2): is cut short"));
    }

    #[test]
    fn flags_stand_before_the_arguments() {
        let text = "COPY --from=a --chown='b c' x --y\nONBUILD COPY --from=\"z\" a b\nRUN -- --from=x";
        assert_eq!(
            read(text).unwrap(),
            ["1 COPY --from=a --chown=b c|x --y", "2 COPY --from=z|a b", "3 RUN |--from=x"]
        );
    }

    #[test]
    fn what_is_no_instruction_is_refused_with_its_line() {
        for text in ["FROM a\n{{ if x }}\n", "FROM a\nRUNX y\n", "FROM a\nONBUILD FROM b\n", "FROM a\nONBUILD\n"] {
            assert!(read(text).unwrap_err().starts_with("Some(2)"), "{text}");
        }
    }
}
