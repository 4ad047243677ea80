//! `tollgate.toml`: the flags of `eval` under their own names, without dashes. Paths are relative to the file's directory.
//!
//! It is read strictly: an unknown key or a value that does not fit is a diagnostic at its place, never ignored.

use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use super::facts::Fact;
use super::inputs::{EvidenceFile, Input};
use super::said::{self, Described, Location, OutputFile, Said};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evidence::{EvidenceKind, Word, nearest};
use crate::policy::Limit;

/// The name of the file at the root of a repository.
pub const FILE_NAME: &str = "tollgate.toml";

/// The longest settings file that is read, in bytes: 1 MiB.
pub const MAX_BYTES: u64 = 1 << 20;

/// The keys, which are the flags' names.
const KEYS: &[&str] = &[
    "repo",
    "base",
    "head",
    "trees",
    "diff",
    "evidence",
    "sarif",
    "report",
    "baseline-sarif",
    "dependencies",
    "sbom",
    "advisories",
    "advisory-cache",
    "vex",
    "change",
    "reviews",
    "teams",
    "tests",
    "coverage",
    "claims",
    "author",
    "title",
    "description",
    "branch",
    "target-branch",
    "repository",
    "url",
    "label",
    "policy",
    "policy-ref",
    "waivers",
    "param",
    "limit",
    "without",
    "as-of",
    "previous",
    "reviewed-head",
    "override",
    "deny-weakening",
    "dry-run",
    "format",
    "output",
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default, expecting = "a table of settings")]
struct Wire {
    repo: Option<Spanned<String>>,
    base: Option<Spanned<String>>,
    head: Option<Spanned<String>>,
    trees: Option<Spanned<Vec<String>>>,
    diff: Option<Spanned<String>>,
    evidence: Option<Spanned<String>>,
    sarif: Option<Vec<String>>,
    report: Option<Vec<String>>,
    baseline_sarif: Option<Vec<String>>,
    dependencies: Option<Vec<String>>,
    sbom: Option<Spanned<Vec<String>>>,
    advisories: Option<Vec<String>>,
    advisory_cache: Option<String>,
    vex: Option<Vec<String>>,
    change: Option<String>,
    reviews: Option<Vec<String>>,
    teams: Option<String>,
    tests: Option<Vec<String>>,
    coverage: Option<Vec<String>>,
    claims: Option<Vec<String>>,
    author: Option<Spanned<String>>,
    title: Option<Spanned<String>>,
    description: Option<Spanned<String>>,
    branch: Option<Spanned<String>>,
    target_branch: Option<Spanned<String>>,
    repository: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    label: Option<Vec<Spanned<String>>>,
    policy: Option<Vec<String>>,
    policy_ref: Option<String>,
    waivers: Option<Vec<String>>,
    param: Option<IndexMap<String, Spanned<toml::Value>>>,
    limit: Option<IndexMap<Spanned<String>, Spanned<toml::Value>>>,
    without: Option<Vec<Spanned<String>>>,
    as_of: Option<Spanned<toml::Value>>,
    previous: Option<Vec<String>>,
    reviewed_head: Option<Spanned<String>>,
    #[serde(rename = "override")]
    override_: Option<String>,
    deny_weakening: Option<bool>,
    dry_run: Option<bool>,
    format: Option<Spanned<String>>,
    output: Option<IndexMap<Spanned<String>, String>>,
}

/// A settings file's text, to say where in it something is wrong.
struct File<'a> {
    shown: &'a str,
    text: Arc<str>,
    directory: &'a Path,
    mistakes: Vec<Diagnostic>,
}

impl File<'_> {
    fn mistake(&mut self, span: std::ops::Range<usize>, message: String) {
        let place = Place::at_offset(self.shown, &self.text, span.start);
        self.mistakes.push(Diagnostic::new(Code::BrokenConfig, message).at(place));
    }

    fn word<W: Word>(&mut self, written: &Spanned<String>) -> Option<W> {
        let found = W::parse(written.as_ref());
        if found.is_none() {
            let words = W::VOCABULARY.words;
            let message =
                format!("`{}` is no {}, expected one of {}", written.as_ref(), W::VOCABULARY.name, words.join(", "));
            let place = Place::at_offset(self.shown, &self.text, inside(written.span()));
            let mistake = Diagnostic::new(Code::BrokenConfig, message).at(place);
            self.mistakes.push(mistake.suggest(written.as_ref(), words.iter().copied()));
        }
        found
    }

    /// What is said of a fact; what can't be taken is a mistake.
    fn facts(&mut self, fact: Fact, said: Vec<Spanned<String>>) -> Vec<String> {
        let mut taken = Vec::new();
        for written in said {
            match fact.read(written.as_ref()) {
                Ok(text) => taken.push(text),
                Err(message) => self.mistake(inside(written.span())..written.span().end, message),
            }
        }
        taken
    }

    fn location(&self, written: &str) -> Location {
        Location::new(self.directory, written)
    }
}

/// The start of a string without its quote, so that the caret stands under the word.
fn inside(span: std::ops::Range<usize>) -> usize {
    if span.len() > 2 { span.start + 1 } else { span.start }
}

/// Reads a settings file. `directory` is what its paths are relative to.
///
/// # Errors
/// Every mistake that the file has, or the one that it can't be read past.
pub fn parse(shown: &str, text: &str, directory: &Path) -> Result<Said, Vec<Diagnostic>> {
    let text: Arc<str> = text.into();
    let wire: Wire = toml::from_str(&text).map_err(|error| vec![unreadable(shown, &text, &error, KEYS)])?;
    let mut file = File { shown, text, directory, mistakes: Vec::new() };
    let said = said(&mut file, wire);
    file.mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| (place.line, place.column)));
    if file.mistakes.is_empty() { Ok(said) } else { Err(file.mistakes) }
}

fn said(file: &mut File<'_>, wire: Wire) -> Said {
    let here = file.directory;
    let inputs = [
        (Input::Sarif, wire.sarif),
        (Input::Report, wire.report),
        (Input::BaselineSarif, wire.baseline_sarif),
        (Input::Dependencies, wire.dependencies),
        (Input::Sbom, wire.sbom.and_then(|files| sides(file, files))),
        (Input::Advisories, wire.advisories),
        (Input::Vex, wire.vex),
        (Input::Change, wire.change.map(|file| vec![file])),
        (Input::Reviews, wire.reviews),
        (Input::Teams, wire.teams.map(|file| vec![file])),
        (Input::Tests, wire.tests),
        (Input::Coverage, wire.coverage),
        (Input::Claims, wire.claims),
    ];
    let facts = [
        (Fact::Author, wire.author),
        (Fact::Title, wire.title),
        (Fact::Description, wire.description),
        (Fact::Branch, wire.branch),
        (Fact::TargetBranch, wire.target_branch),
        (Fact::Repository, wire.repository),
        (Fact::Url, wire.url),
    ];
    let one = facts.into_iter().filter_map(|(fact, said)| Some((fact, vec![said?])));
    let facts: Vec<_> = one.chain(wire.label.map(|labels| (Fact::Label, labels))).collect();
    let facts = facts.into_iter().map(|(fact, said)| (fact, file.facts(fact, said))).collect();
    let files =
        |input, files: Vec<String>| files.iter().map(|written| EvidenceFile::named(input, here, written)).collect();
    let inputs = inputs.into_iter().filter_map(|(input, written)| Some((input, files(input, written?)))).collect();
    Said {
        change: described(file, wire.repo, wire.base, wire.head, [wire.diff, wire.evidence], wire.trees),
        inputs,
        advisory_cache: wire.advisory_cache.map(|written| Location::new(here, &written)),
        facts,
        policy: wire.policy.map(|packs| packs.iter().map(|written| said::pack_place(here, written)).collect()),
        policy_ref: wire.policy_ref,
        waivers: wire.waivers.map(|files| files.iter().map(|written| Location::new(here, written)).collect()),
        param: wire.param.map(|values| {
            values.into_iter().filter_map(|(name, value)| Some((name, parameter(file, &value)?))).collect()
        }),
        limit: wire.limit.map(|limits| limits.iter().filter_map(|(name, value)| limit(file, name, value)).collect()),
        without: wire.without.map(|kinds| kinds.iter().filter_map(|kind| file.word::<EvidenceKind>(kind)).collect()),
        as_of: wire.as_of.and_then(|written| time(file, &written)),
        previous: wire.previous.map(|files| files.iter().map(|written| Location::new(here, written)).collect()),
        reviewed_head: wire.reviewed_head.and_then(|written| commit(file, &written)),
        override_: wire.override_.map(|written| Location::new(here, &written)),
        deny_weakening: wire.deny_weakening,
        dry_run: wire.dry_run,
        format: wire.format.and_then(|written| file.word(&written)),
        output: wire.output.map(|outputs| {
            let outputs = outputs.iter();
            outputs
                .filter_map(|(format, path)| {
                    let span = format.span();
                    let format = file.word(format)?;
                    if path == said::STDOUT {
                        file.mistake(span, said::NO_STDOUT.to_owned());
                    }
                    Some(OutputFile { format, file: file.location(path) })
                })
                .collect()
        }),
    }
}

/// Bills of materials, which come as two: before and after.
fn sides(file: &mut File<'_>, files: Spanned<Vec<String>>) -> Option<Vec<String>> {
    if files.as_ref().len() % 2 == 0 {
        return Some(files.into_inner());
    }
    let found = files.as_ref().len();
    file.mistake(files.span(), format!("found {found} files, expected two for each bill of materials: before, after"));
    None
}

fn described(
    file: &mut File<'_>,
    repo: Option<Spanned<String>>,
    base: Option<Spanned<String>>,
    head: Option<Spanned<String>>,
    [diff, evidence]: [Option<Spanned<String>>; 2],
    trees: Option<Spanned<Vec<String>>>,
) -> Option<Described> {
    let git = [&repo, &base, &head].into_iter().flatten().map(Spanned::span).next();
    let spans = [
        git,
        trees.as_ref().map(Spanned::span),
        diff.as_ref().map(Spanned::span),
        evidence.as_ref().map(Spanned::span),
    ];
    if let Some(second) = spans.into_iter().flatten().nth(1) {
        file.mistake(
            second,
            "the change is described twice, expected one of a repository (`repo`, `base`, `head`), `trees`, `diff` and `evidence`"
                .to_owned(),
        );
        return None;
    }
    if let Some(trees) = trees {
        if let [before, after] = trees.as_ref().as_slice() {
            return Some(Described::Trees(file.location(before), file.location(after)));
        }
        let found = trees.as_ref().len();
        file.mistake(
            trees.span(),
            format!("`trees` has {found} entries, expected 2: the directory before and the one after"),
        );
        return None;
    }
    if let Some(diff) = diff {
        return Some(Described::Diff(file.location(diff.as_ref())));
    }
    if let Some(evidence) = evidence {
        return Some(Described::Evidence(file.location(evidence.as_ref())));
    }
    (repo.is_some() || base.is_some() || head.is_some()).then(|| Described::Git {
        repo: repo.map(|written| file.location(written.as_ref())),
        base: base.map(Spanned::into_inner),
        head: head.map(Spanned::into_inner),
    })
}

/// What a parameter may be.
pub const NO_PARAMETER: &str = "a parameter is a string, a number, a boolean, a date or a list of these";

/// The text of a parameter, as `--param` would have it; `None` for what can't be one.
#[must_use]
pub fn parameter_text(value: &toml::Value) -> Option<String> {
    let scalar = |value: &toml::Value| match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) | toml::Value::Datetime(_) => {
            Some(value.to_string())
        }
        toml::Value::Array(_) | toml::Value::Table(_) => None,
    };
    match value {
        // A list is written as in TOML.
        toml::Value::Array(items) => items.iter().all(|item| scalar(item).is_some()).then(|| value.to_string()),
        other => scalar(other),
    }
}

fn parameter(file: &mut File<'_>, value: &Spanned<toml::Value>) -> Option<String> {
    let text = parameter_text(value.as_ref());
    if text.is_none() {
        file.mistake(value.span(), NO_PARAMETER.to_owned());
    }
    text
}

/// A limit; one of no known name is a mistake where its name stands, one that can't be where its value does.
fn limit(file: &mut File<'_>, name: &Spanned<String>, value: &Spanned<toml::Value>) -> Option<(&'static str, u64)> {
    let span = if Limit::named(name.as_ref()).is_err() { name.span() } else { value.span() };
    let text = value.as_ref().as_integer().map_or_else(|| value.as_ref().to_string(), |number| number.to_string());
    said::limit_of(name.as_ref(), &text).map_err(|what| file.mistake(span, what)).ok()
}

fn commit(file: &mut File<'_>, written: &Spanned<String>) -> Option<String> {
    said::commit(written.as_ref())
        .map_err(|expected| file.mistake(inside(written.span())..written.span().end, expected))
        .ok()
}

fn time(file: &mut File<'_>, written: &Spanned<toml::Value>) -> Option<jiff::Timestamp> {
    let text = match written.as_ref() {
        toml::Value::String(text) => text.clone(),
        toml::Value::Datetime(time) => time.to_string(),
        other => {
            file.mistake(written.span(), format!("`as-of` is a {}, expected a time", other.type_str()));
            return None;
        }
    };
    said::time(&text).map_err(|expected| file.mistake(written.span(), format!("`{text}` is no time, {expected}"))).ok()
}

/// What the TOML reader objects to, at its place.
#[must_use]
pub fn unreadable(shown: &str, text: &Arc<str>, error: &toml::de::Error, keys: &[&str]) -> Diagnostic {
    let message = error.message();
    let place = match error.span() {
        Some(span) => Place::at_offset(shown, text, span.start),
        None => Place::file(shown),
    };
    let unknown = message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'));
    let Some((key, _)) = unknown else {
        return Diagnostic::of_toml(Code::BrokenConfig, message).at(place);
    };
    let mistake = Diagnostic::new(Code::BrokenConfig, format!("unknown key `{key}`")).at(place);
    match nearest(key, keys.iter().copied()) {
        Some(near) => mistake.help(format!("did you mean `{near}`?")),
        None => mistake.help(format!("there are {}", keys.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::{KEYS, parse};
    use crate::cli::inputs::Input;
    use crate::cli::said::{Described, Location, PackPlace};
    use std::path::Path;

    fn mistakes(text: &str) -> String {
        let mistakes = parse("tollgate.toml", text, Path::new("")).unwrap_err();
        mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_key_is_taken_and_paths_are_relative_to_the_file() {
        let text = r#"
            trees = ["before", "after"]
            sarif = ["x.sarif@deadbeef"]
            author = "dev"
            title = "a change"
            policy = ["builtin:baseline", "policies/org"]
            policy-ref = "v1"
            param = { severity = "high", limit = 3, strict = true, hosts = ["a", "b"] }
            limit = { operations = 500, rules = 7 }
            without = ["findings"]
            as-of = 2026-01-31
            dry-run = true
            format = "json"
            output = { markdown = "summary.md" }
        "#;
        let said = parse("c/tollgate.toml", text, Path::new("c")).unwrap();
        let here = |shown| Location::new(Path::new("c"), shown);
        assert_eq!(said.change, Some(Described::Trees(here("before"), here("after"))));
        assert_eq!(said.inputs[&Input::Sarif][0].file, here("x.sarif"));
        assert_eq!(
            said.policy.unwrap(),
            [PackPlace::Builtin("baseline".to_owned()), PackPlace::Directory(here("policies/org"))]
        );
        let param = said.param.unwrap();
        let values: Vec<&str> = param.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["high", "3", "true", "[\"a\", \"b\"]"]);
        assert_eq!(said.limit.unwrap(), [("operations", 500), ("rules", 7)]);
        assert_eq!(said.as_of.unwrap().to_string(), "2026-01-31T00:00:00Z");
        assert_eq!(said.output.unwrap()[0].file.path, Path::new("c/summary.md"));
        assert_eq!((said.dry_run, said.policy_ref.as_deref()), (Some(true), Some("v1")));
    }

    #[test]
    fn the_list_of_keys_is_the_one_that_is_read() {
        let message = toml::from_str::<super::Wire>("nothing = 1").unwrap_err().message().to_owned();
        for key in KEYS {
            assert!(message.contains(&format!("`{key}`")), "{key} is not among {message}");
        }
        assert_eq!(message.matches('`').count() / 2 - 1, KEYS.len(), "{message}");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place_and_what_was_meant() {
        assert_eq!(
            mistakes("dry-run = true\nwithuot = []\n"),
            "tollgate.toml:2:1: unknown key `withuot` [broken-config]\n  help: did you mean `without`?"
        );
    }

    #[test]
    fn every_word_that_is_none_is_named() {
        let text = "without = [\"findngs\", \"files\", \"x\"]\nformat = \"jsn\"\noutput = { mardown = \"a\" }\nas-of = \"now\"";
        let mistakes = mistakes(text);
        assert_eq!(mistakes.lines().filter(|line| line.starts_with("tollgate.toml:")).count(), 5, "{mistakes}");
        assert!(mistakes.contains("tollgate.toml:1:13: `findngs` is no kind of evidence"), "{mistakes}");
        assert!(mistakes.contains("did you mean `markdown`?"), "{mistakes}");
    }

    #[test]
    fn a_blank_fact_and_an_author_that_is_no_login_are_refused_with_their_place() {
        let text = "title = \"\"\nlabel = [\"a\", \" \"]\nauthor = \"@eve\"\ndescription = \"\"\n";
        let mistakes = parse("tollgate.toml", text, Path::new("")).unwrap_err();
        let places: Vec<_> = mistakes.iter().map(|mistake| mistake.place.as_ref().unwrap().line).collect();
        assert_eq!(places, [1, 2, 3]);
        assert!(mistakes[2].message.contains("write `eve`"), "{}", mistakes[2].message);
    }

    #[test]
    fn a_limit_that_is_none_is_told_at_its_name_and_one_that_can_not_be_at_its_value() {
        let mistakes = mistakes("[limit]\noperation = 5\nrules = \"many\"\npacks = 0\ncall_depth = 1000\n");
        for place in ["tollgate.toml:2:1:", "tollgate.toml:3:9:", "tollgate.toml:4:9:", "tollgate.toml:5:14:"] {
            assert!(mistakes.contains(place), "{place} in {mistakes}");
        }
    }

    #[test]
    fn a_change_described_twice_is_refused() {
        for text in [
            "trees = [\"a\", \"b\"]\ndiff = \"c\"",
            "base = \"main\"\nevidence = \"e\"",
            "diff = \"d\"\nevidence = \"e\"",
        ] {
            assert!(mistakes(text).contains(":2:"), "{text}");
        }
        assert!(mistakes("trees = [\"a\"]").contains("1 entries, expected 2"));
    }

    #[test]
    fn text_that_is_no_toml_is_named_with_its_place() {
        let mistakes = mistakes("policy = [\n\"a\"\nformat = 1\n");
        assert!(mistakes.starts_with("tollgate.toml:3:"), "{mistakes}");
    }
}
