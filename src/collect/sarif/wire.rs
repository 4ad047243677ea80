//! What a SARIF log says, as rows of numbers over interned strings. Nothing here is defaulted or interpreted.

use std::num::NonZeroU32;

use indexmap::IndexSet;

use crate::evidence::{Level, NO_SYMBOL, Problem, Source, Strings, Suppression, vocabulary};

vocabulary! {
    /// What a result states, SARIF section 3.27.9; a later word weighs more.
    pub(crate) enum ResultKind("result kind", ordered: true) {
        Pass = "pass",
        NotApplicable = "notApplicable",
        Informational = "informational",
        Open = "open",
        Review = "review",
        Fail = "fail",
    }
}

vocabulary! {
    /// What a result says of the producer's own baseline, SARIF section 3.27.24; a later word weighs more.
    pub(crate) enum BaselineWord("baseline state", ordered: true) {
        Absent = "absent",
        Unchanged = "unchanged",
        Updated = "updated",
        New = "new",
    }
}

vocabulary! {
    /// Where a suppression is written, SARIF section 3.35.2.
    pub(crate) enum SuppressionKind("suppression kind", ordered: false) {
        InSource = "inSource",
        External = "external",
    }
}

vocabulary! {
    /// What became of a suppression, SARIF section 3.35.3.
    pub(crate) enum SuppressionStatus("suppression status", ordered: false) {
        Accepted = "accepted",
        UnderReview = "underReview",
        Rejected = "rejected",
    }
}

/// A SARIF log that was read to its end.
#[derive(Debug, Clone, Default)]
pub struct SarifLog {
    pub(crate) strings: Strings,
    pub(crate) runs: Vec<Run>,
    /// Problems outside of any run.
    pub(crate) problems: Problems,
}

/// What could not be taken as it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Problems {
    /// The first of them, in the order of the file.
    pub(crate) kept: Vec<Problem>,
    /// How many there are in all.
    pub(crate) count: u64,
}

impl Problems {
    /// Whether the text of the next one would be kept.
    pub(crate) const fn wants_text(&self) -> bool {
        self.kept.len() < Source::MAX_PROBLEMS
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        self.count += 1;
        if self.wants_text() {
            self.kept.push(problem);
        }
    }

    pub(crate) fn append(&mut self, others: &Self) {
        self.count += others.count;
        let room = Source::MAX_PROBLEMS.saturating_sub(self.kept.len());
        self.kept.extend(others.kept.iter().take(room).cloned());
    }
}

/// One run of one tool, section 3.14.
#[derive(Debug, Clone, Default)]
pub(crate) struct Run {
    pub(crate) driver: Component,
    pub(crate) extensions: Vec<Component>,
    pub(crate) taxonomies: Vec<Component>,
    pub(crate) invocations: Vec<Invocation>,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) bases: Vec<Base>,
    /// The commits that `versionControlProvenance` names.
    pub(crate) revisions: Vec<u32>,
    /// `None` where the run has no results, which is not the same as no result.
    pub(crate) results: Option<Vec<ResultRow>>,
    /// Elements of `results`, with those that are no objects.
    pub(crate) elements: u64,
    /// How many of them have a problem.
    pub(crate) odd_results: u64,
    pub(crate) store: Store,
    pub(crate) problems: Problems,
    /// Whether entries were left out because of the limit.
    pub(crate) truncated: bool,
}

/// Side tables of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    pub(crate) locations: Vec<LocationRow>,
    pub(crate) arguments: Vec<Box<[u32]>>,
    pub(crate) references: IndexSet<Reference>,
    pub(crate) hints: Vec<Hints>,
}

/// A tool, an extension of it, or a taxonomy, section 3.19.
#[derive(Debug, Clone)]
pub(crate) struct Component {
    pub(crate) name: u32,
    pub(crate) guid: u32,
    pub(crate) version: u32,
    pub(crate) semantic_version: u32,
    pub(crate) file_version: u32,
    pub(crate) rules: Vec<Rule>,
    /// Ids of `taxa`.
    pub(crate) taxa: Vec<u32>,
    /// Global message strings: id and text.
    pub(crate) messages: Vec<(u32, u32)>,
}

impl Default for Component {
    fn default() -> Self {
        Self {
            name: NO_SYMBOL,
            guid: NO_SYMBOL,
            version: NO_SYMBOL,
            semantic_version: NO_SYMBOL,
            file_version: NO_SYMBOL,
            rules: Vec::new(),
            taxa: Vec::new(),
            messages: Vec::new(),
        }
    }
}

/// A rule, section 3.49.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: u32,
    pub(crate) guid: u32,
    pub(crate) name: u32,
    pub(crate) level: Option<Level>,
    /// The property `security-severity`, as a text.
    pub(crate) security_severity: u32,
    pub(crate) tags: Vec<u32>,
    /// Texts of a property `cwe`.
    pub(crate) cwe: Vec<u32>,
    /// Targets of `relationships`, in [`Store::references`].
    pub(crate) relations: Vec<u32>,
    pub(crate) messages: Vec<(u32, u32)>,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            id: NO_SYMBOL,
            guid: NO_SYMBOL,
            name: NO_SYMBOL,
            level: None,
            security_severity: NO_SYMBOL,
            tags: Vec::new(),
            cwe: Vec::new(),
            relations: Vec::new(),
            messages: Vec::new(),
        }
    }
}

/// A reference to a rule or a taxon, section 3.52, with its reference to a component, section 3.54.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Reference {
    pub(crate) id: u32,
    pub(crate) index: i32,
    pub(crate) guid: u32,
    pub(crate) component: ComponentReference,
}

impl Default for Reference {
    fn default() -> Self {
        Self { id: NO_SYMBOL, index: -1, guid: NO_SYMBOL, component: ComponentReference::default() }
    }
}

/// Which component a reference is to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ComponentReference {
    pub(crate) name: u32,
    pub(crate) index: i32,
    pub(crate) guid: u32,
}

impl Default for ComponentReference {
    fn default() -> Self {
        Self { name: NO_SYMBOL, index: -1, guid: NO_SYMBOL }
    }
}

/// One invocation of the tool, section 3.20.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    pub(crate) successful: Option<bool>,
    /// Why the process did not start.
    pub(crate) start_failure: u32,
    /// The signal that ended the process.
    pub(crate) signal: u32,
    /// Notifications of level `error`.
    pub(crate) errors: u64,
    /// The text of the first of them.
    pub(crate) first_error: u32,
    /// Rules whose level is another in this invocation: the reference in [`Store::references`], and the level.
    pub(crate) overrides: Vec<(u32, Option<Level>)>,
}

impl Default for Invocation {
    fn default() -> Self {
        Self {
            successful: None,
            start_failure: NO_SYMBOL,
            signal: NO_SYMBOL,
            errors: 0,
            first_error: NO_SYMBOL,
            overrides: Vec::new(),
        }
    }
}

/// Where something is, section 3.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ArtifactLocation {
    pub(crate) uri: u32,
    pub(crate) base: u32,
    pub(crate) index: i32,
}

impl Default for ArtifactLocation {
    fn default() -> Self {
        Self { uri: NO_SYMBOL, base: NO_SYMBOL, index: -1 }
    }
}

/// A file that the run knows, section 3.24.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Artifact {
    pub(crate) location: ArtifactLocation,
    /// The artifact that it lies in, or -1.
    pub(crate) parent: i32,
}

impl Default for Artifact {
    fn default() -> Self {
        Self { location: ArtifactLocation::default(), parent: -1 }
    }
}

/// An entry of `originalUriBaseIds`, section 3.14.14.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Base {
    pub(crate) name: u32,
    pub(crate) location: ArtifactLocation,
}

/// One result, section 3.27.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResultRow {
    /// Its position in `results`.
    pub(crate) index: u32,
    pub(crate) rule_id: u32,
    pub(crate) rule_index: i32,
    /// `rule`, in [`Store::references`].
    pub(crate) rule: u32,
    pub(crate) kind: Option<ResultKind>,
    pub(crate) level: Option<Level>,
    pub(crate) baseline: Option<BaselineWord>,
    pub(crate) suppression: Option<Suppression>,
    pub(crate) message: Message,
    /// First of its locations in [`Store::locations`].
    pub(crate) first_location: u32,
    pub(crate) locations: u32,
    pub(crate) security_severity: u32,
    /// Its row of [`Store::hints`].
    pub(crate) hints: u32,
    /// The position of the invocation that made it, or -1.
    pub(crate) invocation: i32,
    /// Its fingerprints, where it has any that may identify it.
    pub(crate) stated: Option<Stated>,
    /// Whether something of it could not be taken as it stands.
    pub(crate) odd: bool,
}

/// The fingerprints of one result together, by their digests: nobody needs their texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stated {
    /// Which keys there are; two results whose keys differ can't be compared by their values.
    pub(crate) keys: NonZeroU32,
    /// All keys and values: the high and the low half of a number, which takes less room in a row.
    pub(crate) value: (u32, u32),
}

impl Default for ResultRow {
    fn default() -> Self {
        Self {
            index: 0,
            rule_id: NO_SYMBOL,
            rule_index: -1,
            rule: NO_SYMBOL,
            kind: None,
            level: None,
            baseline: None,
            suppression: None,
            message: Message::default(),
            first_location: 0,
            locations: 0,
            security_severity: NO_SYMBOL,
            hints: NO_SYMBOL,
            invocation: -1,
            stated: None,
            odd: false,
        }
    }
}

/// What a result says, section 3.11.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message {
    pub(crate) text: u32,
    pub(crate) markdown: u32,
    pub(crate) id: u32,
    /// In [`Store::arguments`].
    pub(crate) arguments: u32,
}

impl Default for Message {
    fn default() -> Self {
        Self { text: NO_SYMBOL, markdown: NO_SYMBOL, id: NO_SYMBOL, arguments: NO_SYMBOL }
    }
}

/// One location of a result, section 3.28.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocationRow {
    pub(crate) artifact: ArtifactLocation,
    /// The first logical location's full name.
    pub(crate) logical: u32,
    pub(crate) line: u32,
    pub(crate) end_line: u32,
    pub(crate) column: u32,
    pub(crate) snippet: u32,
}

impl Default for LocationRow {
    fn default() -> Self {
        Self {
            artifact: ArtifactLocation::default(),
            logical: NO_SYMBOL,
            line: 0,
            end_line: 0,
            column: 0,
            snippet: NO_SYMBOL,
        }
    }
}

/// Weaknesses that a result names itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    /// Texts of the property `cwe`, and tags.
    pub(crate) texts: Vec<u32>,
    /// `taxa`, in [`Store::references`].
    pub(crate) taxa: Vec<u32>,
}
