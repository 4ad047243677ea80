//! The tool of a run: its components, their rules and message strings. Reads the shape only.

use serde::de::MapAccess;

use super::result::{Bag, OneReference};
use super::shapes::{Choice, List, Table, Text, keep};
use super::tolerant::{Cx, Shape, fields, keys, value};
use super::wire::{Component, Rule, Run};
use crate::evidence::{Level, NO_SYMBOL};

keys!(ToolKey { Driver = "driver", Extensions = "extensions" } again {});
keys!(ComponentKey {
    Name = "name", Guid = "guid", Version = "version", Semantic = "semanticVersion", File = "dottedQuadFileVersion",
    Rules = "rules", Taxa = "taxa", Messages = "globalMessageStrings",
} again {});
keys!(RuleKey {
    Id = "id", Guid = "guid", Name = "name", Configuration = "defaultConfiguration", Properties = "properties",
    Messages = "messageStrings", Relationships = "relationships",
} again {});
keys!(IdKey { Id = "id" } again {});
keys!(LevelKey { Level = "level" } again { Level });
keys!(TargetKey { Target = "target" } again {});
keys!(StringKey { Text = "text", Markdown = "markdown" } again {});

/// The tool of a run.
pub(super) struct Tool<'l>(pub(super) &'l mut Run);

impl<'de> Shape<'de> for Tool<'_> {
    type Value = ();
    const EXPECTED: &'static str = "an object with `driver`";

    fn otherwise(self, _: &mut Cx) {}

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<(), A::Error> {
        let run = self.0;
        let seen = fields(cx, map, |cx, key, map| {
            match key {
                ToolKey::Driver => run.driver = value(cx, map, OneComponent)?,
                ToolKey::Extensions => value(cx, map, keep(OneComponent, &mut run.extensions))?,
            }
            Ok(())
        })?;
        if !seen.has(ToolKey::Driver) {
            cx.problem("found a tool without `driver`, expected one");
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
pub(super) struct OneComponent;

impl<'de> Shape<'de> for OneComponent {
    type Value = Component;
    const EXPECTED: &'static str = "an object with `name`";

    fn otherwise(self, _: &mut Cx) -> Component {
        Component::default()
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Component, A::Error> {
        let mut component = Component::default();
        let seen = fields(cx, map, |cx, key, map| {
            match key {
                ComponentKey::Name => component.name = value(cx, map, Text)?,
                ComponentKey::Guid => component.guid = value(cx, map, Text)?,
                ComponentKey::Version => component.version = value(cx, map, Text)?,
                ComponentKey::Semantic => component.semantic_version = value(cx, map, Text)?,
                ComponentKey::File => component.file_version = value(cx, map, Text)?,
                ComponentKey::Rules => value(cx, map, keep(OneRule, &mut component.rules))?,
                ComponentKey::Taxa => value(cx, map, keep(Taxon, &mut component.taxa))?,
                ComponentKey::Messages => value(cx, map, strings(&mut component.messages))?,
            }
            Ok(())
        })?;
        if !seen.has(ComponentKey::Name) {
            cx.problem("found a tool component without `name`, expected one");
        }
        Ok(component)
    }
}

/// Message strings by their id.
fn strings(target: &mut Vec<(u32, u32)>) -> Table<MessageString, impl FnMut(&mut Cx, u32, u32)> {
    Table(MessageString, |cx: &mut Cx, id, text| {
        if text != NO_SYMBOL && cx.admit() {
            target.push((id, text));
        }
    })
}

/// A message string, section 3.12: its text, or its Markdown where it has no text.
#[derive(Clone, Copy)]
struct MessageString;

impl<'de> Shape<'de> for MessageString {
    type Value = u32;
    const EXPECTED: &'static str = "an object with `text`";

    fn otherwise(self, _: &mut Cx) -> u32 {
        NO_SYMBOL
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<u32, A::Error> {
        let (mut text, mut markdown) = (NO_SYMBOL, NO_SYMBOL);
        fields(cx, map, |cx, key, map| {
            match key {
                StringKey::Text => text = value(cx, map, Text)?,
                StringKey::Markdown => markdown = value(cx, map, Text)?,
            }
            Ok(())
        })?;
        Ok(if text == NO_SYMBOL { markdown } else { text })
    }
}

#[derive(Clone, Copy)]
struct OneRule;

impl<'de> Shape<'de> for OneRule {
    type Value = Rule;
    const EXPECTED: &'static str = "an object with `id`";

    fn otherwise(self, _: &mut Cx) -> Rule {
        Rule::default()
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Rule, A::Error> {
        let mut rule = Rule::default();
        let seen = fields(cx, map, |cx, key, map| {
            match key {
                RuleKey::Id => rule.id = value(cx, map, Text)?,
                RuleKey::Guid => rule.guid = value(cx, map, Text)?,
                RuleKey::Name => rule.name = value(cx, map, Text)?,
                RuleKey::Configuration => rule.level = value(cx, map, Configuration)?,
                RuleKey::Properties => {
                    let bag = value(cx, map, Bag)?;
                    rule.security_severity = bag.security_severity;
                    rule.cwe = bag.cwe;
                    rule.tags = bag.tags;
                }
                RuleKey::Messages => value(cx, map, strings(&mut rule.messages))?,
                RuleKey::Relationships => {
                    value(
                        cx,
                        map,
                        List(Relationship, |cx: &mut Cx, _, target| {
                            if target != NO_SYMBOL && cx.admit() {
                                rule.relations.push(target);
                            }
                        }),
                    )?;
                }
            }
            Ok(())
        })?;
        if !seen.has(RuleKey::Id) {
            cx.problem("found a rule without `id`, expected one");
        }
        Ok(rule)
    }
}

/// The id of a taxon.
#[derive(Clone, Copy)]
struct Taxon;

impl<'de> Shape<'de> for Taxon {
    type Value = u32;
    const EXPECTED: &'static str = "an object with `id`";

    fn otherwise(self, _: &mut Cx) -> u32 {
        NO_SYMBOL
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<u32, A::Error> {
        let mut id = NO_SYMBOL;
        fields(cx, map, |cx, IdKey::Id, map| {
            id = value(cx, map, Text)?;
            Ok(())
        })?;
        Ok(id)
    }
}

/// The level that a configuration sets, section 3.50.
pub(super) struct Configuration;

impl<'de> Shape<'de> for Configuration {
    type Value = Option<Level>;
    const EXPECTED: &'static str = "an object that is a reporting configuration";

    fn otherwise(self, _: &mut Cx) -> Option<Level> {
        None
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Option<Level>, A::Error> {
        let mut level = None;
        fields(cx, map, |cx, LevelKey::Level, map| {
            level = level.max(value(cx, map, Choice::<Level>::NEW)?);
            Ok(())
        })?;
        Ok(level)
    }
}

#[derive(Clone, Copy)]
struct Relationship;

impl<'de> Shape<'de> for Relationship {
    type Value = u32;
    const EXPECTED: &'static str = "an object with `target`";

    fn otherwise(self, _: &mut Cx) -> u32 {
        NO_SYMBOL
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<u32, A::Error> {
        let mut target = NO_SYMBOL;
        fields(cx, map, |cx, TargetKey::Target, map| {
            target = value(cx, map, OneReference)?;
            Ok(())
        })?;
        Ok(target)
    }
}
