//! Results and what they are made of. Reads the shape only: defaults are applied when findings are made of them.

use serde::de::{MapAccess, SeqAccess};

use super::location::OneLocation;
use super::print::Prints;
use super::shapes::{Choice, List, Position, Scalar, Text};
use super::tolerant::{Cx, Number, Shape, fields, keys, value};
use super::wire::{
    BaselineWord, ComponentReference, Hints, Message, Reference, ResultKind, ResultRow, SuppressionKind,
    SuppressionStatus,
};
use crate::evidence::{Level, NO_SYMBOL, Suppression};

keys!(ResultKey {
    RuleId = "ruleId", RuleIndex = "ruleIndex", Rule = "rule", Kind = "kind", Level = "level", Message = "message",
    Locations = "locations", Baseline = "baselineState", Suppressions = "suppressions", Provenance = "provenance",
    Properties = "properties", Taxa = "taxa", Fingerprints = "fingerprints", Partial = "partialFingerprints",
} again { Kind, Level, Locations, Baseline, Suppressions });
keys!(MessageKey { Text = "text", Markdown = "markdown", Id = "id", Arguments = "arguments" } again {});
keys!(SuppressionKey { Kind = "kind", Status = "status" } again {});
keys!(ProvenanceKey { Invocation = "invocationIndex" } again {});
keys!(BagKey { SecuritySeverity = "security-severity", Cwe = "cwe", Tags = "tags" } again {});
keys!(ReferenceKey { Id = "id", Index = "index", Guid = "guid", Component = "toolComponent" } again {});
keys!(ComponentKey { Name = "name", Index = "index", Guid = "guid" } again {});

/// The number of a new row at the end of a table.
pub(super) fn row_number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NO_SYMBOL)
}

/// One result; `None` where it is no object.
#[derive(Clone, Copy)]
pub(super) struct OneResult;

impl<'de> Shape<'de> for OneResult {
    type Value = Option<ResultRow>;
    const EXPECTED: &'static str = "an object that is a result";

    fn otherwise(self, _: &mut Cx) -> Option<ResultRow> {
        None
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Option<ResultRow>, A::Error> {
        cx.odd = false;
        let first_location = cx.store.locations.len();
        let mut row = ResultRow { first_location: row_number(first_location), ..ResultRow::default() };
        let mut hints = Hints::default();
        let seen = fields(cx, map, |cx, key, map| {
            match key {
                ResultKey::RuleId => row.rule_id = value(cx, map, Text)?,
                ResultKey::RuleIndex => row.rule_index = value(cx, map, Position)?,
                ResultKey::Rule => row.rule = value(cx, map, OneReference)?,
                ResultKey::Kind => row.kind = row.kind.max(value(cx, map, Choice::<ResultKind>::NEW)?),
                ResultKey::Level => row.level = row.level.max(value(cx, map, Choice::<Level>::NEW)?),
                ResultKey::Message => row.message = value(cx, map, OneMessage)?,
                ResultKey::Locations => {
                    value(
                        cx,
                        map,
                        List(OneLocation, |cx: &mut Cx, _, location| {
                            if cx.admit() {
                                cx.store.locations.push(location);
                            }
                        }),
                    )?;
                }
                ResultKey::Baseline => {
                    row.baseline = row.baseline.max(value(cx, map, Choice::<BaselineWord>::NEW)?);
                }
                ResultKey::Suppressions => {
                    let stated = value(cx, map, Suppressions)?;
                    row.suppression = Some(if row.suppression.is_some() { Suppression::No } else { stated });
                }
                ResultKey::Fingerprints => value(cx, map, Prints::whole(&mut row.stated))?,
                ResultKey::Partial => value(cx, map, Prints::partial(&mut row.stated))?,
                ResultKey::Provenance => row.invocation = value(cx, map, Provenance)?,
                ResultKey::Properties => {
                    let bag = value(cx, map, Bag)?;
                    row.security_severity = bag.security_severity;
                    hints.texts = bag.cwe;
                    hints.texts.extend(bag.tags.iter().filter(|tag| names_cwe(cx.strings.get(**tag))));
                }
                ResultKey::Taxa => {
                    value(
                        cx,
                        map,
                        List(OneReference, |cx: &mut Cx, _, reference| {
                            if cx.admit() {
                                hints.taxa.push(reference);
                            }
                        }),
                    )?;
                }
            }
            Ok(())
        })?;
        if !seen.has(ResultKey::Message) {
            cx.problem("found a result without `message`, expected one");
        }
        row.locations = row_number(cx.store.locations.len().saturating_sub(first_location));
        if !hints.texts.is_empty() || !hints.taxa.is_empty() {
            row.hints = row_number(cx.store.hints.len());
            cx.store.hints.push(hints);
        }
        row.odd = cx.odd;
        Ok(Some(row))
    }
}

/// Whether a text names a weakness of the Common Weakness Enumeration.
fn names_cwe(text: &str) -> bool {
    text.as_bytes().windows(3).any(|window| window.eq_ignore_ascii_case(b"cwe"))
}

/// A message. A bare string is understood, and is a problem all the same.
#[derive(Clone, Copy)]
pub(super) struct OneMessage;

impl<'de> Shape<'de> for OneMessage {
    type Value = Message;
    const EXPECTED: &'static str = "an object with `text`, `markdown` or `id`";

    fn otherwise(self, _: &mut Cx) -> Message {
        Message::default()
    }

    fn string(self, cx: &mut Cx, text: &str) -> Message {
        cx.problem(format!("found a string, expected {}", Self::EXPECTED));
        Message { text: cx.strings.intern(text), ..Message::default() }
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Message, A::Error> {
        let mut message = Message::default();
        let seen = fields(cx, map, |cx, key, map| {
            match key {
                MessageKey::Text => message.text = value(cx, map, Text)?,
                MessageKey::Markdown => message.markdown = value(cx, map, Text)?,
                MessageKey::Id => message.id = value(cx, map, Text)?,
                MessageKey::Arguments => {
                    let mut arguments = Vec::new();
                    value(
                        cx,
                        map,
                        List(Text, |cx: &mut Cx, _, argument| {
                            if cx.admit() {
                                arguments.push(argument);
                            }
                        }),
                    )?;
                    if !arguments.is_empty() {
                        message.arguments = row_number(cx.store.arguments.len());
                        cx.store.arguments.push(arguments.into_boxed_slice());
                    }
                }
            }
            Ok(())
        })?;
        if ![MessageKey::Text, MessageKey::Markdown, MessageKey::Id].into_iter().any(|key| seen.has(key)) {
            cx.problem(format!("found neither of these, expected {}", Self::EXPECTED));
        }
        Ok(message)
    }
}

/// All suppressions of a result: it is suppressed where there is one, and each is accepted (section 3.27.23).
#[derive(Clone, Copy)]
struct Suppressions;

impl<'de> Shape<'de> for Suppressions {
    type Value = Suppression;
    const EXPECTED: &'static str = "an array";

    fn otherwise(self, _: &mut Cx) -> Suppression {
        Suppression::No
    }

    fn null(self, _: &mut Cx) -> Suppression {
        Suppression::No
    }

    fn array<A: SeqAccess<'de>>(self, cx: &mut Cx, seq: A) -> Result<Suppression, A::Error> {
        let mut all = None;
        let each = |_: &mut Cx, _, one| {
            all = Some(match (all, one) {
                (Some(Suppression::No), _) | (_, Suppression::No) => Suppression::No,
                (Some(Suppression::InSource), _) => Suppression::InSource,
                (_, one) => one,
            });
        };
        List(OneSuppression, each).array(cx, seq)?;
        Ok(all.unwrap_or(Suppression::No))
    }
}

#[derive(Clone, Copy)]
struct OneSuppression;

impl<'de> Shape<'de> for OneSuppression {
    type Value = Suppression;
    const EXPECTED: &'static str = "an object that is a suppression";

    fn otherwise(self, _: &mut Cx) -> Suppression {
        Suppression::No
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Suppression, A::Error> {
        let (mut kind, mut status) = (None, None);
        let seen = fields(cx, map, |cx, key, map| {
            match key {
                SuppressionKey::Kind => kind = value(cx, map, Choice::<SuppressionKind>::NEW)?,
                SuppressionKey::Status => status = value(cx, map, Choice::<SuppressionStatus>::NEW)?,
            }
            Ok(())
        })?;
        let accepted = !seen.has(SuppressionKey::Status) || status == Some(SuppressionStatus::Accepted);
        Ok(match kind {
            _ if !accepted => Suppression::No,
            Some(SuppressionKind::InSource) => Suppression::InSource,
            Some(SuppressionKind::External) => Suppression::External,
            // A suppression that does not say what it is suppresses nothing.
            None => Suppression::No,
        })
    }
}

struct Provenance;

impl<'de> Shape<'de> for Provenance {
    type Value = i32;
    const EXPECTED: &'static str = "an object";

    fn otherwise(self, _: &mut Cx) -> i32 {
        -1
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<i32, A::Error> {
        let mut invocation = -1;
        fields(cx, map, |cx, ProvenanceKey::Invocation, map| {
            invocation = value(cx, map, Position)?;
            Ok(())
        })?;
        Ok(invocation)
    }
}

/// The property bag of a rule or a result, as far as it is read.
pub(super) struct Bag;

/// What was read of a property bag.
pub(super) struct BagContent {
    pub(super) security_severity: u32,
    pub(super) cwe: Vec<u32>,
    pub(super) tags: Vec<u32>,
}

impl<'de> Shape<'de> for Bag {
    type Value = BagContent;
    const EXPECTED: &'static str = "an object";

    fn otherwise(self, _: &mut Cx) -> BagContent {
        BagContent { security_severity: NO_SYMBOL, cwe: Vec::new(), tags: Vec::new() }
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<BagContent, A::Error> {
        let mut bag = self.otherwise(cx);
        fields(cx, map, |cx, key, map| {
            match key {
                BagKey::SecuritySeverity => bag.security_severity = value(cx, map, Scalar)?,
                BagKey::Cwe => value(cx, map, Cwe(&mut bag.cwe))?,
                BagKey::Tags => {
                    value(
                        cx,
                        map,
                        List(Text, |cx: &mut Cx, _, tag| {
                            if tag != NO_SYMBOL && cx.admit() {
                                bag.tags.push(tag);
                            }
                        }),
                    )?;
                }
            }
            Ok(())
        })?;
        Ok(bag)
    }
}

/// The property `cwe`, which is the producer's own: a text, a number, or several; anything else is none.
struct Cwe<'l>(&'l mut Vec<u32>);

impl<'de> Shape<'de> for Cwe<'_> {
    type Value = ();
    const EXPECTED: &'static str = "a text";

    fn otherwise(self, _: &mut Cx) {}

    fn string(self, cx: &mut Cx, text: &str) {
        if cx.admit() {
            self.0.push(cx.strings.intern(text));
        }
    }

    fn number(self, cx: &mut Cx, number: Number) {
        self.string(cx, &format!("CWE-{number}"));
    }

    fn array<A: SeqAccess<'de>>(self, cx: &mut Cx, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(super::tolerant::Reading { cx, shape: OneCwe(self.0) })?.is_some() {}
        Ok(())
    }

    fn wrong(self, _: &mut Cx, _: &str) {}
}

struct OneCwe<'l>(&'l mut Vec<u32>);

impl Shape<'_> for OneCwe<'_> {
    type Value = ();
    const EXPECTED: &'static str = "a text";

    fn otherwise(self, _: &mut Cx) {}

    fn string(self, cx: &mut Cx, text: &str) {
        Cwe(self.0).string(cx, text);
    }

    fn number(self, cx: &mut Cx, number: Number) {
        Cwe(self.0).number(cx, number);
    }

    fn wrong(self, _: &mut Cx, _: &str) {}
}

/// A reference to a rule or a taxon; gives its number in the store.
#[derive(Clone, Copy)]
pub(super) struct OneReference;

impl<'de> Shape<'de> for OneReference {
    type Value = u32;
    const EXPECTED: &'static str = "an object with `id`, `index` or `guid`";

    fn otherwise(self, _: &mut Cx) -> u32 {
        NO_SYMBOL
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<u32, A::Error> {
        let mut reference = Reference::default();
        fields(cx, map, |cx, key, map| {
            match key {
                ReferenceKey::Id => reference.id = value(cx, map, Text)?,
                ReferenceKey::Index => reference.index = value(cx, map, Position)?,
                ReferenceKey::Guid => reference.guid = value(cx, map, Text)?,
                ReferenceKey::Component => reference.component = value(cx, map, OneComponentReference)?,
            }
            Ok(())
        })?;
        Ok(row_number(cx.store.references.insert_full(reference).0))
    }
}

struct OneComponentReference;

impl<'de> Shape<'de> for OneComponentReference {
    type Value = ComponentReference;
    const EXPECTED: &'static str = "an object with `name`, `index` or `guid`";

    fn otherwise(self, _: &mut Cx) -> ComponentReference {
        ComponentReference::default()
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<ComponentReference, A::Error> {
        let mut component = ComponentReference::default();
        fields(cx, map, |cx, key, map| {
            match key {
                ComponentKey::Name => component.name = value(cx, map, Text)?,
                ComponentKey::Index => component.index = value(cx, map, Position)?,
                ComponentKey::Guid => component.guid = value(cx, map, Text)?,
            }
            Ok(())
        })?;
        Ok(component)
    }
}
