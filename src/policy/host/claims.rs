//! Claims as rules see them.

use std::sync::Arc;

use rhai::{Array, Dynamic, FLOAT, INT, ImmutableString};

use super::collection::{Collection, Item, View};
use super::effects::array;
use super::error::{HostError, HostResult};
use super::globs::texts;
use super::signature::{Param, Signature};
use super::stored::{Stored, property, select};
use super::words::{WordValue, choices, words};
use crate::diagnostic::Code;
use crate::evidence::{Claim, ClaimKind, Evidence, EvidenceKind, Word as _};
use crate::policy::Subject;

/// Statements about the change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClaimRows;

impl Collection for ClaimRows {
    const ITEM: &'static str = "Claim";
    const VIEW: &'static str = "Claims";
    const KIND: Option<EvidenceKind> = Some(EvidenceKind::Claims);

    fn len(evidence: &Evidence) -> usize {
        evidence.claims.len()
    }

    fn subject(row: u32) -> Subject {
        Subject::Claim(row)
    }
}

impl Stored for ClaimRows {
    type Row = Claim;

    fn stored(evidence: &Evidence) -> &[Claim] {
        &evidence.claims
    }
}

type Claims = View<ClaimRows>;
type Row = Item<ClaimRows>;

/// How many bytes of texts a query reads for one operation of the limit.
const BYTES_PER_OPERATION: usize = 128;

impl Claims {
    /// Those of which a text is tested; what is read is counted.
    fn keep_texts(
        &self,
        wanted: &Dynamic,
        fits: impl Fn(&str, &str) -> bool,
        of: impl Fn(&ClaimTexts) -> &[String],
    ) -> HostResult<Self> {
        let wanted = folded_texts(wanted)?;
        let texts = self.store.claim_texts.get_or_init(|| claim_texts(&self.store.evidence));
        let mut read = 0;
        let kept = self.keep(|_, row| {
            texts.get(row).is_none_or(|texts| {
                of(texts).iter().any(|text| {
                    read += text.len() * wanted.len();
                    wanted.iter().any(|wanted| fits(text, wanted))
                })
            })
        });
        self.store.meter.charge((read / BYTES_PER_OPERATION) as u64);
        Ok(kept)
    }
}

/// Texts of a claim as queries compare them.
#[derive(Debug)]
pub(crate) struct ClaimTexts {
    text: [String; 1],
    label: Option<String>,
    /// Claims under the same headings share them.
    section: Arc<[String]>,
}

fn claim_texts(evidence: &Evidence) -> Vec<ClaimTexts> {
    let mut last: Option<(&[String], Arc<[String]>)> = None;
    let texts = evidence.claims.iter().map(|claim| {
        let section = match &last {
            Some((written, section)) if *written == claim.section => Arc::clone(section),
            _ => claim.section.iter().map(|heading| folded(heading)).collect(),
        };
        last = Some((&claim.section, Arc::clone(&section)));
        ClaimTexts { text: [folded(&claim.text)], label: claim.label.as_deref().map(folded), section }
    });
    texts.collect()
}

/// A text in lower case, blanks folded, so that how it is written does not matter.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Texts that a query looks for; an empty one is in every text, which nobody means.
fn folded_texts(wanted: &Dynamic) -> HostResult<Vec<String>> {
    let wanted: Vec<String> = texts(wanted)?.iter().map(|text| folded(text)).collect();
    if wanted.iter().any(String::is_empty) {
        return Err(HostError::new(Code::BadArguments, "found an empty text, expected some to look for").into());
    }
    Ok(wanted)
}

/// A decimal as a whole number where it is one that fits, or else as a decimal number.
fn number(decimal: &str) -> Option<Dynamic> {
    if let Ok(whole) = decimal.parse::<INT>() {
        return Some(Dynamic::from(whole));
    }
    decimal.parse::<FLOAT>().ok().map(Dynamic::from)
}

/// The only number of a claim.
fn only_number(claim: &Claim) -> HostResult<Dynamic> {
    let wrong = |found: &str| {
        HostError::new(
            Code::BadArguments,
            format!("the claim has {found}, expected one number: {}", shown(&claim.text)),
        )
        .help("ask `claim.numbers` how many there are first")
    };
    match claim.numbers.as_slice() {
        [only] => Ok(number(only).ok_or_else(|| wrong("none"))?),
        [] => Err(wrong("none").into()),
        several => Err(wrong(&several.len().to_string()).into()),
    }
}

/// The beginning of a text, for messages.
fn shown(text: &str) -> String {
    const LONGEST: usize = 100;
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// What stands after the label: all of the text where there is none.
fn value(claim: &Claim) -> &str {
    let after = claim.label.as_deref().and_then(|label| claim.text.strip_prefix(label)).map(str::trim_start);
    let separators: &[char] = if claim.kind == ClaimKind::Row { &['|'] } else { &[':', '：'] };
    after.and_then(|after| after.strip_prefix(separators)).map_or(claim.text.as_str(), str::trim)
}

pub(super) const TABLE: &[Signature] = &[
    select::<ClaimRows>("ticked", &[], "those with a box that is ticked", |module, name| {
        module.set_native_fn(name, |view: Claims| Ok(view.keep_rows(|claim| claim.ticked == Some(true))));
    })
    .example(r#"if change.claims.ticked().matching("tested by hand").is_empty() { violation(change, "not tested"); }"#),
    select::<ClaimRows>("open", &[], "those with a box that is not ticked", |module, name| {
        module.set_native_fn(name, |view: Claims| Ok(view.keep_rows(|claim| claim.ticked == Some(false))));
    })
    .example("for c in change.claims.open() { violation(c, `not done: ${c.text}`); }"),
    select::<ClaimRows>(
        "kind",
        &[("kinds", Param::Words(ClaimKind::VOCABULARY))],
        "those of a kind, which is how they are written",
        |module, name| {
            choices(module, name, |view: Claims, kinds: &Dynamic| -> HostResult<Claims> {
                let kinds = words::<ClaimKind>(kinds)?;
                Ok(view.keep_rows(|claim| kinds.get(usize::from(claim.kind.index())).copied().unwrap_or(true)))
            });
        },
    )
    .example(r#"if change.claims.kind("checkbox").is_empty() { violation(change, "the checklist is missing"); }"#),
    select::<ClaimRows>(
        "section",
        &[("texts", Param::Texts)],
        "those under a heading, at any level, that has a text in it, in capitals or not",
        |module, name| {
            choices(module, name, |view: Claims, wanted: &Dynamic| {
                view.keep_texts(wanted, |heading, wanted| heading.contains(wanted), |texts| &texts.section)
            });
        },
    )
    .errors("an empty text")
    .example(r#"if change.claims.section("rollback").is_empty() { violation(change, "says nothing of rollback"); }"#),
    select::<ClaimRows>(
        "labelled",
        &[("labels", Param::Texts)],
        "those with a label, by the whole of it, in capitals or not",
        |module, name| {
            choices(module, name, |view: Claims, wanted: &Dynamic| {
                view.keep_texts(wanted, |label, wanted| label == wanted, |texts| texts.label.as_slice())
            });
        },
    )
    .errors("an empty text")
    .example(r#"for c in change.claims.labelled("ticket") { note(`ticket ${c.value}`); }"#),
    select::<ClaimRows>(
        "matching",
        &[("texts", Param::Texts)],
        "those that have a text in them, in capitals or not; blanks count as one",
        |module, name| {
            choices(module, name, |view: Claims, wanted: &Dynamic| {
                view.keep_texts(wanted, |text, wanted| text.contains(wanted), |texts| &texts.text)
            });
        },
    )
    .errors("an empty text")
    .example(r#"for c in change.claims.matching(["no tests", "untested"]) { violation(c, c.text); }"#),
    property::<ClaimRows>(
        "ticked",
        "true or false",
        "whether its box is ticked; false where it has none",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(false, |item| item.ticked == Some(true))));
        },
    )
    .example(r#"for c in change.claims.matching("breaking") { if c.ticked { violation(c, "a breaking change"); } }"#),
    property::<ClaimRows>("has_box", "true or false", "whether it has a box, ticked or not", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(false, |item| item.ticked.is_some())));
    })
    .example("for c in change.claims { if c.has_box && !c.ticked { violation(c, c.text); } }"),
    property::<ClaimRows>(
        "numbers",
        "array of numbers",
        "the numbers in it, in the order of the text",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(Array::new(), |item| item.numbers.iter().filter_map(|decimal| number(decimal)).collect()))
            });
        },
    )
    .example("for c in change.claims { if c.numbers.len() > 1 { note(`${c.numbers.len()} numbers: ${c.text}`); } }"),
    property::<ClaimRows>(
        "number",
        "number",
        "the only number in it; an error where there is none, or more than one",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| row.get(Ok(Dynamic::UNIT), only_number));
        },
    )
    .errors("it has no number, or more than one: ask `numbers.len()` first")
    .example(r#"for c in change.claims.labelled("tests added") { if c.numbers.len() == 1 && c.number == 0 { violation(c, c.text); } }"#),
    property::<ClaimRows>(
        "value",
        "text",
        "what stands after its label: behind the colon, or in the cells after the first; all of its text where it has none",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(ImmutableString::new(), |item| value(item).into())));
        },
    )
    .example(r#"for c in change.claims.labelled("risk") { if c.value == "high" { violation(c, "its author says that it is risky"); } }"#),
    property::<ClaimRows>("text", "text", "what it says", |module, name| {
        module
            .set_getter_fn(name, |row: &mut Row| Ok(row.get(ImmutableString::new(), |item| item.text.as_str().into())));
    })
    .example("for c in change.claims.open() { violation(c, `not done: ${c.text}`); }"),
    property::<ClaimRows>("path", "text", "the document; empty for the change's own description", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(ImmutableString::new(), |item| item.path.as_deref().unwrap_or("").into()))
        });
    })
    .example(r#"for c in change.claims { if c.path == "" { note(`the description says: ${c.text}`); } }"#),
    property::<ClaimRows>("line", "number", "its line in the document, from 1", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| Ok(row.get(0, |item| INT::from(item.line))));
    })
    .example("for c in change.claims.open() { violation(c, `line ${c.line} is not ticked`); }"),
    property::<ClaimRows>("kind", "claim kind", "how it is written", |module, name| {
        module.set_getter_fn(name, |row: &mut Row| {
            Ok(row.get(WordValue::of(ClaimKind::Sentence), |item| WordValue::of(item.kind)))
        });
    })
    .example(r#"for c in change.claims.open() { if c.kind == "row" { note(`a row of a table: ${c.text}`); } }"#),
    property::<ClaimRows>(
        "label",
        "text",
        "what stands before the colon of a labelled line, or in the first cell of a row; empty where there is none",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| {
                Ok(row.get(ImmutableString::new(), |item| item.label.as_deref().unwrap_or("").into()))
            });
        },
    )
    .example(r#"for c in change.claims.kind("labelled") { note(`${c.label} is ${c.value}`); }"#),
    property::<ClaimRows>(
        "section",
        "array of texts",
        "the headings that it stands under, outermost first",
        |module, name| {
            module.set_getter_fn(name, |row: &mut Row| Ok(row.get(Array::new(), |item| array(&item.section))));
        },
    )
    .example(r#"for c in change.claims.open() { violation(c, `${c.section.join(" > ")}: ${c.text}`); }"#),
];
