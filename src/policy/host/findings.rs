//! Findings as rules see them.

use std::sync::OnceLock;

use rhai::{Array, Dynamic};

use super::collection::{Collection, Matches, Placed, View};
use super::compare::type_name;
use super::error::{HostError, HostResult};
use super::files::FileRows;
use super::globs::texts;
use super::scope::Places;
use super::signature::{Param, Signature};
use super::stored::select;
use super::words::{choices, word, words};
use crate::diagnostic::Code;
use crate::evidence::{
    BaselineState, Comparison, Evidence, EvidenceKind, FindingKind, Introduced, Level, NO_SYMBOL, Severity,
    SeverityFrom, Suppression, Word, tool_key,
};
use crate::policy::Subject;

/// Findings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FindingRows;

impl Collection for FindingRows {
    const ITEM: &'static str = "Finding";
    const VIEW: &'static str = "Findings";
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Findings);
    const PLACES: Option<Places> = Some(Places::of::<Self>());

    fn len(evidence: &Evidence) -> usize {
        evidence.findings.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Finding(row)
    }
}

impl Placed for FindingRows {
    const UNDER: &'static str = "those whose path a glob matches, and those that can't be placed";
    const NOT_UNDER: &'static str = "those whose path no glob matches, and those that can't be placed";

    /// A finding that can't be placed may be anywhere, so it lies under every glob.
    fn under(evidence: &Evidence, row: usize, hits: &[bool]) -> bool {
        let path = at(evidence.findings.path_symbols(), row).filter(|path| *path != NO_SYMBOL);
        path.and_then(|path| at(hits, path as usize)).unwrap_or(true)
    }

    fn hits(evidence: &Evidence, matches: &dyn Fn(&str) -> bool) -> Vec<bool> {
        evidence.findings.paths().iter().map(matches).collect()
    }

    fn slot(matches: &Matches) -> &OnceLock<Vec<bool>> {
        &matches.finding_paths
    }

    fn everywhere(evidence: &Evidence, row: usize) -> bool {
        evidence.findings.path_symbols().get(row).is_none_or(|path| *path == NO_SYMBOL)
    }
}

type Findings = View<FindingRows>;

fn at<T: Copy>(column: &[T], row: usize) -> Option<T> {
    column.get(row).copied()
}

/// Findings whose word in a column is one of those that are asked for.
fn by_word<W: Word>(
    findings: &Findings,
    wanted: &Dynamic,
    column: impl Fn(&crate::evidence::Findings) -> &[W],
) -> HostResult<Findings> {
    let wanted = words::<W>(wanted)?;
    Ok(findings.keep(|evidence, row| {
        at(column(&evidence.findings), row).is_none_or(|word| at(&wanted, usize::from(word.index())) == Some(true))
    }))
}

/// Findings whose rule's tool and id pass a test, which is asked once per rule.
fn by_rule(findings: &Findings, test: impl Fn(&str, &str) -> bool) -> Findings {
    let all = &findings.store.evidence.findings;
    let wanted: Vec<bool> = (0..all.rule_count())
        .map(|symbol| {
            u32::try_from(symbol).ok().and_then(|symbol| all.rule(symbol)).is_some_and(|(tool, id)| test(tool, id))
        })
        .collect();
    findings.keep(|evidence, row| {
        at(evidence.findings.rule_symbols(), row).and_then(|rule| at(&wanted, rule as usize)).unwrap_or(true)
    })
}

/// Findings of one of several CWEs; the test is asked once per distinct set.
fn by_cwe(findings: &Findings, numbers: &Dynamic) -> HostResult<Findings> {
    let number = |value: &Dynamic| -> HostResult<u32> {
        value.as_int().ok().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0).ok_or_else(
            || {
                HostError::new(
                    Code::TypeMismatch,
                    format!("found {}, expected a CWE number such as 79", type_name(value)),
                )
                .into()
            },
        )
    };
    let numbers: Vec<u32> = match numbers.read_lock::<Array>() {
        Some(array) => array.iter().map(number).collect::<HostResult<_>>()?,
        None => vec![number(numbers)?],
    };
    let all = &findings.store.evidence.findings;
    let wanted: Vec<bool> = (0..all.cwe_count())
        .map(|set| u32::try_from(set).is_ok_and(|set| all.cwe(set).iter().any(|cwe| numbers.contains(cwe))))
        .collect();
    Ok(findings.keep(|evidence, row| {
        at(evidence.findings.cwe_symbols(), row).and_then(|set| at(&wanted, set as usize)).unwrap_or(true)
    }))
}

/// Findings in certain files; those that can't be placed may be in any.
fn in_files(findings: &Findings, files: &View<FileRows>) -> Findings {
    let evidence = &findings.store.evidence;
    let mut wanted = vec![false; evidence.findings.paths().len()];
    for file in files.rows().filter_map(|row| evidence.files.get(row as usize)) {
        if let Some(slot) = evidence.findings.paths().find(&file.path).and_then(|path| wanted.get_mut(path as usize)) {
            *slot = true;
        }
    }
    findings.keep(|evidence, row| match at(evidence.findings.path_symbols(), row) {
        Some(NO_SYMBOL) | None => true,
        Some(path) => at(&wanted, path as usize).unwrap_or(true),
    })
}

const SEVERITY: Param = Param::Word(Severity::VOCABULARY);

pub(super) const TABLE: &[Signature] = &[
    select::<FindingRows>(
        "introduced",
        &[],
        "those that the change brings in, and those of which nothing shows that it does not: without a complete baseline, all of them",
        |module, name| {
            module.set_native_fn(name, |view: Findings| {
                Ok(view.keep(|evidence, row| at(evidence.findings.introduced(), row) != Some(Introduced::No)))
            });
        },
    )
    .example("for f in change.findings.introduced() { violation(f, `${f.rule}: ${f.message}`); }"),
    select::<FindingRows>(
        "certainly_introduced",
        &[],
        "those of which a complete baseline shows that the change brings them in; without one, none",
        |module, name| {
            module.set_native_fn(name, |view: Findings| {
                Ok(view.keep(|evidence, row| {
                    at(evidence.findings.introduced(), row).is_none_or(|introduced| introduced == Introduced::Yes)
                }))
            });
        },
    )
    .example(r#"for f in change.findings.certainly_introduced() { violation(f, f.message).risk("high"); }"#),
    select::<FindingRows>(
        "compared",
        &[("became", Param::Words(Comparison::VOCABULARY))],
        "those that are `new`, `unchanged` or `moved` since the baseline, or of which that is `unknown`; asks for `baseline`",
        |module, name| {
            choices(module, name, |view: Findings, became: &Dynamic| -> HostResult<Findings> {
                let wanted = words::<Comparison>(became)?;
                if at(&wanted, usize::from(Comparison::Gone.index())) == Some(true) {
                    let message = "no finding of the head is `gone`; those that are stand in `change.gone_findings`";
                    return Err(HostError::new(Code::UnknownWord, message.to_owned()).into());
                }
                view.store.read(EvidenceKind::Baseline);
                by_word::<Comparison>(&view, became, crate::evidence::Findings::compared)
            });
        },
    )
    .errors("`\"gone\"`: those stand in `change.gone_findings`")
    .example(r#"for f in change.findings.compared(["new", "unknown"]) { violation(f, f.message); }"#),
    select::<FindingRows>(
        "on_changed_lines",
        &[],
        "those on lines that the change adds or edits, and those that can't be placed",
        |module, name| {
            module.set_native_fn(name, |view: Findings| {
                Ok(view.keep(|evidence, row| at(evidence.findings.on_changed_line(), row) != Some(false)))
            });
        },
    )
    .example("for f in change.findings.on_changed_lines() { violation(f, `line ${f.line}: ${f.message}`); }"),
    select::<FindingRows>(
        "severity",
        &[("severity", Param::Words(Severity::VOCABULARY))],
        "those of a severity",
        |module, name| {
            choices(module, name, |view: Findings, severity: &Dynamic| {
                by_word::<Severity>(&view, severity, crate::evidence::Findings::severities)
            });
        },
    )
    .example(r#"for f in change.findings.severity(["high", "critical"]) { violation(f, f.message); }"#),
    select::<FindingRows>(
        "severity_at_least",
        &[("severity", SEVERITY)],
        "those of a severity or a worse one; every finding has a severity",
        |module, name| {
            choices(module, name, |view: Findings, severity: &Dynamic| -> HostResult<Findings> {
                let severity = word::<Severity>(severity)?;
                Ok(view.keep(|evidence, row| {
                    at(evidence.findings.severities(), row).is_none_or(|found| found >= severity)
                }))
            });
        },
    )
    .example(r#"for f in change.findings.introduced().severity_at_least("high") { violation(f, f.message); }"#),
    select::<FindingRows>(
        "level",
        &[("level", Param::Words(Level::VOCABULARY))],
        "those of a level, as SARIF calls it",
        |module, name| {
            choices(module, name, |view: Findings, level: &Dynamic| {
                by_word::<Level>(&view, level, crate::evidence::Findings::levels)
            });
        },
    )
    .example("let errors = change.findings.introduced().level(\"error\").count();\n\
             if errors > 0 { violation(change, `${errors} errors`); }"),
    select::<FindingRows>("rule", &[("ids", Param::Texts)], "those of a scanner's rule, by its whole id; capitals count", |module, name| {
        choices(module, name, |view: Findings, ids: &Dynamic| -> HostResult<Findings> {
            let ids = texts(ids)?;
            Ok(by_rule(&view, |_, id| ids.iter().any(|wanted| wanted.as_str() == id)))
        });
    })
    .example(r#"for f in change.findings.rule("generic-api-key") { violation(f, "a key is in the code"); }"#),
    select::<FindingRows>(
        "tool",
        &[("names", Param::Texts)],
        "those of a scanner, by its name in capitals or not, or another name that it is known by",
        |module, name| {
            choices(module, name, |view: Findings, names: &Dynamic| -> HostResult<Findings> {
                let names: Vec<String> = texts(names)?.iter().map(|name| tool_key(name)).collect();
                Ok(by_rule(&view, |tool, _| names.contains(&tool_key(tool))))
            });
        },
    )
    .example(r#"for f in change.findings.introduced().tool("codeql") { violation(f, f.message); }"#),
    select::<FindingRows>("cwe", &[("numbers", Param::Numbers)], "those of a weakness, by its number: 79 is CWE-79", |module, name| {
        choices(module, name, |view: Findings, numbers: &Dynamic| by_cwe(&view, numbers));
    })
    .example(r#"for f in change.findings.introduced().cwe([79, 89]) { violation(f, f.message).risk("critical"); }"#),
    select::<FindingRows>(
        "in_files",
        &[("files", Param::Files)],
        "those in changed files of a selection, by the path after the change, and those that can't be placed",
        |module, name| {
            module.set_native_fn(name, |view: Findings, files: View<FileRows>| Ok(in_files(&view, &files)));
        },
    )
    .example("let sources = change.files.kind(\"source\");\n\
             for f in change.findings.in_files(sources) { violation(f, f.message); }"),
    select::<FindingRows>("suppressed", &[], "those that the scanner's report says are suppressed; they count unless a rule leaves them out", |module, name| {
        module.set_native_fn(name, |view: Findings| {
            Ok(view.keep(|evidence, row| at(evidence.findings.suppressions(), row) != Some(Suppression::No)))
        });
    })
    .example(r#"for f in change.findings.introduced().suppressed() { violation(f, "suppressed in the change that brings it in"); }"#),
    select::<FindingRows>(
        "not_suppressed",
        &[],
        "those that the scanner's report does not say are suppressed",
        |module, name| {
            module.set_native_fn(name, |view: Findings| {
                Ok(view.keep(|evidence, row| at(evidence.findings.suppressions(), row) == Some(Suppression::No)))
            });
        },
    )
    .example("for f in change.findings.introduced().not_suppressed() { violation(f, f.message); }"),
    select::<FindingRows>(
        "baseline_state",
        &[("state", Param::Words(BaselineState::VOCABULARY))],
        "those of which the scanner's report says so of a baseline of its own, which nothing but a rule looks at",
        |module, name| {
            choices(module, name, |view: Findings, state: &Dynamic| {
                by_word::<BaselineState>(&view, state, crate::evidence::Findings::baseline_states)
            });
        },
    )
    .example("let old = change.findings.baseline_state(\"unchanged\").count();\n\
             if old > 0 { note(`${old} findings that the upload calls old`); }"),
    select::<FindingRows>(
        "severity_from",
        &[("scale", Param::Words(SeverityFrom::VOCABULARY))],
        "those whose severity was read from a scale: `security-severity` (a CVSS score), `level`, or the `producer`'s own",
        |module, name| {
            choices(module, name, |view: Findings, scale: &Dynamic| {
                by_word::<SeverityFrom>(&view, scale, crate::evidence::Findings::severity_origins)
            });
        },
    )
    .example(r#"for f in change.findings.severity_from("level") { note(`${f.rule} has no score of its own`); }"#),
    select::<FindingRows>(
        "kind",
        &[("kind", Param::Words(FindingKind::VOCABULARY))],
        "those that say `fail`, ask for a `review` by people, or leave it `open` for want of knowledge",
        |module, name| {
            choices(module, name, |view: Findings, kind: &Dynamic| {
                by_word::<FindingKind>(&view, kind, crate::evidence::Findings::kinds)
            });
        },
    )
    .example(r#"for f in change.findings.kind("review") { recommend(`look at ${f.path}: ${f.message}`); }"#),
];
