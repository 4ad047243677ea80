//! The log, its runs, and the tools that they are of. Reads the shape only.

use serde::de::{IgnoredAny, MapAccess};

use super::invocation::OneInvocation;
use super::location::OneArtifactLocation;
use super::result::{OneResult, row_number};
use super::shapes::{List, Position, Table, Text, keep};
use super::tolerant::{Cx, Number, Shape, fields, keys, quoted, value};
use super::tool::{OneComponent, Tool};
use super::wire::{Artifact, Base, Problems, ResultRow, Run};
use crate::evidence::NO_SYMBOL;

keys!(LogKey { Schema = "$schema", Version = "version", Runs = "runs", Inline = "inlineExternalProperties" } again { Runs, Inline });
keys!(RunKey {
    Tool = "tool", Results = "results", Invocations = "invocations", Artifacts = "artifacts", Bases = "originalUriBaseIds",
    Revisions = "versionControlProvenance", Taxonomies = "taxonomies", External = "externalPropertyFileReferences",
} again { Results, Invocations, Artifacts, Revisions });
keys!(ArtifactKey { Location = "location", Parent = "parentIndex" } again {});
keys!(RevisionKey { Id = "revisionId" } again {});
keys!(ExternalKey {
    Results = "results", Driver = "driver", Extensions = "extensions", Invocations = "invocations", Artifacts = "artifacts",
} again {});

/// What was found in place of a version.
pub(super) enum Version {
    /// Nothing.
    Absent,
    /// A text.
    Text(u32),
    /// Something that is no text.
    Other,
}

/// The document, before it is judged as a whole.
pub(super) struct Document {
    /// What `$schema` says.
    pub(super) schema: u32,
    pub(super) version: Version,
    /// `None` where `runs` is absent or null.
    pub(super) runs: Option<Vec<Run>>,
}

/// The whole document; `None` where it is no object.
#[derive(Clone, Copy)]
pub(super) struct WholeLog;

impl<'de> Shape<'de> for WholeLog {
    type Value = Option<Document>;
    const EXPECTED: &'static str = "a SARIF log, which is an object";

    fn otherwise(self, _: &mut Cx) -> Option<Document> {
        None
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Option<Document>, A::Error> {
        let mut document = Document { schema: NO_SYMBOL, version: Version::Absent, runs: None };
        let mut outside = Problems::default();
        fields(cx, map, |cx, key, map| {
            match key {
                LogKey::Schema => document.schema = value(cx, map, Text)?,
                LogKey::Version => {
                    document.version = match value(cx, map, Text)? {
                        NO_SYMBOL => Version::Other,
                        text => Version::Text(text),
                    };
                }
                LogKey::Runs => {
                    // What was noted so far is the document's, not that of its first run.
                    outside.append(&std::mem::take(&mut cx.problems));
                    let mut runs = document.runs.take().unwrap_or_default();
                    let before = runs.len();
                    let is_list = value(cx, map, Runs(&mut runs))?;
                    document.runs = (is_list || before > 0).then_some(runs);
                }
                LogKey::Inline => value(cx, map, List(External, |_: &mut Cx, _, ()| {}))?,
            }
            Ok(())
        })?;
        outside.append(&std::mem::take(&mut cx.problems));
        cx.problems = outside;
        Ok(Some(document))
    }
}

/// The array of runs; gives whether it is one.
struct Runs<'l>(&'l mut Vec<Run>);

impl<'de> Shape<'de> for Runs<'_> {
    type Value = bool;
    const EXPECTED: &'static str = "an array of runs";

    fn otherwise(self, _: &mut Cx) -> bool {
        false
    }

    fn null(self, _: &mut Cx) -> bool {
        false
    }

    fn array<A: serde::de::SeqAccess<'de>>(self, cx: &mut Cx, seq: A) -> Result<bool, A::Error> {
        let runs = self.0;
        List(OneRun, |_: &mut Cx, _, run: Option<Run>| match (run, runs.last_mut()) {
            (Some(run), _) => runs.push(run),
            (None, Some(last)) => last.truncated = true,
            (None, None) => {}
        })
        .array(cx, seq)?;
        Ok(true)
    }
}

/// Any value, which is skipped.
#[derive(Clone, Copy)]
struct Skipped;

impl Shape<'_> for Skipped {
    type Value = ();
    const EXPECTED: &'static str = "anything";

    fn otherwise(self, _: &mut Cx) {}

    fn wrong(self, _: &mut Cx, _: &str) {}
}

/// One run; `None` past the limit. What is no object still is a run: one that gave no results.
#[derive(Clone, Copy)]
struct OneRun;

impl<'de> Shape<'de> for OneRun {
    type Value = Option<Run>;
    const EXPECTED: &'static str = "an object that is a run";

    fn otherwise(self, cx: &mut Cx) -> Option<Run> {
        let problems = std::mem::take(&mut cx.problems);
        cx.admit().then(|| Run { problems, ..Run::default() })
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, mut map: A) -> Result<Option<Run>, A::Error> {
        if !cx.admit() {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(None);
        }
        let mut run = Run::default();
        cx.truncated = false;
        let seen = fields(cx, map, |cx, key, map| {
            match key {
                RunKey::Tool => value(cx, map, Tool(&mut run))?,
                RunKey::Results => value(cx, map, Results(&mut run))?,
                RunKey::Invocations => value(cx, map, keep(OneInvocation, &mut run.invocations))?,
                RunKey::Artifacts => value(cx, map, keep(OneArtifact, &mut run.artifacts))?,
                RunKey::Bases => {
                    let bases = &mut run.bases;
                    value(
                        cx,
                        map,
                        Table(OneArtifactLocation, |cx: &mut Cx, name, location| {
                            if cx.admit() {
                                bases.push(Base { name, location });
                            }
                        }),
                    )?;
                }
                RunKey::Revisions => value(cx, map, keep(Revision, &mut run.revisions))?,
                RunKey::Taxonomies => value(cx, map, keep(OneComponent, &mut run.taxonomies))?,
                RunKey::External => value(cx, map, External)?,
            }
            Ok(())
        })?;
        if !seen.has(RunKey::Tool) {
            cx.problem("found a run without `tool`, expected one");
        }
        run.store = std::mem::take(&mut cx.store);
        run.problems = std::mem::take(&mut cx.problems);
        run.truncated = cx.truncated;
        Ok(Some(run))
    }
}

/// The results of a run; null is none, and that is not the same as no result (section 3.14.23).
struct Results<'l>(&'l mut Run);

impl<'de> Shape<'de> for Results<'_> {
    type Value = ();
    const EXPECTED: &'static str = "an array of results";

    fn otherwise(self, _: &mut Cx) {}

    fn null(self, _: &mut Cx) {}

    fn array<A: serde::de::SeqAccess<'de>>(self, cx: &mut Cx, seq: A) -> Result<(), A::Error> {
        let run = self.0;
        let mut rows = run.results.take().unwrap_or_default();
        List(OneResult, |cx: &mut Cx, index, row: Option<ResultRow>| {
            run.elements += 1;
            run.odd_results += u64::from(row.is_none_or(|row| row.odd));
            if let Some(row) = row
                && cx.admit()
            {
                rows.push(ResultRow { index: row_number(index), ..row });
            }
        })
        .array(cx, seq)?;
        run.results = Some(rows);
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct OneArtifact;

impl<'de> Shape<'de> for OneArtifact {
    type Value = Artifact;
    const EXPECTED: &'static str = "an object that is an artifact";

    fn otherwise(self, _: &mut Cx) -> Artifact {
        Artifact::default()
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<Artifact, A::Error> {
        let mut artifact = Artifact::default();
        fields(cx, map, |cx, key, map| {
            match key {
                ArtifactKey::Location => artifact.location = value(cx, map, OneArtifactLocation)?,
                ArtifactKey::Parent => artifact.parent = value(cx, map, Position)?,
            }
            Ok(())
        })?;
        Ok(artifact)
    }
}

#[derive(Clone, Copy)]
struct Revision;

impl<'de> Shape<'de> for Revision {
    type Value = u32;
    const EXPECTED: &'static str = "an object that names a revision";

    fn otherwise(self, _: &mut Cx) -> u32 {
        NO_SYMBOL
    }

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<u32, A::Error> {
        let mut id = NO_SYMBOL;
        fields(cx, map, |cx, RevisionKey::Id, map| {
            id = value(cx, map, Text)?;
            Ok(())
        })?;
        Ok(id)
    }
}

/// Parts of the run that lie in other files, which are not read. Only those matter that findings are made of.
#[derive(Clone, Copy)]
struct External;

impl<'de> Shape<'de> for External {
    type Value = ();
    const EXPECTED: &'static str = "an object";

    fn otherwise(self, _: &mut Cx) {}

    fn object<A: MapAccess<'de>>(self, cx: &mut Cx, map: A) -> Result<(), A::Error> {
        fields(cx, map, |cx, _: ExternalKey, map| value(cx, map, Elsewhere))?;
        Ok(())
    }
}

struct Elsewhere;

impl Elsewhere {
    const FOUND: &'static str = "found a part of a run that lies outside of it, expected it in the run itself";
}

impl<'de> Shape<'de> for Elsewhere {
    type Value = ();
    const EXPECTED: &'static str = "this part in the run itself";

    fn otherwise(self, _: &mut Cx) {}

    fn null(self, _: &mut Cx) {}

    fn array<A: serde::de::SeqAccess<'de>>(self, cx: &mut Cx, seq: A) -> Result<(), A::Error> {
        let mut any = false;
        List(Skipped, |_: &mut Cx, _, ()| any = true).array(cx, seq)?;
        if any {
            cx.problem(Self::FOUND);
        }
        Ok(())
    }

    fn string(self, cx: &mut Cx, text: &str) {
        cx.problem(format!("{}: {}", Self::FOUND, quoted(text)));
    }

    fn number(self, cx: &mut Cx, _: Number) {
        cx.problem(Self::FOUND);
    }
}
