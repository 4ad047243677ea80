//! Locations: artifacts, regions, logical names. Reads the shape only.

use serde::de::MapAccess;

use super::shapes::{List, Place, Position, Text};
use super::tolerant::{Cx, Shape, fields, keys, value};
use super::wire::{ArtifactLocation, LocationRow};
use crate::evidence::NO_SYMBOL;

keys!(LocationKey { Physical = "physicalLocation", Logical = "logicalLocations" } again {});
keys!(PhysicalKey { Artifact = "artifactLocation", Region = "region" } again {});
keys!(ArtifactKey { Uri = "uri", Base = "uriBaseId", Index = "index" } again {});
keys!(RegionKey { Line = "startLine", EndLine = "endLine", Column = "startColumn", Snippet = "snippet" } again {});
keys!(SnippetKey { Text = "text" } again {});
keys!(LogicalKey { FullName = "fullyQualifiedName", Name = "name" } again {});

/// One location. What is no object still is a location: one that can't be placed.
#[derive(Clone, Copy)]
pub(super) struct OneLocation;

impl<'de> Shape<'de> for OneLocation {
    type Value = LocationRow;
    const EXPECTED: &'static str = "an object that is a location";

    fn otherwise(self, _: &mut Cx) -> LocationRow {
        LocationRow::default()
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<LocationRow, A::Error> {
        let mut location = LocationRow::default();
        fields(cx, map, |cx, key, map| {
            match key {
                LocationKey::Physical => value(cx, map, Physical(&mut location))?,
                LocationKey::Logical => {
                    let mut first = NO_SYMBOL;
                    value(
                        cx,
                        map,
                        List(Logical, |_: &mut Cx, index, name| {
                            if index == 0 {
                                first = name;
                            }
                        }),
                    )?;
                    location.logical = first;
                }
            }
            Ok(())
        })?;
        Ok(location)
    }
}

struct Physical<'l>(&'l mut LocationRow);

impl<'de> Shape<'de> for Physical<'_> {
    type Value = ();
    const EXPECTED: &'static str = "an object that is a physical location";

    fn otherwise(self, _: &mut Cx) {}

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<(), A::Error> {
        let location = self.0;
        fields(cx, map, |cx, key, map| {
            match key {
                PhysicalKey::Artifact => location.artifact = value(cx, map, OneArtifactLocation)?,
                PhysicalKey::Region => value(cx, map, Region(location))?,
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// Where an artifact is.
#[derive(Clone, Copy)]
pub(super) struct OneArtifactLocation;

impl<'de> Shape<'de> for OneArtifactLocation {
    type Value = ArtifactLocation;
    const EXPECTED: &'static str = "an object with `uri` or `index`";

    fn otherwise(self, _: &mut Cx) -> ArtifactLocation {
        ArtifactLocation::default()
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<ArtifactLocation, A::Error> {
        let mut artifact = ArtifactLocation::default();
        fields(cx, map, |cx, key, map| {
            match key {
                ArtifactKey::Uri => artifact.uri = value(cx, map, Text)?,
                ArtifactKey::Base => artifact.base = value(cx, map, Text)?,
                ArtifactKey::Index => artifact.index = value(cx, map, Position)?,
            }
            Ok(())
        })?;
        Ok(artifact)
    }
}

struct Region<'l>(&'l mut LocationRow);

impl<'de> Shape<'de> for Region<'_> {
    type Value = ();
    const EXPECTED: &'static str = "an object that is a region";

    fn otherwise(self, _: &mut Cx) {}

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<(), A::Error> {
        let location = self.0;
        fields(cx, map, |cx, key, map| {
            match key {
                RegionKey::Line => location.line = value(cx, map, Place)?,
                RegionKey::EndLine => location.end_line = value(cx, map, Place)?,
                RegionKey::Column => location.column = value(cx, map, Place)?,
                RegionKey::Snippet => location.snippet = value(cx, map, Snippet)?,
            }
            Ok(())
        })?;
        Ok(())
    }
}

struct Snippet;

impl<'de> Shape<'de> for Snippet {
    type Value = u32;
    const EXPECTED: &'static str = "an object with `text`";

    fn otherwise(self, _: &mut Cx) -> u32 {
        NO_SYMBOL
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<u32, A::Error> {
        let mut text = NO_SYMBOL;
        fields(cx, map, |cx, SnippetKey::Text, map| {
            text = value(cx, map, Text)?;
            Ok(())
        })?;
        Ok(text)
    }
}

#[derive(Clone, Copy)]
struct Logical;

impl<'de> Shape<'de> for Logical {
    type Value = u32;
    const EXPECTED: &'static str = "an object that is a logical location";

    fn otherwise(self, _: &mut Cx) -> u32 {
        NO_SYMBOL
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<u32, A::Error> {
        let (mut full, mut name) = (NO_SYMBOL, NO_SYMBOL);
        fields(cx, map, |cx, key, map| {
            match key {
                LogicalKey::FullName => full = value(cx, map, Text)?,
                LogicalKey::Name => name = value(cx, map, Text)?,
            }
            Ok(())
        })?;
        Ok(if full == NO_SYMBOL { name } else { full })
    }
}
