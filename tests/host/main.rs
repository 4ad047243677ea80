//! What rules can ask and do beyond one collection's own names: queries over selections, sets, dates, versions, effects,
//! sources and capabilities. Each function on small evidence, on both sides of its border, on none, and against a loop.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test ends by panicking")]

mod dates;
mod effects;
mod queries;
mod sources;
mod texts;
#[path = "../attacks/unread.rs"]
mod unread;

#[allow(dead_code, reason = "another test uses the rest")]
#[path = "../schemas/generate.rs"]
mod generate;

use std::sync::Arc;

use tollgate::diagnostic::{Code, Diagnostic};
use tollgate::evaluate::{Options, Outcome, RuleOutcome, evaluate};
use tollgate::evidence::Evidence;
use tollgate::policy::{PackFiles, PolicySet};
use tollgate::report::read_evidence;

const PACK: &str = "name = \"test\"\nversion = \"1.0.0\"\ndescription = \"for tests\"\ncategories = [\"payments\"]\n\
    [parameters.freeze]\ntype = \"date\"\ndefault = \"2026-12-24\"\n\
    [parameters.days]\ntype = \"list<date>\"\ndefault = [\"2026-01-01\", \"2026-05-01\"]\n";
const META: &str =
    r#"const RULE = #{ title: "t", category: "process", enforcement: "hard-mandatory", risk: "high", needs: [] };"#;

/// A rule with a body, on its own in a pack.
fn load(body: &str) -> Result<PolicySet, Vec<Diagnostic>> {
    let rule = format!(
        "{META}\nfn check(change, params) {{ if change.sources.count() > 100000 {{ note(\"never\"); }}\n{}\n}}\n",
        unread::unread(body)
    );
    let files = [("pack.toml", PACK.to_owned()), ("rules/r.rhai", rule)];
    let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect();
    PolicySet::load(&[PackFiles { origin: "packs/test".to_owned(), files }], &[])
}

/// What the rule makes of evidence that is judged on the first of March 2026, half an hour before midnight.
fn run_on(body: &str, evidence: &Evidence) -> RuleOutcome {
    let set = load(body).unwrap_or_else(|mistakes| panic!("{body}: {}", mistakes[0]));
    let options = Options { as_of: Some("2026-03-01T23:30:00Z".parse().unwrap()), ..Options::default() };
    evaluate(&set, &Arc::new(evidence.clone()), &options).remove(0)
}

fn run(body: &str) -> RuleOutcome {
    run_on(body, &evidence())
}

/// What an expression gives.
fn gives(expression: &str, expected: &str) {
    let outcome = run(&format!("note(`${{{expression}}}`);"));
    assert_eq!(outcome.notes, [expected], "{expression}: {}", outcome.reason);
}

/// That a body ends the rule in an error with a code, and with a text in it; or, where that is known, that it is refused
/// before it runs, with the same text.
fn errs(body: &str, code: Code, text: &str) {
    if let Err(mistakes) = load(body) {
        // Before a rule runs, types are told first.
        let codes = [code, Code::TypeMismatch, Code::BadArguments, Code::UnknownWord, Code::UnknownFunction];
        let told = mistakes.iter().any(|mistake| codes.contains(&mistake.code));
        assert!(told, "{body}: not {text}, but {}", mistakes[0]);
        return;
    }
    let outcome = run(body);
    assert_eq!(outcome.outcome, Outcome::Errored, "{body}: {} {:?}", outcome.reason, outcome.notes);
    let diagnostic = outcome.diagnostic.unwrap();
    assert_eq!(diagnostic.code, code, "{body}: {diagnostic}");
    assert!(diagnostic.to_string().contains(text), "{body}: {diagnostic}");
    assert!(diagnostic.place.as_ref().is_some_and(|place| place.line > 1), "{body}: {diagnostic}");
}

/// That a body is refused before it runs, with a code, and with a text in what is said of it.
fn refused(body: &str, code: Code, text: &str) {
    let Err(mistakes) = load(body) else { panic!("{body} was loaded") };
    assert!(
        mistakes.iter().any(|mistake| mistake.code == code && mistake.to_string().contains(text)),
        "{body}: {}",
        mistakes[0]
    );
}

/// One of everything, or a few.
fn evidence() -> Evidence {
    read_evidence(include_bytes!("evidence.json")).unwrap()
}

/// Every kind of evidence complete, and nothing in any.
fn nothing() -> Evidence {
    use tollgate::evidence::{EvidenceKind, Source, Word as _};
    Evidence { sources: EvidenceKind::ALL.iter().map(|kind| Source::complete(*kind)).collect(), ..Evidence::default() }
}
