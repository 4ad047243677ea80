//! What is known of one finding.

use rhai::{Array, Dynamic, INT, ImmutableString};

use super::collection::Item;
use super::findings::FindingRows;
use super::signature::Signature;
use super::stored::property;
use super::words::WordValue;
use crate::evidence::{
    BaselineState, Comparison, EvidenceKind, Finding, FindingKind, Introduced, Level, Severity, SeverityFrom,
    Suppression,
};

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

pub(super) const TABLE: &[Signature] = &[
    property::<FindingRows>("tool", "text", "the scanner's name", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text(|finding| finding.tool)));
    })
    .example("for f in change.findings.introduced() { violation(f, `${f.tool} says: ${f.message}`); }"),
    property::<FindingRows>("rule", "text", "the id of the scanner's rule", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text(|finding| finding.rule)));
    })
    .example("for f in change.findings.introduced() { violation(f, `${f.rule}: ${f.message}`); }"),
    property::<FindingRows>("message", "text", "what the scanner says", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.text(|finding| finding.message)));
    })
    .example("for f in change.findings.introduced() { violation(f, f.message); }"),
    property::<FindingRows>(
        "path",
        "text",
        "the path in the repository; where it could not be mapped, the location as the scanner wrote it",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.text(|finding| finding.path.or(finding.unmapped).unwrap_or("")))
            });
        },
    )
    .example("for f in change.findings.introduced() { violation(f, `${f.path}: ${f.message}`); }"),
    property::<FindingRows>(
        "unmapped",
        "true or false",
        "whether the location could not be mapped into the repository",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.finding().is_none_or(|finding| finding.path.is_none())));
        },
    )
    .example("for f in change.findings { if f.unmapped { note(`nobody knows which file ${f.path} is`); } }"),
    property::<FindingRows>("line", "number", "the line, from 1; 0 where the scanner gives none", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.finding().map_or(0, |finding| INT::from(finding.line))));
    })
    .example("for f in change.findings.introduced() { violation(f, `line ${f.line}: ${f.message}`); }"),
    property::<FindingRows>("severity", "severity", "how bad it is", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(WordValue::of(row.finding().map_or(Severity::Critical, |finding| finding.severity)))
        });
    })
    .example(r#"for f in change.findings.introduced() { if f.severity >= "high" { violation(f, f.message); } }"#),
    property::<FindingRows>("level", "level", "the level, as SARIF calls it", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(WordValue::of(row.finding().map_or(Level::Error, |finding| finding.level)))
        });
    })
    .example(r#"for f in change.findings.introduced() { if f.level == "error" { violation(f, f.message); } }"#),
    property::<FindingRows>(
        "introduced",
        "introduced",
        "whether the change brings it in; `unknown` without a complete baseline",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(Introduced::Unknown, |finding| finding.introduced)))
            });
        },
    )
    .example(r#"for f in change.findings { if f.introduced == "unknown" { note(`${f.rule} may be old`); } }"#),
    property::<FindingRows>(
        "compared",
        "comparison",
        "what became of it since the baseline; asks for `baseline`",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                row.store.read(EvidenceKind::Baseline);
                Ok(WordValue::of(row.finding().map_or(Comparison::Unknown, |finding| finding.compared)))
            });
        },
    )
    .example(r#"for f in change.findings { if f.compared == "moved" { note(`${f.rule} moved to ${f.path}`); } }"#),
    property::<FindingRows>(
        "on_changed_line",
        "true or false",
        "whether it lies on a changed line, or can't be placed",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.finding().is_none_or(|finding| finding.on_changed_line)));
        },
    )
    .example("for f in change.findings { if f.on_changed_line { violation(f, f.message); } }"),
    property::<FindingRows>(
        "suppressed",
        "true or false",
        "whether the scanner's report says that it is suppressed",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.finding().is_some_and(|finding| finding.suppression != Suppression::No))
            });
        },
    )
    .example("for f in change.findings { if f.suppressed { note(`${f.rule} is suppressed`); } }"),
    property::<FindingRows>(
        "suppression",
        "suppression",
        "what the scanner's report says of suppression",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(Suppression::No, |finding| finding.suppression)))
            });
        },
    )
    .example(r#"for f in change.findings.introduced() { if f.suppression == "in-source" { violation(f, "a comment hides it"); } }"#),
    property::<FindingRows>(
        "baseline_state",
        "baseline state",
        "what the scanner's report says of a baseline of its own",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(BaselineState::Unstated, |finding| finding.baseline_state)))
            });
        },
    )
    .example(r#"for f in change.findings { if f.baseline_state == "new" { note(`new, says the upload: ${f.rule}`); } }"#),
    property::<FindingRows>(
        "severity_from",
        "severity origin",
        "which scale the severity was read from",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(SeverityFrom::Level, |finding| finding.severity_from)))
            });
        },
    )
    .example("for f in change.findings.introduced() { violation(f, `${f.severity} by ${f.severity_from}: ${f.message}`); }"),
    property::<FindingRows>(
        "kind",
        "finding kind",
        "what kind of statement it is",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(WordValue::of(row.finding().map_or(FindingKind::Fail, |finding| finding.kind)))
            });
        },
    )
    .example(r#"for f in change.findings { if f.kind == "open" { recommend(`decide on ${f.rule} in ${f.path}`); } }"#),
    property::<FindingRows>("score", "decimal number", "the CVSS score, 0.0 to 10.0; -1.0 where there is none", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.finding().and_then(|finding| finding.score).map_or(-1.0, f64::from))
        });
    })
    .example(r#"for f in change.findings { if f.score >= 9.0 { violation(f, `CVSS ${f.score}`).risk("critical"); } }"#),
    property::<FindingRows>("cwe", "array of numbers", "numbers of its weaknesses: 79 is CWE-79", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            let cwe = row.finding().map(|finding| finding.cwe.to_vec()).unwrap_or_default();
            Ok(cwe.into_iter().map(|number| Dynamic::from(INT::from(number))).collect::<Array>())
        });
    })
    .example(r#"for f in change.findings.introduced() { if 798 in f.cwe { violation(f, "credentials are in the code"); } }"#),
    property::<FindingRows>("tags", "array of texts", "tags of the scanner's rule", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row
                .finding()
                .map(|finding| finding.tags().map(Dynamic::from_tag).collect::<Array>())
                .unwrap_or_default())
        });
    })
    .example(r#"for f in change.findings.introduced() { if "security" in f.tags { violation(f, f.message); } }"#),
    property::<FindingRows>("fingerprint", "text", "the finding's identity, 32 hexadecimal digits, which stays when it moves to another line", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.finding().map(|finding| format!("{:032x}", finding.fingerprint)).unwrap_or_default())
        });
    })
    .example("for f in change.findings.suppressed() { note(`${f.fingerprint} is suppressed`); }"),
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
