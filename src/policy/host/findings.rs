//! Findings as rules see them.

use std::sync::OnceLock;

use rhai::{Array, Dynamic, INT, ImmutableString};

use super::collection::{Collection, Item, Matches, Placed, View, placed};
use super::compare::type_name;
use super::error::{HostError, HostResult};
use super::files::FileRows;
use super::globs::texts;
use super::scope::Places;
use super::signature::{Param, Signature};
use super::stored::{property, select};
use super::words::{WordValue, choices, word, words};
use crate::diagnostic::Code;
use crate::evidence::{
    BaselineState, Comparison, Evidence, EvidenceKind, Finding, FindingKind, Introduced, Level, NO_SYMBOL, Severity,
    SeverityFrom, Suppression, Word, tool_key,
};
use crate::policy::Subject;

/// Findings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FindingRows;

impl Collection for FindingRows {
    const ITEM: &'static str = "Finding";
    const VIEW: &'static str = "Findings";
    const KIND: EvidenceKind = EvidenceKind::Findings;
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
type Row = Item<FindingRows>;

impl Row {
    fn finding(&self) -> Option<Finding<'_>> {
        self.store.evidence.findings.get(self.row as usize)
    }

    /// A text of the finding; rows of a view are always there.
    fn text(&self, text: impl for<'a> Fn(&Finding<'a>) -> &'a str) -> ImmutableString {
        self.finding().map(|finding| text(&finding).into()).unwrap_or_default()
    }
}

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

const GROUPS: &[&str] = &["severity", "level", "tool", "rule", "path"];

fn group_by(findings: &Findings, key: &str) -> HostResult<rhai::Map> {
    fn finding(evidence: &Evidence, row: usize) -> Option<Finding<'_>> {
        evidence.findings.get(row)
    }
    Ok(match key {
        "severity" => {
            findings.group_by(|evidence, row| at(evidence.findings.severities(), row).map_or("", Severity::as_str))
        }
        "level" => findings.group_by(|evidence, row| at(evidence.findings.levels(), row).map_or("", Level::as_str)),
        "tool" => findings.group_by(|evidence, row| finding(evidence, row).map_or("", |finding| finding.tool)),
        "rule" => findings.group_by(|evidence, row| finding(evidence, row).map_or("", |finding| finding.rule)),
        "path" => {
            findings.group_by(|evidence, row| finding(evidence, row).and_then(|finding| finding.path).unwrap_or(""))
        }
        _ => return Err(unknown_group(key, GROUPS)),
    })
}

pub(super) fn unknown_group(key: &str, known: &[&str]) -> Box<rhai::EvalAltResult> {
    HostError::new(Code::UnknownWord, format!("can't group by `{key}`, expected one of {}", known.join(", ")))
        .suggest(key, known.iter().copied())
        .into()
}

const VIEW: &str = "Findings";
const SEVERITY: Param = Param::Word(Severity::VOCABULARY);

/// What every collection has.
pub(super) const COMMON: &[Signature] = &placed::<FindingRows>();

pub(super) const TABLE: &[Signature] = &[
    Signature::method(
        VIEW,
        "group_by",
        &[("key", Param::Text)],
        "map of Findings",
        "parts by `severity`, `level`, `tool`, `rule` or `path`",
        |module, name| {
            module.set_native_fn(name, |view: Findings, key: &str| group_by(&view, key));
        },
    ),
    select::<FindingRows>(
        "introduced",
        &[],
        "those that the change brings in, and those of which nothing shows that it does not",
        |module, name| {
            module.set_native_fn(name, |view: Findings| {
                Ok(view.keep(|evidence, row| at(evidence.findings.introduced(), row) != Some(Introduced::No)))
            });
        },
    ),
    select::<FindingRows>(
        "certainly_introduced",
        &[],
        "those of which a baseline shows that the change brings them in",
        |module, name| {
            module.set_native_fn(name, |view: Findings| {
                Ok(view.keep(|evidence, row| {
                    at(evidence.findings.introduced(), row).is_none_or(|introduced| introduced == Introduced::Yes)
                }))
            });
        },
    ),
    select::<FindingRows>(
        "compared",
        &[("became", Param::Words(Comparison::VOCABULARY))],
        "those that are `new`, `unchanged`, `moved` since the baseline, or of which that is `unknown`; asks for the baseline",
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
    ),
    select::<FindingRows>(
        "on_changed_lines",
        &[],
        "those on lines that the change adds or edits, and those that can't be placed",
        |module, name| {
            module.set_native_fn(name, |view: Findings| {
                Ok(view.keep(|evidence, row| at(evidence.findings.on_changed_line(), row) != Some(false)))
            });
        },
    ),
    select::<FindingRows>(
        "severity",
        &[("severity", Param::Words(Severity::VOCABULARY))],
        "those of a severity",
        |module, name| {
            choices(module, name, |view: Findings, severity: &Dynamic| {
                by_word::<Severity>(&view, severity, crate::evidence::Findings::severities)
            });
        },
    ),
    select::<FindingRows>(
        "severity_at_least",
        &[("severity", SEVERITY)],
        "those of a severity or a worse one",
        |module, name| {
            choices(module, name, |view: Findings, severity: &Dynamic| -> HostResult<Findings> {
                let severity = word::<Severity>(severity)?;
                Ok(view.keep(|evidence, row| {
                    at(evidence.findings.severities(), row).is_none_or(|found| found >= severity)
                }))
            });
        },
    ),
    select::<FindingRows>(
        "level",
        &[("level", Param::Words(Level::VOCABULARY))],
        "those of a SARIF level",
        |module, name| {
            choices(module, name, |view: Findings, level: &Dynamic| {
                by_word::<Level>(&view, level, crate::evidence::Findings::levels)
            });
        },
    ),
    select::<FindingRows>("rule", &[("ids", Param::Texts)], "those of a scanner's rule, by its id", |module, name| {
        choices(module, name, |view: Findings, ids: &Dynamic| -> HostResult<Findings> {
            let ids = texts(ids)?;
            Ok(by_rule(&view, |_, id| ids.iter().any(|wanted| wanted.as_str() == id)))
        });
    }),
    select::<FindingRows>(
        "tool",
        &[("names", Param::Texts)],
        "those of a tool, by its name without regard to case, or another name that it is known by",
        |module, name| {
            choices(module, name, |view: Findings, names: &Dynamic| -> HostResult<Findings> {
                let names: Vec<String> = texts(names)?.iter().map(|name| tool_key(name)).collect();
                Ok(by_rule(&view, |tool, _| names.contains(&tool_key(tool))))
            });
        },
    ),
    select::<FindingRows>("cwe", &[("numbers", Param::Numbers)], "those of a CWE", |module, name| {
        choices(module, name, |view: Findings, numbers: &Dynamic| by_cwe(&view, numbers));
    }),
    select::<FindingRows>(
        "in_files",
        &[("files", Param::Files)],
        "those in certain changed files, and those that can't be placed",
        |module, name| {
            module.set_native_fn(name, |view: Findings, files: View<FileRows>| Ok(in_files(&view, &files)));
        },
    ),
    select::<FindingRows>("suppressed", &[], "those that the upload says are suppressed", |module, name| {
        module.set_native_fn(name, |view: Findings| {
            Ok(view.keep(|evidence, row| at(evidence.findings.suppressions(), row) != Some(Suppression::No)))
        });
    }),
    select::<FindingRows>(
        "not_suppressed",
        &[],
        "those that the upload does not say are suppressed",
        |module, name| {
            module.set_native_fn(name, |view: Findings| {
                Ok(view.keep(|evidence, row| at(evidence.findings.suppressions(), row) == Some(Suppression::No)))
            });
        },
    ),
    select::<FindingRows>(
        "baseline_state",
        &[("state", Param::Words(BaselineState::VOCABULARY))],
        "those of which the upload says so of its own baseline; nobody but a policy honours it",
        |module, name| {
            choices(module, name, |view: Findings, state: &Dynamic| {
                by_word::<BaselineState>(&view, state, crate::evidence::Findings::baseline_states)
            });
        },
    ),
    select::<FindingRows>(
        "severity_from",
        &[("scale", Param::Words(SeverityFrom::VOCABULARY))],
        "those whose severity was read from a scale: `security-severity`, `level`, or the `producer`'s own",
        |module, name| {
            choices(module, name, |view: Findings, scale: &Dynamic| {
                by_word::<SeverityFrom>(&view, scale, crate::evidence::Findings::severity_origins)
            });
        },
    ),
    select::<FindingRows>(
        "kind",
        &[("kind", Param::Words(FindingKind::VOCABULARY))],
        "those that `fail`, ask for a `review`, or are `open`",
        |module, name| {
            choices(module, name, |view: Findings, kind: &Dynamic| {
                by_word::<FindingKind>(&view, kind, crate::evidence::Findings::kinds)
            });
        },
    ),
    property::<FindingRows>("tool", "text", "the scanner", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text(|finding| finding.tool)));
    }),
    property::<FindingRows>("rule", "text", "the scanner's rule", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text(|finding| finding.rule)));
    }),
    property::<FindingRows>("message", "text", "what the scanner says", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text(|finding| finding.message)));
    }),
    property::<FindingRows>(
        "path",
        "text",
        "the path; where it could not be mapped, the location as the scanner wrote it",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text(|finding| finding.path.or(finding.unmapped).unwrap_or("")))
            });
        },
    ),
    property::<FindingRows>(
        "unmapped",
        "true or false",
        "whether the location could not be mapped into the repository",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.finding().is_none_or(|finding| finding.path.is_none())));
        },
    ),
    property::<FindingRows>("line", "number", "the line; 0 where the scanner gives none", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.finding().map_or(0, |finding| INT::from(finding.line))));
    }),
    property::<FindingRows>("severity", "severity", "how bad it is", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(WordValue::of(row.finding().map_or(Severity::Critical, |finding| finding.severity)))
        });
    }),
    property::<FindingRows>("level", "level", "SARIF's level", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(WordValue::of(row.finding().map_or(Level::Error, |finding| finding.level)))
        });
    }),
    property::<FindingRows>(
        "introduced",
        "introduced",
        "whether the change brings it in: yes, no, unknown",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(Introduced::Unknown, |finding| finding.introduced)))
            });
        },
    ),
    property::<FindingRows>(
        "compared",
        "comparison",
        "what became of it since the baseline: new, unchanged, moved, gone, unknown; asks for the baseline",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                row.store.read(EvidenceKind::Baseline);
                Ok(WordValue::of(row.finding().map_or(Comparison::Unknown, |finding| finding.compared)))
            });
        },
    ),
    property::<FindingRows>(
        "on_changed_line",
        "true or false",
        "whether it lies on a changed line, or can't be placed",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.finding().is_none_or(|finding| finding.on_changed_line)));
        },
    ),
    property::<FindingRows>(
        "suppressed",
        "true or false",
        "whether the upload says that it is suppressed",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.finding().is_some_and(|finding| finding.suppression != Suppression::No))
            });
        },
    ),
    property::<FindingRows>(
        "suppression",
        "suppression",
        "what the upload says of suppression: no, in-source, external",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(Suppression::No, |finding| finding.suppression)))
            });
        },
    ),
    property::<FindingRows>(
        "baseline_state",
        "baseline state",
        "what the upload says of its own baseline: unstated, new, unchanged, updated",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(BaselineState::Unstated, |finding| finding.baseline_state)))
            });
        },
    ),
    property::<FindingRows>(
        "severity_from",
        "severity origin",
        "which scale the severity was read from: security-severity, level, producer",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(SeverityFrom::Level, |finding| finding.severity_from)))
            });
        },
    ),
    property::<FindingRows>(
        "kind",
        "finding kind",
        "what kind of statement it is: fail, review, open",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(FindingKind::Fail, |finding| finding.kind)))
            });
        },
    ),
    property::<FindingRows>("score", "decimal number", "the CVSS score; -1.0 where there is none", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.finding().and_then(|finding| finding.score).map_or(-1.0, f64::from))
        });
    }),
    property::<FindingRows>("cwe", "array of numbers", "CWE numbers", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            let cwe = row.finding().map(|finding| finding.cwe.to_vec()).unwrap_or_default();
            Ok(cwe.into_iter().map(|number| Dynamic::from(INT::from(number))).collect::<Array>())
        });
    }),
    property::<FindingRows>("tags", "array of texts", "tags of the scanner's rule", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row
                .finding()
                .map(|finding| finding.tags().map(Dynamic::from_tag).collect::<Array>())
                .unwrap_or_default())
        });
    }),
    property::<FindingRows>("fingerprint", "text", "the finding's identity", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.finding().map(|finding| format!("{:032x}", finding.fingerprint)).unwrap_or_default())
        });
    }),
];

/// A text of the evidence as a script's value.
trait FromTag {
    fn from_tag(tag: &str) -> Self;
}

impl FromTag for Dynamic {
    fn from_tag(tag: &str) -> Self {
        Self::from(ImmutableString::from(tag))
    }
}
