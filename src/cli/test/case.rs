//! One case: evidence, and what a rule is expected to make of it. Read strictly; nothing is run here.

use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use crate::cli::config;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::evaluate::Outcome;
use crate::evidence::{EvidenceKind, Word, nearest};
use crate::policy::Risk;
use crate::verdict::Decision;

/// The directory of a pack that holds its cases.
pub const DIRECTORY: &str = "cases/";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a case")]
struct Wire {
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    complete: Vec<Spanned<String>>,
    #[serde(default)]
    without: Vec<Spanned<String>>,
    #[serde(default)]
    parameters: IndexMap<String, Spanned<toml::Value>>,
    #[serde(default)]
    evidence: Option<Spanned<toml::Table>>,
    expect: ExpectWire,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "what is expected of the rule")]
struct ExpectWire {
    outcome: Spanned<String>,
    decision: Option<Spanned<String>>,
    violations: Option<usize>,
    #[serde(default)]
    messages: Vec<Spanned<String>>,
    risk: Option<Spanned<String>>,
    approvers: Option<Vec<String>>,
    change: Option<ExpectChangeWire>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "what is expected of the whole change")]
struct ExpectChangeWire {
    decision: Spanned<String>,
}

/// What a rule is expected to make of the evidence of a case. What is `None` or empty may be anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// How the rule ends.
    pub outcome: Outcome,
    /// What that means for the change.
    pub decision: Option<Decision>,
    /// How many violations there are.
    pub violations: Option<usize>,
    /// Texts that each occur in the message of some violation.
    pub messages: Vec<String>,
    /// The highest risk of a violation.
    pub risk: Option<Risk>,
    /// Everybody who is asked to approve because of the rule, in any order.
    pub approvers: Option<Vec<String>>,
    /// What the whole pack decides.
    pub change: Option<Decision>,
}

/// One case of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// `cases/<rule id>/<name>.toml`.
    pub file: String,
    /// The rule.
    pub rule: String,
    /// What the case is about, in its own words.
    pub description: Option<String>,
    /// Kinds of evidence of which everything is there.
    pub complete: Vec<EvidenceKind>,
    /// Kinds of evidence that are not to be expected.
    pub without: Vec<EvidenceKind>,
    /// Values of parameters.
    pub parameters: Vec<(String, String)>,
    /// The evidence as its document has it, as far as the case says.
    pub evidence: serde_json::Value,
    /// Where in the file the evidence stands.
    pub place: Place,
    /// What is expected.
    pub expected: Expected,
}

impl Case {
    /// The place of what a message about the evidence begins with, as in `evidence.files.items[0].status: unknown word ..`: of a
    /// field that nobody knows its name, else the value; as far as the case has it.
    pub(super) fn place_of(&self, message: &str) -> Place {
        let text = self.place.text.clone().unwrap_or_default();
        match offset(&text, message) {
            Some(offset) => Place::at_offset(self.place.file.clone(), &text, offset),
            None => self.place.clone(),
        }
    }
}

fn offset(text: &str, message: &str) -> Option<usize> {
    let (path, said) = message.split_once(": ")?;
    let root = DeTable::parse(text).ok()?;
    let mut here = root.get_ref();
    let mut start = None;
    for part in path.split('.') {
        let (name, numbers) = part.split_once('[').unwrap_or((part, ""));
        let Some((key, mut value)) = here.iter().find(|(key, _)| key.get_ref() == name) else { break };
        start = Some(key.span().start);
        for number in numbers.split(['[', ']']).filter_map(|number| number.parse::<usize>().ok()) {
            value = value.get_ref().as_array()?.get(number)?;
            start = Some(value.span().start);
        }
        let Some(table) = value.get_ref().as_table() else { break };
        here = table;
    }
    let unknown = said.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'));
    let field = unknown.and_then(|(name, _)| here.keys().find(|key| key.get_ref() == name));
    field.map(|key| key.span().start).or(start)
}

/// The rule that a file of a pack is a case of; `None` for files that are no cases.
#[must_use]
pub fn rule_of(file: &str) -> Option<&str> {
    let (rule, name) = file.strip_prefix(DIRECTORY)?.split_once('/')?;
    let is_toml = Path::new(name).extension().is_some_and(|extension| extension == "toml");
    (is_toml && !name.contains('/')).then_some(rule)
}

/// Reads a case. `shown` is the file as the user knows it.
///
/// # Errors
/// Every mistake that it has, or the one that it can't be read past.
pub fn parse(file: &str, shown: &str, bytes: &[u8]) -> Result<Case, Vec<Diagnostic>> {
    let broken = |message: &str| vec![Diagnostic::new(Code::BrokenCase, message).at(Place::file(shown))];
    let rule = rule_of(file).ok_or_else(|| broken("is no case, expected `cases/<rule>/<name>.toml`"))?;
    let text: Arc<str> = std::str::from_utf8(bytes).map_err(|_| broken("is not UTF-8 text"))?.into();
    let wire: Wire = toml::from_str(&text).map_err(|error| vec![unreadable(shown, &text, &error)])?;

    let mut words = Words { shown, text: Arc::clone(&text), mistakes: Vec::new() };
    let complete = wire.complete.iter().filter_map(|word| words.read(word)).collect();
    let without = wire.without.iter().filter_map(|word| words.read(word)).collect();
    let expect = wire.expect;
    let outcome = words.read(&expect.outcome);
    let decision = expect.decision.as_ref().and_then(|word| words.read(word));
    let risk = expect.risk.as_ref().and_then(|word| words.read(word));
    let change = expect.change.as_ref().and_then(|change| words.read(&change.decision));
    let mut parameters = Vec::new();
    for (name, value) in &wire.parameters {
        match config::parameter_text(value.as_ref()) {
            Some(text) => parameters.push((name.clone(), text)),
            None => words.mistake(value.span().start, config::NO_PARAMETER.to_owned(), None),
        }
    }
    for text in expect.messages.iter().filter(|text| text.get_ref().trim().is_empty()) {
        words.mistake(text.span().start, "an empty text occurs in every message".to_owned(), None);
    }
    let (Some(outcome), true) = (outcome, words.mistakes.is_empty()) else { return Err(words.mistakes) };
    let start = wire.evidence.as_ref().map_or(0, |evidence| evidence.span().start);
    Ok(Case {
        file: file.to_owned(),
        rule: rule.to_owned(),
        description: wire.description,
        complete,
        without,
        parameters,
        evidence: wire.evidence.map_or_else(
            || json(toml::Value::Table(toml::Table::new())),
            |evidence| json(toml::Value::Table(evidence.into_inner())),
        ),
        place: Place::at_offset(shown, &text, start),
        expected: Expected {
            outcome,
            decision,
            violations: expect.violations,
            messages: expect.messages.into_iter().map(Spanned::into_inner).collect(),
            risk,
            approvers: expect.approvers,
            change,
        },
    })
}

/// Reads words of closed vocabularies, and keeps what is wrong.
struct Words<'a> {
    shown: &'a str,
    text: Arc<str>,
    mistakes: Vec<Diagnostic>,
}

impl Words<'_> {
    fn read<W: Word>(&mut self, written: &Spanned<String>) -> Option<W> {
        let found = W::parse(written.as_ref());
        if found.is_none() {
            let vocabulary = W::VOCABULARY;
            let near = nearest(written.as_ref(), vocabulary.words.iter().copied());
            let message = format!(
                "`{}` is no {}, expected one of {}",
                written.as_ref(),
                vocabulary.name,
                vocabulary.words.join(", ")
            );
            self.mistake(written.span().start + 1, message, near);
        }
        found
    }

    fn mistake(&mut self, offset: usize, message: String, near: Option<&str>) {
        let mistake = Diagnostic::new(Code::BrokenCase, message).at(Place::at_offset(self.shown, &self.text, offset));
        self.mistakes.push(match near {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake,
        });
    }
}

fn unreadable(shown: &str, text: &Arc<str>, error: &toml::de::Error) -> Diagnostic {
    const KEYS: &[&str] = &[
        "description",
        "complete",
        "without",
        "parameters",
        "evidence",
        "expect",
        "outcome",
        "decision",
        "violations",
        "messages",
        "risk",
        "approvers",
        "change",
    ];
    let mistake = config::unreadable(shown, text, error, KEYS);
    Diagnostic { code: Code::BrokenCase, ..mistake }
}

/// TOML as JSON; a date becomes its text.
fn json(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, rule_of};
    use crate::evaluate::Outcome;
    use crate::evidence::EvidenceKind;

    #[test]
    fn only_toml_directly_under_a_rules_directory_is_a_case() {
        assert_eq!(rule_of("cases/a/b.toml"), Some("a"));
        for file in ["cases/a.toml", "cases/a/b/c.toml", "cases/a/b.json", "rules/a/b.toml", "cases/README.md"] {
            assert_eq!(rule_of(file), None, "{file}");
        }
    }

    #[test]
    fn a_case_is_read_whole() {
        let text = r#"
            complete = ["findings"]
            [parameters]
            severity = "high"
            [evidence]
            change = { author = "dev", time = 2026-01-31T00:00:00Z }
            [[evidence.files.items]]
            path = "a.rs"
            [expect]
            outcome = "violated"
            violations = 0
            change.decision = "rejected"
        "#;
        let case = parse("cases/r/one.toml", "p/cases/r/one.toml", text.as_bytes()).unwrap();
        assert_eq!((case.rule.as_str(), case.expected.outcome), ("r", Outcome::Violated));
        assert_eq!((case.complete, case.expected.violations), (vec![EvidenceKind::Findings], Some(0)));
        assert_eq!(case.parameters, [("severity".to_owned(), "high".to_owned())]);
        assert_eq!(case.evidence["change"]["time"], "2026-01-31T00:00:00Z");
        assert_eq!(case.evidence["files"]["items"][0]["path"], "a.rs");
    }

    #[test]
    fn a_case_that_expects_nothing_or_an_unknown_word_is_refused() {
        let mistakes = |text: &str| parse("cases/r/one.toml", "one.toml", text.as_bytes()).unwrap_err()[0].to_string();
        assert!(mistakes("complete = []").contains("the key `expect` is missing"));
        assert!(mistakes("[expect]\nviolations = 1").contains("the key `outcome` is missing"));
        assert!(mistakes("[expect]\noutcome = \"violatd\"").contains("one.toml:2:12: `violatd` is no outcome"));
        assert!(mistakes("complete = \"files\"").contains("expected a list"));
        let negative = mistakes("[expect]\noutcome = \"violated\"\nviolations = -1");
        assert!(negative.contains("one.toml:3:14: found the number -1, expected a whole number from 0"));
        assert!(mistakes("[expect]\noutcome = \"violated\"\nmesages = []").contains("did you mean `messages`?"));
        let empty = mistakes("[expect]\noutcome = \"violated\"\nmessages = [\"a\", \"\"]");
        assert!(empty.contains("one.toml:3:18: an empty text occurs in every message"), "{empty}");
    }

    #[test]
    fn a_message_about_the_evidence_stands_at_what_it_names() {
        let text = "[expect]\noutcome = \"satisfied\"\n\
                    [[evidence.files.items]]\npath = \"a\"\nstatus = \"modfied\"\n\
                    [[evidence.files.items]]\npath = \"b\"\nstatus = \"added\"\n\
                    [[evidence.licences.items]]\nname = \"x\"\nexpresion = \"MIT\"\n";
        let case = parse("cases/r/a.toml", "a.toml", text.as_bytes()).unwrap();
        for (message, line) in [
            ("evidence.files.items[0].status: unknown word `modfied`", 5),
            ("evidence.files.items[1]: missing field `kind`", 6),
            ("evidence.files.items[1].lines[3]: found 1, expected a text", 6),
            ("evidence.licences.items[0]: unknown field `expresion`, expected one of `expression`", 11),
            ("evidence.licences: unknown field `teams`, expected `items`", 9),
            ("evidence.claims: found nothing", 3),
            ("nothing of it", 3),
        ] {
            assert_eq!(case.place_of(message).line, line, "{message}");
        }
    }
}
